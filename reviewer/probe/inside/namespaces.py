"""Makes a cell of Linux namespaces, with no help of another program, and serves in it as its first process.

Stands alone beside `supervisor` (standard library only). The caller needs no privilege: a user namespace of its own
gives what is needed to mount, and the command that is run in the end has none of it. Needs Linux 5.12.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - must stand alone

if TYPE_CHECKING:
    from reviewer.probe.inside import supervisor
else:
    import supervisor

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000
_NEWUSER, _NEWPID, _NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_DETACH = 2
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000
_SET_PDEATHSIG = 1
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
INSIDE_ID = 1000
"""The user's and group's number inside: not zero, as tests of permissions behave differently for root."""
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# What of /proc belongs to the whole machine and can be written by who has number zero outside.
_MACHINE = ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "timer_list", "kcore", "kmsg")

libc = ctypes.CDLL(None, use_errno=True)


def call(result: int, what: str) -> None:
    """Raise what the last call of the C library left, if it failed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount."""
    encoded = [os.fsencode(word) if word else None for word in (source, target, kind)]
    call(libc.mount(*encoded, ctypes.c_ulong(flags), os.fsencode(data) if data else None), f"mount {kind} {target}")


def close_down(target: str, attributes: int) -> None:
    """Set attributes (read only, no set-user-id, no devices) of a mount and of all below it."""
    attr = struct.pack("QQQQ", attributes, 0, 0, 0)
    result = libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), _AT_RECURSIVE, attr, len(attr))
    call(result, f"mount_setattr {target}")


def bind(source: str, target: str, attributes: int) -> None:
    """Show a file or folder of the outside at another place."""
    mount(source, target, flags=_BIND | _REC)
    mount("", target, flags=_REC | _PRIVATE)
    close_down(target, attributes)


def write(path: str, text: str) -> None:
    """Write a small file."""
    with open(path, "w", encoding="utf-8") as stream:  # noqa: PTH123 - must stand alone
        stream.write(text)


def make_point(path: str, *, folder: bool) -> None:
    """Make the place where something is mounted."""
    if folder:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 - must stand alone
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - as above
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))


def own_user() -> None:
    """Become somebody in a user namespace of one's own."""
    user, group = os.geteuid(), os.getegid()
    flags = _NEWUSER | _NEWNS | _NEWPID | _NEWNET | _NEWIPC | _NEWUTS | _NEWCGROUP
    call(libc.unshare(flags), "unshare")
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{INSIDE_ID} {user} 1")
    write("/proc/self/gid_map", f"{INSIDE_ID} {group} 1")


def build(orders: dict[str, Any]) -> None:
    """Build the file system of the cell and move into it."""
    stage: str = orders["stage"]
    mount("", "/", flags=_REC | _PRIVATE)
    mount("cell", stage, "tmpfs", _NOSUID | _NODEV, "size=4m,mode=755")
    room = f"{stage}/.room"
    os.mkdir(room)  # noqa: PTH102 - must stand alone
    mount("room", room, "tmpfs", _NOSUID | _NODEV, f"size={int(orders['limits']['disk'])},mode=755")
    for target in orders["writable"]:
        source = room + "/" + target.strip("/").replace("/", "_")
        os.mkdir(source)  # noqa: PTH102 - as above
        os.chmod(source, 0o700 if target == orders["env"].get("HOME") else 0o1777)  # noqa: PTH101 - as above
        make_point(stage + target, folder=True)
        mount(source, stage + target, flags=_BIND)
    devices(stage)
    for target, value in orders["links"]:
        make_point(os.path.dirname(stage + target), folder=True)  # noqa: PTH120 - as above
        os.symlink(value, stage + target)  # noqa: PTH211 - as above
    for source, target, kind in orders["binds"]:
        place = stage + target
        if kind == "tree":
            make_point(place, folder=True)
            orders["tree_as"] = show_tree(source, place, room)
            continue
        with contextlib.suppress(FileExistsError, NotADirectoryError, PermissionError):
            make_point(place, folder=os.path.isdir(source))  # noqa: PTH112 - as above
            bind(source, place, _RDONLY | _NOSUID | _NODEV)
    mount("proc", make_folder(stage + "/proc"), "proc", _NOSUID | _NODEV | _NOEXEC)
    for name in _MACHINE:
        place = f"{stage}/proc/{name}"
        if name != "sys" and os.path.exists(place):  # noqa: PTH110 - as above
            bind(place if os.path.isdir(place) else f"{stage}/dev/null", place, _RDONLY)  # noqa: PTH112 - as above
    # The places that were made of it stay; nothing inside can reach the room itself, nor what is below the tree.
    call(libc.umount2(os.fsencode(room), _DETACH), "umount2")
    os.rmdir(room)  # noqa: PTH106 - as above
    orders["bounded"] = orders["writable"][:1]
    old = make_folder(stage + "/.old")
    call(libc.pivot_root(os.fsencode(stage), os.fsencode(old)), "pivot_root")
    os.chdir("/")
    call(libc.umount2(b"/.old", _DETACH), "umount2")
    os.rmdir("/.old")  # noqa: PTH106 - as above


def make_folder(path: str) -> str:
    """Make a folder and return it."""
    os.makedirs(path, exist_ok=True)  # noqa: PTH103 - must stand alone
    return path


def show_tree(source: str, place: str, room: str) -> str:
    """Show the tree with all that is written going to the bounded room, else as it is; return which."""
    if not set(source) & set(":,\\\\"):
        upper, work = make_folder(f"{room}/upper"), make_folder(f"{room}/work")
        os.chmod(upper, 0o755)  # noqa: PTH101, S103 - must stand alone; as a checkout has it
        with contextlib.suppress(OSError):
            mount(
                "tree",
                place,
                "overlay",
                _NOSUID | _NODEV,
                f"userxattr,lowerdir={source},upperdir={upper},workdir={work}",
            )
            return "overlay"
    bind(source, place, _NOSUID | _NODEV)
    return "bind"


def devices(stage: str) -> None:
    """Make the few devices that programs need."""
    folder = make_folder(stage + "/dev")
    for name in _DEVICES:
        if os.path.exists(f"/dev/{name}"):  # noqa: PTH110 - must stand alone
            make_point(f"{folder}/{name}", folder=False)
            mount(f"/dev/{name}", f"{folder}/{name}", flags=_BIND)
    for name, value in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(value, f"{folder}/{name}")  # noqa: PTH211 - as above
    with contextlib.suppress(OSError):
        points = make_folder(f"{folder}/pts")
        mount("pts", points, "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666,mode=620")
        os.symlink("pts/ptmx", f"{folder}/ptmx")  # noqa: PTH211 - as above


def settle(orders: dict[str, Any]) -> None:
    """Do what only the owner of the namespaces can do, and then close the rest of the machine's settings."""
    with contextlib.suppress(OSError):
        write("/proc/sys/user/max_user_namespaces", "0")
    with contextlib.suppress(OSError):
        # Since Linux 6.14 each process namespace has its own; before, this is the machine's and cannot be written.
        if supervisor.kernel() >= (6, 14):
            write("/proc/sys/kernel/pid_max", str(max(400, int(orders["limits"]["processes"]) * supervisor.THREADS)))
    bind("/proc/sys", "/proc/sys", _RDONLY)
    # The cell's own root can only be read: what is written goes to the places that are bounded.
    mount("", "/", flags=_REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
    socket.sethostname("cell")
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        # Many suites serve themselves on this machine's own address.
        fcntl.ioctl(one, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))


def main() -> None:
    """Take orders, make the cell, serve in it, and end with it."""
    supervisor.prctl(_SET_PDEATHSIG, signal.SIGKILL)
    try:
        orders = supervisor.read_orders()
        own_user()
    except (OSError, ValueError, TypeError, KeyError) as error:
        supervisor.broken(str(error))
        return
    first = os.fork()
    if first:
        os.close(1)
        _, status = os.waitpid(first, 0)
        sys.exit(0 if status == 0 else 1)
    supervisor.prctl(_SET_PDEATHSIG, signal.SIGKILL)
    try:
        build(orders)
        settle(orders)
        supervisor.serve(orders)
    except (OSError, ValueError, TypeError, KeyError) as error:
        supervisor.broken(str(error))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
