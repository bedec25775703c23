"""`reviewer probe` over real repositories with real pytest: consent, the parts, exit codes, going on after a stop."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.probed import PARTS
from reviewer.cli import main
from reviewer.errors import BadInputError
from reviewer.probe.sandbox import containment
from reviewer.probe.sandbox.containment import NONE
from reviewer.workflow.open import build_case, open_packet
from reviewer.workflow.probing import commands as listing
from reviewer.workflow.probing.plan import plan
from reviewer.workflow.probing.running import run
from reviewer.workflow.probing.speaks import speaks
from reviewer.workflow.probing.store import Results
from tests.support.git_packets import git_members, sealed
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.probed import Part

APP = "def fee(total):\n    return 5\n\n\ndef name():\n    return 'shop'\n"
FIXED = (
    "def fee(total):\n    if total > 100:\n        return 0\n    return 5\n\n\n"
    "def name():\n    label = 'shop'\n    return label.upper()\n"
)
TEST = "from app import fee\n\n\ndef test_small():\n    assert fee(1) == 5\n"
TESTED = TEST + "\n\ndef test_large():\n    assert fee(500) == 0\n"
BASE: dict[str, str | bytes | None] = {"app.py": APP, "tests/test_app.py": TEST}
CHANGE: dict[str, str | bytes | None] = {"app.py": FIXED, "tests/test_app.py": TESTED}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "state"


def packet(
    tmp_path: Path,
    change: dict[str, str | bytes | None] | None = None,
    later: dict[str, str | bytes | None] | None = None,
    **task: Any,  # noqa: ANN401 - a table is whatever TOML can hold
) -> Path:
    """A packet of a change in a real repository; `later` is what came after it on the same branch."""
    repository = ScriptedRepository(tmp_path / "repo")
    base = repository.commit("base", BASE)
    head = repository.commit("change", CHANGE if change is None else change)
    if later:
        repository.commit("later", later)
    tables, members = git_members(repository.root, base, head)
    tables["task"] = tables["task"] | task | {"known": tables["task"]["known"] | dict.fromkeys(task, "declared")}
    return sealed(tmp_path / "repo" / ".git" / "reviewer" / "packets" / "a.packet", tables, members)


def probe(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["probe", *map(str, arguments), "--python", sys.prefix])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_every_part_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = packet(tmp_path, required_commands=["python -m pytest -q -p no:cacheprovider", "exit 3"])
    assert probe(place, "--yes", "--uncontained") == 1
    said = capsys.readouterr().out
    rows = " ".join(said.split())
    assert "F2P 1 1 changed" in rows
    assert "hunks: 2 pieces of code, taken back one at a time: 1 defended, 1 undefended" in said
    assert "undefended  app.py:8" in said
    assert "survived  app.py:2  boundary" in said
    assert "if total > 100:  →  if total >= 100:" in said
    assert "of 4 changed lines that can run are run by a test" in said
    assert "not run  app.py:8" in said
    assert "rollback: can be taken back from refs/heads/main, the tests pass over what is left" in said
    assert "passed  exit 0" in said
    assert "failed  exit 3" in said
    assert "against: 1 required command failed" in said
    with open_packet(place) as opened:
        probed = build_case(opened).probed
    assert probed is not None
    assert [part for part in PARTS if getattr(probed, part) is None] == ["vet"]


def test_json_has_everything_and_nothing_speaks_against_a_good_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe(packet(tmp_path), "tests", "rollback", "--yes", "--uncontained", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert {row["id"]: row["kind"] for row in said["tests"]["rows"]} == {
        "tests/test_app.py::test_small": "P2P",
        "tests/test_app.py::test_large": "F2P",
    }
    assert said["tests"]["runs"][0]["argv"][2] == "pytest"
    assert (said["rollback"]["applied"], said["rollback"]["suite_passed"]) == (True, True)
    assert (said["hunks"], said["against"], said["open"]) == (None, [], [])


def test_a_regression_and_a_conflict_speak_against_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worse: dict[str, str | bytes | None] = {
        "app.py": FIXED.replace("return 5", "return 6"),
        "tests/test_app.py": TESTED,
    }
    place = packet(tmp_path, worse, {"app.py": FIXED.replace("total > 100", "total > 99")})
    assert probe(place, "tests", "rollback", "--yes", "--uncontained") == 1
    said = capsys.readouterr().out
    assert "P2F  tests/test_app.py::test_small" in said
    assert "conflict  app.py" in said
    assert "against: taking it back conflicts in 1 path" in said


def test_a_fix_whose_tests_pass_without_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change: dict[str, str | bytes | None] = {"app.py": FIXED, "tests/test_app.py": TEST + "    assert fee(2) == 5\n"}
    assert probe(packet(tmp_path, change), "tests", "--yes", "--uncontained") == 1
    assert "against: no test of the change fails without it" in capsys.readouterr().out


def test_nothing_runs_where_nobody_can_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = packet(tmp_path)
    assert probe(place, "tests") == 2
    assert "nobody can be asked" in capsys.readouterr().err
    assert probe(place, "tests", "--plan") == 0
    said = capsys.readouterr().out
    assert "reviewer_probe_start.py pytest -p reviewer_probe_pytest" in said
    assert "tests: over the head with its tests" in said
    with open_packet(place) as opened:
        assert build_case(opened).probed is None


def test_without_containment_yes_is_not_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containment, "best", lambda: NONE)
    place = packet(tmp_path)
    assert probe(place, "tests", "--yes") == 2
    assert "--uncontained" in capsys.readouterr().err
    assert probe(place, "tests", "--plan") == 0
    assert "the network can be reached" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["nothing"], "there is no part 'nothing'"), (["tests", "--target", "nowhere"], "nowhere")],
)
def test_bad_words_are_two(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    extra = ["rollback"] if "--target" in arguments else []
    assert probe(packet(tmp_path), *arguments, *extra, "--yes", "--uncontained") == 2
    assert said in capsys.readouterr().err


def test_a_packet_that_is_not_there_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert probe(tmp_path / "none.packet") == 2
    assert "there is no such packet" in capsys.readouterr().err


def test_without_an_environment_it_cannot_be_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = packet(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["probe", str(place), "tests", "--yes", "--uncontained"])
    assert ended.value.code == 3
    assert "no environment is named" in capsys.readouterr().out


def test_an_environment_without_pytest_cannot_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = packet(tmp_path)
    empty = tmp_path / "empty"
    (empty / "lib/python3.11/site-packages").mkdir(parents=True)
    (empty / "bin").mkdir()
    (empty / "bin/python").symlink_to(os.path.realpath(sys.executable))
    with pytest.raises(SystemExit) as ended:
        main(["probe", str(place), "tests", "--yes", "--uncontained", "--python", str(empty)])
    assert ended.value.code == 3
    assert "has no pytest" in capsys.readouterr().out


def test_the_newest_packet_is_taken_where_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    packet(tmp_path)
    monkeypatch.chdir(tmp_path / "repo")
    assert probe("tests", "--plan") == 0
    assert "a.packet" in capsys.readouterr().err


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    place = packet(tmp_path)
    with open_packet(place) as opened:
        wanted: tuple[Part, ...] = ("tests", "hunks")
        planned = plan(opened, wanted, python=sys.prefix, jobs=1)
        told: list[str] = []

        def progress(part: Part, done: int, total: int, words: str) -> None:
            if part == "hunks" and words.startswith("head without"):
                told.append(words)

        stopped = run(planned, opened, progress=progress, cancelled=lambda: len(told) > 1)
        assert stopped.tests is not None
        assert len(told) == 2
        results = Results(planned.about)
        assert results.part("tests") == stopped.tests
        assert results.part("hunks") is None
        assert speaks(planned, stopped).code == 3
        told.clear()
        done = run(planned, opened, progress=progress)
        assert len(told) == 1
        assert done.hunks is not None
        assert [row.state for row in done.hunks.rows] == ["defended", "undefended"]
        assert done.tests == stopped.tests
        assert run(planned, opened, progress=progress).hunks == done.hunks
        assert len(told) == 1


def test_a_plan_names_each_command_and_starts_none(tmp_path: Path) -> None:
    with open_packet(packet(tmp_path, required_commands=["make check"])) as opened:
        planned = plan(opened, python=sys.prefix, commands=["echo more"])
        found = listing.commands(planned)
        assert [one.part for one in found][-2:] == ["required", "required"]
        assert found[-2].argv == ("/bin/sh", "-c", "make check")
        assert found[-1].argv == ("/bin/sh", "-c", "echo more")
        assert all(one.argv[0].endswith("python") for one in found[:-2])
        with pytest.raises(BadInputError):
            plan(opened, python=str(tmp_path / "none"))


def test_a_person_is_shown_the_commands_and_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = packet(tmp_path)
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert probe(place, "tests") == 2
    said = capsys.readouterr().err
    assert "_start.py pytest" in said
    assert "Run this? [y/N]" in said
    assert said.index("_start.py pytest") < said.index("Run this?")
    assert "nothing was run" in said
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert probe(place, "tests") == 0
    assert "F2P" in capsys.readouterr().out


def test_without_containment_a_person_is_asked_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containment, "best", lambda: NONE)
    monkeypatch.setattr("sys.stdin", Terminal("y\nn\n"))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert probe(packet(tmp_path), "tests") == 2
    said = capsys.readouterr().err
    assert "the network can be reached" in said
    assert "Nothing shuts it in" in said
    assert "nothing was run" in said


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


def test_a_name_cannot_write_a_line_of_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = "tests/test_\nrequired: nothing\x1b[2J.py"
    assert probe(packet(tmp_path, CHANGE | {odd: TESTED}), "tests", "--plan") == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert not any(line.startswith("required") for line in said.split("\n"))
