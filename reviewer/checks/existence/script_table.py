"""Names that JavaScript programs have without declaring them, and the members of what Node.js brings.

Data beside this module, read when it is first asked for.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Names:
    """What exists.

    Attributes:
        globals: names that are there without a declaration.
        objects: members of global objects; modules: of modules of Node.js, without `node:`.
        literals: members of "string" and "array".
    """

    globals: frozenset[str]
    objects: Mapping[str, frozenset[str]]
    modules: Mapping[str, frozenset[str]]
    literals: Mapping[str, frozenset[str]]


@functools.cache
def names() -> Names:
    """Return the table."""
    read = tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))
    shared = frozenset(read["everywhere"]["functions"].split())

    def members(table: str) -> dict[str, frozenset[str]]:
        return {name: frozenset(words.split()) | shared for name, words in read[table].items()}

    free = frozenset(word for words in read["globals"].values() for word in words.split())
    return Names(free, members("objects"), members("modules"), members("literals"))
