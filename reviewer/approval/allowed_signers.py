"""Who may sign: OpenSSH's allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS), read more strictly than OpenSSH does.

A line that is not of the format refuses the whole file; a line of the format that names no single person (patterns,
certificate authorities, weak keys) is kept as a reason and grants nothing. One person is what lines joined by a common
principal name; a key under two persons is nobody's. Knows text and an injected time; opens nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal

from reviewer.approval import base64s, sshkey
from reviewer.approval.refusal import RefusedError
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 4 << 20
MAX_LINES = 100_000
_TIMESTAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?", re.ASCII)
_OPTION = re.compile(r'([A-Za-z-]+)(?:=("(?:[^"\\]|\\.)*+"))?(?:,|$)', re.ASCII)
_FIRST_FIELD = re.compile(r'"([^"]*)"(?=[ \t]|$)|([^"\s][^"\s]*)(?=[ \t]|$)')
# Local midnight comes first at UTC+14 and last at UTC-12: a time without a zone is taken where it allows least.
_EARLIEST, _LATEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@dataclass(frozen=True, slots=True)
class SignerLine:
    """One line that grants: a key for one person, within its times and namespaces.

    Attributes:
        namespaces: the pattern list as written, or None when the line has none (OpenSSH: every namespace).
        valid_after, valid_before: inclusive bounds, UTC.
    """

    number: int
    principals: tuple[str, ...]
    key: sshkey.PublicKey
    namespaces: str | None = None
    valid_after: datetime | None = None
    valid_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that grants nothing, and why; so that the reason can be told to whoever tries the key."""

    number: int
    reason: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Signer:
    """The person a key belongs to, under the name that the file gives; `notes` are remarks for the reader."""

    person: str
    principals: frozenset[str]
    line: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllowedSigners:
    """A parsed file. `name` stands in sentences."""

    name: str
    lines: tuple[SignerLine, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    _persons: Mapping[str, str] = field(default_factory=dict)

    def signer(self, key: sshkey.PublicKey, identity: str, namespace: str, now: datetime) -> Signer:
        """Return the person who may sign with `key` in `namespace` at `now`.

        Args:
            key: the key inside the signature.
            identity: the address that the statement gives; it has to be one of the line's principals.
            namespace: the signature's namespace.
            now: an aware time that the signer cannot choose.

        Raises:
            RefusedError: nobody may; the sentence says which line fails and why.
        """
        mine = [line for line in self.lines if line.key.blob == key.blob]
        if len({self._persons[line.principals[0]] for line in mine}) > 1:
            numbers = " and ".join(str(line.number) for line in mine)
            raise RefusedError(f"{self.name} gives one key to two persons (lines {numbers}): it is nobody's")
        reasons = [f"line {line.number}: {line.reason}" for line in self.refused if line.fingerprint == key.fingerprint]
        for line in mine:
            reason = _why_not(line, identity, namespace, now)
            if reason is None:
                return self._person(line)
            reasons.append(f"line {line.number}: {reason}")
        if not reasons:
            raise RefusedError(f"the key {key.fingerprint} is not in {self.name}")
        raise RefusedError(f"the key {key.fingerprint} may not approve by {self.name}, {'; '.join(reasons)}")

    def _person(self, line: SignerLine) -> Signer:
        person = self._persons[line.principals[0]]
        principals = frozenset(name for name, owner in self._persons.items() if owner == person)
        notes = (
            ()
            if line.namespaces is not None
            else (f"line {line.number} of {self.name} sets no namespaces: the key is trusted for all it signs",)
        )
        return Signer(person, principals, line.number, notes)


def parse(data: bytes, name: str) -> AllowedSigners:
    """Return the signers of a file's bytes; `name` is the file's name for sentences.

    Raises:
        BadInputError: the file is too large, is not text, or has a line that is not of the format (with its number).
    """
    if len(data) > MAX_BYTES:
        raise BadInputError(f"{name} is larger than {MAX_BYTES:,} bytes")
    raw_lines = data.split(b"\n")
    if len(raw_lines) > MAX_LINES:
        raise BadInputError(f"{name} has more than {MAX_LINES:,} lines")
    lines: list[SignerLine] = []
    refused: list[RefusedLine] = []
    for number, raw in enumerate(raw_lines, 1):
        try:
            text = raw.decode("utf-8").strip(" \t\r")
            if not text or text.startswith("#"):
                continue
            entry = _line(number, text)
        except (UnicodeDecodeError, RefusedError) as error:
            reason = error.sentence if isinstance(error, RefusedError) else "it is not UTF-8"
            raise BadInputError(
                f"{name}, line {number}: {reason}",
                hint="each line is: principal [options] keytype base64-key (ssh-keygen(1), ALLOWED SIGNERS)",
            ) from error
        if isinstance(entry, SignerLine):
            lines.append(entry)
        else:
            refused.append(entry)
    return AllowedSigners(name, tuple(lines), tuple(refused), _persons(lines))


def _line(number: int, text: str) -> SignerLine | RefusedLine:
    match = _FIRST_FIELD.match(text)
    if match is None:
        raise RefusedError("the principals are not closed by a quote")
    principals = tuple((match.group(1) if match.group(1) is not None else match.group(2)).split(","))
    rest = text[match.end() :].lstrip(" \t")
    if not all(principals) or not rest:
        raise RefusedError("a principal or the key is missing")
    options = ""
    if rest.split(None, 1)[0] not in sshkey.KEY_TYPES and not _looks_like_key(rest):
        options, rest = _split_options(rest)
    given = _options(options)
    try:
        key, _comment = sshkey.parse_line(rest)
    except RefusedError as error:
        if not _looks_like_key(rest):
            raise
        encoded = base64s.decode(rest.split(None, 2)[1], "the public key")
        return RefusedLine(number, error.sentence, sshkey.fingerprint(encoded))
    if reason := _refusal(principals, given):
        return RefusedLine(number, reason, key.fingerprint)
    after = _timestamp(given.get("valid-after"), "after")
    before = _timestamp(given.get("valid-before"), "before")
    return SignerLine(number, principals, key, given.get("namespaces"), after, before)


def _looks_like_key(rest: str) -> bool:
    # A key type that we do not take (or do not know yet) is still a key line, which grants nothing.
    fields = rest.split(None, 2)
    return len(fields) >= 2 and fields[1].startswith("AAAA") and '"' not in fields[0] and "," not in fields[0]


def _split_options(rest: str) -> tuple[str, str]:
    quoted = False
    for at, character in enumerate(rest):
        if character == '"' and (at == 0 or rest[at - 1] != "\\"):
            quoted = not quoted
        elif character in " \t" and not quoted:
            return rest[:at], rest[at:].lstrip(" \t")
    raise RefusedError("the options are not followed by a key")


def _options(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _OPTION.match(text, at)
        if match is None:
            raise RefusedError(f"the option '{text[at : at + 30]}' is not of the form name or name=\"value\"")
        name = match.group(1).lower()
        if name in found:
            raise RefusedError(f"the option '{name}' is given twice")
        found[name] = (match.group(2) or '""')[1:-1].replace('\\"', '"')
        at = match.end()
    if text.endswith(","):
        raise RefusedError("the options end in a comma")
    return found


def _refusal(principals: tuple[str, ...], options: dict[str, str]) -> str | None:
    if "cert-authority" in options:
        return "it is a certificate authority, and approvals take plain keys only"
    if unknown := options.keys() - {"namespaces", "valid-after", "valid-before"}:
        return f"the option '{min(unknown)}' is not known here"
    patterns = [name for name in principals if set(name) & set("*?!")]
    if patterns:
        return f"the principal '{patterns[0]}' is a pattern, which names no person"
    return None


def _timestamp(text: str | None, bound: Literal["after", "before"]) -> datetime | None:
    if text is None:
        return None
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise RefusedError(f'valid-{bound}="{text}" is not YYYYMMDD or YYYYMMDDHHMM[SS], with Z for UTC')
    year, month, day, hour, minute, second, zone = match.groups(default="")
    local = _LATEST if bound == "after" else _EARLIEST
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC if zone else local,
        ).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RefusedError(f'valid-{bound}="{text}" is not a time of the calendar') from error


def _persons(lines: list[SignerLine]) -> dict[str, str]:
    """Return the person of each principal: lines with a principal in common are one person, named by the first."""
    person: dict[str, str] = {}
    for line in lines:
        known = {person[name]: None for name in line.principals if name in person}
        owner = next(iter(known), line.principals[0])
        if len(known) > 1:
            person = {name: owner if current in known else current for name, current in person.items()}
        person.update(dict.fromkeys(line.principals, owner))
    return person


def _why_not(line: SignerLine, identity: str, namespace: str, now: datetime) -> str | None:
    if identity not in line.principals:
        return f"it is for {', '.join(line.principals)}, and the record says {identity}"
    if line.namespaces is not None and not matches(namespace, line.namespaces):
        return f"it is for the namespaces '{line.namespaces}' only"
    if line.valid_after is not None and now < line.valid_after:
        return f"it is valid from {line.valid_after:%Y-%m-%d %H:%M:%S}Z on"
    if line.valid_before is not None and now > line.valid_before:
        return f"it expired at {line.valid_before:%Y-%m-%d %H:%M:%S}Z"
    return None


def matches(text: str, pattern_list: str) -> bool:
    """Return whether `text` matches an OpenSSH pattern list (`*`, `?`, commas, `!` negates and wins)."""
    found = False
    for pattern in pattern_list.split(","):
        negated = pattern.startswith("!")
        wanted = re.escape(re.sub(r"\*+", "*", pattern.removeprefix("!"))).replace(r"\*", ".*").replace(r"\?", ".")
        if re.fullmatch(wanted, text, re.DOTALL):
            if negated:
                return False
            found = True
    return found
