"""Any text is a command line: it gives an answer, the same every time, and never takes long."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.run import patch_text
from reviewer.run.importers.by_shell import ByShell
from reviewer.run.shell import check_output, test_output
from reviewer.run.shell import words as shell_words
from reviewer.run.shell.command_line import CommandLine, analyse
from reviewer.run.shell.scripts import scan
from reviewer.run.shell.state import facts

_CASES = settings(max_examples=300, deadline=None)
_PIECES = st.sampled_from(
    [
        *(
            "cat ",
            "a.py ",
            "> ",
            ">> ",
            "2>&1 ",
            "<<EOF\n",
            "\nEOF\n",
            "<<-'X' ",
            "X\n",
            "'",
            '"',
            "\\",
            "$(",
            ")",
            "(",
            "`",
        ),
        *("; ", "&& ", "|| ", "| ", "& ", "\n", "cd ", "sed -i ", "s/a/b/ ", "-n ", "'1,5p' ", "git ", "apply ", "mv "),
        *(
            "python -c ",
            "open('a','w')",
            ".replace('a','b')",
            "bash -lc ",
            "for f in a b; do ",
            "$f ",
            "done ",
            "-- ",
            "-e ",
        ),
        *("curl ", "https://a.b/c ", "u@h:x ", "docker run ", "pip install ", "echo -e ", "printf ", "%s ", "tee -a "),
        *(
            "Get-Content ",
            "-Path ",
            "@'\n",
            "\n'@ ",
            "C:\\a\\b ",
            "$env:X=1 ",
            "set -e ",
            "pytest ",
            "find . -name ",
            "head -",
        ),
        *(
            "9999999999 ",
            "apply_patch ",
            "*** Begin Patch\n*** Update File: a\n",
            "+x\n",
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n",
        ),
        *(
            "perl -pi -e ",
            "awk 'NR>=",
            "{",
            "}",
            "!",
            "#",
            "\x00",
            "\u2028",
            "é",
            "\ud800",
            "=",
            "A=1 ",
            "10i\\ ",
            "timeout 5 ",
        ),
    ]
)
_LINES = st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=200)


@_CASES
@given(_LINES)
def test_any_line_gives_an_answer(line: str) -> None:
    known = analyse(line)
    assert isinstance(known, CommandLine)
    assert all(edit.path and "\n" not in edit.path for edit in known.edits)
    assert all(host == host.lower() and way for host, way in known.hosts)
    every = (known.edits, known.reads, known.searches)
    assert all(0 <= early <= len(found) for early, found in zip(known.early, every, strict=True))
    assert len(known.edits) <= 100


@_CASES
@given(
    _LINES, st.sampled_from(["ok", "failed", "unknown", "running", "denied"]), st.none() | st.integers(-20, 300), _LINES
)
def test_any_end_gives_a_state_and_events(line: str, ended: object, exit_code: int | None, output: str) -> None:
    known = facts(line, ended=ended, exit_code=exit_code, output=output)  # type: ignore[arg-type]
    by_shell = ByShell()
    for _ in range(2):
        for cls, fields in by_shell.after("/x", known):
            cls(seq=1, **fields)


@_CASES
@given(_LINES)
def test_any_text_is_a_patch_a_script_and_an_output(text: str) -> None:
    patch_text.parse(text)
    patch_text.unified(text)
    scan(text)
    test_output.counts(text)
    test_output.outcome(text, ends=True)
    check_output.shows_failure(text)


@_CASES
@given(st.lists(st.text("abc'\"\\ $|&;<>()\n", min_size=1, max_size=6), max_size=12))
def test_the_words_of_quoted_arguments_are_these_arguments(words: list[str]) -> None:
    import shlex

    plain = [word for word in words if "\\" not in word]
    (part,) = shell_words.split(shlex.join(["x", *plain]))
    assert part.words == ("x", *plain)


@settings(max_examples=30, deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=4).map("".join))
def test_a_long_line_takes_no_more_than_its_length(unit: str) -> None:
    line = unit * (200_000 // len(unit))
    started = time.process_time()
    analyse(line)
    assert time.process_time() - started < 5
