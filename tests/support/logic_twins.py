"""A fault and its twin for what reads right and is not: statements, prefixes, totals, order, what goes together."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from tests.support.twins import Side, new

APP = "src/app.py"


def code(text: str, fault: str, twin: str, path: str = APP, **tables: Any) -> tuple[Side, Side]:  # noqa: ANN401 - of a manifest
    """Two new files that differ in one place, `…`."""
    text = dedent(text).lstrip("\n")
    return new(path, text.replace("…", fault), **tables), new(path, text.replace("…", twin), **tables)


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
}
