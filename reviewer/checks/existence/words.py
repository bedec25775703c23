"""What the sentences of the tools name, and the comments that tell them to be silent."""

from __future__ import annotations

import re

from reviewer.checks.ident import shown

_MODULE = re.compile(r"module `([^`\n]{1,200})`")
_OWNER = re.compile(r"Could not import `[^`\n]*` from `([^`\n]{1,200})`|[Mm]odule `([^`\n]{1,200})`")
_SILENT = re.compile(r"#\s*(?:type|ty|pyrefly|pyright|pyre|mypy|zuban)\s*:\s*ignore", re.IGNORECASE)


def module_of(message: str) -> str:
    """Return the module that a sentence says is not found, "" if it names none."""
    match = _MODULE.search(message)
    return match[1] if match else ""


def owner_of(message: str) -> str:
    """Return the module whose member a sentence says is missing, "" if it is about something else."""
    match = _OWNER.search(message)
    return match[1] or match[2] if match else ""


def relative(module: str) -> bool:
    """Return whether a module's name starts where the importing one is."""
    return module.startswith(".")


def silenced(line: str) -> bool:
    """Return whether a line has a comment that tells type checkers to be silent."""
    return _SILENT.search(line) is not None


def quoted(name: str) -> str:
    """Return a hostile name for use in a sentence."""
    return f"'{shown(name)}'"
