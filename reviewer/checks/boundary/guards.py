"""What guards access in languages with a syntax tree: middleware, annotations, checking calls, conditions.

A guard stands beside something (a route, a method, a class): with that it may go, without it it is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.boundary.conditions import Condition
from reviewer.checks.boundary.forms import call, is_text, setting, short
from reviewer.syntax.function import MODULE, functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.boundary.forms import Call
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node, Tree

_ROUTES = re.compile(
    r"(?:^|\.)(?:use|get|post|put|patch|delete|del|all|route|param|Use|GET|POST|PUT|PATCH|DELETE|Any|Handle|HandleFunc|Group"
    r"|With|before|register|addHook|apply|ListenAndServe|Get|Post|Put|Delete|Patch|Method|layer|route_layer|wrap)$"
)
_GUARD = re.compile(
    r"(?:[aA]uth(?!or(?![iI])|ors?\b)\w*|\w*[aA]uthenticat\w*|\w*[aA]uthori[sz]\w*|\w+Auth(?!or(?![iI]))\w*"
    r"|(?:require|ensure|verify|check|must|restrict|is|has|only|need)_?\w*"
    r"(?:[lL]ogin|[lL]ogged_?[iI]n|[aA]dmin|[rR]ole|[pP]ermission|[aA]ccess|[sS]ession|[tT]oken|[uU]ser|[oO]wner|[sS]cope|[cC]srf|CSRF|[jJ]wt|JWT"
    r"|[sS]ignature|[aA]uth)\w*"
    r"|\w*(?:csrf|CSRF|Csrf)\w*|helmet|protect\w*|\w*[rR]ate_?[lL]imit\w*|throttle\w*|\w*Guard|acl|lusca|restrictTo|permit(?:Roles?|Only))"
)
_MARKS = re.compile(
    r"(?:UseGuards|Roles|Authorized?|PreAuthorize|PostAuthorize|Secured|RolesAllowed|DenyAll|Authenticated|Permissions?|Require\w+"
    r"|Protected|Throttle|Csrf\w*|RateLimit\w*|Scopes?)"
)
_RUBY_GUARDS = re.compile(
    r"(?:prepend_)?before_(?:action|filter)|protect_from_forgery|http_basic_authenticate_with|force_ssl|load_and_authorize_resource"
    r"|authorize_resource|authenticate|verify_authorized"
)
_RUBY_NAMES = re.compile(r":(?:\w*(?:auth|login|logged|admin|permission|verify|owner|csrf|session|token|user)\w*[!?]?)")
_CONTROL = re.compile(
    r"(?:^|[._:])(?:timingSafeEqual|ConstantTimeCompare|constant_time_(?:compare|eq)\w*|(?:fixed_length_)?secure_compare"
    r"|hmac\.Equal|MessageDigest\.isEqual|(?:jwt|jsonwebtoken|JWT|crypto|token|signature)\w*\.verify|bcrypt\.compare\w*"
    r"|(?:verify|check|validate|ensure|assert|require|enforce)_?(?:[sS]ignature|[tT]oken|[pP]assword|[cC]srf|CSRF|[hH]ash|[jJ]wt|JWT"
    r"|[pP]ermission|[aA]ccess|[aA]uth|[oO]wner|[rR]ole|[aA]dmin|[sS]ession|[lL]ogin)\w*[!?]?|authenticate\w*[!?]?|authorize\w*[!?]?"
    r"|has_?[pP]erm\w*|hasRole|hasAuthority|isAuthenticated|isAuthorized|sanitize\w*|escape_?(?:[hH]tml|HTML|xml|XML)\w*"
    r"|html_escape|HTMLEscapeString|encodeURIComponent|shellescape|shellQuote|CompareHashAndPassword|isSafe\w*|secureFilename)$"
)
_KEPT = re.compile(r"(?i)httpOnly|http_only|secure|sameSite|same_site|rejectUnauthorized|signed|escape")
_IFS = frozenset({"if_statement", "if_expression", "if", "unless", "if_modifier", "unless_modifier"})
_REFUSAL = re.compile(
    r"\b(?:throw|raise|abort|halt|redirect\w*|panic|bail!|return|Err|reject|head|render|next|Forbidden|Unauthorized|40[13])\b"
)
_FUNCTION_BODIES = frozenset(
    {"arrow_function", "function_expression", "func_literal", "closure_expression", "lambda_expression"}
)


@dataclass(frozen=True, slots=True)
class GuardUse:
    """A guard beside something: its name, what it stands beside, its whole text, and its line."""

    name: str
    anchor: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Guards:
    """The guards of a file, and everything that a guard could stand beside."""

    uses: tuple[GuardUse, ...]
    anchors: frozenset[str]


def guards(tree: Tree) -> Guards:
    """Return the guards of a file."""
    uses: list[GuardUse] = []
    anchors: set[str] = {""}
    for node in tree.walk():
        made = call(node) if node.named else None
        if made is not None:
            uses.extend(_ruby(made) if tree.language == "ruby" else _routed(made, anchors))
        elif node.type.startswith(("class_", "abstract_class")) or node.type == "export_statement":
            name = _class_name(node)
            anchors.add(name)
            uses.extend(_marked(_marks_in(node), name))
    for function in functions(tree):
        if function.name != MODULE:
            anchors.add(function.name)
            uses.extend(_marked((*function.marks, *_marks_in(function.node)), function.name))
    return Guards(tuple(dict.fromkeys(uses)), frozenset(anchors))


def _routed(made: Call, anchors: set[str]) -> Iterator[GuardUse]:
    if not _ROUTES.search(made.name):
        return
    anchor = ""
    if made.args and is_text(made.args[0]):
        anchor = f"{made.name} {short(made.args[0])}"
        anchors.add(anchor)
    for argument in made.args:
        for part in argument.walk(lambda one: one.type not in _FUNCTION_BODIES):
            if part.type in {"identifier", "property_identifier", "field_identifier"} and _GUARD.fullmatch(part.text):
                yield GuardUse(part.text, anchor, short(argument), part.first)
                break


def _ruby(made: Call) -> Iterator[GuardUse]:
    if not _RUBY_GUARDS.fullmatch(made.name):
        return
    named = [short(one) for one in made.args if _RUBY_NAMES.fullmatch(short(one))]
    if named or not made.name.endswith(("action", "filter")):
        for name in named or [made.name]:
            yield GuardUse(name, "", short(made.node), made.node.first)


def _class_name(node: Node) -> str:
    inner = (
        node if node.field("name") is not None else next((p for p in node.parts if p.field("name") is not None), node)
    )
    name = inner.field("name")
    return f"class {short(name)}" if name is not None else ""


def _marks_in(node: Node) -> tuple[Node, ...]:
    found: list[Node] = []
    for part in node.parts:
        if part.type == "decorator":
            found.append(part)
        elif part.type == "modifiers":
            found.extend(inner for inner in part.parts if inner.type in {"annotation", "marker_annotation"})
    return tuple(found)


def _marked(marks: tuple[Node, ...], anchor: str) -> Iterator[GuardUse]:
    for mark in marks:
        name = re.match(r"@?#?\[?\s*([\w.]+)", mark.head(120))
        last = name.group(1).rsplit(".", 1)[-1] if name else ""
        if _MARKS.fullmatch(last):
            yield GuardUse(f"@{last}", anchor, short(mark), mark.first)


def controls(function: Function) -> list[tuple[str, int]]:
    """Return the calls of a function that check something about access or input, and protections it sets, by name."""
    found = []
    for node in function.own():
        made = call(node) if node.named else None
        if made is not None and _CONTROL.search(made.name):
            found.append((made.name.rsplit(".", 1)[-1][-60:], node.first))
        given = setting(node) if node.named else None
        if (
            given is not None
            and _KEPT.fullmatch(given.name)
            and re.fullmatch(r"true|['\"](?i:strict|lax)['\"]", short(given.value))
        ):
            found.append((f"{given.name}: {short(given.value)}", node.first))
    return found


def conditions(function: Function) -> list[Condition]:
    """Return the conditions of a function, whatever they are about."""
    found = []
    for node in function.own():
        if node.type not in _IFS or not node.named:
            continue
        condition, body = node.field("condition"), node.field("consequence") or node.field("body")
        if condition is None or body is None:
            continue
        text = short(condition)
        text = text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text
        if node.type.startswith("unless"):
            text = f"!{text}" if re.fullmatch(r"[\w.?!]+", text) else f"!({text})"
        found.append(Condition(text, node.first, _REFUSAL.search(body.head(400)) is not None))
    return found
