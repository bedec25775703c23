"""Several sessions, what they were allowed, how they ended, and how each is tied to the commits."""

from __future__ import annotations

import pytest

from reviewer.run.derive.link import Commit, CommitFacts, Link, commit_commands, link, printed_commits
from reviewer.run.derive.patches import same_changes
from reviewer.run.event import Edit
from reviewer.run.importers.importer import SessionInfo
from tests.support.run_events import ROOT, RunEvents, picked
from tests.support.samples import samples_dir

ID = "0b0e2b7e-1111-4222-8333-444455556666"
OID = "52e38bad48b6" + "0" * 28
START = 1_772_442_000
"""2026-03-02T09:00:00Z."""


class TestScope:
    def test_one_session_is_recorded_as_it_is(self) -> None:
        info = SessionInfo(
            "Codex CLI", sandbox="workspace-write", approval="on-request", network=False, writable=["/data"],
            allowed_commands=["ls"], permission_modes=["plan"],
        )  # fmt: skip
        scope = RunEvents().end().facts(info=info).scope
        assert scope.values == {
            "sandbox": "workspace-write",
            "approval": "on-request",
            "network": "deny",
            "writable": ["/data"],
            "allowed_commands": ["ls"],
            "permission_mode": "plan",
        }
        assert set(scope.known.values()) == {"recorded"}

    def test_of_several_the_widest_is_told_as_derived(self) -> None:
        infos = [
            SessionInfo("a", sandbox="danger-full-access", network=None, permission_modes=["plan", "acceptEdits"]),
            SessionInfo("b", sandbox="read-only", network=True, writable=["/x"], permission_modes=["default"]),
            SessionInfo("c", network=False, writable=["/y", "/x"], allowed_tools=[]),
        ]
        scope = RunEvents().end().facts(info=infos).scope
        assert scope.values == {
            "sandbox": "danger-full-access",
            "network": "open",
            "writable": ["/x", "/y"],
            "permission_mode": "acceptEdits",
            "allowed_tools": [],
        }
        assert set(scope.known.values()) == {"derived"}

    def test_nothing_said_is_nothing_allowed_or_denied(self) -> None:
        assert RunEvents().end().facts(info=SessionInfo("a")).scope.values == {}

    def test_a_word_that_is_not_known_is_kept(self) -> None:
        assert RunEvents().facts(info=SessionInfo("a", sandbox="seatbelt")).scope.values == {"sandbox": "seatbelt"}


class TestSessions:
    def test_a_row_for_each(self) -> None:
        run = (
            RunEvents()
            .run("ls")
            .edit(f"{ROOT}/a.py")
            .edit(f"{ROOT}/a.py")
            .context("session", "ended: limit (10 turns)")
        )
        run.session = 2
        run.context("session", "Codex CLI").run("ls").refused(f"{ROOT}/b.py").end("interrupted", "by the person")
        infos = [
            SessionInfo("Claude Code", versions=["2.1"], session_ids=[ID], started="2026-03-02T09:00:00Z"),
            SessionInfo("Codex CLI", models=["m"]),
        ]
        facts = run.facts(["a.py", "b.py"], info=infos)
        assert picked(facts.session, "n", "agent", "commands", "edits", "changed_files", "end") == [
            (1, "Claude Code", 1, 2, 1, "limit"),
            (2, "Codex CLI", 1, 1, 0, "interrupted"),
        ]
        assert picked(facts.session, "versions", "models", "ids", "started") == [
            (["2.1"], [], [ID], "2026-03-02T09:00:00Z"),
            ([], ["m"], [], None),
        ]
        assert facts.end.values == {"reason": "interrupted", "text": "by the person"}
        assert facts.origin.values["agent"] == "Claude Code, Codex CLI"

    def test_one_info_or_a_list_of_one_is_the_same(self) -> None:
        run = RunEvents().prompt("Go.").edit(f"{ROOT}/a.py").end("cut", "the last 3 bytes")
        info = SessionInfo("a", cwds=[ROOT])
        assert run.facts(["a.py"], info=info) == run.facts(["a.py"], info=[info])

    def test_relative_paths_are_below_the_folder_of_their_session(self) -> None:
        run = RunEvents().edit("a.py")
        run.session = 2
        run.edit("a.py").end()
        infos = [SessionInfo("a", cwds=[ROOT]), SessionInfo("b", cwds=[f"{ROOT}/sub"])]
        assert run.facts(["sub/a.py"], info=infos).claimed == ("a.py", "sub/a.py")

    def test_what_is_lost_is_graded_so_where_nothing_has_it(self) -> None:
        run = RunEvents().prompt("Go.").end()
        info = SessionInfo("a", lost={"plan": "the file is gone", "prompt": "cut", "cost.usd": "cut", "other": "?"})
        facts = run.facts(info=info)
        assert facts.plan.known == {"text": "lost", "steps": "lost"}
        assert facts.task.known == {"prompt": "recorded"}
        assert facts.cost.known["usd"] == "lost"


def tie(
    info: SessionInfo | None = None,
    edited: tuple[str, ...] = ("a.py",),
    commits: tuple[Commit, ...] = (),
    **facts: object,
) -> Link:
    run = RunEvents()
    for path in edited:
        run.add(Edit, path=f"{ROOT}/{path}", repo_path=path, applied=True)
    known = {"changed": frozenset({"a.py", "b.py"}), "commits": commits, **facts}
    return link(info or SessionInfo("a", session_ids=[ID]), run.events, CommitFacts(**known))  # type: ignore[arg-type]


class TestLink:
    def test_a_note_goes_before_all(self) -> None:
        found = tie(noted={ID: "refs/notes/ai of 52e38bad48b6"}, trailed={ID: "x"})
        assert found == Link("note", f"refs/notes/ai of 52e38bad48b6 names session {ID}")

    @pytest.mark.parametrize("value", [ID, f"claude/{ID}"])
    def test_a_trailer_that_names_the_session(self, value: str) -> None:
        found = tie(commits=(Commit(OID, (), (("Session", value),)),))
        assert found.kind == "trailer"
        assert found.evidence.endswith("1 of 2 changed files is edited")

    def test_a_trailer_that_leads_to_it(self) -> None:
        found = tie(trailed={ID: "Entire-Checkpoint: 82579310fc of 52e38bad48b6"})
        assert found.kind == "trailer"
        assert found.evidence.startswith(
            "the trailer Entire-Checkpoint: 82579310fc of 52e38bad48b6 leads to this session"
        )

    def test_a_trailer_that_leads_to_a_session_of_other_files_ties_nothing(self) -> None:
        found = tie(edited=("z.py",), trailed={ID: "Entire-Checkpoint: 82579310fc of 52e38bad48b6"})
        assert found.kind == "unrelated"
        assert "its log edits none of the changed files" in found.evidence

    def test_a_trailer_of_a_log_without_edits_is_not_contradicted(self) -> None:
        assert tie(edited=(), trailed={ID: "x"}).kind == "trailer"

    def test_the_patch_that_was_handed_in(self) -> None:
        patch = "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-x\n+y\n \n"
        diff = {"a.py": ["diff --git a/a.py b/a.py", "index 1..2", "@@ -1,2 +1,2 @@ def f():", "-x  ", "+y", ""]}
        found = tie(SessionInfo("a", patch=patch), edited=(), diff=diff)
        assert found == Link("patch", "the patch that the run handed in equals the change hunk for hunk")

    def test_a_commit_that_the_run_made(self) -> None:
        own = SessionInfo("a", commits=["52e38ba"])
        assert tie(own, commits=(Commit(OID),)) == Link("commit", "commit 52e38bad48b6 is recorded as made by the run")
        assert tie(commits=(Commit(OID),), printed=frozenset({"52e38bad"})).kind == "commit"
        assert tie(SessionInfo("a", commits=["52e3", "0000000"]), commits=(Commit(OID),)).kind == "files"

    @pytest.mark.parametrize(
        ("late", "kind"), [(0, "time_and_files"), (-600, "time_and_files"), (1200, "time_and_files"), (1201, "files")]
    )
    def test_a_commit_at_its_time(self, late: int, kind: str) -> None:
        info = SessionInfo("a", started="2026-03-02T09:00:00Z", ended="2026-03-02T09:10:00.000Z")
        assert tie(info, commits=(Commit(OID, (START + late,)),)).kind == kind

    def test_of_several_commits_the_nearest_is_named(self) -> None:
        info = SessionInfo("a", started="2026-03-02T09:00:00Z", ended="2026-03-02T09:10:00Z")
        before, during, after = (
            Commit(f"{name}" * 40, (START + at,)) for name, at in (("b", -60), ("d", 300), ("a", 630))
        )
        assert tie(info, commits=(before, during, after)).evidence.endswith("commit dddddddddddd was made while it ran")
        assert tie(info, commits=(before, after)).evidence.endswith(
            "commit aaaaaaaaaaaa was made within 10 minutes of it"
        )

    def test_times_without_zone_are_compared_with_nothing(self) -> None:
        info = SessionInfo("a", started="2026-03-02T09:00:00", ended="2026-03-02T09:10:00")
        found = tie(info, commits=(Commit(OID, (START,)),))
        assert found == Link("files", "1 of 2 changed files is edited in it, and its times have no zone")

    def test_the_next_commit_is_not_its_own(self) -> None:
        info = SessionInfo("a", started="2026-03-02T09:00:00Z", ended="2026-03-02T09:10:00Z")
        found = tie(info, edited=("z.py",), commits=(Commit(OID, (START,)),))
        assert found == Link("unrelated", "it edits none of the changed files")

    def test_refused_edits_tie_nothing(self) -> None:
        run = RunEvents().add(Edit, path="a.py", repo_path="a.py", applied=False)
        assert link(SessionInfo("a"), run.events, CommitFacts(changed=frozenset({"a.py"}))).kind == "unrelated"

    def test_what_commit_commands_print(self) -> None:
        run = RunEvents().run("git commit -m x").run("git commit -m y", "denied").run("git log")
        assert picked([{"n": command.n} for command in commit_commands(run.events)], "n") == [(1,)]
        assert printed_commits("x\n[main 52e38ba] Say so\n[a/b (root-commit) 1234567] y\n") == {"52e38ba", "1234567"}


class TestPatches:
    def test_real_patches_with_and_without_blanks_at_line_ends(self) -> None:
        folder = samples_dir() / "transcripts" / "mini-swe-agent"
        base = "m01-resolved-sqlfluff__sqlfluff-2419"
        plain, mangled = ((folder / f"{base}{end}").read_text() for end in (".diff", ".whitespace-mangled.diff"))
        other = (folder / "m05-unresolved-pylint-dev__astroid-1978.diff").read_text()
        path = "src/sqlfluff/rules/L060.py"
        assert f"+++ b/{path}" in plain
        assert same_changes(plain, {path: mangled.split("\n")}) == "hunk for hunk"
        assert same_changes(plain, {path: other.split("\n")}) is None

    def test_other_context_is_said(self) -> None:
        patch = "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-x\n+y\n z\n"
        assert same_changes(patch, {"a": ["@@ -1 +1 @@", "-x", "+y"]}) == "line for line, but for the context"

    @pytest.mark.parametrize(
        "patch",
        ["", "nonsense", "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+z\n", "--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n",
         "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n--- a/c\n+++ b/c\n@@ -1 +1 @@\n-x\n+y\n"],
    )  # fmt: skip
    def test_another_patch_is_none(self, patch: str) -> None:
        assert same_changes(patch, {"a": ["@@ -1 +1 @@", "-x", "+y"]}) is None

    def test_lines_that_look_like_heads_inside_a_hunk(self) -> None:
        patch = "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n x\n\\ No newline at end of file\n"
        assert same_changes(patch, {"a": ["@@ -1,2 +1,2 @@", "--- old", "+++ new", " x"]}) == "hunk for hunk"
