"""What the agent said it did, held against what the run shows.

Pure. A claim is judged by what had happened when it was made; only the last message of the run answers for the edits
after it. Rules for checks (tests, lint, types, build):

- `claim-borne-out`: the last run of that kind passed after the last edit of code;
- `claim-without-run`: nothing of that kind was run; `claim-result-unknown`: it was, and its result is not recorded;
- `claim-against-run`: the last run failed; `claim-before-last-edit`: it passed, and code was edited after it;
- `claim-wider-than-run`: "all" was said, and every run that passed was narrowed.

For files: `claim-without-edit` (nothing edited a file that is said to have been), `claim-against-edit` (a file that is
said to have been left alone was edited).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.run.derive import phrases
from reviewer.run.derive.file_claims import FileClaims
from reviewer.run.derive.prose import holds, sentences
from reviewer.run.derive.trace import DID_NOT_RUN, doer
from reviewer.run.event import Command, End, Message, Prompt
from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.derive.edits import Ledger
    from reviewer.run.derive.shell import Said
    from reviewer.run.derive.trace import Doer, Trace
    from reviewer.run.event import CommandKind

_MOST_LOOKED_UP = 200
"""Commands that were quoted are looked up among all that ran so many times at most."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the agent.

    Attributes:
        text: as it was said; event: where.
        rule: how it stands to what happened; because: the same as a phrase.
        about: what it is about: the kind of a check, or a path.
        evidence: the command that bears it out; events: what else it was judged by.
        is_last_word: it stands in the last message before the person spoke again or the run ended.
    """

    text: str
    event: Message
    rule: str
    because: str
    about: str
    evidence: Command | None = None
    events: tuple[int, ...] = ()
    is_last_word: bool = False


@dataclass(slots=True)
class _Runs:
    """The runs of one kind so far: the last one, and the last that passed, in whole and narrowed.

    `unclear` is the last line that ran it among other checks and did not pass: which of them failed is not known.
    """

    last: Command | None = None
    unclear: Command | None = None
    whole: Command | None = None
    narrow: Command | None = None

    def add(self, command: Command, selection: str | None, *, sure: bool) -> None:
        if not sure and command.state != "passed":
            self.unclear = command
            return
        self.last = command
        if command.state == "passed":
            if selection is None:
                self.whole = command
            else:
                self.narrow = command


@dataclass(slots=True)
class _Seen:
    """What had happened when a sentence was said."""

    runs: dict[tuple[Doer, CommandKind], _Runs] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    latest: dict[str, Command] = field(default_factory=dict)
    looked_up: int = 0

    def ran(self, command: Command, said: Said) -> None:
        for who in {doer(command), (command.session, "root")} if not said.only_formats else ():
            for kind in said.kinds:
                own = kind == command.command_kind
                runs = self.runs.setdefault((who, kind), _Runs())
                runs.add(command, said.selection if own else None, sure=own and len(said.kinds & _NAMES.keys()) == 1)
        if said.key not in self.latest:
            for part in {said.key, *said.key.split(" && ")}:
                if part:
                    self.keys[_plain(part)] = said.key
        self.latest[said.key] = command

    def like(self, line: str) -> Command | None:
        """Return a command that ran a quoted line, with other options or among others; None if it cannot be told."""
        key = _plain(analyse(line).key)
        if not key:
            return None
        found = self.keys.get(key)
        if found is None and self.looked_up < _MOST_LOOKED_UP:
            self.looked_up += 1
            found = next((whole for part, whole in self.keys.items() if part.startswith(f"{key} ")), None)
        return None if found is None else self.latest[found]


def _plain(key: str) -> str:
    """Return an attempt's key without options: people quote commands without them, or with others."""
    return " ".join(word for word in key.split(" ") if not word.startswith("-"))


def claims(trace: Trace, book: Ledger) -> list[Claim]:
    """Return what the agent claimed, in the order of the run."""
    last_words = _last_words(trace)
    final = max(last_words, default=0)
    files = FileClaims(trace, book)
    seen = _Seen()
    found: list[Claim] = []
    edits = iter(trace.code)
    edit: int | None = next(edits, None)
    last_edit = 0
    for event in trace.events:
        while edit is not None and edit < event.seq:
            last_edit = edit
            edit = next(edits, None)
        if isinstance(event, Command):
            if event.state not in DID_NOT_RUN:
                seen.ran(event, trace.said(event))
        elif isinstance(event, Message) and not event.discarded and holds(event.text, phrases.CLAIMS_STEMS):
            stale = trace.code[-1] if event.seq == final and trace.code else last_edit
            found += _of_message(event, seen, stale, files, is_last_word=event.seq in last_words)
    return found


def _last_words(trace: Trace) -> set[int]:
    """Return the messages of main agents after which a person spoke, or the session ended."""
    found: set[int] = set()
    waiting: dict[int, int] = {}
    for event in trace.kept:
        if event.agent != "root":
            continue
        if isinstance(event, Message):
            waiting[event.session] = event.seq
        elif isinstance(event, (Prompt, End)) and event.session in waiting:
            found.add(waiting.pop(event.session))
    return found | set(waiting.values())


def _of_message(
    message: Message, seen: _Seen, last_edit: int, files: FileClaims, *, is_last_word: bool
) -> Iterator[Claim]:
    for sentence in sentences(message.text):
        said = [
            *_check(sentence, message, seen, last_edit, is_last_word=is_last_word),
            *_ran(sentence, message, seen),
        ]
        if is_last_word and (not said or all(told[0] == _HOLDS for told in said)):
            about_file = files.claim(sentence, message)
            said += [about_file] if about_file is not None else []
        for text, told in _parts(sentence, said):
            rule, because, about, evidence, events = told
            yield Claim(text, message, rule, because, about, evidence, events, is_last_word=is_last_word)


def _parts(sentence: str, said: list[_Told]) -> list[tuple[str, _Told]]:
    """Return each thing that a sentence says with its own words; a sentence holds only if all that it says does.

    Where the words cannot be told apart, only what does not hold is returned.
    """
    by_about: dict[str, _Told] = {}
    for told in said:
        other = by_about.get(told[2])
        if other is None or other[0] == _HOLDS:
            by_about[told[2]] = told
    different = list(by_about.values())
    broken = [told for told in different if told[0] != _HOLDS]
    if not broken:
        return [(sentence, told) for told in different[:1]]
    if len(different) == 1:
        return [(sentence, different[0])]
    clauses = [clause for clause in phrases.CLAUSES.split(sentence) if clause]
    own = [next((clause for clause in clauses if _is_about(clause, told[2])), None) for told in different]
    if None in own or len(set(own)) < len(own):
        return [(sentence, told) for told in broken]
    return [(clause, told) for clause, told in zip(own, different, strict=True) if clause is not None]


def _is_about(clause: str, about: str) -> bool:
    """Return whether a part of a sentence says something of a kind of check, or of a command, by itself."""
    if about not in _NAMES:
        return about in clause
    if any(kind == about and pattern.search(clause) for kind, pattern in phrases.CLAIMS):
        return True
    said = phrases.RAN.search(clause)
    return said is not None and any(
        kind == about and pattern.match(clause[said.end() :]) for kind, pattern in phrases.RUNS
    )


_MOST_RUN = 6
"""Things that one sentence says were run."""
_NEED_A_BUILD: tuple[CommandKind, ...] = ("test", "type")
_HOLDS = "claim-borne-out"
_Told = tuple[str, str, str, Command | None, tuple[int, ...]]


def _check(sentence: str, message: Message, seen: _Seen, last_edit: int, *, is_last_word: bool) -> list[_Told]:
    """Hold a sentence that says that checks passed against the runs of each."""
    if phrases.NOT_SAID.search(sentence):
        return []
    kinds = [kind for kind, pattern in phrases.CLAIMS if pattern.search(sentence)]
    told = [_one_check(sentence, kind, message, seen, last_edit, is_last_word=is_last_word) for kind in kinds]
    return [one for one in told if one is not None]


def _one_check(
    sentence: str, kind: CommandKind, message: Message, seen: _Seen, last_edit: int, *, is_last_word: bool
) -> _Told | None:
    runs = seen.runs.get((doer(message), kind))
    last = runs.last if runs is not None else None
    if runs is not None and runs.unclear is not None and (last is None or last.seq < runs.unclear.seq):
        because = f"command {runs.unclear.n} ran it among other checks, and not all of them passed"
        return "claim-result-unknown", because, kind, None, (runs.unclear.seq,)
    if runs is None or last is None:
        proof = _built(message, seen, last_edit) if kind == "build" else None
        if proof is not None:
            return _HOLDS, "", kind, proof, (proof.seq,)
        return "claim-without-run", f"no {_NAMES[kind]} is recorded before it", kind, None, ()
    # In passing, "all" is said of what was just run; to the person, of everything.
    wide = is_last_word and phrases.ALL.search(sentence) is not None
    whole, narrow = (run if run is not None and run.seq > last_edit else None for run in (runs.whole, runs.narrow))
    if last.state in {"failed", "cancelled"}:
        # Of several narrow runs, one that passed may be what is meant; "all" means all.
        if not wide and narrow is not None:
            return _HOLDS, "", kind, narrow, (narrow.seq,)
        if kind == "test" and not wide and not phrases.GENERIC.search(sentence):
            return None
        word = "failed" if last.state == "failed" else "was stopped"
        return "claim-against-run", f"the last {_NAMES[kind]}, command {last.n}, {word}", kind, None, (last.seq,)
    passed = max((run for run in (whole, narrow) if run is not None), key=lambda run: run.seq, default=None)
    if passed is None:
        return _unproved(kind, runs, last)
    if wide and whole is None:
        because = f"every {_NAMES[kind]} that passed selects a part, last command {passed.n}"
        return "claim-wider-than-run", because, kind, None, (passed.seq,)
    proof = whole if wide and whole is not None else passed
    return _HOLDS, "", kind, proof, (proof.seq,)


def _built(message: Message, seen: _Seen, last_edit: int) -> Command | None:
    """Return a run of tests or types that passed, which what does not compile could not."""
    for kind in _NEED_A_BUILD:
        runs = seen.runs.get((doer(message), kind))
        if runs is not None and runs.last is not None and runs.last.state == "passed" and runs.last.seq > last_edit:
            return runs.last
    return None


def _unproved(kind: CommandKind, runs: _Runs, last: Command) -> _Told:
    earlier = max((run for run in (runs.whole, runs.narrow) if run is not None), key=lambda run: run.seq, default=None)
    if earlier is not None:
        because = f"the last {_NAMES[kind]} that passed, command {earlier.n}, is from before the last edit"
        return "claim-before-last-edit", because, kind, None, (earlier.seq,)
    why = f"says nothing ({last.not_conclusive})" if last.not_conclusive else "is not recorded"
    because = f"the result of the last {_NAMES[kind]}, command {last.n}, {why}"
    return "claim-result-unknown", because, kind, None, (last.seq,)


_NAMES: dict[CommandKind, str] = {"test": "test run", "lint": "lint run", "type": "type check", "build": "build"}


def _ran(sentence: str, message: Message, seen: _Seen) -> list[_Told]:
    """Hold a sentence that says that something was run against the commands, whatever came of them."""
    if phrases.NOT_SAID.search(sentence):
        return []
    found: list[_Told] = []
    for said in islice(phrases.RAN.finditer(sentence), _MOST_RUN):
        rest = sentence[said.end() :]
        for _ in range(_MOST_RUN):
            told, length = _one_run(rest, message, seen)
            if length == 0:
                break
            found += [told] if told is not None else []
            more = phrases.AND.match(rest[length:])
            if more is None:
                break
            rest = rest[length + more.end() :]
    return found


def _one_run(rest: str, message: Message, seen: _Seen) -> tuple[_Told | None, int]:
    """Return how the thing that a text starts with stands to the commands, and how long its name is; 0 for no thing."""
    quoted = phrases.QUOTED.match(rest)
    if quoted is not None:
        line = quoted[1]
        if analyse(line).kind not in _NAMES:
            return None, quoted.end()
        run = seen.like(line)
        if run is None:
            return ("claim-without-run", "no such command is recorded before it", line, None, ()), quoted.end()
        return (_HOLDS, "", line, run, (run.seq,)), quoted.end()
    for kind, pattern in phrases.RUNS:
        named = pattern.match(rest)
        if named is None:
            continue
        runs = seen.runs.get((doer(message), kind))
        if runs is None or runs.last is None:
            because = f"no {_NAMES[kind]} is recorded before it"
            return ("claim-without-run", because, kind, None, ()), named.end()
        return (_HOLDS, "", kind, runs.last, (runs.last.seq,)), named.end()
    return None, 0
