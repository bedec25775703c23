"""Frozen dataclasses to JSON objects and back, closed: a missing, unknown or mistyped field is a refusal.

Field names are written in camelCase. Knows text, whole numbers, literals, optional values, tuples and nested records;
no pydantic, because `verify` has to start fast and must not coerce anything.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from reviewer.approval.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Hashable

_Record = TypeVar("_Record")
_KINDS = {str: "text", int: "a whole number"}


def encode(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON value of a record."""
    if dataclasses.is_dataclass(value):
        return {_camel(field.name): encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [encode(entry) for entry in value]
    return value


def decode(kind: type[_Record], value: Any, where: str) -> _Record:  # noqa: ANN401 - JSON
    """Return the record of type `kind` that `value` holds; `where` names it in sentences ("predicate").

    Raises:
        RefusedError: naming the field that is missing, unknown or of the wrong type.
    """
    if not isinstance(value, dict):
        raise RefusedError(f"{where} is not an object")
    hints = _fields(cast("Hashable", kind))
    if missing := hints.keys() - value.keys():
        raise RefusedError(f"{where} has no '{min(missing)}'")
    if unknown := value.keys() - hints.keys():
        raise RefusedError(f"{where} has the unknown field '{min(unknown)}'; it may be from a newer version")
    return kind(**{name: _value(hint, value[key], f"{where}.{key}") for key, (name, hint) in hints.items()})


@functools.cache
def _fields(kind: Any) -> dict[str, tuple[str, Any]]:  # noqa: ANN401 - a class
    return {_camel(name): (name, hint) for name, hint in get_type_hints(kind).items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _value(hint: Any, value: Any, where: str) -> Any:  # noqa: ANN401 - JSON
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        if value is None:
            return None
        return _value(next(part for part in get_args(hint) if part is not types.NoneType), value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise RefusedError(f"{where} is not a list")
        inner = get_args(hint)[0]
        return tuple(_value(inner, entry, f"{where}[{number}]") for number, entry in enumerate(value))
    if origin is Literal:
        if value not in get_args(hint):
            raise RefusedError(f"{where} is not one of {', '.join(get_args(hint))}")
        return value
    if dataclasses.is_dataclass(hint):
        return decode(cast("type[Any]", hint), value, where)
    # A bool is an int to isinstance, and not to us.
    if type(value) is not hint:
        raise RefusedError(f"{where} is not {_KINDS.get(hint, 'of the right type')}")
    if hint is int and value < 0:
        raise RefusedError(f"{where} is below zero")
    return value
