"""Which functions of a syntax tree are tests, by the conventions of each language's usual runners."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.roles import Language
    from reviewer.syntax.function import Function

_GO = re.compile(r"(?:\w+\.)?(?:Test|Fuzz)(?:[^a-z]\w*)?")
_RUST = re.compile(r"#\[\s*(?:\w+::)*(?:test|rstest|test_case|quickcheck|proptest|wasm_bindgen_test)\b")
_JAVA = re.compile(r"@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Theory)\b")
_OLD_JAVA = re.compile(r"test[A-Z_]\w*")
_SCRIPT = re.compile(r"(?:[xf]?(?:it|test|specify)|Deno\.test)(?:$|[.(])")
_RUBY = re.compile(r"(?:it|specify|test|xit|fit|xspecify|scenario|example|pending|should)$")
_CONSTANTS = re.compile(r"^(?:[A-Z]\w*(?:::)?\.?)+")
_LONGEST = 300


def calls(functions: Sequence[Function]) -> dict[Function, str]:
    """Return what each callback is handed to ("it.only"), without what stands around it.

    Args:
        functions: of one file in source order.
    """
    found: dict[Function, str] = {}
    around: list[Function] = []
    for function in functions:
        while around and around[-1].node.end < function.node.end:
            around.pop()
        if function.kind == "callback":
            name = function.name
            if around and name.startswith(f"{around[-1].name}."):
                name = name[len(around[-1].name) + 1 :]
            found[function] = _CONSTANTS.sub("", name.partition(" ")[0][:_LONGEST])
        around.append(function)
    return found


def is_test(function: Function, language: Language, called: str = "") -> bool:
    """Return whether a runner would take a function for a test.

    Args:
        function: of a tree.
        language: of its file.
        called: what it is handed to, for a callback.
    """
    own = function.name.rsplit(".", 1)[-1].split("#")[0][:_LONGEST]
    if language in {"javascript", "typescript"}:
        return _SCRIPT.match(called) is not None
    if language == "go":
        whole = function.name.split("#")[0][:_LONGEST]
        return function.kind != "callback" and _GO.fullmatch(whole) is not None
    if language == "rust":
        return any(_RUST.search(mark.text[:_LONGEST]) for mark in function.marks)
    if language == "java":
        old = function.kind == "method" and _OLD_JAVA.fullmatch(own) is not None and not function.params
        return old or _JAVA.search(head(function)) is not None
    if function.kind == "callback":
        return _RUBY.match(called) is not None
    return own.startswith("test_")


def head(function: Function) -> str:
    """Return the text of a function before its body: its annotations and its signature."""
    node = function.node
    end = function.body.start if function.body is not None else node.end
    marks = " ".join(mark.text[:_LONGEST] for mark in function.marks)
    source = node.tree.source[node.start : min(end, node.start + 4 * _LONGEST)]
    return f"{marks} {source.decode('utf-8', 'surrogateescape')}"
