"""A change's code cut into pieces that can be taken back alone: which files, and in which order.

Tests, documents, examples, generated and foreign code are no code of the change here; configuration is not cut either,
as it is read by tools and not by tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ablation import other_pieces, python_pieces
from reviewer.checks.ablation.spans import Span, lines, spans
from reviewer.checks.ident import shown
from reviewer.checks.sides import contents
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.ablation.piece import Piece
    from reviewer.checks.case import Case, ChangedFile

MAX_TRIED = 40
"""Pieces of one change that are tried, in the order of the diff."""
_MAX_CUT = 400
_MAX_BYTES = 1 << 20
_PLAIN = "100"


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a change.

    Attributes:
        pieces: (path, piece) in the order of the diff.
        gaps: what was not cut, and why.
    """

    pieces: tuple[tuple[str, Piece], ...] = ()
    gaps: tuple[str, ...] = ()


def cut(case: Case, most: int = MAX_TRIED) -> Cut:
    """Return the pieces of a change; those over `most` that could be tried are counted among the gaps."""
    found: list[tuple[str, Piece]] = []
    gaps: list[str] = []
    tried = beyond = 0
    for file in case.files:
        if not is_code(file):
            continue
        gap, runs = _runs(case, file)
        if gap:
            gaps.append(f"{shown(file.path)}: {gap}")
        for number, piece in enumerate(_pieces(file.path, runs)):
            if tried == most or len(found) == _MAX_CUT:
                beyond += max(1, len(runs.spans) - number)
                break
            tried += piece.fate == "try"
            found.append((file.path, piece))
    if beyond:
        more = plural(beyond, "more piece of code was", "more pieces of code were")
        gaps.append(f"{more} not looked at: the limit is {most}")
    return Cut(tuple(found), tuple(gaps))


def is_code(file: ChangedFile) -> bool:
    """Return whether a changed file is code that the change's tests could hold to something."""
    path = file.path
    return (
        roles.is_program(path)
        and not path.endswith(".pyi")
        and not (roles.is_test(path) or roles.is_document(path) or roles.is_example(path) or roles.is_foreign(path))
        and file.status != "D"
        and (file.new_mode is None or file.new_mode.startswith(_PLAIN))
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    old: tuple[bytes, ...] = ()
    new: tuple[bytes, ...] = ()
    spans: tuple[Span, ...] = ()


def _runs(case: Case, file: ChangedFile) -> tuple[str, _Runs]:
    sides = contents(case, file)
    if not sides.complete or sides.new is None:
        return "its content is not at hand", _Runs()
    if len(sides.new) > _MAX_BYTES or len(sides.old or b"") > _MAX_BYTES:
        return "it is too large to be cut", _Runs()
    if roles.generated_line(sides.new) is not None:
        return "a program wrote it", _Runs()
    if file.binary or b"\0" in sides.new or not _is_utf8(sides.new):
        return "it is no text in UTF-8", _Runs()
    if b"\r" in sides.new.replace(b"\r\n", b""):
        return "its lines end in more than one way", _Runs()
    old, new = lines(sides.old or b""), lines(sides.new)
    found = spans(old, new, file.removed, file.added)
    if found is None:
        return "the diff does not fit its content", _Runs()
    return "", _Runs(tuple(old), tuple(new), found)


def _pieces(path: str, runs: _Runs) -> Iterator[Piece]:
    if roles.language(path) == "python":
        return python_pieces.cut(runs.old, runs.new, runs.spans)
    return other_pieces.cut(path, runs.old, runs.new, runs.spans)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def changed_code(case: Case) -> Iterable[ChangedFile]:
    """Return the changed files that are code."""
    return [file for file in case.files if is_code(file)]
