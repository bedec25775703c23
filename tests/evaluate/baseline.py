"""What a linter and a type checker alone tell of the small set: the figure that the checks have to beat.

Both run over the whole tree of each side with wide settings; what the new side has more, on added lines, is a finding.
They know no failure modes, so a label counts as found when anything stands at its place.
"""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.evaluate.places import Place, Places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.evaluate.model import Change

FAMILIES = "E4,E7,E9,F,B,BLE,S,TRY,PT,N,T20,PLE,PLW,FIX,ERA,RUF001,RUF002,RUF003"
TESTS_MAY = "S101,PLR2004"
TOOLS = Path(sys.prefix) / "bin"


def found(changes: Sequence[Change]) -> tuple[int, int, int]:
    """Return how many labels are at the place of a message, of how many, and how many messages are at no label."""
    hits = labels = strays = 0
    for change in changes:
        labels += len(change.labels)
        if change.language != "python":
            continue
        said = _added(change)
        places = Places(change)
        told = [one for one in change.labels if any(one.path and places.is_near(one, place) for place in said)]
        hits += len(told)
        strays += sum(not any(one.path and places.is_near(one, place) for one in change.labels) for place in said)
    return hits, labels, strays


def _added(change: Change) -> list[Place]:
    before, after = Counter(dict(_messages(change.before, with_lines=False))), _messages(change.after, with_lines=True)
    fresh = []
    for (path, rule, words, line), count in after:
        if before[path, rule, words, 0] >= count and before[path, rule, words, 0]:
            before[path, rule, words, 0] -= 1
        elif line in _lines(change, path):
            fresh.append(Place(path, line, "new"))
    return fresh


def _lines(change: Change, path: str) -> set[int]:
    old, new = change.before.get(path, "").splitlines(), change.after.get(path, "").splitlines()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return {line + 1 for tag, _, _, first, last in blocks if tag != "equal" for line in range(first, last)}


def _messages(files: Mapping[str, str], *, with_lines: bool) -> list[tuple[tuple[str, str, str, int], int]]:
    """Return (path, rule, words, line) with counts; without lines, line is 0."""
    with tempfile.TemporaryDirectory(prefix="evaluate-") as place:
        root = Path(place).resolve()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        rows = [*_ruff(root), *_ty(root)]
    return list(Counter((path, rule, words, line if with_lines else 0) for path, rule, words, line in rows).items())


def _ruff(root: Path) -> list[tuple[str, str, str, int]]:
    options = ["--isolated", "--no-cache", "--output-format=json", f"--select={FAMILIES}"]
    options += [f"--per-file-ignores=tests/**:{rule}" for rule in TESTS_MAY.split(",")]
    rows = json.loads(_run(root, "ruff", "check", *options, "."))
    return [
        (str(Path(row["filename"]).relative_to(root)), row["code"] or "", row["message"], row["location"]["row"])
        for row in rows
    ]


def _ty(root: Path) -> list[tuple[str, str, str, int]]:
    rows = json.loads(_run(root, "ty", "check", "--output-format=gitlab", f"--python={sys.prefix}", ".") or "[]")
    return [
        (row["location"]["path"], row["check_name"], row["description"], row["location"]["positions"]["begin"]["line"])
        for row in rows
    ]


def _run(root: Path, tool: str, *arguments: str) -> str:
    done = subprocess.run([str(TOOLS / tool), *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout
