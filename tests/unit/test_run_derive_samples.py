"""The recorded runs of several agents: what follows from them agrees with the index that came with them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from reviewer.run.derive import derive, path_map, with_repo_paths
from reviewer.run.derive.link import CommitFacts, link
from reviewer.run.derive.retries import SUCCEEDED
from reviewer.run.importers.detect import detect
from tests.support.imported import read_with
from tests.support.run_events import picked
from tests.support.samples import samples_dir

if TYPE_CHECKING:
    from reviewer.run.derive import RunFacts
    from reviewer.run.importers.importer import ImportedRun


@cache
def run_of(agent: str, name: str) -> ImportedRun:
    data = (samples_dir() / "transcripts" / agent / name).read_bytes()
    run, _ = read_with(detect(data), data)
    return run


def diff_of(agent: str, name: str) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for part in (samples_dir() / "transcripts" / agent / name).read_text().split("diff --git ")[1:]:
        head = re.match(r"a/(\S+) b/(\S+)", part)
        assert head is not None
        files[head[2]] = part.split("\n")
    return files


def facts_of(agent: str, name: str, diff: str | None = None) -> RunFacts:
    run = run_of(agent, name)
    return derive(run.events, diff_of(agent, diff) if diff else (), None, run.info)


def test_one_retry_that_succeeded() -> None:
    facts = facts_of("claude-code", "e01-ci-test-fix.jsonl", "e01-ci-test-fix.diff")
    assert picked(facts.retry, "rule", "outcome") == [("fixed-retry", "changed_test")]
    assert sum(row["outcome"] in SUCCEEDED for row in facts.retry) == 1
    assert facts.course == []


def test_a_file_made_and_deleted_in_the_run_does_not_show_as_changed() -> None:
    facts = facts_of("gemini-cli", "gm01-wrong-file-then-undo.json", "gm01-wrong-file-then-undo.diff")
    assert facts.claimed == ("docs/color.md",)
    assert facts.by_shell == {"docs/color.md"}
    assert facts.course == []


@pytest.mark.parametrize(
    ("name", "refused"), [("c03-v0.122-aborts-head.jsonl", 1), ("c04-v0.125-windows-plan-patch.jsonl", 2)]
)
def test_refused_patches_are_counted_by_call(name: str, refused: int) -> None:
    assert len(facts_of("codex", name).edit_refused) == refused


def test_escalations_and_what_the_sandbox_allowed() -> None:
    facts = facts_of("codex", "c03-v0.122-aborts-head.jsonl")
    assert facts.scope.values["sandbox"] == "workspace-write"
    assert facts.scope.values["network"] == "deny"
    assert "escalation-granted" in {row["rule"] for row in facts.course}
    assert {row["rule"] for row in facts.claim} == {"claim-borne-out"}


def test_files_of_a_windows_log_are_below_its_root() -> None:
    facts = facts_of("codex", "c04-v0.125-windows-plan-patch.jsonl")
    assert facts.outside == ()
    assert "app/layout.tsx" in facts.claimed
    assert not any("\\" in path for path in facts.claimed)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("m01-resolved-sqlfluff__sqlfluff-2419", ".diff"),
        ("m01-resolved-sqlfluff__sqlfluff-2419", ".whitespace-mangled.diff"),
        ("m05-unresolved-pylint-dev__astroid-1978", ".diff"),
    ],
)
def test_the_patch_that_was_handed_in_is_the_change(name: str, end: str) -> None:
    run, diff = run_of("mini-swe-agent", f"{name}.traj.json"), diff_of("mini-swe-agent", f"{name}{end}")
    assert link(run.info, run.events, CommitFacts(changed=frozenset(diff), diff=diff)).kind == "patch"
    assert facts_of("mini-swe-agent", f"{name}.traj.json", f"{name}{end}").edited == set(diff)


def test_edits_in_a_container_are_those_of_the_change() -> None:
    for agent, name, diff in (
        ("openhands", "o01-ponyc-4595.output.jsonl", "o01-ponyc-4595.diff"),
        ("openhands", "o12-resolver-issue-1.output.jsonl", "o12-resolver-issue-1.diff"),
        ("swe-agent", "s02-v0.x-test-repo-i1.traj", "s02-v0.x-test-repo-i1.diff"),
    ):
        facts = facts_of(agent, name, diff)
        assert facts.edited == set(diff_of(agent, diff)), name
        assert all(facts.read_before_edit.values())


def test_what_the_agent_admits_is_told() -> None:
    facts = facts_of("openhands", "o01-ponyc-4595.output.jsonl", "o01-ponyc-4595.diff")
    assert ["so the fix could not be verified" in row["text"] for row in facts.assumption] == [True]
    assert facts.claim == []


def test_a_session_of_other_files_is_unrelated() -> None:
    run = run_of("claude-code", "e01-ci-test-fix.jsonl")
    other = frozenset(diff_of("claude-code", "e04-lint-todo.diff"))
    events = with_repo_paths(run.events, path_map(run.events, other, None, run.info))
    assert link(run.info, events, CommitFacts(changed=other)).kind == "unrelated"
