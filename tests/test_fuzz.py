"""A hundred thousand malformed messages: each gives a value or a protocol error, and takes little.

`thrown.py` makes them and plays the grader that reads them. `make fuzz` looks for worse ones.
"""

from __future__ import annotations

import random
import struct
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
import thrown
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.wire import MAX_BUFFER_BYTES

HONEST = thrown.honest()
SEEDS = st.integers(0, (1 << 64) - 1)
BATCH = 500  # streams in one example
pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # odd numbers in NumPy's arithmetic
    pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning"),
]


def many(examples: int) -> settings:
    """So many examples, the same in every run."""
    return settings(max_examples=examples, deadline=None, database=None, derandomize=True)


def batch(make: Callable[[random.Random], bytes], seed: int) -> None:
    """Throw many streams; what is wrong with one of them says which it was."""
    rng = random.Random(seed)
    for _ in range(BATCH):
        stream = make(rng)
        try:
            thrown.throw(stream)
        except BaseException as error:
            error.add_note(f"the stream was {stream!r}")
            raise


def mutated(rng: random.Random) -> bytes:
    return thrown.mutated(rng.choice(HONEST), rng.choice(HONEST), rng)


def noise(rng: random.Random) -> bytes:
    start = thrown.frame(rng.randbytes(rng.randrange(20))) if rng.random() < 0.5 else b""
    return bytes([rng.randrange(5)]) + start + rng.randbytes(rng.randrange(80))


def test_honest_streams_are_values() -> None:
    """Without which all of this would throw at a closed door."""
    kinds = {thrown.throw(stream) for stream in HONEST[:-4]}
    assert kinds == {True}
    assert not any(map(thrown.throw, HONEST[-4:]))  # answers to other questions
    changed = [thrown.throw(mutated(random.Random(seed))) for seed in range(300)]
    assert 10 < sum(changed) < 150


@many(80)
@given(SEEDS)
def test_forty_thousand_honest_messages_with_a_few_changes(seed: int) -> None:
    batch(mutated, seed)


@many(80)
@given(SEEDS)
def test_forty_thousand_made_up_messages(seed: int) -> None:
    batch(thrown.made_up, seed)


@many(50)
@given(SEEDS)
def test_twenty_five_thousand_streams_of_noise(seed: int) -> None:
    batch(noise, seed)


def streams(count: int) -> list[bytes]:
    rng = random.Random(0)
    return [rng.choice((mutated, thrown.made_up, noise))(rng) for _ in range(count)]


def nothing(value: Any) -> None:
    """Only what making the value takes is to be measured."""


def test_memory_is_bounded_by_what_was_sent_and_announced() -> None:
    tracemalloc.start()
    try:
        for stream in streams(2000):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            thrown.throw(stream, nothing)
            _, peak = tracemalloc.get_traced_memory()
            allowed = (16 << 20) + 100 * len(stream) + announced_bytes(stream)
            assert peak - before < allowed, stream
    finally:
        tracemalloc.stop()


def announced_bytes(stream: bytes) -> int:
    """The lengths of buffers, as far as the cap lets them through; their memory is untouched."""
    _, count = struct.unpack_from("<II", stream.ljust(9, b"\0"), 1)
    if not 9 + 8 * count <= len(stream):
        return 0
    lengths = sum(struct.unpack_from(f"<{count}Q", stream, 9))
    return lengths if lengths <= MAX_BUFFER_BYTES else 0


def test_the_number_of_steps_is_bounded_by_what_was_sent() -> None:
    steps = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    for stream in streams(2000):
        steps = 0
        sys.setprofile(count)
        try:
            thrown.throw(stream, nothing)
        finally:
            sys.setprofile(None)
        assert steps < 5000 + 20 * len(stream), stream
