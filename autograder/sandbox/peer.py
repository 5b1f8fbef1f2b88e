"""Calls in both directions over one channel: the same code on both sides of the boundary.

A peer calls the other's functions by number and, while it waits for the answer, serves the calls
that the other makes of its own (a student's `conjugate_gradient` calls the test's `matvec`).
Exceptions come back by type and text.
"""

from __future__ import annotations

import builtins
import os
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.checks.without import guarded
from autograder.errors import ProtocolError
from autograder.sandbox import trees
from autograder.sandbox.values import (
    Packer,
    Unpacker,
    Unsupported,
    apply_changes,
    changes,
)
from autograder.sandbox.wire import (
    MAX_TEXT,
    AnyMessage,
    Buffer,
    Call,
    Channel,
    Describe,
    Described,
    Failure,
    Gone,
    Raised,
    Returned,
    TooLarge,
)

MAX_DEPTH = 20  # of calls that wait for each other
MAX_NAME = 100
_EXCEPTIONS: dict[str, type[Exception]] = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, Exception)
    and not name.startswith("Stop")  # these would end a loop of the caller's, not the test
} | {"LinAlgError": np.linalg.LinAlgError}


class StudentError(Exception):
    """An exception of a type that only the student's process knows."""


def _unguessable() -> Iterator[int]:
    """Random numbers, many for one system call."""
    while True:
        yield from np.frombuffer(os.urandom(1 << 12), np.uint32).tolist()


numbers = _unguessable()


class Peer:
    """One end of the channel, with the functions that the other end may call."""

    def __init__(
        self,
        channel: Channel,
        remote: Callable[[Peer, int, str], Any],
        before_call: Callable[[], None] | None = None,
    ) -> None:
        self.channel = channel
        self._before_call = before_call  # restarts the clock that the call is held to
        self._remote = remote  # makes a callable of the other side's function number
        self._exported: list[Callable[..., Any]] = []
        self._handles: dict[int, int] = {}
        self._depth = 0

    def export(self, function: Callable[..., Any]) -> trees.Theirs | trees.Yours:
        """A tree that names a function, the other side's own or one of ours."""
        peer, handle = getattr(function, "_autograder_remote", (None, 0))
        if peer is self:
            return trees.Yours(handle, "")
        known = self._handles.get(id(function))
        if known is None:
            known = self._handles[id(function)] = len(self._exported)
            self._exported.append(function)
        return trees.Theirs(known, self.public_name(function))

    def public_name(self, function: Callable[..., Any]) -> str:
        """What the other side may know of the name."""
        return ""

    def resolve(self, tree: trees.Theirs | trees.Yours) -> Callable[..., Any]:
        """The function that a tree names."""
        if type(tree) is trees.Yours:
            return self.exported(tree.handle)
        found: Callable[..., Any] = self._remote(self, tree.handle, tree.name[:MAX_NAME])
        return found

    def exported(self, handle: int) -> Callable[..., Any]:
        """Our function of that number."""
        if not 0 <= handle < len(self._exported):
            raise ProtocolError(f"no function has number {handle}")
        return self._exported[handle]

    def call(
        self,
        handle: int,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        forbidden: tuple[str, ...] = (),
    ) -> Any:
        """Call the other side's function, whose arrays shall refuse what is forbidden."""
        packer = Packer(self)
        try:
            positional = packer.pack_all(args)
            named = list(zip(kwargs, packer.pack_all(kwargs.values()), strict=True))
        except Unsupported as error:
            raise Unsupported(f"an argument is {error}, which cannot be handed over") from None
        if self._before_call is not None and not self._depth:
            self._before_call()
        number = next(numbers)  # not to be guessed: no answer before its question
        call = Call(number, handle, positional, named, list(forbidden))
        self.channel.send(call, packer.buffers)
        try:
            return self._await_outcome(number, packer.objects)
        except ProtocolError as error:
            raise Gone(f"broke the protocol: {error}") from error

    def _await_outcome(self, number: int, objects: list[Any]) -> Any:
        while True:
            message, buffers = self.channel.receive()
            if isinstance(message, Call):
                self.answer_call(message, buffers)
            elif isinstance(message, (Returned, Raised)) and message.number == number:
                return self._outcome(message, buffers, objects)
            else:
                self.answer_other(message, buffers)

    def answer_other(self, message: AnyMessage, buffers: list[Buffer]) -> None:
        """Anything but a call, while waiting for an answer."""
        raise ProtocolError(f"an unexpected {type(message).__name__}")

    def describe(self, handle: int) -> Described:
        """What the other side's function looks like."""
        question = Describe(next(numbers), handle)
        self.channel.send(question)
        message, _ = self.channel.receive()
        if not isinstance(message, Described) or message.number != question.number:
            raise ProtocolError(f"{type(message).__name__} instead of a description")
        return message

    def answer_call(self, call: Call, buffers: list[Buffer]) -> None:
        """Make the call that the other side asks for and send what came of it."""
        if self._depth >= MAX_DEPTH:
            self.channel.send(
                Raised(call.number, Failure("RecursionError", f"{MAX_DEPTH} calls deep"))
            )
            return
        self._depth += 1
        try:
            reply, packer = self._make_call(call, buffers)
        finally:
            self._depth -= 1
        try:
            self.channel.send(reply, packer.buffers)
        except TooLarge as error:
            failure = Failure("TypeError", f"{self._name(call)} returned {error}")
            self.channel.send(Raised(call.number, failure))

    def _make_call(self, call: Call, buffers: list[Buffer]) -> tuple[Returned | Raised, Packer]:
        unpacker = Unpacker(self, buffers, keep_originals=True)
        positional, named = len(call.args), [name for name, _ in call.kwargs]
        values = unpacker.unpack_all([*call.args, *(tree for _, tree in call.kwargs)])
        if call.forbidden:
            values = [guarded(value, call.forbidden) for value in values]
        args, kwargs = values[:positional], dict(zip(named, values[positional:], strict=True))
        function = self.exported(call.handle)
        packer = Packer(self, unpacker.objects)
        try:
            value, error = function(*args, **kwargs), None
        except Gone:
            raise
        except BaseException as raised:
            value, error = None, failure_of(raised)
        did = "put into an argument"
        try:
            changed = changes(packer, unpacker)
            did = "returned"
            if error is not None:
                return Raised(call.number, error, changed), packer
            return Returned(call.number, (changed, packer.pack(value))), packer
        except Unsupported as reason:
            text = f"{self._name(call)} {did} {reason}, which cannot be handed to the tests"
            return Raised(call.number, Failure("TypeError", text[:MAX_TEXT])), Packer(self)

    def _name(self, call: Call) -> str:
        return self.public_name(self.exported(call.handle)) or "the function"

    def _outcome(
        self, message: Returned | Raised, buffers: list[Buffer], objects: list[Any]
    ) -> Any:
        unpacker = Unpacker(self, buffers, objects)
        changed, value = (
            message.result if isinstance(message, Returned) else (message.changes, None)
        )
        apply_changes(changed, objects, unpacker)
        if isinstance(message, Raised):
            raise exception_of(message.failure)
        return unpacker.unpack(value)


def failure_of(error: BaseException) -> Failure:
    """An exception as data: the nearest type that the other side knows, and its text."""
    known = next((t.__name__ for t in type(error).__mro__ if t.__name__ in _EXCEPTIONS), "")
    exact = _EXCEPTIONS.get(type(error).__name__) is type(error)
    try:
        only_text = len(error.args) == 1 and type(error.args[0]) is str
        text = error.args[0] if only_text else str.__str__(str(error))  # not a subclass of str
    except Exception:
        text = ""
    if not exact and known in ("", "Exception"):
        name = type(error).__name__
        known, text = "", f"{name}: {text}" if text else name
    text = text[:MAX_TEXT].encode("utf-8", "replace").decode()
    return Failure(known, text, location(error)[:MAX_TEXT])


def exception_of(failure: Failure) -> Exception:
    """The exception again, or a StudentError where its type cannot be rebuilt."""
    kind = _EXCEPTIONS.get(failure.type_name, StudentError)
    text = failure.text[:MAX_TEXT]
    try:
        error = kind(text)
    except TypeError:  # UnicodeDecodeError and its kin want more than a text
        error = StudentError(f"{failure.type_name}: {text}")
    error.raised_at = failure.where[:MAX_TEXT]  # type: ignore[attr-defined]
    error.from_student = True  # type: ignore[attr-defined]
    return error


def location(error: BaseException) -> str:
    """Where in a notebook cell it was raised: function, line within the cell, and its text."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith("<cell ")
    ]
    if not frames:
        return ""
    frame = frames[-1]
    place = (
        f"line {frame.lineno}" if frame.name == "<module>" else f"{frame.name}, line {frame.lineno}"
    )
    return f"{place}: `{frame.line}`" if frame.line else place


class Remote:
    """The other side's function as a local callable."""

    def __init__(self, peer: Peer, handle: int, name: str) -> None:
        self._autograder_remote = (peer, handle)
        self.__name__ = self.__qualname__ = name or "function"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there."""
        peer, handle = self._autograder_remote
        return peer.call(handle, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"
