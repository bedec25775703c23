"""Reports of test frameworks of other languages: read for what they say, and for no more than that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.probe.frameworks.cargo_run import CargoTests
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
    odd = first.start(files({"--config=x.test.js": ""}), Selection(paths=("--config=x.test.js",)), (), STAGE)
    assert odd.argv[-1] == "./--config=x.test.js"
    start = JEST.start(tree, Selection(paths=("a.test.js",)), (), STAGE)
    assert start.argv[-2:] == ("--runTestsByPath", "a.test.js")
    assert "--outputFile=/cell/out/report" in start.argv


CARGO = CargoTests("cargo", "/opt/bin/cargo", {"CARGO_HOME": "/home/x/.cargo"})
HARNESS = b"""\
   Compiling demo v0.1.0 (/tree)
     Running unittests src/lib.rs (/tmp/target/debug/deps/demo-8348ca7a80742723)

running 1 test
test tests::inner - should panic ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/fee.rs (/tmp/target/debug/deps/fee-2651606b59b36e59)

running 3 tests
test slow ... ignored, takes long
test large ... FAILED
test small ... ok

failures:

---- large stdout ----
thread 'large' panicked at tests/fee.rs:10:5:
assertion failed: it is odd

failures:
    large

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
"""
UNCOMPILED = b"""\
   Compiling demo v0.1.0 (/tree)
error[E0425]: cannot find function `fee` in this scope
 --> tests/fee.rs:9:16
  |
error: could not compile `demo` (test "fee") due to 1 previous error
"""


def test_the_lines_of_cargo() -> None:
    found = CARGO.read(ran(HARNESS, 101), "the head", Selection(), STAGE)
    assert {row.id: row.outcome for row in found.tests.values()} == {
        "src/lib.rs::tests::inner": "passed",
        "tests/fee.rs::slow": "skipped",
        "tests/fee.rs::large": "failed",
        "tests/fee.rs::small": "passed",
    }
    assert "it is odd" in found.message("tests/fee.rs::large")
    assert found.complete
    assert not CARGO.read(ran(HARNESS, 0), "the head", Selection(), STAGE).complete
    assert not CARGO.read(ran(HARNESS.replace(b"running 3", b"running 4"), 101), "x", Selection(), STAGE).complete


def test_what_does_not_compile_is_broken_and_not_failed() -> None:
    selection = Selection(paths=("tests/fee.rs", "tests/other.rs"))
    found = CARGO.read(ran(UNCOMPILED, 101), "the parent", selection, STAGE)
    assert found.complete
    assert found.broken == {"tests/fee.rs": "cannot find function `fee` in this scope"}
    assert found.outcome("tests/fee.rs::large") == "error"
    other = CARGO.read(ran(UNCOMPILED.replace(b"tests/fee.rs", b"src/lib.rs"), 101), "x", selection, STAGE)
    assert set(other.broken) == {"tests/fee.rs", "tests/other.rs"}


def test_single_targets_are_run_where_all_are_selected_by_file() -> None:
    tree = files({"tests/fee.rs": "", "src/lib.rs": ""})
    start = CARGO.start(tree, Selection(paths=("tests/fee.rs",)), (), STAGE)
    assert start.argv[3:] == ("/opt/bin/cargo", "test", "--offline", "--no-fail-fast", "--color=never", "--test=fee")
    assert start.environment["CARGO_HOME"] == "/home/x/.cargo"
    both = CARGO.start(tree, Selection(paths=("tests/fee.rs", "src/lib.rs")), (), STAGE)
    assert "--test=fee" not in both.argv


def test_cargo_is_found_with_no_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toolchain = tmp_path / "rustup" / "toolchains" / "stable"
    for place in (tmp_path / "cargo/bin/cargo", toolchain / "bin/cargo", tmp_path / "cargo/credentials.toml"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
        place.chmod(0o755)
    (tmp_path / "cargo/registry").mkdir()
    (tmp_path / "rustup/settings.toml").write_text('default_toolchain = "stable"\n')
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    monkeypatch.setenv("RUSTUP_HOME", str(tmp_path / "rustup"))
    monkeypatch.setattr("shutil.which", lambda *_, **__: str(tmp_path / "cargo/bin/cargo"))
    found = tools.find(change({}, {"Cargo.toml": "", "tests/a.rs": "#[test]\nfn a() {}\n"}), python=None, checkout=None)
    assert found.framework is not None
    assert found.readable == (tmp_path / "cargo/registry", toolchain)
    assert found.framework.start(files({}), Selection(), (), STAGE).argv[3] == str(toolchain / "bin/cargo")


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
