"""Which programs a check's result rests on: type checkers, the linter, and the change's own tests as they were run.

Knows which mode judges what; says it as records that stand beside the result, in the report and under the signature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.finding import ToolRun
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from reviewer.checks.case import Case
    from reviewer.checks.diagnostics import Existence, Lint
    from reviewer.checks.finding import Mode
    from reviewer.checks.probed import Probed, Ran

_ARGUMENTS = 40
_LONGEST = 300


def runs_of(mode: Mode, case: Case) -> tuple[tuple[ToolRun, ...], float]:
    """Return the programs whose answers a mode judges, and the seconds that its result waited for them.

    What a person had run earlier, the tests, counts no time.
    """
    said = case.diagnostics
    took: Existence | Lint | None = None
    if said is not None:
        took = {"hallucinated_api": said.existence, "style_drift": said.lint}.get(mode)
    asked = () if took is None else took.runs or tuple(ToolRun(tool=title) for title in took.tools)
    return (*asked, *_probes(mode, case.probed)), 0.0 if took is None else took.seconds


def _probes(mode: Mode, probed: Probed | None) -> tuple[ToolRun, ...]:
    if probed is None:
        return ()
    framework = probed.tests.framework if probed.tests is not None else "the tests"
    parts = {
        "tests_on_parent": (probed.tests,),
        "test_theater": (probed.replay, probed.rotten),
        "plausible_wrong": (probed.hunks, probed.mutants),
    }.get(mode, ())
    rans: list[Ran] = [ran for part in parts if part is not None for ran in part.runs]
    if mode == "rollback" and probed.rollback is not None and probed.rollback.suite is not None:
        rans.append(probed.rollback.suite)
    if mode == "claim_vs_evidence" and probed.required is not None:
        rans += [row.ran for row in probed.required.rows]
        framework = "required command"
    return tuple(
        ToolRun(tool=_line(framework), argv=_argv(ran.argv), seconds=ran.seconds, code=ran.code) for ran in rans
    )


def _argv(argv: tuple[str, ...]) -> tuple[str, ...]:
    left = len(argv) - _ARGUMENTS
    shown = tuple(_line(argument) for argument in argv[:_ARGUMENTS])
    return shown if left <= 0 else (*shown, f"(and {left:,} more)")


def _line(text: str) -> str:
    return clip(display_safe(text), _LONGEST)
