"""Habits of the code around a change against what the change adds: told only where nearly everything agrees.

Populations are the file itself, then its package with it, then the nearest files of the repository. All are of the old
side, so that a change cannot vote for itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.style.habits import choices
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.checks.finding import Severity
    from reviewer.checks.python_source import PythonFile
    from reviewer.checks.style.around import Around
    from reviewer.checks.style.choice import Choice, Habit

_ENOUGH = 20
_AGREED = 0.95
_FEW = 6
"""So many are enough if they agree without exception."""
_NEIGHBOURS = 24
_FURTHER = 40

_NOT_CAPS = frozenset({"snake_case", "camelCase"})
_CAMEL = frozenset({"camelCase"})
_UNANNOTATED = frozenset({"without any annotation"})
_UNDOCUMENTED = frozenset({"without a docstring"})
_BUILT_IN = frozenset({"built-in exceptions"})
_OLD_FORMATS = frozenset({"the % operator", "str.format"})
_OS_PATH = frozenset({"os.path"})

_TYPING = frozenset({"from typing"})
_INSIDE = frozenset({"inside a function"})
_SHELLS = frozenset({"os.system and os.popen"})
_SCRIPT = re.compile(
    r"(?:^|/)(?:scripts?|tools?|bin|benchmarks?|docs?|ci|demos?)/|(?:^|/)(?:__main__|_*cli|_*main|manage|setup|conftest|noxfile|tasks"
    r"|fabfile|run|bench\w*|[\w]*_?(?:cli|script|demo))\.py$|commands?/",
    re.IGNORECASE,
)
"""Speaks to whoever runs it."""
_NAMED = frozenset({"function", "class", "variable"})

_WHY = "What reads like the code around it is read faster, and what does not makes a reader look for the reason."


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a habit is told: the rule, its severity, the noun for what is counted, and what a breach is.

    Attributes:
        only: values whose breach is told, empty for any.
        telling: sightings of the agreed value that could be of no other, as many are needed.
    """

    rule: str
    severity: Severity
    nouns: str
    breach: str
    only: frozenset[str] = frozenset()
    telling: int = 1
    few: int = _FEW


_RULES: dict[Habit, _Rule] = {
    "function": _Rule("name-case", "low", "functions", "{name} is written in {value}", telling=3),
    "class": _Rule("name-case", "low", "classes", "{name} is written in {value}", _NOT_CAPS, telling=2, few=2),
    "variable": _Rule("name-case", "low", "variables", "{name} is written in {value}", _CAMEL, telling=3),
    "output": _Rule("print-for-log", "low", "outputs", "a line prints", frozenset({"print"}), few=2),
    "annotation": _Rule("annotation-missing", "low", "functions", "{name} is {value}", _UNANNOTATED),
    "docstring": _Rule("docstring-missing", "info", "public functions", "{name} is {value}", _UNDOCUMENTED),
    "quote": _Rule("quote-style", "info", "strings", "one is {value}"),
    "import": _Rule("import-style", "low", "imports inside the package", "that of {name} is {value}"),
    "raise": _Rule("exception-class", "low", "raised exceptions", "{name} is one of {value}", _BUILT_IN),
    "test": _Rule("test-style", "low", "tests", "{name} is one of {value}"),
    "assert": _Rule("test-style", "info", "assertions", "{name} is one of {value}"),
    "format": _Rule("format-style", "low", "formatted strings", "one is by {value}", _OLD_FORMATS),
    "path": _Rule("path-style", "low", "uses of paths", "{name} is one of {value}", _OS_PATH, few=2),
    "mock": _Rule("mock-style", "low", "replacements in tests", "{name} is one of {value}"),
    "process": _Rule("process-style", "low", "calls of programs", "{name} is one of {value}", _SHELLS, few=2),
    "message": _Rule("format-style", "low", "log messages", "one is made by {value}"),
    "union": _Rule("annotation-style", "low", "unions in annotations", "{name} is one of {value}", few=2),
    "generic": _Rule("annotation-style", "low", "generics in annotations", "{name} is one of {value}", few=3),
    "origin": _Rule(
        "annotation-style", "low", "imports of abstract types", "that of {name} is {value}", _TYPING, few=2
    ),
    "place": _Rule("import-style", "info", "imports", "that of {name} is {value}", _INSIDE, few=_ENOUGH),
    "record": _Rule("record-style", "low", "record classes", "{name} is {value}", few=3),
    "suffix": _Rule("name-case", "low", "classes of errors", "{name} is {value}", few=3),
    "sections": _Rule("docstring-style", "low", "docstrings with such parts", "that of {name} has {value}", few=3),
    "text": _Rule("message-style", "low", "messages of errors", "one is {value}", few=8),
    "stop": _Rule("message-style", "low", "messages of errors", "one is {value}", few=8),
}


@dataclass(slots=True)
class _Counted:
    """How often each value of each habit was seen: in all, and where it speaks for that value alone."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    telling: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, found: Iterable[Choice]) -> _Counted:
        counted = cls()
        for one in found:
            counted.seen[one.habit, one.value] += 1
            if one.telling:
                counted.telling[one.habit, one.value] += 1
        return counted

    def add(self, other: _Counted) -> None:
        self.seen.update(other.seen)
        self.telling.update(other.telling)


class _Populations:
    """The code around one file, in growing circles; each is counted when it is asked for, files only once."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._counted: dict[str, _Counted] = {}

    def of(self, file: PythonFile, own: _Counted) -> Iterator[tuple[str, _Counted]]:
        place = file.file.old_path or file.file.path
        yield f"in {shown(place)}", own
        near = self._around.nearest(place, tests=roles.is_test(place))
        folder = place.rpartition("/")[0]
        # What lies nearest comes first, so the files of the folder are the first of all.
        beside = sum(1 for _ in takewhile(lambda path: path.rpartition("/")[0] == folder, near[:_NEIGHBOURS]))
        together = self._together(own, near[:beside])
        yield f"in {shown(folder)}/" if folder else "in this folder", together
        yield "in the files around it", self._together(together, near[beside:_FURTHER])

    def _together(self, own: _Counted, paths: list[str]) -> _Counted:
        together = _Counted(Counter(own.seen), Counter(own.telling))
        for path in paths:
            if path not in self._counted:
                tree = self._around.tree(path)
                found = () if tree is None else choices(tree, self._around.content(path) or b"", path)
                # What a script says to whoever runs it is no habit of the others.
                script = _SCRIPT.search(path) is not None
                self._counted[path] = _Counted.of(one for one in found if one.habit != "output" or not script)
            together.add(self._counted[path])
        return together


def drift(files: Sequence[PythonFile], around: Around) -> Iterator[Fact]:
    """Yield what added lines do otherwise than the code around them, at most one fact a habit, value and file."""
    gone = frozenset(" ".join(line.text.split()) for file in files for line in file.file.removed)
    populations = _Populations(around)
    for file in files:
        path = file.file.path
        if file.new is None or file.new_source is None or roles.is_example(path) or roles.is_foreign(path):
            continue
        if roles.generated_line(file.new_source) is not None:
            continue
        added = {line.number for line in file.file.added if " ".join(line.text.split()) not in gone}
        old = () if file.old is None else tuple(choices(file.old, file.old_source or b"", path))
        known = {(one.habit, one.name) for one in old if one.habit in _NAMED}
        fresh = [
            one
            for one in choices(file.new, file.new_source, path)
            if one.line in added and one.telling and (one.habit, one.name) not in known and _is_breach(one)
        ]
        yield from _of_file(file, fresh, populations.of(file, _Counted.of(old)))


def _is_breach(one: Choice) -> bool:
    only = _RULES[one.habit].only
    return not only or one.value in only


def _of_file(file: PythonFile, fresh: list[Choice], populations: Iterator[tuple[str, _Counted]]) -> Iterator[Fact]:
    groups: dict[tuple[str, str], list[Choice]] = {}
    for one in fresh:
        groups.setdefault((one.habit, one.value), []).append(one)
    last = "", _Counted()
    for where, counted in populations if groups else ():
        for key in list(groups):
            first = min(groups[key], key=lambda one: one.line)
            agreed = _agreed(first, counted, _RULES[first.habit])
            if agreed is not None:
                yield _fact(file, first, (*agreed, where), len(groups.pop(key)))
        if not groups:
            return
        last = where, counted
    for (habit, value), found in groups.items():
        if habit == "output" and value == "print" and not _SCRIPT.search(file.file.path):
            yield from _unheard(file, found, last)


def _unheard(file: PythonFile, found: list[Choice], around: tuple[str, _Counted]) -> Iterator[Fact]:
    """Yield a fact if nothing around prints, though nothing there says what to do instead."""
    where, counted = around
    functions = sum(times for (habit, _), times in counted.seen.items() if habit == "function")
    if functions < _ENOUGH or roles.is_test(file.file.path) or counted.seen["output", "print"]:
        return
    first = min(found, key=lambda one: one.line)
    yield Fact(
        rule="print-for-log",
        severity="low",
        message=f"None of {functions:,} functions {where} prints; here a line prints.",
        why=_WHY,
        quote="output print",
        file=file.file.path,
        side="new",
        line=first.line,
        numbers=(("functions", functions),),
    )


def _agreed(one: Choice, counted: _Counted, rule: _Rule) -> tuple[str, int, int] | None:
    """Return the value that a population agrees on against this choice, how many do, and of how many."""
    values = {value: times for (habit, value), times in counted.telling.items() if habit == one.habit}
    if one.value == "camelCase" and not values.get("camelCase") and counted.seen[one.habit, "snake_case"] >= 2 * _FEW:
        # So many names in small letters, and none in camelCase: that one word is in no case does not matter.
        return "snake_case", counted.seen[one.habit, "snake_case"], counted.seen[one.habit, "snake_case"]
    if not values:
        return None
    value, times = max(values.items(), key=lambda item: item[1])
    if value == one.value or times < rule.telling:
        return None
    total = sum(values.values())
    if value == "snake_case":
        # One word in small letters is snake_case, though it tells it apart from nothing.
        total += counted.seen[one.habit, value] - times
        times = counted.seen[one.habit, value]
    if (total >= _ENOUGH and times >= _AGREED * total) or (total >= rule.few and times == total):
        return value, times, total
    return None


def _fact(file: PythonFile, one: Choice, agreed: tuple[str, int, int, str], same: int) -> Fact:
    value, times, total, where = agreed
    rule = _RULES[one.habit]
    what = rule.breach.format(name=shown(one.name, 40), value=one.value)
    more = f" ({plural(same, 'place')} in the added lines)" if same > 1 else ""
    return Fact(
        rule=rule.rule,
        severity=rule.severity,
        message=f"{times:,} of {total:,} {rule.nouns} {where} are {value}; here {what}{more}.",
        why=_WHY,
        quote=f"{one.habit} {one.name}",
        numbers=(("agree", times), ("of", total)),
        file=file.file.path,
        side="new",
        line=one.line,
    )
