"""What people do to code and tests when they move, merge and retire things: facts that alarm nobody.

Each is a form that was found in the history of public projects; beside it stands the form that must still be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.checks.dependency_creep import DependencyCheck
from reviewer.checks.error_handling import ErrorHandlingCheck
from reviewer.checks.gate_weakened import GateWeakenedCheck
from reviewer.checks.oracles.standing import constants
from reviewer.checks.plausible_wrong import PlausibleWrongCheck
from reviewer.checks.roles import is_foreign
from reviewer.checks.security_boundary import SecurityBoundaryCheck
from reviewer.checks.test_theater import TestTheaterCheck
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.checks.case import Case
    from reviewer.checks.check import Check

TESTS = "tests/test_app.py"


def theater(before: dict[str, str], after: dict[str, str]) -> list[str]:
    findings = TestTheaterCheck().run(make_case(before, after)).findings
    return [one.rule for one in findings if one.severity != "info"]


def failures(before: str, after: str) -> list[str]:
    findings = ErrorHandlingCheck().run(make_case({"app.py": before}, {"app.py": after})).findings
    return [one.rule for one in findings if one.severity != "info"]


PARTS = (
    "def test_a():\n    r = run()\n    assert r.name == 'other'\n    assert r.total == 42\n    assert not r.failed\n"
)
LOOPED = "def test_a():\n" + "".join(f"    assert f({n}) == 'n{n}'\n" for n in range(10, 14))
CASED = (
    "@pytest.mark.parametrize('n, want', chain(ONE, TWO))\ndef test_a(n, want):\n    r = f(n)\n    assert r == want\n"
)
SPLIT = (
    "def test_a():\n    t = make('{{ seq }}')\n    assert t.render() == '||1'\n",
    "def test_b():\n    t = make('<{{ none }}>')\n    assert t.render() == '<>'\n",
)
BOTH = (
    "def test_a():\n    tmpl = load('{{ seq }}')\n    assert tmpl.render() == '||1'\n"
    "    tmpl = load('<{{ none }}>')\n    assert tmpl.render() == '<>'\n"
)
BRANCHED = (
    "def test_a(x):\n    if x is None:\n        assert f(x) == other(x)\n    else:\n        assert f(x) == want(x)\n"
)

TOLD_OTHERWISE: dict[str, tuple[str, str, str]] = {
    "one tuple for its parts": (
        PARTS,
        "def test_a():\n    r = run()\n    assert r.value == ('other', 42)\n",
        "def test_a():\n    r = run()\n    assert r.value == ('another', 43)\n",
    ),
    "cases for a list of assertions": (
        LOOPED,
        CASED,
        "def test_a():\n    assert f(10) == 'n10'\n",
    ),
    "two tests for one": (
        BOTH,
        "\n".join(SPLIT),
        SPLIT[0],
    ),
    "always for under a condition": (
        BRANCHED,
        "def test_a(x):\n    assert f(x) == expected(x)\n",
        "def test_a(x):\n    if x:\n        assert g(x) == want(x)\n",
    ),
    "a deprecation that is over": (
        "def test_a():\n    with pytest.deprecated_call():\n        r = f()\n    assert r == 3\n",
        "def test_a():\n    r = f()\n    assert r == 3\n",
        "def test_a():\n    with pytest.deprecated_call():\n        r = f()\n",
    ),
}


@pytest.mark.parametrize("name", TOLD_OTHERWISE)
def test_an_assertion_that_stands_in_another_form_is_not_lost(name: str) -> None:
    before, after, less = TOLD_OTHERWISE[name]
    assert "assertions-lost" not in theater({TESTS: before}, {TESTS: after})
    assert "assertions-lost" in theater({TESTS: before}, {TESTS: less})


def test_an_assertion_goes_with_the_function_that_it_is_about() -> None:
    both = "def test_a():\n    x = total(1)\n    assert x == 3\n    assert app.guess(x) == 5\n"
    one = "def test_a():\n    x = total(1)\n    assert x == 3\n"
    code = "def total(x):\n    return x\n\n\ndef guess(x):\n    return 5\n"
    assert (
        theater({TESTS: both, "app.py": code}, {TESTS: one, "app.py": code.split("\n\n\n", maxsplit=1)[0] + "\n"}) == []
    )
    assert theater({TESTS: both}, {TESTS: one}) == ["assertions-lost"]


def test_what_stands_inside_a_test_is_told_once() -> None:
    old = "def test_a():\n    def inner(x):\n        assert x == 'one'\n    run(inner)\n    assert done()\n"
    new = "def test_a():\n    def inner(x):\n        print(x)\n    run(inner)\n    assert done()\n"
    assert theater({TESTS: old}, {TESTS: new}) == ["assertions-lost"]


def test_the_message_names_what_is_gone() -> None:
    case = make_case({TESTS: LOOPED}, {TESTS: "def test_a():\n    assert f(10) == 'n10'\n"})
    (one,) = TestTheaterCheck().run(case).findings
    assert one.message.endswith("gone: f(11) == 'n11'; f(12) == 'n12'; f(13) == 'n13'.")


def test_a_test_that_became_a_case_of_another_is_no_loss() -> None:
    plain = "def test_first():\n    out = render(values)\n    assert out == '0'\n"
    also = "\n\ndef test_first_later():\n    for value in late():\n        yield value\n    assert out == '0'\n"
    marked = "@pytest.mark.parametrize('foo', [now, later])\ndef test_first(foo):\n    out = render(foo)\n"
    assert "test-removed" not in theater({TESTS: plain + also}, {TESTS: marked + "    assert out == '0'\n"})
    assert "test-removed" in theater({TESTS: plain + also}, {TESTS: plain})


BESIDE = (
    "from app import parse\n\n\ndef test_refuses():\n    with pytest.raises(ValueError):\n        parse(0)\n\n\n"
    "def test_accepts():\n    {}(1)\n"
)


def test_a_call_whose_refusals_are_tested_beside_needs_no_comparison() -> None:
    assert theater({TESTS: "import app\n"}, {TESTS: BESIDE.format("parse")}) == []
    assert theater({TESTS: "import app\n"}, {TESTS: BESIDE.format("total")}) == ["no-oracle"]
    assert theater({TESTS: "import app\n"}, {TESTS: BESIDE.format("parse") + "    print(parse)\n"}) == ["no-oracle"]


def test_a_call_that_is_given_as_a_case_is_looked_for_too() -> None:
    mark = "@pytest.mark.parametrize('call', [{}])\n"
    tests = (
        "def test_no(call):\n    with pytest.raises(ValueError):\n        call(0)\n\n\n",
        "def test_a(call):\n    call(1)\n",
    )
    for other, told in (("parse", []), ("total", ["no-oracle"])):
        source = "from app import parse\n" + mark.format("parse") + tests[0] + mark.format(other) + tests[1]
        assert theater({TESTS: "import app\n"}, {TESTS: source}) == told


def test_texts_of_nothing_do_not_hide_those_after_them() -> None:
    assert constants("f(\"\", 'a', \"<>\", g('') or 'total', 12, 3, 1.5)") == {"<>", "total", "12", "1.5"}


def test_tests_of_another_kind_are_no_tests() -> None:
    silent = "def test_even(value):\n    value.run()\n"
    assert theater({"src/tests.py": "x = 1\n"}, {"src/tests.py": silent}) == []
    assert theater({"src/tests.py": "import pytest\n"}, {"src/tests.py": "import pytest\n" + silent}) == ["no-oracle"]
    assert theater({TESTS: "x = 1\n"}, {TESTS: "def test_even(value):\n    return value % 2 == 0\n"}) == []


def test_a_helper_that_compares_by_its_name_compares() -> None:
    silent = "def test_even(value):\n    value.run()\n"
    assert theater({TESTS: "x = 1\n"}, {TESTS: silent + "    strict_eq(value.code, 200)\n"}) == []
    assert theater({TESTS: "x = 1\n"}, {TESTS: silent}) == ["no-oracle"]


def test_a_condition_in_quotes_is_a_condition() -> None:
    plain = "def test_a():\n    assert f() == 3\n"
    assert theater({TESTS: plain}, {TESTS: "@pytest.mark.skipif('not has_pytz')\n" + plain}) == []
    assert theater({TESTS: plain}, {TESTS: "@pytest.mark.skipif(True)\n" + plain}) == ["test-skipped"]


SILENT = "def f(x):\n    try:\n        {}\n    except {}:\n        pass\n    {}\n"


@pytest.mark.parametrize(
    ("tried", "caught", "then", "told"),
    [
        ("return first(x)", "ValueError", "return second(x)", []),
        ("return first(x)", "ValueError", "return None", ["handler-silent"]),
        ("first(x)", "ValueError", "return second(x)", ["handler-silent"]),
        ("first(x)", "nodes.Impossible", "return x", []),
        ("first(x)", "StopIteration", "return x", []),
        ("first(x)", "requests.Timeout", "return x", ["handler-silent"]),
    ],
)
def test_a_handler_is_silent_only_if_nothing_is_done_instead(
    tried: str, caught: str, then: str, told: list[str]
) -> None:
    assert failures("x = 1\n", SILENT.format(tried, caught, then)) == told


def test_what_follows_the_block_around_a_handler_is_done_instead() -> None:
    form = "def f(x):\n    if x:\n        try:\n            return g(x)\n        except ValueError:\n            pass\n"
    assert failures("x = 1\n", form + "    x = h(x)\n    return x\n") == []
    assert failures("x = 1\n", form) == ["handler-silent"]
    looped = form.replace("    if x:", "    while x:")
    assert failures("x = 1\n", looped + "    return x\n") == ["handler-silent"]


def test_a_file_that_is_not_opened_needs_no_closing() -> None:
    old = "def f(x):\n    with open(x) as file:\n        text = file.read()\n    return g(text)\n"
    assert failures(old, "def f(x):\n    text = Path(x).read_text()\n    return g(text)\n") == []
    assert failures(old, "def f(x):\n    text = open(x).read()\n    return g(text)\n") == ["cleanup-removed"]


def test_a_value_that_was_set_before_and_is_asked_for_stands_where_it_cannot_be_had() -> None:
    had = "def f(x):\n    found = None\n    try:\n        found = look(x)\n    except ValueError:\n        pass\n"
    asked = "    if found:\n        use(found)\n"
    assert failures("x = 1\n", had + asked) == []
    assert failures("x = 1\n", had + "    return found\n") == ["handler-silent"]
    assert failures("x = 1\n", (had + asked).replace("    found = None\n", "")) == ["handler-silent"]


def test_the_handler_of_a_block_that_moved_is_not_new() -> None:
    block = "    try:\n        tell(x)\n    except Exception:\n        x = wait(x)\n"
    old = f"def f(x):\n{block}    return g(x)\n\n\ndef h(y):\n    return y\n"
    new = f"def f(x):\n    h(x)\n    return g(x)\n\n\ndef h(x):\n{block}    return x\n"
    assert failures(old, new) == []
    assert failures(old.replace(block, "    tell(x)\n"), new) == ["handler-broad"]


def test_many_quiet_handlers_of_a_file_are_one_finding() -> None:
    one = "def f{}(x):\n    try:\n        g(x)\n    except ValueError:\n        pass\n"
    result = ErrorHandlingCheck().run(make_case({"a.py": "x = 1\n"}, {"a.py": one.format(1) + one.format(2)}))
    (told,) = [found for found in result.findings if found.rule == "handler-silent"]
    assert told.message.endswith("The same in this file: line 9.")


def rules(case: Case, check: Check) -> list[str]:
    return [one.rule for one in check.run(case).findings if one.severity != "info"]


def test_a_value_from_before_is_compared_after_something_was_done() -> None:
    form = "def test_a():\n    cwd = os.getcwd()\n    {}\n    assert os.getcwd() == cwd\n"
    assert theater({TESTS: "x = 1\n"}, {TESTS: form.format("load('.env')")}) == []
    assert theater({TESTS: "x = 1\n"}, {TESTS: form.format("name = 1")}) == ["oracle-circular"]


def test_a_failure_that_was_only_passed_on_still_goes_on() -> None:
    old = (
        "def f(x):\n    try:\n        return g(x)\n    except ValueError as error:\n        g(error)\n        raise{}\n"
    )
    new = "def f(x):\n    with told(x):\n        return g(x)\n"
    assert failures(old.format(""), new) == []
    assert failures(old.format(" Refused(x)"), new) == ["raise-removed"]


def test_suppressions_of_one_form_are_told_together() -> None:
    line = "x = f({})  # pragma: no cover\n"
    paths = [f"{name}.py" for name in "abcd"]
    before = dict.fromkeys(paths, "y = 1\n")
    after = {path: before[path] + line.format(path[0]) + line.format(1) for path in paths}
    found = [one for one in GateWeakenedCheck().run(make_case(before, after)).findings if one.severity != "info"]
    assert [(one.file, one.line) for one in found] == [("a.py", 2)]
    assert "The same form at line 3, b.py:2, b.py:3" in found[0].message
    few = GateWeakenedCheck().run(make_case(before, {**before, "a.py": after["a.py"], "b.py": after["b.py"]})).findings
    assert [(one.file, one.line) for one in few if one.severity != "info"] == [("a.py", 2), ("b.py", 2)]


def test_one_archive_in_two_lists_is_one_source() -> None:
    url = "https://github.com/python-cffi/cffi/archive/d7f7.zip"
    before = {"requirements/a.in": "pytest\n", "requirements/a.txt": "pytest==8\ncffi==1.0\n"}
    after = {"requirements/a.in": f"pytest\n{url}\n", "requirements/a.txt": f"pytest==8\ncffi @ {url}\n"}
    (one,) = [one for one in DependencyCheck().run(make_case(before, after)).findings if one.severity != "info"]
    assert one.message.startswith("cffi comes from")
    assert one.message.endswith("requirements/a.txt says so too.")


def test_a_limit_of_what_only_developers_run_may_go() -> None:
    form = "[project]\nname = 'a'\ndependencies = ['{}']\n[dependency-groups]\ndev = ['{}']\n"
    old = form.format("attrs<2", "pytest<8")
    for new, told in ((form.format("attrs<2", "pytest"), []), (form.format("attrs", "pytest<8"), ["pin-loosened"])):
        assert rules(make_case({"pyproject.toml": old}, {"pyproject.toml": new}), DependencyCheck()) == told


def test_a_copy_of_a_known_distribution_inside_a_package_is_foreign() -> None:
    assert is_foreign("requests/packages/urllib3/util/retry.py")
    assert is_foreign("app/extern/six.py")
    assert not is_foreign("packages/six/tests/test_six.py")
    assert not is_foreign("app/packages/orders/models.py")
    assert not is_foreign("app/packages/urllib3/index.js")


def test_a_name_from_another_module_is_another_function() -> None:
    old, new = "def display(items):\n    return items\n", "def display(items, text):\n    return text, items\n"
    call = "from {} import display\n\n\ndef show(x):\n    return display(x)\n"
    for origin, told in (("IPython.display", []), ("app.out", ["callers-broken"]), (".out", ["callers-broken"])):
        files = {"app/live.py": call.format(origin)}
        case = make_case({"app/out.py": old, **files}, {"app/out.py": new, **files}, trees=True)
        assert rules(case, PlausibleWrongCheck()) == told


def test_a_distribution_may_say_in_its_name_that_it_is_of_python() -> None:
    stated = {"pyproject.toml": "[project]\nname = 'a'\ndependencies = ['attrs']\n", "a.py": "x = 1\n"}
    more = {"pyproject.toml": stated["pyproject.toml"].replace("'attrs'", "'attrs', 'markdown-it-py'")}
    for code, told in (("from markdown_it import MarkdownIt\n", False), ("import markdown\n", True)):
        case = make_case(stated, {**more, "a.py": code}, trees=True)
        assert ("dependency-unused" in rules(case, DependencyCheck())) == told


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        ("setup.py", "setup(classifiers=['a', 'b'])\n", "setup(classifiers=['a'])\n", []),
        ("app.py", "setup(classifiers=['a', 'b'])\n", "setup(classifiers=['a'])\n", ["case-dropped"]),
        ("app.py", "x = f()\ndel y\n", "x = f()\n", []),
        ("app.py", "def f(x):\n    del x['a']\n    return x\n", "def f(x):\n    return x\n", ["step-dropped"]),
        ("app.py", "bc_version = 4\n", "bc_version = 5\n", []),
        ("app.py", "bc_version = 4\n", "bc_version = 3\n", ["value-changed"]),
    ],
)
def test_edits_of_lists_names_and_versions(path: str, old: str, new: str, told: list[str]) -> None:
    assert rules(make_case({path: old}, {path: new}), PlausibleWrongCheck()) == told


def test_html_in_another_form_is_not_new() -> None:
    old = "from markupsafe import escape\n\n\ndef f(x):\n    return '<b>%s</b>' % x.name + escape(x)\n"
    new = old.replace("'<b>%s</b>' % x.name", "f'<b>{x.name}</b>'")
    assert rules(make_case({"app.py": old}, {"app.py": new}), SecurityBoundaryCheck()) == []
    other = make_case({"app.py": old}, {"app.py": new.replace("x.name", "x.title")})
    assert rules(other, SecurityBoundaryCheck()) == ["html-unescaped"]


def test_what_a_value_says_of_itself_is_no_html() -> None:
    form = "class A:\n    def {}(self):\n        return f'<console width={{self.width}} {{self.kind}}>'\n"
    for name, told in (("__repr__", []), ("page", ["html-unescaped"])):
        knows = "x = escape(y)\n"
        case = make_case({"app.py": knows}, {"app.py": knows + form.format(name)})
        assert rules(case, SecurityBoundaryCheck()) == told


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("sig.return_annotation is not inspect.Signature().empty", []),
        ("inspect.signature(x).parameters", []),
        ("x.signature != expected", ["check-removed"]),
        ("not verify_signature(x)", ["check-removed"]),
        ("not is_good_signature(x)", ["check-removed"]),
    ],
)
def test_the_signature_of_a_function_is_no_signature(condition: str, told: list[str]) -> None:
    old = f"def f(x):\n    if {condition}:\n        raise ValueError(x)\n    return g(x)\n"
    found = rules(make_case({"app.py": old}, {"app.py": "def f(x):\n    return g(x)\n"}), SecurityBoundaryCheck())
    assert [one for one in found if one == "check-removed"] == told
