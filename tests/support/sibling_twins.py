"""A fault and its twin for code that lacks what everything beside it has."""

from __future__ import annotations

from tests.support.twins import Side, py

_HANDLERS = """def read_card(request):
    {guard}(request)
    {log}(request)
    return request.card


def close_card(request):
    {guard}(request)
    {log}(request)
    return request.close()


def move_card(request):
    {guard}(request)
    {log}(request)
    return request.move()


def copy_card(request):
    {guard}(request)
    {log}(request)
    return request.copy()
"""
_HAD = _HANDLERS.format(guard="require_role", log="count_use")
_CALLS = """def totals(rows):
    first = Money(rows[0], currency="EUR")
    second = Money(rows[1], currency="EUR")
    third = Money(rows[2], currency="USD")
    return first, second, third


def fee(row):
    return Money(row, currency="EUR")
"""


def handler(*lines: str) -> Side:
    """Return a change that adds one more handler."""
    body = "".join(f"    {line}\n" for line in lines)
    return py(_HAD, f"{_HAD}\n\ndef drop_card(request):\n{body}    return request.drop()\n")


def call(line: str) -> Side:
    """Return a change that adds one more call."""
    return py(_CALLS, f"{_CALLS}\n\ndef rest(rows):\n    left = rows[3:]\n    return {line}\n")


SIBLING_TWINS: dict[str, tuple[Side, Side]] = {
    "guard-not-here": (handler("count_use(request)"), handler("require_role(request)", "count_use(request)")),
    "sibling-unlike": (handler("require_role(request)"), handler("require_role(request)", "count_use(request)")),
    "call-unlike": (call("Money(left[0])"), call("Money(left[0], currency=left[1])")),
}
