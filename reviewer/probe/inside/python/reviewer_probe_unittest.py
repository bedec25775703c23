"""Runs tests of Python's own `unittest`, by file, and writes what becomes of each.

Ids are `path::Class::method`, as pytest names the same tests. Runs in the tests' own interpreter, which may be as old
as Python 3.8; whatever runs in the same process can forge what is written.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback
import unittest
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple  # noqa: UP035 - may run on Python 3.8

if TYPE_CHECKING:
    from reviewer.probe.inside.python import reviewer_probe_lines as lines
    from reviewer.probe.inside.python import reviewer_probe_report as report
else:
    import reviewer_probe_lines as lines
    import reviewer_probe_report as report

_MESSAGE = 2_000
_MAX_FILES = 20_000


class Result(unittest.TestResult):
    """Writes a row for each test as it ends."""

    def __init__(self, out: report.Report, names: Dict[str, str], tracer: Optional[lines.Lines]) -> None:  # noqa: UP006, UP045
        """Write to this report; `names` are ids by what unittest calls a test."""
        super().__init__()
        self.out = out
        self.names = names
        self.tracer = tracer
        self.began = 0.0
        self.bad = False
        self.told = ""

    def startTest(self, test: Any) -> None:  # noqa: ANN401, N802 - the library's own name
        """Have what follows belong to this test."""
        super().startTest(test)
        self.began = time.monotonic()
        self.told = ""
        if self.tracer is not None:
            self.tracer.switch(self.names.get(test.id(), ""))

    def stopTest(self, test: Any) -> None:  # noqa: ANN401, N802 - as above
        """End what belongs to this test."""
        super().stopTest(test)
        if self.tracer is not None:
            self.tracer.switch("")

    def addSuccess(self, test: Any) -> None:  # noqa: ANN401, N802 - as above
        """Write that it passed."""
        self._row(test, "passed")

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: ANN401, N802 - as above
        """Write that it failed."""
        self._row(test, "failed", err)

    def addError(self, test: Any, err: Any) -> None:  # noqa: ANN401, N802 - as above
        """Write that it raised; where that was before a class or module began, all its tests did."""
        if test.id() in self.names:
            self._row(test, "failed", err)
            return
        self.bad = True
        self._all_of(test, "failed", _message(err), err[0].__name__)

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: ANN401, N802 - as above
        """Write that it was skipped; where a class or module says so before it began, all its tests were."""
        if test.id() in self.names:
            self._row(test, "skipped", message=str(reason))
        else:
            self._all_of(test, "skipped", str(reason), "")

    def addExpectedFailure(self, test: Any, err: Any) -> None:  # noqa: ANN401, N802 - as above
        """Write that it failed, as it says it does."""
        self._row(test, "skipped", err, expected=True)

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: ANN401, N802 - as above
        """Write that it passed, though it says that it does not."""
        self._row(test, "failed", message="it passed, and says that it fails")

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: ANN401, N802 - as above
        """Write that a part failed."""
        if err is not None:
            self._row(test, "failed", err, message=str(subtest)[:200] + ": ")

    def _all_of(self, place: Any, outcome: str, message: str, raised: str) -> None:  # noqa: ANN401
        name = place.id()
        inner = name[name.find("(") + 1 : name.rfind(")")]
        for known, identity in self.names.items():
            if known.startswith(inner + "."):
                self.out.row(k="t", id=identity, w="setup", o=outcome, d=0, m=message[:_MESSAGE], e=raised)

    def _row(self, test: Any, outcome: str, err: Any = None, message: str = "", *, expected: bool = False) -> None:  # noqa: ANN401
        self.bad = self.bad or outcome == "failed"
        name = self.names.get(test.id(), test.id())
        # A test that fails, and then in taking down once more, has two results that are its own.
        part, self.told = self.told == name, name
        self.out.row(
            k="t",
            id=name,
            w="call",
            o=outcome,
            x=expected,
            d=round(time.monotonic() - self.began, 4),
            m=message + ("" if err is None else _message(err)),
            e="" if err is None else err[0].__name__,
            u=part,
        )


def _message(err: Any) -> str:  # noqa: ANN401 - what sys.exc_info gives
    try:
        return "".join(traceback.format_exception_only(err[0], err[1])).strip()[:_MESSAGE]
    except Exception as error:  # noqa: BLE001 - a hostile message must not end the report
        return "the reason cannot be shown: " + type(error).__name__


def _load(path: str) -> Any:  # noqa: ANN401 - a module
    """Import a test file by the name that its packages give it."""
    folder, file = os.path.split(path)
    names = [file[:-3]]
    while folder and os.path.exists(os.path.join(folder, "__init__.py")):  # noqa: PTH110, PTH118 - started often
        folder, name = os.path.split(folder)
        names.insert(0, name)
    top = os.path.abspath(folder or ".")  # noqa: PTH100 - as above
    if top not in sys.path:
        sys.path.insert(0, top)
    name = ".".join(names)
    before = sys.modules.get(name)
    if before is not None and os.path.realpath(getattr(before, "__file__", "") or "") != os.path.realpath(path):
        del sys.modules[name]
    return importlib.import_module(name)


def _cases(suite: Any) -> Iterator[Any]:  # noqa: ANN401 - suites in suites
    waiting = [suite]
    while waiting:
        one = waiting.pop()
        if isinstance(one, unittest.TestSuite):
            waiting += reversed(list(one))
        else:
            yield one


def _all_files() -> List[str]:  # noqa: UP006 - as above
    found: List[str] = []  # noqa: UP006 - as above
    for folder, inner, files in os.walk("."):
        inner[:] = sorted(name for name in inner if name.isidentifier())
        names = [name for name in sorted(files) if name.startswith("test") and name[-3:] == ".py"]
        found += [os.path.join(folder, name)[2:] for name in names]  # noqa: PTH118 - as above
        if len(found) > _MAX_FILES:
            break
    return found


def _collect(orders: Dict[str, Any], out: report.Report) -> Tuple[unittest.TestSuite, Dict[str, str]]:  # noqa: UP006
    loader, suite = unittest.TestLoader(), unittest.TestSuite()
    names: Dict[str, str] = {}  # noqa: UP006 - as above
    wanted = None if orders.get("select") is None else frozenset(orders["select"])
    for path in orders["paths"] or _all_files():
        try:
            found = list(_cases(loader.loadTestsFromModule(_load(path))))
        except unittest.SkipTest:
            continue
        except BaseException:  # noqa: BLE001 - a test file may raise anything, and end the program
            out.row(k="x", id=path, m=traceback.format_exc()[-_MESSAGE:])
            continue
        for case in found:
            name = "::".join([path, *type(case).__qualname__.split("."), getattr(case, "_testMethodName", "")])
            if wanted is None or name in wanted:
                names[case.id()] = name
                suite.addTest(case)
                out.row(k="c", id=name, f=path, l=0)
    return suite, names


def main() -> int:
    """Collect, run, report."""
    orders = report.orders()
    out = report.Report(orders["report"])
    tracer = lines.start(orders["tree"], orders["lines"]) if orders["lines"] else None
    suite, names = _collect(orders, out)
    result = Result(out, names, tracer)
    suite.run(result)
    if tracer is not None:
        tracer.stop()
        for context, path, numbers in tracer.rows():
            out.row(k="l", id=context, f=path, n=numbers)
    out.modules(orders["tree"], orders["names"])
    code = 1 if result.bad else 0
    out.row(k="e", exit=code)
    out.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
