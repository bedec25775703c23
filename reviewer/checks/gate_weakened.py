"""Gates weakened: checks that run no more, fail without effect or demand less; what is silenced, excused or unowned.

Compares values of both sides, not lines: what is renamed, moved to another file or written in another notation is
nothing. New gates are no weakening. Says nothing of whether a gate was worth having.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.checks.account import Account
from reviewer.checks.gates import (
    access,
    ci_files,
    compare_checks,
    compare_settings,
    ignore_files,
    instructions,
    outcome_hooks,
    owners,
    pins,
    settings,
    suppressions,
    wording,
)
from reviewer.checks.gates import jobs as pipeline_jobs
from reviewer.checks.gates.compare_lists import Both
from reviewer.checks.gates.options import demanded
from reviewer.checks.gates.tree import UnreadableError
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import CheckResult, Mode
    from reviewer.checks.gates.pipeline import Pipeline
    from reviewer.checks.gates.settings import Key, Setting
    from reviewer.checks.ident import Fact

_PLACES = (
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "package.json",
    ".pre-commit-config.yaml",
    "noxfile.py",
    "Makefile",
)
"""Where a project names the tools that it uses."""
_FOLDED = frozenset(("suppression-added", "rule-off", "ignore-widened", "strictness-off", "limit-raised"))
_MOST_ALIKE, _MOST = 3, 12
"""So many facts of one rule in one file are told one by one: those that are folded, and the others."""


class GateWeakenedCheck:
    """Finds what lets through now what was held up before.

    Measured on 420 whole human commits of seven Python projects with 14,590 added lines: 0.08 findings above "info" for
    100 lines, nearly all of them suppressions. Of 164 gates that operators weakened in such commits, and which the
    rules were mended on, 160 are told of above "info".
    """

    mode: Mode = "gate_weakened"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return findings on pipelines, settings, hooks, owners and instructions, then suppressions."""
        account = Account()
        gates = _Gates()
        facts: list[Fact] = []
        for file in case.files:
            facts.extend(_of_file(case, file, gates, account))
        facts[:0] = [*_pipelines(gates), *_settings(case, gates)]
        facts.extend(suppressions.suppression_facts(case, account))
        return account.result(self.mode, self.version, _folded(facts), nothing="nothing that holds up a change changes")


class _BrokenError(ValueError):
    """What could be read on the old side cannot be on the new one."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(slots=True)
class _Gates:
    """The gates of both sides that are compared over the whole change."""

    old_pipelines: list[Pipeline] = field(default_factory=list)
    new_pipelines: list[Pipeline] = field(default_factory=list)
    deleted: dict[str, str] = field(default_factory=dict)
    old_settings: list[tuple[Key, Setting]] = field(default_factory=list)
    new_settings: list[tuple[Key, Setting]] = field(default_factory=list)
    old_texts: list[bytes] = field(default_factory=list)


def _of_file(case: Case, file: ChangedFile, gates: _Gates, account: Account) -> Iterator[Fact]:
    """Read one file into `gates`, and yield what can be told from it alone."""
    if not any(map(_is_gate, {file.path, file.old_path or file.path})):
        if ci_files.UNREAD.fullmatch(file.path):
            account.beyond("this notation of pipelines and recipes is not read", file.path)
        return
    sides = contents(case, file)
    if not sides.complete:
        account.missing("content is not in the packet, so a gate was not compared", file.path)
        return
    old_name = file.old_path or file.path
    try:
        yield from _alone(file, old_name, sides.old, sides.new, account)
        before = _read(file.path, old_name, sides.old)
        after = _read_new(file.path, sides.new, may_break=sides.old is None)
    except UnreadableError as error:
        account.missing(f"a gate was not compared: {error}", file.path)
        return
    except _BrokenError as error:
        yield _unreadable(file.path, error)
        return
    if sides.old is not None:
        gates.old_texts.append(sides.old)
    gates.old_settings.extend(before.settings)
    gates.new_settings.extend(after.settings)
    gates.old_pipelines.extend(before.pipelines)
    gates.new_pipelines.extend(after.pipelines)
    if before.pipelines and not after.pipelines:
        gates.deleted[file.path] = old_name
    for noun, held in (
        ("file of pipelines or recipes", before.pipelines or after.pipelines),
        ("file of settings", before.settings or after.settings),
    ):
        if held:
            account.looked(noun)


def _unreadable(path: str, error: _BrokenError) -> Fact:
    return weakening(
        rule="gate-unreadable",
        severity="medium",
        message=f"{shown(path)} could be read before and cannot be now: {error}.",
        why=wording.WHY_GONE,
        quote=path,
        path=path,
        line=error.line,
    )


def _read_new(path: str, data: bytes | None, *, may_break: bool) -> _Read:
    """Return the new side; that of a file that could be read before must not be unreadable.

    Raises:
        _BrokenError: it is not in its notation, and the old side was.
        UnreadableError: likewise, for a file without an old side.
    """
    try:
        return _read(path, path, data)
    except UnreadableError as error:
        if may_break:
            raise
        raise _BrokenError(str(error), error.line) from None


def _is_gate(name: str) -> bool:
    return (
        ci_files.reader_of(name) is not None
        or settings.reader_of(name) is not None
        or owners.is_owners(name)
        or pins.may_pin(name)
        or ignore_files.is_ignore_file(name)
        or instructions.is_instruction(name)
        or outcome_hooks.may_hook(name)
        or instructions.may_be_policy(name)
    )


def _alone(file: ChangedFile, old_name: str, old: bytes | None, new: bytes | None, account: Account) -> Iterator[Fact]:
    """Yield what one file shows without the others."""
    found: list[tuple[str, Iterable[Fact]]] = []
    # What is moved away from where it is looked for is gone.
    before = old if file.status != "C" else None
    if owners.is_owners(old_name) or owners.is_owners(file.path):
        after = new if owners.is_owners(file.path) else None
        found.append(("file of owners", owners.owner_facts(file.path, before, after)))
    if pins.may_pin(file.path):
        found.append(("pipeline", pins.pin_facts(file.path, before, new)))
    if ignore_files.is_ignore_file(file.path):
        found.append(("list of ignored paths", ignore_files.ignore_file_facts(file)))
    if instructions.is_instruction(file.path):
        found.append(("file of instructions for agents", instructions.instruction_facts(file, before, new)))
    if outcome_hooks.may_hook(file.path):
        found.append(("file", outcome_hooks.hook_facts(file, before, new)))
    if instructions.may_be_policy(file.path) and (instructions.is_policy(old) or instructions.is_policy(new)):
        found.append(("policy of reviews", instructions.policy_facts(file.path, before, new)))
    for noun, facts in found:
        yield from facts
        if noun != "pipeline":
            account.looked(noun, "for hooks that change outcomes" if noun == "file" else "")


@dataclass(frozen=True, slots=True)
class _Read:
    pipelines: tuple[Pipeline, ...]
    settings: tuple[tuple[Key, Setting], ...]


def _read(path: str, name: str, data: bytes | None) -> _Read:
    """Return the pipelines and settings of one side of a file.

    Raises:
        UnreadableError: it is not in its notation.
    """
    if data is None:
        return _Read((), ())
    reader = ci_files.reader_of(name)
    pipeline = reader(path, data) if reader is not None else None
    return _Read((pipeline,) if pipeline is not None else (), tuple(settings.read(path, name, data)))


def _pipelines(gates: _Gates) -> Iterator[Fact]:
    matched = pipeline_jobs.match(gates.old_pipelines, gates.new_pipelines)
    new = settings.merge(iter(gates.new_settings))
    both = Both(settings.merge(iter(gates.old_settings)), new, lambda _: False)
    elsewhere = compare_checks.Elsewhere(compare_settings.gained_tools(both), _settings_floor(new))
    yield from compare_checks.lost_checks(matched, gates.deleted)
    yield from compare_checks.weaker_checks(matched, elsewhere)
    yield from compare_checks.lost_needs(matched)
    yield from compare_checks.smaller_matrices(matched)
    before = {pipeline.path: pipeline for pipeline in gates.old_pipelines}
    for pipeline in gates.new_pipelines:
        old = before.get(pipeline.path)
        if old is not None:
            yield from access.triggers(old, pipeline)
            yield from access.permissions(old, pipeline, matched)


def _settings_floor(found: dict[Key, Setting]) -> float | None:
    """Return the highest coverage that settings demand, options of a test runner included."""
    limits = [compare_settings.coverage_floor(found)]
    limits += [
        demanded(setting.node) for (_, tool, key), setting in found.items() if (tool, key) == ("pytest", ("addopts",))
    ]
    return max((limit for limit in limits if limit is not None), default=None)


def _settings(case: Case, gates: _Gates) -> Iterator[Fact]:
    old, new = settings.merge(iter(gates.old_settings)), settings.merge(iter(gates.new_settings))
    commands = [
        limit for pipeline in gates.new_pipelines for _, _, check in pipeline.checks() for _, limit in check.floors
    ]
    own = _settings_floor(new)
    floor = max([*commands, *([own] if own is not None else [])], default=None)
    yield from compare_settings.compare(Both(old, new, _in_use(case, gates), floor))


def _in_use(case: Case, gates: _Gates) -> Callable[[str], bool]:
    """Return whether a tool is named where a project names its tools, on the old side."""
    texts = list(gates.old_texts)
    if case.before is not None and gates.new_settings:
        texts.extend(text for place in _PLACES if (text := case.before.read(place)) is not None)
    return lambda tool: any(tool.encode() in text for text in texts)


def _folded(facts: list[Fact]) -> Iterator[Fact]:
    """Yield the facts, many alike in one file as one."""
    alike: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in facts:
        alike.setdefault((fact.rule, fact.file or "", fact.severity), []).append(fact)
    for fact in facts:
        same = alike[fact.rule, fact.file or "", fact.severity]
        if len(same) <= (_MOST_ALIKE if fact.rule in _FOLDED else _MOST):
            yield fact
        elif fact is same[0]:
            lines = ", ".join(str(other.line) for other in same[1:9] if other.line)
            more = f" And {len(same) - 1} more like it (lines {lines}{' …' if len(same) > 9 else ''})."
            yield replace(fact, message=fact.message + more)
