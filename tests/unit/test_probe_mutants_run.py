"""Lines of Go and JavaScript made wrong and really run: what a test notices, what none does, what cannot be built."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.probed import Ran
from reviewer.probe import mutants
from reviewer.probe.files import Files
from reviewer.probe.frameworks.node_run import NodeTests
from reviewer.probe.sandbox.limits import MIB, Limits
from reviewer.probe.suite import Selection, SuiteRun, TestResult, Watch
from reviewer.probe.trials import Baseline, Verdict
from reviewer.probe.workshop import Job
from reviewer.workflow.probing import tools
from tests.support import probing
from tests.support.cases import DictTree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewer.checks.probed import Mutation
    from reviewer.probe.frameworks.framework import Framework

LIMITS = Limits(seconds=120, memory=2_048 * MIB, processes=128, disk=512 * MIB)
GO = {
    "go.mod": "module example.com/m\n\ngo 1.19\n",
    "m.go": """\
        package m

        func Fee(n int) int {
            if n < 10 {
                return 1
            }
            return 3
        }
        """,
    "m_test.go": """\
        package m

        import "testing"

        func TestFee(t *testing.T) {
            if Fee(3) != 1 || Fee(11) != 3 {
                t.Fatal("no")
            }
        }
        """,
}
# What Jest's report looks like, from a runner of a few lines.
RUNNER = """\
    const fs = require("fs");
    const path = require("path");
    const words = process.argv.slice(2);
    const out = words.find((word) => word.startsWith("--outputFile=")).slice(13);
    const files = words.slice(words.indexOf("--runTestsByPath") + 1);
    const results = [];
    for (const file of files) {
      const rows = [];
      global.test = (title, body) => {
        let status = "passed", said = [];
        try { body(); } catch (error) { status = "failed"; said = [String(error)]; }
        rows.push({ ancestorTitles: [], title, status, failureMessages: said });
      };
      let message = "";
      try { require(path.resolve(file)); } catch (error) { message = String(error); }
      const bad = message || rows.some((row) => row.status === "failed");
      results.push({ name: path.resolve(file), status: bad ? "failed" : "passed", message, assertionResults: rows });
    }
    fs.writeFileSync(out, JSON.stringify({ testResults: results }));
    process.exitCode = results.some((one) => one.status === "failed") ? 1 : 0;
    """
SCRIPT = {
    "runner.js": RUNNER,
    "fee.js": "exports.fee = (n) => {\n  if (n < 10) return 1;\n  if (n === 50) return 2;\n  return n - 8;\n};\n",
    "fee.test.js": """\
        const assert = require("assert");
        const { fee } = require("./fee");
        test("small", () => assert.equal(fee(3), 1));
        test("large", () => assert.equal(fee(11), 3));
        """,
}


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Verdict] = {}

    def get(self, key: str) -> Verdict | None:
        return self.rows.get(key)

    def keep(self, key: str, verdict: Verdict) -> None:
        self.rows[key] = verdict


def mutated(
    room: Path, framework: Framework, tree: Mapping[str, str], path: str, readable: tuple[Path, ...] = ()
) -> Mutation:
    head = probing.files(tree)
    test = next(each for each in tree if "test" in each)
    with probing.workshop(room, framework=framework, watch=Watch(limits=LIMITS), readable=readable) as shop:
        first = shop.run(Job(files=head, words="the head", selection=Selection(paths=(test,))))
        assert first.complete, first.gaps
        planned = mutants.plan(head, {path: frozenset(range(1, 100))}, first.lines)
        return mutants.mutate(planned, head, Baseline.of(first, (test,)), shop, Kept())


def test_go(tmp_path: Path) -> None:
    seen = tools.find(probing.change({}, GO), python=None, checkout=None)
    if seen.framework is None:
        pytest.skip("go is not installed")
    found = mutated(tmp_path, seen.framework, GO, "m.go", seen.readable)
    assert [(row.line, row.operator, row.state) for row in found.rows] == [
        (4, "boundary", "survived"),
        (5, "constant", "killed"),
        (7, "constant", "killed"),
    ]
    assert found.gaps == ()


def test_a_script_by_a_runner_that_reports_like_jest(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    framework = NodeTests("jest", os.path.realpath(node), "runner.js", "jest")
    found = mutated(tmp_path, framework, SCRIPT, "fee.js")
    assert [(row.line, row.operator, row.state) for row in found.rows] == [
        (2, "boundary", "survived"),
        (3, "comparison", "killed"),
        (4, "arithmetic", "killed"),
    ]


class Fails:
    """Runs that end as compilers and slow machines end them."""

    size = 1
    watch = Watch()

    def __init__(self, made: SuiteRun) -> None:
        self.made = made
        self.runs = 0

    def run(self, job: Job) -> SuiteRun:
        assert job.again
        self.runs += 1
        return self.made


HEAD = Files.of(DictTree({"a.go": "package a\nfunc f(a int) bool { return a < 1 }\n", "a_test.go": ""}))
BASE = Baseline({"a_test.go::TestA": "a_test.go", "b/b_test.go::TestB": "b/b_test.go"})
RAN = Ran(argv=("go",), tree="x", code=1, ended="exit", seconds=0.1)


@pytest.mark.parametrize("rest", [(), ("b/b_test.go::TestB",)])
def test_what_cannot_be_built_counts_for_nothing(rest: tuple[str, ...]) -> None:
    tests = {one: TestResult(id=one, path=one.split("::")[0], outcome="passed") for one in rest}
    made = SuiteRun(ran=RAN, tests=tests, broken={"a_test.go": "./a.go:2: declared and not used: x"})
    planned = mutants.plan(HEAD, {"a.go": frozenset({2})}, None)
    assert planned.built
    found = mutants.mutate(planned, HEAD, BASE, Fails(made), Kept())
    assert found.rows == ()
    assert found.gaps == ("1 mutant could not be built or loaded, and says nothing of the tests",)


def test_no_more_are_started_after_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "MAX_SECONDS", -1.0)
    runs = Fails(SuiteRun(ran=RAN))
    found = mutants.mutate(mutants.plan(HEAD, {"a.go": frozenset({2})}, None), HEAD, BASE, runs, Kept())
    assert runs.runs == 0
    assert [row.state for row in found.rows] == ["undecided"]
    assert found.gaps == ("1 of 1 mutants were not tried",)


def test_fewer_are_tried_where_each_has_to_be_built() -> None:
    source = "package a\nfunc f(a int) bool {\n" + "\tif a < 1 { return true }\n" * 90 + "\treturn false\n}\n"
    head = Files.of(DictTree({"a.go": source}))
    planned = mutants.plan(head, {"a.go": frozenset(range(1, 200))}, None)
    assert len(planned.tried) == mutants.MAX_BUILT
    assert planned.gaps == (f"{mutants.MAX_BUILT} of 60 changed lines were made wrong, evenly spread",)
    assert mutants.plan(Files.of(DictTree({"a.py": "x = 1\n"})), {"a.py": frozenset({1})}, None).gaps == (
        mutants.NO_LINES,
    )


def test_the_languages_of_a_framework() -> None:
    assert tools.languages(probing.change({}, {"a_test.go": "", "a.py": ""})) == {"go"}
    assert tools.languages(probing.change({}, {"a.test.ts": "", "a.ts": ""})) == {"javascript", "typescript"}
    assert tools.languages(probing.change({}, {"tests/test_a.py": "", "a.js": ""})) == {"python"}
