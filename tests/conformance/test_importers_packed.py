"""Recorded runs with their change, and the story in every form, become packets that say what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.packet.loader import load
from reviewer.run.event import Command, End
from reviewer.run.importers.detect import detect
from reviewer.workflow.pack import PackRequest, pack
from tests.support.diff_repository import repository_of
from tests.support.formats import FORMATS, PROMPT
from tests.support.formats.story import NEW, OLD, START, TEXT
from tests.support.imported import of, read_with
from tests.support.repositories import ScriptedRepository
from tests.support.sample_repository import make_sample_repository
from tests.support.samples import samples_dir

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.formats import Format

_STORIES = pytest.mark.parametrize("told", FORMATS.values(), ids=list(FORMATS))
FOLDERS = {
    "claude-code/e01-ci-test-fix.jsonl": 1_767_703_260,
    "claude-code/e04-lint-todo.jsonl": 1_768_080_300,
}
"""Runs of which the log holds the files, with the time of their commit."""
DIFFS = {
    "mini-swe-agent/m01-resolved-sqlfluff__sqlfluff-2419.traj.json": 1_775_715_600,
    "mini-swe-agent/m05-unresolved-pylint-dev__astroid-1978.traj.json": 1_775_794_200,
    "gemini-cli/gm01-wrong-file-then-undo.json": 1_768_510_380,
    "openhands/o01-ponyc-4595.output.jsonl": 1_746_030_900,
    "openhands/o12-resolver-issue-1.output.jsonl": 1_746_030_900,
    "swe-agent/s02-v0.x-test-repo-i1.traj": 1_746_030_900,
    "aider/a01-multi-session-shell.aider.chat.history.md": 1_754_310_000,
}
"""Runs of which the change is at hand, with a time for it."""


class TestPackets:
    """What follows from each run is what a manifest can hold, and the packet that it makes opens."""

    @pytest.mark.parametrize("path", DIFFS)
    def test_a_run_with_its_change(self, path: str, tmp_path: Path) -> None:
        session = samples_dir() / "transcripts" / path
        (diff,) = [
            found
            for found in session.parent.glob(f"{session.name.split('.')[0].removesuffix('.aider')}*.diff")
            if "mangled" not in found.name
        ]
        made = repository_of(tmp_path / "repository", diff.read_text(encoding="utf-8"), time=DIFFS[path])
        self.packs(made.root, made.span, session)

    @pytest.mark.parametrize("path", FOLDERS)
    def test_a_run_with_its_files(self, path: str, tmp_path: Path) -> None:
        session = samples_dir() / "transcripts" / path
        folder = "/Users/soph/Work/entire/devenv/cli"
        made = make_sample_repository(tmp_path / "repository", session, folder, time=FOLDERS[path])
        self.packs(made.root, f"{made.base}..{made.head}", session)

    def packs(self, root: Path, span: str, session: Path) -> None:
        made = pack(PackRequest(repository=root, sessions=(session,), revision=span))
        data = session.read_bytes()
        run, _ = read_with(detect(data), data)
        with load(made.path) as packet:
            manifest = packet.manifest
            assert len(manifest.command) == len(of(run, Command))
            assert manifest.end is not None
            assert manifest.end.reason == of(run, End)[0].reason
            assert [row.n for row in manifest.session] == [1]
            assert {row.by for row in manifest.file_changed} == {"agent"}
            assert [row.link for row in manifest.session] != ["unrelated"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose last commit is what the story made."""
    made = ScriptedRepository(tmp_path_factory.mktemp("story") / "shop")
    stamp = f"{int(START.timestamp()) + 60} +0000"
    dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    made.commit("Base", {"total.py": TEXT}, **dates)
    made.commit("Add instead of subtracting", {"total.py": TEXT.replace(OLD, NEW)}, **dates)
    return made.root


def test_a_run_that_has_nothing_to_do_with_the_change_is_packed_too(shop: Path, tmp_path: Path) -> None:
    folder = samples_dir() / "transcripts"
    for session in sorted(folder.glob("*/*")):
        path = str(session.relative_to(folder))
        if path in DIFFS or path in FOLDERS or not is_log(session):
            continue
        out = tmp_path / f"{session.name}.packet"
        request = PackRequest(repository=shop, sessions=(session,), revision="HEAD~1..HEAD", output=out)
        run, _ = read_with(detect(session), session.read_bytes())
        with load(pack(request).path) as packet:
            # A file of a session may bring what lies beside it.
            assert len(packet.manifest.command) >= len(of(run, Command))
            assert [row.link for row in packet.manifest.session] == ["unrelated"], path


def is_log(path: Path) -> bool:
    try:
        detect(path)
    except BadTranscriptError:
        return False
    return True


@_STORIES
def test_the_packet_says_the_same_of_each_form(told: Format, shop: Path, tmp_path: Path) -> None:
    session = tmp_path / "log"
    session.write_bytes(told.data)
    request = PackRequest(repository=shop, sessions=(session,), revision="HEAD~1..HEAD", output=tmp_path / "a.packet")
    with load(pack(request).path) as packet:
        manifest = packet.manifest
        assert manifest.task.prompt == (PROMPT if told.asked else None)
        (changed,) = manifest.file_changed
        assert (changed.path, changed.by, changed.read_before_edit) == ("total.py", "agent", True)
        tests = [row for row in manifest.command if row.kind == "test"]
        assert [row.exit_code for row in tests] == list(told.codes)
        assert manifest.origin.agent is not None
        assert len(manifest.edit_refused) == told.refused
        assert manifest.session[0].link != "unrelated"
