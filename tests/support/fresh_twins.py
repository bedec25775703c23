"""Twins of the rules about new tests: one that holds little in place, one like it that holds it."""

from __future__ import annotations

from tests.support.twins import Side, new

TEST = "tests/test_app.py"
CODE = (
    "def weeks(rows, step=1):\n    if not rows:\n        raise AppError(step)\n"
    "    return [-(-row // step) * step for row in rows]\n"
)
MARKED = "@pytest.mark.asyncio\nasync def test_a(s):\n    assert await s.load() == 1\n\n\n"


def tested(body: str) -> Side:
    return Side({}, {"src/app.py": CODE, TEST: body})


FRESH_TWINS: dict[str, tuple[Side, Side]] = {
    "oracle-escaped": (
        new(TEST, "def test_a(store):\n    for one in store.prune(2):\n        assert one.old\n"),
        new(TEST, "def test_a(store):\n    for one in (store.last, store.first):\n        assert one.old\n"),
    ),
    "raises-broad": (
        tested("def test_a():\n    with pytest.raises(Exception):\n        weeks([])\n"),
        tested("def test_a():\n    with pytest.raises(AppError):\n        weeks([])\n"),
    ),
    "self-compared": (
        tested("def test_a():\n    assert weeks([1, 2]) == weeks((1, 2))\n"),
        tested("def test_a():\n    assert weeks([1, 2]) == weeks((1, 2))\n    assert weeks([1]) == [1]\n"),
    ),
    "oracle-feeble": (
        tested("def test_a():\n    assert weeks([1, 2]) is not None\n"),
        tested("def test_a():\n    assert weeks([1, 2]) == [1, 2]\n"),
    ),
    "answer-dropped": (
        tested("def test_a(caplog):\n    weeks([1, 2])\n    assert 'two' in caplog.text\n"),
        tested("def test_a(caplog):\n    assert weeks([1, 2]) == [1, 2]\n    assert 'two' in caplog.text\n"),
    ),
    "oracle-copied": (
        tested("def test_a():\n    assert weeks([61], 15)[0] == -(-61 // 15) * 15\n"),
        tested("def test_a():\n    assert weeks([61], 15)[0] == 75\n"),
    ),
    "tolerance-wide": (
        tested("def test_a():\n    assert weeks([1.5])[0] == pytest.approx(1.5, abs=1)\n"),
        tested("def test_a():\n    assert weeks([1.5])[0] == pytest.approx(1.5, abs=0.01)\n"),
    ),
    "cases-equal": (
        new(TEST, "@pytest.mark.parametrize('n', [1, 2, 1])\ndef test_a(n):\n    assert f(n) == n\n"),
        new(TEST, "@pytest.mark.parametrize('n', [1, 2, 3])\ndef test_a(n):\n    assert f(n) == n\n"),
    ),
    "oracle-either": (
        new(TEST, "def test_a():\n    assert ask('x') in {200, 403}\n"),
        new(TEST, "def test_a():\n    assert ask('x') in {401, 403}\n"),
    ),
    "test-unawaited": (
        new(TEST, f"{MARKED}async def test_b(s):\n    assert await s.load() == 2\n"),
        new(TEST, f"{MARKED}@pytest.mark.asyncio\nasync def test_b(s):\n    assert await s.load() == 2\n"),
    ),
}
