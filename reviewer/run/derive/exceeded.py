"""Where the run went beyond what the agent's own settings allowed.

Pure. Rules: `escalation-granted` (a call asked for more than the sandbox allows, and ran), `network-in-sandbox` (a
command that needs the network passed where the sandbox allowed none), `write-outside-sandbox`, `edit-in-plan-mode`.
What a task contract allows is held against the run by whoever knows the contract.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from reviewer.run.derive import shell
from reviewer.run.derive.facts import Parting
from reviewer.run.derive.parting import one_line
from reviewer.run.derive.trace import DID_NOT_RUN
from reviewer.run.event import Command, Context, Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.derive.trace import Trace
    from reviewer.run.importers.importer import SessionInfo

_ASKED = "asked for "
"""Importers note an escalation so, in a context event of "scope" with the source of the call."""
_TEMPORARY = ("/tmp/", "/private/tmp/", "/var/folders/", "/private/var/folders/", "/var/tmp/")  # noqa: S108 - names
_CONFINED = frozenset(("workspace-write", "read-only"))


def exceeded(trace: Trace, infos: Sequence[SessionInfo]) -> Iterator[Parting]:
    """Yield the calls that went beyond the sandbox, in the order of the run."""
    policies = {number: _Policy(info) for number, info in enumerate(infos, start=1)}
    asked = _asked(trace) if "context" in trace.kinds else {}
    for event in trace.events if asked or policies else ():
        policy = policies.get(event.session)
        if isinstance(event, Command) and event.source in asked and event.line in asked[event.source]:
            yield from _escalated(event)
        elif policy is None:
            continue
        elif isinstance(event, Context) and event.what == "scope":
            policy.take(event.text)
        elif isinstance(event, Command):
            if policy.network is False and event.state == "passed" and shell.is_remote(event, trace.said(event)):
                yield Parting(
                    "scope_exceeded", "network-in-sandbox", one_line(event.line),
                    "it needs the network, and the sandbox allowed none", (event.seq,),
                )  # fmt: skip
        elif isinstance(event, Edit) and event.applied:
            yield from _written(event, policy, trace)


def _asked(trace: Trace) -> dict[str, str]:
    """Return what was asked for beyond the sandbox, by the source of the call."""
    return {
        event.source: event.text
        for event in trace.events
        if isinstance(event, Context) and event.what == "scope" and event.source and event.text.startswith(_ASKED)
    }


def _escalated(command: Command) -> Iterator[Parting]:
    if command.state in DID_NOT_RUN:
        return
    detail = "more than the sandbox allows was asked for, and granted"
    if command.state in {"unknown", "cancelled"}:
        detail = "more than the sandbox allows was asked for; whether it ran is not recorded"
    yield Parting("scope_exceeded", "escalation-granted", one_line(command.line), detail, (command.seq,))


def _written(edit: Edit, policy: _Policy, trace: Trace) -> Iterator[Parting]:
    inside = trace.paths.repo_path(edit.path, edit.session) is not None
    if policy.sandbox in _CONFINED and not inside and not policy.may_write(edit.path):
        yield Parting(
            "scope_exceeded", "write-outside-sandbox", edit.path, f"written outside what {policy.sandbox} covers",
            (edit.seq,), is_path=True,
        )  # fmt: skip
    elif inside and policy.only_plans:
        yield Parting(
            "scope_exceeded", "edit-in-plan-mode", edit.path, "edited in a session that was allowed to plan only",
            (edit.seq,), is_path=True,
        )  # fmt: skip


class _Policy:
    """What a session allows at the moment: as its info says, and then as its scope events say."""

    def __init__(self, info: SessionInfo) -> None:
        self.sandbox = info.sandbox
        self.network = info.network
        self.writable = [*(info.writable or ()), *info.cwds]
        self.only_plans = bool(info.permission_modes) and set(info.permission_modes) == {"plan"}

    def take(self, said: str) -> None:
        """Take a scope event of the form "network: off; sandbox: workspace-write"; any other says nothing here."""
        if said.startswith(_ASKED):
            return
        for part in said.split("; "):
            name, _, value = part.partition(": ")
            if name == "sandbox":
                self.sandbox = value
            elif name == "network" and value in {"on", "off"}:
                self.network = value == "on"

    def may_write(self, path: str) -> bool:
        plain = posixpath.normpath(path.replace("\\", "/"))
        places = (*_TEMPORARY, *(f"{root.replace(chr(92), '/').rstrip('/')}/" for root in self.writable))
        return plain.startswith(places) or not plain.startswith(("/", "~")) or "$" in plain
