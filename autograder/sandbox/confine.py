"""The lock-down, as lists of steps, and the self-test that says what they hold.

bubblewrap, around the template, gives everything inside its own network, processes, mounts and
users: the course, the submissions and the gradebook are not there to be read. The steps below need
no privilege and no namespace: each student process takes them before it runs student code, and its
forks inherit them. What holds is found out by trying, in a student process.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from landlockpy import AccessFS, LandlockError, Ruleset, Scope

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 24, 36
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER = 1, 8
CAPABILITY_VERSION_3 = 0x20080522
PF_EXITING, SIGKILL_BIT = 0x4, 1 << (signal.SIGKILL - 1)
MAX_FILE_BYTES = 64 << 20
MAX_OPEN_FILES = 256
BY_NAMESPACES = "learns that a file of the course exists"  # the rest is stopped without them
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

_libc = ctypes.CDLL(None, use_errno=True)
_READ_FILE = AccessFS.READ_FILE
_READ = _READ_FILE | AccessFS.READ_DIR
_NOT_FOR_STUDENTS = (AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK | AccessFS.MAKE_FIFO
                     | AccessFS.MAKE_SOCK | AccessFS.EXECUTE | AccessFS.IOCTL_DEV)  # fmt: skip


def for_good() -> None:
    """Steps that the template takes for itself and all its forks."""
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class LockDown:
    """Steps that a student process takes for good before any student code runs.

    Parameters
    ----------
    readable
        The files and folders that it may read, where they exist; None for all.
    private
        The folder that it may write in.
    program, seccomp_number
        The system call filter, in hexadecimal, and the number of the call that installs it; None
        for no filter.
    """

    def __init__(
        self,
        *,
        readable: Iterable[str] | None,
        private: str,
        program: str | None,
        seccomp_number: int,
    ) -> None:
        self._files = None if readable is None else _landlock_rules(readable, private)
        self._filter = _Program.of(bytes.fromhex(program)) if program else None
        self._seccomp_number = seccomp_number
        # Of the template, as whose fork a student process begins; there, /proc cannot be read.
        mapped_pages = int(Path("/proc/self/statm").read_text().split()[0])
        self.mapped_bytes = mapped_pages * resource.getpagesize()

    def enter(self) -> int | None:
        """Take the steps; a descriptor that hears of new processes, if the filter is in force."""
        die_with_the_parent()
        _close_standard_streams()
        _drop_capabilities()
        if self._files:
            self._files.restrict()
            self._files.close()
        return self._filter_system_calls(self._filter) if self._filter else None

    def _filter_system_calls(self, program: _Program) -> int | None:
        how = (SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER)
        listener = _libc.syscall(self._seccomp_number, *how, ctypes.byref(program))
        return None if listener < 0 else int(listener)


def die_with_the_parent() -> None:
    """A step that each fork has to take for itself."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(*, address_space_bytes: int, cpu_seconds: float) -> None:
    """The limits of a student process."""
    resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))
    seconds = int(cpu_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))


def self_test(probes: dict[str, Any]) -> dict[str, bool]:
    """Try what must not work, each attempt named; true means that it was stopped.

    `probes` names a file of the course (`file`), a folder outside (`folder`) with a file in it
    (`outside`), a listening port on loopback (`port`) and the grader's process (`pid`, `cookie`).
    """
    secret, folder, outside = (Path(probes[name]) for name in ("file", "folder", "outside"))
    attempts: dict[str, Callable[[], object]] = {
        "reads the course": secret.read_bytes,
        BY_NAMESPACES: secret.stat,
        "writes outside its folder": lambda: Path(folder, "probe").write_bytes(b"probe"),
        "empties a file outside its folder": lambda: os.truncate(outside, 0),
        "changes a file's mode": lambda: _change_mode(outside),
        "reaches the network": lambda: _connect(probes["port"]),
        "sees the grader's process": lambda: _see_process(probes["pid"], probes["cookie"]),
        "signals the grader": lambda: os.kill(probes["pid"], 0),
        "forks": _fork,
        "starts a program": lambda: subprocess.run(["true"], check=True),
        "gains privileges": _gain_privileges,
    }
    return {name: not _can(attempt) for name, attempt in attempts.items()}


def descendants(of: int) -> list[int]:
    """The children of a process, their children, and so on."""
    processes = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    parents = {process: _parent(process) for process in processes}
    family = [of]
    for member in family:
        family += [process for process, parent in parents.items() if parent == member]
    return family[1:]


def bytes_written(pid: int) -> int:
    """How much a process has written to files, also to those that have no name any more."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    counters = dict(line.split(": ") for line in lines)
    return max(int(counters["wchar"]), int(counters["write_bytes"]))  # by calls, by memory maps


def is_dying(pid: int) -> bool:
    """Whether the process has ended or has been killed and is about to."""
    try:
        flags = int(_stat(pid)[6])
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    pending = next(line for line in status.splitlines() if line.startswith("SigPnd"))
    return bool(flags & PF_EXITING or int(pending.split()[1], 16) & SIGKILL_BIT)


def cpu_seconds_if_ready(pid: int) -> float | None:
    """CPU time of a process that runs or would like to; None for one that sleeps or is gone."""
    try:
        return time.clock_gettime(~pid << 3 | 2) if _stat(pid)[0] == b"R" else None
    except OSError:
        return None


class _Program(ctypes.Structure):
    """The kernel's sock_fprog: how many instructions, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    @classmethod
    def of(cls, instructions: bytes) -> _Program:
        """A program of these; the record keeps them alive."""
        return cls(len(instructions) // 8, instructions)


def _landlock_rules(readable: Iterable[str], private: str) -> Ruleset | None:
    try:
        rules = Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL)
        for path in filter(Path.exists, map(Path, readable)):
            rules.allow_path(path, _READ if path.is_dir() else _READ_FILE)
        for path in filter(Path.exists, map(Path, DEVICES)):
            rules.allow_path(path, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        rules.allow_path(private, rules.handled_fs & ~_NOT_FOR_STUDENTS)
    except LandlockError:  # a kernel without it: the self-test will say what that means
        return None
    return rules


def _close_standard_streams() -> None:
    """Nothing that a student's native code prints leaves the process."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _drop_capabilities() -> None:
    for capability in range(64):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _libc.capset(header, (ctypes.c_uint32 * 6)())


def _can(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _change_mode(file: Path) -> None:
    before = file.stat().st_mode
    file.chmod(before ^ 0o077)
    if file.stat().st_mode == before:  # whatever the kernel has said
        raise PermissionError(file)


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), 1).close()


def _see_process(pid: int, cookie: str) -> None:
    if Path(f"/proc/{pid}/cmdline").read_bytes().hex() != cookie:
        raise ProcessLookupError(pid)


def _fork() -> None:
    if not os.fork():
        os._exit(0)


def _gain_privileges() -> None:
    if _libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 and not _capabilities():
        raise PermissionError


def _capabilities() -> bool:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    _libc.capget(header, data)
    return any(data)


def _parent(pid: int) -> int:
    try:
        return int(_stat(pid)[1])
    except OSError:
        return 0


def _stat(pid: int) -> list[bytes]:
    """What the kernel says of a process behind its name: state, parent, ... Raises OSError."""
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
