"""`reviewer sessions` from outside: what is there, what is taken, and why."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviewer import cli
from reviewer.cli import sessions as verb
from tests.support import homes
from tests.support.repositories import FIRST_COMMIT, ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

THEN = datetime.fromtimestamp(FIRST_COMMIT + 90, UTC)
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "CODEX_HOME", "AIDER_CHAT_HISTORY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedRepository:
    made = ScriptedRepository(tmp_path / "shop")
    made.commit("base", {"src/a.py": "1\n", "src/b.py": "1\n"})
    made.switch("fix", start="main")
    made.commit("change", {"src/a.py": "2\n", "src/b.py": "2\n"})
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main(["sessions", *map(str, arguments)])
        told = capsys.readouterr()
        return int(done.value.code or 0), told.out, told.err

    return run


def test_sessions_stand_newest_first_with_answer_and_reason(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any]
) -> None:
    homes.claude(home, repository.root, "0b0e2b7e-1111", start=THEN)
    homes.claude(home, repository.root, "idle0000-2222", edits=(), start=THEN + timedelta(minutes=5))
    code, out, err = run()
    assert code == 0
    rows = [line.split() for line in out.split("\n") if line and not line.startswith(" ")]
    assert [row[:3] for row in rows] == [["left", "claude-code", "idle0000"], ["taken", "claude-code", "0b0e2b7e"]]
    assert rows[1][-5:] == ["6", "s", "1", "1", "1/2"]
    assert "       it was run here, overlaps the range, and edits 1 of 2 changed files\n" in out
    assert "       edits no file\n" in out
    assert "1 session taken of 2 for " in err
    assert ", 2 changed files" in err
    assert all(len(line) <= 80 for line in out.split("\n"))


def test_other_folders_and_times_are_counted_and_shown_when_asked_for(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    homes.claude(home, tmp_path / "other", "else0000", start=THEN)
    homes.codex(home, repository.root, "old00000", start=THEN - timedelta(days=9))
    code, out, err = run("main..fix")
    assert (code, out) == (1, "")
    assert "no session of an agent in this repository was found" in err
    assert "1 session of other folders or times not shown; --all shows them" in err
    assert "1 log last written before the range not opened" in err
    code, out, err = run("main..fix", "--all")
    assert code == 1
    # The path of a temporary folder may be folded anywhere.
    assert f"wasrunin{tmp_path}/other" in "".join(out.split())
    assert "ended before the base commit" in out
    assert "--all" not in err


def test_only_one_agent_when_asked_for(home: Path, repository: ScriptedRepository, run: Callable[..., Any]) -> None:
    homes.claude(home, repository.root, "claude00", start=THEN)
    homes.copilot(home, repository.root, "copilot0", start=THEN)
    assert "copilot0" in run()[1]
    assert "copilot0" not in run("--agent", "claude-code")[1]
    code, out, err = run("--agent", "nobody")
    assert (code, out) == (2, "")
    assert "no agent is called 'nobody'" in err
    assert "there are: claude-code, codex, " in err


def test_json_has_it_whole(home: Path, repository: ScriptedRepository, run: Callable[..., Any]) -> None:
    path = homes.claude(home, repository.root, "0b0e2b7e-1111", start=THEN)
    code, out, _ = run("--json")
    (row,) = json.loads(out)
    assert code == 0
    assert row["session"] == "0b0e2b7e-1111"
    assert row["reference"] == str(path)
    assert (row["taken"], row["place"], row["readable"]) == (True, "here", True)
    assert row["started"] == "2026-01-01T00:01:31Z"
    assert (row["commands"], row["edited"]) == (1, [f"{repository.root}/src/a.py"])
    assert row["overlap"] == {"files": ["src/a.py"], "of": 2}


def test_a_session_that_a_note_names_is_taken(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "clone").mkdir()
    homes.claude(home, tmp_path / "clone", "0b0e2b7e-1111-4222-8333-444455556666", start=THEN - timedelta(days=9))
    agent = {"tool": "claude-code", "id": "0b0e2b7e-1111-4222-8333-444455556666", "model": "m"}
    told = {"schema_version": "authorship/3.0.0", "sessions": {"s_00000000000001": {"agent_id": agent}}}
    note = f"src/a.py\n  s_00000000000001::t_00000000000002 1\n---\n{json.dumps(told)}"
    repository.git("notes", "--ref=ai", "add", "-m", note, "HEAD")
    code, out, _ = run()
    assert code == 0
    assert "the commits name it, and it edits 1 of 2 changed files" in out


def test_without_a_change_all_sessions_of_the_repository_are_listed(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any]
) -> None:
    repository.switch("main")
    homes.claude(home, repository.root, "0b0e2b7e-1111", start=THEN - timedelta(days=99))
    homes.claude(home, repository.root.parent, "above000", edits=("notes.md",))
    homes.claude(home, repository.root.parent, "above111", edits=("shop/x.md",))
    code, out, err = run()
    assert code == 0
    assert "0b0e2b7e" in out
    assert "above111" in out
    assert "above000" not in out
    assert "taken" not in out
    assert "give a range, BASE..HEAD" in err
    assert json.loads(run("--json")[1])[0]["overlap"] is None


def test_any_place_in_it_can_be_named(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    homes.claude(home, repository.root, start=THEN)
    monkeypatch.chdir(tmp_path)
    for option in ("-C", "--repo", "--repository"):
        assert run(option, repository.root / "src")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-C", "/"), "there is no git repository"),
        (("nothing..fix",), "nothing"),
        (("fix..fix",), "there is nothing between"),
    ],
)
def test_bad_input_is_one_sentence(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any], arguments: tuple[str, ...], sentence: str
) -> None:
    assert home.is_dir()
    assert repository.root.is_dir()
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_nothing_in_a_log_acts_on_the_terminal(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any]
) -> None:
    hostile = "a\x1b]0;owned\x07b\u202ec\nd"
    homes.copilot(home, repository.root / hostile, "s1\x1b[2J", start=THEN)
    homes.codex(home, repository.root, "x\x1b[2J\u202e", start=THEN)
    for arguments in ((), ("--all",), ("--json", "--all")):
        _, out, err = run(*arguments)
        assert not ACTING.search(out + err)
        assert out


def test_ids_that_begin_alike_are_told_by_their_ends(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any]
) -> None:
    for end in ("aaa", "bbb"):
        homes.copilot(home, repository.root, f"019db04b-0312-{end}", start=THEN)
    out = run()[1]
    assert "…312-aaa" in out
    assert "…312-bbb" in out


def test_a_wide_terminal_has_paths_whole(
    home: Path, repository: ScriptedRepository, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = homes.codex(home, repository.root, start=THEN)
    shown = f"~/{path.relative_to(home)}"
    assert shown not in run()[1]
    assert f"…{shown[-72:]}" in run()[1]
    monkeypatch.setattr(verb, "_width", lambda: 120)
    assert shown in run()[1]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [(0, 30, "30 s"), (0, 3000, "50 min"), (0, 9000, "2 h"), (0, 86400 * 5, "5 d"), (None, 5, "-"), (9, 5, "-")],
)
def test_lengths(start: float | None, end: float | None, said: str) -> None:
    assert verb._lasted(start, end) == said
