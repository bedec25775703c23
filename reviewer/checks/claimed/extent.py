"""How far the change was said to reach, and what was said to be in it, against the files that it has."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.run.derive import phrases
from reviewer.run.event import Edit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.claimed.words import Said

_WHY = "A reviewer who believes it does not look at the rest."
_WHY_ABSENT = "What was described is not what is up for review."
_ONLY = re.compile(
    r"\bonly (?:changed|modified|touched|edited|updated|touches|changes|modifies|affects)\b"
    r"|\b(?:changes?|edits?|diff) (?:is|are|was|were)? ?(?:limited|confined|restricted) to\b"
    r"|\bthe only files? (?:that (?:was|were|is|are) )?(?:I )?(?:changed|modified|touched|edited)\b",
    re.IGNORECASE,
)
_NO_OTHER = re.compile(
    r"\bno other (?:files?|changes?|code)(?: in the (?:repo|repository|project))?"
    r" (?:(?:was|were|is|are|have been|has been) )?(?:changed|modified|touched|edited|made|needed)\b"
    r"|\b(?:did not|didn['’]t) (?:touch|change|modify|edit) any(?:thing| other files?) else\b"
    r"|\bnothing else (?:was |is )?(?:changed|touched|modified)\b"
    r"|\bleft (?:everything|all) else (?:untouched|unchanged|as is|alone)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"`([^`\s]{2,200})`")
_BARE = re.compile(r"(?<![\w`/.])((?:[\w.-]+/)+[\w.-]*|[\w-]+\.[A-Za-z]{1,5})(?![\w`/])")
_SYMBOL = re.compile(
    r"\b(?P<verb>added|implemented|introduced|created|defined)"
    r"(?: (?:a|an|the|new|small|private|public|helper|async|static|two|unit|regression|module-level)){0,4}"
    r"(?: (?:functions?|methods?|class(?:es)?|helpers?|constants?|fixtures?|tests?|exceptions?))?"
    r" `(?P<name>[A-Za-z_][\w.]{2,80})(?:\(\))?`"
    r"(?P<after> (?:function|method|class|helper|constant|fixture|exception|test|decorator)s?\b)?",
    re.IGNORECASE,
)
_PUT = re.compile(
    r"\b(?:added|wrote|extended|put)\b(?: [\w-]{1,30}){0,5}? (?:tests?|cases?|coverage|sections?|entry|entries|notes?"
    r"|docs|documentation|docstrings?|examples?)(?: \w{1,20}){0,4}? (?:in|into|to|under|at) \[?`([^`\s]{3,200})`",
    re.IGNORECASE,
)
"""Says that something was put into a file: the file's name stands after it in backquotes."""
_KINDS = re.compile(r"(?:function|method|class|helper|constant|fixture|exception|test)", re.IGNORECASE)
_MOST_NAMED = 3
_LONGEST = 2_000


def extent(case: Case, said: Sequence[Said], account: Account) -> Iterator[Fact]:
    """Yield changed files beside those that were said to be the only ones, and what was said to be there and is not."""
    changed = _changed(case)
    if not changed:
        return
    named = {name for one in said for name in _files(one.text, changed)}
    for one in said:
        only = _ONLY.search(one.text)
        wanted = set(_files(one.text[only.end() :], changed)) if only else set()
        if not wanted and _NO_OTHER.search(one.text):
            wanted = named
        if wanted:
            account.looked("claim", "of extent")
            yield from _beyond(case, one, wanted, changed)
        yield from _absent(case, one, changed)


def _beyond(case: Case, one: Said, wanted: set[str], changed: set[str]) -> Iterator[Fact]:
    spoken_of = changed if one.whole and len(case.manifest.session) <= 1 else changed & _edited_since(case, one)
    others = sorted(path for path in spoken_of if not any(_is_it(path, name) for name in wanted))
    # A name that is none of the change's is a way of speaking that nothing here understands.
    if not others or not any(_is_it(path, name) for name in wanted for path in changed):
        return
    more = f" and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
    yield Fact(
        rule="claimed-only",
        severity="medium",
        message=f"The agent says “{shown(one.text)}”, and the change also has "
        f"{', '.join(shown(path) for path in others[:_MOST_NAMED])}{more}.",
        why=_WHY,
        quote=one.text,
        evidence=(f"event:{one.event}", *(f"file:{path}" for path in others[:_MOST_NAMED])),
        numbers=(("other files", len(others)),),
    )


def _absent(case: Case, one: Said, changed: set[str]) -> Iterator[Fact]:
    if phrases.NOT_SAID.search(one.text):
        return
    made = phrases.MADE.search(one.text) or _PUT.search(one.text[:_LONGEST])
    if made is not None and phrases.is_file(made[1]) and not any(_is_it(path, made[1]) for path in changed):
        yield _not_there(one, "claimed-file-absent", f"no changed file is called {shown(made[1])}")
        return
    for match in _SYMBOL.finditer(one.text):
        name = match["name"].rsplit(".", 1)[-1]
        if phrases.is_file(match["name"]) or not (match["after"] or _KINDS.search(match.group().split("`")[0])):
            continue
        word = name.encode("utf-8", "surrogatepass")
        if any(file.content_missing or file.binary for file in case.files):
            return
        if not any(word in line.raw for file in case.files for line in file.added):
            yield _not_there(one, "claimed-name-absent", f"no added line has {shown(name)}")


def _not_there(one: Said, rule: str, what: str) -> Fact:
    return Fact(
        rule=rule,
        severity="low",
        message=f"The agent says “{shown(one.text)}”, and {what}.",
        why=_WHY_ABSENT,
        quote=f"{what} {one.text}",
        evidence=(f"event:{one.event}",),
    )


def _changed(case: Case) -> set[str]:
    rows = [path for file in case.files for path in (file.path, file.old_path) if path]
    return set(rows) or {path for row in case.manifest.file_changed for path in (row.path, row.old_path) if path}


def _edited_since(case: Case, one: Said) -> set[str]:
    return {
        event.repo_path
        for event in case.events
        if isinstance(event, Edit)
        and event.repo_path
        and event.applied is not False
        and one.since < event.seq < one.event
    }


def _files(text: str, changed: Collection[str]) -> Iterator[str]:
    bare = [name.rstrip(".") for name in _BARE.findall(_NAMED.sub(" ", text))]
    for name in (*_NAMED.findall(text), *bare):
        # `CHANGES` is a file where the change has one of that name.
        if phrases.is_file(name) or (name.endswith("/") and "/" in name) or name in changed:
            yield name.removeprefix("./")


def _is_it(path: str, name: str) -> bool:
    """Return whether a path is what a name says: the path, its end, or a folder that it lies in."""
    low, wanted = path.lower(), name.lower().removeprefix("./").split(":", 1)[0]
    if wanted.endswith("/"):
        return low.startswith(wanted) or f"/{wanted}" in low
    return (
        low == wanted or low.endswith(f"/{wanted}") or wanted.endswith(f"/{low}") or posixpath.basename(low) == wanted
    )
