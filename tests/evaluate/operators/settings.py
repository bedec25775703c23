"""Operators over text: other languages than Python by the form of their lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tests.evaluate.operators.source import Mutant

TextOperator: TypeAlias = Callable[[str, Random], Mutant | None]


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _substituted(text: str, pattern: str, words: str, said: str, random: Random | None = None) -> Mutant | None:
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if not found:
        return None
    match = found[0] if random is None else random.choice(found)
    spoiled = text[: match.start()] + match.expand(words) + text[match.end() :]
    # The fault is on the last line of what was put in.
    return Mutant(spoiled, _line_of(text, match.start()) + match.expand(words).rstrip("\n").count("\n"), said)


def catch_emptied(text: str, random: Random) -> Mutant | None:
    """A catch does nothing."""
    return _substituted(text, r"catch ?\((\w+)\) ?\{[^{}]+\}", r"catch (\1) {}", "An empty catch.", random)


def test_skipped(text: str, random: Random) -> Mutant | None:
    """A test is skipped."""
    return _substituted(text, r"^(\s*)it\((?=['\"])", r"\1it.skip(", "A skipped test.", random)


def test_alone(text: str, random: Random) -> Mutant | None:
    """One test runs alone."""
    return _substituted(text, r"^(\s*)it\((?=['\"])", r"\1it.only(", "One test alone.", random)


def assertion_true(text: str, random: Random) -> Mutant | None:
    """An assertion compares nothing."""
    pattern = r"assert\.(?:strictEqual|equal|deepEqual)\([^()]*\)"
    return _substituted(text, pattern, "assert.ok(true)", "An assertion of true.", random)


def error_dropped(text: str, random: Random) -> Mutant | None:
    """An error is not passed on."""
    return _substituted(
        text, r"if \(err\) return (done|cb|callback|next)\(err\);?", r"if (err) return \1();", "A lost error.", random
    )


def swapped(pattern: str, words: str, said: str) -> TextOperator:
    """Return an operator that puts words where a pattern is."""

    def operator(text: str, random: Random) -> Mutant | None:
        return _substituted(text, pattern, words, said, random)

    return operator


def appended(words: str, line: int, said: str) -> TextOperator:
    """Return an operator that puts words at the end; `line` is that of the fault, among those after the first."""

    def operator(text: str, random: Random) -> Mutant | None:
        start = text.rstrip("\n") + "\n"
        return Mutant(start + words, start.count("\n") + 2 + line, said) if start.strip() else None

    return operator


ERRORS: dict[str, dict[str, TextOperator]] = {
    "go": {
        "err_ignored": swapped(r"if err != nil \{\n\s*return [^\n]*err[^\n]*\n\s*\}", "_ = err", "A lost error."),
    },
    "java": {
        "catch_emptied": swapped(
            r"catch \((?:final )?([\w |.]+ (?!ignored?\b|expected\b)\w+)\) \{[^{}]+\}",
            r"catch (\1) {\n}",
            "An empty catch.",
        ),
    },
    "ruby": {
        "rescued_to_nil": swapped(r"^(\s+\w+ = [\w.]+\([^()\n]*\))$", r"\1 rescue nil", "Rescued to nil."),
    },
    "rust": {"error_made_none": swapped(r"\?;$", ".ok();", "An error is dropped.")},
}
TESTS: dict[str, dict[str, TextOperator]] = {
    "go": {"failure_logged": swapped(r"t\.(?:Errorf|Fatalf)\(", "t.Logf(", "A failure is only logged.")},
    "java": {"test_disabled": swapped(r"^(\s*)@Test$", r"\1@Ignore\n\1@Test", "A test is disabled.")},
    "ruby": {"assertion_true": swapped(r"assert_equal [^\n]*[^,\n]$", "assert true", "An assertion of true.")},
    "rust": {"assertion_true": swapped(r"assert_eq!\([^;{}]*\);", "assert!(true);", "An assertion of true.")},
}

JS_ERRORS: dict[str, TextOperator] = {one.__name__: one for one in (catch_emptied, error_dropped)}
JS_TESTS: dict[str, TextOperator] = {one.__name__: one for one in (test_skipped, test_alone, assertion_true)}
