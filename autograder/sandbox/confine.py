"""The lock-down, as a list of steps, and the self-test that says which of them hold.

bubblewrap gives the template its own network, processes, mounts and users, so that the course, the
submissions and the gradebook are not there to be read; the steps below need no privilege. What
holds is found out by trying: reading a file of the course, reaching a listening port, seeing the
grader's process, writing outside the private folder, and gaining privileges.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 1, 36, 38, 39
PF_EXITING, SIGKILL_BIT = 0x4, 1 << (signal.SIGKILL - 1)
MAX_FILE_BYTES = 64 << 20
MAX_OPEN_FILES = 256
ATTEMPTS = (
    "reads the course",
    "writes outside its folder",
    "reaches the network",
    "sees the grader's process",
    "gains privileges",
)

_libc = ctypes.CDLL(None, use_errno=True)


def for_good() -> None:
    """Steps that the template takes for itself and all its forks."""
    _libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close_standard_streams() -> None:
    """Nothing that a student's native code prints leaves the process."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def limit(*, memory_bytes: int, cpu_seconds: float) -> None:
    """Steps that a student process takes before any student code runs."""
    address_space = _address_space_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    seconds = int(cpu_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))


def self_test(probes: dict[str, Any]) -> dict[str, bool]:
    """Try what must not work; true means that the attempt was stopped.

    `probes` names a file of the course (`file`), a folder outside (`folder`), a listening port on
    loopback (`port`) and the grader's process (`pid`).
    """
    tried = (
        not _can(lambda: Path(probes["file"]).read_bytes()),
        not _can(lambda: Path(probes["folder"], "probe").write_bytes(b"probe")),
        not _can(lambda: socket.create_connection(("127.0.0.1", probes["port"]), 1).close()),
        not _can(lambda: _see_process(probes["pid"], probes["cookie"])),
        _libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
    )
    return dict(zip(ATTEMPTS, tried, strict=True))


def children() -> list[int]:
    """The processes whose parent we are."""
    us = os.getpid()
    processes = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    return [process for process in processes if _parent(process) == us]


def is_dying(pid: int) -> bool:
    """Whether the process has ended or has been killed and is about to."""
    try:
        flags = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[6])
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    pending = next(line for line in status.splitlines() if line.startswith("SigPnd"))
    return bool(flags & PF_EXITING or int(pending.split()[1], 16) & SIGKILL_BIT)


def _can(attempt: Any) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _see_process(pid: int, cookie: str) -> None:
    if Path(f"/proc/{pid}/cmdline").read_bytes().hex() != cookie:
        raise ProcessLookupError(pid)


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0
    return int(stat.rpartition(b")")[2].split()[1])


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
