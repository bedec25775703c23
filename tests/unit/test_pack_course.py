"""The course as the manifest tells it: what git and the contract add to what the run shows, and what they take away."""

from __future__ import annotations

import pytest

from reviewer.packet.manifest import Course
from reviewer.run.derive import Graded, RunFacts
from reviewer.run.importers.importer import SessionInfo
from reviewer.workflow.contract import Contract
from reviewer.workflow.packing.course import course
from reviewer.workflow.packing.facts import run_rows, run_table
from reviewer.workflow.packing.git_change import FileRow
from reviewer.workflow.packing.tables import GradedTable
from tests.support.run_events import ROOT, RunEvents, picked


def files(*paths: str, status: str = "M", old: str | None = None, generated: bool = False) -> list[FileRow]:
    return [FileRow(path, old, status, 1, 1, generated) for path in paths]


def facts(run: RunEvents, *changed: str) -> RunFacts:
    return run.facts(changed, info=SessionInfo("a", cwds=[ROOT]))


def told(run: RunEvents, rows: list[FileRow], **scope: object) -> list[tuple[object, ...]]:
    names = [name for row in rows for name in (row.path, row.old_path) if name is not None]
    contract = Contract.model_validate({"scope": scope}) if scope else None
    found = course(facts(run, *names), rows, contract)
    for row in found:
        Course.model_validate(row)
    return picked(found, "what", "rule", "text")


class TestGit:
    def test_a_new_file_cannot_have_been_read(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py").edit(f"{ROOT}/b.py")
        assert told(run, files("a.py", status="A") + files("b.py")) == [("edited_unread", "read-before-edit", "b.py")]

    def test_an_old_name_and_a_generated_file_are_explained(self) -> None:
        run = RunEvents().read("b.py").edit(f"{ROOT}/b.py", op="rename")
        rows = files("b.py", status="R", old="a.py") + files("dist/x.js", generated=True) + files("c.py")
        assert told(run, rows) == [("changed_not_claimed", "changed-not-edited", "c.py")]

    def test_without_a_log_nothing_is_told(self) -> None:
        assert course(RunFacts(), files("a.py"), Contract()) == []


class TestContract:
    def test_what_it_does_not_allow(self) -> None:
        run = RunEvents().read("src/a.py").edit(f"{ROOT}/src/a.py").read("docs/b.md").edit(f"{ROOT}/docs/b.md")
        run.edit(f"{ROOT}/scratch.py").run("pytest").run("make deploy").run("rm x", "denied").run(
            "curl https://x.example.org"
        )
        rows = files("src/a.py", "docs/b.md")
        found = told(
            run, rows,
            allowed_paths=["/src/", "/tests/"], forbidden_paths=["*.md"], allowed_commands=["pytest", "curl"],
            allowed_tools=["Bash"], network="deny",
        )  # fmt: skip
        assert [row[1:] for row in found] == [
            ("outside-allowed", "scratch.py"),
            ("inside-forbidden", "docs/b.md"),
            ("tool-not-allowed", "Edit"),
            ("tool-not-allowed", "read"),
            ("command-not-allowed", "make deploy"),
            ("network-denied", "x.example.org"),
            ("edited-not-changed", "scratch.py"),
            ("allowed-untouched", "/tests/"),
        ]

    @pytest.mark.parametrize(
        "scope",
        [
            {"allowed_paths": ["/src/"]},
            {"forbidden_paths": ["/docs/"]},
            {"allowed_commands": ["pytest"]},
            {"allowed_tools": ["Bash", "Edit", "Read"]},
            {"network": "allowlist", "hosts": ["X.example.org"]},
            {"network": "open"},
        ],
    )
    def test_what_it_allows(self, scope: dict[str, object]) -> None:
        run = RunEvents().read("src/a.py").edit(f"{ROOT}/src/a.py").run("cd src && pytest -q")
        if "network" in scope:
            run.run("curl https://x.example.org")
        assert told(run, files("src/a.py"), **scope) == []


class TestTables:
    def test_a_field_is_lost_only_where_no_source_has_it(self) -> None:
        graded = Graded()
        graded.put("recorded", text="a")
        graded.lost("text", "steps")
        table = run_table(graded)
        assert table.tables() == {"text": "a", "known": {"text": "recorded", "steps": "lost"}}
        declared = GradedTable()
        declared.declare({"steps": ["x"]})
        declared.join(table)
        assert declared.tables()["known"] == {"steps": "declared", "text": "recorded"}

    def test_rows_that_are_joined_later_are_not_among_those_of_the_run(self) -> None:
        rows = run_rows(facts(RunEvents().run("ls", tests={"passed": -1})))
        assert "session" not in rows
        assert "course" not in rows
        assert rows["command"][0]["tests"] is None
