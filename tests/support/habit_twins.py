"""Twins of the rules on forms, leftovers and second ways in Python: by rule, and more spellings of each."""

from __future__ import annotations

from tests.support.twins import Side

PLACE = "shop/orders.py"
_HEAD = (
    "import json\nimport os\nfrom collections.abc import Callable, Iterable\nfrom dataclasses import dataclass\n\n\n"
)
_RECORDS = "".join(
    f"@dataclass(frozen=True, slots=True)\nclass Row{number}:\n    count: int\n\n\n" for number in range(4)
)
_ERRORS = "".join(
    f"class Order{name}Error(Exception):\n    pass\n\n\ndef f{name.lower()}(count: int) -> int:\n"
    f'    """Do it.\n\n    Args:\n        count: of rows.\n    """\n'
    f'    raise Order{name}Error("no order of this count")\n\n\n'
    for name in ("Old", "New", "Lost", "Late", "Open", "Paid", "Sent", "Back")
)
_HELPERS = """def write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    os.replace(part, path)


def first(path: Path) -> None:
    write(path, "a")


def second(path: Path) -> None:
    write(path, "b")


"""
AROUND = _HEAD + _RECORDS + _ERRORS + _HELPERS


def beside(added: str, path: str = PLACE, old: str = AROUND) -> Side:
    """Return a change that adds code to a file of habits."""
    return Side({PLACE: old}, {PLACE: old, path: old + added if path == PLACE else added}, {"trees": True})


_MONTH = "def month_of(day: date) -> str:\n    return f'{day:%Y-%m}'\n"
_DOCUMENTED = 'def g(count: int) -> int:\n    """Do it.\n\n    {}\n    """\n    return count\n'
_MANY = "def g(rows: list[int]) -> int:\n{}    return total\n"
_EACH = (
    "    # Start with nothing.\n    total = 0\n    # Go over the rows.\n    for row in rows:\n        # Add the row.\n"
    "        total += row\n    # Add one.\n    total += 1\n    # Return the total.\n"
)
_ONCE = (
    "    total = 0\n    # Rows may be empty.\n    for row in rows:\n        total += row\n        total += 2\n"
    "    total += 1\n    total -= 1\n"
)

HABIT_TWINS: dict[str, tuple[Side, Side]] = {
    "record-style": (
        beside("@dataclass\nclass Line:\n    count: int\n"),
        beside("@dataclass(frozen=True, slots=True)\nclass Line:\n    count: int\n"),
    ),
    "docstring-style": (
        beside(_DOCUMENTED.format(":param count: of rows.")),
        beside(_DOCUMENTED.format("Args:\n        count: of rows.")),
    ),
    "message-style": (
        beside('def g(count: int) -> int:\n    raise OrderOldError("Count is wrong.")\n'),
        beside('def g(count: int) -> int:\n    raise OrderOldError("count is wrong")\n'),
    ),
    "helper-bypassed": (
        beside("def third(path: Path, part: Path) -> int:\n    os.replace(part, path)\n    return 1\n"),
        beside('def third(path: Path) -> int:\n    write(path, "c")\n    return 1\n'),
    ),
    "debug-left": (
        beside("def g(count: int) -> int:\n    breakpoint()\n    return count\n"),
        beside("def g(count: int) -> int:\n    return count\n"),
    ),
    "code-in-comment": (
        beside("def g(count: int) -> int:\n    # total = count * price(count)\n    return count\n"),
        beside("def g(count: int) -> int:\n    # The total comes from the caller.\n    return count\n"),
    ),
    "comment-heavy": (beside(_MANY.format(_EACH)), beside(_MANY.format(_ONCE))),
}

HABIT_SPELLINGS: dict[str, tuple[str, Side, Side]] = {
    "a name in camelCase among single words": (
        "name-case",
        beside("def g(count: int) -> int:\n    leftOver = count\n    return leftOver\n"),
        beside("def g(count: int) -> int:\n    left_over = count\n    return left_over\n"),
    ),
    "an error of another name": (
        "name-case",
        beside("class OrderException(Exception):\n    pass\n"),
        beside("class OrderGoneError(Exception):\n    pass\n"),
    ),
    "an abstract type from elsewhere": (
        "annotation-style",
        beside("from typing import Callable\n", "shop/bills.py", AROUND + "from collections.abc import Sequence\n"),
        beside(
            "from collections.abc import Callable\n", "shop/bills.py", AROUND + "from collections.abc import Sequence\n"
        ),
    ),
    "a helper with other steps": (
        "helper-exists",
        beside("def put(target: Path, a: str) -> None:\n    open(target).write(a)\n    os.replace(target, target)\n"),
        beside("def put(target: Path, content: int) -> None:\n    open(target).write(content)\n"),
    ),
    "a helper of the same types and word": (
        "helper-exists",
        beside(
            "def _month_label(day: date) -> str:\n    return str(day)\n",
            "shop/report.py",
            AROUND + _MONTH,
        ),
        beside(
            "def _week_label(day: date) -> str:\n    return str(day)\n",
            "shop/report.py",
            AROUND + _MONTH,
        ),
    ),
    "a debugger in JavaScript": (
        "debug-left",
        beside("function f() {\n  debugger;\n}\n", "web/a.js"),
        beside("function f() {\n  return 1;\n}\n", "web/a.js"),
    ),
    "a call in a comment": (
        "code-in-comment",
        beside("def g(count: int) -> int:\n    # send(count, retry=True)\n    return count\n"),
        beside("def g(count: int) -> int:\n    # see send()\n    return count\n"),
    ),
}
