"""The runner, the ids and the account that checks give of themselves."""

from __future__ import annotations

from reviewer.checks import ALL
from reviewer.checks.account import Account
from reviewer.checks.finding import CheckResult, Mode
from reviewer.checks.ident import Fact, identify, shown
from reviewer.checks.runner import run
from tests.support.cases import make_case


class Broken:
    mode: Mode = "scope"
    version = 3

    def run(self, case: object) -> CheckResult:
        raise ValueError("bad \x1b]0;title\x07 input")


class Quiet:
    mode: Mode = "rollback"
    version = 1

    def run(self, case: object) -> CheckResult:
        return CheckResult(mode="rollback", status="done")


def fact(line: int, quote: str = "x = 1", rule: str = "some-rule") -> Fact:
    return Fact(rule=rule, severity="low", message=f"line {line}", why="because", quote=quote, file="a.py", line=line)


def test_a_check_that_breaks_is_incomplete_and_the_others_still_run() -> None:
    results = list(run(make_case({}, {}), (Broken(), Quiet())))
    assert [(r.mode, r.status) for r in results] == [("scope", "incomplete"), ("rollback", "done")]
    assert "ValueError" in results[0].reason
    assert "\x1b" not in results[0].reason
    assert results[0].version == 3


def test_nothing_is_yielded_once_cancelled() -> None:
    answers = iter([False, True])
    assert [r.mode for r in run(make_case({}, {}), (Quiet(), Broken()), lambda: next(answers))] == ["rollback"]


def test_there_is_one_check_a_mode() -> None:
    modes = [check.mode for check in ALL]
    assert len(set(modes)) == len(modes)
    assert [result.mode for result in run(make_case({}, {"a.py": "x = 1\n"}))] == modes


def test_an_id_leaves_out_the_line_and_the_message_and_counts_equal_facts() -> None:
    here, there = identify("scope", [fact(3)])[0], identify("scope", [fact(30, quote="x  =  1")])[0]
    assert here.id == there.id
    assert len(here.id) == 16
    twice = identify("scope", [fact(3), fact(4)])
    assert twice[0].id == here.id != twice[1].id
    assert identify("scope", [fact(3, rule="other")])[0].id != here.id
    assert identify("rollback", [fact(3)])[0].id != here.id


def test_the_parts_of_an_id_do_not_run_into_each_other() -> None:
    one = Fact(rule="a", severity="low", message="", why="", quote="bc")
    other = Fact(rule="ab", severity="low", message="", why="", quote="c")
    assert identify("scope", [one])[0].id != identify("scope", [other])[0].id


def test_hostile_text_in_a_message_is_inert_and_short() -> None:
    assert shown("a\x1b[31m\nb") == "a⟨U+001B⟩[31m⟨U+000A⟩b"
    assert len(shown("x" * 500)) == 80


def test_what_was_not_examined_is_named() -> None:
    account = Account()
    account.looked("Python file", "by syntax tree", 2)
    for name in "abcd":
        account.missing("content is not in the packet", f"{name}.py")
    account.beyond("not covered", "x.zig")
    result = account.result("scope", 1, ())
    assert result.status == "incomplete"
    assert result.examined == "2 Python files by syntax tree"
    assert result.reason == (
        "content is not in the packet: 4 files (a.py, b.py, c.py and 1 more); not covered: 1 file (x.zig)"
    )


def test_a_check_with_nothing_to_look_at_does_not_apply() -> None:
    assert Account().result("scope", 1, (), nothing="no tests").status == "not_applicable"
    account = Account()
    account.missing("lost", "a")
    assert account.result("scope", 1, (), nothing="no tests").status == "incomplete"
