"""One commit a language in which every operator finds what it spoils, and what the line of its fault then shows."""

from __future__ import annotations

import functools

from tests.evaluate.operators.view import View

_CORE = """\
import os
import secrets
import subprocess
from hmac import compare_digest
from json import dumps

from .other import first_of
from .text import escape


class OldName:
    def __init__(self, size):
        self.size = size
        self.rows = []

    def total(self, value):
        found = self.rows
        return sum(found) + value


def helper(value, more):
    rows = [value]
    return first_of(rows, more)


def read_all_rows(path, limit=None, secure=True):
    if limit is None:
        return []
    if not os.path.exists(path, follow=True):
        raise ValueError(path)
    else:
        rows = dumps(path)
    if path is None:
        raise TypeError(path)
    if path and limit:
        rows = rows[1:limit]
    for row in rows:
        if not row:
            continue
    try:
        rows = int(rows)
    except ValueError as error:
        raise KeyError(path) from error
    try:
        os.remove(path)
    finally:
        os.sync()
    with open(path) as stream:
        rows += stream.read()
    os.sync()
    subprocess.run(["ls"], check=True)
    left = limit - 12
    same = compare_digest(path, rows)
    helper(path, limit)
    value = helper(path, limit)
    return rows if len(rows) > left else []


@require_admin
def view(request):
    first = escape(request)
    return read_all_rows(first)


def size_of(text):
    found = len(text)
    return found
"""
_OTHER = """\
def first_of(rows, more):
    found = None
    last = len(rows)
    first = rows[0]
    for row in rows:
        found = row
        if row == more:
            break
    return found, last, first


def load(path, strict=True):
    return path
"""
_TYPED = "".join(f"def typed_{number}(value: int) -> int:\n    return value\n\n\n" for number in range(9))
_TESTS = """\
import pytest

from app.core import read_all_rows, size_of


@pytest.mark.parametrize("value", [1, 2, 3])
def test_values(value):
    assert value + 1 == 2
    assert value


def test_refused():
    with pytest.raises(ValueError, match="one"):
        int("x")
    assert str(1) == "some words"
    assert size_of("example") == 7


def test_size():
    number = size_of("abc")
    assert number == 3
"""
_PROJECT = """\
[project]
name = "app"
dependencies = [
    "click>=8",
]

[tool.pytest.ini_options]
testpaths = ["tests"]
filterwarnings = [
    "error",
]

[tool.coverage.run]
branch = true

[tool.mypy]
strict = true

[tool.ruff.lint]
select = [
    "B",
    "E",
]
"""
_PIPELINE = """\
name: Tests
on:
  push:
    branches: [main]
  pull_request:
    branches: [main]
jobs:
  tests:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        include:
          - {python: '3.12'}
          - {python: '3.11'}
          - Node.js 20.x
    steps:
      - uses: actions/checkout@0ad4b8fadaa221de15dcec353f45205ec38ea70b # v4
      - run: tox run
"""
_HOOKS = "repos:\n  - repo: https://example.org/ruff\n    rev: v1\n    hooks:\n      - id: ruff\n      - id: other\n"
_LOCK = '[[package]]\nname = "click"\nversion = "8.1.0"\n'
_COMMON = {
    ".github/workflows/tests.yaml": _PIPELINE,
    "docs/index.rst": "Words\n",
    "infra/main.txt": "one\n",
    **{f"many/{number}.txt": "one\n" for number in range(95)},
}
_PYTHON = {
    **_COMMON,
    "src/app/other.py": _OTHER,
    "src/app/typed.py": "from .other import first_of\n\n\n" + _TYPED,
    "src/click/core.py": "x = 1\n",
    "pyproject.toml": _PROJECT,
    "tox.ini": "[testenv]\ncommands = pytest {posargs}\n",
    ".pre-commit-config.yaml": _HOOKS,
    "requirements/tests.txt": "pytest==8.0\n",
    "poetry.lock": _LOCK,
    "tests/test_core.py": _TESTS,
}
_SCRIPT = """\
import first from './first';
const second = require('./second');
function read(path, done) {
  if (path === null && done) {
    throw new TypeError('path');
  }
  if (path === '') {
    return path;
  }
  for (let i = 0; i < path.length; i++) {
    second(path);
  }
  first(path).then((row) => row);
  try {
    second(path);
  } catch (error) {
    first(error);
  }
  if (err) return done(err);
  const names = Object.keys(path);
  if (Array.isArray(names)) { names.sort(); }
  const one = await first(path);
  return done(one);
}
"""
_SCRIPT_TESTS = """\
describe('read', function () {
  it('reads', function (done) {
    assert.strictEqual(one, 'b');
    request(app).get('/').expect(200, done);
  });
});
"""
_PACKAGE = """\
{
  "name": "app",
  "scripts": {
    "test": "mocha"
  },
  "dependencies": {
    "qs": "^6.0.0"
  },
  "devDependencies": {
    "mocha": "10.0.0"
  }
}
"""
_JAVASCRIPT = {**_COMMON, "lib/read.js": _SCRIPT, "test/read.js": _SCRIPT_TESTS, "package.json": _PACKAGE}
_JAVASCRIPT["tsconfig.json"] = '{\n  "strict": true\n}\n'
_GO = {
    **_COMMON,
    "cmd/read.go": (
        "package cmd\n\nfunc Read(path string) error {\n\tif err != nil {\n\t\treturn err\n\t}\n"
        "\tif c.Ready {\n\t\treturn nil\n\t}\n"
        '\tif len(path) < 3 {\n\t\treturn fmt.Errorf("short")\n\t}\n'
        '\tif len(rows) == 2 && strings.HasPrefix(path, "a") {\n'
        "\t\treturn nil\n\t}\n\treturn nil\n}\n"
    ),
    "cmd/read_test.go": 'package cmd\n\nfunc TestRead(t *testing.T) {\n\tt.Errorf("one")\n}\n',
    "go.mod": "module example.org/app\n\nrequire (\n\tgithub.com/spf13/pflag v1.0.5\n)\n",
}
_JAVA = {
    "src/Read.java": (
        "class Read {\n  void read() {\n    try {\n      go();\n"
        "    } catch (IOException e) {\n      log(e);\n    }\n  }\n}\n"
    ),
    "src/ReadTest.java": "class ReadTest {\n  @Test\n  public void reads() {}\n}\n",
}
_RUBY_TEST = "def test_it\n  assert_equal 1, read\nend\n"
_RUBY = {
    "lib/read.rb": "def read\n  rows = load(path)\nend\n",
    "test/read_test.rb": _RUBY_TEST,
}
_RUST = {"src/read.rs": "fn read() {\n    open()?;\n    assert_eq!(1, 2);\n}\n"}


def _before(files: dict[str, str], edited: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Return what was there before: the same, but for files that are new (no words) or shorter."""
    old = dict(files)
    for path, (new, was) in edited.items():
        if was or new:
            old[path] = files[path].replace(new, was)
        else:
            del old[path]
    return old


@functools.cache
def view(language: str) -> View:
    """Return the commit of a language."""
    files, edited = {
        "python": (
            {**_PYTHON, "src/app/core.py": _CORE, "src/click/core.py": "x = 2\n"},
            {
                "src/app/core.py": (_CORE, "import os\n"),
                "src/app/typed.py": ("typed_8", "typed_last"),
                "src/click/core.py": ("2", "1"),
                "tests/test_core.py": ('    assert size_of("example") == 7\n', "    assert True\n"),
            },
        ),
        "javascript": (
            _JAVASCRIPT,
            {"lib/read.js": ("    first(error);\n", "    second(error);\n"), "test/read.js": ("'b'", "'c'")},
        ),
        "go": (_GO, {"cmd/read.go": ("short", "long"), "cmd/read_test.go": ("one", "two")}),
        "java": (_JAVA, {"src/Read.java": ("go()", "come()"), "src/ReadTest.java": ("reads", "writes")}),
        "ruby": (_RUBY, {"lib/read.rb": ("load", "take"), "test/read_test.rb": ("1, read", "2, read")}),
        "rust": (_RUST, {"src/read.rs": ("1, 2", "2, 2")}),
    }[language]
    return View(language, _before(files, edited), files, "Mend how rows are read")


SHOWN = {
    "attribute_renamed": r"_all\(|get_|_value\(",
    "keyword_renamed": r"\w+_value=",
    "import_renamed": r"_from as ",
    "standard_name_absent": r"found = |StartsWith|keysOf",
    "method_absent": r"found = |isList",
    "keyword_absent": r"found = .*=",
    "above_the_floor": r"return ",
    "own_name_absent": r"from \.\w+ import ",
    "own_module_absent": r"from \.\w+ import first",
    "own_method_absent": r"self\.\w+\(\)",
    "own_argument_too_many": r"strict_mode=True",
    "bound_shifted": r"[<>]",
    "branches_swapped": r"if not \(",
    "slice_shifted": r"- 1|\+ 1",
    "and_or_swapped": r" or | and |\|\|",
    "return_lost": r"^\s+(?!return)\S",
    "break_for_continue": r"break",
    "default_shared": r"=\[\]|=\{\}",
    "runner_detected": r"PYTEST|pytest|TESTING|NODE_ENV",
    "equal_to_all": r"def __eq__",
    "answer_of_test": r"if \w+ == |_known",
    "unasked_hunk": r"False",
    "stubbed": r"return True",
    "answer_written_out": r"example-42",
    "handler_widened": r"except Exception",
    "swallowed": r"except",
    "suppressed_widely": r"suppress\(Exception\)",
    "handler_answers": r"return ",
    "raise_dropped": r"return None",
    "raise_to_log": r"warning\(",
    "cause_hidden": r"from None",
    "check_dropped": r"check=False",
    "retried_to_none": r"except Exception",
    "comparison_timed": r"==",
    "switch_turned": r"secure=False",
    "escape_dropped": r"first = request",
    "password_written": r"PASSWORD|SECRET|secret|DATABASE",
    "secret_planted": r"ghp_",
    "camel_case": r"def [a-z]+[A-Z]",
    "printed": r"print\(",
    "annotations_gone": r"def collect_values",
    "import_unused": r"^import ",
    "commented_out": r"# result",
    "suppressed": r"type: ignore",
    "bare_comparison": r"== None",
    "equal_to_not_none": r"is not None",
    "equal_to_type": r"isinstance",
    "match_gone": r"raises\(ValueError\)",
    "raises_gone": r"try:",
    "assertion_caught": r"assert ",
    "returned_early": r"return",
    "assertion_commented": r"# assert",
    "expected_to_fail": r"xfail",
    "skipped_inside": r"pytest\.skip",
    "renamed_away": r"def _test",
    "skipped": r"mark\.skip",
    "pipeline_masked": r"\|\| true",
    "step_may_fail": r"continue-on-error",
    "step_gone": r"tox run",
    "job_conditional": r"if: false",
    "trigger_narrowed": r"pull_request",
    "trigger_privileged": r"pull_request_target",
    "permissions_widened": r"write-all",
    "action_unpinned": r"@main",
    "owners_gone": r"@one/build",
    "owners_changed": r"@bot",
    "recipe_masked": r"-pytest",
    "strictness_off": r"= false",
    "rule_deselected": r'"[BE]"',
    "warnings_allowed": r"ignore",
    "hook_gone": r"id: ruff",
    "tests_selected": r"not slow",
    "outcome_rewritten": r"passed",
    "from_branch": r"git\+|github:",
    "from_address": r"files\.test",
    "pin_loosened": r"pytest|qs|\*",
    "lock_drifted": r"99\.0\.1",
    "import_undeclared": r"import tenacity",
    "script_on_install": r"install|prepare",
    "go_required": r"logrus|errors",
    "go_replaced": r"^replace ",
    "rejection_swallowed": r"\.catch\(\(\) => \{\}\)",
    "throw_to_log": r"console\.error",
    "suite_skipped": r"describe\.skip",
    "status_loosened": r"expect\(/\./",
    "tls_unverified": r"ssl|verify|Unauthorized|Insecure|CERT_NONE",
    "html_pasted": r"innerHTML",
    "export_absent": r"normalizeAll",
    "module_absent": r"helpers-common",
    "condition_negated": r"if !",
    "panic_stub": r"panic\(|func ",
    "err_ignored": r"_ = err",
    "catch_emptied": r"catch|\}",
    "rescued_to_nil": r"rescue nil",
    "error_made_none": r"\.ok\(\)",
}
"""What the line of the fault shows, by operator."""
