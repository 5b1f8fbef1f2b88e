"""The warm template: imports everything once, then forks a student process for each submission.

It never runs student code and never reads a secret. It is the parent of every student process and,
as their subreaper, of whatever they leave behind: at `Finish` it kills its descendants until there
are none and empties the private folder, so that the next submission starts from nothing.

    Ready   <- warm
    Spawn   -> a socket follows; the fork says Hello on it
    Finish  -> Finished

It also decides about new processes and threads (`Supervisor`).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NoReturn

from autograder.sandbox import confine, lazy
from autograder.sandbox.inside import become_student
from autograder.sandbox.rehearsal import rehearse
from autograder.sandbox.shell import CellShell
from autograder.sandbox.supervisor import Supervisor
from autograder.sandbox.wire import ANCILLARY_BYTES, Channel, Finish, Finished, Gone, Ready, Spawn

DYING_SECONDS, DYING_LOOKS, LONGEST_LOOKS = 0.01, 100, 2000
WATCH_SECONDS = 0.5
LEAST_FILE_BYTES = 32 << 10  # what a file counts in the private folder if it has nothing in it
WRITTEN_OVER = 4  # times what it may hold: one process may write that much
BLOCK_BYTES = 512  # of find
PYPLOT = "matplotlib.pyplot"


def main(control: int, permits: int) -> None:
    """Warm up, say Ready, then serve until the trusted side goes away.

    The settings come on standard input: the modules to import, the private folder, how many bytes
    it may hold, and the parts of the lock-down.
    """
    settings = json.load(sys.stdin)
    confine.for_good()
    shell = _warm(settings["modules"])
    lock_down = confine.LockDown(
        readable=settings["readable"],
        private=settings["private"],
        program=settings["program"],
        seccomp_number=settings["seccomp_number"],
    )
    private = _Folder(Path(settings["private"]), settings["disk_bytes"])
    template = Template(control, Supervisor(permits), shell, private, lock_down)
    with contextlib.suppress(Gone):
        template.serve()
    end_descendants()
    private.remove()


class Template:
    """Forks student processes and clears up after them."""

    def __init__(
        self,
        control: int,
        supervisor: Supervisor,
        shell: CellShell,
        private: _Folder,
        lock_down: confine.LockDown,
    ) -> None:
        self._channel = Channel(socket.socket(fileno=control), ancillary_bytes=ANCILLARY_BYTES)
        self._supervisor = supervisor
        self._shell = shell
        self._private = private
        self._lock_down = lock_down
        self._spawned = self._survivors = 0
        self._excesses: dict[str, None] = {}  # each once, in order

    def serve(self) -> NoReturn:
        """Answer messages, one at a time as the grader sends them, and supervise. Raises Gone."""
        self._channel.send(Ready())
        while True:
            self._wait()
            message, _ = self._channel.receive()
            if isinstance(message, Spawn):
                self._spawn()
            elif isinstance(message, Finish):
                self._end_submission()
                self._channel.send(Finished(self._survivors, list(self._excesses)))
                self._survivors = 0
                self._excesses.clear()

    def _wait(self) -> None:
        """Until the grader speaks; meanwhile, nobody fills the disk."""
        control = self._channel.socket.fileno()
        seconds = WATCH_SECONDS if self._supervisor.is_active else None
        while not self._supervisor.answer_until_readable(control, seconds):
            excess = self._private.excess() or self._private.excess_of(
                confine.descendants(os.getpid())
            )
            if excess:
                self._excesses[excess] = None
                end_descendants()
                self._private.empty()

    def _end_submission(self) -> None:
        self._survivors += end_descendants()
        self._supervisor.forget()
        self._private.empty()

    def _spawn(self) -> None:
        descriptor = self._channel.descriptors.pop()
        if self._supervisor.is_active:  # in place of a student process that was lost
            self._end_submission()
        self._spawned += 1
        # Made here: a fork pays for whatever it is the first to touch.
        folder = self._private.path / f"notebook-{self._spawned}"
        folder.mkdir(mode=0o700)
        ours, theirs = socket.socketpair()
        student = os.fork()
        if not student:
            self._channel.close()
            self._supervisor.close()
            ours.close()
            become_student(
                socket.socket(fileno=descriptor), self._shell, folder, self._lock_down, theirs
            )
        os.close(descriptor)
        theirs.close()
        with ours:
            _, listeners, _, _ = socket.recv_fds(ours, 1, 1)
        self._supervisor.supervise(student, listeners)


class _Folder:
    """The private folder: the only place where a submission can write."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self._max_bytes = max_bytes

    def excess(self) -> str:
        """What it holds more of than it may, or nothing."""
        held_bytes = 0
        find = ["find", str(self.path), "-printf", "%b\\n"]  # deeper than Python can go
        with subprocess.Popen(find, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as found:
            assert found.stdout is not None
            for blocks in found.stdout:
                held_bytes += max(BLOCK_BYTES * int(blocks), LEAST_FILE_BYTES)
                if held_bytes > self._max_bytes:
                    found.kill()
                    return f"files of more than {self._max_bytes >> 20} MB"
        return ""

    def excess_of(self, processes: list[int]) -> str:
        """The same of one who writes to files that are not found here: they have no name."""
        most = max(map(confine.bytes_written, processes), default=0)
        limit = WRITTEN_OVER * self._max_bytes
        return f"more than {limit >> 20} MB written" if most > limit else ""

    def remove(self) -> None:
        """The end of it, unless it is a file system."""
        self.empty()
        with contextlib.suppress(OSError):
            self.path.rmdir()

    def empty(self) -> None:
        """Remove whatever is in it."""
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                _remove(entry)
            else:
                entry.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # made to withstand this: folders a thousand deep, or closed to their owner
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=False)
        subprocess.run(["rm", "-rf", folder], check=False)


def end_descendants() -> int:
    """Kill them until there are none; orphans become children because we are the subreaper.

    Returns how many were alive: nobody had killed them before.
    """
    survivors = 0
    while _has_children():
        family = confine.descendants(os.getpid())
        survivors += len(_alive(family))
        for process in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for process in family:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, 0)
    return survivors


def _has_children() -> bool:
    """Whether there is a descendant at all: orphans become children. /proc takes longer to say."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _alive(processes: list[int]) -> list[int]:
    """Those of them that do not end, as what was killed or given up does after a moment.

    It has to be a moment of their own: one that waits for a processor cannot end.
    """
    moments: Counter[int] = Counter()
    before: dict[int, float | None] = {}
    for _ in range(LONGEST_LOOKS):
        alive = [process for process in processes if not confine.is_dying(process)]
        if all(moments[process] >= DYING_LOOKS for process in alive):
            break
        for process in alive:
            now = confine.cpu_seconds_if_ready(process)
            moments[process] += now is None or now != before.get(process)
            before[process] = now
        time.sleep(DYING_SECONDS)
    return alive


def _warm(modules: list[str]) -> CellShell:
    for module in modules:
        with contextlib.suppress(ImportError):  # the cell that needs it will say so
            importlib.import_module(module)
    shell: CellShell = CellShell.instance()
    if PYPLOT in sys.modules:
        shell.run("%matplotlib inline", "warm-up", rich=True)
    else:
        lazy.install("matplotlib", PYPLOT)
    rehearse(shell)
    gc.collect()
    gc.freeze()  # forks share these pages for as long as nobody writes to them
    return shell
