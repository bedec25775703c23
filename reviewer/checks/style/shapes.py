"""Functions of one shape: the nearest one to each that is sought, in the change first, then in the code around it.

Serves every language: how a file becomes skeletons is the caller's. A file is cut into skeletons only if it holds the
words that a function cannot do without, so that the cost grows with the change and hardly with the repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reviewer.checks.style.around import Around
    from reviewer.checks.style.skeleton import Skeleton

_ALIKE = 0.75
_SAME_WORDS = 0.6
_NEAR_TOKENS = 50
_SHORT_TOKENS = 26
"""Below so many, two functions are alike only if they use the very same words."""
_LENGTHS = 0.75
_SHARE_OF_WORDS = 0.6
_FEW_WORDS = 3
_NEAREST = 40
_WHY = "A fault that is mended in one of two copies stays in the other."


def same_shape(
    sought: Sequence[Skeleton],
    inside: Sequence[Skeleton],
    around: Around,
    changed: frozenset[str],
    read: Callable[[str], Sequence[Skeleton]],
) -> dict[int, tuple[Skeleton, float]]:
    """Return, by the key of each that is sought, a function of its shape and how alike they are.

    Args:
        sought: the new functions, large enough.
        inside: all functions of the changed files as they now are.
        around: the code around the change.
        changed: paths that `inside` stands for.
        read: cuts a file of the code around into skeletons.
    """
    found: dict[int, tuple[Skeleton, float]] = {}
    if not sought:
        return found
    _match(sought, inside, found)
    words = {one.key: _bytes(one.words) for one in sought}
    for number, path in enumerate(around.nearest(sought[0].path, tests=False, leave_out=changed)):
        left = [one for one in sought if one.key not in found]
        wordy = [one for one in left if len(words[one.key]) >= _FEW_WORDS]
        if not left or (not wordy and number >= _NEAREST):
            break
        data = around.content(path)
        if data is None:
            continue
        likely = [one for one in wordy if _holds(data, words[one.key])]
        if number < _NEAREST:
            likely += [one for one in left if len(words[one.key]) < _FEW_WORDS]
        if likely:
            _match(likely, read(path), found)
    return found


def duplicate(one: Skeleton, place: tuple[Skeleton, float]) -> Fact:
    """Return the fact that a new function is there already."""
    other, share = place
    alike = "has the shape of" if share == 1.0 else f"is {share:.0%} like"
    size = plural(one.statements, "statement") if one.statements else plural(len(one.tokens), "word")
    return Fact(
        rule="duplicate-code",
        severity="low",
        message=f"The new {shown(one.name, 50)} {alike} {shown(other.name, 50)} in {shown(other.path)}:{other.line}: "
        f"{size}, names and literals aside.",
        why=_WHY,
        quote=one.name,
        file=one.path,
        side="new",
        line=one.line,
        end_line=one.end_line,
        evidence=(f"file:{other.path}:{other.line}",),
        numbers=(("statements", one.statements), ("alike", round(share, 3))),
    )


def _match(sought: Sequence[Skeleton], there: Sequence[Skeleton], found: dict[int, tuple[Skeleton, float]]) -> None:
    large = [one for one in there if one.is_large]
    fresh = {one.key for one in sought}
    for one in sought:
        if one.key in found:
            continue
        for other in large:
            # Of two new ones that are alike, the later one is the copy.
            if other.key in fresh and (other.path, other.line) >= (one.path, one.line):
                continue
            share = _share(one, other)
            if share >= _ALIKE:
                found[one.key] = (other, share)
                break


def _share(one: Skeleton, other: Skeleton) -> float:
    """Return how alike two functions are, 0.0 where it is not worth to compare them."""
    if one.key == other.key or one.kind != other.kind:
        return 0.0
    own, others = (each.name.split("#", 1)[0].rsplit(".", 1) for each in (one, other))
    if len(own) == 2 and len(others) == 2 and own[1] == others[1]:
        # Classes of one interface have methods of one name.
        return 0.0
    shorter, longer = sorted((len(one.tokens), len(other.tokens)))
    if shorter < _LENGTHS * longer or _jaccard(one.words, other.words) < _SAME_WORDS:
        return 0.0
    if shorter < _SHORT_TOKENS and (one.words != other.words or len(one.words) < _FEW_WORDS - 1):
        return 0.0
    if one.tokens == other.tokens:
        return 1.0
    if shorter < _NEAR_TOKENS:
        return 0.0
    return _jaccard(one.shingles(), other.shingles())


def _bytes(words: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(sorted(word.strip(".=").encode("utf-8", "surrogatepass") for word in words))


def _holds(data: bytes, words: tuple[bytes, ...]) -> bool:
    missing = 0
    allowed = (1 - _SHARE_OF_WORDS) * len(words)
    for word in words:
        if word not in data:
            missing += 1
            if missing > allowed:
                return False
    return True


def _jaccard(one: frozenset[str] | frozenset[int], other: frozenset[str] | frozenset[int]) -> float:
    if not one and not other:
        return 1.0
    return len(one & other) / len(one | other)
