"""The form of a rule over calls, and the tests that its arguments are held to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.boundary.forms import Call, below, is_built, is_text, leading, short

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.checks.finding import Severity
    from reviewer.syntax.tree import Node

SQL = re.compile(
    r"\W*(?:select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|drop\s+table|alter\s+table)\b",
    re.IGNORECASE | re.DOTALL,
)
REQUEST = re.compile(
    r"\breq(?:uest)?\.(?:params|query|body|headers|cookies|files?|url|path|args|form|values|get_json|GET|POST|getParameter|getHeader)\b"
    r"|\bctx\.(?:params|query|request)\b|\bparams\[|\br\.(?:URL|FormValue|PostFormValue|PathValue|Form)\b|\bmux\.Vars\("
    r"|\bc\.(?:Param|Query|FormValue|PostForm)\(|\bchi\.URLParam\("
)
_SAFE_PATH = re.compile(
    r"basename|\.Base\(|secure_filename|safe_join|getFileName|normalize|Clean\(|sanitize", re.IGNORECASE
)
SCRIPT = frozenset({"javascript", "typescript"})
GO, RUST, JAVA, RUBY = (frozenset({name}) for name in ("go", "rust", "java", "ruby"))
ANY = SCRIPT | GO | RUST | JAVA | RUBY


_SHELL = re.compile(r"(?:/bin/|/usr/bin/env )?(?:ba|z|da)?sh|cmd(?:\.exe)?|powershell|pwsh")
_COMMAND_OPTIONS = frozenset({"-c", "/c", "/C", "-lc", "-ec", "-Command"})


@dataclass(frozen=True, slots=True)
class CallRule:
    """What a call weakens: where it counts, how the called thing is named, and what its arguments must be like."""

    rule: str
    severity: Severity
    fact: str
    languages: frozenset[str]
    name: re.Pattern[str]
    holds: Callable[[Call], bool]


def make(
    rule: str, severity: Severity, fact: str, languages: frozenset[str], name: str, *, holds: Callable[[Call], bool]
) -> CallRule:
    """Return a rule; `name` is a pattern for the last part of what is called."""
    return CallRule(rule, severity, fact, languages, re.compile(rf"(?:^|[.:]|new ){name}$"), holds)


def always(_: Call) -> bool:
    """Return True: the call alone is the fact."""
    return True


def first(test: Callable[[Node], bool]) -> Callable[[Call], bool]:
    """Return a test of the first argument."""
    return lambda one: bool(one.args) and test(one.args[0])


def has(pattern: str) -> Callable[[Call], bool]:
    """Return a test whether an argument matches."""
    compiled = re.compile(pattern)
    return lambda one: any(compiled.search(short(argument)) for argument in one.args)


def is_open(node: Node) -> bool:
    """Return whether an argument is more than a fixed text."""
    return not is_text(node)


def sql(one: Call) -> bool:
    """Return whether an argument is SQL put together from text and values."""
    return any(is_built(argument) and SQL.match(leading(argument)) for argument in one.args[:2])


def shell_text(one: Call) -> bool:
    """Return whether a shell is given a command that is not fixed (`sh -c …`)."""
    words: list[Node] = []
    for argument in one.args[:4]:
        words.extend(argument.parts[:3] if argument.type == "array" else (argument,))
    texts = [short(word).strip("'\"`") for word in words]
    for place in range(len(words) - 2):
        if _SHELL.fullmatch(texts[place]) and texts[place + 1] in _COMMAND_OPTIONS:
            return not is_text(words[place + 2])
    return False


def joined_input(one: Call) -> bool:
    """Return whether an argument is what a request says, and nothing makes a plain name of it."""
    text = " ".join(short(argument) for argument in one.args)
    return REQUEST.search(text) is not None and _SAFE_PATH.search(text) is None


def backticks(one: Call) -> bool:
    """Return whether a command between backticks has a value in it."""
    return any(part.type == "interpolation" and "shellescape" not in part.head(80) for part in below(one.node))
