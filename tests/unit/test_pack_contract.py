"""The task contract: a closed form, refused with line and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadInputError
from reviewer.packet.manifest import Rollback, Scope, Task
from reviewer.workflow.contract import Contract, RollbackTable, ScopeTable, TaskTable, load_contract

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
[task]
objective = "Renew tokens early."
constraints = ["No new dependencies"]

[scope]
allowed_paths = ["/src/", "tests/**/*.py"]
forbidden_paths = []
network = "deny"
risk_class = "B"

[rollback]
strategy = "revert"
"""


def written(place: Path, text: str | bytes) -> Path:
    path = place / "task.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_what_stands_in_it_is_declared(tmp_path: Path) -> None:
    contract = load_contract(written(tmp_path, GOOD))
    assert contract.declared("task") == {
        "objective": "Renew tokens early.",
        "constraints": ["No new dependencies"],
    }
    assert contract.declared("scope")["forbidden_paths"] == []
    assert "hosts" not in contract.declared("scope")
    assert contract.declared("rollback") == {"strategy": "revert"}


def test_an_empty_contract_declares_nothing(tmp_path: Path) -> None:
    assert load_contract(written(tmp_path, "")) == Contract()


def test_its_fields_are_the_manifests() -> None:
    assert {"known"} | TaskTable.model_fields.keys() | {"follow_ups"} == Task.model_fields.keys()
    of_the_program = {"sandbox", "approval", "permission_mode", "writable"}
    assert {"known"} | ScopeTable.model_fields.keys() | of_the_program == Scope.model_fields.keys()
    assert {"known"} | RollbackTable.model_fields.keys() == Rollback.model_fields.keys()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            '[scope]\nallowed_path = ["/src/"]\n',
            r"task\.toml, line 2: scope\.allowed_path is not a key here; did you mean 'allowed_paths'",
        ),
        ("[tasks]\n", r"task\.toml, line 1: tasks is not a key here; did you mean 'task'"),
        ('[scope]\n\nnetwork = "off"\n', r"task\.toml, line 3: scope\.network is 'off': input should be 'deny'"),
        ('[scope]\nrisk_class = "D"\n', r"line 2: scope\.risk_class is 'D'"),
        (
            '[scope]\nallowed_paths = "/src/"\n',
            r"line 2: scope\.allowed_paths is '/src/': input should be a valid list",
        ),
        ('[scope]\nallowed_paths = ["a", ""]\n', r"line 2: scope\.allowed_paths\[2\] '' matches nothing"),
        ('[scope]\nallowed_paths = ["# src"]\n', r"line 2: scope\.allowed_paths\[1\] '# src' matches nothing"),
        ('[scope]\nallowed_paths = ["!"]\n', r"line 2: scope\.allowed_paths\[1\] '!' is not a gitignore pattern"),
        ('[task]\nobjective = ""\n', r"line 2: task\.objective"),
        ("[task\n", r"task\.toml, line 1, column 6: is not TOML"),
        (b"[task]\nobjective = '\xff'\n", r"task\.toml, line 2: is not UTF-8"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_key(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(BadInputError, match=reason):
        load_contract(written(tmp_path, text))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read as a task contract: No such file"):
        load_contract(tmp_path / "task.toml")
    with pytest.raises(BadInputError, match="cannot be read as a task contract: Is a directory"):
        load_contract(tmp_path)


def test_a_file_without_end_is_not_read_whole(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is larger than"):
        load_contract(written(tmp_path, b"#" * (1 << 20) + b"#"))
