"""Jest and Vitest, out of the checkout's own `node_modules`, by the JSON report that both write alike.

The report is written by the process that runs the tests, so a test can forge rows of its own run; nothing more is
believed of it. What is installed is shown for reading only, so caches go to the cell's own places.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.frameworks.last_words import last_words
from reviewer.probe.frameworks.rows import MAX_ID, MAX_MESSAGE, MAX_TESTS, end_gap
from reviewer.probe.suite import SuiteRun, TestResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.probed import TestOutcome
    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection

Kind: TypeAlias = Literal["jest", "vitest"]
_OUTCOMES: dict[str, TestOutcome] = {
    "passed": "passed",
    "failed": "failed",
    "pending": "skipped",
    "skipped": "skipped",
    "todo": "skipped",
    "disabled": "skipped",
    "focused": "passed",
}
_MAX_PATHS = 2_000
_ENDED = frozenset({0, 1})
REPORT = "report"


class NodeTests:
    """One of the two."""

    traces = False
    by_id = True

    def __init__(self, name: str, program: str, script: str, kind: Kind, *, first: bool = False) -> None:
        """Use what is installed.

        Args:
            name: with its version.
            program: the interpreter.
            script: what it is to run, relative to the tree.
            kind: which of the two.
            first: end at the first test that fails.
        """
        self.name = name
        self._program = program
        self._script = script
        self._kind = kind
        self._first = first

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:  # noqa: ARG002 - all frameworks are given these
        """Return how to run these tests."""
        report = f"{stage.out}/{REPORT}"
        named = [path for path in selection.paths if path in files.rows][:_MAX_PATHS]
        # A file may be called like an option.
        paths = [f"./{path}" if path.startswith("-") else path for path in named]
        if self._kind == "jest":
            words = ["--ci", "--json", f"--outputFile={report}", "--runInBand", "--coverage=false", "--watchman=false"]
            words += ["--passWithNoTests", "--cacheDirectory=/tmp/jest", *(["--bail=1"] if self._first else [])]
            words += ["--runTestsByPath", *paths] if paths else []
        else:
            words = [
                "run",
                "--reporter=json",
                f"--outputFile={report}",
                "--coverage=false",
                "--cache=false",
                "--passWithNoTests",
            ]
            words += [*(["--bail=1"] if self._first else []), *paths]
        environment = {
            "CI": "1",
            "NODE_OPTIONS": "",
            "npm_config_offline": "true",
            "PATH": f"{self._program.rpartition('/')[0]}:/usr/local/bin:/usr/bin:/bin",
        }
        return Start((self._program, self._script, *words), environment, report=REPORT)

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:  # noqa: ARG002 - as above
        """Return what a run says."""
        if (gap := end_gap(run, words)) is not None:
            return SuiteRun(ran=run.told(words), complete=False, gaps=(gap,))
        try:
            report: Any = json.loads(run.report)
        except (ValueError, RecursionError):
            report = None
        if run.report_cut or run.code not in _ENDED or not isinstance(report, dict):
            said = last_words(run.tail)
            gap = f"the run over {words} ended with code {run.code} and left no report that can be read{said}"
            return SuiteRun(ran=run.told(words), complete=False, gaps=(gap,))
        tests: dict[str, TestResult] = {}
        broken: dict[str, str] = {}
        for path, message, rows in _files(report, stage.tree):
            if not rows and message:
                broken[path] = message
            for row in rows[: MAX_TESTS - len(tests)]:
                # Two tests may have one title: the one that fails counts for both.
                if (found := _test(path, row)) is not None and not _fails(tests.get(found.id)):
                    tests[found.id] = found
        failed = broken or any(row.outcome == "failed" for row in tests.values())
        gaps: list[str] = []
        if (run.code == 0) == bool(failed):
            gaps.append(
                f"the run over {words} ended with code {run.code}, and its report says otherwise{last_words(run.tail)}"
            )
        return SuiteRun(ran=run.told(words), tests=tests, broken=broken, complete=not gaps, gaps=tuple(gaps))


def _fails(row: TestResult | None) -> bool:
    return row is not None and row.outcome == "failed"


def _files(report: Mapping[str, Any], tree: str) -> Iterator[tuple[str, str, list[Any]]]:
    """Yield path, message and tests of each file of tests."""
    files = report.get("testResults")
    for file in files if isinstance(files, list) else []:
        name = file.get("name") if isinstance(file, dict) else None
        if not isinstance(name, str):
            continue
        rows, message, status = file.get("assertionResults"), file.get("message"), file.get("status")
        path = name.removeprefix(f"{tree}/")[:MAX_ID]
        said = message if isinstance(message, str) and status == "failed" else ""
        yield path, said[:MAX_MESSAGE], rows if isinstance(rows, list) else []


def _test(path: str, row: object) -> TestResult | None:
    if not isinstance(row, dict):
        return None
    outcome = _OUTCOMES.get(str(row.get("status")))
    above, title, messages = row.get("ancestorTitles"), row.get("title"), row.get("failureMessages")
    if outcome is None or not isinstance(title, str):
        return None
    names = [one for one in above if isinstance(one, str)] if isinstance(above, list) else []
    said = [one for one in messages if isinstance(one, str)] if isinstance(messages, list) else []
    took = row.get("duration")
    seconds = took / 1_000 if isinstance(took, int | float) and 0 <= took < 1e9 else 0.0
    name = " > ".join([*names, title])
    message = "\n".join(said)[:MAX_MESSAGE]
    return TestResult(id=f"{path}::{name}"[:MAX_ID], path=path, outcome=outcome, message=message, seconds=seconds)
