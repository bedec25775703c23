"""What a test run's output says: counts where it states them, failure where it shows one.

Pure: text in, numbers out. A count that the text does not state is absent, never 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_PYTEST = re.compile(r"^=* ?((?:\d{1,9} [a-z]+(?:, )?)+) in [\d.]+s", re.MULTILINE)
_NUMBERED = re.compile(
    r"(\d{1,9}) (passed|failed|skipped|errors?|xfailed|xpassed|todo|pending|passing|failing|ignored)\b"
)
_JEST = re.compile(r"^ *Tests:? +(.{0,300})$", re.MULTILINE)
_CARGO = re.compile(r"test result: \w+\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored")
_GO = re.compile(r"^--- (PASS|FAIL|SKIP): ", re.MULTILINE)
_UNITTEST = re.compile(r"^Ran (\d{1,9}) tests? in ", re.MULTILINE)
_UNITTEST_END = re.compile(r"^(OK|FAILED)(?: \(([^)]*)\))?\s*$", re.MULTILINE)
_MAVEN = re.compile(r"Tests run: (\d{1,9}), Failures: (\d{1,9}), Errors: (\d{1,9})(?:, Skipped: (\d{1,9}))?")
_RSPEC = re.compile(r"^(\d{1,9}) examples?, (\d{1,9}) failures?(?:, (\d{1,9}) pending)?", re.MULTILINE)
_PHPUNIT = re.compile(
    r"^OK \((\d{1,9}) tests?,|^Tests: (\d{1,9}), Assertions: \d{1,9}(?:, Errors: (\d{1,9}))?(?:, Failures: (\d{1,9}))?",
    re.MULTILINE,
)
_DOTNET = re.compile(r"Failed: +(\d{1,9}), Passed: +(\d{1,9}), Skipped: +(\d{1,9})")
_CTEST = re.compile(r"(\d{1,9})% tests passed, (\d{1,9}) tests failed out of (\d{1,9})")
_MOCHA = re.compile(r"^ +(\d{1,9}) (passing|failing|pending)\b", re.MULTILINE)
_FAILURE = re.compile(
    r"^(?:--- FAIL|FAIL\b|FAILED\b|not ok \d|E   )|test result: FAILED|\bTests?: +\d{1,9} failed|=+ FAILURES =+"
    r"|\b[1-9]\d* failed\b|AssertionError|npm ERR!|BUILD FAILED|error: test failed",
    re.MULTILINE,
)
_PASSED = re.compile(r"\b\d{1,9} (?:passed|passing)\b|^ok  \t|test result: ok|^OK\b|All tests passed", re.MULTILINE)
_NAMES = {"error": "errors", "passing": "passed", "failing": "failed", "pending": "skipped", "ignored": "skipped"}


def counts(output: str) -> dict[str, int] | None:
    """Return the counts that the end of a test run's output states, by "passed", "failed", "skipped", "errors".

    None if it states none.
    """
    text = _plain(output)
    for reader, signs in _READERS:
        for sign in signs:
            # Looking for a fixed text is many times faster than a pattern, and most outputs are of one runner.
            if sign in text:
                if found := reader(text):
                    return found
                break
    return None


def shows_failure(output: str) -> bool | None:
    """Return whether the output shows a failed test; False where it shows passed ones only, None for neither."""
    text = _plain(output)
    if _FAILURE.search(text):
        return True
    return False if _PASSED.search(text) else None


def _plain(output: str) -> str:
    return _ANSI.sub("", output) if "\x1b" in output else output


def _numbered(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, name in _NUMBERED.findall(text):
        key = _NAMES.get(name, name)
        found[key] = found.get(key, 0) + int(number[:12])
    return found


def _pytest(text: str) -> dict[str, int]:
    lines = _PYTEST.findall(text)
    return _numbered(lines[-1]) if lines else {}


def _jest(text: str) -> dict[str, int]:
    lines = _JEST.findall(text)
    return _numbered(lines[-1]) if lines else {}


def _mocha(text: str) -> dict[str, int]:
    return _numbered("\n".join(f"{number} {name}" for number, name in _MOCHA.findall(text)))


def _cargo(text: str) -> dict[str, int]:
    rows = _CARGO.findall(text)
    if not rows:
        return {}
    return {
        name: sum(int(row[place][:12]) for row in rows) for place, name in enumerate(("passed", "failed", "skipped"))
    }


def _go(text: str) -> dict[str, int]:
    marks = _GO.findall(text)
    names = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}
    return {name: marks.count(mark) for mark, name in names.items() if mark in marks}


def _unittest(text: str) -> dict[str, int]:
    ran, end = _UNITTEST.findall(text), _UNITTEST_END.findall(text)
    if not ran or not end:
        return {}
    bad = {name: int(number[:12]) for name, number in re.findall(r"(\w+)=(\d{1,9})", end[-1][1])}
    failed, errors, skipped = bad.get("failures", 0), bad.get("errors", 0), bad.get("skipped", 0)
    return {
        "passed": max(0, int(ran[-1][:12]) - failed - errors - skipped),
        "failed": failed,
        "errors": errors,
        "skipped": skipped,
    }


def _maven(text: str) -> dict[str, int]:
    rows = _MAVEN.findall(text)
    if not rows:
        return {}
    ran, failed, errors, skipped = (int(value[:12] or 0) for value in rows[-1])
    return {"passed": max(0, ran - failed - errors - skipped), "failed": failed, "errors": errors, "skipped": skipped}


def _rspec(text: str) -> dict[str, int]:
    rows = _RSPEC.findall(text)
    if not rows:
        return {}
    ran, failed, pending = (int(value[:12] or 0) for value in rows[-1])
    return {"passed": max(0, ran - failed - pending), "failed": failed, "skipped": pending}


def _phpunit(text: str) -> dict[str, int]:
    rows = _PHPUNIT.findall(text)
    if not rows:
        return {}
    fine, ran, errors, failed = (int(value[:12] or 0) for value in rows[-1])
    return {"passed": fine or max(0, ran - errors - failed), "failed": failed, "errors": errors}


def _dotnet(text: str) -> dict[str, int]:
    rows = _DOTNET.findall(text)
    if not rows:
        return {}
    return {
        name: sum(int(row[place][:12]) for row in rows) for place, name in enumerate(("failed", "passed", "skipped"))
    }


def _ctest(text: str) -> dict[str, int]:
    rows = _CTEST.findall(text)
    if not rows:
        return {}
    failed, ran = int(rows[-1][1][:12]), int(rows[-1][2][:12])
    return {"passed": max(0, ran - failed), "failed": failed}


_READERS: tuple[tuple[Callable[[str], dict[str, int]], tuple[str, ...]], ...] = (
    (_pytest, (" in ",)),
    (_jest, ("Tests",)),
    (_cargo, ("test result: ",)),
    (_maven, ("Tests run: ",)),
    (_rspec, (" example",)),
    (_dotnet, ("Passed: ",)),
    (_ctest, ("% tests passed",)),
    (_unittest, ("Ran ",)),
    (_phpunit, ("OK (", "Tests: ")),
    (_mocha, ("passing", "failing", "pending")),
    (_go, ("--- ",)),
)
"""Each runner, in the order in which they are asked, with texts of which its pattern needs one."""
