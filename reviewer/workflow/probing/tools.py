"""With what a change's tests are run: the environment that the person names, and the framework that is in it.

Found by reading folders; nothing is started. The environment's digest changes with every package and version, so that
results of another environment are never taken for those of this one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import UndeterminedError
from reviewer.probe.frameworks.pytest_options import kept
from reviewer.probe.frameworks.pytest_run import Pytest, python_environment
from reviewer.probe.sandbox.environment import PythonPlace, python_place
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reviewer.probe.files import Files
    from reviewer.probe.frameworks.framework import Framework, Stage

USUAL = (".venv", "venv")
"""Folders of the checkout that are taken for its environment if the person names none."""
_NAME_AN_ENVIRONMENT = "name an environment that has the project's dependencies and pytest: --python .venv"


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
    """

    framework: Framework | None = None
    impatient: Framework | None = None
    place: PythonPlace | None = None
    readable: tuple[Path, ...] = ()
    digest: str = ""
    title: str = "no environment"
    missing: str = ""

    def variables(self, files: Files, stage: Stage) -> Mapping[str, str]:
        """Return the variables that other commands than tests run with."""
        return {} if self.place is None else python_environment(self.place, files, stage)


def find(before: Files, python: Path | None, checkout: Path | None) -> Tools:
    """Return what the tests are run with.

    Args:
        before: the base of the change: which of the project's own options stay in force is read from there.
        python: an environment or interpreter that the person named.
        checkout: the person's work tree.

    Raises:
        BadInputError: the person named what is no environment.
    """
    if python is None and checkout is not None:
        places = (checkout / name for name in USUAL)
        python = next((place for place in places if (place / "pyvenv.cfg").is_file()), None)
    if python is None:
        return Tools(missing=f"no environment is named; {_NAME_AN_ENVIRONMENT}", digest=_digest("none"))
    place = python_place(python, checkout=checkout)
    title = f"Python {place.version} of {display_safe(str(place.prefix))}"
    names = [str(place.interpreter.resolve()), place.version, *place.distributions]
    if not Pytest.is_in(place):
        missing = f"{display_safe(str(place.prefix))} has no pytest"
        return Tools(place=place, readable=place.readable, digest=_digest(*names), title=title, missing=missing)
    options = kept(before)
    framework = Pytest(place, options)
    return Tools(
        framework=framework,
        impatient=Pytest(place, (*options, "--maxfail=1")),
        place=place,
        readable=place.readable,
        digest=_digest(*names, framework.name),
        title=title,
    )


def required(tools: Tools) -> Framework:
    """Return the framework.

    Raises:
        UndeterminedError: there is none.
    """
    if tools.framework is None:
        raise UndeterminedError(f"the tests cannot be run: {tools.missing}", hint=_NAME_AN_ENVIRONMENT)
    return tools.framework


def _digest(*parts: str) -> str:
    return digest(parts)


def digest(parts: Sequence[str]) -> str:
    """Return a digest of words."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return whole.hexdigest()
