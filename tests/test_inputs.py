"""The kind of an input is told, and never an entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from autograder.inputs import kind_of_input

rng = np.random.default_rng(0)
A = rng.standard_normal((6, 4))
LOCKED = np.ones(3)
LOCKED.flags.writeable = False

CASES: dict[str, tuple[tuple[Any, ...], str]] = {
    "a matrix": ((A,), "a matrix of shape (6, 4)"),
    "nothing to be said": ((3, 0.5, "fro", len, True, None), ""),
    "two": ((A, np.ones(4)), "a matrix of shape (6, 4) and a vector of length 4"),
    "three": (
        (A, np.ones(4), -1),
        "a matrix of shape (6, 4), a vector of length 4 and a negative number",
    ),
    "no rows": ((np.zeros((0, 3)),), "a matrix of shape (0, 3)"),
    "one entry": ((np.ones((1, 1)),), "a matrix of shape (1, 1)"),
    "symmetric": (
        (A @ A.T + np.eye(6),),
        "a symmetric matrix of shape (6, 6)",
    ),
    "low rank": ((A @ A.T,), "a symmetric matrix of shape (6, 6) with rank 4"),
    "diagonal": ((np.diag([1.0, 2.0]),), "a diagonal matrix of shape (2, 2)"),
    "triangular": ((np.triu(A[:4]) + 9 * np.eye(4),), "a triangular matrix of shape (4, 4)"),
    "orthonormal columns": (
        (np.linalg.qr(A)[0],),
        "a matrix of shape (6, 4) with orthonormal columns",
    ),
    "badly conditioned": (
        (np.linalg.qr(A)[0] * [1, 1, 1, 1e-7],),
        "a matrix of shape (6, 4) with condition number about 1e7",
    ),
    "tiny": ((1e-150 * np.ones(3),), "a vector of length 3 with entries about 1e-150"),
    "zeros": ((np.zeros(3),), "a vector of length 3 with nothing but zeros"),
    "not finite": (
        (np.array([1.0, np.nan, np.inf]),),
        "a vector of length 3 with NaN in it and infinity in it",
    ),
    "integers": ((np.arange(3),), "an integer vector of length 3"),
    "bytes": ((np.ones((2, 2, 3), np.uint8),), "an 8-bit integer array of shape (2, 2, 3)"),
    "complex": ((1j * A,), "a complex matrix of shape (6, 4)"),
    "Hermitian": (
        (np.array([[2.0, 1j], [-1j, 3.0]]),),
        "a Hermitian complex matrix of shape (2, 2)",
    ),
    "single": ((np.ones(2, "f4"),), "a single-precision vector of length 2"),
    "read-only": ((LOCKED,), "a vector of length 3 that must not be written to"),
    "sparse": ((sparse.eye_array(9, format="csr"),), "a sparse matrix of shape (9, 9)"),
    "a list": (([1.0, 2.0],), "a list of length 2"),
    "zero": ((0,), "zero"),
    "NaN": ((np.nan,), "a number that is not finite"),
    "a number of sixteen bytes": ((np.ones((2, 2), np.longdouble) + np.eye(2),),
                                  "a symmetric matrix of shape (2, 2)"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), CASES.values(), ids=CASES.keys())
def test_the_kind_of_an_input(arguments: tuple[Any, ...], expected: str) -> None:
    assert kind_of_input(arguments) == expected


def test_what_is_too_large_is_told_by_its_shape() -> None:
    big = np.broadcast_to(1.5, (2000, 2000))
    assert kind_of_input([big]).startswith("a matrix of shape (2000, 2000)")
