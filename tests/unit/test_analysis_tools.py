"""The tools as they are installed: their tables of rules, their limits, and what hostile trees and settings can do."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from reviewer.analysis import pyrefly, ruff, ty
from reviewer.analysis.environment import NoEnvironmentError, find
from reviewer.analysis.existence import Changed, examine
from reviewer.analysis.floor import floor_of
from reviewer.analysis.folder import Folder, imports, inert, is_writable, local_modules, source_roots
from reviewer.analysis.process import CancelledError, Limits, Tool, ToolError
from reviewer.analysis.question import UnknownRuleError
from reviewer.analysis.rules import Rules, rules_of
from tests.support.cases import DictTree


def changed(new: str, old: str = "", path: str = "app.py") -> Changed:
    return Changed(path, path, old.encode(), new.encode())


def messages(new: str, **options: object) -> list[str]:
    said = examine([changed(new)], DictTree({"app.py": ""}), None, None, **options)  # type: ignore[arg-type]
    assert said.gaps == ()
    return [one.message for one in said.after if one.kind != "undecided"]


# Tables


@pytest.mark.parametrize("tool", [pyrefly.TOOL, ty.TOOL])
def test_the_tables_are_of_the_version_that_is_pinned(tool: Tool) -> None:
    assert rules_of(tool.name).version == tool.version


def test_the_table_has_every_rule_of_ty() -> None:
    said = subprocess.run(
        [ty.TOOL.program, "explain", "rule", "--output-format", "json"], capture_output=True, check=True
    )
    names = {row["name"] for row in json.loads(said.stdout)}
    rules = rules_of("ty")
    assert names - rules.other - set(rules.kinds) == set()
    assert set(rules.kinds) <= names


def test_the_table_has_every_rule_of_pyrefly() -> None:
    said = subprocess.run([pyrefly.TOOL.program, "check", "--only", "nonsense"], capture_output=True, check=False)
    listed = said.stderr.decode().partition("[possible values: ")[2].partition("]")[0]
    rules = rules_of("pyrefly")
    assert set(listed.split(", ")) == rules.other | set(rules.kinds)


@pytest.mark.parametrize("module", [pyrefly, ty])
def test_a_rule_that_no_table_has_is_a_loud_gap(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RULES", Rules("0", {}, frozenset()))
    said = examine([changed("import os\nos.nothing\n")], None, None, None)
    (gap,) = said.gaps
    assert "missing-" in gap
    assert module.TOOL.title in gap  # type: ignore[attr-defined]
    assert len(said.tools) == 1
    assert issubclass(UnknownRuleError, ToolError)


# Hostile trees


def test_settings_of_the_repository_and_comments_reach_no_tool() -> None:
    quiet = "# type: ignore\n# pyrefly: ignore-errors\n# /// script\n# [tool.ty.rules]\n# all = 'ignore'\n# ///\n"
    quiet += "import os\n"
    tree = DictTree(
        {
            "app.py": "",
            "pyproject.toml": "[tool.ty.rules]\nall = 'ignore'\n[tool.pyrefly]\nproject-excludes = ['**']\n",
            "ty.toml": "[rules]\nall = 'ignore'\n",
            "pyrefly.toml": "preset = 'off'\n",
            ".gitignore": "*\n",
        }
    )
    said = examine([changed(quiet + "os.nothing()  # ty: ignore\n")], tree, None, None)
    assert {one.tool for one in said.after} == {"pyrefly", "ty"}
    assert {one.line for one in said.after} == {8}


def test_an_interpreter_that_the_repository_names_is_not_run(tmp_path: Path) -> None:
    trap, ran = tmp_path / "python", tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\ntouch {ran}\n")
    trap.chmod(0o755)
    settings = f"[tool.pyrefly]\npython-interpreter-path = '{trap}'\n[tool.ty.environment]\npython = '{trap}'\n"
    tree = DictTree({"app.py": "", "pyproject.toml": settings, "ruff.toml": "extend = '/etc/passwd'\n"})
    examine([changed("import os\nos.nothing\n")], tree, None, None)
    assert not ran.exists()


def test_an_interpreter_that_the_person_names_is_not_run_either(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (site / "parcel.py").write_text("def send(): ...\n")
    (site / "evil.pth").write_text(f"import os; os.mkdir('{tmp_path}/ran')\n")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "python3"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    place = find(program)
    assert (place.version, place.sites) == ("3.11", (site,))
    said = examine([changed("import parcel\nparcel.send()\nparcel.sendd()\n")], None, place, None)
    assert [(one.tool, one.line) for one in said.after] == [("pyrefly", 3), ("ty", 3)]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "path", ["../a.py", "/a.py", "a//b.py", "-a.py", "a*.py", "[a].py", "a\n.py", "a\udcff.py", "a:b.py"]
)
def test_a_path_that_leads_out_or_is_a_pattern_is_written_nowhere(path: str) -> None:
    assert not is_writable(path)
    said = examine([changed("import nothing\n", path=path)], None, None, None)
    assert [one for _, one in said.unexamined] == [path]


def test_a_file_in_the_place_of_a_folder_does_not_break_anything(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "tree")
    folder.write("a.py", b"import os\n")
    folder.write("a.py/b.py", b"import sys\n")
    assert [each.name for each in folder.root.rglob("*")] == ["a.py"]


def test_inert_source_keeps_its_lines_and_columns() -> None:
    source = b"x = 1  # type: ignore[attr]\n#pyrefly:ignore\n# ty : ignore\n# /// script\ny = 'type: int'\n"
    assert len(inert(source)) == len(source)
    assert b": ignore" not in inert(source)
    assert b":ignore" not in inert(source)
    assert b"# /// script" not in inert(source)
    assert inert(source).endswith(b"y = 'type: int'\n")


# Limits


class Slow(Tool):
    @property
    def program(self) -> Path:
        return Path(shutil.which("sleep") or "/bin/sleep")


def test_a_tool_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ToolError, match="did not end within"):
        Slow("ty").run(["60"], room=tmp_path, folder=tmp_path, limits=Limits(seconds=0.2))
    assert time.monotonic() - started < 20


def test_a_tool_is_ended_when_nobody_wants_its_answer(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        examine([changed("x = 1\n")], None, None, None, cancelled=lambda: True)


def test_a_tool_that_writes_too_much_is_ended(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import nothing\n" * 5_000)
    arguments = ["check", "--isolated", "--no-cache", "--select", "ALL", "--output-format", "json", "a.py"]
    with pytest.raises(ToolError, match="went over its limits"):
        ruff.TOOL.run(arguments, room=tmp_path, folder=tmp_path, limits=Limits(written=10_000))


def test_a_tool_that_fails_on_its_own_is_a_gap_and_the_other_still_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ToolError("ty broke")

    monkeypatch.setattr(ty, "run", fails)
    said = examine([changed("import os\nos.nothing\n")], None, None, None)
    assert said.gaps == ("ty broke",)
    assert said.tools == (pyrefly.TOOL.title,)
    assert [one.tool for one in said.after] == ["pyrefly"]


def test_a_program_that_is_not_installed_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ty, "TOOL", Tool("no-such-tool"))
    said = examine([changed("import os\nos.nothing\n")], None, None, None)
    assert said.gaps == ("no-such-tool is not installed",)


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    messages("import os\nos.nothing\n")
    assert list(tmp_path.iterdir()) == []


# What is looked for


def test_both_tools_miss_the_same_things() -> None:
    source = "import os\nos.path.joined()\n'a'.uper()\nprint('a', endd='x')\nlen()\nmissing\n"
    said = examine([changed(source)], None, None, "3.11")
    lines = [{one.line for one in said.after if one.tool == tool} for tool in ("pyrefly", "ty")]
    assert lines == [{2, 3, 4, 5, 6}, {2, 3, 4, 5, 6}]
    assert next(one.hint for one in said.after if one.line == 3 and one.tool == "pyrefly") == "upper"


def test_a_value_that_may_be_none_and_an_argument_of_another_type_are_other_faults() -> None:
    assert messages("def f(x: str | None):\n    x.upper()\n\n\ndef g(a: str): ...\n\n\ng(1)\n") == []


def test_the_oldest_version_of_the_language_counts() -> None:
    assert messages("import tomllib\n") == []
    said = examine([changed("import tomllib\n")], None, None, "3.9")
    assert {one.kind for one in said.after} == {"import"}


def test_the_oldest_version_is_read_from_the_manifests() -> None:
    assert floor_of(DictTree({"pyproject.toml": "[project]\nrequires-python = '>=3.9,<4'\n"})) == "3.9"
    assert floor_of(DictTree({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.10'\n"})) == "3.10"
    assert floor_of(DictTree({"setup.cfg": "[options]\npython_requires = >= 3.5\n"})) == "3.8"
    assert floor_of(DictTree({"pyproject.toml": "[[["})) is None
    assert floor_of(DictTree({})) is None


def test_imports_start_where_python_would_start_them() -> None:
    paths = [
        "src/pkg/__init__.py",
        "src/pkg/sub/__init__.py",
        "lib/a/other/__init__.py",
        "tests/fixtures/json/__init__.py",
    ]
    assert source_roots(paths, ["src/pkg/sub/x.py", "tools/run.py"]) == [".", "src", "lib/a", "tools"]
    assert local_modules(["src/pkg/a.py", "top.py"], [".", "src"]) == {"src", "pkg", "top"}
    assert imports(b"import os.path as p, sys\nfrom json import x\n    import re\nfrom . import y\n") == {
        "os",
        "sys",
        "json",
        "re",
    }


# Environments


def test_an_environment_is_found_by_folder_or_interpreter_and_links_lead_nowhere_else(tmp_path: Path) -> None:
    site = tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    checkout, other = tmp_path / "checkout" / "src", tmp_path / "other"
    for folder in (site / "parcel", site / "parcel_post-1.0.dist-info", checkout, other):
        folder.mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    (site / "editable.pth").write_text(f"{checkout}\n{other}\nimport evil\n")
    found = find(tmp_path / "env", without=tmp_path / "checkout")
    assert (found.version, found.beside, found.distributions) == ("3.12", (other,), frozenset({"parcel-post"}))
    linked = found.link(tmp_path / "room") / "lib" / "python3.12" / "site-packages"
    assert sorted(each.name for each in linked.iterdir()) == ["beside.pth", "parcel", "parcel_post-1.0.dist-info"]
    assert (linked / "beside.pth").read_text() == f"{other}\n"


def test_what_is_no_environment_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoEnvironmentError, match="no such"):
        find(tmp_path / "none")
    with pytest.raises(NoEnvironmentError, match="no Python environment"):
        find(tmp_path)


# The linter's settings


def test_only_harmless_settings_of_the_base_are_passed_on() -> None:
    text = (
        "[tool.ruff]\nextend = '../evil.toml'\ncache-dir = '/tmp/x'\nline-length = 100\nselect = ['E']\n"
        "src = ['/etc', 'src']\nrequired-version = '>=99'\nfix = true\nbuiltins = ['_']\n"
        "[tool.ruff.lint]\nextend-select = ['T20']\nper-file-ignores = {'tests/**' = ['T20']}\n"
        "[tool.ruff.lint.isort]\nknown-first-party = ['app']\n"
    )
    found = ruff.settings_of(DictTree({"pyproject.toml": text}), "3.9")
    assert found is not None
    assert found.document == {
        "line-length": 100,
        "builtins": ["_"],
        "target-version": "py39",
        "lint": {
            "select": ["E"],
            "extend-select": ["T20"],
            "per-file-ignores": {"tests/**": ["T20"]},
            "isort": {"known-first-party": ["app"]},
        },
    }
    assert found.notes == ("pyproject.toml extends another file, which was not followed",)
    assert ruff.settings_of(DictTree({"pyproject.toml": "[project]\nname = 'x'\n"}), None) is None
    with pytest.raises(ToolError, match="not TOML"):
        ruff.settings_of(DictTree({"ruff.toml": "[[["}), None)


def test_a_rule_that_the_linter_does_not_know_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print(1)\n")
    (tmp_path / "room").mkdir()
    settings = ruff.Settings("ruff.toml", {"lint": {"select": ["T20", "ZZZ9"], "isort": {"no-such-key": True}}})
    said, notes = ruff.run(tmp_path, tmp_path / "room", ["a.py"], settings)
    assert [one.rule for one in said] == ["T201"]
    assert len(notes) == 2
    assert "ZZZ9" in " ".join(notes)
