"""Which file is a pipeline or holds recipes, and how it is read into one model. Knows names of files, no values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.gates import (
    azure,
    circleci,
    commit_hooks,
    github,
    gitlab,
    json_tree,
    recipes,
    table_tree,
    yaml_tree,
)
from reviewer.checks.gates.tree import Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.checks.gates.pipeline import Pipeline

UNREAD = re.compile(
    r"(?:.*/)?(?:Jenkinsfile(?:\..*)?|\.travis\.yml|\.?appveyor\.yml|bitbucket-pipelines\.yml|\.drone\.yml|\.woodpecker\.ya?ml"
    r"|\.cirrus\.yml|cloudbuild\.ya?ml|buildspec\.ya?ml|\.buildkite/.*|\.teamcity/.*|justfile|Taskfile\.ya?ml|lefthook\.ya?ml"
    r"|\.semaphore/.*|wercker\.yml)"
)
"""Pipelines and recipes in notations that nothing here reads."""


def _first(data: bytes) -> Node:
    documents = yaml_tree.read(data)
    return documents[0] if documents else Node(1, is_map=True)


def _github(path: str, data: bytes) -> Pipeline | None:
    return github.workflow(path, _first(data))


def _gitlab(path: str, data: bytes) -> Pipeline | None:
    return gitlab.pipeline(path, yaml_tree.read(data))


def _azure(path: str, data: bytes) -> Pipeline | None:
    return azure.pipeline(path, _first(data))


def _circleci(path: str, data: bytes) -> Pipeline | None:
    return circleci.pipeline(path, _first(data))


def _hooks(path: str, data: bytes) -> Pipeline | None:
    return commit_hooks.pipeline(path, _first(data))


def _package(path: str, data: bytes) -> Pipeline | None:
    return recipes.package_scripts(path, json_tree.read(data))


def _tox(path: str, data: bytes) -> Pipeline | None:
    return recipes.tox(path, table_tree.read_ini(data))


def _tox_toml(path: str, data: bytes) -> Pipeline | None:
    root = table_tree.read_toml(data)
    tables = root if path.endswith("tox.toml") else root.get("tool", "tox")
    return None if tables is None else recipes.tox_toml(path, tables)


_READERS: tuple[tuple[re.Pattern[str], Callable[[str, bytes], Pipeline | None]], ...] = (
    (re.compile(r"\.(?:github|forgejo|gitea)/workflows/[^/]+\.ya?ml"), _github),
    (re.compile(r"(?:.*/)?action\.ya?ml"), _github),
    (
        re.compile(r"(?:.*/)?\.gitlab-ci\.ya?ml|(?:.*/)?[\w.-]+\.gitlab-ci\.ya?ml|\.gitlab/(?:ci|workflows)/.+\.ya?ml"),
        _gitlab,
    ),
    (
        re.compile(r"(?:.*/)?\.?azure-pipelines[^/]*\.ya?ml|\.?(?:azure-pipelines|azure/pipelines|ado)/.+\.ya?ml"),
        _azure,
    ),
    (re.compile(r"\.circleci/[^/]+\.ya?ml"), _circleci),
    (re.compile(r"(?:.*/)?\.pre-commit-config\.ya?ml"), _hooks),
    (re.compile(r"(?:.*/)?package\.json"), _package),
    (re.compile(r"(?:.*/)?(?:tox\.ini|setup\.cfg)"), _tox),
    (re.compile(r"(?:.*/)?(?:tox\.toml|pyproject\.toml)"), _tox_toml),
    (re.compile(r"(?:.*/)?(?:GNU)?[Mm]akefile(?:\.[\w-]+)?|(?:.*/)?[\w-]+\.mk"), recipes.make),
    (re.compile(r"(?:.*/)?noxfile\.py"), recipes.nox),
    (
        re.compile(
            r"\.husky/[\w-]+|\.githooks/[\w-]+|(?:.*/)?(?:\.?ci|scripts?|\.github/scripts)/[\w.-]+\.(?:sh|bash)"
        ),
        recipes.script,
    ),
)


def reader_of(path: str) -> Callable[[str, bytes], Pipeline | None] | None:
    """Return what reads a file into a pipeline, None if it is none.

    What is returned takes the path in the change and the content, and gives None where the file holds no recipe.
    """
    return next((reader for pattern, reader in _READERS if pattern.fullmatch(path)), None)
