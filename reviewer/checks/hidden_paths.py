"""Paths that are not what they look like: hidden characters, mixed scripts, and twins on other file systems."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from reviewer.checks import lookalike
from reviewer.checks.ident import Fact, shown
from reviewer.text import HazardKind, hazards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile

_WHY = "Two paths, or a path and its look, can be taken for each other."


def hidden_paths(case: Case, account: Account) -> Iterator[Fact]:
    """Yield findings about the changed paths, compared with all paths of the new side where the tree is at hand."""
    present = [file.path for file in case.files if file.status != "D"]
    for file in case.files:
        account.looked("path")
        found = hazards(file.path)
        if found and any(hazard.kind is not HazardKind.NOT_UTF8 for hazard in found):
            kinds = ", ".join(sorted({str(hazard.kind) for hazard in found}))
            yield _fact(
                "path-hidden-character", f"The path {shown(file.path)} holds hidden characters ({kinds}).", file
            )
        elif any(lookalike.mixes_scripts(word) for _, word in lookalike.words(file.path)):
            yield _fact("path-mixed-script", f"The path {shown(file.path)} mixes scripts that look alike.", file)
    if not any(file.status in {"A", "R", "C"} for file in case.files):
        return
    everywhere = {*present, *(case.after.paths() if case.after is not None else ())}
    folded: dict[str, list[str]] = {}
    for path in sorted(everywhere):
        folded.setdefault(unicodedata.normalize("NFC", path).casefold(), []).append(path)
    for file in case.files:
        twins = folded.get(unicodedata.normalize("NFC", file.path).casefold(), [])
        others = [path for path in twins if path != file.path]
        if others and file.status in {"A", "R", "C"}:
            message = f"{shown(file.path)} and {shown(others[0])} are one path where case or Unicode form is ignored."
            yield _fact("path-collision", message, file)


def _fact(rule: str, message: str, file: ChangedFile) -> Fact:
    return Fact(
        rule=rule, severity="high", message=message, why=_WHY, quote=file.path, file=file.path, known="recorded"
    )
