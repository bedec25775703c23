"""What a command line writes: files made, changed, moved and removed without any edit tool (rule `edit-by-shell`).

Pure: the steps of a line in, facts out. A content is told only where the line itself holds it; a path with a pattern or
an unknown variable in it is left out. In-place editors stand in `shell_inplace`, patches in `shell_patches`.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from reviewer.run.shell.changed import Changed, input_of, output_of
from reviewer.run.shell.shown import is_pattern, split_options
from reviewer.run.shell.steps import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.shell.steps import Step

_REDIRECT = re.compile(r"(\d{0,3}|&|\*)(>>|>\||>)(.+)", re.DOTALL)
_SUFFIX = re.compile(r"\.\w{1,8}$")


def change(changed: Changed, steps: Sequence[Step], place: int) -> None:
    """Add what the step at a place writes."""
    step = steps[place]
    if step.part.redirects:
        _redirected(changed, steps, place)
    editor = EDITORS.get(step.name)
    if editor is not None:
        editor(changed, steps, place)
    elif step.words and step.words[0][:2] in {"./", ".\\"}:
        changed.run(step, step.words[0])


def _redirected(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    for redirect in step.part.redirects:
        match = _REDIRECT.fullmatch(redirect)
        if match is None or match.group(3)[0] == "&":
            continue
        stream, sign, path = match.groups()
        content = output_of(steps, place) if stream in {"", "1", "&", "*"} else None
        if not step.name and not step.words and stream in {"", "1"}:
            content = ""  # `> file` alone empties it
        append = sign == ">>"
        changed.edit(step, path, "update" if append else "add", content, append=append)


def _tee(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    append = any(word in {"-a", "--append", "-Append"} for word in step.args)
    content = input_of(steps, place)
    for word in step.args:
        if not word.startswith("-"):
            changed.edit(step, word, "update" if append else "add", content, append=append)


def _remove(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    for word in step.args:
        if not word.startswith("-"):
            changed.edit(step, word.rstrip("/"), "delete")


def _targets(step: Step) -> tuple[list[str], str | None, bool]:
    """Return the sources of `mv` and `cp`, where they go, and whether that is a folder."""
    plain, options = split_options(step.args, frozenset(("-t", "--target-directory", "-S", "-m", "-o", "-g")))
    folder = options.get("-t") or options.get("--target-directory")
    if folder:
        return plain, folder, True
    if len(plain) < 2:
        return [], None, False
    *sources, target = plain
    # `mv a.py src` puts it into a folder: a file without a suffix is seldom made of one with.
    into = (
        target.endswith(("/", "\\"))
        or target in {".", "..", "~"}
        or len(sources) > 1
        or (
            "-T" not in options
            and bool(_SUFFIX.search(sources[0]))
            and not _SUFFIX.search(target)
            and "." not in posixpath.basename(target)
        )
    )
    return sources, target, into


def _below(target: str, source: str) -> str:
    return posixpath.join(target.replace("\\", "/"), posixpath.basename(source.replace("\\", "/").rstrip("/")))


def _move(changed: Changed, steps: Sequence[Step], place: int) -> None:
    move(changed, steps[place])


def move(changed: Changed, step: Step) -> None:
    """Add what `mv` renames."""
    sources, target, into = _targets(step)
    for source in sources if target else ():
        old = changed.paths(step, source)
        if len(old) == 1 and target is not None:
            changed.edit(step, _below(target, source) if into else target, "rename", old_path=old[0])


def _copy(changed: Changed, steps: Sequence[Step], place: int) -> None:
    copy(changed, steps[place])


def copy(changed: Changed, step: Step) -> None:
    """Add what `cp` makes."""
    sources, target, into = _targets(step)
    for source in sources if target else ():
        if target is not None and not is_pattern(source):
            known = changed.written(joined(step.folder, source))
            changed.edit(step, _below(target, source) if into else target, "add", known)


def _link(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain = [word for word in step.args if not word.startswith("-")]
    if len(plain) == 2:
        changed.edit(step, plain[1], "add")


def _touch(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain, _ = split_options(step.args, frozenset(("-r", "-t", "-d", "--date", "--reference")))
    for word in plain:
        changed.edit(step, word, "add")


def _truncate(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain, options = split_options(step.args, frozenset(("-s", "--size", "-r")))
    content = "" if options.get("-s") == "0" or options.get("--size") == "0" else None
    for word in plain:
        changed.edit(step, word, "update", content)


def _output_option(changed: Changed, steps: Sequence[Step], place: int) -> None:
    """Add the file of `curl -o file` and `wget -O file`."""
    step = steps[place]
    names = {"-o", "--output", "-O", "--output-document", "-OutFile"} - ({"-O"} if step.name == "curl" else {"-o"})
    for index, word in enumerate(step.args[:-1]):
        if word in names:
            changed.edit(step, step.args[index + 1], "add")


def _run_script(changed: Changed, steps: Sequence[Step], place: int) -> None:
    """Add the script that `bash x.sh` runs."""
    step = steps[place]
    script = next((word for word in step.args if not word.startswith(("-", "+"))), None)
    if script and "-n" not in step.args:
        changed.run(step, script)


EDITORS: dict[str, Callable[[Changed, Sequence[Step], int], None]] = {
    **dict.fromkeys(("rm", "unlink", "rmdir", "shred", "trash"), _remove),
    **dict.fromkeys(("bash", "sh", "zsh", "source", "."), _run_script),
    **dict.fromkeys(("curl", "wget"), _output_option),
    "tee": _tee,
    "mv": _move,
    "cp": _copy,
    "install": _copy,
    "ln": _link,
    "touch": _touch,
    "truncate": _truncate,
}
"""What each program writes, by its name; cmdlets, patches and in-place editors are added by `command_line`."""
