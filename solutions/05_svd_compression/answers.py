"""Right answers by other methods, and wrong ones that students give, for 05_svd_compression."""

import math

import numpy as np
import scipy.linalg

from autograder.answers import right, wrong

# -------------------------------------------------------------- thin_svd


@right("thin_svd", "library call, a named tuple")
def thin_svd(A):
    return np.linalg.svd(A, full_matrices=False)


@right("thin_svd", "library call of SciPy with its other driver")
def thin_svd(A):
    U, s, Vt = scipy.linalg.svd(
        np.array(A, dtype=float), full_matrices=False, lapack_driver="gesvd"
    )
    return U, s, Vt


@right("thin_svd", "divides by sigma, completes U by QR against the identity")
def thin_svd(A):
    A = A.astype(float)
    m, n = A.shape
    if m < n:
        U, s, Vt = thin_svd(A.T)
        return np.transpose(Vt), s, np.transpose(U)
    lam, V = np.linalg.eigh(A.T @ A)
    order = np.argsort(lam)[::-1]
    lam, V = lam[order], V[:, order]
    s = np.sqrt(np.clip(lam, 0, None))
    rank = int(np.sum(s > 1e-6 * s[0]))
    first = A @ V[:, :rank] / s[:rank]
    Q, _ = np.linalg.qr(np.hstack([first, np.eye(m)]))
    return np.hstack([first, Q[:, rank:n]]), s, V.T


@right("thin_svd", "Gram-Schmidt over A v_i and unit vectors; zeroes the noise in s")
def thin_svd(A):
    A = np.array(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    m, n = A.shape
    lam, V = np.linalg.eigh(A.T @ A)
    V = V[:, ::-1]
    s = np.sqrt(np.maximum(lam[::-1], 0))
    s[s <= 1e-7 * s[0]] = 0
    columns = []
    for i in range(n):
        candidates = [A @ V[:, i] / s[i]] if s[i] > 0 else list(np.eye(m))
        for candidate in candidates:
            rest = candidate.copy()
            for _ in range(2):
                for u in columns:
                    rest = rest - (u @ rest) * u
            if np.linalg.norm(rest) > 0.3 / math.sqrt(m):
                columns.append(rest / np.linalg.norm(rest))
                break
    return np.column_stack(columns), s, V.T


@right("thin_svd", "always A A^T, V completed from the null space")
def thin_svd(A):
    A = np.asarray(A) * 1.0
    m, n = A.shape
    if m > n:
        U, s, Vt = thin_svd(A.T)
        return Vt.T, s, U.T
    lam, U = np.linalg.eigh(np.einsum("ij,kj->ik", A, A))
    lam, U = lam[::-1], U[:, ::-1]
    s = np.sqrt(np.abs(lam))
    s.sort()
    s = s[::-1]
    keep = s > 1e-6 * s.max()
    V = (A.T @ U)[:, keep] / s[keep]
    if V.shape[1] < m:
        rest = scipy.linalg.null_space(V.T) if V.shape[1] else np.eye(n)
        V = np.column_stack([V, rest[:, : m - V.shape[1]]])
    return [U, s, V.T]


@right("thin_svd", "one-sided Jacobi rotations, lengths of the columns as singular values")
def thin_svd(A):
    A = np.array(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    n = A.shape[1]
    W, V = A.copy(), np.eye(n)
    for _ in range(30):
        moved = False
        for i in range(n):
            for j in range(i + 1, n):
                a, b, c = W[:, i] @ W[:, i], W[:, j] @ W[:, j], W[:, i] @ W[:, j]
                if abs(c) <= 1e-15 * math.sqrt(a * b) or abs(c) <= 1e-30 * np.sum(A * A):
                    continue
                moved = True
                angle = 0.5 * math.atan2(2 * c, a - b)
                G = np.array(
                    [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
                )
                W[:, [i, j]], V[:, [i, j]] = W[:, [i, j]] @ G, V[:, [i, j]] @ G
        if not moved:
            break
    s = np.linalg.norm(W, axis=0)
    order = np.argsort(-s)
    s, W, V = s[order], W[:, order], V[:, order]
    Q, R = np.linalg.qr(W)
    return Q * np.where(np.diag(R) < 0, -1, 1), s, V.T


@wrong(
    "thin_svd",
    "returns V instead of its transpose",
    hint="eigh gives the v_i as columns. The third factor has them as rows: return V.T.",
)
def thin_svd(A):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U, s, Vt.T


@wrong(
    "thin_svd",
    "keeps the ascending order of eigh",
    hint="eigh sorts in ascending order. Turn the eigenvalues and the columns of V round: [::-1].",
)
def thin_svd(A):
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    lam, V = np.linalg.eigh(A.T @ A)
    Q, R = np.linalg.qr(A @ V)
    return Q * np.where(np.diag(R) < 0, -1, 1), np.sqrt(np.maximum(lam, 0)), V.T


@wrong(
    "thin_svd",
    "sorts the values but not the vectors",
    hint="The columns of V belong to the eigenvalues: when you turn one round, turn the other too.",
)
def thin_svd(A):
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    lam, V = np.linalg.eigh(A.T @ A)
    Q, R = np.linalg.qr(A @ V)
    return Q * np.where(np.diag(R) < 0, -1, 1), np.sqrt(np.maximum(lam[::-1], 0)), V.T


@wrong(
    "thin_svd",
    "returns the eigenvalues without taking roots",
    hint="The eigenvalues of A.T @ A are the squares of the singular values: take the roots.",
)
def thin_svd(A):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U, s**2, Vt


@wrong(
    "thin_svd",
    "full instead of thin factors",
    hint="Thin means that U has min(m, n) columns and Vt has min(m, n) rows: full_matrices=False.",
)
def thin_svd(A):
    return np.linalg.svd(A)


@wrong(
    "thin_svd",
    "U and V from two eigenvalue problems",
    hint="The eigenvectors of A @ A.T and of A.T @ A are each fixed up to sign only, and up to "
    "more when values repeat. Compute one set, and get the other from A v_i = sigma_i u_i.",
)
def thin_svd(A):
    p = min(A.shape)
    lam, V = np.linalg.eigh(A.T @ A)
    _, U = np.linalg.eigh(A @ A.T)
    s = np.sqrt(np.maximum(lam[::-1], 0))[:p]
    return U[:, ::-1][:, :p], s, V[:, ::-1][:, :p].T


@wrong(
    "thin_svd",
    "divides by every singular value",
    hint="Where sigma_i is 0, or only rounding error, A v_i / sigma_i is not a unit vector. "
    "Complete U with orthonormal columns there.",
)
def thin_svd(A):
    A = np.asarray(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    lam, V = np.linalg.eigh(A.T @ A)
    s, V = np.sqrt(np.maximum(lam[::-1], 0)), V[:, ::-1]
    with np.errstate(all="ignore"):
        return A @ V / s, s, V.T


@wrong(
    "thin_svd",
    "leaves zero columns in U",
    hint="A column of zeros is not a unit vector. U must have orthonormal columns even where "
    "sigma_i = 0: any direction that is orthogonal to the others.",
)
def thin_svd(A):
    A = np.asarray(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    lam, V = np.linalg.eigh(A.T @ A)
    s, V = np.sqrt(np.maximum(lam[::-1], 0)), V[:, ::-1]
    U = np.zeros(A.shape)
    keep = s > 1e-6 * s[0]
    U[:, keep] = A @ V[:, keep] / s[keep]
    return U, s, V.T


@wrong(
    "thin_svd",
    "root of a negative eigenvalue",
    hint="An eigenvalue of 0 may come out as -1e-17, and its square root is nan. Clip at 0 first.",
)
def thin_svd(A):
    A = np.asarray(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    lam, V = np.linalg.eigh(A.T @ A)
    lam, V = lam[::-1], V[:, ::-1]
    Q, R = np.linalg.qr(A @ V)
    with np.errstate(invalid="ignore"):
        return Q * np.where(np.diag(R) < 0, -1, 1), np.sqrt(lam), V.T


@wrong(
    "thin_svd",
    "absolute tolerance for zero",
    hint="Whether a singular value counts as zero depends on the size of A. Compare with s[0], not "
    "with a fixed number.",
)
def thin_svd(A):
    A = np.asarray(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    m, n = A.shape
    lam, V = np.linalg.eigh(A.T @ A)
    s, V = np.sqrt(np.maximum(lam[::-1], 0)), V[:, ::-1]
    rank = int(np.sum(s > 1e-6))
    first = A @ V[:, :rank] / s[:rank]
    Q, _ = np.linalg.qr(np.hstack([first, np.eye(m)]))
    return np.hstack([first, Q[:, rank:n]]), s, V.T


@wrong(
    "thin_svd",
    "n singular values for a wide matrix",
    hint="A matrix of shape (m, n) has min(m, n) singular values. For a wide one, A.T @ A adds "
    "n - m zeros: decompose A.T instead.",
)
def thin_svd(A):
    lam, V = np.linalg.eigh(A.T @ A)
    s, V = np.sqrt(np.maximum(lam[::-1], 0)), V[:, ::-1]
    Q, R = np.linalg.qr(A @ V)
    return Q * np.where(np.diag(R) < 0, -1, 1), s, V.T


@wrong(
    "thin_svd",
    "multiplies bytes",
    hint="The product of two bytes is a byte, modulo 256. Convert A to float before you form A.T "
    "@ A.",
)
def thin_svd(A):
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    lam, V = np.linalg.eigh(A.T @ A)
    s, V = np.sqrt(np.maximum(lam[::-1], 0)), V[:, ::-1]
    Q, R = np.linalg.qr(A @ V)
    return Q * np.where(np.diag(R) < 0, -1, 1), s, V.T


@wrong(
    "thin_svd",
    "singular values as a diagonal matrix",
    hint="s is a 1-D array. np.diag(s) makes a matrix of it where one is needed.",
)
def thin_svd(A):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U, np.diag(s), Vt


@wrong(
    "thin_svd",
    "eigenvalues of A itself",
    hint="Eigenvalues of A are not its singular values, and a rectangular matrix has none. Use "
    "A.T @ A.",
)
def thin_svd(A):
    lam, V = np.linalg.eigh(A)
    return V[:, ::-1], np.abs(lam[::-1]), V[:, ::-1].T


# -------------------------------------------------------------- truncate


@right("truncate", "sum of outer products")
def truncate(A, k):
    m, n = np.shape(A)
    if k < 0 or k > min(m, n):
        raise ValueError("k out of range")
    U, s, Vt = np.linalg.svd(A)
    total = np.zeros((m, n))
    for i in range(k):
        total += s[i] * np.outer(U[:, i], Vt[i, :])
    return total


@right("truncate", "projection on the leading right singular vectors, by eigh")
def truncate(A, k):
    if k not in range(min(A.shape) + 1):
        raise ValueError(f"need 0 <= k <= {min(A.shape)}, got {k}")
    _, V = np.linalg.eigh(A.T @ A)
    leading = V[:, A.shape[1] - k :]
    return A @ leading @ leading.T


@right("truncate", "zeroes the tail of Sigma, SciPy")
def truncate(A, k):
    if k > min(A.shape) or k < 0:
        raise ValueError(k)
    U, s, Vt = scipy.linalg.svd(A, full_matrices=False)
    s[k:] = 0
    return U @ np.diag(s) @ Vt


@right("truncate", "subtracts the dropped layers")
def truncate(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    if not 0 <= k <= len(s):
        raise ValueError("k must be between 0 and the number of singular values")
    return A - np.einsum("ik,k,kj->ij", U[:, k:], s[k:], Vt[k:])


@wrong(
    "truncate",
    "keeps the smallest singular values",
    hint="np.linalg.svd sorts the singular values in descending order: the first k are the large "
    "ones.",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    first = len(s) - k
    return (U[:, first:] * s[first:]) @ Vt[first:]


@wrong(
    "truncate",
    "takes columns of Vt",
    hint="np.linalg.svd returns V transposed: the v_i are the rows of Vt, so take Vt[:k].",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A)
    return (U[:, :k] * s[:k]) @ Vt[:, :k].T


@wrong(
    "truncate",
    "does not check k",
    hint="Slices never complain: U[:, :-1] drops a column, U[:, :99] takes all. Check k and raise "
    "ValueError.",
)
def truncate(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]


@wrong(
    "truncate",
    "one layer too many",
    hint="A slice [:k] has k entries already. [:k + 1] has one more.",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, : k + 1] * s[: k + 1]) @ Vt[: k + 1]


@wrong(
    "truncate",
    "returns only layer k",
    hint="A_k is the sum of the first k layers, not the k-th one alone.",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    if k == 0:
        return np.zeros(A.shape)
    return s[k - 1] * np.outer(U[:, k - 1], Vt[k - 1])


@wrong(
    "truncate",
    "cuts rows and columns of A",
    hint="The rank is cut, not the shape: A_k is as large as A.",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    return A[:k, :k]


@wrong(
    "truncate",
    "refuses k above the rank",
    hint="k may be larger than the rank of A, up to min(m, n). The result is then A itself.",
)
def truncate(A, k):
    if not 0 <= k <= np.linalg.matrix_rank(A):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]


@wrong(
    "truncate",
    "forgets the singular values",
    hint="Each layer is sigma_i u_i v_i^T. Without sigma_i all layers weigh the same.",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, _, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] @ Vt[:k]


@wrong(
    "truncate",
    "Sigma with as many rows and columns as A has rows",
    hint="The thin SVD has min(m, n) singular values. With an m by m Sigma only wide and square "
    "matrices work: for a tall one, U has n columns and does not fit.",
)
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    Sigma = np.zeros((A.shape[0], A.shape[0]))
    for i in range(k):
        Sigma[i, i] = s[i]
    return U @ Sigma @ Vt


# ------------------------------------------------------ truncation_error


@right("truncation_error", "norms from the library")
def truncation_error(s, k, norm):
    if k < 0 or k > len(s):
        raise ValueError("k out of range")
    if norm not in ("2", "fro"):
        raise ValueError("unknown norm")
    tail = np.append(s[k:], 0.0)
    return np.linalg.norm(tail, np.inf if norm == "2" else 2)


@right("truncation_error", "loop and math, an int 0 at the end")
def truncation_error(s, k, norm):
    if not (0 <= k <= len(s)) or norm not in {"2", "fro"}:
        raise ValueError("bad argument")
    if k == len(s):
        return 0
    if norm == "2":
        return s[k]
    return math.hypot(*s[k:])


@right("truncation_error", "norm of the diagonal matrix of what was dropped")
def truncation_error(s, k, norm):
    if k not in range(len(s) + 1):
        raise ValueError("k")
    dropped = np.diag(np.where(np.arange(len(s)) < k, 0.0, s))
    return (
        np.linalg.norm(dropped, {"2": 2, "fro": "fro"}[norm]) if norm in ("2", "fro") else _refuse()
    )


def _refuse():
    raise ValueError("norm")


@wrong(
    "truncation_error",
    "takes the last value kept",
    hint="The first dropped value, sigma_(k+1), is s[k], because Python counts from 0. s[k - 1] "
    "is still kept.",
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    if norm == "2":
        return s[k - 1] if k < len(s) else 0.0
    return np.sqrt(np.sum(s[k:] ** 2))


@wrong(
    "truncation_error",
    "skips the first dropped value",
    hint="s[k] is the first value that is dropped: the tail is s[k:], not s[k + 1:].",
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    tail = np.append(s[k + 1 :], 0.0)
    return tail[0] if norm == "2" else np.sqrt(np.sum(tail**2))


@wrong(
    "truncation_error",
    "adds the dropped values without squares",
    hint="The Frobenius norm adds squares and takes the root at the end.",
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    tail = np.append(s[k:], 0.0)
    return tail[0] if norm == "2" else np.sum(tail)


@wrong(
    "truncation_error",
    "forgets the root",
    hint="The sum of the squares is the square of the Frobenius norm: take the root.",
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    tail = np.append(s[k:], 0.0)
    return tail[0] if norm == "2" else np.sum(tail**2)


@wrong(
    "truncation_error",
    "the same value for both norms",
    hint='In the 2-norm only the largest dropped value counts; in "fro" all of them do.',
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    return np.sqrt(np.sum(s[k:] ** 2))


@wrong(
    "truncation_error",
    "index error when nothing is dropped",
    hint="For k = len(s) there is no s[k]. Nothing is dropped, and the error is 0.",
)
def truncation_error(s, k, norm):
    if k < 0 or k > len(s):
        raise ValueError("k")
    if norm == "2":
        return s[k]
    if norm == "fro":
        return np.sqrt(np.sum(s[k:] ** 2))
    raise ValueError("norm")


@wrong(
    "truncation_error",
    "total minus kept",
    hint="Subtracting two nearly equal sums leaves rounding error. Add up the squares that are "
    "dropped.",
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    if norm == "2":
        return s[k] if k < len(s) else 0.0
    return np.sqrt(max(np.sum(s**2) - np.sum(s[:k] ** 2), 0.0))


@wrong(
    "truncation_error",
    "any other norm counts as Frobenius",
    hint='A norm that is neither "2" nor "fro" is a mistake of the caller: raise ValueError.',
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    tail = np.append(s[k:], 0.0)
    return tail[0] if norm == "2" else np.sqrt(np.sum(tail**2))


@wrong(
    "truncation_error",
    "does not check k",
    hint="s[-1:] is the last value and s[9:] is empty; neither is an error in Python. Check k "
    "yourself.",
)
def truncation_error(s, k, norm):
    tail = np.append(s[k:], 0.0)
    if norm == "2":
        return tail[0]
    if norm == "fro":
        return np.sqrt(np.sum(tail**2))
    raise ValueError("norm")


@wrong(
    "truncation_error",
    "relative instead of absolute error",
    hint="The distance itself is asked, not its ratio to the norm of the matrix.",
)
def truncation_error(s, k, norm):
    if not 0 <= k <= len(s) or norm not in ("2", "fro"):
        raise ValueError("bad argument")
    tail = np.append(s[k:], 0.0)
    return tail[0] / s[0] if norm == "2" else np.linalg.norm(tail) / np.linalg.norm(s)


# ---------------------------------------------------------------- energy


@right("energy", "loop over Python floats")
def energy(s, k):
    if k < 0 or k > len(s):
        raise ValueError("k out of range")
    squares = [float(value) ** 2 for value in s]
    total = math.fsum(squares)
    return math.fsum(squares[:k]) / total if total > 0 else 1.0


@right("energy", "one minus what is lost")
def energy(s, k):
    if k not in range(len(s) + 1):
        raise ValueError(k)
    if not np.any(s):
        return 1
    return 1 - (s[k:] @ s[k:]) / (s @ s)


@right("energy", "cumulative sum with a zero in front")
def energy(s, k):
    if not 0 <= k <= s.size:
        raise ValueError("k must be in 0..p")
    kept = np.concatenate([[0.0], np.cumsum(np.square(s))])
    return np.float64(1.0) if kept[-1] == 0 else kept[k] / kept[-1]


@wrong(
    "energy", "values instead of squares", hint="Energy adds up the squares of the singular values."
)
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    return np.sum(s[:k]) / np.sum(s) if np.sum(s) > 0 else 1.0


@wrong(
    "energy",
    "root of the share",
    hint="The share of the squares is asked, without a root: energy is the squared Frobenius norm.",
)
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    total = np.linalg.norm(s)
    return np.linalg.norm(s[:k]) / total if total > 0 else 1.0


@wrong(
    "energy", "one value too many", hint="s[:k] has k values already: the slice stops before s[k]."
)
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    total = np.sum(s**2)
    return np.sum(s[: k + 1] ** 2) / total if total > 0 else 1.0


@wrong(
    "energy", "the share that is lost", hint="You computed what is dropped; 1 minus that is kept."
)
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    total = np.sum(s**2)
    return np.sum(s[k:] ** 2) / total if total > 0 else 1.0


@wrong(
    "energy",
    "0 / 0 for zeros",
    hint="If all singular values are 0, the quotient is 0 / 0. Handle that case first: the share "
    "is 1.0.",
)
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    with np.errstate(invalid="ignore"):
        return np.sum(s[:k] ** 2) / np.sum(s**2)


@wrong(
    "energy",
    "does not check k",
    hint="s[:-1] and s[:99] are valid slices. Check that k is in 0..len(s) and raise ValueError.",
)
def energy(s, k):
    total = np.sum(s**2)
    return np.sum(s[:k] ** 2) / total if total > 0 else 1.0


@wrong("energy", "not divided by the total", hint="A share is a part divided by the whole.")
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    return np.sum(s[:k] ** 2) if np.any(s) else 1.0


@wrong("energy", "in per cent", hint="A share between 0 and 1 is asked, not per cent.")
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError("k")
    total = np.sum(s**2)
    return 100 * np.sum(s[:k] ** 2) / total if total > 0 else 1.0


# ------------------------------------------------------- rank_for_energy


@right("rank_for_energy", "loop that stops in time")
def rank_for_energy(s, fraction):
    if fraction < 0 or fraction > 1:
        raise ValueError("fraction must be in [0, 1]")
    total = sum(float(x) ** 2 for x in s)
    kept = 0.0
    for k, x in enumerate(s):
        if kept / total >= fraction - 1e-12:
            return k
        kept += float(x) ** 2
    return len(s)


@right("rank_for_energy", "binary search, a NumPy integer")
def rank_for_energy(s, fraction):
    if not 0.0 <= fraction <= 1.0:
        raise ValueError(fraction)
    energies = np.cumsum(s**2) / np.sum(s**2)
    if fraction <= 1e-12:
        return 0
    return np.searchsorted(energies, fraction - 1e-12) + 1


@right("rank_for_energy", "from the tail")
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("not a share")
    squares = s**2
    lost = np.append(np.cumsum(squares[::-1])[::-1], 0.0) / np.sum(squares)
    return int(np.flatnonzero(lost <= 1 - fraction + 1e-12)[0])


@wrong(
    "rank_for_energy",
    "values instead of squares",
    hint="Energy adds up squares. Sums of plain singular values ask for far too many layers.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    kept = np.concatenate([[0.0], np.cumsum(s)])
    return int(np.argmax(kept / kept[-1] >= fraction - 1e-12))


@wrong(
    "rank_for_energy",
    "index instead of number",
    hint="np.argmax gives the index of the last layer you need, counted from 0. The number of "
    "layers is one more.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    return int(np.argmax(np.cumsum(s**2) / np.sum(s**2) >= fraction - 1e-12))


@wrong(
    "rank_for_energy",
    "at least one layer",
    hint="A share of 0 needs no layers: k counts from 0, so put E_0 = 0 in front of the energies.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    return int(np.argmax(np.cumsum(s**2) / np.sum(s**2) >= fraction - 1e-12)) + 1


@wrong(
    "rank_for_energy",
    "no allowance for rounding",
    hint="A computed energy may be 0.7999999999999999 where 0.8 is meant. Compare with fraction - "
    "1e-12.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    kept = np.concatenate([[0.0], np.cumsum(s**2)])
    return int(np.searchsorted(kept / np.sum(s**2), fraction))


@wrong(
    "rank_for_energy",
    "no allowance for rounding, divided by the last cumulative sum",
    hint="A computed energy may be 0.7999999999999999 where 0.8 is meant. Compare with fraction - "
    "1e-12.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    kept = np.concatenate([[0.0], np.cumsum(s**2)])
    return int(np.argmax(kept / kept[-1] >= fraction))


@wrong(
    "rank_for_energy",
    "no allowance for rounding, in a loop",
    hint="A computed energy may be 0.7999999999999999 where 0.8 is meant. Compare with fraction - "
    "1e-12.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    k = 0
    while k < len(s) and np.sum(s[:k] ** 2) < fraction * np.sum(s**2):
        k += 1
    return k


@wrong(
    "rank_for_energy",
    "beyond instead of reaching",
    hint="An energy equal to the fraction is enough: >=, not >.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    kept = np.concatenate([[0.0], np.cumsum(s**2)]) / np.sum(s**2)
    reached = np.flatnonzero(kept > fraction + 1e-12)
    return int(reached[0]) if len(reached) else len(s)


@wrong(
    "rank_for_energy",
    "largest k below the fraction",
    hint="The smallest k that reaches the fraction is asked. You stop one layer before it.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    kept = np.concatenate([[0.0], np.cumsum(s**2)]) / np.sum(s**2)
    return int(np.flatnonzero(kept <= fraction + 1e-12)[-1])


@wrong(
    "rank_for_energy",
    "share of the number of layers",
    hint="The fraction is one of the energy, not of the number of singular values.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    return math.ceil(fraction * len(s))


@wrong("rank_for_energy", "a float", hint="A number of layers is an int: wrap the result in int().")
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    kept = np.concatenate([[0.0], np.cumsum(s**2)])
    return float(np.argmax(kept / kept[-1] >= fraction - 1e-12))


@wrong(
    "rank_for_energy",
    "accepts any fraction",
    hint="A share below 0 or above 1 cannot be meant: raise ValueError.",
)
def rank_for_energy(s, fraction):
    kept = np.concatenate([[0.0], np.cumsum(s**2)])
    return int(np.argmax(kept / kept[-1] >= fraction - 1e-12))


@wrong(
    "rank_for_energy",
    "always all layers for fraction = 1",
    hint="The smallest k is asked. Singular values of 0 add no energy, so they are not needed.",
)
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError("fraction")
    if fraction == 1:
        return len(s)
    kept = np.concatenate([[0.0], np.cumsum(s**2)])
    return int(np.argmax(kept / kept[-1] >= fraction - 1e-12))


# -------------------------------------------------------- compress_image


@right("compress_image", "a stack of three matrices at once")
def compress_image(image, k):
    H, W, _ = image.shape
    if k < 0 or k > min(H, W):
        raise ValueError("k out of range")
    U, s, Vt = np.linalg.svd(np.moveaxis(image, 2, 0), full_matrices=False)
    low = np.matmul(U[..., :k] * s[:, np.newaxis, :k], Vt[:, :k, :])
    return np.moveaxis(np.round(low).clip(0, 255), 0, 2).astype(np.uint8)


@right("compress_image", "list of channels, half added and cut off")
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[0], image.shape[1]):
        raise ValueError("k")
    channels = []
    for c in range(3):
        U, s, Vt = scipy.linalg.svd(image[..., c].astype(np.float64), full_matrices=False)
        low = U[:, :k] @ np.diag(s[:k]) @ Vt[:k, :]
        low[low < 0] = 0
        low[low > 255] = 255
        channels.append(np.floor(low + 0.5).astype("uint8"))
    return np.stack(channels, axis=-1)


@right("compress_image", "single precision")
def compress_image(image, k):
    limit = min(image.shape[:2])
    if k < 0 or k > limit:
        raise ValueError(f"k must be in 0..{limit}")
    compressed = np.zeros_like(image)
    for c in range(3):
        U, s, Vt = np.linalg.svd(image[..., c].astype(np.float32), full_matrices=False)
        compressed[..., c] = np.around(np.clip(U[:, :k] @ (s[:k, None] * Vt[:k]), 0, 255))
    return compressed


@right("compress_image", "sum of outer products, by einsum")
def compress_image(image, k):
    if k not in range(min(image.shape[:2]) + 1):
        raise ValueError(k)
    result = np.zeros(image.shape)
    for c in range(image.shape[2]):
        U, s, Vt = np.linalg.svd(image[:, :, c])
        result[:, :, c] = np.einsum("ir,r,rj->ij", U[:, :k], s[:k], Vt[:k])
    return np.minimum(np.maximum(np.rint(result), 0), 255).astype(np.uint8)


@wrong(
    "compress_image",
    "does not clip",
    hint="Values below 0 and above 255 wrap around in uint8: -3 becomes 253. Use np.clip before "
    "astype.",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    out = np.empty(image.shape, dtype=np.uint8)
    for c in range(3):
        U, s, Vt = np.linalg.svd(image[:, :, c].astype(float), full_matrices=False)
        out[:, :, c] = np.rint((U[:, :k] * s[:k]) @ Vt[:k]).astype(np.int64).astype(np.uint8)
    return out


@wrong(
    "compress_image",
    "clips after the conversion",
    hint="After astype(np.uint8) everything is in 0..255 already, wrapped. Clip the floats, then "
    "convert.",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(np.moveaxis(image, 2, 0).astype(float), full_matrices=False)
    low = np.moveaxis((U[..., :k] * s[:, None, :k]) @ Vt[:, :k], 0, 2)
    return np.clip(np.rint(low).astype(np.int64).astype(np.uint8), 0, 255)


@wrong(
    "compress_image",
    "cuts the decimals off",
    hint="astype cuts the decimals off: 99.99 becomes 99. Use np.rint before you convert.",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    out = np.empty(image.shape, dtype=np.uint8)
    for c in range(3):
        U, s, Vt = np.linalg.svd(image[:, :, c].astype(float), full_matrices=False)
        out[:, :, c] = np.clip((U[:, :k] * s[:k]) @ Vt[:k], 0, 255).astype(np.uint8)
    return out


@wrong(
    "compress_image",
    "SVD over the last two axes",
    hint="np.linalg.svd takes the last two axes as the matrix, here (W, 3). Move the channels to "
    "the front.",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(image.astype(float), full_matrices=False)
    low = (U[..., :k] * s[:, None, :k]) @ Vt[:, :k]
    return np.clip(np.rint(low), 0, 255).astype(np.uint8)


@wrong(
    "compress_image",
    "one matrix of all channels",
    hint="Each channel is a matrix of its own. Side by side they share their layers, and that is "
    "another approximation.",
)
def compress_image(image, k):
    H, W, _ = image.shape
    if not 0 <= k <= min(H, W):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(image.reshape(H, 3 * W).astype(float), full_matrices=False)
    low = ((U[:, :k] * s[:k]) @ Vt[:k]).reshape(H, W, 3)
    return np.clip(np.rint(low), 0, 255).astype(np.uint8)


@wrong(
    "compress_image",
    "the same channel three times",
    hint="Every channel has its own SVD: check which channel your loop reads.",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(image[:, :, 0].astype(float), full_matrices=False)
    low = np.clip(np.rint((U[:, :k] * s[:k]) @ Vt[:k]), 0, 255).astype(np.uint8)
    return np.stack([low, low, low], axis=2)


@wrong(
    "compress_image",
    "returns floats",
    hint="Bytes in, bytes out: convert the result with astype(np.uint8).",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(np.moveaxis(image, 2, 0).astype(float), full_matrices=False)
    low = np.moveaxis((U[..., :k] * s[:, None, :k]) @ Vt[:, :k], 0, 2)
    return np.clip(np.rint(low), 0, 255)


@wrong(
    "compress_image",
    "stretches to the full range",
    hint="Do not rescale: clip. Rescaling changes brightness and contrast of the whole picture.",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    out = np.zeros(image.shape, dtype=np.uint8)
    for c in range(3):
        U, s, Vt = np.linalg.svd(image[:, :, c].astype(float), full_matrices=False)
        low = (U[:, :k] * s[:k]) @ Vt[:k]
        if np.ptp(low) > 0:
            low = 255 * (low - low.min()) / np.ptp(low)
        out[:, :, c] = np.rint(low)
    return out


@wrong(
    "compress_image",
    "channels in front",
    hint="The channel is the last axis, as in the input: np.stack(channels, axis=2).",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(np.moveaxis(image, 2, 0).astype(float), full_matrices=False)
    low = (U[..., :k] * s[:, None, :k]) @ Vt[:, :k]
    return np.clip(np.rint(low), 0, 255).astype(np.uint8)


@wrong(
    "compress_image",
    "writes into the picture",
    hint="You overwrite the caller's picture. Write into a new array: np.empty_like(image).",
)
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError("k")
    for c in range(3):
        U, s, Vt = np.linalg.svd(image[:, :, c].astype(float), full_matrices=False)
        image[:, :, c] = np.clip(np.rint((U[:, :k] * s[:k]) @ Vt[:k]), 0, 255)
    return image


@wrong(
    "compress_image",
    "does not check k",
    hint="Slices never complain. Check that k is in 0..min(H, W) and raise ValueError.",
)
def compress_image(image, k):
    U, s, Vt = np.linalg.svd(np.moveaxis(image, 2, 0).astype(float), full_matrices=False)
    low = np.moveaxis((U[..., :k] * s[:, None, :k]) @ Vt[:, :k], 0, 2)
    return np.clip(np.rint(low), 0, 255).astype(np.uint8)


# ----------------------------------------------------- compression_ratio


@right("compression_ratio", "counts the arrays")
def compression_ratio(shape, k):
    rows, columns = shape
    if k < 1 or k > min(rows, columns):
        raise ValueError("k out of range")
    stored = np.empty((rows, k)).size + k + np.empty((k, columns)).size
    return (rows * columns) / stored


@right("compression_ratio", "NumPy numbers")
def compression_ratio(shape, k):
    if k not in range(1, min(shape) + 1):
        raise ValueError(k)
    return np.prod(shape) / (k * (np.sum(shape) + 1))


@wrong(
    "compression_ratio",
    "forgets the singular values",
    hint="Each layer also stores its singular value: m + n + 1 numbers, not m + n.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return m * n / (k * (m + n))


@wrong(
    "compression_ratio",
    "upside down",
    hint="A ratio of 9 means nine times smaller: the original count on top, the stored count "
    "below.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return k * (m + n + 1) / (m * n)


@wrong(
    "compression_ratio",
    "stores Sigma as a matrix",
    hint="Of Sigma only the diagonal is stored, k numbers instead of k * k.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return m * n / (k * (m + n) + k * k)


@wrong(
    "compression_ratio",
    "counts the product",
    hint="A_k has m * n entries, whatever its rank. Its factors are stored, not their product.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return min(m, n) / k


@wrong(
    "compression_ratio",
    "whole division",
    hint="// cuts the decimals off. The ratio is a float: use /.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return m * n // (k * (m + n + 1))


@wrong(
    "compression_ratio",
    "share that is saved",
    hint="That is the share that is saved. The ratio of the two counts is asked.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return 1 - k * (m + n + 1) / (m * n)


@wrong(
    "compression_ratio",
    "never below one",
    hint="A ratio below 1 is a fact worth knowing: the layers need more room than the matrix.",
)
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError("k")
    return max(1.0, m * n / (k * (m + n + 1)))


@wrong(
    "compression_ratio",
    "does not check k",
    hint="k = 0 divides by zero and k = -2 gives a negative ratio: raise ValueError outside "
    "1..min(m, n).",
)
def compression_ratio(shape, k):
    m, n = shape
    return m * n / (k * (m + n + 1)) if k else math.inf


# ------------------------------------------------------------------ psnr


@right("psnr", "integers wide enough, math")
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes differ")
    difference = original.astype(np.int64) - approximation.astype(np.int64)
    total = int(np.sum(difference**2))
    return math.inf if total == 0 else 10 * math.log10(255**2 * difference.size / total)


@right("psnr", "twenty times the logarithm of the root")
def psnr(original, approximation):
    if np.shape(original) != np.shape(approximation):
        raise ValueError("shapes differ")
    rmse = np.linalg.norm(np.float64(original) - np.float64(approximation)) / np.sqrt(original.size)
    with np.errstate(divide="ignore"):
        return 20 * np.log10(255 / rmse)


@right("psnr", "single precision")
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes differ")
    mse = np.mean(np.square(original.astype(np.float32) - approximation.astype(np.float32)))
    return float("inf") if not mse else 10 * np.log10(255.0**2 / mse)


@right("psnr", "plain Python")
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes differ")
    if (original == approximation).all():
        return float("inf")
    pairs = zip(original.ravel().tolist(), approximation.ravel().tolist(), strict=True)
    mse = sum((a - b) ** 2 for a, b in pairs) / original.size
    return 20 * math.log10(255) - 10 * math.log10(mse)


@wrong(
    "psnr",
    "subtracts bytes",
    hint="The difference of two bytes is a byte: 100 - 110 gives 246. Convert to float before "
    "subtracting.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original - approximation).astype(float) ** 2)
    return np.inf if mse == 0 else 10 * np.log10(255**2 / mse)


@wrong(
    "psnr",
    "squares in int16",
    hint="The square of 255 is 65025, too large for int16. Use float or int64.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original.astype(np.int16) - approximation.astype(np.int16)) ** 2)
    with np.errstate(all="ignore"):
        return np.inf if mse == 0 else 10 * np.log10(255**2 / mse)


@wrong(
    "psnr",
    "peak of the picture",
    hint="The peak is the largest value a byte can have, 255, not the largest one in this picture.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original.astype(float) - approximation) ** 2)
    with np.errstate(all="ignore"):
        return np.inf if mse == 0 else 10 * np.log10(float(original.max()) ** 2 / mse)


@wrong(
    "psnr", "natural logarithm", hint="Decibels use the logarithm to base 10: np.log10, not np.log."
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original.astype(float) - approximation) ** 2)
    return np.inf if mse == 0 else 10 * np.log(255**2 / mse)


@wrong(
    "psnr",
    "peak not squared",
    hint="Squares over squares: 255**2 / MSE. Or 20 log10(255 / RMSE), which is the same.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original.astype(float) - approximation) ** 2)
    return np.inf if mse == 0 else 10 * np.log10(255 / mse)


@wrong(
    "psnr",
    "sum instead of mean",
    hint="MSE is the mean of the squared differences: divide their sum by the number of entries.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    total = np.sum((original.astype(float) - approximation) ** 2)
    return np.inf if total == 0 else 10 * np.log10(255**2 / total)


@wrong(
    "psnr",
    "mean of the channels' decibels",
    hint="Take one mean over all entries and one logarithm at the end. The mean of logarithms is "
    "not the logarithm of the mean, and one identical channel would make it infinite.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original.astype(float) - approximation) ** 2, axis=(0, 1))
    with np.errstate(divide="ignore"):
        return np.mean(10 * np.log10(255**2 / mse))


@wrong(
    "psnr",
    "divides by zero",
    hint="Identical pictures have MSE = 0, and Python refuses to divide by it. Return np.inf then.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = float(np.mean((original.astype(float) - approximation) ** 2))
    return 10 * math.log10(255**2 / mse)


@wrong(
    "psnr",
    "sign turned round",
    hint="A small error makes a large PSNR: the error stands below the fraction line.",
)
def psnr(original, approximation):
    if original.shape != approximation.shape:
        raise ValueError("shapes")
    mse = np.mean((original.astype(float) - approximation) ** 2)
    return np.inf if mse == 0 else 10 * np.log10(mse / 255**2)


@wrong(
    "psnr",
    "does not compare shapes",
    hint="NumPy broadcasts pictures of different shapes without a word. Compare the shapes first.",
)
def psnr(original, approximation):
    mse = np.mean((original.astype(float) - approximation) ** 2)
    return np.inf if mse == 0 else 10 * np.log10(255**2 / mse)


# ------------------------------------------------------------------ pinv


@right("pinv", "library call")
def pinv(A, rcond):
    return np.linalg.pinv(A, rcond=rcond)


@right("pinv", "sum of outer products")
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    X = np.zeros(A.shape[::-1])
    for i in range(len(s)):
        if s[i] > rcond * s.max():
            X += np.outer(Vt[i], U[:, i]) / s[i]
    return X


@right("pinv", "full SVD and a rectangular Sigma")
def pinv(A, rcond):
    m, n = A.shape
    U, s, Vt = np.linalg.svd(A)
    plus = np.zeros((n, m))
    for i, value in enumerate(s):
        plus[i, i] = 1 / value if value > rcond * s[0] else 0.0
    return Vt.T @ plus @ U.T


@right("pinv", "SciPy with a relative tolerance")
def pinv(A, rcond):
    return scipy.linalg.pinv(A, atol=0.0, rtol=rcond)


@right("pinv", "reciprocals where they are allowed")
def pinv(A, rcond):
    U, s, Vt = scipy.linalg.svd(A, full_matrices=False)
    reciprocal = np.divide(1.0, s, out=np.zeros_like(s), where=s > rcond * np.max(s))
    return np.einsum("ij,i,ki->jk", Vt, reciprocal, U)


@wrong(
    "pinv",
    "inverts everything",
    hint="A singular value that should be 0 comes out as 1e-16, and 1 / 1e-16 swamps the rest. "
    "Cut at rcond times the largest.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    with np.errstate(all="ignore"):
        return (Vt.T / s) @ U.T


@wrong(
    "pinv",
    "absolute cut",
    hint="rcond is relative: compare s with rcond * s[0], not with rcond.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond
    return (Vt[keep].T / s[keep]) @ U[:, keep].T


@wrong(
    "pinv",
    "normal equations",
    hint="A.T @ A has no inverse unless A has full column rank, so this fails for wide and for "
    "rank-deficient matrices. Use the SVD.",
)
def pinv(A, rcond):
    return np.linalg.inv(A.T @ A) @ A.T


@wrong(
    "pinv",
    "through eigh of A.T A",
    hint="eigh of A.T @ A loses half of the digits: singular values near 1e-8 times the largest "
    "are noise, and rcond may be smaller. Use np.linalg.svd.",
)
def pinv(A, rcond):
    lam, V = np.linalg.eigh(A.T @ A)
    s = np.sqrt(np.maximum(lam, 0))
    keep = s > rcond * s.max()
    return (V[:, keep] / lam[keep]) @ (A @ V[:, keep]).T


@wrong(
    "pinv",
    "does not swap U and V",
    hint="The inverse runs backwards: V on the left, U^T on the right.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond * s[0]
    return (U[:, keep] / s[keep]) @ Vt[keep]


@wrong(
    "pinv",
    "multiplies by sigma",
    hint="You have computed the transpose. Undoing a stretch by sigma means dividing by it.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond * s[0]
    return (Vt[keep].T * s[keep]) @ U[:, keep].T


@wrong(
    "pinv",
    "adds rcond instead of cutting",
    hint="Adding rcond to sigma changes every singular value. Cut: drop the small ones, invert "
    "the others exactly.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    with np.errstate(all="ignore"):
        return np.nan_to_num((Vt.T / (s + rcond * s[0])) @ U.T)


@wrong(
    "pinv",
    "lifts small singular values to the cut",
    hint="A singular value below the cut counts as zero and its direction is dropped, not "
    "inverted.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    if s[0] == 0:
        return np.zeros(A.shape[::-1])
    return (Vt.T / np.maximum(s, rcond * s[0])) @ U.T


@wrong(
    "pinv",
    "ignores rcond",
    hint="Use the rcond that the caller gave: it decides which singular values count.",
)
def pinv(A, rcond):
    return np.linalg.pinv(A)


@wrong(
    "pinv",
    "nan for a matrix of zeros",
    hint="For a matrix of zeros s[0] is 0, and s >= rcond * s[0] keeps every 0. Use >.",
)
def pinv(A, rcond):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s >= rcond * s[0]
    with np.errstate(all="ignore"):
        return (Vt[keep].T / s[keep]) @ U[:, keep].T


@wrong(
    "pinv",
    "reciprocals of the entries",
    hint="1 / A inverts each entry by itself. The inverse of a matrix is another thing.",
)
def pinv(A, rcond):
    with np.errstate(all="ignore"):
        return (1 / A).T
