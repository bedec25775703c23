"""From what names a session to the logs that importers read: a file and what belongs to it, or a folder or database.

Knows which form a thing on disk has. Folders and databases are written out into a folder of ours, in the form that
their importer takes; nothing else is written, and nothing is held in memory as a whole.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.workflow.sessions import opencode_export, openhands_export
from reviewer.workflow.sessions.candidate import PART
from reviewer.workflow.sessions.reading import NotReadableError, lies_in, names_in, open_regular
from reviewer.workflow.sessions.stores import aider, claude_code, cline, codex, copilot_cli, cursor, gemini_cli
from reviewer.workflow.sessions.stores import openhands as openhands_store

if TYPE_CHECKING:
    from collections.abc import Iterable

_SQLITE = b"SQLite format 3\0"
_MAIN = "it is the log of the session"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class GatheredLog:
    """One log of a session, ready to be read.

    Attributes:
        path: where it lies: in place, or in `staging`.
        name: what people know it by.
        agent: id of the sub-agent that it is of, None for the session itself and for other files of it.
        because: what it is to the session, as a phrase ("it is of a sub-agent of x.jsonl").
        main: it is the one to read first; the others are its companions.
    """

    path: Path
    name: str
    agent: str | None
    because: str
    main: bool


def gather(reference: Path | str, staging: Path) -> tuple[GatheredLog, ...]:
    """Return the logs of a session, the main one first.

    Args:
        reference: a log; the folder of a session (OpenHands, Cline, Roo, Copilot, Claude Code); a session in opencode's
            files; or `opencode.db#<session id>`, `.aider.chat.history.md#<number of the chat>`.
        staging: a folder of ours; what has to be written out goes into a new folder in it.

    Raises:
        BadTranscriptError: it is not there, or cannot be read, or does not say which session is meant.
    """
    text = str(reference)
    try:
        path = Path(text).expanduser()
        if not path.exists() and PART in text:
            whole, _, part = text.rpartition(PART)
            return _part(Path(whole).expanduser(), part, staging)
        if path.is_dir():
            return _folder(path.absolute(), staging)
        return _file(path, staging)
    except NotReadableError as error:
        raise BadTranscriptError(f"{text}: {error.why}") from None
    except (OSError, ValueError, RuntimeError) as error:
        said = error.strerror if isinstance(error, OSError) else None
        raise BadTranscriptError(f"{text}: cannot be read: {said or error}") from None


def _part(path: Path, part: str, staging: Path) -> tuple[GatheredLog, ...]:
    if _is_database(path):
        return _exported(opencode_export.from_database(path, part, _room(staging)))
    with open_regular(path):
        return _chat(path, part, staging)


def _file(path: Path, staging: Path) -> tuple[GatheredLog, ...]:
    if _is_database(path):
        if path.name == cursor.STORE:
            raise NotReadableError(cursor.BINARY)
        raise BadTranscriptError(
            f"{path}: is a database; say which session of it is meant",
            hint=f"{path}{PART}<session id>; reviewer sessions lists them",
        )
    if path.name in {cline.SHOWN, cline.ASKED, openhands_store.STATE}:
        return _folder(path.parent, staging)
    if opencode_export.is_session_file(path):
        return _exported(opencode_export.from_files(path, _room(staging)))
    return _with_companions(_messages_for(path))


def _folder(path: Path, staging: Path) -> tuple[GatheredLog, ...]:
    if openhands_store.is_conversation(path):
        return _exported(openhands_export.export(path, _room(staging)))
    if cline.is_task(path):
        main = cline.main_file(path)
        others = [path / name for name in cline.BESIDE if path / name != main and (path / name).exists()]
        return _logs(main, (), others)
    if (messages := cline.messages_of(path)) is not None:
        return _with_companions(messages)
    for main in (path / copilot_cli.EVENTS, path.with_name(f"{path.name}.jsonl")):
        if main.exists():
            return _with_companions(main)
    runs = [each for each in names_in(path, most=1000)[0] if each.name.endswith((".traj", ".traj.json"))]
    if len(runs) == 1:
        return _with_companions(runs[0])
    raise BadTranscriptError(
        f"{path}: is a folder, and not of one session that reviewer knows", hint="name one of the logs in it"
    )


def _with_companions(path: Path) -> tuple[GatheredLog, ...]:
    """Return a log with the logs of its sub-agents, and the other files of the same session."""
    with open_regular(path):
        pass
    if path.name.endswith(cline.MESSAGES):
        info = path.with_name(path.name.removesuffix(cline.MESSAGES) + ".json")
        return _logs(path, (), [info] if info.exists() else [])
    return _logs(path, _subagents(path), ())


def _messages_for(path: Path) -> Path:
    """Return the messages of a session whose other file was named."""
    messages = path.with_name(f"{path.stem}{cline.MESSAGES}")
    return messages if path.suffix == ".json" and messages.exists() else path


def _subagents(path: Path) -> tuple[tuple[Path, str | None], ...]:
    if path.name.startswith("rollout-"):
        return codex.companions(path)
    if path.parent.name == "chats":
        return gemini_cli.companions(path)
    if "agent-transcripts" in path.parts:
        return cursor.companions(path)
    if path.suffix != ".jsonl" or path.name.startswith("agent-"):
        return ()
    try:
        sessions = claude_code.sessions_in(path)
    except NotReadableError:
        return ()
    return claude_code.subagent_logs(path, sessions)


def _logs(main: Path, subagents: Iterable[tuple[Path, str | None]], others: Iterable[Path]) -> tuple[GatheredLog, ...]:
    own = [GatheredLog(main, main.name, None, _MAIN, main=True)]
    own += [
        GatheredLog(path, path.name, agent, f"it is of a sub-agent of {main.name}", main=False)
        for path, agent in subagents
    ]
    own += [
        GatheredLog(path, path.name, None, f"it is of the same session as {main.name}", main=False)
        for path in others
        if lies_in(path, main.parent)
    ]
    return tuple(own)


def _exported(written: Iterable[tuple[Path, str, str | None]]) -> tuple[GatheredLog, ...]:
    found = list(written)
    (_, first, _), *_ = found
    return tuple(
        GatheredLog(path, name, agent, _MAIN if not number else f"it is of a sub-agent of {first}", main=not number)
        for number, (path, name, agent) in enumerate(found)
    )


def _chat(path: Path, part: str, staging: Path) -> tuple[GatheredLog, ...]:
    """Return one chat of Aider's history, written out as a history of its own."""
    found = aider.chats(path)
    number = int(part) if part.isascii() and part.isdigit() and len(part) < 6 else 0
    if not 1 <= number <= len(found):
        raise NotReadableError(f"has chats 1 to {len(found)}, and no {part[:80]}")
    target = _room(staging) / path.name
    chat = found[number - 1]
    left = chat.last - chat.first
    with open_regular(path) as stream, target.open("xb") as output:
        stream.seek(chat.first)
        while left and (block := stream.read(min(left, _BLOCK))):
            output.write(block)
            left -= len(block)
    return (GatheredLog(target, f"{path.name}{PART}{number}", None, _MAIN, main=True),)


def _is_database(path: Path) -> bool:
    with open_regular(path) as stream:
        return stream.read(len(_SQLITE)) == _SQLITE


def _room(staging: Path) -> Path:
    return Path(tempfile.mkdtemp(prefix="gathered-", dir=staging))
