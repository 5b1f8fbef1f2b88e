"""Right answers by other methods, and wrong ones that students give, for 16_numerical_stability."""

import cmath
import math
from fractions import Fraction

import numpy as np
import scipy.linalg
import scipy.special

from autograder.answers import right, wrong

EPS = 2.0**-52

# -------------------------------------------------------------- condition_number


@right("condition_number", "np.linalg.cond where matrix_rank finds full rank")
def condition_number(A):
    if np.linalg.matrix_rank(A) < min(A.shape):
        return np.inf
    return np.linalg.cond(A)


@right("condition_number", "singular values by SciPy, tolerance in one expression")
def condition_number(A):
    s = scipy.linalg.svdvals(np.array(A, dtype=float))
    tolerance = s.max() * max(A.shape) * np.spacing(1.0)
    return s.max() / s.min() if s.min() > tolerance else float("inf")


@right("condition_number", "norm of A times norm of the pseudoinverse")
def condition_number(A):
    s = np.linalg.svd(A, compute_uv=False)
    if np.count_nonzero(s > len(np.ravel(A[0])) * EPS * s[0]) < len(s):
        return math.inf
    if np.count_nonzero(s > len(A) * EPS * s[0]) < len(s):
        return math.inf
    return np.linalg.norm(A, 2) * np.linalg.norm(np.linalg.pinv(A, rcond=1e-18), 2)


@wrong(
    "condition_number",
    "np.linalg.cond alone",
    hint="np.linalg.cond divides by whatever the smallest singular value comes out as: for "
    "[[1, 2], [2, 4]] that gives some 1e16. Up to max(m, n) * eps * s[0] it counts as 0: say inf.",
)
def condition_number(A):
    return np.linalg.cond(A)


@wrong(
    "condition_number",
    "ratio of eigenvalues",
    hint="Eigenvalues say nothing about stretching unless A is symmetric: those of [[4, 0], [3, 5]] "
    "are 4 and 5, its singular values 6.3 and 3.2. And a rectangular matrix has none.",
)
def condition_number(A):
    size = np.abs(np.linalg.eigvals(A))
    return size.max() / size.min() if size.min() > len(A) * EPS * size.max() else np.inf


@wrong(
    "condition_number",
    "roots of the eigenvalues of A.T @ A",
    hint="Forming A.T @ A squares the condition number: everything below 1e-8 of the largest "
    "singular value is lost. With kappa = 1e6 you already miss a third of the digits.",
)
def condition_number(A):
    G = A.T @ A if A.shape[0] >= A.shape[1] else A @ A.T
    s = np.sqrt(np.maximum(np.linalg.eigvalsh(G.astype(float))[::-1], 0))
    return s[0] / s[-1] if s[-1] > max(A.shape) * EPS * s[0] else np.inf


@wrong(
    "condition_number",
    "forgets the roots: the condition number of A.T @ A",
    hint="The eigenvalues of A.T @ A are the squares of the singular values. For [[4, 0], [3, 5]] "
    "you get 4 instead of 2.",
)
def condition_number(A):
    s = np.linalg.svd(A, compute_uv=False)
    return (s[0] / s[-1]) ** 2 if s[-1] > max(A.shape) * EPS * s[0] else np.inf


@wrong(
    "condition_number",
    "smallest over largest",
    hint="Largest over smallest: a condition number is at least 1. Yours is its reciprocal.",
)
def condition_number(A):
    s = np.linalg.svd(A, compute_uv=False)
    return s[-1] / s[0] if s[0] > 0 else np.inf


@wrong(
    "condition_number",
    "leaves out the singular values that are zero",
    hint="You divide by the smallest singular value that is not zero. A zero among them makes the "
    "matrix singular: for [[1, 2], [2, 4]] you get 1, where inf is due.",
)
def condition_number(A):
    s = np.linalg.svd(A, compute_uv=False)
    s = s[s > max(A.shape) * EPS * s[0]]
    return s[0] / s[-1] if len(s) else np.inf


@wrong(
    "condition_number",
    "absolute tolerance",
    hint="Whether a singular value counts as zero depends on the size of A: 1e-100 times the "
    "identity has the condition number 1. Compare with s[0], not with 1e-12.",
)
def condition_number(A):
    s = np.linalg.svd(A, compute_uv=False)
    return np.inf if s[-1] < 1e-12 else s[0] / s[-1]


@wrong(
    "condition_number",
    "eps without the size of the matrix",
    hint="Rounding errors grow with the size: the limit is max(m, n) * eps * s[0], not eps * s[0].",
)
def condition_number(A):
    s = np.linalg.svd(A, compute_uv=False)
    return np.inf if s[-1] <= EPS * s[0] else s[0] / s[-1]


@wrong(
    "condition_number",
    "maximum norm",
    hint="You use another norm: np.linalg.norm and cond take the 2-norm of a matrix only if you ask "
    "for it. For [[4, 0], [3, 5]] you get 3.2 instead of 2.",
)
def condition_number(A):
    if np.linalg.matrix_rank(A) < min(A.shape):
        return np.inf
    return np.linalg.norm(A, np.inf) * np.linalg.norm(np.linalg.pinv(A), np.inf)


@wrong(
    "condition_number",
    "square matrices only, by the inverse",
    hint="np.linalg.inv wants a square matrix and raises LinAlgError if it is singular. The singular "
    "values exist for every matrix.",
)
def condition_number(A):
    if abs(np.linalg.det(A)) < 1e-14:
        return np.inf
    return np.linalg.norm(A, 2) * np.linalg.norm(np.linalg.inv(A), 2)


# -------------------------------------------------------------- digits_lost


@right("digits_lost", "NumPy, clipped")
def digits_lost(kappa):
    if np.isnan(kappa) or kappa < 1:
        raise ValueError("kappa must be at least 1")
    return np.clip(np.log10(kappa), 0, 16)


@right("digits_lost", "quotient of natural logarithms, with a branch")
def digits_lost(kappa):
    if kappa >= 1e16:
        return 16.0
    if kappa >= 1:
        return math.log(kappa) / math.log(10)
    raise ValueError(kappa)


@right("digits_lost", "bits turned into digits")
def digits_lost(kappa):
    if kappa >= 1:
        return np.log2(min(kappa, 1e16)) * 0.30102999566398120
    raise ValueError("a condition number is at least 1")


@wrong(
    "digits_lost",
    "natural logarithm",
    hint="math.log and np.log are natural logarithms. Decimal digits want log10: 1e12 costs 12 "
    "digits, not 27.6.",
)
def digits_lost(kappa):
    if not kappa >= 1:
        raise ValueError(kappa)
    return min(math.log(kappa), 16.0)


@wrong(
    "digits_lost",
    "digits that are left",
    hint="You return how many digits are left. With kappa = 1e12 that is 4; lost are 12.",
)
def digits_lost(kappa):
    if not kappa >= 1:
        raise ValueError(kappa)
    return max(16 - math.log10(kappa), 0.0)


@wrong(
    "digits_lost",
    "no more than sixteen forgotten",
    hint="There are only 16 digits to lose: for kappa = inf the answer is 16, not inf.",
)
def digits_lost(kappa):
    if not kappa >= 1:
        raise ValueError(kappa)
    return math.log10(kappa)


@wrong(
    "digits_lost",
    "rounds to whole digits",
    hint="Do not round: kappa = 4002 costs 3.6 digits, not 3 and not 4.",
)
def digits_lost(kappa):
    if not kappa >= 1:
        raise ValueError(kappa)
    return float(min(round(math.log10(min(kappa, 1e300))), 16))


@wrong(
    "digits_lost",
    "accepts everything",
    hint="Below 1 there is no condition number: digits_lost(0.5) should raise ValueError, and yours "
    "gains digits.",
)
def digits_lost(kappa):
    with np.errstate(all="ignore"):
        return min(float(np.log10(kappa)), 16.0)


@wrong(
    "digits_lost",
    "lets NaN pass",
    hint="NaN is not below 1 either: every comparison with NaN is false. Ask `not kappa >= 1`.",
)
def digits_lost(kappa):
    if kappa < 1:
        raise ValueError(kappa)
    return min(math.log10(kappa), 16.0)


@wrong(
    "digits_lost",
    "refuses the condition number 1",
    hint="1 is the best condition number there is, that of the identity. It costs 0 digits.",
)
def digits_lost(kappa):
    if not kappa > 1:
        raise ValueError(kappa)
    return min(math.log10(kappa), 16.0)


@wrong(
    "digits_lost",
    "refuses inf",
    hint="kappa = inf is allowed: a singular matrix costs all 16 digits.",
)
def digits_lost(kappa):
    if not 1 <= kappa < math.inf:
        raise ValueError(kappa)
    return min(math.log10(kappa), 16.0)


# -------------------------------------------------------------- amplification


@right("amplification", "one factorization for both, SciPy")
def amplification(A, b, db):
    if np.linalg.norm(b) == 0 or np.linalg.norm(db) == 0:
        raise ValueError("zero vector")
    if np.linalg.matrix_rank(A) < len(A):
        raise np.linalg.LinAlgError("singular")
    factors = scipy.linalg.lu_factor(A)
    x, dx = scipy.linalg.lu_solve(factors, b), scipy.linalg.lu_solve(factors, db)
    return np.linalg.norm(dx) * np.linalg.norm(b) / np.linalg.norm(x) / np.linalg.norm(db)


@right("amplification", "both right-hand sides as columns")
def amplification(A, b, db):
    if not b.any():
        raise ValueError("b is zero")
    if not db.any():
        raise ValueError("db is zero")
    B = np.column_stack([b, db])
    ratio = np.linalg.norm(np.linalg.solve(A, B), axis=0) / np.linalg.norm(B, axis=0)
    return ratio[1] / ratio[0]


@right("amplification", "by the inverse, loops for the norms")
def amplification(A, b, db):
    def length(v):
        return math.hypot(*v)

    if length(b) == 0 or length(db) == 0:
        raise ValueError("nothing to compare with")
    X = np.linalg.inv(A)
    return (length(X @ db) / length(X @ b)) / (length(db) / length(b))


@wrong(
    "amplification",
    "difference of two solutions",
    hint="With db = 1e-20 b, b + db is b, and you find no change at all. Subtract the equations on "
    "paper instead: A dx = db.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    x = np.linalg.solve(A, b)
    dx = np.linalg.solve(A, b + db) - x
    norm = np.linalg.norm
    return (norm(dx) / norm(x)) / (norm(db) / norm(b))


@wrong(
    "amplification",
    "absolute changes",
    hint="Relative changes: divide ||dx|| by ||x|| and ||db|| by ||b||. In the small example you get "
    "1414 instead of 2000.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    return np.linalg.norm(np.linalg.solve(A, db)) / np.linalg.norm(db)


@wrong(
    "amplification",
    "upside down",
    hint="The change of x over the change of b, not the other way round: 2000 in the small example, "
    "not 0.0005.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    norm = np.linalg.norm
    x, dx = np.linalg.solve(A, b), np.linalg.solve(A, db)
    return (norm(db) / norm(b)) / (norm(dx) / norm(x))


@wrong(
    "amplification",
    "the condition number",
    hint="The condition number is the worst case. For these b and db the amplification may be less: "
    "2000, where kappa is 4002.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    np.linalg.inv(A)
    return np.linalg.cond(A)


@wrong(
    "amplification",
    "multiplies by A instead of solving",
    hint="x solves A x = b. You compute A @ b, which amplifies where the solution shrinks.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    np.linalg.inv(A)
    norm = np.linalg.norm
    return (norm(A @ db) / norm(A @ b)) / (norm(db) / norm(b))


@wrong(
    "amplification",
    "zero vectors divide to nan",
    hint="If b or db is zero there is no relative change: raise ValueError, where 0 / 0 is nan.",
)
def amplification(A, b, db):
    norm = np.linalg.norm
    x, dx = np.linalg.solve(A, b), np.linalg.solve(A, db)
    with np.errstate(all="ignore"):
        return (norm(dx) / norm(x)) / (norm(db) / norm(b))


@wrong(
    "amplification",
    "normalizes b in place",
    hint="b /= norm(b) changes the caller's array, and fails for integers. Write b / norm(b).",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    b /= np.linalg.norm(b)
    db /= np.linalg.norm(db)
    return np.linalg.norm(np.linalg.solve(A, db)) / np.linalg.norm(np.linalg.solve(A, b))


@wrong(
    "amplification",
    "least squares, so that nothing raises",
    hint="np.linalg.lstsq and pinv give some x even where A is singular. np.linalg.solve raises "
    "LinAlgError there, as it should.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    norm = np.linalg.norm
    X = np.linalg.pinv(A)
    return (norm(X @ db) / norm(X @ b)) / (norm(db) / norm(b))


@wrong(
    "amplification",
    "sums of squares instead of norms",
    hint="A norm is the root of the sum of squares. Without the roots you get the square: 4e6 "
    "instead of 2000.",
)
def amplification(A, b, db):
    if not (b.any() and db.any()):
        raise ValueError
    x, dx = np.linalg.solve(A, b), np.linalg.solve(A, db)
    return ((dx @ dx) / (x @ x)) / ((db @ db) / (b @ b))


# -------------------------------------------------------------- backward_error


@right("backward_error", "the largest singular value, SciPy's norms")
def backward_error(A, x, b):
    r = scipy.linalg.norm(b - A.dot(x))
    scale = scipy.linalg.svdvals(A)[0] * scipy.linalg.norm(x) + scipy.linalg.norm(b)
    return r / scale if scale > 0 else 0.0


@right("backward_error", "residual by columns, norms by hand")
def backward_error(A, x, b):
    r = b.astype(float)
    for j in range(A.shape[1]):
        r = r - A[:, j] * x[j]
    if not r.any():
        return 0.0
    spectral = np.linalg.svd(A, compute_uv=False).max()
    return math.hypot(*r) / (spectral * math.hypot(*x) + math.hypot(*b))


@right("backward_error", "the norm from the largest eigenvalue of A.T A")
def backward_error(A, x, b):
    r = np.linalg.norm(np.matmul(A, x) - b)
    norm_A = math.sqrt(max(np.linalg.eigvalsh(A.T @ A).max(), 0.0))
    return np.float64(0) if r == 0 else r / (norm_A * np.linalg.norm(x) + np.linalg.norm(b))


@wrong(
    "backward_error",
    "Frobenius norm of A",
    hint="np.linalg.norm(A) is the Frobenius norm, the root of the sum of all squares. The 2-norm of "
    "a matrix is its largest singular value: np.linalg.norm(A, 2).",
)
def backward_error(A, x, b):
    r = np.linalg.norm(b - A @ x)
    return r / (np.linalg.norm(A) * np.linalg.norm(x) + np.linalg.norm(b)) if r else 0.0


@wrong(
    "backward_error",
    "relative residual",
    hint="||b - A x|| / ||b|| leaves A out. If x is large, ||A|| ||x|| is what the residual has to "
    "be compared with.",
)
def backward_error(A, x, b):
    r = np.linalg.norm(b - A @ x)
    if r == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return r / np.linalg.norm(b)


@wrong(
    "backward_error",
    "leaves out b",
    hint="b can be changed as well: ||b|| belongs below the line, too. For x = 0 you divide by 0.",
)
def backward_error(A, x, b):
    r = np.linalg.norm(b - A @ x)
    if r == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return r / (np.linalg.norm(A, 2) * np.linalg.norm(x))


@wrong(
    "backward_error",
    "forward error",
    hint="You compare x with the true solution: that is the forward error. The backward error needs "
    "no solution, only the residual b - A x.",
)
def backward_error(A, x, b):
    exact = np.linalg.solve(A, b)
    return np.linalg.norm(x - exact) / np.linalg.norm(exact)


@wrong(
    "backward_error",
    "norm of the residual",
    hint="A residual is large or small only beside something: divide by ||A|| ||x|| + ||b||.",
)
def backward_error(A, x, b):
    return np.linalg.norm(b - A @ x)


@wrong(
    "backward_error",
    "zero over zero",
    hint="If all is zero you divide 0 by 0. No residual, no error: return 0.0.",
)
def backward_error(A, x, b):
    r = np.linalg.norm(b - A @ x)
    with np.errstate(all="ignore"):
        return r / (np.linalg.norm(A, 2) * np.linalg.norm(x) + np.linalg.norm(b))


@wrong(
    "backward_error",
    "maximum norms",
    hint="All norms are 2-norms here. np.max(np.abs(...)) is the maximum norm.",
)
def backward_error(A, x, b):
    r = np.max(np.abs(b - A @ x))
    if r == 0:
        return 0.0
    return r / (np.linalg.norm(A, np.inf) * np.max(np.abs(x)) + np.max(np.abs(b)))


@wrong(
    "backward_error",
    "residual computed in place",
    hint="b -= A @ x writes the residual over the caller's b, and then ||b|| is the residual's norm. "
    "Write r = b - A @ x.",
)
def backward_error(A, x, b):
    size = np.linalg.norm(b)
    b -= A @ x
    r = np.linalg.norm(b)
    return r / (np.linalg.norm(A, 2) * np.linalg.norm(x) + size) if r else 0.0


@wrong(
    "backward_error",
    "entry by entry",
    hint="You divide each entry of the residual by its own size and take the largest quotient. That "
    "is the componentwise backward error, and another number.",
)
def backward_error(A, x, b):
    r, scale = np.abs(b - A @ x), np.abs(A) @ np.abs(x) + np.abs(b)
    return float(np.max(r / np.where(scale > 0, scale, 1.0)))


@wrong(
    "backward_error",
    "product instead of sum below the line",
    hint="||A|| ||x|| plus ||b||: both a change of A and a change of b can explain the residual.",
)
def backward_error(A, x, b):
    r = np.linalg.norm(b - A @ x)
    if r == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return r / (np.linalg.norm(A, 2) * np.linalg.norm(x) * np.linalg.norm(b))


# -------------------------------------------------------------- quadratic_roots


@right("quadratic_roots", "no squares: hypot, and a product of two roots")
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError("not quadratic")
    p = 2 * math.sqrt(abs(a)) * math.sqrt(abs(c))  # p^2 = 4 |a c|
    if (a > 0) == (c > 0) and p > abs(b):
        depth = math.sqrt(p - abs(b)) * math.sqrt(p + abs(b))
        return complex(-b / a / 2, depth / a / 2), complex(-b / a / 2, -depth / a / 2)
    same = (a > 0) == (c > 0)
    root = math.sqrt(abs(b) - p) * math.sqrt(abs(b) + p) if same else math.hypot(b, p)
    q = -(b + root) / 2 if b >= 0 else (root - b) / 2
    return (q / a, c / q) if q != 0 else (0.0, 0.0)


@right("quadratic_roots", "scaled by a power of two, larger root first, cmath")
def quadratic_roots(a, b, c):
    if not a:
        raise ValueError("a = 0")
    exponent = max(math.frexp(number)[1] for number in (a, b, c) if number)
    a, b, c = (math.ldexp(number, -exponent) for number in (a, b, c))
    root = cmath.sqrt(b * b - 4 * a * c)
    if root.imag:
        return [(-b + root) / (2 * a), (-b - root) / (2 * a)]
    root = root.real
    large = max((-b + root) / (2 * a), (-b - root) / (2 * a), key=abs)
    small = c / (a * large) if large else 0.0
    return [large, small]


@right("quadratic_roots", "exact discriminant in fractions, an array of two")
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError("a must not be 0")
    half, product = Fraction(b) / Fraction(a) / 2, Fraction(c) / Fraction(a)
    radicand = half * half - product
    if radicand < 0:
        scale = max(abs(half), abs(product))
        ratio = float(-radicand / scale**2)
        depth = math.sqrt(ratio) * float(scale)
        return np.array([complex(-float(half), depth), complex(-float(half), -depth)])
    if half == 0:
        x = math.sqrt(float(radicand))
        return np.array([-x, x])
    root = Fraction(math.sqrt(float(radicand / half**2))) * abs(half)
    large = -half - root if half > 0 else -half + root
    return np.array([float(large), float(product / large)])


@wrong(
    "quadratic_roots",
    "textbook formula",
    hint="For (1, -1e8, 1) the smaller root is wrong in its first or second digit: two nearly equal "
    "numbers are subtracted. Compute the root that does not cancel, and c / q for the other.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    root = cmath.sqrt(b * b - 4 * a * c)
    x1, x2 = (-b + root) / (2 * a), (-b - root) / (2 * a)
    return (x1, x2) if root.imag else (x1.real, x2.real)


@wrong(
    "quadratic_roots",
    "no scaling",
    hint="b * b overflows for b = 1e200 and is 0 for b = 1e-200. Divide a, b and c by the largest of "
    "them first: the roots stay the same.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    D = b * b - 4 * a * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / (2 * a)
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(D), b)) / 2
    return q / a, (c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "scales by a only",
    hint="Dividing by a makes a equal to 1, but b / a may still be 1e200, and its square inf. Divide "
    "by the largest of the three.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    b, c = b / a, c / a
    D = b * b - 4 * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / 2
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(D), b)) / 2
    return q, (c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "np.sign, which is 0 for b = 0",
    hint="np.sign(0) is 0: for x^2 - 4 your q is 0, and both roots are lost. math.copysign(1, b) is "
    "never 0.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    D = b * b - 4 * a * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / (2 * a)
        return x, x.conjugate()
    q = -(b + np.sign(b) * math.sqrt(D)) / 2
    return q / a, (c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "takes b for positive",
    hint="b + root cancels if b is negative. The sign in q has to be that of b.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    D = b * b - 4 * a * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / (2 * a)
        return x, x.conjugate()
    q = -(b + math.sqrt(D)) / 2
    return q / a, (c / q if q else -b / a)


@wrong(
    "quadratic_roots",
    "refuses complex roots",
    hint="A negative discriminant is no error: the roots are (-b +- i sqrt(-D)) / (2 a).",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    D = b * b - 4 * a * c
    if D < 0:
        raise ValueError("no real roots")
    q = -(b + math.copysign(math.sqrt(D), b)) / 2
    return q / a, (c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "always complex numbers",
    hint="Real roots should be floats. cmath gives complex numbers even where the imaginary part is "
    "0, and they cannot be sorted or compared.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    root = cmath.sqrt(b * b - 4 * a * c)
    if root.imag:
        return (-b + root) / (2 * a), (-b - root) / (2 * a)
    q = -(b + math.copysign(root.real, b)) / 2
    return complex(q / a), complex(c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "zero over zero for b = c = 0",
    hint="5 x^2 has the double root 0. There q is 0, and c / q is 0 / 0.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    D = b * b - 4 * a * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / (2 * a)
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(D), b)) / 2
    with np.errstate(all="ignore"):
        return q / a, float(np.float64(c) / np.float64(q))


@wrong(
    "quadratic_roots",
    "divides by two and multiplies by a",
    hint="-b / 2 * a is (-b / 2) * a in Python: write / (2 * a).",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    b, c, small = b / scale, c / scale, a / scale
    D = b * b - 4 * small * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / 2 * small
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(D), b)) / 2 * small
    return q, (c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "lets a = 0 pass",
    hint="For a = 0 this is no quadratic: raise ValueError, not ZeroDivisionError.",
)
def quadratic_roots(a, b, c):
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    D = b * b - 4 * a * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / (2 * a)
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(D), b)) / 2
    return q / a, (c / q if q else 0.0)


@wrong(
    "quadratic_roots",
    "both roots with the same sign",
    hint="The product of your two roots is not c / a: the second one is c / q, not the first one "
    "again.",
)
def quadratic_roots(a, b, c):
    if a == 0:
        raise ValueError
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    D = b * b - 4 * a * c
    if D < 0:
        x = complex(-b, math.sqrt(-D)) / (2 * a)
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(D), b)) / 2
    return q / a, q / a


# -------------------------------------------------------------- sum_compensated


@right("sum_compensated", "math.fsum")
def sum_compensated(x):
    return math.fsum(x)


@right("sum_compensated", "Neumaier's variant, correction added at the end")
def sum_compensated(x):
    total, correction = 0.0, 0.0
    for value in map(float, x):
        new = total + value
        if abs(total) >= abs(value):
            correction += (total - new) + value
        else:
            correction += (value - new) + total
        total = new
    return total + correction


@right("sum_compensated", "exact fractions")
def sum_compensated(x):
    return float(sum((Fraction(value) for value in x.tolist()), Fraction(0)))


@right("sum_compensated", "Knuth's two-sum, error carried with a plus")
def sum_compensated(x):
    total, carry = np.float64(0), np.float64(0)
    for value in x.astype(np.float64):
        value = value + carry
        new = total + value
        part = new - total
        carry = (total - (new - part)) + (value - part)
        total = new
    return total


@wrong(
    "sum_compensated",
    "plain loop",
    hint="Every addition is rounded, and nothing is done about it: ten tenths give "
    "0.9999999999999999. Compute what was lost, and take it off the next value.",
)
def sum_compensated(x):
    total = 0.0
    for value in x:
        total += float(value)
    return total


@wrong(
    "sum_compensated",
    "np.sum",
    hint="np.sum adds in a tree, which is good but not compensated: crumbs beside ones are lost. "
    "Write the loop.",
)
def sum_compensated(x):
    return float(np.sum(x, dtype=float))


@wrong(
    "sum_compensated",
    "correction with the wrong sign",
    hint="(new - total) - wanted is what was added minus what should have been: subtract it from "
    "the next value. Adding it doubles the error.",
)
def sum_compensated(x):
    total = lost = 0.0
    for value in np.asarray(x, dtype=float).tolist():
        wanted = value + lost
        new = total + wanted
        lost = (new - total) - wanted
        total = new
    return total


@wrong(
    "sum_compensated",
    "updates the total too early",
    hint="You update the total before you compute what was lost, so new - total is 0 and lost is "
    "-value. Keep the old total until the end of the step.",
)
def sum_compensated(x):
    total = lost = 0.0
    for value in np.asarray(x, dtype=float).tolist():
        wanted = value - lost
        new = total + wanted
        total = new
        lost = (new - total) - wanted
    return total


@wrong(
    "sum_compensated",
    "lets the corrections pile up",
    hint="You add each loss to the earlier ones, and take the whole pile off every value, though "
    "the earlier ones were taken off before. Keep the last one only: lost = ..., not lost += ...",
)
def sum_compensated(x):
    total = lost = 0.0
    for value in np.asarray(x, dtype=float).tolist():
        wanted = value - lost
        new = total + wanted
        lost += (new - total) - wanted
        total = new
    return total


@wrong(
    "sum_compensated",
    "sorts and adds, smallest first",
    hint="Adding the small ones first helps a little and costs sorting, but each addition is still "
    "rounded: thousands of terms drift.",
)
def sum_compensated(x):
    total = 0.0
    for value in sorted(np.asarray(x, dtype=float).tolist(), key=abs):
        total += value
    return total


@wrong(
    "sum_compensated",
    "stays in single precision",
    hint="The numbers of a float32 vector keep NumPy in single precision, correction and all. "
    "Convert to float first.",
)
def sum_compensated(x):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    total = lost = kind.type(0)
    for value in x:
        wanted = kind.type(value) - lost
        new = total + wanted
        lost = (new - total) - wanted
        total = new
    return float(total)


@wrong(
    "sum_compensated",
    "corrects the next entry in the array itself",
    hint="x[i + 1] -= lost changes the caller's array. Keep the correction in a variable.",
)
def sum_compensated(x):
    x = np.asarray(x, dtype=float)
    total = 0.0
    for i in range(len(x)):
        new = total + x[i]
        lost = (new - total) - x[i]
        if i + 1 < len(x):
            x[i + 1] -= lost
        total = new
    return total


@wrong(
    "sum_compensated",
    "starts with the first entry, so an empty vector fails",
    hint="x[0] does not exist if there are no numbers. Start with total = 0.0.",
)
def sum_compensated(x):
    numbers = np.asarray(x, dtype=float).tolist()
    total, lost = numbers[0], 0.0
    for value in numbers[1:]:
        wanted = value - lost
        new = total + wanted
        lost = (new - total) - wanted
        total = new
    return total


@wrong(
    "sum_compensated",
    "adds bytes to bytes",
    hint="Bytes are added modulo 256, so 200 + 200 is 144. Convert to float first.",
)
def sum_compensated(x):
    if x.dtype == np.uint8:
        total = np.uint8(0)
        for value in x:
            total = total + value
        return float(total)
    return math.fsum(x)


# -------------------------------------------------------------- running_variance


@right("running_variance", "Welford, number by number")
def running_variance(state, batch):
    count, mean, variance = state
    squares = count * variance
    for value in map(float, batch):
        count += 1
        before = value - mean
        mean += before / count
        squares += before * (value - mean)
    return (count, mean, squares / count) if count else state


@right("running_variance", "squares about the new mean")
def running_variance(state, batch):
    n, mean, variance = state
    if len(batch) == 0:
        return (n, mean, variance)
    deviations = np.array(batch, dtype=float) - mean
    step = np.sum(deviations) / (n + len(batch))
    squares = n * (variance + step**2) + np.sum((deviations - step) ** 2)
    return n + len(batch), mean + step, squares / (n + len(batch))


@right("running_variance", "exact fractions, even sums of squares")
def running_variance(state, batch):
    n, mean, variance = state
    if not len(batch):
        return n, mean, variance
    numbers = [Fraction(value) for value in np.asarray(batch).tolist()]
    total = n * Fraction(mean) + sum(numbers)
    squares = n * (Fraction(variance) + Fraction(mean) ** 2) + sum(v * v for v in numbers)
    n += len(numbers)
    return n, float(total / n), float(squares / n - (total / n) ** 2)


@wrong(
    "running_variance",
    "mean of squares minus square of the mean",
    hint="You go through the sum of squares: near 1e9 both terms are 1e18, and their difference is "
    "noise. Only ever square deviations.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    if len(batch) == 0:
        return state
    total = n + len(batch)
    squares = (n * (variance + mean**2) + np.sum(batch**2)) / total
    new = (n * mean + np.sum(batch)) / total
    return total, new, squares - new**2


@wrong(
    "running_variance",
    "averages the two variances",
    hint="The batches (1, 3) and (5, 7) have variance 1 each, but together 5: their means differ. "
    "Add n k / (n + k)^2 times the squared gap.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    total = n + k
    return total, (n * mean + batch.sum()) / total, (n * variance + k * batch.var()) / total


@wrong(
    "running_variance",
    "describes the batch alone",
    hint="You forget what was known before: the state has to be combined with the batch.",
)
def running_variance(state, batch):
    if len(batch) == 0:
        return state
    batch = np.asarray(batch, dtype=float)
    return state[0] + len(batch), float(batch.mean()), float(batch.var())


@wrong(
    "running_variance",
    "divides by count minus one",
    hint="The mean of the squared deviations: divide by the count, as np.var does, not by count - 1. "
    "For 1 and 3 that is 1, not 2.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    total, gap = n + k, batch.mean() - mean
    squares = max(n - 1, 0) * variance + k * batch.var() + gap**2 * n * k / total
    return total, mean + gap * k / total, squares / max(total - 1, 1)


@wrong(
    "running_variance",
    "gap not weighted by the counts",
    hint="The squared gap counts n k / (n + k)^2 times. You add it at full weight, even for the "
    "first batch.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    total, gap = n + k, batch.mean() - mean
    return total, mean + gap * k / total, (n * variance + k * batch.var()) / total + gap**2


@wrong(
    "running_variance",
    "averages the means without weights",
    hint="The mean of two means is right only if both belong to equally many numbers. Weigh them by "
    "n and k.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    if n == 0:
        return k, float(batch.mean()), float(batch.var())
    new = (mean + batch.mean()) / 2
    total = n + k
    gap = batch.mean() - mean
    return total, new, (n * variance + k * batch.var()) / total + n * k / total**2 * gap**2


@wrong(
    "running_variance",
    "does not expect an empty batch",
    hint="The mean of no numbers is nan, and before the first number 0 / 0 fails as well. An empty "
    "batch changes nothing: return the state.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    total, gap = n + k, np.mean(batch) - mean
    new = (n * variance + k * np.var(batch)) / total + n * k / total**2 * gap**2
    return total, mean + gap * k / total, new


@wrong(
    "running_variance",
    "a moving average with a fixed weight",
    hint="A fixed weight of 0.1, as in batch normalization, forgets old batches and never gives the "
    "variance of all numbers. Weigh by the counts.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    if len(batch) == 0:
        return state
    if n == 0:
        return len(batch), float(batch.mean()), float(batch.var())
    total = n + len(batch)
    return total, 0.9 * mean + 0.1 * batch.mean(), 0.9 * variance + 0.1 * batch.var()


@wrong(
    "running_variance",
    "returns the standard deviation",
    hint="You return the root of the variance. For 1, 3, 5, 7 the variance is 5.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    total, gap = n + k, batch.mean() - mean
    new = (n * variance**2 + k * batch.var()) / total + n * k / total**2 * gap**2
    return total, mean + gap * k / total, math.sqrt(new)


@wrong(
    "running_variance",
    "subtracts the mean from the caller's array",
    hint="batch -= mean changes the array that you were given. Write batch - mean.",
)
def running_variance(state, batch):
    n, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    batch -= mean
    total, gap = n + k, batch.mean()
    new = (n * variance + k * batch.var()) / total + n * k / total**2 * gap**2
    return total, mean + gap * k / total, new


@wrong(
    "running_variance",
    "computes in single precision",
    hint="The mean of a float32 array is computed in single precision: seven digits. Convert to "
    "float first.",
)
def running_variance(state, batch):
    n, mean, variance = state
    k = len(batch)
    if k == 0:
        return state
    total, gap = n + k, float(np.mean(batch)) - mean
    new = (n * variance + k * float(np.var(batch))) / total + n * k / total**2 * gap**2
    return total, mean + gap * k / total, new


# -------------------------------------------------------------- logsumexp


@right("logsumexp", "np.logaddexp, number by number")
def logsumexp(z, axis):
    return np.logaddexp.reduce(np.asarray(z, dtype=float), axis=axis)


@right("logsumexp", "scipy.special")
def logsumexp(z, axis):
    return scipy.special.logsumexp(z, axis=axis)


@right("logsumexp", "loops over the other axes, with math")
def logsumexp(z, axis):
    moved = np.moveaxis(z, axis, -1)
    result = np.empty(moved.shape[:-1])
    for index in np.ndindex(result.shape):
        numbers = moved[index].tolist()
        largest = max(numbers)
        if math.isinf(largest):
            result[index] = largest
        else:
            total = math.fsum(math.exp(number - largest) for number in numbers)
            result[index] = largest + math.log(total)
    return result


@right("logsumexp", "log1p of the others beside the largest")
def logsumexp(z, axis):
    ordered = np.sort(np.moveaxis(np.array(z, dtype=float), axis, 0), axis=0)
    top = ordered[-1]
    with np.errstate(invalid="ignore"):
        rest = np.exp(ordered[:-1] - top).sum(axis=0)
    return top + np.where(np.isinf(top), 0.0, np.log1p(rest))


@wrong(
    "logsumexp",
    "as it is written",
    hint="exp(1000) is inf and exp(-1000) is 0. Take the largest entry out before you exponentiate, "
    "and add it again at the end.",
)
def logsumexp(z, axis):
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.exp(z), axis=axis))


@wrong(
    "logsumexp",
    "does not add the maximum again",
    hint="log(sum(exp(z - m))) is smaller than the answer by m: add it again.",
)
def logsumexp(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.exp(z - peak), axis=axis))


@wrong(
    "logsumexp",
    "one maximum for the whole array",
    hint="You subtract the maximum of the whole array. A row that lies 1000 below it underflows to "
    "-inf: every row needs its own maximum.",
)
def logsumexp(z, axis):
    peak = np.max(z)
    peak = peak if np.isfinite(peak) else 0.0
    with np.errstate(all="ignore"):
        return peak + np.log(np.sum(np.exp(z - peak), axis=axis))


@wrong(
    "logsumexp",
    "nan where all is -inf",
    hint="Where all entries are -inf, so is the maximum, and -inf - (-inf) is nan. Shift by 0 there.",
)
def logsumexp(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        total = np.log(np.sum(np.exp(z - peak), axis=axis, keepdims=True))
        return np.squeeze(peak + total, axis=axis)


@wrong(
    "logsumexp",
    "keeps the axis",
    hint="The axis you sum over should go: shape (3, 5) with axis 1 becomes (3,), not (3, 1).",
)
def logsumexp(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(all="ignore"):
        return peak + np.log(np.sum(np.exp(z - peak), axis=axis, keepdims=True))


@wrong(
    "logsumexp",
    "ignores the axis",
    hint="You sum over all entries and return one number. axis says along which axis to sum.",
)
def logsumexp(z, axis):
    peak = np.max(z)
    peak = peak if np.isfinite(peak) else 0.0
    with np.errstate(all="ignore"):
        return peak + np.log(np.sum(np.exp(z - peak)))


@wrong(
    "logsumexp",
    "clips the logits",
    hint="Clipping at 700 keeps exp finite and gives a wrong answer: logsumexp of 1000 and 1001 is "
    "1001.3, not 700.7.",
)
def logsumexp(z, axis):
    return np.log(np.sum(np.exp(np.clip(z, -700, 700)), axis=axis))


@wrong(
    "logsumexp",
    "takes out the entry of largest size",
    hint="The largest entry, not the one of largest size: with -1000 and 0 you shift by -1000 or "
    "1000, and exp overflows or all underflows.",
)
def logsumexp(z, axis):
    peak = np.max(np.abs(z), axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(all="ignore"):
        return np.squeeze(
            peak + np.log(np.sum(np.exp(z - peak), axis=axis, keepdims=True)), axis=axis
        )


@wrong(
    "logsumexp",
    "subtracts in place",
    hint="z -= m changes the caller's array, and fails for integers. Write z - m.",
)
def logsumexp(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    z -= peak
    with np.errstate(all="ignore"):
        return np.squeeze(peak + np.log(np.sum(np.exp(z), axis=axis, keepdims=True)), axis=axis)


@wrong(
    "logsumexp",
    "a small number under the logarithm",
    hint="Adding 1e-12 under the logarithm hides underflow and changes the answer: where all entries "
    "are -inf you get -27.6.",
)
def logsumexp(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    total = np.sum(np.exp(z - peak), axis=axis, keepdims=True) + 1e-12
    return np.squeeze(peak + np.log(total), axis=axis)


# -------------------------------------------------------------- softmax


@right("softmax", "exp of z minus logsumexp, zeros where that is -inf")
def softmax(z, axis):
    total = np.logaddexp.reduce(np.asarray(z, dtype=float), axis=axis, keepdims=True)
    possible = np.broadcast_to(np.isfinite(total), z.shape)
    with np.errstate(invalid="ignore"):
        return np.where(possible, np.exp(z - total), 0.0)


@right("softmax", "scipy.special, with nan replaced")
def softmax(z, axis):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(scipy.special.softmax(np.asarray(z, dtype=float), axis=axis), nan=0.0)


@right("softmax", "fibre by fibre, with math")
def softmax(z, axis):
    result = np.zeros(z.shape)
    source, target = np.moveaxis(z, axis, -1), np.moveaxis(result, axis, -1)
    for index in np.ndindex(source.shape[:-1]):
        numbers = source[index].tolist()
        largest = max(numbers)
        if largest == -math.inf:
            continue
        weights = [math.exp(number - largest) for number in numbers]
        target[index] = [weight / sum(weights) for weight in weights]
    return result


@wrong(
    "softmax",
    "as it is written",
    hint="exp(1000) is inf, and inf / inf is nan. Subtract the largest logit first: it cancels.",
)
def softmax(z, axis):
    with np.errstate(all="ignore"):
        weights = np.exp(z)
        return np.nan_to_num(
            weights / np.sum(weights, axis=axis, keepdims=True), nan=0.0, posinf=0.0
        )


@wrong(
    "softmax",
    "one maximum for the whole array",
    hint="You subtract the maximum of the whole array: a row that lies 1000 below it underflows to "
    "zeros. Every row needs its own.",
)
def softmax(z, axis):
    peak = np.max(z)
    weights = np.exp(z - (peak if np.isfinite(peak) else 0.0))
    total = np.sum(weights, axis=axis, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong(
    "softmax",
    "adds up over the whole array",
    hint="Your probabilities add up to 1 over the whole array. They should along the given axis: "
    "sum with axis=axis and keepdims=True.",
)
def softmax(z, axis):
    peak = np.max(z)
    weights = np.exp(z - (peak if np.isfinite(peak) else 0.0))
    return weights / max(np.sum(weights), 1.0)


@wrong(
    "softmax",
    "nan where all is masked",
    hint="Where all logits are -inf, so is the maximum, and -inf - (-inf) is nan. The answer should "
    "be zeros there.",
)
def softmax(z, axis):
    with np.errstate(invalid="ignore"):
        weights = np.exp(z - np.max(z, axis=axis, keepdims=True))
        return weights / np.sum(weights, axis=axis, keepdims=True)


@wrong(
    "softmax",
    "uniform where all is masked",
    hint="Where everything is impossible, nothing is possible: zeros, not equal shares.",
)
def softmax(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    weights = np.exp(z - peak)
    total = np.sum(weights, axis=axis, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), 1 / z.shape[axis])


@wrong(
    "softmax",
    "clips the logits",
    hint="Clipping makes all logits above 700 equal: 1000, 1001 and 1002 get a third each. Subtract "
    "the largest instead.",
)
def softmax(z, axis):
    weights = np.where(np.isneginf(z), 0.0, np.exp(np.clip(z, -700, 700)))
    total = np.sum(weights, axis=axis, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


@wrong(
    "softmax",
    "a small number in the denominator",
    hint="Adding 1e-8 to the denominator keeps it from 0, and takes away from every probability: "
    "they no longer add up to 1.",
)
def softmax(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    weights = np.exp(z - np.where(np.isfinite(peak), peak, 0.0))
    return weights / (np.sum(weights, axis=axis, keepdims=True) + 1e-8)


@wrong(
    "softmax",
    "forgets keepdims",
    hint="Without keepdims=True the sums have one axis less, and NumPy divides columns by what "
    "belongs to rows: wrong if the array is square, an error if not.",
)
def softmax(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    weights = np.exp(z - np.where(np.isfinite(peak), peak, 0.0))
    return weights / np.maximum(np.sum(weights, axis=axis), 1.0)


@wrong(
    "softmax",
    "subtracts in place",
    hint="z -= m changes the caller's array, and fails for integers. Write z - m.",
)
def softmax(z, axis):
    peak = np.max(z, axis=axis, keepdims=True)
    z -= np.where(np.isfinite(peak), peak, 0.0)
    weights = np.exp(z)
    return weights / np.maximum(np.sum(weights, axis=axis, keepdims=True), 1.0)


@wrong(
    "softmax",
    "returns the logarithms",
    hint="You return the logarithms of the probabilities. Take exp, or do not take log.",
)
def softmax(z, axis):
    with np.errstate(all="ignore"):
        return z - np.logaddexp.reduce(np.asarray(z, dtype=float), axis=axis, keepdims=True)


@wrong(
    "softmax",
    "always the last axis",
    hint="You always use the last axis. axis says which one.",
)
def softmax(z, axis):
    peak = np.max(z, axis=-1, keepdims=True)
    weights = np.exp(z - np.where(np.isfinite(peak), peak, 0.0))
    return weights / np.maximum(np.sum(weights, axis=-1, keepdims=True), 1.0)


# -------------------------------------------------------------- cross_entropy


@right("cross_entropy", "logaddexp minus the right logits")
def cross_entropy(logits, labels):
    logits = np.asarray(logits, dtype=float)
    picked = np.take_along_axis(logits, labels.astype(int)[:, None], axis=1)[:, 0]
    total = np.logaddexp.reduce(logits, axis=1)
    losses = np.full(len(labels), np.inf)
    possible = picked > -np.inf
    losses[possible] = total[possible] - picked[possible]
    return losses.mean()


@right("cross_entropy", "example by example, with math")
def cross_entropy(logits, labels):
    losses = []
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        if row[label] == -math.inf:
            return math.inf
        losses.append(math.log(sum(math.exp(z - max(row)) for z in row)) + max(row) - row[label])
    return sum(losses) / len(losses)


@right("cross_entropy", "log of the sum of exp of the margins")
def cross_entropy(logits, labels):
    logits = np.asarray(logits, dtype=float)
    right = logits[range(len(labels)), labels]
    if (right == -np.inf).any():
        return np.inf
    return np.mean(scipy.special.logsumexp(logits - right[:, None], axis=1))


@wrong(
    "cross_entropy",
    "logarithm of a stable softmax",
    hint="The softmax may be stable, but a probability of exp(-1000) underflows to 0, and -log(0) is "
    "inf. The loss is 1000: lse(z) - z[label].",
)
def cross_entropy(logits, labels):
    peak = np.max(logits, axis=1, keepdims=True)
    weights = np.exp(logits - np.where(np.isfinite(peak), peak, 0.0))
    p = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    with np.errstate(divide="ignore"):
        return -np.mean(np.log(p[np.arange(len(labels)), labels]))


@wrong(
    "cross_entropy",
    "a small number under the logarithm",
    hint="-log(p + 1e-12) is never more than 27.6, however wrong the answer is: here the loss is "
    "1000. Do not compute p at all.",
)
def cross_entropy(logits, labels):
    peak = np.max(logits, axis=1, keepdims=True)
    weights = np.exp(logits - np.where(np.isfinite(peak), peak, 0.0))
    p = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    return -np.mean(np.log(p[np.arange(len(labels)), labels] + 1e-12))


@wrong(
    "cross_entropy",
    "as it is written",
    hint="exp(1000) is inf: take each row's largest logit out first.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    with np.errstate(all="ignore"):
        return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - right)


@wrong(
    "cross_entropy",
    "sum over the batch",
    hint="The mean over the examples, not the sum: the loss must not grow with the batch.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    if np.any(np.isneginf(right)):
        return math.inf
    peak = np.max(logits, axis=1)
    return np.sum(np.log(np.sum(np.exp(logits - peak[:, None]), axis=1)) + peak - right)


@wrong(
    "cross_entropy",
    "picks every label in every row",
    hint="logits[:, labels] takes the columns of all labels in every row, an n by n array. You want "
    "one entry a row: logits[np.arange(n), labels].",
)
def cross_entropy(logits, labels):
    right = logits[:, labels]
    if np.any(np.isneginf(right)):
        return math.inf
    peak = np.max(logits, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(logits - peak), axis=1, keepdims=True)) + peak - right)


@wrong(
    "cross_entropy",
    "mean over examples and classes",
    hint="You divide by n * k: the zeros of the other classes do not count. Divide by n.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    if np.any(np.isneginf(right)):
        return math.inf
    peak = np.max(logits, axis=1)
    losses = np.log(np.sum(np.exp(logits - peak[:, None]), axis=1)) + peak - right
    return np.sum(losses) / logits.size


@wrong(
    "cross_entropy",
    "log-likelihood, without the minus",
    hint="You return z[label] - lse(z), the logarithm of the probability. The loss is its negative, "
    "and never below 0.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    if np.any(np.isneginf(right)):
        return -math.inf
    peak = np.max(logits, axis=1)
    return -np.mean(np.log(np.sum(np.exp(logits - peak[:, None]), axis=1)) + peak - right)


@wrong(
    "cross_entropy",
    "nan where all classes are impossible",
    hint="Where all logits of a row are -inf, lse - z[label] is -inf + inf, which is nan. Look for "
    "-inf at the right class first.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    with np.errstate(all="ignore"):
        peak = np.max(logits, axis=1)
        logs = np.log(np.sum(np.exp(logits - peak[:, None]), axis=1))
        return np.mean(logs + (peak - right))


@wrong(
    "cross_entropy",
    "loss of the class with the largest logit",
    hint="You take the class that the model prefers, not the one in labels: such a loss is small "
    "even if every answer is wrong.",
)
def cross_entropy(logits, labels):
    peak = np.max(logits, axis=1)
    if np.any(np.isneginf(peak)):
        return math.inf
    return np.mean(np.log(np.sum(np.exp(logits - peak[:, None]), axis=1)))


@wrong(
    "cross_entropy",
    "subtracts in place",
    hint="logits -= m changes the caller's array, and fails for integers. Write logits - m.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    if np.any(np.isneginf(right)):
        return math.inf
    peak = np.max(logits, axis=1)
    logits -= peak[:, None]
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) + peak - right)


@wrong(
    "cross_entropy",
    "one maximum for the whole batch",
    hint="You take out the largest logit of the whole batch: a row far below it underflows, and its "
    "logarithm is -inf. Every row needs its own.",
)
def cross_entropy(logits, labels):
    right = logits[np.arange(len(labels)), labels]
    if np.any(np.isneginf(right)):
        return math.inf
    peak = np.max(logits)
    with np.errstate(divide="ignore"):
        return np.mean(np.log(np.sum(np.exp(logits - peak), axis=1)) + (peak - right))


# -------------------------------------------------------------- growth_factor


@right("growth_factor", "three loops, lists of floats")
def growth_factor(A, pivoting):
    M = [[float(entry) for entry in row] for row in A]
    n = len(M)
    start = max(abs(entry) for row in M for entry in row)
    largest = start
    for k in range(n - 1):
        if pivoting:
            p = max(range(k, n), key=lambda i: abs(M[i][k]))
            M[k], M[p] = M[p], M[k]
        if M[k][k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        for i in range(k + 1, n):
            factor = M[i][k] / M[k][k]
            for j in range(k, n):
                M[i][j] -= factor * M[k][j]
                largest = max(largest, abs(M[i][j]))
    return largest / start


@right("growth_factor", "shrinking Schur complements, by recursion")
def growth_factor(A, pivoting):
    def largest(M):
        here = np.abs(M).max()
        if len(M) == 1:
            return here
        if pivoting:
            order = np.arange(len(M))
            p = np.abs(M[:, 0]).argmax()
            order[[0, p]] = order[[p, 0]]
            M = M[order]
        if not M[0, 0]:
            raise np.linalg.LinAlgError("pivot 0")
        return max(here, largest(M[1:, 1:] - M[1:, :1] @ M[:1, 1:] / M[0, 0]))

    return largest(np.asarray(A, dtype=float)) / np.abs(A).max()


@right("growth_factor", "keeps all matrices in a list, elementary matrices")
def growth_factor(A, pivoting):
    stages = [np.array(A, dtype=float)]
    for k in range(len(A) - 1):
        M = stages[-1].copy()
        if pivoting:
            p = k + int(np.argmax(np.abs(M[k:, k])))
            M[[p, k], :] = M[[k, p], :]
        if M[k, k] == 0.0:
            raise np.linalg.LinAlgError(k)
        E = np.eye(len(A))
        E[k + 1 :, k] = -M[k + 1 :, k] / M[k, k]
        M[:, k:] = E @ M[:, k:]
        M[k + 1 :, k] = 0
        stages.append(M)
    return max(np.abs(M).max() for M in stages) / np.abs(stages[0]).max()


@wrong(
    "growth_factor",
    "looks at the last matrix only",
    hint="An entry that has grown may shrink again before the end: look for the largest after every "
    "step, and in A itself.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
    return max(np.abs(M).max(), start) / start


@wrong(
    "growth_factor",
    "never swaps",
    hint="You ignore the argument pivoting. With pivoting, bring the entry of largest size to the "
    "diagonal first: [[0.001, 1], [1, 1]] then has no growth.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "always swaps",
    hint="You swap even if pivoting is False. Without swaps, [[0.001, 1], [1, 1]] grows 999 times.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        p = k + np.argmax(np.abs(M[k:, k]))
        M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "largest pivot without absolute values",
    hint="The pivot should be largest in size: of 2, -8 and 4 that is -8. Take absolute values.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(M[k:, k])
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "forgets to add k to the position",
    hint="np.argmax(np.abs(M[k:, k])) counts from row k: add k, or you swap with a row that is done.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "counts the multipliers",
    hint="You store the multipliers where the zeros are, and then count them. They are no entries of "
    "the matrix.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k] /= M[k, k]
        M[k + 1 :, k + 1 :] -= np.outer(M[k + 1 :, k], M[k, k + 1 :])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "does not look for zero pivots",
    hint="Dividing by a pivot of zero gives inf and nan, and no exception. Raise LinAlgError.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        with np.errstate(all="ignore"):
            M[k + 1 :, k + 1 :] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k + 1 :])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "refuses a last pivot of zero",
    hint="The last pivot divides nothing: [[2, 1], [4, 2]] has the growth factor 1. Only the first "
    "n - 1 pivots must not be zero.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    start = largest = np.abs(M).max()
    for k in range(len(M)):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if abs(M[k, k]) <= 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k + 1 :] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k + 1 :])
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "eliminates in the caller's array",
    hint="You eliminate in A itself. Work on a copy: np.array(A, dtype=float).",
)
def growth_factor(A, pivoting):
    start = largest = np.abs(A).max()
    for k in range(len(A) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(A[k:, k]))
            A[[k, p]] = A[[p, k]]
        if A[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k] / A[k, k], A[k, k + 1 :])
        largest = max(largest, np.abs(A).max())
    return largest / start


@wrong(
    "growth_factor",
    "keeps integers",
    hint="In an array of integers the multiples lose their decimals. Convert to float first.",
)
def growth_factor(A, pivoting):
    M = A.copy()
    start = largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k + 1 :] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k + 1 :]).astype(M.dtype)
        largest = max(largest, np.abs(M).max())
    return largest / start


@wrong(
    "growth_factor",
    "largest entry, not divided",
    hint="A factor compares: divide the largest entry on the way by the largest entry of A.",
)
def growth_factor(A, pivoting):
    M = np.array(A, dtype=float)
    largest = np.abs(M).max()
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError("zero pivot")
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
        largest = max(largest, np.abs(M).max())
    return largest


# -------------------------------------------------------------- equilibrate


@right("equilibrate", "columns first")
def equilibrate(A):
    S = np.abs(np.array(A, dtype=float))
    c = np.array([1 / column.max() if column.any() else 1.0 for column in S.T])
    S = S * c
    r = np.array([1 / row.max() if row.any() else 1.0 for row in S])
    return r, c


@right("equilibrate", "two loops over rows and columns")
def equilibrate(A):
    m, n = A.shape
    r, c = [1.0] * m, [1.0] * n
    for i in range(m):
        size = max(abs(float(A[i, j])) for j in range(n))
        if size:
            r[i] = 1 / size
    for j in range(n):
        size = max(r[i] * abs(float(A[i, j])) for i in range(m))
        if size:
            c[j] = 1 / size
    return np.array(r), np.array(c)


@right("equilibrate", "rows and columns by halves, again and again")
def equilibrate(A):
    S = np.abs(np.asarray(A, dtype=float))
    rows, columns = S.any(axis=1), S.any(axis=0)
    r, c = np.ones(len(rows)), np.ones(len(columns))
    for _ in range(80):
        B = r[:, None] * S * c
        down, across = B.max(axis=1), B.max(axis=0)
        r = np.where(rows, r / np.sqrt(np.where(rows, down, 1)), 1.0)
        c = np.where(columns, c / np.sqrt(np.where(columns, across, 1)), 1.0)
    return [r, c]


@wrong(
    "equilibrate",
    "rows only",
    hint="You scale the rows and leave the columns as they are. Scale the columns of the result.",
)
def equilibrate(A):
    rows = np.max(np.abs(A), axis=1)
    return 1 / np.where(rows > 0, rows, 1.0), np.ones(A.shape[1])


@wrong(
    "equilibrate",
    "both from the original matrix",
    hint="You take the sizes of the columns from A. After the rows have been scaled the columns are "
    "different: take them from the scaled matrix.",
)
def equilibrate(A):
    rows, columns = np.max(np.abs(A), axis=1), np.max(np.abs(A), axis=0)
    return 1 / np.where(rows > 0, rows, 1.0), 1 / np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "sizes instead of factors",
    hint="You return the sizes. The factors are their reciprocals: diag(r) A diag(c) multiplies.",
)
def equilibrate(A):
    rows = np.max(np.abs(A), axis=1)
    rows = np.where(rows > 0, rows, 1.0)
    columns = np.max(np.abs(A) / rows[:, None], axis=0)
    return rows, np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "divides by zero",
    hint="A row or column of zeros has size 0, and 1 / 0 is inf. Leave its factor at 1.",
)
def equilibrate(A):
    with np.errstate(all="ignore"):
        r = 1 / np.max(np.abs(A), axis=1)
        return r, 1 / np.max(r[:, None] * np.abs(A), axis=0)


@wrong(
    "equilibrate",
    "largest without absolute values",
    hint="Largest in size: in the row (-30, 2) that is 30, not 2. Take absolute values first.",
)
def equilibrate(A):
    rows = np.max(A, axis=1)
    r = 1 / np.where(rows != 0, rows, 1.0)
    columns = np.max(r[:, None] * A, axis=0)
    return r, 1 / np.where(columns != 0, columns, 1.0)


@wrong(
    "equilibrate",
    "axes mixed up",
    hint="axis=1 runs along the rows and gives one number a row. You have rows and columns swapped.",
)
def equilibrate(A):
    rows = np.max(np.abs(A), axis=0)
    r = 1 / np.where(rows > 0, rows, 1.0)
    columns = np.max(np.abs(A) * r, axis=1)
    return r, 1 / np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "lengths instead of largest entries",
    hint="You scale rows and columns to length 1. Here the largest entry is to be 1.",
)
def equilibrate(A):
    rows = np.linalg.norm(A / np.max(np.abs(A), initial=1e-300), axis=1)
    r = 1 / np.where(rows > 0, rows, 1.0)
    columns = np.linalg.norm(r[:, None] * A, axis=0)
    return r, 1 / np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "the scaled matrix instead of the factors",
    hint="Return the factors r and c, not the scaled matrix: without them nobody can get back to x.",
)
def equilibrate(A):
    rows = np.max(np.abs(A), axis=1)
    r = 1 / np.where(rows > 0, rows, 1.0)
    columns = np.max(r[:, None] * np.abs(A), axis=0)
    return r[:, None] * A / np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "a column of factors",
    hint="r and c are 1-D arrays: keepdims=True makes matrices with one column or row of them.",
)
def equilibrate(A):
    rows = np.max(np.abs(A), axis=1, keepdims=True)
    r = 1 / np.where(rows > 0, rows, 1.0)
    columns = np.max(r * np.abs(A), axis=0, keepdims=True)
    return r, 1 / np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "scales the caller's matrix",
    hint="A /= ... scales the array that you were given. Compute with a copy.",
)
def equilibrate(A):
    rows = np.max(np.abs(A), axis=1)
    r = 1 / np.where(rows > 0, rows, 1.0)
    if A.dtype.kind == "f":
        A *= r[:, None]
        columns = np.max(np.abs(A), axis=0)
    else:
        columns = np.max(r[:, None] * np.abs(A), axis=0)
    return r, 1 / np.where(columns > 0, columns, 1.0)


@wrong(
    "equilibrate",
    "factor 0 for zeros",
    hint="A row of zeros keeps the factor 1. With 0 the equation is lost, right-hand side and all.",
)
def equilibrate(A):
    with np.errstate(all="ignore"):
        rows = np.max(np.abs(A), axis=1)
        r = np.where(rows > 0, 1 / rows, 0.0)
        columns = np.max(r[:, None] * np.abs(A), axis=0)
        return r, np.where(columns > 0, 1 / columns, 0.0)
