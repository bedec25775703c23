"""What changed between two lists of dependencies of one file, as facts without their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.model import is_pinned, lowest
from reviewer.checks.dependencies.satisfies import is_major_jump
from reviewer.checks.finding import SEVERITIES
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.dependencies.model import Dependency, Group
    from reviewer.checks.finding import Severity

_RANGES = frozenset({"python", "npm", "cargo", "ruby"})
_MOST_CHANGES = 3
_FOLDED = {
    "dependency-changed": "is stated at another version",
    "pin-loosened": "is stated in a wider range",
    "major-jump": "is stated at a new major version",
}
"""Of these one fact is enough where a file has many of them."""
_OWNERS = ("actions/", "github/")
"""Of actions that come with the service itself."""
_STRENGTH = {"runtime": 3, "optional": 2, "build": 1, "dev": 0}
_SEVERITIES: dict[Group, Severity] = {"runtime": "medium", "optional": "low", "build": "low", "dev": "info"}
_WORDS = {"runtime": "at run time", "optional": "optionally", "build": "for building", "dev": "for development"}


@dataclass(frozen=True, slots=True)
class Delta:
    """One dependency that changed: the rule, its severity, the fact, and the name to find its line by."""

    rule: str
    severity: Severity
    message: str
    name: str
    written: str
    on_old_side: bool = False


def manifests(old: Iterable[Dependency], new: Iterable[Dependency], elsewhere: set[str]) -> Iterator[Delta]:
    """Yield what changed in a manifest.

    Args:
        old: what the file stated before.
        new: what it states now.
        elsewhere: names that other manifests stated before: coming from there is a move.
    """
    before, after = _strongest(old), _strongest(new)
    folded: dict[str, list[Delta]] = {rule: [] for rule in _FOLDED}
    for name, one in after.items():
        was = before.get(name)
        found = [_added(one, moved=name in elsewhere)] if was is None else _changed(was, one) if was != one else ()
        for delta in found:
            if delta.rule in folded:
                folded[delta.rule].append(delta)
            else:
                yield delta
    for rule, deltas in folded.items():
        if len(deltas) > _MOST_CHANGES:
            severity = max((delta.severity for delta in deltas), key=SEVERITIES.index)
            yield _summary(rule, severity, _FOLDED[rule], [delta.name for delta in deltas], after)
        else:
            yield from deltas
    for name, one in before.items():
        if name not in after:
            yield Delta(
                "dependency-removed",
                "info",
                f"{shown(one.name)} is no longer stated here.",
                name,
                one.written,
                on_old_side=True,
            )


def locks(old: Iterable[Dependency], new: Iterable[Dependency], direct: set[str]) -> Iterator[Delta]:
    """Yield what changed in a lock file; a change of source stands alone, the rest is summed up.

    Args:
        old: the packages before.
        new: the packages now.
        direct: names that manifests state now: those are reported there.
    """
    before, after = _strongest(old), _strongest(new)
    added = [one for name, one in after.items() if name not in before and name not in direct]
    updated = [name for name, one in after.items() if name in before and before[name].specifier != one.specifier]
    for name, one in after.items():
        source = before[name].source if name in before else ""
        if one.source != source and one.source:
            yield _source(one, source, severity="high", is_new=name not in before)
    lower = [name for name in updated if _is_lower(before[name].specifier, after[name].specifier)]
    if lower:
        yield _summary("locked-downgrade", "low", "resolves to an older version", lower, after)
    if added:
        yield _summary(
            "transitive-added", "low", "comes in without being stated in a manifest", [a.name for a in added], after
        )
    rest = [name for name in updated if name not in lower]
    if rest:
        yield _summary("locked-version-changed", "info", "resolves to another version", rest, after)


def _added(one: Dependency, *, moved: bool) -> Delta:
    version = f" {shown(one.specifier)}" if one.specifier else ""
    if one.name.startswith("package index "):
        return Delta("index-added", "high", f"Packages may now come from {shown(one.written)}.", one.name, one.written)
    if one.source:
        return _source(one, "", severity=_source_severity(one.source), is_new=True)
    if one.name.startswith("requirements file "):
        message = f"What {shown(one.written)} states is now installed along with this file."
        return Delta("requirements-included", "low", message, one.name, one.written)
    if moved:
        message = f"{shown(one.name)}{version} is stated here now, as it was in another manifest."
        return Delta("dependency-moved", "info", message, one.name, one.written)
    severity = _SEVERITIES[one.group]
    if one.ecosystem == "actions":
        severity = "info" if is_pinned(one.specifier) or one.name.startswith(_OWNERS) else "low"
    message = f"{shown(one.name)}{version} is a new dependency, used {_WORDS[one.group]}."
    return Delta("dependency-added", severity, message, one.name, one.written)


def _changed(was: Dependency, one: Dependency) -> Iterator[Delta]:
    name = shown(one.name)
    if one.source != was.source:
        yield _source(one, was.source, severity=_source_severity(one.source), is_new=False)
    if one.group != was.group and one.group == "runtime":
        message = f"{name} was used {_WORDS[was.group]} and is now needed at run time."
        yield Delta("dev-to-runtime", "medium", message, one.name, one.written)
    if one.specifier == was.specifier or one.source not in {"", was.source}:
        # From another place any version is another one.
        return
    loose: Severity = "info" if one.group == "dev" else "low"
    change = f"{name} changes from {shown(was.specifier) or 'any version'} to {shown(one.specifier) or 'any version'}"
    if is_pinned(was.specifier) and not is_pinned(one.specifier):
        yield Delta("pin-loosened", loose, f"{change}: one version before, a range now.", one.name, one.written)
    elif _is_lower(was.specifier, one.specifier):
        yield Delta("dependency-downgrade", "medium", f"{change}, which is lower.", one.name, one.written)
    elif was.specifier and not one.specifier and not one.source:
        yield Delta("pin-loosened", loose, f"{change}: the limit is gone.", one.name, one.written)
    elif one.ecosystem in _RANGES and _has_limit(was.specifier) and not _has_limit(one.specifier):
        yield Delta("pin-loosened", loose, f"{change}: the upper limit is gone.", one.name, one.written)
    elif is_major_jump(was.specifier, one.specifier):
        severity: Severity = "low" if one.group == "runtime" else "info"
        yield Delta("major-jump", severity, f"{change}: a new major version.", one.name, one.written)
    else:
        yield Delta("dependency-changed", "info", f"{change}.", one.name, one.written)


def _has_limit(specifier: str) -> bool:
    return re.search(r"<|\^|~|==|(?<![\w.])\d+(?:\.\d+)*\.[*x]|^\s*=?\s*v?\d", specifier) is not None


def _source(one: Dependency, was: str, *, severity: Severity, is_new: bool) -> Delta:
    place = shown(one.source) or "its usual registry"
    before = "" if is_new else f" and came from {shown(was) or 'its usual registry'}"
    message = f"{shown(one.name)} comes from {place}{before}."
    return Delta("dependency-source", severity, message, one.name, one.written)


def _source_severity(source: str) -> Severity:
    if not source:
        return "info"
    local = source.startswith(("path", "file:", "link:", "portal:", "./", "workspace", "directory"))
    return "low" if local and ".." not in source else "high"


def _summary(rule: str, severity: Severity, what: str, names: list[str], after: dict[str, Dependency]) -> Delta:
    first = after[names[0]]
    listed = ", ".join(f"{shown(name, 40)} {shown(after[name].specifier, 20)}".strip() for name in names[:6])
    more = f" and {len(names) - 6:,} more" if len(names) > 6 else ""
    subject = "1 package" if len(names) == 1 else f"{len(names):,} packages"
    verb = (
        what
        if len(names) == 1
        else what.replace("resolves", "resolve", 1).replace("comes", "come", 1).replace("is stated", "are stated", 1)
    )
    return Delta(rule, severity, f"{subject} {verb}: {listed}{more}.", " ".join(sorted(names)), first.written)


def _is_lower(was: str, now: str) -> bool:
    before, after = lowest(was), lowest(now)
    # "<3" names an upper limit: lowering one is not a downgrade, and neither is replacing one by a lower limit.
    if before is None or after is None or was.lstrip().startswith(("<", "!")) or now.lstrip().startswith(("<", "!")):
        return False
    return after < before


def _strongest(entries: Iterable[Dependency]) -> dict[str, Dependency]:
    """Return one entry a name: the one that reaches furthest into production, the last version among equals."""
    chosen: dict[str, Dependency] = {}
    for one in entries:
        other = chosen.get(one.name)
        if other is None or _STRENGTH[one.group] >= _STRENGTH[other.group]:
            chosen[one.name] = one
    return chosen
