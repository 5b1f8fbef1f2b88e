"""Results are told apart where misconceptions differ, and not where only rounding does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from autograder.likeness import Likeness, likeness

DIFFERENT, EQUAL, SAME = Likeness.DIFFERENT, Likeness.EQUAL, Likeness.SAME
A = np.array([[1.0, 2.0], [3.0, 4.0]])
SMALL = np.array([1e8, 1e-8])

CASES: dict[str, tuple[Any, Any, Likeness]] = {
    "the same": (A, A.copy(), SAME),
    "another value": (A, A + np.diag([0, 1e-3]), DIFFERENT),
    "another order of summation": (A, A * (1 + 1e-12), EQUAL),
    "the last digit": (A, A * (1 + 2e-16), SAME),
    "single precision": (A.astype("f4"), A.astype("f4") * np.float32(1 + 1e-5), EQUAL),
    "less than single precision": (A.astype("f4"), A.astype("f4") * np.float32(1.01), DIFFERENT),
    "rounding next to something large": (SMALL, SMALL + 1e-3 * np.eye(2)[1], EQUAL),
    "transposed": (A, A.T, DIFFERENT),
    "another shape": (A, A.ravel(), DIFFERENT),
    "a column": (np.ones(3), np.ones((3, 1)), DIFFERENT),
    "a matrix of one entry": (2.0, np.array([[2.0]]), DIFFERENT),
    "integers": (np.ones(2), np.ones(2, dtype=int), EQUAL),
    "another precision": (np.ones(2), np.ones(2, dtype="f4"), EQUAL),
    "an integer and a float": (1, 1.0, EQUAL),
    "NumPy's number": (np.float64(0.5), 0.5, SAME),
    "one and True": (1, True, EQUAL),
    "a list for an array": ([1.0, 2.0], np.array([1.0, 2.0]), EQUAL),
    "a list with noise in it": ([1.0, 1e-16], [1.0, 3e-16], SAME),
    "NaN": (np.array([1.0, np.nan]), np.array([1.0, np.nan]), SAME),
    "NaN and a number": (np.array([1.0, np.nan]), np.array([1.0, 0.0]), DIFFERENT),
    "infinities": (np.inf, np.inf, SAME),
    "infinities of other sign": (np.inf, -np.inf, DIFFERENT),
    "complex": (1 + 2j, 1 - 2j, DIFFERENT),
    "complex for real": (A, A + 0j, EQUAL),
    "sparse": (sparse.csr_array(A), sparse.csr_array(A), SAME),
    "sparse for dense": (sparse.csr_array(A), A, EQUAL),
    "tuples, item by item": ((1e9 * A, A), (1e9 * A, A + 1e-3), DIFFERENT),
    "a list for a tuple": ((A, 1.0), [A, 1.0], EQUAL),
    "tuples of other lengths": ((A, A), (A, A, A), DIFFERENT),
    "empty arrays": (np.zeros((0, 3)), np.zeros((0, 3)), SAME),
    "empty arrays of other shapes": (np.zeros((0, 3)), np.zeros((3, 0)), DIFFERENT),
    "dicts": ({"a": A}, {"a": A}, SAME),
    "dicts with other keys": ({"a": A}, {"b": A}, DIFFERENT),
    "nothing": (None, None, SAME),
    "nothing for something": (None, 0.0, DIFFERENT),
    "text": ("fro", "fro", SAME),
    "other text": ("fro", "nuc", DIFFERENT),
    "text for a number": ("1", 1, DIFFERENT),
    "functions": (len, abs, SAME),
    "large integers": (10**30, 10**30 + 10**25, DIFFERENT),
}


@pytest.mark.parametrize(("one", "other", "expected"), CASES.values(), ids=CASES.keys())
def test_how_much_alike_results_are(one: Any, other: Any, expected: Likeness) -> None:
    assert likeness(one, other) is expected
    assert likeness(other, one) is expected
