"""The course of the run as the manifest tells it: what the run alone shows, joined with git and the task contract.

Knows which of the run's findings git explains (a new file cannot have been read before, an old name is no file), and
what the contract allowed. Derives nothing from events itself. Rules here: `allowed-untouched`, `outside-allowed`,
`inside-forbidden`, `command-not-allowed`, `tool-not-allowed`, `network-denied`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.run.derive import Parting, course_rows
from reviewer.run.derive.shell import is_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.derive import RunFacts
    from reviewer.workflow.contract import Contract, ScopeTable
    from reviewer.workflow.packing.git_change import FileRow

_EXCEEDED = "scope_exceeded"
_DID_NOT_RUN = frozenset({"denied", "not_run"})


def course(facts: RunFacts, files: Sequence[FileRow], contract: Contract | None) -> list[dict[str, Any]]:
    """Return the rows of `[[course]]`.

    Args:
        facts: of the run; without one there is nothing to tell.
        files: what git says changed.
        contract: what was ordered, None if nothing was written down.
    """
    if not facts.command and not facts.session and not facts.claimed:
        return []
    new = {row.path for row in files if row.status == "A"}
    moved = {row.old_path for row in files if row.old_path is not None and row.path in facts.edited}
    generated = {row.path for row in files if row.generated}
    kept = [
        parting
        for parting in facts.partings
        if not (parting.what == "edited_unread" and parting.text in new)
        and not (parting.what == "changed_not_claimed" and parting.text in moved | generated)
    ]
    if contract is not None:
        kept += _against(contract, facts, files)
    return course_rows(kept)


def _against(contract: Contract, facts: RunFacts, files: Sequence[FileRow]) -> Iterator[Parting]:
    scope = contract.scope
    changed = [name for row in files for name in (row.path, row.old_path) if name is not None]
    touched = dict.fromkeys((*changed, *facts.claimed))
    yield from _paths(scope, changed, touched)
    yield from _commands(contract, facts)
    from reviewer.checks.allowed import tool_allowed

    for row in facts.tool_call:
        if scope.allowed_tools is not None and row["times"] and not tool_allowed(scope.allowed_tools, row["tool"]):
            yield Parting(
                _EXCEEDED, "tool-not-allowed", row["tool"], "the contract does not allow the tool", tuple(row["events"])
            )
    if scope.network in {"deny", "allowlist"}:
        allowed = {host.lower() for host in scope.hosts or ()} if scope.network == "allowlist" else set()
        for row in facts.host:
            if row["host"] not in allowed and not is_here(row["host"]):
                detail = f"the contract says of the network: {scope.network}"
                yield Parting(_EXCEEDED, "network-denied", row["host"], detail, tuple(row["events"]))


def _paths(scope: ScopeTable, changed: Sequence[str], touched: dict[str, None]) -> Iterator[Parting]:
    from reviewer.checks.patterns import compiled  # brings all checks along, and most runs have no contract

    forbidden = compiled(scope.forbidden_paths or (), "scope.forbidden_paths")
    if scope.allowed_paths is not None:
        spec = compiled(scope.allowed_paths, "scope.allowed_paths")
        for path in touched:
            # What is forbidden is told as that, once.
            if not spec.match_file(path) and not forbidden.match_file(path):
                where = "changed" if path in changed else "edited in the run, and not in the change"
                yield Parting(_EXCEEDED, "outside-allowed", path, f"{where}; the contract does not allow it", (), True)
        for pattern in scope.allowed_paths:
            if pattern.startswith("!") or "*" in pattern:
                continue
            if not any(map(compiled([pattern], "scope.allowed_paths").match_file, touched)):
                yield Parting(
                    "planned_untouched", "allowed-untouched", pattern, "the contract allows it, and nothing touched it"
                )
    for path in touched:
        if forbidden.match_file(path):
            yield Parting(_EXCEEDED, "inside-forbidden", path, "the contract forbids it", (), True)


def _commands(contract: Contract, facts: RunFacts) -> Iterator[Parting]:
    if contract.scope.allowed_commands is None:
        return
    from reviewer.checks.allowed import command_allowed

    allowed = [*contract.scope.allowed_commands, *(contract.task.required_commands or ())]
    for row in facts.command:
        if row["state"] not in _DID_NOT_RUN and not command_allowed(allowed, row["line"]):
            yield Parting(
                _EXCEEDED,
                "command-not-allowed",
                row["line"],
                "the contract does not allow the command",
                tuple(row["events"]),
            )
