"""What became of the failure paths of one function: widened, silenced, removed, dropped, or only touched.

Knows no language. Fewer of a kind is a loss only if the same does not stand in another function now.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks.failures.counting import fewer, kept_first
from reviewer.checks.failures.judged import OPTIONAL, judged_handler
from reviewer.checks.failures.model import FailurePaths, Place
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewer.checks.failures.model import Handler, Located
    from reviewer.checks.finding import Severity, Side

_WHY_SILENT = "A failure that nobody hears of is found later, somewhere else, by somebody else."
_WHY_GONE = "What was refused or cleaned up before now goes on."
_WHY_TOUCHED = "Failure paths are seldom run; reading them is often the only test that they get."
_WHY_ENDS = "Where a failure could be handled before, the program now ends."
_NOTHING = FailurePaths()
_MOVED = "\0moved "
_MOST_HANDLERS = 400
_KIND = re.compile(r"(?:raise|throw new|throw|reject\(new|return Err\()\s*([\w.:]{1,120})")
_WORD = re.compile(r"\w+")
_ALIKE = 0.5


def gained(pairs: Iterable[tuple[Located | None, Located | None]]) -> Counter[str]:
    """Count the failure paths that are new somewhere: what moved to another function is not gone."""
    found: Counter[str] = Counter()
    for old, new in pairs:
        found.update((new.paths.texts() if new else Counter()) - (old.paths.texts() if old else Counter[str]()))
        found.update(_kinds(new) - _kinds(old))
    return found


def lost(pairs: Iterable[tuple[Located | None, Located | None]]) -> dict[str, Handler]:
    """Return the handlers that functions no longer have, by the code that they guarded."""
    found: dict[str, Handler] = {}
    for old, new in pairs:
        if old is not None:
            kept = {one.guarded for one in new.paths.handlers} if new else set()
            found.update({one.guarded: one for one in old.paths.handlers if one.guarded and one.guarded not in kept})
    return found


def _kinds(located: Located | None) -> Counter[str]:
    """Count what a function raises by type, and its clean-ups, whatever their words are."""
    if located is None:
        return Counter()
    kinds = Counter(_MOVED + _kind(place) for place in located.paths.raises if _kind(place))
    kinds[_MOVED] = len(located.paths.cleanups)
    return kinds


def _kind(place: Place) -> str:
    match = _KIND.match(place.text)
    return match[1].rsplit(".", 1)[-1] if match else ""


def facts(
    old: Located | None, new: Located | None, elsewhere: Counter[str], moved: Mapping[str, Handler]
) -> Iterator[Fact]:
    """Yield what changed in one function.

    A whole function that goes takes its failure paths with it: that is a removal of code, not of error handling.

    Args:
        old: the function before.
        new: the function now.
        elsewhere: what `gained` says of all functions.
        moved: what `lost` says of them: a handler of the same code in another function is not new.
    """
    if new is None:
        return
    before = old.paths if old else _NOTHING
    told: list[Handler] = []
    strong = [
        *_handlers(new, before, told, moved),
        *_dropped(new, before),
        *_new_forms(new, before, known=old is not None),
    ]
    if old is not None:
        found = _gone(old, new, elsewhere, told)
        ignored = any(fact.rule == "error-ignored" for fact in strong)
        strong += [fact for fact in found if not (ignored and fact.rule == "handler-removed")]
    yield from strong
    if strong or before.texts() == new.paths.texts():
        return
    if old is not None:
        changed = _first_change(before, new.paths)
        if changed is not None:
            yield _fact(new, "touched", "info", f"{new.name} has changed failure paths: {changed.text}", changed)
    elif new.paths.handlers:
        handler = new.paths.handlers[0]
        message = f"{new.name} is new and catches {shown(handler.caught)} ({handler.does})."
        yield _fact(new, "touched", "info", message, Place(message, handler.first, handler.last))


def _handlers(new: Located, before: FailurePaths, told: list[Handler], moved: Mapping[str, Handler]) -> Iterator[Fact]:
    left = list(before.handlers[:_MOST_HANDLERS])
    unmatched = []
    for handler in new.paths.handlers[:_MOST_HANDLERS]:
        same = _same(handler, left)
        if same is None:
            unmatched.append(handler)
        else:
            left.remove(same)
    for handler in unmatched:
        was = next((h for h in left if h.guarded == handler.guarded), None)
        was = was or next((h for h in left if set(h.types) & set(handler.types)), None)
        if was is None and len(left) == 1 and len(unmatched) == 1:
            was = left[0]
        if was is not None:
            left.remove(was)
        else:
            was = moved.get(handler.guarded)
        judged = judged_handler(handler, was)
        if judged is not None:
            told.extend([was] if was is not None else ())
            rule, severity, what = judged
            place = Place(what, handler.first, handler.last)
            yield _fact(new, rule, severity, f"{new.name}: {what}", place, quote=f"{handler.types} {handler.does}")


def _same(handler: Handler, left: list[Handler]) -> Handler | None:
    alike = [one for one in left if (one.types, one.does) == (handler.types, handler.does)]
    return next((one for one in alike if one.guarded == handler.guarded), alike[0] if alike else None)


def _dropped(new: Located, before: FailurePaths) -> Iterator[Fact]:
    had = Counter((one.what, one.call) for one in before.dropped)
    heeded = {place.text for place in before.heeded}
    still = Counter(place.text for place in new.paths.heeded)
    lines: set[int] = set()
    for one in new.paths.dropped:
        had[one.what, one.call] -= 1
        if had[one.what, one.call] >= 0 or one.first in lines:
            continue
        was_heeded = one.call in heeded and not still[one.call]
        if not one.what and not was_heeded:
            continue
        lines.add(one.first)
        place = Place(f"{one.what} {one.call}", one.first, one.last)
        if was_heeded:
            message = f"{new.name}: nothing looks any more at whether {shown(one.call)} fails. {one.what}".strip()
            yield _fact(new, "error-ignored", "medium", message, place)
        else:
            severity: Severity = "info" if one.is_said else "low"
            yield _fact(new, "error-ignored", severity, f"{new.name}: {one.what} {shown(one.call)}", place)


def _new_forms(new: Located, before: FailurePaths, *, known: bool) -> Iterator[Fact]:
    old_aborts = Counter(place.text for place in before.aborts)
    fewer = len(before.heeded) - len(new.paths.heeded)
    for place in new.paths.aborts:
        old_aborts[place.text] -= 1
        if old_aborts[place.text] < 0 and fewer > 0:
            fewer -= 1
            message = f"{new.name} now ends the program where it passed a failure on before: {shown(place.text)}"
            yield _fact(new, "panic-added", "medium", message, place, why=_WHY_ENDS)
    if len(new.paths.unended) > len(before.unended):
        place = new.paths.unended[-1]
        severity: Severity = "medium" if known else "low"
        yield _fact(new, "retry-ends-silent", severity, f"{new.name}: {place.text}", place)


def _gone(old: Located, new: Located, elsewhere: Counter[str], told: list[Handler]) -> Iterator[Fact]:
    before, after = old.paths, new.paths
    # What stood inside a handler that was told of is no second loss.
    raises = [
        place for place in fewer(kept_first(before, after), after.raises, elsewhere) if not _is_inside(place, told)
    ]
    raises = _refusing(raises, before, after)
    yield from _handlers_gone(old, new, elsewhere, raises)
    # The same kind of failure in another function of the change: it was moved and put in other words.
    moved = bool(raises) and all(_kind(one) and elsewhere[_MOVED + _kind(one)] > 0 for one in raises)
    yield from _lost(old, new, "raise-removed", raises, "info" if moved else "medium")
    if not raises:
        yield from _replaced(old, new, elsewhere)
    yield from _lost(old, new, "raise-removed", fewer(before.asserts, after.asserts, elsewhere), "info")
    cleanups = fewer(before.cleanups, after.cleanups, elsewhere)
    if after.opened <= before.opened:
        # A file that is not opened any more needs no closing.
        cleanups = [place for place in cleanups if not place.text.startswith("with open(")]
    yield from _lost(old, new, "cleanup-removed", cleanups, "info" if elsewhere[_MOVED] > 0 else "medium")
    if len(before.chained) > len(after.chained) and len(after.raises) >= len(before.raises):
        lost = before.chained[0]
        message = f"{new.name} raises without the cause that it gave before."
        yield _fact(old, "cause-lost", "low", message, lost, side="old")
    if before.reports and after.reports is False:
        message = f"{new.name} no longer returns an error."
        yield _fact(old, "error-result-removed", "medium", message, Place(message, old.first, old.first), side="old")
    yield from _narrowed(new, before)
    yield from _not_left(new, before)


def _not_left(new: Located, before: FailurePaths) -> Iterator[Fact]:
    """Yield what was left however its block ended, and now is only given a name."""
    if len(new.paths.cleanups) > len(before.cleanups):
        return
    still = {place.text for place in new.paths.entered} | {place.text for place in before.taken}
    had = {place.text for place in before.entered} - still
    for place in new.paths.taken:
        if place.text in had:
            had.discard(place.text)
            message = f"{new.name} no longer leaves “{shown(place.text)}” however its block ends."
            yield _fact(new, "cleanup-removed", "medium", message, place, why=_WHY_GONE)


def _replaced(old: Located, new: Located, elsewhere: Counter[str]) -> Iterator[Fact]:
    """Yield a refusal that is gone although as many stand there: another kind of failure under another condition."""
    kept = {_kind(place) for place in new.paths.raises}
    now = [set(_WORD.findall(place.text)) for _, place in new.paths.guards]
    for text, place in old.paths.guards:
        kind = _kind(Place(text, place.first, place.last))
        if not kind or kind in kept or elsewhere[_MOVED + kind] > 0 or not new.paths.guards:
            continue
        words = set(_WORD.findall(place.text))
        if any(len(words & each) >= _ALIKE * len(words) for each in now):
            continue
        message = f"{new.name} no longer refuses with “{shown(text)}” where {shown(place.text)}."
        yield _fact(old, "raise-removed", "medium", message, place, side="old")
        return


def _refusing(raises: list[Place], before: FailurePaths, after: FailurePaths) -> list[Place]:
    """Return the raises without those that only passed a failure on from a handler that went with them."""
    left = Counter(handler.types for handler in after.handlers)
    gone = [one for one in before.handlers if one.is_raising and one.does != "wraps" and not left[one.types]]
    return [place for place in raises if not _is_inside(place, gone)]


def _is_inside(place: Place, handlers: list[Handler]) -> bool:
    return any(one.first <= place.first <= one.last for one in handlers)


def _lost(old: Located, new: Located, rule: str, gone: list[Place], severity: Severity) -> Iterator[Fact]:
    """Yield one fact for all that a function lost of one kind."""
    if gone:
        more = f" and {len(gone) - 1} more of the kind" if len(gone) > 1 else ""
        message = f"{new.name} no longer has “{shown(gone[0].text)}”{more}."
        yield _fact(old, rule, severity, message, gone[0], side="old")


def _handlers_gone(old: Located, new: Located, elsewhere: Counter[str], raises: list[Place]) -> Iterator[Fact]:
    if len(old.paths.handlers) <= len(new.paths.handlers):
        return
    kept = Counter(handler.types for handler in new.paths.handlers)
    for handler in old.paths.handlers:
        kept[handler.types] -= 1
        # A raise that went with its handler is told of by itself.
        if any(_is_inside(one, [handler]) for one in raises):
            return
        if kept[handler.types] < 0 and elsewhere[f"{handler.types} {handler.does}"] <= 0:
            message = f"{new.name} no longer handles {shown(handler.caught)} (before: {handler.does})."
            # Without a handler that passed a failure on, it goes on.
            quiet = handler.is_silent or handler.is_raising or set(handler.types) <= OPTIONAL
            severity: Severity = "info" if quiet else "low"
            place = Place(message, handler.first, handler.last)
            yield _fact(old, "handler-removed", severity, message, place, side="old")
            return


def _narrowed(new: Located, before: FailurePaths) -> Iterator[Fact]:
    """Yield guards that refuse less: the same raise under the old condition and something more."""
    had = {text: place.text for text, place in before.guards}
    for text, place in new.paths.guards:
        was = had.get(text)
        if was and was != place.text and any(f"{was}{more}" in place.text for more in (" and ", " && ")):
            message = f"{new.name} refuses less: {shown(place.text)}; before, {shown(was)}"
            yield _fact(new, "guard-narrowed", "low", message, place, why=_WHY_GONE)


def _first_change(old: FailurePaths, new: FailurePaths) -> Place | None:
    before = old.texts()
    for handler in new.handlers:
        if before[f"{handler.types} {handler.does}"] == 0:
            return Place(f"catches {shown(handler.caught)} ({handler.does})", handler.first, handler.last)
    for place in (*new.raises, *new.asserts, *new.cleanups, *new.aborts):
        if before[place.text] == 0:
            return Place(shown(place.text), place.first, place.last)
    return None


def _fact(
    located: Located,
    rule: str,
    severity: Severity,
    message: str,
    place: Place,
    *,
    quote: str | None = None,
    side: Side = "new",
    why: str = "",
) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=why or (_WHY_TOUCHED if rule == "touched" else _WHY_GONE if side == "old" else _WHY_SILENT),
        quote=f"{located.name} {quote or place.text}",
        file=located.file,
        side=side,
        line=place.first,
        end_line=place.last if place.last != place.first else None,
    )
