"""A request to end takes the way of an exit: temporary folders go, and the exit code says what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """
import os, sys, tempfile, time
from reviewer.cli import failure
failure.end_in_order()
def run():
    with tempfile.TemporaryDirectory(prefix="reviewer-"):
        print("ready", flush=True)
        time.sleep(60)
    return 0
sys.exit(failure.guarded(run))
"""


def test_a_request_to_end_leaves_no_folder_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert any(tmp_path.iterdir())
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 143
    until = time.monotonic() + 5
    while any(tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(tmp_path.iterdir())
