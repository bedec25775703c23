"""Scripts that the agent wrote in place of calling tools one by one, and what they printed.

The calls that are written out in a script stand for it. Their exit codes are not recorded unless the script prints
them; events of what went on inside carry ids that are nowhere else, and are told apart by what they are of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.codex import outcome as outcomes
from reviewer.run.importers.codex import patches, script
from reviewer.run.importers.toolset import Result, close_call

if TYPE_CHECKING:
    from reviewer.run.importers.codex.calls import Call, Calls, Family
    from reviewer.run.importers.codex.outcome import Outcome
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

_LOOKED_BACK = 8
"""An event is of one of so many scripts before it."""


class Scripts:
    """The scripts of one log: those that run on in a cell, and the last ones, for events of what went on inside."""

    def __init__(self, state: Recording, calls: Calls) -> None:
        self._state = state
        self._calls = calls
        self._cells: dict[str, Call] = {}
        self._recent: list[Call] = []

    def ask(self, call: Call, source: str) -> None:
        """Take a script: the calls in it, and the script itself where something in it is computed."""
        found = script.read(source)
        if found.computed or not found.calls:
            self._calls.tool(call, source)
        for tool, argument in found.calls:
            call.inside.append(self._calls.ask(tool, argument, None))
        self._recent = [*self._recent[-_LOOKED_BACK:], call]

    def printed(self, call: Call, output: object) -> None:
        """Take the output of a script, or of a look at the cell that it runs on in."""
        status, found, printed = outcomes.scripted(output)
        main = self._cells.pop(call.session, call) if call.family == "wait" else call
        main.printed += printed
        for shown in {id(one): one for one in (call, main)}.values():
            if shown.draft is not None:
                shown.draft.fields["ok"] = None if not status else status != "failed"
        if status == "running" and found.session is not None:
            self._cells[found.session] = main
            for command in _commands(main):
                self._calls.shell.runs_on(command)
        else:
            self._ended(main, status, found, waited=main is not call)

    def _ended(self, call: Call, status: str, found: Outcome, *, waited: bool) -> None:
        self._calls.shell.printed(_commands(call), call.printed, found, waited=waited)
        said = "\n".join(call.printed)
        for inner in call.inside:
            if inner.patch is not None:
                failed = status == "failed" and "patch" in said
                end = outcomes.Outcome("failed", said) if failed else outcomes.read(said)
                patches.answered(self._state, inner.patch, end)
            elif inner.opened is not None:
                close_call(self._state, inner.opened, Result("ok" if status == "completed" else "unknown"))
            elif inner.draft is not None and inner.family == "poll":
                inner.draft.fields["ok"] = True if status == "completed" else None

    def inner(self, family: Family, *wanted: str) -> Call | None:
        """Return the call in a script that an event with an unknown id is of, and take it.

        Args:
            family: of the call.
            wanted: the command line, the paths of a patch, or the tool; the first of the family where none is given.
        """
        for script_call in reversed(self._recent):
            for call in script_call.inside:
                if call.family == family and not call.told and (not wanted or _is_of(call, wanted)):
                    call.told = True
                    return call
        return None

    def turn(self) -> None:
        """A turn begins: what no event was of will have none."""
        self._recent = []


def _commands(call: Call) -> list[Draft]:
    return [inner.draft for inner in call.inside if inner.family == "shell" and inner.draft is not None]


def _is_of(call: Call, wanted: tuple[str, ...]) -> bool:
    if call.patch is None:
        return call.name in wanted or (call.draft is not None and call.draft.fields.get("line") in wanted)
    paths = {str(draft.fields.get("path")).replace("\\", "/") for draft in call.patch.edits}
    return any(path and any(one.replace("\\", "/").endswith(path) for one in wanted) for path in paths)
