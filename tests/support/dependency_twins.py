"""Twins for dependencies: each rule's fault, and a change of the same files without it."""

from __future__ import annotations

from tests.support.twins import Side, new

PROJECT = '[project]\nname = "shop"\ndependencies = [{}]\n'
LOCK = (
    'version = 1\n\n[[package]]\nname = "requests"\nversion = "{}"\n'
    'source = {{ registry = "https://pypi.org/simple" }}\n'
)
STEP = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n"


def project(before: str, after: str, *, code: str = "", **files: str) -> Side:
    """A change of the dependencies of pyproject.toml, with the module shop/a.py and other files on the new side."""
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in files.items()}
    return Side(
        {"pyproject.toml": PROJECT.format(before), "shop/__init__.py": ""},
        {"pyproject.toml": PROJECT.format(after), "shop/__init__.py": "", "shop/a.py": code, **named},
        {"trees": True},
    )


REQUESTS = '"requests>=2"'
DEPENDENCY_TWINS: dict[str, tuple[Side, Side]] = {
    "major-jump": (
        Side({"requirements.txt": "django==3.2\n"}, {"requirements.txt": "django==5.0\n"}),
        Side({"requirements.txt": "django==3.1\n"}, {"requirements.txt": "django==3.2\n"}),
    ),
    "requirements-included": (
        Side({"requirements.txt": "a\n"}, {"requirements.txt": "a\n-r more.txt\n"}),
        Side({"requirements.txt": "a\n-r more.txt\n"}, {"requirements.txt": "b\n-r more.txt\n"}),
    ),
    "lock-disagrees": (
        project(REQUESTS, '"requests>=2.32"', uv_dot_lock=LOCK.format("2.31")),
        project(REQUESTS, '"requests>=2.32"', uv_dot_lock=LOCK.format("2.32")),
    ),
    "lock-alone": (
        Side({"uv.lock": LOCK.format("2.31")}, {"uv.lock": LOCK.format("2.32")}),
        project(REQUESTS, '"requests>=2.32"', uv_dot_lock=LOCK.format("2.32")),
    ),
    "standard-twin": (project("", '"dataclasses"'), project("", '"attrs"')),
    "near-known-name": (project("", '"reqeusts"'), project("", '"requests"')),
    "dependency-unused": (
        project("", '"rich"'),
        project("", '"rich"', code="from rich.console import Console\n"),
    ),
    "import-undeclared": (
        project(REQUESTS, REQUESTS, code="import numpy\n"),
        project(REQUESTS, REQUESTS, code="try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"),
    ),
    "import-transitive": (
        project('"httpx"', '"httpx"', code="import requests\n", uv_dot_lock=LOCK.format("2.31")),
        project('"httpx"', '"httpx"', code="import shop\n", uv_dot_lock=LOCK.format("2.31")),
    ),
    "reference-floating": (
        new(".github/workflows/a.yml", STEP.replace("@v4", "@main")),
        new(".github/workflows/a.yml", STEP),
    ),
}
