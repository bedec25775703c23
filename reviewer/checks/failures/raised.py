"""What well-known callables of Python raise, kept by hand: exceptions that a handler around them can catch at all.

A name with a colon is of a library ("requests:*": any of requests); `PARENTS` says which built-in one it is a kind of.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES = ("OSError", "ValueError")
PARENTS: Mapping[str, str] = {
    "json:": "ValueError",
    "tomllib:": "ValueError",
    "binascii:": "ValueError",
    "requests:": "OSError",
    "urllib:": "OSError",
    "shutil:": "OSError",
    "socket:": "OSError",
    "decimal:": "ArithmeticError",
    "xml:": "SyntaxError",
    "zoneinfo:": "KeyError",
    "importlib:": "ImportError",
    "httpx:": "Exception",
    "yaml:": "Exception",
    "subprocess:": "Exception",
    "sqlite3:": "Exception",
    "struct:": "Exception",
    "csv:": "Exception",
    "re:": "Exception",
    "zipfile:": "Exception",
    "tarfile:": "Exception",
    "configparser:": "Exception",
    "queue:": "Exception",
}
"""Which built-in exception those of a library are."""

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("int float bin hex oct chr complex round", ("ValueError", "TypeError", "OverflowError")),
    ("bool len str repr isinstance issubclass callable id type print hash", ("TypeError", "ValueError")),
    ("abs divmod pow ord", ("TypeError", "ValueError", "ArithmeticError")),
    ("decimal.Decimal", ("decimal:*", "TypeError")),
    ("fractions.Fraction", ("ValueError", "TypeError", "ZeroDivisionError")),
    ("json.loads", ("json:*", "TypeError", "RecursionError", "UnicodeDecodeError")),
    ("json.load", ("json:*", "TypeError", "RecursionError", *_FILES)),
    ("json.dumps", ("TypeError", "ValueError", "OverflowError", "RecursionError")),
    ("json.dump", ("TypeError", "ValueError", "OverflowError", "RecursionError", *_FILES)),
    ("tomllib.loads", ("tomllib:*", "TypeError", "RecursionError")),
    ("tomllib.load", ("tomllib:*", "TypeError", "RecursionError", *_FILES)),
    ("yaml.safe_load yaml.load yaml.full_load", ("yaml:*", "AttributeError", "UnicodeDecodeError", "OSError")),
    ("open io.open os.fdopen", (*_FILES, "TypeError")),
    (
        (
            "os.listdir os.remove os.unlink os.rename os.replace os.makedirs os.mkdir os.rmdir os.stat os.chmod"
            " os.scandir os.open os.close os.read os.write os.fsync os.utime os.link os.symlink os.readlink"
            " os.access os.path.getsize os.path.getmtime"
        ),
        (*_FILES, "TypeError"),
    ),
    ("os.path.join os.path.exists os.path.isfile os.path.isdir os.path.basename os.path.dirname", ("TypeError",)),
    ("os.kill os.getpgid os.killpg", ("OSError", "OverflowError")),
    ("os.getenv os.environ.get", ("TypeError",)),
    ("shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move shutil.rmtree", (*_FILES, "shutil:*")),
    ("pathlib.Path pathlib.PurePath pathlib.PurePosixPath", ("TypeError",)),
    ("tempfile.mkstemp tempfile.mkdtemp tempfile.NamedTemporaryFile", _FILES),
    ("urllib.request.urlopen", ("urllib:*", "OSError", "ValueError", "http:*", "socket:*")),
    ("uuid.UUID", ("ValueError", "TypeError", "AttributeError")),
    (
        "ipaddress.ip_address ipaddress.ip_network ipaddress.ip_interface",
        ("ValueError", "TypeError"),
    ),
    (
        (
            "datetime.datetime.strptime datetime.datetime.fromisoformat datetime.date.fromisoformat datetime.date"
            " datetime.datetime datetime.time.fromisoformat datetime.timedelta"
        ),
        ("ValueError", "TypeError", "OverflowError"),
    ),
    ("datetime.datetime.fromtimestamp datetime.date.fromtimestamp", ("ValueError", "OSError", "OverflowError")),
    ("zoneinfo.ZoneInfo", ("zoneinfo:*", "ValueError", "OSError", "TypeError")),
    ("base64.b64decode base64.urlsafe_b64decode base64.b32decode", ("binascii:*", "TypeError")),
    ("bytes.fromhex bytearray.fromhex", ("ValueError", "TypeError")),
    ("struct.unpack struct.pack struct.unpack_from struct.calcsize", ("struct:*", "TypeError")),
    ("re.compile re.match re.search re.fullmatch re.sub", ("re:*", "TypeError", "OverflowError", "RecursionError")),
    ("ast.literal_eval", ("ValueError", "TypeError", "SyntaxError", "MemoryError", "RecursionError")),
    ("xml.etree.ElementTree.fromstring", ("xml:*", "TypeError", "ValueError")),
    ("xml.etree.ElementTree.parse", ("xml:*", "OSError", "TypeError", "ValueError")),
    ("zipfile.ZipFile", ("zipfile:*", "OSError", "ValueError", "RuntimeError", "NotImplementedError")),
    ("tarfile.open", ("tarfile:*", "OSError", "EOFError", "ValueError")),
    ("importlib.metadata.version importlib.metadata.distribution", ("importlib:*", "ImportError", "ValueError")),
    ("socket.create_connection socket.getaddrinfo socket.gethostbyname", ("OSError", "socket:*", "ValueError")),
    (
        "requests.get requests.post requests.put requests.patch requests.delete requests.head requests.request",
        ("requests:*",),
    ),
    ("httpx.get httpx.post httpx.put httpx.patch httpx.delete httpx.head httpx.request", ("httpx:*",)),
    ("sqlite3.connect", ("sqlite3:*", "TypeError")),
)
_ASKED_FOR = frozenset({"requests:HTTPError", "httpx:HTTPStatusError"})
"""Raised by `raise_for_status` alone."""
_BASES = frozenset({"subprocess:SubprocessError", "requests:RequestException", "httpx:HTTPError"})
CALLS: Mapping[str, tuple[str, ...]] = {name: raised for names, raised in _GROUPS for name in names.split()}
"""What functions raise, by what they are imported from."""

METHODS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("read_text", "write_text", "read_bytes", "write_bytes"), (*_FILES, "TypeError")),
    **dict.fromkeys(("unlink", "mkdir", "rmdir", "touch", "stat", "iterdir", "readlines", "readline"), _FILES),
    **dict.fromkeys(("strip", "lstrip", "rstrip", "lower", "upper", "startswith", "endswith", "removeprefix"), ()),
    **dict.fromkeys(("removesuffix", "casefold", "title", "replace", "splitlines", "isdigit", "zfill"), ()),
    **dict.fromkeys(("split", "rsplit", "partition", "rpartition", "join"), ("ValueError", "TypeError")),
    "raise_for_status": ("requests:HTTPError", "httpx:HTTPStatusError"),
    "json": ("ValueError", "json:*", "requests:JSONDecodeError"),
    **dict.fromkeys(("strptime", "fromisoformat"), ("ValueError", "TypeError")),
    **dict.fromkeys(("encode", "decode"), ("ValueError", "LookupError")),
}
"""What methods raise whose name tells what they are methods of."""


def can_catch(handler: str, raised: str) -> bool | None:
    """Return whether a handler catches what is raised, None if the handler's class is not known."""
    family = handler.split(":", 1)[0] + ":" if ":" in handler else ""
    if not family:
        kind = getattr(builtins, handler, None)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            return None
        other = PARENTS.get(raised.split(":", 1)[0] + ":", "Exception") if ":" in raised else raised
        thrown = getattr(builtins, other)
        return issubclass(thrown, kind) or (":" not in raised and issubclass(kind, thrown))
    if family not in PARENTS:
        return None
    if raised.endswith(":*"):
        return raised.startswith(family) and handler not in _ASKED_FOR
    return raised == handler or (raised.startswith(family) and handler in _BASES)
