"""How long the static checks take on a large change in a large repository, beside ruff and ty over the same change.

The repository is scripted: packages of modules that import one another, with tests. What is timed is what a person
waits for: a process that opens the packet and yields results. The floor is `ruff check` and `ty check`, one after
the other, in a work tree of the head: over the changed files, and over the whole. What a change costs in a repository
of ten times the files stands below each pair of sizes: it should hardly be more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.git.scratch import Commit, make_repository

if TYPE_CHECKING:
    from collections.abc import Sequence

_START = 1_772_000_000
_FUNCTIONS = 12
_EDITED_LINES = 7
SIZES: tuple[tuple[int, int], ...] = ((5_000, 100), (500, 1_000), (5_000, 1_000), (500, 10_000), (5_000, 10_000))
"""Files of the repository, and lines that the change adds."""


def measure(place: Path) -> None:
    """Print one row for each size."""
    print(f"\n{'':30}{'ruff + ty, changed':>20}{'whole':>10}{'first':>9}{'last':>9}{'ratios':>14}")
    took: dict[int, dict[int, float]] = {}
    for files, lines in SIZES:
        root = place / f"repository-{files}-{lines}"
        changed = _repository(root, files, lines)
        packet = root.with_suffix(".packet")
        command = [sys.executable, "-m", "reviewer", "pack", "main..work", "--repo", str(root), "--session", "none"]
        _quiet([*command, "-o", str(packet)])
        first, last = _checked(packet, root)
        some, whole = (_floor(root, paths) for paths in (changed, ["."]))
        row = f"{f'{lines:,} lines, {files:,} files':30}{some:>18.2f} s{whole:>8.2f} s{first:>7.2f} s{last:>7.2f} s"
        print(f"{row}{last / some:>7.1f}{last / whole:>7.1f}", flush=True)
        known = took.setdefault(lines, {})
        for fewer, before in known.items():
            print(f"  {lines:,} lines in {files:,} files take {last / before:.2f} of those in {fewer:,}", flush=True)
        known[files] = last


def _floor(root: Path, paths: Sequence[str]) -> float:
    ruff = _timed(["ruff", "check", "--isolated", "--exit-zero", "--no-cache", *paths], root)
    return ruff + _timed(["ty", "check", "--exit-zero", "--python", sys.prefix, *paths], root)


def _repository(root: Path, files: int, lines: int) -> list[str]:
    """Make a repository of so many files with a change that adds about so many lines; return the changed paths."""
    before = {f"src/shop/part_{n % 40:02}/module_{n:05}.py": _module(n, files) for n in range(files)}
    before |= {f"src/shop/part_{n:02}/__init__.py": b"" for n in range(40)} | {"src/shop/__init__.py": b""}
    before["pyproject.toml"] = b'[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n'
    share = _FUNCTIONS * _EDITED_LINES
    touched = [path for path in before if path.endswith(".py") and "module" in path][: max(1, lines // share)]
    after = dict(before)
    for number, path in enumerate(touched):
        after[path] = _module(number, files, changed=True)
    author = ("Bench", "bench@example.org")
    make_repository(
        root,
        (Commit(before, "Start\n", author, _START), Commit(after, "Count twice\n", author, _START + 3600)),
        branch="work",
    )
    return touched


def _module(number: int, files: int, *, changed: bool = False) -> bytes:
    other = (number * 7 + 1) % files
    lines = [
        f'"""Part {number} of the shop."""',
        "from __future__ import annotations",
        "import json",
        "import logging",
        f"from shop.part_{other % 40:02}.module_{other:05} import step_0 as next_step",
        "log = logging.getLogger(__name__)",
    ]
    for function in range(_FUNCTIONS):
        lines += [
            "",
            f"def step_{function}(items: list[dict[str, int]], limit: int = {function + 1}) -> int:",
            f'    """Add up what step {function} of part {number} has to say."""',
            "    total = 0",
            "    for item in items:",
            f'        if item.get("kind", 0) > limit + {function}:',
            "            continue",
        ]
        if changed:
            lines += [
                f'        weight = item.get("weight", {number % 9 + 1})',
                "        try:",
                f'            total += int(item["count"]) * weight + {function}',
                "        except KeyError:",
                '            log.warning("an item without a count: %s", json.dumps(item))',
                "            raise",
                "        total = min(total, 10_000)",
            ]
        else:
            lines += [f'        total += item["count"] * {number % 9 + 1}']
        lines += ["    return total if total < limit else next_step(items[1:], limit)"]
    return ("\n".join(lines) + "\n").encode()


def _checked(packet: Path, root: Path) -> tuple[float, float]:
    """Return the seconds from the start of a process to its first and to its last result."""
    script = (
        "import sys, json\n"
        "from pathlib import Path\n"
        "from reviewer.workflow.open import open_packet\n"
        "from reviewer.workflow.checking import check\n"
        "with open_packet(Path(sys.argv[1]), repository=Path(sys.argv[2])) as opened:\n"
        "    for result in check(opened, python=sys.prefix):\n"
        "        print(json.dumps([result.mode, result.status, len(result.findings), result.seconds]), flush=True)\n"
    )
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", script, str(packet), str(root)], stdout=subprocess.PIPE)
    seen: list[float] = []
    slow: list[tuple[float, str]] = []
    for line in child.stdout or ():
        seen.append(time.perf_counter() - started)
        mode, _, _, seconds = json.loads(line)
        slow.append((seconds, mode))
    if child.wait() or not seen:
        sys.exit("the checks broke: run `reviewer check` by hand to see why")
    named = ", ".join(f"{mode} {seconds:.2f}" for seconds, mode in sorted(slow, reverse=True)[:5])
    print(f"  slowest: {named}")
    return seen[0], seen[-1]


def _timed(command: Sequence[str], root: Path) -> float:
    program = Path(sys.executable).parent / command[0]
    started = time.perf_counter()
    _quiet([str(program), *command[1:]], root)
    return time.perf_counter() - started


def _quiet(command: Sequence[str], root: Path | None = None) -> None:
    done = subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
