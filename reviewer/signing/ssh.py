"""Sign with `ssh-keygen -Y sign`, message on stdin and signature on stdout, and believe only what verifies.

Passphrases and touches are between ssh-keygen and the controlling terminal; none passes through this program. The exit
code proves nothing (ssh-keygen can end with 0 and leave a stale signature): our own verifier decides.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.approval import sshsig
from reviewer.approval.refusal import RefusedError
from reviewer.errors import SigningError
from reviewer.signing import program
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.signing.keys import SigningKey


def ssh_keygen() -> str:
    """Return the absolute path of ssh-keygen.

    Raises:
        SigningError: the OpenSSH client is not installed.
    """
    return program.find("ssh-keygen")


@dataclass(frozen=True, slots=True)
class SshKeygenSigner:
    """Signs through ssh-keygen.

    Attributes:
        key: the key to sign with.
        terminal: let ssh-keygen write to this terminal ("touch your key"); its words are kept for the error otherwise.
        askpass: let it use the person's graphical passphrase prompt.
    """

    key: SigningKey
    terminal: bool = False
    askpass: bool = False

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that will sign."""
        return self.key.fingerprint

    def sign(self, message: bytes, namespace: str) -> bytes:
        """Return the armored signature of `message`, verified here against the expected key.

        Raises:
            SigningError: ssh-keygen is missing, was refused the key, or gave something else.
        """
        in_agent = agent_holds(self.key)
        if not in_agent and not self.key.has_private_file:
            raise SigningError(
                f"the private half of {self.fingerprint} is neither a file here nor in an ssh-agent",
                hint="add it with ssh-add, or name the private key file with --key",
            )
        with _key_file(self.key) as path:
            done = subprocess.run(  # noqa: S603 - absolute program, no shell, clean environment
                [ssh_keygen(), "-Y", "sign", "-q", "-n", namespace, "-f", str(path)],
                input=message,
                stdout=subprocess.PIPE,
                stderr=None if self.terminal else subprocess.PIPE,
                env=program.clean_environment(agent=in_agent, askpass=self.askpass),
                check=False,
            )
        if done.returncode:
            complaint = clip(display_safe((done.stderr or b"").strip()), 200)
            raise SigningError(
                "ssh-keygen did not sign" + (f": {complaint}" if complaint else ""),
                hint="nothing was stored; a wrong passphrase ends the attempt, so try again",
            )
        return self._checked(done.stdout, message, namespace)

    def _checked(self, armored: bytes, message: bytes, namespace: str) -> bytes:
        try:
            signature = sshsig.parse(armored)
            if signature.key != self.key.public:
                raise SigningError(
                    f"ssh-keygen signed with {signature.key.fingerprint}, not {self.fingerprint}; nothing was stored"
                )
            sshsig.verify(signature, message, namespace)
        except RefusedError as error:
            raise SigningError(f"what ssh-keygen gave does not verify: {error.sentence}; nothing was stored") from error
        return armored


def agent_holds(key: SigningKey) -> bool:
    """Return whether a running ssh-agent has the key. Anything that goes wrong means no."""
    if not os.environ.get("SSH_AUTH_SOCK"):
        return False
    try:
        done = subprocess.run(  # noqa: S603 - absolute program, no shell, clean environment
            [program.find("ssh-add"), "-L"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=program.clean_environment(agent=True),
            timeout=5,
            check=False,
        )
    except (SigningError, OSError, subprocess.TimeoutExpired):
        return False
    wanted = key.public.line.encode().split(b" ")
    return any(line.split(b" ")[:2] == wanted for line in done.stdout.split(b"\n"))


@contextmanager
def _key_file(key: SigningKey) -> Iterator[Path]:
    """Give the file that names the key to ssh-keygen; a literal key becomes one for a moment."""
    if key.path is not None:
        yield key.path
        return
    with tempfile.TemporaryDirectory(prefix="reviewer-key-") as folder:
        path = Path(folder) / "key.pub"
        path.write_text(key.public.line + "\n", encoding="ascii")
        yield path
