"""Masks secrets in the record of a run, and counts every mask by file and rule (packet format, "Redaction").

Knows texts, bytes and JSON lines; nothing of packets. The change itself (diff, manifest, blobs) never comes here.
Opaque fields of a log (signatures, encrypted reasoning, pictures) are not looked into: they look like anything.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from reviewer.run import json_strings, whole_lines
from reviewer.run.secrets import block as secret_block
from reviewer.run.secrets import rules as secret_rules
from reviewer.run.secrets import scan as secret_scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Event
    from reviewer.run.json_strings import Place
    from reviewer.run.secrets.rules import Span
    from reviewer.run.secrets.scan import Suspect

_IDS = frozenset((b"uuid", b"parentUuid", b"sessionId", b"requestId", b"tool_use_id", b"leafUuid", b"messageId"))
_OPAQUE = _IDS | frozenset(
    (b"signature", b"encrypted_content", b"thoughtSignature", b"thought_signature", b"data", b"base64")
)
_PAYLOAD = re.compile(rb"[A-Za-z0-9+/=_.:;,-]*+")
"""What a signature, encrypted content or a picture is made of; `data` may also be the name of a text."""
_MASK = re.compile("⟦redacted: ([^⟧\n]{1,60})⟧".encode())
Bytes: TypeAlias = bytes
"""`bytes` is also the name of a method here."""
_LONG_LINE = 8_192
_AT_ONCE, _PART = 8 << 20, 1 << 20
"""Longer data is looked at part by part, bytes: looking takes several times its size in memory."""
_MOST_LINES = 400
"""Lines of a private key in a list."""
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

    def json_lines(self, data: Bytes, file: str) -> Bytes:
        """Return one or more whole lines with their secrets masked; JSON that was valid stays valid.

        Works on JSON lines, on a JSON document in any layout, and on plain text, line by line. Only the strings that
        hold a secret are written anew; all other bytes are as they were.
        """
        if len(data) > _AT_ONCE:
            return b"".join([self._json_lines(part, file) for part in whole_lines.parts(data, _PART)])
        return self._json_lines(data, file)

    def _json_lines(self, data: Bytes, file: str) -> Bytes:
        found = secret_scan.suspects(data)
        if not found:
            return data
        pieces: list[Bytes] = []
        done = 0
        for place in json_strings.places(data, found):
            if place.start < done:
                continue
            for start, end, masked in self._looked_into(data, place, file):
                pieces += [data[done:start], masked]
                done = end
        return b"".join([*pieces, data[done:]]) if pieces else data

    def _looked_into(self, data: Bytes, place: Place, file: str) -> Iterator[tuple[int, int, Bytes]]:
        """Yield what stands in the place of stretches that hold a secret."""
        start, end = place.start, place.end
        if not place.is_string:
            end = secret_block.region_end(data, start) if place.holds_key else end
            masked = self._masked(data[start:end], file)
            if masked != data[start:end]:
                yield start, end, masked
            return
        text = self._string(data, start, end, file)
        if text is not None:
            yield start, end, text
        elif place.holds_key:
            yield from self._listed_key(data, place, file)
        elif data.startswith(b'"--', start):
            yield from self._listed_word(data, place, file)

    def _listed_word(self, data: Bytes, place: Place, file: str) -> Iterator[tuple[int, int, Bytes]]:
        """Yield the string after an option's name in a list of words, if it is a secret."""
        following = json_strings.next_string(data, place.end)
        if following is None:
            return
        option, word = (_loaded(data[each.start : each.end]) for each in (place, following))
        if option and word and secret_rules.is_secret(option, word, quoted=False, sign=" ", given=True):
            self._count(file, "Secret Keyword")
            yield following.start, following.end, orjson.dumps(mask("Secret Keyword"))

    def _listed_key(self, data: Bytes, place: Place, file: str) -> Iterator[tuple[int, int, Bytes]]:
        """Yield the strings of a list that are lines of a private key: the first becomes the mask, the others empty."""
        first = _loaded(data[place.start : place.end])
        if first is None or not secret_block.begins_only(first):
            return
        lines: list[tuple[int, int, Bytes]] = []
        has_body = False
        following = json_strings.next_string(data, place.end)
        while following is not None and len(lines) < _MOST_LINES:
            line = _loaded(data[following.start : following.end])
            is_last = line is not None and secret_block.ends(line)
            if line is None or not (is_last or secret_block.is_body(line)):
                break
            has_body = has_body or secret_block.holds_body(line)
            lines.append((following.start, following.end, orjson.dumps(secret_block.sign_of(line))))
            if is_last:
                break
            following = json_strings.next_string(data, following.end)
        if has_body:
            self._count(file, secret_block.RULE)
            yield place.start, place.end, orjson.dumps(secret_block.sign_of(first) + mask(secret_block.RULE))
            yield from lines

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
        key = json_strings.key_before(line, start)
        if key in _OPAQUE and (key in _IDS or _PAYLOAD.fullmatch(line, start + 1, end - 1)):
            return None
        text = _loaded(line[start:end])
        if text is None:
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
        spans = list(secret_block.keys(text))
        return self._cover(text, spans, file).encode("utf-8", "surrogateescape") if spans else data


def _loaded(string: bytes) -> str | None:
    try:
        value = orjson.loads(string)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, str) else None


def mask(rule: str) -> str:
    """Return what stands in the place of a secret."""
    return f"⟦redacted: {rule}⟧"


def _spans(text: str, found: Sequence[Suspect]) -> list[Span]:
    """Return the secrets of a line, the earliest and longest first, none over another."""
    spans: list[Span] = []
    families = {family for _, family in found}
    folded = text.lower()
    for family in families:
        for rule in secret_rules.rules()[family]:
            spans += rule.spans(text, folded)
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
