"""What `pack` says on the way: a log's own texts stay on the line that they are told in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.cli import main
from reviewer.workflow.sessions.places import Places
from reviewer.workflow.sessions.reading import NotReadableError
from reviewer.workflow.sessions.search import Search
from reviewer.workflow.sessions.stores import aider
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


def test_a_session_id_makes_no_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = ScriptedRepository(tmp_path / "work")
    repository.commit("base", {"a": "1\n"})
    repository.commit("head", {"a": "2\n"})
    log = tmp_path / "run.jsonl"
    forged = "x\n  masked       nothing\r\x1b[2K" + "y" * 30_000
    head = {"kind": "run", "session_id": forged, "agent": forged}
    log.write_text(f"{json.dumps(head)}\n" + json.dumps({"kind": "prompt", "text": "do"}) + "\n")
    arguments = ["pack", "--repo", str(repository.root), "--session", str(log), "-o", str(tmp_path / "x.packet")]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "HEAD~1..HEAD"])
    said = capsys.readouterr().err
    assert ended.value.code == 0, said
    assert not any(line.startswith("  masked") for line in said.split("\n"))
    assert max(map(len, said.split("\n"))) < 1_000


def test_a_chat_history_that_leads_out_of_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# aider chat started at 2026-01-02 03:04:05\n\n#### what nobody else may see\n")
    root = tmp_path / "work"
    root.mkdir()
    (root / aider.HISTORY).symlink_to(tmp_path / "other.md")
    found = list(aider.candidates(Search(Places(tmp_path / "home"), (root,))))
    assert [(each.readable, each.why_not) for each in found] == [(False, "is a link that leads out of its folder")]
    with pytest.raises(NotReadableError):
        aider.chats(tmp_path / "home")
