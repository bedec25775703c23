"""Stop rules: what counts as green, what counts as blind, what is said where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.stop_rule import StopRuleCheck
from reviewer.checks.stop_rules import is_run_of, stop_rule
from reviewer.run.event import Command, Context, Prompt
from tests.support.cases import make_case, make_manifest
from tests.support.run_twins import AGREED, FAILED, FRO, REQUIRED, TO, edit, ran, run

if TYPE_CHECKING:
    from reviewer.checks.finding import CheckResult
    from reviewer.run.event import Event


def check(*events: Event, **rest: Any) -> CheckResult:  # noqa: ANN401 - tables of a manifest
    return StopRuleCheck().run(run(*events, **rest).case())


def found(*events: Event, **rest: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - tables of a manifest
    return [(one.rule, one.severity) for one in check(*events, **rest).findings]


def test_without_a_run_there_is_nothing_to_say() -> None:
    result = StopRuleCheck().run(make_case({}, {"a.py": "x\n"}))
    assert (result.status, "records no run" in result.reason) == ("not_applicable", True)


def test_without_the_order_of_events_it_is_incomplete() -> None:
    row = {"n": 1, "line": "pytest", "state": "passed"}
    result = StopRuleCheck().run(make_case({}, {"a.py": "x\n"}, command=[row]))
    assert (result.status, "the order of events is not in the packet" in result.reason) == ("incomplete", True)


def test_what_was_not_agreed_is_said() -> None:
    result = check(edit(), ran("pytest"))
    assert result.findings == ()
    assert "no stop rules are recorded" in result.reason
    assert "no required commands are recorded" in result.reason
    result = check(edit(), ran("pytest"), scope={"stop_rules": ["Ask before you go on", "after: required_green"]})
    assert "a stop rule in prose was not compared: “Ask before you go on”" in result.reason
    assert (result.status, "could not be held against the run" in result.reason) == ("incomplete", True)


def test_work_after_green_is_information_unless_it_was_agreed() -> None:
    went_on = (edit(), ran("pytest -q"), edit("src/b.py"), ran("pip install x", kind="install"))
    assert found(*went_on, **REQUIRED) == [("edits-after-green", "info")]
    (one,) = check(*went_on, **AGREED).findings
    assert (one.severity, one.evidence) == ("medium", ("command:2", "event:3"))
    assert one.message == (
        "After command 2 had made all that was required green, 1 edit of 1 file followed (src/b.py); "
        "also 1 install command, and the rule was “after: required_green”."
    )


@pytest.mark.parametrize(
    "events",
    [
        (edit(), ran("pytest"), ran("pytest"), ran("git diff", kind="vcs"), ran("cat a.py", kind="other")),
        (edit(), ran("pytest", FAILED), edit(), ran("pytest")),
        (edit(), ran("pytest | tail"), edit()),
        (edit(), ran("pytest tests/one.py"), edit()),
        (edit(), ran("pytest"), edit("/elsewhere/notes.py", repo_path=None)),
        (edit(), ran("pytest"), edit(applied=False)),
    ],
)
def test_what_is_no_work_beyond_green(events: tuple[Event, ...]) -> None:
    events = tuple(
        Command(seq=0, n=1, line=one.line, state="not_conclusive", command_kind="test")
        if isinstance(one, Command) and "|" in one.line
        else one
        for one in events
    )
    assert [rule for rule, _ in found(*events, **REQUIRED)] == []


def test_green_is_all_that_was_required_on_the_same_code() -> None:
    both = {"task": {"required_commands": ["pytest", "ruff check"]}}
    apart = (edit(), ran("pytest"), edit(), ran("ruff check", kind="lint"), edit())
    assert found(*apart, **both) == []
    together = (edit(), ran("ruff check", kind="lint"), ran("pytest"), edit())
    assert found(*together, **both) == [("edits-after-green", "info")]


def test_documents_after_green_count_only_where_nothing_more_was_agreed() -> None:
    events = (edit(), ran("pytest"), edit("README.md"))
    assert found(*events, **REQUIRED) == []
    assert found(*events, **AGREED) == [("edits-after-green", "medium")]


@pytest.mark.parametrize(
    "between",
    [
        edit(),
        ran("pip install x", kind="install"),
        Prompt(seq=0, text="Again"),
        Context(seq=0, what="rewind"),
        ran("sed -i s/a/b/ src/a.py", kind="other"),
        ran("pytest"),
    ],
)
def test_a_retry_is_blind_only_if_nothing_changed(between: Event) -> None:
    failed = ran("pytest", FAILED)
    assert [rule for rule, _ in found(failed, failed, between, failed)] == []
    assert found(failed, failed, failed, between) == [("blind-retry", "low")]


def test_many_blind_retries_weigh_more_and_waiting_is_none() -> None:
    assert found(*[ran("pytest", FAILED)] * 7) == [("blind-retry", "medium")]
    assert found(*[ran("curl localhost:8000", FAILED, kind="network")] * 5) == []
    assert found(*[ran("sleep 5 && pytest", FAILED)] * 5) == []
    assert found(*[ran("pytest", FAILED, agent=f"root/{n}") for n in range(5)]) == []
    assert found(*[ran("pytest", FAILED, cwd=f"/{n}") for n in range(5)]) == []


def test_a_cycle_needs_the_same_edit_twice() -> None:
    assert found(edit("a.py", *TO), edit("a.py", *FRO)) == []
    (one,) = check(edit("a.py", *TO), edit("a.py", *FRO), edit("a.py", *TO), edit("a.py", *FRO)).findings
    assert (one.rule, one.evidence) == ("edit-revert-cycle", ("event:1", "event:2", "event:3", "event:4"))
    assert "3 turns" in one.message
    assert "1 edit without a recorded patch" in check(edit("a.py")).reason


def test_the_forms_of_stop_rules() -> None:
    rows = [{"n": n, "line": "pytest", "state": "failed", "events": [n]} for n in (1, 2)]
    manifest = make_manifest(command=rows, file_read=[{"path": "a"}, {"path": "b"}])
    assert stop_rule("max_repeats: 1", [], manifest) == ("broken", "'pytest' failed 2 times", (1, 2))
    assert stop_rule("max_files_read: 1", [], manifest)[0] == "broken"
    assert stop_rule("max_files_read: 2", [], manifest)[0] == "kept"
    assert stop_rule("Stop when it works", [], manifest)[0] == "yours"
    assert is_run_of("pytest", "uv run pytest -q")
