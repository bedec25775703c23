"""`reviewer check`: text, JSON, exit codes, and a packet that does not prove itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.cli import main
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"src/app.py": b"def load(path):\n    return read(path)\n"}
NEW = {"src/app.py": b"def load(p):\n    try:\n        return eval(read(p))\n    except Exception:\n        return 0\n"}
KEYS = ["id", "mode", "rule", "severity", "file", "side", "line", "end_line", "message", "known", "why", "evidence"]


def check(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments)])
    code = ended.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    return make_packet(tmp_path, OLD, NEW)


def test_text_has_modes_places_and_what_was_not_examined(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet) == 0
    said = capsys.readouterr().out
    assert "security_boundary: " in said
    assert "src/app.py:3" in said
    assert "code-evaluated" in said
    assert "examined: 1 Python file by syntax tree" in said
    assert "not examined: the way back was not rehearsed" in said
    assert "tests_on_parent: not examined: no check for this yet" in said


def test_json_is_a_list_of_findings_with_the_public_keys(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [list(one) for one in found] == [KEYS] * len(found)
    evaluated = next(one for one in found if one["rule"] == "code-evaluated")
    assert (evaluated["file"], evaluated["side"], evaluated["line"], evaluated["severity"]) == (
        "src/app.py",
        "new",
        3,
        "high",
    )


def test_fail_on_is_one_from_that_severity_up(packet: Path, tmp_path: Path) -> None:
    assert check(packet, "--fail-on", "high") == 1
    assert check(packet, "--fail-on", "info") == 1
    calm = make_packet(tmp_path, {"README.md": b"a\n"}, {"README.md": b"b\n"}, name="calm.packet")
    assert check(calm, "--fail-on", "high") == 0


def test_mode_looks_at_one_mode_alone(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--mode", "error_handling", "--json") == 0
    assert {one["mode"] for one in json.loads(capsys.readouterr().out)} == {"error_handling"}
    assert check(packet, "--mode", "rollback", "--fail-on", "high") == 0


def test_a_packet_that_does_not_prove_itself_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said_otherwise = make_packet(tmp_path, OLD, NEW, diff=b"")
    assert check(said_otherwise) == 2
    assert "does not prove itself" in capsys.readouterr().err


def test_bad_arguments_and_files_are_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path / "none.packet") == 2
    (tmp_path / "x.packet").write_bytes(b"PK")
    assert check(tmp_path / "x.packet") == 2
    assert check(tmp_path / "x.packet", "--fail-on", "severe") == 2
    assert check(tmp_path / "x.packet", "--mode", "luck") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_hostile_names_are_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packet = make_packet(tmp_path, {}, {"src/a\x1b[31m.py": b"eval(x)\n"})
    assert check(packet) in {0, 2}
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
