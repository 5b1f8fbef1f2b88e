"""What an exercise forbids is found in the code and in what it calls, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Student

from autograder.checks import assert_without

A = np.arange(6.0).reshape(2, 3)
B = np.arange(12.0).reshape(3, 4)
PRODUCTS = ("@", "matmul", "dot", "einsum", "tensordot", "inner", "vdot")


def helper(A: Any, B: Any) -> Any:
    return np.einsum("ik,kj->ij", A, B)


def dot(u: Any, v: Any) -> Any:
    """A student's own, which is allowed."""
    return sum(x * y for x, y in zip(u, v, strict=True))


def by_operator(A: Any, B: Any) -> Any:
    return np.array(A) @ np.array(B)


def by_operator_in_place(A: Any, B: Any) -> Any:
    C = np.eye(len(A))
    C @= A[:, : len(A)]
    return C


def by_method(A: Any, B: Any) -> Any:
    return A.dot(B)


def by_function(A: Any, B: Any) -> Any:
    return np.matmul(A, B)


def by_import(A: Any, B: Any) -> Any:
    from numpy import dot

    return dot(A, B)


def by_helper(A: Any, B: Any) -> Any:
    return helper(A, B)


def by_helper_on_a_part(A: Any, B: Any) -> Any:
    return [[helper(row[None], B[:, [j]])[0, 0] for j in range(B.shape[1])] for row in 2 * A]


def by_linalg(A: Any, B: Any) -> Any:
    return np.linalg.multi_dot([A, B])


def by_loops(A: Any, B: Any) -> Any:
    C = np.zeros((A.shape[0], B.shape[1]))
    for i, j in np.ndindex(*C.shape):
        C[i, j] = dot(A[i], B[:, j])
    return C


def by_broadcasting(A: Any, B: Any) -> Any:
    return np.sum(A[:, :, None] * B[None], axis=1)


def in_place(A: Any, B: Any) -> Any:
    A += 1
    A.sort()
    np.add(A, 1, out=A)
    return np.linalg.norm(A) + np.divmod(A, 2)[0]


@pytest.mark.parametrize("function", [by_loops, by_broadcasting, in_place])
def test_what_does_without_passes(function: Callable[..., Any]) -> None:
    assert_without(function, PRODUCTS, A.copy(), B)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (by_operator, "`@`, which this exercise does without: `return np.array(A) @ np.array(B)`"),
        (by_operator_in_place, "uses `@`"),
        (by_method, "uses `dot`"),
        (by_function, "by_function uses `matmul`"),
        (by_import, "uses `dot`"),
        (by_helper, "by_helper calls NumPy's einsum, which this exercise does without. Loop."),
        (by_helper_on_a_part, "calls NumPy's einsum"),
        (by_linalg, "calls NumPy's dot"),
    ],
)
def test_what_is_forbidden_is_named(function: Callable[..., Any], told: str) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_without(function, PRODUCTS, A, B, hint="Loop.")
    assert told in str(raised.value)
    assert str(raised.value).endswith("Loop.")


def test_an_array_that_was_watched_is_changed_like_any_other() -> None:
    mine = A.copy()
    in_place(expected := A.copy(), B)
    assert_without(in_place, PRODUCTS, mine, B)
    assert np.array_equal(mine, expected)


SOURCE = """
import numpy as np

def helper(A, B):
    return np.dot(A, B)

def matmul(A, B):
    return {body}
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("(A[:, :, None] * B[None]).sum(axis=1)", ""),
        ("A @ B", "matmul uses `@`, which this exercise does without: `return A @ B`."),
        ("helper(A, B)", "matmul calls NumPy's dot, which this exercise does without."),
    ],
)
def test_a_function_in_another_process_is_watched_there(
    body: str, told: str, student: Student
) -> None:
    matmul = student.get("matmul", SOURCE.format(body=body))
    if not told:
        assert_without(matmul, PRODUCTS, A, B)
        assert type(matmul.watched(PRODUCTS, A, B)) is np.ndarray
        return
    with pytest.raises(AssertionError) as raised:
        assert_without(matmul, PRODUCTS, A, B)
    assert str(raised.value) == told
