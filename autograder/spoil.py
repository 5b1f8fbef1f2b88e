"""A function that gives what another one gives, and spoils the arrays that it was given.

It stands in for a student's function when the gate looks whether a test reads an argument after the
call, where a student's function may have put anything.
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


def _content(array: npt.NDArray[Any]) -> tuple[object, ...]:
    return array.shape, array.dtype.str, array.tobytes()
