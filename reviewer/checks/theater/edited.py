"""What one Python test lost from before to after, and what is wrong with a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles import compare
from reviewer.checks.oracles.idle import idle
from reviewer.checks.oracles.model import Relation
from reviewer.checks.oracles.parametrized import cases
from reviewer.checks.oracles.standing import constants
from reviewer.checks.oracles.switches import module_switches, switches
from reviewer.checks.theater.facts import GONE, LITERAL, NOTHING, OFF, WEAK, fact, is_about_equality
from reviewer.checks.theater.many_cases import spread
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Severity, Side
    from reviewer.checks.ident import Fact
    from reviewer.checks.oracles.idle import Dead
    from reviewer.checks.oracles.model import Oracle
    from reviewer.checks.oracles.parametrized import Cases
    from reviewer.checks.oracles.switches import Off
    from reviewer.checks.python_source import Function, Pair
    from reviewer.checks.theater.moved import Gained
    from reviewer.checks.theater.python_tests import Scope

_WHY = {"expected-changed": LITERAL}
_IDLE: dict[str, tuple[str, Severity, str]] = {
    "unreached": ("oracle-unreached", "high", "has an assertion that never runs, as {why}: {text}"),
    "caught": ("assertion-caught", "high", "catches the failure of its own assertion: {text}"),
    "void": ("assertion-void", "medium", "does not assert {text}: {why}"),
    "circular": ("oracle-circular", "low", "compares a value with itself: {text}"),
    "misused": ("assertion-void", "medium", "does not compare in {text}: {why}"),
}


def edited(one: Pair, old: Scope, new: Scope, gained: Gained, went: str = "") -> Iterator[Fact]:
    """Yield facts about a test that both sides have, or a helper of tests that asserts for them.

    Args:
        one: the test.
        old: what its file and those beside it had.
        new: what they have.
        gained: what tests of the change gained.
        went: a name that the test has no more and that the code outside tests no longer defines, or "".
    """
    before, after = one.old, one.new
    if before is None or after is None:
        return
    name = shown(after.name)
    shared = set(old.helpers(before)) & set(new.helpers(after))
    had, has = old.demands(before, shared), new.demands(after, shared)
    moved = gained.without(oracle.text for oracle in has)
    told = [oracle for oracle in had if oracle.relation is Relation.TAUTOLOGY]
    for loss in compare.losses(name, had, has, moved, gained.kinds):
        if loss.rule == "oracle-tautology" and loss.new is not None:
            told.append(loss.new)
        place = loss.new or loss.old
        side: Side = "old" if loss.new is None else "new"
        named = before if loss.new is None else after
        why = _WHY.get(loss.rule, WEAK)
        severity, message = loss.severity, loss.message
        if loss.rule == "assertions-lost" and has and went:
            severity, message = "info", f"{message} {shown(went)}, which it named, is removed as well."
        elif loss.rule == "assertions-lost" and spread(before, after, has):
            severity, message = "info", f"{message} It asserts for each of many cases now."
        yield _at(named, severity, message, why, loss.old.text, place.first, rule=loss.rule, side=side)
    yield from _idle(after, _fresh(idle(before), idle(after)), name)
    yield from _tautologies(after, has, told, name)


def switched(one: Pair, old: Scope, new: Scope) -> Iterator[Fact]:
    """Yield facts about what keeps a test from running or from failing, and did not before."""
    after = one.new
    if after is None:
        return
    name = shown(after.name)
    file, was_file = new.file(after.file), old.file(one.old.file) if one.old else None
    was = switches(one.old, was_file.classes if was_file else None) if one.old else []
    yield from _offs(after, was, switches(after, file.classes if file else None), name, fresh=one.old is None)
    if one.old is None or was_file is None or file is None:
        return
    if was_file.is_test(one.old) and was_file.lost_to_runner(one.old) is None:
        why = file.lost_to_runner(after)
        if why is not None:
            message = f"{shown(one.old.name)} is no longer found by a test runner: {shown(why)}."
            yield _at(after, "high", message, OFF, one.old.name, after.line, rule="test-uncollected")
            return
    yield from _cases(one.old, after, old, new, name)


def module(one: Pair) -> Iterator[Fact]:
    """Yield facts about what is outside the functions of a test file."""
    if one.new is None:
        return
    was = module_switches(one.old) if one.old else []
    for off in _new_offs(was, module_switches(one.new)):
        if off.kind in {"skip", "xfail"}:
            message = f"All tests of {shown(one.new.file)} are marked: {shown(off.text)}"
            severity: Severity = "high" if one.old else "low"
            yield _at(one.new, severity, message, OFF, off.text, off.line, rule="test-skipped")


def fresh(new: Function, scope: Scope) -> Iterator[Fact]:
    """Yield facts about what a new test asserts."""
    name = shown(new.name)
    yield from _idle(new, idle(new), name)
    yield from _tautologies(new, scope.own(new), (), name)


def _offs(function: Function, was: Sequence[Off], offs: Sequence[Off], name: str, *, fresh: bool) -> Iterator[Fact]:
    for off in _new_offs(was, offs):
        # A new test that is skipped has taken nothing away, and where a test cannot run is nobody's fault.
        severity: Severity = "high"
        if fresh:
            severity = "low"
            if off.kind in {"skipif", "lenient"}:
                continue
        elif off.kind == "skipif":
            severity = "info" if off.outside else "medium"
        elif off.kind == "lenient":
            severity = "medium"
        rule = "test-xfail" if off.kind in {"xfail", "lenient"} else "test-skipped"
        what = "may fail without notice" if off.kind in {"xfail", "lenient"} else "is switched off"
        if off.kind == "skipif":
            what = "is switched off at times"
        yield _at(function, severity, f"{name} {what}: {shown(off.text)}", OFF, off.text, off.line, rule=rule)


def _new_offs(was: Sequence[Off], offs: Sequence[Off]) -> list[Off]:
    """Return what switches off now and not before; a skip that got a condition is no more than it was."""
    kinds = {off.kind for off in was}
    texts = {off.text for off in was}
    found: dict[str, Off] = {}
    for off in offs:
        if off.text not in texts and off.kind not in kinds and not (off.kind == "skipif" and "skip" in kinds):
            found.setdefault(off.kind, off)
    return list(found.values())


def _idle(function: Function, dead: Sequence[Dead], name: str) -> Iterator[Fact]:
    for one in dead:
        rule, severity, form = _IDLE[one.kind]
        message = f"{name} {form.format(why=shown(one.why), text=shown(one.text))}."
        yield _at(function, severity, message, OFF, one.text, one.line, rule=rule)


def _fresh(was: Sequence[Dead], now: Sequence[Dead]) -> list[Dead]:
    left = [(one.kind, one.text) for one in was]
    found = []
    for one in now:
        key = (one.kind, one.text)
        if key in left:
            left.remove(key)
        else:
            found.append(one)
    return found


def _tautologies(new: Function, now: Sequence[Oracle], before: Sequence[Oracle], name: str) -> Iterator[Fact]:
    old = {oracle.text for oracle in before}
    for oracle in now:
        if oracle.relation is Relation.TAUTOLOGY and oracle.text not in old and "==" not in oracle.text:
            message = f"{name} asserts what is always true: {shown(oracle.text)}"
            yield _at(new, "medium", message, NOTHING, oracle.text, oracle.first, rule="oracle-tautology")
        elif oracle.relation is Relation.TAUTOLOGY and oracle.text not in old and not is_about_equality(new.name):
            message = f"{name} compares a value with itself: {shown(oracle.text)}"
            yield _at(new, "medium", message, NOTHING, oracle.text, oracle.first, rule="oracle-tautology")


def _cases(before: Function, after: Function, old: Scope, new: Scope, name: str) -> Iterator[Fact]:
    files = old.file(before.file), new.file(after.file)
    had = cases(before, files[0].tree if files[0] else None, files[0].owner(before) if files[0] else None)
    has = cases(after, files[1].tree if files[1] else None, files[1].owner(after) if files[1] else None)
    for was, now in _same_lists(had, has):
        if 0 < now.count < was.count:
            known = constants(" ".join(one for each in has for one in each.values)) | constants(
                " ".join(oracle.text for oracle in new.demands(after))
            )
            missing = [text for text in was.values if text not in now.values]
            lost = [text for text in missing if not constants(text) or not constants(text) <= known]
            if was.values and now.values and not lost:
                continue
            gone = f"; gone: {shown(lost[0])}" if lost else ""
            message = f"{name} runs {plural(now.count, 'case')} and ran {was.count:,}{gone}."
            severity: Severity = "medium" if 2 * now.count <= was.count or len(had) != len(has) else "low"
            yield _at(after, severity, message, GONE, lost[0] if lost else name, now.line, rule="cases-dropped")
        elif now.count == was.count:
            yield from _expectations(after, was, now, name)


def _same_lists(had: Sequence[Cases], has: Sequence[Cases]) -> Iterator[tuple[Cases, Cases]]:
    left = list(has)
    for was in had:
        now = next((one for one in left if one.names == was.names), None)
        if now is None and len(had) == len(has) == 1:
            now = left[0]
        if now is not None:
            left.remove(now)
            yield was, now


def _expectations(function: Function, was: Cases, now: Cases, name: str) -> Iterator[Fact]:
    for before, after in zip(was.parts, now.parts, strict=False):
        if before != after and len(before) == len(after) > 1 and before[:-1] == after[:-1]:
            message = f"{name} expects {shown(after[-1])} of {shown(after[0])} where it expected {shown(before[-1])}."
            yield _at(function, "info", message, LITERAL, before[-1], now.line, rule="expected-changed")


def _at(  # noqa: PLR0917 - a place in a function, in the order of a sentence
    function: Function,
    severity: Severity,
    message: str,
    why: str,
    quote: str,
    line: int,
    *,
    rule: str,
    side: Side = "new",
) -> Fact:
    return fact(function.name, function.file, severity, message, why, quote, line, rule=rule, side=side)
