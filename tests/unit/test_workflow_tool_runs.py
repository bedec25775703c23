"""Which programs a result rests on."""

from __future__ import annotations

from dataclasses import replace

from reviewer.checks.diagnostics import Diagnostics, Existence, Lint
from reviewer.checks.finding import ToolRun
from reviewer.checks.probed import Ablation, Matrix, Probed, Ran, Rehearsal, Required, Rerun
from reviewer.workflow.tool_runs import runs_of
from tests.support.cases import make_case

RAN = Ran(argv=("python", "-m", "pytest", "\x1b[1m"), tree="head", code=1, ended="exit", seconds=2.5)


def test_type_checkers_and_the_linter_stand_with_the_modes_that_judge_them() -> None:
    run = ToolRun(tool="ty 1", argv=("ty", "check"), code=0)
    said = Diagnostics(existence=Existence(tools=("ty 1",), runs=(run,), seconds=2.0), lint=Lint(tools=("ruff 1",)))
    case = replace(make_case({}, {}), diagnostics=said)
    assert runs_of("hallucinated_api", case) == ((run,), 2.0)
    assert runs_of("style_drift", case) == ((ToolRun(tool="ruff 1"),), 0.0)
    assert runs_of("scope", case) == ((), 0.0)


def test_what_was_run_stands_with_the_modes_that_judge_it() -> None:
    probed = Probed(
        base_tree="1",
        head_tree="2",
        environment="e",
        containment="none",
        tests=Matrix(framework="pytest", runs=(RAN,)),
        hunks=Ablation(runs=(replace(RAN, argv=("x",) * 100),)),
        rollback=Rehearsal(target="t", target_name="main", applied=True, suite=RAN),
        required=Required(rows=(Rerun(line="pytest", ran=RAN, passed=False),)),
    )
    case = replace(make_case({}, {}), probed=probed)
    shown = ToolRun(tool="pytest", argv=("python", "-m", "pytest", "⟨U+001B⟩[1m"), code=1)
    assert runs_of("tests_on_parent", case) == ((shown,), 0.0)
    assert runs_of("rollback", case) == ((shown,), 0.0)
    assert runs_of("claim_vs_evidence", case)[0] == (replace(shown, tool="required command"),)
    assert runs_of("plausible_wrong", case)[0][0].argv[-1] == "(and 60 more)"
    assert runs_of("scope", case)[0] == ()
