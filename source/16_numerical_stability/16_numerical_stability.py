# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 16 · Numerical stability
#
# Your training loss says `nan`. A solver returns numbers that look fine, and the fifth digit is
# wrong. A variance comes out negative. None of these is a bug in the mathematics. They happen
# because a computer keeps about sixteen digits of every number, and some problems, and some
# formulas, need more than that.
#
# There are only two places where the digits can go. Either the **problem** is sensitive, and no
# program on earth can do better. Or the **method** throws them away, and a better formula keeps
# them. This notebook teaches you to tell the two apart, and to mend what can be mended.
#
# After this notebook you can
#
# - say how many digits a linear system will cost you before you solve it;
# - tell a bad answer to a good question from a good answer to a bad question;
# - rewrite formulas that cancel, overflow or underflow: roots, sums, variances, the softmax;
# - see why elimination swaps rows, and what scaling can and cannot do;
# - find out why a training run turns to NaN, and repair it for good.
#
# Allow about 90 minutes: there are twelve exercises, most of them two to six lines long. Every
# function stands on its own: none of them needs another one that you wrote, so a slip in one
# exercise costs you that exercise only.

# %% Setup
import math
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

from autograder.checks import (
    assert_at_most,
    assert_close,
    assert_finite,
    assert_integer,
    assert_raises,
    assert_scalar,
    assert_shape,
    assert_unchanged,
    matrices,
    scalar,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
plt.style.use("autograder.course")

# %% [markdown]
# ## 16.1 · Sixteen digits
#
# A `float` is stored with 53 binary digits, which is about 16 decimal ones. Between 1 and 2 the
# numbers that exist are
#
# $$
# \varepsilon = 2^{-52} \approx 2.2 \cdot 10^{-16}
# $$
#
# apart, and elsewhere their *relative* spacing is about the same. Each single operation ($+$,
# $-$, $\times$, $/$, root) gives the exact result, rounded to the nearest of these numbers. Short
# of overflow and underflow that is a relative error of at most $\varepsilon / 2$, which is as good
# as it gets. So where does trouble come from?
#
# | trouble | what happens | example |
# |---|---|---|
# | **cancellation** | two nearly equal numbers are subtracted: leading digits vanish, old rounding errors are left | $1 - \cos x$ for small $x$ |
# | **absorption** | a small number is added to a large one and leaves no trace | $10^{16} + 1 = 10^{16}$ |
# | **overflow** | above $1.8 \cdot 10^{308}$ there is only `inf` | $e^{710}$ |
# | **underflow** | below $5 \cdot 10^{-324}$ there is only 0 | $e^{-746}$ |
#
# And `nan` is what remains when nothing sensible can be said: `inf - inf`, `inf / inf`, `0 / 0`,
# `0 * inf`. Once it is there it spreads, because arithmetic with `nan` gives `nan`.
#
# A first picture. For small $x$ the function $(1 - \cos x) / x^2$ is close to $\tfrac12$. Because
# $1 - \cos x = 2 \sin^2(x/2)$, you can compute it in two ways that are equal on paper.

# %% Plot what cancellation does tags=["demo"]
x = np.logspace(-9, 0, 600)
figure, ax = plt.subplots(figsize=(7.6, 3.6))
ax.semilogx(x, (1 - np.cos(x)) / x**2, color="#d1495b", linewidth=0.9)
ax.semilogx(x, 2 * (np.sin(x / 2) / x) ** 2, color="#1b6ca8", linewidth=2.2)
ax.text(1.4e-8, 0.06, "$(1 - \\cos x)\\,/\\,x^2$", color="#d1495b")
ax.text(3e-3, 0.55, "$2 \\sin^2(x/2)\\,/\\,x^2$", color="#1b6ca8")
ax.set(xlabel="x", ylabel="computed value", ylim=(-0.05, 1.15))
ax.set_title("Equal on paper: the red formula has lost all its digits at x = $10^{-8}$")
show(
    "Two curves over x from 1e-9 to 1. The blue one, computed with the sine, stays at 0.5. The red "
    "one, which subtracts the cosine from 1, begins to jump below 1e-7, up to 0.94, and is 0 "
    "below 1e-8."
)

# %% [markdown]
# Nothing is wrong with the *question*: the function is smooth and harmless near 0, and the blue
# formula answers it to the last digit. The red formula rounds $\cos x$ to the sixteenth digit,
# then subtracts away all the digits that were right. Below $x = 10^{-8}$ the cosine rounds to 1
# and nothing is left.
#
# So when a number comes out wrong, ask two questions, in this order:
#
# 1. **Is the problem sensitive?** If tiny changes of the input change the answer a lot, it is
#    *ill-conditioned*. This has nothing to do with computers. (16.2)
# 2. **Is the method to blame?** A method is *stable* if its answer is the exact answer to a
#    question very close to yours. (16.3, and all that follows)

# %% [markdown]
# ## 16.2 · When the problem is to blame
#
# To solve $Ax = b$ for two unknowns is to find where two lines cross. You never know $b$ exactly:
# it was measured, or at least rounded. If the lines cross at a right angle, a small shift of a
# line moves the crossing by about as much. If they are nearly parallel, the crossing runs away.

# %% Plot two systems and what a shift of b does tags=["demo"]
rng = np.random.default_rng(0)
figure, axes = plt.subplots(1, 2, figsize=(9.4, 4.2), sharey=True)
systems = (
    ("crossing at a right angle", np.array([[1.0, 1.0], [-1.0, 1.0]])),
    ("nearly parallel", np.array([[1.0, 1.0], [1.0, 1.25]])),
)
for ax, (title, A) in zip(axes, systems, strict=True):
    b = A @ np.array([2.0, 1.0])
    shifts = rng.uniform(-0.08, 0.08, (400, 2))
    crossings = np.linalg.solve(A, (b + shifts).T)
    line = np.array([-0.5, 4.5])
    for row, value, color in zip(A, b, ("#1b6ca8", "#d1495b"), strict=True):
        ends = [(value + wiggle - row[0] * line) / row[1] for wiggle in (-0.08, 0.08)]
        ax.fill_between(line, *ends, color=color, alpha=0.3, linewidth=0)
    ax.plot(*crossings, ".", color="#222222", markersize=2)
    s = np.linalg.svd(A, compute_uv=False)
    ax.set_title(f"{title}: $\\kappa$ = {s[0] / s[1]:.0f}")
    ax.set(xlabel="$x_1$", xlim=line, ylim=(-1, 3))
axes[0].set_ylabel("$x_2$")
figure.suptitle("The same uncertainty in b (width of the bands), very different answers (dots)")
show(
    "Two panels with two bands each, blue and red, and dots where the lines within them may cross. "
    "Left, the bands cross at a right angle and the dots form a small square. Right, they are "
    "nearly parallel and the dots are smeared along them, about ten times as long."
)

# %% [markdown]
# Each band is one equation with its uncertainty, each black dot a solution that fits both. The
# bands are as wide on the right as on the left.
#
# The number over each panel is the **condition number** of $A$, the ratio of its largest to its
# smallest singular value:
#
# $$
# \kappa(A) = \|A\|_2 \, \|A^{-1}\|_2 = \frac{\sigma_{\max}}{\sigma_{\min}} \ge 1 .
# $$
#
# It bounds how much a relative change of $b$ can be amplified on its way to $x$, and the same
# number governs changes of $A$ itself:
#
# $$
# \frac{\|\Delta x\|}{\|x\|} \le \kappa(A)\, \frac{\|\Delta b\|}{\|b\|} .
# $$
#
# **A small example to keep.** Two nearly parallel lines, with a right-hand side for which the
# solution is easy to see:
#
# $$
# A = \begin{pmatrix} 1 & 1 \\ 1 & 1.001 \end{pmatrix}, \qquad
# b = \begin{pmatrix} 2 \\ 2 \end{pmatrix}, \qquad
# x = \begin{pmatrix} 2 \\ 0 \end{pmatrix}, \qquad
# A^{-1} = \begin{pmatrix} 1001 & -1000 \\ -1000 & 1000 \end{pmatrix}.
# $$
#
# Change the last entry of $b$ from 2 to $2.001$, and the solution jumps from $(2, 0)$ to
# $(1, 1)$. The condition number is 4002.
#
# ### Exercise: `condition_number`
#
# Compute $\kappa(A)$ from the singular values. Two things need care:
#
# 1. $A$ may be rectangular. It then has $p = \min(m, n)$ singular values, and the smallest of
#    these counts.
# 2. A singular matrix has $\kappa = \infty$, but its smallest singular value comes out as
#    something like $10^{-17}$, not as 0. Every singular value carries an error of about
#    $\varepsilon\, \sigma_{\max}$, so one that is no larger than
#    $\max(m, n) \cdot \varepsilon \cdot \sigma_{\max}$ cannot be told from 0. Say `inf` then.
#
# <details><summary>Hint</summary>
#
# `np.linalg.svd(A, compute_uv=False)` gives the singular values alone, in descending order.
# `np.finfo(float).eps` is $\varepsilon$. Test first, divide later: for a matrix of zeros the
# quotient would be $0/0$.
#
# </details>


# %% nbgrader={"grade_id": "condition_number", "solution": true}
def condition_number(A):
    """Condition number of a matrix in the 2-norm.

    Parameters
    ----------
    A : array, shape (m, n)
        A real matrix of floats (float64) or integers, not empty; the entries may all be large or
        tiny (1e100, 1e-100). It is not changed.

    Returns
    -------
    float
        Largest over smallest of the min(m, n) singular values. It is inf if the smallest is at
        most max(m, n) * eps times the largest, where eps = 2**-52; so it is for a matrix of zeros.
    """
    ### BEGIN SOLUTION
    s = np.linalg.svd(A, compute_uv=False)
    if s[-1] <= max(A.shape) * np.finfo(float).eps * s[0]:
        return math.inf
    return float(s[0] / s[-1])
    ### END SOLUTION


# %% Not its eigenvalues nbgrader={"grade_id": "condition_number-worked", "grade": true, "points": 1}
A = np.array([[4.0, 0.0], [3.0, 5.0]])
assert_scalar(
    condition_number(A.copy()),
    2.0,
    name="condition_number([[4, 0], [3, 5]])",
    hint="A.T @ A has the eigenvalues 40 and 10, so the singular values are 2 sqrt(10) and "
    "sqrt(10). (The eigenvalues of A itself, 4 and 5, tell you nothing here.)",
)
A = np.array([[1.0, 2.0], [2.0, 4.0]])
assert_scalar(
    condition_number(A.copy()),
    np.inf,
    name="condition_number([[1, 2], [2, 4]])",
    hint="The second row is twice the first: the matrix is singular, whatever rounding says.",
)

# %% Any shape and scale nbgrader={"grade_id": "condition_number-values", "grade": true, "points": 1}
# Tall, wide and square matrices, large and tiny ones, integers. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1601)
ratio = "The largest singular value over the smallest one."
for shape, spectrum, scale, threshold in [
    ((4, 4), [6.0, 5.0, 2.0, 1.5], 1.0, 1e4),
    ((7, 3), [9.0, 4.0, 0.5], 1e-100, 1e4),
    ((3, 8), [8.0, 3.0, 2.0], 1e100, 1e4),
    ((5, 5), [1.0, 1.0, 1.0, 1.0, 1.0], 1.0, 1e4),
    ((6, 6), [1.0, 0.5, 1e-2, 1e-3, 1e-5, 1e-6], 1.0, 1e9),
]:
    A = scale * matrices.with_singular_values(spectrum, shape, seed=rng)
    before = A.copy()
    found = condition_number(A)
    assert_unchanged(A, before, name="A after condition_number(A)")
    name = f"condition_number of a matrix of shape {shape}, scaled by {scale:g}"
    hint = ratio if len(spectrum) < 6 else "Forming A.T @ A squares it and loses digits."
    if scale != 1:
        hint = "Scaling A changes nothing: judge the smallest one beside the largest."
    expected = max(spectrum) / min(spectrum)
    assert_scalar(found, expected, name=name, threshold=threshold, hint=hint)
name = "condition_number of a matrix of integers"
assert_scalar(condition_number(np.array([[4, 0], [3, 5]])), 2.0, name=name, hint=ratio)
assert_scalar(condition_number(np.array([[0.0, -3.0]])), 1.0, name="condition_number of one row")
### END HIDDEN TESTS

# %% Singular nbgrader={"grade_id": "condition_number-singular", "grade": true, "points": 1}
# Singular matrices of several shapes, zeros, and matrices at either side of the limit.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1602)
for shape in [(1, 1), (3, 2)]:
    name = f"condition_number of zeros of shape {shape}"
    assert_scalar(condition_number(np.zeros(shape)), np.inf, name=name, hint="Not 0 / 0: inf.")
singular = "Rounding makes a tiny number of a singular value that is 0: compare with the largest."
for rank, shape, scale in [
    (2, (4, 4), 1.0),
    (5, (6, 6), 1.0),
    (1, (6, 3), 1e100),
    (3, (4, 7), 1e-100),
]:
    A = scale * matrices.of_rank(rank, shape, seed=rng)
    name = f"condition_number of a matrix of shape {shape} and rank {rank}, scaled by {scale:g}"
    assert_scalar(condition_number(A), np.inf, name=name, hint=singular)
for shape, smallest, expected in [
    ((2, 2), 4e-16, np.inf),
    ((2, 2), 5e-16, 2e15),
    ((90, 2), 1.9e-14, np.inf),
    ((2, 90), 1.9e-14, np.inf),
    ((90, 2), 2.1e-14, 1 / 2.1e-14),
]:
    A = np.zeros(shape)
    A[0, 0], A[1, 1] = 1.0, smallest
    name = f"condition_number of a matrix of shape {shape}, sigma_min / sigma_max = {smallest:g},"
    limit = f"The limit is max(m, n) * eps = {max(shape) * 2.0**-52:.2g} times the largest."
    assert_scalar(condition_number(A), expected, name=name, threshold=1e12, hint=limit)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `digits_lost`
#
# Rounding alone changes the input in the sixteenth digit, a relative change of about $10^{-16}$.
# If $\kappa = 10^k$, the solution can be off by $10^{k - 16}$: it has $k$ digits less. So the
# rule of thumb is to read the exponent of $\kappa$. For the small example it is 3.6: you still
# have twelve digits, plenty. With $\kappa = 10^{12}$ there are four.
#
# More than you have you cannot lose: from $10^{16}$ on, all 16 are gone.


# %% nbgrader={"grade_id": "digits_lost", "solution": true}
def digits_lost(kappa):
    """Number of decimal digits, out of 16, that a condition number can cost.

    Parameters
    ----------
    kappa : float
        A condition number, 1 <= kappa <= inf.

    Returns
    -------
    float
        The logarithm of kappa to base 10, not rounded; 16.0 if kappa is larger than 1e16.

    Raises
    ------
    ValueError
        If kappa is below 1 or NaN: no condition number is.
    """
    ### BEGIN SOLUTION
    if not kappa >= 1:
        raise ValueError(f"a condition number is at least 1, not {kappa}")
    return min(math.log10(kappa), 16.0)
    ### END SOLUTION


# %% Twelve of sixteen nbgrader={"grade_id": "digits_lost-worked", "grade": true, "points": 1}
exponent = "The exponent of kappa: its logarithm to base 10."
assert_scalar(digits_lost(1e12), 12.0, name="digits_lost(1e12)", hint=exponent)
assert_scalar(digits_lost(4002.0), 3.602277084, name="digits_lost(4002)", threshold=1e7)
assert_scalar(digits_lost(np.inf), 16.0, name="digits_lost(inf)", hint="There are only 16.")

# %% All of them, and none nbgrader={"grade_id": "digits_lost-range", "grade": true, "points": 1}
# Other condition numbers, the ends of the range, and what no condition number can be.
### BEGIN HIDDEN TESTS
exponent = "The exponent of kappa, its logarithm to base 10, but never more than 16."
for kappa, expected in [
    (1.0, 0.0),
    (1, 0.0),
    (2.0, 0.3010299956639812),
    (4e10, 10.602059991327963),
    (4e15, 15.602059991327963),
    (1e16, 16.0),
    (3e16, 16.0),
]:
    where = "= 1" if kappa == 1 else "below 1e16" if kappa < 1e16 else "from 1e16 on"
    name = f"digits_lost(kappa) with kappa {where}"
    assert_scalar(digits_lost(kappa), expected, name=name, hint=exponent)
below = "The largest singular value is not smaller than the smallest. NaN fails every comparison."
for kappa in (0.999, 0.0, -np.inf, np.nan):
    assert_raises(ValueError, digits_lost, kappa, hint=below)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `amplification`
#
# The condition number is the worst case over all $b$ and all changes. Your $b$ may be luckier.
# For a given change $\Delta b$, the amplification is
#
# $$
# \frac{\|\Delta x\| \,/\, \|x\|}{\|\Delta b\| \,/\, \|b\|},
# \qquad A x = b, \qquad A (x + \Delta x) = b + \Delta b .
# $$
#
# It lies between $1/\kappa$ and $\kappa$. In the small example, $\Delta b = (0, 0.001)$ moves $x$
# by $\Delta x = (-1, 1)$: a change of $0.035\,\%$ becomes one of $71\,\%$. That is an
# amplification of exactly 2000.
#
# And here is the first trap of this notebook. You could solve twice, with $b$ and with
# $b + \Delta b$, and subtract. If $\Delta b$ is tiny, that subtracts two nearly equal vectors,
# and what you get is the rounding error of your solver. Can you get $\Delta x$ without any
# subtraction?
#
# <details><summary>Hint</summary>
#
# Subtract the two equations on paper: $A\, \Delta x = \Delta b$. `np.linalg.solve` raises
# `LinAlgError` by itself if $A$ is singular.
#
# </details>


# %% nbgrader={"grade_id": "amplification", "solution": true}
def amplification(A, b, db):
    """How much larger the relative change of x is than that of b, where A x = b.

    Parameters
    ----------
    A : array, shape (n, n)
        An invertible matrix.
    b : array, shape (n,)
        The right-hand side, not zero.
    db : array, shape (n,)
        Its change, not zero; it may be tiny (1e-30 times b, say). None of the three is changed.

    Returns
    -------
    float
        (||dx|| / ||x||) / (||db|| / ||b||) in the 2-norm, where A x = b and A (x + dx) = b + db.

    Raises
    ------
    ValueError
        If b or db is zero.
    numpy.linalg.LinAlgError
        If A is exactly singular, as np.linalg.solve does.
    """
    ### BEGIN SOLUTION
    if not np.any(b) or not np.any(db):
        raise ValueError("relative to zero there is no change")
    x, dx = np.linalg.solve(A, b), np.linalg.solve(A, db)
    norm = np.linalg.norm
    return float((norm(dx) / norm(x)) / (norm(db) / norm(b)))
    ### END SOLUTION


# %% Two thousand times nbgrader={"grade_id": "amplification-worked", "grade": true, "points": 1}
A = np.array([[1.0, 1.0], [1.0, 1.001]])
found = amplification(A, np.array([2.0, 2.0]), np.array([0.0, 0.001]))
assert_scalar(
    found,
    2000.0,
    name="amplification(A, [2, 2], [0, 0.001])",
    threshold=1e8,
    hint="x = (2, 0) and dx = (-1, 1), so this is (sqrt(2) / 2) / (0.001 / sqrt(8)).",
)
found = amplification(np.diag([1.0, 4.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
assert_scalar(
    found,
    0.25,
    name="amplification(diag(1, 4), [1, 0], [0, 1])",
    hint="x = (1, 0) and dx = (0, 1/4): here the change shrinks.",
)

# %% Best and worst cases nbgrader={"grade_id": "amplification-cases", "grade": true, "points": 1}
# Changes in chosen directions, from the worst case to the best; A, b and db must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1611)
spectrum = np.array([20.0, 8.0, 3.0, 0.5])
U, V = matrices.random_orthogonal(4, seed=rng), matrices.random_orthogonal(4, seed=rng)
A = (U * spectrum) @ V.T
for i, j, size in [(0, 3, 1.0), (3, 0, 1e-2), (1, 2, 5.0), (2, 2, 1e-3), (1, 3, 1e3)]:
    b, db = 7.0 * U[:, i], size * U[:, j]
    expected = spectrum[i] / spectrum[j]
    before = A.copy(), b.copy(), db.copy()
    found = amplification(A, b, db)
    for array, copy, name in zip((A, b, db), before, ("A", "b", "db"), strict=True):
        assert_unchanged(array, copy, name=f"{name} after amplification(A, b, db)")
    name = f"amplification with b along u_{i + 1} and db along u_{j + 1}"
    hint = f"A stretches v_{i + 1} by sigma_{i + 1} and v_{j + 1} by sigma_{j + 1}."
    assert_scalar(found, expected, name=name, threshold=1e5, hint=hint)
b, db = np.array([3, -1, 2, 5]), np.array([1, 1, 0, -2])
x, dx = V @ (U.T @ b / spectrum), V @ (U.T @ db / spectrum)
norm = np.linalg.norm
expected = (norm(dx) / norm(x)) / (norm(db) / norm(b))
assert_scalar(amplification(A, b, db), expected, name="amplification with integers", threshold=1e5)
### END HIDDEN TESTS

# %% Tiny changes nbgrader={"grade_id": "amplification-tiny", "grade": true, "points": 1}
# Changes from 1e-9 to 1e-30 times b, a zero b or db, and a singular A.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1612)
spectrum = np.array([1.0, 0.3, 1e-4])
U, V = matrices.random_orthogonal(3, seed=rng), matrices.random_orthogonal(3, seed=rng)
A = (U * spectrum) @ V.T
for tiny in (1e-9, 1e-13, 1e-30):
    name = f"amplification with db {tiny:g} times as long as b"
    hint = "Subtracting two solutions leaves their rounding errors. Solve A dx = db instead."
    found = amplification(A, U[:, 0], tiny * U[:, 2])
    assert_scalar(found, 1e4, name=name, threshold=1e8, hint=hint)
b, zero = np.array([0.0, 1.0, 0.0]), np.zeros(3)
none = "Relative to zero there is no change: raise ValueError."
assert_raises(ValueError, amplification, A, zero, b, hint=none)
assert_raises(ValueError, amplification, A, b, zero, hint=none)
singular = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 1.0]])
assert_raises(np.linalg.LinAlgError, amplification, singular, b, b, hint="np.linalg.solve does.")
### END HIDDEN TESTS

# %% [markdown]
# ## 16.3 · When the method is to blame
#
# You have computed some $\hat x$. How good is it? The honest answer would be $\|\hat x - x\|$,
# the **forward error**, but for that you would need $x$. There is a second question, which you
# can always answer: *is $\hat x$ the exact solution of a problem near mine?* How much do you have
# to change $A$ and $b$, relative to their size, until $\hat x$ is exactly right? The least such
# change is the **backward error**. Rigal and Gaches found in 1967 that it has a formula:
#
# $$
# \eta(\hat x) = \frac{\|b - A \hat x\|}{\|A\|\,\|\hat x\| + \|b\|} .
# $$
#
# If $\eta$ is near $\varepsilon$, the method has done all that can be asked of it: rounding $A$
# and $b$ when you stored them did as much harm. A method that always achieves this is called
# **backward stable**. Then comes the rule that ties this notebook together:
#
# $$
# \text{forward error} \;\lesssim\; \text{condition number} \times \text{backward error} .
# $$
#
# The first factor belongs to the problem, the second to the method. In the small example take
# $\hat x = (1, 1)$ instead of $(2, 0)$. It is off by 71 %, and yet its residual is
# $(0, -0.001)$ and its backward error is only $1.8 \cdot 10^{-4}$: a terrible answer to this
# system, and the perfect answer to one that you could hardly tell from it.
#
# ### Exercise: `backward_error`
#
# All norms are 2-norms. For the matrix that is $\sigma_{\max}$, `np.linalg.norm(A, 2)`; without
# the `2`, NumPy gives you the Frobenius norm. And an answer without any residual has the backward
# error 0, even if everything else is zero as well.


# %% nbgrader={"grade_id": "backward_error", "solution": true}
def backward_error(A, x, b):
    """Normwise backward error of x as a solution of A x = b.

    Parameters
    ----------
    A : array, shape (n, n)
    x : array, shape (n,)
        The computed solution. A may be singular and x any vector.
    b : array, shape (n,)
        None of the three is changed.

    Returns
    -------
    float
        ||b - A x|| / (||A|| ||x|| + ||b||) in the 2-norm (for the matrix: its largest singular
        value); 0.0 if b - A x is zero.
    """
    ### BEGIN SOLUTION
    residual = np.linalg.norm(b - A @ x)
    if residual == 0:
        return 0.0
    return float(residual / (np.linalg.norm(A, 2) * np.linalg.norm(x) + np.linalg.norm(b)))
    ### END SOLUTION


# %% The right answer to the question next door nbgrader={"grade_id": "backward_error-worked", "grade": true, "points": 1}
A, b = np.array([[1.0, 1.0], [1.0, 1.001]]), np.array([2.0, 2.0])
assert_scalar(
    backward_error(A.copy(), np.array([1.0, 1.0]), b.copy()),
    0.001 / ((2.000500125 + 2.0) * np.sqrt(2.0)),
    name="backward_error(A, [1, 1], b)",
    threshold=1e8,
    hint="The residual is (0, -0.001), ||A|| = 2.0005, ||x|| = sqrt(2) and ||b|| = sqrt(8).",
)
A, b = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([4.0, 3.0])
assert_scalar(
    backward_error(A.copy(), np.array([0.0, 0.0]), b.copy()),
    1.0,
    name="backward_error(A, [0, 0], b)",
    hint="x = 0 leaves all of b: nothing can be worse.",
)
found = backward_error(A.copy(), np.array([2.0, 3.0]), b.copy())
assert_scalar(found, 0.0, name="backward_error(A, [2, 3], b)", hint="This x is the solution.")

# %% Any vector nbgrader={"grade_id": "backward_error-values", "grade": true, "points": 1}
# Random systems and vectors, good and bad ones, integers; A, x and b must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1621)
norm = np.linalg.norm
for n in (1, 5):
    spectrum = np.linspace(5.0, 1.0, n)
    A = matrices.with_singular_values(spectrum, (n, n), seed=rng)
    b = rng.standard_normal(n)
    for x in (np.linalg.solve(A, b) + 0.01, rng.standard_normal(n), 1e3 * rng.standard_normal(n)):
        residual = math.sqrt(math.fsum(r * r for r in b - np.einsum("ij,j->i", A, x)))
        expected = residual / (5.0 * norm(x) + norm(b))
        before = A.copy(), x.copy(), b.copy()
        found = backward_error(A, x, b)
        for array, copy, name in zip((A, x, b), before, ("A", "x", "b"), strict=True):
            assert_unchanged(array, copy, name=f"{name} after backward_error(A, x, b)")
        name = f"backward_error(A, x, b) for n = {n}"
        hint = "||A|| is the largest singular value. Both terms below the line belong there."
        assert_scalar(found, expected, name=name, threshold=1e6, hint=hint)
A, x, b = np.array([[3, 0], [4, 0]]), np.array([1, 7]), np.array([3, 5])
expected = 1 / (5 * np.sqrt(50) + np.sqrt(34))
name = "backward_error of integers, A singular"
assert_scalar(backward_error(A, x, b), expected, name=name, hint="No system is to be solved here.")
### END HIDDEN TESTS

# %% Good, bad and zero nbgrader={"grade_id": "backward_error-edges", "grade": true, "points": 1}
# Solutions of ill-conditioned systems, systems scaled up and down, and zeros.
### BEGIN HIDDEN TESTS
for n in (6, 10):
    A, b = matrices.hilbert(n), np.ones(n)
    x = np.linalg.solve(A, b)
    found = backward_error(A.copy(), x.copy(), b.copy())
    what = f"backward_error of what np.linalg.solve gives for the Hilbert matrix, n = {n},"
    hint = "This x is large and its residual is tiny beside ||A|| ||x||, though not beside ||b||."
    assert_at_most(scalar(found, name=what), 1e-15, what=what, hint=hint)
rng = np.random.default_rng(1622)
A, x, b = rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)
expected = backward_error(A.copy(), x.copy(), b.copy())
for scale in (1e-60, 1e60):
    found = backward_error(scale * A, x.copy(), scale * b)
    name = f"backward_error(s A, x, s b) compared with backward_error(A, x, b) for s = {scale:g}"
    assert_scalar(found, expected, name=name, hint="The units of the equations do not matter.")
zeros, ones = np.zeros((2, 2)), np.ones(2)
for x, b, expected, shown in [
    (ones, ones, 1.0, "backward_error with A of zeros, b not zero"),
    (ones, 0 * ones, 0.0, "backward_error with A and b of zeros"),
    (0 * ones, 0 * ones, 0.0, "backward_error with A, x and b of zeros"),
]:
    found = backward_error(zeros.copy(), x.copy(), b.copy())
    hint = "No residual, no error: 0.0, not 0 / 0."
    if expected:
        hint = "The residual is b, and ||A|| ||x|| + ||b|| is ||b||."
    assert_scalar(found, expected, name=shown, hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# ### Solve, do not invert
#
# The Hilbert matrix has the entries $1/(i + j - 1)$, looks harmless, and is famous for its
# condition number. The next picture solves $Ax = b$ with it for growing $n$, once with
# `np.linalg.solve(A, b)`, which is backward stable in practice (16.7 says what that hangs on), and
# once with `np.linalg.inv(A) @ b`. The true $x$ is known, because $b$ was made from it.

# %% Plot forward and backward errors tags=["demo"]
rng = np.random.default_rng(0)
sizes = np.arange(2, 11)
errors = {"solve": [], "inv": []}
bounds = []
for n in sizes:
    A = matrices.hilbert(n)
    inverse = np.linalg.inv(A)
    bounds.append(condition_number(A) * np.finfo(float).eps)
    found = {"solve": [], "inv": []}
    for exact in rng.uniform(0, 1, (25, n)):
        b = A @ exact
        for key, x in (("solve", np.linalg.solve(A, b)), ("inv", inverse @ b)):
            forward = np.linalg.norm(x - exact) / np.linalg.norm(exact)
            found[key].append((forward, backward_error(A, x, b)))
    for key in errors:
        errors[key].append(np.mean(found[key], axis=0))
figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
titles = ("Forward error: the problem shows in both", "Backward error: only inv is to blame")
for column, (ax, title) in enumerate(zip(axes, titles, strict=True)):
    for key, color, mark in (("inv", "#d1495b", "s-"), ("solve", "#1b6ca8", "o-")):
        label = "np.linalg.inv(A) @ b" if key == "inv" else "np.linalg.solve(A, b)"
        ax.semilogy(sizes, np.array(errors[key])[:, column], mark, color=color, label=label)
    ax.set(xlabel="size n of the Hilbert matrix", title=title)
axes[0].semilogy(sizes, bounds, ":", color="#444444", label=r"$\kappa(A)\,\varepsilon$")
axes[1].axhline(np.finfo(float).eps, linestyle=":", color="#444444", label=r"$\varepsilon$")
axes[0].set_ylabel("relative error")
for ax in axes:
    ax.legend()
show(
    "Two panels over the size of the Hilbert matrix, 2 to 10. Left, the forward errors of solve "
    "and of inv both rise below the dotted line of kappa times eps, from 3e-16 to 1e-4 and 3e-3. "
    "Right, the backward error of solve stays below 1e-16 while that of inv rises to about 1e-5."
)

# %% [markdown]
# Each mark is the mean over 25 right-hand sides. On the left both methods lose about a digit and
# a half with every $n$, and the dotted line $\kappa(A)\,\varepsilon$ says that this was to be
# expected: the problem is to blame. On the right you see what the left hides. What `solve`
# returns is the exact solution of a system that agrees with yours in 16 digits. What `inv`
# returns, for $n = 10$, solves no system that agrees with yours in more than five. If you look
# at the forward error of hard problems only, you can hardly tell a good method from a bad one.

# %% [markdown]
# ## 16.4 · Cancellation
#
# The formula for the roots of $a x^2 + b x + c$ is one you know by heart,
#
# $$
# x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a} ,
# $$
#
# and as a program it is broken in three ways. Take $x^2 - 10^8 x + 1$, whose roots are almost
# exactly $10^8$ and $10^{-8}$. The root of the discriminant is $10^8$ up to rounding, so the
# smaller root is a difference of two nearly equal numbers: you get $7.45 \cdot 10^{-9}$, wrong in
# the first digit.
#
# The repair is to compute only the root that does *not* cancel, and to get the other one from
# the product $x_1 x_2 = c / a$ (Vieta):
#
# $$
# q = -\tfrac12 \left( b + \operatorname{sign}(b) \sqrt{b^2 - 4ac} \right), \qquad
# x_1 = \frac{q}{a}, \qquad x_2 = \frac{c}{q} .
# $$

# %% Plot the error of the small root tags=["demo"]
b = np.logspace(0.5, 9.5, 500)
root = np.sqrt(b * b - 4)
exact = 2 / (b + root)
textbook = (b - root) / 2
figure, ax = plt.subplots(figsize=(7.6, 3.6))
error = np.maximum(np.abs(textbook - exact) / exact, 1e-17)
ax.loglog(b, error, ".", color="#d1495b", markersize=3)
ax.loglog(b, np.finfo(float).eps * b**2 / 4, color="#444444", linewidth=1, linestyle=":")
ax.axhline(np.finfo(float).eps, color="#1b6ca8")
ax.text(1.2e7, 8e-16, "with $q$: at most a few $\\varepsilon$", color="#1b6ca8", ha="center")
ax.text(3e3, 1e-6, "with the textbook formula", color="#d1495b", ha="right")
ax.set(xlabel="b", ylabel="relative error", ylim=(1e-17, 10))
ax.set_title("The smaller root of $x^2 - bx + 1$: every tenfold of b costs two digits")
show(
    "Relative error of the smaller root over b from 3 to 3e9, both axes logarithmic. The red dots "
    "of the textbook formula rise along a straight line from 1e-16 to 1 at b = 1e8, and stay at 1. "
    "The blue line of the stable formula stays at 2e-16."
)

# %% [markdown]
# The problem is perfectly well-conditioned: change $b$ in the sixteenth digit and the small root
# changes in the sixteenth digit. All of the red error is the method's. From
# $b = 3 \cdot 10^8$ on the formula returns 0 and the relative error is 1.
#
# ### Exercise: `quadratic_roots`
#
# Write it so that it survives all three dangers:
#
# 1. **Cancellation.** Choose the sign that adds. Mind $b = 0$: `np.sign(0)` is 0, while
#    `math.copysign(1, 0.0)` is 1.
# 2. **Overflow and underflow.** $b^2$ is infinite for $b = 10^{200}$ and zero for
#    $b = 10^{-200}$. The roots do not change if you divide $a$, $b$ and $c$ by the same number.
# 3. **A negative discriminant.** Then the roots are complex conjugates, and there is nothing to
#    cancel.
#
# <details><summary>Hint 1: scaling</summary>
#
# Divide all three by the largest of $|a|$, $|b|$, $|c|$. After that the largest is 1, and its
# square can neither overflow nor underflow.
#
# </details>
#
# <details><summary>Hint 2: two zeros</summary>
#
# $q = 0$ happens only if $b = c = 0$. Then both roots are 0, and $c / q$ would be $0 / 0$.
#
# </details>


# %% nbgrader={"grade_id": "quadratic_roots", "solution": true}
def quadratic_roots(a, b, c):
    """Both roots of a x^2 + b x + c.

    Parameters
    ----------
    a, b, c : float or int
        Real coefficients. All three together may be as large as 1e200 or as small as 1e-200, and
        so may b alone.

    Returns
    -------
    tuple of two numbers
        The roots in any order, a double root twice: floats if they are real, a complex conjugate
        pair if not. Both are accurate in the sense of Vieta: x1 * x2 = c / a and
        x1 + x2 = -b / a hold up to rounding (the sum relative to |x1| + |x2|).

    Raises
    ------
    ValueError
        If a is zero.
    """
    ### BEGIN SOLUTION
    if a == 0:
        raise ValueError("a is zero, so this is no quadratic")
    scale = np.max(np.abs([a, b, c]))
    a, b, c = a / scale, b / scale, c / scale
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        x = complex(-b, math.sqrt(-discriminant)) / (2 * a)
        return x, x.conjugate()
    q = -(b + math.copysign(math.sqrt(discriminant), b)) / 2
    return q / a, c / q if q else 0.0
    ### END SOLUTION


# %% Large and small nbgrader={"grade_id": "quadratic_roots-worked", "grade": true, "points": 1}
for coefficients, expected, hint in [
    ((1.0, -3.0, 2.0), [1.0, 2.0], "x^2 - 3 x + 2 = (x - 1) (x - 2)."),
    ((2.0, 8.0, 6.0), [-3.0, -1.0], "2 x^2 + 8 x + 6 = 2 (x + 3) (x + 1)."),
    ((1.0, -1e8, 1.0), [1e-8, 1e8], "The product of the roots is c / a = 1."),
]:
    name = "quadratic_roots({:g}, {:g}, {:g})".format(*coefficients)
    roots = quadratic_roots(*coefficients)
    assert_shape(roots, (2,), name=name, hint="Two roots.")
    assert np.asarray(roots).dtype.kind != "c", f"{name}: the roots are real, so return floats."
    small, large = sorted(roots)
    assert_scalar(small, expected[0], name=f"the smaller root from {name}", hint=hint)
    assert_scalar(large, expected[1], name=f"the larger root from {name}", hint=hint)

# %% Real roots nbgrader={"grade_id": "quadratic_roots-real", "grade": true, "points": 1}
# Random coefficients, signs of every kind, roots of very different size, zeros, integers.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1631)
cases = [
    (1, 0, -4),
    (-3, 0, 12),
    (-2, 0, 0),
    (2, 5, 0),
    (2, -5, 0),
    (1, -6, 9),
    (3, 10, 3),
]
cases += [(1.0, 1e8, 1.0), (1.0, -1e7, -1.0), (-2.0, 1e9, 3.0), (1e-12, 2.0, 1.0)]
for _ in range(5):
    a, x1, x2 = rng.uniform(-3, 3, 3) * 10.0 ** rng.integers(-4, 5, 3)
    cases.append((a, -a * (x1 + x2), a * x1 * x2))
for a, b, c in cases:
    zeros = " and ".join(letter for letter, value in (("b", b), ("c", c)) if value == 0)
    kind = "two real roots"
    if zeros:
        kind = f"zero for {zeros}"
    elif b * b == 4 * a * c:
        kind = "a double root"
    elif b * b > 1e8 * abs(a * c):
        kind = "real roots of very different size"
    name = f"quadratic_roots(a, b, c) with {kind}"
    roots = quadratic_roots(a, b, c)
    assert_shape(roots, (2,), name=name)
    assert np.asarray(roots).dtype.kind != "c", f"{name}: the roots are real, so return floats."
    assert_finite(roots, name=name, hint="Is q zero, or the discriminant?")
    x1, x2 = (float(x) for x in roots)
    small = "The roots multiply to c / a: get the root that cancels from the other one."
    assert_scalar(x1 * x2, c / a, name=f"the product of both from {name}", threshold=50, hint=small)
    ratio = abs(x1 + x2 + b / a) / (abs(x1) + abs(x2) or 1.0) / 2.0**-52
    hint = "They add up to -b / a. Is a sign wrong, or one root lost?"
    what = f"The error of the sum of both from {name}"
    if a * c == 0 or b == 0:
        hint = "A coefficient is zero here. " + hint
    assert_at_most(ratio, 50, what=f"{what}, in units of rounding error,", hint=hint)
assert_raises(ValueError, quadratic_roots, 0, 2.0, 1.0, hint="a = 0 is no quadratic.")
assert_raises(ValueError, quadratic_roots, 0.0, 0.0, 0.0, hint="a = 0 is no quadratic.")
### END HIDDEN TESTS

# %% Complex roots nbgrader={"grade_id": "quadratic_roots-complex", "grade": true, "points": 1}
# Negative discriminants, also of huge and tiny coefficients.
### BEGIN HIDDEN TESTS
for scale, numbers in [
    (1.0, (1, 2, 5)),
    (1.0, (-1, 4, -13)),
    (1.0, (4.0, 0.0, 1.0)),
    (1.0, (3e5, 1e-2, 2.0)),
    (1e200, (1, -2, 5)),
    (1e200, (4.0, 0.0, 1.0)),
    (-1e-200, (4.0, 0.0, 1.0)),
    (-1e-200, (-1, 4, -13)),
]:
    a, b, c = (scale * number for number in numbers)
    middle = -numbers[1] / (2 * numbers[0])
    depth = math.sqrt(4 * numbers[0] * numbers[2] - numbers[1] ** 2) / (2 * abs(numbers[0]))
    name = "quadratic_roots(a, b, c) with complex roots"
    conjugate = "A negative discriminant D: (-b +- i sqrt(-D)) / (2 a), a conjugate pair."
    if scale != 1:
        name += f" and coefficients near {scale:g}"
        conjugate = "The square of 1e200 is inf: divide a, b and c by the largest first."
    roots = quadratic_roots(a, b, c)
    assert_shape(roots, (2,), name=name)
    assert_finite(roots, name=name, hint=conjugate)
    order = sorted((complex(x) for x in roots), key=lambda x: x.imag)
    expected = [complex(middle, -depth), complex(middle, depth)]
    assert_close(order, expected, name=name, hint=conjugate)
### END HIDDEN TESTS

# %% Huge and tiny coefficients nbgrader={"grade_id": "quadratic_roots-scale", "grade": true, "points": 1}
# Coefficients near 1e200 and 1e-200, all of them or b alone.
### BEGIN HIDDEN TESTS
square = "The square of 1e200 is inf, that of 1e-200 is 0. Divide a, b and c by the largest first."
for scale, numbers in [
    (1e200, (1, -3, 2)),
    (1e200, (0.25, 1, -3)),
    (1e-200, (2, 7, 3)),
    (1e-200, (1, 0, -9)),
    (-1e200, (2, 7, 3)),
    (-1e200, (1, 0, -9)),
    (-1e-200, (1, -3, 2)),
    (-1e-200, (3, 0.5, -4)),
]:
    a, b, c = (scale * number for number in numbers)
    depth = math.sqrt(numbers[1] ** 2 - 4 * numbers[0] * numbers[2])
    expected = sorted((-numbers[1] + sign * depth) / (2 * numbers[0]) for sign in (-1, 1))
    name = f"quadratic_roots(a, b, c) with real roots and coefficients near {scale:g}"
    roots = quadratic_roots(a, b, c)
    assert_shape(roots, (2,), name=name)
    assert_finite(roots, name=name, hint=square)
    assert_close(np.sort(np.real(roots)), expected, name=name, hint=square)
for b in (1e200, -1e200):
    name = f"quadratic_roots(a, b, c) with b alone near {b:g}"
    roots = quadratic_roots(1.0, b, 1.0)
    assert_shape(roots, (2,), name=name)
    assert_finite(roots, name=name, hint=square)
    small, large = sorted(np.real(roots), key=abs)
    assert_scalar(large, -b, name=f"the larger root from {name}", hint=square)
    assert_scalar(small, -1 / b, name=f"the smaller root from {name}", hint=square)
### END HIDDEN TESTS

# %% [markdown]
# ## 16.5 · Long sums
#
# Adding a million numbers means rounding a million times. Each rounding is tiny, but they add up,
# and a loop that adds small numbers to a large total loses the end of every one of them. In half
# precision, which networks train in, a count stops at 2048: adding 1 to it changes nothing.
#
# William Kahan found the cure in 1965, and it costs three more operations a term. When you add
# `value` to `total`, the part that is rounded away can be *computed*, exactly in most cases:
#
#     new = total + value              # rounded
#     lost = (new - total) - value     # what has been added, minus what should have been
#
# On paper `lost` is zero. In floating point it is the rounding error, with its sign. Take it off
# the next value before you add that, and nothing is lost for long. Follow it with
# $10^{16} + 1 + 1$. Near $10^{16}$ only even numbers exist, so adding 1 changes nothing and
# `lost` is $-1$. The next value becomes $1 - (-1) = 2$, and that does count.
#
# ### Exercise: `sum_compensated`
#
# Write the loop. It is to be accurate for vectors of any length: the error stays below
# $2\varepsilon \sum |x_i|$, however many terms there are. Plain loops and even `np.sum`, which
# adds in a tree, do not promise that. (`math.fsum` would pass the checks, and in your own
# programs it is a fine choice. Here it would teach you nothing.)
#
# Convert to double precision first. A `float32` vector makes NumPy compute in single precision,
# and the correction with it.


# %% nbgrader={"grade_id": "sum_compensated", "solution": true}
def sum_compensated(x):
    """Sum of a vector with compensation for rounding errors.

    Parameters
    ----------
    x : array, shape (n,)
        Floats of any precision, or integers; n may be 0. It is not changed.

    Returns
    -------
    float
        The sum, computed in double precision; 0.0 for no numbers. Its error is at most
        2 eps (|x_1| + ... + |x_n|) with eps = 2**-52, whatever n is.
    """
    ### BEGIN SOLUTION
    total = lost = 0.0
    for value in x.tolist():  # Python's own numbers are in double precision
        wanted = value - lost
        new = total + wanted
        lost = (new - total) - wanted
        total = new
    return total
    ### END SOLUTION


# %% Ten tenths nbgrader={"grade_id": "sum_compensated-worked", "grade": true, "points": 1}
for numbers, expected, hint in [
    ([0.5, 1.5, -4.0], -2.0, "An ordinary sum."),
    ([0.1] * 10, 1.0, "A plain loop gives 0.9999999999999999."),
    ([1e16, 1.0, 1.0, -1e16], 2.0, "A plain loop loses both ones: the numbers near 1e16 are even."),
]:
    found = sum_compensated(np.array(numbers))
    name = f"sum_compensated({numbers})" if len(numbers) < 9 else "sum_compensated([0.1] * 10)"
    assert_scalar(found, expected, name=name, threshold=0.4, hint=hint)

# %% Thousands of terms nbgrader={"grade_id": "sum_compensated-long", "grade": true, "points": 1}
# Long vectors of equal, random, growing and alternating numbers. x must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1641)
n = 6000
for kind, x in [
    ("equal", np.full(n, 0.1)),
    ("random", rng.uniform(0, 1, n)),
    ("growing", np.arange(1, n + 1) / 7),
    ("alternating", (-1.0) ** np.arange(n) * rng.uniform(1, 2, n)),
]:
    before, exact = x.copy(), math.fsum(x)
    size = float(np.sum(np.abs(x)))
    found = sum_compensated(x)
    assert_unchanged(x, before, name="x after sum_compensated(x)")
    what = f"The error of sum_compensated(x) for {n} {kind} numbers"
    error = abs(scalar(found, name=f"sum_compensated(x) for {n} {kind} numbers") - exact)
    hint = "Does every rounding error go into the next term, with the right sign?"
    assert_at_most(error / size / 2.0**-52, 2, what=f"{what}, over eps * sum |x|,", hint=hint)
### END HIDDEN TESTS

# %% Crumbs nbgrader={"grade_id": "sum_compensated-hard", "grade": true, "points": 1}
# Crumbs among large numbers, single precision, integers, one number and none.
### BEGIN HIDDEN TESTS
block = np.concatenate([np.ones(8), np.full(120, 1e-16)])
rng = np.random.default_rng(1642)
single = rng.uniform(0, 1, 3000).astype(np.float32)
for kind, x in [
    ("ones and crumbs of 1e-16", np.tile(block, 30)),
    ("a one, crumbs of 1e-16, and minus one", np.r_[1.0, np.full(2000, 1e-16), -1.0]),
    ("numbers in single precision", single),
    ("bytes", np.full(40, 200, dtype=np.uint8)),
    ("integers", np.arange(-3, 9)),
]:
    exact = math.fsum(x.tolist())
    size = math.fsum(abs(value) for value in x.tolist())
    found = scalar(sum_compensated(x.copy()), name=f"sum_compensated(x) for {kind}")
    hint = "Convert to float first." if x.dtype.itemsize < 8 else "Crumbs add up, too."
    what = f"The error of sum_compensated(x) for {kind}"
    error = abs(found - exact) / size / 2.0**-52
    assert_at_most(error, 2, what=f"{what}, over eps * sum |x|,", hint=hint)
assert_scalar(sum_compensated(np.array([])), 0.0, name="sum_compensated of no numbers")
assert_scalar(sum_compensated(np.array([-2.5])), -2.5, name="sum_compensated of one number")
### END HIDDEN TESTS

# %% Plot the errors of long sums tags=["demo"]
rng = np.random.default_rng(16)
x = rng.uniform(0, 1, 100_000)
lengths = np.unique(np.logspace(1, 5, 25).astype(int))
running = np.cumsum(x)  # adds one number after the other
exact = np.array([math.fsum(x[:n]) for n in lengths])
ways = (
    ("one after the other", running[lengths - 1], "#d1495b", "s-"),
    ("np.sum: in a tree", np.array([np.sum(x[:n]) for n in lengths]), "#e09f3e", "^-"),
    ("sum_compensated", np.array([sum_compensated(x[:n]) for n in lengths]), "#1b6ca8", "o-"),
)
figure, ax = plt.subplots(figsize=(7.6, 3.6))
for label, sums, color, mark in ways:
    error = np.maximum(np.abs(sums - exact) / exact, 2e-17)
    ax.loglog(lengths, error, mark, color=color, label=label)
ax.axhline(np.finfo(float).eps, color="#888888", linestyle=":", linewidth=1)
ax.text(11, 2.7e-16, r"$\varepsilon$", color="#666666")
ax.set(xlabel="how many random numbers are added", ylabel="relative error")
ax.set_ylim(1e-17, 1e-13)
ax.set_title("Plain sums drift, compensated ones do not (lowest marks: no error at all)")
ax.legend(loc="upper left", bbox_to_anchor=(0.02, 0.98))
show(
    "Relative error of three ways of adding 10 to 100,000 random numbers. The plain loop's error "
    "grows to nearly 1e-14, that of np.sum stays near 1e-16 or is zero, that of sum_compensated is "
    "zero for every length."
)

# %% [markdown]
# `np.sum` does well here, because adding in a tree lets each number pass through few additions.
# But it needs the whole vector at once, and where large numbers stand among crumbs it loses them,
# too. A running total, as in an optimizer or a simulation, is the red curve.
#
# ### A variance from one pass
#
# Now data that arrive batch by batch and are gone afterwards: frames of a camera, rewards of an
# agent, the examples of an epoch. You want their mean and variance at any time. Textbooks offer
#
# $$
# \operatorname{var}(x) = \overline{x^2} - \bar{x}^2 ,
# $$
#
# which needs two running sums and no memory, and is one of the best-known traps in computing.
# Both terms are of size $\bar x^2$. If the mean is large beside the spread, they agree in all
# their leading digits, and the difference is noise.

# %% Plot the variance of data with an offset tags=["demo"]
noise = np.random.default_rng(3).standard_normal(1000)
offsets = np.logspace(0, 10, 60)
errors = {"textbook": [], "two-pass": []}
for offset in offsets:
    x = offset + noise
    exact = np.var(x - offset)  # this subtraction is exact
    errors["textbook"].append((np.mean(x * x) - np.mean(x) ** 2) / exact - 1)
    errors["two-pass"].append(np.var(x) / exact - 1)
figure, ax = plt.subplots(figsize=(7.6, 3.6))
for key, color, label in (
    ("textbook", "#d1495b", "mean of squares minus square of mean"),
    ("two-pass", "#1b6ca8", "np.var, which subtracts the mean first"),
):
    error = np.array(errors[key])
    ax.loglog(offsets, np.maximum(np.abs(error), 1e-17), "o", color=color, label=label)
    if key == "textbook":
        below = error < -1
        ax.loglog(offsets[below], np.abs(error[below]), "x", color="#222222", markersize=8)
ax.text(1.5e10, 1e-6, "crosses: a negative variance", color="#222222", ha="right")
ax.axhline(1, color="#888888", linestyle=":", linewidth=1)
ax.set(xlabel="mean of the data (their variance is 1)", ylabel="relative error", ylim=(1e-17, 1e6))
ax.set_title("With a mean of $10^8$ the textbook variance has no right digit left")
ax.legend(loc="upper left")
show(
    "Relative error of the variance over the mean of the data, both logarithmic. For the textbook "
    "formula it rises with the square of the mean, passes 1 near a mean of 1e8, and some values "
    "are marked as negative. For np.var it stays near 1e-16 up to a mean of 1e8, and below 1e-12 "
    "beyond."
)

# %% [markdown]
# The red dots rise by two digits for every tenfold of the mean, until at $10^8$ the error is as
# large as the variance. Beyond, the formula gives 0, or thousands, or a negative number (crosses),
# and the root of that is `nan`. The blue dots have the very same data. They stay at the level of
# rounding up to a mean of $10^8$, and even at $10^{10}$ they keep twelve digits.
#
# The cure is to carry the *mean and the variance* from batch to batch, never the sum of squares.
# Suppose that $n$ numbers so far have mean $\mu$ and variance $v$, and a batch of $k$ numbers has
# mean $\mu_B$ and variance $v_B$. With $\delta = \mu_B - \mu$, all $n + k$ together have
#
# $$
# \mu' = \mu + \frac{k}{n + k}\, \delta, \qquad
# v' = \frac{n v + k v_B}{n + k} + \frac{n k}{(n + k)^2}\, \delta^2 .
# $$
#
# The first part of $v'$ is the average of the two variances. The second says how far apart the
# two means are: the batches $(1, 3)$ and $(5, 7)$ have variance 1 each, and together they have 5,
# because $\delta = 4$ adds $\tfrac{4}{16} \cdot 16 = 4$. The only difference left is $\delta$. It
# may cancel as well, but what it loses is of size $\varepsilon \mu$, not $\varepsilon \mu^2$.
# (For batches of one number this is Welford's method of 1962, for larger ones it is due to Chan,
# Golub and LeVeque.)
#
# ### Exercise: `running_variance`
#
# Update the summary `(count, mean, variance)` by one batch. A stream is then a loop:
#
#     state = (0, 0.0, 0.0)
#     for batch in stream:
#         state = running_variance(state, batch)
#
# Variance here means the mean of the squared deviations, divided by the count, as `np.var` does
# it. An empty batch changes nothing.
#
# <details><summary>Hint</summary>
#
# `np.mean` and `np.var` of the batch itself are fine, once it is converted to `float`. With
# `count = 0` the formulas work as they stand: the old mean and variance get the weight 0.
#
# </details>


# %% nbgrader={"grade_id": "running_variance", "solution": true}
def running_variance(state, batch):
    """Count, mean and variance of a stream after one more batch of numbers.

    Parameters
    ----------
    state : tuple (count, mean, variance)
        What is known of the numbers so far: an int and two floats; (0, 0.0, 0.0) before the first.
    batch : array, shape (k,)
        The next numbers, floats of any precision or integers (bytes included); k may be 0. It is
        not changed.

    Returns
    -------
    tuple (count, mean, variance)
        The same for all numbers, the batch included. The variance is divided by the count (not
        by count - 1). It is accurate also if the mean is 1e9 times the standard deviation: to
        five digits then.
    """
    ### BEGIN SOLUTION
    count, mean, variance = state
    batch = np.asarray(batch, dtype=float)
    k = len(batch)
    if k == 0:
        return state
    total = count + k
    gap = np.mean(batch) - mean
    average = (count * variance + k * np.var(batch)) / total
    return total, float(mean + k / total * gap), float(average + count * k / total**2 * gap**2)
    ### END SOLUTION


# %% Two batches nbgrader={"grade_id": "running_variance-worked", "grade": true, "points": 1}
for state, batch, expected, hint in [
    ((0, 0.0, 0.0), [1.0, 3.0], (2, 2.0, 1.0), "The first batch: its own mean and variance."),
    ((2, 2.0, 1.0), [5.0, 7.0], (4, 4.0, 5.0), "1, 3, 5, 7: mean 4, deviations -3, -1, 1, 3."),
    ((4, 4.0, 5.0), [14.0], (5, 6.0, 20.0), "1, 3, 5, 7, 14: mean 6, squares 25, 9, 1, 1, 64."),
]:
    name = f"running_variance({state}, {batch})"
    found = running_variance(state, np.array(batch))
    assert isinstance(found, (tuple, list)) and len(found) == 3, (
        f"{name} should return three numbers: count, mean, variance."
    )
    assert_integer(found[0], expected[0], name=f"the count from {name}", hint=hint)
    assert_scalar(found[1], expected[1], name=f"the mean from {name}", hint=hint)
    assert_scalar(found[2], expected[2], name=f"the variance from {name}", hint=hint)

# %% Batches of any length nbgrader={"grade_id": "running_variance-batches", "grade": true, "points": 1}
# Streams that are cut in different ways, empty batches, bytes and single precision.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1651)
floats = rng.normal(3.0, 2.0, 12)
for kind, stream, cuts in [
    ("floats", floats, [1, 2, 7]),
    ("floats", floats, [0, 3, 3, 11]),
    ("numbers in single precision", rng.normal(20.0, 2.0, 12).astype(np.float32), [4, 8]),
    ("bytes", rng.integers(150, 256, 12).astype(np.uint8), [1, 2, 7]),
]:
    state, batches = (0, 0.0, 0.0), np.split(stream, cuts)
    where = f"of {kind} in batches of {[len(batch) for batch in batches]}"
    for batch in batches:
        before = batch.copy()
        state = running_variance(state, batch)
        assert_unchanged(batch, before, name="batch after running_variance(state, batch)")
    exact = [Fraction(value) for value in stream.tolist()]
    mean = sum(exact) / 12
    variance = sum((value - mean) ** 2 for value in exact) / 12
    hint = "Weigh by the counts, and do not forget the gap between the means."
    if stream.dtype.itemsize < 8:
        hint = "Convert the batch to float first. " + hint
    assert_shape(state, (3,), name=f"the state after a stream {where}")
    assert_integer(state[0], 12, name=f"the count {where}")
    assert_scalar(state[1], float(mean), name=f"the mean {where}", hint=hint)
    assert_scalar(state[2], float(variance), name=f"the variance {where}", hint=hint)
state = running_variance((7, 2.5, 0.25), np.array([]))
assert_close(
    list(state), [7.0, 2.5, 0.25], name="the state after an empty batch", hint="It changes nothing."
)
### END HIDDEN TESTS

# %% Large offsets nbgrader={"grade_id": "running_variance-offset", "grade": true, "points": 2}
# A small spread around 1e6 and 1e9, number by number and in batches; equal numbers.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1652)
for offset, length, threshold in [
    (1e6, 1, 1e7),
    (1e6, 5, 1e7),
    (-1e9, 1, 1e10),
    (1e9, 5, 1e10),
    (1e9, 12, 1e10),
]:
    stream = offset + rng.standard_normal(12)
    exact = [Fraction(value) for value in stream.tolist()]
    mean = sum(exact) / 12
    variance = float(sum((value - mean) ** 2 for value in exact) / 12)
    state = (0, 0.0, 0.0)
    for start in range(0, 12, length):
        state = running_variance(state, stream[start : start + length].copy())
    where = f"of 12 numbers near {offset:g} in batches of {length}"
    hint = "Squares of these numbers hide a variance of 1. Only ever square deviations."
    assert_scalar(state[1], float(mean), name=f"the mean {where}", threshold=1e3)
    assert_scalar(state[2], variance, name=f"the variance {where}", threshold=threshold, hint=hint)
state = (0, 0.0, 0.0)
for _ in range(3):
    state = running_variance(state, np.full(3, 1e9))
equal = "Equal numbers have no variance: not a negative one, and none from rounding squares."
what = "The variance of equal numbers near 1e9"
assert_at_most(abs(scalar(state[2], name=what)), 1e-12, what=what, hint=equal)
### END HIDDEN TESTS

# %% [markdown]
# ## 16.6 · Exponentials
#
# Every classifier and every language model ends in the same three formulas. Scores $z_1, \dots,
# z_k$, called logits, become probabilities by the **softmax**, and the loss of the right class
# $y$ is the **cross-entropy**:
#
# $$
# p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \qquad
# \text{loss} = -\log p_y = \operatorname{lse}(z) - z_y, \qquad
# \operatorname{lse}(z) = \log \sum_j e^{z_j} .
# $$
#
# As programs they have a working range of about $-745 < z < 709$. Beyond it $e^z$ is `inf` or 0,
# and logits of a thousand are nothing special in a network whose training goes wrong. One
# identity cures all three. For any number $m$,
#
# $$
# \log \sum_j e^{z_j} = m + \log \sum_j e^{z_j - m} .
# $$
#
# Choose $m = \max_j z_j$. Then the largest exponent is 0, so nothing overflows; and the sum
# contains $e^0 = 1$, so its logarithm is harmless. What underflows is too small to matter.

# %% Plot where the plain formula works tags=["demo"]
z = np.linspace(-1200, 1200, 961)
with np.errstate(all="ignore"):
    naive = np.log(np.exp(z) + np.exp(z + 1))
stable = np.logaddexp(z, z + 1)
figure, ax = plt.subplots(figsize=(7.6, 3.6))
ax.plot(z, stable, color="#1b6ca8", linewidth=5, alpha=0.35, label="with the largest taken out")
ax.plot(z, naive, color="#d1495b", linewidth=1.6, label="as it is written")
ax.axvspan(709, 1200, color="#d1495b", alpha=0.1)
ax.axvspan(-1200, -745, color="#d1495b", alpha=0.1)
ax.text(955, -900, "inf", color="#d1495b", ha="center", fontsize=13)
ax.text(-972, 500, "-inf", color="#d1495b", ha="center", fontsize=13)
ax.set(xlabel="z", ylabel="computed value", xlim=(-1200, 1200))
ax.set_title(
    "$\\log(e^z + e^{z+1})$ is a straight line, but the plain formula sees only the middle"
)
ax.legend(loc="upper left", bbox_to_anchor=(0.2, 0.98))
show(
    "The logarithm of exp(z) + exp(z + 1) over z from -1200 to 1200. The stable formula draws a "
    "straight line. The plain one covers only its middle, from -745 to 709; beyond that, shaded, "
    "it gives minus infinity on the left and infinity on the right."
)

# %% [markdown]
# The line is straight because $\log(e^z + e^{z+1}) = z + \log(1 + e)$, an ordinary number for every
# $z$. On the shaded sides the plain formula (red) has only infinities to offer.
#
# **A small example to keep.** The logits $(0, \log 2, \log 3)$ have
# $\operatorname{lse} = \log 6$ and the probabilities $(\tfrac16, \tfrac13, \tfrac12)$. Add 1000
# to each of them: lse grows by 1000, and the probabilities stay the same.
#
# ### Exercise: `logsumexp`
#
# Along one axis of an array of any number of axes, as in a batch of images or of sentences. Each
# row (or column, or fibre) has its own maximum. An entry of $-\infty$ means *impossible*, as for
# words that are masked out: it contributes $e^{-\infty} = 0$. If all of them are $-\infty$, the
# sum is 0 and the answer is $-\infty$; beware of `-inf - (-inf)`, which is `nan`.
#
# <details><summary>Hint 1: one maximum a row</summary>
#
# `np.max(z, axis=axis, keepdims=True)` has a shape that you can subtract from `z`. At the end,
# `np.squeeze(..., axis=axis)` removes that axis again.
#
# </details>
#
# <details><summary>Hint 2: infinities</summary>
#
# If the maximum is infinite, shift by 0 instead: `np.where(np.isfinite(peak), peak, 0.0)`. The
# plain formula gets these cases right. `with np.errstate(divide="ignore"):` silences NumPy's
# warning about $\log 0$.
#
# </details>


# %% nbgrader={"grade_id": "logsumexp", "solution": true}
def logsumexp(z, axis):
    """Logarithm of the sum of exponentials along one axis, without overflow or underflow.

    Parameters
    ----------
    z : array of any shape
        Floats or integers of any size; -inf and inf may be among them. It is not changed.
    axis : int
        The axis to sum over; -1 is the last one.

    Returns
    -------
    array, of the shape of z without that axis (a number if z is a vector)
        log(sum(exp(z))). It is -inf where all entries are -inf, and inf where one of them is inf.
    """
    ### BEGIN SOLUTION
    peak = np.max(z, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(divide="ignore"):
        logs = np.log(np.sum(np.exp(z - peak), axis=axis, keepdims=True))
    return np.squeeze(peak + logs, axis=axis)
    ### END SOLUTION


# %% Thousands nbgrader={"grade_id": "logsumexp-worked", "grade": true, "points": 1}
z = np.log([1.0, 2.0, 3.0])
assert_scalar(logsumexp(z.copy(), 0), np.log(6.0), name="logsumexp(log([1, 2, 3]), 0)")
for shift in (1000.0, -1000.0):
    assert_scalar(
        logsumexp(z + shift, 0),
        np.log(6.0) + shift,
        name=f"logsumexp(log([1, 2, 3]) + {shift:g}, 0)",
        hint="exp(1000) is inf and exp(-1000) is 0: take the largest out first, and add it again.",
    )
table = np.array([[0.0, 0.0, 0.0, 0.0], [5.0, 5.0, 5.0, 5.0]])
assert_close(
    logsumexp(table.copy(), 1),
    [np.log(4.0), 5.0 + np.log(4.0)],
    name="logsumexp([[0, 0, 0, 0], [5, 5, 5, 5]], 1)",
    hint="One number a row: axis=1 runs along the rows.",
)

# %% Every axis nbgrader={"grade_id": "logsumexp-axes", "grade": true, "points": 1}
# Arrays with one to three axes, each axis in turn, integers. z must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1661)
for shape, dtype, axes in [
    ((5,), int, (0, -1)),
    ((3, 3), float, (0, 1)),
    ((4, 1), int, (0, 1)),
    ((2, 3, 4), float, range(-3, 3)),
]:
    z = rng.uniform(-6, 6, shape).astype(dtype)
    before = z.copy()
    for axis in axes:
        expected = np.log(np.exp(before).sum(axis))
        found = logsumexp(z, axis)
        assert_unchanged(z, before, name="z after logsumexp(z, axis)")
        name = f"logsumexp(z, {axis}) with z of shape {shape} and dtype {z.dtype}"
        assert_close(found, expected, name=name, hint="That axis goes, the others stay.")
### END HIDDEN TESTS

# %% Far away and infinite nbgrader={"grade_id": "logsumexp-extremes", "grade": true, "points": 1}
# Rows that lie thousands apart, entries of -inf, rows of nothing but -inf, entries of inf.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1662)
base = rng.uniform(-3, 3, (7, 4))
shifts = np.array([0.0, 1e3, -1e3, 3e4, -3e4, 800.0, -720.0])
expected = np.log(np.exp(base).sum(axis=1)) + shifts
own = "Every row has a maximum of its own."
z = base + shifts[:, None]
for row in (3, 4):
    name = f"logsumexp(z[{row}], 0), with entries near {shifts[row]:g},"
    assert_scalar(logsumexp(z[row].copy(), 0), expected[row], name=name, hint=own)
found = logsumexp(z.copy(), 1)
assert_shape(found, (7,), name="logsumexp(z, 1) with z of shape (7, 4)")
for row in range(7):
    name = f"logsumexp(z, 1)[{row}], beside rows that are thousands away,"
    assert_scalar(found[row], expected[row], name=name, hint=own)
inf = np.inf
z = np.array([[-inf, 2.0, 2.0], [-inf, -inf, -inf], [1.0, 2.0, inf], [-inf, inf, inf]])
expected = np.array([2.0 + np.log(2.0), -inf, inf, inf])
infinite = "Where the maximum is infinite, z - max is nan. Shift by 0 there."
assert_close(logsumexp(z.copy(), 1), expected, name="logsumexp with -inf and inf", hint=infinite)
name = "logsumexp with -inf and inf, axis 0"
assert_close(logsumexp(z.T.copy(), 0), expected, name=name, hint=infinite)
gap = logsumexp(np.array([0.0, -5000.0]), 0)
name = "logsumexp of a zero and a number far below"
one = "The exponentials add up to 1, so their logarithm is 0."
assert_at_most(abs(scalar(gap, name=name)), 1e-15, what=f"The size of {name}", hint=one)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `softmax`
#
# The same shift: it multiplies numerator and denominator by $e^{-m}$, and cancels. An impossible
# class, with $z_i = -\infty$, gets the probability 0, exactly. And if *every* class is
# impossible? In an attention layer this happens to rows of padding, and $0/0$ would put `nan`
# into the whole batch. There is nothing to distribute, so let the answer be zeros.
#
# <details><summary>Hint</summary>
#
# After the shift the sum is at least 1, unless all is masked, when it is 0. So dividing by
# `np.maximum(total, 1.0)` changes nothing in the first case and gives 0 in the second.
#
# </details>


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(z, axis):
    """Probabilities in proportion to exp(z) along one axis, without overflow or underflow.

    Parameters
    ----------
    z : array of any shape
        Logits, floats or integers of any size; -inf may be among them. It is not changed.
    axis : int
        The axis along which the probabilities add up to 1; -1 is the last one.

    Returns
    -------
    array, of the shape of z
        exp(z) / sum(exp(z)): between 0 and 1, and 0 where z is -inf. Where all entries along the
        axis are -inf, all of them are 0.
    """
    ### BEGIN SOLUTION
    peak = np.max(z, axis=axis, keepdims=True)
    weights = np.exp(z - np.where(np.isfinite(peak), peak, 0.0))
    return weights / np.maximum(np.sum(weights, axis=axis, keepdims=True), 1.0)
    ### END SOLUTION


# %% A sixth, a third, a half nbgrader={"grade_id": "softmax-worked", "grade": true, "points": 1}
z = np.log([1.0, 2.0, 3.0])
for shift in (0.0, 1000.0, -1000.0):
    assert_close(
        softmax(z + shift, 0),
        [1 / 6, 1 / 3, 1 / 2],
        name=f"softmax(log([1, 2, 3]) + {shift:g}, 0)",
        hint="Adding a number to all logits changes nothing: subtract the largest one first.",
    )

# %% Every axis nbgrader={"grade_id": "softmax-axes", "grade": true, "points": 1}
# Arrays with one to three axes, each axis in turn, integers. z must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1671)
for shape, dtype, axes in [
    ((5,), int, (0, -1)),
    ((3, 3), float, (0, 1)),
    ((4, 1), int, (0, 1)),
    ((2, 3, 4), float, range(-3, 3)),
]:
    z = rng.uniform(-6, 6, shape).astype(dtype)
    before, weights = z.copy(), np.exp(z)
    for axis in axes:
        expected = weights / weights.sum(axis=axis, keepdims=True)
        found = softmax(z, axis)
        assert_unchanged(z, before, name="z after softmax(z, axis)")
        name = f"softmax(z, {axis}) with z of shape {shape} and dtype {z.dtype}"
        hint = "The shape stays, and the sum along that axis is 1."
        assert_close(found, expected, name=name, hint=hint)
### END HIDDEN TESTS

# %% Far away and masked nbgrader={"grade_id": "softmax-extremes", "grade": true, "points": 1}
# Rows that lie thousands apart, certainty, masked classes, and rows that are masked altogether.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1672)
base = rng.uniform(-3, 3, (7, 4))
expected = np.exp(base) / np.exp(base).sum(axis=1, keepdims=True)
shifts = np.array([0.0, 1e3, -1e3, 3e4, -3e4, 700.0, -720.0])
far = softmax(base + shifts[:, None], 1)
assert_shape(far, (7, 4), name="softmax(z, 1) with z of shape (7, 4)")
for row in range(7):
    name = f"softmax(z, 1)[{row}], with entries near {shifts[row]:g},"
    hint = "Every row has a maximum of its own."
    assert_close(far[row], expected[row], name=name, threshold=1e6, hint=hint)
certain = softmax(np.array([3000.0, -3000.0, 0.0]), 0)
assert_close(certain, [1.0, 0.0, 0.0], name="softmax of logits that lie thousands apart")
small = softmax(np.array([0.0, -300.0]), 0)
name = "softmax(z, 0)[1] with a second logit far below the first"
assert_shape(small, (2,), name="softmax(z, 0) with two logits")
assert_scalar(small[1], math.exp(-300.0), name=name, hint="Tiny, but not 0.")
inf = np.inf
z = np.array([[-inf, 2.0, 2.0], [-inf, -inf, -inf], [-inf, -inf, -900.0], [-inf, -9.0, -9.0]])
expected = np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.5, 0.5]])
masked = "A masked class gets 0. Where all are masked, the maximum is -inf and the sum is 0."
for axis, each, due in [(1, z, expected), (0, z.T, expected.T)]:
    found = softmax(each.copy(), axis)
    assert_close(found, due, name=f"softmax of masked logits, axis {axis}", hint=masked)
    zeros = np.asarray(found)[due == 0]
    assert np.all(zeros == 0), f"softmax of masked logits: some are {zeros.max():.1e}, not 0."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `cross_entropy`
#
# The temptation is to compute the probabilities first and take the logarithm of the right one.
# But with the logits $(0, -1000)$ and the right class second, $p_y$ underflows to 0 and the loss
# to `inf`, while its true value is 1000, a perfectly ordinary number. People then write
# `np.log(p + 1e-12)`. That is no repair: it reports 27.6 instead of 1000, and its gradient is
# wrong as well.
#
# Go the other way: $\text{loss} = \operatorname{lse}(z) - z_y$. No probability is needed.
#
# Only a class that was declared impossible has an infinite loss. If the right class has the logit
# $-\infty$, return `inf`, also where all classes have it and lse is $-\infty$ as well.
#
# <details><summary>Hint</summary>
#
# `logits[np.arange(n), labels]` picks the logit of the right class in each row. Subtract each
# row's maximum from all logits first: that leaves $\operatorname{lse}(z) - z_y$ as it is, and
# then the plain formula is safe.
#
# </details>


# %% nbgrader={"grade_id": "cross_entropy", "solution": true}
def cross_entropy(logits, labels):
    """Mean cross-entropy loss of a batch, computed from its logits.

    Parameters
    ----------
    logits : array, shape (n, k)
        A row of k scores for each of n examples, floats or integers of any size; -inf marks a
        class as impossible.
    labels : array of integers, shape (n,)
        The right class of each example, 0 <= label < k. Neither array is changed.

    Returns
    -------
    float
        The mean over all examples of log(sum(exp(z))) - z[label], where z is the example's row. It
        is inf if the right class of an example has the logit -inf, also where all others have it.
    """
    ### BEGIN SOLUTION
    right = logits[np.arange(len(labels)), labels]
    if np.any(np.isneginf(right)):
        return math.inf
    peak = np.max(logits, axis=1)
    logs = np.log(np.sum(np.exp(logits - peak[:, None]), axis=1))
    return float(np.mean(logs + (peak - right)))
    ### END SOLUTION


# %% A confident mistake nbgrader={"grade_id": "cross_entropy-worked", "grade": true, "points": 1}
logits = np.log([[1.0, 2.0, 3.0], [4.0, 1.0, 1.0]])
assert_scalar(
    cross_entropy(logits.copy(), np.array([2, 0])),
    -(np.log(1 / 2) + np.log(2 / 3)) / 2,
    name="cross_entropy(log([[1, 2, 3], [4, 1, 1]]), [2, 0])",
    hint="The right classes have the probabilities 3/6 and 4/6; take the mean of -log.",
)
assert_scalar(
    cross_entropy(np.array([[0.0, -1000.0]]), np.array([1])),
    1000.0,
    name="cross_entropy([[0, -1000]], [1])",
    hint="The probability of class 1 underflows to 0. Do not compute it: lse(z) - z[label].",
)

# %% Batches nbgrader={"grade_id": "cross_entropy-values", "grade": true, "points": 1}
# Random batches of many shapes, integer logits, byte labels. Neither array must change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1681)
for n, k, dtype, label_dtype in [
    (1, 4, float, np.int64),
    (4, 4, float, np.uint8),
    (9, 3, float, np.int64),
    (9, 3, int, np.uint8),
    (5, 1, int, np.int64),
    (2, 12, float, np.int64),
]:
    logits = rng.uniform(-6, 6, (n, k)).astype(dtype)
    labels = rng.integers(0, k, n).astype(label_dtype)
    rows = zip(logits.tolist(), labels.tolist(), strict=True)
    losses = [math.log(sum(map(math.exp, z))) - z[label] for z, label in rows]
    before = logits.copy(), labels.copy()
    found = cross_entropy(logits, labels)
    assert_unchanged(logits, before[0], name="logits after cross_entropy(logits, labels)")
    assert_unchanged(labels, before[1], name="labels after cross_entropy(logits, labels)")
    name = f"cross_entropy with logits of shape {(n, k)} and dtype {logits.dtype}"
    if k == 1:
        size = abs(scalar(found, name=name))
        assert_at_most(size, 1e-14, what=f"|{name}|", hint="One class: nothing to lose.")
    else:
        hint = "One logit a row, that of its label; then the mean over the rows."
        assert_scalar(found, np.mean(losses), name=name, threshold=1e5, hint=hint)
### END HIDDEN TESTS

# %% Far away and impossible nbgrader={"grade_id": "cross_entropy-extremes", "grade": true, "points": 1}
# Logits of thousands, confident right and wrong answers, and impossible classes.
### BEGIN HIDDEN TESTS
inf = np.inf
stay = "Take each row's largest logit out, and never take the logarithm of a probability."
own = "Every row has its own maximum."
added = "Adding 1e-12 under the logarithm gives 27.6."
nothing = "A class that is impossible, and wrong, adds nothing."
declared = "The right class was declared impossible: inf."
none = "All classes impossible: inf, not nan."
for kind, rows, labels, expected, hint in [
    ("one sure mistake in two", [[3000.0, 0.0], [0.0, 3000.0]], [0, 0], 1500.0, stay),
    ("equal logits far below 0", [[-2000.0, -2000.0]], [1], np.log(2.0), stay),
    ("close logits far above 0", [[5000.0, 5001.0, 5002.0]], [0], np.log(1 + np.e + np.e**2), stay),
    ("rows far apart", [[4000.0, 4000.0], [-5.0, -5.0]], [0, 1], np.log(2.0), own),
    ("a sure mistake", [[900.0, 100.0, 200.0]], [2], 700.0, stay),
    ("a tiny probability", [[0.0, -40.0]], [1], 40.0, added),
    ("an impossible wrong class", [[-inf, 1.0, 1.0]], [2], np.log(2.0), nothing),
    ("an impossible right class", [[-inf, 1.0, 1.0]], [0], inf, declared),
    ("a row of impossible classes", [[-inf, -inf], [0.0, 0.0]], [1, 0], inf, none),
]:
    found = cross_entropy(np.array(rows), np.array(labels))
    assert_scalar(found, expected, name=f"cross_entropy with {kind}", hint=hint)
sure = scalar(cross_entropy(np.array([[2000.0, 0.0]]), np.array([0])), name="The loss")
assert_at_most(
    abs(sure), 1e-15, what="The size of the loss of a sure, right answer", hint="Certain: 0."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 16.7 · Elimination
#
# Gaussian elimination subtracts multiples of one row from those below. The multiplier for row $i$
# in step $k$ is $a_{ik} / a_{kk}$, and if the **pivot** $a_{kk}$ is small the multiplier is huge.
# Here is what that does to the numbers in the matrix:
#
# $$
# \begin{pmatrix} 0.001 & 1 \\ 1 & 1 \end{pmatrix} \to
# \begin{pmatrix} 0.001 & 1 \\ 0 & -999 \end{pmatrix}
# \qquad \text{but with the rows swapped} \qquad
# \begin{pmatrix} 1 & 1 \\ 0.001 & 1 \end{pmatrix} \to
# \begin{pmatrix} 1 & 1 \\ 0 & 0.999 \end{pmatrix}.
# $$
#
# On the left $1 - 1000 = -999$ has swallowed the original 1. With $10^{-20}$ in the corner it
# would swallow it completely: $1 - 10^{20}$ rounds to $-10^{20}$, and the 1 has left no trace in
# the computation. The matrix was harmless, its condition number is below 3. The method created
# the trouble.
#
# **Partial pivoting** looks down the column, from the diagonal on, and swaps the row with the
# entry of largest size to the top. No multiplier is then larger than 1 in size. How much the
# numbers grow on the way is measured by the **growth factor**,
#
# $$
# \rho = \frac{\text{largest } |\text{entry}| \text{ that ever occurs in the matrix}}
#             {\text{largest } |\text{entry}| \text{ of } A},
# $$
#
# and the backward error of elimination grows like $\rho\, \varepsilon$. The growth factor is 999
# on the left and 1 on the right.
#
# ### Exercise: `growth_factor`
#
# Run the elimination, with or without pivoting, and keep track of the largest entry. *Ever
# occurs* includes the first matrix, the last one and all between: an entry may grow and shrink
# again. Multipliers are not entries of the matrix, even if programs like to store them there.
#
# <details><summary>Hint 1: one step</summary>
#
# With `M` for the matrix, step `k` is
# `M[k + 1 :, k + 1 :] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k + 1 :])`. The column under the
# pivot becomes zero and is never looked at again, so you may as well leave it alone.
#
# </details>
#
# <details><summary>Hint 2: swapping rows</summary>
#
# `np.argmax(np.abs(M[k:, k]))` counts from row `k`. And `M[[k, p]] = M[[p, k]]` swaps two rows,
# where `M[k], M[p] = M[p], M[k]` would write one of them twice.
#
# </details>


# %% nbgrader={"grade_id": "growth_factor", "solution": true}
def growth_factor(A, pivoting):
    """Growth of the entries of a matrix in Gaussian elimination.

    Parameters
    ----------
    A : array, shape (n, n)
        Floats or integers, not all zero. It is not changed.
    pivoting : bool
        True for partial pivoting: in each step the row whose entry in the pivot's column is
        largest in size (the first one of equals) is swapped to the top of the rows that are left.
        False for no swaps.

    Returns
    -------
    float
        The largest absolute entry of all matrices on the way, A itself included, over the largest
        absolute entry of A. Multipliers do not count.

    Raises
    ------
    numpy.linalg.LinAlgError
        If one of the first n - 1 pivots is exactly zero (after the swap, if there is one). The
        last one divides nothing and may be zero.
    """
    ### BEGIN SOLUTION
    M = np.array(A, dtype=float)
    start = largest = np.max(np.abs(M))
    for k in range(len(M) - 1):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        if M[k, k] == 0:
            raise np.linalg.LinAlgError(f"pivot {k} is zero")
        M[k + 1 :, k + 1 :] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k + 1 :])
        largest = max(largest, np.max(np.abs(M)))
    return float(largest / start)
    ### END SOLUTION


# %% With and without nbgrader={"grade_id": "growth_factor-worked", "grade": true, "points": 1}
A = np.array([[0.001, 1.0], [1.0, 1.0]])
assert_scalar(
    growth_factor(A.copy(), False),
    999.0,
    name="growth_factor([[0.001, 1], [1, 1]], False)",
    hint="The multiplier is 1000, and 1 - 1000 * 1 = -999.",
)
assert_scalar(
    growth_factor(A.copy(), True),
    1.0,
    name="growth_factor([[0.001, 1], [1, 1]], True)",
    hint="After the swap the multiplier is 0.001: nothing is larger than the 1 that A has.",
)

# %% Random matrices nbgrader={"grade_id": "growth_factor-random", "grade": true, "points": 1}
# Random matrices of several sizes and scales, integers. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1691)
for n, scale in [(1, 1.0), (2, 1.0), (5, 1e-6), (8, 1.0)]:
    A = scale * rng.standard_normal((n, n))
    for pivoting in (False, True):
        rows = list(range(n))
        largest = np.max(np.abs(A))
        for k in range(1, n):  # the Schur complements are what elimination leaves
            if pivoting:
                head = A[np.ix_(rows[: k - 1], range(k - 1))]
                left = A[np.ix_(rows[k - 1 :], range(k - 1))]
                column = A[rows[k - 1 :], k - 1]
                column = column - left @ np.linalg.solve(head, A[rows[: k - 1], k - 1])
                best = k - 1 + int(np.argmax(np.abs(column)))
                rows[k - 1], rows[best] = rows[best], rows[k - 1]
            B = A[rows]
            rest = B[k:, k:] - B[k:, :k] @ np.linalg.solve(B[:k, :k], B[:k, k:])
            largest = max(largest, np.max(np.abs(rest)))
        expected, before = largest / np.max(np.abs(A)), A.copy()
        found = growth_factor(A, pivoting)
        assert_unchanged(A, before, name="A after growth_factor(A, pivoting)")
        name = f"growth_factor(A, {pivoting}) with a random A of size {n}, scaled by {scale:g}"
        hint = "The largest absolute value among the entries of all matrices on the way."
        if pivoting:
            hint = "The pivot is the entry of largest size in its column, from row k down. " + hint
        assert_scalar(found, expected, name=name, threshold=1e7, hint=hint)
A = np.array([[2, 1, 1], [3, 4, 5], [1, 4, -7]])
whole = "Multipliers are fractions: convert to float before you subtract."
name = "growth_factor of a matrix of integers"
assert_scalar(growth_factor(A.copy(), False), 12.4 / 7, name=f"{name}, False", hint=whole)
assert_scalar(growth_factor(A.copy(), True), 26 / 21, name=f"{name}, True", hint=whole)
### END HIDDEN TESTS

# %% Hard cases nbgrader={"grade_id": "growth_factor-hard", "grade": true, "points": 1}
# Tiny and zero pivots, entries that grow and shrink again, the worst case of pivoting.
### BEGIN HIDDEN TESTS
A = np.array([[1e-20, 1.0], [1.0, 1.0]])
assert_scalar(
    growth_factor(A.copy(), False), 1e20, name="growth_factor(A, False) with a tiny first pivot"
)
swap = "Look for the largest absolute value, from the diagonal down."
assert_scalar(
    growth_factor(A.copy(), True), 1.0, name="growth_factor(A, True) with a tiny corner", hint=swap
)
A = np.array([[2.0, 1.0, 1.0], [-8.0, 1.0, 1.0], [4.0, 1.0, 1.0]])
name = "growth_factor of a matrix with the largest pivot below zero"
assert_scalar(growth_factor(A.copy(), True), 1.0, name=name, hint="Largest in size: take abs.")
n = 8
A = np.tril(np.full((n, n), -0.999), -1) + np.eye(n)
A[:, -1] = 1.0
worst = "Each step nearly doubles the last column."
assert_scalar(
    growth_factor(A.copy(), True), 1.999 ** (n - 1), name="growth_factor, worst case", hint=worst
)
A = np.array([[1.0, -1.0, -2.0], [1.0, 1.0, 2.0], [8.0, 2.0, 4.0]])
between = "An entry counts even if it shrinks again later: look after every step."
name = "growth_factor of a matrix whose entries grow and shrink again, False"
assert_scalar(growth_factor(A.copy(), False), 2.5, name=name, hint=between)
count = "The multipliers are no entries of the matrix."
A = np.array([[1.0, 0.5], [40.0, 20.0]])
assert_scalar(growth_factor(A / 100, False), 1.0, name="growth_factor, rank 1, False", hint=count)
zero = "A pivot of zero cannot divide: raise LinAlgError."
LinAlgError = np.linalg.LinAlgError
assert_raises(LinAlgError, growth_factor, np.array([[0.0, 1.0], [1.0, 1.0]]), False, hint=zero)
A = np.array([[1.0, 1.0, 2.0], [1.0, 1.0, 3.0], [1.0, 5.0, 4.0]])
assert_raises(LinAlgError, growth_factor, A.copy(), False, hint=zero)
assert_scalar(growth_factor(A.copy(), True), 1.0, name="growth_factor, a zero pivot, True")
A = np.array([[0.0, 1.0], [0.0, 2.0]])
assert_raises(LinAlgError, growth_factor, A, True, hint=zero)
last = "The last pivot divides nothing, so it may be zero."
for pivoting in (False, True):
    found = growth_factor(np.array([[2.0, 1.0], [4.0, 2.0]]), pivoting)
    assert_scalar(
        found, 1.0, name=f"growth_factor(A, {pivoting}) with a last pivot of zero", hint=last
    )
### END HIDDEN TESTS


# %% Plot growth and backward error tags=["demo"]
def eliminate(A, b, pivoting):
    """Solve A x = b by elimination."""
    M = np.column_stack([A, b])
    for k in range(len(A)):
        if pivoting:
            p = k + np.argmax(np.abs(M[k:, k]))
            M[[k, p]] = M[[p, k]]
        M[k + 1 :, k:] -= np.outer(M[k + 1 :, k] / M[k, k], M[k, k:])
    x = np.zeros(len(A))
    for k in reversed(range(len(A))):
        x[k] = (M[k, -1] - M[k, k + 1 : -1] @ x[k + 1 :]) / M[k, k]
    return x


rng = np.random.default_rng(5)
figure, ax = plt.subplots(figsize=(7.6, 3.8))
for pivoting, color, label in ((False, "#d1495b", "no swaps"), (True, "#1b6ca8", "pivoting")):
    points = []
    for _ in range(120):
        A, b = rng.standard_normal((20, 20)), rng.standard_normal(20)
        x = eliminate(A, b, pivoting)
        points.append((growth_factor(A, pivoting), backward_error(A, x, b)))
    ax.loglog(*np.transpose(points), "o", color=color, alpha=0.6, label=label, markeredgewidth=0)
growth = np.array([1.0, 5e3])
ax.loglog(growth, growth * np.finfo(float).eps, ":", color="#444444", label=r"$\rho\,\varepsilon$")
ax.set(xlabel=r"growth factor $\rho$", ylabel="backward error")
ax.set_title("Without swaps, elimination loses the digits by which the entries grow")
ax.legend()
show(
    "Backward error over growth factor for 240 random systems, both logarithmic. With pivoting all "
    "dots sit at growth 1 to 4 and errors near 1e-16. Without swaps growth is from 10 to three "
    "thousand, and the errors rise with it, below a dotted line of rho times eps."
)

# %% [markdown]
# Each dot is one random system of 20 equations, harmless ones. With pivoting (blue) the entries
# hardly grow and the backward error is at the level of rounding. Without (red) the entries grow
# tens to thousands of times, and the error follows. Your `backward_error` sees it without
# knowing any solution. (There are matrices whose entries double in every step even with pivoting.
# They have been known since 1961 and hardly ever occur.)
#
# ### Units
#
# Pivoting compares numbers, so it is fooled by units. Multiply the first equation of the example
# by $10^{6}$ and its tiny pivot becomes the largest entry of its column, though nothing has
# changed. It is the same with condition numbers: one column in millimetres and one in kilometres
# make $\kappa$ large for no good reason. **Equilibration** gives every row and every column the
# same size before anything else is done. Choose factors $r_i$ and $c_j$ such that
#
# $$
# B = \operatorname{diag}(r)\, A \operatorname{diag}(c)
# $$
#
# has a largest absolute entry of 1 in every row and in every column. Then $Ax = b$ becomes
# $B y = \operatorname{diag}(r)\, b$, with $x = \operatorname{diag}(c)\, y$. For example,
#
# $$
# A = \begin{pmatrix} 2 & 6000 \\ 0.003 & -3 \end{pmatrix}, \qquad
# r = \left(\tfrac{1}{6000}, \tfrac13\right), \qquad c = (1000, 1), \qquad
# B = \begin{pmatrix} 1/3 & 1 \\ 1 & -1 \end{pmatrix},
# $$
#
# and the condition number falls from 1.5 million to below 2.
#
# ### Exercise: `equilibrate`
#
# Rows first: divide each by its largest absolute entry. Then the columns of *the scaled matrix*.
# Convince yourself that the second step cannot spoil the first. (Columns first would do as well;
# the factors differ, but they have the same property.) A row or column of zeros cannot be scaled
# to 1. It keeps the factor 1.
#
# <details><summary>Hint</summary>
#
# `np.max(np.abs(A), axis=1)` is the size of each row. `r[:, None] * A` scales the rows. Use
# `np.where(size > 0, size, 1.0)` before you divide.
#
# </details>


# %% nbgrader={"grade_id": "equilibrate", "solution": true}
def equilibrate(A):
    """Factors that scale the rows and the columns of a matrix to the same size.

    Parameters
    ----------
    A : array, shape (m, n)
        Floats or integers; the size of the entries may differ widely (1e-100 to 1e100). It is not
        changed.

    Returns
    -------
    r : array, shape (m,)
        Positive factors for the rows; 1 for a row of zeros.
    c : array, shape (n,)
        Positive factors for the columns; 1 for a column of zeros. In diag(r) A diag(c) the largest
        absolute entry of every row and column that is not zero is 1, up to rounding.
    """
    ### BEGIN SOLUTION
    sizes = np.abs(A)
    rows = np.max(sizes, axis=1)
    r = 1 / np.where(rows > 0, rows, 1.0)
    columns = np.max(r[:, None] * sizes, axis=0)
    c = 1 / np.where(columns > 0, columns, 1.0)
    return r, c
    ### END SOLUTION


# %% Two units nbgrader={"grade_id": "equilibrate-worked", "grade": true, "points": 1}
A = np.array([[2.0, 6000.0], [0.003, -3.0]])
found = equilibrate(A.copy())
assert isinstance(found, (tuple, list)) and len(found) == 2, (
    f"equilibrate(A) should return two arrays, r and c, but gave {type(found).__name__}."
)
r, c = found
assert_shape(r, (2,), name="r from equilibrate(A)", hint="One factor a row, 1-D.")
assert_shape(c, (2,), name="c from equilibrate(A)", hint="One factor a column, 1-D.")
B = np.abs(np.reshape(r, (2, 1)) * A * np.asarray(c))
both = "Divide the rows by their largest entries, then the columns of the result by theirs."
assert_close(B.max(axis=1), [1.0, 1.0], name="the largest entry of each row of B", hint=both)
assert_close(B.max(axis=0), [1.0, 1.0], name="the largest entry of each column of B", hint=both)

# %% Any shape and scale nbgrader={"grade_id": "equilibrate-shapes", "grade": true, "points": 1}
# Tall, wide and square matrices with entries of very different size, integers. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1701)
for shape, spread in [
    ((4, 4), 0),
    ((5, 3), 0),
    ((3, 5), 6),
    ((1, 6), 6),
    ((6, 1), 6),
    ((4, 4), 90),
    ((5, 3), 90),
]:
    m, n = shape
    units = 10.0 ** rng.integers(-spread, spread + 1, m), rng.uniform(0.5, 9.0, n)
    A = units[0][:, None] * rng.uniform(-1, 1, shape) * units[1]
    if spread == 0:
        A = np.rint(20 * A).astype(int) + 1
    if spread == 90:
        A = A * 10.0 ** rng.integers(-9, 10, n)
    before = A.copy()
    r, c = equilibrate(A)
    assert_unchanged(A, before, name="A after equilibrate(A)")
    where = f"for a matrix of shape {shape}" + (f" in units up to 1e{spread}" if spread else "")
    assert_shape(r, (m,), name=f"r {where}")
    assert_shape(c, (n,), name=f"c {where}")
    r, c = np.asarray(r), np.asarray(c)
    assert np.all(r > 0), f"r {where}: factors are positive, but the smallest is {r.min():g}."
    assert np.all(c > 0), f"c {where}: factors are positive, but the smallest is {c.min():g}."
    B = np.abs(r[:, None] * before * c)
    hint = "Scale by absolute values, and the columns after the rows have been scaled."
    assert_close(
        B.max(axis=1), np.ones(m), name=f"the largest entry of each row of B {where}", hint=hint
    )
    assert_close(
        B.max(axis=0),
        np.ones(n),
        name=f"the largest entry of each column of B {where}",
        hint=hint,
    )
### END HIDDEN TESTS

# %% Zeros nbgrader={"grade_id": "equilibrate-zeros", "grade": true, "points": 1}
# Rows and columns of zeros, and a matrix of nothing else.
### BEGIN HIDDEN TESTS
keep = "A row or column of zeros keeps the factor 1: do not divide by its size."
A = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 4.0, -0.5, 50.0], [0.0, -30.0, 0.0, 2.0]])
for each in (A, A.T):
    r, c = equilibrate(each.copy())
    name = f"for a matrix of shape {each.shape} with zeros"
    assert_shape(r, (each.shape[0],), name=f"r {name}", hint=keep)
    assert_shape(c, (each.shape[1],), name=f"c {name}", hint=keep)
    assert_finite(r, name=f"r {name}", hint=keep)
    assert_finite(c, name=f"c {name}", hint=keep)
    assert_scalar(r[0], 1.0, name=f"r[0] {name}", hint=keep)
    assert_scalar(c[0], 1.0, name=f"c[0] {name}", hint=keep)
    B = np.abs(np.reshape(r, (-1, 1)) * each * np.asarray(c))
    assert_close(
        B.max(axis=1)[1:], np.ones(len(r) - 1), name=f"the largest entry of other rows {name}"
    )
    assert_close(
        B.max(axis=0)[1:], np.ones(len(c) - 1), name=f"the largest entry of other columns {name}"
    )
r, c = equilibrate(np.zeros((2, 3)))
assert_close(r, np.ones(2), name="r from equilibrate(zeros)", hint=keep)
assert_close(c, np.ones(3), name="c from equilibrate(zeros)", hint=keep)
### END HIDDEN TESTS

# %% Plot a matrix in mixed units tags=["demo"]
rng = np.random.default_rng(4)
core = matrices.with_singular_values(np.linspace(3, 1, 9), (9, 9), seed=rng)
rows, columns = 10.0 ** rng.integers(-6, 7, 9), 10.0 ** rng.integers(-6, 7, 9)
A = rows[:, None] * core * columns
r, c = equilibrate(A)
B = r[:, None] * A * c
figure, axes = plt.subplots(1, 2, figsize=(9, 3.9))
for ax, (title, matrix) in zip(
    axes, (("A, in mixed units", A), ("B, equilibrated", B)), strict=True
):
    s = np.linalg.svd(matrix, compute_uv=False)
    size = np.log10(np.abs(matrix))
    shown = ax.imshow(size, cmap="RdBu_r", vmin=-12, vmax=12)
    ax.set(title=f"{title}: $\\kappa$ = {s[0] / s[-1]:.2g}", xlabel="column", ylabel="row")
figure.colorbar(shown, ax=axes, label="power of ten", shrink=0.9)
figure.suptitle("The same nine equations: the stripes are units, not mathematics")
show(
    "Two maps of a 9 by 9 matrix, coloured by the power of ten of each entry. Left, stripes of "
    "red and blue from 1e-12 to 1e12 along rows and columns; right, after equilibration, all "
    "entries are pale, near 1. The condition number falls by many orders of magnitude."
)

# %% [markdown]
# On the left you see which equation and which unknown has which unit, and a condition number
# that would cost all 16 digits and more. On the right only the equations themselves are left, and
# they are harmless.
#
# Scaling has its limits, though. It cannot help where columns are nearly parallel, and that is
# common: over a few decades the square of the year looks much like the year itself.

# %% Scale powers of years tags=["demo"]
years = np.arange(1950.0, 2031.0)
print("columns 1, t, t^2, t^3       kappa    with columns scaled to 1")
for name, t in (("t = year", years), ("t = year - 1990", years - 1990)):
    P = np.column_stack([np.ones(81), t, t**2, t**3])
    scaled = P / np.max(np.abs(P), axis=0)
    print(f"{name:20s} {condition_number(P):13.2g} {condition_number(scaled):27.2g}")

# %% [markdown]
# With the year as it stands, your function calls the matrix singular. Scaling the columns brings
# its condition number to millions. Subtracting 1990 *before* taking powers, and then scaling,
# brings it to 8. The first repair changes units. The second changes the question, to one that is
# not sensitive, and that is the only cure for an ill-conditioned problem.

# %% [markdown]
# ## 16.8 · Application: a training run that turns to NaN
#
# Can a computer tell a brick wall from grass and from gravel by a patch of 16 × 16 pixels? The
# next cells train a classifier on real photographs: `brick`, `grass` and `gravel` from
# scikit-image, each 512 × 512 pixels and free of rights (CC0). The left halves are for training,
# the right halves for testing, 1536 patches each.

# %% Cut the photographs into patches tags=["demo"]
NAMES = ("brick", "grass", "gravel")
COLORS = ("#d1495b", "#2e8b57", "#1b6ca8")


def texture_patches(half):
    """Patches, shape (1536, 16, 16), and labels, shape (1536,), from the left or the right half."""
    columns = slice(0, 256) if half == "left" else slice(256, 512)
    pictures = [photograph()[:, columns] for photograph in (data.brick, data.grass, data.gravel)]
    tiles = [picture.reshape(32, 16, 16, 16).swapaxes(1, 2) for picture in pictures]
    return np.concatenate(tiles).reshape(-1, 16, 16), np.repeat([0, 1, 2], 512)


patches, labels = texture_patches("left")
rng = np.random.default_rng(8)
figure, axes = plt.subplots(3, 13, figsize=(10, 2.7))
for label, row in enumerate(axes):
    row[0].imshow((data.brick, data.grass, data.gravel)[label]())
    row[0].text(-60, 256, NAMES[label], color=COLORS[label], ha="right", va="center")
    for ax, choice in zip(row[1:], rng.choice(512, 12, replace=False), strict=True):
        ax.imshow(patches[labels == label][choice], vmin=0, vmax=255)
    for ax in row:
        ax.set_axis_off()
figure.suptitle("Three photographs, and twelve patches of each: not always easy")
show(
    "Three rows, for brick, grass and gravel: the photograph and twelve small grey patches cut "
    "from it. Patches of brick are smooth or show a bright joint, those of grass have fine blades, "
    "those of gravel have blobs with dark gaps."
)

# %% [markdown]
# Each row begins with its photograph. Many patches of brick are flat and easy; a leaf in the grass
# and a large stone in the gravel are much alike.
#
# Where in a patch a blade of grass lies says nothing, so raw pixels would be a poor start.
# Describe each patch by six numbers instead: mean and variance of its bytes, the mean square and
# the mean size of the steps from each pixel to its right neighbour, and the same for steps
# downwards. A column of ones makes room for a constant.
#
# The classifier is the simplest there is: logits $Z = XW$, probabilities by the softmax, loss by
# the cross-entropy, and gradient descent with the gradient $\tfrac1n X^\top (P - Y)$, where $P$
# holds the probabilities and $Y$ a 1 in each row, at the right class. You have met every part of
# it. The first version is written the way it stands in a textbook.


# %% Train as the textbook says tags=["demo"]
def texture_features(patches):
    """Six numbers for each patch, shape (n, 6)."""
    pixels = patches.astype(float)
    across, down = np.diff(pixels, axis=2), np.diff(pixels, axis=1)
    measures = [pixels.mean((1, 2)), pixels.var((1, 2))]
    measures += [(step**2).mean((1, 2)) for step in (across, down)]
    measures += [np.abs(step).mean((1, 2)) for step in (across, down)]
    return np.column_stack(measures)


def with_ones(features):
    return np.column_stack([features, np.ones(len(features))])


def train(X, labels, step, steps, probabilities, loss):
    """Gradient descent; gives the weights, and at each step the loss and the largest logit."""
    W, Y = np.zeros((X.shape[1], 3)), np.eye(3)[labels]
    losses, largest = [], []
    for _ in range(steps):
        Z = X @ W
        losses.append(loss(Z, labels))
        largest.append(np.max(Z))
        W = W - step * X.T @ (probabilities(Z) - Y) / len(X)
    return W, np.array(losses), np.array(largest)


def textbook_probabilities(Z):
    return np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)


def textbook_loss(Z, labels):
    return -np.mean(np.log(textbook_probabilities(Z)[np.arange(len(labels)), labels]))


patches, labels = texture_patches("left")
X = with_ones(texture_features(patches))
with np.errstate(all="ignore"):
    W, losses, largest = train(X, labels, 2e-4, 250, textbook_probabilities, textbook_loss)
broken = int(np.argmax(~np.isfinite(losses)))
print("step      loss   largest logit")
for k in (0, 1, 10, 100, broken - 1, broken, broken + 1):
    print(f"{k:4d} {losses[k]:9.2f} {largest[k]:15.2f}")
print("weights that are nan at the end:", int(np.isnan(W).sum()), "of", W.size)

# %% [markdown]
# For more than a hundred steps the run looks merely bad. Then, from one step to the next, the
# loss is `nan`, and one step later every weight is. There is nothing left to rescue, and the last
# number that you saw gave no warning. The column on the right did.

# %% Plot the accident tags=["demo"]
patches, labels = texture_patches("left")
X = with_ones(texture_features(patches))
with np.errstate(all="ignore"):
    W, losses, largest = train(X, labels, 2e-4, 250, textbook_probabilities, textbook_loss)
repaired = train(X, labels, 2e-4, 250, lambda Z: softmax(Z, 1), cross_entropy)
broken = int(np.argmax(~np.isfinite(losses)))
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.7))
left.plot(repaired[2], color="#e09f3e", linewidth=1, label="your softmax and cross_entropy")
left.plot(largest, color="#d1495b", linewidth=1.4, label="textbook formulas")
left.plot(broken, largest[broken], "x", color="#222222", markersize=9, markeredgewidth=2)
left.axhline(np.log(np.finfo(float).max), color="#444444", linestyle=":")
left.text(0, 725, "$e^z$ overflows above 709.8", color="#444444")
left.set(xlabel="step", ylabel="largest logit", ylim=(0, 1000), title="The cause: a logit of 710")
left.legend(loc="lower right")
right.plot(repaired[1], color="#e09f3e", linewidth=1)
right.plot(losses, color="#d1495b", linewidth=1.4)
right.plot(broken - 1, losses[broken - 1], "x", color="#222222", markersize=9, markeredgewidth=2)
right.text(broken + 3, 26, "nan from here on", color="#d1495b")
right.set(xlabel="step", ylabel="loss", ylim=(0, 135), title="The effect: a loss of nan")
show(
    "Left, the largest logit of the textbook run zigzags upward, reaches the dotted line at 709.8 "
    "after some 130 steps, marked by a cross, and ends there, while the run with the stable "
    "formulas goes on around it. Right, the losses: both begin at 1, jump to more than 100 and "
    "zigzag between 5 and 50; the textbook one ends at the cross."
)

# %% [markdown]
# The cross is where the first logit passes $709.8$. Its exponential is `inf`, its probability is
# `inf / inf`, and `nan` takes over. Up to there red and amber are the same curve.
#
# Amber is the same training with *your* functions, and it goes on without a word. The first
# repair is complete: no logit whatever can break it now. But look at the loss. Random guessing
# has a loss of $\log 3 \approx 1.1$, and this run stays above five, jumping up and down. The
# method is stable now. The **problem** is still ill-conditioned, and that is the second repair.

# %% Look at the condition numbers tags=["demo"]
patches, labels = texture_patches("left")
F = texture_features(patches)
standardized = np.empty_like(F)
for j in range(F.shape[1]):
    state = (0, 0.0, 0.0)
    for batch in np.array_split(F[:, j], 24):  # as if they came from a disk
        state = running_variance(state, batch)
    standardized[:, j] = (F[:, j] - state[1]) / np.sqrt(state[2])
    print(f"feature {j}: mean {state[1]:7.1f}, standard deviation {np.sqrt(state[2]):6.1f}")
tables = {
    "as they are": with_ones(F),
    "columns scaled to 1": with_ones(F / np.max(F, axis=0)),
    "standardized": with_ones(standardized),
}
print("\ncolumns of X             kappa(X)   digits lost   kappa(X.T @ X)")
for name, X in tables.items():
    kappa = condition_number(X)
    print(f"{name:20s} {kappa:12.1f} {digits_lost(kappa):13.1f} {condition_number(X.T @ X):16.3g}")

# %% [markdown]
# The variance of a patch is of the order of 1000, the mean step of the order of 10, the constant
# is 1: different units. Four digits are no catastrophe for a solver with sixteen. But gradient
# descent feels $\kappa(X^\top X) = \kappa(X)^2$: its step must be small enough for the steepest
# direction, and then it crawls along the flattest one, $10^8$ times slower.
#
# Scaling the columns helps. Standardizing them, which subtracts each column's mean and divides by
# its standard deviation, helps more: features that are all positive and far from 0 are nearly
# parallel to the column of ones, and subtracting the mean mends that. The mean and the variance
# come from your `running_variance`, in 24 batches, as if the data were too large for the memory.
# And they come from the *training* half alone; the test half is treated with the same numbers.

# %% Train three times tags=["demo"]
patches, labels = texture_patches("left")
unseen, answers = texture_patches("right")
F, G = texture_features(patches), texture_features(unseen)
center, spread = np.empty(6), np.empty(6)
for j in range(6):
    state = (0, 0.0, 0.0)
    for batch in np.array_split(F[:, j], 24):
        state = running_variance(state, batch)
    center[j], spread[j] = state[1], np.sqrt(state[2])
runs = (
    ("raw features, step 0.0002", "#e09f3e", with_ones(F), with_ones(G), 2e-4),
    ("raw features, step 0.000003", "#6a4c93", with_ones(F), with_ones(G), 3e-6),
    (
        "standardized, step 2",
        "#1b6ca8",
        with_ones((F - center) / spread),
        with_ones((G - center) / spread),
        2.0,
    ),
)
photographs = (data.brick, data.grass, data.gravel)
strip = np.hstack([photograph()[:160, 256:] for photograph in photographs])
palette = np.array([[0xD1, 0x49, 0x5B], [0x2E, 0x8B, 0x57], [0x1B, 0x6C, 0xA8]])
figure, axes = plt.subplot_mosaic(
    [["loss", "photo"], ["loss", "0"], ["loss", "1"], ["loss", "2"]],
    figsize=(10.4, 5.2),
    width_ratios=[1, 1.28],
)
axes["photo"].imshow(strip)
axes["photo"].set_title("test halves of brick, grass and gravel")
for number, (name, color, X, unseen_X, step) in enumerate(runs):
    W, losses, _ = train(X, labels, step, 250, lambda Z: softmax(Z, 1), cross_entropy)
    axes["loss"].semilogy(losses, color=color, label=name, linewidth=1.3)
    guess = np.argmax(unseen_X @ W, axis=1)
    grid = guess.reshape(3, 32, 16)[:, :10].swapaxes(0, 1).reshape(10, 48)
    painted = 0.55 * palette[np.kron(grid, np.ones((16, 16), dtype=int))] + 0.45 * strip[..., None]
    axes[str(number)].imshow(painted.astype(np.uint8))
    right = np.mean(guess == answers)
    axes[str(number)].set_title(f"{name}: {right:.0%} right", color=color)
axes["loss"].axhline(np.log(3), color="#888888", linestyle=":", linewidth=1)
axes["loss"].text(250, 1.15, "guessing", color="#666666", ha="right")
axes["loss"].set(xlabel="step", ylabel="loss", title="Stable is not enough")
axes["loss"].legend(loc="center right", bbox_to_anchor=(1, 0.4))
for key in ("photo", "0", "1", "2"):
    axes[key].set_axis_off()
show(
    "Left, the loss over 250 steps: with raw features and step 0.0002 it zigzags between 5 and "
    "100, far above guessing at 1.1; with step 0.000003 it sinks slowly to 0.45; with standardized "
    "features it falls below 0.45 in three steps and to 0.24 in the end. Right, strips of the test "
    "photographs, each patch painted in the colour of the class it is given: many wrong patches in "
    "the first, few in the last."
)

# %% [markdown]
# Red means *brick*, green *grass*, blue *gravel*; each photograph should have one colour. The
# amber run is the one that would have turned to NaN: it survives, and its loss never comes down
# to that of guessing. With a step that is 67 times smaller (purple) the raw features do learn,
# slowly. With standardized features (blue) the step can be 2, and three steps do what purple
# does in 250. One patch in thirteen is still wrong: small stones with many gaps pass for grass,
# and broad leaves pass for stones. That is no longer a matter of digits. It is what six numbers
# know of a texture.
#
# So the repair had two parts, and neither can stand in for the other:
#
# | | the method | the problem |
# |---|---|---|
# | symptom | `nan` from one step to the next | a loss that jumps, or crawls |
# | cause | $e^z$ overflows, a probability underflows | $\kappa(X^\top X) = 1.25 \cdot 10^8$ |
# | repair | shift by the largest logit, stay with logarithms | standardize the features |
#
# What people do first when they see `nan`, a smaller step, is a repair of neither. It hides the
# one and pays for the other.

# %% [markdown]
# ## 16.9 · In your own words
#
# Three colleagues ask for your help.
#
# 1. Anna solves $Ax = b$ with `np.linalg.solve`. The residual is at the level of rounding, but
#    the solution differs from the one she knows in the fifth digit.
# 2. Ben computes the variance of a room's temperature in kelvin, measured to nine digits and
#    hardly changing, as `np.mean(x**2) - np.mean(x)**2`. It comes out negative.
# 3. Cora fits a cubic to sales figures with the year as it stands, 1950 to 2030, as the variable.
#    The coefficients change completely when she rounds the figures a little differently.
#
# **For each of them: is the problem to blame, or the method? How do you know, and what do you
# advise?** Two or three sentences each. Use the words *condition number* and *backward error*
# where they belong.

# %% [markdown] nbgrader={"grade_id": "whose-fault", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point each, half of it for the verdict with its reason, half for the advice; the words may
# differ.
#
# 1. **The problem.** A residual at the level of rounding (relative to
#    $\|A\| \|x\| + \|b\|$) means a backward error near $\varepsilon$: the method is stable and
#    has solved a system that agrees with hers in 16 digits. The forward error is about
#    $\kappa \cdot \eta$, so $\kappa(A)$ must be about $10^{11}$; she should compute it. Another
#    solver in the same precision will not help. Advice: reformulate (other variables, scaling if
#    units are the cause, regularization), or more digits in the data *and* the arithmetic.
# 2. **The method.** The data show their spread, so the variance can be computed from them. But the
#    two terms are both near $300^2 \approx 10^5$, and their difference is below their rounding
#    errors: cancellation. A negative value proves it: no data near his, nor any data at all, have
#    one, so the backward error is huge. Advice: subtract the mean first (`np.var`), or update
#    mean and variance batch by batch if there is only one pass.
# 3. **The problem, as she has posed it.** The columns $1, t, t^2, t^3$ for years near 1990 are
#    nearly parallel; the condition number is about $6 \cdot 10^{15}$ as it stands (for
#    `condition_number` that is `inf`) and near $10^7$ with scaled columns. Small changes of the
#    data change the coefficients a lot, whatever the solver. It is the *coefficients* that are
#    ill-conditioned, not the fitted curve. Advice: use $t - 1990$, divided by a typical size (or
#    orthogonal polynomials).
#
# Wrong, and common: "use a better solver" for 1 or 3; "the residual is small, so the answer is
# right" for 1; "use more digits" as the only advice for 2 (it moves the trap and does not remove
# it); "scaling the columns is enough" for 3 (half a point).
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have two gauges, one for the problem (`condition_number`, `amplification`) and one for the
# method (`backward_error`, `growth_factor`), and a workshop of repairs: roots that do not cancel,
# sums that do not drift, a variance from one pass, a softmax and a loss that no logit can break,
# and a scaling that takes the units out. And you have brought a training run back from `nan`.
#
# Three rules to take along:
#
# - **Ask for the condition number first.** It tells you what any method can give you.
# - **Look for the subtraction.** Where a formula loses digits, two nearly equal numbers meet.
# - **Stay with logarithms** until somebody insists on probabilities.
#
# Where it leads:
#
# - **Section 9** solves least squares without squaring the condition number.
# - **Section 14** keeps vectors orthogonal in spite of rounding.
# - **Section 21** subtracts the mean first, too, and looks for principal components.
# - **Section 25** works with probabilities so small that only their logarithms exist.
#
# In the libraries: `np.linalg.cond`, `scipy.special.logsumexp`, `softmax` and `log_softmax`,
# `math.fsum`, `np.log1p` and `np.expm1`, `np.hypot`; and in every deep learning framework a
# cross-entropy that takes *logits*. Give it logits.
