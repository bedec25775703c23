"""Walk from commits to their parents: what is an ancestor of what, where two lines met, what a range holds.

Pure over a function that gives commits whose bytes were checked; so a forged commit-graph, graft or loose commit cannot
bend the history. Commits are visited newest first (as git's own walk), which ends early in usual histories; with wrong
dates a range may list too many commits, never too few.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from reviewer.errors import UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.git.commit import CommitInfo

_LEFT, _RIGHT, _STALE = 1, 2, 4
_BOTH = _LEFT | _RIGHT


class History:
    """Questions about ancestry, answered from verified commits."""

    def __init__(self, commit: Callable[[str], CommitInfo]) -> None:
        """Walk by this function, which gives a commit by its id or raises."""
        self._commit = commit

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Say whether `ancestor` is `descendant` or can be reached from it by parents."""
        if ancestor == descendant:
            return True
        marks = self._paint(ancestor, descendant)
        return marks.get(ancestor, 0) & _BOTH == _BOTH

    def merge_bases(self, left: str, right: str) -> tuple[str, ...]:
        """Return the best common ancestors, newest first; several after criss-cross merges, none without relation."""
        if left == right:
            return (left,)
        marks = self._paint(left, right)
        common = [oid for oid, mark in marks.items() if mark & _BOTH == _BOTH and not mark & _STALE]
        best = [oid for oid in common if not any(other != oid and self.is_ancestor(oid, other) for other in common)]
        return tuple(sorted(best, key=lambda oid: (-self._commit(oid).committer_time, oid)))

    def between(self, base: str | None, head: str) -> tuple[str, ...]:
        """Return the commits reachable from `head` but not from `base`, children before parents."""
        if base is None:
            return self._ordered(set(self.reach(head)), head)
        marks = self._paint(head, base)
        return self._ordered({oid for oid, mark in marks.items() if mark & _BOTH == _LEFT}, head)

    def first_parents(self, base: str | None, head: str) -> tuple[str, ...]:
        """Return `head` and its first parents, newest first, up to where `base` can reach."""
        inside = set(self.between(base, head))
        chain: list[str] = []
        current: str | None = head
        while current is not None and current in inside:
            chain.append(current)
            current = next(iter(self._commit(current).parents), None)
        return tuple(chain)

    def reach(self, tip: str) -> Iterator[str]:
        """Yield `tip` and all its ancestors, newest first, each once."""
        seen = {tip}
        queue = [(self._age(tip), tip)]
        while queue:
            _, oid = heapq.heappop(queue)
            yield oid
            for parent in self._commit(oid).parents:
                if parent not in seen:
                    seen.add(parent)
                    heapq.heappush(queue, (self._age(parent), parent))

    def _age(self, oid: str) -> float:
        """Return where a commit stands in a walk. One that is missing comes last: it may never be needed."""
        try:
            return -self._commit(oid).committer_time
        except UndeterminedError:
            return math.inf

    def _paint(self, left: str, right: str) -> dict[str, int]:
        """Mark commits by which side reaches them, until every commit still to visit is known to both.

        A commit below a common one is stale: it is common too, but never a best one.
        """
        marks = {left: _LEFT}
        marks[right] = marks.get(right, 0) | _RIGHT
        queue = [(self._age(oid), oid) for oid in marks]
        heapq.heapify(queue)
        visited: set[str] = set()
        # Entries that may still change an answer: not stale, or visited before with fewer marks.
        open_entries = set(marks)
        while queue and open_entries:
            _, oid = heapq.heappop(queue)
            open_entries.discard(oid)
            visited.add(oid)
            mark = marks[oid]
            passed_on = mark | _STALE if mark & _BOTH == _BOTH else mark
            for parent in self._commit(oid).parents:
                before = marks.get(parent, 0)
                if before | passed_on == before:
                    continue
                marks[parent] = before | passed_on
                if not passed_on & _STALE or parent in visited:
                    open_entries.add(parent)
                else:
                    open_entries.discard(parent)
                heapq.heappush(queue, (self._age(parent), parent))
        return marks

    def _ordered(self, inside: set[str], head: str) -> tuple[str, ...]:
        if head not in inside:
            return ()
        children = dict.fromkeys(inside, 0)
        for oid in inside:
            for parent in self._commit(oid).parents:
                if parent in children:
                    children[parent] += 1
        ready = [(-self._commit(oid).committer_time, oid) for oid, count in children.items() if count == 0]
        heapq.heapify(ready)
        order: list[str] = []
        while ready:
            _, oid = heapq.heappop(ready)
            order.append(oid)
            for parent in self._commit(oid).parents:
                if parent in children:
                    children[parent] -= 1
                    if children[parent] == 0:
                        heapq.heappush(ready, (-self._commit(parent).committer_time, parent))
        return tuple(order)
