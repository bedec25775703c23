"""What runs on the machine of whoever installs the project: scripts of npm, commands of setup.py, build scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.javascript import install_hooks
from reviewer.checks.dependencies.model import MalformedError, table, text, toml_of
from reviewer.checks.dependencies.python_more import commands_at_installation
from reviewer.checks.dependencies.stated import line_of
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.dependencies.stated import Stated

_WHY = "It runs on the machine of everybody who installs this, before anything is tested."
_BUILD_SCRIPT = re.compile(r"(?:.*/)?build\.rs|(?:.*/)?(?:ext/.*/)?extconf\.rb|(?:.*/)?binding\.gyp")


def install_scripts(case: Case, read: Sequence[Stated]) -> Iterator[Fact]:
    """Yield what newly runs on installation, or otherwise than before."""
    for one in read:
        name = one.file.path.rsplit("/", 1)[-1]
        if name == "package.json":
            yield from _compared(one.file, install_hooks, quoted=True)
        elif name == "setup.py":
            yield from _compared(one.file, commands_at_installation, quoted=True)
        elif name == "pyproject.toml":
            yield from _compared(one.file, _backend, quoted=False)
    for file in case.files:
        if file.status == "A" and _BUILD_SCRIPT.fullmatch(file.path):
            yield _fact(file, file.path, f"{shown(file.path)} is new and runs whenever this is built or installed.", 1)


def _compared(file: ChangedFile, read: Callable[[bytes], dict[str, str]], *, quoted: bool) -> Iterator[Fact]:
    try:
        before = {} if file.old is None else read(file.old)
        after = {} if file.new is None else read(file.new)
    except (MalformedError, RecursionError):
        return
    for name, script in after.items():
        if before.get(name) == script or (name == "build-backend" and not before):
            continue
        what = "changed" if name in before else "new"
        said = f"The script “{shown(name, 40)}” runs on installation and is {what}: {shown(script)}"
        yield _fact(file, f"{name} {script}", said, line_of(file, f'"{name}"' if quoted else name, old=False), name)


def _backend(data: bytes) -> dict[str, str]:
    stated = table(toml_of(data), "build-system")
    return {key: text(stated[key]) for key in ("build-backend",) if text(stated.get(key))}


def _fact(file: ChangedFile, quote: str, message: str, line: int | None, name: str = "") -> Fact:
    return Fact(
        rule="install-script",
        severity="low" if "prepare" in name or name == "build-backend" else "medium",
        message=message,
        why=_WHY,
        quote=quote,
        file=file.path,
        side="new",
        line=line,
    )
