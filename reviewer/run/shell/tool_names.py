"""Names of the tools that agents run, and what each is for.

Data; how it is looked up stands in `tool_kinds`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind


_TEST = names(
    "pytest py.test nose nosetests nose2 jest vitest mocha ava rspec phpunit pest ctest runtests.py cypress karma "
    "testacular bats trial stestr zope-testrunner behave cucumber gotestsum tap testcafe minitest busted prove jasmine "
    "invoke-pester shellspec wtr web-test-runner paratest codecept behat kaocha ginkgo lutaml-test vstest.console "
    "unittest twisted.trial green ward slipcover"
)
_LINT = names(
    "ruff flake8 pylint black isort eslint prettier biome stylelint golangci-lint gofmt goimports gofumpt staticcheck "
    "clippy rustfmt shellcheck shfmt rubocop standardrb ktlint detekt checkstyle clang-format clang-tidy cpplint "
    "yamllint markdownlint markdownlint-cli2 hadolint pre-commit lint-imports import-linter pydocstyle pycodestyle "
    "autopep8 yapf djlint sqlfluff oxlint xo standard tflint buf hlint scalafmt swiftlint swiftformat dprint "
    "taplo codespell vulture phpcs phpcbf php-cs-fixer pint stylua luacheck selene actionlint ansible-lint cspell "
    "invoke-scriptanalyzer gofmt knip ls-lint pyupgrade refurb lefthook revive errcheck"
)
_TYPE = names(
    "mypy dmypy pyright basedpyright pyre ty pytype tsc vue-tsc tsgo flow sorbet srb dialyzer svelte-check zuban "
    "phpstan psalm steep"
)
_BUILD = names(
    "ninja bazel bazelisk meson webpack rollup esbuild vite msbuild xcodebuild gcc g++ clang clang++ cc c++ javac "
    "rustc ld tsup swc parcel babel kotlinc scalac ghc compileall py_compile"
)
_SECURITY = names(
    "bandit safety pip-audit pip_audit semgrep trivy grype gitleaks trufflehog detect-secrets snyk govulncheck "
    "brakeman osv-scanner bundler-audit gosec checkov tfsec"
)
_NETWORK = names(
    "curl wget ssh scp rsync sftp ftp nc ncat telnet ping dig nslookup http https httpie xh aws gcloud az gh glab hub "
    "invoke-webrequest invoke-restmethod test-netconnection host traceroute grpcurl wscat websocat"
)
_VCS = names("git hg svn jj fossil sl")
_INSTALL = names(
    "pip pip3 brew apt apt-get aptitude dnf yum apk pacman snap conda mamba micromamba gem choco winget scoop port "
    "pipx ensurepip nvm fnm volta rustup sdk cpanm cpan luarocks opam"
)
_KINDS: tuple[tuple[CommandKind, frozenset[str]], ...] = (
    ("vcs", _VCS), ("install", _INSTALL), ("network", _NETWORK), ("build", _BUILD), ("security", _SECURITY),
    ("lint", _LINT), ("type", _TYPE), ("test", _TEST),
)  # fmt: skip
BY_NAME: dict[str, CommandKind] = {name: found for found, named in _KINDS for name in named}

SECOND: dict[str, dict[str, CommandKind]] = {
    "go": {"test": "test", "vet": "lint", "fmt": "lint", "build": "build", "install": "install", "get": "install",
           "mod": "install", "generate": "build"},
    "cargo": {
        "test": "test", "t": "test", "nextest": "test", "clippy": "lint", "fmt": "lint", "check": "type", "c": "type",
        "build": "build", "b": "build", "install": "install", "add": "install", "audit": "security", "deny": "security",
        "llvm-cov": "test", "tarpaulin": "test", "miri": "test", "doc": "build", "fetch": "install",
        "update": "install", "make": "other",
    },
    "cross": {"test": "test", "build": "build"},
    "dotnet": {"test": "test", "build": "build", "format": "lint", "restore": "install", "add": "install",
               "publish": "build", "vstest": "test"},
    "swift": {"test": "test", "build": "build"},
    "xcodebuild": {"test": "test", "test-without-building": "test", "build": "build", "build-for-testing": "build"},
    "mix": {"test": "test", "format": "lint", "credo": "lint", "compile": "build", "dialyzer": "type",
            "deps.get": "install", "espec": "test", "ecto.migrate": "other"},
    "deno": {"test": "test", "lint": "lint", "fmt": "lint", "check": "type", "install": "install"},
    "bun": {"test": "test", "build": "build", "install": "install", "add": "install", "i": "install"},
    "node": {"--test": "test"},
    "tsx": {"--test": "test"},
    "bazel": {"test": "test", "coverage": "test", "build": "build"},
    "bazelisk": {"test": "test", "coverage": "test", "build": "build"},
    "buck2": {"test": "test", "build": "build"},
    "pants": {"test": "test", "lint": "lint", "check": "type", "fmt": "lint"},
    "ninja": {"test": "test", "check": "test"},
    "meson": {"test": "test", "compile": "build"},
    "zig": {"test": "test", "build": "build"},
    "flutter": {"test": "test", "analyze": "lint", "build": "build"},
    "dart": {"test": "test", "analyze": "lint", "format": "lint"},
    "playwright": {"test": "test", "install": "install"},
    "storybook": {"test": "test", "build": "build"},
    "hardhat": {"test": "test", "compile": "build"},
    "truffle": {"test": "test"},
    "anchor": {"test": "test", "build": "build"},
    "forge": {"test": "test", "build": "build", "fmt": "lint"},
    "ng": {"test": "test", "lint": "lint", "build": "build", "e2e": "test"},
    "next": {"lint": "lint", "build": "build"},
    "nuxt": {"build": "build", "typecheck": "type"},
    "astro": {"check": "type", "build": "build"},
    "react-scripts": {"test": "test", "build": "build"},
    "docker": {"build": "build", "buildx": "build", "pull": "network", "push": "network", "login": "network"},
    "podman": {"build": "build", "pull": "network", "push": "network"},
    "npm": {"test": "test", "t": "test", "tst": "test", "install": "install", "i": "install", "ci": "install",
            "add": "install", "audit": "security", "uninstall": "install", "update": "install", "publish": "network"},
    "pnpm": {"test": "test", "t": "test", "install": "install", "i": "install", "add": "install", "audit": "security",
             "remove": "install", "update": "install", "publish": "network"},
    "yarn": {"test": "test", "install": "install", "add": "install", "audit": "security", "remove": "install"},
    "poetry": {"install": "install", "add": "install", "update": "install", "build": "build", "remove": "install",
               "lock": "install", "publish": "network"},
    "uv": {"sync": "install", "add": "install", "pip": "install", "lock": "install", "build": "build",
           "remove": "install", "publish": "network"},
    "pipenv": {"install": "install", "sync": "install"},
    "pdm": {"install": "install", "add": "install", "sync": "install"},
    "hatch": {"test": "test", "build": "build", "fmt": "lint"},
    "bundle": {"install": "install", "audit": "security", "update": "install"},
    "composer": {"install": "install", "require": "install", "update": "install"},
    "cmake": {"--build": "build"},
    "helm": {"lint": "lint"},
    "terraform": {"validate": "lint", "fmt": "lint", "apply": "network", "test": "test"},
    "tofu": {"validate": "lint", "fmt": "lint", "apply": "network", "test": "test"},
    "rails": {"test": "test", "spec": "test", "test:system": "test"},
    "artisan": {"test": "test"},
    "manage.py": {"test": "test"},
    "django-admin": {"test": "test"},
    "django": {"test": "test"},
    "setup.py": {"test": "test", "build": "build", "install": "install", "develop": "install"},
    "cabal": {"test": "test", "build": "build", "install": "install"},
    "stack": {"test": "test", "build": "build"},
    "dune": {"test": "test", "runtest": "test", "build": "build"},
    "rebar3": {"eunit": "test", "ct": "test", "proper": "test", "compile": "build", "dialyzer": "type"},
    "gleam": {"test": "test", "build": "build", "format": "lint", "check": "type"},
    "nimble": {"test": "test", "build": "build"},
    "crystal": {"spec": "test", "build": "build"},
    "shards": {"build": "build", "install": "install"},
}  # fmt: skip
TASK_RUNNERS = names(
    "make gmake mingw32-make just task mise rake gradle gradlew mvn mvnw mvnd npm pnpm yarn bun npm-run-all turbo nx "
    "lerna rush hatch tox nox invoke inv doit poe composer ant sbt lein clj clojure deno moon earthly wireit grunt "
    "gulp phing robo mage pdm rye pixi poetry uv pipenv cargo-make xtask ng run-s run-p"
)
SCRIPT_RUNNERS = names("pdm hatch rye pixi poetry uv pipenv")
"""Runners whose next word is a program, or a task of the project."""
ENVIRONMENTS = names("tox nox")
BUILD_TOOLS = names("mvn mvnw mvnd gradle gradlew")
CHECK_IS_TEST = names("make gmake mingw32-make ninja gradle gradlew meson rake")
RUN_WORDS = names("run run-script r exec -- clean workspace workspaces foreach task x")
BEFORE_SUBCOMMAND = names("-C --prefix --cwd --dir --directory --manifest-path --project-directory -F --filter")
PYTHON = re.compile(r"python(?:\d(?:\.\d+)?)?w?|py|pypy3?")
MODULES: dict[str, CommandKind] = {
    **{name: found for name, found in BY_NAME.items() if found in {"test", "type", "lint", "security"}},
    "tox": "test", "nox": "test", "doctest": "test", "pip": "install", "ensurepip": "install", "build": "build",
    "compileall": "build", "py_compile": "build", "venv": "install", "virtualenv": "install",
}  # fmt: skip
_WORDS: tuple[tuple[str, CommandKind], ...] = (
    ("tests?|testing|specs?|e2e|jest|pytest|vitest|coverage|cov|unittests?|runtests?|selftest", "test"),
    ("types?|typecheck|type-check|check-types|tsc|mypy|pyright|typing", "type"),
    ("lint|linter|lints|linting|fmt|format|style|eslint|prettier|ruff|clippy|vet", "lint"),
    ("audit|security|secscan", "security"),
    ("build|compile|bundle|dist|assemble|package|classes", "build"),
    ("install|setup|deps|bootstrap", "install"),
)
TASK_WORDS = tuple((re.compile(rf"(?:^|[^a-z])(?:{words})(?:$|[^a-z])"), found) for words, found in _WORDS)
TEST_TASK = re.compile(
    r"(?:^|[:.])(?:[a-z]\w*)?(?:Test|Tests|Spec)(?![a-z])|(?:^|:)test[A-Z]\w*|(?:^|[:/ ])test(?:Only|Quick)\b"
)
CHECK = re.compile(r"(?:[\w.-]*:)?checks?(?::[\w.-]*)?")
SCRIPT = re.compile(
    r"(?:\./|/|[\w.-]+/|\.\\|[\w.-]+\\).*|.*\.(?:sh|py|bash|js|mjs|cjs|ts|rb|pl|ps1|bat|exs|php)", re.DOTALL
)
ASKS = names("--version -V --help -h")
LOOKS = names("list show freeze check search info index outdated view config cache help debug env inspect ls leaves")
LOOKS_AT_ITSELF = names("version help cache config linters")
TEST_FOLDERS = names("test tests spec specs __tests__ e2e integration_tests unittests")
RUNNER_WORDS = names("run runs test tests all unit integration e2e ci runner suite main functional smoke py runtests")
STATISTICS = names("rscript julia")
SCRIPT_HOSTS = names("node tsx ts-node deno bun ruby perl php bash sh zsh pwsh powershell elixir lua julia rscript")
