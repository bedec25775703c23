"""Rust's `cargo test`, without network, by the lines that its test harness prints.

What is compiled lies in the cell's own places and is gone with it, so each run compiles anew. A test that writes such
lines past the harness can forge rows of its own run; nothing more is believed of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.frameworks.last_words import last_words
from reviewer.probe.frameworks.rows import MAX_ID, MAX_MESSAGE, MAX_TESTS, end_gap
from reviewer.probe.suite import SuiteRun, TestResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.probed import TestOutcome
    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection

REPORT = "report"
_INTO_REPORT = f'exec "$0" "$@" > "$REVIEWER_OUT/{REPORT}" 2>&1'
_TARGET = re.compile(r" +Running (?:unittests )?([^ ]{1,4000})(?: \([^)]{1,4000}\))?$")
_DOCUMENTED = re.compile(r" +Doc-tests ([^ ]{1,400})$")
_ROW = re.compile(r"test (.{1,2000}?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:,.{0,2000})?$")
_COUNT = re.compile(r"running (\d{1,7}) tests?$")
_SECTION = re.compile(r"---- (.{1,2000}) stdout ----$")
_PLACE = re.compile(r" *--> ([^:]{1,4000}):\d{1,7}:\d{1,7}$")
_ERROR = re.compile(r"error(?:\[E\d{1,6}\])?: (.{1,500})$")
_INTEGRATION = re.compile(r"(?:.*/)?tests/([A-Za-z0-9_-]{1,200})(?:\.rs|/main\.rs)")
_OUTCOMES: dict[str, TestOutcome] = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}
_FAILED = 101
_MAX_LINES = 400_000
_MESSAGE_LINES = 20


class CargoTests:
    """The tests of a package or workspace."""

    traces = False
    by_id = True

    def __init__(self, name: str, program: str, environment: Mapping[str, str]) -> None:
        """Use a toolchain's cargo, with these variables beside those of every run."""
        self.name = name
        self._program = program
        self._environment = dict(environment)

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:  # noqa: ARG002 - all frameworks are given these
        """Return how to run these tests: single targets where all that is selected are files of `tests/`."""
        words = ["test", "--offline", "--no-fail-fast", "--color=never"]
        targets = [_INTEGRATION.fullmatch(path) for path in selection.paths if path in files.rows]
        if targets and all(target is not None for target in targets):
            words += [f"--test={target[1]}" for target in targets if target is not None]
        environment = {
            **self._environment,
            "CARGO_TARGET_DIR": "/tmp/target",  # noqa: S108 - in the cell, its own
            "CARGO_INCREMENTAL": "0",
            "CARGO_NET_OFFLINE": "true",
            "CARGO_TERM_COLOR": "never",
            "RUST_BACKTRACE": "0",
            "REVIEWER_OUT": stage.out,
        }
        return Start(("/bin/sh", "-c", _INTO_REPORT, self._program, *words), environment, report=REPORT)

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:  # noqa: ARG002 - as above
        """Return what a run says."""
        text = run.report.decode("utf-8", "surrogateescape")
        told = replace(run.told(words), tail=text[-4_096:] or run.message)
        if (gap := end_gap(run, words)) is not None:
            return SuiteRun(ran=told, complete=False, gaps=(gap,))
        found = _Found()
        for line in text.split("\n")[:_MAX_LINES]:
            found.take(line)
        failed = [row for row in found.tests.values() if row.outcome == "failed"]
        broken = found.broken(selection.paths) if run.code == _FAILED and not failed else {}
        gaps: list[str] = []
        if run.report_cut or run.code not in {0, _FAILED} or found.wanted != found.seen:
            said = last_words(told.tail)
            gaps.append(f"the run over {words} ended with code {run.code} and without a row for each test{said}")
        elif (run.code == 0) == bool(failed or broken):
            gaps.append(
                f"the run over {words} ended with code {run.code}, and its rows say otherwise{last_words(told.tail)}"
            )
        return SuiteRun(ran=told, tests=found.tests, broken=broken, complete=not gaps, gaps=tuple(gaps))


class _Found:
    """What the lines of a run say, one after the other."""

    def __init__(self) -> None:
        self.tests: dict[str, TestResult] = {}
        self.wanted = self.seen = 0
        self._target = ""
        self._section: str | None = None
        self._message: list[str] = []
        self._errors: list[tuple[str, str]] = []
        self._error = ""

    def take(self, line: str) -> None:
        """Take one line."""
        if (match := _TARGET.fullmatch(line)) or (match := _DOCUMENTED.fullmatch(line)):
            self._target = match[1][:MAX_ID]
        elif match := _COUNT.fullmatch(line):
            self.wanted += int(match[1])
        elif match := _ROW.fullmatch(line):
            self.seen += 1
            test = self._id(match[1])
            if len(self.tests) < MAX_TESTS:
                self.tests[test] = TestResult(id=test, path=self._target, outcome=_OUTCOMES[match[2]])
        elif match := _SECTION.fullmatch(line):
            self._end_section()
            self._section = self._id(match[1])
        elif self._section is not None:
            self._take_message(line)
        else:
            self._take_error(line)

    def _id(self, name: str) -> str:
        return f"{self._target}::{name}"[:MAX_ID]

    def _take_message(self, line: str) -> None:
        if line in {"", "failures:"} and self._message:
            self._end_section()
        elif line and len(self._message) < _MESSAGE_LINES:
            self._message.append(line)

    def _take_error(self, line: str) -> None:
        if match := _ERROR.fullmatch(line):
            self._error = match[1]
        elif (match := _PLACE.fullmatch(line)) and self._error:
            self._errors.append((match[1], self._error))
            self._error = ""

    def broken(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the files that could not be compiled; what was selected where the compiler names other files."""
        said = self._errors[0][1] if self._errors else self._error or "it could not be compiled"
        named = {path: message for path, message in self._errors if path in paths}
        return named or dict.fromkeys(paths or [path for path, _ in self._errors[:1]] or ["Cargo.toml"], said)

    def _end_section(self) -> None:
        row = None if self._section is None else self.tests.get(self._section)
        if row is not None:
            message = "\n".join(self._message)[:MAX_MESSAGE]
            self.tests[row.id] = replace(row, message=message)
        self._section, self._message = None, []
