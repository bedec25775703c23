"""Twins of the rules on failure paths, in each language: `FAILURE_TWINS` by rule, `FAILURE_SPELLINGS` by spelling."""

from __future__ import annotations

from tests.support.twins import Side, py


def go(body: str, result: str = "error") -> str:
    return f"package a\n\nfunc f() {result} {{\n\t{body}\n\treturn nil\n}}\n"


CHECKED = "if err := g(); err != nil {\n\t\treturn err\n\t}"
CAUGHT_JS = "function f(u) {\n  try {\n    g(u)\n  } catch (e) {\n    %s\n  }\n}\n"
TRIED_RS = "fn f() -> Result<A, E> {\n    let x = %s;\n    Ok(x)\n}\n"
AGAIN = (
    "def f(n):\n    for attempt in range(3):\n        try:\n            return g(n)\n"
    "        except OSError as e:\n            log.warning(e)\n%s"
)
ANSWERED = "app.post('/x', (q, r) => {\n  if (!q.body.a) {\n    return r.status(%s).end()\n  }\n  save(q.body)\n})\n"
GUARDED = "def f(n):\n    if %s:\n        raise ValueError(n)\n    return n\n"


def java(body: str) -> str:
    return f"class A {{\n  B f() {{\n    {body}\n  }}\n}}\n"


def ruby(body: str) -> str:
    return f"def f(x)\n  {body}\nend\n"


FAILURE_TWINS: dict[str, tuple[Side, Side]] = {
    "handler-swallows": (
        py(CAUGHT_JS % "log.error(e); throw e", CAUGHT_JS % "log.error(e)", "src/a.js"),
        py(CAUGHT_JS % "log.error(e)", CAUGHT_JS % "log.error(e); throw e", "src/a.js"),
    ),
    "error-ignored": (
        py(go("x, err := g()\n\tif err != nil {\n\t\treturn err\n\t}\n\tuse(x)"), go("x, _ := g()\n\tuse(x)"), "a.go"),
        py(go("x, ok := g()\n\tuse(x, ok)"), go("x, _ := strings.CutPrefix(a, b)\n\tuse(x)"), "a.go"),
    ),
    "panic-added": (
        py(TRIED_RS % "g()?", TRIED_RS % "g().unwrap()", "src/a.rs"),
        py(TRIED_RS % "h().unwrap()", TRIED_RS % "g().unwrap()", "src/a.rs"),
    ),
    "retry-ends-silent": (
        py("def f(n):\n    return g(n)\n", AGAIN % "    return None\n"),
        py("def f(n):\n    return g(n)\n", AGAIN % "    raise TimeoutError(n)\n"),
    ),
    "error-result-removed": (
        py(
            "package a\n\nfunc f() (int, error) {\n\treturn g()\n}\n",
            "package a\n\nfunc f() int {\n\treturn h()\n}\n",
            "a.go",
        ),
        py(
            "package a\n\nfunc f() (int, error) {\n\treturn g()\n}\n",
            "package a\n\nfunc f() error {\n\treturn h()\n}\n",
            "a.go",
        ),
    ),
    "guard-narrowed": (
        py(GUARDED % "n < 0", GUARDED % "n < 0 and strict"),
        py(GUARDED % "n < 0", GUARDED % "n < 0 or n > 9"),
    ),
}

FAILURE_SPELLINGS: dict[str, tuple[str, Side, Side]] = {
    "a catch that is emptied": (
        "handler-silenced",
        py(CAUGHT_JS % "throw new X(e)", CAUGHT_JS % "// never mind", "a.ts"),
        py(CAUGHT_JS % "throw new X(e)", CAUGHT_JS % "throw new Y(e)", "a.ts"),
    ),
    "a rejection that is dropped": (
        "handler-silent",
        py("const f = (u) => g(u)\n", "const f = (u) => g(u).catch(() => {})\n", "a.js"),
        py("const f = (u) => g(u)\n", "const f = (u) => g(u).catch((e) => next(e))\n", "a.js"),
    ),
    "an await that is lost": (
        "error-ignored",
        py("async function f(u) { await save(u); done() }\n", "async function f(u) { save(u); done() }\n", "a.js"),
        py(
            "async function f(u) { await save(u); done() }\n",
            "async function f(u) { await done(); await save(u) }\n",
            "a.js",
        ),
    ),
    "an error of Go that only ends the function": (
        "handler-silenced",
        py(go(CHECKED), go(CHECKED.replace("return err", "return nil")), "a.go"),
        py(go(CHECKED), go(CHECKED.replace("return err", 'return fmt.Errorf("g: %w", err)')), "a.go"),
    ),
    "a call of Go whose error nobody takes": (
        "error-ignored",
        py(go(CHECKED), go("g()"), "a.go"),
        py(go("g()"), go("g()\n\th()"), "a.go"),
    ),
    "a deferred clean-up of Go": (
        "cleanup-removed",
        py(go("mu.Lock()\n\tdefer mu.Unlock()"), go("mu.Lock()\n\tmu.Unlock()"), "a.go"),
        py(go("mu.Lock()\n\tdefer mu.Unlock()"), go("lock.Lock()\n\tdefer lock.Unlock()"), "a.go"),
    ),
    "a cause that Go no longer wraps": (
        "cause-lost",
        py(go('return fmt.Errorf("a: %w", err)'), go('return fmt.Errorf("a: %v", err)'), "a.go"),
        py(go('return fmt.Errorf("a: %w", err)'), go('return fmt.Errorf("b: %w", err)'), "a.go"),
    ),
    "a result of Rust replaced by a default": (
        "error-ignored",
        py(TRIED_RS % "g()?", TRIED_RS % "g().unwrap_or_default()", "a.rs"),
        py(TRIED_RS % "g()?", TRIED_RS % "h().unwrap_or(0)", "a.rs"),
    ),
    "an arm of Rust that does nothing": (
        "handler-silenced",
        py(
            "fn f() { match g() { Ok(x) => h(x), Err(e) => panic!() } }\n",
            "fn f() { match g() { Ok(x) => h(x), Err(_) => {} } }\n",
            "a.rs",
        ),
        py(
            "fn f() { match g() { Ok(x) => h(x), Err(e) => panic!() } }\n",
            "fn f() { match g() { Ok(x) => i(x), Err(e) => panic!() } }\n",
            "a.rs",
        ),
    ),
    "a catch of Java that takes everything": (
        "handler-widened",
        py(
            java("try { return g(); } catch (IOException e) { throw new X(e); }"),
            java("try { return g(); } catch (Throwable e) { throw new X(e); }"),
            "A.java",
        ),
        py(
            java("try { return g(); } catch (IOException e) { throw new X(e); }"),
            java("try { return g(); } catch (TimeoutException e) { throw new X(e); }"),
            "A.java",
        ),
    ),
    "a finally of Java": (
        "cleanup-removed",
        py(java("try { return g(); } finally { lock.unlock(); }"), java("return g();"), "A.java"),
        py(
            java("try { return g(); } finally { lock.unlock(); }"),
            java("try { return h(); } finally { lock.unlock(); }"),
            "A.java",
        ),
    ),
    "a rescue of Ruby in one line": (
        "handler-broad-silent",
        py(ruby("Integer(x)"), ruby("Integer(x) rescue nil"), "a.rb"),
        py(ruby("Integer(x)"), ruby("Integer(x, exception: false)"), "a.rb"),
    ),
    "a save of Ruby that no longer raises": (
        "error-ignored",
        py(ruby("x.save!\n  go"), ruby("x.save\n  go"), "a.rb"),
        py(ruby("x.save!\n  go"), ruby("x.save!\n  stop"), "a.rb"),
    ),
    "an answer of four hundred": (
        "raise-removed",
        py(
            ANSWERED % 400,
            "app.post('/x', (q, r) => {\n  save(q.body)\n})\n",
            "a.js",
        ),
        py(
            ANSWERED % 400,
            ANSWERED % 422,
            "a.js",
        ),
    ),
    "a lock that is no longer held": (
        "cleanup-removed",
        py("def f(p):\n    with self._lock:\n        g(p)\n", "def f(p):\n    g(p)\n"),
        py("def f(p):\n    with self._lock:\n        g(p)\n", "def f(p):\n    with self._lock:\n        h(p)\n"),
    ),
    "a type that includes the one before": (
        "handler-widened",
        py(
            "def f(p):\n    try:\n        g(p)\n    except FileNotFoundError:\n        h()\n",
            "def f(p):\n    try:\n        g(p)\n    except OSError:\n        h()\n",
        ),
        py(
            "def f(p):\n    try:\n        g(p)\n    except OSError:\n        h()\n",
            "def f(p):\n    try:\n        g(p)\n    except FileNotFoundError:\n        h()\n",
        ),
    ),
    "a status that nobody checks any more": (
        "raise-removed",
        py(
            "def f(u):\n    r = get(u)\n    r.raise_for_status()\n    return r\n",
            "def f(u):\n    r = get(u)\n    return r\n",
        ),
        py(
            "def f(u):\n    r = get(u)\n    r.raise_for_status()\n    return r\n",
            "def f(u):\n    s = get(u)\n    s.raise_for_status()\n    return s\n",
        ),
    ),
}
