"""Operators over text: manifests and pipelines, and other languages than Python by the form of their lines."""

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


def dependency_added(text: str, random: Random) -> Mutant | None:
    """A second client for what is there already."""
    return _substituted(text, r"^(dependencies = \[|install_requires ?=)", r'\1\n    "httpx>=0.27",', "httpx.") or (
        _substituted(text, r"\A", "httpx>=0.27\n", "httpx.") if "[" not in text else None
    )


def dependency_from_git(text: str, random: Random) -> Mutant | None:
    """A dependency from a moving branch."""
    words = r'\1\n    "httpy @ git+https://github.com/httpy/httpy@main",'
    return _substituted(text, r"^(dependencies = \[)", words, "From a branch.")


def pipeline_masked(text: str, random: Random) -> Mutant | None:
    """A step of the pipeline may fail."""
    return _substituted(text, r"^(\s*-? ?run: (?!\|)[^\n|]*(?:tox|pytest|mypy)[^\n|]*)$", r"\1 || true", "Masked.")


def threshold_lowered(text: str, random: Random) -> Mutant | None:
    """Strictness of the type checker is turned off."""
    return _substituted(text, r"^(strict ?= ?)[Tt]rue", r"\1false", "Not strict.")


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
    return _substituted(text, r"if \(err\) return (?:done|cb|callback|next)\(err\);?", "", "A lost error.", random)


def _swapped(pattern: str, words: str, said: str) -> TextOperator:
    def operator(text: str, random: Random) -> Mutant | None:
        return _substituted(text, pattern, words, said, random)

    return operator


ERRORS: dict[str, dict[str, TextOperator]] = {
    "go": {
        "err_ignored": _swapped(r"if err != nil \{\n\s*return [^\n]*err[^\n]*\n\s*\}", "_ = err", "A lost error."),
    },
    "java": {
        "catch_emptied": _swapped(
            r"catch \((?:final )?([\w |.]+ \w+)\) \{[^{}]+\}", r"catch (\1) {\n}", "An empty catch."
        ),
    },
    "ruby": {
        "rescued_to_nil": _swapped(r"^(\s+\w+ = [\w.]+\([^()\n]*\))$", r"\1 rescue nil", "Rescued to nil."),
    },
    "rust": {"error_made_none": _swapped(r"\?;$", ".ok();", "An error is dropped.")},
}
TESTS: dict[str, dict[str, TextOperator]] = {
    "go": {"failure_logged": _swapped(r"t\.(?:Errorf|Fatalf)\(", "t.Logf(", "A failure is only logged.")},
    "java": {"test_disabled": _swapped(r"^(\s*)@Test$", r"\1@Ignore\n\1@Test", "A test is disabled.")},
    "ruby": {"assertion_true": _swapped(r"assert_equal [^\n]*[^,\n]$", "assert true", "An assertion of true.")},
    "rust": {"assertion_true": _swapped(r"assert_eq!\([^;{}]*\);", "assert!(true);", "An assertion of true.")},
}

DEPENDENCIES: dict[str, TextOperator] = {one.__name__: one for one in (dependency_added, dependency_from_git)}
PIPELINES: dict[str, TextOperator] = {"pipeline_masked": pipeline_masked}
SETTINGS: dict[str, TextOperator] = {"threshold_lowered": threshold_lowered}
JS_ERRORS: dict[str, TextOperator] = {one.__name__: one for one in (catch_emptied, error_dropped)}
JS_TESTS: dict[str, TextOperator] = {one.__name__: one for one in (test_skipped, test_alone, assertion_true)}
