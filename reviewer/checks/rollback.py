"""Rollback: whether the packet says how to undo the change, and whether the diff holds what a revert cannot undo.

Reads the packet's note and the diff, and what taking the change back showed where that was tried.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.ident import Fact, shown
from reviewer.checks.irreversible import OPERATIONS, REMOVES_FILES, SCRATCH
from reviewer.run.derive import phrases
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import CheckResult, Mode, Severity

_FEWEST_WORDS = 4
_EMPTY = re.compile(r"(?:n/?a|none|not (?:needed|applicable|required)|-+|tbd|todo|unknown|no)\W*", re.IGNORECASE)
_ACTION = re.compile(
    r"\b(?:revert|reset|restore|roll|undo|redeploy|deploy|disable|enable|turn|switch|downgrade|migrate|run|remove|delete"
    r"|drop|re-?create|pin|publish|yank|re-?apply|set|rename|move|flip|stop|start|rerun|re-?install|checkout|back ?out)"
    r"\w*",
    re.IGNORECASE,
)
_LONGEST_NOTE = 20_000
_MOST_NAMED = 5
_FILE = re.compile(r"(?<![\w./-])`?((?:[\w@.-]+/)*[\w@-]+(?:\.[\w-]+){0,3}\.[A-Za-z]\w{0,7})\b")
_DATA = re.compile(
    r"\.(?:csv|tsv|parquet|sqlite3?|db|dump|bak|xlsx|ndjson|avro|feather|rdb)$|(?:^|/)(?:data|backups?|dumps?|seeds?)/[^/]+\.(?:json|sql)$",
    re.IGNORECASE,
)
_DATA_WORDS = re.compile(r"data|restore|backup|file|csv|dump", re.IGNORECASE)
_FLAG = re.compile(
    r"^\s*[\"']?(?P<name>[\w.-]{0,60}?(?:enable|disable|feature|flag|toggle|use_|allow|require|default)[\w.-]{0,60})[\"']?"
    r"\s*(?::\s*bool\s*)?[:=]\s*(?P<value>true|false|on|off|yes|no)\b",
    re.IGNORECASE,
)
_OPPOSITE = {"true": "false", "false": "true", "on": "off", "off": "on", "yes": "no", "no": "yes"}
_FLAG_WORDS = re.compile(r"flag|toggle|default|switch|setting|turn|enable|disable", re.IGNORECASE)
_WHY_NOTE = "Without a way back, the first bad hour in production is spent on finding one."
_WHY_OPERATION = "Reverting the commit does not bring back what this operation removes or sends out."


_MIGRATION_NAME = re.compile(r"(?:^|/)(?:migrations|alembic/versions)/[^/]+\.py$")
_EMPTY_DOWN = re.compile(
    r"^def downgrade\([^)]*\)[^:]*:\s*\n(?:\s*(?:\"\"\"[^\"]*\"\"\"|#[^\n]*)\n)*\s*pass\b", re.MULTILINE
)


class RollbackCheck:
    """Finds a missing or empty note, and irreversible operations that the note does not mention."""

    mode: Mode = "rollback"
    version = 2

    def run(self, case: Case) -> CheckResult:
        """Return at most one finding about the note, then one for each operation."""
        account = Account()
        if not case.files:
            return account.result(self.mode, self.version, (), nothing="the change touches no file")
        note = _note(case)
        facts = [
            *_about_note(case, note),
            *_named(case, note),
            *_operations(case, note, account),
            *_rehearsed(case, account),
        ]
        return account.result(self.mode, self.version, facts)


def _note(case: Case) -> str:
    rollback = case.manifest.rollback
    return "\n".join(part for part in (rollback.strategy or "", *rollback.steps, *rollback.triggers) if part.strip())


def _about_note(case: Case, note: str) -> Iterator[Fact]:
    # Undoing a change of documents and tests is reverting a commit; asking for a note there teaches to ignore it.
    harmless = all(roles.is_document(file.path) or roles.is_test(file.path) for file in case.files)
    # Where no run and no task is recorded, nobody was asked for a note either.
    asked = bool(case.events or case.manifest.command or case.manifest.task.known or case.manifest.origin.transcript)
    severity: Severity = "info" if harmless or not (asked or note) else "medium"
    if not note:
        yield Fact(
            rule="note-absent",
            severity=severity,
            message="The packet has no rollback note.",
            why=_WHY_NOTE,
            quote="absent",
            known="absent",
        )
    elif _EMPTY.fullmatch(note.strip()) or len(note.split()) < _FEWEST_WORDS or not _ACTION.search(note):
        # "Revert the commit." is short, and for most changes all that there is to do.
        short = _ACTION.search(note) is not None and not harmless
        yield Fact(
            rule="note-empty",
            severity="low" if short else severity,
            message=f"The rollback note names no step: “{shown(note)}”",
            why=_WHY_NOTE,
            quote=note,
            known="declared",
        )


def _named(case: Case, note: str) -> Iterator[Fact]:
    """Yield the files that the note names and the change does not have; most notes name none, which is no fault."""
    changed = [path.lower() for file in case.files for path in (file.path, file.old_path) if path]
    there = set(case.before.paths()) if case.before is not None and _FILE.search(note) else set()
    told: set[str] = set()
    own: set[str] = set()
    for match in _FILE.finditer(note[:_LONGEST_NOTE]):
        name = match.group(1).removeprefix("./")
        low = name.lower()
        known = any(path == low or path.endswith(f"/{low}") or low.endswith(f"/{path}") for path in changed)
        own.update(path for path in changed if path == low or path.endswith(f"/{low}"))
        if known or name in told or not phrases.is_file(name) or len(told) >= _MOST_NAMED:
            continue
        told.add(name)
        # A script that is there and that the way back runs is no part of the change.
        if any(path == name or path.endswith(f"/{name}") for path in there):
            continue
        yield Fact(
            rule="note-names-other",
            severity="low",
            message=f"The rollback note names {shown(name)}, which the change does not touch"
            f"{' and the repository does not have' if there else ''}.",
            why="A note that speaks of other files was written for another change.",
            quote=name,
            known="declared",
        )
    yield from _unnamed(case, own)


def _unnamed(case: Case, named: set[str]) -> Iterator[Fact]:
    """Yield how many changed files a note leaves out that goes through them by name."""
    programs = [file.path for file in case.files if not roles.is_document(file.path) and not roles.is_test(file.path)]
    left = [path for path in programs if path.lower() not in named]
    if named and left:
        more = f" and {len(left) - 1:,} more" if len(left) > 1 else ""
        yield Fact(
            rule="note-names-part",
            severity="info",
            message=f"The rollback note names {len(programs) - len(left):,} of "
            f"{plural(len(programs), 'changed file')}, and not {shown(left[0])}{more}.",
            why="Whoever follows the note step by step leaves the others as they are.",
            quote=left[0],
            known="declared",
            numbers=(("not named", len(left)),),
        )


def _rehearsed(case: Case, account: Account) -> Iterator[Fact]:
    tried = case.probed.rollback if case.probed is not None else None
    if tried is None:
        account.note("the way back was not rehearsed")
        return
    for gap in tried.gaps:
        account.lacking(f"the rehearsal of the way back: {shown(gap)}")
    target = shown(tried.target_name or tried.target[:10], 60)
    if not tried.applied:
        named = ", ".join(shown(path) for path in tried.conflicts[:_MOST_NAMED])
        more = f" and {len(tried.conflicts) - _MOST_NAMED:,} more" if len(tried.conflicts) > _MOST_NAMED else ""
        yield Fact(
            rule="revert-conflicts",
            severity="medium",
            message=f"Taking the change back on {target} meets conflicts{f' in {named}{more}' if named else ''}.",
            why="In the bad hour somebody would have to solve them by hand.",
            quote=" ".join(sorted(tried.conflicts)),
            numbers=(("conflicts", len(tried.conflicts)),),
        )
        return
    seconds = tried.suite.seconds if tried.suite is not None else 0.0
    account.looked(
        "way back",
        f"rehearsed on {target} in {seconds:.1f} s with the parent's tests"
        if seconds
        else f"rehearsed on {target} without running tests",
    )
    if tried.suite_passed is False:
        yield Fact(
            rule="revert-fails",
            severity="medium",
            message=f"With the change taken back on {target}, the parent's tests do not pass.",
            why="What was built on the change since then needs it.",
            quote=tried.target,
            numbers=(("seconds", round(seconds, 1)),),
        )


def _operations(case: Case, note: str, account: Account) -> Iterator[Fact]:
    for file in case.files:
        if roles.is_document(file.path) or roles.is_test(file.path) or roles.is_foreign(file.path):
            continue
        if file.content_missing and not file.added and not file.binary:
            account.missing("content is not in the packet", file.path)
            continue
        account.looked("added line", count=len(file.added))
        yield from _data_deleted(file, note)
        yield from _flag_flipped(file, note)
        yield from _in_lines(file, note)
        yield from _empty_downgrade(file)


def _in_lines(file: ChangedFile, note: str) -> Iterator[Fact]:
    before = {" ".join(line.text.split()) for line in file.removed}
    removed = [line.text[:2000] for line in file.removed]
    for line in file.added:
        text = line.text
        if " ".join(text.split()) in before or text.lstrip().startswith(("#", "//", "--", "*", ">>>")):
            continue
        for operation in OPERATIONS:
            if operation.paths is not None and not operation.paths.search(file.path):
                continue
            if operation.name == REMOVES_FILES and SCRATCH.search(text):
                continue
            if not operation.looks.search(text[:2000]) or operation.words.search(note):
                continue
            # An operation that was there before, in other words, is not new.
            again = next((old for old in removed if operation.looks.search(old)), None)
            if again is not None:
                removed.remove(again)
            else:
                yield Fact(
                    rule="irreversible-unmentioned",
                    severity="medium",
                    message=f"An added line {operation.name}, and the rollback note does not mention it: {shown(text)}",
                    why=_WHY_OPERATION,
                    quote=text,
                    file=file.path,
                    side="new",
                    line=line.number,
                )
                break


def _data_deleted(file: ChangedFile, note: str) -> Iterator[Fact]:
    if (
        file.status == "D"
        and _DATA.search(file.path)
        and not roles.is_example(file.path)
        and not _DATA_WORDS.search(note)
    ):
        yield Fact(
            rule="data-deleted",
            severity="medium",
            message=f"{shown(file.path)} is deleted, and the rollback note does not mention data.",
            why="Whatever was read from it or written to it since then does not come back with a revert.",
            quote=file.path,
            file=file.path,
            side="old",
        )


def _flag_flipped(file: ChangedFile, note: str) -> Iterator[Fact]:
    """Yield switches whose default is turned over: what they let happen meanwhile is not undone."""
    before = {match["name"]: match["value"].lower() for line in file.removed if (match := _flag(line.text))}
    for line in file.added:
        match = _flag(line.text)
        if (
            match is None
            or match["name"] not in before
            or _OPPOSITE.get(match["value"].lower()) != before[match["name"]]
        ):
            continue
        if _FLAG_WORDS.search(note) or match["name"].lower() in note.lower():
            continue
        yield Fact(
            rule="flag-flipped",
            severity="low",
            message=f"The default of {shown(match['name'], 60)} changes from {shown(before[match['name']], 10)} to "
            f"{shown(match['value'], 10)}, and the rollback note does not mention it.",
            why="What it let happen meanwhile is not undone by turning it back.",
            quote=match["name"],
            file=file.path,
            side="new",
            line=line.number,
        )


def _flag(text: str) -> re.Match[str] | None:
    return _FLAG.search(text[:500])


def _empty_downgrade(file: ChangedFile) -> Iterator[Fact]:
    if file.new is None or not file.added or not _MIGRATION_NAME.search(file.path):
        return
    text = file.new.decode("utf-8", "surrogateescape")
    match = _EMPTY_DOWN.search(text)
    if match:
        yield Fact(
            rule="downgrade-empty",
            severity="medium",
            message=f"The migration {shown(file.path)} has an empty downgrade.",
            why="A migration without a way back makes the whole release one-way.",
            quote="downgrade",
            file=file.path,
            side="new",
            line=text.count("\n", 0, match.start()) + 1,
        )
