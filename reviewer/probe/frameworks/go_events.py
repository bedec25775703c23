"""Reads what `go test -json` and the listing before it print: hostile lines become tests, packages and broken files.

Knows both forms in which failed builds are told: plain lines, and events since Go 1.24.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reviewer.probe.frameworks.rows import MAX_ID, MAX_MESSAGE, MAX_TESTS
from reviewer.probe.frameworks.sealed import MAX_LINE
from reviewer.probe.suite import TestResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.probed import TestOutcome
    from reviewer.probe.suite import Selection

_DEFINED = re.compile(r"\./([^:]{1,2000}):(\d{1,7}):func (\w{1,200})\(.*")
_UNBUILT = re.compile(r"FAIL\t([^ \t]{1,2000}) \[(?:build|setup) failed\]")
_HEADER = re.compile(r"# ([^ ]{1,2000})(?: \[([^ ]{1,2000})\.test\])?")
_PLACED = re.compile(r"(?:\./)?[^:\t]{1,2000}\.go:\d{1,7}:\d{1,7}: .*")
_OFFLINE = "module lookup disabled by GOPROXY=off"
_OUTCOMES: dict[str, TestOutcome] = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_WORDS: dict[str, TestOutcome] = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}
_FETCHED = re.compile(r"go: downloading ([^ ]{1,400} [^ ]{1,200})")
_MAX_FETCHED = 5
_FRAMES = ("=== ", "--- ")
_MAX_LINES = 400_000
_MESSAGE_LINES = 20


class Found:
    """What the lines of a run say.

    Attributes:
        missing: modules that are not at hand, else the line that says that there are such, "" for none.
        said: the first line of go itself, "" for none.
        doubled: tests that end in two ways.
    """

    def __init__(self, tree: str) -> None:
        """Take paths as relative to this folder."""
        self.said = self._offline = ""
        self.doubled: dict[str, None] = {}
        self._fetched: dict[str, None] = {}
        self._tree = tree
        self._folders: dict[str, str] = {}
        self._defined: dict[tuple[str, str], tuple[str, int]] = {}
        self._started: dict[tuple[str, str], TestOutcome | None] = {}
        self._seconds: dict[tuple[str, str], float] = {}
        self._messages: dict[tuple[str, str], list[str]] = {}
        self._ends: dict[str, str] = {}
        self._regular: set[str] = set()
        self._errors: dict[str, str] = {}
        self._unbuilt: dict[str, None] = {}
        self._section = ""

    @property
    def missing(self) -> str:  # noqa: D102 - told above
        return self._offline and (", ".join(self._fetched) or self._offline)

    @property
    def ended(self) -> bool:
        """Whether something ran, and each package that had a test came to an end."""
        known = self._ends or self._unbuilt or self._unread
        return bool(known) and all(package in self._ends for package, _ in self._started)

    @property
    def _unread(self) -> bool:
        """Whether go gave up at a file that it could not read, and so ran no package at all."""
        return not (self._ends or self._unbuilt or self._started) and bool(_PLACED.fullmatch(self.said))

    def take_all(self, text: str) -> None:
        """Take the lines of a report."""
        for line in text.split("\n")[:_MAX_LINES]:
            if len(line) > MAX_LINE:
                continue
            if line.startswith("{"):
                self._event(line)
            else:
                self._plain(line)

    def _event(self, line: str) -> None:
        try:
            row: Any = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(row, dict):
            return
        action, package, test = _text(row, "Action"), _text(row, "Package"), _text(row, "Test")
        if action == "build-output":
            self._plain(str(row.get("Output", ""))[:MAX_MESSAGE].rstrip("\n"))
        elif not test:
            self._of_package(package, action, row)
        elif action == "output":
            self._output((package, test), str(row.get("Output", ""))[:MAX_MESSAGE])
        elif (action == "run" or action in _OUTCOMES) and len(self._started) < MAX_TESTS:
            before, now = self._started.get((package, test)), _OUTCOMES.get(action)
            if before is not None and now != before:
                # A test that prints what the testing package prints writes ends of its own: the worse counts.
                self.doubled[f"{package} {test}"] = None
                now = "failed" if "failed" in {before, now} else before
            self._started[package, test] = now
            took = row.get("Elapsed")
            if isinstance(took, int | float) and 0 <= took < 1e9:
                self._seconds[package, test] = float(took)

    def _of_package(self, package: str, action: str, row: Mapping[str, Any]) -> None:
        if action == "output":
            output = str(row.get("Output", ""))[:MAX_MESSAGE].rstrip("\n")
            if output in {"PASS", "FAIL"}:
                self._regular.add(package)
            elif match := _UNBUILT.fullmatch(output):
                self._unbuilt[match[1]] = None
            else:
                self._output((package, ""), output)
        elif action in _OUTCOMES and package:
            self._ends[package] = action
            if "FailedBuild" in row:
                self._unbuilt[package] = None

    def _output(self, test: tuple[str, str], output: str) -> None:
        lines = self._messages.setdefault(test, []) if len(self._messages) < MAX_TESTS else []
        said = output.strip()
        if "--- " in said and test in self._started and self._started[test] is None:
            # Where a test prints no end of line, older toolchains do not see its end and send no event for it.
            words = [word for word in _WORDS if f"--- {word}: {test[1]} (" in said]
            self._started[test] = _WORDS[words[0]] if len(words) == 1 else None
        if said and not said.startswith(_FRAMES) and len(lines) < _MESSAGE_LINES:
            lines.append(said)

    def _plain(self, line: str) -> None:
        if line.startswith("dir\t") and line.count("\t") == 2:
            _, package, folder = line.split("\t")
            if len(self._folders) < MAX_TESTS and f"{folder}/".startswith(f"{self._tree}/"):
                self._folders[package[:MAX_ID]] = folder[len(self._tree) + 1 :]
        elif match := _DEFINED.fullmatch(line):
            if len(self._defined) < MAX_TESTS:
                self._defined.setdefault((match[1].rpartition("/")[0], match[3]), (match[1], int(match[2])))
        else:
            self._of_go(line)

    def _of_go(self, line: str) -> None:
        if _OFFLINE in line and not self._offline:
            self._offline = line[:MAX_MESSAGE]
        if match := _UNBUILT.fullmatch(line):
            self._unbuilt[match[1]] = None
        elif match := _HEADER.fullmatch(line):
            self._section = match[2] or match[1]
        elif match := _FETCHED.fullmatch(line):
            if len(self._fetched) < _MAX_FETCHED:
                self._fetched[match[1]] = None
        elif line:
            self.said = self.said or line[:MAX_MESSAGE]
            self._errors.setdefault(self._section, line[:MAX_MESSAGE])

    def _place(self, package: str, test: str) -> tuple[str, int]:
        """Return the file of a test and its line there; the package's folder where they are not known."""
        folder = self._folders.get(package)
        if folder is None:
            return package, 0
        return self._defined.get((folder, test.partition("/")[0]), (f"./{folder}", 0))

    def results(self, selection: Selection) -> dict[str, TestResult]:
        """Return what became of each test, and of those that a process which ended too early did not come to."""
        found: dict[str, TestResult] = {}
        for (package, test), outcome in self._started.items():
            cut_short = self._ends.get(package) == "fail" and package not in self._regular
            path, line = self._place(package, test)
            row = TestResult(
                id=f"{path}::{test}"[:MAX_ID],
                path=path,
                outcome=outcome or ("failed" if cut_short else "not_run"),
                message="\n".join(self._messages.get((package, test), []))[:MAX_MESSAGE],
                seconds=self._seconds.get((package, test), 0.0),
                line=line,
            )
            found[row.id] = row
        short = {package for package, end in self._ends.items() if end == "fail"} - self._regular - set(self._unbuilt)
        short &= {package for package, _ in self._started}
        folders = {self._folders[package] for package in short if package in self._folders}
        for (folder, test), (path, line) in self._defined.items():
            name = f"{path}::{test}"
            wanted = not selection.paths or path in selection.paths
            if selection.ids is not None:
                wanted = wanted and any(one == name or one.startswith(f"{name}/") for one in selection.ids)
            if wanted and folder in folders and name not in found:
                found[name] = TestResult(id=name, path=path, outcome="not_run", line=line)
        return found

    def broken(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the files of packages that could not be built, or ended before their first test."""
        ran = {package for package, _ in self._started}
        early = [package for package, end in self._ends.items() if end == "fail" and package not in ran]
        found: dict[str, str] = {}
        if self._unread:
            return dict.fromkeys(paths or sorted({path for path, _ in self._defined.values()}) or [""], self.said)
        for package in dict.fromkeys([*self._unbuilt, *early]):
            # `go test` names an external test package like the package that it tests.
            folder = self._folders.get(package)
            files = [path for path in paths if path.rpartition("/")[0] == folder and path.endswith("_test.go")]
            if folder is not None and not paths:
                files = sorted({path for (place, _), (path, _) in self._defined.items() if place == folder})
            said = self._errors.get(package) or next(iter(self._messages.get((package, ""), [])), "")
            said = said or self._errors.get("", "") or next(iter(self._errors.values()), "it could not be built")
            found |= dict.fromkeys(files or [package if folder is None else f"./{folder}"], said)
        return found


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value[:MAX_ID] if isinstance(value, str) else ""
