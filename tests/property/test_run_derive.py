"""Whatever a run holds, deriving gives rows that name events of it, in time that grows with the run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.packet.manifest import Course, Effect, HostRow, Retry, Session
from reviewer.run.derive.link import Commit, CommitFacts, link
from reviewer.run.derive.patches import same_changes
from reviewer.run.derive.paths import PathMap
from reviewer.run.derive.prose import sentences
from reviewer.run.importers.importer import SessionInfo
from tests.support.run_events import ROOT, RunEvents

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.derive import RunFacts

_CASES = settings(max_examples=150, deadline=None)
_PATHS = st.sampled_from(
    [
        "a.py",
        f"{ROOT}/a.py",
        "src/b.py",
        "../x",
        "/etc/x",
        "C:\\w\\a.py",
        "",
        "~/a.py",
        "$X/a",
        "a/" * 90,
        "\x00",
        "\ud800",
    ]
)
_LINES = st.one_of(
    st.sampled_from(
        ["pytest", "git stash", "git stash pop", "git checkout .", "git commit -m x", "rm -rf src", "npm install",
         "curl x.io", "cd src && pytest | tail", "", "git", "git checkout --", "cd", "cat a.py", "ruff format ."]
    ),
    st.text(max_size=30),
)  # fmt: skip
_STATES = st.sampled_from(
    ["passed", "failed", "denied", "not_run", "cancelled", "running", "not_conclusive", "unknown"]
)
_WORDS = st.one_of(
    st.sampled_from(
        [
            "All tests pass.",
            "I assume it is UTC.",
            "Created `a.py`.",
            "I did not touch any tests.",
            "I ran `pytest`.",
            "```",
        ]
    ),
    st.text(max_size=40),
)
_OPERATIONS = st.sampled_from(["add", "update", "delete", "rename"])
_STEP = st.one_of(
    st.tuples(st.just("edit"), _PATHS, st.sampled_from([True, False, None]), _OPERATIONS),
    st.tuples(st.just("run"), _LINES, _STATES),
    st.tuples(st.sampled_from(["says", "thinks", "prompt", "denial", "question", "plan", "scope"]), _WORDS),
    st.tuples(st.sampled_from(["read", "search"]), _PATHS),
    st.tuples(st.sampled_from(["agent", "session"]), st.integers(1, 3)),
)  # fmt: skip


def _edit(run: RunEvents, path: str, applied: bool | None, op: str) -> None:  # noqa: FBT001 - as it is drawn
    run.edit(path, applied=applied, op=op, derived=path == "src/b.py", refused="no" if applied is False else None)


def _agent(run: RunEvents, number: int) -> None:
    run.agent = "root" if number == 1 else f"root/a{number}"


def _session(run: RunEvents, number: int) -> None:
    run.session = number


_TAKE: dict[str, Callable[..., object]] = {
    "edit": _edit,
    "agent": _agent,
    "session": _session,
    "run": RunEvents.run,
    "read": RunEvents.read,
    "says": RunEvents.says,
    "thinks": RunEvents.thinks,
    "prompt": RunEvents.prompt,
    "question": RunEvents.question,
    "search": lambda run, path: run.search("x", path),
    "plan": lambda run, said: run.plan((said, "pending"), text=said),
    "scope": lambda run, said: run.context("scope", f"asked for {said}"),
    "denial": lambda run, said: run.denial("Edit", "a.py", said),
}


def build(steps: list[tuple[Any, ...]]) -> RunEvents:
    run = RunEvents()
    for name, *values in steps:
        _TAKE[name](run, *values)
    return run


def check(run: RunEvents, facts: RunFacts) -> None:
    seqs = {event.seq for event in run.events}
    for name, rows in facts.rows().items():
        for row in rows:
            assert set(row["events"]) <= seqs, name
            assert len(row["events"]) <= 50
    for model, rows in (
        (Course, facts.course),
        (Effect, facts.effect),
        (HostRow, facts.host),
        (Session, facts.session),
    ):
        for row in rows:
            model.model_validate(row)
    for row in facts.retry:
        Retry.model_validate(row)
    assert facts.edited <= set(facts.claimed)


@_CASES
@given(st.lists(_STEP, max_size=40), st.sets(st.sampled_from(["a.py", "src/b.py", "tests/test_c.py", "src/d/e.py"])))
def test_any_run_gives_rows_that_name_its_events(steps: list[tuple[Any, ...]], changed: set[str]) -> None:
    run = build(steps)
    infos = [SessionInfo("a", cwds=[ROOT], network=False, sandbox="workspace-write") for _ in range(3)]
    check(run, run.facts(changed, info=infos))
    assert run.facts(changed, root=None) == run.facts(changed, root=None)


@_CASES
@given(st.text(alphabet=st.sampled_from("ab/\\.:~$c-"), max_size=40), st.lists(st.text(max_size=20), max_size=4))
def test_a_place_in_the_repository_is_below_it(path: str, logged: list[str]) -> None:
    paths = PathMap(["a/b", "c"], "/a", ["/a/b", *logged], [path, *logged])
    found = paths.repo_path(path)
    assert found is None or not (found.startswith(("/", "../")) or found in {"", ".", ".."})


@_CASES
@given(st.text(max_size=200))
def test_any_text_is_sentences_or_none(text: str) -> None:
    for sentence in sentences(text):
        assert 8 <= len(sentence) <= 401


@_CASES
@given(
    st.lists(
        st.sampled_from(["--- a/a", "+++ b/a", "@@ -1,2 +1 @@", "@@ -1 +1 @@", "-x", "+y", " z", "", "\\ No"]),
        max_size=12,
    )
)
def test_any_patch_equals_itself_or_nothing(lines: list[str]) -> None:
    assert same_changes("\n".join(lines), {"a": lines}) in {None, "hunk for hunk", "line for line, but for the context"}
    info = SessionInfo("a", patch="\n".join(lines), started="x", session_ids=["", "y"])
    link(info, [], CommitFacts(commits=(Commit("z", (0,), (("", ""),)),), diff={"a": lines}))


def test_time_grows_with_the_run() -> None:
    def seconds(count: int) -> float:
        run = RunEvents().plan(("Edit `src/a_b.py`", "pending"))
        for number in range(count):
            run.run(f"pytest tests/test_{number % 500}.py", "failed" if number % 3 else "passed")
            run.edit(f"{ROOT}/src/m{number % 300}/f{number % 2000}.py").refused(f"{ROOT}/x.py")
            run.run(("git stash", "git stash pop", "rm -rf src", "git checkout .")[number % 4])
        run.says("All tests pass.").end()
        started = time.process_time()
        run.facts([f"src/m{number}/f{number}.py" for number in range(300)])
        return time.process_time() - started

    seconds(100)
    small = max(seconds(1_000), 0.02)
    # Quadratic work would take a hundred times as long.
    assert seconds(10_000) < 30 * small
