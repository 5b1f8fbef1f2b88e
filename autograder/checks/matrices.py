"""Seeded test matrices whose properties are known, because they are built from them.

Every `seed` is an integer or a `numpy.random.Generator`; the same integer gives the same matrix
again (on another machine but for rounding), a generator moves on. The matrices are new arrays of
dtype float64, unless said otherwise. Arguments that make no sense raise `ValueError`.

Sources: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., chapter 28 (a gallery of
test matrices); LAPACK's generator dlatms (a matrix from its singular values or eigenvalues).
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

__all__ = [
    "counted",
    "hilbert",
    "laeuchli",
    "of_rank",
    "poisson_1d",
    "poisson_2d",
    "random_orthogonal",
    "spd",
    "symmetric_with_eigenvalues",
    "with_singular_values",
]

Matrix = npt.NDArray[np.float64]
Seed = int | np.random.Generator
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result", covariant=True)


def random_orthogonal(m: int, n: int | None = None, *, seed: Seed) -> Matrix:
    """Return an m x n matrix with orthonormal columns, every such matrix being equally likely.

    Parameters
    ----------
    m, n : int
        The shape, n <= m; `n` left out means square.

    Notes
    -----
    The Q of a Gaussian matrix, with the signs that make the diagonal of R positive; without them
    the distribution is not Haar's (Mezzadri, *How to generate random matrices from the classical
    compact groups*, 2007).
    """
    n = m if n is None else n
    if not 0 <= n <= m:
        raise ValueError(f"{n} orthonormal columns do not fit into {m} dimensions")
    Q, R = np.linalg.qr(_generator(seed).standard_normal((m, n)))
    return np.ascontiguousarray(Q * np.where(np.diagonal(R) < 0, -1.0, 1.0))


def with_singular_values(s: npt.ArrayLike, shape: tuple[int, int], *, seed: Seed) -> Matrix:
    """Return ``U diag(s) V^T`` with random orthogonal U and V.

    Parameters
    ----------
    s : array_like, shape (k,)
        Nonnegative, in any order, k <= min(shape); the remaining singular values are zero.
    shape : (int, int)
    """
    s = _vector(s, "s")
    if np.any(s < 0):
        raise ValueError("singular values are not negative")
    if len(s) > min(shape):
        raise ValueError(f"{len(s)} singular values do not fit a matrix of shape {shape}")
    generator = _generator(seed)
    U = random_orthogonal(shape[0], len(s), seed=generator)
    V = random_orthogonal(shape[1], len(s), seed=generator)
    return np.asarray((U * s) @ V.T)


def of_rank(rank: int, shape: tuple[int, int], *, seed: Seed) -> Matrix:
    """Return a matrix of the given rank; its nonzero singular values lie between 1 and 2."""
    if not 0 <= rank <= min(shape):
        raise ValueError(f"a matrix of shape {shape} cannot have rank {rank}")
    return with_singular_values(np.linspace(2.0, 1.0, rank), shape, seed=seed)


def symmetric_with_eigenvalues(lam: npt.ArrayLike, *, seed: Seed) -> Matrix:
    """Return ``Q diag(lam) Q^T`` with a random orthogonal Q, symmetric to the last bit.

    Parameters
    ----------
    lam : array_like, shape (n,)
        Real, in any order.
    """
    lam = _vector(lam, "lam")
    Q = random_orthogonal(len(lam), seed=seed)
    A = (Q * lam) @ Q.T
    return np.asarray(A / 2 + A.T / 2)


def spd(n: int, *, cond: float = 10.0, seed: Seed) -> Matrix:
    """Return a symmetric positive definite n x n matrix.

    Its eigenvalues are spaced evenly on a logarithmic scale from 1 down to 1/cond (n = 1: just 1).
    """
    if not 1 <= cond < np.inf:
        raise ValueError(f"a condition number is finite and at least 1, not {cond}")
    return symmetric_with_eigenvalues(np.geomspace(1.0, 1.0 / cond, n), seed=seed)


def poisson_1d(n: int) -> Matrix:
    """Return the n x n matrix with 2 on the diagonal and -1 beside it.

    The second difference with zero boundary values, not divided by the square of the mesh width.
    Its eigenvalues are ``2 - 2 cos(k pi / (n + 1))``, k = 1..n (Golub & Van Loan, *Matrix
    Computations*, 4th ed., section 4.8).
    """
    return 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)


def poisson_2d(rows: int, columns: int) -> Any:
    """Return the five-point Laplacian of a grid as a `scipy.sparse.csr_array`.

    Its shape is (rows * columns, rows * columns); the grid point (i, j) is unknown number
    ``i * columns + j``. 4 stands on the diagonal and -1 for each neighbour on the grid; values
    beyond the edge are zero (Dirichlet). Its eigenvalues are the sums of one of
    ``poisson_1d(rows)`` and one of ``poisson_1d(columns)``.
    """
    sparse = import_module("scipy.sparse")  # slow, and only needed here
    down, across = sparse.csr_array(poisson_1d(rows)), sparse.csr_array(poisson_1d(columns))
    vertical = sparse.kron(down, sparse.eye_array(columns), format="csr")
    horizontal = sparse.kron(sparse.eye_array(rows), across, format="csr")
    return sparse.csr_array(vertical + horizontal)


def laeuchli(n: int, delta: float) -> Matrix:
    """Return the (n + 1) x n matrix of a row of ones above delta times the identity.

    Its columns are nearly parallel when delta is small: once ``delta**2 < eps / 2``, ``A.T @ A`` is
    singular in floating point although `A` has full rank. Its singular values are
    ``sqrt(n + delta**2)`` once and ``abs(delta)`` n - 1 times (Läuchli, *Jordan-Elimination und
    Ausgleichung nach kleinsten Quadraten*, 1961).
    """
    return np.vstack([np.ones((1, n)), delta * np.eye(n)])


def hilbert(n: int) -> Matrix:
    """Return the n x n matrix with entries ``1 / (i + j + 1)``, i and j counted from 0.

    Symmetric, positive definite, and famous for its condition number, about ``exp(3.5 n)`` (Higham,
    *Accuracy and Stability of Numerical Algorithms*, 28.1).
    """
    index = np.arange(n)
    return np.asarray(1.0 / (index[:, None] + index + 1), dtype=np.float64)


class Counted(Protocol[Arguments, Result]):
    """A function that knows how often it was called."""

    calls: int

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result: ...


def counted(function: Callable[Arguments, Result]) -> Counted[Arguments, Result]:
    """Return the function with an attribute `calls` that counts how often it was called.

    Calls that raise count too. Set ``calls = 0`` to start again.

    >>> double = counted(lambda x: 2 * x)
    >>> double(3), double(4), double.calls
    (6, 8, 2)
    """

    @wraps(function)
    def wrapper(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        counter.calls += 1
        return function(*args, **kwargs)

    counter = cast("Counted[Arguments, Result]", wrapper)
    counter.calls = 0
    return counter


def _generator(seed: Seed) -> np.random.Generator:
    if seed is None:
        raise ValueError("a seed is needed: tests have to find the same matrix every time")
    return np.random.default_rng(seed)


def _vector(values: npt.ArrayLike, name: str) -> Matrix:
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1:
        raise ValueError(f"{name} has shape {vector.shape}, which is not a vector")
    return vector
