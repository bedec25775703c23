"""What OASIS SARIF 2.1.0 asks of the parts of a log that we write, as a JSON Schema of our own, closed.

Written after the standard's text (sections 3.13 to 3.58) and not copied from its schema, whose licence is not ours.
"""

from __future__ import annotations

from typing import Any

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_BAG: dict[str, Any] = {"type": "object"}


def _closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**properties, "properties": _BAG},
    }


def _some(items: dict[str, Any], *, unique: bool = True) -> dict[str, Any]:
    return {"type": "array", "items": items, "uniqueItems": unique}


_MESSAGE = _closed(("text",), text=_TEXT)
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_KIND = {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]}
_PLACE = _closed(
    ("artifactLocation",),
    artifactLocation=_closed(
        uri={"type": "string", "format": "uri-reference", "pattern": r"^[A-Za-z0-9_.~%/-]+$"}, uriBaseId=_TEXT
    ),
    region=_closed(startLine={"type": "integer", "minimum": 1}, endLine={"type": "integer", "minimum": 1}),
)
_RESULT = _closed(
    ("message",),
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    kind=_KIND,
    level=_LEVEL,
    message=_MESSAGE,
    locations=_some(_closed(physicalLocation=_PLACE), unique=False),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
)
# 3.27.10: a result of another kind than "fail" has the level "none".
_RESULT["if"] = {"properties": {"kind": {"not": {"const": "fail"}}}, "required": ["kind"]}
_RESULT["then"] = {"properties": {"level": {"const": "none"}}}
_RULE = _closed(("id",), id=_TEXT, shortDescription=_MESSAGE, fullDescription=_MESSAGE, help=_MESSAGE)
_COMPONENT = {"name": _TEXT, "version": _TEXT, "informationUri": {"type": "string", "format": "uri"}}
_NOTICE = _closed(("message",), level=_LEVEL, message=_MESSAGE)
_INVOCATION = _closed(
    ("executionSuccessful",),
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=_some(_NOTICE, unique=False),
    toolConfigurationNotifications=_some(_NOTICE, unique=False),
)
_RUN = _closed(
    ("tool",),
    tool=_closed(
        ("driver",),
        driver=_closed(("name",), rules=_some(_RULE), **_COMPONENT),
        extensions=_some(_closed(("name",), **_COMPONENT)),
    ),
    automationDetails=_closed(id=_TEXT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={"type": "object", "additionalProperties": _closed(description=_MESSAGE, uri=_TEXT)},
    invocations=_some(_INVOCATION, unique=False),
    results=_some(_RESULT, unique=False),
)
SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": _some(_RUN, unique=False),
    },
}
