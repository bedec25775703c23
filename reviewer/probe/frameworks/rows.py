"""Reads the report that our own program in a Python run writes: hostile lines of JSON become one value.

Shared by all Python frameworks. A line without the run's seal is left out and counted; what does not fit together is
said; nothing is believed beyond its run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.checks.ident import shown
from reviewer.probe.frameworks.fitting import Signs, against_code
from reviewer.probe.frameworks.last_words import last_words
from reviewer.probe.frameworks.sealed import MAX_LINE, Sealed, parsed, parted
from reviewer.probe.suite import Lines, SuiteRun, TestResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.probed import Ended, TestOutcome
    from reviewer.probe.sandbox.limits import CellRun

MAX_TESTS = 200_000
MAX_ID = 2_000
MAX_MESSAGE = 2_000
_MAX_NUMBERS = 4_000_000
_CONFTEST = b"while loading conftest"
_ENDS: dict[Ended, str] = {
    "time": "went over its time",
    "memory": "used more memory than it may",
    "processes": "started more processes than it may",
    "disk": "wrote more than it may",
    "output": "printed more than it may",
    "cancelled": "was cancelled",
    "broken": "could not be started",
}


def read(run: CellRun, words: str, *, traced: bool) -> SuiteRun:
    """Return what the report of a run says."""
    found = _Found()
    report = Sealed(run.report, run.seal)
    for row in report:
        found.take(row)
    found.signs.foreign, found.signs.missing = report.foreign, report.missing
    gap = _end(run, words, found)
    signs = found.signs.gaps(words, run.seconds) if run.ended == "exit" and found.ended else []
    gaps = [*([] if gap is None else [gap]), *signs]
    complete = not gaps
    if _CONFTEST in run.tail and run.ended == "exit" and run.code == 4 and not found.ended:
        # What every test of a folder loads does not load: all of them are broken, which is an answer.
        gaps, complete, found.broken = [], True, {"": last_error(run.tail.decode("utf-8", "replace"))}
    if found.foreign:
        name, file = found.foreign[0]
        gaps.append(
            f"the run over {words} imported {shown(name)} from {shown(file)}, which is not the tree that was to be run:"
            " it counts for nothing"
        )
        complete = False
    tests = {} if found.foreign else found.results()
    if found.names and not found.own and not found.foreign and any(row.outcome == "passed" for row in tests.values()):
        gaps.append(f"the run over {words} imported no module of the tree: which code its tests ran cannot be told")
    lines = Lines(found.lines) if traced and not found.foreign else None
    return SuiteRun(
        ran=run.told(words),
        tests=tests,
        broken={} if found.foreign else found.broken,
        lines=lines,
        complete=complete,
        gaps=tuple(gaps),
        imported=found.own,
    )


def _end(run: CellRun, words: str, found: _Found) -> str | None:
    """Return why a report cannot be counted, None where its end is the end of a whole run."""
    if (gap := end_gap(run, words)) is not None:
        return gap
    ended = f"the run over {words} ended with code {run.code}"
    if run.report_cut:
        return f"the report of the run over {words} is too large to be read to its end"
    if not found.ended:
        return f"{ended} before its report was complete{last_words(run.tail) if run.code else ''}"
    if found.exit != run.code:
        # A test that ends the process, or writes the report itself, leaves two stories.
        return f"{ended}, and its report says {found.exit}"
    if run.code not in {0, 1, 5}:
        return f"{ended}{last_words(run.tail)}"
    return against_code(run.code, words, bad=found.bad, ran=found.ran)


def end_gap(run: CellRun, words: str) -> str | None:
    """Return the sentence for a run that did not end by itself, None for one that did."""
    if run.ended == "exit":
        return None
    reason = f": {shown(run.message)}" if run.message else ""
    return f"the run over {words} {_ENDS[run.ended]}{reason}"


def rows(report: bytes) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a report, whoever wrote them, lines that are none left out."""
    for line in report.split(b"\n"):
        if line and len(line) <= MAX_LINE and (row := parsed(parted(line)[1])) is not None:
            yield row


class _Found:
    def __init__(self) -> None:
        self.collected: dict[str, tuple[str, int]] = {}
        self.states: dict[str, TestResult] = {}
        self.broken: dict[str, str] = {}
        self.lines: dict[str, dict[str, frozenset[int]]] = {}
        self.foreign: list[tuple[str, str]] = []
        self.own = self.names = 0
        self.ended = False
        self.exit: int | None = None
        self.signs = Signs()
        self._numbers = 0
        self._own: set[str] = set()

    @property
    def bad(self) -> bool:
        return bool(self.broken) or any(row.outcome in _BAD for row in self.states.values())

    @property
    def ran(self) -> bool:
        return any(row.outcome in _RAN for row in self.states.values())

    def take(self, row: Mapping[str, Any]) -> None:
        match row.get("k"):
            case "c" if len(self.collected) < MAX_TESTS:
                self.collected[_text(row, "id", MAX_ID)] = (_text(row, "f", MAX_ID), _number(row, "l"))
            case "t" if len(self.states) < MAX_TESTS:
                self._phase(row)
            case "x" if len(self.broken) < MAX_TESTS:
                self.broken[_text(row, "id", MAX_ID)] = last_error(_text(row, "m", MAX_LINE))
                self.signs.failures += 1
            case "l":
                self._lines(row)
            case "m":
                self.own, self.names = _number(row, "own"), _number(row, "names")
                self.foreign += [
                    (str(pair[0])[:MAX_ID], str(pair[1])[:MAX_ID])
                    for pair in _list(row, "foreign")[:20]
                    if isinstance(pair, list) and len(pair) == 2
                ]
            case "e":
                self.ended, self.exit = True, _number(row, "exit")
                self.signs.counted = _number(row, "failed") if "failed" in row else None

    def results(self) -> dict[str, TestResult]:
        return {
            name: self.states.get(name) or TestResult(id=name, path=path, outcome="not_run", line=line)
            for name, (path, line) in self.collected.items()
        } | self.states

    def _phase(self, row: Mapping[str, Any]) -> None:
        name = _text(row, "id", MAX_ID)
        outcome = _outcome(_text(row, "o", 20), _text(row, "w", 20), expected=row.get("x") is True)
        if outcome is None:
            return
        outcome = self._signs(name, row, outcome)
        if name not in self.collected:
            return
        before = self.states.get(name)
        # A test has one row a phase, and may have several results in one: the worst of them counts.
        if before is not None and _WORSE.index(before.outcome) <= _WORSE.index(outcome):
            return
        path, line = self.collected[name]
        self.states[name] = TestResult(
            id=name,
            path=path,
            outcome=outcome,
            message=_text(row, "m", MAX_MESSAGE),
            raised=_text(row, "e", 200),
            seconds=float(row["d"]) if isinstance(row.get("d"), int | float) else 0.0,
            line=line,
        )

    def _signs(self, name: str, row: Mapping[str, Any], outcome: TestOutcome) -> TestOutcome:
        """Note what does not fit in a row, and return what it tells: a test that raised did not pass."""
        took = row.get("d")
        self.signs.seconds += took if isinstance(took, int | float) and 0 <= took < _LONGEST else 0.0
        self.signs.failures += row.get("o") == "failed" and row.get("x") is not True
        if name not in self.collected:
            self.signs.unknown.append(name)
        elif row.get("w") == "call" and row.get("u") is not True:
            if name in self._own:
                self.signs.doubled.append(name)
            self._own.add(name)
        if row.get("v") is True:
            self.signs.turned.append(name)
            return "failed"
        return outcome

    def _lines(self, row: Mapping[str, Any]) -> None:
        flat = [number for number in _list(row, "n") if type(number) is int and 0 <= number < 10_000_000]
        numbers: set[int] = set()
        for first, last in zip(flat[::2], flat[1::2], strict=False):
            self._numbers += max(0, last - first + 1)
            if self._numbers > _MAX_NUMBERS:
                return
            numbers.update(range(first, last + 1))
        of_file = self.lines.setdefault(_text(row, "f", MAX_ID), {})
        name = _text(row, "id", MAX_ID)
        of_file[name] = of_file.get(name, frozenset()) | numbers


_BAD: frozenset[TestOutcome] = frozenset({"failed", "error"})
_RAN = _BAD | {"passed", "xfailed"}
_LONGEST = 1e6
_WORSE: tuple[TestOutcome, ...] = ("failed", "error", "xfailed", "skipped", "passed", "absent", "not_run")


def _outcome(outcome: str, when: str, *, expected: bool) -> TestOutcome | None:
    match outcome, when, expected:
        case "passed", "call", _:
            return "passed"
        case "failed", "call", _:
            return "failed"
        case "failed", _, _:
            return "error"
        case "skipped", _, True:
            return "xfailed"
        case "skipped", _, _:
            return "skipped"
    return None


def last_error(text: str) -> str:
    """Return the line of a failure that names it: pytest's own mark, else the last that speaks of an error."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return (_named(lines) or lines or [""])[-1][:MAX_MESSAGE]


def _named(lines: list[str]) -> list[str]:
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return marked or [line for line in lines if "rror" in line]


def _text(row: Mapping[str, Any], key: str, limit: int) -> str:
    value = row.get(key)
    return value[:limit] if isinstance(value, str) else ""


def _number(row: Mapping[str, Any], key: str) -> int:
    value = row.get(key)
    return value if type(value) is int and abs(value) < 1 << 53 else 0


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    return value if isinstance(value, list) else []
