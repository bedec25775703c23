"""Twins of the rules on failures that new Python code keeps to itself: by rule, and more spellings of each."""

from __future__ import annotations

from tests.support.twins import Side, py

_PLAIN = "x = 1\n"


def grown(body: str, before: str = _PLAIN) -> Side:
    """Return a change that adds code to a file."""
    return py(before, f"{before}\n\n{body}")


def tried(body: str, caught: str, does: str = "return None") -> Side:
    """Return a change that adds a function with a `try`."""
    imports = "import decimal\nimport json\nimport subprocess\nfrom pathlib import Path\n\n"
    return grown(f"{imports}def f(a):\n    try:\n        {body}\n    except {caught}:\n        {does}\n    return x\n")


_COPY = """import shutil


def _copy(source, target):
    for attempt in range(3):
        try:
            return shutil.copy2(source, target)
        except OSError as error:
            log.warning("%s", error)
    return None


def take(files, target):
    for file in files:
        {call}
"""
_GIVES_UP = "def f(a):\n    try:\n        g(a)\n    except OSError as error:\n        {}\n"
_STORE = """def save(path, data, mode):
{first}
{second}
    return path
"""
_REFUSES = "    if mode not in MODES:\n        raise ValueError(mode)"
_WRITES = "    path.write_text(data)"
_MOVE = """def move(db, source, target):
    {try_}db.execute("UPDATE a SET n = n - 1 WHERE id = ?", (source,))
    {pad}db.execute("UPDATE a SET n = n + 1 WHERE id = ?", (target,))
    {pad}{commit}
"""
_LOCKED = "def bump(self):\n    self.lock.acquire()\n    self.count(self.other)\n    {end}\n"
_HANDLES = """def read(path):
    try:
        return load(path)
    except OSError as error:
        raise StoreError(f"{path}: gone") from error


def write(path, data):
    try:
        dump(path, data)
    except OSError as error:
        raise StoreError(f"{path}: full") from error
"""
_FETCHES = "import requests\n\n\ndef get(url):\n    return requests.get(url, timeout=5){end}\n"
_PARSED = """import json


def read(text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise StoreError("no JSON") from error


def head(text):
    try:
        return json.loads(text)[0]
    except ValueError as error:
        raise StoreError("no JSON") from error
"""

_SAYS = 'def f(a):\n    """Do it.\n\n    Raises:\n        StoreError: it is full.\n    """\n    {}\n'
_CONVERTS = "import json\n" + _HANDLES
_CLI = {
    "src/cli.py": "def main():\n    try:\n        go()\n    except (StoreError, BookError) as e:\n        print(e)\n",
}
_NEW_ERROR = "class IgnoreError({}):\n    pass\n\n\ndef read(a):\n    raise IgnoreError(a)\n"

UNHEARD_TWINS: dict[str, tuple[Side, Side]] = {
    "failure-muted": (
        grown("def prune(all):\n    for one in all:\n        shutil.rmtree(one.folder, ignore_errors=True)\n"),
        grown("def prune(all):\n    for one in all:\n        shutil.rmtree(one.folder)\n"),
    ),
    "handler-cannot-catch": (
        tried("x = decimal.Decimal(a)", "ValueError"),
        tried("x = decimal.Decimal(a)", "decimal.InvalidOperation"),
    ),
    "failure-unlooked": (
        grown(_COPY.format(call="_copy(file, target / file.name)")),
        grown(_COPY.format(call="assert _copy(file, target / file.name)")),
    ),
    "asked-error-unraised": (
        py(_PLAIN, _GIVES_UP.format("log.warning(error)"), task={"objective": "Give up with a CopyError."}),
        py(_PLAIN, _GIVES_UP.format("raise CopyError(a) from error"), task={"objective": "Give up with a CopyError."}),
    ),
    "error-class-unraised": (
        grown("class StateError(Exception):\n    pass\n"),
        grown("class StateError(Exception):\n    pass\n\n\ndef f():\n    raise StateError\n"),
    ),
    "guard-late": (
        grown(_STORE.format(first=_WRITES, second=_REFUSES)),
        grown(_STORE.format(first=_REFUSES, second=_WRITES)),
    ),
    "assert-validates": (
        grown("def keep(count):\n    assert count > 0\n    return count\n", _HANDLES),
        grown("def keep(count):\n    assert count is not None\n    return count\n", _HANDLES),
    ),
    "cleanup-on-success": (
        grown(_LOCKED.format(end="self.lock.release()")),
        grown(
            "def f(self):\n    self.a.acquire()\n    try:\n        self.g(1)\n    finally:\n        self.a.release()\n"
        ),
    ),
    "rollback-missing": (
        grown(_MOVE.format(try_="", pad="", commit="db.commit()")),
        grown(_MOVE.format(try_="with db:\n        ", pad="    ", commit="db.commit()")),
    ),
    "handler-unlike": (
        grown(
            "def drop(path):\n    try:\n        cut(path)\n    except OSError as e:\n        log.error(e)\n", _HANDLES
        ),
        grown(
            "def drop(path):\n    try:\n        cut(path)\n    except OSError as e:\n        raise StoreError from e\n",
            _HANDLES,
        ),
    ),
    "raise-unlike": (
        grown("def drop(path):\n    raise ValueError(path)\n", _HANDLES),
        grown("def drop(path):\n    raise StoreError(path)\n", _HANDLES),
    ),
    "timeout-missing": (
        grown("def put(url):\n    return requests.put(url)\n", _FETCHES.format(end="")),
        grown("def put(url):\n    return requests.put(url, timeout=9)\n", _FETCHES.format(end="")),
    ),
    "status-unread": (
        py(_PLAIN, _FETCHES.format(end=".json()")),
        py(_PLAIN, _FETCHES.format(end="")),
    ),
    "call-untried": (
        grown("def tail(text):\n    return json.loads(text)[-1]\n", _PARSED),
        grown("def tail(text):\n    return read(text)[-1]\n", _PARSED),
    ),
    "raise-undocumented": (
        grown(_SAYS.format("raise ParseError(a)")),
        grown(_SAYS.format("raise StoreError(a)")),
    ),
    "failure-unconverted": (
        grown("def count(text):\n    return json.loads(text)\n", _CONVERTS),
        grown("def count(text):\n    return read(text)\n", _CONVERTS),
    ),
    "error-uncaught": (
        Side(_CLI, {**_CLI, "src/new.py": _NEW_ERROR.format("Exception")}, {"trees": True}),
        Side(_CLI, {**_CLI, "src/new.py": _NEW_ERROR.format("StoreError")}, {"trees": True}),
    ),
    "ack-early": (
        grown("def step(queue, sender):\n    for one in queue:\n        queue.ack(one)\n        sender.send(one)\n"),
        grown("def step(queue, sender):\n    for one in queue:\n        sender.send(one)\n        queue.ack(one)\n"),
    ),
    "none-used": (
        grown("import re\n\n\ndef f(a):\n    return re.match('x', a).group()\n"),
        grown("import re\n\n\ndef f(a):\n    found = re.match('x', a)\n    return found and found.group()\n"),
    ),
}

_AGAIN = """def f(a):
    for attempt in range(3):
        try:
            {}
        except OSError as error:
            log.warning(error)
    {}
"""
_RUN = "import subprocess\n\n\ndef f(a):\n    {}\n"
_ASYNC = "import asyncio\n\n\nasync def g(a):\n    return a\n\n\nasync def f(a):\n    {}\n"
_SUPPRESS = "def f(a):\n    with contextlib.suppress(OSError):\n        {}\n    log.info('done')\n"
_FAILED = (
    "def f(a):\n    try:\n        g(a)\n    except KeyError:\n        return False\n    return True\n\n\n"
    "def h(a):\n    {}\n"
)
_WAITS = "async def f(a):\n    try:\n        await a\n    except asyncio.CancelledError:\n        {}\n    g()\n"

UNHEARD_SPELLINGS: dict[str, tuple[str, Side, Side]] = {
    "a last failure that is only logged": (
        "retry-ends-silent",
        grown(_AGAIN.format("return g(a)", "log.error('no luck')")),
        grown(_AGAIN.format("return g(a)", "raise OSError('no luck')")),
    ),
    "a last failure that leaves a name unset": (
        "retry-ends-silent",
        grown(_AGAIN.format("x = g(a)\n            break", "return x")),
        grown(_AGAIN.format("x = g(a)\n            break", "else:\n        raise OSError('no luck')\n    return x")),
    ),
    "bytes that are left out": (
        "failure-muted",
        grown("def f(a):\n    return a.decode('utf-8', errors='ignore')\n"),
        grown("def f(a):\n    return a.decode('utf-8', errors='strict')\n"),
    ),
    "bytes that are left out of a file": (
        "failure-muted",
        grown("def f(a):\n    return open(a, errors='ignore').read()\n"),
        grown("def f(a):\n    return open(a).read()\n"),
    ),
    "a folder that may stay at the end": (
        "failure-muted",
        grown("def f(a):\n    shutil.rmtree(a, True)\n    return a\n"),
        grown("def f(a):\n    try:\n        g(a)\n    finally:\n        shutil.rmtree(a, True)\n"),
    ),
    "a suppressed write": (
        "failure-muted",
        grown(_SUPPRESS.format("a.write_text('x')")),
        grown(_SUPPRESS.format("a.unlink()")),
    ),
    "a swallowed cancellation": (
        "failure-muted",
        grown(_WAITS.format("log.info('x')")),
        grown(_WAITS.format("raise")),
    ),
    "a program that may fail": (
        "error-ignored",
        grown(_RUN.format("subprocess.run(a)")),
        grown(_RUN.format("subprocess.run(a, check=True)")),
    ),
    "a program told not to": (
        "error-ignored",
        grown(_RUN.format("subprocess.run(a, check=False)")),
        grown(_RUN.format("return subprocess.run(a, check=False)")),
    ),
    "the output of a program that may have failed": (
        "error-ignored",
        grown(_RUN.format("done = subprocess.run(a, capture_output=True)\n    return done.stdout")),
        grown(_RUN.format("done = subprocess.run(a, capture_output=True)\n    return done.stdout, done.returncode")),
    ),
    "a task without a name": (
        "error-ignored",
        grown(_ASYNC.format("asyncio.create_task(g(a))")),
        grown(_ASYNC.format("task = asyncio.create_task(g(a))\n    await task")),
    ),
    "a coroutine that nobody awaits": (
        "error-ignored",
        grown(_ASYNC.format("g(a)")),
        grown(_ASYNC.format("await g(a)")),
    ),
    "work given away": (
        "error-ignored",
        grown("def f(pool, all):\n    for one in all:\n        pool.submit(g, one)\n"),
        grown("def f(pool, all):\n    return [pool.submit(g, one) for one in all]\n"),
    ),
    "a program that is not checked": (
        "handler-cannot-catch",
        tried("x = subprocess.run(['a'])", "subprocess.CalledProcessError"),
        tried("x = subprocess.run(['a'], check=True)", "subprocess.CalledProcessError"),
    ),
    "a time that is over": (
        "handler-cannot-catch",
        tried("x = subprocess.run(['a'], timeout=3)", "TimeoutError"),
        tried("x = subprocess.run(['a'], timeout=3)", "subprocess.TimeoutExpired"),
    ),
    "a file that is not there": (
        "handler-cannot-catch",
        tried("x = json.loads(a)", "FileNotFoundError"),
        tried("x = json.loads(Path(a).read_text())", "FileNotFoundError"),
    ),
    "a number that is none": (
        "handler-cannot-catch",
        tried("x = int(a)", "KeyError"),
        tried("x = int(a['n'])", "KeyError"),
    ),
    "an answer of False": (
        "failure-unlooked",
        grown(_FAILED.format("f(a)\n    return a")),
        grown(_FAILED.format("return f(a)")),
    ),
    "a flag that stays": (
        "cleanup-on-success",
        grown("def f(self):\n    self.busy = True\n    self.work(1)\n    self.busy = False\n"),
        grown("def f(self):\n    self.busy = True\n    self.done = 1\n    self.busy = False\n"),
    ),
    "a folder that one goes to": (
        "cleanup-on-success",
        grown("def f(a):\n    here = os.getcwd()\n    os.chdir(a)\n    g(a)\n    os.chdir(here)\n"),
        grown("def f(a):\n    os.chdir(a)\n    g(a)\n"),
    ),
    "a file that is open": (
        "cleanup-on-success",
        grown("def f(a):\n    file = open(a)\n    x = g(file)\n    file.close()\n    return x\n"),
        grown("def f(a):\n    with open(a) as file:\n        return g(file)\n"),
    ),
    "a folder for a while": (
        "cleanup-on-success",
        grown("def f(a):\n    folder = tempfile.mkdtemp()\n    g(folder)\n    shutil.rmtree(folder)\n"),
        grown("def f(a):\n    folder = tempfile.mkdtemp()\n    g(folder)\n    return folder\n"),
    ),
    "a refusal after a row": (
        "guard-late",
        grown(
            "def f(db, n):\n    db.execute('INSERT INTO a VALUES (1)')\n    if n < 0:\n        raise ValueError(n)\n"
        ),
        grown("def f(db, n):\n    db.execute('SELECT a')\n    if n < 0:\n        raise ValueError(n)\n"),
    ),
    "a handler that goes on with the next": (
        "handler-unlike",
        grown(
            "def f(x):\n    for a in x:\n        try:\n            g(a)\n        except OSError:\n            pass\n",
            _HANDLES,
        ),
        grown(
            "def all(paths):\n    try:\n        import toml\n    except ImportError:\n        toml = None\n", _HANDLES
        ),
    ),
    "a cause that is left out": (
        "cause-lost",
        grown("def f(a):\n    try:\n        g(a)\n    except KeyError:\n        raise StoreError(a)\n", _HANDLES),
        grown(
            "def f(a):\n    try:\n        g(a)\n    except KeyError:\n        raise StoreError(a) from None\n", _HANDLES
        ),
    ),
    "an answer that nobody asks for its state": (
        "status-unread",
        py(_PLAIN, "import httpx\n\n\ndef f(u):\n    got = httpx.get(u)\n    return got.text\n"),
        py(
            _PLAIN,
            "import httpx\n\n\ndef f(u):\n    got = httpx.get(u)\n    got.raise_for_status()\n    return got.text\n",
        ),
    ),
}
