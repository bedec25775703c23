"""What the checks make of what the tools said: new or not, guarded or not, and what was not examined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.diagnostics import Diagnostic, Diagnostics, Existence, Kind, Lint
from reviewer.checks.existence.script_exports import resolve
from reviewer.checks.existence.words import doubtful
from reviewer.checks.hallucinated_api import HallucinatedApiCheck
from reviewer.checks.roles import is_built
from reviewer.checks.style_drift import SHOWN, StyleDriftCheck
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.checks.finding import CheckResult, Finding

BOTH = ("pyrefly", "ty")


def said(
    line: int, *tools: str, kind: Kind = "attribute", message: str = "No attribute `b` in `a`"
) -> list[Diagnostic]:
    return [Diagnostic(tool, "missing-attribute", kind, "app.py", line, message) for tool in tools or BOTH]


def judge(
    old: str,
    new: str,
    after: list[Diagnostic],
    before: list[Diagnostic] | None = None,
    *,
    known: Existence | None = None,
    more: dict[str, str] | None = None,
) -> CheckResult:
    rest = more or {}
    case = make_case({"app.py": old, **rest}, {"app.py": new, **rest}, trees=True)
    known = known or Existence(tools=("pyrefly 1", "ty 1"), python="3.11", environment="an environment", whole=True)
    known = replace(known, before=tuple(before or ()), after=tuple(after))
    return HallucinatedApiCheck().run(replace(case, diagnostics=Diagnostics(existence=known)))


def only(result: CheckResult) -> Finding:
    (finding,) = result.findings
    return finding


@pytest.mark.parametrize(("tools", "severity"), [(BOTH, "high"), (("pyrefly",), "medium"), (("ty",), "low")])
def test_agreement_decides_the_severity(tools: tuple[str, ...], severity: str) -> None:
    finding = only(judge("x = 1\n", "x = 1\na.b\n", said(2, *tools)))
    assert (finding.severity, finding.rule, finding.line) == (severity, "attribute-missing", 2)
    assert " and ".join(tools) in finding.message


def test_what_was_said_before_or_stands_on_an_old_line_is_not_new() -> None:
    assert judge("a.b\n", "x = 1\na.b\n", said(2), said(1)).findings == ()
    assert judge("a.b\n", "x = 1\na.b\n", said(2)).findings == ()
    assert len(judge("a.b\n", "a.b\na.b\n", [*said(1), *said(2)], said(1)).findings) == 1


def test_what_moved_from_one_file_to_another_is_not_new() -> None:
    case = make_case({"a.py": "a.b\n", "b.py": "x\n"}, {"a.py": "y\n", "b.py": "x\na.b\n"})
    one = said(1)[0]
    known = Existence(
        before=(replace(one, path="a.py"),), after=(replace(one, path="b.py", line=2),), tools=("pyrefly 1",)
    )
    assert HallucinatedApiCheck().run(replace(case, diagnostics=Diagnostics(existence=known))).findings == ()


def test_a_renamed_file_keeps_what_was_said_of_it() -> None:
    case = make_case({"old.py": "a.b\n"}, {"new.py": "a.b\nx\n"}, renames={"new.py": "old.py"})
    one = said(1)[0]
    known = Existence(before=(replace(one, path="old.py"),), after=(replace(one, path="new.py"),), tools=("pyrefly 1",))
    assert HallucinatedApiCheck().run(replace(case, diagnostics=Diagnostics(existence=known))).findings == ()


def test_one_wrong_name_on_many_lines_is_one_finding() -> None:
    finding = only(judge("", "a.b\n" * 9, [one for line in range(1, 10) for one in said(line)]))
    assert finding.line == 1
    assert "also on lines 2, 3, 4, 5 and 4 more" in finding.message


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    a.b\nexcept AttributeError:\n    pass\n",
        "if hasattr(a, 'b'):\n    a.b\n",
        "if sys.version_info >= (3, 12):\n    a.b\n",
        "with pytest.raises(AttributeError):\n    a.b\n",
        "if TYPE_CHECKING:\n    a.b\n",
        "x = 1\na.b  # type: ignore[attr-defined]\n",
    ],
)
def test_what_the_code_guards_is_only_told(source: str) -> None:
    assert only(judge("", source, said(2))).severity == "info"


@pytest.mark.parametrize(
    "source", ["try:\n    a.b\nexcept Exception:\n    pass\n", "try:\n    a.b\nexcept:\n    pass\n"]
)
def test_a_handler_of_everything_is_no_guard(source: str) -> None:
    assert only(judge("", source, said(2))).severity == "high"


@pytest.mark.parametrize(
    ("module", "severity", "words"),
    [
        ("jsonfast", "high", "not declared by it, not in this environment"),
        ("tomllib", "high", "not in the standard library of Python 3.11"),
        ("requests", "info", "declared by the project, but not in this environment"),
        ("app.missing", "high", "not in this repository"),
        (".missing", "high", "not in this repository"),
    ],
)
def test_an_import_is_looked_for_in_order(module: str, severity: str, words: str) -> None:
    known = Existence(tools=("pyrefly 1", "ty 1"), python="3.11", environment="x", whole=True, local=frozenset({"app"}))
    sentence = f"Cannot find module `{module}`"
    after = said(1, kind="import", message=sentence)
    result = judge("", f"import {module}\n", after, known=known, more={"requirements.txt": "requests>=2\n"})
    finding = only(result)
    assert (finding.rule, finding.severity) == ("import-unresolved", severity)
    assert words in finding.message
    assert "existence elsewhere was not checked" in finding.message


def test_an_import_that_the_base_has_too_is_only_counted() -> None:
    known = Existence(tools=("ty 1",), environment="x", whole=True, imported=frozenset({"numpy"}))
    result = judge("", "import numpy\n", said(1, kind="import", message="Cannot find module `numpy`"), known=known)
    assert result.findings == ()
    assert "1 name of modules that are not at hand could not be looked up" in result.reason


def test_without_the_repository_nothing_is_said_of_its_own_modules() -> None:
    known = Existence(tools=("ty 1",), environment="x", local=frozenset({"app"}))
    sentences = ["Cannot find module `app.x`", "Cannot resolve imported module `.x`"]
    after = [one for text in sentences for one in said(1, kind="import", message=text)]
    after += said(1, message="Could not import `x` from `app`")
    result = judge("", "from app import x\n", after, known=known)
    assert result.findings == ()
    assert result.status == "incomplete"
    assert result.reason.startswith("no repository: ")


def test_what_was_not_examined_is_told() -> None:
    known = Existence(
        tools=("ty 1",), python="3.11", whole=True, gaps=("pyrefly broke",), unexamined=(("odd", "app.py"),)
    )
    undecided = said(1, "pyrefly", kind="undecided", message="unknown")
    result = judge("", "a.b\n", undecided, known=known)
    assert result.status == "incomplete"
    for words in ("pyrefly broke", "no environment", "odd: 1 file (app.py)", "1 attribute of unknown type"):
        assert words in result.reason


def test_without_tools_it_is_incomplete_and_without_python_it_does_not_apply() -> None:
    case = make_case({}, {"app.py": "x = 1\n"})
    assert HallucinatedApiCheck().run(case).status == "incomplete"
    assert StyleDriftCheck().run(case).status == "incomplete"
    other = make_case({}, {"a.rb": "a = 1\n"})
    assert HallucinatedApiCheck().run(other).status == "not_applicable"
    assert "this language is not examined: 1 file (a.rb)" in HallucinatedApiCheck().run(other).reason
    assert StyleDriftCheck().run(other).status == "done"


def test_style_is_folded_after_a_few() -> None:
    case = make_case({}, {"app.py": "x\n" * 12})
    rows = [Diagnostic("ruff", f"F{line % 2}01", None, "app.py", line, "bad\x1b") for line in range(1, 13)]
    known = Lint(after=tuple(rows), tools=("ruff 1",), settings="ruff.toml", notes=("a note",))
    result = StyleDriftCheck().run(replace(case, diagnostics=Diagnostics(lint=known)))
    assert [one.rule for one in result.findings] == ["lint-new"] * SHOWN + ["style-more"]
    assert {one.severity for one in result.findings} == {"low", "info"}
    assert result.findings[-1].message == "7 more things of this kind in added lines of 1 file: F001 4, F101 3."
    assert "\x1b" not in "".join(one.message for one in result.findings)
    assert result.examined.startswith("1 Python file by ruff 1 with ruff.toml of the base")
    assert "a note" in result.reason


def test_a_project_without_a_linter_has_no_lint_to_drift_from() -> None:
    case = make_case({}, {"app.py": "x\n"})
    result = StyleDriftCheck().run(replace(case, diagnostics=Diagnostics(lint=Lint())))
    assert result.status == "done"
    assert "no settings for a linter" in result.reason


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Could not import `_GenericAlias` from `typing`", True),
        ("No attribute `HKEY_LOCAL_MACHINE` in module `winreg`", True),
        ("Object of class `IO` has no attribute `getvalue`", True),
        ("Could not import `joined` from `os.path`", False),
        ("No attribute `joined` in module `os.path`", False),
    ],
)
def test_what_stubs_leave_out_may_exist(said: str, *, expected: bool) -> None:
    assert doubtful(said) is expected


def test_a_private_name_of_the_project_itself_is_no_doubt() -> None:
    known = Existence(tools=("pyrefly 1", "ty 1"), python="3.11", whole=True, local=frozenset(("shop",)))
    for module, severity in (("shop.core", "high"), ("typing", "info")):
        message = f"Could not import `_totals` from `{module}`"
        result = judge("x = 1\n", "x = 1\na.b\n", said(2, message=message), known=known)
        assert only(result).severity == severity


@pytest.mark.parametrize("specifier", ["..", "../", "../index", "../index.js"])
def test_a_script_finds_the_index_of_the_top_folder(specifier: str) -> None:
    assert resolve(specifier, "test/a.js", {"index.js", "test/a.js"}) == "index.js"
    assert resolve(specifier, "test/a.js", {"test/a.js"}) is None


@pytest.mark.parametrize(
    ("path", "built"),
    [
        ("dist/axios.js", True),
        ("packages/a/dist/esm/a.cjs", True),
        ("public/app.min.js", True),
        ("public/app-bundle.js", True),
        ("lib/dist.js", False),
        ("lib/minify.js", False),
        ("dist/setup.py", False),
    ],
)
def test_what_a_bundler_writes_is_known_by_its_path(path: str, built: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_built(path) is built


def test_what_a_tool_missed_before_in_the_same_words_or_file_is_doubted() -> None:
    missing = "Object of class `Filter` has no attribute `name`"
    other = "Object of class `Common` has no attribute `name`"
    older = [*said(1, message=missing), *said(2, message=missing)]
    assert only(judge("x.name\n", "x.name\na.b\n", said(2, message=missing), said(1, message=other))).severity == "info"
    assert judge("x.name\n", "x.name\na.b\n", older, said(1, message=missing)[:2]).findings[0].severity == "info"
    assert only(judge("x = 1\n", "x = 1\na.b\n", said(2, message=missing))).severity == "high"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("x = 1\na.b\nA.b = 3\n", "Class `A` has no class attribute `b`"),
        ("x = 1\na.b\nsetattr(A, 'b', 3)\n", "Object of class `A` has no attribute `b`"),
        ("x = 1\na.b\nassert hasattr(a, 'b')\n", "Object of class `A` has no attribute `b`"),
    ],
)
def test_what_the_repository_sets_or_asks_for_by_name_is_doubted(new: str, message: str) -> None:
    assert only(judge("x = 1\n", new, said(2, message=message))).severity == "info"
    assert only(judge("x = 1\n", "x = 1\na.b\nB.b = 3\n", said(2, message=message))).severity == "high"


def test_one_tool_alone_is_doubted_where_a_value_may_be_of_many_types() -> None:
    message = "Object of type `int | str | Unknown` has no attribute `b`"
    assert only(judge("x = 1\n", "x = 1\na.b\n", said(2, "pyrefly", message=message))).severity == "info"
    assert only(judge("x = 1\n", "x = 1\na.b\n", said(2, message=message))).severity == "high"


def test_what_python_two_has_is_doubted_where_the_project_states_it() -> None:
    stated = {"setup.py": "setup(classifiers=['Programming Language :: Python :: 2.7'])\n"}
    name = said(2, kind="name", message="Could not find name `unicode`")
    assert only(judge("x = 1\n", "x = 1\nunicode(x)\n", name, more=stated)).severity == "info"
    assert only(judge("x = 1\n", "x = 1\nunicode(x)\n", name)).severity == "high"
    module = said(2, kind="import", message="Cannot find module `cStringIO`")
    assert only(judge("x = 1\n", "x = 1\nimport cStringIO\n", module, more=stated)).severity == "info"
    assert only(judge("x = 1\n", "x = 1\nimport cStringIO\n", module)).severity == "high"


def test_a_module_beside_the_file_is_there_when_the_folder_is_where_python_starts() -> None:
    module = said(2, kind="import", message="Cannot find module `fixtures`")
    assert judge("x = 1\n", "x = 1\nimport fixtures\n", module, more={"fixtures.py": ""}).findings == ()
    assert only(judge("x = 1\n", "x = 1\nimport fixtures\n", module)).rule == "import-unresolved"


def test_a_test_that_is_skipped_by_version_guards_what_it_names() -> None:
    form = "@pytest.mark.skipif({}, reason='of Python 2')\ndef test_a():\n    unicode()\n"
    name = said(4, kind="name", message="Could not find name `unicode`")
    assert only(judge("x = 1\n", "x = 1\n" + form.format("sys.version_info > (3,)"), name)).severity == "info"
    assert only(judge("x = 1\n", "x = 1\n" + form.format("slow"), name)).severity == "high"
