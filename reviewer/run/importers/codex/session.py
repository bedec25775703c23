"""What a Codex session says of itself: ids, versions, git, and what the agent was allowed at each moment.

The policy of each turn is the machine-readable scope that this format records; it is noted when it changes. The widest
policy of the session is the one that stands in the session's facts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Prompt, Usage
from reviewer.run.importers.codex import outcome
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, some_text, table, tables, texts, whole

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reviewer.run.importers.codex.words import Copies
    from reviewer.run.importers.recording import Recording

_MANY = 100
"""So many folders are kept."""
_WIDTH = ("read-only", "workspace-write", "external-sandbox", "danger-full-access")
_NO_SANDBOX = "danger-full-access"
_MODE = re.compile(r"`?sandbox_mode`? is `?([a-z-]{3,40})`?")
_USAGE = (
    ("output_tokens", "output_tokens"),
    ("cached_input_tokens", "cache_read_tokens"),
    ("cache_write_input_tokens", "cache_write_tokens"),
)


class Session:
    """The facts of the session, and the policy at the record at hand.

    Attributes:
        identity: the program's id of the log at hand.
        model: that answers now.
    """

    def __init__(self, state: Recording, copies: Copies, *, main: bool) -> None:
        self._state = state
        self._info = state.info
        self._copies = copies
        self._main = main
        self.identity: str | None = None
        self.model: str | None = None
        self._scope = ""
        self._policy: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._counted: object = None

    def is_new(self, key: Hashable, place: str) -> bool:
        """Return whether something that several places of the log hold was not taken yet."""
        return self._copies.is_new(key, place)

    def again(self, head: Json) -> None:
        """Start anew: what was read so far is of the session that this one was forked from."""
        info = self._info
        if self._main:
            info.models.clear()
            info.cwds.clear()
            info.permission_modes.clear()
            info.sandbox = info.approval = info.network = info.writable = None
        self.model, self._scope, self._policy, self._counted = None, "", {}, None
        self.meta(head)

    def meta(self, payload: Json) -> None:
        """Take the head of a session."""
        info = self._info
        identity = some_text(payload.get("id")) or some_text(payload.get("session_id"))
        self.identity = self.identity or identity
        if self._main:
            remember(info.session_ids, identity)
        remember(info.versions, some_text(payload.get("cli_version")))
        self.folder(payload.get("cwd"))
        git = table(payload.get("git"))
        remember(info.branches, some_text(git.get("branch")))
        info.base_commit = info.base_commit or some_text(git.get("commit_hash"))
        info.repository = info.repository or some_text(git.get("repository_url"))

    def folder(self, value: object) -> None:
        """Take the folder that commands run in."""
        folder = some_text(value)
        if folder is not None:
            self._state.cwd = folder
            remember(self._info.cwds, folder)

    def turn(self, payload: Json) -> None:
        """Take what holds for a turn (`turn_context`, `thread_settings_applied`, `session_configured`)."""
        self.folder(payload.get("cwd"))
        self._answers(some_text(payload.get("model")))
        mode = table(payload.get("collaboration_mode")).get("mode") or payload.get("collaboration_mode_kind")
        modes = self._info.permission_modes
        if isinstance(mode, str) and mode and (not modes or modes[-1] != mode) and self._main:
            modes.append(mode)
            self._state.note("mode", f"collaboration mode: {mode}")
        policy = dict(self._policy)
        approval = payload.get("approval_policy")
        if approval is not None:
            policy["approval"] = approval if isinstance(approval, str) else compact(approval)
        self._sandbox(payload, policy)
        roots = texts(payload.get("workspace_roots"))
        if roots and roots != [self._state.cwd]:
            policy["workspace"] = ", ".join(roots)
        self._set(policy)

    def _sandbox(self, payload: Json, policy: dict[str, str]) -> None:
        given = payload.get("sandbox_policy")
        kind = given if isinstance(given, str) else table(given).get("type") or table(given).get("mode")
        profile = table(payload.get("permission_profile"))
        if isinstance(kind, str):
            policy["sandbox"] = kind
            allowed = table(given).get("network_access")
            if kind == _NO_SANDBOX:
                policy["network"] = "on"
            elif isinstance(allowed, (bool, str)):
                policy["network"] = "on" if allowed in {True, "enabled"} else "off"
            elif kind == "read-only":
                policy["network"] = "off"
            roots = table(given).get("writable_roots")
            self._writable(texts(roots) if isinstance(roots, list) else None, policy)
        elif profile:
            named = some_text(table(payload.get("active_permission_profile")).get("id"))
            policy["sandbox"] = _NO_SANDBOX if profile.get("type") == "disabled" else named or str(profile.get("type"))
            network = some_text(profile.get("network"))
            if network or policy["sandbox"] == _NO_SANDBOX:
                policy["network"] = "off" if network == "restricted" else "on"
            self._writable(_written(profile), policy)

    def _writable(self, roots: list[str] | None, policy: dict[str, str]) -> None:
        if roots is None:
            return
        beyond = [root for root in roots if root != self._state.cwd]
        policy["writable"] = ", ".join(beyond)
        known = self._info.writable = self._info.writable or []
        known += [root for root in dict.fromkeys(beyond[:_MANY]) if root not in known][: max(0, _MANY - len(known))]

    def environment(self, found: dict[str, str]) -> None:
        """Take what an injected text says of the policy; it holds where no record states one."""
        self.folder(found.get("cwd"))
        for tag, name in (("approval_policy", "approval"), ("sandbox_mode", "sandbox")):
            if tag in found:
                self._told[name] = found[tag]
        if "network_access" in found:
            self._told["network"] = "on" if found["network_access"] == "enabled" else "off"

    def permissions(self, said: str) -> None:
        """Take the sandbox's name from the program's instructions; it holds where no record states one."""
        match = _MODE.search(said[:800])
        if match is not None:
            self._told["sandbox"] = match.group(1)

    def settle(self) -> None:
        """Let hold what texts said of the policy, where no record stated one by the first call."""
        told, self._told = self._told, {}
        if told and "sandbox" not in self._policy:
            self._set({**self._policy, **told})

    def _set(self, policy: dict[str, str]) -> None:
        info = self._info
        self._policy = policy
        info.sandbox = _widest(info.sandbox, policy.get("sandbox"))
        info.approval = policy.get("approval", info.approval)
        if "network" in policy:
            info.network = bool(info.network) or policy["network"] == "on"
        scope = "; ".join(f"{name}: {value or 'none'}" for name, value in sorted(policy.items()))
        if policy and scope != self._scope:
            self._scope = scope
            self._state.note("scope", scope)

    def _answers(self, model: str | None) -> None:
        if model is None or model == self.model:
            return
        self.model = model
        remember(self._info.models, model)
        if len(self._info.models) > 1:
            self._state.note("model", f"model: {model}")

    def compacted(self, said: str, place: str) -> None:
        """Take a compaction, which up to three records tell of."""
        if self.is_new("compacted", place):
            self._state.note("compaction", said or "what was said so far was made shorter")

    def mode(self, what: str, more: str, place: str) -> None:
        """Take another mode of the program."""
        if self.is_new(("mode", what), place):
            self._state.note("mode", f"{what}: {more}" if more else what)

    def escalated(self, arguments: Json, line: str) -> None:
        """Note that a call asked for more than the sandbox allows."""
        if self._told:
            self.settle()
        wanted = arguments.get("sandbox_permissions")
        if arguments.get("with_escalated_permissions") is True:
            wanted = "require_escalated"
        if not isinstance(wanted, str) or wanted in {"", "use_default"}:
            return
        why = some_text(arguments.get("justification"))
        rule = " ".join(texts(arguments.get("prefix_rule")))
        asked = f"asked for {wanted}: {line}"
        self._state.note("scope", asked + (f" ({why})" if why else "") + (f"; always for: {rule}" if rule else ""))

    def tokens(self, payload: Json) -> None:
        """Take a `token_count`: the last step's usage, once; `info` can be null, and a count can stand twice."""
        info = table(payload.get("info"))
        last = table(info.get("last_token_usage"))
        total = info.get("total_token_usage")
        if not last:
            return
        key = (total or None, last)
        if total and key == self._counted:
            return
        self._counted = key
        self.usage(last)

    def usage(self, used: Json) -> None:
        """Add the tokens of one answer; what came from the cache is part of the input that is recorded."""
        fields: dict[str, int] = {}
        for name, field in _USAGE:
            value = whole(used.get(name))
            if value is not None:
                fields[field] = value
        given = whole(used.get("input_tokens"))
        if given is not None:
            fields["input_tokens"] = max(0, given - fields.get("cache_read_tokens", 0))
        if fields:
            self._state.add(Usage, model=self.model, **fields)

    def typed(self, line: str, result: str, place: str) -> None:
        """Take a command that the person ran themselves, told in a text or by an event."""
        if not self.is_new(("typed", line), place):
            return
        found = outcome.read(result)
        self._state.add(Prompt, text=f"!{line}", via="command")
        code = "no exit code recorded" if found.exit_code is None else f"exit code {found.exit_code}"
        self._state.note("note", f"the person ran {line}: {code}")


def _written(profile: Json) -> list[str] | None:
    """Return the folders that a permission profile lets the agent write; None if it lists none."""
    entries = table(profile.get("file_system")).get("entries")
    if not isinstance(entries, list):
        return None
    paths = (
        some_text(table(entry.get("path")).get("path")) for entry in tables(entries) if entry.get("access") == "write"
    )
    return [path for path in paths if path]


def _widest(before: str | None, now: str | None) -> str | None:
    if now is None or before is None:
        return now or before
    if before in _WIDTH and now in _WIDTH:
        return max(before, now, key=_WIDTH.index)
    return now
