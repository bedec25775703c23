"""Read many small objects at once, hashing each: one process and one pass in place of a question per object.

Only to fill caches ahead of a walk: what is missing, large or of another kind is left out here, and said to be so by
whoever asks for it singly.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from typing import IO, TYPE_CHECKING

from reviewer.git.command import executable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewer.git.repository import ObjectFormat

MAX_SIZE = 1 << 20
"""Bytes of one object that is read ahead."""


def read_many(
    environment: Mapping[str, str], object_format: ObjectFormat, oids: Iterable[str]
) -> Iterator[tuple[str, str, bytes]]:
    """Yield (id, kind, content) of those objects that are there, not large, and hash to their id.

    Args:
        environment: the whole environment of git; says the repository.
        object_format: which hash names the objects.
        oids: full ids.
    """
    with tempfile.TemporaryFile() as questions:
        questions.write("".join(f"{oid}\n" for oid in oids).encode())
        questions.seek(0)
        process = subprocess.Popen(  # noqa: S603 - absolute program, no shell, own environment
            [executable(), "cat-file", "--batch", "--buffer"],
            stdin=questions,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd=environment["GIT_DIR"],
        )
        with process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            try:
                yield from _answers(process.stdout, object_format)
            finally:
                process.kill()


def _answers(stream: IO[bytes], object_format: ObjectFormat) -> Iterator[tuple[str, str, bytes]]:
    while header := stream.readline():
        words = header.decode("ascii", "replace").split()
        if len(words) != 3:
            continue
        oid, kind, size = words[0], words[1], int(words[2])
        if size > MAX_SIZE:
            return
        content = stream.read(size + 1)[:size]
        state = hashlib.new(object_format, f"{kind} {size}\0".encode(), usedforsecurity=False)
        state.update(content)
        if state.hexdigest() == oid:
            yield oid, kind, content
