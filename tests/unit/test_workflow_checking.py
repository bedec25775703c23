"""The tools in the workflow: an environment that the person named, a repository at hand or not, and being cancelled."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from reviewer.checks import ALL, DIAGNOSED
from reviewer.cli import main
from reviewer.workflow import apart
from reviewer.workflow.checking import check
from reviewer.workflow.examination import Examination
from reviewer.workflow.open import open_packet
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"app.py": b"import os\n"}
NEW = {"app.py": b"import os\nimport parcel\n\nos.nothing\nparcel.send()\nparcel.sendd()\n"}


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    site = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (site / "parcel.py").write_text("def send(): ...\n")
    return tmp_path / "env"


def test_calls_are_looked_up_in_the_environment_that_the_person_names(tmp_path: Path, environment: Path) -> None:
    with open_packet(make_packet(tmp_path, OLD, NEW)) as opened:
        (with_it,) = check(opened, DIAGNOSED[:1], python=str(environment))
        (without,) = check(opened, DIAGNOSED[:1])
        (missing,) = check(opened, DIAGNOSED[:1], python=str(tmp_path / "none"))
    assert [one.line for one in with_it.findings] == [4, 6]
    assert "no environment" not in with_it.reason
    assert [one.line for one in without.findings] == [4]
    assert "no environment" in without.reason
    assert "there is no such Python environment" in missing.reason


def test_a_child_looks_in_the_same_environment(tmp_path: Path, environment: Path) -> None:
    with open_packet(make_packet(tmp_path, OLD, NEW)) as opened:
        examination = Examination(opened, in_child=True, python=str(environment))
        examination.run()
    assert [one.line for one in examination.said.findings if one.mode == "hallucinated_api"] == [4, 6]
    assert [result.mode for result in examination.said.results] == [one.mode for one in ALL]


def test_a_cancelled_child_ends_soon_and_leaves_nothing(
    tmp_path: Path, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setenv("TMPDIR", str(room))
    with open_packet(make_packet(tmp_path, OLD, NEW)) as opened:
        steps = apart.steps(opened, python=str(environment))
        seen = [next(steps) for _ in range(len(ALL) - len(DIAGNOSED) + 1)]
        started = time.monotonic()
        assert isinstance(steps, Generator)
        steps.close()
        assert time.monotonic() - started < apart.GRACE + 2
    assert len(seen) == len(ALL) - len(DIAGNOSED) + 1
    assert list(room.iterdir()) == []


def test_check_takes_the_environment_from_the_command_line_or_the_settings(
    tmp_path: Path, environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packet = make_packet(tmp_path, OLD, NEW)
    settings = tmp_path / "settings"
    settings.mkdir()
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(settings))

    def run(*arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main(["check", str(packet), "--mode", "hallucinated_api", *arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    assert "no environment" in run()[1]
    code, text = run("--python", str(environment))
    assert (code, "app.py:6" in text) == (0, True)
    code, text = run("--python", str(tmp_path / "none"))
    assert (code, "there is no such Python environment" in text) == (2, True)
    (settings / "config.toml").write_text(f'[checks]\npython = "{environment}"\n')
    assert "app.py:6" in run()[1]
