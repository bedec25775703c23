"""A change in short, for tables of twins: content by path before and after, and the rest of what `make_case` takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.cases import Content, make_case
from tests.support.diagnosed import diagnosed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.case import Case


@dataclass(frozen=True)
class Side:
    """One of two twins; `tools`: type checkers and linter are run over its trees."""

    before: Mapping[str, Content] = field(default_factory=dict)
    after: Mapping[str, Content] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)
    tools: bool = False

    def case(self) -> Case:
        case = make_case(self.before, self.after, **self.rest)
        return diagnosed(case) if self.tools else case


def py(old: str, new: str, path: str = "src/app.py", **rest: Any) -> Side:  # noqa: ANN401 - tables of a manifest
    return Side({path: old}, {path: new}, rest)


def new(path: str, content: Content, **rest: Any) -> Side:  # noqa: ANN401 - tables of a manifest
    return Side({}, {path: content}, rest)
