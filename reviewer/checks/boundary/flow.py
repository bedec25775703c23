"""What somebody outside gives, followed inside one Python function to where it decides: a path, an address, fields.

Outside is a parameter called request and what is read from it; a check of the value in a condition ends the matter.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact

_WHY = "Whoever controls the input can go further than the program meant to let them."
_WHY_FIELDS = "Whoever sends the fields chooses which are set: an owner, a role, a price."
_OUTSIDE = frozenset({"request", "req", "environ", "self.request", "flask.request", "event"})
_READ = re.compile(
    r"\b(?:self\.)?(?:request|req)"
    r"\.(?!user\b|method\b|app\b|session\b|state\b|config|registry|is_|remote|endpoint|scheme|id\b|db\b)\w+"
    r"|\benviron(?:\.get\(|\[)|\bevent(?:\.get\(|\[)|\bparse_qs\(|\brequest\[|\bget_json\("
)
_CLEANS = re.compile(
    r"int|float|bool|len|basename|secure_filename|safe_join|quote|quote_plus|UUID|slugify|escape|\w*(?:clean|safe|sanit|valid|check|normal"
    r"|allowed|verif|hash|digest|parse_id)\w*|loads|isdigit",
    re.IGNORECASE,
)
_CHECKED = re.compile(
    r"is_relative_to|startswith|basename|\.\.|allowed|ALLOWED|netloc|hostname|scheme|\bin\b|match|isalnum|isidentifier|safe|valid",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:io\.)?open|os\.path\.join|pathlib\.Path|Path|send_file|FileResponse|os\.(?:remove|unlink)|joinpath|shutil\.\w+|send_from_directory"
)
_FETCHES = re.compile(
    r"(?:requests|httpx|aiohttp|urllib\.request|session|client)\.(?:get|post|put|head|request|urlopen)|urlopen"
)
_RUNS = re.compile(r"(?:re\.)(?:compile|search|match|fullmatch|sub|findall)")
_MAKES = re.compile(r"[A-Z]\w*|create|update|update_one|insert|insert_one|replace|setattr|filter|filter_by|values")
_NOT_DATA = re.compile(
    r"[A-Z]\w*(?:Error|Exception|Response|Schema|Form|Request|Model|Serializer|Validator)|Request|Response|dict|Template"
)
_STEPS = 4
_PAIR = 2
_SENT = frozenset({"data", "payload", "body", "fields", "values", "changes", "update", "updates", "form", "params"})
_KEEPS = frozenset(
    [
        "strip",
        "get",
        "lower",
        "upper",
        "decode",
        "split",
        "replace",
        "lstrip",
        "rstrip",
        "format",
        "join",
        "read",
        "text",
        "pop",
        "getlist",
        "get_argument",
    ]
)
"""Methods that hand on what they are given."""
_SINKS: tuple[tuple[re.Pattern[str], Severity, str], ...] = (
    (_OPENS, "high", "A path is put together from what a request says"),
    (_FETCHES, "high", "Which address is fetched is what a request says"),
    (re.compile(r"(?:.*\.)?redirect"), "medium", "Where the user is sent is what a request says"),
    (_RUNS, "medium", "A regular expression is what a request says"),
    (
        re.compile(r"(?:.*\.)?(?:render_template_string|Template|from_string)"),
        "high",
        "A template is what a request says",
    ),
)


def flow(added: Added) -> Iterator[Fact]:
    """Yield where new code lets decide what comes from outside."""
    for scope, nodes in added.scopes:
        if isinstance(scope, ast.Module):
            continue
        outside = _outside(scope, nodes)
        if outside:
            yield from _decides(added, nodes, outside)
        yield from _fields(added, scope, nodes, outside)


def _outside(scope: ast.FunctionDef | ast.AsyncFunctionDef, nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Return the names that hold what comes from outside, as it came."""
    names: set[str] = set()
    given = {one.arg for one in (*scope.args.args, *scope.args.kwonlyargs)} & _OUTSIDE
    reads = bool(given) or any(
        _READ.search(short(node)) for node in nodes if isinstance(node, ast.Call | ast.Subscript)
    )
    if not reads:
        return frozenset()
    for _ in range(_STEPS):
        before = len(names)
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if _holds(node.value, names):
                    names.update(part.id for one in targets for part in walk(one) if isinstance(part, ast.Name))
        if len(names) == before:
            break
    if given:
        names.update(one.arg for one in scope.args.args if one.arg not in _OUTSIDE and _is_text(one))
    checked = {
        part.id
        for node in nodes
        if isinstance(node, ast.If | ast.IfExp | ast.While) and _CHECKED.search(short(node.test))
        for part in walk(node.test)
        if isinstance(part, ast.Name)
    }
    return frozenset((names | {"\0"}) - checked)


def _is_text(one: ast.arg) -> bool:
    """Return whether a parameter beside a request is a part of its path, a text."""
    kind = one.annotation
    return one.arg not in {"self", "cls"} and (kind is None or (isinstance(kind, ast.Name) and kind.id == "str"))


def _holds(node: ast.AST, names: set[str] | frozenset[str]) -> bool:
    """Return whether an expression is, or is put together from, what came from outside."""
    if isinstance(node, ast.Call):
        return _is_read(node, names)
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute | ast.Subscript):
        return _READ.match(short(node)) is not None or (isinstance(node, ast.Subscript) and _holds(node.value, names))
    return any(_holds(one, names) for one in _parts(node))


def _parts(node: ast.AST) -> Sequence[ast.expr]:
    """Return what an expression is put together from."""
    if isinstance(node, ast.JoinedStr):
        return [one.value for one in node.values if isinstance(one, ast.FormattedValue)]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return [node.value] if isinstance(node, ast.Await | ast.Starred) else []


def _is_read(node: ast.Call, names: set[str] | frozenset[str]) -> bool:
    if _CLEANS.fullmatch(last(node)):
        return False
    if _READ.match(short(node)):
        return True
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _KEEPS:
        return False
    return _holds(node.func.value, names) or any(_holds(one, names) for one in node.args)


def _decides(added: Added, nodes: Sequence[ast.AST], outside: frozenset[str]) -> Iterator[Fact]:
    for node in nodes:
        if isinstance(node, ast.Call) and added.is_fresh(node):
            yield from _called(added, node, outside)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and node.lineno in added.lines:
            if _holds(node.right, outside) and _is_folder(node.left):
                yield _fact(added, node, "high", "A path is put together from what a request says")
        elif isinstance(node, ast.Tuple) and len(node.elts) == _PAIR and node.lineno in added.lines:
            key, value = node.elts
            if isinstance(key, ast.Constant) and str(key.value).lower() == "location" and _holds(value, outside):
                yield _fact(added, node, "medium", "Where the user is sent is what a request says")


def _called(added: Added, node: ast.Call, outside: frozenset[str]) -> Iterator[Fact]:
    name = added.dotted(node.func) or last(node)
    first = bool(node.args) and _holds(node.args[0], outside)
    for pattern, severity, fact in _SINKS:
        if pattern.fullmatch(name) and (first or ("path" in fact and any(_holds(one, outside) for one in node.args))):
            yield _fact(added, node, severity, fact)
            return


def _is_folder(node: ast.expr) -> bool:
    return (
        re.search(
            r"root|dir|folder|path|base|store|home|Path\(|files|uploads?|media|static", short(node), re.IGNORECASE
        )
        is not None
    )


def _fields(added: Added, scope: ast.AST, nodes: Sequence[ast.AST], outside: frozenset[str]) -> Iterator[Fact]:
    """Yield objects whose fields are set by whatever names are sent."""
    for node in nodes:
        if isinstance(node, ast.Call) and added.is_fresh(node):
            spread = next((one.value for one in node.keywords if one.arg is None), None)
            makes = _MAKES.fullmatch(last(node)) is not None and _NOT_DATA.fullmatch(last(node)) is None
            if (spread is not None and makes and _holds(spread, outside)) or short(node.func).endswith(
                "__dict__.update"
            ):
                yield _set(added, node)
        elif isinstance(node, ast.For) and node.lineno in added.lines and _is_sent(node, scope, outside):
            names = {part.id for part in walk(node.target) if isinstance(part, ast.Name)}
            filtered = any(isinstance(part, ast.If) for part in walk(node))
            calls = [part for part in walk(node) if isinstance(part, ast.Call) and last(part) == "setattr"]
            yield from (_set(added, one) for one in calls if not filtered and names & _names(one.args[1:2]))


def _names(args: Sequence[ast.expr]) -> set[str]:
    return {part.id for one in args for part in walk(one) if isinstance(part, ast.Name)}


def _is_sent(node: ast.For, scope: ast.AST, outside: frozenset[str]) -> bool:
    """Return whether a loop goes over the fields of what somebody sent."""
    call = node.iter
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "items":
        return False
    source = call.func.value
    given = {one.arg for one in getattr(getattr(scope, "args", None), "args", ())}
    return _holds(source, outside) or (isinstance(source, ast.Name) and source.id in given & _SENT)


def _fact(added: Added, node: ast.AST, severity: Severity, what: str) -> Fact:
    return added.fact("outside-input", severity, f"{what}: {shown(short(node))}", node, why=_WHY)


def _set(added: Added, node: ast.AST) -> Fact:
    message = f"Whatever fields are sent are set: {shown(short(node))}"
    return added.fact("fields-as-sent", "medium", message, node, why=_WHY_FIELDS)
