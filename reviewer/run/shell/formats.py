"""Which files a command line has formatted or fixed by a tool: `black .`, `gofmt -w f`, `eslint --fix f`.

Pure. A formatter changes what it is given, or nothing: what it did only the diff shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.shown import split_options
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from reviewer.run.shell.steps import Step

_LOOKS_ONLY = names(
    "--check --diff --check-only --dry-run -n --list-different -l -d --verify-no-changes --no-fix --list --lint "
    "-c --test --output-format --error"
)
_ALWAYS: dict[str, str] = {
    # Formats unless it is told only to look; the options that do that, besides those above.
    "black": "", "isort": "-c", "rustfmt": "", "swiftformat": "", "scalafmt": "", "stylua": "", "ormolu": "",
    "pint": "--test", "nixfmt": "", "php-cs-fixer": "check", "phpcbf": "", "pyupgrade": "", "csharpier": "check",
    "standardrb": "-", "google-java-format": "-", "docformatter": "-", "terraform-fmt": "",
}  # fmt: skip
_BY_OPTION: dict[str, frozenset[str]] = {
    name: names(options)
    for name, options in {
        "gofmt": "-w", "goimports": "-w", "gofumpt": "-w", "prettier": "--write -w", "eslint": "--fix",
        "stylelint": "--fix", "biome": "--write --apply --fix --apply-unsafe", "autopep8": "-i --in-place -a",
        "yapf": "-i --in-place", "clang-format": "-i", "rubocop": "-a -A --autocorrect --autocorrect-all",
        "standardrb": "--fix", "shfmt": "-w", "ktlint": "-F --format", "google-java-format": "-i -r --replace",
        "djlint": "--reformat", "buf": "-w", "sqlfluff": "-f --force", "autoflake": "-i --in-place", "xo": "--fix",
        "oxlint": "--fix", "golangci-lint": "--fix", "clang-tidy": "--fix -fix", "pylint": "--fix",
        "docformatter": "-i --in-place", "markdownlint": "--fix -f", "markdownlint-cli2": "--fix", "tslint": "--fix",
        "standard": "--fix", "swiftlint": "--fix", "taplo": "-", "erb_lint": "-a", "dprint": "-", "ruff": "--fix",
        "oxfmt": "--write", "ng": "--fix", "next": "--fix", "buildifier": "-r",
    }.items()
}  # fmt: skip
_SUBCOMMANDS: dict[str, frozenset[str]] = {
    "ruff": frozenset(("format",)),
    "cargo": frozenset(("fmt",)),
    "go": frozenset(("fmt",)),
    "deno": frozenset(("fmt",)),
    "mix": frozenset(("format",)),
    "dotnet": frozenset(("format", "csharpier")),
    "terraform": frozenset(("fmt",)),
    "tofu": frozenset(("fmt",)),
    "taplo": frozenset(("fmt", "format")),
    "dprint": frozenset(("fmt",)),
    "sqlfluff": frozenset(("fix", "format")),
    "zig": frozenset(("fmt",)),
    "dart": frozenset(("format", "fix")),
    "gleam": frozenset(("format",)),
    "forge": frozenset(("fmt",)),
    "php-cs-fixer": frozenset(("fix",)),
    "swift": frozenset(("format",)),
    "hatch": frozenset(("fmt",)),
    "buf": frozenset(("format",)),
    "pre-commit": frozenset(("run",)),
    "cue": frozenset(("fmt",)),
}
_TASKS = names("make just task mise npm pnpm yarn bun rake gradlew gradle mvn mvnw poe nx turbo hatch pdm")
FORMATTERS = frozenset((*_ALWAYS, *_BY_OPTION, *_SUBCOMMANDS, *_TASKS))
"""Programs that may format files."""
_EXTRA = names("format check lint fmt fix run src-format --all-files")
_TASK = re.compile(
    r"(?:^|[:_-])(?:format|fmt|prettify|spotlessApply|spotless:apply|ktlintFormat|autofix)$|(?:^|[:_-])fix$"
)
_NOT_TASK = re.compile(r"check|dry|verify")
_VALUES = names(
    "--config -c --line-length -l --profile --ignore-path --plugin --stdin-filepath --select --ignore --target-version "
    "--settings-path --sp --ext --parser --edition --manifest-path --rules --dialect --style --config-path --rule"
)
_EVERYTHING = (".",)


def formats(step: Step) -> tuple[str, ...]:
    """Return the paths that a step formats, "." for all below its folder; none where it formats nothing."""
    name, args = step.name, step.args
    if name in _TASKS and name not in _SUBCOMMANDS:
        return _EVERYTHING if any(_TASK.search(word) and not _NOT_TASK.search(word) for word in args[:4]) else ()
    if name not in _ALWAYS and name not in _BY_OPTION and name not in _SUBCOMMANDS:
        return ()
    given = {word.split("=", 1)[0] for word in args if word.startswith("-")}
    plain, _ = split_options(args, _VALUES)
    sub = plain[0] if plain else ""
    asked = bool(given & _BY_OPTION.get(name, frozenset()))
    if not asked and sub in _SUBCOMMANDS.get(name, frozenset()):
        asked, plain = True, plain[1:]
    elif not asked and name in _ALWAYS and _ALWAYS[name] != "-":
        asked = True
    if not asked or _only_looks(name, given, sub):
        return ()
    paths = [word for word in plain if word not in _EXTRA]
    if name in {"cargo", "mix", "dotnet", "hatch", "pre-commit"}:
        paths = []
    return tuple(paths[:100]) or _EVERYTHING


def _only_looks(name: str, given: set[str], sub: str) -> bool:
    if name == "gofmt":
        return False
    looks = given & _LOOKS_ONLY
    if name in {"prettier", "eslint", "ruff", "rubocop", "stylelint"}:
        looks -= {"-c", "-l", "-d", "-n", "--list", "--error", "--output-format", "--lint"}
    elif name in {"black", "isort", "clang-format"}:
        looks -= {"-l", "-d", "-n"}
    return bool(looks) or (name in {"pint", "csharpier", "php-cs-fixer"} and sub == "check")
