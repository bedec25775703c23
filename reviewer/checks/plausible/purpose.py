"""What a small edit weighs: more where the task was to keep behaviour; and whether an edited test names it.

Reads the task and the tests of the change; knows nothing of how edits are found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.plausible.sign import Sign

_KEEPING = re.compile(
    r"\brefactor(?:s|ed|ing)?\b|\brenam(?:e|es|ed|ing)\b"
    r"|\b(?:no|without(?: any)?|not) (?:behaviou?r|functional) changes?\b"
    r"|\bwithout chang(?:ing|es?(?: to| of| in)?) (?:the )?(?:\w+ )?(?:behaviou?r|functionality|logic)\b"
    r"|\b(?:keep|preserv\w+) (?:the |all |existing |current )*(?:behaviou?r|functionality|semantics)\b"
    r"|\bbehaviou?r (?:must|should|has to) (?:stay|remain|not change)\b"
    r"|\btype (?:hints?|annotations?)\b|\bdocstrings?\b"
    r"|\bcleanup\b|\bclean up\b|\bformatting\b|\btypos?\b",
    re.IGNORECASE,
)
_KEEPING_TYPES = re.compile(r"refactor|docs?\b|documentation|style|format|typing|rename|chore|cleanup", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]\w{2,}")
_LONG = 4_000


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is known of why the change was made.

    Attributes:
        keeps: the task is one that leaves behaviour as it is.
        pinned: words on the lines that edits of existing tests took away.
    """

    keeps: bool
    pinned: frozenset[str]

    @classmethod
    def of(cls, case: Case) -> Purpose:
        """Read it from the task, or from the title where no task is recorded, and from the tests that were edited."""
        task = case.manifest.task
        said = " ".join(
            part[:_LONG] for part in (task.objective, task.prompt, *task.constraints, *task.non_goals) if part
        )
        typed = bool(_KEEPING_TYPES.search((task.type or "")[:200]))
        keeps = typed or bool(_KEEPING.search(said or case.manifest.title[:_LONG]))
        pinned: set[str] = set()
        for file in case.files:
            if roles.is_test(file.path) and file.status in {"M", "R"} and file.removed and file.added:
                pinned.update(word for line in file.removed for word in _WORD.findall(line.text[:500]))
        return cls(keeps, frozenset(pinned))

    def weigh(self, signs: Iterable[Sign]) -> Iterator[Sign]:
        """Yield the edits of functions with what they weigh here."""
        for sign in signs:
            name = sign.scope.rpartition(".")[2].partition("#")[0]
            if name in self.pinned and not self.keeps:
                # The test may have been edited to agree: that is a fact to read beside, and no excuse.
                ending = ", and an edited test names the function."
                yield replace(sign, message=sign.message.rstrip(".") + ending)
            elif self.keeps and sign.severity == "low":
                ending = ", in a change that is to keep behaviour."
                yield replace(sign, severity="medium", message=sign.message.rstrip(".") + ending)
            else:
                yield sign
