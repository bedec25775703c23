"""The steps of a trajectory: who said what, which tools were called, and what came back.

Knows steps and what belongs to them; nothing of files. Calls are answered by their id, whatever the order; what comes
back to no call of the agent is an error of form. Steps that repeat an earlier trajectory are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Error, Message, Thought, Usage
from reviewer.run.importers.atif import result, tools, written
from reviewer.run.importers.claude_code import words as claude_words
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.recording import remember
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import (
    Json,
    compact,
    joined,
    local_time,
    some_text,
    table,
    tables,
    text,
    texts,
    whole,
)

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording

_MOST_COST = 1e9
_INJECTED = (
    "<environment_context>",
    "<user_instructions>",
    "# AGENTS.md instructions",
    "<permissions instructions>",
    "<collaboration_mode>",
    "<turn_aborted>",
    "<session_context>",
    "<system-reminder>",
)
_DONE = frozenset(("mark_task_complete", "finish", "submit", "task_complete", "complete_task"))
_WAIT = " (keys)"
_LONGEST_TASK = 1 << 20
_WRONG_FORM = re.compile(
    r"\s*(?:Previous response had parsing errors|\[?error\b|error:|no (?:tool call|action|function)|"
    r"(?:your|the) (?:last )?(?:response|output|answer)\b|.{0,80}\bpars(?:e|ing) error)",
    re.IGNORECASE,
)
"""How a program says that it could not read an answer: the first is Terminus 2's."""
_SCREEN = ("New Terminal Output", "Current Terminal", "Current terminal")
_TASK = re.compile(r"-{9,} NEW TASK DESCRIPTION -{9,}\n(.*?)\n-{9,} END OF NEW TASK DESCRIPTION -{9,}", re.DOTALL)
"""OpenHands puts an example before the task, and rules after it, where a model cannot call functions."""
_OF_STEP = ("prompt_tokens", "completion_tokens", "cached_tokens", "cost_usd")
_OF_ALL = ("total_prompt_tokens", "total_completion_tokens", "total_cached_tokens", "total_cost_usd")


class Steps:
    """The steps of one trajectory, sub-agents apart.

    Attributes:
        recording: the run; agent: id of the sub-agent whose steps they are, "" for the main one.
        spots: where in the drafts a sub-agent was named: the place and its ids.
        copied: steps that repeat an earlier trajectory.
    """

    def __init__(self, recording: Recording, agent: str = "") -> None:
        self.recording = recording
        self.agent = agent
        self.spots: list[tuple[int, str]] = []
        self.files: list[str] = []
        self.copied = 0
        self.last = ""
        self._family = ""
        self._calls = self._new_calls("")
        self._models: str | None = None
        self._counted = False
        self._asked = 0

    def by(self, agent: Json) -> None:
        """Take what is said of the agent whose steps they are."""
        info = self.recording.info
        name = some_text(agent.get("name")) or ""
        self._family = tools.family(name)
        if not self._calls.open:
            self._calls = self._new_calls(name)
        self._models = some_text(agent.get("model_name"))
        remember(info.models, self._models)
        if not self.agent:
            info.agent = name or info.agent
            remember(info.versions, some_text(agent.get("version")))
            defined = [table(tool.get("function")) or tool for tool in tables(agent.get("tool_definitions"))]
            names = [named for tool in defined if (named := some_text(tool.get("name")))]
            if names:
                info.allowed_tools = list(dict.fromkeys(names))
        extra = table(agent.get("extra"))
        for folder in (*texts(extra.get("cwds")), some_text(extra.get("cwd"))):
            remember(info.cwds, folder)
        for branch in texts(extra.get("git_branches")):
            remember(info.branches, branch)

    def take(self, step: Json) -> None:
        """Take one step."""
        recording = self.recording
        if step.get("is_copied_context") is True:
            self.copied += 1
            return
        recording.agent, recording.node = self.agent, None
        stamp = local_time(step.get("timestamp"))
        recording.time = stamp or recording.time
        if stamp is not None and not self.agent:
            recording.info.started = recording.info.started or stamp
            recording.info.ended = stamp
        source = step.get("source")
        said, pictures = _words(step.get("message"))
        if source == "agent":
            self._acted(step, said)
        elif source == "user":
            self._prompted(said, pictures)
            self._observed(step, [])
        elif source == "system":
            recording.note("compaction" if "summariz" in said[:400] else "note", said or "system")
            self._observed(step, [])
        else:
            recording.not_understood(f"source {text(source) or 'missing'}"[:100], compact(step))

    def close(self, totals: Json) -> None:
        """End the steps; totals count only where no step told what it used."""
        if not self._counted and totals:
            self._use(totals, _OF_ALL, self._models)
        if self.copied:
            self.recording.agent = self.agent
            self.recording.note("resume", f"{self.copied} steps repeat an earlier part and are left out")

    def end(self) -> tuple[str, str]:
        """Return how the steps ended, and what there is to say about it."""
        waiting = self._calls.unanswered()
        if self.last == "call" and waiting:
            return "unanswered", f"no result of {waiting} in the log"
        match self.last:
            case "said" | "done":
                return "finished", ""
            case "asked":
                return "unanswered", "the agent did not answer"
            case "error":
                return "error", "the last answer was not understood by the program"
        return "unknown", ""

    def _new_calls(self, agent: str) -> OpenCalls:
        return OpenCalls(self.recording, tools.kinds_of(agent), patches=tools.PATCHES, split=tools.questions)

    def _prompted(self, said: str, pictures: int) -> None:
        recording = self.recording
        self._asked += 1
        task = _TASK.search(said) if "NEW TASK DESCRIPTION" in said[:_LONGEST_TASK] else None
        said = said if task is None else task.group(1)
        if self.agent:
            recording.note("subagent", said)
        elif self._family == tools.TERMINUS and self._asked > 1:
            recording.note("note", said)  # after the task, only the program itself speaks
        elif said.lstrip().startswith(_INJECTED):
            recording.note("note", said)
            self._asked -= 1
            return
        elif self._family == "claude" and (read := claude_words.read(said)).role not in {"prompt", "plan"}:
            if read.role == "command" and read.asks:
                recording.prompt(read.text, via="command")
            else:
                recording.note("interrupt" if read.role == "interrupt" else "note", said)
                return
        else:
            recording.prompt(said, attachments=pictures)
        self.last = "asked"

    def _acted(self, step: Json, said: str) -> None:
        recording = self.recording
        model = some_text(step.get("model_name"))
        if remember(recording.info.models, model) and len(recording.info.models) > 1:
            recording.note("model", f"model: {model}")
        reasoning = some_text(step.get("reasoning_content"))
        if reasoning is not None:
            recording.add(Thought, text=reasoning)
        asked = tables(step.get("tool_calls"))
        if not asked and not self._refused(step):
            said, found = written.read(self._family, said)
            asked = [{"function_name": name, "arguments": given} for name, given in found]
        if said.strip():
            recording.add(Message, text=said)
        metrics = table(step.get("metrics"))
        if metrics:
            self._use(metrics, _OF_STEP, model or self._models)
        calls = [self._asked_for(call) for call in asked]
        names = {call.name for _, call in calls}
        self.last = "done" if names & _DONE else "call" if calls else "said"
        self._observed(step, calls)

    def _refused(self, step: Json) -> bool:
        """Return whether the program could not read an answer: nothing that it holds was run."""
        results = tables(table(step.get("observation")).get("results"))
        return any(_WRONG_FORM.match(_words(found.get("content"))[0]) for found in results)

    def _is_wrong(self, said: str) -> bool:
        """Return whether what came back to an answer without calls says that the answer was of a wrong form."""
        if self._family == tools.TERMINUS:
            return not said.lstrip().startswith(_SCREEN)
        return _WRONG_FORM.match(said) is not None

    def _asked_for(self, call: Json) -> tuple[str, Call]:
        name = some_text(call.get("function_name")) or some_text(call.get("name")) or "unknown"
        given = tools.arguments_of(self._family, name, call.get("arguments"))
        identity = some_text(call.get("tool_call_id")) or f"{self.recording.source}#{len(self._calls.open)}"
        if tools.is_keys(table(given)):
            return identity, self._calls.opened(identity, name + _WAIT, given)
        opened = self._calls.opened(identity, name, given)
        if opened.kind == "command":
            opened.drafts[0].fields["ended"] = "unknown"
        return identity, opened

    def _observed(self, step: Json, calls: list[tuple[str, Call]]) -> None:
        results = tables(table(step.get("observation")).get("results"))
        waiting = dict.fromkeys(identity for identity, _ in calls)
        unnamed: list[tuple[str, Json]] = []
        # What a converter put beside a step is of its call only where there is one.
        beside = table(step.get("extra")) if len(calls) == 1 else {}
        for found in results:
            said, _ = _words(found.get("content"))
            self._named(found)
            identity = some_text(found.get("source_call_id"))
            if identity is not None and identity in self._calls.open:
                self._answer(identity, said, {**beside, **table(found.get("extra"))})
                waiting.pop(identity, None)
            elif said:
                unnamed.append((said, found))
        # Without ids, results come in the order of the calls; where they are fewer, they are of the last.
        whose = list(waiting)[-len(unnamed) :] if unnamed else []
        for place, (said, found) in enumerate(unnamed):
            if place < len(whose):
                self._answer(whose[place], said, {**beside, **table(found.get("extra"))})
            elif step.get("source") == "agent" and not calls and self._is_wrong(said):
                self.recording.add(Error, where="tool", text=said)
                self.last = "error"
            else:
                self.recording.note("note", said)
        if results and self.last != "done":
            self.last = "result" if self.last == "call" and not self._calls.open else self.last

    def _answer(self, identity: str, said: str, beside: Json) -> None:
        call = self._calls.open[identity]
        if call.name.endswith(_WAIT):
            self._calls.closed(identity, Result("ok"))
            if self._shown is not None:
                self.recording.output(self._shown, f"\n{said}")
            return
        found = result.read(result.Said(self._family, call.kind, said, beside))
        if call.kind == "command":
            self._shown = call.drafts[0]
        self._calls.closed(identity, found)

    _shown: Draft | None = None
    """The command that the screen is of."""

    def _named(self, found: Json) -> None:
        """Remember which sub-agent a result names, and where it stands."""
        for named in tables(found.get("subagent_trajectory_ref")):
            identity = some_text(named.get("trajectory_id")) or some_text(named.get("session_id"))
            path = some_text(named.get("trajectory_path"))
            if identity is not None:
                self.recording.launched_by.setdefault(identity, self.agent)
                self.spots.append((len(self.recording.drafts), identity))
            if path is not None:
                self.files.append(path)
                self.recording.note("subagent", f"the steps of a sub-agent stand in another file: {path}")

    def _use(self, counted: Json, names: tuple[str, str, str, str], model: str | None) -> None:
        asked, answered, cached = (whole(counted.get(name)) for name in names[:3])
        cost = counted.get(names[3])
        self._counted = True
        self.recording.add(
            Usage,
            model=model,
            # What was read from the cache is part of the prompt.
            input_tokens=None if asked is None else max(0, asked - (cached or 0)),
            output_tokens=answered,
            cache_read_tokens=cached,
            cache_write_tokens=whole(table(counted.get("extra")).get("cache_creation_input_tokens")),
            usd=float(cost) if isinstance(cost, (int, float)) and 0 <= cost < _MOST_COST else None,
        )


def _words(content: object) -> tuple[str, int]:
    """Return the text of a message or a result, and how many pictures are beside it."""
    if isinstance(content, str):
        return content, 0
    pictures = sum(1 for part in tables(content) if part.get("type") == "image")
    said = joined(content)
    return said or (compact(content) if isinstance(content, dict) else ""), pictures
