"""`reviewer show`: everything of a packet as plain text, and nothing in it acts on the terminal."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from reviewer import cli
from reviewer.cli.brief import BRIEF
from reviewer.cli.output import print_json, table, width, wrap
from reviewer.cli.show import SECTIONS
from reviewer.packet.loader import load
from tests.support.packets import NEW, OLD, make_packet
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = "a\x1b]0;owned\x07b\u202ec\r\x9bd\u200b[bold]"
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]")


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path / "config"))

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main(["show", *map(str, arguments)])
        told = capsys.readouterr()
        return int(done.value.code or 0), told.out, told.err

    return run


def test_all_nine_sections_stand_in_their_order(show: Callable[..., Any], tmp_path: Path) -> None:
    code, out, err = show(make_packet(tmp_path))
    assert (code, err) == (0, "")
    titles = [line for line in out.split("\n") if line.isupper()]
    assert titles[:9] == [
        *("TASK", "SCOPE", "PLAN", "TIMELINE", "COMMANDS", "RETRIES", "ASSUMPTIONS", "ROLLBACK", "COST AND END")
    ]
    assert set(BRIEF) | {"why", "diff", "log"} == set(SECTIONS)


def test_fields_stand_with_how_they_are_known(show: Callable[..., Any], tmp_path: Path) -> None:
    _, out, _ = show(make_packet(tmp_path))
    assert re.search(r"prompt +Make expiry allow for clock skew\. \(recorded\)", out)
    assert re.search(r"type +bug_fix_isolated \(declared\)", out)
    assert re.search(r"kind +agent \(derived\)", out)
    assert re.search(r"objective +not recorded", out)


def test_none_zero_and_not_recorded_are_three_things(show: Callable[..., Any], tmp_path: Path) -> None:
    scope = {"known": {"allowed_tools": "declared"}, "allowed_tools": []}
    path = make_packet(tmp_path, manifest={"scope": scope, "command": [], "claim": []}, logs={})
    _, out, _ = show(path)
    assert re.search(r"allowed_tools +none \(declared\)", out)
    assert re.search(r"allowed_commands +not recorded", out)
    assert re.search(r"output_tokens +0 \(recorded\)", out)
    assert re.search(r"cache_tokens +not recorded", out)
    assert "COMMANDS\n  not recorded\n" in out


@pytest.mark.parametrize("section", [name for name in SECTIONS if name != "log"])
@pytest.mark.parametrize("folder", ["yes", ""])
def test_each_section_prints_alone_from_both_forms(
    show: Callable[..., Any], tmp_path: Path, section: str, folder: str
) -> None:
    code, out, err = show(make_packet(tmp_path, folder=bool(folder)), section)
    assert (code, err) == (0, "")
    assert out.strip()


def test_nothing_in_a_packet_acts_on_the_terminal(show: Callable[..., Any], tmp_path: Path) -> None:
    line = {"n": 1, "line": HOSTILE, "cwd": HOSTILE, "log": "logs/1.log", "not_conclusive": HOSTILE}
    manifest = {
        "title": HOSTILE,
        "task": {
            "known": {"prompt": "recorded", "constraints": "declared"},
            "prompt": HOSTILE,
            "constraints": [HOSTILE],
        },
        "plan": {"known": {"steps": "recorded"}, "steps": [{"text": HOSTILE}]},
        "command": [line],
        "retry": [{"command": [1], "outcome": "fixed", "what_changed_between": [HOSTILE], "rule": HOSTILE}],
        "assumption": [{"text": HOSTILE, "where": HOSTILE}],
        "claim": [{"text": HOSTILE}],
        "file_read": [{"path": HOSTILE}],
        "redaction": [{"file": HOSTILE, "rule": HOSTILE, "count": 1}],
        "omission": [{"what": HOSTILE, "reason": HOSTILE}],
        "origin": {
            "known": {"agent": "recorded", "operator": "recorded"},
            "agent": HOSTILE,
            "operator": {"name": HOSTILE, "email": HOSTILE},
        },
    }
    events = [{"kind": "prompt", "seq": 1, "text": HOSTILE}, {"kind": "new-kind", "seq": 2, "x": HOSTILE}]
    new = NEW | {"x.txt": HOSTILE.encode()}
    path = make_packet(tmp_path, OLD, new, manifest=manifest, logs={1: HOSTILE.encode() + b"\xff"}, events=events)
    sections: list[list[Any]] = [[name] for name in SECTIONS if name != "log"]
    for arguments in [[], *sections, ["log", 1], ["--json"]]:
        code, out, err = show(path, *arguments)
        assert (code, err) == (0, ""), arguments
        assert not ACTING.search(out), arguments
    assert "⟨U+001B⟩" in show(path)[1]


def test_json_is_the_manifest_as_it_is(show: Callable[..., Any], tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    _, out, _ = show(path, "--json")
    shown = json.loads(out)
    hunks = shown.pop("hunk")
    with load(path) as packet:
        assert shown == tomllib.loads(packet.manifest_bytes.decode())
    assert next(iter(shown)) == "schema"
    assert [(row["path"], "why" in row) for row in hunks] == [
        ("src/auth/session.py", True),
        ("tests/test_session.py", True),
    ]


def test_the_diff_is_the_packets(show: Callable[..., Any], tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    with load(path) as packet:
        assert show(path, "diff")[1].encode() == packet.read("change.diff")


def test_raw_bytes_go_to_a_pipe_and_never_to_a_terminal(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_packet(tmp_path, logs={1: b"\x1b[31mred\xff\r\n"})
    with pytest.raises(SystemExit):
        cli.main(["show", str(path), "log", "1", "--raw"])
    assert capfdbinary.readouterr().out == b"\x1b[31mred\xff\r\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(SystemExit) as done:
        cli.main(["show", str(path), "log", "1", "--raw"])
    assert done.value.code == 2
    told = capfdbinary.readouterr()
    assert told.out == b""
    assert b"--raw writes bytes that a terminal could act on" in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["log"], "'log' needs the number of a command"),
        (["task", "1"], "'log' needs the number of a command"),
        (["log", "7"], "has no output of command 7\n  there are outputs of 1"),
        (["tsk"], "'tsk' is not one of"),
        (["task", "--json"], "--json prints the whole manifest"),
        (["why", "--raw"], "--raw goes with"),
        (["task", "--raw"], "--raw goes with"),
    ],
)
def test_wrong_use_is_said(show: Callable[..., Any], tmp_path: Path, arguments: list[str], words: str) -> None:
    code, out, err = show(make_packet(tmp_path), *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_a_bad_packet_is_one_sentence(show: Callable[..., Any], tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    code, out, err = show(path)
    assert (code, out) == (2, "")
    assert err.startswith("reviewer: sample.packet: is not a whole .packet file")


def test_a_settings_file_that_is_wrong_is_said(show: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[limits]\nmax_unpacked_mib = 0\n")
    code, _, err = show(make_packet(tmp_path))
    assert code == 2
    assert "max_unpacked_mib" in err


def test_lines_are_readable_in_80_columns(show: Callable[..., Any], tmp_path: Path) -> None:
    words = "word " * 200
    manifest = {
        "task": {"known": {"prompt": "recorded"}, "prompt": words},
        "command": [{"n": 1, "line": words}],
        "claim": [{"text": words}],
    }
    _, out, _ = show(make_packet(tmp_path, manifest=manifest, logs={}))
    assert max(width(line) for line in out.split("\n")) <= 80


def test_a_long_prompt_is_cut_with_a_count(show: Callable[..., Any], tmp_path: Path) -> None:
    prompt = "\n".join(f"line {number}" for number in range(100))
    path = make_packet(tmp_path, manifest={"task": {"known": {"prompt": "recorded"}, "prompt": prompt}})
    out = show(path, "task")[1]
    assert "line 39" in out
    assert "line 40" not in out
    assert "⋯ 60 more lines" in out


def test_rows_align_whatever_is_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    table([["a", "1"], ["漢字", "10"], ["e\u0301x", "100"]], right=frozenset({1}))
    assert capsys.readouterr().out == "a       1\n漢字   10\ne\u0301x    100\n"


def test_json_is_inert(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"b": "\x7f\x1b\u202e\udcff", "a": 1}
    print_json(value)
    out = capsys.readouterr().out
    assert out.isascii()
    assert not ACTING.search(out)
    assert json.loads(out) == value
    assert list(json.loads(out)) == ["b", "a"]


def test_wrapping_keeps_line_breaks() -> None:
    assert wrap("a\n\nb", "  ", first="* ") == "* a\n\n  b"


def test_without_a_packet_the_newest_one_is_shown(
    show: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = ScriptedRepository(tmp_path / "work").root
    (work / ".git/reviewer/packets").mkdir(parents=True)
    make_packet(work / ".git/reviewer/packets")
    monkeypatch.chdir(work)
    code, out, err = show("task")
    assert (code, "TASK" in out) == (0, True)
    assert "packet:" in err


def test_a_word_that_is_no_section_is_named(show: Callable[..., Any], tmp_path: Path) -> None:
    packet = make_packet(tmp_path)
    code, out, err = show(packet, "tasks")
    assert (code, out) == (2, "")
    assert "'tasks' is not one of task, scope" in err
    code, _, err = show(packet, "log", "x")
    assert code == 2
    assert "the number of a command" in err
