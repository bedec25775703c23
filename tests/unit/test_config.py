"""The person's settings: closed, and every refusal names the file and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.config import Config, config_path, load_config
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path


def _write(folder: Path, text: str) -> Path:
    place = folder / "config.toml"
    place.write_text(text, encoding="utf-8")
    return place


def test_no_file_means_every_default(tmp_path: Path) -> None:
    assert load_config(tmp_path / "absent.toml") == Config()


def test_the_file_is_looked_for_in_the_configuration_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path))
    _write(tmp_path, '[view]\ntheme = "paper"\n')
    assert config_path() == tmp_path / "config.toml"
    assert load_config().view.theme == "paper"


def test_every_table_is_read(tmp_path: Path) -> None:
    config = load_config(
        _write(
            tmp_path,
            '[reviewer]\nname = "Ana"\nemail = "ana@example.org"\n'
            '[signing]\nkey = "~/.ssh/id"\nallowed_signers = "~/signers"\n'
            '[view]\nlayout = "split"\nwrap = true\n[limits]\nmax_unpacked_mib = 128\n'
            '[keymap]\nnext_hunk = "n,right_square_bracket"\n',
        )
    )
    assert config.reviewer.name == "Ana"
    assert config.signing.allowed_signers == "~/signers"
    assert (config.view.layout, config.view.wrap) == ("split", True)
    assert config.limits.max_unpacked_mib == 128
    assert config.keymap == {"next_hunk": "n,right_square_bracket"}


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ('[view]\ntheem = "x"\n', "view.theem", "did you mean 'theme'?"),
        ("[colours]\n", "colours", "known keys here: checks, keymap, limits, reviewer, signing, view"),
        ('[view]\nlayout = "sideways"\n', "view.layout", None),
        ("[limits]\nmax_members = 0\n", "limits.max_members", None),
        ('[reviewer]\nemail = "nobody"\n', "reviewer.email", None),
        ("[keymap]\nnext_hunk = 3\n", "keymap.next_hunk", None),
    ],
)
def test_a_refusal_names_the_file_and_the_key(tmp_path: Path, text: str, key: str, hint: str | None) -> None:
    place = _write(tmp_path, text)
    with pytest.raises(BadInputError) as caught:
        load_config(place)
    assert str(place) in caught.value.sentence
    assert key in caught.value.sentence
    assert caught.value.hint == hint


@pytest.mark.parametrize("text", ["view = \n", "[view\n", "a = 1\na = 2\n"])
def test_broken_toml_is_one_sentence_with_the_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInputError, match="line"):
        load_config(_write(tmp_path, text))


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "config.toml"
    place.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="not UTF-8 at byte 0"):
        load_config(place)


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        load_config(tmp_path)
