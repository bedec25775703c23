"""Figures: how often rules cry over what is fine, and what share of the faults is found for how many cries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.checks.finding import MODES, SEVERITIES
from tests.evaluate.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.evaluate.examined import Examined, Said
    from tests.evaluate.model import Change, Label

BUDGETS = (0.2, 1.0, 3.0)
"""False alarms for each 100 added lines."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What rules say of changes that are fine.

    Attributes:
        counts: findings by (severity, rule); those that name a file.
        without: findings above "info" that name none. Nobody wrote a contract, a note or a record for these changes, so
            what is said of these is true, and no alarm over the change.
    """

    added: int
    commits: int
    counts: Mapping[tuple[str, str], int]
    without: int = 0

    @classmethod
    def of(cls, results: Iterable[Examined]) -> Rates:
        """Count."""
        counts: Counter[tuple[str, str]] = Counter()
        added = commits = without = 0
        for one in results:
            if not one.error:
                added, commits = added + one.added, commits + 1
                counts.update((said.severity, said.name) for said in one.findings if said.file is not None)
                without += sum(said.file is None and said.severity != "info" for said in one.findings)
        return cls(added, commits, counts, without)

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        counts = {f"{severity} {rule}": count for (severity, rule), count in sorted(self.counts.items())}
        return {"added": self.added, "commits": self.commits, "without": self.without, "counts": counts}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rates:
        """What `as_json` gave."""
        counts = {(kind.split(" ")[0], kind.split(" ")[1]): count for kind, count in data["counts"].items()}
        return cls(data["added"], data["commits"], counts, data["without"])

    def per_100(self, count: int) -> float:
        """A count for each 100 added lines."""
        return 100 * count / self.added if self.added else 0.0

    def by_severity(self) -> dict[str, float]:
        """Findings for each 100 lines."""
        return {
            severity: self.per_100(sum(n for (one, _), n in self.counts.items() if one == severity))
            for severity in SEVERITIES
        }

    def by_rule(self) -> dict[str, tuple[int, float]]:
        """Findings above "info" by rule, most first."""
        sums: Counter[str] = Counter()
        for (severity, rule), count in self.counts.items():
            if severity != "info":
                sums[rule] += count
        return {rule: (count, self.per_100(count)) for rule, count in sums.most_common()}

    def allowed(self, budget: float, seen: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Walk down the kinds of findings, severe and quiet ones first, until the budget is spent."""
        kinds = sorted(
            {*seen, *self.counts},
            key=lambda kind: (-SEVERITIES.index(kind[0]), self.counts.get(kind, 0), kind[1]),
        )
        taken: set[tuple[str, str]] = set()
        spent = 0.0
        for kind in kinds:
            spent += self.per_100(self.counts.get(kind, 0))
            if spent > budget or kind[0] == "info":
                break
            taken.add(kind)
        return taken


@dataclass(slots=True)
class Tally:
    """Of one mode, or of all."""

    labels: int = 0
    found: int = 0
    alarming: int = 0
    placed: int = 0
    near: int = 0
    at: dict[float, int] = field(default_factory=lambda: dict.fromkeys(BUDGETS, 0))


@dataclass(frozen=True, slots=True)
class Judged:
    """The small set, judged.

    Attributes:
        tallies: by mode; "all" for all.
        misses: labels that no finding of their mode tells of.
        strays: findings above "info" that are at the place of no label.
    """

    tallies: Mapping[str, Tally]
    misses: tuple[tuple[Change, Label], ...]
    strays: tuple[tuple[Change, Said], ...]
    added: int


def judge(changes: Sequence[Change], results: Mapping[str, Examined], rates: Rates) -> Judged:
    """Hold findings against labels."""
    seen = {(one.severity, one.name) for change in changes for one in results[change.name].findings}
    allowed = {budget: rates.allowed(budget, seen) for budget in BUDGETS}
    tallies = {mode: Tally() for mode in (*MODES, "all")}
    misses, strays = [], []
    for change in changes:
        places, findings = Places(change), results[change.name].findings
        for label in change.labels:
            told = [one for one in findings if places.found(label, one)]
            if label.path is None:
                # Faults of the run have no place: each needs a finding of its own.
                twins = [one for one in change.labels if one.path is None and one.mode == label.mode]
                told = told[twins.index(label) :]
            in_file = [one for one in findings if one.mode == label.mode and one.file == label.path]
            for tally in (tallies[label.mode], tallies["all"]):
                tally.labels += 1
                tally.found += bool(told)
                tally.alarming += any(one.severity != "info" for one in told)
                tally.near += bool(in_file)
                tally.placed += bool(label.path) and any(
                    places.touches(label, one) and one.severity != "info" for one in findings
                )
                for budget in BUDGETS:
                    tally.at[budget] += any((one.severity, one.name) in allowed[budget] for one in told)
            if not told:
                misses.append((change, label))
        strays += [
            (change, one)
            for one in findings
            if one.severity != "info" and not any(places.found(label, one) for label in change.labels)
        ]
    added = sum(results[change.name].added for change in changes)
    return Judged(tallies, tuple(misses), tuple(strays), added)
