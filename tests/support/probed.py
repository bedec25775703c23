"""What running the tests of the small example showed: one row of every kind that a person has to look at."""

from __future__ import annotations

from reviewer.checks.probed import (
    Ablation,
    Hunk,
    Matrix,
    Mutant,
    Mutation,
    Probed,
    Ran,
    Rehearsal,
    Replay,
    Replayed,
    Required,
    Rerun,
    Rotten,
    RottenLine,
    TestRow,
)

TESTS, SESSION = "tests/test_session.py", "src/auth/session.py"


def ran(*argv: str, tree: str = "head", code: int = 0, seconds: float = 1.4) -> Ran:
    return Ran(argv=argv, tree=tree, code=code, ended="exit", seconds=seconds)


def make_probed() -> Probed:
    """Return results of every part."""
    pytest = ("python", "-m", "pytest", TESTS)
    rows = (
        TestRow(
            id=f"{TESTS}::test_an_old_token_is_renewed",
            path=TESTS,
            changed=True,
            parent_old="passed",
            parent_new="passed",
            head_old="failed",
            head_new="passed",
            kind="P2P",
        ),
        TestRow(
            id=f"{TESTS}::test_refresh_survives_an_error",
            path=TESTS,
            changed=True,
            parent_old="absent",
            parent_new="failed",
            head_old="absent",
            head_new="passed",
            kind="F2P",
        ),
        TestRow(
            id="tests/test_tokens.py::test_a_token_without_end",
            path="tests/test_tokens.py",
            changed=False,
            parent_old="passed",
            parent_new="passed",
            head_old="failed",
            head_new="failed",
            kind="P2F",
            message="TypeError: '<=' not supported between instances of 'NoneType' and 'float'",
        ),
        *(
            TestRow(
                id=f"tests/test_tokens.py::test_form[{n}]",
                path="tests/test_tokens.py",
                changed=False,
                parent_old="passed",
                parent_new="passed",
                head_old="passed",
                head_new="passed",
                kind="P2P",
            )
            for n in range(12)
        ),
    )
    return Probed(
        base_tree="1" * 40,
        head_tree="2" * 40,
        environment="3" * 64,
        containment="namespaces",
        not_contained=("memory of all processes together",),
        finished="2026-03-02T11:20:00Z",
        tests=Matrix(
            framework="pytest 9.2",
            rows=rows,
            whole=True,
            same=40,
            runs=(ran(*pytest, tree="parent"), ran(*pytest, code=1)),
        ),
        replay=Replay(
            rows=(
                Replayed(
                    id=f"{TESTS}::test_an_old_token_is_renewed",
                    path=TESTS,
                    deleted=False,
                    outcome="failed",
                    message="assert 3 == 1",
                ),
                Replayed(id=f"{TESTS}::test_a_fresh_token_is_kept", path=TESTS, deleted=False, outcome="passed"),
            )
        ),
        hunks=Ablation(
            rows=(
                _hunk(9, 10, "undefended"),
                _hunk(23, 29, "defended"),
                Hunk(
                    path=SESSION,
                    old_first=1,
                    old_last=1,
                    new_first=1,
                    new_last=1,
                    state="left_out",
                    reason="a docstring",
                ),
            )
        ),
        mutants=Mutation(
            rows=(
                Mutant(
                    path=SESSION,
                    line=23,
                    operator="bound",
                    before="self.token.expires <= now + SKEW",
                    after="self.token.expires < now + SKEW",
                    state="survived",
                ),
                Mutant(path=SESSION, line=26, operator="call", before="renew()", after="None", state="killed"),
            )
        ),
        rotten=Rotten(
            rows=(RottenLine(path=TESTS, line=20, text="assert session.renewals == 3"),),
            uncovered=((SESSION, 28), (SESSION, 29), (SESSION, 41)),
            changed=11,
        ),
        rollback=Rehearsal(
            target="4" * 40,
            target_name="main",
            applied=False,
            conflicts=("src/auth/session.py",),
        ),
        required=Required(rows=(Rerun(line="make check", ran=ran("sh", "-c", "make check", code=2), passed=False),)),
    )


def _hunk(first: int, last: int, state: str) -> Hunk:
    return Hunk(
        path=SESSION,
        old_first=first,
        old_last=first,
        new_first=first,
        new_last=last,
        state="defended" if state == "defended" else "undefended",
        by=(f"{TESTS}::test_refresh_survives_an_error",) if state == "defended" else (),
    )
