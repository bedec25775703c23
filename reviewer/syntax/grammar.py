"""Which grammar reads which language, and the loading of each when it is first asked for.

The only place that names the grammars' packages; importing this loads none of them.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

_GRAMMARS: dict[str, tuple[str, str]] = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "java": ("tree_sitter_java", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
}
LANGUAGES = frozenset(_GRAMMARS) - {"tsx"}
"""The languages that can be read; `tsx` is a dialect of TypeScript."""


def dialect(language: str, path: str) -> str | None:
    """Return the name of the grammar for a file, or None if there is none for the language."""
    if language == "typescript" and path.lower().endswith(".tsx"):
        return "tsx"
    return language if language in LANGUAGES else None


@functools.cache
def load(name: str) -> tree_sitter.Language:
    """Return a grammar by the name that `dialect` gives."""
    package, function = _GRAMMARS[name]
    runtime = importlib.import_module("tree_sitter")
    loaded: tree_sitter.Language = runtime.Language(getattr(importlib.import_module(package), function)())
    return loaded
