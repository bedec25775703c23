"""Error handling: every failure path that the change touches, and those that it silences, widens or takes away.

Python by syntax tree with the functions of both sides matched; other languages by the form of lines. What is merely
touched is information: the question on the checklist is the reviewer's.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.failures import lines as by_lines
from reviewer.checks.failures.python import FailurePaths, Handler, Place, failure_paths
from reviewer.checks.ident import Fact, shown
from reviewer.checks.python_source import MODULE, Pair, pair, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case, ChangedFile, ChangedLine
    from reviewer.checks.finding import CheckResult, Mode, Severity, Side
    from reviewer.checks.python_source import Function

_WHY_SILENT = "A failure that nobody hears of is found later, somewhere else, by somebody else."
_WHY_GONE = "What was refused or cleaned up before now goes on."
_WHY_TOUCHED = "Failure paths are seldom run; reading them is often the only test that they get."
_EMPTY = FailurePaths((), (), (), ())


class ErrorHandlingCheck:
    """Finds failure paths that were added, widened, silenced, removed or touched."""

    mode: Mode = "error_handling"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return findings on Python functions, then on lines of other languages."""
        account = Account()
        files = read(case, account, wanted=lambda path: not roles.is_test(path) and not roles.is_foreign(path))
        pairs = [one for one in pair(files) if _is_shown(one)]
        kept = _raises_elsewhere(pairs)
        facts = [fact for one in pairs for fact in _pair_facts(one, kept)]
        for file in case.files:
            facts.extend(_line_facts(file, account))
        nothing = "no code outside tests changes in a language that this check knows"
        return account.result(self.mode, self.version, facts, nothing=nothing)


def _is_shown(one: Pair) -> bool:
    # A whole function that goes takes its failure paths with it: that is a removal of code, not of error handling.
    return one.new is not None


def _raises_elsewhere(pairs: list[Pair]) -> Counter[str]:
    """Count the failure paths that are new somewhere: what moved to another function is not gone."""
    gained: Counter[str] = Counter()
    for one in pairs:
        old = failure_paths(one.old).texts() if one.old else Counter[str]()
        new = failure_paths(one.new).texts() if one.new else Counter[str]()
        gained.update(new - old)
    return gained


def _pair_facts(one: Pair, gained: Counter[str]) -> Iterator[Fact]:
    if one.new is None:
        return
    old = failure_paths(one.old) if one.old else _EMPTY
    new = failure_paths(one.new)
    if old.texts() == new.texts():
        return
    strong = [*_handlers(one, old, new), *_gone(one, old, new, gained)]
    yield from strong
    if not strong and one.old is not None:
        changed = _first_change(old, new)
        if changed is not None:
            yield _fact(
                one.new, "touched", "info", f"{_name(one.new)} has changed failure paths: {changed.text}", changed
            )
    elif not strong and not new.is_empty and new.handlers:
        handler = new.handlers[0]
        message = f"{_name(one.new)} is new and catches {shown(handler.caught)} ({handler.does})."
        yield _fact(one.new, "touched", "info", message, Place(message, handler.first, handler.last))


def _handlers(one: Pair, old: FailurePaths, new: FailurePaths) -> Iterator[Fact]:
    if one.new is None:
        return
    left = list(old.handlers)
    unmatched = []
    for handler in new.handlers:
        same = next((h for h in left if (h.types, h.does) == (handler.types, handler.does)), None)
        if same is None:
            unmatched.append(handler)
        else:
            left.remove(same)
    for handler in unmatched:
        was = next((h for h in left if h.guarded == handler.guarded or set(h.types) & set(handler.types)), None)
        if was is None and len(left) == 1 and len(unmatched) == 1:
            was = left[0]
        if was is not None:
            left.remove(was)
        judged = _judge(handler, was)
        if judged is not None:
            rule, severity, what = judged
            place = Place(what, handler.first, handler.last)
            yield _fact(
                one.new, rule, severity, f"{_name(one.new)}: {what}", place, quote=f"{handler.types} {handler.does}"
            )


def _judge(handler: Handler, was: Handler | None) -> tuple[str, Severity, str] | None:
    """Return the rule, severity and fact for a handler that is new or changed, None if it is only touched."""
    caught = shown(handler.caught)
    if was is not None:
        wider = handler.is_broad and not was.is_broad
        quieter = handler.is_silent and not was.is_silent
        before = f"before, {shown(was.caught)} ({was.does})"
        if wider and handler.is_silent:
            return "handler-widened", "high", f"a handler now catches {caught} and {handler.does}; {before}."
        if wider:
            return "handler-widened", "medium", f"a handler now catches {caught}; {before}."
        if quieter:
            severity: Severity = "high" if handler.is_broad else "medium"
            return "handler-silenced", severity, f"the handler of {caught} now {handler.does}; {before}."
        return None
    if handler.is_broad and handler.is_silent:
        return "handler-broad-silent", "high", f"a new handler catches {caught} and {handler.does}."
    if handler.is_broad and handler.does in {"acts", "logs", "uses it"}:
        return "handler-broad", "medium", f"a new handler catches {caught} and {handler.does}."
    optional_import = set(handler.types) <= {"ImportError", "ModuleNotFoundError"}
    if handler.is_silent and not handler.is_suppress and not optional_import:
        return "handler-silent", "low", f"a new handler of {caught} {handler.does}."
    return None


def _gone(one: Pair, old: FailurePaths, new: FailurePaths, gained: Counter[str]) -> Iterator[Fact]:
    if one.old is None or one.new is None:
        return
    where = _name(one.new)
    severity: Severity
    if len(old.handlers) > len(new.handlers):
        kept = Counter(handler.types for handler in new.handlers)
        for handler in old.handlers:
            kept[handler.types] -= 1
            if kept[handler.types] < 0 and gained[f"{handler.types} {handler.does}"] <= 0:
                message = f"{where} no longer handles {shown(handler.caught)} (it {handler.does} before)."
                severity = "info" if handler.is_silent else "low"
                yield _fact(
                    one.old,
                    "handler-removed",
                    severity,
                    message,
                    Place(message, handler.first, handler.last),
                    side="old",
                )
                break
    for rule, was, now in (
        ("raise-removed", old.raises, new.raises),
        ("cleanup-removed", old.cleanups, new.cleanups),
    ):
        for place in _fewer(was, now, gained):
            severity = "info" if place.text.startswith("assert ") else "medium"
            yield _fact(one.old, rule, severity, f"{where} no longer has “{shown(place.text)}”.", place, side="old")
    if len(old.chained) > len(new.chained) and len(new.raises) >= len(old.raises):
        lost = old.chained[0]
        yield _fact(
            one.old, "cause-lost", "low", f"{where} raises without the cause that it gave before.", lost, side="old"
        )


def _fewer(old: tuple[Place, ...], new: tuple[Place, ...], gained: Counter[str]) -> list[Place]:
    """Return what is gone, as many as there are fewer: a raise with other words is still a raise."""
    if len(old) <= len(new):
        return []
    still = Counter(place.text for place in new)
    return [place for place in old if still[place.text] == 0 and gained[place.text] <= 0][: len(old) - len(new)]


def _first_change(old: FailurePaths, new: FailurePaths) -> Place | None:
    before = old.texts()
    for handler in new.handlers:
        if before[f"{handler.types} {handler.does}"] == 0:
            return Place(f"catches {shown(handler.caught)} ({handler.does})", handler.first, handler.last)
    for place in (*new.raises, *new.cleanups):
        if before[place.text] == 0:
            return Place(shown(place.text), place.first, place.last)
    return None


def _fact(
    function: Function,
    rule: str,
    severity: Severity,
    message: str,
    place: Place,
    *,
    quote: str | None = None,
    side: Side = "new",
) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=_WHY_TOUCHED if rule == "touched" else _WHY_GONE if side == "old" else _WHY_SILENT,
        quote=f"{function.name} {quote or place.text}",
        file=function.file,
        side=side,
        line=place.first,
        end_line=place.last if place.last != place.first else None,
    )


def _name(function: Function) -> str:
    return "The module" if function.name == MODULE else shown(function.name)


def _line_facts(file: ChangedFile, account: Account) -> Iterator[Fact]:
    known = roles.language(file.path)
    if known == "python" or file.binary or roles.is_test(file.path) or roles.is_foreign(file.path):
        return
    if known is None:
        if roles.is_program(file.path) and file.added:
            account.beyond("this language is not examined", file.path)
        return
    account.looked(f"{roles.LANGUAGE_NAMES[known]} file", "by the form of lines")
    before = Counter(" ".join(line.text.split()) for line in file.removed)
    silent = list(by_lines.silent(file.added, known))
    for rule, line in silent:
        if before[" ".join(line.text.split())]:
            continue
        yield _line_fact(file, rule.rule, "low", rule.fact, line)
    if silent:
        return
    for side, lines in (("new", file.added), ("old", file.removed)):
        touched = next((line for line in lines if by_lines.touches(line.text[:500], known)), None)
        if touched is not None:
            fact = f"A failure path is touched: {shown(touched.text)}"
            yield _line_fact(file, "touched", "info", fact, touched, side="new" if side == "new" else "old")
            return


def _line_fact(
    file: ChangedFile, rule: str, severity: Severity, fact: str, line: ChangedLine, *, side: Side = "new"
) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=fact,
        why=_WHY_TOUCHED if rule == "touched" else _WHY_SILENT,
        quote=line.text,
        file=file.path,
        side=side,
        line=line.number,
    )
