"""The student's side of the boundary: a process that runs cells and answers for their names.

Protocol, seen from here. The trusted side speaks first, one message at a time, and every message
has one answer:

    Probe       try what must not work                                  -> Held
    Start       put the files into the folder, take on the limits      -> Ready
    Run         run a cell in the notebook's namespace                  -> Ran
    Fork        a socket comes with it; a fork of this state serves it  -> Hello, from the fork
    Fetch       values of names, all in one message                     -> Fetched
    Describe    what a function looks like                              -> Described
    Call        call a function; while it runs, we may Call back        -> Returned | Raised

A fork speaks the same protocol. The end of the stream ends the process, without clean-up. Nothing
here is trusted by the other side: student code shares this process and may do with it what it
likes. Nothing of the grader is imported here and no secret is ever in this memory.
"""

from __future__ import annotations

import gc
import inspect
import os
import signal
import socket
from pathlib import Path
from typing import Any, NoReturn

from autograder.sandbox import chance, confine
from autograder.sandbox.peer import Peer, Remote, failure_of
from autograder.sandbox.shell import CellShell
from autograder.sandbox.trees import Tree
from autograder.sandbox.values import Packer, Unsupported
from autograder.sandbox.wire import (
    ANCILLARY_BYTES,
    AnyMessage,
    Buffer,
    Call,
    Channel,
    Describe,
    Described,
    Fetch,
    Fetched,
    Fork,
    Held,
    Hello,
    Probe,
    Ran,
    Ready,
    Run,
    Start,
    TooLarge,
)


class Student(Peer):
    """The notebook's namespace, served over one channel."""

    def __init__(self, sock: socket.socket, shell: CellShell, mapped_bytes: int = 0) -> None:
        super().__init__(_channel(sock), Remote)
        self.shell = shell
        self._mapped_bytes = mapped_bytes  # before any student code

    def public_name(self, function: Any) -> str:
        """The tests may know how the student calls it."""
        return str(getattr(function, "__name__", ""))[:100]

    def serve(self) -> NoReturn:
        """Answer messages until the other side is gone; then end the process."""
        try:
            self.channel.send(Hello())
            self.serve_until_gone()
        finally:
            os._exit(0)

    def serve_until_gone(self) -> None:
        """Answer messages. Raises Gone."""
        while True:
            message, buffers = self.channel.receive()
            if isinstance(message, Call):
                self.answer_call(message, buffers)
            else:
                self.answer_other(message, buffers)

    def answer_other(self, message: AnyMessage, buffers: list[Buffer]) -> None:
        """Anything but a call."""
        found: list[Buffer] = []
        match message:
            case Run(number, source, name, rich):
                outputs, error = self.shell.run(source, name, rich=rich)
                answer: Any = Ran(number, outputs, failure_of(error) if error else None)
            case Fetch(number, names, seed):
                chance.fix(seed)
                answer, found = self._fetch(number, names)
            case Describe(number, handle):
                answer = _description(number, self.exported(handle))
            case Start(files=files, memory_bytes=memory_bytes, cpu_seconds=cpu_seconds):
                _write(files, buffers)
                chance.fix(0)
                address_space = self._mapped_bytes + memory_bytes
                confine.limit(address_space_bytes=address_space, cpu_seconds=cpu_seconds)
                answer = Ready()
            case Probe(probes=probes):
                answer = Held(confine.self_test(probes))
            case Fork():
                self._fork()
                return
            case _:
                super().answer_other(message, buffers)
        try:
            self.channel.send(answer, found)
        except TooLarge as error:
            if not isinstance(message, Fetch):
                raise
            missing = dict.fromkeys(message.names, f"is {error}")
            self.channel.send(Fetched(message.number, [], missing))

    def _fetch(self, number: int, names: list[str]) -> tuple[Fetched, list[Buffer]]:
        namespace = self.shell.user_ns
        packer = Packer(self)
        values: list[tuple[str, Tree]] = []
        missing: dict[str, str] = {}
        for name in names:
            if name not in namespace:
                missing[name] = "is not defined"
                continue
            try:
                values.append((name, packer.pack(namespace[name])))
            except Unsupported as error:
                missing[name] = f"is {error}, which cannot be handed to the tests"
        return Fetched(number, values, missing), packer.buffers

    def _fork(self) -> None:
        descriptor = self.channel.descriptors.pop()
        gc.freeze()  # so that no collection in the fork writes to the pages that it shares
        if os.fork():
            os.close(descriptor)
            return
        confine.die_with_the_parent()
        self.channel.close()
        self.channel = _channel(socket.socket(fileno=descriptor))
        self.serve()


def become_student(
    sock: socket.socket,
    shell: CellShell,
    folder: Path,
    lock_down: confine.LockDown,
    template: socket.socket,
) -> NoReturn:
    """Turn this fresh fork of the template into a student process.

    The template is handed what hears of the processes that this one asks for.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks are the trusted side's to end
    os.chdir(folder)
    listener = lock_down.enter()
    with template:
        socket.send_fds(template, [b"\0"], [] if listener is None else [listener])
    if listener is not None:
        os.close(listener)
    Student(sock, shell, lock_down.mapped_bytes).serve()


def _channel(sock: socket.socket) -> Channel:
    return Channel(sock, ancillary_bytes=ANCILLARY_BYTES)


def _write(files: list[str], contents: list[Buffer]) -> None:
    for name, content in zip(files, contents, strict=True):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.data)


def _description(number: int, function: Any) -> Described:
    try:
        parameters = [
            (
                parameter.name,
                int(parameter.kind),
                None if parameter.default is parameter.empty else repr(parameter.default)[:200],
            )
            for parameter in inspect.signature(function).parameters.values()
        ]
    except (TypeError, ValueError):
        parameters = None
    try:
        source = inspect.getsource(function)
    except (TypeError, OSError):
        source = None
    doc = inspect.getdoc(function)
    name = str(getattr(function, "__name__", ""))
    return Described(number, name, doc, parameters, source)
