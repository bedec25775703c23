"""The settings of the person who reviews: `config.toml` in their own configuration folder, and nothing else.

A closed model: an unknown key is refused by name, so that a misspelt setting never does nothing in silence. Never read
from a repository or a packet, because whoever wrote those would then choose the reviewer's keys and signers.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer.errors import BadInputError
from reviewer.paths import config_dir, read_plain
from reviewer.text import display_safe

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

FILE_NAME = "config.toml"
MAX_BYTES = 1 << 20


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReviewerTable(_Table):
    """Who reviews. Absent fields come from the person's own git settings."""

    name: Annotated[str, Field(min_length=1)] | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None


class SigningTable(_Table):
    """Where the key and the list of allowed signers are; `~` is the home folder."""

    key: str | None = None
    allowed_signers: str | None = None


class ViewTable(_Table):
    """How the workstation starts. Every one of these is a key in the workstation too."""

    theme: str | None = None
    layout: Literal["auto", "unified", "split"] = "auto"
    order: Literal["guided", "path"] = "guided"
    wrap: bool = False
    word_diff: bool = True
    numbers: bool = True
    mouse: bool = True


class LimitsTable(_Table):
    """How much a packet may hold. Raise these only for packets from someone you know."""

    max_unpacked_mib: Annotated[int, Field(ge=1, le=65_536)] | None = None
    max_members: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


class ChecksTable(_Table):
    """What checks may look at besides the packet and the repository.

    `python` is the folder of a virtual environment, or an interpreter in one; a path that is not absolute starts at the
    repository (".venv"). Its packages are read, and nothing of it is run.
    """

    python: Annotated[str, Field(min_length=1)] | None = None


class Config(_Table):
    """The whole file. `keymap` maps the name of an action to the keys that do it, separated by commas."""

    reviewer: ReviewerTable = Field(default_factory=ReviewerTable)
    signing: SigningTable = Field(default_factory=SigningTable)
    view: ViewTable = Field(default_factory=ViewTable)
    limits: LimitsTable = Field(default_factory=LimitsTable)
    checks: ChecksTable = Field(default_factory=ChecksTable)
    keymap: dict[str, str] = Field(default_factory=dict)


def config_path() -> Path:
    """Return where the file is looked for; it need not exist."""
    return config_dir() / FILE_NAME


def load_config(path: Path | None = None) -> Config:
    """Return the person's settings; a file that is not there means every default.

    Raises:
        BadInputError: the file cannot be read, is not TOML, or has a key or value that is not known; the sentence
            names the file and the key.
    """
    place = path or config_path()
    try:
        data = read_plain(place, MAX_BYTES + 1)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise BadInputError(f"{_shown(place)}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise BadInputError(f"{_shown(place)}: is larger than {MAX_BYTES:,} bytes, so it holds no settings")
    try:
        return Config.model_validate(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise BadInputError(f"{_shown(place)}: not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{_shown(place)}: not TOML: {display_safe(str(error))}") from error
    except ValidationError as error:
        raise _refusal(place, error.errors()[0]) from error
    except (RecursionError, ValueError) as error:
        raise BadInputError(f"{_shown(place)}: is nested too deep, or has a number that is too long") from error


def _refusal(place: Path, detail: ErrorDetails) -> BadInputError:
    key = ".".join(str(part) for part in detail["loc"])
    where = f"{_shown(place)}: {display_safe(key)}"
    if detail["type"] != "extra_forbidden":
        return BadInputError(f"{where}: {display_safe(detail['msg'])}")
    known = _known_keys(detail["loc"][:-1])
    near = get_close_matches(str(detail["loc"][-1]), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known keys here: {', '.join(sorted(known))}"
    return BadInputError(f"{where}: unknown key", hint=hint)


def _known_keys(table: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for name in table:
        field = model.model_fields.get(str(name))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return list(model.model_fields)


def _shown(path: Path) -> str:
    return display_safe(str(path))
