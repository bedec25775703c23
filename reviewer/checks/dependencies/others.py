"""Manifests and locks of Go, Rust and Ruby: go.mod, go.sum, Cargo.toml, Cargo.lock, Gemfile, Gemfile.lock, gemspecs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.model import Dependency, Group, MalformedError, rows, table, text, text_of, toml_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_GO_REQUIRE = re.compile(
    r"^\s*(?:require\s+)?(?P<name>[^\s()]+\.[^\s()]+)\s+(?P<version>v\S+)(?P<indirect>\s*//\s*indirect)?"
)
_GO_REPLACE = re.compile(r"^\s*(?:replace\s+)?(?P<name>[^\s()]+)(?:\s+v\S+)?\s+=>\s+(?P<target>\S+)")
_GEM = re.compile(r"^\s*gem\s+[\"'](?P<name>[^\"']+)[\"'](?P<rest>.*)")
_GEM_VERSION = re.compile(r",\s*[\"'](?P<version>[^\"']+)[\"']")
_GEM_SOURCE = re.compile(
    r"(?:\b(?P<key>git|github|path|source):|:(?P<old>git|github|path|source)\s*=>)\s*[\"'](?P<value>[^\"']+)"
)
_GEM_GROUP = re.compile(r"^\s*group\b(?P<names>.*)\bdo\b")
_GEM_LOCKED = re.compile(r"^ {4}(?P<name>[^\s(]+) \((?P<version>[^)]+)\)")
_GEM_REMOTE = re.compile(r"^ {2}remote: (?P<remote>\S+)")
_GEMSPEC = re.compile(
    r"^\s*\w+\.add_(?P<kind>(?:runtime_|development_)?dependency)\s*\(?\s*[\"'](?P<name>[^\"']+)[\"'](?P<rest>.*)"
)
_GEM_INDEX = re.compile(r"^\s*source\s*\(?\s*[\"'](?P<url>[^\"']+)[\"']")
_GO_SUM = re.compile(r"^(?P<name>\S+) (?P<version>v[^\s/]+) h1:")
_CARGO_GROUPS: tuple[tuple[str, Group], ...] = (
    ("dependencies", "runtime"),
    ("dev-dependencies", "dev"),
    ("build-dependencies", "build"),
)
_CRATES = re.compile(r"registry\+https://github\.com/rust-lang/crates\.io-index|sparse\+https://index\.crates\.io/")


def go_mod(data: bytes) -> list[Dependency]:
    """Return what a go.mod states: direct and indirect requirements, and replacements as their source."""
    lines = text_of(data).split("\n")
    if not any(line.startswith("module ") for line in lines):
        raise MalformedError("no module line")
    replaced = {match["name"]: match["target"] for line in lines if (match := _GO_REPLACE.match(line))}
    found = []
    for line in lines:
        match = _GO_REQUIRE.match(line)
        if match and "=>" not in line and not line.startswith(("module", "exclude", "retract")):
            group: Group = "optional" if match["indirect"] else "runtime"
            name = match["name"]
            source = f"replace+{replaced[name]}" if name in replaced else ""
            found.append(Dependency("go", name, group, match["version"], source, name))
    return found


def go_sum(data: bytes) -> list[Dependency]:
    """Return the modules whose content a go.sum vouches for."""
    found = []
    for line in text_of(data).split("\n"):
        match = _GO_SUM.match(line[:1_000])
        if match:
            found.append(Dependency("go", match["name"], "runtime", match["version"], "", match["name"]))
    return found


def gemspec(data: bytes) -> list[Dependency]:
    """Return what a gemspec states, by the form of its lines."""
    found = []
    for line in text_of(data).split("\n"):
        match = _GEMSPEC.match(line[:1_000])
        if match:
            version = _GEM_VERSION.match(match["rest"])
            group: Group = "dev" if match["kind"].startswith("development") else "runtime"
            found.append(
                Dependency("ruby", match["name"], group, version["version"] if version else "", "", match["name"])
            )
    return found


def cargo_toml(data: bytes) -> list[Dependency]:
    """Return what a Cargo.toml states, with the dependencies of its targets and workspace."""
    document = toml_of(data)
    found: list[Dependency] = []
    for owner in (document, table(document, "workspace"), *map(table, table(document, "target").values())):
        for key, group in _CARGO_GROUPS:
            found += _crates(table(owner, key), group)
    return found


def cargo_lock(data: bytes) -> list[Dependency]:
    """Return the packages of a Cargo.lock; those without a source are the workspace's own."""
    found = []
    for row in rows(toml_of(data).get("package")):
        source = text(row.get("source"))
        if source and (name := text(row.get("name"))):
            place = "" if _CRATES.match(source) else re.sub(r"[?#].*$", "", source)
            found.append(Dependency("cargo", name, "runtime", text(row.get("version")), place, name))
    return found


def gemfile(data: bytes) -> list[Dependency]:
    """Return what a Gemfile states, by the form of its lines."""
    found = []
    group: Group = "runtime"
    for line in text_of(data).split("\n"):
        match = _GEM.match(line)
        opened = _GEM_GROUP.match(line)
        if opened:
            group = "runtime" if "production" in opened["names"] else "dev"
        elif line.strip() == "end":
            group = "runtime"
        elif (index := _GEM_INDEX.match(line[:1_000])) and "rubygems.org" not in index["url"]:
            url = index["url"]
            found.append(Dependency("ruby", f"package index {url}", "build", "", f"index+{url}", url))
        elif match:
            version = _GEM_VERSION.match(match["rest"])
            source = _GEM_SOURCE.search(match["rest"])
            place = "" if source is None else f"{source['key'] or source['old']}+{source['value']}"
            found.append(
                Dependency("ruby", match["name"], group, version["version"] if version else "", place, match["name"])
            )
    return found


def gemfile_lock(data: bytes) -> list[Dependency]:
    """Return the gems of a Gemfile.lock."""
    found = []
    remote, section = "", ""
    for line in text_of(data).split("\n"):
        if line and not line[0].isspace():
            section, remote = line.strip(), ""
        elif match := _GEM_REMOTE.match(line):
            remote = match["remote"]
        elif match := _GEM_LOCKED.match(line):
            usual = section == "GEM" and remote.startswith("https://rubygems.org")
            place = "" if usual else f"{section.lower()}+{remote}"
            found.append(Dependency("ruby", match["name"], "runtime", match["version"], place, match["name"]))
    return found


def _crates(entries: dict[str, object], group: Group) -> Iterator[Dependency]:
    for name, value in entries.items():
        stated = table(value)
        source = next(
            (f"{key}+{text(stated[key])}" for key in ("git", "path", "registry") if text(stated.get(key))), ""
        )
        real = text(stated.get("package")) or name
        specifier = text(value) if isinstance(value, str) else text(stated.get("version"))
        yield Dependency("cargo", real, group, specifier, source, name)
