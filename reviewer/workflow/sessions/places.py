"""Where programs keep things for a person: home, the variables that move it, the editors' own folders.

Knows conventions (XDG base directories, macOS, Windows, VS Code and its relatives), nothing of sessions. Reads no file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EDITORS = ("Code", "Code - Insiders", "Cursor", "VSCodium", "Windsurf")
_SERVERS = (".vscode-server", ".vscode-server-insiders", ".cursor-server", ".vscodium-server", ".windsurf-server")
_MAX_PROFILES = 50


@dataclass(frozen=True, slots=True)
class Places:
    """A person's home and the environment that moves parts of it."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_this_person(cls) -> Places:
        """Return those of whoever runs this process."""
        return cls(Path.home(), os.environ)

    def named(self, variable: str) -> Path | None:
        """Return the folder that a variable names, None if it is unset or relative to nobody knows what."""
        return self.path(self.environment.get(variable, ""))

    def path(self, text: str) -> Path | None:
        """Return a path from a setting, `~` understood, None if it is empty or relative."""
        text = text.strip()
        if text == "~" or text.startswith("~/"):
            return self.home / text[2:]
        return Path(text) if text and "\0" not in text and Path(text).is_absolute() else None

    def data(self) -> tuple[Path, ...]:
        """Return the folders for programs' data, `XDG_DATA_HOME` first."""
        return _once(self.named("XDG_DATA_HOME"), self.home / ".local" / "share")

    def config(self) -> tuple[Path, ...]:
        """Return the folders for programs' settings on every system, `XDG_CONFIG_HOME` first."""
        return _once(
            self.named("XDG_CONFIG_HOME"),
            self.home / ".config",
            self.home / "Library" / "Application Support",
            self.named("APPDATA"),
        )

    def editors(self) -> tuple[Path, ...]:
        """Return the user folders of VS Code and its relatives that there are, those of their profiles too."""
        found = [base / name / "User" for base in self.config() for name in _EDITORS]
        found += [self.home / name / "data" / "User" for name in _SERVERS]
        found += [base / "code-server" / "User" for base in self.data()]
        if portable := self.named("VSCODE_PORTABLE"):
            found.append(portable / "user-data" / "User")
        if moved := self.named("VSCODE_APPDATA"):
            found += [moved / name / "User" for name in _EDITORS]
        there = [folder for folder in dict.fromkeys(found) if folder.is_dir()]
        return tuple(each for folder in there for each in (folder, *_profiles(folder)))


def _profiles(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder / "profiles") as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    yield from (folder / "profiles" / name for name in names[:_MAX_PROFILES])


def _once(*folders: Path | None) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(folder for folder in folders if folder is not None))
