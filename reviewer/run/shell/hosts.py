"""Which machines a command line names to talk to, and by what way (rule `host-by-command`).

Pure. Only names that stand in the line are told, lower case and without port; of `git push origin` nobody can tell the
machine from the line. The local machine is told like any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.shell.shown import git_command, split_options
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reviewer.run.shell.steps import Step

MAX_HOSTS = 50
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://(?:[^\s/@'\"<>]{0,200}@)?(\[[0-9a-fA-F:.]{2,60}\]|[\w.-]{1,253})")
_SCP = re.compile(r"(?:[\w.-]{1,80}@)([\w.-]{1,253}):(?!\d+(?:/|$))|([\w-]{1,63}(?:\.[\w-]{1,63})+):[\w~/.]")
_NAME = re.compile(
    r"(?:[\w.-]{1,80}@)?(\[[0-9a-fA-F:.]{2,60}\]|[\w-]{1,63}(?:\.[\w-]{1,63})*)(?::\d{1,5})?(?:[/?#].*)?", re.DOTALL
)
_REGISTRY = re.compile(r"([\w-]{1,63}(?:\.[\w-]{1,63})+(?::\d{1,5})?|localhost(?::\d{1,5})?)/")
_TALKS = re.compile(
    r"requests|urllib|httpx|aiohttp|fetch\(|axios|http\.client|net/http|Net::HTTP|https?\.get|WebClient|Connection\(|socket"
)
_CURL_VALUES = names(
    "-H --header -d --data --data-raw --data-binary --data-urlencode -o --output -X --request -u --user -A "
    "--user-agent -b --cookie -c --cookie-jar -e --referer -F --form -m --max-time -w --write-out -T --upload-file "
    "--json --cert "
    "--key --cacert --connect-timeout --retry --retry-delay -K --config -x --proxy -r --range -O- --output-document "
    "--method --body-data --post-data --timeout --tries -P --directory-prefix -t -T"
)
_SSH_VALUES = names("-p -i -o -l -L -R -D -F -J -P -c -e -m -b -E -W -B -S -w")


def hosts(step: Step) -> Iterable[tuple[str, str]]:
    """Return (machine, way) of each that a step names."""
    finder = _FINDERS.get(step.name)
    return [(host.lower().rstrip("."), way) for host, way in finder(step) if host] if finder is not None else ()


def _urls(words: Iterable[str], way: str) -> list[tuple[str, str]]:
    return [(host.strip("[]"), way) for word in words if "://" in word for host in _URL.findall(word[:20_000])]


def _bare(word: str) -> str:
    match = _NAME.fullmatch(word)
    return match.group(1).strip("[]") if match is not None else ""


def _web(step: Step) -> list[tuple[str, str]]:
    plain, options = split_options(step.args, _CURL_VALUES if step.name == "curl" else _CURL_VALUES | {"-O"})
    named = [*plain, options.get("--url", ""), options.get("-x", ""), options.get("--proxy", "")]
    found = _urls(named, step.name)
    # `curl localhost:3000/x` has no scheme.
    return found + [(_bare(word), step.name) for word in plain if "://" not in word and _is_host(word)]


def _is_host(word: str) -> bool:
    name = _bare(word)
    return bool(name) and ("." in name or ":" in word or name == "localhost") and not word.startswith((".", "/", "@"))


def _httpie(step: Step) -> list[tuple[str, str]]:
    plain = [word for word in step.args if not word.startswith("-")]
    if plain and plain[0].isupper():
        plain = plain[1:]
    if not plain:
        return []
    word = f"localhost{plain[0]}" if plain[0].startswith((":", "/")) else plain[0]
    return _urls([word], step.name) or [(_bare(word), step.name)]


def _git(step: Step) -> list[tuple[str, str]]:
    sub, rest, _ = git_command(step)
    if sub not in {"clone", "push", "fetch", "pull", "ls-remote", "remote", "submodule", "archive"}:
        return []
    return _remote(rest, f"git {sub}")


def _remote(words: Iterable[str], way: str) -> list[tuple[str, str]]:
    found = _urls(words, way)
    for word in words:
        if "://" not in word and (match := _SCP.match(word)) is not None:
            found.append((match.group(1) or match.group(2), way))
    return found


def _ssh(step: Step) -> list[tuple[str, str]]:
    plain, _ = split_options(step.args, _SSH_VALUES)
    return _urls(plain[:1], step.name) or [(_bare(word), step.name) for word in plain[:1] if "=" not in word]


def _copy(step: Step) -> list[tuple[str, str]]:
    plain, _ = split_options(step.args, _SSH_VALUES)
    found = _urls(plain, step.name)
    for word in plain:
        machine, sign, _path = word.partition(":")
        if sign and "://" not in word and len(machine) > 1 and "/" not in machine:
            found.append((_bare(machine), step.name))
    return found


def _packages(step: Step) -> list[tuple[str, str]]:
    """Return the machines that an installer is told to take packages from, and those in its URLs."""
    found = _urls(step.args, step.name)
    for word in step.args:
        if word.startswith("git@"):
            found += _remote([word], step.name)
    return found


def _images(step: Step) -> list[tuple[str, str]]:
    plain = [word for word in step.args if not word.startswith("-")]
    found = _urls([word for word in plain if word.startswith(("http://", "https://", "oci://"))], step.name)
    if plain[:1] == ["login"]:
        return found + [(_bare(word), "docker login") for word in plain[1:2] if "." in word or ":" in word]
    if plain[:1] in (["pull"], ["push"], ["run"], ["tag"], ["image"]):
        for word in plain[1:]:
            if (match := _REGISTRY.match(word)) is not None:
                found.append((match.group(1).split(":", 1)[0], f"{step.name} {plain[0]}"))
    return found


def _first(step: Step) -> list[tuple[str, str]]:
    plain, _ = split_options(step.args, names("-c -W -i -w -p -s -t -n -m -q -x -P -X"))
    words = [word for word in plain if not word.startswith(("@", "+")) and not word.isdigit()]
    return [(_bare(word), step.name) for word in words[:1]]


def _database(step: Step) -> list[tuple[str, str]]:
    found = _urls(step.args, step.name)
    for index, word in enumerate(step.args):
        if word in {"-h", "--host", "-H", "-S"} and index + 1 < len(step.args):
            found.append((_bare(step.args[index + 1]), step.name))
        elif word.startswith(("--host=", "host=")):
            found.append((_bare(word.split("=", 1)[1].split(" ", 1)[0]), step.name))
        elif word.startswith("-h") and len(word) > 3 and step.name in {"mysql", "mysqldump", "mariadb"}:
            found.append((_bare(word[2:]), step.name))
    return found


def _hub(step: Step) -> list[tuple[str, str]]:
    _, options = split_options(step.args, frozenset(("--hostname", "-R", "--repo")))
    named = options.get("--hostname", "")
    found = _urls([word for word in step.args if word.startswith(("http://", "https://"))], step.name)
    local = not step.args or step.args[0] in {"--version", "version", "help", "config", "alias", "completion"}
    if named or (not found and not local and step.name == "gh"):
        found.append((named or "github.com", step.name))
    return found


def _cloud(step: Step) -> list[tuple[str, str]]:
    return _urls(step.args, step.name)


def _script(step: Step) -> list[tuple[str, str]]:
    """Return the machines in the URLs of a script that talks to the network by itself."""
    texts = [step.part.document or "", *step.args]
    for text in texts:
        if "://" in text and _TALKS.search(text[:65_536]) is not None:
            return _urls([text[:65_536]], step.name)[:20]
    return []


def _request(step: Step) -> list[tuple[str, str]]:
    found = _urls(step.args, step.name)
    if not found:
        plain = [word for word in step.args if not word.startswith("-")]
        found = [(_bare(word), step.name) for word in plain[:1] if _is_host(word)]
    return found


_FINDERS: dict[str, Callable[[Step], list[tuple[str, str]]]] = {
    **dict.fromkeys(("curl", "wget", "aria2c"), _web),
    **dict.fromkeys(("http", "https", "httpie", "xh"), _httpie),
    **dict.fromkeys(("ssh", "mosh", "sftp", "ssh-copy-id", "autossh", "ssh-keyscan"), _ssh),
    **dict.fromkeys(("scp", "rsync"), _copy),
    **dict.fromkeys(
        names(
            "pip uv poetry pdm pipx npm pnpm yarn bun gem cargo go dotnet nuget conda mamba twine composer brew "
            "pipenv npx deno bundle"
        ),
        _packages,
    ),
    **dict.fromkeys(("docker", "podman", "nerdctl", "skopeo", "helm", "buildah"), _images),
    **dict.fromkeys(
        names("nc ncat netcat telnet ping ping6 traceroute dig nslookup host whois nmap tracert test-connection"),
        _first,
    ),
    **dict.fromkeys(
        names(
            "psql pg_dump pg_restore createdb dropdb mysql mysqldump mariadb mongosh mongo redis-cli sqlcmd cqlsh "
            "pg_isready clickhouse-client mongodump"
        ),
        _database,
    ),
    **dict.fromkeys(("gh", "glab", "hub"), _hub),
    **dict.fromkeys(("aws", "az", "gcloud", "gsutil", "grpcurl", "wscat", "websocat", "svn", "hg", "kubectl"), _cloud),
    **dict.fromkeys(("python", "node", "ruby", "perl", "php", "tsx"), _script),
    **dict.fromkeys(("invoke-webrequest", "invoke-restmethod", "start-bitstransfer", "test-netconnection"), _request),
    "git": _git,
}

CONTACTS = frozenset(_FINDERS)
"""Programs that may name a machine."""
