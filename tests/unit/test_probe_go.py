"""What `go test -json` says: recorded reports read, and tiny modules really run where Go is installed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.probe.frameworks.framework import Stage
from reviewer.probe.frameworks.go_run import GoTests
from reviewer.probe.matrix import matrix
from reviewer.probe.sandbox.containment import NONE
from reviewer.probe.sandbox.limits import MIB, CellRun
from reviewer.probe.suite import Selection, Watch
from reviewer.probe.workshop import Job, Workshop
from reviewer.workflow.probing import tools
from tests.support import probing
from tests.support.probing import SMALL, change, files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewer.probe.suite import SuiteRun

STAGE = Stage("/tree", "/cell/out", "/cell/bin")
GO = GoTests("go test 1.19.8", "/opt/go/bin/go", {"GOMODCACHE": "/home/x/go/pkg/mod"})
SHOP = "example.com/shop"
LISTED = f"""\
dir\t{SHOP}\t/tree
dir\t{SHOP}/store\t/tree/store
./a_test.go:7:func TestA(t *testing.T) {{
./store/total_test.go:5:func TestTotal(t *testing.T) {{
./store/total_test.go:18:func TestLater(t *testing.T) {{ t.Skip("later") }}
./store/other_test.go:9:func TestOther(t *testing.T) {{
"""
UNBUILT = f"""\
# {SHOP} [{SHOP}.test]
./a_test.go:8:3: undefined: Fee
FAIL\t{SHOP} [build failed]
"""
LIMITS = replace(SMALL, seconds=120, memory=2_048 * MIB, processes=256, disk=1_024 * MIB, cpu_seconds=300)


def event(action: str, test: str = "", output: str = "", **more: Any) -> str:  # noqa: ANN401 - fields of the event
    row: dict[str, Any] = {"Action": action, "Package": f"{SHOP}/store"}
    row |= ({"Test": test} if test else {}) | ({"Output": output} if output else {}) | more
    return json.dumps(row) + "\n"


TESTS = (
    event("run", "TestTotal")
    + event("output", "TestTotal", "=== RUN   TestTotal\n")
    + event("run", "TestTotal/empty")
    + event("run", "TestTotal/two_of")
    + event("output", "TestTotal/two_of", "    total_test.go:13: got 3, want 4\n")
    + event("output", "TestTotal/two_of", "    --- FAIL: TestTotal/two_of (0.00s)\n")
    + event("pass", "TestTotal/empty", Elapsed=0.25)
    + event("fail", "TestTotal/two_of", Elapsed=0)
    + event("fail", "TestTotal", Elapsed=0)
    + event("run", "TestLater")
    + event("skip", "TestLater")
)
END = event("output", output="FAIL\n") + event("fail")


def ran(report: str | bytes, code: int | None = 1, **more: Any) -> CellRun:  # noqa: ANN401 - fields of the run
    data = report if isinstance(report, bytes) else report.encode()
    return CellRun(argv=("go",), code=code, ended=more.pop("ended", "exit"), seconds=1.0, report=data, **more)


def read(report: str | bytes, code: int = 1, *paths: str, **more: Any) -> SuiteRun:  # noqa: ANN401 - fields of the run
    return GO.read(ran(report, code, **more), "the head", Selection(paths=paths), STAGE)


def outcomes(run: SuiteRun) -> dict[str, str]:
    return {name: row.outcome for name, row in run.tests.items()}


def test_each_test_and_subtest_has_an_id_with_its_file() -> None:
    found = read(LISTED + TESTS + END)
    assert outcomes(found) == {
        "store/total_test.go::TestTotal": "failed",
        "store/total_test.go::TestTotal/empty": "passed",
        "store/total_test.go::TestTotal/two_of": "failed",
        "store/total_test.go::TestLater": "skipped",
    }
    row = found.tests["store/total_test.go::TestTotal/two_of"]
    assert (row.path, row.line, row.message) == ("store/total_test.go", 5, "total_test.go:13: got 3, want 4")
    assert found.tests["store/total_test.go::TestTotal/empty"].seconds == 0.25
    assert found.complete
    assert found.passed is False


def test_a_test_that_prints_an_end_of_its_own_has_the_worse_of_both() -> None:
    forged = event("run", "TestOther") + event("fail", "TestOther") + event("pass", "TestOther")
    found = read(LISTED + TESTS + forged + END)
    assert found.tests[next(name for name in found.tests if name.endswith("TestOther"))].outcome == "failed"
    assert not found.complete
    assert found.gaps == (f"the run over the head tells two ends of a test: {SHOP}/store TestOther",)


def test_without_the_listing_a_test_is_named_by_its_package() -> None:
    assert f"{SHOP}/store::TestTotal/empty" in outcomes(read(TESTS + END))
    unknown = LISTED.replace("func TestTotal", "func TestElse")
    assert "./store::TestTotal/empty" in outcomes(read(unknown + TESTS + END))


@pytest.mark.parametrize(
    "report",
    [
        LISTED + UNBUILT + TESTS + END,
        LISTED
        + "".join(
            json.dumps({"ImportPath": f"{SHOP} [{SHOP}.test]", "Action": "build-output", "Output": f"{line}\n"}) + "\n"
            for line in UNBUILT.split("\n")[:2]
        )
        + json.dumps({"Action": "fail", "Package": SHOP, "FailedBuild": f"{SHOP} [{SHOP}.test]"})
        + "\n"
        + TESTS
        + END,
    ],
)
def test_what_does_not_build_is_broken_and_not_failed(report: str) -> None:
    for paths in ((), ("a_test.go", "store/total_test.go")):
        found = read(report, 1, *paths)
        assert found.complete
        assert found.broken == {"a_test.go": "./a_test.go:8:3: undefined: Fee"}
        assert found.outcome("a_test.go::TestA") == "error"
        assert found.outcome("store/total_test.go::TestTotal/empty") == "passed"


def test_tests_that_a_dead_process_did_not_come_to_are_not_absent() -> None:
    dead = event("run", "TestTotal") + event("output", "TestTotal", "panic: no\n") + event("fail")
    assert outcomes(read(LISTED + dead)) == {
        "store/total_test.go::TestTotal": "failed",
        "store/total_test.go::TestLater": "not_run",
        "store/other_test.go::TestOther": "not_run",
    }
    assert "store/other_test.go::TestOther" not in outcomes(read(LISTED + dead, 1, "store/total_test.go"))


def test_an_end_that_an_unended_line_hides_is_seen() -> None:
    hidden = event("run", "TestTotal") + event("output", "TestTotal", "no end--- PASS: TestTotal (0.00s)\n")
    ended = event("output", output="PASS\n") + event("pass")
    assert outcomes(read(LISTED + hidden + ended, 0)) == {"store/total_test.go::TestTotal": "passed"}


def test_a_package_that_ends_before_its_first_test_is_broken() -> None:
    early = event("output", output="panic: at once\n") + event("fail")
    found = read(LISTED + early, 1, "store/total_test.go")
    assert found.broken == {"store/total_test.go": "panic: at once"}
    assert found.outcome("store/total_test.go::TestTotal") == "error"


def test_a_file_that_go_cannot_read_breaks_all_that_is_selected() -> None:
    said = "fee/fee.go:1:1: expected 'package', found 'EOF'\n"
    found = read(LISTED + said, 1, "a_test.go")
    assert found.complete
    assert found.broken == {"a_test.go": said.strip()}
    assert set(read(LISTED + said).broken) == {"a_test.go", "store/other_test.go", "store/total_test.go"}
    assert not read(LISTED + said, 0).complete
    assert not read(LISTED + "go: errors parsing go.mod:\n").complete


def test_modules_that_are_not_at_hand_are_a_gap_and_break_nothing() -> None:
    said = "go: downloading example.com/far v1.2.0\na_test.go:3:2: module lookup disabled by GOPROXY=off\n"
    found = read(f"{LISTED}{said}FAIL\t{SHOP} [setup failed]\n", 1, "a_test.go")
    assert not found.complete
    assert "neither vendored nor in the module cache" in found.gaps[0]
    assert "example.com/far v1.2.0" in found.gaps[0]
    assert found.outcome("a_test.go::TestA") == "not_run"


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"null",
        b"{" * 100_000,
        b'{"Action":' + b"[" * 100_000,
        b"\xff\n{\xff}\n",
        b'{"Action": [], "Package": {}, "Test": 3, "Output": []}\n',
        b'{"Action": "run", "Package": "a", "Test": "\\ud800", "Elapsed": "x"}\n',
        b'{"Action": "output", "Package": "a", "Test": "b", "Output": {"a": 1}}\n',
        b"dir\ta\n./:1:func TestA(\n# \nFAIL\t [build failed]\n",
    ],
)
def test_hostile_reports_are_no_success(report: bytes) -> None:
    for code in (0, 1, 3):
        assert read(report, code).passed is not True


def test_two_stories_are_not_complete() -> None:
    assert not read(LISTED + TESTS + END, 0).complete
    assert not read(LISTED + TESTS).complete
    assert not read(LISTED + event("run", "TestTotal") + event("pass", "TestTotal") + event("pass")).complete
    assert not read(LISTED + TESTS + END, report_cut=True).complete
    assert not read(LISTED + TESTS + END, ended="time").complete


def test_only_packages_and_functions_of_the_selected_files_are_run() -> None:
    tree = files(
        {
            "go.mod": "",
            "a_test.go": "func TestA(t *testing.T) {}\n",
            "-x/b_test.go": "func TestB(t *testing.T) {}\nfunc ExampleC() {}\nfunc helper() {}\n",
        }
    )
    start = GO.start(tree, Selection(paths=("-x/b_test.go", "a_test.go", "gone_test.go", "go.mod")), (), STAGE)
    assert start.argv[3:] == (
        "/opt/go/bin/go",
        *("test", "-json", "-count=1", "-timeout=0", "-run=^(TestB|ExampleC|TestA)$", "./-x", "./"),
    )
    assert start.environment["GOPROXY"] == "off"
    assert start.environment["GOMODCACHE"] == "/home/x/go/pkg/mod"
    ids = ("a_test.go::TestA/sub::x", "a_test.go::TestA")
    assert "-run=^(TestA)$" in GO.start(tree, Selection(paths=("a_test.go",), ids=ids), (), STAGE).argv
    odd = Selection(paths=("a_test.go",), ids=("a_test.go::(.*",))
    assert not any(word.startswith("-run") for word in GO.start(tree, odd, (), STAGE).argv)
    assert GO.start(tree, Selection(), (), STAGE).argv[-1] == "./..."


def test_go_is_found_and_of_the_home_only_modules_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = tmp_path / "sdk" / "bin" / "go"
    for place in (go, tmp_path / "sdk/VERSION", tmp_path / "sdk/src/runtime/a.go", tmp_path / "go/pkg/mod/a.go"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("go1.22.3\ntime 2024\n")
        place.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda *_, **__: str(go))
    monkeypatch.setenv("GOPATH", str(tmp_path / "go"))
    monkeypatch.delenv("GOMODCACHE", raising=False)
    seen = change({}, {"go.mod": "module m\n", "a_test.go": "package m\n\nfunc TestA(t *testing.T) {}\n"})
    found = tools.find(seen, python=None, checkout=None)
    assert found.framework is not None
    assert found.framework.name == "go test 1.22.3"
    assert found.readable == (tmp_path / "sdk", tmp_path / "go/pkg/mod")
    without = tools.find(change({}, {"a_test.go": "package m\n"}), python=None, checkout=None)
    assert without.framework is None
    shutil.rmtree(tmp_path / "sdk/src")
    assert tools.find(seen, python=None, checkout=None).framework is None


BEFORE = {
    "go.mod": f"module {SHOP}\n\ngo 1.19\n",
    "store/store.go": "package store\n\nfunc Total(xs []int) int { return len(xs) }\n",
    "store/store_test.go": """\
        package store

        import "testing"

        func TestNone(t *testing.T) {
            if Total(nil) != 0 {
                t.Fatal("no")
            }
        }
        """,
}
AFTER = {
    "go.mod": BEFORE["go.mod"],
    "store/store.go": """\
        package store

        func Total(xs []int) int {
            sum := 0
            for _, x := range xs {
                sum += x
            }
            return sum
        }
        """,
    "store/store_test.go": """\
        package store

        import "testing"

        func TestNone(t *testing.T) {
            if Total(nil) != 0 {
                t.Fatal("no")
            }
        }

        func TestTotal(t *testing.T) {
            t.Run("one", func(t *testing.T) {
                if Total([]int{1}) != 1 {
                    t.Fatal("no")
                }
            })
            t.Run("two of", func(t *testing.T) {
                if got := Total([]int{1, 2}); got != 3 {
                    t.Errorf("got %d, want 3", got)
                }
            })
        }
        """,
    "fee/fee.go": "package fee\n\nfunc Fee() int { return 1 }\n",
    "fee/fee_test.go": """\
        package fee_test

        import (
            "testing"

            "example.com/shop/fee"
        )

        func TestFee(t *testing.T) {
            if fee.Fee() != 1 {
                t.Fatal("no")
            }
        }
        """,
}


@pytest.fixture(params=["namespaces", "bubblewrap", "none"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    seen = tools.find(change(BEFORE, AFTER), python=None, checkout=None)
    if seen.framework is None:
        pytest.skip("go is not installed")
    shut = NONE if request.param == "none" else probing.shut(request.param)
    if shut is None:
        pytest.skip(probing.why_not(request.param))
    return Workshop(
        seen.framework,
        containment=shut,
        readable=seen.readable,
        watch=Watch(limits=LIMITS),
        jobs=1,
        room=tmp_path,
    )


def run(shop: Workshop, tree: Mapping[str, str], *paths: str) -> SuiteRun:
    with shop:
        return shop.run(Job(files=files(tree), words="the head", selection=Selection(paths=paths)))


def test_the_matrix_of_a_change_really_run(shop: Workshop) -> None:
    with shop:
        found = matrix(change(BEFORE, AFTER), shop)
    assert {row.id: row.kind for row in found.rows} == {
        "store/store_test.go::TestNone": "P2P",
        "store/store_test.go::TestTotal": "F2P",
        "store/store_test.go::TestTotal/one": "P2P",
        "store/store_test.go::TestTotal/two_of": "F2P",
        "fee/fee_test.go::TestFee": "E2P",
    }
    assert found.gaps == ()
    row = next(row for row in found.rows if row.id.endswith("two_of"))
    assert row.message == "store_test.go:19: got 2, want 3"


def test_vendored_modules_are_used_and_others_are_a_gap(shop: Workshop) -> None:
    uses = 'package m\n\nimport (\n\t"testing"\n\n\t"example.com/far"\n)\n\nfunc TestA(t *testing.T) { far.Far() }\n'
    tree = {
        "go.mod": "module example.com/m\n\ngo 1.19\n\nrequire example.com/far v1.0.0\n",
        "go.sum": "example.com/far v1.0.0 h1:a6mHz7PzgUFAigzKgX9IRRdIArOnJ0i8PtDdsWicM5Q=\n"
        "example.com/far v1.0.0/go.mod h1:g09ueuzNN1mCM+2F/QDHm82mJLx/ysHp9w00AbWxsTU=\n",
        "a_test.go": uses,
    }
    vendored = {
        "vendor/modules.txt": "# example.com/far v1.0.0\n## explicit; go 1.19\nexample.com/far\n",
        "vendor/example.com/far/far.go": "package far\n\nfunc Far() {}\n",
    }
    with shop:
        selection = Selection(paths=("a_test.go",))
        found = shop.run(Job(files=files(tree | vendored), words="the head", selection=selection))
        without = shop.run(Job(files=files(tree), words="the parent", selection=selection))
    assert outcomes(found) == {"a_test.go::TestA": "passed"}
    assert found.passed
    assert not without.complete
    assert "example.com/far" in without.gaps[0]


def test_a_process_that_ends_itself_really_run(shop: Workshop) -> None:
    source = """\
        package m

        import (
            "fmt"
            "os"
            "testing"
        )

        func TestA(t *testing.T) { fmt.Print("no end") }
        func TestB(t *testing.T) { os.Exit(3) }
        func TestC(t *testing.T) {}
        """
    found = run(shop, {"go.mod": "module example.com/m\n\ngo 1.19\n", "m_test.go": source}, "m_test.go")
    assert outcomes(found) == {
        "m_test.go::TestA": "passed",
        "m_test.go::TestB": "failed",
        "m_test.go::TestC": "not_run",
    }
    assert found.complete
