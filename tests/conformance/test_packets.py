"""The shipped packets: made from their scripts byte for byte, and every face says of them what is written down here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from reviewer.packet.loader import load
from reviewer.paths import resource_dir
from tests.scenarios import __main__ as scenarios

if TYPE_CHECKING:
    from pathlib import Path

PACKETS = resource_dir("packets")
NAMES = ("adversarial", "every-finding", "refresh-skew", "slug-length")
EXPECTED: dict[str, Counter[str]] = {
    "slug-length": Counter(),
    "refresh-skew": Counter(
        {
            "high error_handling handler-widened": 1,
            "medium dependency_creep dependency-added": 1,
            "medium test_theater exception-unexpected": 1,
            "info stop_rule edits-after-green": 1,
        }
    ),
    "every-finding": Counter(
        {
            "high scope path-forbidden": 2,
            "high gate_weakened result-ignored": 1,
            "high gate_weakened threshold-removed": 1,
            "medium scope path-outside": 3,
            "medium scope command-outside": 1,
            "low scope command-outside": 1,
            "medium scope tool-outside": 1,
            "high scope network-outside": 2,
            "low dependency_creep pin-loosened": 1,
            "medium dependency_creep dependency-added": 2,
            "medium dependency_creep purpose-twin": 1,
            "high dependency_creep dependency-source": 1,
            "high error_handling handler-widened": 1,
            "medium error_handling raise-removed": 1,
            "medium error_handling handler-silenced": 1,
            "high security_boundary tls-check-off": 1,
            "high security_boundary sql-built": 1,
            "high security_boundary guard-removed": 1,
            "info security_boundary boundary-path": 4,
            "medium test_theater test-file-deleted": 1,
            "medium test_theater test-removed": 1,
            "medium test_theater oracle-weaker": 1,
            "high test_theater test-skipped": 1,
            "high claim_vs_evidence required-failed": 1,
            "high claim_vs_evidence tests-claimed-stale": 1,
            "medium rollback note-absent": 1,
            "medium rollback irreversible-unmentioned": 2,
            "high hidden_text bidirectional-control": 1,
            "low plausible_wrong call-dropped": 1,
        }
    ),
}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\U000e0000-\U000e007f]")


def _reviewer(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "reviewer", *arguments], capture_output=True, check=False)


def test_the_packets_are_what_their_scripts_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "packets"
    made.mkdir()
    (made / "scenarios").symlink_to(PACKETS / "scenarios")
    before = {name: (PACKETS / "scenarios" / name / "session.jsonl").read_bytes() for name in scenarios.SCENARIOS}
    monkeypatch.setattr(scenarios, "PACKETS", made)
    scenarios.main()
    for name in NAMES:
        assert (made / f"{name}.packet").read_bytes() == (PACKETS / f"{name}.packet").read_bytes(), name
    for name, session in before.items():
        assert (PACKETS / "scenarios" / name / "session.jsonl").read_bytes() == session, name


@pytest.mark.parametrize("name", EXPECTED)
def test_the_findings_are_those_that_a_person_expects(name: str) -> None:
    done = _reviewer("check", str(PACKETS / f"{name}.packet"), "--json", "--fail-on", "high")
    findings = json.loads(done.stdout)
    seen = Counter(f"{each['severity']} {each['mode']} {each['rule']}" for each in findings)
    assert seen == EXPECTED[name]
    assert done.returncode == (1 if any(each["severity"] == "high" for each in findings) else 0)
    assert set(findings[0] if findings else {}) <= {
        *("id", "mode", "rule", "severity", "file", "side", "line", "end_line", "message", "known", "why", "evidence"),
        *("numbers", "also", "method", "measured_fa", "by"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_packet_proves_itself_and_prints_inert(name: str) -> None:
    path = PACKETS / f"{name}.packet"
    with load(path) as packet:
        logs = [str(row.n) for row in packet.manifest.command if row.log]
    verbs = [["show", str(path)], ["show", str(path), "diff"], ["check", str(path)], ["verify", str(path)]]
    verbs += [["show", str(path), "log", number] for number in logs]
    for verb in verbs:
        done = _reviewer(*verb)
        assert done.returncode == (1 if verb[0] == "verify" else 0), (verb, done.stderr)
        assert CONTROL.search((done.stdout + done.stderr).decode()) is None, verb
        assert b"Traceback" not in done.stderr


def test_the_manifest_is_printed_as_it_is() -> None:
    path = PACKETS / "every-finding.packet"
    shown = json.loads(_reviewer("show", str(path), "--json").stdout)
    assert all(row["why"]["lines"] >= row["why"]["lines_traced"] for row in shown.pop("hunk"))
    with load(path) as packet:
        import tomllib

        assert shown == tomllib.loads(packet.manifest_bytes.decode())
    assert shown["schema"] == "review-packet/1"
    assert shown["command"][0]["n"] == 1
