"""Masks secrets in the record of a run, and counts every mask by file and rule (packet format, "Redaction").

Knows texts, bytes and JSON lines; nothing of packets. The change itself (diff, manifest, blobs) never comes here.
Opaque fields of a log (signatures, encrypted reasoning, pictures) are not looked into: they look like anything.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from reviewer.run import secret_rules, secret_scan
from reviewer.run.secret_rules import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Event
    from reviewer.run.secret_scan import Suspect

_OPAQUE = frozenset(
    (b"signature", b"encrypted_content", b"thoughtSignature", b"thought_signature", b"data", b"base64", b"uuid",
     b"parentUuid", b"sessionId", b"requestId", b"tool_use_id", b"leafUuid", b"messageId")
)  # fmt: skip
_MASK = re.compile("⟦redacted: ([^⟧\n]{1,60})⟧".encode())
_BLOCK = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?P<body>.*?)"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_BODY = re.compile(r"[A-Za-z0-9+/=]{24,}")
_BODY_LINE = re.compile(
    r"(?:\\[nr]|[\s\d→|+>:\-\"'\\,])*(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Comment|Version): .*)?[\\nr\"',\s]*"
)
Bytes: TypeAlias = bytes
"""`bytes` is also the name of a method here."""
_BODY_CHARACTERS = re.compile(r"[A-Za-z0-9+/=\\\s\"',]*")
_WIDEST = 400
"""Lines of a key are 64 to 76 characters, with a line number or a mark before them; a longer one is all of it."""
_LONG_LINE = 8_192
_MOST_WEIGHED = 50
"""Names of secrets in one line whose values are looked at one by one."""
_REACH_BACK, _REACH = 512, 4_608
"""In longer lines the rules look this far around a suspect, characters."""


class Redactor:
    """Masks secrets and counts the masks; one for each packet."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}

    def text(self, text: str, file: str) -> str:
        """Return a text with its secrets masked, counted for `file`."""
        data = text.encode("utf-8", "surrogatepass")
        masked = self._masked(data, file)
        return text if masked is data else masked.decode("utf-8", "surrogatepass")

    def bytes(self, data: Bytes, file: str) -> Bytes:
        """Return bytes (UTF-8 or nearly) with their secrets masked, counted for `file`; the rest is unchanged."""
        return self._masked(data, file)

    def event(self, event: Event, file: str) -> Event:
        """Return an event with the secrets in its texts masked."""
        from reviewer.run.event import PlanStep  # whoever masks lines only has no need of events

        changed: dict[str, Any] = {}
        for field in fields(event):
            value = getattr(event, field.name)
            if isinstance(value, str) and len(value) >= 8 and field.name not in {"time", "source", "agent"}:
                masked = self.text(value, file)
                if masked is not value:
                    changed[field.name] = masked
            elif isinstance(value, tuple) and value:
                steps = tuple(PlanStep(self.text(step.text, file), step.status) for step in value)
                if steps != value:
                    changed[field.name] = steps
        return replace(event, **changed) if changed else event

    def json_lines(self, line: Bytes, file: str) -> Bytes:
        """Return one or more whole lines of JSON with the secrets in their strings masked; what was valid stays valid.

        Only the strings that hold a secret are written anew; all other bytes are as they were.
        """
        found = secret_scan.suspects(line)
        if not found:
            return line
        pieces: list[Bytes] = []
        done = 0
        for start, end in _strings(line, found):
            if start < done:
                continue
            masked = self._string(line, start, end, file)
            if masked is not None:
                pieces += [line[done:start], masked]
                done = end
        return b"".join([*pieces, line[done:]]) if pieces else line

    def recount(self, data: Bytes, file: str) -> None:
        """Count for `file` the masks that stand in data made from texts that were masked before."""
        if b"\xe2\x9f\xa6redacted: " not in data:
            return
        for match in _MASK.finditer(data):
            self._count(file, match.group(1).decode("utf-8", "replace"))

    def _count(self, file: str, rule: str) -> None:
        self.counts[file, rule] = self.counts.get((file, rule), 0) + 1

    def _string(self, line: Bytes, start: int, end: int, file: str) -> Bytes | None:
        """Return the masked form of the JSON string in `line[start:end]`, None if it stays."""
        whole = end > start + 1 and line[end - 1 : end] == b'"'
        if not whole:
            # The line is cut inside this string: it is no JSON anyway.
            masked = self._masked(line[start:end], file)
            return masked if masked != line[start:end] else None
        key = _key_before(line, start)
        if key in _OPAQUE:
            return None
        try:
            text = orjson.loads(line[start:end])
        except orjson.JSONDecodeError:
            masked = self._masked(line[start:end], file)
            return masked if masked != line[start:end] else None
        if key and secret_rules.is_secret(key.decode("utf-8", "replace"), text, quoted=True):
            self._count(file, "Secret Keyword")
            return orjson.dumps(mask("Secret Keyword"))
        masked_text = self.text(text, file)
        return None if masked_text is text else orjson.dumps(masked_text)

    def _masked(self, data: Bytes, file: str) -> Bytes:
        found = secret_scan.suspects(data)
        if not found:
            return data
        if any(family == "block" for _, family in found):
            blocked = self._without_blocks(data, file)
            if blocked is not data:
                data, found = blocked, secret_scan.suspects(blocked)
        pieces: list[Bytes] = []
        done = 0
        for start, end, inside in _windows(data, found):
            text = data[start:end].decode("utf-8", "surrogateescape")
            spans = _spans(text, [(_place(data, start, at), family) for at, family in inside])
            if spans:
                pieces += [data[done:start], self._cover(text, spans, file).encode("utf-8", "surrogateescape")]
                done = end
        return b"".join([*pieces, data[done:]]) if pieces else data

    def _cover(self, text: str, spans: Sequence[Span], file: str) -> str:
        parts: list[str] = []
        done = 0
        for span in spans:
            parts += [text[done : span.start], mask(span.rule)]
            done = span.end
            self._count(file, span.rule)
        return "".join([*parts, text[done:]])

    def _without_blocks(self, data: Bytes, file: str) -> Bytes:
        text = data.decode("utf-8", "surrogateescape")
        spans = [span for match in _BLOCK.finditer(text) if (span := _block(match))]
        return self._cover(text, spans, file).encode("utf-8", "surrogateescape") if spans else data


def mask(rule: str) -> str:
    """Return what stands in the place of a secret."""
    return f"⟦redacted: {rule}⟧"


def _block(match: re.Match[str]) -> Span | None:
    """Return the span of a private key: to its last line, or as far as what follows looks like one."""
    if not _BODY.search(match["body"]):
        return None  # speaks of keys, holds none
    end = match.end()
    if not match.group().endswith("-----") or match.group().count("-----") < 4:
        end = match.start("body")
        for line in match["body"].split("\n"):
            if not (_BODY_LINE if len(line) <= _WIDEST else _BODY_CHARACTERS).fullmatch(line):
                break
            end += len(line) + 1
        end = min(end, match.end())
    return Span(match.start(), end, "Private Key")


def _spans(text: str, found: Sequence[Suspect]) -> list[Span]:
    """Return the secrets of a line, the earliest and longest first, none over another."""
    spans: list[Span] = []
    families = {family for _, family in found}
    for family in families:
        for rule in secret_rules.rules()[family]:
            spans += rule.spans(text)
    if "keyword" in families:
        spans += _named(text, [at for at, family in found if family == "keyword"])
    spans.sort(key=lambda span: (span.start, -span.end))
    kept: list[Span] = []
    for span in spans:
        if span.end > span.start and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return kept


def _named(text: str, places: Sequence[int]) -> Iterator[Span]:
    """Yield the values given to names of secrets, in order, none inside another."""
    done = 0
    for number, place in enumerate(places):
        # No honest line names so many secrets. Where one does, what is assigned is masked without weighing each.
        if place >= done and (span := secret_rules.named_secret(text, place, weigh=number < _MOST_WEIGHED)) is not None:
            yield span
            done = span.end


def _windows(data: bytes, found: Sequence[Suspect]) -> Iterator[tuple[int, int, list[Suspect]]]:
    """Yield the stretches to look at: whole lines, or the surroundings of suspects in very long ones."""
    place = 0
    done = 0
    while place < len(found):
        at = found[place][0]
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        end = len(data) if end < 0 else end
        if end - start > _LONG_LINE:
            start, end = max(start, at - _REACH_BACK), min(end, at + _REACH)
        start = max(start, done)
        inside = []
        while place < len(found) and found[place][0] < end:
            inside.append(found[place])
            place += 1
        yield start, end, inside
        done = end


def _place(data: bytes, start: int, at: int) -> int:
    """Return where byte `at` is in the decoded text that begins at byte `start`, in code points."""
    return len(data[start:at].decode("utf-8", "surrogateescape"))


def _strings(line: bytes, found: Sequence[Suspect]) -> Iterator[tuple[int, int]]:
    """Yield the JSON strings that hold a suspect (quotes included), and after a suspicious key its value's string."""
    end = -1
    for at, _ in found:
        if at < end:
            continue
        start = _quote_before(line, at)
        if start < 0:
            continue
        end = _quote_after(line, start + 1)
        after = end
        while line[after : after + 1] in {b" ", b"\t"}:
            after += 1
        if line[after : after + 1] != b":":
            yield start, end
            continue
        after += 1
        while line[after : after + 1] in {b" ", b"\t"}:
            after += 1
        if line[after : after + 1] == b'"':
            yield after, _quote_after(line, after + 1)


def _quote_before(line: bytes, at: int) -> int:
    place = line.rfind(b'"', 0, at)
    while place > 0 and _is_escaped(line, place):
        place = line.rfind(b'"', 0, place)
    return place


def _quote_after(line: bytes, at: int) -> int:
    """Return the offset after the closing quote, the line's end if there is none."""
    place = line.find(b'"', at)
    while place >= 0 and _is_escaped(line, place):
        place = line.find(b'"', place + 1)
    return len(line) if place < 0 else place + 1


def _is_escaped(line: bytes, place: int) -> bool:
    slashes = 0
    while place - slashes - 1 >= 0 and line[place - slashes - 1] == 0x5C:
        slashes += 1
    return slashes % 2 == 1


def _key_before(line: bytes, start: int) -> bytes:
    """Return the key whose value starts at `start`, empty if it is not a key's value."""
    place = start
    while place > 0 and line[place - 1 : place] in {b" ", b"\t"}:
        place -= 1
    if line[place - 1 : place] != b":":
        return b""
    place -= 1
    while place > 0 and line[place - 1 : place] in {b" ", b"\t"}:
        place -= 1
    if line[place - 1 : place] != b'"':
        return b""
    return line[_quote_before(line, place - 1) + 1 : place - 1]
