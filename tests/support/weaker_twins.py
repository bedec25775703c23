"""Weakened tests, lost guards and lost refusals in more spellings: by spelling the rule, the fault and its twin."""

from __future__ import annotations

from tests.support.twins import Side, new, py

TEST = "tests/test_app.py"
_VERIFIED = "class A:\n    def __init__(self, bundle=None):\n        self.session.verify = %s\n"
_KINDS = {"src/app.py": "class NoCard(LookupError):\n    pass\n\n\nclass NoAce(NoCard):\n    pass\n"}
_RAISES = "def test_a():\n    with raises(%s):\n        f()\n"
_ROUTES = (
    'app.get("/health", (q, r) => r.end());\n'
    'app.get("/cards", requireUser, list);\napp.get("/cards/:id", requireUser, show);\n'
)
_MUX = (
    "package a\n\nfunc f(mux *http.ServeMux) {\n"
    '\tmux.HandleFunc("/cards/a", requireUser(a))\n\tmux.HandleFunc("/cards/b", requireUser(b))\n%s}\n'
)
_MARKED = (
    '@require_role("reader")\ndef read(request, store):\n    return store.a(request)\n\n\n'
    '@require_role("writer")\ndef write(request, store):\n    return store.b(request)\n'
)
_ADDED = "\n\n%sdef find(request, store):\n    return store.c(request)\n"
_HOOKED = "@bp.before_request\ndef check():\n    if not current_user.is_authenticated:\n        abort(401)\n"
_THROWS = "it('a', () => {\n  expect(f).toThrow(%s)\n})\n"
_MOVE = "export function move(cards, id, place) {\n%s  return cards.map(f);\n}\n"
_REFUSES = "  if (!cards.some((card) => card.id === id)) {\n    throw new RangeError(`no card`);\n  }\n"
_LIMITS = "  if (place > MOST) {\n    throw new LimitError(`too many`);\n  }\n"
_CLOSED = "def f(x):\n    try:\n        return g(x)\n    finally:\n        x.close()\n"


def looped(head: str, before: str = "") -> Side:
    return new(TEST, f"def test_a():\n{before}    {head}\n        assert f(x) == 3\n")


def expected(narrow: str, wide: str) -> Side:
    return Side({**_KINDS, TEST: _RAISES % narrow}, {**_KINDS, TEST: _RAISES % wide}, {"trees": True})


def verified(value: str) -> Side:
    return py("class A:\n    pass\n", _VERIFIED % value)


def caught(kind: str) -> Side:
    old = "def load(path):\n    return read(path)\n"
    body = "def load(path):\n    try:\n        return read(path)\n    except %s:\n        return 404\n"
    return py(old, body % kind)


WEAKER_SPELLINGS: dict[str, tuple[str, Side, Side]] = {
    "a filter that lets nothing through": (
        "oracle-unreached",
        looped("for x in [one for one in range(50) if one < 0]:"),
        looped("for x in [one for one in range(50) if one < 9]:"),
    ),
    "a generator that lets nothing through": (
        "oracle-unreached",
        looped("for x in (one for one in (1, 3, 5) if one % 2 == 0):"),
        looped("for x in (one for one in (1, 3, 4) if one % 2 == 0):"),
    ),
    "a list that stays empty": (
        "oracle-unreached",
        looped("for x in rows:", "    rows = []\n"),
        looped("for x in rows:", "    rows = []\n    rows.append(1)\n"),
    ),
    "an exception's base in the repository": (
        "raises-widened",
        expected("NoAce", "NoCard"),
        expected("NoCard", "NoAce"),
    ),
    "an exception's base in Python": (
        "raises-widened",
        expected("NoAce", "LookupError"),
        expected("NoAce", "OSError"),
    ),
    "a certificate that is checked at times": (
        "tls-check-off",
        verified("bundle if bundle is not None else False"),
        verified("bundle if bundle is not None else True"),
    ),
    "a certificate that is checked if there is a bundle": (
        "tls-check-off",
        new("src/a.py", "get(u, verify=bundle or False)\n"),
        new("src/a.py", "get(u, verify=bundle or True)\n"),
    ),
    "a route without the guard of all others": (
        "guard-not-here",
        py(_ROUTES, f'{_ROUTES}app.delete("/cards/:id", drop);\n', "src/app.js"),
        py(_ROUTES, f'{_ROUTES}app.delete("/cards/:id", requireAdmin, drop);\n', "src/app.js"),
    ),
    "a handler in Go that is not wrapped": (
        "guard-not-here",
        py(_MUX % "", _MUX % '\tmux.HandleFunc("/cards/c", c)\n', "a.go"),
        py(_MUX % "", _MUX % '\tmux.HandleFunc("/cards/c", requireUser(c))\n', "a.go"),
    ),
    "a function that is not decorated as all others": (
        "guard-not-here",
        py(_MARKED, _MARKED + _ADDED % ""),
        py(_MARKED, _MARKED + _ADDED % '@require_role("reader")\n'),
    ),
    "a hook before every request": (
        "guard-removed",
        py(_HOOKED, _HOOKED.removeprefix("@bp.before_request\n")),
        py(_HOOKED, _HOOKED.replace("401", "403")),
    ),
    "a hook that is registered": (
        "guard-removed",
        py("app.before_request(require_login)\n", "x = 1\n"),
        py("app.before_request(count)\n", "x = 1\n"),
    ),
    "a router's dependencies": (
        "guard-removed",
        py("a = APIRouter(dependencies=[Depends(require_admin)])\n", "a = APIRouter()\n"),
        py("a = APIRouter(dependencies=[Depends(count)])\n", "a = APIRouter()\n"),
    ),
    "warnings that are turned off": (
        "tls-check-off",
        new("src/a.py", "urllib3.disable_warnings()\n"),
        new("src/a.py", "warnings.disable()\n"),
    ),
    "a value compared through a set": (
        "oracle-weaker",
        py("def test_a():\n    assert f() == [1, 2]\n", "def test_a():\n    assert set(f()) == {1, 2}\n", TEST),
        py("def test_a():\n    assert set(f()) == {1, 2}\n", "def test_a():\n    assert f() == [1, 2]\n", TEST),
    ),
    "an exception of no type": (
        "raises-widened",
        py(_THROWS % "RangeError", _THROWS % "", "test/a.test.js"),
        py(_THROWS % "", _THROWS % "RangeError", "test/a.test.js"),
    ),
    "another refusal in place of one": (
        "raise-removed",
        py(_MOVE % _REFUSES, _MOVE % _LIMITS, "src/a.js"),
        py(_MOVE % _REFUSES, _MOVE % (_REFUSES + _LIMITS), "src/a.js"),
    ),
}

QUIETER: dict[str, tuple[str, Side]] = {
    "a fixed answer to one named exception": ("handler-silent", caught("NoSuchAccount")),
    "code without a test": (
        "tests-absent",
        new("src/app.py", "".join(f"X{number} = {number}\n" for number in range(9)), task={"type": "feature"}),
    ),
    "a clean-up in other words elsewhere": (
        "cleanup-removed",
        py(_CLOSED, "def f(x):\n    return h(x)\n\n\n" + _CLOSED.replace("f(x)", "h(x)").replace("close", "shut")),
    ),
    "a raise in other words elsewhere": (
        "raise-removed",
        py(
            "def f(x):\n    if x < 0:\n        raise Low(x)\n    return x\n",
            "def f(x):\n    check(x)\n    return x\n\n\ndef check(x):\n    if x < 0:\n        raise Low(f'{x}!')\n",
        ),
    ),
    "an answer that is asked for twice": (
        "oracle-circular",
        new(TEST, "def test_a():\n    first = read(1)\n    assert read(1) == first\n"),
    ),
}
