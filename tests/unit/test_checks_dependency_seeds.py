"""Seeded changes of dependencies in many spellings: each is told by the rule that is meant for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.dependencies.java import gradle, pom, version_catalogue
from reviewer.checks.dependencies.model import MalformedError
from reviewer.checks.dependencies.popular import known_names, near_known
from reviewer.checks.dependencies.python_more import environment, setup_py
from reviewer.checks.dependencies.satisfies import satisfies
from reviewer.checks.dependency_creep import DependencyCheck
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

Files = dict[str, str]
SEEDED: list[tuple[str, Files, Files, str | None]] = []


def t(name: str, before: Files, after: Files, rule: str | None = None) -> None:
    SEEDED.append((name, before, after, rule))


P = '[project]\nname="shop"\ndependencies=["requests>=2,<3"]\n'
app = {"shop/__init__.py": "", "shop/api.py": "import requests\n"}


def py(extra: str) -> Files:
    return {**app, "pyproject.toml": P.replace('"requests>=2,<3"', '"requests>=2,<3"' + extra)}


t("twin", {**app, "pyproject.toml": P}, py(',"httpx"'), "purpose-twin")
t(
    "twin other file",
    {**app, "pyproject.toml": P},
    {**app, "pyproject.toml": P, "requirements-dev.txt": "httpx\n"},
    "purpose-twin",
)
t("git url pep508", {**app, "pyproject.toml": P}, py(',"foo @ git+https://github.com/x/foo"'), "dependency-source")
t(
    "git url req",
    {"requirements.txt": "requests==2.1\n"},
    {"requirements.txt": "git+https://github.com/psf/requests@main#egg=requests\n"},
    "dependency-source",
)
t("upper limit gone", {**app, "pyproject.toml": P}, {**app, "pyproject.toml": P.replace(",<3", "")}, "pin-loosened")
t("major", {"requirements.txt": "django==3.2\n"}, {"requirements.txt": "django==5.0\n"}, "major-jump")
t(
    "undeclared",
    {**app, "pyproject.toml": P},
    {**app, "pyproject.toml": P, "shop/x.py": "import numpy as np\n"},
    "import-undeclared",
)
t(
    "guarded",
    {**app, "pyproject.toml": P},
    {**app, "pyproject.toml": P, "shop/x.py": "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n"},
)
REGISTRY = 'source={registry="https://pypi.org/simple"}\n'
lock = (
    f'version = 1\n[[package]]\nname="requests"\nversion="2.31"\n{REGISTRY}'
    f'[[package]]\nname="urllib3"\nversion="2.0"\n{REGISTRY}'
)
t(
    "transitive",
    {**app, "pyproject.toml": P, "uv.lock": lock},
    {**app, "pyproject.toml": P, "uv.lock": lock, "shop/x.py": "from urllib3.util import Retry\n"},
    "import-transitive",
)
t(
    "lock drift",
    {**app, "pyproject.toml": P, "uv.lock": lock},
    {**app, "pyproject.toml": P.replace(">=2,<3", ">=2.32,<3"), "uv.lock": lock + "\n"},
    "lock-disagrees",
)
t(
    "lock drift 2",
    {**app, "pyproject.toml": P, "uv.lock": lock},
    {**app, "pyproject.toml": P, "uv.lock": lock.replace("2.31", "3.0")},
    "lock-disagrees",
)
t(
    "lock alone",
    {**app, "pyproject.toml": P, "uv.lock": lock},
    {**app, "pyproject.toml": P, "uv.lock": lock.replace("2.31", "2.30")},
    "locked-downgrade",
)
t(
    "lock not updated",
    {**app, "pyproject.toml": P, "uv.lock": lock},
    {**py(',"rich"'), "uv.lock": lock, "shop/z.py": "import rich\n"},
    "lock-not-updated",
)
t("unused", {**app, "pyproject.toml": P}, py(',"rich"'), "dependency-unused")
t(
    "used",
    {**app, "pyproject.toml": P},
    {**py(',"rich"'), "shop/x.py": "from rich.console import Console\n"},
    "dependency-added",
)
t("near", {**app, "pyproject.toml": P}, py(',"reqeusts"'), "near-known-name")
t("near2", {**app, "pyproject.toml": P}, py(',"python-dateutils"'), "near-known-name")
t("std", {**app, "pyproject.toml": P}, py(',"dataclasses"'), "standard-twin")
t(
    "dev2run poetry",
    {"pyproject.toml": '[tool.poetry.group.dev.dependencies]\npytest="^8"\n'},
    {"pyproject.toml": '[tool.poetry.dependencies]\npytest="^8"\n'},
    "dev-to-runtime",
)
t(
    "setup.py",
    {"setup.py": 'from setuptools import setup\nsetup(install_requires=["a"])\n'},
    {"setup.py": 'from setuptools import setup\nREQ=["a","b @ git+https://x/b"]\nsetup(install_requires=REQ)\n'},
    "dependency-source",
)
t(
    "cmdclass",
    {"setup.py": 'from setuptools import setup\nsetup(install_requires=["a"])\n'},
    {"setup.py": 'from setuptools import setup\nsetup(install_requires=["a"], cmdclass={"install": Evil})\n'},
    "install-script",
)
t(
    "pipfile",
    {"Pipfile": '[packages]\na="*"\n'},
    {"Pipfile": '[packages]\na="*"\nb={git="https://x/b"}\n'},
    "dependency-source",
)
t(
    "env yml",
    {"environment.yml": "name: x\ndependencies:\n  - numpy=1.26\n"},
    {"environment.yml": "name: x\ndependencies:\n  - numpy=1.26\n  - pip:\n    - git+https://x/y.git\n"},
    "dependency-source",
)
t(
    "env channel",
    {"environment.yml": "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - numpy=1.26\n"},
    {"environment.yml": "name: x\nchannels:\n  - conda-forge\n  - evil\ndependencies:\n  - numpy=1.26\n"},
    "index-added",
)


def pj(d: dict[str, str], **k: Any) -> str:  # noqa: ANN401 - keys of a package.json
    return json.dumps({"name": "x", "dependencies": d, **k}, indent=1)


t("js twin", {"package.json": pj({"axios": "^1"})}, {"package.json": pj({"axios": "^1", "got": "^14"})}, "purpose-twin")
t(
    "js undeclared",
    {"package.json": pj({"axios": "^1"}), "src/a.ts": "x\n"},
    {"package.json": pj({"axios": "^1"}), "src/a.ts": "x\nimport _ from 'lodash'\n"},
    "import-undeclared",
)
t(
    "js own alias",
    {"package.json": pj({"axios": "^1"}), "src/a.ts": "x\n", "lib/x.ts": ""},
    {
        "package.json": pj({"axios": "^1"}),
        "src/a.ts": "x\nimport _ from '@/lodash'\nimport fs from 'fs'\nimport 'node:path'\nimport q from 'lib/x'\n",
        "lib/x.ts": "",
    },
)
t(
    "js override",
    {"package.json": pj({"a": "^1"})},
    {"package.json": pj({"a": "^1"}, overrides={"b": "npm:evil@1"})},
    "dependency-source",
)
t("npmrc", {".npmrc": "save-exact=true\n"}, {".npmrc": "save-exact=true\nregistry=https://evil.test/\n"}, "index-added")
t(
    "js lock",
    {
        "package.json": pj({"a": "^1.0.0"}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}),
    },
    {
        "package.json": pj({"a": "^2.0.0"}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.1"}}}),
    },
    "lock-disagrees",
)
t(
    "go",
    {"go.mod": "module x.org/a\n\ngo 1.21\n", "m.go": "package m\n"},
    {"go.mod": "module x.org/a\n\ngo 1.21\n", "m.go": 'package m\n\nimport (\n\t"fmt"\n\t"github.com/pkg/errors"\n)\n'},
)
t(
    "go2",
    {"go.mod": "module x.org/a\n\ngo 1.21\nrequire github.com/a/b v1.0.0\n", "m.go": "package m\n"},
    {
        "go.mod": "module x.org/a\n\ngo 1.21\nrequire github.com/a/b v1.0.0\n",
        "m.go": 'package m\n\nimport (\n\t"fmt"\n\t"github.com/pkg/errors"\n\t"x.org/a/q"\n)\n',
    },
    "import-undeclared",
)
t(
    "go replace",
    {"go.mod": "module x.org/a\n\nrequire github.com/a/b v1.0.0\n"},
    {"go.mod": "module x.org/a\n\nrequire github.com/a/b v1.0.0\nreplace github.com/a/b => github.com/evil/b v1.0.0\n"},
    "dependency-source",
)
t(
    "go sum",
    {"go.mod": "module x.org/a\n\nrequire github.com/a/b v1.0.0\n", "go.sum": "github.com/a/b v1.0.0 h1:x=\n"},
    {
        "go.mod": "module x.org/a\n\nrequire (\n github.com/a/b v1.0.0\n github.com/c/d v1.0.0\n)\n",
        "go.sum": "github.com/a/b v1.0.0 h1:x=\n",
    },
    "lock-not-updated",
)
C = '[package]\nname="x"\n[dependencies]\nserde="1"\n'
t("cargo git", {"Cargo.toml": C}, {"Cargo.toml": C + 'foo={git="https://x/foo"}\n'}, "dependency-source")
t(
    "cargo undeclared",
    {"Cargo.toml": C, "src/main.rs": "fn main(){}\n"},
    {
        "Cargo.toml": C,
        "src/main.rs": "use rand::Rng;\nuse std::fmt;\nuse crate::x;\nmod y;\nuse y::Z;\nfn main(){}\n",
        "src/y.rs": "",
    },
    "import-undeclared",
)
t("build.rs", {"Cargo.toml": C}, {"Cargo.toml": C, "build.rs": "fn main(){}\n"}, "install-script")
t(
    "gem",
    {"Gemfile": "source 'https://rubygems.org'\ngem 'rails'\n"},
    {"Gemfile": "source 'https://rubygems.org'\ngem 'rails', git: 'https://x/rails'\n"},
    "dependency-source",
)
t(
    "gem source",
    {"Gemfile": "source 'https://rubygems.org'\ngem 'rails'\n"},
    {"Gemfile": "source 'https://rubygems.org'\nsource 'https://evil.test'\ngem 'rails'\n"},
    "index-added",
)
t(
    "gemspec",
    {"x.gemspec": "Gem::Specification.new do |s|\n  s.add_development_dependency 'rake'\nend\n"},
    {"x.gemspec": "Gem::Specification.new do |s|\n  s.add_dependency 'rake'\nend\n"},
    "dev-to-runtime",
)
POM = (
    "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>1.0</version>"
    "<scope>test</scope></dependency></dependencies></project>"
)
t("pom", {"pom.xml": POM}, {"pom.xml": POM.replace("<scope>test</scope>", "")}, "dev-to-runtime")
t(
    "pom add",
    {"pom.xml": POM},
    {
        "pom.xml": POM.replace(
            "<dependencies>",
            "<dependencies><dependency><groupId>q</groupId><artifactId>z</artifactId><version>${v}</version></dependency>",
        )
    },
    "dependency-added",
)
t(
    "gradle",
    {"build.gradle": "dependencies {\n}\n"},
    {"build.gradle": "dependencies {\n  implementation 'org.x:y:1.0'\n}\n"},
    "dependency-added",
)
W = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n"
t(
    "action main",
    {".github/workflows/a.yml": W},
    {".github/workflows/a.yml": W + "      - uses: evil/x@main\n"},
    "reference-floating",
)
t(
    "action sha->tag",
    {".github/workflows/a.yml": W.replace("v4", "a" * 40)},
    {".github/workflows/a.yml": W},
    "pin-loosened",
)
t(
    "docker latest",
    {"Dockerfile": "FROM python:3.12 AS b\nFROM b\n"},
    {"Dockerfile": "FROM python:latest AS b\nFROM b\n"},
    "reference-floating",
)
t(
    "docker pip",
    {"Dockerfile": "FROM python:3.12\n"},
    {"Dockerfile": "FROM python:3.12\nRUN pip install --no-cache-dir \\\n  evil==1 -r req.txt\n"},
    "dependency-added",
)
t("req include", {"requirements.txt": "a==1\n"}, {"requirements.txt": "a==1\n-r extra.txt\n"}, "requirements-included")
t("reorder", {"requirements.txt": "a==1\nB_c==2\n"}, {"requirements.txt": "b-c == 2\n# x\na==1\n"})
t("bump", {"requirements.txt": "a==1.2\n"}, {"requirements.txt": "a==1.3\n"})


@pytest.mark.parametrize(("before", "after", "rule"), [row[1:] for row in SEEDED], ids=[row[0] for row in SEEDED])
def test_a_seeded_change_is_told_by_its_rule(before: Files, after: Files, rule: str | None) -> None:
    result = DependencyCheck().run(make_case(before, after, trees=True))
    rules = {one.rule for one in result.findings}
    if rule is None:
        assert not [one for one in result.findings if one.severity != "info"]
    else:
        assert rule in rules
    assert "itself failed" not in result.reason


@pytest.mark.parametrize(
    ("ecosystem", "specifier", "version", "expected"),
    [
        ("python", ">=2,<3", "2.31", True),
        ("python", "==2.31", "2.30", False),
        ("python", "^1.2", "2.0", False),
        ("python", "~=1.4", "1.9", True),
        ("python", "not a specifier", "1", None),
        ("npm", "^1.2.3", "1.9.0", True),
        ("npm", "^0.2.3", "0.3.0", False),
        ("npm", "~1.2.3", "1.3.0", False),
        ("npm", "1.2.3", "1.2.4", False),
        ("npm", ">=1 <3", "2.0.0", None),
        ("cargo", "1.2", "1.9.0", True),
        ("cargo", "0.4", "0.5.0", False),
        ("ruby", "~> 1", "2", None),
    ],
)
def test_a_locked_version_and_what_is_allowed(
    ecosystem: Ecosystem,
    specifier: str,
    version: str,
    expected: bool | None,  # noqa: FBT001 - a table
) -> None:
    assert satisfies(ecosystem, specifier, version) is expected


@pytest.mark.parametrize("name", ["reqeusts", "requets", "djnago", "numpyy", "python-dateutils"])
def test_a_slip_of_a_known_name_is_near_it(name: str) -> None:
    assert near_known("python", name) is not None


@pytest.mark.parametrize("name", ["requests", "httpx2x", "rich", "abc", "pydantic-core", "a" * 500, ""])
def test_a_known_or_a_far_name_is_not(name: str) -> None:
    assert near_known("python", name) is None


def test_no_known_name_is_near_another() -> None:
    for ecosystem, names in known_names().items():
        for name in names:
            assert near_known(ecosystem, name) is None, name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><project/>',
        "<!-- x --><!doctype a><project/>",
        "<project>",
        "not xml",
        "<a>" * 50_000,
    ],
)
def test_a_hostile_pom_is_refused(document: str) -> None:
    with pytest.raises(MalformedError):
        pom(document.encode())


def test_java_is_read_by_form() -> None:
    lines = "dependencies {\n  testImplementation(\"org.junit:junit:4.13\")\n  api 'a.b:c:1'\n}\n"
    assert [(one.name, one.group, one.specifier) for one in gradle(lines.encode())] == [
        ("org.junit:junit", "dev", "4.13"),
        ("a.b:c", "runtime", "1"),
    ]
    catalogue = '[versions]\nx = "2"\n[libraries]\na = { module = "g:a", version.ref = "x" }\nb = "g:b:3"\n'
    assert [(one.name, one.specifier) for one in version_catalogue(catalogue.encode())] == [("g:a", "2"), ("g:b", "3")]


def test_what_a_setup_computes_is_not_known() -> None:
    source = "setup(install_requires=read('r.txt'), extras_require={'test': ['t'], 'x': ['y']})\n"
    assert [(one.name, one.group) for one in setup_py(source.encode())] == [("t", "dev"), ("y", "optional")]


def test_an_environment_is_read_by_its_lines() -> None:
    lines = "channels:\n- defaults\ndependencies:\n- python=3.11\n- bioconda::samtools>=1\n- pip:\n  - rich==13\n"
    assert [(one.name, one.specifier, one.source) for one in environment(lines.encode())] == [
        ("samtools", ">=1", "channel+bioconda"),
        ("rich", "==13", ""),
    ]
