"""What `reviewer probe` prints: the plan before, the tables after. Every text is safe for a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks.probed import FORGEABLE
from reviewer.cli.output import aligned
from reviewer.text import clip, display_safe, plural
from reviewer.workflow.probing.deleted import deleted_words
from reviewer.workflow.probing.words import command_words, containment_words, missing_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.checks.probed import Ablation, Matrix, Mutation, Probed, Ran, Rehearsal, Replay, Required, Rotten, Vet
    from reviewer.workflow.probing.plan import Plan
    from reviewer.workflow.probing.speaks import Speaks

MOST = 40
"""Rows of one table; --json has all."""
_CLASSES = {
    "F2P": "fails on the parent, passes on the head",
    "E2P": "fails on the parent by absence (import, name, set-up), passes on the head",
    "P2P": "passes on both",
    "P2F": "passes on the parent, fails on the head",
    "F2F": "fails on both",
    "flaky": "two runs disagree",
    "undecided": "not known on one side",
}
_TELLING = ("P2F", "F2F", "flaky")


def plan_text(plan: Plan) -> str:
    """Return what would be run, and how."""
    out = ["This would be run:"]
    for line, places in command_words(plan):
        out.append(f"  {line}")
        out += [f"    {place}" for place in places]
    out += [f"  {each}" for each in missing_words(plan)]
    out += containment_text(plan).split("\n")
    limits = plan.limits
    out.append(
        f"Each run ends after {limits.seconds:g} s, {limits.memory >> 20:,} MiB of memory, {limits.processes} processes"
        f" or {limits.disk >> 20:,} MiB written; {plural(plan.jobs, 'run')} at a time."
    )
    # Line by line: a name with a line feed in it must not write a line of its own.
    return "".join(f"{display_safe(line)}\n" for line in out)


def containment_text(plan: Plan) -> str:
    """Return how runs are shut in, and what is not."""
    first, *rest = containment_words(plan)
    return "\n".join([first, *(f"  {each}" for each in rest)])


def result_text(plan: Plan, probed: Probed, said: Speaks) -> str:
    """Return everything that was found out."""
    told = (
        () if probed.tests is None else _tests(probed.tests),
        () if probed.replay is None else _replay(probed.replay),
        () if probed.hunks is None else _hunks(probed.hunks),
        () if probed.mutants is None else _mutants(probed.mutants),
        () if probed.rotten is None else _rotten(probed.rotten),
        () if probed.rollback is None else _rollback(probed.rollback),
        () if probed.required is None else _required(probed.required),
        () if probed.vet is None else _vet(probed.vet),
    )
    out = [line for lines in told for line in lines]
    out += missing_words(plan)
    for sentence in said.against:
        out.append(f"against: {sentence}")
    for sentence in said.open:
        out.append(f"open: {sentence}")
    out += [f"look at: {sentence}" for sentence in said.look]
    if not said.against and not said.open and not said.look:
        out.append("nothing that was run speaks against the change")
    return "".join(f"{display_safe(line)}\n" for line in out)


def _tests(tests: Matrix) -> list[str]:
    there = [row for row in tests.rows if not row.deleted]
    counts = Counter[str](row.kind for row in there)
    changed = Counter[str](row.kind for row in there if row.changed)
    out = [f"tests: {tests.framework}, {_seconds(tests.runs)}"]
    rows = [
        [kind, str(counts[kind]), f"{changed[kind]} changed", said] for kind, said in _CLASSES.items() if counts[kind]
    ]
    gone = [row for row in tests.rows if row.deleted]
    if gone:
        rows.append(["gone", str(len(gone)), "", "deleted by the change"])
    out += aligned(rows, right=frozenset({1, 2}), indent="  ")
    if tests.whole:
        out.append(f"  {plural(tests.same, 'other test')} of the whole suite end the same on both sides")
    told = [row for kind in _TELLING for row in tests.rows if row.kind == kind]
    out += _rows([row.kind, row.id, _first(row.message)] for row in told)
    out += _rows(["gone", row.id, deleted_words(row)] for row in gone)
    return out + _gaps([*tests.gaps, *([FORGEABLE] if tests.rows else [])])


def _replay(replay: Replay) -> list[str]:
    counts = Counter(row.outcome for row in replay.rows)
    said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "no old test was edited or deleted"
    out = [f"replay: the parent's tests on the head: {said}"]
    bad = [row for row in replay.rows if row.outcome in {"failed", "error"}]
    out += _rows(
        [
            f"{row.outcome}{' (deleted)' if row.deleted else ''}",
            row.id,
            f"on the parent: {row.on_parent}",
            _first(row.message),
        ]
        for row in bad
    )
    return out + _gaps(replay.gaps)


def _hunks(hunks: Ablation) -> list[str]:
    counts = Counter[str](row.state for row in hunks.rows)
    names = ("defended", "undefended", "cannot_apply", "undecided", "left_out")
    said = (
        ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in names if counts[name])
        or "nothing to take back"
    )
    total = plural(len(hunks.rows), "piece of code", "pieces of code")
    out = [f"hunks: {total}, taken back one at a time: {said}, {_seconds(hunks.runs)}"]
    rows = [row for row in hunks.rows if row.state in {"undefended", "undecided", "cannot_apply"}]
    rows.sort(key=lambda row: names.index(row.state) if row.state != "cannot_apply" else 9)
    out += _rows(
        [row.state.replace("_", " "), _place(row.path, row.new_first, row.new_last), _first(row.reason)] for row in rows
    )
    return out + _gaps(hunks.gaps)


def _mutants(mutants: Mutation) -> list[str]:
    counts = Counter[str](row.state for row in mutants.rows)
    names = ("killed", "survived", "uncovered", "undecided")
    said = ", ".join(f"{counts[name]} {name}" for name in names if counts[name]) or "no line to change"
    out = [f"mutants: {said}, {_seconds(mutants.runs)}"]
    rows = [row for row in mutants.rows if row.state in {"survived", "undecided"}]
    out += _rows(
        [row.state, f"{row.path}:{row.line}", row.operator, f"{clip(row.before, 70)}  →  {clip(row.after, 70)}"]
        for row in rows
    )
    return out + _gaps(mutants.gaps)


def _rotten(rotten: Rotten) -> list[str]:
    ran = rotten.changed - len(rotten.uncovered)
    known = bool(rotten.rows or rotten.changed or any(run.ended == "exit" and run.code == 0 for run in rotten.runs))
    count = plural(len(rotten.rows), "assertion") if known else "it is not known which assertions there are"
    out = [f"rotten: {count} that no passing test executes"]
    out += _rows([f"{row.path}:{row.line}", clip(row.text, 80), row.test] for row in rotten.rows)
    if rotten.changed:
        out.append(f"  {ran} of {plural(rotten.changed, 'changed line')} that can run are run by a test")
        out += _rows(["not run", f"{path}:{line}"] for path, line in rotten.uncovered)
    return out + _gaps(rotten.gaps)


def _rollback(rollback: Rehearsal) -> list[str]:
    where = rollback.target_name or rollback.target
    if not rollback.applied:
        out = [f"rollback: cannot be taken back from {where} without a conflict"]
        out += _rows(["conflict", path] for path in rollback.conflicts)
        return out + _gaps(rollback.gaps)
    suite = {
        True: "the tests pass over what is left",
        False: "tests fail over what is left",
        None: "the tests say nothing",
    }
    ran = rollback.suite
    took = "" if ran is None else f", {suite[rollback.suite_passed]} ({ran.seconds:.1f} s)"
    return [f"rollback: can be taken back from {where}{took}", *_gaps(rollback.gaps)]


def _required(required: Required) -> list[str]:
    said = {True: "passed", False: "failed", None: "shows nothing"}
    out = [f"required: {plural(len(required.rows), 'command')} run on the head"]
    out += _rows(
        [
            said[row.passed],
            f"exit {row.ran.code}" if row.ran.code is not None else row.ran.ended,
            f"{row.ran.seconds:.1f} s",
            row.line,
        ]
        for row in required.rows
    )
    for row in required.rows:
        if row.passed is not True:
            out += [f"    {clip(line, 160)}" for line in row.ran.tail.strip().split("\n")[-8:]]
    return out + _gaps(required.gaps)


def _vet(vet: Vet) -> list[str]:
    total = plural(len(vet.rows), "new diagnostic") if vet.rows else "nothing new"
    out = [f"vet: {total} on added lines, {_seconds(vet.runs)}"]
    out += _rows([row.kind, f"{row.path}:{row.line}", row.tool, _first(row.message)] for row in vet.rows)
    return out + _gaps(vet.gaps)


def _rows(rows: Iterable[Sequence[str]]) -> list[str]:
    found = [list(row) for row in rows]
    out = [clip(line, 220) for line in aligned(found[:MOST], indent="  ")]
    if len(found) > MOST:
        out.append(f"  ⋯ {len(found) - MOST:,} more (--json has them)")
    return out


def _gaps(gaps: Iterable[str]) -> list[str]:
    return [f"  note: {clip(display_safe(gap), 300)}" for gap in gaps]


def _seconds(runs: Sequence[Ran]) -> str:
    return f"{plural(len(runs), 'run')}, {sum(run.seconds for run in runs):.1f} s"


def _place(path: str, first: int, last: int) -> str:
    return f"{path}:{first}" if last <= first else f"{path}:{first}-{last}"


def _first(message: str) -> str:
    return clip(display_safe(message.strip().split("\n", 1)[0]), 140)
