"""The files of one side of a scripted change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Tree:
    """Contents by path with `/`."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    @classmethod
    def load(cls, root: Path) -> Tree:
        """Read every file below a folder."""
        paths = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        return cls({path.relative_to(root).as_posix(): path.read_bytes() for path in paths})

    def text(self, path: str) -> str:
        """Return a file as text."""
        return self.files[path].decode()
