"""Texts that Codex writes in the name of the user, and texts that it stores in two or three places.

Knows the tags and headings of injected texts (`codex-rs/core`, `contextual_user_message`); nothing of events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewer.run.importers.values import tables, text

if TYPE_CHECKING:
    from collections.abc import Hashable

INJECTED = (
    "<environment_context>",
    "<user_instructions>",
    "# AGENTS.md instructions",
    "<turn_aborted>",
    "<permissions instructions>",
    "<collaboration_mode>",
    "<model_switch>",
    "<user_shell_command>",
    "<apps_instructions>",
    "<skills_instructions>",
    "<plugins_instructions>",
    "<multi_agent_mode>",
    "<personality_spec>",
    "<skill>",
    "<subagent_notification>",
    "<environments>",
    "<realtime_conversation>",
    "<hook_prompt",
    "<recommended_plugins>",
    "<ENVIRONMENT_CONTEXT>",
    "<INSTRUCTIONS>",
    "Warning: apply_patch was requested via ",
    "Warning: The maximum number of unified exec processes",
    "Warning: Your account was flagged",
)
_IMAGE = ("<image", "</image>")
_REQUEST = "## My request for Codex:"
_IDE = "# Context from my IDE setup:"
_TAGS = ("cwd", "approval_policy", "sandbox_mode", "network_access", "writable_roots", "shell")


class Asked(NamedTuple):
    """A message in the user's name, parted.

    Attributes:
        said: what the person said; "" if nothing of it is theirs.
        injected: texts of the program.
        pictures: images with it.
        around: what an editor put before the person's words.
    """

    said: str
    injected: tuple[str, ...]
    pictures: int = 0
    around: str = ""


def asked(content: object) -> Asked:
    """Part the content of a user message: text, or a list of parts."""
    if isinstance(content, str):
        texts, pictures = [content], 0
    else:
        parts = tables(content)
        texts = [said for part in parts if (said := text(part.get("text"))) is not None]
        pictures = sum(1 for part in parts if "image" in str(part.get("type")))
    own: list[str] = []
    injected: list[str] = []
    for said in texts:
        start = said.lstrip()
        if start.startswith(INJECTED):
            injected.append(said)
        elif not (start.startswith(_IMAGE) and len(start) < 500):
            own.append(said)
    said, around = request("\n".join(own))
    return Asked(said, tuple(injected), pictures, around)


def request(said: str) -> tuple[str, str]:
    """Return the person's words and what an editor put before them."""
    if _REQUEST in said and said.lstrip().startswith(("#", "<")):
        around, _, own = said.partition(_REQUEST)
        return own.strip("\n"), around
    return (said, "") if not said.lstrip().startswith(_IDE) else ("", said)


def environment(said: str) -> dict[str, str]:
    """Return what an `<environment_context>` states: folder, sandbox, approval, network."""
    found: dict[str, str] = {}
    for tag in _TAGS:
        _, opened, rest = said.partition(f"<{tag}>")
        inside, closed, _ = rest.partition(f"</{tag}>")
        if opened and closed and inside.strip():
            found[tag] = inside.strip()
    if not found and "Current working directory:" in said[:400]:
        # The first versions wrote lines in place of tags.
        rows = dict(row.split(": ", 1) for row in said[:2000].split("\n") if ": " in row)
        names = {"cwd": "Current working directory", "approval_policy": "Approval policy",
                 "sandbox_mode": "Sandbox mode", "network_access": "Network access"}  # fmt: skip
        found = {tag: value.strip() for tag, name in names.items() if (value := rows.get(name)) is not None}
    return found


def shell_command(said: str) -> tuple[str, str] | None:
    """Return the line and the result of a `<user_shell_command>`, None if it is cut."""
    _, _, rest = said.partition("<command>")
    line, ended, rest = rest.partition("</command>")
    _, _, rest = rest.partition("<result>")
    result, closed, _ = rest.rpartition("</result>")
    return (line.strip(), result.strip("\n")) if ended and closed else None


class Copies:
    """Counts texts that one log stores in several places, so that each is taken once.

    A text is new when one of the places holds it more often than it was taken. Two equal texts that were really said
    twice stand twice in each place, and are taken twice.
    """

    __slots__ = ("_seen", "_taken")

    def __init__(self) -> None:
        self._seen: dict[tuple[Hashable, str], int] = {}
        self._taken: dict[Hashable, int] = {}

    def clear(self) -> None:
        """Forget all of it: what comes now is of another session."""
        self._seen.clear()
        self._taken.clear()

    def is_new(self, key: Hashable, place: str) -> bool:
        """Note that a place holds this; return whether it was not taken yet."""
        seen = self._seen[key, place] = self._seen.get((key, place), 0) + 1
        if seen <= self._taken.get(key, 0):
            return False
        self._taken[key] = seen
        return True
