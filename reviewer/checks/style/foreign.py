"""Names and copies in other languages than Python: the case of names, and functions that are there already.

Reads syntax trees; what a grammar calls a name is written down here, language by language.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.sides import contents
from reviewer.checks.style.around import Around
from reviewer.checks.style.shapes import duplicate, same_shape
from reviewer.checks.style.skeleton import Skeleton
from reviewer.syntax.function import MODULE, functions
from reviewer.syntax.pairing import FilePair, pair
from reviewer.syntax.tree import parse
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Tree

LANGUAGES: tuple[roles.Language, ...] = ("javascript", "typescript", "go", "java", "ruby", "rust")
_WHY = "What reads like the code around it is read faster, and what does not makes a reader look for the reason."
_SNAKE = re.compile(r"_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+[?!=]?", re.ASCII)
_CAMEL = re.compile(r"_*[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+", re.ASCII)
_VARIABLES = {
    "variable_declarator": "name",
    "short_var_declaration": "left",
    "let_declaration": "pattern",
    "assignment": "left",
}
_WORDS = frozenset({"property_identifier", "field_identifier", "shorthand_property_identifier"})
_STATEMENT = re.compile(r".*_statement|.*_declaration|assignment|return|if|while|for|case")
_CONSTRUCTORS = frozenset(
    {"constructor", "initialize", "new", "init", "main", "default", "toString", "String", "equals"}
)
_ENOUGH, _AGREED, _FEW, _TELLING = 20, 0.95, 8, 3
_NEIGHBOURS = 16
_MOST_SOUGHT = 30
_MOST_TOKENS = 20_000
_MOST_BODY = 20_000


def foreign(case: Case, account: Account) -> Iterator[Fact]:
    """Yield names in another case than those around them, and new functions that have a copy."""
    for language in LANGUAGES:
        files = [_File(case, file, language) for file in case.files if roles.language(file.path) == language]
        files = [one for one in files if one.is_wanted]
        for one in files:
            if one.new is None:
                account.missing("its syntax cannot be read within bounds", one.file.path)
            else:
                account.looked(f"{roles.LANGUAGE_NAMES[language]} file", "by syntax tree")
        files = [one for one in files if one.new is not None]
        if files:
            around = Around.of(case, language)
            yield from _copies(files, around)
            for one in files:
                yield from _names(one, around)


class _File:
    """A changed file with the trees of its sides."""

    def __init__(self, case: Case, file: ChangedFile, language: roles.Language) -> None:
        sides = contents(case, file)
        self.file = file
        aside = roles.is_foreign(file.path) or roles.is_built(file.path)
        self.is_wanted = bool(file.added) and sides.new is not None and not aside
        self.is_wanted = self.is_wanted and roles.generated_line(sides.new or b"") is None and not _is_packed(sides.new)
        self.old: Tree | None = None
        self.new: Tree | None = None
        if self.is_wanted and sides.new is not None:
            self.new = parse(language, sides.new, file.path)
            self.old = None if sides.old is None else parse(language, sides.old, file.old_path or file.path)


def _is_packed(data: bytes | None) -> bool:
    """Return whether a program pressed the file: no person writes lines of this length."""
    return data is not None and len(data) > 5_000 and len(data) / (data.count(b"\n") + 1) > 300


def _names(one: _File, around: Around) -> Iterator[Fact]:
    if one.new is None:
        return
    added = {line.number for line in one.file.added}
    old = list(_named(one.old)) if one.old is not None else []
    known = {(what, name) for what, name, _ in old}
    fresh = [
        (what, name, line)
        for what, name, line in _named(one.new)
        if line in added and (what, name) not in known and _case(name) is not None
    ]
    told: set[str] = set()
    for what, name, line in fresh:
        if what in told:
            continue
        own = Counter(_case(other) for kind, other, _ in old if kind == what)
        agreed = _agreed(name, own)
        where = f"in {shown(one.file.path)}"
        if agreed is None:
            agreed = _agreed(name, own + _around(one, around, what))
            where = "in the files around it"
        if agreed is None:
            continue
        told.add(what)
        value, times, total = agreed
        same = sum(kind == what and _case(other) == _case(name) for kind, other, _ in fresh)
        more = f" ({plural(same, 'place')} in the added lines)" if same > 1 else ""
        yield Fact(
            rule="name-case",
            severity="low",
            message=f"{times:,} of {total:,} {what}s {where} are {value}; here {shown(name, 40)} is written in "
            f"{_case(name)}{more}.",
            why=_WHY,
            quote=f"{what} {name}",
            file=one.file.path,
            side="new",
            line=line,
            numbers=(("agree", times), ("of", total)),
        )


def _around(one: _File, around: Around, what: str) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    place = one.file.old_path or one.file.path
    for path in around.nearest(place, tests=roles.is_test(place))[:_NEIGHBOURS]:
        data = around.content(path)
        tree = None if data is None or _is_packed(data) else parse(around.language, data, path)
        if tree is not None:
            found.update(_case(name) for kind, name, _ in _named(tree) if kind == what)
    return found


def _agreed(name: str, counted: Counter[str | None]) -> tuple[str, int, int] | None:
    own = _case(name)
    values = {value: times for value, times in counted.items() if value is not None}
    value, times = max(values.items(), key=lambda item: item[1], default=("", 0))
    total = sum(values.values())
    if value in {own, ""} or times < _TELLING:
        return None
    if (total >= _ENOUGH and times >= _AGREED * total) or (total >= _FEW and times == total):
        return value, times, total
    return None


def _named(tree: Tree) -> Iterator[tuple[str, str, int]]:
    """Yield (kind, name, line) of the functions and variables of a tree."""
    for one in functions(tree):
        name = re.split(r"[.#]", one.name)[-1]
        if one.kind in {"function", "method"} and " " not in one.name:
            yield "function", name, one.node.first
    for node in tree.walk():
        field = _VARIABLES.get(node.type)
        left = node.field(field) if field is not None else None
        for part in (left, *(left.parts if left is not None and left.type == "expression_list" else ())):
            if part is not None and part.type == "identifier":
                yield "variable", part.head(80), part.first


def _case(name: str) -> str | None:
    """Return the case of a name that could be in no other; single words and names of types speak for none."""
    if _SNAKE.fullmatch(name):
        return "snake_case"
    return "camelCase" if _CAMEL.fullmatch(name) else None


def _copies(files: Sequence[_File], around: Around) -> Iterator[Fact]:
    wanted = [one for one in files if not roles.is_test(one.file.path)]
    pairs = pair(
        [
            FilePair(
                one.file.path,
                functions(one.old) if one.old is not None else (),
                functions(one.new) if one.new is not None else (),
            )
            for one in wanted
        ]
    )
    fresh = {id(two.new.function) for two in pairs if two.old is None and two.new is not None}
    inside = [(function, one) for one in wanted if one.new is not None for function in functions(one.new)]
    skeletons = [(function, made) for function, one in inside if (made := _skeleton(one.file.path, function))]
    sought = [made for function, made in skeletons if id(function) in fresh and made.is_large][:_MOST_SOUGHT]
    changed = frozenset(path for one in files for path in (one.file.path, one.file.old_path) if path is not None)
    found = same_shape(
        sought, [made for _, made in skeletons], around, changed, lambda path: _skeletons_of(path, around)
    )
    for made in sought:
        if made.key in found:
            yield duplicate(made, found[made.key])


def _skeletons_of(path: str, around: Around) -> list[Skeleton]:
    data = around.content(path)
    tree = None if data is None or _is_packed(data) else parse(around.language, data, path)
    return [made for one in functions(tree) if (made := _skeleton(path, one))] if tree is not None else []


def _skeleton(path: str, function: Function) -> Skeleton | None:
    own = re.split(r"[.#]", function.name)[-1]
    if function.kind not in {"function", "method"} or function.name == MODULE or own in _CONSTRUCTORS:
        return None
    if function.body is None or function.body.end - function.body.start > _MOST_BODY:
        return None
    tokens: list[str] = []
    words: set[str] = set()
    count = 0
    for node in function.body.walk():
        if len(tokens) >= _MOST_TOKENS:
            break
        if node.is_comment:
            continue
        if _STATEMENT.fullmatch(node.type):
            count += 1
        if node.named or node.type.isalpha():
            tokens.append(node.type)
        if node.type in _WORDS:
            words.add(f".{node.head(80)}")
    kind = "async" if function.node.head(6) == "async " else "function"
    return Skeleton(
        path,
        function.name,
        kind,
        function.node.first,
        function.node.last,
        tuple(tokens),
        frozenset(words),
        count,
        function.params,
        id(function),
    )
