"""`timeline.jsonl`: the run as one JSON object a line (packet format, "timeline").

Knows the shapes of `reviewer.run.event` and nothing of agents or packets. What is written here is what is read here: an
event survives the round trip, a line that is not an event is an error with its number, and an event of a later version
is kept as unknown.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, cast, get_args, get_origin, get_type_hints

import orjson

from reviewer.errors import BadPacketError
from reviewer.run import event as events_module
from reviewer.run.event import Event, PlanStep, Unknown

_Check: TypeAlias = Callable[[object], object]
_KEPT_TEXT = 1024
"""How much of an event of an unknown kind is kept, in characters."""


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    """A value is not what the field holds; the text says what was expected."""


class _Shape:
    """One kind of event: its class, its fields in the order of the file, and how each is checked."""

    __slots__ = ("checks", "cls", "defaults", "kind", "names", "required")

    def __init__(self, cls: type[Event]) -> None:
        own = {field.name: field for field in fields(cls)}
        hints = get_type_hints(cls)
        self.cls = cls
        self.kind = cast("str", own["kind"].default)
        self.names = ("kind", *(name for name in own if name != "kind"))
        self.checks = {name: _check(hints[name]) for name in self.names}
        self.required = frozenset(
            name for name, field in own.items() if _is_required(field) and not _takes_none(hints[name])
        )
        # A field without default that may be None is left out of the file when it is None.
        self.defaults = {name: None for name, field in own.items() if _is_required(field) and _takes_none(hints[name])}


def dump(events: Iterable[Event]) -> bytes:
    """Return events as JSON Lines in UTF-8: `kind` first, fields that are None left out, one line feed after each."""
    return b"".join(map(dump_event, events))


def dump_event(event: Event) -> bytes:
    """Return one line of the timeline with its line feed; lone surrogates become `?`, since JSON cannot hold them."""
    row = {name: value for name in _SHAPES[event.kind].names if (value := getattr(event, name)) is not None}
    try:
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return orjson.dumps(_encodable(row), option=orjson.OPT_APPEND_NEWLINE)


def parse(data: bytes, name: str = "timeline.jsonl") -> tuple[Event, ...]:
    """Return the events of a timeline.

    Args:
        data: the whole file.
        name: what to call the file in errors.

    Returns:
        the events in order; those of kinds that this version does not know as `Unknown`.

    Raises:
        BadPacketError: a line is not a JSON object of the expected shape, or `seq` does not grow.
    """
    found: list[Event] = []
    last = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line:
            continue
        try:
            event = _event(line, number)
            if event.seq <= last:
                raise _Wrong(f"'seq' is {event.seq} after {last}, it has to grow")
        except _Wrong as wrong:
            raise BadPacketError(
                f"{name}, line {number}: {wrong}.", hint="Make the packet again from the run's own log."
            ) from None
        last = event.seq
        found.append(event)
    return tuple(found)


def class_of(kind: str) -> type[Event] | None:
    """Return the class of events of a kind, None for a kind that there is not."""
    shape = _SHAPES.get(kind)
    return None if shape is None else shape.cls


def kinds() -> tuple[str, ...]:
    """Return the kinds of events."""
    return tuple(_SHAPES)


def required(kind: str) -> frozenset[str]:
    """Return the fields that an event of a kind cannot be without, `kind` and what every event has included."""
    return _SHAPES[kind].required


def field_names(kind: str) -> tuple[str, ...]:
    """Return the fields of events of a kind."""
    return _SHAPES[kind].names


def read_field(kind: str, name: str, value: object) -> tuple[object, str]:
    """Return a field's value as the event holds it, and ""; or None, and what it has to be ("has to be text")."""
    try:
        return _SHAPES[kind].checks[name](value), ""
    except _Wrong as wrong:
        return None, str(wrong)


def _event(line: bytes, number: int) -> Event:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _Wrong(f"not JSON ({error.msg})") from None
    if not isinstance(row, dict):
        raise _Wrong("expected a JSON object")
    kind = row.get("kind")
    if not isinstance(kind, str):
        raise _Wrong("'kind' is missing or no text")
    shape = _SHAPES.get(kind)
    if shape is None:
        return _unknown(kind, row, line, number)
    unexpected = next((key for key in row if key not in shape.checks), None)
    if unexpected is not None:
        raise _Wrong(f"an event '{kind}' has no '{unexpected}'")
    missing = next((key for key in shape.names if key in shape.required and key not in row), None)
    if missing is not None:
        raise _Wrong(f"an event '{kind}' needs '{missing}'")
    values = dict(shape.defaults)
    for key, value in row.items():
        try:
            values[key] = cast("None", shape.checks[key](value))
        except _Wrong as wrong:
            raise _Wrong(f"'{key}' {wrong}") from None
    return cast("Event", cast("Any", shape.cls)(**values))


def _unknown(kind: str, row: dict[str, object], line: bytes, number: int) -> Unknown:
    seq, time, turn = row.get("seq"), row.get("time"), row.get("turn")
    return Unknown(
        seq=seq if type(seq) is int and seq > 0 else number,
        time=time if isinstance(time, str) else None,
        turn=turn if type(turn) is int and turn >= 0 else 0,
        record=kind,
        text=line.decode("utf-8", "replace")[:_KEPT_TEXT],
    )


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _takes_none(hint: object) -> bool:
    return get_origin(hint) in {UnionType, typing.Union} and NoneType in get_args(hint)


def _check(hint: Any) -> _Check:  # noqa: ANN401 - any type annotation
    """Return the check of one annotation; the annotations of `reviewer.run.event` need no more than these."""
    if _takes_none(hint):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return _check(inner)
    if get_origin(hint) is Literal:
        return _choice(get_args(hint))
    if get_origin(hint) is tuple:
        return _steps
    if get_origin(hint) is dict:
        return _counts
    return {str: _text, int: _integer, float: _number, bool: _flag}[hint]


def _choice(values: tuple[str, ...]) -> _Check:
    known = frozenset(values)

    def check(value: object) -> object:
        if not isinstance(value, str) or value not in known:
            raise _Wrong(f"has to be one of {', '.join(values)}")
        return value

    return check


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise _Wrong("has to be text")
    return value


def _integer(value: object) -> object:
    if type(value) is not int:
        raise _Wrong("has to be a whole number")
    return value


def _number(value: object) -> object:
    if type(value) not in {int, float} or not math.isfinite(cast("float", value)):
        raise _Wrong("has to be a number")
    return float(cast("float", value))


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise _Wrong("has to be true or false")
    return value


def _counts(value: object) -> object:
    if not isinstance(value, dict) or any(type(count) is not int for count in value.values()):
        raise _Wrong("has to be an object of whole numbers")
    return value


_STATUS = _check(get_type_hints(PlanStep)["status"])


def _steps(value: object) -> object:
    if not isinstance(value, list):
        raise _Wrong("has to be a list of steps")
    return tuple(_step(entry) for entry in value)


def _step(entry: object) -> PlanStep:
    if not isinstance(entry, dict) or not {"text"} <= entry.keys() <= {"text", "status"}:
        raise _Wrong("has to be a list of objects with 'text' and 'status'")
    return PlanStep(cast("str", _text(entry["text"])), cast("Any", _STATUS(entry.get("status", "unknown"))))


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, dict):
        return {_encodable(key): _encodable(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_encodable(entry) for entry in value]
    if isinstance(value, PlanStep):
        return {"text": _encodable(value.text), "status": value.status}
    return value


_SHAPES: dict[str, _Shape] = {
    shape.kind: shape
    for shape in (_Shape(cls) for cls in cast("tuple[type[Event], ...]", get_args(events_module.Event)))
}
