"""Failure paths in other languages by the form of a few lines: empty handlers, ignored errors, bare unwraps.

A line is not a syntax tree: what is found is certain enough to look at and not more, so its severity stays low.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.line_place import code_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import ChangedLine
    from reviewer.checks.roles import Language


@dataclass(frozen=True, slots=True)
class LineRule:
    """A form of code: its rule, the fact in words, the languages, and the pattern (over up to three lines)."""

    rule: str
    fact: str
    languages: frozenset[Language]
    pattern: re.Pattern[str]


_SCRIPT: frozenset[Language] = frozenset({"javascript", "typescript"})
RULES: tuple[LineRule, ...] = (
    LineRule("handler-silent", "A catch block is empty.", _SCRIPT, re.compile(r"\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}")),
    LineRule(
        "handler-silent",
        "A rejection is caught and dropped.",
        _SCRIPT,
        re.compile(r"\.catch\s*\(\s*(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?:\{\s*\}|null|undefined|void 0)\s*\)"),
    ),
    LineRule(
        "handler-silent",
        "A catch block only returns a constant.",
        _SCRIPT,
        re.compile(
            r"\bcatch\s*(?:\([^)]*\)\s*)?\{\s*return\s*(?:null|undefined|false|true|\[\s*\]|\{\s*\}|0|\s)?\s*;?\s*\}"
        ),
    ),
    LineRule(
        "error-ignored",
        "An error value is assigned to the blank name.",
        frozenset({"go"}),
        re.compile(r"^\s*(?:[\w.]+\s*,\s*)+_\s*:?=\s*[\w.]+\(|^\s*_\s*=\s*[\w.]+\("),
    ),
    LineRule(
        "handler-silent",
        "An error is checked and dropped.",
        frozenset({"go"}),
        re.compile(r"\bif\s+(?:[^{;]*;\s*)?err\s*!=\s*nil\s*\{\s*(?:return\s+nil\s*)?\}"),
    ),
    LineRule(
        "handler-silent", "A catch block is empty.", frozenset({"java"}), re.compile(r"\bcatch\s*\([^)]*\)\s*\{\s*\}")
    ),
    LineRule(
        "handler-broad",
        "A handler catches everything that can be thrown.",
        frozenset({"java"}),
        re.compile(r"\bcatch\s*\(\s*(?:final\s+)?(?:Throwable|Exception)\s+\w+\s*\)"),
    ),
    LineRule(
        "handler-silent",
        "A rescue returns nil or nothing.",
        frozenset({"ruby"}),
        re.compile(r"\brescue\s+(?:nil|false)\b|^\s*rescue(?:\s+[\w:]+)?(?:\s*=>\s*\w+)?\s*(?:nil\s*)?end\b"),
    ),
    LineRule(
        "handler-broad", "A rescue catches every exception.", frozenset({"ruby"}), re.compile(r"\brescue\s+Exception\b")
    ),
    LineRule(
        "error-ignored",
        "A result is thrown away or replaced by a default.",
        frozenset({"rust"}),
        re.compile(r"\blet\s+_\s*=\s*[\w.:]+\(|\.ok\(\)\s*;|\.unwrap_or_default\(\)"),
    ),
)
_TOUCHED: dict[Language, re.Pattern[str]] = {
    "javascript": re.compile(r"\b(?:try\b\s*\{|catch\b|finally\b|throw\b)|\.catch\("),
    "typescript": re.compile(r"\b(?:try\b\s*\{|catch\b|finally\b|throw\b)|\.catch\("),
    "go": re.compile(r"\berr\s*!=\s*nil\b|\bpanic\(|\brecover\(\)|\berrors\.(?:New|Is|As|Join)\(|\bfmt\.Errorf\("),
    "java": re.compile(r"\b(?:try\b\s*[({]|catch\s*\(|finally\b|throws?\b)"),
    "ruby": re.compile(r"\b(?:rescue|ensure|raise)\b"),
    "rust": re.compile(r"\bErr\(|\.unwrap\(\)|\.expect\(|\bpanic!|\bmap_err\(|\?;"),
}


def touches(text: str, language: Language) -> bool:
    """Return whether a line belongs to a failure path."""
    pattern = _TOUCHED.get(language)
    return pattern is not None and pattern.search(code_only(text, language)) is not None


def silent(lines: Sequence[ChangedLine], language: Language) -> Iterator[tuple[LineRule, ChangedLine]]:
    """Yield the forms that added lines match, each with the line where it starts."""
    code = [code_only(line.text[:500], language).rstrip() for line in lines]
    for place, line in enumerate(lines):
        following = [
            code[place + step]
            for step in (1, 2)
            if place + step < len(lines) and lines[place + step].number == line.number + step
        ]
        for rule in RULES:
            if language not in rule.languages:
                continue
            # A form may span three lines, and it belongs to the line where it starts.
            match = rule.pattern.search("\n".join([code[place], *following]))
            if match and match.start() <= len(code[place]) and code[place][match.start() :].strip():
                yield rule, line
                break
