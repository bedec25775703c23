"""What is to be said of one handler: new, or other than it was. Knows no language and no function."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from reviewer.checks.failures.model import Handler
    from reviewer.checks.finding import Severity

OPTIONAL = frozenset({"ImportError", "ModuleNotFoundError", "LoadError"})
"""What is caught where something may be missing on purpose."""
_LONGEST_NAME = 120
_SIGNALS = frozenset({"StopIteration", "StopAsyncIteration", "GeneratorExit"})
_FAILURE = re.compile(r"Error|Exception|Warning|Fail|Fault|Timeout|TimedOut|Refused|Denied|Aborted|Broken|Lost|Corrupt")


def judged_handler(handler: Handler, was: Handler | None) -> tuple[str, Severity, str] | None:
    """Return the rule, severity and fact for a handler that is new or changed, None if it is only touched."""
    caught = shown(handler.caught)
    if was is not None:
        return _judge_change(handler, was)
    if handler.is_broad and handler.is_silent:
        return "handler-broad-silent", "high", f"a new handler catches {caught} and {handler.does}."
    if handler.is_broad and handler.does in {"acts", "logs", "uses it"}:
        return "handler-broad", "medium", f"a new handler catches {caught} and {handler.does}."
    does = "sets a constant" if handler.does == "passes" and handler.way == "before" else handler.does
    quiet = handler.is_silent and does != "sets a constant"
    if quiet and not handler.is_suppress and not set(handler.types) <= OPTIONAL:
        after = handler.way == "after" and does == "passes"
        severity: Severity = "info" if after or _is_answer(handler) else "low"
        said = f"{does}, and what stands after it is done instead" if after else does
        return "handler-silent", severity, f"a new handler of {caught} {said}."
    return None


def _is_answer(handler: Handler) -> bool:
    """Return whether an exception is a signal: one name that is no error by its words, such as the end of a queue."""
    if handler.does == "sets a constant" or len(handler.types) != 1 or len(handler.caught) > _LONGEST_NAME:
        return False
    name = handler.types[0].rsplit(".", 1)[-1]
    if name in _SIGNALS:
        return True
    return name.isidentifier() and not hasattr(builtins, name) and not _FAILURE.search(name)


def _judge_change(handler: Handler, was: Handler) -> tuple[str, Severity, str] | None:
    caught = shown(handler.caught)
    before = f"before, {shown(was.caught)} ({was.does})"
    if handler.is_broad and not was.is_broad:
        severity: Severity = "high" if handler.is_silent else "medium"
        does = f" and {handler.does}" if handler.is_silent else ""
        return "handler-widened", severity, f"a handler now catches {caught}{does}; {before}."
    if handler.is_silent and not was.is_silent:
        severity = "high" if handler.is_broad else "medium"
        return "handler-silenced", severity, f"the handler of {caught} now {handler.does}; {before}."
    if was.is_raising and not handler.is_raising:
        return "handler-swallows", "medium", f"the handler of {caught} no longer raises and {handler.does}; {before}."
    if _is_wider(handler, was):
        return "handler-widened", "low", f"a handler now catches {caught}; {before}."
    return None


def _is_wider(handler: Handler, was: Handler) -> bool:
    """Return whether a type became one of Python's own that includes it."""
    for name in set(was.types) - set(handler.types):
        lost = getattr(builtins, name, None)
        for now in set(handler.types) - set(was.types):
            kept = getattr(builtins, now, None)
            if isinstance(lost, type) and isinstance(kept, type) and lost is not kept and issubclass(lost, kept):
                return True
    return False
