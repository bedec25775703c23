"""Twins for what holds changes up: each rule's fault, and the same change in a form that takes nothing away."""

from __future__ import annotations

from tests.support.twins import Side, new, py

CI = ".github/workflows/ci.yml"
PIPELINE = """\
on: [push, pull_request]
permissions: read-all
jobs:
  lint:
    steps:
      - run: ruff check .
  test:
    strategy:
      matrix: {python: ["3.11", "3.12"]}
    steps:
      - uses: actions/checkout@v4
      - name: Run the tests
        run: |
          pip install .
          pytest --cov-fail-under=90 --strict-markers
      - run: mypy src
  publish:
    needs: [test, lint]
    steps:
      - run: twine upload dist/*
"""
GITLAB = "test:\n  script:\n    - pytest\n"
CIRCLE = "jobs:\n  t:\n    steps: [{run: pytest}]\n  d:\n    steps: [{run: make docs}]\n"
TOML = "pyproject.toml"
POLICY = 'schema = "reviewer-policy/1"\nid = "x"\n\n[[gate]]\nid = "high_findings"\nlayer = "semantic"\nwaivable = '
HOOKS = "repos:\n  - repo: https://example.test/a\n    hooks:\n      - id: {}\n"
REPORT = "def pytest_runtest_makereport(item, call):\n    report = make(item, call)\n    {}\n    return report\n"
ITEMS = "def pytest_collection_modifyitems(config, items):\n    {}\n"


def ci(*changes: tuple[str, str], path: str = CI, before: str = PIPELINE) -> Side:
    """A change of a pipeline: each first text becomes the second."""
    after = before
    for old, with_ in changes:
        assert old in after
        after = after.replace(old, with_)
    return Side({path: before}, {path: after})


def toml(old: str, new_text: str) -> Side:
    return py(old, new_text, TOML)


CACHE = "        - uses: actions/cache@{}\n"
COMMIT = "0c45773b623bea8c8e75f6c82b208c3cf94ea4f9"
PINNED = "on: push\njobs:\n  test:\n    steps:\n" + CACHE.format(f"{COMMIT} # v4")

GATE_TWINS: dict[str, tuple[Side, Side]] = {
    "action-unpinned": (
        ci((f"{COMMIT} # v4", "main"), before=PINNED),
        ci((f"{COMMIT} # v4", "1bd1e32a3bdc45362d1e726936510720a7c30a57"), before=PINNED),
    ),
    "ci-removed": (
        Side({CI: PIPELINE}, {}),
        Side({CI: PIPELINE}, {".github/workflows/checks.yaml": "# moved\n" + PIPELINE}),
    ),
    "job-removed": (
        ci(("  lint:\n    steps:\n      - run: ruff check .\n", ""), ("[test, lint]", "[test]")),
        ci(("  lint:", "  style:"), ("[test, lint]", "[test, style]"), ("run: ruff check .", "run: uvx ruff check .")),
    ),
    "step-removed": (ci(("      - run: mypy src\n", "")), ci(("      - run: mypy src\n", "      - run: pyright\n"))),
    "job-disabled": (
        ci(("  test:\n", "  test:\n    if: ${{ false }}\n")),
        ci(("  test:\n", "  test:\n    if: ${{ always() }}\n")),
    ),
    "failure-tolerated": (
        ci(("  test:\n", "  test:\n    continue-on-error: true\n")),
        ci(("  publish:\n", "  publish:\n    continue-on-error: true\n")),
    ),
    "result-ignored": (
        ci(("run: mypy src", "run: mypy src || true")),
        ci(("run: mypy src", "run: mypy src || exit 1")),
    ),
    "condition-added": (
        ci(("  test:\n", "  test:\n    if: github.event_name == 'push'\n")),
        ci(("  publish:\n", "  publish:\n    if: github.event_name == 'push'\n")),
    ),
    "trigger-narrowed": (
        ci(("on: [push, pull_request]", "on:\n  push:\n  pull_request:\n    paths: [src/**]")),
        ci(("on: [push, pull_request]", "on:\n  pull_request:\n  push:\n  schedule:\n    - cron: 1 1 * * *")),
    ),
    "trigger-privileged": (
        ci(("on: [push, pull_request]", "on: [push, pull_request, pull_request_target]")),
        ci(("on: [push, pull_request]", "on: [push, pull_request, workflow_dispatch]")),
    ),
    "permissions-widened": (
        ci(("permissions: read-all", "permissions:\n  contents: write")),
        ci(("permissions: read-all", "permissions:\n  contents: read")),
    ),
    "need-removed": (
        ci(("needs: [test, lint]", "needs: lint")),
        ci(("needs: [test, lint]", "needs: lint"), ("  lint:\n", "  lint:\n    needs: test\n")),
    ),
    "matrix-narrowed": (ci(('["3.11", "3.12"]', '["3.12"]')), ci(('["3.11", "3.12"]', '["3.12", "3.13"]'))),
    "threshold-lowered": (
        ci(("fail-under=90", "fail-under=80")),
        toml("[tool.coverage.report]\nfail_under = 80\n", "[tool.coverage.report]\nfail_under = 90\n"),
    ),
    "threshold-removed": (
        ci((" --cov-fail-under=90", "")),
        Side(
            {"setup.cfg": "[coverage:report]\nfail_under = 90\n"},
            {"setup.cfg": "[metadata]\n", TOML: "[tool.coverage.report]\nfail_under = 90.0\n"},
        ),
    ),
    "limit-raised": (
        py("[flake8]\nmax-complexity = 10\n", "[flake8]\nmax-complexity = 20\n", ".flake8"),
        py("[flake8]\nmax-complexity = 10\n", "[flake8]\nmax_complexity = 9\n", ".flake8"),
    ),
    "strictness-off": (
        toml("[tool.mypy]\nstrict = true\n", "[tool.mypy]\nstrict = false\n"),
        toml("[tool.mypy]\nwarn_unreachable = true\n", "[tool.mypy]\nstrict = true\nwarn_unreachable = true\n"),
    ),
    "tests-deselected": (
        ci(("pytest --cov", "pytest --deselect tests/test_a.py::test_b --cov")),
        ci(("pytest --cov", "pytest -n auto --cov")),
    ),
    "rule-off": (
        toml('[tool.ruff]\nselect = ["E", "F"]\n', '[tool.ruff]\nselect = ["E"]\n'),
        toml('[tool.ruff]\nselect = ["E", "F"]\n', '[tool.ruff.lint]\nselect = ["F", "E", "D"]\nignore = ["D100"]\n'),
    ),
    "ignore-widened": (
        toml('[tool.coverage.run]\nomit = ["a.py"]\n', '[tool.coverage.run]\nomit = ["a.py", "src/*"]\n'),
        toml(
            '[tool.coverage.run]\nomit = ["a.py", "src/*"]\n',
            '[tool.coverage.run]\nomit = [\n  "src/*",\n  "a.py",\n]\n',
        ),
    ),
    "tool-dropped": (
        toml("[tool.mypy]\nstrict = true\n", "[tool.black]\n"),
        toml("[tool.mypy]\nstrict = true\n", '[tool.pyright]\ntypeCheckingMode = "strict"\n'),
    ),
    "gate-unreadable": (ci(("jobs:\n", "jobs: [\n")), Side({CI: "jobs: [\n"}, {CI: PIPELINE})),
    "suppression-added": (
        py("x = f()\n", "x = f()  # type: ignore[arg-type]\n"),
        py("x = f()  # type: ignore\n", 'x = f()  # type: ignore[arg-type]\ny = "# noqa"\n'),
    ),
    "suppression-file": (
        py("a();\n", "/* eslint-disable */\na();\n", "src/a.ts"),
        py("/* eslint-disable */\na();\n", "\n/* eslint-disable */\nb();\n", "src/a.ts"),
    ),
    "outcome-rewritten": (
        py("", REPORT.format("report.outcome = 'passed'"), "conftest.py"),
        py("", REPORT.format("item.outcome_of = report"), "conftest.py"),
    ),
    "collection-filtered": (
        py("", ITEMS.format("items[:] = [one for one in items if 'slow' not in one.name]"), "conftest.py"),
        py("", ITEMS.format("items[:] = sorted(items, key=str)"), "conftest.py"),
    ),
    "exit-forced": (
        py("", "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n", "conftest.py"),
        py("", "def pytest_sessionfinish(session):\n    session.exitstatus = 3\n", "conftest.py"),
    ),
    "owner-removed": (
        py("* @a\n/src/ @b\n", "* @a\n", ".github/CODEOWNERS"),
        py("* @a\n/src/ @b\n", "# owners\n*   @a\n/src/ @b @c\n", ".github/CODEOWNERS"),
    ),
    "instructions-changed": (
        py("Never push.\n", "Push at will.\n", "AGENTS.md"),
        py("Never push.\n", "Never\npush.\n", "AGENTS.md"),
    ),
    "agent-permissions-widened": (
        py('{"permissions": {"deny": ["Bash(rm:*)"]}}\n', '{"permissions": {}}\n', ".claude/settings.json"),
        py(
            '{"permissions": {"allow": ["Read"]}}\n',
            '{\n  "permissions": {\n    "allow": []}}\n',
            ".claude/settings.json",
        ),
    ),
    "policy-weakened": (
        py(POLICY + "false\n", POLICY + "true\n", "review/policy.toml"),
        py(POLICY + "true\n", POLICY + "false\n", "review/policy.toml"),
    ),
    "policy-changed": (
        py(POLICY + "true\n", POLICY + "false\n", "review/policy.toml"),
        py(POLICY + "true\n", POLICY + "true  # as before\n", "review/policy.toml"),
    ),
}

OFF = 'schema = "reviewer-policy/1"\nid = "own"\n\n[[check_off]]\nmode = "scope"\nreason = "r"\n'

MORE_TWINS: dict[str, tuple[str, Side, Side]] = {
    "check off": (
        "policy-weakened",
        py(OFF, OFF + '[[check_off]]\nmode = "scope"\nrule = "symlink"\nreason = "r"\n', ".reviewer/policy.toml"),
        py(OFF, OFF.partition("[[")[0], ".reviewer/policy.toml"),
    ),
    "check off, new": (
        "policy-weakened",
        new(".reviewer/policy.toml", OFF),
        new(".reviewer/policy.toml", OFF.partition("[[")[0]),
    ),
    "policy, new": (
        "policy-changed",
        new(".reviewer/policy.toml", OFF.partition("[[")[0]),
        new(".reviewer/policy.toml", 'schema = "other/1"\n'),
    ),
    "gitlab": (
        "failure-tolerated",
        ci(("test:\n", "test:\n  allow_failure: true\n"), path=".gitlab-ci.yml", before=GITLAB),
        ci(("test:\n", "test:\n  allow_failure: false\n"), path=".gitlab-ci.yml", before=GITLAB),
    ),
    "gitlab by hand": (
        "job-disabled",
        ci(("test:\n", "test:\n  when: manual\n"), path=".gitlab-ci.yml", before=GITLAB),
        Side({".gitlab-ci.yml": GITLAB}, {".gitlab-ci.yml": ".base:\n  script: [pytest]\ntest:\n  extends: .base\n"}),
    ),
    "gitlab include": (
        "job-removed",
        Side(
            {".gitlab-ci.yml": "include:\n  - template: Security/SAST.gitlab-ci.yml\n" + GITLAB},
            {".gitlab-ci.yml": GITLAB},
        ),
        Side({".gitlab-ci.yml": "include: a.yml\n" + GITLAB}, {".gitlab-ci.yml": GITLAB}),
    ),
    "azure": (
        "failure-tolerated",
        py("steps:\n- script: pytest\n", "steps:\n- script: pytest\n  continueOnError: true\n", "azure-pipelines.yml"),
        py("steps:\n- script: pytest\n", "jobs:\n- job: a\n  steps:\n  - script: pytest\n", "azure-pipelines.yml"),
    ),
    "azure pull requests": (
        "trigger-narrowed",
        py("steps:\n- script: pytest\n", "pr: none\nsteps:\n- script: pytest\n", "azure-pipelines.yml"),
        py("steps:\n- script: pytest\n", "trigger: ['*']\nsteps:\n- bash: pytest\n", "azure-pipelines.yml"),
    ),
    "circleci": (
        "job-removed",
        py(
            CIRCLE + "workflows:\n  w:\n    jobs: [t, d]\n",
            CIRCLE + "workflows:\n  w:\n    jobs: [d]\n",
            ".circleci/config.yml",
        ),
        py(
            "jobs:\n  t:\n    steps: [{run: pytest}]\nworkflows:\n  w:\n    jobs: [t]\n",
            "commands:\n  c:\n    steps: [{run: {command: pytest}}]\njobs:\n  t:\n    steps: [c]\n"
            "workflows:\n  w:\n    jobs: [t: {requires: [x]}]\n",
            ".circleci/config.yml",
        ),
    ),
    "package.json": (
        "step-removed",
        py('{"scripts": {"test": "jest"}}', '{"scripts": {"test": "echo ok"}}', "package.json"),
        py('{"scripts": {"test": "jest"}}', '{"scripts": {"test": "vitest run"}}', "package.json"),
    ),
    "Makefile": (
        "result-ignored",
        py("test:\n\tpytest\n", "test:\n\tpytest || true\n", "Makefile"),
        py("test:\n\tpytest\n", "test: deps\n\t@pytest -q\n", "Makefile"),
    ),
    "make lets it pass": (
        "failure-tolerated",
        py("test:\n\tpytest\n", "test:\n\t-pytest\n", "Makefile"),
        py("test:\n\tpytest\n", "test:\n\t@pytest\n", "Makefile"),
    ),
    "tox": (
        "step-removed",
        py("[testenv]\ncommands = pytest\n", "[testenv]\ncommands = true\n", "tox.ini"),
        Side(
            {"tox.ini": "[testenv]\ncommands = pytest {posargs}\n"},
            {TOML: '[tool.tox.env_run_base]\ncommands = [["pytest", "tests"]]\n'},
        ),
    ),
    "nox": (
        "step-removed",
        py(
            "@nox.session\ndef t(session):\n    session.run('mypy', 'src')\n",
            "@nox.session\ndef t(session):\n    pass\n",
            "noxfile.py",
        ),
        py(
            "@nox.session\ndef t(session):\n    session.run('mypy', 'src')\n",
            "@nox.session\ndef types(session):\n    session.run('mypy', 'src', 'tests')\n",
            "noxfile.py",
        ),
    ),
    "pre-commit": (
        "job-removed",
        py(HOOKS.format("gitleaks"), HOOKS.format("trailing-whitespace"), ".pre-commit-config.yaml"),
        py(HOOKS.format("flake8"), HOOKS.format("ruff"), ".pre-commit-config.yaml"),
    ),
    "eslint": (
        "rule-off",
        py('{"rules": {"eqeqeq": "error"}}', '{"rules": {"eqeqeq": "off"}}', ".eslintrc.json"),
        py(
            '{"rules": {"eqeqeq": 2}}',
            '{\n  // strict\n  "rules": {"eqeqeq": ["error", "always"],}\n}',
            ".eslintrc.json",
        ),
    ),
    "eslint in a script": (
        "rule-off",
        py(
            "export default [{ rules: { 'no-eval': 'error' } }]\n",
            "export default [{ rules: { 'no-eval': 'off' } }]\n",
            "eslint.config.js",
        ),
        py(
            "export default [{ rules: { 'no-eval': 'warn' } }]\n",
            "export default [{ rules: { 'no-eval': 2 } }]\n",
            "eslint.config.js",
        ),
    ),
    "jest": (
        "threshold-lowered",
        py(
            "module.exports = { coverageThreshold: { global: { lines: 90 } } }\n",
            "module.exports = { coverageThreshold: { global: { lines: 60 } } }\n",
            "jest.config.js",
        ),
        py(
            "module.exports = { coverageThreshold: { global: { lines: 90 } } }\n",
            "module.exports = {\n  coverageThreshold: { global: { lines: 95 } } }\n",
            "jest.config.js",
        ),
    ),
    "tsconfig": (
        "strictness-off",
        py('{"compilerOptions": {"strict": true}}', '{"compilerOptions": {"strict": false}}', "tsconfig.json"),
        py('{"compilerOptions": {"noImplicitAny": true}}', '{"compilerOptions": {"strict": true}}', "tsconfig.json"),
    ),
    "golangci": (
        "rule-off",
        py("linters:\n  enable: [errcheck, gosec]\n", "linters:\n  enable: [errcheck]\n", ".golangci.yml"),
        py(
            "linters:\n  enable: [errcheck, gosec]\n",
            "linters:\n  enable:\n    - gosec\n    - errcheck\n",
            ".golangci.yml",
        ),
    ),
    "clippy": (
        "rule-off",
        py('[lints.clippy]\nunwrap_used = "deny"\n', '[lints.clippy]\nunwrap_used = "allow"\n', "Cargo.toml"),
        py(
            '[lints.clippy]\nunwrap_used = "warn"\n', '[lints.clippy]\nunwrap_used = { level = "deny" }\n', "Cargo.toml"
        ),
    ),
    "codecov": (
        "threshold-lowered",
        py(
            "coverage:\n  status:\n    project:\n      default:\n        target: 90%\n",
            "coverage:\n  status:\n    project:\n      default:\n        target: 70%\n",
            "codecov.yml",
        ),
        py(
            "coverage:\n  status:\n    project:\n      default:\n        target: 90%\n",
            "coverage: {status: {project: {default: {target: 91}}}}\n",
            "codecov.yml",
        ),
    ),
    "trivy": ("ignore-widened", py("A\n", "A\nCVE-1\n", ".trivyignore"), py("A\n", "# why\nA\n", ".trivyignore")),
    "warnings": (
        "strictness-off",
        toml(
            '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n',
            '[tool.pytest.ini_options]\nfilterwarnings = ["default"]\n',
        ),
        toml(
            '[tool.pytest.ini_options]\naddopts = ["--strict-markers"]\n',
            "[tool.pytest]\nstrict = true\n",
        ),
    ),
    "go test main": (
        "exit-forced",
        new("a_test.go", "func TestMain(m *testing.M) {\n\tos.Exit(0)\n}\n"),
        new("a_test.go", "func TestMain(m *testing.M) {\n\tos.Exit(m.Run())\n}\n"),
    ),
    "new rust attribute": (
        "suppression-added",
        new("src/a.rs", "#[allow(dead_code)]\nfn a() {}\n"),
        new("src/a.rs", '// #[deny(x)]\nfn a() { b("#[allow(dead_code)]") }\n'),
    ),
}
"""Further notations of the same, by what they are: the rule, the fault, the twin."""
