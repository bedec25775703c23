"""Code around tests that changes what their outcome is: hooks of pytest, forced exits, patched assertions.

By syntax tree for Python, by the form of lines for set-up files of other languages. A hook that only looks at outcomes,
or skips by an option of the command line as pytest's documentation shows it, takes nothing away.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.gates import wording
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import ChangedFile
    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact

_PLUGIN = re.compile(
    r"(?:.*/)?(?:conftest|sitecustomize|usercustomize|pytest_\w+|\w*plugin\w*|noxfile|runtests?)\.py|(?:.*/)?tests?/__init__\.py"
)
_COUNTS = frozenset(("testsfailed", "failures", "errors"))
_IGNORED = frozenset(("collect_ignore", "collect_ignore_glob"))
_TAKEN_OUT, _LEFT_OUT = "Tests are taken out of the run", "Test files are left out of the run"
_RESULTS = frozenset(
    ("report", "rep", "result", "session", "outcome", "call", "test_report", "terminalreporter", "stats")
)
_TESTERS = frozenset(("pytest", "_pytest", "unittest", "TestCase", "builtins", "assertpy"))
_COLLECTION = frozenset(("pytest_collection_modifyitems", "pytest_ignore_collect", "pytest_pycollect_makeitem"))
_RUNNERS = frozenset(
    (
        "pytest_runtest_makereport",
        "pytest_runtest_protocol",
        "pytest_runtest_call",
        "pytest_pyfunc_call",
        "pytest_runtestloop",
        "pytest_report_teststatus",
    )
)
_ENDINGS = frozenset(("pytest_sessionfinish", "pytest_unconfigure", "pytest_terminal_summary", "<module>"))
_FORCED = re.compile(
    r"\bprocess\.exit\(\s*0?\s*\)|\bos\.Exit\(\s*0\s*\)|\bexit!?\s*\(?\s*0\b|std::process::exit\(\s*0\s*\)"
)
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that changes outcomes: the rule, what it says of it, and its code."""

    rule: str
    severity: Severity
    said: str
    code: str
    line: int


def may_hook(path: str) -> bool:
    """Return whether a path may change the outcome of tests: a plugin of pytest, or test code of another language."""
    if roles.language(path) == "python":
        return _PLUGIN.fullmatch(path) is not None
    return roles.language(path) is not None and roles.is_test(path)


def hook_facts(file: ChangedFile, old: bytes | None, new: bytes | None) -> Iterator[Fact]:
    """Yield what changes outcomes on the new side and did not on the old one."""
    if roles.language(file.path) == "python":
        if not _PLUGIN.fullmatch(file.path) or new is None:
            return
        before = Counter((sign.rule, sign.code) for sign in _signs(old))
        for sign in _signs(new):
            if before[sign.rule, sign.code] > 0:
                before[sign.rule, sign.code] -= 1
                continue
            yield _fact(file, sign)
    elif roles.is_test(file.path):
        before = Counter(("", " ".join(line.text.split())) for line in file.removed)
        for line in file.added:
            text = line.text[:_LONGEST]
            if _FORCED.search(text) and not before["", " ".join(line.text.split())]:
                said = "The test process is ended as a success"
                yield _fact(file, _Sign("exit-forced", "medium", said, text.strip(), line.number))


def _fact(file: ChangedFile, sign: _Sign) -> Fact:
    return weakening(
        rule=sign.rule,
        severity=sign.severity,
        message=f"{sign.said}: {shown(sign.code)}",
        why=wording.WHY_OUTCOME,
        quote=sign.code,
        path=file.path,
        line=sign.line,
    )


def _code(node: ast.AST) -> str:
    """Return a part of a source as one line, cut; "" if it is nested too deep to be written out."""
    try:
        return " ".join(ast.unparse(node).split())[:200]
    except RecursionError:
        return ""


def _signs(source: bytes | None) -> Iterator[_Sign]:
    tree = None if source is None else parse(source)
    if tree is None:
        return
    pending: list[tuple[str, bool, ast.AST]] = [("<module>", False, child) for child in reversed(tree.body)]
    while pending:
        function, asked, node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
            asked = _asks_option(node)
        yield from _of_node(function, node, asked=asked)
        pending.extend((function, asked, child) for child in reversed(list(ast.iter_child_nodes(node))))


def _asks_option(node: ast.AST) -> bool:
    """Return whether a function decides by an option of the command line or by what the machine has."""
    names = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return bool(names & {"getoption", "getini", "option", "environ", "platform", "version_info"})


def _of_node(function: str, node: ast.AST, *, asked: bool) -> Iterator[_Sign]:
    if isinstance(node, ast.Assign | ast.AugAssign):
        yield from _assigned(function, node)
    elif isinstance(node, ast.Call):
        yield from _called(function, node, asked=asked)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield from _returned(function, node, asked=asked)


def _assigned(function: str, node: ast.Assign | ast.AugAssign) -> Iterator[_Sign]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        code = _code(node)
        if isinstance(target, ast.Attribute):
            yield from _attribute(function, target, node.value, code)
        elif isinstance(target, ast.Subscript) and function in _COLLECTION and _code(target.value) == "items":
            # Sorting and reordering keep every test.
            severity: Severity = "high" if _is_empty(node.value) else "medium"
            if "sorted(" not in code and "reversed(" not in code:
                yield _Sign("collection-filtered", severity, _TAKEN_OUT, code, node.lineno)
        elif function == "<module>" and isinstance(target, ast.Name) and target.id in _IGNORED:
            yield from (
                () if _is_empty(node.value) else (_Sign("collection-filtered", "low", _LEFT_OUT, code, node.lineno),)
            )


def _attribute(function: str, target: ast.Attribute, value: ast.expr, code: str) -> Iterator[_Sign]:
    base = _code(target.value)
    is_result = base.split(".")[-1].split("(")[0].lower() in _RESULTS or function.startswith("pytest_")
    said = value.value if isinstance(value, ast.Constant) else ...
    line = target.lineno
    if target.attr == "exitstatus" and is_result and (said == 0 or "OK" in code):
        yield _Sign("exit-forced", "high", "The test process is ended as a success", code, line)
    elif (
        # To make a failure of what was none takes nothing away.
        (target.attr == "outcome" and said != "failed")
        or target.attr == "wasxfail"
        or (target.attr == "longrepr" and said is None)
        or (target.attr in _COUNTS and (said == 0 or _is_empty(value)))
    ) and is_result:
        yield _Sign("outcome-rewritten", "high", "The outcome of tests is set", code, line)
    elif base.split(".", 1)[0] in _TESTERS:
        yield _Sign("outcome-rewritten", "high", "A part of the test runner is replaced", code, line)


def _is_empty(value: ast.expr) -> bool:
    return isinstance(value, ast.List | ast.Tuple) and not value.elts


def _called(function: str, node: ast.Call, *, asked: bool) -> Iterator[_Sign]:
    code = _code(node)
    name = _code(node.func)
    if name in {"sys.exit", "os._exit", "exit", "quit"}:
        success = not node.args or (isinstance(node.args[0], ast.Constant) and node.args[0].value in {0, None})
        if success and (function in _ENDINGS or function.startswith("pytest_") or name == "os._exit"):
            yield _Sign("exit-forced", "high", "The test process is ended as a success", code, node.lineno)
    elif name.endswith("force_result") and function in _RUNNERS:
        yield _Sign("outcome-rewritten", "high", "The outcome of tests is set", code, node.lineno)
    elif function in _COLLECTION:
        marks = name.endswith("add_marker") and re.search(r"\b(?:skip|xfail)\b", code)
        if marks or name in {"items.clear", "items.remove", "items.pop"}:
            severity: Severity = "low" if asked else "high" if name == "items.clear" else "medium"
            yield _Sign("collection-filtered", severity, _TAKEN_OUT, code, node.lineno)
    elif name in {"setattr", "monkeypatch.setattr"} and node.args and function == "<module>":
        owner = _code(node.args[0]).split(".")[0]
        if owner in _TESTERS:
            yield _Sign("outcome-rewritten", "high", "A part of the test runner is replaced", code, node.lineno)


def _returned(function: str, node: ast.Return, *, asked: bool) -> Iterator[_Sign]:
    code = _code(node)
    value = node.value
    truthy = isinstance(value, ast.Constant) and value.value is True
    if function in {"pytest_pyfunc_call", "pytest_runtest_protocol", "pytest_runtestloop"} and truthy:
        yield _Sign(
            "outcome-rewritten",
            "low" if asked else "high",
            "Tests are counted as run without being run",
            code,
            node.lineno,
        )
    elif function == "pytest_ignore_collect" and truthy:
        yield _Sign("collection-filtered", "low" if asked else "medium", _LEFT_OUT, code, node.lineno)
    elif function == "pytest_report_teststatus" and "passed" in code:
        yield _Sign("outcome-rewritten", "high", "A test is reported as passed", code, node.lineno)
