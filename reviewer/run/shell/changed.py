"""What the steps of a line write so far, and the texts that they print and are fed as far as the line holds them.

Pure. A content is told only where the line itself holds it; a path with a pattern or an unknown variable is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.shell import words as shell_words
from reviewer.run.shell.shown import MAX_FOUND, is_pattern
from reviewer.run.shell.steps import expanded, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.event import EditOperation
    from reviewer.run.shell.steps import Step, Variables

MAX_CONTENT = 64 * 1024
"""Of a written text, so many characters are kept."""
_NOWHERE = frozenset(("nul", "$null", "nul:"))
_LIVE = re.compile(r"[$`]")
_TAKES_TEXT = frozenset(("set-content", "add-content", "out-file", "tee-object"))
"""Cmdlets that are fed a text as a step of its own: `"text" | Set-Content f`."""
_ONLY_TEXT = re.compile(r"(?:%s(?:\\n|\n)?|[^%])*")


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A change to a file that a command line asks for.

    Attributes:
        path: as seen from where the line starts.
        op: "add" where the file's whole content is set (it may have been there before), "rename" if it was `old_path`.
        content: what is written, None if the line does not hold it; `cut` where it is longer than we keep.
        append: the content is put into the file beside what was there, not in its place.
        patch: hunks, where the line holds what is replaced by what; `exact` if they come from a patch, so that their
            lines are those of the file.
    """

    path: str
    op: EditOperation
    content: str | None = None
    append: bool = False
    old_path: str | None = None
    patch: str | None = None
    cut: bool = False
    exact: bool = False


@dataclass(slots=True)
class Changed:
    """What the steps so far write.

    Attributes:
        edits: files, in order.
        runs: script files that are run, and patches that are applied, each with the folder that it is done in.
    """

    variables: Variables
    edits: list[FileEdit] = field(default_factory=list)
    runs: list[tuple[str, str]] = field(default_factory=list)

    def edit(
        self,
        step: Step,
        path: str,
        op: EditOperation,
        content: str | None = None,
        *,
        append: bool = False,
        old_path: str | None = None,
        patch: str | None = None,
        exact: bool = False,
    ) -> None:
        """Add a change; a content that is too long is cut."""
        if step.remote or step.part.before == "||" or len(self.edits) >= MAX_FOUND:
            return
        text = content if content is not None else patch
        cut = text is not None and len(text) > MAX_CONTENT
        if content is not None:
            content = content[:MAX_CONTENT]
        elif patch is not None:
            patch = patch[:MAX_CONTENT]
        for name in self.paths(step, path):
            self.edits.append(FileEdit(name, op, content, append, old_path, patch, cut, exact))

    def run(self, step: Step, path: str) -> None:
        """Add a script that a step runs, or a patch that it applies."""
        if not step.remote and len(self.runs) < MAX_FOUND:
            self.runs += [(name, step.folder or "") for name in self.paths(step, path)]

    def paths(self, step: Step, path: str) -> list[str]:
        """Return the files that a word names, as seen from where the line starts; none where that cannot be told."""
        if not path or path == "-" or path.startswith(("/dev/", "&", "<(", ">(")) or path.lower() in _NOWHERE:
            return []
        return [
            joined(step.folder, name)
            for name in expanded(path, self.variables)
            if name and not is_pattern(name) and len(name) < 4_096 and "\n" not in name
        ]

    def written(self, path: str) -> str | None:
        """Return the text that the line itself wrote to a file before, None if it did not."""
        return next((edit.content for edit in reversed(self.edits) if edit.path == path), None)


def output_of(steps: Sequence[Step], place: int, level: int = 0) -> str | None:
    """Return the text that a step is known to print, None if the line does not hold it."""
    step = steps[place]
    name = step.name
    if name == "echo":
        return _echoed(step.args)
    if name == "printf":
        return _formatted(step.args)
    if name in {":", "true"}:
        return ""
    if name in {"cat", "tee"} and level < 20:
        plain = [word for word in step.args if not word.startswith("-") or word == "-"]
        if name == "tee" or not plain or plain == ["-"]:
            return input_of(steps, place, level + 1)
    if len(step.words) == 1 and place + 1 < len(steps) and steps[place + 1].name in _TAKES_TEXT:
        return f"{step.words[0]}\n"
    return None


def input_of(steps: Sequence[Step], place: int, level: int = 0) -> str | None:
    """Return the text that a step is fed, None if the line does not hold it."""
    step = steps[place]
    if step.part.document is not None:
        return step.part.document if step.part.literal else _unescaped(step.part.document)
    for redirect in step.part.redirects:
        if redirect.startswith("<<<"):
            return f"{redirect[3:]}\n"
    if step.part.before in {"|", "|&"} and place:
        return output_of(steps, place - 1, level)
    return None


def _unescaped(document: str) -> str:
    return re.sub(r"\\([\\$`])", r"\1", document) if "\\" in document else document


def _echoed(args: tuple[str, ...]) -> str | None:
    flags = ""
    while args and re.fullmatch(r"-[neE]{1,3}", args[0]):
        flags += args[0]
        args = args[1:]
    text = " ".join(args)
    if _LIVE.search(text):
        return None
    return (shell_words.escapes(text) if "e" in flags else text) + ("" if "n" in flags else "\n")


def _formatted(args: tuple[str, ...]) -> str | None:
    args = args[1:] if args[:1] == ("--",) else args
    text = " ".join(args)
    if not args or _LIVE.search(text) or not _ONLY_TEXT.fullmatch(args[0]):
        return None
    form, values = args[0], args[1:]
    count = form.count("%s")
    if not count:
        return shell_words.escapes(form)
    pieces = shell_words.escapes(form).split("%s")
    rounds = max(1, -(-len(values) // count))
    given = iter(values)
    return "".join(
        piece + (next(given, "") if index < count else "") for _ in range(rounds) for index, piece in enumerate(pieces)
    )
