"""The frame of the command line: late loading, exit codes, and failures told in one sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import click
import pytest

from reviewer import cli
from reviewer.cli import failure
from reviewer.cli.failure import guarded
from reviewer.errors import BadPacketError, UndeterminedError

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reviewer", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
    )


def failing(error: BaseException) -> int:
    def fail() -> NoReturn:
        raise error

    return guarded(fail)


def test_the_version_imports_nothing_that_is_heavy() -> None:
    code = (
        "import sys\n"
        "from reviewer.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit as done: assert not done.code\n"
        "heavy = {'textual', 'rich', 'pydantic', 'git', 'cryptography', 'unidiff', 'pygments'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("reviewer ")


def test_the_list_of_verbs_loads_none_of_them() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in cli.VERBS)
    assert "Exit codes: 0" in done.stdout
    assert run().stdout == done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["shwo"], "there is no verb 'shwo'; did you mean 'show'?"),
        (["x\x1b[31m"], "there is no verb 'x⟨U+001B⟩[31m'"),
        (["--nothing"], "No such option"),
        (["verify"], "Missing argument 'PACKET|BASE..HEAD'"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("reviewer: ")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BadPacketError("p: is cut", hint="get it again"), 2, "reviewer: p: is cut\n  get it again\n"),
        (UndeterminedError("history is missing"), 3, "reviewer: history is missing\n"),
        (KeyboardInterrupt(), 130, "reviewer: interrupted\n"),
        (click.Abort(), 130, "reviewer: interrupted\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x\x1b"), 2, "reviewer: /x⟨U+001B⟩: Permission denied\n"),
        (RuntimeError("a\x1b[0m"), 2, "should not happen: RuntimeError: a⟨U+001B⟩[0m\n  set REVIEWER_DEBUG=1"),
        (RecursionError(), 2, "should not happen: RecursionError\n"),
        (MemoryError(), 2, "should not happen: MemoryError\n"),
    ],
)
def test_each_failure_has_its_sentence_and_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    monkeypatch.setattr(failure, "_drop_stdout", lambda: None)
    assert failing(error) == code
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_an_end_of_input_is_not_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    def ask() -> NoReturn:
        try:
            raise EOFError
        except EOFError as error:
            raise click.Abort from error

    assert guarded(ask) == 2
    assert "the input ended before the question was answered" in capsys.readouterr().err


def test_the_traceback_is_there_for_whoever_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_DEBUG", "1")
    assert failing(RuntimeError("x")) == 2
    assert "Traceback" in capsys.readouterr().err


def test_an_exit_code_passes_through() -> None:
    assert guarded(lambda: 1) == 1
    assert failing(SystemExit(3)) == 3


def test_a_reader_that_leaves_early_is_no_failure_to_talk_about() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "reviewer", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait() == 141
    assert told == b""


def test_a_full_disk_behind_stdout_is_said() -> None:
    if not os.access("/dev/full", os.W_OK):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "reviewer", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "reviewer: the disk is full; make room and run it again\n"


def test_output_survives_a_terminal_that_is_not_utf8(tmp_path: Path) -> None:
    done = run("show", str(tmp_path / "ü"), PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert "\\xfc" in done.stderr
