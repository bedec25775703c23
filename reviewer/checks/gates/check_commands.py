"""The checks among the commands of a script: what each is for, whether its failure counts, and what it demands.

Reads command lines through the run's own reader; runs nothing. Knows nothing of pipelines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.gates.tree import number
from reviewer.run.shell import tool_kinds
from reviewer.run.shell.exit import hidden
from reviewer.run.shell.steps import steps
from reviewer.run.shell.test_selection import selection
from reviewer.run.shell.tool_names import ENVIRONMENTS, RUN_WORDS, SECOND, TASK_RUNNERS
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.shell.steps import Step

CheckKind: TypeAlias = Literal["test", "type", "lint", "security", "coverage", "form"]

_KINDS: dict[str, CheckKind] = {"test": "test", "type": "type", "lint": "lint", "security": "security"}
_MAX_SCRIPT = 64_000
_IGNORES = re.compile(
    r"--exit-zero|--exit-code[= ]0|--no-fail\w*|--soft-fail|-DskipTests\S*"
    r"|-Dmaven\.test\.(?:skip|failure\.ignore)\S*|--suppress-tests-failed-exit-code|--no-exit-code|--noerror"
    r"|--exitcode-policy\S*|--keep-going=always|--failOnError=false|--no-verify"
)
_SOFT = re.compile(r"--passWithNoTests|--if-present")
_STRICT = re.compile(
    r"--strict(?:-\w+)*|-Werror|-W[= ]?error\S*|--warn-\S+|-D(?:warnings|clippy::\S+)|--error-on-\S+|--max-warnings\S*"
    r"|--check(?:-only)?|--diff|--no-fix|-race|--locked|--frozen-lockfile|--disallow-\S+|--all-targets|--all-features"
    r"|--runInBand=never|--ci|--verify|-(?:v|vet)=all|--fail-on\S*|--forbid-only|--exit-non-zero-on-fix"
    r"|--failOnFlakyTests"
)
_STRICT_WITH_VALUE = names("-W -D --deny --max-warnings --fail-on --audit-level --severity --select --enable")
_FLOOR = re.compile(r"--[\w.-]*(?:fail-?under|threshold|min(?:imum)?-?(?:coverage|score|msi))[\w.-]*", re.IGNORECASE)
_CEILING = re.compile(r"--max-(?:warnings|complexity|line-length|failures?)|--fuzz-max", re.IGNORECASE)
_LEAVES_OUT = names("--ignore --ignore-glob --deselect --exclude --skip -skip --exclude-tag --exclude-dir --omit")
_COMBINED = re.compile(r"\b(python[\d.]{0,6})[ \t]{1,20}-[A-Za-z]{1,8}m(?=[ \t])")
"""`python -Im tool`, which is `python -m tool`."""
_MAKES = re.compile(r"(?:.*-)?(?:docs?|docset|html|changelog|release|publish|build|package|pkg|deploy|clean)(?:-.*)?")
_SAYS_NOTHING = names("echo printf true : exit sleep cd set test [ ") | {""}
_ANY_LINTER = names("pre-commit pre-commit/action prek lefthook super-linter/super-linter github/super-linter make")
_CHECK_WORDS = re.compile(
    r"(?:^|[^a-z])(?:tests?|pytest|lint\w*|checks?|verify|coverage|coveralls|codecov|sonar\w*|codeql\w*|scan\w*|audit"
    r"|analy[sz]e\w*|mypy|pyright|type-?check\w*|ruff|flake8|eslint|black|pre-commit|security|semgrep|bandit|trivy|snyk|gitleaks"
    r"|trufflehog|clippy|dependency-review\w*|golangci\w*|sast|scorecard)(?:$|[^a-z])"
)
_AROUND = re.compile(
    r"(?:setup|init|upload|download|cache|install|autobuild|publish|report|comment|deploy)(?:$|[^a-z])"
)
"""What comes before and after a check is none."""
_OF_ACTIONS: tuple[tuple[re.Pattern[str], CheckKind], ...] = (
    (
        re.compile(
            r"codeql|trivy|snyk|semgrep|bandit|gitleaks|trufflehog|dependency-review|scorecard|audit|sast|secret"
            r"|security|osv|grype|zizmor"
        ),
        "security",
    ),
    (re.compile(r"mypy|pyright|type-?check"), "type"),
    (re.compile(r"lint|ruff|flake8|black|pre-commit|clippy|sonar|format|actionlint|prettier"), "lint"),
    (re.compile(r"codecov|coverage|coveralls"), "coverage"),
)


@dataclass(frozen=True, slots=True)
class CheckCommand:
    """One check.

    Attributes:
        tool: what runs it, with its subcommand or task ("pytest", "npm lint"); for an action its name.
        key: its words, without what is told apart below.
        selection: what a test run was narrowed to, None if it runs everything.
        ignored: why its failure does not count, None if it does.
        soft: why it passes where there is nothing to check, None if it does not.
        strict: options that make it demand more; floors, ceilings: limits by option.
        leaves_out: what it is told to leave out.
    """

    kind: CheckKind
    tool: str
    key: str
    line: int
    selection: str | None = None
    ignored: str | None = None
    soft: str | None = None
    strict: frozenset[str] = frozenset()
    floors: tuple[tuple[str, float], ...] = ()
    ceilings: tuple[tuple[str, float], ...] = ()
    leaves_out: tuple[str, ...] = ()


_PURPOSES: dict[str, str] = {
    **dict.fromkeys(names("flake8 pyflakes pycodestyle pylint ruff ruff-check pydocstyle autoflake"), "lint of Python"),
    **dict.fromkeys(
        names(
            "black isort yapf autopep8 prettier gofmt goimports gofumpt rustfmt clang-format ruff-format pyupgrade"
            " dprint usort blacken-docs reorder-python-imports"
        ),
        "format",
    ),
    **dict.fromkeys(
        names("eslint biome oxlint standard xo tslint jshint biome-check biome-lint"), "lint of JavaScript"
    ),
    **dict.fromkeys(names("codespell typos cspell misspell"), "spelling"),
}
"""What linters are for: those of one purpose can take each other's place."""


def purpose(check: CheckCommand) -> str:
    """Return what a check is for; a runner of tasks may be for anything of its kind, and is for the kind itself."""
    if check.kind not in {"lint", "form"}:
        return check.kind
    program = check.tool.split(" ", 1)[0]
    if program in TASK_RUNNERS or program in _ANY_LINTER:
        return check.kind
    return _PURPOSES.get("ruff-format" if check.key.startswith("ruff format") else program, program)


def of_script(script: Sequence[tuple[str, int]], *, pipefail: bool = False) -> tuple[CheckCommand, ...]:
    """Return the checks of a script.

    Args:
        script: its lines with their numbers; a script stops at the first command that fails.
        pipefail: whether a pipe fails with any of its parts.
    """
    text = _COMBINED.sub(r"\1 -m", "\n".join(line for line, _ in script)[:_MAX_SCRIPT])
    found, _ = steps(f"set -eo pipefail\n{text}" if pipefail else f"set -e\n{text}")
    checks = []
    at = 0
    for place, step in enumerate(found):
        kind = _kind(step)
        if kind is None or place == 0 or _only_makes(step):
            continue
        at = _row(script, step, at)
        checks.append(_check(step, kind, script[at][1] if script else 1, hidden(found, place, minor=False)))
    return tuple(checks)


def of_name(runner: str, name: str, script: Sequence[tuple[str, int]]) -> CheckCommand | None:
    """Return the check that a recipe is by its name alone, None if its name or its commands say that it is none."""
    kind = _KINDS.get(tool_kinds.kind((runner, "run", name) if runner == "npm" else (runner, name)))
    found, _ = steps("\n".join(line for line, _ in script)[:_MAX_SCRIPT])
    telling = next((step for step in found if step.name not in _SAYS_NOTHING), None)
    if kind is None or telling is None:
        return None
    return CheckCommand(kind, telling.name, " ".join(telling.words), script[0][1])


def of_action(name: str, line: int, *, unknown: CheckKind = "test", owned: bool = False) -> CheckCommand | None:
    """Return the check that an action, a task or a template is by its name, None if it is none.

    Args:
        name: with or without a version.
        line: where it is called.
        unknown: what kind it is if it is called a check and its name says no more.
        owned: the name begins with that of an owner, which says nothing.
    """
    plain = name.split("@", 1)[0].strip().lower()[:200]
    said = plain.partition("/")[2] if owned and not plain.startswith(".") else plain
    if not _CHECK_WORDS.search(said.replace("_", "-")) or _AROUND.match(plain.rsplit("/", 1)[-1]):
        return None
    kind = next((found for pattern, found in _OF_ACTIONS if pattern.search(said)), unknown)
    return CheckCommand(kind, plain, plain, line)


def numbers(words: Sequence[str], pattern: re.Pattern[str]) -> tuple[tuple[str, float], ...]:
    """Return the options that match and have a number, `--a=1` and `--a 1` alike."""
    found = []
    for index, word in enumerate(words):
        option, sign, value = word.partition("=")
        if not pattern.fullmatch(option):
            continue
        if not sign and index + 1 < len(words):
            value = words[index + 1]
        limit = number(value)
        if limit is not None:
            found.append((option, limit))
    return tuple(found)


def options(words: Sequence[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the options that demand more, and what is left out, of the arguments of a check."""
    strict: set[str] = set()
    left: list[str] = []
    for index, word in enumerate(words):
        option, sign, value = word.partition("=")
        following = words[index + 1] if index + 1 < len(words) else ""
        if option in _LEAVES_OUT:
            left.append(f"{option} {value if sign else following}".strip())
        elif word in {"-k", "-m"} and following.startswith("not "):
            left.append(f"{word} {following}")
        elif option in _STRICT_WITH_VALUE and not sign and following:
            strict.add(f"{option} {following}")
        elif _STRICT.fullmatch(word):
            strict.add(word)
    return frozenset(strict), tuple(left)


def floors(words: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the least that options demand, by option."""
    return numbers(words, _FLOOR)


def _check(step: Step, kind: CheckKind, line: int, masked: str | None) -> CheckCommand:
    words = step.args
    ignoring, soft = (pattern.search(" ".join(words)[:4_000]) for pattern in (_IGNORES, _SOFT))
    strict, left = options(words)
    return CheckCommand(
        kind=kind,
        tool=_tool(step),
        key=" ".join((step.name, *words)),
        line=line,
        selection=_selection(step) if kind == "test" else None,
        ignored=masked or (ignoring[0] if ignoring else None),
        soft=soft[0] if soft else None,
        strict=strict,
        floors=floors(words),
        ceilings=numbers(words, _CEILING),
        leaves_out=left,
    )


def _kind(step: Step) -> CheckKind | None:
    """Return what a step checks; a runner of environments is known by those alone."""
    words = (step.name, "-e", *_environments(step)) if step.name in ENVIRONMENTS else step.words
    return _KINDS.get(tool_kinds.kind(words) if step.name else "other")


def _only_makes(step: Step) -> bool:
    """Return whether a runner of environments is asked for some that only make something (documents, a release)."""
    asked = _environments(step) if step.name in ENVIRONMENTS else []
    return bool(asked) and all(_MAKES.fullmatch(name) for name in asked)


def _environments(step: Step) -> list[str]:
    asked = [step.args[place + 1] for place, word in enumerate(step.args[:-1]) if word in {"-e", "-s"}]
    return [name for one in asked for name in one.split(",")]


def _selection(step: Step) -> str | None:
    """Return what a test run was narrowed to; which environments are run is for the pipeline's matrix to say."""
    found = None if step.name in ENVIRONMENTS else selection(step.name, step.args)
    return None if found is not None and "$" in found else found


def _tool(step: Step) -> str:
    """Return what a check is known by: of a runner of many tasks the task too, unless it names environments."""
    if step.name in ENVIRONMENTS or (step.name not in SECOND and step.name not in TASK_RUNNERS):
        return step.name
    plain = [word for word in step.args if not word.startswith(("-", "+", "$")) and word not in RUN_WORDS]
    return " ".join((step.name, *plain[:1]))


def _row(script: Sequence[tuple[str, int]], step: Step, start: int) -> int:
    """Return which row of a script a step stands in, from the row of the one before on."""
    wanted = list(_telling(step))
    for row in range(start, len(script)):
        if all(word in script[row][0] for word in wanted):
            return row
    for row in range(start, len(script)):
        if wanted and wanted[0] in script[row][0]:
            return row
    return min(start, max(0, len(script) - 1))


def _telling(step: Step) -> Iterator[str]:
    yield from (word for word in step.words[:12] if word and not {"'", '"', "\\"} & set(word))
