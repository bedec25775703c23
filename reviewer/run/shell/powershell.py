"""Cmdlets of PowerShell and commands of cmd that show, find and write files.

Pure. Names of cmdlets come in lower case, aliases already replaced; parameters may be shortened in any case.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.changed import Changed, input_of
from reviewer.run.shell.edits import copy, move
from reviewer.run.shell.reads import show_files
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.shell.shown import Shown
    from reviewer.run.shell.steps import Step

_SWITCHES = names(
    "-raw -force -recurse -wait -append -nonewline -noclobber -simplematch -casesensitive -quiet -list -allmatches "
    "-notmatch -passthru -whatif -confirm -verbose -file -directory -hidden -name -usebasicparsing -asbytestream"
)
_PATHS = ("-path", "-literalpath", "-filepath", "-lp", "-pspath")
_RANGE = re.compile(r"\[(\d{1,9})\.\.(\d{1,9})\]")


def parameters(step: Step) -> tuple[list[str], dict[str, str]]:
    """Return the words without parameter, and the parameters in lower case with their values."""
    plain: list[str] = []
    named: dict[str, str] = {}
    name: str | None = None
    for word in step.args:
        if word[:1] == "-" and word[1:2].isalpha():
            name = word.lower()
            name, sign, value = name.partition(":")
            if sign:
                named[name], name = word.partition(":")[2] or value, None
            elif name in _SWITCHES:
                named[name], name = "", None
            else:
                named[name] = ""
        elif name is not None and not named[name]:
            named[name] = word
            name = None if not word.endswith(",") else name
        elif name is not None:
            named[name] += word
            name = None if not word.endswith(",") else name
        else:
            plain.append(word)
    return plain, named


def _paths(plain: list[str], named: dict[str, str]) -> list[str]:
    """Return the files that a cmdlet is given, by name or by place: `a.txt, b.txt` are two."""
    given = next((named[name] for name in _PATHS if named.get(name)), None)
    words = [given] if given is not None else plain
    return [path.strip("'\" ") for word in words for path in word.split(",") if path.strip("'\" ")]


def _get_content(shown: Shown, step: Step, following: Sequence[Step]) -> None:
    plain, named = parameters(step)
    first: int | None = None
    last: int | None = None
    count = next((named[name] for name in ("-totalcount", "-head", "-first") if named.get(name)), "")
    if count.isdecimal() and len(count) < 10:
        first, last = 1, int(count)
    part = bool(count) or "-tail" in named
    paths = _paths(plain, named)
    if following and not part:
        show_files(shown, step, paths, following)
        return
    for path in paths:
        shown.read(step, path, first, last, whole=not part)


def _select_string(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    plain, named = parameters(step)
    pattern = named.get("-pattern") or (plain.pop(0) if plain else None)
    paths = _paths(plain, named)
    if pattern and (paths or step.part.before != "|"):
        shown.search(step, pattern, paths)


def _findstr(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    plain = [word for word in step.args if not word.startswith("/")]
    given = next((word[3:] for word in step.args if word[:3].lower() == "/c:"), None)
    pattern = given if given is not None else plain.pop(0) if plain else None
    if pattern and plain:
        shown.search(step, pattern, plain)


def _get_child_item(shown: Shown, step: Step, _following: Sequence[Step]) -> None:
    plain, named = parameters(step)
    paths = _paths(plain, named)
    shown.listing(step, paths)
    pattern = named.get("-filter") or named.get("-include")
    if pattern:
        shown.search(step, pattern, paths)


READERS: dict[str, Callable[[Shown, Step, Sequence[Step]], None]] = {
    "get-content": _get_content,
    "select-string": _select_string,
    "findstr": _findstr,
    "get-childitem": _get_child_item,
}


def _set_content(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain, named = parameters(step)
    append = step.name == "add-content" or "-append" in named
    content = named.get("-value")
    if content is None and step.name in {"set-content", "add-content"} and not any(name in named for name in _PATHS):
        content = plain.pop(1) if len(plain) > 1 else None
    if content is not None and ("$" in content or content.startswith("(")):
        content = None
    elif content is not None:
        content += "" if "-nonewline" in named else "\n"
    else:
        content = input_of(steps, place)
    for path in _paths(plain, named):
        changed.edit(step, path, "update" if append else "add", content, append=append)


def _new_item(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain, named = parameters(step)
    kind = (named.get("-itemtype") or named.get("-type") or "").lower()
    paths = _paths(plain, named)
    if kind == "directory" or not paths:
        return
    if kind in {"file", ""} and ("." in paths[-1] or kind):
        for path in paths:
            changed.edit(step, path, "add", named.get("-value"))


def _remove_item(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    for path in _paths(*parameters(step)):
        changed.edit(step, path, "delete")


def _move_item(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain, named = parameters(step)
    target = named.get("-destination") or named.get("-newname") or (plain.pop() if plain else None)
    sources = _paths(plain, named)
    if not target or not sources:
        return
    if step.name in {"rename-item", "rename"} and not set("/\\") & set(target):
        folder = re.sub(r"[^/\\]*$", "", sources[0])
        target = folder + target
    put = copy if step.name == "copy-item" else move
    put(changed, step._replace(args=(*sources, target)))


def _request(changed: Changed, steps: Sequence[Step], place: int) -> None:
    """Add the file of `Invoke-WebRequest -OutFile f`."""
    step = steps[place]
    target = parameters(step)[1].get("-outfile")
    if target:
        changed.edit(step, target, "add")


EDITORS: dict[str, Callable[[Changed, Sequence[Step], int], None]] = {
    **dict.fromkeys(("set-content", "add-content", "out-file", "tee-object", "export-csv"), _set_content),
    **dict.fromkeys(("move-item", "copy-item", "rename-item", "rename"), _move_item),
    **dict.fromkeys(("invoke-webrequest", "invoke-restmethod"), _request),
    "new-item": _new_item,
    "remove-item": _remove_item,
}
