"""A small review that needs no packet file: a change, a run, findings and gates, with a real journal on disk.

Stands in the place of the workflow in tests of the workstation; everything in it is data that a packet could hold.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reviewer.checks.finding import CheckResult, Finding
from reviewer.diff.anchor import review_units
from reviewer.diff.index import DiffIndex, IndexBuilder, index_patch
from reviewer.packet.manifest import Manifest
from reviewer.policy.load import default_policy
from reviewer.policy.model import GateResult
from reviewer.review.coverage import coverage
from reviewer.review.journal import Journal
from reviewer.review.state import fold
from reviewer.run.event import Command, Edit, End, Event, Message, Plan, PlanStep, Prompt, Read, Unknown
from reviewer.tui.screens.source import DraftView, Person, ProbeView, ReceiptView, Words
from reviewer.workflow.why import Reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from reviewer.checks.finding import Mode, Severity
    from reviewer.checks.probed import Probed
    from reviewer.diff.anchor import Unit
    from reviewer.diff.model import FileSpan, Side
    from reviewer.policy.model import Policy
    from reviewer.review.coverage import Coverage
    from reviewer.review.event import ReviewEvent, VerdictKind
    from reviewer.review.state import ReviewState

_SESSION_OLD = '''"""Sessions and their refresh."""

from __future__ import annotations

import time

from auth.tokens import Token, renew

SKEW = 0


class Session:
    """One signed-in person."""

    def __init__(self, token: Token) -> None:
        self.token = token
        self.renewals = 0

    def refresh(self) -> bool:
        """Renew the token when it is about to run out."""
        now = time.time()
        if self.token.expires < now:
            self.token = renew(self.token)
            self.renewals += 1
            return True
        return False

    def close(self) -> None:
        """Sign out."""
        self.token = None


def open_session(token: Token) -> Session:
    """Return a session that is fresh."""
    session = Session(token)
    session.refresh()
    return session
'''
_SESSION_NEW = (
    _SESSION_OLD.replace("SKEW = 0", "SKEW = 30.0\nRETRIES = 3")
    .replace(
        "        if self.token.expires < now:\n            self.token = renew(self.token)\n",
        "        if self.token.expires <= now + SKEW:\n"
        "            for attempt in range(RETRIES):\n"
        "                try:\n"
        "                    self.token = renew(self.token)\n"
        "                    break\n"
        "                except Exception:\n"
        "                    time.sleep(2**attempt)\n",
    )
    .replace("    session.refresh()\n", "    if not session.refresh():\n        session.renewals = 0\n")
)
_TESTS_OLD = """from auth.session import Session
from auth.tokens import Token


def test_a_fresh_token_is_kept():
    session = Session(Token("a", expires=2_000_000_000))
    assert not session.refresh()
    assert session.renewals == 0


def test_an_old_token_is_renewed():
    session = Session(Token("a", expires=0))
    assert session.refresh()
    assert session.renewals == 1
"""
_TESTS_NEW = _TESTS_OLD.replace("    assert session.renewals == 1\n", "") + (
    '\n\ndef test_refresh_survives_an_error(monkeypatch):\n    session = Session(Token("a", expires=0))\n'
    "    session.refresh()\n    assert True\n"
)
_PROJECT_OLD = '[project]\nname = "auth"\nversion = "2.4.0"\ndependencies = [\n    "httpx>=0.27",\n]\n'
_PROJECT_NEW = _PROJECT_OLD.replace('    "httpx>=0.27",\n', '    "httpx>=0.27",\n    "tenacity>=9.0",\n')
_DEPLOY_OLD = "steps:\n  - run: make test\n  - run: make deploy\n"
_DEPLOY_NEW = "steps:\n  - run: make deploy\n"

FILES: dict[str, tuple[str, str]] = {
    ".github/workflows/ci.yml": (_DEPLOY_OLD, _DEPLOY_NEW),
    "pyproject.toml": (_PROJECT_OLD, _PROJECT_NEW),
    "src/auth/session.py": (_SESSION_OLD, _SESSION_NEW),
    "tests/test_session.py": (_TESTS_OLD, _TESTS_NEW),
}


def make_patch(files: Mapping[str, tuple[str, str]]) -> bytes:
    """Return a patch as git writes it, for files that exist on both sides."""
    parts: list[str] = []
    for path, (old, new) in sorted(files.items()):
        ids = [hashlib.sha1(side.encode(), usedforsecurity=False).hexdigest() for side in (old, new)]
        parts.append(f"diff --git a/{path} b/{path}\nindex {ids[0]}..{ids[1]} 100644\n")
        lines = difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}", n=3
        )
        parts.extend(lines)
    return "".join(parts).encode("utf-8", "surrogateescape")


def make_manifest(**tables: object) -> Manifest:
    """Return the manifest of the example; `tables` replace whole tables."""
    data: dict[str, Any] = {
        "schema": "review-packet/1",
        "id": "retry-refresh-20260302-3f2a",
        "title": "Renew the token before it runs out, and try again when that fails",
        "created": "2026-03-02T11:00:00Z",
        "producer": {"name": "reviewer", "version": "0.1.0"},
        "members_sha256": "0" * 64,
        "change": {
            "repository": "auth",
            "base": "1a2b3c4" + "0" * 33,
            "head": "5d6e7f8" + "0" * 33,
            "target_ref": "refs/heads/main",
            "base_tree": "1" * 40,
            "head_tree": "2" * 40,
            "files": len(FILES),
            "added": 21,
            "removed": 6,
            "diff_sha256": "3" * 64,
            "manifest_sha256": "4" * 64,
        },
        "origin": {
            "known": dict.fromkeys(("kind", "agent", "agent_version", "models", "operator", "transcript"), "recorded"),
            "kind": "agent",
            "agent": "claude-code",
            "agent_version": "2.1.4",
            "models": ["claude-opus-4-1"],
            "operator": {"name": "Ana Silva", "email": "ana@example.org"},
            "transcript": [
                {"format": "claude-code", "sha256": "5" * 64, "size": 120_000, "records": 212, "unknown": {"beacon": 3}}
            ],
        },
        "task": {
            "known": {
                **dict.fromkeys(("prompt", "follow_ups"), "recorded"),
                **dict.fromkeys(("objective", "constraints", "type"), "declared"),
            },
            "prompt": "People get signed out at random. Renew the token a little before it runs out,\n"
            "and try again when renewing fails.",
            "follow_ups": ["Do not touch the deploy pipeline."],
            "objective": "No one is signed out while their token can be renewed",
            "constraints": ["No new dependency", "Stay inside src/auth and tests"],
            "type": "bug_fix_isolated",
        },
        "scope": {
            "known": {
                **dict.fromkeys(("allowed_paths", "forbidden_paths", "risk_class"), "declared"),
                "allowed_tools": "recorded",
            },
            "allowed_paths": ["/src/auth/", "/tests/"],
            "forbidden_paths": ["/.github/"],
            "allowed_tools": ["Read", "Edit", "Bash(pytest:*)"],
            "risk_class": "B",
        },
        "plan": {
            "known": {"text": "recorded", "steps": "recorded", "made_before_first_edit": "derived"},
            "text": "Add a skew of 30 s in src/auth/session.py, retry in src/auth/tokens.py, cover both in "
            "tests/test_session.py.",
            "steps": [
                {"text": "Add the skew", "status": "completed"},
                {"text": "Retry renewing", "status": "completed"},
                {"text": "Run the whole test suite", "status": "pending"},
            ],
            "made_before_first_edit": True,
        },
        "file_read": [{"path": "src/auth/session.py", "times": 7}, {"path": "src/auth/tokens.py", "times": 1}],
        "file_changed": [
            {"path": path, "status": "M", "added": 3, "removed": 1, "by": "agent", "read_before_edit": True}
            for path in sorted(FILES)
        ],
        "command": [
            {"n": 1, "line": "git status --short", "exit_code": 0, "kind": "vcs", "state": "passed", "seconds": 0.1},
            {
                "n": 2,
                "line": "pytest tests/test_session.py -q",
                "exit_code": 1,
                "kind": "test",
                "state": "failed",
                "seconds": 4.2,
                "log": "logs/2.log",
                "after_last_edit": False,
            },
            {
                "n": 3,
                "line": "pip install tenacity",
                "exit_code": 0,
                "kind": "install",
                "state": "passed",
                "seconds": 12.0,
            },
            {
                "n": 4,
                "line": "pytest tests/test_session.py -q | tail -3",
                "exit_code": 0,
                "kind": "test",
                "state": "not_conclusive",
                "not_conclusive": "pipe",
                "seconds": 4.4,
                "log": "logs/4.log",
                "after_last_edit": False,
                "retry_of": 2,
            },
            {"n": 5, "line": "curl -s https://status.example.org", "kind": "network", "state": "denied"},
        ],
        "retry": [{"command": [2, 4], "outcome": "changed_test", "what_changed_between": ["tests/test_session.py"]}],
        "tool_call": [
            {"tool": "Read", "boundary": "repo", "times": 14},
            {"tool": "Edit", "boundary": "repo", "times": 6},
            {"tool": "Bash", "boundary": "host", "times": 5, "denied": 1},
            {"tool": "WebFetch", "boundary": "network", "times": 1},
        ],
        "assumption": [
            {"text": "The clock of the server is at most 30 s off", "risk": "medium", "where": "src/auth/session.py:9"}
        ],
        "claim": [
            {"text": "All tests pass", "at": "2026-03-02T10:40:00Z"},
            {"text": "The session tests were run", "evidence": 4},
        ],
        "cost": {
            "known": dict.fromkeys(("usd", "seconds", "input_tokens", "output_tokens", "turns"), "recorded"),
            "usd": 1.42,
            "seconds": 1080.0,
            "input_tokens": 182_000,
            "output_tokens": 9_400,
            "turns": 2,
        },
        "end": {
            "known": {"reason": "recorded", "text": "recorded"},
            "reason": "finished",
            "text": "Done. All tests pass.",
        },
        "redaction": [{"file": "logs/2.log", "rule": "aws-key", "count": 1}],
    }
    return Manifest.model_validate({**data, **tables})


def make_events() -> tuple[Event, ...]:
    """Return the run of the example."""
    start = datetime(2026, 3, 2, 10, 21, tzinfo=UTC)
    numbers = itertools.count(1)

    def head(minute: float, turn: int) -> dict[str, Any]:
        when = (start + timedelta(minutes=minute)).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"seq": next(numbers), "time": when, "turn": turn}

    patch = "@@ -20,4 +21,9 @@\n-        if self.token.expires < now:\n+        if self.token.expires <= now + SKEW:\n"
    return (
        Prompt(**head(0, 1), text="People get signed out at random.\nRenew the token a little before it runs out."),
        Read(**head(0.2, 1), path="src/auth/session.py", whole=True),
        Plan(**head(0.5, 1), steps=(PlanStep("Add the skew", "completed"), PlanStep("Retry renewing", "pending"))),
        Edit(
            **head(2, 1), path="src/auth/session.py", repo_path="src/auth/session.py", patch=patch, added=7, removed=1
        ),
        Command(
            **head(4, 1), n=2, line="pytest tests/test_session.py -q", exit_code=1, state="failed", command_kind="test"
        ),
        Message(**head(5, 1), text="The test fails because the monkeypatch is wrong. I will loosen the assertion."),
        Edit(**head(6, 1), path="tests/test_session.py", repo_path="tests/test_session.py", added=5, removed=1),
        Command(
            **head(7, 1),
            n=4,
            line="pytest tests/test_session.py -q | tail -3",
            exit_code=0,
            state="not_conclusive",
            not_conclusive="pipe",
        ),
        Prompt(**head(12, 2), text="Do not touch the deploy pipeline.", via="queued"),
        Unknown(**head(13, 2), record="beacon", text='{"type":"beacon"}'),
        Command(**head(14, 2), n=5, line="curl -s https://status.example.org", state="denied"),
        End(**head(18, 2), reason="finished", text="Done. All tests pass."),
    )


def make_results() -> tuple[CheckResult, ...]:
    """Return what the checks find in the example."""

    def finding(number: int, mode: Mode, rule: str, severity: Severity, *words: str, **place: Any) -> Finding:  # noqa: ANN401
        message, why = words
        known = place.pop("known", "derived")
        return Finding(
            id=f"{number:016x}", mode=mode, rule=rule, severity=severity, message=message, why=why, known=known, **place
        )

    session, tests = "src/auth/session.py", "tests/test_session.py"
    return (
        CheckResult(
            mode="scope",
            status="done",
            examined="4 changed paths against 3 patterns",
            findings=(
                finding(
                    1,
                    "scope",
                    "forbidden-path",
                    "high",
                    ".github/workflows/ci.yml is inside a forbidden path (/.github/)",
                    "The person who ordered the change said that this path is not to be touched.",
                    file=".github/workflows/ci.yml",
                ),
                finding(
                    2,
                    "scope",
                    "outside-allowed",
                    "medium",
                    "pyproject.toml is outside the allowed paths",
                    "Nothing that was asked needs it.",
                    file="pyproject.toml",
                ),
            ),
        ),
        CheckResult(
            mode="dependency_creep",
            status="done",
            examined="1 dependency file",
            findings=(
                finding(
                    3,
                    "dependency_creep",
                    "dependency-added",
                    "medium",
                    "tenacity >=9.0 is a new dependency",
                    "Each dependency is code that nobody here reviews.",
                    file="pyproject.toml",
                    side="new",
                    line=6,
                ),
            ),
        ),
        CheckResult(
            mode="error_handling",
            status="done",
            examined="12 added lines of 1 Python file",
            findings=(
                finding(
                    4,
                    "error_handling",
                    "broad-except",
                    "high",
                    "except Exception swallows every error and goes on",
                    "After the last attempt the old token stays and the caller is told that it was renewed.",
                    file=session,
                    side="new",
                    line=29,
                ),
            ),
        ),
        CheckResult(
            mode="test_theater",
            status="done",
            examined="2 changed tests",
            findings=(
                finding(
                    5,
                    "test_theater",
                    "assertion-removed",
                    "high",
                    "An assertion was removed from test_an_old_token_is_renewed",
                    "The test no longer says how often the token is renewed.",
                    file=tests,
                    side="old",
                    line=14,
                ),
                finding(
                    6,
                    "test_theater",
                    "assert-true",
                    "medium",
                    "assert True can never fail",
                    "The test passes whatever the code does.",
                    file=tests,
                    side="new",
                    line=19,
                ),
            ),
        ),
        CheckResult(
            mode="claim_vs_evidence",
            status="incomplete",
            reason="command 3 has no recorded output",
            findings=(
                finding(
                    7,
                    "claim_vs_evidence",
                    "claim-unproven",
                    "high",
                    "“All tests pass” is borne out by no command",
                    "The last run of the tests came before the last edit and its exit code was hidden by a pipe.",
                    evidence=("command:4",),
                ),
            ),
        ),
        CheckResult(
            mode="rollback",
            status="done",
            examined="the rollback table",
            findings=(
                finding(
                    8,
                    "rollback",
                    "no-rollback",
                    "low",
                    "The packet does not say how to undo the change",
                    "Reverting the commit may not be all that it takes.",
                    known="absent",
                ),
            ),
        ),
        CheckResult(mode="security_boundary", status="done", examined="4 files"),
        CheckResult(mode="hidden_text", status="done", examined="4 files"),
    )


@dataclass
class FakeReview:
    """One person's review of the example, kept in a journal like a real one."""

    journal: Journal
    manifest: Manifest = field(default_factory=make_manifest)
    events: Sequence[Event] = field(default_factory=make_events)
    files: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(FILES))
    all_results: Sequence[CheckResult] = field(default_factory=make_results)
    logs: Mapping[str, bytes] = field(
        default_factory=lambda: {"logs/2.log": b"1 failed\n", "logs/4.log": b"3 passed\n"}
    )
    breaks: Sequence[str] = ()
    partners: Mapping[str, ReviewState] = field(default_factory=dict)
    risk_class: str = "C"
    results: tuple[CheckResult, ...] = ()
    probed: Probed | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.index: DiffIndex = index_patch(make_patch(self.files)) if self.files else IndexBuilder(b"").index
        self.units: tuple[Unit, ...] = review_units(self.index)
        self.policy: Policy = default_policy()
        self.reasons = Reasons(self.index, self.events)
        self.state: ReviewState = fold(self.journal.load())

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def coverage(self) -> Coverage:
        return coverage(self.state.seen, self.units)

    def gates(self) -> tuple[GateResult, ...]:
        return tuple(self._gate(gate.id) for gate in self.policy.gates if "C" in gate.classes)

    def record(self, event: ReviewEvent) -> ReviewState:
        self.journal.append(event)
        self.state = fold(self.journal.entries)
        return self.state

    def refresh(self) -> bool:
        return False

    def examine(
        self,
        on_result: Callable[[CheckResult], None],
        cancelled: Callable[[], bool],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        if progress is not None:
            progress(len(self.index.files), len(self.index.files))
        for result in self.all_results:
            if cancelled():
                return
            self.results = (*self.results, result)
            on_result(result)

    def blob(self, file: FileSpan, side: Side) -> bytes | None:
        texts = self.files.get(file.path)
        return None if texts is None else texts[side == "new"].encode()

    def source(self, path: str, side: Side) -> bytes | None:
        texts = self.files.get(path)
        return None if texts is None else texts[side == "new"].encode()

    def log(self, name: str) -> bytes | None:
        return self.logs.get(name)

    def close(self) -> None:
        self.closed = True

    def _gate(self, name: str) -> GateResult:
        gate = next(gate for gate in self.policy.gates if gate.id == name)
        waived = self.state.waivers.get(name)
        if waived:
            return GateResult(gate, "waived", f"waived: {waived}")
        here = self.coverage
        match name:
            case "hunks_seen" if not here.complete:
                return GateResult(gate, "open", f"{here.seen_units} of {here.units} hunks are seen", "see every hunk")
            case "checklist_complete" if len(self.state.answers) < len(self.policy.checklist):
                count = f"{len(self.state.answers)} of {len(self.policy.checklist)}"
                return GateResult(gate, "open", f"{count} questions are answered", "answer every question")
            case "high_findings":
                high = [f for f in self.findings if f.severity == "high" and f.id not in self.state.dispositions]
                if high:
                    reason = f"{len(high)} high findings are not decided"
                    return GateResult(gate, "shut", reason, "adopt or dismiss each of them")
            case "tests_after_last_edit" | "scope_respected":
                return GateResult(gate, "shut", "the last test run came before the last edit", "run the tests again")
            case "two_persons":
                return GateResult(gate, "open", "class C takes two persons; one is here", "ask a second person")
        return GateResult(gate, "passed", "nothing speaks against it")


@dataclass
class FakeSource:
    """Opens the example for one person."""

    folder: Path
    by: str = "ana@example.org"
    error: Exception | None = None
    make: Callable[[Journal], FakeReview] = FakeReview
    peeks: bool = True
    slow: Callable[[], object] = lambda: None
    name: str = "retry-refresh.packet"
    blind: bool = False
    shuts_in: bool = True
    probes: int = 0
    slow_probe: Callable[[Callable[[], bool]], object] = lambda _cancelled: None
    signed: list[DraftView] = field(default_factory=list)

    def journal(self) -> Journal:
        """Return a journal as another process would open it."""
        start = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
        moments, names = itertools.count(), itertools.count()
        place = self.folder / f"{self.by}.jsonl"
        offset = len(place.read_bytes()) if place.exists() else 0
        return Journal(
            place,
            self.by,
            lambda: start + timedelta(seconds=offset + next(moments)),
            lambda: f"{offset:08x}{next(names):08x}",
        )

    def peek(self) -> DiffIndex | None:
        return index_patch(make_patch(FILES)) if self.peeks and self.error is None else None

    def grow(self) -> bool:
        return True

    def open(self) -> FakeReview:
        self.slow()
        if self.error is not None:
            raise self.error
        return self.make(self.journal())

    def person(self) -> Person:
        return Person("Ana Silva", "SHA256:9fk2Qm0x8hY3vT1sLr7wZc")

    def draft(self, review: FakeReview, kind: VerdictKind) -> DraftView:
        manifest = review.manifest
        seen = review.coverage
        sections = (
            Words(
                "What", (manifest.title, f"{manifest.change.base[:12]} to {manifest.change.head[:12]}, 4 files, +21 −6")
            ),
            Words("Who", ("Ana Silva <ana@example.org>, key SHA256:9fk2Qm0x8hY3vT1sLr7wZc",)),
            Words("Checklist", (f"{len(review.state.answers)} of {len(review.policy.checklist)} questions answered",)),
            Words("Seen", (f"{seen.seen_units} of {seen.units} hunks, {seen.seen_lines} of {seen.lines} lines",)),
            Words(
                "Ownership",
                ("I have read this change, I understand it, and from now on I own it as if I had written it.",),
            ),
        )
        return DraftView(sections, "3f2a", "7" * 64, kind)

    def plan_probe(self, review: FakeReview) -> ProbeView:
        del review
        shut = (
            ("by namespaces, in throw-away copies",) if self.shuts_in else ("Nothing on this machine can shut it in.",)
        )
        return ProbeView(
            commands=(("python -m pytest tests/test_session.py", ("tests: over the parent", "tests: over the head")),),
            missing=("required: not run: the task requires no command",),
            containment=shut,
            is_contained=self.shuts_in,
        )

    def run_probe(
        self, review: FakeReview, view: ProbeView, progress: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> None:
        del review, view
        self.probes += 1
        progress("tests: 1 of 2")
        self.slow_probe(cancelled)

    def sign(self, review: FakeReview, view: DraftView, *, terminal: bool = False) -> ReceiptView:
        self.signed.append(view)
        return ReceiptView(
            digest=view.digest,
            fingerprint="SHA256:9fk2Qm0x8hY3vT1sLr7wZc",
            reviewer="Ana Silva <ana@example.org>",
            stored_at=("retry-refresh.packet.intoto.jsonl", "refs/heads/reviewer/ledger"),
            check_command="reviewer verify retry-refresh.packet",
            sections=view.sections,
        )

    def copy_path(self, file: FileSpan) -> Path:
        return self.folder / file.path.rsplit("/", 1)[-1]
