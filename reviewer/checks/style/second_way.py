"""A second library for a task that the code around a change does with another one already, seen at its imports.

The rivals are kept by hand, standard library included. Only a module that the old side nowhere imports is told.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.python_nodes import walk
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import PythonFile
    from reviewer.checks.style.around import Around

_WHY = "Two ways of doing one thing are two to learn, to configure and to keep right."
_FEWEST = 2
_MOST_FILES = 1_500


@dataclass(frozen=True, slots=True)
class _Purpose:
    """A task and the modules that do it, each by the name that is imported."""

    what: str
    modules: frozenset[str]


def _purpose(what: str, modules: str) -> _Purpose:
    return _Purpose(what, frozenset(modules.split()))


_PURPOSES = (
    _purpose("HTTP", "requests httpx aiohttp urllib.request urllib3 http.client pycurl niquests"),
    _purpose("paths", "os.path pathlib py.path"),
    _purpose("dates", "arrow pendulum maya delorean moment"),
    _purpose("time zones", "pytz zoneinfo"),
    _purpose("JSON", "orjson ujson simplejson rapidjson json"),
    _purpose("YAML", "yaml ruamel.yaml strictyaml oyaml"),
    _purpose("TOML", "toml tomli tomlkit pytoml tomllib"),
    _purpose("the command line", "argparse optparse getopt click typer docopt fire cleo plac"),
    _purpose("mocks", "mock unittest.mock flexmock mockito"),
    _purpose("logging", "logging loguru structlog logbook"),
    _purpose("retries", "tenacity backoff retrying retry stamina"),
    _purpose("regular expressions", "re regex re2"),
    _purpose("SQL", "sqlalchemy peewee tortoise pony sqlobject"),
    _purpose("validation", "pydantic marshmallow cerberus voluptuous schema"),
    _purpose("HTML", "bs4 lxml html5lib selectolax pyquery"),
    _purpose("templates", "jinja2 mako chameleon genshi"),
    _purpose("spreadsheets", "openpyxl xlrd xlsxwriter pyexcel"),
    _purpose("Redis", "redis aioredis coredis"),
    _purpose("PostgreSQL", "psycopg psycopg2 asyncpg pg8000"),
    _purpose("settings", "dotenv environs decouple dynaconf"),
    _purpose("asynchronous code", "asyncio trio anyio curio gevent eventlet"),
    _purpose("temporary paths", "tmpdir tempfile"),
    _purpose("progress bars", "tqdm progressbar alive_progress"),
    _purpose("record classes", "attr attrs dataclasses"),
)


def second_ways(files: Sequence[PythonFile], around: Around) -> Iterator[Fact]:
    """Yield modules that added lines import beside a rival that the old side uses, and it alone."""
    if around.before is None:
        return
    told: set[str] = set()
    for file in files:
        path = file.file.path
        if file.new is None or roles.is_example(path) or roles.is_foreign(path):
            continue
        lines = {line.number for line in file.file.added}
        for module, line in _imports(file.new):
            purpose = next((one for one in _PURPOSES if module in one.modules), None)
            if line not in lines or purpose is None or module in told or _is_own(module, around):
                continue
            told.add(module)
            rival = _rival(module, purpose, path, around)
            if rival is not None:
                yield _fact(file, module, line, purpose, rival)


def _rival(module: str, purpose: _Purpose, path: str, around: Around) -> tuple[str, int] | None:
    """Return the rival that the old side uses and in how many files, None if there is none or it uses this one too."""
    tests = roles.is_test(path)
    uses = {one: _pattern(one) for one in purpose.modules}
    counted = dict.fromkeys(purpose.modules, 0)
    for other in around.nearest(path, tests=tests)[:_MOST_FILES]:
        data = around.content(other)
        for one, pattern in uses.items() if data is not None else ():
            if data is not None and pattern.search(data):
                if one == module:
                    return None
                counted[one] += 1
    own = around.content(path)
    for one, pattern in uses.items() if own is not None else ():
        if own is not None and pattern.search(own):
            if one == module:
                return None
            # Beside its rival in one file it is a second way whatever the other files do.
            counted[one] += _FEWEST
    rival, times = max(counted.items(), key=lambda item: item[1])
    return (rival, max(1, times - _FEWEST + 1) if own else times) if times >= _FEWEST else None


def _is_own(module: str, around: Around) -> bool:
    """Return whether a module is the project's own, whose name says nothing about a library."""
    top = module.split(".", 1)[0]
    return any(path.startswith((f"{top}/", f"{top}.py", f"src/{top}/", f"src/{top}.py")) for path in around.paths)


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _names(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _names(node.module, node.lineno)
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def _names(module: str, line: int) -> Iterator[tuple[str, int]]:
    parts = module.split(".")
    for end in range(1, min(len(parts), 3) + 1):
        yield ".".join(parts[:end]), line


def _pattern(module: str) -> re.Pattern[bytes]:
    name = re.escape(module).encode()
    package, _, last = module.rpartition(".")
    parts = [rb"^[ \t]*import[ \t]+" + name + rb"\b", rb"^[ \t]*from[ \t]+" + name + rb"\b"]
    if package:
        own = re.escape(package).encode()
        parts.append(rb"^[ \t]*from[ \t]+" + own + rb"[ \t]+import[ \t][^\n]{0,200}\b" + last.encode() + rb"\b")
        if module == "os.path":
            parts.append(rb"\bos\.path\.")
    return re.compile(b"|".join(parts), re.MULTILINE)


def _fact(file: PythonFile, module: str, line: int, purpose: _Purpose, rival: tuple[str, int]) -> Fact:
    name, times = rival
    return Fact(
        rule="second-way",
        severity="info" if roles.is_test(file.file.path) else "low",
        message=f"{shown(module)} is imported here for {purpose.what}; {plural(times, 'file')} around "
        f"{'uses' if times == 1 else 'use'} {shown(name)} for it, and none {shown(module)}.",
        why=_WHY,
        quote=module,
        file=file.file.path,
        side="new",
        line=line,
    )
