"""Task contracts: every template becomes a contract and a prompt; the run is held against it line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from reviewer.checks.stop_rules import is_run_of
from reviewer.cli.task import command
from reviewer.errors import BadInputError
from reviewer.packet.manifest import Manifest
from reviewer.workflow.contract import Contract, load_contract
from reviewer.workflow.packing.agent_notes import AgentNotes
from reviewer.workflow.task.check import check_packet, declared
from reviewer.workflow.task.compare import Line, compare
from reviewer.workflow.task.notes import Notes, RollbackNote, load_notes
from reviewer.workflow.task.prompt import NOTE, render
from reviewer.workflow.task.template import template, types, write
from tests.support.packets import make_packet, usual_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def filled(kind: str, place: Path) -> Path:
    path = place / f"{kind}.toml"
    path.write_text(re.sub(r'"<([^<>"]*)>"', r'"\1"', template(kind)))
    return path


@pytest.mark.parametrize("kind", types())
def test_a_template_is_refused_until_it_is_filled_in(kind: str, tmp_path: Path) -> None:
    write(kind, tmp_path / "task.toml")
    with pytest.raises(BadInputError, match=r"task\.toml, line \d+: .* is the template's; expected your own words"):
        load_contract(tmp_path / "task.toml")


@pytest.mark.parametrize("kind", types())
def test_a_template_that_is_filled_in_is_a_whole_contract(kind: str, tmp_path: Path) -> None:
    contract = load_contract(filled(kind, tmp_path))
    assert contract.task.type == kind
    said = render(contract)
    for part in (contract.task.objective, *(contract.scope.allowed_paths or ()), *(contract.task.done_when or ())):
        assert part is not None
        assert part in said
    assert contract.rollback.steps
    assert said.rstrip().endswith(NOTE.rstrip())


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "task.toml"
    path.write_text("mine")
    with pytest.raises(BadInputError, match="is there already"):
        write("feature", path)
    assert path.read_text() == "mine"


def test_an_objective_is_quoted_as_toml_needs_it(tmp_path: Path) -> None:
    path = tmp_path / "task.toml"
    write("feature", path, 'Say "no" \\ twice\nand stop')
    path.write_text(re.sub(r'"<([^<>"]*)>"', r'"\1"', path.read_text()))
    assert load_contract(path).task.objective == 'Say "no" \\ twice\nand stop'


def test_the_note_of_the_prompt_is_what_notes_are_read_as(tmp_path: Path) -> None:
    example = "\n".join(line.removeprefix("    ") for line in NOTE.split("\n") if line.startswith("    "))
    path = tmp_path / "review-notes.toml"
    path.write_text(example)
    notes = load_notes(path)
    assert notes.assumption[0].confidence == 0.8
    assert notes.rollback.steps == ["..."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[assumption]]\ntext = 1\n", "line 2: assumption.*text"),
        ("[other]\n", "line 1: .*other"),
        ('[[assumption]]\ntext = "a"\nconfidence = 2.0\n', "confidence"),
        ("a = [\n", "at its end: is not TOML"),
    ],
)
def test_notes_that_are_none_are_told_with_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "review-notes.toml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=said):
        load_notes(path)


def manifest(**tables: Any) -> Manifest:  # noqa: ANN401 - any table
    return Manifest.model_validate({**usual_manifest([]), "members_sha256": "0" * 64, **tables})


def contract(**tables: Mapping[str, Any]) -> Contract:
    return Contract.model_validate(tables)


def one(given: Contract, held: Manifest, key: str) -> list[Line]:
    return [line for line in compare(given, held) if line.key == key]


def ran(n: int, line: str, state: str = "passed", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {"n": n, "line": line, "state": state, "kind": "test", "events": [n], "after_last_edit": True, **more}


@pytest.mark.parametrize(
    ("rows", "standing", "because"),
    [
        ([ran(1, "uv run pytest -q")], "kept", "command 1 passed after the last edit"),
        ([ran(1, "pytest", after_last_edit=False)], "broken", "files were edited after it"),
        ([ran(1, "pytest"), ran(2, "pytest", "failed", exit_code=1)], "broken", "command 2, failed with exit 1"),
        (
            [ran(1, "pytest | tail", "not_conclusive", not_conclusive="| tail")],
            "untold",
            "says nothing by its exit code",
        ),
        ([ran(1, "pytest tests/one.py")], "broken", "never run"),
        ([ran(1, "ls")], "broken", "never run"),
    ],
)
def test_a_required_command(rows: list[dict[str, Any]], standing: str, because: str) -> None:
    (line,) = one(contract(task={"required_commands": ["pytest"]}), manifest(command=rows), "task.required_commands")
    assert line.standing == standing
    assert because in line.because


def test_without_a_run_nothing_is_kept_or_broken() -> None:
    given = contract(
        task={"required_commands": ["pytest"], "objective": "a"},
        scope={"allowed_tools": [], "allowed_commands": [], "network": "deny", "stop_rules": ["max_repeats: 1"]},
    )
    lines = compare(given, manifest(command=[], tool_call=[], origin={}, task={}, host=[]))
    assert {line.standing for line in lines} == {"untold"}


def test_paths_are_matched_as_gitignore_does() -> None:
    changed = [{"path": "src/a.py", "status": "M"}, {"path": "ci/b.yml", "old_path": "src/b.yml", "status": "R"}]
    given = contract(scope={"allowed_paths": ["/src/"], "forbidden_paths": ["*.yml", "/docs/"]})
    held = manifest(file_changed=changed)
    assert [(line.standing, line.because) for line in one(given, held, "scope.allowed_paths")] == [
        ("broken", "ci/b.yml is changed and lies outside")
    ]
    assert [(line.said, line.standing) for line in one(given, held, "scope.forbidden_paths")] == [
        ("*.yml", "broken"),
        ("*.yml", "broken"),
        ("/docs/", "kept"),
    ]


def test_tools_go_by_what_they_are() -> None:
    rows = [
        {"tool": "shell", "boundary": "host", "times": 2},
        {"tool": "WebFetch", "boundary": "network", "times": 1, "events": [7]},
        {"tool": "Task", "boundary": "host", "times": 0, "denied": 1},
    ]
    (line,) = one(contract(scope={"allowed_tools": ["Bash"]}), manifest(tool_call=rows), "scope.allowed_tools")
    assert (line.standing, line.events) == ("broken", (7,))
    assert "WebFetch was used, 1 time, reaching network" in line.because


def test_a_line_of_several_commands_is_allowed_only_whole() -> None:
    given = contract(scope={"allowed_commands": ["git diff", "pytest"]})
    held = manifest(
        command=[ran(1, "cd x && pytest -q | tail"), ran(2, "git diff && curl evil.example"), ran(3, "git push")]
    )
    assert [line.because for line in one(given, held, "scope.allowed_commands")] == [
        "command 2: git diff && curl evil.example",
        "command 3: git push",
    ]


def test_a_python_is_a_python() -> None:
    held = manifest(command=[ran(1, "python3 -m pytest -q"), ran(2, "python3.11 -m pytest"), ran(3, "python3 a.py")])
    found = one(contract(scope={"allowed_commands": ["python -m pytest"]}), held, "scope.allowed_commands")
    assert [line.because for line in found] == ["command 3: python3 a.py"]


@pytest.mark.parametrize(
    ("network", "hosts", "standings"),
    [("deny", None, ["broken"]), ("allowlist", ["pypi.org"], ["kept"]), ("allowlist", ["a.org"], ["broken"])],
)
def test_the_network(network: str, hosts: list[str] | None, standings: list[str]) -> None:
    held = manifest(host=[{"host": "pypi.org", "ways": ["pip"]}, {"host": "localhost", "ways": ["curl"]}], tool_call=[])
    held = held.model_copy(update={"command": [*held.command, *manifest(command=[ran(99, "ls")]).command]})
    lines = one(contract(scope={"network": network, "hosts": hosts}), held, "scope.network")
    assert [line.standing for line in lines] == standings


@pytest.mark.parametrize(
    ("rule", "rows", "standing"),
    [
        ("after: required_green", [ran(1, "pytest", after_last_edit=False)], "broken"),
        ("after: required_green", [ran(1, "pytest")], "kept"),
        ("after: required_green", [ran(1, "pytest", "failed")], "kept"),
        ("max_repeats: 1", [ran(1, "pytest", "failed"), ran(2, "pytest | tail", "failed")], "broken"),
        ("max_repeats: 2", [ran(1, "pytest", "failed"), ran(2, "pytest", "failed")], "kept"),
        ("max_repeats: many", [ran(1, "pytest")], "yours"),
        ("Ask before you touch the API.", [ran(1, "pytest")], "yours"),
        ("deny_tools: Shell", [ran(1, "pytest")], "broken"),
    ],
)
def test_stop_rules(rule: str, rows: list[dict[str, Any]], standing: str) -> None:
    given = contract(task={"required_commands": ["pytest"]}, scope={"stop_rules": [rule]})
    held = manifest(command=rows, tool_call=[{"tool": "shell", "boundary": "host", "times": 1}])
    (line,) = one(given, held, "scope.stop_rules")
    assert line.standing == standing


def test_what_a_packet_declares_is_its_contract() -> None:
    given = {"objective": "a", "known": {"objective": "declared", "prompt": "recorded"}, "prompt": "b"}
    assert declared(manifest(task=given, scope={}, rollback={})) == contract(task={"objective": "a"})


def test_what_gives_way_to_the_contract_is_told() -> None:
    notes = AgentNotes(Notes(rollback=RollbackNote(strategy="git revert", steps=["restore the table"])))
    ordered = contract(rollback={"strategy": "git revert", "steps": ["git revert HEAD"]})
    (said,) = notes.overruled(ordered)
    assert said.startswith("the agent's notes say other steps of a rollback")
    assert notes.overruled(None) == notes.overruled(contract()) == ()


def test_what_the_agent_noted_down_is_no_contract(tmp_path: Path) -> None:
    undo = {"strategy": "git revert", "known": {"strategy": "declared"}}
    alone = make_packet(tmp_path, manifest={"task": {}, "scope": {}, "rollback": undo})
    assert check_packet(alone, None) == ()
    assert [line.key for line in check_packet(alone, contract(rollback={"strategy": "a"}))] == ["rollback.strategy"]


def test_more_options_are_the_same_command() -> None:
    assert is_run_of("pytest", "python -m pytest -q")
    assert is_run_of("python -m pytest", "uv run pytest -q")
    assert is_run_of("go test ./...", "cd sub && go test ./...")
    assert not is_run_of("mypy .", "pytest")


def test_the_verbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    listed = run.invoke(command, ["new"])
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.split("\n") if line] == list(types())
    assert run.invoke(command, ["new", "--type", "feature"]).stdout == "task.toml\n"
    shown = run.invoke(command, ["prompt", str(filled("feature", tmp_path))])
    assert shown.stdout == render(load_contract(tmp_path / "feature.toml"))
