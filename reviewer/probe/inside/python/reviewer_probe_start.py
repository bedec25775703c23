"""Starts the framework of a Python run before anything of the tree can take its place.

Python would look for `sitecustomize`, `pytest` and our own modules in the tree first, as a tree that tests itself has
to be found before what is installed. So the tree comes into sight only once these are loaded. Runs in the tests' own
interpreter, which may be as old as Python 3.8.
"""

from __future__ import annotations

import os
import runpy
import sys


def main() -> None:
    """Load what watches, put the tree in sight, and run."""
    kind = sys.argv[1]
    # The key is read from its pipe here.
    import reviewer_probe_report  # type: ignore[import-not-found]  # noqa: F401 - beside this file when it runs

    if kind == "pytest":
        import pytest  # noqa: F401 - so that no other takes its name
    else:
        import reviewer_probe_unittest  # type: ignore[import-not-found]  # beside this file when it runs

    path = os.environ.pop("REVIEWER_PROBE_PATH")
    os.environ["PYTHONPATH"] = path
    own, *trees = path.split(os.pathsep)
    # As `python -m` would have it, but for our own modules, which come first.
    rest = [each for each in sys.path if each not in {own, os.path.realpath(own)}]
    sys.path[:] = [own, os.getcwd(), *trees, *rest]  # noqa: PTH109 - as above
    sys.argv[:] = [kind, *sys.argv[2:]]
    if kind == "pytest":
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    else:
        sys.exit(reviewer_probe_unittest.main())


if __name__ == "__main__":
    main()
