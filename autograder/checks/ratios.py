"""Test ratios: how many rounding errors an answer is away from being right.

A ratio is a residual divided by what rounding alone may cause: eps, the norms of the data and,
where theory asks for it, the size. A backward stable method gives a ratio of about one whatever the
scale of its data; an answer that is altogether wrong gives about 1/eps = 4.5e15. Nothing is judged
here: thresholds belong to the caller, who compares by `ratio < threshold`, so that NaN fails.

Conventions, for every function of this module:

- Arrays may be of any boolean, integer, real or complex dtype; lists of numbers are welcome. The
  computation itself is done in double precision.
- `eps` is `numpy.finfo(...).eps` of the arguments that state the problem (`A`, `b`, `expected`),
  2**-52 for doubles and integers. The answer has no say in it: rounding it to half precision earns
  no tolerance. Where there is nothing but an answer, the keyword `dtype` says how precise it has to
  be. (LAPACK's tests of linear equations take 2**-53, so their ratios are twice ours.)
- `0 / 0` is 0 and `x / 0` is infinite. NaN in an answer gives NaN.
- Arrays are scaled by powers of two, which is exact: entries like 1e-200 or 1e200 do no harm.
- `TypeError` when an argument does not hold numbers, `ValueError` when shapes do not fit.

The formulas follow LAPACK's own tests (the directories TESTING/LIN and TESTING/EIG of its
distribution; Anderson et al., *LAPACK Users' Guide*, SIAM 1999).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "difference",
    "orthogonality",
    "penrose",
    "reconstruction",
    "relative_residual",
    "singular_values",
    "solve_residual",
    "symmetry",
]

Array = npt.NDArray[Any]


def difference(found: npt.ArrayLike, expected: npt.ArrayLike) -> float:
    """Measure the normwise distance of an answer that is unique.

    Parameters
    ----------
    found, expected : array_like of equal shape
        Any number of dimensions; scalars too.

    Returns
    -------
    float
        ``||found - expected||_F / (||expected||_F eps)``, the normwise relative error in units of
        eps (Golub & Van Loan, *Matrix Computations*, 4th ed., section 2.3). LAPACK: dget04, without
        the condition number. A tiny entry beside large ones may be wrong in all its digits.
    """
    found, target = _numbers(found, "found"), _numbers(expected, "expected")
    _same_shape(found, "found", target, "expected")
    exponent = _exponent(target)
    found, target = _shift(found, -exponent), _shift(target, -exponent)
    return _quotient(_frobenius(_minus(found, target)), _frobenius(target)) / _eps(expected)


def reconstruction(product: npt.ArrayLike, A: npt.ArrayLike) -> float:
    """Measure how well the factors of a matrix multiply back to it.

    Parameters
    ----------
    product : array_like, shape (m, n)
        The factors, multiplied.
    A : array_like, shape (m, n)
        The matrix that was factored.

    Returns
    -------
    float
        ``||A - product||_1 / (max(m, n) ||A||_1 eps)``. LAPACK: dget01 (LU), dpot01 (Cholesky),
        dqrt01 (QR), dbdt01 (SVD).
    """
    product, target = _matrix(product, "product"), _matrix(A, "A")
    _same_shape(product, "product", target, "A")
    exponent = _exponent(target)
    product, target = _shift(product, -exponent), _shift(target, -exponent)
    scale = max(target.shape) * _one_norm(target)
    return _quotient(_one_norm(_minus(target, product)), scale) / _eps(A)


def orthogonality(Q: npt.ArrayLike, *, dtype: npt.DTypeLike = np.float64) -> float:
    """Measure how far the columns of a matrix are from being orthonormal.

    Parameters
    ----------
    Q : array_like, shape (m, n)
        Tall or square; a wide matrix cannot have orthonormal columns and gives a large ratio.
    dtype : dtype, optional
        The precision that `Q` should have; its eps is taken.

    Returns
    -------
    float
        ``||I - Q^H Q||_1 / (m eps)``. LAPACK: dort01, dqrt01.
    """
    Q = _matrix(Q, "Q")
    m, n = Q.shape
    exponent = max(_exponent(Q), 0)
    Q = _shift(Q, -exponent)
    with np.errstate(all="ignore"):
        gap = _shift(np.eye(n), -2 * exponent) - Q.conj().T @ Q
        norm = float(np.ldexp(_one_norm(gap), 2 * exponent))
    return _quotient(norm, m) / _eps(np.empty(0, dtype))


def solve_residual(A: npt.ArrayLike, x: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Measure the residual of a linear system.

    Parameters
    ----------
    A : array_like, shape (m, n)
    x : array_like, shape (n,) or (n, k)
    b : array_like, shape (m,) or (m, k)

    Returns
    -------
    float
        ``max_j ||b_j - A x_j||_1 / (||A||_1 ||x_j||_1 eps)`` over the columns. LAPACK: dget02,
        without a factor for the size. Small for every backward stable solver, however
        ill-conditioned `A` is.
    """
    eps = _eps(A, b)
    A, x, b = _matrix(A, "A"), _numbers(x, "x"), _numbers(b, "b")
    if b.ndim not in (1, 2) or b.shape[0] != A.shape[0]:
        raise ValueError(f"b has shape {b.shape}, which does not fit A of shape {A.shape}")
    if x.shape != (wanted := A.shape[1:] + b.shape[1:]):
        raise ValueError(f"x has shape {x.shape}, expected {wanted}")
    columns = zip(np.atleast_2d(x.T), np.atleast_2d(b.T), strict=True)
    return _largest([_column_residual(A, x_j, b_j) for x_j, b_j in columns]) / eps


def relative_residual(Ax: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Measure what an iteration has left of its right-hand side; not in units of rounding error.

    Parameters
    ----------
    Ax : array_like
        The matrix times the approximate solution.
    b : array_like of the same shape
        The right-hand side.

    Returns
    -------
    float
        ``||b - Ax||_2 / ||b||_2``, and ``||Ax||_2`` if `b` is zero. The usual stopping criterion
        of iterative methods (Barrett et al., *Templates for the Solution of Linear Systems*,
        section 4.2).
    """
    Ax, b = _numbers(Ax, "Ax"), _numbers(b, "b")
    _same_shape(Ax, "Ax", b, "b")
    exponent = _exponent(b) if np.any(b) else _exponent(Ax)
    Ax, b = _shift(Ax, -exponent), _shift(b, -exponent)
    if not np.any(b):
        with np.errstate(over="ignore"):
            return float(np.ldexp(_frobenius(Ax), exponent))
    return _quotient(_frobenius(_minus(b, Ax)), _frobenius(b))


def symmetry(A: npt.ArrayLike, *, dtype: npt.DTypeLike = np.float64) -> float:
    """Measure how far a matrix is from being symmetric (Hermitian if complex).

    Parameters
    ----------
    A : array_like, shape (n, n)
    dtype : dtype, optional
        The precision that `A` should have; its eps is taken.

    Returns
    -------
    float
        ``||A - A^H||_1 / (||A||_1 eps)``. Half of ``||A - A^H||`` is the distance from `A` to the
        nearest Hermitian matrix (Fan & Hoffman, *Some metric inequalities in the space of
        matrices*, 1955).
    """
    A = _matrix(A, "A")
    if A.shape[0] != A.shape[1]:
        raise ValueError(f"A has shape {A.shape}, which is not square")
    A = _shift(A, -_exponent(A))
    eps = _eps(np.empty(0, dtype))
    return _quotient(_one_norm(_minus(A, A.conj().T)), _one_norm(A)) / eps


def penrose(A: npt.ArrayLike, X: npt.ArrayLike) -> tuple[float, float, float, float]:
    """Measure the four conditions that make a matrix the pseudoinverse of another.

    Parameters
    ----------
    A : array_like, shape (m, n)
    X : array_like, shape (n, m)

    Returns
    -------
    tuple of four floats
        With ``c = max(m, n) eps`` and 1-norms throughout, in this order::

            ||A X A - A|| / (||A|| ||X|| ||A|| c)
            ||X A X - X|| / (||X|| ||A|| ||X|| c)
            ||A X - (A X)^H|| / (||A|| ||X|| c)
            ||X A - (X A)^H|| / (||X|| ||A|| c)

        The conditions are Penrose's (*A generalized inverse for matrices*, 1955; Golub & Van Loan,
        *Matrix Computations*, section 5.5), the scaling is that of LAPACK's dget03 for inverses.
    """
    eps = _eps(A)
    A, X = _matrix(A, "A"), _matrix(X, "X")
    if X.shape != A.shape[::-1]:
        raise ValueError(f"X has shape {X.shape}, expected {A.shape[::-1]}")
    a, x = _exponent(A), _exponent(X)
    A, X = _shift(A, -a), _shift(X, -x)
    norm_A, norm_X, size = _one_norm(A), _one_norm(X), max(A.shape)
    with np.errstate(all="ignore"):
        AX, XA = A @ X, X @ A
        first, second = AX @ A - _shift(A, -a - x), XA @ X - _shift(X, -a - x)
    return (
        _quotient(_one_norm(first), size * norm_A * norm_X * norm_A) / eps,
        _quotient(_one_norm(second), size * norm_X * norm_A * norm_X) / eps,
        _quotient(_one_norm(_minus(AX, AX.conj().T)), size * norm_A * norm_X) / eps,
        _quotient(_one_norm(_minus(XA, XA.conj().T)), size * norm_X * norm_A) / eps,
    )


def singular_values(found: npt.ArrayLike, expected: npt.ArrayLike) -> float:
    """Measure the error of singular values.

    Parameters
    ----------
    found, expected : array_like, shape (k,)
        In the same order.

    Returns
    -------
    float
        ``max_i |found_i - expected_i| / (max_i |expected_i| k eps)``. LAPACK: dqrt12, with the
        largest error in place of the Euclidean norm. Small singular values are held to the accuracy
        that the largest allows (Weyl's inequality; Golub & Van Loan, *Matrix Computations*, 8.6).
    """
    found, target = _numbers(found, "found"), _numbers(expected, "expected")
    _same_shape(found, "found", target, "expected")
    if target.ndim != 1:
        raise ValueError(f"expected has shape {target.shape}, which is not a vector")
    exponent = _exponent(target)
    found, target = _shift(found, -exponent), _shift(target, -exponent)
    error = _largest(np.abs(_minus(found, target)))
    return _quotient(error, _largest(np.abs(target)) * len(target)) / _eps(expected)


def _column_residual(A: Array, x: Array, b: Array) -> float:
    """Return ``||b - A x||_1 / (||A||_1 ||x||_1)`` for one column."""
    a, e = _exponent(A), _exponent(x)
    A, x, b = _shift(A, -a), _shift(x, -e), _shift(b, -a - e)
    with np.errstate(all="ignore"):
        residual = b - A @ x
    return _quotient(float(np.sum(np.abs(residual))), _one_norm(A) * float(np.sum(np.abs(x))))


def _numbers(value: npt.ArrayLike, name: str) -> Array:
    """Return the value as an array in double precision, real or complex."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must hold numbers, but its dtype is {array.dtype}")
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _matrix(value: npt.ArrayLike, name: str) -> Array:
    array = _numbers(value, name)
    if array.ndim != 2:
        raise ValueError(f"{name} has shape {array.shape}, which is not a matrix")
    return array


def _same_shape(found: Array, name: str, expected: Array, other: str) -> None:
    if found.shape != expected.shape:
        raise ValueError(f"{name} has shape {found.shape}, but {other} has {expected.shape}")


def _eps(*stated: npt.ArrayLike) -> float:
    """Return the rounding unit of what states the problem, never finer than double precision."""
    precision = np.result_type(*(np.asarray(each).dtype for each in stated))
    if precision.kind not in "fc":
        precision = np.dtype(np.float64)
    return max(float(np.finfo(precision).eps), float(np.finfo(np.float64).eps))


def _exponent(array: Array) -> int:
    """Return the power of two just above the largest entry; 0 for zero, NaN and infinity."""
    largest = np.max(np.abs(array.real), initial=0.0)
    if array.dtype.kind == "c":
        largest = max(largest, np.max(np.abs(array.imag), initial=0.0))
    return int(np.frexp(largest)[1]) if np.isfinite(largest) else 0


def _shift(array: Array, exponent: int) -> Array:
    """Return the array times a power of two; by parts, as complex products make NaN of inf."""
    shifted = np.empty_like(array)
    with np.errstate(all="ignore"):
        shifted.real = np.ldexp(array.real, exponent)
        if array.dtype.kind == "c":
            shifted.imag = np.ldexp(array.imag, exponent)
    return shifted


def _minus(left: Array, right: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(left - right)


def _one_norm(matrix: Array) -> float:
    """Return the largest column sum; NaN stays NaN."""
    with np.errstate(all="ignore"):
        return _largest(np.sum(np.abs(matrix), axis=0))


def _frobenius(array: Array) -> float:
    """Return the root of the sum of all squares, after scaling; NaN stays NaN."""
    exponent = _exponent(array)
    with np.errstate(all="ignore"):
        return float(np.ldexp(np.linalg.norm(_shift(array, -exponent).ravel()), exponent))


def _largest(values: npt.ArrayLike) -> float:
    """Return the largest of nonnegative values; 0 of none, NaN if any is."""
    return float(np.max(np.asarray(values, dtype=np.float64), initial=0.0))


def _quotient(numerator: float, denominator: float) -> float:
    if denominator == 0:
        return numerator if numerator == 0 else float(np.abs(numerator) * np.inf)
    return float(numerator / denominator)
