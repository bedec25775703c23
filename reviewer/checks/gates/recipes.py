"""Named recipes that pipelines and people run (Makefile, package.json, tox, nox, git hooks), as pipelines.

Each recipe is a job; what a pipeline calls by name is found there.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import of_name, of_script
from reviewer.checks.gates.pipeline import Job, Pipeline, Saying, Stage
from reviewer.checks.gates.script_rows import rows
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.gates.tree import Node

_TARGET = re.compile(r"([A-Za-z0-9_./%-]{1,100}(?:[ \t]+[A-Za-z0-9_./%-]{1,100}){0,20})[ \t]*::?(?![=:])")
_DEFAULTS = re.compile(r"\{(?:env:\w{1,80}|posargs)(?::([^{}]{0,500}))?\}")
"""What tox puts in from outside, with what stands there otherwise."""
_REFERENCE = re.compile(r"\{\[([^\]]{1,100})\](\w{1,80})\}")
_FACTOR = re.compile(r"^[\w{},!.-]{1,100}:\s+")
"""The environments for which tox runs a command only."""
_MAX_ROWS = 20_000


def make(path: str, data: bytes) -> Pipeline:
    """Return the recipes of a Makefile; a `-` before a command, as for make, lets its failure pass."""
    jobs: list[Job] = []
    target, line = "", 0
    script: list[tuple[str, int]] = []
    for number, row in enumerate(_text(data).split("\n")[:_MAX_ROWS], 1):
        if row.startswith("\t"):
            script.append((row.strip(), number))
            continue
        found = _TARGET.match(row)
        if found or (row.strip() and not row.startswith((" ", "#"))):
            jobs.extend(_recipe(target, line, script))
            target, line, script = (found[1], number, []) if found else ("", 0, [])
    jobs.extend(_recipe(target, line, script))
    return Pipeline(path, tuple(jobs), is_ci=False)


def _recipe(target: str, line: int, script: Sequence[tuple[str, int]]) -> Iterator[Job]:
    """Yield a recipe as a job: each row runs alone unless it goes on in the next."""
    stages = []
    block: list[tuple[str, int]] = []
    for row in script:
        block.append(row)
        if row[0].endswith("\\"):
            continue
        first, number = block[0]
        marks = first[: len(first) - len(first.lstrip("-@+"))]
        block[0] = (first[len(marks) :], number)
        tolerated = Saying("-", number) if "-" in marks else None
        stages.append(Stage(first, number, of_script(block), tolerated=tolerated))
        block = []
    if target and stages:
        yield _named("make", Job(target, line, stages=tuple(stages)), script)


def package_scripts(path: str, root: Node) -> Pipeline:
    """Return the scripts of a package.json."""
    scripts = root.get("scripts")
    jobs = [
        _named("npm", Job(name, node.line, stages=(Stage(name, node.line, of_script(rows(node))),)), rows(node))
        for name, node in (scripts.entries if scripts is not None else ())
        if node.text is not None
    ]
    return Pipeline(path, tuple(jobs), is_ci=False)


def _named(runner: str, job: Job, script: Sequence[tuple[str, int]]) -> Job:
    """Return a recipe with the check that it is by its name, if its commands are none that are known."""
    check = None if next(job.checks(), None) is not None else of_name(runner, job.id, script)
    return job if check is None else replace(job, stages=(*job.stages, Stage(job.id, job.line, (check,))))


def tox(path: str, root: Node, prefix: str = "testenv") -> Pipeline:
    """Return the environments of tox from its INI sections; a `-` before a command lets its failure pass."""
    jobs = []
    for name, section in root.entries:
        if not name.startswith(prefix):
            continue
        stages = []
        for row, line in _tox_rows(root, section):
            tolerated = Saying("-", line) if row.startswith("-") else None
            command = _DEFAULTS.sub(r"\1", row.lstrip(" -"))
            stages.append(Stage(row.strip(), line, of_script([(command, line)]), tolerated=tolerated))
        jobs.append(
            Job(
                name,
                section.line,
                stages=tuple(stages),
                tolerated=_said_yes(section, "ignore_outcome") or _said_yes(section, "ignore_errors"),
            )
        )
    return Pipeline(path, tuple(jobs), is_ci=False)


def _tox_rows(root: Node, section: Node) -> Iterator[tuple[str, int]]:
    """Yield the commands of an environment: those of another section in place, without what they depend on."""
    for row, line in rows(section.get("commands")):
        other = _REFERENCE.fullmatch(row.strip())
        if other is None:
            yield _FACTOR.sub("", row.strip()), line
        else:
            yield from ((_FACTOR.sub("", one.strip()), line) for one, _ in rows(root.get(other[1], other[2])))


def tox_toml(path: str, root: Node) -> Pipeline:
    """Return the environments of tox from its tables (tox.toml, or tool.tox of pyproject.toml)."""
    jobs = []
    named = [(name, node) for name, node in root.entries if name in {"env_run_base", "env"} and node.is_map]
    for name, node in [(name, node) for name, node in named if name != "env"] + [
        entry for name, below in named if name == "env" for entry in below.entries
    ]:
        commands = node.get("commands")
        stages = []
        for command in commands.elements if commands is not None else ():
            words = [word.text for word in command.elements if word.text]
            told = words[0].startswith("-") if words else False
            line = " ".join(f"'{word}'" if " " in word and "'" not in word else word for word in words).lstrip("- ")
            tolerated = Saying("-", command.line) if told else None
            stages.append(Stage(line, command.line, of_script([(line, command.line)]), tolerated=tolerated))
        jobs.append(Job(name, node.line, stages=tuple(stages), tolerated=_said_yes(node, "ignore_outcome")))
    return Pipeline(path, tuple(jobs), is_ci=False)


def _said_yes(section: Node, key: str) -> Saying | None:
    node = section.get(key)
    return Saying(f"{key} = true", node.line) if node is not None and node.truth else None


def nox(path: str, data: bytes) -> Pipeline | None:
    """Return the sessions of a noxfile, None if it is not Python; only commands of plain words are seen."""
    tree = parse(data)
    if tree is None:
        return None
    jobs = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not any(map(_is_session, node.decorator_list)):
            continue
        stages = tuple(_ran(call) for call in ast.walk(node) if isinstance(call, ast.Call) and _runs(call))
        jobs.append(Job(node.name, node.lineno, stages=stages))
    return Pipeline(path, tuple(jobs), is_ci=False)


def _is_session(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (isinstance(target, ast.Attribute) and target.attr == "session") or (
        isinstance(target, ast.Name) and target.id == "session"
    )


def _runs(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in {"run", "run_always"} and bool(call.args)


def _ran(call: ast.Call) -> Stage:
    words = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    allowed = next((one for one in call.keywords if one.arg == "success_codes"), None)
    tolerated = Saying("success_codes", allowed.value.lineno) if allowed is not None else None
    line = " ".join(f"'{word}'" if " " in word and "'" not in word else word for word in words)
    return Stage(line, call.lineno, of_script([(line, call.lineno)]), tolerated=tolerated)


def script(path: str, data: bytes) -> Pipeline:
    """Return a shell script that runs as a gate (a git hook, a script of the CI) as one job."""
    lines = [(row, number) for number, row in enumerate(_text(data).split("\n")[:_MAX_ROWS], 1)]
    # A hook is not run with -e: its last command decides, or what it hands on itself.
    job = Job(path.rsplit("/", 1)[-1], 1, stages=(Stage(path, 1, of_script(lines)),))
    return Pipeline(path, (job,), is_ci=False)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n")
