"""What the run read beyond its task: forbidden paths, places of secrets, files outside the repository.

Pure. What a language or an agent brings with it (its packages, its own folder, temporary files) is everybody's to read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.patterns import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.packet.manifest import FileRead, Manifest

Way: TypeAlias = Literal["forbidden", "secret", "outside"]

_SECRET = re.compile(
    r"(?:^|/)\.(?:ssh|aws|gnupg|kube|docker/config\.json|netrc|pgpass|npmrc|pypirc|git-credentials|azure|password-store)(?:/|$)"
    r"|(?:^|/)(?:id_(?:rsa|ed25519|ecdsa|dsa)|credentials(?:\.json|\.toml)?|service[-_]account[\w-]*\.json|\.?secrets?\.(?:ya?ml|json|toml|env))$"
    r"|(?:^|/)\.config/(?:gcloud|gh|op)(?:/|$)|/etc/shadow$|/Keychains?/|\.(?:pem|p12|pfx|keystore|kdbx)$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"\.pub$|known_hosts$|/\.ssh/config$|cert(?:ificate)?s?/.*\.pem$|cacert\.pem$|\.(?:example|sample|template)$"
)
_ANYBODYS = re.compile(
    r"^/(?:tmp|var/tmp|var/folders|private/tmp|private/var|dev|proc|usr|opt|nix|lib|snap|root/\.(?:pyenv|rustup|cargo|nvm|local))(?:/|$)"
    r"|/(?:site-packages|dist-packages|node_modules|\.venv|venv|virtualenvs|\.pyenv|\.nvm|\.rustup|go/pkg/mod|\.m2|\.gradle)(?:/|$)"
    r"|/\.cargo/registry(?:/|$)|/(?:Temp|Program Files[^/]*)/|/AppData/Local/(?:Temp|Programs)/"
    r"|/\.(?:claude|codex|gemini|cursor|agents|copilot|cline|aider|opencode|openhands|continue|config/(?:opencode|goose))(?:/|$)",
    re.IGNORECASE,
)


def beyond(manifest: Manifest) -> Iterator[tuple[Way, FileRead]]:
    """Yield the files read that lie beyond the task, and in which way."""
    forbidden = compiled(manifest.scope.forbidden_paths or (), "scope.forbidden_paths")
    for row in manifest.file_read:
        path = row.path.replace("\\", "/")
        if not row.outside_repo:
            if forbidden.match_file(path):
                yield "forbidden", row
        elif _SECRET.search(path) and not _PUBLIC.search(path):
            yield "secret", row
        elif not _ANYBODYS.search(path):
            yield "outside", row
