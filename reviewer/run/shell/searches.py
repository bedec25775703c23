"""What a command line searches and lists: grep and its like, find, ls (rule `read-by-shell`).

Pure: the steps of a line in, facts out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.shell.shown import split_options
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.shell.shown import Shown
    from reviewer.run.shell.steps import Step

_GREP_VALUES = names(
    "-e -f -A -B -C -m -d -D --regexp --file --after-context --before-context --context --max-count --include "
    "--exclude --exclude-dir --color --colour -g --glob --iglob -t --type -T --type-not -M --max-columns --max-depth "
    "-j --threads --sort --sortr -r --replace --depth -G --ignore --ignore-dir -E --encoding --engine --pre"
)
_NO_VALUES = {"grep": frozenset(("-r", "-E", "-T", "-G", "-M")), "ag": frozenset(("-r", "-t", "-E", "-e"))}
GREP_OPTIONS = {name: _GREP_VALUES - _NO_VALUES.get(name, frozenset()) for name in ("grep", "rg", "ag", "ack")}


def _grep_words(step: Step) -> tuple[str | None, list[str]]:
    """Return the pattern of a search and the paths that it names."""
    plain, options = split_options(step.args, GREP_OPTIONS.get(step.name, _GREP_VALUES))
    given = options.get("-e") or options.get("--regexp")
    if given is None and "--files" not in options and "-f" not in options:
        given = plain.pop(0) if plain else None
    return given, plain


def pattern_of(step: Step) -> str | None:
    """Return what a program of this kind looks for, None where it does not say."""
    if step.name in {"select-string", "findstr"}:
        return next((word for word in step.args if word[:1] not in {"-", "/"}), None)
    return _grep_words(step)[0]


def _grep(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    if step.name == "rg" and "--files" in step.args:
        shown.listing(step, _grep_words(step)[1])
        return
    pattern, paths = _grep_words(step)
    fed = step.part.before in {"|", "|&"} and step.part.words[:1] != ("xargs",)
    if pattern is not None and (paths or not fed):
        shown.search(step, pattern, paths)


_FIND_TESTS = names("-name -iname -path -ipath -regex -iregex -wholename")


def _find(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    paths: list[str] = []
    for word in step.args:
        if word[:1] in {"-", "(", "!"} or word == "\\(":
            break
        paths.append(word)
    shown.listing(step, paths)
    wanted = [step.args[index + 1] for index, word in enumerate(step.args[:-1]) if word in _FIND_TESTS]
    for name in wanted[:10]:
        shown.search(step, name, paths or ["."])


def _fd(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    plain, _ = split_options(step.args, names("-e -t -d -E -x -X --extension --type --max-depth --exclude"))
    if plain:
        shown.search(step, plain[0], plain[1:])
    else:
        shown.listing(step, [])


def _list(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    plain, _ = split_options(step.args, frozenset(("-I", "-L", "-P", "-w", "--ignore")))
    shown.listing(step, plain)


READERS: dict[str, Callable[[Shown, Step, Sequence[Step]], None]] = {
    **dict.fromkeys(("grep", "rg", "ag", "ack"), _grep),
    **dict.fromkeys(("ls", "tree", "dir", "eza", "exa"), _list),
    "find": _find,
    "fd": _fd,
}
