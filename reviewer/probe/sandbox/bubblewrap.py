"""The same cell, made by bubblewrap: a layout as its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.probe.sandbox.containment import Containment
    from reviewer.probe.sandbox.layout import Layout
    from reviewer.probe.sandbox.limits import Limits

_SHUT = (
    *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--hostname", "cell"),
    *("--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"),
)


_NO_MORE = ("--disable-userns",)


def arguments(containment: Containment, layout: Layout, limits: Limits, command: Sequence[str]) -> list[str]:
    """Return the whole command that runs `command` in a cell."""
    words = [containment.program, *_SHUT, *(() if containment.nests else _NO_MORE), "--dev", "/dev", "--proc", "/proc"]
    # Settings of the machine belong to number zero outside, which may be who runs this.
    words += ["--ro-bind", "/proc/sys", "/proc/sys"]
    for place in layout.writable:
        words += ["--size", str(limits.disk), "--tmpfs", place]
    for target, value in layout.links:
        words += ["--symlink", value, target]
    for bind in layout.binds:
        words += ["--bind" if bind.kind == "tree" else "--ro-bind", bind.source, bind.target]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--", *command]
