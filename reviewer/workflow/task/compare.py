"""The contract held against the run, line by line: kept, broken, or not to be told, each with what it follows from.

Pure: a contract and a manifest in, lines out. What only a person can judge is said to be theirs, never passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.allowed import command_allowed, tool_allowed
from reviewer.checks.claims import required_commands
from reviewer.checks.patterns import compiled
from reviewer.checks.stop_rules import is_run_of, stop_rule
from reviewer.packet.manifest import Task
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.packet.manifest import CommandRow, Manifest
    from reviewer.workflow.contract import Contract

Standing: TypeAlias = Literal["kept", "broken", "untold", "yours"]

_MOST = 10
"""Breaks of one line of the contract that are told one by one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the contract.

    Attributes:
        key: the contract's key ("scope.network").
        said: what it says.
        standing: kept, broken, "untold" when the packet cannot say, "yours" when only a person can.
        because: what that follows from.
        events: numbers in the timeline.
    """

    key: str
    said: str
    standing: Standing
    because: str
    events: tuple[int, ...] = ()


def compare(contract: Contract, manifest: Manifest) -> tuple[Line, ...]:
    """Return the lines of a contract, each with how the run stands to it."""
    return tuple(_lines(contract, manifest))


def _lines(contract: Contract, manifest: Manifest) -> Iterator[Line]:
    task = contract.task
    yield from _asked(contract, manifest)
    commands, conditions = required_commands(
        Task(required_commands=task.required_commands or [], done_when=task.done_when or [])
    )
    for key, sayings, where in (
        ("constraints", task.constraints or (), "the diff"),
        ("non_goals", task.non_goals or (), "the diff"),
        ("done_when", conditions, "the diff and the commands"),
    ):
        for said in sayings:
            yield Line(f"task.{key}", said, "yours", f"read {where} for it")
    for said in commands:
        yield _required(said, manifest)
    yield from _paths(contract, manifest)
    yield from _tools(contract, manifest)
    yield from _commands(contract, manifest)
    yield from _network(contract, manifest)
    for said in contract.scope.stop_rules or ():
        standing, because, events = stop_rule(said, commands, manifest)
        yield Line("scope.stop_rules", said, standing, because, events)
    if contract.rollback.strategy is not None:
        yield Line("rollback.strategy", contract.rollback.strategy, "yours", "nothing here has rehearsed it")


def has_run(manifest: Manifest) -> bool:
    """Return whether the packet knows anything of a run."""
    return bool(manifest.origin.transcript or manifest.command or manifest.tool_call)


def _asked(contract: Contract, manifest: Manifest) -> Iterator[Line]:
    """What the contract asks and what the agent was asked first: the same words?"""
    given = manifest.task.prompt if manifest.task.known.get("prompt") == "recorded" else None
    for key in ("prompt", "objective"):
        said = getattr(contract.task, key)
        if said is None:
            continue
        if given is None:
            yield Line(f"task.{key}", said, "untold", "the first request is not recorded")
        elif _plain(said) not in _plain(given):
            yield Line(f"task.{key}", said, "broken", "the first request does not hold these words")
        elif key == "objective":
            yield Line(f"task.{key}", said, "yours", "it was asked in these words; read the diff for it")
        else:
            yield Line(f"task.{key}", said, "kept", "it was asked in these words")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _required(said: str, manifest: Manifest) -> Line:
    key = "task.required_commands"
    if not has_run(manifest):
        return Line(key, said, "untold", "no run is recorded")
    runs = [row for row in manifest.command if is_run_of(said, row.line)]
    if not runs:
        return Line(key, said, "broken", "it was never run")
    last = runs[-1]
    events = tuple(last.events)
    if last.state != "passed":
        standing: Standing = "untold" if last.state in {"not_conclusive", "unknown", "running"} else "broken"
        why = f" ({last.not_conclusive})" if last.not_conclusive else ""
        return Line(key, said, standing, f"its last run, command {last.n}, {_state(last)}{why}", events)
    if last.after_last_edit is False:
        return Line(key, said, "broken", f"command {last.n} passed, and files were edited after it", events)
    return Line(key, said, "kept", f"command {last.n} passed after the last edit", events)


def _state(row: CommandRow) -> str:
    code = "" if row.exit_code is None else f" with exit {row.exit_code}"
    return {"failed": f"failed{code}", "not_conclusive": "says nothing by its exit code"}.get(
        row.state, f"is {row.state.replace('_', ' ')}"
    )


def _paths(contract: Contract, manifest: Manifest) -> Iterator[Line]:
    changed = [name for row in manifest.file_changed for name in (row.path, row.old_path) if name is not None]
    allowed, forbidden = contract.scope.allowed_paths, contract.scope.forbidden_paths
    if allowed is not None:
        spec = compiled(allowed, "scope.allowed_paths")
        outside = [path for path in changed if not spec.match_file(path)]
        said = ", ".join(allowed) or "(no path)"
        if not outside:
            yield Line("scope.allowed_paths", said, "kept", f"all of {plural(len(changed), 'changed path')} match")
        yield from _broken("scope.allowed_paths", said, [f"{path} is changed and lies outside" for path in outside])
    for pattern in forbidden or ():
        spec = compiled([pattern], "scope.forbidden_paths")
        inside = [path for path in changed if spec.match_file(path)]
        if not inside:
            yield Line("scope.forbidden_paths", pattern, "kept", "no changed path matches")
        yield from _broken("scope.forbidden_paths", pattern, [f"{path} is changed" for path in inside])


def _broken(key: str, said: str, reasons: Sequence[str]) -> Iterator[Line]:
    for reason in reasons[:_MOST]:
        yield Line(key, said, "broken", reason)
    if len(reasons) > _MOST:
        yield Line(key, said, "broken", f"and {len(reasons) - _MOST:,} more")


def _tools(contract: Contract, manifest: Manifest) -> Iterator[Line]:
    allowed = contract.scope.allowed_tools
    if allowed is None:
        return
    said, key = ", ".join(allowed) or "(no tool)", "scope.allowed_tools"
    if not has_run(manifest):
        yield Line(key, said, "untold", "no run is recorded")
        return
    others = [row for row in manifest.tool_call if row.times and not tool_allowed(allowed, row.tool)]
    if not others:
        yield Line(key, said, "kept", "no other tool was used")
    for row in others:
        reason = f"{row.tool} was used, {plural(row.times, 'time')}, reaching {row.boundary}"
        yield Line(key, said, "broken", reason, tuple(row.events[:_MOST]))


def _commands(contract: Contract, manifest: Manifest) -> Iterator[Line]:
    allowed = contract.scope.allowed_commands
    if allowed is None:
        return
    said, key = ", ".join(allowed) or "(no command)", "scope.allowed_commands"
    if not has_run(manifest):
        yield Line(key, said, "untold", "no run is recorded")
        return
    ran = [row for row in manifest.command if row.state not in {"denied", "not_run"}]
    others = [row for row in ran if not command_allowed([*allowed, *(contract.task.required_commands or ())], row.line)]
    if not others:
        yield Line(key, said, "kept", f"all of {plural(len(ran), 'command')} start so")
    for row in others[:_MOST]:
        yield Line(key, said, "broken", f"command {row.n}: {row.line}", tuple(row.events))
    if len(others) > _MOST:
        yield Line(key, said, "broken", f"and {len(others) - _MOST:,} more")


def _network(contract: Contract, manifest: Manifest) -> Iterator[Line]:
    wanted, key = contract.scope.network, "scope.network"
    if wanted is None:
        return
    if wanted == "open":
        yield Line(key, wanted, "kept", "everything is allowed")
        return
    hosts = contract.scope.hosts or []
    said = wanted if wanted == "deny" else f"{wanted}: {', '.join(hosts) or '(no host)'}"
    if not has_run(manifest):
        yield Line(key, said, "untold", "no run is recorded")
        return
    reached = [
        row for row in manifest.host if not _local(row.host) and not (wanted == "allowlist" and row.host in hosts)
    ]
    for row in reached:
        yield Line(key, said, "broken", f"{row.host} was named by {', '.join(row.ways)}", tuple(row.events[:_MOST]))
    calls = [row for row in manifest.tool_call if row.boundary == "network" and row.times]
    if wanted == "deny" and not reached:
        for call in calls:
            reason = f"{call.tool} reaches the network, {plural(call.times, 'time')}"
            yield Line(key, said, "broken", reason, tuple(call.events[:_MOST]))
    if not reached and (wanted == "allowlist" or not calls):
        yield Line(key, said, "kept", "no other host stands in a command or a tool call")


def _local(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1", "0.0.0.0"} or host.endswith(".localhost")  # noqa: S104 - a name
