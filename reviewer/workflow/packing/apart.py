"""Masking a large log in a process of its own, beside the one that imports it: two processors share the work.

The child writes the masked copy and says how far it is; the copy itself carries the bytes. It is our own program, and
what crosses is numbers, digests and the names of rules.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from reviewer.digest import Sha256
from reviewer.errors import BadTranscriptError
from reviewer.packet.content import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import RawIOBase
    from types import TracebackType

_WORTH_IT = 4 << 20
"""Smaller logs are masked before a process would have started, bytes."""
_SHRUNK = 16
"""By so much logs shrink when they are compressed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the child says at its end: of the log, of its copy, and how many masks of each rule it made."""

    sha256: Sha256
    size: int
    lines: int
    damage: str
    copy: Stretch
    masks: dict[str, int]


class MaskingProcess:
    """A log being masked elsewhere, from now on. A context that ends the child."""

    def __init__(self, log: Path, copy: Path) -> None:
        """Start the child.

        Raises:
            OSError: it cannot be started.
        """
        self.log = log
        self.told: Told | None = None
        self._copy = copy
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, isolated from the working directory
            [sys.executable, "-I", "-m", __name__, str(log.absolute()), str(copy.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @classmethod
    def worth_it(cls, log: Path, copy: Path) -> MaskingProcess | None:
        """Return a process for a log that is large enough; None for a small one, or if there can be no process."""
        with contextlib.suppress(OSError):
            size = log.stat().st_size
            if size >= _WORTH_IT or (size >= _WORTH_IT // _SHRUNK and log.suffix in {".zst", ".gz"}):
                return cls(log, copy)
        return None

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield the log's masked stretches of whole lines, each with its bytes before masking; `told` is set after.

        Raises:
            BadTranscriptError: the log cannot be read, or the child ended before it was done.
        """
        if self._child.stdout is None:
            raise BadTranscriptError(f"{self.log}: the masking process cannot be heard")
        with contextlib.ExitStack() as held:
            copy = None
            for line in self._child.stdout:
                match json.loads(line):
                    case [int() as size, int() as masked]:
                        # Opened only now: before its first words the child may not have made it.
                        copy = copy or held.enter_context(self._copy.open("rb", buffering=0))
                        yield size, _exactly(copy, masked)
                    case {"refused": sentence}:
                        raise BadTranscriptError(sentence)
                    case {"log": [digest, size, lines, damage], "masks": masks, "copy": [length, own, crc]}:
                        stretch = Stretch(self._copy, 0, length, Sha256(own), crc)
                        self.told = Told(Sha256(digest), size, lines, damage, stretch, masks)
                        return
        raise BadTranscriptError(
            f"{self.log}: masking it ended before it was done", hint="try again; is there enough memory and disk?"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._child.wait()


def _exactly(file: RawIOBase, size: int) -> bytes:
    data = file.read(size) or b""
    while len(data) < size and (more := file.read(size - len(data))):
        data += more
    return data


def main(arguments: list[str]) -> None:
    """Be the child: mask the log (first argument) into the copy (second)."""
    from reviewer.run.redact import Redactor
    from reviewer.workflow.packing.masking import Reading, masked_blocks
    from reviewer.workflow.packing.staged import StagedMember

    log, copy = arguments
    redactor, reading = Redactor(), Reading()
    try:
        with StagedMember(Path(copy)) as staged:
            for size, masked in masked_blocks(Path(log), copy, redactor, staged, reading):
                staged.flush()
                _say([size, len(masked)])
    except BadTranscriptError as error:
        _say({"refused": error.sentence})
        return
    stretch = staged.stretch()
    _say(
        {
            "log": [reading.digest.hexdigest(), reading.size, reading.lines, reading.damage],
            "masks": {rule: count for (_, rule), count in redactor.counts.items()},
            "copy": [stretch.size, stretch.sha256, stretch.crc],
        }
    )


def _say(told: object) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Whoever started it may have ended: then nobody listens, and there is nothing left to do.
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1:])
