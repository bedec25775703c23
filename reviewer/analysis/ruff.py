"""ruff over a folder, with settings that are written anew from the harmless ones of the base.

Which rules a project wants is the project's affair, so no table of rule names is needed here; what a setting may do to
the machine is ours. Nothing that names a file, a folder or a program outside of the tree is passed on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomli_w

from reviewer.analysis.process import Tool, ToolError
from reviewer.checks.dependencies.model import MalformedError, table, toml_of
from reviewer.checks.diagnostics import Diagnostic
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from reviewer.checks.case import SourceTree
    from reviewer.checks.finding import ToolRun

TOOL = Tool("ruff")
SETTINGS = (".ruff.toml", "ruff.toml", "pyproject.toml")
"""Where settings are looked for in one folder; the first file that has some is taken, as ruff does."""

_TOP = ("line-length", "indent-width", "target-version", "preview", "exclude", "extend-exclude", "builtins", "src")
_LINT = (
    *("select", "extend-select", "ignore", "extend-ignore", "per-file-ignores", "extend-per-file-ignores", "preview"),
    *("explicit-preview-rules", "allowed-confusables", "dummy-variable-rgx", "external", "logger-objects", "task-tags"),
    *("typing-modules", "exclude", "future-annotations", "typing-extensions"),
)
_PLUGINS = re.compile(
    r"flake8-[a-z0-9-]+|isort|mccabe|pep8-naming|pycodestyle|pydoclint|pydocstyle|pyflakes|pylint|pyupgrade|ruff"
)
_UNKNOWN_RULE = re.compile(
    r"(?:Unknown rule selector|Invalid rule code|unknown rule)[^`']{0,40}[`']([A-Z]{1,8}\d{0,6})[`']"
)
_UNKNOWN_KEY = re.compile(r"unknown (?:field|variant) `([^`\n]{1,80})`")
_MAX_REPAIRS = 12
_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """The harmless part of a project's settings.

    Attributes:
        file: where they stand in the base.
        document: as ruff.toml has them.
        notes: what was left out, in words.
    """

    file: str
    document: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def settings_of(tree: SourceTree, python: str | None) -> Settings | None:
    """Return the settings in the tree's own folder, None if it has none for ruff.

    Args:
        tree: the base.
        python: the oldest version of the language, for settings that do not name one.

    Raises:
        ToolError: the file that should hold them cannot be read as TOML.
    """
    for name in SETTINGS:
        data = tree.read(name)
        if data is None:
            continue
        try:
            document = toml_of(data)
        except MalformedError as error:
            raise ToolError(f"{name} of the base is {error}, so the linter's settings are not known") from error
        found = table(document, "tool", "ruff") if name == "pyproject.toml" else document
        if found or name != "pyproject.toml":
            return _harmless(name, found, python)
    return None


def _harmless(name: str, found: Mapping[str, Any], python: str | None) -> Settings:
    kept: dict[str, Any] = {key: found[key] for key in _TOP if key in found and _plain(found[key])}
    if "target-version" not in kept and python is not None:
        kept["target-version"] = "py" + python.replace(".", "")
    lint: dict[str, Any] = {}
    for source in (found, table(found, "lint")):
        # Rules stood at the top before they had a table of their own.
        lint |= {key: source[key] for key in _LINT if key in source and key not in _TOP and _plain(source[key])}
        lint |= {key: value for key, value in source.items() if _PLUGINS.fullmatch(key) and _plain(value)}
    own = table(found, "lint")
    lint |= {key: own[key] for key in ("preview", "exclude") if key in own and _plain(own[key])}
    notes = []
    if "extend" in found:
        notes.append(f"{name} extends another file, which was not followed")
    document = kept | ({"lint": lint} if lint else {})
    return Settings(name, document, tuple(notes))


def _plain(value: object, depth: int = 0) -> bool:
    """Return whether a setting is of plain values, none of which is a way out of the tree."""
    if isinstance(value, str):
        return (
            len(value) < 1_000
            and value.isprintable()
            and not value.startswith(("/", "~"))
            and ".." not in value.split("/")
        )
    if isinstance(value, list):
        return len(value) < 5_000 and all(_plain(one, depth + 1) for one in value) and depth < _MAX_DEPTH
    if isinstance(value, dict):
        return depth < _MAX_DEPTH and all(_plain(key) and _plain(one, depth + 1) for key, one in value.items())
    return isinstance(value, bool | int)


def run(
    folder: Path,
    room: Path,
    files: Sequence[str],
    settings: Settings,
    cancelled: Callable[[], bool] | None = None,
    *,
    log: list[ToolRun] | None = None,
) -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    """Return what it says of `files`, and what of the settings it does not know, in words; `log` takes what was run.

    Raises:
        ToolError: it failed, or said what cannot be read.
        CancelledError: it was cancelled.
    """
    document = json.loads(json.dumps(settings.document))
    notes: list[str] = []
    place = room / "ruff.toml"
    for _ in range(_MAX_REPAIRS):
        place.write_text(tomli_w.dumps(document), encoding="utf-8")
        arguments = [
            *("check", "--config", str(place), "--no-cache", "--force-exclude", "--no-respect-gitignore", "--no-fix"),
            *("--output-format", "json", "--exit-zero", "--", *files),
        ]
        outcome = TOOL.run(arguments, room=room, folder=folder, cancelled=cancelled, log=log)
        if outcome.code == 0:
            break
        said = _whole(room)
        unknown = _without(document, said)
        if unknown is None:
            raise ToolError(f"{TOOL.title} refuses the settings of {settings.file}: {clip(display_safe(said), 200)}")
        notes.append(f"{TOOL.title} does not know '{display_safe(unknown)}' of {settings.file}")
    else:
        raise ToolError(f"{TOOL.title} does not know most settings of {settings.file}")
    try:
        return tuple(_read(json.loads(outcome.stdout), folder)), tuple(notes)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ToolError(f"{TOOL.title} said what cannot be read: {outcome.complaint or 'not its JSON'}") from error


def _read(rows: list[dict[str, Any]], folder: Path) -> list[Diagnostic]:
    found = []
    for row in rows:
        code = row.get("code")
        path = str(row["filename"]).removeprefix(f"{folder}/")
        if code in {None, "invalid-syntax"}:
            continue
        found.append(Diagnostic(TOOL.name, str(code), None, path, int(row["location"]["row"]), str(row["message"])))
    return sorted(found, key=lambda each: (each.path, each.line, each.rule))


def _whole(room: Path) -> str:
    return (room / f"{TOOL.name}-err").read_bytes()[:4_000].decode("utf-8", "replace").replace("\n", " ")


def _without(document: dict[str, Any], said: str) -> str | None:
    """Take out of the settings what a complaint names, and return its name; None if it names nothing that is there."""
    match = _UNKNOWN_RULE.search(said) or _UNKNOWN_KEY.search(said)
    if match is None:
        return None
    name = match[1]
    return name if _drop(document, name) else None


def _drop(value: object, name: str) -> bool:
    dropped = False
    if isinstance(value, dict):
        if name in value:
            del value[name]
            dropped = True
        for one in list(value.values()):
            dropped |= _drop(one, name)
    elif isinstance(value, list) and name in value:
        value[:] = [one for one in value if one != name]
        dropped = True
    return dropped
