"""Twins for where a run could have stopped: each rule's fault, and a run that went the same way without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewer.run.event import Command, Edit, Event, Message, Prompt, Read
from tests.support.twins import Side

FAILED, PASSED = "failed", "passed"


def run(*events: Event, **rest: Any) -> Side:  # noqa: ANN401 - tables of a manifest
    """A change of one file with a run of these events; its commands are the manifest's too."""
    numbered = [_numbered(event, seq) for seq, event in enumerate(events, 1)]
    rows = [
        {"n": event.n, "line": event.line, "kind": event.command_kind, "state": event.state, "events": [event.seq]}
        for event in numbered
        if isinstance(event, Command)
    ]
    return Side({"src/a.py": "x = 1\n"}, {"src/a.py": "x = 2\n"}, {"events": tuple(numbered), "command": rows, **rest})


def _numbered(event: Event, seq: int) -> Event:
    return replace(event, seq=seq, n=seq) if isinstance(event, Command) else replace(event, seq=seq)


def ran(line: str, state: Any = PASSED, **more: Any) -> Command:  # noqa: ANN401 - the fields of a command
    return Command(seq=0, n=1, line=line, state=state, command_kind=more.pop("kind", "test"), **more)


def edit(path: str = "src/a.py", out: str | None = None, into: str | None = None, **more: Any) -> Edit:  # noqa: ANN401 - the fields of an edit
    patch = None if out is None else f"@@ -1 +1 @@\n-{out}\n+{into}\n"
    return Edit(seq=0, path=path, patch=patch, **{"repo_path": path, "applied": True, **more})


REQUIRED: dict[str, Any] = {"task": {"required_commands": ["pytest"]}}
AGREED: dict[str, Any] = {**REQUIRED, "scope": {"stop_rules": ["after: required_green"]}}
TO, FRO = ("timeout = 30", "timeout = 60"), ("timeout = 60", "timeout = 30")

RUN_TWINS: dict[str, tuple[Side, Side]] = {
    "edits-after-green": (
        run(edit(), ran("pytest -q"), edit("src/b.py"), **AGREED),
        # Green before any work says nothing, and what follows is the work.
        run(
            ran("pytest"),
            edit(),
            ran("pytest"),
            ran("git status", kind="vcs"),
            ran("ruff check .", kind="lint"),
            **AGREED,
        ),
    ),
    "stop-rule-broken": (
        run(ran("pytest", FAILED), edit(), ran("pytest", FAILED), scope={"stop_rules": ["max_repeats: 1"]}),
        run(ran("pytest", FAILED), edit(), ran("pytest"), scope={"stop_rules": ["max_repeats: 1"]}),
    ),
    "blind-retry": (
        run(ran("pytest", FAILED), Message(seq=0, text="Again."), ran("pytest | tail", FAILED), ran("pytest", FAILED)),
        run(ran("pytest", FAILED), ran("pytest", FAILED), Prompt(seq=0, text="Go on"), ran("pytest", FAILED)),
    ),
    "edit-refused-again": (
        run(*(edit(applied=False, refused="no match") for _ in range(3))),
        run(edit(applied=False), edit(applied=False), edit(), edit(applied=False)),
    ),
    "edit-revert-cycle": (
        run(edit("src/a.py", *TO), edit("src/a.py", *FRO), edit("src/a.py", *TO)),
        run(edit("src/a.py", *TO), edit("src/a.py", *FRO), edit("src/b.py", *TO)),
    ),
    "read-forbidden": (
        run(
            Read(seq=0, path="infra/main.tf"),
            file_read=[{"path": "infra/main.tf", "events": [1]}],
            scope={"forbidden_paths": ["infra/"]},
        ),
        run(
            Read(seq=0, path="docs/infra.md"),
            file_read=[{"path": "docs/infra.md"}],
            scope={"forbidden_paths": ["infra/"]},
        ),
    ),
    "read-secret": (
        run(Read(seq=0, path="/x"), file_read=[{"path": "/home/u/.ssh/id_ed25519", "outside_repo": True}]),
        run(Read(seq=0, path="/x"), file_read=[{"path": "/home/u/.ssh/id_ed25519.pub", "outside_repo": True}]),
    ),
    "read-outside": (
        run(Read(seq=0, path="/x"), file_read=[{"path": "/home/u/other/a.py", "outside_repo": True}]),
        run(
            Read(seq=0, path="/x"),
            file_read=[
                {"path": "/usr/lib/python3/typing.py", "outside_repo": True},
                {"path": "C:\\Users\\u\\.codex\\skills\\a.md", "outside_repo": True},
                {"path": "/home/u/p/.venv/lib/a.py", "outside_repo": True},
            ],
        ),
    ),
}
