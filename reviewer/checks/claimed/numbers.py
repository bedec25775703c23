"""Numbers of tests that were said, against those that the runs printed; and that nothing was skipped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.claimed.words import Said
    from reviewer.packet.manifest import CommandRow

_WHY = "A number that no run printed was not read off a run."
_WHY_SKIPPED = "A test that is skipped says nothing, and the summary says that there is none."
_COUNT = re.compile(
    r"\b(?P<a>\d{1,6})(?:/\d{1,6})? (?:[\w-]{1,30} ){0,2}?tests? (?:[\w-]{1,20} ){0,2}?pass(?:es|ed|ing)?\b"
    r"|\b(?P<b>\d{1,6}) (?:tests? )?passed\b",
    re.IGNORECASE,
)
_OF_A_PART = re.compile(
    r"\b(?:new|added|these|those|my|more|additional|of (?:the|them|which))\b|\d+ of \d+", re.IGNORECASE
)
_NOT_SAID = re.compile(
    r"\b(?:should|would|will|if|before|previously|was|were|originally|expect\w*|not)\b|n't\b|\?", re.IGNORECASE
)
_NO_SKIPS = re.compile(
    r"\bno (?:tests? (?:(?:were|was|are|is|got) )?(?:skipped|deselected)|skipped tests?|skips)\b"
    r"|\b(?:0|zero) (?:tests? )?skip(?:s|ped)\b|\bnothing (?:was |is )?skipped\b|\bwithout (?:any )?skips?\b"
    r"|\bdid(?: not|n't) skip any tests?\b",
    re.IGNORECASE,
)
_SKIPPED = ("skipped", "deselected", "ignored", "pending", "xfailed", "todo")


def numbers(case: Case, said: Sequence[Said], account: Account) -> Iterator[Fact]:
    """Yield numbers of passing tests that no run printed, and skipped tests that were denied."""
    counted = [row for row in case.manifest.command if row.tests and row.state not in {"denied", "not_run"}]
    for one in said:
        yield from _skips(one, counted)
        match = None if _OF_A_PART.search(one.text) or _NOT_SAID.search(one.text) else _COUNT.search(one.text)
        if match is None:
            continue
        number = int(match["a"] or match["b"])
        if not counted or any(row.log_cut for row in counted):
            account.note("a number of tests was said, and the counts of the runs are not all recorded")
            continue
        account.looked("number of tests")
        if number not in _known(counted):
            last = counted[-1]
            yield Fact(
                rule="tests-number-differs",
                severity="medium",
                message=f"The agent says “{shown(one.text)}”, and no run counted {number:,}: the last that counted, "
                f"command {last.n}, has {_counts(last)}.",
                why=_WHY,
                quote=one.text,
                evidence=(f"event:{one.event}", f"command:{last.n}"),
                numbers=(("said", number), ("passed", (last.tests or {}).get("passed", 0))),
            )


def _skips(one: Said, counted: Sequence[CommandRow]) -> Iterator[Fact]:
    if not counted or not _NO_SKIPS.search(one.text):
        return
    last = counted[-1]
    skipped = sum((last.tests or {}).get(name, 0) for name in _SKIPPED)
    if skipped:
        yield Fact(
            rule="tests-skipped-denied",
            severity="medium",
            message=f"The agent says “{shown(one.text)}”, and the last run that counted, command {last.n}, has "
            f"{_counts(last)}.",
            why=_WHY_SKIPPED,
            quote=one.text,
            evidence=(f"event:{one.event}", f"command:{last.n}"),
            numbers=(("skipped", skipped),),
        )


def _known(counted: Sequence[CommandRow]) -> set[int]:
    """Return every number that a reader of the runs may arrive at: counts, sums of one run, sums of the last runs."""
    known: set[int] = set()
    last: dict[str, int] = {}
    for row in counted:
        tests = row.tests or {}
        known.update(tests.values())
        known.add(sum(tests.values()))
        known.add(tests.get("passed", 0) + tests.get("failed", 0))
        last[row.line] = tests.get("passed", 0)
    sums = {0}
    for passed in list(last.values())[-8:]:
        sums |= {one + passed for one in sums}
    return known | sums


def _counts(row: CommandRow) -> str:
    return ", ".join(f"{number:,} {shown(name, 20)}" for name, number in list((row.tests or {}).items())[:5])
