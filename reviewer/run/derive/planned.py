"""What was planned and not touched, and what was touched and not planned.

Pure. Rules: `step-left-open`, `plan-names-untouched` (a file or a name in backquotes that no edit, read, search or
command names), `touched-unplanned` (a changed file that nothing planned, asked or said before its first edit names).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from reviewer.run.derive import phrases
from reviewer.run.derive.facts import Parting
from reviewer.run.derive.plan import last_steps, plans
from reviewer.run.event import Command, Edit, Message, Plan, Prompt, Read, Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.run.derive.edits import Ledger
    from reviewer.run.derive.facts import RunFacts
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Event

_LEFT = {"pending": "left pending at the end", "in_progress": "still in progress at the end"}
_QUOTED = re.compile(r"`([^`\s]{3,120})`")
_PATH = re.compile(r"(?<![\w./:@-])(?:[\w@.-]+/)+[\w@.-]+\.[A-Za-z0-9]{1,8}\b")
_NAME = re.compile(r"[A-Za-z_]\w{3,60}(?:\(\))?")
_HUMP = re.compile(r"_|[a-z0-9][A-Z]")
_WORD = re.compile(r"[\w@.-]+")
_OF_TEST = re.compile(r"^tests?_|_tests?$|[.-](?:test|spec|stories|d)$|Tests?$|Spec$")
_MOST_TEXT = 32_000_000
"""So much of what was done is looked through for names of the plan (characters)."""
_MOST_NAMES = 200
_SHORTEST = 4


def planned_untouched(trace: Trace) -> Iterator[Parting]:
    """Yield the steps left open, and what the plan names and nothing touched."""
    found = plans(trace)
    last, steps = last_steps(found)
    if last is not None:
        for step in steps:
            if step.status in _LEFT:
                yield Parting("planned_untouched", "step-left-open", step.text, _LEFT[step.status], (last.seq,))
    named: dict[str, int] = {}
    text = next((event for event in reversed(found) if event.text), None)
    if text is not None:
        named |= dict.fromkeys(_named([text.text or ""], names=False), text.seq)
    if last is not None:
        texts = [step.text for step in steps if step.status != "cancelled"]
        named |= dict.fromkeys(_named(texts, names=True), last.seq)
    for name in _untouched(named, trace):
        yield Parting(
            "planned_untouched", "plan-names-untouched", name,
            "the plan names it; no edit, read, search or command does", (named[name],),
        )  # fmt: skip


def _named(texts: Sequence[str], *, names: bool) -> list[str]:
    """Return the files that texts name, and where wanted other names: prose mentions many that it does not touch."""
    found: list[str] = []
    for text in texts:
        quoted = _QUOTED.findall(text)
        found += [name for name in quoted if phrases.is_file(name) or (names and _is_identifier(name))]
        found += _PATH.findall(text)
    return [name.removeprefix("./") for name in found[:_MOST_NAMES]]


def _is_identifier(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and _HUMP.search(name) is not None


def _untouched(named: dict[str, int], trace: Trace) -> list[str]:
    """Return the names that stand in nothing that was done; a file counts by its base name."""
    open_names = {posixpath.basename(name).removesuffix("()").lower(): name for name in named}
    for path in trace.changed:
        open_names.pop(posixpath.basename(path).lower(), None)
    left = _MOST_TEXT
    for event in trace.events:
        if not open_names or left < 0:
            break
        done = _done(event)
        if done:
            left -= len(done)
            low = done.lower()
            for short in [short for short in open_names if short in low]:
                del open_names[short]
    # What was not looked through may hold the rest.
    return list(open_names.values()) if left >= 0 else []


def _done(event: Event) -> str:
    match event:
        case Edit():
            return f"{event.path}\n{event.patch or ''}"
        case Read():
            return event.path
        case Command():
            return event.line
        case Search():
            return f"{event.path or ''}\n{event.pattern}"
        case _:
            return ""


def touched_unplanned(facts: RunFacts, trace: Trace, book: Ledger) -> Iterator[Parting]:
    """Yield the changed files that the agent edited and that nothing before the edit names.

    Only where it planned by files: a plan that names none ("fix the lint errors") cannot leave one out.
    """
    if not names_files([text for plan in plans(trace) for text in _texts(plan)]):
        return
    waiting = sorted(((book.first[path].seq, path) for path in facts.edited if path in book.first), reverse=True)
    words: set[str] = set()
    for event in trace.events:
        while waiting and waiting[-1][0] <= event.seq:
            seq, path = waiting.pop()
            if not _is_named(path, words):
                yield Parting(
                    "touched_unplanned", "touched-unplanned", path,
                    "no plan, request or message before its first edit names it", (seq,), is_path=True,
                )  # fmt: skip
        if not waiting:
            return
        if not event.discarded and isinstance(event, (Prompt, Message, Plan)):
            for text in _texts(event):
                for word in _WORD.findall(text):
                    name = word.strip(".-").lower()
                    words.update((name, name.partition(".")[0]))


def names_files(texts: Iterable[str]) -> bool:
    """Return whether a plan goes by files: one that names none cannot leave one out."""
    return any(_PATH.search(text) or any(map(phrases.is_file, _WORD.findall(text))) for text in texts)


def _texts(event: Prompt | Message | Plan) -> list[str]:
    if isinstance(event, Plan):
        return [event.text or "", *(step.text for step in event.steps)]
    return [event.text]


def _is_named(path: str, words: set[str]) -> bool:
    """Return whether words name a file: by its name, the name without its ending, or the name of what it tests."""
    name = posixpath.basename(path)
    stem = name.partition(".")[0] if not name.startswith(".") else name
    base = _OF_TEST.sub("", posixpath.splitext(name)[0])
    plain = _OF_TEST.sub("", stem)
    folder = posixpath.basename(posixpath.dirname(path))
    # A file that is called as every other of its kind goes by its folder.
    candidates = (
        {name, stem, base, plain} if stem not in {"index", "__init__", "mod", "main", "lib"} else {name, folder}
    )
    return any(len(word) >= _SHORTEST and word.lower() in words for word in candidates)
