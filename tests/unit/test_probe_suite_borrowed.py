"""Files that a build left in a checkout: taken where tests need them, and nothing else is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reviewer.probe.borrowed import borrow
from reviewer.probe.matrix import matrix
from tests.support import probing

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = {
    ".gitignore": "/src/pkg/_version.py\n",
    "src/pkg/__init__.py": "from pkg._version import version\nN = 1\n",
    "src/pkg/inner/__init__.py": "",
    "tests/test_a.py": "",
}
AFTER = {
    **BEFORE,
    "src/pkg/__init__.py": "from pkg._version import version\nN = 2\n",
    "tests/test_a.py": "import pkg\ndef test_a(): assert pkg.N == 2\n",
}


def checkout(tmp_path: Path) -> Path:
    return probing.tree_at(
        tmp_path / "checkout",
        {
            **AFTER,
            "src/pkg/_version.py": "version = '1'\n",
            "src/pkg/fast.so": "x",
            "src/pkg/other.py": "",
            ".env": "x",
        },
    )


def test_what_a_build_left_is_taken_on_both_sides_and_told(tmp_path: Path) -> None:
    place = checkout(tmp_path)
    change = borrow(probing.change(BEFORE, AFTER), place)
    assert change.borrowed == ("src/pkg/_version.py", "src/pkg/fast.so")
    assert change.before.read("src/pkg/_version.py") == change.after.read("src/pkg/_version.py") == b"version = '1'\n"
    told = "2 files that no commit has came from the checkout as built there: src/pkg/_version.py, src/pkg/fast.so"
    with probing.workshop(tmp_path) as shop:
        found = matrix(change, shop)
        assert ([row.kind for row in found.rows], found.gaps) == (["F2P"], (told,))
        assert [row.kind for row in matrix(probing.change(BEFORE, AFTER), shop).rows] == ["F2F"]


def test_links_and_second_names_are_not_followed(tmp_path: Path) -> None:
    place = checkout(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (place / "src/pkg/fast.so").unlink()
    (place / "src/pkg/fast.so").symlink_to(secret)
    (place / "src/pkg/_version.py").unlink()
    os.link(secret, place / "src/pkg/_version.py")
    os.mkfifo(place / "src/pkg/pipe.so")
    (place / "src/pkg/inner").rename(place / "moved")
    (place / "moved" / "deep.so").write_text("x")
    (place / "src/pkg/inner").symlink_to(place / "moved")
    change = probing.change(BEFORE, AFTER)
    assert borrow(change, place) == change


def test_a_version_that_the_base_does_not_name_is_not_taken(tmp_path: Path) -> None:
    place = checkout(tmp_path)
    (place / "src/pkg/fast.so").unlink()
    assert borrow(probing.change({**BEFORE, ".gitignore": ""}, AFTER), place).borrowed == ()
    assert borrow(probing.change(BEFORE, AFTER), tmp_path / "nowhere").borrowed == ()
