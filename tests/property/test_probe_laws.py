"""Laws of what is read from a run: any bytes are read under bounds, without an error, and mixed rows stay apart."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reviewer.probe.frameworks import rows
from reviewer.probe.frameworks.pytest_options import kept
from reviewer.probe.sandbox.limits import CellRun
from reviewer.text import hazards
from tests.support import probing

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["k", "id", "o", "w", "x", "d", "m", "e", "f", "n", "l", "own", "names", "foreign", "exit"])
WORDS = st.sampled_from(
    ["t", "c", "x", "l", "m", "e", "passed", "failed", "skipped", "call", "setup", "a.py::b", "a.py"]
)
ROWS = st.dictionaries(KEYS, WORDS | VALUES | st.lists(st.integers(), max_size=4), max_size=8)


def _run(report: bytes, tail: bytes, code: int | None) -> CellRun:
    return CellRun(argv=("x",), code=code, ended="exit", seconds=0.0, report=report, tail=tail)


@given(st.lists(ROWS, max_size=12), st.binary(max_size=40), st.sampled_from([0, 1, 4, -9, None]))
def test_any_rows_are_read(found: list[dict[str, object]], tail: bytes, code: int | None) -> None:
    report = "\n".join(json.dumps(row) for row in found).encode()
    made = rows.read(_run(report, tail, code), "the head", traced=True)
    assert all(name == row.id for name, row in made.tests.items())
    assert all(not hazards(gap) for gap in made.gaps)
    assert made.complete or made.passed is None


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_any_bytes_are_read(report: bytes, tail: bytes) -> None:
    made = rows.read(_run(report, tail, 0), "the head", traced=True)
    assert not made.complete or b'"e"' in report


@given(st.text(max_size=80), st.sampled_from(["pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"]))
def test_any_settings_are_read(text: str, path: str) -> None:
    kept(probing.files({path: text}))
    kept(probing.files({path: f"[tool.pytest.ini_options]\naddopts = {json.dumps(text)}\n"}))
