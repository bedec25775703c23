"""The shell of an OpenHands run: it stays open, so a command can go on after its first look and be asked about later.

Knows exit codes, the working folder and the fixed sentences of the tool, of both generations of the program. Exit code
-1 means that the command still runs; an empty command looks again, and one with `is_input` types into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.event import Error
from reviewer.run.importers.recording import remember
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, integer, seconds_between, some_text, table, text

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.open_calls import OpenCalls
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Ended

_NOT_RUN = ("Cannot execute multiple commands at once", "ERROR: Cannot execute multiple commands at once")
_BUSY = "is NOT executed. The previous command is still running"
_CUT = ("[... Observation truncated due to length ...]", "<response clipped>")
_STOPPED = re.compile(r"timed out\W+.{0,40}(?:SIGINT|Sending|killed)|\[Command timed out", re.IGNORECASE)
_MOVES = re.compile(r"(?:^|[;&|(\s])(?:cd|pushd|popd)\b")
_LOOKS = " (look)"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an observation of the shell tells.

    Attributes:
        text: the output; said: what the tool says around it.
        exit_code: as recorded, -1 too.
        folder: where the shell is now.
        is_error: the tool says that it failed; success: that it passed or failed. None is not recorded.
        new: the record has the newer fields, in which -1 always means running.
    """

    text: str
    said: str = ""
    exit_code: int | None = None
    folder: str | None = None
    is_error: bool = False
    success: bool | None = None
    new: bool = True


def seen(content: str, fields: Json, *, flat: Json | None = None) -> Seen:
    """Return what an observation tells, whichever place it has the exit code in.

    Args:
        content: its text.
        fields: `extras` of the older generation, the observation itself of the newer.
        flat: the whole record, where the oldest logs have the fields on top.
    """
    outer = flat if flat is not None else {}
    metadata = table(fields.get("metadata")) or table(outer.get("metadata"))
    codes = (fields.get("exit_code"), metadata.get("exit_code"), outer.get("exit_code"))
    success = outer.get("success") if "success" in outer else fields.get("success")
    return Seen(
        text=content,
        said=f"{text(metadata.get('prefix')) or ''}{text(metadata.get('suffix')) or ''}",
        exit_code=next((code for value in codes if (code := integer(value)) is not None), None),
        folder=some_text(metadata.get("working_dir")),
        is_error=fields.get("is_error") is True,
        success=success if isinstance(success, bool) else None,
        new=bool(metadata),
    )


@dataclass(slots=True)
class Terminal:
    """The commands of a run, and the one that is still running.

    Attributes:
        folder: where the shell is, None while not known.
    """

    recording: Recording
    calls: OpenCalls
    folder: str | None = None
    _running: Draft | None = None
    _looks: set[str] = field(default_factory=set)

    def asked(self, identity: str | None, name: str, arguments: Json, summary: str | None = None) -> None:
        """Add a command; an empty one, or keys typed into one, are a look at what runs."""
        line = text(arguments.get("command")) or ""
        if arguments.get("reset") is True and self._running is not None:
            self._running.fields["ended"] = "cancelled"
            self._running = None
        typed = arguments.get("is_input")
        if not line.strip() or typed is True or typed == "true":
            self.calls.opened(identity, name + _LOOKS, {"command": line})
            if identity is not None:
                self._looks.add(identity)
            return
        self.recording.cwd = some_text(arguments.get("cwd")) or self.folder
        call = self.calls.opened(identity, name, {"command": line, "description": summary})
        self.recording.cwd = None
        call.drafts[0].fields["background"] = arguments.get("blocking") is False and line.rstrip().endswith("&")

    def shown(self, identity: str | None, found: Seen) -> None:
        """Take what a command or a look showed."""
        cut = any(mark in found.text for mark in _CUT)
        if identity is not None and identity in self._looks:
            self._looks.discard(identity)
            self._looked(found, cut=cut)
            self.calls.closed(identity, Result("ok"))
            return
        ended = _ended(found)
        seconds = self.calls.seconds(identity) if ended in {"ok", "failed", "cancelled"} else None
        code = found.exit_code if ended in {"ok", "failed", "cancelled"} and found.exit_code != -1 else None
        call = self.calls.closed(identity, Result(ended, found.text, exit_code=code, seconds=seconds, cut=cut))
        if ended == "not_run":
            self.recording.add(Error, where="tool", text=f"{found.text}{found.said}".strip())
            return
        command = call.drafts[0] if call is not None and call.kind == "command" else None
        if ended == "running":
            self._running = command or self._running
        self._moved(found, command)

    def _looked(self, found: Seen, *, cut: bool) -> None:
        draft = self._running
        if draft is None:
            return
        if found.text:
            self.recording.output(draft, f"\n{found.text}")
        draft.fields["log_cut"] = bool(draft.fields.get("log_cut")) or cut
        ended = _ended(found)
        if ended in {"running", "not_run", "unknown"}:
            return
        self._running = None
        draft.fields["ended"] = ended
        draft.fields["exit_code"] = found.exit_code if found.exit_code != -1 else None
        seconds = seconds_between(draft.time, self.recording.time)
        if seconds is not None:
            draft.fields["seconds"], draft.fields["seconds_from"] = seconds, "timestamps"
        self._moved(found, None)

    def _moved(self, found: Seen, draft: Draft | None) -> None:
        if found.folder is None:
            return
        if draft is not None and not draft.fields.get("cwd") and not _MOVES.search(draft.fields.get("line", "")):
            draft.fields["cwd"] = found.folder
        if not self.recording.info.cwds:
            remember(self.recording.info.cwds, found.folder)
        self.folder = found.folder


def _ended(found: Seen) -> Ended:
    if found.text.startswith(_NOT_RUN) or _BUSY in found.said or _BUSY in found.text[:2000]:
        return "not_run"
    if found.exit_code is None or found.exit_code == -1:
        if found.is_error:
            return "failed"
        if found.exit_code is None:
            return "unknown" if found.success is None else "ok" if found.success else "failed"
        return "cancelled" if not found.new and _STOPPED.search(found.text[-2000:]) else "running"
    return "failed" if found.exit_code else "ok"
