"""Where a Python environment lies on disk: all folders that its interpreter reads, found without running it.

Knows virtual environments, the interpreters below them, and what editable installs of other projects point to.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import BadInputError
from reviewer.paths import read_plain
from reviewer.text import display_safe

_LIMIT = 1 << 20
_MAX_FILES = 200
_MAX_LINKS = 16
_QUOTED = re.compile(r"""['"](/[^'"\n]{1,4000})['"]""")
_VERSIONED = re.compile(r"(?:python|pypy)(\d+\.\d+)t?")


@dataclass(frozen=True, slots=True)
class PythonPlace:
    """An interpreter and what it needs to be readable.

    Attributes:
        interpreter: the path that is started.
        prefix: of the environment.
        readable: folders that have to be shown.
        version: of the language as the folder names tell it ("3.11"), "" if they do not.
        distributions: folders that name what is installed, in order.
    """

    interpreter: Path
    prefix: Path
    readable: tuple[Path, ...]
    version: str = ""
    distributions: tuple[str, ...] = ()


def python_place(python: Path, *, checkout: Path | None = None) -> PythonPlace:
    """Return where the environment lies.

    Args:
        python: the folder of an environment, or its interpreter.
        checkout: the person's work tree: what leads there is left to the tree that takes its place.

    Raises:
        BadInputError: there is no interpreter.
    """
    python = Path(os.path.abspath(python.expanduser()))  # noqa: PTH100 - a link is what makes an environment
    interpreter = python
    if python.is_dir():
        usual = ("bin/python", "bin/python3")
        interpreter = next((python / name for name in usual if (python / name).exists()), python / "bin/python")
    if not interpreter.is_file():
        raise BadInputError(
            f"{display_safe(str(python))}: there is no Python interpreter",
            hint="name the folder of a virtual environment, or its bin/python",
        )
    prefix = interpreter.parent.parent
    readable = [prefix, *_bases(interpreter)]
    if (home := _settings(prefix).get("home")) and Path(home).is_dir():
        readable += [Path(home).parent, *_bases(Path(home) / interpreter.name)]
    sites = _sites(prefix)
    readable += [place for site in sites for place in _beside(site, checkout)]
    names = sorted(
        entry.name for site in sites for entry in os.scandir(site) if entry.name.endswith((".dist-info", ".egg-info"))
    )
    wanted = [place for place in dict.fromkeys(readable) if place != Path("/usr") and place != checkout]
    version = next((match[1] for site in sites if (match := _VERSIONED.fullmatch(site.parent.name))), "")
    return PythonPlace(interpreter, prefix, tuple(wanted), version, tuple(names))


def _bases(interpreter: Path) -> list[Path]:
    """Return the prefixes of all interpreters that a chain of links leads through, and the real one."""
    found: list[Path] = []
    place = interpreter
    for _ in range(_MAX_LINKS):
        found.append(place.parent.parent)
        if not place.is_symlink():
            break
        place = Path(os.path.normpath(place.parent / place.readlink()))
    return [*found, interpreter.resolve().parent.parent]


def _settings(prefix: Path) -> dict[str, str]:
    try:
        data = read_plain(prefix / "pyvenv.cfg", _LIMIT)
    except OSError:
        return {}
    pairs = (line.partition("=") for line in data.decode("utf-8", "replace").split("\n"))
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _sites(prefix: Path) -> list[Path]:
    found: list[Path] = []
    for lib in (prefix / "lib", prefix / "lib64"):
        if lib.is_dir() and not lib.is_symlink():
            folders = sorted(each for each in lib.iterdir() if _VERSIONED.fullmatch(each.name))
            found += [
                site for each in folders for name in ("site", "dist") if (site := each / f"{name}-packages").is_dir()
            ]
    return found


def _beside(site: Path, checkout: Path | None) -> list[Path]:
    """Return the folders outside of an environment that its packages are imported from."""
    named: list[str] = []
    for file in sorted(site.glob("*.pth"))[:_MAX_FILES]:
        named += [line.strip() for line in _text(file).split("\n") if line.strip().startswith("/")]
    for file in sorted(site.glob("__editable__*finder.py"))[:_MAX_FILES]:
        named += _QUOTED.findall(_text(file))
    for file in sorted(site.glob("*.egg-link"))[:_MAX_FILES]:
        named += [line.strip() for line in _text(file).split("\n")[:1] if line.startswith("/")]
    places = [Path(name) for name in dict.fromkeys(named) if name.isprintable()]
    real = None if checkout is None else checkout.resolve()
    return [
        place
        for place in places
        if place.is_dir() and (real is None or not place.resolve().is_relative_to(real)) and place != Path("/")
    ]


def _text(file: Path) -> str:
    try:
        return read_plain(file, _LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""
