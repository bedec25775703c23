"""Operators over gates: steps of pipelines, settings of tools, owners, and hooks that decide what a test says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from tests.evaluate.operators.spoiled import CommitOperator, Spoiled

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.evaluate.operators.view import View

_Words: TypeAlias = "str | Callable[[re.Match[str]], str]"

PIPELINE = r"^\.github/workflows/.*\.ya?ml$"
_TOOLS = r"(?<![\w-])(?:tox|pytest|mypy|npm (?:run )?test|npm run lint|go test|nox|ruff|make (?:test|check|lint))\b"
_LINE = rf"(?![|>])(?![^\n]*\b(?:install|docs|changelog)\b)[^\n]*{_TOOLS}[^\n]*"
_RUN = rf"^(?P<lead>\s*(?:- )?run: )(?P<line>{_LINE})$"
_STEP = rf"^(?P<indent> *)- run: {_LINE}\n"


def first_change(old: str, new: str) -> int:
    """Return the line at which two texts part."""
    before, after = old.splitlines(), new.splitlines()
    pairs = enumerate(zip(before, after, strict=False), 1)
    return next((number for number, (a, b) in pairs if a != b and b.strip()), min(len(before), len(after)) + 1)


def _in(path: str, pattern: str, words: _Words, said: str, *, gone: bool = False) -> CommitOperator:
    """Return an operator that changes one place of a file that both sides have."""
    paths, places = re.compile(path), re.compile(pattern, re.MULTILINE)

    def operator(view: View, random: Random) -> Spoiled | None:
        fit = [one for one in view.after if paths.search(one) and one in view.before]
        random.shuffle(fit)
        for one in fit:
            text = view.after.get(one)
            # A gate that the commit itself moves would show two changes at one place.
            if text is None or view.before.get(one) != text:
                continue
            found = list(places.finditer(text))
            if not found:
                continue
            match = random.choice(found)
            new = (
                text[: match.start()] + (words(match) if callable(words) else match.expand(words)) + text[match.end() :]
            )
            if new == text:
                continue
            line = text.count("\n", 0, match.start()) + 1 if gone else first_change(text, new)
            return Spoiled(words=said, path=one, line=line, side="old" if gone else "new", edits={one: new})
        return None

    return operator


def _planted(path: str, before: str, after: str, said: str, *, gone: bool = True) -> CommitOperator:
    """Return an operator over a file that both sides get, where the project has none."""

    def operator(view: View, random: Random) -> Spoiled | None:
        if path in view.after or path in view.before:
            return None
        line = first_change(before, after)
        return Spoiled(
            words=said, path=path, line=line, side="old" if gone else "new", base={path: before}, edits={path: after}
        )

    return operator


def _alone(path: str, text: str, said: str, line: int) -> CommitOperator:
    """Return an operator that brings a new file."""

    def operator(view: View, random: Random) -> Spoiled | None:
        if path in view.after or path in view.before:
            return None
        return Spoiled(words=said, path=path, line=line, edits={path: text})

    return operator


def pipeline_gone(view: View, random: Random) -> Spoiled | None:
    """A pipeline that ran tests is taken away."""
    fit = [
        one
        for one in view.after
        if re.search(PIPELINE, one) and one in view.before and re.search(_RUN, view.after.get(one, ""), re.MULTILINE)
    ]
    if not fit:
        return None
    path = random.choice(fit)
    return Spoiled(words="A pipeline is gone.", path=path, side="old", edits={path: None})


_OWNERS = "* @one/all\n/src/ @one/core\n/.github/ @one/build\n"
_COVERAGE = "[run]\nbranch = True\n\n[report]\nfail_under = 92\nshow_missing = True\n"
_ESLINT = '{\n  "root": true,\n  "rules": {\n    "no-eval": "error",\n    "eqeqeq": "error"\n  }\n}\n'
_JEST = (
    "module.exports = {\n  coverageThreshold: {\n    global: { branches: 90, lines: 95 },\n  },\n"
    '  testPathIgnorePatterns: ["/dist/"],\n};\n'
)
_MAKE = "check:\n\truff check .\n\tpytest -q --cov --cov-fail-under=90\n\n.PHONY: check\n"
_GOLANGCI = "linters:\n  enable:\n    - errcheck\n    - gosec\n    - govet\n"
_HOOK = (
    "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
    '    outcome = yield\n    report = outcome.get_result()\n    if report.failed:\n        report.outcome = "passed"\n'
)
_AGENTS = (
    "# How to work here\n\n- Run `make check` before you are done.\n- Never edit `.github/`.\n"
    "- Ask before adding a dependency.\n"
)

GATES: dict[str, CommitOperator] = {
    "pipeline_masked": _in(PIPELINE, _RUN, r"\g<lead>\g<line> || true", "A step may fail."),
    "step_may_fail": _in(
        PIPELINE, _STEP, lambda m: f"{m[0]}{m['indent']}  continue-on-error: true\n", "A step may fail."
    ),
    "step_gone": _in(PIPELINE, _STEP, "", "A step is gone.", gone=True),
    "job_conditional": _in(
        PIPELINE, r"^(?P<i>  |    )(?P<n>tests?|build|lint):\n", r"\g<0>\g<i>\g<i>if: false\n", "A job never runs."
    ),
    "trigger_narrowed": _in(
        # Where every push is tested, nothing is lost.
        PIPELINE,
        r"(?<=\n)(?<!  push:\n)  pull_request:.*\n(?:    .*\n)*",
        "",
        "Changes are not tested.",
        gone=True,
    ),
    "permissions_widened": _in(
        PIPELINE,
        r"^permissions:.*\n(?:  .*\n)*|^jobs:\n",
        lambda m: "permissions: write-all\n" + ("jobs:\n" * m[0].startswith("jobs")),
        "The pipeline may write everything.",
    ),
    "trigger_privileged": _in(PIPELINE, r"^  pull_request:", "  pull_request_target:", "Strangers' code gets secrets."),
    "matrix_shrunk": _in(
        PIPELINE,
        r"^ +- \{[^\n]*python: [^\n]*\}\n|^ +- ['\"]?3\.\d+['\"]?\n|^ +- Node\.js [^\n]*\n",
        "",
        "One version less is tested.",
        gone=True,
    ),
    "action_unpinned": _in(PIPELINE, r"(uses: [\w./-]+)@[0-9a-f]{40}[^\n]*", r"\1@main", "An action moves."),
    "pipeline_gone": pipeline_gone,
    "owners_gone": _planted(
        "CODEOWNERS", _OWNERS, _OWNERS.replace("/.github/ @one/build\n", ""), "A line of owners is gone."
    ),
    "owners_changed": _planted(
        ".github/CODEOWNERS", _OWNERS, _OWNERS.replace("/src/ @one/core", "/src/ @bot"), "Owners change.", gone=False
    ),
    "recipe_masked": _planted(
        "GNUmakefile", _MAKE, _MAKE.replace("\tpytest", "\t-pytest"), "A recipe may fail.", gone=False
    ),
    "recipe_limit_lowered": _planted(
        "GNUmakefile", _MAKE, _MAKE.replace("under=90", "under=40"), "Less has to be covered.", gone=False
    ),
    "instructions_loosened": _planted(
        "AGENTS.md", _AGENTS, _AGENTS.replace("- Never edit `.github/`.\n", ""), "A rule for agents is gone."
    ),
}
PYTHON_GATES: dict[str, CommitOperator] = {
    "strictness_off": _in(
        r"(?:^|/)(?:pyproject\.toml|setup\.cfg|mypy\.ini|tox\.ini)$",
        r"^(?P<k>strict(?:_\w+)?|warn_\w+|disallow_\w+|check_untyped_defs|xfail_strict|branch) ?= ?[Tt]rue",
        r"\g<k> = false",
        "A tool is less strict.",
    ),
    "module_excused": _in(
        r"(?:^|/)pyproject\.toml$",
        r"^\[tool\.mypy\]\n(?:[^\[\n].*\n|\n(?!\[)|\[(?!tool).*\n|\][^\n]*\n)*",
        lambda m: m[0].rstrip("\n") + '\n\n[[tool.mypy.overrides]]\nmodule = ["app.core.*"]\nignore_errors = true\n\n',
        "A module is excused.",
    ),
    "rule_ignored": _in(
        r"(?:^|/)pyproject\.toml$",
        r"^\[tool\.ruff(?:\.lint)?\]\n(?!(?:.*\n)*?ignore = )",
        '\\g<0>ignore = ["E722", "S110", "B006"]\n',
        "Rules are ignored.",
    ),
    "rule_deselected": _in(
        r"(?:^|/)pyproject\.toml$", r'^    "(?:B|F|E|W|UP|I)",[^\n]*\n', "", "A family of rules is gone.", gone=True
    ),
    "warnings_allowed": _in(
        r"(?:^|/)(?:pyproject\.toml|setup\.cfg|tox\.ini)$",
        r'^(filterwarnings ?= ?\[?\n\s+)("?)error("?)',
        r"\1\2ignore\3",
        "Warnings are ignored.",
    ),
    "hook_gone": _in(
        r"^\.pre-commit-config\.yaml$",
        r"^ +- id: (?:ruff|flake8|black|mypy|codespell)[^\n]*\n(?: {8,}[^\n]*\n)*",
        "",
        "A hook is gone.",
        gone=True,
    ),
    "tests_selected": _in(
        r"(?:^|/)(?:tox\.ini|setup\.cfg|pyproject\.toml)$",
        r"^(?P<k>commands ?= ?(?:coverage run -p? ?-m )?pytest)(?P<r>[^\n]*)$",
        r'\g<k> -k "not slow"\g<r>',
        "Tests are left out.",
    ),
    "tests_ignored": _in(
        r"(?:^|/)(?:pyproject\.toml|setup\.cfg|tox\.ini)$",
        r'^testpaths ?= ?(?:\["(?P<a>[^"]+)"\]|(?P<b>\w+))$',
        lambda m: (
            m[0]
            + ('\naddopts = "--ignore=tests/test_core.py"' if m["a"] else "\naddopts = --ignore=tests/test_core.py")
        ),
        "Tests are left out.",
    ),
    "sources_uncounted": _in(
        r"(?:^|/)pyproject\.toml$",
        r"^\[tool\.coverage\.run\]\n",
        '\\g<0>omit = ["src/*/core.py"]\n',
        "A file is not counted.",
    ),
    "limit_lowered": _planted(
        ".coveragerc", _COVERAGE, _COVERAGE.replace("92", "60"), "Less has to be covered.", gone=False
    ),
    "limit_gone": _planted(".coveragerc", _COVERAGE, _COVERAGE.replace("fail_under = 92\n", ""), "The limit is gone."),
    "outcome_rewritten": _alone("tests/plugins/conftest.py", _HOOK, "A hook makes tests pass.", 9),
    "collection_cut": _alone(
        "src/conftest.py",
        'collect_ignore_glob = ["*_all.py"]\n\n\ndef pytest_collection_modifyitems(items):\n    items[:] = items[:5]\n',
        "A hook leaves tests out.",
        5,
    ),
}
SCRIPT_GATES: dict[str, CommitOperator] = {
    "rule_off": _planted(
        ".eslintrc.json",
        _ESLINT,
        _ESLINT.replace('"no-eval": "error"', '"no-eval": "off"'),
        "A rule is off.",
        gone=False,
    ),
    "rule_gone": _planted(
        ".eslintrc.json", _ESLINT, _ESLINT.replace('    "no-eval": "error",\n', ""), "A rule is gone."
    ),
    "limit_lowered": _planted(
        "jest.config.js", _JEST, _JEST.replace("95", "50"), "Less has to be covered.", gone=False
    ),
    "tests_left_out": _planted(
        "jest.config.js", _JEST, _JEST.replace('["/dist/"]', '["/dist/", "auth"]'), "Tests are left out.", gone=False
    ),
    "test_script_emptied": _in(r"^package\.json$", r'^(\s+"test": )"[^"\n]+"', r'\1"echo ok"', "The tests are a word."),
    "test_script_masked": _in(
        r"^package\.json$", r'^(\s+"test": ")([^"\n]+)"', r'\1\2 || true"', "The tests may fail."
    ),
    "type_check_loosened": _in(r"^tsconfig\.json$", r'^(\s+"strict": )true', r"\1false", "Types are not strict."),
    "import_unchecked": _planted(
        ".golangci.yaml", _GOLANGCI, _GOLANGCI.replace("    - gosec\n", ""), "A linter is gone."
    ),
}
