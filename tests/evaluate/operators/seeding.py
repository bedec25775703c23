"""A fault put into one commit: which operator does what to which file, and the commit that comes of it.

The commit is made in a bare repository of its own that borrows the mirror's objects; the mirror stays as it is.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from tests.evaluate.examined import Examined, examine
from tests.evaluate.history import Commit, git
from tests.evaluate.kept import diagnoses
from tests.evaluate.model import Change, Label
from tests.evaluate.operators import python_code, python_planted, python_tests, settings
from tests.evaluate.operators.source import Mutant, Operator, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.finding import Mode

AnyOperator: TypeAlias = "Operator | settings.TextOperator"

PYTHON: Mapping[Mode, dict[str, Operator]] = {
    "test_theater": python_tests.OPERATORS,
    "hallucinated_api": python_code.HALLUCINATED,
    "plausible_wrong": python_code.PLAUSIBLE,
    "error_handling": python_code.ERRORS,
    "security_boundary": python_planted.SECURITY,
    "style_drift": python_planted.STYLE,
    "hidden_text": python_planted.HIDDEN,
    "gate_weakened": python_planted.GATES,
}
MANIFESTS = re.compile(r"(?:^|/)(?:pyproject\.toml|setup\.cfg|setup\.py|requirements[^/]*\.txt)$")
SETTINGS = re.compile(r"(?:^|/)(?:pyproject\.toml|setup\.cfg|mypy\.ini)$")
PIPELINES = re.compile(r"^\.github/workflows/.*\.ya?ml$")
_ENDS = {name: rf"^(?!.*(?:test|spec)).*\.{end}$" for name, end in (("go", "go"), ("java", "java"), ("ruby", "rb"))}
_ENDS["rust"] = r"\.rs$"
_TEST_ENDS = {"go": r"_test\.go$", "java": r"Test\.java$", "ruby": r"_test\.rb$", "rust": r"\.rs$"}
TEXTS: tuple[tuple[str, Mode, re.Pattern[str], dict[str, settings.TextOperator]], ...] = (
    ("python", "dependency_creep", MANIFESTS, settings.DEPENDENCIES),
    ("python", "gate_weakened", PIPELINES, settings.PIPELINES),
    ("python", "gate_weakened", SETTINGS, settings.SETTINGS),
    ("javascript", "error_handling", re.compile(r"\.js$"), settings.JS_ERRORS),
    ("javascript", "test_theater", re.compile(r"(?:^|/)test/.*\.js$"), settings.JS_TESTS),
    *((name, "error_handling", re.compile(_ENDS[name]), ops) for name, ops in settings.ERRORS.items()),
    *((name, "test_theater", re.compile(_TEST_ENDS[name]), ops) for name, ops in settings.TESTS.items()),
)
_OTHERS = 12
MOST = 3
"""Faults made of one commit, each by itself."""
TRIES = 120
"""Commits that an operator is tried on; some find their form nowhere."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """One fault in one commit.

    Attributes:
        text: the spoiled file.
        change: the file on both sides with its label; what finding and place are held against.
    """

    mode: Mode
    operator: str
    commit: Commit
    path: str
    text: str
    change: Change

    @property
    def name(self) -> str:
        """How the result is kept."""
        label = self.change.labels[0]
        return f"seeded {self.operator} {self.commit.name} {self.path} {label.line}"


def seeds(commits: list[Commit], each: int) -> list[Seeded]:
    """Return for every operator this many faults, from different commits as far as there are."""
    made: list[Seeded] = []
    left = dict.fromkeys(_operators(), each)
    tried: Counter[tuple[str, Mode, str]] = Counter()
    for commit in commits:
        random = Random(commit.oid)  # noqa: S311 - a recipe has to give the same fault again
        open_ones = [key for key, count in left.items() if count and key[0] == commit.language]
        random.shuffle(open_ones)
        found = 0
        for key in open_ones:
            tried[key] += 1
            if tried[key] > TRIES:
                left[key] = 0
            elif found < MOST and (seeded := _one(commit, key[1], key[2], random)) is not None:
                made.append(seeded)
                left[key] -= 1
                found += 1
    return made


def _operators() -> list[tuple[str, Mode, str]]:
    python = [("python", mode, name) for mode, operators in PYTHON.items() for name in operators]
    return python + [(language, mode, name) for language, mode, _, texts in TEXTS for name in texts]


def _one(commit: Commit, mode: Mode, name: str, random: Random) -> Seeded | None:
    for path, mutant, before in _mutants(commit, mode, name, random):
        old, new = before
        if mutant.text == new or (path.endswith(".py") and not _parses(mutant.text)):
            continue
        label = Label(
            mode=mode, path=path, line=mutant.line, side="old" if mutant.is_gone else "new", words=mutant.words
        )
        change = Change(
            name=name,
            language=commit.language,
            half="open",
            asked="",
            before={path: old},
            after={path: mutant.text},
            labels=(label,),
        )
        return Seeded(mode, name, commit, path, mutant.text, change)
    return None


def _mutants(commit: Commit, mode: Mode, name: str, random: Random) -> list[tuple[str, Mutant, tuple[str, str]]]:
    operators = PYTHON.get(mode, {})
    if commit.language == "python" and name in operators:
        for source in _sources(commit):
            if (mode == "test_theater") == source.is_test and (mutant := operators[name](source, random)):
                return [(source.path, mutant, (source.old or "", source.text))]
        return []
    for language, of, pattern, texts in TEXTS:
        if language != commit.language or of != mode or name not in texts:
            continue
        for path in _paths(commit.repository, commit.oid):
            if not pattern.search(path) or (language != "python" and path not in _changed(commit)):
                continue
            text = _read(commit.repository, commit.oid, path)
            if text is not None and (mutant := texts[name](text, random)):
                return [(path, mutant, (_read(commit.repository, f"{commit.oid}^", path) or "", text))]
    return []


@cache
def _sources(commit: Commit) -> tuple[Source, ...]:
    found = []
    changed = [path for path in _changed(commit) if path.endswith(".py")]
    others = [path for path in _paths(commit.repository, commit.oid) if path.endswith(".py") and path not in changed]
    for path in changed:
        new = _read(commit.repository, commit.oid, path)
        if new is None or "\r" in new or "\f" in new:
            continue
        old = _read(commit.repository, f"{commit.oid}^", path)
        folder = path.rpartition("/")[0]
        near = [one for one in others if one.rpartition("/")[0] == folder][:_OTHERS]
        texts = {one: _read(commit.repository, commit.oid, one) or "" for one in near}
        found.append(Source(path, old, new, _added(commit, path), texts))
    return tuple(found)


@cache
def _changed(commit: Commit) -> tuple[str, ...]:
    return tuple(git(commit.repository, "diff", "--name-only", "-z", f"{commit.oid}^", commit.oid).split("\0")[:-1])


@cache
def _paths(repository: Path, oid: str) -> tuple[str, ...]:
    return tuple(git(repository, "ls-tree", "-r", "--name-only", "-z", oid).split("\0")[:-1])


def _read(repository: Path, oid: str, path: str) -> str | None:
    done = subprocess.run(["git", "-C", str(repository), "show", f"{oid}:{path}"], capture_output=True, check=False)
    try:
        return done.stdout.decode("utf-8") if done.returncode == 0 else None
    except UnicodeDecodeError:
        return None


def _added(commit: Commit, path: str) -> set[int]:
    said = git(commit.repository, "diff", "-U0", f"{commit.oid}^", commit.oid, "--", path)
    lines: set[int] = set()
    for match in re.finditer(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", said, re.MULTILINE):
        lines.update(range(int(match[1]), int(match[1]) + int(match[2] or 1)))
    return lines


def _parses(text: str) -> bool:
    try:
        compile(text, "seeded", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def run(seeded: Seeded) -> Examined:
    """Make the spoiled commit and examine it."""
    with tempfile.TemporaryDirectory(prefix="evaluate-") as place:
        repository = Path(place) / "one.git"
        subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True, capture_output=True)
        borrowed = git(seeded.commit.repository, "rev-parse", "--absolute-git-dir").strip()
        (repository / "objects/info/alternates").write_text(f"{borrowed}/objects\n", "utf-8")
        head = _commit(repository, seeded)
        with diagnoses(seeded.name):
            return examine(
                seeded.name,
                repository,
                f"{head}^..{head}",
                python=sys.prefix if seeded.commit.language == "python" else None,
            )


def _commit(repository: Path, seeded: Seeded) -> str:
    def call(*arguments: str, stdin: str = "") -> str:
        people = ["-c", "user.name=Ada Author", "-c", "user.email=ada@example.org"]
        done = subprocess.run(
            ["git", *people, "-C", str(repository), *arguments], input=stdin.encode(), capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    call("read-tree", seeded.commit.oid)
    mode = call("ls-files", "-s", "--", seeded.path).partition(" ")[0] or "100644"
    blob = call("hash-object", "-w", "--stdin", stdin=seeded.text)
    call("update-index", "--add", "--cacheinfo", f"{mode},{blob},{seeded.path}")
    head = call("commit-tree", call("write-tree"), "-p", f"{seeded.commit.oid}^", "-m", "Change")
    call("update-ref", "refs/heads/main", head)
    call("symbolic-ref", "HEAD", "refs/heads/main")
    return head
