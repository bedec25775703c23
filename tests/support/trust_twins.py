"""Twins of the rules on what new Python code tells, asks for and lets decide: by rule, and more spellings of each."""

from __future__ import annotations

from tests.support.twins import Side, py

_PLAIN = "x = 1\n"


def grown(body: str, before: str = _PLAIN, path: str = "src/app.py") -> Side:
    """Return a change that adds code to a file."""
    return py(before, f"{before}\n\n{body}", path)


def line(text: str) -> Side:
    """Return a change that adds a function of one line."""
    return grown(f"def login(self, request, token):\n    {text}\n")


_PAGES = """class Pages:
    def share(self, request, number):
        self._check(request, number, wanted="owner")
        return self.db.share(number)

    def edit(self, request, number):
        self._check(request, number, wanted="write")
        return self.db.edit(number)
"""
_DELETE = """    def delete(self, request, number):
        self._check(request, number, wanted="{}")
        self.db.drop(number)
"""
_ROWS = """def read(db, number, user):
    return db.execute("SELECT body FROM pages WHERE id = ? AND owner = ?", (number, user))


def change(db, number, user, body):
    db.execute("UPDATE pages SET body = ? WHERE id = ? AND owner = ?", (body, number, user))
"""
_SIGNED = """def hook(environ, body, secret):
    given = environ.get("HTTP_SIGNATURE")
    if {}hmac.compare_digest(given, sign(body, secret)):
        return 403
    return build()
"""
_ESCAPED = "from html import escape\n\n\ndef title(page):\n    return f'<h1>{escape(page.title)}</h1>'\n"
_TASK = {"objective": "DELETE /pages/ID: the owner, and nobody else, deletes a page."}
_KEY = "def keep(path, key):\n    handle = os.open(path, os.O_CREAT | os.O_WRONLY, {})\n    os.write(handle, key)\n"

_BOOKED = "def book(room, user):\n    room.take(user)\n    return room\n"

TRUST_TWINS: dict[str, tuple[Side, Side]] = {
    "secret-compared": (
        line("return request.signature == sign(request.body)"),
        line("return hmac.compare_digest(request.signature, sign(request.body))"),
    ),
    "secret-default": (
        line("return os.environ.get('APP_SECRET_KEY', 'dev')"),
        line("return os.environ['APP_SECRET_KEY']"),
    ),
    "cookie-bare": (
        line("self.answer.set_cookie('session', token)"),
        line("self.answer.set_cookie('session', token, httponly=True, secure=True)"),
    ),
    "level-weaker": (
        py(_PAGES, f"{_PAGES}\n{_DELETE.format('write')}"),
        py(_PAGES, f"{_PAGES}\n{_DELETE.format('owner')}"),
    ),
    "role-unasked": (
        py(_PLAIN, f"class Pages:\n{_DELETE.format('write')}", task=_TASK),
        py(_PLAIN, f"class Pages:\n{_DELETE.format('owner')}", task=_TASK),
    ),
    "check-if-given": (
        grown(_SIGNED.format("given and not ")),
        grown(_SIGNED.format("not given or not ")),
    ),
    "row-unscoped": (
        grown('def drop(db, number):\n    db.execute("DELETE FROM pages WHERE id = ?", (number,))\n', _ROWS),
        grown(
            'def drop(db, number, me):\n    db.execute("DELETE FROM pages WHERE id = ? AND owner = ?", (number, me))\n',
            _ROWS,
        ),
    ),
    "path-prefix-text": (
        line("target = self.root / token\n    return str(target.resolve()).startswith(str(self.root))"),
        line("target = self.root / token\n    return target.resolve().is_relative_to(self.root)"),
    ),
    "archive-unpacked": (
        line("tarfile.open(token).extractall(self.root)"),
        line("tarfile.open(token).extractall(self.root, filter='data')"),
    ),
    "mode-widened": (
        py(_KEY.format("0o600"), _KEY.format("0o644")),
        py(_KEY.format("0o600"), _KEY.format("0o600") + "\n\nX = 1\n"),
    ),
    "password-hash-fast": (
        grown("def _hash(password, salt):\n    return hashlib.sha256(salt + password.encode()).hexdigest()\n"),
        grown(
            "def _hash(password, salt):\n    return hashlib.scrypt(password.encode(), salt=salt, n=16384, r=8, p=1)\n"
        ),
    ),
    "limit-loosened": (
        py("SESSION_SECONDS = 60 * 60\n", "SESSION_SECONDS = 60 * 60 * 24 * 30\n"),
        py("SESSION_SECONDS = 60 * 60\n", "SESSION_SECONDS = 60 * 30\n"),
    ),
    "fields-as-sent": (
        line("return User(**request.json)"),
        line("return User(name=request.json['name'])"),
    ),
    "html-unescaped": (
        grown("def body(page):\n    return f'<p>{page.text}</p>'\n", _ESCAPED),
        grown("def body(page):\n    return f'<p>{escape(page.text)}</p>'\n", _ESCAPED),
    ),
    "client-header": (
        line("return request.headers.get('X-Forwarded-For', '').split(',')[0]"),
        line("return request.remote_addr"),
    ),
    "fails-open": (
        grown("def is_allowed(a):\n    try:\n        return ask(a)\n    except OSError:\n        return True\n"),
        grown("def is_allowed(a):\n    try:\n        return ask(a)\n    except OSError:\n        return False\n"),
    ),
    "actor-unused": (
        grown("def cancel(room, user):\n    room.free()\n    return room\n", _BOOKED),
        grown("def cancel(room, user):\n    room.free(user)\n    return room\n", _BOOKED),
    ),
    "get-changes": (
        line("return None\n\n\nROUTES = [('GET', '/pages', delete_page)]"),
        line("return None\n\n\nROUTES = [('POST', '/pages', delete_page)]"),
    ),
    "default-opened": (
        py("def f(a, verify=True):\n    return a\n", "def f(a, verify=False):\n    return a\n"),
        py("def f(a, verify=False):\n    return a\n", "def f(a, verify=True):\n    return a\n"),
    ),
    "path-from-data": (
        grown("def restore(rows, root):\n    for one in rows:\n        (root / one.path).write_bytes(one.data)\n"),
        grown(
            "def restore(rows, root):\n    for one in rows:\n        (root / safe(one.path)).write_bytes(one.data)\n"
        ),
    ),
}

_ASKED = """def a(i, u):
    return Page.query.filter_by(id=i, owner_id=u)


def b(u):
    return Page.query.filter_by(owner_id=u)
"""
_FIND = "def find(self, request):\n    name = request.args.get('name', '')\n    {}\n"

TRUST_SPELLINGS: dict[str, tuple[str, Side, Side]] = {
    "a token in a log": (
        "secret-logged",
        line("log.info('reset with %s', token)"),
        line("log.info('reset with %s', mask(token))"),
    ),
    "a token in a text in a log": (
        "secret-logged",
        line("log.info(f'reset with {token}')"),
        line("log.info(f'reset with {token[:4]}')"),
    ),
    "a password in an error": (
        "secret-logged",
        line("raise LoginError(f'{request.name} with {request.password}')"),
        line("raise LoginError(f'{request.name} is unknown')"),
    ),
    "all headers in a log": (
        "secret-logged",
        line("logger.debug('%s', request.headers)"),
        line("logger.debug('%s', request.path)"),
    ),
    "a token that is no secret": (
        "secret-logged",
        grown("def login(password):\n    log.info('%s', password)\n"),
        grown("def parse(token):\n    log.info('%s', token)\n"),
    ),
    "a way in by a decorator": (
        "get-changes",
        grown("@app.get('/pages/<n>/delete')\ndef delete_page(n):\n    drop(n)\n"),
        grown("@app.get('/pages/<n>')\ndef page(n):\n    return read(n)\n"),
    ),
    "a flag that opens": (
        "default-opened",
        py("def f(a, *, allow_links=False):\n    return a\n", "def f(a, *, allow_links=True):\n    return a\n"),
        py("def f(a, *, links=False):\n    return a\n", "def f(a, *, links=True):\n    return a\n"),
    ),
    "a parent as text": (
        "path-prefix-text",
        line("target = self.root / token\n    return str(target).startswith(str(self.file.parent))"),
        line("target = self.root / token\n    return target.is_relative_to(self.file.parent)"),
    ),
    "a digest compared": (
        "secret-compared",
        line("if given != hmac.new(token, b'', 'sha256').hexdigest():\n        raise AuthError"),
        line("if given != '':\n        raise AuthError"),
    ),
    "a cookie as text": (
        "cookie-bare",
        line("return [('Set-Cookie', f'session={token}; Path=/; SameSite=Lax')]"),
        line("return [('Set-Cookie', f'session={token}; Path=/; HttpOnly')]"),
    ),
    "a decorator that asks for less": (
        "level-weaker",
        grown(
            "@require('member')\ndef remove(a):\n    a.drop()\n", "@require('admin')\ndef share(a):\n    a.share()\n"
        ),
        grown("@require('member')\ndef read(a):\n    a.read()\n", "@require('admin')\ndef share(a):\n    a.share()\n"),
    ),
    "a guard of another name": (
        "level-weaker",
        grown(
            "def delete(a):\n    can_write(a)\n    a.drop()\n", "def transfer(a, b):\n    can_own(a)\n    a.give(b)\n"
        ),
        grown("def delete(a):\n    can_own(a)\n    a.drop()\n", "def transfer(a, b):\n    can_own(a)\n    a.give(b)\n"),
    ),
    "a guard that asks for less now": (
        "level-weaker",
        py(
            "def f(a):\n    check(a, level='admin')\n    a.go()\n",
            "def f(a):\n    check(a, level='member')\n    a.go()\n",
        ),
        py(
            "def f(a):\n    check(a, level='member')\n    a.go()\n",
            "def f(a):\n    check(a, level='admin')\n    a.go()\n",
        ),
    ),
    "a secret that may be unset": (
        "check-if-given",
        line("if self.secret and token != self.secret:\n        raise AuthError"),
        line("if token != self.secret:\n        raise AuthError"),
    ),
    "a check inside a question": (
        "check-if-given",
        line("if token is not None:\n        if not self.valid(token):\n            raise AuthError\n    self.go()"),
        line(
            "if token is None:\n        raise AuthError\n"
            "    if token is not None:\n        if not self.valid(token):\n            raise AuthError"
        ),
    ),
    "a session that is over": (
        "row-unscoped",
        grown(
            "def find(db, key):\n    return db.execute('SELECT user FROM sessions WHERE key = ?', (key,))\n",
            "def a(db):\n    db.execute('SELECT id FROM sessions WHERE key = ? AND until > ?')\n\n\n"
            "def b(db):\n    db.execute('SELECT user, id FROM sessions WHERE user = ? AND until > ?')\n",
        ),
        grown(
            "def find(db, key):\n    return db.execute('SELECT user FROM sessions WHERE key = ? AND until > 0')\n",
            "def a(db):\n    db.execute('SELECT id FROM sessions WHERE key = ? AND until > ?')\n\n\n"
            "def b(db):\n    db.execute('SELECT user, id FROM sessions WHERE user = ? AND until > ?')\n",
        ),
    ),
    "an object of somebody": (
        "row-unscoped",
        grown(
            "def c(i):\n    return Page.query.filter_by(id=i)\n",
            _ASKED,
        ),
        grown(
            "def c(i, u):\n    return Page.query.filter_by(id=i, owner_id=u, x=1)\n",
            _ASKED,
        ),
    ),
    "a path as text by os.path": (
        "path-prefix-text",
        line("full = os.path.abspath(os.path.join(self.root, token))\n    return full.startswith(self.root)"),
        line("full = os.path.abspath(os.path.join(self.root, token))\n    return full.startswith(self.root + os.sep)"),
    ),
    "fewer rounds": (
        "limit-loosened",
        py("ITERATIONS = 600_000\n", "ITERATIONS = 1000\n"),
        py("ITERATIONS = 1000\n", "ITERATIONS = 600_000\n"),
    ),
    "more tries": (
        "limit-loosened",
        py("MAX_LOGIN_ATTEMPTS = 5\n", "MAX_LOGIN_ATTEMPTS = 500\n"),
        py("MAX_ROWS = 5\n", "MAX_ROWS = 500\n"),
    ),
    "a token that can be guessed": (
        "weak-random",
        grown("def make_token(n):\n    return ''.join(random.choices(LETTERS, k=n))\n"),
        grown("def make_token(n):\n    return secrets.token_hex(n)\n"),
    ),
    "a path two steps on": (
        "outside-input",
        grown(_FIND.format("path = self.root / name\n    return path.read_text()")),
        grown(_FIND.format("path = self.root / secure_filename(name)\n    return path.read_text()")),
    ),
    "an address two steps on": (
        "outside-input",
        grown(_FIND.format("url = name.strip()\n    return requests.get(url, timeout=3)")),
        grown(_FIND.format("if name not in ALLOWED:\n        return None\n    return requests.get(name, timeout=3)")),
    ),
    "where to go next": (
        "outside-input",
        grown(_FIND.format("return redirect(name)")),
        grown(_FIND.format("return redirect('/')")),
    ),
    "a header that says where": (
        "outside-input",
        grown(_FIND.format("return '302 Found', [('Location', name)]")),
        grown(_FIND.format("return '302 Found', [('Location', '/home')]")),
    ),
    "an expression of somebody": (
        "outside-input",
        grown(_FIND.format("return re.search(name, self.text)")),
        grown(_FIND.format("return re.search(re.escape(name), self.text)")),
    ),
    "fields one by one": (
        "fields-as-sent",
        grown("def change(user, data):\n    for key, value in data.items():\n        setattr(user, key, value)\n"),
        grown("def f(a, data):\n    for k, v in data.items():\n        if k in OPEN:\n            setattr(a, k, v)\n"),
    ),
    "HTML by format": (
        "html-unescaped",
        grown("def body(page):\n    return '<p>{}</p>'.format(page.text)\n", _ESCAPED),
        grown("def body(page):\n    return '<p>{}</p>'.format(escape(page.text))\n", _ESCAPED),
    ),
    "a header as the server names it": (
        "client-header",
        line("return self.environ.get('HTTP_X_REAL_IP')"),
        line("self.environ['HTTP_X_REAL_IP'] = token"),
    ),
    "a header in JavaScript": (
        "client-header",
        grown("function ip(req) {\n  return req.headers['x-forwarded-for']\n}\n", "let x = 1\n", "src/a.js"),
        grown("function ip(req) {\n  return req.socket.remoteAddress\n}\n", "let x = 1\n", "src/a.js"),
    ),
    "a header in Go": (
        "client-header",
        grown('func ip(r *http.Request) string {\n\treturn r.Header.Get("X-Real-IP")\n}\n', "package a\n", "a.go"),
        grown('func ip(r *http.Request) string {\n\treturn r.Header.Get("Accept")\n}\n', "package a\n", "a.go"),
    ),
}
