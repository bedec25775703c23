"""The packages of a Python environment, found by reading folders: no interpreter is ever run to ask.

The person names the environment. The tools see it through a folder of links of our own, without the files that would
lead them elsewhere (`.pth`), most of all into the checkout that is under review.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import BadInputError
from reviewer.paths import read_plain
from reviewer.text import display_safe, plural

DEFAULT_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
"""What is assumed where nothing says: the version that this program runs on."""

_LIMIT = 1 << 20
_MAX_PATH_FILES = 200
_VERSIONED = re.compile(r"(?:python|pypy)(\d+\.\d+)t?")


class NoEnvironmentError(BadInputError):
    """What the person named is no Python environment."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python environment.

    Attributes:
        version: of the language, two numbers ("3.11").
        sites: folders of packages, in order of search.
        beside: further folders that packages are imported from (editable installs of other projects).
        distributions: names of what is installed, normalised.
    """

    version: str
    sites: tuple[Path, ...]
    beside: tuple[Path, ...]
    distributions: frozenset[str]

    @property
    def title(self) -> str:
        """What it is, in words without a path."""
        return f"Python {self.version} with {plural(len(self.distributions), 'package')}"

    def link(self, folder: Path) -> Path:
        """Make, below `folder`, an environment that has these packages and no more, and return it."""
        prefix = folder / "environment"
        site = prefix / "lib" / f"python{self.version}" / "site-packages"
        site.mkdir(parents=True)
        seen: set[str] = set()
        for source in self.sites:
            for entry in sorted(os.scandir(source), key=lambda each: each.name):
                if entry.name in seen or entry.name.endswith(".pth") or entry.name == "__pycache__":
                    continue
                seen.add(entry.name)
                (site / entry.name).symlink_to(entry.path)
        (site / "beside.pth").write_text("".join(f"{place}\n" for place in self.beside), encoding="utf-8")
        return prefix


def site_of(prefix: Path) -> Path:
    """Return the folder of packages in an environment that `Environment.link` made."""
    return next((prefix / "lib").iterdir()) / "site-packages"


def find(path: Path, *, without: Path | None = None) -> Environment:
    """Return the environment at a path: its folder, or its interpreter, which is not run.

    Args:
        path: named by the person.
        without: the checkout under review; an editable install that leads into it is left out, because both sides of
            the change are read from the commits.

    Raises:
        NoEnvironmentError: there is none; the sentence says what was looked for.
    """
    shown = display_safe(str(path))
    path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolving would lead out of a virtual environment
    if not path.exists():
        raise NoEnvironmentError(f"{shown}: there is no such Python environment")
    try:
        prefix, sites = _sites(path)
    except OSError as error:
        raise NoEnvironmentError(f"{shown}: cannot be read: {error.strerror}") from error
    if not sites:
        raise NoEnvironmentError(
            f"{shown}: is no Python environment: it has no lib/pythonX.Y/site-packages",
            hint="name the folder of a virtual environment, or its bin/python",
        )
    try:
        beside = tuple(place for site in sites for place in _path_files(site, without))
        names = frozenset(name for site in sites for name in _distributions(site))
    except OSError as error:
        raise NoEnvironmentError(f"{shown}: cannot be read: {error.strerror}") from error
    return Environment(_version(path, prefix, sites), tuple(sites), beside, names)


def normal(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _sites(path: Path) -> tuple[Path, list[Path]]:
    prefix = path if path.is_dir() else path.parent.parent
    settings = _settings(prefix)
    if settings is None and not path.is_dir():
        # An interpreter outside of a virtual environment may be a link to the real one.
        found = _of_prefix(prefix, path.resolve().name) or _of_prefix(path.resolve().parent.parent, path.resolve().name)
        return prefix, found
    sites = _of_prefix(prefix, f"python{_short((settings or {}).get('version', ''))}")
    if settings and settings.get("include-system-site-packages", "").lower() == "true" and settings.get("home"):
        home = Path(settings["home"])
        sites += _of_prefix(home.parent, f"python{_short(settings.get('version', ''))}")
    return prefix, sites


def _of_prefix(prefix: Path, interpreter: str) -> list[Path]:
    """Return the package folders below a prefix, those of the named interpreter's version if there are several."""
    named = _VERSIONED.match(interpreter)
    found: list[Path] = []
    for lib in (prefix / "lib", prefix / "lib64", prefix / "local" / "lib", prefix / "Lib"):
        if not lib.is_dir():
            continue
        folders = sorted(each for each in lib.iterdir() if _VERSIONED.fullmatch(each.name))
        exact = [each for each in folders if named and each.name.endswith(named[1])]
        for folder in [*(exact or folders[-1:]), lib / "python3", lib]:
            found += [site for name in ("site-packages", "dist-packages") if (site := folder / name).is_dir()]
    return list({site.resolve(): site for site in found}.values())


def _settings(prefix: Path) -> dict[str, str] | None:
    try:
        data = read_plain(prefix / "pyvenv.cfg", _LIMIT)
    except OSError:
        return None
    pairs = (line.partition("=") for line in data.decode("utf-8", "replace").split("\n"))
    found = {key.strip().lower(): value.strip() for key, _, value in pairs}
    return found | ({"version": found["version_info"]} if "version_info" in found and "version" not in found else {})


def _version(path: Path, prefix: Path, sites: list[Path]) -> str:
    stated = _short((_settings(prefix) or {}).get("version", ""))
    names = [*(part for site in sites for part in site.parts[::-1]), path.resolve().name, path.name]
    return stated or next((match[1] for name in names if (match := _VERSIONED.fullmatch(name))), DEFAULT_VERSION)


def _short(version: str) -> str:
    match = re.match(r"\d+\.\d+", version)
    return match[0] if match else ""


def _path_files(site: Path, without: Path | None) -> list[Path]:
    """Return the folders that the environment's `.pth` files name; lines that would run code are left out."""
    places: list[Path] = []
    for file in sorted(site.glob("*.pth"))[:_MAX_PATH_FILES]:
        try:
            text = read_plain(file, _LIMIT).decode("utf-8", "replace")
        except OSError:
            continue
        for line in text.split("\n"):
            words = line.strip()
            if not words or words.startswith(("#", "import ", "import\t")) or not words.isprintable():
                continue
            place = (site / words).resolve()
            inside = without is not None and place.is_relative_to(without.resolve())
            if place.is_dir() and not inside:
                places.append(place)
    return places


def _distributions(site: Path) -> list[str]:
    endings = (".dist-info", ".egg-info")
    return [normal(entry.name.split("-")[0]) for entry in os.scandir(site) if entry.name.endswith(endings)]
