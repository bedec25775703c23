"""Gates: severities by evidence, lines, what is no weakening, and documents that would take for ever to read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.gate_weakened import GateWeakenedCheck
from reviewer.checks.gates import json_tree, table_tree, yaml_tree
from reviewer.checks.gates.check_commands import of_action, of_script
from reviewer.checks.gates.tree import MAX_NODES, Node, UnreadableError, leaves, number
from tests.support.cases import make_case
from tests.support.gate_twins import CI, PIPELINE, TOML

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewer.checks.finding import CheckResult


def check(before: Mapping[str, Any], after: Mapping[str, Any], **rest: Any) -> CheckResult:  # noqa: ANN401 - as `make_case`
    return GateWeakenedCheck().run(make_case(before, after, **rest))


def found(before: Mapping[str, Any], after: Mapping[str, Any], **rest: Any) -> list[tuple[str, str, int | None]]:  # noqa: ANN401
    return [(one.rule, one.severity, one.line) for one in check(before, after, **rest).findings]


def ci(old: str, new: str) -> list[tuple[str, str, int | None]]:
    assert old in PIPELINE
    return found({CI: PIPELINE}, {CI: PIPELINE.replace(old, new)})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("fail-under=90", "fail-under=70", [("threshold-lowered", "high", 15)]),
        ("  test:\n", "  test:\n    continue-on-error: true\n", [("failure-tolerated", "high", 8)]),
        ("  lint:\n", "  lint:\n    continue-on-error: true\n", [("failure-tolerated", "medium", 5)]),
        ("  test:\n", "  test:\n    continue-on-error: ${{ matrix.nightly }}\n", [("failure-tolerated", "low", 8)]),
        (
            "    steps:\n      - run: ruff check .\n",
            "    steps:\n      - run: ruff check . || true\n",
            [("result-ignored", "medium", 6)],
        ),
        ("ruff check .", "ruff check . --exit-zero", [("result-ignored", "medium", 6)]),
        ("      - run: mypy src\n", "", [("step-removed", "medium", 16)]),
        (" --strict-markers", "", [("strictness-off", "medium", 15)]),
        ("on: [push, pull_request]", "on: [push]", [("trigger-narrowed", "medium", 1)]),
        ("on: [push, pull_request]", "on: workflow_dispatch", [("trigger-narrowed", "high", 1)] * 2),
        ("permissions: read-all", "permissions: write-all", [("permissions-widened", "high", 2)]),
        ("permissions: read-all\n", "", [("permissions-widened", "medium", 2)]),
    ],
)
def test_severity_and_line_of_a_weakened_pipeline(
    old: str, new: str, expected: list[tuple[str, str, int | None]]
) -> None:
    assert ci(old, new) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("[push, pull_request]", "\n  pull_request:\n  push:\n"),
        lambda text: text.replace("pytest --cov", "uv run python -Im pytest -q --cov"),
        lambda text: text.replace("  lint:", "  style:").replace("[test, lint]", "[style, test]"),
        lambda text: text.replace("- run: mypy src", "- run: |\n          # types\n          mypy \\\n            src"),
        lambda text: text.replace("permissions: read-all", "permissions: {contents: read, issues: read}"),
        lambda text: text.replace("checkout@v4", "checkout@v5").replace("name: Run the tests", "name: Tests"),
        lambda text: text.replace("run: ruff check .", "run: flake8 && pylint src"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "# a comment\n" + text.replace("run: mypy src", "'run': \"mypy src\""),
    ],
)
def test_another_way_to_say_the_same_is_nothing(change: Callable[[str], str]) -> None:
    assert found({CI: PIPELINE}, {CI: change(PIPELINE)}) == []


def test_checks_that_move_to_another_job_or_file_are_there() -> None:
    other = ".github/workflows/types.yml"
    without = PIPELINE.replace("      - run: mypy src\n", "")
    types = "on: [push, pull_request]\njobs:\n  types:\n    steps:\n      - run: mypy src\n"
    assert found({CI: PIPELINE}, {CI: without, other: types}) == []
    assert found({CI: PIPELINE, "Makefile": ""}, {CI: without, "Makefile": "types:\n\tmypy src\n"}) == []


def test_a_pipeline_that_leaves_its_folder_is_gone() -> None:
    (one,) = check({CI: PIPELINE}, {"ci.yml.off": PIPELINE}, renames={"ci.yml.off": CI}).findings
    assert (one.rule, one.severity, one.file, one.side) == ("ci-removed", "high", "ci.yml.off", "old")
    assert CI in one.message


def test_a_new_gate_is_no_weakening() -> None:
    lax = "[tool.ruff]\nignore = ['F401']\n[tool.mypy]\nignore_errors = true\n[tool.coverage.report]\nfail_under = 1\n"
    new = {CI: PIPELINE.replace("  test:\n", "  test:\n    continue-on-error: true\n"), TOML: lax}
    assert found({}, new) == []


def test_a_setting_of_a_tool_without_settings_counts_where_the_tool_is_used() -> None:
    after = "[tool.ruff]\nignore = ['F401']\n"
    assert found({TOML: "[dependency-groups]\ndev = ['ruff']\n"}, {TOML: after}) == [("rule-off", "medium", 2)]
    assert found({TOML: "[project]\n"}, {TOML: after}) == []
    assert found(
        {".pre-commit-config.yaml": "ruff\n", "a": "1"}, {".pre-commit-config.yaml": "ruff\n", TOML: after}, trees=True
    ) == [("rule-off", "medium", 2)]


def test_settings_of_both_sides_are_one_wherever_they_stand() -> None:
    old = (
        "[tool:pytest]\naddopts = --strict-markers -W error\ntestpaths =\n    tests\n    more\n"
        "[coverage:run]\nbranch = True\nomit = a.py, b.py\n[mypy]\nstrict = True\n[mypy-a.*]\nignore_errors = true\n"
    )
    new = (
        '[tool.pytest.ini_options]\naddopts = ["--strict-markers", "-W", "error"]\ntestpaths = ["tests", "more"]\n'
        '[tool.coverage.run]\nbranch = true\nomit = ["a.py", "b.py"]\n[tool.mypy]\nstrict = true\n'
        '[[tool.mypy.overrides]]\nmodule = "a.*"\nignore_errors = true\n'
    )
    assert found({"setup.cfg": old}, {TOML: new}) == []
    weaker = new.replace(', "-W", "error"', "").replace(', "more"', "").replace('"b.py"', '"b.py", "c/*"')
    assert found({"setup.cfg": old}, {TOML: weaker}) == [
        ("ignore-widened", "medium", 6),
        ("strictness-off", "medium", 2),
        ("ignore-widened", "medium", 3),
    ]


RUFF = "[tool.ruff.lint]\n"
FLAKE = "[flake8]\n"
COVERAGE = "[tool.coverage.report]\n"
PROTECTED = "branches:\n- name: m\n  protection: {enforce_admins: %s}\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        # A rule that was not on takes nothing away when it is left out.
        (TOML, RUFF + "select = ['E']\n", RUFF + "select = ['E', 'D']\nignore = ['D1']\n", []),
        (TOML, RUFF + "select = ['ALL']\n", RUFF + "select = ['ALL']\nignore = ['S']\n", ["medium"]),
        (TOML, RUFF + "select = ['ALL']\n", RUFF + "select = ['ALL']\nignore = ['Q000']\n", ["low"]),
        (TOML, RUFF + "ignore = ['E']\n", RUFF + "ignore = ['E', 'E501']\n", []),
        (".flake8", FLAKE + "select = E,F,W,B9\n", FLAKE + "extend-select = B9\n", []),
        (".flake8", FLAKE + "per-file-ignores = tests/*:S1\n", FLAKE + "per-file-ignores = tests/*:S1,S2\n", ["info"]),
        (".flake8", FLAKE + "per-file-ignores =\n  a/*:S1\n", FLAKE + "per-file-ignores =\n  a/*:S1,S2\n", ["low"]),
        (TOML, "[tool.mypy]\nstrict = true\nwarn_unreachable = true\n", "[tool.mypy]\nstrict = true\n", []),
        (TOML, COVERAGE + "fail_under = 90\n", "[tool.pytest.ini_options]\naddopts = '--cov-fail-under=90'\n", []),
        (TOML, COVERAGE + "fail_under = 90\n", COVERAGE, ["high"]),
        (".eslintrc.yml", "rules: {a: error}\n", "rules: {a: warn}\n", ["low"]),
        ("pyrightconfig.json", '{"typeCheckingMode": "strict"}', '{"typeCheckingMode": "basic"}', ["low"]),
        (".rubocop.yml", "Style/A:\n  Enabled: true\n", "Style/A:\n  Enabled: false\n", ["medium"]),
        (".github/settings.yml", PROTECTED % "true", PROTECTED % "false", ["high"]),
    ],
)
def test_settings_by_what_they_hold_up(name: str, old: str, new: str, expected: list[str]) -> None:
    assert [severity for _, severity, _ in found({name: old}, {name: new})] == expected


def test_suppressions_are_counted_over_the_change() -> None:
    line = "x = f(1)  # type: ignore[arg-type]\n"
    assert found({"a.py": line}, {"b.py": line.replace("1", "2")}) == []
    assert found({"a.py": "x = 1\n"}, {"a.py": "x = 1\n" + line}) == [("suppression-added", "low", 2)]
    assert found({}, {"tests/test_a.py": line}) == [("suppression-added", "info", 1)]
    assert found({}, {"a.py": "x = 1  # nosec\n", "b.py": "y = 1\n"}) == [("suppression-added", "medium", 1)]
    assert found({}, {"a.py": '"""Write # noqa there.\n\n    x = 1  # noqa\n"""\n'}) == []
    (one,) = check({}, {"a.py": line * 9}).findings
    assert one.message.endswith("The same form at line 2, line 3, line 4, line 5, line 6, line 7 and 2 more.")


@pytest.mark.parametrize(
    ("path", "old", "line"),
    [
        ("a.py", "", "from b import *  # noqa\n"),
        ("a.py", "", "import untyped  # type: ignore\n"),
        ("a.py", "y = g()  # type: ignore[misc]\n", "x = f()  # type: ignore[misc]\n"),
        ("A.java", "", '@SuppressWarnings({"unchecked", "rawtypes"})\n'),
    ],
)
def test_what_people_silence_as_a_matter_of_course_is_information(path: str, old: str, line: str) -> None:
    assert [severity for _, severity, _ in found({path: old}, {path: old + line})] == ["info"]


@pytest.mark.parametrize(
    ("path", "old", "line"),
    [
        ("a.py", "", "x = f()  # noqa\n"),
        ("a.py", "y = g()  # type: ignore\n", "x = f()  # type: ignore\n"),
        ("a.py", "y = g()  # type: ignore[misc]\n", "x = f()  # type: ignore[call-arg]\n"),
        ("A.java", "", '@SuppressWarnings("resource")\n'),
    ],
)
def test_what_else_is_silenced_is_worth_knowing(path: str, old: str, line: str) -> None:
    assert [severity for _, severity, _ in found({path: old}, {path: old + line})] == ["low"]


def test_what_a_bundler_writes_has_no_suppressions_of_its_own() -> None:
    line = "// eslint-disable-next-line no-undef\n"
    assert found({}, {"dist/a.js": line}) == []
    assert found({}, {"lib/a.js": line}) == [("suppression-added", "low", 1)]


def test_lines_that_people_leave_out_of_coverage_are_information() -> None:
    usual = "if TYPE_CHECKING:  # pragma: no cover\n    import a\n"
    assert found({}, {"a.py": usual}) == [("suppression-added", "info", 1)]


def test_a_hook_that_only_looks_or_asks_an_option_is_quiet() -> None:
    looks = (
        "@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n"
        "    item.report = outcome.get_result()\n"
    )
    asks = (
        "def pytest_collection_modifyitems(config, items):\n    if config.getoption('--slow'):\n        return\n"
        "    for item in items:\n        item.add_marker(pytest.mark.skip(reason='slow'))\n"
    )
    assert found({}, {"conftest.py": looks}) == []
    assert found({}, {"conftest.py": asks}) == [("collection-filtered", "low", 5)]


@pytest.mark.parametrize(
    "hook",
    [
        "def pytest_runtest_makereport(item):\n    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
        "def pytest_pyfunc_call(pyfuncitem):\n    return True\n",
        "def pytest_sessionfinish(session, exitstatus):\n    os._exit(0)\n",
        "unittest.TestCase.assertEqual = lambda *a: None\n",
        "def pytest_collection_modifyitems(items):\n    items.clear()\n",
    ],
)
def test_a_hook_that_decides_outcomes_is_high(hook: str) -> None:
    assert [severity for _, severity, _ in found({"conftest.py": "x = 1\n"}, {"conftest.py": hook})] == ["high"]


def test_owners_by_pattern() -> None:
    path = ".github/CODEOWNERS"
    old = "* @all\n/src/ @a @b\n/docs/ @d\n"
    assert found({path: old}, {path: "/docs/ @d\n/src/ @b @a\n* @all\n"}) == []
    assert found({path: old}, {path: old.replace("* @all\n", "")}) == [("owner-removed", "high", 1)]
    assert found({path: old}, {path: old.replace(" @a @b", " @a")}) == [("owner-removed", "low", 2)]
    assert found({path: old}, {path: old + "/src/auth/\n"}) == [("owner-removed", "medium", 4)]
    assert found({path: old}, {}) == [("owner-removed", "high", 1)]


def test_instructions_that_bind_less_weigh_more() -> None:
    old = "Run the tests.\nNever touch infra.\n"
    assert found({"CLAUDE.md": old}, {"CLAUDE.md": old + "Use tabs.\n"}) == [("instructions-changed", "low", 3)]
    assert found({"CLAUDE.md": old}, {"CLAUDE.md": "Run the tests.\n"}) == [("instructions-changed", "medium", 2)]


def test_what_is_not_compared_is_said() -> None:
    result = check({}, {"Jenkinsfile": "x\n", "a.md": "x\n"})
    assert "this notation of pipelines and recipes is not read: 1 file (Jenkinsfile)" in result.reason
    result = check({CI: PIPELINE}, {CI: PIPELINE + "#\n"}, missing=(CI,))
    assert (result.status, "so a gate was not compared" in result.reason) == ("incomplete", True)
    result = check({CI: "a: [\n"}, {CI: PIPELINE})
    assert (result.status, "it is not YAML" in result.reason) == ("incomplete", True)
    assert check({}, {"a.md": "x\n"}).status == "not_applicable"


def test_commands_as_a_pipeline_runs_them() -> None:
    script = [("cd x", 1), ("python -m pytest -q \\", 2), ("  --cov-fail-under 80", 3), ("make lint; true", 4)]
    tests, lint = of_script(script)
    assert (tests.kind, tests.tool, tests.line, tests.floors) == ("test", "pytest", 2, (("--cov-fail-under", 80.0),))
    assert (lint.kind, lint.line, lint.ignored) == ("lint", 4, None)
    assert of_script([("pytest | tee log", 1)])[0].ignored == "| tee"
    assert of_script([("pytest | tee log", 1)], pipefail=True)[0].ignored is None
    assert of_script([("set +e", 1), ("pytest", 2), ("echo done", 3)])[0].ignored == "; echo"
    assert of_script([("tox -e docs", 1)]) == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("github/codeql-action/analyze@v3", "security"),
        ("github/codeql-action/init@v3", None),
        ("golangci/golangci-lint-action", "lint"),
        ("step-security/harden-runner", None),
        ("actions/setup-python", None),
        ("./.github/workflows/tests.yml", "test"),
    ],
)
def test_actions_by_name(name: str, kind: str | None) -> None:
    check_of = of_action(name, 1, owned=True)
    assert (None if check_of is None else check_of.kind) == kind


def test_lines_are_those_that_everybody_counts() -> None:
    (root,) = yaml_tree.read("a: 1 # \u2028 \x85\nb:\n  - |\n    x\n".encode())
    assert [(name, node.line) for name, node in root.entries] == [("a", 1), ("b", 2)]
    assert root.entries[1][1].elements[0].first == 4
    tree = table_tree.read_toml(b"[a]\nb = [\n  'x',\n  'y',\n]\n[[c]]\nd = 1\n[[c]]\nd = 2\n")
    assert [node.line for _, node in leaves(tree)] == [2, 7, 9]
    ini = table_tree.read_ini(b"[a]\nb =\n    x\n    # no\n    y\nc = 1\n")
    assert [element.line for _, node in leaves(ini) for element in node.elements] == [3, 5, 6]
    parsed = json_tree.read(b'// c\n{"a": [1,\n 2,], /* x\n */ "b": null}')
    assert [node.line for _, node in leaves(parsed)] == [2, 4]


def test_merges_and_references_of_yaml() -> None:
    (root,) = yaml_tree.read(b"x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: !reference [x, a]\n")
    y = root.get("y")
    assert y is not None
    assert [(name, node.text) for name, node in y.entries] == [("a", "1"), ("b", "3")]
    assert root.said("z") == "!reference x a"


BOMB = b"a0: &a0 [x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n" % (n, n, n - 1, n - 1, n - 1, n - 1) for n in range(1, 60)
)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (yaml_tree.read, b"[" * 300_000),
        (yaml_tree.read, b"a: b\n" * 150_000),
        (yaml_tree.read, b"- " * 300_000),
        (yaml_tree.read, b"\xff"),
        (lambda data: list(leaves(yaml_tree.read(data)[0])), BOMB),
        (json_tree.read, b"[" * 300_000),
        (json_tree.read, b'"' + b"a\\" * 300_000),
        (table_tree.read_toml, b"a = " + b"[" * 300_000),
        (table_tree.read_toml, b"a." * 300_000 + b"b = 1"),
        (table_tree.read_ini, b"a\n" * 10),
    ],
)
def test_hostile_documents_are_refused_in_time(read: Callable[[bytes], object], data: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(UnreadableError):
        read(data)
    assert time.perf_counter() - started < 5


def test_an_alias_of_itself_has_an_end() -> None:
    (root,) = yaml_tree.read(b"a: &a [*a]\n")
    assert len(list(leaves(root))) == 1 <= MAX_NODES


@pytest.mark.parametrize(
    ("text", "value"), [("80", 80.0), ("80.5 %", 80.5), ("1_000", 1000.0), ("auto", None), ("9" * 40, None), ("", None)]
)
def test_numbers_of_settings(text: str, value: float | None) -> None:
    assert number(text) == value
    assert Node(1, text).number == value
