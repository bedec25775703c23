"""Tasks of Cline and Roo Code, and sessions of the Cline SDK.

Checked with Cline of 2025 and 2026 and the message types of both programs (cline/cline, `ExtensionMessage.ts`;
RooCodeInc/Roo-Code, `packages/types`). The interface's messages say what was asked and shown, the model's conversation
how calls ended: either is read alone, and both together tell most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.importers.cline import history, sdk, ui
from reviewer.run.importers.cline.forms import HEAD, Form, form_of
from reviewer.run.importers.cline.task_facts import take_facts
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import stretches
from reviewer.run.importers.recording import Recording

if TYPE_CHECKING:
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_BY_WEIGHT: tuple[Form, ...] = ("ui", "sdk", "history", "session", "item", "metadata")
"""Which of several files a run is read from; the others add to it."""


class Cline:
    """The importer for Cline and Roo Code."""

    name = "cline"
    title = "Cline"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes start a file of a task that a run can be read from."""
        return form_of(head) in ("ui", "sdk", "history", "session")

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a task: what its files tell together.

        Raises:
            BadTranscriptError: nothing in them can be read.
            ImportCancelledError: `cancelled` said so.
        """
        logs: dict[Form, LogSource] = {}
        for log in (source, *source.companions):
            form = form_of(_head(log))
            if form is not None and log.agent is None:
                logs.setdefault(form, log)
        main: Form = next((form for form in _BY_WEIGHT if form in logs), "ui")
        logs.setdefault(main, source)
        state = Recording(spool, SessionInfo(self.title))
        status = take_facts(state, logs, main)
        if main == "sdk":
            run = sdk.read(logs["sdk"], state, status, progress, cancelled)
        elif main == "history":
            run = history.read(logs["history"], state, progress, cancelled)
        elif main == "ui":
            run = ui.read(logs["ui"], logs.get("history"), state, progress, cancelled)
        else:
            run = state.finished(*status)
        if not run.records and not run.unknown:
            raise BadTranscriptError(f"{source.name} holds no message: a task of Cline was expected.")
        return run


def _head(log: LogSource) -> bytes:
    return next((block for _, block in stretches(log)), b"")[:HEAD]
