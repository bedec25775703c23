"""What type checkers and linter said of a change, kept on disk: most time goes there, and checks change more often.

Only what `reviewer.analysis` gives is kept, under a digest of its code; the checks that judge it run anew.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest import mock

import reviewer
from reviewer.workflow import checking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.diagnostics import Diagnostics


def cache() -> Path:
    """Where results are kept: below `REVIEWER_EVALUATE_CACHE`, or the person's cache."""
    named = os.environ.get("REVIEWER_EVALUATE_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "reviewer-evaluate"


def code_digest(parts: Sequence[str]) -> str:
    """Digest of modules and packages of `reviewer`; what a measurement wrote itself does not count."""
    root = Path(reviewer.__file__).parent
    whole = hashlib.sha256()
    for part in parts:
        place = root / part
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in {".py", ".toml"} and path.name != "measured.toml" and path.is_file():
                whole.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


@contextmanager
def diagnoses(name: str) -> Iterator[None]:
    """Let `checking` take what tools say from the disk, if it was asked for this change before.

    Args:
        name: says all there is to know of the change.
    """
    kept = cache() / f"tools-{code_digest(('analysis',))}"
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / hashlib.sha256(name.encode()).hexdigest()[:24]
    ask: Callable[..., Diagnostics] = checking.diagnose

    def diagnose(*given: object, **named: object) -> Diagnostics:
        if path.is_file():
            words = path.read_bytes()
            return cast("Diagnostics", pickle.loads(words))  # noqa: S301 - this program wrote it, in its own cache
        said = ask(*given, **named)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(pickle.dumps(said))
        part.replace(path)
        return said

    with mock.patch.object(checking, "diagnose", diagnose):
        yield
