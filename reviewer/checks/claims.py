"""What was said and what was required, as text: claims in the agent's last words, and the task's own conditions.

A small grammar on purpose: what it does not recognise stays quoted prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.event import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.case import Case
    from reviewer.packet.manifest import Task

_SUBJECT = r"(?:tests?|specs?|test suite|testsuite|suite|pytest|unittest|jest)"
_TESTS_PASS = re.compile(
    rf"\b{_SUBJECT}\b[^.!?\n]{{0,60}}?\b(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|succeeding|are ok|is ok)\b"
    rf"|\b(?:pass(?:es|ing)?|green)\b[^.!?\n]{{0,30}}\b{_SUBJECT}\b|\b\d+ passed\b|\b\d+/\d+ (?:tests? )?pass",
    re.IGNORECASE,
)
_NOT_A_CLAIM = re.compile(
    r"\b(?:should|will|would|may|might|must|need|needs|ensure|make sure|until|once|if|whether|so that|to verify|let me"
    r"|to check|let's|not|n't|fail|fails|failed|failing|cannot|unable|without|before|expect(?:ed)?|want|try)\b"
    r"|n't\b|\?",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|every|full|entire|whole|complete)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\S)[^.!?\n]+)*[.!?]?")
_QUOTED_COMMAND = re.compile(r"`([^`\n]+)`")
_PROGRAMS = re.compile(
    r"(?:[A-Z_]+=\S*\s+)*(?:\./\S+|pytest|py\.test|python[0-9.]*|tox|nox|uv|poetry|pdm|hatch|npm|npx|pnpm|yarn|bun|deno|node|go"
    r"|cargo|make|just|ruff|mypy|pyright|flake8|pylint|black|isort|pre-commit|gradle|\./gradlew|mvn|bundle|rake|rspec|jest|vitest"
    r"|mocha|tsc|eslint|prettier|bash|sh|dotnet|ctest|cmake|mix|swift|phpunit|composer|golangci-lint|lint-imports|coverage)"
    r"(?:\s+\S.*)?"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something the agent said, quoted, with references to where."""

    text: str
    evidence: tuple[str, ...] = ()

    @property
    def is_of_all(self) -> bool:
        """Whether it speaks of everything, not of a part."""
        return _ALL.search(self.text) is not None


def is_test_claim(text: str) -> bool:
    """Return whether a sentence states that tests pass; hopes, plans and conditions do not."""
    match = _TESTS_PASS.search(text)
    if match is None or text.rstrip().endswith("?"):
        return False
    return _NOT_A_CLAIM.search(text[: match.end()]) is None


def final_claims(case: Case) -> tuple[Claim, ...]:
    """Return the claims that hold at the end: of the last session that ends with one, else the manifest's last one."""
    last = {e.session: e for e in case.events if isinstance(e, Message) and e.agent == "root"}
    for message in sorted(last.values(), key=lambda e: e.seq, reverse=True):
        sentences = [match.group().strip(" *-•#>✓✔✅") for match in _SENTENCE.finditer(message.text)]
        claims = tuple(Claim(sentence, (f"event:{message.seq}",)) for sentence in sentences if is_test_claim(sentence))
        if claims:
            return claims
    if not last and case.manifest.claim:
        row = case.manifest.claim[-1]
        return (Claim(row.text, tuple(f"event:{seq}" for seq in row.events)),)
    return ()


def required_commands(task: Task) -> tuple[Sequence[str], Sequence[str]]:
    """Return the command lines that a task requires, those among its conditions included, and the rest as prose."""
    commands: list[str] = list(task.required_commands)
    prose: list[str] = []
    for condition in task.done_when:
        quoted = [text.strip() for text in _QUOTED_COMMAND.findall(condition) if _PROGRAMS.fullmatch(text.strip())]
        if quoted:
            commands.extend(quoted)
        elif _PROGRAMS.fullmatch(condition.strip()) and not condition.strip().endswith((".", "pass", "passes")):
            commands.append(condition.strip())
        else:
            prose.append(condition)
    return commands, prose
