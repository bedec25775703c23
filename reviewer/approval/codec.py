"""Frozen dataclasses to JSON objects and back, closed: a missing, unknown or mistyped field is a refusal.

Field names are written in camelCase. Knows text, whole numbers, literals, optional values, tuples and nested records;
no pydantic, because `verify` has to start fast and must not coerce anything.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from reviewer.approval.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Record = TypeVar("_Record")
_Decoder: TypeAlias = "Callable[[Any], Any]"


class _MismatchError(Exception):
    """A value that does not fit; the path to it is put together while it is raised through the records."""

    def __init__(self, path: str, says: str) -> None:
        super().__init__(path, says)
        self.path = path
        self.says = says


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
    try:
        return cast("_Record", _record(cast("Hashable", kind))(value))
    except _MismatchError as error:
        raise RefusedError(f"{where}{error.path} {error.says}") from None


@functools.cache
def _record(kind: Any) -> _Decoder:  # noqa: ANN401 - a class
    fields = {_camel(name): (name, _decoder(hint)) for name, hint in get_type_hints(kind).items()}
    names = fields.keys()

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if type(value) is not dict:
            raise _MismatchError("", "is not an object")
        if value.keys() != names:
            raise _wrong_fields(value, names)
        made = {}
        for key, (name, decoder) in fields.items():
            try:
                made[name] = decoder(value[key])
            except _MismatchError as error:
                raise _MismatchError(f".{key}{error.path}", error.says) from None
        return kind(**made)

    return read


def _wrong_fields(value: dict[str, Any], names: Any) -> _MismatchError:  # noqa: ANN401 - a view of keys
    if missing := names - value.keys():
        return _MismatchError("", f"has no '{min(missing)}'")
    return _MismatchError("", f"has the unknown field '{min(value.keys() - names)}'; it may be from a newer version")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@functools.cache
def _decoder(hint: Any) -> _Decoder:  # noqa: ANN401 - a type as typing gives it
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        inner = _decoder(next(part for part in get_args(hint) if part is not types.NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _list(_decoder(get_args(hint)[0]))
    if origin is Literal:
        return _one_of(get_args(hint))
    if dataclasses.is_dataclass(hint):
        return _record(cast("Hashable", hint))
    return _whole if hint is int else _text


def _list(inner: _Decoder) -> _Decoder:
    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if type(value) is not list:
            raise _MismatchError("", "is not a list")
        made = []
        for number, entry in enumerate(value):
            try:
                made.append(inner(entry))
            except _MismatchError as error:
                raise _MismatchError(f"[{number}]{error.path}", error.says) from None
        return tuple(made)

    return read


def _one_of(choices: tuple[str, ...]) -> _Decoder:
    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if type(value) is not str or value not in choices:
            raise _MismatchError("", f"is not one of {', '.join(choices)}")
        return value

    return read


def _text(value: Any) -> Any:  # noqa: ANN401 - JSON
    if type(value) is not str:
        raise _MismatchError("", "is not text")
    return value


def _whole(value: Any) -> Any:  # noqa: ANN401 - JSON
    # A bool is an int to isinstance, and not to us.
    if type(value) is not int or value < 0:
        raise _MismatchError("", "is not a whole number from zero on")
    return value
