"""A key that is made for one demo and thrown away with it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from reviewer.errors import SigningError
from reviewer.signing.ssh import ssh_keygen
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from pathlib import Path


def make_key(path: Path, *, comment: str) -> Path:
    """Make an Ed25519 key pair without a passphrase at `path` (and `path` + ".pub"); return `path`.

    Raises:
        SigningError: ssh-keygen is missing or fails.
    """
    done = subprocess.run(  # noqa: S603 - absolute program, no shell, fixed arguments
        [ssh_keygen(), "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        complaint = clip(display_safe(done.stderr.strip()), 200)
        raise SigningError(f"ssh-keygen could not make a key at {path}: {complaint}")
    return path
