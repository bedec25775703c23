"""A fault and its twin for names that do not exist in JavaScript, TypeScript and Go."""

from __future__ import annotations

from tests.support.twins import Side

_PAY = {"src/pay.js": "export function pay(x) { return x }\nexport const refund = 1;\n"}


def script(line: str, path: str = "src/a.js", **files: str) -> Side:
    """Return a change that adds one line to a module beside another one."""
    rest = {**_PAY, **{name.replace("__", "/"): text for name, text in files.items()}}
    old = "import { pay } from './pay.js';\nexport const total = (x) => pay(x);\n"
    return Side({path: old, **rest}, {path: f"{old}{line}\n", **rest}, {"trees": True})


def go(line: str) -> Side:
    """Return a change that adds one line to a method of a Go package beside another one."""
    rest = {
        "go.mod": "module example.com/shop\n",
        "money/money.go": "package money\n\nfunc Of(x int) int { return x }\n",
    }
    head = 'package store\n\nimport "example.com/shop/money"\n\ntype Store struct{ items []int }\n\n'
    body = "func (s *Store) Total() int {\n%s\treturn money.Of(1)\n}\n"
    return Side(
        {"store/store.go": head + body % "", **rest},
        {"store/store.go": head + body % f"\t{line}\n", **rest},
        {"trees": True},
    )


EXISTENCE_TWINS: dict[str, tuple[Side, Side]] = {
    "export-missing": (
        script("import { refundAll } from './pay.js';\nrefundAll();"),
        script("import { refund as refundAll } from './pay.js';\nrefundAll();"),
    ),
}

MORE_EXISTENCE_TWINS: tuple[tuple[str, Side, Side], ...] = (
    ("import-unresolved", script("import './gone';"), script("import './pay';")),
    ("import-unresolved", script("const p = require('./Pay');"), script("const p = require('./pay');")),
    ("export-missing", script("const { refnd } = require('./pay');"), script("const { refund } = require('./pay');")),
    (
        "export-missing",
        script("import * as p from './pay';\np.refnd;", "src/a.ts"),
        script("import * as p from './pay';\np.refund;", "src/a.ts"),
    ),
    (
        "export-missing",
        script("import { near } from './all';", **{"src/all.js": "export * from './pay.js';\n"}),
        script("import { refund } from './all';", **{"src/all.js": "export * from './pay.js';\n"}),
    ),
    ("name-undefined", script("formatDate(1);"), script("const formatDate = String;\nformatDate(1);")),
    (
        "name-undefined",
        script("export const X = <Row/>;", "src/a.tsx"),
        script("export const X = <div/>;", "src/a.tsx"),
    ),
    ("attribute-missing", script("JSON.decode('1');"), script("JSON.parse('1');")),
    (
        "attribute-missing",
        script("import fs from 'node:fs';\nfs.readJsonSync('a');"),
        script("import fs from 'node:fs';\nfs.readFileSync('a');"),
    ),
    ("attribute-missing", script("'abc'.contains('b');"), script("'abc'.includes('b');")),
    (
        "attribute-missing",
        script("class A { go() { return this.stop(); } }"),
        script("class A extends B { go() { return this.stop(); } }\nclass B {}"),
    ),
    ("attribute-missing", go("_ = money.From(2)"), go("_ = money.Of(2)")),
    ("attribute-missing", go("_ = s.itemz"), go("_ = s.items")),
    ("name-undefined", go("_ = clamp(1)"), go("clamp := func(x int) int { return x }\n\t_ = clamp(1)")),
)
