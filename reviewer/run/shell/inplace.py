"""Editors that change files in place: `sed -i`, `perl -pi`, `awk -i inplace`, `ed` (rule `edit-by-shell`).

Pure. What is replaced by what is told only where a script is plain: a literal text by a literal text, or lines put in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reviewer.run.shell import words as shell_words
from reviewer.run.shell.changed import Changed, input_of
from reviewer.run.shell.shown import split_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.shell.steps import Step

_IN_PLACE = re.compile(r"--in-place(?:=.*)?|-[nrEszu]*i.*", re.DOTALL)
_SED_VALUES = frozenset(("-e", "--expression", "-f", "--file", "-l"))
_ADDRESS = re.compile(
    r"\s*(?:(?:\d+|\$|/(?:[^/\\\n]|\\.)*/I?)(?:~\d+)?(?:\s*,\s*(?:[+~]?\d+|\$|/(?:[^/\\\n]|\\.)*/I?))?)?\s*!?\s*"
)
_TEXT = re.compile(r"[aic][ \t]*(?:\\\r?\n|\\)?")
_MAX_COMMANDS = 50
_MAX_SCRIPT = 64 * 1024
_BASIC = frozenset(".[*^$")
_EXTENDED = frozenset(".[*^$+?(){}|")


class Rewrite(NamedTuple):
    """What an in-place script does: lines that it puts in, and hunks of what it replaces by what."""

    content: str | None
    patch: str | None


def _sed(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    flag = next((index for index, word in enumerate(step.args) if _IN_PLACE.fullmatch(word)), None)
    if flag is None:
        return
    word = step.args[flag]
    args = [*step.args[:flag], *step.args[flag + 1 :]]
    if args[flag : flag + 1] == [""]:
        del args[flag]  # `-i ''`, as BSD wants it
    if word.endswith("e") and not word.startswith("--") and "." not in word:
        args.insert(flag, "-e")  # `-ie`
    plain, options = split_options(args, _SED_VALUES)
    scripts = [args[index + 1] for index, entry in enumerate(args[:-1]) if entry in {"-e", "--expression"}]
    scripts += [value for option, value in options.items() if option == "--expression" and value not in scripts]
    if not scripts and not {"-f", "--file"} & options.keys():
        scripts, plain = plain[:1], plain[1:]
    extended = any(entry in {"-E", "-r", "--regexp-extended"} for entry in args) or bool(set("Er") & set(word[1:3]))
    _rewritten(changed, step, plain, rewrite("\n".join(scripts), extended=extended))


def _rewritten(changed: Changed, step: Step, paths: list[str], done: Rewrite) -> None:
    for path in paths:
        if done.patch is None and done.content is not None:
            changed.edit(step, path, "update", done.content, append=True)
        else:
            changed.edit(step, path, "update", patch=done.patch)


def rewrite(script: str, *, extended: bool) -> Rewrite:
    """Return what a script of `sed` does, as far as it is plain; a part that is not makes the whole unknown."""
    at = 0
    added: list[str] = []
    hunks: list[str] = []
    script = script[:_MAX_SCRIPT]
    for _ in range(_MAX_COMMANDS):
        while at < len(script) and script[at] in "; \t\r\n{}":
            at += 1
        if at >= len(script):
            return Rewrite("\n".join(added) + "\n" if added else None, "\n".join(hunks) or None)
        if (address := _ADDRESS.match(script, at)) is not None:
            at = address.end()
        sign = script[at : at + 1]
        if sign == "s":
            at, hunk = _substitution(script, at, extended=extended)
            if hunk is None:
                break
            hunks.append(hunk)
        elif sign and sign in "aic":
            at, text = _inserted(script, at)
            added.append(text)
        elif sign and sign in "dpqDP=":
            at += 1
        else:
            break
    return Rewrite(None, None)


def _substitution(script: str, at: int, *, extended: bool) -> tuple[int, str | None]:
    """Return where `s/old/new/` ends, and it as a hunk; None if it is no plain text."""
    sign = script[at + 1 : at + 2]
    if not sign or sign in "\\\n" or sign.isalnum() or sign.isspace():
        return at, None
    sides: list[str] = []
    start = at = at + 2
    while at < len(script) and len(sides) < 2:
        if script[at] == "\\":
            at += 1
        elif script[at] == sign:
            sides.append(script[start:at])
            start = at + 1
        at += 1
    if len(sides) < 2:
        return at, None
    while at < len(script) and (script[at].isalnum()):
        at += 1
    old = _literal(sides[0], sign, _EXTENDED if extended else _BASIC)
    new = _replacement(sides[1], sign)
    if old is None or new is None or not old:
        return at, None
    lines = ["@@ @@", *(f"-{line}" for line in old.split("\n"))]
    if new:
        lines += [f"+{line}" for line in new.split("\n")]
    return at, "\n".join(lines)


def _literal(pattern: str, sign: str, special: frozenset[str]) -> str | None:
    """Return the text that a pattern stands for, None if it stands for more than one."""
    text: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            if following == "n":
                text.append("\n")
            elif following == "t":
                text.append("\t")
            elif following.isalnum() or not following or (special is _BASIC and following in "+?(){}|"):
                return None
            else:
                text.append(following)
        elif character in special and character != sign:
            return None
        else:
            text.append(character)
    return "".join(text)


def _replacement(text: str, sign: str) -> str | None:
    found: list[str] = []
    characters = iter(text)
    for character in characters:
        if character == "&" and sign != "&":
            return None
        if character != "\\":
            found.append(character)
            continue
        following = next(characters, "")
        if following == "n":
            found.append("\n")
        elif following == "t":
            found.append("\t")
        elif following.isalnum():
            return None
        else:
            found.append(following)
    return "".join(found)


def _inserted(script: str, at: int) -> tuple[int, str]:
    """Return where the text of `a`, `i` or `c` ends, and the text."""
    match = _TEXT.match(script, at)
    start = at = match.end() if match is not None else at + 1
    while at < len(script) and script[at] != "\n":
        at += 2 if script[at] == "\\" else 1
    text = script[start:at]
    return at + 1, shell_words.escapes(text.replace("\\\n", "\n"))


def _perl(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    scripts: list[str] = []
    paths: list[str] = []
    in_place = False
    skip = False
    for index, word in enumerate(step.args):
        if skip:
            skip = False
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:].split(".", 1)[0]
            in_place = in_place or "i" in letters
            if letters.endswith(("e", "E")):
                scripts += step.args[index + 1 : index + 2]
                skip = True
        else:
            paths.append(word)
    if not in_place or not scripts:
        return
    script = scripts[0].strip().rstrip(";")
    plain = not re.search(r"[$@]|\\[QE]", script)
    _rewritten(changed, step, paths, rewrite(script, extended=True) if plain else Rewrite(None, None))


def _awk(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    if step.args[:2] != ("-i", "inplace"):
        return
    plain, _ = split_options(step.args[2:], frozenset(("-v", "-F", "-f")))
    for path in plain[1:]:
        changed.edit(step, path, "update")


def _line_editor(changed: Changed, steps: Sequence[Step], place: int) -> None:
    """Add the file of `ed f <<EOF` and `ex -sc '...' f`, where the script writes it."""
    step = steps[place]
    plain, options = split_options(step.args, frozenset(("-c", "-sc", "-p")))
    script = options.get("-c") or options.get("-sc") or input_of(steps, place) or ""
    if re.search(r"(?:^|[|\n])\s{0,9}(?:w|wq|x)\b", script):
        for path in plain[-1:]:
            changed.edit(step, path, "update")


EDITORS: dict[str, Callable[[Changed, Sequence[Step], int], None]] = {
    **dict.fromkeys(("perl", "ruby"), _perl),
    **dict.fromkeys(("ed", "ex", "vi", "vim", "nvim"), _line_editor),
    "sed": _sed,
    "awk": _awk,
}
