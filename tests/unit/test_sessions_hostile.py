"""What may be left in the folders, by accident or to do harm: each is told with its reason, and none stops us."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewer.workflow import sessions
from reviewer.workflow.sessions import database, reading
from reviewer.workflow.sessions.choice import TimeSpan, Wanted
from reviewer.workflow.sessions.places import Places
from reviewer.workflow.sessions.reading import NotReadableError
from reviewer.workflow.sessions.stores import codex, opencode
from tests.support import homes
from tests.support.homes import DAY, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.workflow.sessions.choice import Judged


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def judged(home: Path, repo: Path) -> dict[str, Judged]:
    wanted = Wanted((repo,), TimeSpan(), frozenset({"src/a.py"}))
    found = sessions.survey(wanted, (Places(home),), everywhere=True)
    return {each.candidate.reference.removeprefix(f"{home}/"): each for each in found.judged}


def reasons(home: Path, repo: Path) -> dict[str, str]:
    return {Path(reference).name: each.why for reference, each in judged(home, repo).items() if not each.taken}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def out(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "gone")


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def junk(path: Path) -> None:
    path.write_bytes(b"\xff\x00{[" * 1000)


def deep(path: Path) -> None:
    path.write_bytes(b'{"sessionId":' + b"[" * 100_000)


def other(path: Path) -> None:
    path.write_bytes(b'[1, null, {"a": 2}]\n')


MADE: dict[Callable[[Path], None], str] = {
    pipe: "is a named pipe, not a file",
    folder: "is a folder, not a file",
    out: "is a link that leads out of its folder",
    nowhere: "cannot be read: no such file or directory",
    endless: "is a link that leads out of its folder",
    empty: "is empty",
    junk: "holds no record of a session",
    deep: "holds no record of a session",
    other: "holds no record of a session",
}


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("keep", [homes.claude, homes.codex])
def test_what_is_no_session_has_its_reason_and_hides_none(
    home: Path, repo: Path, make: Callable[[Path], None], keep: Callable[[Path, Path], Path]
) -> None:
    if make is folder and keep is homes.codex:
        pytest.skip("folders below are looked into there")
    good = keep(home, repo)
    bad = good.with_name("rollout-2026-03-02T10-00-00-bad.jsonl")
    make(bad)
    found = judged(home, repo)
    assert found[str(bad.relative_to(home))].why == MADE[make]
    assert str(good.relative_to(home)) in found


@pytest.mark.parametrize("make", [pipe, out, nowhere, empty, junk, deep], ids=lambda make: make.__name__)
def test_every_store_lives_with_what_is_put_in_the_place_of_its_files(
    home: Path, repo: Path, make: Callable[[Path], None]
) -> None:
    kept = [
        *(homes.copilot(home, repo), homes.gemini(home, "shop"), homes.opencode(home, repo)),
        *(homes.opencode_files(home, repo), homes.cursor(home, "shop"), homes.trajectory(repo / "x.traj")),
        homes.aider(repo, DAY),
        homes.openhands(home, repo) / "base_state.json",
        homes.openhands(home, None) / "events" / "0.json",
        *(homes.cline_task(home, repo) / name for name in ("ui_messages.json", "api_conversation_history.json")),
        *(homes.cline_session(home, repo) / f"1772442000000_abcde{end}" for end in (".json", ".messages.json")),
        put(home / ".gemini" / "projects.json", "{}"),
        put(home / ".gemini" / "tmp" / "shop" / ".project_root", "x"),
    ]
    for path in kept:
        path.unlink()
        make(path)
    found = reasons(home, repo)
    assert {"events.jsonl", "opencode.db"} <= set(found)
    assert not any("Error" in why for why in found.values())


def test_a_store_may_be_a_link_itself(home: Path, repo: Path, tmp_path: Path) -> None:
    log = homes.claude(home, repo)
    (home / ".claude").rename(tmp_path / "dotfiles")
    (home / ".claude").symlink_to(tmp_path / "dotfiles")
    assert [each.taken for each in judged(home, repo).values()] == [True]
    assert log.exists()


def test_a_folder_that_leads_out_of_the_store_is_not_entered(home: Path, repo: Path, tmp_path: Path) -> None:
    log = homes.claude(tmp_path / "x", repo)
    base = home / ".claude" / "projects"
    base.mkdir(parents=True)
    (base / log.parent.name).symlink_to(log.parent)
    assert reasons(home, repo) == {log.name: "is a link that leads out of its folder"}


def test_no_link_to_a_folder_is_followed_on_the_way_down(home: Path, repo: Path) -> None:
    log = homes.codex(home, repo)
    (log.parent / "loop").symlink_to(home / ".codex" / "sessions")
    assert len(judged(home, repo)) == 1


def test_companions_that_lead_out_are_left(home: Path, repo: Path) -> None:
    log = homes.claude(home, repo, "main")
    (log.parent / "main" / "subagents").mkdir(parents=True)
    (log.parent / "main" / "subagents" / "agent-x.jsonl").symlink_to("/etc/hostname")
    (log.parent / "agent-y.jsonl").symlink_to("/etc/hostname")
    task = homes.cline_task(home, repo)
    (task / "task_metadata.json").symlink_to("/etc/hostname")
    assert len(sessions.gather(log, home)) == 1
    assert [each.name for each in sessions.gather(task, home)] == ["ui_messages.json", "api_conversation_history.json"]


class TestDatabases:
    @pytest.mark.parametrize("cut", [0, 10, 100, 5000])
    def test_a_torn_one_is_told(self, home: Path, repo: Path, cut: int) -> None:
        path = homes.opencode(home, repo)
        put(path, path.read_bytes()[:cut])
        why = reasons(home, repo)["opencode.db"]
        assert why.startswith(("is no database that can be read", "holds no sessions of opencode"))

    def test_bytes_turned_over_never_stop_us(self, home: Path, repo: Path) -> None:
        path = homes.opencode(home, repo)
        data = bytearray(path.read_bytes())
        for place in range(100, len(data), 997):
            turned = bytearray(data)
            turned[place] ^= 0xFF
            put(path, bytes(turned))
            found = judged(home, repo)
            assert len(found) >= 1
            for reference in found:
                if "#" in reference:
                    try:
                        list(opencode.sessions_of(path))
                    except NotReadableError:
                        continue

    def test_values_of_any_type_are_lived_with(self, home: Path, repo: Path) -> None:
        path = homes.opencode(home, repo)
        with sqlite3.connect(path) as base:
            base.execute("INSERT INTO session VALUES (X'00FF', 1, 2, 3, 4, 5, 'x', 'soon', 'late')")
            base.execute("INSERT INTO session VALUES ('s2', NULL, '', X'00', NULL, NULL, NULL, 1e300, -5)")
            base.execute("INSERT INTO session VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")
        base.close()
        assert {one.session for one in opencode.sessions_of(path)} == {"ses_1", "ses_1_child", "s2"}

    def test_one_that_is_written_to_all_the_time_is_told(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = homes.opencode(home, repo)
        put(path.with_name(f"{path.name}-wal"), b"x" * 100)
        count = iter(range(1000))
        monkeypatch.setattr(database, "fingerprint", lambda _: (next(count), 0, 0, 0))
        assert "is being written to" in reasons(home, repo)["opencode.db"]

    def test_one_that_is_too_large_to_be_copied_is_told(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = homes.opencode(home, repo)
        put(path.with_name(f"{path.name}-wal"), b"x" * 100)
        monkeypatch.setattr(database, "MAX_COPY", 10)
        assert "too large to be copied" in reasons(home, repo)["opencode.db"]


def test_texts_in_the_middle_of_nothing_are_found_and_no_key_inside_a_text() -> None:
    data = rb'ut","cwd":"/a\u0041"},{"text":"{\"cwd\":\"/no\"}","cwd" : "/b","cwd":"/torn'
    assert list(reading.texts_at(data, "cwd")) == ["/aA", "/b"]
    assert reading.times_at(b'{"ts":1772442000000,"ts":"2026-03-02T09:00:00Z","ts":12,"ts":true}', "ts") == [
        1772442000.0,
        1772442000.0,
    ]


@pytest.mark.parametrize("value", ["", "soon", "2026-13-45T99:99:99Z", -1, 1e300, True, None, [], float("nan")])
def test_what_is_no_time_is_none(value: object) -> None:
    assert reading.seconds(value) is None


@pytest.mark.parametrize("data", [b'"cwd":"' * 20_000, b'"cwd"' + b" " * 100_000, b'"cwd":"' + b"\\" * 100_000])
def test_looking_for_keys_ends(data: bytes) -> None:
    assert set(reading.texts_at(data, "cwd")) <= {"cwd"}


def test_a_rollout_that_stands_for_too_much_is_not_unpacked(home: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    path = home / ".codex" / "sessions" / "rollout-2026-03-02T09-00-00-x.jsonl.zst"
    put(path, zstandard.compress(b" " * (20 << 20)))
    with pytest.raises(NotReadableError, match="holds no record"):
        codex.examine(path)
