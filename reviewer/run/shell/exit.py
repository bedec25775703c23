"""Whether a line's exit code is that of its tool of interest, and what exit codes mean (rule `command-state`).

Pure: the steps of a line in, reasons out. An exit code that belongs to `tail` says nothing about the tests before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run.shell.spans import head_cut
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.shell.steps import Step

KILLED = frozenset((124, 130, 137, 143, -2, -9, -15))
"""124 is `timeout`, the others 128 plus a signal (Python writes them negative): stopped from outside, not failed."""
_FILTERS = names(
    "head tail tee grep rg sed awk cat less more wc sort uniq cut tr column jq select-object select-string out-file "
    "out-string tee-object measure-object findstr out-null ts"
)
_SAYS = frozenset(("echo", "true", "printf", ":", "write-host", "write-output", "date"))
_NO_MATCH = names(
    "grep rg ag ack diff cmp test [ [[ find pgrep which where findstr lsof fuser expr select-string "
    "test-path git-diff git-grep git-show-ref git-merge-base git-config git-check-ignore hash ping pidof colordiff"
)
_DIFFERS = frozenset(("diff", "cmp", "git-diff", "test", "[", "[[", "colordiff", "git-merge-base", "test-path"))
_QUIET = frozenset(("", "cd", "set", "export", "unset", "true", ":", "source", "sleep", "mkdir"))
_NEVER_FAILS = _QUIET | {"echo", "printf", "pwd", "date", "write-host"}
_ZERO = re.compile(r"(?:.{0,400}:)?0\s*")
"""What `grep -c` prints where nothing is found."""
Answer: TypeAlias = Literal["any", "silent"]
_STATUS = re.compile(r"\$(?:\?|LASTEXITCODE\b|\{PIPESTATUS\[0\]\})")


def hidden(steps: Sequence[Step], place: int, *, minor: bool) -> str | None:
    """Return what hides the exit code of a step, None if it decides that of the line.

    Args:
        steps: of the line.
        place: of the step of interest.
        minor: it is no check: a pipe behind it is part of what is asked.
    """
    strict, through = _options(steps[:place])
    level = steps[place].part.depth
    attached = True
    for step in steps[place + 1 :]:
        part = step.part
        if part.joint > level:
            continue
        if part.joint < level:
            level, attached = part.joint, True
        if part.before in {"|", "|&"}:
            if attached and not through and not minor:
                return f"| {step.name}" if step.name in _FILTERS else "pipe"
            continue
        reason = _taken_over(step, strict=strict)
        if reason is not None:
            return reason
        attached = False
    return _BEHIND if steps[place].part.after == "&" or steps[-1].part.after == "&" else None


def shown_lines(steps: Sequence[Step], place: int) -> int | None:
    """Return from how many lines on the end of a step's output is cut off behind it (`| head -50`).

    0 where only some lines are let through, None where its end is shown.
    """
    shown: int | None = None
    for step in steps[place + 1 :]:
        if step.part.before not in {"|", "|&"}:
            break
        if step.name == "head":
            cut = head_cut(step)
            shown = (cut[2] if cut is not None else None) or 0
        elif step.name in _MATCHES and not any("fail" in word.lower() for word in step.args):
            return 0
    return shown


_MATCHES = frozenset(("grep", "rg", "sed", "awk", "select-string", "findstr"))
_BEHIND = "run in the background with &"


def _taken_over(step: Step, *, strict: bool) -> str | None:
    """Return how a step behind the one of interest takes over the exit code, None if it does not."""
    before = step.part.before
    if before == "||":
        return None if _fails(step) else f"|| {step.name}"
    if before == "&":
        return _BEHIND
    if before == "&&" or strict or not step.words or _asks_status(step):
        return None
    return f"; {step.name}" if step.name in _SAYS else "; another command"


def _options(steps: Sequence[Step]) -> tuple[bool, bool]:
    """Return whether `set -e` and `set -o pipefail` hold."""
    strict = through = False
    for step in steps:
        if step.name != "set":
            continue
        for word in step.words[1:]:
            if word == "pipefail":
                through = True
            elif word in {"errexit", "--errexit"}:
                strict = True
            elif word[:1] in {"-", "+"} and "e" in word and not word.startswith("--"):
                strict = word[0] == "-"
    return strict, through


def _fails(step: Step) -> bool:
    """Return whether what stands behind `||` keeps the failure: `|| exit 1`, `|| false`."""
    if step.name in {"exit", "return"}:
        return step.words[1:2] != ("0",)
    return step.name == "false"


def _asks_status(step: Step) -> bool:
    """Return whether a step only hands the exit code on: `exit $?`, `exit ${PIPESTATUS[0]}`."""
    return step.name in {"exit", "return"} and (len(step.words) == 1 or bool(_STATUS.search(step.words[1])))


def answer(steps: Sequence[Step]) -> Answer | None:
    """Return whether exit code 1 of a line means "no" or "nothing found", and what the output then has to be.

    "silent" where it says nothing then, "any" where the program or others before it print all the same; None where
    no such program decides the code.
    """
    place = len(steps) - 1
    name = _full_name(steps[place])
    if name not in _NO_MATCH:
        # `grep x f && cat f`: the first one that says no ends the line.
        chained = place > 0 and steps[place].part.before == "&&" and _full_name(steps[place - 1]) in _NO_MATCH
        return "silent" if chained else None
    start = place
    while start and steps[start].part.before in {"|", "|&"}:
        start -= 1
    prints = False
    for step in reversed(steps[:start]):
        sure = step.part.after in {";", "\n"} or step.name in _NEVER_FAILS
        if not sure:
            return "silent"
        prints = prints or step.name not in _QUIET
        if step.part.after in {";", "\n"}:
            prints = prints or any(before.name not in _QUIET for before in steps[:start])
            break
    return "any" if prints or name in _DIFFERS else "silent"


def says_no(answer: Answer, output: str) -> bool:
    """Return whether exit code 1 of a line with this output is the answer "no", and not an error."""
    return answer == "any" or all(_ZERO.fullmatch(line) for line in output[:2_000].split("\n") if line.strip())


def _full_name(step: Step) -> str:
    if not step.words:
        return ""
    if step.name != "git":
        return step.name if "/" not in step.words[0] or step.words[0].startswith("/") else ""
    plain = [word for word in step.args if not word.startswith("-")]
    return f"git-{plain[0]}" if plain else "git"


def said_status(steps: Sequence[Step], place: int) -> re.Pattern[str] | None:
    """Return how the last line of the output gives the exit code away: `cmd; echo "exit: $?"`, None if it does not."""
    last, between = steps[-1], steps[place + 1 : -1]
    if place == len(steps) - 1 or last.name not in _SAYS or last.part.before not in {";", "\n"}:
        return None
    text = " ".join(word for word in last.args if word not in {"-e", "-n"})[:200]
    if not (match := _STATUS.search(text)) or "$" in text[: match.start()] + text[match.end() :]:
        return None
    if between and not (match.group().startswith("${PIPE") and all(step.part.before == "|" for step in between)):
        return None
    before, after = (re.escape(side.strip()) for side in (text[: match.start()], text[match.end() :]))
    return re.compile(rf"(?:^|\n){before}\s{{0,3}}(\d{{1,3}})\s{{0,3}}{after}\s*\Z")
