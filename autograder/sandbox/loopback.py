"""Functions of the grader's own, called in the way that a student's are.

Both ends of the channel are in this process, and so is the function. Everything else is as it is
with students: it gets copies, what it changes in place is changed for the caller, exceptions come
back by type and text, and what cannot be handed over is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from autograder.sandbox import trees
from autograder.sandbox.peer import Peer, Remote
from autograder.sandbox.proxy import StudentFunction
from autograder.sandbox.trees import Tree
from autograder.sandbox.values import Packer, Unpacker
from autograder.sandbox.wire import AnyMessage, Buffer, Call, Channel, Described, Message

_encoder = msgspec.msgpack.Encoder()
_messages = msgspec.msgpack.Decoder(AnyMessage)
_trees = msgspec.msgpack.Decoder(list[Tree])


class Near(StudentFunction):
    """A function in this process, behind a boundary of its own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        ours, theirs = Peer(_Loop(), StudentFunction), Peer(_Loop(), Remote)
        _join(ours, theirs)
        name = getattr(function, "__name__", "")  # callable objects have none
        super().__init__(ours, theirs.export(function).handle, name)
        self._function = function

    @functools.cached_property
    def _described(self) -> Described:
        """Its name and docstring only."""
        return Described(0, self.__name__, self._function.__doc__, None, None)


def copies(
    values: Iterable[Any],
    function: Callable[[Callable[..., Any]], Callable[..., Any]] = lambda function: function,
) -> list[Any]:
    """Copies of values that travel, aliases among them kept.

    Functions stay as they are, or become what `function` makes of them. Raises Unsupported.
    """
    functions = _Functions(function)
    packer = Packer(functions)
    packed = _trees.decode(_encoder.encode(packer.pack_all(values)))
    return Unpacker(functions, [buffer.copy() for buffer in packer.buffers]).unpack_all(packed)


class _Loop(Channel):
    """One end of a channel within a process: what is sent is dealt with at once."""

    other: Peer

    def __init__(self) -> None:
        self.answers: list[tuple[AnyMessage, list[Buffer]]] = []

    def send(
        self, message: Message, buffers: Sequence[Buffer] = (), descriptor: int | None = None
    ) -> None:
        """Have a call answered, or hand over an answer."""
        sent, content = _messages.decode(_encoder.encode(message)), [b.copy() for b in buffers]
        if isinstance(sent, Call):
            self.other.answer_call(sent, content)
        else:
            assert isinstance(self.other.channel, _Loop)
            self.other.channel.answers.append((sent, content))

    def receive(self) -> tuple[AnyMessage, list[Buffer]]:
        """The answer to what was sent last."""
        return self.answers.pop()


def _join(one: Peer, other: Peer) -> None:
    for end, opposite in ((one, other), (other, one)):
        assert isinstance(end.channel, _Loop)
        end.channel.other = opposite


class _Functions:
    """Functions by number, as `Packer` and `Unpacker` want them."""

    def __init__(self, wrapped: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._wrapped = wrapped
        self._known: list[Callable[..., Any]] = []

    def export(self, function: Callable[..., Any]) -> trees.Theirs:
        """Remember it by a number."""
        self._known.append(function)
        return trees.Theirs(len(self._known) - 1, "")

    def resolve(self, tree: trees.Theirs | trees.Yours) -> Callable[..., Any]:
        """The function of that number."""
        return self._wrapped(self._known[tree.handle])
