"""Many examinations at once in processes of their own, kept on disk by what was examined and the code that did it."""

from __future__ import annotations

import hashlib
import json
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, TypeVar

from tests.evaluate.examined import Examined
from tests.evaluate.kept import cache, code_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T = TypeVar("T")

PROCESSES = 2
CODE = ("checks", "analysis", "syntax", "probe", "workflow/checking.py")


def examine_all(wanted: Mapping[str, T], function: Callable[[T], Examined], said: str) -> dict[str, Examined]:
    """Examine each and return the results by name.

    Args:
        wanted: what to examine, by names that say all there is to know of it.
        function: of a module, called in another process.
        said: what is counted on stderr meanwhile.
    """
    kept = cache() / code_digest(CODE)
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
