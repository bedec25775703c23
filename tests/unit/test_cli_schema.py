"""The schemas that `reviewer schema` prints say what the models read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from reviewer.approval import codec
from reviewer.cli.schema import NAMES, command
from reviewer.run import timeline
from reviewer.workflow.schema import DIALECT, names, schema
from tests.support.records import make_predicate
from tests.support.samples import claude_code_samples
from tests.support.session_log import read_log
from tests.unit.test_approval_statement import FULL

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def fits(value: Any, part: dict[str, Any], root: dict[str, Any]) -> bool:  # noqa: ANN401 - any JSON
    """Return whether a value is of a schema, as far as ours go."""
    if "$ref" in part:
        return fits(value, root["$defs"][part["$ref"].rsplit("/", 1)[1]], root)
    if "oneOf" in part:
        return sum(fits(value, each, root) for each in part["oneOf"]) == 1
    if "anyOf" in part:
        return any(fits(value, each, root) for each in part["anyOf"])
    if "const" in part and value != part["const"]:
        return False
    if "enum" in part and value not in part["enum"]:
        return False
    if "type" in part and (
        not isinstance(value, _TYPES[part["type"]]) or (isinstance(value, bool) and part["type"] != "boolean")
    ):
        return False
    if isinstance(value, str) and "pattern" in part and not re.search(part["pattern"], value):
        return False
    if isinstance(value, list):
        return all(fits(each, part.get("items", {}), root) for each in value)
    if isinstance(value, dict):
        return _object_fits(value, part, root)
    return True


def _object_fits(value: dict[str, Any], part: dict[str, Any], root: dict[str, Any]) -> bool:
    properties = part.get("properties", {})
    more = part.get("additionalProperties", True)
    if not set(part.get("required", ())) <= value.keys():
        return False
    for name, each in value.items():
        if name in properties:
            if not fits(each, properties[name], root):
                return False
        elif more is False or (isinstance(more, dict) and not fits(each, more, root)):
            return False
    return True


TIMELINE = schema("timeline")


def line_fits(row: object) -> bool:
    return fits(row, TIMELINE, TIMELINE)


def test_the_verb_names_what_there_is_and_prints_it() -> None:
    listed = CliRunner().invoke(command)
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(NAMES) == list(names())
    for name in NAMES:
        shown = CliRunner().invoke(command, [name])
        assert json.loads(shown.stdout) == schema(name)
    assert CliRunner().invoke(command, ["nothing"]).exit_code == 2


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_says_its_dialect_and_holds_together(name: str) -> None:
    found = schema(name)
    assert (found["$schema"], found["title"]) == (DIALECT, name)
    assert found["description"]
    referred = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(found)))
    assert referred <= set(found.get("$defs", {}))
    assert "Attributes:" not in json.dumps(found)


def test_every_field_of_a_line_that_the_docstrings_know_is_described() -> None:
    lines = schema("timeline")["$defs"]
    assert lines["Command"]["properties"]["exit_code"]["description"] == "None if the log does not tell; never guessed."
    assert lines["Message"]["properties"]["agent"]["description"].startswith('"root"')
    assert lines["Edit"]["properties"]["removed"]["description"] == "lines, None if not recorded."
    assert lines["Run"]["properties"]["network"]["description"] == "whether commands could reach it."


def test_the_timelines_of_packets_are_of_the_schema() -> None:
    for path in claude_code_samples():
        for line in timeline.dump(read_log(path.read_bytes()).events).splitlines()[:400]:
            assert line_fits(json.loads(line)), line[:300]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"kind": "prompt", "text": "x"}, True),
        ({"kind": "command", "line": "x", "output": "y", "exit_code": None}, True),
        ({"kind": "run", "agent": "x", "models": ["m"]}, True),
        ({"kind": "plan", "steps": [{"text": "a", "status": "pending"}]}, True),
        ({"kind": "thought"}, True),
        ({"kind": "prompt"}, False),
        ({"kind": "prompt", "text": 5}, False),
        ({"kind": "prompt", "text": "x", "more": 1}, False),
        ({"kind": "command", "line": "x", "exit_code": "0"}, False),
        ({"kind": "context", "what": "nonsense"}, False),
        ({"kind": "nonsense"}, False),
        ({"text": "x"}, False),
    ],
)
def test_what_a_line_may_be(row: dict[str, object], expected: bool) -> None:  # noqa: FBT001 - a case
    assert line_fits(row) is expected


def test_a_signed_predicate_is_of_its_schema() -> None:
    found = schema("approval")
    value = codec.encode(make_predicate("SHA256:x"))
    assert fits(value, found, found)
    assert fits({**value, "findings": codec.encode(FULL)}, found, found)
    value.pop("nonce")
    assert not fits(value, found, found)


def test_a_contract_is_of_its_schema() -> None:
    found = schema("task")
    assert fits({"task": {"objective": "x"}, "scope": {"network": "deny"}}, found, found)
    assert not fits({"scope": {"network": "sometimes"}}, found, found)
    assert not fits({"tasks": {}}, found, found)


def test_a_policy_is_of_its_schema() -> None:
    found = schema("policy")
    least = {"schema": "reviewer-policy/1", "id": "own"}
    assert fits(least, found, found)
    assert fits(least | {"check_off": [{"mode": "scope", "reason": "r"}]}, found, found)
    assert not fits(least | {"check_off": [{"mode": "scope"}]}, found, found)
    assert not fits({"id": "own"}, found, found)
