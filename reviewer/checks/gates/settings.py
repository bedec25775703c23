"""Settings of tools, under one name a tool and one key a setting, wherever a project keeps them.

So that what moves from setup.cfg to pyproject.toml, or is spelled with other dashes, is the same setting. Knows file
names and sections; knows nothing of which settings matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.gates import commit_hooks, eslint_tree, json_tree, loose, table_tree, yaml_tree
from reviewer.checks.gates.tree import Node, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Key: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Folder, tool, and the parts of a setting's key."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value with the path, in the change, of the file that it stands in."""

    path: str
    node: Node


_PYTHON = frozenset(
    (
        *("pytest", "coverage", "ruff", "flake8", "pycodestyle", "mypy", "pylint", "pyright", "bandit", "interrogate"),
        *("importlinter", "pyrefly", "ty"),
    )
)
"""Tools whose keys are spelled with `-` or `_` alike."""
_CAMEL = frozenset(("pyright",))
_SAME = {
    "extend_select": "select",
    "extend_ignore": "ignore",
    "extend_exclude": "exclude",
    "extend_per_file_ignores": "per_file_ignores",
    "exclude_also": "exclude_lines",
    "extend_default_ignore": "ignore",
}
"""Keys that add to another one."""
ADDS, STATES = ("adds to the rules that are on",), ("states the rules that are on",)
"""Keys of a tool with a list of rules that adds to another one, and with a list of its own instead of the tool's."""
_JOINED = frozenset(_SAME.values())
_SECTION = re.compile(r"(?:tool:)?(pytest|flake8|pycodestyle|pep8|bandit|interrogate)")


def read(path: str, name: str, data: bytes) -> Iterator[tuple[Key, Setting]]:
    """Yield the settings of a file that holds some; nothing for other files.

    Args:
        path: in the change.
        name: the path on the side that is read; decides what the file is.
        data: its content.

    Raises:
        UnreadableError: it is not in its notation.
    """
    reader = reader_of(name)
    if reader is None:
        return
    folder = name.rpartition("/")[0]
    folder = "" if folder in {".github", ".config"} else folder
    for tool, root in reader(name, data):
        for key, node in leaves(root):
            parts = _key(tool, key)
            if parts == ("select",):
                yield (folder, tool, ADDS if key[-1] != "select" else STATES), Setting(path, node)
            if tool == "flake8" and parts == ("per_file_ignores",):
                yield from _per_file(path, folder, node)
            else:
                yield (folder, tool, parts), Setting(path, node)


def reader_of(name: str) -> Callable[[str, bytes], Iterator[tuple[str, Node]]] | None:
    """Return who reads a file by its path, None if it holds no settings that are known."""
    base = name.rsplit("/", 1)[-1]
    return next((reader for pattern, reader in _READERS if pattern.fullmatch(base) or pattern.fullmatch(name)), None)


def merge(found: Iterator[tuple[Key, Setting]]) -> dict[Key, Setting]:
    """Return the settings of one side by key: lists that add to each other are joined, else the first one holds."""
    merged: dict[Key, Setting] = {}
    for key, setting in found:
        known = merged.get(key)
        if known is not None and _JOINED.isdisjoint(key[2]):
            continue
        if known is not None:
            elements = (*known.node.list_of(), *setting.node.list_of())
            node = replace(known.node, text=known.node.text if known.node.elements else None, elements=elements)
            merged[key] = Setting(known.path, node)
        else:
            merged[key] = setting
    return merged


def _key(tool: str, key: tuple[str, ...]) -> tuple[str, ...]:
    if tool in _PYTHON and tool not in _CAMEL:
        head, rest = key[:1], key[1:]
        if tool == "ruff" and head == ("lint",):
            head, rest = rest[:1], rest[1:]
        if tool == "pytest" and head == ("ini_options",):
            head, rest = rest[:1], rest[1:]
        if tool == "pylint":
            # The names of its sections carry no meaning.
            head, rest = key[-1:], ()
        plain = tuple(part.replace("-", "_") for part in head)
        if rest and plain[0] in {"report", "run", "mccabe", "pylint", "src"}:
            rest = tuple(part.replace("-", "_") for part in rest)
        key = (*plain, *rest)
    return tuple(_SAME.get(part, part) for part in key)


def _per_file(path: str, folder: str, node: Node) -> Iterator[tuple[Key, Setting]]:
    """Yield flake8's `path:codes` as ruff's map has them."""
    pattern = ""
    codes: dict[str, list[Node]] = {}
    for piece in node.elements:
        name, sign, code = (piece.text or "").rpartition(":")
        if sign:
            pattern = name.strip()
        codes.setdefault(pattern, []).append(Node(piece.line, code.strip(), first=piece.line))
    for pattern, elements in codes.items():
        yield (
            (folder, "flake8", ("per_file_ignores", pattern)),
            Setting(path, Node(elements[0].line, elements=tuple(elements))),
        )


def _pyproject(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
    tools = table_tree.read_toml(data).get("tool")
    for tool, node in tools.entries if tools is not None else ():
        if tool == "mypy":
            yield tool, _with_modules(node)
        else:
            yield {"basedpyright": "pyright"}.get(tool, tool), node


def _with_modules(mypy: Node) -> Node:
    """Return mypy's table with its overrides by module instead of by number."""
    entries = [entry for entry in mypy.entries if entry[0] != "overrides"]
    overrides = mypy.get("overrides")
    modules: dict[str, dict[str, Node]] = {}
    for table in overrides.elements if overrides is not None else ():
        module = table.get("module")
        for name in module.words() if module is not None else ():
            known = modules.setdefault(name, {})
            known.update((key, node) for key, node in table.entries if key != "module")
    below = tuple(
        (name, Node(next(iter(keys.values())).line, entries=tuple(keys.items()), is_map=True))
        for name, keys in modules.items()
        if keys
    )
    if overrides is not None:
        entries.append(("overrides", Node(overrides.line, entries=below, is_map=True)))
    return Node(mypy.line, entries=tuple(entries), is_map=True)


def _ini(name: str, data: bytes) -> Iterator[tuple[str, Node]]:
    alone = name.rsplit("/", 1)[-1].lstrip(".")
    for section, node in table_tree.read_ini(data).entries:
        if match := _SECTION.fullmatch(section):
            yield {"pep8": "pycodestyle"}.get(match[1], match[1]), node
        elif section == "mypy":
            yield "mypy", node
        elif section.startswith("mypy-"):
            below = tuple((module.strip(), node) for module in section[5:].split(","))
            yield (
                "mypy",
                Node(node.line, entries=(("overrides", Node(node.line, entries=below, is_map=True)),), is_map=True),
            )
        elif section.startswith("coverage:"):
            yield "coverage", _below(section[9:], node)
        elif alone == "coveragerc":
            yield "coverage", _below(section, node)
        elif alone == "pylintrc":
            yield "pylint", node


def _below(name: str, node: Node) -> Node:
    return Node(node.line, entries=((name, node),), is_map=True)


def _package(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
    root = json_tree.read(data)
    for key, tool in (
        ("eslintConfig", "eslint"),
        ("jest", "jest"),
        ("nyc", "nyc"),
        ("c8", "nyc"),
        ("stylelint", "stylelint"),
    ):
        node = root.get(key)
        if node is not None:
            yield tool, eslint_tree.plain(node) if tool == "eslint" else node


def _hooks(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
    for document in yaml_tree.read(data):
        yield "hooks", commit_hooks.passed_over(document)


def _cargo(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
    root = table_tree.read_toml(data)
    for node in (root.get("lints"), root.get("workspace", "lints")):
        if node is not None:
            yield "clippy", _below("lints", node)


def _json(tool: str) -> Callable[[str, bytes], Iterator[tuple[str, Node]]]:
    def read_json(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
        yield tool, json_tree.read(data)

    return read_json


def _yaml(tool: str) -> Callable[[str, bytes], Iterator[tuple[str, Node]]]:
    def read_yaml(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
        for document in yaml_tree.read(data):
            yield tool, document

    return read_yaml


def _toml(tool: str) -> Callable[[str, bytes], Iterator[tuple[str, Node]]]:
    def read_toml(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
        yield tool, table_tree.read_toml(data)

    return read_toml


def _either(tool: str) -> Callable[[str, bytes], Iterator[tuple[str, Node]]]:
    """Return a reader of files without a suffix, which may be JSON or YAML."""

    def read_either(name: str, data: bytes) -> Iterator[tuple[str, Node]]:
        is_json = name.endswith((".json", ".jsonc", ".json5")) or data.lstrip()[:1] in {b"{", b"/"}
        for node in (json_tree.read(data),) if is_json else yaml_tree.read(data):
            yield tool, eslint_tree.plain(node) if tool == "eslint" else node

    return read_either


def _script(tool: str) -> Callable[[str, bytes], Iterator[tuple[str, Node]]]:
    def read_script(_: str, data: bytes) -> Iterator[tuple[str, Node]]:
        yield tool, loose.read(tool, data)

    return read_script


_JS = r"\.[cm]?[jt]s"
_READERS: tuple[tuple[re.Pattern[str], Callable[[str, bytes], Iterator[tuple[str, Node]]]], ...] = (
    (re.compile(r"pyproject\.toml"), _pyproject),
    (re.compile(r"setup\.cfg|tox\.ini|\.?pytest\.ini|\.coveragerc|\.flake8|\.?mypy\.ini|\.?pylintrc|\.bandit"), _ini),
    (re.compile(r"\.?ruff\.toml"), _toml("ruff")),
    (re.compile(r"ty\.toml"), _toml("ty")),
    (re.compile(r"pyrefly\.toml"), _toml("pyrefly")),
    (re.compile(r"\.?clippy\.toml"), _toml("clippy")),
    (re.compile(r"\.?gitleaks\.toml"), _toml("gitleaks")),
    (re.compile(r"\.golangci\.toml"), _toml("golangci")),
    (re.compile(r"Cargo\.toml"), _cargo),
    (re.compile(r"package\.json"), _package),
    (re.compile(r"\.pre-commit-config\.ya?ml"), _hooks),
    (re.compile(r"pyrightconfig\.json"), _json("pyright")),
    (re.compile(r"(?:ts|js)config(?:\.[\w-]+)*\.json"), _json("tsconfig")),
    (re.compile(r"jest\.config\.json"), _json("jest")),
    (re.compile(r"biome\.jsonc?"), _json("biome")),
    (re.compile(r"\.(?:nyc|c8)rc(?:\.json|\.ya?ml)?"), _either("nyc")),
    (re.compile(r"\.eslintrc(?:\.json|\.ya?ml)?"), _either("eslint")),
    (re.compile(r"\.stylelintrc(?:\.json|\.ya?ml)?"), _either("stylelint")),
    (re.compile(r"\.golangci\.(?:ya?ml|json)"), _either("golangci")),
    (re.compile(r"\.?codecov\.ya?ml"), _yaml("codecov")),
    (re.compile(r"\.rubocop(?:_todo)?\.ya?ml"), _yaml("rubocop")),
    (re.compile(r"\.?bandit\.ya?ml"), _yaml("bandit")),
    (re.compile(r"\.github/settings\.ya?ml"), _yaml("branches")),
    (re.compile(rf"eslint\.config{_JS}|\.eslintrc{_JS}"), _script("eslint")),
    (re.compile(rf"jest\.config{_JS}|(?:vitest|vite)\.config{_JS}|vitest\.workspace{_JS}"), _script("jest")),
)
