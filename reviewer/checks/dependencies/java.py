"""Java: pom.xml without entities, Gradle's scripts and version catalogues by the form of their lines."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from reviewer.checks.dependencies.model import Dependency, Group, MalformedError, table, text, text_of, toml_of

_LARGEST = 2_000_000
_DECLARES = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROPERTY = re.compile(r"\$\{([\w.-]+)\}")
_SCOPES: dict[str, Group] = {"test": "dev", "provided": "build", "import": "build"}
_GRADLE = re.compile(
    r"^\s*(?P<kind>\w*[iI]mplementation|\w*[aA]pi|compile|runtime|\w*[cC]ompileOnly|\w*[rR]untimeOnly"
    r"|\w*[aA]nnotationProcessor|kapt|ksp|classpath)\s*\(?\s*(?:platform\(|enforcedPlatform\()?"
    r"[\"'](?P<group>[\w.-]+):(?P<name>[\w.-]+)(?::(?P<version>[^\"':@]*))?"
)
_GRADLE_REPOSITORY = re.compile(r"^\s*(?:maven\s*\{?\s*)?(?:url|setUrl)\b\s*[=(]?\s*(?:uri\(\s*)?[\"'](?P<url>[^\"']+)")
_USUAL = re.compile(r"https://(?:repo1?\.maven\.(?:apache\.)?org|maven\.google\.com|plugins\.gradle\.org)/")


def pom(data: bytes) -> list[Dependency]:
    """Return what a pom.xml states; properties of the same file are filled in."""
    document = text_of(data)
    if len(document) > _LARGEST or _DECLARES.search(document):
        raise MalformedError("it declares a document type or entities, or is too large")
    try:
        root = ET.fromstring(document)  # noqa: S314 - what declares a type or an entity is refused above
    except (ET.ParseError, ValueError) as error:
        raise MalformedError("not XML") from error
    properties = {_name(one): (one.text or "").strip() for block in _all(root, "properties") for one in block}
    found = []
    for one in _all(root, "dependency"):
        parts = {_name(child): (child.text or "").strip() for child in one}
        name = f"{_filled(parts.get('groupId', ''), properties)}:{_filled(parts.get('artifactId', ''), properties)}"
        group: Group = "optional" if parts.get("optional") == "true" else _SCOPES.get(parts.get("scope", ""), "runtime")
        source = f"path+{parts['systemPath']}" if parts.get("systemPath") else ""
        version = _filled(parts.get("version", ""), properties)
        found.append(Dependency("java", name, group, version, source, parts.get("artifactId", "")))
    for one in _all(root, "repository"):
        url = next(((child.text or "").strip() for child in one if _name(child) == "url"), "")
        if url and not _USUAL.match(url):
            found.append(_index(url))
    return found


def gradle(data: bytes) -> list[Dependency]:
    """Return what a build.gradle or build.gradle.kts states in plain texts."""
    found = []
    for line in text_of(data).split("\n"):
        match = _GRADLE.match(line[:1_000])
        if match:
            group: Group = "dev" if match["kind"].startswith(("test", "androidTest")) else "runtime"
            name = f"{match['group']}:{match['name']}"
            found.append(Dependency("java", name, group, match["version"] or "", "", match["name"]))
        place = _GRADLE_REPOSITORY.match(line[:1_000])
        if place and not _USUAL.match(place["url"]):
            found.append(_index(place["url"]))
    return found


def version_catalogue(data: bytes) -> list[Dependency]:
    """Return the libraries of a libs.versions.toml."""
    document = toml_of(data)
    versions = table(document, "versions")
    found = []
    for key, value in table(document, "libraries").items():
        stated = table(value)
        module = text(stated.get("module")) or f"{text(stated.get('group'))}:{text(stated.get('name'))}"
        version = text(stated.get("version")) or text(versions.get(text(table(stated, "version").get("ref"))))
        if isinstance(value, str) and value.count(":") == 2:
            module, _, version = value.rpartition(":")
        if module.strip(":"):
            found.append(Dependency("java", module, "runtime", version, "", key))
    return found


def _all(root: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in root.iter() if _name(one) == name]


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _filled(value: str, properties: dict[str, str]) -> str:
    return _PROPERTY.sub(lambda match: properties.get(match[1], match[0]), value[:500])


def _index(url: str) -> Dependency:
    return Dependency("java", f"package index {url}", "build", "", f"index+{url}", url)
