"""All operators by language and mode, as operators over a whole commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from tests.evaluate.operators import (
    copied_tests,
    gates,
    go_code,
    manifests,
    python_absent,
    python_code,
    python_edges,
    python_failures,
    python_logic,
    python_oracles,
    python_planted,
    python_tests,
    python_ways,
    run_claims,
    run_scope,
    run_stops,
    script_code,
    settings,
)
from tests.evaluate.operators.spoiled import CommitOperator, Spoiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from reviewer.checks.finding import Mode, Side
    from tests.evaluate.operators.source import Mutant, Operator
    from tests.evaluate.operators.view import View

Key: TypeAlias = tuple[str, "Mode", str]
"""Language, mode and the operator's name."""

PYTHON: Mapping[Mode, dict[str, Operator]] = {
    "test_theater": python_tests.OPERATORS | python_oracles.ORACLES,
    "hallucinated_api": python_code.HALLUCINATED | python_absent.HALLUCINATED,
    "plausible_wrong": python_code.PLAUSIBLE | python_logic.PLAUSIBLE,
    "error_handling": python_code.ERRORS | python_failures.ERRORS,
    "security_boundary": python_planted.SECURITY | python_edges.SECURITY,
    "style_drift": python_planted.STYLE | python_ways.STYLE,
    "hidden_text": python_planted.HIDDEN,
    "gate_weakened": python_planted.GATES,
    "dependency_creep": manifests.IMPORTS,
}
RUNS: Mapping[Mode, dict[str, CommitOperator]] = {
    "claim_vs_evidence": run_claims.CLAIMS,
    "stop_rule": run_stops.STOPS,
    "scope": run_scope.SCOPE,
    "rollback": run_scope.ROLLBACK,
}
WHOLE: Mapping[tuple[str, Mode], dict[str, CommitOperator]] = {
    ("python", "gate_weakened"): gates.GATES | gates.PYTHON_GATES,
    ("javascript", "gate_weakened"): gates.GATES | gates.SCRIPT_GATES,
    ("go", "gate_weakened"): gates.GATES,
    ("python", "dependency_creep"): manifests.PYTHON,
    ("javascript", "dependency_creep"): manifests.JAVASCRIPT,
    ("go", "dependency_creep"): manifests.GO,
    ("python", "tests_on_parent"): copied_tests.OPERATORS,
    ("python", "plausible_wrong"): python_logic.OF_COMMITS,
}
UNCOUNTED = frozenset(("wrong_number", "denied_skips"))
"""These speak of how many tests ran, which `go test` does not print."""
_ENDS = {name: rf"^(?!.*(?:test|spec)).*\.{end}$" for name, end in (("go", "go"), ("java", "java"), ("ruby", "rb"))}
_ENDS["rust"] = r"\.rs$"
_TEST_ENDS = {"go": r"_test\.go$", "java": r"Test\.java$", "ruby": r"_test\.rb$", "rust": r"\.rs$"}
_SCRIPT, _SCRIPT_TESTS = r"^(?!(?:.*/)?(?:test|dist|examples|sandbox)/).*\.[cm]?[jt]s$", r"(?:^|/)test/.*\.[cm]?[jt]s$"
TEXTS: tuple[tuple[str, Mode, str, Mapping[str, settings.TextOperator]], ...] = (
    ("javascript", "error_handling", _SCRIPT, settings.JS_ERRORS | script_code.ERRORS),
    ("javascript", "test_theater", _SCRIPT_TESTS, settings.JS_TESTS | script_code.TESTS),
    ("javascript", "security_boundary", _SCRIPT, script_code.SECURITY),
    ("javascript", "plausible_wrong", _SCRIPT, script_code.PLAUSIBLE),
    ("javascript", "hallucinated_api", _SCRIPT, script_code.HALLUCINATED),
    ("go", "security_boundary", _ENDS["go"], go_code.SECURITY),
    ("go", "plausible_wrong", _ENDS["go"], go_code.PLAUSIBLE),
    ("go", "hallucinated_api", _ENDS["go"], go_code.HALLUCINATED),
    *((name, "error_handling", _ENDS[name], ops) for name, ops in settings.ERRORS.items()),
    *((name, "test_theater", _TEST_ENDS[name], ops) for name, ops in settings.TESTS.items()),
)


def operators() -> dict[Key, CommitOperator]:
    """Return all of them."""
    found: dict[Key, CommitOperator] = {}
    for mode, of_python in PYTHON.items():
        found |= {("python", mode, name): _over_sources(one, mode) for name, one in of_python.items()}
    for language, mode, pattern, texts in TEXTS:
        found |= {(language, mode, name): _over_texts(one, re.compile(pattern)) for name, one in texts.items()}
    for (language, mode), of_commits in WHOLE.items():
        found |= {(language, mode, name): one for name, one in of_commits.items()}
    for language in ("python", "javascript", "go"):
        found |= {(language, mode, name): one for mode, of_runs in RUNS.items() for name, one in of_runs.items()}
    return {key: one for key, one in found.items() if key[0] != "go" or key[2] not in UNCOUNTED}


def _over_sources(operator: Operator, mode: Mode) -> CommitOperator:
    def whole(view: View, random: Random) -> Spoiled | None:
        for source in view.sources:
            if (mode == "test_theater") == source.is_test and (mutant := operator(source, random)) is not None:
                return _spoiled(source.path, mutant)
        return None

    return whole


def _over_texts(operator: settings.TextOperator, pattern: re.Pattern[str]) -> CommitOperator:
    def whole(view: View, random: Random) -> Spoiled | None:
        for path in _matching(view, pattern):
            if (mutant := operator(view.after[path], random)) is not None:
                return _spoiled(path, mutant)
        return None

    return whole


def _matching(view: View, pattern: re.Pattern[str]) -> Iterator[str]:
    return (path for path in view.changed if pattern.search(path) and path in view.after)


def _spoiled(path: str, mutant: Mutant) -> Spoiled:
    side: Side = "old" if mutant.is_gone else "new"
    return Spoiled(words=mutant.words, path=path, line=mutant.line, side=side, edits={path: mutant.text})
