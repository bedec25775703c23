"""Chat histories of Aider, `.aider.chat.history.md`: one Markdown file that all chats in a folder are added to.

Checked with histories of 0.85 to 0.86 and the program's own source (Aider-AI/aider, `aider/io.py`). Exit codes, outputs
of most commands and times other than a chat's start are not recorded. What the model writes can look like anything that
the program writes: where the program's own form is there (two blanks at the end of its lines), it is asked for.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run import whole_lines
from reviewer.run.importers.aider.reader import Reader
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.recording import Recording
from reviewer.run.importers.text_lines import lines

if TYPE_CHECKING:
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_CHAT = re.compile(rb"^# aider chat started at \d{4}-\d\d-\d\d", re.MULTILINE)


class Aider:
    """The importer for Aider."""

    name = "aider"
    title = "Aider"

    def sniff(self, head: bytes, path_hint: str) -> bool:  # noqa: ARG002 - a name proves nothing
        """Return whether these bytes are of a chat history."""
        start = b"".join(whole_lines.blocks(BytesIO(head)))
        return not start.lstrip().startswith((b"{", b"[")) and _CHAT.search(start) is not None

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of all chats in a history; each begins with an event of its own.

        Raises:
            BadTranscriptError: there is no chat in it.
            ImportCancelledError: `cancelled` said so.
        """
        reader = Reader(Recording(spool, SessionInfo(self.title)), source.name)
        for line in lines(source, progress, cancelled):
            reader.take(line)
        run = reader.finished()
        if not run.records:
            raise BadTranscriptError(f"{source.name} holds no chat: a chat history of Aider was expected.")
        return run
