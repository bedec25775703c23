"""What a command line shows: files with their lines, searches, and folders that are listed (rule `read-by-shell`).

Pure: the steps of a line in, facts out. Searches stand in `shell_searches`, the cmdlets of PowerShell in `powershell`,
scripts of other languages in `shell_scripts`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell import searches as shell_searches
from reviewer.run.shell.searches import GREP_OPTIONS, pattern_of
from reviewer.run.shell.shown import git_command, split_options
from reviewer.run.shell.spans import CUTTERS, awk_cut, sed_spans, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.shell.shown import Shown
    from reviewer.run.shell.spans import Span
    from reviewer.run.shell.steps import Step

_SPAN = re.compile(r"(\d{0,9}):(\d{0,9})")


def show(shown: Shown, steps: Sequence[Step], place: int) -> None:
    """Add what the step at a place shows."""
    step = steps[place]
    reader = READERS.get(step.name)
    if reader is not None and not step.remote:
        end = place + 1
        while end < len(steps) and steps[end].part.before == "|":
            end += 1
        reader(shown, step, steps[place + 1 : end])


def _written(step: Step) -> bool:
    """Return whether the output of a step goes to a file: `cat a > b` shows nothing."""
    return any(
        redirect.lstrip("1&")[:1] == ">" and redirect[-1:] not in "0123456789-" for redirect in step.part.redirects
    )


def _cat(shown: Shown, step: Step, following: Sequence[Step]) -> None:
    if _written(step) or (step.name == "type" and not any(sign in "".join(step.args) for sign in "./\\")):
        return
    paths = [word for word in step.args if not word.startswith("-")]
    if not paths:
        paths = [redirect[1:] for redirect in step.part.redirects if redirect[:1] == "<" and redirect[1:2] not in "<&"]
    show_files(shown, step, paths, following)


def show_files(shown: Shown, step: Step, paths: list[str], following: Sequence[Step]) -> None:
    """Add files that a step shows whole, or as far as `head`, `sed -n` or `grep` behind the pipe let them through."""
    span: Span = (1, None)
    whole: bool | None = True
    for filtered in following:
        if filtered.name in _SEARCHES:
            searched = pattern_of(filtered)
            if searched is not None:
                shown.search(step, searched, paths)
                return
        elif filtered.name in CUTTERS:
            whole = False
            span = within(span, CUTTERS[filtered.name](filtered)) if span is not None else None
        elif filtered.name in _COUNTS:
            return
        elif filtered.name not in {"cat", "nl", "less", "more", "tee"}:
            whole = None if whole else whole
            break
    first, last = span if span is not None and not whole and len(paths) == 1 else (None, None)
    if first == 1 and last is None:
        first = None
    for path in paths:
        shown.read(step, path, first, last, whole=whole)


_SEARCHES = frozenset(("grep", "rg", "ag", "ack", "select-string", "findstr"))
_COUNTS = frozenset(("wc", "md5sum", "sha256sum", "shasum", "sha1sum", "measure-object", "cksum"))


def _head(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    if _written(step):
        return
    plain, _ = split_options(step.args, frozenset(("-n", "-c", "--lines", "--bytes", "-s", "--pid")))
    plain = [word for word in plain if not word.isdigit() and not word.startswith("+")]
    cut = CUTTERS[step.name](step)
    first, last = cut[1:] if cut is not None and cut[0] == "part" else (None, None)
    for path in plain:
        shown.read(step, path, first, last, whole=False)


_UNKNOWN: list[tuple[int | None, int | None]] = [(None, None)]


def _sed(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    quiet = any(
        word in {"--quiet", "--silent"} or (word[:1] == "-" and word[1:2] != "-" and "n" in word) for word in step.args
    )
    if _written(step) or any(word.startswith(("-i", "--in-place")) for word in step.args):
        return
    plain, options = split_options(step.args, frozenset(("-e", "--expression", "-f", "--file")))
    scripts = [value for option, value in options.items() if option in {"-e", "--expression"}]
    if not scripts and "-f" not in options:
        scripts, plain = plain[:1], plain[1:]
    spans = sed_spans(";".join(scripts)) if quiet else []
    for path in plain:
        for first, last in spans or _UNKNOWN:
            shown.read(step, path, first, last, whole=False if quiet else None)


def _awk(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    plain, options = split_options(step.args, frozenset(("-F", "-v", "-f", "-i")))
    if _written(step) or "-i" in options:
        return
    paths = plain if "-f" in options else plain[1:]
    cut = awk_cut(step)
    for path in paths:
        if "=" not in path:
            shown.read(step, path, *(cut[1:] if cut is not None else (None, None)), whole=False if cut else None)


def _bat(shown: Shown, step: Step, following: Sequence[Step]) -> None:
    plain, options = split_options(step.args, frozenset(("-r", "--line-range", "-l", "--language", "-H", "--theme")))
    span = _SPAN.fullmatch(options.get("-r") or options.get("--line-range") or "")
    if span is None:
        show_files(shown, step, plain, following)
        return
    for path in plain:
        shown.read(step, path, int(span.group(1) or 1), int(span.group(2)) if span.group(2) else None, whole=False)


def _page(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    for word in step.args:
        if not word.startswith(("-", "+")):
            shown.read(step, word)


def _first_is_program(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    """Add the files of `jq FILTER file`."""
    plain, _ = split_options(step.args, frozenset(("--arg", "--argjson", "-f", "--indent")))
    for path in plain[1:]:
        if not _written(step):
            shown.read(step, path)


def _git(shown: Shown, step: Step, following: Sequence[Step]) -> None:
    sub, rest, step = git_command(step)
    if sub in {"show", "cat-file"}:
        for word in rest:
            revision, sign, path = word.partition(":")
            if sign and revision and path and not word.startswith("-") and "://" not in word and path[0] != "/":
                show_files(shown, step, [path], following)
    elif sub == "grep":
        plain, options = split_options(rest, GREP_OPTIONS["grep"])
        pattern = options.get("-e") or (plain.pop(0) if plain else None)
        if pattern:
            shown.search(step, pattern, plain)
    elif sub == "blame":
        plain, options = split_options(rest, frozenset(("-L",)))
        span = re.fullmatch(r"(\d{1,9}),(\d{1,9})", options.get("-L", ""))
        for path in plain[-1:]:
            shown.read(step, path, *(map(int, span.groups()) if span else (None, None)), whole=None)
    elif sub == "ls-files":
        shown.listing(step, [word for word in rest if not word.startswith("-")])


READERS: dict[str, Callable[[Shown, Step, Sequence[Step]], None]] = {
    **shell_searches.READERS,
    **dict.fromkeys(("cat", "tac", "nl", "type"), _cat),
    **dict.fromkeys(("head", "tail"), _head),
    **dict.fromkeys(("less", "more", "view", "xxd", "od", "hexdump", "strings"), _page),
    **dict.fromkeys(("jq", "yq"), _first_is_program),
    "bat": _bat,
    "sed": _sed,
    "awk": _awk,
    "git": _git,
}
"""What each program shows, by its name; the cmdlets are added by `command_line`."""
