"""Plan against did against said: the places where they part ways, as far as the run alone shows them.

Pure. What belongs to the plan and to the set of changed files has modules of its own beside this one. Rules here: those
of claims, `run-before-last-edit`, `read-before-edit`.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from reviewer.run.derive.exceeded import exceeded
from reviewer.run.derive.facts import Parting
from reviewer.run.derive.planned import planned_untouched, touched_unplanned
from reviewer.run.derive.trace import DID_NOT_RUN
from reviewer.run.derive.unexplained import changed_not_claimed, claimed_not_changed
from reviewer.run.event import Search
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.derive.claims import Claim
    from reviewer.run.derive.edits import Ledger
    from reviewer.run.derive.facts import RunFacts
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Command
    from reviewer.run.importers.importer import SessionInfo

_NOT_RUN = frozenset(("claim-without-run", "claim-against-run", "claim-without-edit", "claim-against-edit"))
_STALE = "claim-before-last-edit"


def partings(
    facts: RunFacts, trace: Trace, book: Ledger, claims: Sequence[Claim], infos: Sequence[SessionInfo]
) -> list[Parting]:
    """Return where plan, deed and words part ways; nothing without a log.

    Args:
        facts: with the sets of paths.
        trace: the run.
        book: what stands of its edits.
        claims: what the agent said it did.
        infos: what it was allowed.
    """
    if not trace.events:
        return []
    return list(
        chain(
            exceeded(trace, infos),
            _claimed_not_run(claims),
            _run_before_last_edit(trace, claims),
            changed_not_claimed(facts, trace, book),
            claimed_not_changed(trace, book),
            planned_untouched(trace),
            touched_unplanned(facts, trace, book),
            _edited_unread(facts, trace, book),
        )
    )


def _claimed_not_run(claims: Sequence[Claim]) -> Iterator[Parting]:
    """Of what was said last before a person spoke or the run ended, what did not happen; one for each thing."""
    last: dict[str, Claim] = {}
    for claim in claims:
        if claim.is_last_word:
            last.pop(claim.about, None)
            last[claim.about] = claim
    for claim in last.values():
        if claim.rule in _NOT_RUN:
            events = (claim.event.seq, *claim.events)
            yield Parting("claimed_not_run", claim.rule, claim.text, claim.because, events)


def _run_before_last_edit(trace: Trace, claims: Sequence[Claim]) -> Iterator[Parting]:
    """The last test run, where code was edited after it; of other checks, where more was said."""
    said = {claim.about: claim for claim in claims if claim.is_last_word and claim.rule == _STALE}
    last = {command.command_kind: command for command in trace.commands if command.state not in DID_NOT_RUN}
    code = set(trace.code)
    for kind, command in last.items():
        claim = said.get(kind)
        if not trace.code or trace.code[-1] < command.seq or (kind != "test" and claim is None):
            continue
        later = [edit for edit in trace.applied if edit.seq > command.seq and edit.seq in code]
        files = plural(len({edit.path for edit in later}), "file was", "files were")
        yield Parting(
            "run_before_last_edit",
            "run-before-last-edit" if claim is None else _STALE,
            command.line if claim is None else claim.text,
            f"command {command.n}{_state(command)} is the last {kind} run; {files} edited after it",
            (command.seq, *(() if claim is None else (claim.event.seq,)), *(edit.seq for edit in later)),
        )


def _state(command: Command) -> str:
    return f" ({command.state})" if command.state in {"passed", "failed"} else ""


def _edited_unread(facts: RunFacts, trace: Trace, book: Ledger) -> Iterator[Parting]:
    """Changed files that the agent edited without having looked into them before."""
    unread = {path: book.first[path].seq for path, read in facts.read_before_edit.items() if not read}
    for event in trace.events if unread and "search" in trace.kinds else ():
        if isinstance(event, Search) and event.path:
            path = trace.paths.repo_path(event.path, event.session)
            if path in unread and event.seq < unread[path]:
                del unread[path]
    for path, seq in unread.items():
        yield Parting(
            "edited_unread", "read-before-edit", path, "edited without having been read before", (seq,), is_path=True
        )
