"""Themes as data: what ships in `themes/`, and the person's own in their configuration folder.

Reads TOML into a Textual theme, tokens with a meaning ("added", "severity-high") and syntax colours. A theme is read
from the person's own folders only, never from a repository or packet. Knows nothing of widgets.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from textual.color import Color, ColorParseError
from textual.theme import Theme

from reviewer.errors import BadInputError
from reviewer.paths import config_dir, read_plain, resource_dir
from reviewer.text import display_safe
from reviewer.tui.render.syntax import CLASSES, class_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pygments.token import _TokenType

DEFAULT_THEME: Final = "ink"
PALETTE: Final = (
    "primary",
    "secondary",
    "accent",
    "warning",
    "error",
    "success",
    "foreground",
    "background",
    "surface",
    "panel",
)
TOKENS: Final = (
    "bright",
    "label",
    "dim",
    "seen",
    "comment",
    "hazard",
    "hazard-tint",
    "note",
    "severity-high",
    "severity-medium",
    "severity-low",
    "severity-info",
    "added",
    "added-word",
    "added-cursor",
    "added-sign",
    "removed",
    "removed-word",
    "removed-cursor",
    "removed-sign",
    "cursor",
    "cursor-bar",
    "selection",
    "match",
    "match-current",
    "match-current-text",
    "gutter",
    "hunk",
    "hunk-text",
    "file",
    "absent",
)
"""Colours with a meaning. Each is a CSS variable of the same name (`$severity-high`)."""
OPTIONAL_TOKENS: Final = ("word-text", "selection-text", "match-text")
"""Text colours on a patch of colour; without them text keeps its own."""
VARIABLES: Final = "variables"
_FLAGS = ("bold", "italic", "dim", "underline")
_MAX_BYTES = 1 << 20
_TOP = ("name", "title", "base", "dark", "ansi", "palette", "tokens", "syntax", VARIABLES)


@dataclass(frozen=True, slots=True)
class TextStyle:
    """A text colour (as Textual writes it) and attributes."""

    colour: str
    bold: bool = False
    italic: bool = False
    dim: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class SyntaxTheme:
    """The style of each class of `render.syntax.CLASSES`, in that order."""

    styles: tuple[TextStyle, ...]

    def style_of(self, token: _TokenType) -> TextStyle:
        """Return the style of a Pygments token."""
        return self.styles[class_of(token)]


@dataclass(frozen=True, slots=True)
class ReviewTheme:
    """One theme: Textual's part, tokens by name (colours as in the file) and syntax colours."""

    name: str
    title: str
    source: str
    textual: Theme
    tokens: Mapping[str, str]
    syntax: SyntaxTheme

    @property
    def ansi(self) -> bool:
        """Whether it uses the terminal's own sixteen colours."""
        return self.textual.ansi


@dataclass(frozen=True, slots=True)
class ThemeSet:
    """Themes by name, and one sentence for each file of the person's own that could not be used."""

    themes: Mapping[str, ReviewTheme]
    problems: tuple[str, ...] = ()

    def for_textual(self, theme: Theme) -> ReviewTheme:
        """Return the theme of that name; for one of Textual's own, the shipped theme that is closest to it."""
        found = self.themes.get(theme.name)
        if found is not None:
            return found
        return self.themes["terminal" if theme.ansi else DEFAULT_THEME if theme.dark else "paper"]


@cache
def themes() -> ThemeSet:
    """Return the shipped themes and the person's own, read once."""
    return load_themes(config_dir() / "themes")


@cache
def theme_named(name: str) -> ReviewTheme | None:
    """Return a theme by name, None when there is none; reads one file where that is enough.

    The first paint waits for this. The others are read when somebody chooses between them.
    """
    shipped = resource_dir("themes") / f"{name}.toml"
    # A theme of the person's own may have any name, in a file of any name.
    if any((config_dir() / "themes").glob("*.toml")) or not name.isidentifier() or not shipped.is_file():
        return themes().themes.get(name)
    theme = read_theme(shipped)
    return theme if theme.name == name else themes().themes.get(name)


def theme_for(theme: Theme) -> ReviewTheme:
    """Return our theme with the name of this one of Textual's, else the shipped theme that is closest to it."""
    return theme_named(theme.name) or themes().for_textual(theme)


def load_themes(own: Path | None = None) -> ThemeSet:
    """Read the shipped themes, then those in `own`, which may replace a shipped one by name.

    Raises:
        BadInputError: a shipped theme is broken, which means a broken installation.
    """
    found: dict[str, ReviewTheme] = {}
    raw: dict[str, dict[str, Any]] = {}
    for path in sorted(resource_dir("themes").glob("*.toml")):
        theme = read_theme(path, raw)
        found[theme.name] = theme
    problems: list[str] = []
    if own is not None and own.is_dir():
        for path in sorted(own.glob("*.toml")):
            try:
                theme = read_theme(path, raw)
            except BadInputError as error:
                problems.append(error.sentence)
            else:
                found[theme.name] = theme
    ordered = {name: found[name] for name in sorted(found, key=lambda name: (name != DEFAULT_THEME, name))}
    return ThemeSet(MappingProxyType(ordered), tuple(problems))


def variable_defaults() -> dict[str, str]:
    """Return a value for every variable of our own, so that styles parse under any theme."""
    usual = theme_named(DEFAULT_THEME)
    return {} if usual is None else dict(usual.textual.variables)


def read_theme(path: Path, known: dict[str, dict[str, Any]] | None = None) -> ReviewTheme:
    """Read one theme.

    Args:
        path: the file.
        known: tables of the themes read so far, by name: what `base` can name. The new theme is added.

    Raises:
        BadInputError: the file cannot be read, or a key is missing, unknown or not a colour; the sentence names both.
    """
    source = display_safe(str(path))
    known = {} if known is None else known
    try:
        data = tomllib.loads(read_plain(path, _MAX_BYTES).decode("utf-8"))
    except OSError as error:
        raise BadInputError(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{source}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{source}: is not TOML: {display_safe(str(error))}") from error
    except (RecursionError, ValueError) as error:
        raise BadInputError(f"{source}: is nested too deep, or has a number that is too long") from error
    _refuse_unknown(data, _TOP, source, "")
    table = _joined(data, known, source)
    theme = _build(table, source)
    known[theme.name] = table
    return theme


def _joined(data: dict[str, Any], known: Mapping[str, dict[str, Any]], source: str) -> dict[str, Any]:
    base = data.get("base")
    if base is None:
        return data
    if base not in known:
        raise BadInputError(f"{source}: base: there is no theme {_quoted(base)}; known: {', '.join(known)}")
    joined = {**known[base], **{key: value for key, value in data.items() if key != "base"}}
    for section in ("palette", "tokens", "syntax", VARIABLES):
        joined[section] = {**known[base].get(section, {}), **_table(data, section, source)}
    return joined


def _build(data: dict[str, Any], source: str) -> ReviewTheme:
    name = data.get("name")
    if not isinstance(name, str) or not name.replace("-", "").replace("_", "").isalnum():
        raise BadInputError(f"{source}: name: expected letters, digits, - and _, found {_quoted(name)}")
    for key in ("dark", "ansi"):
        if not isinstance(data.get(key, False), bool):
            raise BadInputError(f"{source}: {key}: expected true or false")
    palette = _colours(data, "palette", PALETTE, (), source)
    tokens = _colours(data, "tokens", TOKENS, OPTIONAL_TOKENS, source)
    variables = {str(k): str(v) for k, v in _table(data, VARIABLES, source).items()}
    textual = Theme(
        name=name,
        **palette,
        dark=bool(data.get("dark", True)),
        ansi=bool(data.get("ansi", False)),
        luminosity_spread=0.12,
        text_alpha=1.0,
        variables={**_derived(palette, tokens), **tokens, **variables},
    )
    title = display_safe(str(data.get("title", name)))
    return ReviewTheme(name, title, source, textual, MappingProxyType(tokens), _syntax(data, source))


def _derived(palette: Mapping[str, str], tokens: Mapping[str, str]) -> dict[str, str]:
    """Say how Textual's own parts look, so that no part of the screen keeps a look of its own."""
    return {
        "block-cursor-background": tokens["cursor"],
        "block-cursor-foreground": tokens["bright"],
        "block-cursor-blurred-background": tokens["cursor"],
        "border": palette["accent"],
        "border-blurred": tokens["gutter"],
        "footer-background": palette["panel"],
        "footer-foreground": tokens["label"],
        "footer-key-foreground": tokens["bright"],
        "footer-description-foreground": tokens["label"],
        "input-cursor-background": tokens["cursor-bar"],
        "input-selection-background": tokens["selection"],
        "scrollbar": tokens["gutter"],
        "scrollbar-hover": tokens["label"],
        "scrollbar-active": tokens["cursor-bar"],
        "scrollbar-background": palette["background"],
        "scrollbar-background-hover": palette["background"],
        "scrollbar-background-active": palette["background"],
        "scrollbar-corner-color": palette["background"],
    }


def _colours(
    data: dict[str, Any], section: str, required: tuple[str, ...], optional: tuple[str, ...], source: str
) -> dict[str, str]:
    table = _table(data, section, source)
    _refuse_unknown(table, (*required, *optional), source, f"{section}.")
    for key in required:
        if key not in table:
            raise BadInputError(f"{source}: {section}.{key} is missing: give it a colour, or set base to another theme")
    return {key: _colour(value, f"{source}: {section}.{key}") for key, value in table.items()}


def _syntax(data: dict[str, Any], source: str) -> SyntaxTheme:
    table = _table(data, "syntax", source)
    _refuse_unknown(table, CLASSES, source, "syntax.")
    styles = []
    for key in CLASSES:
        if key not in table:
            raise BadInputError(f"{source}: syntax.{key} is missing: give it a colour, or set base to another theme")
        where = f"{source}: syntax.{key}"
        colour, *flags = str(table[key]).split() or [""]
        if wrong := next((flag for flag in flags if flag not in _FLAGS), None):
            raise BadInputError(f"{where}: {_quoted(wrong)} is none of {', '.join(_FLAGS)}")
        styles.append(TextStyle(_colour(colour, where), **dict.fromkeys(flags, True)))
    return SyntaxTheme(tuple(styles))


def _table(data: dict[str, Any], section: str, source: str) -> dict[str, Any]:
    table = data.get(section, {})
    if not isinstance(table, dict):
        raise BadInputError(f"{source}: {section}: expected a table")
    return table


def _colour(value: object, where: str) -> str:
    try:
        colour = Color.parse(str(value))
    except ColorParseError as error:
        raise BadInputError(f"{where}: expected a colour like #8fb4f5 or ansi_blue, found {_quoted(value)}") from error
    if colour.ansi is None and colour.a != 1:
        raise BadInputError(f"{where}: expected a colour that nothing shines through, found {_quoted(value)}")
    return str(value)


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], source: str, prefix: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {prefix}{near[0]}?" if near else ""
            raise BadInputError(f"{source}: {prefix}{display_safe(key)} is not a key of a theme{hint}")


def _quoted(value: object) -> str:
    return f"'{display_safe(str(value))[:80]}'"
