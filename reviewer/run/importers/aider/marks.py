"""What a line of a chat history is by its form: the start of a chat, the person's words, the program's, or other text.

Pure. The program ends each of its lines and of the person's with exactly two blanks; a file that an editor has stripped
has none, and less can be told from it.
"""

from __future__ import annotations

import re

CHAT = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[ \t]*")
FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,}|</?(?:source|code|pre|codeblock|sourcecode)>)([^`]*)")
_PROMPT = re.compile(r"####(?: (.*))?", re.DOTALL)
_ASKED = re.compile(r"(.+?\?)(?: \(Y\)es/\(N\)o[^\[]*)?(?: ?\[[^\]]{0,40}\]:?)?(?: ?([A-Za-z']{1,10}))?")
_EMPTY = (">  ", ">   ")
"""Empty lines of the program, as newer versions write them and as older ones do."""
_OPTIONS = "(Y)es/(N)o"
_LONGEST = 2_000
"""A question of the program is no longer, in characters."""
_KNOWN = re.compile(
    r"Tokens: |\^C |Applied edit to |Did not apply edit |Commit [0-9a-f]{7,40} |Running |Added \d+ lines? of |Add .*\?|"
    r"Create new file\?|Allow .*\?|Run shell command|litellm\.|Retrying in |The LLM did not conform|Malformed response|"
    r"Only \d+ reflections|Skipping edits |Model .* has hit a token limit|Empty response received|"
    r"Your estimated chat context|Attempt to fix |Committing |Unable to |Exception while updating|The API provider|"
    r"You can use /undo|Dropping |Repo-map can't|# \d+ SEARCH/REPLACE block|Warning: it's best to only add"
)


def ends(text: str) -> bool:
    """Return whether a line ends as the program ends its own: with two blanks, not padded with more."""
    return text in _EMPTY or (text.endswith("  ") and not text.endswith("   "))


def prompt(text: str) -> str | None:
    """Return the person's words of a line that has the form of theirs, else None."""
    match = _PROMPT.fullmatch(text) if text.startswith("####") else None
    if match is None:
        return None
    said = match.group(1) or ""
    return said.removesuffix("  ")


def is_program(text: str) -> bool:
    """Return whether a line has the form of the program's."""
    return text.startswith("> ") or text == ">"


def is_end_of_answer(text: str) -> bool:
    """Return whether a line of the program's form is what follows an answer and nothing else."""
    return text.startswith(("> Tokens: ", "> ^C "))


def is_known(text: str) -> bool:
    """Return whether a line of the program's form says what only the program says; empty ones too."""
    return text in _EMPTY or _KNOWN.match(text[2:]) is not None


def is_answered_by_program(said: str) -> bool:
    """Return whether a line of the person's form is the program's own answer to its question for a group."""
    return _OPTIONS in said


def question(message: str) -> tuple[str, str] | None:
    """Return a question of the program and the first letter of the answer ("" without one), None if it is none."""
    if "?" not in message or len(message) > (_LONGEST if _OPTIONS in message else _LONGEST // 4):
        return None
    match = _ASKED.fullmatch(message)
    if match is None:
        return None
    answer = (match.group(2) or "").lower()[:1]
    return (match.group(1), answer) if answer or _OPTIONS in message else None
