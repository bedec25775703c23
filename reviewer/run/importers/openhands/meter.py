"""Tokens and cost of OpenHands, which counts up: each total is turned into what was used since the one before.

Knows the counters of `llm_metrics`, `stats` and `metrics`, and the usage of single answers; nothing of events around
them. Prompt tokens hold those read from the cache; they are taken apart here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.event import Usage
from reviewer.run.importers.values import Json, some_text, table, whole

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording

_TOKENS = ("prompt_tokens", "completion_tokens", "cache_read_tokens", "cache_write_tokens")
_FIELDS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_COST = "accumulated_cost"
_MOST_COST = 1e9


@dataclass(slots=True)
class Meter:
    """What a run has used so far.

    Attributes:
        recording: the run being read.
    """

    recording: Recording
    _last: dict[str, dict[str, float]] = field(default_factory=dict)
    _counted: dict[str, float] = field(default_factory=dict)
    _answers: set[str] = field(default_factory=set)
    _added: bool = False

    def total(self, counter: str, metrics: Json) -> None:
        """Take a counter's totals as they stand now; a counter that fell was started anew."""
        now = _values(metrics)
        last = self._last.get(counter, {})
        self._last[counter] = now
        since = {
            name: value - last[name] if value >= last.get(name, value + 1) else value for name, value in now.items()
        }
        self._use(_model(metrics), since)

    def answer(self, response: Json) -> None:
        """Take the usage of one answer of the model; several calls of one answer repeat it."""
        identity = some_text(response.get("id"))
        usage = table(response.get("usage"))
        if not usage or identity is None or identity in self._answers:
            return
        self._answers.add(identity)
        details = table(usage.get("prompt_tokens_details"))
        cached = {
            "cache_read_tokens": _first(usage.get("cache_read_input_tokens"), details.get("cached_tokens")),
            "cache_write_tokens": usage.get("cache_creation_input_tokens"),
        }
        self._use(some_text(response.get("model")), _values({"accumulated_token_usage": {**usage, **cached}}))

    def rest(self, *metrics: Json) -> None:
        """Take the totals of the whole run, in parts: what no event told before is used up here."""
        sums: dict[str, float] = {}
        for part in metrics:
            for name, value in _values(part).items():
                sums[name] = sums.get(name, 0) + value
        over = {name: max(0, value - self._counted.get(name, 0)) for name, value in sums.items()}
        self._use(next((found for part in metrics if (found := _model(part))), None), over)

    def _use(self, model: str | None, used: dict[str, float]) -> None:
        if not used or (self._added and not any(used.values())):
            return
        self._added = True
        for name, value in used.items():
            self._counted[name] = self._counted.get(name, 0) + value
        tokens = [int(used[name]) if name in used else None for name in _TOKENS]
        if tokens[0] is not None:
            tokens[0] = max(0, tokens[0] - (tokens[2] or 0))
        cost = used.get(_COST)
        self.recording.add(
            Usage,
            model=model,
            usd=None if cost is None else round(cost, 9),
            **dict(zip(_FIELDS, tokens, strict=True)),
        )


def _values(metrics: Json) -> dict[str, float]:
    usage = table(metrics.get("accumulated_token_usage"))
    found: dict[str, float] = {name: value for name in _TOKENS if (value := whole(usage.get(name))) is not None}
    cost = metrics.get(_COST)
    if isinstance(cost, (int, float)) and 0 <= cost < _MOST_COST:
        found[_COST] = float(cost)
    return found


def _model(metrics: Json) -> str | None:
    names = (metrics.get("model_name"), table(metrics.get("accumulated_token_usage")).get("model"))
    return next((name for name in names if isinstance(name, str) and name and name != "default"), None)


def _first(*values: object) -> object:
    return next((value for value in values if value is not None), None)
