"""Hidden text: characters that a person cannot see, that change the order of what is seen, or that look like others.

Looks at added lines, at paths and at the texts of the run. The stricter rules are for code; people write names, emoji
and right-to-left languages in strings and documents, and those stay quiet or become information.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from reviewer.checks import lookalike, roles
from reviewer.checks.account import Account
from reviewer.checks.hidden_paths import hidden_paths
from reviewer.checks.hidden_run import run_texts
from reviewer.checks.ident import Fact, shown
from reviewer.checks.line_place import Place, Span, inside, scan, string_spans
from reviewer.checks.python_source import parse
from reviewer.checks.sides import contents
from reviewer.text import Hazard, HazardKind, hazards, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import Case, ChangedFile, ChangedLine
    from reviewer.checks.finding import CheckResult, Mode, Severity

_COMMANDING = "\x1b\x90\x9b\x9d"
"""ESC, and DCS, CSI and OSC as one character (ECMA-48): what terminals obey."""
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_BOM = "\ufeff"
_WIDE_GAP = re.compile(r"\S[ \t]{120,}\S")
_GAP = re.compile(rb"[ \t]{120}")
_PLAIN = re.compile(rb"[\t\x20-\x7e]*\r?")
_WHY_ORDER = "What a compiler reads and what a person sees are in a different order."
_WHY_UNSEEN = "A person who reviews this line does not see everything that it holds."
_WHY_ALIKE = "It reads like another name or sign, and is not the same to a compiler."
_MOST = 12


class HiddenTextCheck:
    """Finds invisible, reordering and look-alike characters."""

    mode: Mode = "hidden_text"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return findings in files, then in paths, then in the texts of the run."""
        account = Account()
        facts: list[Fact] = []
        for file in case.files:
            facts.extend(_in_file(case, file, account))
        facts.extend(hidden_paths(case, account))
        facts.extend(run_texts(case, account))
        return account.result(self.mode, self.version, facts)


def _in_file(case: Case, file: ChangedFile, account: Account) -> Iterator[Fact]:
    if file.binary:
        account.beyond("binary content has no text to look at", file.path)
        return
    account.looked("added line", count=len(file.added))
    odd = [line for line in file.added if not _PLAIN.fullmatch(line.raw) or _GAP.search(line.raw)]
    if odd:
        spans = _multi_line_strings(case, file)
        yield from _merged(fact for line in odd for fact in _in_line(file, line, spans))
    yield from _line_ends(case, file)


def _multi_line_strings(case: Case, file: ChangedFile) -> list[Span]:
    if roles.language(file.path) != "python":
        return []
    new = contents(case, file).new
    tree = None if new is None else parse(new)
    return [] if tree is None else string_spans(tree)


def _in_line(file: ChangedFile, line: ChangedLine, spans: list[Span]) -> Iterator[Fact]:
    text = line.text.removesuffix("\r")
    places = scan(text, roles.language(file.path))
    grouped: dict[tuple[HazardKind, Severity], list[tuple[Hazard, Place]]] = {}
    # Counted on from the last one: a line may hold a million of them.
    column = counted = 0
    for hazard in hazards(text):
        column += len(text[counted : hazard.offset].encode("utf-8", "surrogateescape"))
        counted = hazard.offset
        if _is_expected(text, hazard.offset, hazard.kind, line.number):
            continue
        place = places[hazard.offset]
        if place == "code" and inside(spans, line.number, column):
            place = "string"
        severity = _severity(file.path, hazard.character, hazard.kind, place)
        grouped.setdefault((hazard.kind, severity), []).append((hazard, place))
    for (kind, severity), members in grouped.items():
        first, place = members[0]
        where = "line of code" if place == "code" else place
        noun = _noun(kind)
        what = f"{'An' if noun.startswith('i') else 'A'} {noun}, {first.shown}, stands"
        if len(members) > 1:
            signs = " ".join(dict.fromkeys(hazard.shown for hazard, _ in members))
            what = f"{plural(len(members), noun)}, {shown(signs, 40)}, stand"
        yield Fact(
            rule=_RULES[kind],
            severity=severity,
            message=f"{what} in a {where}: {shown(_around(text, first.offset))}",
            why=_WHY_ORDER if any(hazard.character in _REORDERING for hazard, _ in members) else _WHY_UNSEEN,
            quote=f"{first.shown} {text}",
            file=file.path,
            side="new",
            line=line.number,
        )
    yield from _look_alikes(file, line, text, places, spans)
    if _WIDE_GAP.search(text) and roles.is_code(file.path):
        yield Fact(
            rule="text-pushed-aside",
            severity="medium",
            message="More than 120 blanks push the rest of a line out of sight.",
            why=_WHY_UNSEEN,
            quote=text,
            file=file.path,
            side="new",
            line=line.number,
        )


_RULES = {
    HazardKind.CONTROL: "control-character",
    HazardKind.BIDI: "bidirectional-control",
    HazardKind.ZERO_WIDTH: "zero-width",
    HazardKind.FILLER: "invisible-filler",
    HazardKind.SEPARATOR: "line-separator",
    HazardKind.SELECTOR: "variation-selector",
    HazardKind.TAG: "tag-character",
    HazardKind.FORMAT: "format-character",
    HazardKind.NOT_UTF8: "not-utf8",
}


def _noun(kind: HazardKind) -> str:
    if kind is HazardKind.NOT_UTF8:
        return "non-UTF-8 byte"
    return kind.value if kind.value.endswith(("character", "separator")) else f"{kind} character"


def _is_expected(text: str, offset: int, kind: HazardKind, number: int) -> bool:
    """Return whether writing systems, emoji or file formats put this character here."""
    character = text[offset]
    before = text[offset - 1] if offset else ""
    if kind is HazardKind.NOT_UTF8:
        return False
    if character == "\r":  # line ends have rules of their own
        return True
    if character == "\x0c":  # form feeds part old sources into pages
        return not text.strip("\x0c ")
    if character == _BOM:
        return number == 1 and offset == 0
    if character in _JOINERS:
        # Between emoji, and between letters of scripts that need them (Persian, Hindi …).
        after = text[offset + 1 : offset + 2]
        return bool(before) and bool(after) and (_is_symbol(before) or (_is_complex(before) and _is_complex(after)))
    if kind is HazardKind.SELECTOR:
        return bool(before) and (_is_symbol(before) or before in "0123456789#*" or unicodedata.category(before) == "Lo")
    if kind is HazardKind.TAG:
        flag = text.rfind("\U0001f3f4", 0, offset)
        return flag >= 0 and all("\U000e0020" <= one <= "\U000e007f" for one in text[flag + 1 : offset])
    return False


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) in {"So", "Sk", "Sm"} or character in "\ufe0f\u200d"


def _is_complex(character: str) -> bool:
    return unicodedata.category(character) in {"Lo", "Mn", "Mc"}


def _severity(path: str, character: str, kind: HazardKind, place: Place) -> Severity:
    code = roles.is_code(path)
    if kind is HazardKind.NOT_UTF8:
        return "info"
    if character in _REORDERING or kind is HazardKind.TAG:
        # The known attack puts exactly these into strings and comments of code.
        return "high" if code else "medium"
    if character in _COMMANDING and not roles.is_test(path):
        # Whoever prints the file lets it set titles, links or the clipboard, or paint over what was there.
        return "high" if code and place == "code" else "medium"
    if not code or roles.is_document(path):
        return "info"
    if place == "code":
        return "medium" if kind in {HazardKind.CONTROL, HazardKind.FORMAT} else "high"
    if kind is HazardKind.CONTROL:
        return "low"
    return "info"


def _look_alikes(
    file: ChangedFile, line: ChangedLine, text: str, places: list[Place], spans: list[Span]
) -> Iterator[Fact]:
    code = roles.is_code(file.path) and not roles.is_document(file.path)
    for offset, word in lookalike.words(text):
        column = len(text[:offset].encode("utf-8", "surrogateescape"))
        in_code = code and places[offset] == "code" and not inside(spans, line.number, column)
        normal = lookalike.normalises_to_ascii(word)
        if in_code and normal is not None:
            rule, severity, what = "normalised-identifier", "high", f"is read by a compiler as {shown(normal)}"
        elif lookalike.mixes_scripts(word):
            strict = in_code or (code and not roles.is_test(file.path) and places[offset] == "string")
            rule, severity = "mixed-script", ("high" if in_code else "medium" if strict else "info")
            what = f"mixes scripts and reads like {shown(lookalike.ascii_form(word))}"
        elif in_code and lookalike.looks_ascii(word):
            rule, severity, what = "look-alike", "high", f"reads like {shown(lookalike.ascii_form(word))}"
        else:
            continue
        letters = " ".join(f"U+{ord(letter):04X}" for letter in word if not letter.isascii())
        yield Fact(
            rule=rule,
            severity="high" if severity == "high" else "medium" if severity == "medium" else "info",
            message=f"The name {shown(word)} {what} (it has {shown(letters)}).",
            why=_WHY_ALIKE,
            quote=f"{word} {text}",
            file=file.path,
            side="new",
            line=line.number,
        )
    for offset, sign in enumerate(text):
        if code and sign in lookalike.PUNCTUATION and places[offset] == "code":
            if roles.language(file.path) is None or inside(
                spans, line.number, len(text[:offset].encode("utf-8", "replace"))
            ):
                continue
            yield Fact(
                rule="look-alike-sign",
                severity="high",
                message=f"The sign U+{ord(sign):04X} in code looks like {lookalike.PUNCTUATION[sign]} and is not it.",
                why=_WHY_ALIKE,
                quote=f"{sign} {text}",
                file=file.path,
                side="new",
                line=line.number,
            )


def _line_ends(case: Case, file: ChangedFile) -> Iterator[Fact]:
    lone = [line for line in file.added if b"\r" in line.raw.removesuffix(b"\r")]
    for line in lone[:_MOST]:
        yield Fact(
            rule="lone-carriage-return",
            severity="high" if roles.language(file.path) is not None else "low",
            message="A carriage return stands inside a line: some programs end the line there, others write over it.",
            why=_WHY_ORDER,
            quote=line.text,
            file=file.path,
            side="new",
            line=line.number,
        )
    ended = [line for line in file.added if line.raw.endswith(b"\r")]
    if not ended:
        return
    sides = contents(case, file)
    some = f"{plural(len(ended), 'added line')} of {shown(file.path)} {'ends' if len(ended) == 1 else 'end'}"
    if sides.old is not None and b"\n" in sides.old and b"\r\n" not in sides.old:
        yield Fact(
            rule="line-ends-changed",
            severity="low",
            message=f"{some} with CR LF; the file had LF only.",
            why="Changed line ends make a diff larger than the change and can hide one in it.",
            quote=file.path,
            file=file.path,
            side="new",
            line=ended[0].number,
        )


def _around(text: str, offset: int) -> str:
    return text[max(0, offset - 30) : offset + 30]


def _merged(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield at most a screenful a rule; information about a file is one finding, with the count."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.rule, fact.severity), []).append(fact)
    for (rule, severity), members in groups.items():
        most = 1 if severity == "info" else _MOST
        yield from members[: most if len(members) <= most else most - 1]
        rest = members[most - 1 :]
        if len(members) > most:
            first, last = rest[0], rest[-1]
            yield Fact(
                rule=rule,
                severity=first.severity,
                message=f"{first.message} The same rule holds for {plural(len(rest) - 1, 'more place')} in this file, "
                f"the last in line {last.line}.",
                why=first.why,
                quote=first.quote,
                file=first.file,
                side="new",
                line=first.line,
            )
