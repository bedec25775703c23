"""Operators over names that are not there: of the standard library, of the project itself, and of a later Python."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, first_statement, pick

if TYPE_CHECKING:
    from random import Random

_OF_STANDARD = (
    "os.path.joinall(str({}))",
    "re.match_all(r'x', str({}))",
    "json.parse(str({}))",
    "itertools.flatten([{}])",
    "functools.memoize({})",
    "collections.OrderedSet([{}])",
    "datetime.datetime.parse(str({}))",
    "shutil.rmdir_all(str({}))",
    "subprocess.run_checked([str({})])",
    "pathlib.Path(str({})).read_lines()",
    "string.strip_all(str({}))",
    "asyncio.run_all({})",
    "logging.get_logger(str({}))",
    "math.clamp({}, 0, 1)",
    "random.choose({})",
    "urllib.parse.parse_query(str({}))",
    "inspect.get_signature({})",
    "contextlib.suppress_all({})",
)
_OF_METHODS = (
    "str({}).contains('x')",
    "str({}).trim()",
    "[{}].add(1)",
    "dict(a={}).has_key('a')",
    "[{}].push(1)",
    "str({}).is_empty()",
    "[{}].length()",
    "dict(a={}).merge(b=1)",
    "{{{}}}.append(1)",
    "str({}).reverse()",
    "b''.decode_utf8() or {}",
    "list([{}]).first()",
)
_OF_ARGUMENTS = (
    "sorted([{}], desc=True)",
    "open(str({}), enc='utf-8')",
    "print({}, newline='')",
    "max([{}], fallback=0)",
    "str({}).split(sep=',', limit=1)",
    "json.dumps({}, pretty=True)",
    "os.makedirs(str({}), exists_ok=True)",
    "subprocess.run([str({})], captured=True)",
    "dict.fromkeys([{}], default=1)",
    "re.sub('a', 'b', str({}), ignore_case=True)",
    "shutil.copytree(str({}), 'x', overwrite=True)",
    "int(str({}), radix=16)",
)
_OF_LATER = (
    ("itertools", "batched(range(9), 3)"),
    ("datetime", "UTC"),
    ("tomllib", "loads('')"),
    ("typing", "override"),
    ("asyncio", "TaskGroup()"),
    ("hashlib", "file_digest"),
    ("enum", "StrEnum"),
    ("copy", "replace"),
    ("warnings", "deprecated"),
)


def _put_in(source: Source, random: Random, forms: tuple[str, ...], words: str) -> Mutant | None:
    functions = [
        one
        for one in source.functions()
        if one.lineno in source.added or any(line in source.added for line in range(one.lineno, one.end_lineno or 0))
    ]
    function = pick(random, functions)
    if function is None or source.is_test:
        return None
    start = first_statement(function)
    names = [one.arg for one in function.args.args if one.arg not in {"self", "cls"}]
    call = random.choice(forms).format(names[0] if names else "1")
    module = call.partition(".")[0] if call.partition(".")[0] in sys.stdlib_module_names else ""
    indent = source.indent(start)
    lead = f"{indent}import {module}{'.parse' if module == 'urllib' else ''}\n" if module else ""
    text = source.with_lines(start.lineno, f"{lead}{indent}found = {call}\n")
    return Mutant(text, start.lineno + bool(module), words)


def standard_name_absent(source: Source, random: Random) -> Mutant | None:
    """A function that the standard library does not have."""
    return _put_in(source, random, _OF_STANDARD, "The module has no such name.")


def method_absent(source: Source, random: Random) -> Mutant | None:
    """A method of another language on a value of a known type."""
    return _put_in(source, random, _OF_METHODS, "The type has no such method.")


def keyword_absent(source: Source, random: Random) -> Mutant | None:
    """A keyword that a function of the standard library does not take."""
    return _put_in(source, random, _OF_ARGUMENTS, "The function has no such keyword.")


def above_the_floor(source: Source, random: Random) -> Mutant | None:
    """A name that a later Python than the oldest supported one brought."""
    if source.is_test or not source.tree.body:
        return None
    module, name = random.choice(_OF_LATER)
    text = f"{source.text.rstrip(chr(10))}\n\n\ndef _of_later():\n    import {module}\n\n    return {module}.{name}\n"
    return Mutant(text, text.count("\n"), "A later Python has it.")


def own_name_absent(source: Source, random: Random) -> Mutant | None:
    """A name is imported from a module of the project that does not have it."""
    froms = [
        node
        for node in source.nodes(ast.ImportFrom)
        if node.level == 1 and node.module and node.col_offset == 0 and node.lineno == node.end_lineno
    ]
    node = pick(random, froms)
    if node is None or source.is_test:
        return None
    name = random.choice(("normalize_all", "ensure_list", "to_mapping", "safe_get", "as_text_or_none"))
    line = f"from .{node.module} import {name}\n"
    last = source.text.rstrip("\n") + f"\n\n\ndef _of_own(value):\n    return {name}(value)\n"
    lines = last.splitlines(keepends=True)
    at = (node.end_lineno or node.lineno) + 1
    return Mutant("".join([*lines[: at - 1], line, *lines[at - 1 :]]), at, "The module has no such name.")


def own_module_absent(source: Source, random: Random) -> Mutant | None:
    """A module of the project is imported that is not there."""
    froms = [node for node in source.nodes(ast.ImportFrom) if node.level == 1 and node.col_offset == 0]
    node = pick(random, froms)
    if node is None or source.is_test:
        return None
    at = (node.end_lineno or node.lineno) + 1
    name = random.choice(("_helpers_common", "textutils", "core_types", "registry_base"))
    return Mutant(source.with_lines(at, f"from .{name} import first  # noqa: F401\n"), at, "There is no such module.")


def own_method_absent(source: Source, random: Random) -> Mutant | None:
    """A method is called on self that the class does not have."""
    rows = [
        (holder, function)
        for holder in source.nodes(ast.ClassDef)
        if not holder.bases and not holder.decorator_list and not holder.keywords
        for function in holder.body
        if isinstance(function, ast.FunctionDef)
        and function.args.args
        and function.args.args[0].arg == "self"
        and len(function.body) > 1
        and not function.decorator_list
    ]
    if not rows or source.is_test:
        return None
    holder, function = random.choice(rows)
    if any(isinstance(one, ast.FunctionDef) and one.name.startswith("__getattr") for one in holder.body):
        return None
    start = first_statement(function)
    name = random.choice(("refresh_state", "validate_all", "to_mapping", "ensure_ready"))
    text = source.with_lines(start.lineno, f"{source.indent(start)}self.{name}()\n")
    return Mutant(text, start.lineno, "The class has no such method.")


def own_argument_too_many(source: Source, random: Random) -> Mutant | None:
    """A function of the same file is called with an argument that it does not take."""
    known = {
        one.name: one
        for one in source.tree.body
        if isinstance(one, ast.FunctionDef) and not one.decorator_list and one.args.kwarg is None
    }
    calls = [
        node
        for node in source.nodes(ast.Call)
        if isinstance(node.func, ast.Name)
        and node.func.id in known
        and not any(word.arg is None for word in node.keywords)
        and source.segment(node).endswith(")")
    ]
    call = pick(random, calls)
    if call is None:
        return None
    inside = source.segment(call)[:-1].rstrip().rstrip(",")
    glue = "" if inside.endswith("(") else ", "
    words = f"{inside}{glue}strict_mode=True)"
    return Mutant(source.replaced(call, words), call.end_lineno or call.lineno, "The function takes no strict_mode.")


def name_undefined(source: Source, random: Random) -> Mutant | None:
    """A name is used that nothing defines."""
    function = pick(random, [one for one in source.functions() if one.lineno in source.added])
    if function is None or source.is_test:
        return None
    start = first_statement(function)
    name = random.choice(("normalize_value", "DEFAULT_TIMEOUT_MS", "_cache_lookup", "log_event"))
    text = source.with_lines(start.lineno, f"{source.indent(start)}{name}()\n")
    return Mutant(text, start.lineno, "Nothing defines the name.")


HALLUCINATED: dict[str, Operator] = {
    one.__name__: one
    for one in (
        standard_name_absent,
        method_absent,
        keyword_absent,
        above_the_floor,
        own_name_absent,
        own_module_absent,
        own_method_absent,
        own_argument_too_many,
        name_undefined,
    )
}
