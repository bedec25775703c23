"""Print how `reviewer` behaves beside the floor of what it is built on, in one run on one machine.

`python -m tests.bench` measures everything; `python -m tests.bench open`, `keys`, `pack` or `checks` a part, and a
number after `pack` other sizes of the logs in MB (`pack 50 500`). Figures are medians; quote the ratios, since machines
differ.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.git.scratch import Commit, make_repository
from tests.bench.checks import measure
from tests.bench.packet import write_packet
from tests.bench.terminal import watch
from tests.bench.workload import change, write_log, write_rollout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = ((500, 5), (74_000, 200), (1_000_000, 5_000))
FIRST_TEXT = r"bench_0_0"
KEYS = (*[b"j"] * 12, *[b"]"] * 12, *[b"."] * 8, *[b"\x04"] * 8, *[b"k"] * 8, b"G", b"g", b"G", b"g")
PARSE = "import json,sys\nfor line in open(sys.argv[1],'rb'): json.loads(line)"
"""The floor for `pack`: what Python's own parser needs to look at every record once."""


def main(parts: Sequence[str]) -> int:
    """Run the parts that are named, or all."""
    sizes = [int(part) for part in parts if part.isdigit()] or [50]
    wanted = {part for part in parts if not part.isdigit()} or {"open", "keys", "pack", "checks"}
    with tempfile.TemporaryDirectory(prefix="reviewer-bench-") as place:
        # A person's second start finds compiled modules; a setting of this machine must not take that away.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ |= {"PYTHONPYCACHEPREFIX": f"{place}/compiled"}
        os.environ |= {"REVIEWER_CONFIG_DIR": f"{place}/config", "REVIEWER_STATE_DIR": f"{place}/state"}
        if wanted & {"open", "keys"}:
            _bench_open(Path(place), with_keys="keys" in wanted)
        if "pack" in wanted:
            _bench_pack(Path(place), sizes)
        if "checks" in wanted:
            measure(Path(place))
    return 0


def _bench_open(place: Path, *, with_keys: bool) -> None:
    floor = _median(lambda: watch([sys.executable, "-m", "tests.bench.empty_app"], until="bench_first_text").shown, 5)
    print(f"{'':24}{'first text':>12}{'ratio':>8}{'key median':>12}{'key p95':>10}{'resident':>10}")
    print(f"{'empty Textual app':24}{floor * 1e3:>9.0f} ms{'1.00':>8}")
    for lines, files in SIZES:
        packet = _packet(place / f"{lines}.packet", lines, files)
        command = [sys.executable, "-m", "reviewer", "open", str(packet)]
        shown = _median(lambda command=command: watch(command, until=FIRST_TEXT).shown, 5)  # type: ignore[misc]
        row = f"{f'{lines:,}-line change':24}{shown * 1e3:>9.0f} ms{shown / floor:>8.2f}"
        if with_keys:
            seen = watch(command, until=FIRST_TEXT, keys=KEYS, settle=4.0)
            pressed = sorted(seen.keys)
            high = pressed[min(len(pressed) - 1, round(0.95 * len(pressed)))]
            row += f"{statistics.median(pressed) * 1e3:>9.0f} ms{high * 1e3:>7.0f} ms{seen.resident:>6.0f} MiB"
        print(row, flush=True)


def _bench_pack(place: Path, sizes: Sequence[int]) -> None:
    repository = place / "repository"
    author = ("Bench", "bench@example.org")
    start = 1_772_000_000
    base, head = make_repository(
        repository,
        (
            Commit({"src/module_1.py": b"value = 1\n"}, "Start\n", author, start),
            Commit({"src/module_1.py": b"value = 2\n"}, "Go faster\n", author, start + 3600),
        ),
        branch="work",
    )
    out = place / "out.packet"
    command = [sys.executable, "-m", "reviewer", "pack", f"{base}..{head}", "--repo", str(repository), "-o", str(out)]
    print(f"\n{'':26}{'bare parse':>12}{'pack':>10}{'MB/s':>8}{'ratio':>8}{'resident':>12}")
    took, peak = _packed([*command, "--session", "none"], out, 3)
    print(f"{'no session':26}{'':12}{took:>8.2f} s{'':16}{peak:>8.0f} MiB", flush=True)
    for megabytes in sizes:
        # A large log takes a while; once is enough to see what it comes to.
        runs = 3 if megabytes <= 100 else 1
        for title, write in (("Claude Code", write_log), ("Codex", write_rollout)):
            log = place / "log.jsonl"
            size = write(log, cwd=str(repository), megabytes=megabytes) / 1e6
            parse = _median(lambda log=log: _seconds([sys.executable, "-c", PARSE, str(log)]), runs)  # type: ignore[misc]
            took, peak = _packed([*command, "--session", str(log)], out, runs)
            row = f"{f'{title}, {size:.0f} MB':26}{parse:>10.2f} s{took:>8.2f} s{size / took:>8.0f}{took / parse:>8.2f}"
            print(f"{row}{peak:>8.0f} MiB", flush=True)


def _packed(command: Sequence[str], out: Path, runs: int) -> tuple[float, float]:
    """Return the median seconds and the median peak of memory in MiB of packing so many times."""
    peaks: list[float] = []

    def pack() -> float:
        out.unlink(missing_ok=True)
        seconds, peak = _run(command)
        peaks.append(peak)
        return seconds

    return _median(pack, runs), statistics.median(peaks)


def _packet(path: Path, lines: int, files: int) -> Path:
    pairs = tuple(change(lines, files))
    # A change of this size does not fit a packet's budget with its contents: `pack` leaves them out, and so do we.
    small = sum(len(pair.old) + len(pair.new) for pair in pairs) < 16 << 20
    return write_packet(path, pairs, blobs=small)


def _median(measure: Callable[[], float | None], runs: int) -> float:
    seen = [value for value in (measure() for _ in range(runs)) if value is not None]
    if not seen:
        sys.exit("the text never appeared: run the command by hand to see why")
    return statistics.median(seen)


def _seconds(command: Sequence[str]) -> float:
    return _run(command)[0]


def _run(command: Sequence[str]) -> tuple[float, float]:
    """Return a command's seconds and its own peak of resident memory in MiB, not that of any other child of ours."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    took = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    return took, used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
