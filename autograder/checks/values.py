"""Whatever a student's function returned, as something that can be judged.

Nothing here raises: a value that is not what is asked for gives None or False.
"""

import contextlib
import sys
from math import inf, prod
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

__all__ = ["dense", "equal", "first_change", "is_sparse", "real", "same", "unfold"]

Array = npt.NDArray[Any]

_MOST_NUMBERS = 4_000_000
"""Lists, ranges and sparse matrices that unfold to more numbers than this are not unfolded."""

_NESTING = (list, tuple, range)
_DEEPEST = 64  # NumPy's arrays have no more dimensions
_WEIGHT_OF_A_LIST = 8


def is_sparse(value: object) -> TypeGuard[Any]:
    """Tell whether a value is a SciPy sparse array, without importing SciPy."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(value))


def dense(value: npt.ArrayLike) -> Array:
    """Return a trusted value, array-like or sparse, as an array."""
    return np.asarray(value.toarray() if is_sparse(value) else value)


def unfold(value: object) -> Array | None:
    """Return the value as an array of any dtype, or None if it is none or would be enormous."""
    if isinstance(value, str | bytes | dict | set) or not _affordable(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = real(value)  # beyond 64 bits NumPy would make an object of it
    try:
        array = dense(value)  # type: ignore[arg-type]
    except Exception:  # ragged lists, and whatever the __array__ of some class raises
        return None
    return None if array.ndim == 0 and array.dtype.kind == "O" else array


def real(value: object) -> float | None:
    """Return the value as a float if it is one real number (or an array of shape ()), else None."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer beyond 1e308
        return inf if value > 0 else -inf


def equal(left: object, right: object) -> bool:
    """Tell whether ``left == right`` is true; True is not 1, and no array equals anything."""
    if isinstance(left, np.ndarray) or is_sparse(left):
        return False
    if isinstance(left, bool | np.bool_) != isinstance(right, bool | np.bool_):
        return False
    with contextlib.suppress(Exception):
        return bool(left == right)
    return False


def same(now: object, before: object) -> bool:
    """Tell whether two values are bit for bit the same, inside containers too; NaN is NaN."""
    if type(now) is not type(before):
        return False
    match now, before:
        case np.ndarray(), np.ndarray():
            alike = (now.shape, now.dtype) == (before.shape, before.dtype)
            return alike and first_change(now, before) is None
        case (list() | tuple(), list() | tuple()):
            return len(now) == len(before) and all(map(same, now, before))
        case dict(), dict():
            return same(list(now.items()), list(before.items()))
        case (float() | complex() | np.generic(), _):
            return same(np.asarray(now), np.asarray(before))
    if is_sparse(now) and is_sparse(before):
        return bool(now.shape == before.shape) and same(_stored(now), _stored(before))
    return equal(now, before)


def first_change(now: Array, before: Array) -> tuple[int, ...] | None:
    """Return the index of the first entry whose bits differ, NaN being NaN, or None.

    Both arrays have the same shape and dtype.
    """
    if before.dtype.hasobject:
        differ = np.array([not same(*pair) for pair in zip(now.flat, before.flat, strict=True)])
    else:
        differ = (_bits(now) != _bits(before)).any(axis=1)
    if before.dtype.kind in "fc":
        differ &= ~(np.isnan(now) & np.isnan(before)).ravel()
    changed = np.flatnonzero(differ)
    if not len(changed):
        return None
    return tuple(int(i) for i in np.unravel_index(changed[0], before.shape))


def _affordable(value: object) -> bool:
    """Tell whether nested lists, ranges and sparse matrices hold few enough numbers to unfold."""
    if is_sparse(value):
        return bool(prod(value.shape) <= _MOST_NUMBERS)
    left, waiting = _MOST_NUMBERS, [(value, 0)]
    while waiting and left >= 0:
        item, depth = waiting.pop()
        if isinstance(item, range):
            left -= max(0, (item.stop - item.start) // item.step)  # len() has an upper limit
        elif isinstance(item, list | tuple):
            left -= len(item) + _WEIGHT_OF_A_LIST
            if depth == _DEEPEST:  # also a list that holds itself
                return False
            waiting.extend((each, depth + 1) for each in item if isinstance(each, _NESTING))
    return left >= 0


def _bits(array: Array) -> Array:
    """Return the bytes of an array, a row for each entry."""
    return np.frombuffer(array.tobytes(), np.uint8).reshape(array.size, array.dtype.itemsize)


def _stored(matrix: Any) -> list[Array]:
    """Return the entries that a sparse matrix stores, and where."""
    entries = matrix.tocoo()
    return [entries.data, *entries.coords]
