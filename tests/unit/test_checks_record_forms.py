"""Runs that look as if their tests had run over what is there, and notes that say that nothing is to be undone."""

from __future__ import annotations

from typing import Any

import pytest

from reviewer.checks.claim_vs_evidence import ClaimCheck
from reviewer.checks.error_handling import ErrorHandlingCheck
from reviewer.checks.gate_weakened import GateWeakenedCheck
from reviewer.checks.rewrites import rewrites, unpaired
from reviewer.checks.rollback import RollbackCheck
from reviewer.checks.scope import ScopeCheck
from reviewer.checks.stop_rule import StopRuleCheck
from reviewer.checks.stop_rules import is_run_of
from reviewer.run.event import Message
from tests.support.cases import make_case
from tests.support.run_twins import AGREED, edit, ran, run


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("git checkout HEAD~1 -- src/a.py", True),
        ("git checkout .", True),
        ("git checkout -b topic", False),
        ("git checkout main", False),
        ("git restore src/a.py", True),
        ("git restore --staged src/a.py", False),
        ("git stash", True),
        ("git stash list", False),
        ("git stash && pytest && git stash pop", False),
        ("cd repo && git reset --hard origin/main", True),
        ("git reset HEAD~1", False),
        ("git apply --check one.patch", False),
        ("git apply one.patch", True),
        ("git rebase --abort", False),
        ("git pull --ff-only", True),
        ("patch -p1 < one.patch", True),
        ("git diff -- src/a.py", False),
        ("echo git merge", False),
    ],
)
def test_a_command_is_known_to_change_files(line: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert rewrites(line) is expected


def test_a_stash_and_its_way_back_cancel_each_other() -> None:
    assert unpaired([(1, "git stash"), (2, "pytest"), (3, "git stash pop")]) == []
    assert unpaired([(1, "git stash"), (2, "pytest")]) == [1]
    assert unpaired([(1, "git stash pop"), (2, "git merge main")]) == [1, 2]


@pytest.mark.parametrize(
    ("wanted", "line", "expected"),
    [
        ("go test ./...", "go test -count=1 ./...", True),
        ("go test ./...", "go test -run One ./...", False),
        ("go test ./...", "go test ./cmd", False),
        ("pytest", "pytest --collect-only", False),
        ("pytest", "uv run pytest -q", True),
        ("ruff check . && pytest", "pytest", False),
    ],
)
def test_a_run_of_the_same_may_have_options(wanted: str, line: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert is_run_of(wanted, line) is expected


def claims(*events: Any) -> list[str]:  # noqa: ANN401 - events
    return [one.rule for one in ClaimCheck().run(run(*events, **AGREED).case()).findings]


def test_a_list_of_tests_is_no_run_of_them() -> None:
    assert claims(edit(), ran("pytest --co")) == ["required-not-run"]
    assert claims(edit(), ran("pytest -q")) == []


def test_what_git_puts_back_makes_a_green_run_stale() -> None:
    assert claims(edit(), ran("pytest"), ran("git checkout HEAD~1 -- src/a.py", kind="vcs")) == ["required-stale"]
    assert claims(edit(), ran("pytest"), ran("git checkout -b topic", kind="vcs")) == []
    assert claims(edit(), ran("git stash", kind="vcs"), ran("pytest"), ran("git stash pop", kind="vcs")) == []


def test_what_git_puts_back_after_green_breaks_the_rule() -> None:
    side = run(edit(), ran("pytest"), ran("git restore src/a.py", kind="vcs"), **AGREED)
    (one,) = StopRuleCheck().run(side.case()).findings
    assert (one.rule, one.severity) == ("edits-after-green", "medium")
    assert "git restore src/a.py" in one.message


def rollback(note: str) -> list[str]:
    case = make_case({}, {"scripts/clean.sh": "dropdb app\n"}, rollback={"strategy": note})
    return [one.rule for one in RollbackCheck().run(case).findings]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Revert the commit; there is no data to restore.", True),
        ("Revert the commit. No migration, no stored data.", True),
        ("Revert the commit, then restore the database from the backup.", False),
        ("No downtime is needed: revert the commit and restore the backup.", False),
    ],
)
def test_what_a_note_denies_is_not_mentioned(note: str, told: bool) -> None:  # noqa: FBT001 - a column
    assert ("irreversible-unmentioned" in rollback(note)) is told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("migrations/0007.sql", True),
        ("tests/wipe.sh", True),
        ("contests/0007.sql", True),
        ("test/fixtures/drop_index.sql", False),
        ("tests/cases/L059.yml", False),
    ],
)
def test_data_of_tests_meets_nobodys_data(path: str, told: bool) -> None:  # noqa: FBT001 - a column
    text = "dropdb app\n" if path.endswith(".sh") else "DROP TABLE invoice;\n"
    case = make_case({}, {path: text}, rollback={"strategy": "Revert the commit."})
    found = [one.rule for one in RollbackCheck().run(case).findings]
    assert ("irreversible-unmentioned" in found) is told


def gates(path: str, before: str, after: str) -> list[tuple[str, str]]:
    case = make_case({path: before}, {path: after})
    return [(one.rule, one.severity) for one in GateWeakenedCheck().run(case).findings]


def test_owners_that_give_way_to_others_are_told() -> None:
    path = ".github/CODEOWNERS"
    assert gates(path, "/src/ @a @b\n", "/src/ @c\n") == [("owner-removed", "low")]
    assert gates(path, "/src/ @a\n", "/src/ @a @c\n") == []
    assert gates(path, "/src/ @a @b\n", "/src/ @a @c\n") == []


INCLUDE = "on: push\njobs:\n  test:\n    strategy:\n      matrix:\n        include:\n          - {python: '3.12'}\n{}"
STEPS = "    steps:\n      - run: pytest\n"


def test_a_value_that_a_matrix_included_is_lost() -> None:
    path = ".github/workflows/ci.yml"
    more = "          - {python: '3.11'}\n"
    before = INCLUDE.replace("{}", more + STEPS)
    assert gates(path, before, INCLUDE.replace("{}", STEPS)) == [("matrix-narrowed", "low")]
    other = before.replace("3.11", "3.13")
    assert gates(path, before, other) == []


def test_a_commit_of_an_action_gives_way_to_a_name() -> None:
    path, row = ".github/workflows/ci.yml", "on: push\njobs:\n  t:\n    steps:\n      - uses: a/b@"
    held = f"{row}{'1' * 40}\n"
    assert gates(path, held, f"{row}main\n") == [("action-unpinned", "medium")]
    assert gates(path, held, f"{row}v4\n") == [("action-unpinned", "low")]
    assert gates(path, held, f"{row}{'2' * 40} # v5\n") == []
    assert gates(path, f"{row}v3\n", f"{row}v4\n") == []


@pytest.mark.parametrize(
    ("text", "lines", "told"),
    [
        ("I ran the benchmarks and saw no slowdown.", ("pytest -q",), True),
        ("I ran the benchmarks and saw no slowdown.", ("pytest -q", "python -m timeit 'x'"), False),
        ("The documentation builds without warnings.", ("pytest -q",), True),
        ("The documentation builds without warnings.", ("tox -e docs",), False),
        ("The docs build on what was there.", ("pytest -q",), False),
        ("I verified the fix manually in a browser.", ("pytest -q", "cat src/a.py"), True),
        ("I verified the fix manually in a browser.", ("python app.py",), False),
        ("This should be checked by hand.", ("pytest -q",), False),
        ("Added two tests to `tests/test_other.py`.", ("pytest -q",), True),
        ("Added two tests to `src/a.py`.", ("pytest -q",), False),
        ("Added a reference to `tests/test_other.py`.", ("pytest -q",), False),
    ],
)
def test_what_was_said_leaves_a_trace(text: str, lines: tuple[str, ...], told: bool) -> None:  # noqa: FBT001 - a column
    kinds = {"pytest": "test", "tox": "test"}
    events = [ran(line, kind=kinds.get(line.split(" ", 1)[0], "other")) for line in lines]
    side = run(edit(), *events, Message(seq=0, text=text))
    rules = {one.rule for one in ClaimCheck().run(side.case()).findings}
    assert bool(rules & {"claim-without-evidence", "claimed-file-absent"}) is told


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("timeout 600 pytest -n auto", []),
        ("pytest --cov=src -p no:cacheprovider tests", []),
        ("coverage run --branch -m pytest", []),
        ("coverage run -m pytest -k one", ["required-narrowed"]),
        ("coverage run app.py", ["required-not-run"]),
        ("pytest tests/unit", ["required-narrowed"]),
        ("pytest -m 'not slow'", ["required-narrowed"]),
    ],
)
def test_an_option_with_a_value_selects_nothing(line: str, expected: list[str]) -> None:
    assert claims(edit(), ran(line)) == expected


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("git fetch origin", True),
        ("cd repo && git push -u origin topic", True),
        ("git submodule update --init", True),
        ("git status", False),
        ("git remote -v", False),
        ("git log origin/main", False),
    ],
)
def test_git_uses_the_network_where_it_talks_to_a_remote(line: str, told: bool) -> None:  # noqa: FBT001 - a column
    side = run(edit(), ran(line, kind="vcs"), scope={"network": "deny"})
    assert ("network-outside" in [one.rule for one in ScopeCheck().run(side.case()).findings]) is told


TWICE = "def f(a):\n    if a:\n        raise ValueError()\n    if not a.b:\n        raise ValueError()\n    return a\n"


def test_one_of_two_equal_refusals_can_go() -> None:
    once = TWICE.replace("    if not a.b:\n        raise ValueError()\n", "")
    found = ErrorHandlingCheck().run(make_case({"a.py": TWICE}, {"a.py": once})).findings
    assert [(one.rule, one.line) for one in found] == [("raise-removed", 5)]
    assert not ErrorHandlingCheck().run(make_case({"a.py": TWICE}, {"a.py": TWICE + "\n"})).findings


def failures(path: str, before: str, after: str) -> list[tuple[str, str, int | None]]:
    found = ErrorHandlingCheck().run(make_case({path: before}, {path: after})).findings
    return [(one.rule, one.severity, one.line) for one in found if one.severity != "info"]


def test_what_was_entered_and_is_only_named_is_not_left() -> None:
    before = "def f(a):\n    with a.make() as it:\n        it.go()\n    return a\n"
    named = "def f(a):\n    it = a.make()\n    it.go()\n    return a\n"
    assert failures("a.py", before, named) == [("cleanup-removed", "medium", 2)]
    kept = "def f(a):\n    it = a.make()\n    try:\n        it.go()\n    finally:\n        it.leave()\n    return a\n"
    assert failures("a.py", before, kept) == []
    assert failures("a.py", before, before.replace("it", "one")) == []


def test_an_error_by_name_is_thrown_away_in_go() -> None:
    before = "package a\n\nfunc f() error {\n\terr := g()\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n"
    after = before.replace("if err != nil {\n\t\treturn err\n\t}", "_ = err")
    assert ("error-ignored", "low", 5) in failures("a.go", before, after)
    assert failures("a.go", before, before.replace("g()", "h()")) == []


def test_a_file_without_an_ending_is_one_where_the_change_has_it() -> None:
    text = "The change is limited to `CHANGES`. All tests pass."
    two = {"CHANGES": "one\n", "src/a.py": "x = 1\n"}
    events = run(edit(), ran("pytest"), Message(seq=0, text=text)).rest
    assert [one.rule for one in ClaimCheck().run(make_case({}, two, **events)).findings] == ["claimed-only"]
    assert not ClaimCheck().run(make_case({}, {"CHANGES": "one\n"}, **events)).findings


def test_of_equal_refusals_the_one_is_told_whose_condition_is_gone() -> None:
    once = TWICE.replace("    if a:\n        raise ValueError()\n", "")
    assert failures("a.py", TWICE, once) == [("raise-removed", "medium", 3)]
