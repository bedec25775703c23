"""JavaScript manifests and locks: package.json, package-lock.json (1 to 3), pnpm-lock.yaml, yarn.lock."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reviewer.checks.dependencies.model import (
    Dependency,
    Group,
    MalformedError,
    is_foreign_source,
    table,
    text,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS: tuple[tuple[str, Group], ...] = (
    ("dependencies", "runtime"),
    ("peerDependencies", "runtime"),
    ("optionalDependencies", "optional"),
    ("devDependencies", "dev"),
)
INSTALL_HOOKS = ("preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare")
"""Scripts that npm runs on the machine of whoever installs."""
_PNPM = re.compile(r"^  ['\"]?/?(?P<name>(?:@[^/@'\"]+/)?[^/@'\"(]+)[@/](?P<version>\d[^:('\"]*)")
_YARN_HEAD = re.compile(r"^\"?(?P<name>(?:@[^/@\"]+/)?[^@\"\s]+)@.*:\s*$")
_YARN_VERSION = re.compile(r"^\s+version:?\s+\"?(?P<version>[^\"\s]+)\"?")
_YARN_RESOLVED = re.compile(r"^\s+resolved\s+\"(?P<url>[^\"]+)\"")
_REGISTRY = re.compile(r"^\s*(?:@[\w.-]+:)?registry\s*=\s*(?P<url>\S+)")
_USUAL = re.compile(r"https://(?:registry\.npmjs\.org|registry\.yarnpkg\.com)/")


def package_json(data: bytes) -> list[Dependency]:
    """Return what a package.json states."""
    document = _json(data)
    found = []
    for key, group in _GROUPS:
        for name, value in table(document, key).items():
            specifier = text(value)
            foreign = is_foreign_source(specifier)
            found.append(
                Dependency("npm", name, group, "" if foreign else specifier, specifier if foreign else "", name)
            )
    found += _overridden(document)
    return found


def registries(data: bytes) -> list[Dependency]:
    """Return the registries that an .npmrc names."""
    found = []
    for line in text_of(data).split("\n"):
        match = _REGISTRY.match(line[:1_000])
        if match and not _USUAL.match(f"{match['url']}/"):
            url = match["url"]
            found.append(Dependency("npm", f"package index {url}", "build", "", f"index+{url}", url))
    return found


def install_hooks(data: bytes) -> dict[str, str]:
    """Return the scripts of a package.json that run on installation, by name."""
    scripts = table(_json(data), "scripts")
    return {name: text(scripts[name]) for name in INSTALL_HOOKS if text(scripts.get(name))}


def package_lock(data: bytes) -> list[Dependency]:
    """Return the packages of a package-lock.json."""
    document = _json(data)
    found = []
    for path, entry in table(document, "packages").items():
        stated = table(entry)
        if "node_modules/" in path and stated.get("link") is not True:
            found.append(_locked(path.rsplit("node_modules/", 1)[-1], stated))
    if not found:
        found = [_locked(name, table(entry)) for name, entry in table(document, "dependencies").items()]
    return found


def pnpm_lock(data: bytes) -> list[Dependency]:
    """Return the packages of a pnpm-lock.yaml, by the grammar of its lines."""
    lines = text_of(data).split("\n")
    if not any(line.startswith("lockfileVersion:") for line in lines[:5]):
        raise MalformedError("no lockfileVersion at its start")
    return list(_pnpm_packages(lines))


def yarn_lock(data: bytes) -> list[Dependency]:
    """Return the packages of a yarn.lock, by the grammar of its lines."""
    found: list[Dependency] = []
    name = ""
    for line in text_of(data).split("\n"):
        head = _YARN_HEAD.match(line)
        if head:
            name = head["name"]
        elif name and (version := _YARN_VERSION.match(line)):
            found.append(Dependency("npm", name, "runtime", version["version"], "", name))
            name = ""
        elif found and (resolved := _YARN_RESOLVED.match(line)) and not _USUAL.match(resolved["url"]):
            last = found.pop()
            found.append(
                Dependency("npm", last.name, last.group, last.specifier, _place(resolved["url"]), last.written)
            )
    return found


def _overridden(document: dict[str, Any]) -> Iterator[Dependency]:
    """Yield what is put in the place of a package that others ask for."""
    for owner in (table(document, "overrides"), table(document, "resolutions"), table(document, "pnpm", "overrides")):
        for name, value in owner.items():
            specifier = text(value)
            if specifier:
                foreign = is_foreign_source(specifier) or specifier.startswith("npm:")
                wanted, place = ("", specifier) if foreign else (specifier, "")
                yield Dependency("npm", f"override of {name}", "optional", wanted, place, name)


def _pnpm_packages(lines: list[str]) -> Iterator[Dependency]:
    within = False
    for line in lines:
        if line and not line[0].isspace():
            within = line.startswith(("packages:", "snapshots:"))
        match = _PNPM.match(line) if within else None
        if match:
            yield Dependency("npm", match["name"], "runtime", match["version"].strip(), "", match["name"])


def _locked(name: str, stated: dict[str, Any]) -> Dependency:
    resolved = text(stated.get("resolved"))
    source = "" if not resolved or _USUAL.match(resolved) else _place(resolved)
    group: Group = "dev" if stated.get("dev") is True else "runtime"
    return Dependency("npm", name, group, text(stated.get("version")), source, name)


def _place(url: str) -> str:
    """Return where a package comes from, without the part that changes with its version."""
    match = re.match(r"[\w+]+://[^/]+/", url)
    return match.group() if match and not url.startswith(("git", "ssh")) else url.split("#", maxsplit=1)[0]


def _json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text_of(data))
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON") from error
    if not isinstance(document, dict):
        raise MalformedError("not a JSON object")
    return document
