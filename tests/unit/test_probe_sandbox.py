"""What a cell shows, where an environment lies, and the folder that goes from tree to tree."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import BadInputError
from reviewer.probe.files import EXECUTABLE, LINK, PLAIN, SUBMODULE, File, Files
from reviewer.probe.sandbox import containment
from reviewer.probe.sandbox.environment import python_place
from reviewer.probe.sandbox.layout import TREE, Layout, gives_away, lay_out
from reviewer.probe.worktree import Worktree
from tests.support import probing

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = st.sampled_from(["a", "b", "c.py", "é", "-x", "a b"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(PATHS, st.binary(max_size=3), max_size=8)


def layout(tmp_path: Path, **values: object) -> Layout:
    for name in ("tree", "bin", "etc"):
        (tmp_path / name).mkdir()
    places = {"tree": tmp_path / "tree", "programs": tmp_path / "bin", "settings": tmp_path / "etc"}
    return lay_out(**places, **values)  # type: ignore[arg-type]


def on_disk(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def clean(tree: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what git could hold: no path is the folder of another."""
    return {path: data for path, data in tree.items() if not any(other.startswith(path + "/") for other in tree)}


def plain(tree: Mapping[str, bytes]) -> Files:
    return Files({}).replaced(dict(tree))


def test_the_tree_takes_the_place_of_the_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "home" / "project"
    checkout.mkdir(parents=True)
    found = layout(tmp_path, checkout=checkout, readable=(checkout, checkout / ".venv"))
    assert found.tree == str(checkout)
    assert [(bind.source, bind.target) for bind in found.binds if bind.target.startswith(str(checkout))] == [
        (str(tmp_path / "tree"), str(checkout))
    ]


def test_an_environment_in_the_checkout_lies_in_the_tree(tmp_path: Path) -> None:
    environment = tmp_path / "home" / "project" / ".venv"
    environment.mkdir(parents=True)
    found = layout(tmp_path, checkout=environment.parent, readable=(environment,))
    targets = [bind.target for bind in found.binds]
    assert targets.index(str(environment.parent)) < targets.index(str(environment))


@pytest.mark.parametrize("place", ["/", "/usr", "/usr/src/project", "/etc/project", "/tmp", "~", "~/.."])  # noqa: S108
def test_a_checkout_that_would_hide_the_cell_or_show_the_home_has_another_place(tmp_path: Path, place: str) -> None:
    assert layout(tmp_path, checkout=Path(place).expanduser()).tree == TREE


def test_nothing_that_shows_the_home_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "people" / "anna"
    (home / "lib").mkdir(parents=True)
    (tmp_path / "link").symlink_to(home)
    (tmp_path / "up").symlink_to(tmp_path)
    monkeypatch.setenv("HOME", str(home))
    refused = (home, home.parent, tmp_path / "link", tmp_path / "up", Path("/"))
    assert all(gives_away(place) for place in refused)
    found = layout(tmp_path, readable=(*refused, home / "lib"))
    assert found.refused == tuple(map(str, refused))
    assert str(home / "lib") in [bind.target for bind in found.binds]


def test_an_environment_is_found_with_all_that_its_interpreter_reads(tmp_path: Path) -> None:
    base = probing.tree_at(tmp_path / "base", {"bin/python3.12": "", "lib/python3.12/os.py": ""})
    (tmp_path / "alias").symlink_to(base)
    other = probing.tree_at(tmp_path / "other", {"src/lib/__init__.py": ""})
    checkout = probing.tree_at(tmp_path / "checkout", {"src/mine/__init__.py": ""})
    site = "venv/lib/python3.12/site-packages"
    probing.tree_at(
        tmp_path,
        {
            "venv/pyvenv.cfg": f"home = {tmp_path / 'alias' / 'bin'}\nversion = 3.12.1\n",
            f"{site}/mine.pth": f"{checkout / 'src'}\nimport evil\n/nowhere\n",
            f"{site}/__editable___lib_finder.py": f"MAPPING = {{'lib': '{other / 'src' / 'lib'}'}}\n",
            f"{site}/pytest-8.0.0.dist-info/METADATA": "",
        },
    )
    (tmp_path / "venv" / "bin").mkdir()
    (tmp_path / "venv" / "bin" / "python").symlink_to(tmp_path / "alias" / "bin" / "python3.12")
    found = python_place(tmp_path / "venv", checkout=checkout)
    assert found.interpreter == tmp_path / "venv" / "bin" / "python"
    assert (found.version, found.distributions) == ("3.12", ("pytest-8.0.0.dist-info",))
    assert set(found.readable) == {tmp_path / "venv", tmp_path / "alias", base, other / "src" / "lib"}
    with pytest.raises(BadInputError, match="there is no Python interpreter"):
        python_place(tmp_path / "base")


def test_what_works_here_is_tried_once_and_what_does_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    containment.best.cache_clear()
    monkeypatch.setattr(containment, "candidates", lambda: (containment.Containment("bubblewrap", program="/nowhere"),))
    found = containment.best()
    containment.best.cache_clear()
    assert found.kind == "none"
    assert found.not_contained == containment.NOT_CONTAINED
    assert found.why == ("bubblewrap: /nowhere: No such file or directory",)


@given(st.lists(TREES.map(clean), min_size=1, max_size=4))
def test_a_folder_holds_exactly_the_tree_that_was_shown_last(
    tmp_path_factory: pytest.TempPathFactory, trees: list[dict[str, bytes]]
) -> None:
    worktree = Worktree(tmp_path_factory.mktemp("law") / "tree")
    for tree in trees:
        shown = worktree.show(plain(tree))
        assert shown.left_out == ()
        assert on_disk(worktree.root) == tree
    assert worktree.show(plain(trees[-1])).written == 0


@given(
    TREES.map(clean),
    st.lists(st.tuples(PATHS, st.sampled_from(["write", "remove", "folder", "link", "mode"])), max_size=6),
)
def test_what_others_did_to_a_folder_is_undone(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, bytes], deeds: list[tuple[str, str]]
) -> None:
    room = tmp_path_factory.mktemp("law")
    (room / "victim").mkdir()
    worktree = Worktree(room / "tree")
    worktree.show(plain(tree))
    for path, deed in deeds:
        place = worktree.root / path
        try:
            match deed:
                case "write":
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(b"spoiled")
                case "remove":
                    place.unlink()
                case "folder":
                    place.mkdir(parents=True)
                case "link":
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.symlink_to(room / "victim")
                case "mode":
                    place.chmod(0)
        except OSError:
            continue
    left = on_disk(room / "victim")
    worktree.show(plain(tree))
    assert on_disk(worktree.root) == tree
    assert not any(path.is_symlink() for path in worktree.root.rglob("*"))
    assert on_disk(room / "victim") == left


def test_modes_and_links_are_those_of_the_tree(tmp_path: Path) -> None:
    rows = {
        "run": File(EXECUTABLE, "1", lambda: b"#!/bin/sh\n"),
        "plain": File(PLAIN, "2", lambda: b"x"),
        "folder/link": File(LINK, "3", lambda: b"../plain"),
        "module": File(SUBMODULE, "4", lambda: None),
        "__pycache__/a.pyc": File(PLAIN, "5", lambda: b"x"),
        ".git/config": File(PLAIN, "6", lambda: b"x"),
        "../out": File(PLAIN, "7", lambda: b"x"),
        "absent": File(PLAIN, "8", lambda: None),
        "n" * 300: File(PLAIN, "9", lambda: b"x"),
    }
    worktree = Worktree(tmp_path / "tree")
    shown = worktree.show(Files(rows))
    assert sorted(path for path, _ in shown.left_out) == sorted(set(rows) - {"run", "plain", "folder/link"})
    assert stat.S_IMODE((tmp_path / "tree" / "run").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "tree" / "plain").stat().st_mode) == 0o644
    assert os.readlink(tmp_path / "tree" / "folder" / "link") == "../plain"  # noqa: PTH115 - exact words
    assert not (tmp_path / "out").exists()


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    worktree = Worktree(tmp_path / "tree")
    tree = plain({f"f{number}": b"x" for number in range(50)})
    assert worktree.show(tree).written == 50
    assert worktree.show(tree.replaced({"f1": b"y", "f2": None, "g": b"z"})).written == 2
    assert worktree.show(tree).written == 2
    assert tree.key == plain({f"f{number}": b"x" for number in range(50)}).key != tree.replaced({"f1": b"y"}).key
