"""The oracles of tests in languages that are read as syntax trees: one module a language, in one common form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.oracles.trees import go, java, ruby, rust, script
from reviewer.checks.oracles.trees.calls import MOST, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.checks.oracles.model import Oracle
    from reviewer.checks.roles import Language
    from reviewer.syntax.function import Function

_READERS: dict[Language, Callable[[Standing], Iterator[Oracle]]] = {
    "javascript": script.read,
    "typescript": script.read,
    "go": go.read,
    "java": java.read,
    "ruby": ruby.read,
    "rust": rust.read,
}


def oracles(function: Function, language: Language) -> list[Oracle]:
    """Return the oracles of a test in source order, with those of functions inside it."""
    read = _READERS.get(language)
    if read is None:
        return []
    found: list[Oracle] = []
    if language == "java":
        found.extend(java.expected(function))
    elif language == "rust":
        found.extend(rust.expected(function))
    for place in standing(function):
        found.extend(read(place))
        if len(found) >= MOST:
            break
    return found
