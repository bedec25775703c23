"""Which of a project's own pytest options stay in force, read from the base of the change.

The configuration of each tree is needed to collect its tests, so it stays. What the project adds to every command line
does not, because thresholds, "stop at the first", selections and parallel runs would change what is measured; only
options that say how tests are found and loaded are kept, and they come from the base: a change cannot turn its own
tests off by them.
"""

from __future__ import annotations

import configparser
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewer.probe.files import Files

_WITH_VALUE = frozenset(
    {"-p", "-W", "--pythonwarnings", "--import-mode", "--ds", "--dc", "--asyncio-mode", "--confcutdir"}
)
_ALONE = frozenset({"--strict-markers", "--strict", "--reuse-db", "--create-db", "--nomigrations", "--no-migrations"})
_NEVER = ("no:", "xdist", "reviewer_probe")
_LIMIT = 1 << 20
_MAX_WORDS = 200


def kept(files: Files) -> tuple[str, ...]:
    """Return the options of the project that stay in force."""
    return tuple(_kept(_words(files)))


def _kept(words: list[str]) -> list[str]:
    found: list[str] = []
    pending = iter(words[:_MAX_WORDS])
    for word in pending:
        name, joined, value = word.partition("=")
        if word in _ALONE or (joined and name in _WITH_VALUE and name.startswith("--")):
            found.append(word)
        elif word in _WITH_VALUE:
            value = next(pending, "")
            if value and not value.startswith(_NEVER):
                found += [word, value]
        elif word[:2] in {"-p", "-W"} and len(word) > 2 and not word[2:].startswith(_NEVER):
            found.append(word)
    return found


def _words(files: Files) -> list[str]:
    for path, read in (
        ("pytest.toml", _toml),
        (".pytest.toml", _toml),
        ("pytest.ini", _ini),
        (".pytest.ini", _ini),
        ("pyproject.toml", _toml),
        ("tox.ini", _ini),
        ("setup.cfg", _ini),
    ):
        data = files.read(path)
        if data is None or len(data) > _LIMIT:
            continue
        try:
            found = read(data.decode("utf-8", "replace"))
            if isinstance(found, list):
                return [word for word in found if isinstance(word, str)]
            if isinstance(found, str):
                return shlex.split(found, comments=True)
        except (ValueError, RecursionError, configparser.Error):
            return []
    return []


def _toml(text: str) -> Any:  # noqa: ANN401 - whatever a file of settings holds
    document = tomllib.loads(text)
    table = document.get("tool", document)
    table = table.get("pytest", {}) if isinstance(table, dict) else {}
    for part in (table.get("ini_options"), table) if isinstance(table, dict) else ():
        if isinstance(part, dict) and "addopts" in part:
            return part["addopts"]
    return None


def _ini(text: str) -> str | None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    for section in ("pytest", "tool:pytest"):
        if parser.has_option(section, "addopts"):
            return parser.get(section, "addopts")
    return None
