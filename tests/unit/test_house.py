from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_layers_of_the_page_are_those_of_the_contract(project: dict[str, object]) -> None:
    contract = project["tool"]["importlinter"]["contracts"][0]  # type: ignore[index]
    page = (ROOT / "ARCHITECTURE.md").read_text().split("<!-- layers -->")[1].split("<!-- end -->")[0]
    rows = [re.findall(r"`([a-z]+)`", row.split("|")[1]) for row in page.splitlines() if row.startswith("| `")]
    assert rows == [layer.split(" | ") for layer in contract["layers"]]


def test_every_dependency_is_locked(project: dict[str, object]) -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / ".ci" / "dev.lock").read_text(), re.MULTILINE))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]  # type: ignore[index]
    names = {re.split(r"[<>=!~\[ ;]", line)[0].lower() for line in wanted}
    assert names <= locked


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    block = readme.split("<!-- test command -->")[1].split("<!-- end -->")[0]
    assert "python -m tests" in block
    assert ".ci/dev.lock" in block
    assert "<!-- test command -->" in (ROOT / ".ci" / "run").read_text()


def test_every_verb_is_in_the_readme() -> None:
    from reviewer.cli import VERBS

    readme = (ROOT / "README.md").read_text()
    assert [verb for verb in VERBS if f"`reviewer {verb}" not in readme] == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "misc"])
def test_no_room_is_called_after_nothing(word: str) -> None:
    assert list((ROOT / "reviewer").rglob(f"*{word}*")) == []
