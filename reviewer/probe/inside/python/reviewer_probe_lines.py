"""Which lines of a few files are executed, and by which test.

With `sys.monitoring` (Python 3.12 on) a line costs once a test; before, a trace function watches the wanted files.
Runs in the tests' own interpreter, which may be as old as Python 3.8.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple  # noqa: UP035 - may run on Python 3.8

_Seen = Dict[Tuple[str, str], Set[int]]  # noqa: UP006 - as above


class Lines:
    """What every way of watching has: the wanted files, the test that runs, the lines seen."""

    def __init__(self, tree: str, wanted: List[str]) -> None:  # noqa: UP006 - as above
        """Watch these paths of the tree."""
        top = os.path.realpath(tree)
        self.files: Dict[str, str] = {}  # noqa: UP006 - as above
        for path in wanted:
            for base in (top, tree):
                self.files[os.path.join(base, *path.split("/"))] = path  # noqa: PTH118 - hot, and stands alone
        self.known: Dict[str, Optional[str]] = {}  # noqa: UP006, UP045 - as above
        self.context = ""
        self.seen: _Seen = {}

    def path_of(self, filename: str) -> Optional[str]:  # noqa: UP045 - as above
        """Return the wanted path that code of this file has, None if it is not wanted."""
        try:
            return self.known[filename]
        except KeyError:
            found = self.files.get(filename) or self.files.get(os.path.realpath(filename))
            self.known[filename] = found
            return found

    def at(self, path: str) -> Set[int]:  # noqa: UP006 - as above
        """Return the lines seen of a path in the test that runs."""
        return self.seen.setdefault((self.context, path), set())

    def rows(self) -> Iterator[Tuple[str, str, List[int]]]:  # noqa: UP006 - as above
        """Yield test, path, and first and last lines of runs of lines, flat."""
        for (context, path), numbers in sorted(self.seen.items()):
            yield context, path, _runs(sorted(numbers))

    def switch(self, context: str) -> None:
        """Have what follows belong to this test."""
        self.context = context

    def stop(self) -> None:
        """End watching."""


class Traced(Lines):
    """By a trace function."""

    def start(self) -> None:
        """Begin watching."""
        sys.settrace(self._call)
        threading.settrace(self._call)

    def stop(self) -> None:
        """End watching."""
        sys.settrace(None)
        threading.settrace(None)

    def _call(self, frame: Any, event: str, _argument: Any) -> Any:  # noqa: ANN401 - a trace function
        path = self.path_of(frame.f_code.co_filename)
        if path is None:
            return None
        seen = self.at(path)

        def line(inner: Any, event: str, _argument: Any) -> Any:  # noqa: ANN401 - as above
            if event == "line":
                seen.add(inner.f_lineno)
            return line

        return line if event == "call" else None

    def switch(self, context: str) -> None:
        """Have what follows belong to this test; code that removed the trace function gets it back."""
        self.context = context
        if sys.gettrace() is None:
            sys.settrace(self._call)


class Monitored(Lines):
    """By `sys.monitoring`, of which each line reports once a test."""

    def start(self) -> None:
        """Begin watching; raises where another tool has all places."""
        monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self.tool = next(number for number in (4, 3, 1, 0, 5) if monitoring.get_tool(number) is None)
        monitoring.use_tool_id(self.tool, "reviewer-probe")
        monitoring.register_callback(self.tool, monitoring.events.PY_START, self._function)
        monitoring.register_callback(self.tool, monitoring.events.LINE, self._line)
        monitoring.set_events(self.tool, monitoring.events.PY_START)
        self.off = monitoring.DISABLE

    def stop(self) -> None:
        """End watching."""
        monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        monitoring.set_events(self.tool, 0)
        monitoring.free_tool_id(self.tool)

    def switch(self, context: str) -> None:
        """Have what follows belong to this test, and every line report once more."""
        self.context = context
        sys.monitoring.restart_events()  # type: ignore[attr-defined, unused-ignore]

    def _function(self, code: Any, _offset: int) -> Any:  # noqa: ANN401 - a callback
        if self.path_of(code.co_filename) is not None:
            monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
            monitoring.set_local_events(self.tool, code, monitoring.events.LINE)
        return self.off

    def _line(self, code: Any, number: int) -> Any:  # noqa: ANN401 - as above
        path = self.path_of(code.co_filename)
        if path is not None:
            self.at(path).add(number)
        return self.off


def start(tree: str, wanted: List[str]) -> Lines:  # noqa: UP006 - as above
    """Begin to watch these paths of the tree."""
    if sys.version_info >= (3, 12):
        found = Monitored(tree, wanted)
        try:
            found.start()
        except (StopIteration, ValueError):
            pass
        else:
            return found
    other = Traced(tree, wanted)
    other.start()
    return other


def _runs(numbers: List[int]) -> List[int]:  # noqa: UP006 - as above
    flat: List[int] = []  # noqa: UP006 - as above
    for number in numbers:
        if flat and number == flat[-1] + 1:
            flat[-1] = number
        else:
            flat += [number, number]
    return flat
