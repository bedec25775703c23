"""The demo: a scratch repository, a throw-away key and a real packet, all in one temporary folder.

Nothing outside that folder is read or written: git runs without the person's configuration, and the key is made for
this folder alone. The change and the run come from a scenario that ships with the program.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tomli_w

from reviewer import ledger
from reviewer.approval.statement import NAMESPACE
from reviewer.git.repository import find_repository
from reviewer.git.scratch import Commit, make_repository
from reviewer.paths import resource_dir
from reviewer.signing.throwaway import make_key
from reviewer.workflow.pack import PackRequest, pack

if TYPE_CHECKING:
    from collections.abc import Callable

PERSON = "Demo Reviewer"
ADDRESS = "demo@reviewer.example"
AUTHOR = ("Sam Example", "sam@example.org")
"""Who ran the agent: not the reviewer, since nobody should approve their own change."""
AGENT_TIME = 1_772_447_000
BASE_TIME = AGENT_TIME - 86_400


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made, and where.

    Attributes:
        folder: everything is in here.
        repository: a git repository with a base commit on `main` and the agent's commit on a branch.
        session: the agent's log, in the format that Claude Code writes.
        packet: made from the two.
        key, allowed_signers: a throw-away key, and the file that lets it approve.
    settings: a configuration folder that says so; used in place of the person's own while the demo is open.
    state: a state folder, likewise.
    """

    folder: Path
    repository: Path
    session: Path
    packet: Path
    key: Path
    allowed_signers: Path
    settings: Path
    state: Path


def make_demo(scenario: str = "refresh-skew", *, folder: Path | None = None, say: Callable[[str], None]) -> Demo:
    """Make the demo from one of the shipped scenarios.

    Args:
        scenario: a folder of `packets/scenarios`.
        folder: where to make it, empty or missing; a new temporary folder by default.
        say: told each thing as it is made, one line each.

    Raises:
        ReviewerError: git or ssh-keygen is missing or fails, in one sentence.
    """
    source = resource_dir("packets") / "scenarios" / scenario
    # git runs elsewhere than the person stands, so a relative name would lead it astray.
    place = Path(tempfile.mkdtemp(prefix="reviewer-demo-")) if folder is None else folder.absolute()
    place.mkdir(parents=True, exist_ok=True)
    say(f"folder       {place}")
    repository = place / "repository"
    message = (source / "commit.txt").read_text(encoding="utf-8")
    base, head = make_repository(
        repository,
        (
            Commit(files=_files(source / "base"), message="Start here\n", author=AUTHOR, time=BASE_TIME),
            Commit(files=_files(source / "head"), message=message, author=AUTHOR, time=AGENT_TIME),
        ),
        branch=f"agent/{scenario}",
    )
    say(f"repository   {repository}  (main {base[:8]}, agent/{scenario} {head[:8]})")
    session = place / "session.jsonl"
    shutil.copyfile(source / "session.jsonl", session)
    say(f"agent's log  {session}")
    task = place / "task.toml"
    shutil.copyfile(source / "task.toml", task)
    key = make_key(place / "key", comment=ADDRESS)
    signers = place / "allowed_signers"
    public = key.with_name(f"{key.name}.pub").read_text(encoding="ascii").split()
    signers.write_text(f'{ADDRESS} namespaces="{NAMESPACE}" {public[0]} {public[1]}\n', encoding="ascii")
    say(f"key          {key}  (throw-away; {signers.name} lets it approve)")
    ledger.init(find_repository(repository))
    made = pack(PackRequest(repository=repository, revision=f"{base}..{head}", sessions=(session,), task=task))
    say(f"packet       {made.path}")
    settings = place / "config"
    _write_settings(settings, key, signers)
    return Demo(place, repository, session, made.path, key, signers, settings, place / "state")


def _write_settings(folder: Path, key: Path, signers: Path) -> None:
    folder.mkdir()
    tables = {
        "reviewer": {"name": PERSON, "email": ADDRESS},
        "signing": {"key": str(key), "allowed_signers": str(signers)},
    }
    (folder / "config.toml").write_bytes(tomli_w.dumps(tables).encode())


def _files(root: Path) -> dict[str, bytes]:
    # An installer compiles every module that it installs, the scenario's too; these files are not part of it.
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
