"""Phrases by which an agent's sentence is an assumption, or a claim that a check passed.

Data: English, as these agents write. A sentence that asks, plans or denies is no claim.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GAP = r"[^.;:\n]{0,40}?\b"
_BEFORE = r"(?:now |all |still |also |are |is |were |have |has |successfully )*"
_PASSED = r"(?:pass(?:es|ed|ing)?\b(?![-/\w]| (?:only|the|an?|args?|arguments?|\d+ arg)\b)|succeed(?:s|ed)?\b|green\b)"
_HELD = rf"(?:{_BEFORE}(?:{_PASSED}|(?:clean|ok)\b))"
_TESTS = (
    r"\b(?:tests?|test suite|specs?|suite)\b"
    r"(?![ -](?:files?|reviews?|calls?|failures?|data|code|plan|names?|helpers?|output|strateg|setup|scripts?|env))"
)
_NONE = r"(?:no|0|zero) (?:errors|issues|warnings)\b"
_PASSES = r"\bpass(?:es|ed)?\b(?! but\b)[^.,;\n]{0,24}?\b"

_I = (
    r"(?:\bI|\bwe|\blet me|\blet['’]s)(?:['’](?:m|ll|ve|d|re))?"
    r"(?: am| will| have| had| are| can| could| must| just| had to)*"
)
_DID_NOT = r"(?:(?:did|do|could|was|have|had) not|(?:did|could|have|had|was)n['’]t|not)"
ASSUMES = _any(
    rf"{_I} (?:also |therefore |simply |going to |initially )*assum(?:e|ed|ing)\b",
    r"(?:\A|[,(:—–] ?|\bso |\band )assum(?:e|es|ing) (?!.{0,40}\brole\b)",
    r"\bassumptions?(?: (?:made|here))?\**:",
    r"\b(?:my|our|a|one|key|main|safest) assumption(?: here)? (?:is|was|that|would)\b",
    r"\b(?:under|on|with) the assumption\b|\btaking (?:it |this )?for granted\b",
    rf"{_I} (?:now )?(?:treat|interpret|take) (?:it|this|that|these|those|the|your)\b[^.;\n]{{0,60}}\b(?:as|to mean)\b",
    rf"(?:\bI|\bwe)(?:['’]ve| have|['’]d)? {_DID_NOT}"
    r"(?: yet| actually| been able to| able to| fully| personally)*"
    r" (?:run|ran|test|tested|verify|verified|check|checked)\b",
)
"""The agent's own doubts, wherever it says them. What it says of code ("the parser assumes") is none of its own."""
ASSUMES_TOLD = _any(
    r"\bpresumably\b|\bshould be (?:fine|ok|safe)\b",
    r"\b(?:has|have|had) (?:not|n['’]t) (?:yet )?been (?:verified|tested|run|checked|executed)\b",
    r"\b(?:could not|couldn['’]t|can ?not) be (?:verified|tested|run|built|checked|executed|reproduced)\b",
    r"\b(?:was|were) (?:not|n['’]t)(?: yet| actually)? (?:verified|tested|run|executed)\b",
    r"\A(?:not|un)[ -]?(?:yet )?(?:verified|tested|run)\b|\((?:not verified|untested|unverified)\)",
    r"\bwithout (?:running|testing|verifying|executing) (?:it|them|this|that|the|any|these|tests?)\b",
)
"""The same in weaker words, which count only where the agent tells them to the person or plans with them."""
ASSUMES_STEMS = (
    *("assum", "treat ", "interpret ", "to mean", "presumab", "should be fine", "should be ok", "should be safe"),
    *(
        "granted",
        "verif",
        "not be ",
        "cannot be ",
        "not test",
        "not run",
        "not been",
        "not check",
        "not yet",
        "not actually",
        "able to",
    ),
    *("n't ", "n’t ", "untested", "without running", "without testing", "without exec", "not fully", "not personally"),
)
"""One of these stands in every text that `ASSUMES` finds; looked for first, since logs are long."""
CLAIMS_STEMS = (
    *("created", "wrote", "updated", "modified", "edited", "deleted", "removed", "rewrote", "refactored", "renamed"),
    *(
        "fixed",
        "unchanged",
        "untouched",
        "alone",
        "as is",
        "no change",
        "any change",
        "ran ",
        "touch",
        "modify",
        "edit",
    ),
    "test",
    "spec",
    "suite",
    "lint",
    "ruff",
    "clippy",
    "formatting",
    "type",
    "mypy",
    "pyright",
    "tsc",
    "buil",
    "compil",
)
"""One of these stands in every text that holds a claim."""

CLAIMS: tuple[tuple[CommandKind, re.Pattern[str]], ...] = (
    ("test", _any(rf"{_TESTS}{_GAP}{_BEFORE}{_PASSED}", rf"\bpassing tests\b|{_PASSES}tests?\b")),
    (
        "lint",
        _any(
            rf"\b(?:lint(?:er|ing)?|eslint|ruff|clippy)\b{_GAP}(?:{_HELD}|{_NONE})",
            r"\bno (?:more |remaining )?lint(?:ing|er)? (?:errors|issues|warnings)\b",
            rf"{_PASSES}(?:lint(?:er|ing)?|eslint|ruff|clippy)\b",
        ),
    ),
    (
        "type",
        _any(
            rf"\b(?:type ?check(?:er|ing|s)?|mypy|pyright|tsc)\b{_GAP}(?:{_HELD}|{_NONE})",
            rf"{_PASSES}(?:type ?checks?|mypy|pyright|tsc)\b",
        ),
    ),
    (
        "build",
        _any(
            r"\b(?:build|compilation|it|code|project)\b[^.;:\n]{0,20}?\b(?:builds|compiles|compiled|built)\b"
            r"(?: successfully| cleanly| fine)?",
            rf"\bbuild\b[^.;:\n]{{0,20}}?\b{_HELD}",
        ),
    ),
)

NOT_SAID = _any(
    r"\b(?:if|whether|should|would|could|will|must|until|once|when|before|unless|hopefully)\b",
    r"\b(?:ensure|make sure|making sure|so that|let me|let(?:'|’)s|going to)\b",
    r"\bto (?:verify|see|check|confirm|make|get|let|have)\b|\b(?:needs?|wants?|expects?|expected) to\b",
    r"\b(?:verify|confirm|check) (?:that|all|the|if|whether|it|this|everything|we)\b",
    r"\bmake (?:the |all |these )*tests? pass\b",
    r"\b(?:not|never|no longer|fail(?:s|ed|ing|ures?)?)\b|n['’]t\b|\bno (?:dedicated|such|test|passing)\b",
    r"\b(?:build|lint|linting|check|test|typecheck|verification|one|another|final|quick|second) pass"
    r" (?:as|to|for|over|on|through|with|because)\b",
    r"\?\s*$",
)

ALL = _any(
    r"\b(?:all|every)(?: of)?(?: the| our| my| its)?(?: existing| other| project)?"
    r" (?:tests?|specs?|test suites?|suites?|checks|lint(?:ing|er)?|types?|builds?)\b",
    r"\b(?:entire|whole|full|complete)(?: \w+)? (?:test )?(?:suite|project|code ?base|build)\b",
    r"\b(?:tests?|checks) (?:now )?all pass|\beverything passes\b|\bevery test\b",
)
"""Speaks of everything, not of "all 4 tests" or "all parser tests"."""
GENERIC = re.compile(
    r"(?:\A|[^\w\s]\s*)(?:(?:and|so|now|all|the|our|my|both|yes|great|good|perfect|excellent|done|existing|unit"
    r"|integration|e2e|its|of|every|full|entire|whole|complete|passing) ?)*(?:tests?|test suite|specs?|suite)\b",
    re.IGNORECASE,
)
"""Speaks of the tests as such, not of those of one thing."""

_NOT_RUN = r"(?!into\b|out\b|across\b|through\b|over\b)"
RAN = _any(
    r"(?:\bI(?:'ve| have|’ve)?|\bwe|\A|,|\band|\bthen) (?:also |just |then |again |successfully )*"
    rf"(?:re-?)?(?:ran|executed) {_NOT_RUN}",
    rf"(?:\bI|\bwe)(?:['’]ve| have) (?:also |just |then |again |successfully )*(?:re-?)?run {_NOT_RUN}",
    rf"\A(?:re-?)?(?:ran|executed) {_NOT_RUN}",
)
"""Says that something was run; what it was stands after it."""
QUOTED = re.compile(r"(?:the |a |full |whole )*`([^`\n]{2,200})`", re.IGNORECASE)
AND = re.compile(r"(?:,? (?:and|then|and then|as well as|plus)|,)\s+", re.IGNORECASE)
"""Stands between two things that were run."""
CLAUSES = re.compile(r"[,;]\s+(?:(?:and|but|then)\s+)?|\s+(?:and|but)\s+(?:then\s+)?", re.IGNORECASE)
"""Where a sentence says the next thing."""
_WHICH = r"(?:(?:the|a|all|full|whole|entire|existing|relevant|new|unit|integration|project|complete|our|its|of) )*"
RUNS: tuple[tuple[CommandKind, re.Pattern[str]], ...] = (
    ("test", _any(rf"{_WHICH}(?:tests?|test[- ]suite|specs?|suite|pytest|jest|vitest)\b(?![-/]\w)")),
    ("lint", _any(rf"{_WHICH}(?:lint(?:er|ers|ing)?|eslint|ruff|clippy|golangci-lint|flake8)\b")),
    ("type", _any(rf"{_WHICH}(?:type[- ]?check(?:er|s|ing)?|mypy|pyright|tsc)\b")),
    ("build", _any(rf"{_WHICH}build\b")),
)
"""What was run, right after `RAN`."""

MADE = _any(
    r"\b(?:created|wrote|updated|modified|edited|deleted|removed|rewrote|refactored|renamed|fixed)"
    r"(?: (?:a|an|the|new|file|files|module|script|component|test|config|configuration|following|existing))*"
    r" \[?`([^`\s]{3,200})`(?!\)?,? (?:from|imports?|references?|usages?|entr(?:y|ies))\b)",
)
"""Says that a file was edited: a verb, and right after it a name in backquotes."""
_OBJECT = (
    r"(?:`([^`\s]{3,200})`"
    r"|(?:the |any |existing )*(tests?(?: files?| code)?)\b(?![-/ ]\w*(?:data|output|run|environment)))"
)
LEFT_ALONE = _any(
    r"\b(?:no|without(?: any| making)?) changes? (?:were |was |have been )?(?:made |needed |required )?"
    rf"(?:to|in) {_OBJECT}",
    rf"\b(?:did not|didn['’]t|have not|haven['’]t|without) "
    rf"(?:touch|chang|modify|modifi|edit|alter)(?:e|ed|ing)? (?:any of )?{_OBJECT}",
    r"\bleft `([^`\s]{3,200})` (?:unchanged|untouched|as is|alone)\b",
    r"`([^`\s]{3,200})` (?:is|was|remains|stays|were|are) (?:left )?(?:unchanged|untouched)\b",
)
"""Says that a file, or the tests, were left as they are."""
TESTS = re.compile(r"tests?(?: files?| code)?", re.IGNORECASE)
_EXTENSIONS = _words(
    "py pyi js mjs cjs ts tsx jsx go rs java kt kts rb php c h cc cpp cxx hpp cs swift m mm scala clj ex exs "
    "erl hs lua pl r jl dart vue svelte astro html htm css scss sass less md mdx rst txt adoc json jsonc json5 "
    "yaml yml toml ini cfg conf env xml sql sh bash zsh fish ps1 bat cmd proto graphql gql tf tfvars lock "
    "gradle sbt cmake mk snap ipynb csv svg prisma sol pony zig nix"
)
_FILE = re.compile(r"[\w@./+()\[\]-]*?[\w@)\]-]\.([A-Za-z0-9]{1,8})")


def is_file(name: str) -> bool:
    """Return whether a name in an agent's text is a file's by its form."""
    found = _FILE.fullmatch(name)
    return found is not None and found[1].lower() in _EXTENSIONS and not name.endswith("()") and "://" not in name
