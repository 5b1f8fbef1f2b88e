"""Numbers, values and calls in words that fit into a sentence.

Whatever comes in, a short text comes out: a value that cannot be printed is called by its type.
"""

import reprlib
import textwrap
import traceback
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any, SupportsIndex

import numpy as np

from autograder.checks.values import is_sparse

__all__ = ["apart", "call", "describe", "number", "place", "sentence", "shown", "text"]

Number = complex | np.number[Any]

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 40
_SHORT.maxlevel = 2
_LONGEST_SENTENCE = 160
_WIDTH = 90  # what notebooks and terminals show of a line
_NOT_CELLS = (  # where code is that no student has written
    str(Path(__file__).parent),
    str(Path(traceback.__file__).parent),
    str(Path(np.__file__).parents[1]),
)


def number(value: Number, digits: int = 4) -> str:
    """Write a number briefly.

    >>> number(4.1e9), number(30.0), number(1e4), number(0.51234)
    ('4.1e9', '30', '1e4', '0.5123')
    """
    if isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, complex | np.complexfloating):
        imaginary = number(value.imag, digits)
        return f"{number(value.real, digits)}{'' if imaginary[0] == '-' else '+'}{imaginary}j"
    if isinstance(value, int | np.integer) and abs(int(value)) < 10**9:
        return str(value)
    try:
        value = float(value)
    except OverflowError:  # an integer beyond 1e308
        value = inf if value > 0 else -inf
    if digits == 4 and not 1e-3 <= abs(value) < 1e4:
        digits = 2
    mantissa, mark, exponent = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def apart(left: Number, right: Number) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart.

    >>> apart(1.0, 2.0), apart(1.0, 1.0000001)
    (('1', '2'), ('1', '1.0000001'))
    """
    texts = number(left), number(right)
    for digits in range(5, 18):
        if texts[0] != texts[1]:
            break
        texts = number(left, digits), number(right, digits)
    return texts


def describe(value: object) -> str:
    """Say what kind of thing a value is: "an array of shape (3, 4) and dtype float64".

    >>> describe(None), describe("abc"), describe([1, 2]), describe(3.5)
    ('None', "the text 'abc'", 'a list of 2 values', 'the number 3.5')
    """
    try:
        return _describe(value)
    except Exception:  # a value of the student's own class may raise whatever it likes
        return f"an object of type {type(value).__name__}"


def call(function: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """Write a call as a student would: "solve(array of shape (3, 4), tol=0.1)"."""
    name = getattr(function, "__name__", None)
    positional = [_argument(value) for value in args]
    named = [f"{key}={_argument(value)}" for key, value in kwargs.items()]
    return f"{name if isinstance(name, str) else 'function'}({', '.join(positional + named)})"


def text(value: object) -> str:
    """Write a value's own representation, cut to a few words."""
    try:
        return _SHORT.repr(value.item() if isinstance(value, np.generic) else value)
    except Exception:  # also an integer of more than 4300 digits
        return f"<{type(value).__name__}>"


def sentence(error: BaseException) -> str:
    """Write an exception as Python does, on one line of bearable length: "ValueError: n < 0"."""
    try:
        message = " ".join(str(error).split())
    except Exception:
        message = ""
    if len(message) > _LONGEST_SENTENCE:
        message = message[:_LONGEST_SENTENCE] + "..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def place(index: Sequence[SupportsIndex]) -> str:
    """Write an index as in code: "[0, 2]"."""
    return f"[{', '.join(str(int(i)) for i in index)}]"


def shown(failure: BaseException) -> list[str]:
    """A failure as a notebook shows it: where in the cell, and what; not how the check went.

    If the code that is checked has raised something, also where that was.
    """
    lines = [f"\x1b[32m----> {line}\x1b[39m" for line in _places(failure)]
    message = textwrap.wrap(f"{type(failure).__name__}: {failure}", _WIDTH)
    name, _, rest = message[0].partition(":")
    return [*lines, f"\x1b[31m{name}\x1b[39m:{rest}", *message[1:]]


def _places(failure: BaseException) -> Iterator[str]:
    for error in (failure, failure.__cause__ or failure.__context__):
        if error and (found := _place_in_a_cell(error.__traceback__)):
            yield found


def _place_in_a_cell(trace: TracebackType | None) -> str:
    """The innermost line that is neither ours nor a library's."""
    for frame in reversed(traceback.extract_tb(trace)):
        if not frame.filename.startswith(_NOT_CELLS):
            within = "" if frame.name == "<module>" else f" of {frame.name}"
            return f"line {frame.lineno}{within}: {frame.line}"
    return ""


def _describe(value: object) -> str:
    match value:
        case None:
            return "None"
        case bool() | np.bool_():
            return f"the truth value {value}"
        case int() | float() | complex() | np.integer() | np.floating() | np.complexfloating():
            return f"the number {number(value)}"
        case str():
            return f"the text {text(value)}"
        case np.ndarray():
            return f"an array of shape {value.shape} and dtype {value.dtype}"
        case list() | tuple() | set() | dict() | range():
            values = "value" if len(value) == 1 else "values"
            return f"a {type(value).__name__} of {len(value)} {values}"
    if is_sparse(value):
        return f"a sparse matrix of shape {value.shape} and dtype {value.dtype}"
    if callable(value):
        return "a function (are the parentheses of a call missing?)"
    return f"an object of type {type(value).__name__}"


def _argument(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"array of shape {value.shape}" if value.ndim else text(value[()])
    if is_sparse(value):
        return f"sparse matrix of shape {value.shape}"
    if callable(value):
        return str(getattr(value, "__name__", type(value).__name__))
    return text(value)
