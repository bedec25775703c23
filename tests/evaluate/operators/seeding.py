"""Which fault goes into which commit: by the commit's id alone, so that a recipe gives the same fault again."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.evaluate.model import Change, Label
from tests.evaluate.operators.table import Key, operators
from tests.evaluate.operators.view import CommitView

if TYPE_CHECKING:
    from reviewer.checks.finding import Mode
    from tests.evaluate.history import Commit
    from tests.evaluate.operators.spoiled import CommitOperator, Spoiled
    from tests.evaluate.operators.view import View

MOST = 5
"""Faults made of one commit, each by itself."""
RARE = frozenset({"tests_on_parent"})
TRIES = 90
"""Commits that an operator is tried on; some find their form nowhere."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """One fault in one commit.

    Attributes:
        change: the file on both sides with its label; what finding and place are held against.
    """

    mode: Mode
    operator: str
    commit: Commit
    spoiled: Spoiled
    change: Change

    @property
    def name(self) -> str:
        """How the result is kept."""
        given = self.spoiled
        what = (self.mode, given.path, given.line, *(sorted(part.items()) for part in (given.edits, given.base)))
        return f"seeded {self.operator} {self.commit.name} {_digest(what, given.run, given.modes, given.parts)}"

    @property
    def original(self) -> str:
        """How the result without the fault is kept; one for a mode where nothing is added to the commit."""
        given = self.spoiled
        if given.honest is None and not given.base and not given.parts:
            return f"original {self.mode} {self.commit.name}"
        more = _digest(sorted(given.base.items()), given.honest, given.parts)
        return f"original {self.mode} {self.commit.name} {more}"


def _digest(*given: object) -> str:
    return hashlib.sha256(repr(given).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def seeds(commits: list[Commit], each: int) -> list[Seeded]:
    """Return for every operator this many faults, from different commits as far as there are.

    Args:
        commits: to choose from; those that change tests come first.
        each: faults for each operator.
    """
    table = operators()
    views = {commit: CommitView(commit) for commit in commits}
    made: list[Seeded] = []
    left = dict.fromkeys(table, each)
    tried: Counter[Key] = Counter()
    for commit in sorted(commits, key=lambda one: not views[one].has_tests):
        random = Random(commit.oid)  # noqa: S311 - a recipe has to give the same fault again
        open_ones = [key for key, count in left.items() if count and key[0] == commit.language]
        # Those that found the least go first, so that rare forms are not left behind by common ones; before them, those
        # that few commits fit at all.
        random.shuffle(open_ones)
        open_ones.sort(key=lambda key: (key[1] not in RARE, -left[key]))
        found = 0
        for key in open_ones:
            if found >= MOST:
                break
            tried[key] += 1
            if tried[key] > TRIES:
                left[key] = 0
            elif (seeded := seed(commit, views[commit], key, table[key])) is not None:
                made.append(seeded)
                left[key] -= 1
                found += 1
    return made


def seed(commit: Commit, view: View, key: Key, operator: CommitOperator) -> Seeded | None:
    """Return one operator's fault in one commit, None where its form is not there."""
    random = Random(f"{commit.oid} {key}")  # noqa: S311 - a recipe has to give the same fault again
    spoiled = operator(view, random)
    if spoiled is None or not _is_sound(view, spoiled):
        return None
    language, mode, name = key
    path = spoiled.path
    label = Label(mode=mode, path=path, line=spoiled.line, side=spoiled.side, words=spoiled.words)
    before = {} if path is None else {path: spoiled.base.get(path, view.before.get(path, ""))}
    after = {} if path is None else {path: spoiled.edits.get(path, view.after.get(path, "")) or ""}
    change = Change(name=name, language=language, half="open", asked="", before=before, after=after, labels=(label,))
    return Seeded(mode, name, commit, spoiled, change)


def _is_sound(view: View, spoiled: Spoiled) -> bool:
    """Whether something differs, and Python is still Python."""
    for path, text in spoiled.edits.items():
        if text is not None and path.endswith(".py") and not _parses(text):
            return False
    same = all(text == spoiled.base.get(path, view.after.get(path)) for path, text in spoiled.edits.items())
    return not same or bool(spoiled.modes) or spoiled.run != spoiled.honest


def _parses(text: str) -> bool:
    try:
        compile(text, "seeded", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
