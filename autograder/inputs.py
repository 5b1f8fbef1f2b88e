"""What kind of input a call had, in words that do not tell what the input was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.checks.values import is_sparse

Array = npt.NDArray[Any]

MAX_ENTRIES = 1_000_000  # of an array that is worth looking at
MAX_FACTORED = 40_000  # of a matrix whose singular values are worth their time
BAD_CONDITION = 1e3
HUGE, TINY = 1e6, 1e-6
_EPS = float(np.finfo(float).eps)


def kind_of_input(arguments: Iterable[Any]) -> str:
    """The kinds of arguments: "a matrix of shape (6, 4) with rank 2 and a vector of length 4".

    Shapes and properties only, never an entry. Empty if there is nothing to be said.
    """
    with np.errstate(all="ignore"):
        return _listed([kind for value in arguments if (kind := _kind(value))])


def _kind(value: Any) -> str:
    """What one argument is like; nothing of text, functions and ordinary numbers."""
    if is_sparse(value):
        return f"a sparse matrix of shape {value.shape}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of length {len(value)}"
    kinds = int | float | complex | np.ndarray | np.number
    if isinstance(value, bool) or not isinstance(value, kinds):
        return ""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        return ""
    if array.ndim == 0:
        return _number(array)
    name = {1: _vector, 2: _matrix}.get(array.ndim, _array)(array)
    return f"{'an' if name[0] in 'aeiou8' else 'a'} {name}"  # 8-bit


def _number(number: Array) -> str:
    if number.dtype.kind == "c":
        return "a complex number"
    if not np.isfinite(number):
        return "a number that is not finite"
    return "zero" if number == 0 else "a negative number" if number < 0 else ""


def _vector(vector: Array) -> str:
    return " ".join(_with_properties([*_dtype(vector), f"vector of length {len(vector)}"], vector))


def _array(array: Array) -> str:
    return " ".join(_with_properties([*_dtype(array), f"array of shape {array.shape}"], array))


def _matrix(matrix: Array) -> str:
    words = [*_structure(matrix), *_dtype(matrix), f"matrix of shape {matrix.shape}"]
    return " ".join(_with_properties(words, matrix))


def _with_properties(words: list[str], array: Array) -> Iterator[str]:
    yield from words
    found: list[str] = []
    if 0 < array.size <= MAX_ENTRIES:
        found += _of_entries(array)
    if array.ndim == 2 and 0 < array.size <= MAX_FACTORED and np.isfinite(array).all():
        found += _of_singular_values(array.astype("c16" if array.dtype.kind == "c" else "f8"))
    if found:
        yield f"with {_listed(found)}"
    if not array.flags.writeable:
        yield "that must not be written to"


def _dtype(array: Array) -> Iterator[str]:
    kind = array.dtype.kind
    if array.dtype.itemsize == 1 and kind in "iu":
        yield "8-bit"
    if kind in "biuc":
        yield {"b": "boolean", "c": "complex"}.get(kind, "integer")
    if kind in "fc" and np.finfo(array.dtype).eps > 1e-10:
        yield "single-precision"


def _structure(matrix: Array) -> Iterator[str]:
    """Adjectives for the structure of its entries."""
    m, n = matrix.shape
    if not 1 < matrix.size <= MAX_ENTRIES or not np.isfinite(matrix).all() or not matrix.any():
        return
    largest = np.abs(matrix).max()
    if not np.any(matrix[~np.eye(m, n, dtype=bool)]):
        yield "diagonal"
    elif not np.tril(matrix, -1).any() or not np.triu(matrix, 1).any():
        yield "triangular"
    elif m == n and np.abs(matrix - matrix.conj().T).max() <= 4 * _EPS * largest:
        yield "Hermitian" if matrix.dtype.kind == "c" else "symmetric"


def _of_entries(array: Array) -> Iterator[str]:
    if array.dtype.kind in "fc":
        if np.isnan(array).any():
            yield "NaN in it"
        if np.isinf(array).any():
            yield "infinity in it"
    finite = np.abs(array[np.isfinite(array)].astype(complex))
    largest = finite.max(initial=0)
    if not largest:
        yield "nothing but zeros"
    elif array.dtype.kind in "fc" and not TINY < largest < HUGE:
        yield f"entries about 1e{np.floor(np.log10(largest)):.0f}"


def _of_singular_values(matrix: Array) -> Iterator[str]:
    """Rank and condition number."""
    values = np.linalg.svd(matrix, compute_uv=False)
    if not values[0]:
        return
    rank = int(np.sum(values > max(matrix.shape) * _EPS * values[0]))
    if rank < len(values):
        yield f"rank {rank}"
    elif values[0] > BAD_CONDITION * values[-1]:
        yield f"condition number about 1e{np.log10(values[0] / values[-1]):.0f}"
    elif matrix.shape[1] > 1 and _has_orthonormal_columns(matrix):
        yield "orthonormal columns"


def _has_orthonormal_columns(matrix: Array) -> bool:
    gram = matrix.conj().T @ matrix
    return bool(np.abs(gram - np.eye(len(gram))).max() < 1e-12)


def _listed(words: list[str]) -> str:
    """Words in a row: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))
