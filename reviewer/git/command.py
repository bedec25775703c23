"""Run the git program with an environment of our own: nothing inherited, no user or system settings, no prompts.

Knows the process and its environment only. Which repository git looks at is always said by `GIT_DIR`, so git never
searches for one. So nothing of a hostile repository takes part.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TIMEOUT = 600
"""Seconds after which one git process is given up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a git process left: exit code, standard output and standard error."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def complaint(self) -> str:
        """The last line of standard error, safe to show."""
        lines = [line for line in self.stderr.split(b"\n") if line.strip()]
        return clip(display_safe(lines[-1]), 200) if lines else f"git ended with code {self.code}"


def executable() -> str:
    """Return the absolute path of git.

    Raises:
        GitError: git is not on PATH.
    """
    found = shutil.which("git", path=_absolute_path())
    if found is None:
        raise GitError("git is not installed, or not on PATH", hint="install git 2.34 or newer")
    return found


def clean_environment(home: Path, git_dir: Path) -> dict[str, str]:
    """Return the whole environment of a git process that is to see only `git_dir`.

    Args:
        home: an empty folder that stands for the person's home.
        git_dir: the repository to use; git then searches for no other.
    """
    return {
        "PATH": _absolute_path(),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C",
        "LANGUAGE": "C",
        "TZ": "UTC0",
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_PAGER": "cat",
        "GIT_EDITOR": ":",
    }


def attempt(
    arguments: Sequence[str | bytes],
    environment: Mapping[str, str],
    *,
    stdin: bytes = b"",
    stdout: IO[bytes] | None = None,
    timeout: float = TIMEOUT,
) -> Outcome:
    """Run git and return what it left, whatever its exit code.

    Args:
        arguments: what follows the word `git`.
        environment: the whole environment; its `GIT_DIR` is also the working directory.
        stdin: bytes for standard input.
        stdout: a file to write standard output to, in place of memory.
        timeout: seconds after which git is stopped.

    Raises:
        GitError: git is not there, or ran longer than `timeout`.
    """
    command = [executable(), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - absolute program, no shell, own environment
            command,
            input=stdin,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=environment["GIT_DIR"],
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {_verb(arguments)} did not end within {timeout:g} seconds and was stopped") from error
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror}") from error
    return Outcome(done.returncode, done.stdout or b"", done.stderr)


def run(
    arguments: Sequence[str | bytes],
    environment: Mapping[str, str],
    *,
    stdin: bytes = b"",
    stdout: IO[bytes] | None = None,
) -> bytes:
    """Run git and return its standard output (arguments as for `attempt`).

    Raises:
        GitError: git is not there, took too long, or ended with an error, which is quoted.
    """
    outcome = attempt(arguments, environment, stdin=stdin, stdout=stdout)
    if outcome.code != 0:
        raise GitError(f"git {_verb(arguments)} failed: {outcome.complaint}")
    return outcome.stdout


def _absolute_path() -> str:
    # A relative entry means the working directory, which may be the reviewed repository with a program called git.
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if os.path.isabs(entry))  # noqa: PTH117 - plain strings


def _verb(arguments: Sequence[str | bytes]) -> str:
    words = (word for word in arguments if isinstance(word, str))
    return next((word for word in words if not word.startswith("-") and "=" not in word), "")
