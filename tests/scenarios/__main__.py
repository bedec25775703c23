"""Make the sessions of the shipped scenarios and the packets in `packets/` anew from the scripts.

Equal scripts give equal bytes, so after a run `git status` shows what a change of the product did to its packets.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.git.scratch import Commit, make_repository
from reviewer.workflow.pack import PackRequest, pack
from tests.scenarios import adversarial, every_finding, refresh_skew, slug_length
from tests.scenarios.tree import Tree

if TYPE_CHECKING:
    from types import ModuleType

PACKETS = Path(__file__).resolve().parent.parent.parent / "packets"
SCENARIOS: dict[str, tuple[ModuleType, int]] = {
    "refresh-skew": (refresh_skew, 1_772_447_000),
    "slug-length": (slug_length, 1_776_155_600),
    "every-finding": (every_finding, 1_778_076_200),
}
"""Name of a scenario to its script and the time of its last commit."""
AUTHOR = ("Sam Example", "sam@example.org")


def main() -> None:
    """Write the sessions and the packets."""
    for name, (module, time) in SCENARIOS.items():
        folder = PACKETS / "scenarios" / name
        base, head = Tree.load(folder / "base"), Tree.load(folder / "head")
        session = module.script(base, head)
        (folder / "session.jsonl").write_bytes(session)
        message = (folder / "commit.txt").read_text(encoding="utf-8")
        build(PACKETS / f"{name}.packet", (base, head), session, (message, time), folder / "task.toml")
    made = adversarial.script(adversarial.BASE, adversarial.HEAD)
    trees = (adversarial.BASE, adversarial.HEAD)
    build(PACKETS / "adversarial.packet", trees, made, (adversarial.MESSAGE, 1_780_315_200), None)


def build(target: Path, trees: tuple[Tree, Tree], session: bytes, commit: tuple[str, int], task: Path | None) -> None:
    """Make a repository and a log in a temporary folder, and pack them.

    Args:
        target: the packet to write.
        trees: the files before and after.
        session: the agent's log.
        commit: message and time (seconds since 1970) of the head commit.
        task: the task contract, if there is one.
    """
    message, time = commit
    with tempfile.TemporaryDirectory(prefix="reviewer-scenarios-") as place:
        repository = Path(place) / "repository"
        commits = (
            Commit(trees[0].files, "Start here\n", AUTHOR, time - 86_400),
            Commit(trees[1].files, message, AUTHOR, time),
        )
        ids = make_repository(repository, commits, branch=f"agent/{target.stem}")
        log = Path(place) / "session.jsonl"
        log.write_bytes(session)
        target.unlink(missing_ok=True)
        request = PackRequest(
            repository=repository, revision=f"{ids[0]}..{ids[1]}", sessions=(log,), task=task, output=target
        )
        print(pack(request).path)


if __name__ == "__main__":
    main()
