"""What the words of the task or of a function say, against the code: bounds, halves, layers, several at once."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, text_of
from reviewer.checks.plausible.pairs import layers
from reviewer.checks.plausible.sign import Sign, at
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import ChangedFile
    from reviewer.checks.plausible.outline import Outline

_WHY_BOUND = "The words and the code differ for one value, the bound itself."
_WHY_HALF = "round() takes halves to the even number: 2.5 becomes 2."
_WHY_LAYER = "What is laid over last wins, and the words say that the other one does."
WHY_AT_ONCE = "Two that ask at the same time both find nothing, and both add."
_LONG = 4_000
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 2)}
_NUMBER = r"(\d{1,9}|" + "|".join(_WORDS) + r")\b"
_KEEPS = re.compile(
    r"\b(?:at least|no fewer than|no less than|not less than|less than|fewer than|under|below|younger than"
    r"|shorter than) "
    rf"{_NUMBER}"
    rf"|\b{_NUMBER}(?: \w{{1,20}})? or (?:more|longer|older|later|higher|above|over)\b",
    re.IGNORECASE,
)
_PASSES = re.compile(
    rf"\b(?:more than|over|above|exceeds?|older than|longer than|greater than|larger than) {_NUMBER}"
    rf"|\b{_NUMBER}(?: \w{{1,20}})? or (?:fewer|less|shorter|younger|below|under)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:no|not|never) (?:more|longer|older|over|larger|greater) than \w+", re.IGNORECASE)
_COMPARED = re.compile(r"(?<![<>=!-])(<=?|>=?)(?![<>=])\s*([A-Z][A-Z0-9_]{2,60}|\d{1,9})\b(?!\s*[-+*/.])")
_CONSTANT = re.compile(r"\b([A-Z][A-Z0-9_]{2,60})\b(?:\s*:\s*\w{1,20})?\s*=\s*(\d{1,9})\b")
_INCLUSIVE = re.compile(
    r"\binclusive(?:ly)?\b|\bboth (?:\w{1,10} )?(?:are )?included\b|\b(?:up to|until|through) and including\b",
    re.IGNORECASE,
)
_EXCLUSIVE = re.compile(r"\bexclusive|\bexclud|\bnot included|\bhalf-open", re.IGNORECASE)
_ENDS = re.compile(r"(?:^|_)(?:end|until|till|to|stop|last|upper|high|finish)(?:$|_)", re.IGNORECASE)
_HALVES = re.compile(
    r"\bhal(?:f|ves)\b[^.;\n]{0,30}\b(?:up|away from zero)\b|\.5\b[^.;\n]{0,20}\bup\b|\bcommercial(?:ly)? round",
    re.IGNORECASE,
)
_WINS = re.compile(
    r"([\w' -]{3,80}?) (?:wins?|takes? precedence|overrides?|ha(?:s|ve) priority|beats?)(?: over| before)?"
    r" ([\w' -]{3,60})",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"\bconcurren|\bparallel|\bat the same time|\brace\b|\bside by side|\bsimultaneous"
    r"|\bseveral (?:instances|workers|processes)",
    re.IGNORECASE,
)
_READ_FIRST = re.compile(
    r"(?P<name>\w{1,60})\s*=\s*(?:await\s+)?(?P<whose>[\w.]{1,80})\.(?P<reads>\w{1,60})\((?P<rest>.{0,2000}?)"
    r"(?P=whose)\.(?:add|insert|create|save|put|book|store|reserve|append|push|register|write|update|set)\w{0,40}\(",
    re.DOTALL,
)
_HELD = re.compile(
    r"(?<![bc])lock|mutex|transaction|begin|for[ _]?update|serializable|on[ _]?conflict|unique|atomic|semaphore",
    re.IGNORECASE,
)


def signs(outline: Outline, task: str) -> Iterator[Sign]:
    """Yield code that does not do what words of the task, or of its own function, say."""
    task = task[:_LONG]
    constants = {
        name_of(one.targets[0]): one.value.value
        for one in outline.tree.body
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and type(one.value.value) is int
    }
    yield from _layered(outline, task)
    for function in outline.functions():
        words = f"{task}\n{(ast.get_docstring(function, clean=False) or '')[:_LONG]}"
        keeps, passes = _bounds(words)
        inclusive = bool(_INCLUSIVE.search(words)) and not _EXCLUSIVE.search(words)
        for part in own(function):
            if not isinstance(part, ast.Compare):
                continue
            if len(part.ops) == 1:
                yield from _bound(outline, part, constants, keeps - passes, passes - keeps)
            if inclusive and _leaves_end(part):
                yield _sign(outline, part, "bound-said", "leaves out an end that the words include", _WHY_BOUND)
    if _HALVES.search(task):
        for name in outline.of(ast.Name):
            if name.id == "round" and isinstance(name.ctx, ast.Load):
                parent = outline.parent(name)
                node = parent if isinstance(parent, ast.Call) and parent.func is name else name
                yield _sign(outline, node, "half-to-even", "takes halves to the even number", _WHY_HALF)


def _sign(outline: Outline, node: ast.expr, rule: str, says: str, why: str) -> Sign:
    text = text_of(node)
    return at(outline, node, rule=rule, severity="medium", message=f"“{shown(text)}” {says}.", why=why, quote=text)


def _leaves_end(node: ast.Compare) -> bool:
    """Return whether something has to be less than what is called an end."""
    operands = [node.left, *node.comparators]
    return any(
        (isinstance(operator, ast.Lt) and _ENDS.search(name_of(right)) is not None)
        or (isinstance(operator, ast.Gt) and _ENDS.search(name_of(left)) is not None)
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False)
    )


def bounds_of_lines(file: ChangedFile, task: str) -> Iterator[Sign]:
    """Yield comparisons on added lines, in any language, that differ from the task for the bound itself."""
    keeps, passes = _bounds(task[:_LONG])
    if not keeps ^ passes:
        return
    lines = [(line.number, line.text[:300]) for line in file.added[:5_000]]
    named = {name: value for _, text in lines for name, value in _CONSTANT.findall(text)}
    for number, text in lines:
        for match in _COMPARED.finditer(text):
            value = str(named.get(match[2], match[2]))
            rising = match[1] in {">=", "<"}
            bound = int(value) if value.isdigit() else 0
            if (bound in keeps - passes and not rising) or (bound in passes - keeps and rising):
                message = f"“{shown(match[0])}” differs from the words for {bound} itself."
                yield Sign(
                    rule="bound-said",
                    severity="medium",
                    message=message,
                    why=_WHY_BOUND,
                    quote=text.strip(),
                    line=number,
                    last=number,
                )


def _bounds(words: str) -> tuple[set[int], set[int]]:
    """Return the numbers that belong to what is above them, and those that belong to what is below."""
    # Whether as many are refused depends on whether they are counted before or after.
    plain = _EITHER.sub("", words)
    found = []
    for form in (_KEEPS, _PASSES):
        texts = [(match[1] or match[2]).lower() for match in form.finditer(plain)]
        found.append({_NUMBERS[one] if one in _NUMBERS else int(one) for one in texts} - {0, 1})
    return found[0], found[1]


def _bound(
    outline: Outline, node: ast.Compare, constants: dict[str, int], keeps: set[int], passes: set[int]
) -> Iterator[Sign]:
    sides = (node.left, node.comparators[0])
    values = [
        one.value if isinstance(one, ast.Constant) and type(one.value) is int else constants.get(name_of(one))
        for one in sides
    ]
    operator = node.ops[0]
    number = values[1] if values[1] is not None else values[0]
    if number is None:
        return
    # Turned so that the number stands on the right.
    rising = isinstance(operator, ast.GtE | ast.Lt) if values[1] is not None else isinstance(operator, ast.LtE | ast.Gt)
    if not isinstance(operator, ast.GtE | ast.Lt | ast.Gt | ast.LtE):
        return
    if (number in keeps and not rising) or (number in passes and rising):
        yield _sign(outline, node, "bound-said", f"differs from the words for {number} itself", _WHY_BOUND)


def _layered(outline: Outline, task: str) -> Iterator[Sign]:
    """Yield layers of which the one that is laid over last is what the task says loses."""
    for match in _WINS.finditer(task):
        winners, losers = _stems(match[1]), _stems(match[2])
        for node, under, over in layers(outline):
            texts = (text_of(under).lower(), text_of(over).lower())
            lost = any(one in texts[1] for one in losers) and not any(one in texts[0] for one in losers)
            won = any(one in texts[0] for one in winners) or not any(one in texts[1] for one in winners)
            if lost and won and isinstance(node, ast.expr):
                yield _sign(outline, node, "defaults-over", "lays over what the task says wins", _WHY_LAYER)


def _stems(phrase: str) -> set[str]:
    words = [one.lower() for one in re.findall(r"[A-Za-z]{3,}", phrase)][-6:]
    return {one.removesuffix("s") for one in words} - {
        "the",
        "those",
        "over",
        "and",
        "its",
        "their",
        "that",
        "all",
        "from",
    }


def at_once(task: str) -> bool:
    """Return whether the task says that several do the same at the same time."""
    return bool(_AT_ONCE.search(task[:_LONG]))


def asked_first(text: str) -> tuple[int, str] | None:
    """Return where a function reads something of an object that it then adds to, with what it reads.

    The result has to be asked about and the function to leave in between, and nothing to lock.
    """
    match = _READ_FIRST.search(text[:20_000])
    if match is None or _HELD.search(text):
        return None
    between = match["rest"]
    asked = re.search(rf"\bif\b[^\n]{{0,200}}\b{re.escape(match['name'])}\b", between)
    if asked is None or not re.search(r"\b(?:throw|raise|return)\b", between):
        return None
    return text.count("\n", 0, match.start()), f"{match['whose']}.{match['reads']}()"


def added_after(outline: Outline, task: str) -> Iterator[Sign]:
    """Yield what is looked up before the same object is added to, where the task says that several do so at once."""
    for function in outline.functions() if at_once(task) else ():
        lines = outline.lines[function.lineno - 1 : function.end_lineno]
        found = asked_first(b"\n".join(lines).decode("utf-8", "replace"))
        for part in own(function) if found is not None else ():
            if isinstance(part, ast.stmt) and found is not None and part.lineno == function.lineno + found[0]:
                message = f"{shown(found[1])} is asked first and added to later, and nothing locks in between."
                yield at(
                    outline,
                    part,
                    rule="asked-then-added",
                    severity="medium",
                    message=message,
                    why=WHY_AT_ONCE,
                    quote=message,
                )
                break
