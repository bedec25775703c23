"""What compilers newly say of added lines: read from hostile words, compared, and really run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.checks.probed import Ran
from reviewer.probe.sandbox.limits import MIB, Limits
from reviewer.probe.suite import Watch
from reviewer.probe.vet import MAX_ROWS, REPORT, Tool, Vetter, hear, vet
from reviewer.workflow.probing import vet_tools
from tests.support import probing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewer.checks.probed import Ended, Vet
    from reviewer.probe.change import Change
    from reviewer.probe.files import Files

LIMITS = Limits(seconds=180, memory=2_048 * MIB, processes=128, disk=512 * MIB)
BEFORE = {"a.go": "package a\n\nfunc F() int {\n\treturn 1\n}\n"}
AFTER = {"a.go": "package a\n\nfunc F() int {\n\treturn Fee(2)\n}\n"}
GO = Vetter("go", "go vet", ("go",))


def played(
    said: Mapping[str, str], tool: Vetter = GO, *, ended: Ended = "exit", code: int = 1, change: Change | None = None
) -> Vet:
    def run(_: Vetter, __: Files, words: str) -> tuple[Ran, bytes | None]:
        ran = Ran(argv=tool.argv, tree=words, code=code, ended=ended, seconds=0.1, tail=said[words])
        return ran, said[words].encode()

    return vet(change or probing.change(BEFORE, AFTER), [tool], run, over=lambda: False)


@pytest.mark.parametrize(
    ("tool", "line", "kind"),
    [
        ("go", "./a.go:4:9: undefined: Fee", "name"),
        ("go", "vet: ./a.go:4:9: undefined: Fee", "name"),
        ("go", "a.go:4:9: s.Sum undefined (type *S has no field or method Sum)", "member"),
        ("go", "a.go:4:9: fmt.Printf format %d has arg x of wrong type string", "other"),
        ("cargo", "a.rs:4:9: error[E0425]: cannot find function `fee` in this scope", "name"),
        ("cargo", "a.rs:4:9: error[E0599]: no method named `sum` found for struct `S`", "member"),
        ("cargo", "a.rs:4:9: warning: unused variable: `x`", "other"),
        ("tsc", "a.ts(4,9): error TS2304: Cannot find name 'fee'.", "name"),
        ("tsc", "a.ts(4,9): error TS2307: Cannot find module './gone' or its types.", "name"),
        ("tsc", "a.ts(4,9): error TS2307: Cannot find module 'react'.", "other"),
        ("tsc", "a.ts(4,9): error TS2339: Property 'sum' does not exist on type 'S'.", "member"),
    ],
)
def test_the_words_of_each_compiler(tool: Tool, line: str, kind: str) -> None:
    path = {"go": "a.go", "cargo": "a.rs", "tsc": "a.ts"}[tool]
    change = probing.change({path: "1\n2\n3\n4\n"}, {path: "1\n2\n3\nfour\n"})
    found = played({"the base": "", "the head": f"# x\n{line}\n"}, Vetter(tool, tool, ()), change=change, code=0)
    assert [(row.path, row.line, row.kind) for row in found.rows] == [(path, 4, kind)]
    assert found.gaps == ()


def test_only_what_is_new_and_on_an_added_line_is_told() -> None:
    old = "a.go:4:2: undefined: Old\n"
    head = "a.go:3:2: undefined: Old\na.go:4:2: undefined: Old\na.go:1:2: undefined: Fee\nb.go:4:2: undefined: Fee\n"
    assert [(row.line, row.message) for row in played({"the base": old, "the head": head}).rows] == [
        (4, "undefined: Old")
    ]
    assert played({"the base": old, "the head": old}).rows == ()


@pytest.mark.parametrize(
    "words",
    [
        "a.go:1:1: go: module lookup disabled by GOPROXY=off",
        "no required module provides package example.com/x; to add it:",
        "go: go.mod requires go >= 1.99 (running go 1.19)",
    ],
)
@pytest.mark.parametrize("side", ["the base", "the head"])
def test_what_is_not_at_hand_is_not_determined(words: str, side: str) -> None:
    said = {"the base": "", "the head": "a.go:4:2: undefined: Fee\n"} | {side: words}
    found = played(said, code=0 if side == "the head" else 1)
    assert found.rows == ()
    assert len(found.gaps) == 1
    assert "cannot be determined" in found.gaps[0]


def test_a_run_that_did_not_end_or_said_nothing_is_not_determined() -> None:
    assert "ended (time)" in played({"the base": "", "the head": ""}, ended="time").gaps[0]
    assert "ended with code 2 and “boom”" in played({"the base": "boom\n", "the head": ""}, code=2).gaps[0]
    assert played({"the base": "", "the head": ""}, code=0).gaps == ()


@pytest.mark.parametrize("tool", ["go", "cargo", "tsc"])
@pytest.mark.parametrize(
    "words",
    [
        b"\xff\xfe\x00\n" * 100,
        b"a.go:" * 400_000,
        b"a.go:1:1: " + b"x" * 1_000_000,
        (b"a" * 499 + b":") * 4_000,
        b"a.go:9999999999:1: x\n" * 50_000,
        b"\n" * 1_000_000,
    ],
)
def test_hostile_words_are_read_in_bounds(tool: Tool, words: bytes) -> None:
    assert len(hear(tool, words).said) <= 20_000


def test_rows_are_bounded() -> None:
    many = "".join(f"a.go:{n}:1: undefined: x{n}\n" for n in range(1, 2_000))
    change = probing.change({"a.go": ""}, {"a.go": "x\n" * 2_000})
    found = played({"the base": "", "the head": many}, change=change, code=0)
    assert len(found.rows) == MAX_ROWS
    assert found.gaps == ("1,499 more diagnostics are not kept",)


def really(tmp_path: Path, change: Change, checkout: Path | None = None) -> Vet:
    vetters, missing = vet_tools.find(change, checkout)
    if not vetters:
        return vet(change, (), lambda *_: pytest.fail("nothing to run"), over=lambda: False, missing=missing)
    readable = tuple(place for one in vetters for place in one.readable)
    shop = probing.workshop(tmp_path, checkout=checkout, watch=Watch(limits=LIMITS), readable=readable)
    with shop, shop.bench() as bench:

        def run(one: Vetter, files: Files, words: str) -> tuple[Ran, bytes | None]:
            bench.show(files)
            out = {"REVIEWER_OUT": bench.stage.out}
            made = bench.cell.run(one.argv, environment={**one.environment, **out}, limits=LIMITS, report=REPORT)
            return made.told(words), made.report

        return vet(change, vetters, run, over=lambda: False, missing=missing)


def test_go_really_run(tmp_path: Path) -> None:
    module = {"go.mod": "module example.com/m\n\ngo 1.19\n"}
    test = 'package a\n\nimport "testing"\n\nfunc TestF(t *testing.T) {\n%s}\n'
    change = probing.change(
        {**module, **BEFORE, "a_test.go": test % ""}, {**module, **AFTER, "a_test.go": test % "\tt.Gone(F())\n"}
    )
    if not vet_tools.find(change, None)[0]:
        pytest.skip("go is not installed")
    found = really(tmp_path, change)
    assert ("a.go", 4, "name", "undefined: Fee") in {(row.path, row.line, row.kind, row.message) for row in found.rows}
    assert found.gaps == ()


def test_cargo_really_run(tmp_path: Path) -> None:
    package = {"Cargo.toml": '[package]\nname = "m"\nversion = "0.1.0"\nedition = "2018"\n'}
    before, after = "pub fn f() -> u32 {\n    1\n}\n", "pub fn f() -> u32 {\n    fee(2)\n}\n"
    change = probing.change({**package, "src/lib.rs": before}, {**package, "src/lib.rs": after})
    if not vet_tools.find(change, None)[0]:
        pytest.skip("cargo is not installed")
    found = really(tmp_path, change)
    if found.gaps:
        pytest.skip(found.gaps[0])
    assert [(row.path, row.line, row.kind) for row in found.rows] == [("src/lib.rs", 2, "name")]


def test_the_compiler_of_a_checkout_really_run(tmp_path: Path) -> None:
    script = """
        const fs = require("fs");
        const lines = fs.readFileSync("a.ts", "utf8").split("\\n");
        const at = lines.findIndex((line) => line.includes("fee("));
        if (at >= 0) { console.log(`a.ts(${at + 1},9): error TS2304: Cannot find name 'fee'.`); process.exitCode = 2; }
        """
    checkout = probing.tree_at(tmp_path / "work", {"node_modules/typescript/bin/tsc": script})
    config = {"tsconfig.json": "{}\n"}
    change = probing.change({**config, "a.ts": "x;\n"}, {**config, "a.ts": "x;\nfee(1);\n"})
    vetters, missing = vet_tools.find(change, checkout)
    if not vetters:
        pytest.skip(missing[0])
    found = really(tmp_path, change, checkout)
    assert [(row.path, row.line, row.kind) for row in found.rows] == [("a.ts", 2, "name")], found
    assert vet_tools.find(change, tmp_path)[1] == (
        "tsc --noEmit cannot be determined: the checkout has no node_modules/typescript/bin/tsc",
    )
    without = probing.change({"a.ts": "x;\n"}, {"a.ts": "x;\nfee(1);\n"})
    assert "no tsconfig.json" in vet_tools.find(without, checkout)[1][0]


def test_other_languages_have_no_compiler_that_is_asked() -> None:
    assert vet_tools.find(probing.change({}, {"a.py": "x = 1\n"}), None) == ((), ())
    found = vet_tools.find(probing.change({}, {"a.go": "package a\n"}), None)
    assert found[0] == ()
    assert found[1][0].startswith("go vet cannot be determined")
