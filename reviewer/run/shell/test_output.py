"""Counts and failures in the output of test runners: numbers where it states them, failure where it shows one.

Pure: text in, numbers out. A count that the text does not state is absent, never 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_N = r"(?P<{}>\d{{1,9}})"


class _Form(NamedTuple):
    """How one runner states its counts.

    Attributes:
        signs: texts of which the output has one: looking for them is many times faster than for a pattern.
        pattern: with groups "passed", "failed", "errors", "skipped", and "total" where the passed ones are not stated.
        adds: it is stated several times, for parts of the run; else the last one counts.
    """

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    adds: bool = False


def _form(*signs: str, says: str, adds: bool = False) -> _Form:
    """Return a form; in its pattern `<passed>` stands for a number called so."""
    pattern = re.sub(r"<(\w+)>", lambda match: _N.format(match.group(1)), says)
    return _Form(signs, re.compile(pattern, re.MULTILINE), adds)


_PYTEST = re.compile(r"^=* ?((?:\d{1,9} [a-z]+(?:, )?)+) in [\d.]+s", re.MULTILINE)
_NUMBERED = re.compile(
    r"(\d{1,9}) (passed|failed|skipped|errors?|xfailed|xpassed|todo|pending|passing|failing|ignored|pass|fail|skip)\b"
)
_LINE_OF_TESTS = re.compile(r"^ *Tests:? +(.{0,300})$", re.MULTILINE)
_SINGLE = re.compile(
    r"^ +(\d{1,9}) (passing|failing|pending|passed|failed|skipped|pass|fail|skip|flaky)\b", re.MULTILINE
)
_MARKED = re.compile(r"^(?:# |ℹ )(pass|fail|skipped|skip|todo|cancelled) (\d{1,9})$", re.MULTILINE)
_GO = re.compile(r"^\s{0,40}--- (PASS|FAIL|SKIP): ", re.MULTILINE)
_UNITTEST = re.compile(r"^Ran (\d{1,9}) tests? in ", re.MULTILINE)
_UNITTEST_END = re.compile(r"^(OK|FAILED)(?: \(([^)]*)\))?\s*$", re.MULTILINE)
_GOOGLE = re.compile(r"^\[ {2}(PASSED|FAILED|SKIPPED) {0,3}\] (\d{1,9}) tests?\b", re.MULTILINE)
_FORMS = (
    _form("test result: ", says=r"test result: \w+\. <passed> passed; <failed> failed; <skipped> ignored", adds=True),
    _form(
        "tests run: ",
        says=r"tests? run: <passed> passed(?: \([^)]{0,80}\))?(?:, <failed> failed)?(?:, <skipped> skip)?",
    ),
    _form("Tests run: ", says=r"Tests run: <total>, Failures: <failed>, Errors: <errors>(?:, Skipped: <skipped>)?"),
    _form(" example", says=r"^<total> examples?, <failed> failures?(?:, <skipped> pending)?"),
    _form(
        " runs, ", says=r"^<total> runs?, \d{1,9} assertions?, <failed> failures?, <errors> errors?, <skipped> skips?"
    ),
    _form(
        " failure",
        says=r"^(?:\d{1,9} \w{1,20}, ){0,3}<total> (?:tests?|specs?), <failed> failures?(?:, <skipped> \w+)?",
    ),
    _form("Passed: ", says=r"Failed: +<failed>, Passed: +<passed>, Skipped: +<skipped>", adds=True),
    _form("% tests passed", says=r"\d{1,9}% tests passed, <failed> tests failed out of <total>"),
    _form("Executed ", says=r"Executed <total> tests?, with (?:<skipped> tests? skipped and )?<failed> failures?"),
    _form(" tests completed", says=r"^<total> tests? completed, <failed> failed(?:, <skipped> skipped)?"),
    _form("succeeded ", says=r"Tests: succeeded <passed>, failed <failed>, canceled \d{1,9}, ignored <skipped>"),
    _form("Total ", says=r"Passed: Total <total>, Failed <failed>, Errors <errors>"),
    _form(" Passed | ", says=r"-- <passed> Passed \| <failed> Failed \| \d{1,9} Pending \| <skipped> Skipped"),
    _form(" passed | ", says=r"\| <passed> passed(?: \([^)]{0,40}\))? \| <failed> failed(?: \| <skipped> ignored)?"),
    _form(" success", says=r"^<passed> success(?:es)? / <failed> failures? / <errors> errors? / <skipped> pending"),
    _form(
        ": All tests passed",
        ": Some tests failed",
        says=r"\+<passed>(?: ~<skipped>)?(?: -<failed>)?: (?:All|Some) tests",
    ),
    _form("OK (", says=r"^OK \(<passed> tests?,"),
    _form("Assertions: ", says=r"^Tests: <total>, Assertions: \d{1,9}(?:, Errors: <errors>)?(?:, Failures: <failed>)?"),
)
_FAILURE = re.compile(
    r"^(?:--- FAIL|FAIL\b|FAILED\b|not ok \d|E   )|test result: FAILED|\bTests?: +\d{1,9} failed|=+ FAILURES =+"
    r"|\b[1-9]\d{0,8} failed\b|AssertionError|npm ERR!|BUILD FAIL(?:ED|URE)|error: test failed|No module named "
    r"|command not found|is not recognized as |^ERROR(?:: | )(?!.{0,9}\b0\b)|^Traceback \(most recent call last\)"
    r"|no tests? ran\b|^FAILURES!|\b[1-9]\d{0,8} failures?\b|^npm error|could not compile|^collected 0 items|^Error: "
    r"| FAILED +\[ {0,2}\d{1,3}%\]|^\[ {2}FAILED {2}\]|^✖ |^ {1,8}[✕✗×] ",
    re.MULTILINE,
)
_PASSED = re.compile(
    r"\b\d{1,9} (?:passed|passing)\b|^ok {2}\t(?!.{0,400}\[no test)|test result: ok|^OK\b|BUILD SUCCESS"
    r"|All tests (?:passed|successful)",
    re.MULTILINE,
)
_BROKE = re.compile(
    r"^FAIL(?:$|\t|ED \()|\bERROR task failed\b|^npm (?:ERR!|error)|ELIFECYCLE|error: test failed|test result: FAILED"
    r"|^make(?:\[\d{1,4}\])?: \*\*\* |^BUILD FAIL|^> Task :\S{1,200} FAILED$|error: could not compile",
    re.MULTILINE,
)
"""What is printed where the whole run went wrong, whatever its counts say."""
_NONE_RAN = re.compile(
    r"\bno tests? ran\b|\[no tests to run\]|^collected 0 items|^No tests found|^Ran 0 tests", re.MULTILINE
)
_NONE_SIGNS = ("no test", "collected 0 items", "No tests found", "Ran 0 tests")
_NAMES = {
    "error": "errors", "passing": "passed", "failing": "failed", "pending": "skipped", "ignored": "skipped",
    "pass": "passed", "fail": "failed", "skip": "skipped", "PASS": "passed", "FAIL": "failed", "SKIP": "skipped",
    "PASSED": "passed", "FAILED": "failed", "SKIPPED": "skipped", "cancelled": "failed",
}  # fmt: skip


def counts(output: str) -> dict[str, int] | None:
    """Return the counts that the end of a test run's output states, by "passed", "failed", "skipped", "errors".

    None if it states none.
    """
    text = _plain(output)
    found = _summary(text) or _marks(text)
    if found is None and any(sign in text for sign in _NONE_SIGNS) and _NONE_RAN.search(text):
        return {"passed": 0}
    return found


def outcome(output: str, *, ends: bool) -> bool | None:
    """Return whether a run failed, by its output alone; None where it does not show.

    Args:
        output: its end, or what other programs let through of it.
        ends: the end of the run is in it. Where it may be missing, the marks of single tests prove nothing.
    """
    text = _plain(output)
    if _BROKE.search(text):
        return True
    found = _summary(text)
    if found is not None:
        return True if found.get("failed") or found.get("errors") else False if found.get("passed") else None
    if _FAILURE.search(text):
        return True
    return False if ends and _PASSED.search(text) else None


def _summary(text: str) -> dict[str, int] | None:
    """Return what a summary of the whole run states."""
    for reader, signs in _READERS:
        if any(sign in text for sign in signs) and (found := reader(text)):
            return found
    for form in _FORMS:
        if any(sign in text for sign in form.signs) and (found := _stated(form, text)):
            return found
    return _single(text) or None


def _marks(text: str) -> dict[str, int] | None:
    """Return the tests that are marked one by one, as Go does it; it sums nothing up."""
    marks = _GO.findall(text) if "--- " in text else []
    return {_NAMES[mark]: marks.count(mark) for mark in ("PASS", "FAIL", "SKIP") if mark in marks} or None


def _plain(output: str) -> str:
    return _ANSI.sub("", output) if "\x1b" in output else output


def _stated(form: _Form, text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for match in form.pattern.finditer(text):
        if not form.adds:
            found = {}
        for name, number in match.groupdict().items():
            if number is not None:
                found[name] = found.get(name, 0) + int(number)
    total = found.pop("total", None)
    if total is not None and "passed" not in found:
        found["passed"] = max(0, total - sum(found.values()))
    return found


def _numbered(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, name in _NUMBERED.findall(text):
        key = _NAMES.get(name, name)
        found[key] = found.get(key, 0) + int(number)
    return found


def _pytest(text: str) -> dict[str, int]:
    lines = _PYTEST.findall(text)
    return _numbered(lines[-1]) if lines else {}


def _line_of_tests(text: str) -> dict[str, int]:
    lines = _LINE_OF_TESTS.findall(text)
    return _numbered(lines[-1]) if lines else {}


def _single(text: str) -> dict[str, int]:
    """Read one number a line, as mocha, Playwright and Bun state them."""
    return _numbered("\n".join(f"{number} {name}" for number, name in _SINGLE.findall(text)))


def _marked(text: str) -> dict[str, int]:
    """Read `# pass 3` of TAP and `ℹ pass 3` of Node."""
    found: dict[str, int] = {}
    for name, number in _MARKED.findall(text):
        key = _NAMES.get(name, name)
        found[key] = int(number) + (found.get(key, 0) if name in {"cancelled", "todo"} else 0)
    return found


def _google(text: str) -> dict[str, int]:
    return {_NAMES[mark]: int(number) for mark, number in _GOOGLE.findall(text)}


def _unittest(text: str) -> dict[str, int]:
    ran, end = _UNITTEST.findall(text), _UNITTEST_END.findall(text)
    if not ran or not end:
        return {}
    bad = {name: int(number) for name, number in re.findall(r"(\w+)=(\d{1,9})", end[-1][1])}
    failed, errors, skipped = bad.get("failures", 0), bad.get("errors", 0), bad.get("skipped", 0)
    return {
        "passed": max(0, int(ran[-1]) - failed - errors - skipped),
        "failed": failed,
        "errors": errors,
        "skipped": skipped,
    }


_READERS: tuple[tuple[Callable[[str], dict[str, int]], tuple[str, ...]], ...] = (
    (_pytest, (" in ",)),
    (_line_of_tests, ("Tests",)),
    (_unittest, ("Ran ",)),
    (_marked, ("# pass ", "ℹ pass ", "# fail ")),
    (_google, ("[  PASSED  ]", "[  FAILED  ]")),
)
"""Runners whose counts stand in several places, in the order in which they are asked; after them `_FORMS`."""
