"""Why a hunk is there: by content, through what came later, and never by coincidence."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.run.event import Command, Edit, Event, Message, Plan, PlanStep, Prompt, Read, Thought
from reviewer.run.why import HunkText, TraceCancelledError, Why, WhyIndex, trace
from reviewer.run.why.moment import last_sentences
from reviewer.run.why.patch import blocks_of
from reviewer.run.why.shell import substitutions
from reviewer.run.why.words import common, line_key, weight

PATH = "src/a.py"


def edit(seq: int, patch: str | None, **more: Any) -> Edit:  # noqa: ANN401 - fields of the event
    """Return an applied edit of the file."""
    fields: dict[str, Any] = {"path": f"/w/{PATH}", "repo_path": PATH, "applied": True, "turn": 1, **more}
    return Edit(seq=seq, patch=patch, **fields)


def command(seq: int, n: int, line: str, state: str = "passed", kind: str = "test", **more: Any) -> Command:  # noqa: ANN401 - fields of the event
    """Return a command."""
    fields: dict[str, Any] = {"state": state, "command_kind": kind, "turn": 1, **more}
    return Command(seq=seq, n=n, line=line, **fields)


def hunk(text: str, start: int = 10, path: str = PATH, old_path: str | None = None) -> HunkText:
    """Return a hunk of signed lines."""
    lines: list[tuple[str, str, int | None]] = []
    number = start
    for line in text.strip("\n").split("\n"):
        sign = line[:1] or " "
        lines.append((sign, line[1:], None if sign == "-" else number))
        number += sign != "-"
    return HunkText(path, old_path, start, tuple(lines))


def why(events: list[Event], *hunks: HunkText) -> Why:
    """Return why the first hunk is there."""
    return trace(events, hunks)[0]


SKEW = """
 def expired(exp, now):
-    return exp < now
+    return exp <= now - SKEW_SECONDS
 # the end of it
"""
SKEW_PATCH = f"@@ -10,3 +10,3 @@{SKEW}"


# By content


def test_an_edit_that_stands_there_as_recorded_is_exact() -> None:
    found = why([edit(4, SKEW_PATCH)], hunk(SKEW))
    assert (found.how, found.edits, found.shares, found.main) == ("exact", (4,), (2,), 4)
    assert (found.lines_traced, found.lines, found.turn) == (2, 2, 1)
    assert found.rules == ("why-by-content",)


def test_an_edit_without_line_numbers_is_exact_too() -> None:
    patch = "@@ @@\n-    return exp < now\n+    return exp <= now - SKEW_SECONDS"
    assert why([edit(4, patch)], hunk(SKEW)).how == "exact"


def test_tabs_that_the_log_shows_as_two_blanks_are_the_same() -> None:
    shown = hunk("-\tif old == nil {\n+\t\tif fresh == nil {")
    patch = "@@ -10,1 +10,1 @@\n-  if old == nil {\n+    if fresh == nil {"
    assert why([edit(4, patch)], shown).how == "exact"


def test_a_refused_edit_made_nothing() -> None:
    found = why([edit(4, SKEW_PATCH, applied=False)], hunk(SKEW))
    assert not found.traced
    assert found.reason == "no edit of this file is recorded"


def test_an_edit_that_the_agent_rewound_past_is_still_on_disk() -> None:
    assert why([edit(4, SKEW_PATCH, discarded=True)], hunk(SKEW)).edits == (4,)


def test_an_edit_of_another_file_is_not_this_files() -> None:
    found = why([edit(4, SKEW_PATCH, repo_path="src/b.py")], hunk(SKEW))
    assert found.reason == "no edit of this file is recorded"


def test_equal_changes_in_two_places_go_by_their_line_numbers() -> None:
    change = " first = open(path)\n-defer.close(first)\n+defer.close_and_check(first)\n use(first)"
    one = edit(3, f"@@ -10,3 +10,3 @@\n{change}")
    two = edit(5, f"@@ -50,3 +50,3 @@\n{change}")
    found = trace([one, two], [hunk(change, 10), hunk(change, 50)])
    assert [each.edits for each in found] == [(3,), (5,)]


def test_line_numbers_are_followed_through_later_edits_above() -> None:
    change = " first = open(path)\n-defer.close(first)\n+defer.close_and_check(first)\n use(first)"
    one = edit(3, f"@@ -50,3 +50,3 @@\n{change}")
    two = edit(5, f"@@ -80,3 +80,3 @@\n{change}")
    above = edit(7, "@@ -1,1 +1,3 @@\n import os\n+import one_more_thing\n+import another_thing")
    shown = [hunk(" import os\n+import one_more_thing\n+import another_thing", 1), hunk(change, 52), hunk(change, 82)]
    assert [each.edits for each in trace([one, two, above], shown)] == [(7,), (3,), (5,)]


def test_equal_new_lines_go_by_what_was_removed_there() -> None:
    one = edit(3, "@@ @@\n-old_first(value)\n+renewed(value, again)")
    two = edit(5, "@@ @@\n-old_second(value)\n+renewed(value, again)")
    shown = [
        hunk(" a\n-old_first(value)\n+renewed(value, again)\n b", 10),
        hunk(" c\n-old_second(value)\n+renewed(value, again)\n d", 90),
    ]
    assert [each.edits for each in trace([one, two], shown)] == [(3,), (5,)]


def test_one_call_that_replaced_all_of_them_made_all_of_them() -> None:
    one = edit(3, "@@ @@\n-old_name(value)\n+new_name(value)")
    shown = [hunk(f" {c}\n-old_name(value)\n+new_name(value)\n {c}", n) for c, n in (("a", 10), ("b", 90))]
    assert [each.edits for each in trace([one], shown)] == [(3,), (3,)]


def test_an_edit_over_several_hunks_is_found_in_each() -> None:
    body = [f"    keep_{n} = compute({n})" for n in range(30)]
    after = ["+first_new_line()", *(f" {line}" for line in body), "+last_new_line()"]
    patch = "\n".join(["@@ -10,30 +10,32 @@", *after])
    shown = [
        hunk("\n".join(["+first_new_line()", *(f" {line}" for line in body[:3])]), 10),
        hunk("\n".join([*(f" {line}" for line in body[-3:]), "+last_new_line()"]), 38),
    ]
    assert [each.edits for each in trace([edit(3, patch)], shown)] == [(3,), (3,)]


def test_a_brace_that_either_function_could_call_its_own_belongs_to_the_edit() -> None:
    shown = hunk(" func a() {\n   one()\n+}\n+\n+func b() {\n+  two_of_them()\n }\n ")
    patch = "@@ -10,4 +10,8 @@\n func a() {\n   one()\n }\n+\n+func b() {\n+  two_of_them()\n+}\n "
    found = why([edit(3, patch)], shown)
    assert (found.lines_traced, found.lines, found.how) == (4, 4, "exact")


# Through what came later


def test_later_edits_that_write_over_earlier_ones_stand_after_them() -> None:
    first = edit(3, "@@ -10,2 +10,3 @@\n def run():\n+    limit = compute_limit(1)\n     return go()")
    second = edit(6, "@@ -11,1 +11,1 @@\n-    limit = compute_limit(1)\n+    limit = compute_limit(2)")
    shown = hunk(" def run():\n+    limit = compute_limit(2)\n     return go()")
    found = why([first, second], shown)
    assert (found.how, found.edits, found.shares, found.main) == ("through later edits", (3, 6), (0, 1), 6)


def test_an_edit_that_is_taken_back_leaves_nothing() -> None:
    there = edit(3, "@@ -10,1 +10,2 @@\n def run():\n+    print('debugging this')")
    back = edit(5, "@@ -10,2 +10,1 @@\n def run():\n-    print('debugging this')")
    shown = hunk(" def run():\n+    limit = compute_limit(2)\n     return go()")
    last = edit(7, "@@ -10,2 +10,3 @@\n def run():\n+    limit = compute_limit(2)\n     return go()")
    assert why([there, back, last], shown).edits == (7,)


def test_edits_before_the_change_began_are_none_of_its_history() -> None:
    """The session went on over several commits: what it wrote before this one is the old side here."""
    older = edit(3, "@@ -10,1 +10,2 @@\n def run():\n+    limit = compute_limit(1)")
    newer = edit(9, "@@ -11,1 +11,1 @@\n-    limit = compute_limit(1)\n+    limit = compute_limit(2)")
    shown = hunk(" def run():\n-    limit = compute_limit(1)\n+    limit = compute_limit(2)\n     return go()")
    assert why([older, newer], shown).edits == (9,)


def test_blanks_quotes_and_commas_of_a_formatter_are_said() -> None:
    patch = "@@ -10,1 +10,2 @@\n def run():\n+    call_it( 'one','two' )"
    shown = hunk(' def run():\n+    call_it("one", "two")\n     return go()')
    found = why([edit(3, patch)], shown)
    assert (found.how, found.edits, found.rules) == ("after a formatter", (3,), ("why-after-formatter",))


def test_lines_that_a_formatter_broke_are_found() -> None:
    patch = "@@ -10,1 +10,2 @@\n def run():\n+    result = call_it(first_argument, second_argument, third=3)"
    call = "+    result = call_it(\n+        first_argument,\n+        second_argument,\n+        third=3,\n+    )"
    shown = hunk(f" def run():\n{call}")
    found = why([edit(3, patch)], shown)
    assert (found.how, found.lines_traced, found.lines) == ("after a formatter", 5, 5)


def test_lines_of_an_edit_that_a_person_changed_afterwards_say_how_many_are_left() -> None:
    lines = [f"+    step_{n} = prepare({n}, mode)" for n in range(6)]
    patch = "\n".join(["@@ -10,1 +10,7 @@", " def run():", *lines])
    shown = hunk("\n".join([" def run():", *lines[:3], "+    by_hand()", *lines[4:], "     return go()"]))
    found = why([edit(3, patch)], shown)
    assert (found.how, found.lines_traced, found.lines) == ("line by line", 5, 6)


def test_one_equal_line_far_from_where_the_edit_put_it_is_a_coincidence() -> None:
    patch = '@@ -300,2 +300,3 @@\n     logger.warn(\n+        slog.String("session", id),\n     )'
    shown = hunk(
        ' entry = make(\n+    one = two_or_three\n+        slog.String("session", id),\n+    four = five_or_six\n other'
    )
    assert not why([edit(3, patch)], shown).traced


def test_lines_that_an_edit_wrote_before_the_change_do_not_make_their_copies() -> None:
    written = ["+func save(a) {", "+  hash, err := create(a, b)", "+  if err != nil {", "+    return hash_failed(err)",
               "+  }", "+  return hash, mode_of(a)", "+}"]  # fmt: skip
    older = edit(3, "\n".join(["@@ -9,1 +9,8 @@", " before", *written]))
    shown = hunk(
        " func save(a) {\n+  if is_binary(a) {\n+    hash, err := create(a, b)\n+    if err != nil {\n"
        "+      return hash_failed(err)\n+    }\n+    return hash, mode_of(a)\n+  }\n   hash, err := create(a, b)\n"
        "   if err != nil {"
    )
    assert not why([older], shown).traced


def test_a_file_that_was_written_whole_is_said() -> None:
    body = [f"    keep_{n} = compute({n})" for n in range(8)]
    patch = "\n".join(["@@ @@", *(f"+{line}" for line in [*body, "    new_line = compute(99)"])])
    shown = hunk("\n".join([*(f" {line}" for line in body[-3:]), "+    new_line = compute(99)"]))
    found = why([edit(3, patch)], shown)
    assert (found.how, found.edits) == ("whole file written", (3,))


def test_an_earlier_edit_keeps_its_lines_when_the_file_is_written_whole() -> None:
    body = [f"    keep_{n} = compute({n})" for n in range(8)]
    early = edit(3, f"@@ @@\n {body[-1]}\n+    new_line = compute(99)")
    whole = edit(5, "\n".join(["@@ @@", *(f"+{line}" for line in [*body, "    new_line = compute(99)"])]))
    shown = hunk("\n".join([*(f" {line}" for line in body[-3:]), "+    new_line = compute(99)"]))
    found = why([early, whole], shown)
    assert (found.edits, found.main) == ((3, 5), 3)


# By shell


def test_a_script_that_holds_the_lines_and_writes_the_file_made_them() -> None:
    body = "t = open('src/a.py').read()\nt = t.replace('x', '''    return exp <= now - SKEW_SECONDS''')"
    line = f"python - <<'EOF'\n{body}\nopen('src/a.py', 'w').write(t)\nEOF"
    found = why([command(4, 1, line, kind="other")], hunk(SKEW))
    assert (found.how, found.edits, found.rules) == ("by shell", (4,), ("why-by-command-text",))


def test_a_script_that_only_names_the_file_made_nothing() -> None:
    line = "cat > /tmp/try.py <<'EOF'\n# like src/a.py\nprint(1)\n    return exp <= now - SKEW_SECONDS\nEOF"
    assert not why([command(4, 1, line, kind="other")], hunk(SKEW)).traced


@pytest.mark.parametrize("state", ["denied", "not_run"])
def test_a_command_that_did_not_run_made_nothing(state: str) -> None:
    line = "sed -i 's/exp < now/exp <= now - SKEW_SECONDS/' src/a.py"
    assert not why([command(4, 1, line, state=state)], hunk(SKEW)).traced


@pytest.mark.parametrize(
    "line",
    [
        "sed -i 's/exp < now/exp <= now - SKEW_SECONDS/' src/a.py",
        "sed -i -e 's|exp < now$|exp <= now - SKEW_SECONDS|g' src/a.py",
        "perl -pi -e 's/exp < now/exp <= now - SKEW_SECONDS/' src/a.py",
    ],
)
def test_a_substitution_that_gives_the_new_line_made_it(line: str) -> None:
    found = why([command(4, 1, line, kind="other")], hunk(SKEW))
    assert (found.how, found.lines_traced) == ("by shell", 2)


def test_a_substitution_that_gives_another_line_did_not() -> None:
    assert not why([command(4, 1, "sed -i 's/exp < now/exp <= now/' src/a.py")], hunk(SKEW)).traced


def test_of_several_scripts_the_one_with_most_lines_counts() -> None:
    new = ["+    with warnings.catch():", "+        warnings.simplefilter('ignore')", "+        getattr(module, name)"]
    shown = hunk("\n".join([" try:", "-    getattr(module, name)", *new]))
    whole = "\n".join(line[1:] for line in new)
    first = command(4, 1, f"cat > fix.py <<'E'\nsrc/a.py\nf.write('''{whole}''')\nE", kind="other")
    ran = edit(6, None, derived=True, tool="shell")
    part = "\n".join(line[1:] for line in new[:2])
    second = command(8, 2, f"cat > fix2.py <<'E'\nsrc/a.py\nf.write('''{part}''')\nE", kind="other")
    found = why([first, ran, second], shown)
    assert (found.main, found.edits, found.shares) == (4, (4, 6), (4, 0))


def test_an_edit_told_from_a_command_line_is_by_shell() -> None:
    assert why([edit(4, SKEW_PATCH, derived=True, tool="shell")], hunk(SKEW)).how == "by shell"


# Files


def test_a_deleted_file_is_the_deletions() -> None:
    shown = HunkText(PATH, None, 0, (("-", "import os", None), ("-", "import sys", None)))
    found = why([edit(3, "@@ -1,1 +1,2 @@\n import os\n+import sys"), edit(5, None, op="delete")], shown)
    assert (found.how, found.edits, found.lines_traced) == ("file deleted", (5,), 2)


def test_a_file_in_a_deleted_folder_is_the_deletions() -> None:
    shown = HunkText(PATH, None, 0, (("-", "import os", None),))
    assert why([edit(5, None, op="delete", repo_path="src")], shown).edits == (5,)


def test_edits_under_the_old_name_count() -> None:
    shown = hunk(SKEW, path="src/new.py", old_path=PATH)
    assert why([edit(4, SKEW_PATCH)], shown).edits == (4,)


def test_edits_before_a_move_by_the_shell_count() -> None:
    moved = [edit(6, None, op="delete", derived=True), edit(7, None, op="rename", derived=True, repo_path="src/new.py")]
    assert why([edit(4, SKEW_PATCH), *moved], hunk(SKEW, path="src/new.py")).edits == (4,)


def test_what_a_header_alone_says_needs_an_event_that_says_it() -> None:
    index = WhyIndex.build([edit(4, None, op="rename", repo_path="src/new.py"), edit(5, None, op="delete")])
    assert index.of_file("src/new.py", PATH, "R").how == "file renamed"
    assert index.of_file(PATH, None, "D").edits == (5,)
    assert index.of_file(PATH, None, "M").reason == "no event of the run says it"


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "no run is recorded"),
        ([edit(3, None)], "what edit 3 wrote into this file is not recorded"),
        ([edit(3, "@@ @@\n+nothing_of_this_hunk()")], "no recorded edit of this file has these lines"),
        (
            [edit(3, "@@ @@\n+nothing_of_this_hunk()\n+cut he", patch_cut=True)],
            "no recorded edit has these lines, and the record of one is cut",
        ),
    ],
)
def test_what_is_not_traceable_says_why(events: list[Event], reason: str) -> None:
    found = why(events, hunk(SKEW))
    assert (found.how, found.traced, found.reason, found.said, found.lines) == ("not traceable", False, reason, None, 2)


# What surrounds an edit


def test_the_words_are_the_last_of_the_same_agent_in_the_same_turn() -> None:
    events: list[Event] = [
        Prompt(seq=1, turn=1, text="Fix it"),
        Message(seq=2, turn=1, text="I looked around.\n\nThe clock is off. Let me allow for skew:"),
        Message(seq=3, turn=1, agent="root/b", text="Something else."),
        edit(4, SKEW_PATCH),
    ]
    found = why(events, hunk(SKEW))
    assert found.said is not None
    assert (found.said.seq, found.said.kind) == (2, "message")
    assert found.said.text == "The clock is off. Let me allow for skew:"


def test_words_of_an_earlier_turn_are_not_put_before_an_edit() -> None:
    events: list[Event] = [Message(seq=2, turn=1, text="Done."), edit(4, SKEW_PATCH, turn=2)]
    assert why(events, hunk(SKEW)).said is None


def test_a_plan_step_in_progress_and_a_thought_are_words_too() -> None:
    plan = Plan(seq=2, turn=1, steps=(PlanStep("Look", "completed"), PlanStep("Allow for skew", "in_progress")))
    said = why([plan, edit(4, SKEW_PATCH)], hunk(SKEW)).said
    assert said is not None
    assert (said.kind, said.text) == ("plan", "Allow for skew")
    hidden: list[Event] = [plan, Thought(seq=3, turn=1, text=None), edit(4, SKEW_PATCH)]
    said = why(hidden, hunk(SKEW)).said
    assert said is not None
    assert said.kind == "plan"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One. Two. Three.", "One. Two. Three."),
        ("First part.\n\nLast part.", "Last part."),
        ("Like this:\n```py\nx = 1\n```", "Like this:"),
        ("Here it is:\n\ndist/index.js", "Here it is:"),
        ("", ""),
        ("...", ""),
        ("word " * 100, f"{('word ' * 56).strip()}…"),
    ],
)
def test_the_last_sentences_are_quoted(text: str, said: str) -> None:
    assert last_sentences(text) == said


def test_the_failed_command_before_and_the_passed_one_after() -> None:
    events: list[Event] = [
        command(1, 1, "pytest -q", "failed"),
        command(2, 2, "ls nowhere", "failed", "other"),
        edit(4, SKEW_PATCH),
        command(5, 3, "pytest -q | tail", "not_conclusive", not_conclusive="pipe"),
        command(6, 4, "cat src/a.py", "passed", "other"),
        Read(seq=7, turn=1, path=PATH, derived=True),
        command(8, 5, "pytest -q"),
    ]
    found = why(events, hunk(SKEW))
    assert (found.failed, found.passed) == (1, 5)
    assert found.rules == ("why-by-content", "failed-before-edit", "passed-after-edit")


def test_what_passed_since_led_to_nothing_and_a_file_that_was_written_proves_nothing() -> None:
    events: list[Event] = [
        command(1, 1, "pytest -q", "failed"),
        command(2, 2, "pytest -q"),
        command(3, 3, "sed -n 1,5p nowhere.py", "failed", "other"),
        edit(4, SKEW_PATCH),
        command(5, 4, "echo x > b.py", "passed", "other"),
        Edit(seq=6, path="b.py", op="add", applied=True, derived=True),
    ]
    found = why(events, hunk(SKEW))
    assert (found.failed, found.passed) == (None, None)
    assert why([command(1, 1, "mypy .", "failed", "type"), *events[1:]], hunk(SKEW)).failed == 1


def test_a_check_that_failed_in_an_earlier_turn_counts_while_none_passed() -> None:
    failed = command(1, 1, "pytest -q", "failed")
    assert why([failed, edit(4, SKEW_PATCH, turn=2)], hunk(SKEW)).failed == 1
    passed = command(2, 2, "pytest -q")
    assert why([failed, passed, edit(4, SKEW_PATCH, turn=2)], hunk(SKEW)).failed is None


def test_commands_of_another_session_are_not_before_or_after() -> None:
    events: list[Event] = [
        command(1, 1, "pytest", "failed", session=2),
        edit(4, SKEW_PATCH),
        command(5, 2, "pytest", session=2),
    ]
    found = why(events, hunk(SKEW))
    assert (found.failed, found.passed) == (None, None)


# Patches


def test_patches_are_read_whatever_form_they_have() -> None:
    patch = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ def f\n a\n--- old\n+++ new\n\\ No newline at end of file\n@@ @@\n+z\r"
    first, second = blocks_of(edit(1, patch))
    assert (first.after, first.added, first.removed, first.start) == (
        ["a", "++ new"],
        [False, True],
        {1: ["-- old"]},
        1,
    )
    assert (second.after, second.start, second.writes_whole) == (["z"], None, True)


def test_a_replaced_part_without_numbers_is_only_what_differs() -> None:
    (block,) = blocks_of(edit(1, "@@ @@\n-a\n-b\n-c\n+a\n+x\n+c"))
    assert (block.after, block.added, block.removed) == (["a", "x", "c"], [False, True, False], {1: ["b"]})


def test_the_last_line_of_a_cut_patch_is_not_believed() -> None:
    (block,) = blocks_of(edit(1, "@@ @@\n+whole line\n+half a li", patch_cut=True))
    assert block.after == ["whole line"]


def test_long_texts_are_compared_by_lines_that_stand_once() -> None:
    old = [f"first side, line {n}" for n in range(700)]
    new = [f"other side, line {n}" for n in range(700)]
    old[300] = new[400] = "the only line that both have"
    assert common(old, new) == [(300, 400, 1)]


@pytest.mark.parametrize(("text", "says"), [("  }", 0), ("", 0), ("else:", 1), ("x = 1", 1), ("limit = compute(2)", 2)])
def test_what_stands_everywhere_says_nothing(text: str, says: int) -> None:
    assert weight(text) == says


def test_a_formatter_changes_blanks_quotes_and_the_last_comma() -> None:
    assert line_key("  call( 'a', b ),") == line_key('call("a",b)')


def test_substitutions_are_read_as_texts() -> None:
    line = r"sed -i 's/a\/b/c&d/; s|^x$|y|g' f; echo this/s/that"
    assert list(substitutions(line)) == [("a/b", "ca/bd"), ("x", "y")]


# Bounds


def test_the_same_run_gives_the_same_answer_for_every_order_of_hunks() -> None:
    events: list[Event] = [edit(4, SKEW_PATCH), edit(6, "@@ @@\n+other_line = compute(1)")]
    shown = [hunk(SKEW), hunk("+other_line = compute(1)", 90), hunk(SKEW, path="src/b.py")]
    forward = trace(events, shown)
    backward = trace(events, shown[::-1])
    assert [each.edits for each in forward] == [each.edits for each in backward][::-1]
    assert [each.hunk for each in forward] == [0, 1, 2]


def _line(number: int) -> str:
    return f"    value_{number} = compute({number}, {number * 7 % 1000})"


def test_a_large_change_takes_seconds() -> None:
    texts = [_line(n) for n in range(20_000)]
    events: list[Event] = []
    for place in range(0, len(texts), 10):
        above = texts[max(0, place - 3) : place]
        body = [*(f" {line}" for line in above), *(f"+{line}" for line in texts[place : place + 10])]
        start = max(1, place - 2)
        head = f"@@ -{start},{len(above)} +{start},{len(body)} @@"
        events.append(edit(place + 1, "\n".join([head, *body])))
    started = time.monotonic()
    found = why(events, HunkText(PATH, None, 1, tuple(("+", line, n + 1) for n, line in enumerate(texts))))
    assert time.monotonic() - started < 10
    assert found.lines_traced == len(texts)


def test_lines_that_are_all_the_same_do_not_hang() -> None:
    same = "    the_same_line(over, and_over)"
    patch = "\n".join(["@@ -1,3 +1,13 @@", *[f" {same}"] * 3, *[f"+{same}"] * 10])
    events: list[Event] = [edit(n, patch) for n in range(1, 400)]
    started = time.monotonic()
    trace(events, [HunkText(PATH, None, 1, tuple(("+", same, n + 1) for n in range(20_000)))])
    assert time.monotonic() - started < 10


def test_too_much_is_said_and_not_waited_for() -> None:
    lines = tuple(("+", "x", n) for n in range(1, 300_002))
    found = why([edit(3, SKEW_PATCH)], HunkText(PATH, None, 1, lines))
    assert (found.how, found.reason) == ("not traceable", "too large to trace")


def test_whoever_does_not_wait_any_more_stops_it() -> None:
    texts = [_line(n) for n in range(60_000)]
    events: list[Event] = [edit(1, "\n".join(["@@ @@", *(f"+{line}" for line in texts)]))]
    shown = HunkText(PATH, None, 1, tuple(("+", line, n + 1) for n, line in enumerate(texts)))
    with pytest.raises(TraceCancelledError):
        WhyIndex.build(events).of([shown], lambda: True)


_texts = st.sampled_from(
    ["", "}", "x = 1", "import os", "call(a, b)", "call( a,b )", "long_line_of_code(one, two)", "@@"]
)
_signed = st.lists(st.tuples(st.sampled_from(" +-"), _texts), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    hunks=st.lists(st.tuples(st.integers(0, 40), _signed), max_size=4),
    patches=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["@@ @@", "@@ -1,3 +1,4 @@", "@@ -9 +9 @@", "", "@@ -0,0 +1,99 @@"]), _signed),
            st.text(max_size=40),
        ),
        max_size=6,
    ),
)
def test_any_patch_and_any_hunk_have_an_answer(hunks: list[Any], patches: list[Any]) -> None:
    numbers = itertools.count(1)
    events: list[Event] = []
    for patch in patches:
        text = patch if isinstance(patch, str) else "\n".join([patch[0], *(s + t for s, t in patch[1])])
        events.append(edit(next(numbers), text, patch_cut=len(text) % 5 == 1))
    shown = [
        HunkText(PATH, None, start, tuple((sign, text, None if sign == "-" else start) for sign, text in lines))
        for start, lines in hunks
    ]
    found = trace(events, shown)
    assert len(found) == len(shown)
    for each in found:
        assert 0 <= each.lines_traced <= each.lines
        assert each.lines_traced == sum(each.shares)
        assert list(each.edits) == sorted(set(each.edits))
        assert each.traced is not bool(each.reason)
