# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · Solving large systems with conjugate gradients
#
# Training a Gaussian process, taking a Newton step, smoothing labels over a graph, filling a hole
# in a photograph: each of them ends in $Ax = b$ with a symmetric positive definite $A$, and often
# with so many unknowns that $A$ cannot be stored, let alone factorized. The conjugate gradient
# method never asks to see $A$. It only asks what $A$ does to a vector, once an iteration, and it
# makes the most of the answer.
#
# After this notebook you can
#
# - read a linear system as the bottom of a bowl, and tell which matrices make a bowl;
# - explain why walking straight downhill zigzags, and how conjugate directions avoid it;
# - write a solver that touches $A$ once an iteration and knows when to stop;
# - bound the number of iterations by the condition number, and lower both with a preconditioner;
# - wipe text off a photograph by solving for more than thirty thousand hidden pixels.
#
# Allow about 90 minutes. Every function stands on its own: none of them needs another one that
# you wrote, so a slip in one exercise costs you that exercise only.

# %% Setup
import math

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

from autograder.checks import (
    assert_at_most,
    assert_close,
    assert_dtype,
    assert_in,
    assert_integer,
    assert_raises,
    assert_scalar,
    assert_unchanged,
    counted,
    matrices,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
plt.style.use("autograder.course")

# %% [markdown]
# ## 12.1 · A linear system is the bottom of a bowl
#
# Let $A$ be a symmetric $n \times n$ matrix and $b$ a vector with $n$ entries. Put them into a
# function that turns a vector $x$ into one number, a height:
#
# $$f(x) = \tfrac12\, x^\top A x - b^\top x .$$
#
# Because $A$ is symmetric, the gradient of $f$ is short:
#
# $$\nabla f(x) = A x - b .$$
#
# It vanishes exactly where $Ax = b$. If $f$ is shaped like a bowl, its lowest point *is* the
# solution of the linear system, and every way of going downhill is a way of solving equations.
# The direction that leads downhill most steeply is minus the gradient, and it has a name you
# know: the **residual** $r = b - Ax$.
#
# **A small example to keep.** This system goes through the whole notebook:
#
# $$A = \begin{pmatrix} 4 & 1 \\ 1 & 3 \end{pmatrix}, \qquad
#   b = \begin{pmatrix} 1 \\ 2 \end{pmatrix}, \qquad
#   x^\star = \begin{pmatrix} 1/11 \\ 7/11 \end{pmatrix}.$$

# %% [markdown]
# ### Exercise: `quadratic`
#
# Write `quadratic(A, b, x)`, the height $f(x)$ of the bowl at $x$.
#
# <details><summary>Hint</summary>
#
# With 1-D arrays, `x @ A @ x` is already the number $x^\top A x$. No transpose is needed.
#
# </details>


# %% nbgrader={"grade_id": "quadratic", "solution": true}
def quadratic(A, b, x):
    """Height f(x) = 1/2 x^T A x - b^T x of the bowl at x.

    Parameters
    ----------
    A : array, shape (n, n)
        Symmetric, floats or integers.
    b, x : arrays, shape (n,)
        Floats or integers. None of the three is changed.

    Returns
    -------
    float
        One number, not an array of one.
    """
    ### BEGIN SOLUTION
    return 0.5 * (x @ A @ x) - b @ x
    ### END SOLUTION


# %% Three heights nbgrader={"grade_id": "quadratic-basics", "grade": true, "points": 1}
A = np.array([[4.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])
cases = [
    ("[0, 0]", [0.0, 0.0], 0.0, "Both terms vanish at the origin."),
    (
        "[2, 1]",
        [2.0, 1.0],
        7.5,
        "By hand: x^T A x = 16 + 4 + 3 = 23 and b^T x = 4, so f = 23/2 - 4.",
    ),
    (
        "[1/11, 7/11]",
        [1 / 11, 7 / 11],
        -15 / 22,
        "Where A x = b, x^T A x = b^T x and f = -1/2 b^T x.",
    ),
]
for point, x, expected, reason in cases:
    assert_scalar(
        quadratic(A, b, np.array(x)), expected, name=f"quadratic(A, b, {point})", hint=reason
    )

# %% Any size nbgrader={"grade_id": "quadratic-any-size", "grade": true, "points": 1}
# Other sizes, whole numbers, and arguments that must come back as they went in.
### BEGIN HIDDEN TESTS
A = np.array([[3, 1, 0], [1, 2, 1], [0, 1, 4]])
assert_scalar(
    quadratic(A, np.array([1, 0, 2]), np.array([1, 1, 2])),
    13.5 - 5,
    name="quadratic with integer arrays",
    hint="Half of an odd number is not a whole number: divide with /, not //.",
)

rng = np.random.default_rng(1201)
A = matrices.symmetric_with_eigenvalues(rng.uniform(-2, 5, 5), seed=rng)
b, x = rng.standard_normal((2, 5))
before = A.copy(), b.copy(), x.copy()
expected = sum(x[i] * (A[i] @ x) for i in range(5)) / 2 - sum(b * x)
assert_scalar(
    quadratic(A, b, x),
    expected,
    name="quadratic(A, b, x) with n = 5",
    hint="f(x) = 1/2 x^T A x - b^T x, all entries of A included.",
)
for argument, old, letter in zip((A, b, x), before, "Abx", strict=True):
    assert_unchanged(argument, old, name=letter, hint="quadratic only reads its arguments.")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `gradient`
#
# Write `gradient(A, b, x)`, the vector $\nabla f(x) = Ax - b$ of shape `(n,)`. The visible test
# compares it with slopes measured on the bowl itself.
#
# <details><summary>Hint</summary>
#
# The half in front of $x^\top A x$ is there to cancel the 2 that differentiating a square brings
# down. So no factor is left over.
#
# </details>


# %% nbgrader={"grade_id": "gradient", "solution": true}
def gradient(A, b, x):
    """Gradient of f(x) = 1/2 x^T A x - b^T x.

    Parameters
    ----------
    A : array, shape (n, n)
        Symmetric, floats or integers.
    b, x : arrays, shape (n,)
        Floats or integers. None of the three is changed.

    Returns
    -------
    array, shape (n,)
        The direction of steepest ascent; zero where A x = b.
    """
    ### BEGIN SOLUTION
    return A @ x - b
    ### END SOLUTION


# %% Measured slopes nbgrader={"grade_id": "gradient-basics", "grade": true, "points": 1}
A = np.array([[4.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])
x = np.array([2.0, 1.0])


def height(point):
    return 0.5 * point @ A @ point - b @ point


h = 1e-3
slopes = [(height(x + h * e) - height(x - h * e)) / (2 * h) for e in np.eye(2)]
assert_close(
    gradient(A.copy(), b.copy(), x.copy()),
    np.array(slopes),
    name="gradient(A, b, [2, 1])",
    threshold=1e6,
    hint="These are the slopes of f at x, measured with small steps along each axis: (8, 3).",
)
steepness = np.linalg.norm(gradient(A, b, np.array([1.0, 7.0]) / 11))
assert steepness < 1e-14, (
    "At the solution [1/11, 7/11] the bowl is level, but your gradient has the length "
    f"{steepness:.3g}."
)

# %% Any size nbgrader={"grade_id": "gradient-any-size", "grade": true, "points": 1}
# Other sizes, whole numbers, and arguments that must come back as they went in.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1202)
A = matrices.symmetric_with_eigenvalues(rng.uniform(-2, 5, 6), seed=rng)
b, x = rng.standard_normal((2, 6))
before = A.copy(), b.copy(), x.copy()
expected = np.array([sum(A[i, j] * x[j] for j in range(6)) - b[i] for i in range(6)])
assert_close(
    gradient(A, b, x),
    expected,
    name="gradient(A, b, x) with n = 6",
    hint="The gradient points uphill: A x - b. Its negative, b - A x, is the residual.",
)
for argument, old, letter in zip((A, b, x), before, "Abx", strict=True):
    assert_unchanged(argument, old, name=letter, hint="gradient only reads its arguments.")

A = np.array([[3, 1, 0], [1, 2, 1], [0, 1, 4]])
assert_close(
    gradient(A, np.array([1, 0, 2]), np.array([1, 1, 2])),
    np.array([3.0, 5.0, 7.0]),
    name="gradient with integer arrays",
    hint="Whole numbers need no special treatment: A x - b.",
)
### END HIDDEN TESTS

# %% [markdown]
# The picture shows level lines of your bowl for the small system, and minus your gradient at
# points of equal height. Every arrow leaves its level line at a right angle: that is the steepest
# way down. Few of them aim at the lowest point. *Steepest* is not *straight to the goal*; keep
# that in mind.

# %% Plot the bowl and its downhill directions tags=["demo"]
A = np.array([[4.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])
lowest = np.array([1 / 11, 7 / 11])
across, up = np.linspace(-1.4, 1.6, 80), np.linspace(-0.7, 2.0, 80)
heights = [[quadratic(A, b, np.array([s, t])) for s in across] for t in up]

fig, ax = plt.subplots(figsize=(5.6, 4.4))
levels = [-0.6, -0.4, 0, 0.6, 1.5, 2.7, 4.2]
ax.contour(across, up, heights, levels, colors="0.75", linewidths=1, linestyles="solid")
for angle in np.arange(0, 2 * np.pi, np.pi / 5):
    way = np.array([np.cos(angle), np.sin(angle)])
    x = lowest + np.sqrt(2 * (1.5 + 15 / 22) / (way @ A @ way)) * way  # a point with f(x) = 1.5
    ax.annotate(
        "",
        xy=x - 0.12 * gradient(A, b, x),
        xytext=x,
        arrowprops={"arrowstyle": "->", "color": "#1b6ca8", "lw": 1.6, "shrinkA": 0, "shrinkB": 0},
    )
    ax.plot(*x, "o", color="#1b6ca8", markersize=4)
ax.plot(*lowest, "*", color="#d1495b", markersize=13)
ax.annotate("$Ax = b$", lowest, xytext=(9, -4), textcoords="offset points", color="#d1495b")
ax.set(xlabel="$x_1$", ylabel="$x_2$", title="Minus the gradient leads downhill", aspect="equal")
show(
    "Contour lines of a bowl over the plane, ellipses around the lowest point, which is marked A "
    "x = b. Ten arrows start on one of the lines at right angles to it and point downhill."
)

# %% [markdown]
# ## 12.2 · Which matrices make a bowl
#
# A symmetric $A$ makes a bowl when $x^\top A x > 0$ for every $x \neq 0$, or, which is the same,
# when all its eigenvalues are positive. Such a matrix is **symmetric positive definite**, SPD for
# short. If the smallest eigenvalue is zero, the bowl becomes a trough without a lowest point, or
# with a whole line of them; with eigenvalues of both signs it becomes a saddle, and downhill never
# ends.
#
# You meet SPD matrices as covariance matrices of full rank, as $X^\top X$ with independent
# columns, as kernel matrices with a small number added to the diagonal, as Hessians where a smooth
# loss has a minimum that is flat in no direction, and as Laplacians of connected grids and graphs
# with some values held fixed.

# %% Plot a bowl, a trough and a saddle tags=["demo"]
ticks = np.linspace(-1, 1, 61)
shapes = {
    "Bowl: eigenvalues 3 and 1": [[2.0, 1.0], [1.0, 2.0]],
    "Trough: eigenvalues 2 and 0": [[1.0, 1.0], [1.0, 1.0]],
    "Saddle: eigenvalues 3 and -1": [[1.0, 2.0], [2.0, 1.0]],
}
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True)
for ax, (title, rows) in zip(axes, shapes.items(), strict=True):
    heights = [
        [quadratic(np.array(rows), np.zeros(2), np.array([s, t])) for s in ticks] for t in ticks
    ]
    drawn = ax.contourf(ticks, ticks, heights, levels=np.linspace(-3, 3, 25), cmap="RdBu_r")
    ax.set(xlabel="$x_1$", title=title, aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
axes[0].set_ylabel("$x_2$")
fig.colorbar(drawn, ax=axes, label="height $f(x)$", ticks=[-3, 0, 3], shrink=0.85)
show(
    "Three maps of a height over the plane. The bowl rises from the centre in all directions. The "
    "trough is level along one diagonal and rises across it. The saddle rises along one diagonal "
    "and falls along the other."
)

# %% [markdown]
# Red is above zero, blue is below. The bowl rises from its lowest point in every direction. The
# trough has a level floor along the diagonal, and nothing tells its points apart. The saddle
# rises one way and falls the other.
#
# ### Exercise: `is_spd`
#
# Write `is_spd(A)`. In floating point, "symmetric" and "positive" both need a tolerance, and a
# tolerance needs a scale: $10^{-15}$ is rounding error next to 1, but it is everything when all
# entries are that small. So measure against the matrix itself:
#
# - symmetric: no $|a_{ij} - a_{ji}|$ is more than $10^{-12}$ times the largest $|a_{ij}|$;
# - positive definite: the smallest eigenvalue is more than $10^{-12}$ times the largest
#   $|\lambda_i|$.
#
# Anything that cannot be SPD (not square, NaN or infinity inside) gets `False`, not an exception.
#
# <details><summary>Hint 1</summary>
#
# `np.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix in ascending order. It reads
# one triangle only, so it cannot notice that a matrix is not symmetric.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The order matters: shape first, then finite entries, then symmetry, then eigenvalues. Return
# `False` as soon as one fails.
#
# </details>


# %% nbgrader={"grade_id": "is_spd", "solution": true}
def is_spd(A):
    """Tell whether A is symmetric positive definite, up to rounding.

    Parameters
    ----------
    A : array, shape (m, n), at least one row and one column
        Floats or integers, possibly NaN or infinite. Not changed.

    Returns
    -------
    bool
        True if A is square, all entries are finite, no |A[i, j] - A[j, i]| is more than 1e-12 times
        the largest |A[i, j]|, and the smallest eigenvalue is more than 1e-12 times the largest
        absolute value of an eigenvalue. False otherwise.
    """
    ### BEGIN SOLUTION
    rows, columns = np.shape(A)
    if rows != columns or not np.all(np.isfinite(A)):
        return False
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12 * np.max(np.abs(eigenvalues)))
    ### END SOLUTION


# %% Bowls and others nbgrader={"grade_id": "is_spd-basics", "grade": true, "points": 1}
cases = [
    ([[4.0, 1.0], [1.0, 3.0]], True, "Its eigenvalues, 2.4 and 4.6, are positive."),
    ([[2.0, -1.0], [-1.0, 2.0]], True, "Negative entries do no harm: the eigenvalues are 1 and 3."),
    (
        [[1.0, 2.0], [2.0, 1.0]],
        False,
        "All entries are positive, yet the eigenvalues are 3 and -1.",
    ),
    ([[-1.0, 0.0], [0.0, -1.0]], False, "The determinant is positive, but f is a hill."),
    (
        [[2.0, 1.0], [0.0, 2.0]],
        False,
        "It is not symmetric, although its eigenvalues are positive.",
    ),
    ([[1.0, 1.0], [1.0, 1.0]], False, "One eigenvalue is zero: a trough, not a bowl."),
]
for rows, expected, reason in cases:
    assert_in(is_spd(np.array(rows)), [expected], name=f"is_spd({rows})", hint=reason)

# %% Any scale nbgrader={"grade_id": "is_spd-scale", "grade": true, "points": 1}
# The same matrices in other units: very small and very large entries, asymmetry from rounding.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1203)
good = matrices.spd(6, cond=100.0, seed=rng)
saddle = matrices.symmetric_with_eigenvalues([3.0, 2.0, 1.0, 1.0, 0.5, -0.2], seed=rng)
lopsided = good + np.triu(0.05 * rng.standard_normal((6, 6)), 1)
assert_in(
    is_spd(1e-20 * good),
    [True],
    name="is_spd of an SPD matrix, entries about 1e-20",
    hint="The unit of A must not matter: compare with the size of A, not with a fixed number.",
)
assert_in(
    is_spd(1e-20 * saddle),
    [False],
    name="is_spd of a matrix with one negative eigenvalue, entries about 1e-20",
    hint="One direction goes down; measure eigenvalues against the largest of them.",
)
assert_in(
    is_spd(1e-20 * lopsided),
    [False],
    name="is_spd of a nonsymmetric matrix, entries about 1e-20",
    hint="Compare A with A^T, relative to the largest entry of A.",
)
noise = 1e-15 * np.triu(rng.uniform(0.5, 1, (6, 6)), 1)
block = np.kron(np.eye(2), good[:3, :3])
for matrix in (1e20 * (good + noise), block + noise):
    assert_in(
        is_spd(matrix),
        [True],
        name="is_spd of an SPD matrix that is symmetric up to rounding",
        hint="Measure |A[i, j] - A[j, i]| against the largest entry of A; a == b is too strict, "
        "and so is a tolerance relative to each entry, because some of them are nearly zero.",
    )
for difference, expected in ((3e-13, True), (3e-12, False)):
    assert_in(
        is_spd(np.array([[2.0, 1.0 + 2 * difference], [1.0, 2.0]])),
        [expected],
        name=f"is_spd of a matrix that is lopsided by {difference:g} times its largest entry",
        hint="It counts as symmetric up to 1e-12 times the largest entry.",
    )
### END HIDDEN TESTS

# %% Troughs nbgrader={"grade_id": "is_spd-semidefinite", "grade": true, "points": 1}
# Troughs, whose smallest eigenvalue is zero and comes out as rounding error of either sign; and a
# bowl that is very flat in one direction, but still a bowl.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1204)
for rank in (1, 4, 4):
    X = rng.standard_normal((rank, 5))
    assert_in(
        is_spd(X.T @ X),
        [False],
        name=f"is_spd(X.T @ X) with 5 columns and rank {rank}",
        hint="Its smallest eigenvalue is zero. Computed, it may be 1e-17: that is not positive "
        "by more than 1e-12 times the largest.",
    )
assert_in(
    is_spd(matrices.spd(6, cond=1e8, seed=rng)),
    [True],
    name="is_spd of a matrix with eigenvalues from 1e-8 to 1",
    hint="Flat, but well above rounding error: the bar is 1e-12 times the largest eigenvalue.",
)
for smallest, expected in ((3e-12, True), (3e-13, False)):
    assert_in(
        is_spd(np.diag([1.0, 0.5, smallest])),
        [expected],
        name=f"is_spd of a matrix with a smallest eigenvalue of {smallest:g} times the largest",
        hint="The bar is 1e-12 times the largest eigenvalue.",
    )
### END HIDDEN TESTS

# %% Edges nbgrader={"grade_id": "is_spd-edges", "grade": true, "points": 1}
# Shapes and entries that cannot be a bowl, the smallest matrices that can, and whether A comes back
# as it went in.
### BEGIN HIDDEN TESTS
cases = [
    (
        "a positive 1 x 1 matrix",
        np.array([[0.5]]),
        True,
        "A 1 x 1 matrix is SPD when its entry is positive.",
    ),
    (
        "a negative 1 x 1 matrix",
        np.array([[-0.5]]),
        False,
        "A 1 x 1 matrix is SPD when its entry is positive.",
    ),
    ("a matrix of zeros", np.zeros((3, 3)), False, "The zero matrix makes a plain, not a bowl."),
    ("an SPD matrix of integers", np.array([[2, 1], [1, 2]]), True, "Integers are numbers too."),
    (
        "a wide matrix",
        np.ones((2, 3)),
        False,
        "Only a square matrix can be symmetric: return False.",
    ),
    (
        "a tall matrix",
        np.ones((3, 1)),
        False,
        "Only a square matrix can be symmetric: return False.",
    ),
    (
        "a symmetric matrix with NaN",
        np.array([[2.0, np.nan], [np.nan, 2.0]]),
        False,
        "NaN is no number: return False.",
    ),
    (
        "a matrix with NaN in one triangle",
        np.array([[2.0, np.nan], [1.0, 2.0]]),
        False,
        "Look at all entries: eigvalsh does not.",
    ),
    (
        "a matrix with an infinite entry",
        np.array([[np.inf, 0.0], [0.0, 1.0]]),
        False,
        "Infinite entries: return False.",
    ),
]
for kind, matrix, expected, reason in cases:
    before = matrix.copy()
    found = is_spd(matrix)
    assert_unchanged(matrix, before, name="A", hint="is_spd only reads its argument.")
    assert_in(found, [expected], name=f"is_spd of {kind}", hint=reason)
### END HIDDEN TESTS

# %% [markdown]
# ## 12.3 · Straight downhill
#
# The plain idea is to follow minus the gradient. Start at $x_0$ with $r_0 = b - A x_0$. Walking
# along $r_k$, the height $f(x_k + \alpha r_k)$ is a parabola in $\alpha$, and its lowest point is
# known exactly:
#
# $$\alpha_k = \frac{r_k^\top r_k}{r_k^\top A r_k}, \qquad
#   x_{k+1} = x_k + \alpha_k r_k, \qquad
#   r_{k+1} = b - A x_{k+1} = r_k - \alpha_k A r_k .$$
#
# The last form of $r_{k+1}$ reuses $A r_k$, which the step length needed anyway. So one product
# with $A$ is enough for a whole iteration. For large systems this product is nearly all of the
# cost, and it is all you ever need of $A$. From here on, a solver gets a function `matvec` with
# `matvec(v)` $= Av$, and no matrix.
#
# For the small system and $x_0 = 0$: $r_0 = (1, 2)$, $\alpha_0 = 5/20$, $x_1 = (1/4, 1/2)$; then
# $r_1 = (-1/2, 1/4)$, $\alpha_1 = 1/3$, $x_2 = (1/12, 7/12)$. Close to $(1/11, 7/11)$, and not
# there.
#
# **When to stop.** A residual has the unit of $b$, so "small" means small next to $b$: stop as
# soon as $\|r_k\|_2 \le \text{tol} \cdot \|b\|_2$. Only $b = 0$ needs a word of its own: next to
# zero nothing is small, but the solution is known, $x = 0$.

# %% [markdown]
# ### Exercise: `steepest_descent`
#
# Write `steepest_descent(matvec, b, x0, tol, max_iter)`. Collect the residual norms on the way:
# the list tells how many iterations there were, whether they were enough, and it makes a good
# plot.
#
# <details><summary>Hint 1</summary>
#
# Let the loop run while the last norm in the list is too large *and* fewer than `max_iter`
# iterations are done. Then a good start and `max_iter = 0` need no special care.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `x = np.array(x0, dtype=float)` makes a copy, and turns integers into floats.
#
# </details>


# %% nbgrader={"grade_id": "steepest_descent", "solution": true}
def steepest_descent(matvec, b, x0, tol, max_iter):
    """Solve A x = b, A symmetric positive definite, by walking straight downhill.

    The first k with ||r_k|| <= tol * ||b|| ends the iteration, k = 0 included. These are 2-norms,
    and r_k = b - A x_k.

    Parameters
    ----------
    matvec : function
        Takes an array v of shape (n,), returns the array A v of shape (n,). With k iterations it is
        called at most k + 2 times: once for the first residual, once an iteration, one to spare.
    b, x0 : arrays, shape (n,)
        Right-hand side and starting point, floats or integers. Neither is changed.
        If b is zero, the answer is the zero vector whatever x0 is.
    tol : float
        Relative tolerance, greater than zero.
    max_iter : int
        At most this many iterations, possibly 0. Then return what is there, converged or not.

    Returns
    -------
    x : array, shape (n,)
        Floats.
    norms : list or 1-D array of floats
        norms[k] = ||r_k||, from k = 0 to the last iteration: one entry more than iterations.
        With r_k from the recurrence or recomputed, as you like.
    """
    ### BEGIN SOLUTION
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    small = tol * np.linalg.norm(b)
    r = b - matvec(x)
    norms = [np.linalg.norm(r)]
    while norms[-1] > small and len(norms) <= max_iter:
        Ar = matvec(r)
        alpha = (r @ r) / (r @ Ar)
        x = x + alpha * r
        r = r - alpha * Ar
        norms.append(np.linalg.norm(r))
    return x, norms
    ### END SOLUTION


# %% Two steps nbgrader={"grade_id": "steepest_descent-basics", "grade": true, "points": 1}
A = np.array([[4.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])
steps = [np.array([0.0, 0.0]), np.array([1 / 4, 1 / 2]), np.array([1 / 12, 7 / 12])]
for k, expected in enumerate(steps):
    result = steepest_descent(lambda v: A @ v, b.copy(), np.zeros(2), 1e-10, k)
    assert isinstance(result, tuple | list) and len(result) == 2, (
        f"steepest_descent should return the pair (x, norms), found {result!r}."
    )
    assert_close(
        result[0],
        expected,
        name=f"x after at most {k} iterations",
        hint="alpha = (r @ r) / (r @ A r), x = x + alpha r. The text works out both steps.",
    )
    assert_close(
        result[1],
        np.array([np.linalg.norm(b - A @ x) for x in steps[: k + 1]]),
        name=f"norms after at most {k} iterations",
        hint="norms holds ||b - A x_k|| for the start and for every iteration, square root taken.",
    )

# %% Every step nbgrader={"grade_id": "steepest_descent-steps", "grade": true, "points": 2}
# A larger system and a start that is not zero: is every step taken along the residual, and does it
# end at the lowest point of that line?
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1205)
A = matrices.spd(12, cond=5.0, seed=rng)
b, x0 = rng.standard_normal((2, 12))
path = [x0]
path += [steepest_descent(lambda v: A @ v, b.copy(), x0.copy(), 1e-12, k)[0] for k in (1, 2)]
for k in range(2):
    r = b - A @ path[k]
    step = path[k + 1] - path[k]
    assert_close(
        step,
        (step @ r) / (r @ r) * r,
        name=f"step {k + 1}",
        threshold=1e6,
        hint="A step goes along the residual of the point where it starts; the first starts at x0.",
    )
    r_next = b - A @ path[k + 1]
    cosine = abs(r_next @ r) / np.linalg.norm(r_next) / np.linalg.norm(r)
    assert cosine < 1e-8, (
        f"Step {k + 1} does not end at the lowest point of its line. There, the new residual would "
        f"be perpendicular to the old one, but their cosine is {cosine:.2g}. Look at alpha."
    )
    assert step @ r > 0, f"Step {k + 1} goes uphill: x = x + alpha r."
### END HIDDEN TESTS

# %% When it stops nbgrader={"grade_id": "steepest_descent-stopping", "grade": true, "points": 1}
# When does it stop? Looked at: true residuals, b in other units, starts that are nearly right.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1206)
A = 3.0 * matrices.spd(10, cond=2.0, seed=rng)
b = rng.standard_normal(10)
nearly = np.linalg.solve(A, b) + 0.02 * rng.standard_normal(10)
starts = [
    ("b about 1e6", 2.0**20 * b, np.zeros(10)),
    ("b about 1e-6", 2.0**-20 * b, np.zeros(10)),
    ("a start near the solution", b, nearly),
]
tol = 1e-3
for case, rhs, x0 in starts:
    x, norms = steepest_descent(lambda v: A @ v, rhs.copy(), x0.copy(), tol, 60)
    size = np.linalg.norm(rhs)
    true = np.linalg.norm(rhs - A @ x)
    advice = "Compare the norm of r, not its square, with tol * ||b||."
    if len(norms) > 60:
        advice = "It has done 60 iterations, which are more than enough: is every step right?"
    assert true <= 1.001 * tol * size, (
        f"With {case} it stopped at ||b - A x|| = {true / size:.2g} ||b||, tol is {tol:g}. {advice}"
    )
    assert len(norms) > 1 and norms[-2] > tol * size, (
        f"With {case} it went on although ||r|| <= tol * ||b|| had been reached. "
        "The tolerance is relative to the norm of b."
    )
x, norms = steepest_descent(lambda v: v, np.array([4.0]), np.array([0.0]), 1.0, 5)
assert len(norms) == 1, (
    "With x0 = 0 and tol = 1, ||r|| <= tol * ||b|| holds at the start, but it went on."
)
### END HIDDEN TESTS

# %% Products and edges nbgrader={"grade_id": "steepest_descent-edges", "grade": true, "points": 1}
# How often it multiplies by A, b = 0, whole numbers, and arguments that must come back unchanged.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1207)
A = matrices.spd(8, cond=4.0, seed=rng)
b, x0 = rng.standard_normal((2, 8))
b_before, x0_before = b.copy(), x0.copy()
product = counted(lambda v: A @ v)
x, norms = steepest_descent(product, b, x0, 1e-12, 3)
assert_at_most(len(norms), 4, what="number of entries in norms when max_iter is 3")
assert_at_most(
    product.calls,
    len(norms) + 1,
    what=f"number of products with A in {len(norms) - 1} iterations",
    hint="A r gives the step length and the next residual: r - alpha A r.",
)
assert_unchanged(b, b_before, name="b", hint="Work on a copy.")
assert_unchanged(
    x0, x0_before, name="x0", hint="Work on a copy: x += ... changes the caller's array."
)

at_once = "For b = 0 the answer is the zero vector: return it at once, with norms [0.0]."
x, norms = steepest_descent(lambda v: A @ v, np.zeros(8), x0, 1e-6, 0)
assert np.max(np.abs(x)) < 1e-6, f"{at_once} With max_iter = 0 x is not zero."
x, norms = steepest_descent(lambda v: A @ v, np.zeros(8), np.zeros(8), 1e-6, 20)
assert_close(norms, np.zeros(1), name="norms for b = 0 and x0 = 0", hint=at_once)

A = np.array([[2, 1], [1, 2]])
b, x0 = np.array([3, 0]), np.array([1, 1])
floats = "Turn x0 into an array of floats first."
x, norms = steepest_descent(lambda v: A @ v, b.copy(), np.array([0, 0]), 1e-8, 0)
assert_close(norms, np.array([3.0]), name="norms for integers and max_iter = 0", hint=floats)
assert_dtype(x, np.floating, name="x for integers and max_iter = 0", hint=floats)
assert_close(
    steepest_descent(lambda v: A @ v, b.copy(), x0.copy(), 1e-8, 2)[0],
    steepest_descent(lambda v: A @ v, b.astype(float), x0.astype(float), 1e-8, 2)[0],
    name="x for integer A, b and x0, beside the same numbers as floats",
    hint=floats,
)
### END HIDDEN TESTS

# %% [markdown]
# ## 12.4 · Directions that do not undo each other
#
# Steepest descent forgets. Each step is the best along its own line, but it spoils what earlier
# steps had gained, and on a long narrow bowl the path crosses the valley again and again.
#
# The cure is to choose directions $p_0, p_1, \dots$ that do not disturb each other. Two
# directions are **$A$-conjugate** when $p_i^\top A p_j = 0$: moving along $p_j$ leaves the slope
# along $p_i$ as it was. Once you stand at the lowest point along $p_i$, you stay at the lowest
# point along $p_i$. After $n$ such steps there is no direction left to gain in, so you are at the
# bottom: in exact arithmetic, after at most $n$ steps.
#
# You would expect that each new direction must be corrected against all earlier ones. The small
# miracle of the method is that correcting against the last one is enough:
#
# $$\begin{aligned}
# & r_0 = b - A x_0, \quad p_0 = r_0, && \text{and for } k = 0, 1, \dots \\
# & \alpha_k = \frac{r_k^\top r_k}{p_k^\top A p_k} && \text{to the lowest point along } p_k \\
# & x_{k+1} = x_k + \alpha_k p_k && \text{take the step} \\
# & r_{k+1} = r_k - \alpha_k A p_k && \text{the residual, without a new product} \\
# & \beta_k = \frac{r_{k+1}^\top r_{k+1}}{r_k^\top r_k} && \text{new over old} \\
# & p_{k+1} = r_{k+1} + \beta_k p_k && \text{the next conjugate direction}
# \end{aligned}$$
#
# By hand, for the small system and $x_0 = 0$: the first step is that of steepest descent,
# $\alpha_0 = 1/4$, $x_1 = (1/4, 1/2)$, $r_1 = (-1/2, 1/4)$. Then $\beta_0 = 1/16$ and
# $p_1 = (-7/16, 3/8)$. Check that $p_0^\top A p_1 = 0$. The step length is $\alpha_1 = 4/11$, and
# $x_2 = (1/11, 7/11)$: the solution, after two steps.
#
# There is a second way to see why this is strong. After $k$ steps the iterate lies in
#
# $$x_0 + \mathrm{span}\{r_0, A r_0, \dots, A^{k-1} r_0\},$$
#
# everything that $k$ steps along $r_0$ and its products with $A$ can reach, and $x_k$ is
# the **lowest point of $f$ in all of it**. No other method that builds its steps from these
# vectors, steepest descent among them, gets lower.
#
# The method relies on $p^\top A p > 0$. If this number comes out zero or negative, $A$ is not
# positive definite: there is no bottom to find, and going on would return garbage without a word.
# So look, and raise an error.

# %% [markdown]
# ### Exercise: `conjugate_gradient`
#
# Write `conjugate_gradient(matvec, b, x0, tol, max_iter)`. Arguments, stopping rule and results
# are those of `steepest_descent`; copy that function and change what differs.
#
# <details><summary>Hint 1</summary>
#
# Three numbers repay a name of their own: $r^\top r$ (old and new) and $p^\top A p$. Update the
# old one only after $\beta$ has been computed.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# After `p = r` both names mean the same array, and `r -= ...` then changes `p` as well. Either
# write `p = r.copy()` or make new arrays: `r = r - alpha * Ap`.
#
# </details>


# %% nbgrader={"grade_id": "conjugate_gradient", "solution": true}
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    """Solve A x = b, A symmetric positive definite, by conjugate gradients.

    The first k with ||r_k|| <= tol * ||b|| ends the iteration, k = 0 included. These are 2-norms,
    and r_k = b - A x_k.

    Parameters
    ----------
    matvec : function
        Takes an array v of shape (n,), returns the array A v of shape (n,). With k iterations it is
        called at most k + 2 times: once for the first residual, once an iteration, one to spare.
    b, x0 : arrays, shape (n,)
        Right-hand side and starting point, floats or integers. Neither is changed.
        If b is zero, the answer is the zero vector whatever x0 is.
    tol : float
        Relative tolerance, greater than zero.
    max_iter : int
        At most this many iterations, possibly 0. Then return what is there, converged or not.

    Returns
    -------
    x : array, shape (n,)
        Floats.
    norms : list or 1-D array of floats
        norms[k] = ||r_k||, from k = 0 to the last iteration: one entry more than iterations.
        With r_k from the recurrence or recomputed, as you like.

    Raises
    ------
    ValueError
        As soon as p^T A p <= 0 for a search direction p: A is not positive definite.
        (np.linalg.LinAlgError, which is a kind of ValueError, will do.)
    """
    ### BEGIN SOLUTION
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    small = tol * np.linalg.norm(b)
    r = b - matvec(x)
    p = r
    rr = r @ r
    norms = [np.sqrt(rr)]
    while norms[-1] > small and len(norms) <= max_iter:
        Ap = matvec(p)
        curvature = p @ Ap
        if curvature <= 0:
            raise ValueError(f"A is not positive definite: p^T A p = {curvature:.3g}")
        alpha = rr / curvature
        x = x + alpha * p
        r = r - alpha * Ap
        rr_old, rr = rr, r @ r
        p = r + rr / rr_old * p
        norms.append(np.sqrt(rr))
    return x, norms
    ### END SOLUTION


# %% Two steps nbgrader={"grade_id": "conjugate_gradient-basics", "grade": true, "points": 1}
A = np.array([[4.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])
steps = [np.array([0.0, 0.0]), np.array([1 / 4, 1 / 2]), np.array([1 / 11, 7 / 11])]
for k, expected in enumerate(steps):
    result = conjugate_gradient(lambda v: A @ v, b.copy(), np.zeros(2), 1e-10, k)
    assert isinstance(result, tuple | list) and len(result) == 2, (
        f"conjugate_gradient should return the pair (x, norms), found {result!r}."
    )
    assert_close(
        result[0],
        expected,
        name=f"x after at most {k} iterations",
        hint="The text works out both steps: alpha = 1/4, beta = 1/16, alpha = 4/11.",
    )
    assert_close(
        result[1],
        np.array([np.linalg.norm(b - A @ x) for x in steps[: k + 1]]),
        name=f"norms after at most {k} iterations",
        hint="norms holds ||b - A x_k|| for the start and for every iteration, square root taken.",
    )

# %% The lowest point nbgrader={"grade_id": "conjugate_gradient-lowest-point", "grade": true, "points": 2}
# Larger systems and starts that are not zero: is x the lowest point that k products can reach?
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1208)
A = matrices.spd(25, cond=10.0, seed=rng)
b, x0 = rng.standard_normal((2, 25))
r0 = b - A @ x0
reach = np.linalg.qr(np.column_stack([r0, A @ r0, A @ A @ r0]))[0]
lowest = x0 + reach @ np.linalg.solve(reach.T @ A @ reach, reach.T @ r0)
x, norms = conjugate_gradient(lambda v: A @ v, b.copy(), x0.copy(), 1e-12, 3)
assert_close(
    x,
    lowest,
    name="x after 3 iterations from a nonzero x0",
    threshold=1e7,
    hint="It should be the lowest point of f in x0 + span{r0, A r0, A^2 r0}. Look at alpha, beta "
    "(new over old), and at what becomes of x0.",
)

few = matrices.symmetric_with_eigenvalues(np.repeat([1.0, 4.0, 30.0], 8), seed=rng)
b = rng.standard_normal(24)
x, norms = conjugate_gradient(lambda v: few @ v, b.copy(), np.zeros(24), 1e-14, 3)
left = np.linalg.norm(b - few @ x) / np.linalg.norm(b)
assert left < 1e-9, (
    "With three different eigenvalues, three iterations reach the solution, but "
    f"||b - A x|| / ||b|| is still {left:.2g}. Are the directions really conjugate?"
)
### END HIDDEN TESTS

# %% When it stops nbgrader={"grade_id": "conjugate_gradient-stopping", "grade": true, "points": 2}
# When does it stop? Looked at: true residuals, b in other units, starts that are nearly right.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1209)
A = matrices.spd(16, cond=5.0, seed=rng)
b = rng.standard_normal(16)
nearly = np.linalg.solve(A, b) + 0.01 * rng.standard_normal(16)
starts = [
    ("b about 1e9", 2.0**30 * b, np.zeros(16)),
    ("b about 1e-9", 2.0**-30 * b, np.zeros(16)),
    ("a start near the solution", b, nearly),
]
tol = 1e-3
for case, rhs, x0 in starts:
    x, norms = conjugate_gradient(lambda v: A @ v, rhs.copy(), x0.copy(), tol, 100)
    size = np.linalg.norm(rhs)
    true = np.linalg.norm(rhs - A @ x)
    advice = "Compare the norm of r, not its square, with tol * ||b||."
    if len(norms) > 100:
        advice = "It has done 100 iterations, which are more than enough: is every step right?"
    assert true <= 1.001 * tol * size, (
        f"With {case} it stopped at ||b - A x|| = {true / size:.2g} ||b||, tol is {tol:g}. {advice}"
    )
    assert len(norms) > 1 and norms[-2] > tol * size, (
        f"With {case} it went on although ||r|| <= tol * ||b|| had been reached. "
        "The tolerance is relative to the norm of b, neither absolute nor relative to the first r."
    )
    assert (
        abs(norms[-1] - true) < 1e-9 * size
        and abs(norms[0] - np.linalg.norm(rhs - A @ x0)) < 1e-9 * size
    ), f"With {case}, norms does not hold the norms ||b - A x_k|| of the residuals."
enough = np.array([8.0])  # with A = I and b = 4, ||r|| is ||b||
x, norms = conjugate_gradient(lambda v: v, np.array([4.0]), enough.copy(), 1.0, 5)
assert len(norms) == 1, (
    "The start was good enough, ||r|| <= tol * ||b||: no iteration was needed, and norms has one "
    "entry."
)
assert_close(x, enough, name="x when x0 is good enough", hint="Then x0 itself is the answer.")
### END HIDDEN TESTS

# %% Products nbgrader={"grade_id": "conjugate_gradient-products", "grade": true, "points": 1}
# How often it multiplies by A.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1210)
A = matrices.spd(30, cond=20.0, seed=rng)
b, x0 = rng.standard_normal((2, 30))
product = counted(lambda v: A @ v)
x, norms = conjugate_gradient(product, b.copy(), x0.copy(), 1e-12, 5)
assert_at_most(len(norms), 6, what="number of entries in norms when max_iter is 5")
assert_at_most(
    product.calls,
    len(norms) + 1,
    what=f"number of products with A in {len(norms) - 1} iterations",
    hint="A p serves three times: in p^T A p, and in the new residual r - alpha A p. Keep it.",
)
assert len(norms) == 6 and np.linalg.norm(b - A @ x) < 0.7 * np.linalg.norm(b - A @ x0), (
    "With tol = 1e-12 all 5 iterations should be used, and they should make the residual smaller."
)
### END HIDDEN TESTS

# %% Edges nbgrader={"grade_id": "conjugate_gradient-edges", "grade": true, "points": 2}
# b = 0, whole numbers, one unknown, arguments that must come back unchanged, matrices that make no
# bowl.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1211)
A = matrices.spd(8, cond=4.0, seed=rng)
b, x0 = rng.standard_normal((2, 8))
b_before, x0_before = b.copy(), x0.copy()
conjugate_gradient(lambda v: A @ v, b, x0, 1e-8, 1)
assert_unchanged(b, b_before, name="b", hint="Work on a copy.")
assert_unchanged(
    x0, x0_before, name="x0", hint="Work on a copy: x += ... changes the caller's array."
)
at_once = "For b = 0 the answer is the zero vector: return it at once, with norms [0.0]."
x, norms = conjugate_gradient(lambda v: A @ v, np.zeros(8), x0, 1e-6, 0)
assert np.max(np.abs(x)) < 1e-6, f"{at_once} With max_iter = 0 x is not zero."
x, norms = conjugate_gradient(lambda v: A @ v, np.zeros(8), np.zeros(8), 1e-6, 20)
assert_close(norms, np.zeros(1), name="norms for b = 0 and x0 = 0", hint=at_once)

A = np.array([[2, 1], [1, 2]])
b, x0 = np.array([3, 0]), np.array([1, 1])
floats = "Turn x0 into an array of floats first."
x, norms = conjugate_gradient(lambda v: A @ v, b.copy(), np.array([0, 0]), 1e-8, 0)
assert_close(norms, np.array([3.0]), name="norms for integers and max_iter = 0", hint=floats)
assert_dtype(x, np.floating, name="x for integers and max_iter = 0", hint=floats)
assert_close(
    conjugate_gradient(lambda v: A @ v, b.copy(), x0.copy(), 1e-8, 4)[0],
    conjugate_gradient(lambda v: A @ v, b.astype(float), x0.astype(float), 1e-8, 4)[0],
    name="x for integer A, b and x0, beside the same numbers as floats",
    hint=floats,
)
x, norms = conjugate_gradient(lambda v: 5 * v, np.array([1.0]), np.array([0.0]), 1e-8, 5)
assert_close(
    x, np.array([0.2]), name="x for one equation with one unknown", hint="One unknown, one step."
)

flat = "the first direction has p^T A p = 0"
for kind, rows, rhs, reason in (
    ("a negative definite", [[-2.0, 0.0], [0.0, -1.0]], [1.0, 1.0], "f is a hill"),
    ("an indefinite", [[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0], flat),
    (
        "an indefinite",
        [[3.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -0.5]],
        [1.0, 1.0, 1.0],
        "f is a saddle",
    ),
):
    matrix = np.array(rows)
    assert_raises(
        ValueError,
        conjugate_gradient,
        lambda v, matrix=matrix: matrix @ v,
        np.array(rhs),
        np.zeros(len(rhs)),
        1e-10,
        20,
        name=f"conjugate_gradient with {kind} matrix",
        hint=f"Here {reason}. Raise ValueError as soon as p^T A p <= 0, in whichever iteration.",
    )
### END HIDDEN TESTS

# %% [markdown]
# Now watch both of them walk. The bowl below has eigenvalues 1 and 12. Steepest descent turns by
# a right angle after every step and needs dozens of them. The first step of conjugate gradients
# is the same, and the second goes straight to the bottom.

# %% Plot the zigzag beside the two conjugate steps tags=["demo"]
turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
A = turn @ np.diag([1.0, 12.0]) @ turn.T
bottom = np.array([3.0, 1.0])
x0 = bottom + turn @ np.array([-3.6, 0.3])
b = A @ bottom

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
across, up = np.linspace(-0.9, 3.9, 120), np.linspace(-1.1, 1.9, 120)
away = np.stack(np.meshgrid(across, up), axis=-1) - bottom
heights = 0.5 * np.einsum("ijk,kl,ijl->ij", away, A, away)
solvers = [(steepest_descent, "Steepest descent", "#d1495b", 25)]
solvers += [(conjugate_gradient, "Conjugate gradients", "#1b6ca8", 2)]
for ax, (solver, title, color, count) in zip(axes, solvers, strict=True):
    path = [solver(A.dot, b, x0, 1e-12, k)[0] for k in range(count + 1)]
    ax.contour(
        across, up, heights, levels=[0.05, 0.3, 0.9, 2, 4, 7, 11], colors="0.75", linewidths=1
    )
    ax.plot(*np.transpose(path), "o-", color=color, markersize=4, linewidth=1.4)
    ax.plot(*bottom, "*", color="k", markersize=11)
    ax.set(xlabel="$x_1$", title=f"{title}: {count} steps", aspect="equal")
axes[0].set_ylabel("$x_2$")
show(
    "The same long narrow bowl twice, with the path to its lowest point. Steepest descent takes "
    "25 steps in a zigzag across the valley and is not quite there; conjugate gradients arrive in "
    "two."
)

# %% [markdown]
# ## 12.5 · How many iterations
#
# A count of $n$ steps would be far too many when $n$ is a million. And it is no guarantee either:
# rounding slowly spoils the conjugacy of the directions, so that a badly conditioned system may
# need more than $n$. In practice the method is stopped long before, and what decides is how far
# the eigenvalues are spread. With $\kappa =
# \lambda_{\max} / \lambda_{\min}$ and the error $e_k = x_k - x^\star$, measured in the norm
# $\|e\|_A = \sqrt{e^\top A e}$ that belongs to the bowl,
#
# $$\|e_k\|_A \le 2 \rho^k \, \|e_0\|_A, \qquad
#   \rho = \frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1} .$$
#
# (The square root comes from Chebyshev's polynomials, the best that can be built from $k$
# products.) Steepest descent obeys a bound of the same kind, without the 2 and **without the
# square roots**. For $\kappa = 10^4$ and six digits that makes about 69 000 iterations for
# steepest descent, and 726 for conjugate gradients.

# %% [markdown]
# ### Exercise: `iterations_needed`
#
# Write `iterations_needed(kappa, tol)`: the smallest whole number $k \ge 0$ with
# $2 \rho^k \le \text{tol}$. Take logarithms to find $k$ without a loop.
#
# Two cases need care. For $\kappa = 1$ the bowl is round, $\rho = 0$, and one step is enough. And
# for large $\kappa$ the number $\rho$ lies so close to 1 that computing it first and taking the
# logarithm then throws most digits away. How else could you get at $\log \rho$?
#
# <details><summary>Hint 1</summary>
#
# From $k \log \rho \le \log(\text{tol}/2)$, dividing by the negative number $\log \rho$ gives
# $k \ge \log(\text{tol}/2) / \log\rho$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\rho = 1 - \dfrac{2}{\sqrt\kappa + 1}$, and `math.log1p(t)` computes $\log(1 + t)$ accurately
# for tiny $t$.
#
# </details>


# %% nbgrader={"grade_id": "iterations_needed", "solution": true}
def iterations_needed(kappa, tol):
    """Smallest whole number k >= 0 with 2 rho^k <= tol.

    Here rho = (sqrt(kappa) - 1) / (sqrt(kappa) + 1).

    Parameters
    ----------
    kappa : float
        Condition number, from 1 to 1e20.
    tol : float
        Greater than zero. From 2 on, no iteration is needed: k = 0.

    Returns
    -------
    int
        For kappa = 1 and tol below 2 it is 1. Correct to the last digit also for large kappa, where
        it is in the billions (so do not count in a loop).
    """
    ### BEGIN SOLUTION
    if tol >= 2:
        return 0
    if kappa == 1:
        return 1
    log_rho = math.log1p(-2 / (math.sqrt(kappa) + 1))
    return math.ceil(math.log(tol / 2) / log_rho)
    ### END SOLUTION


# %% By hand nbgrader={"grade_id": "iterations_needed-basics", "grade": true, "points": 1}
assert_integer(
    iterations_needed(9.0, 1e-3),
    11,
    name="iterations_needed(9, 0.001)",
    hint="rho = 1/2, and 2 (1/2)^k gets below 0.001 between k = 10 (0.00195) and 11 (0.00098).",
)
assert_integer(
    iterations_needed(4.0, 0.1),
    3,
    name="iterations_needed(4, 0.1)",
    hint="rho = 1/3, and 2/27 = 0.074 is the first to be at most 0.1.",
)
assert_integer(
    iterations_needed(1e4, 1e-6),
    726,
    name="iterations_needed(10000, 1e-6)",
    hint="With sqrt(kappa) = 100, rho = 99/101.",
)

# %% The smallest number nbgrader={"grade_id": "iterations_needed-smallest", "grade": true, "points": 1}
# Other numbers: is k enough, and would one less not be? Round bowls and loose tolerances.
### BEGIN HIDDEN TESTS
for kind, kappa, tol in (
    ("kappa near 1", 1.7, 1e-4),
    ("a strict tol", 250.0, 1e-9),
    ("tol between 1 and 2", 2e6, 1.4),
):
    log_rho = -2 * math.atanh(1 / math.sqrt(kappa))
    assert_integer(
        iterations_needed(kappa, tol),
        math.ceil(math.log(tol / 2) / log_rho),
        name=f"iterations_needed(kappa, tol) with {kind}",
        hint="The smallest whole number k with 2 rho^k <= tol: mind the 2, and round up.",
    )
assert_integer(
    iterations_needed(1.0, 1e-8),
    1,
    name="iterations_needed(kappa, tol) with kappa = 1",
    hint="A round bowl: rho = 0, whose logarithm does not exist. One step is enough.",
)
for kappa, tol in ((1.0, 2.0), (100.0, 5.0)):
    assert_integer(
        iterations_needed(kappa, tol),
        0,
        name="iterations_needed(kappa, tol) with tol at least 2",
        hint="2 rho^0 = 2 is already small enough, so k = 0; never a negative number.",
    )
### END HIDDEN TESTS

# %% Large condition numbers nbgrader={"grade_id": "iterations_needed-large", "grade": true, "points": 1}
# Large condition numbers, to the last digit.
### BEGIN HIDDEN TESTS
for kappa, tol in ((1e18, 1e-8), (1e20, 1e-6)):
    assert_integer(
        iterations_needed(kappa, tol),
        math.ceil(math.log(2 / tol) / (2 * math.atanh(1 / math.sqrt(kappa)))),
        name="iterations_needed(kappa, tol) with a huge kappa",
        hint="rho is 1 - 2 / (sqrt(kappa) + 1). Next to 1, the small part loses its digits: "
        "hand it to log1p before that happens.",
    )
### END HIDDEN TESTS

# %% [markdown]
# The next picture sets the bound beside what your solver does, for three spectra with eigenvalues
# spread evenly on a logarithmic scale, and for a fourth one. It plots the error $\|e_k\|_A$,
# which you can know only when the solution is known.

# %% Plot the bound beside the measured convergence tags=["demo"]
rng = np.random.default_rng(5)
n = 200
x_star = rng.standard_normal(n)
ks = np.arange(0, 61, 2)


def errors_of_cg(A, ks):
    errors = [
        conjugate_gradient(lambda v: A @ v, A @ x_star, np.zeros(n), 1e-15, k)[0] - x_star
        for k in ks
    ]
    return np.array([np.sqrt(e @ A @ e) for e in errors])


fig, ax = plt.subplots(figsize=(7, 4))
spectra = [
    (10, "#2e8b57", (33, 1e-8)),
    (100, "#1b6ca8", (50, 3e-4)),
    (1000, "#6a4c93", (50, 1.5e-1)),
]
for kappa, color, place in spectra:
    A = matrices.spd(n, cond=kappa, seed=rng)
    errors = errors_of_cg(A, ks)
    rho = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    ax.semilogy(ks, errors / errors[0], "o-", color=color, markersize=3)
    ax.semilogy(ks, 2 * rho**ks, "--", color=color, linewidth=1)
    ax.text(*place, rf"$\kappa = {kappa}$", color=color)
A = matrices.symmetric_with_eigenvalues(np.repeat([1e-3, 0.01, 0.2, 0.5, 1.0], n // 5), seed=rng)
errors = errors_of_cg(A, range(7))
ax.semilogy(errors / errors[0], "s-", color="#e09f3e", markersize=4)
ax.text(6, 1e-9, "$\\kappa = 1000$,\nfive eigenvalues", color="#b87a1a")
ax.set(
    xlabel="iteration $k$",
    ylabel=r"$\|e_k\|_A \,/\, \|e_0\|_A$",
    title="Measured errors (marks) stay below the bound (dashed)",
    ylim=(1e-12, 5),
)
show(
    "Errors over iterations on a logarithmic scale. For condition numbers 10, 100 and 1000 the "
    "measured errors fall along their dashed bounds and below them, the faster the smaller the "
    "condition number. With five different eigenvalues the error drops below 1e-9 after five "
    "iterations."
)

# %% [markdown]
# The amber line has $\kappa = 1000$ like the violet one, and is done after five steps: it has
# only five different eigenvalues. The bound knows the two ends of the spectrum and nothing
# between, so it is a promise, not a prediction. Clusters of eigenvalues are good news.
#
# ## 12.6 · A better bowl: preconditioning
#
# If the number of iterations depends on the bowl, change the bowl. Take an SPD matrix $M$ that
# resembles $A$, but for which $Mz = r$ is easy to solve. In coordinates in which $M$ looks round,
# $A$ looks nearly round as well, and conjugate gradients need few steps. Written back into the
# old coordinates, only a little changes: next to each residual there is a **preconditioned
# residual** $z = M^{-1} r$.
#
# $$\begin{aligned}
# & r_0 = b - A x_0, \quad z_0 = M^{-1} r_0, \quad p_0 = z_0, && \text{and for } k = 0, 1, \dots \\
# & \alpha_k = \frac{r_k^\top z_k}{p_k^\top A p_k}, \qquad x_{k+1} = x_k + \alpha_k p_k, \qquad
#   r_{k+1} = r_k - \alpha_k A p_k, \\
# & z_{k+1} = M^{-1} r_{k+1}, \qquad \beta_k = \frac{r_{k+1}^\top z_{k+1}}{r_k^\top z_k}, \qquad
#   p_{k+1} = z_{k+1} + \beta_k p_k
# \end{aligned}$$
#
# With $M = I$ this is the method you have. With $M = A$ it is done after one step, but applying
# $M^{-1}$ is then as hard as the whole problem. Useful choices lie between. The simplest, named
# after Jacobi, is the diagonal of $A$: $z_i = r_i / a_{ii}$. It repairs systems whose unknowns
# are measured in very different units.
#
# The stopping rule stays with the true residual, $\|r_k\|_2 \le \text{tol} \cdot \|b\|_2$. That
# way the meaning of `tol` does not depend on the preconditioner.

# %% [markdown]
# ### Exercise: `preconditioned_cg`
#
# Write `preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter)`, where
# `apply_preconditioner(r)` returns $z = M^{-1} r$.
#
# <details><summary>Hint</summary>
#
# Copy `conjugate_gradient`. Every $r^\top r$ in $\alpha$ and $\beta$ becomes $r^\top z$, and the
# direction is built from $z$. Only the stopping rule keeps $\|r\|$.
#
# </details>


# %% nbgrader={"grade_id": "preconditioned_cg", "solution": true}
def preconditioned_cg(matvec, b, apply_preconditioner, x0, tol, max_iter):
    """Solve A x = b, A symmetric positive definite, by preconditioned conjugate gradients.

    The first k with ||r_k|| <= tol * ||b|| ends the iteration, k = 0 included. These are 2-norms,
    and r_k = b - A x_k.

    Parameters
    ----------
    matvec : function
        Takes an array v of shape (n,), returns the array A v of shape (n,). With k iterations it is
        called at most k + 2 times.
    b, x0 : arrays, shape (n,)
        Right-hand side and starting point, floats or integers. Neither is changed.
        If b is zero, the answer is the zero vector whatever x0 is.
    apply_preconditioner : function
        Takes an array r of shape (n,), returns the array z of shape (n,) with M z = r for some
        symmetric positive definite M. With k iterations it is called at most k + 2 times.
    tol : float
        Relative tolerance, greater than zero.
    max_iter : int
        At most this many iterations, possibly 0. Then return what is there, converged or not.

    Returns
    -------
    x : array, shape (n,)
        Floats.
    norms : list or 1-D array of floats
        norms[k] = ||r_k||, from k = 0 to the last iteration: one entry more than iterations.

    Raises
    ------
    ValueError
        As soon as p^T A p <= 0 for a search direction p: A is not positive definite.
        (np.linalg.LinAlgError, which is a kind of ValueError, will do.)
    """
    ### BEGIN SOLUTION
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    small = tol * np.linalg.norm(b)
    r = b - matvec(x)
    z = apply_preconditioner(r)
    p = z
    rz = r @ z
    norms = [np.linalg.norm(r)]
    while norms[-1] > small and len(norms) <= max_iter:
        Ap = matvec(p)
        curvature = p @ Ap
        if curvature <= 0:
            raise ValueError(f"A is not positive definite: p^T A p = {curvature:.3g}")
        alpha = rz / curvature
        x = x + alpha * p
        r = r - alpha * Ap
        z = apply_preconditioner(r)
        rz_old, rz = rz, r @ z
        p = z + rz / rz_old * p
        norms.append(np.linalg.norm(r))
    return x, norms
    ### END SOLUTION


# %% Three preconditioners nbgrader={"grade_id": "preconditioned_cg-basics", "grade": true, "points": 1}
A = np.array([[4.0, 1.0], [1.0, 3.0]])
b = np.array([1.0, 2.0])
result = preconditioned_cg(lambda v: A @ v, b, lambda r: r, np.zeros(2), 1e-10, 1)
assert isinstance(result, tuple | list) and len(result) == 2, (
    f"preconditioned_cg should return the pair (x, norms), found {result!r}."
)
assert_close(
    result[0],
    np.array([1 / 4, 1 / 2]),
    name="x after one iteration with M = I",
    hint="With M = I nothing changes: this is the first step of conjugate gradients.",
)
x, norms = preconditioned_cg(
    lambda v: A @ v, b, lambda r: np.linalg.solve(A, r), np.zeros(2), 1e-10, 1
)
assert_close(
    x,
    np.array([1 / 11, 7 / 11]),
    name="x after one iteration with M = A",
    hint="The perfect preconditioner makes the bowl round: alpha is 1, and one step is enough.",
)
x, norms = preconditioned_cg(
    lambda v: A @ v, b, lambda r: r / np.array([4.0, 3.0]), np.zeros(2), 1e-10, 2
)
assert_close(
    x,
    np.array([1 / 11, 7 / 11]),
    name="x after two iterations with M = diag(4, 3)",
    hint="Two unknowns, two steps, whatever M is. Look at beta: r^T z, new over old.",
)

# %% The lowest point nbgrader={"grade_id": "preconditioned_cg-lowest-point", "grade": true, "points": 2}
# A larger system, a preconditioner that is not diagonal, a start that is not zero: is x the lowest
# point that k steps can reach?
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1212)
A = matrices.spd(20, cond=10.0, seed=rng)
M_inverse = matrices.spd(20, cond=6.0, seed=rng)
b, x0 = rng.standard_normal((2, 20))
z0 = M_inverse @ (b - A @ x0)
powers = [np.linalg.matrix_power(M_inverse @ A, j) @ z0 for j in range(3)]
reach = np.linalg.qr(np.column_stack(powers))[0]
lowest = x0 + reach @ np.linalg.solve(reach.T @ A @ reach, reach.T @ (b - A @ x0))
x, norms = preconditioned_cg(
    lambda v: A @ v, b.copy(), lambda r: M_inverse @ r, x0.copy(), 1e-12, 3
)
assert_close(
    x,
    lowest,
    name="x after 3 iterations with a preconditioner that is not diagonal",
    threshold=1e7,
    hint="alpha = r^T z / p^T A p, beta = r^T z new over old, and directions built from z.",
)
### END HIDDEN TESTS

# %% Badly scaled nbgrader={"grade_id": "preconditioned_cg-badly-scaled", "grade": true, "points": 1}
# A system whose unknowns have very different units, with the diagonal as a preconditioner: how many
# iterations, and where does it stop?
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1213)
units = np.logspace(-1.5, 1.5, 24)
A = units[:, None] * matrices.spd(24, cond=4.0, seed=rng) * units
b = units * rng.standard_normal(24)
diagonal = np.diag(A)
tol = 1e-4
cases = [
    ("b about 1e-6", 2.0**-20 * b),
    ("weights turned round in b", b / units**2),
]
for case, rhs in cases:
    x, norms = preconditioned_cg(
        lambda v: A @ v, rhs.copy(), lambda r: r / diagonal, np.zeros(24), tol, 40
    )
    size = np.linalg.norm(rhs)
    assert_at_most(
        len(norms) - 1,
        18,
        what=f"number of iterations with {case}",
        hint="The diagonal removes the bad scaling; without it about sixty are needed.",
    )
    true = np.linalg.norm(rhs - A @ x)
    assert true <= 1.001 * tol * size, (
        f"With {case} it stopped at ||b - A x|| = {true / size:.2g} ||b||, tol is {tol:g}. "
        "Stop by the norm of r, neither by z nor by r^T z."
    )
    assert norms[-2] > tol * size, (
        f"With {case} it went on although ||r|| <= tol * ||b|| had been reached. "
        "Stop by the norm of r, relative to that of b, neither by z nor by r^T z."
    )
    assert abs(norms[-1] - true) < 1e-9 * size and abs(norms[0] - size) < 1e-9 * size, (
        "norms does not hold the norms ||b - A x_k|| of the residuals."
    )
### END HIDDEN TESTS

# %% Products and edges nbgrader={"grade_id": "preconditioned_cg-edges", "grade": true, "points": 1}
# How often it multiplies and preconditions, b = 0, whole numbers, arguments that must come back
# unchanged, matrices without a bowl.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(1214)
A = matrices.spd(20, cond=10.0, seed=rng)
b, x0 = rng.standard_normal((2, 20))
b_before, x0_before = b.copy(), x0.copy()
product, precondition = counted(lambda v: A @ v), counted(lambda r: r / np.diag(A))
x, norms = preconditioned_cg(product, b, precondition, x0, 1e-12, 3)
for function, what in ((product, "products with A"), (precondition, "calls of the preconditioner")):
    assert_at_most(
        function.calls,
        len(norms) + 1,
        what=f"number of {what} in {len(norms) - 1} iterations",
        hint="Each of A p and z is computed once an iteration and then used several times.",
    )
assert_at_most(len(norms), 4, what="number of entries in norms when max_iter is 3")
x, norms = preconditioned_cg(lambda v: v, np.array([4.0]), lambda r: r, np.array([0.0]), 1.0, 5)
assert len(norms) == 1, (
    "With x0 = 0 and tol = 1, ||r|| <= tol * ||b|| holds at the start, but it went on."
)
assert_unchanged(b, b_before, name="b", hint="Work on a copy.")
assert_unchanged(
    x0, x0_before, name="x0", hint="Work on a copy: x += ... changes the caller's array."
)

at_once = "For b = 0 the answer is the zero vector: return it at once, with norms [0.0]."
x, norms = preconditioned_cg(lambda v: A @ v, np.zeros(20), lambda r: r, x0, 1e-6, 0)
assert np.max(np.abs(x)) < 1e-6, f"{at_once} With max_iter = 0 x is not zero."
x, norms = preconditioned_cg(lambda v: A @ v, np.zeros(20), lambda r: r, np.zeros(20), 1e-6, 20)
assert_close(norms, np.zeros(1), name="norms for b = 0 and x0 = 0", hint=at_once)

A = np.array([[2, 1], [1, 2]])
b, x0 = np.array([3, 0]), np.array([1, 1])
floats = "Turn x0 into an array of floats first."
x, norms = preconditioned_cg(lambda v: A @ v, b.copy(), lambda r: r / 2, np.array([0, 0]), 1e-8, 0)
assert_close(norms, np.array([3.0]), name="norms for integers and max_iter = 0", hint=floats)
assert_dtype(x, np.floating, name="x for integers and max_iter = 0", hint=floats)
assert_close(
    preconditioned_cg(lambda v: A @ v, b.copy(), lambda r: r / 2, x0.copy(), 1e-8, 4)[0],
    preconditioned_cg(lambda v: A @ v, b.astype(float), lambda r: r / 2, x0.astype(float), 1e-8, 4)[
        0
    ],
    name="x for integer A, b and x0, beside the same numbers as floats",
    hint=floats,
)
for rows, rhs in (([[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0]), ([[2.0, 0.0], [0.0, -1.0]], [1.0, 1.0])):
    matrix = np.array(rows)
    assert_raises(
        ValueError,
        preconditioned_cg,
        lambda v, matrix=matrix: matrix @ v,
        np.array(rhs),
        lambda r: r,
        np.zeros(2),
        1e-10,
        20,
        name="preconditioned_cg with an indefinite matrix",
        hint="Raise ValueError in every iteration where p^T A p <= 0, before dividing.",
    )
### END HIDDEN TESTS

# %% [markdown]
# How much does it help? Below is a harmless system of 300 unknowns, $\kappa = 30$, after the unit
# of each unknown was changed by a random factor between about $1/30$ and $30$. Plain conjugate
# gradients gain two digits in 400 iterations. The diagonal undoes the damage.

# %% Plot convergence on a badly scaled system tags=["demo"]
rng = np.random.default_rng(6)
units = 10.0 ** rng.uniform(-1.5, 1.5, 300)
A = units[:, None] * matrices.spd(300, cond=30.0, seed=rng) * units
b = A @ (rng.standard_normal(300) / units)
diagonal = np.diag(A)
_, plain = conjugate_gradient(lambda v: A @ v, b, np.zeros(300), 1e-10, 400)
_, jacobi = preconditioned_cg(lambda v: A @ v, b, lambda r: r / diagonal, np.zeros(300), 1e-10, 400)

fig, ax = plt.subplots()
ax.semilogy(np.array(plain) / np.linalg.norm(b), color="#d1495b")
ax.semilogy(np.array(jacobi) / np.linalg.norm(b), color="#1b6ca8")
ax.text(250, 5e-2, "conjugate gradients", color="#d1495b", ha="center")
ax.text(65, 1e-8, "with the diagonal\nas preconditioner", color="#1b6ca8")
ax.set(
    xlabel="iteration $k$",
    ylabel=r"$\|r_k\|_2 \,/\, \|b\|_2$",
    title=rf"Dividing by the diagonal takes $\kappa$ from {np.linalg.cond(A):,.0f} to "
    f"{np.linalg.cond(A / np.sqrt(np.outer(diagonal, diagonal))):.0f}",
)
show(
    "Relative residuals over iterations on a logarithmic scale. Conjugate gradients gain "
    "about two digits in 400 iterations; with the diagonal as preconditioner the residual falls "
    "steeply to 1e-10 in fewer than 60."
)

# %% [markdown]
# ## 12.7 · Application: wiping text off a photograph
#
# Someone has written over a photograph, and the pixels below the letters are lost. A good guess
# is a surface that is as smooth as possible and fits the known pixels around it: every hidden
# pixel should be the **mean of its neighbours**. A soap film spanned by a bent wire takes this
# shape, and the equation behind it is Poisson's equation with nothing on its right-hand side,
# which also goes by the name of Laplace.
#
# For an image $u$ with one number per pixel, let
#
# $$(Lu)_p = \sum_{q \text{ beside } p} (u_p - u_q) ,$$
#
# where $q$ runs over the neighbours above, below, left and right that exist: four inside the
# image, three along an edge, two in a corner. "Mean of its neighbours" reads $(Lu)_p = 0$, one
# equation for each hidden pixel $p$. The unknowns are the hidden pixels themselves; what comes
# from known neighbours goes to the right-hand side. The matrix of this system is symmetric and,
# as soon as there is a known pixel to hold on to, positive definite. It would have more than a
# billion entries, nearly all of them zero. You will not store one of them.

# %% [markdown]
# ### Exercise: `pixel_laplacian`
#
# Write `pixel_laplacian(image)`, the image $Lu$ of the same shape. Whole-array differences of
# neighbouring rows and columns are all you need; a loop over pixels would be too slow for
# photographs.
#
# <details><summary>Hint 1</summary>
#
# `step = image[1:] - image[:-1]` holds all differences between vertical neighbours. Each of them
# counts with a plus for the lower pixel of the pair, and with a minus for the upper one.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Photographs often come as unsigned bytes, and there `3 - 5` is 254. Convert to floats before you
# subtract.
#
# </details>


# %% nbgrader={"grade_id": "pixel_laplacian", "solution": true}
def pixel_laplacian(image):
    """At every pixel the sum of the differences to its neighbours, own value minus theirs.

    Parameters
    ----------
    image : array, shape (rows, columns), at least one pixel
        Floats or integers, also unsigned bytes. Not changed.

    Returns
    -------
    array of floats, shape (rows, columns)
        Neighbours are the pixels above, below, left and right, as far as they are inside the image.
    """
    ### BEGIN SOLUTION
    image = np.asarray(image, dtype=float)
    result = np.zeros_like(image)
    down = image[1:] - image[:-1]
    result[1:] += down
    result[:-1] -= down
    right = image[:, 1:] - image[:, :-1]
    result[:, 1:] += right
    result[:, :-1] -= right
    return result
    ### END SOLUTION


# %% Two bright pixels nbgrader={"grade_id": "pixel_laplacian-basics", "grade": true, "points": 1}
image = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
assert_close(
    pixel_laplacian(image),
    np.array([[0.0, -1.0, 0.0, -2.0], [-1.0, 4.0, -3.0, 6.0], [0.0, -1.0, 0.0, -2.0]]),
    name="pixel_laplacian of an image with two bright pixels",
    hint="The 1 has four neighbours and gives 4; the 2 at the edge has three and gives 6; "
    "the pixel between them has 0 - 1 and 0 - 2.",
)
flat = pixel_laplacian(np.full((3, 4), 7.0))
assert_close(
    flat,
    np.zeros((3, 4)),
    name="pixel_laplacian of an image of one colour",
    hint="There are no differences, not even at the edges: outside the image is no neighbour.",
)


# %% Any image nbgrader={"grade_id": "pixel_laplacian-any-image", "grade": true, "points": 1}
# Other shapes, unsigned bytes, and an image that must come back as it went in.
### BEGIN HIDDEN TESTS
def path_laplacian(n):
    steps = np.diff(np.eye(n), axis=0)
    return steps.T @ steps


rng = np.random.default_rng(1215)
for rows, columns in ((5, 7), (1, 6), (4, 1), (1, 1)):
    image = rng.integers(-50, 50, (rows, columns)).astype(float)
    before = image.copy()
    found = pixel_laplacian(image)
    assert_unchanged(image, before, name="image", hint="Write into a new array.")
    assert_close(
        found,
        path_laplacian(rows) @ image + image @ path_laplacian(columns),
        name=f"pixel_laplacian of an image of shape {image.shape}",
        hint="Count only neighbours inside the image: no wrapping around, no black pixels outside.",
    )
image = rng.integers(0, 256, (6, 5)).astype(np.uint8)
assert_close(
    pixel_laplacian(image.copy()),
    path_laplacian(6) @ image + image @ path_laplacian(5),
    name="pixel_laplacian of unsigned bytes",
    hint="Convert to floats before subtracting: unsigned bytes wrap around below 0 and above 255.",
)
### END HIDDEN TESTS

# %% [markdown]
# Before the photograph, a small rehearsal: four pixels of an image that rises evenly from one
# corner to the other are hidden. The matrix of the hidden pixels is written out, column by
# column, to look at it.

# %% Four hidden pixels nbgrader={"grade_id": "pixel_laplacian-fill", "grade": true, "points": 1}
image = np.add.outer(10.0 * np.arange(5), np.arange(6))
covered = np.zeros((5, 6), dtype=bool)
covered[1:3, 2:4] = True

unit_images = np.zeros((4, 5, 6))
unit_images[np.arange(4), *np.nonzero(covered)] = 1.0
matrix = np.column_stack([pixel_laplacian(unit)[covered] for unit in unit_images])
assert_close(
    matrix,
    np.array([[4.0, -1, -1, 0], [-1, 4, 0, -1], [-1, 0, 4, -1], [0, -1, -1, 4]]),
    name="the matrix of a hidden square of four pixels",
    hint="4 on the diagonal, -1 for hidden neighbours: symmetric and positive definite.",
)
known = np.where(covered, 0.0, image)
filled = np.linalg.solve(matrix, -pixel_laplacian(known)[covered])
assert_close(
    filled,
    image[covered],
    name="the four hidden pixels, filled in",
    hint="On an even slope every pixel is the mean of its neighbours, so the fill is exact.",
)

# %% [markdown]
# Now the real thing. The photograph shows Chelsea the cat (by Stéfan van der Walt, dedicated to
# the public domain under CC0; it comes with scikit-image). The next cell writes over it in large
# letters.
#
# The cell after it states the system. Put the unknowns into an image that is zero elsewhere, send
# it through your Laplacian, and read off the hidden pixels: that is the whole matrix, as a
# function.

# %% Load the photograph and write over it tags=["demo"]
FONT = {  # seven rows of five pixels a letter, each row a number in hexadecimal
    "A": "0e 11 11 1f 11 11 11",
    "C": "0e 11 10 10 10 11 0e",
    "D": "1e 11 11 11 11 11 1e",
    "E": "1f 10 10 1e 10 10 1f",
    "G": "0e 11 10 17 11 11 0e",
    "H": "11 11 11 1f 11 11 11",
    "I": "0e 04 04 04 04 04 0e",
    "J": "07 02 02 02 02 12 0c",
    "N": "11 19 19 15 13 13 11",
    "O": "0e 11 11 11 11 11 0e",
    "P": "1e 11 11 1e 10 10 10",
    "R": "1e 11 11 1e 14 12 11",
    "S": "0f 10 10 0e 01 01 1e",
    "T": "1f 04 04 04 04 04 04",
    "U": "11 11 11 11 11 11 0e",
    "W": "11 11 11 15 15 1b 11",
    "X": "11 11 0a 04 0a 11 11",
    "Y": "11 11 0a 04 04 04 04",
    " ": "00 00 00 00 00 00 00",
}


def text_mask(lines, shape, scale):
    """Image of truth values: True where the text, enlarged and centred, covers the image."""
    mask = np.zeros(shape, dtype=bool)
    line_height = shape[0] // len(lines)
    for i, line in enumerate(lines):
        rows = np.hstack(
            [np.frombuffer(bytes.fromhex(FONT[letter]), np.uint8)[:, None] for letter in line]
        )
        bits = np.unpackbits(rows[:, :, None], axis=2)[:, :, 2:].reshape(7, -1)
        block = np.kron(bits[:, 1:], np.ones((scale, scale))) > 0
        top = i * line_height + (line_height - block.shape[0]) // 2
        left = (shape[1] - block.shape[1]) // 2
        mask[top : top + block.shape[0], left : left + block.shape[1]] = block
    return mask


photo = data.chelsea()
hidden = text_mask(["CONJUGATE", "GRADIENTS", "WIPE THIS", "TEXT AWAY"], photo.shape[:2], scale=8)
overwritten = np.where(hidden[:, :, None], 255, photo)

# %% State the system for the hidden pixels


def hidden_pixel_system(channel, hidden):
    """Return matvec and b of the system A x = b for the hidden pixels of one colour channel."""

    def matvec(v):
        image = np.zeros(hidden.shape)
        image[hidden] = v
        return pixel_laplacian(image)[hidden]

    known = np.where(hidden, 0.0, channel)
    return matvec, -pixel_laplacian(known)[hidden]


# %% [markdown]
# Your solver fills one colour channel after the other. What is written over is not used in any
# way: the known pixels alone decide.

# %% Wipe the text off tags=["demo"]
restored = overwritten.copy()
for channel in range(3):
    matvec, b = hidden_pixel_system(overwritten[:, :, channel], hidden)
    x, norms = conjugate_gradient(matvec, b, np.zeros(len(b)), 1e-4, 500)
    restored[hidden, channel] = np.clip(np.rint(x), 0, 255)
    print(f"colour {channel}: {len(b)} unknowns, {len(norms) - 1} iterations")

mistake = np.sqrt(np.mean((restored[hidden] - photo[hidden].astype(float)) ** 2))
fig, axes = plt.subplots(2, 2, figsize=(9, 6.4))
titles = ["Written over", "Hidden pixels (black)", "Restored", "For comparison: the original"]
for ax, picture, title in zip(
    axes.flat, [overwritten, ~hidden, restored, photo], titles, strict=True
):
    ax.imshow(picture)
    ax.set(title=title)
    ax.axis("off")
show(
    "Four pictures of a cat: with white letters written all over it, a map of the hidden pixels, "
    "the restored picture without letters, and the original. The restored one differs from the "
    "original only by a faint trace of the letters in whiskers and fur."
)
print(f"Typical mistake at a hidden pixel: {mistake:.1f} of 255 grey levels")

# %% [markdown]
# Look closely and you will find the letters in the whiskers and in the fur: the fill is as smooth
# as it can be, and fine texture is not smooth. Colours and shapes are back, from three runs with
# more than thirty thousand unknowns each, and no matrix.
#
# Why so few iterations for so many unknowns? The number of unknowns does not enter the bound,
# only $\kappa$ does, and $\kappa$ depends on the width of the strokes: no hidden pixel is far
# from a known one. A single hole of the same area would take many more. Try it.

# %% Plot the convergence of three solvers tags=["demo"]
matvec, b = hidden_pixel_system(overwritten[:, :, 1], hidden)
start = np.zeros(len(b))
runs = {
    "steepest descent": (steepest_descent(matvec, b, start, 1e-8, 700)[1], "-", "#d1495b"),
    "conjugate gradients": (conjugate_gradient(matvec, b, start, 1e-8, 700)[1], "-", "#1b6ca8"),
    "preconditioned": (
        preconditioned_cg(matvec, b, lambda r: r / 4, start, 1e-8, 700)[1],
        ":",
        "k",
    ),
}
fig, ax = plt.subplots()
for norms, line, color in runs.values():
    ax.semilogy(np.array(norms) / np.linalg.norm(b), line, color=color)
ax.axhline(1e-4, color="0.6", linewidth=0.8)
ax.text(700, 1.3e-4, "tolerance used for the pictures", ha="right", color="0.35", fontsize=9)
ax.text(260, 2e-3, "steepest descent", color="#d1495b")
ax.text(
    95,
    1e-7,
    "conjugate gradients,\nwith (dotted) and without the diagonal\nas preconditioner",
    color="#1b6ca8",
)
ax.set(
    xlabel="iteration $k$ (one product with $A$ each)",
    ylabel=r"$\|r_k\|_2 \,/\, \|b\|_2$",
    title=f"Filling {len(b)} hidden pixels: far fewer products for the same picture",
)
show(
    "Relative residuals over iterations on a logarithmic scale. Conjugate gradients fall to 1e-8 "
    "in 89 iterations, with and without the diagonal as preconditioner alike. Steepest descent "
    "takes 350 iterations to reach 1e-4, and 700 are not enough for 1e-7."
)

# %% [markdown]
# After 89 iterations conjugate gradients have eight digits, and steepest descent has not quite
# two. The dotted line lies exactly on the blue one. Every hidden pixel has four neighbours, so
# the diagonal of $A$ is 4 everywhere, and dividing by a constant changes no direction: here this
# preconditioner does nothing. It helps where the diagonal varies, as in 12.6. For problems like
# this one people use incomplete factorizations and multigrid, which pass information over long
# distances in one go.
#
# ## 12.8 · In your own words
#
# One last experiment. The eigenvalues below run from 1 down to $1/\kappa$. The solver stops when
# the residual has fallen to $10^{-6}$ of $\|b\|$; since the solution is known here, the error can
# be measured too.

# %% Compare residual and error tags=["demo"]
rng = np.random.default_rng(7)
x_star = rng.standard_normal(100)
print("    kappa   iterations   ||b - A x|| / ||b||   ||x - x*|| / ||x*||")
for kappa in (1e0, 1e2, 1e4, 1e6):
    A = matrices.spd(100, cond=kappa, seed=rng)
    b = A @ x_star
    x, norms = conjugate_gradient(A.dot, b, np.zeros(100), 1e-6, 5000)
    residual = np.linalg.norm(b - A @ x) / np.linalg.norm(b)
    error = np.linalg.norm(x - x_star) / np.linalg.norm(x_star)
    print(f"{kappa:9.0e}   {len(norms) - 1:10d}   {residual:19.1e}   {error:19.1e}")

# %% [markdown]
# ### Question
#
# A colleague fits a linear model. Her data matrix $X$ has independent columns and condition
# number $\kappa_2(X) = 10^4$. She hands `lambda w: X.T @ (X @ w)` and $X^\top y$ to your
# `conjugate_gradient`, which stops at a relative residual of $10^{-8}$. "Eight digits of the
# weights are right," she says.
#
# In a few sentences:
#
# 1. What is the condition number of the system that she solves, and what does it do to the number
#    of iterations that the bound promises?
# 2. How large may the relative error of her weights be, and how can it be that large when the
#    residual is so small?
# 3. Name one thing that she could do instead, and say what it improves.

# %% [markdown] nbgrader={"grade_id": "error-bound", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point for each part.
#
# 1. The matrix is $X^\top X$, whose eigenvalues are the squared singular values of $X$, so
#    $\kappa_2(X^\top X) = \kappa_2(X)^2 = 10^8$. The bound asks for about
#    $\tfrac12\sqrt{\kappa}\,\log(2/\text{tol})$ iterations; $\sqrt{\kappa}$ is now $10^4$ instead
#    of the $100$ that an SPD matrix with condition number $10^4$ would give: a hundred times as
#    many. (The squared number is needed for the point; "many more iterations" with the square
#    root as reason is enough for the rest.)
# 2. From $x - x^\star = -A^{-1} r$: relative error $\le \kappa \cdot$ relative residual $= 10^8
#    \cdot 10^{-8} = 1$. No digit is guaranteed. An error along an eigenvector with a small
#    eigenvalue is multiplied by that small number on its way into the residual, so the residual
#    hardly sees it: the floor of the valley is nearly level. (Either the inequality or the
#    picture, with the conclusion that eight digits are not guaranteed.)
# 3. One of: solve the least-squares problem by QR or the SVD, which work with $\kappa(X)$ and not
#    its square; standardize the columns or precondition, which lowers $\kappa$ and with it
#    iterations and error bound; add a ridge penalty, which lifts the smallest eigenvalue (and
#    changes the problem a little); a smaller tolerance, as far as rounding error permits, which
#    lowers the residual and the error bound with it. LSQR alone, without a reason, earns half: it
#    avoids forming the residual of the squared system and is more accurate, but converges at the
#    same rate.
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have a solver for symmetric positive definite systems of any size, which sees the matrix only
# through products, one an iteration, and protests when it meets a direction without a bottom. You
# have the same with a preconditioner, a formula that tells beforehand how many iterations are
# enough, a test for positive definiteness that no unit can fool, and an image repair tool in a
# dozen lines.
#
# Where it leads:
#
# - **Section 13** takes on matrices that are symmetric but indefinite, or not symmetric at all.
# - **Section 16** returns to residuals, errors and $\kappa$.
#
# In the libraries: `scipy.sparse.linalg.cg`, with the same ideas: a matrix as a function (a
# `LinearOperator`), a relative tolerance, a preconditioner. To read on: Jonathan Shewchuk, *An
# Introduction to the Conjugate Gradient Method Without the Agonizing Pain* (1994), which is all
# about the bowl, and Lloyd N. Trefethen and David Bau, *Numerical Linear Algebra* (1997),
# Lecture 38.
