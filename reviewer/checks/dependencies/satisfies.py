"""Whether a locked version is one that a manifest allows: PEP 440 by `packaging`, npm's and Cargo's ranges by hand.

Whatever is not plainly one of these forms is not decided.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from reviewer.checks.dependencies.model import lowest

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

_LONGEST = 200
_PLAIN = re.compile(r"(?P<sign>\^|~|>=|=|)\s*v?(?P<version>\d{1,9}(?:\.\d{1,9}){0,2})")


def satisfies(ecosystem: Ecosystem, specifier: str, version: str) -> bool | None:
    """Return whether a version is allowed, None if it cannot be told."""
    if not specifier or not version or len(specifier) > _LONGEST or len(version) > _LONGEST:
        return None
    if ecosystem == "python":
        return _python(specifier, version)
    if ecosystem in {"npm", "cargo"}:
        return _range(specifier, version, bare="^" if ecosystem == "cargo" else "=")
    return None


def is_major_jump(was: str, now: str) -> bool:
    """Return whether the first version that is named moves on by a first number that is not 0."""
    before, after = lowest(was), lowest(now)
    if before is None or after is None or was.lstrip().startswith(("<", "!")) or now.lstrip().startswith(("<", "!")):
        return False
    # Versions that are dates change their first number every year.
    return 0 < before[0] < after[0] < 1_000


def _python(specifier: str, version: str) -> bool | None:
    if specifier.startswith(("^", "~")) and not specifier.startswith("~="):
        return _range(specifier, version, bare="=")
    wanted = f"=={specifier}" if re.fullmatch(r"\d[\w.*]*", specifier) else specifier
    try:
        return SpecifierSet(wanted).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return None


def _range(specifier: str, version: str, *, bare: str) -> bool | None:
    match = _PLAIN.fullmatch(specifier.strip())
    if match is None or not re.match(r"v?\d", version):
        return None
    wanted, has = _numbers(match["version"]), _numbers(version.lstrip("v"))
    sign = match["sign"] or bare
    if sign == "=":
        return has[: match["version"].count(".") + 1] == wanted[: match["version"].count(".") + 1]
    if has < wanted:
        return False
    if sign == ">=":
        return True
    if sign == "~":
        fixed = 1 if "." not in match["version"] else 2
    else:
        fixed = next((place for place, number in enumerate(wanted, 1) if number), 3)
    return has[:fixed] == wanted[:fixed]


def _numbers(version: str) -> tuple[int, int, int]:
    parts = [int(part[:9]) for part in re.findall(r"\d+", re.split(r"[-+]", version, maxsplit=1)[0])[:3]]
    first, second, third, *_ = (*parts, 0, 0, 0)
    return first, second, third
