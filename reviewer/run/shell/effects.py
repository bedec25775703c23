"""What a command line does that no diff shows: installs, pushes, migrations, containers, services, processes.

Pure: the steps of a line in, kinds out. Whether it took effect is not told here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.effect_names import ALONE, BARE_INSTALL, BY_SUBCOMMAND, RUNS_SCRIPT, effect
from reviewer.run.shell.shown import git_command
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.shell.effect_names import What
    from reviewer.run.shell.steps import Step

MAX_EFFECTS = 50
_MAX_TEXT = 300


def effects(step: Step) -> list[tuple[What, str]]:
    """Return what a step does outside the diff, with its words; mostly nothing."""
    found = _found(step)
    if found is not None:
        return [(found, _text(step))]
    if step.part.after == "&" and step.name and step.name not in _NO_SERVERS:
        return [("process", _text(step, " &"))]
    if step.part.words[:1] in {("nohup",), ("setsid",)}:
        return [("process", _text(step))]
    return []


_NO_SERVERS = frozenset(("cd", "echo", "wait", "sleep", "true"))


def _text(step: Step, end: str = "") -> str:
    return (" ".join(step.words)[:_MAX_TEXT] + end).replace("\n", " ")


def _found(step: Step) -> What | None:
    name, args = step.name, step.args
    special = _SPECIAL.get(name)
    if special is not None:
        return special(step)
    if name in ALONE:
        return ALONE[name]
    table = BY_SUBCOMMAND.get(name)
    if table is None or not _ASKS_ONLY.isdisjoint(args):
        return None
    return _by_subcommand(table, step)


_ASKS_ONLY = frozenset(("--dry-run", "--help", "-h", "--version"))


def _by_subcommand(table: dict[str, What], step: Step) -> What | None:
    name, args = step.name, step.args
    plain = [word for word in args if not word.startswith("-")][:6]
    for index, word in enumerate(plain):
        if word in RUNS_SCRIPT and word not in table:
            return None
        if word in table:
            return table[word]
        pair = f"{word}-{plain[index + 1]}" if index + 1 < len(plain) else ""
        if pair in table:
            return table[pair]
        if index > 1:
            break
    return "install" if name in BARE_INSTALL and not plain and "-v" not in args else None


def _script(step: Step) -> What | None:
    """Return what a known script does: `python manage.py migrate`, `php artisan migrate`."""
    label = step.args[0].replace("\\", "/").rsplit("/", 1)[-1]
    if label == "setup.py" and len(step.args) > 1 and step.args[1] in {"install", "develop"}:
        return "install"
    table = BY_SUBCOMMAND.get(label)
    return table.get(step.args[1]) if table is not None and len(step.args) > 1 else None


_GIT: dict[str, What] = {
    **effect("git", "commit stash rebase merge cherry-pick revert tag am reset clean worktree gc filter-branch "
             "filter-repo update-ref submodule init remote notes pull branch switch checkout config"),
    "push": "push",
}  # fmt: skip
_LOOKS = {
    # Forms of those that only look.
    "stash": frozenset(("list", "show")),
    "tag": frozenset(("-l", "--list", "--contains", "--points-at", "-n", "--sort", "--merged", "-v")),
    "worktree": frozenset(("list",)),
    "submodule": frozenset(("status", "foreach", "summary")),
    "remote": frozenset(("-v", "show", "get-url", "--verbose")),
    "notes": frozenset(("show", "list")),
    "config": frozenset(("--get", "--list", "-l", "--get-all", "--get-regexp", "get", "list")),
    "branch": names(
        "--list -l -a -r -v -vv --show-current --contains --merged --no-merged --all --sort --format -av -avv"
    ),
    "clean": frozenset(("-n", "--dry-run", "-nd", "-ndx")),
    "rebase": frozenset(("--show-current-patch",)),
}


def _git(step: Step) -> What | None:
    sub, rest, _ = git_command(step)
    what = _GIT.get(sub)
    if what is None or "--dry-run" in rest or "--help" in rest:
        return None
    if sub == "push":
        return what
    looks = _LOOKS.get(sub)
    if looks is not None and any(word.split("=", 1)[0] in looks for word in rest):
        return None
    plain = [word for word in rest if not word.startswith("-")]
    if sub in {"tag", "remote", "branch", "submodule", "worktree", "notes"} and not plain:
        return None
    if sub == "config":
        # One word alone asks for a value.
        return what if len(plain) > 1 or {"--unset", "--unset-all", "--edit", "-e"} & set(rest) else None
    if sub == "reset":
        return what if {"--hard", "--soft", "--mixed", "--merge", "--keep"} & set(rest) or _is_revision(plain) else None
    if sub == "checkout":
        # Files are edits; a branch is an effect.
        made = {"-b", "-B", "--orphan", "-t", "--detach"} & set(rest)
        return what if made or (len(plain) == 1 and "--" not in rest and "." not in plain[0]) else None
    return what


def _is_revision(plain: list[str]) -> bool:
    return bool(plain) and re.match(r"HEAD|ORIG_HEAD|[0-9a-f]{7,40}$|origin/", plain[0]) is not None


_GH_WRITES = names(
    "create merge close reopen edit comment delete review upload ready sync fork rename archive set add enable disable "
    "run rerun cancel lock unlock transfer pin unpin deploy-key import"
)


def _gh(step: Step) -> What | None:
    plain = [word for word in step.args if not word.startswith("-")]
    if plain[:1] == ["api"]:
        return _api(step)
    if len(plain) > 1 and plain[1] in _GH_WRITES and plain[0] not in {"auth", "config", "alias", "extension"}:
        return (
            "push"
            if plain[0] in {"pr", "mr", "release", "repo"} and plain[1] in {"create", "merge", "upload", "fork"}
            else "network_write"
        )
    return None


def _api(step: Step) -> What | None:
    method = _method(step.args, frozenset(("-X", "--method")))
    if method is not None:
        return None if method in {"GET", "HEAD"} else "network_write"
    return "network_write" if {"-f", "-F", "--field", "--raw-field", "--input"} & set(step.args) else None


def _method(args: tuple[str, ...], options: frozenset[str]) -> str | None:
    for index, word in enumerate(args):
        if word in options and index + 1 < len(args):
            return args[index + 1].upper()
        option, sign, value = word.partition("=")
        if sign and option in options:
            return value.upper()
        if word[:2] == "-X" and len(word) > 2 and "-X" in options:
            return word[2:].upper()
    return None


_CURL_SENDS = names(
    "-d --data --data-raw --data-binary --data-urlencode --data-ascii -F --form --form-string -T --upload-file --json"
)


def _curl(step: Step) -> What | None:
    method = _method(step.args, frozenset(("-X", "--request")))
    if method is not None and method not in {"GET", "HEAD", "OPTIONS"}:
        return "network_write"
    sends = any(word.split("=", 1)[0] in _CURL_SENDS or word[:2] in {"-d", "-F", "-T"} for word in step.args)
    asks = {"-G", "--get", "-I", "--head"} & set(step.args)
    return "network_write" if sends and method is None and not asks else None


def _wget(step: Step) -> What | None:
    sends = any(word.startswith(("--post-data", "--post-file", "--body-data", "--body-file")) for word in step.args)
    method = _method(step.args, frozenset(("--method",)))
    return "network_write" if sends or method not in {None, "GET", "HEAD"} else None


def _httpie(step: Step) -> What | None:
    plain = [word for word in step.args if not word.startswith("-")]
    return "network_write" if plain and plain[0].upper() in {"POST", "PUT", "DELETE", "PATCH"} else None


def _web_request(step: Step) -> What | None:
    method = _method(tuple(word.lower() for word in step.args), frozenset(("-method",)))
    return "network_write" if method not in {None, "GET", "HEAD"} else None


_AWS_WRITES = re.compile(
    r"(?:create|put|delete|update|run|start|stop|terminate|deploy|publish|send|invoke|attach|modify|cp|mv|rm|sync|mb|rb)\b"
)


def _cloud(step: Step) -> What | None:
    plain = [word for word in step.args if not word.startswith("-")]
    return "network_write" if any(_AWS_WRITES.match(word) for word in plain[1:4]) else None


def _copies_away(step: Step) -> What | None:
    """Return whether `scp` or `rsync` writes to another machine."""
    plain = [word for word in step.args if not word.startswith("-")]
    return "network_write" if len(plain) > 1 and re.match(r"(?:[\w.-]+@)?[\w.-]{2,}:", plain[-1]) else None


_SQL_WRITES = re.compile(
    r"\b(?:insert\s+into|update\s+\S{1,80}\s+set|delete\s+from|create\s+(?:table|database|index|user|role|schema|view)"
    r"|drop\s+\w|alter\s+\w|truncate\s|grant\s|revoke\s|replace\s+into)",
    re.IGNORECASE,
)


def _database(step: Step) -> What | None:
    args = step.args
    if step.name in {"psql", "mysql", "mariadb", "sqlcmd"} and ("-f" in args or "-i" in args or _fed(step)):
        return "migration"
    text = " ".join(args)[:20_000] + (step.part.document or "")[:20_000]
    return "migration" if _SQL_WRITES.search(text) else None


def _fed(step: Step) -> bool:
    return any(redirect[:1] == "<" and redirect[1:2] != "<" for redirect in step.part.redirects)


def _service(step: Step) -> What | None:
    plain = [word for word in step.args if not word.startswith("-")]
    return "service" if len(plain) > 1 and plain[1] != "status" else None


def _crontab(step: Step) -> What | None:
    return None if {"-l"} & set(step.args) else "service"


def _migrate(step: Step) -> What | None:
    return "migration" if {"up", "down", "force", "goto", "drop"} & set(step.args) else None


def _of_script(step: Step) -> What | None:
    return _script(step) if step.args else None


_SPECIAL: dict[str, Callable[[Step], What | None]] = {
    "git": _git,
    "gh": _gh,
    "glab": _gh,
    "curl": _curl,
    "wget": _wget,
    **dict.fromkeys(("http", "https", "httpie", "xh"), _httpie),
    **dict.fromkeys(("invoke-webrequest", "invoke-restmethod"), _web_request),
    **dict.fromkeys(("aws", "az", "gsutil"), _cloud),
    **dict.fromkeys(("scp", "rsync", "sftp"), _copies_away),
    **dict.fromkeys(("psql", "mysql", "mariadb", "sqlite3", "sqlcmd", "duckdb"), _database),
    "service": _service,
    "crontab": _crontab,
    "migrate": _migrate,
    **dict.fromkeys(("php", "ruby", "python"), _of_script),
}


def makes_commit(step: Step) -> bool:
    """Return whether a step makes a commit."""
    if step.name == "git":
        sub, rest, _ = git_command(step)
        return sub in _COMMITS and not {"--dry-run", "--abort", "--no-commit", "-n", "--quit"} & (
            set(rest) - ({"-n"} if sub == "commit" else set())
        )
    return step.name in {"hg", "jj", "sl", "svn"} and step.args[:1] == ("commit",)


_COMMITS = frozenset(("commit", "revert", "cherry-pick", "am"))
COMMITTERS = frozenset(("git", "hg", "jj", "sl", "svn"))
EFFECTIVE = frozenset((*BY_SUBCOMMAND, *ALONE, *_SPECIAL))
"""Programs that may have an effect outside the diff."""
