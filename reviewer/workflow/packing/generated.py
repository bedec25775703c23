"""Which files a program wrote and not a person or an agent, by name and by what they say of themselves.

Pure. The repository's own attributes are not asked: whoever changes a file could mark it as generated to keep it from
being read. The mark only orders reading; nothing is left out because of it.
"""

from __future__ import annotations

import re

_NAMES = frozenset(
    {
        "Cargo.lock",
        "Gemfile.lock",
        "Package.resolved",
        "Pipfile.lock",
        "bun.lock",
        "bun.lockb",
        "composer.lock",
        "flake.lock",
        "go.sum",
        "mix.lock",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "packages.lock.json",
        "pdm.lock",
        "pnpm-lock.yaml",
        "poetry.lock",
        "pubspec.lock",
        "uv.lock",
        "yarn.lock",
    }
)
_ENDINGS = (
    *(".min.js", ".min.css", ".js.map", ".css.map", ".pb.go", ".pb.cc", ".pb.h", "_pb2.py", "_pb2.pyi", "_pb2_grpc.py"),
    *(".g.dart", ".freezed.dart", ".designer.cs", ".generated.ts", ".generated.go", "_string.go"),
)
_SAYS_SO = re.compile(
    rb"@generated\b|\bcode generated\b.{0,200}\bdo not edit\b|\bauto-?generated\b.{0,200}\bdo not (?:edit|modify)\b"
    rb"|\bthis file (?:is|was) (?:auto-?matically |auto-?)generated\b",
    re.IGNORECASE,
)
_HEAD = 2_048


def is_generated(path: str, content: bytes | None) -> bool:
    """Return whether a file looks generated (rule `generated-file`).

    Args:
        path: in the repository, with `/`.
        content: of the new side, or None when it is not at hand; only its first 2 KiB are looked at.
    """
    name = path.rpartition("/")[2]
    if name in _NAMES or name.endswith(_ENDINGS):
        return True
    return content is not None and _SAYS_SO.search(content[:_HEAD]) is not None
