"""Operators that put something in: sinks and secrets, another style, and settings that ask less."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, first_statement, pick

if TYPE_CHECKING:
    from random import Random

_SINKS = {
    "verify_false": "requests.get(url, verify=False, timeout=5)",
    "shell_string": 'subprocess.run(f"tar xf {path}", shell=True, check=True)',
    "sql_string": "cursor.execute(f\"SELECT id FROM users WHERE name = '{name}'\")",
    "yaml_load": "yaml.load(stream, Loader=yaml.Loader)",
    "unpickled": "pickle.loads(payload)",
    "evaluated": "eval(expression)",
    "weak_hash": "hashlib.md5(password.encode()).hexdigest()",
}
_PARAMETERS = {"url", "path", "cursor", "name", "stream", "payload", "expression", "password"}


def _planted(statement: str) -> Operator:
    imported = statement.partition(".")[0]
    wanted = [one for one in sorted(_PARAMETERS) if re.search(rf"\b{one}\b", statement)]

    def operator(source: Source, random: Random) -> Mutant | None:
        if source.is_test or not source.tree.body:
            return None
        head = f"import {imported}\n\n\n" if imported in {"requests", "subprocess", "yaml", "pickle", "hashlib"} else ""
        words = f"\n\n{head}def _fetch_legacy({', '.join(wanted)}):\n    return {statement}\n"
        text = source.text.rstrip("\n") + "\n" + words
        return Mutant(text, text.count("\n"), f"A sink: {imported}.")

    return operator


def secret_planted(source: Source, random: Random) -> Mutant | None:
    """A made-up credential stands in the source."""
    if source.is_test:
        return None
    letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    secret = "".join(random.choice(letters) for _ in range(36))
    text = source.text.rstrip("\n") + f'\n\n\nAPI_TOKEN = "ghp_{secret}"\n'
    return Mutant(text, text.count("\n"), "A credential.")


def decorator_dropped(source: Source, random: Random) -> Mutant | None:
    """A guard over a view is gone; the guard is put in on the old side by the name that it has in the file."""
    found = [
        (function, mark)
        for function in source.nodes(ast.FunctionDef)
        for mark in function.decorator_list
        if re.search(r"login|auth|permission|require|admin", ast.unparse(mark))
    ]
    if not found:
        return None
    function, mark = random.choice(found)
    return Mutant(source.without_lines(mark.lineno, mark.end_lineno or mark.lineno), function.lineno - 1, "A guard.")


def camel_case(source: Source, random: Random) -> Mutant | None:
    """A new function is named in another way than all others."""
    if source.is_test:
        return None
    found = [
        one
        for one in source.functions()
        if one.lineno in source.added and re.fullmatch(r"_?[a-z]+_[a-z_]+", one.name) and not one.decorator_list
    ]
    function = pick(random, found)
    if function is None:
        return None
    words = function.name.lstrip("_").split("_")
    name = words[0] + "".join(word.capitalize() for word in words[1:])
    text = re.sub(rf"\b{function.name}\b", name, source.text)
    return Mutant(text, function.lineno, "A name in camelCase.")


def printed(source: Source, random: Random) -> Mutant | None:
    """A print for the person who wrote it."""
    if source.is_test or "print(" in source.text:
        return None
    function = pick(random, source.functions())
    if function is None:
        return None
    start = first_statement(function)
    words = f'{source.indent(start)}print("here", locals())\n'
    return Mutant(source.with_lines(start.lineno, words), start.lineno, "A print.")


def cloned(source: Source, random: Random) -> Mutant | None:
    """A helper of another file comes once more, its names changed."""
    if source.is_test:
        return None
    found: list[tuple[Source, ast.FunctionDef]] = []
    for text in source.others.values():
        other = Source("x.py", None, text, set(), {})
        found += [
            (other, one)
            for one in other.tree.body
            if isinstance(one, ast.FunctionDef) and len(one.body) > 4 and not one.decorator_list
        ]
    if not found:
        return None
    other, function = random.choice(found)
    locals_ = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names = sorted({*locals_, *(a.arg for a in function.args.args)})
    renamed = {name: f"item{number}" for number, name in enumerate(names)}
    words = other.lines_renamed(function.lineno, function.end_lineno or function.lineno, renamed).rstrip("\n")
    words = re.sub(rf"\b{function.name}\b", "_do_it_again", words)
    text = source.text.rstrip("\n") + "\n\n\n" + words + "\n"
    line = source.text.rstrip("\n").count("\n") + 4
    return Mutant(text, line, f"A clone of {function.name}.")


def hidden_letter(source: Source, random: Random) -> Mutant | None:
    """A letter of another script in a new name."""
    text = source.text.rstrip("\n") + "\n\n\ndef _sc\u043epe_of(value):\n    return value\n"
    return Mutant(text, text.count("\n") - 1, "A letter of another script.")


def hidden_order(source: Source, random: Random) -> Mutant | None:
    """Controls that turn the order of letters round."""
    text = source.text.rstrip("\n") + "\n# only admins \u202e ereh \u202c may pass\n"
    return Mutant(text, text.count("\n"), "Controls in a comment.")


def suppressed(source: Source, random: Random) -> Mutant | None:
    """A type checker is told to be quiet about a new line."""
    lines = [
        number
        for number in sorted(source.added)
        if number <= len(source.lines)
        and source.lines[number - 1].rstrip().endswith(")")
        and "#" not in source.lines[number - 1]
        and '"""' not in source.lines[number - 1]
    ]
    if not lines or not source.tree.body or source.is_test:
        return None
    number = random.choice(lines)
    lines_ = [*source.lines]
    lines_[number - 1] = lines_[number - 1].rstrip("\n") + "  # type: ignore\n"
    return Mutant("".join(lines_), number, "A suppression.")


SECURITY: dict[str, Operator] = {
    **{name: _planted(statement) for name, statement in _SINKS.items()},
    "secret_planted": secret_planted,
    "decorator_dropped": decorator_dropped,
}
STYLE: dict[str, Operator] = {one.__name__: one for one in (camel_case, printed, cloned)}
HIDDEN: dict[str, Operator] = {one.__name__: one for one in (hidden_letter, hidden_order)}
GATES: dict[str, Operator] = {"suppressed": suppressed}
