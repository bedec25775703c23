"""Finding the session of a change: the newest one that fits, and the reason for each that does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviewer.run.importers.claude_code import ClaudeCode
from reviewer.run.importers.spool import OutputSpool
from reviewer.workflow import sessions
from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def span(hours_before: int = 2, hours_after: int = 2) -> sessions.TimeSpan:
    start, end = DAY - timedelta(hours=hours_before), DAY + timedelta(hours=hours_after)
    return sessions.TimeSpan(int(start.timestamp()), int(end.timestamp()))


def store(config: Path, cwd: Path, name: str, *, edits: str | None = "src/a.py", clock: datetime = DAY) -> Path:
    log = SessionLog(cwd=str(cwd), session=name, clock=clock)
    log.prompt("Go.")
    if edits:
        log.edit(f"{cwd}/{edits}")
    path = config / "projects" / sessions.project_name(cwd) / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(log.bytes())
    return path


def test_the_newest_session_that_fits_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    repo, config = tmp_path / "shop", tmp_path / "config"
    (repo / "sub").mkdir(parents=True)
    older = store(config, repo, "older")
    taken = store(config, repo, "taken", clock=DAY + timedelta(minutes=5))
    idle = store(config, repo, "idle", edits=None, clock=DAY + timedelta(minutes=9))
    other = store(config, repo, "other", edits="docs/b.md", clock=DAY + timedelta(minutes=8))
    early = store(config, repo, "early", clock=DAY - timedelta(days=3))
    late = store(config, repo, "late", clock=DAY + timedelta(days=3))
    found = sessions.find([repo], span(), ["src/a.py", "src/b.py"], [config])
    assert found.taken is not None
    assert found.taken.path == taken
    assert found.why == "newest session here that overlaps the range and edits 1 of 2 changed files"
    assert {left.path: left.why for left in found.left} == {
        older: "older than the one that was taken",
        idle: "edits no files with the agent's edit tools",
        other: "edits none of the changed files",
        early: "ended before the base commit",
        late: "began after the head commit",
    }


def test_a_session_in_a_folder_of_the_repository_counts(tmp_path: Path) -> None:
    repo, config = tmp_path / "shop", tmp_path / "config"
    (repo / "web").mkdir(parents=True)
    taken = store(config, repo / "web", "taken")
    found = sessions.find([repo], span(), ["web/src/a.py"], [config])
    assert found.taken is not None
    assert found.taken.path == taken


def test_a_folder_with_a_longer_name_is_another_repository(tmp_path: Path) -> None:
    repo, twin, config = tmp_path / "shop", tmp_path / "shop-two", tmp_path / "config"
    repo.mkdir()
    twin.mkdir()
    store(config, twin, "twin")
    found = sessions.find([repo], span(), ["src/a.py"], [config])
    assert found.taken is None
    assert found.why == "none of 1 session fits this range"
    assert [left.why for left in found.left] == [f"was run in {twin}"]


def test_no_folder_and_no_session_is_an_answer(tmp_path: Path) -> None:
    found = sessions.find([tmp_path], span(), ["a"], [tmp_path / "nothing"])
    assert found.taken is None
    assert "no Claude Code session of this repository" in found.why


def test_files_that_are_no_sessions_are_passed_over(tmp_path: Path) -> None:
    repo, config = tmp_path / "shop", tmp_path / "config"
    repo.mkdir()
    good = store(config, repo, "good")
    for name, data in (("empty", b""), ("junk", b"\xff\x00{"), ("list", b"[1]\n")):
        (good.parent / f"{name}.jsonl").write_bytes(data)
    (good.parent / "folder.jsonl").mkdir()
    found = sessions.find([repo], span(), ["src/a.py"], [config])
    assert found.taken is not None
    assert found.taken.path == good
    assert found.left == ()


def test_logs_of_sub_agents_are_found_beside_and_below(tmp_path: Path) -> None:
    repo, config = tmp_path / "shop", tmp_path / "config"
    repo.mkdir()
    path = store(config, repo, "main", edits=None)
    inside = SessionLog(cwd=str(repo), session="main", agent="aaa111")
    inside.edit(f"{repo}/src/a.py")
    below = path.parent / "main" / "subagents" / "agent-aaa111.jsonl"
    below.parent.mkdir(parents=True)
    below.write_bytes(inside.bytes())
    beside = path.parent / "agent-bbb222.jsonl"
    beside.write_bytes(SessionLog(cwd=str(repo), session="main", agent="bbb222").read("/x").bytes())
    stranger = path.parent / "agent-ccc333.jsonl"
    stranger.write_bytes(SessionLog(cwd=str(repo), session="elsewhere", agent="ccc333").read("/x").bytes())
    found = sessions.find([repo], span(), ["src/a.py"], [config])
    assert found.taken is not None
    assert found.taken.companions == ((below, "aaa111"), (beside, "bbb222"))
    with OutputSpool() as spool:
        run = ClaudeCode().read(sessions.log_source(below, "transcript/2.jsonl", "aaa111"), spool)
    assert run.records == len(inside.records)


def test_configuration_folders(tmp_path: Path) -> None:
    for place in ("home/.claude", "home/.config/claude", "one", "two"):
        (tmp_path / place / "projects").mkdir(parents=True)
    home = tmp_path / "home"
    assert sessions.config_folders({}, home) == (home / ".claude", home / ".config" / "claude")
    environment = {
        "CLAUDE_CONFIG_DIR": f"{tmp_path}/one, {tmp_path}/two,{tmp_path}/gone",
        "XDG_CONFIG_HOME": "relative",
    }
    assert sessions.config_folders(environment, home)[:2] == (tmp_path / "one", tmp_path / "two")


def test_a_log_that_is_longer_than_its_ends_is_known_by_them(tmp_path: Path) -> None:
    log = SessionLog(cwd="/home/ana/shop")
    log.prompt("Go.")
    for _ in range(5):
        log.text("x" * 100_000)
    log.wait(3600)
    log.text("Done.")
    path = tmp_path / "log.jsonl"
    path.write_bytes(log.bytes())
    candidate = sessions.examine(path)
    assert candidate is not None
    assert candidate.started is not None
    assert candidate.ended is not None
    assert candidate.ended - candidate.started > 3600
