"""Refuse to sign where a program, and not a person, is known to be at the keyboard.

Marks of coding agents and of CI are set for the processes that these start. They are a guard against accidents, not a
proof: a program can remove them, and one under the same user can drive a terminal. So
nothing of this goes into the record. A terminal multiplexer alone says nothing about who types, and is not remarked on.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reviewer.errors import SigningError

if TYPE_CHECKING:
    from collections.abc import Mapping

_AGENTS = (
    "CLAUDECODE",
    "CLAUDE_CODE_ENTRYPOINT",
    "CODEX_SANDBOX",
    "CODEX_SANDBOX_NETWORK_DISABLED",
    "CODEX_THREAD_ID",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "OPENCODE",
    "GOOSE_TERMINAL",
    "CLINE_ACTIVE",
    "AUGMENT_AGENT",
)
_CI = (
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "BUILDKITE",
    "CIRCLECI",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
    "TRAVIS",
)
_OFF = frozenset({"", "0", "false", "no"})


def automation(environment: Mapping[str, str]) -> str | None:
    """Return the mark of an agent or of CI in an environment, or None."""
    marks = (*_AGENTS, *_CI)
    return next((name for name in marks if environment.get(name, "").lower() not in _OFF), None)


def refuse_automation(environment: Mapping[str, str] | None = None) -> None:
    """Check that no agent and no CI started this process.

    Raises:
        SigningError: a mark of one is set.
    """
    mark = automation(os.environ if environment is None else environment)
    if mark is not None:
        who = "CI" if mark in _CI else "a coding agent"
        raise SigningError(
            f"{mark} is set, so {who} started this; only a person signs",
            hint="open a terminal of your own and run it there",
        )
