"""Command lines: what they are for, what they read, and whether their exit code says anything."""

from __future__ import annotations

import time

import pytest

from reviewer.run.shell import test_output as output
from reviewer.run.shell import words as shell_words
from reviewer.run.shell.command_line import analyse
from reviewer.run.shell.state import facts


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
        ("python -W ignore -m unittest tests.test_a", "test"),
        ("coverage run --source=x -m pytest", "test"),
        ("docker compose exec -T web pytest tests", "test"),
        ("hatch run test:cov", "test"),
        ("pdm run test", "test"),
        ("poetry run mycli test", "other"),
        ("tox -e py311", "test"),
        ("tox -e lint", "lint"),
        ("php vendor/bin/phpunit", "test"),
        ("node --test", "test"),
        ("./gradlew :app:testDebugUnitTest", "test"),
        ("make check", "test"),
        ("npm run check", "lint"),
        ("mvn clean install -DskipTests", "build"),
        ("nix-shell --run 'pytest -q'", "test"),
        ("npm.cmd run build", "build"),
        ('powershell -Command "npm run lint"', "lint"),
        ("& 'C:\\x\\npm.cmd' test", "test"),
        ("python tests/test_a.py", "test"),
        ("python run_tests.py", "test"),
        ("python test_of_my_own.py", "other"),
        ("pytest --version", "other"),
        ("golangci-lint cache clean", "other"),
        ("./my-test-server", "other"),
        ("./scripts/ci-test.sh", "test"),
        ("pip list", "other"),
        ("python -m pip install x", "install"),
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
        ("pytest &", "run in the background with &"),
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
        ("go test ./internal/foo", "./internal/foo"),
        ("cargo +nightly test -p foo bar -- --nocapture", "-p foo bar"),
        ("python manage.py test app.tests", "app.tests"),
        ("python -m unittest discover -s tests", None),
        ("npm test -- src/a.test.ts", "src/a.test.ts"),
        ("npm test", None),
        ("bundle exec rspec spec/models/user_spec.rb:10", "spec/models/user_spec.rb:10"),
        ("mvn test -Dtest=FooTest", "-Dtest=FooTest"),
        ("ctest --test-dir build -R foo", "-R foo"),
        ("bazel test //foo:bar", "//foo:bar"),
        ("pytest -n 4 -x", None),
        ("pytest tests/unit", "tests/unit"),
        ("make test TESTS=a", "TESTS=a"),
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
        ("cat <<A <<B\n1\nA\n2\nB\nx", [("cat",), ("x",)]),
        ('git commit -m "$(cat <<\'E\'\nsay "a" && b\nE\n)" && c', [("git", "commit", "-m", 'say "a" && b'), ("c",)]),
        ("@'\nit's\n'@ | Set-Content a", [("it's",), ("Set-Content", "a")]),
        ("type app\\[id]\\page.tsx", [("type", "app\\[id]\\page.tsx")]),
        ("a \\\n b", [("a", "b")]),
        ("echo $((1<<3))\nls", [("echo", "$((1<<3))"), ("ls",)]),
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
        ("OK (5 tests, 9 assertions)", {"passed": 5}),
        ("ok | 3 passed | 1 failed (12ms)", {"passed": 3, "failed": 1}),
        ("Summary [ 0.1s] 3 tests run: 2 passed, 1 failed, 0 skipped", {"passed": 2, "failed": 1, "skipped": 0}),
        ("3 tests, 1 failure", {"passed": 2, "failed": 1}),
        ("Executed 3 tests, with 1 failure (0 unexpected) in 0.1", {"passed": 2, "failed": 1}),
        ("# tests 3\n# pass 2\n# fail 1\n", {"passed": 2, "failed": 1}),
        (" 3 pass\n 1 fail\n", {"passed": 3, "failed": 1}),
        ("  1 failed\n    a.spec.ts\n  3 passed (2.1s)\n", {"passed": 3, "failed": 1}),
        ("00:01 +3 -1: Some tests failed.", {"passed": 3, "failed": 1}),
        ("[  PASSED  ] 3 tests.\n[  FAILED  ] 1 test, listed below", {"passed": 3, "failed": 1}),
        ("5 runs, 9 assertions, 1 failures, 0 errors, 0 skips", {"passed": 4, "failed": 1, "errors": 0, "skipped": 0}),
        ("Passed!  - Failed:     0, Passed:     3, Skipped:     0", {"passed": 3, "failed": 0, "skipped": 0}),
        ("3 tests completed, 1 failed", {"passed": 2, "failed": 1}),
        ("  5 passing (20ms)\n  1 failing\n", {"passed": 5, "failed": 1}),
        ("90% tests passed, 1 tests failed out of 10", {"passed": 9, "failed": 1}),
        ("\x1b[32m3 passed\x1b[0m in 0.10s\n", {"passed": 3}),
        ("ok  \ta\t0.1s [no tests to run]", {"passed": 0}),
        ("=== no tests ran in 0.01s ===", {"passed": 0}),
        ("nothing of the kind", None),
    ],
)
def test_counts_that_an_output_states(text: str, counts: dict[str, int] | None) -> None:
    assert output.counts(text) == counts


@pytest.mark.parametrize(
    ("line", "exit_code", "output", "state"),
    [
        ("set -o pipefail; pytest | tail", 0, None, "passed"),
        ("set -euo pipefail\npytest\necho ok", 0, None, "passed"),
        ("bash -eo pipefail -c 'pytest | tail'", 0, None, "passed"),
        ("pytest && ls | head", 0, None, "passed"),
        ("(pytest && echo ok) | tail", 0, None, "not_conclusive"),
        ("pytest || exit 1", 0, None, "passed"),
        ("pytest > out || tail out", 0, None, "not_conclusive"),
        ("if pytest; then echo ok; fi", 0, None, "not_conclusive"),
        ('pytest; echo "exit: $?"', 0, "...\nexit: 1\n", "failed"),
        ("pytest | tail; echo ${PIPESTATUS[0]}", 0, "x\n0", "passed"),
        ("pytest; exit $?", 0, None, "passed"),
        ("pytest | grep -i error", 1, "", "not_conclusive"),
        ("pytest | head", 0, "/bin/python: No module named pytest", "failed"),
        ("pytest & wait", 0, None, "not_conclusive"),
        ("go test -v ./a | tail", 0, "--- PASS: TestA (0s)\nFAIL\nFAIL\ta\t2s\nFAIL", "failed"),
        ("go test ./... | tail", 0, "ok  \ta\t2s", "passed"),
        ("go test ./... | head -3", 0, "ok  \ta\t2s\nok  \tb\t1s\n?  \tc", "not_conclusive"),
        ("go test ./... | head -30", 0, "ok  \ta\t2s", "passed"),
        ("go test -v . | grep TestA", 0, "--- PASS: TestA (0s)", "not_conclusive"),
        ("go test ./... | grep -E 'FAIL|ok'", 0, "ok  \ta\t2s", "passed"),
        ("go test -run X . | tail", 0, "ok  \ta\t2s [no tests to run]", "not_conclusive"),
        ("pytest | head -2", 0, "x\n3 passed in 1s", "passed"),
        ("mise run test | tail -2", 0, "ok  \ta\t2s\n[test] ERROR task failed", "failed"),
        ("mypy . | tail -3", 0, "Found 3 errors in 2 files", "failed"),
        ("ruff check . | tail", 0, "All checks passed!", "passed"),
        ("npx tsc | head", 0, "", "not_conclusive"),
        ("npm test", None, "Tests: 1 failed, 2 passed, 3 total", "failed"),
        ("npm test", None, "hello", "unknown"),
        ("grep -c x f", 1, "0\n", "passed"),
        ("ls && grep x f", 1, "a\n", "failed"),
        ("ls; grep x f", 1, "a\n", "passed"),
        ("echo --- && grep x f", 1, "---\n", "passed"),
        ("rg x f", 1, "sandbox: Operation not permitted", "failed"),
        ("grep -c x a b", 1, "a:0\nb:0\n", "passed"),
        ("diff a b", 1, "< a", "passed"),
        ("git diff --exit-code", 1, "+a", "passed"),
        ("timeout 5 pytest", 124, None, "cancelled"),
        ("pytest", 137, None, "cancelled"),
        ("pytest", 127, None, "failed"),
        ("pytest --collect-only | tail", 0, "3 tests collected in 1s, 1 passed", "not_conclusive"),
    ],
)
def test_the_state_of_a_line(line: str, exit_code: int | None, output: str | None, state: str) -> None:
    assert facts(line, ended="unknown", exit_code=exit_code, output=output).state == state


def test_states_keep_unknown_apart_from_zero() -> None:
    assert facts("pytest", ended="unknown", exit_code=None, output=None).state == "unknown"
    assert facts("pytest", ended="ok", exit_code=0, output=None).state == "passed"
    assert facts("pytest", ended="failed", exit_code=5, output=None).state == "failed"
    assert facts("grep x y", ended="failed", exit_code=1, output="").state == "passed"
    assert facts("grep x y", ended="failed", exit_code=2, output="").state == "failed"
    assert facts("pytest", ended="denied", exit_code=0, output=None).state == "denied"


_LONG = (
    *(
        "<<A\n",
        "$(",
        "'",
        "`",
        "a\\",
        "((",
        "${",
        "$(cat <<A\n",
        "@'\n",
        "cat <<A\n",
        "a'b'",
        '"\\',
        "$(a(b",
        "x ",
        "A",
        "1",
    ),
    *(
        "\\\n",
        "<",
        ">&1",
        "&",
        "|",
        ";",
        "cat a;",
        "sed -i s/a/b/ f;",
        "sed -i ",
        "s/",
        "a=1 ",
        "=",
        "\x00",
        "é",
        "python -c '",
    ),
    *(
        "open('",
        'replace("a",',
        "cd a;",
        "(",
        ")",
        "bash -c '",
        "> a ",
        "-e ",
        "--",
        "@",
        "curl a ",
        "://",
        "git -C a ",
        "*",
    ),
)


@pytest.mark.parametrize("unit", _LONG)
def test_no_line_takes_more_than_linear_time(unit: str) -> None:
    line = unit * (400_000 // len(unit))
    started = time.process_time()
    analyse(line)
    analyse(f"sed -i '{line}' f; python -c \"{line}\"; git apply <<X\n{line}\nX\n")
    assert time.process_time() - started < 4


@pytest.mark.parametrize("line", ["<<A\n" * 9_000, "$(" * 9_000, "'" * 9_001, "`" * 9_001, "a\\" * 9_000, "((" * 9_000])
def test_no_line_makes_the_splitter_slow(line: str) -> None:
    started = time.process_time()
    analyse(line)
    assert time.process_time() - started < 1


def test_no_output_makes_the_counting_slow() -> None:
    started = time.process_time()
    for text in ("Tests: " + "1" * 16_000, "=" * 16_000, "1 a" * 5_000, "1 passed, " * 1_600):
        output.counts(text)
        output.outcome(text, ends=True)
    assert time.process_time() - started < 1
