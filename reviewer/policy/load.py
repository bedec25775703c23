"""Reads a policy from TOML: strict and closed, every error names the key.

The shipped default is data inside this package. A policy of a repository is read from the base commit or a signed
file by whoever calls this, never from the change under review. What a repository's policy does not say is as shipped:
`checklist`, `gate` and `class_paths` are each taken whole from one of both.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer.checks import catalogue
from reviewer.checks.finding import Mode  # noqa: TC001 - pydantic reads the annotation when the class is made
from reviewer.digest import sha256
from reviewer.errors import BadInputError
from reviewer.policy.model import (  # RISK_CLASSES is a value, the others are annotations that pydantic reads
    RISK_CLASSES,
    ChecklistItem,
    CheckOff,
    ClearAnswer,
    Gate,
    Group,
    Layer,
    Policy,
    RiskClass,
    Stage,
)
from reviewer.text import display_safe

_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]

GATE_IDS = frozenset(
    {
        "packet_intact",
        "journal_understood",
        "diff_parsed",
        "checks_complete",
        "tests_after_last_edit",
        "required_commands",
        "scope_respected",
        "rollback_note",
        "senior_review",
        "hunks_seen",
        "checklist_complete",
        "high_findings",
        "two_persons",
    }
)
"""The conditions that `gates` knows how to judge."""
_MAX_BYTES = 256 << 10
_MAX_OFF = 500


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Item(_Table):
    id: _Id
    group: Group
    title: str
    question: str
    modes: tuple[Mode, ...]
    guidance: str
    clear: ClearAnswer


class _Gate(_Table):
    id: _Id
    title: str
    layer: Layer
    waivable: bool
    classes: tuple[RiskClass, ...] = RISK_CLASSES
    stage: Stage = "signing"


class _Off(_Table):
    mode: Mode
    rule: str | None = None
    reason: Annotated[str, Field(pattern=r"\S", max_length=500)]


class PolicyFile(_Table):
    """A policy as its file has it; what is left out is as shipped."""

    schema_: Literal["reviewer-policy/1"] = Field(alias="schema")
    id: _Id
    class_paths: dict[RiskClass, tuple[str, ...]] | None = None
    senior: tuple[str, ...] = ()
    checklist: tuple[_Item, ...] | None = None
    gate: tuple[_Gate, ...] | None = None
    check_off: Annotated[tuple[_Off, ...], Field(max_length=_MAX_OFF)] = ()


@functools.cache
def default_policy() -> Policy:
    """Return the shipped policy."""
    data = importlib.resources.files("reviewer.policy").joinpath("default.toml").read_bytes()
    return parse(data, "default.toml")


def parse(data: bytes, name: str, *, source: str | None = None) -> Policy:
    """Return the policy that `data` holds.

    Args:
        data: the file's bytes, TOML in UTF-8.
        name: what to call the file in errors.
        source: the file and the commit that it was read from.

    Raises:
        BadInputError: it is not UTF-8 or TOML, a key is unknown, missing or of the wrong kind, an id is there twice, or
            a gate or a rule is one that this version does not know.
    """
    if len(data) > _MAX_BYTES:
        raise BadInputError(f"{name}: a policy of more than {_MAX_BYTES:,} bytes is not read")
    try:
        file = PolicyFile.model_validate(tomllib.loads(data.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInputError(f"{name}: this is not a policy in TOML ({display_safe(str(error))})") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInputError(f"{name}: key '{display_safe(key)}': {display_safe(first['msg'])}") from error
    _check_ids(name, [item.id for item in file.checklist or ()], [gate.id for gate in file.gate or ()])
    made = Policy(
        id=file.id,
        digest=sha256(data),
        checklist=tuple(ChecklistItem(**dict(item)) for item in file.checklist or ()),
        gates=tuple(Gate(**dict(gate)) for gate in file.gate or ()),
        class_paths=file.class_paths or {},
        senior=file.senior,
        off=_switched_off(name, file.check_off),
        source=source,
    )
    silent = {key for key in ("checklist", "gate", "class_paths") if getattr(file, key) is None}
    return _completed(made, silent, data) if silent else made


def _completed(made: Policy, silent: set[str], data: bytes) -> Policy:
    shipped = default_policy()
    return replace(
        made,
        # What was asked is the file and, where it is silent, what is shipped: both stand in the digest.
        digest=sha256(data + b"\n" + shipped.digest.encode()),
        checklist=shipped.checklist if "checklist" in silent else made.checklist,
        gates=shipped.gates if "gate" in silent else made.gates,
        class_paths=shipped.class_paths if "class_paths" in silent else made.class_paths,
    )


def _switched_off(name: str, rows: tuple[_Off, ...]) -> tuple[CheckOff, ...]:
    found = tuple(CheckOff(row.mode, row.rule or "", " ".join(row.reason.split())) for row in rows)
    for number, one in enumerate(found):
        what = f"{one.mode}/{one.rule}" if one.rule else one.mode
        if one.rule and catalogue.entry(one.mode, one.rule) is None:
            close = catalogue.near(one.rule)
            hint = f"did you mean {' or '.join(close)}?" if close else "reviewer check --list names the rules"
            raise BadInputError(f"{name}: there is no rule '{display_safe(what)}' to switch off", hint=hint)
        if any((one.mode, one.rule) == (other.mode, other.rule) for other in found[:number]):
            raise BadInputError(f"{name}: '{display_safe(what)}' is switched off twice")
    return found


def _check_ids(name: str, items: list[str], gates: list[str]) -> None:
    for kind, ids in (("checklist", items), ("gate", gates)):
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            raise BadInputError(f"{name}: the {kind} id '{doubled[0]}' is there twice; ids must differ")
    unknown = sorted(set(gates) - GATE_IDS)
    if unknown:
        raise BadInputError(
            f"{name}: gate '{unknown[0]}' is not one that this version can judge",
            hint=f"the gates are {', '.join(sorted(GATE_IDS))}",
        )
