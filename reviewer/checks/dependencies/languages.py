"""Which package an import means, by language, and what comes with the language itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.dependencies.model import Ecosystem

_ALIASED = re.compile(r"[.~#/$]|@/|[a-z]+:")
"""How an import begins that a bundler or a runtime resolves itself."""
BUILT_IN: dict[Ecosystem, frozenset[str]] = {
    "npm": frozenset(
        {
            *("assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram"),
            *("diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module"),
            *("net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream"),
            *("string_decoder", "sys", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi"),
            *("worker_threads", "zlib", "vscode", "electron"),
        }
    ),
    "cargo": frozenset({"std", "core", "alloc", "crate", "self", "super", "proc_macro", "test"}),
    "ruby": frozenset(
        {
            *("abbrev", "base64", "benchmark", "bigdecimal", "bundler", "cgi", "coverage", "csv", "date", "delegate"),
            *("digest", "drb", "English", "erb", "etc", "fiddle", "fileutils", "find", "forwardable", "getoptlong"),
            *(
                "io",
                "ipaddr",
                "irb",
                "json",
                "logger",
                "matrix",
                "mkmf",
                "monitor",
                "mutex_m",
                "net",
                "nkf",
                "objspace",
            ),
            *("observer", "open", "open3", "openssl", "optparse", "ostruct", "pathname", "pp", "prettyprint", "prime"),
            *(
                "pstore",
                "psych",
                "pty",
                "racc",
                "rbconfig",
                "readline",
                "reline",
                "resolv",
                "rinda",
                "ripper",
                "rubygems",
            ),
            *("securerandom", "set", "shellwords", "singleton", "socket", "stringio", "strscan", "syslog", "tempfile"),
            *(
                "thread",
                "time",
                "timeout",
                "tmpdir",
                "tracer",
                "tsort",
                "un",
                "uri",
                "weakref",
                "webrick",
                "yaml",
                "zlib",
            ),
        }
    ),
}


def package_of(ecosystem: Ecosystem, name: str) -> str:
    """Return the package that an import names, "" if it names none that a registry could have."""
    if ecosystem == "python":
        return name.split(".", 1)[0]
    if ecosystem == "npm":
        if _ALIASED.match(name) or "!" in name:
            return ""
        parts = name.split("/")
        if name.startswith("@"):
            return "/".join(parts[:2]) if len(parts) > 1 else ""
        return parts[0]
    if ecosystem == "go":
        return "" if name.startswith(".") else name
    if ecosystem == "ruby":
        return "" if name.startswith(".") else name.split("/", 1)[0]
    return name


def plain(ecosystem: Ecosystem, name: str) -> str:
    """Return a package's name as its imports spell it."""
    return name.replace("-", "_") if ecosystem == "cargo" else name
