"""Conjugate gradients: other right answers, and mistakes with the hint each one earns."""

import decimal
import math

import numpy as np
import scipy.linalg
import scipy.ndimage

from autograder.answers import right, wrong

# --- quadratic ---------------------------------------------------------------------------------


@right("quadratic", "factored: half x times (A x - 2 b)")
def quadratic(A, b, x):
    return 0.5 * np.dot(x, A @ x - 2 * b)


@right("quadratic", "one einsum")
def quadratic(A, b, x):
    return np.einsum("i,ij,j", x, A, x) / 2 - np.inner(b, x)


@right("quadratic", "loops over the entries")
def quadratic(A, b, x):
    n = len(x)
    total = 0.0
    for i in range(n):
        total -= float(b[i] * x[i])
        for j in range(n):
            total += float(x[i] * A[i, j] * x[j]) / 2
    return total


@right("quadratic", "column vectors, then item()")
def quadratic(A, b, x):
    column = x[:, None]
    return (column.T @ A @ column / 2 - b[None, :] @ column).item()


@wrong(
    "quadratic",
    "forgets the half",
    hint="The quadratic term carries a factor 1/2; without it the lowest point is not where A x "
    "= b.",
)
def quadratic(A, b, x):
    return x @ A @ x - b @ x


@wrong(
    "quadratic",
    "adds b^T x",
    hint="The linear term is subtracted: with a plus the bowl has its bottom at A x = -b.",
)
def quadratic(A, b, x):
    return 0.5 * x @ A @ x + b @ x


@wrong(
    "quadratic",
    "half the squared residual",
    hint="This is the least-squares cost. It has the same lowest point, but its bowl has the "
    "curvature A^T A instead of A.",
)
def quadratic(A, b, x):
    return 0.5 * np.sum((A @ x - b) ** 2)


@wrong(
    "quadratic",
    "only the diagonal of A",
    hint="x^T A x also has the mixed terms a_ij x_i x_j with i different from j.",
)
def quadratic(A, b, x):
    return 0.5 * np.sum(np.diag(A) * x**2) - b @ x


@wrong(
    "quadratic",
    "entries multiplied, not summed up",
    hint="A * x * x multiplies entry by entry and gives a matrix. x @ A @ x is the number x^T A x.",
)
def quadratic(A, b, x):
    return 0.5 * x * (A @ x) - b * x


@wrong(
    "quadratic",
    "written out for two unknowns",
    hint="With more unknowns there are more terms, with one there are fewer: x @ A @ x has them all.",
)
def quadratic(A, b, x):
    squares = A[0, 0] * x[0] ** 2 + 2 * A[0, 1] * x[0] * x[1] + A[1, 1] * x[1] ** 2
    return squares / 2 - b[0] * x[0] - b[1] * x[1]


@wrong(
    "quadratic",
    "whole-number division",
    hint="// cuts off the fraction, for floats too. Divide with /.",
)
def quadratic(A, b, x):
    return (x @ A @ x) // 2 - b @ x


@wrong(
    "quadratic",
    "returns an array of one",
    hint="f(x) is one number. With column vectors the product is a 1 x 1 matrix: take its entry.",
)
def quadratic(A, b, x):
    column = x.reshape(-1, 1)
    return 0.5 * column.T @ A @ column - b.reshape(1, -1) @ column


# --- gradient ----------------------------------------------------------------------------------


@right("gradient", "symmetric part of A")
def gradient(A, b, x):
    return 0.5 * (A + A.T) @ x - b


@right("gradient", "a combination of columns")
def gradient(A, b, x):
    slope = -np.array(b, dtype=float)
    for j in range(len(x)):
        slope += x[j] * A[:, j]
    return slope


@right("gradient", "a list of slopes")
def gradient(A, b, x):
    return np.array([np.dot(row, x) - value for row, value in zip(A, b, strict=True)])


@wrong(
    "gradient",
    "the residual",
    hint="b - A x is minus the gradient: it points downhill. The gradient points uphill.",
)
def gradient(A, b, x):
    return b - A @ x


@wrong(
    "gradient",
    "twice A x",
    hint="The 2 from differentiating the square cancels the half in front of it.",
)
def gradient(A, b, x):
    return 2 * A @ x - b


@wrong(
    "gradient",
    "forgets b",
    hint="The linear term -b^T x has the slope -b. Without it the bowl would be level at zero.",
)
def gradient(A, b, x):
    return A @ x


@wrong(
    "gradient",
    "gradient of the least-squares cost",
    hint="A^T (A x - b) is the gradient of half the squared residual. Here f has the gradient A "
    "x - b.",
)
def gradient(A, b, x):
    return A.T @ (A @ x - b)


@wrong(
    "gradient",
    "half of the gradient",
    hint="Differentiating 1/2 x^T A x gives A x: the half is gone.",
)
def gradient(A, b, x):
    return 0.5 * A @ x - b


@wrong(
    "gradient",
    "entry by entry",
    hint="A * x scales the columns of A and gives a matrix. The product is A @ x.",
)
def gradient(A, b, x):
    return A * x - b


@wrong(
    "gradient",
    "a column vector",
    hint="Shape (n, 1) is not (n,): a vector here is a 1-D array.",
)
def gradient(A, b, x):
    return A @ x[:, None] - b[:, None]


@wrong(
    "gradient",
    "subtracts inside b",
    hint="b -= ... writes into the caller's array. Make a new array for the result.",
)
def gradient(A, b, x):
    b -= (A @ x).astype(b.dtype)
    return -b


# --- is_spd ------------------------------------------------------------------------------------


@right("is_spd", "Cholesky of the matrix lowered by the tolerance")
def is_spd(A):
    A = np.array(A, dtype=float)
    if A.shape[0] != A.shape[1] or not np.isfinite(A).all():
        return False
    size = np.abs(A).max()
    if size == 0 or np.abs(A - A.T).max() > 1e-12 * size:
        return False
    A = (A + A.T) / (2 * size)
    try:
        np.linalg.cholesky(A - 1e-12 * np.linalg.norm(A, 2) * np.eye(len(A)))
    except np.linalg.LinAlgError:
        return False
    return True


@right("is_spd", "allclose without relative tolerance, NumPy's bool")
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    if not np.allclose(A, A.T, rtol=0, atol=1e-12 * np.max(np.abs(A))):
        return False
    eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
    return np.min(eigenvalues) > 1e-12 * np.max(np.abs(eigenvalues))


@right("is_spd", "SciPy, all conditions in one expression")
def is_spd(A):
    return bool(
        A.shape[0] == A.shape[1]
        and np.isfinite(A).all()
        and np.ptp(A - A.T) <= 2e-12 * np.abs(A).max()
        and (lam := scipy.linalg.eigh(A, eigvals_only=True))[0] > 1e-12 * np.abs(lam).max()
    )


@right("is_spd", "eigenvalues of the symmetric part, Frobenius norms")
def is_spd(A):
    if A.shape[0] != A.shape[1] or np.isnan(A).any() or np.isinf(A).any():
        return False
    if np.linalg.norm(A - A.T) > 1e-12 * np.linalg.norm(A):
        return False
    eigenvalues = np.linalg.eigvals((A + A.T) / 2).real
    return bool(eigenvalues.min() > 1e-12 * eigenvalues.max() > 0)


@wrong(
    "is_spd",
    "a tolerance near machine precision",
    hint="You stop at about 1e-15, which is rounding error of a single operation. A matrix that was "
    "computed is off by more: the bar asked for is 1e-12.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    eps = 10 * len(A) * np.finfo(float).eps
    if np.max(np.abs(A - A.T)) > eps * np.max(np.abs(A)):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > eps * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "only the eigenvalues",
    hint="eigvalsh reads one triangle and takes symmetry for granted. Compare A with A^T yourself.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12 * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "symmetric to the last bit",
    hint="A product like X.T @ W @ X is symmetric up to rounding only. Allow 1e-12 of the "
    "largest entry.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)) or np.any(A != A.T):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12 * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "allclose with its defaults",
    hint="np.allclose adds an absolute tolerance of 1e-8: two matrices with entries about 1e-20 "
    "are always close for it. Set rtol=0 and an atol that is measured on A.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)) or not np.allclose(A, A.T):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12 * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "symmetry relative to each entry",
    hint="An entry that should be zero may come out as 1e-17 on one side only. Measure against "
    "the largest entry of A, not against each entry.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    if not np.allclose(A, A.T, rtol=1e-12, atol=0):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12 * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "a fixed tolerance for the eigenvalues",
    hint="1e-10 is tiny next to 1 and huge next to 1e-20. Compare with the largest eigenvalue.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    return bool(np.all(np.linalg.eigvalsh(A) > 1e-10))


@wrong(
    "is_spd",
    "eigenvalues at least zero",
    hint="Zero is not positive: along such an eigenvector the bowl is a level trough.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] >= -1e-12 * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "Cholesky alone decides",
    hint="For a semidefinite matrix the last pivot is rounding error, and half of the time it is "
    "positive. Ask for an eigenvalue above 1e-12 of the largest.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    try:
        np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return False
    return True


@wrong(
    "is_spd",
    "positive determinant",
    hint="The determinant is the product of the eigenvalues: two negative ones give a positive "
    "product.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    return bool(np.max(np.abs(A - A.T)) <= 1e-12 * np.max(np.abs(A)) and np.linalg.det(A) > 0)


@wrong(
    "is_spd",
    "positive entries",
    hint="Positive definite speaks of x^T A x, not of the entries: [[2, -1], [-1, 2]] is, [[1, "
    "2], [2, 1]] is not.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    return bool(np.max(np.abs(A - A.T)) <= 1e-12 * np.max(np.abs(A)) and np.all(A > 0))


@wrong(
    "is_spd",
    "raises for matrices that are not square",
    hint="A matrix that cannot be SPD gets the answer False, not an exception.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1]:
        raise ValueError("A must be square")
    if not np.all(np.isfinite(A)) or np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12 * np.max(np.abs(eigenvalues)))


@wrong(
    "is_spd",
    "does not look for NaN",
    hint="Every comparison with NaN is False, so a NaN slips through tests for what is wrong. "
    "Ask np.isfinite first.",
)
def is_spd(A):
    if A.shape[0] != A.shape[1]:
        return False
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    try:
        eigenvalues = np.linalg.eigvalsh(A)
    except np.linalg.LinAlgError:
        return True
    return not eigenvalues[0] <= 1e-12 * np.max(np.abs(eigenvalues))


# --- steepest_descent --------------------------------------------------------------------------


@right("steepest_descent", "a for loop that breaks, squares compared")
def steepest_descent(matvec, b, x0, tol, max_iter):
    bound = (tol * np.linalg.norm(b)) ** 2
    if bound == 0:
        return 0.0 * x0, [0.0]
    x = x0.astype(float)
    r = b - matvec(x)
    norms = [float(np.sqrt(r @ r))]
    for _ in range(max_iter):
        rr = r @ r
        if rr <= bound:
            break
        Ar = matvec(r)
        step = rr / np.dot(r, Ar)
        x += step * r
        r -= step * Ar
        norms.append(float(np.sqrt(r @ r)))
    return x, norms


@right("steepest_descent", "carries A x along and returns an array of norms")
def steepest_descent(matvec, b, x0, tol, max_iter):
    if np.linalg.norm(b) == 0:
        return np.zeros(len(b)), np.zeros(1)
    x, Ax = np.array(x0, dtype=np.float64), matvec(x0)
    norms = np.array([np.linalg.norm(b - Ax)])
    while norms[-1] > tol * np.linalg.norm(b) and norms.size <= max_iter:
        g = Ax - b
        Ag = matvec(g)
        step = np.sum(g**2) / np.sum(g * Ag)
        x = x - step * g
        Ax = Ax - step * Ag
        norms = np.append(norms, np.linalg.norm(b - Ax))
    return x, norms


@right("steepest_descent", "checks the true residual once at the end")
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.zeros(len(b)) if not b.any() else np.array(x0, dtype=float)
    r = b - matvec(x) if x.any() else np.array(b, dtype=float)
    norms = [np.linalg.norm(r)]
    for _ in range(max_iter):
        if norms[-1] <= tol * np.linalg.norm(b):
            break
        Ar = matvec(r)
        x = x + (r @ r) / (r @ Ar) * r
        r = r - (r @ r) / (r @ Ar) * Ar
        norms.append(np.linalg.norm(r))
    norms[-1] = np.linalg.norm(b - matvec(x))
    return x, norms


@wrong(
    "steepest_descent",
    "two products an iteration",
    hint="Recomputing b - A x costs a second product. A r is at hand: the new residual is r - "
    "alpha A r.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        x = x + (r @ r) / (r @ matvec(r)) * r
        r = b - matvec(x)
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "a fixed step length",
    hint="The lowest point along r is known exactly: alpha = r^T r / r^T A r, new in every "
    "iteration.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        x = x + 0.1 * r
        r = r - 0.1 * matvec(r)
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "alpha inverted",
    hint="alpha = r^T r / r^T A r: the curvature r^T A r stands below. A steep curve needs a "
    "short step.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ Ar) / (r @ r)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "smallest residual along the line",
    hint="r^T A r / ||A r||^2 makes the next residual as short as possible. The lowest point of "
    "f along r is at r^T r / r^T A r.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ Ar) / (Ar @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "walks uphill",
    hint="The residual b - A x already points downhill: x = x + alpha r.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x - alpha * r
        r = r + alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "absolute tolerance",
    hint="A residual has the unit of b: stop when ||r|| <= tol * ||b||.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "starts from zero",
    hint="x0 is where the walk begins. A good start saves iterations.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.zeros(len(b))
    if not np.any(b):
        return x, [0.0]
    r = np.array(b, dtype=float)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "changes x0",
    hint="x = x0 gives the array a second name, and x += ... changes it for the caller too. Copy "
    "it first.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = x0 if x0.dtype == float else x0.astype(float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x += alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "squared norms",
    hint="r @ r is the square of the norm. Take the root before comparing and before storing.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [r @ r]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(r @ r)
    return x, norms


@wrong(
    "steepest_descent",
    "divides by the norm of b",
    hint="For b = 0 this is 0/0 = NaN, and no comparison with NaN is true. Treat b = 0 first, or "
    "compare ||r|| with tol * ||b||.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while not norms[-1] / np.linalg.norm(b) <= tol and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "conjugate gradients",
    hint="This is the better method, but not the one that is asked for: here every direction is "
    "the residual.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p = r
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "one iteration too many",
    hint="norms holds one entry before the first iteration, so its length is one more than the "
    "number of iterations done. With max_iter = 0 nothing should move.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter + 1:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "steepest_descent",
    "returns only x",
    hint="Return both: x, and the list of residual norms.",
)
def steepest_descent(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x)
    r = b - matvec(x)
    for _ in range(max_iter):
        if np.linalg.norm(r) <= tol * np.linalg.norm(b):
            break
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
    return x


# --- conjugate_gradient ------------------------------------------------------------------------


@right("conjugate_gradient", "in place, Polak-Ribiere beta")
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = x0.astype(float)
    b_norm = np.linalg.norm(b)
    if b_norm == 0:
        x[:] = 0
        return x, [0.0]
    r = b - matvec(x)
    p = r.copy()
    norms = [np.linalg.norm(r)]
    for _ in range(max_iter):
        if norms[-1] <= tol * b_norm:
            break
        Ap = matvec(p)
        pAp = np.dot(p, Ap)
        if not pAp > 0:
            raise np.linalg.LinAlgError("direction of nonpositive curvature")
        old = r.copy()
        alpha = np.dot(r, r) / pAp
        x += alpha * p
        r -= alpha * Ap
        p *= np.dot(r, r - old) / np.dot(old, old)
        p += r
        norms.append(np.linalg.norm(r))
    return x, norms


@right("conjugate_gradient", "Hestenes and Stiefel: beta from conjugacy, alpha from p^T r")
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    if not np.any(b):
        return np.zeros(len(b)), np.zeros(1)
    x = np.array(x0, dtype=float)
    r = b - matvec(x)
    p, norms = r, np.array([np.linalg.norm(r)])
    while norms[-1] > tol * np.linalg.norm(b) and norms.size < max_iter + 1:
        q = matvec(p)
        curvature = p @ q
        if curvature <= 0:
            raise ValueError("not positive definite")
        alpha = (p @ r) / curvature
        x, r = x + alpha * p, r - alpha * q
        p = r - (r @ q) / curvature * p
        norms = np.append(norms, np.linalg.norm(r))
    return x, norms


@right("conjugate_gradient", "every residual recomputed from A x, which is carried along")
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if np.linalg.norm(b) == 0:
        return x * 0, [0.0]
    Ax = matvec(x)
    r = b - Ax
    p = r
    norms = [float(np.linalg.norm(r))]
    while norms[-1] > tol * float(np.linalg.norm(b)) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        Ax = Ax + alpha * Ap
        r_new = b - Ax
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(float(np.linalg.norm(r)))
    return x, norms


@right("conjugate_gradient", "corrects each residual against all earlier directions")
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    earlier = []
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        p = r.copy()
        for q, Aq, qAq in earlier:
            p = p - (Aq @ r) / qAq * q
        Ap = matvec(p)
        curvature = p @ Ap
        if curvature <= 0:
            raise ValueError(f"p^T A p = {curvature}")
        earlier.append((p, Ap, curvature))
        alpha = (p @ r) / curvature
        x = x + alpha * p
        r = r - alpha * Ap
        norms.append(np.linalg.norm(r))
    return x, norms


@right(
    "conjugate_gradient",
    "no product for a zero start, a true residual at the end, every fiftieth too",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.asarray(x0) + 0.0
    target = tol * math.sqrt(b @ b)
    if target == 0:
        return np.zeros(b.shape), [0.0]
    r = b - matvec(x) if np.any(x) else b.astype(float)
    p, rr = np.copy(r), float(r @ r)
    norms = [math.sqrt(rr)]
    k = 0
    while k < max_iter and math.sqrt(rr) > target:
        k += 1
        Ap = matvec(p)
        pAp = float(p @ Ap)
        if pAp <= 0.0:
            raise np.linalg.LinAlgError("nonpositive curvature")
        x += rr / pAp * p
        r = b - matvec(x) if k % 50 == 0 else r - rr / pAp * Ap
        rr_new = float(r @ r)
        p = r + rr_new / rr * p
        rr = rr_new
        norms.append(math.sqrt(rr))
    norms[-1] = float(np.linalg.norm(b - matvec(x)))
    return x, norms


@wrong(
    "conjugate_gradient",
    "beta inverted",
    hint="beta is new over old: r_new^T r_new / r^T r. It is small while the method converges.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        beta = (r @ r) / max(r_new @ r_new, 1e-300)
        p = r_new + beta * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@right("conjugate_gradient", "r^T A p in place of p^T A p, which is the same number")
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if r @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (r @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "curvature r^T A r",
    hint="The step goes along p, so the curvature that counts is p^T A p. And A r is a second "
    "product.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        curvature = r @ matvec(r)
        if curvature <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / curvature
        x = x + alpha * p
        r_new = r - alpha * matvec(p)
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "steps along r with directions p",
    hint="x moves along p, the direction whose product with A changes the residual.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * r
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "raises when max_iter is used up",
    hint="After max_iter iterations return what is there: the last entry of norms tells how good "
    "it is.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b):
        if len(norms) > max_iter:
            raise RuntimeError("not converged")
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "norms without the start",
    hint="norms[0] belongs to x0: the list has one entry more than there were iterations.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), []
    r = b - matvec(x)
    p, norms = r, []
    while np.linalg.norm(r) > tol * np.linalg.norm(b) and len(norms) < max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "changes b",
    hint="r = b gives the array a second name, and r -= ... changes b for the caller too.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    small = tol * np.linalg.norm(b)
    r = b if b.dtype == float else b.astype(float)
    r -= matvec(x)
    p, norms = r.copy(), [np.linalg.norm(r)]
    while norms[-1] > small and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "steepest descent in disguise",
    hint="Without beta p the direction is the residual again: this is steepest descent.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ar = matvec(r)
        if r @ Ar <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "p and r are one array",
    hint="After p = r, r -= ... changes p as well, and the first beta is spoiled. Write p = "
    "r.copy().",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p = r
    rr = r @ r
    norms = [np.sqrt(rr)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = rr / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rr_old, rr = rr, r @ r
        p = r + rr / rr_old * p
        norms.append(np.sqrt(rr))
    return x, norms


@wrong(
    "conjugate_gradient",
    "old r^T r overwritten before beta",
    hint="When beta is computed, the old r^T r is gone and beta is always 1. Keep old and new "
    "apart.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        rr = r @ r
        p = r + (r @ r) / rr * p if rr > 0 else r
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "beta relative to the first residual",
    hint="The old r^T r is that of the step before. Divided by that of the start, beta is right "
    "once and then far too small: the directions turn into residuals, as in steepest descent.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, first, norms = r, r @ r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ p) / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        p = r + (r @ r) / first * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "beta from norms, not from their squares",
    hint="beta = r_new^T r_new / r^T r: both norms squared.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = norms[-1] ** 2 / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        norms.append(np.linalg.norm(r))
        p = r + norms[-1] / norms[-2] * p
    return x, norms


@wrong(
    "conjugate_gradient",
    "two products an iteration",
    hint="Recomputing b - A x costs a second product with A. The residual follows from A p: r - "
    "alpha A p.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        x = x + (r @ r) / (p @ Ap) * p
        r_new = b - matvec(x)
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "absolute tolerance",
    hint="A residual has the unit of b: stop when ||r|| <= tol * ||b||.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "tolerance relative to the first residual",
    hint="A good start makes the first residual small, and then this rule asks for more than was "
    "wanted. Compare with the norm of b.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * norms[0] and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "forgets the square root",
    hint="r @ r is the square of the norm: compared with tol * ||b|| it stops much too early.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, rr = r, r @ r
    norms = [np.sqrt(rr)]
    while rr > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = rr / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        rr_old, rr = rr, r @ r
        p = r + rr / rr_old * p
        norms.append(np.sqrt(rr))
    return x, norms


@wrong(
    "conjugate_gradient",
    "stores squared norms",
    hint="norms holds ||r||, the square root of r @ r.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [r @ r]
    while norms[-1] > (tol * np.linalg.norm(b)) ** 2 and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = norms[-1] / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        norms.append(r @ r)
        p = r + norms[-1] / norms[-2] * p
    return x, norms


@wrong(
    "conjugate_gradient",
    "stops when x hardly moves",
    hint="A short step is not a small residual. Stop when ||r|| <= tol * ||b||.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    for _ in range(max_iter):
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        norms.append(np.linalg.norm(r_new))
        if np.linalg.norm(alpha * p) <= tol:
            break
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
    return x, norms


@wrong(
    "conjugate_gradient",
    "NaN for b = 0",
    hint="For b = 0, dividing by ||b|| gives 0/0 = NaN. Treat b = 0 first: the answer is zero.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while not norms[-1] / np.linalg.norm(b) <= tol and len(norms) <= max_iter:
        Ap = matvec(p)
        if (p @ Ap <= 0) and np.any(p):
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "changes x0",
    hint="x = x0 gives the array a second name, and x += ... changes it for the caller too. Copy "
    "it first.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = x0 if x0.dtype == float else x0.astype(float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x += alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "ignores x0",
    hint="x0 is where the walk begins, and the first residual is b - A x0.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.zeros(len(b))
    if not np.any(b):
        return x, [0.0]
    r = np.array(b, dtype=float)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "b as the first residual although x0 is not zero",
    hint="The first residual is b - A x0; it equals b only when x0 is zero.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = np.array(b, dtype=float)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "residual with the wrong sign",
    hint="r = b - A x. With A x - b the method walks uphill unless every sign after it is turned "
    "as well.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = matvec(x) - b
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "does not look at the curvature",
    hint="If p^T A p is zero or negative, A has no bowl: raise ValueError instead of returning "
    "garbage.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "lets zero curvature pass",
    hint="Zero curvature is no bowl either, and alpha would be a division by zero: raise when "
    "p^T A p <= 0.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap < 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "looks at the curvature of the first direction only",
    hint="A saddle can hide for several iterations: look at p^T A p in every one of them.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if len(norms) == 1 and p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "returns quietly at nonpositive curvature",
    hint="A caller who gets an x takes it for a solution. Raise ValueError when p^T A p <= 0.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            break
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "keeps the integers of x0",
    hint="If x0 holds integers, so does its copy, and x += ... fails. Write np.array(x0, "
    "dtype=float).",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = x0.copy()
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x += alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "conjugate_gradient",
    "always does n iterations",
    hint="n steps are a limit in exact arithmetic, not a plan. Stop when ||r|| <= tol * ||b||, "
    "or at max_iter.",
)
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    for _ in range(len(b)):
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


# --- iterations_needed -------------------------------------------------------------------------


@right("iterations_needed", "the inverse hyperbolic tangent")
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    return math.ceil(math.log(2 / tol) / (2 * math.atanh(1 / math.sqrt(kappa))))


@right("iterations_needed", "NumPy, one over rho, no special case but the limits")
def iterations_needed(kappa, tol):
    with np.errstate(divide="ignore"):
        rate = np.log1p(np.divide(2.0, np.sqrt(kappa) - 1))
    k = int(np.ceil((np.log(2) - np.log(tol)) / rate))
    return max(k, 0 if tol >= 2 else 1)


@right("iterations_needed", "fifty decimal digits")
def iterations_needed(kappa, tol):
    with decimal.localcontext() as context:
        context.prec = 50
        root, half = decimal.Decimal(kappa).sqrt(), decimal.Decimal(tol) / 2
        if half >= 1:
            return 0
        if root == 1:
            return 1
        return math.ceil(half.ln() / ((root - 1) / (root + 1)).ln())


@wrong(
    "iterations_needed",
    "forgets the factor 2",
    hint="The bound is 2 rho^k, so rho^k has to fall below tol / 2.",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    return max(1, math.ceil(math.log(tol) / math.log1p(-2 / (math.sqrt(kappa) + 1))))


@wrong(
    "iterations_needed",
    "the rate of steepest descent",
    hint="(kappa - 1) / (kappa + 1) is the rate of steepest descent. Conjugate gradients have "
    "sqrt(kappa) there.",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    return math.ceil(math.log(tol / 2) / math.log1p(-2 / (kappa + 1)))


@wrong(
    "iterations_needed",
    "rounds down",
    hint="Rounded down, the bound is not yet met. The smallest whole number that is enough is "
    "the ceiling.",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    return int(math.log(tol / 2) / math.log1p(-2 / (math.sqrt(kappa) + 1)))


@wrong(
    "iterations_needed",
    "one more to be safe",
    hint="The smallest k is asked for. Rounding up is enough.",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    return int(math.log(tol / 2) / math.log1p(-2 / (math.sqrt(kappa) + 1))) + 2


@wrong(
    "iterations_needed",
    "rho first, then its logarithm",
    hint="For large kappa, rho is so close to 1 that rounding takes most digits of its logarithm. "
    "math.log1p(-2 / (sqrt(kappa) + 1)) keeps them.",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    rho = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    return math.ceil(math.log(tol / 2) / math.log(rho))


@wrong(
    "iterations_needed",
    "the logarithm of 0",
    hint="For kappa = 1, rho is 0 and has no logarithm. One step is enough then.",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0
    return math.ceil(math.log(tol / 2) / math.log1p(-2 / (math.sqrt(kappa) + 1)))


@wrong(
    "iterations_needed",
    "the approximation for large kappa",
    hint="sqrt(kappa) / 2 * log(2 / tol) is only nearly right, and too many for small kappa. "
    "Use the logarithm of rho itself.",
)
def iterations_needed(kappa, tol):
    return max(0, math.ceil(math.sqrt(kappa) / 2 * math.log(2 / tol)))


@wrong(
    "iterations_needed",
    "a negative number of iterations",
    hint="For tol above 2 the logarithm turns negative. No iteration is needed: k = 0.",
)
def iterations_needed(kappa, tol):
    if kappa == 1:
        return 1
    return math.ceil(math.log(tol / 2) / math.log1p(-2 / (math.sqrt(kappa) + 1)))


@wrong(
    "iterations_needed",
    "returns a float",
    hint="np.ceil gives a float. Make it an integer: int(np.ceil(...)) or math.ceil(...).",
)
def iterations_needed(kappa, tol):
    if tol >= 2:
        return 0.0
    if kappa == 1:
        return 1.0
    return np.ceil(np.log(tol / 2) / np.log1p(-2 / (np.sqrt(kappa) + 1)))


# --- preconditioned_cg -------------------------------------------------------------------------


@right("preconditioned_cg", "Polak-Ribiere beta, in place")
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = x0.astype(float)
    b_norm = np.linalg.norm(b)
    if b_norm == 0:
        return np.zeros(len(b)), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p = z.copy()
    norms = [np.linalg.norm(r)]
    for _ in range(max_iter):
        if norms[-1] <= tol * b_norm:
            break
        Ap = matvec(p)
        if not p @ Ap > 0:
            raise np.linalg.LinAlgError("direction of nonpositive curvature")
        rz, old = r @ z, r.copy()
        alpha = rz / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        z = apply_preconditioner(r)
        p = z + (z @ (r - old)) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@right("preconditioned_cg", "beta from conjugacy, preconditioner at the top of the loop")
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    if not np.any(b):
        return np.zeros(len(b)), np.zeros(1)
    x = np.array(x0, dtype=float)
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    p = Ap = None
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        z = apply_preconditioner(r)
        p = z if p is None else z - (z @ Ap) / (p @ Ap) * p
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("nonpositive curvature")
        alpha = (p @ r) / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        norms.append(np.linalg.norm(r))
    return x, np.array(norms)


@right("preconditioned_cg", "gamma and delta, one exit in the middle")
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.asarray(x0) * 1.0
    goal = tol * np.sqrt(np.sum(np.square(b)))
    if goal == 0:
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [float(np.linalg.norm(r))]
    p, gamma_old = np.zeros_like(x), 1.0
    while True:
        if norms[-1] <= goal or len(norms) > max_iter:
            return x, norms
        z = apply_preconditioner(r)
        gamma = np.dot(r, z)
        p = z + gamma / gamma_old * p
        q = matvec(p)
        delta = np.dot(p, q)
        if delta <= 0:
            raise ValueError("A is not positive definite")
        x = x + gamma / delta * p
        r = r - gamma / delta * q
        gamma_old = gamma
        norms.append(float(np.linalg.norm(r)))


@wrong(
    "preconditioned_cg",
    "ignores the preconditioner",
    hint="Without z = M^-1 r this is the plain method: directions are built from z.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r_new = r - alpha * Ap
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "r^T r in alpha",
    hint="alpha = r^T z / p^T A p: the direction is built from z, so the slope along it is r^T z.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = (r @ r) / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "r^T r in beta",
    hint="beta = r_new^T z_new / r^T z. With r^T r the new direction is not conjugate to the old "
    "one.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ z) / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        norms.append(np.linalg.norm(r))
        p = z + (norms[-1] / norms[-2]) ** 2 * p
    return x, norms


@wrong(
    "preconditioned_cg",
    "beta inverted",
    hint="beta is new over old: r_new^T z_new / r^T z.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + rz / max(r @ z, 1e-300) * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "first direction r",
    hint="The first direction is z, the preconditioned residual, like all that follow.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = r, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "directions from r after the first",
    hint="Every new direction is z + beta p. With r in place of z the preconditioner only scales "
    "the steps.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = r + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "plain method on M^-1 A x = M^-1 b",
    hint="M^-1 A is not symmetric, and the plain method needs symmetry. Keep r as it is and put "
    "z beside it.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    true = b - matvec(x)
    r = apply_preconditioner(true)
    p, norms = r, [np.linalg.norm(true)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        q = apply_preconditioner(Ap)
        if p @ Ap <= 0 or p @ q <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ r) / (p @ q)
        x = x + alpha * p
        true = true - alpha * Ap
        r_new = r - alpha * q
        p = r_new + (r_new @ r_new) / (r @ r) * p
        r = r_new
        norms.append(np.linalg.norm(true))
    return x, norms


@wrong(
    "preconditioned_cg",
    "steepest descent with a preconditioner",
    hint="Without beta p each direction forgets the ones before it.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        z = apply_preconditioner(r)
        Az = matvec(z)
        if z @ Az <= 0:
            raise ValueError("A is not positive definite")
        alpha = (r @ z) / (z @ Az)
        x = x + alpha * z
        r = r - alpha * Az
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "stops by the preconditioned residual",
    hint="z has other units than r and b. The rule is ||r|| <= tol * ||b||.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while np.linalg.norm(z) > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "stops by the root of r^T z",
    hint="sqrt(r^T z) is the residual in the norm of the preconditioner. The rule is ||r|| <= "
    "tol * ||b||.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms, first = z, [np.linalg.norm(r)], r @ z
    while r @ z > tol**2 * first and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "preconditions twice an iteration",
    hint="z is needed in r^T z and in the new direction: apply the preconditioner once and keep z.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, norms = apply_preconditioner(r), [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ apply_preconditioner(r)
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "norms of z",
    hint="norms holds the norms of the residuals r, with or without a preconditioner.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(z)]
    while np.linalg.norm(r) > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(z))
    return x, norms


@wrong(
    "preconditioned_cg",
    "ignores x0",
    hint="x0 is where the walk begins, and the first residual is b - A x0.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.zeros(len(b))
    if not np.any(b):
        return x, [0.0]
    r = np.array(b, dtype=float)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "does not look at the curvature",
    hint="If p^T A p is zero or negative, A has no bowl: raise ValueError, with a preconditioner "
    "as without.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        rz = r @ z
        alpha = rz / (p @ Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


@wrong(
    "preconditioned_cg",
    "changes x0, and loops on for b = 0",
    hint="Copy x0 before you add to it, and treat b = 0 first.",
)
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    x = x0 if x0.dtype == float else x0.astype(float)
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p, norms = z, [np.linalg.norm(r)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("A is not positive definite")
        rz = r @ z
        alpha = rz / (p @ Ap)
        x += alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        p = z + (r @ z) / rz * p
        norms.append(np.linalg.norm(r))
    return x, norms


# --- pixel_laplacian ---------------------------------------------------------------------------


@right("pixel_laplacian", "a border of repeated pixels")
def pixel_laplacian(image):
    u = np.pad(np.asarray(image, dtype=float), 1, mode="edge")
    middle = u[1:-1, 1:-1]
    return 4 * middle - u[:-2, 1:-1] - u[2:, 1:-1] - u[1:-1, :-2] - u[1:-1, 2:]


@right("pixel_laplacian", "number of neighbours times own value, minus their sum")
def pixel_laplacian(image):
    def neighbour_sum(u):
        padded = np.pad(u, 1)
        return padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]

    u = image.astype(float)
    return neighbour_sum(np.ones(u.shape)) * u - neighbour_sum(u)


@right("pixel_laplacian", "a convolution that repeats the border")
def pixel_laplacian(image):
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], dtype=float)
    return scipy.ndimage.convolve(np.array(image, dtype=float), kernel, mode="nearest")


@right("pixel_laplacian", "loops over pixels")
def pixel_laplacian(image):
    rows, columns = image.shape
    result = np.zeros(image.shape)
    for i in range(rows):
        for j in range(columns):
            for k, m in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if 0 <= k < rows and 0 <= m < columns:
                    result[i, j] += float(image[i, j]) - float(image[k, m])
    return result


@right("pixel_laplacian", "differences with zeros around them, differenced again")
def pixel_laplacian(image):
    u = np.array(image, dtype=float)
    down = np.pad(np.diff(u, axis=0), ((1, 1), (0, 0)))
    across = np.pad(np.diff(u, axis=1), ((0, 0), (1, 1)))
    return -np.diff(down, axis=0) - np.diff(across, axis=1)


@wrong(
    "pixel_laplacian",
    "wraps around at the edges",
    hint="np.roll moves the last row in front of the first: pixels at opposite edges become "
    "neighbours.",
)
def pixel_laplacian(image):
    u = np.asarray(image, dtype=float)
    return 4 * u - np.roll(u, 1, 0) - np.roll(u, -1, 0) - np.roll(u, 1, 1) - np.roll(u, -1, 1)


@wrong(
    "pixel_laplacian",
    "black pixels outside the image",
    hint="Outside the image there is no neighbour, not a black one: an image of one colour has "
    "no differences.",
)
def pixel_laplacian(image):
    u = np.pad(np.asarray(image, dtype=float), 1)
    return 4 * u[1:-1, 1:-1] - u[:-2, 1:-1] - u[2:, 1:-1] - u[1:-1, :-2] - u[1:-1, 2:]


@wrong(
    "pixel_laplacian",
    "the other sign",
    hint="Own value minus the neighbours' values. With the other sign the matrix is negative "
    "definite.",
)
def pixel_laplacian(image):
    u = np.pad(np.asarray(image, dtype=float), 1, mode="edge")
    return u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4 * u[1:-1, 1:-1]


@wrong(
    "pixel_laplacian",
    "bytes that wrap around",
    hint="In unsigned bytes 3 - 5 is 254. Convert the image to floats first.",
)
def pixel_laplacian(image):
    u = np.pad(image, 1, mode="edge")
    middle = u[1:-1, 1:-1]
    total = (middle - u[:-2, 1:-1]) + (middle - u[2:, 1:-1])
    return (total + (middle - u[1:-1, :-2]) + (middle - u[1:-1, 2:])).astype(float)


@wrong(
    "pixel_laplacian",
    "mean instead of sum",
    hint="The differences are added up, not averaged. Averaged, the matrix is no longer "
    "symmetric at the edges.",
)
def pixel_laplacian(image):
    u = np.pad(np.asarray(image, dtype=float), 1, mode="edge")
    total = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
    return u[1:-1, 1:-1] - total / 4


@wrong(
    "pixel_laplacian",
    "eight neighbours",
    hint="Diagonal pixels are no neighbours here: only above, below, left and right.",
)
def pixel_laplacian(image):
    kernel = -np.ones((3, 3))
    kernel[1, 1] = 8
    return scipy.ndimage.convolve(np.array(image, dtype=float), kernel, mode="nearest")


@wrong(
    "pixel_laplacian",
    "each difference counted once",
    hint="A difference belongs to both pixels of its pair: plus for one, minus for the other.",
)
def pixel_laplacian(image):
    u = np.asarray(image, dtype=float)
    result = np.zeros_like(u)
    result[1:] += u[1:] - u[:-1]
    result[:, 1:] += u[:, 1:] - u[:, :-1]
    return result


@wrong(
    "pixel_laplacian",
    "leaves the edges out",
    hint="Pixels at the edge have an equation too, with three neighbours; in a corner with two.",
)
def pixel_laplacian(image):
    u = np.asarray(image, dtype=float)
    result = np.zeros_like(u)
    result[1:-1, 1:-1] = 4 * u[1:-1, 1:-1] - u[:-2, 1:-1] - u[2:, 1:-1] - u[1:-1, :-2] - u[1:-1, 2:]
    return result


@wrong(
    "pixel_laplacian",
    "second differences by gradient",
    hint="np.gradient twice reaches two pixels far and is one-sided at the edges. Add up "
    "differences of neighbours.",
)
def pixel_laplacian(image):
    u = np.pad(np.asarray(image, dtype=float), 2, mode="edge")
    down, across = (
        np.gradient(np.gradient(u, axis=0), axis=0),
        np.gradient(np.gradient(u, axis=1), axis=1),
    )
    return -(down + across)[2:-2, 2:-2]
