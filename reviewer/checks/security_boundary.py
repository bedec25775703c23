"""The security boundary, as two facts kept apart: it was touched, and it was weakened.

Touched is information that asks for a senior reviewer. Weakened (a control gone, a dangerous call added, a secret in
the open) is a finding with a severity. A secret is never quoted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.boundary import lines as by_lines
from reviewer.checks.boundary import secrets
from reviewer.checks.boundary.python import controls, guards, sinks
from reviewer.checks.boundary.touched import CONSTRUCT, boundary_of
from reviewer.checks.ident import Fact, shown
from reviewer.checks.line_place import without_comment
from reviewer.checks.python_source import MODULE, pair, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import CheckResult, Mode, Severity
    from reviewer.checks.python_source import Function, Pair, PythonFile

_WHY_TOUCHED = (
    "What guards access, secrets and outside input is read by a senior reviewer, whatever the change looks like."
)
_WHY_SINK = "Whoever controls the input can go further than the program meant to let them."
_WHY_CONTROL = "What was checked before may now pass unchecked; look for what takes its place."
_WHY_EXPOSED = "A secret in the history is known to everyone who can read it, for as long as it is valid."
_LONGEST = 2_000


class SecurityBoundaryCheck:
    """Finds what touches the security boundary, what weakens it, and secrets."""

    mode: Mode = "security_boundary"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return weakenings first, then secrets, then what is merely touched, one a file."""
        account = Account()
        files = read(case, account, wanted=lambda path: not roles.is_foreign(path))
        facts: list[Fact] = []
        for parsed in files:
            facts.extend(_new_sinks(parsed))
        facts.extend(_lost_controls(files))
        for file in case.files:
            facts.extend(_by_lines(file, account))
            facts.extend(_secrets(file))
        for file in case.files:
            facts.extend(_touched(file))
        return account.result(self.mode, self.version, facts)


def _new_sinks(file: PythonFile) -> Iterator[Fact]:
    if file.new is None:
        return
    old, new = sinks(file.old) if file.old else [], sinks(file.new)
    before = Counter((sink.rule, sink.code) for sink in old)
    kept = before & Counter((sink.rule, sink.code) for sink in new)
    # What was there in other words is a change of a weakness, not a new one.
    reworded = Counter(sink.rule for sink in old) - Counter(rule for rule, _ in kept.elements())
    added = {line.number for line in file.file.added}
    for sink in new:
        key = (sink.rule, sink.code)
        before[key] -= 1
        if before[key] >= 0 or added.isdisjoint(range(sink.first, sink.last + 1)):
            continue
        severity: Severity = "medium" if sink.severity == "high" and reworded[sink.rule] > 0 else sink.severity
        reworded[sink.rule] -= 1
        yield Fact(
            rule=sink.rule,
            severity=_in_tests(file.file.path, severity),
            message=f"{sink.fact} {_quoted(sink.code)}".strip(),
            why=_WHY_SINK,
            quote=sink.code,
            file=file.file.path,
            side="new",
            line=sink.first,
            end_line=sink.last if sink.last != sink.first else None,
        )


def _in_tests(path: str, severity: Severity) -> Severity:
    """Return the severity where nobody from outside reaches: a test may well ask for trouble."""
    return "info" if roles.is_test(path) or roles.is_example(path) else severity


def _quoted(code: str) -> str:
    # The call may hold a secret of its own.
    return "" if secrets.find(code) else shown(code)


def _lost_controls(files: tuple[PythonFile, ...]) -> Iterator[Fact]:
    pairs = pair([file for file in files if not roles.is_test(file.file.path)])
    gained = Counter(name for one in pairs for name in _gained(one))
    for one in pairs:
        # With a whole function its controls go too; what called it shows what that means.
        if one.old is None or one.new is None or one.old.name == MODULE:
            continue
        kept = guards(one.new.node)
        for text in guards(one.old.node):
            if text not in kept and len(kept) < len(guards(one.old.node)):
                message = f"{shown(one.new.name)} is no longer guarded by @{shown(text)}."
                yield _lost(one.old, "guard-removed", message, text)
        new_names = Counter(name for name, _ in controls(one.new.node))
        for name, line in controls(one.old.node):
            new_names[name] -= 1
            if new_names[name] < 0 and gained[name] <= 0:
                message = f"{shown(one.new.name)} no longer calls {shown(name)}."
                yield _lost(one.old, "control-removed", message, name, line)


def _gained(one: Pair) -> list[str]:
    old = Counter(name for name, _ in controls(one.old.node)) if one.old else Counter[str]()
    new = Counter(name for name, _ in controls(one.new.node)) if one.new else Counter[str]()
    return list((new - old).elements())


def _lost(old: Function, rule: str, message: str, quote: str, line: int | None = None) -> Fact:
    decorators = getattr(old.node, "decorator_list", [])
    return Fact(
        rule=rule,
        severity="high",
        message=message,
        why=_WHY_CONTROL,
        quote=f"{old.name} {quote}",
        file=old.file,
        side="old",
        line=line or (decorators[0].lineno if decorators else old.line),
    )


def _by_lines(file: ChangedFile, account: Account) -> Iterator[Fact]:
    if (
        roles.language(file.path) == "python"
        or file.binary
        or roles.is_document(file.path)
        or roles.is_foreign(file.path)
    ):
        return
    rules = [rule for rule in by_lines.RULES if rule.paths.search(file.path)]
    if not roles.is_code(file.path):
        return
    account.looked("other file", "by the form of lines")
    known = roles.language(file.path)
    before = Counter(" ".join(line.text.split()) for line in file.removed)
    after = Counter(" ".join(line.text.split()) for line in file.added)
    for rule in rules:
        lines, others = (file.removed, after) if rule.removed else (file.added, before)
        remaining = sum(1 for text in others.elements() if rule.pattern.search(text[:_LONGEST]))
        for line in lines:
            text = without_comment(line.text[:_LONGEST], known)
            if not rule.pattern.search(text):
                continue
            remaining -= 1
            if remaining >= 0:
                continue
            yield Fact(
                rule=rule.rule,
                severity=_in_tests(file.path, rule.severity),
                message=f"{rule.fact} {_quoted(text)}".strip(),
                why=_WHY_CONTROL if rule.removed else _WHY_SINK,
                quote=line.text,
                file=file.path,
                side="old" if rule.removed else "new",
                line=line.number,
            )


def _secrets(file: ChangedFile) -> Iterator[Fact]:
    if file.binary or roles.is_foreign(file.path) or file.path.endswith((".lock", "-lock.json", "-lock.yaml", ".sum")):
        return
    lenient = roles.is_test(file.path) or roles.is_example(file.path) or roles.is_document(file.path)
    for line in file.added:
        for secret in secrets.find(line.text[:_LONGEST]):
            # Where examples live, a name beside a value is an example; a real token's form is not made up by accident.
            if lenient and not secret.by_form:
                continue
            beside = f" beside “{shown(secret.name)}”" if secret.name else ""
            yield Fact(
                rule="secret",
                severity="medium" if lenient else "high",
                message=f"An added line holds what looks like a secret ({secret.kind}){beside}; it is not quoted here.",
                why=_WHY_EXPOSED,
                quote=f"{secret.kind} {secret.name}",
                file=file.path,
                side="new",
                line=line.number,
            )


def _touched(file: ChangedFile) -> Iterator[Fact]:
    if (
        roles.is_document(file.path)
        or roles.is_foreign(file.path)
        or roles.is_test(file.path)
        or roles.is_example(file.path)
    ):
        return
    guarded = boundary_of(file.path)
    first = (file.added or file.removed or (None,))[0]
    if guarded is not None:
        yield Fact(
            rule="boundary-path",
            severity="info",
            message=f"{shown(file.path)} changes, which by its name is about {guarded}.",
            why=_WHY_TOUCHED,
            quote=file.path,
            file=file.path,
            side="new" if file.added else "old",
            line=first.number if first else None,
        )
        return
    if not roles.is_code(file.path):
        return
    known = roles.language(file.path)
    for side, lines in (("new", file.added), ("old", file.removed)):
        for line in lines:
            match = CONSTRUCT.search(without_comment(line.text[:_LONGEST], known))
            if match:
                yield Fact(
                    rule="boundary-construct",
                    severity="info",
                    message=f"A changed line uses {shown(match.group())}: {_quoted(line.text)}",
                    why=_WHY_TOUCHED,
                    quote=match.group(),
                    file=file.path,
                    side="new" if side == "new" else "old",
                    line=line.number,
                )
                return
