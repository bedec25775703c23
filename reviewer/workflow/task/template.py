"""Templates of task contracts, one a task type, as files beside this one.

Knows their names and how one becomes `task.toml`; nothing of what a contract means.
"""

from __future__ import annotations

import os
from importlib.resources import files
from typing import TYPE_CHECKING

from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIX = ".toml"
FILE = "task.toml"


def types() -> dict[str, str]:
    """Return the task types, each with the sentence that its template starts with."""
    found = {}
    for entry in sorted(files(__package__).joinpath("templates").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(_SUFFIX):
            first = entry.read_text("utf-8").partition("\n")[0]
            found[entry.name.removesuffix(_SUFFIX)] = first.removeprefix("#").strip()
    return found


def template(kind: str) -> str:
    """Return the text of the template for a task type.

    Raises:
        BadInputError: there is no such type.
    """
    known = types()
    if kind not in known:
        raise BadInputError(f"there is no task type '{kind}'", hint=f"there are: {', '.join(known)}")
    return files(__package__).joinpath("templates", f"{kind}{_SUFFIX}").read_text("utf-8")


def write(kind: str, path: Path, objective: str | None = None) -> None:
    """Write the template for a task type to a new file, whole or not at all.

    Args:
        kind: the task type.
        path: a file that is not there yet.
        objective: put in place of the template's own.

    Raises:
        BadInputError: there is no such type, or the file is there already or cannot be written.
    """
    text = template(kind)
    if objective is not None:
        text = _with_objective(text, objective)
    try:
        # A contract that somebody wrote is never written over, so the file has to be new.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except FileExistsError:
        raise BadInputError(f"{path}: is there already", hint="name another file with --output") from None
    except OSError as error:
        raise BadInputError(f"{path}: cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _with_objective(text: str, objective: str) -> str:
    import tomli_w

    said = tomli_w.dumps({"objective": objective}).rstrip("\n")
    lines = text.split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith("objective ="))
    return "\n".join([*lines[:place], said, *lines[place + 1 :]])
