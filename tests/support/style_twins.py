"""Twins for style: each rule's fault, and a change that is as large and keeps to what the code around it does."""

from __future__ import annotations

from tests.support.twins import Side

PLACE = "orders/api.py"
NAMES = (
    "load_order",
    "save_order",
    "send_order",
    "drop_order",
    "find_order",
    "sort_orders",
    "count_orders",
    "add_order",
)


def _function(name: str, body: str = "return order", argument: str = "order: dict", result: str = " -> dict") -> str:
    return f'def {name}({argument}){result}:\n    """Do it."""\n    {body}\n\n\n'


AROUND = (
    "import logging\nfrom pathlib import Path\n\nlog = logging.getLogger(__name__)\n\n\n"
    'class OrderError(Exception):\n    """No."""\n\n\n'
    'class OrderLine:\n    """Line."""\n\n\n'
    + "".join(_function(name, 'log.info("order")\n    return order') for name in NAMES)
    + "".join(_function(f"check_{name}", f'raise OrderError(f"{{order}} {name}")') for name in NAMES)
    + "".join(_function(f"path_{name}", "return Path(order)") for name in NAMES)
)
SUM = (
    "def order_total(order: dict) -> int:\n    result = 0\n    for item in order.get('items', []):\n"
    "        price = item['price']\n        if price < 0:\n            continue\n"
    "        result += price * item['count']\n"
    "    return result\n"
)
CLONE = (
    "def bill_sum(bill: dict) -> int:\n    amount = 1\n    for row in bill.get('rows', []):\n"
    "        cost = row['cost']\n        if cost < 5:\n            continue\n        amount += cost * row['times']\n"
    "    return amount\n"
)
TESTS = "".join(f"def test_{name}():\n    assert {name}(1) == 1\n\n\n" for name in NAMES)
CASE = "class TestOrder(unittest.TestCase):\n    def test_it(self):\n        assert order(1) == 1\n"
PARSE = "def parse_amounts(text):\n    x = text\n    return x\n"
ONE = "def parse_amount({0}):\n    return {0}\n"
PATCHED = "".join(f"def test_{name}(monkeypatch):\n    assert {name}(1) == 1\n\n\n" for name in NAMES)
RELATIVE = "".join(f"from .{name} import {name}\n" for name in NAMES)


def added(new: str, old: str = AROUND, path: str = PLACE, **others: str) -> Side:
    """Text added to a file of orders/, with other files that stay as they are."""
    rest = {name.replace("__", "/") + ".py": content for name, content in others.items()}
    return Side({path: old, **rest}, {path: old + new, **rest}, {"trees": True})


STYLE_TWINS: dict[str, tuple[Side, Side]] = {
    "name-case": (added(_function("cancelOrder")), added(_function("cancel_order"))),
    "print-for-log": (
        added(_function("cancel_order", "print(order)")),
        added(_function("cancel_order", "print(order, file=sys.stderr)")),
    ),
    "annotation-missing": (
        added(_function("cancel_order", argument="order", result="")),
        added(_function("cancel_order", argument="order", result=" -> dict")),
    ),
    "docstring-missing": (
        added("def cancel_order(order: dict) -> dict:\n    return order\n"),
        added("def _cancel_order(order: dict) -> dict:\n    return order\n"),
    ),
    "quote-style": (
        added("y = 'b'\n", "".join(f'x{n} = "a"\n' for n in range(20))),
        added("y = 'b'\n", "".join(f"x{n} = {'a'!r}\n" for n in range(20))),
    ),
    "import-style": (
        added("from orders.drop import drop\n", RELATIVE),
        added("from billing.drop import drop\n", RELATIVE),
    ),
    "exception-class": (
        added(_function("cancel_order", 'raise ValueError("order")')),
        added(_function("cancel_order", "raise NotImplementedError")),
    ),
    "test-style": (
        added(CASE, TESTS, "tests/test_orders.py"),
        added("def test_it():\n    assert order(1) == 1\n", TESTS, "tests/test_orders.py"),
    ),
    "format-style": (
        added(_function("cancel_order", 'return "%s" % order')),
        added(_function("cancel_order", "return order % 2")),
    ),
    "path-style": (
        added(_function("cancel_order", "return os.path.join(order)")),
        added(
            _function("cancel_order", "return order.path.join(order)", argument="order: Order").replace(
                ".path.", ".way."
            )
        ),
    ),
    "duplicate-code": (added(CLONE, bills__sums=SUM), added(CLONE, bills__sums=SUM.replace("continue", "break"))),
    "helper-exists": (added(PARSE, bills__a=ONE.format("text")), added(PARSE, bills__a=ONE.format("data"))),
    "standard-has-it": (
        added(_function("escape_html", 'return text.replace("<", "&lt;")', "text: str")),
        added(_function("escape_html", 'return text.replace("<", "&lt;")', "text: str, quote: bool")),
    ),
    "second-way": (
        added("import requests\n", bills__a="import httpx\n", bills__b="import httpx\n"),
        added("import requests\n", bills__a="import httpx\n", bills__b="import httpx\nimport requests\n"),
    ),
    "style-more": (
        added(
            _function("cancelOrder", "print(order)\n    raise ValueError('%s' % order)", "order", "")
            + "class order_thing:\n    def close(self):\n        return os.path.join('a')\n"
        ),
        added(_function("cancelOrder", "print(order)", "order", "")),
    ),
    "mock-style": (
        added("@patch('a.b')\ndef test_it():\n    assert order(1) == 1\n", PATCHED, "tests/test_orders.py"),
        added("def test_it(monkeypatch):\n    assert order(1) == 1\n", PATCHED, "tests/test_orders.py"),
    ),
    "process-style": (
        added("os.system('ls')\n", "subprocess.run(['a'])\n" * 3),
        added("subprocess.call(['ls'])\n", "subprocess.run(['a'])\n" * 3),
    ),
    "annotation-style": (
        added(
            "def cancel(order: Optional[int]) -> None: ...\n", "".join(f"x{n}: int | None = None\n" for n in range(9))
        ),
        added("def cancel(order: int | None) -> None: ...\n", "".join(f"x{n}: int | None = None\n" for n in range(9))),
    ),
}
