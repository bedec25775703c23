"""Which settings of which tools hold something up, and in which direction they loosen. A list to read and to add to.

Tools go by one name wherever they are configured; keys are as `settings` gives them: parts joined by dots, `-` as `_`
for tools of Python. `*` stands for one part, `**` for any number. Sources: the reference of each tool's settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity


class Way(Enum):
    """How a setting loosens."""

    FLOOR = "a number goes down"
    CEILING = "a number goes up"
    OFF_RULES = "a list of rules that do not count grows"
    ON_RULES = "a list of rules that count shrinks"
    OUT_PATHS = "a list of paths that do not count grows"
    IN_PATHS = "a list of paths that count shrinks"
    STRICT = "a yes becomes a no"
    LAX = "a no becomes a yes"
    SWITCH = "what is on by default is switched off"
    OUT_PATTERN = "a pattern of what does not count grows"
    LEVEL = "a rule counts for less"
    OPTIONS = "options of a command demand less"
    WARNINGS = "fewer warnings are errors"


@dataclass(frozen=True, slots=True)
class Knob:
    """A setting: the tool, its key as a pattern, how it loosens, and how much that is."""

    tool: str
    key: tuple[str, ...]
    way: Way
    severity: Severity


LEVELS: dict[str, int] = {
    **dict.fromkeys(("off", "0", "false", "none", "ignore", "allow", "null", "skip", "disabled"), 0),
    **dict.fromkeys(("information", "info", "silent", "basic", "fast"), 1),
    **dict.fromkeys(("warn", "warning", "1", "standard", "normal"), 2),
    **dict.fromkeys(("error", "2", "true", "on", "deny", "strict", "all", "recommended"), 3),
    "forbid": 4,
}
"""How much a rule counts, in the words of all tools."""

CLASSES: dict[str, str] = {
    **dict.fromkeys(
        ("flake8", "ruff", "pylint", "pycodestyle", "eslint", "biome", "golangci", "clippy", "rubocop", "stylelint"),
        "lint",
    ),
    **dict.fromkeys(("mypy", "pyright", "ty", "pyrefly", "tsconfig"), "type"),
    **dict.fromkeys(("coverage", "nyc", "codecov"), "coverage"),
    **dict.fromkeys(("pytest", "jest", "vitest"), "test"),
    **dict.fromkeys(("bandit", "gitleaks"), "security"),
}
"""Tools of one class can take each other's place."""

_F, _C, _S, _L = Way.FLOOR, Way.CEILING, Way.STRICT, Way.LAX
_OFF, _ON, _OUT, _IN = Way.OFF_RULES, Way.ON_RULES, Way.OUT_PATHS, Way.IN_PATHS


def _knobs(tool: str, way: Way, severity: Severity, *keys: str) -> list[Knob]:
    return [Knob(tool, tuple(key.split(".")), way, severity) for key in keys]


_MYPY_STRICT = (
    *("strict", "disallow_untyped_defs", "disallow_incomplete_defs", "disallow_untyped_calls", "check_untyped_defs"),
    *("disallow_any_generics", "disallow_any_explicit", "disallow_any_expr", "disallow_any_unimported"),
    *("disallow_any_decorated", "disallow_subclassing_any", "disallow_untyped_decorators", "no_implicit_optional"),
    *(
        "strict_optional",
        "strict_equality",
        "strict_bytes",
        "extra_checks",
        "no_implicit_reexport",
        "local_partial_types",
    ),
    *("warn_return_any", "warn_unreachable"),
)
_MYPY_WARN = ("warn_redundant_casts", "warn_unused_ignores", "warn_unused_configs", "warn_no_return")
_MYPY_LAX = (
    *("ignore_errors", "ignore_missing_imports", "allow_untyped_globals", "allow_redefinition", "implicit_optional"),
    *("implicit_reexport", "disable_all_errors"),
)
_TS_STRICT = (
    *("strict", "noImplicitAny", "strictNullChecks", "strictFunctionTypes", "strictBindCallApply", "alwaysStrict"),
    *("strictPropertyInitialization", "noImplicitThis", "useUnknownInCatchVariables", "noUncheckedIndexedAccess"),
    *("exactOptionalPropertyTypes", "noImplicitOverride", "noImplicitReturns", "noFallthroughCasesInSwitch"),
    *("noPropertyAccessFromIndexSignature", "checkJs"),
)
_COUNTS = ("branches", "functions", "lines", "statements")


def _under(prefix: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{key}" for key in keys)


KNOBS: tuple[Knob, ...] = (
    # Coverage
    *_knobs("coverage", _F, "high", "report.fail_under"),
    *_knobs("coverage", _OUT, "medium", "run.omit", "report.omit"),
    *_knobs("coverage", _OFF, "low", "report.exclude_lines", "report.partial_branches"),
    *_knobs("coverage", _IN, "medium", "run.source", "run.source_pkgs", "run.include", "report.include"),
    *_knobs("coverage", _S, "low", "run.branch"),
    *_knobs("coverage", _L, "low", "report.ignore_errors"),
    *_knobs("codecov", _F, "high", "coverage.status.**.target"),
    *_knobs("codecov", _C, "medium", "coverage.status.**.threshold"),
    *_knobs("codecov", _L, "medium", "coverage.status.**.informational"),
    *_knobs("codecov", Way.SWITCH, "medium", "coverage.status.*", "coverage.status.*.default"),
    *_knobs("codecov", Way.SWITCH, "low", "codecov.require_ci_to_pass"),
    *_knobs("codecov", _OUT, "medium", "ignore"),
    *_knobs("nyc", _F, "high", *_COUNTS),
    *_knobs("nyc", _S, "medium", "check-coverage", "checkCoverage"),
    *_knobs("nyc", _OUT, "low", "exclude"),
    *_knobs("interrogate", _F, "medium", "fail_under"),
    # Tests
    *_knobs("pytest", Way.OPTIONS, "medium", "addopts"),
    *_knobs("pytest", _IN, "medium", "testpaths"),
    *_knobs("pytest", _IN, "low", "python_files", "python_classes", "python_functions"),
    *_knobs("pytest", _OUT, "medium", "norecursedirs", "collect_ignore", "collect_ignore_glob"),
    *_knobs("pytest", Way.WARNINGS, "low", "filterwarnings"),
    *_knobs("pytest", _S, "medium", "strict", "xfail_strict", "strict_xfail"),
    *_knobs("pytest", _S, "low", "strict_markers", "strict_config", "strict_parametrization_ids"),
    *_knobs("jest", _F, "high", "coverageThreshold.**"),
    *_knobs("jest", _OUT, "medium", "testPathIgnorePatterns", "modulePathIgnorePatterns"),
    *_knobs("jest", _OUT, "low", "coveragePathIgnorePatterns", "exclude"),
    *_knobs("jest", _IN, "low", "testMatch", "roots", "testRegex"),
    *_knobs("jest", _L, "medium", "passWithNoTests", "allowOnly"),
    # Types
    *_knobs("mypy", _S, "medium", *_MYPY_STRICT),
    *_knobs("mypy", _S, "low", *_MYPY_WARN, *_under("overrides.*", _MYPY_STRICT)),
    *_knobs("mypy", _L, "medium", *_MYPY_LAX),
    *_knobs("mypy", _L, "info", "overrides.*.ignore_missing_imports"),
    *_knobs("mypy", _L, "low", *_under("overrides.*", _MYPY_LAX)),
    *_knobs("mypy", Way.LEVEL, "low", "follow_imports", "overrides.*.follow_imports"),
    *_knobs("mypy", _OFF, "medium", "disable_error_code"),
    *_knobs("mypy", _OFF, "low", "overrides.*.disable_error_code"),
    *_knobs("mypy", _ON, "medium", "enable_error_code"),
    *_knobs("mypy", _OUT, "medium", "exclude"),
    *_knobs("mypy", _IN, "medium", "files", "packages", "modules"),
    *_knobs("pyright", Way.LEVEL, "medium", "typeCheckingMode"),
    *_knobs("pyright", Way.LEVEL, "low", "report*", "enableTypeIgnoreComments"),
    *_knobs("pyright", _OUT, "medium", "exclude", "ignore"),
    *_knobs("pyright", _IN, "medium", "include", "strict"),
    *_knobs("ty", Way.LEVEL, "medium", "rules.*"),
    *_knobs("ty", _OUT, "medium", "src.exclude"),
    *_knobs("pyrefly", Way.SWITCH, "medium", "errors.*"),
    *_knobs("pyrefly", _OUT, "medium", "project_excludes"),
    *_knobs("tsconfig", _S, "medium", *_under("compilerOptions", _TS_STRICT)),
    *_knobs("tsconfig", _S, "low", "compilerOptions.noUnusedLocals", "compilerOptions.noUnusedParameters"),
    *_knobs("tsconfig", _L, "low", "compilerOptions.skipLibCheck", "compilerOptions.allowUnreachableCode"),
    *_knobs("tsconfig", _OUT, "low", "exclude"),
    *_knobs("tsconfig", _IN, "low", "include", "files"),
    # Linters
    *_knobs("ruff", _ON, "medium", "select"),
    *_knobs("ruff", _OFF, "medium", "ignore"),
    *_knobs("ruff", _OFF, "low", "per_file_ignores.*"),
    *_knobs("ruff", _OUT, "medium", "exclude"),
    *_knobs("ruff", _C, "low", "mccabe.max_complexity", "pylint.*"),
    *_knobs("flake8", _ON, "medium", "select"),
    *_knobs("flake8", _OFF, "medium", "ignore"),
    *_knobs("flake8", _OFF, "low", "per_file_ignores.*"),
    *_knobs("flake8", _OUT, "medium", "exclude"),
    *_knobs("flake8", _C, "low", "max_complexity", "max_cognitive_complexity"),
    *_knobs("flake8", _C, "info", "max_line_length"),
    *_knobs("pylint", _F, "high", "fail_under"),
    *_knobs("pylint", _OFF, "medium", "disable"),
    *_knobs("pylint", _ON, "medium", "enable"),
    *_knobs("pylint", _OUT, "medium", "ignore", "ignore_paths", "ignore_patterns"),
    *_knobs("pylint", _C, "low", "max_*"),
    *_knobs("eslint", Way.LEVEL, "medium", "rules.*"),
    *_knobs("eslint", Way.LEVEL, "low", "overrides.*.rules.*"),
    *_knobs("eslint", _OUT, "medium", "ignorePatterns", "ignores"),
    *_knobs("eslint", _ON, "medium", "extends"),
    *_knobs("eslint", _S, "low", "reportUnusedDisableDirectives"),
    *_knobs("stylelint", Way.LEVEL, "low", "rules.*"),
    *_knobs("biome", Way.LEVEL, "medium", "linter.rules.*.*"),
    *_knobs("biome", Way.SWITCH, "medium", "linter.enabled", "linter.rules.recommended"),
    *_knobs("biome", _OUT, "low", "files.ignore", "linter.ignore"),
    *_knobs("golangci", _ON, "medium", "linters.enable"),
    *_knobs("golangci", _ON, "low", "formatters.enable"),
    *_knobs("golangci", _OFF, "medium", "linters.disable"),
    *_knobs("golangci", Way.LEVEL, "medium", "linters.default"),
    *_knobs("golangci", _L, "medium", "linters.disable-all", "issues.new"),
    *_knobs("golangci", _S, "medium", "linters.enable-all"),
    *_knobs("golangci", Way.SWITCH, "medium", "run.tests", "issues.exit-code", "run.issues-exit-code"),
    *_knobs(
        "golangci", _OUT, "medium", "run.skip-dirs", "run.skip-files", "issues.exclude-dirs", "issues.exclude-files"
    ),
    *_knobs("golangci", _OUT, "medium", "linters.exclusions.paths"),
    *_knobs("golangci", _OFF, "low", "issues.exclude", "linters.exclusions.presets", "linters-settings.**.exclude"),
    *_knobs("golangci", _C, "low", "linters-settings.*.max-complexity", "linters-settings.*.min-complexity"),
    *_knobs("clippy", Way.LEVEL, "medium", "lints.*.*", "lints.*.*.level"),
    *_knobs("clippy", _C, "low", "*"),
    *_knobs("rubocop", Way.SWITCH, "medium", "*.Enabled"),
    *_knobs("rubocop", _OUT, "low", "*.Exclude", "*.AllowedMethods", "*.AllowedPatterns"),
    *_knobs("rubocop", _C, "low", "*.Max"),
    *_knobs("rubocop", _L, "medium", "AllCops.DisabledByDefault"),
    *_knobs("importlinter", _OFF, "medium", "contracts.*.ignore_imports"),
    *_knobs("hooks", Way.OUT_PATTERN, "low", "exclude.*"),
    # Security
    *_knobs("bandit", _OFF, "medium", "skips"),
    *_knobs("bandit", _ON, "medium", "tests"),
    *_knobs("bandit", _OUT, "medium", "exclude_dirs", "exclude"),
    *_knobs("gitleaks", _OFF, "medium", "allowlist.regexes", "allowlist.stopwords", "allowlist.commits"),
    *_knobs("gitleaks", _OUT, "medium", "allowlist.paths"),
    # The rules for branches, where a file states them (github.com/repository-settings/app)
    *_knobs("branches", _ON, "high", "branches.*.protection.required_status_checks.contexts"),
    *_knobs(
        "branches", _F, "high", "branches.*.protection.required_pull_request_reviews.required_approving_review_count"
    ),
    *_knobs("branches", _S, "high", "branches.*.protection.enforce_admins"),
    *_knobs("branches", _S, "high", "branches.*.protection.required_pull_request_reviews.require_code_owner_reviews"),
    *_knobs("branches", _S, "medium", "branches.*.protection.required_status_checks.strict"),
)


@lru_cache(maxsize=4_096)
def knob_of(tool: str, key: tuple[str, ...]) -> Knob | None:
    """Return what is known of a setting, None if nothing is."""
    return next((knob for knob in _BY_TOOL.get(tool, ()) if _matches(knob.key, key)), None)


def _matches(pattern: tuple[str, ...], key: tuple[str, ...]) -> bool:
    if "**" in pattern:
        place = pattern.index("**")
        head, tail = pattern[:place], pattern[place + 1 :]
        return (
            len(key) >= len(head) + len(tail)
            and _matches(head, key[:place])
            and _matches(tail, key[len(key) - len(tail) :])
        )
    return len(pattern) == len(key) and all(
        one == other or (one.endswith("*") and other.startswith(one[:-1]))
        for one, other in zip(pattern, key, strict=True)
    )


_BY_TOOL: dict[str, list[Knob]] = {}
for _knob in KNOBS:
    _BY_TOOL.setdefault(_knob.tool, []).append(_knob)
