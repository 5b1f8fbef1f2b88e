"""How much alike two results are: for telling by them which function somebody has written."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.checks.values import equal, is_sparse, unfold

Array = npt.NDArray[Any]

ROUNDING = {4: 1e-4, 8: 1e-9}  # relative to the largest entry: by bytes of a real number
LAST_DIGITS = {4: 1e-6, 8: 1e-14}


class Likeness(IntEnum):
    """How much alike two results are."""

    DIFFERENT = 0
    EQUAL = 1  # but for rounding; a list may stand for an array, 1 for 1.0 and for True
    SAME = 2  # of the same kind, too, and to the last digits


def likeness(one: Any, other: Any) -> Likeness:
    """How much alike two results are.

    NaN is NaN. Tuples are compared item by item, numbers, arrays, sparse matrices and lists of
    numbers as arrays: two entries are equal if they differ by less than rounding error in the
    largest entry. Functions and random generators are not looked at.
    """
    if _is_numeric(one) and _is_numeric(other):
        return _of_numbers(one, other)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        if len(one) != len(other):
            return Likeness.DIFFERENT
        kinds = _if(isinstance(one, tuple) == isinstance(other, tuple), Likeness.SAME)
        return min(kinds, *map(likeness, one, other)) if one else kinds
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return Likeness.DIFFERENT
        return min((likeness(one[key], other[key]) for key in one), default=Likeness.SAME)
    for unseen in (callable, lambda value: isinstance(value, np.random.Generator)):
        if not isinstance(one, type) and unseen(one) and unseen(other):
            return Likeness.SAME
    return Likeness.SAME if type(one) is type(other) and equal(one, other) else Likeness.DIFFERENT


def _of_numbers(one: Any, other: Any) -> Likeness:
    left, right = unfold(one), unfold(other)
    if left is None or right is None or left.shape != right.shape:
        return Likeness.DIFFERENT
    if left.dtype.kind not in "biufc" or right.dtype.kind not in "biufc":
        alike = left.dtype.kind == right.dtype.kind and np.array_equal(left, right)
        return Likeness.SAME if alike else Likeness.DIFFERENT
    nearness = _nearness(left, right)
    return min(nearness, _if(_kind(one, left) == _kind(other, right), Likeness.SAME))


def _nearness(left: Array, right: Array) -> Likeness:
    size = min(_real_bytes(left), _real_bytes(right))
    kind = np.result_type(left, right, np.float64)
    left, right = left.astype(kind), right.astype(kind)
    finite = np.isfinite(left) & np.isfinite(right)
    if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return Likeness.DIFFERENT
    left, right = left[finite], right[finite]
    largest = max(np.abs(left).max(initial=0), np.abs(right).max(initial=0))
    with np.errstate(over="ignore"):
        apart = np.abs(left - right).max(initial=0)
    if apart <= LAST_DIGITS[size] * largest:
        return Likeness.SAME
    return Likeness.EQUAL if apart <= ROUNDING[size] * largest else Likeness.DIFFERENT


def _if(same: bool, likeness: Likeness) -> Likeness:
    return likeness if same else Likeness.EQUAL


def _is_numeric(value: Any) -> bool:
    """A number, an array, or a list of numbers, of lists of numbers and so on."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_numeric, value))
    is_number = isinstance(value, bool | int | float | complex | np.generic)
    return is_number or isinstance(value, np.ndarray) or is_sparse(value)


def _kind(value: Any, array: Array) -> tuple[str, str]:
    """What else can be wrong with numbers that are right: a list, integers, single precision."""
    if isinstance(value, list):
        return "list", array.dtype.kind
    if isinstance(value, int) and not isinstance(value, bool):  # of any length
        return "number", "i"
    if isinstance(value, bool | float | complex | np.generic):
        return "number", array.dtype.kind
    return "sparse" if is_sparse(value) else "array", array.dtype.str


def _real_bytes(array: Array) -> int:
    """4 for single precision, 8 for double precision and integers."""
    if array.dtype.kind not in "fc":
        return 8
    return 4 if np.finfo(array.dtype).eps > 1e-10 else 8
