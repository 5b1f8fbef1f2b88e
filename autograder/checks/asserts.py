"""Judgements: a measured value against its bound, and words that teach if it fails.

Every `assert_*` takes what a student's code gave (`found`) and returns None if it is right.
Whatever is wrong with it, be it None, text, a ragged list, a wrong shape or NaN, the only exception
is `AssertionError`, whose text says what was found, what was expected and, by `hint`, where to
look.

Keywords common to all: `name` is how `found` is called in the message, best as code that the
student could type ("truncate(A, 2)"); `hint` is a sentence or two that is added at the end. Shapes
are compared first, then the kind of numbers, then their values. Lists of numbers count as arrays.

Thresholds are in units of rounding error (see `autograder.checks.ratios`): 30 is what LAPACK
demands of a stable method, 1e4 leaves room for any sensible method on a well-conditioned problem.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from autograder.checks import ratios
from autograder.checks.values import dense, equal, first_change, is_sparse, real, same, unfold
from autograder.checks.wording import apart, call, describe, number, place, sentence, shown, text

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
    "scalar",
]

Array = npt.NDArray[Any]

_HELD = {
    "b": "True or False",
    "i": "integers",
    "u": "integers",
    "f": "real numbers",
    "c": "complex numbers",
    "U": "text",
    "S": "text",
    "O": "Python objects",
}


def assert_ratio(ratio: float, threshold: float, what: str, *, hint: str = "") -> None:
    """Fail unless ``ratio < threshold``; the one place where a ratio is compared.

    Parameters
    ----------
    ratio : float
        From `ratios`, in units of rounding error. NaN fails.
    threshold : float
    what : str
        What the ratio measures, as the beginning of a sentence: "The residual of solve(A, b)".
    """
    measured = real(ratio)
    if measured is None:
        fail(f"{what} should be a number, but is {describe(ratio)}.", hint)
    if measured < threshold:
        return
    if np.isnan(measured):
        fail(f"{what} is not a number (NaN), should be below {number(threshold)}.", hint)
    size = "infinitely many" if np.isinf(measured) else apart(measured, threshold)[0]
    fail(f"{what} is {size} times rounding error, should be below {number(threshold)}.", hint)


def assert_close(
    found: object,
    expected: npt.ArrayLike,
    *,
    name: str,
    threshold: float = 1e4,
    hint: str = "",
) -> None:
    """Fail unless an array (or a number) equals the expected one but for rounding.

    Parameters
    ----------
    found : object
        Array-like or sparse. Complex numbers are compared as such, whatever `expected` is. Truth
        values do not count as numbers, nor numbers as truth values.
    expected : array_like or sparse
        Its shape is demanded, () if it is a number. NaN and infinities are demanded where it has
        them. If all of it is zero, nothing but exact zeros will do.
    threshold : float
        Bounds `ratios.difference`, the normwise relative error in units of rounding error, which
        is that of `expected`'s dtype.
    """
    target = dense(expected)
    assert_shape(found, target.shape, name=name, hint=hint)
    array = _array(found, name, hint, truth=target.dtype.kind == "b")
    finite = np.isfinite(target)
    if not np.array_equal(array[~finite], target[~finite], equal_nan=True):
        what = f"{name} is wrong where NaN or infinity is due."
        fail(f"{what} {_worst(array, target)}", hint, discreet=what)
    _demand_finite(np.where(finite, array, 0), name, hint)
    ratio = ratios.difference(array[finite], target[finite])
    kind = "values" if target.ndim else "value"
    what = f"The difference between {name} and the expected {kind}"
    _judge(ratio, threshold, what, array, target, hint)


def assert_shape(found: object, shape: int | tuple[int, ...], *, name: str, hint: str = "") -> None:
    """Fail unless an array has the given shape.

    Parameters
    ----------
    found : object
        Array-like or sparse, of numbers or truth values.
    shape : int or tuple of int
        An integer n means (n,); () means a single number.
    """
    _demand_value(found, name, hint)
    wanted = tuple(int(n) for n in (shape if isinstance(shape, tuple) else (shape,)))
    actual = found.shape if is_sparse(found) else _array(found, name, hint, truth=None).shape
    if actual != wanted:
        advice = _shape_advice(actual, wanted)
        fail(_join(f"{name} has shape {actual}, expected {wanted}.", advice), hint)


def scalar(found: object, *, name: str, hint: str = "") -> float:
    """Return the value as a float; fail unless it is one real number.

    Python's and NumPy's numbers and arrays of shape () will do, NaN and infinity too; truth values,
    complex numbers and arrays with one entry will not.
    """
    _demand_value(found, name, hint)
    value = real(found)
    if value is None:
        fail(f"{name} should be a single real number, but is {describe(found)}.", hint)
    return value


def assert_scalar(
    found: object,
    expected: float | None = None,
    *,
    name: str,
    threshold: float = 1e4,
    hint: str = "",
) -> None:
    """Fail unless the value is one real number (see `scalar`), and the expected one.

    It gives nothing back: a test cell that ends with a number would give that many points.

    Parameters
    ----------
    found : object
        Should be what `scalar` accepts.
    expected : float, optional
        May be NaN or infinite. Left out, any finite number will do.
    threshold : float
        Bounds `ratios.difference`.
    """
    value = scalar(found, name=name, hint=hint)
    if expected is None:
        _demand_finite(np.array(value), name, hint)
    else:
        assert_close(value, expected, name=name, threshold=threshold, hint=hint)


def assert_integer(found: object, expected: int, *, name: str, hint: str = "") -> None:
    """Fail unless the value is exactly this integer.

    Python's and NumPy's integers will do; True and 3.0 will not.
    """
    _demand_value(found, name, hint)
    value = found[()] if isinstance(found, np.ndarray) and found.ndim == 0 else found
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        fail(f"{name} should be an integer (of type int), but is {describe(found)}.", hint)
    if value != expected:
        what = f"{name} is {text(int(value))}, expected {text(int(expected))}."
        fail(what, hint, discreet=f"{name} is another integer than expected.")


def assert_dtype(found: object, dtype: npt.DTypeLike, *, name: str, hint: str = "") -> None:
    """Fail unless an array (or a number) has the given dtype.

    Parameters
    ----------
    found : object
        A NumPy array or number, a sparse array, or one of Python's numbers. A list has no dtype.
    dtype : dtype
        May be abstract, such as `numpy.floating`.
    """
    _demand_value(found, name, hint)
    wanted = dtype.__name__ if isinstance(dtype, type) else str(dtype)
    if isinstance(found, bool | float | complex):
        found = np.asarray(found)
    elif isinstance(found, int):
        found = np.asarray(0)  # of the dtype of Python's integers, however long this one is
    if not (isinstance(found, np.ndarray | np.generic) or is_sparse(found)):
        fail(f"{name} should be an array of dtype {wanted}, but is {describe(found)}.", hint)
    if not np.issubdtype(found.dtype, dtype):
        fail(f"{name} has dtype {found.dtype}, expected {wanted}.", hint)


def assert_orthonormal(
    Q: object,
    *,
    name: str,
    threshold: float = 30.0,
    hint: str = "",
    dtype: npt.DTypeLike = np.float64,
) -> None:
    """Fail unless the columns of a matrix are orthonormal.

    Parameters
    ----------
    Q : object
        Should be a real or complex matrix of shape (m, n), n <= m.
    threshold : float
        Bounds `ratios.orthogonality`, ``||I - Q^H Q||_1 / (m eps)``.
    dtype : dtype, optional
        The precision to be expected; its eps is taken.
    """
    matrix = _finite_matrix(Q, name, hint)
    m, n = matrix.shape
    if n > m:
        fail(
            f"{name} has shape {(m, n)}, but at most {m} vectors of length {m} can be orthonormal. "
            "Are the vectors in its rows instead of its columns?",
            hint,
        )
    what = f"The columns of {name} are not orthonormal: ||I - Q^H Q||"
    assert_ratio(ratios.orthogonality(matrix, dtype=dtype), threshold, what, hint=hint)


def assert_reconstructs(
    product: object, A: npt.ArrayLike, *, name: str, threshold: float = 30.0, hint: str = ""
) -> None:
    """Fail unless the product of some factors is the matrix that was factored.

    Parameters
    ----------
    product : object
        The factors, multiplied; `name` is best written as their product: "Q @ R".
    A : array_like or sparse, shape (m, n)
    threshold : float
        Bounds `ratios.reconstruction`, ``||A - product||_1 / (max(m, n) ||A||_1 eps)``.
    """
    target = dense(A)
    assert_shape(product, target.shape, name=name, hint=hint)
    matrix = _finite_matrix(product, name, hint)
    ratio = ratios.reconstruction(matrix, target)
    what = f"{name} does not give the original matrix back: the difference"
    _judge(ratio, threshold, what, matrix, target, hint)


def assert_descending(s: object, *, name: str, hint: str = "") -> None:
    """Fail unless a vector is real, nonnegative and in descending order (equal entries allowed)."""
    _demand_value(s, name, hint)
    vector = _array(s, name, hint)
    if vector.ndim != 1:
        fail(f"{name} should be a vector, but has shape {vector.shape}.", hint)
    if vector.dtype.kind == "c":
        fail(f"{name} should hold real numbers, but its dtype is {vector.dtype}.", hint)
    _demand_finite(vector, name, hint)
    for i in np.flatnonzero(vector < 0)[:1]:
        fail(f"{name} should not be negative, but entry [{i}] is {number(vector[i])}.", hint)
    for i in np.flatnonzero(vector[1:] > vector[:-1])[:1]:
        first, second = apart(vector[i], vector[i + 1])
        order = f"entry [{i}] is {first} and entry [{i + 1}] is {second}"
        fail(f"{name} should be in descending order, but {order}.", hint)


def assert_raises(
    exception: type[BaseException] | tuple[type[BaseException], ...],
    function: Callable[..., object],
    *args: object,
    name: str | None = None,
    hint: str = "",
    **kwargs: object,
) -> None:
    """Fail unless the call ``function(*args, **kwargs)`` raises the exception.

    Parameters
    ----------
    exception : type, or tuple of types
        Derived exceptions pass too, except `NotImplementedError`, which has to be asked for by
        name: an exercise that nobody has solved yet raises it, and it derives from RuntimeError.
    function : callable
    name : str, optional
        Describes the call; left out, it is made of the function's name and its arguments.
    """
    title = getattr(function, "__name__", "the function")
    wanted = exception if isinstance(exception, tuple) else (exception,)
    should = f"should raise {' or '.join(each.__name__ for each in wanted)}"
    due = f"{name or call(function, args, kwargs)} {should}"
    discreet = f"{name or f'{title}(...)'} {should}"
    if not callable(function):
        fail(f"{due}, but there is no function to call.", hint)
    try:
        result = function(*args, **kwargs)
    except (Exception, SystemExit) as error:
        unwritten = isinstance(error, NotImplementedError) and NotImplementedError not in wanted
        if isinstance(error, wanted) and not unwritten:
            return
        raised = f"{discreet}, but raised {type(error).__name__}."
        raise _failure(f"{due}, but raised {sentence(error)}.", hint, raised) from error
    fail(f"{due}, but gave {describe(result)}.", hint, discreet=f"{discreet}, but did not.")


def assert_unchanged(found: object, before: object, *, name: str, hint: str = "") -> None:
    """Fail unless a value is bit for bit what it was before; NaN is NaN, but 0.0 is not -0.0.

    Parameters
    ----------
    found : object
        The value after the call; `name` is what the student knows it as: "A".
    before : object
        A copy that was made before the call: numbers, arrays, sparse arrays, lists of them.
    """
    if same(found, before):
        return
    now, then = describe(found), describe(before)
    if now == then:
        now, then = text(found), text(before)
    if isinstance(found, np.ndarray) and isinstance(before, np.ndarray):
        now, then = _first_difference(found, before)
    due = f"{name} was changed, but your function must leave its input as it was"
    fail(f"{due}: before the call it was {then}, now it is {now}.", hint, discreet=f"{due}.")


def assert_finite(found: object, *, name: str, hint: str = "") -> None:
    """Fail unless all entries of an array (or a number) are finite: neither NaN nor infinite."""
    _demand_value(found, name, hint)
    _demand_finite(_array(found, name, hint), name, hint)


def assert_at_most(count: object, bound: float, *, what: str, hint: str = "") -> None:
    """Fail unless a count is at most the bound; or another number, such as a relative residual.

    Parameters
    ----------
    count : object
        Should be a real number. NaN fails.
    bound : float
    what : str
        What is counted, as the beginning of a sentence: "The number of products with A".
    """
    value = real(count)
    if value is None:
        fail(f"{what} should be a number, but is {describe(count)}.", hint)
    if not value <= bound:
        found, limit = apart(count if isinstance(count, int) else value, bound)
        fail(f"{what} is {found}, should be at most {limit}.", hint)


def assert_in(found: object, allowed: Iterable[object], *, name: str, hint: str = "") -> None:
    """Fail unless a value equals one of those allowed; True is not 1, and an array is none."""
    _demand_value(found, name, hint)
    choices = list(allowed)
    if not any(equal(found, choice) for choice in choices):
        shown = text(found) if isinstance(found, str | int | float | tuple) else describe(found)
        expected = ", ".join(text(choice) for choice in choices)
        what = f"{name} is {shown}, expected one of: {expected}."
        fail(what, hint, discreet=f"{name} is not what was expected.")


def fail(message: str, hint: str = "", *, discreet: str = "") -> NoReturn:
    """Raise AssertionError; `discreet` says it without values, for hidden tests."""
    raise _failure(message, hint, discreet)


def _judge(
    ratio: float, threshold: float, what: str, found: Array, expected: Array, hint: str
) -> None:
    """Do as `assert_ratio` does, and on failure show where the arrays differ most."""
    try:
        assert_ratio(ratio, threshold, what)
        return
    except AssertionError as failure:
        discreet = str(failure)
    fail(f"{discreet} {_worst(found, expected)}", hint, discreet=discreet)


def _failure(message: str, hint: str, discreet: str = "") -> AssertionError:
    """Make a failure; `discreet` says it without values, where nobody may know a test's input."""
    failure = AssertionError(_join(message, hint))
    failure.discreet = _join(discreet or message, hint)  # type: ignore[attr-defined]
    # What IPython asks for in place of a traceback.
    failure._render_traceback_ = partial(shown, failure)  # type: ignore[attr-defined]
    return failure


def _join(*sentences: str) -> str:
    return " ".join(each.strip() for each in sentences if each.strip())


def _demand_value(found: object, name: str, hint: str) -> None:
    """Fail on None, which is what a function without return gives."""
    if found is None:
        verb = "returned" if name.endswith(")") else "is"
        fail(f"{name} {verb} None. Did you forget the return statement?", hint)


def _demand_finite(array: Array, name: str, hint: str) -> None:
    finite = np.isfinite(array)
    if finite.all():
        return
    if array.ndim == 0:
        fail(f"{name} is {number(array.item())}, expected a finite number.", hint)
    counts = {"NaN": np.isnan(array).sum(), "infinite": np.isinf(array).sum()}
    listed = " and ".join(f"{count} {word}" for word, count in counts.items() if count)
    entries = "entry" if sum(counts.values()) == 1 else "entries"
    first = place(np.argwhere(~finite)[0])
    fail(f"{name} should be finite, but has {listed} {entries}, the first at {first}.", hint)


def _array(found: object, name: str, hint: str, *, truth: bool | None = False) -> Array:
    """Return an array of numbers; of truth values if `truth`, of either if that is None."""
    array = unfold(found)
    if array is None:
        ragged = " that do not form an array (are its rows of equal length?)"
        advice = ragged if isinstance(found, list | tuple) else ""
        fail(f"{name} should be an array of numbers, but is {describe(found)}{advice}.", hint)
    kind = array.dtype.kind
    if kind not in "biufc" or (truth is not None and truth != (kind == "b")):
        wanted = "True or False" if truth else "numbers"
        held = _HELD.get(kind, "something else")
        fail(f"{name} should hold {wanted}, but holds {held} (dtype {array.dtype}).", hint)
    return array


def _finite_matrix(found: object, name: str, hint: str) -> Array:
    _demand_value(found, name, hint)
    matrix = _array(found, name, hint)
    if matrix.ndim != 2:
        fail(f"{name} should be a matrix, but has shape {matrix.shape}.", hint)
    _demand_finite(matrix, name, hint)
    return matrix


def _shape_advice(found: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Say what is to be said about two shapes that students confuse."""
    longer, shorter = (found, expected) if len(found) > len(expected) else (expected, found)
    if len(shorter) == 1 and longer in ((*shorter, 1), (1, *shorter)):
        kind = "column" if longer[-1] == 1 else "row"
        return (
            f"{longer} is not {shorter}: the one is a matrix with a single {kind}, the other a "
            "plain vector, and NumPy broadcasts both to a full matrix. See ravel() and reshape()."
        )
    if expected == ():
        return "A single number was expected, not an array."
    if found == ():
        return "An array was expected, not a single number."
    return "Is it transposed?" if found == expected[::-1] else ""


def _worst(found: Array, expected: Array) -> str:
    """Say where two arrays of equal shape differ most."""
    if found.size == 0:
        return ""
    double = np.result_type(found, expected, np.float64)
    with np.errstate(all="ignore"):
        gap = np.abs(found.astype(double) - expected.astype(double))
    alike = (found == expected) | (np.isnan(found) & np.isnan(expected))
    index = np.unravel_index(np.argmax(np.where(alike, 0.0, gap)), found.shape)
    left, right = apart(found[index], expected[index])
    where = f"The largest difference is at {place(index)}: found" if index else "Found"
    return f"{where} {left}, expected {right}."


def _first_difference(found: Array, before: Array) -> tuple[str, str]:
    """Write what an array is and was, in short."""
    if (found.shape, found.dtype) != (before.shape, before.dtype):
        return describe(found), describe(before)
    index = first_change(found, before)
    if index is None or before.dtype.kind not in "biufc":
        return text(found), text(before)
    now, then = apart(found[index], before[index])
    return f"{now} there", f"{then} at {place(index)}"
