"""What of this machine is shown in a cell, and where.

Only what programs need to start: the system's own folders, a few files of /etc, the environment, the tree. Nothing of
the person's home but the paths that lead to what is shown.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["read", "tree"]

TREE = "/tree"
"""Where the tree is shown if the person has no checkout, or one at a place that cannot be used."""
OUT = "/cell/out"
PROGRAMS = "/cell/bin"
HOME = "/cell/home"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_SETTINGS = (
    *("alternatives", "ca-certificates", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "magic"),
    *("mime.types", "pki/tls", "pki/ca-trust", "protocols", "python3", "services", "ssl/certs", "ssl/openssl.cnf"),
    *("timezone", "java", "java-17-openjdk", "java-21-openjdk", "xml", "sgml"),
)
_OWN_FILES = {
    "passwd": "cell:x:1000:1000:cell:/cell/home:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": "cell:x:1000:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost cell\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n",
    "resolv.conf": "",
    "hostname": "cell\n",
}
# A tree shown over these would hide what the cell itself is made of.
_OWN_PLACES = ("/proc", "/dev", "/sys", "/cell", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/run", "/boot")


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder of this machine, and where it is shown."""

    source: str
    target: str
    kind: Kind = "read"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a cell shows.

    Attributes:
        binds: what is shown, parents before what lies in them.
        links: symbolic links: place and target.
        writable: folders that are empty at the start of each run.
        tree: where the tree is.
        refused: places that were asked for and are not shown, as they would show the person's home.
    """

    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]
    tree: str
    writable: tuple[str, ...] = ("/tmp", "/dev/shm", "/var/tmp", HOME, OUT)  # noqa: S108 - in the cell, its own
    refused: tuple[str, ...] = field(default=())


def lay_out(
    *,
    tree: Path,
    programs: Path,
    settings: Path,
    checkout: Path | None = None,
    readable: tuple[Path, ...] = (),
) -> Layout:
    """Return what a cell shows.

    Args:
        tree: the folder with the files that are run over.
        programs: the folder with our own programs.
        settings: a private folder; the cell's own files of /etc are written there.
        checkout: the work tree of the person; the tree takes its place, so that an environment that leads there finds
            the tree.
        readable: further places that can be read at their own paths.
    """
    binds = [Bind(place, place) for place in _SYSTEM if os.path.isdir(place) and not os.path.islink(place)]  # noqa: PTH112, PTH114 - strings all along
    links = [(place, os.readlink(place)) for place in _SYSTEM if os.path.islink(place)]  # noqa: PTH114, PTH115 - as above
    for name in _SETTINGS:
        place = Path("/etc", name)
        if place.exists():
            binds.append(Bind(str(place.resolve()), str(place)))
    for name, text in _OWN_FILES.items():
        (settings / name).write_text(text, encoding="utf-8")
        binds.append(Bind(str(settings / name), f"/etc/{name}"))
    shown = TREE if checkout is None or not _usable(checkout) else str(checkout)
    binds += [Bind(str(tree), shown, "tree"), Bind(str(programs), PROGRAMS)]
    refused = []
    for place in readable:
        if gives_away(place):
            refused.append(str(place))
        elif place.exists() and str(place) != shown:
            binds.append(Bind(str(place.resolve()), str(place)))
    unique = {bind.target: bind for bind in binds if bind.kind == "tree" or bind.target != shown}
    ordered = sorted(unique.values(), key=lambda bind: bind.target.split("/"))
    kept = [bind for bind in ordered if bind.kind == "tree" or not _shown_already(bind, ordered)]
    return Layout(binds=tuple(kept), links=tuple(links), tree=shown, refused=tuple(refused))


def gives_away(place: Path) -> bool:
    """Return whether showing a place would show the person's home, or all of the machine."""
    home = Path.home()
    real = place.resolve()
    return any(each == home or each in home.parents or each == home.resolve() for each in (place, real)) or (
        real in home.resolve().parents
    )


def _usable(checkout: Path) -> bool:
    place = Path(checkout)
    return (
        place.is_absolute()
        and len(place.parts) > 2
        and not gives_away(place)
        and not any(place == Path(own) or Path(own) in place.parents for own in _OWN_PLACES)
    )


def _shown_already(bind: Bind, others: list[Bind]) -> bool:
    """Return whether the place is part of another one that is shown at its own path, with no tree between."""
    above = [
        other
        for other in others
        if other is not bind and bind.target.startswith(other.target + "/") and bind.source != other.source
    ]
    if not above:
        return False
    nearest = max(above, key=lambda other: len(other.target))
    return nearest.kind == "read" and bind.source == nearest.source + bind.target[len(nearest.target) :]
