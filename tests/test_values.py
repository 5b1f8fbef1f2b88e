"""What is packed comes back the same, aliases and changes too; what nobody packs is refused."""

from __future__ import annotations

import datetime
import enum
import fractions
import math
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import hypothesis.strategies as st
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from autograder.errors import ProtocolError
from autograder.sandbox import trees
from autograder.sandbox.values import (
    MAX_KEYS,
    MAX_ROWS,
    Packer,
    Unpacker,
    Unsupported,
    apply_changes,
    changes,
)

INF, NAN = math.inf, math.nan


def colliding_pairs(count: int) -> list[tuple[int, int]]:
    """Pairs of integers with one hash, by running CPython's tuple hash backwards."""
    first, second, fifth = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x27D4EB2F165667C5
    mask = (1 << 64) - 1

    def rotated(x: int, bits: int) -> int:
        return (x << bits | x >> (64 - bits)) & mask

    end = rotated(12345 * pow(first, -1, 1 << 64) & mask, 33)
    pairs, a = [], 0
    while len(pairs) < count:
        a += 1
        begin = rotated((fifth + a * second) & mask, 31) * first
        b = (end - begin) * pow(second, -1, 1 << 64) & mask
        if b < (1 << 61) - 1:
            pairs.append((a, b))
    return pairs


class Both:
    """Both ends of a channel that numbers functions and leads nowhere."""

    def __init__(self) -> None:
        self.functions: list[Callable[..., Any]] = []

    def export(self, function: Callable[..., Any]) -> Any:
        self.functions.append(function)
        return trees.Theirs(len(self.functions) - 1, function.__name__)

    def resolve(self, tree: Any) -> Callable[..., Any]:
        if tree.handle >= len(self.functions):
            raise ProtocolError(f"no function has number {tree.handle}")
        return self.functions[tree.handle]


def copied(value: Any) -> Any:
    """The value on the other side."""
    both = Both()
    packer = Packer(both)
    tree = received(packer.pack(value))
    return Unpacker(both, buffers_of(packer)).unpack(tree)


_tree = msgspec.msgpack.Decoder(trees.Tree)
_changes = msgspec.msgpack.Decoder(list[tuple[int, trees.Tree]])


def received(tree: Any, decoder: Any = _tree) -> Any:
    """What a header's decoder makes of a tree."""
    try:
        return decoder.decode(msgspec.msgpack.encode(tree))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError(str(error)) from error


def as_lists(tree: Any) -> Any:
    """A tree as it stands in a header, free to be changed."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(tree))


def buffers_of(packer: Packer) -> list[Any]:
    return [np.frombuffer(bytearray(buffer), np.uint8) for buffer in packer.buffers]


def unpack(tree: Any, *buffers: bytes, known: tuple[Any, ...] = ()) -> Any:
    """What a tree means that perhaps nobody honest has written."""
    data = [np.frombuffer(bytearray(buffer), np.uint8) for buffer in buffers]
    return Unpacker(Both(), data, known).unpack(received(tree))


def called(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function on the other side, with its result and its changes carried back."""
    both = Both()
    there = Packer(both)
    sent = received(there.pack((args, {})))
    receiver = Unpacker(both, buffers_of(there), keep_originals=True)
    arguments, _ = receiver.unpack(sent)
    back = Packer(both, receiver.objects)
    value = function(*arguments)
    changed, result = received(changes(back, receiver), _changes), received(back.pack(value))
    unpacker = Unpacker(both, buffers_of(back), there.objects)
    apply_changes(changed, there.objects, unpacker)
    return unpacker.unpack(result)


def same(a: Any, b: Any) -> bool:
    """Equal in type and value all the way down; NaN equals NaN and 0.0 is not -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        alike = a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        return bool(alike and a.flags.writeable == b.flags.writeable)
    if isinstance(a, np.generic):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, float):
        return np.float64(a).tobytes() == np.float64(b).tobytes()
    if isinstance(a, complex):
        return same([a.real, a.imag], [b.real, b.imag])
    return bool(a == b)


PLAIN = {
    "None": None,
    "true": True,
    "zero": 0,
    "an int beyond 64 bits": -(1 << 200),
    "the largest int of 64 bits": (1 << 63) - 1,
    "an int just beyond it": 1 << 63,
    "the smallest int of 64 bits": -(1 << 63),
    "NaN": NAN,
    "minus zero": -0.0,
    "infinity": -INF,
    "complex": complex(-0.0, INF),
    "text": "ä\x00\U0001f600",
    "bytes": b"\x00\xff",
    "empty containers": ((), [], {}, set(), frozenset()),
    "a dict with odd keys": {(1, 2): [3], None: 4, 2.5: {"x"}, frozenset({1}): 1j},
    "a set": {1, "a", (2, 3), None},
    "a frozenset": frozenset({1, 2.5}),
    "slices": [slice(None), slice(1, -1, 2), slice(1 << 70)],
    "ranges": (range(3), range(10, 0, -3)),
    "an ellipsis": (..., slice(3)),
    "dtypes": [np.dtype("f8"), np.dtype(">i2"), np.dtype("U7")],
    "types": [float, int, bool, complex, str, list, tuple, dict, np.float32, np.int64, np.bool_],
}


@pytest.mark.parametrize("value", PLAIN.values(), ids=PLAIN)
def test_a_plain_value_comes_back_the_same(value: Any) -> None:
    assert same(copied(value), value)


ARRAYS = {
    "two dimensions": np.arange(6.0).reshape(2, 3),
    "zero dimensions": np.array(2.5),
    "empty": np.zeros((0, 3)),
    "empty, zero last": np.zeros((3, 0), np.int8),
    "one row in Fortran order": np.ones((1, 4), order="F"),
    "not contiguous": np.arange(12.0).reshape(3, 4)[:, ::2],
    "negative strides": np.arange(5)[::-1],
    "broadcast": np.broadcast_to(np.float32(3), (2, 2)).copy(),
    "minus zero and NaN": np.array([-0.0, NAN, INF]),
    "float16": np.array([1.5, 65504], np.float16),
    "float32": np.array([1e-45], np.float32),
    "long double": np.array([np.longdouble(1) / 3]),
    "complex64": np.array([1 + 2j], np.complex64),
    "long complex": np.array([np.longdouble(1) / 3], np.clongdouble),
    "bool": np.array([[True], [False]]),
    "big endian": np.array([1, 256], ">i2"),
    "uint64": np.array([2**64 - 1], np.uint64),
    "text": np.array([["ä", "bcd"]]),
    "bytes": np.array([b"ab", b"c"]),
    "five dimensions": np.arange(32).reshape(2, 2, 2, 2, 2),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_an_array_comes_back_the_same(array: Any) -> None:
    assert same(copied(array), array)


def test_an_array_in_fortran_order_stays_in_fortran_order() -> None:
    found = copied(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    assert found.flags.f_contiguous
    assert not found.flags.c_contiguous
    assert found[1, 0] == 3


def test_an_array_that_is_read_only_stays_read_only() -> None:
    array = np.ones(3)
    array.flags.writeable = False
    assert not copied(array).flags.writeable
    assert copied(np.ones(3)).flags.writeable


SCALARS = [
    np.float64(-0.0), np.float32(0.1), np.float16(2), np.longdouble(1) / 3, np.int8(-5),
    np.uint64(2**64 - 1), np.bool_(True), np.complex64(1 - 1j), np.str_("ä"), np.str_(""),
    np.bytes_(b"x"), np.bytes_(b""),
]  # fmt: skip


@pytest.mark.parametrize("value", SCALARS, ids=lambda value: f"{type(value).__name__} {value}")
def test_a_numpy_scalar_keeps_its_type(value: Any) -> None:
    found = copied(value)
    assert type(found) is type(value)
    assert found == value
    assert str(found) == str(value)


@pytest.mark.parametrize("factor", [np.linalg.svd, np.linalg.eigh, np.linalg.qr, np.linalg.slogdet])
def test_the_named_results_of_numpy_come_back_as_plain_tuples(factor: Any) -> None:
    value = factor(np.array([[2.0, 1], [1, 3]]))
    assert same(copied(value), tuple(value))
    assert type(copied(value)) is tuple


def test_a_students_named_tuple_comes_back_as_a_plain_tuple() -> None:
    class Fit(NamedTuple):
        slope: float
        residuals: list[float]

    assert same(copied(Fit(2.0, [0.5])), (2.0, [0.5]))


ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
    | st.binary() | st.slices(9) | st.integers(0, 9).map(range)
    | hnp.arrays(
        hnp.scalar_dtypes().filter(lambda dtype: dtype.kind in "biufc"),
        hnp.array_shapes(min_dims=0, min_side=0, max_side=3),
    )
)  # fmt: skip
KEYS = st.none() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
NESTED = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, database=None)
@given(NESTED)
def test_nested_data_comes_back_the_same(value: Any) -> None:
    assert same(copied(value), value)


FORMATS = ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"]


@pytest.mark.parametrize("kind", ["array", "matrix"])
@pytest.mark.parametrize("fmt", FORMATS)
def test_a_sparse_matrix_keeps_format_class_and_content(fmt: str, kind: str) -> None:
    dense = np.array([[0, 2.0, 0, 0], [0, 0, -1.5, 0]])
    value = getattr(sparse, f"{fmt}_{kind}")(dense)
    found = copied(value)
    assert type(found) is type(value)
    assert found.dtype == value.dtype
    assert same(found.toarray(), dense)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1)])
def test_an_empty_sparse_array_comes_back(fmt: str, shape: tuple[int, int]) -> None:
    value = sparse.coo_array(shape).asformat(fmt)
    assert copied(value).shape == shape


@pytest.mark.parametrize("fmt", ["csr", "coo", "dok"])
def test_a_sparse_vector_comes_back(fmt: str) -> None:
    value = sparse.coo_array(np.array([0, 2.0, 0])).asformat(fmt)
    found = copied(value)
    assert found.shape == (3,)
    assert same(found.toarray(), np.array([0, 2.0, 0]))


def test_a_sparse_matrix_keeps_stored_zeros_and_doubled_entries() -> None:
    value = sparse.coo_array(([0.0, 1.0, 2.0], ([0, 1, 1], [0, 1, 1])), shape=(2, 2))
    assert copied(value).nnz == 3
    assert same(copied(value).toarray(), np.array([[0.0, 0], [0, 3]]))


def test_a_linear_operator_multiplies_on_its_own_side() -> None:
    A = np.array([[1.0, 2, 0], [0, 1, 1]])
    for operator in (
        LinearOperator(A.shape, matvec=lambda x: A @ x, rmatvec=lambda y: A.T @ y, dtype=A.dtype),
        aslinearoperator(A),
    ):
        found = copied(operator)
        assert isinstance(found, LinearOperator)
        assert found.shape == (2, 3)
        assert found.dtype == A.dtype
        assert same(found @ np.ones(3), A @ np.ones(3))
        assert same(found.T @ np.ones(2), A.T @ np.ones(2))


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_a_generator_comes_back_in_its_state(bits: str) -> None:
    rng = np.random.Generator(getattr(np.random, bits)(3))
    rng.standard_normal(5)
    rng.integers(9, dtype=np.int32)
    assert same(copied(rng).random(700), rng.random(700))


@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_what_a_call_draws_from_a_generator_is_drawn_for_the_caller_too(bits: str) -> None:
    ours, alone = (np.random.Generator(getattr(np.random, bits)(3)) for _ in range(2))
    drawn = called(lambda rng: rng.standard_normal(3), ours)
    assert same(drawn, alone.standard_normal(3))
    assert same(ours.random(3), alone.random(3))


def test_a_function_comes_back_as_what_the_receiver_makes_of_its_number() -> None:
    assert copied(math.sqrt) is math.sqrt
    assert copied([np.sum, np.linalg.svd])[1] is np.linalg.svd


def test_a_vocabulary_of_many_words_travels() -> None:
    words = {f"word {i}": i for i in range(MAX_KEYS + 1)}
    assert copied(words) == words


# --- Aliases ------------------------------------------------------------------------------------


def test_the_same_array_twice_is_one_array_there() -> None:
    A = np.zeros(3)
    first, second = copied([A, A])
    assert first is second


def test_a_view_shares_memory_with_its_array_there() -> None:
    A = np.arange(6.0).reshape(2, 3)
    whole, row, column, backwards, transposed = copied([A, A[1], A[:, 1], A[0, ::-1], A.T])
    whole[...] = whole + 10
    assert same(row, whole[1])
    assert same(column, whole[:, 1])
    assert same(backwards, whole[0, ::-1])
    assert same(transposed, whole.T)


def test_lists_with_the_same_content_stay_two_lists() -> None:
    rows = copied([[0.0]] * 2 + [[0.0]])
    assert rows[0] is rows[1]
    assert rows[0] is not rows[2]


def test_one_set_in_many_places_stays_one_set() -> None:
    members = {1, 2}
    first, *others = copied([members] * 5)
    assert first == members
    assert all(other is first for other in others)


def test_what_could_not_be_packed_does_not_shift_the_numbers_of_what_comes_after() -> None:
    packer = Packer(Both())
    items, A = [1], np.arange(3.0)
    with pytest.raises(Unsupported):
        packer.pack([A, [2], object()])
    unpacker = Unpacker(Both(), [])
    assert len(packer.buffers) == 0
    tree = packer.pack([items, items])
    first, second = unpacker.unpack(received(tree))
    assert first is second
    assert first == [1]
    assert same(copied([A[1:], A])[0], A[1:])


def test_a_result_that_is_an_argument_is_the_callers_own_object() -> None:
    A, items = np.zeros(3), [1, 2]
    found = called(lambda A, items: (A, items, [items]), A, items)
    assert found[0] is A
    assert found[1] is items
    assert found[2][0] is items


def test_a_result_that_is_a_view_of_an_argument_shares_the_callers_memory() -> None:
    for A in (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3))):
        row = called(lambda A: A[1, ::2], A)
        assert np.shares_memory(row, A)
        assert same(row, A[1, ::2])


def test_a_result_that_is_a_copy_of_an_argument_does_not_share_its_memory() -> None:
    A = np.zeros((2, 3))
    assert not np.shares_memory(called(lambda A: A.copy(), A), A)
    assert not np.shares_memory(called(lambda A: A + 0, A), A)


def test_a_view_of_an_argument_that_is_not_contiguous_has_the_right_values() -> None:
    A = np.arange(12.0).reshape(3, 4)[:, ::2]
    assert same(called(lambda A: A.T, A), A.T)
    assert same(called(lambda A: A[1:], A), A[1:])


# --- Changes in place ---------------------------------------------------------------------------


def test_an_array_changed_in_place_is_changed_for_the_caller() -> None:
    def change(A: Any) -> None:
        A[1:] *= -1

    for A in (
        np.arange(4.0),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12).reshape(3, 4)[:, ::2],
        np.arange(5)[::-1],
        np.array([True, False]),
    ):
        if A.dtype == bool:
            called(lambda A: A.fill(True), A)
            assert A.all()
            continue
        expected = A.copy()
        change(expected)
        called(change, A)
        assert same(A, expected)


def test_zero_that_becomes_minus_zero_is_a_change_of_an_array() -> None:
    A = np.zeros(1)
    called(lambda A: np.negative(A, out=A), A)
    assert np.signbit(A[0])


def test_an_array_that_is_changed_through_a_view_is_changed_for_the_caller() -> None:
    A = np.zeros((2, 2))
    called(lambda A, diagonal: diagonal.fill(3), A, A.ravel())
    assert same(A, np.full((2, 2), 3.0))


def test_lists_dicts_and_sets_changed_in_place_are_changed_for_the_caller() -> None:
    items, table, members = [1, [2]], {"a": [1], "gone": 0}, {1, 2}

    def change(items: Any, table: Any, members: Any) -> None:
        items[1].append(3)
        items.insert(0, "new")
        table["a"][0] = 2.5
        table["b"] = np.ones(1)
        del table["gone"]
        members.discard(1)

    inner = items[1]
    called(change, items, table, members)
    assert items == ["new", 1, [2, 3]]
    assert items[2] is inner
    assert table == {"a": [2.5], "b": np.ones(1)}
    assert members == {2}


@pytest.mark.parametrize(
    "argument",
    [np.arange(3.0), [1, [2.0, "x"]], {"a": [1]}, {1, 2}, np.random.default_rng(0), [NAN]],
    ids=lambda argument: type(argument).__name__,
)
def test_what_a_call_only_reads_is_not_carried_back(argument: Any) -> None:
    packer = Packer(Both())
    tree = received(packer.pack(((argument,), {})))
    unpacker = Unpacker(Both(), buffers_of(packer), keep_originals=True)
    unpacker.unpack(tree)
    assert changes(Packer(Both(), unpacker.objects), unpacker) == []


def test_what_arrived_is_not_changed_by_what_is_done_to_what_was_sent() -> None:
    A = np.zeros(3)
    found = copied(A)
    A[0] = 1
    assert found[0] == 0


# --- What does not travel -----------------------------------------------------------------------


class Colour(enum.IntEnum):
    RED = 1


def holding_itself(value: Any) -> Any:
    value[0] = (value,)
    return value


REFUSED = {
    "an object": (object(), "an? object object .*numbers, strings, lists"),
    "a fraction": (fractions.Fraction(1, 3), "Fraction object .*numbers"),
    "a date": (datetime.date(2026, 3, 2), "date object"),
    "a module": (math, "module object"),
    "a class": (fractions.Fraction, "the class Fraction"),
    "a subclass of float": (type("Fake", (float,), {})(1), r"a Fake \(float\(...\) makes"),
    "a subclass of str": (type("Sly", (str,), {})("x"), r"a Sly \(str\(...\) makes"),
    "a subclass of list": (type("Rows", (list,), {})(), r"a Rows \(list\(...\) makes"),
    "a subclass of dict": (type("Bag", (dict,), {})(), r"a Bag \(dict\(...\) makes"),
    "an enum": (Colour.RED, r"a Colour \(int\(...\) makes"),
    "an array of objects": (np.array([1, "a"], object), "dtype object .*rows equally long"),
    "an array with fields": (np.zeros(2, "i4,f8"), r"dtype .*use one of numbers"),
    "an array of dates": (np.zeros(2, "M8[D]"), "datetime64.*use one of numbers"),
    "a date of NumPy's": (np.datetime64("2026-03-02"), "datetime64"),
    "a record": (np.zeros(2, "i4,f8")[0], "void"),
    "a dtype of objects": (np.dtype(object), "dtype object"),
    "a dtype with fields": (np.dtype("i4,f8"), "dtype"),
    "a matrix": (np.matrix([[1]]), r"a matrix \(np.asarray makes a plain array"),
    "a masked array": (np.ma.array([1], mask=[True]), r"MaskedArray \(np.asarray makes"),
    "an integer of a million bits": (1 << 1_000_000, "1000001 bits"),
    "a generator expression": ((i for i in ()), "generator object"),
    "the old random state": (np.random.RandomState(0), "RandomState object"),
    "a namespace": (types.SimpleNamespace(a=1), "SimpleNamespace object"),
    "a list that holds itself": (holding_itself([1, 2]), "a list that holds itself"),
    "a dict that holds itself": (holding_itself({"a": 1}), "a dict that holds itself"),
    "a set of far too many numbers": (set(range(MAX_KEYS + 1)), r"50001 numbers \(an array can"),
    "a dict of far too many numbers": (dict.fromkeys(range(MAX_KEYS + 1)), "50001 numbers"),
    "a matrix of far too many lists": (sparse.lil_array((MAX_ROWS + 1, 1)), r"its tocsr\(\) can"),
}


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_rebuilt_is_refused_with_advice(value: Any, message: str) -> None:
    with pytest.raises(Unsupported, match=message):
        Packer(Both()).pack([value])


def test_nesting_without_end_is_refused() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(Unsupported, match="nested deeper than 100 levels"):
        Packer(Both()).pack(value)


def test_ninety_levels_of_nesting_are_fine() -> None:
    value: list[Any] = [1]
    for _ in range(90):
        value = [value]
    assert copied(value) == value


# --- Hostile trees ------------------------------------------------------------------------------

FLOATS = bytes(np.arange(6.0))
EMPTY = ["array", "<f8", [0], "C", True, 1]
HOSTILE = {
    "nothing": [],
    "no tag": [1, 2],
    "a tag of another type": [["list"], []],
    "an unknown tag": ["object", 1],
    "a tag that is an attribute": ["_all", []],
    "a map": {"a": 1},
    "a map inside": ["list", [{"a": 1}]],
    "too few parts": ["array", "<f8", [6]],
    "too many parts": ["complex", 1.0, 2.0, 3.0],
    "items that are a string": ["tuple", "abc"],
    "items that are a number": ["list", 5],
    "a plain list that is not plain": ["plain", [[1]]],
    "plain text for items": ["plain", "abc"],
    "an integer of a billion digits": ["int", "1" * 100_000],
    "an integer with letters": ["int", "xyz"],
    "an integer that is a list": ["int", [1]],
    "a complex of text": ["complex", "a", 0.0],
    "a dict of odd pairs": ["dict", [["a"]]],
    "a dict with three parts": ["dict", [["a", 1, 2]]],
    "a key that cannot be one": ["dict", [[["list", []], 1]]],
    "a member that cannot be one": ["set", [["list", []]]],
    "a frozenset of arrays": ["frozenset", [["array", "<f8", [6], "C", True, 0]]],
    "a slice of four": ["slice", [1, 2, 3, 4]],
    "a range of text": ["range", ["a", "b", "c"]],
    "a range without end": ["range", [0, 5, 0]],
    "a scalar of nothing": ["scalar", "<f8", b""],
    "a scalar of objects": ["scalar", "|O8", b"12345678"],
    "a scalar of text": ["scalar", "<f8", "12345678"],
    "a character that does not exist": ["scalar", "<U1", b"\xff\xff\xff\xff"],
    "a dtype of objects": ["dtype", "|O"],
    "a dtype with fields": ["dtype", "i4,f8"],
    "a dtype that is a list": ["dtype", [["a", "i4"]]],
    "a dtype that is none": ["dtype", "<f3"],
    "a type we do not name": ["type", "object"],
    "a type that is a list": ["type", []],
    "an array of objects": ["array", "|O8", [6], "C", True, 0],
    "an array of void": ["array", "|V8", [6], "C", True, 0],
    "an array of dates": ["array", "<M8[D]", [6], "C", True, 0],
    "an array too short": ["array", "<f8", [7], "C", True, 0],
    "an array too long": ["array", "<f8", [5], "C", True, 0],
    "a negative extent": ["array", "<f8", [-6], "C", True, 0],
    "two negative extents": ["array", "<f8", [-2, -3], "C", True, 0],
    "an extent that is text": ["array", "<f8", ["6"], "C", True, 0],
    "an extent that is true": ["array", "<f8", [6, True], "C", True, 0],
    "a hundred dimensions": ["array", "<f8", [6] + [1] * 100, "C", True, 0],
    "extents that overflow": ["array", "<f8", [1 << 61, 8, 6], "C", True, 0],
    "an empty array that is huge": ["array", "<f8", [0, 1 << 61, 1 << 61], "C", True, 1],
    "an unknown order": ["array", "<f8", [6], "K", True, 0],
    "a buffer that is not there": ["array", "<f8", [6], "C", True, 9],
    "a buffer counted from the end": ["array", "<f8", [6], "C", True, -2],
    "a buffer with a name": ["array", "<f8", [6], "C", True, "0"],
    "a buffer used twice": ["tuple", [["array", "<f8", [6], "C", True, 0]] * 2],
    "bools that are neither": ["array", "|b1", [48], "C", True, 0],
    "more dimensions than can be multiplied": ["array", "<f8", [1 << 61] * 20_000, "C", True, 0],
    "an empty array with a long edge": ["array", "<f8", [0, 1 << 31], "C", True, 1],
    "endless text of no length": ["array", "<U0", [1 << 40], "C", True, 1],
    "a matrix of many rows": [
        "list",
        [
            EMPTY,
            [
                "sparse",
                "lil",
                "coo",
                True,
                [1 << 23, 1],
                [EMPTY, ["array", "<i4", [0], "C", True, 2], ["array", "<i4", [0], "C", True, 3]],
            ],
        ],
    ],
    "an operator of a terabyte": [
        "operator",
        [1 << 40, 1],
        "<f8",
        ["theirs", 0, ""],
        ["theirs", 0, ""],
    ],
    "an extension type": msgspec.msgpack.Ext(5, b"x"),
    "a date": datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC),
    "a map with colliding keys": dict.fromkeys(colliding_pairs(3), 1),
    "text as seen by another order of bytes": [
        "list",
        [["array", "<U12", [1], "C", True, 4], ["view", 1, ">U12", [1], [48], 0, True]],
    ],
    "characters that do not exist": ["array", "<U12", [1], "C", True, 0],
    "a reference to nothing": ["seen", 0],
    "a negative reference": ["list", [["seen", -1]]],
    "an unknown generator": ["generator", ["dict", [["bit_generator", "SystemRandom"]]]],
    "a generator of a list": ["generator", ["list", []]],
    "a generator without state": ["generator", ["dict", [["bit_generator", "PCG64"]]]],
    "an operator of one dimension": ["operator", [3], "<f8", 0, 0],
    "an operator of negative shape": ["operator", [-3, 3], "<f8", 0, 0],
    "an operator of objects": ["operator", [3, 3], "|O", 0, 0],
    "an unknown function": ["theirs", 0, "f"],
    "a negative function": ["yours", -1, "f"],
    "a function that is text": ["theirs", "f", "f"],
}


@pytest.mark.parametrize("tree", HOSTILE.values(), ids=HOSTILE)
def test_a_tree_that_nobody_writes_is_refused(tree: Any) -> None:
    with pytest.raises(ProtocolError):
        unpack(tree, FLOATS, b"", b"", b"", b"a\0\0\0" * 12)


def test_nesting_without_end_is_a_protocol_error() -> None:
    tree: Any = ["list", []]
    for _ in range(400):
        tree = ["tuple", [tree]]
    with pytest.raises(ProtocolError, match="nested too deep"):
        unpack(tree)


VIEWS = {
    "past the end": ("<f8", [7], [8], 0),
    "past the end by its offset": ("<f8", [6], [8], 8),
    "before the beginning": ("<f8", [2], [-8], 0),
    "with a stride that is too long": ("<f8", [2], [48], 0),
    "with a product of strides that overflows": ("<f8", [3], [-(1 << 63)], 0),
    "with a sum of strides that overflows": ("<f8", [5], [1 << 62], 0),
    "with strides that cancel": ("<f8", [3, 3], [1 << 62, -(1 << 62)], 0),
    "with a negative offset": ("<f8", [1], [8], -8),
    "with too few strides": ("<f8", [2, 2], [8], 0),
    "of a terabyte": ("<f8", [1 << 37], [0], 0),
    "with an item that reaches beyond": ("<c16", [1], [16], 40),
    "as objects": ("|O8", [6], [8], 0),
    "as bools": ("|b1", [48], [1], 0),
    "as text": ("<U12", [1], [48], 0),
    "with strides of text": ("<f8", [1], ["eight"], 0),
    "that is empty": ("<f8", [0], [8], 0),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_beyond_its_array_is_refused(view: tuple[str, list[int], list[Any], int]) -> None:
    dtype, shape, strides, offset = view
    array = ["array", "<f8", [6], "C", True, 0]
    with pytest.raises(ProtocolError):
        unpack(["list", [array, ["view", 1, dtype, shape, strides, offset, True]]], FLOATS)


def test_a_view_of_what_is_not_an_array_is_refused() -> None:
    with pytest.raises(ProtocolError, match="not such an array"):
        unpack(["list", [["view", 0, "<f8", [1], [8], 0, True]]])


def test_a_view_does_not_make_what_is_read_only_writeable() -> None:
    A = np.zeros(2)
    A.flags.writeable = False
    assert not unpack(["view", 0, "<f8", [2], [8], 0, True], known=(A,)).flags.writeable


SPARSE = {
    "an index past the end": ([0, 9], [0, 1, 2]),
    "a negative index": ([0, -1], [0, 1, 2]),
    "a row that starts past the end": ([0, 1], [0, 9, 2]),
    "rows that go backwards": ([0, 1], [0, 2, 1]),
    "too few rows": ([0, 1], [0, 2]),
    "rows that end where they start, but far away": ([0, 1], [0, 1 << 30, 0]),
    "a first row that does not start at 0": ([0, 1], [1, 1, 2]),
}


@pytest.mark.parametrize("stored", ["csr", "csc"])
@pytest.mark.parametrize(("indices", "starts"), SPARSE.values(), ids=SPARSE)
def test_a_sparse_matrix_with_wrong_indices_is_refused(
    stored: str, indices: list[int], starts: list[int]
) -> None:
    assert compressed(stored, [0, 1], [0, 1, 2]).nnz == 2
    with pytest.raises(ProtocolError):
        compressed(stored, indices, starts)


def compressed(stored: str, indices: list[int], starts: list[int]) -> Any:
    """A sparse array of 2 x 2 with such indices, unpacked."""
    parts = [np.ones(2), np.array(indices, np.int32), np.array(starts, np.int32)]
    trees = [["array", a.dtype.str, [len(a)], "C", True, i] for i, a in enumerate(parts)]
    return unpack(["sparse", stored, stored, True, [2, 2], trees], *map(bytes, parts))


@pytest.mark.parametrize("kind", ["csr", "csc", "bsr", "coo", "dia"])
def test_a_change_that_makes_indices_of_a_matrix_wrong_is_refused(kind: str) -> None:
    """scipy's C code would read and write wherever they point."""
    S = sparse.eye_array(3, format=kind)
    packer = Packer(Both())
    packer.pack(S)
    index = len(packer.objects) - 1
    wrong = np.full_like(packer.objects[index], 10**6)
    back = Packer(Both(), packer.objects)
    changed = received([(index, back.pack(wrong))], _changes)
    unpacker = Unpacker(Both(), buffers_of(back), packer.objects)
    with pytest.raises(ProtocolError, match=r"indices|outside"):
        apply_changes(changed, packer.objects, unpacker)


@pytest.mark.parametrize("kind", ["csr", "csc", "bsr", "coo", "dia"])
def test_a_result_never_shares_memory_with_the_indices_of_a_matrix(kind: str) -> None:
    S = sparse.eye_array(3, format=kind)

    def parts(S: Any) -> Any:
        found = [S.row, S.col] if kind == "coo" else [S.offsets] if kind == "dia" else [S.indptr]
        return [S, *found, *(index[:1] for index in found)]

    for matrix, index, *others in (called(parts, S), copied(parts(S))):
        for array in (index, *others):
            array[...] = 10**6
        assert same(matrix.toarray(), np.eye(3))
    assert same(S.toarray(), np.eye(3))


def test_a_matrix_whose_indices_are_each_others_memory_gets_its_own() -> None:
    index, data = ["array", "<i4", [3], "C", True, 1], ["array", "<f8", [2], "C", True, 0]
    indices = ["view", 2, "<i4", [2], [4], 4, True]
    matrix = ["sparse", "csr", "csr", True, [2, 3], [["seen", 1], indices, ["seen", 2]]]
    S = unpack(["list", [data, index, matrix]], bytes(16), bytes(np.arange(3, dtype="i4")))[2]
    assert S.indices.tolist() == [1, 2]
    assert not np.shares_memory(S.indices, S.indptr)


def test_entries_of_a_matrix_changed_in_place_are_changed_for_the_caller() -> None:
    S = sparse.eye_array(3, format="csr")

    def double(S: Any) -> None:
        S.data *= 2

    called(double, S)
    assert same(S.toarray(), 2 * np.eye(3))


ODD_SPARSE = {
    "a format that does not exist": ["sparse", "xyz", "xyz", True, [2, 2], []],
    "lil as it is stored": ["sparse", "lil", "lil", True, [2, 2], []],
    "no parts": ["sparse", "csr", "csr", True, [2, 2], []],
    "parts of text": ["sparse", "csr", "csr", True, [2, 2], ["a", "b", "c"]],
    "a shape of text": ["sparse", "coo", "coo", True, "ab", []],
    "no shape": ["sparse", "coo", "coo", True, [], []],
    "a terabyte of rows": ["sparse", "lil", "coo", True, [1 << 37, 1], [
        ["plain", []], ["plain", []], ["plain", []]]],
    "lists for coordinates": ["sparse", "coo", "coo", True, [2, 2], [
        ["plain", [1.0]], ["plain", [5]], ["plain", [0]]]],
    "coordinates outside": ["sparse", "coo", "coo", True, [2, 2], [
        ["array", "<f8", [1], "C", True, 1], ["array", "<i8", [1], "C", True, 2],
        ["array", "<i8", [1], "C", True, 3]]],
    "coordinates that are fractions": ["sparse", "coo", "coo", True, [2, 2], [
        ["array", "<f8", [1], "C", True, 1], ["array", "<f8", [1], "C", True, 2],
        ["array", "<f8", [1], "C", True, 3]]],
    "numbers that end where they begin": ["sparse", "dia", "dia", True, [2, 2], [
        ["array", ">f8", [1, 1], "C", True, 1], ["array", "<i8", [1], "C", True, 2]]],
    "blocks of nothing": ["sparse", "bsr", "bsr", True, [1, 1], [
        ["array", "<f8", [1, 0, 0], "C", True, 0], ["array", "<i8", [1], "C", True, 2],
        ["array", "<i8", [2], "C", True, 4]]],
    "a diagonal far outside": ["sparse", "dia", "dia", True, [2, 2], [
        ["array", "<f8", [1, 1], "C", True, 1], ["array", "<i8", [1], "C", True, 3]]],
    "another format than was sent": ["sparse", "csc", "coo", True, [2, 2], [
        ["array", "<f8", [1], "C", True, 1], ["array", "<i8", [1], "C", True, 2],
        ["array", "<i8", [1], "C", True, 2]]],
}  # fmt: skip


@pytest.mark.parametrize("tree", ODD_SPARSE.values(), ids=ODD_SPARSE)
def test_an_odd_sparse_matrix_is_refused(tree: Any) -> None:
    with pytest.raises(ProtocolError):
        unpack(tree, b"", bytes(8), bytes(8), b"\5" + bytes(7), bytes(8) + b"\1" + bytes(7))


def packed_state(bits: str, **changed: Any) -> Any:
    """The tree of a generator's state with some of it changed, and its buffers."""
    rng = np.random.Generator(getattr(np.random, bits)(3))
    state: Any = rng.bit_generator.state
    for key, value in changed.items():
        (state if key in state and key != "state" else state["state"])[key] = value
    packer = Packer(Both())
    return packer.pack(state), buffers_of(packer)


@pytest.mark.parametrize(
    ("bits", "changed"),
    [
        ("MT19937", {"pos": 10**9}),
        ("MT19937", {"pos": -1}),
        ("MT19937", {"key": np.zeros(3, np.uint32)}),
        ("MT19937", {"key": [1] * 624}),
        ("Philox", {"buffer_pos": -(10**6)}),
        ("Philox", {"buffer_pos": 99}),
        ("Philox", {"buffer": np.zeros(1, np.uint64)}),
        ("SFC64", {"state": np.zeros(2, np.uint64)}),
        ("PCG64", {"state": -1}),
        ("PCG64", {"inc": 1 << 300}),
        ("PCG64", {"inc": "a"}),
        ("PCG64", {"has_uint32": [1]}),
    ],
)
def test_a_generator_in_an_impossible_state_is_refused(bits: str, changed: Any) -> None:
    state, buffers = packed_state(bits, **changed)
    with pytest.raises(ProtocolError):
        Unpacker(Both(), buffers).unpack(received(["generator", state]))
    rng = np.random.Generator(getattr(np.random, bits)(3))
    sent = Packer(Both(), [rng])
    unpacker = Unpacker(Both(), buffers)
    with pytest.raises(ProtocolError):
        apply_changes(received([[0, state]], _changes), sent.objects, unpacker)


ONE = ["array", "|u1", [1], "C", True, 0]
WIDE = ["view", 1, "|u1", [1 << 27], [0], 0, True]  # 128 MB, in the memory of one byte
ENDLESS = {
    "a list of a list, and so on": ["list", [["plain", [1.0]]]],
    "a list that holds itself": ["list", [["seen", 0]]],
    "a list in a list that it holds": ["list", [["list", [["seen", 0]]], ["seen", 1]]],
    "a dict that holds itself": ["dict", [["a", ["tuple", [["seen", 0]]]]]],
    "a thousand times an array": ["list", [["array", "|u1", [1 << 20], "C", True, 1],
                                           *[["seen", 1]] * 1000]],
    "views of one byte": ["list", [ONE, *[WIDE] * 5]],
    "a range without end": ["range", [0, 1 << 60, 1]],
    "a range of big integers": ["range", [["int", "-" + "f" * 200], ["int", "f" * 200], 1]],
    "long ranges": ["list", [["range", [0, 1_000_000, 1]]] * 20],
}  # fmt: skip
doubled: Any = ["plain", [1.0]]
for number in range(40, 0, -1):
    doubled = ["list", [doubled, ["seen", number]]]
ENDLESS["a list of a list, and so on"] = doubled


@pytest.mark.parametrize("tree", ENDLESS.values(), ids=ENDLESS)
def test_a_small_tree_that_is_endless_to_read_is_refused(tree: Any) -> None:
    """`np.asarray` of it would not end, nor would `repr`."""
    with pytest.raises(ProtocolError, match="over and over"):
        unpack(tree, b"1", bytes(1 << 20))


@pytest.mark.parametrize("known", [[0.0] * 100_000, [[0.0] * 10_000] * 10, np.zeros(1_000_000)])
def test_many_references_to_one_long_argument_are_refused(known: Any) -> None:
    with pytest.raises(ProtocolError, match="over and over"):
        unpack(["list", [["seen", 0]] * 1000], known=(known,))


def test_changes_that_make_arguments_endless_are_refused() -> None:
    for content in (lambda n: [["seen", n + 1]] * 2, lambda n: [["seen", n]]):
        objects = [[1.0] for _ in range(40)]
        changed = [[n, ["list", content(n)]] for n in range(39)]
        unpacker = Unpacker(Both(), [], objects)
        with pytest.raises(ProtocolError, match="over and over"):
            apply_changes(received(changed, _changes), objects, unpacker)


def test_changes_that_nest_arguments_without_end_are_refused() -> None:
    objects: list[Any] = [[1.0] for _ in range(40)]
    changed = []
    for n in range(39):
        content: Any = ["list", [["seen", n + 1]]]
        for _ in range(90):
            content = ["list", [content]]
        changed.append([n, content])
    unpacker = Unpacker(Both(), [], objects)
    with pytest.raises(ProtocolError, match="nested too deep"):
        apply_changes(received(changed, _changes), objects, unpacker)


def test_a_view_of_a_view_takes_no_memory() -> None:
    pairs = [["view", 1, "|u1", [1 << 27], [0], 0, True], ["view", 2, "|u1", [1], [1], 0, True]]
    with pytest.raises(ProtocolError, match="a view of a view"):
        unpack(["list", [ONE, *pairs]], b"1")


COLLIDING = {
    "multiples of the modulus of Python's hashes": [
        ["int", f"{k * ((1 << 61) - 1):x}"] for k in range(8, 200)
    ],
    "pairs": [["tuple", [a, b]] for a, b in colliding_pairs(100)],
    "complex numbers": [["complex", -1000003.0 * k, float(k)] for k in range(100)],
}


@pytest.mark.parametrize("keys", COLLIDING.values(), ids=COLLIDING)
def test_keys_that_collide_are_refused(keys: Any) -> None:
    assert len({hash(unpack(key)) for key in keys}) == 1
    assert unpack(["frozenset", keys[:20]])
    for tree in (["set", keys], ["frozenset", keys], ["dict", [[key, None] for key in keys]]):
        with pytest.raises(ProtocolError, match="same hash"):
            unpack(tree)


def test_many_matrices_of_lists_are_refused() -> None:
    index = ["array", "<i4", [0], "C", True, 1]
    matrix = ["sparse", "lil", "coo", True, [MAX_ROWS // 2 + 1, 1], [
        ["seen", 1], ["seen", 2], ["seen", 2]]]  # fmt: skip
    parts = [["array", "<f8", [0], "C", True, 0], index, matrix]
    assert unpack(["list", parts], b"", b"")
    with pytest.raises(ProtocolError, match="rows"):
        unpack(["list", [*parts, matrix]], b"", b"")


def test_more_keys_than_can_be_searched_in_no_time_are_refused() -> None:
    half = ["set", list(range(MAX_KEYS // 2 + 1))]
    assert len(unpack(half)) > MAX_KEYS // 2
    with pytest.raises(ProtocolError, match="keys that are not text"):
        unpack(["list", [half, half]])


CHANGES = {
    "no list": 5,
    "an entry that is no pair": [[0]],
    "something that was not sent": [[7, ["list", []]]],
    "a negative number": [[-1, ["list", []]]],
    "the same thing twice": [[2, ["dict", [["a", 1]]]], [2, ["dict", [["a", 1]]]]],
    "another shape": [[0, ["array", "<f8", [6], "C", True, 0]]],
    "another dtype": [[0, ["array", "<i8", [2, 3], "C", True, 0]]],
    "a number for an array": [[0, 1.0]],
    "text for a list": [[1, "abc"]],
    "a number for a list": [[1, 3]],
    "a tuple for a list": [[1, ["tuple", []]]],
    "odd pairs for a dict": [[2, ["dict", [1, 2]]]],
    "lists in a set": [[3, ["set", [["list", []]]]]],
    "no state for a generator": [[4, ["dict", []]]],
    "a generator for a generator": [[4, ["generator", ["dict", []]]]],
    "a change of a function": [[5, ["theirs", 0, ""]]],
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_a_change_that_does_not_fit_is_refused_and_changes_nothing(changed: Any) -> None:
    A = np.arange(6.0).reshape(2, 3)
    objects = [A, [1], {"a": 1}, {1}, np.random.default_rng(0), math.sqrt]
    unpacker = Unpacker(Both(), [np.frombuffer(FLOATS, np.uint8).copy()], objects)
    with pytest.raises(ProtocolError):
        apply_changes(received(changed, _changes), objects, unpacker)
    assert same(A, np.arange(6.0).reshape(2, 3))
    assert objects[1:4] == [[1], {"a": 1}, {1}]
