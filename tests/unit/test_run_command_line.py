"""Command lines: what they are for, what they read, and whether their exit code says anything."""

from __future__ import annotations

import time

import pytest

from reviewer.run import shell_words
from reviewer.run import test_output as output
from reviewer.run.command_line import analyse
from reviewer.run.command_state import facts


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("pytest -q", "test"),
        ("cd /x && FOO=1 timeout 60 poetry run pytest tests", "test"),
        ("python -m pytest", "test"),
        ("python3.11 -m unittest discover", "test"),
        ("uv run --with x python manage.py test", "test"),
        ("bash -lc 'npm run test:unit -- --watch=false'", "test"),
        ("mise run test:ci 2>&1", "test"),
        ("go test ./...", "test"),
        ("cargo nextest run", "test"),
        ("./gradlew test", "test"),
        ("make test", "test"),
        ("npx jest src/a.test.ts", "test"),
        ("./scripts/run_tests.sh", "test"),
        ("ruff check . && pytest", "test"),
        ("mise run lint", "lint"),
        ("golangci-lint run", "lint"),
        ("npm run lint", "lint"),
        ("mypy src", "type"),
        ("npx tsc --noEmit", "type"),
        ("cargo build --release", "build"),
        ("npm ci", "install"),
        ("pip install -e .", "install"),
        ("npm audit", "security"),
        ("curl -s https://example.org", "network"),
        ("git status", "vcs"),
        ("sudo git push origin main", "vcs"),
        ("ls -la && cat latest.txt", "other"),
        ("echo pytest", "other"),
        ("grep -r pytest .", "other"),
        ("cat > test.py <<'EOF'\npytest.main()\nEOF", "other"),
        ("", "other"),
        ("((((", "other"),
    ],
)
def test_kinds(line: str, kind: str) -> None:
    assert analyse(line).kind == kind


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("pytest", None),
        ("cd x && pytest -q", None),
        ("pytest 2>&1 | tail -20", "| tail"),
        ("pytest | head", "| head"),
        ("pytest > out.txt 2>&1; cat out.txt", "; another command"),
        ("pytest || true", "|| true"),
        ("pytest; echo $?", "; echo"),
        ("pytest && echo ok", None),
        ("pytest &", None),
        ("cat a | grep b", None),
        ("git log | head -5", "| head"),
    ],
)
def test_whether_the_exit_code_is_that_of_the_tool(line: str, why: str | None) -> None:
    assert analyse(line).not_conclusive == why


@pytest.mark.parametrize(
    ("line", "selection"),
    [
        ("pytest", None),
        ("pytest -q --tb=short tests", None),
        ("pytest tests/test_a.py", "tests/test_a.py"),
        ("pytest -k login", "-k login"),
        ("pytest --collect-only", "lists only"),
        ("go test ./...", None),
        ("go test -run TestX ./...", "-run TestX"),
        ("cargo test --no-run", "lists only"),
        ("mypy a.py", None),
    ],
)
def test_what_a_test_run_was_narrowed_to(line: str, selection: str | None) -> None:
    assert analyse(line).selection == selection


def test_files_and_searches_of_a_line() -> None:
    known = analyse(
        "cat a.py b.py | head -3; sed -n '5,10p' c.py; grep -rn total src; git show HEAD:d.py; nl e.py > f.txt"
    )
    assert [(read.path, read.first, read.last) for read in known.reads] == [
        ("a.py", None, None),
        ("b.py", None, None),
        ("c.py", 5, 10),
        ("d.py", None, None),
        ("e.py", None, None),
    ]
    assert known.searches == (("total", "src"),)


def test_the_same_attempt_has_the_same_key() -> None:
    assert analyse("cd /x && pytest -q 2>&1 | tail -20").key == analyse("pytest -q | tail -5").key
    assert analyse("python /tmp/a1.py").key == analyse("python /tmp/b2.py").key
    assert analyse("pytest a").key != analyse("pytest b").key


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('a \'b c\' "d \\" e" f\\ g', [("a", "b c", 'd " e', "f g")]),
        ("a # b\nc", [("a",), ("c",)]),
        ("a$(b | c) && d", [("a$(b | c)",), ("d",)]),
        ("if x; then y; fi", [("x",), ("y",)]),
        ("a 2>&1 >b <c", [("a",)]),
        ("cat <<EOF | wc\n&& x\nEOF\nls", [("cat",), ("wc",), ("ls",)]),
        ("'unclosed", [("'unclosed",)]),
    ],
)
def test_words(line: str, words: list[tuple[str, ...]]) -> None:
    assert [part.words for part in shell_words.split(line)] == words


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("=== 1 failed, 12 passed, 2 skipped in 3.21s ===", {"failed": 1, "passed": 12, "skipped": 2}),
        ("12 passed in 0.10s\n", {"passed": 12}),
        ("Tests:       1 failed, 4 passed, 5 total\n", {"failed": 1, "passed": 4}),
        (" Tests  3 passed (3)\n", {"passed": 3}),
        (
            "test result: ok. 3 passed; 0 failed; 1 ignored\ntest result: FAILED. 2 passed; 1 failed; 0 ignored",
            {"passed": 5, "failed": 1, "skipped": 1},
        ),
        ("--- PASS: TestA (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\n", {"passed": 1, "failed": 1}),
        (
            "Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1)\n",
            {"passed": 3, "failed": 1, "errors": 1, "skipped": 0},
        ),
        ("Ran 5 tests in 0.1s\n\nOK\n", {"passed": 5, "failed": 0, "errors": 0, "skipped": 0}),
        ("Tests run: 5, Failures: 1, Errors: 0, Skipped: 1", {"passed": 3, "failed": 1, "errors": 0, "skipped": 1}),
        ("10 examples, 1 failure, 2 pending", {"passed": 7, "failed": 1, "skipped": 2}),
        ("OK (5 tests, 9 assertions)", {"passed": 5, "failed": 0, "errors": 0}),
        ("  5 passing (20ms)\n  1 failing\n", {"passed": 5, "failed": 1}),
        ("90% tests passed, 1 tests failed out of 10", {"passed": 9, "failed": 1}),
        ("\x1b[32m3 passed\x1b[0m in 0.10s\n", {"passed": 3}),
        ("nothing of the kind", None),
    ],
)
def test_counts_that_an_output_states(text: str, counts: dict[str, int] | None) -> None:
    assert output.counts(text) == counts


def test_states_keep_unknown_apart_from_zero() -> None:
    assert facts("pytest", ended="unknown", exit_code=None, output=None).state == "unknown"
    assert facts("pytest", ended="ok", exit_code=0, output=None).state == "passed"
    assert facts("pytest", ended="failed", exit_code=5, output=None).state == "failed"
    assert facts("grep x y", ended="failed", exit_code=1, output="").state == "passed"
    assert facts("grep x y", ended="failed", exit_code=2, output="").state == "failed"
    assert facts("pytest", ended="denied", exit_code=0, output=None).state == "denied"


@pytest.mark.parametrize("line", ["<<A\n" * 9_000, "$(" * 9_000, "'" * 9_001, "`" * 9_001, "a\\" * 9_000, "((" * 9_000])
def test_no_line_makes_the_splitter_slow(line: str) -> None:
    started = time.process_time()
    analyse(line)
    assert time.process_time() - started < 1


def test_no_output_makes_the_counting_slow() -> None:
    started = time.process_time()
    for text in ("Tests: " + "1" * 16_000, "=" * 16_000, "1 a" * 5_000, "1 passed, " * 1_600):
        output.counts(text)
        output.shows_failure(text)
    assert time.process_time() - started < 1
