"""What a mini-SWE-agent trajectory says of the run as a whole: settings, cost, how it ended, the patch.

It stands before the messages in some versions and after them in others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.run.importers.mini_swe_agent.usage import price
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, some_text, table, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.run.importers.importer import SessionInfo

_LIMITS = frozenset(("LimitsExceeded", "TimeExceeded", "Timeout", "exit_cost"))
_STOPPED = frozenset(("UserInterruption", "KeyboardInterrupt", "UserAbort"))


class Settings:
    """The facts of the run.

    Attributes:
        folder: that each command starts in; None if not recorded.
        model: by the name that it was asked for; None if not recorded.
        status: the program's word for the end.
        priced: answers have prices of their own.
    """

    def __init__(self, info: SessionInfo) -> None:
        self._info = info
        self.folder: str | None = None
        self.model: str | None = None
        self.status: str | None = None
        self.priced = False
        self._cost: float | None = None
        self._calls: object = None
        self._is_guess = False

    def take(self, info: Json) -> None:
        """Take the `info` of a file."""
        config = table(info.get("config"))
        environment, agent, model = (table(config.get(key)) for key in ("environment", "agent", "model"))
        session = self._info
        self.folder = some_text(environment.get("cwd"))
        remember(session.cwds, self.folder)
        self.model = some_text(model.get("model_name")) or some_text(config.get("model_name"))
        remember(session.models, self.model)
        remember(session.versions, some_text(info.get("mini_version")))
        kind = (some_text(config.get("environment_type")) or "").rpartition(".")[2]
        image = some_text(environment.get("image"))
        session.sandbox = " ".join(part for part in (kind, image) if part) or session.sandbox
        mode = some_text(agent.get("mode"))
        session.approval = mode or session.approval
        if mode and mode not in session.permission_modes:
            session.permission_modes.append(mode)
        session.allowed_commands += texts(agent.get("whitelist_actions"))
        stats = table(info.get("model_stats"))
        self._cost, self._calls = price(stats.get("instance_cost")), stats.get("api_calls")
        # With this setting the program writes 0 where it does not know the price.
        self._is_guess = model.get("cost_tracking") == "ignore_errors"
        self.ended(some_text(info.get("exit_status")), text(info.get("submission")))

    def ended(self, status: str | None, submission: str | None) -> None:
        """Take how the run ended, and what it handed in."""
        self.status = status or self.status
        if submission and ("diff --git " in submission or "\n--- " in f"\n{submission}"):
            self._info.patch = submission

    def answered(self, models: Iterable[object]) -> None:
        """Take the models that answered, where the settings name none."""
        for model in models:
            remember(self._info.models, some_text(model))

    def total(self) -> dict[str, Any] | None:
        """Return the cost of the whole run as a usage, where the answers have none of their own."""
        if self.priced or self._cost is None or (not self._cost and (self._is_guess or not self._calls)):
            return None
        return {"usd": self._cost, "model": self.model}

    def end(self) -> tuple[str, str] | None:
        """Return how the run ended, None if the file does not say."""
        status = self.status
        if status is None:
            return None
        if status == "Submitted":
            return "finished", status
        if status in _LIMITS:
            return "limit", status
        return ("interrupted" if status in _STOPPED else "error"), status
