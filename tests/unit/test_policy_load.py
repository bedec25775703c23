"""The shipped policy, and what a policy file may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks.finding import MODES
from reviewer.digest import sha256
from reviewer.errors import BadInputError
from reviewer.policy import gates
from reviewer.policy.load import GATE_IDS, default_policy, parse
from reviewer.policy.model import CheckOff

LEAST = b'schema = "reviewer-policy/1"\nid = "own"\nchecklist = []\ngate = []\nclass_paths = {}\n'
OWN = b'schema = "reviewer-policy/1"\nid = "own"\n'
OFF = b'[[check_off]]\nmode = "scope"\nrule = "symlink"\nreason = "our  links\\nare made by hand"\n'
GATE = b'[[gate]]\nid = "%b"\ntitle = "t"\nlayer = "static"\nwaivable = true\n'
FIRST = b'schema = "reviewer-policy/1"\nid = "own"\nchecklist = []\n'


def test_every_mode_stands_beside_a_question() -> None:
    assert {mode for item in default_policy().checklist for mode in item.modes} == set(MODES)


def test_the_seeds_five_failure_modes_and_four_questions_are_there() -> None:
    ids = {
        group: [i.id for i in default_policy().checklist if i.group == group]
        for group in ("failure modes", "questions")
    }
    assert ids["failure modes"] == [
        "plausible_wrong",
        "hallucinated_api",
        "test_theater",
        "style_drift",
        "dependency_creep",
    ]
    assert ids["questions"][:4] == ["new_dependency", "tests_on_parent", "error_handling", "security_boundary"]
    assert all(item.question.endswith("?") and len(item.question) < 90 for item in default_policy().checklist)


def test_all_gates_can_be_judged_and_stand_in_all_four_layers() -> None:
    policy = default_policy()
    assert {gate.id for gate in policy.gates} == GATE_IDS == set(gates._JUDGES)
    assert {gate.layer for gate in policy.gates} == {"static", "behaviour", "architecture", "semantic"}
    assert policy.gate("packet_intact") is not None
    assert not policy.gate("packet_intact").waivable  # type: ignore[union-attr]
    assert policy.item("nothing") is None


def test_the_digest_is_that_of_the_bytes() -> None:
    assert parse(LEAST, "p.toml").digest == sha256(LEAST)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "TOML"),
        (b"a = ", "TOML"),
        (b"", "schema"),
        (LEAST + b"extra = 1\n", "extra"),
        (LEAST.replace(b"/1", b"/2"), "schema"),
        (FIRST + GATE % b"nonsense", "nonsense"),
        (FIRST + (GATE % b"two_persons") * 2, "twice"),
        (FIRST + GATE % b"two_persons" + b'classes = ["D"]\n', "classes"),
        (FIRST + GATE.replace(b"static", b"other") % b"two_persons", "layer"),
    ],
)
def test_anything_else_is_refused_with_the_key(data: bytes, told: str) -> None:
    with pytest.raises(BadInputError, match=told) as caught:
        parse(data, "p.toml")
    assert caught.value.sentence.startswith("p.toml")


def test_what_a_policy_does_not_say_is_as_shipped() -> None:
    own, shipped = parse(OWN, "p.toml", source="p.toml of base 12345678"), default_policy()
    assert (own.checklist, own.gates, own.class_paths) == (shipped.checklist, shipped.gates, shipped.class_paths)
    assert own.digest not in {shipped.digest, sha256(OWN)}
    assert (own.source, shipped.source) == ("p.toml of base 12345678", None)
    least = parse(LEAST, "p.toml")
    assert (least.checklist, least.gates, least.class_paths) == ((), (), {})


def test_checks_and_rules_are_switched_off_with_a_reason() -> None:
    whole = b'[[check_off]]\nmode = "style_drift"\nreason = "a formatter does this"\n'
    assert parse(OWN + OFF + whole, "p.toml").off == (
        CheckOff("scope", "symlink", "our links are made by hand"),
        CheckOff("style_drift", "", "a formatter does this"),
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (OFF.replace(b"scope", b"luck"), "check_off.0.mode"),
        (OFF.replace(b'"symlink"', b'"symlinc"'), "there is no rule 'scope/symlinc'"),
        (OFF.replace(b"our  links\\nare made by hand", b"  "), "check_off.0.reason"),
        (OFF.replace(b"our ", b"x" * 600), "check_off.0.reason"),
        (OFF.partition(b"reason")[0], "check_off.0.reason"),
        (OFF + b"until = 1\n", "check_off.0.until"),
        (OFF + OFF, "'scope/symlink' is switched off twice"),
        (b"a = " + b"[" * 50_000, "TOML"),
        (b"#" * 300_000, "more than"),
    ],
)
def test_what_is_switched_off_is_as_strict(data: bytes, told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        parse(OWN + data, "p.toml")


def test_a_rule_that_is_misspelt_is_answered_with_one_like_it() -> None:
    with pytest.raises(BadInputError) as caught:
        parse(OWN + OFF.replace(b'"symlink"', b'"symlinc"'), "p.toml")
    assert caught.value.hint is not None
    assert "symlink" in caught.value.hint


def test_the_policy_of_the_readme_is_one() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (example,) = (part for part in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL) if "reviewer-policy/1" in part)
    policy = parse(example.encode(), "README.md")
    assert [(one.mode, one.rule) for one in policy.off] == [("hidden_text", "line-ends-changed")]
    assert policy.gates == default_policy().gates


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: OWN + text.encode("utf-8", "surrogatepass")))
def test_whatever_stands_there_is_a_policy_or_one_sentence(data: bytes) -> None:
    told = ""
    try:
        parse(data, "p.toml")
    except BadInputError as error:
        told = error.sentence
    assert not told or told.startswith("p.toml")
    assert "\n" not in told
