"""Finding the sessions of a change: those of any agent that fit, and the reason for each that does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewer.git.commit import CommitInfo
from reviewer.workflow import sessions
from reviewer.workflow.sessions import activity as activity_module
from reviewer.workflow.sessions import choice
from reviewer.workflow.sessions.activity import Activities, Activity
from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.choice import Judged, Place, TimeSpan, Wanted, judge
from reviewer.workflow.sessions.places import Places
from reviewer.workflow.sessions.reading import NotReadableError
from reviewer.workflow.sessions.stores.cursor import project_name
from reviewer.workflow.sessions.stores.gemini_cli import project_hash
from reviewer.workflow.sessions.work_trees import span_of
from tests.support import homes
from tests.support.homes import DAY, HOUR, put
from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = timedelta(minutes=1)


def span(before: timedelta = 2 * HOUR, after: timedelta = 2 * HOUR) -> TimeSpan:
    return TimeSpan(int((DAY - before).timestamp()), int((DAY + after).timestamp()))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


class TestFind:
    def test_all_that_fit_are_taken_in_the_order_of_time(self, home: Path, repo: Path) -> None:
        (repo / "sub").mkdir()
        later = homes.claude(home, repo, "later", start=DAY + 9 * MINUTE)
        first = homes.claude(home, repo, "first", edits=("src/b.py",))
        inside = homes.claude(home, repo / "sub", "inside", edits=("c.py",), start=DAY + 5 * MINUTE)
        idle = homes.claude(home, repo, "idle", edits=(), start=DAY + 20 * MINUTE)
        other = homes.claude(home, repo, "other", edits=("docs/b.md",), start=DAY + 30 * MINUTE)
        early = homes.claude(home, repo, "early", start=DAY - timedelta(days=3))
        late = homes.claude(home, repo, "late", start=DAY + timedelta(days=3))
        found = sessions.find([repo], span(), ["src/a.py", "src/b.py", "sub/c.py"], [home])
        assert [(taken.candidate.path, taken.why) for taken in found.taken] == [
            (path, "it was run here, overlaps the range, and edits 1 of 3 changed files")
            for path in (first, inside, later)
        ]
        assert found.why == "3 sessions of 6 fit this range"
        assert {left.path: left.why for left in found.left} == {
            idle: "edits no file",
            other: "edits none of the changed files",
            late: "began after the head commit",
        }
        # What was last written before the change is not even opened.
        assert early not in {left.path for left in found.left}

    @pytest.mark.parametrize(
        ("agent", "keep"),
        [
            ("claude-code", homes.claude),
            ("codex", homes.codex),
            ("opencode", homes.opencode),
            ("opencode", homes.opencode_files),
            ("gemini-cli", lambda home, repo: homes.gemini(home, project_hash(repo))),
            ("copilot-cli", homes.copilot),
            ("openhands", homes.openhands),
            ("openhands", lambda home, _: homes.openhands(home, None)),
            ("cline", homes.cline_task),
            ("cline", homes.cline_session),
            ("roo", lambda home, repo: homes.cline_task(home, repo, "rooveterinaryinc.roo-cline")),
            ("aider", lambda _, repo: homes.aider(repo, DAY)),
            ("cursor", lambda home, repo: homes.cursor(home, project_name(repo))),
            ("mini-swe-agent", lambda _, repo: homes.trajectory(repo / "run.traj.json")),
        ],
    )
    def test_the_edit_of_any_agent_is_known(
        self, home: Path, repo: Path, agent: str, keep: Callable[[Path, Path], Path]
    ) -> None:
        keep(home, repo)
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        assert [taken.candidate.agent for taken in found.taken] == [agent], [left.why for left in found.left]
        assert "and edits 1 of 1 changed file" in found.taken[0].why

    def test_a_folder_with_a_longer_name_is_another_repository(self, home: Path, repo: Path, tmp_path: Path) -> None:
        twin = tmp_path / "shop-two"
        twin.mkdir()
        homes.claude(home, twin)
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        # Nobody is told where else the person works.
        assert (found.taken, found.left) == ((), ())
        wanted = Wanted((repo,), span(), frozenset({"src/a.py"}))
        (judged,) = sessions.survey(wanted, (Places(home),)).judged
        assert (judged.taken, judged.why) == (False, f"was run in {twin}")

    def test_nothing_found_names_who_was_looked_for(self, home: Path, repo: Path) -> None:
        found = sessions.find([repo], span(), ["a"], [home])
        assert (found.taken, found.left) == ((), ())
        assert found.why.startswith("no session of this repository was found (looked for: Claude Code, Codex, ")

    def test_any_work_tree_counts(self, home: Path, repo: Path, tmp_path: Path) -> None:
        tree = tmp_path / "trees" / "fix"
        tree.mkdir(parents=True)
        homes.claude(home, tree, edits=("README.md",))
        found = sessions.find([repo, tree], span(), ["README.md"], [home])
        assert len(found.taken) == 1

    def test_a_work_tree_that_was_removed_counts_by_what_was_edited(
        self, home: Path, repo: Path, tmp_path: Path
    ) -> None:
        gone = tmp_path / "trees" / "gone"
        homes.claude(home, gone, "most", edits=("src/a.py", "src/b.py"))
        homes.claude(home, gone, "little")
        changed = ["src/a.py", "src/b.py", "src/c.py", "src/d.py"]
        found = sessions.find([repo], span(), changed, [home])
        assert [(taken.candidate.session, taken.why) for taken in found.taken] == [
            ("most", f"it overlaps the range, and edits 2 of 4 changed files; it was run in {gone}, which is not here")
        ]
        assert [left.why for left in found.left] == [
            f"was run in {gone}, which is not here, and edits only 1 of 4 changed files"
        ]

    def test_a_work_tree_inside_that_was_removed_is_still_a_root(self, home: Path, repo: Path) -> None:
        homes.claude(home, repo / ".claude" / "worktrees" / "fix")
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        assert [taken.why for taken in found.taken] == [
            "it was run here, overlaps the range, and edits 1 of 1 changed file"
        ]

    def test_a_session_from_above_counts_by_what_was_edited(self, home: Path, repo: Path) -> None:
        homes.claude(home, repo.parent, "above", edits=("shop/src/a.py",))
        homes.claude(home, repo.parent, "sibling", edits=("other/src/a.py",))
        homes.claude(home, repo, "beside", edits=("../other/src/a.py",))
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        assert [taken.candidate.session for taken in found.taken] == ["above"]
        assert found.taken[0].why.startswith(f"it was run in {repo.parent}, above the repository, ")

    def test_a_repository_reached_by_a_link_is_the_same(self, home: Path, repo: Path, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(repo)
        homes.claude(home, repo)
        assert len(sessions.find([link], span(), ["src/a.py"], [home]).taken) == 1

    def test_a_named_session_is_taken_wherever_and_whenever_it_was_run(
        self, home: Path, repo: Path, tmp_path: Path
    ) -> None:
        far = tmp_path / "far"
        far.mkdir()
        homes.claude(home, far, "named", start=DAY - timedelta(days=9))
        found = sessions.find([repo], span(), ["src/a.py"], [home], frozenset({"named", ""}))
        assert [taken.why for taken in found.taken] == ["the commits name it, and it edits 1 of 1 changed file"]

    def test_the_home_of_the_person_is_asked_by_default(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "moved" / ".claude"))
        homes.claude(tmp_path / "moved", repo)
        assert len(sessions.find([repo], span(), ["src/a.py"]).taken) == 1

    def test_two_ways_to_one_folder_give_each_session_once(self, home: Path, repo: Path) -> None:
        homes.claude(home, repo)
        (home / ".config").mkdir()
        (home / ".config" / "claude").symlink_to(home / ".claude")
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        assert (len(found.taken), found.left) == (1, ())

    def test_a_session_may_be_found_twice_and_is_taken_once(self, home: Path, repo: Path) -> None:
        log = homes.claude(home, repo, "s1")
        resumed = SessionLog(cwd=str(repo), session="s1", clock=DAY + 30 * MINUTE)
        resumed.edit(f"{repo}/src/a.py")
        later = put(log.with_name("copy.jsonl"), log.read_bytes() + resumed.bytes(), resumed.clock)
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        assert [taken.candidate.path for taken in found.taken] == [later]
        assert [left.why for left in found.left] == ["is the same session as copy.jsonl, which was written later"]


def candidate(session: str = "s", *, cwd: str | None = "/repo", start: datetime = DAY, **fields: object) -> Candidate:
    base = {"sessions": (session,), "cwds": () if cwd is None else (cwd,)}
    times = {"started": start.timestamp(), "ended": (start + HOUR).timestamp()}
    return Candidate("agent", Path(f"/logs/{session}"), session, **(base | times | fields))  # type: ignore[arg-type]


def decide(one: Candidate, did: Activity | str, **fields: object) -> Judged:
    def activity(_: Candidate) -> Activity:
        if isinstance(did, str):
            raise NotReadableError(did)
        return did

    base: dict[str, object] = {
        "span": span(),
        "changed": frozenset({"src/a.py", "src/b.py"}),
        "is_there": lambda _: True,
    }
    (judged,) = judge([one], Wanted((Path("/repo"),), **(base | fields)), activity)  # type: ignore[arg-type]
    return judged


BOTH = frozenset({"src/a.py", "src/b.py"})
EDITS = Activity(frozenset({"/repo/src/a.py", "src/b.py", "/elsewhere/x"}), 3)


class TestChoice:
    def test_relative_and_absolute_paths_are_of_the_repository(self) -> None:
        judged = decide(candidate(), EDITS)
        assert (judged.taken, judged.touched, judged.place) == (True, BOTH, Place.HERE)

    def test_commands_alone_are_enough_where_they_made_a_commit_of_the_range(self) -> None:
        commits = frozenset({"a1b2c3d" + "0" * 33})
        made = Activity(commands=2, commits=("ffffffff", "a1b2c3d"))
        judged = decide(candidate(), made, commits=commits)
        assert (judged.taken, judged.why) == (
            True,
            "it made commit a1b2c3d of the range, and edits 0 of 2 changed files",
        )
        assert not decide(candidate(), Activity(commands=2, commits=("a1b2c",)), commits=commits).taken
        assert decide(candidate(), Activity(commands=2)).why == "edits no file"

    def test_a_commit_does_not_make_up_for_another_folder(self) -> None:
        did = Activity(commits=("a1b2c3d",), cwds=("/other",))
        judged = decide(candidate(cwd=None), did, commits=frozenset({"a1b2c3d" + "0" * 33}))
        assert (judged.taken, judged.why) == (False, "was run in /other")

    def test_an_unknown_folder_needs_half_of_the_change(self) -> None:
        some = Activity(frozenset({"src/a.py"}))
        assert decide(candidate(cwd=None), some).why.endswith(
            "edits 1 of 2 changed files; it does not say where it was run"
        )
        judged = decide(candidate(cwd=None), some, changed=frozenset({"src/a.py", "b", "c"}))
        assert judged.why == "does not say where it was run, and edits only 1 of 3 changed files"

    def test_unknown_times_do_not_speak_against_a_session(self) -> None:
        assert decide(candidate(started=None), EDITS).taken
        assert decide(candidate(ended=None), EDITS).taken
        assert decide(candidate(started=None, ended=None), EDITS).why == "does not say when it was run"
        assert decide(candidate(start=DAY - timedelta(days=9)), EDITS, span=TimeSpan()).taken

    def test_a_little_before_and_after_is_still_in_time(self) -> None:
        assert decide(candidate(start=DAY - 3 * HOUR - 9 * MINUTE), EDITS).taken
        assert decide(candidate(start=DAY - 3 * HOUR - 11 * MINUTE), EDITS).why == "ended before the base commit"
        assert decide(candidate(start=DAY + 2 * HOUR + 9 * MINUTE), EDITS).taken
        assert decide(candidate(start=DAY + 2 * HOUR + 11 * MINUTE), EDITS).why == "began after the head commit"

    def test_what_cannot_be_read_is_told_and_the_log_is_not_asked(self) -> None:
        closed = candidate(readable=False, why_not="is a binary store")
        assert decide(closed, EDITS).why == "is a binary store"
        judged = decide(candidate(), "is torn")
        assert (judged.taken, judged.why, judged.activity, judged.touched) == (False, "is torn", None, None)

    def test_a_copy_that_cannot_be_read_does_not_hide_the_one_that_can(self) -> None:
        def activity(one: Candidate) -> Activity:
            if one.path.name == "new":
                raise NotReadableError("is torn")
            return EDITS

        start = DAY.timestamp()
        old = Candidate("agent", Path("old"), "s", cwds=("/repo",), started=start, ended=start + 1)
        new = Candidate("agent", Path("new"), "s", cwds=("/repo",), started=start, ended=start + 2)
        wanted = Wanted((Path("/repo"),), span(), frozenset({"src/a.py"}))
        assert {one.candidate.path.name: one.taken for one in judge([old, new], wanted, activity)} == {
            "old": True,
            "new": False,
        }

    def test_without_a_change_nothing_is_taken_or_left(self) -> None:
        judged = decide(candidate(), EDITS, changed=None, span=TimeSpan())
        assert (judged.taken, judged.why, judged.touched) == (None, "was run here", BOTH)
        relative = Activity(frozenset({"src/a.py"}))
        assert decide(candidate(cwd=None), relative, changed=None, span=TimeSpan()).touched == frozenset()

    def test_only_so_many_sessions_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(choice, "MAX_READ", 2)
        asked: list[str] = []

        def activity(one: Candidate) -> Activity:
            asked.append(one.session)
            return EDITS

        many = [candidate(f"s{number}", start=DAY + number * MINUTE) for number in range(4)]
        judged = judge(many, Wanted((Path("/repo"),), span(), frozenset({"src/a.py"})), activity)
        assert asked == ["s3", "s2"]
        assert judged[-1].why == "was not read: 2 newer sessions fit as well"


class TestActivity:
    def test_it_is_read_by_its_importer(self, home: Path, repo: Path) -> None:
        log = SessionLog(cwd=str(repo))
        log.prompt("Go.")
        log.bash("pytest -q", "1 passed")
        log.deny(log.call("Bash", {"command": "rm -rf /"}))
        log.edit(f"{repo}/src/a.py")
        failed = log.call("Edit", {"file_path": f"{repo}/src/b.py", "old_string": "x", "new_string": "y"})
        log.result(failed, "<tool_use_error>String to replace not found in file.</tool_use_error>", error=True)
        path = put(home / "s.jsonl", log.bytes())
        did = Activities().of(Candidate("claude-code", path, log.session))
        assert did.edited == {f"{repo}/src/a.py"}
        assert (did.commands, did.cwds) == (1, (str(repo),))

    def test_it_is_read_once(self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        one = Candidate("claude-code", homes.claude(home, repo), "s")
        known = Activities()
        first = known.of(one)
        monkeypatch.setattr(activity_module, "gather", lambda *_: pytest.fail("read twice"))
        assert known.of(one) is first

    def test_a_log_that_is_too_large_is_looked_through_for_names(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        homes.claude(home, repo, edits=("src/a.py",))
        monkeypatch.setattr(activity_module, "MAX_IMPORT", 10)
        monkeypatch.setattr(activity_module, "_BLOCK", 13)
        found = sessions.find([repo], span(), ["src/a.py", "src/b.py"], [home])
        assert [taken.why for taken in found.taken] == [
            "it was run here, overlaps the range, and names 1 of 2 changed files"
        ]

    def test_after_so_many_bytes_logs_are_only_looked_through(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        logs = [homes.claude(home, repo, name) for name in ("one", "two")]
        monkeypatch.setattr(activity_module, "MAX_TOGETHER", logs[0].stat().st_size + 10)
        known = Activities(["src/a.py"])
        found = [known.of(Candidate("claude-code", log, log.stem)) for log in logs]
        assert [did.only_named for did in found] == [False, True]

    def test_what_no_importer_knows_has_a_reason(self, home: Path) -> None:
        path = put(home / "s.jsonl", "hello\n")
        with pytest.raises(NotReadableError, match="is empty, or of a form that no importer knows"):
            Activities().of(Candidate("agent", path, "s"))

    def test_an_importer_that_fails_hides_no_other_session(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise KeyError("x")

        monkeypatch.setattr(activity_module, "detect", fail)
        homes.claude(home, repo)
        found = sessions.find([repo], span(), ["src/a.py"], [home])
        assert [left.why for left in found.left] == ["cannot be read: KeyError in its importer"]

    def test_what_cannot_be_read_is_counted(self, home: Path, repo: Path) -> None:
        path = put(home / ".codex" / "sessions" / "rollout-2026-03-02T09-00-00-x.jsonl", "")
        found = sessions.find([repo], TimeSpan(), ["src/a.py"], [home])
        assert found.notes == ("1 log cannot be read; reviewer sessions --all says why",)
        assert path.exists()


def test_a_rebase_onto_a_newer_base_leaves_the_time_of_the_work() -> None:
    def commit(author: int, committer: int) -> CommitInfo:
        return CommitInfo("1" * 40, "2" * 40, (), "A", "a@x", author, "A", "a@x", committer, b"")

    assert span_of(commit(900, 1000), [commit(500, 1100), commit(600, 1200)]) == TimeSpan(500, 1200)
    assert span_of(commit(100, 100), [commit(500, 500)]) == TimeSpan(100, 500)
    assert span_of(commit(0, 0), []) == TimeSpan(0, 0)
