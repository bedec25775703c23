"""pytest, through a small plugin of ours that writes one row a test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.probe.frameworks import rows
from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.frameworks.orders import ORDERS, own_modules, write_orders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.environment import PythonPlace
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection, SuiteRun

STARTER = "python/reviewer_probe_start.py"
_MAX_PATHS = 2_000
# Each of these changes order or number of the tests, or keeps something between runs.
_WITHOUT = ("cacheprovider", "randomly", "random_order", "xdist.looponfail", "sugar", "rerunfailures", "flaky")


class Pytest:
    """pytest in an environment that has it."""

    traces = True
    by_id = True

    def __init__(self, place: PythonPlace, options: tuple[str, ...] = ()) -> None:
        """Use the interpreter of an environment, and options of the project that stay in force."""
        self._place = place
        self._options = options
        versions = (re.fullmatch(r"pytest-([\w.]+)\.dist-info", name) for name in place.distributions)
        self.version = next((match[1] for match in versions if match), "")
        self.name = f"pytest {self.version}".strip()

    @staticmethod
    def is_in(place: PythonPlace) -> bool:
        """Return whether the environment has pytest."""
        return any(name.startswith("pytest-") and name[7:8].isdigit() for name in place.distributions)

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:
        """Return how to run these tests."""
        words = ["-p", "reviewer_probe_pytest", "-o", "addopts=", "--rootdir=.", "--color=no", "-q", "--tb=short"]
        words += [word for name in _WITHOUT for word in ("-p", f"no:{name}")]
        words += ["--continue-on-collection-errors", *self._options]
        if any(name.startswith("hypothesis-") for name in self._place.distributions):
            # Generated cases are the same in every run, so that runs can be compared.
            words.append("--hypothesis-seed=0")
        paths = [path for path in selection.paths if path in files.rows][:_MAX_PATHS]
        return Start(
            (str(self._place.interpreter), f"{stage.programs}/{STARTER}", "pytest", *words, "--", *paths),
            started(python_environment(self._place, files, stage)),
            write_orders(files, selection, trace, stage),
        )

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:  # noqa: ARG002 - all readers are given these
        """Return what a run says."""
        return rows.read(run, words, traced=True)


def started(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a run that our own starter begins: it puts the tree in sight when it is time."""
    found = dict(environment)
    found["REVIEWER_PROBE_PATH"] = found.pop("PYTHONPATH")
    return found


def python_environment(place: PythonPlace, files: Files, stage: Stage) -> dict[str, str]:
    """Return the variables of a Python run: the tree is found before whatever is installed, and nothing is kept."""
    roots, _ = own_modules(files)
    trees = [f"{stage.tree}/{root}".rstrip("/") for root in roots]
    return {
        "PATH": f"{place.interpreter.parent}:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(place.prefix),
        "PYTHONPATH": ":".join([f"{stage.programs}/python", *trees]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONFAULTHANDLER": "1",
        "REVIEWER_PROBE_ORDERS": f"{stage.programs}/{ORDERS}",
    }
