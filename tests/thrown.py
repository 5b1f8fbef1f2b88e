"""What a hostile process may write, and the grader that has to read it.

`throw` plays the trusted side of a test cell to a stream of bytes, with the real `Process`, and
says whether they were taken for answers or refused; anything else that happens is a mistake of
ours. `test_fuzz.py` throws a hundred thousand streams in every run of the tests, and `make fuzz`
lets a coverage-guided fuzzer look for worse ones for as long as you like.
"""

from __future__ import annotations

import inspect
import io
import math
import random
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from autograder import outputs
from autograder.errors import ProtocolError
from autograder.sandbox import trees
from autograder.sandbox.box import Limits, Process
from autograder.sandbox.proxy import StudentFunction, StudentNames
from autograder.sandbox.values import Packer
from autograder.sandbox.wire import (
    Call,
    Described,
    Failure,
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
)

NUMBER: Final = (1 << 64) - 0x7E57  # in eight bytes, as any number may stand
NAMES: Final = ["a", "b"]
LIMITS: Final = Limits(wall_seconds=math.inf, cpu_seconds=math.inf, total_cpu_seconds=math.inf)
READ_BYTES: Final = 1 << 16


class Stream(io.BytesIO):
    """As much of a socket as a Channel needs: gives what it was made of, swallows the rest.

    A process that was called knows the number of the call, so NUMBER stands for that.
    """

    def setsockopt(self, *_: object) -> None:
        """Nothing waits here."""

    def recv_into(self, view: memoryview) -> int:
        """The next bytes."""
        return self.readinto(view)

    def recvmsg_into(self, views: list[memoryview], ancillary: int) -> tuple[int, list[Any], int]:
        """The next bytes."""
        return self.readinto(views[0]), [], 0

    def sendmsg(self, parts: Sequence[Any], ancillary: Sequence[Any] = ()) -> int:
        """Everything is sent."""
        sent = b"".join(parts)
        if any(
            kind in sent[:500] for kind in (b"\xa4Call", b"\xa3Run", b"\xa5Fetch", b"\xa8Describe")
        ):
            _, (kind, number, *_), _ = _parts(b"?" + sent)
            if kind in ("Call", "Run", "Fetch", "Describe"):
                data = self.getvalue().replace(NUMBER.to_bytes(8), number.to_bytes(8))
                self.getbuffer()[:] = data
        return len(sent)


def throw(data: bytes, look: Callable[[Any], None] | None = None) -> bool:
    """Answer a grader's questions with these bytes; whether they were all taken for answers.

    `look` is called with each value that was made. Raises whatever ought not to happen.
    """
    look = look or read
    asked = QUESTIONS[data[0] % len(QUESTIONS)] if data else _run
    process = Process(Stream(data[1:]), LIMITS, lambda: None)  # type: ignore[arg-type]
    try:
        look(asked(process))
    except (Gone, ProtocolError):
        return False
    return True


def _run(process: Process) -> Any:
    data, failure = process.run("1 + 1", "cell", rich=True)
    return outputs.decode(data, 1), failure


def _fetch(process: Process) -> Any:
    return process.fetch(NAMES, 0)


def _call(process: Process) -> Any:
    """Call a function with arguments of all kinds that can be changed."""
    return _called(process, _plain_arguments)


def _draw(process: Process) -> Any:
    """Call a function with what takes longer to make."""
    return _called(process, _other_arguments)


def _called(process: Process, known: Callable[[Any], list[Any]]) -> Any:
    calls = 0

    def matvec(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise Gone("called back too often")
        if args and type(args[0]) is list:
            args[0].append(1.0)
        return args, kwargs

    function = StudentFunction(StudentNames(process.channel, StudentFunction), 0, "f")
    arguments = known(matvec)
    try:
        return function(*arguments), arguments
    except Exception as error:
        if getattr(error, "from_student", False):
            return error
        raise


def _describe(process: Process) -> Any:
    function = StudentFunction(StudentNames(process.channel, StudentFunction), 0, "f")
    try:
        signature = inspect.signature(function)
    except ValueError:
        signature = None
    return repr(signature), function.__doc__, function.source


def _plain_arguments(function: Any) -> list[Any]:
    """Arguments: a matrix, part of one, a list of lists, a dict, a set, a function."""
    A = np.arange(6.0).reshape(2, 3)
    return [A, A[:, ::2], [[1.0], [2.0, 3]], {"x": [1]}, {1, 2}, function]


def _other_arguments(function: Any) -> list[Any]:
    """Arguments: a generator, a sparse matrix, a function."""
    return [np.random.default_rng(0), sparse.csr_array(np.eye(2)), function]


QUESTIONS: Final = (_run, _fetch, _call, _describe, _draw)


def read(value: Any, left: int = 6) -> None:
    """Read all of a value, in NumPy's and SciPy's C code."""
    if isinstance(value, np.ndarray):
        if value.nbytes <= READ_BYTES and value.size <= READ_BYTES:
            value.tolist()
            str(value)
    elif isinstance(value, np.generic):
        str(value)
    elif sparse.issparse(value):
        if value.nnz <= READ_BYTES and max(value.shape) <= READ_BYTES:
            value.sum()
            value.tocoo()
            if value.ndim == 2:
                value.T @ np.ones(value.shape[0])
    elif isinstance(value, np.random.Generator):
        value.random(5)
    elif isinstance(value, LinearOperator):
        repr(value)
    elif isinstance(value, (list, tuple, set, frozenset, dict)) and left and len(value) < 1000:
        for item in [*value, *value.values()] if isinstance(value, dict) else list(value):
            read(item, left - 1)


# --- What honest processes write ----------------------------------------------------------------


class Handles:
    """Functions by number, as either side names them."""

    def export(self, function: Any) -> Any:
        """Their first function."""
        return trees.Theirs(0, "f")


def honest() -> list[bytes]:
    """Streams of an honest process; the first byte says which question they answer."""
    A = np.arange(6.0).reshape(2, 3)
    values: list[Any] = [
        [A, A[1], A.T[::-1], np.asfortranarray(A), A],
        ({"a": [1, 2.5], (1, 2): {3}, None: b"x"}, 1j, 1 << 80, slice(1, 2), range(3), ...),
        (np.float32(2), np.str_("ä"), np.bool_(True), np.longdouble(1), frozenset({1, "a"})),
        [sparse.eye_array(3, format=kind) for kind in ("csr", "csc", "bsr", "coo", "dia")],
        [sparse.eye_array(3, format=kind) for kind in ("lil", "dok")] + [sparse.csr_matrix(A)],
        [np.random.default_rng(0), np.random.Generator(np.random.Philox(0))],
        [np.random.Generator(np.random.SFC64(0)), np.random.Generator(np.random.PCG64DXSM(0))],
        [np.array([True, False]), np.array(["ab", "c"]), np.array([b"x"]), np.zeros((0, 3))],
        [aslinearoperator(A), math.sqrt, float, np.dtype("f4"), np.array([1j, np.nan])],
        np.random.Generator(np.random.MT19937(0)),
        np.array([1.5, -0.0], np.longdouble),
    ]
    sent = Packer(Handles())  # type: ignore[arg-type]
    sent.pack_all(_plain_arguments(print))
    streams = []
    for value in values:
        packer = Packer(Handles())  # type: ignore[arg-type]
        packed = packer.pack(value)
        answer = Fetched(
            NUMBER, [("a", packed), ("b", trees.Seen(0) if packer.objects else None)], {}
        )
        streams.append(b"\1" + frame(answer, *map(bytes, packer.buffers)))
        packer = Packer(Handles(), sent.objects)  # type: ignore[arg-type]
        packed = packer.pack(value)
        result = frame(Returned(NUMBER, ([], packed)), *map(bytes, packer.buffers))
        streams.append(b"\2" + result)
        packer = Packer(Handles())  # type: ignore[arg-type]
        call = Call(7, 0, packer.pack_all([value]), [("k", packer.pack(value))])
        streams.append(b"\2" + frame(call, *map(bytes, packer.buffers)) + result)
    new = [(0, trees.Array("<f8", [2, 3], "C", True, 0)), (2, trees.List([trees.Seen(3), 1]))]
    state = Packer(Handles()).pack(np.random.default_rng(1).bit_generator.state)  # type: ignore[arg-type]
    streams += [
        b"\0" + frame(Ran(NUMBER, RICH, Failure("ValueError", "no", "f, line 2: `x`"))),
        b"\0" + frame(Ran(NUMBER, b"[]")),
        b"\1" + frame(Fetched(NUMBER, [("a", None)], {"b": "is not defined"})),
        b"\2" + frame(Returned(NUMBER, (new, trees.Seen(0))), bytes(48)),
        b"\2"
        + frame(
            Returned(NUMBER, ([(7, trees.Set([1]))], trees.View(0, "<f8", [2], [24], 0, True)))
        ),
        b"\2"
        + frame(
            Raised(NUMBER, Failure("KeyError", "'x'", "line 1"), [(5, trees.Dict([("y", 2)]))])
        ),
        b"\2" + frame(Raised(NUMBER, Failure("", "Own: x"))),
        b"\4" + frame(Returned(NUMBER, ([(0, state)], trees.View(5, "<f8", [1], [8], 0, True)))),
        b"\4"
        + frame(Returned(NUMBER, ([(6, trees.Array("<i4", [3], "C", True, 0))], None)), bytes(12)),
        b"\3"
        + frame(
            Described(NUMBER, "f", "Doc.", [("x", 1, None), ("k", 3, "2")], "def f(x, *, k=2): x")
        ),
        b"\3" + frame(Described(NUMBER, "f", None, None, None)),
        *(
            b"\0" + frame(message)
            for message in (Hello(), Ready(), Held({"x": True}), Finished(2, []))
        ),
    ]
    return streams


RICH: Final = msgspec.json.encode(
    [
        {"output_type": "stream", "name": "stdout", "text": "a\x1b[31mb\u202e"},
        {"output_type": "execute_result", "data": {"text/plain": "3", "image/png": "iVBO"}},
        {"output_type": "display_data", "data": {"text/html": "<b onclick=x>1</b>", "x": [1]}},
        {"output_type": "error", "ename": "E", "evalue": "no", "traceback": ["a", "b"]},
    ]
)


def frame(message: Message | bytes, *buffers: bytes) -> bytes:
    """The bytes of a message."""
    header = message if isinstance(message, bytes) else msgspec.msgpack.encode(message)
    lengths = struct.pack(f"<II{len(buffers)}Q", len(header), len(buffers), *map(len, buffers))
    return b"".join([lengths, header, *buffers])


# --- What dishonest ones make of it -------------------------------------------------------------

TAGS: Final = [
    node.__struct_config__.tag for node in vars(trees).values() if isinstance(node, type)
    and issubclass(node, trees.Node) and node is not trees.Node
]  # fmt: skip
MESSAGES: Final = ["Ran", "Fetched", "Described", "Call", "Returned", "Raised", "Hello"]
NUMBERS: Final = [0, 1, 2, 3, 6, 8, 24, 48, -1, -8, 1 << 16, 1 << 31, 1 << 62, (1 << 64) - 1]
WORDS: Final = ["<f8", "|b1", "<U3", "<U0", "|S2", "<c16", "<f2", ">i4", "|O", "C", "F", "csr",
                "coo", "bsr", "dia", "lil", "dok", "PCG64", "MT19937", "float", "ff", "-f", "",
                "state", "bit_generator", "StopIteration", "\x00\u202e"]  # fmt: skip
OTHERS: Final = [None, True, False, 0.5, math.nan, math.inf, b"", b"x" * 16, [], {}, {"a": 1}]


def mutated(stream: bytes, other: bytes, rng: random.Random) -> bytes:
    """A stream that differs from an honest one in a few places, of its bytes or of its grammar."""
    if rng.random() < 0.35:
        return _spoiled(stream, other, rng)
    try:
        question, header, buffers = _parts(stream)
        if rng.random() < 0.1:
            _, header, _ = _parts(other)
    except (struct.error, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _spoiled(stream, other, rng)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        _change(header, rng)
    if buffers and rng.random() < 0.2:
        i = rng.randrange(len(buffers))
        buffers[i] = _spoiled(buffers[i], buffers[0], rng)
    try:
        return question + frame(msgspec.msgpack.encode(header), *buffers)
    except (RecursionError, OverflowError, ValueError, TypeError):  # swaps have tied a knot in it
        return _spoiled(stream, other, rng)


def _spoiled(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Bits turned over, bytes lost, doubled or replaced, lengths that lie, two streams in one."""
    spoiled = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(spoiled) + 1)
        end = min(len(spoiled), at + rng.choice((1, 1, 2, 4, 8, 60)))
        match rng.randrange(6):
            case 0 if at < len(spoiled):
                spoiled[at] ^= 1 << rng.randrange(8)
            case 1:
                del spoiled[at:end]
            case 2:
                spoiled[at:at] = spoiled[at:end]
            case 3:
                spoiled[at:end] = rng.randbytes(end - at)
            case 4:
                length = rng.choice((0, 1, 5, 255, 1 << 16, 1 << 22, 1 << 28, (1 << 32) - 1))
                spoiled[at : at + 4] = struct.pack("<I", length)
            case 5:
                cut = rng.randrange(len(other) + 1)
                spoiled[at:] = other[cut:]
    return bytes(spoiled)


def _parts(stream: bytes) -> tuple[bytes, Any, list[bytes]]:
    """The question that a stream answers, and the header and the buffers of its first frame."""
    length, count = struct.unpack_from("<II", stream, 1)
    lengths = struct.unpack_from(f"<{count}Q", stream, 9)
    at = 9 + 8 * count
    header = msgspec.msgpack.decode(stream[at : at + length])
    at += length
    buffers = []
    for size in lengths:
        buffers.append(stream[at : at + size])
        at += size
    return stream[:1], header, buffers


def _change(tree: Any, rng: random.Random) -> None:
    """Change one place in a decoded header."""
    nodes = list(filter(None, _nodes(tree)))
    if not nodes:
        return
    node = rng.choice(nodes)
    i = rng.randrange(len(node))
    match rng.randrange(6):
        case 0 | 1:
            node[i] = _leaf(rng)
        case 2:
            del node[i]
        case 3:
            node[i:i] = node[i : i + 1] * rng.choice((1, 1, 1, 30))
        case 4:
            other = rng.choice(nodes)
            j = rng.randrange(len(other))
            node[i], other[j] = other[j], node[i]
        case 5:
            node[i] = _made_up(rng, 3)


def _nodes(tree: Any) -> list[list[Any]]:
    """All the lists in a tree, each once; swaps may have made it endless."""
    found: dict[int, list[Any]] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) is list and id(node) not in found:
            found[id(node)] = node
            waiting += node
    return list(found.values())


def _leaf(rng: random.Random) -> Any:
    return rng.choice(rng.choice((NUMBERS, NUMBERS, WORDS, TAGS, MESSAGES, OTHERS)))


def _made_up(rng: random.Random, depth: int) -> Any:
    """A tree with a tag that exists and parts that perhaps do not belong to it."""
    if not depth or rng.random() < 0.3:
        return _leaf(rng)
    parts = [_made_up(rng, depth - 1) for _ in range(rng.randrange(5))]
    return [rng.choice(TAGS), parts] if rng.random() < 0.5 else [rng.choice(TAGS), *parts]


def made_up(rng: random.Random) -> bytes:
    """A frame of a message that exists, with made-up parts and buffers."""
    parts = [_made_up(rng, 4) for _ in range(rng.randrange(1, 4))]
    match rng.randrange(4):
        case 0:
            header = ["Fetched", [["a", tree] for tree in parts], {}]
        case 1:
            header = ["Returned", NUMBER, [[[i, tree] for i, tree in enumerate(parts)], None]]
        case 2:
            header = ["Call", 1, 0, parts, []]
        case _:
            header = [rng.choice(MESSAGES), *parts]
    question = {"Fetched": 1, "Described": 3, "Ran": 0}.get(header[0], 2)
    buffers = [rng.randbytes(rng.choice((0, 1, 8, 48))) for _ in range(rng.randrange(4))]
    return bytes([question]) + frame(msgspec.msgpack.encode(header), *buffers)
