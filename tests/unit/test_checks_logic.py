"""Rules on what reads right and is not: the same fault in other notations, and honest code that looks like it."""

from __future__ import annotations

import pytest

from reviewer.checks.plausible.spans import is_half_overlap
from reviewer.checks.plausible.statements import is_mixed, kinds, top
from reviewer.checks.plausible_wrong import PlausibleWrongCheck
from tests.support.cases import make_case

ASKED = {
    "bound-said": "Ten or more are cheaper. Delete what is older than 30 days.",
    "half-to-even": "Halves go away from zero.",
    "defaults-over": "Environment variables take precedence over the file.",
}


def told(code: str, before: str = "", task: str = "") -> set[str]:
    path = "src/app.py"
    case = make_case({path: before} if before else {}, {path: code}, trees=True, task={"objective": task})
    return {one.rule for one in PlausibleWrongCheck().run(case).findings}


FAULTS = [
    ("sql-conditions", "q = 'SELECT a FROM p WHERE owner = ? OR open = 1 AND title LIKE ?'\n"),
    (
        "sql-conditions",
        "def f(sql):\n    sql = 'SELECT a FROM p WHERE x = ? OR y = ?'\n    return f'{sql} AND z = ?'\n",
    ),
    (
        "sql-conditions",
        "def f():\n    some = ['x = ? OR y = ?']\n    some.append('z = ?')\n    return ' AND '.join(some)\n",
    ),
    ("sql-counts", "def f(db, a):\n    db.execute('SELECT a FROM p WHERE b = ? AND c = ?', (a,))\n"),
    (
        "prefix-inside-part",
        "def f(p, rel):\n    if p.endswith('/'):\n        return rel.startswith(p[:-1])\n    return 0\n",
    ),
    ("prefix-inside-part", "def f(root, path):\n    return str(path).startswith(str(root))\n"),
    ("rounded-each", "def f(es):\n    return sum(round(e.price * e.rate, 2) for e in es)\n"),
    (
        "rounded-each",
        "def f(es, n):\n    d = {}\n    for e in es:\n        d[e.k] = d.get(e.k, 0) + ceil(e.m)\n    return d\n",
    ),
    ("rounded-each", "def f(total, n):\n    return [total // n for _ in range(n)]\n"),
    ("zone-assumed", "def f(t):\n    return datetime.strptime(t, '%Y').astimezone(UTC)\n"),
    ("zone-assumed", "def f():\n    return datetime.utcnow().timestamp()\n"),
    ("time-part", "def f(t):\n    return t.strftime('%Y-%m-%d %H:%m')\n"),
    ("time-part", "def f(d):\n    return d.replace(month=d.month + 1)\n"),
    ("time-part", "def f(d):\n    return f'{d.year}-W{d.isocalendar()[1]}'\n"),
    ("object-shared", "class A:\n    rows = []\n\n    def add(self, row):\n        self.rows.append(row)\n"),
    ("object-shared", "def f(n):\n    return [[0] * n] * n\n"),
    ("object-shared", "def f(keys):\n    return dict.fromkeys(keys, [])\n"),
    ("text-as-value", "def f(p):\n    p.add_argument('--x', type=bool)\n"),
    ("text-as-value", "if os.environ.get('DEBUG', '0'):\n    go()\n"),
    ("text-as-value", "def f(given):\n    return given.get('on') or True\n"),
    ("text-as-value", "def f(level):\n    return level >= 'write'\n"),
    (
        "replaced-across",
        "def f(p):\n    with NamedTemporaryFile(delete=False) as h:\n        h.write(b'')\n    P(h.name).replace(p)\n",
    ),
    ("order-contradicted", "def newest(xs):\n    return min(xs, key=lambda x: x.made)\n"),
    ("order-contradicted", "def top_sellers(xs, n):\n    return sorted(xs, key=sales)[:n]\n"),
    (
        "order-contradicted",
        "def prune(xs, keep):\n    ys = sorted(xs, key=when)\n    expired = ys[keep:]\n    return expired\n",
    ),
    (
        "order-contradicted",
        "def latest(db):\n    return db.execute('SELECT a FROM t ORDER BY made LIMIT 1').fetchone()\n",
    ),
    (
        "kept-after-change",
        "C = {}\n\n\ndef put(**c):\n    C.update(c)\n\n\n@lru_cache\ndef tree(t):\n    return t, C.get(t)\n",
    ),
    (
        "asked-otherwise",
        "def f(xs):\n    seen = set()\n    for x in xs:\n        if x.lower() not in seen:\n            seen.add(x)\n",
    ),
    ("case-one-side", "def has(self, name):\n    return self.name.casefold() == name\n"),
    ("limit-before-more", "def f(n):\n    s = min(2**n, MAX_DELAY)\n    return s + random.uniform(0, 1)\n"),
    ("defaults-over", "def f(overrides, self):\n    return overrides | self.defaults\n"),
    ("defaults-over", "def f(env, file):\n    return {**env, **file}\n"),
    ("bound-said", "LIMIT = 10\n\n\ndef f(n):\n    return 8 if n > LIMIT else 9\n"),
    ("bound-said", "def f(age):\n    return age >= 30\n"),
    (
        "bound-said",
        "def f(d, start, end):\n    '''Days, both ends included.'''\n    return [x for x in d if start <= x < end]\n",
    ),
    ("half-to-even", "BY_NAME = {'round': round}\n"),
    ("copy-shallow", "def f(v):\n    c = LIMITS.copy()\n    c['a'].update(v)\n    return c\n"),
    ("name-crossed", "def f(a):\n    start = parse(a.start)\n    end = parse(a.start)\n    return start, end\n"),
]
HONEST = [
    ("sql-conditions", "q = 'SELECT a FROM p WHERE (x = ? OR y = 1) AND z BETWEEN ? AND ?'\n"),
    ("sql-every-row", "def f(db):\n    s = 'UPDATE t SET a = ?'\n    s += ' WHERE b = 1'\n    db.execute(s, (1,))\n"),
    ("sql-counts", "q = \"INSERT INTO t (a, b) VALUES (?, datetime('now', '-1 day'))\"\n"),
    ("prefix-inside-part", "def f(root, path):\n    return path == root or path.startswith(root + '/')\n"),
    (
        "prefix-inside-part",
        "def f(root, path):\n    if not root.endswith('/'):\n        root += '/'\n    return path.startswith(root)\n",
    ),
    ("rounded-each", "def f(es):\n    return round(sum(e.price * e.rate for e in es), 2)\n"),
    ("zone-assumed", "def f(t):\n    d = datetime.fromisoformat(t)\n    return d.replace(tzinfo=UTC).timestamp()\n"),
    ("time-part", "def f(d):\n    return date(d.year + d.month // 12, d.month % 12 + 1, 1)\n"),
    (
        "object-shared",
        "class A:\n    rows = []\n\n    def __init__(self):\n        self.rows = []\n        self.rows.append(1)\n",
    ),
    ("text-as-value", "def f(line):\n    return line.find('a') >= 0 or line[0] >= 'a'\n"),
    ("order-contradicted", "def top_sellers(xs, n):\n    return sorted(xs, key=lambda x: -x.sales)[:n]\n"),
    (
        "order-contradicted",
        "def prune(xs, keep):\n    ys = sorted(xs, key=when)\n    expired = ys[:-keep]\n    return expired\n",
    ),
    (
        "kept-after-change",
        (
            "class A:\n    def slash(self, m):\n        if self.x is None:\n            self.x = m.x\n"
            "\n    def y(self):\n        self.x = 1\n"
        ),
    ),
    (
        "asked-otherwise",
        (
            "def f(xs):\n    seen = set()\n    for x in xs:\n        if x.id in seen:\n"
            "            continue\n        seen.add(x.id)\n"
        ),
    ),
    ("case-one-side", "def f(ns, q):\n    q = q.lower()\n    return [n for n in ns if q in n.title.lower()]\n"),
    ("defaults-over", "def f(env, file):\n    return {**file, **env}\n"),
    ("bound-said", "def f(n):\n    return 8 if n >= 10 else 9\n"),
    (
        "pause-after-last",
        (
            "def f(g):\n    for i in range(3):\n        try:\n            return g()\n"
            "        except OSError:\n            if i == 2:\n                raise\n"
            "            sleep(i)\n"
        ),
    ),
    ("copy-shallow", "def f(k, v):\n    c = dict(LIMITS)\n    c['a'] = {**c['a'], k: v}\n    return c\n"),
    (
        "rest-lost",
        (
            "def f(rows, send):\n    b = []\n    for r in rows:\n        b.append(r)\n"
            "        if len(b) >= 9:\n            send(b)\n            b = []\n    send(b)\n"
        ),
    ),
]


@pytest.mark.parametrize(("rule", "code"), FAULTS)
def test_a_fault_in_another_notation(rule: str, code: str) -> None:
    assert rule in told(code, task=ASKED.get(rule, ""))


@pytest.mark.parametrize(("rule", "code"), HONEST)
def test_honest_code_that_looks_like_it(rule: str, code: str) -> None:
    assert rule not in told(code, task=ASKED.get(rule, ""))


def test_what_the_base_has_already_is_not_told() -> None:
    code = "def f(db):\n    db.execute('UPDATE t SET a = 1')\n"
    assert "sql-every-row" not in told(f"import x\n\n\n{code}", code)


def test_levels_of_brackets_are_read_apart() -> None:
    assert kinds("a = 1 AND (b = 2 OR c = 3)") == [{"OR"}, {"AND"}]
    assert is_mixed("a = 1 OR b = 2 AND c = 3")
    assert not is_mixed("a BETWEEN 1 AND 2 OR b = ' AND '")
    assert top("SELECT a FROM b WHERE c = 1 OR d = 2") == {"OR"}
    assert top("(c = 1 OR d = 2)") == set()
    assert kinds(")" * 50 + "(" * 50) == []


@pytest.mark.parametrize(
    ("left", "right", "half"),
    [
        ("b.start <= a.start < b.end", "b.start < a.end <= b.end", True),
        ("a.start >= b.start && a.start < b.end", "(a.end > b.start && a.end <= b.end)", True),
        ("a.start >= b.start && a.start < b.end", "b.start >= a.start && b.start < a.end", False),
        ("a.start < b.end", "b.start < a.end", False),
        ("x" * 1_000, "y", False),
    ],
)
def test_spans_by_the_ends_of_one(left: str, right: str, half: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_half_overlap(left, right) is half
