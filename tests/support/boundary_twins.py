"""Twins of the rules on the security boundary: `BOUNDARY_TWINS` by rule, `BOUNDARY_SPELLINGS` by spelling."""

from __future__ import annotations

from tests.support.twins import Side, new, py

ASKED = "def f(user, doc):\n    if %s:\n        raise Denied(doc)\n    doc.delete()\n"
ROUTED = "app.get('/admin', %s(req, res) => {\n  res.json(1)\n})\n"
SQL_JS = "async function f(id) {\n  return db.query(%s)\n}\n"
COMMAND = "const { exec } = require('child_process')\nfunction f(d) {\n  exec(%s)\n}\n"


def go(body: str) -> str:
    return f"package a\n\nfunc f(w http.ResponseWriter, r *http.Request) {{\n\t{body}\n}}\n"


def java(body: str) -> str:
    return f"class A {{\n  void f() {{\n    {body}\n  }}\n}}\n"


def ruby(body: str) -> str:
    return f"class A < B\n  {body}\n  def f(x)\n    x.y\n  end\nend\n"


BOUNDARY_TWINS: dict[str, tuple[Side, Side]] = {
    "weak-cipher": (
        new("A.java", java('Cipher.getInstance("AES/ECB/PKCS5Padding");')),
        new("A.java", java('Cipher.getInstance("AES/GCM/NoPadding");')),
    ),
    "weak-random": (
        new("src/a.js", "const token = Math.random().toString(36)\n"),
        new("src/a.js", "const delay = Math.random() * 100\nconst token = crypto.randomUUID()\n"),
    ),
    "outside-input": (
        new("src/a.js", "res.sendFile(path.join(root, req.params.name))\n"),
        new("src/a.js", "res.sendFile(path.join(root, path.basename(req.params.name)))\n"),
    ),
    "input-unfiltered": (new("a.rb", "params.permit!\n"), new("a.rb", "params.permit(:name)\n")),
    "protection-off": (
        new("src/a.js", "app.use(helmet({ contentSecurityPolicy: false }))\n"),
        new("src/a.js", "app.use(helmet({ contentSecurityPolicy: true }))\n"),
    ),
    "bound-to-all": (
        py("app.run(host='127.0.0.1')\n", "app.run(host='0.0.0.0')\n"),
        py("app.run(host='0.0.0.0')\n", "app.run(host='127.0.0.1')\n"),
    ),
    "guard-changed": (
        py("@requires_role('admin')\ndef f(r):\n    return 1\n", "@requires_role('user')\ndef f(r):\n    return 1\n"),
        py("@requires_role('admin')\ndef f(r):\n    return 1\n", "@requires_role('admin')\ndef f(r):\n    return 2\n"),
    ),
    "check-removed": (
        py(ASKED % "not user.is_admin", "def f(user, doc):\n    doc.delete()\n"),
        py(ASKED % "not user.is_admin", ASKED % "user.role != 'admin'"),
    ),
    "check-inverted": (
        py(ASKED % "not user.is_admin", ASKED % "user.is_admin"),
        py(ASKED % "not user.is_admin", ASKED % "not user.is_owner"),
    ),
    "check-weakened": (
        py(ASKED % "not user.is_active or not user.is_admin", ASKED % "not user.is_active"),
        py(ASKED % "not user.is_admin", ASKED % "not user.is_active or not user.is_admin"),
    ),
    "check-always-true": (
        py("def can_edit(user, doc):\n    return doc.owner == user\n", "def can_edit(user, doc):\n    return True\n"),
        py("def has_rows(table):\n    return table.rows > 0\n", "def has_rows(table):\n    return True\n"),
    ),
}

BOUNDARY_SPELLINGS: dict[str, tuple[str, Side, Side]] = {
    "a route without its middleware": (
        "guard-removed",
        py(ROUTED % "requireAuth, ", ROUTED % "", "src/a.js"),
        py(ROUTED % "requireAuth, ", "app.use(requireAuth)\n" + ROUTED % "", "src/a.js"),
    ),
    "a middleware of all routes": (
        "guard-removed",
        py("app.use(helmet())\napp.use(x)\n", "app.use(x)\n", "src/a.ts"),
        py("app.use(helmet())\napp.use(x)\n", "app.use(y)\napp.use(helmet())\n", "src/a.ts"),
    ),
    "a decorator of a class": (
        "guard-removed",
        py("@UseGuards(A)\nexport class C {\n  f() {}\n}\n", "export class C {\n  f() {}\n}\n", "src/a.ts"),
        py("@UseGuards(A)\nexport class C {\n  f() {}\n}\n", "export class D {\n  g() {}\n}\n", "src/a.ts"),
    ),
    "a handler of Go that is no longer wrapped": (
        "guard-removed",
        py(go('mux.Handle("/a", requireAuth(h))'), go('mux.Handle("/a", h)'), "a.go"),
        py(go('mux.Handle("/a", requireAuth(h))'), go('mux.Handle("/b", h)'), "a.go"),
    ),
    "an annotation of Java": (
        "guard-removed",
        py('class A {\n  @PreAuthorize("x")\n  void f() {}\n}\n', "class A {\n  void f() {}\n}\n", "A.java"),
        py('class A {\n  @PreAuthorize("x")\n  void f() {}\n}\n', "class A {\n  void g() { h(); }\n}\n", "A.java"),
    ),
    "a before_action": (
        "guard-removed",
        py(ruby("before_action :authenticate_user!"), ruby(""), "a.rb"),
        py(ruby("before_action :authenticate_user!"), ruby("before_action :authenticate_user!\n  x"), "a.rb"),
    ),
    "a before_action with an exception": (
        "guard-changed",
        py(ruby("before_action :authenticate_user!"), ruby("before_action :authenticate_user!, except: :f"), "a.rb"),
        py(ruby("before_action :authenticate_user!, except: :f"), ruby("before_action :authenticate_user!"), "a.rb"),
    ),
    "a base class of Python": (
        "guard-removed",
        py("class V(LoginRequiredMixin, View):\n    pass\n", "class V(View):\n    pass\n"),
        py("class V(LoginRequiredMixin, View):\n    pass\n", "class V(LoginRequiredMixin, Other):\n    pass\n"),
    ),
    "a dependency of a route": (
        "guard-removed",
        py("def f(u=Depends(get_current_user)):\n    return 1\n", "def f():\n    return 1\n"),
        py("def f(u=Depends(get_current_user)):\n    return 1\n", "def g():\n    return 2\n"),
    ),
    "a comparison in constant time": (
        "control-removed",
        py("const ok = (a, b) => crypto.timingSafeEqual(a, b)\n", "const ok = (a, b) => a === b\n", "src/a.js"),
        py(
            "const ok = (a, b) => crypto.timingSafeEqual(a, b)\n",
            "const ok = (b) => crypto.timingSafeEqual(x, b)\n",
            "src/a.js",
        ),
    ),
    "a condition of Go": (
        "check-removed",
        py(go("if !user.IsAdmin {\n\t\treturn\n\t}\n\tremove()"), go("remove()"), "a.go"),
        py(
            go("if !user.IsAdmin {\n\t\treturn\n\t}\n\tremove()"),
            go("if !user.IsAdmin {\n\t\treturn\n\t}\n\tkeep()"),
            "a.go",
        ),
    ),
    "a condition of JavaScript turned round": (
        "check-inverted",
        py(
            "function f(d, u) {\n  if (d.ownerId !== u.id) throw e\n  d.x()\n}\n",
            "function f(d, u) {\n  if (d.ownerId === u.id) throw e\n  d.x()\n}\n",
            "src/a.js",
        ),
        py(
            "function f(d, u) {\n  if (d.ownerId !== u.id) throw e\n  d.x()\n}\n",
            "function f(d, u) {\n  if (d.ownerId !== u.id) throw e\n  d.y()\n}\n",
            "src/a.js",
        ),
    ),
    "SQL in a template": (
        "sql-built",
        new("src/a.js", SQL_JS % "`SELECT * FROM t WHERE id = ${id}`"),
        new("src/a.js", SQL_JS % "sql`SELECT * FROM t WHERE id = ${id}`"),
    ),
    "SQL by concatenation": (
        "sql-built",
        new("a.go", go('db.Query("SELECT * FROM t WHERE id = " + id)')),
        new("a.go", go('db.Query("SELECT * FROM t WHERE id = " + "$1", id)')),
    ),
    "a command in a template": (
        "shell-command",
        new("src/a.js", COMMAND % "`ls ${d}`"),
        new("src/a.js", COMMAND % "'ls -l'" + "const m = /a/.exec(`${d}`)\n".replace("`${d}`", "d")),
    ),
    "a shell of Go": (
        "shell-command",
        new("a.go", go('exec.Command("sh", "-c", "ls "+d)')),
        new("a.go", go('exec.Command("ls", d)')),
    ),
    "a certificate of Java": (
        "tls-check-off",
        new("A.java", java("c.setHostnameVerifier((h, s) -> true);")),
        new("A.java", java("c.setHostnameVerifier((h, s) -> h.equals(name));")),
    ),
    "a flag of a cookie": (
        "control-removed",
        py("def f(r):\n    r.set_cookie('a', secure=True)\n", "def f(r):\n    r.set_cookie('a')\n"),
        py("def f(r):\n    r.set_cookie('a', secure=True)\n", "def f(r):\n    r.set_cookie('b', secure=True)\n"),
    ),
    "a secret as a fallback": (
        "secret",
        new("src/a.py", "KEY = os.environ.get('SECRET_KEY', 'k3J9-xPq2-Lm8z')\n"),
        new("src/a.py", "KEY = os.environ.get('SECRET_KEY', '')\n"),
    ),
}
