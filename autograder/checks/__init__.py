"""Judging numerical answers the way numerical analysts do.

`ratios` measures how far an answer is from being right, in units of rounding error. The `assert_*`
functions compare such a ratio with a threshold and explain what is wrong. `matrices` builds test
matrices with known properties. Nothing but NumPy is imported here; SciPy only where it is needed.

>>> import numpy as np
>>> from autograder.checks import assert_orthonormal, matrices
>>> assert_orthonormal(matrices.random_orthogonal(5, 3, seed=0), name="Q")
"""

from autograder.checks import matrices, ratios
from autograder.checks.asserts import (
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
    scalar,
)
from autograder.checks.matrices import counted
from autograder.checks.without import assert_without

__all__ = [
    "assert_at_most",
    "assert_close",
    "assert_descending",
    "assert_dtype",
    "assert_finite",
    "assert_in",
    "assert_integer",
    "assert_orthonormal",
    "assert_raises",
    "assert_ratio",
    "assert_reconstructs",
    "assert_scalar",
    "assert_shape",
    "assert_unchanged",
    "assert_without",
    "counted",
    "matrices",
    "ratios",
    "scalar",
]
