"""What a recorded command reaches beyond the files of the repository: hosts, installs, secrets, outside files.

Reads the command's line as the run's own reader does; whether it took effect is not told here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from reviewer.packet.manifest import CommandRow

_SECRET = re.compile(
    r"(?:^|[\s/'\"=])(?:\.env(?!\.(?:example|sample|template))(?:\.\w+)?\b|\.ssh\b|id_(?:rsa|ed25519)\b|\.aws\b|\.netrc\b|\.pypirc\b"
    r"|\.gnupg\b|\.kube/config\b|\.docker/config\.json\b|\.git-credentials\b|(?:client_)?secrets?\.(?:json|ya?ml|toml|txt)\b)"
    r"|/etc/shadow\b|\bprintenv\b|(?:^|[;&|]\s*)env\s*(?:$|\|)|\bsecurity\s+find-\w+-password\b"
)
_OUTSIDE = re.compile(r"(?:/(?!tmp/|private/tmp/|dev/|var/tmp/|var/folders/)|~|\.\./|[A-Za-z]:[\\/])")
_LONGEST = 20_000
_SENT = frozenset({"push", "network_write"})
_ELSEWHERE = frozenset({"file_outside", "service", "container", "migration"})


def reach(row: CommandRow) -> str | None:
    """Return what a command reaches, as a phrase with a verb, None if nothing beyond the repository is seen."""
    line = row.line[:_LONGEST]
    if _SECRET.search(line):
        return "names what is usually secret"
    said = analyse(line)
    kinds = {what for what, _ in said.effects}
    if kinds & _SENT:
        return "sends something out"
    if said.hosts or row.kind == "network":
        return "reaches the network"
    if row.kind == "install" or "install" in kinds:
        return "installs something"
    outside = next((edit.path for edit in said.edits if _is_outside(edit.path, row.cwd)), None)
    if outside is not None or kinds & _ELSEWHERE:
        return "writes outside the repository"
    return None


def _is_outside(path: str, cwd: str | None) -> bool:
    if _OUTSIDE.match(path) is None:
        return False
    return cwd is None or not path.startswith(f"{cwd.rstrip('/')}/")
