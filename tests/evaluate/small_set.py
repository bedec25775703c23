"""The small set: changes written for this purpose over small projects, their faults labelled before any check saw them.

A project is a folder with `base.toml`, its files, and one TOML file a change: edits of these files, labels, and
sometimes a contract and a recorded run. A label names its line by a piece of its text, so that no number can be wrong.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import tomli_w

from reviewer.checks.finding import MODES
from tests.evaluate.model import Change, Half, Label

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = Path(__file__).parent / "small"
SECOND = Path(__file__).parent / "second"
"""Written later, by others, who had read no check either."""


HALVES: tuple[Half, Half] = ("open", "held")


class BadChangeError(Exception):
    """A change of the set does not fit its project."""


def load() -> tuple[Change, ...]:
    """Return all changes of the first set by name; every other one is of the held half.

    Raises:
        BadChangeError: an edit or a label does not fit.
    """
    return tuple(_change(path, HALVES[number % 2]) for number, path in enumerate(_paths(PLACE)))


def load_second(place: Path = SECOND) -> tuple[Change, ...]:
    """Return all changes of the second set by name; a name alone says of which half, so that a set can grow.

    Raises:
        BadChangeError: an edit or a label does not fit.
    """
    return tuple(_change(path, HALVES[_coin(f"{path.parent.name}/{path.stem}")]) for path in _paths(place))


def _paths(place: Path) -> list[Path]:
    return sorted(path for path in place.glob("*/*.toml") if path.name != "base.toml")


def _coin(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] & 1


def _change(path: Path, half: Half) -> Change:
    base = tomllib.loads((path.parent / "base.toml").read_text("utf-8"))
    data = tomllib.loads(path.read_text("utf-8"))
    name = f"{path.parent.name}/{path.stem}"
    after: dict[str, str] = dict(base["files"])
    for edit in data["edit"]:
        _apply(name, after, edit)
    return Change(
        name=name,
        language=base["language"],
        half=half,
        asked=data["asked"],
        before=base["files"],
        after=after,
        labels=tuple(_label(name, row, base["files"], after) for row in data.get("label", ())),
        contract=_contract(data),
        events=data["run"]["events"] if "run" in data else None,
    )


def _apply(name: str, files: dict[str, str], edit: Mapping[str, Any]) -> None:
    path = edit["path"]
    if "write" in edit:
        files[path] = edit["write"]
    elif "append" in edit:
        files[path] += edit["append"]
    elif edit.get("delete"):
        del files[path]
    else:
        old, new = edit["old"], edit["new"]
        if files[path].count(old) != 1 and old.endswith("\n") and files[path].count(old[:-1]) == 1:
            old, new = old[:-1], new.removesuffix("\n")
        if files[path].count(old) != 1:
            raise BadChangeError(f"{name}: {path} holds {files[path].count(old)} times {old!r}")
        files[path] = files[path].replace(old, new)


def _label(name: str, row: Mapping[str, Any], before: Mapping[str, str], after: Mapping[str, str]) -> Label:
    if row["mode"] not in MODES:
        raise BadChangeError(f"{name}: no mode {row['mode']}")
    side = row.get("side", "new")
    path: str | None = row.get("path")
    line = None
    if "at" in row:
        path = cast("str", path)
        text = (before if side == "old" else after)[path]
        lines = [number for number, one in enumerate(text.split("\n"), 1) if row["at"] in one]
        old = set(before.get(path, "").split("\n")) if side == "new" else set()
        fresh = [number for number in lines if text.split("\n")[number - 1] not in old]
        if len(lines) != 1 and len(fresh) != 1:
            raise BadChangeError(f"{name}: {path} holds {row['at']!r} in lines {lines}")
        line = lines[0] if len(lines) == 1 else fresh[0]
    elif path is not None and path not in after and path not in before:
        raise BadChangeError(f"{name}: no file {path}")
    return Label(mode=row["mode"], path=path, line=line, side=side, words=row["words"])


def _contract(data: Mapping[str, Any]) -> str:
    given = dict(data.get("contract", {}))
    task: dict[str, Any] = {"objective": data["asked"], "type": data["type"]}
    if "required_commands" in given:
        task["required_commands"] = given.pop("required_commands")
    contract: dict[str, Any] = {"task": task}
    if "rollback" in given:
        contract["rollback"] = {"strategy": given.pop("rollback")}
    if given:
        contract["scope"] = given
    return tomli_w.dumps(contract)
