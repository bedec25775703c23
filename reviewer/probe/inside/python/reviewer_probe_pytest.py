"""A pytest plugin that writes what becomes of each test, which modules were imported from where, and executed lines.

Runs in the tests' own interpreter, which may be as old as Python 3.8 with pytest 6; whatever runs in the same process
can forge what it writes, and its readers know that. One JSON object a line, a letter in "k" for its kind.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Generator, List, Optional  # noqa: UP035 - may run on Python 3.8

import pytest

if TYPE_CHECKING:
    from reviewer.probe.inside.python import reviewer_probe_lines as lines
    from reviewer.probe.inside.python import reviewer_probe_report as report
else:
    import reviewer_probe_lines as lines
    import reviewer_probe_report as report

_MESSAGE = 2_000


class Reporter:
    """Writes rows as the session goes on."""

    def __init__(self) -> None:
        """Read the orders and start to write."""
        self.orders = report.orders()
        self.out = report.Report(self.orders["report"])
        self.select: Optional[Any] = self.orders.get("select")  # noqa: UP045 - as above
        self.wanted = None if self.select is None else frozenset(self.select)
        self.raised: Dict[str, str] = {}  # noqa: UP006 - as above
        self.fell: Dict[str, bool] = {}  # noqa: UP006 - as above
        self.tracer = lines.start(self.orders["tree"], self.orders["lines"]) if self.orders["lines"] else None

    def pytest_collectreport(self, report: Any) -> None:  # noqa: ANN401 - pytest's own class has moved between versions
        """Write what could not be collected."""
        if report.failed or (report.outcome == "skipped" and not getattr(report, "result", None)):
            kind = "x" if report.failed else "s"
            self.out.row(k=kind, id=report.nodeid, m=_end_of(report))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: Any, items: List[Any]) -> None:  # noqa: ANN401, UP006 - as above
        """Keep only what is wanted, and write what is going to run."""
        if self.wanted is not None:
            kept = [item for item in items if self._is_wanted(item.nodeid)]
            dropped = [item for item in items if not self._is_wanted(item.nodeid)]
            if dropped:
                config.hook.pytest_deselected(items=dropped)
                items[:] = kept
        for item in items:
            path, line, _ = item.location
            self.out.row(k="c", id=item.nodeid, f=str(path).replace(os.sep, "/"), l=(line or 0) + 1)

    def _is_wanted(self, nodeid: str) -> bool:
        wanted = self.wanted or frozenset()
        return nodeid in wanted or nodeid.split("[", 1)[0] in wanted

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, None, None]:  # noqa: ANN401 - as above
        """Have the lines that are executed belong to this test."""
        if self.tracer is not None:
            self.tracer.switch(item.nodeid)
        yield
        if self.tracer is not None:
            self.tracer.switch("")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, None, None]:  # noqa: ANN401
        """Keep the kind of what was raised, and that the body of the test was left by it."""
        if call.excinfo is not None:
            self.raised[item.nodeid] = call.excinfo.type.__name__
        if call.when == "call":
            # A part of a test (a subtest) comes before the test itself, whose own call is the last.
            self.fell[item.nodeid] = call.excinfo is not None
        yield

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401 - as above
        """Write one phase of a test."""
        message = _end_of(report) if report.failed or report.skipped else ""
        part = type(report).__name__ != "TestReport"
        fell = report.when == "call" and not part and self.fell.pop(report.nodeid, False)
        if report.when == "call" or not report.passed:
            self.out.row(
                k="t",
                id=report.nodeid,
                w=report.when,
                o=report.outcome,
                x=bool(getattr(report, "wasxfail", None) is not None),
                d=round(float(report.duration), 4),
                m=message,
                e=self.raised.pop(report.nodeid, "") if report.failed or fell else "",
                u=part,
                v=fell and report.passed,
            )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: Any, exitstatus: Any) -> None:  # noqa: ANN401 - as above
        """Write where modules came from, executed lines, and that this is the end."""
        if self.tracer is not None:
            self.tracer.stop()
            for context, path, numbers in self.tracer.rows():
                self.out.row(k="l", id=context, f=path, n=numbers)
        self.out.modules(self.orders["tree"], self.orders["names"])
        counted = getattr(session, "testsfailed", None)
        self.out.row(k="e", exit=int(exitstatus), **({"failed": counted} if type(counted) is int else {}))
        self.out.close()


def pytest_configure(config: Any) -> None:  # noqa: ANN401 - as above
    """Take part, once, and not in workers that a test starts."""
    if os.environ.get("PYTEST_XDIST_WORKER") or config.pluginmanager.hasplugin("reviewer-probe"):
        return
    config.pluginmanager.register(Reporter(), "reviewer-probe")


def _end_of(one: Any) -> str:  # noqa: ANN401 - as above
    """Return why a test failed: the exception's own lines, or the end of what there is."""
    try:
        crash = getattr(getattr(one, "longrepr", None), "reprcrash", None)
        if crash is not None:
            return str(crash.message)[:_MESSAGE]
        longrepr = one.longrepr
        if isinstance(longrepr, tuple) and len(longrepr) == 3:
            return str(longrepr[2])[:_MESSAGE]
        return str(longrepr or "")[-_MESSAGE:]
    except Exception as error:  # noqa: BLE001 - a hostile repr must not end the report
        return "the reason cannot be shown: " + type(error).__name__
