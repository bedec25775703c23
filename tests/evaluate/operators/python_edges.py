"""Operators over edges: what guards them is turned off, loosened or taken out, and what is secret is shown."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, pick

if TYPE_CHECKING:
    from random import Random

_SINKS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "tls_unverified": (
        ("ssl", "port", "ssl._create_unverified_context()"),
        ("ssl", "context", "setattr(context, 'verify_mode', ssl.CERT_NONE)"),
        ("urllib3", "host", "urllib3.HTTPSConnectionPool(host, cert_reqs='CERT_NONE')"),
        ("httpx", "url", "httpx.get(url, verify=False)"),
    ),
    "token_unverified": (
        ("jwt", "token", "jwt.decode(token, options={'verify_signature': False})"),
        ("jwt", "token", "jwt.decode(token, 'key', algorithms=['none'])"),
    ),
    "archive_unpacked": (
        ("tarfile", "path", "tarfile.open(path).extractall('/srv/data')"),
        ("shutil", "path", "shutil.unpack_archive(path, '/srv/data')"),
    ),
    "opened_to_all": (
        ("os", "path", "os.chmod(path, 0o777)"),
        ("os", "path", "os.chmod(path, 0o666)"),
        ("socket", "port", "socket.create_server(('0.0.0.0', port))"),
    ),
    "guessable_token": (
        ("random", "size", "''.join(random.choice('abcdef0123456789') for _ in range(size))  # session token"),
        ("uuid", "user", "'token-' + str(uuid.uuid1())"),
    ),
    "markup_unsafe": (
        ("markupsafe", "name", "markupsafe.Markup(f'<b>{name}</b>')"),
        ("jinja2", "folder", "jinja2.Environment(loader=folder, autoescape=False)"),
        ("flask", "name", "flask.render_template_string('<b>' + name + '</b>')"),
    ),
    "shell_called": (
        ("os", "path", "os.system('tar xf ' + path)"),
        ("subprocess", "path", "subprocess.check_output('ls ' + path, shell=True)"),
        ("os", "path", "os.popen(f'cat {path}').read()"),
        ("subprocess", "path", "subprocess.Popen(f'rm -rf {path}', shell=True)"),
    ),
    "sql_pasted": (
        ("sqlite3", "name", "sqlite3.connect('a.db').execute('SELECT id FROM users WHERE name = \\'' + name + '\\'')"),
        ("sqlite3", "name", "sqlite3.connect('a.db').execute('DELETE FROM users WHERE name = %s' % name)"),
        ("sqlite3", "name", "sqlite3.connect('a.db').execute('SELECT * FROM t WHERE n = {}'.format(name))"),
    ),
    "xml_outside": (
        ("lxml.etree", "text", "lxml.etree.XMLParser(resolve_entities=True, no_network=False)"),
        ("xml.sax", "stream", "xml.sax.parse(stream, None)"),
    ),
    "secret_logged": (
        ("logging", "password", "logging.info('login with password %s', password)"),
        ("logging", "token", "logging.getLogger(__name__).debug(f'using token {token}')"),
    ),
    "unmarshalled": (
        ("marshal", "payload", "marshal.loads(payload)"),
        ("dill", "payload", "dill.loads(payload)"),
        ("shelve", "path", "shelve.open(path)['user']"),
        ("yaml", "stream", "yaml.unsafe_load(stream)"),
        ("joblib", "path", "joblib.load(path)"),
    ),
    "weak_cipher": (
        ("hashlib", "password", "hashlib.sha1(password.encode()).hexdigest()"),
        ("hashlib", "password", "hashlib.new('md5', password.encode()).hexdigest()"),
        ("Crypto.Cipher.DES", "key", "Crypto.Cipher.DES.new(key, 1)"),
    ),
    "file_foretold": (("tempfile", "name", "tempfile.mktemp(suffix=name)"),),
}


def _planted(rows: tuple[tuple[str, str, str], ...], said: str) -> Operator:
    def operator(source: Source, random: Random) -> Mutant | None:
        if source.is_test or not source.tree.body:
            return None
        module, parameter, call = random.choice(rows)
        value, _, comment = call.partition("  # ")
        note = f"  # {comment}" if comment else ""
        body = f"    return {value}{note}\n" if "setattr" not in value else "    context.verify_mode = ssl.CERT_NONE\n"
        words = f"\n\nimport {module}\n\n\ndef _load_legacy({parameter}):\n{body}"
        text = source.text.rstrip("\n") + "\n" + words
        return Mutant(text, text.count("\n"), said)

    return operator


def comparison_timed(source: Source, random: Random) -> Mutant | None:
    """A comparison in constant time becomes a plain one."""
    calls = [
        node
        for node in source.nodes(ast.Call)
        if ast.unparse(node.func).endswith("compare_digest") and len(node.args) == 2 and not source.is_test
    ]
    call = pick(random, calls)
    if call is None:
        return None
    left, right = (source.segment(one) for one in call.args)
    return Mutant(source.replaced(call, f"({left} == {right})"), call.lineno, "A comparison tells by its time.")


def switch_turned(source: Source, random: Random) -> Mutant | None:
    """A setting that guards is turned off by default."""
    names = ("secure", "httponly", "verify", "autoescape", "check", "strict", "safe", "escape", "validate")
    defaults = [
        default
        for function in source.functions()
        for argument, default in zip(reversed([*function.args.args]), reversed([*function.args.defaults]), strict=False)
        if argument.arg in names and isinstance(default, ast.Constant) and default.value is True
    ]
    default = pick(random, defaults)
    if default is None or source.is_test:
        return None
    return Mutant(source.replaced(default, "False"), default.lineno, "A guard is off by default.")


def escape_dropped(source: Source, random: Random) -> Mutant | None:
    """What was escaped or made safe goes through as it is."""
    names = ("escape", "quote", "safe_join", "secure_filename", "url_quote", "html.escape", "shlex.quote")
    calls = [
        node
        for node in source.nodes(ast.Call)
        if ast.unparse(node.func) in names and len(node.args) == 1 and not source.is_test
    ]
    call = pick(random, calls)
    if call is None:
        return None
    return Mutant(source.replaced(call, source.segment(call.args[0])), call.lineno, "Nothing is escaped any more.")


def password_written(source: Source, random: Random) -> Mutant | None:
    """A password stands in the source."""
    if source.is_test or not source.tree.body:
        return None
    letters = "abcdefghijkmnopqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    made = "".join(random.choice(letters) for _ in range(20))
    forms = (
        f'DB_PASSWORD = "{made}"',
        f'DATABASE_URL = "postgres://admin:{made}@db.internal:5432/app"',
        f'AWS_SECRET_ACCESS_KEY = "{made}{made}"',
        f'client_secret = "{made}"',
        f'SECRET_KEY = "{made}"',
    )
    text = source.text.rstrip("\n") + f"\n\n\n{random.choice(forms)}\n"
    return Mutant(text, text.count("\n"), "A password stands in the source.")


SECURITY: dict[str, Operator] = {
    **{name: _planted(rows, f"{name.replace('_', ' ').capitalize()}.") for name, rows in _SINKS.items()},
    **{one.__name__: one for one in (comparison_timed, switch_turned, escape_dropped, password_written)},
}
