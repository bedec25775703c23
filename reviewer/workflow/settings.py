"""Whose review this is and how they like it: the command line over `config.toml` over the person's own git settings.

Nothing from a repository or packet is asked. `look()` is cheap enough to come before the first paint: without a
`config.toml` it reads nothing and loads no model; git is asked only for `load()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.paths import config_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.config import Config
    from reviewer.git.identity import GitIdentity
    from reviewer.packet.limits import Limits

Layout: TypeAlias = Literal["auto", "unified", "split"]
Order: TypeAlias = Literal["guided", "path"]


@dataclass(frozen=True, slots=True)
class Look:
    """How the workstation starts.

    Attributes:
        theme: a theme's name, None for the default.
        keymap: the person's keys by the name of an action; `source` is the file they stand in, for errors.
    """

    theme: str | None = None
    layout: Layout = "auto"
    order: Order = "guided"
    wrap: bool = False
    word_diff: bool = True
    numbers: bool = True
    mouse: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)
    source: str = "config.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the person set, in one place.

    Attributes:
        key, signers: as named on the command line, None if they were not.
    """

    config: Config
    git: GitIdentity
    key: str | None = None
    signers: Path | None = None

    @property
    def name(self) -> str | None:
        """The reviewer's name."""
        return self.config.reviewer.name or self.git.user_name

    @property
    def email(self) -> str | None:
        """The reviewer's address."""
        return self.config.reviewer.email or self.git.user_email

    @property
    def by(self) -> str:
        """Under which name the journal is kept: the address, else the name, else `reviewer`."""
        return self.email or self.name or "reviewer"

    @property
    def allowed_signers(self) -> Path | None:
        """The list of those who may approve."""
        if self.signers is not None:
            return self.signers
        own = self.config.signing.allowed_signers
        return Path(own).expanduser() if own else self.git.allowed_signers_file

    @property
    def python(self) -> str | None:
        """The environment that calls of packages are looked up in."""
        return self.config.checks.python

    @property
    def limits(self) -> Limits:
        """The limits for packets: the person's, field by field over the safe defaults."""
        from reviewer.packet.limits import MIB, Limits

        own, default = self.config.limits, Limits()
        return Limits(
            max_unpacked=default.max_unpacked if own.max_unpacked_mib is None else own.max_unpacked_mib * MIB,
            max_members=own.max_members or default.max_members,
        )


def look(*, theme: str | None = None) -> Look:
    """Return how the workstation starts.

    Args:
        theme: named on the command line.

    Raises:
        BadInputError: `config.toml` is there and is not as it has to be; the sentence names the file and the key.
    """
    place = config_dir() / "config.toml"
    if not place.exists():
        return Look(theme=theme)
    from reviewer.config import load_config

    config = load_config(place)
    view = config.view
    return Look(
        theme=theme or view.theme,
        layout=view.layout,
        order=view.order,
        wrap=view.wrap,
        word_diff=view.word_diff,
        numbers=view.numbers,
        mouse=view.mouse,
        keymap=config.keymap,
        source=str(place),
    )


def load(*, key: str | None = None, allowed_signers: Path | None = None) -> Settings:
    """Return all settings; asks git for the person's own.

    Args:
        key: a key file named on the command line.
        allowed_signers: a list of signers named on the command line.

    Raises:
        BadInputError: `config.toml` is not as it has to be.
        GitError: git is not installed.
    """
    from reviewer.config import load_config
    from reviewer.git.identity import read_identity

    return Settings(load_config(), read_identity(), key, allowed_signers)
