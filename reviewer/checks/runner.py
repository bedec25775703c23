"""Runs the checks, one after the other, and turns a check that breaks into a result that says so.

Knows the interface of a check only. It never lets one check's failure hide another's findings, or its own.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks import ALL
from reviewer.checks.finding import CheckResult
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.check import Check


FAILED = "the check itself failed"
"""How the reason of a check that broke begins."""


def run(
    case: Case, checks: Sequence[Check] = ALL, cancelled: Callable[[], bool] | None = None
) -> Iterator[CheckResult]:
    """Yield one result a check, in the order of `checks`, as each is done.

    Args:
        case: what the checks may look at.
        checks: those to run.
        cancelled: asked before each check; once it is true nothing more is yielded.
    """
    for check in checks:
        if cancelled is not None and cancelled():
            return
        started = time.perf_counter()
        result = _run_one(check, case)
        yield replace(result, seconds=time.perf_counter() - started)


def lost(check: Check) -> CheckResult:
    """Return the result of a check whose process ended before it was done."""
    reason = f"{FAILED} and examined nothing (its process ended)"
    by = getattr(check, "by", "")
    return CheckResult(mode=check.mode, status="incomplete", reason=reason, version=check.version, by=by)


def _run_one(check: Check, case: Case) -> CheckResult:
    try:
        return check.run(case)
    except Exception as error:  # noqa: BLE001 - hostile input that breaks one check must not hide the others
        what = clip(display_safe(f"{type(error).__name__}: {error}"), 200)
        return CheckResult(
            mode=check.mode,
            status="incomplete",
            reason=f"{FAILED} and examined nothing ({what})",
            version=check.version,
        )
