"""Chat histories of Aider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from reviewer.run.event import Command, Context, Denial, Edit, End, Error, Message, Prompt, Read, Tool, Usage
from reviewer.run.importers.aider import Aider, blocks
from tests.support.imported import of, read_with, spoiled, stands
from tests.support.samples import samples_dir

if TYPE_CHECKING:
    from reviewer.run.importers.importer import ImportedRun

IMPORTER = Aider()
START = "\n# aider chat started at 2026-02-03 04:05:06\n\n"
BANNER = "> Aider v0.85.1  \n> Main model: gpt-4o with diff edit format  \n> Weak model: gpt-4o-mini  \n"


def block(path: str, old: str, new: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


def asked(*lines: str) -> str:
    return "\n" + "".join(f"#### {line}  \n" for line in lines)


def told(*lines: str) -> str:
    return "".join(f"> {line}  \n" for line in lines)


FULL = (
    START
    + BANNER
    + told("Added a.py to the chat")
    + asked("rename x", "", "and test it")
    + "\nI will.\n\n"
    + block("a.py", "x = 1\n", "y = 1\n")
    + "\n"
    + told("Tokens: 3.2k sent, 66 received. Cost: $0.0086 message, $0.02 session.")
    + told("Applied edit to a.py", "Commit abc1234 refactor: rename x")
    + told("pytest -q", "Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: y", "Running pytest -q")
    + told(
        "Add command output to the chat? (Y)es/(N)o/(D)on't ask again [Yes]: y", "Added 2 lines of output to the chat."
    )
    + asked("/undo")
    + told("Removed: abc1234 refactor: rename x", "Now at:  0000000 first")
    + asked("/exit")
)


def read(text: str) -> ImportedRun:
    run, _ = read_with(IMPORTER, text.encode())
    return run


@pytest.fixture(scope="module")
def sample() -> ImportedRun:
    path = samples_dir() / "transcripts" / "aider" / "a01-multi-session-shell.aider.chat.history.md"
    return read_with(IMPORTER, path.read_bytes())[0]


def test_the_sample_agrees_with_its_index(sample: ImportedRun) -> None:
    edits = of(sample, Edit)
    assert sum(1 for event in of(sample, Context) if event.what == "session") == 9
    assert len(sample.info.commits) == 13
    assert sum(1 for event in of(sample, Context) if event.what == "interrupt") == 2
    # The index counts 350 lines; 9 of them are answers that the program gave to its own questions, and logged as typed.
    assert sum(prompt.text.count("\n") + 1 for prompt in of(sample, Prompt)) == 350 - 9
    # 17 lines say so; one more file was edited by blocks that are told of beside one that failed.
    assert sum(1 for edit in edits if edit.applied) == 17 + 1
    # Both of the index' two: what the program said, and the block that it said it of.
    assert len(of(sample, Error)) + sum(1 for edit in edits if edit.applied is False) == 2
    typed = [command for command in of(sample, Command) if command.description == "run by the person"]
    assert (len(of(sample, Command)) - len(typed), len(typed)) == (10, 1)
    assert {command.exit_code for command in of(sample, Command)} == {None}
    assert not sample.unknown


def test_the_edits_of_the_sample_are_those_of_its_commits(sample: ImportedRun) -> None:
    path = samples_dir() / "transcripts" / "aider" / "a01-multi-session-shell.commits.diff"
    commits = re.split(r"^commit ", path.read_text(), flags=re.MULTILINE)[1:]
    made: dict[str, dict[str, list[str]]] = {}
    pending: dict[str, list[str]] = {}
    for event in sample.events:
        if isinstance(event, Edit) and event.applied:
            pending.setdefault(event.path, []).extend((event.patch or "").split("\n"))
        elif isinstance(event, Context) and event.what == "snapshot":
            made[event.text.split()[1]], pending = pending, {}
    for commit in commits:
        files = re.split(r"^diff --git a/", commit, flags=re.MULTILINE)[1:]
        assert set(made[commit[:7]]) == {file.split(" ", 1)[0] for file in files}
        for file in files:
            added = [line for line in file.split("\n") if line.startswith("+") and not line.startswith("+++")]
            assert set(added) <= set(made[commit[:7]][file.split(" ", 1)[0]])


def test_it_is_told_by_its_content() -> None:
    assert IMPORTER.sniff(FULL.encode(), "x")
    assert IMPORTER.sniff(FULL.encode("utf-16"), "x")
    assert not IMPORTER.sniff(b"# About\n\nSee `# aider chat started at 2026-01-01 00:00:00`.\n", "x")
    assert not IMPORTER.sniff(b'{"text": "\n# aider chat started at 2026-01-01 00:00:00\n"}', "x")


def test_each_chat_begins_with_its_time_that_has_no_zone() -> None:
    run = read(FULL + START.replace("02-03", "02-04"))
    assert [(event.time, event.text) for event in of(run, Context) if event.what == "session"] == [
        ("2026-02-03T04:05:06", "chat started at 2026-02-03T04:05:06"),
        ("2026-02-04T04:05:06", "chat started at 2026-02-04T04:05:06"),
    ]
    assert (run.info.started, run.info.ended) == ("2026-02-03T04:05:06", "2026-02-04T04:05:06")
    assert {event.time for event in of(run, Prompt)} == {None}
    assert (run.info.versions, run.info.models) == (["0.85.1"], ["gpt-4o"])


def test_a_whole_turn() -> None:
    run = read(FULL)
    assert [(prompt.text, prompt.via) for prompt in of(run, Prompt)] == [
        ("rename x\n\nand test it", "prompt"),
        ("/undo", "command"),
        ("/exit", "command"),
    ]
    assert [(reading.path, reading.whole) for reading in of(run, Read)] == [("a.py", True)]
    assert [message.text.split("\n")[0] for message in of(run, Message)] == ["I will."]
    (usage,) = of(run, Usage)
    assert (usage.model, usage.input_tokens, usage.output_tokens, usage.usd) == ("gpt-4o", 3200, 66, 0.0086)
    (command,) = of(run, Command)
    assert (command.line, command.state, command.log) == ("pytest -q", "unknown", None)
    assert of(run, End)[0].reason == "finished"


def test_an_undo_takes_the_edits_of_its_commit_back() -> None:
    run = read(FULL)
    assert [(edit.tool, edit.patch) for edit in of(run, Edit)] == [
        ("edit block", "@@ @@\n-x = 1\n+y = 1"),
        ("/undo", "@@ @@\n+x = 1\n-y = 1"),
    ]
    assert run.info.commits == []
    assert "rewind" in [event.what for event in of(run, Context)]


@pytest.mark.parametrize("version", ["one message", "line by line"])
def test_blocks_that_did_not_match_are_refused_and_the_others_applied(version: str) -> None:
    failure = (
        "# 1 SEARCH/REPLACE block failed to match!\n\n"
        "## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in a.py\n"
        "<<<<<<< SEARCH\n    x = 1  \n=======\n    y = 1\n>>>>>>> REPLACE\n\n"
        "The SEARCH section must exactly match an existing block of lines\nincluding white space, docstrings, etc\n\n"
        "# The other 1 SEARCH/REPLACE block were applied successfully.\nDon't re-send them.\n"
        "Just reply with fixed versions of the block above that failed to match."
    )
    if version == "one message":
        shown = f"> {failure}  \n"
    else:
        shown = "".join(f"> {line.strip()}  \n" if line.strip() else ">  \n" for line in failure.split("\n"))
    run = read(
        START
        + asked("go")
        + "\n"
        + block("a.py", "    x = 1\n", "    y = 1\n")
        + block("b.py", "", "z = 1\n")
        + "\n"
        + told("Tokens: 1 sent, 1 received.", "The LLM did not conform to the edit format.")
        + shown
        + told("Commit abc1234 fix")
        + "\nNow it will.\n\n"
    )
    assert [(edit.path, edit.applied, edit.patch) for edit in of(run, Edit)] == [
        ("a.py", False, None),
        ("b.py", True, "@@ @@\n+z = 1"),
    ]
    assert of(run, Edit)[0].refused == "SEARCH block failed to match"
    assert [message.text for message in of(run, Message)][-1] == "Now it will."
    assert [error.where for error in of(run, Error)] == ["agent"]


def test_commands_that_the_person_refused() -> None:
    question = "Run shell commands? (Y)es/(N)o/(D)on't ask again [Yes]: n"
    run = read(START + asked("go") + "\nok\n\n" + "> rm -r x   \ngit push  \n" + told(question))
    assert [(command.line, command.state) for command in of(run, Command)] == [
        ("rm -r x", "denied"),
        ("git push", "denied"),
    ]
    assert len(of(run, Denial)) == 1


def test_a_file_that_the_person_did_not_let_be_made() -> None:
    run = read(
        START
        + asked("go")
        + "\n"
        + block("n.py", "", "x\n")
        + "\n"
        + told("n.py", "Create new file? (Y)es/(N)o [Yes]: n", "Skipping edits to n.py")
    )
    assert [(edit.applied, edit.refused) for edit in of(run, Edit)] == [(False, "refused by the person")]
    assert [(denial.tool, denial.what) for denial in of(run, Denial)] == [("create", "n.py")]


def test_headings_of_the_model_are_not_the_persons_words() -> None:
    said = (
        "Here:\n\n#### Step one\n\n```md\n#### inside  \n> Applied edit to x  \n```\n\n> a quote  \n\n#### Step two\n"
    )
    run = read(START + asked("explain") + "\n" + said + "\n" + told("Tokens: 1 sent, 2 received."))
    assert [prompt.text for prompt in of(run, Prompt)] == ["explain"]
    (message,) = of(run, Message)
    assert message.text == said.strip()
    assert not of(run, Edit)


def test_a_file_whose_blanks_an_editor_took_away() -> None:
    text = FULL.replace("I will.\n", "I will.\n\n#### A heading\n")
    run = read("\n".join(line.rstrip() for line in text.split("\n")))
    assert [prompt.text for prompt in of(run, Prompt)] == ["rename x\n\nand test it", "/undo", "/exit"]
    assert len(of(run, Usage)) == 1
    assert [edit.applied for edit in of(run, Edit)] == [True, True]


def test_the_programs_own_answer_for_a_group_is_no_prompt() -> None:
    question = "Add file to the chat? (Y)es/(N)o/(A)ll/(S)kip all [Yes]:"
    answer = "\nok\n\n" + told("Tokens: 1 sent, 1 received.", "a.py")
    run = read(START + asked("go") + answer + asked(f"{question} all") + told(f"{question} a"))
    assert [prompt.text for prompt in of(run, Prompt)] == ["go"]
    assert [reading.path for reading in of(run, Read)] == ["a.py"]


@pytest.mark.parametrize(
    ("typed", "said", "line", "state"),
    [
        ("/run pytest", "Added 3 lines of output to the chat.", "pytest", "unknown"),
        ("!ls -la", "Add 0.1k tokens of command output to the chat? (Y)es/(N)o [Yes]: n", "ls -la", "unknown"),
        ("/test pytest -x", "Added 3 lines of output to the chat.", "pytest -x", "failed"),
        ("/test pytest -x", "something else", "pytest -x", "unknown"),
        ("/git status", "On branch main", "git status", "unknown"),
    ],
)
def test_commands_that_the_person_ran(typed: str, said: str, line: str, state: str) -> None:
    run, outputs = read_with(IMPORTER, (START + BANNER + asked(typed) + told(said)).encode())
    (command,) = of(run, Command)
    assert (command.line, command.state, command.description) == (line, state, "run by the person")
    assert [prompt.via for prompt in of(run, Prompt)] == ["command"]
    assert outputs == ({1: b"On branch main\n"} if typed.startswith("/git") else {})


def test_what_a_linter_found_failed() -> None:
    shown = "# Fix any errors below, if possible.\n\n## Running: flake8 a.py\n\na.py:1:1: E1 bad"
    run, outputs = read_with(IMPORTER, (START + BANNER + f"> {shown}  \n").encode())
    (command,) = of(run, Command)
    assert (command.line, command.state, command.exit_code, command.command_kind) == (
        "flake8 a.py",
        "failed",
        None,
        "lint",
    )
    assert outputs == {1: b"a.py:1:1: E1 bad"}


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (asked("go"), "unanswered"),
        (asked("go") + told("^C again to exit"), "interrupted"),
        (asked("go") + "\nok\n\n" + ">  \n" + told("^C KeyboardInterrupt"), "interrupted"),
        (asked("go") + "\nok\n\n" + told("Only 3 reflections allowed, stopping."), "limit"),
        (asked("go") + told("litellm.RateLimitError: no"), "error"),
        (asked("go") + "\nok\n\n", "finished"),
        (asked("/quit"), "finished"),
        ("", "unknown"),
    ],
)
def test_how_it_ended(end: str, reason: str) -> None:
    assert of(read(START + BANNER + end), End)[0].reason == reason


def test_a_page_that_was_fetched_is_a_tool_call() -> None:
    run = read(START + BANNER + asked("/web https://example.org") + told("Scraping https://example.org..."))
    assert [(tool.boundary, tool.input) for tool in of(run, Tool)] == [("network", "https://example.org")]


@pytest.mark.parametrize(
    ("answer", "path", "hunk"),
    [
        ("**a/b.py**\n```\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n```", "a/b.py", "@@ @@\n+x"),
        ("```python\na.py\n<<<<<<< SEARCH\ny\n=======\n>>>>>>> REPLACE\n```", "a.py", "@@ @@\n-y"),
        ("a.py\n<source>\nx\n</source>\nok", "a.py", "@@ @@\n+x"),
        ("a.py\n````\nx\n```\n````", "a.py", "@@ @@\n+x\n+```"),
        ("```diff\n--- a.py\n+++ a.py\n@@ @@\n-x\n+y\n```", "a.py", "@@ @@"),
        ("*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n*** End Patch", "a.py", "@@ @@\n-x\n+y"),
    ],
)
def test_every_edit_format(answer: str, path: str, hunk: str) -> None:
    (found,) = blocks.parse(answer)
    assert (found.path, found.hunk[: len(hunk)]) == (path, hunk)


def test_any_spoiled_log_gives_a_run_or_a_sentence() -> None:
    for each in spoiled(FULL.encode(), steps=200):
        stands(IMPORTER, each)


def test_a_long_answer_takes_its_time_once() -> None:
    body = "".join(f"line {number}\n" for number in range(20_000))
    open_message = START + "> first\n" + body + "\n".join(["\n"] * 1000) + "> last  \n"
    assert sum(event.what == "note" for event in of(read(open_message), Context)) == 1
    run = read(START + asked("go") + "\n" + block("a.py", "", body) + "\n" + told("Tokens: 1 sent, 1 received."))
    assert len(of(run, Message)) == 1


class TestEchoes:
    """Words that stand in the file as if they had been typed."""

    PLAN = "Make `total` add the tax: change `shop/cart.py` only,\nand keep the signature."

    def said(self, text: str) -> list[str]:
        return [prompt.text for prompt in of(read(START + BANNER + text), Prompt)]

    def test_the_architects_answer_goes_to_the_editor_and_is_no_prompt(self) -> None:
        text = asked("add the tax") + f"\n{self.PLAN}\n\n" + told("Tokens: 3k sent, 66 received.")
        text += told("Edit the files? (Y)es/(N)o [Yes]: y") + asked(*self.PLAN.split("\n")) + "\nDone.\n\n"
        assert self.said(text) == ["add the tax"]
        assert read(START + BANNER + text).events[-1].turn == 1

    def test_what_a_model_thinks_is_not_handed_on_to_the_editor(self) -> None:
        plan = f"{self.PLAN} " * 3
        text = asked("add the tax") + f"\nLet me think about the cart.\n\n{plan}\n\n" + asked(*plan.split("\n"))
        assert self.said(text + "\nDone.\n\n") == ["add the tax"]

    def test_a_short_answer_may_be_said_again_by_a_person(self) -> None:
        assert self.said(asked("ready?") + "\nYes.\n\n" + asked("Yes.")) == ["ready?", "Yes."]

    def test_words_of_a_slash_command_stand_there_twice(self) -> None:
        text = asked("/ask where is the tax added?") + asked(" where is the tax added?") + "\nNowhere.\n\n"
        assert self.said(text) == ["/ask where is the tax added?"]

    def test_what_the_linter_found_and_pages_of_the_help_are_the_programs(self) -> None:
        text = asked("/lint") + asked("# Fix any errors below, if possible.", "", "a.py:1: E1") + "\nDone.\n\n"
        text += asked("/help hi") + asked("# Question: hi", "", "# Relevant docs:", "", "<doc>") + "\nHi.\n\n"
        assert self.said(text) == ["/lint", "/help hi"]

    def test_an_unfinished_answer_to_the_program_is_waited_for_too(self) -> None:
        run = read(START + BANNER + asked("add the tax") + f"\n{self.PLAN}\n\n" + asked(*self.PLAN.split("\n")))
        assert run.events[-1].kind == "end"
        assert run.events[-1].reason == "unanswered"


def test_empty_lines_of_older_versions_are_lines_of_their_own() -> None:
    head = "## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in shop/cart.py"
    search = ("<<<<<<< SEARCH", "x = 1", "=======", "x = 2", ">>>>>>> REPLACE")
    lines = told("# 1 SEARCH/REPLACE block failed to match!") + ">   \n" + told(head, *search) + ">   \n"
    lines += told("The SEARCH section must exactly match an existing block of lines including docstrings, etc")
    text = START + BANNER + asked("x") + "\n" + block("shop/cart.py", "x = 1\n", "x = 2\n") + "\n" + lines
    (edit,) = of(read(text), Edit)
    assert (edit.path, edit.applied) == ("shop/cart.py", False)


def test_paths_of_windows_are_those_of_the_blocks() -> None:
    text = START + BANNER + asked("x") + "\n" + block("shop/cart.py", "x = 1\n", "x = 2\n") + "\n"
    (edit,) = of(read(text + told("Tokens: 3k sent, 66 received.", r"Applied edit to shop\cart.py")), Edit)
    assert (edit.applied, edit.added, edit.removed) == (True, 1, 1)
