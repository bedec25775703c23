"""The oldest version of the language that a project says it supports, from its own manifests."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.model import MalformedError, table, text, text_of, toml_of

if TYPE_CHECKING:
    from reviewer.checks.case import SourceTree

_OLDEST, _NEWEST = 8, 14
_FLOOR = re.compile(r"(?:>=|~=|==|\^|>)\s*3\.(\d{1,2})")


def floor_of(tree: SourceTree) -> str | None:
    """Return two numbers ("3.9"), kept to what the type checkers know; None where nothing says."""
    found = _FLOOR.search(_stated(tree))
    if found is None:
        return None
    return f"3.{min(max(int(found[1]), _OLDEST), _NEWEST)}"


def _stated(tree: SourceTree) -> str:
    try:
        document = toml_of(tree.read("pyproject.toml") or b"")
    except MalformedError:
        document = {}
    stated = text(table(document, "project").get("requires-python"))
    stated = stated or text(table(document, "tool", "poetry", "dependencies").get("python"))
    if stated:
        return stated
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text_of(tree.read("setup.cfg") or b""))
        return parser.get("options", "python_requires", fallback="")
    except (configparser.Error, MalformedError):
        return ""
