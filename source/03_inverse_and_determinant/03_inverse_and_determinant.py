# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3 · Undoing a matrix: inverse and determinant
#
# A matrix takes vectors somewhere else. Can you get them back? That is what you ask when you fit
# a model to data, calibrate a sensor, work out the currents in a circuit, or train a generative
# model that has to run backwards. Two tools answer it. The **inverse** is the matrix that leads
# back, and the **determinant** is one number that says whether there is a way back at all.
#
# On paper that is the whole story. On a computer both tools have a trap: the determinant is a bad
# judge of how safe the way back is, and the inverse is rarely the best way to take it. This
# notebook builds both, shows both traps, and ends with a method that avoids them.
#
# After this notebook you can
#
# - read a determinant as the factor by which areas grow;
# - invert a $2 \times 2$ matrix by hand and on a computer, at any scale;
# - compute determinants, inverses and solutions by one method, elimination with pivoting;
# - tell whether a matrix is safely invertible, and say why the determinant cannot;
# - find the currents in a network, and the weak spots of a real power grid.
#
# Allow about 85 minutes. Every function stands on its own: none of them needs another one that
# you wrote, so a slip in one exercise costs you that exercise only.

# %% Setup
import matplotlib.pyplot as plt
import numpy as np

from autograder.checks import (
    assert_at_most,
    assert_close,
    assert_in,
    assert_raises,
    assert_ratio,
    assert_scalar,
    assert_shape,
    assert_unchanged,
    assert_without,
    matrices,
    ratios,
    scalar,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
plt.style.use("autograder.course")


# %% A letter
def letter():
    """The corners of a capital F, counter-clockwise, shape (10, 2)."""
    x = [0, 1, 1, 2, 2, 1, 1, 3, 3, 0]
    y = [0, 0, 2, 2, 3, 3, 4, 4, 5, 5]
    return np.column_stack([x, y]).astype(float)


# %% [markdown]
# ## 3.1 · There and back
#
# The **inverse** of a square matrix $A$ is the matrix $A^{-1}$ that undoes what $A$ does:
#
# $$
# A^{-1} A = A A^{-1} = I .
# $$
#
# If $A$ turns by 30 degrees, $A^{-1}$ turns back by 30 degrees. If $A$ doubles every length,
# $A^{-1}$ halves it. The letter below goes through four matrices, and then back where that can be
# done. Each matrix has its determinant above it.

# %% Plot four matrices and their way back tags=["demo"]
corners = letter()
stages = {
    "stretched": np.array([[2.0, 0.0], [0.0, 0.8]]),
    "sheared": np.array([[1.0, 0.4], [0.0, 1.0]]),
    "mirrored": np.array([[-1.0, 0.0], [0.0, 1.0]]),
    "flattened": np.array([[1.0, 0.4], [0.5, 0.2]]),
}
figure, axes = plt.subplots(2, 4, figsize=(10, 4.3), sharex=True, sharey=True)
for (upper, lower), (what, A) in zip(axes.T, stages.items(), strict=True):
    det = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    for ax in (upper, lower):
        ax.fill(*corners.T, color="#dddddd")
    upper.set_title(f"{what}: det A = {det:.1f}")
    if det != 0:
        upper.fill(*(corners @ A.T).T, color="#1b6ca8", alpha=0.75, linewidth=0)
        lower.fill(*(corners @ A.T @ np.linalg.inv(A).T).T, color="#2e8b57", alpha=0.75)
        lower.set_title("and back")
    else:
        upper.plot(*(corners @ A.T).T, color="#1b6ca8", linewidth=3)
        lower.plot(*(corners @ A.T).T, color="#d1495b", linewidth=3)
        lower.set_title("no way back")
for ax in axes.flat:
    ax.set(xlim=(-3.5, 6.5), ylim=(-0.6, 5.6), aspect="equal")
for ax in axes[1]:
    ax.set_xlabel("first coordinate")
for ax in axes[:, 0]:
    ax.set_ylabel("second coordinate")
figure.suptitle("A matrix can be undone unless it flattens the plane")
show(
    "A letter F, stretched to 1.6 times its area, sheared to the same area, mirrored, and "
    "flattened to a line. Below each, the inverse brings the letter back, except the flattened one."
)

# %% [markdown]
# Grey is the letter before, blue after, green after the way back. Stretched by 2 one way and 0.8
# the other, its area grows by $2 \cdot 0.8 = 1.6$. The shear slants it and leaves the area alone.
# The mirror leaves the area alone as well, but it turns the letter over, and its determinant is
# negative. The fourth matrix presses the whole plane onto a line. Many points of the letter land
# on the same point of that line, and no matrix can tell them apart again. Such a matrix is called
# **singular**.
#
# So the determinant is a factor for areas (for volumes in space, and so on in $n$ dimensions),
# with a minus sign where the matrix turns things over:
#
# $$
# \text{area after} = |\det A| \cdot \text{area before}, \qquad
# \det \begin{pmatrix} a & b \\ c & d \end{pmatrix} = ad - bc ,
# $$
#
# and $A$ has an inverse exactly if $\det A \ne 0$.

# %% [markdown]
# ## 3.2 · The factor for areas
#
# Do not take that on faith: measure it. The area of any polygon without crossings follows from
# its corners $(x_1, y_1), \dots, (x_k, y_k)$, listed in the order in which you meet them when you
# walk round. Surveyors call it the **shoelace formula**:
#
# $$
# \text{area} = \tfrac12\, \Bigl|\, \sum_{i=1}^{k} (x_i\, y_{i+1} - x_{i+1}\, y_i) \Bigr| ,
# $$
#
# where the corner after the last one is the first one again. For the letter, whose bars are 1
# wide, it gives 8: five squares for the stem, one and two for the arms.
#
# ### Exercise: `area_scale`
#
# Measure a polygon before and after a matrix has moved its corners, and divide. Two things need
# care:
#
# 1. The corners are the **rows** of the array, but $A$ acts on columns: a corner $p$ goes to
#    $A p$.
# 2. Surveyors count their metres from a point far away, and corners look like
#    $(471\,234,\ 5\,412\,876)$. The products in the formula are then around $10^{12}$, while the
#    garden has an area of 100: the digits that you want are the last ones, and rounding eats them.
#    Where the polygon lies has no influence on its area, so move it to the origin first.
#
# <details><summary>Hint 1: all corners at once</summary>
#
# For corners in the rows of `P`, the transformed corners are the rows of `P @ A.T`. And
# `np.roll(x, -1)` is $(x_2, x_3, \dots, x_k, x_1)$.
#
# </details>
#
# <details><summary>Hint 2: moving to the origin</summary>
#
# Subtract one corner, or the mean of the corners, from all of them. Then transform: a matrix
# sends the origin to the origin, so the result stays near it.
#
# </details>


# %% nbgrader={"grade_id": "area_scale", "solution": true}
def area_scale(A, polygon):
    """Area of a polygon before and after a matrix is applied to it, and the factor between them.

    Parameters
    ----------
    A : array, shape (2, 2)
        A real matrix, floats or integers, invertible or not.
    polygon : array, shape (k, 2), k >= 3
        The corners, one in each row, in order, clockwise or counter-clockwise; floats or integers.
        The sides do not cross, and the area is not zero. Neither argument is changed.

    Returns
    -------
    before, after, factor : floats
        The area of the polygon, the area of its image under A, and after / before. None of them
        is negative. If A is singular, after and factor are 0 up to rounding.

    Notes
    -----
    The polygon may lie anywhere. If it lies a million times its own size away from the origin,
    before and factor still have to be right to seven digits.
    """
    ### BEGIN SOLUTION
    centred = polygon - np.mean(polygon, axis=0)
    areas = []
    for corners in (centred, centred @ A.T):
        x, y = corners.T
        areas.append(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
    before, after = areas
    return before, after, after / before
    ### END SOLUTION


# %% The letter F nbgrader={"grade_id": "area_scale-worked", "grade": true, "points": 1}
A = np.array([[2.0, 1.0], [0.5, 1.0]])
found = area_scale(A.copy(), letter())
assert isinstance(found, (tuple, list)) and len(found) == 3, (
    "area_scale(A, polygon) should return three numbers, the area before, the area after and "
    f"their quotient, but gave {type(found).__name__}."
)
before, after, factor = found
assert_scalar(
    before, 8.0, name="before from area_scale(A, letter())", hint="The letter covers 8 squares."
)
assert_scalar(
    after,
    12.0,
    name="after from area_scale(A, letter())",
    hint="Each corner p goes to A p. With the corners in the rows of P that is P @ A.T.",
)
assert_scalar(
    factor, 1.5, name="factor from area_scale(A, letter())", hint="Area after over area before."
)

# %% Other polygons nbgrader={"grade_id": "area_scale-polygons", "grade": true, "points": 2}
# Triangles, stars and other polygons, both ways round; matrices that mirror, and singular ones.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(301)
for k in (3, 4, 5, 12):
    angle = np.sort(rng.uniform(0.05, 0.95, k) + np.arange(k)) * 2 * np.pi / k
    radius = rng.uniform(0.5, 3.0, k)  # a star as seen from the origin, rarely convex
    polygon = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    wedges = radius * np.roll(radius, -1) * np.sin(np.roll(angle, -1) - angle) / 2
    expected = np.sum(wedges)  # triangles between the origin and each side, with their signs
    a, b, c, d = rng.uniform(-2, 2, 4)
    for A, det in [
        (np.array([[a, b], [c, d]]), a * d - b * c),
        (np.array([[c, d], [a, b]]), b * c - a * d),
        (np.array([[a, b], [3 * a, 3 * b]]), 0.0),
    ]:
        corners = polygon[::-1].copy() if det < 0 else polygon.copy()
        way = "clockwise" if det < 0 else "counter-clockwise"
        argument, kept = (A.copy(), corners.copy()), (A.copy(), corners.copy())
        before, after, factor = area_scale(*argument)
        assert_unchanged(argument[0], kept[0], name="A after area_scale(A, polygon)")
        assert_unchanged(argument[1], kept[1], name="polygon after area_scale(A, polygon)")
        where = f"of area_scale with {k} corners, {way}, and a determinant of {det:.2g}"
        shoelace = "Half of |sum of x_i y_(i+1) - x_(i+1) y_i|, the last side included."
        assert_scalar(before, expected, name=f"before {where}", hint=shoelace)
        if det == 0:
            flat = "This A is singular: it flattens every polygon."
            for value, what in ((after, "after"), (factor, "factor")):
                size = abs(scalar(value, name=f"{what} {where}"))
                assert_at_most(size, 1e-12, what=f"The size of {what} {where}", hint=flat)
            continue
        assert_scalar(after, abs(det) * expected, name=f"after {where}", hint=shoelace)
        sign = "After over before, and neither of them is negative."
        assert_scalar(factor, abs(det), name=f"factor {where}", hint=sign)
### END HIDDEN TESTS

# %% Far away nbgrader={"grade_id": "area_scale-far", "grade": true, "points": 1}
# Whole numbers, and a small polygon far from the origin.
### BEGIN HIDDEN TESTS
A = np.array([[3, 1], [1, 2]])
garden = np.array([[0, 0], [12, 1], [14, 9], [6, 6], [-1, 11]])  # an area of 98
for offset in ((0, 0), (471_234.137, 5_412_876.821), (-9_000_001.3, 7_500_003.9)):
    before, after, factor = area_scale(A, garden + np.array(offset))
    where = f"of area_scale(A, polygon) with a corner at {offset}"
    move = "Subtract one corner, or the mean, from all of them before you multiply."
    hint = move if offset[0] else "All corners are whole numbers here."
    assert_scalar(before, 98.0, name=f"before {where}", threshold=1e8, hint=hint)
    assert_scalar(factor, 5.0, name=f"factor {where}", threshold=1e8, hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# Try it on any polygon and any matrix: the factor depends on $A$ alone, and it is $|ad - bc|$.
# (Why for *any* polygon? Cut it into tiny squares. Each square becomes a parallelogram, and all
# of them the same one.)

# %% [markdown]
# ## 3.3 · Two by two, by formula
#
# Swap the diagonal, negate the rest, and multiply by $A$:
#
# $$
# \begin{pmatrix} a & b \\ c & d \end{pmatrix}
# \begin{pmatrix} d & -b \\ -c & a \end{pmatrix}
# = \begin{pmatrix} ad - bc & 0 \\ 0 & ad - bc \end{pmatrix}
# = (ad - bc)\, I .
# $$
#
# Divide by the determinant, and there is the inverse:
#
# $$
# A^{-1} = \frac{1}{ad - bc} \begin{pmatrix} d & -b \\ -c & a \end{pmatrix}, \qquad
# \begin{pmatrix} 2 & 1 \\ 1 & 1 \end{pmatrix}^{-1}
# = \begin{pmatrix} 1 & -1 \\ -1 & 2 \end{pmatrix} .
# $$
#
# So far the mathematics. A computer adds two questions, and `if ad - bc == 0` answers both of
# them wrongly.
#
# **When is it zero?** The second row of the first matrix below is 7 times the first one, so it is
# singular. And nobody doubts that the second matrix can be inverted. See what floating point
# makes of them.

# %% Two determinants that lie tags=["demo"]
for A in (np.array([[0.1, 0.3], [0.7, 2.1]]), np.array([[2e-200, 1e-200], [1e-200, 1e-200]])):
    (a, b), (c, d) = A
    print(f"{A.tolist()}:  ad - bc = {a * d - b * c}")

# %% [markdown]
# The first one is not zero although it should be: $0.1$, $0.3$, $0.7$ and $2.1$ are all rounded,
# and so are the products. The second is zero although it should not be: numbers below $10^{-324}$
# do not exist in floating point. (Beyond $10^{308}$ it gets `inf`, and `inf - inf` is `nan`.)
#
# **What does this exercise call zero?** A difference of two products is worth something if it is
# larger than the rounding errors of the products. So compare it with *them*: count $A$ as singular
# if
#
# $$
# |ad - bc| \le 10^{-14} \, (|ad| + |bc|) .
# $$
#
# Multiply a row, a column or all of $A$ by some number, and both sides grow by the same factor.
# That is what a fair test looks like: it does not depend on the units.
#
# ### Exercise: `inverse_2x2`
#
# Use the formula, not a library (`np.linalg.inv` and its relatives are off limits here). Take
# care of the scale: $(sA)^{-1} = \tfrac1s A^{-1}$, so you may divide $A$ by its largest entry (in
# size) first, and make up for it at the end. With a largest entry of 1, nothing overflows.
#
# <details><summary>Hint</summary>
#
# `(a, b), (c, d) = A / largest` unpacks the four numbers. Think of a matrix of zeros before you
# divide. The result has to be divided twice: by the determinant, and by `largest`.
#
# </details>


# %% nbgrader={"grade_id": "inverse_2x2", "solution": true}
def inverse_2x2(A):
    """Inverse of a 2 x 2 matrix by the formula, without library functions that invert or solve.

    Parameters
    ----------
    A : array, shape (2, 2)
        A real matrix [[a, b], [c, d]] of floats or integers. Its largest entry may be as tiny as
        1e-200 or as huge as 1e200, and the others may be smaller by another 1e-100, or zero. It
        is not changed.

    Returns
    -------
    array, shape (2, 2)
        The inverse.

    Raises
    ------
    ValueError
        If A is singular. It counts as singular if |ad - bc| <= 1e-14 * (|ad| + |bc|), where the
        products are meant as if nothing could overflow or vanish, whatever the scale of A.
    """
    ### BEGIN SOLUTION
    largest = np.max(np.abs(A))
    if largest == 0:
        raise ValueError("a matrix of zeros has no inverse")
    (a, b), (c, d) = A / largest
    det = a * d - b * c
    if abs(det) <= 1e-14 * (abs(a * d) + abs(b * c)):
        raise ValueError("A is singular up to rounding")
    return np.array([[d, -b], [-c, a]]) / det / largest
    ### END SOLUTION


# %% Two examples nbgrader={"grade_id": "inverse_2x2-worked", "grade": true, "points": 1}
formula = "Swap the diagonal, negate the other two, divide by ad - bc."
A = np.array([[2.0, 1.0], [1.0, 1.0]])
found = inverse_2x2(A.copy())
assert_close(found, [[1.0, -1.0], [-1.0, 2.0]], name="inverse_2x2([[2, 1], [1, 1]])", hint=formula)
A = np.array([[3.0, 1.0], [4.0, 2.0]])
found = inverse_2x2(A.copy())
stay = "The determinant is 2. b and c change their signs, but not their places."
assert_close(found, [[1.0, -0.5], [-2.0, 1.5]], name="inverse_2x2([[3, 1], [4, 2]])", hint=stay)
assert_raises(
    ValueError, inverse_2x2, np.array([[1.0, 2.0], [2.0, 4.0]]), hint="1 * 4 - 2 * 2 = 0."
)
assert_without(inverse_2x2, ("inv", "pinv", "solve", "lstsq"), A.copy(), hint="Use the formula.")

# %% Ordinary matrices nbgrader={"grade_id": "inverse_2x2-values", "grade": true, "points": 1}
# Random matrices, whole numbers, zeros on the diagonal. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(302)
cases = [rng.uniform(-3, 3, (2, 2)) for _ in range(4)]
cases += [np.array(rows) for rows in ([[0, 3], [-2, 0]], [[5, 2], [3, 2]], [[-2, 0], [-1, -3]])]
for A in cases:
    before = A.copy()
    X = inverse_2x2(A)
    assert_unchanged(A, before, name="A after inverse_2x2(A)")
    kind = "of whole numbers" if A.dtype.kind == "i" else "of random numbers"
    name = f"inverse_2x2(A) with A {kind}"
    assert_shape(X, (2, 2), name=name)
    whole = "Is there an array of integers that cuts the decimals off?"
    hint = whole if A.dtype.kind == "i" else "Check it by hand: A @ X should be the identity."
    assert_close(A @ np.asarray(X), np.eye(2), name=f"A times {name}", hint=hint)
### END HIDDEN TESTS

# %% Tiny and huge nbgrader={"grade_id": "inverse_2x2-scale", "grade": true, "points": 2}
# Matrices whose entries are tiny, huge, or of very different sizes: all of them have an inverse.
### BEGIN HIDDEN TESTS
A = np.array([[2.0, 1.0], [-1.0, 3.0]])
inverse = np.array([[3.0, -1.0], [1.0, 2.0]]) / 7
unit = "(sA)^-1 is A^-1 / s. Divide A by its largest entry first; then nothing overflows."
for scale in (1e-200, 1e-170, 1e-12, 1e12, 1e170, 1e200):
    name = f"inverse_2x2({scale:g} * [[2, 1], [-1, 3]]) * {scale:g}"
    refusals = 0
    try:
        found = inverse_2x2(scale * A)
    except ValueError:
        refusals = 1
    what = f"The number of times that inverse_2x2 calls {scale:g} * [[2, 1], [-1, 3]] singular"
    assert_at_most(refusals, 0, what=what, hint=unit)
    assert_shape(found, (2, 2), name=name)
    assert_close(np.asarray(found) * scale, inverse, name=name, hint=unit)
relative = "ad is compared with rounding errors of ad and bc, not with a fixed number."
for tiny in (1e-20, 1e-90):
    for A, expected in [
        (np.diag([1.0, tiny]), np.diag([1.0, 1 / tiny])),
        (np.array([[0.0, 1.0], [tiny, 0.0]]), np.array([[0.0, 1 / tiny], [1.0, 0.0]])),
        (np.array([[tiny, 1.0], [1.0, 1.0]]), np.array([[-1.0, 1.0], [1.0, -tiny]])),
    ]:
        name = f"inverse_2x2({A.tolist()})"
        refusals = 0
        try:
            found = inverse_2x2(A.copy())
        except ValueError:
            refusals = 1
        what = f"The number of times that inverse_2x2 calls {A.tolist()} singular"
        assert_at_most(refusals, 0, what=what, hint=relative)
        assert_shape(found, (2, 2), name=name)
        for i, j in np.argwhere(expected):
            entry = float(np.asarray(found)[i, j])
            assert_scalar(entry, expected[i, j], name=f"{name}[{i}, {j}]", hint=relative)
### END HIDDEN TESTS

# %% Singular or nearly so nbgrader={"grade_id": "inverse_2x2-singular", "grade": true, "points": 1}
# Matrices that are singular but for rounding, at several scales; others that only come close.
### BEGIN HIDDEN TESTS
digits = "ad and bc agree in 14 digits here: their difference is nothing but rounding."
sevenfold = np.array([[0.1, 0.3], [0.7, 2.1]])  # ad - bc gives 2.8e-17
close = np.array([[1.0, 1.0], [1.0, 1.0 + 4e-15]])
zeros = (np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[0.0, 3.0], [0.0, 1.0]]))
turned = np.array([[0.1, 0.3], [-0.7, -2.1]])
for A in (sevenfold, turned, close, *zeros):
    for scale in (1.0, 1e-200, 1e200, 1e-9):
        assert_raises(ValueError, inverse_2x2, scale * A, hint=digits)
assert_raises(ValueError, inverse_2x2, np.zeros((2, 2)), hint="Zeros have no inverse.")
for gap in (1e-13, 1e-10, 1e-5):
    A = np.array([[1.0, 1.0], [1.0, 1.0 + gap]])
    gap = A[1, 1] - 1.0
    expected = np.array([[1.0 + gap, -1.0], [-1.0, 1.0]]) / gap
    name = f"inverse_2x2([[1, 1], [1, 1 + {gap:.0e}]])"
    refusals = 0
    try:
        found = inverse_2x2(A)
    except ValueError:
        refusals = 1
    what = f"The number of times that inverse_2x2 calls [[1, 1], [1, 1 + {gap:.0e}]] singular"
    hint = "It counts as singular if |ad - bc| <= 1e-14 (|ad| + |bc|), and not before."
    assert_at_most(refusals, 0, what=what, hint=hint)
    worst = 100 / gap  # as close to singular as this, a single rounding costs that much
    divide = "Compute ad - bc first, then divide by it."
    assert_close(found, expected, name=name, threshold=worst, hint=divide)
### END HIDDEN TESTS

# %% [markdown]
# ## 3.4 · Any size, by elimination
#
# For a $3 \times 3$ matrix you may know a formula with six products. For $n = 30$ there would be
# $30!$ of them, more than your computer could form in the age of the universe. Elimination needs
# about $\tfrac23 n^3$ operations instead, here 18,000. It rests on four rules.
#
# | what you do with a matrix | what happens to the determinant |
# |---|---|
# | subtract a multiple of one row from another | nothing (it is a shear) |
# | swap two rows | its sign changes |
# | multiply a row by $s$ | it is multiplied by $s$ |
# | bring it to triangular form | it is the product of the diagonal |
#
# **A small example to keep.** You will meet this matrix again and again below:
#
# $$
# M = \begin{pmatrix} 0 & 2 & 1 \\ 4 & 2 & 2 \\ 2 & 2 & 0 \end{pmatrix}
# \;\xrightarrow{\text{swap}}\;
# \begin{pmatrix} 4 & 2 & 2 \\ 0 & 2 & 1 \\ 2 & 2 & 0 \end{pmatrix}
# \;\to\;
# \begin{pmatrix} 4 & 2 & 2 \\ 0 & 2 & 1 \\ 0 & 1 & -1 \end{pmatrix}
# \;\to\;
# \begin{pmatrix} 4 & 2 & 2 \\ 0 & 2 & 1 \\ 0 & 0 & -1.5 \end{pmatrix} .
# $$
#
# The first row has a zero where the pivot should be (the **pivot** is the entry that you divide
# by), so it has to be swapped with another one. Then half of the first row is subtracted from the
# third, and half of the second row. The diagonal gives $4 \cdot 2 \cdot (-1.5) = -12$, one swap
# turns the sign, and $\det M = 12$.
#
# **Partial pivoting.** In column $k$, look at row $k$ and all rows below it, and take as the pivot
# the entry that is **largest in size**. Swapping only where there is a zero is not enough: a pivot
# that is merely tiny does as much harm as a zero, and does it silently. The picture after the
# exercise shows how much.
#
# ### Exercise: `determinant`
#
# By elimination with partial pivoting, with array arithmetic only: no determinants,
# factorizations or eigenvalues from `np.linalg` or `scipy.linalg`.
#
# <details><summary>Hint 1: a plan</summary>
#
# Work on a float copy. For each column: find the pivot, swap if you have to and note the change of
# sign, subtract multiples of the pivot row from the rows below. If the best pivot is 0, the
# whole rest of the column is, and you know the determinant.
#
# </details>
#
# <details><summary>Hint 2: in NumPy</summary>
#
# `k + np.argmax(np.abs(U[k:, k]))` is the row of the pivot. `U[[k, p]] = U[[p, k]]` swaps two
# rows. `np.outer(multipliers, U[k])` is what has to be subtracted from `U[k + 1:]`.
#
# </details>


# %% nbgrader={"grade_id": "determinant", "solution": true}
def determinant(A):
    """Determinant by elimination with partial pivoting, without determinants from a library.

    Parameters
    ----------
    A : array, shape (n, n), n >= 1
        A real matrix of floats or integers, with n up to 100, say. It is not changed.

    Returns
    -------
    float
        The determinant; 0 up to rounding if A is singular.
    """
    ### BEGIN SOLUTION
    U = np.array(A, dtype=float)
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
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "determinant-worked", "grade": true, "points": 1}
M = np.array([[0.0, 2.0, 1.0], [4.0, 2.0, 2.0], [2.0, 2.0, 0.0]])
assert_scalar(
    determinant(M.copy()),
    12.0,
    name="determinant(M)",
    hint="The pivots are 4, 2 and -1.5, and there is one swap: -(4 * 2 * -1.5) = 12.",
)
found = determinant(np.array([[2.0, 1.0], [1.0, 1.0]]))
assert_scalar(found, 1.0, name="determinant([[2, 1], [1, 1]])", hint="2 * 1 - 1 * 1, no swap.")
library = ("det", "slogdet", "lu", "lu_factor", "qr", "svd", "eig", "eigvals", "inv", "solve")
assert_without(determinant, library, M.copy(), hint="Eliminate by yourself: rows and arithmetic.")

# %% Ordinary matrices nbgrader={"grade_id": "determinant-values", "grade": true, "points": 2}
# Matrices from 1 x 1 to 40 x 40, of floats and of whole numbers. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(303)
cases = [rng.standard_normal((n, n)) for n in (2, 3, 4, 5, 6, 7, 40)] + [np.array([[-3.5]])]
cases += [rng.integers(-4, 5, (3, 3)), rng.integers(-9, 10, (4, 4))]
for A in cases:
    before, expected = A.copy(), np.linalg.det(A)
    n = len(A)
    found = determinant(A)
    assert_unchanged(A, before, name="A after determinant(A)")
    kind = "whole numbers" if A.dtype.kind == "i" else "floats"
    rules = (
        "Work on a float copy: multiples of rows of integers are cut off."
        if A.dtype.kind == "i"
        else "Only swaps change the sign, each of them once; subtracting rows changes nothing."
    )
    name = f"determinant(A) with A of shape ({n}, {n}), {kind}"
    assert_scalar(found, expected, name=name, threshold=1e5, hint=rules)
### END HIDDEN TESTS

# %% Pivots nbgrader={"grade_id": "determinant-pivots", "grade": true, "points": 2}
# Zeros where a pivot should be, pivots that are tiny, and the sign of every permutation.
### BEGIN HIDDEN TESTS
orders = {(1, 0): -1, (1, 2, 0): 1, (2, 1, 0): -1, (1, 0, 3, 2): 1, (3, 0, 1, 2): -1, (0, 2, 1): -1}
for order, sign in orders.items():
    A = np.diag([2.0, 3.0, 5.0, 7.0][: len(order)])
    expected = sign * np.prod(np.diag(A))
    name = f"determinant(A) with A a diagonal matrix whose rows are in the order {order}"
    swaps = "A zero on the diagonal calls for a swap, and each swap changes the sign."
    assert_scalar(determinant(A[list(order)]), expected, name=name, hint=swaps)
tiny = "A tiny pivot makes huge multipliers: take the largest entry of the column in size."
for pivot in (1e-20, -1e-20, 1e-9):
    for sign in (1, -1):
        A = np.array([[pivot, 0.7, 1.1], [1.3 * sign, 0.6, 0.2], [0.9 * sign, 1.7, 0.4]])
        expected = 1.599 * sign - 0.1 * pivot
        name = f"determinant(A) with {pivot:g} for the first pivot and {1.3 * sign:g} below it"
        assert_scalar(determinant(A), expected, name=name, hint=tiny)
A = np.eye(4)
A[1:, 1:] = [[1e-12, 0.7, 1.1], [1.3, 0.6, 0.2], [0.9, 1.7, 0.4]]
name = "determinant(A) with a tiny pivot in the second column"
assert_scalar(determinant(A), 1.599 - 1e-13, name=name, hint=tiny)
### END HIDDEN TESTS

# %% Singular matrices nbgrader={"grade_id": "determinant-singular", "grade": true, "points": 1}
# Zeros, a column of zeros, rows that depend on each other: the determinant is 0 up to rounding.
### BEGIN HIDDEN TESTS
cases = {
    "zeros": np.zeros((3, 3)),
    "[[0]]": np.zeros((1, 1)),
    "a column of zeros": np.array([[1.0, 0.0, 2.0], [3.0, 0.0, 1.0], [0.0, 0.0, 4.0]]),
    "a last row of zeros": np.array([[1.0, 5.0], [0.0, 0.0]]),
    "two equal rows": np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 4.0], [1.0, 2.0, 3.0]]),
    "the numbers from 1 to 9": np.arange(1.0, 10.0).reshape(3, 3),
    "rank 4 of 6": matrices.of_rank(4, (6, 6), seed=304),
}
for what, A in cases.items():
    name = f"determinant(A) with A singular: {what}"
    zero = "If all that is left of a column is 0, do not divide by it: the determinant is 0."
    size = abs(scalar(determinant(A), name=name, hint=zero))
    assert_at_most(size, 1e-12, what=f"The size of {name}", hint=zero)
### END HIDDEN TESTS

# %% [markdown]
# ### What a tiny pivot does
#
# Put a small number $\varepsilon$ where the first pivot is, among numbers of ordinary size:
#
# $$
# \det \begin{pmatrix} \varepsilon & 0.7 & 1.1 \\ 1.3 & 0.6 & 0.2 \\ 0.9 & 1.7 & 0.4 \end{pmatrix}
# = 1.599 - 0.1\, \varepsilon .
# $$
#
# The determinant hardly depends on $\varepsilon$. But without swaps, multiples of the first row
# are subtracted from the others, and the multipliers are $1.3/\varepsilon$ and $0.9/\varepsilon$.

# %% Plot what a tiny pivot does tags=["demo"]
pivots = np.logspace(-20, 0, 81)
with_swaps, without_swaps = [], []
for pivot in pivots:
    A = np.array([[pivot, 0.7, 1.1], [1.3, 0.6, 0.2], [0.9, 1.7, 0.4]])
    U = A.copy()
    for k in range(2):
        U[k + 1 :] -= np.outer(U[k + 1 :, k] / U[k, k], U[k])
    true = 1.599 - 0.1 * pivot
    without_swaps.append(abs(np.prod(np.diag(U)) / true - 1))
    with_swaps.append(abs(determinant(A) / true - 1))
figure, ax = plt.subplots(figsize=(7, 3.8))
ax.loglog(pivots, np.maximum(without_swaps, 1e-17), ".", color="#d1495b", markersize=6)
ax.loglog(pivots, np.maximum(with_swaps, 1e-17), ".", color="#1b6ca8", markersize=6)
ax.text(2e-8, 2e-6, "without swaps", color="#d1495b")
ax.text(1e-20, 4e-15, "your determinant, with swaps", color="#1b6ca8")
ax.set(xlabel=r"first pivot $\varepsilon$", ylabel="relative error", ylim=(4e-18, 1e6))
ax.set_title("The smaller the pivot, the fewer the digits")
show(
    "Relative error of a determinant against the size of the first pivot, both on logarithmic "
    "scales. Without row swaps the error grows from 1e-16 to 1 as the pivot shrinks from 1 to "
    "1e-16; with partial pivoting it stays at rounding error throughout."
)

# %% [markdown]
# The blue dots stay at $10^{-16}$, whatever the pivot (dots at $10^{-17}$ have no error at all).
# The red ones climb: each factor of ten by which the pivot shrinks costs a digit. Below
# $\varepsilon = 10^{-16}$ there is none left. The reason: the 0.6 in the second row becomes
# $0.6 - 0.91/\varepsilon$, and beside a huge number floating point has no room for the 0.6. Your
# matrix has been washed away. No warning tells you.

# %% [markdown]
# ## 3.5 · Is there a way back?
#
# In theory you are done: $A$ is invertible exactly if $\det A \neq 0$. In practice that test fails
# in both directions, and not by rounding alone. The determinant measures **volume**. What you want
# to know is how close the matrix is to one that **flattens**, and that is another thing.

# %% Plot two determinants that mislead tags=["demo"]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.7))
sizes = np.arange(1, 401, 3)
for factor, color, where in (
    (2.0, "#2e8b57", (225, 95)),
    (0.5, "#1b6ca8", (225, -50)),
    (0.1, "#e09f3e", (195, -185)),
):
    dets = np.array([np.linalg.det(factor * np.eye(n)) for n in sizes])
    there = dets > 0
    left.plot(sizes[there], np.log10(dets[there]), color=color)
    left.text(*where, f"det of {factor:g} I", color=color)
left.axhline(-323.3, color="#888888", linestyle=":", linewidth=1)
left.text(5, -318, "smaller numbers do not exist", color="#666666", va="bottom", fontsize=9)
left.set(xlabel="size n", ylabel="power of ten of the determinant", ylim=(-350, 150))
left.set_title("As easy to invert as can be")

sizes = np.arange(2, 57, 2)
closeness, dets = [], []
for n in sizes:
    W = np.eye(n) - np.triu(np.ones((n, n)), k=1)
    closeness.append(1 / np.linalg.cond(W))
    dets.append(np.linalg.det(W))
right.semilogy(sizes, dets, color="#d1495b")
right.semilogy(sizes, closeness, color="#6a4c93")
right.axhline(np.finfo(float).eps, color="#888888", linestyle=":", linewidth=1)
right.text(2, 4e-16, "rounding error", color="#666666", fontsize=9)
right.text(56, 0.16, "determinant: always 1", color="#d1495b", ha="right", va="top")
right.text(21, 3e-6, "relative distance\nto a singular matrix", color="#6a4c93")
right.set(xlabel="size n", ylim=(1e-18, 30), title="Next to singular, and det = 1")
figure.suptitle("The size of a determinant says nothing about how invertible a matrix is")
show(
    "Left: the determinants of 2 I, 0.5 I and 0.1 I grow or shrink exponentially with the size n; "
    "that of 0.1 I leaves the floating-point range at n = 324. Right: a triangular matrix whose "
    "determinant is always 1, while its relative distance to a singular matrix falls below "
    "rounding error near n = 50."
)

# %% [markdown]
# Left: $0.1\, I$ shortens every vector to a tenth, and $10\, I$ undoes it without any loss. But
# its determinant is $0.1^n$, and for $n \ge 324$ floating point has no number for that but 0.
# Right: the triangular matrix with ones on the diagonal and $-1$ everywhere above has the
# determinant 1 at any size. And yet, for $n = 52$, you only have to put $-2^{-50} \approx
# -10^{-15}$ in place of the zero in its lower left corner, and it is singular.
#
# What does measure closeness is the **condition number**: how much $A$ stretches the direction that
# it stretches most, over how much it stretches the one that it stretches least:
#
# $$
# \kappa(A) = \frac{\max_{\|x\| = 1} \|A x\|}{\min_{\|x\| = 1} \|A x\|} , \qquad
# \frac{1}{\kappa(A)} = \text{relative distance from } A \text{ to the nearest singular matrix} .
# $$
#
# Scaling $A$ cancels out. $\kappa(0.1\, I)$ is 1, the best there is; if a direction is flattened
# altogether, $\kappa$ is infinite. In the picture below, each equation of a system $Ax = b$ is a
# line, and the solution is where the lines meet. Since $b$ is never known exactly, the lines are
# bands in truth.

# %% Plot bands that cross tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.5), sharex=True, sharey=True)
across = np.linspace(-2, 4, 2)
for ax, angles, verdict in (
    (axes[0], (35, -50), "well-conditioned"),
    (axes[1], (20, 13), "ill-conditioned"),
):
    normals = np.array([[-np.sin(np.radians(t)), np.cos(np.radians(t))] for t in angles])
    slack = 0.08  # how far b may be off
    target = np.array([1.0, 0.6])
    for normal, color in zip(normals, ("#1b6ca8", "#d1495b"), strict=True):
        middle = (normal @ target - normal[0] * across) / normal[1]
        half = slack / abs(normal[1])
        ax.fill_between(across, middle - half, middle + half, color=color, alpha=0.3, linewidth=0)
        ax.plot(across, middle, color=color, linewidth=1)
    signs = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]])
    corners = np.array([np.linalg.solve(normals, normals @ target + s * slack) for s in signs])
    ax.fill(*corners.T, color="#222222", alpha=0.75)
    kappa = np.linalg.cond(normals)
    det = abs(normals[0, 0] * normals[1, 1] - normals[0, 1] * normals[1, 0])
    ax.set(title=rf"{verdict}: $\kappa$ = {kappa:.1f}, |det A| = {det:.2f}", xlabel="$x_1$")
    ax.set(xlim=(-2, 4), ylim=(-1, 2.2), aspect="equal")
axes[0].set_ylabel("$x_2$")
figure.suptitle("The flatter the crossing, the less the equations say")
show(
    "Two pairs of bands of equal width. On the left they cross steeply and share a small diamond; "
    "on the right they are nearly parallel and share a long sliver that spans several units."
)

# %% [markdown]
# The same uncertainty in $b$, once with lines that cross steeply and once with lines that are
# nearly parallel. Every point of the dark area is a solution as good as the others. Parallel lines
# are a singular matrix: they share nothing, or all of a line.
#
# ### Exercise: `is_invertible`
#
# Decide whether a matrix can be inverted, by its rank or its condition number. A library may do the
# work: `np.linalg.matrix_rank` and `np.linalg.cond` both look at how much each direction is
# stretched. Think of matrices that are not square as well: they have a rank, but an inverse they
# have not.
#
# <details><summary>Hint</summary>
#
# The rank counts the directions that survive. A square matrix is invertible if all $n$ of them do.
# A tall one may have a rank as large as its number of columns, and is not square all the same.
#
# </details>


# %% nbgrader={"grade_id": "is_invertible", "solution": true}
def is_invertible(A):
    """Whether a matrix has an inverse, as far as floating point can tell.

    Parameters
    ----------
    A : array, shape (m, n)
        A real matrix of floats or integers, at any scale (1e-12, say). It is not changed.

    Returns
    -------
    bool
        True if A is square and not singular up to rounding, however large or small its
        determinant is. If the condition number is below 1e12, A is invertible. If it is infinite,
        or would be but for rounding (above 1e17), A is singular. In between, both answers will do.
        A matrix that is not square is never invertible.
    """
    ### BEGIN SOLUTION
    m, n = A.shape
    return bool(m == n and np.linalg.matrix_rank(A) == n)
    ### END SOLUTION


# %% Three matrices nbgrader={"grade_id": "is_invertible-worked", "grade": true, "points": 1}
M = np.array([[0.0, 2.0, 1.0], [4.0, 2.0, 2.0], [2.0, 2.0, 0.0]])
assert_in(is_invertible(M.copy()), [True], name="is_invertible(M)", hint="Its determinant is 12.")
found = is_invertible(np.array([[1.0, 2.0], [2.0, 4.0]]))
assert_in(found, [False], name="is_invertible([[1, 2], [2, 4]])", hint="Row 2 is twice row 1.")
found = is_invertible(0.01 * np.eye(200))
halves = "100 * np.eye(200) undoes it, though its determinant, 1e-400, is 0 in floating point."
assert_in(found, [True], name="is_invertible(0.01 * np.eye(200))", hint=halves)

# %% Invertible matrices nbgrader={"grade_id": "is_invertible-yes", "grade": true, "points": 1}
# Matrices with an inverse, at many scales, with determinants near 0 and beyond 1e308.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(305)
Q = matrices.random_orthogonal(60, seed=rng)
cases = {
    "1e-12 times an orthogonal matrix of size 60": 1e-12 * Q,
    "1e12 times an orthogonal matrix of size 60": 1e12 * Q,
    "a condition number of 1e10": matrices.with_singular_values(
        np.geomspace(1, 1e-10, 8), (8, 8), seed=rng
    ),
    "a condition number of 1e9 and entries near 1e-8": matrices.with_singular_values(
        1e-8 * np.geomspace(1, 1e-9, 5), (5, 5), seed=rng
    ),
    "zeros on the diagonal": np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    "the single entry 1e-200": np.array([[1e-200]]),
}
for what, A in cases.items():
    before = A.copy()
    found = is_invertible(A)
    assert_unchanged(A, before, name="A after is_invertible(A)")
    relative = "It should be True: the least stretching is large enough beside the largest."
    assert_in(found, [True], name=f"is_invertible(A) with A: {what}", hint=relative)
### END HIDDEN TESTS

# %% Singular matrices nbgrader={"grade_id": "is_invertible-no", "grade": true, "points": 2}
# Singular matrices, most of them only up to rounding, some with a large determinant.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(306)
W = np.eye(80) - np.triu(np.ones((80, 80)), k=1)
thirds = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
cases = {
    "the numbers from 1 to 9": thirds,
    "the numbers from 1 to 9, divided by 7": thirds / 7,
    "rank 39 of 40 and entries near 1e5": 1e6 * matrices.of_rank(39, (40, 40), seed=rng),
    "rank 5 of 6 and entries near 1e-9": 1e-9 * matrices.of_rank(5, (6, 6), seed=rng),
    "a determinant of 1 and a condition number of 1e25": W,
    "zeros": np.zeros((3, 3)),
    "the single entry 0": np.zeros((1, 1)),
    "ones": np.ones((4, 4)),
}
for what, A in cases.items():
    det = np.linalg.det(A)
    flat = (
        f"It should be False. NumPy's det gives {det:.1e}, but a direction is flattened, up to "
        "rounding: look at the rank or the condition number."
    )
    assert_in(is_invertible(A), [False], name=f"is_invertible(A) with A: {what}", hint=flat)
### END HIDDEN TESTS

# %% Shapes nbgrader={"grade_id": "is_invertible-shapes", "grade": true, "points": 1}
# Whole numbers, and matrices that are tall or wide.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(307)
square = "It should be False: only a square matrix can have an inverse."
for shape in [(3, 2), (2, 3), (1, 4), (5, 1)]:
    name = f"is_invertible(A) with A of shape {shape} and rank {min(shape)}"
    assert_in(is_invertible(rng.standard_normal(shape)), [False], name=name, hint=square)
for rows, expected in [
    ([[2, 1], [0, 2]], True),
    ([[7]], True),
    ([[1, 2, 3], [2, 4, 6], [0, 0, 1]], False),
]:
    hint = f"It should be {expected}."
    assert_in(is_invertible(np.array(rows)), [expected], name=f"is_invertible({rows})", hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# ## 3.6 · The inverse, column by column
#
# What is the inverse, when you look at $A A^{-1} = I$ one column at a time? Column $j$ of $A^{-1}$
# is the solution of $A x = e_j$, where $e_j$ is column $j$ of the identity. So an inverse is the
# answer to $n$ systems of equations at once. **Gauss-Jordan elimination** solves all of them
# together. Write the identity beside $A$, and treat the rows of this wide matrix until there is an
# identity on the left. What is on the right by then is the inverse:
#
# $$
# \bigl( A \;\big|\; I \bigr) \;\longrightarrow\; \bigl( I \;\big|\; A^{-1} \bigr) .
# $$
#
# It goes further than elimination for a determinant does, in two ways: each pivot row is divided
# by its pivot, and its multiples are subtracted from the rows **above** it as well. For the small
# example, the first column (swap, divide by 4, clear the rest) gives
#
# $$
# \left( \begin{array}{ccc|ccc}
# 0 & 2 & 1 & 1 & 0 & 0 \\ 4 & 2 & 2 & 0 & 1 & 0 \\ 2 & 2 & 0 & 0 & 0 & 1
# \end{array} \right)
# \;\to\;
# \left( \begin{array}{ccc|ccc}
# 1 & 0.5 & 0.5 & 0 & 0.25 & 0 \\ 0 & 2 & 1 & 1 & 0 & 0 \\ 0 & 1 & -1 & 0 & -0.5 & 1
# \end{array} \right) ,
# $$
#
# and when the other two are done,
#
# $$
# M^{-1} = \frac16 \begin{pmatrix} -2 & 1 & 1 \\ 2 & -1 & 2 \\ 2 & 2 & -4 \end{pmatrix} .
# $$
#
# ### Exercise: `gauss_jordan_inverse`
#
# With partial pivoting, and without `np.linalg.inv`, `solve` and the like. A swap moves the whole
# row, with its right half. There is nothing to put back in order at the end: the swaps are recorded
# on the right by themselves.
#
# If the best pivot of a column is zero, $A$ is singular. After rounding, "zero" may read
# $10^{-16}$, so count a pivot as zero if it is at most $10^{-14}$ times the largest entry of $A$,
# in size.
#
# <details><summary>Hint</summary>
#
# `np.hstack([A, np.eye(n)])` makes the wide matrix, of floats. To clear a column everywhere but in
# row `k`, take the rows `np.arange(n) != k`.
#
# </details>


# %% nbgrader={"grade_id": "gauss_jordan_inverse", "solution": true}
def gauss_jordan_inverse(A):
    """Inverse by Gauss-Jordan elimination, without library functions that invert or solve.

    Parameters
    ----------
    A : array, shape (n, n), n >= 1
        A real matrix of floats or integers, at any scale (1e-12, say). It is not changed.

    Returns
    -------
    array, shape (n, n)
        The inverse, by elimination with partial pivoting.

    Raises
    ------
    np.linalg.LinAlgError
        If A is singular: if the largest pivot that a column offers is at most 1e-14 times the
        largest entry of A, in size.
    """
    ### BEGIN SOLUTION
    n = len(A)
    rows = np.hstack([A, np.eye(n)])
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError(f"no pivot in column {k}")
        rows[[k, p]] = rows[[p, k]]
        rows[k] /= rows[k, k]
        others = np.arange(n) != k
        rows[others] -= np.outer(rows[others, k], rows[k])
    return rows[:, n:]
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "gauss_jordan_inverse-worked", "grade": true, "points": 1}
M = np.array([[0.0, 2.0, 1.0], [4.0, 2.0, 2.0], [2.0, 2.0, 0.0]])
X = gauss_jordan_inverse(M.copy())
assert_shape(X, (3, 3), name="gauss_jordan_inverse(M)", hint="Return the right half only.")
assert_close(
    X,
    np.array([[-2.0, 1.0, 1.0], [2.0, -1.0, 2.0], [2.0, 2.0, -4.0]]) / 6,
    name="gauss_jordan_inverse(M)",
    hint="Swap whole rows, divide the pivot row by its pivot, clear the column above and below.",
)
assert_without(
    gauss_jordan_inverse,
    ("inv", "pinv", "solve", "lstsq", "lu", "lu_factor", "lu_solve", "qr", "svd", "eig"),
    M.copy(),
    hint="Eliminate by yourself: rows and arithmetic.",
)

# %% Ordinary matrices nbgrader={"grade_id": "gauss_jordan_inverse-values", "grade": true, "points": 2}
# Matrices of many sizes, floats and whole numbers, at several scales. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(308)
cases = [
    scale * matrices.with_singular_values(np.linspace(3, 1, n), (n, n), seed=rng)
    for n, scale in ((5, 1.0), (1, 1.0), (2, 1e-12), (9, 1e9), (30, 1.0))
]
cases += [np.array([[4]]), np.array([[2, 1], [0, 2]]), np.array([[1, 2, 0], [3, 1, 4], [0, 5, 1]])]
for A in cases:
    before = A.copy()
    X = gauss_jordan_inverse(A)
    assert_unchanged(A, before, name="A after gauss_jordan_inverse(A)")
    n = len(A)
    name = f"gauss_jordan_inverse(A) with A of shape ({n}, {n}) and dtype {A.dtype}"
    assert_shape(X, (n, n), name=name)
    whole = "Integers cannot hold it: make the wide matrix one of floats."
    hint = (
        whole if A.dtype.kind == "i" else "Every operation is on a whole row, right half included."
    )
    assert_close(A @ np.asarray(X), np.eye(n), name=f"A times {name}", hint=hint)
### END HIDDEN TESTS

# %% Pivots nbgrader={"grade_id": "gauss_jordan_inverse-pivots", "grade": true, "points": 1}
# Pivots that are zero or tiny, and ill-conditioned matrices, judged by their residual.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(309)
cases = {
    f"a diagonal, rolled down by {k}": np.roll(np.diag([2.0, 3.0, 4.0, 5.0]), k, axis=0)
    for k in (1, 2, 3)
}
for pivot in (0.0, 1e-20, -1e-20, 1e-9):
    for sign in (1, -1):
        A = np.array([[pivot, 0.7, 1.1], [1.3 * sign, 0.6, 0.2], [0.9 * sign, 1.7, 0.4]])
        cases[f"{pivot:g} for the first pivot and {1.3 * sign:g} below it"] = A
for n in (6, 12):
    spectrum = np.geomspace(1, 1e-7, n)
    A = matrices.with_singular_values(spectrum, (n, n), seed=rng)
    cases[f"size {n} and a condition number of 1e7"] = A
for what, A in cases.items():
    n = len(A)
    name = f"gauss_jordan_inverse(A) with A: {what}"
    X = gauss_jordan_inverse(A.copy())
    assert_shape(X, (n, n), name=name)
    X = np.asarray(X)
    norms = np.linalg.norm(A, 1) * np.linalg.norm(X, 1)
    residual = np.linalg.norm(np.eye(n) - A @ X, 1) / (n * norms * np.finfo(float).eps)
    largest = "Take as the pivot the entry of the column, from row k down, that is largest in size."
    assert_ratio(residual, 30, f"I - A X, relative to A and X, for X = {name},", hint=largest)
### END HIDDEN TESTS

# %% Singular matrices nbgrader={"grade_id": "gauss_jordan_inverse-singular", "grade": true, "points": 1}
# Matrices without an inverse, exactly or up to rounding, at several scales.
### BEGIN HIDDEN TESTS
rounding = "After rounding a pivot of 0 may read 1e-16: compare with 1e-14 times the largest entry."
singular = [
    np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]) / 7,
    np.array([[1.0, 0.0, 2.0], [3.0, 0.0, 1.0], [0.0, 0.0, 4.0]]),
    matrices.of_rank(4, (5, 5), seed=310),
    np.array([[1.0, 1.0], [1.0, 1.0 + 4e-15]]),
]
for A in singular:
    for scale in (1.0, -1e-12, 1e12):
        assert_raises(np.linalg.LinAlgError, gauss_jordan_inverse, scale * A, hint=rounding)
for n in (1, 3):
    zeros = np.zeros((n, n))
    assert_raises(np.linalg.LinAlgError, gauss_jordan_inverse, zeros, hint="No pivot at all.")
A = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-13]])
refusals = 0
try:
    X = gauss_jordan_inverse(A.copy())
except np.linalg.LinAlgError:
    refusals = 1
last = "Its last pivot, 1e-13, is larger than 1e-14 times its largest entry."
what = "The number of times that gauss_jordan_inverse calls [[1, 1], [1, 1 + 1e-13]] singular"
assert_at_most(refusals, 0, what=what, hint=last)
name = "gauss_jordan_inverse([[1, 1], [1, 1 + 1e-13]])"
assert_shape(X, (2, 2), name=name)
size = np.linalg.norm(A, 1) * np.linalg.norm(X, 1) * np.finfo(float).eps
residual = np.linalg.norm(np.eye(2) - A @ np.asarray(X), 1) / size
assert_ratio(residual, 100, f"I - A X, relative to A and X, for X = {name},")
### END HIDDEN TESTS

# %% [markdown]
# ## 3.7 · Solving without an inverse
#
# With $A^{-1}$ in hand you can solve $Ax = b$: multiply, $x = A^{-1} b$. Textbooks write it like
# that, and you should hardly ever compute it like that. To find the inverse you solve $n$ systems,
# with $e_1, \dots, e_n$ on the right, when there is only one that you care about, with $b$.
#
# Put $b$ beside $A$ instead of the identity. Eliminate **below** the diagonal, as you did for the
# determinant. The last equation has one unknown left. Solve it, insert it in the one above, and so
# on upwards: that is **back substitution**. For the small example with $b = (5, 10, 6)$:
#
# $$
# \left( \begin{array}{ccc|c} 0 & 2 & 1 & 5 \\ 4 & 2 & 2 & 10 \\ 2 & 2 & 0 & 6 \end{array} \right)
# \;\to\;
# \left( \begin{array}{ccc|c}
# 4 & 2 & 2 & 10 \\ 0 & 2 & 1 & 5 \\ 0 & 0 & -1.5 & -1.5
# \end{array} \right)
# \;\to\;
# \begin{aligned}
# x_3 &= -1.5 / (-1.5) = 1 \\ x_2 &= (5 - x_3) / 2 = 2 \\ x_1 &= (10 - 2 x_2 - 2 x_3) / 4 = 1
# \end{aligned}
# $$
#
# That is a third of the work of an inverse. More important: it is **backward stable**. The $x$ that
# you get solves a system that differs from yours by rounding errors only, however ill-conditioned
# $A$ is. (Section 16 mentions matrices for which that fails. They hardly ever occur.) With the
# inverse it is not so.
#
# ### Exercise: `solve`
#
# By elimination with partial pivoting and back substitution; `np.linalg.solve` and its relatives
# are what you build here, so they are off limits. The right-hand side may be a vector or a matrix
# with one system in each column, and the solution has the same shape. A pivot counts as zero as
# before.
#
# <details><summary>Hint 1: vectors and matrices alike</summary>
#
# `np.column_stack([A, b])` puts a vector or a matrix beside `A`. Work with a matrix of right-hand
# sides throughout, and `reshape` the result to the shape of `b` at the end.
#
# </details>
#
# <details><summary>Hint 2: back substitution</summary>
#
# Go through the rows from the last to the first. Row `k` says that
# `U[k, k] * x[k] + U[k, k + 1:] @ x[k + 1:]` equals the right-hand side, and everything in it but
# `x[k]` is known by then.
#
# </details>


# %% nbgrader={"grade_id": "solve", "solution": true}
def solve(A, b):
    """Solution of A x = b by elimination, without library functions that invert or solve.

    Parameters
    ----------
    A : array, shape (n, n), n >= 1
        A real matrix of floats or integers, at any scale.
    b : array, shape (n,) or (n, k)
        The right-hand side, or one in each column. Neither A nor b is changed.

    Returns
    -------
    array, shape (n,) or (n, k)
        The solution, of the shape of b. It is backward stable: the residual b - A x is of the size
        of rounding errors in A times x, also if A is ill-conditioned (1e10).

    Raises
    ------
    np.linalg.LinAlgError
        If A is singular: if the largest pivot that a column offers is at most 1e-14 times the
        largest entry of A, in size.
    """
    ### BEGIN SOLUTION
    n = len(A)
    rows = np.column_stack([A, b]).astype(float)
    zero = 1e-14 * np.max(np.abs(A))
    for k in range(n):
        p = k + np.argmax(np.abs(rows[k:, k]))
        if abs(rows[p, k]) <= zero:
            raise np.linalg.LinAlgError(f"no pivot in column {k}")
        rows[[k, p]] = rows[[p, k]]
        rows[k + 1 :] -= np.outer(rows[k + 1 :, k] / rows[k, k], rows[k])
    U, X = rows[:, :n], rows[:, n:]
    for k in reversed(range(n)):
        X[k] = (X[k] - U[k, k + 1 :] @ X[k + 1 :]) / U[k, k]
    return X.reshape(np.shape(b))
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "solve-worked", "grade": true, "points": 1}
M = np.array([[0.0, 2.0, 1.0], [4.0, 2.0, 2.0], [2.0, 2.0, 0.0]])
b = np.array([5.0, 10.0, 6.0])
x = solve(M.copy(), b.copy())
assert_shape(x, (3,), name="solve(M, b)", hint="The solution has the shape of b.")
swap = "A swap moves the entry of b along with its row. Then start from the last equation."
assert_close(x, [1.0, 2.0, 1.0], name="solve(M, b)", hint=swap)
library = ("solve", "inv", "pinv", "lstsq", "lu", "lu_factor", "lu_solve", "qr", "svd", "eig")
assert_without(solve, library, M.copy(), b.copy(), hint="Eliminate by yourself.")

# %% Right-hand sides nbgrader={"grade_id": "solve-shapes", "grade": true, "points": 2}
# Vectors and matrices on the right, whole numbers, one unknown. Neither A nor b must change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(311)
systems = [
    (
        matrices.with_singular_values(np.linspace(3, 1, n), (n, n), seed=rng),
        rng.standard_normal(shape),
    )
    for n, shape in ((1, (1,)), (5, (5,)), (5, (5, 1)), (4, (4, 4)), (4, (4, 7)), (30, (30,)))
]
integers = np.array([[1, 2, 0], [3, 1, 4], [0, 5, 1]])
systems += [(integers, np.array([1, 0, 2])), (integers, np.array([[1, 2], [0, 1], [3, 1]]))]
for A, b in systems:
    before, expected = (A.copy(), b.copy()), np.linalg.solve(A, b)
    found = solve(A, b)
    assert_unchanged(A, before[0], name="A after solve(A, b)")
    assert_unchanged(b, before[1], name="b after solve(A, b)")
    kind = ", whole numbers" if A.dtype.kind == "i" else ""
    name = f"solve(A, b) with A of shape {A.shape} and b of shape {b.shape}{kind}"
    assert_shape(found, b.shape, name=name, hint="The solution has the shape of b.")
    assert_close(found, expected, name=name, hint="Each column of b is a system of its own.")
### END HIDDEN TESTS

# %% Stability nbgrader={"grade_id": "solve-stable", "grade": true, "points": 2}
# Tiny pivots, ill-conditioned matrices and other scales: the residual must be rounding error.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(312)
moved = {
    f"a diagonal, rolled down by {k}": np.roll(np.diag([2.0, 3.0, 4.0]), k, axis=0) for k in (1, 2)
}
cases = list(moved.items())
for pivot in (0.0, 1e-20, -1e-20, 1e-9):
    for sign in (1, -1):
        A = np.array([[pivot, 0.7, 1.1], [1.3 * sign, 0.6, 0.2], [0.9 * sign, 1.7, 0.4]])
        cases.append((f"{pivot:g} for the first pivot and {1.3 * sign:g} below it", A))
for n, kappa, scale in ((5, 1e7, 1.0), (12, 1e7, 1.0), (8, 1e10, 1e-12), (15, 1e10, 1e12)):
    A = scale * matrices.with_singular_values(np.geomspace(1, 1 / kappa, n), (n, n), seed=rng)
    cases.append((f"size {n}, a condition number of {kappa:.0e}, times {scale:g}", A))
for what, A in cases:
    n = len(A)
    b = A @ rng.standard_normal((n, 3))
    name = f"solve(A, b) with A: {what}"
    found = solve(A.copy(), b.copy())
    assert_shape(found, (n, 3), name=name)
    assert_ratio(
        ratios.solve_residual(A, found, b),
        100,
        f"The residual of {name}, relative to A and x,",
        hint="Largest pivots, no inverse on the way, and no A.T @ A.",
    )
### END HIDDEN TESTS

# %% Singular matrices nbgrader={"grade_id": "solve-singular", "grade": true, "points": 1}
# Matrices without an inverse, exactly or up to rounding, at several scales.
### BEGIN HIDDEN TESTS
rounding = "After rounding a pivot of 0 may read 1e-16: compare with 1e-14 times the largest entry."
singular = [
    np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]) / 7,
    np.array([[1.0, 0.0, 2.0], [3.0, 0.0, 1.0], [0.0, 0.0, 4.0]]),
    matrices.of_rank(4, (5, 5), seed=313),
    np.array([[1.0, 1.0], [1.0, 1.0 + 4e-15]]),
]
for A in singular:
    for scale in (1.0, -1e-12, 1e12):
        b = 1e3 * np.ones(len(A))
        assert_raises(np.linalg.LinAlgError, solve, scale * A, b, hint=rounding)
for n in (1, 3):
    zeros = (np.zeros((n, n)), np.zeros(n))
    assert_raises(np.linalg.LinAlgError, solve, *zeros, hint="No pivot at all.")
A, b = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-13]]), np.array([2e6, 1e6])
refusals = 0
try:
    x = solve(A.copy(), b.copy())
except np.linalg.LinAlgError:
    refusals = 1
last = "The last pivot, 1e-13, is larger than 1e-14 times the largest entry of A."
what = "The number of times that solve calls [[1, 1], [1, 1 + 1e-13]] singular, with b near 1e6,"
assert_at_most(refusals, 0, what=what, hint=last)
name = "solve([[1, 1], [1, 1 + 1e-13]], [2e6, 1e6])"
assert_shape(x, (2,), name=name)
what = f"The residual of {name}, relative to A and x,"
assert_ratio(ratios.solve_residual(A, x, b), 100, what)
### END HIDDEN TESTS

# %% [markdown]
# ### What the detour costs
#
# The next picture takes matrices of size 12 with condition numbers from 1 to $10^{11}$, and solves
# $Ax = b$ in two ways: with your `solve`, and with your `gauss_jordan_inverse` times $b$.

# %% Plot the residuals of both ways tags=["demo"]
rng = np.random.default_rng(0)
kappas = np.logspace(0, 11, 56)
residuals = {"solve": [], "inverse": []}
for kappa in kappas:
    A = matrices.with_singular_values(np.geomspace(1, 1 / kappa, 12), (12, 12), seed=rng)
    b = A @ rng.standard_normal(12)
    for way, x in (("solve", solve(A, b)), ("inverse", gauss_jordan_inverse(A) @ b)):
        size = np.linalg.norm(A, 2) * np.linalg.norm(x)
        residuals[way].append(np.linalg.norm(b - A @ x) / size)
figure, ax = plt.subplots(figsize=(7, 3.8))
ax.loglog(kappas, residuals["inverse"], ".", color="#d1495b", markersize=7)
ax.loglog(kappas, residuals["solve"], ".", color="#1b6ca8", markersize=7)
ax.axhline(np.finfo(float).eps, color="#888888", linestyle=":", linewidth=1)
ax.text(4e5, 2e-10, "inverse times b", color="#d1495b", ha="right")
ax.text(1e11, 3e-18, "solve(A, b)", color="#1b6ca8", ha="right", va="top")
ax.text(1e11, 4e-16, "rounding error", color="#666666", ha="right", fontsize=9)
ax.set(xlabel=r"condition number $\kappa(A)$", ylabel="relative residual")
ax.set(ylim=(1e-19, 1e-4), title="solve fits the equations; the detour over the inverse does not")
show(
    "Relative residual of A x = b against the condition number on logarithmic scales. With solve "
    "it stays at rounding error; by way of the inverse it grows in proportion to the condition "
    "number."
)

# %% [markdown]
# Both come from the same elimination with the same pivots. The blue dots fit the equations to the
# last digit, for any $\kappa$. The red ones get worse in proportion to $\kappa$: at $10^{11}$ the
# equations hold to seven digits or so. It is not that the inverse is a bad one. In both cases the
# errors in $x$ are about $\kappa$ times rounding error, and nothing can be done about that. But
# with `solve` they are errors that cancel in $Ax$, and by way of the inverse they are not.
#
# So: **solve, do not invert**, unless you want to look at the inverse itself. You will in a minute.

# %% [markdown]
# ## 3.8 · Application: where the current flows
#
# In the 1840s Gustav Kirchhoff turned circuits into linear algebra. A network has nodes, joined
# by wires with resistances. Each node $i$ has a potential $v_i$ (a height, as it were), and two
# rules say what happens:
#
# - **Ohm's law.** From $i$ to $j$ flows the current $(v_i - v_j) / r_{ij}$: downhill, and the
#   larger the resistance, the less of it.
# - **Kirchhoff's current law.** Nothing piles up. What is fed into a node from outside leaves it
#   through its wires.
#
# Put the first into the second. If the current $c_i$ is fed in at node $i$, then
#
# $$
# c_i = \sum_{j} \frac{v_i - v_j}{r_{ij}} , \qquad \text{in short} \qquad G v = c .
# $$
#
# Here $G_{ii}$ is the sum of $1/r$ over all wires at node $i$, and $G_{ij} = -1/r_{ij}$ where a
# wire joins $i$ and $j$. The next cell builds it.


# %% The matrix of a network
def network_matrix(wires, n):
    """The matrix that turns potentials into currents, for wires (i, j, resistance)."""
    G = np.zeros((n, n))
    for i, j, resistance in wires:
        G[i, i] += 1 / resistance
        G[j, j] += 1 / resistance
        G[i, j] -= 1 / resistance
        G[j, i] -= 1 / resistance
    return G


# %% How networks are drawn tags=["demo"]
def draw_network(ax, places, labels, wires, potentials, flows, unit, widest):
    """Wires as wide as their flow with an arrow that way; nodes coloured by their potential."""
    for (i, j, _), flow in zip(wires, flows, strict=True):
        start, end = (places[i], places[j]) if flow >= 0 else (places[j], places[i])
        width = 0.8 + 7 * abs(flow) / widest
        ax.plot(*np.transpose([start, end]), color="#b9c4cc", linewidth=width, zorder=1)
        middle = (start + end) / 2
        if abs(flow) > 0.005 * widest:
            step = 0.12 * (end - start) / np.hypot(*(end - start))
            style = {"arrowstyle": "-|>", "color": "#222222", "lw": 1}
            ax.annotate("", middle + step, middle - step, arrowprops=style)
        aside = np.array([-1.0, 1.0]) * (end - start)[::-1] / np.hypot(*(end - start))
        aside *= np.sign(aside[1] + 1e-3) * (9 + width / 2)
        text = f"{abs(flow):.{1 if widest < 10 else 0}f}{unit}"
        side = "left" if aside[0] > 4 else "right" if aside[0] < -4 else "center"
        style = {"textcoords": "offset points", "ha": side, "va": "center"}
        ax.annotate(text, middle, aside, fontsize=9, color="#222222", **style)
    shown = ax.scatter(*places.T, c=potentials, cmap="viridis", s=330, zorder=3, edgecolor="white")
    for place, label, level in zip(places, labels, shown.norm(potentials), strict=True):
        color = "#111111" if level > 0.55 else "white"
        ax.text(*place, label, color=color, ha="center", va="center", fontsize=9, zorder=4)
    ax.set_axis_off()
    ax.set_aspect("equal")
    return shown


# %% [markdown]
# **Potentials have no zero of their own.** Lift all of them by the same amount and no current
# changes, so $G$ times a vector of ones is zero: $G$ flattens that direction, and it is singular.
# You have to decide which node is at height 0. It is called **ground**. Delete its row and column,
# and the rest is invertible, provided that wires lead from every node to ground.
#
# Here is the smallest network that series and parallel resistors cannot explain, a **bridge**: one
# ampere goes in at node 1 and comes out at node 0. With $r = 1$ or $2$ (ohms), twice the equations
# read
#
# $$
# \begin{pmatrix} 3 & -2 & -1 \\ -2 & 5 & -2 \\ -1 & -2 & 5 \end{pmatrix}
# \begin{pmatrix} v_1 \\ v_2 \\ v_3 \end{pmatrix}
# = \begin{pmatrix} 2 \\ 0 \\ 0 \end{pmatrix}, \qquad
# v = \begin{pmatrix} 1.4 \\ 0.8 \\ 0.6 \end{pmatrix} .
# $$

# %% Plot the bridge tags=["demo"]
bridge = [(1, 2, 1.0), (1, 3, 2.0), (2, 3, 1.0), (2, 0, 2.0), (3, 0, 1.0)]
G = network_matrix(bridge, 4)
print("determinant of G:", determinant(G), "  invertible:", is_invertible(G))
print(
    "without row and column 0:", determinant(G[1:, 1:]), "  invertible:", is_invertible(G[1:, 1:])
)
v = np.zeros(4)
v[1:] = solve(G[1:, 1:], np.array([1.0, 0.0, 0.0]))
currents = [(v[i] - v[j]) / r for i, j, r in bridge]
places = np.array([[2.0, 0.0], [0.0, 0.0], [1.0, 0.85], [1.0, -0.85]])
figure, ax = plt.subplots(figsize=(6.4, 3.6))
shown = draw_network(ax, places, "0123", bridge, v, currents, " A", 1.0)
ax.set(xlim=(-0.3, 2.3), ylim=(-1.1, 1.1), title="One ampere finds its way over a bridge")
figure.colorbar(shown, ax=ax, label="potential in volts", shrink=0.85)
show(
    "Four nodes in a diamond with a wire across. 0.6 A leave node 1 upwards and 0.4 A downwards; "
    "0.2 A cross the bridge from node 2 to node 3; 0.4 A and 0.6 A arrive at node 0."
)

# %% [markdown]
# Your functions agree with the theory: the whole $G$ is singular, and without the ground it is not.
# One ampere needs 1.4 volts, so the bridge as a whole has a resistance of 1.4 ohms.
#
# The determinant has one more surprise, which Kirchhoff found in 1847. Give every wire the
# resistance 1, ground any node you like, and take the determinant. You get a whole number, and
# the same one for every choice of the ground. It counts the **spanning trees**: the ways to keep
# just enough wires that all nodes still hang together.

# %% Count trees tags=["demo"]
cube = [(i, i | bit, 1.0) for i in range(8) for bit in (1, 2, 4) if not i & bit]
square = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)]
ones = [(i, j, 1.0) for i, j, _ in bridge]
for name, wires, n in (("square", square, 4), ("bridge", ones, 4), ("cube", cube, 8)):
    G = network_matrix(wires, n)
    rests = [np.delete(np.delete(G, ground, 0), ground, 1) for ground in range(n)]
    trees = ", ".join(f"{determinant(rest):.6g}" for rest in rests)
    print(f"{name}: {len(wires)} wires, and the determinant for each choice of ground is {trees}")

# %% [markdown]
# For the square you can check it by hand: leave out any one of its four wires.
#
# ### A real grid
#
# Now a network that lit real lamps: a part of the American Electric Power grid in the Midwest of
# the United States, as it was in February 1962. It has 14 stations, called buses, and 20 lines and
# transformers. Two buses have power plants that deliver power: bus 2 gives 40 MW, and bus 1
# gives whatever else is needed. Engineers know it as the *IEEE 14-bus test case*. The numbers
# below are from the Power Systems Test Case Archive of the University of Washington.
#
# In a grid with alternating current the same equations hold for other quantities, to a good
# approximation: **power** flows in place of current, the **angle** of the voltage is the potential,
# and a line's **reactance** is its resistance. That neglects what gets lost on the way, a few per
# cent. Bus 1, which balances everything, is the ground.

# %% The grid of 1962
REACTANCE = {  # of each line, for powers in units of 100 MW and angles in radians
    (1, 2): 0.05917, (1, 5): 0.22304, (2, 3): 0.19797, (2, 4): 0.17632, (2, 5): 0.17388,
    (3, 4): 0.17103, (4, 5): 0.04211, (4, 7): 0.20912, (4, 9): 0.55618, (5, 6): 0.25202,
    (6, 11): 0.19890, (6, 12): 0.25581, (6, 13): 0.13027, (7, 8): 0.17615, (7, 9): 0.11001,
    (9, 10): 0.08450, (9, 14): 0.27038, (10, 11): 0.19207, (12, 13): 0.19988, (13, 14): 0.34802,
}  # fmt: skip
GRID = [(i - 1, j - 1, x) for (i, j), x in REACTANCE.items()]
DEMAND = np.array([0, 21.7, 94.2, 47.8, 7.6, 11.2, 0, 0, 29.5, 9.0, 3.5, 6.1, 13.5, 14.9])  # MW
SUPPLY = np.array([0, 40.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])  # MW, bus 1 apart


# %% Where the power flows tags=["demo"]
PLACES = np.array(
    [[0, 2], [1.1, 0.7], [4.3, 0], [4, 1.7], [1.9, 1.9], [1.5, 3.4], [5.3, 2.5], [6.6, 2.5],
     [4.8, 3.6], [3.8, 4.1], [2.7, 4.1], [0.1, 4.6], [1.5, 5.1], [4.2, 5.2]]
)  # fmt: skip
LABELS = [str(bus) for bus in range(1, 15)]


def angles(wires):
    """The angle of each bus in radians, bus 1 at 0."""
    found = np.zeros(14)
    found[1:] = solve(network_matrix(wires, 14)[1:, 1:], (SUPPLY - DEMAND)[1:] / 100)
    return found


def megawatts(wires, theta):
    """The flow of each line, from its first bus to its second."""
    return [100 * (theta[i] - theta[j]) / x for i, j, x in wires]


theta = angles(GRID)
figure, ax = plt.subplots(figsize=(8.6, 6.2))
shown = draw_network(
    ax, PLACES, LABELS, GRID, np.degrees(theta), megawatts(GRID, theta), "", widest=150
)
ax.set_title("The grid of 1962: power in MW, on its way from bus 1 to where it is used")
figure.colorbar(shown, ax=ax, label="angle in degrees", shrink=0.7)
show(
    "A map of 14 buses and 20 lines. The line from bus 1 to bus 2 carries 148 MW, by far the most; "
    "flows of 40 to 71 MW lead on to buses 3, 4, 5 and 6, and 29 MW or less to the buses beyond. "
    "Angles fall from 0 at bus 1 to -17 degrees at bus 14."
)

# %% [markdown]
# The map is a sketch; positions are not geographical. Wide lines carry much. Of the 219 MW that
# leave bus 1, two thirds take the line to bus 2. Power runs downhill, from bright to dark, to bus
# 14 at the far end. You found all of it by solving 13 equations.
#
# Is it right? The archive also gives the angles of a complete calculation, with losses and
# voltages and all. The next cell compares, and asks your other functions as well.

# %% Compare with the archive tags=["demo"]
complete = np.array([0, -4.98, -12.72, -10.33, -8.78, -14.22, -13.37, -13.36, -14.94, -15.10,
                     -14.79, -15.07, -15.16, -16.04])  # degrees  # fmt: skip
simple = np.degrees(angles(GRID))
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.1), width_ratios=[1, 1.15])
left.plot([-18, 0], [-18, 0], color="#888888", linestyle=":", linewidth=1)
left.plot(complete, simple, "o", color="#1b6ca8")
for bus in (2, 3, 5, 14):
    point = (complete[bus - 1], simple[bus - 1])
    left.annotate(f"bus {bus}", point, (8, -8), textcoords="offset points", fontsize=9)
left.set(xlabel="complete calculation, degrees", ylabel="your solution, degrees", aspect="equal")
left.set_title("13 linear equations come close")

G = network_matrix(GRID, 14)
inverse = gauss_jordan_inverse(G[1:, 1:])
panel = right.imshow(np.degrees(inverse) / 10, cmap="Blues", vmin=0)
right.set(xticks=range(13), yticks=range(13), xlabel="power fed in at bus", ylabel="angle at bus")
right.set_xticklabels(LABELS[1:])
right.set_yticklabels(LABELS[1:])
right.set_title("The inverse answers every what-if")
figure.colorbar(panel, ax=right, label="degrees for 10 MW")
show(
    "Left: the angles from the linear equations against those of the complete calculation, close "
    "to the diagonal, up to 1.4 degrees below it. Right: the inverse as a heat map of 13 by 13 "
    "entries, all positive; large in the block of buses 6 to 14, small for bus 2."
)
print(f"All of G:       determinant {determinant(G):10.3g}, invertible: {is_invertible(G)}")
rest = G[1:, 1:]
print(f"Without bus 1:  determinant {determinant(rest):10.3g}, invertible: {is_invertible(rest)}")
print(f"Entries that are not 0: {np.sum(rest != 0)} there, {np.sum(inverse != 0)} in the inverse.")

# %% [markdown]
# On the left, the simple model is off by 1.4 degrees at most, so it deserves trust. Now look at the
# determinants. All of $G$ is singular, but its computed determinant is not zero, and not even near
# it: it is the rounding error of numbers around $10^{13}$. Without a sense of scale it would fool
# you. Your `is_invertible` is not fooled.
#
# On the right is a case where the inverse itself is what you want. Column $j$ says how **all**
# angles change if a little more power is fed in at bus $j$ (and bus 1 gives that much less):
# thirteen what-if questions, answered at once. The block of buses 6 to 14 moves together, since
# all of it hangs on the three links 4-7, 4-9 and 5-6; bus 2, next to the ground, hardly moves
# anything. The price: the matrix is mostly zeros, and its inverse has none. For a grid of 14
# buses nobody cares. For one of 70,000 buses the matrix fits into a few megabytes and the inverse
# needs 39 gigabytes.

# %% [markdown]
# ### What if a line fails?
#
# Grids have to survive the loss of any one line. Take the lines out one after the other, and
# first ask `is_invertible`: if the matrix has become singular, some bus has no way to ground any
# more, and its lamps are out. Otherwise solve again and look at what the other lines have to
# carry.

# %% Take out each line tags=["demo"]
before = np.abs(megawatts(GRID, angles(GRID)))
outages = []
for out, (i, j, _) in enumerate(GRID):
    rest = GRID[:out] + GRID[out + 1 :]
    if not is_invertible(network_matrix(rest, 14)[1:, 1:]):
        print(f"Without line {i + 1}-{j + 1} the matrix is singular: the grid falls apart.")
        continue
    after = np.abs(megawatts(rest, angles(rest)))
    extra = after - np.delete(before, out)
    worst = int(np.argmax(extra))
    name = f"{rest[worst][0] + 1}-{rest[worst][1] + 1}"
    outages.append((extra[worst], f"{i + 1}-{j + 1}", name))
figure, ax = plt.subplots(figsize=(8, 4.6))
outages.sort()
height, lost, hit = zip(*outages, strict=True)
ax.barh(lost, height, color=["#d1495b" if h > 70 else "#1b6ca8" for h in height])
for row, (extra, name) in enumerate(zip(height, hit, strict=True)):
    ax.text(extra + 1.5, row, f"on {name}", va="center", fontsize=8, color="#444444")
ax.set(
    xlabel="largest extra load on any other line, in MW", ylabel="line that is lost", xlim=(0, 168)
)
ax.set_title("The two lines of bus 1 and line 2-3 are the ones to worry about")
show(
    "Bars for 19 lines, sorted by the largest extra load that their loss puts on another line. "
    "Losing 1-2 puts 148 MW on 1-5; losing 1-5 or 2-3 puts about 70 MW on another line; all others "
    "cause less than 40 MW."
)

rest = GRID[1:]
theta = angles(rest)
figure, ax = plt.subplots(figsize=(8.6, 6.2))
shown = draw_network(
    ax, PLACES, LABELS, rest, np.degrees(theta), megawatts(rest, theta), "", widest=150
)
ax.plot(*PLACES[:2].T, color="#d1495b", linewidth=2, linestyle=(0, (2, 2)), zorder=1)
ax.set_title("Line 1-2 is lost (dashed), and 219 MW crowd through the one to bus 5")
figure.colorbar(shown, ax=ax, label="angle in degrees", shrink=0.7)
show(
    "The same map without the line from bus 1 to bus 2. All 219 MW now go from bus 1 to bus 5, and "
    "135 MW on to bus 4; the flow between 2 and 5 has turned round; angles fall to -37 degrees."
)

# %% [markdown]
# The loss of line 1-2 sends its 148 MW over the only other line of bus 1, which has to carry
# three times as much as before. Power now runs from bus 5 to bus 2, the other way round. And one
# line has no bar: without 7-8, bus 8 is an island. (It has neither lamps nor a plant that
# delivers power, only a machine that steadies the voltage. The engineers of 1962 knew what they
# were doing.)
#
# This is how grids are watched to this day: thousands of what-ifs, every few minutes. The first
# look at each of them takes exactly these linear equations.

# %% [markdown]
# ## 3.9 · In your own words
#
# A colleague protects a program with the line
#
# ```python
# if abs(np.linalg.det(A)) < 1e-10:
#     raise ValueError("A is singular")
# ```
#
# **Why is that a bad test, and what would be a better one?** Explain it in five to ten lines. Say
# what a determinant measures and what it does not, what happens to it when you change the units
# (all of $A$ times a number $s$), give one matrix that the line refuses though it is harmless and
# one that it lets pass though it is dangerous (other ones than those in the picture in 3.5), and
# say what you would write instead.

# %% [markdown] nbgrader={"grade_id": "bad-test", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point each; the words may differ.
#
# 1. **Volume, not closeness.** $|\det A|$ is the factor for volumes. It is the product of the
#    stretchings in all directions, and one that is tiny can be made up for by others that are
#    large. Singular means that *one* direction is flattened. Only *exactly* zero means singular,
#    and rounding blurs that. Scale: $\det(sA) = s^n \det A$, so a change from metres to
#    millimetres changes it by a factor of $1000^n$, and any fixed threshold is meaningless.
# 2. **One example of each kind.** Refused though harmless: $10^{-4}$ times the identity of size 3
#    ($\det = 10^{-12}$), any orthogonal matrix times a small number, $0.3\, I$ of size 40. Passed
#    though dangerous: $\operatorname{diag}(10^{10}, 10^{-10})$, with $\det = 1$; two columns that
#    agree to 12 digits in a matrix with entries of $10^6$; the whole matrix of the grid, whose
#    computed determinant is rounding error of about 0.1 to 1 although it is singular.
# 3. **Instead.** The condition number, or the rank with a tolerance relative to the largest
#    stretching: `np.linalg.cond(A) > 1e12`, `np.linalg.matrix_rank(A) < n`. Also good: solve, and
#    look at the estimate of the condition number or at warnings from the solver.
#
# Wrong, and common: "the threshold is too large, use 1e-16" (any fixed one fails); "the determinant
# is computed inaccurately" (it may be exact and still say nothing); "a small determinant means
# ill-conditioned" ($10^{-4} I$ has the condition number 1).
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have measured what a determinant is and computed it for any size, inverted $2 \times 2$
# matrices at scales where the textbook test fails, written the elimination that runs inside
# `np.linalg.solve` in two more versions, and told apart three questions that are often confused: is
# $\det A$ zero, is $A$ safely invertible, and what is $x$? Then you found the weak spots of a power
# grid.
#
# Where it leads:
#
# - **Section 4** uses $\det(A - \lambda I) = 0$ to find eigenvalues, and the determinant is their
#   product.
# - **Section 5** builds an inverse for matrices that have none.
# - **Section 6** keeps the multipliers of elimination, as $A = PLU$, to solve again for free.
# - **Section 11** solves networks so large that even elimination is too slow.
# - **Section 16** follows the digits: condition numbers and backward errors.
# - **Section 24** takes the matrix of a network and finds its communities.
#
# In the libraries: `np.linalg.solve` for systems, `np.linalg.slogdet` for determinants that would
# overflow, `np.linalg.cond` and `np.linalg.matrix_rank` to judge, `scipy.sparse.linalg.spsolve` for
# large networks, and `np.linalg.inv` for the rare case that you want to look at the inverse.
