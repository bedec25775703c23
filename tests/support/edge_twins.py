"""A fault and its twin for what is wrong at an edge: switches, weekends, empty lists, limits, fields left out."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from tests.support.twins import Side, new, py

if TYPE_CHECKING:
    from collections.abc import Iterable

APP = "src/app.py"
SAVE = "def save(notes):\n    return [{'title': n.title, 'tags': n.tags%s} for n in notes]\n"
NOTE = "from dataclasses import dataclass\n\n\n@dataclass\nclass Note:\n    title: str\n    tags: list\n%s"
TASK = {"objective": "Coupons take five off; a sum never goes below zero. A column holds at most three cards."}
MOVE = """const LIMIT = 3;
export function move(cards, id) {
  const others = cards.filter((card) => card.id !== id);
  if (others.length %s LIMIT) {
    throw new RangeError("full");
  }
  return [...others, id];
}
"""


def code(text: str, fault: str, twin: str, path: str = APP) -> tuple[Side, Side]:
    """Two new files that differ in one place, `…`."""
    text = dedent(text).lstrip("\n")
    return new(path, text.replace("…", fault), task=TASK), new(path, text.replace("…", twin), task=TASK)


def both(sides: Iterable[Side]) -> tuple[Side, Side]:
    """Return two sides as a pair."""
    fault, twin = sides
    return fault, twin


def field(written: str) -> Side:
    """Return a change that adds a field, and writes it or not."""
    return Side(
        {"src/note.py": NOTE % "", "src/save.py": SAVE % ""},
        {"src/note.py": NOTE % "    made: float = 0.0\n", "src/save.py": SAVE % written},
        {"trees": True},
    )


EDGE_TWINS: dict[str, tuple[Side, Side]] = {
    "any-for-all": code(
        """
        def find(notes, words, match_any):
            return [one for one in notes if (…)(one.has(word) for word in words)]
        """,
        "all if match_any else any",
        "any if match_any else all",
    ),
    "weekend-off": code(
        """
        def is_weekend(day):
            return day.weekday() … 5
        """,
        ">",
        ">=",
    ),
    "first-of-nothing": code(
        """
        def span(records):
            kept = list(records)
            …
            return kept[-1].time - kept[0].time
        """,
        "show(kept)",
        "if not kept:\n        return None",
    ),
    "limit-passed": code(
        """
        def put(self, item):
            if len(self.items) … self.limit:
                raise ValueError(item)
            self.items.append(item)
        """,
        ">",
        ">=",
    ),
    "decimal-of-float": code(
        """
        from decimal import Decimal


        def tax(total):
            return total * Decimal(…)
        """,
        "0.1",
        "'0.1'",
    ),
    "field-left-out": (field(""), field(", 'made': n.made")),
    "floor-missing": code(
        """
        def reduced(net):
            return …
        """,
        "net - 5",
        "max(net - 5, 0)",
    ),
}
MORE_EDGE_TWINS: dict[str, tuple[str, Side, Side]] = {
    "a limit that the task names, in other languages": (
        "limit-passed",
        new("src/cards.ts", MOVE % ">", task=TASK),
        new("src/cards.ts", MOVE % ">=", task=TASK),
    ),
    "an option of another name": (
        "any-for-all",
        *code(
            """
            def search(words, either):
                return (…)(words)


            search.add_argument('--any', dest='either')
            """,
            "all if either else any",
            "any if either else all",
        ),
    ),
    "numbers that are impossible": (
        "weekend-off",
        *code("def rests(day):\n    return day.…() == 7\n", "weekday", "isoweekday"),
    ),
    "an answer for what a test sets up": (
        "answer-of-test",
        *both(
            Side(
                {},
                {
                    APP: f"def off(cart):\n    net = cart.net()\n    if net == {value}:\n        return 3780\n"
                    "    return net - net // 10\n",
                    "tests/test_app.py": "from app import off\n\n\ndef test_off():\n    cart = Cart(4200)\n"
                    "    assert off(cart) == 3780\n",
                },
            )
            for value in (4200, 9900)
        ),
    ),
    "one of two that are made": (
        "call-unlike",
        *code(
            """
            def due(invoice):
                if invoice.late:
                    return Money(0, invoice.currency)
                return Money(invoice.total…)
            """,
            "",
            ", invoice.currency",
        ),
    ),
    "an orphan that the task does not name": (
        "orphan",
        *both(
            Side({APP: "x = 1\n"}, {APP: "x = 1\n\n\ndef tally(y):\n    return y\n"}, {"trees": True, "task": task})
            for task in ({"objective": "Mend counts."}, {"objective": "Add tally(y)."})
        ),
    ),
    "a path of a traceback": (
        "task-word-untouched",
        *both(
            py("x = 1\n", "x = 2\n", path, task={"objective": "See packages/tool/build.py line 3."})
            for path in ("other/make.py", "tool/build.py")
        ),
    ),
}
