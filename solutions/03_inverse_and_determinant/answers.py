"""Right answers by other methods, and wrong ones that students give, for 03_inverse_and_determinant."""

import itertools
import math
from fractions import Fraction

import numpy as np
import scipy.spatial

from autograder.answers import right, wrong

# -------------------------------------------------------------- area_scale


@right("area_scale", "fan of triangles from the first corner, determinant for the factor")
def area_scale(A, polygon):
    p = np.asarray(polygon, dtype=float)
    p = p - p[0]
    before = abs(sum(p[i, 0] * p[i + 1, 1] - p[i + 1, 0] * p[i, 1] for i in range(len(p) - 1))) / 2
    factor = abs(float(A[0, 0]) * A[1, 1] - float(A[0, 1]) * A[1, 0])
    return before, before * factor, factor


@right("area_scale", "trapezoids below the sides, a loop over corners, a list")
def area_scale(A, polygon):
    x0, y0 = polygon[0]
    areas = []
    for matrix in ([[1, 0], [0, 1]], A):
        moved = []
        for x, y in polygon:
            x, y = x - x0, y - y0
            moved.append((matrix[0][0] * x + matrix[0][1] * y, matrix[1][0] * x + matrix[1][1] * y))
        total = 0.0
        for (x1, y1), (x2, y2) in zip(moved, moved[1:] + moved[:1], strict=True):
            total += (x2 - x1) * (y1 + y2) / 2
        areas.append(abs(total))
    return [areas[0], areas[1], areas[1] / areas[0]]


@right("area_scale", "complex numbers, exact arithmetic for the shift")
def area_scale(A, polygon):
    middle = [sum(map(Fraction, column.tolist())) / len(column) for column in polygon.T]
    p = np.array([[float(Fraction(v) - m) for v, m in zip(row, middle, strict=True)]
                  for row in polygon.tolist()])  # fmt: skip

    def area(q):
        z = q[:, 0] + 1j * q[:, 1]
        return abs(np.sum(np.conj(z) * np.roll(z, -1)).imag) / 2

    before, after = area(p), area(np.einsum("ij,kj->ki", A, p))
    return before, after, after / before


@wrong(
    "area_scale",
    "multiplies from the wrong side",
    hint="A @ p wants a corner in each column, and polygon has them in its rows: multiply A @ p.T, or "
    "p @ A.T.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    before, after = area(p), area(A @ p)
    return before, after, after / before


@wrong(
    "area_scale",
    "forgets the half",
    hint="The sum is twice the area. For the letter it is 16, and the letter covers 8 squares.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))

    before, after = area(p), area(p @ A.T)
    return before, after, after / before


@wrong(
    "area_scale",
    "does not close the polygon",
    hint="The last side leads from the last corner back to the first. Without it the sum depends on "
    "where the origin is.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return abs(x[:-1] @ y[1:] - y[:-1] @ x[1:]) / 2

    before, after = area(p), area(p @ A.T)
    return before, after, after / before


@wrong(
    "area_scale",
    "signed areas",
    hint="Clockwise corners make the sum negative: take its absolute value. Areas have no sign.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    before, after = area(p), area(p @ A.T)
    return before, after, after / before


@wrong(
    "area_scale",
    "a determinant with its sign as the factor",
    hint="A factor between two areas is not negative: |det A|. The sign says that the polygon was "
    "turned over.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)
    x, y = p.T
    before = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    factor = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    return before, abs(factor) * before, factor


@wrong(
    "area_scale",
    "absolute value of every term",
    hint="Terms of the sum may be negative: they take away what others counted too much. Take the "
    "absolute value of the whole sum, once.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return np.sum(np.abs(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2

    before, after = area(p), area(p @ A.T)
    return before, after, after / before


@wrong(
    "area_scale",
    "area of the convex hull",
    hint="The letter has notches, and its hull does not: 11 in place of 8.",
)
def area_scale(A, polygon):
    before = scipy.spatial.ConvexHull(polygon).volume
    factor = abs(A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0])
    return before, factor * before, factor


@wrong(
    "area_scale",
    "bounding box",
    hint="The area of the box around the letter is 15, that of the letter is 8. Use the corners.",
)
def area_scale(A, polygon):
    before = float(np.prod(np.ptp(polygon, axis=0)))
    after = float(np.prod(np.ptp(polygon @ A.T, axis=0)))
    return before, after, after / before


@wrong(
    "area_scale",
    "stays where the polygon is",
    hint="With coordinates near 1e6 the products are near 1e12, and the sum keeps only what is larger "
    "than their rounding errors. Move the polygon to the origin first.",
)
def area_scale(A, polygon):
    def area(q):
        x, y = q.astype(float).T
        return abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2

    before, after = area(polygon), area(polygon @ A.T)
    return before, after, after / before


@wrong(
    "area_scale",
    "before over after",
    hint="The factor says how much larger the image is: area after over area before.",
)
def area_scale(A, polygon):
    p = polygon - polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    before, after = area(p), area(p @ A.T)
    return before, after, before / after


@wrong(
    "area_scale",
    "returns the factor alone",
    hint="Three numbers are asked for: return before, after, after / before.",
)
def area_scale(A, polygon):
    return abs(A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0])


@wrong(
    "area_scale",
    "moves the polygon in place",
    hint="polygon -= ... changes the array of the caller (and fails for integers). Write p = polygon "
    "- polygon.mean(axis=0), which makes a new one.",
)
def area_scale(A, polygon):
    if polygon.dtype.kind == "i":
        polygon = polygon.astype(float)
    polygon -= polygon.mean(axis=0)

    def area(q):
        x, y = q.T
        return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    before, after = area(polygon), area(polygon @ A.T)
    return before, after, after / before


# -------------------------------------------------------------- inverse_2x2


@right("inverse_2x2", "each row divided by its own largest entry")
def inverse_2x2(A):
    A = np.array(A, dtype=float)
    sizes = np.abs(A).max(axis=1)
    if np.any(sizes == 0):
        raise ValueError("a row of zeros")
    (a, b), (c, d) = A / sizes[:, None]
    det = a * d - b * c
    if not abs(det) > 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det / sizes


@right("inverse_2x2", "exact fractions")
def inverse_2x2(A):
    a, b, c, d = (Fraction(float(entry)) for entry in A.flat)
    det = a * d - b * c
    if abs(det) <= (abs(a * d) + abs(b * c)) / 10**14:
        raise ValueError("singular")
    return np.array([[float(d / det), float(-b / det)], [float(-c / det), float(a / det)]])


@right("inverse_2x2", "elimination with a swap, powers of two")
def inverse_2x2(A):
    exponent = math.frexp(float(np.max(np.abs(A))))[1]
    (a, b), (c, d) = np.ldexp(np.asarray(A, dtype=float), -exponent)
    swapped = abs(c) > abs(a)
    if swapped:
        a, b, c, d = c, d, a, b
    if a == 0:
        raise ValueError("the first column is zero")
    step = c / a
    pivot = d - step * b
    if abs(pivot * a) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    X = np.array([[(1 + b * step / pivot) / a, -b / a / pivot], [-step / pivot, 1 / pivot]])
    if swapped:
        X = X[:, ::-1]
    return np.ldexp(X, -exponent)


@wrong(
    "inverse_2x2",
    "compares the determinant with zero",
    hint="ad - bc is 2.8e-17 for [[0.1, 0.3], [0.7, 2.1]], though its rows are multiples of each "
    "other, and it is 0 for 1e-200 * I, which has an inverse. Divide by the largest entry, then "
    "compare with 1e-14 * (|ad| + |bc|).",
)
def inverse_2x2(A):
    (a, b), (c, d) = A
    det = a * d - b * c
    if det == 0:
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det


@wrong(
    "inverse_2x2",
    "compares the scaled determinant with zero",
    hint="For [[0.1, 0.3], [0.7, 2.1]] rounding leaves ad - bc at 1e-17 where 0 is meant. Compare it "
    "with 1e-14 * (|ad| + |bc|).",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if det == 0:
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det / largest


@wrong(
    "inverse_2x2",
    "absolute tolerance",
    hint="A determinant of 1e-24 is harmless if the entries are 1e-12. Compare ad - bc with |ad| + "
    "|bc|, not with a fixed number.",
)
def inverse_2x2(A):
    (a, b), (c, d) = A
    det = a * d - b * c
    if abs(det) < 1e-12:
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det


@wrong(
    "inverse_2x2",
    "tolerance relative to the largest entry only",
    hint="diag(1, 1e-20) has an inverse, and its determinant is as exact as can be. Compare ad - bc "
    "with |ad| + |bc|, which is 1e-20 here, not with the square of the largest entry.",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if abs(det) <= 1e-14:
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det / largest


@wrong(
    "inverse_2x2",
    "judges by the right rule, but before scaling",
    hint="With entries of 1e-200 the product ad is 0, with 1e200 it is inf. Divide A by its largest "
    "entry first.",
)
def inverse_2x2(A):
    (a, b), (c, d) = A
    with np.errstate(all="ignore"):
        det = a * d - b * c
        if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
            raise ValueError("singular")
        return np.array([[d, -b], [-c, a]]) / det


@wrong(
    "inverse_2x2",
    "scales and does not scale back",
    hint="A / largest has the inverse largest * A^-1. Divide by largest once more.",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det


@wrong(
    "inverse_2x2",
    "swaps b and c as well",
    hint="-b and -c stay where they are; only a and d change places. For [[3, 1], [4, 2]] the entry "
    "in the upper right is -0.5, not -2.",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    return np.array([[d, -c], [-b, a]]) / det / largest


@wrong(
    "inverse_2x2",
    "keeps the signs",
    hint="b and c change their signs: for [[2, 1], [1, 1]] the inverse is [[1, -1], [-1, 2]].",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    return np.array([[d, b], [c, a]]) / det / largest


@wrong(
    "inverse_2x2",
    "ad + bc",
    hint="The determinant is ad - bc. For [[2, 1], [1, 1]] it is 1, not 3.",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    if abs(a * d - b * c) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / (a * d + b * c) / largest


@wrong(
    "inverse_2x2",
    "reciprocals of the entries",
    hint="1 / A inverts every entry by itself. The inverse matrix is the one with A @ X = I.",
)
def inverse_2x2(A):
    (a, b), (c, d) = A
    if abs(a * d - b * c) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    with np.errstate(divide="ignore"):
        return 1 / A


@wrong(
    "inverse_2x2",
    "writes into an array of the type of A",
    hint="np.empty_like(A) of a matrix of integers holds integers: 0.5 becomes 0. Make an array of "
    "floats.",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    X = np.empty_like(A)
    X[0, 0], X[0, 1], X[1, 0], X[1, 1] = (
        d / det / largest,
        -b / det / largest,
        -c / det / largest,
        a / det / largest,
    )
    return X


@wrong(
    "inverse_2x2",
    "calls np.linalg.inv",
    hint="This exercise is about the formula. And np.linalg.inv calls nothing singular but an exact "
    "zero: it inverts [[0.1, 0.3], [0.7, 2.1]] without a word.",
)
def inverse_2x2(A):
    return np.linalg.inv(A)


@wrong(
    "inverse_2x2",
    "never raises",
    hint="A singular matrix has no inverse, and an array of inf and nan is none: raise ValueError.",
)
def inverse_2x2(A):
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(A))
        (a, b), (c, d) = A / largest
        return np.array([[d, -b], [-c, a]]) / (a * d - b * c) / largest


@wrong(
    "inverse_2x2",
    "scales A in place",
    hint="A /= largest changes the caller's matrix. Write A = A / largest, which makes a new one.",
)
def inverse_2x2(A):
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("zeros")
    if A.dtype.kind == "i":
        A = A.astype(float)
    A /= largest
    (a, b), (c, d) = A
    det = a * d - b * c
    if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("singular")
    return np.array([[d, -b], [-c, a]]) / det / largest


# -------------------------------------------------------------- determinant


@right("determinant", "column by column with plain loops over lists")
def determinant(A):
    rows = [[float(entry) for entry in row] for row in A]
    n = len(rows)
    det = 1.0
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if rows[best][k] == 0:
            return 0.0
        if best != k:
            rows[best], rows[k] = rows[k], rows[best]
            det *= -1
        det *= rows[k][k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, n):
                rows[i][j] -= factor * rows[k][j]
    return det


@right("determinant", "Crout's order of the loops, parity of the permutation counted at the end")
def determinant(A):
    U = np.array(A, dtype=float)
    n = len(U)
    order = np.arange(n)
    for j in range(n):
        for i in range(n):
            m = min(i, j)
            U[i, j] -= U[i, :m] @ U[:m, j]
        p = j + int(np.argmax(abs(U[j:, j])))
        if U[p, j] == 0:
            return 0.0
        U[[j, p]], order[[j, p]] = U[[p, j]], order[[p, j]]
        U[j + 1 :, j] /= U[j, j]
    inversions = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
    return float(np.prod(np.diagonal(U))) * (-1) ** int(inversions)


@right("determinant", "Householder reflections, each of which turns the sign")
def determinant(A):
    R = np.array(A, dtype=float)
    n = len(R)
    det = 1.0
    for k in range(n - 1):
        v = R[k:, k].copy()
        length = math.sqrt(v @ v)
        if length == 0:
            return 0.0
        v[0] += math.copysign(length, v[0])
        R[k:] -= np.outer(v, 2 * (v @ R[k:]) / (v @ v))
        det *= -R[k, k]
    return det * R[-1, -1]


@right("determinant", "exact elimination in fractions")
def determinant(A):
    rows = [[Fraction(float(entry)) for entry in row] for row in A]
    if len(rows) > 10:  # exact fractions grow: floats will do
        rows = [[float(entry) for entry in row] for row in rows]
    det = 1
    while rows:
        p = max(range(len(rows)), key=lambda i: abs(rows[i][0]))
        pivot = rows.pop(p)
        if pivot[0] == 0:
            return 0.0
        det *= pivot[0] * (-1) ** p
        rows = [
            [a - row[0] / pivot[0] * b for a, b in zip(row[1:], pivot[1:], strict=True)]
            for row in rows
        ]
    return float(det)


@right("determinant", "pivots from the whole rest of the matrix")
def determinant(A):
    U = np.array(A, dtype=float)
    det = 1.0
    while len(U):
        i, j = np.unravel_index(np.argmax(np.abs(U)), U.shape)
        pivot = U[i, j]
        if pivot == 0:
            return 0.0
        det *= pivot * (-1) ** int(i + j)
        U = U - np.outer(U[:, j] / pivot, U[i])
        U = np.delete(np.delete(U, i, axis=0), j, axis=1)
    return det


@wrong(
    "determinant",
    "forgets the sign of the swaps",
    hint="Each swap of two rows turns the sign. The pivots of M multiply to -12, and one swap makes "
    "that 12.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    for k in range(len(U)):
        p = k + np.argmax(np.abs(U[k:, k]))
        if U[p, k] == 0:
            return 0.0
        U[[k, p]] = U[[p, k]]
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(np.prod(np.diag(U)))


@wrong(
    "determinant",
    "turns the sign in every column",
    hint="The sign changes with a swap. A row that is swapped with itself stays where it is: check "
    "p != k.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    sign = 1.0
    for k in range(len(U)):
        p = k + np.argmax(np.abs(U[k:, k]))
        if U[p, k] == 0:
            return 0.0
        U[[k, p]] = U[[p, k]]
        sign = -sign
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "no pivoting",
    hint="A zero where the pivot should be says nothing about the determinant: that of [[0, 1], [1, "
    "0]] is -1. Swap the largest entry of the column up.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    with np.errstate(all="ignore"):
        for k in range(len(U)):
            U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(np.prod(np.diag(U)))


@wrong(
    "determinant",
    "zero pivot means zero determinant",
    hint="M has a zero in its upper left corner and the determinant 12. Only if the whole column, "
    "from row k down, is zero, the determinant is.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    for k in range(len(U)):
        if U[k, k] == 0:
            return 0.0
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(np.prod(np.diag(U)))


@wrong(
    "determinant",
    "swaps only where the pivot is zero",
    hint="A pivot of 1e-20 does as much harm as a zero: the multiples that are subtracted wash away "
    "the rest of the matrix. Always take the largest entry of the column.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    sign = 1.0
    for k in range(len(U)):
        if U[k, k] == 0:
            below = np.flatnonzero(U[k:, k])
            if len(below) == 0:
                return 0.0
            U[[k, k + below[0]]] = U[[k + below[0], k]]
            sign = -sign
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "swaps only where the pivot is below 1e-10",
    hint="There is no size at which a pivot becomes harmless: one of 1e-9 costs nine digits. Always "
    "take the largest entry of the column.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    sign = 1.0
    for k in range(len(U)):
        if abs(U[k, k]) < 1e-10:
            p = k + np.argmax(np.abs(U[k:, k]))
            if U[p, k] == 0:
                return 0.0
            if p != k:
                U[[k, p]] = U[[p, k]]
                sign = -sign
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "largest instead of largest in size",
    hint="np.argmax(U[k:, k]) prefers 1e-20 to -1. Compare sizes: np.argmax(np.abs(U[k:, k])).",
)
def determinant(A):
    U = np.array(A, dtype=float)
    sign = 1.0
    for k in range(len(U)):
        p = k + np.argmax(U[k:, k])
        if U[p, k] == 0:
            p = k + np.argmin(U[k:, k])
        if U[p, k] == 0:
            return 0.0
        if p != k:
            U[[k, p]] = U[[p, k]]
            sign = -sign
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "divides the pivot rows by their pivots",
    hint="Dividing a row by its pivot divides the determinant by it: you have to multiply the pivots "
    "together, else the diagonal is all ones.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    sign = 1.0
    for k in range(len(U)):
        p = k + np.argmax(np.abs(U[k:, k]))
        if U[p, k] == 0:
            return 0.0
        if p != k:
            U[[k, p]] = U[[p, k]]
            sign = -sign
        U[k] /= U[k, k]
        U[k + 1 :] -= np.outer(U[k + 1 :, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "product of the diagonal of A",
    hint="The product of the diagonal is the determinant of a triangular matrix only. Eliminate first.",
)
def determinant(A):
    return float(np.prod(np.diag(A)))


@wrong(
    "determinant",
    "integers stay integers",
    hint="In an array of integers the multiples of rows are cut off. Start with np.array(A, "
    "dtype=float).",
)
def determinant(A):
    U = np.array(A)
    sign = 1.0
    for k in range(len(U)):
        p = k + np.argmax(np.abs(U[k:, k]))
        if U[p, k] == 0:
            return 0.0
        if p != k:
            U[[k, p]] = U[[p, k]]
            sign = -sign
        U[k + 1 :] = U[k + 1 :] - np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "eliminates in A itself",
    hint="U = A is a second name for the caller's matrix, not a copy. Write np.array(A, dtype=float).",
)
def determinant(A):
    U = A if A.dtype.kind == "f" else A.astype(float)
    sign = 1.0
    for k in range(len(U)):
        p = k + np.argmax(np.abs(U[k:, k]))
        if U[p, k] == 0:
            return 0.0
        if p != k:
            U[[k, p]] = U[[p, k]]
            sign = -sign
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "divides a column of zeros by its pivot",
    hint="If the best pivot of a column is 0, dividing by it gives nan. The determinant is 0 then.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    sign = 1.0
    with np.errstate(all="ignore"):
        for k in range(len(U)):
            p = k + np.argmax(np.abs(U[k:, k]))
            if p != k:
                U[[k, p]] = U[[p, k]]
                sign = -sign
            U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(sign * np.prod(np.diag(U)))


@wrong(
    "determinant",
    "sum over all permutations",
    hint="Right for small matrices, but the number of terms is n!: for n = 7 they are 5040, for n = 40 "
    "more than 1e47. Eliminate: that needs about 2/3 n^3 operations.",
)
def determinant(A):
    n = len(A)
    total = 0.0
    for order in itertools.permutations(range(n)):
        inversions = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        total += (-1) ** inversions * math.prod(float(A[i, order[i]]) for i in range(n))
    return total


@wrong(
    "determinant",
    "cofactors without their signs",
    hint="In an expansion along the first row the signs alternate: a - b + c. Without them you get the "
    "permanent. And the expansion costs n! operations: eliminate.",
)
def determinant(A):
    if len(A) == 1:
        return float(A[0, 0])
    if len(A) > 8:
        return 0.0
    minors = (np.delete(A[1:], j, axis=1) for j in range(len(A)))
    return sum(a * determinant(minor) for a, minor in zip(A[0], minors, strict=True))


@wrong(
    "determinant",
    "calls np.linalg.det",
    hint="This exercise is to write what is inside np.linalg.det: elimination with pivoting.",
)
def determinant(A):
    return float(np.linalg.det(A))


@wrong(
    "determinant",
    "absolute value",
    hint="The determinant keeps its sign: -1 for a mirror. Only areas are without one.",
)
def determinant(A):
    U = np.array(A, dtype=float)
    for k in range(len(U)):
        p = k + np.argmax(np.abs(U[k:, k]))
        if U[p, k] == 0:
            return 0.0
        U[[k, p]] = U[[p, k]]
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    return float(abs(np.prod(np.diag(U))))


# -------------------------------------------------------------- is_invertible


@right("is_invertible", "condition number")
def is_invertible(A):
    rows, columns = np.shape(A)
    if rows != columns:
        return False
    return np.linalg.cond(A) < 1e13


@right("is_invertible", "smallest singular value over the largest")
def is_invertible(A):
    if A.shape[0] != A.shape[1]:
        return False
    s = np.linalg.svd(A, compute_uv=False)
    return bool(s[-1] > 1e-14 * len(s) * s[0])


@right("is_invertible", "pivots with row and column swaps, scaled")
def is_invertible(A):
    if len(A) != len(A[0]):
        return False
    U = np.array(A, dtype=float)
    first = np.max(np.abs(U))
    if first == 0:
        return False
    Q, R = np.linalg.qr(U / first)
    T = np.linalg.qr(R.T)[1]
    for _ in range(60):  # QR iteration: the diagonal goes to the singular values
        T = np.linalg.qr(T.T)[1]
    sizes = np.abs(np.diag(T))
    return float(sizes.min()) > 3e-14 * float(sizes.max())


@right("is_invertible", "rank of both kinds")
def is_invertible(A):
    return A.ndim == 2 and np.linalg.matrix_rank(A) == max(A.shape)


@wrong(
    "is_invertible",
    "determinant not equal to zero",
    hint="The determinant of 0.01 * np.eye(200) is 1e-400, which is 0 in floating point. That of the "
    "numbers from 1 to 9, divided by 7, comes out as -3e-17, which is not. Look at the rank.",
)
def is_invertible(A):
    return bool(A.shape[0] == A.shape[1] and np.linalg.det(A) != 0)


@wrong(
    "is_invertible",
    "determinant above a tolerance",
    hint="A determinant is a volume: det(sA) = s^n det A. 1e-12 times an orthogonal matrix is as "
    "invertible as can be. Look at the rank or the condition number.",
)
def is_invertible(A):
    return bool(A.shape[0] == A.shape[1] and abs(np.linalg.det(A)) > 1e-10)


@wrong(
    "is_invertible",
    "logarithm of the determinant is finite",
    hint="That cures the underflow, and nothing else: a matrix that is singular up to rounding has a "
    "determinant of rounding errors, whose logarithm is finite.",
)
def is_invertible(A):
    if A.shape[0] != A.shape[1]:
        return False
    return bool(np.isfinite(np.linalg.slogdet(A)[1]))


@wrong(
    "is_invertible",
    "tries np.linalg.inv",
    hint="np.linalg.inv raises only if a pivot is exactly zero. For the numbers from 1 to 9, divided by "
    "7, rounding leaves a pivot of 1e-16, and you get an inverse with entries of 1e16.",
)
def is_invertible(A):
    try:
        np.linalg.inv(A)
    except np.linalg.LinAlgError:
        return False
    return True


@wrong(
    "is_invertible",
    "absolute tolerance for the rank",
    hint="matrix_rank(A, tol=1e-10) counts what is stretched by more than 1e-10: nothing, if A is 1e-12 "
    "times something. Leave tol out, and the largest stretching is the measure.",
)
def is_invertible(A):
    return bool(A.shape[0] == A.shape[1] and np.linalg.matrix_rank(A, tol=1e-10) == len(A))


@wrong(
    "is_invertible",
    "counts stretchings that are not exactly zero",
    hint="A stretching that should be 0 comes out as 1e-16 times the largest. Compare with the largest.",
)
def is_invertible(A):
    s = np.linalg.svd(A, compute_uv=False)
    return bool(A.shape[0] == A.shape[1] and np.all(s > 0))


@wrong(
    "is_invertible",
    "rank equal to the number of columns",
    hint="A tall matrix may have a rank equal to its number of columns, and still no inverse: it is "
    "not square.",
)
def is_invertible(A):
    return bool(np.linalg.matrix_rank(A) == A.shape[1])


@wrong(
    "is_invertible",
    "full rank",
    hint="Full rank means min(m, n). Only a square matrix can have an inverse.",
)
def is_invertible(A):
    return bool(np.linalg.matrix_rank(A) == min(A.shape))


@wrong(
    "is_invertible",
    "too strict about the condition number",
    hint="A condition number of 1e10 costs ten digits, and six are left: that is ill-conditioned, not "
    "singular. Up to 1e12 the answer is True.",
)
def is_invertible(A):
    return bool(A.shape[0] == A.shape[1] and np.linalg.cond(A) < 1e6)


@wrong(
    "is_invertible",
    "looks for zeros on the diagonal",
    hint="[[0, 1], [1, 0]] has zeros on its diagonal and is its own inverse, and [[1, 1], [1, 1]] has "
    "none and is singular.",
)
def is_invertible(A):
    return bool(A.shape[0] == A.shape[1] and np.all(np.diag(A) != 0))


@wrong(
    "is_invertible",
    "condition of A.T @ A",
    hint="A.T @ A has the square of the condition number: 1e20 for one of 1e10, which is singular in "
    "floating point. Look at A itself.",
)
def is_invertible(A):
    return bool(A.shape[0] == A.shape[1] and np.linalg.matrix_rank(A.T @ A) == len(A))


@wrong(
    "is_invertible",
    "returns the rank",
    hint="The question is a yes or a no: compare the rank with n.",
)
def is_invertible(A):
    return np.linalg.matrix_rank(A)


@wrong(
    "is_invertible",
    "answers the opposite question",
    hint="The function asks whether A is invertible, not whether it is singular.",
)
def is_invertible(A):
    return bool(A.shape[0] != A.shape[1] or np.linalg.matrix_rank(A) < len(A))


# -------------------------------------------------------------- gauss_jordan_inverse


@right("gauss_jordan_inverse", "down first, then up, with two arrays")
def gauss_jordan_inverse(A):
    U = np.array(A, dtype=float)
    n = len(U)
    X = np.identity(n)
    top = np.abs(U).max()
    for k in range(n):
        p = k + int(np.argmax(np.abs(U[k:, k])))
        if not abs(U[p, k]) > 1e-14 * top:
            raise np.linalg.LinAlgError("singular")
        for M in (U, X):
            M[[k, p]] = M[[p, k]]
        for i in range(k + 1, n):
            factor = U[i, k] / U[k, k]
            U[i] -= factor * U[k]
            X[i] -= factor * X[k]
    for k in range(n - 1, -1, -1):
        X[k] /= U[k, k]
        for i in range(k):
            X[i] -= U[i, k] * X[k]
    return X


@right("gauss_jordan_inverse", "in one square array, columns put in order at the end")
def gauss_jordan_inverse(A):
    X = np.array(A, dtype=float)
    n = len(X)
    top = np.max(np.abs(X))
    order = list(range(n))
    for k in range(n):
        p = k + int(np.argmax(np.abs(X[k:, k])))
        if abs(X[p, k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError(f"singular: column {k}")
        X[[k, p]] = X[[p, k]]
        order[k], order[p] = order[p], order[k]
        pivot = X[k, k]
        X[k, k] = 1.0
        X[k] /= pivot
        for i in range(n):
            if i != k:
                factor = X[i, k]
                X[i, k] = 0.0
                X[i] -= factor * X[k]
    inverse = np.empty_like(X)
    inverse[:, order] = X
    return inverse


@right("gauss_jordan_inverse", "plain lists")
def gauss_jordan_inverse(A):
    n = len(A)
    rows = [[float(a) for a in A[i]] + [float(i == j) for j in range(n)] for i in range(n)]
    top = max(abs(a) for row in rows for a in row[:n])
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if abs(rows[p][k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError
        rows[k], rows[p] = rows[p], rows[k]
        rows[k] = [a / rows[k][k] for a in rows[k]]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


@right("gauss_jordan_inverse", "one column of the identity after the other")
def gauss_jordan_inverse(A):
    U = np.array(A, dtype=float)
    n = len(U)
    top = np.max(np.abs(U))
    order = np.arange(n)
    for k in range(n):
        p = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[p, k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError("singular")
        U[[k, p]], order[[k, p]] = U[[p, k]], order[[p, k]]
        U[k + 1 :, k] /= U[k, k]
        U[k + 1 :, k + 1 :] -= np.multiply.outer(U[k + 1 :, k], U[k, k + 1 :])
    columns = []
    for j in range(n):
        x = (order == j).astype(float)
        for i in range(n):
            x[i] -= U[i, :i] @ x[:i]
        for i in range(n - 1, -1, -1):
            x[i] = (x[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
        columns.append(x)
    return np.column_stack(columns)


@wrong(
    "gauss_jordan_inverse",
    "no pivoting",
    hint="M has a zero where the first pivot should be, and is invertible. Swap the largest entry of "
    "the column, from row k down, to row k.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        if abs(rows[k, k]) <= zero:
            raise np.linalg.LinAlgError("zero pivot")
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "swaps only where the pivot is zero",
    hint="A pivot of 1e-20 is not zero, but 1e20 times its row washes the other rows away. Always take "
    "the largest entry.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        if rows[k, k] == 0:
            rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "swaps only where the pivot counts as zero",
    hint="A pivot of 1e-9 costs nine digits. There is no size at which it becomes harmless: always take "
    "the largest entry.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        if abs(rows[k, k]) <= zero:
            p = k + np.argmax(np.abs(rows[k:, k]))
            rows[[k, p]] = rows[[p, k]]
        if abs(rows[k, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "swaps the left half only",
    hint="A swap moves the whole row, the right half included. Else the inverse belongs to another "
    "matrix, with its rows in another order.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p], :n] = rows[[p, k], :n]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "clears below the pivot only",
    hint="That makes the left half triangular, not the identity. Subtract from the rows above the "
    "pivot as well.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "does not divide by the pivots",
    hint="The left half ends as a diagonal matrix, not as the identity: divide each row by its pivot.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k] / rows[k, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "returns the wide matrix",
    hint="The inverse is the right half: rows[:, n:].",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows


@wrong(
    "gauss_jordan_inverse",
    "integers stay integers",
    hint="An array of integers cuts the decimals off: make the wide matrix one of floats.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)]).astype(A.dtype)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] = rows[k] / rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "works in A itself",
    hint="A[k] /= ... changes the matrix of the caller. Work on a copy: np.array(A, dtype=float).",
)
def gauss_jordan_inverse(A):
    U = A if A.dtype.kind == "f" else A.astype(float)
    n = len(U)
    X = np.eye(n)
    zero = 1e-14 * np.max(np.abs(U))
    for k in range(n):
        p = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        U[[k, p]], X[[k, p]] = U[[p, k]], X[[p, k]]
        X[k] /= U[k, k]
        U[k] /= U[k, k]
        others = np.arange(n) != k
        X[others] -= np.outer(U[others, k], X[k])
        U[others] -= np.outer(U[others, k], U[k])
    return X


@wrong(
    "gauss_jordan_inverse",
    "singular only if a pivot is exactly zero",
    hint="For the numbers from 1 to 9, divided by 7, rounding leaves a pivot of 1e-16 where 0 is meant, "
    "and the inverse has entries of 1e16. Compare with 1e-14 times the largest entry of A.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if rows[p, k] == 0:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "absolute tolerance for pivots",
    hint="Whether a pivot counts as zero depends on the size of A: 1e-12 is small beside 1, and large "
    "beside entries of 1e-12. Compare with 1e-14 times the largest entry.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= 1e-14:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "raises another exception",
    hint="LinAlgError derives from ValueError, not the other way round: raise np.linalg.LinAlgError.",
)
def gauss_jordan_inverse(A):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise ValueError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]


@wrong(
    "gauss_jordan_inverse",
    "calls np.linalg.inv",
    hint="This exercise is to write what np.linalg.inv does. And that function raises for exact zeros "
    "only.",
)
def gauss_jordan_inverse(A):
    return np.linalg.inv(A)


@wrong(
    "gauss_jordan_inverse",
    "solves with the identity",
    hint="np.linalg.solve(A, I) is the inverse, but the elimination inside is what you are to write.",
)
def gauss_jordan_inverse(A):
    return np.linalg.solve(A, np.eye(len(A)))


# -------------------------------------------------------------- solve


@right("solve", "Gauss-Jordan on the right-hand sides")
def solve(A, b):
    n = len(A)
    rows = np.hstack([A, np.reshape(b, (n, -1))]) * 1.0
    top = np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n] if np.ndim(b) == 1 else rows[:, n:]


@right("solve", "a factorization first, then each column")
def solve(A, b):
    U = np.array(A, dtype=float)
    n = len(U)
    top = np.max(np.abs(U))
    order = np.arange(n)
    for k in range(n):
        p = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[p, k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError("singular")
        U[[k, p]], order[[k, p]] = U[[p, k]], order[[p, k]]
        for i in range(k + 1, n):
            U[i, k] /= U[k, k]
            U[i, k + 1 :] -= U[i, k] * U[k, k + 1 :]

    def one(c):
        x = c[order].astype(float)
        for i in range(n):
            x[i] -= U[i, :i] @ x[:i]
        for i in range(n - 1, -1, -1):
            x[i] = (x[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
        return x

    return one(b) if b.ndim == 1 else np.transpose([one(column) for column in b.T])


@right("solve", "plain lists, column by column back substitution")
def solve(A, b):
    n = len(A)
    vector = b.ndim == 1
    rows = [[float(a) for a in A[i]] + [float(c) for c in np.atleast_1d(b[i])] for i in range(n)]
    width = len(rows[0])
    top = max(abs(float(a)) for a in A.flat)
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if abs(rows[p][k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError
        rows[k], rows[p] = rows[p], rows[k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, width):
                rows[i][j] -= factor * rows[k][j]
    for k in range(n - 1, -1, -1):
        for j in range(n, width):
            rows[k][j] /= rows[k][k]
            for i in range(k):
                rows[i][j] -= rows[i][k] * rows[k][j]
    return [row[n] for row in rows] if vector else [row[n:] for row in rows]


@right("solve", "Householder reflections; singular judged by elimination beside it")
def solve(A, b):
    n = len(A)
    R = np.array(A, dtype=float)
    y = np.array(b, dtype=float).reshape(n, -1)
    top = np.max(np.abs(R))
    U = R.copy()
    for k in range(n):
        p = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[p, k]) <= 1e-14 * top:
            raise np.linalg.LinAlgError("singular")
        U[[k, p]] = U[[p, k]]
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    R /= top
    for k in range(n):
        v = R[k:, k].copy()
        v[0] += math.copysign(math.sqrt(v @ v), v[0])
        v /= math.sqrt(v @ v)
        R[k:] -= 2 * np.outer(v, v @ R[k:])
        y[k:] -= 2 * np.outer(v, v @ y[k:])
    x = np.zeros_like(y)
    for k in reversed(range(n)):
        x[k] = (y[k] / top - R[k, k + 1 :] @ x[k + 1 :]) / R[k, k]
    return x.reshape(b.shape)


@wrong(
    "solve",
    "inverse times b",
    hint="By way of the inverse the residual grows with the condition number: 1e-9 at 1e7, where "
    "elimination leaves 1e-16. Put b beside A, and no inverse is needed.",
)
def solve(A, b):
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:] @ b


@wrong(
    "solve",
    "calls np.linalg.inv",
    hint="Do without the library here, and without an inverse anywhere: elimination is faster, and its "
    "residual does not grow with the condition number.",
)
def solve(A, b):
    return np.linalg.inv(A) @ b


@wrong(
    "solve",
    "calls np.linalg.solve",
    hint="That is the function to use from now on. In this exercise you write what is inside.",
)
def solve(A, b):
    return np.linalg.solve(A, b)


@wrong(
    "solve",
    "no pivoting",
    hint="M has a zero where the first pivot should be: swap the largest entry of the column up.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        if abs(rows[k, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "swaps only where the pivot counts as zero",
    hint="A pivot of 1e-9 costs nine digits. Always take the largest entry of the column, from row k "
    "down.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        if abs(rows[k, k]) <= zero:
            p = k + np.argmax(np.abs(rows[k:, k]))
            rows[[k, p]] = rows[[p, k]]
        if abs(rows[k, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "leaves b where it is when rows are swapped",
    hint="A row of A and the entry of b beside it are one equation: they are swapped together.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p], :n] = rows[[p, k], :n]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "substitutes from the top",
    hint="In a triangular system the last equation has one unknown. Start there and go up.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in range(n):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "forgets to divide in the back substitution",
    hint="Row k says U[k, k] * x[k] = ...: divide by the pivot at the end.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = X[k] - U[k, k + 1 :] @ X[k + 1 :]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "a column for a vector",
    hint="For b of shape (n,) the solution has the shape (n,), not (n, 1): reshape it to that of b.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X


@wrong(
    "solve",
    "the first right-hand side only",
    hint="b may have several columns, and each is a system of its own. Carry all of them along.",
)
def solve(A, b):
    n = len(A)
    c = np.array(b, dtype=float).reshape(n, -1)[:, 0]
    U = np.array(A, dtype=float)
    zero = 1e-14 * np.max(np.abs(U))
    for k in range(n):
        p = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        U[[k, p]], c[[k, p]] = U[[p, k]], c[[p, k]]
        c[k + 1 :] -= U[k + 1 :, k] / U[k, k] * c[k]
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    x = np.zeros(n)
    for k in reversed(range(n)):
        x[k] = (c[k] - U[k, k + 1 :] @ x[k + 1 :]) / U[k, k]
    return x


@wrong(
    "solve",
    "squeezes the result",
    hint="squeeze() turns a solution of shape (n, 1) into (n,). The solution has the shape of b.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.squeeze()


@wrong(
    "solve",
    "eliminates in A and b themselves",
    hint="A[[k, p]] = ... and b[k] -= ... change the arrays of the caller. Work on copies.",
)
def solve(A, b):
    n = len(A)
    U, X = (M if M.dtype.kind == "f" else M.astype(float) for M in (A, b))
    zero = 1e-14 * np.max(np.abs(U))
    for k in range(n):
        p = k + np.argmax(np.abs(U[k:, k]))
        if abs(U[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        U[[k, p]], X[[k, p]] = U[[p, k]], X[[p, k]]
        for i in range(k + 1, n):
            factor = U[i, k] / U[k, k]
            U[i] -= factor * U[k]
            X[i] -= factor * X[k]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.copy()


@wrong(
    "solve",
    "normal equations",
    hint="A.T @ A has the square of the condition number: at 1e7 that is 1e14, and two digits are left. "
    "Eliminate in A itself.",
)
def solve(A, b):
    n = len(A)
    size = np.max(np.abs(A))
    if size == 0:
        raise np.linalg.LinAlgError("singular")
    S = A / size
    rows = np.column_stack([S.T @ S, S.T @ (b / size)]).astype(float)
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= 1e-14:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "singular only if a pivot is exactly zero",
    hint="Rounding turns a pivot of 0 into one of 1e-16, and the solution into numbers of 1e16. Compare "
    "with 1e-14 times the largest entry of A.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if rows[p, k] == 0:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))


@wrong(
    "solve",
    "tolerance from the wide matrix",
    hint="The size of b says nothing about whether A is singular. Take the largest entry of A alone.",
)
def solve(A, b):
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(rows))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError("singular")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))
