"""One small run told in the form of every log: what each format can tell of it has to come out the same.

Made here, copied from nowhere. A person asks `PROMPT`; the agent reads `PATH`, fails to edit it, edits it, runs
`pytest -q` twice (it fails, then passes), and says `SAID`.
"""

from __future__ import annotations

from tests.support.formats import chats, editors, lines, shells
from tests.support.formats.story import FOLDER, PATH, PROMPT, RUN, SAID, Format

__all__ = ["FOLDER", "FORMATS", "PATH", "PROMPT", "RUN", "SAID", "Format"]

FORMATS: dict[str, Format] = {
    made.name: made for made in (*lines.FORMATS, *chats.FORMATS, *editors.FORMATS, *shells.FORMATS)
}
