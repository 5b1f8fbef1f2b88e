"""Every assert lets the right value through, and explains what is wrong with any other."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import autograder.checks as checks
from autograder.checks import (
    assert_at_most,
    assert_close,
    assert_descending,
    assert_dtype,
    assert_finite,
    assert_in,
    assert_integer,
    assert_orthonormal,
    assert_raises,
    assert_ratio,
    assert_reconstructs,
    assert_scalar,
    assert_shape,
    assert_unchanged,
    matrices,
    scalar,
)
from autograder.checks.wording import number

HUGE = 10**5000
NAN, INF = np.nan, np.inf


def unsolved(*_: object) -> None:
    raise NotImplementedError


def complain(*_: object, **__: object) -> None:
    raise ValueError("n must be positive")


class Unprintable:
    """A value that refuses everything."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise RuntimeError("no")


def message(function: Callable[..., object], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(AssertionError) as failure:
        function(*args, **kwargs)
    return str(failure.value)


# --- right values pass --------------------------------------------------------------------------

PASSING: dict[str, Callable[[], object]] = {
    "ratio below its threshold": lambda: assert_ratio(29.9, 30, "It"),
    "NumPy ratio": lambda: assert_ratio(np.float64(1), 30, "It"),
    "equal arrays": lambda: assert_close(np.arange(3.0), np.arange(3.0), name="x"),
    "rounding": lambda: assert_close([0.1 + 0.2], [0.3], name="x"),
    "list for an array": lambda: assert_close(
        [[1, 2], [3, 4]], np.array([[1, 2], [3, 4]]), name="x"
    ),
    "tuple of arrays": lambda: assert_close((np.ones(2), np.ones(2)), np.ones((2, 2)), name="x"),
    "integers for reals": lambda: assert_close(np.array([1, 2]), [1.0, 2.0], name="x"),
    "unsigned, no wrap": lambda: assert_close(np.array([1], np.uint8), [1], name="x"),
    "complex with no imaginary part": lambda: assert_close(np.array([1 + 0j]), [1.0], name="x"),
    "complex": lambda: assert_close([1 + 2j], [1 + 2j], name="x"),
    "truth values": lambda: assert_close([True, False], np.array([True, False]), name="x"),
    "sparse for dense": lambda: assert_close(sparse.eye_array(3), np.eye(3), name="x"),
    "dense for sparse": lambda: assert_close(np.eye(3), sparse.eye_array(3), name="x"),
    "scalar": lambda: assert_close(2.0, 2, name="x"),
    "0-d": lambda: assert_close(np.array(2.0), 2, name="x"),
    "long integer": lambda: assert_close(10**30, 1e30, name="x"),
    "empty": lambda: assert_close(np.empty((0, 3)), np.empty((0, 3)), name="x"),
    "zeros": lambda: assert_close(np.zeros(3), np.zeros(3), name="x"),
    "huge entries": lambda: assert_close([1e300, 1e300], [1e300, 1e300], name="x"),
    "tiny entries": lambda: assert_close([1e-300 * (1 + 1e-15)], [1e-300], name="x"),
    "NaN where due": lambda: assert_close([NAN, 1.0, -INF], [NAN, 1.0, -INF], name="x"),
    "single precision": lambda: assert_close(
        np.float32([1 / 3]) * 3, np.ones(1, np.float32), name="x"
    ),
    "read-only, Fortran": lambda: assert_close(
        np.broadcast_to(np.ones(2), (3, 2)).T, np.ones((2, 3), order="F"), name="x"
    ),
    "shape": lambda: assert_shape(np.ones((2, 3)), (2, 3), name="x"),
    "shape by integer": lambda: assert_shape([1, 2, 3], 3, name="x"),
    "shape of a number": lambda: assert_shape(3.0, (), name="x"),
    "shape of truth values": lambda: assert_shape([True], (1,), name="x"),
    "shape of an enormous sparse matrix": lambda: assert_shape(
        sparse.eye_array(10**6), (10**6, 10**6), name="x"
    ),
    "finite scalar": lambda: assert_scalar(np.float32(3), name="x"),
    "infinite scalar, if due": lambda: assert_scalar(-INF, -INF, name="x"),
    "NaN scalar, if due": lambda: assert_scalar(NAN, NAN, name="x"),
    "integer": lambda: assert_integer(3, 3, name="x"),
    "NumPy integer": lambda: assert_integer(np.uint8(3), 3, name="x"),
    "0-d integer": lambda: assert_integer(np.array(3), 3, name="x"),
    "long exact integer": lambda: assert_integer(HUGE, HUGE, name="x"),
    "dtype": lambda: assert_dtype(np.ones(2), np.float64, name="x"),
    "dtype by name": lambda: assert_dtype(np.ones(2, int), "int64", name="x"),
    "dtype of an abstract kind": lambda: assert_dtype(np.ones(2, "f4"), np.floating, name="x"),
    "dtype of a Python number": lambda: assert_dtype(3.0, float, name="x"),
    "dtype of a long integer": lambda: assert_dtype(HUGE, int, name="x"),
    "dtype of a sparse array": lambda: assert_dtype(sparse.eye_array(2), float, name="x"),
    "orthonormal": lambda: assert_orthonormal(matrices.random_orthogonal(9, 4, seed=0), name="Q"),
    "orthonormal, complex": lambda: assert_orthonormal([[1j, 0], [0, 1]], name="Q"),
    "orthonormal, single": lambda: assert_orthonormal(
        matrices.random_orthogonal(9, seed=0).astype("f4"), name="Q", dtype=np.float32
    ),
    "no columns": lambda: assert_orthonormal(np.empty((3, 0)), name="Q"),
    "reconstruction": lambda: assert_reconstructs(np.eye(3), np.eye(3), name="Q @ R"),
    "reconstruction of sparse": lambda: assert_reconstructs(
        np.eye(3), sparse.eye_array(3), name="Q @ R"
    ),
    "descending": lambda: assert_descending([3.0, 2.0, 2.0, 0.0], name="s"),
    "descending, empty": lambda: assert_descending(np.empty(0), name="s"),
    "raises": lambda: assert_raises(ValueError, complain),
    "raises one of two": lambda: assert_raises((TypeError, ValueError), complain, 1, n=2),
    "raises a derived one": lambda: assert_raises(ValueError, np.linalg.inv, np.zeros((2, 2))),
    "raises NotImplementedError as asked": lambda: assert_raises(NotImplementedError, unsolved),
    "unchanged": lambda: assert_unchanged(np.array([NAN, 1.0]), np.array([NAN, 1.0]), name="A"),
    "unchanged complex": lambda: assert_unchanged(
        np.array([NAN * 1j]), np.array([NAN * 1j]), name="A"
    ),
    "unchanged list of arrays": lambda: assert_unchanged([np.ones(2)], [np.ones(2)], name="A"),
    "unchanged dict": lambda: assert_unchanged({"a": np.ones(2)}, {"a": np.ones(2)}, name="A"),
    "unchanged number": lambda: assert_unchanged(NAN, float("nan"), name="A"),
    "unchanged sparse": lambda: assert_unchanged(
        matrices.poisson_2d(90, 90), matrices.poisson_2d(90, 90), name="A"
    ),
    "unchanged objects": lambda: assert_unchanged(
        np.array([1, None]), np.array([1, None]), name="A"
    ),
    "unchanged, empty": lambda: assert_unchanged(np.empty((0, 2)), np.empty((0, 2)), name="A"),
    "unchanged None": lambda: assert_unchanged(None, None, name="A"),
    "finite": lambda: assert_finite([[1, 2.5], [1e300, -1j]], name="x"),
    "finite, empty": lambda: assert_finite([], name="x"),
    "count at its bound": lambda: assert_at_most(3, 3, what="It"),
    "residual below": lambda: assert_at_most(np.float64(1e-9), 1e-8, what="It"),
    "in": lambda: assert_in("LU", {"LU", "QR"}, name="x"),
    "NumPy text in": lambda: assert_in(np.str_("LU"), ["LU", "QR"], name="x"),
    "in numbers": lambda: assert_in(np.int64(2), (1, 2), name="x"),
}


@pytest.mark.parametrize("check", PASSING.values(), ids=PASSING)
def test_right_value_passes_and_gives_nothing_back(check: Callable[[], object]) -> None:
    # nbgrader takes a number at the end of a test cell for the points to give.
    assert check() is None


def test_scalar_hands_the_number_on_as_a_float() -> None:
    value = scalar(np.array(3, np.int8), name="x")
    assert (value, type(value)) == (3.0, float)


# --- wrong values fail, and the message says why ------------------------------------------------

Q_ORTHOGONAL = matrices.random_orthogonal(5, 3, seed=0)
FAILING: dict[str, tuple[Callable[[], object], str]] = {
    "ratio": (
        lambda: assert_ratio(4.1234e9, 30.0, "The residual"),
        "The residual is 4.1e9 times rounding error, should be below 30.",
    ),
    "ratio at its threshold": (
        lambda: assert_ratio(30, 30, "It"),
        "It is 30 times rounding error, should be below 30.",
    ),
    "ratio just above": (lambda: assert_ratio(30.00001, 30, "It"), "It is 30.00001 times"),
    "NaN ratio": (
        lambda: assert_ratio(NAN, 1e4, "It"),
        "It is not a number (NaN), should be below 1e4.",
    ),
    "infinite ratio": (lambda: assert_ratio(INF, 30, "It"), "It is infinitely many times rounding"),
    "ratio of text": (lambda: assert_ratio("3", 30, "It"), "should be a number, but is the text"),  # type: ignore[arg-type]
    "None from a call": (
        lambda: assert_close(None, [1.0], name="f(2)"),
        "f(2) returned None. Did you forget the return statement?",
    ),
    "None as a value": (lambda: assert_close(None, 1.0, name="Q"), "Q is None. Did you forget"),
    "column for a vector": (
        lambda: assert_close(np.ones((3, 1)), np.ones(3), name="f(x)"),
        "f(x) has shape (3, 1), expected (3,). (3, 1) is not (3,): the one is a matrix with a "
        "single column, the other a plain vector",
    ),
    "row for a vector": (
        lambda: assert_shape(np.ones((1, 3)), 3, name="x"),
        "(1, 3) is not (3,): the one is a matrix with a single row",
    ),
    "vector for a column": (
        lambda: assert_shape(np.ones(3), (3, 1), name="x"),
        "x has shape (3,), expected (3, 1). (3, 1) is not (3,): the one is a matrix with a single",
    ),
    "transposed": (lambda: assert_shape(np.ones((2, 3)), (3, 2), name="x"), "Is it transposed?"),
    "array of one": (lambda: assert_close([3.0], 3.0, name="x"), "A single number was expected"),
    "number for an array": (lambda: assert_shape(1.0, (2,), name="x"), "An array was expected"),
    "wrong shape": (
        lambda: assert_shape(np.ones((2, 3)), (4, 3), name="x"),
        "x has shape (2, 3), expected (4, 3).",
    ),
    "shape of a huge sparse": (
        lambda: assert_shape(sparse.eye_array(10**6), (3, 3), name="x"),
        "x has shape (1000000, 1000000), expected (3, 3).",
    ),
    "ragged": (
        lambda: assert_close([[1, 2], [3]], np.ones((2, 2)), name="x"),
        "is a list of 2 values that do not form an array (are its rows of equal length?).",
    ),
    "text": (
        lambda: assert_close("1", 1.0, name="x"),
        "x should be an array of numbers, but is the text '1'.",
    ),
    "array of text": (
        lambda: assert_close(["1"], [1.0], name="x"),
        "x should hold numbers, but holds text",
    ),
    "array of objects": (
        lambda: assert_close([1, None], [1.0, 2.0], name="x"),
        "holds Python objects (dtype object)",
    ),
    "function": (
        lambda: assert_close(abs, [1.0], name="x"),
        "is a function (are the parentheses of a call missing?).",
    ),
    "truth for numbers": (
        lambda: assert_close([True], [1.0], name="x"),
        "x should hold numbers, but holds True or False (dtype bool).",
    ),
    "numbers for truth": (
        lambda: assert_close([1], [True], name="x"),
        "x should hold True or False, but holds integers (dtype int64).",
    ),
    "wrong truth": (lambda: assert_close([True], [False], name="x"), "found True, expected False."),
    "NaN": (
        lambda: assert_close([[1, 2], [NAN, INF]], np.ones((2, 2)), name="x"),
        "x should be finite, but has 1 NaN and 1 infinite entries, the first at [1, 0].",
    ),
    "NaN in the wrong place": (
        lambda: assert_close([1.0, NAN], [NAN, 1.0], name="x"),
        "x is wrong where NaN or infinity is due. The largest difference is at [0]: found 1",
    ),
    "NaN beside a NaN that is due": (
        lambda: assert_close([NAN, NAN], [NAN, 1.0], name="x"),
        "1 NaN entry, the first at [1].",
    ),
    "wrong beside a NaN that is due": (
        lambda: assert_close([NAN, 2.0], [NAN, 1.0], name="x"),
        "The largest difference is at [1]: found 2, expected 1.",
    ),
    "wrong sign of infinity": (
        lambda: assert_close(INF, -INF, name="x"),
        "Found inf, expected -inf.",
    ),
    "wrong values": (
        lambda: assert_close([1.0, 2.5, 3.0], [1.0, 2.0, 3.0], name="f(x)"),
        "The difference between f(x) and the expected values is 6e14 times rounding error, "
        "should be below 1e4. The largest difference is at [1]: found 2.5, expected 2.",
    ),
    "wrong by more than another": (
        lambda: assert_close([10.001, 1.0], [10.0, 2.0], name="x"),
        "The largest difference is at [1]: found 1, expected 2.",
    ),
    "wrong by little": (
        lambda: assert_close([1.0 + 1e-9], [1.0], name="x"),
        "found 1.000000001, expected 1.",
    ),
    "wrong at a small scale": (lambda: assert_close(2e-300, 1e-300, name="x"), "4.5e15 times"),
    "wrong at a large scale": (lambda: assert_close(2e300, 1e300, name="x"), "4.5e15 times"),
    "wrong with a tight threshold": (
        lambda: assert_close(1 + 1e-14, 1.0, name="x", threshold=30),
        "should be below 30.",
    ),
    "not quite zero": (lambda: assert_close(1e-300, 0, name="x"), "infinitely many times"),
    "imaginary part": (
        lambda: assert_close([1 + 1j], [1.0], name="x"),
        "found 1+1j, expected 1.",
    ),
    "half precision": (
        lambda: assert_close(np.zeros(3, np.float16), np.ones(3), name="x"),
        "found 0, expected 1.",
    ),
    "vector for a scalar": (
        lambda: assert_scalar(np.array([3.0]), 3, name="det(A)"),
        "det(A) should be a single real number, but is an array of shape (1,) and dtype float64.",
    ),
    "truth for a scalar": (lambda: assert_scalar(True, 1, name="x"), "is the truth value True."),
    "complex scalar": (lambda: assert_scalar(3 - 4j, 3, name="x"), "is the number 3-4j."),
    "text for a scalar": (lambda: assert_scalar("3", 3, name="x"), "is the text '3'."),
    "wrong scalar": (
        lambda: assert_scalar(3, 4, name="x"),
        "The difference between x and the expected value is 1.1e15 times rounding error, should "
        "be below 1e4. Found 3, expected 4.",
    ),
    "NaN scalar": (lambda: assert_scalar(NAN, name="x"), "x is nan, expected a finite number."),
    "long scalar": (lambda: assert_scalar(HUGE, name="x"), "x is inf, expected a finite number."),
    "wrong integer": (lambda: assert_integer(np.int64(3), 2, name="x"), "x is 3, expected 2."),
    "float for an integer": (
        lambda: assert_integer(3.0, 3, name="rank(A)"),
        "rank(A) should be an integer (of type int), but is the number 3.",
    ),
    "truth for an integer": (lambda: assert_integer(True, 1, name="x"), "the truth value True."),
    "NumPy truth for an integer": (
        lambda: assert_integer(np.True_, 1, name="x"),
        "the truth value True.",
    ),
    "wrong dtype": (
        lambda: assert_dtype(np.ones(2, "f4"), np.float64, name="x"),
        "x has dtype float32, expected float64.",
    ),
    "list has no dtype": (
        lambda: assert_dtype([1.0], float, name="x"),
        "x should be an array of dtype float, but is a list of 1 value.",
    ),
    "truth is no integer": (lambda: assert_dtype(True, int, name="x"), "has dtype bool, expected"),
    "not orthonormal": (
        lambda: assert_orthonormal(2 * Q_ORTHOGONAL, name="Q"),
        "The columns of Q are not orthonormal: ||I - Q^H Q|| is 2.7e15 times rounding error, "
        "should be below 30.",
    ),
    "orthonormal rows": (
        lambda: assert_orthonormal(Q_ORTHOGONAL.T, name="Q"),
        "Q has shape (3, 5), but at most 3 vectors of length 3 can be orthonormal. Are the "
        "vectors in its rows instead of its columns?",
    ),
    "wide beyond memory": (
        lambda: assert_orthonormal(np.ones((1, 10**6)), name="Q"),
        "Q has shape (1, 1000000), but at most 1",
    ),
    "orthonormal, NaN": (lambda: assert_orthonormal([[NAN]], name="Q"), "Q should be finite"),
    "orthonormal vector": (
        lambda: assert_orthonormal([1.0, 0.0], name="Q"),
        "Q should be a matrix, but has shape (2,).",
    ),
    "orthonormal to half precision": (
        lambda: assert_orthonormal(np.zeros((50, 2), np.float16), name="Q"),
        "are not orthonormal",
    ),
    "does not reconstruct": (
        lambda: assert_reconstructs(np.eye(2), np.diag([1.0, 3.0]), name="Q @ R"),
        "Q @ R does not give the original matrix back: the difference is 1.5e15 times rounding "
        "error, should be below 30. The largest difference is at [1, 1]: found 1, expected 3.",
    ),
    "reconstructs the transpose": (
        lambda: assert_reconstructs(np.ones((2, 3)), np.ones((3, 2)), name="QR"),
        "Is it transposed?",
    ),
    "ascending": (
        lambda: assert_descending([3.0, 1.0, 2.0], name="s"),
        "s should be in descending order, but entry [1] is 1 and entry [2] is 2.",
    ),
    "negative": (
        lambda: assert_descending([3.0, -1.0], name="s"),
        "s should not be negative, but entry [1] is -1.",
    ),
    "descending matrix": (
        lambda: assert_descending(np.eye(2), name="s"),
        "s should be a vector, but has shape (2, 2).",
    ),
    "descending complex": (
        lambda: assert_descending([2 + 0j, 1], name="s"),
        "s should hold real numbers, but its dtype is complex128.",
    ),
    "descending NaN": (lambda: assert_descending([NAN], name="s"), "s should be finite"),
    "raises nothing": (
        lambda: assert_raises(ValueError, np.sum, np.ones((3, 4)), axis=0),
        "sum(array of shape (3, 4), axis=0) should raise ValueError, but gave an array of shape "
        "(4,) and dtype float64.",
    ),
    "raises another": (
        lambda: assert_raises((TypeError, KeyError), complain, "x" * 99, name="f(x)"),
        "f(x) should raise TypeError or KeyError, but raised ValueError: n must be positive.",
    ),
    "unsolved exercise": (
        lambda: assert_raises(RuntimeError, unsolved),
        "unsolved() should raise RuntimeError, but raised NotImplementedError.",
    ),
    "raises with a long text": (
        lambda: assert_raises(TypeError, int, "x" * 9999, name="f(x)", hint="Look."),
        "xxx.... Look.",
    ),
    "exit": (lambda: assert_raises(ValueError, sys.exit, 1), "but raised SystemExit: 1."),
    "nothing to call": (
        lambda: assert_raises(TypeError, None, name="f(x)"),  # type: ignore[arg-type]
        "f(x) should raise TypeError, but there is no function to call.",
    ),
    "changed": (
        lambda: assert_unchanged(np.array([[1.0, 2.5]]), np.array([[1.0, 2.0]]), name="A"),
        "A was changed, but your function must leave its input as it was: before the call it was "
        "2 at [0, 1], now it is 2.5 there.",
    ),
    "changed by one bit": (
        lambda: assert_unchanged(np.array([1 + 2**-52]), np.ones(1), name="A"),
        "before the call it was 1 at [0], now it is 1.0000000000000002 there.",
    ),
    "changed sign of zero": (
        lambda: assert_unchanged(np.array([-0.0]), np.zeros(1), name="A"),
        "it was 0 at [0], now it is -0 there.",
    ),
    "changed NaN": (lambda: assert_unchanged(np.ones(1), np.array([NAN]), name="A"), "was nan at"),
    "changed shape": (
        lambda: assert_unchanged(np.ones((1, 2)), np.ones(2), name="A"),
        "it was an array of shape (2,) and dtype float64, now it is an array of shape (1, 2)",
    ),
    "changed dtype": (
        lambda: assert_unchanged(np.ones(2, int), np.ones(2), name="A"),
        "now it is an array of shape (2,) and dtype int64",
    ),
    "changed list": (
        lambda: assert_unchanged([1, 2], [1, 3], name="A"),
        "before the call it was [1, 3], now it is [1, 2].",
    ),
    "changed objects": (
        lambda: assert_unchanged(np.array([1, None]), np.array([2, None]), name="A"),
        "it was array([2, None], dtype=object), now it is array([1, None], dtype=object).",
    ),
    "changed inside a dict": (
        lambda: assert_unchanged({"a": np.ones(1)}, {"a": np.zeros(1)}, name="A"),
        "before the call it was {'a': array([0.])}, now it is {'a': array([1.])}.",
    ),
    "longer list": (lambda: assert_unchanged([1, 2], [1], name="A"), "it was a list of 1 value"),
    "changed sparse": (
        lambda: assert_unchanged(2 * sparse.eye_array(2), sparse.eye_array(2), name="A"),
        "A was changed",
    ),
    "gone": (lambda: assert_unchanged(None, np.ones(1), name="A"), "now it is None."),
    "not finite": (
        lambda: assert_finite([1.0, INF, INF], name="x"),
        "x should be finite, but has 2 infinite entries, the first at [1].",
    ),
    "scalar not finite": (
        lambda: assert_finite(-INF, name="x"),
        "x is -inf, expected a finite number.",
    ),
    "too many": (
        lambda: assert_at_most(7, 3, what="The number of products with A"),
        "The number of products with A is 7, should be at most 3.",
    ),
    "residual too large": (
        lambda: assert_at_most(1.00001e-6, 1e-6, what="The relative residual"),
        "The relative residual is 1.00001e-6, should be at most 1e-6.",
    ),
    "NaN count": (lambda: assert_at_most(NAN, 3, what="It"), "It is nan, should be at most 3."),
    "no count": (lambda: assert_at_most(None, 3, what="It"), "It should be a number, but is None."),
    "enormous count": (
        lambda: assert_at_most(HUGE, 3, what="It"),
        "It is inf, should be at most 3",
    ),
    "not in": (
        lambda: assert_in("lu", ["LU", "QR"], name="best(A)"),
        "best(A) is 'lu', expected one of: 'LU', 'QR'.",
    ),
    "truth is not one": (
        lambda: assert_in(True, [1, 2], name="x"),
        "x is True, expected one of: 1",
    ),
    "array in": (
        lambda: assert_in(np.array([1]), [1], name="x"),
        "x is an array of shape (1,) and dtype int64, expected one of: 1.",
    ),
}


@pytest.mark.parametrize(("check", "words"), FAILING.values(), ids=FAILING)
def test_wrong_value_fails_and_the_message_says_why(
    check: Callable[[], object], words: str
) -> None:
    assert words in message(check)


# --- whatever comes in, nothing but AssertionError comes out ------------------------------------

endless: list[object] = []
endless.append(endless)
bomb: list[object] = [1.0]
for _ in range(40):
    bomb = [bomb, bomb]

HOSTILE: dict[str, Any] = {
    "None": None,
    "text": "abc",
    "empty text": "",
    "bytes": b"abc",
    "truth": True,
    "NumPy truth": np.False_,
    "ellipsis": ...,
    "NaN": NAN,
    "complex NaN": complex(NAN, INF),
    "long integer": HUGE,
    "long negative integer": -HUGE,
    "list of long integers": [HUGE],
    "empty list": [],
    "ragged": [[1], [1, 2]],
    "ragged arrays": [np.ones(2), np.ones((2, 2))],
    "list of None": [None, None],
    "list that holds itself": endless,
    "list that doubles forty times": bomb,
    "range without end": range(10**30),
    "list of ranges": [range(10**12)],
    "dict": {"a": 1},
    "set": {1, 2},
    "generator": (i for i in range(3)),
    "function": len,
    "class": int,
    "unprintable": Unprintable(),
    "list of unprintables": [Unprintable()],
    "0-d": np.array(1.0),
    "0-d object": np.array(None),
    "0-d text": np.array("a"),
    "objects": np.array([1, None, "a"]),
    "strings": np.array(["a", "b"]),
    "dates": np.array(["2020-01-01"], "datetime64[D]"),
    "records": np.zeros(2, [("a", int), ("b", float)]),
    "void": np.zeros(1, "V8")[0],
    "empty": np.empty(0),
    "empty matrix": np.empty((0, 3)),
    "no columns": np.empty((3, 0)),
    "NaN matrix": np.full((2, 2), NAN),
    "mixed infinities": np.array([[INF, -INF], [complex(NAN, 1), 1]]),
    "largest numbers": np.full((2, 2), 1.7e308),
    "smallest numbers": np.full((2, 2), 5e-324),
    "integers": np.full((2, 2), np.iinfo(np.int64).min),
    "bytes of an image": np.full((2, 2), 255, np.uint8),
    "half": np.ones((2, 2), np.float16),
    "extended": np.ones((2, 2), np.longdouble),
    "big-endian": np.ones((2, 2), ">f8"),
    "four dimensions": np.ones((2, 2, 2, 2)),
    "np.matrix": np.asmatrix(np.ones((2, 2))),
    "masked": np.ma.masked_equal(np.ones((2, 2)), 1),
    "sparse": sparse.eye_array(2),
    "enormous sparse": sparse.coo_array(([1.0], ([5], [7])), (10**9, 10**9)),
    "sparse vector": sparse.coo_array(np.ones(3)),
    "linear operator": sparse.linalg.aslinearoperator(np.eye(2)),
}
JUDGES: dict[str, Callable[[Any], object]] = {
    "ratio": lambda found: assert_ratio(found, 30, "It"),
    "close to a matrix": lambda found: assert_close(found, [[1.0, 2.0], [3.0, 4.0]], name="x"),
    "close to a vector": lambda found: assert_close(found, [1.0, 2.0], name="x"),
    "close to a number": lambda found: assert_close(found, 7.0, name="x"),
    "close to truth": lambda found: assert_close(found, [True, False, True], name="x"),
    "close to NaN": lambda found: assert_close(found, [[NAN, 1.0], [INF, 1.0]], name="x"),
    "shape": lambda found: assert_shape(found, (7, 7), name="x"),
    "scalar": lambda found: assert_scalar(found, 7.0, name="x"),
    "any scalar": lambda found: assert_scalar(found, name="x"),
    "scalar as a float": lambda found: scalar(found, name="x"),
    "integer": lambda found: assert_integer(found, 7, name="x"),
    "dtype": lambda found: assert_dtype(found, np.float32, name="x"),
    "orthonormal": lambda found: assert_orthonormal(found, name="x"),
    "reconstructs": lambda found: assert_reconstructs(found, np.diag([1.0, 2.0]), name="x"),
    "descending": lambda found: assert_descending(found, name="x"),
    "raises": lambda found: assert_raises(ArithmeticError, found, found, key=found),
    "raises nothing": lambda found: assert_raises(ArithmeticError, lambda: found),
    "unchanged array": lambda found: assert_unchanged(found, np.ones((2, 3)), name="x"),
    "unchanged list": lambda found: assert_unchanged(found, [1, [2, 3]], name="x"),
    "was another": lambda found: assert_unchanged(np.ones((2, 3)), found, name="x"),
    "finite": lambda found: assert_finite(found, name="x"),
    "at most": lambda found: assert_at_most(found, -1e300, what="It"),
    "in": lambda found: assert_in(found, ["LU", 7, 2.5], name="x"),
}
RIGHT = {
    "any scalar": {"0-d"},
    "scalar as a float": {"0-d", "NaN", "long integer", "long negative integer"},
    "orthonormal": {"no columns", "sparse"},
    "descending": {"empty list", "empty", "sparse vector"},
    "finite": {
        *("empty list", "empty", "empty matrix", "no columns", "0-d", "largest numbers", "half"),
        *("smallest numbers", "integers", "bytes of an image", "extended", "big-endian"),
        *("four dimensions", "np.matrix", "masked", "sparse", "sparse vector"),
    },
    "ratio": {"0-d", "long negative integer"},
    "at most": {"long negative integer"},
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("found", HOSTILE)
def test_hostile_value_fails_by_assertion_only(judge: str, found: str) -> None:
    if found in RIGHT.get(judge, ()):
        JUDGES[judge](HOSTILE[found])
        return
    said = message(JUDGES[judge], HOSTILE[found])
    assert 10 < len(said) < 400
    assert said.endswith((".", "?"))


# --- what all messages have in common -----------------------------------------------------------


@pytest.mark.parametrize("judge", [name for name in checks.__all__ if name.startswith("assert_")])
def test_hint_ends_every_message(judge: str) -> None:
    wrong: dict[str, tuple[Any, ...]] = {
        "assert_ratio": (99.0, 30, "It"),
        "assert_close": ([1.0], [2.0]),
        "assert_shape": ([1.0], (2,)),
        "assert_scalar": (1.0, 2.0),
        "assert_integer": (1, 2),
        "assert_dtype": (1.0, int),
        "assert_orthonormal": ([[2.0]],),
        "assert_reconstructs": ([[1.0]], [[2.0]]),
        "assert_descending": ([1.0, 2.0],),
        "assert_raises": (ValueError, abs, 1),
        "assert_unchanged": ([1.0], [2.0]),
        "assert_finite": ([INF],),
        "assert_at_most": (2, 1),
        "assert_in": (2, [1]),
        "assert_without": (np.sort, ["sort"], np.ones(2)),
    }
    unnamed = {"assert_ratio": {}, "assert_without": {}, "assert_at_most": {"what": "x"}}
    named = unnamed.get(judge, {"name": "x"})
    said = message(getattr(checks, judge), *wrong[judge], hint="Look at the axis.", **named)
    assert said.endswith(". Look at the axis.")


def test_exception_of_another_kind_is_kept_as_the_cause() -> None:
    with pytest.raises(AssertionError) as failure:
        assert_raises(TypeError, complain)
    assert isinstance(failure.value.__cause__, ValueError)


@pytest.mark.parametrize(
    ("args", "kwargs", "name"),
    [
        ((1, "a"), {}, "complain(1, 'a')"),
        ((np.ones((3, 4)), np.float64(0.5)), {}, "complain(array of shape (3, 4), 0.5)"),
        ((), {"tol": 0.1, "matvec": len}, "complain(tol=0.1, matvec=len)"),
        ((sparse.eye_array(3),), {}, "complain(sparse matrix of shape (3, 3))"),
        ((list(range(100)),), {}, "complain([0, 1, 2, 3, 4, 5, ...])"),
        ((np.array(2.0),), {}, "complain(2.0)"),
    ],
)
def test_call_is_named_briefly(args: Any, kwargs: Any, name: str) -> None:
    assert message(assert_raises, TypeError, complain, *args, **kwargs).startswith(f"{name} should")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (30.0, "30"),
        (1e4, "1e4"),
        (4.1234e9, "4.1e9"),
        (0.51234, "0.5123"),
        (0.00012345, "0.00012"),
        (1.25e-7, "1.2e-7"),
        (-1234.5678, "-1235"),
        (123456789, "123456789"),
        (12345678901, "1.2e10"),
        (3 - 0.5j, "3-0.5j"),
        (np.True_, "True"),
        (-HUGE, "-inf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_number_is_written_briefly(value: Any, written: str) -> None:
    assert number(value) == written


def test_every_public_name_is_there_and_listed() -> None:
    public = {name for name in vars(checks) if name.startswith("assert_")}
    assert public | {"counted", "matrices", "ratios", "scalar"} == set(checks.__all__)


def test_importing_the_checks_loads_numpy_only() -> None:
    code = "import sys, autograder.checks; print([m for m in sys.modules if m.startswith('scipy')])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
