"""Checks that a person installed: the README's example, broken ones, and those that lie in what is reviewed."""

from __future__ import annotations

import json
import re
import site
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.runner import run
from reviewer.cli import main
from reviewer.workflow.crossing import result_of
from reviewer.workflow.elsewhere import installed
from tests.support.cases import make_case
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import CheckResult

README = Path(__file__).parents[2] / "README.md"
SOUND = """
from reviewer.checks.finding import CheckResult, Finding

class Own:
    mode, version = "scope", 3
    def run(self, case):
        made = dict(id="x", mode="scope", rule="own-rule", severity="low", message="m", why="w")
        made.update({changes})
        return CheckResult(mode="scope", status="done", findings=(Finding(**made),), version=9)
"""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "site-packages"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    before = set(sys.modules)
    yield place
    for name in set(sys.modules) - before:
        del sys.modules[name]


def install(place: Path, module: str, code: str, points: str, name: str = "acme-checks") -> None:
    (place / f"{module}.py").write_text(code)
    info = place / f"{name.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[reviewer.checks]\n{points}\n")


def only(place: Path, **options: Any) -> CheckResult:  # noqa: ANN401 - of `installed`
    (check,) = installed(places=[str(place)], **options)
    (result,) = run(make_case({}, {"a.py": "print(1)\n"}), (check,))
    return result


def example() -> tuple[str, str]:
    """Return the code and the entry points of the example in the README."""
    part = README.read_text().partition("<!-- own check -->")[2].partition("<!-- end -->")[0]
    code = re.search(r"```python\n(.*?)```", part, re.DOTALL)
    points = re.search(r"```toml\n(.*?)```", part, re.DOTALL)
    assert code is not None
    assert points is not None
    return code[1], points[1]


def test_the_example_of_the_readme_works_and_is_short(places: Path) -> None:
    code, table = example()
    head, *rows = table.strip().split("\n")
    assert head == '[project.entry-points."reviewer.checks"]'
    module = rows[0].partition('"')[2].partition(":")[0]
    install(places, module, code, "\n".join(row.replace('"', "") for row in rows))
    assert len([line for line in code.split("\n") if line.strip()]) <= 12
    result = only(places)
    assert (result.status, result.by, result.tools[0].tool) == ("done", "acme-checks", "acme-checks 1.2")
    (found,) = result.findings
    assert (found.by, found.file, found.line, found.mode) == ("acme-checks", "a.py", 1, result.mode)
    assert result.examined


@pytest.mark.parametrize(
    ("code", "point", "told"),
    [
        ("raise RuntimeError('no \\x1b[31m luck')", "scope = own:Own", "cannot be loaded (RuntimeError: no ⟨U+001B⟩"),
        ("import sys; sys.exit(3)", "scope = own:Own", "cannot be loaded (SystemExit: 3)"),
        ("", "scope.x = own:Own", "cannot be loaded (AttributeError"),
        ("Own = None", "scope = own:Own", "cannot be loaded (AttributeError"),
        ("def", "scope = own:Own", "cannot be loaded (SyntaxError"),
        ("class Own: mode, version, run = 'luck', 1, print", "any = own:Own", "its mode is none that there is (luck)"),
        ("class Own: mode, version, run = 'scope', '1', print", "any = own:Own", "no version that is a number"),
        ("class Own:\n  mode, version = 'scope', 1\n  def run(self, case): 1 / 0", "a = own:Own", "it failed (ZeroDiv"),
        (
            "class Own:\n  mode, version = 'scope', 1\n  def run(self, case): exit(1)",
            "a = own:Own",
            "it failed (SystemE",
        ),
        ("class Own:\n  mode, version = 'scope', 1\n  def run(self, case): 0", "a = own:Own", "no result of the mode"),
        (SOUND.format(changes="{'mode': 'rollback'}"), "a = own:Own", "no finding of the mode scope"),
        (SOUND.format(changes="{'severity': 'grave'}"), "a = own:Own", "severity or known is not"),
        (SOUND.format(changes="{'line': 'one'}"), "a = own:Own", "line is not as it has to be"),
        (SOUND.format(changes="{'message': None}"), "a = own:Own", "a text of a finding"),
        (SOUND.format(changes="{'numbers': (('n', float('nan')),)}"), "a = own:Own", "numbers is not"),
        (SOUND.format(changes="{'evidence': ['x']}"), "a = own:Own", "evidence is not"),
    ],
)
def test_a_broken_check_says_so_in_one_sentence(places: Path, code: str, point: str, told: str) -> None:
    install(places, "own", code, point)
    result = only(places)
    assert (result.status, result.findings, result.by) == ("incomplete", (), "acme-checks")
    assert told in result.reason
    assert "of acme-checks 1.2 examined nothing: " in result.reason
    assert "\x1b" not in result.reason


def test_one_that_cannot_be_loaded_stands_in_the_mode_of_its_name(places: Path) -> None:
    install(places, "own", "1 / 0", "rollback.nightly = own:Own\nnightly = own:Own")
    assert [check.mode for check in installed(places=[str(places)])] == ["plausible_wrong", "rollback"]


def test_ids_are_labelled_and_what_it_says_crosses_to_the_screen(places: Path) -> None:
    install(places, "own", SOUND.format(changes="{'numbers': (('n', 2),)}"), "a = own:Own")
    result = only(places)
    (found,) = result.findings
    assert re.fullmatch(r"[0-9a-f]{16}", found.id)
    assert (result.version, found.by) == (3, "acme-checks")
    from dataclasses import asdict

    assert result_of(json.loads(json.dumps(asdict(result)))) == result


def test_code_of_the_repository_under_review_is_not_loaded(tmp_path: Path, places: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    mark = tmp_path / "ran"
    (work / "own.py").write_text(f"open({str(mark)!r}, 'w')\n")
    info = places / "own-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[reviewer.checks]\nscope = own:Own\n")
    sys.path.insert(0, str(work))
    try:
        result = only(places, repository=work)
    finally:
        sys.path.remove(str(work))
    assert "its code lies in the repository under review, and is not loaded" in result.reason
    assert not mark.exists()


def test_packages_in_an_environment_inside_the_repository_are_installed_ones(places: Path) -> None:
    install(places, "own", SOUND.format(changes="{}"), "a = own:Own")
    assert only(places, repository=places.parent).status == "done"


def test_the_folder_that_one_stands_in_is_not_looked_at(
    tmp_path: Path, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    install(work, "own", "1 / 0", "scope = own:Own")
    monkeypatch.chdir(work)
    monkeypatch.syspath_prepend(str(work))
    assert installed(places=[str(places)]) == ()
    assert not [check for check in installed() if check.name == "scope"]


def test_it_stands_beside_ours_in_every_form(
    tmp_path: Path, places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(places, "own", SOUND.format(changes="{}"), "a = own:Own")
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(places)])
    packet = make_packet(tmp_path)
    told = {}
    for form in ("--report", "--sarif", "--json"):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(packet), form, "--mode", "scope"])
        assert ended.value.code == 0
        told[form] = json.loads(capsys.readouterr().out)
    assert [one["by"] for one in told["--report"]["checks"]] == [None, "acme-checks"]
    assert [one["by"] for one in told["--json"] if one["rule"] == "own-rule"] == ["acme-checks"]
    rules = told["--sarif"]["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules if rule["properties"].get("by")] == ["acme-checks/scope/own-rule"]
    with pytest.raises(SystemExit):
        main(["check", str(packet)])
    assert "scope (by acme-checks): 1 finding" in capsys.readouterr().out


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    told = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, told.out, told.err


def test_its_rules_are_listed_and_explained(
    places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = example()
    install(places, "own", code, "a = own:NoPrint")
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(places)])
    ended, out, err = explained(capsys, "--list")
    row = next(line for line in out.split("\n") if line.startswith("style_drift/print-added "))
    assert row.endswith("A print is added (acme-checks 1.2)")
    assert (ended, err) == (0, "")
    for name in ("print-added", "style_drift/print-added", "acme-checks/style_drift/print-added"):
        ended, out, _ = explained(capsys, "--explain", name)
        assert ended == 0
        assert out.startswith("style_drift/print-added: A print is added\n")
        assert "acme-checks 1.2" in out
    assert "did you mean print-added" in explained(capsys, "--explain", "print-addd")[2]


def test_a_table_of_words_is_shown_whole(
    places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        "dict(title='Own \\x1b[31m', why='We do.', explanation='x ' * 9999, severities=dict(high='at night', odd='x'),"
        " languages=['Python'], method='by eye', bad='print(1)\\n', good='log(1)', more=1)"
    )
    install(places, "own", SOUND.format(changes="{}") + f"    rules = {{'own-rule': {words}}}\n", "a = own:Own")
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(places)])
    _, out, _ = explained(capsys, "--explain", "own-rule")
    assert "\x1b" not in out
    assert len(out) < 2000
    for part in (
        "We do.",
        "  high    at night",
        "languages:  Python",
        "how found:  by eye",
        "    print(1)",
        "    log(1)",
    ):
        assert part in out
    assert "odd" not in out


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (SOUND.format(changes="{}"), "the check a of acme-checks 1.2 (scope) does not name its rules"),
        (SOUND.format(changes="{}") + "    rules = ['own-rule']\n", "does not name its rules in a table by name"),
        (SOUND.format(changes="{}") + "    rules = {1: 'x', 'own-rule': 2}\n", "names 2 of its rules in another form"),
        (
            SOUND.format(changes="{}") + "    rules = property(lambda self: 1 / 0)\n",
            "could not name its rules (ZeroDiv",
        ),
        ("1 / 0", "names no rules: it cannot be loaded (ZeroDivisionError"),
    ],
)
def test_one_that_does_not_name_its_rules_is_told(
    places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str, told: str
) -> None:
    install(places, "own", code, "a = own:Own")
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(places)])
    ended, _, err = explained(capsys, "--list")
    assert ended == 0
    assert told in err
    ended, _, err = explained(capsys, "--explain", "own-rule")
    assert ended == 2
    assert told in " ".join(err.split())
