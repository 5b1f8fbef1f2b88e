"""Messages and their framing on a stream socket; nothing here looks inside a value.

A frame is

    u32 length of the header | u32 number of buffers | u64 length of each buffer
    header (MessagePack)     | the buffers

The header is one of the message records below; arrays travel in the buffers, as raw bytes.
Lengths are checked against the caps before any memory is taken, and the header is decoded into
typed records, values (`trees`) included, so bytes that no honest sender writes end as a
`ProtocolError`.
"""

from __future__ import annotations

import array
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from autograder.errors import ProtocolError
from autograder.sandbox.trees import Name, Tree

Buffer = npt.NDArray[np.uint8]

MAX_HEADER_BYTES: Final = 4 << 20  # as objects, they take up to 60 times as much
MAX_BUFFER_BYTES: Final = 1 << 28
MAX_BUFFERS: Final = 10_000
MAX_TEXT: Final = 4000
MAX_PARAMETERS: Final = 1000
LOOK_SECONDS: Final = 0.01
SCRATCH_BYTES: Final = 32 << 10
MAX_PARTS: Final = 500  # of one system call
CREDENTIALS_BYTES: Final = socket.CMSG_SPACE(12)  # the kernel drops descriptors that do not fit
ANCILLARY_BYTES: Final = CREDENTIALS_BYTES + socket.CMSG_SPACE(4)  # credentials, a descriptor
_TIMEVAL = struct.Struct("@ll")  # seconds, microseconds; zero is for ever
_PREFIX = struct.Struct("<II")
_CREDENTIALS = struct.Struct("3i")  # process, user, group


class Gone(BaseException):
    """The other side is gone or was put to an end; `reason` says why.

    Not an Exception, so that no test's `except Exception` takes it for the student's error.
    """

    def __init__(self, reason: str, kind: str = "crashed") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind  # "crashed" or "timeout"


Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Parameter = tuple[Annotated[str, Meta(min_length=1)], Annotated[int, Meta(ge=0, le=4)], str | None]
Changes = list[tuple[int, Tree]]  # numbers of arguments, and their new contents


class TooLarge(ValueError):
    """A message that the other side would not take."""


class Message(msgspec.Struct, frozen=True, tag=True, array_like=True, forbid_unknown_fields=True):
    """The base of all messages."""


class Numbered(Message, frozen=True):
    """A question or its answer, which has the question's number: not to be guessed before."""

    number: int


class Failure(msgspec.Struct, frozen=True, array_like=True):
    """An exception as data: a type the other side knows, its text, and where it was raised."""

    type_name: Name
    text: Text
    where: Text = ""  # "truncate, line 4: `return U @ s`"


class Hello(Message, frozen=True):
    """First word of a new process; the kernel adds its process id (SCM_CREDENTIALS)."""


class Ready(Message, frozen=True):
    """The template is warm, or a student process has taken on its limits."""


class Probe(Message, frozen=True):
    """To a student process: try what must not work; `probes` says what to try it on."""

    probes: dict[str, str | int]


class Held(Message, frozen=True):
    """Which of the attempts were stopped."""

    held: dict[str, bool]


class Spawn(Message, frozen=True):
    """To the template: fork a student process; its socket follows."""


class Finish(Message, frozen=True):
    """To the template: end the student process and whatever it left running."""


class Finished(Message, frozen=True):
    """From the template: all gone; `survivors` had to be killed, others earlier, for an excess."""

    survivors: int
    excesses: list[str]


class Start(Message, frozen=True):
    """First message to a student process: the files beside the notebook, and the limits.

    What is in the files stands in the buffers.
    """

    files: list[str]
    memory_bytes: int
    cpu_seconds: float


class Run(Numbered, frozen=True):
    """Run a cell; `rich` keeps pictures and other rich output."""

    source: str
    name: str
    rich: bool = False


class Ran(Numbered, frozen=True):
    """The cell has run: its notebook outputs (JSON), and how it failed, if it did."""

    outputs: bytes
    failure: Failure | None = None


class Fork(Message, frozen=True):
    """Fork the state as it is now; the fork's socket follows."""


class Fetch(Numbered, frozen=True):
    """Ask for the student's values of some names, in one message so that aliasing survives."""

    names: list[str]
    seed: int


class Fetched(Numbered, frozen=True):
    """The values, and for names without one the reason."""

    values: list[tuple[str, Tree]]
    missing: dict[str, str]


class Describe(Numbered, frozen=True):
    """Ask what a function looks like."""

    handle: int


class Described(Numbered, frozen=True):
    """Name, docstring, signature (name, kind, default as text or null) and source."""

    name: str
    doc: str | None
    parameters: Annotated[list[Parameter], Meta(max_length=MAX_PARAMETERS)] | None
    source: str | None


class Call(Numbered, frozen=True):
    """Call the receiver's function; arrays refuse what is `forbidden`."""

    handle: int
    args: list[Tree]
    kwargs: list[tuple[Text, Tree]]
    forbidden: list[Name] = []


class Returned(Numbered, frozen=True):
    """The result, and the new contents of arguments that the call changed in place."""

    result: tuple[Changes, Tree]


class Raised(Numbered, frozen=True):
    """The call raised."""

    failure: Failure
    changes: Changes = []


AnyMessage = (
    Hello | Ready | Probe | Held | Spawn | Finish | Finished | Start | Run | Ran | Fork | Fetch
    | Fetched | Describe | Described | Call | Returned | Raised
)  # fmt: skip

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(AnyMessage)


class Channel:
    """Whole messages over a stream socket, most of them in one system call.

    `on_wait` is called now and then while pieces arrive, and each time the socket has let
    `tick_seconds` pass without one; it raises to give up. While `ancillary_bytes` is not 0,
    `sender_pid` and `descriptors` take what the kernel hands over beside the bytes.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        on_wait: Callable[[], None] | None = None,
        tick_seconds: float | None = None,
        ancillary_bytes: int = 0,
    ) -> None:
        self.socket = sock
        self.on_wait = on_wait
        self.ancillary_bytes = ancillary_bytes
        self.sender_pid = 0
        self.descriptors: list[int] = []
        self._next_look = 0.0
        self._read = memoryview(b"")  # what has been read and not yet asked for
        self._scratch = memoryview(bytearray(SCRATCH_BYTES))
        # A timeout of Python's own would cost a system call more for every message.
        ticks = _TIMEVAL.pack(*divmod(int(1e6 * (tick_seconds or 0)), 1_000_000))
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, direction, ticks)

    def send(
        self, message: Message, buffers: Sequence[Buffer] = (), descriptor: int | None = None
    ) -> None:
        """Send a message with its buffers and, if given, a file descriptor. Raises TooLarge."""
        header, data_bytes = _encoder.encode(message), sum(map(len, buffers))
        if _is_too_large(len(header), len(buffers), data_bytes):
            raise TooLarge(
                f"too much to hand over at once: {len(header) / 1e6:.1f} MB of items, and "
                f"{len(buffers)} arrays of {data_bytes / 1e6:.0f} MB"
            )
        lengths = struct.pack(f"<{len(buffers)}Q", *map(len, buffers))
        parts: list[bytes | memoryview] = [
            _PREFIX.pack(len(header), len(buffers)) + lengths + header
        ]
        parts += [buffer.data for buffer in buffers if len(buffer)]
        rights = [] if descriptor is None else [_rights(descriptor)]
        sent = self._send(parts, rights)
        if sent < sum(map(len, parts)):
            self._send_rest(parts, sent)

    def receive(self) -> tuple[AnyMessage, list[Buffer]]:
        """The next message. Raises Gone at the end, ProtocolError on anything malformed."""
        header_length, count = _PREFIX.unpack(self._next(_PREFIX.size))
        if _is_too_large(header_length, count, 0):
            raise ProtocolError(f"a message of {header_length} bytes with {count} arrays")
        lengths = struct.unpack(f"<{count}Q", self._next(8 * count)) if count else ()
        if _is_too_large(header_length, count, sum(lengths)):
            raise ProtocolError(f"arrays of {sum(lengths) / 1e9:.1f} GB in one message")
        try:
            message = _decoder.decode(self._next(header_length))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, MemoryError) as error:
            raise ProtocolError(f"not a message: {error!s:.200}") from error
        return message, [self._receive(n) for n in lengths]

    @property
    def has_unread(self) -> bool:
        """Whether more was read than has been asked for."""
        return bool(self._read)

    def close(self) -> None:
        """Close the socket; the other side reads the end of the stream."""
        self.socket.close()

    def _send_rest(self, parts: list[bytes | memoryview], sent: int) -> None:
        for part in parts:
            view = memoryview(part)[sent:]
            sent = max(0, sent - len(part))
            while view:
                view = view[self._send([view]) :]
                self._wait()

    def _send(self, parts: Sequence[Any], ancillary: Sequence[Any] = ()) -> int:
        while True:
            try:
                return self.socket.sendmsg(parts[:MAX_PARTS], ancillary)
            except BlockingIOError:
                self._wait()
            except OSError as error:  # also where we have closed it ourselves
                raise Gone("ended its process") from error

    def _next(self, length: int) -> memoryview:
        """So many bytes, in memory that may be used again at the next message."""
        if not self._read and 0 < length <= SCRATCH_BYTES:
            self._read = self._scratch[: self._read_into(self._scratch)]
        if length > len(self._read):
            return self._receive(length).data
        data, self._read = self._read[:length], self._read[length:]
        return data

    def _receive(self, length: int) -> Buffer:
        """So many bytes, in memory of their own, of which none is taken before they arrive."""
        data = np.empty(length, np.uint8)
        view, done = data.data, 0
        while done < length:
            if not self._read:
                if length - done >= SCRATCH_BYTES:
                    done += self._read_into(view[done:])
                    continue
                self._read = self._scratch[: self._read_into(self._scratch)]
            taken = self._read[: length - done]
            view[done : done + len(taken)] = taken
            self._read = self._read[len(taken) :]
            done += len(taken)
        return data

    def _read_into(self, view: memoryview) -> int:
        while True:
            try:
                if self.ancillary_bytes:
                    got, ancillary, *_ = self.socket.recvmsg_into([view], self.ancillary_bytes)
                    self._take(ancillary)
                else:
                    got = self.socket.recv_into(view)
            except BlockingIOError:
                self._wait()
                continue
            except OSError:
                got = 0
            if not got:
                raise Gone("ended its process")
            if time.monotonic() > self._next_look:
                self._wait()  # a byte at a time, or call after call, is no way around the clock
            return got

    def _take(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                self.sender_pid = _CREDENTIALS.unpack(data)[0]
            elif (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self.descriptors += array.array("i", data[: len(data) // 4 * 4])

    def _wait(self) -> None:
        if self.on_wait is not None:
            self._next_look = time.monotonic() + LOOK_SECONDS
            self.on_wait()


def _is_too_large(header_bytes: int, buffers: int, buffer_bytes: int) -> bool:
    return (
        header_bytes > MAX_HEADER_BYTES or buffers > MAX_BUFFERS or buffer_bytes > MAX_BUFFER_BYTES
    )


def _rights(descriptor: int) -> tuple[int, int, bytes]:
    return socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]).tobytes()
