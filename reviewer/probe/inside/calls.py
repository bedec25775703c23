"""Which calls to the kernel an untrusted program may not make, as a filter that it and its children cannot take off.

Stands alone beside `supervisor` (standard library only). What a test may need is allowed; denied is what enters the
parts of the kernel that are made for administrators, debuggers and containers: mounts, modules, keys, tracing, new
namespaces, sockets of other families than those that a machine uses to speak with itself. It comes after namespaces
and lost privileges and takes nothing of these for granted. For 64-bit x86 and ARM; other machines have no filter.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_ARCHES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32 = 0x4000_0000
# Name, number on x86_64, number on aarch64; None where the machine has no such call.
_DENIED: tuple[tuple[str, int | None, int | None], ...] = (
    ("mount", 165, 40),
    ("umount2", 166, 39),
    ("pivot_root", 155, 41),
    ("open_tree", 428, 428),
    ("move_mount", 429, 429),
    ("fsopen", 430, 430),
    ("fsconfig", 431, 431),
    ("fsmount", 432, 432),
    ("fspick", 433, 433),
    ("mount_setattr", 442, 442),
    ("swapon", 167, 224),
    ("swapoff", 168, 225),
    ("quotactl", 179, 60),
    ("quotactl_fd", 443, 443),
    ("open_by_handle_at", 304, 265),
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("pidfd_getfd", 438, 438),
    ("kcmp", 312, 272),
    ("perf_event_open", 298, 241),
    ("bpf", 321, 280),
    ("userfaultfd", 323, 282),
    ("kexec_load", 246, 104),
    ("kexec_file_load", 320, 294),
    ("init_module", 175, 105),
    ("finit_module", 313, 273),
    ("delete_module", 176, 106),
    ("reboot", 169, 142),
    ("acct", 163, 89),
    ("syslog", 103, 116),
    ("keyctl", 250, 219),
    ("add_key", 248, 217),
    ("request_key", 249, 218),
    ("setns", 308, 268),
    ("modify_ldt", 154, None),
    ("iopl", 172, None),
    ("ioperm", 173, None),
)
# A library that is told that there is no such call takes the older one, whose arguments can be looked at.
_ABSENT = (
    ("clone3", 435, 435),
    ("io_uring_setup", 425, 425),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
)
_NAMESPACES = (("clone", 56, 220), ("unshare", 272, 97))
_SOCKETS = (("socket", 41, 198), ("socketpair", 53, 199))
_NEW = 0x7E02_0000
"""Every flag that asks for a namespace of one's own, but for that of time, which only `unshare` and `clone3` know."""
_UNIX, _INET, _INET6, _NETLINK, _ROUTE = 1, 2, 10, 16, 0

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CALL, _ARCH, _FIRST, _THIRD = 0, 4, 16, 32
_ALLOW, _ERROR = 0x7FFF_0000, 0x0005_0000
_SET_SECCOMP, _FILTER = 22, 2

Step = tuple[int, int, str]
"""Code, value, and the name of the place to go on at if a comparison holds; "!" before it, if it does not."""


def program(machine: str) -> bytes | None:
    """Return the filter for a machine as the kernel takes it, None where there is none."""
    arch = _ARCHES.get(machine)
    if arch is None:
        return None
    column = 1 if machine == "x86_64" else 2
    steps: list[Step] = [(_LOAD, _ARCH, ""), (_EQUAL, arch, "!absent"), (_LOAD, _CALL, "")]
    if machine == "x86_64":
        steps.append((_AT_LEAST, _X32, "absent"))
    for table, place in ((_DENIED, "denied"), (_ABSENT, "absent"), (_NAMESPACES, "spaces"), (_SOCKETS, "socket")):
        numbers = [row[column] for row in table]
        steps += [(_EQUAL, number, place) for number in numbers if isinstance(number, int)]
    blocks: dict[str, list[Step]] = {
        "": steps,
        "allowed": [(_RETURN, _ALLOW, "")],
        "spaces": [(_LOAD, _FIRST, ""), (_ANY_BIT, _NEW, "denied"), (_RETURN, _ALLOW, "")],
        "socket": [
            (_LOAD, _FIRST, ""),
            *((_EQUAL, family, "fine") for family in (_UNIX, _INET, _INET6)),
            (_EQUAL, _NETLINK, "!family"),
            (_LOAD, _THIRD, ""),
            (_EQUAL, _ROUTE, "!family"),
        ],
        "fine": [(_RETURN, _ALLOW, "")],
        "family": [(_RETURN, _ERROR | errno.EAFNOSUPPORT, "")],
        "denied": [(_RETURN, _ERROR | errno.EPERM, "")],
        "absent": [(_RETURN, _ERROR | errno.ENOSYS, "")],
    }
    return _assembled(blocks)


def _assembled(blocks: dict[str, list[Step]]) -> bytes:
    """Return the steps as instructions; a comparison goes on at the next one or at a place further down."""
    places: dict[str, int] = {}
    count = 0
    for name, steps in blocks.items():
        places[name] = count
        count += len(steps)
    out = []
    for number, (code, value, target) in enumerate(step for steps in blocks.values() for step in steps):
        jump = places[target.lstrip("!")] - number - 1 if target else 0
        if_so, if_not = (0, jump) if target.startswith("!") else (jump, 0)
        out.append(struct.pack("HBBI", code, if_so, if_not, value))
    return b"".join(out)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def shut() -> bool:
    """Put the filter over this process and all that it starts; return whether this machine has one.

    Raises:
        OSError: the kernel does not take it.
    """
    steps = program(os.uname().machine) if sys.platform == "linux" else None
    if steps is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    whole = _Program(len(steps) // 8, steps)
    if libc.prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(whole), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        number = ctypes.get_errno()
        raise OSError(number, f"the calls to the kernel cannot be filtered: {os.strerror(number)}")
    return True
