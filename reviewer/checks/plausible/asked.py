"""The words of the task against the change: what it names in vain, and files that it says nothing of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile

_WHY_UNTOUCHED = "What the task names in code is mostly what it is about."
_WHY_UNASKED = "What nobody asked for is what nobody will look for."
_MARKED = re.compile(r"`([^`\n]{2,80})`")
_PATH = re.compile(r"(?<![\w/.])((?:[\w.-]{1,60}/){1,8}[\w.-]{1,60}\.\w{1,8})(?![\w/])")
_WORD = re.compile(r"[A-Za-z]{3,}")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LONGEST = 20_000
_FEW_WORDS = 12
_MOST = 3
_COMMON = frozenset(
    {"the", "and", "for", "that", "this", "with", "from", "when", "should", "must", "have", "has", "not", "are", "was"}
    | {"add", "fix", "use", "make", "new", "return", "def", "self", "class", "import", "none", "true", "false", "src"}
    | {
        "file",
        "code",
        "test",
        "tests",
        "please",
        "also",
        "all",
        "any",
        "into",
        "only",
        "but",
        "can",
        "get",
        "set",
        "value",
    }
    | {
        "change",
        "update",
        "function",
        "init",
        "main",
        "app",
        "lib",
        "python",
        "str",
        "int",
        "name",
        "data",
        "will",
        "let",
    }
)


def facts(case: Case) -> Iterator[Fact]:
    """Yield what the task and the change do not share; nothing where no task is recorded."""
    task = case.manifest.task
    said = "\n".join(part for part in (task.objective, task.prompt, *task.follow_ups) if part)[:_LONGEST]
    if not said:
        return
    yield from _untouched(case, said)
    plan = "\n".join(step.text for step in case.manifest.plan.steps)[:_LONGEST]
    wanted = _words(" ".join([said, plan, *task.constraints, *task.done_when]))
    if len(wanted) >= _FEW_WORDS:
        yield from _unasked(case, wanted)


def _untouched(case: Case, said: str) -> Iterator[Fact]:
    text = "\n".join(line.text[:500] for file in case.files for line in (*file.added, *file.removed))
    paths = [path for file in case.files for path in (file.path, file.old_path) if path]
    told = 0
    for name in dict.fromkeys([*_MARKED.findall(said), *_PATH.findall(said)]):
        plain = name.strip().removesuffix("()").strip("./")
        is_path = "/" in plain
        last = plain if is_path else re.split(r"[.:(\s]", plain.rstrip(")"))[-1] if " " not in plain else ""
        if not last or not re.fullmatch(r"[\w./-]{2,80}", last) or last.startswith("-"):
            continue
        if any(path == last or path.endswith(f"/{last}") or f"/{last}/" in f"/{path}" for path in paths):
            continue
        # A traceback names a file by where it was installed: what changes may be the end of that.
        if is_path and any("/" in path and last.endswith(f"/{path}") for path in paths):
            continue
        if last in text or any(last in path for path in paths):
            continue
        told += 1
        if told > _MOST:
            return
        yield Fact(
            rule="task-word-untouched",
            severity="info",
            message=f"The task names {shown(name)}, and no changed line or path has it.",
            why=_WHY_UNTOUCHED,
            quote=name,
        )


def _unasked(case: Case, wanted: frozenset[str]) -> Iterator[Fact]:
    code = [file for file in case.files if _is_judged(file)]
    shared = {file.path: bool(_words_of(file) & wanted) for file in code}
    if not any(shared.values()):
        return
    asked = [file for file in code if shared[file.path]]
    for file in [file for file in code if not shared[file.path]][:_MOST]:
        if _is_joined(file, asked):
            continue
        first = (file.added or file.removed)[0]
        yield Fact(
            rule="file-unasked",
            severity="low",
            message=f"{shown(file.path)} changes, and shares no word with task, plan or other changed files.",
            why=_WHY_UNASKED,
            quote=file.path,
            file=file.path,
            side="new" if file.added else "old",
            line=first.number,
        )


def _is_judged(file: ChangedFile) -> bool:
    if roles.is_test(file.path) or roles.is_document(file.path) or roles.is_foreign(file.path) or file.binary:
        return False
    return roles.is_program(file.path) and bool(file.added or file.removed)


def _words_of(file: ChangedFile) -> frozenset[str]:
    lines = [*file.added, *file.removed][:400]
    return _words(" ".join([file.path, *(line.text[:300] for line in lines)]))


def _words(text: str) -> frozenset[str]:
    """Return the words of a text, those of compound names apart, without endings and without what is everywhere."""
    found = set()
    for word in _WORD.findall(text):
        for part in _PARTS.findall(word):
            lower = part.lower()
            if len(lower) > 2 and lower not in _COMMON:
                found.add(re.sub(r"(?:ing|ed|es|s|er|ion)$", "", lower) or lower)
    return frozenset(found)


def _is_joined(file: ChangedFile, others: Sequence[ChangedFile]) -> bool:
    """Return whether another changed file names this one, or it names one of them: a definition and its use."""
    stem = file.path.rsplit("/", 1)[-1].split(".", 1)[0]
    mine = " ".join(line.text[:300] for line in [*file.added, *file.removed][:400])
    for other in others:
        theirs = " ".join(line.text[:300] for line in [*other.added, *other.removed][:400])
        if stem in theirs or other.path.rsplit("/", 1)[-1].split(".", 1)[0] in mine:
            return True
        names = set(re.findall(r"\b[A-Za-z_]\w{4,}\b", mine)) & set(re.findall(r"\b[A-Za-z_]\w{4,}\b", theirs))
        if any("_" in name.strip("_") or name != name.lower() for name in names):
            return True
    return False
