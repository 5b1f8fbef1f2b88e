"""Right answers by other methods, and wrong ones that students give, for 09_least_squares."""

import math

import numpy as np
import scipy.linalg

from autograder.answers import right, wrong

# ----------------------------------------------------- projection_matrix


@right("projection_matrix", "A times its pseudoinverse")
def projection_matrix(A):
    return A @ np.linalg.pinv(A, rcond=1e-10)


@right("projection_matrix", "QR with column pivoting")
def projection_matrix(A):
    Q, R, _ = scipy.linalg.qr(A, mode="economic", pivoting=True)
    size = np.abs(np.diag(R))
    Q = Q[:, size > 1e-10 * size[0]]
    return np.dot(Q, Q.T)


@right("projection_matrix", "orthonormal basis by SciPy, sum of outer products")
def projection_matrix(A):
    P = np.zeros((len(A), len(A)))
    for q in scipy.linalg.orth(A, rcond=1e-10).T:
        P += np.outer(q, q)
    return P


@right("projection_matrix", "fits every unit vector")
def projection_matrix(A):
    return A @ np.linalg.lstsq(A, np.eye(A.shape[0]), rcond=1e-10)[0]


@right("projection_matrix", "Gram-Schmidt, twice, the longest remaining column first")
def projection_matrix(A):
    rest = np.array(A, dtype=float)
    m, n = rest.shape
    P = np.zeros((m, m))
    first = np.linalg.norm(rest, axis=0).max()
    for _ in range(min(m, n)):
        lengths = np.linalg.norm(rest, axis=0)
        j = np.argmax(lengths)
        if lengths[j] <= 1e-10 * first:
            break
        q = rest[:, j] / lengths[j]
        q = q - P @ q
        q /= np.linalg.norm(q)
        P += np.outer(q, q)
        for _ in range(2):
            rest -= np.outer(q, q @ rest)
    return P


@wrong(
    "projection_matrix",
    "A times its transpose",
    hint="A A^T is a projector only if the columns of A are orthonormal. For the small example it "
    "has the trace 8 instead of 2. Use an orthonormal basis Q of the column space.",
)
def projection_matrix(A):
    return A @ A.T


@wrong(
    "projection_matrix",
    "columns of length one, but not orthogonal",
    hint="Dividing each column by its length makes unit vectors, not orthogonal ones. In the small "
    "example the first two columns still have the product 3 / sqrt(15).",
)
def projection_matrix(A):
    lengths = np.linalg.norm(A, axis=0)
    Q = A / np.where(lengths > 0, lengths, 1)
    return Q @ Q.T


@wrong(
    "projection_matrix",
    "formula with the inverse",
    hint="A.T @ A has an inverse only if the columns are independent. The column space is there "
    "all the same: take an orthonormal basis of it from the SVD.",
)
def projection_matrix(A):
    return A @ np.linalg.inv(A.T @ A) @ A.T


@wrong(
    "projection_matrix",
    "onto the row space",
    hint="The rows of Vt span the row space, in n dimensions. The column space lies in m "
    "dimensions, and the columns of U span it.",
)
def projection_matrix(A):
    _, s, Vt = np.linalg.svd(A, full_matrices=False)
    V = Vt[s > 1e-10 * s[0]].T
    return V @ V.T


@wrong(
    "projection_matrix",
    "onto what is perpendicular",
    hint="I - P gives the residual, which is perpendicular to the columns. P itself leaves the "
    "columns of A where they are.",
)
def projection_matrix(A):
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    Q = U[:, s > 1e-10 * s[0]]
    return np.eye(len(A)) - Q @ Q.T


@wrong(
    "projection_matrix",
    "all columns of Q",
    hint="np.linalg.qr returns min(m, n) orthonormal columns, also where the columns of A depend "
    "on each other. The surplus ones have nothing to do with A: the trace of P is too large.",
)
def projection_matrix(A):
    Q, _ = np.linalg.qr(A)
    return Q @ Q.T


@wrong(
    "projection_matrix",
    "square U",
    hint="With full_matrices=True U is square, and U @ U.T is the identity. Keep only the u_i that "
    "belong to nonzero singular values.",
)
def projection_matrix(A):
    U, _, _ = np.linalg.svd(A)
    return U @ U.T


@wrong(
    "projection_matrix",
    "everything above zero",
    hint="A singular value that should be 0 comes out as 1e-16, which is above 0. Compare with "
    "1e-10 times the largest.",
)
def projection_matrix(A):
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    Q = U[:, s > 0]
    return Q @ Q.T


@wrong(
    "projection_matrix",
    "absolute cut",
    hint="Whether a singular value counts as zero depends on its size beside the largest one: in "
    "other units all of them may be below 1e-10. Compare with 1e-10 * s[0].",
)
def projection_matrix(A):
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    Q = U[:, s > 1e-10]
    return Q @ Q.T


@wrong(
    "projection_matrix",
    "keeps everything of a matrix of zeros",
    hint="For a matrix of zeros 0 >= 1e-10 * 0 is true, and nothing is cut. Use >.",
)
def projection_matrix(A):
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    Q = U[:, s >= 1e-10 * s[0]]
    return Q @ Q.T


@wrong(
    "projection_matrix",
    "the cut of pinv as it comes",
    hint="np.linalg.pinv cuts at 1e-15 times the largest singular value unless you say otherwise. "
    "A value of 3e-11 then counts, and here it should not: rcond=1e-10.",
)
def projection_matrix(A):
    return A @ np.linalg.pinv(A)


@wrong(
    "projection_matrix",
    "works in the caller's array",
    hint="np.asarray makes no copy of an array of floats: what you subtract, the caller loses. "
    "Work in np.array(A, dtype=float), which is one.",
)
def projection_matrix(A):
    rest = np.asarray(A, dtype=float)
    P = np.zeros((len(rest), len(rest)))
    first = np.linalg.norm(rest, axis=0).max()
    for _ in range(min(rest.shape)):
        lengths = np.linalg.norm(rest, axis=0)
        j = np.argmax(lengths)
        if lengths[j] <= 1e-10 * first:
            break
        q = rest[:, j] / lengths[j]
        q = q - P @ q
        q /= np.linalg.norm(q)
        P += np.outer(q, q)
        for _ in range(2):
            rest -= np.outer(q, q @ rest)
    return P


# -------------------------------------------------- fit_normal_equations


@right("fit_normal_equations", "Cholesky, two triangular systems")
def fit_normal_equations(A, b):
    L = np.linalg.cholesky(A.T @ A)
    y = scipy.linalg.solve_triangular(L, A.T @ b, lower=True)
    return scipy.linalg.solve_triangular(L.T, y)


@right("fit_normal_equations", "sums written out, SciPy told that the matrix is positive definite")
def fit_normal_equations(A, b):
    m, n = A.shape
    M, c = np.zeros((n, n)), np.zeros(n)
    for i in range(m):
        M += np.outer(A[i], A[i])
        c += b[i] * A[i]
    return scipy.linalg.solve(M, c, assume_a="pos")


@right("fit_normal_equations", "one system for the residual and x")
def fit_normal_equations(A, b):
    m, n = A.shape
    K = np.block([[np.eye(m), A], [A.T, np.zeros((n, n))]])
    return np.linalg.solve(K, np.concatenate([b, np.zeros(n)]))[m:]


@right("fit_normal_equations", "Gaussian elimination by hand")
def fit_normal_equations(A, b):
    M = np.column_stack([A.T @ A, A.T @ b]).astype(float)
    n = len(M)
    for k in range(n):
        pivot = k + np.argmax(np.abs(M[k:, k]))
        M[[k, pivot]] = M[[pivot, k]]
        for i in range(k + 1, n):
            M[i, k:] -= M[i, k] / M[k, k] * M[k, k:]
    x = np.zeros(n)
    for k in reversed(range(n)):
        x[k] = (M[k, n] - M[k, k + 1 : n] @ x[k + 1 :]) / M[k, k]
    return x


@wrong(
    "fit_normal_equations",
    "explicit inverse",
    hint="np.linalg.inv(A.T @ A) makes errors in proportion to the inverse's own size, and they "
    "stay in the normal equations: hundreds of thousands of rounding errors where solve leaves "
    "one. Solve, do not invert.",
)
def fit_normal_equations(A, b):
    return np.linalg.inv(A.T @ A) @ A.T @ b


@wrong(
    "fit_normal_equations",
    "library least squares",
    hint="np.linalg.lstsq solves the whole exercise. Form A.T @ A and A.T @ b yourself, and use "
    "np.linalg.solve.",
)
def fit_normal_equations(A, b):
    return np.linalg.lstsq(A, b)[0]


@wrong(
    "fit_normal_equations",
    "solves A x = b",
    hint="A has more rows than columns, so A x = b has no solution and np.linalg.solve refuses. "
    "Multiply both sides by A.T first.",
)
def fit_normal_equations(A, b):
    return np.linalg.solve(A, b)


@wrong(
    "fit_normal_equations",
    "multiplies only one side",
    hint="Both sides are multiplied by A.T: the right-hand side is A.T @ b, with n entries.",
)
def fit_normal_equations(A, b):
    return np.linalg.solve(A.T @ A, b)


@wrong(
    "fit_normal_equations",
    "transposes the wrong one",
    hint="A @ A.T is m x m and singular if m > n. The normal equations have A.T @ A, n x n.",
)
def fit_normal_equations(A, b):
    return A.T @ np.linalg.solve(A @ A.T, b)


@wrong(
    "fit_normal_equations",
    "only as many rows as unknowns",
    hint="The first n equations hold exactly then, and the others are ignored: with (2, 1, 6) you "
    "get the line 2 - t through two of three points. All m rows have a say.",
)
def fit_normal_equations(A, b):
    n = A.shape[1]
    return np.linalg.solve(A[:n], b[:n])


@wrong(
    "fit_normal_equations",
    "a little on the diagonal",
    hint="Adding 1e-14 to the diagonal solves a ridge problem, not this one: if the entries of A "
    "are near 1e-7, those of A.T @ A are no larger than that.",
)
def fit_normal_equations(A, b):
    return np.linalg.solve(A.T @ A + 1e-14 * np.eye(A.shape[1]), A.T @ b)


@wrong(
    "fit_normal_equations",
    "returns the fitted values",
    hint="A @ x are the m fitted values. Asked are the n coefficients x.",
)
def fit_normal_equations(A, b):
    return A @ np.linalg.solve(A.T @ A, A.T @ b)


@wrong(
    "fit_normal_equations",
    "returns a column",
    hint="x is a plain vector of shape (n,). Do not turn b into a column.",
)
def fit_normal_equations(A, b):
    return np.linalg.solve(A.T @ A, A.T @ b[:, None])


@wrong(
    "fit_normal_equations",
    "subtracts the mean from b",
    hint="Nobody said that A has an intercept, and if it has one, this sets it to another value. "
    "Take b as it is: A.T @ b is [9, 13] in the small example.",
)
def fit_normal_equations(A, b):
    return np.linalg.solve(A.T @ A, A.T @ (b - np.mean(b)))


@wrong(
    "fit_normal_equations",
    "divides by the squared lengths",
    hint="(a_j^T b) / (a_j^T a_j) fits each column by itself. That is right only if the columns "
    "are orthogonal. The off-diagonal entries of A.T @ A count.",
)
def fit_normal_equations(A, b):
    return (A.T @ b) / np.diag(A.T @ A)


# ---------------------------------------------------------------- fit_qr


@right("fit_qr", "triangular solve of SciPy")
def fit_qr(A, b):
    Q, R = scipy.linalg.qr(A, mode="economic")
    return scipy.linalg.solve_triangular(R, Q.T @ b)


@right("fit_qr", "square Q, column pivoting, back substitution")
def fit_qr(A, b):
    n = A.shape[1]
    Q, R, order = scipy.linalg.qr(A, pivoting=True)
    c = (Q.T @ b)[:n]
    x = np.zeros(n)
    for k in range(n - 1, -1, -1):
        x[k] = (c[k] - R[k, k + 1 : n] @ x[k + 1 :]) / R[k, k]
    result = np.empty(n)
    result[order] = x
    return result


@right("fit_qr", "Householder reflections of A and b together")
def fit_qr(A, b):
    W = np.column_stack([A, b]).astype(float)
    m, n = A.shape
    for k in range(min(n, m - 1)):
        v = W[k:, k].copy()
        v[0] += math.copysign(np.linalg.norm(v), v[0])
        if v @ v > 0:
            W[k:, k:] -= np.outer(2 * v / (v @ v), v @ W[k:, k:])
    return scipy.linalg.solve_triangular(W[:n, :n], W[:n, n])


@right("fit_qr", "modified Gram-Schmidt, b as the last column")
def fit_qr(A, b):
    W = np.column_stack([A, b]).astype(float)
    n = A.shape[1]
    R = np.zeros((n, n + 1))
    for k in range(n):
        R[k, k] = np.linalg.norm(W[:, k])
        W[:, k] /= R[k, k]
        R[k, k + 1 :] = W[:, k] @ W[:, k + 1 :]
        W[:, k + 1 :] -= np.outer(W[:, k], R[k, k + 1 :])
    return np.linalg.solve(R[:, :n], R[:, n])


@right("fit_qr", "singular value decomposition")
def fit_qr(A, b):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return Vt.T @ (U.T @ b / s)


@wrong(
    "fit_qr",
    "normal equations",
    hint="Forming A.T @ A squares the condition number: 1e7 becomes 1e14, and x keeps two digits "
    "instead of nine. Factorize A itself.",
)
def fit_qr(A, b):
    return np.linalg.solve(A.T @ A, A.T @ b)


@wrong(
    "fit_qr",
    "library least squares",
    hint="np.linalg.lstsq solves the whole exercise. Use np.linalg.qr and solve R x = Q.T @ b.",
)
def fit_qr(A, b):
    return np.linalg.lstsq(A, b)[0]


@wrong(
    "fit_qr",
    "classical Gram-Schmidt",
    hint="For nearly parallel columns classical Gram-Schmidt gives a Q that is far from "
    "orthonormal, and Q.T @ b is wrong. np.linalg.qr uses Householder reflections.",
)
def fit_qr(A, b):
    A = A.astype(float)
    Q, R = np.zeros(A.shape), np.zeros((A.shape[1], A.shape[1]))
    for j in range(A.shape[1]):
        R[:j, j] = Q[:, :j].T @ A[:, j]
        v = A[:, j] - Q[:, :j] @ R[:j, j]
        R[j, j] = np.linalg.norm(v)
        Q[:, j] = v / R[j, j]
    return np.linalg.solve(R, Q.T @ b)


@wrong(
    "fit_qr",
    "modified Gram-Schmidt without b",
    hint="Modified Gram-Schmidt gives a good R and a Q that loses orthogonality with the condition "
    "number, so Q.T @ b is off. Orthogonalize b along with the columns, as a last one.",
)
def fit_qr(A, b):
    W = A.astype(float)
    n = A.shape[1]
    R = np.zeros((n, n))
    for k in range(n):
        R[k, k] = np.linalg.norm(W[:, k])
        W[:, k] /= R[k, k]
        R[k, k + 1 :] = W[:, k] @ W[:, k + 1 :]
        W[:, k + 1 :] -= np.outer(W[:, k], R[k, k + 1 :])
    return np.linalg.solve(R, W.T @ b)


@wrong(
    "fit_qr",
    "forgets to transpose Q",
    hint="Q is m x n and takes n coordinates to m numbers. The way back is Q.T: Q.T @ b.",
)
def fit_qr(A, b):
    Q, R = np.linalg.qr(A)
    return np.linalg.solve(R, Q @ b)


@wrong(
    "fit_qr",
    "leaves R out",
    hint="Q.T @ b are the coordinates in the basis of the q_i. To get those of the columns of A, "
    "solve R x = Q.T @ b.",
)
def fit_qr(A, b):
    Q, _ = np.linalg.qr(A)
    return Q.T @ b


@wrong(
    "fit_qr",
    "multiplies by R",
    hint="A = Q R, so Q.T @ b = R x: R has to be undone, not applied once more.",
)
def fit_qr(A, b):
    Q, R = np.linalg.qr(A)
    return R @ (Q.T @ b)


@wrong(
    "fit_qr",
    "solves with R transposed",
    hint="R x = Q^T b with R as it is, upper triangular: start with the last unknown.",
)
def fit_qr(A, b):
    Q, R = np.linalg.qr(A)
    return np.linalg.solve(R.T, Q.T @ b)


@wrong(
    "fit_qr",
    "divides by the diagonal of R",
    hint="R is triangular, not diagonal: x_1 = 3 - x_2 in the small example. Solve from below.",
)
def fit_qr(A, b):
    Q, R = np.linalg.qr(A)
    return Q.T @ b / np.diag(R)


@wrong(
    "fit_qr",
    "square Q with all of R",
    hint="With mode='complete' Q is m x m and R is m x n, which cannot be solved with. Take the "
    "thin factors, which are the default.",
)
def fit_qr(A, b):
    Q, R = np.linalg.qr(A, mode="complete")
    return np.linalg.solve(R, Q.T @ b)


@wrong(
    "fit_qr",
    "makes the diagonal of R positive, but not Q",
    hint="If you turn the sign of a row of R, turn that of the column of Q as well: their product "
    "has to stay A. (There is no need to: x does not depend on the signs.)",
)
def fit_qr(A, b):
    Q, R = np.linalg.qr(A)
    return np.linalg.solve(R * np.where(np.diag(R) < 0, -1, 1)[:, None], Q.T @ b)


@wrong(
    "fit_qr",
    "reflects the caller's A",
    hint="Your reflections are right, but they are written into the A and b of the caller. Start "
    "with a copy: A.astype(float).",
)
def fit_qr(A, b):
    A, b = np.asarray(A, dtype=float), np.asarray(b, dtype=float)
    m, n = A.shape
    for k in range(min(n, m - 1)):
        v = A[k:, k].copy()
        v[0] += math.copysign(np.linalg.norm(v), v[0])
        if v @ v > 0:
            b[k:] -= 2 * v * (v @ b[k:]) / (v @ v)
            A[k:, k:] -= np.outer(2 * v / (v @ v), v @ A[k:, k:])
    return np.linalg.solve(np.triu(A[:n]), b[:n])


# --------------------------------------------------------- design_matrix


@right("design_matrix", "np.vander in ascending order")
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("negative degree")
    return np.vander(x.astype(float), degree + 1, increasing=True)


@right("design_matrix", "running products")
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree must not be negative")
    A = np.ones((len(x), degree + 1))
    for j in range(1, degree + 1):
        A[:, j] = A[:, j - 1] * x
    return A


@right("design_matrix", "list of columns, Fortran order")
def design_matrix(x, degree):
    if degree not in range(1000):
        raise ValueError(degree)
    return np.array([np.float64(x) ** j for j in range(degree + 1)]).T


@right("design_matrix", "NumPy's polynomials")
def design_matrix(x, degree):
    return np.polynomial.polynomial.polyvander(x * 1.0, degree)


@wrong(
    "design_matrix",
    "descending powers",
    hint="np.vander starts with the highest power. Ones come first here: increasing=True.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return np.vander(x.astype(float), degree + 1)


@wrong(
    "design_matrix",
    "no column of ones",
    hint="The column of ones is the power 0 and belongs to the intercept. Without it the curve is "
    "forced through the origin.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return x.astype(float)[:, None] ** np.arange(1, degree + 1)


@wrong(
    "design_matrix",
    "one column short",
    hint="The powers from 0 to degree are degree + 1 of them: np.arange(degree + 1).",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return x.astype(float)[:, None] ** np.arange(degree)


@wrong(
    "design_matrix",
    "powers of integers",
    hint="2000**6 is 6.4e19, and 64-bit integers end at 9.2e18: it wraps around. Convert x to "
    "float first.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return x[:, None] ** np.arange(degree + 1)


@wrong(
    "design_matrix",
    "converts too late",
    hint="The powers have wrapped around before they became floats. Convert x, not the result.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return np.vander(x, degree + 1, increasing=True).astype(float)


@wrong(
    "design_matrix",
    "powers in rows",
    hint="A measurement is a row and a power is a column: shape (m, degree + 1).",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return x.astype(float) ** np.arange(degree + 1)[:, None]


@wrong(
    "design_matrix",
    "multiples instead of powers",
    hint="That is j * x. Column j is x to the power j: **.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    A = x.astype(float)[:, None] * np.arange(degree + 1)
    A[:, 0] = 1
    return A


@wrong(
    "design_matrix",
    "accepts a negative degree",
    hint="np.arange(0) is empty, so degree = -1 gives a matrix without columns and no error. Check "
    "and raise ValueError.",
)
def design_matrix(x, degree):
    return x.astype(float)[:, None] ** np.arange(degree + 1)


@wrong(
    "design_matrix",
    "refuses degree zero",
    hint="Degree 0 is a constant, a column of ones, and a model like any other.",
)
def design_matrix(x, degree):
    if degree < 1:
        raise ValueError("degree")
    return x.astype(float)[:, None] ** np.arange(degree + 1)


@wrong(
    "design_matrix",
    "ones in the last column",
    hint="Ones come first, then x, then its square: column j holds the power j.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    powers = [x.astype(float) ** j for j in range(1, degree + 1)]
    return np.column_stack([*powers, np.ones(len(x))])


@wrong(
    "design_matrix",
    "centres x",
    hint="Centring x is often wise, but it changes what the coefficients mean. Asked are the "
    "powers of x itself.",
)
def design_matrix(x, degree):
    if degree < 0:
        raise ValueError("degree")
    return (x - np.mean(x))[:, None] ** np.arange(degree + 1)


# -------------------------------------------------------------- fit_line


@right("fit_line", "np.polyfit, which scales its columns")
def fit_line(x, y):
    if len(set(x.tolist())) < 2:
        raise ValueError("a vertical line has no slope")
    return np.polyfit(x, y, 1)[::-1]


@right("fit_line", "QR of ones and x")
def fit_line(x, y):
    if (x == x[0]).all():
        raise ValueError("all x are equal")
    Q, R = np.linalg.qr(np.stack([np.ones(len(x)), x], axis=1))
    return scipy.linalg.solve_triangular(R, Q.T @ y)


@right("fit_line", "covariance over variance")
def fit_line(x, y):
    if min(x) == max(x):
        raise ValueError("x")
    C = np.cov(x, y)
    slope = C[0, 1] / C[0, 0]
    return [y.mean() - slope * x.mean(), slope]


@right("fit_line", "plain Python")
def fit_line(x, y):
    if max(x) - min(x) == 0:
        raise ValueError("x")
    n = len(x)
    mx, my = math.fsum(x) / n, math.fsum(y) / n
    pairs = list(zip(x, y, strict=True))
    slope = sum((a - mx) * (b - my) for a, b in pairs) / sum((a - mx) ** 2 for a in x)
    return np.array((my - slope * mx, slope))


@wrong(
    "fit_line",
    "through the origin",
    hint="x @ y / (x @ x) is the slope of the best line through the origin: 2.6 in the small "
    "example instead of 2. Subtract the means first.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    slope = x @ y / (x @ x)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "slope first",
    hint="The order is [intercept, slope], as the columns of the design matrix: ones first.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    dx = x - np.mean(x)
    slope = dx @ y / (dx @ dx)
    return np.array([slope, np.mean(y) - slope * np.mean(x)])


@wrong(
    "fit_line",
    "sums of products that cancel",
    hint="m * sum(x * x) and sum(x)**2 agree in nearly all digits when x is far from 0: for time "
    "stamps near 1.7e9 both are about 7e21 and differ by 2e9. Subtract the mean of x first.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    m = len(x)
    below = m * np.sum(x * x) - np.sum(x) ** 2
    slope = (m * np.sum(x * y) - np.sum(x) * np.sum(y)) / np.where(below == 0, 1e-300, below)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "lstsq far from zero",
    hint="With x near 1.7e9 the column x is a billion times longer than the ones, and "
    "np.linalg.lstsq takes the small singular value for zero: its slope is then a mean of y over "
    "1.7e9. Subtract the mean of x.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    return np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y)[0]


@wrong(
    "fit_line",
    "x from y",
    hint="That is one over the slope of the line that predicts x from y, with horizontal "
    "distances. The denominator is the sum of (x - mean)^2.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    dx, dy = x - np.mean(x), y - np.mean(y)
    slope = dy @ dy / (dx @ dy)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "distances at right angles to the line",
    hint="The first singular vector makes the distances at right angles to the line smallest "
    "(total least squares). Here the vertical distances count.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    cloud = np.column_stack([x - np.mean(x), y - np.mean(y)])
    direction = np.linalg.svd(cloud)[2][0]
    slope = direction[1] / direction[0]
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "divisors m - 1 and m mixed",
    hint="np.cov divides by m - 1 and np.var by m, so the slope is m / (m - 1) times too large: 3 "
    "instead of 2 in the small example. Use the same divisor for both.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    slope = np.cov(x, y)[0, 1] / np.var(x)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "correlation as slope",
    hint="The correlation has no units and lies between -1 and 1. Times the ratio of the standard "
    "deviations of y and x it is the slope.",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    with np.errstate(invalid="ignore"):
        slope = np.corrcoef(x, y)[0, 1]
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "from the first point to the last",
    hint="That line ignores all points in between. Every point has its say in the sums.",
)
def fit_line(x, y):
    i, j = np.argmin(x), np.argmax(x)
    if x[i] == x[j]:
        raise ValueError("x")
    slope = (y[j] - y[i]) / (x[j] - x[i])
    return np.array([y[i] - slope * x[i], slope])


@wrong(
    "fit_line",
    "intercept is the mean",
    hint="The mean of y is the height of the line at the mean of x, not at x = 0: subtract slope * "
    "mean(x).",
)
def fit_line(x, y):
    if np.ptp(x) == 0:
        raise ValueError("x")
    dx = x - np.mean(x)
    return np.array([np.mean(y), dx @ y / (dx @ dx)])


@wrong(
    "fit_line",
    "does not look for equal x",
    hint="If all x are equal the denominator is 0 and the slope nan, or rounding error and the "
    "slope arbitrary. Look at x first and raise ValueError.",
)
def fit_line(x, y):
    dx = x - np.mean(x)
    with np.errstate(all="ignore"):
        slope = dx @ y / (dx @ dx)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "looks for a denominator of zero",
    hint="The mean of seven times 0.1 is not exactly 0.1, so the sum of squares is 1e-33 instead "
    "of 0. Compare the x with each other.",
)
def fit_line(x, y):
    dx = x - np.mean(x)
    if dx @ dx == 0:
        raise ValueError("x")
    slope = dx @ y / (dx @ dx)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


@wrong(
    "fit_line",
    "refuses repeated x",
    hint="Two measurements at the same x are welcome. Only if all x are equal no slope is best.",
)
def fit_line(x, y):
    if len(np.unique(x)) < len(x) or len(x) < 2:
        raise ValueError("x")
    dx = x - np.mean(x)
    slope = dx @ y / (dx @ dx)
    return np.array([np.mean(y) - slope * np.mean(x), slope])


# ------------------------------------------------------------- r_squared


@right("r_squared", "mean squared error over variance")
def r_squared(y, y_hat):
    if np.shape(y) != np.shape(y_hat):
        raise ValueError("shapes differ")
    if np.all(y == y[0]):
        raise ValueError("y is constant")
    return 1 - np.mean((y - y_hat) ** 2) / np.var(y)


@right("r_squared", "norms")
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or y.max() == y.min():
        raise ValueError("shapes or constant y")
    error, spread = np.linalg.norm(y - y_hat), np.linalg.norm(y - y.mean())
    return float(1 - (error / spread) ** 2)


@right("r_squared", "plain Python")
def r_squared(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    if len(set(y.tolist())) == 1:
        raise ValueError("constant")
    mean = math.fsum(y) / len(y)
    error = sum((a - b) ** 2 for a, b in zip(y, y_hat, strict=True))
    return 1 - error / sum((a - mean) ** 2 for a in y)


@wrong(
    "r_squared",
    "distances from zero",
    hint="The lazy model predicts the mean, not 0: subtract the mean of y below the fraction line. "
    "In the small example you get 1 - 6/41 instead of 1 - 6/14.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return 1 - np.sum((y - y_hat) ** 2) / np.sum(y**2)


@wrong(
    "r_squared",
    "squared correlation",
    hint="The squared correlation equals R^2 only for a least squares fit with an intercept. "
    "Predictions that are all 100 too large are useless and have a correlation of 1.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return np.corrcoef(y, y_hat)[0, 1] ** 2


@wrong(
    "r_squared",
    "spread of the predictions",
    hint="The variance of the predictions over that of y equals R^2 only for a least squares fit. "
    "Wild predictions vary a lot and explain nothing. Use the errors.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return np.sum((y_hat - np.mean(y)) ** 2) / np.sum((y - np.mean(y)) ** 2)


@wrong(
    "r_squared",
    "arguments exchanged",
    hint="The distances from the mean are those of y, what was measured, not of the predictions.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    with np.errstate(all="ignore"):
        return 1 - np.sum((y - y_hat) ** 2) / np.sum((y_hat - np.mean(y_hat)) ** 2)


@wrong(
    "r_squared",
    "variance of the errors",
    hint="The variance forgives a constant error: predictions that are all 100 too large get 1. "
    "Sum the squares of the errors themselves.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return 1 - np.var(y - y_hat) / np.var(y)


@wrong(
    "r_squared",
    "absolute values",
    hint="Squares, not absolute values: 1 - 6/14 in the small example, not 1 - 4/6.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return 1 - np.sum(np.abs(y - y_hat)) / np.sum(np.abs(y - np.mean(y)))


@wrong(
    "r_squared",
    "roots of the sums",
    hint="The ratio of the lengths has to be squared: 6/14, not the root of it.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return 1 - np.linalg.norm(y - y_hat) / np.linalg.norm(y - np.mean(y))


@wrong(
    "r_squared",
    "never below zero",
    hint="A negative value is a fact worth knowing: the mean would have been the better "
    "prediction.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return max(0.0, 1 - np.sum((y - y_hat) ** 2) / np.sum((y - np.mean(y)) ** 2))


@wrong(
    "r_squared",
    "the share that is not explained",
    hint="Errors over spread is the share that is left. R^2 is one minus that: 1 for a perfect "
    "fit.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    return np.sum((y - y_hat) ** 2) / np.sum((y - np.mean(y)) ** 2)


@wrong(
    "r_squared",
    "one pass over y",
    hint="sum(y**2) and m * mean(y)**2 agree in all digits when y is near 1e8, and their "
    "difference is noise. Subtract the mean first, then square.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape or np.ptp(y) == 0:
        raise ValueError("y")
    with np.errstate(all="ignore"):
        return 1 - np.sum((y - y_hat) ** 2) / (np.sum(y**2) - len(y) * np.mean(y) ** 2)


@wrong(
    "r_squared",
    "does not compare shapes",
    hint="A column of shape (m, 1) minus a vector of shape (m,) is an m x m matrix. Compare the "
    "shapes first and raise ValueError.",
)
def r_squared(y, y_hat):
    if np.ptp(y) == 0:
        raise ValueError("y")
    return 1 - np.sum((y - y_hat) ** 2) / np.sum((y - np.mean(y)) ** 2)


@wrong(
    "r_squared",
    "does not look for constant y",
    hint="If all y are equal you divide by 0, or by rounding error (the mean of seven times 0.1 is "
    "not exactly 0.1). Compare the y with each other and raise ValueError.",
)
def r_squared(y, y_hat):
    if y.shape != y_hat.shape:
        raise ValueError("shapes")
    with np.errstate(all="ignore"):
        return 1 - np.sum((y - y_hat) ** 2) / np.sum((y - np.mean(y)) ** 2)


@wrong(
    "r_squared",
    "looks for a denominator of zero",
    hint="The mean of seven times 0.1 is not exactly 0.1, so the denominator is 1e-33 instead of "
    "0. Compare the y with each other.",
)
def r_squared(y, y_hat):
    spread = np.sum((y - np.mean(y)) ** 2)
    if y.shape != y_hat.shape or spread == 0:
        raise ValueError("y")
    return 1 - np.sum((y - y_hat) ** 2) / spread


# ---------------------------------------------------------- fit_min_norm


@right("fit_min_norm", "sum over the singular values")
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A)
    x = np.zeros(A.shape[1])
    for i in range(len(s)):
        if s[i] > rcond * s.max():
            x = x + (U[:, i] @ b) / s[i] * Vt[i]
    return x


@right("fit_min_norm", "reciprocals where they are allowed, SciPy")
def fit_min_norm(A, b, rcond):
    U, s, Vt = scipy.linalg.svd(A, full_matrices=False, lapack_driver="gesvd")
    reciprocal = np.divide(1.0, s, out=np.zeros_like(s), where=s > rcond * s[0])
    return np.einsum("ij,i,ki,k->j", Vt, reciprocal, U, b)


@right("fit_min_norm", "QR first, SVD of the small factor")
def fit_min_norm(A, b, rcond):
    Q, R = np.linalg.qr(A)
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    rank = np.count_nonzero(s > rcond * s[0])
    return (U[:, :rank].T @ (Q.T @ b) / s[:rank]) @ Vt[:rank]


@right("fit_min_norm", "eigenvectors of a symmetric matrix that squares nothing")
def fit_min_norm(A, b, rcond):
    m, n = A.shape
    lam, W = np.linalg.eigh(np.block([[np.zeros((m, m)), A], [A.T, np.zeros((n, n))]]))
    keep = lam > rcond * lam[-1]
    return W[m:, keep] @ (2 * W[:m, keep].T @ b / lam[keep])


@wrong(
    "fit_min_norm",
    "library least squares",
    hint="np.linalg.lstsq solves the whole exercise. Build it from np.linalg.svd.",
)
def fit_min_norm(A, b, rcond):
    return np.linalg.lstsq(A, b, rcond=rcond)[0]


@wrong(
    "fit_min_norm",
    "a basic solution",
    hint="Setting the surplus unknowns to 0 gives a solution that fits best, (0, 1.5) in the small "
    "example, but not the shortest, (0.6, 1.2).",
)
def fit_min_norm(A, b, rcond):
    Q, R, order = scipy.linalg.qr(A, mode="economic", pivoting=True)
    size = np.abs(np.diag(R))
    rank = int(np.sum(size > rcond * size[0]))
    x = np.zeros(A.shape[1])
    x[order[:rank]] = np.linalg.solve(R[:rank, :rank], Q[:, :rank].T @ b)
    return x


@wrong(
    "fit_min_norm",
    "normal equations",
    hint="A.T @ A is singular if the columns depend on each other, and always if A is wide. Use "
    "the SVD of A.",
)
def fit_min_norm(A, b, rcond):
    return np.linalg.solve(A.T @ A, A.T @ b)


@wrong(
    "fit_min_norm",
    "formula for wide matrices",
    hint="A^T (A A^T)^-1 b is the shortest solution if the rows are independent. Otherwise A @ A.T "
    "is singular. The SVD covers all cases.",
)
def fit_min_norm(A, b, rcond):
    return A.T @ np.linalg.solve(A @ A.T, b)


@wrong(
    "fit_min_norm",
    "inverts everything",
    hint="A singular value that should be 0 comes out as 1e-16, and dividing by it swamps the "
    "rest. Cut at rcond times the largest.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    with np.errstate(all="ignore"):
        return Vt.T @ (U.T @ b / s)


@wrong(
    "fit_min_norm",
    "absolute cut",
    hint="rcond is relative: compare s with rcond * s[0], or the answer depends on the units of A.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond
    return Vt[keep].T @ (U[:, keep].T @ b / s[keep])


@wrong(
    "fit_min_norm",
    "ignores rcond",
    hint="Use the rcond that the caller gave: it decides which singular values count.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > max(A.shape) * np.finfo(float).eps * s[0]
    return Vt[keep].T @ (U[:, keep].T @ b / s[keep])


@wrong(
    "fit_min_norm",
    "a small ridge",
    hint="Adding rcond * sigma_1^2 to the squares damps the small singular values gradually (that "
    "is ridge). Here they are cut, and the others are used exactly.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    with np.errstate(all="ignore"):
        return Vt.T @ np.nan_to_num(s * (U.T @ b) / (s**2 + rcond * s[0] ** 2))


@wrong(
    "fit_min_norm",
    "through eigh of A.T A",
    hint="eigh of A.T @ A loses half of the digits: singular values below 1e-8 times the largest "
    "are noise, and rcond may be smaller. Use np.linalg.svd.",
)
def fit_min_norm(A, b, rcond):
    lam, V = np.linalg.eigh(A.T @ A)
    s = np.sqrt(np.maximum(lam, 0))
    keep = s > rcond * s[-1]
    return V[:, keep] @ (V[:, keep].T @ (A.T @ b) / lam[keep])


@wrong(
    "fit_min_norm",
    "nan for a matrix of zeros",
    hint="For a matrix of zeros s[0] is 0, and s >= rcond * s[0] keeps every 0. Use >.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s >= rcond * s[0]
    with np.errstate(all="ignore"):
        return Vt[keep].T @ (U[:, keep].T @ b / s[keep])


@wrong(
    "fit_min_norm",
    "columns of Vt",
    hint="The v_i are the rows of Vt: Vt[keep].T has them as columns. Vt[:, keep] has something "
    "else.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A)
    keep = np.flatnonzero(s > rcond * s[0])
    return Vt[:, keep] @ (U[:, keep].T @ b / s[keep])


@wrong(
    "fit_min_norm",
    "multiplies by the singular values",
    hint="That is A.T @ b. Undoing a stretch by sigma means dividing by it.",
)
def fit_min_norm(A, b, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond * s[0]
    return Vt[keep].T @ (U[:, keep].T @ b * s[keep])


# ---------------------------------------------------- penrose_conditions


@right("penrose_conditions", "one after the other, NumPy's truth values in a list")
def penrose_conditions(A, X):
    def size(M):
        return np.sqrt(np.sum(M.astype(float) ** 2))

    P, Q = np.dot(A, X), np.dot(X, A)
    bound = 1e-8 * size(A) * size(X)
    return [
        size(P.dot(A) - A) <= bound * size(A),
        size(Q.dot(X) - X) <= bound * size(X),
        size(P - P.T) <= bound,
        size(Q - Q.T) <= bound,
    ]


@right("penrose_conditions", "after scaling both to norm 1")
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A) or 1.0, np.linalg.norm(X) or 1.0
    B, Y = A / a, X / x

    def small(M):
        return math.sqrt((M * M).sum()) <= 1e-8 * (np.any(A) and np.any(X))

    first, second = small(B @ Y @ B - B / (a * x)), small(Y @ B @ Y - Y / (a * x))
    return first, second, small(B @ Y - (B @ Y).T), small(Y @ B - (Y @ B).T)


@right("penrose_conditions", "einsum, an array")
def penrose_conditions(A, X):
    pairs = [
        ((A, X, A), np.einsum("ij,jk,kl->il", A, X, A), A),
        ((X, A, X), np.einsum("ij,jk,kl->il", X, A, X), X),
        ((A, X), A @ X, X.T @ A.T),
        ((X, A), X @ A, A.T @ X.T),
    ]
    sizes = [np.prod([np.linalg.norm(M.ravel()) for M in factors]) for factors, _, _ in pairs]
    errors = [np.linalg.norm(right - left, "fro") for _, left, right in pairs]
    return np.array(errors) <= 1e-8 * np.array(sizes)


@wrong(
    "penrose_conditions",
    "allclose with its fixed tolerance",
    hint="np.allclose forgives 1e-8 whatever the units. If A is around 1e-12, everything is close "
    "to everything. Measure with the norms of A and X.",
)
def penrose_conditions(A, X):
    AX, XA = A @ X, X @ A
    return (
        np.allclose(AX @ A, A),
        np.allclose(XA @ X, X),
        np.allclose(AX, AX.T),
        np.allclose(XA, XA.T),
    )


@wrong(
    "penrose_conditions",
    "exactly equal",
    hint="Rounding keeps the two sides from being equal bit for bit, even for the true "
    "pseudoinverse. Allow 1e-8 times the norms of the factors.",
)
def penrose_conditions(A, X):
    AX, XA = A @ X, X @ A
    return (
        np.array_equal(AX @ A, A),
        np.array_equal(XA @ X, X),
        np.array_equal(AX, AX.T),
        np.array_equal(XA, XA.T),
    )


@wrong(
    "penrose_conditions",
    "strictly below the bound",
    hint="For matrices of zeros difference and bound are both 0, and 0 is at most 0: use <=.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(AX @ A - A) < 1e-8 * a * x * a),
        bool(np.linalg.norm(XA @ X - X) < 1e-8 * x * a * x),
        bool(np.linalg.norm(AX - AX.T) < 1e-8 * a * x),
        bool(np.linalg.norm(XA - XA.T) < 1e-8 * a * x),
    )


@wrong(
    "penrose_conditions",
    "beside the norm of the product",
    hint="If A X vanishes but for rounding, its norm is rounding error as well, and everything is "
    "large beside it. Measure with the norms of the factors, ||A|| ||X||.",
)
def penrose_conditions(A, X):
    def agree(left, right):
        size = max(np.linalg.norm(left), np.linalg.norm(right))
        return bool(np.linalg.norm(left - right) <= 1e-8 * size)

    AX, XA = A @ X, X @ A
    return agree(AX @ A, A), agree(XA @ X, X), agree(AX, AX.T), agree(XA, XA.T)


@wrong(
    "penrose_conditions",
    "tests for an inverse",
    hint="A X is the identity only if A has an inverse. A pseudoinverse makes it a projector: "
    "compare A X with its own transpose.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(AX @ A - A) <= 1e-8 * a * x * a),
        bool(np.linalg.norm(XA @ X - X) <= 1e-8 * x * a * x),
        bool(np.linalg.norm(AX - np.eye(len(AX))) <= 1e-8 * a * x),
        bool(np.linalg.norm(XA - np.eye(len(XA))) <= 1e-8 * a * x),
    )


@wrong(
    "penrose_conditions",
    "compares with the pseudoinverse",
    hint="That says whether all four hold. Each condition is to be judged by itself: A.T meets (3) "
    "and (4) in the example, and not the others.",
)
def penrose_conditions(A, X):
    plus = np.linalg.pinv(A)
    same = bool(np.linalg.norm(X - plus) <= 1e-8 * max(np.linalg.norm(plus), np.linalg.norm(X)))
    return (same,) * 4


@wrong(
    "penrose_conditions",
    "a single verdict",
    hint="Four answers are asked, one for each condition, not whether all of them hold.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return bool(
        np.linalg.norm(AX @ A - A) <= 1e-8 * a * x * a
        and np.linalg.norm(XA @ X - X) <= 1e-8 * x * a * x
        and np.linalg.norm(AX - AX.T) <= 1e-8 * a * x
        and np.linalg.norm(XA - XA.T) <= 1e-8 * a * x
    )


@wrong(
    "penrose_conditions",
    "the last two exchanged",
    hint="(3) is about A X, which makes the fit best, and (4) about X A, which makes x shortest.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(AX @ A - A) <= 1e-8 * a * x * a),
        bool(np.linalg.norm(XA @ X - X) <= 1e-8 * x * a * x),
        bool(np.linalg.norm(XA - XA.T) <= 1e-8 * a * x),
        bool(np.linalg.norm(AX - AX.T) <= 1e-8 * a * x),
    )


@wrong(
    "penrose_conditions",
    "the first two exchanged",
    hint="(1) is A X A = A and (2) is X A X = X. Half of A^+ fails both; zeros meet (2) only.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(XA @ X - X) <= 1e-8 * x * a * x),
        bool(np.linalg.norm(AX @ A - A) <= 1e-8 * a * x * a),
        bool(np.linalg.norm(AX - AX.T) <= 1e-8 * a * x),
        bool(np.linalg.norm(XA - XA.T) <= 1e-8 * a * x),
    )


@wrong(
    "penrose_conditions",
    "a tolerance of five per cent",
    hint="Rounding errors are near 1e-16. A tolerance of 0.05 lets real mistakes pass as well.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(AX @ A - A) <= 0.05 * a * x * a),
        bool(np.linalg.norm(XA @ X - X) <= 0.05 * x * a * x),
        bool(np.linalg.norm(AX - AX.T) <= 0.05 * a * x),
        bool(np.linalg.norm(XA - XA.T) <= 0.05 * a * x),
    )


@wrong(
    "penrose_conditions",
    "projectors instead of symmetry",
    hint="A X A X = A X follows from (1) and says nothing about symmetry: a slanted projector has "
    "it as well. (3) and (4) compare with the transpose.",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A), np.linalg.norm(X)
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(AX @ A - A) <= 1e-8 * a * x * a),
        bool(np.linalg.norm(XA @ X - X) <= 1e-8 * x * a * x),
        bool(np.linalg.norm(AX @ AX - AX) <= 1e-8 * a * x),
        bool(np.linalg.norm(XA @ XA - XA) <= 1e-8 * a * x),
    )


@wrong(
    "penrose_conditions",
    "scales the caller's arrays",
    hint="A /= norm writes into the array that the caller handed over. A = A / norm makes a new "
    "one. (And it refuses integers.)",
)
def penrose_conditions(A, X):
    a, x = np.linalg.norm(A) or 1.0, np.linalg.norm(X) or 1.0
    size = 1e-8 * (np.any(A) and np.any(X))
    A /= a
    X /= x
    AX, XA = A @ X, X @ A
    return (
        bool(np.linalg.norm(AX @ A - A / (a * x)) <= size),
        bool(np.linalg.norm(XA @ X - X / (a * x)) <= size),
        bool(np.linalg.norm(AX - AX.T) <= size),
        bool(np.linalg.norm(XA - XA.T) <= size),
    )


# ----------------------------------------------------------------- ridge


@right("ridge", "normal equations of centred columns")
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("negative penalty")
    means = A.mean(axis=0)
    C = A - means
    x = np.linalg.solve(C.T @ C + lam * np.eye(A.shape[1]), C.T @ (b - b.mean()))
    return b.mean() - means @ x, x


@right("ridge", "a column of ones without a penalty, more rows")
def ridge(A, b, lam):
    if not lam >= 0:
        raise ValueError("negative penalty")
    m, n = A.shape
    top = np.hstack([np.ones((m, 1)), A])
    below = np.hstack([np.zeros((n, 1)), math.sqrt(lam) * np.eye(n)])
    both = np.linalg.lstsq(np.vstack([top, below]), np.append(b, np.zeros(n)), rcond=1e-14)[0]
    return float(both[0]), both[1:]


@right("ridge", "damped singular values, a list")
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("negative penalty")
    means = A.mean(axis=0)
    U, s, Vt = np.linalg.svd(A - means, full_matrices=False)
    x = Vt.T @ (s / (s**2 + lam) * (U.T @ (b - b.mean())))
    return [np.mean(b - A @ x), x]


@right("ridge", "as many equations as rows")
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("negative penalty")
    C, c = A - A.mean(axis=0), b - b.mean()
    if lam == 0:
        x = scipy.linalg.lstsq(C, c)[0]
    else:
        x = C.T @ np.linalg.solve(C @ C.T + lam * np.eye(len(A)), c)
    return b.mean() - x @ A.mean(axis=0), x


@wrong(
    "ridge",
    "penalizes the intercept",
    hint="With a column of ones in A and lam on the whole diagonal, the intercept is drawn towards "
    "0 as well, and the fit depends on where zero is. Put 0 in its place on the diagonal.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    B = np.column_stack([np.ones(len(A)), A])
    both = np.linalg.solve(B.T @ B + lam * np.eye(B.shape[1]), B.T @ b)
    return both[0], both[1:]


@wrong(
    "ridge",
    "no intercept",
    hint="The model is intercept + A @ x. Centre the columns, or add a column of ones.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    n = A.shape[1]
    stacked = np.vstack([A, np.sqrt(lam) * np.eye(n)])
    return 0.0, np.linalg.lstsq(stacked, np.append(b, np.zeros(n)))[0]


@wrong(
    "ridge",
    "penalty times the number of rows",
    hint="That is the convention with a mean of squares. Here the sum of squares counts, and the "
    "penalty is lam itself: the slope is 4 / (2 + lam) in the example, not 4 / (2 + 3 lam).",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    C = A - A.mean(axis=0)
    x = np.linalg.lstsq(C.T @ C + len(A) * lam * np.eye(A.shape[1]), C.T @ b)[0]
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "forgets the root",
    hint="In the longer matrix the square root of lam stands below: its square is what is added to "
    "A.T @ A.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    means, n = A.mean(axis=0), A.shape[1]
    stacked = np.vstack([A - means, lam * np.eye(n)])
    x = np.linalg.lstsq(stacked, np.append(b, np.zeros(n)))[0]
    return b.mean() - means @ x, x


@wrong(
    "ridge",
    "adds the penalty to every entry",
    hint="C.T @ C + lam adds lam to every entry. The penalty belongs on the diagonal: lam * "
    "np.eye(n).",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    C = A - A.mean(axis=0)
    x = np.linalg.lstsq(C.T @ C + lam, C.T @ b)[0]
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "intercept is the mean of b",
    hint="The mean of b is the value at the means of the columns. At A = 0 it is mean(b) - "
    "mean(A) @ x.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    C = A - A.mean(axis=0)
    return b.mean(), np.linalg.lstsq(C.T @ C + lam * np.eye(A.shape[1]), C.T @ b)[0]


@wrong(
    "ridge",
    "centres b but not A",
    hint="The column of ones is out of the way only if the columns of A are centred: subtract "
    "their means.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    x = np.linalg.lstsq(A.T @ A + lam * np.eye(A.shape[1]), A.T @ (b - b.mean()))[0]
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "one mean for the whole of A",
    hint="np.mean(A) is one number. Each column has its own mean: axis=0.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    C, n = A - np.mean(A), A.shape[1]
    x = np.linalg.lstsq(C.T @ C + lam * np.eye(n), C.T @ (b - b.mean()))[0]
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "centres the caller's columns",
    hint="A -= means writes into the array that the caller handed over, and refuses integers. C = "
    "A - means makes a new one.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    means = A.mean(axis=0)
    A -= means
    x = np.linalg.solve(A.T @ A + lam * np.eye(A.shape[1]), A.T @ b)
    return b.mean() - means @ x, x


@wrong(
    "ridge",
    "scales the columns",
    hint="Dividing each column by its standard deviation changes what the penalty means. It is "
    "often wise, and it is the caller's choice.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    means, spread = A.mean(axis=0), A.std(axis=0)
    Z = (A - means) / spread
    x = np.linalg.lstsq(Z.T @ Z + lam * np.eye(A.shape[1]), Z.T @ b)[0] / spread
    return b.mean() - means @ x, x


@wrong(
    "ridge",
    "takes one over the penalty",
    hint="A larger lam means a stronger penalty and smaller coefficients. (Some libraries have a "
    "parameter C that works the other way round.)",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    C, price = A - A.mean(axis=0), 1 / lam if lam else 0.0
    x = np.linalg.lstsq(C.T @ C + price * np.eye(A.shape[1]), C.T @ b)[0]
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "accepts a negative penalty",
    hint="A negative price rewards long coefficients, and the minimum may not exist. Raise "
    "ValueError.",
)
def ridge(A, b, lam):
    C = A - A.mean(axis=0)
    x = np.linalg.solve(C.T @ C + lam * np.eye(A.shape[1]), C.T @ b)
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "refuses a penalty of zero",
    hint="lam = 0 is ordinary least squares, and allowed.",
)
def ridge(A, b, lam):
    if lam <= 0:
        raise ValueError("lam")
    C = A - A.mean(axis=0)
    x = np.linalg.solve(C.T @ C + lam * np.eye(A.shape[1]), C.T @ b)
    return b.mean() - A.mean(axis=0) @ x, x


@wrong(
    "ridge",
    "everything in one vector",
    hint="Return two things, the intercept and x, as in: return intercept, x.",
)
def ridge(A, b, lam):
    if lam < 0:
        raise ValueError("lam")
    C = A - A.mean(axis=0)
    x = np.linalg.solve(C.T @ C + lam * np.eye(A.shape[1]), C.T @ b)
    return np.concatenate([[b.mean() - A.mean(axis=0) @ x], x])
