"""Why each hunk is there, file by file: an index made once, and a replay of one file's edits when it is looked at.

Joins what the parts of this package find out; knows events and hunks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.run.event import Command, Edit
from reviewer.run.why.column import TooLargeError
from reviewer.run.why.copied import replaced, written
from reviewer.run.why.model import HunkText, Why
from reviewer.run.why.moment import Moments
from reviewer.run.why.patch import blocks_of
from reviewer.run.why.replay import Replay
from reviewer.run.why.shell import Scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviewer.run.event import Event
    from reviewer.run.why.column import Cell
    from reviewer.run.why.model import How
    from reviewer.run.why.patch import Block
    from reviewer.run.why.replay import Trail

_MAX_LINES = 300_000
"""Lines of one file, in its hunks and in its edits together, up to which it is traced."""
_MAX_NAMES = 16
_WAYS: tuple[How, ...] = (
    "exact",
    "through later edits",
    "line by line",
    "after a formatter",
    "whole file written",
    "by shell",
    "file deleted",
    "file renamed",
)
"""From the closest to the loosest."""
_RULES: dict[How, str] = {
    "exact": "why-by-content",
    "through later edits": "why-by-content",
    "line by line": "why-by-only-writer",
    "after a formatter": "why-after-formatter",
    "whole file written": "why-by-whole-write",
    "by shell": "why-by-command-text",
    "file deleted": "why-by-deletion",
    "file renamed": "why-by-rename",
}


class WhyIndex:
    """The edits of a run by file, and what surrounds them."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Keep events; `build` does it by name."""
        self._events = events
        self._by_seq: dict[int, Edit | Command] = {}
        self._edits: dict[str, list[Edit]] = {}
        self._scripts: Scripts | None = None
        self._moments = Moments(events)
        for event in events:
            if isinstance(event, Edit) and event.applied is not False and (path := _path_of(event)):
                self._edits.setdefault(path, []).append(event)
            if isinstance(event, (Edit, Command)):
                self._by_seq[event.seq] = event

    @classmethod
    def build(cls, events: Sequence[Event]) -> WhyIndex:
        """Return the index of a run: one pass over its events, no file's patches are read yet."""
        return cls(events)

    def of(self, hunks: Sequence[HunkText], cancelled: Callable[[], bool] | None = None) -> tuple[Why, ...]:
        """Return why each of these hunks, all of one file of the change, is there.

        Costs what this file's hunks and edits are long; too much of either is "too large" for all of them.

        Raises:
            TraceCancelledError: `cancelled`, asked now and then, said so.
        """
        if not hunks:
            return ()
        edits = self._edits_of(hunks[0])
        blocks = [block for edit in edits for block in blocks_of(edit)]
        size = sum(len(hunk.lines) for hunk in hunks) + sum(map(_size, blocks))
        try:
            if size > _MAX_LINES:
                raise TooLargeError
            replay = Replay(hunks, blocks, cancelled)
            replay.run()
            self._add_scripts(hunks, replay, edits)
        except TooLargeError:
            return tuple(_untraced(n, hunk, "too large to trace") for n, hunk in enumerate(hunks))
        trails = replay.trails(len(hunks))
        return tuple(self._why(n, hunk, trails[n], edits) for n, hunk in enumerate(hunks))

    def untouched(self, path: str, old_path: str | None) -> str:
        """Return why no hunk of a file can be traced, whatever it holds; empty if some may be.

        Args:
            path: of the file after the change.
            old_path: before it, when it differs.
        """
        hunk = HunkText(path, old_path, 0, ())
        edits = self._edits_of(hunk)
        return "" if edits or self._commands_of(hunk) else self._reason(edits)

    def of_file(self, path: str, old_path: str | None, status: str) -> Why:
        """Return why what a file's header alone says is there: a new name, a deletion, a mode, binary content.

        Args:
            path: of the file after the change.
            old_path: before it, when it differs.
            status: git's letter.
        """
        edits = self._edits_of(HunkText(path, old_path, 0, ()))
        wanted = {"R": ("rename",), "D": ("delete",), "A": ("add",)}.get(status, ())
        found = next((edit for edit in reversed(edits) if edit.op in wanted), None)
        if found is None:
            return Why(0, "not traceable", 0, reason="no event of the run says it")
        ways: dict[str, How] = {"rename": "file renamed", "delete": "file deleted"}
        return self._around(Why(0, ways.get(found.op, "exact"), 0, edits=(found.seq,), shares=(0,), main=found.seq))

    def _edits_of(self, hunk: HunkText) -> list[Edit]:
        """Return the edits of a file under all names that it had, in order."""
        found: dict[int, Edit] = {}
        todo = [(name, 0) for name in (hunk.path, hunk.old_path) if name]
        for _ in range(_MAX_NAMES):
            if not todo:
                break
            name, before = todo.pop()
            for edit in self._edits.get(name, ()):
                if before and edit.seq >= before:
                    break
                found[edit.seq] = edit
                gone = self._by_seq.get(edit.seq - 1)
                if edit.op == "rename" and isinstance(gone, Edit) and gone.op == "delete":
                    # A move by the shell: the old name goes right before the new one comes.
                    todo.append((_path_of(gone) or "", gone.seq))
        if not hunk.new_start and not found:
            found |= {edit.seq: edit for edit in self._folder_edits(hunk.path) if edit.op == "delete"}
        return [found[seq] for seq in sorted(found)]

    def _folder_edits(self, path: str) -> Iterator[Edit]:
        folder = path.rpartition("/")[0]
        while folder:
            yield from self._edits.get(folder, ())
            folder = folder.rpartition("/")[0]

    # What is told of one hunk

    def _why(self, number: int, hunk: HunkText, trail: Trail, edits: Sequence[Edit]) -> Why:
        last = edits[-1] if edits else None
        if last is not None and last.op == "delete" and not hunk.new_start:
            lines = _changed(hunk)
            return self._around(Why(number, "file deleted", lines, lines, (last.seq,), (lines,), last.seq))
        if not trail.lines:
            return _untraced(number, hunk, self._reason(edits))
        # What was added says more than what was taken out: git may see other lines as the removed ones.
        main = max(trail.lines, key=lambda seq: (trail.added[seq], trail.lines[seq], seq))
        ways = set(trail.ways or trail.taken)
        if trail.before:
            ways.add("through later edits")
        if any(isinstance(event := self._by_seq[seq], Edit) and event.derived for seq in trail.lines):
            ways.add("by shell")
        numbers = tuple(sorted({*trail.lines, *trail.before}))
        shares = tuple(trail.lines.get(seq, 0) for seq in numbers)
        how = max(ways, key=_WAYS.index)
        why = Why(number, how, _changed(hunk), sum(shares), numbers, shares, main)
        return self._around(why, ways)

    def _around(self, why: Why, ways: Iterable[How] = ()) -> Why:
        """Return a why with what surrounds its edits in the run."""
        event, last = (self._by_seq[seq] for seq in (why.main or 0, why.edits[-1]))
        said = self._moments.said(event)
        failed, passed = self._moments.failed_before(event), self._moments.passed_after(last)
        rules = [_RULES[way] for way in _WAYS if way == why.how or way in ways]
        rules += ["words-before-edit"] if said is not None else []
        rules += ["failed-before-edit"] if failed is not None else []
        rules += ["passed-after-edit"] if passed is not None else []
        return replace(
            why,
            turn=event.turn,
            session=event.session,
            agent=event.agent,
            said=said,
            failed=failed,
            passed=passed,
            rules=tuple(dict.fromkeys(rules)),
        )

    def _reason(self, edits: Sequence[Edit]) -> str:
        if not self._events:
            return "no run is recorded"
        if not edits:
            return "no edit of this file is recorded"
        blank = [edit.seq for edit in edits if not edit.patch]
        if blank:
            return f"what edit {blank[-1]} wrote into this file is not recorded"
        if any(edit.patch_cut for edit in edits):
            return "no recorded edit has these lines, and the record of one is cut"
        return "no recorded edit of this file has these lines"

    # Command lines that hold the lines themselves

    def _add_scripts(self, hunks: Sequence[HunkText], replay: Replay, edits: Sequence[Edit]) -> None:
        by_hunk: dict[int, list[Cell]] = {}
        for cell in replay.column.cells:
            if cell.sign != " ":
                by_hunk.setdefault(cell.hunk, []).append(cell)
        pairs = [(b.seq, pair) for b in reversed(replay.blocks) if b.start is None for pair in b.pairs]
        blind = [edit.seq for edit in edits if edit.derived and not edit.patch]
        commands: Sequence[Command] | None = None
        for number, cells in by_hunk.items():
            if all(cell.by is not None or cell.sign == "-" for cell in cells):
                continue
            replaced(cells, pairs, "exact")
            commands = self._commands_of(hunks[0]) if commands is None else commands
            for seq in written(cells, commands, replay.column):
                # A script is written first and run later: the edit that it made is known, but not what it wrote.
                ran = next((edit for edit in blind if edit > seq), None)
                if ran is not None:
                    replay.before.setdefault(number, set()).add(ran)

    def _commands_of(self, hunk: HunkText) -> Sequence[Command]:
        if self._scripts is None:
            self._scripts = Scripts(self._events)
        return self._scripts.of(hunk.path)


def trace(events: Sequence[Event], hunks: Sequence[HunkText]) -> tuple[Why, ...]:
    """Return why each hunk is there, in the order of the hunks.

    Args:
        events: the run, in order, with paths of edits as those of the hunks.
        hunks: of any number of files.
    """
    index = WhyIndex.build(events)
    by_file: dict[tuple[str, str | None], list[int]] = {}
    for number, hunk in enumerate(hunks):
        by_file.setdefault((hunk.path, hunk.old_path), []).append(number)
    found: dict[int, Why] = {}
    for numbers in by_file.values():
        for number, why in zip(numbers, index.of([hunks[n] for n in numbers]), strict=True):
            found[number] = replace(why, hunk=number)
    return tuple(found[number] for number in range(len(hunks)))


def _path_of(edit: Edit) -> str | None:
    if edit.repo_path is not None:
        return edit.repo_path
    outside = edit.path.startswith(("/", "..", "~")) or edit.path[1:2] == ":"
    return None if outside else edit.path.removeprefix("./")


def _size(block: Block) -> int:
    return len(block.after) + sum(map(len, block.removed.values()))


def _changed(hunk: HunkText) -> int:
    return sum(sign != " " for sign, _, _ in hunk.lines)


def _untraced(number: int, hunk: HunkText, reason: str) -> Why:
    return Why(number, "not traceable", _changed(hunk), reason=reason)
