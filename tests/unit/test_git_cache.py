from __future__ import annotations

from reviewer.git.cache import Cache


def test_the_value_used_longest_ago_goes_first() -> None:
    cache: Cache[str] = Cache(3)
    for name in "abc":
        cache.put(name, name.upper())
    assert cache.get("a") == "A"
    cache.put("d", "D")
    assert [name for name in "abcd" if name in cache] == ["a", "c", "d"]
    assert cache.get("b") is None


def test_weights_count_and_a_value_put_twice_counts_once() -> None:
    cache: Cache[int] = Cache(10)
    cache.put("a", 1, 4)
    cache.put("a", 2, 5)
    cache.put("b", 3, 5)
    assert (cache.get("a"), cache.get("b")) == (2, 3)
    cache.put("huge", 4, 100)
    assert cache.get("huge") == 4
    assert cache.get("a") is None
