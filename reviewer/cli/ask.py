"""Questions to a person at a terminal. There is no other way to answer: no flag, no environment variable, no pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reviewer.cli.output import say
from reviewer.errors import SigningError
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Mapping

_STOP = "the answers up to here are kept; run it again to go on"


def require_terminal(verb: str) -> None:
    """Check that a person can be asked.

    Raises:
        SigningError: questions or answers would not go through a terminal.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SigningError(
            f"reviewer {verb} asks a person, and this is not a terminal",
            hint="run it in a terminal; nothing answers in a person's place",
        )


def ask(question: str) -> str:
    """Return a line that the person types, without white space around it; empty when they only press Enter.

    Raises:
        click.Abort: the input ended.
        KeyboardInterrupt: the person interrupted; they are told that nothing is lost.
    """
    sys.stderr.write(f"{display_safe(question)} ")
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        say("")
        say(_STOP)
        raise
    if not line.endswith("\n"):
        say("")
        say(_STOP)
        raise click.Abort from EOFError()
    return line.strip()


def choose(question: str, options: Mapping[str, str]) -> str:
    """Return the key of the option that the person picks; asked again until it is one.

    Args:
        question: what it is about.
        options: by the letter to type; the key "" stands for Enter.
    """
    shown = ", ".join(f"{letter or 'Enter'} {meaning}" for letter, meaning in options.items())
    while True:
        answer = ask(f"{question} [{shown}]:").lower()
        if answer in options:
            return answer
        say("  please type one of the letters")


def required(question: str) -> str:
    """Return text that must not be empty."""
    while not (text := ask(question)):
        say("  this needs a few words")
    return text
