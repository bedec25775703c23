"""Secrets that a log holds in pieces: the words of a command one by one, in a list of strings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.packet.limits import DEFAULT_LIMITS
from reviewer.run.event import Command
from reviewer.run.importers.spool import OutputSpool
from reviewer.run.redact import Redactor
from reviewer.workflow.packing.budget import Budget
from reviewer.workflow.packing.outputs import keep_outputs

if TYPE_CHECKING:
    from pathlib import Path

WORD = "Zx81kq9QmP77vW3"


@pytest.mark.parametrize("option", ["--password", "--db-passwd", "--api-token", "--client-secret"])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_secret_that_stands_in_the_string_after_its_option_is_masked(option: str, depth: int) -> None:
    text = json.dumps({"command": ["mysql", option, WORD, "shop"]})
    for _ in range(depth):
        text = json.dumps({"arguments": text})
    redactor = Redactor()
    masked = redactor.json_lines(f"{text}\n".encode(), "x")
    assert WORD.encode() not in masked
    assert b"shop" in masked
    json.loads(masked)
    assert sum(redactor.counts.values()) == 1


@pytest.mark.parametrize("text", ['["--token", "--verbose"]', '["password", "username42x"]', '{"--password": ["x"]}'])
def test_what_only_names_an_option_stays(text: str) -> None:
    assert Redactor().json_lines(text.encode(), "x") == text.encode()


def test_a_name_and_its_password_in_a_list_of_words_are_masked() -> None:
    text = json.dumps({"arguments": json.dumps(["curl", "-u", f"admin:{WORD}", "https://example.com"])})
    masked = Redactor().json_lines(text.encode(), "x")
    assert WORD.encode() not in masked
    assert b"example.com" in masked


def test_a_command_is_masked_as_it_is_shown_once_its_words_are_joined(tmp_path: Path) -> None:
    command = Command(seq=1, n=1, line=f"curl -u admin:{WORD} https://example.com")
    with OutputSpool() as spool:
        kept = keep_outputs([command], spool, tmp_path, redactor=Redactor(), budget=Budget(DEFAULT_LIMITS))
    assert isinstance(event := kept.events[0], Command)
    assert WORD not in event.line
