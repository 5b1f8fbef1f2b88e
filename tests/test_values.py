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
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from autograder.errors import ProtocolError
from autograder.sandbox.values import Packer, Unpacker, Unsupported, apply_changes, changes

INF, NAN = math.inf, math.nan
MANY = settings(
    max_examples=1500, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


class Both:
    """Both ends of a channel that numbers functions and leads nowhere."""

    def __init__(self) -> None:
        self.functions: list[Callable[..., Any]] = []

    def export(self, function: Callable[..., Any]) -> Any:
        self.functions.append(function)
        return ["theirs", len(self.functions) - 1, function.__name__]

    def resolve(self, tag: str, handle: int, name: str) -> Callable[..., Any]:
        if handle >= len(self.functions):
            raise ProtocolError(f"no function has number {handle}")
        return self.functions[handle]


def copied(value: Any) -> Any:
    """The value on the other side."""
    both = Both()
    packer = Packer(both)
    tree = over_the_wire(packer.pack(value))
    return Unpacker(both, buffers_of(packer)).unpack(tree)


def over_the_wire(tree: Any) -> Any:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(tree))


def buffers_of(packer: Packer) -> list[Any]:
    return [np.frombuffer(bytearray(buffer), np.uint8) for buffer in packer.buffers]


def unpack(tree: Any, *buffers: bytes, known: tuple[Any, ...] = ()) -> Any:
    """What a tree means that perhaps nobody honest has written."""
    data = [np.frombuffer(bytearray(buffer), np.uint8) for buffer in buffers]
    return Unpacker(Both(), data, known).unpack(tree)


def called(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function on the other side, with its result and its changes carried back."""
    both = Both()
    there = Packer(both)
    sent = over_the_wire(there.pack((args, {})))
    receiver = Unpacker(both, buffers_of(there), keep_originals=True)
    arguments, _ = receiver.unpack(sent)
    back = Packer(both, receiver.objects)
    value = function(*arguments)
    answer = over_the_wire([changes(back, receiver), back.pack(value)])
    unpacker = Unpacker(both, buffers_of(back), there.objects)
    apply_changes(answer[0], there.objects, unpacker)
    return unpacker.unpack(answer[1])


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


def test_a_list_inside_itself_is_inside_itself_there() -> None:
    value: list[Any] = [1]
    value.append(value)
    found = copied(value)
    assert found[1] is found
    assert len(found) == 2


def test_a_dict_inside_itself_is_inside_itself_there() -> None:
    value: dict[str, Any] = {}
    value["self"] = value
    found = copied(value)
    assert found["self"] is found


def test_lists_with_the_same_content_stay_two_lists() -> None:
    rows = copied([[0.0]] * 2 + [[0.0]])
    assert rows[0] is rows[1]
    assert rows[0] is not rows[2]


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
    tree = over_the_wire(packer.pack(((argument,), {})))
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
        unpack(tree, FLOATS, b"")


def test_nesting_without_end_is_a_protocol_error() -> None:
    tree: Any = ["list", []]
    for _ in range(400):
        tree = ["tuple", [tree]]
    with pytest.raises(ProtocolError):
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


ODD_SPARSE = {
    "a format that does not exist": ["sparse", "xyz", "xyz", True, [2, 2], []],
    "lil as it is stored": ["sparse", "lil", "lil", True, [2, 2], []],
    "no parts": ["sparse", "csr", "csr", True, [2, 2], []],
    "parts of text": ["sparse", "csr", "csr", True, [2, 2], ["a", "b", "c"]],
    "a shape of text": ["sparse", "coo", "coo", True, "ab", []],
    "no shape": ["sparse", "coo", "coo", True, [], []],
    "a terabyte of rows": ["sparse", "lil", "coo", True, [1 << 37, 1], [
        ["plain", []], ["plain", []], ["plain", []]]],
    "coordinates outside": ["sparse", "coo", "coo", True, [2, 2], [
        ["plain", [1.0]], ["plain", [5]], ["plain", [0]]]],
    "blocks of nothing": ["sparse", "bsr", "bsr", True, [1, 1], [
        ["array", "<f8", [1, 0, 0], "C", True, 0], ["plain", [0]], ["plain", [0, 1]]]],
}  # fmt: skip


@pytest.mark.parametrize("tree", ODD_SPARSE.values(), ids=ODD_SPARSE)
def test_an_odd_sparse_matrix_is_refused(tree: Any) -> None:
    with pytest.raises(ProtocolError):
        unpack(tree, b"")


def packed_state(bits: str, **changed: Any) -> Any:
    """The tree of a generator, and its buffers, with some of its state changed."""
    rng = np.random.Generator(getattr(np.random, bits)(3))
    state: Any = rng.bit_generator.state
    for key, value in changed.items():
        (state if key in state and key != "state" else state["state"])[key] = value
    packer = Packer(Both())
    return ["generator", packer.pack(state, 1)], buffers_of(packer)


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
    tree, buffers = packed_state(bits, **changed)
    with pytest.raises(ProtocolError):
        Unpacker(Both(), buffers).unpack(tree)
    rng = np.random.Generator(getattr(np.random, bits)(3))
    sent = Packer(Both(), [rng])
    unpacker = Unpacker(Both(), buffers)
    with pytest.raises(ProtocolError):
        apply_changes([[0, ["tuple", [tree[1]]]]], sent.objects, unpacker)


@pytest.mark.parametrize("fan_out", [2, 3])
def test_a_small_tree_that_is_endless_to_read_is_refused(fan_out: int) -> None:
    """`np.asarray` of it would not end, nor would `repr`."""
    value: list[Any] = [1.0]
    for _ in range(40):
        value = [value] * fan_out
    packer = Packer(Both())
    with pytest.raises(ProtocolError, match="over and over"):
        unpack(over_the_wire(packer.pack(value)))


def test_a_list_that_holds_itself_twice_is_refused() -> None:
    value: list[Any] = []
    value += [value, value]
    with pytest.raises(ProtocolError, match="over and over"):
        unpack(over_the_wire(Packer(Both()).pack(value)))


def test_many_references_to_one_long_list_are_refused() -> None:
    known = ([0.0] * 100_000,)
    with pytest.raises(ProtocolError, match="over and over"):
        unpack(["list", [["seen", 0]] * 1000], known=known)


CHANGES = {
    "no list": 5,
    "an entry that is no pair": [[0]],
    "something that was not sent": [[7, ["tuple", []]]],
    "a negative number": [[-1, ["tuple", []]]],
    "another shape": [[0, ["array", "<f8", [6], "C", True, 0]]],
    "another dtype": [[0, ["array", "<i8", [2, 3], "C", True, 0]]],
    "a number for an array": [[0, 1.0]],
    "text for a list": [[1, "abc"]],
    "a number for a list": [[1, 3]],
    "odd pairs for a dict": [[2, ["tuple", [1, 2]]]],
    "lists in a set": [[3, ["tuple", [["list", []]]]]],
    "a state for a generator": [[4, ["tuple", []]]],
    "a state of text": [[4, ["tuple", ["a"]]]],
    "a change of a function": [[5, ["tuple", [1]]]],
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_a_change_that_does_not_fit_is_refused_and_changes_nothing(changed: Any) -> None:
    A = np.arange(6.0).reshape(2, 3)
    objects = [A, [1], {"a": 1}, {1}, np.random.default_rng(0), math.sqrt]
    unpacker = Unpacker(Both(), [np.frombuffer(FLOATS, np.uint8).copy()], objects)
    with pytest.raises(ProtocolError):
        apply_changes(changed, objects, unpacker)
    assert same(A, np.arange(6.0).reshape(2, 3))
    assert objects[1:4] == [[1], {"a": 1}, {1}]


TAGS = sorted(name.removeprefix("_unpack_") for name in vars(Unpacker) if "_unpack_" in name)
NUMBERS = st.sampled_from([0, 1, 2, 3, 6, 8, 48, -1, -8, 1 << 31, 1 << 62, (1 << 64) - 1])
NAMES = st.sampled_from(["<f8", "|b1", "<U3", "|S2", "<c16", "|O", "C", "F", "csr", "coo", "bsr",
                         "dia", "lil", "PCG64", "MT19937", "float", "ff", ""])  # fmt: skip
LEAVES = NUMBERS | NAMES | st.none() | st.booleans() | st.floats() | st.binary(max_size=16)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.builds(
            lambda tag, rest: [tag, *rest], st.sampled_from(TAGS), st.lists(inner, max_size=6)
        )
    ),
    max_leaves=25,
)


def is_value_or_refused(tree: Any, *buffers: bytes) -> None:
    """Whatever comes out can be looked at without a crash."""
    try:
        value = unpack(tree, *buffers, known=(np.arange(4.0), [1, 2]))
    except ProtocolError:
        return
    touch(value)


def touch(value: Any, depth: int = 0) -> None:
    """Read all of a value, in NumPy's and SciPy's C code."""
    if isinstance(value, np.ndarray):
        assert value.nbytes <= 1 << 30
        if value.nbytes < 1 << 20:
            value.tolist() if value.dtype.kind != "b" else value[value]
    elif sparse.issparse(value):
        value.sum()
    elif isinstance(value, np.random.Generator):
        value.random(5)
    elif isinstance(value, (list, tuple, set, frozenset)) and depth < 5:
        for item in value:
            touch(item, depth + 1)
    elif isinstance(value, dict) and depth < 5:
        touch([*value.keys(), *value.values()], depth + 1)


@MANY
@given(TREES)
def test_a_random_tree_gives_a_value_or_a_protocol_error(tree: Any) -> None:
    is_value_or_refused(tree, FLOATS, b"\x01" * 8, b"")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # hostile numbers in SciPy's sums
@MANY
@given(st.data())
def test_a_mutated_tree_gives_a_value_or_a_protocol_error(data: st.DataObject) -> None:
    tree, buffers = data.draw(st.sampled_from(HONEST))
    tree = over_the_wire(tree)
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(data, tree)
    is_value_or_refused(tree, *buffers)


def honest() -> list[tuple[Any, list[bytes]]]:
    """Trees of all kinds, as an honest packer writes them."""
    A = np.arange(6.0).reshape(2, 3)
    looped: list[Any] = [1]
    looped.append(looped)
    found = []
    for value in (
        [A, A[1], A.T[::-1], np.asfortranarray(A)],
        ({"a": [1, 2.5], (1, 2): {3}}, 1j, 1 << 80, slice(1, 2), range(3), np.float32(2)),
        [sparse.eye_array(3, format=fmt) for fmt in FORMATS],
        [np.random.default_rng(0), np.random.Generator(np.random.Philox(0))],
        [np.array([True, False]), np.array(["ab", "c"]), np.array([b"x"]), looped],
        [aslinearoperator(A), math.sqrt, float, np.dtype("f4")],
        np.random.Generator(np.random.MT19937(0)),
    ):
        packer = Packer(Both())
        found.append((packer.pack(value), [buffer.tobytes() for buffer in buffers_of(packer)]))
    return found


HONEST = honest()


def mutate(data: st.DataObject, tree: Any) -> None:
    """Change one place in a tree."""
    places = [(node, i) for node in nodes(tree) for i in range(len(node))]
    assume(places)
    node, i = data.draw(st.sampled_from(places))
    how = data.draw(st.sampled_from(["replace", "drop", "double", "swap"]))
    if how == "replace":
        node[i] = data.draw(LEAVES | st.sampled_from(TAGS))
    elif how == "drop":
        del node[i]
    elif how == "double":
        node.insert(i, node[i])
    else:
        other, j = data.draw(st.sampled_from(places))
        if j < len(other):
            node[i], other[j] = other[j], node[i]


def nodes(tree: Any, depth: int = 0) -> list[list[Any]]:
    """All the lists in a tree; swaps may have made it endless."""
    if type(tree) is not list or depth > 8:
        return []
    return [tree, *(node for part in tree for node in nodes(part, depth + 1))]
