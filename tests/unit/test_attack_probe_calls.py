"""The filter of calls to the kernel: what it says of each call on both machines, and programs that try them."""

from __future__ import annotations

import errno
import json
import os
import struct
from typing import TYPE_CHECKING

import pytest

from reviewer.probe.inside import calls
from reviewer.probe.sandbox.cell import Cell
from reviewer.probe.sandbox.containment import NONE
from tests.support import probing
from tests.support.probing import SMALL, run_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALLOWED, KILLED = "allowed", "killed"
ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386 = 0x40000003
COLUMN = {"x86_64": 1, "aarch64": 2}


def numbers(row: tuple[str, int, int]) -> dict[str, int]:
    return {"x86_64": row[1], "aarch64": row[2]}


def asked(machine: str, number: int, *arguments: int, arch: int | None = None) -> str:
    """Return what the filter answers, by a reading of its instructions that knows nothing of how they were made."""
    steps = calls.program(machine)
    assert steps is not None
    data = struct.pack("<iIQ6Q", number, arch or ARCHES[machine], 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    held, place = 0, 0
    while True:
        code, if_so, if_not, value = struct.unpack_from("<HBBI", steps, 8 * place)
        place += 1
        match code:
            case 0x20:
                held = struct.unpack_from("<I", data, value)[0]
            case 0x15:
                place += if_so if held == value else if_not
            case 0x35:
                place += if_so if held >= value else if_not
            case 0x45:
                place += if_so if held & value else if_not
            case 0x06:
                return ALLOWED if value == 0x7FFF0000 else errno.errorcode[value & 0xFFFF]
            case _:
                return KILLED


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_each_denied_call_is_denied_and_no_other(machine: str) -> None:
    column = COLUMN[machine]
    denied = {row[column]: row[0] for row in calls._DENIED if row[column] is not None}
    absent = {row[column] for row in calls._ABSENT}
    looked_at = {row[column] for row in (*calls._NAMESPACES, *calls._SOCKETS)}
    for number in range(500):
        answer = asked(machine, number)
        if number in denied:
            assert answer == "EPERM", denied[number]
        elif number in absent:
            assert answer == "ENOSYS"
        elif number not in looked_at:
            assert answer == ALLOWED, number


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_arguments_decide_where_they_can_be_seen(machine: str) -> None:
    clone, unshare = (numbers(row)[machine] for row in calls._NAMESPACES)
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert asked(machine, clone, flag | 17) == "EPERM"
        assert asked(machine, unshare, flag) == "EPERM"
    # fork, a thread, vfork.
    for flags in (0x01200011, 0x003D0F00, 0x4111):
        assert asked(machine, clone, flags) == ALLOWED
    make = numbers(calls._SOCKETS[0])[machine]
    for family in range(50):
        answer = asked(machine, make, family, 1, 0)
        assert answer == (ALLOWED if family in {1, 2, 10, 16} else "EAFNOSUPPORT"), family
    assert asked(machine, make, 16, 3, 15) == "EAFNOSUPPORT"


def test_another_way_into_the_kernel_has_no_calls_at_all() -> None:
    assert asked("x86_64", 1, arch=I386) == "ENOSYS"
    assert asked("x86_64", 0x40000000 | 1) == "ENOSYS"
    assert asked("aarch64", 1, arch=0x40000028) == "ENOSYS"
    assert calls.program("riscv64") is None


@pytest.fixture(params=["bubblewrap", "namespaces", "none"])
def cell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cell]:
    shut = NONE if request.param == "none" else probing.shut(request.param)
    if shut is None:
        pytest.skip(probing.why_not(request.param))
    tree = probing.tree_at(tmp_path / "tree", {"code.py": ""})
    with Cell(tmp_path, tree, containment=shut, readable=probing.interpreter().readable) as cell:
        yield cell


def test_a_program_that_tries_every_call_gets_none(cell: Cell) -> None:
    machine = os.uname().machine
    if calls.program(machine) is None:
        pytest.skip(f"there is no filter for {machine}")
    column = COLUMN[machine]
    denied = {row[0]: row[column] for row in (*calls._DENIED, *calls._ABSENT) if row[column] is not None}
    run = run_python(
        cell,
        """
        import ctypes, errno, json, socket, sys
        libc = ctypes.CDLL(None, use_errno=True)
        for name, number in sorted(json.loads(sys.argv[1]).items()):
            ctypes.set_errno(0)
            made = libc.syscall(number, *[ctypes.c_ulong(0)] * 6)
            print(name, made, errno.errorcode.get(ctypes.get_errno(), "none"))
        for name, flags in (("user", 0x10000000), ("mount", 0x20000), ("net", 0x40000000)):
            print("unshare", name, libc.unshare(flags), errno.errorcode[ctypes.get_errno()])
        for family in (17, 38, 40, 44):
            try:
                print("family", family, socket.socket(family, socket.SOCK_DGRAM).fileno())
            except OSError as error:
                print("family", family, errno.errorcode[error.errno])
        status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
        print(status["NoNewPrivs"].strip(), status["Seccomp"].strip())
        """,
        SMALL,
        json.dumps(denied),
    )
    lines = run.tail.decode().splitlines()
    absent = {row[0] for row in calls._ABSENT}
    told = {line.split()[0]: line.split()[1:] for line in lines[: len(denied)]}
    assert told == {name: ["-1", "ENOSYS" if name in absent else "EPERM"] for name in denied}
    assert lines[len(denied) :] == [
        "unshare user -1 EPERM",
        "unshare mount -1 EPERM",
        "unshare net -1 EPERM",
        *(f"family {family} EAFNOSUPPORT" for family in (17, 38, 40, 44)),
        "1 2",
    ]


def test_what_tests_need_is_there(cell: Cell) -> None:
    run = run_python(
        cell,
        """
        import asyncio, multiprocessing, os, socket, subprocess, sys, threading
        a, b = socket.socketpair()
        a.send(b"x"); print(b.recv(1))
        server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=lambda: server.accept()[0].send(b"y")).start()
        print(socket.create_connection(("localhost", server.getsockname()[1])).recv(1))
        print(subprocess.run([sys.executable, "-c", "print(3)"], capture_output=True).stdout.strip())
        print([name for _, name in socket.if_nameindex()][:1])
        async def one():
            child = await asyncio.create_subprocess_exec("/bin/echo", "z", stdout=-1)
            return (await child.communicate())[0]
        print(asyncio.run(one()))
        """,
    )
    assert run.tail.decode().splitlines() == ["b'x'", "b'y'", "b'3'", "['lo']", "b'z\\n'"], run.tail
