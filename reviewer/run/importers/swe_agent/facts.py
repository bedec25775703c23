"""What a SWE-agent trajectory says of the run as a whole: settings, cost, how it ended, the patch.

Several attempts at one task have one each; the file then has those of the best, with the cost of all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, some_text, table, text, whole

if TYPE_CHECKING:
    from reviewer.run.importers.importer import SessionInfo

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LIMITS = ("exit_cost", "exit_context", "exit_total_execution_time", "exit_command_timeout")
_STOPPED = ("exit_command", "early_exit", "skipped")


class Facts:
    """The facts of the run.

    Attributes:
        best: which of several attempts was chosen, from 0; None if not recorded.
    """

    def __init__(self, info: SessionInfo) -> None:
        self._info = info
        self._status: str | None = None
        self._stats: Json = {}
        self.best: int | None = None

    def info(self, info: Json) -> None:
        """Take the `info` of a file or an attempt; a later one takes the place of an earlier."""
        status = info.get("exit_status")
        if isinstance(status, (str, int)) and not isinstance(status, bool):
            self._status = str(status)
        remember(self._info.versions, some_text(info.get("swe_agent_version")))
        self._stats = table(info.get("model_stats")) or self._stats
        best = whole(info.get("best_attempt_idx"))
        self.best = best if best is not None else self.best
        submission = text(info.get("submission"))
        if submission and ("diff --git " in submission or "\n--- " in f"\n{submission}"):
            # A terminal stood between the agent and the file in some versions, and ended each line in its own way.
            crossed = submission.count("\r\n") == submission.count("\n")
            self._info.patch = (submission.replace("\r\n", "\n") if crossed else submission).lstrip("\n")

    def replay(self, value: object) -> None:
        """Take the settings of the run: an object, or JSON written as text."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return
        config = table(value)
        session = self._info
        agent, environment, problem = (table(config.get(key)) for key in ("agent", "env", "problem_statement"))
        environment = environment or table(config.get("environment"))
        model = table(agent.get("model")) or table(table(config.get("agent_args")).get("model"))
        remember(session.models, some_text(model.get("name")) or some_text(model.get("model_name")))
        repository = table(environment.get("repo"))
        commit = some_text(repository.get("base_commit")) or some_text(environment.get("base_commit"))
        if commit is not None and _COMMIT.fullmatch(commit):
            session.base_commit = commit
        session.repository = some_text(repository.get("github_url")) or session.repository
        session.title = some_text(problem.get("id")) or session.title
        image = some_text(table(environment.get("deployment")).get("image")) or some_text(environment.get("image_name"))
        session.sandbox = image or session.sandbox

    def cost(self) -> dict[str, Any] | None:
        """Return the usage of the whole run, None if nothing is recorded; a count of 0 calls is none."""
        stats = self._stats
        cost = stats.get("instance_cost")
        if isinstance(cost, bool) or not isinstance(cost, (int, float)) or not 0 <= cost < 1e9:
            cost = None
        fields: dict[str, Any] = {
            "usd": float(cost) if cost is not None else None,
            "input_tokens": whole(stats.get("tokens_sent")),
            "output_tokens": whole(stats.get("tokens_received")),
            "model": self._info.models[-1] if self._info.models else None,
        }
        counted = [fields[name] for name in ("usd", "input_tokens", "output_tokens")]
        if all(value is None for value in counted) or (not any(counted) and not stats.get("api_calls")):
            return None
        return fields

    def end(self) -> tuple[str, str] | None:
        """Return how the run ended, None if the file does not say."""
        status = self._status
        if status is None:
            return None
        if status == "submitted":
            return "finished", status
        inner = status.removeprefix("submitted (").removesuffix(")")
        if inner.startswith(_LIMITS):
            return "limit", status
        return ("interrupted" if inner.startswith(_STOPPED) else "error"), status
