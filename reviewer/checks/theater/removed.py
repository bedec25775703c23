"""Tests that are gone, in every language: singly, or one finding for a file that lost several or went as a whole.

A test whose subject went with it, or whose particular words stand in other tests now, is worth knowing and no alarm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.sides import contents
from reviewer.checks.theater.facts import GONE, fact
from reviewer.checks.theater.moved import folded, words
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact
    from reviewer.checks.theater.moved import Gained

_MANY = 2
_NAMED = 4
_DEFINITION = re.compile(
    r"(?:\b(?:def|class|function|func|fn|struct|interface|trait|module)\s+(?:\([^)]{0,80}\)\s*)?"
    r"|^(?=\w{1,80}\s*(?::[^=]{0,80})?=[^=]))(\w{1,80})"
    r"|(?:\b(?:const|let|var)\s+|^\s{0,40}(?:[\w$]{1,40}\.){1,5})(\w{1,80})\s*=[^=]"
)
_LONGEST = 300
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Gone:
    """A test of the old side that has no counterpart.

    Attributes:
        source: its text; `others`: the words of each other test that its file had.
        texts: of its oracles.
    """

    file: str
    name: str
    line: int
    source: str
    others: Sequence[set[str]]
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Vanished:
    """What the code outside tests no longer has: names that it defined, and words that no changed file has any more."""

    names: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, case: Case) -> Vanished:
        """Return what the lines of a change took away."""
        names: set[str] = set()
        gone: set[str] = set()
        back: set[str] = set()
        defined: set[str] = set()
        for file in case.files:
            defined.update(name for line in file.added for name in _defined(line.text))
            if roles.is_test(file.path) or roles.is_document(file.path):
                continue
            names.update(name for line in file.removed for name in _defined(line.text))
            for line in file.removed:
                gone |= words(line.text[:_LONGEST])
            new = contents(case, file).new
            if new is not None and gone:
                back |= words(new.decode("utf-8", "surrogateescape"))
        long = {word for word in gone - back if len(word) >= _SHORTEST and not word.isdigit()}
        return cls(frozenset(name for name in names - defined if len(name) > 2), frozenset(long))

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.names | self.words

    def subject(self, source: str, others: Iterable[set[str]]) -> str | None:
        """Return a name that a test was about and that is gone, None if there is none."""
        used = words(source)
        named = used & self.names
        if not named:
            for other in others:
                used -= other
            named = used & self.words
        return min(named) if named else None


def _defined(line: str) -> Iterator[str]:
    for match in _DEFINITION.finditer(line[:_LONGEST]):
        yield match.group(1) or match.group(2)


def removed(
    gone: Sequence[Gone], deleted: Mapping[str, bool], vanished: Vanished, gained: Gained, *, one: Severity = "medium"
) -> Iterator[tuple[Fact, tuple[Gone, ...]]]:
    """Yield facts about removed tests with the tests that each is about.

    Args:
        gone: the tests.
        deleted: by path, whether the file went as a whole.
        vanished: what the code lost.
        gained: what other tests gained.
        one: how much a single removed test weighs.
    """
    by_file: dict[str, list[Gone]] = {}
    for test in gone:
        by_file.setdefault(test.file, []).append(test)
    for path, tests in by_file.items():
        judged = [
            (
                test,
                vanished.subject(test.source, test.others),
                gained.runs(test.texts) or folded(test.source, test.others, gained, test.name.rsplit(".", 1)[-1]),
            )
            for test in tests
        ]
        if deleted.get(path) or len(tests) > _MANY:
            living = [test for test, subject, elsewhere in judged if subject is None and not elsewhere]
            yield _many(path, tests, living, deleted=bool(deleted.get(path))), tuple(tests)
            continue
        for test, subject, elsewhere in judged:
            severity: Severity = "info" if subject or elsewhere else one
            message = f"The test {shown(test.name)} is removed, and its code reappears nowhere."
            if subject:
                message = f"The test {shown(test.name)} is removed together with {shown(subject)}, which it names."
            elif elsewhere:
                message = f"The test {shown(test.name)} is removed; most of what it names stands in other tests now."
            yield (
                fact(test.name, path, severity, message, GONE, test.name, test.line, rule="test-removed", side="old"),
                (test,),
            )


def _many(path: str, tests: Sequence[Gone], living: Sequence[Gone], *, deleted: bool) -> Fact:
    rule = "test-file-deleted" if deleted else "tests-removed"
    what = f"{shown(path)} is deleted with" if deleted else f"{shown(path)} loses"
    first = [*living, *(test for test in tests if test not in living)]
    names = ", ".join(shown(test.name, 50) for test in first[:_NAMED])
    count = plural(len(tests), "test")
    message = f"{what} {count} whose code reappears nowhere: {names}{' …' if len(tests) > _NAMED else ''}."
    if living and len(living) < len(tests):
        message = (
            message[:-1] + f"; what {len(living)} of them {'names' if len(living) == 1 else 'name'} is still there."
        )
    severity: Severity = "medium" if living else "info"
    quote = " ".join(test.name for test in tests)
    return fact(tests[0].name, path, severity, message, GONE, quote, tests[0].line, rule=rule, side="old")
