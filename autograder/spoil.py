"""Functions that give what another one gives, in their own way.

They stand in for a student's function when the gate looks whether a test relies on what nobody has
promised: that an argument is still the same after the call, or how a result is stored.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt


def spoiling(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with noise written over each array that it has been given.

    Its results stay right: given its own noise once more, it computes from what stood there before.
    What `function` itself changes gets what `function` makes of it, and no noise.
    """
    originals: dict[tuple[object, ...], npt.NDArray[Any]] = {}
    rng = np.random.default_rng()

    @functools.wraps(function)
    def spoils(*positional: Any, **named: Any) -> Any:
        given = [*positional, *named.values()]
        before = [
            originals.get(_content(each), each).copy() if isinstance(each, np.ndarray) else each
            for each in given
        ]
        after = [each.copy() if isinstance(each, np.ndarray) else each for each in before]
        rest = after[len(positional) :]
        result = function(*after[: len(positional)], **dict(zip(named, rest, strict=True)))
        for each, old, new in zip(given, before, after, strict=True):
            if isinstance(each, np.ndarray) and each.flags.writeable:
                changed = _content(old) != _content(new)
                each[...] = new if changed else 100 * rng.random(each.shape)
                originals[_content(each)] = new
        return result

    return spoils


def storing_otherwise(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with results that are read-only, matrices in Fortran order, vectors with gaps."""

    @functools.wraps(function)
    def stores(*positional: Any, **named: Any) -> Any:
        return _stored_otherwise(function(*positional, **named))

    return stores


def _stored_otherwise(result: Any) -> Any:
    if type(result) in (list, tuple):
        return type(result)(map(_stored_otherwise, result))
    if type(result) is not np.ndarray or not result.ndim:
        return result
    gaps = np.zeros((2 * result.shape[0], *result.shape[1:]), result.dtype, order="F")
    stored = gaps[::2]
    stored[...] = result
    stored.flags.writeable = False
    return stored


def _content(array: npt.NDArray[Any]) -> tuple[object, ...]:
    return array.shape, array.dtype.str, array.tobytes()
