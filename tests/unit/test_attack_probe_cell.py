"""Programs that try to get out of a cell, to outlive it, or to use up the machine: real ones, really run."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewer.probe.sandbox import containment
from reviewer.probe.sandbox.cell import Cell
from reviewer.probe.sandbox.containment import NONE
from reviewer.probe.sandbox.limits import MIB
from tests.support import probing
from tests.support.probing import SMALL, run_python, survivors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.probe.sandbox.containment import Containment

CANARY = "canary-" + secrets.token_hex(8)


@pytest.fixture(params=["bubblewrap", "namespaces"])
def shut(request: pytest.FixtureRequest) -> Containment:
    found = probing.shut(request.param)
    if found is None:
        pytest.skip(probing.why_not(request.param))
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with secrets and a checkout in it."""
    home = probing.tree_at(
        tmp_path / "home" / "anna",
        {".ssh/id_ed25519": CANARY, "project/.env": CANARY, "project/code.py": "old\n", ".aws/credentials": CANARY},
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SECRET_TOKEN", CANARY)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "agent"))
    return home


@pytest.fixture
def cell(tmp_path: Path, home: Path, shut: Containment) -> Iterator[Cell]:
    tree = probing.tree_at(tmp_path / "tree", {"code.py": "new\n", "tests/data.txt": "data\n"})
    place = probing.interpreter()
    with Cell(tmp_path, tree, containment=shut, checkout=home / "project", readable=place.readable) as cell:
        yield cell


def test_a_command_sees_the_tree_at_the_path_of_the_checkout(cell: Cell, home: Path) -> None:
    run = run_python(cell, "import os; print(os.getcwd(), open('code.py').read().strip(), os.getuid())")
    assert (run.ended, run.code) == ("exit", 0)
    assert run.tail.decode().split() == [str(home / "project"), "new", "1000"]


def test_home_keys_checkout_and_environment_are_not_there(cell: Cell, home: Path) -> None:
    run = run_python(
        cell,
        """
        import os, sys
        found = dict(os.environ)
        for top, folders, names in os.walk("/", onerror=None):
            if top.startswith(("/proc", "/dev", "/usr", "/nix", "/lib", sys.prefix, sys.base_prefix)):
                folders[:] = []
                continue
            for name in names:
                try:
                    data = open(os.path.join(top, name), "rb").read(1 << 16)
                except OSError:
                    continue
                if sys.argv[1].encode() in data:
                    found[os.path.join(top, name)] = "canary"
        print([name for name, value in found.items() if sys.argv[1] in value or value == "canary"])
        print(sorted(name for name in os.environ if "SSH" in name or "DBUS" in name or "XDG" in name))
        print(os.path.exists(sys.argv[2]), sorted(os.listdir(os.path.expanduser("~"))))
        """,
        SMALL,
        CANARY,
        str(home / ".ssh"),
    )
    assert run.tail.decode().splitlines() == ["[]", "[]", "False []"]


def test_no_way_leads_to_a_network_or_a_socket_outside(cell: Cell, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        hidden = "\0reviewer-" + secrets.token_hex(4)
        abstract.bind(hidden)
        abstract.listen()
        path = tmp_path / "agent"
        named.bind(str(path)[-100:] if len(str(path)) <= 100 else "/tmp/" + secrets.token_hex(6))  # noqa: S108
        named.listen()
        run = run_python(
            cell,
            """
            import socket, sys
            def attempt(family, address):
                try:
                    with socket.socket(family) as one:
                        one.settimeout(2)
                        one.connect(address)
                    return "through"
                except OSError as error:
                    return type(error).__name__
            print(attempt(socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))))
            print(attempt(socket.AF_INET, ("1.1.1.1", 53)))
            print(attempt(socket.AF_UNIX, "\\0" + sys.argv[2]))
            print(attempt(socket.AF_UNIX, sys.argv[3]))
            for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run"):
                print(attempt(socket.AF_UNIX, path))
            with socket.create_server(("127.0.0.1", 0)) as own:
                print(attempt(socket.AF_INET, own.getsockname()))
            """,
            SMALL,
            str(server.getsockname()[1]),
            hidden[1:],
            named.getsockname(),
        )
    words = run.tail.decode().split()
    assert len(words) == 9
    assert words[-1] == "through"
    assert "through" not in words[:-1]


def test_what_is_outside_of_the_tree_cannot_be_written(cell: Cell, home: Path) -> None:
    place = probing.interpreter()
    run = run_python(
        cell,
        """
        import os, sys
        for folder in ["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc/sys/kernel", "/cell/bin", *sys.argv[1:]]:
            try:
                open(os.path.join(folder, "written"), "w").write("x")
                print("wrote", folder)
            except OSError:
                pass
        for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/etc/passwd", "/usr/bin/env"):
            try:
                open(path, "a").write("")
                print("opened", path)
            except OSError:
                pass
        open("code.py", "w").write("changed")
        print("done")
        """,
        SMALL,
        str(place.prefix),
        str(Path(os.__file__).parent),
    )
    assert run.tail.decode().split() == ["done"]
    assert (home / "project" / "code.py").read_text() == "old\n"
    assert not (place.prefix / "written").exists()
    run_python(cell, "import os, sys; os.chdir(sys.argv[1]); open('written', 'w')", SMALL, str(home))
    assert not (home / "written").exists()


def test_no_other_process_can_be_seen_or_entered(cell: Cell) -> None:
    run = run_python(
        cell,
        """
        import os
        print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit())[:1])
        print(len([name for name in os.listdir("/proc") if name.isdigit()]) < 6)
        for name in ("environ", "mem", "root", "fd", "cwd", "map_files"):
            path = "/proc/1/" + name
            try:
                os.listdir(path) if os.path.isdir(path) and name != "root" else open(path, "rb").read(10)
                print("read", name) if name != "fd" else [os.readlink(path + "/" + fd) for fd in os.listdir(path)]
                print("through", name)
            except OSError:
                pass
        status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
        print({status[key].strip() for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")}, status["NoNewPrivs"].strip())
        """,
    )
    lines = run.tail.decode().splitlines()
    assert lines == ["[1]", "True", "{'0000000000000000'} 1"]


def test_no_namespace_can_be_made_inside(cell: Cell) -> None:
    run = run_python(
        cell,
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.unshare(0x10000000), libc.unshare(0x00020000), libc.mount(b"a", b"/tmp", b"tmpfs", 0, None))
        """,
    )
    assert run.tail.decode().split() == ["-1", "-1", "-1"]


def test_forks_without_end_are_ended(cell: Cell) -> None:
    mark = "mark-" + secrets.token_hex(8)
    run = run_python(
        cell,
        """
        import os, time
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)
        """,
        replace(SMALL, seconds=20),
        mark,
    )
    assert run.ended == "processes"
    assert survivors(mark) == []


def test_threads_without_end_are_bounded(cell: Cell) -> None:
    run = run_python(
        cell,
        """
        import threading, time
        count = 0
        try:
            while count < 20_000:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
                count += 1
        except RuntimeError:
            pass
        print(count < 20_000, flush=True)
        import os; os._exit(0)
        """,
        replace(SMALL, seconds=20),
    )
    assert run.ended in {"exit", "processes"}
    assert b"False" not in run.tail


@pytest.mark.parametrize(
    ("place", "many"),
    [(".", True), (".", False), ("/tmp", True), ("~", False), ("/dev/shm", False)],  # noqa: S108 - of the cell
)
def test_a_disk_cannot_be_filled(cell: Cell, tmp_path: Path, place: str, *, many: bool) -> None:
    run = run_python(
        cell,
        """
        import os, sys, time
        os.chdir(os.path.expanduser(sys.argv[1]))
        number = 0
        while True:
            number += 1
            try:
                with open(f"f{number}" if sys.argv[2] == "True" else "one", "ab") as stream:
                    stream.write(b"x" * (1 << 20))
            except OSError:
                time.sleep(0.05)
        """,
        replace(SMALL, seconds=20),
        place,
        str(many),
    )
    assert run.ended == "disk"
    written = sum(file.stat().st_size for file in (tmp_path / "tree").rglob("*") if file.is_file())
    assert written < 3_000 * MIB


def test_memory_is_bounded(cell: Cell) -> None:
    program = """
        import os, time
        os.fork()
        held = []
        while True:
            held.append(bytearray(os.urandom(1) * (8 << 20)))
            time.sleep(0.002)
        """
    run = run_python(cell, program, replace(SMALL, seconds=20, memory=256 * MIB))
    assert run.ended == "memory"
    assert run.memory > 256 * MIB


def test_a_flood_of_output_is_ended_and_its_end_is_kept(cell: Cell) -> None:
    run = run_python(cell, "while True: print('x' * 1_000_000 + 'end')", replace(SMALL, seconds=20))
    assert run.ended == "output"
    assert 0 < len(run.tail) <= 65_536


def test_who_hangs_and_hears_no_signal_is_ended(cell: Cell) -> None:
    mark = "mark-" + secrets.token_hex(8)
    run = run_python(
        cell,
        """
        import signal, time, os
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        print("deaf", flush=True)
        while True:
            time.sleep(1)
        """,
        replace(SMALL, seconds=1.5),
        mark,
    )
    assert (run.ended, run.code) == ("time", None)
    assert survivors(mark) == []


def test_processor_time_is_bounded(cell: Cell) -> None:
    run = run_python(cell, "while True: pass", replace(SMALL, seconds=30, cpu_seconds=1))
    assert run.ended == "time"
    assert run.code == -signal.SIGXCPU


def test_a_daemon_does_not_survive(cell: Cell) -> None:
    mark = "mark-" + secrets.token_hex(8)
    run = run_python(
        cell,
        """
        import os, subprocess, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in range(3):
                    os.close(number)
                os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
            os._exit(0)
        time.sleep(0.3)
        print("left")
        """,
        SMALL,
        mark,
    )
    assert (run.ended, run.code) == ("exit", 0)
    assert survivors(mark) == []


def test_killing_everything_ends_the_run_alone(cell: Cell) -> None:
    run = run_python(
        cell,
        """
        import os, signal
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGSTOP):
            os.kill(1, number)
        os.kill(os.getppid(), signal.SIGKILL)
        print("still", flush=True)
        child = os.fork()
        if not child:
            signal.pause()
        os.kill(-1, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
    )
    assert (run.ended, run.code) == ("exit", -signal.SIGKILL)
    assert run.tail == b"still\n"


def test_a_report_that_is_no_plain_file_is_not_read(cell: Cell) -> None:
    for program in (
        "import os; os.symlink('/etc/passwd', '/cell/out/report')",
        "import os; os.mkfifo('/cell/out/report')",
        "import os; os.mkdir('/cell/out/report')",
    ):
        run = run_python(cell, program)
        assert (run.ended, run.code, run.report) == ("exit", 0, b"")


def test_a_report_without_end_is_cut(cell: Cell) -> None:
    run = run_python(
        cell,
        """
        with open('/cell/out/report', 'wb') as stream:
            stream.truncate(40 << 20)
        """,
        replace(SMALL, report=MIB),
    )
    assert (run.ended, run.report_cut, len(run.report)) == ("exit", True, MIB)


def test_a_program_that_is_not_there_is_told_in_a_sentence(cell: Cell) -> None:
    run = cell.run(["/nowhere/python"], limits=SMALL)
    assert run.ended == "broken"
    assert run.message == "/nowhere/python: No such file or directory"
    assert cell.run(["/bin/sh"], cwd="../..", limits=SMALL).ended in {"broken", "exit"}


def test_a_run_ends_when_it_is_cancelled_from_another_thread(cell: Cell) -> None:
    mark = "mark-" + secrets.token_hex(8)
    stop = threading.Event()
    found = []

    def work() -> None:
        argv = [
            str(probing.interpreter().interpreter),
            "-c",
            "import time; print(1, flush=True); time.sleep(600)",
            mark,
        ]
        found.append(cell.run(argv, limits=SMALL, cancelled=stop.is_set))

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.5)
    stop.set()
    worker.join(30)
    assert [run.ended for run in found] == ["cancelled"]
    assert survivors(mark) == []


def test_all_ends_with_the_one_who_asked(tmp_path: Path, shut: Containment) -> None:
    mark = "mark-" + secrets.token_hex(8)
    (tmp_path / "tree").mkdir()
    program = f"""
        from pathlib import Path
        from reviewer.probe.sandbox.cell import Cell
        from reviewer.probe.sandbox.containment import Containment
        cell = Cell(Path({str(tmp_path)!r}), Path({str(tmp_path / "tree")!r}), containment={shut!r})
        argv = ["/bin/sh", "-c", "echo up > /cell/out/report; sleep 600; :", {mark!r}]
        cell.run(argv, on_report=lambda data: print("up", flush=True))
        """
    asking = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, cwd=probing.CHECKOUT
    )
    assert asking.stdout is not None
    assert asking.stdout.readline() == b"up\n"
    asking.kill()
    asking.wait()
    asking.stdout.close()
    assert survivors(mark) == []


def test_nothing_of_a_cell_stays(cell: Cell, tmp_path: Path) -> None:
    run_python(
        cell,
        """
        import os
        for place in (".", "/tmp", "/cell/out"):
            os.makedirs(place + "/deep/er")
            open(place + "/deep/er/file", "w").write("x")
            os.chmod(place + "/deep/er", 0)
            os.chmod(place + "/deep", 0)
        """,
    )
    run = run_python(cell, "import os; print('deep' in os.listdir('/tmp'), os.listdir('/cell/out'))")
    assert run.tail == b"False []\n"
    cell.close()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("cell-")] == []


@pytest.fixture
def settled() -> Callable[[], int]:
    return lambda: len(list(Path("/proc/self/fd").iterdir()))


def test_no_descriptor_stays_open(cell: Cell, settled: Callable[[], int]) -> None:
    cell.run(["/bin/true"], limits=SMALL)
    before = settled()
    for _ in range(5):
        cell.run(["/bin/true"], limits=SMALL)
    assert settled() == before


@pytest.fixture
def open_cell(tmp_path: Path) -> Iterator[Cell]:
    tree = probing.tree_at(tmp_path / "tree", {"code.py": "new\n"})
    with Cell(tmp_path, tree, containment=NONE) as cell:
        yield cell


def test_limits_hold_where_nothing_is_contained(open_cell: Cell) -> None:
    mark = "mark-" + secrets.token_hex(8)
    daemon = """
        import os, subprocess, sys, time
        code = "import time; time.sleep(600)"
        subprocess.Popen([sys.executable, "-c", code, sys.argv[1]], start_new_session=True)
        time.sleep(0.3)
        """
    run = run_python(open_cell, daemon, SMALL, mark)
    assert (run.ended, run.code) == ("exit", 0)
    assert survivors(mark) == []
    forks = """
        import os, time
        for _ in range(200):
            if os.fork() == 0:
                time.sleep(600)
            time.sleep(0.01)
        """
    assert run_python(open_cell, forks, replace(SMALL, processes=8), mark).ended == "processes"
    assert survivors(mark) == []
    assert run_python(open_cell, "while True: print('x' * 100_000)").ended == "output"
    assert run_python(open_cell, "import time; time.sleep(600)", replace(SMALL, seconds=1)).ended == "time"
    fill = """
        import time
        for number in range(120):
            open(f"f{number}", "wb").write(b"x" * (1 << 20))
            time.sleep(0.05)
        """
    assert run_python(open_cell, fill, replace(SMALL, disk=16 * MIB)).ended == "disk"


def test_secrets_are_not_in_the_environment_where_nothing_is_contained(
    open_cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", CANARY)
    run = run_python(open_cell, "import os; print(dict(os.environ), os.path.expanduser('~'))")
    assert CANARY.encode() not in run.tail
    assert os.path.expanduser("~").encode() + b"\n" not in run.tail  # noqa: PTH111 - the words themselves


def test_orders_longer_than_a_pipe_are_given(cell: Cell) -> None:
    words = [secrets.token_hex(50) for _ in range(2_000)]
    run = run_python(cell, "import sys; print(len(sys.argv), sys.argv[-1])", SMALL, *words)
    assert run.tail.decode().split() == ["2001", words[-1]]


def test_an_older_bubblewrap_is_used_only_where_nothing_better_is(monkeypatch: pytest.MonkeyPatch) -> None:
    if probing.shut("bubblewrap") is None:
        pytest.skip(probing.why_not("bubblewrap"))
    kinds = [(one.kind, one.nests) for one in containment.candidates()]
    assert kinds == [("bubblewrap", False), ("namespaces", False), ("bubblewrap", True)]
    assert containment.attempt(containment.candidates()[-1]) == ""
