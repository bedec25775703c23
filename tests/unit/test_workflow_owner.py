"""Who owns a line: only a verified approval of exactly the commits that wrote it gives it an owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadInputError, UndeterminedError
from reviewer.git.quarantine import Quarantine
from reviewer.workflow.owner import Ownership, find_owners
from tests.support.approvals import decide, packet_of
from tests.support.keys import FakeSigner
from tests.support.records import NOW, signers_for
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


def _ask(repository: ScriptedRepository, line: int | None = None, *, signed_by: FakeSigner | None = None) -> Ownership:
    with Quarantine.of(repository.root) as quarantine:
        signers = signers_for(signed_by)
        return find_owners(quarantine, "a", signers, now=NOW + timedelta(hours=1), line=line)


def _made(tmp_path: Path) -> tuple[ScriptedRepository, str, str, str]:
    repository = ScriptedRepository(tmp_path / "repo")
    first = repository.commit("first", {"a": "1\n2\n3\n"})
    second = repository.commit("second", {"a": "1\ntwo\n3\n"})
    third = repository.commit("third", {"a": "1\ntwo\nthree\n"})
    return repository, first, second, third


def _approve(repository: ScriptedRepository, base: str, head: str) -> Path:
    with Quarantine.of(repository.root) as quarantine:
        path = packet_of(quarantine, base, head, repository.git_dir / "reviewer" / "packets" / f"{head[:8]}.packet")
    decide(path)
    return path


def test_only_the_lines_of_approved_commits_have_an_owner(tmp_path: Path) -> None:
    repository, first, second, _third = _made(tmp_path)
    assert _ask(repository).owned == 0
    _approve(repository, first, second)
    answer = _ask(repository)
    assert [(span.first, span.is_owned) for span in answer.spans] == [(1, False), (2, True), (3, False)]
    grant = answer.spans[1].grants[0]
    assert grant.owner == "Ana Example <ana@example.org>"
    assert grant.commits == {second}
    assert _ask(repository, 2).owned == 1
    assert _ask(repository, 3).owned == 0


def test_a_rejected_or_foreign_approval_owns_nothing(tmp_path: Path) -> None:
    repository, first, second, _third = _made(tmp_path)
    path = _approve(repository, first, second)
    assert _ask(repository, signed_by=FakeSigner(b"other")).owned == 0
    decide(path, "rejected", now=NOW + timedelta(minutes=1))
    assert _ask(repository).owned == 0


def test_without_signers_it_is_undetermined_and_a_line_has_to_exist(tmp_path: Path) -> None:
    repository, first, second, _third = _made(tmp_path)
    _approve(repository, first, second)
    with Quarantine.of(repository.root) as quarantine:
        with pytest.raises(UndeterminedError, match="no list"):
            find_owners(quarantine, "a", None, now=NOW)
        with pytest.raises(BadInputError, match="no line 9"):
            find_owners(quarantine, "a", None, now=NOW, line=9)
