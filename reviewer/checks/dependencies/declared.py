"""What the head declares that it depends on, asked by the names that code imports.

The name of a distribution is not that of its modules; a short table knows the well-known pairs, and the rest is
compared by spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.formats import format_of
from reviewer.checks.dependencies.model import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.case import Case

_PROVIDED_BY: dict[str, tuple[str, ...]] = {
    "argon2": ("argon2-cffi",),
    "attr": ("attrs",),
    "babel": ("babel",),
    "botocore": ("boto3",),
    "bs4": ("beautifulsoup4",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python"),
    "crypto": ("pycryptodome",),
    "dateutil": ("python-dateutil",),
    "dotenv": ("python-dotenv",),
    "git": ("gitpython",),
    "google": ("protobuf", "google-auth", "google-cloud-storage", "google-api-python-client"),
    "fitz": ("pymupdf",),
    "flask-sqlalchemy": ("flask-sqlalchemy",),
    "github": ("pygithub",),
    "grpc": ("grpcio",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "magic": ("python-magic",),
    "markdown": ("markdown",),
    "mpl-toolkits": ("matplotlib",),
    "mysqldb": ("mysqlclient",),
    "openssl": ("pyopenssl",),
    "pil": ("pillow",),
    "nacl": ("pynacl",),
    "ldap": ("python-ldap",),
    "levenshtein": ("python-levenshtein", "levenshtein"),
    "discord": ("discord-py",),
    "telegram": ("python-telegram-bot",),
    "rest-framework": ("djangorestframework",),
    "corsheaders": ("django-cors-headers",),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "osgeo": ("gdal",),
    "pkg-resources": ("setuptools",),
    "psycopg2": ("psycopg2-binary",),
    "pytest": ("pytest",),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "socks": ("pysocks",),
    "usb": ("pyusb",),
    "websocket": ("websocket-client",),
    "win32api": ("pywin32",),
    "win32con": ("pywin32",),
    "yaml": ("pyyaml", "ruamel-yaml"),
    "zmq": ("pyzmq",),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """Names of distributions, normalised."""

    names: frozenset[str]

    def has(self, module: str) -> bool:
        """Return whether something declared is likely to provide a top-level module."""
        name = re.sub(r"[-_.]+", "-", module).lower()
        wanted = {name, *_PROVIDED_BY.get(name, ()), f"python-{name}", f"py{name}", f"{name}-python"}
        return bool(wanted & self.names) or any(one.startswith(f"{name}-") for one in self.names)


def modules_of(name: str) -> tuple[str, ...]:
    """Return the modules that a distribution is likely to provide, by its normalised name."""
    known = [module.replace("-", "_") for module, owners in _PROVIDED_BY.items() if name in owners]
    bare = name.removeprefix("python-").removesuffix("-python").removesuffix("-binary").removesuffix("-sdk")
    spelt = {name, bare, bare.removeprefix("py"), bare.removesuffix("-client"), bare.removesuffix("-py")}
    return tuple(sorted({*known, *(one.replace("-", "_") for one in spelt), *(one.replace("-", ".") for one in spelt)}))


def declared_by(case: Case) -> Declared:
    """Return what the manifests and locks of the new side declare, as far as they are at hand and can be read."""
    names: set[str] = set()
    for path, data in _manifests(case):
        form = format_of(path)
        if form is None or form.ecosystem != "python":
            continue
        try:
            names |= {one.name for one in form.parse(data)}
        except (MalformedError, RecursionError):
            # That a manifest cannot be read is told by the check of dependencies.
            continue
    return Declared(frozenset(names))


def _manifests(case: Case) -> Iterable[tuple[str, bytes]]:
    if case.after is None:
        return [(file.path, file.new) for file in case.files if file.new is not None]
    wanted = (path for path in case.after.paths() if (form := format_of(path)) and form.ecosystem == "python")
    return [(path, data) for path in wanted if (data := case.after.read(path)) is not None]
