"""The statement and its envelope: built once, read strictly, never more than the signed bytes say."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.approval import base64s, dsse, predicate, statement, strict_json, verify, words
from reviewer.approval.refusal import RefusedError
from reviewer.digest import canonical_json, sha256
from tests.support.keys import FakeSigner
from tests.support.records import NOW, make_predicate, make_record, signers_for

if TYPE_CHECKING:
    from collections.abc import Callable

FINGERPRINT = FakeSigner().fingerprint


def _payload(verdict: predicate.VerdictKind = "approved", **changes: Any) -> bytes:  # noqa: ANN401 - any field
    return statement.build(verdict, make_predicate(FINGERPRINT, verdict, **changes))


def _edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(_payload())
    edit(value)
    return canonical_json(value)


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_what_is_built_reads_back_equal(verdict: predicate.VerdictKind) -> None:
    payload = _payload(verdict)
    parsed = statement.parse(payload)
    assert parsed.verdict == verdict
    assert parsed.predicate == make_predicate(FINGERPRINT, verdict)
    assert parsed.subjects == statement.Subjects("3" * 40, "a" * 64, "b" * 64)
    value = json.loads(payload)
    assert value["predicateType"] == predicate.PREDICATE_TYPES[verdict]
    assert [entry["name"] for entry in value["subject"]] == ["revision", "change", "packet"]


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no subject": lambda v: v["subject"].pop(),
    "two packets": lambda v: v["subject"].append(v["subject"][2]),
    "subjects gone": lambda v: v.update(subject=[]),
    "subject not a list": lambda v: v.update(subject={}),
    "tree in the revision": lambda v: v["subject"][0]["digest"].update(gitTree="4" * 40),
    "subject with a uri": lambda v: v["subject"][0].update(uri="x"),
    "other revision": lambda v: v["subject"][0]["digest"].update(gitCommit="9" * 40),
    "other change": lambda v: v["subject"][1]["digest"].update(sha256="9" * 64),
    "other packet": lambda v: v["subject"][2]["digest"].update(sha256="9" * 64),
    "digest not text": lambda v: v["subject"][2]["digest"].update(sha256=7),
    "other statement type": lambda v: v.update(_type="https://in-toto.io/Statement/v0.1"),
    "other predicate": lambda v: v.update(predicateType="https://slsa.dev/provenance/v1"),
    "next version": lambda v: v.update(predicateType=predicate.APPROVAL_TYPE.replace("v0.1", "v0.2")),
    "statement field": lambda v: v.update(validUntil="2020"),
    "predicate field": lambda v: v["predicate"].update(validUntil="2020"),
    "deep field": lambda v: v["predicate"]["reviewer"].update(role="agent"),
    "no reviewer": lambda v: v["predicate"].pop("reviewer"),
    "no gates": lambda v: v["predicate"].pop("gates"),
    "no name": lambda v: v["predicate"]["reviewer"].update(name=""),
    "shut gate": lambda v: v["predicate"]["gates"][0].update(state="shut"),
    "open gate": lambda v: v["predicate"]["gates"][0].update(state="open"),
    "waived without reason": lambda v: v["predicate"]["gates"][1].update(reason=" "),
    "unknown gate state": lambda v: v["predicate"]["gates"][1].update(state="fine"),
    "dismissed without reason": lambda v: v["predicate"]["findings"]["decisions"][0].update(reason=""),
    "softer sentence": lambda v: v["predicate"]["ownership"].update(text="I looked at it."),
    "other sentence digest": lambda v: v["predicate"]["ownership"].update(digest="0" * 64),
    "rejection sentence": lambda v: v["predicate"]["ownership"].update(id="changes-requested/1"),
    "manifest version": lambda v: v["predicate"]["change"].update(version=2),
    "short object id": lambda v: v["predicate"]["revision"].update(baseCommit="1" * 12),
    "capital digest": lambda v: v["predicate"]["packet"].update(key="C" * 64),
    "object format": lambda v: v["predicate"]["context"].update(objectFormat="md5"),
    "nonce": lambda v: v["predicate"].update(nonce="1"),
    "time with a zone": lambda v: v["predicate"].update(decidedAt="2026-11-20T11:00:00+01:00"),
    "no such day": lambda v: v["predicate"].update(decidedAt="2026-02-30T11:00:00Z"),
    "bool for a number": lambda v: v["predicate"]["change"].update(entries=True),
    "negative": lambda v: v["predicate"]["coverage"].update(units=-1),
    "text for a list": lambda v: v["predicate"].update(comments="none"),
    "null for text": lambda v: v["predicate"]["reviewer"].update(email=None),
    "predicate not an object": lambda v: v.update(predicate=[]),
}


@pytest.mark.parametrize("name", EDITS)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        statement.parse(_edited(EDITS[name]))


def test_a_remark_is_kept_out_of_the_meaning() -> None:
    parsed = statement.parse(_edited(lambda v: v["predicate"].update({"x-note": {"any": ["thing"]}})))
    assert parsed == statement.parse(_payload())


def test_a_rejection_may_have_shut_gates() -> None:
    gates = (
        predicate.GateDecision(id="seen", title="Every hunk seen", stage="signing", state="shut", reason="3 left"),
    )
    assert statement.parse(_payload("rejected", gates=gates)).predicate.gates == gates
    with pytest.raises(RefusedError, match="gate 'seen' shut"):
        _payload(gates=gates)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":9007199254740993}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"a":1} {}',
        b'{"\\u0061":1}',
        b"[]",
        b"null",
        b"",
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 500_000,
        b'{"a":"' + b"x" * (1 << 20) + b'"}',
        b'\\"' * 400_000,
    ],
    ids=range(23),
)
def test_json_with_two_readings_is_refused(text: bytes) -> None:
    with pytest.raises(RefusedError):
        strict_json.parse(text, "it")


def test_pae_is_the_specification_s_example() -> None:
    # The test vector of the DSSE protocol document.
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pae(b"hello world", "http://example.com/HelloWorld") == expected


def _envelope(edit: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(make_record())
    edit(value)
    return canonical_json(value)


ENVELOPES: dict[str, Callable[[dict[str, Any]], object]] = {
    "payload type": lambda v: v.update(payloadType="application/json"),
    "extra": lambda v: v.update(extra=1),
    "no signatures": lambda v: v.update(signatures=[]),
    "many": lambda v: v.update(signatures=v["signatures"] * 17),
    "twice": lambda v: v.update(signatures=v["signatures"] * 2),
    "keyid": lambda v: v["signatures"][0].update(keyid="SHA256:x"),
    "keyid gone": lambda v: v["signatures"][0].pop("keyid"),
    "url-safe": lambda v: v.update(payload=v["payload"] + "-_8="),
    "newline": lambda v: v.update(payload=v["payload"] + "\n"),
    "number": lambda v: v.update(payload=7),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_loose_envelope_is_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        dsse.parse(_envelope(ENVELOPES[name]))


def test_an_envelope_reads_back_and_its_identity_is_the_payload() -> None:
    line = make_record()
    envelope = dsse.parse(line)
    assert envelope.line == line
    assert envelope.payload_digest == sha256(envelope.payload)
    assert base64s.encode(envelope.payload).encode() in line


def test_words_come_from_the_bytes_and_hide_nothing() -> None:
    comments = (predicate.OpenComment(id="c", file="a\x1b[31m.py", line=1, text="two\nlines \u202e!"),)
    payload = _payload(comments=comments)
    shown = {section.title: section.lines for section in words.words(payload)}
    assert shown["Open comments"] == ("a⟨U+001B⟩[31m.py:1: two", "lines ⟨U+202E⟩!")
    assert any("3" * 40 in line for line in shown["What"])
    assert any("agreed with the owner" in line for line in shown["Findings"])
    assert any("waived: Tests ran (docs only)" in line for line in shown["Gates"])
    assert shown["Sentence"] == (predicate.OWNERSHIP_TEXTS["owner/1"],)
    assert words.code(payload) == sha256(payload)[:6]
    assert words.code(payload) != words.code(_payload(nonce="1f" * 16))


def test_words_say_when_the_reviewer_made_the_change() -> None:
    made = predicate.Independence(operator="Ana <ana@example.org>", agent="x", authors=("A <ana@example.org>",))
    shown = {section.title: section.lines for section in words.words(_payload(independence=made))}
    assert sum("not an independent" in line for line in shown["Made by"]) == 2


FULL = predicate.Findings(
    counts=predicate.SeverityCounts(high=1, medium=0, low=0, info=0),
    undecided=0,
    decisions=(
        predicate.FindingDecision(
            id="f" * 16,
            mode="gate_weakened",
            rule="trigger-privileged",
            severity="high",
            file=None,
            line=None,
            message="m",
            decision="adopted",
            reason="",
            also=("security_boundary/ci-trigger",),
            by="acme-checks",
        ),
    ),
    checks=(
        predicate.CheckRun(
            mode="scope",
            version=1,
            status="done",
            not_examined="the way back",
            examined="3 paths",
            counts=predicate.SeverityCounts(high=1, medium=0, low=0, info=0),
            tools=("ty 1",),
            inputs="a" * 64,
            switched_off=(predicate.SwitchedOff(rule="symlink", reason="we link", source="policy own of 1234"),),
            by="acme-checks",
        ),
    ),
    probe=predicate.ProbeRun(
        base_tree="2" * 40,
        head_tree="4" * 40,
        environment="e",
        containment="namespaces",
        not_contained=("the network",),
        parts=("tests",),
        digest="b" * 64,
    ),
)


def test_a_record_of_before_still_reads_and_verifies_as_it_did() -> None:
    line = (Path(__file__).parents[1] / "data" / "approval-v0.1-first.intoto.jsonl").read_bytes()
    assert line == make_record()
    record = verify.read(line)
    assert record.statement.predicate == make_predicate(FINGERPRINT)
    assert sha256(statement.build("approved", record.statement.predicate)) == record.digest
    assert verify.judge(record, signers_for(), NOW).counts


def test_what_came_later_is_signed_and_shown() -> None:
    payload = _payload(findings=FULL)
    assert statement.parse(payload).predicate.findings == FULL
    shown = {section.title: section.lines for section in words.words(payload)}["Findings"]
    assert "1 high, 0 medium, 0 low, 0 info, by 1 check" in shown
    assert "not examined by scope by acme-checks: the way back" in shown
    assert "switched off by policy own of 1234: scope/symlink (we link)" in shown
    assert any("security_boundary/ci-trigger" in line for line in shown)
    assert f"run over both trees: tests; shut in by namespaces; results sha256:{'b' * 64}" in shown
    assert "not contained: the network" in shown


def test_nothing_found_says_by_how_many() -> None:
    nothing = predicate.SeverityCounts(high=0, medium=0, low=0, info=0)
    found = dataclasses.replace(FULL, counts=nothing, decisions=())
    shown = {section.title: section.lines for section in words.words(_payload(findings=found))}
    assert shown["Findings"][0] == "nothing found by 1 check"


@pytest.mark.parametrize("held", [None, ""])
def test_a_later_field_that_says_nothing_is_left_out_or_the_record_is_refused(held: object) -> None:
    value = json.loads(_payload())
    assert "probe" not in value["predicate"]["findings"]
    assert "inputs" not in value["predicate"]["findings"]["checks"][0]
    value["predicate"]["findings"]["checks"][0]["inputs"] = held
    with pytest.raises(RefusedError, match=r"checks\[0\].inputs says nothing|64 lower-case"):
        statement.parse(canonical_json(value))
    value["predicate"]["findings"]["checks"][0] |= {"inputs": "a" * 64, "tools": []}
    with pytest.raises(RefusedError, match=r"tools says nothing, and has to be left out then"):
        statement.parse(canonical_json(value))


def test_a_probe_of_other_trees_is_refused() -> None:
    assert FULL.probe is not None
    other = dataclasses.replace(FULL, probe=dataclasses.replace(FULL.probe, head_tree="9" * 40))
    with pytest.raises(RefusedError, match="other trees"):
        _payload(findings=other)
    bad = dataclasses.replace(FULL, probe=dataclasses.replace(FULL.probe, digest="x"))
    with pytest.raises(RefusedError, match="64 lower-case"):
        _payload(findings=bad)


def test_every_field_of_the_predicate_is_required() -> None:
    for field in dataclasses.fields(predicate.Predicate):
        value = json.loads(_payload())
        head, *rest = field.name.split("_")
        del value["predicate"][head + "".join(part.capitalize() for part in rest)]
        with pytest.raises(RefusedError, match="has no"):
            statement.parse(canonical_json(value))
