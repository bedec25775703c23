"""What findings say of the faults in the tables: one line and two lines, a verb that fits, and no slips of assembly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.runner import run
from tests.conformance.test_twins import TWINS
from tests.support.languages import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case

# A number of things, not that of a command or a line.
_ONE_OF_MANY = re.compile(
    r"(?<!command )(?<!Command )(?<!line )(?<![\w.,(:])1 (?!is\b|was\b|has\b)[a-z]+s\b(?! of the)"
)
_ARTICLE = re.compile(r"(?:^|[.;] )A [aeio]\w+")
_TWICE = re.compile(r"\b(\w+) \1\b|\.\.(?: |$)|  | ,")
_QUOTED = re.compile(r"“[^”]*”")


def cases() -> Iterator[Case]:
    yield from (fault.case() for fault, _ in TWINS.values() if not fault.tools)
    yield from (fault.case() for fault in faults())


def test_messages_read_as_sentences() -> None:
    said = {finding.message for case in cases() for result in run(case) for finding in result.findings}
    slips = [
        message
        for message in sorted(said)
        if any(form.search(_QUOTED.sub("“”", message)) for form in (_ONE_OF_MANY, _ARTICLE, _TWICE))
    ]
    assert not slips


def test_a_guard_that_is_not_here_is_missed_in_words_that_fit() -> None:
    said = {
        finding.message
        for case in cases()
        for result in run(case)
        for finding in result.findings
        if finding.rule == "guard-not-here"
    }
    assert said
    assert not [message for message in said if re.search(r"is not under .* do\.$|does not call .* are\.$", message)]
