"""What became of the checks of pipelines: lost, no longer run, failing without effect, demanding less.

Pure: both sides matched in, facts out. What was moved into the settings of a tool is for whoever compares settings, who
says so by naming the tool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.gates import wording
from reviewer.checks.gates.wording import KINDS, lower, weakening
from reviewer.checks.ident import shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.finding import Severity
    from reviewer.checks.gates.check_commands import CheckCommand
    from reviewer.checks.gates.jobs import Matched, Placed
    from reviewer.checks.gates.pipeline import Saying
    from reviewer.checks.gates.tree import Node
    from reviewer.checks.ident import Fact

_OF_KIND: dict[str, Severity] = {
    "test": "high",
    "security": "high",
    "type": "medium",
    "lint": "medium",
    "coverage": "medium",
    "form": "low",
}
_PARTLY = re.compile(r"matrix\.|inputs\.|experimental|allowed?[-_]fail|nightly")
_PULL = re.compile(
    r"github\.(?:event_name|ref|head_ref|actor)|CI_PIPELINE_SOURCE|CI_COMMIT_(?:BRANCH|REF)|SourceBranch"
)
_STRICT_MATTERS = re.compile(
    r"--check.*|--strict.*|-W.*|-D.*|--deny.*|--max-warnings.*|--diff|--error-on.*|--fail-on.*"
)


@dataclass(slots=True)
class Elsewhere:
    """What stands in settings now and did not before: tools that gained some, and the least coverage demanded."""

    tools: set[str] = field(default_factory=set)
    coverage: float | None = None


def lost_checks(matched: Matched, deleted: Mapping[str, str]) -> Iterator[Fact]:
    """Yield the checks that no side runs any more, one fact a job, one a file for those whose file is gone.

    Args:
        matched: both sides.
        deleted: paths of pipelines that are there no more, with what they were called.
    """
    gone = {id(job) for _, job in matched.gone}
    by_place: dict[tuple[str, str], list[tuple[Placed, bool]]] = {}
    for placed, still in matched.lost:
        path = placed.pipeline.path
        job = "" if path in deleted else placed.job.id if id(placed.job) in gone else f"step {placed.check.line}"
        by_place.setdefault((path, job), []).append((placed, still))
    for (path, job), lost in by_place.items():
        first = lost[0][0]
        names = list(dict.fromkeys(_name(placed.check) for placed, _ in lost))
        said = ", ".join(f"“{shown(name, 50)}”" for name in names[:3]) + (" …" if len(names) > 3 else "")
        severity = max((_loss(placed, still=still) for placed, still in lost), key=_rank)
        if not job:
            yield weakening(
                rule="ci-removed",
                severity=severity,
                message=f"{shown(deleted[path])} is gone, and nothing else in the change runs {said}.",
                why=wording.WHY_GONE,
                quote=path,
                path=path,
                line=None,
                side="old",
            )
            continue
        whole = id(first.job) in gone
        also = "; others of the kind still run" if all(still for _, still in lost) else ""
        what = (
            f"The job {shown(first.job.id)} is gone, and with it" if whole else f"{shown(first.job.id)} no longer runs"
        )
        yield weakening(
            rule="job-removed" if whole else "step-removed",
            severity=severity,
            message=f"{what} {said}{also}.",
            why=wording.WHY_GONE,
            quote=f"{first.job.id} {' '.join(names)}",
            path=path,
            line=first.job.line if whole else first.check.line,
            side="old",
        )


def _loss(placed: Placed, *, still: bool) -> Severity:
    severity = _OF_KIND[placed.check.kind]
    if not placed.pipeline.is_ci or placed.check.kind == "coverage":
        severity = lower(severity)
    return lower(severity) if still else severity


def _rank(severity: Severity) -> int:
    return ("info", "low", "medium", "high").index(severity)


def weaker_checks(matched: Matched, elsewhere: Elsewhere) -> Iterator[Fact]:
    """Yield what checks that both sides have demand less of now, each place once."""
    counts = {id(pair.new): (len(list(pair.old.checks())), len(list(pair.new.checks()))) for pair in matched.jobs}
    said: set[tuple[str, int, str]] = set()
    for old, new in matched.checks:
        before, after = counts.get(id(new.job), (1, 1))
        split = after > before
        for fact in (*_silenced(old, new), *_demands(old, new, elsewhere, split=split)):
            key = (fact.file or "", fact.line or 0, fact.rule)
            if key not in said:
                said.add(key)
                yield fact


def _silenced(old: Placed, new: Placed) -> Iterator[Fact]:
    """Yield why a check no longer runs, or its failure no longer counts."""
    name = f"“{shown(_name(new.check), 60)}”"
    severity = _OF_KIND[new.check.kind]
    if not new.pipeline.is_ci:
        severity = lower(severity)
    never, was_never = new.job.disabled or new.stage.disabled, old.job.disabled or old.stage.disabled
    if never is not None and was_never is None:
        by_hand = "manual" in never.text
        yield _fact(
            "job-disabled", new, never, lower(severity) if by_hand else severity,
            f"{name} no longer runs{' by itself' if by_hand else ''} ({shown(never.text, 60)}).", wording.WHY_GONE,
        )  # fmt: skip
    excuse, was_excused = new.stage.tolerated or new.job.tolerated, old.stage.tolerated or old.job.tolerated
    if excuse is not None and was_excused is None:
        partly = _PARTLY.search(excuse.text) is not None or new.check.kind == "coverage"
        yield _fact(
            "failure-tolerated", new, excuse, "low" if partly else severity,
            f"A failure of {name} no longer counts ({shown(excuse.text, 60)}).", wording.WHY_DEAF,
        )  # fmt: skip
    if new.check.ignored is not None and old.check.ignored is None:
        plain = new.check.ignored.startswith(("||", "-", "; true", "; :", "; exit"))
        yield _fact(
            "result-ignored", new, None, severity if plain else lower(severity),
            f"The result of {name} is ignored ({shown(new.check.ignored, 40)}).", wording.WHY_DEAF,
        )  # fmt: skip
    for condition, was in ((new.job.condition, old.job.condition), (new.stage.condition, old.stage.condition)):
        if condition is not None and _narrower(condition.text, was.text if was is not None else None):
            pull = _PULL.search(condition.text) is not None and new.check.kind in {"test", "security"}
            yield _fact(
                "condition-added", new, condition, "medium" if pull and was is None else "low",
                f"{name} now runs only under a condition ({shown(condition.text, 80)}).", wording.WHY_NARROW,
            )  # fmt: skip


def _narrower(condition: str, was: str | None) -> bool:
    """Return whether a condition is new, or an old one with a further demand."""
    if was is None:
        return True
    return condition != was and was.removeprefix("if: ") in condition and "&&" in condition.replace(was, "")


def _demands(old: Placed, new: Placed, elsewhere: Elsewhere, *, split: bool) -> Iterator[Fact]:
    """Yield what the words of a check demand less of."""
    before, after = old.check, new.check
    name = f"“{shown(_name(after), 60)}”"
    yield from _limits(old, new, elsewhere, name)
    moved = after.tool.split(" ", 1)[0] in elsewhere.tools
    if after.soft is not None and before.soft is None:
        message = f"{name} passes now where there is nothing to check ({shown(after.soft, 40)})."
        yield _fact("strictness-off", new, None, "low", message, wording.WHY_RULE)
    for word in sorted(before.strict - after.strict):
        if moved or split or _same_option(word, after):
            continue
        severity: Severity = "medium" if _STRICT_MATTERS.fullmatch(word) else "low"
        message = f"{name} runs without {shown(word, 60)} now."
        yield _fact("strictness-off", new, None, severity, message, wording.WHY_RULE)
    left = [words for words in after.leaves_out if words not in before.leaves_out]
    if left and not moved:
        severity = "medium" if after.kind in {"test", "security"} else "low"
        message = f"{name} leaves out what it did not before: {shown(', '.join(left), 100)}"
        rule = "tests-deselected" if after.kind == "test" else "ignore-widened"
        yield _fact(rule, new, None, severity, message, wording.WHY_NARROW)
    elif before.selection is None and after.selection is not None and not split:
        message = f"{name} ran all tests, and now a part: {shown(after.selection, 100)}"
        yield _fact("tests-deselected", new, None, "medium", message, wording.WHY_NARROW)


def _same_option(word: str, after: CheckCommand) -> bool:
    """Return whether an option is still there with another value: `--max-warnings 3` for `--max-warnings 0`."""
    option = word.replace("=", " ").split(" ", 1)[0]
    return any(other.replace("=", " ").split(" ", 1)[0] == option for other in after.strict)


def _limits(old: Placed, new: Placed, elsewhere: Elsewhere, name: str) -> Iterator[Fact]:
    floors = dict(new.check.floors)
    for option, limit in old.check.floors:
        now = floors.get(option)
        if now is None:
            if elsewhere.coverage is None or elsewhere.coverage < limit:
                message = f"{name} no longer demands {shown(option)} {limit:g}."
                yield _fact("threshold-removed", new, None, "high", message, wording.WHY_LIMIT)
        elif now < limit:
            message = f"{name} demands {shown(option)} {now:g}, and {limit:g} before."
            yield _fact("threshold-lowered", new, None, "high", message, wording.WHY_LIMIT)
    ceilings = dict(new.check.ceilings)
    for option, limit in old.check.ceilings:
        now = ceilings.get(option)
        if now is not None and now > limit:
            message = f"{name} allows {shown(option)} {now:g}, and {limit:g} before."
            yield _fact("limit-raised", new, None, "medium", message, wording.WHY_LIMIT)


def _fact(  # noqa: PLR0917 - a place, in the order of a sentence
    rule: str, new: Placed, saying: Saying | None, severity: Severity, message: str, why: str
) -> Fact:
    return weakening(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=f"{new.job.id} {_name(new.check)} {saying.text if saying is not None else ''}",
        path=new.pipeline.path,
        line=saying.line if saying is not None else new.check.line,
    )


def _name(check: CheckCommand) -> str:
    return check.key if len(check.key) <= 60 else check.tool


def lost_needs(matched: Matched) -> Iterator[Fact]:
    """Yield jobs without checks of their own (a release) that no longer wait for a job that has some."""
    renamed = {(id(pair.old_pipeline), pair.old.id): pair.new.id for pair in matched.jobs}
    for pair in matched.jobs:
        if pair.old.needs is None or next(pair.new.checks(), None) is not None:
            continue
        jobs = {job.id: job for job in pair.new_pipeline.jobs}
        reached: set[str] = set()
        pending = list(pair.new.needs or ())
        while pending:
            name = pending.pop()
            if name not in reached:
                reached.add(name)
                pending.extend(jobs[name].needs or () if name in jobs else ())
        for name in pair.old.needs:
            now = renamed.get((id(pair.old_pipeline), name), name)
            job = jobs.get(now)
            if job is None or now in reached or next(job.checks(), None) is None:
                continue
            kinds = ", ".join(sorted({KINDS[check.kind] for _, check in job.checks()}))
            yield weakening(
                rule="need-removed",
                severity="medium",
                message=f"{shown(pair.new.id)} no longer waits for {shown(now)} ({kinds}).",
                why=wording.WHY_DEAF,
                quote=f"{pair.new.id} {now}",
                path=pair.new_pipeline.path,
                line=pair.new.line,
            )


def _value(node: Node) -> str | None:
    """Return a value of an axis in words; one that is added by itself (`include`) has several."""
    if not node.is_map:
        return node.text
    return ", ".join(sorted(f"{name}: {value.text or ''}" for name, value in node.entries)) or None


def smaller_matrices(matched: Matched) -> Iterator[Fact]:
    """Yield the axes of jobs with checks that lost values and gained none."""
    for pair in matched.jobs:
        if next(pair.new.checks(), None) is None:
            continue
        after = dict(pair.new.matrix)
        for axis, node in pair.old.matrix:
            values = [value for element in node.list_of() if (value := _value(element)) is not None]
            now = after.get(axis)
            kept = {_value(element) for element in now.list_of()} if now is not None else set()
            lost = [value for value in values if value not in kept]
            if now is None or not lost or kept - set(values):
                continue
            yield weakening(
                rule="matrix-narrowed",
                severity="low",
                message=f"{shown(pair.new.id)} no longer runs for {plural(len(lost), 'value')} of {shown(axis)}: "
                f"{shown(', '.join(lost), 60)}",
                why=wording.WHY_NARROW,
                quote=f"{pair.new.id} {axis} {' '.join(lost)}",
                path=pair.new_pipeline.path,
                line=now.line,
            )
