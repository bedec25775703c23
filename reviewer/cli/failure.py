"""How a failure is told: one sentence and a hint on stderr, and an exit code that scripts can rely on.

Knows the error tree, click's errors and the operating system's; nothing of what the verbs do.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING

import click

from reviewer.cli.output import say
from reviewer.errors import ReviewerError
from reviewer.text import clip

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_INPUT = 2
INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""
TERMINATED = 143
"""128 and the number of SIGTERM."""
PIPE_CLOSED = 141
"""128 and the number of SIGPIPE: whoever read our output stopped reading."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def end_in_order() -> None:
    """Let a request to end take the way that an exit takes, so that temporary folders and child processes go too."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


def guarded(run: Callable[[], int]) -> int:
    """Return what `run` returns, or the exit code of what it raised after telling about it."""
    _have_streams()
    _tolerate_any_text()
    try:
        code = run()
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the last place before the process ends
        code = _tell_of(error)
    return code


def _tell_of(error: BaseException) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else BAD_INPUT
    if isinstance(error, BrokenPipeError):
        _drop_stdout()
        return PIPE_CLOSED
    if os.environ.get("REVIEWER_DEBUG") == "1":
        traceback.print_exception(error)
    try:
        return _sentence(error)
    except BrokenPipeError:
        _drop_stdout()
        return PIPE_CLOSED


def _sentence(error: BaseException) -> int:
    match error:
        case ReviewerError():
            _tell(error.sentence, error.hint)
            return error.exit_code
        case click.ClickException():
            _tell(error.format_message(), _usage(error))
            return BAD_INPUT
        case click.Abort() if isinstance(error.__cause__ or error.__context__, EOFError):
            _tell("the input ended before the question was answered; nothing was done")
            return BAD_INPUT
        case KeyboardInterrupt() | click.Abort():
            _tell("interrupted")
            return INTERRUPTED
        case OSError():
            _tell(_system_sentence(error))
            _drop_stdout()
            return BAD_INPUT
        case _:
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            _tell(f"an error that should not happen: {what[:300]}", "set REVIEWER_DEBUG=1 for the traceback")
            return BAD_INPUT


def _system_sentence(error: OSError) -> str:
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    if error.errno == errno.ENOENT and not place:
        return "the folder you stand in is not there any more; go to one that is"
    if error.errno in _FULL:
        return f"{place}the disk is full; make room and run it again"
    return f"{place}{error.strerror or error}"


def _usage(error: click.ClickException) -> str | None:
    context = getattr(error, "ctx", None)
    return f"{context.command_path} --help says how it is used" if context is not None else None


def _tell(sentence: str, hint: str | None = None) -> None:
    # One sentence, however long a name in it is.
    say(clip(f"reviewer: {sentence}"))
    if hint:
        say(clip(f"  {hint}"))


def _have_streams() -> None:
    # Started with a closed stream, Python has None in its place; the exit code still has to be the right one.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - it lasts as long as the process


def _tolerate_any_text() -> None:
    # A terminal that is not UTF-8 gets escapes in place of an encoding error.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _drop_stdout() -> None:
    # The interpreter flushes stdout once more at exit and would complain about the same thing again.
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
