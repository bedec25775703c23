"""The person's own git settings: who they are and which key they sign with. Never the repository's.

Git is asked outside any repository, so only system, global and command-line settings count, with their includes. A
hostile repository therefore cannot choose the key, the allowed signers or the name.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from reviewer.git.command import attempt

_OWN_SCOPES = frozenset({"system", "global", "command"})
_LOCATES_A_REPOSITORY = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")


@dataclass(frozen=True, slots=True)
class GitIdentity:
    """What the person's git settings say; None where they say nothing.

    Attributes:
        user_name, user_email: `user.name`, `user.email`.
        signing_key: `user.signingKey` as written: a path, or a public key after `key::`.
        gpg_format: `gpg.format`; only "ssh" keys can be used here.
        allowed_signers_file: `gpg.ssh.allowedSignersFile`, with `~` replaced.
        default_branch: `init.defaultBranch`.
        editor: `core.editor`, a shell command.
    """

    user_name: str | None = None
    user_email: str | None = None
    signing_key: str | None = None
    gpg_format: str | None = None
    allowed_signers_file: Path | None = None
    default_branch: str | None = None
    editor: str | None = None

    @property
    def signing_key_file(self) -> Path | None:
        """The signing key as a path with `~` replaced, or None when it is not a file."""
        if self.signing_key is None or self.gpg_format != "ssh" or self.signing_key.startswith(("key::", "ssh-")):
            return None
        return Path(self.signing_key).expanduser()


def read_identity() -> GitIdentity:
    """Return the person's settings, as far as there are any.

    Raises:
        GitError: git is not installed.
    """
    settings = _settings()
    signers = settings.get("gpg.ssh.allowedsignersfile")
    return GitIdentity(
        user_name=settings.get("user.name"),
        user_email=settings.get("user.email"),
        signing_key=settings.get("user.signingkey"),
        gpg_format=settings.get("gpg.format"),
        allowed_signers_file=Path(signers).expanduser() if signers else None,
        default_branch=settings.get("init.defaultbranch"),
        editor=settings.get("core.editor"),
    )


def _settings() -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="reviewer-git-") as neutral:
        environment = {name: value for name, value in os.environ.items() if name not in _LOCATES_A_REPOSITORY}
        # An empty folder as the git folder: no search for a repository, and no settings of one.
        environment |= {"GIT_DIR": neutral, "LC_ALL": "C"}
        outcome = attempt(["config", "--list", "-z", "--show-scope"], environment)
    if outcome.code != 0:
        return {}
    settings: dict[str, str] = {}
    words = outcome.stdout.split(b"\0")
    for scope, setting in zip(words[::2], words[1::2], strict=False):
        key, separator, value = setting.decode("utf-8", "surrogateescape").partition("\n")
        if scope.decode("ascii", "replace") in _OWN_SCOPES and separator and value:
            settings[key] = value
    return settings
