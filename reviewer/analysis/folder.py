"""Writes the files of a hostile tree into a private folder where a tool can read them, and nothing else.

Only plain files of the wanted kinds, under bounds; no link, no settings file, no name that a tool could take for a
pattern. What the source says to silence a tool is made inert in the copy, byte for byte of equal length.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from reviewer.checks.case import SourceTree

MAX_FILES = 20_000
MAX_BYTES = 256 << 20
MAX_FILE = 4 << 20
_SUFFIXES = (".py", ".pyi")
_PATTERN = re.compile(r"[*?\[\]{}!\\:]|^-|^~")
_SILENCERS = re.compile(rb"(#\s*(?:type|ty|pyrefly|pyright|pyre|mypy|zuban)\s*):(\s*ignore)", re.IGNORECASE)
_SCRIPT = re.compile(rb"^# ///( *script)", re.MULTILINE)
_IMPORTS = re.compile(rb"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)|import[ \t]+([A-Za-z_][^\n#;]*))", re.MULTILINE)


class TooLargeError(ReviewerError):
    """The tree has more, or larger, files than a tool is given."""


def is_python(path: str) -> bool:
    """Return whether the path is Python source by its name."""
    return path.endswith(_SUFFIXES)


def is_writable(path: str) -> bool:
    """Return whether a tool can be given this path: a plain relative one that no tool takes for a pattern."""
    parts = path.split("/")
    return (
        path.isprintable()
        and not _PATTERN.search(path)
        and all(part not in {"", ".", ".."} and len(part.encode("utf-8", "surrogateescape")) <= 255 for part in parts)
    )


def is_shadow(path: str, paths: Collection[str]) -> bool:
    """Return whether a path is a stub beside its own source: what exists is said by the code, not by a second copy."""
    return path.endswith(".pyi") and path[:-1] in paths


class Folder:
    """A folder that holds one side of a change at a time.

    Attributes:
        imported: top-level modules that any file written so far imports.
    """

    def __init__(self, root: Path) -> None:
        """Make the folder, which must not exist yet."""
        root.mkdir()
        self.root = root
        self.imported: set[str] = set()
        self._bytes = 0

    def fill(self, tree: SourceTree, cancelled: Callable[[], bool] | None = None) -> list[str]:
        """Write all Python files of a tree and return their paths.

        Raises:
            TooLargeError: the tree is over the bounds.
        """
        paths = [path for path in tree.paths() if (is_python(path) or path.endswith("py.typed")) and is_writable(path)]
        sources = frozenset(paths)
        paths = [path for path in paths if not is_shadow(path, sources)]
        if len(paths) > MAX_FILES:
            raise TooLargeError(f"the repository has more than {MAX_FILES:,} Python files")
        for path in paths:
            if cancelled is not None and cancelled():
                return []
            data = tree.read(path)
            if data is not None:
                self.write(path, data)
        return paths

    def write(self, path: str, data: bytes, *, as_is: bool = False) -> None:
        """Write one file, replacing what is there; a path that clashes with another one is left out.

        Args:
            path: in the tree.
            data: its content.
            as_is: keep the comments that silence tools.

        Raises:
            TooLargeError: everything together is over the bounds.
        """
        if len(data) > MAX_FILE or b"\0" in data[:1024]:
            return
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            raise TooLargeError(f"the repository has more than {MAX_BYTES >> 20} MiB of Python")
        self.imported |= imports(data)
        place = self.root / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data if as_is else inert(data))
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            # A file where another has its folder: no real project has that, and git's own checkout would refuse it.
            return

    def remove(self, path: str) -> None:
        """Remove a file if it is there."""
        (self.root / path).unlink(missing_ok=True)


def inert(data: bytes) -> bytes:
    """Return source in which no comment silences a tool or gives it settings; lines and columns stay."""
    return _SCRIPT.sub(rb"# //;\1", _SILENCERS.sub(rb"\1;\2", data))


def imports(data: bytes) -> set[str]:
    """Return the top-level modules that a source imports, by the form of its lines."""
    found: set[str] = set()
    for module, listed in _IMPORTS.findall(data):
        names = [module] if module else [part.split(b" as ")[0].split(b".")[0].strip() for part in listed.split(b",")]
        found |= {name.decode("utf-8", "replace") for name in names if name}
    return found


def source_roots(paths: Iterable[str], changed: Iterable[str]) -> list[str]:
    """Return the folders that imports start from, the likeliest first, relative to the tree ("." is the tree itself).

    A folder that holds a package and is none itself, as Python's own search has it; `src`; and where a changed file is
    a script or a test, its own folder.
    """
    known = set(paths)
    packages = {path.rpartition("/")[0] for path in known if path.rpartition("/")[2] in {"__init__.py", "__init__.pyi"}}
    roots = [".", *(["src"] if any(path.startswith("src/") for path in known) else [])]
    tops = {folder.rpartition("/")[0] for folder in packages if folder.rpartition("/")[0] not in packages}
    roots += sorted(top for top in tops if top and not _ASIDE.search(f"/{top}/"))
    for path in changed:
        folder = path.rpartition("/")[0]
        while folder in packages:
            folder = folder.rpartition("/")[0]
        roots.append(folder or ".")
    return list(dict.fromkeys(roots))[:_MAX_ROOTS]


def local_modules(paths: Iterable[str], roots: Iterable[str]) -> frozenset[str]:
    """Return the top-level modules that the tree itself has, seen from any of the roots."""
    prefixes = ["" if root == "." else f"{root}/" for root in roots]
    tops = {path[len(prefix) :].split("/")[0] for path in paths for prefix in prefixes if path.startswith(prefix)}
    return frozenset(top.removesuffix(".pyi").removesuffix(".py") for top in tops)


_MAX_ROOTS = 64
# A package in a fixture may have the name of a real one, and must not stand in its place.
_ASIDE = re.compile(
    r"/(?:tests?|testing|testdata|fixtures?|examples?|samples?|docs?|vendor|_vendor|node_modules|third_party)/",
    re.IGNORECASE,
)
