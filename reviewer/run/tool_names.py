"""Names of the tools that agents run, and what each is for.

Data with a few look-ups. A name that stands nowhere here is "other".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


WRAPPERS: dict[str, frozenset[str]] = {
    "env": _names("-u -C -S"),
    "time": _names("-f -o"),
    "timeout": _names("-s -k --signal --kill-after"),
    "gtimeout": _names("-s -k --signal --kill-after"),
    "sudo": _names("-u -g -C -h -p --user --group"),
    "nice": _names("-n"),
    "ionice": _names("-c -n"),
    "nohup": frozenset(),
    "stdbuf": _names("-i -o -e"),
    "command": frozenset(),
    "exec": _names("-a"),
    "xargs": _names("-n -P -I -L -d"),
    "xvfb-run": _names("-n -s -e"),
    "npx": _names("-p --package"),
    "bunx": frozenset(),
    "uvx": _names("--from --with -p --python"),
    "watch": _names("-n"),
    "unbuffer": frozenset(),
    "faketime": frozenset(),
}
"""Programs that run the rest of their words, with their options that take a value."""

RUNNERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "poetry": (("run",),),
    "uv": (("run",), ("tool", "run")),
    "pipenv": (("run",),),
    "pdm": (("run",),),
    "hatch": (("run",),),
    "rye": (("run",),),
    "pixi": (("run",),),
    "pnpm": (("exec",), ("dlx",)),
    "yarn": (("dlx",), ("exec",)),
    "npm": (("exec",), ("x",)),
    "mise": (("exec",), ("x",)),
    "bundle": (("exec",),),
    "dotenv": (("run",), ()),
    "nix-shell": (("--run",),),
    "direnv": (("exec", "."),),
    "coverage": (("run", "-m"),),
}
RUNNER_VALUES = _names(
    "--group --extra --with --python -p --package --directory --project --env-file --from -C --filter"
)

SHOWERS = _names("cat head tail sed less more nl bat batcat type Get-Content gc view")
SEARCHERS = _names("grep egrep fgrep rg ag ack Select-String")

_TEST = _names(
    "pytest py.test tox nox nose nosetests jest vitest mocha ava rspec phpunit ctest runtests.py cypress karma "
    "testacular pest bats trial stestr zope-testrunner behave cucumber gotestsum tap testcafe minitest busted prove"
)
_LINT = _names(
    "ruff flake8 pylint black isort eslint prettier biome stylelint golangci-lint gofmt goimports staticcheck "
    "clippy rustfmt shellcheck shfmt rubocop standardrb ktlint detekt checkstyle clang-format clang-tidy cpplint "
    "yamllint markdownlint hadolint pre-commit lint-imports import-linter pydocstyle pycodestyle autopep8 yapf "
    "djlint sqlfluff oxlint xo standard tflint buf hlint credo scalafmt swiftlint swiftformat dprint taplo "
    "codespell vulture"
)
_TYPE = _names("mypy pyright basedpyright pyre ty pytype tsc vue-tsc flow sorbet srb dialyzer svelte-check zuban")
_BUILD = _names("ninja bazel meson webpack rollup esbuild vite msbuild xcodebuild gcc g++ clang clang++ javac rustc")
_SECURITY = _names(
    "bandit safety pip-audit semgrep trivy grype gitleaks trufflehog detect-secrets snyk govulncheck brakeman "
    "osv-scanner"
)
_NETWORK = _names(
    "curl wget ssh scp rsync sftp ftp nc telnet ping dig nslookup http https httpie aws gcloud az gh glab"
)
_VCS = _names("git hg svn jj fossil")
_INSTALL = _names("pip pip3 brew apt apt-get dnf yum apk pacman snap conda mamba gem")

_SECOND: dict[str, dict[str, CommandKind]] = {
    "go": {"test": "test", "vet": "lint", "fmt": "lint", "build": "build", "install": "install", "get": "install"},
    "cargo": {
        "test": "test", "t": "test", "nextest": "test", "clippy": "lint", "fmt": "lint", "check": "type", "c": "type",
        "build": "build", "b": "build", "install": "install", "add": "install", "audit": "security", "deny": "security",
    },
    "dotnet": {"test": "test", "build": "build", "format": "lint", "restore": "install", "add": "install"},
    "swift": {"test": "test", "build": "build"},
    "mix": {"test": "test", "format": "lint", "credo": "lint", "compile": "build", "dialyzer": "type",
            "deps.get": "install"},
    "deno": {"test": "test", "lint": "lint", "fmt": "lint", "check": "type", "install": "install"},
    "bun": {"test": "test", "build": "build", "install": "install", "add": "install", "i": "install"},
    "zig": {"test": "test", "build": "build"},
    "flutter": {"test": "test", "analyze": "lint", "build": "build"},
    "dart": {"test": "test", "analyze": "lint", "format": "lint"},
    "playwright": {"test": "test", "install": "install"},
    "ng": {"test": "test", "lint": "lint", "build": "build"},
    "next": {"lint": "lint", "build": "build"},
    "react-scripts": {"test": "test", "build": "build"},
    "docker": {"build": "build", "pull": "network", "push": "network"},
    "npm": {"test": "test", "t": "test", "install": "install", "i": "install", "ci": "install", "add": "install",
            "audit": "security", "uninstall": "install", "update": "install", "publish": "network"},
    "pnpm": {"test": "test", "t": "test", "install": "install", "i": "install", "add": "install", "audit": "security"},
    "yarn": {"test": "test", "install": "install", "add": "install", "audit": "security"},
    "poetry": {"install": "install", "add": "install", "update": "install", "build": "build"},
    "uv": {"sync": "install", "add": "install", "pip": "install", "lock": "install", "build": "build"},
    "pipenv": {"install": "install"},
    "pdm": {"install": "install", "add": "install"},
    "bundle": {"install": "install", "audit": "security"},
    "composer": {"install": "install", "require": "install", "test": "test"},
    "cmake": {"--build": "build"},
    "helm": {"lint": "lint"},
    "terraform": {"validate": "lint", "fmt": "lint", "apply": "network"},
    "rails": {"test": "test", "spec": "test"},
    "artisan": {"test": "test"},
    "manage.py": {"test": "test"},
}  # fmt: skip
_TASK_RUNNERS = _names(
    "make gmake just task mise rake gradle gradlew mvn mvnw npm pnpm yarn bun npm-run-all turbo nx hatch tox invoke "
    "inv doit poe composer ant sbt lein"
)
_RUN_WORDS = _names("run run-script r exec --")
_PYTHON = re.compile(r"python(?:\d(?:\.\d+)?)?|py|pypy3?")
_MODULES: dict[str, CommandKind] = {
    "pytest": "test", "unittest": "test", "nose": "test", "nose2": "test", "tox": "test", "nox": "test",
    "doctest": "test",
    "mypy": "type", "pyright": "type", "ruff": "lint",
    "flake8": "lint", "black": "lint", "isort": "lint", "pylint": "lint",
    "pip": "install", "build": "build", "compileall": "build", "py_compile": "build", "bandit": "security",
    "trial": "test", "django": "other", "twisted.trial": "test", "pip_audit": "security",
}  # fmt: skip
_TASK_WORDS: tuple[tuple[re.Pattern[str], CommandKind], ...] = (
    (
        re.compile(
            r"(?:^|[^a-z])(?:tests?|testing|specs?|e2e|jest|pytest|vitest|coverage|unittests?|runtests?)(?:$|[^a-z])"
        ),
        "test",
    ),
    (re.compile(r"(?:^|[^a-z])(?:types?|typecheck|type-check|tsc|mypy|pyright|typing)(?:$|[^a-z])"), "type"),
    (re.compile(r"(?:^|[^a-z])(?:lint|linter|fmt|format|style|eslint|prettier|ruff|clippy|vet)(?:$|[^a-z])"), "lint"),
    (re.compile(r"(?:^|[^a-z])(?:audit|security|secscan)(?:$|[^a-z])"), "security"),
    (re.compile(r"(?:^|[^a-z])(?:build|compile|bundle|dist|assemble|package|classes)(?:$|[^a-z])"), "build"),
    (re.compile(r"(?:^|[^a-z])(?:install|setup|deps|bootstrap)(?:$|[^a-z])"), "install"),
)
_SCRIPT = re.compile(r"(?:\./|/|[\w.-]+/).*|.*\.(?:sh|py|bash|js|ts|rb|pl|ps1)")
_PUBLISH = re.compile(r"push|fetch|pull|clone|ls-remote")


def base(word: str) -> str:
    """Return the name of a program without its folder and a Windows suffix."""
    name = word.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    return name.removesuffix(".exe").removesuffix(".cmd") or word


def kind(words: tuple[str, ...]) -> CommandKind:
    """Return what a simple command without wrappers is for."""
    if not words:
        return "other"
    name = base(words[0])
    if _PYTHON.fullmatch(name):
        return _python(words[1:])
    for names, found in _BY_NAME:
        if name in names:
            return found
    plain = [word for word in words[1:] if not word.startswith("-") or word == "--build"]
    second = _SECOND.get(name, {})
    if plain and plain[0] in second:
        return second[plain[0]]
    if name in _TASK_RUNNERS:
        return _task(plain, name)
    if _SCRIPT.fullmatch(words[0]):
        return _task_word(name.rsplit(".", 1)[0])
    return "other"


_BY_NAME: tuple[tuple[frozenset[str], CommandKind], ...] = (
    (_TEST, "test"),
    (_TYPE, "type"),
    (_LINT, "lint"),
    (_SECURITY, "security"),
    (_BUILD, "build"),
    (_INSTALL, "install"),
    (_NETWORK, "network"),
    (_VCS, "vcs"),
)


def _python(words: tuple[str, ...]) -> CommandKind:
    for index, word in enumerate(words):
        if word == "-m" and index + 1 < len(words):
            return _MODULES.get(words[index + 1].split(".")[0], "other")
        if word == "-c":
            return "other"
        if not word.startswith("-"):
            return (
                kind((word, *words[index + 1 :])) if base(word) in _SECOND else _task_word(base(word).rsplit(".", 1)[0])
            )
    return "other"


def _task(plain: list[str], name: str) -> CommandKind:
    tasks = [word for word in plain if word not in _RUN_WORDS and "=" not in word]
    if not tasks:
        return "build" if name in {"make", "gmake"} else "other"
    kinds = [_task_word(task) for task in tasks[:4]]
    return next((found for found in kinds if found != "other"), "other")


def _task_word(word: str) -> CommandKind:
    lower = word.lower()
    return next((found for pattern, found in _TASK_WORDS if pattern.search(lower)), "other")


_LISTS_ONLY = _names("--collect-only --co --no-run --list --listTests --list-tests -list --dry-run")
_NARROWS = _names(
    "-k -m -run --run -t --testNamePattern --grep -g --filter --tests -Dtest --only --lf --last-failed --ff"
)


def selection(words: tuple[str, ...]) -> str | None:
    """Return what a test run was narrowed to ("tests/test_a.py -k login", "lists only"), None if it runs everything."""
    if any(word in _LISTS_ONLY for word in words[1:]):
        return "lists only"
    narrowed: list[str] = []
    for index, word in enumerate(words[1:], start=1):
        name = word.split("=", 1)[0]
        if name in _NARROWS and not (name == "-m" and words[index + 1 : index + 2] in {("pytest",), ("unittest",)}):
            narrowed += [word] if "=" in word or name.startswith("--l") else [word, *words[index + 1 : index + 2]]
        elif _is_test_path(word):
            narrowed.append(word)
    return " ".join(dict.fromkeys(narrowed)) or None


def _is_test_path(word: str) -> bool:
    if word.startswith("-") or word in {".", "./...", "./"}:
        return False
    return "::" in word or bool(re.search(r"\.(?:py|js|jsx|ts|tsx|rb|go|rs|php|java|kt|exs|swift|cs)$", word))
