"""Python's manifests and locks: pyproject.toml (PEP 621, PEP 735, Poetry, PDM, uv), requirements, setup.cfg, locks."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.model import (
    Dependency,
    Group,
    MalformedError,
    rows,
    table,
    text,
    text_of,
    texts,
    toml_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:@\s*(?P<url>\S+)|(?P<spec>[^;#]*))"
)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_ARCHIVE = re.compile(
    r"://[^/\s]{1,200}/[^/\s]{1,200}/([A-Za-z0-9._-]{1,200})/(?:-/)?(?:archive|zipball|tarball|releases)/"
)
_INDEX = re.compile(r"(?:-i|--index-url|--extra-index-url|-f|--find-links)(?:\s+|=)(\S+)")
_INCLUDED = re.compile(r"(?:-r|--requirement)(?:\s+|=)?(?P<path>[^\s=]\S*)")
_DEV_NAMES = re.compile(
    r"dev|test|lint|doc|typing|type|mypy|style|qa|ci|bench|debug|example|build|format|\bcov(?:erage)?\b", re.IGNORECASE
)


def pyproject(data: bytes) -> list[Dependency]:
    """Return what a pyproject.toml states."""
    document = toml_of(data)
    sources = table(document, "tool", "uv", "sources")
    found = list(requirement_lines(texts(table(document, "project").get("dependencies")), "runtime"))
    for extra, entries in table(document, "project", "optional-dependencies").items():
        found += requirement_lines(texts(entries), "dev" if is_for_development(extra) else "optional")
    for entries in table(document, "dependency-groups").values():
        found += requirement_lines(texts(entries), "dev")
    found += requirement_lines(texts(table(document, "build-system").get("requires")), "build")
    found += requirement_lines(texts(table(document, "tool", "uv").get("dev-dependencies")), "dev")
    for entries in table(document, "tool", "pdm", "dev-dependencies").values():
        found += requirement_lines(texts(entries), "dev")
    for environment in table(document, "tool", "hatch", "envs").values():
        for key in ("dependencies", "extra-dependencies"):
            found += requirement_lines(texts(table(environment).get(key)), "dev")
    found += _poetry(table(document, "tool", "poetry"))
    found = [_with_source(one, sources) for one in found]
    for index in rows(table(document, "tool", "uv").get("index")) + rows(
        table(document, "tool", "poetry").get("source")
    ):
        found.append(_index(text(index.get("url"))))
    return found


def requirements(data: bytes) -> list[Dependency]:
    """Return what a requirements or constraints file states; a file that it includes is one entry of its own."""
    found: list[Dependency] = []
    joined = text_of(data).replace("\\\r\n", " ").replace("\\\n", " ")
    for raw in joined.split("\n"):
        line = re.sub(r"(?:^|\s)#.*", "", raw).strip()
        line = re.sub(r"\s--(?:hash|config-settings|global-option)\S*(?:\s[^-]\S*)?", "", line)
        index = _INDEX.match(line)
        if index:
            found.append(_index(index.group(1)))
            continue
        included = _INCLUDED.match(line)
        if included:
            found.append(_include(included["path"]))
            continue
        line = re.sub(r"^(?:-e|--editable)\s*=?\s*", "", line)
        if not line or line.startswith("-"):
            continue
        if re.match(r"(?:git|hg|svn|bzr)\+|https?:|file:|\.{0,2}/", line):
            name = _name_of(line)
            found.append(Dependency("python", normal(name), "runtime", "", _source(line), name))
        else:
            found += requirement_lines([line], "runtime")
    return found


def _name_of(line: str) -> str:
    """Return what a URL or path is called: what it says itself, the repository of an archive, else its last part."""
    egg, archive = _EGG.search(line), _ARCHIVE.search(line)
    if egg or archive:
        return egg[1] if egg else archive[1] if archive else ""
    return line.split("#", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")


def setup_cfg(data: bytes) -> list[Dependency]:
    """Return what a setup.cfg states."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text_of(data))
    except configparser.Error as error:
        raise MalformedError("not an ini file") from error
    found: list[Dependency] = []
    if parser.has_option("options", "install_requires"):
        found += requirement_lines(_lines(parser.get("options", "install_requires")), "runtime")
    if parser.has_option("options", "setup_requires"):
        found += requirement_lines(_lines(parser.get("options", "setup_requires")), "build")
    if parser.has_section("options.extras_require"):
        for extra, value in parser.items("options.extras_require"):
            found += requirement_lines(_lines(value or ""), "dev" if is_for_development(extra) else "optional")
    return found


def toml_lock(data: bytes) -> list[Dependency]:
    """Return the packages of a uv, Poetry or PDM lock file."""
    found = []
    for row in rows(toml_of(data).get("package")):
        name, version = text(row.get("name")), text(row.get("version"))
        source = row.get("source")
        place = ""
        if isinstance(source, dict):
            if "editable" in source or "virtual" in source:
                continue  # the project itself
            kind = next((key for key in ("git", "url", "path", "directory") if key in source), "")
            place = f"{kind}+{text(source[kind])}" if kind else ""
            if text(source.get("type")) in {"git", "url", "file", "directory"}:
                place = f"{text(source['type'])}+{text(source.get('url'))}"
            elif not place:
                place = _registry(text(source.get("registry")) or text(source.get("url")))
        elif text(row.get("git")) or text(row.get("url")) or text(row.get("path")):
            place = (
                "git+" + text(row["git"]) if row.get("git") else text(row.get("url")) or "path:" + text(row.get("path"))
            )
        if name:
            found.append(Dependency("python", normal(name), "runtime", version, _unpinned(place), name))
    return found


def _poetry(document: dict[str, object]) -> Iterator[Dependency]:
    tables: list[tuple[object, Group]] = [
        (document.get("dependencies"), "runtime"),
        (document.get("dev-dependencies"), "dev"),
    ]
    tables += [(table(group).get("dependencies"), "dev") for group in table(document, "group").values()]
    for entries, group in tables:
        for name, value in table(entries).items():
            if name.lower() == "python":
                continue
            stated = table(value)
            place = next((f"{key}+{text(stated[key])}" for key in ("git", "url", "path") if text(stated.get(key))), "")
            specifier = text(value) if isinstance(value, str) else text(stated.get("version"))
            real_group: Group = "optional" if stated.get("optional") is True else group
            yield Dependency("python", normal(name), real_group, specifier.strip(), place, name)


def requirement_lines(entries: Iterable[str], group: Group) -> Iterator[Dependency]:
    """Yield the dependencies that lines of PEP 508 state."""
    for entry in entries:
        match = _REQUIREMENT.match(entry)
        if match:
            place = _source(match["url"]) if match["url"] else ""
            specifier = "".join((match["spec"] or "").strip(" ()").split())
            yield Dependency("python", normal(match["name"]), group, specifier, place, match["name"])


def _with_source(one: Dependency, sources: dict[str, object]) -> Dependency:
    stated = next((table(value) for name, value in sources.items() if normal(name) == one.name), {})
    kind = next((key for key in ("git", "url", "path", "index") if text(stated.get(key))), "")
    if not kind:
        return one
    return Dependency(one.ecosystem, one.name, one.group, one.specifier, f"{kind}+{text(stated[kind])}", one.written)


def _include(path: str) -> Dependency:
    return Dependency("python", f"requirements file {path}", "runtime", "", "", path)


def _index(url: str) -> Dependency:
    return Dependency("python", f"package index {url}", "build", "", _registry(url) and f"index+{url}", url)


def usual_index(url: str) -> bool:
    """Return whether a URL is that of the index that everybody uses."""
    return re.match(r"https://(?:files\.|upload\.)?(?:pypi|pythonhosted)\.(?:org|python\.org)\b", url) is not None


def is_for_development(name: str) -> bool:
    """Return whether an extra or a group is for those who work on the project, by its name."""
    return _DEV_NAMES.search(name) is not None


def _registry(url: str) -> str:
    return "" if not url or usual_index(url) else url


def _source(line: str) -> str:
    return line.split(";", maxsplit=1)[0].split("#", maxsplit=1)[0].strip()


def _unpinned(source: str) -> str:
    """Return a lock's source without the revision, which changes with every update."""
    return re.sub(r"[?#].*$", "", source)


def _lines(value: str) -> list[str]:
    return [line.split("#")[0].strip() for line in value.split("\n") if line.split("#")[0].strip()]


def normal(name: str) -> str:
    """Return a distribution's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
