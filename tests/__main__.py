"""Run every gate of the project: format, lint, types, import layers, tests. Exit 0 only if all pass.

`python -m tests` is the test command of the README; `.ci/run` calls it on a clean clone.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])"
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("-m", "ruff", "format", "--check", ".")),
    ("lint", ("-m", "ruff", "check", ".")),
    ("import layers", ("-c", _IMPORT_LINTER)),
    ("types", ("-m", "mypy")),
    ("tests", ("-m", "pytest", "--numprocesses", "auto", "--dist", "loadgroup")),
)


def main() -> int:
    """Run the steps in order; the first that fails ends the run."""
    for name, arguments in STEPS:
        print(f"── {name}", flush=True)
        start = time.monotonic()
        code = subprocess.run((sys.executable, *arguments), cwd=ROOT, check=False).returncode
        print(f"   {time.monotonic() - start:.1f} s", flush=True)
        if code:
            print(f"{name} failed", file=sys.stderr)
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
