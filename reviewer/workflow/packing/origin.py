"""Who or what made the change, as far as git and the run's log say; derived, and silent where nothing says.

Pure. A trailer or a name is only what a commit says of itself, so it never counts for more than "derived".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.packet.manifest import Operator

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from reviewer.git.commit import CommitInfo

Kind: TypeAlias = Literal["agent", "human", "mixed"]

_AGENTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("claude-code", r"noreply@anthropic\.com|\bclaude[ -]code\b"),
        ("codex", r"noreply@openai\.com|\bcodex\b"),
        ("gemini-cli", r"\bgemini(?:[ -]cli|-code-assist)?\b"),
        ("copilot", r"\bcopilot(?:-swe-agent)?\b"),
        ("cursor", r"cursoragent@cursor\.com|\bcursor agent\b"),
        ("aider", r"noreply@aider\.chat|\baider\b"),
        ("devin", r"\bdevin-ai-integration\b"),
        ("openhands", r"openhands@all-hands\.dev|\bopenhands\b"),
        ("jules", r"\bgoogle-labs-jules\b"),
    )
)
_CREDITS = frozenset({"co-authored-by", "assisted-by", "generated-by"})
_NOT_A_PERSON = re.compile(r"\[bot\]|<noreply@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the kind, and the agent's name where commits say it (None where a log does, or nothing)."""

    kind: Kind | None
    agent: str | None = None


def find_origin(
    commits: Sequence[CommitInfo],
    *,
    paths: Collection[str],
    edited: Collection[str],
    touched_before: Collection[str],
) -> Found:
    """Return who made the change (rule `origin`).

    With edits of changed files in the log it is the agent; mixed only when a file that the log does not edit was
    committed before the session began, for then somebody else must have done it. A formatter, a generator or a shell
    command also changes files without an edit, so a file that the log does not edit proves nothing by itself.
    Without a log, commits that name an agent as author or in a trailer count: all of them, or some.

    Args:
        commits: of the range.
        paths: changed paths, generated files left aside.
        edited: those that the log edits.
        touched_before: those that a commit older than the session touches.
    """
    if edited:
        others = set(paths) - set(edited)
        return Found("mixed" if others & set(touched_before) else "agent")
    named = [agent_of(commit) for commit in commits]
    agents = [name for name in named if name is not None]
    if not agents:
        return Found(None)
    return Found("agent" if len(agents) == len(named) else "mixed", max(sorted(set(agents)), key=agents.count))


def agent_of(commit: CommitInfo) -> str | None:
    """Return the agent that a commit names as its author or in a trailer of credit, None if it names none."""
    says = [f"{commit.author_name} <{commit.author_email}>"]
    says += [value for key, value in commit.trailers if key.lower() in _CREDITS]
    return next((name for name, pattern in _AGENTS for text in says if pattern.search(text)), None)


def find_operator(commit: CommitInfo) -> Operator | None:
    """Return the committer of the head commit as whoever ran the agent, None when it is a program."""
    who = f"{commit.committer_name} <{commit.committer_email}>"
    if _NOT_A_PERSON.search(who) or not commit.committer_name.strip():
        return None
    if any(pattern.search(who) for _, pattern in _AGENTS):
        return None
    return Operator(name=_clean(commit.committer_name), email=_clean(commit.committer_email) or None)


def parse_operator(text: str) -> Operator | None:
    """Return `Name <email>` or a bare name as an operator, None when it is neither."""
    match = re.fullmatch(r"\s*([^<>\n]*[^<>\s])\s*(?:<([^<>\s]+)>)?\s*", text)
    return Operator(name=match[1], email=match[2]) if match else None


def touched_before(
    changes: Mapping[str, Collection[str]], commits: Sequence[CommitInfo], started: int | None
) -> frozenset[str]:
    """Return the paths that a commit from before `started` touches.

    Args:
        changes: paths by commit id.
        commits: of the range.
        started: seconds since 1970 when the session began, None if not recorded (then nothing is known to be before).
    """
    if started is None:
        return frozenset()
    early = (commit.oid for commit in commits if 0 < commit.author_time < started)
    return frozenset(path for oid in early for path in changes.get(oid, ()))


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode().strip()
