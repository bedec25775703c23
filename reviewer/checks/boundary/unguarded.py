"""New functions without the guard that all functions beside them have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.checks.siblings import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.python_source import PythonFile

_GUARD = re.compile(
    r"(?:require|ensure|verify|check|must|restrict|need|assert|validate|authori[sz]e|authenticate|protect)\w{0,60}"
    r"|\w{0,60}(?:_required|login|permission|permissions|role|roles|admin|owner|csrf|auth|signature|scope|tenant)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"auth|login|permi|role|admin|owner|csrf|token|signature|scope|tenant|access|session|user|require|protect|secur",
    re.IGNORECASE,
)
_WHY = "A way in without the guard that all others have is one that nobody watches."


def is_guard(name: str) -> bool:
    """Return whether a call or decorator of this name decides who may do something."""
    return _GUARD.fullmatch(name[:140]) is not None and _ABOUT.search(name[:140]) is not None


def unguarded(file: PythonFile) -> Iterator[Fact]:
    """Yield new functions of a file that lack the guard of all their siblings."""
    if file.new is None or file.old is None:
        return
    lines = {line.number: line.text for line in file.file.added}
    for one in lacking(file.old, file.new):
        if one.line not in lines or not is_guard(one.lacks):
            continue
        what = f"is not under @{shown(one.lacks)}" if one.is_mark else f"does not call {shown(one.lacks)}"
        yield Fact(
            rule="guard-not-here",
            severity="medium",
            message=f"{shown(one.name)} {what}, and all {one.count} {shown(one.kind)} before it do.",
            why=_WHY,
            quote=lines[one.line],
            file=file.file.path,
            side="new",
            line=one.line,
        )
