"""Test theater by the form of lines, at low severity, for test files that no grammar could make sense of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.oracles.lines import FORMS, SEVERITY, Forms, name_of
from reviewer.text import plural

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import ChangedFile, ChangedLine
    from reviewer.checks.finding import Side

_WHY = {
    "test-skipped": "A test that does not run looks like one that passes.",
    "test-only": "One test that runs alone keeps all others from running.",
    "test-removed": "What this test held in place can now change unnoticed.",
    "oracle-tautology": "It cannot fail.",
}
_WHY_WEAK = "It would still pass if the behaviour were wrong in ways that it used to catch."
_LONGEST = 1_000


def line_facts(unread: Sequence[ChangedFile]) -> Iterator[Fact]:
    """Yield what the lines of test files show.

    Args:
        unread: the test files that could not be read in any better way.
    """
    files = [
        (file, FORMS[known]) for file in unread if (known := roles.language(file.path)) is not None and known in FORMS
    ]
    everywhere = {name for file, forms in files for line in file.added if (name := _name(line, forms)) is not None}
    for file, forms in files:
        yield from _file_facts(file, forms, everywhere)


def _file_facts(file: ChangedFile, forms: Forms, everywhere: set[str]) -> Iterator[Fact]:
    before = Counter(" ".join(line.text.split()) for line in file.removed)
    fresh = [line for line in file.added if not before[" ".join(line.text.split())]]
    for rule, pattern, what in (
        ("test-skipped", forms.skip, "A test is switched off"),
        ("test-only", forms.only, "A test is set to run alone"),
        ("oracle-tautology", forms.tautology, "An assertion is always true"),
    ):
        for line in fresh:
            if pattern is not None and pattern.search(line.text[:_LONGEST]):
                yield _fact(file, rule, f"{what}: {shown(line.text)}", line)
    gone = [
        (name, line) for line in file.removed if (name := _name(line, forms)) is not None and name not in everywhere
    ]
    gained = sum(1 for line in file.added if _name(line, forms) is not None)
    had = sum(1 for line in file.removed if _name(line, forms) is not None)
    # As many new names as old ones are renames, as far as lines can tell.
    gone = gone[: max(0, had - gained)]
    for name, line in gone:
        message = f"The test “{shown(name)}” is removed, and no added test has its name."
        yield _fact(file, "test-removed", message, line, side="old")
    if gone or file.status == "D":
        return
    lost, kept = (_matching(lines, forms.oracle) for lines in (file.removed, file.added))
    if len(lost) > len(kept):
        loses = plural(len(lost), "line")
        message = f"The file loses {loses} with assertions and gains {len(kept)}, and no test of it is removed."
        yield _fact(file, "assertions-lost", message, lost[0], side="old")
    elif forms.strong is not None and forms.weak is not None:
        strong_lost = len(_matching(file.removed, forms.strong)) - len(_matching(file.added, forms.strong))
        weak = [line for line in _matching(fresh, forms.weak) if not forms.strong.search(line.text)]
        if strong_lost > 0 and weak:
            message = f"A weaker comparison stands where a stricter one stood: {shown(weak[0].text)}"
            yield _fact(file, "oracle-weaker", message, weak[0])


def _name(line: ChangedLine, forms: Forms) -> str | None:
    return name_of(line.text[:_LONGEST], forms)


def _matching(lines: Sequence[ChangedLine], pattern: re.Pattern[str]) -> list[ChangedLine]:
    return [line for line in lines if pattern.search(line.text[:_LONGEST])]


def _fact(file: ChangedFile, rule: str, message: str, line: ChangedLine, *, side: Side = "new") -> Fact:
    return Fact(
        rule=rule,
        severity=SEVERITY[rule],
        message=message,
        why=_WHY.get(rule, _WHY_WEAK),
        quote=line.text,
        file=file.path,
        side=side,
        line=line.number,
    )
