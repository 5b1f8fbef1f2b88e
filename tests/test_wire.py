"""Messages cross a socket whole; anything malformed is a ProtocolError, an ended stream is Gone."""

from __future__ import annotations

import os
import socket
import struct
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from autograder.errors import ProtocolError
from autograder.sandbox import trees
from autograder.sandbox.wire import (
    CREDENTIALS_BYTES,
    MAX_BUFFER_BYTES,
    MAX_BUFFERS,
    MAX_HEADER_BYTES,
    MAX_PARAMETERS,
    MAX_TEXT,
    Call,
    Channel,
    Described,
    Failure,
    Fetch,
    Fetched,
    Finished,
    Gone,
    Held,
    Hello,
    Message,
    Raised,
    Ran,
    Ready,
    Returned,
    Run,
    Start,
    TooLarge,
)

MESSAGES = [
    Hello(),
    Ready(),
    Held({"reads the course": True}),
    Finished(2, []),
    Start(["a.csv"], 1 << 31, 2.5),
    Run(1 << 30, "print('ä')", "cell", True),
    Ran(7, b"[]", Failure("ValueError", "no", "f, line 2")),
    Ran(7, b"[]"),
    Fetch(8, ["a", "b"], 7),
    Fetched(8, [("a", trees.List([1, trees.Tuple([])]))], {"b": "is not defined"}),
    Described(9, "f", None, [("x", 1, None), ("k", 3, "2")], "def f(x, *, k=2): ..."),
    Call(1, 0, [1.5, "x", trees.Bytes(b"y"), True, -(1 << 63), (1 << 64) - 1], [("k", None)]),
    Returned(1, ([], None)),
    Returned(1, ([(0, trees.Plain([1]))], trees.Array("<f8", [2], "C", True, 0))),
    Raised(2, Failure("KeyError", "'x'"), [(0, 1)]),
]


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """The two ends of a channel."""
    ours, theirs = map(Channel, socket.socketpair())
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.fixture
def raw() -> Iterator[tuple[socket.socket, Channel]]:
    """A bare socket, and the channel that reads what it sends."""
    ours, theirs = socket.socketpair()
    yield ours, Channel(theirs)
    ours.close()
    theirs.close()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_arrives_as_it_was_sent(
    message: Message, ends: tuple[Channel, Channel]
) -> None:
    ends[0].send(message)
    assert ends[1].receive() == (message, [])


def test_buffers_arrive_whole_and_in_order(ends: tuple[Channel, Channel]) -> None:
    rng = np.random.default_rng(0)
    sizes = [0, 1, 100_000, 0, 3_000_000, 7]
    buffers = [rng.integers(0, 256, size, np.uint8) for size in sizes]
    sender = threading.Thread(target=ends[0].send, args=(Returned(1, ([], None)), buffers))
    sender.start()
    message, found = ends[1].receive()
    sender.join()
    assert message == Returned(1, ([], None))
    assert [buffer.tobytes() for buffer in found] == [buffer.tobytes() for buffer in buffers]


def test_a_thousand_buffers_arrive(ends: tuple[Channel, Channel]) -> None:
    buffers = [np.full(i % 3, i % 256, np.uint8) for i in range(1000)]
    sender = threading.Thread(target=ends[0].send, args=(Hello(), buffers))
    sender.start()
    found = ends[1].receive()[1]
    sender.join()
    assert [buffer.tolist() for buffer in found] == [buffer.tolist() for buffer in buffers]


def test_received_arrays_can_be_written_and_are_apart(ends: tuple[Channel, Channel]) -> None:
    ends[0].send(Hello(), [np.zeros(4, np.uint8)] * 2)
    first, second = ends[1].receive()[1]
    first[0] = 1
    assert second[0] == 0


def test_messages_keep_their_borders_however_the_bytes_arrive(
    raw: tuple[socket.socket, Channel],
) -> None:
    sock, channel = raw
    frames = (
        frame(Finished(1, [])) + frame(Returned(1, ([], "x" * 100)), b"abc", b"") + frame(Hello())
    )

    def drip() -> None:
        for i in range(0, len(frames), 3):
            sock.sendall(frames[i : i + 3])

    sender = threading.Thread(target=drip)
    sender.start()
    assert channel.receive() == (Finished(1, []), [])
    message, buffers = channel.receive()
    assert message == Returned(1, ([], "x" * 100))
    assert [bytes(buffer) for buffer in buffers] == [b"abc", b""]
    assert channel.receive() == (Hello(), [])
    sender.join()


def test_a_descriptor_travels_beside_its_message() -> None:
    ours, theirs = socket.socketpair()
    receiver = Channel(theirs, ancillary_bytes=socket.CMSG_SPACE(4))
    read_end, write_end = os.pipe()
    Channel(ours).send(Hello(), descriptor=write_end)
    assert receiver.receive()[0] == Hello()
    (descriptor,) = receiver.descriptors
    os.write(descriptor, b"through")
    assert os.read(read_end, 10) == b"through"
    for number in (read_end, write_end, descriptor):
        os.close(number)
    ours.close()
    theirs.close()


# --- Malformed ----------------------------------------------------------------------------------

HELLO = msgspec.msgpack.encode(Hello())
GREEDY = {
    "a header of 4 GB": struct.pack("<II", (1 << 32) - 1, 0),
    "a header just over the cap": struct.pack("<II", MAX_HEADER_BYTES + 1, 0),
    "four billion arrays": struct.pack("<II", len(HELLO), (1 << 32) - 1),
    "one array too many": struct.pack("<II", len(HELLO), MAX_BUFFERS + 1)
    + bytes(8 * MAX_BUFFERS + 8),
    "an array of 16 EB": struct.pack("<IIQ", len(HELLO), 1, (1 << 64) - 1),
    "arrays that are too long together": struct.pack(
        "<II2Q", len(HELLO), 2, MAX_BUFFER_BYTES, MAX_BUFFER_BYTES
    ),
}


@pytest.mark.parametrize("start", GREEDY.values(), ids=GREEDY)
def test_lengths_are_refused_before_memory_is_taken(
    start: bytes, raw: tuple[socket.socket, Channel]
) -> None:
    sock, channel = raw
    sock.sendall(start + HELLO)
    sock.shutdown(socket.SHUT_WR)
    tracemalloc.start()
    with pytest.raises(ProtocolError):
        channel.receive()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


HEADERS = {
    "no MessagePack": b"\xc1",
    "nothing": b"",
    "a number": msgspec.msgpack.encode(5),
    "an unknown message": msgspec.msgpack.encode(["Reboot", 1]),
    "no tag": msgspec.msgpack.encode([1, 2]),
    "a field of a wrong type": msgspec.msgpack.encode(["Finished", "many", []]),
    "a field too few": msgspec.msgpack.encode(["Call", 1]),
    "a map": msgspec.msgpack.encode({"type": "Hello"}),
    "text that is not UTF-8": b"\x92\xa3Run\xa1\xff",
    "cut short": msgspec.msgpack.encode(["Finished", 1 << 40, []])[:-2],
    "bytes after the end": msgspec.msgpack.encode(["Hello"]) + b"\xc0",
    "nesting without end": b"\x94\xa4Call\x01\x00" + b"\x91" * 100_000 + b"\xc0",
    "a list of four billion": b"\xdd\xff\xff\xff\xff",
    "a field too many": msgspec.msgpack.encode(["Hello", None]),
    "a map in a value": msgspec.msgpack.encode(["Call", 1, 0, {"a": 1}]),
    "a map of pairs, whose hashes can be chosen": b"\x94\xa4Call\x01\x00\x81\x92\x01\x02\xc0",
    "an extension type": msgspec.msgpack.encode(["Call", 1, 0, msgspec.msgpack.Ext(5, b"x")]),
    "an unknown kind of value": msgspec.msgpack.encode(["Call", 1, 0, ["object", 1]]),
    "a class of the decoder's own": msgspec.msgpack.encode(["Call", 1, 0, ["node"]]),
    "far too many parameters": msgspec.msgpack.encode(
        ["Described", "f", None, [["x", 1, None]] * (MAX_PARAMETERS + 1), None]
    ),
    "a parameter without a name": msgspec.msgpack.encode(
        ["Described", "f", None, [["", 1, None]], None]
    ),
    "a parameter of a kind that there is not": msgspec.msgpack.encode(
        ["Described", "f", None, [["x", 5, None]], None]
    ),
    "the text of an exception without end": msgspec.msgpack.encode(
        ["Raised", 1, ["ValueError", "x" * (MAX_TEXT + 1), ""]]
    ),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_malformed_header_is_a_protocol_error(
    header: bytes, raw: tuple[socket.socket, Channel]
) -> None:
    sock, channel = raw
    sock.sendall(struct.pack("<II", len(header), 0) + header)
    with pytest.raises(ProtocolError):
        channel.receive()


def test_what_is_wrong_with_a_header_is_said_in_few_words(
    raw: tuple[socket.socket, Channel],
) -> None:
    sock, channel = raw
    header = msgspec.msgpack.encode(["x" * 20_000])
    sock.sendall(struct.pack("<II", len(header), 0) + header)
    with pytest.raises(ProtocolError) as caught:
        channel.receive()
    assert len(str(caught.value)) < 300


TOO_LARGE = {
    "its items": (Returned(1, ([], "x" * MAX_HEADER_BYTES)), []),
    "the number of its arrays": (Hello(), [np.zeros(0, np.uint8)] * (MAX_BUFFERS + 1)),
    "its arrays": (Hello(), [np.zeros(MAX_BUFFER_BYTES // 2 + 1, np.uint8)] * 2),
}


@pytest.mark.parametrize(("message", "buffers"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_the_other_side_would_not_take_is_not_sent(
    message: Message, buffers: list[Any], ends: tuple[Channel, Channel]
) -> None:
    with pytest.raises(TooLarge, match="too much to hand over"):
        ends[0].send(message, buffers)
    ends[0].send(Finished(1, []))
    assert ends[1].receive() == (Finished(1, []), [])


def test_a_descriptor_that_nobody_asked_for_is_dropped() -> None:
    """A process could fill the grader's table of descriptors before its first word is out."""
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    receiver = Channel(theirs, ancillary_bytes=CREDENTIALS_BYTES)
    before = len(os.listdir("/proc/self/fd"))
    for byte in frame(Hello()):
        socket.send_fds(ours, [bytes([byte])], [ours.fileno()] * 3)
    assert receiver.receive() == (Hello(), [])
    assert receiver.sender_pid == os.getpid()
    assert receiver.descriptors == []
    assert len(os.listdir("/proc/self/fd")) == before
    ours.close()
    theirs.close()


def test_a_stream_that_is_cut_anywhere_is_gone() -> None:
    whole = frame(Returned(3, ([], trees.Plain([1, 2]))), b"12345678")
    for length in range(len(whole)):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(whole[:length])
            ours.shutdown(socket.SHUT_WR)
            with pytest.raises(Gone, match="ended its process"):
                Channel(theirs).receive()


def test_gone_is_not_caught_by_except_exception() -> None:
    assert not issubclass(Gone, Exception)


def test_sending_to_an_end_that_is_closed_is_gone(ends: tuple[Channel, Channel]) -> None:
    ends[1].close()
    with pytest.raises(Gone):
        for _ in range(3):
            ends[0].send(Hello(), [np.zeros(1_000_000, np.uint8)])


# --- Waiting ------------------------------------------------------------------------------------


class Enough(BaseException):
    """Raised by a clock that has run out."""


def impatient(sock: socket.socket, ticks: int = 3) -> Channel:
    """A channel that gives up at the third tick."""
    left = [ticks]

    def tick() -> None:
        left[0] -= 1
        if not left[0]:
            raise Enough

    return Channel(sock, on_wait=tick, tick_seconds=0.01)


def test_waiting_for_a_message_that_does_not_come_can_be_given_up() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(Enough):
        impatient(theirs).receive()


def test_waiting_for_the_rest_of_a_message_can_be_given_up() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(frame(Hello(), b"12345678")[:-1])
        with pytest.raises(Enough):
            impatient(theirs).receive()


def test_sending_to_who_does_not_read_can_be_given_up() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(Enough):
        impatient(ours).send(Hello(), [np.zeros(50_000_000, np.uint8)])


def frame(message: Message, *buffers: bytes) -> bytes:
    """The bytes of a message, as the module's docstring has them."""
    header: Any = msgspec.msgpack.encode(message)
    lengths = struct.pack(f"<II{len(buffers)}Q", len(header), len(buffers), *map(len, buffers))
    return b"".join([lengths, header, *buffers])
