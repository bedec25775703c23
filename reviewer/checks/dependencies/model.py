"""A dependency, whatever file states it, and careful access to documents that may be anything."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from reviewer.packet.explain import line_of_deep_key

Ecosystem: TypeAlias = Literal["python", "npm", "go", "cargo", "ruby", "java", "actions", "docker"]
Group: TypeAlias = Literal["runtime", "optional", "dev", "build"]

_VERSION = re.compile(r"\d+(?:\.\d+)*")
_NOT_REGISTRY = re.compile(
    r"^(?:git[+:@]|git$|github:|gitlab:|bitbucket:|gist:|https?:|ssh:|file:|link:|portal:|path:|svn|hg|bzr|\.{0,2}/|[\w-]+/[\w.-]+(?:#|$))"
)
_PINNED = re.compile(r"\s*={1,3}\s*v?[\w.+!-]+\s*|v?\d+\.\d+[\w.+-]*|[0-9a-f]{40}|(?:[\w.-]+@)?sha256:[0-9a-f]{64}")
"""Exactly one version, commit or content."""
_CONTENT = re.compile(r"^[0-9a-f]{40}$|sha256:")
"""Names a commit or a content, which is of no order."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """One stated dependency.

    Attributes:
        name: normalised for its ecosystem.
        specifier: the versions allowed, or the one version in a lock file; "" for any.
        source: "" for the ecosystem's usual registry, else where it comes from ("git+https://…", "path:…").
        written: how the file spells the name, to find its line again.
    """

    ecosystem: Ecosystem
    name: str
    group: Group
    specifier: str
    source: str
    written: str


class MalformedError(ValueError):
    """The file is not what its name says it is."""


def text_of(data: bytes) -> str:
    """Return the text of a manifest.

    Raises:
        MalformedError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8") from error


def toml_of(data: bytes) -> dict[str, Any]:
    """Return a TOML document.

    Raises:
        MalformedError: it is not TOML.
    """
    document = text_of(data)
    if line_of_deep_key(document) is not None:
        raise MalformedError("a key has too many parts to be read in bounded time")
    try:
        return tomllib.loads(document)
    except (RecursionError, ValueError) as error:
        raise MalformedError("not TOML") from error


def table(value: object, *keys: str) -> dict[str, Any]:
    """Return the table at `keys` below `value`, an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return {str(key): entry for key, entry in value.items()} if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """Return the tables of an array, leaving out whatever else is in it."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """Return the strings of an array, leaving out whatever else is in it."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a string as it is, anything else as an empty one."""
    return value if isinstance(value, str) else ""


def is_foreign_source(specifier: str) -> bool:
    """Return whether what stands for a version names a place instead (git, URL, path)."""
    return _NOT_REGISTRY.match(specifier.strip()) is not None


def lowest(specifier: str) -> tuple[int, ...] | None:
    """Return the first version that a specifier names, as numbers, or None."""
    match = None if _CONTENT.search(specifier) else _VERSION.search(specifier)
    if match is None:
        return None
    # A number of a thousand digits is not a version, and would be slow to read.
    numbers = [int(part[:9]) for part in match.group().split(".")[:6]]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def is_pinned(specifier: str) -> bool:
    """Return whether a specifier allows one version only."""
    return bool(_PINNED.fullmatch(specifier)) and "*" not in specifier
