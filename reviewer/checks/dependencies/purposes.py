"""Libraries that serve the same purpose, kept by hand: a second one is what dependency creep looks like.

Only plain rivals stand in one group; libraries that are often used side by side on purpose do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

_GH = "github.com/"

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
    ("command line", "cargo", frozenset({"clap", "structopt", "argh", "pico-args", "bpaf", "gumdrop"})),
    ("asynchronous code", "cargo", frozenset({"tokio", "async-std", "smol"})),
    ("logging", "cargo", frozenset({"env_logger", "simplelog", "fern", "flexi_logger", "pretty_env_logger"})),
    ("YAML", "cargo", frozenset({"serde_yaml", "serde_yml", "serde-yaml-ng", "yaml-rust", "yaml-rust2"})),
    ("mocks", "python", frozenset({"pytest-mock", "mock", "flexmock", "mockito"})),
    ("time zones", "python", frozenset({"pytz", "tzlocal", "zoneinfo"})),
    ("progress bars", "python", frozenset({"tqdm", "alive-progress", "progressbar2"})),
    ("test data", "python", frozenset({"factory-boy", "polyfactory", "model-bakery", "mimesis"})),
    ("record classes", "python", frozenset({"attrs", "dataclasses"})),
    ("tables in text", "python", frozenset({"tabulate", "prettytable", "texttable", "terminaltables"})),
    ("colours", "python", frozenset({"colorama", "termcolor", "blessings", "crayons"})),
    ("colours", "npm", frozenset({"chalk", "colors", "kleur", "picocolors", "ansi-colors", "colorette"})),
    ("globs", "npm", frozenset({"glob", "globby", "fast-glob", "tinyglobby"})),
    ("YAML", "npm", frozenset({"js-yaml", "yaml", "yamljs"})),
    ("settings", "npm", frozenset({"dotenv", "env-cmd", "dotenv-flow"})),
    ("mocks of HTTP", "npm", frozenset({"nock", "msw", "fetch-mock"})),
    ("class names", "npm", frozenset({"classnames", "clsx"})),
    ("formatting", "npm", frozenset({"prettier", "dprint", "standard"})),
    ("HTTP client", "ruby", frozenset({"faraday", "httparty", "rest-client", "typhoeus", "excon", "http"})),
    ("JSON", "ruby", frozenset({"oj", "yajl-ruby", "json_pure"})),
    ("test runner", "ruby", frozenset({"rspec", "minitest", "test-unit"})),
    ("background jobs", "ruby", frozenset({"sidekiq", "resque", "delayed_job", "good_job"})),
    ("logging", "go", frozenset({_GH + "sirupsen/logrus", "go.uber.org/zap", _GH + "rs/zerolog"})),
    ("HTTP routing", "go", frozenset({_GH + "gin-gonic/gin", _GH + "labstack/echo/v4", _GH + "go-chi/chi/v5"})),
    ("command line", "go", frozenset({_GH + "spf13/cobra", _GH + "urfave/cli/v2", _GH + "alecthomas/kong"})),
    ("YAML", "go", frozenset({"gopkg.in/yaml.v2", "gopkg.in/yaml.v3", _GH + "goccy/go-yaml", "sigs.k8s.io/yaml"})),
    ("identifiers", "go", frozenset({_GH + "google/uuid", _GH + "gofrs/uuid", _GH + "satori/go.uuid"})),
    ("errors", "go", frozenset({_GH + "pkg/errors", "golang.org/x/xerrors", _GH + "cockroachdb/errors"})),
    ("JSON", "java", frozenset({"com.google.code.gson:gson", "com.fasterxml.jackson.core:jackson-databind"})),
    ("HTTP client", "java", frozenset({"com.squareup.okhttp3:okhttp", "org.apache.httpcomponents:httpclient"})),
    ("mocks", "java", frozenset({"org.mockito:mockito-core", "org.easymock:easymock", "org.jmockit:jmockit"})),
)
_STANDARD: dict[Ecosystem, dict[str, str]] = {
    "python": {
        "argparse": "argparse",
        "asyncio": "asyncio",
        "backports-zoneinfo": "zoneinfo",
        "contextvars": "contextvars",
        "dataclasses": "dataclasses",
        "enum34": "enum",
        "futures": "concurrent.futures",
        "importlib-resources": "importlib.resources",
        "ipaddress": "ipaddress",
        "mock": "unittest.mock",
        "ordereddict": "collections.OrderedDict",
        "pathlib": "pathlib",
        "pathlib2": "pathlib",
        "pytz": "zoneinfo",
        "simplejson": "json",
        "statistics": "statistics",
        "toml": "tomllib (Python 3.11)",
        "typing": "typing",
        "unittest2": "unittest",
        "uuid": "uuid",
    },
    "npm": {
        "abort-controller": "AbortController",
        "array-flatten": "Array.prototype.flat",
        "cross-fetch": "fetch",
        "deep-copy": "structuredClone",
        "is-array": "Array.isArray",
        "is-number": "Number.isFinite",
        "is-odd": "the % operator",
        "is-even": "the % operator",
        "left-pad": "String.prototype.padStart",
        "mkdirp": "fs.mkdir with recursive",
        "node-fetch": "fetch",
        "object-assign": "Object.assign",
        "querystring": "URLSearchParams",
        "rimraf": "fs.rm with recursive",
        "string.prototype.trim": "String.prototype.trim",
        "url-parse": "URL",
        "util": "node:util",
        "uuid": "crypto.randomUUID",
    },
    "go": {_GH + "pkg/errors": "errors with %w", _GH + "golang/mock": "go.uber.org/mock"},
    "cargo": {"lazy_static": "std::sync::LazyLock", "once_cell": "std::sync::OnceLock", "atty": "IsTerminal"},
    "ruby": {"json_pure": "json", "test-unit": "minitest"},
}


def in_standard_library(ecosystem: Ecosystem, name: str) -> str | None:
    """Return what comes with the language for what a package does, None if the table has nothing."""
    return _STANDARD.get(ecosystem, {}).get(name)


def twin(ecosystem: Ecosystem, name: str, others: set[str]) -> tuple[str, str] | None:
    """Return the purpose and the name of a library among `others` that serves the same one as `name`, or None."""
    for purpose, of, names in _GROUPS:
        if of == ecosystem and name in names:
            present = sorted((names & others) - {name})
            if present:
                return purpose, present[0]
    return None
