"""A small fix done well: inside its scope, tested on both sides of the limit, run after the last edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scenarios.script import Script

if TYPE_CHECKING:
    from tests.scenarios.tree import Tree

SESSION = "2b90c7de-5a41-4f0c-9d13-000000000000"
SOURCE = "src/slugs/slug.py"
TESTS = "tests/test_slug.py"
RUN = "python -m pytest"
FAILED = """\
..F..                                                                    [100%]
=================================== FAILURES ===================================
_____________________ test_a_long_title_is_cut_at_a_word ______________________

    def test_a_long_title_is_cut_at_a_word():
>       assert slugify("one two three", max_length=9) == "one-two"
E       AssertionError: assert 'one-two-th' == 'one-two'

tests/test_slug.py:13: AssertionError
=========================== short test summary info ============================
FAILED tests/test_slug.py::test_a_long_title_is_cut_at_a_word
1 failed, 4 passed in 0.06s
"""


def script(base: Tree, head: Tree) -> bytes:
    """Return the log of the run that turned `base` into `head`."""
    run = Script(SESSION, "2026-04-14T08:30:00+00:00", branch="agent/slug-length")
    source, tests = base.text(SOURCE), base.text(TESTS)
    run.prompt("slugify sometimes returns one character more than max_length (SLUGS-42). Fix it, and cut at a word.\n")
    run.read(SOURCE, source)
    run.read(TESTS, tests)
    run.todo(("Write tests for the limit", "in_progress"), ("Cut at a word", "pending"), ("Run the tests", "pending"))
    added = head.text(TESTS).removeprefix(tests)
    last = '    assert slugify("Café au lait") == "cafe-au-lait"\n'
    tests = run.edit(TESTS, tests, last, last + added)
    run.run(RUN, FAILED, 1, seconds=2)
    cut = "    return slug[: max_length + 1]\n"
    source = run.edit(SOURCE, source, cut, head.text(SOURCE).removeprefix(source.removesuffix(cut)))
    run.run(RUN, ".....                                                    [100%]\n5 passed in 0.05s\n", seconds=2)
    run.todo(("Write tests for the limit", "completed"), ("Cut at a word", "completed"), ("Run the tests", "completed"))
    run.say("A slug is now at most max_length characters and ends with a whole word. All 5 tests pass.")
    assert source == head.text(SOURCE)
    assert tests == head.text(TESTS)
    return run.log()
