"""Rollback: whether the packet says how to undo the change, and whether the diff holds what a revert cannot undo.

Reads the packet's note and the added lines. It does not rehearse anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.ident import Fact, shown

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
_WHY_NOTE = "Without a way back, the first bad hour in production is spent on finding one."
_WHY_OPERATION = "Reverting the commit does not bring back what this operation removes or sends out."


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation that a revert cannot undo: its name, how it looks, where to look, and the words that mention it."""

    name: str
    looks: re.Pattern[str]
    words: re.Pattern[str]
    paths: re.Pattern[str] | None = None


def _operation(name: str, looks: str, words: str, paths: str | None = None) -> _Operation:
    return _Operation(
        name,
        re.compile(looks, re.IGNORECASE),
        re.compile(words, re.IGNORECASE),
        None if paths is None else re.compile(paths, re.IGNORECASE),
    )


_MIGRATIONS = r"(?:^|/)(?:migrations?|alembic|versions|db|sql|schema)/|\.sql$"
_REMOVES_FILES = "removes files recursively"
_OPERATIONS = (
    _operation(
        "drops a table, column or database",
        r"\bdrop\s+(?:table|column|database|schema|index)\b|\bop\.drop_(?:table|column)\b|\bremove_column\b|\bdrop_table\b"
        r"|\bmigrations\.(?:RemoveField|DeleteModel)\b",
        r"drop|table|column|schema|backup|restore|migrat|data",
    ),
    _operation(
        "truncates a table", r"\btruncate\s+(?:table\s+)?[\w.\"`]+\s*(?:;|['\"]|$)", r"truncat|backup|restore|data"
    ),
    _operation("deletes rows", r"\bdelete\s+from\s+[\w.\"`]+", r"delet|rows|backup|restore|data", _MIGRATIONS),
    _operation(
        "deletes a bucket, queue, topic or volume",
        r"\b(?:delete_(?:bucket|queue|topic|stream|volume|table|database)|s3\s+rb\b|rb\s+s3://|kubectl\s+delete"
        r"|terraform\s+destroy|force_destroy\s*=\s*true|skip_final_snapshot\s*=\s*true)",
        r"bucket|queue|topic|volume|backup|snapshot|restore|recreat",
    ),
    _operation(
        _REMOVES_FILES,
        r"\brm\s+-[a-z]*r[a-z]*f?\b|\bshutil\.rmtree\s*\(|\bos\.RemoveAll\s*\(|\bfs\.rm(?:dir)?Sync\s*\([^)]*recursive"
        r"|\bremove_dir_all\s*\(|\bFileUtils\.rm_rf\b",
        r"rmtree|files|folder|director|backup|restore|delet|remov",
    ),
    _operation(
        "publishes a version",
        r"\b(?:npm|pnpm|yarn|cargo)\s+publish\b|\btwine\s+upload\b|\bgem\s+push\b|\bpoetry\s+publish\b|\buv\s+publish\b"
        r"|\bpypa/gh-action-pypi-publish\b",
        r"publish|yank|release|version|deprecat",
    ),
    _operation(
        "rewrites published history",
        r"\bgit\s+push\s+(?:[^\n]*\s)?(?:--force(?!-with-lease)|-f)\b|\bfilter-(?:branch|repo)\b",
        r"force|history|reflog|push",
    ),
)
_SCRATCH = re.compile(
    r"te?mp|cache|build|dist\b|scratch|node_modules|\.venv|coverage|work_?dir|__pycache__", re.IGNORECASE
)
"""What is made again by itself: removing it loses nothing."""
_MIGRATION_NAME = re.compile(r"(?:^|/)(?:migrations|alembic/versions)/[^/]+\.py$")
_EMPTY_DOWN = re.compile(
    r"^def downgrade\([^)]*\)[^:]*:\s*\n(?:\s*(?:\"\"\"[^\"]*\"\"\"|#[^\n]*)\n)*\s*pass\b", re.MULTILINE
)


class RollbackCheck:
    """Finds a missing or empty note, and irreversible operations that the note does not mention."""

    mode: Mode = "rollback"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return at most one finding about the note, then one for each operation."""
        account = Account()
        if not case.files:
            return account.result(self.mode, self.version, (), nothing="the change touches no file")
        note = _note(case)
        facts = [*_about_note(case, note), *_operations(case, note, account)]
        account.note("the way back was not rehearsed")
        return account.result(self.mode, self.version, facts)


def _note(case: Case) -> str:
    rollback = case.manifest.rollback
    return "\n".join(part for part in (rollback.strategy or "", *rollback.steps, *rollback.triggers) if part.strip())


def _about_note(case: Case, note: str) -> Iterator[Fact]:
    # Undoing a change of documents and tests is reverting a commit; asking for a note there teaches to ignore it.
    harmless = all(roles.is_document(file.path) or roles.is_test(file.path) for file in case.files)
    severity: Severity = "info" if harmless else "medium"
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
        yield Fact(
            rule="note-empty",
            severity=severity,
            message=f"The rollback note names no step: “{shown(note)}”",
            why=_WHY_NOTE,
            quote=note,
            known="declared",
        )


def _operations(case: Case, note: str, account: Account) -> Iterator[Fact]:
    for file in case.files:
        if roles.is_document(file.path) or roles.is_test(file.path) or roles.is_foreign(file.path):
            continue
        if file.content_missing and not file.added and not file.binary:
            account.missing("content is not in the packet", file.path)
            continue
        account.looked("added line", count=len(file.added))
        yield from _in_lines(file, note)
        yield from _empty_downgrade(file)


def _in_lines(file: ChangedFile, note: str) -> Iterator[Fact]:
    before = {" ".join(line.text.split()) for line in file.removed}
    removed = [line.text[:2000] for line in file.removed]
    for line in file.added:
        text = line.text
        if " ".join(text.split()) in before or text.lstrip().startswith(("#", "//", "--", "*", ">>>")):
            continue
        for operation in _OPERATIONS:
            if operation.paths is not None and not operation.paths.search(file.path):
                continue
            if operation.name == _REMOVES_FILES and _SCRATCH.search(text):
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
