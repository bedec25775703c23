"""What git and `patch` write to files: removals and renames, patches that the line holds (rule `edit-by-shell`).

Pure. What git puts back (`checkout`, `restore`, `reset`, `stash`) is no edit; it takes edits back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run import patch_text
from reviewer.run.shell.changed import Changed, input_of
from reviewer.run.shell.edits import move
from reviewer.run.shell.shown import git_command, split_options
from reviewer.run.shell.steps import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.run.patch_text import FilePatch
    from reviewer.run.shell.steps import Step


def _git(changed: Changed, steps: Sequence[Step], place: int) -> None:
    sub, rest, step = git_command(steps[place])
    plain = [word for word in rest if not word.startswith("-")]
    if sub == "rm" and "--cached" not in rest:
        for word in plain:
            changed.edit(step, word, "delete")
    elif sub == "mv":
        move(changed, step._replace(args=rest))
    elif sub == "apply" and not {"--check", "--stat", "--numstat", "--cached"} & set(rest):
        _apply(changed, steps, place, step, plain)


def _patch(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    plain, options = split_options(step.args, frozenset(("-d", "-i", "--input", "-o", "-r", "-D", "-F")))
    if "--dry-run" in options:
        return
    named = [name for name in (options.get("-i"), options.get("--input")) if name]
    named += [redirect[1:] for redirect in step.part.redirects if redirect[:1] == "<" and redirect[1:2] != "<"]
    if not _apply(changed, steps, place, step, named) and plain:
        changed.edit(step, plain[0], "update")


def _apply(changed: Changed, steps: Sequence[Step], place: int, step: Step, names: list[str]) -> bool:
    """Add the files of a unified diff that the line holds, or note the file that has it; return whether one is."""
    text = input_of(steps, place)
    for name in names if text is None else ():
        text = changed.written(joined(step.folder, name))
    if text is None:
        for name in names:
            changed.run(step, name)
        return bool(names)
    backwards = "-R" in step.args or "--reverse" in step.args
    files = patch_text.unified(text)
    for file in files:
        _patched(changed, step, file, hunks=not backwards)
    return bool(files)


def _apply_patch(changed: Changed, steps: Sequence[Step], place: int) -> None:
    step = steps[place]
    text = next((word for word in step.args if "*** Begin Patch" in word or "*** Update File" in word), None)
    for file in patch_text.parse(text if text is not None else input_of(steps, place) or ""):
        _patched(changed, step, file, hunks=True)


def _patched(changed: Changed, step: Step, file: FilePatch, *, hunks: bool) -> None:
    old = joined(step.folder, file.path) if file.move_to else None
    patch = file.patch if hunks and file.patch else None
    changed.edit(step, file.move_to or file.path, file.op, old_path=old, patch=patch, exact=True)


EDITORS: dict[str, Callable[[Changed, Sequence[Step], int], None]] = {
    "git": _git,
    "patch": _patch,
    "apply_patch": _apply_patch,
}
