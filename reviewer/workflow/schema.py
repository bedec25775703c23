"""JSON Schemas of the files that go in and out, made from the models that read them.

Knows which model reads which file; says nothing that a model does not say. Titles and descriptions are the models' own.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from collections.abc import Callable

Schema: TypeAlias = dict[str, Any]

DIALECT = GenerateJsonSchema.schema_dialect
_ATTRIBUTES = re.compile(r"\n\s*Attributes:\n")
_ENTRY = re.compile(r"(?:    )?((?:[a-z_]+, )*[a-z_]+): (.*)")
_FROM_PLACE = frozenset(("seq", "n"))
"""Fields that an event has by its place in the file."""


@dataclass(frozen=True, slots=True)
class Described:
    """A file that there is a schema of: what it is, and how its schema is made."""

    about: str
    make: Callable[[], Schema]


def names() -> dict[str, str]:
    """Return the files that there are schemas of, each with one line about it."""
    return {name: each.about for name, each in _FILES.items()}


def schema(name: str) -> Schema:
    """Return the JSON Schema of a file; of TOML files as the tables that they hold.

    Raises:
        KeyError: there is none of that name.
    """
    described = _FILES[name]
    found = _told(described.make())
    return {"$schema": DIALECT, "title": name, "description": described.about, **_without_title(found)}


def _without_title(found: Schema) -> Schema:
    """Return a schema under its file's own name; what its model says of itself stays."""
    return {key: value for key, value in found.items() if key != "title"}


def _model(model: Any) -> Schema:  # noqa: ANN401 - a pydantic model
    found: Schema = model.model_json_schema(by_alias=True)
    return found


def _task() -> Schema:
    from reviewer.workflow.contract import Contract

    return _model(Contract)


def _notes() -> Schema:
    from reviewer.workflow.task.notes import Notes

    return _model(Notes)


def _packet() -> Schema:
    from reviewer.packet.manifest import Manifest

    return _model(Manifest)


def _config() -> Schema:
    from reviewer.config import Config

    return _model(Config)


def _policy() -> Schema:
    from reviewer.policy.load import PolicyFile

    return _model(PolicyFile)


def _approval() -> Schema:
    """Return the schema of the predicate: field names are in camelCase on the wire; only later ones may be missing."""
    from reviewer.approval import predicate

    found: Schema = _camel(TypeAdapter(predicate.Predicate).json_schema())
    for name, record in found["$defs"].items():
        later = {_camel_name(field.name) for field in fields(getattr(predicate, name)) if field.metadata.get("later")}
        record["required"] = [key for key in record["required"] if key not in later]
    return found


def _timeline() -> Schema:
    """Return the schema of a line: one of the kinds of events, or the run itself."""
    from reviewer.run import timeline
    from reviewer.run.importers.own_timeline import RunHead

    shared: Schema = {}
    lines: Schema = {}
    for kind in timeline.kinds():
        cls = timeline.class_of(kind)
        if cls is None:
            continue
        event = TypeAdapter(cls).json_schema()
        shared |= event.pop("$defs", {})
        lines[cls.__name__] = _event(event, kind, timeline.required(kind) - _FROM_PLACE, _docs(cls))
    command = lines["Command"]["properties"]
    command["output"] = {
        "type": "string",
        "description": "What it printed, whole; for timelines that stand alone. In a packet it lies in `log`.",
    }
    run = TypeAdapter(RunHead).json_schema()
    lines["Run"] = _event(run, "run", frozenset(), _docs(RunHead))
    return {
        "description": "One line of timeline.jsonl: an event of a run, or what there is to say of the run itself.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in lines],
        "$defs": {**lines, **shared},
    }


def _event(found: Schema, kind: str, required: frozenset[str], docs: dict[str, str]) -> Schema:
    properties: Schema = found["properties"]
    for name, property_ in properties.items():
        if name in docs:
            property_["description"] = docs[name]
    properties = {"kind": {"const": kind, "type": "string"}, **{k: v for k, v in properties.items() if k != "kind"}}
    return {
        **found,
        "title": kind,
        "properties": properties,
        "required": ["kind", *sorted(required - {"kind"})],
        "additionalProperties": False,
    }


def _docs(cls: type) -> dict[str, str]:
    """Return what the docstrings of a class and of those it is built on say of its fields."""
    found: dict[str, str] = {}
    for each in reversed(cls.__mro__):
        if each is not object and each.__doc__:
            found |= _parts(inspect.cleandoc(each.__doc__))[1]
    return found


def _told(found: Schema) -> Schema:
    """Return a schema with what its descriptions say of fields at the fields themselves."""
    for part in (found, *found.get("$defs", {}).values()):
        described = part.get("description")
        if not isinstance(described, str) or part.get("type") != "object":
            continue
        text, fields = _parts(described)
        part["description"] = text
        for name, says in fields.items():
            if isinstance(part.get("properties", {}).get(name), dict):
                part["properties"][name].setdefault("description", says)
    return found


def _parts(described: str) -> tuple[str, dict[str, str]]:
    """Return the words of a docstring, and those about each field; several may share theirs."""
    text, *attributes = _ATTRIBUTES.split(described, maxsplit=1)
    fields: dict[str, str] = {}
    shared: list[str] = []
    for line in "".join(attributes).split("\n"):
        entry = _ENTRY.fullmatch(line)
        if entry is not None and not line.startswith("        "):
            shared = entry.group(1).split(", ")
            fields |= dict.fromkeys(shared, entry.group(2).strip())
        elif line.strip():
            fields |= {name: f"{fields[name]} {line.strip()}" for name in shared}
    return _joined(text), fields


def _joined(text: str) -> str:
    """Return paragraphs without the line feeds inside them."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def _camel(value: Any) -> Any:  # noqa: ANN401 - a schema
    """Return a schema with the names of fields as the signed records write them."""
    if isinstance(value, list):
        return [_camel(each) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _camel(each) for key, each in value.items() if key not in {"properties", "required"}}
    if isinstance(value.get("properties"), dict):
        changed["properties"] = {_camel_name(name): _camel(each) for name, each in value["properties"].items()}
        # A record is closed, and what it may leave open it writes as null.
        changed["required"] = sorted(changed["properties"])
        changed["additionalProperties"] = False
    return changed


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


_FILES: dict[str, Described] = {
    "timeline": Described("a line of timeline.jsonl: the run of an agent, one event a line", _timeline),
    "task": Described("task.toml: what was asked and allowed, written before the run", _task),
    "notes": Described("review-notes.toml: what the agent took for granted, and how to undo its change", _notes),
    "packet": Described("packet.toml: the manifest of a packet", _packet),
    "approval": Described("the predicate of a signed approval (in-toto statement in a DSSE envelope)", _approval),
    "config": Described("config.toml: your own settings", _config),
    "policy": Described(".reviewer/policy.toml: what a project asks of a change, read from the base", _policy),
}
