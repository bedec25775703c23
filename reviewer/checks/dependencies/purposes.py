"""Libraries that serve the same purpose, kept by hand: a second one is what dependency creep looks like.

Only plain rivals stand in one group; libraries that are often used side by side on purpose do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

_GROUPS: tuple[tuple[str, Ecosystem, frozenset[str]], ...] = (
    ("HTTP client", "python", frozenset({"requests", "httpx", "aiohttp", "urllib3", "pycurl", "niquests"})),
    ("JSON", "python", frozenset({"orjson", "ujson", "simplejson", "rapidjson", "python-rapidjson"})),
    ("YAML", "python", frozenset({"pyyaml", "ruamel-yaml", "strictyaml", "oyaml"})),
    ("TOML", "python", frozenset({"toml", "tomli", "tomlkit", "pytoml"})),
    ("dates", "python", frozenset({"arrow", "pendulum", "python-dateutil", "maya", "delorean", "moment"})),
    ("retry", "python", frozenset({"tenacity", "backoff", "retrying", "retry", "stamina"})),
    ("command line", "python", frozenset({"click", "typer", "docopt", "fire", "cleo", "plac"})),
    ("ORM", "python", frozenset({"sqlalchemy", "peewee", "tortoise-orm", "pony", "sqlobject"})),
    ("web framework", "python", frozenset({"flask", "django", "fastapi", "bottle", "sanic", "tornado", "falcon"})),
    ("validation", "python", frozenset({"pydantic", "marshmallow", "cerberus", "voluptuous", "schema"})),
    ("HTML parsing", "python", frozenset({"lxml", "beautifulsoup4", "html5lib", "selectolax", "pyquery"})),
    ("templates", "python", frozenset({"jinja2", "mako", "chameleon", "genshi"})),
    ("logging", "python", frozenset({"loguru", "structlog", "logbook"})),
    ("Redis client", "python", frozenset({"redis", "aioredis", "coredis"})),
    ("PostgreSQL driver", "python", frozenset({"psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg8000"})),
    ("spreadsheets", "python", frozenset({"openpyxl", "xlrd", "xlsxwriter", "pyexcel"})),
    ("settings", "python", frozenset({"python-dotenv", "environs", "python-decouple", "dynaconf"})),
    (
        "HTTP client",
        "npm",
        frozenset({"axios", "node-fetch", "got", "superagent", "request", "ky", "undici", "cross-fetch"}),
    ),
    ("dates", "npm", frozenset({"moment", "dayjs", "date-fns", "luxon"})),
    ("functions", "npm", frozenset({"lodash", "underscore", "ramda", "lodash-es", "remeda"})),
    ("validation", "npm", frozenset({"zod", "joi", "yup", "ajv", "superstruct", "valibot"})),
    ("identifiers", "npm", frozenset({"uuid", "nanoid", "cuid", "shortid"})),
    ("command line", "npm", frozenset({"commander", "yargs", "minimist", "meow", "cac"})),
    ("state", "npm", frozenset({"redux", "mobx", "zustand", "jotai", "recoil"})),
    ("test runner", "npm", frozenset({"jest", "vitest", "mocha", "ava", "jasmine"})),
    ("logging", "npm", frozenset({"winston", "pino", "bunyan", "loglevel"})),
    ("web framework", "npm", frozenset({"express", "koa", "fastify", "@hapi/hapi"})),
    ("HTTP client", "cargo", frozenset({"reqwest", "ureq", "hyper", "isahc", "surf"})),
    ("errors", "cargo", frozenset({"anyhow", "eyre", "color-eyre", "failure"})),
    ("dates", "cargo", frozenset({"chrono", "time", "jiff"})),
)


def twin(ecosystem: Ecosystem, name: str, others: set[str]) -> tuple[str, str] | None:
    """Return the purpose and the name of a library among `others` that serves the same one as `name`, or None."""
    for purpose, of, names in _GROUPS:
        if of == ecosystem and name in names:
            present = sorted((names & others) - {name})
            if present:
                return purpose, present[0]
    return None
