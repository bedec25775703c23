"""A fault and its twin for what reads right and is not: statements, prefixes, totals, order, what goes together."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from tests.support.twins import Side, new

APP = "src/app.py"
NAMES = "from kind import Kind\n\nNAMES = {Kind.A: 1, Kind.B: 2%s}\n"
KIND = {
    "src/kind.py": "from enum import Enum\n\n\nclass Kind(Enum):\n    A = 'a'\n    B = 'b'\n",
    "src/names.py": NAMES % "",
}
PAIR = {
    "src/load.py": "def load(path):\n    return path, 1\n",
    "src/use.py": "from load import load\n\n\ndef name(path):\n    found, number = load(path)\n    return found\n",
}
WALK = "def walk(node, out%s):\n    for one in node:\n        walk(one, out%s)\n    show(%s)\n"
STORE = """class Store:
    def __init__(self):
        self.values = {}
%s
    def put(self, key, value):
        self.values[key] = value
%s
    def drop(self, key):
        del self.values[key]
%s%s"""
READS = """def one(db, key):
    return db.execute("SELECT a FROM notes WHERE id = ? AND deleted_at IS NULL", (key,))


def of(db, user):
    return db.execute("SELECT a FROM notes WHERE owner = ? AND deleted_at IS NULL", (user,))
"""
COUNTS = """

def count(db):
    return db.execute("SELECT COUNT(*) FROM notes WHERE pinned = 1%s")
"""
READER = "package store\n\nfunc (s *Store) Get(key string) {\n\t…\n\tdelete(s.values, key)\n}\n"
ENDS = "        self.ends = {}\n"
POP = "        self.ends.pop(key, None)\n"
GONE = """
    def is_gone(self, key):
        return key in self.values and self.ends.get(key)
"""


def code(text: str, fault: str, twin: str, path: str = APP, **tables: Any) -> tuple[Side, Side]:  # noqa: ANN401 - of a manifest
    """Two new files that differ in one place, `…`."""
    text = dedent(text).lstrip("\n")
    return new(path, text.replace("…", fault), **tables), new(path, text.replace("…", twin), **tables)


def trees(before: dict[str, str], after: dict[str, str]) -> Side:
    """A change whose whole trees are at hand."""
    return Side(before, after, {"trees": True})


LOGIC_TWINS: dict[str, tuple[Side, Side]] = {
    "sql-conditions": code(
        """
        def find(db, user, text):
            where = "…"
            if text:
                where += " AND title LIKE ?"
            return db.execute(f"SELECT id FROM pages WHERE {where}", (user, text))
        """,
        "owner = ? OR public = 1",
        "(owner = ? OR public = 1)",
    ),
    "sql-every-row": code(
        """
        def rename(db, name):
            db.execute("UPDATE users SET name = ?…", (name,))
        """,
        "",
        " WHERE id = 1",
    ),
    "sql-counts": code(
        """
        def put(db, a, b):
            db.execute("INSERT INTO t (a, b) VALUES (?…)", (a, b))
        """,
        "",
        ", ?",
    ),
    "prefix-inside-part": code(
        """
        def matches(pattern, relative):
            return pattern.endswith("/") and relative.startswith(…)
        """,
        'pattern.rstrip("/")',
        "pattern",
    ),
    "rounded-each": code(
        """
        def total(rows):
            found = 0
            for row in rows:
                found += …
            return found
        """,
        "round(row.amount, 2)",
        "row.amount",
    ),
    "zone-assumed": code(
        """
        from datetime import datetime, timezone


        def since(text):
            found = datetime.fromisoformat(text)
            …
            return round(found.timestamp() * 1000)
        """,
        "show(found)",
        "found = found.replace(tzinfo=timezone.utc)",
    ),
    "zone-mixed": code(
        """
        from datetime import datetime, timezone


        def started():
            return datetime.now(timezone.utc)


        def ended():
            return datetime.now(…)
        """,
        "",
        "timezone.utc",
    ),
    "time-part": code(
        """
        def is_late(began, now):
            return (now - began).… > 3600
        """,
        "seconds",
        "total_seconds()",
    ),
    "object-shared": code(
        """
        LIMITS = {"food": 100}


        def over(given):
            limits = …
            limits.update(given)
            return limits
        """,
        "LIMITS",
        "dict(LIMITS)",
    ),
    "flag-as-count": code(
        """
        import re


        def clean(text):
            return re.sub("a", "b", text, …re.IGNORECASE)
        """,
        "",
        "flags=",
    ),
    "text-as-value": code(
        """
        def is_new(version):
            return version >= …
        """,
        '"1.10"',
        "(1, 10)",
    ),
    "group-unsorted": code(
        """
        from itertools import groupby


        def by_day(rows):
            return {day: list(some) for day, some in groupby(…, key=day_of)}
        """,
        "rows",
        "sorted(rows, key=day_of)",
    ),
    "cut-too-early": code(
        """
        def newest(rows, limit):
            return …
        """,
        "sorted(rows[:limit], key=when)",
        "sorted(rows, key=when)[:limit]",
    ),
    "replaced-across": code(
        """
        import os
        import tempfile


        def save(path, data):
            handle, name = tempfile.mkstemp(…)
            os.write(handle, data)
            os.replace(name, path)
        """,
        "",
        "dir=path.parent",
    ),
    "pattern-open": code(
        """
        import re


        def is_valid(name):
            return bool(re.…("[a-z]+", name))
        """,
        "match",
        "fullmatch",
    ),
    "order-contradicted": code(
        """
        class Store:
            def snapshots(self):
                \"\"\"All of them, oldest first.\"\"\"
                return self._all

            def monthly(self):
                \"\"\"The newest of each month.\"\"\"
                found = {}
                for one in self.snapshots():
                    …
                return found
        """,
        "found.setdefault(one.month, one)",
        "found[one.month] = one",
        trees=True,
    ),
    "member-left-out": (
        trees(KIND, {**KIND, "src/kind.py": KIND["src/kind.py"] + "    C = 'c'\n"}),
        trees(KIND, {"src/kind.py": KIND["src/kind.py"] + "    C = 'c'\n", "src/names.py": NAMES % ", Kind.C: 3"}),
    ),
    "kept-after-change": code(
        """
        class Table:
            def __init__(self):
                self.rows = []
                self._total = None

            def add(self, row):
                self.rows.append(row)…

            def total(self):
                if self._total is None:
                    self._total = sum(self.rows)
                return self._total
        """,
        "",
        "\n        self._total = None",
    ),
    "table-left": (
        trees({APP: STORE % ("", "", "", "")}, {APP: STORE % (ENDS, "", POP, GONE)}),
        trees({APP: STORE % ("", "", "", "")}, {APP: STORE % (ENDS, POP, POP, GONE)}),
    ),
    "shape-changed": (
        trees(PAIR, {**PAIR, "src/load.py": "def load(path):\n    return path, 1, 2\n"}),
        trees(PAIR, {**PAIR, "src/load.py": "def load(path):\n    return path, 2\n"}),
    ),
    "not-handed-on": (
        trees({APP: WALK % ("", "", 0)}, {APP: WALK % (", depth=0", "", "depth")}),
        trees({APP: WALK % ("", "", 0)}, {APP: WALK % (", depth=0", ", depth + 1", "depth")}),
    ),
    "option-unread": code(
        """
        def main(parser):
            parser.add_argument("--dry-run", action="store_true")
            args = parser.parse_args()
            return run(…)
        """,
        "args",
        "args, args.dry_run",
        trees=True,
    ),
    "overlap-half": code(
        """
        def overlaps(one, other):
            return …
        """,
        "other.start <= one.start < other.end or other.start < one.end <= other.end",
        "one.start < other.end and other.start < one.end",
    ),
    "limit-before-more": code(
        """
        import random


        def delay(attempts):
            return …
        """,
        "min(2**attempts, LONGEST) * (1 + random.random())",
        "min(2**attempts * (1 + random.random()), LONGEST)",
    ),
    "asked-otherwise": code(
        """
        def unique(rows):
            seen = set()
            for row in rows:
                if row.key in seen:
                    continue
                seen.add(…)
                yield row
        """,
        "row.name",
        "row.key",
    ),
    "case-one-side": code(
        """
        def find(notes, words):
            return [one for one in notes if … in one.title.lower()]
        """,
        "words",
        "words.lower()",
    ),
    "pause-after-last": code(
        """
        def fetch(get):
            for number in range(3):
                try:
                    return get()
                except OSError:
                    …sleep(number)
            raise LookupError
        """,
        "",
        "if number < 2:\n                ",
    ),
    "changed-after-wait": code(
        """
        class Stock:
            async def take(self, count):
                …
                    if self.left >= count:
                        await self.note(count)
                        self.left -= count
        """,
        "if count:",
        "async with self.lock:",
    ),
    "defaults-over": code(
        """
        def read(options):
            return {**…}
        """,
        "options, **DEFAULTS",
        "DEFAULTS, **options",
    ),
    "cents-cut": code(
        """
        def cents(price):
            return …(price * 100)
        """,
        "int",
        "round",
    ),
    "bound-said": code(
        """
        def price(count):
            return 8 if count … 10 else 9
        """,
        ">",
        ">=",
        task={"objective": "Ten or more are cheaper."},
    ),
    "half-to-even": code(
        """
        def whole(amount):
            return …
        """,
        "round(amount)",
        "amount.quantize(ONE, ROUND_HALF_UP)",
        task={"objective": "Amounts are rounded half up."},
    ),
    "asked-then-added": code(
        """
        def book(rooms, wanted):
            taken = rooms.of(wanted.day)
            if taken:
                raise LookupError(wanted)
            rooms.add(wanted…)
        """,
        "",
        ", on_conflict=LookupError",
        task={"objective": "Two at the same time must not get the same room."},
    ),
    "rest-lost": code(
        """
        def ship(rows, send):
            batch = []
            for row in rows:
                batch.append(row)
                if len(batch) >= 100:
                    send(batch)
                    batch = []
            …
        """,
        "send(())",
        "send(batch)",
    ),
    "copy-shallow": code(
        """
        def limits(name, value):
            found = …
            found["food"][name] = value
            return found
        """,
        "dict(LIMITS)",
        "copy.deepcopy(LIMITS)",
    ),
    "length-of-text": code(
        """
        import json


        def answer(self, data):
            body = json.dumps(data)…
            self.send_header("Content-Length", str(len(body)))
        """,
        "",
        ".encode()",
    ),
    "filter-left-out": (
        trees({APP: READS}, {APP: READS + COUNTS % ""}),
        trees({APP: READS}, {APP: READS + COUNTS % " AND deleted_at IS NULL"}),
    ),
    "changed-under-read-lock": code(
        READER, "s.mu.RLock()\n\tdefer s.mu.RUnlock()", "s.mu.Lock()\n\tdefer s.mu.Unlock()", "a/a.go"
    ),
    "none-used": code(
        """
        import re


        def number(text):
            found = re.search("[0-9]+", text)
            return …
        """,
        're.search("[0-9]+", text).group()',
        "found.group() if found else None",
    ),
}
