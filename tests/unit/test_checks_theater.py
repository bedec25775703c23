"""Weakened tests in many spellings, honest edits that look like them, and what runs decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.finding import SEVERITIES
from reviewer.checks.probed import Matrix, TestRow
from reviewer.checks.test_theater import TestTheaterCheck
from reviewer.checks.tests_on_parent import TestsOnParentCheck
from tests.support.cases import make_case
from tests.support.probed import make_probed
from tests.support.theater_twins import APP, BETTER, ONE, TEST, Run, probed, replayed

if TYPE_CHECKING:
    from reviewer.checks.finding import CheckResult, Finding

PY = "tests/test_app.py"
JS, TS, GO, RS = "test/app.test.js", "src/app.spec.ts", "app_test.go", "tests/app.rs"
JAVA, RB, MINI = "src/test/java/AppTest.java", "spec/app_spec.rb", "test/app_test.rb"


def go(body: str) -> str:
    return f"package app\n\nfunc TestTotal(t *testing.T) {{\n\tgot := Total(1, 2)\n{body}}}\n"


def java(body: str, marks: str = "@Test") -> str:
    return f"class AppTest {{\n  {marks}\n  void total() {{\n    int got = app.total(1, 2);\n    {body}\n  }}\n}}\n"


def js(body: str, call: str = "it") -> str:
    inner = f"  {call}('adds', async () => {{\n    const got = total(1, 2)\n    {body}\n  }})\n"
    return f"describe('total', () => {{\n{inner}}})\n"


def rs(body: str, marks: str = "#[test]") -> str:
    return f"{marks}\nfn total_adds() {{\n    let got = total(1, 2);\n    {body}\n}}\n"


def rb(body: str, call: str = "it") -> str:
    return f"RSpec.describe App do\n  {call} 'adds' do\n    got = App.total(1, 2)\n    {body}\n  end\nend\n"


def mini(body: str) -> str:
    return f"class AppTest < Minitest::Test\n  def test_total\n    got = App.total(1, 2)\n    {body}\n  end\nend\n"


def unit(body: str) -> str:
    return (
        f"class TestTotal(unittest.TestCase):\n    def test_total(self):\n        got = total(1, 2)\n        {body}\n"
    )


def t(body: str, marks: str = "") -> str:
    return f"{marks}def test_total():\n    got = total(1, 2)\n    {body}\n"


CASES = "@pytest.mark.parametrize('a, b', [{}])\ndef test_total(a, b):\n    assert total(a) == b\n"
FOUR = "(1, 11), (2, 12), (3, 13), (4, 14)"
STACKED = (
    "@pytest.mark.parametrize('a', [{}])\n@pytest.mark.parametrize('b', [1, 2])\n"
    "def test_total(a, b):\n    assert total(a, b) == a + b\n"
)
FROM_CONSTANT = (
    "CASES = [{}]\n\n\n@pytest.mark.parametrize('a, b', CASES)\ndef test_total(a, b):\n    assert total(a) == b\n"
)
HELPED = "def {}(got, want):\n    assert got {} want\n\n\ndef test_total():\n    {}(total(1, 2), 3)\n"
TO_NAME = (
    "@pytest.mark.parametrize('a, b', [(10, 'ten'), (20, 'twenty')])\ndef test_name(a, b):\n    assert name(a) == b\n"
)
GO_TABLE = (
    "package app\n\nfunc TestTotal(t *testing.T) {{\n\ttests := []struct{{ a, want int }}{{{}}}\n"
    "\tfor _, tt := range tests {{\n\t\tif got := F(tt.a); got != tt.want {{\n\t\t\tt.Error(got)\n\t\t}}\n\t}}\n}}\n"
)

WEAKENED: dict[str, tuple[str, str, str, str]] = {
    "equal to not None": (PY, t("assert got == 3"), t("assert got is not None"), "oracle-weaker"),
    "equal to type": (PY, t("assert got == 3"), t("assert isinstance(got, int)"), "oracle-weaker"),
    "equal to in": (PY, t("assert got == 3"), t("assert got in (3, 4)"), "oracle-weaker"),
    "equal to truth": (PY, t("assert got == 3"), t("assert got"), "oracle-weaker"),
    "equal to bound": (PY, t("assert got == 3"), t("assert got > 0"), "oracle-weaker"),
    "equal to unequal": (PY, t("assert got == 3"), t("assert got != 0"), "oracle-weaker"),
    "equal to either": (PY, t("assert got == 3"), t("assert got == 3 or got == 4"), "oracle-weaker"),
    "equal to length": (PY, t("assert got == [1, 2]"), t("assert len(got) == 2"), "oracle-weaker"),
    "list to any": (PY, t("assert got == [1, 2]"), t("assert any(x == 1 for x in got)"), "oracle-weaker"),
    "under another name": (
        PY,
        t("assert got == 3"),
        "def test_total():\n    result = total(1, 2)\n    assert result is not None\n",
        "oracle-weaker",
    ),
    "without the name": (PY, t("assert got == 3"), "def test_total():\n    assert total(1, 2)\n", "oracle-weaker"),
    "unittest equal to true": (PY, unit("self.assertEqual(got, 3)"), unit("self.assertTrue(got)"), "oracle-weaker"),
    "unittest equal to not none": (
        PY,
        unit("self.assertEqual(got, 3)"),
        unit("self.assertIsNotNone(got)"),
        "oracle-weaker",
    ),
    "unittest message for value": (
        PY,
        unit("self.assertEqual(got, 3)"),
        unit("self.assertTrue(got, 3)"),
        "assertion-void",
    ),
    "mock any": (
        PY,
        t("post.assert_called_once_with('/a', 1)"),
        t("post.assert_called_once_with('/a', ANY)"),
        "oracle-weaker",
    ),
    "mock called": (PY, t("post.assert_called_once_with('/a')"), t("post.assert_called()"), "oracle-weaker"),
    "mock misspelt": (PY, t("post.assert_called_once_with(1)"), t("post.asert_called_once_with(1)"), "assertion-void"),
    "mock uncalled": (PY, t("post.assert_called_once_with(1)"), t("post.assert_called_once"), "assertion-void"),
    "a tuple": (PY, t("assert got == 3"), t("assert (got == 3, 'adds')"), "oracle-tautology"),
    "or true": (PY, t("assert got == 3"), t("assert got == 3 or True"), "oracle-tautology"),
    "length at least none": (PY, t("assert got == [1]"), t("assert len(got) >= 0"), "oracle-tautology"),
    "assert is forgotten": (PY, t("assert got == 3"), t("got == 3"), "assertion-void"),
    "expected from the subject": (
        PY,
        t("assert got == 3"),
        t("expected = total(1, 2)\n    assert got == expected"),
        "oracle-circular",
    ),
    "helper weakened": (
        PY,
        HELPED.format("assert_total", "==", "assert_total"),
        HELPED.format("assert_total", ">=", "assert_total"),
        "oracle-weaker",
    ),
    "moved to a weaker helper": (
        PY,
        "def test_total():\n    assert total(1, 2) == 3\n",
        "def check(got):\n    assert got is not None\n\n\ndef test_total():\n    check(total(1, 2))\n",
        "oracle-weaker",
    ),
    "emptied": (PY, t("assert got == 3"), t("print(got)"), "assertions-lost"),
    "prints only": (PY, "", t("print(got)"), "no-oracle"),
    # Python: tolerance, exceptions, cases
    "approx wider": (
        PY,
        t("assert got == approx(3.1, abs=0.01)"),
        t("assert got == pytest.approx(3.1, abs=0.5)"),
        "tolerance-wider",
    ),
    "approx by default to wide": (
        PY,
        t("assert got == approx(3.1)"),
        t("assert got == approx(3.1, rel=0.2)"),
        "tolerance-wider",
    ),
    "places fewer": (
        PY,
        unit("self.assertAlmostEqual(got, 3.1, places=5)"),
        unit("self.assertAlmostEqual(got, 3.1, places=1)"),
        "tolerance-wider",
    ),
    "places to delta": (
        PY,
        unit("self.assertAlmostEqual(got, 3.1)"),
        unit("self.assertAlmostEqual(got, 3.1, delta=1)"),
        "tolerance-wider",
    ),
    "isclose": (
        PY,
        t("assert math.isclose(got, 3.1, abs_tol=1e-9)"),
        t("assert math.isclose(got, 3.1, abs_tol=1)"),
        "tolerance-wider",
    ),
    "bound looser": (PY, t("assert took < 1"), t("assert took < 60"), "tolerance-wider"),
    "raises wider": (
        PY,
        t("with pytest.raises(KeyError):\n        f()"),
        t("with pytest.raises((KeyError, ValueError)):\n        f()"),
        "raises-widened",
    ),
    "raises a base": (
        PY,
        t("with pytest.raises(KeyError):\n        f()"),
        t("with pytest.raises(LookupError):\n        f()"),
        "raises-widened",
    ),
    "match of anything": (
        PY,
        t("with pytest.raises(KeyError, match='no total'):\n        f()"),
        t("with pytest.raises(KeyError, match='.*'):\n        f()"),
        "message-unchecked",
    ),
    "half of the cases": (PY, CASES.format(FOUR), CASES.format("(1, 11), (2, 12)"), "cases-dropped"),
    "cases with ids": (
        PY,
        CASES.format("pytest.param(1, 11, id='a'), pytest.param(2, 12, id='b')"),
        CASES.format("pytest.param(1, 11, id='a')"),
        "cases-dropped",
    ),
    "stacked cases": (PY, STACKED.format("1, 2, 3"), STACKED.format("1"), "cases-dropped"),
    "cases from a constant": (PY, FROM_CONSTANT.format(FOUR), FROM_CONSTANT.format("(1, 11),"), "cases-dropped"),
    "cases of a loop": (
        PY,
        "def test_total():\n    for a, b in [(1, 11), (2, 12)]:\n        assert total(a) == b\n",
        "def test_total():\n    for a, b in [(1, 11)]:\n        assert total(a) == b\n",
        "cases-dropped",
    ),
    "no cases": (PY, CASES.format(FOUR), CASES.format(""), "test-skipped"),
    "skip": (PY, t("assert got == 3"), t("assert got == 3", "@pytest.mark.skip(reason='later')\n"), "test-skipped"),
    "skipif true": (PY, t("assert got == 3"), t("assert got == 3", "@pytest.mark.skipif(True)\n"), "test-skipped"),
    "skip inside": (PY, t("assert got == 3"), t("pytest.skip('later')\n    assert got == 3"), "test-skipped"),
    "skip of the class": (
        PY,
        unit("self.assertEqual(got, 3)"),
        "@unittest.skip('later')\n" + unit("self.assertEqual(got, 3)"),
        "test-skipped",
    ),
    "skip of the module": (
        PY,
        t("assert got == 3"),
        "pytestmark = [pytest.mark.skip]\n" + t("assert got == 3"),
        "test-skipped",
    ),
    "xfail": (PY, t("assert got == 3"), t("assert got == 3", "@pytest.mark.xfail\n"), "test-xfail"),
    "xfail not strict": (
        PY,
        t("assert got == 3", "@pytest.mark.xfail(strict=True)\n"),
        t("assert got == 3", "@pytest.mark.xfail(strict=False)\n"),
        "test-xfail",
    ),
    "early return": (PY, t("assert got == 3"), t("return\n    assert got == 3"), "oracle-unreached"),
    "if false": (PY, t("assert got == 3"), t("if False:\n        assert got == 3"), "oracle-unreached"),
    "loop over nothing": (PY, t("assert got == 3"), t("for x in ():\n        assert got == 3"), "oracle-unreached"),
    "uncalled": (PY, t("assert got == 3"), t("def later():\n        assert got == 3"), "oracle-unreached"),
    "behind the raise": (
        PY,
        t("with pytest.raises(E) as e:\n        f()\n    assert e.value.code == 3"),
        t("with pytest.raises(E) as e:\n        f()\n        assert e.value.code == 3"),
        "oracle-unreached",
    ),
    "loop that may be empty": (
        PY,
        t("assert got == 3"),
        t("for x in got:\n        assert got == 3"),
        "oracle-conditional",
    ),
    "condition": (PY, t("assert got == 3"), t("if got:\n        assert got == 3"), "oracle-conditional"),
    "return at times": (
        PY,
        t("assert got == 3"),
        t("if not got:\n        return\n    assert got == 3"),
        "oracle-conditional",
    ),
    "caught": (
        PY,
        t("assert got == 3"),
        t("try:\n        assert got == 3\n    except AssertionError:\n        print('no')"),
        "assertion-caught",
    ),
    "suppressed": (
        PY,
        t("assert got == 3"),
        t("with contextlib.suppress(AssertionError):\n        assert got == 3"),
        "assertion-caught",
    ),
    "renamed away": (PY, t("assert got == 3"), t("assert got == 3").replace("test_", "_test_"), "test-uncollected"),
    "class renamed away": (
        PY,
        "class TestA:\n    def test_a(self):\n        assert f() == 3\n",
        "class Checks:\n    def test_a(self):\n        assert f() == 3\n",
        "test-uncollected",
    ),
    "class with a constructor": (
        PY,
        "class TestA:\n    def test_a(self):\n        assert f() == 3\n",
        "class TestA:\n    def __init__(self):\n        self.x = 1\n\n    def test_a(self):\n        assert f() == 4\n",
        "test-uncollected",
    ),
    # JavaScript and TypeScript
    "js toBe to truthy": (JS, js("expect(got).toBe(3)"), js("expect(got).toBeTruthy()"), "oracle-weaker"),
    "js equal to contain": (JS, js("expect(got).toEqual([3])"), js("expect(got).toContain(3)"), "oracle-weaker"),
    "ts toBe to defined": (TS, js("expect(got).toBe(3)"), js("expect(got).toBeDefined()"), "oracle-weaker"),
    "js assert to ok": (JS, js("assert.strictEqual(got, 3)"), js("assert.ok(got)"), "oracle-weaker"),
    "js chai to exist": (JS, js("expect(got).to.equal(3)"), js("expect(got).to.exist"), "oracle-weaker"),
    "js close to": (
        JS,
        js("expect(got).toBeCloseTo(3.1, 5)"),
        js("expect(got).toBeCloseTo(3.1, 0)"),
        "tolerance-wider",
    ),
    "js skip": (JS, js("expect(got).toBe(3)"), js("expect(got).toBe(3)", "it.skip"), "test-skipped"),
    "js xit": (JS, js("expect(got).toBe(3)"), js("expect(got).toBe(3)", "xit"), "test-skipped"),
    "js only": (JS, js("expect(got).toBe(3)"), js("expect(got).toBe(3)", "it.only"), "test-only"),
    "js no matcher": (JS, js("expect(got).toBe(3)"), js("expect(got)"), "assertion-void"),
    "js matcher uncalled": (JS, js("expect(got).toBe(3)"), js("expect(got).toBe"), "assertion-void"),
    "js no await": (
        TS,
        js("await expect(got).resolves.toBe(3)"),
        js("expect(got).resolves.toBe(3)"),
        "assertion-void",
    ),
    "js true is true": (JS, js("expect(got).toBe(3)"), js("expect(true).toBe(true)"), "oracle-tautology"),
    "js emptied": (JS, js("expect(got).toBe(3)"), js(""), "assertions-lost"),
    "js condition": (JS, js("expect(got).toBe(3)"), js("if (got) { expect(got).toBe(3) }"), "oracle-conditional"),
    "js throw wider": (JS, js("expect(f).toThrow(RangeError)"), js("expect(f).toThrow(Error)"), "raises-widened"),
    "js removed": (JS, js("expect(got).toBe(3)"), "describe('total', () => {})\n", "test-removed"),
    # Go
    "go equal to not nil": (
        GO,
        go("\trequire.Equal(t, 3, got)\n"),
        go("\trequire.NotNil(t, got)\n"),
        "oracle-weaker",
    ),
    "go unequal to nil": (
        GO,
        go('\tif got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n'),
        go('\tif got == 0 {\n\t\tt.Errorf("got %d", got)\n\t}\n'),
        "oracle-weaker",
    ),
    "go log": (
        GO,
        go('\tif got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n'),
        go('\tif got != 3 {\n\t\tt.Logf("got %d", got)\n\t}\n'),
        "assertions-lost",
    ),
    "go skip": (
        GO,
        go("\tassert.Equal(t, 3, got)\n"),
        go('\tt.Skip("later")\n\tassert.Equal(t, 3, got)\n'),
        "test-skipped",
    ),
    "go table": (GO, GO_TABLE.format("{1, 1}, {2, 2}, {3, 3}"), GO_TABLE.format("{1, 1}"), "cases-dropped"),
    # Rust
    "rust equal to some": (RS, rs("assert_eq!(got, Some(3));"), rs("assert!(got.is_some());"), "oracle-weaker"),
    "rust ignore": (RS, rs("assert_eq!(got, 3);"), rs("assert_eq!(got, 3);", "#[test]\n#[ignore]"), "test-skipped"),
    "rust true": (RS, rs("assert_eq!(got, 3);"), rs("assert!(true);"), "oracle-tautology"),
    "rust panic message": (
        RS,
        rs("f();", '#[test]\n#[should_panic(expected = "no total")]'),
        rs("f();", "#[test]\n#[should_panic]"),
        "message-unchecked",
    ),
    # Java
    "java equals to not null": (JAVA, java("assertEquals(3, got);"), java("assertNotNull(got);"), "oracle-weaker"),
    "assertj": (JAVA, java("assertThat(got).isEqualTo(3);"), java("assertThat(got).isNotNull();"), "oracle-weaker"),
    "java disabled": (
        JAVA,
        java("assertEquals(3, got);"),
        java("assertEquals(3, got);", "@Disabled @Test"),
        "test-skipped",
    ),
    "java throws wider": (
        JAVA,
        java("assertThrows(IOException.class, () -> f());"),
        java("assertThrows(Exception.class, () -> f());"),
        "raises-widened",
    ),
    "java delta": (
        JAVA,
        java("assertEquals(3.1, got, 0.001);"),
        java("assertEquals(3.1, got, 1.5);"),
        "tolerance-wider",
    ),
    # Ruby
    "rspec eq to be": (RB, rb("expect(got).to eq(3)"), rb("expect(got).to be_truthy"), "oracle-weaker"),
    "rspec xit": (RB, rb("expect(got).to eq(3)"), rb("expect(got).to eq(3)", "xit"), "test-skipped"),
    "rspec raise": (
        RB,
        rb("expect { f }.to raise_error(KeyError, 'no')"),
        rb("expect { f }.to raise_error(StandardError)"),
        "raises-widened",
    ),
    "minitest equal to assert": (MINI, mini("assert_equal 3, got"), mini("assert got"), "oracle-weaker"),
    "minitest skip": (MINI, mini("assert_equal 3, got"), mini("skip\n    assert_equal 3, got"), "test-skipped"),
    "minitest lost": (MINI, mini("assert_equal 3, got"), mini("puts got"), "assertions-lost"),
}

HONEST: dict[str, tuple[str, str, str]] = {
    "another expectation": (PY, t("assert got == 3"), t("assert got == 4")),
    "stronger": (PY, t("assert got"), t("assert got == 3")),
    "renamed": (PY, t("assert got == 3"), t("assert got == 3").replace("test_total", "test_sum")),
    "folded into cases": (
        PY,
        "def test_a():\n    assert name(10) == 'ten'\n\n\ndef test_b():\n    assert name(20) == 'twenty'\n",
        TO_NAME,
    ),
    "unfolded from cases": (
        PY,
        TO_NAME,
        "def test_ten():\n    assert name(10) == 'ten'\n\n\ndef test_twenty():\n    assert name(20) == 'twenty'\n",
    ),
    "split": (
        PY,
        "def test_a():\n    assert one() == 1\n    assert two() == 2\n",
        "def test_a():\n    assert one() == 1\n\n\ndef test_b():\n    assert two() == 2\n",
    ),
    "moved to a helper": (
        PY,
        "def test_a():\n    assert total(1, 2) == 3\n    total(1, 2).done()\n",
        "def check(got, want):\n    assert got == want\n    got.done()\n\n\ndef test_a():\n    check(total(1, 2), 3)\n",
    ),
    "moved out of a helper": (
        PY,
        "def check(got, want):\n    assert got == want\n\n\ndef test_total():\n    check(total(1, 2), 3)\n",
        "def test_total():\n    assert total(1, 2) == 3\n",
    ),
    "from unittest to pytest": (
        PY,
        unit("self.assertEqual(got, 3)"),
        "class TestTotal:\n    def test_total(self):\n        got = total(1, 2)\n        assert got == 3\n",
    ),
    "into a class": (
        PY,
        "def test_a():\n    assert f() == 3\n",
        "class TestF:\n    def test_a(self):\n        assert f() == 3\n",
    ),
    "skipped on one platform": (
        PY,
        t("assert got == 3"),
        t("assert got == 3", "@pytest.mark.skipif(sys.platform == 'win32', reason='no')\n"),
    ),
    "cases in a loop": (PY, t("assert got == 3"), t("for n in (1, 2):\n        assert got == 3")),
    "tighter": (PY, t("assert got == approx(3.1, abs=0.5)"), t("assert got == approx(3.1, abs=0.01)")),
    "narrower exception": (
        PY,
        t("with pytest.raises(Exception):\n        f()"),
        t("with pytest.raises(KeyError):\n        f()"),
    ),
    "more cases": (PY, CASES.format("(1, 11),"), CASES.format(FOUR)),
    "equality on purpose": (PY, "", "def test_equality():\n    assert A(1) == A(1)\n    a = A(1)\n    assert a == a\n"),
    "stand-in of a collaborator": (
        PY,
        "",
        "def test_total():\n    with patch('app.fetch', return_value=[1, 2]):\n        assert app.total() == 3\n",
    ),
    "js reworded": (JS, js("expect(got).toBe(3)"), js("expect(got).toEqual(3)")),
    "js another expectation": (JS, js("expect(got).toBe(3)"), js("expect(got).toBe(4)")),
    "js promise handed back": (TS, js("await expect(got).resolves.toBe(3)"), js("return expect(got).resolves.toBe(3)")),
    "js chai": (JS, js("expect(got).to.be.true"), js("expect(got).to.be.true;")),
    "go to testify": (
        GO,
        go('\tif got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n'),
        go("\trequire.Equal(t, 3, got)\n"),
    ),
    "go more cases": (GO, GO_TABLE.format("{1, 1}"), GO_TABLE.format("{1, 1}, {2, 2}")),
    "rust reworded": (RS, rs("assert!(got == 3);"), rs("assert_eq!(got, 3);")),
    "java to assertj": (JAVA, java("assertEquals(3, got);"), java("assertThat(got).isEqualTo(3);")),
    "minitest to spec": (MINI, mini("assert_equal 3, got"), mini("_(got).must_equal 3")),
    "rspec reworded": (RB, rb("expect(got).to eq(3)"), rb("expect(got).to eql(3)")),
}


def check(old: str, new: str, path: str, *, code: bool = True) -> CheckResult:
    before = {path: old} if old else {}
    beside = ({"src/app.py": APP}, {"src/app.py": BETTER}) if code else ({}, {})
    return TestTheaterCheck().run(make_case({**before, **beside[0]}, {path: new, **beside[1]}))


def loud(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{one.severity} {one.rule}: {one.message}" for one in findings if SEVERITIES.index(one.severity) > 1]


@pytest.mark.parametrize("name", WEAKENED)
def test_a_weakened_test_is_told(name: str) -> None:
    path, old, new, rule = WEAKENED[name]
    result = check(old, new, path)
    assert rule in {one.rule for one in result.findings}, [one.message for one in result.findings]
    assert result.status == "done"
    back = check(new, old, path) if old else None
    allowed = {"oracle-conditional", "no-oracle"}
    assert back is None or rule not in {one.rule for one in back.findings} or rule in allowed


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_edit_weighs_little(name: str) -> None:
    path, old, new = HONEST[name]
    assert loud(check(old, new, path).findings) == []


def test_an_old_test_that_fails_on_the_new_code_makes_a_loss_heavy() -> None:
    old, new = t("assert got == 3"), t("assert got is not None")
    for outcome, severity in (("failed", "high"), ("passed", "low")):
        run = Run({TEST: old}, {TEST: new}, probed=probed(replayed("test_total", outcome, message="4 != 3")))
        (found,) = (one for one in TestTheaterCheck().run(run.case()).findings if one.rule == "oracle-weaker")
        assert found.severity == severity
        assert ("4 != 3" in found.message) is (outcome == "failed")


def test_a_changed_expectation_stays_light_though_the_old_test_fails() -> None:
    run = Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=probed(replayed("test_a", "failed", message="4 != 3")))
    assert loud(TestTheaterCheck().run(run.case()).findings) == []


def test_tests_that_nobody_ran_leave_the_result_incomplete_only_if_tests_change() -> None:
    both = make_case({"src/app.py": APP, TEST: ONE}, {"src/app.py": BETTER, TEST: ONE.replace("3", "4")})
    code = make_case({"src/app.py": APP}, {"src/app.py": BETTER})
    tests = make_case({TEST: ONE}, {TEST: ONE.replace("3", "4")})
    parent = TestsOnParentCheck()
    assert parent.run(both).status == "incomplete"
    assert "reviewer probe PACKET tests" in parent.run(both).reason
    assert parent.run(code).status == "done"
    assert parent.run(tests).status == "done"
    assert parent.run(make_case({"a.md": "a\n"}, {"a.md": "b\n"})).status == "not_applicable"
    assert replace(both, probed=None) == both


def test_a_file_that_no_grammar_reads_is_read_by_lines_and_said_to_be() -> None:
    padding = "// " + "x" * 997 + "\n"
    old = js("expect(got).toBe(3)") + padding * 600
    new = js("expect(got).toBe(3)", "it.skip") + padding * 600
    result = check(old, new, JS, code=False)
    assert [(one.rule, one.severity) for one in result.findings] == [("test-skipped", "medium")]
    assert result.status == "incomplete"


def test_many_facts_of_a_kind_in_one_file_are_told_once() -> None:
    old = "".join(f"def test_{n}():\n    assert total({n}) == {n}\n\n\n" for n in range(9))
    new = old.replace("==", ">=")
    (found,) = check(old, new, PY).findings
    assert found.rule == "oracle-weaker"
    assert "8 more of this file likewise" in found.message


def test_what_is_hostile_breaks_nothing() -> None:
    deep = "def test_a():\n    assert " + "not " * 800 + "x == 1\n"
    assert check(ONE, deep, PY).status in {"done", "incomplete"}
    nested = "it('a', () => { expect(" + "(" * 5_000 + "1" + ")" * 5_000 + ").toBe(1) })\n"
    assert check(js("expect(got).toBe(3)"), nested, JS).status in {"done", "incomplete"}
    quotes = "def test_a():\n    x = '" + "\\'" * 20_000 + "'\n    assert f() == 3\n"
    assert check(ONE, quotes, PY).status == "done"


def test_what_a_run_shows_of_a_test_stands_where_the_test_stands() -> None:
    old = {"pkg.py": "def half(x):\n    return x / 2\n", "tests/test_pkg.py": "def test_a():\n    assert True\n"}
    new = {
        "pkg.py": "def half(x):\n    return x // 2\n",
        "tests/test_pkg.py": "def test_a():\n    assert True\n\n\ndef test_half(n):\n    assert n\n",
    }
    rows = tuple(
        TestRow(
            id=f"tests/test_pkg.py::test_half[{n}]",
            path="tests/test_pkg.py",
            changed=True,
            parent_new="passed",
            head_new="failed",
            kind="P2F",
            message="assert 0",
        )
        for n in range(3)
    )
    probed = replace(make_probed(), tests=Matrix(framework="pytest 9", rows=rows))
    case = replace(make_case(old, new, task={"type": "bug_fix"}), probed=probed)
    found = [one for one in TestsOnParentCheck().run(case).findings if one.rule == "test-regressed"]
    assert [(one.file, one.side, one.line) for one in found] == [("tests/test_pkg.py", "new", 5)]
    assert "(3 cases)" in found[0].message
    assert found[0].evidence[0] == "test:tests/test_pkg.py::test_half[0]"
