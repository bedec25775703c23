"""Scope: what the change and the run touched against what was allowed.

Compares paths (both ends of a rename), kinds of files, commands, tools and hosts with the packet's scope. Where that is
silent it says so and finds nothing: silence is not a permission, and not a breach either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.allowed import command_allowed, tool_allowed
from reviewer.checks.dependencies.formats import format_of
from reviewer.checks.ident import Fact, shown
from reviewer.checks.patterns import compiled
from reviewer.checks.reaching import reach
from reviewer.checks.shell_words import bare, split
from reviewer.checks.sides import contents
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import CheckResult, Mode, Severity, Side
    from reviewer.packet.manifest import CommandRow

_NAMED = 4
_EVIDENCE = 20
_SYMLINK = "120000"
_GITLINK = "160000"
_HOST = re.compile(r"(?:https?|ftp|ssh|git|wss?)://(?:[^/\s'\"@]*@)?([A-Za-z0-9.-]+)", re.IGNORECASE)
_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "example.com", "example.org", "example.net"})  # noqa: S104
_REACHING = {"network": "uses the network", "install": "installs packages"}
_REMOTE = "talks to a remote"
_REMOTE_WORDS = frozenset({"fetch", "pull", "push", "clone", "ls-remote"})
_WHY_OUTSIDE = "Work outside what was agreed is work that nobody asked for and nobody planned to review."
_WHY_FORBIDDEN = "Somebody ruled this out before the run; a change there needs their word."
_WHY_KIND = "A link or a submodule brings in content that this diff does not show."
_WHY_GENERATED = "The next run of the generator overwrites an edit by hand."
_WHY_RUN = "What the run could reach decides what it could change without leaving a trace in the diff."


class ScopeCheck:
    """Finds what lies outside the allowed or inside the forbidden, and files that are more than their text.

    Measured on made-up runs over human commits, which the rules were mended on: of 55 with a file, command, tool or
    host outside, 54 are told of above "info"; of 193 that kept to their contract, one (a mode that the commit changed).
    """

    mode: Mode = "scope"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return one finding for each path, command, tool and host outside, then kinds of files and generated ones."""
        account = Account()
        facts = [*_paths(case, account), *_kinds(case), *_generated(case, account), *_run(case, account)]
        return account.result(self.mode, self.version, facts)


def _paths(case: Case, account: Account) -> Iterator[Fact]:
    scope = case.manifest.scope
    if scope.allowed_paths is None and scope.forbidden_paths is None:
        account.note("no allowed or forbidden paths are recorded, so no path was compared")
        return
    allowed = None if scope.allowed_paths is None else compiled(scope.allowed_paths, "scope.allowed_paths")
    forbidden = compiled(scope.forbidden_paths or (), "scope.forbidden_paths")
    known = scope.known.get("forbidden_paths") or scope.known.get("allowed_paths") or "derived"
    for file in case.files:
        for path, side in _ends(file):
            account.looked("path")
            if forbidden.match_file(path):
                yield Fact(
                    rule="path-forbidden",
                    severity="high",
                    message=f"{shown(path)} is changed and lies inside the forbidden paths.",
                    why=_WHY_FORBIDDEN,
                    quote=path,
                    file=file.path,
                    side=side,
                    line=_first_line(file, side),
                    known="derived" if known == "absent" else known,
                )
            elif allowed is not None and not allowed.match_file(path):
                yield Fact(
                    rule="path-outside",
                    severity="medium",
                    message=f"{shown(path)} is changed and lies outside the allowed paths.",
                    why=_WHY_OUTSIDE,
                    quote=path,
                    file=file.path,
                    side=side,
                    line=_first_line(file, side),
                )


def _ends(file: ChangedFile) -> Iterator[tuple[str, Side]]:
    yield file.path, "old" if file.status == "D" else "new"
    # A copy leaves its source as it was; a rename takes it away.
    if file.old_path is not None and file.old_path != file.path and file.status != "C":
        yield file.old_path, "old"


def _first_line(file: ChangedFile, side: Side) -> int | None:
    lines = file.added if side == "new" else file.removed
    return lines[0].number if lines else None


def _kinds(case: Case) -> Iterator[Fact]:
    for file in case.files:
        modes = (file.old_mode, file.new_mode)
        if file.new_mode == _SYMLINK:
            target = "" if file.new is None else f" to {shown(file.new.decode('utf-8', 'surrogateescape'))}"
            outside = file.new is not None and _leaves(file.path, file.new)
            yield _kind(
                file,
                "symlink-outside" if outside else "symlink",
                "high" if outside else "medium",
                f"{shown(file.path)} is a symbolic link{target}{', which leaves the repository' if outside else ''}.",
            )
        elif _GITLINK in modes:
            yield _kind(file, "submodule", "medium", f"{shown(file.path)} is a submodule whose commit changes.")
        elif None not in modes and modes[0] != modes[1]:
            yield _kind(
                file, "mode-changed", "low", f"The mode of {shown(file.path)} changes from {modes[0]} to {modes[1]}."
            )


def _kind(file: ChangedFile, rule: str, severity: Severity, message: str) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=_WHY_KIND if rule != "mode-changed" else "A file that becomes executable can be run by name.",
        quote=f"{file.old_mode} {file.new_mode}",
        file=file.path,
        side="new" if file.new_mode else "old",
        known="recorded",
    )


def _leaves(path: str, target: bytes) -> bool:
    """Return whether a link's target lies outside the repository."""
    text = target.decode("utf-8", "surrogateescape").strip("\n")
    if text.startswith("/"):
        return True
    depth = path.count("/")
    for part in text.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return False


def _generated(case: Case, account: Account) -> Iterator[Fact]:
    sources = [file.path for file in case.files if file.old is None or roles.generated_line(file.old) is None]
    for file in case.files:
        # What a resolver writes into manifests and locks is compared by the check of dependencies.
        if file.status not in {"M", "R"} or file.binary or format_of(file.path) is not None:
            continue
        sides = contents(case, file)
        if not sides.complete:
            account.missing("content is not in the packet, so a generated header was not looked for", file.path)
            continue
        header = None if sides.old is None else roles.generated_line(sides.old)
        if header is None or sides.new is None:
            continue
        # Whoever changes the source and runs the generator changes some file beside the generated ones.
        if any(roles.language(path) or not roles.is_document(path) for path in sources if path != file.path):
            continue
        yield Fact(
            rule="generated-edited",
            severity="medium",
            message=f"{shown(file.path)} says in line {header} that it is generated, and no source of it changes here.",
            why=_WHY_GENERATED,
            quote=file.path,
            file=file.path,
            side="new",
            line=_first_line(file, "new"),
        )


def _run(case: Case, account: Account) -> Iterator[Fact]:
    yield from _commands(case, account)
    yield from _tools(case, account)
    yield from _hosts(case, account)


def _commands(case: Case, account: Account) -> Iterator[Fact]:
    """Yield a fact for each command outside that reaches something, and one a kind for the others."""
    patterns = case.manifest.scope.allowed_commands
    if patterns is None:
        return
    others: dict[str, list[CommandRow]] = {}
    for row in case.manifest.command:
        if row.state in {"denied", "not_run"}:
            continue
        account.looked("command")
        if command_allowed(patterns, row.line):
            continue
        reached = reach(row)
        if reached is None:
            others.setdefault(row.kind, []).append(row)
            continue
        yield Fact(
            rule="command-outside",
            severity="medium",
            message=f"Command {row.n} ran, {reached}, and is not among the allowed ones: {shown(row.line)}",
            why=_WHY_RUN,
            quote=row.line,
            known="recorded",
            evidence=(f"command:{row.n}",),
        )
    for kind, rows in others.items():
        yield _folded(kind, rows)


def _folded(kind: str, rows: list[CommandRow]) -> Fact:
    named = "; ".join(f"{shown(row.line, 60)} ({row.n})" for row in rows[:_NAMED])
    more = f"; and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
    what = "" if kind == "other" else f" of the kind “{shown(kind, 20)}”"
    subject = f"1 command{what} ran and is" if len(rows) == 1 else f"{len(rows):,} commands{what} ran and are"
    return Fact(
        rule="command-outside",
        severity="low",
        message=f"{subject} not among the allowed ones: {named}{more}",
        why=_WHY_RUN,
        quote=f"{kind} {rows[0].line}",
        known="recorded",
        evidence=tuple(f"command:{row.n}" for row in rows[:_EVIDENCE]),
        numbers=(("commands", len(rows)),),
    )


def _tools(case: Case, account: Account) -> Iterator[Fact]:
    allowed = case.manifest.scope.allowed_tools
    if allowed is None:
        return
    ran: dict[str, int] = {}
    for row in case.manifest.tool_call:
        ran[row.tool] = ran.get(row.tool, 0) + row.times - row.denied
    for tool, times in ran.items():
        account.looked("tool")
        if times <= 0 or tool_allowed(allowed, tool):
            continue
        yield Fact(
            rule="tool-outside",
            severity="medium",
            message=f"The tool {shown(tool)} ran {plural(times, 'time')} and is not among the allowed ones.",
            why=_WHY_RUN,
            quote=tool,
            known="recorded",
        )


def _hosts(case: Case, account: Account) -> Iterator[Fact]:
    scope = case.manifest.scope
    if scope.network is None or scope.network == "open":
        return
    allowed = {host.lower() for host in scope.hosts or ()} if scope.network == "allowlist" else set()
    for row in case.manifest.command:
        if row.state in {"denied", "not_run"}:
            continue
        named = sorted({host.lower().rstrip(".") for host in _HOST.findall(row.line)})
        account.looked("command", "for network use")
        outside = [host for host in named if host not in _OWN_HOSTS and not _host_allowed(host, allowed)]
        reaches = _REACHING.get(row.kind) or (_REMOTE if row.kind == "vcs" and _is_remote(row.line) else None)
        if outside or (reaches is not None and scope.network == "deny" and not named):
            what = f"names {', '.join(shown(host) for host in outside)}" if outside else reaches
            rule = "the network is denied" if scope.network == "deny" else "the host is not among the allowed ones"
            yield Fact(
                rule="network-outside",
                severity="high" if row.kind == "network" else "medium",
                message=f"Command {row.n} {what}, and {rule}: {shown(row.line)}",
                why=_WHY_RUN,
                quote=row.line,
                known="recorded",
                evidence=(f"command:{row.n}",),
            )
    for call in case.manifest.tool_call:
        # What a shell reaches shows in its commands, above.
        if call.boundary == "network" and call.tool != "shell" and scope.network == "deny" and call.times > call.denied:
            yield Fact(
                rule="network-outside",
                severity="high",
                message=f"The tool {shown(call.tool)} reaches the network and ran "
                f"{plural(call.times - call.denied, 'time')}, and the network is denied.",
                why=_WHY_RUN,
                quote=call.tool,
                known="recorded",
            )


def _is_remote(line: str) -> bool:
    """Return whether git is told to talk to a remote."""
    for part in split(line):
        words = bare(part)
        if words[:1] == ["git"] and len(words) > 1:
            rest = [word for word in words[2:] if not word.startswith("-")]
            if words[1] in _REMOTE_WORDS or (words[1], *rest[:1]) in {("remote", "update"), ("submodule", "update")}:
                return True
    return False


def _host_allowed(host: str, allowed: set[str]) -> bool:
    return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in allowed)
