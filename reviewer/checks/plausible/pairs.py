"""Two conditions or steps that should speak of the same and do not: asked for one key, kept under another."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, names_in, parameters, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.plausible.spans import WHY_SPANS, is_half_overlap
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_KEY = "What is asked for is never what was put there, or is not what is taken."
_WHY_CASE = "What is written in capitals on the other side is never found."
_WHY_LIMIT = "What comes after the limit is added on top of it."
_WHY_SLEEP = "It waits once more for nothing before it gives up."
_WHY_WAIT = "While it waits, others run, and what was asked may no longer hold."
_WHY_LAST = "What is laid over last wins, and that is what should have been laid under."
_WHY_CENTS = "A product of floats may lie just below the whole number, and int() cuts off."
_LOWERS = frozenset({"lower", "casefold", "upper"})
_CAPS = re.compile(r"(?:^|_)(?:max|limit|cap|longest|most|ceiling|upper)(?:$|_)", re.IGNORECASE)
_CHANCE = re.compile(r"random|jitter|chance|spread|uniform|noise", re.IGNORECASE)
_UNDER = re.compile(r"(?:^|_)(?:defaults?|fallbacks?|base|builtin|inherited)(?:$|_)", re.IGNORECASE)
_OVER = re.compile(
    r"(?:^|_)(?:overrides?|user|custom|given|kwargs|options|opts|params|own|local|request(?:ed)?|extra|settings|config|env|values)(?:$|_)",
    re.IGNORECASE,
)
_MONEY = re.compile(r"(?:^|_)(?:price|amount|total|cost|sum|fee|euros?|dollars?|balance|value)(?:$|_)", re.IGNORECASE)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield pairs that do not go together."""
    for function in outline.functions():
        yield from _keys(outline, function)
        yield from _case(outline, function)
        yield from _after_limit(outline, function)
        yield from _sleeps(outline, function)
        yield from _waits(outline, function)
    for either in outline.of(ast.BoolOp):
        texts = [text_of(one) for one in either.values]
        if isinstance(either.op, ast.Or) and len(texts) == 2 and is_half_overlap(texts[0], texts[1]):
            yield _sign(outline, either, "overlap-half", "medium", says="asks for the ends of one only", why=WHY_SPANS)
    yield from _layers(outline)
    for call in outline.of(ast.Call):
        only = call.args[0] if dotted(call.func) == "int" and len(call.args) == 1 else None
        if isinstance(only, ast.BinOp) and isinstance(only.op, ast.Mult):
            sides = [only.left, only.right]
            whole = any(isinstance(one, ast.Constant) and one.value in {100, 1000} for one in sides)
            if whole and any(_is_money(one) for one in sides):
                yield _sign(outline, call, "cents-cut", "low", says="cuts off where it could round", why=_WHY_CENTS)


def _sign(outline: Outline, node: ast.expr | ast.stmt, rule: str, severity: Severity, *, says: str, why: str) -> Sign:
    text = text_of(node)
    return at(outline, node, rule=rule, severity=severity, message=f"“{shown(text)}” {says}.", why=why, quote=text)


def _is_money(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and dotted(node.func) == "float":
        return True
    return bool(_MONEY.search(name_of(node)))


def _keys(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield what is asked for under one key and added or taken under another."""
    for part in own(function):
        test = part.test if isinstance(part, ast.If) else None
        if not isinstance(part, ast.If) or not isinstance(test, ast.Compare) or len(test.ops) != 1:
            continue
        subject, key = dotted(test.comparators[0]), text_of(test.left)
        walrus = any(isinstance(one, ast.NamedExpr) for one in ast.walk(test))
        if not subject or walrus or not isinstance(test.ops[0], ast.In | ast.NotIn):
            continue
        if isinstance(test.ops[0], ast.In) and not isinstance(part.body[-1], ast.Continue):
            continue
        block = part.body if isinstance(test.ops[0], ast.NotIn) else _rest(outline, part)
        added = [
            (call.args[0], call)
            for each in block
            for call in ast.walk(each)
            if isinstance(call, ast.Call) and len(call.args) == 1 and dotted(call.func) == f"{subject}.add"
        ]
        for value, call in added:
            other = text_of(value)
            related = names_in(value) & names_in(test.left)
            if other != key and related and len(added) == 1 and not isinstance(value, ast.Tuple):
                message = f"{shown(subject)} is asked for “{shown(key)}” and given “{shown(other)}”."
                yield at(
                    outline,
                    call,
                    rule="asked-otherwise",
                    severity="medium",
                    message=message,
                    why=_WHY_KEY,
                    quote=message,
                )


def _rest(outline: Outline, part: ast.If) -> list[ast.stmt]:
    parent = outline.parent(part)
    body = getattr(parent, "body", [])
    return body[body.index(part) + 1 :] if isinstance(body, list) and part in body else []


def _case(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield comparisons in which one side is lowered and the other is a parameter as it came."""
    given = {one.arg for one in parameters(function)} - {"self", "cls"}
    said = ast.unparse(function) if given else ""
    for part in own(function):
        if (
            not isinstance(part, ast.Compare)
            or len(part.ops) != 1
            or not isinstance(part.ops[0], ast.In | ast.Eq | ast.NotIn)
        ):
            continue
        sides = (part.left, part.comparators[0])
        for one, other in (sides, sides[::-1]):
            lowered = isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _LOWERS
            if not lowered or not isinstance(other, ast.Name) or other.id not in given:
                continue
            if isinstance(part.ops[0], ast.In | ast.NotIn) and one is part.left:
                continue
            if not _is_lowered(said, other.id):
                says = f"changes the case of one side only, and {shown(other.id)} comes as it is given"
                yield _sign(outline, part, "case-one-side", "low", says=says, why=_WHY_CASE)
                break


def _is_lowered(said: str, name: str) -> bool:
    """Return whether the code of a function changes the case of a name, or binds it anew."""
    word = re.escape(name)
    lowered = re.search(rf"(?<![\w.]){word}(?:\.strip\(\))?\.(?:lower|casefold|upper|strip)\(", said)
    return bool(lowered or re.search(rf"\b{word}\s*:?=[^=]|\bfor {word} in\b", said.partition(":\n")[2]))


def _after_limit(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield what is spread at random after it was limited."""
    limited: set[str] = set()
    for part in own(function):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            (limited.add if _is_limited(part.value) else limited.discard)(part.targets[0].id)
    for part in own(function):
        if not isinstance(part, ast.BinOp | ast.AugAssign) or not isinstance(part.op, ast.Add | ast.Mult):
            continue
        sides = [part.left, part.right] if isinstance(part, ast.BinOp) else [part.target, part.value]
        for one, other in (sides, sides[::-1]):
            held = _is_limited(one) or (isinstance(one, ast.Name) and one.id in limited)
            if held and _CHANCE.search(text_of(other)) and not _is_in_min(outline, part):
                yield _sign(
                    outline, part, "limit-before-more", "medium", says="spreads what was limited before", why=_WHY_LIMIT
                )
                return


def _is_limited(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or dotted(node.func) != "min" or len(node.args) != 2:
        return False
    return any(_CAPS.search(name_of(one)) or isinstance(one, ast.Constant) for one in node.args)


def _is_in_min(outline: Outline, node: ast.AST) -> bool:
    return any(isinstance(one, ast.Call) and dotted(one.func) in {"min", "max"} for one in outline.above(node))


def _sleeps(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield a pause in the handler of a bounded retry that nothing leaves before it in the last round."""
    for loop in own(function):
        if not isinstance(loop, ast.For) or not isinstance(loop.iter, ast.Call) or dotted(loop.iter.func) != "range":
            continue
        for handler in (one for part in loop.body if isinstance(part, ast.Try) for one in part.handlers):
            pauses = [
                one
                for each in handler.body
                for one in ast.walk(each)
                if isinstance(one, ast.Call) and name_of(one.func) == "sleep"
            ]
            asked = any(
                isinstance(one, ast.If | ast.Raise | ast.Return | ast.Break)
                for each in handler.body
                for one in ast.walk(each)
            )
            if pauses and not asked:
                yield _sign(
                    outline,
                    pauses[0],
                    "pause-after-last",
                    "low",
                    says="waits after the last attempt too",
                    why=_WHY_SLEEP,
                )


def _waits(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield what is asked of an attribute, then waited, then changed, with no lock."""
    if not isinstance(function, ast.AsyncFunctionDef):
        return
    for part in own(function):
        if not isinstance(part, ast.If) or any(isinstance(one, ast.AsyncWith) for one in outline.above(part)):
            continue
        asked = {
            dotted(one)
            for one in ast.walk(part.test)
            if isinstance(one, ast.Attribute) and dotted(one).startswith("self.")
        }
        leaves = isinstance(part.body[-1], ast.Raise | ast.Return)
        block = [one for each in (_rest(outline, part) if leaves else part.body) for one in ast.walk(each)]
        waits = [one.lineno for one in block if isinstance(one, ast.Await)]
        locks = any(isinstance(one, ast.AsyncWith) for one in block)
        for one in block if waits and not locks else ():
            target = _changed(one)
            if target and target in asked and isinstance(one, ast.stmt) and one.lineno >= min(waits):
                says = f"changes {shown(target)} after a wait, and it was asked before"
                yield _sign(outline, one, "changed-after-wait", "low", says=says, why=_WHY_WAIT)
                return


def _changed(node: ast.AST) -> str:
    if isinstance(node, ast.AugAssign):
        return dotted(node.target)
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        if isinstance(node.value, ast.Constant | ast.Attribute):
            return ""
        return dotted(target.value if isinstance(target, ast.Subscript) else target)
    return ""


def _layers(outline: Outline) -> Iterator[Sign]:
    """Yield tables in which defaults are laid over what was given."""
    for node, under, over in layers(outline):
        names = [name_of(one.func if isinstance(one, ast.Call) else one) for one in (under, over)]
        if _UNDER.search(names[1]) and _OVER.search(names[0]) and not _UNDER.search(names[0]):
            says = f"lays {shown(names[1])} over {shown(names[0])}"
            yield _sign(outline, node, "defaults-over", "medium", says=says, why=_WHY_LAST)


def layers(outline: Outline) -> list[tuple[ast.expr, ast.expr, ast.expr]]:
    """Return where two tables are joined, with the one that is under and the one that is laid over it."""
    found: list[tuple[ast.expr, ast.expr, ast.expr]] = []
    tables = [one for one in outline.of(ast.Dict) if len(one.values) == 2 and one.keys == [None, None]]
    found += [(one, one.values[0], one.values[1]) for one in tables]
    found += [(one, one.left, one.right) for one in outline.of(ast.BinOp) if isinstance(one.op, ast.BitOr)]
    for call in outline.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "update" and len(call.args) == 1:
            found.append((call, call.func.value, call.args[0]))
        elif re.search(r"(?:^|_)(?:merge|merged|overlay|combine)(?:$|_)", name_of(call.func)) and len(call.args) == 2:
            found.append((call, call.args[0], call.args[1]))
    return found
