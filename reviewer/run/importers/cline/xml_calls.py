"""Tool calls that older versions of Cline and Roo Code wrote as XML in the model's text.

Pure: text in, the words around and the calls out. The form is no real XML: contents are not escaped, so a call ends at
the last closing tag of its name that stands before the next call.
"""

from __future__ import annotations

import re

from reviewer.run.importers.cline.tools import KINDS

_OPENING = re.compile(rf"<({'|'.join(sorted(KINDS))})>")
_ARGUMENT = re.compile(r"<([a-z_]{1,40})>")
_PATH = re.compile(r"<path>([^<\n]{1,4000})</path>")
_MOST = 200
_LONG = frozenset(("content", "diff", "result", "response", "command"))
"""Arguments that may hold tags of their own."""


def calls_in(text: str) -> tuple[str, list[tuple[str, dict[str, object]]]]:
    """Return the words of a text without its calls, and the calls as names with arguments."""
    words: list[str] = []
    calls: list[tuple[str, dict[str, object]]] = []
    at = 0
    while len(calls) < _MOST and (opening := _OPENING.search(text, at)) is not None:
        name = opening.group(1)
        closing = text.find(f"</{name}>", opening.end())
        words.append(text[at : opening.start()])
        body = text[opening.end() : closing if closing >= 0 else len(text)]
        calls.append((name, _arguments(body)))
        at = closing + len(name) + 3 if closing >= 0 else len(text)
    words.append(text[at:])
    return "".join(words), calls


def _arguments(body: str) -> dict[str, object]:
    """Return the arguments of a call; Roo wraps several files as `<args><file><path>…</path></file>…</args>`."""
    files = [{"path": path} for path in _PATH.findall(body)[:_MOST]] if "<file>" in body else []
    if files:
        return {"files": files}
    given: dict[str, object] = {}
    at = 0
    while len(given) < _MOST and (opening := _ARGUMENT.search(body, at)) is not None:
        name = opening.group(1)
        find = body.rfind if name in _LONG else body.find
        closing = find(f"</{name}>", opening.end())
        if closing < opening.end():
            closing = len(body)
        given.setdefault(name, body[opening.end() : closing].strip("\n"))
        at = closing + len(name) + 3
    return given
