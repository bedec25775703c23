"""New dependencies that nothing imports, neither in the change nor in the tree that it leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.declared import modules_of
from reviewer.checks.dependencies.stated import is_indirect
from reviewer.checks.dependencies.usage import Tree
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.dependencies.model import Ecosystem
    from reviewer.checks.dependencies.stated import Stated

_WHY = "A dependency that nothing uses costs what the others cost, and gives nothing."
_ONLY_RUN = frozenset(
    {
        *("uvicorn", "gunicorn", "hypercorn", "daphne", "waitress", "uwsgi", "psycopg", "psycopg2", "psycopg2-binary"),
        *("mysqlclient", "pymysql", "asyncpg", "aiosqlite", "tzdata", "certifi", "cryptography", "setuptools", "wheel"),
        *(
            "pip",
            "whitenoise",
            "typing-extensions",
            "greenlet",
            "python-multipart",
            "email-validator",
            "lxml",
            "html5lib",
        ),
        *("uvloop", "httptools", "h2", "brotli", "colorama", "openpyxl", "pyarrow", "ipykernel", "jupyter", "tabulate"),
        *("typescript", "tslib", "core-js", "regenerator-runtime", "sharp", "pg", "mysql2", "sqlite3"),
    }
)
"""Used by their being there: servers, drivers, data and run-time parts."""
_PLUGIN = re.compile(
    r"types-|@types/|.*-stubs$|pytest-|sphinx|mkdocs|django-|flask-|flake8-|pylint-|opentelemetry-|eslint|@babel/|babel-"
    r"|prettier|@eslint|@typescript-eslint/|tree-sitter-|jupyter|.*-(?:plugin|loader|preset|cli)$|package index |image "
    r"|override of |requirements file "
)
_MOST_LOOKED_UP = 200
_SEARCHED: frozenset[Ecosystem] = frozenset({"python", "npm", "go", "cargo"})


def unused(case: Case, facts: Sequence[Fact], read: Sequence[Stated]) -> Iterator[Fact]:
    """Yield the new run-time dependencies of this change that no code names."""
    if case.after is None:
        return
    after = Tree(case.after)
    by_path = {one.file.path: one for one in read}
    for fact in facts[:_MOST_LOOKED_UP]:
        one = by_path.get(fact.file or "")
        if one is None or fact.rule not in {"dependency-added", "dependency-source"} or one.ecosystem not in _SEARCHED:
            continue
        dep = next((dep for dep in one.new if dep.name == fact.quote and not is_indirect(dep)), None)
        if dep is None or dep.group != "runtime" or dep.name in _ONLY_RUN or _PLUGIN.match(dep.name):
            continue
        if any(old.name == dep.name for old in one.old) or after.mentions(_form(one.ecosystem, dep.name, dep.written)):
            continue
        if after.cut:
            return
        yield Fact(
            rule="dependency-unused",
            severity="low",
            message=f"{shown(dep.name)} is a new dependency, and no code here imports it.",
            why=_WHY,
            quote=dep.name,
            file=one.file.path,
            side="new",
            line=fact.line,
        )


def _form(ecosystem: Ecosystem, name: str, written: str) -> re.Pattern[bytes]:
    if ecosystem == "python":
        names = b"|".join(re.escape(module).encode("utf-8", "surrogatepass") for module in modules_of(name))
        form = rb"^[ \t]*(?:from|import)[ \t][^\n#]{0,300}?\b(?:" + names + rb")\b|[\"'](?:" + names + rb")[\"'.:]"
        return re.compile(form, re.MULTILINE | re.IGNORECASE)
    if ecosystem == "cargo":
        crate = re.escape(written.replace("-", "_")).encode("utf-8", "surrogatepass")
        return re.compile(rb"\b" + crate + rb"\b")
    return re.compile(rb"[\"'`]" + re.escape(name).encode("utf-8", "surrogatepass") + rb"[\"'`/]")
