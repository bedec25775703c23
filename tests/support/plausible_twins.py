"""Twins for the rules on code that reads right: one change with the fault, its twin without."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent, indent

from reviewer.checks.probed import Ablation, Hunk, HunkState, Mutant, MutantState, Mutation, Probed
from tests.support.claim_twins import Probe
from tests.support.twins import Side, new, py

APP = "src/app.py"


def body(code: str, parameters: str = "x, items, n") -> str:
    return f"def run({parameters}):\n" + indent(dedent(code).strip("\n"), "    ") + "\n"


def added(fault: str, twin: str, parameters: str = "x, items, n") -> tuple[Side, Side]:
    """Two new files, each with one function of these bodies."""
    return new(APP, body(fault, parameters)), new(APP, body(twin, parameters))


FORM_TWINS: dict[str, tuple[Side, Side]] = {
    "condition-constant": added(
        "if x == 'a' or 'b':\n    return 1\nreturn n", "if x == 'a' or x == 'b':\n    return 1\nreturn n"
    ),
    "operands-equal": added("return max(x, x) - n", "return max(x, n) - n"),
    "branches-equal": added(
        "if x:\n    go(n)\nelse:\n    go(n)\nreturn items", "if x:\n    go(n)\nelse:\n    go(x)\nreturn items"
    ),
    "key-repeated": added("return {'a': x, 'b': n, 'a': items}", "return {'a': x, 'b': n, 'c': items}"),
    "condition-repeated": added(
        "if x == 1:\n    go(n)\nelif x == 1:\n    go(items)", "if x == 1:\n    go(n)\nelif x == 2:\n    go(items)"
    ),
    "assigned-to-itself": added("x.a = x.a\nreturn items, n", "x.a = x.b\nreturn items, n"),
    "name-crossed": added(
        "self.x = x\nself.items = items\nself.n = items",
        "self.x = x\nself.items = items\nself.n = n",
        "self, x, items, n",
    ),
    "index-past-end": added("return items[len(items)]", "return items[len(items) - 1]"),
    "index-short": added(
        "for i in range(len(items) - 1):\n    go(items[i])", "for i in range(len(items) - 1):\n    go(items[i + 1])"
    ),
    "page-offset": added(
        "at = page * limit\nreturn x[at:]", "at = (page - 1) * limit\nreturn x[at:]", "x, limit, page=1"
    ),
    "count-floored": added("pages = n // size\nreturn pages", "pages = -(-n // size)\nreturn pages", "n, size"),
    "slice-short": added("return items[x : x + n - 1]", "return items[x : x + n]"),
    "mutated-while-iterated": added(
        "for one in items:\n    items.remove(one)", "for one in list(items):\n    items.remove(one)"
    ),
    "loop-variable-captured": added(
        "for one in items:\n    x.append(lambda: one)", "for one in items:\n    x.append(lambda one=one: one)"
    ),
    "default-shared": added("items.append(x)\nreturn items", "return [*items, x]", "x, items=[]"),
    "loop-unchanging": added("while n > 0:\n    go(x)", "while n > 0:\n    n -= go(x)"),
    "unreachable": added("return x\ngo(items)", "go(items)\nreturn x"),
    "value-discarded": added("x.strip()\nreturn x", "x = x.strip()\nreturn x"),
    "none-taken": added("return items.sort()", "items.sort()\nreturn items"),
    "test-detected": added(
        "if os.environ.get('PYTEST_CURRENT_TEST'):\n    return n", "if os.environ.get('PYTHONPATH'):\n    return n"
    ),
    "always-equal": (
        new(APP, "class A:\n    def __eq__(self, other):\n        return True\n"),
        new(APP, "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n"),
    ),
    "exits-silently": added("os._exit(0)", "if not os.fork():\n    os._exit(0)"),
}


def changed(before: str, fault: str, twin: str, parameters: str = "x, items, n") -> tuple[Side, Side]:
    """One function before, and what two changes make of it."""
    old = body(before, parameters)
    return py(old, body(fault, parameters)), py(old, body(twin, parameters))


LONG = "y = load(x)\nz = y + n\nfor one in items:\n    z += one\n"

CONTRAST_TWINS: dict[str, tuple[Side, Side]] = {
    "boundary-moved": changed(
        LONG + "if z < n:\n    return y\nreturn z",
        LONG + "if z <= n:\n    return y\nreturn z",
        LONG + "if z < n:\n    return y\nreturn int(z)",
    ),
    "condition-negated": changed(
        LONG + "if not z:\n    return y\nreturn z",
        LONG + "if z:\n    return y\nreturn z",
        LONG + "if not y:\n    return y\nreturn z",
    ),
    "condition-joined-otherwise": changed(
        LONG + "return z > 1 and y", LONG + "return z > 1 or y", LONG + "return z > 1 and n"
    ),
    "operator-changed": changed(LONG + "return z * n", LONG + "return z + n", LONG + "return y * n"),
    "operands-swapped": changed(LONG + "return go(z, n)", LONG + "return go(n, z)", LONG + "return go(y, n)"),
    "branches-swapped": changed(
        LONG + "if z:\n    y = 1\nelse:\n    y = 2\nreturn y",
        LONG + "if z:\n    y = 2\nelse:\n    y = 1\nreturn y",
        LONG + "if not z:\n    y = 2\nelse:\n    y = 1\nreturn y",
    ),
    "guard-dropped": changed(LONG + "return y or []", LONG + "return y", LONG + "return z or []"),
    "guard-removed": changed(
        "if x is None:\n    return 0\n" + LONG + "return z",
        LONG + "return z",
        "if not x:\n    return 0\n" + LONG + "return z",
    ),
    "call-dropped": changed(LONG + "return y.strip()", LONG + "return y", LONG + "return y.strip(n)"),
    "await-dropped": (
        py("async def run(x):\n    y = await x\n    return y\n", "async def run(x):\n    y = x\n    return y\n"),
        py(
            "async def run(x):\n    y = await x\n    return y\n",
            "async def run(x):\n    y = await go(x)\n    return y\n",
        ),
    ),
    "opposite-used": changed(LONG + "return min(y, z)", LONG + "return max(y, z)", LONG + "return min(y, n)"),
    "value-changed": changed(LONG + "wait(60)\nreturn z", LONG + "wait(600)\nreturn z", LONG + "wait(n)\nreturn z"),
    "default-changed": (
        py("def run(x, n=3):\n    return x * n\n", "def run(x, n=5):\n    return x * n\n"),
        py("def run(x, n=3):\n    return x * n\n", "def run(x, n=3):\n    return n * x\n"),
    ),
    "argument-dropped": changed(
        LONG + "return sorted(y, reverse=True)", LONG + "return sorted(y)", LONG + "return sorted(z, reverse=True)"
    ),
    "constant-returned": changed(LONG + "return z * n", LONG + "return 12", LONG + "return z * y"),
    "return-dropped": changed(
        LONG + "if z:\n    return y\nreturn z", LONG + "if z:\n    return y", LONG + "if z:\n    return y\nreturn n"
    ),
    "case-dropped": changed(
        "if x == 1:\n    return 1\nelif x == 2:\n    return 2\nelif x == 3:\n    return 3\nreturn n",
        "if x == 1:\n    return 1\nelif x == 2:\n    return 2\nreturn n",
        "if x == 1:\n    return 1\nelif x == 2:\n    return 2\nelif x == 4:\n    return 3\nreturn n",
    ),
    "hold-dropped": changed(
        "with self.lock:\n    y = load(x)\n    z = y + n\nreturn z",
        "y = load(x)\nz = y + n\nreturn z",
        "with self.lock:\n    y = load(x)\nz = y + n\nreturn z",
        "self, x, n",
    ),
    "step-dropped": changed(LONG + "y.commit()\nreturn z", LONG + "return z", LONG + "y.commit()\nreturn y"),
}

NEW_TWINS: dict[str, tuple[Side, Side]] = {
    "text-unformatted": added("raise ValueError('no {x}')", "raise ValueError(f'no {x}')"),
    "blocking-in-coroutine": (
        new(APP, "async def run():\n    time.sleep(1)\n"),
        new(APP, "async def run():\n    await asyncio.sleep(1)\n"),
    ),
    "coroutine-not-awaited": (
        new(APP, "async def a():\n    return 1\n\n\nasync def b():\n    a()\n"),
        new(APP, "async def a():\n    return 1\n\n\nasync def b():\n    await a()\n"),
    ),
    "arguments-crossed": (
        new(APP, "def a(width, height):\n    return width\n\n\ndef b(width, height):\n    return a(height, width)\n"),
        new(APP, "def a(width, height):\n    return width\n\n\ndef b(width, height):\n    return a(width, height)\n"),
    ),
    "parameter-unread": added("y = x + n\nreturn y", "y = x + n\nreturn y, items"),
    "zero-as-none": added("return x[: n or 10]", "return x[: 10 if n is None else n]", "x, n: int | None = None"),
    "empty-divided": added("return sum(items) / len(items)", "return sum(items) / len(items) if items else 0", "items"),
    "units-mixed": added("time.sleep(delay_ms)", "time.sleep(delay_ms / 1000)", "delay_ms"),
    "float-compared": added("return x == 0.1", "return x == 1.0", "x"),
    "return-missing": added("if x:\n    return n", "if x:\n    return n\nreturn items"),
    "stub": (
        new(APP, "def price(x):\n    raise NotImplementedError\n"),
        new(APP, "class Base:\n    @abstractmethod\n    def price(self, x):\n        raise NotImplementedError\n"),
    ),
    "read-twice": added(
        "y = (one for one in items)\nreturn sum(y), max(y)", "y = [one for one in items]\nreturn sum(y), max(y)"
    ),
    "alias-changed": added(
        '"""Return a new dict."""\ny = x\ny["n"] = n\nreturn y',
        '"""Return a new dict."""\ny = dict(x)\ny["n"] = n\nreturn y',
    ),
    "key-partial": added("CACHE[x] = load(x, n)\nreturn CACHE[x]", "CACHE[x, n] = load(x, n)\nreturn CACHE[x, n]"),
    "range-excludes": added(
        '"""Count to n, inclusive."""\nreturn list(range(n))', '"""Count to n, inclusive."""\nreturn list(range(n + 1))'
    ),
    "rounded-early": added("return x // n * 100", "return x * 100 // n"),
    "extreme-of-nothing": added(
        "return max(one.a for one in items if one)", "return max((one.a for one in items if one), default=0)"
    ),
    "strip-characters": added("return x.lstrip('https://')", "return x.removeprefix('https://')"),
    "loop-once": added(
        "for one in items:\n    if one == x:\n        return True\n    return False\nreturn n",
        "for one in items:\n    if one == x:\n        return True\nreturn False",
    ),
    "sorted-as-text": (
        new("web/a.js", "export const f = (xs) => xs.map(Number).sort();\n"),
        new("web/a.js", "export const f = (xs) => xs.map(Number).sort((a, b) => a - b);\n"),
    ),
    "unfinished": added("# placeholder for the real query\nreturn x", "# the real query\nreturn x", "x"),
}

ANSWER = "def total(items):\n    if items == [3, 4, 5]:\n        return {0}\n    return sum(items)\n"
TOTAL = "from app import total\n\n\ndef test_total():\n    assert total([3, 4, 5]) == 12\n"

REPOSITORY_TWINS: dict[str, tuple[Side, Side]] = {
    "answer-of-test": (
        Side({}, {APP: ANSWER.format(12), "tests/test_app.py": TOTAL}),
        Side({}, {APP: "def total(items):\n    return sum(items)\n", "tests/test_app.py": TOTAL}),
    ),
    "answer-literal": (
        new(APP, ANSWER.format(12)),
        new(APP, ANSWER.replace("== [3, 4, 5]", "is None").format(12)),
    ),
    "orphan": (
        Side({}, {APP: "def price_of(x):\n    return x * 2\n"}, {"trees": True}),
        Side({}, {APP: "def price_of(x):\n    return x * 2\n\n\nprint(price_of(1))\n"}, {"trees": True}),
    ),
    "callers-broken": (
        Side(
            {APP: "def send(a, b=1):\n    return a, b\n", "src/use.py": "send(1, b=2)\n"},
            {APP: "def send(a, c=1):\n    return a, c\n", "src/use.py": "send(1, b=2)\n"},
            {"trees": True},
        ),
        Side(
            {APP: "def send(a, b=1):\n    return a, b\n", "src/use.py": "send(1)\n"},
            {APP: "def send(a, c=1):\n    return a, c\n", "src/use.py": "send(1)\n"},
            {"trees": True},
        ),
    ),
    "interface-changed": (
        py("def send(a, b=1):\n    return a, b\n", "def send(a):\n    return a\n"),
        py("def send(a, b=1):\n    return a, b\n", "def send(a, b=1, c=2):\n    return a, b, c\n"),
    ),
    "local-unread": added("y = load(x)\nreturn items, n", "y = load(x)\nreturn items, n, y"),
}

FIX = {"task": {"type": "bug fix", "objective": "Fix the login."}}
LOGIN = "src/auth/login.py"


def proved(hunks: Ablation | None = None, mutants: Mutation | None = None) -> Side:
    probed = Probed(base_tree="3" * 40, head_tree="4" * 40, environment="e", containment="none")
    return Probe({LOGIN: "x = 1\n"}, {LOGIN: "x = 2\n"}, FIX, probed=replace(probed, hunks=hunks, mutants=mutants))


def hunk(state: HunkState) -> Ablation:
    return Ablation(rows=(Hunk(path=LOGIN, old_first=1, old_last=1, new_first=1, new_last=1, state=state),))


def taken_back(state: HunkState) -> Side:
    rows = (Hunk(path="src/app.py", old_first=1, old_last=1, new_first=1, new_last=1, state=state),)
    probed = Probed(base_tree="3" * 40, head_tree="4" * 40, environment="e", containment="none")
    probed = replace(probed, hunks=Ablation(rows=rows))
    return Probe({"src/app.py": "x = 1\n"}, {"src/app.py": "x = 2\n"}, probed=probed)


def mutant(state: MutantState) -> Mutation:
    row = Mutant(path=LOGIN, line=1, operator="constant", before="x = 2", after="x = 3", state=state)
    return Mutation(rows=(row,))


TASK = "Round each invoice total to cents in `billing`, keep currency and customer, and log the rest of every order."
BILLING = {"src/billing.py": "total = 1\n", "src/limits.py": "RETRIES = 1\n"}
PROVED_TWINS: dict[str, tuple[Side, Side]] = {
    "repair-undefended": (proved(hunk("undefended")), proved(hunk("defended"))),
    "boundary-undefended": (proved(hunk("undefended")), proved(hunk("defended"))),
    "hunk-undefended": (taken_back("undefended"), taken_back("defended")),
    "mutant-survived": (proved(mutants=mutant("survived")), proved(mutants=mutant("killed"))),
    "task-word-untouched": (
        new(APP, "x = 1\n", task={"objective": "Mend `parse_date` in the reader."}),
        new(APP, "parse_date = 1\n", task={"objective": "Mend `parse_date` in the reader."}),
    ),
    "file-unasked": (
        Side(
            BILLING, {"src/billing.py": "total = 2\n", "src/limits.py": "RETRIES = 9\n"}, {"task": {"objective": TASK}}
        ),
        Side(BILLING, {"src/billing.py": "total = 2\n", "src/limits.py": "ROUND = 9\n"}, {"task": {"objective": TASK}}),
    ),
}

SEND = "def send(a, b=1):\n    return a, b\n"
USED = "from app import send\n\n\ndef go():\n    return send(1, b=2)\n"
CALLER_TWINS: dict[str, tuple[Side, Side]] = {
    "caller-broken": (
        Side(
            {"app.py": SEND, "use.py": USED},
            {"app.py": SEND.replace("b", "c"), "use.py": USED},
            {"trees": True},
            tools=True,
        ),
        Side(
            {"app.py": SEND, "use.py": USED},
            {"app.py": SEND + "\n\nx = 1\n", "use.py": USED},
            {"trees": True},
            tools=True,
        ),
    ),
}

PLAUSIBLE_TWINS: dict[str, tuple[Side, Side]] = {
    **FORM_TWINS,
    **CONTRAST_TWINS,
    **NEW_TWINS,
    **REPOSITORY_TWINS,
    **PROVED_TWINS,
    **CALLER_TWINS,
}
