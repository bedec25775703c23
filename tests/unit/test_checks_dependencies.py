"""Manifests and lock files, one format at a time, and where findings about them stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.dependencies.formats import format_of
from reviewer.checks.dependencies.model import is_pinned, lowest
from reviewer.checks.dependency_creep import DependencyCheck
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.checks.finding import CheckResult

NPM_LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "x"},
        "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz"},
        "node_modules/@s/b": {"version": "2.0.0", "resolved": "git+ssh://git@x.test/b.git#abc", "dev": True},
        "node_modules/a/node_modules/c": {"version": "3.0.0"},
    },
}
FILES: dict[str, tuple[str, set[tuple[str, str, str, str]]]] = {
    "pyproject.toml": (
        """
[project]
dependencies = ["Foo_Bar[x]>=1 ; python_version < '4'", "g @ git+https://x.test/g"]
optional-dependencies = {test = ["t"], fast = ["orjson==3"]}
[dependency-groups]
dev = ["d~=1.0", {include-group = "x"}]
[build-system]
requires = ["hatchling"]
[tool.poetry.dependencies]
python = "^3.11"
p = {version = "^1", optional = true}
q = {git = "https://x.test/q"}
[tool.uv.sources]
d = {path = "../d"}
""",
        {
            ("foo-bar", "runtime", ">=1", ""),
            ("g", "runtime", "", "git+https://x.test/g"),
            ("t", "dev", "", ""),
            ("orjson", "optional", "==3", ""),
            ("d", "dev", "~=1.0", "path+../d"),
            ("hatchling", "build", "", ""),
            ("p", "optional", "^1", ""),
            ("q", "runtime", "", "git+https://x.test/q"),
        },
    ),
    "requirements.txt": (
        (
            "# c\na==1 \\\n  --hash=sha256:00\nB_c>=2 ; x\n-r other.txt\ngit+https://x.test/r.git@v1#egg=E\n"
            "-e ./local\n"
            "--extra-index-url https://i.test/s\n"
        ),
        {
            ("a", "runtime", "==1", ""),
            ("b-c", "runtime", ">=2", ""),
            ("e", "runtime", "", "git+https://x.test/r.git@v1"),
            ("local", "runtime", "", "./local"),
            ("requirements file other.txt", "runtime", "", ""),
            ("package index https://i.test/s", "build", "", "index+https://i.test/s"),
        },
    ),
    "setup.cfg": (
        "[options]\ninstall_requires =\n  a>=1 # c\n  b\n[options.extras_require]\ntests =\n  t\n",
        {("a", "runtime", ">=1", ""), ("b", "runtime", "", ""), ("t", "dev", "", "")},
    ),
    "poetry.lock": (
        (
            '[[package]]\nname = "A"\nversion = "1"\n[[package]]\nname = "b"\nversion = "2"\n'
            '[package.source]\ntype = "git"\nurl = "https://x.test/b"\n'
        ),
        {("a", "runtime", "1", ""), ("b", "runtime", "2", "git+https://x.test/b")},
    ),
    "uv.lock": (
        (
            '[[package]]\nname = "me"\nversion = "0"\nsource = {editable = "."}\n'
            '[[package]]\nname = "a"\nversion = "1"\nsource = {registry = "https://pypi.org/simple"}\n'
            '[[package]]\nname = "b"\nversion = "1"\nsource = {git = "https://x.test/b?rev=1#2"}\n'
        ),
        {("a", "runtime", "1", ""), ("b", "runtime", "1", "git+https://x.test/b")},
    ),
    "package.json": (
        '{"dependencies": {"a": "^1", "b": "x/y#v1"}, "devDependencies": {"@s/c": "1.0.0"}}',
        {("a", "runtime", "^1", ""), ("b", "runtime", "", "x/y#v1"), ("@s/c", "dev", "1.0.0", "")},
    ),
    "package-lock.json": (
        json.dumps(NPM_LOCK),
        {
            ("a", "runtime", "1.0.0", ""),
            ("@s/b", "dev", "2.0.0", "git+ssh://git@x.test/b.git"),
            ("c", "runtime", "3.0.0", ""),
        },
    ),
    "pnpm-lock.yaml": (
        (
            "lockfileVersion: '9.0'\nimporters:\n  .: {}\npackages:\n\n  '@s/a@1.0.0':\n    x: 1\n"
            "  b@2.0.0(c@1.0.0):\n  /d/3.0.0:\n"
        ),
        {("@s/a", "runtime", "1.0.0", ""), ("b", "runtime", "2.0.0", ""), ("d", "runtime", "3.0.0", "")},
    ),
    "yarn.lock": (
        (
            '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@^1.1":\n  version "1.2.3"\n'
            '  resolved "https://registry.yarnpkg.com/a.tgz#0"\n\n'
            'b@npm:^2:\n  version: 2.0.0\n\nc@1:\n  version "1.0.0"\n  resolved "https://evil.test/c.tgz#0"\n'
        ),
        {
            ("@s/a", "runtime", "1.2.3", ""),
            ("b", "runtime", "2.0.0", ""),
            ("c", "runtime", "1.0.0", "https://evil.test/"),
        },
    ),
    "go.mod": (
        (
            "module x.test/m\n\ngo 1.21\n\nrequire a.test/b v1.0.0\nrequire (\n"
            "\tc.test/d/v2 v2.1.0\n\te.test/f v0.1.0 // indirect\n)\n"
            "replace c.test/d/v2 => ../d\n"
        ),
        {
            ("a.test/b", "runtime", "v1.0.0", ""),
            ("c.test/d/v2", "runtime", "v2.1.0", "replace+../d"),
            ("e.test/f", "optional", "v0.1.0", ""),
        },
    ),
    "Cargo.toml": (
        (
            '[dependencies]\na = "1"\nb = {git = "https://x.test/b"}\n'
            '[dev-dependencies]\nc = {version = "2", package = "d"}\n'
            '[target."cfg(unix)".dependencies]\ne = "3"\n'
        ),
        {
            ("a", "runtime", "1", ""),
            ("b", "runtime", "", "git+https://x.test/b"),
            ("d", "dev", "2", ""),
            ("e", "runtime", "3", ""),
        },
    ),
    "Cargo.lock": (
        (
            '[[package]]\nname = "me"\nversion = "0"\n[[package]]\nname = "a"\nversion = "1"\n'
            'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
            '[[package]]\nname = "b"\nversion = "1"\nsource = "git+https://x.test/b?rev=1#2"\n'
        ),
        {("a", "runtime", "1", ""), ("b", "runtime", "1", "git+https://x.test/b")},
    ),
    "Gemfile": (
        (
            "source 'https://rubygems.org'\ngem 'a', '~> 1'\ngroup :development, :test do\n"
            "  gem 'b'\nend\ngem 'c', github: 'x/c'\n"
        ),
        {("a", "runtime", "~> 1", ""), ("b", "dev", "", ""), ("c", "runtime", "", "github+x/c")},
    ),
    "Gemfile.lock": (
        (
            "GIT\n  remote: https://x.test/c\n  specs:\n    c (0.1)\n\n"
            "GEM\n  remote: https://rubygems.org/\n  specs:\n    a (1.2)\n      z (>= 1)\n"
        ),
        {("c", "runtime", "0.1", "git+https://x.test/c"), ("a", "runtime", "1.2", "")},
    ),
}


def check(before: dict[str, str], after: dict[str, str], *, trees: bool = False) -> CheckResult:
    return DependencyCheck().run(make_case(before, after, trees=trees))


@pytest.mark.parametrize("path", FILES)
def test_a_format_is_read(path: str) -> None:
    content, expected = FILES[path]
    form = format_of(f"sub/{path}")
    assert form is not None
    assert {(d.name, d.group, d.specifier, d.source) for d in form.parse(content.encode())} == expected


@pytest.mark.parametrize("path", ["pyproject.toml", "package.json", "go.mod", "pnpm-lock.yaml", "setup.cfg"])
def test_a_malformed_file_is_incomplete_and_says_so(path: str) -> None:
    for content in (b"\xff\xfe", b"{[", b"[" * 100_000):
        result = DependencyCheck().run(make_case({}, {path: content}))
        assert result.status == "incomplete"
        assert path in result.reason


def test_a_finding_stands_on_the_line_that_names_it() -> None:
    before = '[project]\ndependencies = [\n  "a",\n]\n'
    after = '[project]\ndependencies = [\n  "a",\n  "ab-c>=1",\n]\n'
    finding = check({"pyproject.toml": before}, {"pyproject.toml": after}).findings[0]
    assert (finding.rule, finding.side, finding.line) == ("dependency-added", "new", 4)
    gone = check({"pyproject.toml": after}, {"pyproject.toml": before}).findings[0]
    assert (gone.rule, gone.side, gone.line) == ("dependency-removed", "old", 4)


def test_order_quotes_and_comments_are_no_change() -> None:
    assert check({"requirements.txt": "a==1\nB_x\n"}, {"requirements.txt": "# new\nb-x\na == 1\n"}).findings == ()


def test_a_development_list_is_for_development() -> None:
    findings = check({"requirements/tests.in": "a\n"}, {"requirements/tests.in": "a\nb\n"}).findings
    assert [(f.rule, f.severity) for f in findings] == [("dependency-added", "info")]


def test_the_output_of_a_resolver_is_a_lock() -> None:
    head = "# This file is autogenerated by pip-compile\n"
    result = check({"requirements.txt": head + "a==1\n"}, {"requirements.txt": head + "a==2\nb==1\n"})
    assert [f.rule for f in result.findings] == ["transitive-added", "locked-version-changed"]


def test_vulnerabilities_are_said_not_to_be_checked_and_other_formats_not_read() -> None:
    assert "vulnerabilities" in check({"go.mod": "module a\n"}, {"go.mod": "module b\n"}).reason
    assert "mix.exs" in check({"mix.exs": "a"}, {"mix.exs": "b"}).reason


@pytest.mark.parametrize(
    ("specifier", "version"),
    [("^1.2.0", (1, 2)), (">=2,<3", (2,)), ("v0.1", (0, 1)), ("*", None), ("9" * 5000, (999999999,))],
)
def test_the_lowest_version_of_a_specifier(specifier: str, version: tuple[int, ...] | None) -> None:
    assert lowest(specifier) == version


def test_what_a_pin_is() -> None:
    assert all(is_pinned(one) for one in ("==1.2", "1.2.3", "v1.0.0"))
    assert not any(is_pinned(one) for one in ("", ">=1", "^1.2.3", "==1.*", "~> 1"))
