"""Frozen dataclasses to JSON objects and back, closed: a missing, unknown or mistyped field is a refusal.

A field that is marked as `later` is left out when it has its default, and has to be: one record has one encoding. Field
names are written in camelCase. Knows text, whole numbers, literals, optional values, tuples and nested records;
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
        return {
            _camel(field.name): encode(held)
            for field in dataclasses.fields(value)
            for held in (getattr(value, field.name),)
            if not (_is_later(field) and held == field.default)
        }
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
    hints = get_type_hints(kind)
    fields = {_camel(field.name): (field.name, _decoder(hints[field.name])) for field in dataclasses.fields(kind)}
    later = {_camel(field.name): field.default for field in dataclasses.fields(kind) if _is_later(field)}
    needed = fields.keys() - later.keys()

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if type(value) is not dict:
            raise _MismatchError("", "is not an object")
        if not needed <= value.keys() <= fields.keys():
            raise _wrong_fields(value, needed, fields.keys())
        made = {}
        for key, held in value.items():
            name, decoder = fields[key]
            try:
                made[name] = decoder(held)
            except _MismatchError as error:
                raise _MismatchError(f".{key}{error.path}", error.says) from None
            if key in later and made[name] == later[key]:
                raise _MismatchError(f".{key}", "says nothing, and has to be left out then")
        return kind(**made)

    return read


def _is_later(field: dataclasses.Field[Any]) -> bool:
    return bool(field.metadata.get("later"))


def _wrong_fields(value: dict[str, Any], needed: Any, names: Any) -> _MismatchError:  # noqa: ANN401 - views of keys
    if missing := needed - value.keys():
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
