"""A fault in each language that a rule says it looks at: `tests/data/language_faults.jsonl`, one change a line.

Its twin is made here: the same files with one line more that says nothing. Closer twins stand in the tables of twins,
for the most part in Python.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.checks import roles
from tests.support.cases import make_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.case import Case
    from tests.support.cases import Content

_FAULTS = Path(__file__).parents[1] / "data" / "language_faults.jsonl"
_MANIFESTS = {
    "pyproject.toml": ("Python",),
    "setup.cfg": ("Python",),
    "uv.lock": ("Python",),
    "package.json": ("JavaScript", "TypeScript"),
    "package-lock.json": ("JavaScript", "TypeScript"),
    "go.mod": ("Go",),
    "Cargo.toml": ("Rust",),
    "Gemfile": ("Ruby",),
    "pom.xml": ("Java",),
}
_HASH = (".py", ".rb", ".sh", ".toml", ".txt", "Gemfile", "Gemfile.lock")
_SLASHES = (".js", ".ts", ".go", ".rs", ".java", ".kt", ".cs", "go.mod")


@dataclass(frozen=True)
class Fault:
    """A change with a fault: the rule as `mode/name`, its languages, and what `make_case` takes."""

    rule: str
    languages: tuple[str, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    rest: Mapping[str, Any]

    def case(self) -> Case:
        return make_case(self.before, self.after, **self.rest)

    def twin(self) -> Case:
        after = {path: text + _idle(path) for path, text in (self.before or dict.fromkeys(self.after, "")).items()}
        return make_case(self.before, after, **self.rest)


def faults() -> Iterator[Fault]:
    """Yield all of them, in the order of the file."""
    for line in _FAULTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Fault(row["rule"], tuple(row["languages"]), row["before"], row["after"], row.get("case", {}))


def languages_of(before: Mapping[str, Content], after: Mapping[str, Content]) -> set[str]:
    """Return the languages of the files that differ, those of manifests by their name."""
    found: set[str] = set()
    for path in {*before, *after}:
        if before.get(path) != after.get(path):
            name = path.rpartition("/")[2]
            known = roles.language(path)
            found |= {roles.LANGUAGE_NAMES[known]} if known is not None else set(_MANIFESTS.get(name, ()))
            found |= {"Python"} if name.startswith("requirements") else set()
    return found


def _idle(path: str) -> str:
    return "# as it was\n" if path.endswith(_HASH) else "// as it was\n" if path.endswith(_SLASHES) else "\n"
