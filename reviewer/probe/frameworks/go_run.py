"""Go's `go test -json`, without network, by the events that it prints of each package and test.

Go names packages and tests, never files: before the tests, the cell lists which folder a package lies in and which file
defines which test. What is compiled lies in the cell's own home and is gone with it, so each run compiles anew. A test
that prints what the testing package prints can forge rows of its own run; nothing more is believed of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.frameworks.go_events import Found
from reviewer.probe.frameworks.rows import end_gap
from reviewer.probe.suite import SuiteRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection

REPORT = "report"
_INTO_REPORT = (
    f'exec > "$REVIEWER_OUT/{REPORT}" 2>&1\n'
    '"$0" list -e -find -f "dir\t{{.ImportPath}}\t{{.Dir}}" ./...\n'
    "grep -rHnE --include='*_test.go' '^func (Test|Fuzz|Example)' .\n"
    'exec "$0" "$@"'
)
_TEST = re.compile(rb"^func ((?:Test|Fuzz|Example)\w{0,200})\(", re.MULTILINE)
_NAME = re.compile(r"\w{1,200}")
_MAX_NAMES = 1_000
_MAX_PACKAGES = 1_000
_ENDED = frozenset({0, 1, 2})


class GoTests:
    """The tests of a module."""

    traces = False
    by_id = True

    def __init__(self, name: str, program: str, environment: Mapping[str, str]) -> None:
        """Use a toolchain's go, with these variables beside those of every run."""
        self.name = name
        self._program = program
        self._environment = dict(environment)

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:  # noqa: ARG002 - all frameworks are given these
        """Return how to run these tests: of the packages that the selected files are in, those that they define."""
        words = ["test", "-json", "-count=1", "-timeout=0"]
        paths = [path for path in selection.paths if path.endswith("_test.go") and path in files.rows]
        packages = list(dict.fromkeys(f"./{path.rpartition('/')[0]}" for path in paths))
        if len(packages) > _MAX_PACKAGES:
            packages = []
        names = _names(files, paths, selection) if packages else ()
        words += [f"-run=^({'|'.join(names)})$"] if names else []
        environment = {
            **self._environment,
            "GOENV": "off",
            "GOFLAGS": "",
            "GOPROXY": "off",
            "REVIEWER_OUT": stage.out,
        }
        argv = ("/bin/sh", "-c", _INTO_REPORT, self._program, *words, *(packages or ["./..."]))
        return Start(argv, environment, report=REPORT)

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:
        """Return what a run says."""
        text = run.report.decode("utf-8", "surrogateescape")
        told = replace(run.told(words), tail=text[-4_096:] or run.message)
        if (gap := end_gap(run, words)) is not None:
            return SuiteRun(ran=told, complete=False, gaps=(gap,))
        found = Found(stage.tree)
        found.take_all(text)
        tests = found.results(selection)
        # What is not at hand here says nothing of the tests.
        broken = {} if found.missing else found.broken(selection.paths)
        bad = bool(broken) or any(row.outcome == "failed" for row in tests.values())
        gaps: list[str] = []
        if found.missing:
            gaps.append(
                f"the run over {words} needs modules that are neither vendored nor in the module cache:"
                f" {shown(found.missing, 200)}"
            )
        elif run.report_cut or run.code not in _ENDED or not found.ended:
            why = f": {shown(found.said, 200)}" if found.said else ""
            gaps.append(f"the run over {words} ended with code {run.code} and without an end for each package{why}")
        elif (run.code == 0) == bad:
            why = f": {shown(found.said, 200)}" if found.said else ""
            gaps.append(f"the run over {words} ended with code {run.code}, and its rows say otherwise{why}")
        if found.doubled:
            gaps.append(f"the run over {words} tells two ends of a test: {shown(next(iter(found.doubled)))}")
        return SuiteRun(ran=told, tests=tests, broken=broken, complete=not gaps, gaps=tuple(gaps))


def _names(files: Files, paths: list[str], selection: Selection) -> tuple[str, ...]:
    """Return the functions to run; none for all, where they are too many or cannot be told."""
    if selection.ids is not None:
        found = [one.partition("::")[2].partition("/")[0] for one in selection.ids]
        if not all(_NAME.fullmatch(name) for name in found):
            return ()
    else:
        sources = [files.rows[path].read() or b"" for path in paths]
        found = [name.decode("ascii", "replace") for source in sources for name in _TEST.findall(source)]
    names = tuple(dict.fromkeys(found))
    return names if len(names) <= _MAX_NAMES else ()
