"""Lists of paths that scanners and linters pass over (.eslintignore, .trivyignore, …), by their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.gates import wording
from reviewer.checks.gates.lists import is_usual
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import ChangedFile
    from reviewer.checks.ident import Fact

_IGNORE_FILE = re.compile(
    r"(?:.*/)?\.(?:eslint|stylelint|markdownlint|trivy|semgrep|gitleaks|snyk|tfsec|bandit|flake8|pylint|yamllint|checkov)ignore"
)


def is_ignore_file(path: str) -> bool:
    """Return whether a path lists what a scanner or a linter passes over."""
    return _IGNORE_FILE.fullmatch(path) is not None


def ignore_file_facts(file: ChangedFile) -> Iterator[Fact]:
    """Yield the lines that a list of ignored paths gains, unless they take the place of others."""
    before = {line.text.strip() for line in file.removed}
    after = {line.text.strip() for line in file.added}
    fresh = [
        line
        for line in file.added
        if line.text.strip()
        and not line.text.lstrip().startswith(("#", "!"))
        and line.text.strip() not in before
        and not is_usual(line.text)
    ]
    if fresh and not before - after - {""}:
        said = ", ".join(line.text.strip() for line in fresh)
        yield weakening(
            rule="ignore-widened",
            severity="low",
            message=f"{shown(file.path)} now passes over {shown(said, 100)}.",
            why=wording.WHY_NARROW,
            quote=said,
            path=file.path,
            line=fresh[0].number,
        )
