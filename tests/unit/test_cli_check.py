"""`reviewer check`: text, JSON, exit codes, and a packet that does not prove itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reviewer.checks import ALL, catalogue
from reviewer.checks.finding import MODES, SEVERITIES
from reviewer.cli import main
from reviewer.workflow import checking
from reviewer.workflow.sarif import sarif_log
from tests.support.packets import make_packet
from tests.support.sarif_form import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"src/app.py": b"def load(path):\n    return read(path)\n"}
NEW = {"src/app.py": b"def load(p):\n    try:\n        return eval(read(p))\n    except Exception:\n        return 0\n"}
KEYS = ["id", "mode", "rule", "severity", "file", "side", "line", "end_line", "message", "known", "why", "evidence"]
MORE = ["numbers", "also", "method", "measured_fa", "by"]


def check(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments)])
    code = ended.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    return make_packet(tmp_path, OLD, NEW)


def test_text_has_modes_places_and_what_was_not_examined(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet) == 0
    said = capsys.readouterr().out
    assert "security_boundary: " in said
    assert "src/app.py:3" in said
    assert "security_boundary/code-evaluated" in said
    assert "examined: 1 Python file by syntax tree" in said
    assert "not examined: the way back was not rehearsed" in said


def test_a_mode_without_a_check_is_told(
    packet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "ALL", [one for one in ALL if one.mode != "rollback"])
    assert check(packet) == 0
    assert "rollback: not examined: no check for this yet" in capsys.readouterr().out
    assert check(packet, "--report", "--mode", "rollback") == 0
    assert [one["status"] for one in json.loads(capsys.readouterr().out)["checks"]] == ["no_check"]


def test_json_is_a_list_of_findings_with_the_public_keys(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [list(one) for one in found] == [KEYS + MORE] * len(found)
    ranks = [SEVERITIES.index(one["severity"]) for one in found]
    assert ranks == sorted(ranks, reverse=True)
    evaluated = next(one for one in found if one["rule"] == "code-evaluated")
    assert (evaluated["file"], evaluated["side"], evaluated["line"], evaluated["severity"]) == (
        "src/app.py",
        "new",
        3,
        "high",
    )


def test_fail_on_is_one_from_that_severity_up(packet: Path, tmp_path: Path) -> None:
    assert check(packet, "--fail-on", "high") == 1
    assert check(packet, "--fail-on", "info") == 1
    calm = make_packet(tmp_path, {"README.md": b"a\n"}, {"README.md": b"b\n"}, name="calm.packet")
    assert check(calm, "--fail-on", "high") == 0


def test_mode_looks_at_one_mode_alone(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--mode", "error_handling", "--json") == 0
    assert {one["mode"] for one in json.loads(capsys.readouterr().out)} == {"error_handling"}
    assert check(packet, "--mode", "rollback", "--fail-on", "high") == 0


def test_a_packet_that_does_not_prove_itself_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said_otherwise = make_packet(tmp_path, OLD, NEW, diff=b"")
    assert check(said_otherwise) == 2
    assert "does not prove itself" in capsys.readouterr().err


def test_bad_arguments_and_files_are_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path / "none.packet") == 2
    (tmp_path / "x.packet").write_bytes(b"PK")
    assert check(tmp_path / "x.packet") == 2
    assert check(tmp_path / "x.packet", "--fail-on", "severe") == 2
    assert check(tmp_path / "x.packet", "--mode", "luck") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_hostile_names_are_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packet = make_packet(tmp_path, {}, {"src/a\x1b[31m.py": b"eval(x)\n"})
    assert check(packet) in {0, 2}
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


def test_a_report_says_how_each_check_ran(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--report") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["packet", "findings", "checks"]
    assert told["packet"]["proves_itself"] is True
    assert {one["mode"] for one in told["checks"]} == set(MODES)
    boundary = next(one for one in told["checks"] if one["mode"] == "security_boundary")
    assert boundary["findings"]["high"] == sum(
        one["mode"] == "security_boundary" and one["severity"] == "high" for one in told["findings"]
    )
    assert boundary["examined"]
    way_back = next(one for one in told["checks"] if one["mode"] == "rollback")
    assert "not rehearsed" in way_back["not_examined"]


def sarif(out: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(out)
    jsonschema.validate(log, SCHEMA, jsonschema.Draft7Validator)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    made: dict[str, Any] = run
    return made


def test_sarif_has_results_rules_and_what_was_not_examined(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--sarif", "--fail-on", "high") == 1
    run = sarif(capsys.readouterr().out)
    evaluated = next(one for one in run["results"] if one["ruleId"] == "security_boundary/code-evaluated")
    assert (evaluated["level"], evaluated["kind"]) == ("error", "fail")
    assert evaluated["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "src/app.py", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 3, "endLine": 3},
    }
    assert len(evaluated["partialFingerprints"]["reviewerFinding/v1"]) == 16
    rule = run["tool"]["driver"]["rules"][evaluated["ruleIndex"]]
    entry = catalogue.entry("security_boundary", "code-evaluated")
    assert entry is not None
    assert rule["shortDescription"]["text"] == f"{entry.title}."
    (invocation,) = run["invocations"]
    told = [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]
    assert invocation["executionSuccessful"] is True
    assert any(text.startswith("rollback: not examined: the way back was not rehearsed") for text in told)


def test_sarif_without_a_result_says_what_was_looked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calm = make_packet(tmp_path, {"README.md": b"a\n"}, {"README.md": b"b\n"})
    assert check(calm, "--sarif", "--mode", "hidden_text") == 0
    run = sarif(capsys.readouterr().out)
    assert run["results"] == []
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert notices[0]["message"]["text"].startswith("hidden_text: nothing found; examined ")


def test_sarif_of_a_packet_that_does_not_prove_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(make_packet(tmp_path, OLD, NEW, diff=b""), "--sarif") == 2
    run = sarif(capsys.readouterr().out)
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "does not prove itself" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_takes_hostile_text_for_nothing_but_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "src/[a](http:x.test) {0}\x1b:%20é.py"
    path = make_packet(tmp_path, {}, {name: b"eval(f'[b](http://y.test) {0} \\\\')\n"})
    assert check(path, "--sarif") in {0, 2}
    out = capsys.readouterr().out
    run = sarif(out)
    places = [one["physicalLocation"] for result in run["results"] for one in result.get("locations", ())]
    assert places
    assert {one["artifactLocation"]["uri"] for one in places} == {
        "src/%5Ba%5D%28http%3Ax.test%29%20%7B0%7D%1B%3A%2520%C3%A9.py"
    }
    texts = [one["message"]["text"] for one in run["results"]]
    assert any("\\[b\\](http://y.test) {{0}}" in text for text in texts)
    assert not [text for text in texts if "[b](" in text]
    assert "\\u001b" not in out


def test_sarif_has_no_place_for_a_line_of_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = make_packet(
        tmp_path,
        {"a.py": b"def f(x):\n    if x:\n        raise E\n    return x\n"},
        {"a.py": b"def f(x):\n    return x\n"},
    )
    assert check(gone, "--sarif", "--mode", "error_handling") == 0
    result = sarif(capsys.readouterr().out)["results"][0]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert "before the change)" in result["message"]["text"]


def test_lone_surrogates_in_a_path_are_bytes_again() -> None:
    from reviewer.workflow.sarif import _uri

    assert _uri("a\udcff b") == "a%FF%20b"
    assert _uri("a\ud800") == "a%ED%A0%80"


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--explain", "code-evaluated") == 0
    said = capsys.readouterr().out
    assert said.startswith("security_boundary/code-evaluated: Text is run as code\n")
    assert "eval(x)" in said
    assert "it is not told of:" in said
    assert check("--explain", "scope/path-outside") == 0


def test_an_unknown_rule_is_bad_input_with_names_like_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--explain", "code-evaluate") == 2
    said = capsys.readouterr().err
    assert "there is no rule 'code-evaluate'" in said
    assert "did you mean code-evaluated" in said
    assert check("--explain", "\x1b[31m" * 1000) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--list") == 0
    said = capsys.readouterr().out
    assert all(rule.key in said for rule in catalogue.everything())


def test_without_a_packet_the_newest_of_the_repository_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert check() == 2
    assert "name a packet" in capsys.readouterr().err


def test_a_sarif_log_needs_no_result(packet: Path) -> None:
    from reviewer.workflow.open import open_packet

    with open_packet(packet) as opened:
        log = sarif_log(opened.manifest, str(opened.packet.key), (), ())
    jsonschema.validate(log, SCHEMA, jsonschema.Draft7Validator)


def test_a_check_that_breaks_is_no_yes(
    packet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: object, case: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("reviewer.checks.rollback.RollbackCheck.run", broken)
    assert check(packet, "--mode", "rollback") == 3
    told = capsys.readouterr()
    assert "examined nothing" in told.out
    assert "rollback: the check itself failed" in told.err


def test_two_forms_at_once_are_refused(packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(packet, "--json", "--sarif") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "--json and --sarif print different things" in told.err
