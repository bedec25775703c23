"""What workflows and container files take in: actions, base images, and packages that a build step installs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.model import Dependency, text_of
from reviewer.checks.dependencies.python import normal, requirement_lines

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

_USES = re.compile(r"^\s*(?:-\s*)?uses\s*:\s*[\"']?(?P<what>[^\s\"'#]+)")
_FROM = re.compile(r"^\s*FROM\s+(?:--platform=\S+\s+)?(?P<image>[^\s$]+)(?:\s+AS\s+(?P<stage>\S+))?", re.IGNORECASE)
_PIP = re.compile(r"\b(?:pip3?|uv pip)\s+install\s+(?P<rest>[^&|;\n]*)")
_NPM = re.compile(r"\bnpm\s+(?:install|i)\s+(?:-g|--global)\s+(?P<rest>[^&|;\n]*)")
_WITH_VALUE = frozenset({"-r", "--requirement", "-c", "--constraint", "-t", "--target", "-e", "--editable", "--prefix"})
_INDEX = re.compile(r"--(?:extra-)?index-url(?:=|\s+)(?P<url>\S+)")
FLOATING = frozenset({"", "main", "master", "develop", "dev", "trunk", "head", "latest", "nightly", "edge"})
"""References that name something else tomorrow."""


def workflow(data: bytes) -> list[Dependency]:
    """Return the actions and reusable workflows of others that a workflow runs."""
    found = []
    for line in text_of(data).split("\n"):
        match = _USES.match(line[:1_000])
        if match is None or match["what"].startswith("./"):
            continue
        what = match["what"]
        if what.startswith("docker://"):
            found.append(_image(what.removeprefix("docker://"), "actions"))
            continue
        name, _, reference = what.partition("@")
        found.append(Dependency("actions", name.lower(), "build", reference, "", name))
    return found


def dockerfile(data: bytes) -> list[Dependency]:
    """Return the images that a container file starts from, and the packages that its steps install by name."""
    found: list[Dependency] = []
    stages: set[str] = {"scratch"}
    joined = re.sub(r"\\\r?\n", " ", text_of(data))
    for line in joined.split("\n"):
        if line.lstrip().startswith("#"):
            continue
        start = _FROM.match(line[:1_000])
        if start:
            if start["image"].lower() not in stages:
                found.append(_image(start["image"], "docker"))
            if start["stage"]:
                stages.add(start["stage"].lower())
        for match in _PIP.finditer(line[:20_000]):
            found += _installed(match["rest"])
        for match in _NPM.finditer(line[:20_000]):
            found += [_global(word) for word in match["rest"].split() if not word.startswith("-")]
    return found


def _image(image: str, ecosystem: Ecosystem) -> Dependency:
    name, at, digest = image.partition("@")
    tag = ""
    if ":" in name.rsplit("/", 1)[-1]:
        name, _, tag = name.rpartition(":")
    reference = f"{tag}@{digest}" if at and tag else digest or tag
    return Dependency(ecosystem, f"image {name.lower()}", "build", reference, "", name)


def _installed(rest: str) -> list[Dependency]:
    found = []
    index = _INDEX.search(rest)
    if index:
        url = index["url"]
        found.append(Dependency("python", f"package index {url}", "build", "", f"index+{url}", url))
        rest = rest.replace(index.group(), " ")
    words = rest.split()[:200]
    skip = False
    for word in words:
        if skip or word.startswith(("-", ".", "/", "$")):
            skip = word in _WITH_VALUE
            continue
        plain = word.strip("\"'")
        if "://" in plain:
            name = plain.split("#")[0].rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
            found.append(Dependency("python", normal(name), "runtime", "", plain.split("#")[0], name))
        else:
            found += requirement_lines([plain], "runtime")
    return found


def _global(word: str) -> Dependency:
    plain = word.strip("\"'")
    at = plain.rfind("@")
    name, version = (plain[:at], plain[at + 1 :]) if at > 0 else (plain, "")
    return Dependency("npm", name, "runtime", version, "", name)
