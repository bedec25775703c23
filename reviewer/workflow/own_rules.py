"""The rules of checks that a person installed, in the words of those checks: the text of others, held to a form.

A check may have `rules`: by name, the title of a rule or a table of its words. One that has none says nothing of its
rules, and that is told too.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.finding import SEVERITIES
from reviewer.text import clip, display_block, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.finding import Mode
    from reviewer.workflow.elsewhere import ElsewhereCheck

_MOST = 200
_LINE = 400
_BLOCK = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """One rule of such a check, safe to show; what its author left out is empty.

    Attributes:
        by: name of the distribution; from_: with its version.
        severities: each with its condition, as its author wrote them.
        bad, good: what it is told of, and what not.
    """

    mode: Mode
    name: str
    by: str
    from_: str
    title: str
    why: str = ""
    explanation: str = ""
    method: str = ""
    languages: tuple[str, ...] = ()
    severities: tuple[tuple[str, str], ...] = ()
    bad: str = ""
    good: str = ""

    @property
    def key(self) -> str:
        """Mode and name, as for the rules that are shipped."""
        return f"{self.mode}/{self.name}"


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The rules of all such checks.

    Attributes:
        silent: a sentence for each check whose rules are not known, with the reason.
    """

    rules: tuple[OwnRule, ...] = ()
    silent: tuple[str, ...] = ()

    def named(self, name: str) -> tuple[OwnRule, ...]:
        """Return the rules of this name: "own", "scope/own", or "acme-checks/scope/own" as SARIF has it."""
        return tuple(one for one in self.rules if name in {one.name, one.key, f"{one.by}/{one.key}"})


def rules_of(checks: Iterable[ElsewhereCheck]) -> OwnRules:
    """Return what checks say of their rules; whatever they do wrong becomes a sentence."""
    rules: list[OwnRule] = []
    silent: list[str] = []
    for one in checks:
        said, why = _said(one)
        rules += said
        if why:
            silent.append(clip(f"the check {one.name} of {one.title} ({one.mode}) {why}", _BLOCK))
    return OwnRules(tuple(rules), tuple(silent))


def _said(one: ElsewhereCheck) -> tuple[list[OwnRule], str]:
    if one.check is None:
        return [], f"names no rules: {one.problem}"
    try:
        told = getattr(one.check, "rules", None)
        if told is None:
            return [], "does not name its rules"
        if not isinstance(told, Mapping):
            return [], "does not name its rules in a table by name"
        made = [_rule(one, name, words) for name, words in itertools.islice(told.items(), _MOST)]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of others must not hide the rules of the rest
        return [], f"could not name its rules ({clip(display_safe(type(error).__name__), _LINE)})"
    known = [rule for rule in made if rule is not None]
    left = len(made) - len(known)
    return known, f"names {left} of its rules in another form than a title or a table with one" if left else ""


def _rule(one: ElsewhereCheck, name: object, words: object) -> OwnRule | None:
    table = {"title": words} if isinstance(words, str) else words
    if not isinstance(name, str) or not name.strip() or not isinstance(table, Mapping):
        return None
    title = _line(table.get("title"))
    if not title:
        return None
    languages, severities = table.get("languages"), table.get("severities")
    return OwnRule(
        mode=one.mode,
        name=_line(name),
        by=one.by,
        from_=one.title,
        title=title.rstrip("."),
        why=_line(table.get("why")),
        explanation=_line(table.get("explanation")),
        method=_line(table.get("method")),
        languages=tuple(map(_line, languages[:_MOST])) if isinstance(languages, list | tuple) else (),
        severities=tuple(
            (severity, _line(severities[severity])) for severity in reversed(SEVERITIES) if severity in severities
        )
        if isinstance(severities, Mapping)
        else (),
        bad=_block(table.get("bad")),
        good=_block(table.get("good")),
    )


def _line(text: object) -> str:
    return clip(display_safe(" ".join(text[:_BLOCK].split())), _LINE) if isinstance(text, str) else ""


def _block(text: object) -> str:
    return display_block(text[:_BLOCK]).strip("\n") if isinstance(text, str) else ""
