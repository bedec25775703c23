"""A repository made to deceive or to run programs: no program fires, and what is read is true or refused."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
import zlib
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.errors import GitError
from reviewer.git.blame import blame
from reviewer.git.quarantine import Quarantine
from reviewer.git.write import Person, append_note
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HARMLESS = "def pay(amount):\n    return amount\n"
EVIL = "def pay(amount):\n    return amount * 100  # evil\n"


@dataclass
class Scene:
    """A repository whose head is evil, and a program of the attacker's that leaves a mark when it runs."""

    repository: ScriptedRepository
    base: str
    head: str
    program: Path
    mark: Path

    @property
    def fired(self) -> bool:
        return self.mark.exists()

    def provoke(self, *arguments: str) -> None:
        """Run plain git in the repository as a careless tool would, whatever comes of it."""
        try:
            self.repository.git(*arguments)
        except AssertionError:
            assert self.fired, f"git {arguments} failed without running the program"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    repository = ScriptedRepository(tmp_path / "repository")
    base = repository.commit("base", {"pay.py": HARMLESS, "other.txt": "same\n"})
    head = repository.commit("head", {"pay.py": EVIL})
    program = tmp_path / "program"
    mark = tmp_path / "fired"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {shlex.quote(str(mark))}\ncat\nexit 0\n')
    program.chmod(0o755)
    return Scene(repository, base, head, program, mark)


def everything(scene: Scene) -> dict[str, Any]:
    """Read and write all that can be read and written, and return what was read."""
    with Quarantine.of(scene.repository.root) as quarantine:
        read = {
            "head": quarantine.resolve("HEAD"),
            "parent": quarantine.resolve("HEAD~1"),
            "default": quarantine.default_branch(),
            "commits": quarantine.commits(scene.base, scene.head),
            "merge base": quarantine.merge_base(scene.base, "HEAD"),
            "commit": quarantine.commit(scene.head),
            "change": quarantine.change(scene.base, scene.head),
            "diff": quarantine.diff(scene.base, scene.head),
            "blame": blame(quarantine, "HEAD", "pay.py"),
            "files": {path: quarantine.tree("HEAD").read(path) for path in ("pay.py", "other.txt")},
        }
        append_note(quarantine, "refs/notes/reviewer", scene.base, "a note", Person("Ada", "ada@example.org", 0))
    return read


def check_truth(scene: Scene, read: dict[str, Any]) -> None:
    assert (read["head"], read["parent"], read["merge base"]) == (scene.head, scene.base, scene.base)
    assert read["commits"] == (scene.head,)
    assert read["commit"].parents == (scene.base,)
    assert read["files"] == {"pay.py": EVIL.encode(), "other.txt": b"same\n"}
    (entry,) = (entry for entry in read["change"] if entry.path == b"pay.py")
    assert entry.old == hashlib.sha256(HARMLESS.encode()).hexdigest()
    assert entry.new == hashlib.sha256(EVIL.encode()).hexdigest()
    assert b"-    return amount\n+    return amount * 100  # evil\n" in read["diff"]
    assert [line.commit for line in read["blame"]] == [scene.base, scene.head]


def all_hooks(scene: Scene) -> list[str]:
    for name in ("reference-transaction", "post-checkout", "post-index-change", "pre-auto-gc", "post-commit"):
        hook = scene.repository.git_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_bytes(scene.program.read_bytes())
        hook.chmod(0o755)
    return ["update-ref", "refs/heads/provoked", "HEAD"]


def hooks_path(scene: Scene) -> list[str]:
    all_hooks(scene)
    (scene.repository.git_dir / "hooks").rename(scene.repository.git_dir / "elsewhere")
    scene.repository.git("config", "core.hooksPath", str(scene.repository.git_dir / "elsewhere"))
    return ["update-ref", "refs/heads/provoked", "HEAD"]


def fsmonitor(scene: Scene) -> list[str]:
    scene.repository.git("config", "core.fsmonitor", str(scene.program))
    return ["status"]


def external_diff(scene: Scene) -> list[str]:
    scene.repository.git("config", "diff.external", str(scene.program))
    return ["diff", scene.base, scene.head]


def external_diff_in_an_included_file(scene: Scene) -> list[str]:
    included = scene.repository.root.parent / "included"
    included.write_text(f"[diff]\n\texternal = {scene.program}\n")
    scene.repository.git("config", "include.path", str(included))
    return ["diff", scene.base, scene.head]


def external_diff_of_the_worktree(scene: Scene) -> list[str]:
    scene.repository.git("config", "extensions.worktreeConfig", "true")
    scene.repository.git("config", "--worktree", "diff.external", str(scene.program))
    return ["diff", scene.base, scene.head]


def textconv(scene: Scene) -> list[str]:
    (scene.repository.git_dir / "info").mkdir(exist_ok=True)
    (scene.repository.git_dir / "info/attributes").write_text("*.py diff=evil\n")
    scene.repository.git("config", "diff.evil.textconv", str(scene.program))
    return ["log", "-p", "-1"]


def diff_driver(scene: Scene) -> list[str]:
    (scene.repository.git_dir / "info").mkdir(exist_ok=True)
    (scene.repository.git_dir / "info/attributes").write_text("*.py diff=evil\n")
    scene.repository.git("config", "diff.evil.command", str(scene.program))
    return ["diff", scene.base, scene.head]


def clean_filter(scene: Scene) -> list[str]:
    (scene.repository.git_dir / "info").mkdir(exist_ok=True)
    (scene.repository.git_dir / "info/attributes").write_text("*.py filter=evil\n")
    for name in ("clean", "smudge", "process"):
        scene.repository.git("config", f"filter.evil.{name}", str(scene.program))
    return ["hash-object", "pay.py"]


def signature_program(scene: Scene) -> list[str]:
    scene.repository.git("config", "gpg.program", str(scene.program))
    scene.repository.git("config", "log.showSignature", "true")
    raw = scene.repository.git("cat-file", "commit", scene.head)
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----"
    headers, _, message = raw.partition("\n\n")
    signed = f"{headers}\n{signature}\n\n{message}\n"
    scene.head = scene.repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.encode())
    scene.repository.git("reset", "-q", "--soft", scene.head)
    return ["log", "-1"]


@pytest.mark.parametrize(
    "attack",
    [
        all_hooks,
        hooks_path,
        fsmonitor,
        external_diff,
        external_diff_in_an_included_file,
        external_diff_of_the_worktree,
        textconv,
        diff_driver,
        clean_filter,
        signature_program,
    ],
)
def test_no_program_of_the_repository_runs(scene: Scene, attack: Callable[[Scene], list[str]]) -> None:
    provocation = attack(scene)
    check_truth(scene, everything(scene))
    assert not scene.fired, scene.mark.read_text()
    scene.provoke(*provocation)
    assert scene.fired, "the attack has to be real, or this test shows nothing"


def replace_blob(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    git = scene.repository.git
    git("replace", git("rev-parse", f"{scene.head}:pay.py"), git("rev-parse", f"{scene.base}:pay.py"))
    assert git("show", "HEAD:pay.py") == HARMLESS.rstrip("\n"), "plain git is deceived"


def replace_commit(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    scene.repository.git("replace", "--graft", scene.head)
    assert scene.repository.git("rev-list", "--count", "HEAD") == "1", "plain git is deceived"


def graft_file(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    (scene.repository.git_dir / "info").mkdir(exist_ok=True)
    (scene.repository.git_dir / "info/grafts").write_text(f"{scene.head}\n")
    assert scene.repository.git("rev-list", "--count", "HEAD") == "1", "plain git is deceived"


def shallow_file(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    (scene.repository.git_dir / "shallow").write_text(f"{scene.head}\n")
    assert scene.repository.git("rev-list", "--count", "HEAD") == "1", "plain git is deceived"


def attributes_of_the_folder(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    (scene.repository.git_dir / "info").mkdir(exist_ok=True)
    (scene.repository.git_dir / "info/attributes").write_text("*.py -diff\n")
    assert "Binary files" in scene.repository.git("diff", scene.base, scene.head), "plain git is deceived"


def committed_attributes(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    scene.head = scene.repository.commit("attributes", {".gitattributes": "*.py -diff\n* export-ignore\n"})
    scene.repository.git("reset", "-q", "--soft", scene.base)
    scene.head = scene.repository.commit("head")
    assert "Binary files" in scene.repository.git("diff", scene.base, scene.head), "plain git is deceived"


def settings_of_the_repository(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    for key, value in {
        "diff.context": "0",
        "diff.noprefix": "true",
        "diff.orderFile": "/dev/zero",
        "core.abbrev": "4",
        "blame.ignoreRevsFile": str(scene.repository.root / "ignored"),
        "core.bigFileThreshold": "1",
    }.items():
        scene.repository.git("config", key, value)
    (scene.repository.root / "ignored").write_text(f"{scene.head}\n")
    (scene.repository.root / "ignored").unlink()


def commit_graph(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    git = scene.repository.git
    git("commit-graph", "write", "--reachable")
    graph = scene.repository.git_dir / "objects/info/commit-graph"
    evil, harmless = (bytes.fromhex(git("rev-parse", f"{commit}^{{tree}}")) for commit in (scene.head, scene.base))
    forged = graph.read_bytes()[:-20].replace(evil, harmless)
    graph.chmod(0o644)
    graph.write_bytes(forged + hashlib.sha1(forged, usedforsecurity=False).digest())
    assert git("diff", scene.base, scene.head) == "", "plain git is deceived"


def environment_of_a_hook(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    decoy = ScriptedRepository(scene.repository.root.parent / "decoy")
    decoy.commit("decoy", {"pay.py": HARMLESS})
    for name in ("GIT_DIR", "GIT_COMMON_DIR"):
        patch.setenv(name, str(decoy.git_dir))
    patch.setenv("GIT_OBJECT_DIRECTORY", str(decoy.git_dir / "objects"))
    patch.setenv("GIT_WORK_TREE", str(decoy.root))
    patch.setenv("GIT_INDEX_FILE", str(decoy.git_dir / "index"))
    patch.setenv("GIT_EXTERNAL_DIFF", str(scene.program))
    patch.setenv("GIT_NAMESPACE", "decoy")
    patch.setenv("GIT_FLUSH", "0")
    patch.setenv("GIT_CONFIG_PARAMETERS", f"'diff.external'='{scene.program}'")


@pytest.mark.parametrize(
    "attack",
    [
        replace_blob,
        replace_commit,
        graft_file,
        shallow_file,
        attributes_of_the_folder,
        committed_attributes,
        settings_of_the_repository,
        commit_graph,
        environment_of_a_hook,
    ],
)
def test_what_is_read_stays_true(
    scene: Scene, attack: Callable[[Scene, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    attack(scene, monkeypatch)
    check_truth(scene, everything(scene))
    assert not scene.fired


def forge(scene: Scene, oid: str, kind: str, content: bytes) -> None:
    """Put other bytes under an object's id, as a loose object."""
    path = scene.repository.path_of(oid)
    path.chmod(0o644)
    path.write_bytes(zlib.compress(f"{kind} {len(content)}\0".encode() + content))


def forged_blob(scene: Scene) -> None:
    git = scene.repository.git
    forge(scene, git("rev-parse", f"{scene.head}:pay.py"), "blob", HARMLESS.encode())
    assert git("show", "HEAD:pay.py") == HARMLESS.rstrip("\n"), "plain git is deceived"


def forged_tree(scene: Scene) -> None:
    git = scene.repository.git
    entries = [git("ls-tree", f"{scene.base}").split()[2::4], [b"other.txt", b"pay.py"]]
    content = b"".join(b"100644 " + n + b"\0" + bytes.fromhex(o) for o, n in zip(*entries, strict=True))
    forge(scene, git("rev-parse", f"{scene.head}^{{tree}}"), "tree", content)
    assert git("diff", scene.base, scene.head) == "", "plain git is deceived"


def forged_commit(scene: Scene) -> None:
    git = scene.repository.git
    raw = git("cat-file", "commit", scene.head)
    orphan = "\n".join(line for line in raw.split("\n") if not line.startswith("parent"))
    forge(scene, scene.head, "commit", orphan.encode() + b"\n")
    assert git("rev-list", "--count", "HEAD") == "1", "plain git is deceived"


def forged_pack_index(scene: Scene) -> None:
    git = scene.repository.git
    names = [bytes.fromhex(git("rev-parse", f"{commit}:pay.py")) for commit in (scene.base, scene.head)]
    git("-c", "pack.window=0", "repack", "-q", "-a", "-d", "-f", "--window=0")
    git("prune-packed")
    (index,) = (scene.repository.git_dir / "objects/pack").glob("*.idx")
    data = bytearray(index.read_bytes())
    count = int.from_bytes(data[8 + 255 * 4 : 8 + 256 * 4])
    table = 8 + 256 * 4
    at = [(data.index(name, table) - table) // 20 for name in names]
    offsets = table + count * 24
    slots = [slice(offsets + 4 * place, offsets + 4 * place + 4) for place in at]
    data[slots[0]], data[slots[1]] = data[slots[1]], data[slots[0]]
    index.chmod(0o644)
    index.write_bytes(data[:-20] + hashlib.sha1(data[:-20], usedforsecurity=False).digest())
    assert git("show", "HEAD:pay.py") == HARMLESS.rstrip("\n"), "plain git is deceived"


@pytest.mark.parametrize("attack", [forged_blob, forged_tree, forged_commit, forged_pack_index])
def test_an_object_whose_bytes_are_not_its_own_is_refused(scene: Scene, attack: Callable[[Scene], None]) -> None:
    attack(scene)
    with Quarantine.of(scene.repository.root) as quarantine:
        for question in (
            lambda: quarantine.change(scene.base, scene.head),
            lambda: quarantine.diff(scene.base, scene.head),
            lambda: blame(quarantine, scene.head, "pay.py"),
        ):
            with pytest.raises(GitError, match=r"does not hash to its id|is damaged"):
                question()
    if attack is forged_commit:
        with Quarantine.of(scene.repository.root) as quarantine, pytest.raises(GitError):
            quarantine.resolve("HEAD~1")


def test_a_forged_version_in_the_middle_of_history_does_not_change_the_owner(scene: Scene) -> None:
    last = scene.repository.commit("unrelated", {"other.txt": "changed\n"})
    oid = scene.repository.git("rev-parse", f"{scene.head}:pay.py")
    again = scene.repository.commit("again", {"pay.py": EVIL + "# more\n"})
    forge(scene, oid, "blob", (EVIL + "# more\n").encode())
    assert scene.repository.git("blame", "-s", "--abbrev=39", "HEAD", "pay.py").count(scene.head) == 2, "deceived"
    with Quarantine.of(scene.repository.root) as quarantine:
        with pytest.raises(GitError, match="does not hash to its id"):
            blame(quarantine, again, "pay.py")
        assert blame(quarantine, last, "other.txt")[0].commit == last


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        ("object", "is no plain file"),
        ("objects/info/alternates", "is no plain file"),
        ("objects/pack/pack-1.idx", "is no plain file"),
        ("HEAD", "no git repository"),
        ("packed-refs", None),
        ("config", None),
    ],
)
def test_a_pipe_in_the_place_of_a_file_does_not_hang(scene: Scene, place: str, refusal: str | None) -> None:
    path = scene.repository.git_dir / place
    if place == "object":
        path = scene.repository.path_of(scene.repository.git("rev-parse", f"{scene.head}:pay.py"))
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    expected = pytest.raises(GitError, match=refusal) if refusal else nullcontext()
    with expected, Quarantine.of(scene.repository.root) as quarantine:
        assert quarantine.diff(scene.base, scene.head)


def test_a_submodule_cannot_be_hidden(scene: Scene) -> None:
    repository = scene.repository
    repository.submodules["lib"] = "1" * 40
    settings = '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n'
    base = repository.commit("with submodule", {".gitmodules": settings})
    repository.submodules["lib"] = "2" * 40
    head = repository.commit("bump")
    assert repository.git("diff", base, head) == "", "plain git is deceived"
    with Quarantine.of(repository.root) as quarantine:
        assert [entry.new for entry in quarantine.change(base, head)] == ["gitlink:" + "2" * 40]
        assert b"-Subproject commit 1111" in quarantine.diff(base, head)


def test_a_program_called_git_in_the_repository_is_not_taken_for_git(scene: Scene) -> None:
    (scene.repository.root / "git").write_bytes(scene.program.read_bytes())
    (scene.repository.root / "git").chmod(0o755)
    program = (
        "from pathlib import Path\nfrom reviewer.git.quarantine import Quarantine\n"
        "from reviewer.git.identity import read_identity\nread_identity()\n"
        f"print(len(Quarantine.of(Path('.')).diff({scene.base!r}, {scene.head!r})))\n"
    )
    environment = scene.repository.environment | {"PATH": f".::{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=scene.repository.root, env=environment, capture_output=True, check=True
    )
    assert int(done.stdout) > 0
    assert not scene.fired


def test_the_repository_is_left_as_it_was(scene: Scene) -> None:
    def snapshot() -> dict[str, tuple[int, bytes]]:
        files = (path for path in scene.repository.root.rglob("*") if path.is_file())
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    before = snapshot()
    with Quarantine.of(scene.repository.root) as quarantine:
        quarantine.diff(scene.base, scene.head)
        blame(quarantine, "HEAD", "pay.py")
    assert snapshot() == before
