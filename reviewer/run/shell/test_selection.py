"""What a test run was narrowed to, from its words (rule `test-selection`).

Pure: the words of one program in, a text out. A run that is narrowed is not "the test suite".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Iterator

_NONE: frozenset[str] = frozenset()

_LISTS_ONLY = names(
    "--collect-only --co --no-run --list --listTests --list-tests -list --show-only --dry-run --list-suites "
    "--listtests -t:VSTestListTests"
)
_LISTS_SHORT = {"ctest": "-N", "dotnet": "-t", "make": "-n", "gmake": "-n", "gradle": "-m", "gradlew": "-m", "go": "-c"}
_NARROWS = names(
    "-k -m -run --run -t --testNamePattern --test-name-pattern --testPathPattern --testPathPatterns --grep -g "
    "--filter --tests --test -Dtest -Dit.test --only --lf --last-failed --ff -R --tests-regex -L -E -LE --label-regex "
    "--exclude-regex --deselect --ignore --ignore-glob --skip -skip --exclude --exclude-tag --tag --group "
    "--testsuite --spec --example -e --select -pl --projects -p --package --changed --onlyChanged --related "
    "--findRelatedTests --only-testing -only-testing --test_filter --lib --bins --bin --doc -n --name --shard -s "
    "--only-failures --bisect --short -short --suite -c"
)
_ALONE = names(
    "--lf --last-failed --ff --lib --bins --doc --changed --onlyChanged -o --only-failures --short -short --bisect"
)
_NOT_NARROWING: dict[str, frozenset[str]] = {
    # What the same letter means to others: a configuration, a directory, a number of processes.
    name: names(options)
    for name, options in {
        "pytest": "-n -c -p -s -e -t -R -L -E -g --name --package --run --tag --group",
        "unittest": "-s -t -p -c -e -m -n -g",
        "jest": "-c -i -e -n -p -m -s",
        "vitest": "-c -e -n -p -m -s --run",
        "mocha": "-c -s -t -e -n -p -m -R -r",
        "go": "-p -c -n -e -s -g -m -t -k -R -L -E",
        "rspec": "-c -r -p -s -m -k -n -R -L -g",
        "phpunit": "-c -e -n -p -s -m -k -t -R -L -g",
        "ctest": "-C -j -e -n -s -p -m -k -t -g -c",
        "playwright": "-c -e -n -p -s -m -k -t -R -L --test",
        "bun": "-c -e -n -p -s -m -k -R -L -g",
        "node": "-e -c -n -p -s -m -k -t -R -L -g -r --test",
        "make": "-k -s -e -n -p -t -R -L -C -m -c -g",
        "npm": "-s -p -c -e -n -m -k -R -L -w",
        "tox": "-p -c -n -s -m -k -t -R -L -g",
        "nox": "-p -c -n -m -k -R -L -g -r",
        "mix": "-s -e -c -n -p -m -k -t -R -L -g",
        "dotnet": "-c -e -n -p -s -m -k -R -L -g",
        "mvn": "-e -n -p -s -c -m -k -t -R -L -g",
        "cargo": "-e -c -n -s -m -k -t -R -L -g --test-threads",
    }.items()
}
_VALUES = names(
    "-n -c -p -o -r -j -W -O --config --rootdir --cov --cov-report --junitxml --junit-xml --tb --maxfail --timeout "
    "--durations --log-level --log-cli-level --reporter --reporters --outputFile --project --settings --parallel "
    "--verbosity -v --count -count -timeout --target --features --manifest-path --color --format -f --pattern "
    "--start-directory --configuration --logger --results-directory --framework --seed --profile --dir --root -C "
    "--coverprofile -coverprofile -cpu -parallel --test-dir --build-dir --require -s -t --numprocesses --dist "
    "--maxWorkers --testTimeout -e --workers --browser --retries"
)
_FLAGS = {
    # Letters that take a value elsewhere.
    "pytest": frozenset(("-v", "-s", "-f")),
    "unittest": frozenset(("-v", "-f", "-c")),
    "go": frozenset(("-v", "-c", "-s")),
    "jest": frozenset(("-f", "-e", "-o", "-v")),
}
_FILE = re.compile(r"\.(?:py|js|jsx|ts|tsx|mjs|cjs|rb|go|rs|php|java|kt|exs|swift|cs|feature|bats|lua|clj|t)(?::\d+)*$")
_TREE = frozenset((".", "./", "./...", "...", "all", "src", "lib", "app", "test", "tests", "spec", "specs", "t"))
_NAMES = frozenset(
    ("unittest", "manage.py", "django-admin", "django", "runtests.py", "trial", "nose", "nosetests", "nose2")
)
"""Runners that are given dotted names or labels."""
_FILTERS = frozenset(("jest", "vitest", "mocha", "ava", "cargo", "playwright", "cypress", "bun", "gotestsum", "rspec"))
"""Runners for which any other word is a filter."""
_HOSTS = frozenset(("php", "node", "ruby", "perl", "bash", "sh", "tsx", "ts-node"))
_SUBCOMMANDS = names(
    "test t nextest run run-script discover watch exec start -- spec eunit ct runtest check dev ci open all "
    "--test vstest llvm-cov"
)
_RUNNERS = names("npm pnpm yarn bun make gmake just mise task rake turbo gradle gradlew mvn mvnw poe")


def selection(name: str, args: tuple[str, ...]) -> str | None:
    """Return what a test run was narrowed to, None if it runs everything.

    Args:
        name: of the program or module.
        args: its arguments.

    Returns:
        The words that narrow it ("tests/test_a.py -k login"), or "lists only" where nothing is run.
    """
    if any(word in _LISTS_ONLY for word in args) or _LISTS_SHORT.get(name, " ") in args:
        return "lists only"
    if name == "python" and args:
        # A script: the file is what is run.
        script, *rest = args
        label = script.replace("\\", "/").rsplit("/", 1)[-1]
        return selection(label, tuple(rest)) if label in _NAMES else script
    if name in _HOSTS and args and not args[0].startswith("-"):
        label = args[0].replace("\\", "/").rsplit("/", 1)[-1]
        return selection(label, args[1:]) if "." not in label else args[0]
    return " ".join(dict.fromkeys(_narrowing(name, args)))[:400] or None


def _narrowing(name: str, args: tuple[str, ...]) -> Iterator[str]:
    skip = free = False
    harmless = _NOT_NARROWING.get(name, _NONE)
    flags = _FLAGS.get(name, _NONE)
    for index, word in enumerate(args):
        if skip:
            skip = False
        elif word == "--":
            free = True
        elif word.startswith("-") and len(word) > 1:
            option, sign, _ = word.partition("=")
            if option in _NARROWS and option not in harmless:
                yield word
                skip = not sign and option not in _ALONE
                if skip:
                    yield from args[index + 1 : index + 2]
            elif not sign and option in _VALUES and option not in flags:
                skip = True
        elif _narrows(name, word, index, free=free):
            yield word


def _narrows(name: str, word: str, index: int, *, free: bool) -> bool:
    if word in _SUBCOMMANDS or (word.startswith("+") and name == "cargo"):
        return False
    if "::" in word or _FILE.search(word):
        return not (index == 0 and word in _NAMES)
    if word.rstrip("/") in _TREE or word.startswith(("./...", "$")):
        return False
    if name in _NAMES:
        return "=" not in word
    if name in _RUNNERS and not free:
        return word.startswith(("TEST=", "TESTS=", "ARGS=", "TESTARGS=", "T=", "FILTER="))
    if name in _FILTERS or (name in _RUNNERS and free):
        return not word.isdigit()
    if word.startswith("//"):
        return word not in {"//...", "//:all"}
    if name in {"sbt", "nx"}:
        return "Only" in word or ":" in word or (name == "nx" and word != "run-many")
    if name in {"tox", "nox", "python"}:
        return False
    return "/" in word.strip("./")
