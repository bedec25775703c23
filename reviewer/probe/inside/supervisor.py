"""The first process of a cell: starts the untrusted command, watches it, ends it with all that it started, reports.

Stands alone (standard library only). Reads its orders as one line of JSON from standard input, which then stays open:
when it closes, whoever gave the orders is gone or wants an end. Writes frames to standard output: a letter, the length
in four bytes, the payload. "R" is a piece of the report file, "E" the end, always the last.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import errno
import json
import os
import resource
import select
import signal
import stat
import sys
import time
from typing import TYPE_CHECKING, Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - must stand alone

if TYPE_CHECKING:
    from reviewer.probe.inside import calls
else:
    import calls

TICK = 0.05
PIECE = 65_536
MAX_ORDERS = 8 << 20
TAIL = 65_536
MAX_WALK = 400_000
THREADS = 4
"""Threads that are allowed for each process that is."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVS, _CAP_AMBIENT, _CLEAR_ALL = 1, 4, 36, 38, 47, 4
_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219, "ppc64le": 271}
_JOIN_SESSION_KEYRING = 1


def read_orders() -> dict[str, Any]:
    """Return the orders; what follows them on standard input is left there."""
    data = b""
    while not data.endswith(b"\n"):
        # One byte more than a line must not be taken, and orders are written at once: the end is the end of a piece.
        piece = os.read(0, PIECE)
        if not piece or len(data) > MAX_ORDERS:
            raise OSError(errno.EPIPE, "no orders came")
        data += piece
    orders = json.loads(data)
    if not isinstance(orders, dict):
        raise TypeError("orders are a table")
    return orders


def send(kind: bytes, payload: bytes) -> None:
    """Write one frame to standard output."""
    data = kind + len(payload).to_bytes(4, "big") + payload
    while data:
        data = data[os.write(1, data) :]


def broken(message: str) -> None:
    """Report that the command could not be started."""
    send(b"E", json.dumps({"ended": "broken", "message": message}).encode())


def prctl(option: int, value: int, extra: int = 0) -> bool:
    """Call prctl where there is one; a kernel that does not know the option leaves things as they are."""
    return sys.platform == "linux" and bool(ctypes.CDLL(None).prctl(option, value, extra, 0, 0) == 0)


def harden() -> None:
    """Make this process deaf and closed to what it is about to start."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
        signal.signal(name, signal.SIG_IGN)
    prctl(_SET_DUMPABLE, 0)
    prctl(_SET_CHILD_SUBREAPER, 1)


class Run:
    """One command from its start to its report."""

    def __init__(self, orders: dict[str, Any]) -> None:
        """Take the orders; nothing is started yet."""
        self.orders = orders
        self.limits: dict[str, float] = orders["limits"]
        self.contained: bool = orders["contained"]
        self.tail = b""
        self.written = 0
        self.reported = 0
        self.peak = 0
        self.most = 0
        self.grown = 0
        self._report: int | None = None
        self._next_walk = 0.0
        self._grown_from = 0

    def go(self) -> None:
        """Run the command and write the end."""
        self._grown_from = self._measure()
        started = time.monotonic()
        output, child = self._start()
        if child < 0:
            return
        os.set_blocking(output, False)
        ended, code = self._watch(child, output, started)
        seconds = time.monotonic() - started
        self._end_all(child)
        self._drain(output)
        self._forward()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        end = {
            "ended": ended,
            "code": code,
            "seconds": seconds,
            "cpu": usage.ru_utime + usage.ru_stime,
            "memory": self.peak,
            "processes": self.most,
            "output": self.written,
            "report": self.reported,
            "tail": base64.b64encode(self.tail[-TAIL:]).decode(),
            "tree": self.orders.get("tree_as", ""),
        }
        send(b"E", json.dumps(end).encode())

    def _start(self) -> tuple[int, int]:
        read_end, write_end = os.pipe()
        failed_read, failed_write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._become(write_end)
            except BaseException as error:  # noqa: BLE001 - after a fork nothing may get out of here
                reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
                with contextlib.suppress(OSError):
                    os.write(failed_write, reason.encode()[:200])
            finally:
                os._exit(127)
        os.close(write_end)
        os.close(failed_write)
        failed = os.read(failed_read, 200)
        os.close(failed_read)
        if failed:
            os.waitpid(child, 0)
            broken(f"{self.orders['argv'][0]}: {failed.decode('utf-8', 'replace')}")
            return read_end, -1
        return read_end, child

    def _become(self, output: int) -> None:
        """Turn the forked child into the untrusted command."""
        os.setsid()
        if self.contained:
            prctl(_SET_PDEATHSIG, signal.SIGKILL)
            if (number := _KEYCTL.get(os.uname().machine)) is not None:
                ctypes.CDLL(None).syscall(number, _JOIN_SESSION_KEYRING, None)
        prctl(_CAP_AMBIENT, _CLEAR_ALL)
        if not prctl(_SET_NO_NEW_PRIVS, 1) and sys.platform == "linux":
            raise OSError(errno.EPERM, "privileges cannot be given up")
        for name in range(1, signal.NSIG):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(name, signal.SIG_DFL)
        for limit, value in self._resource_limits():
            hard = resource.getrlimit(limit)[1]
            least = value if hard == resource.RLIM_INFINITY else min(value, hard)
            # A warning first, so that the end tells its reason.
            resource.setrlimit(
                limit, (least, least + 2 if limit == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else least)
            )
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        environment = {**self.orders["env"], **self._sealed()}
        os.chdir(self.orders["cwd"])
        calls.shut()
        os.execvpe(self.orders["argv"][0], self.orders["argv"], environment)  # noqa: S606 - this is the command

    def _sealed(self) -> dict[str, str]:
        """Return where the command reads the key that its rows are sealed with: once, and from nowhere else."""
        if not self.orders.get("seal"):
            return {}
        place, end = os.pipe()
        os.write(end, self.orders["seal"].encode("ascii"))
        os.close(end)
        os.set_inheritable(place, True)
        return {"REVIEWER_PROBE_SEAL": str(place)}

    def _resource_limits(self) -> list[tuple[int, int]]:
        wanted: list[tuple[int, float]] = [
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_CPU, self.limits["cpu_seconds"]),
            (resource.RLIMIT_FSIZE, self.limits["file_size"]),
        ]
        if self.limits.get("address_space"):
            wanted.append((resource.RLIMIT_AS, self.limits["address_space"]))
        # Where this is counted for all that a person runs, and not for the cell alone, it would end at once.
        if self.contained and kernel() >= (5, 14):
            wanted.append((resource.RLIMIT_NPROC, self.limits["processes"] * THREADS))
        return [(limit, int(value)) for limit, value in wanted]

    def _watch(self, child: int, output: int, started: float) -> tuple[str, int | None]:
        poll = select.poll()
        poll.register(output, select.POLLIN)
        poll.register(0, select.POLLIN)
        wait, last = TICK, 0.0
        while True:
            events = dict(poll.poll(wait * 1_000))
            if 0 in events:
                return "cancelled", None
            if output in events and not self._take(output):
                poll.unregister(output)
            if self.written > self.limits["output"]:
                return "output", None
            if (code := self._reap(child)) is not None:
                return self._by_itself(code)
            now = time.monotonic()
            if now - started > self.limits["seconds"]:
                return "time", None
            if now - last >= wait:
                if (over := self._over()) is not None:
                    return over, None
                self._forward()
                last = time.monotonic()
                # Looking must not cost more than a tenth of what is looked at.
                wait = min(1.0, max(TICK, 10 * (last - now)))

    def _by_itself(self, code: int) -> tuple[str, int | None]:
        if code == -signal.SIGXCPU:
            return "time", code
        if code == -signal.SIGXFSZ:
            return "disk", code
        return "exit", code

    def _take(self, output: int) -> bool:
        """Read what was printed; return whether more can come."""
        try:
            data = os.read(output, PIECE)
        except BlockingIOError:
            return True
        self.written += len(data)
        self.tail = (self.tail + data)[-2 * TAIL :] if len(data) + len(self.tail) > 4 * TAIL else self.tail + data
        return bool(data)

    def _drain(self, output: int) -> None:
        for _ in range(64):
            try:
                data = os.read(output, PIECE)
            except BlockingIOError:
                return
            if not data:
                return
            self.written += len(data)
            self.tail = (self.tail + data)[-2 * TAIL :]

    def _reap(self, child: int) -> int | None:
        """Collect every process that ended; return the exit code of the command if it is among them."""
        found = None
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid == child:
                    found = os.waitstatus_to_exitcode(status)
        return found

    def _over(self) -> str | None:
        """Return the limit that is broken now, if one is."""
        processes, threads, memory = self._count()
        self.peak, self.most = max(self.peak, memory), max(self.most, processes)
        if processes > self.limits["processes"] or threads > self.limits["processes"] * THREADS:
            return "processes"
        if memory > self.limits["memory"]:
            return "memory"
        return "disk" if self._written_too_much() else None

    def _written_too_much(self) -> bool:
        used = 0
        for place in self.orders["bounded"]:
            with contextlib.suppress(OSError):
                state = os.statvfs(place)
                used += (state.f_blocks - state.f_bfree) * state.f_frsize
                # A full tmpfs: whatever is written fails from here on.
                if state.f_bavail * state.f_frsize < 1 << 16 or (state.f_files and state.f_favail < 8):
                    return True
        now = time.monotonic()
        if self.orders["measured"] and now >= self._next_walk:
            self.grown = self._measure() - self._grown_from
            self._next_walk = time.monotonic() + max(0.25, 10 * (time.monotonic() - now))
        return used + self.grown > self.limits["disk"]

    def _count(self) -> tuple[int, int, int]:
        memory = count = threads = 0
        for pid in self._others():
            try:
                with open(f"/proc/{pid}/statm", "rb") as stream:  # noqa: PTH123 - hot, and must stand alone
                    fields = stream.read(256).split()
                memory += max(0, int(fields[1]) - int(fields[2]))
                with open(f"/proc/{pid}/stat", "rb") as stream:  # noqa: PTH123 - as above
                    # The name of the program, in brackets, may hold anything.
                    threads += int(stream.read(4_096).rpartition(b")")[2].split()[17])
            except (OSError, IndexError, ValueError):
                continue
            count += 1
        return count, threads, memory * _PAGE

    def _others(self) -> list[int]:
        """Return the processes that are watched: all that there are in the cell, else all that came from here."""
        if self.contained:
            with contextlib.suppress(OSError):
                return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]  # noqa: PTH208
            return []
        found: list[int] = []
        waiting = [os.getpid()]
        while waiting and len(found) <= self.limits["processes"] * 2:
            pid = waiting.pop()
            with contextlib.suppress(OSError):
                for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - as above
                    with open(f"/proc/{pid}/task/{thread}/children", "rb") as stream:  # noqa: PTH123 - as above
                        children = [int(word) for word in stream.read(PIECE).split()]
                    found += children
                    waiting += children
        return found

    def _measure(self) -> int:
        """Return the bytes on disk below the places that are measured; no link is followed."""
        total = seen = 0
        waiting = list(self.orders["measured"])
        while waiting and seen < MAX_WALK:
            with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    seen += 1
                    with contextlib.suppress(OSError):
                        state = entry.stat(follow_symlinks=False)
                        # A file without a byte is one too.
                        total += state.st_blocks * 512 + 512
                        if stat.S_ISDIR(state.st_mode) and state.st_dev == self._device():
                            waiting.append(entry.path)
        return total

    def _device(self) -> int:
        return os.stat(self.orders["measured"][0]).st_dev  # noqa: PTH116 - must stand alone

    def _forward(self) -> None:
        """Send what is new in the report file, up to its limit."""
        if self._report is None:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                self._report = os.open(self.orders["report"], flags)
            except OSError:
                return
        if not stat.S_ISREG(os.fstat(self._report).st_mode):
            return
        room = int(self.limits["report"]) - self.reported
        while room > 0 and (data := os.pread(self._report, min(room, PIECE), self.reported)):
            send(b"R", data)
            self.reported += len(data)
            room -= len(data)

    def _end_all(self, child: int) -> None:
        """End everything that was started, however it hides."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.contained:
                with contextlib.suppress(OSError):
                    os.kill(-1, signal.SIGKILL)
            else:
                with contextlib.suppress(OSError):
                    os.killpg(child, signal.SIGKILL)
                for pid in self._others():
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                if not self._others():
                    return
            time.sleep(0.002)


def kernel() -> tuple[int, ...]:
    """Return the first two numbers of the kernel that runs."""
    numbers = os.uname().release.split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2] if number.isdigit())


def serve(orders: dict[str, Any]) -> None:
    """Run what the orders say in the place where this process is."""
    harden()
    Run(orders).go()


def main() -> None:
    """Take orders and serve."""
    try:
        serve(read_orders())
    except (OSError, ValueError, TypeError, KeyError) as error:
        broken(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
