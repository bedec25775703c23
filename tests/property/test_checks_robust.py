"""Laws of the checks: hostile content never breaks one, results are repeatable, ids survive shifted lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.checks.dependencies.formats import FORMATS
from reviewer.checks.dependencies.model import MalformedError
from reviewer.checks.runner import run
from tests.support.cases import make_case

PATHS = (
    *(
        "src/app.py",
        "tests/test_app.py",
        "web/a.ts",
        "web/a.test.js",
        "cmd/a.go",
        "src/lib.rs",
        "A.java",
        "spec/a_spec.rb",
    ),
    *("pyproject.toml", "requirements.txt", "setup.cfg", "uv.lock", "package.json", "package-lock.json", "yarn.lock"),
    *("pnpm-lock.yaml", "go.mod", "Cargo.toml", "Cargo.lock", "Gemfile", "Gemfile.lock", ".github/workflows/ci.yml"),
    *("Dockerfile", "README.md", "data.bin"),
    *(
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        ".circleci/config.yml",
        ".pre-commit-config.yaml",
        "tox.ini",
        "noxfile.py",
    ),
    *("Makefile", "conftest.py", "tsconfig.json", "eslint.config.js", ".eslintrc", ".golangci.yml", "codecov.yml"),
    *(
        ".github/CODEOWNERS",
        "AGENTS.md",
        ".claude/settings.json",
        "policy.toml",
        ".flake8",
        ".trivyignore",
        "Cargo.toml",
    ),
)
FRAGMENTS = st.sampled_from(
    [
        *(
            "def test_a():\n",
            "    assert x == 1\n",
            "try:\n",
            "    pass\n",
            "except Exception:\n",
            "raise X from e\n",
            "@skip\n",
        ),
        *(
            "[project]\n",
            'dependencies = ["a>=1"]\n',
            "[[package]]\n",
            'name = "a"\n',
            "version = 1\n",
            "{",
            "}",
            '"a": 1',
            "[",
        ),
        *(
            "module m\n",
            "require a.b/c v1.0.0\n",
            "gem 'a', '~> 1'\n",
            "a==1 --hash=x\n",
            "\u202e",
            "\x00",
            "\r",
            "é",
            "\ud800",
        ),
        *(
            "lockfileVersion: 6\n",
            "packages:\n",
            "  /a@1.0.0:\n",
            "eval(x)\n",
            "password = 'aB3$xYz99'\n",
            "\\\n",
            "'''",
            '"""',
        ),
        *(
            "on: [push]\n",
            "jobs:\n",
            "  test:\n",
            "    steps:\n",
            "    script: [pytest]\n",
            "      - run: pytest || true\n",
            "    <<: *a\n",
            "a: &a\n",
            "    needs: [test]\n",
        ),
        *(
            "[tool.ruff]\n",
            "select = ['E']\n",
            "fail_under = 9\n",
            "[testenv]\n",
            "commands = pytest\n",
            "test:\n\tpytest\n",
            "x = 1  # noqa: E1\n",
            "* @a\n",
            "report.outcome = 'passed'\n",
        ),
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=12).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
CONTENT = st.one_of(TEXTS, st.binary(max_size=60), st.none())


@given(path=st.sampled_from(PATHS), old=CONTENT, new=CONTENT)
@settings(max_examples=120, deadline=None)
def test_no_check_breaks_on_any_content_and_equal_cases_give_equal_results(
    path: str, old: bytes | None, new: bytes | None
) -> None:
    before = {} if old is None else {path: old}
    after = {} if new is None else {path: new}
    results = list(run(make_case(before, after)))
    assert [result.reason for result in results if "itself failed" in result.reason] == []
    ids = [finding.id for result in results for finding in result.findings]
    assert len(ids) == len(set(ids))
    again = list(run(make_case(before, after)))
    assert again == results


@given(data=st.one_of(TEXTS, st.binary(max_size=200)), form=st.sampled_from(FORMATS))
@settings(max_examples=200, deadline=None)
def test_a_manifest_parses_or_is_malformed(data: bytes, form: object) -> None:
    parse = form.parse  # type: ignore[attr-defined]
    try:
        found = parse(data)
    except MalformedError:
        return
    assert all(one.name for one in found)


CODE = (
    "def load(path):\n    try:\n        return read(path)\n    except Exception:\n        return None\n\n\n"
    "def run(x):\n    return eval(x)\n\n\ndef token():\n    API_KEY = 'sk8Jw-92hQ7zLmPq4'\n    return '\u202e'\n"
)
TESTS = "def test_a():\n    f()\n\n\ndef test_b():\n    assert True\n"


@given(lines=st.integers(min_value=0, max_value=40))
@settings(max_examples=15, deadline=None)
def test_ids_survive_lines_that_are_added_above(lines: int) -> None:
    above = "# unrelated\n" * lines

    def ids(shift: str) -> dict[str, int | None]:
        case = make_case(
            {"a.py": shift, "tests/test_a.py": shift}, {"a.py": shift + CODE, "tests/test_a.py": shift + TESTS}
        )
        return {f.id: f.line for result in run(case) for f in result.findings if f.line is not None}

    plain, shifted = ids(""), ids(above)
    assert plain.keys() == shifted.keys()
    assert len(plain) >= 5
    assert all(shifted[one] == (line or 0) + lines for one, line in plain.items())
