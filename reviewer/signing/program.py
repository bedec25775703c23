"""Where OpenSSH's programs are, and the environment they run in.

The program that gets to see a passphrase must not be chosen by a repository or by whoever set a variable: fixed places
first, then the person's PATH without relative entries and without the folder we stand in.
"""

from __future__ import annotations

import os
from pathlib import Path

from reviewer.errors import SigningError

_PLACES = ("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin", "/run/current-system/sw/bin")
_KEPT = ("HOME", "USER", "LOGNAME", "TERM", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT")


def find(name: str) -> str:
    """Return the absolute path of an OpenSSH program.

    Raises:
        SigningError: it is in none of the places.
    """
    here = Path.cwd().resolve()
    for folder in (*map(Path, _PLACES), *_path_folders(here)):
        program = folder / name
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    raise SigningError(f"{name} was not found", hint="install the OpenSSH client (openssh-client, or openssh)")


def clean_environment(*, agent: bool = False, askpass: bool = False) -> dict[str, str]:
    """Return the whole environment of an OpenSSH program.

    Args:
        agent: keep the way to the running ssh-agent.
        askpass: keep the person's graphical passphrase prompt; otherwise the terminal is asked.
    """
    kept = list(_KEPT)
    if agent:
        kept.append("SSH_AUTH_SOCK")
    if askpass:
        kept += ["SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY"]
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment["PATH"] = os.pathsep.join(_PLACES)
    return environment


def _path_folders(here: Path) -> list[Path]:
    folders = []
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        folder = Path(entry)
        if entry and folder.is_absolute() and not folder.resolve().is_relative_to(here):
            folders.append(folder)
    return folders
