from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pygments.token import Token
from textual.theme import BUILTIN_THEMES

from reviewer.errors import BadInputError
from reviewer.paths import resource_dir
from reviewer.tui.render.look import HAZARD, MATCH, WORD, Look, State, Surface
from reviewer.tui.render.syntax import CLASSES
from reviewer.tui.theme import (
    DEFAULT_THEME,
    PALETTE,
    TOKENS,
    ReviewTheme,
    load_themes,
    read_theme,
    variable_defaults,
)
from tests.support.contrast import contrast

if TYPE_CHECKING:
    from pathlib import Path

    from rich.style import Style

SHIPPED = load_themes().themes
COLOURED = [theme for theme in SHIPPED.values() if not theme.ansi]
TEXT = 4.5
DECORATION = 3.0


def named(theme: ReviewTheme) -> str:
    return theme.name


def ratio(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    return contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex)


def test_a_dark_a_light_and_a_sixteen_colour_theme_are_shipped() -> None:
    assert SHIPPED[DEFAULT_THEME].textual.dark
    assert not SHIPPED["paper"].textual.dark
    assert SHIPPED["terminal"].ansi
    assert next(iter(SHIPPED)) == DEFAULT_THEME


@pytest.mark.parametrize("theme", COLOURED, ids=named)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("surface", [s for s in Surface if s is not Surface.ABSENT])
def test_every_syntax_colour_is_legible_on_every_surface(theme: ReviewTheme, surface: Surface, state: State) -> None:
    look = Look(theme)
    for code, name in enumerate(CLASSES):
        for flags in (0, WORD, MATCH, HAZARD, WORD | MATCH):
            found = ratio(look.code(surface, state, code | flags))
            assert found >= TEXT, f"{name} with flags {flags}: {found:.2f}"


@pytest.mark.parametrize("theme", COLOURED, ids=named)
@pytest.mark.parametrize(
    ("role", "surfaces"),
    [
        ("foreground", (Surface.PLAIN, Surface.FILE, Surface.NOTE, Surface.HUNK)),
        ("bright", (Surface.PLAIN, Surface.FILE, Surface.NOTE)),
        ("label", (Surface.PLAIN, Surface.FILE, Surface.NOTE, Surface.HUNK)),
        ("hunk-text", (Surface.HUNK,)),
        ("seen", (Surface.PLAIN, Surface.FILE, Surface.HUNK)),
        ("comment", (Surface.PLAIN, Surface.NOTE)),
        ("severity-high", (Surface.PLAIN, Surface.FILE, Surface.NOTE, Surface.HUNK)),
        ("severity-medium", (Surface.PLAIN, Surface.FILE, Surface.NOTE)),
        ("severity-low", (Surface.PLAIN, Surface.NOTE)),
        ("severity-info", (Surface.PLAIN, Surface.NOTE)),
        ("added-sign", (Surface.ADDED, Surface.FILE)),
        ("removed-sign", (Surface.REMOVED, Surface.FILE)),
    ],
)
def test_words_with_a_meaning_are_legible(theme: ReviewTheme, role: str, surfaces: tuple[Surface, ...]) -> None:
    look = Look(theme)
    for surface in surfaces:
        for state in (State.REST, State.CURSOR, State.BLURRED):
            assert ratio(look.role(surface, state, role)) >= TEXT, f"{role} on {surface.name} {state.name}"


@pytest.mark.parametrize("theme", COLOURED, ids=named)
def test_numbers_and_marks_can_be_told_from_their_ground(theme: ReviewTheme) -> None:
    look = Look(theme)
    for role, surface in (
        ("gutter", Surface.PLAIN),
        ("gutter", Surface.HUNK),
        ("dim", Surface.PLAIN),
        ("dim", Surface.HUNK),
        ("dim", Surface.FILE),
        ("cursor-bar", Surface.PLAIN),
        ("added-number", Surface.ADDED),
        ("removed-number", Surface.REMOVED),
    ):
        for state in (State.REST, State.CURSOR):
            assert ratio(look.role(surface, state, role)) >= DECORATION, f"{role} on {surface.name} {state.name}"


@pytest.mark.parametrize("theme", COLOURED, ids=named)
def test_panels_of_other_widgets_carry_text_and_labels(theme: ReviewTheme) -> None:
    palette = theme.textual
    for ground in (palette.background, palette.surface, palette.panel, theme.tokens["cursor"]):
        assert ground is not None
        for text in (palette.foreground, theme.tokens["bright"], theme.tokens["label"], theme.tokens["severity-high"]):
            assert text is not None
            assert contrast(text, ground) >= TEXT
        assert contrast(theme.tokens["dim"], ground) >= DECORATION
    assert contrast(theme.tokens["match-current-text"], theme.tokens["match-current"]) >= TEXT


@pytest.mark.parametrize("theme", COLOURED, ids=named)
def test_added_removed_and_plain_rows_differ(theme: ReviewTheme) -> None:
    tokens = theme.tokens
    assert theme.textual.background is not None
    for side in ("added", "removed"):
        assert contrast(tokens[side], theme.textual.background) > 1.05
        assert contrast(tokens[f"{side}-word"], tokens[side]) > 1.15


def test_the_sixteen_colour_theme_uses_nothing_but_the_terminals_colours() -> None:
    theme = SHIPPED["terminal"]
    colours = [getattr(theme.textual, key) for key in PALETTE]
    colours += theme.tokens.values()
    colours += [style.colour for style in theme.syntax.styles]
    assert all(colour.startswith("ansi_") for colour in colours)


def test_every_variable_of_ours_has_a_default() -> None:
    assert set(TOKENS) <= set(variable_defaults())


def test_one_of_textuals_own_themes_gets_the_nearest_of_ours() -> None:
    themes = load_themes()
    assert themes.for_textual(BUILTIN_THEMES["nord"]).name == DEFAULT_THEME
    assert themes.for_textual(BUILTIN_THEMES["textual-light"]).name == "paper"
    assert themes.for_textual(BUILTIN_THEMES["ansi-dark"]).name == "terminal"


def test_a_token_has_the_style_of_the_nearest_kind_above_it() -> None:
    syntax = SHIPPED[DEFAULT_THEME].syntax
    assert syntax.style_of(Token.Keyword.Declaration) == syntax.style_of(Token.Keyword)
    assert syntax.style_of(Token.Name.Function.Magic) == syntax.style_of(Token.Name.Function)


def test_a_theme_of_ones_own_needs_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\nbase = "ink"\n[tokens]\nadded = "#102030"\n')
    found = load_themes(tmp_path)
    assert not found.problems
    assert found.themes["mine"].tokens["added"] == "#102030"
    assert found.themes["mine"].tokens["removed"] == SHIPPED["ink"].tokens["removed"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('name = "x"\nbase = "ink"\n[tokens]\nadded = "greenish"\n', "tokens.added: expected a colour"),
        ('name = "x"\nbase = "ink"\n[tokens]\nadded = "#00000080"\n', "tokens.added: expected a colour that nothing"),
        ('name = "x"\nbase = "ink"\n[tokens]\naded = "#000000"\n', "did you mean tokens.added?"),
        ('name = "x"\nbase = "ink"\n[syntax]\nkeyword = "#ffffff loud"\n', "syntax.keyword: 'loud' is none of"),
        ('name = "x"\nbase = "nope"\n', "base: there is no theme 'nope'"),
        ('name = "x"\n[palette]\nprimary = "#ffffff"\n', "palette.secondary is missing"),
        ('name = "a b"\nbase = "ink"\n', "name: expected letters"),
        ('name = "x"\nbase = "ink"\ndark = "yes"\n', "dark: expected true or false"),
        ('name = "x"\nbase = "ink"\ntokens = 3\n', "tokens: expected a table"),
        ("name = ", "is not TOML"),
    ],
)
def test_a_broken_theme_is_told_by_file_and_key_and_stops_nothing(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "broken.toml").write_text(content)
    (tmp_path / "good.toml").write_text('name = "good"\nbase = "paper"\n')
    found = load_themes(tmp_path)
    assert len(found.problems) == 1
    assert said in found.problems[0]
    assert "broken.toml" in found.problems[0]
    assert "good" in found.themes


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "noise.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInputError, match="is not UTF-8 text"):
        read_theme(path)


def test_shipped_files_name_themselves() -> None:
    for path in resource_dir("themes").glob("*.toml"):
        assert read_theme(path).name == path.stem
