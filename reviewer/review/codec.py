"""Review events to JSON objects and back, strictly: what does not fit an event's own fields is not that event.

The field types of `event` are the schema; an object of a type that is not known here is kept whole, as
`UnknownRecorded`.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from reviewer.review.event import ReviewEvent, UnknownRecorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_UNKNOWN = UnknownRecorded.__dataclass_fields__["type"].default


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    required: bool
    accepts: Callable[[object], bool]


def to_fields(event: ReviewEvent) -> dict[str, Any]:
    """Return an event as a JSON object, `type` first; fields that are None or empty by default are left out."""
    if isinstance(event, UnknownRecorded):
        return {"type": event.name, **json.loads(event.raw)}
    values: dict[str, Any] = {"type": event.type}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name != "type" and (field.default is MISSING or value != field.default):
            values[field.name] = list(value) if isinstance(value, tuple) else value
    return values


def from_fields(values: Mapping[str, Any]) -> ReviewEvent:
    """Return the event that a JSON object holds.

    Raises:
        ValueError: there is no `type`, or a known type with a field that is missing, unknown or of the wrong kind; the
            text says which.
    """
    name = values.get("type")
    if not isinstance(name, str):
        raise ValueError("'type' has to be a text")  # noqa: TRY004 - one kind of error for one bad line
    rest = {key: value for key, value in values.items() if key != "type"}
    kind = _by_name().get(name)
    if kind is None:
        return UnknownRecorded(name=name, raw=json.dumps(rest, sort_keys=True, separators=(",", ":")))
    schema = _schema(kind)
    for key in rest:
        if key not in schema:
            raise ValueError(f"'{key}' is not a field of '{name}'")
    for field in schema.values():
        if field.name not in rest:
            if field.required:
                raise ValueError(f"'{name}' needs '{field.name}'")
        elif not field.accepts(rest[field.name]):
            raise ValueError(f"'{field.name}' of '{name}' has a value of the wrong kind")
    event: ReviewEvent = kind(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in rest.items()}
    )
    return event


@cache
def _by_name() -> dict[str, Any]:
    kinds = {kind.__dataclass_fields__["type"].default: kind for kind in get_args(ReviewEvent)}
    # An "unknown" on disk would be one that this version wrote about itself: it never does.
    return {name: kind for name, kind in kinds.items() if name != _UNKNOWN}


@cache
def _schema(kind: Any) -> dict[str, _Field]:  # noqa: ANN401 - one of the event classes
    hints = get_type_hints(kind)
    return {
        field.name: _Field(field.name, field.default is MISSING, _acceptor(hints[field.name]))
        for field in fields(kind)
        if field.name != "type"
    }


def _acceptor(hint: object) -> Callable[[object], bool]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in arguments
    if origin in (Union, UnionType):
        each = [_acceptor(argument) for argument in arguments]
        return lambda value: any(accepts(value) for accepts in each)
    if origin is tuple:
        return lambda value: isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    if hint is int:
        return lambda value: type(value) is int and value > 0
    if hint in (bool, str, type(None)):
        return lambda value: type(value) is hint
    msg = f"no rule for {hint}"
    raise TypeError(msg)
