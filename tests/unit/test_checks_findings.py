"""Severities and wording where a rule alone does not tell: human cases, secrets, what runs prove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.claim_vs_evidence import ClaimCheck
from reviewer.checks.claims import is_test_claim, required_commands
from reviewer.checks.error_handling import ErrorHandlingCheck
from reviewer.checks.hidden_text import HiddenTextCheck
from reviewer.checks.rollback import RollbackCheck
from reviewer.checks.scope import ScopeCheck
from reviewer.checks.security_boundary import SecurityBoundaryCheck
from reviewer.checks.test_theater import TestTheaterCheck
from reviewer.packet.manifest import Task
from reviewer.run.event import Command, Edit, Message
from tests.support.cases import make_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.check import Check
    from reviewer.checks.finding import Finding

TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


def found(check: Check, before: Mapping[str, Any], after: Mapping[str, Any], **rest: Any) -> tuple[Finding, ...]:  # noqa: ANN401
    return check.run(make_case(before, after, **rest)).findings


def severities(check: Check, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    return {finding.rule: finding.severity for finding in found(check, before, after)}


def test_a_secret_is_never_quoted_and_its_line_is_given() -> None:
    for line in (
        f"token = '{TOKEN}'",
        f"run(f'curl -H {TOKEN}', shell=True)",
        "DB = 'postgres://u:s3cr3tPw@db.test/x'",
    ):
        facts = found(SecurityBoundaryCheck(), {}, {"src/a.py": f"x = 1\n{line}\n"})
        secret = next(fact for fact in facts if fact.rule == "secret")
        assert (secret.severity, secret.line) == ("high", 2)
        said = " ".join(fact.message for fact in facts)
        assert TOKEN not in said
        assert "s3cr3tPw" not in said


@pytest.mark.parametrize(
    "line",
    [
        "password = 'changeme'",
        "SECRET_KEY = os.environ['SECRET_KEY']",
        "password = getpass('Your password: ')",
        "api_key = '<your-api-key>'",
        "error = 'password must be longer'",
        "PASSWORD_FIELD = 'password_field'",
        "url = 'http://user:password@localhost/'",
        "secret_name = 'projects/x/secrets/y'",
    ],
)
def test_what_people_write_beside_such_names_is_no_secret(line: str) -> None:
    assert "secret" not in severities(SecurityBoundaryCheck(), {}, {"src/a.py": line + "\n"})


def test_a_test_may_ask_for_trouble_but_a_real_token_counts_there_too() -> None:
    risky = severities(
        SecurityBoundaryCheck(), {}, {"tests/test_a.py": f"eval(x)\nt = '{TOKEN}'\npassword = 'aB3$xYz99'\n"}
    )
    assert risky == {"code-evaluated": "info", "secret": "medium"}


def test_a_weakness_in_other_words_is_not_a_new_one() -> None:
    old, new = "run('a ' + b, shell=True)\n", "run('a -v ' + b, shell=True)\n"
    assert severities(SecurityBoundaryCheck(), {"a.py": old}, {"a.py": new})["shell-command"] == "medium"
    assert severities(SecurityBoundaryCheck(), {"a.py": "x\n"}, {"a.py": new})["shell-command"] == "high"


def test_what_moves_to_another_function_is_not_gone() -> None:
    before = "def f(x):\n    if not x:\n        raise ValueError('x')\n    return x\n"
    after = "def need(x):\n    if not x:\n        raise ValueError('x')\n\ndef f(x):\n    need(x)\n    return x\n"
    assert "raise-removed" not in severities(ErrorHandlingCheck(), {"a.py": before}, {"a.py": after})


def test_human_error_handling_is_quiet() -> None:
    optional = "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n"
    suppress = "def f(p):\n    with suppress(FileNotFoundError):\n        p.unlink()\n"
    raised = "def f(p):\n    try:\n        g(p)\n    except Exception:\n        p.close()\n        raise\n"
    for source in (optional, suppress, raised):
        assert set(severities(ErrorHandlingCheck(), {"a.py": "x = 1\n"}, {"a.py": source}).values()) <= {"info"}


def test_other_languages_are_read_by_tree_and_unknown_ones_named() -> None:
    java = "class C {\n  void f() {\n    try {\n      g();\n    } catch (IOException e) {\n    }\n  }\n}\n"
    result = ErrorHandlingCheck().run(
        make_case({}, {"a.ts": "try { f() } catch (e) {}\n", "b.kt": "x\n", "C.java": java})
    )
    assert {(f.file, f.rule, f.severity) for f in result.findings} == {
        ("a.ts", "handler-silent", "low"),
        ("C.java", "handler-silent", "low"),
    }
    assert result.examined == "1 Java file by syntax tree, 1 TypeScript file by syntax tree"
    assert "this language is not examined: 1 file (b.kt)" in result.reason


def test_a_test_removed_with_its_subject_is_information() -> None:
    test = "def test_old():\n    assert old_way(1) == 2\n"
    gone = found(
        TestTheaterCheck(),
        {
            "tests/test_a.py": test + "\n\ndef test_b():\n    assert b() == 1\n",
            "a.py": "def old_way(x):\n    return 2\n",
        },
        {"tests/test_a.py": "def test_b():\n    assert b() == 1\n", "a.py": "\n"},
    )
    assert [(f.rule, f.severity, f.side, f.line) for f in gone] == [("test-removed", "info", "old", 1)]


def test_unittest_assertions_are_compared_too() -> None:
    old = "class T(TestCase):\n    def test_a(self):\n        self.assertEqual(f(), 3)\n"
    new = old.replace("assertEqual(f(), 3)", "assertIsNotNone(f())")
    assert severities(TestTheaterCheck(), {"tests/test_a.py": old}, {"tests/test_a.py": new}) == {
        "oracle-weaker": "medium"
    }


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("All tests pass.", True),
        ("I ran pytest and it is green", True),
        ("12 passed", True),
        ("The tests should pass now", False),
        ("Let me make sure the tests pass", False),
        ("The tests don't pass yet", False),
        ("Do the tests pass?", False),
        ("Three tests failed and two passed", False),
        ("I added tests", False),
    ],
)
def test_only_a_statement_is_a_claim(text: str, claim: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_test_claim(text) is claim


def test_conditions_are_commands_or_prose() -> None:
    task = Task(
        done_when=["`ruff check` and `pytest -q` pass", "make test", "The page looks right"],
        required_commands=["mypy src"],
    )
    commands, prose = required_commands(task)
    assert commands == ["mypy src", "ruff check", "pytest -q", "make test"]
    assert prose == ["The page looks right"]


def test_no_record_is_not_the_same_as_nothing_found() -> None:
    result = ClaimCheck().run(make_case({}, {"a.py": "x\n"}))
    assert (result.status, "records no run" in result.reason) == ("not_applicable", True)


def test_documents_alone_ask_for_no_rollback_note_as_loudly() -> None:
    assert severities(RollbackCheck(), {}, {"README.md": "x\n"}) == {"note-absent": "info"}
    assert severities(RollbackCheck(), {}, {"src/a.py": "x\n"}) == {"note-absent": "info"}
    assert severities(RollbackCheck(), {}, {"migrations/1.py": "x\n"}) == {"note-absent": "medium"}
    assert severities(RollbackCheck(), {"a.csv": "x\n"}, {}) == {"note-absent": "medium", "data-deleted": "medium"}
    for word, severity in (("n/a", "medium"), ("Revert the commit.", "info")):
        case = make_case({}, {"src/a.py": "x\n"}, rollback={"strategy": word})
        assert [one.severity for one in RollbackCheck().run(case).findings] == [severity]


def test_without_a_scope_nothing_is_outside_and_the_result_says_so() -> None:
    result = ScopeCheck().run(make_case({}, {"a.py": "x\n"}))
    assert result.findings == ()
    assert "no allowed or forbidden paths are recorded" in result.reason


@pytest.mark.parametrize(
    "content",
    [
        "λ = 0.5\nΔt = 1\nσ_max = 2\n",
        "name = 'Привет, мир'\nname2 = '日本語'\n",
        "emoji = '👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3'\n",
        "persian = 'می\u200cخواهم'\n",
        "\x0c\nx = 1\n",
        "quote = “curly” # em — dash …\n",
        "s = 'Ω μ café naïve'\n",
    ],
)
def test_what_people_write_in_their_languages_is_quiet(content: str) -> None:
    assert [f.message for f in found(HiddenTextCheck(), {}, {"src/a.py": content}) if f.severity != "info"] == []


def test_hidden_text_is_stricter_in_code_than_in_documents() -> None:
    hidden = {"a.py": "x = 'a\u202eb'\n", "a.md": "a\u202eb\n", "b.md": "a\u200bb\n", "b.py": "a\u200bb = 1\n"}
    facts = found(HiddenTextCheck(), {}, hidden)
    assert {f.file: f.severity for f in facts} == {"a.py": "high", "a.md": "medium", "b.md": "info", "b.py": "high"}


def test_a_tool_recorded_by_kind_is_known_by_its_names_and_told_once() -> None:
    calls = [
        {"tool": "shell", "boundary": "repo", "times": 5},
        {"tool": "read", "boundary": "repo", "times": 2},
        {"tool": "WebFetch", "boundary": "network", "times": 1},
        {"tool": "WebFetch", "boundary": "host", "times": 1},
    ]
    facts = found(ScopeCheck(), {}, {}, tool_call=calls, scope={"allowed_tools": ["Bash(pytest:*)", "Read"]})
    assert [fact.message for fact in facts] == ["The tool WebFetch ran 2 times and is not among the allowed ones."]


def test_an_editor_that_shows_files_allows_to_read_them() -> None:
    calls = [{"tool": name, "boundary": "repo", "times": 1} for name in ("read", "shell", "search")]
    facts = found(
        ScopeCheck(), {}, {}, tool_call=calls, scope={"allowed_tools": ["execute_bash", "str_replace_editor"]}
    )
    assert [fact.message for fact in facts] == ["The tool search ran 1 time and is not among the allowed ones."]


def test_of_several_sessions_the_last_that_claims_tests_answers() -> None:
    events = (
        Command(seq=1, n=1, line="pytest", state="passed", command_kind="test"),
        Message(seq=2, text="One test passes.", session=1),
        Edit(seq=3, path="a.py", repo_path="a.py", applied=True, session=2),
        Message(seq=4, text="All tests pass.", session=2),
        Message(seq=5, text="The page is written.", session=3),
    )
    ran = [{"n": 1, "line": "pytest", "kind": "test", "state": "passed", "after_last_edit": False}]
    facts = found(ClaimCheck(), {}, {"a.py": "x = 1\n"}, events=events, command=ran)
    assert [(fact.rule, "“All tests pass.”" in fact.message) for fact in facts] == [("tests-claimed-stale", True)]


def test_a_failure_that_is_passed_on_is_not_said_to_be_logged() -> None:
    before = "def f(x):\n    return g(x)\n"
    after = "def f(x):\n    try:\n        return g(x)\n    except KeyError as error:\n        return str(error)\n"
    facts = found(ErrorHandlingCheck(), {"a.py": before}, {"a.py": after})
    assert [fact.message for fact in facts] == ["f has changed failure paths: catches KeyError (uses it)"]


def test_an_installation_is_told_where_the_network_is_denied() -> None:
    ran = [
        {"n": 1, "line": "pip install requests", "kind": "install", "state": "failed"},
        {"n": 2, "line": "pytest", "kind": "test", "state": "passed"},
    ]
    (fact,) = found(ScopeCheck(), {}, {}, command=ran, scope={"network": "deny"})
    assert (fact.rule, fact.severity) == ("network-outside", "medium")
    assert fact.message == "Command 1 installs packages, and the network is denied: pip install requests"
