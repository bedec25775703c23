"""One table of actions: bindings, palette, help and footer come from it and nowhere else."""

from __future__ import annotations

import pytest

from reviewer.errors import BadInputError
from reviewer.tui.keymap import ACTIONS, DEFAULT, GROUPS, Keymap, show_key


def test_no_key_does_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))


def test_no_action_is_named_twice_and_every_group_is_known() -> None:
    names = [action.name for action in ACTIONS]
    assert len(names) == len(set(names))
    assert {action.group for action in ACTIONS} <= set(GROUPS)


def test_each_action_has_one_binding_of_its_name() -> None:
    bindings = DEFAULT.bindings()
    assert [binding.id for binding in bindings] == [action.name for action in ACTIONS]
    assert [binding.action for binding in bindings] == [action.call for action in ACTIONS]


def test_keys_may_be_written_as_people_write_them() -> None:
    assert Keymap.of({"next_hunk": "}", "next_note": "]"}).find("next_hunk").keys == "right_curly_bracket"


def test_a_person_can_move_a_key() -> None:
    keymap = Keymap.of({"next_hunk": "J, ctrl+n"})
    assert keymap.find("next_hunk").keys == "J,ctrl+n"
    assert ("J/[", "hunk") in list(keymap.footer("diff"))


def test_an_unknown_action_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BadInputError, match=r"config\.toml: keymap\.next_hunks") as caught:
        Keymap.of({"next_hunks": "n"})
    assert caught.value.hint == "did you mean 'next_hunk'?"


def test_a_key_that_is_taken_is_refused_and_says_by_what() -> None:
    with pytest.raises(BadInputError, match=r"keymap\.next_hunk: 'u' already does 'next_unseen'"):
        Keymap.of({"next_hunk": "u"})


def test_swapping_two_keys_is_allowed() -> None:
    keymap = Keymap.of({"next_unseen": "s", "cycle_layout": "u"})
    assert keymap.key("next_unseen") == "s"


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(BadInputError, match="name at least one key"):
        Keymap.of({"next_hunk": ""})


@pytest.mark.parametrize(
    ("key", "shown"), [("ctrl+a", "Ctrl+A"), ("ctrl+d", "Ctrl+d"), ("right_square_bracket", "]"), ("j", "j")]
)
def test_keys_are_shown_as_people_write_them(key: str, shown: str) -> None:
    assert show_key(key) == shown


def test_approving_is_never_one_bare_letter() -> None:
    for name in ("approve", "reject"):
        assert all(key.startswith("ctrl+") for key in DEFAULT.find(name).keys.split(","))
