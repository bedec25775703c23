"""What running showed, as JSON that is read back strictly: each field there, of its type, and nothing else.

Lone surrogates (names that are not UTF-8) go and come back as they are.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from functools import cache
from typing import Any, Literal, TypeVar

from reviewer.checks import probed
from reviewer.errors import ReviewerError

T = TypeVar("T")


class NotAsWrittenError(ReviewerError):
    """A kept result is not as it was written."""


def encode(value: object) -> bytes:
    """Return a value of plain data classes as one line of JSON."""
    return json.dumps(_plain(value), ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def decode(kind: type[T], data: bytes) -> T:
    """Return the value of a data class.

    Raises:
        NotAsWrittenError: it is none, or not of this type.
    """
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotAsWrittenError("it is no JSON") from error
    value: T = _read(kind, found)
    return value


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _read(kind: Any, found: Any) -> Any:  # noqa: ANN401 - a type, and what JSON has in its place
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _record(kind, found)
    if origin is Literal:
        if found in inner and isinstance(found, str):
            return found
        raise NotAsWrittenError(f"an unknown word: {str(found)[:40]!r}")
    if origin in {types.UnionType, typing.Union}:
        if found is None and type(None) in inner:
            return None
        (other,) = (one for one in inner if one is not type(None))
        return _read(other, found)
    if origin is tuple:
        return _tuple(inner, found)
    if kind is float and type(found) is int:
        return float(found)
    if type(found) is kind:
        return found
    raise NotAsWrittenError(f"expected {getattr(kind, '__name__', kind)}")


def _tuple(inner: tuple[Any, ...], found: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as above
    if not isinstance(found, list):
        raise NotAsWrittenError("expected a list")
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], one) for one in found)
    if len(found) != len(inner):
        raise NotAsWrittenError(f"expected {len(inner)} values")
    return tuple(_read(kind, one) for kind, one in zip(inner, found, strict=True))


def _record(kind: Any, found: Any) -> Any:  # noqa: ANN401 - as above
    fields = _fields(kind)
    if not isinstance(found, dict) or found.keys() != fields.keys():
        raise NotAsWrittenError(f"the fields are not those of {kind.__name__}")
    return kind(**{name: _read(each, found[name]) for name, each in fields.items()})


@cache
def _fields(kind: type[Any]) -> dict[str, Any]:
    # A record that names others of these only where types are checked is read all the same.
    hints = typing.get_type_hints(kind, localns=vars(probed))
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
