"""Files that were edited and are not in the change, and files of the change that no edit names.

Pure. Rules: `edited-not-changed`, `changed-not-edited`. A file that the run made and deleted again is neither. Which
program may have written a file is told where a command of the run is known to write such files, and only as "perhaps".
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from reviewer.run.derive.facts import Parting
from reviewer.run.derive.trace import is_document
from reviewer.run.event import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.derive.edits import Ledger
    from reviewer.run.derive.facts import RunFacts
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Command

_TOLD = 120
_GENERATES = re.compile(
    r"\b(?:go\s+generate|protoc|buf\s+generate|sqlc\s+generate|openapi-generator|graphql-codegen|makemigrations"
    r"|alembic\s+revision|prisma\s+(?:generate|migrate)|rails\s+g(?:enerate)?|cargo\s+(?:insta|new|init)|go\s+mod\s+init"
    r"|(?:npm|yarn|pnpm)\s+(?:init|create)|django-admin\s+start|manage\.py\s+start|npx\s+(?:-y\s+)?create-|mockgen|stringer"
    r"|(?:npm|pnpm|yarn|bun|make|just|mise|task)\s+(?:run\s+)?[\w:-]*gen(?:erate)?\b[\w:-]*"
    r"|(?:jest|vitest|npm|yarn|pnpm|pytest|go)\b.*\s(?:-u|--update|--updateSnapshot|--update-snapshots|--snapshot-update)"
    r"|git\s+(?:merge|cherry-pick|apply|am|rebase|pull|revert)|patch)(?:\s|$)"
)
_GO = "go get|go mod|go install|go work"
_LOCKS = {
    "go.sum": _GO, "go.mod": _GO, "package-lock.json": "npm", "package.json": "npm|pnpm|yarn|bun", "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm", "bun.lockb": "bun", "bun.lock": "bun", "cargo.lock": "cargo", "poetry.lock": "poetry",
    "uv.lock": "uv", "pdm.lock": "pdm", "pipfile.lock": "pipenv", "gemfile.lock": "bundle", "flake.lock": "nix",
    "composer.lock": "composer", "mix.lock": "mix", "podfile.lock": "pod", "pubspec.lock": "flutter|dart",
    "deno.lock": "deno", "tsconfig.tsbuildinfo": "tsc", "next-env.d.ts": "next|npm|pnpm|yarn|bun",
}  # fmt: skip
_INSTALLERS = frozenset(("npm", "pnpm", "yarn", "bun", "poetry", "uv", "pdm", "pipenv", "bundle", "composer", "pod"))
"""Of their commands only those that install write a lock file."""
_PROSE = re.compile(r"prettier|dprint|biome|mdformat|markdown|pre-commit")
"""Formatters that know more than code."""
_NOBODY = "no edit, formatter or generator in the log names it: a person, another session, or a program wrote it"


def changed_not_claimed(facts: RunFacts, trace: Trace, book: Ledger) -> Iterator[Parting]:
    """Yield the changed paths that no edit of the log explains, with what may have written them."""
    missing = sorted(trace.changed - facts.edited)
    if not missing:
        return
    writers = _Writers(trace)
    refused = {
        trace.paths.repo_path(event.path, event.session): event.seq
        for event in trace.events
        if isinstance(event, Edit) and event.applied is False
    }
    for path in missing:
        undone = book.undone.get(path)
        command = writers.of(path)
        if undone is not None:
            detail, events = f"the run edits it and puts it back: {undone.how}", (undone.seq,)
        elif command is not None:
            detail, events = f"perhaps by command {command.n}: {_short(command.line)}", (command.seq,)
        elif path in refused:
            detail, events = "every edit of it in the log was refused", (refused[path],)
        else:
            yield Parting("changed_not_claimed", "changed-not-edited", path, _NOBODY, is_path=True)
            continue
        yield Parting("changed_not_claimed", "changed-not-edited", path, detail, events, is_path=True)


class _Writers:
    """The commands that write files without naming them."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.formats: list[Command] = []
        self.makes: list[Command] = []
        self.tools: dict[str, Command] = {}
        names = sorted({name for tools in _LOCKS.values() for name in tools.split("|")})
        tool = re.compile(rf"(?:^|[\s;&|(])({'|'.join(names)})\s")
        for command in trace.commands:
            if command.state not in {"passed", "failed", "not_conclusive", "unknown"}:
                continue
            line, said = command.line[:4096], trace.said(command)
            installs = command.command_kind == "install" or any(what == "install" for what, _ in said.effects)
            for name in tool.findall(line):
                if installs or name not in _INSTALLERS:
                    self.tools[name] = command
            if said.formats:
                self.formats.append(command)
            elif _GENERATES.search(line):
                self.makes.append(command)

    def of(self, path: str) -> Command | None:
        """Return the last command that may have written a file."""
        lock = _LOCKS.get(posixpath.basename(path).lower())
        if lock is not None:
            found = [self.tools[name] for name in lock.split("|") if name in self.tools]
            return max(found, key=lambda command: command.seq, default=None)
        for command in reversed(self.formats[-50:]):
            if is_document(path) and not _PROSE.search(command.line):
                continue
            if any(_covers(place, path) for place in self._trace.said(command).formats):
                return command
        return self.makes[-1] if self.makes else None


def _covers(place: str, path: str) -> bool:
    """Return whether a formatter that was let loose on a place, from wherever it ran, may have met a file."""
    folder = place.removeprefix("./").removesuffix("...").strip("/")
    return folder in {"", "."} or path == folder or path.startswith(f"{folder}/") or path.endswith(f"/{folder}")


def _short(line: str) -> str:
    flat = " ".join(line[:1000].split())
    return flat if len(flat) <= _TOLD else f"{flat[:_TOLD]}…"


def claimed_not_changed(trace: Trace, book: Ledger) -> Iterator[Parting]:
    """Yield the files of the repository that were edited, or edited and put back, and are not in the change."""
    for path, seqs in book.claimed.items():
        if path not in trace.changed:
            how = "an edit" if path in book.by_tool else "a shell command"
            detail = f"{how} wrote it, and the change does not have it: not committed, ignored, or put back unseen"
            yield _not_changed(path, detail, tuple(seqs))
    for path, undone in book.undone.items():
        if path not in trace.changed and undone.how != "deleted again":
            first = book.first[path].seq
            yield _not_changed(path, f"edited and put back: {undone.how}", (first, undone.seq))


def _not_changed(path: str, detail: str, events: tuple[int, ...]) -> Parting:
    return Parting("claimed_not_changed", "edited-not-changed", path, detail, events, is_path=True)
