"""With what a change's tests are run: the environment that the person names, and the framework that is in it.

Found by reading folders; nothing is started. The environment's digest changes with every package and version, so that
results of another environment are never taken for those of this one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.errors import UndeterminedError
from reviewer.probe.frameworks.command_run import CommandRun
from reviewer.probe.frameworks.pytest_options import kept
from reviewer.probe.frameworks.pytest_run import Pytest, python_environment
from reviewer.probe.frameworks.unittest_run import Unittest
from reviewer.probe.sandbox.environment import PythonPlace, python_place
from reviewer.text import display_safe
from reviewer.workflow.probing import cargo_tools, go_tools, node_tools

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reviewer.probe.change import Change
    from reviewer.probe.files import Files
    from reviewer.probe.frameworks.framework import Framework, Stage

USUAL = (".venv", "venv")
"""Folders of the checkout that are taken for its environment if the person names none."""
_HINT = "name an environment that has the project's dependencies: --python .venv; or a command: --suite LINE"
_SHELL = "/bin/sh"
_FAMILY: dict[str, str] = {"typescript": "javascript"}


@dataclass(frozen=True, slots=True)
class Tools:
    """What tests are run with.

    Attributes:
        framework: None where there is none; `missing` then says why.
        impatient: the same, ending at the first test that fails.
        place: the Python environment, None where there is none.
        readable: what runs may read beside the system.
        digest: of the environment and of the framework.
        title: the environment in words.
        beside: variables that other commands than tests run with, where the environment is not Python's.
    """

    framework: Framework | None = None
    impatient: Framework | None = None
    place: PythonPlace | None = None
    readable: tuple[Path, ...] = ()
    digest: str = ""
    title: str = "nothing but the system's programs"
    missing: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)

    def variables(self, files: Files, stage: Stage) -> Mapping[str, str]:
        """Return the variables that other commands than tests run with."""
        own = {} if self.place is None else python_environment(self.place, files, stage)
        paths = [found["PATH"] for found in (own, self.beside) if "PATH" in found]
        return {**own, **self.beside, **({"PATH": ":".join(paths)} if paths else {})}


def find(change: Change, *, python: Path | None, checkout: Path | None, suite: str | None = None) -> Tools:
    """Return what the tests are run with.

    Args:
        change: both trees; which of the project's own options stay in force is read from the base.
        python: an environment or interpreter that the person named.
        checkout: the person's work tree.
        suite: a shell line that runs the tests, in place of a framework that is known.

    Raises:
        BadInputError: the person named what is no environment.
    """
    if python is None and checkout is not None:
        places = (checkout / name for name in USUAL)
        python = next((place for place in places if (place / "pyvenv.cfg").is_file()), None)
    found = Tools(digest=digest([])) if python is None else _of_python(change, python_place(python, checkout=checkout))
    if suite is not None:
        return _of_line(suite, found)
    if _language(change) == "javascript" and (node := node_tools.find(change, checkout)) is not None:
        return replace(
            found,
            framework=node.framework,
            impatient=node.impatient,
            readable=(*found.readable, *node.readable),
            digest=digest([found.digest, *node.parts]),
            title=f"{node.framework.name} of the checkout",
            beside=node.variables,
            missing="",
        )
    if _language(change) == "rust" and (cargo := cargo_tools.find(change)) is not None:
        return replace(
            found,
            framework=cargo.framework,
            impatient=None,
            readable=(*found.readable, *cargo.readable),
            digest=digest([found.digest, *cargo.parts]),
            title=cargo.framework.name,
            beside=cargo.variables,
            missing="",
        )
    if _language(change) == "go" and (go := go_tools.find(change)) is not None:
        return replace(
            found,
            framework=go.framework,
            impatient=None,
            readable=(*found.readable, *go.readable),
            digest=digest([found.digest, *go.parts]),
            title=go.framework.name,
            beside=go.variables,
            missing="",
        )
    if found.framework is None and found.place is None:
        return replace(found, missing=f"no environment is named; {_HINT}")
    return found


def languages(change: Change) -> frozenset[str]:
    """Return the languages of code that the framework's tests can say something of."""
    first = _language(change)
    same = frozenset(one for one, family in _FAMILY.items() if family == first)
    return frozenset({"python"}) if first not in {"go", "javascript"} else same | {first}


def _language(change: Change) -> str:
    """Return the language that most of the changed tests, else of the changed files, are in."""
    paths = change.new_tests or tuple(file.path for file in change.files)
    languages = [roles.language(path) for path in paths]
    known = Counter(_FAMILY.get(one, one) for one in languages if one is not None)
    return known.most_common(1)[0][0] if known else ""


def _of_python(change: Change, place: PythonPlace) -> Tools:
    title = f"Python {place.version} of {display_safe(str(place.prefix))}"
    names = [str(place.interpreter.resolve()), place.version, *place.distributions]
    tools = Tools(place=place, readable=place.readable, digest=digest(names), title=title)
    if Pytest.is_in(place):
        options = kept(change.before)
        framework = Pytest(place, options)
        impatient = Pytest(place, (*options, "--maxfail=1"))
        return replace(tools, framework=framework, impatient=impatient, digest=digest([*names, framework.name]))
    if _uses_unittest(change):
        return replace(tools, framework=Unittest(place), digest=digest([*names, Unittest.name]))
    return replace(tools, missing=f"{display_safe(str(place.prefix))} has no pytest")


def _of_line(line: str, tools: Tools) -> Tools:
    variables = {}
    if (place := tools.place) is not None:
        variables = {
            "PATH": f"{place.interpreter.parent}:/usr/local/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": str(place.prefix),
        }
    framework = CommandRun((_SHELL, "-c", line), variables)
    return replace(tools, framework=framework, impatient=None, digest=digest([tools.digest, line]), missing="")


def _uses_unittest(change: Change) -> bool:
    """Return whether the changed tests are unittest's, and none needs what only pytest gives."""
    sources = [change.after.read(path) or b"" for path in change.new_tests if path.endswith(".py")]
    return bool(sources) and all(b"unittest" in source and b"pytest" not in source for source in sources)


def required(tools: Tools) -> Framework:
    """Return the framework.

    Raises:
        UndeterminedError: there is none.
    """
    if tools.framework is None:
        raise UndeterminedError(f"the tests cannot be run: {tools.missing}", hint=_HINT)
    return tools.framework


def digest(parts: Sequence[str]) -> str:
    """Return a digest of words."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return whole.hexdigest()
