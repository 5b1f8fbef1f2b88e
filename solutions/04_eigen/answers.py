"""Right answers by other methods, and wrong ones that students give, for 04_eigen."""

import cmath
import math

import numpy as np
import scipy.linalg

from autograder.answers import right, wrong

# ---------------------------------------------------------- is_eigenpair


@right("is_eigenpair", "scales A and v to size 1 first")
def is_eigenpair(A, lam, v):
    if not np.any(v):
        return False
    size = np.linalg.norm(A)
    if size == 0:
        return bool(lam == 0)
    v = v / np.linalg.norm(v)
    return bool(np.linalg.norm((A / size) @ v - (lam / size) * v) <= 1e-8)


@right("is_eigenpair", "loops over Python numbers")
def is_eigenpair(A, lam, v):
    gap = length = size = 0.0
    for row, entry in zip(A.tolist(), v.tolist(), strict=True):
        image = sum(a * x for a, x in zip(row, v.tolist(), strict=True))
        gap += abs(image - lam * entry) ** 2
        length += abs(entry) ** 2
        size += sum(a * a for a in row)
    return length > 0 and math.sqrt(gap) <= 1e-8 * math.sqrt(size) * math.sqrt(length)


@right("is_eigenpair", "is (A - lam I) v small beside the spectral norm?")
def is_eigenpair(A, lam, v):
    if np.count_nonzero(v) == 0:
        return np.False_
    shifted = A - lam * np.eye(A.shape[0])
    return np.linalg.norm(shifted.dot(v)) <= 1e-8 * np.linalg.norm(A, 2) * np.linalg.norm(v)


@wrong(
    "is_eigenpair",
    "accepts the zero vector",
    hint="A 0 = lam 0 holds for every lam and says nothing: the zero vector is no eigenvector. "
    "np.any(v) is False for it.",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(A @ v - lam * v)
    return bool(gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "np.allclose",
    hint="np.allclose allows for an absolute error of 1e-8. With entries near 1e-20 it accepts "
    "everything.",
)
def is_eigenpair(A, lam, v):
    return bool(np.any(v)) and np.allclose(A @ v, lam * v)


@wrong(
    "is_eigenpair",
    "exact equality",
    hint="A @ v and lam * v differ in the last digits by rounding. Compare the length of their "
    "difference with 1e-8 * norm(A) * norm(v).",
)
def is_eigenpair(A, lam, v):
    return bool(np.any(v)) and np.array_equal(A @ v, lam * v)


@wrong(
    "is_eigenpair",
    "multiplies from the left",
    hint="v @ A is A.T times v. Unless A is symmetric, its eigenvectors are others. Write A @ v.",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(v @ A - lam * v)
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "multiplies entry by entry",
    hint="A * v scales the columns of A by the entries of v and is a matrix. The product is A @ v.",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(A * v - lam * v)
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "divides A v by v",
    hint="Where an entry of v is 0, the quotient is 0 / 0. Compare A @ v with lam * v instead: no "
    "division is needed.",
)
def is_eigenpair(A, lam, v):
    with np.errstate(all="ignore"):
        return bool(np.any(v) and np.all(np.abs((A @ v) / v - lam) <= 1e-8 * np.linalg.norm(A)))


@wrong(
    "is_eigenpair",
    "looks at lam only",
    hint="That lam is an eigenvalue is not enough: v has to be one of its eigenvectors. For A = "
    "[[2, 1], [1, 2]], 3 is an eigenvalue, but A (1, 0) = (2, 1).",
)
def is_eigenpair(A, lam, v):
    near = np.min(np.abs(np.linalg.eigvals(A) - lam)) <= 1e-8 * np.linalg.norm(A)
    return bool(np.any(v) and near)


@wrong(
    "is_eigenpair",
    "looks at the direction only",
    hint="v is an eigenvector, but of which eigenvalue? A v has to be lam times v, for this lam.",
)
def is_eigenpair(A, lam, v):
    if not np.any(v):
        return False
    w = A @ v
    quotient = np.vdot(v, w) / np.vdot(v, v)
    gap = np.linalg.norm(w - quotient * v)
    return bool(gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "compares lengths",
    hint="That A v is |lam| times as long as v says nothing about its direction: a rotation keeps "
    "every length, and turns every vector.",
)
def is_eigenpair(A, lam, v):
    gap = abs(np.linalg.norm(A @ v) - abs(lam) * np.linalg.norm(v))
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "forgets the length of v",
    hint="The gap A v - lam v grows with v: for v 1e20 times as long it is 1e20 times as large. "
    "Compare with norm(A) * norm(v).",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(A @ v - lam * v)
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(A))


@wrong(
    "is_eigenpair",
    "forgets the size of A",
    hint="The gap A v - lam v grows with A: in other units it is 1e20 times as large. Compare with "
    "norm(A) * norm(v).",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(A @ v - lam * v)
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "drops the imaginary part",
    hint="lam and v may be complex, and their imaginary parts count: for a rotation by 90 degrees, "
    "1j belongs to (1, -1j) and not to (1, 1j).",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(np.real(A @ v - lam * v))
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))


@wrong(
    "is_eigenpair",
    "a bar of one rounding error",
    hint="A @ v adds up many rounding errors. The docstring asks for 1e-8, not for 2e-16.",
)
def is_eigenpair(A, lam, v):
    gap = np.linalg.norm(A @ v - lam * v)
    return bool(np.any(v) and gap <= np.finfo(float).eps * np.linalg.norm(A) * np.linalg.norm(v))


# --------------------------------------------- characteristic_polynomial


@right("characteristic_polynomial", "np.poly, after a look at the shape")
def characteristic_polynomial(A):
    if A.shape != (2, 2):
        raise ValueError(f"expected a 2 x 2 matrix, got shape {A.shape}")
    return np.real(np.poly(A))


@right("characteristic_polynomial", "trace and determinant from the library")
def characteristic_polynomial(A):
    if np.shape(A) != (2, 2):
        raise ValueError("not 2 x 2")
    return np.array((1, -np.trace(A), np.linalg.det(A)))


@right("characteristic_polynomial", "multiplies (lam - a)(lam - d) out")
def characteristic_polynomial(A):
    rows, columns = A.shape
    if not rows == columns == 2:
        raise ValueError(A.shape)
    product = np.convolve([1.0, -A[0, 0]], [1.0, -A[1, 1]])
    product[2] -= A[0, 1] * A[1, 0]
    return product


@wrong(
    "characteristic_polynomial",
    "sign of the trace",
    hint="(lam - a)(lam - d) = lam**2 - (a + d) lam + a d: the middle coefficient is minus the "
    "trace. For [[2, 1], [1, 2]] it is -4.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.array([1.0, a + d, a * d - b * c])


@wrong(
    "characteristic_polynomial",
    "sign of b c",
    hint="The determinant is a d minus b c. For [[2, 1], [1, 2]] that is 3; you get 5.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.array([1.0, -(a + d), a * d + b * c])


@wrong(
    "characteristic_polynomial",
    "lowest power first",
    hint="The coefficient of lam**2 comes first: 1, minus the trace, the determinant.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.array([a * d - b * c, -(a + d), 1.0])


@wrong(
    "characteristic_polynomial",
    "leaves the first coefficient out",
    hint="Three coefficients are asked: that of lam**2, which is 1, comes first.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.array([-(a + d), a * d - b * c])


@wrong(
    "characteristic_polynomial",
    "multiplies rows instead of diagonals",
    hint="The determinant multiplies along the diagonals: a d - b c. You have a b - c d.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.array([1.0, -(a + d), a * b - c * d])


@wrong(
    "characteristic_polynomial",
    "adds up the wrong diagonal",
    hint="The trace is the sum of the main diagonal, a + d. You took b + c.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.array([1.0, -(b + c), a * d - b * c])


@wrong(
    "characteristic_polynomial",
    "does not look at the shape",
    hint="A[0, 0] and its neighbours exist in a 3 x 3 matrix as well, but a d - b c is not its "
    "determinant. Compare np.shape(A) with (2, 2).",
)
def characteristic_polynomial(A):
    return np.array([1.0, -A[0, 0] - A[1, 1], A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]])


@wrong(
    "characteristic_polynomial",
    "takes every square matrix",
    hint="For a 3 x 3 matrix the polynomial has four coefficients. This function is for 2 x 2 "
    "only: raise ValueError.",
)
def characteristic_polynomial(A):
    if len(A) != len(A[0]):
        raise ValueError("not square")
    return np.real(np.poly(A))


@wrong(
    "characteristic_polynomial",
    "returns the roots",
    hint="The coefficients of the polynomial are asked. Its roots come in the next exercise.",
)
def characteristic_polynomial(A):
    if A.shape != (2, 2):
        raise ValueError("not 2 x 2")
    return np.linalg.eigvals(A)


@wrong(
    "characteristic_polynomial",
    "a list",
    hint="An array is asked: wrap the list in np.array. With a list, 2 * p is twice as long.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return [1.0, -(a + d), a * d - b * c]


@wrong(
    "characteristic_polynomial",
    "rounds",
    hint="Coefficients need not be integers: with entries near 1e-9 the determinant is near 1e-18, "
    "and rounding makes 0 of it.",
)
def characteristic_polynomial(A):
    (a, b), (c, d) = A
    return np.round([1.0, -(a + d), a * d - b * c], 10)


# ------------------------------------------------------- eigenvalues_2x2


@right("eigenvalues_2x2", "complex square root for all cases")
def eigenvalues_2x2(A):
    a, b, c, d = (float(x) for x in np.ravel(A))
    middle = 0.5 * (a + d)
    root = cmath.sqrt((0.5 * (a - d)) ** 2 + b * c)
    if root.real == 0:
        return np.array([middle + root, middle - root])
    larger = middle + root if middle > 0 else middle - root
    return np.array([larger, (a * d - b * c) / larger])


@right("eigenvalues_2x2", "math functions, cases by the sign of the trace")
def eigenvalues_2x2(A):
    (a, b), (c, d) = A.tolist()
    trace, determinant = a + d, a * d - b * c
    square = (a - d) ** 2 + 4 * b * c
    if square < 0:
        imaginary = math.sqrt(-square) / 2
        return np.array([complex(trace / 2, imaginary), complex(trace / 2, -imaginary)])
    root = math.sqrt(square)
    large = (trace - root) / 2 if trace < 0 else (trace + root) / 2
    return np.array([0.0 if large == 0 else determinant / large, large])


@right("eigenvalues_2x2", "rotates the matrix until one entry is zero")
def eigenvalues_2x2(A):
    (a, b), (c, d) = A.astype(float)
    p = (a - d) / 2
    if p < 0:  # the larger diagonal entry first
        a, d, p = d, a, -p
    inside = p * p + b * c
    if inside < 0:
        return (a + d) / 2 + np.sqrt(-inside) * np.array([1j, -1j])
    z = p + np.sqrt(inside)
    if z == 0:
        return np.array([a, d])
    first, second = d + z, d - b * c / z
    if abs(first) < abs(second):
        first = (a * d - b * c) / second
    else:
        second = (a * d - b * c) / first if first else 0.0
    return np.array([first, second])


@wrong(
    "eigenvalues_2x2",
    "the formula from school",
    hint="t/2 minus the root loses the digits of the small eigenvalue, and t**2/4 - q those of a "
    "small distance. Use ((a - d)/2)**2 + b c, and the determinant over the larger eigenvalue.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    t, q = a + d, a * d - b * c
    root = np.sqrt(complex(t * t / 4 - q))
    return np.array([t / 2 + root, t / 2 - root])


@wrong(
    "eigenvalues_2x2",
    "cancels in front of the root",
    hint="If one eigenvalue is tiny, t/2 and the root are nearly equal, and one of the two signs "
    "subtracts them. Get the small eigenvalue as determinant over the larger one.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    root = np.sqrt(complex(((a - d) / 2) ** 2 + b * c))
    return np.array([(a + d) / 2 + root, (a + d) / 2 - root])


@wrong(
    "eigenvalues_2x2",
    "cancels under the root",
    hint="If the eigenvalues are close, t**2/4 - q subtracts two nearly equal numbers: for [[1, "
    "1e-9], [1e-9, 1]] it is 0 in place of 1e-18. Use ((a - d)/2)**2 + b c.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    t, q = a + d, a * d - b * c
    inside = t * t / 4 - q
    if inside <= 0:
        root = np.sqrt(complex(inside))
        return np.array([t / 2 + root, t / 2 - root])
    larger = t / 2 + np.copysign(np.sqrt(inside), t)
    return np.array([larger, q / larger])


@wrong(
    "eigenvalues_2x2",
    "np.linalg.eigvals",
    hint="np.linalg.eigvals is accurate beside the larger eigenvalue. For [[-2e-13, 1e-6], [3e-7, "
    "-5]] it gets two digits of the small one. Divide the determinant by the larger one.",
)
def eigenvalues_2x2(A):
    return np.linalg.eigvals(A)


@wrong(
    "eigenvalues_2x2",
    "np.roots of the characteristic polynomial",
    hint="The coefficients have forgotten a distance of 1e-9 between the eigenvalues: in [[1, "
    "1e-9], [1e-9, 1]] the determinant 1 - 1e-18 rounds to 1.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    return np.roots([1.0, -(a + d), a * d - b * c])


@wrong(
    "eigenvalues_2x2",
    "NaN for complex pairs",
    hint="Where the number under the root is negative, the eigenvalues are a complex pair. np.sqrt "
    "of a negative float is NaN; np.sqrt(complex(...)) is not.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    with np.errstate(all="ignore"):
        root = np.sqrt(((a - d) / 2) ** 2 + b * c)
        larger = (a + d) / 2 + np.copysign(root, a + d)
        return np.array([larger, (a * d - b * c) / larger if larger else larger])


@wrong(
    "eigenvalues_2x2",
    "drops the imaginary part",
    hint="The eigenvalues of [[2, -1], [1, 2]] are 2 + i and 2 - i. Their real parts alone are not "
    "eigenvalues.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    inside = ((a - d) / 2) ** 2 + b * c
    if inside <= 0:
        return np.array([(a + d) / 2, (a + d) / 2])
    larger = (a + d) / 2 + np.copysign(np.sqrt(inside), a + d)
    return np.array([larger, (a * d - b * c) / larger])


@wrong(
    "eigenvalues_2x2",
    "np.sign wipes out the root",
    hint="np.sign(0.0) is 0.0, so for trace 0 the root is multiplied by zero. np.copysign(root, t) "
    "gives it a plus there.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    middle, inside = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if inside <= 0:
        root = np.sqrt(complex(inside))
        return np.array([middle + root, middle - root])
    larger = middle + np.sign(middle) * np.sqrt(inside)
    with np.errstate(all="ignore"):
        return np.array([larger, (a * d - b * c) / larger])


@wrong(
    "eigenvalues_2x2",
    "0 / 0 for a double eigenvalue of zero",
    hint="For [[0, 1], [0, 0]] the larger eigenvalue is 0, and the determinant over it is 0 / 0. "
    "Where the number under the root is 0, both eigenvalues are t/2.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    middle, inside = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if inside < 0:
        root = np.sqrt(complex(inside))
        return np.array([middle + root, middle - root])
    larger = middle + np.copysign(np.sqrt(inside), middle)
    with np.errstate(all="ignore"):
        return np.array([larger, (a * d - b * c) / larger])


@wrong(
    "eigenvalues_2x2",
    "divides by the smaller one",
    hint="The sign of the root has to be that of t, so that both add up. With the other sign you "
    "compute the smaller eigenvalue, without digits, and then divide by it.",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    middle, inside = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if inside <= 0:
        root = np.sqrt(complex(inside))
        return np.array([middle + root, middle - root])
    smaller = middle - np.copysign(np.sqrt(inside), middle)
    with np.errstate(all="ignore"):
        return np.array([smaller, (a * d - b * c) / smaller])


@wrong(
    "eigenvalues_2x2",
    "always adds the root",
    hint="If the trace is negative, adding the root subtracts two numbers that may be nearly "
    "equal. Give the root the sign of t: np.copysign(root, t).",
)
def eigenvalues_2x2(A):
    (a, b), (c, d) = A
    middle, inside = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if inside <= 0:
        root = np.sqrt(complex(inside))
        return np.array([middle + root, middle - root])
    larger = middle + np.sqrt(inside)
    with np.errstate(all="ignore"):
        return np.array([larger, (a * d - b * c) / larger])


@wrong(
    "eigenvalues_2x2",
    "eigvalsh, which sees one triangle",
    hint="np.linalg.eigvalsh believes that A is symmetric and reads its lower triangle only. For "
    "[[2, -1], [1, 2]] it gives 1 and 3 in place of 2 + i and 2 - i.",
)
def eigenvalues_2x2(A):
    return np.linalg.eigvalsh(A)


@wrong(
    "eigenvalues_2x2",
    "the diagonal entries",
    hint="The diagonal holds the eigenvalues only if one of the triangles is zero. In [[2, 1], [1, "
    "2]] they are 3 and 1.",
)
def eigenvalues_2x2(A):
    return np.diag(A)


# ------------------------------------------------------- power_iteration


@right("power_iteration", "while loop, residual kept up to date")
def power_iteration(A, x0, tol, max_iter):
    length = np.linalg.norm(x0)
    if length == 0:
        raise ValueError("x0 must not be zero")
    v, k = np.array(x0, dtype=float) / length, 0
    while True:
        w = A.dot(v)
        lam = np.dot(v, w)
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return float(lam), v, k
        if k == max_iter:
            raise RuntimeError("power iteration did not converge")
        v = w / np.sqrt(w @ w)
        k += 1


@right("power_iteration", "scales by the largest entry on the way")
def power_iteration(A, x0, tol, max_iter):
    if not x0.any():
        raise ValueError("zero start")
    x = x0 * (1.0 / np.max(np.abs(x0)))
    for k in range(max_iter + 1):
        y = A @ x
        lam = (x @ y) / (x @ x)
        length = np.linalg.norm(x)
        if np.linalg.norm(y - lam * x) / length <= tol * np.abs(lam):
            return lam, -x / length, k
        x = y / np.max(np.abs(y))
    raise RuntimeError("no convergence")


@right("power_iteration", "einsum, a list of all vectors")
def power_iteration(A, x0, tol, max_iter):
    if np.all(x0 == 0):
        raise ValueError("zero")
    vectors = [x0 / math.sqrt(sum(float(x) ** 2 for x in x0))]
    while True:
        v = vectors[-1]
        w = np.einsum("ij,j->i", A, v)
        lam = np.einsum("i,i->", v, w)
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return [lam, v, len(vectors) - 1]
        if len(vectors) > max_iter:
            break
        vectors.append(w / np.linalg.norm(w))
    raise RuntimeError(f"{max_iter} iterations were not enough")


@wrong(
    "power_iteration",
    "stops when v does not move",
    hint="If the dominant eigenvalue is negative, v flips its sign at every step, and ||v_new - "
    "v|| stays at 2 for ever. Look at the residual A v - lam v.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        new = w / np.linalg.norm(w) if np.any(w) else v
        if np.linalg.norm(new - v) <= tol:
            return v @ w, v, k
        v = new
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "the norm as eigenvalue",
    hint="||A v|| is never negative, so the sign of the eigenvalue is lost. The Rayleigh quotient "
    "v @ (A @ v) has it.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return np.linalg.norm(w), v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "never divides by the length",
    hint="Without division by ||A v|| the vector grows like lam**k, until it overflows to inf. "
    "Divide in every step.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    x = x0 / np.linalg.norm(x0)
    with np.errstate(all="ignore"):
        for k in range(max_iter + 1):
            y = A @ x
            lam = (x @ y) / (x @ x)
            if np.linalg.norm(y - lam * x) <= tol * abs(lam) * np.linalg.norm(x):
                return lam, x / np.linalg.norm(x), k
            x = y
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "Rayleigh quotient without v @ v",
    hint="v @ A @ v is the Rayleigh quotient of a unit vector only. You scale by the largest "
    "entry, so divide by v @ v.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.max(np.abs(x0))
    for k in range(max_iter + 1):
        w = A @ v
        lam = (v @ w) / (v @ v)
        if np.linalg.norm(w - lam * v) <= tol * abs(lam) * np.linalg.norm(v):
            return v @ w, v / np.linalg.norm(v), k
        v = w / np.max(np.abs(w))
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "largest entry instead of length",
    hint="v is to have length 1: divide by np.linalg.norm(w), not by its largest entry.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.max(np.abs(x0))
    for k in range(max_iter + 1):
        w = A @ v
        lam = (v @ w) / (v @ v)
        if np.linalg.norm(w - lam * v) <= tol * abs(lam) * np.linalg.norm(v):
            return lam, v, k
        v = w / np.max(np.abs(w))
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "returns what it has when time is up",
    hint="After max_iter steps without convergence v is no eigenvector. Returning it deceives the "
    "caller: raise RuntimeError.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            break
        v = w / np.linalg.norm(w)
    return lam, v, k


@wrong(
    "power_iteration",
    "absolute tolerance",
    hint="Whether a residual is small depends on the unit of A. Compare it with tol * |lam|.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol:
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "tolerance without the magnitude",
    hint="For a negative eigenvalue tol * lam is negative, and no residual is below it. Compare "
    "with tol * abs(lam).",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * lam:
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "stops when lam does not move",
    hint="The Rayleigh quotient converges twice as fast as the vector, so when lam has settled v "
    "has half of its digits. Look at the residual A v - lam v.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    lam = v @ A @ v
    for k in range(max_iter):
        w = A @ v
        v = w / np.linalg.norm(w) if np.any(w) else v
        old, lam = lam, v @ A @ v
        if abs(lam - old) <= tol * abs(lam):
            return lam, v, k + 1
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "multiplies by the transpose",
    hint="v @ A is A.T times v. A and A.T have the same eigenvalues, but other eigenvectors.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = v @ A
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "one step before the first look",
    hint="v_0 counts: if x0 is an eigenvector, nothing has to be replaced and iterations is 0. Test "
    "first, replace afterwards.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(1, max_iter + 1):
        w = A @ v
        v = w / np.linalg.norm(w) if np.any(w) else v
        lam = v @ A @ v
        if np.linalg.norm(A @ v - lam * v) <= tol * abs(lam):
            return lam, v, k
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "one iteration too few",
    hint="max_iter replacements are allowed, so v_0 to v_max_iter are max_iter + 1 vectors to look "
    "at: range(max_iter + 1).",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "changes x0",
    hint="x0 is the caller's array. v = x0 / ... makes a new one; x[:] = ... writes into the old.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return lam, v, k
        x0[:] = w / np.linalg.norm(w)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "does not look at x0",
    hint="Dividing the zero vector by its length gives NaN, and NaN never converges. Raise "
    "ValueError for x0 = 0: it is the caller's mistake, not a lack of iterations.",
)
def power_iteration(A, x0, tol, max_iter):
    with np.errstate(all="ignore"):
        v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "power_iteration",
    "the quotient of first entries",
    hint="w[0] / v[0] is one entry's opinion, and 0 / 0 where that entry vanishes. v @ w uses all "
    "of them.",
)
def power_iteration(A, x0, tol, max_iter):
    if not np.any(x0):
        raise ValueError("zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = w[0] / v[0] if v[0] else 0.0
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


# ------------------------------------------- rayleigh_quotient_iteration


@right("rayleigh_quotient_iteration", "the inverse, and a pause of doubt about its rank")
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n = A.shape[0]
    v = np.array(x0, dtype=float) / np.linalg.norm(x0)
    size = np.linalg.norm(A)
    k = 0
    while True:
        mu = v @ (A @ v)
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return float(mu), v, k
        if k >= max_iter:
            raise RuntimeError("no convergence")
        try:
            w = np.linalg.inv(A - mu * np.eye(n)) @ v
        except np.linalg.LinAlgError:
            w = np.linalg.inv(A - (mu + 1e-12 * size) * np.eye(n)) @ v
        v = w / np.linalg.norm(w)
        k += 1


@right("rayleigh_quotient_iteration", "in the coordinates of the eigenvectors")
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    lam, Q = np.linalg.eigh(A)
    size = np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = np.dot(v, A @ v)
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, -v, k
        gaps = lam - mu
        if np.min(np.abs(gaps)) < 1e-15 * size:
            gaps = gaps - 1e-12 * size
        w = Q @ ((Q.T @ v) / gaps)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@right("rayleigh_quotient_iteration", "solves by the SVD, no singular value below rounding error")
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    size = np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        U, s, Vt = np.linalg.svd(A - mu * np.eye(len(A)))
        w = Vt.T @ ((U.T @ v) / np.maximum(s, 1e-15 * size))
        v = w / math.sqrt(w @ w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "never renews the shift",
    hint="With a fixed shift each step gains the same number of digits. Compute mu = v @ A @ v "
    "anew before every solve, and they triple.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    shift = v @ A @ v
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        try:
            w = np.linalg.solve(A - shift * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (shift + 1e-12 * size) * np.eye(n), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "power iteration in disguise",
    hint="Multiplying by A - mu I drives the vector away from the eigenvector for mu. Solve with "
    "it.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        w = (A - mu * np.eye(n)) @ v
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "power iteration",
    hint="This is power iteration: 1/3, 1/9, 1/27 of the wrong direction. Solve (A - mu I) w = v, "
    "and it is 1/3, 1/27, 1/19683.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    size = np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        v = A @ v / np.linalg.norm(A @ v)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "shifts every entry",
    hint="A - mu subtracts mu from all entries. The shift belongs on the diagonal: A - mu * "
    "np.eye(n).",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    size = np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu, v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (mu + 1e-12 * size), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "Rayleigh quotient of a vector that is not normalized",
    hint="v @ A @ v is the Rayleigh quotient only if v has length 1: divide x0 by its length at "
    "the start.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = np.array(x0, dtype=float)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (mu + 1e-12 * size) * np.eye(n), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "gives up on a singular matrix",
    hint="If A - mu I is exactly singular, solve raises LinAlgError. That is good news, since mu "
    "is an eigenvalue then: move the shift by eps ||A|| and solve again.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        w = np.linalg.solve(A - mu * np.eye(n), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "least squares for singular shifts",
    hint="lstsq gives the shortest solution, and that is at right angles to the very eigenvector "
    "that you want. Move the shift by eps ||A|| and solve: the long solution is the good one.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.lstsq(A - mu * np.eye(n), v)[0]
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "returns v at a singular shift",
    hint="That A - mu I is singular makes mu an eigenvalue, but v is not yet its eigenvector. From "
    "(1, 0, 0) and [[0, 1, 0], [1, 0, 1], [0, 1, 0]], mu is 0 and A v is (0, 1, 0).",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            return mu, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "compares the residual with lam",
    hint="The residual is to be compared with ||A||. For an eigenvalue of 0, tol * |lam| is 0 as "
    "well, and rounding never gets there.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * abs(mu):
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (mu + 1e-12 * size) * np.eye(n), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "absolute tolerance",
    hint="Whether a residual is small depends on the unit of A: compare it with tol * norm(A).",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol:
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (mu + 1e-12 * size) * np.eye(n), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


@wrong(
    "rayleigh_quotient_iteration",
    "returns what it has when time is up",
    hint="From (1, 0) and [[2, 1], [1, 2]] it goes to and fro for ever. What it has after max_iter "
    "steps is no eigenvector: raise RuntimeError.",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            break
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (mu + 1e-12 * size) * np.eye(n), v)
        v = w / np.linalg.norm(w)
    return mu, v, k


@wrong(
    "rayleigh_quotient_iteration",
    "one iteration too few",
    hint="max_iter replacements are allowed, so there are max_iter + 1 vectors to look at: "
    "range(max_iter + 1).",
)
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    n, size = len(A), np.linalg.norm(A)
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter):
        mu = v @ A @ v
        if np.linalg.norm(A @ v - mu * v) <= tol * size:
            return mu, v, k
        try:
            w = np.linalg.solve(A - mu * np.eye(n), v)
        except np.linalg.LinAlgError:
            w = np.linalg.solve(A - (mu + 1e-12 * size) * np.eye(n), v)
        v = w / np.linalg.norm(w)
    raise RuntimeError("no convergence")


# ------------------------------------------------ spectral_decomposition


@right("spectral_decomposition", "argsort of eigh, on the symmetric part")
def spectral_decomposition(A):
    rows, columns = A.shape
    if rows != columns or np.abs(A - A.T).max() > 1e-12 * np.abs(A).max():
        raise ValueError("A must be symmetric")
    lam, Q = np.linalg.eigh((A + A.T) / 2)
    order = np.argsort(-lam)
    return Q[:, order], lam[order]


@right("spectral_decomposition", "SciPy, upper triangle, of minus A")
def spectral_decomposition(A):
    if A.shape[0] != A.shape[1] or np.any(np.abs(A - A.T) > 1e-12 * np.max(np.abs(A))):
        raise ValueError("not symmetric")
    lam, Q = scipy.linalg.eigh(-A, lower=False)
    return [Q, -lam]


@right("spectral_decomposition", "Jacobi rotations")
def spectral_decomposition(A):
    A = np.array(A, dtype=float)
    n = len(A)
    if A.shape != (n, n) or np.linalg.norm((A - A.T).ravel(), np.inf) > 1e-12 * np.abs(A).max():
        raise ValueError("not symmetric")
    B, Q = (A + A.T) / 2, np.eye(n)
    for _ in range(12 if np.any(B) else 0):
        for i in range(n):
            for j in range(i + 1, n):
                angle = 0.5 * math.atan2(2 * B[i, j], B[i, i] - B[j, j])
                G = np.eye(n)
                G[[i, j], [i, j]] = math.cos(angle)
                G[i, j], G[j, i] = -math.sin(angle), math.sin(angle)
                B, Q = G.T @ B @ G, Q @ G
    order = np.argsort(np.diag(B))[::-1]
    return Q[:, order], np.diag(B)[order]


@wrong(
    "spectral_decomposition",
    "ascending order",
    hint="eigh sorts in ascending order. Turn the eigenvalues and the columns of Q round: [::-1].",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q, lam


@wrong(
    "spectral_decomposition",
    "sorts the values but not the vectors",
    hint="Column Q[:, i] belongs to lam[i]. When you turn the eigenvalues round, turn the columns "
    "of Q round too: Q[:, ::-1].",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q, lam[::-1]


@wrong(
    "spectral_decomposition",
    "turns the rows round",
    hint="Q[::-1] turns the rows round. The eigenvectors are the columns: Q[:, ::-1].",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[::-1], lam[::-1]


@wrong(
    "spectral_decomposition",
    "eigenvectors in the rows",
    hint="The eigenvectors are the columns of Q, so that A = Q diag(lam) Q.T. You return Q.T.",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1].T, lam[::-1]


@wrong(
    "spectral_decomposition",
    "eig instead of eigh",
    hint="Where an eigenvalue is repeated, eig gives independent vectors, but not orthonormal "
    "ones. eigh knows that A is symmetric.",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eig(A)
    order = np.argsort(lam.real)[::-1]
    return Q.real[:, order], lam.real[order]


@wrong(
    "spectral_decomposition",
    "does not look whether A is symmetric",
    hint="eigh reads the lower triangle only. If A is not symmetric it decomposes another matrix, "
    "without a word. Check A against A.T and raise ValueError.",
)
def spectral_decomposition(A):
    if A.shape[0] != A.shape[1]:
        raise ValueError("not square")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1], lam[::-1]


@wrong(
    "spectral_decomposition",
    "exact symmetry",
    hint="A product like S @ D @ S.T is symmetric up to rounding only. Allow for 1e-12 of the "
    "largest entry.",
)
def spectral_decomposition(A):
    if not np.array_equal(A, A.T):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1], lam[::-1]


@wrong(
    "spectral_decomposition",
    "np.allclose(A, A.T)",
    hint="np.allclose lets differences of 1e-5 pass, and with entries near 1e-20 every difference. "
    "Compare with 1e-12 times the largest entry.",
)
def spectral_decomposition(A):
    if A.shape[0] != A.shape[1] or not np.allclose(A, A.T):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1], lam[::-1]


@wrong(
    "spectral_decomposition",
    "relative to each entry",
    hint="The rounding error of a sum is relative to the numbers that were added, and the sum may "
    "be nearly 0. Compare with the largest entry of A, not with each entry.",
)
def spectral_decomposition(A):
    if A.shape[0] != A.shape[1] or np.any(np.abs(A - A.T) > 1e-12 * np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1], lam[::-1]


@wrong(
    "spectral_decomposition",
    "sorted by magnitude",
    hint="Descending means 4, 1, 0, -7, with signs. By magnitude -7 would be the first.",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    order = np.argsort(-np.abs(lam))
    return Q[:, order], lam[order]


@wrong(
    "spectral_decomposition",
    "singular values",
    hint="The SVD gives magnitudes: an eigenvalue of -7 becomes 7. Use eigh.",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    U, s, _ = np.linalg.svd(A)
    return U, s


@wrong(
    "spectral_decomposition",
    "eigenvalues as a diagonal matrix",
    hint="lam is a 1-D array of n numbers. np.diag(lam) makes a matrix of it where one is needed.",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1], np.diag(lam[::-1])


@wrong(
    "spectral_decomposition",
    "values first",
    hint="The docstring asks for Q first and lam second. np.linalg.eigh has them the other way "
    "round.",
)
def spectral_decomposition(A):
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        raise ValueError("not symmetric")
    lam, Q = np.linalg.eigh(A)
    return lam[::-1], Q[:, ::-1]


# -------------------------------------------------------- top_eigenpairs


@right("top_eigenpairs", "eigh, sorted by magnitude")
def top_eigenpairs(A, k):
    if k < 1 or k > A.shape[0]:
        raise ValueError("k out of range")
    lam, Q = np.linalg.eigh(A)
    order = np.argsort(np.abs(lam))[::-1][:k]
    return lam[order], Q[:, order]


@right("top_eigenpairs", "projects on what is orthogonal to those found")
def top_eigenpairs(A, k):
    n = len(A)
    if k not in range(1, n + 1):
        raise ValueError(f"need 1 <= k <= {n}")
    rng = np.random.default_rng(7)
    values, vectors = [], []
    for _ in range(k):
        v = rng.uniform(-1, 1, n)
        for _ in range(350):
            for q in vectors:
                v = v - (q @ v) * q
            v = A @ (v / np.linalg.norm(v))
        v = v / np.linalg.norm(v)
        vectors.append(v)
        values.append(v @ A @ v)
    return np.array(values), np.transpose(vectors)


@right("top_eigenpairs", "all k at once: products and QR")
def top_eigenpairs(A, k):
    n = A.shape[0]
    if not 0 < k <= n:
        raise ValueError(k)
    V = np.linalg.qr(np.random.default_rng(3).standard_normal((n, k)))[0]
    for _ in range(400):
        V = np.linalg.qr(A @ V)[0]
    return np.einsum("ij,ij->j", V, A @ V), V


@right("top_eigenpairs", "deflation with a stopping rule, from the longest column")
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rest = np.array(A, dtype=float)
    size = np.linalg.norm(rest)
    lam, V = [], []
    for _ in range(k):
        v = rest[:, np.argmax(np.linalg.norm(rest, axis=0))] + 0.1 * size * np.cos(range(len(A)))
        v /= np.linalg.norm(v)
        w = rest @ v
        while np.linalg.norm(w - (v @ w) * v) > 1e-14 * size:
            v = w / np.linalg.norm(w)
            w = rest @ v
        lam.append(v @ w)
        V.append(v)
        rest -= lam[-1] * v[:, None] * v[None, :]
    return np.array(lam), np.column_stack(V)


@wrong(
    "top_eigenpairs",
    "the last ones of eigh",
    hint="eigh sorts by value, and -9 comes first there. The largest magnitudes are asked: -9, 7, "
    "-5, ...",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    lam, Q = np.linalg.eigh(A)
    return lam[::-1][:k], Q[:, ::-1][:, :k]


@wrong(
    "top_eigenpairs",
    "magnitudes instead of eigenvalues",
    hint="The eigenvalue is v @ A @ v, with its sign. A norm is never negative.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    U, s, _ = np.linalg.svd(A)
    return s[:k], U[:, :k]


@wrong(
    "top_eigenpairs",
    "never deflates",
    hint="Without deflation every run ends at the same eigenvector. Subtract lam * np.outer(v, v) "
    "before you look for the next one.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rng = np.random.default_rng(0)
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = rng.standard_normal(len(A))
        for _ in range(300):
            v = A @ v
            v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
    return lam, V


@wrong(
    "top_eigenpairs",
    "forgets lam when deflating",
    hint="v v.T alone takes 1 off the eigenvalue. Subtract lam * np.outer(v, v), and it becomes 0.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rng = np.random.default_rng(0)
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = rng.standard_normal(len(A))
        for _ in range(300):
            v = A @ v
            v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A = A - np.outer(v, v)
    return lam, V


@wrong(
    "top_eigenpairs",
    "subtracts a shift of the identity",
    hint="A - lam I moves all eigenvalues by lam. Only the one that was found should move: "
    "subtract lam * np.outer(v, v).",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rng = np.random.default_rng(0)
    lam, V, B = np.zeros(k), np.zeros((len(A), k)), A
    for i in range(k):
        v = rng.standard_normal(len(A))
        with np.errstate(all="ignore"):
            for _ in range(300):
                v = B @ v
                v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        B = B - lam[i] * np.eye(len(A))
    return lam, V


@wrong(
    "top_eigenpairs",
    "v * v instead of the outer product",
    hint="v * v is a vector, and NumPy subtracts it from every row of A. The matrix v v.T is "
    "np.outer(v, v).",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rng = np.random.default_rng(0)
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = rng.standard_normal(len(A))
        for _ in range(300):
            v = A @ v
            v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A = A - lam[i] * v * v
    return lam, V


@wrong(
    "top_eigenpairs",
    "starts from ones",
    hint="(1, 1, ..., 1) is itself an eigenvector of some matrices, and at right angles to the "
    "others: power iteration then stays where it is. Start from a random vector.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = np.ones(len(A))
        with np.errstate(all="ignore"):
            for _ in range(300):
                v = A @ v
                v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A = A - lam[i] * np.outer(v, v)
    return lam, V


@wrong(
    "top_eigenpairs",
    "starts from the first unit vector",
    hint="For a diagonal matrix (1, 0, ..., 0) is an eigenvector, and power iteration stays there. "
    "Start from a random vector.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = np.eye(len(A))[i]
        with np.errstate(all="ignore"):
            for _ in range(300):
                v = A @ v
                v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A = A - lam[i] * np.outer(v, v)
    return lam, V


@wrong(
    "top_eigenpairs",
    "too few steps",
    hint="If the next eigenvalue is 0.9 times as large, 100 steps leave 0.9**100 = 3e-5 of the error. "
    "300 steps leave 2e-14.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rng = np.random.default_rng(0)
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = rng.standard_normal(len(A))
        for _ in range(100):
            v = A @ v
            v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A = A - lam[i] * np.outer(v, v)
    return lam, V


@wrong(
    "top_eigenpairs",
    "changes A",
    hint="A -= ... writes into the caller's matrix (and fails for integers). A = A - ... makes a "
    "new one.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    rng = np.random.default_rng(0)
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = rng.standard_normal(len(A))
        for _ in range(300):
            v = A @ v
            v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A -= lam[i] * np.outer(v, v)
    return lam, V


@wrong(
    "top_eigenpairs",
    "eigenvectors in the rows",
    hint="The eigenvectors are the columns of V, which has the shape (n, k).",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    lam, Q = np.linalg.eigh(A)
    order = np.argsort(-np.abs(lam))[:k]
    return lam[order], Q[:, order].T


@wrong(
    "top_eigenpairs",
    "does not check k",
    hint="range(0) is empty and range(-1) too, so nothing complains. Raise ValueError for k outside "
    "1..n.",
)
def top_eigenpairs(A, k):
    lam, Q = np.linalg.eigh(A)
    order = np.argsort(-np.abs(lam))[:k]
    return lam[order], Q[:, order]


@wrong(
    "top_eigenpairs",
    "smallest first",
    hint="The largest magnitude comes first. You list them the other way round.",
)
def top_eigenpairs(A, k):
    if not 1 <= k <= len(A):
        raise ValueError("k")
    lam, Q = np.linalg.eigh(A)
    order = np.argsort(np.abs(lam))[-k:]
    return lam[order], Q[:, order]


# -------------------------------------------------------------- is_stable


@right("is_stable", "eig and a loop over Python numbers")
def is_stable(A):
    values, _ = np.linalg.eig(A)
    return all(abs(complex(value)) < 1 - 1e-12 for value in values)


@right("is_stable", "diagonal of the complex Schur form")
def is_stable(A):
    T, _ = scipy.linalg.schur(A.astype(complex), output="complex")
    return np.max(np.hypot(np.diag(T).real, np.diag(T).imag)) < 1 - 1e-12


@right("is_stable", "sorted magnitudes, SciPy")
def is_stable(A):
    magnitudes = np.sort(np.abs(scipy.linalg.eigvals(A)))
    if magnitudes[-1] >= 1 - 1e-12:
        return False
    return True


@wrong(
    "is_stable",
    "forgets magnitudes",
    hint="An eigenvalue of -1.2 is below 1, but (-1.2)**k grows. Take np.abs first.",
)
def is_stable(A):
    return bool(np.max(np.real(np.linalg.eigvals(A))) < 1 - 1e-12)


@wrong(
    "is_stable",
    "magnitudes of real parts",
    hint="The eigenvalues 1.1i and -1.1i have real parts of 0 and grow all the same. np.abs of the "
    "complex number takes both parts.",
)
def is_stable(A):
    return bool(np.max(np.abs(np.real(np.linalg.eigvals(A)))) < 1 - 1e-12)


@wrong(
    "is_stable",
    "negative real parts",
    hint="Negative real parts make the differential equation x' = A x die out. For steps x_(k+1) = "
    "A x_k it is magnitudes below 1: (-3)**k explodes.",
)
def is_stable(A):
    return bool(np.max(np.real(np.linalg.eigvals(A))) < -1e-12)


@wrong(
    "is_stable",
    "the 2-norm",
    hint="A norm below 1 is enough, but not needed: [[0.5, 9], [0, 0.5]] has a norm above 9, and "
    "dies out in the end, because its eigenvalues are 0.5.",
)
def is_stable(A):
    return bool(np.linalg.norm(A, 2) < 1 - 1e-12)


@wrong(
    "is_stable",
    "every entry below 1",
    hint="Entries add up: [[0.9, 0.25], [0.25, 0.9]] has an eigenvalue of 1.15. Look at the "
    "eigenvalues.",
)
def is_stable(A):
    return bool(np.max(np.abs(A)) < 1 - 1e-12)


@wrong(
    "is_stable",
    "the determinant",
    hint="The determinant is the product of all eigenvalues. With 2 and 0.1 it is 0.2, and yet one "
    "direction doubles at every step.",
)
def is_stable(A):
    return bool(abs(np.linalg.det(A)) < 1 - 1e-12)


@wrong(
    "is_stable",
    "eigvalsh, which sees one triangle",
    hint="eigvalsh takes A for symmetric and reads its lower triangle only. In general, and here, "
    "A is not: use eigvals.",
)
def is_stable(A):
    return bool(np.max(np.abs(np.linalg.eigvalsh(A))) < 1 - 1e-12)


@wrong(
    "is_stable",
    "bare < 1",
    hint="The eigenvalues of a rotation have magnitude 1 up to rounding. Some come out as "
    "0.9999999999999999, and they do not die out: round to 12 decimals.",
)
def is_stable(A):
    return bool(np.max(np.abs(np.linalg.eigvals(A))) < 1)


@wrong(
    "is_stable",
    "on the circle counts",
    hint="An eigenvalue on the unit circle neither grows nor dies out, and dying out is asked.",
)
def is_stable(A):
    return bool(np.max(np.abs(np.linalg.eigvals(A))) <= 1 + 1e-12)


@wrong(
    "is_stable",
    "the smallest eigenvalue",
    hint="All eigenvalues have to lie inside the circle, so the largest magnitude decides.",
)
def is_stable(A):
    return bool(np.min(np.abs(np.linalg.eigvals(A))) < 1 - 1e-12)


@wrong(
    "is_stable",
    "rounds too much",
    hint="An eigenvalue of 1 - 1e-6 dies out, if slowly. Round to 12 decimals, not to 4.",
)
def is_stable(A):
    return bool(np.round(np.max(np.abs(np.linalg.eigvals(A))), 4) < 1)


@wrong(
    "is_stable",
    "tries a few steps",
    hint="After thirty steps something may still grow that dies out later, or just begin to grow. "
    "The eigenvalues know the end.",
)
def is_stable(A):
    x = np.ones(len(A))
    for _ in range(30):
        x = A @ x
    return bool(np.linalg.norm(x) < np.sqrt(len(A)))


# --------------------------------------------------- largest_stable_step


@right("largest_stable_step", "eigvals, real parts, a loop")
def largest_stable_step(H):
    values = [float(np.real(value)) for value in np.linalg.eigvals(H)]
    largest = max(values)
    if largest <= 0 or min(values) < -1e-12 * largest:
        raise ValueError("not a bowl")
    return 2.0 / largest


@right("largest_stable_step", "SciPy's eigh, scaled to size 1")
def largest_stable_step(H):
    size = np.max(np.abs(H))
    if size == 0:
        raise ValueError("H is zero")
    lam, _ = scipy.linalg.eigh(H / size)
    if np.any(lam < -1e-12 * np.max(np.abs(lam))):
        raise ValueError("negative curvature")
    return np.float64(2) / (lam.max() * size)


@right("largest_stable_step", "2-norm, once no eigenvalue is negative")
def largest_stable_step(H):
    norm = np.linalg.norm(H, 2)
    if norm == 0 or not np.all(np.linalg.eigvalsh(H, UPLO="U") >= -1e-12 * norm):
        raise ValueError("H is zero or indefinite")
    return 2 / norm


@wrong(
    "largest_stable_step",
    "one over the largest eigenvalue",
    hint="1 / lam_max is the step that reaches the bottom of the steepest direction at once. Up to "
    "twice as far it still comes closer: 2 / lam_max.",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] <= -1e-12 * lam[-1]:
        raise ValueError("negative")
    return 1 / lam[-1]


@wrong(
    "largest_stable_step",
    "the smallest eigenvalue",
    hint="eigvalsh sorts in ascending order, so lam[0] is the flattest direction. The steepest one "
    "objects first: lam[-1].",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] <= -1e-12 * lam[-1]:
        raise ValueError("negative")
    with np.errstate(all="ignore"):
        return 2 / lam[0]


@wrong(
    "largest_stable_step",
    "the trace",
    hint="The trace is the sum of all eigenvalues. Only the largest one counts.",
)
def largest_stable_step(H):
    if np.linalg.eigvalsh(H)[0] <= -1e-12 * np.linalg.norm(H, 2):
        raise ValueError("negative")
    return 2 / np.trace(H)


@wrong(
    "largest_stable_step",
    "the largest entry",
    hint="Entries are not eigenvalues: [[2, 1], [1, 2]] has no entry above 2, and an eigenvalue of "
    "3.",
)
def largest_stable_step(H):
    if np.linalg.eigvalsh(H)[0] <= -1e-12 * np.linalg.norm(H, 2):
        raise ValueError("negative")
    return 2 / np.max(np.abs(H))


@wrong(
    "largest_stable_step",
    "the Frobenius norm",
    hint="np.linalg.norm(H) is the root of the sum of all squared eigenvalues. Only the largest "
    "one counts: np.linalg.eigvalsh(H)[-1].",
)
def largest_stable_step(H):
    if np.linalg.eigvalsh(H)[0] <= -1e-12 * np.linalg.norm(H, 2):
        raise ValueError("negative")
    return 2 / np.linalg.norm(H)


@wrong(
    "largest_stable_step",
    "accepts saddles",
    hint="Along a negative eigenvalue -1 the factor is 1 + eta, above 1 for every step. No step is "
    "stable: raise ValueError.",
)
def largest_stable_step(H):
    if not np.any(H):
        raise ValueError("zero")
    return 2 / np.linalg.eigvalsh(H)[-1]


@wrong(
    "largest_stable_step",
    "the largest magnitude",
    hint="A negative eigenvalue does not limit the step, it makes every step run away. Do not take "
    "its magnitude; raise ValueError.",
)
def largest_stable_step(H):
    if not np.any(H):
        raise ValueError("zero")
    return 2 / np.max(np.abs(np.linalg.eigvalsh(H)))


@wrong(
    "largest_stable_step",
    "refuses eigenvalues of zero",
    hint="Along an eigenvalue of 0 nothing moves, which does no harm: with fewer data than "
    "parameters there always are some. Refuse negative ones only.",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] <= 1e-12 * np.max(np.abs(lam)):
        raise ValueError("not positive definite")
    return 2 / lam[-1]


@wrong(
    "largest_stable_step",
    "refuses rounding errors",
    hint="An eigenvalue of 0 may come out as -1e-17. Refuse only what is below -1e-12 times the "
    "largest.",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] < 0 or lam[-1] == 0:
        raise ValueError("negative")
    return 2 / lam[-1]


@wrong(
    "largest_stable_step",
    "absolute tolerance",
    hint="Whether an eigenvalue counts as negative depends on the unit of H: compare it with the "
    "largest one.",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] < -1e-12 or lam[-1] == 0:
        raise ValueError("negative")
    return 2 / lam[-1]


@wrong(
    "largest_stable_step",
    "checks the determinant",
    hint="The determinant of a matrix with two negative eigenvalues is positive. Look at the "
    "smallest eigenvalue.",
)
def largest_stable_step(H):
    size = np.max(np.abs(H))
    if size == 0 or np.linalg.det(H / size) < -1e-12:
        raise ValueError("negative")
    return 2 / np.linalg.eigvalsh(H)[-1]


@wrong(
    "largest_stable_step",
    "the singular value squared",
    hint="H is the Hessian already, not the data matrix: its largest eigenvalue is not to be "
    "squared.",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] <= -1e-12 * lam[-1]:
        raise ValueError("negative")
    return 2 / lam[-1] ** 2


@wrong(
    "largest_stable_step",
    "a few steps of power iteration",
    hint="Forty products are not enough where the two largest eigenvalues are close, and the "
    "estimate is too small: your step is longer than the limit. Use eigvalsh.",
)
def largest_stable_step(H):
    if np.linalg.eigvalsh(H)[0] <= -1e-12 * np.linalg.norm(H, 2):
        raise ValueError("negative")
    v = np.ones(len(H))
    for _ in range(40):
        v = H @ v / np.linalg.norm(H @ v)
    return 2 / (v @ H @ v)


@wrong(
    "largest_stable_step",
    "changes H",
    hint="H *= ... writes into the caller's matrix. H = H * ... makes a new one.",
)
def largest_stable_step(H):
    size = np.max(np.abs(H))
    if size == 0:
        raise ValueError("zero")
    H *= 1 / size
    lam = np.linalg.eigvalsh(H)
    if lam[0] <= -1e-12 * lam[-1]:
        raise ValueError("negative")
    return 2 / (lam[-1] * size)


@wrong(
    "largest_stable_step",
    "infinity for a plain",
    hint="For H = 0 every step is stable, so none is the largest. The docstring asks for a "
    "ValueError.",
)
def largest_stable_step(H):
    lam = np.linalg.eigvalsh(H)
    if lam[0] < -1e-12 * lam[-1]:
        raise ValueError("negative")
    with np.errstate(divide="ignore"):
        return 2 / lam[-1]
