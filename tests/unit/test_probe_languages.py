"""Reports of test frameworks of other languages: read for what they say, and for no more than that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.probe.frameworks.framework import Stage
from reviewer.probe.frameworks.node_run import NodeTests
from reviewer.probe.sandbox.limits import CellRun
from reviewer.probe.suite import Selection
from reviewer.workflow.probing import node_tools, tools
from tests.support.probing import change, files

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.probe.suite import SuiteRun

STAGE = Stage("/tree", "/cell/out", "/cell/bin")
JEST = NodeTests("jest 29.7.0", "/usr/bin/node", "node_modules/jest/bin/jest.js", "jest")
REPORT: dict[str, Any] = {
    "numTotalTests": 3,
    "testResults": [
        {
            "name": "/tree/src/sum.test.js",
            "status": "failed",
            "message": "sum > adds failed",
            "assertionResults": [
                {"ancestorTitles": ["sum"], "title": "adds", "status": "failed", "failureMessages": ["Error: no"]},
                {"ancestorTitles": [], "title": "big", "status": "passed", "duration": 12},
                {"ancestorTitles": ["sum"], "title": "later", "status": "pending"},
            ],
        },
        {"name": "/tree/b.test.js", "status": "failed", "message": "SyntaxError: odd", "assertionResults": []},
    ],
}


def ran(report: bytes, code: int | None = 1, **more: Any) -> CellRun:  # noqa: ANN401 - fields of the run
    return CellRun(argv=("node",), code=code, ended=more.pop("ended", "exit"), seconds=1.0, report=report, **more)


def read(run: CellRun) -> SuiteRun:
    return JEST.read(run, "the head", Selection(), STAGE)


def test_the_report_of_jest_and_vitest() -> None:
    found = read(ran(json.dumps(REPORT).encode()))
    assert {row.id: row.outcome for row in found.tests.values()} == {
        "src/sum.test.js::sum > adds": "failed",
        "src/sum.test.js::big": "passed",
        "src/sum.test.js::sum > later": "skipped",
    }
    assert found.tests["src/sum.test.js::sum > adds"].message == "Error: no"
    assert found.broken == {"b.test.js": "SyntaxError: odd"}
    assert found.complete
    assert found.passed is False


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b'{"testResults": 3}',
        b'{"testResults": [null, {}, {"name": 3}]}',
        b'{"testResults": [{"name": "a", "assertionResults": [null, {"status": []}, {"status": "passed"}]}]}',
        b'{"testResults": [{"name": "a", "assertionResults": {"a": 1}, "message": 3, "status": "failed"}]}',
    ],
)
def test_no_report_is_a_crash_and_none_is_taken_for_success(report: bytes) -> None:
    assert read(ran(report)).passed is not True
    assert read(ran(report)).tests == {}


def test_two_stories_are_not_complete() -> None:
    assert not read(ran(json.dumps(REPORT).encode(), code=0)).complete
    assert not read(ran(b'{"testResults": []}', code=1)).complete
    assert read(ran(b'{"testResults": []}', code=0)).complete
    assert not read(ran(b'{"testResults": []}', code=0, report_cut=True)).complete
    assert not read(ran(b'{"testResults": []}', code=None, ended="time")).complete


def test_only_files_of_the_tree_are_named_and_a_first_failure_may_end_it() -> None:
    first = NodeTests("vitest", "/opt/node/bin/node", "node_modules/vitest/vitest.mjs", "vitest", first=True)
    tree = files({"a.test.js": ""})
    start = first.start(tree, Selection(paths=("a.test.js", "--config=evil.js")), (), STAGE)
    assert start.argv[:3] == ("/opt/node/bin/node", "node_modules/vitest/vitest.mjs", "run")
    assert start.argv[-2:] == ("--bail=1", "a.test.js")
    assert start.environment["PATH"].startswith("/opt/node/bin:")
    start = JEST.start(tree, Selection(paths=("a.test.js",)), (), STAGE)
    assert start.argv[-2:] == ("--runTestsByPath", "a.test.js")
    assert "--outputFile=/cell/out/report" in start.argv


def installed(tmp_path: Path, *kinds: str) -> Path:
    for kind in kinds:
        place = tmp_path / "node_modules" / kind
        (place / "bin").mkdir(parents=True)
        (place / "package.json").write_text('{"version": "1.2.3"}')
        (place / ("bin/jest.js" if kind == "jest" else "vitest.mjs")).write_text("")
    return tmp_path


def test_what_is_installed_is_found_without_starting_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node" / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.write_text("")
    node.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda *_, **__: str(node))
    seen = change({}, {"a.test.ts": "import { test } from 'vitest'\n"})
    assert node_tools.find(seen, tmp_path) is None
    found = tools.find(seen, python=None, checkout=installed(tmp_path, "jest", "vitest"))
    assert found.framework is not None
    assert found.framework.name == "vitest 1.2.3"
    assert found.readable == (tmp_path / "node_modules", tmp_path / "node")
    before = found.digest
    (tmp_path / "node_modules" / ".package-lock.json").write_text("{}")
    assert tools.find(seen, python=None, checkout=tmp_path).digest != before


def test_a_shell_line_takes_the_place_of_a_framework() -> None:
    found = tools.find(change({}, {"a.rb": ""}), python=None, checkout=None, suite="make check")
    assert found.framework is not None
    start = found.framework.start(files({}), Selection(), (), STAGE)
    assert start.argv == ("/bin/sh", "-c", "make check")


def test_without_anything_it_says_what_to_name() -> None:
    found = tools.find(change({}, {"a.rb": ""}), python=None, checkout=None)
    assert found.framework is None
    assert "--python" in found.missing
