"""Events that follow from commands: what a run with nothing but a shell read and wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.run.event import Edit, Read, Search
from reviewer.run.importers.detect import detect
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.spool import OutputSpool
from tests.support.samples import samples_dir
from tests.support.session_log import source

if TYPE_CHECKING:
    from reviewer.run.event import Event


def run(*commands: tuple[str, int | None], cwd: str | None = "/repo", output: str = "") -> list[Event]:
    """Return the events of commands with their exit codes."""
    with OutputSpool() as spool:
        recording = Recording(spool, SessionInfo("Agent"))
        recording.cwd = cwd
        for line, exit_code in commands:
            draft = recording.command(line, ended="unknown", exit_code=exit_code)
            if output:
                recording.output(draft, output)
        return recording.finished("finished").events


def edits(*commands: tuple[str, int | None], cwd: str | None = "/repo", output: str = "") -> list[Edit]:
    return [event for event in run(*commands, cwd=cwd, output=output) if isinstance(event, Edit)]


def test_a_written_file_is_an_edit_with_its_lines() -> None:
    first, second = edits(("cat > a.py <<'E'\nx\ny\nE", 0), ("echo z >> a.py", 0))
    assert (first.path, first.op, first.patch, first.added, first.removed) == (
        "/repo/a.py", "add", "@@ @@\n+x\n+y", 2, None,
    )  # fmt: skip
    assert (first.derived, first.applied, first.tool, first.source, first.seq) == (True, True, "shell", "", 2)
    assert (second.op, second.patch, second.added, second.removed) == ("update", "@@ @@\n+z", 1, 0)


def test_a_file_that_was_seen_before_is_updated_not_made() -> None:
    assert [edit.op for edit in edits(("cat a.py", 0), ("echo x > ./a.py; rm a.py; echo y > a.py", 0))] == [
        "update",
        "delete",
        "add",
    ]
    assert [edit.op for edit in edits(("cat a.py", 1), ("echo x > a.py", 0))] == ["add"]


def test_a_rename_takes_the_old_name_away() -> None:
    gone, there = edits(("git mv a.py b.py", 0))
    assert (gone.op, gone.path, there.op, there.path) == ("delete", "/repo/a.py", "rename", "/repo/b.py")
    assert there.patch == "rename from /repo/a.py\nrename to /repo/b.py"


def test_an_edit_by_a_script_that_the_run_wrote_before() -> None:
    script = "s = open('/repo/m.py').read()\ns = s.replace('a', 'b')\nopen('/repo/m.py', 'w').write(s)\n"
    made, done = edits((f"cat > fix.py <<'E'\n{script}E", 0), ("cd /repo && python fix.py", 0))
    assert (made.path, done.path, done.op, done.patch) == ("/repo/fix.py", "/repo/m.py", "update", "@@ @@\n-a\n+b")
    assert (done.added, done.removed) == (None, None)
    assert [edit.path for edit in edits((f"cat > fix.py <<'E'\n{script}E", 0), ("python fix.py", 1))][1:] == [
        "/repo/m.py"
    ]


def test_a_patch_that_the_run_wrote_before_is_applied() -> None:
    patch = "cat > p.diff <<'E'\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nE"
    _, done = edits((patch, 0), ("git apply p.diff", 0))
    assert (done.path, done.patch, done.added, done.removed) == ("/repo/x", "@@ -1 +1 @@\n-a\n+b", 1, 1)


@pytest.mark.parametrize(
    ("line", "exit_code", "applied"),
    [
        ("sed -i s/a/b/ f", 0, [True]),
        ("sed -i s/a/b/ f", 1, []),
        ("sed -i s/a/b/ f", None, [None]),
        ("sed -i s/a/b/ f && ./x", 1, [None]),
        ("echo x > f && ./x", 1, [True]),
        ("sed -i s/a/b/ f; pytest | tail", 0, [True]),
    ],
)
def test_an_edit_is_as_sure_as_the_log_says(line: str, exit_code: int | None, applied: list[bool | None]) -> None:
    assert [edit.applied for edit in edits((line, exit_code))] == applied


def test_tests_that_ran_behind_an_edit_show_that_it_was_done() -> None:
    (edit,) = edits(("sed -i s/a/b/ f && pytest", 1), output="1 failed, 2 passed in 1s\n")
    assert edit.applied is True


def test_reads_and_searches_stand_behind_their_command() -> None:
    events = run(("cat a && grep x b", 0), ("cat a && false", 1), ("cat gone", 1))
    assert [event.kind for event in events] == ["command", "read", "search", "command", "read", "command", "end"]
    read, search, later = (event for event in events if isinstance(event, (Read, Search)))
    assert isinstance(read, Read)
    assert isinstance(later, Read)
    assert isinstance(search, Search)
    assert (read.path, read.ok, read.derived, later.ok) == ("/repo/a", True, True, None)
    assert (search.pattern, search.path, search.tool, search.derived) == ("x", "/repo/b", "shell", True)
    assert [event.seq for event in events] == list(range(1, 8))


@pytest.mark.parametrize(
    ("cwd", "line", "path"),
    [
        (None, "cat a", "a"),
        ("/x/y", "cd .. && cat a", "/x/a"),
        ("C:\\x", "Get-Content app\\a.ts", "C:\\x\\app\\a.ts"),
        ("C:\\x", "Get-Content D:\\a.ts", "D:\\a.ts"),
        ("/x", "cat ~/a", "~/a"),
    ],
)
def test_a_path_is_seen_from_the_folder_of_its_command(cwd: str | None, line: str, path: str) -> None:
    (read,) = (event for event in run((line, 0), cwd=cwd) if isinstance(event, Read))
    assert read.path == path


def test_nothing_follows_from_a_command_that_did_not_run() -> None:
    with OutputSpool() as spool:
        recording = Recording(spool, SessionInfo("Agent"))
        recording.command("cat a; rm b")
        recording.command("cat a; rm b", ended="denied")
        assert [event.kind for event in recording.finished("finished").events] == ["command", "command", "end"]


@pytest.mark.parametrize(
    ("log", "path", "times"),
    [
        ("mini-swe-agent/m01-*.traj.json", "/testbed/src/sqlfluff/rules/L060.py", 1),
        ("mini-swe-agent/m05-*.traj.json", "/testbed/astroid/raw_building.py", 2),
        ("gemini-cli/gm01-*.json", "docs/color.md", 1),
    ],
)
def test_the_file_of_the_change_is_among_what_the_shell_edited(log: str, path: str, times: int) -> None:
    (found,) = (samples_dir() / "transcripts").glob(log)
    data = found.read_bytes()
    with OutputSpool() as spool:
        events = detect(data).read(source(data), spool).events
    written = [event for event in events if isinstance(event, Edit) and event.derived and event.path.endswith(path)]
    assert [event.applied for event in written] == [True] * times
    assert all(event.op == "update" for event in written)
