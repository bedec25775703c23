"""Reads a policy from TOML: strict and closed, every error names the key.

The shipped default is data inside this package. A policy of a repository is read from the base commit or a signed
file by whoever calls this, never from the change under review.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer.checks.finding import Mode  # noqa: TC001 - pydantic reads the annotation when the class is made
from reviewer.digest import sha256
from reviewer.errors import BadInputError
from reviewer.policy.model import (  # RISK_CLASSES is a value, the others are annotations that pydantic reads
    RISK_CLASSES,
    ChecklistItem,
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


class _File(_Table):
    schema_: Literal["reviewer-policy/1"] = Field(alias="schema")
    id: _Id
    class_paths: dict[RiskClass, tuple[str, ...]] = Field(default_factory=dict)
    senior: tuple[str, ...] = ()
    checklist: tuple[_Item, ...]
    gate: tuple[_Gate, ...]


@functools.cache
def default_policy() -> Policy:
    """Return the shipped policy."""
    data = importlib.resources.files("reviewer.policy").joinpath("default.toml").read_bytes()
    return parse(data, "default.toml")


def parse(data: bytes, name: str) -> Policy:
    """Return the policy that `data` holds.

    Args:
        data: the file's bytes, TOML in UTF-8.
        name: what to call the file in errors.

    Raises:
        BadInputError: it is not UTF-8 or TOML, a key is unknown, missing or of the wrong kind, an id is there twice, or
            a gate is one that this version cannot judge.
    """
    try:
        file = _File.model_validate(tomllib.loads(data.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"{name}: this is not a policy in TOML ({display_safe(str(error))})") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInputError(f"{name}: key '{display_safe(key)}': {display_safe(first['msg'])}") from error
    _check_ids(name, [item.id for item in file.checklist], [gate.id for gate in file.gate])
    return Policy(
        id=file.id,
        digest=sha256(data),
        checklist=tuple(
            ChecklistItem(
                id=item.id,
                title=item.title,
                question=item.question,
                modes=item.modes,
                group=item.group,
                guidance=item.guidance,
                clear=item.clear,
            )
            for item in file.checklist
        ),
        gates=tuple(
            Gate(
                id=gate.id,
                title=gate.title,
                layer=gate.layer,
                waivable=gate.waivable,
                classes=gate.classes,
                stage=gate.stage,
            )
            for gate in file.gate
        ),
        class_paths=file.class_paths,
        senior=file.senior,
    )


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
