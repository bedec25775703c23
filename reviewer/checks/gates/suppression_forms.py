"""How tools are told to be silent about a line, a block or a file, by language. A list to read and to add to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Where: TypeAlias = Literal["comment", "code"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to silence a tool.

    Attributes:
        name: what it is called.
        pattern: what it looks like; the group `codes`, if there is one, names what is silenced.
        where: whether it stands in a comment or is code.
        file: whether it silences a whole file (or block) instead of a line.
        security: whether what it silences guards security.
    """

    name: str
    pattern: re.Pattern[str]
    where: Where = "comment"
    file: bool = False
    security: bool = False


def _form(name: str, pattern: str, where: Where = "comment", *, file: bool = False, security: bool = False) -> Form:
    return Form(name, re.compile(pattern), where, file, security)


_CODES = r"(?P<codes>[\w ,.:/@-]{0,200})"
_PYTHON = (
    _form("ruff: noqa", rf"#\s*(?:ruff|flake8)\s*:\s*noqa\b(?::{_CODES})?", file=True),
    _form("noqa", rf"#\s*noqa\b(?!-)(?::\s?{_CODES})?"),
    _form(
        "mypy: ignore-errors",
        r"#\s*mypy:\s*(?:ignore[-_]errors|disable-error-code)\b(?P<codes>[^\n]{0,200})",
        file=True,
    ),
    _form("type: ignore", r"#\s*type:\s*ignore\b(?:\[(?P<codes>[^\]\n]{0,200})\])?"),
    _form("pyright: basic", r"#\s*pyright:\s*(?:basic|off|report\w+\s*=\s*(?:false|none))\b(?P<codes>)", file=True),
    _form(
        "type ignore", r"#\s*(?:pyright|ty|pyrefly|pytype):\s*(?:ignore|disable=)(?:\[?(?P<codes>[\w, -]{0,200})\]?)"
    ),
    _form("pylint: disable", rf"#\s*pylint:\s*(?:disable|skip-file)\b(?:=|-next=)?{_CODES}"),
    _form("no cover", r"#\s*pragma:\s*no\s?(?P<codes>cover|branch)\b"),
    _form("nosec", rf"#\s*nosec\b:?{_CODES}", security=True),
)
_SCRIPT = (
    _form("eslint-disable-line", rf"(?:eslint|oxlint|biome)-disable(?:-next)?-line\b{_CODES}"),
    _form("eslint-disable", rf"/\*\s*(?:eslint|oxlint)-disable(?!-)\b{_CODES}", file=True),
    _form("biome-ignore", rf"biome-ignore(?:-all|-start)?\b{_CODES}"),
    _form("tslint:disable", rf"tslint:disable(?:-next-line|-line)?\b:?{_CODES}"),
    _form("@ts-nocheck", r"@ts-nocheck\b(?P<codes>)", file=True),
    _form("@ts-ignore", r"@ts-(?P<codes>ignore|expect-error)\b"),
    _form("$FlowFixMe", r"\$Flow(?P<codes>FixMe|Ignore|ExpectedError)\b"),
    _form("coverage ignore", r"(?:istanbul|c8|v8)\s+ignore\s+(?P<codes>\w+)"),
)
_GO = (
    _form("nolint", rf"//\s?nolint\b:?{_CODES}"),
    _form("lint:ignore", rf"//\s?lint:(?:file-)?ignore\b{_CODES}"),
    _form("#nosec", rf"#nosec\b{_CODES}", security=True),
)
_RUST = (
    _form("#![allow]", r"#!\[(?:allow|expect)\((?P<codes>[\w:, ]{1,200})\)\]", "code", file=True),
    _form("#[allow]", r"#\[(?:allow|expect)\((?P<codes>[\w:, ]{1,200})", "code"),
    _form("coverage(off)", r"#\[(?:coverage\(off\)|cfg\(not\(tarpaulin_include\)\))(?P<codes>)", "code"),
)
_JAVA = (
    _form("@SuppressWarnings", r"@Suppress(?:Warnings|FBWarnings|Lint)?\s*\((?P<codes>[^)\n]{0,200})", "code"),
    _form("NOSONAR", r"\bNOSONAR\b(?P<codes>)", security=True),
    _form("CHECKSTYLE:OFF", rf"CHECKSTYLE[:.]\s*(?:OFF|SUPPRESS)\b{_CODES}", file=True),
)
_RUBY = (
    _form("rubocop:disable", rf"#\s*rubocop:\s?(?:disable|todo)\b{_CODES}"),
    _form(":nocov:", r"#\s*:nocov:(?P<codes>)"),
    _form("typed: false", r"#\s*typed:\s*(?P<codes>ignore|false)\b", file=True),
)
_C = (
    _form("NOLINT", r"\bNOLINT(?:NEXTLINE|BEGIN)?\b(?P<codes>[\w(), *-]{0,200})"),
    _form("pragma warning", r"#\s*pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored\b(?P<codes>[^\n]{0,200})", "code"),
    _form("pragma warning", r"#\s*pragma\s+warning\s*\(?\s*disable\b(?P<codes>[^\n]{0,200})", "code"),
    _form("[SuppressMessage]", r"\[(?:assembly:\s*)?SuppressMessage\((?P<codes>[^)\n]{0,200})", "code"),
)
_SHELL = (_form("shellcheck disable", rf"#\s*shellcheck\s+disable={_CODES}"),)
_ANY = (
    _form("nosemgrep", rf"\bnosem(?:grep)?\b:?{_CODES}", security=True),
    _form(
        "secret allowed",
        r"(?:gitleaks:\s?allow|pragma:\s*allowlist\s+(?:nextline\s+)?secret|trufflehog:ignore)(?P<codes>)",
        security=True,
    ),
    _form(
        "scanner skip",
        rf"(?:tfsec:ignore|checkov:skip|kics-scan\s+ignore|zizmor:\s?ignore|hadolint\s+ignore)\b[:=\[]?{_CODES}",
        security=True,
    ),
)
_KOTLIN = (*_JAVA,)
_PHP = (
    _form("phpstan-ignore", rf"@(?:phpstan-ignore|psalm-suppress|codeCoverageIgnore)[\w-]*\b{_CODES}"),
    _form("phpcs:ignore", rf"phpcs:(?:ignore|disable)\b{_CODES}"),
)
_SWIFT = (_form("swiftlint:disable", rf"swiftlint:disable\b[:\w]*{_CODES}"),)

FORMS: dict[str, tuple[Form, ...]] = {
    **dict.fromkeys(("py", "pyi", "pyw"), (*_PYTHON, *_ANY)),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte"), (*_SCRIPT, *_ANY)),
    "go": (*_GO, *_ANY),
    "rs": (*_RUST, *_ANY),
    **dict.fromkeys(("java", "kt", "kts", "scala"), (*_KOTLIN, *_ANY)),
    **dict.fromkeys(("rb", "rake"), (*_RUBY, *_ANY)),
    **dict.fromkeys(("c", "h", "cc", "cpp", "hpp", "cs"), (*_C, *_ANY)),
    **dict.fromkeys(("sh", "bash", "zsh"), (*_SHELL, *_ANY)),
    "php": (*_PHP, *_ANY),
    "swift": (*_SWIFT, *_ANY),
    **dict.fromkeys(("tf", "yml", "yaml"), _ANY),
    "dockerfile": _ANY,
}
"""By suffix; a Dockerfile goes by its name."""
HINTS = re.compile(
    r"noqa|ignore|pragma|pylint|nosec|disable|Flow(?:FixMe|Ignore|Expected)|nocheck|expect-error|nolint|allow|expect|coverage"
    r"|tarpaulin|[Ss]uppress|NOSONAR|CHECKSTYLE|nocov|typed:|NOLINT|nosem|skip|pyright:|rubocop|codeCoverageIgnore"
)
"""What every form has a part of: lines without it are passed over at once."""
EXPECTED = re.compile(
    r"TYPE_CHECKING|__main__|NotImplementedError|@(?:abstractmethod|overload|typing\.overload)|def __repr__"
    r"|^\s*(?:\.\.\.|pass)\s*#"
    r"|raise AssertionError|assert_never|except ImportError|sys\.platform|os\.name|version_info"
)
"""Where people take lines out of coverage as a matter of course."""
ERASED = frozenset({"unchecked", "rawtypes", "deprecation", "serial", "value"})
"""What the language cannot say better: casts of erased types, and calls of what callers still need."""
IMPORTS = re.compile(r"^\s*(?:from\s+[\w.]+\s+)?import\s")
"""A line that imports: kept for others to import from here, or of a package without types."""
