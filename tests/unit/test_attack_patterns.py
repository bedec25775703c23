"""Path patterns from a packet: none of them may keep a check busy for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.patterns import compiled, refusal
from reviewer.checks.runner import run
from reviewer.checks.scope import ScopeCheck
from reviewer.errors import BadInputError
from reviewer.workflow.open import build_case, open_packet
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "*" * 40 + "b", "**/a/" * 10 + "b", "/x/" + "a*" * 3])
def test_a_pattern_that_backtracks_is_refused(pattern: str) -> None:
    assert "write it as several patterns" in (refusal(pattern) or "")
    with pytest.raises(BadInputError, match="scope"):
        compiled([pattern], "scope")


@pytest.mark.parametrize(
    "pattern", ["**/*.py", "src/**/*_test_*.py", "/a/**", "**/b/**/c/**", "!/docs/*.md", "[a-z]?.c"]
)
def test_a_pattern_that_people_write_is_taken(pattern: str) -> None:
    assert refusal(pattern) is None


def test_the_check_says_that_it_examined_nothing(tmp_path: Path) -> None:
    scope = {"known": {"forbidden_paths": "declared"}, "forbidden_paths": ["*a" * 40 + "b"]}
    packet = make_packet(tmp_path, {}, {"a" * 200: b"x\n"}, manifest={"scope": scope})
    with open_packet(packet) as opened:
        started = time.monotonic()
        (result,) = run(build_case(opened), (ScopeCheck(),))
    assert time.monotonic() - started < 2
    assert result.status == "incomplete"
    assert "scope.forbidden_paths" in (result.reason or "")


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_changes_no_exit_code(tmp_path: Path, redirection: str) -> None:
    packet = make_packet(tmp_path)
    command = f"exec {sys.executable} -m reviewer verify {packet} --allowed-signers /dev/null {redirection}"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, timeout=20, check=False)
    assert done.returncode == 2
    assert b"should not happen" not in done.stdout + done.stderr


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m reviewer verify a..b"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, timeout=20, check=False)
    assert done.returncode == 2
    assert b"the folder you stand in is not there any more" in done.stderr
