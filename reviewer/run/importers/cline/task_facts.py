"""What stands beside the messages of a task: its folder, models and versions, how it ended, what the person edited.

Knows `history_item.json`, `task_metadata.json` and the session file of the Cline SDK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.document import parts
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, some_text, table, tables, time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.run.importers.cline.forms import Form
    from reviewer.run.importers.importer import LogSource
    from reviewer.run.importers.recording import Recording

_LARGEST = 8 << 20
_ENDED = {
    "completed": "finished",
    "failed": "error",
    "error": "error",
    "cancelled": "interrupted",
    "aborted": "interrupted",
    "interrupted": "interrupted",
}


def take_facts(state: Recording, logs: Mapping[Form, LogSource], main: Form) -> tuple[str, str]:
    """Take the files beside the messages; return how the session ended, as far as they say."""
    status = ("unknown", "")
    for form in ("item", "metadata", "session"):
        log = logs.get(form)
        if log is None:
            continue
        values = _values(log)
        state.records += bool(values) and form == main
        if form == "item":
            _item(state, values)
        elif form == "metadata":
            _metadata(state, values, log.name)
        else:
            status = _session(state, values, log.name)
    return status


def _values(log: LogSource) -> Json:
    values: Json = {}
    for part in parts(log):
        if part.number is None:
            values[part.key] = part.value
        elif len(values.setdefault(part.key, [])) < _LARGEST // 1024:
            values[part.key].append(part.value)
    return values


def _item(state: Recording, values: Json) -> None:
    info = state.info
    remember(info.session_ids, some_text(values.get("id")))
    cwd = some_text(values.get("workspace")) or some_text(values.get("cwdOnTaskInitialization"))
    remember(info.cwds, cwd)
    state.cwd = cwd


def _metadata(state: Recording, values: Json, name: str) -> None:
    for used in tables(values.get("model_usage")):
        remember(state.info.models, some_text(used.get("model_id")))
    for where in tables(values.get("environment_history")):
        remember(state.info.versions, some_text(where.get("cline_version")))
    edited = [
        path
        for file in tables(values.get("files_in_context"))
        if file.get("record_source") == "user_edited" and (path := some_text(file.get("path")))
    ]
    if edited:
        state.source = name
        state.note("note", f"edited by the person meanwhile: {', '.join(dict.fromkeys(edited))}")


def _session(state: Recording, values: Json, name: str) -> tuple[str, str]:
    info = state.info
    remember(info.session_ids, some_text(values.get("session_id")))
    cwd = some_text(values.get("cwd")) or some_text(values.get("workspace_root"))
    remember(info.cwds, cwd)
    state.cwd = cwd
    state.source = name
    facts = table(values.get("metadata"))
    info.title = some_text(facts.get("title"))
    mode = some_text(facts.get("mode"))
    if mode is not None:
        info.permission_modes.append(mode)
    fork = some_text(table(facts.get("fork")).get("forkedFromSessionId"))
    if fork is not None:
        state.time = time(table(facts.get("fork")).get("forkedAt"))
        state.note("fork", f"forked from session {fork}: what stands before is of that one")
        state.time = None
    info.started, info.ended = time(values.get("started_at")), time(values.get("ended_at"))
    status = some_text(values.get("status")) or ""
    return _ENDED.get(status, "unknown"), "" if status in {"", "completed"} else status
