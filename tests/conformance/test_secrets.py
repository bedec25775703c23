"""Secrets that a run saw: forty in the shapes of real ones, wherever a log can hold them; none reaches the packet."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from reviewer.packet.loader import load
from reviewer.run.redact import Redactor
from reviewer.workflow.pack import PackRequest, pack
from tests.support.repositories import ScriptedRepository
from tests.support.samples import samples_dir
from tests.support.secrets import Secret, secrets
from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRETS = secrets()
MOST_FALSE = 1 / 1000
"""Masks a line, over recorded runs that hold no secret."""


def forms(secret: Secret) -> Iterator[tuple[str, bytes]]:
    """Yield a secret as a log may hold it: in plain text, in JSON, in JSON inside JSON, between other lines."""
    yield "plain", secret.text.encode()
    yield "json", json.dumps({"a": secret.text}).encode()
    yield "json in json", json.dumps({"a": json.dumps({"command": secret.text})}).encode()
    yield "among lines", json.dumps({"content": f"see:\n{secret.text}\nend"}, ensure_ascii=False).encode()
    yield "document", json.dumps({"messages": [{"text": secret.text}]}, indent=2).encode()


def left_of(secret: Secret, data: bytes) -> list[str]:
    """Return the parts of a secret that can still be read."""
    return [part for part in secret.hidden if part.encode() in data or json.dumps(part)[1:-1].encode() in data]


def test_there_are_forty_and_all_differ() -> None:
    assert len({secret.kind for secret in SECRETS}) == 40
    assert all(part in secret.text for secret in SECRETS for part in secret.hidden)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.kind)
def test_it_is_masked_in_every_form_and_for_other_seeds(secret: Secret) -> None:
    same = [secret, *(next(entry for entry in secrets(seed) if entry.kind == secret.kind) for seed in range(2, 8))]
    for entry in same:
        for form, data in forms(entry):
            redactor = Redactor()
            masked = redactor.json_lines(data + b"\n", "log")
            assert left_of(entry, masked) == [], (form, entry.text)
            assert sum(redactor.counts.values()) >= 1
            if form != "plain":
                json.loads(masked)


def test_none_of_them_reaches_a_packet(tmp_path: Path) -> None:
    """Each of the forty stands in a prompt, a message, a tool's input and an output."""
    repository = ScriptedRepository(tmp_path / "repo")
    repository.commit("Base", {"a.py": "a = 1\n"})
    repository.commit("Change", {"a.py": "a = 2\n"})
    log = SessionLog(cwd=str(repository.root))
    for secret in SECRETS:
        log.prompt(f"Use this:\n{secret.text}\n")
        log.text(f"I will use this: {secret.text}")
        log.bash(f"cat <<'EOF' | ./try\n{secret.text}\nEOF", f"trying\n{secret.text}\nok")
    log.edit(str(repository.root / "a.py"))
    session = tmp_path / "session.jsonl"
    session.write_bytes(log.bytes())
    made = pack(PackRequest(repository=repository.root, sessions=(session,), revision="HEAD~1..HEAD"))
    with zipfile.ZipFile(made.path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    left = {(name, secret.kind) for name, data in members.items() for secret in SECRETS if left_of(secret, data)}
    assert left == set()
    with load(made.path) as packet:
        counted: Counter[str] = Counter()
        for row in packet.manifest.redaction:
            counted[row.file] += row.count
    assert {"transcript/1.jsonl", "timeline.jsonl", "packet.toml", "logs/1.log"} <= counted.keys()
    assert counted["transcript/1.jsonl"] >= len(SECRETS) * 4
    assert counted["timeline.jsonl"] >= len(SECRETS) * 3


def test_what_is_opaque_is_not_looked_into() -> None:
    blob = "sk-" + "Ab1" * 20 + "/9j/" + "Cd2E" * 30
    for key in ("signature", "encrypted_content", "thoughtSignature", "data"):
        line = json.dumps({"a": {key: blob}}).encode() + b"\n"
        assert Redactor().json_lines(line, "log") == line


def test_recorded_runs_are_left_as_they_are() -> None:
    lines = masks = 0
    for path in sorted((samples_dir() / "transcripts").glob("*/*")):
        if path.suffix == ".diff":
            continue
        redactor, data = Redactor(), path.read_bytes()
        redactor.json_lines(data, path.name)
        lines += data.count(b"\n") + data.count(b"\\n")
        masks += sum(redactor.counts.values())
    assert lines > 10_000
    assert masks <= lines * MOST_FALSE
