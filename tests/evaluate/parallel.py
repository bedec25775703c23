"""Many examinations at once in processes of their own, kept on disk by what was examined and the code that did it."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import reviewer
from tests.evaluate.examined import Examined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

PROCESSES = 2
CODE = ("checks", "analysis", "syntax", "probe", "workflow/checking.py")


def code_digest() -> str:
    """Digest of all that decides what is found."""
    root = Path(reviewer.__file__).parent
    whole = hashlib.sha256()
    for part in CODE:
        place = root / part
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in {".py", ".toml"} and path.name != "measured.toml" and path.is_file():
                whole.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def cache_at(place: Path | None = None) -> Path:
    """Where results are kept: below `REVIEWER_EVALUATE_CACHE`, or the person's cache."""
    named = os.environ.get("REVIEWER_EVALUATE_CACHE")
    return place or Path(named or Path.home() / ".cache" / "reviewer-evaluate")


def examine_all(wanted: Mapping[str, T], function: Callable[[T], Examined], said: str) -> dict[str, Examined]:
    """Examine each and return the results by name.

    Args:
        wanted: what to examine, by names that say all there is to know of it.
        function: of a module, called in another process.
        said: what is counted on stderr meanwhile.
    """
    kept = cache_at() / code_digest()
    kept.mkdir(parents=True, exist_ok=True)
    done: dict[str, Examined] = {}
    for name in wanted:
        path = _path(kept, name)
        if path.is_file():
            done[name] = Examined.from_json(json.loads(path.read_text("utf-8")))
    left = [name for name in wanted if name not in done]
    with ProcessPoolExecutor(PROCESSES) as pool:
        running = {pool.submit(function, wanted[name]): name for name in left}
        for number, future in enumerate(as_completed(running), 1):
            name = running[future]
            try:
                result = future.result()
            except Exception:  # noqa: BLE001 - one change that breaks the product must not end the measurement
                result = Examined(name=name, statuses={}, error=traceback.format_exc(limit=-1))
            done[name] = result
            if not result.error:
                path = _path(kept, name)
                path.with_suffix(".part").write_text(json.dumps(result.as_json()), "utf-8")
                path.with_suffix(".part").replace(path)
            if sys.stderr.isatty() or number % 25 == 0:
                print(f"{said}: {number} of {len(left)}", file=sys.stderr, flush=True)
    return {name: done[name] for name in wanted}


def _path(kept: Path, name: str) -> Path:
    return kept / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"
