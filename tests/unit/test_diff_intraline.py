from __future__ import annotations

import time

from reviewer.diff.intraline import pair_lines, word_spans


def marked(old: str, new: str) -> tuple[list[str], list[str]]:
    spans = word_spans(old, new)
    return [old[a:b] for a, b in spans[0]], [new[a:b] for a, b in spans[1]]


def test_only_the_changed_words() -> None:
    assert marked("if exp < now:", "if exp <= now - SKEW:") == ([], ["=", " - SKEW"])
    assert marked("return self.renew(force=True)", "return self.renew(force=False)") == (["True"], ["False"])


def test_a_blank_between_two_changed_words_is_part_of_the_change() -> None:
    assert marked("keep this part of it: red car", "keep this part of it: blue bus") == (["red car"], ["blue bus"])


def test_another_line_is_left_plain() -> None:
    assert word_spans("alpha beta", "gamma delta") == ((), ())
    assert word_spans("same", "same") == ((), ())
    assert word_spans("x" * 3000, "x" * 2999 + "y") == ((), ())


def test_lines_are_paired_in_order_by_likeness() -> None:
    removed = ["def load(path):", "    return open(path)"]
    added = ["# a new comment here", "def load(path, limit):", "    return open(path, 'rb')"]
    assert pair_lines(removed, added) == ((0, 1), (1, 2))
    assert pair_lines(["a b c"], ["x y z"]) == ()
    assert pair_lines([], ["x"]) == pair_lines(["", "  "], ["", "  "]) == ()


def test_hostile_lines_are_not_slow() -> None:
    started = time.perf_counter()
    word_spans("(" * 2000, "(" * 999 + "x" + "(" * 1000)
    word_spans("()" * 1000, ")(" * 1000)
    word_spans("a b " * 500, "b a " * 500)
    pair_lines([f"a{n} " * 300 for n in range(500)], [f"b{n} " * 300 for n in range(500)])
    assert time.perf_counter() - started < 1
