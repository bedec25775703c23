"""What the sentences of the tools name, and the comments that tell them to be silent."""

from __future__ import annotations

import re

from reviewer.checks.ident import shown

_MODULE = re.compile(r"module `([^`\n]{1,200})`")
_OWNER = re.compile(r"Could not import `[^`\n]*` from `([^`\n]{1,200})`|[Mm]odule `([^`\n]{1,200})`")
_NAME = re.compile(r"`[^`\n]*`")
_DOUBTFUL = re.compile(
    r"attribute `__\w+__`|(?:class|type) `FunctionType` has no|function `object\.__init__`"
    # What stubs leave out because it is private, what only other systems have, and a buffer declared as a file.
    r"|(?:import|attribute|member) `_\w+` (?:from|in module)|member `_\w+`|from `_\w[\w.]*`|name `WindowsError`"
    r"|(?:from|in module|[Mm]odule) `(?:winreg|_winreg|_winapi|msvcrt|winsound|nt|fcntl|termios|resource|pwd|grp)`"
    r"|class `(?:IO|TextIO|BinaryIO)` has no attribute `getvalue`"
)
_SILENT = re.compile(r"#\s*(?:type|ty|pyrefly|pyright|pyre|mypy|zuban)\s*:\s*ignore", re.IGNORECASE)


def module_of(message: str) -> str:
    """Return the module that a sentence says is not found, "" if it names none."""
    match = _MODULE.search(message)
    return match[1] if match else ""


def owner_of(message: str) -> str:
    """Return the module whose member a sentence says is missing, "" if it is about something else."""
    match = _OWNER.search(message)
    return match[1] or match[2] if match else ""


def doubtful(message: str) -> bool:
    """Return whether a sentence is about something that may exist all the same.

    Names with two underscores on both sides, attributes of functions, and the arguments of a class that has no
    constructor of its own are often made while programs run; private names of modules are left out of stubs, and some
    modules are whole on other systems only.
    """
    return _DOUBTFUL.search(message) is not None


def subject(message: str) -> str:
    """Return a sentence without the first name in it, which is equal for all wrong keywords of one call."""
    return _NAME.sub("", message, count=1)


def relative(module: str) -> bool:
    """Return whether a module's name starts where the importing one is."""
    return module.startswith(".")


def silenced(line: str) -> bool:
    """Return whether a line has a comment that tells type checkers to be silent."""
    return _SILENT.search(line) is not None


def quoted(name: str) -> str:
    """Return a hostile name for use in a sentence."""
    return f"'{shown(name)}'"
