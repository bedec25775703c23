"""Tests of other languages by the form of lines: names of tests, skips, assertions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity
    from reviewer.checks.roles import Language


@dataclass(frozen=True, slots=True)
class Forms:
    """How a language's usual test frameworks look, a line at a time; group `name` is a test's name."""

    test: re.Pattern[str]
    skip: re.Pattern[str]
    oracle: re.Pattern[str]
    only: re.Pattern[str] | None = None
    tautology: re.Pattern[str] | None = None
    strong: re.Pattern[str] | None = None
    weak: re.Pattern[str] | None = None


_SCRIPT = Forms(
    test=re.compile(r"^\s*(?:it|test)(?:\.\w+)*\s*\(\s*(['\"`])(?P<name>.+?)\1"),
    skip=re.compile(
        r"^\s*(?:(?:it|test|describe|context)\.(?:skip|todo|failing|fails|fixme)\b|x(?:it|test|describe)\s*\()"
    ),
    only=re.compile(r"^\s*(?:(?:it|test|describe|context)\.only\b|f(?:it|describe)\s*\()"),
    oracle=re.compile(r"\bexpect\s*\(|\bassert(?:\.\w+)?\s*\(|\.should\b|\bt\.(?:is|deepEqual|true|throws|like)\("),
    tautology=re.compile(
        r"\bexpect\s*\(\s*(true|false|1|'[^']*')\s*\)\.to(?:Be|Equal|StrictEqual)\(\s*\1\s*\)|\bassert(?:\.ok)?\(\s*true\s*\)"
    ),
    strong=re.compile(r"\bto(?:Equal|StrictEqual|Be|HaveBeenCalledWith|MatchObject)\("),
    weak=re.compile(
        r"\bto(?:BeTruthy|BeDefined|BeFalsy|HaveBeenCalled)\(|\.not\.toThrow\(|not\.toBe(?:Null|Undefined)\("
    ),
)
FORMS: dict[Language, Forms] = {
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "go": Forms(
        test=re.compile(r"^func\s+(?P<name>(?:Test|Fuzz)\w*)\s*\("),
        skip=re.compile(r"^\s*\w+\.Skip(?:f|Now)?\("),
        oracle=re.compile(
            r"\b\w+\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:assert|require)\.\w+\(|\bcmp\.Diff\("
        ),
    ),
    "java": Forms(
        test=re.compile(r"^\s*(?:public\s+)?void\s+(?P<name>\w*[tT]est\w*|should\w+)\s*\("),
        skip=re.compile(r"^\s*@(?:Ignore|Disabled)\b"),
        oracle=re.compile(r"\bassert\w*\s*\(|\bverify\s*\(|\bfail\s*\("),
        tautology=re.compile(r"\bassertTrue\(\s*true\s*\)|\bassertEquals\(\s*(\d+)\s*,\s*\1\s*\)"),
    ),
    "ruby": Forms(
        test=re.compile(r"^\s*(?:it|specify|test)\s*\(?\s*(['\"])(?P<name>.+?)\1|^\s*def\s+(?P<method>test_\w+)"),
        skip=re.compile(r"^\s*(?:xit|xdescribe|xcontext|pending|skip)\b"),
        only=re.compile(r"^\s*(?:fit|fdescribe|fcontext)\b"),
        oracle=re.compile(r"\bexpect\s*[({]|\bassert\w*\b|\brefute\w*\b|\.should\b|\bmust_\w+"),
    ),
    "rust": Forms(
        test=re.compile(r"^\s*(?:async\s+)?fn\s+(?P<name>test_\w+|\w+_test|it_\w+)\s*\("),
        skip=re.compile(r"^\s*#\[ignore"),
        oracle=re.compile(r"\b(?:assert|assert_eq|assert_ne|assert_matches|prop_assert\w*|panic)!"),
        tautology=re.compile(r"\bassert!\(\s*true\s*\)"),
    ),
}
SEVERITY: dict[str, Severity] = {
    "test-skipped": "medium",
    "test-only": "medium",
    "oracle-tautology": "medium",
    "test-removed": "low",
    "assertions-lost": "low",
    "oracle-weaker": "low",
}


def name_of(line: str, forms: Forms) -> str | None:
    """Return the name of the test that a line starts, or None."""
    match = forms.test.search(line)
    if match is None:
        return None
    return next((value for key, value in match.groupdict().items() if value), None)
