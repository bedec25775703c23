"""More of Python's manifests: Pipfile and its lock, environment.yml, setup.py, and settings that name an index."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.model import Dependency, Group, MalformedError, rows, table, text, text_of, toml_of
from reviewer.checks.dependencies.python import is_for_development, normal, requirement_lines, requirements, usual_index
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

_INI_INDEX = re.compile(r"^\s*(?:extra-index-url|index-url|find-links)\s*[=:]\s*(?P<urls>\S.*)$", re.IGNORECASE)
_CONDA_ENTRY = re.compile(r"^(?P<indent> *)- +(?P<quote>['\"]?)(?P<entry>[^'\"#]+)(?P=quote)")
_CONDA_KEY = re.compile(r"^(?P<key>dependencies|channels) *:")
_CONDA_PIP = re.compile(r"^ *- +pip *: *$")
_CONDA_SPEC = re.compile(r"(?:(?P<channel>[\w.-]+)::)?(?P<name>[\w.-]+)\s*(?P<spec>[=<>!~].*)?")
_SETUP_KEYS: dict[str, Group] = {"install_requires": "runtime", "setup_requires": "build", "tests_require": "dev"}


def pipfile(data: bytes) -> list[Dependency]:
    """Return what a Pipfile states."""
    document = toml_of(data)
    found: list[Dependency] = []
    groups: tuple[tuple[str, Group], ...] = (("packages", "runtime"), ("dev-packages", "dev"))
    for key, group in groups:
        for name, value in table(document, key).items():
            stated = table(value)
            kind = next((one for one in ("git", "path", "file", "index") if text(stated.get(one))), "")
            source = f"{kind}+{text(stated[kind])}" if kind else ""
            specifier = text(value) if isinstance(value, str) else text(stated.get("version"))
            found.append(Dependency("python", normal(name), group, "" if specifier == "*" else specifier, source, name))
    found += [_index(text(row.get("url"))) for row in rows(document.get("source")) if _foreign(text(row.get("url")))]
    return found


def pipfile_lock(data: bytes) -> list[Dependency]:
    """Return the packages of a Pipfile.lock."""
    try:
        document = json.loads(text_of(data))
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON") from error
    found: list[Dependency] = []
    groups: tuple[tuple[str, Group], ...] = (("default", "runtime"), ("develop", "dev"))
    for key, group in groups:
        for name, value in table(document, key).items():
            stated = table(value)
            source = f"git+{text(stated['git'])}" if text(stated.get("git")) else ""
            found.append(
                Dependency("python", normal(name), group, text(stated.get("version")).lstrip("="), source, name)
            )
    return found


def environment(data: bytes) -> list[Dependency]:
    """Return what a conda environment.yml states, by the form of its lines; channels count as indexes."""
    found: list[Dependency] = []
    key, pip_indent = "", -1
    for line in text_of(data).split("\n"):
        head = _CONDA_KEY.match(line)
        if head or (line[:1].strip() and not line.startswith(("-", "#"))):
            key, pip_indent = head["key"] if head else "", -1
            continue
        if key == "dependencies" and _CONDA_PIP.match(line):
            pip_indent = len(line) - len(line.lstrip(" "))
            continue
        entry = _CONDA_ENTRY.match(line)
        if entry is None:
            continue
        if key == "channels":
            channel = entry["entry"].strip()
            if channel not in {"defaults", "conda-forge", "nodefaults"}:
                found.append(_index(channel))
        elif key == "dependencies" and 0 <= pip_indent < len(entry["indent"]):
            found += requirements(entry["entry"].encode("utf-8", "surrogatepass"))
        elif key == "dependencies":
            found += _conda(entry["entry"].strip())
    return found


def setup_py(data: bytes) -> list[Dependency]:
    """Return what a setup.py states in plain lists of texts; what it computes is not run and not known."""
    tree = parse(data)
    if tree is None:
        raise MalformedError("not Python")
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[Dependency] = []
    for node in walk(tree):
        if not (isinstance(node, ast.Call) and _called(node) == "setup"):
            continue
        for keyword in node.keywords:
            value = assigned.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
            if keyword.arg in _SETUP_KEYS:
                found += requirement_lines(_texts(value), _SETUP_KEYS[keyword.arg])
            elif keyword.arg == "extras_require" and isinstance(value, ast.Dict):
                found += _extras(value)
    return found


def index_settings(data: bytes) -> list[Dependency]:
    """Return the indexes that a pip.conf names."""
    found = []
    for line in text_of(data).split("\n"):
        match = _INI_INDEX.match(line[:2_000])
        found += [_index(url) for url in (match["urls"].split() if match else ()) if _foreign(url)]
    return found


def commands_at_installation(data: bytes) -> dict[str, str]:
    """Return the commands of setuptools that a setup.py puts its own classes in the place of."""
    tree = parse(data)
    found: dict[str, str] = {}
    for node in walk(tree) if tree is not None else ():
        if isinstance(node, ast.keyword) and node.arg == "cmdclass" and isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = value.id if isinstance(value, ast.Name) else "a class"
    return found


def _conda(entry: str) -> Iterator[Dependency]:
    stated = _CONDA_SPEC.fullmatch(entry)
    if stated is not None and stated["name"].lower() not in {"python", "pip"}:
        source = f"channel+{stated['channel']}" if stated["channel"] else ""
        name = stated["name"]
        yield Dependency("python", normal(name), "runtime", (stated["spec"] or "").strip(), source, name)


def _extras(value: ast.Dict) -> Iterator[Dependency]:
    for key, entries in zip(value.keys, value.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        yield from requirement_lines(_texts(entries), "dev" if is_for_development(name) else "optional")


def _texts(value: ast.expr | None) -> list[str]:
    if not isinstance(value, ast.List | ast.Tuple | ast.Set):
        return []
    return [one.value for one in value.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _foreign(url: str) -> bool:
    return bool(url) and not usual_index(url)


def _index(url: str) -> Dependency:
    return Dependency("python", f"package index {url}", "build", "", f"index+{url}", url)
