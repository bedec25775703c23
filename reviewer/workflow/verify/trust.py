"""Which list of allowed signers counts: the one named, else the person's own setting, else git's.

Never a list from the repository or the packet under judgement: whoever wrote those would choose who may approve.
"""

from __future__ import annotations

from pathlib import Path

from reviewer.approval import allowed_signers
from reviewer.errors import BadInputError
from reviewer.paths import config_dir, read_plain

HINT = (
    "name one with --allowed-signers FILE, or set it: git config --global gpg.ssh.allowedSignersFile FILE"
    ' (lines: address namespaces="change-approval@review-packet" ssh-ed25519 AAAA…)'
)


def load_signers(named: Path | None = None) -> allowed_signers.AllowedSigners | None:
    """Return who may approve, or None when no list is set anywhere.

    Args:
        named: a file that the person names now; it comes before their settings.

    Raises:
        BadInputError: a list is set by a relative path, cannot be read, or has a bad line.
    """
    path = named or _configured() or _of_git()
    if path is None:
        return None
    if named is None and not path.is_absolute():
        raise BadInputError(
            f"the setting for allowed signers, {path}, is a relative path: the folder you stand in would decide it",
            hint="set the whole path, or name the file with --allowed-signers",
        )
    try:
        data = read_plain(path, allowed_signers.MAX_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"the allowed signers {path} cannot be read: {error.strerror}", hint=HINT) from error
    return allowed_signers.parse(data, path.name)


def _configured() -> Path | None:
    # The model of the settings is slow to load, and most people have no such file.
    if not (config_dir() / "config.toml").exists():
        return None
    from reviewer.config import load_config

    configured = load_config().signing.allowed_signers
    return Path(configured).expanduser() if configured else None


def _of_git() -> Path | None:
    from reviewer.git.identity import read_identity

    return read_identity().allowed_signers_file
