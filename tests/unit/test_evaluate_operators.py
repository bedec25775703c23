"""Each operator puts in the fault that it names, at the line that it says, the same each time; all of it reads."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from random import Random
from typing import TYPE_CHECKING

import pytest

from reviewer.run import timeline
from reviewer.workflow.contract import load_contract
from tests.evaluate.operators.interval import wilson
from tests.evaluate.operators.recorded import honest
from tests.evaluate.operators.source import Source
from tests.evaluate.operators.table import Key, operators
from tests.support.operator_views import SHOWN, view

if TYPE_CHECKING:
    from pathlib import Path

    from tests.evaluate.operators.spoiled import Recorded, Spoiled

TABLE = operators()
LANGUAGES = ("python", "javascript", "go", "java", "ruby", "rust")
OF_RUNS = {"claim_vs_evidence", "stop_rule", "scope", "rollback"}


def spoiled(key: Key, seed: int = 0) -> Spoiled | None:
    return TABLE[key](view(key[0]), Random(seed))  # noqa: S311 - the same fault each time


def found(key: Key) -> tuple[Spoiled, int]:
    for seed in range(12):
        if (one := spoiled(key, seed)) is not None:
            return one, seed
    raise AssertionError(f"{key} finds nothing to spoil")


@pytest.mark.parametrize("key", TABLE, ids=".".join)
def test_an_operator_spoils_one_thing_the_same_way_each_time(key: Key) -> None:
    one, seed = found(key)
    assert spoiled(key, seed) == one
    given = view(key[0])
    differs = any(text != one.base.get(path, given.after.get(path)) for path, text in one.edits.items())
    assert differs or one.modes or one.run != one.honest
    assert re.fullmatch(r"[A-Z].*\.", one.words)
    for path, text in one.edits.items():
        if text is not None and path.endswith(".py"):
            ast.parse(text)
        if text is not None and path.endswith(".json"):
            json.loads(text)
        if text is not None and path.endswith(".toml"):
            tomllib.loads(text)
    if key[1] in OF_RUNS:
        assert one.run is not None
        assert one.honest is not None
    else:
        assert one.path is not None


@pytest.mark.parametrize("key", [key for key in TABLE if key[1] not in OF_RUNS], ids=".".join)
def test_the_fault_stands_at_the_line_that_is_said(key: Key) -> None:
    one, _ = found(key)
    if one.line is None:
        assert None in one.edits.values()
        return
    path = one.path or ""
    given = view(key[0])
    old, new = one.base.get(path, given.after.get(path, "")), one.edits.get(path) or ""
    text = (
        given.before.get(path, old) if one.side == "old" and path not in one.base else old if one.side == "old" else new
    )
    line = text.splitlines()[one.line - 1]
    assert line.strip()
    if key[2] in SHOWN:
        assert re.search(SHOWN[key[2]], line), line


@pytest.mark.parametrize("key", [key for key in TABLE if key[1] in OF_RUNS], ids=".".join)
def test_a_falsified_record_can_still_be_read(key: Key, tmp_path: Path) -> None:
    one, _ = found(key)
    for record in (one.run, one.honest):
        assert record is not None
        readable(record, tmp_path)


def readable(record: Recorded, place: Path) -> None:
    (place / "task.toml").write_text(record.contract_text, "utf-8")
    load_contract(place / "task.toml")
    for row in record.events:
        if row["kind"] == "run":
            continue
        assert timeline.class_of(row["kind"]) is not None
        assert row.keys() - {"output"} <= set(timeline.field_names(row["kind"]))
        assert timeline.required(row["kind"]) - {"seq", "n"} <= row.keys()


@pytest.mark.parametrize("seed", range(20))
def test_an_honest_record_ends_with_green_tests_and_words(seed: int) -> None:
    record = honest(view("python"), Random(seed))  # noqa: S311 - the same record each time
    assert record is not None
    kinds = [row["kind"] for row in record.events]
    assert kinds[0] == "run"
    assert kinds[-2:] == ["message", "end"]
    assert [row["exit_code"] for row in record.events if row["kind"] == "command"][-1] == 0
    assert "edit" not in kinds[kinds.index("message") :]


def test_the_interval_holds_the_share_and_narrows() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(80, 100)[0] > low
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert wilson(0, 10)[0] == pytest.approx(0.0)


def test_names_change_and_keywords_keep_theirs() -> None:
    text = "def f(app: App, é=1):\n    rows = app.get(app=app)\n    é = rows\n    return rows.app, é\n\n\nx = 1\n"
    source = Source("a.py", None, text, set(), {})
    names = {"app": "one", "rows": "item", "é": "e"}
    wanted = "def f(one: App, e=1):\n    item = one.get(app=one)\n    e = item\n    return item.app, e\n"
    assert source.lines_renamed(1, 4, names) == wanted
