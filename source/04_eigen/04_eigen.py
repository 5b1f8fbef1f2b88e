# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4 · Eigenvalues: the directions that a matrix keeps
#
# Apply a matrix again and again, and something takes over. A population settles into fixed
# shares, a web page gathers its rank, a training run converges or blows up, a bridge begins to
# sway at its own pace. Each time the same few numbers decide: the eigenvalues. They say how fast,
# and the eigenvectors say in which direction. Once you know them, a matrix is no longer a table.
# It is a list of independent stretchings, and you can say what it will do in a thousand steps
# without taking one.
#
# After this notebook you can
#
# - tell whether a number and a vector are an eigenpair, whatever their units;
# - compute the eigenvalues of a $2 \times 2$ matrix without losing digits, and say why nobody
#   does it that way for larger ones;
# - let a matrix find its own largest eigenvalue, and refine a rough guess with three times as
#   many digits at every step;
# - split a symmetric matrix into its eigenvalues and orthonormal eigenvectors;
# - decide whether a process dies out or explodes, and how large a step gradient descent can bear;
# - compute how a building sways, and find out from its frequencies which storey is damaged.
#
# Allow about 90 minutes. Every function stands on its own: none of them needs another one that
# you wrote, so a slip in one exercise costs you that exercise only.

# %% Setup
import matplotlib.pyplot as plt
import numpy as np

from autograder.checks import (
    assert_at_most,
    assert_close,
    assert_dtype,
    assert_finite,
    assert_in,
    assert_integer,
    assert_orthonormal,
    assert_raises,
    assert_ratio,
    assert_reconstructs,
    assert_scalar,
    assert_shape,
    assert_unchanged,
    matrices,
    ratios,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
plt.style.use("autograder.course")

# %% [markdown]
# ## 4.1 · Staying on the line
#
# Multiply a vector by a square matrix and as a rule it is turned: the result points somewhere
# else. An **eigenvector** is not turned. It stays on its own line and is only stretched, shrunk
# or flipped, and the factor is its **eigenvalue**:
#
# $$
# A v = \lambda v, \qquad v \ne 0 .
# $$
#
# **A small example to keep.** You will meet this matrix again and again below:
#
# $$
# A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}, \qquad
# A \begin{pmatrix} 1 \\ 1 \end{pmatrix} = 3 \begin{pmatrix} 1 \\ 1 \end{pmatrix}, \qquad
# A \begin{pmatrix} 1 \\ -1 \end{pmatrix} = 1 \begin{pmatrix} 1 \\ -1 \end{pmatrix}.
# $$
#
# Its eigenvalues are 3 and 1. Any other vector is a mixture of these two, say
# $(1, 0) = \tfrac12 (1, 1) + \tfrac12 (1, -1)$, and the two parts are stretched by different
# factors. That is what turns it.

# %% Plot which directions are turned tags=["demo"]
A = np.array([[2.0, 1.0], [1.0, 2.0]])
angle = np.linspace(0, np.pi, 361)
x = np.vstack([np.cos(angle), np.sin(angle)])
y = A @ x
turned = np.degrees(np.arctan2(x[0] * y[1] - x[1] * y[0], np.sum(x * y, axis=0)))
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9), width_ratios=[1, 1.15])
for start in np.arange(0, 360, 22.5):
    v = np.array([np.cos(np.radians(start)), np.sin(np.radians(start))])
    if start in (135, 315):  # here A v is v itself
        left.plot(*v, "o", color="#d1495b", markersize=8)
        continue
    color = "#1b6ca8" if start in (45, 225) else "#b5b5b5"
    left.annotate("", A @ v, v, arrowprops={"arrowstyle": "-|>", "color": color, "lw": 1.6})
left.plot(*np.hstack([x, -x]), color="#444444", linewidth=1)
left.plot(*np.hstack([y, -y]), color="#444444", linewidth=1, linestyle=":")
left.text(2.2, 2.3, r"$\lambda = 3$", color="#1b6ca8", ha="center")
left.text(-0.85, 0.9, r"$\lambda = 1$", color="#d1495b", ha="right")
left.set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal")
left.set_title("From x on the circle to Ax on the ellipse")
right.axhline(0, color="#888888", linewidth=1)
right.plot(np.degrees(angle), turned, color="#444444")
right.plot(45, 0, "o", color="#1b6ca8", markersize=8)
right.plot(135, 0, "o", color="#d1495b", markersize=8)
right.set(xlabel="direction of x in degrees", ylabel="turned by, in degrees")
right.set(xticks=[0, 45, 90, 135, 180], title="Two directions are not turned at all")
show(
    "Left: arrows lead from points of the unit circle to their images on an ellipse; only those "
    "along (1, 1), three times as long, and those along (1, -1), unchanged, stay on their line. "
    "Right: the angle by which a vector is turned, against its direction; it is zero at 45 and "
    "at 135 degrees only."
)

# %% [markdown]
# The solid circle holds all unit vectors $x$, the dotted ellipse their images $Ax$, and each
# arrow leads from one to the other. Grey arrows lead off their ray from the origin. Blue ones run
# straight out along it. In place of the red ones there are dots: along $(1, -1)$ the factor is 1,
# and $Ax = x$. The curve on the right says the same in numbers: at 45 and 135 degrees the turn is
# zero. Everywhere else a vector is pulled towards the blue direction or its opposite. Remember
# that pull. Section 4.3 makes a method of it.
#
# Three things follow from the definition, and the checks of this notebook respect them:
#
# - An eigenvector has no length and no sign of its own: $-5v$ will do as well as $v$.
# - The zero vector is never an eigenvector. $A 0 = \lambda 0$ holds for every $\lambda$ and says
#   nothing.
# - $\lambda$ may be $0$, negative, or complex. A quarter turn of the plane leaves no real vector on
#   its line.
#
# ### Exercise: `is_eigenpair`
#
# On a computer $A v$ and $\lambda v$ differ in the last digits, so "equal" has to mean "equal up
# to rounding", and that must not depend on units: whether the entries of $A$ are newtons or
# giganewtons, and whether $v$ is long or short. So compare the length of $Av - \lambda v$ with
# $\|A\| \, \|v\|$, which grows along with it.
#
# <details><summary>Hint 1</summary>
#
# `np.linalg.norm` gives the length of a vector, and for a matrix the root of the sum of all
# squares (the Frobenius norm).
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For $v = 0$ both sides of the comparison are 0. `np.any(v)` is false just for the zero vector.
#
# </details>


# %% nbgrader={"grade_id": "is_eigenpair", "solution": true}
def is_eigenpair(A, lam, v):
    """Tell whether lam is an eigenvalue of A with the eigenvector v, up to rounding.

    Parameters
    ----------
    A : array, shape (n, n)
        A real square matrix of floats or integers, symmetric or not.
    lam : number
        Real or complex.
    v : array, shape (n,)
        Real or complex. Neither A nor v is changed.

    Returns
    -------
    bool
        True if v is not the zero vector and ||A v - lam v|| <= 1e-8 ||A|| ||v||, with 2-norms of
        vectors and the Frobenius norm of A. False otherwise. Multiplying v by a number, or A and
        lam by the same number, changes nothing; sizes from 1e-30 to 1e30 are to be expected.
    """
    ### BEGIN SOLUTION
    gap = np.linalg.norm(A @ v - lam * v)
    return bool(np.any(v) and gap <= 1e-8 * np.linalg.norm(A) * np.linalg.norm(v))
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "is_eigenpair-worked", "grade": true, "points": 1}
A = np.array([[2.0, 1.0], [1.0, 2.0]])
cases = [
    (3, [1.0, 1.0], True, "A (1, 1) = (3, 3)."),
    (3, [-2.0, -2.0], True, "Any multiple of (1, 1), except zero, is as good as (1, 1)."),
    (1, [1.0, -1.0], True, "A (1, -1) = (1, -1): a factor of 1."),
    (1, [1.0, 1.0], False, "(1, 1) is an eigenvector, but it belongs to 3: A (1, 1) = (3, 3)."),
    (-3, [1.0, 1.0], False, "A (1, 1) = (3, 3), and not (-3, -3): the sign of lam counts."),
    (3, [1.0, 0.0], False, "3 is an eigenvalue, but A (1, 0) = (2, 1) has left the line."),
    (3, [0.0, 0.0], False, "The zero vector is never an eigenvector."),
]
for lam, v, expected, reason in cases:
    found = is_eigenpair(A.copy(), lam, np.array(v))
    assert_in(found, [expected], name=f"is_eigenpair(A, {lam}, {v})", hint=reason)

# %% Kinds of eigenpairs nbgrader={"grade_id": "is_eigenpair-kinds", "grade": true, "points": 1}
# Matrices that are not symmetric, complex pairs, an eigenvalue of zero, integers. A and v must not
# change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(401)
S = rng.standard_normal((5, 5))
A = S @ np.diag([4.0, -3.0, 2.0, 0.5, 0.0]) @ np.linalg.inv(S)
columns = "Multiply from the right, A @ v (v @ A asks about A.T), and allow for rounding errors."
for i, lam in [(0, 4.0), (1, -3.0), (4, 0.0)]:
    v = -2.5 * S[:, i]
    before = A.copy(), v.copy()
    found = is_eigenpair(A, lam, v)
    assert_unchanged(A, before[0], name="A after is_eigenpair(A, lam, v)")
    assert_unchanged(v, before[1], name="v after is_eigenpair(A, lam, v)")
    assert_in(found, [True], name=f"is_eigenpair of a right pair, lam = {lam}", hint=columns)
found = is_eigenpair(A.T.copy(), 4.0, S[:, 0].copy())
assert_in(found, [False], name="is_eigenpair(A.T, lam, v), (lam, v) a pair of A", hint=columns)

turn = np.array([[0, -1], [1, 0]])
conjugate = "A @ (1, -1j) = (1j, 1) is 1j times (1, -1j), and not -1j times. Is a part dropped?"
for lam, v, expected in [
    (1j, [1, -1j], True),
    (-1j, [1, -1j], False),
    (1, [1, 0], False),
]:
    found = is_eigenpair(turn.copy(), lam, np.array(v))
    name = f"is_eigenpair([[0, -1], [1, 0]], {lam}, {v})"
    assert_in(found, [expected], name=name, hint=conjugate)
found = is_eigenpair(np.array([[2.0, 1.0], [1.0, 2.0]]), 3 + 1j, np.array([1.0, 1.0]))
parts = "A (1, 1) is 3 times (1, 1), and not 3 + i times: the imaginary part counts."
assert_in(found, [False], name="is_eigenpair([[2, 1], [1, 2]], 3 + 1j, [1, 1])", hint=parts)
zeros = "Some entries of v are 0: a quotient of A @ v and v has no meaning there."
found = is_eigenpair(np.diag([2, 5, 5]), 5, np.array([0, 1, 3]))
assert_in(found, [True], name="is_eigenpair(diag(2, 5, 5), 5, [0, 1, 3])", hint=zeros)
found = is_eigenpair(np.diag([2, 5, 5]), 5, np.array([1, 1, 3]))
assert_in(found, [False], name="is_eigenpair(diag(2, 5, 5), 5, [1, 1, 3])", hint=zeros)
every = "A matrix of zeros maps every vector to 0 times itself."
found = is_eigenpair(np.zeros((3, 3)), 0.0, np.array([1.0, 2.0, 3.0]))
assert_in(found, [True], name="is_eigenpair(zeros, 0, v)", hint=every)
found = is_eigenpair(np.zeros((3, 3)), 1.0, np.array([1.0, 2.0, 3.0]))
assert_in(found, [False], name="is_eigenpair(zeros, 1, v)", hint=every)
### END HIDDEN TESTS

# %% Other units nbgrader={"grade_id": "is_eigenpair-units", "grade": true, "points": 1}
# The same pairs with very large and very small A and v, near misses, and the bar of 1e-8.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(402)
S = rng.standard_normal((4, 4))
A = S @ np.diag([4.0, -3.0, 2.0, 1.0]) @ np.linalg.inv(S)
good, poor = S[:, 1], S[:, 1] + 1e-4 * S[:, 0]
relative = "Compare the length of A v - lam v with 1e-8 * norm(A) * norm(v), not with a number."
for a, b in [(1e-20, 1.0), (1e20, 1.0), (1.0, 1e-20), (1.0, 1e20)]:
    units = f"A about {a:g} and v about {b:g}"
    found = is_eigenpair(a * A, a * -3.0, b * good)
    assert_in(found, [True], name=f"is_eigenpair of a pair, {units}", hint=relative)
    found = is_eigenpair(a * A, a * -3.0, b * poor)
    assert_in(found, [False], name=f"is_eigenpair, v wrong by 1e-4, {units}", hint=relative)
    found = is_eigenpair(a * A, a * -3.0001, b * good)
    assert_in(found, [False], name=f"is_eigenpair, lam wrong by 1e-4, {units}", hint=relative)
zero = "The zero vector is never an eigenvector, in no unit."
found = is_eigenpair(1e-20 * A, -3e-20, np.zeros(4))
assert_in(found, [False], name="is_eigenpair of the zero vector, A about 1e-20", hint=zero)
bar = "The bar is 1e-8 times norm(A) times norm(v)."
for factor, expected in [(0.75, True), (1.35, False)]:
    v = np.array([1.0, factor * 1e-8 * np.sqrt(5.0)])
    name = f"is_eigenpair with ||A v - lam v|| = {factor} * 1e-8 ||A|| ||v||"
    assert_in(is_eigenpair(np.diag([2.0, 1.0]), 2.0, v), [expected], name=name, hint=bar)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.2 · By hand, for two by two
#
# How do you find eigenvalues? Write $Av = \lambda v$ as $(\lambda I - A) v = 0$. A matrix that
# sends a nonzero vector to zero is singular, so its determinant vanishes:
#
# $$
# p(\lambda) = \det(\lambda I - A) = 0 .
# $$
#
# This $p$ is the **characteristic polynomial**. For a $2 \times 2$ matrix it is a parabola:
#
# $$
# A = \begin{pmatrix} a & b \\ c & d \end{pmatrix}, \qquad
# p(\lambda) = \lambda^2 - (a + d)\,\lambda + (ad - bc) .
# $$
#
# The middle coefficient is minus the **trace** $a + d$, the last one is the determinant. Compare
# with $p(\lambda) = (\lambda - \lambda_1)(\lambda - \lambda_2)$ and you get two checks for free:
# the eigenvalues add up to the trace, and their product is the determinant. For the small example,
# $p(\lambda) = \lambda^2 - 4 \lambda + 3 = (\lambda - 3)(\lambda - 1)$.

# %% Plot three characteristic polynomials tags=["demo"]
lam = np.linspace(-1.2, 5.2, 300)
examples = [
    ("two real eigenvalues", [[2, 1], [1, 2]], [1, 3]),
    ("one, counted twice", [[2, 1], [0, 2]], [2]),
    ("none on the real line", [[2, -1], [1, 2]], []),
]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True)
for ax, (title, ((a, b), (c, d)), roots) in zip(axes, examples, strict=True):
    ax.axhline(0, color="#888888", linewidth=1)
    ax.plot(lam, lam**2 - (a + d) * lam + (a * d - b * c), color="#1b6ca8")
    ax.plot(roots, np.zeros(len(roots)), "o", color="#d1495b", markersize=8)
    ax.set(xlabel=r"$\lambda$", title=title, ylim=(-1.8, 7))
    ax.text(2, 5.4, f"A = [[{a}, {b}],\n       [{c}, {d}]]", ha="center", color="#444444")
axes[0].set_ylabel(r"$p(\lambda) = \det(\lambda I - A)$")
figure.suptitle("The off-diagonal entries lift the parabola: bc = 1, 0 and -1")
show(
    "Three upright parabolas with the same axis of symmetry. The first cuts the horizontal axis "
    "at 1 and 3, the second touches it at 2, the third stays above it."
)

# %% [markdown]
# All three matrices have the trace 4, so all three parabolas are centred at 2. Only $bc$ differs.
# On the right, $A$ turns every real vector, and the roots are the complex pair $2 \pm i$.
#
# ### Exercise: `characteristic_polynomial`
#
# Return the three coefficients, highest power first, the way NumPy stores polynomials.


# %% nbgrader={"grade_id": "characteristic_polynomial", "solution": true}
def characteristic_polynomial(A):
    """Coefficients of det(lam I - A) for a 2 x 2 matrix.

    Parameters
    ----------
    A : array, shape (2, 2)
        A real matrix of floats or integers, with large or tiny entries (1e-9, say).

    Returns
    -------
    array, shape (3,)
        The coefficients of lam**2, lam and 1, in this order. The first is 1.

    Raises
    ------
    ValueError
        If A does not have the shape (2, 2).
    """
    ### BEGIN SOLUTION
    (a, b), (c, d) = A
    return np.array([1.0, -(a + d), a * d - b * c])
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "characteristic_polynomial-worked", "grade": true, "points": 1}
p = characteristic_polynomial(np.array([[2.0, 1.0], [1.0, 2.0]]))
worked = "lam**2 - 4 lam + 3: one, minus the trace, the determinant."
assert_close(p, [1.0, -4.0, 3.0], name="characteristic_polynomial([[2, 1], [1, 2]])", hint=worked)
array = "Wrap the list in np.array, so that others can compute with the result."
assert_dtype(p, np.number, name="characteristic_polynomial([[2, 1], [1, 2]])", hint=array)
p = characteristic_polynomial(np.array([[1, 2], [3, 4]]))
worked = "The trace is 1 + 4, and the determinant 1 * 4 - 2 * 3."
assert_close(p, [1.0, -5.0, -2.0], name="characteristic_polynomial([[1, 2], [3, 4]])", hint=worked)

# %% Any matrix nbgrader={"grade_id": "characteristic_polynomial-any", "grade": true, "points": 1}
# Random and singular matrices in large and small units, and matrices of other shapes.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(411)
first, second, third = rng.uniform(-3.0, 3.0, (3, 2, 2))
singular = np.outer([1.0, 2.0], [3.0, -1.0])
for matrix, unit in [
    (first, 1.0),
    (second, 2.0**-30),
    (third, 2.0**30),
    (singular, 1.0),
    (np.zeros((2, 2)), 1.0),
]:
    expected = [1.0, -matrix[0, 0] - matrix[1, 1], np.linalg.det(matrix)]
    name = f"characteristic_polynomial(A) with entries of A about {unit:.0e}"
    found = characteristic_polynomial(unit * matrix)
    assert_shape(found, (3,), name=name)
    powers = np.array([1.0, unit, unit**2])
    hint = "The trace grows with the unit of A, the determinant with its square."
    assert_close(np.asarray(found) / powers, expected, name=f"{name}, per unit", hint=hint)
square = "Only a 2 x 2 matrix has a + d and ad - bc. Compare np.shape(A) with (2, 2)."
for shape in [(3, 3), (2, 3), (3, 2), (1, 1)]:
    assert_raises(ValueError, characteristic_polynomial, np.ones(shape), hint=square)
### END HIDDEN TESTS

# %% [markdown]
# ### From the polynomial to its roots, with all digits
#
# School gives you the formula $\lambda = \tfrac{t}{2} \pm \sqrt{\tfrac{t^2}{4} - q}$ with the trace
# $t$ and the determinant $q$. On paper it is perfect. In floating point it loses digits in two
# places, both times by subtracting two numbers that are almost equal.
#
# **Under the root.** If the eigenvalues are close to each other, $t^2/4$ and $q$ are nearly equal,
# and their difference is rounding error. Written out in the entries, the same number is
#
# $$
# \frac{t^2}{4} - q = \left( \frac{a - d}{2} \right)^2 + bc .
# $$
#
# **In front of the root.** If one eigenvalue is tiny beside the other, one of the two signs makes
# $\tfrac{t}{2}$ and the root nearly equal. So use the sign that *adds* (that of $t$) to get the
# larger eigenvalue $\lambda_1$, and get the smaller one from the product:
# $\lambda_2 = q / \lambda_1$.

# %% Plot what the formula from school loses tags=["demo"]
small = np.logspace(0, -17, 120)  # matrices with the eigenvalues 3 and these
t, q = 3 + small, 3 * small
root = np.sqrt(t**2 / 4 - q)
school = np.abs((t / 2 - root) - small) / small
careful = np.abs(q / (t / 2 + root) - small) / small
figure, ax = plt.subplots(figsize=(7, 3.8))
ax.loglog(small, np.maximum(school, 1e-17), ".", color="#d1495b")
ax.loglog(small, np.maximum(careful, 1e-17), ".", color="#1b6ca8")
ax.text(3e-11, 2e-4, "t/2 minus the root", color="#d1495b")
ax.text(1e-16, 1.5e-15, "determinant over the larger one", color="#1b6ca8")
ax.set(xlabel=r"smaller eigenvalue $\lambda_2$ (the larger one is 3)", ylabel="relative error")
ax.set(ylim=(3e-18, 30), title="The smaller the eigenvalue, the fewer digits survive")
show(
    "Relative error of the smaller eigenvalue on logarithmic axes. For the formula from school it "
    "grows in proportion as the eigenvalue gets smaller, up to 100 per cent; for the quotient it "
    "stays at rounding error throughout."
)

# %% [markdown]
# Each point is one matrix. Read it from right to left: for every digit that $\lambda_2$ is
# smaller, the formula from school (red) loses a digit of it, and below $10^{-16}$ nothing is left.
# The quotient (blue) keeps all of them. (Errors that are exactly 0 are drawn at $10^{-17}$.)
#
# ### Exercise: `eigenvalues_2x2`
#
# Compute both eigenvalues, avoiding both subtractions. If the number under the root is negative,
# they are a complex pair, $\tfrac{t}{2} \pm i \sqrt{\cdots}$. Think about $t = 0$, where there is
# no sign to follow, and about matrices like $\begin{pmatrix} 0 & 1 \\ 0 & 0 \end{pmatrix}$, where
# $\lambda_1 = 0$.
#
# (`np.linalg.eigvals` will not do here. It promises digits relative to the larger eigenvalue, and
# the last check asks for those of the smaller one.)
#
# <details><summary>Hint 1: signs</summary>
#
# `np.sign(0.0)` is `0.0`, and that wipes out the root. `np.copysign(root, t)` gives the root the
# sign of $t$, and a plus where $t = 0$.
#
# </details>
#
# <details><summary>Hint 2: cases</summary>
#
# Let $D$ be the number under the root. If $D \le 0$, return $t/2 \pm \sqrt{D}$ with a complex
# root, `np.sqrt(complex(D))`; there is nothing to cancel, and $D = 0$ is a double eigenvalue. If
# $D > 0$, then $\lambda_1$ is not zero, and you may divide by it.
#
# </details>


# %% nbgrader={"grade_id": "eigenvalues_2x2", "solution": true}
def eigenvalues_2x2(A):
    """Both eigenvalues of a real 2 x 2 matrix.

    Parameters
    ----------
    A : array, shape (2, 2)
        Floats or integers, entries up to 1e30 and down to 1e-30 in size.

    Returns
    -------
    array, shape (2,)
        The two eigenvalues in any order, a double one twice. The dtype may be real or complex if
        they are real, and is complex if they are not.

    Notes
    -----
    With [[a, b], [c, d]] for A, two hard cases are to be right to twelve digits or so. If one
    eigenvalue is tiny beside the other, these are digits of the tiny one, provided that a * d and
    b * c are not nearly equal. If the two are close to each other, because a is close to d and b
    and c are small, these are digits of a, and the distance between the two must show in them.
    """
    ### BEGIN SOLUTION
    (a, b), (c, d) = A
    middle = (a + d) / 2
    under_root = ((a - d) / 2) ** 2 + b * c
    if under_root <= 0:
        root = np.sqrt(complex(under_root))
        return np.array([middle + root, middle - root])
    larger = middle + np.copysign(np.sqrt(under_root), middle)
    return np.array([larger, (a * d - b * c) / larger])
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "eigenvalues_2x2-worked", "grade": true, "points": 1}
found = eigenvalues_2x2(np.array([[2.0, 1.0], [1.0, 2.0]]))
assert_shape(found, (2,), name="eigenvalues_2x2([[2, 1], [1, 2]])")
assert_close(
    sorted(found, key=np.real),
    [1.0, 3.0],
    name="eigenvalues_2x2([[2, 1], [1, 2]]), sorted",
    hint="t = 4 and the number under the root is ((2 - 2) / 2)**2 + 1 * 1 = 1.",
)
array = "Wrap the list in np.array, so that others can compute with the result."
assert_dtype(found, np.number, name="eigenvalues_2x2([[2, 1], [1, 2]])", hint=array)
found = eigenvalues_2x2(np.array([[2.0, -1.0], [1.0, 2.0]]))
assert_shape(found, (2,), name="eigenvalues_2x2([[2, -1], [1, 2]])")
assert_close(
    sorted(found, key=np.imag),
    [2 - 1j, 2 + 1j],
    name="eigenvalues_2x2([[2, -1], [1, 2]]), sorted",
    hint="The number under the root is -1, so the pair is 2 - i and 2 + i.",
)
assert_dtype(found, np.number, name="eigenvalues_2x2([[2, -1], [1, 2]])", hint=array)

# %% Any matrix nbgrader={"grade_id": "eigenvalues_2x2-any", "grade": true, "points": 1}
# Random, diagonal and triangular matrices, trace zero, zero matrices, integers, large and small
# units.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(421)
cases = [(matrix, "random entries") for matrix in rng.uniform(-3.0, 3.0, (3, 2, 2))]
cases += [
    (np.array([[1, 2], [3, 4]]), "integers"),
    (np.array([[1.0, 2.0], [4.0, -1.0]]), "trace 0 and eigenvalues 3 and -3"),
    (np.array([[0.0, -4.0], [1.0, 0.0]]), "trace 0 and eigenvalues 2i and -2i"),
    (np.array([[5.0, 0.0], [0.0, 5.0]]), "the eigenvalue 5 twice"),
    (np.array([[-2.0, 7.0], [0.0, -2.0]]), "the eigenvalue -2 twice"),
    (np.array([[-6.0, 1.0], [0.0, -1.0]]), "eigenvalues -6 and -1"),
    (np.array([[3.0, 6.0], [1.0, 2.0]]), "eigenvalues 5 and 0"),
    (np.array([[0.0, 1.0], [0.0, 0.0]]), "the eigenvalue 0 twice"),
    (np.array([[0.0, 0.0], [3.0, 0.0]]), "the eigenvalue 0 twice"),
    (np.zeros((2, 2)), "zeros only"),
]
for unit in (2.0**-90, 2.0**90):
    cases += [
        (unit * np.array([[2.0, 1.0], [1.0, 2.0]]), f"eigenvalues 3 and 1, times {unit:.0e}"),
        (unit * np.array([[2.0, -1.0], [1.0, 2.0]]), f"eigenvalues 2 +- i, times {unit:.0e}"),
    ]
hint = "t = a + d, and under the root ((a - d) / 2)**2 + b c. Are t = 0 and 0 / 0 taken care of?"
for matrix, kind in cases:
    expected = np.linalg.eigvals(matrix)
    name = f"eigenvalues_2x2 of a matrix with {kind}"
    found = eigenvalues_2x2(matrix.copy())
    assert_shape(found, (2,), name=name)
    assert_finite(found, name=name, hint=hint)
    apart = min(ratios.difference(order, expected) for order in (found, found[::-1]))
    assert_ratio(apart, 1e4, f"The error of {name}", hint=hint)
### END HIDDEN TESTS

# %% Digits nbgrader={"grade_id": "eigenvalues_2x2-digits", "grade": true, "points": 2}
# One eigenvalue tiny beside the other, and two eigenvalues that are almost equal.
### BEGIN HIDDEN TESTS
product = (
    "The product of the eigenvalues must be the determinant, so the small one has to be right in "
    "its own digits: get the larger one first, and divide the determinant by it."
)
for a, b, c, d in [
    (1e8, 3.0, 2.0, 1e-7),
    (-1e8, 3.0, 2.0, -1e-7),
    (1e-9, 2e-5, -1e-5, 7.0),
    (-2e-13, 1e-6, 3e-7, -5.0),
    (-4.0, 1e-6, 1e-6, 1e-12),
    (4e-9, 1e-15, 1e-15, -1e-21),
]:
    name = f"eigenvalues_2x2([[{a:g}, {b:g}], [{c:g}, {d:g}]])"
    found = eigenvalues_2x2(np.array([[a, b], [c, d]]))
    assert_shape(found, (2,), name=name)
    total = "The sum of the eigenvalues must be the trace."
    assert_close(found[0] + found[1], a + d, name=f"The sum of {name}", hint=total)
    assert_close(found[0] * found[1], a * d - b * c, name=f"The product of {name}", hint=product)
close = (
    "t**2 / 4 - q is rounding error where the eigenvalues are almost equal. The same number is "
    "((a - d) / 2)**2 + b c, and there nothing cancels."
)
for b, c, distance in [(1e-9, 1e-9, 1e-9), (-1e-9, 1e-9, 1e-9j), (4e-10, 9e-10, 6e-10)]:
    name = f"eigenvalues_2x2([[1, {b:g}], [{c:g}, 1]])"
    found = eigenvalues_2x2(np.array([[1.0, b], [c, 1.0]]))
    assert_shape(found, (2,), name=name)
    expected = np.array([1 + distance, 1 - distance])
    off = min(ratios.difference(order, expected) for order in (found, found[::-1]))
    assert_ratio(off, 1e4, f"The error of {name}", hint=close)
### END HIDDEN TESTS

# %% [markdown]
# ### Why not always like this?
#
# An $n \times n$ matrix has a characteristic polynomial of degree $n$. Why not compute its
# coefficients and look for its roots? The next cell tries it, on a symmetric matrix whose
# eigenvalues are $1, 2, \dots, 20$ because it was built from them. `np.poly` multiplies the
# polynomial out (and is even given the exact eigenvalues, so its coefficients are as good as
# sixteen digits allow). `np.roots` looks for the roots.

# %% Plot the roots of a polynomial of degree 20 tags=["demo"]
true = np.arange(1.0, 21.0)
A = matrices.symmetric_with_eigenvalues(true, seed=4)
direct = np.linalg.eigvalsh(A)
roots = np.roots(np.poly(true))
nudged = np.poly(true)
nudged[1] -= 2.0**-23  # -210 becomes -210.0000001
figure, ax = plt.subplots(figsize=(8, 3.9))
ax.axhline(0, color="#888888", linewidth=1)
nudged = np.roots(nudged)
ax.plot(
    nudged.real,
    nudged.imag,
    "^",
    color="#e09f3e",
    label="one coefficient changed in its tenth digit",
)
ax.plot(roots.real, roots.imag, "s", mfc="none", color="#d1495b", label="roots of the polynomial")
ax.plot(direct, np.zeros(20), ".", color="#1b6ca8", label="eigvalsh of the matrix")
ax.set(xlabel="real part", ylabel="imaginary part", xticks=[1, 5, 10, 15, 20], ylim=(-4.2, 4.2))
ax.legend(loc="upper left")
ax.set_title("The polynomial has forgotten what the matrix still knows")
show(
    "The complex plane. Eigenvalues computed from the matrix lie on 1 to 20. The roots of the "
    "polynomial agree for small values and are off by up to 0.07 around 13, which is hard to see. "
    "With one coefficient changed in its tenth digit, ten of the roots have left the real line, up "
    "to a distance of 2.8."
)
print(f"largest error by eigvalsh:           {np.max(np.abs(direct - true)):.0e}")
print(f"largest error by roots:              {np.max(np.abs(np.sort(roots.real) - true)):.0e}")
print(f"largest imaginary part, one changed: {np.max(np.abs(nudged.imag)):.1f}")

# %% [markdown]
# From the matrix itself, `eigvalsh` gets all twenty eigenvalues to within $2 \cdot 10^{-14}$
# (blue). The roots of the polynomial (red) look right to the eye, but beyond 10 some have only two
# digits left. Change the coefficient $-210$ in its tenth digit, and half of the roots become
# complex (amber). James Wilkinson published this in 1959, and it ended a chapter of numerical
# analysis. Section 4.8 asks you why it is so.
#
# So for larger matrices eigenvalues are computed from the matrix and never from the polynomial.
# And the polynomial says one more thing: there is no formula for its roots beyond degree 4.
# Every method has to *iterate*.

# %% [markdown]
# ## 4.3 · Let the matrix do the work
#
# Recall the pull in the first picture. Multiply any vector by $A$ over and over, and it swings
# towards the eigenvector whose eigenvalue is the largest **in magnitude**: the *dominant* one.
# Write the start as a mixture of eigenvectors, $x_0 = c_1 v_1 + c_2 v_2 + \dots$ with $c_1 \ne 0$,
# and you see why:
#
# $$
# A^k x_0 = c_1 \lambda_1^k v_1 + c_2 \lambda_2^k v_2 + \dots
# = \lambda_1^k \left( c_1 v_1 + c_2 \left( \frac{\lambda_2}{\lambda_1} \right)^{k} v_2 + \dots
# \right) .
# $$
#
# Each step multiplies the unwanted part by $|\lambda_2 / \lambda_1| < 1$. In the small example,
# $(2, 1) = \tfrac32 (1, 1) + \tfrac12 (1, -1)$ has $\tfrac13$ as much of the wrong direction as of
# the right one. After one step it is $\tfrac19$, then $\tfrac1{27}$: a third of it each time,
# because $\lambda_2 / \lambda_1 = \tfrac13$.
#
# Only the lengths need care, since $\lambda_1^k$ overflows sooner or later. So divide by the
# length after every product:
#
# $$
# v_0 = \frac{x_0}{\|x_0\|}, \qquad v_{k+1} = \frac{A v_k}{\|A v_k\|} .
# $$
#
# **The eigenvalue** that fits a unit vector best is its **Rayleigh quotient**,
# $\lambda^{(k)} = v_k^\top A v_k$. It is the number that makes $\|A v_k - \lambda v_k\|$ smallest,
# and it has the right sign.
#
# **When to stop.** Not when $v_{k+1}$ is close to $v_k$: if $\lambda_1 < 0$ the vector flips its
# sign at every step, and the difference stays at 2 for ever. Look at what defines an eigenpair:
# stop at the first $k$ with
#
# $$
# \|A v_k - \lambda^{(k)} v_k\| \le \mathtt{tol} \cdot |\lambda^{(k)}| .
# $$

# %% Plot how power iteration converges tags=["demo"]
A = np.array([[2.0, 1.0], [1.0, 2.0]])
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.9), width_ratios=[1, 1.25])
v = np.array([0.9, -0.75]) / np.hypot(0.9, 0.75)
shades = plt.get_cmap("Blues")(np.linspace(0.35, 1.0, 5))
left.plot([-0.15, 0.85], [-0.15, 0.85], ":", color="#888888", linewidth=1)
for k, shade in enumerate(shades):
    left.annotate("", v, (0, 0), arrowprops={"arrowstyle": "-|>", "color": shade, "lw": 2})
    left.text(*(1.1 * v), k, color=shade, ha="center", va="center")
    v = A @ v / np.linalg.norm(A @ v)
left.set(xlim=(-0.25, 1.2), ylim=(-0.85, 0.95), aspect="equal")
left.set(
    xlabel="first coordinate",
    ylabel="second coordinate",
    title="Each product pulls it towards (1, 1)",
)
for ratio, color, where in [
    (0.3, "#2e8b57", (1, 3e-13)),
    (0.6, "#1b6ca8", (33, 2e-7)),
    (0.9, "#e09f3e", (57, 2e-6)),
    (0.99, "#d1495b", (57, 3e-2)),
]:
    spectrum = np.append(1.0, ratio * np.linspace(1.0, 0.0, 9))
    B = matrices.symmetric_with_eigenvalues(spectrum, seed=5)
    v, residuals = np.linalg.eigh(B)[1] @ np.ones(10) / np.sqrt(10), []  # all ten in equal parts
    for _ in range(81):
        w = B @ v
        residuals.append(np.linalg.norm(w - (v @ w) * v) / abs(v @ w))
        v = w / np.linalg.norm(w)
    right.semilogy(np.maximum(residuals, 1e-16), color=color)
    right.text(*where, rf"$|\lambda_2 / \lambda_1|$ = {ratio}", color=color)
right.set(xlabel="iteration k", ylabel=r"$\|A v_k - \lambda v_k\| \,/\, |\lambda|$")
right.set(title="The gap to the second eigenvalue sets the pace", ylim=(1e-16, 2))
show(
    "Left: unit vectors numbered 0 to 4 swing from below the horizontal axis up to the dotted "
    "diagonal, and the last one comes close to it. Right: residuals against iterations "
    "on a logarithmic axis fall along straight lines, steeply for a ratio of 0.3 and hardly at "
    "all for 0.99."
)

# %% [markdown]
# On the left, the vector swings up to the dotted line along $(1, 1)$, even though it started
# nearly across. On the right, ten by ten matrices: straight lines on a logarithmic axis, so the
# number of digits grows in proportion to the number of steps. With a ratio of $0.6$ a digit costs
# about four and a half steps, with $0.99$ it costs 230.
#
# ### Exercise: `power_iteration`
#
# One product with $A$ per iteration is enough: the same $w = A v_k$ gives you the Rayleigh
# quotient, the residual and the next vector. And there are matrices for which it never converges,
# for instance if $\lambda_2 = -\lambda_1$. Then say so, by an exception, in place of handing out
# a vector that means nothing.
#
# <details><summary>Hint 1</summary>
#
# Loop over `k in range(max_iter + 1)`. In the loop: the product, the quotient, the test (and
# `return` if it holds), the next vector. What stands behind the loop is reached only if nothing
# has converged.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `v = x0 / np.linalg.norm(x0)` makes a new array. `x0 /= ...` would change the caller's, and fail
# for integers.
#
# </details>


# %% nbgrader={"grade_id": "power_iteration", "solution": true}
def power_iteration(A, x0, tol, max_iter):
    """Dominant eigenpair of a matrix by repeated multiplication.

    With v_0 = x0 / ||x0||, v_(k+1) = A v_k / ||A v_k|| and lam_k = v_k^T A v_k, the first k with
    ||A v_k - lam_k v_k|| <= tol * |lam_k| ends the iteration, k = 0 included. All are 2-norms.

    Parameters
    ----------
    A : array, shape (n, n)
        A real matrix of floats or integers, symmetric or not.
    x0 : array, shape (n,)
        Where to start, floats or integers. Neither A nor x0 is changed.
    tol : float
        Relative tolerance, greater than zero.
    max_iter : int
        At most this many iterations, possibly 0.

    Returns
    -------
    lam : float
        The Rayleigh quotient lam_k, with its sign.
    v : array, shape (n,)
        The unit vector v_k, or -v_k.
    iterations : int
        k, the number of times that the vector was replaced.

    Raises
    ------
    ValueError
        If x0 is the zero vector.
    RuntimeError
        If none of v_0 to v_max_iter passes the test.
    """
    ### BEGIN SOLUTION
    if not np.any(x0):
        raise ValueError("x0 is the zero vector, which stays zero")
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        w = A @ v
        lam = v @ w
        if np.linalg.norm(w - lam * v) <= tol * abs(lam):
            return lam, v, k
        v = w / np.linalg.norm(w)
    raise RuntimeError(f"not converged after {max_iter} iterations")
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "power_iteration-worked", "grade": true, "points": 1}
A = np.array([[2.0, 1.0], [1.0, 2.0]])
x0 = np.array([2.0, 1.0])
for matrix, expected, title in [(A, 3.0, "A"), (-A, -3.0, "-A")]:
    try:
        result = power_iteration(matrix.copy(), x0.copy(), 1e-10, 100)
    except NotImplementedError:
        raise
    except RuntimeError as error:
        raise AssertionError(
            f"power_iteration({title}, x0, 1e-10, 100) raised {error!r}, but 21 iterations are "
            "enough. If it fails for -A only: there v flips its sign at every step, and lam is "
            "negative. Is the residual compared with tol * abs(lam)?"
        ) from error
    assert isinstance(result, tuple | list) and len(result) == 3, (
        f"power_iteration should return lam, v and iterations, but gave {type(result).__name__}."
    )
    lam, v, iterations = result
    name = f"power_iteration({title}, x0, 1e-10, 100)"
    quotient = "With v of length 1 the eigenvalue is v @ (A @ v); a norm would lose its sign."
    assert_scalar(lam, expected, name=f"lam from {name}", hint=quotient)
    assert_shape(v, (2,), name=f"v from {name}")
    assert_close(np.linalg.norm(v), 1.0, name=f"The length of v from {name}")
    assert_close(
        np.abs(v),
        [np.sqrt(0.5), np.sqrt(0.5)],
        name=f"v from {name}, without its sign",
        threshold=1e6,
        hint="The dominant direction is (1, 1): repeat v = A v / ||A v|| until it stays.",
    )
    third = "The wrong part is 1/3 at first and a third of that after every step: 20 or 21 steps."
    assert_in(iterations, [20, 21], name=f"iterations from {name}", hint=third)

# %% The dominant one nbgrader={"grade_id": "power_iteration-dominant", "grade": true, "points": 2}
# Symmetric and other matrices, dominant eigenvalues of either sign, any units, integers. A and x0
# must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(431)
S = rng.standard_normal((5, 5))
skewed = S @ np.diag([4.0, -2.5, 2.0, 1.0, 0.5]) @ np.linalg.inv(S)
cases = [
    ("symmetric", matrices.symmetric_with_eigenvalues([5, 3, 2, 1, -1, 0], seed=rng), 5.0),
    ("lam < 0", matrices.symmetric_with_eigenvalues([-6, 4, 3, 1], seed=rng), -6.0),
    ("not symmetric", skewed, 4.0),
    ("entries about 1e30", 2.0**100 * skewed, 2.0**102),
    ("entries about 1e-30", -(2.0**-100) * skewed, -(2.0**-98)),
    ("1 x 1", np.array([[-2.0]]), -2.0),
]
tol = 1e-9
for kind, A, expected in cases:
    x0 = 3.0 * rng.standard_normal(len(A))
    before = A.copy(), x0.copy()
    name = f"power_iteration ({kind})"
    try:
        lam, v, iterations = power_iteration(A, x0, tol, 500)
    except NotImplementedError:
        raise
    except RuntimeError as error:
        raise AssertionError(
            f"{name} raised {error!r}, but it converges in far less than 500 iterations. Divide by "
            "the length in every step, or numbers overflow, and compare with tol * |lam|."
        ) from error
    assert_unchanged(A, before[0], name="A after power_iteration")
    assert_unchanged(x0, before[1], name="x0 after power_iteration", hint="Work on a copy.")
    quotient = "lam is v @ (A @ v) for a v of length 1. Norms and single entries have other signs."
    assert_scalar(lam, expected, name=f"lam from {name}", threshold=1e8, hint=quotient)
    assert_shape(v, (len(A),), name=f"v from {name}")
    assert_close(np.linalg.norm(v), 1.0, name=f"The length of v from {name}")
    left = np.linalg.norm(A @ np.asarray(v) - expected * np.asarray(v)) / abs(expected)
    stop = "Stop at ||A v - lam v|| <= tol * |lam|, not when lam or v has ceased to move."
    what = f"The residual ||A v - lam v|| / |lam| from {name}"
    assert_at_most(left, 1.5 * tol, what=what, hint=stop)
lam, v, iterations = power_iteration(np.array([[0, 2], [2, 3]]), np.array([1, 1]), tol, 100)
assert_scalar(lam, 4.0, name="lam from power_iteration with integers", threshold=1e8)
### END HIDDEN TESTS

# %% How many iterations nbgrader={"grade_id": "power_iteration-count", "grade": true, "points": 1}
# Is it the first k that passes the test? Looked at: several tolerances, long and short x0, units.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(432)
A = matrices.symmetric_with_eigenvalues([-3.0, 2.1, 1.5, 1.0], seed=rng)
x0 = rng.standard_normal(4)
first = "The first k with ||A v_k - lam_k v_k|| <= tol * |lam_k| counts, v_0 included."
for tol, unit, factor in [
    (1e-1, 1.0, 1.0),
    (1e-3, -1.0, 1.0),
    (1e-6, 1.0, 2.0**20),
    (1e-6, 2.0**-40, 1.0),
    (1e-9, 1.0, 1.0),
]:
    v, expected = x0 / np.linalg.norm(x0), 0
    while np.linalg.norm(A @ v - (v @ A @ v) * v) > tol * abs(v @ A @ v):
        v, expected = A @ v / np.linalg.norm(A @ v), expected + 1
    result = power_iteration(unit * A, factor * x0, tol, 300)
    name = f"iterations for tol = {tol:g}, A times {unit:.0e}, x0 times {factor:.0e}"
    assert_integer(result[2], expected, name=name, hint=first)
loose = "At v_0 = (1, 1) / sqrt(2), lam is 0.5 and the residual 0.5, which is more than 0.9 * 0.5."
result = power_iteration(np.diag([1.0, 0.0]), np.array([1.0, 1.0]), 0.9, 50)
assert_integer(result[2], 1, name="iterations for diag(1, 0), (1, 1) and tol = 0.9", hint=loose)
none = "x0 is an eigenvector already: nothing was replaced, k = 0."
lam, v, iterations = power_iteration(np.diag([1.0, 7.0]), np.array([0.0, 2.0]), 1e-9, 50)
assert_integer(iterations, 0, name="iterations from an eigenvector", hint=none)
lam, v, iterations = power_iteration(np.diag([1.0, 7.0]), np.array([-3.0, 0.0]), 1e-9, 0)
assert_scalar(lam, 1.0, name="lam from an eigenvector with max_iter = 0", hint=none)
### END HIDDEN TESTS

# %% No convergence nbgrader={"grade_id": "power_iteration-limits", "grade": true, "points": 1}
# Matrices for which it cannot converge, too few iterations, just enough of them, the zero vector,
# and vectors that A sends to zero.
### BEGIN HIDDEN TESTS
swap, turn = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.6, -0.8], [0.8, 0.6]])
never = "No v_k passes the test, so there is nothing to return: raise RuntimeError."
for matrix in (swap, turn):
    start = np.array([2.0, 1.0])
    assert_raises(RuntimeError, power_iteration, matrix, start, 1e-6, 60, hint=never)
A, x0 = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([2.0, 1.0])
v, needed = x0 / np.linalg.norm(x0), 0
while np.linalg.norm(A @ v - (v @ A @ v) * v) > 1e-5 * abs(v @ A @ v):
    v, needed = A @ v / np.linalg.norm(A @ v), needed + 1
enough = f"v_{needed} passes the test, and max_iter = {needed} allows for it."
try:
    result = power_iteration(A.copy(), x0.copy(), 1e-5, needed)
except NotImplementedError:
    raise
except RuntimeError as error:
    raise AssertionError(f"power_iteration raised {error!r}. {enough}") from error
assert_integer(result[2], needed, name="iterations with just enough of them", hint=enough)
few = "max_iter bounds the number of times that the vector is replaced."
for limit in (0, needed - 1):
    assert_raises(RuntimeError, power_iteration, A.copy(), x0.copy(), 1e-5, limit, hint=few)
zero = "The zero vector has no direction: raise ValueError before you divide by its length."
assert_raises(ValueError, power_iteration, A, np.zeros(2), 1e-6, 10, hint=zero)
kernel = "A v = 0 is 0 times v: an eigenpair, and 0 <= tol * 0 holds."
for start, expected in [([1.0, 0.0], 0), ([0.0, 1.0], 1)]:
    matrix = np.array([[0.0, 1.0], [0.0, 0.0]])
    lam, v, iterations = power_iteration(matrix, np.array(start), 1e-6, 5)
    name = f"power_iteration([[0, 1], [0, 0]], {start}, 1e-6, 5)"
    assert_scalar(lam, 0.0, name=f"lam from {name}", hint=kernel)
    assert_integer(iterations, expected, name=f"iterations from {name}", hint=kernel)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.4 · Three times as many digits
#
# Power iteration is patient. If you already have a rough guess, you can be much faster, with a
# small twist. The matrix $(A - \mu I)^{-1}$ has the same eigenvectors as $A$, and the eigenvalues
# $1 / (\lambda_i - \mu)$. If the *shift* $\mu$ is close to $\lambda_1$, then
# $1 / (\lambda_1 - \mu)$ is enormous and dominates all the others. A single step of power
# iteration *with the inverse* goes almost all the way.
#
# And the best $\mu$ is at hand: the Rayleigh quotient of the present vector. That is **Rayleigh
# quotient iteration**:
#
# $$
# \mu_k = v_k^\top A v_k, \qquad \text{solve } (A - \mu_k I)\, w = v_k, \qquad
# v_{k+1} = \frac{w}{\|w\|} .
# $$
#
# No inverse is computed: one linear system a step will do.
#
# In the small example, start again from $(2, 1)$, with $\tfrac13$ of the wrong direction. Now
# $\mu_0 = 2.8$, solving gives a vector along $(13, 14)$, and
# $(13, 14) = \tfrac{27}{2} (1, 1) - \tfrac12 (1, -1)$ has $\tfrac{1}{27}$ of the wrong direction.
# The next one has $\tfrac{1}{27^3} = \tfrac{1}{19683}$. Power iteration multiplies the error by a
# third. This takes its **cube**: for symmetric matrices the number of correct digits triples with
# every step, once it is close.
#
# Two doubts are natural:
#
# - *The matrix $A - \mu I$ is nearly singular, is that not dangerous?* The solution $w$ is indeed
#   inaccurate. But its error points along the eigenvector as well, and only the direction counts.
# - *And if it is exactly singular?* Then $\mu$ is an eigenvalue, and `np.linalg.solve` may give up
#   with a `LinAlgError`, just when you are about to win. So always move it off by a hair: add
#   $\varepsilon \|A\|$ to the diagonal, with $\varepsilon = 2 \cdot 10^{-16}$, which is
#   `np.finfo(float).eps`. Otherwise it makes no difference.

# %% Plot two ways to the same eigenvector tags=["demo"]
A = matrices.symmetric_with_eigenvalues(np.linspace(1.0, 2.0, 30), seed=11)
start = np.linalg.eigh(A)[1] @ np.append(np.full(29, 0.04), 1.0)  # mostly the last one
runs = {"power": [], "rayleigh": []}
for kind, residuals in runs.items():
    v = start / np.linalg.norm(start)
    for _ in range(61 if kind == "power" else 5):
        mu = v @ A @ v
        residuals.append(np.linalg.norm(A @ v - mu * v) / np.linalg.norm(A))
        w = A @ v if kind == "power" else np.linalg.solve(A - mu * np.eye(30), v)
        v = w / np.linalg.norm(w)
figure, ax = plt.subplots(figsize=(7.5, 3.8))
ax.semilogy(runs["power"], ".-", color="#1b6ca8", linewidth=1)
ax.semilogy(np.maximum(runs["rayleigh"], 1e-17), "o-", color="#d1495b")
ax.text(24, 3e-3, "power iteration", color="#1b6ca8", va="bottom")
ax.text(4.6, 2e-14, "Rayleigh quotient iteration", color="#d1495b")
ax.set(xlabel="iteration k", ylabel=r"$\|A v_k - \mu_k v_k\| \,/\, \|A\|$", ylim=(3e-18, 1))
ax.set_title("One crawls, the other falls off a cliff")
show(
    "Residuals on a logarithmic axis from the same start. Power iteration is still near 1e-4 after "
    "sixty iterations; Rayleigh quotient iteration reaches rounding error in four."
)

# %% [markdown]
# Both start from the same vector, in a matrix of size 30 whose top eigenvalues lie 2 % apart. The
# red one falls by more decades with every step until there are no digits left to gain. The price:
# each step solves a linear system, which for a full matrix costs about $n / 3$ times as much as a
# product. And you cannot choose which eigenvector it falls for: usually one whose eigenvalue is
# near the first $\mu$.
#
# ### Exercise: `rayleigh_quotient_iteration`
#
# Arguments and results are those of `power_iteration`. But the residual is now compared with
# $\|A\|$, since the eigenvalue that it finds may be 0.
#
# <details><summary>Hint 1</summary>
#
# `np.eye(len(A))` is the identity, and `np.linalg.solve(B, v)` solves $B w = v$. The shift
# belongs on the diagonal of $A$ only.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The loop is that of `power_iteration`. Only the test and the line that makes $w$ are different.
# Compute $\mu$ anew in every round.
#
# </details>


# %% nbgrader={"grade_id": "rayleigh_quotient_iteration", "solution": true}
def rayleigh_quotient_iteration(A, x0, tol, max_iter):
    """Eigenpair of a symmetric matrix by inverse iteration with the Rayleigh quotient as shift.

    With v_0 = x0 / ||x0|| and mu_k = v_k^T A v_k, the first k with
    ||A v_k - mu_k v_k|| <= tol * ||A|| ends the iteration, k = 0 included (2-norms of vectors,
    Frobenius norm of A). Else v_(k+1) is w / ||w||, where (A - mu_k I + e I) w = v_k. Here
    e = eps ||A||, eps = np.finfo(float).eps, is there only to keep the system from being singular.

    Parameters
    ----------
    A : array, shape (n, n)
        A real symmetric matrix of floats or integers.
    x0 : array, shape (n,)
        Where to start, not zero, floats or integers. Neither A nor x0 is changed.
    tol : float
        Relative tolerance, 1e-12 or more.
    max_iter : int
        At most this many iterations, possibly 0.

    Returns
    -------
    lam : float
        The Rayleigh quotient mu_k.
    v : array, shape (n,)
        The unit vector v_k, or -v_k.
    iterations : int
        k, the number of times that the vector was replaced.

    Raises
    ------
    RuntimeError
        If none of v_0 to v_max_iter passes the test.
    """
    ### BEGIN SOLUTION
    size, diagonal = np.linalg.norm(A), np.diag_indices(len(A))
    v = x0 / np.linalg.norm(x0)
    for k in range(max_iter + 1):
        mu = v @ A @ v
        shifted = A.astype(float)
        shifted[diagonal] -= mu
        if np.linalg.norm(shifted @ v) <= tol * size:
            return mu, v, k
        shifted[diagonal] += np.finfo(float).eps * size
        w = np.linalg.solve(shifted, v)
        v = w / np.linalg.norm(w)
    raise RuntimeError(f"not converged after {max_iter} iterations")
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "rayleigh_quotient_iteration-worked", "grade": true, "points": 1}
A = np.array([[2.0, 1.0], [1.0, 2.0]])
x0 = np.array([2.0, 1.0])
try:
    result = rayleigh_quotient_iteration(A.copy(), x0.copy(), 0.05, 10)
except NotImplementedError:
    raise
except RuntimeError as error:
    raise AssertionError(
        f"rayleigh_quotient_iteration(A, x0, 0.05, 10) raised {error!r}, but one iteration is "
        "enough. Solve (A - mu I) w = v with mu on the diagonal only; do not multiply."
    ) from error
assert isinstance(result, tuple | list) and len(result) == 3, (
    "rayleigh_quotient_iteration should return lam, v and iterations, "
    f"but gave {type(result).__name__}."
)
lam, v, iterations = result
name = "rayleigh_quotient_iteration(A, x0, 0.05, 10)"
enough = "One solve with mu = 2.8 gives (13, 14), with a residual of 0.023 ||A||."
assert_integer(iterations, 1, name=f"iterations from {name}", hint=enough)
assert_shape(v, (2,), name=f"v from {name}")
assert_close(
    np.abs(v),
    np.array([13.0, 14.0]) / np.sqrt(365.0),
    name=f"v from {name}, without its sign",
    threshold=1e6,
    hint="mu_0 = 14 / 5 = 2.8. Solve (A - 2.8 I) w = v and divide w by its length: (13, 14).",
)
assert_scalar(lam, 1094 / 365, name=f"lam from {name}", hint="The quotient of (13, 14).")
lam, v, iterations = rayleigh_quotient_iteration(A.copy(), x0.copy(), 1e-12, 50)
name = "rayleigh_quotient_iteration(A, x0, 1e-12, 50)"
cubes = "Wrong parts of 1/3, 1/27, 1/19683, 1e-13: three iterations, or the shift is not renewed."
assert_integer(iterations, 3, name=f"iterations from {name}", hint=cubes)
assert_scalar(lam, 3.0, name=f"lam from {name}", hint=cubes)

# %% Cubic convergence nbgrader={"grade_id": "rayleigh_quotient_iteration-cubic", "grade": true, "points": 2}
# Symmetric matrices of several sizes, signs and units: the pair itself, and how few iterations it
# takes. A and x0 must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(441)
for n, unit, tol in [
    (4, 1.0, 1e-11),
    (9, 1.0, 1e-3),
    (20, 1.0, 1e-11),
    (6, 2.0**-90, 1e-3),
    (6, 2.0**90, 1e-11),
]:
    A = unit * matrices.symmetric_with_eigenvalues(rng.uniform(-5.0, 5.0, n), seed=rng)
    x0 = 4.0 * rng.standard_normal(n)
    size = np.linalg.norm(A)
    v, expected = x0 / np.linalg.norm(x0), 0
    while np.linalg.norm(A @ v - (v @ A @ v) * v) > tol * size:
        v = np.linalg.solve(A - (v @ A @ v) * np.eye(n), v)
        v, expected = v / np.linalg.norm(v), expected + 1
    before = A.copy(), x0.copy()
    lam, found, iterations = rayleigh_quotient_iteration(A, x0, tol, 60)
    name = f"rayleigh_quotient_iteration (n = {n}, tol = {tol:g}, entries about {unit:.0e})"
    assert_unchanged(A, before[0], name="A after rayleigh_quotient_iteration")
    assert_unchanged(x0, before[1], name="x0 after rayleigh_quotient_iteration")
    fresh = "Renew mu = v @ A @ v before each solve, and compare the residual with norm(A)."
    assert_integer(iterations, expected, name=f"iterations from {name}", hint=fresh)
    assert_shape(found, (n,), name=f"v from {name}")
    assert_close(np.linalg.norm(found), 1.0, name=f"The length of v from {name}")
    assert_scalar(lam, v @ A @ v, name=f"lam from {name}", threshold=1e6, hint=fresh)
    left = np.linalg.norm(A @ np.asarray(found) - lam * np.asarray(found)) / size
    what = f"The residual ||A v - lam v|| / ||A|| from {name}"
    assert_at_most(left, 1.01 * tol, what=what, hint="Stop at <= tol * norm(A), no sooner.")
### END HIDDEN TESTS

# %% Singular shifts nbgrader={"grade_id": "rayleigh_quotient_iteration-edges", "grade": true, "points": 1}
# Shifts that are exact eigenvalues, starts that are eigenvectors, integers, a matrix of zeros, and
# starts from which it cannot converge.
### BEGIN HIDDEN TESTS
path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
name = "rayleigh_quotient_iteration(path, [1, 0, 0], 1e-10, 20)"
nudge = (
    "The first shift is 0, an exact eigenvalue, and its eigenvector is (1, 0, -1). With eps ||A|| "
    "added to the diagonal, solve gives a long vector along it."
)
try:
    result = rayleigh_quotient_iteration(path.copy(), np.array([1, 0, 0]), 1e-10, 20)
except NotImplementedError:
    raise
except (RuntimeError, np.linalg.LinAlgError) as error:
    raise AssertionError(f"{name} raised {error!r}. {nudge}") from error
lam, v, iterations = result
assert_at_most(abs(lam), 1e-9, what=f"The size of lam from {name}", hint=nudge)
assert_shape(v, (3,), name=f"v from {name}", hint=nudge)
expected = np.sqrt([0.5, 0.0, 0.5])
assert_close(np.abs(v), expected, name=f"v from {name}, without signs", threshold=1e7, hint=nudge)
assert_integer(iterations, 1, name=f"iterations from {name}", hint=nudge)
cycle = (
    "From (1, 0) the vectors go back and forth between (0, 1) and (1, 0), for ever. That is no "
    "eigenvector, so raise RuntimeError."
)
A = np.array([[2.0, 1.0], [1.0, 2.0]])
for limit in (7, 8):
    start = np.array([1.0, 0.0])
    assert_raises(
        RuntimeError, rayleigh_quotient_iteration, A.copy(), start, 1e-6, limit, hint=cycle
    )
few = "(2, 1) takes three iterations for 1e-12: two are not enough, three are."
start = np.array([2.0, 1.0])
assert_raises(RuntimeError, rayleigh_quotient_iteration, A.copy(), start, 1e-12, 2, hint=few)
try:
    result = rayleigh_quotient_iteration(A.copy(), np.array([2.0, 1.0]), 1e-12, 3)
except NotImplementedError:
    raise
except RuntimeError as error:
    raise AssertionError(f"It raised {error!r}. {few}") from error
assert_integer(result[2], 3, name="iterations from (2, 1) with max_iter = 3", hint=few)
zero = "Every vector is an eigenvector of zeros, and 0 <= tol * 0 holds."
lam, v, iterations = rayleigh_quotient_iteration(np.zeros((3, 3)), np.ones(3), 1e-9, 0)
assert_integer(iterations, 0, name="iterations with a matrix of zeros", hint=zero)
own = (
    "x0 is an eigenvector: nothing is to be done, so nothing is replaced and max_iter = 0 is fine."
)
lam, v, iterations = rayleigh_quotient_iteration(path.copy(), np.array([2, 0, -2]), 1e-9, 0)
assert_integer(iterations, 0, name="iterations from an eigenvector", hint=own)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.5 · Symmetric matrices have it all
#
# Covariances, Hessians, kernels, graph Laplacians, stiffness: most matrices that you meet in
# machine learning are symmetric. They are also the best-behaved ones. The **spectral theorem**
# says that every real symmetric $n \times n$ matrix has
#
# - $n$ real eigenvalues, and
# - $n$ eigenvectors that are **orthonormal**: of length 1 and at right angles to each other.
#
# Put the eigenvectors into the columns of $Q$ and the eigenvalues on a diagonal, and all
# equations $A q_i = \lambda_i q_i$ together read $A Q = Q \Lambda$. Since
# $Q^{-1} = Q^\top$,
#
# $$
# A = Q \Lambda Q^\top
# = \lambda_1 q_1 q_1^\top + \lambda_2 q_2 q_2^\top + \dots + \lambda_n q_n q_n^\top .
# $$
#
# Turn into the coordinates of the eigenvectors, stretch each one by itself, turn back. For the
# small example:
#
# $$
# \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}
# = 3 \cdot \frac12 \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}
# + 1 \cdot \frac12 \begin{pmatrix} 1 & -1 \\ -1 & 1 \end{pmatrix} .
# $$
#
# ### Exercise: `spectral_decomposition`
#
# Use `np.linalg.eigh` (the *h* is for Hermitian, the complex word for symmetric). Three of its
# habits to know: it sorts in **ascending** order, the eigenvectors are the **columns**, and it
# reads only the lower triangle of what you give it. For a matrix that is not symmetric it returns
# the decomposition of another matrix, without a word. So check first.
#
# Why not `np.linalg.eig`, which takes any square matrix? Where an eigenvalue is repeated, its
# eigenvectors fill a whole plane (or more), and `eig` gives you *some* independent vectors in it,
# usually not at right angles. It does not know that your matrix is symmetric. `eigh` does.
#
# <details><summary>Hint</summary>
#
# `np.max(np.abs(A - A.T))` measures the asymmetry. Compare it with `1e-12 * np.max(np.abs(A))`. Or
# use `np.allclose`, but give it both tolerances: its own are too generous.
#
# When you turn the eigenvalues round with `[::-1]`, turn the columns of $Q$ round too.
#
# </details>


# %% nbgrader={"grade_id": "spectral_decomposition", "solution": true}
def spectral_decomposition(A):
    """Eigenvalues and orthonormal eigenvectors of a symmetric matrix, A = Q @ np.diag(lam) @ Q.T.

    Parameters
    ----------
    A : array, shape (n, n)
        A real matrix of floats or integers, symmetric up to rounding. It is not changed.

    Returns
    -------
    Q : array, shape (n, n)
        Orthonormal columns, even where eigenvalues are repeated: the eigenvectors.
    lam : array, shape (n,)
        The eigenvalues in descending order (4, 1, 0, -7). lam[i] belongs to Q[:, i].

    Raises
    ------
    ValueError
        If A is not square, or not symmetric: some |A[i, j] - A[j, i]| is more than 1e-12 times the
        largest |A[i, j]|.
    """
    ### BEGIN SOLUTION
    if not np.allclose(A, A.T, rtol=0, atol=1e-12 * np.max(np.abs(A))):
        raise ValueError("A is not symmetric")
    lam, Q = np.linalg.eigh(A)
    return Q[:, ::-1], lam[::-1]
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "spectral_decomposition-worked", "grade": true, "points": 1}
A = np.array([[2.0, 1.0], [1.0, 2.0]])
factors = spectral_decomposition(A.copy())
assert isinstance(factors, tuple | list) and len(factors) == 2, (
    f"spectral_decomposition(A) should return Q and lam, but gave {type(factors).__name__}."
)
Q, lam = factors
assert_shape(Q, (2, 2), name="Q from spectral_decomposition(A)", hint="Q first, lam second.")
assert_shape(lam, (2,), name="lam from spectral_decomposition(A)", hint="1-D, not a matrix.")
descending = "The larger one first. eigh sorts the other way round."
assert_close(lam, [3.0, 1.0], name="lam from spectral_decomposition(A)", hint=descending)
assert_orthonormal(Q, name="Q from spectral_decomposition(A)", threshold=1e4)
assert_reconstructs(
    np.asarray(Q) @ np.diag(lam) @ np.transpose(Q),
    A,
    name="Q @ np.diag(lam) @ Q.T",
    threshold=1e4,
    hint="Column Q[:, i] belongs to lam[i]: whatever you do to one, do to the other.",
)

# %% Any symmetric matrix nbgrader={"grade_id": "spectral_decomposition-any", "grade": true, "points": 1}
# Eigenvalues of both signs and repeated ones, large and small units, integers. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(451)
cases = [
    ("eigenvalues of both signs", [-7.0, 4.0, 1.0, 0.0, -0.5]),
    ("repeated eigenvalues", [3.0, 3.0, 3.0, 1.0, 1.0, -2.0]),
    ("all eigenvalues negative", [-1.0, -2.0, -5.0]),
    ("entries about 1e-20", [4e-20, 1e-20, -3e-20, 1e-20]),
    ("entries about 1e20", [4e20, 1e20, -3e20, 1e20]),
    ("a single entry", [-2.5]),
    ("zeros only", [0.0, 0.0, 0.0]),
]
problems = [(k, matrices.symmetric_with_eigenvalues(s, seed=rng), s) for k, s in cases]
problems.append(("integers", np.ones((4, 4), dtype=int), [4.0, 0.0, 0.0, 0.0]))
for kind, A, spectrum in problems:
    before = A.copy()
    Q, lam = spectral_decomposition(A)
    where = f"from spectral_decomposition ({kind})"
    assert_unchanged(A, before, name="A after spectral_decomposition(A)")
    assert_shape(Q, before.shape, name=f"Q {where}")
    expected = np.sort(spectrum)[::-1]
    largest = "In descending order, signs included: 4, 1, -7. Not by magnitude."
    assert_close(lam, expected, name=f"lam {where}", hint=largest)
    plane = "Where eigenvalues are repeated, eig gives vectors that are not at right angles."
    assert_orthonormal(Q, name=f"Q {where}", threshold=1e4, hint=plane)
    product = np.asarray(Q) @ np.diag(lam) @ np.transpose(Q)
    name = f"Q @ np.diag(lam) @ Q.T {where}"
    belong = "Column Q[:, i] belongs to lam[i]."
    assert_reconstructs(product, before, name=name, threshold=1e4, hint=belong)
### END HIDDEN TESTS

# %% Not symmetric nbgrader={"grade_id": "spectral_decomposition-refuses", "grade": true, "points": 1}
# Matrices that must be refused, in any unit, and asymmetry that is only rounding.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(452)
A = matrices.symmetric_with_eigenvalues([5.0, 3.0, -2.0, 1.0], seed=rng)
largest = np.max(np.abs(A))
relative = "Compare max |A - A.T| with 1e-12 times max |A|: with a fixed number, units decide."
for unit, i, j, asymmetry in [
    (1.0, 0, 3, 1.0),
    (1.0, 1, 2, 2e-12),
    (1.0, 3, 0, 2e-12),
    (2.0**-80, 3, 0, 1e-6),
    (2.0**80, 1, 2, -1e-6),
]:
    B = A.copy()
    B[i, j] = B[j, i] + asymmetry * largest
    name = f"spectral_decomposition(A), A[{i}, {j}] off by {asymmetry:g}, A about {unit:.0e}"
    assert_raises(ValueError, spectral_decomposition, unit * B, name=name, hint=relative)
B = A.copy()
B[0, 3] += 0.5e-12 * largest
B[2, 1] -= 1e-15 * largest
rounding = "Asymmetry of 1e-15 is rounding: allow for 1e-12 of the largest entry of A."
for unit in (1.0, 2.0**-80, 2.0**80):
    try:
        Q, lam = spectral_decomposition(unit * B)
    except ValueError as error:
        raise AssertionError(f"spectral_decomposition(A) raised {error!r}. {rounding}") from error
    name = f"lam of a matrix that is symmetric up to rounding, A about {unit:.0e}"
    expected = unit * np.array([5.0, 3.0, 1.0, -2.0])
    assert_close(lam, expected, name=name, hint=rounding)
B = -np.ones((3, 3))
B[0, 1] -= 1e-15
Q, lam = spectral_decomposition(B)
name = "lam of a matrix of -1s that is symmetric up to rounding"
sizes = "The largest |A[i, j]| is 1 here, although no entry is positive."
assert_close(lam, [0.0, 0.0, -3.0], name=name, hint=sizes)
for shape in [(2, 3), (1, 4)]:
    square = "A matrix that is not square has no eigenvalues: raise ValueError."
    assert_raises(ValueError, spectral_decomposition, np.ones(shape), hint=square)
### END HIDDEN TESTS

# %% [markdown]
# ### The first few, without the rest
#
# A matrix of size 100,000 has as many eigenvalues, and you rarely want more than the first ten.
# Power iteration gives you the first. For the next one, remove the first from the matrix. The sum
# above shows how:
#
# $$
# A' = A - \lambda_1 q_1 q_1^\top
# = 0 \cdot q_1 q_1^\top + \lambda_2 q_2 q_2^\top + \dots + \lambda_n q_n q_n^\top .
# $$
#
# All eigenvectors are still there, all eigenvalues too, except that $\lambda_1$ has become 0. So
# $\lambda_2$ dominates $A'$, and power iteration finds it. This is **deflation**. An example with
# small numbers:
#
# $$
# A = \begin{pmatrix} 0 & 2 \\ 2 & 3 \end{pmatrix}, \quad \lambda_1 = 4, \quad
# q_1 = \frac{1}{\sqrt 5} \begin{pmatrix} 1 \\ 2 \end{pmatrix}, \quad
# A - 4\, q_1 q_1^\top = \frac15 \begin{pmatrix} -4 & 2 \\ 2 & -1 \end{pmatrix} ,
# $$
#
# and what is left is $-1$ times $q_2 q_2^\top$ with $q_2 = \tfrac{1}{\sqrt5} (2, -1)$.

# %% Plot the spectrum while it is deflated tags=["demo"]
A = matrices.symmetric_with_eigenvalues([6.0, -5.0, 3.5, 2.0, -1.0], seed=3)
figure, axes = plt.subplots(1, 4, figsize=(10, 3.0), sharey=True)
for step, ax in enumerate(axes):
    lam, Q = np.linalg.eigh(A)
    top = np.argmax(np.abs(lam))
    colors = ["#d1495b" if i == top else "#1b6ca8" for i in range(5)]
    ax.bar(np.arange(5), lam, color=colors, width=0.7)
    ax.axhline(0, color="#444444", linewidth=1)
    ax.set(xticks=[], xlabel="five eigenvalues, sorted")
    ax.set_title("A itself" if step == 0 else f"{step} removed")
    A = A - lam[top] * np.outer(Q[:, top], Q[:, top])
axes[0].set_ylabel("eigenvalue")
figure.suptitle("Deflation sets the dominant eigenvalue (red) to zero and touches no other")
show(
    "Four bar charts of five eigenvalues. At first they are -5, -1, 2, 3.5 and 6, with 6 marked; "
    "then 6 has become zero and -5 is marked; then -5 is zero as well and 3.5 is marked; at last "
    "only -1 and 2 are left, with 2 marked."
)

# %% [markdown]
# The red bar is the one that power iteration finds: the largest **in magnitude**, so $-5$ comes
# before $3.5$. In the next panel it is zero, and the others stand where they stood.
#
# ### Exercise: `top_eigenpairs`
#
# Find the $k$ largest by power iteration and deflation. Where you start matters more than it
# seems. A tidy vector such as $(1, 1, \dots, 1)$ may be at right angles to the very eigenvector
# that you look for, and then it never shows up. A random vector practically never is.
#
# (Again, `np.linalg.eigh` and a sort would pass the checks, and again it would teach you nothing.)
#
# <details><summary>Hint 1</summary>
#
# Two loops. The outer one runs $k$ times: random start, power iteration, store the pair, deflate.
# The inner one may simply repeat `v = A @ v` and `v = v / np.linalg.norm(v)` 300 times: the
# docstring promises gaps that are wide enough for that.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.outer(v, v)` is the matrix $v v^\top$; `v * v` and `v @ v` are something else. And
# `A = A - ...` makes a new array, where `A -= ...` changes the caller's.
#
# </details>


# %% nbgrader={"grade_id": "top_eigenpairs", "solution": true}
def top_eigenpairs(A, k):
    """The k eigenpairs of a symmetric matrix whose eigenvalues are largest in magnitude.

    Parameters
    ----------
    A : array, shape (n, n)
        A real symmetric matrix of floats or integers, n <= 20. Among its k + 1 eigenvalues of
        largest magnitude, each is at most 0.9 times as large, in magnitude, as the one before.
        It is not changed.
    k : int
        How many pairs, 1 <= k <= n.

    Returns
    -------
    lam : array, shape (k,)
        The eigenvalues, with their signs, ordered by magnitude: the largest |lam| first.
    V : array, shape (n, k)
        Orthonormal columns; V[:, i] is an eigenvector for lam[i].

    Raises
    ------
    ValueError
        If k is outside 1..n.

    Notes
    -----
    Nine correct digits are enough, relative to the largest eigenvalue.
    """
    ### BEGIN SOLUTION
    if not 1 <= k <= len(A):
        raise ValueError(f"k = {k} is outside 1..{len(A)}")
    rng = np.random.default_rng(k)
    lam, V = np.zeros(k), np.zeros((len(A), k))
    for i in range(k):
        v = rng.standard_normal(len(A))
        for _ in range(300):
            v = A @ v
            v = v / np.linalg.norm(v)
        lam[i], V[:, i] = v @ A @ v, v
        A = A - lam[i] * np.outer(v, v)
    return lam, V
    ### END SOLUTION


# %% Four and minus one nbgrader={"grade_id": "top_eigenpairs-worked", "grade": true, "points": 1}
A = np.array([[0.0, 2.0], [2.0, 3.0]])
for k in (1, 2):
    pairs = top_eigenpairs(A.copy(), k)
    assert isinstance(pairs, tuple | list) and len(pairs) == 2, (
        f"top_eigenpairs(A, {k}) should return lam and V, but gave {type(pairs).__name__}."
    )
    lam, V = pairs
    assert_shape(lam, (k,), name=f"lam from top_eigenpairs(A, {k})", hint="lam first, V second.")
    assert_shape(V, (2, k), name=f"V from top_eigenpairs(A, {k})", hint="k columns of length 2.")
    assert_close(
        lam,
        [4.0, -1.0][:k],
        name=f"lam from top_eigenpairs(A, {k})",
        threshold=1e6,
        hint="4 first. A - 4 q q.T, with q = (1, 2) / sqrt(5), has the eigenvalues 0 and -1.",
    )
    assert_close(
        np.abs(V),
        np.array([[1.0, 2.0], [2.0, 1.0]])[:, :k] / np.sqrt(5.0),
        name=f"V from top_eigenpairs(A, {k}), without signs",
        threshold=1e6,
        hint="Unit eigenvectors as columns: (1, 2) and (2, -1), over sqrt(5).",
    )

# %% Signs and sizes nbgrader={"grade_id": "top_eigenpairs-signs", "grade": true, "points": 2}
# Eigenvalues of both signs, narrow gaps, several k, large and small units. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(461)
for spectrum, padding, k, unit in [
    ([-9.0, 7.0, -5.0, 3.0, 1.0], 0, 2, 1.0),
    ([5.0, -4.5, 4.0, -3.6, 3.2], 9, 4, 1.0),
    ([-8.0, -6.0, -2.0], 0, 3, 1.0),
    ([9.0, 3.0, 1.0, -0.3], 6, 2, 2.0**-80),
    ([9.0, 3.0, -1.0, 0.3], 2, 3, 2.0**80),
    ([-3.0], 0, 1, 1.0),
]:
    A = unit * matrices.symmetric_with_eigenvalues(spectrum + padding * [0.0], seed=rng)
    before = A.copy()
    lam, V = top_eigenpairs(A, k)
    where = f"from top_eigenpairs(A, {k}), A of shape {A.shape}"
    own = "A -= ... changes the caller's array. A = A - ... makes a new one."
    assert_unchanged(A, before, name="A after top_eigenpairs(A, k)", hint=own)
    expected = unit * np.array(spectrum[:k])
    order = "Largest magnitude first, with its sign. Deflate for the next one; take enough steps."
    assert_close(lam, expected, name=f"lam {where}", threshold=1e6, hint=order)
    assert_shape(V, (len(A), k), name=f"V {where}")
    square = "Unit vectors at right angles: after deflation, no other direction dominates."
    assert_orthonormal(V, name=f"V {where}", threshold=1e6, hint=square)
    gap = np.linalg.norm(before @ np.asarray(V) - np.asarray(V) * expected)
    what = f"The residual ||A V - V diag(lam)|| / |lam[0]| {where}"
    pair = "Column V[:, i] must belong to lam[i]."
    assert_at_most(gap / abs(expected[0]), 1e-8, what=what, hint=pair)
### END HIDDEN TESTS

# %% Where it starts nbgrader={"grade_id": "top_eigenpairs-starts", "grade": true, "points": 1}
# Matrices to which tidy starts are blind, integers, and k outside 1..n.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(462)
blind = (
    "For this matrix, (1, 1, ...) or (1, 0, ...) is at right angles to an eigenvector that is "
    "wanted. Start from a random vector: np.random.default_rng(0).standard_normal(n)."
)
path = np.array([[1, -1, 0, 0, 0], [-1, 2, -1, 0, 0], [0, -1, 2, -1, 0], [0, 0, -1, 2, -1]])
path = np.vstack([path, [0, 0, 0, -1, 1]])
index = np.arange(4, 0, -1)
for A, k, expected in [
    (path, 1, 2 - 2 * np.cos(np.pi * index / 5)),
    (np.diag([1, 5, -3, 2]), 1, [5.0]),
    (np.diag([-3, 2, 1, 7]), 2, [7.0, -3.0]),
    (path, 3, 2 - 2 * np.cos(np.pi * index / 5)),
    (np.array([[1, -3], [-3, 1]]), 2, [4.0, -2.0]),
]:
    lam, V = top_eigenpairs(A.copy(), k)
    name = f"lam from top_eigenpairs(A, {k}), A of shape {A.shape}, integers"
    hint = blind if k == 1 else "Deflate before you look for the next one."
    assert_close(lam, expected[:k], name=name, threshold=1e6, hint=hint)
outside = "k must be in 1..n."
for k in (-1, 0, 6):
    assert_raises(ValueError, top_eigenpairs, path.copy(), k, hint=outside)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.6 · Dying out or blowing up
#
# Now take the same step again and again: $x_{k+1} = A x_k$. Populations, Markov chains, recurrent
# networks, simulations and gradient descent all have this form, at least near a point of rest.
# After many steps only $\lambda_i^k$ matters. So everything dies out, whatever the start, exactly
# if **every** eigenvalue lies inside the unit circle of the complex plane. The largest magnitude
# has a name, the **spectral radius**:
#
# $$
# \rho(A) = \max_i |\lambda_i|, \qquad
# x_k \to 0 \text{ for every } x_0 \iff \rho(A) < 1 .
# $$

# %% Plot four fates tags=["demo"]
turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
fates = [
    ("spirals in", 0.93 * turn, (1.6, 0.0), 40),
    ("spirals out", 1.05 * turn, (0.5, 0.0), 26),
    ("one way in, one way out", np.array([[0.9, 0.25], [0.25, 0.9]]), (1.5, -1.35), 13),
    ("grows first, then dies", np.array([[0.8, 0.9], [0.0, 0.7]]), (0.2, 0.9), 30),
]
figure, axes = plt.subplots(2, 4, figsize=(10, 5.3), height_ratios=[1.25, 1])
circle = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
for column, (title, A, x, steps) in enumerate(fates):
    path = [np.array(x)]
    for _ in range(steps):
        path.append(A @ path[-1])
    lam = np.linalg.eigvals(A).astype(complex)
    color = "#d1495b" if np.max(np.abs(lam)) > 1 else "#1b6ca8"
    above, below = axes[:, column]
    above.plot(*np.transpose(path), ".-", color=color, linewidth=0.9, markersize=4)
    above.plot(*x, "o", mfc="none", color="#444444", markersize=8)
    above.plot(0, 0, "+", color="#444444", markersize=9)
    above.set(xlim=(-2.1, 2.1), ylim=(-2.1, 2.1), aspect="equal", title=title)
    below.plot(circle.real, circle.imag, color="#888888", linewidth=1)
    below.plot(lam.real, lam.imag, "o", color=color)
    below.set(xlim=(-1.45, 1.45), ylim=(-1.25, 1.25), aspect="equal", xlabel="real part")
    below.set_title(f"$\\rho$ = {np.max(np.abs(lam)):.2f}")
axes[0, 0].set_ylabel("the path of $x_k$")
axes[1, 0].set_ylabel("imaginary part")
figure.suptitle(
    "Blue ends at rest, red does not: look whether an eigenvalue lies outside the circle"
)
show(
    "Top: four paths in the plane, a spiral that ends at the origin, one that leaves, one that "
    "first approaches the origin and then runs away along the diagonal, and one that first moves "
    "away and then returns to the origin. Bottom: their eigenvalues and the unit circle; where "
    "all lie inside, the path ends at the origin."
)

# %% [markdown]
# The rings mark the starts. The two pictures on the right warn against looking only at the first
# few steps. The third path heads for the origin and turns away at the last moment: it starts with
# very little of the growing direction, but that little grows. The fourth goes away from the
# origin first, because its eigenvectors are far from orthogonal and the entry $0.9$ pushes hard.
# In the end its eigenvalues, $0.8$ and $0.7$, win. So neither the entries nor the norm
# of $A$ decide. The eigenvalues do.
#
# ### Exercise: `is_stable`
#
# A rotation has eigenvalues on the circle: nothing grows, nothing dies out, and that is not
# stable. Their computed magnitude may be $0.9999999999999999$, so a bare `< 1` is a coin toss.
# Round the spectral radius to 12 decimals first, and see whether it is still below 1.
#
# <details><summary>Hint</summary>
#
# `np.linalg.eigvals` for any square matrix, possibly complex; `np.abs` gives the magnitude of a
# complex number.
#
# </details>


# %% nbgrader={"grade_id": "is_stable", "solution": true}
def is_stable(A):
    """Tell whether x_(k+1) = A x_k dies out from every start.

    Parameters
    ----------
    A : array, shape (n, n)
        A real square matrix of floats or integers, symmetric or not. It is not changed.

    Returns
    -------
    bool
        True if the spectral radius, the largest magnitude of an eigenvalue, is below 1 when it is
        rounded to 12 decimals. False otherwise. So an eigenvalue on the unit circle, which may be
        computed as 0.9999999999999999, never counts as stable.
    """
    ### BEGIN SOLUTION
    radius = np.max(np.abs(np.linalg.eigvals(A)))
    return bool(np.round(radius, 12) < 1)
    ### END SOLUTION


# %% Small matrices nbgrader={"grade_id": "is_stable-worked", "grade": true, "points": 1}
cases = [
    ([[0.5, 0.4], [0.4, 0.5]], True, "Its eigenvalues are 0.9 and 0.1."),
    ([[0.9, 0.25], [0.25, 0.9]], False, "Every entry is below 1, but one eigenvalue is 1.15."),
    ([[0.5, 0.0], [0.0, -1.2]], False, "-1.2 flips the sign and grows: magnitudes count."),
    ([[0.5, 9.0], [0.0, 0.5]], True, "It grows at first, but both eigenvalues are 0.5."),
    ([[0.0, -0.9], [0.9, 0.0]], True, "The eigenvalues are 0.9i and -0.9i, of magnitude 0.9."),
    ([[0.0, -1.1], [1.1, 0.0]], False, "The eigenvalues are 1.1i and -1.1i: it spirals out."),
    ([[-3.0, 0.0], [0.0, -2.0]], False, "Negative is not small: (-3)**k explodes."),
]
for rows, expected, reason in cases:
    assert_in(is_stable(np.array(rows)), [expected], name=f"is_stable({rows})", hint=reason)

# %% Known spectra nbgrader={"grade_id": "is_stable-spectra", "grade": true, "points": 1}
# Larger matrices that are not symmetric, with real and complex eigenvalues just inside and just
# outside. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(471)
for real, radius, angle in [
    ([0.3, -0.4, 0.1], 0.97, 1.0),
    ([0.3, -0.4, 0.1], 1.03, 1.0),
    ([0.3, -0.4, 0.1], 1.03, 2.6),
    ([0.97, 0.5, 0.1], 0.6, 1.3),
    ([1.03, 0.5, 0.1], 0.6, 1.3),
    ([-1.03, 0.5, 0.1], 0.6, 1.3),
    ([0.97, -0.97, 0.96], 0.95, 1.6),
    ([3.0, -0.9, 0.9], 0.97, 1.6),
]:
    S = matrices.with_singular_values([30.0, 9.0, 3.0, 1.0, 1.0], (5, 5), seed=rng)
    A = np.diag([*real, 0.0, 0.0])
    c, s = radius * np.cos(angle), radius * np.sin(angle)
    A[3:, 3:] = [[c, -s], [s, c]]
    A = S @ A @ np.linalg.inv(S)
    before, largest = A.copy(), max(radius, *np.abs(real))
    found = is_stable(A)
    assert_unchanged(A, before, name="A after is_stable(A)")
    name = f"is_stable(A) with real eigenvalues {real} and a pair of magnitude {radius}"
    magnitude = f"The largest magnitude is {largest}. Norms and single entries tell nothing."
    assert_in(found, [largest < 1], name=name, hint=magnitude)
### END HIDDEN TESTS

# %% On the circle nbgrader={"grade_id": "is_stable-circle", "grade": true, "points": 1}
# Rotations, permutations and other matrices with eigenvalues on the circle or very close to it.
### BEGIN HIDDEN TESTS
on = "Its eigenvalues lie on the unit circle: nothing dies out. Round to 12 decimals."
for angle in (0.3, 0.7, 1.35, 1.8, 2.4):  # computed magnitudes at either side of 1
    c, s = np.cos(angle), np.sin(angle)
    found = is_stable(np.array([[c, -s], [s, c]]))
    assert_in(found, [False], name=f"is_stable of a rotation by {angle:.4f}", hint=on)
for n in (1, 5):
    shifted = np.roll(np.eye(n, dtype=int), 1, axis=0)
    name = f"is_stable of the {n} x {n} matrix that moves every entry on by one"
    assert_in(is_stable(shifted), [False], name=name, hint=on)
assert_in(is_stable(np.eye(2, dtype=int)), [False], name="is_stable(np.eye(2))", hint=on)
zero = "All eigenvalues are 0, and a power of A is exactly zero."
assert_in(is_stable(np.zeros((2, 2))), [True], name="is_stable(zeros), n = 2", hint=zero)
above = np.diag(np.full(4, 7), 1)
assert_in(is_stable(above), [True], name="is_stable of 7s above the diagonal, n = 5", hint=zero)
bar = "Rounded to 12 decimals, 1 - 2e-12 is below 1, and 1 - 0.3e-12 is 1."
for sign, below, expected in [
    (1, 1e-6, True),
    (1, 2e-12, True),
    (-1, 2e-12, True),
    (1, 0.3e-12, False),
    (-1, 0.3e-12, False),
    (-1, -1e-9, False),
]:
    found = is_stable(np.diag([0.2, sign * (1 - below)]))
    name = f"is_stable with a largest eigenvalue of {'-' * (sign < 0)}(1 - {below:g})"
    assert_in(found, [expected], name=name, hint=bar)
### END HIDDEN TESTS

# %% [markdown]
# ### How large a step can training bear?
#
# Gradient descent on a quadratic bowl $f(x) = \tfrac12 x^\top H x$ is such a process. The gradient
# is $Hx$, so a step of size $\eta$ is
#
# $$
# x_{k+1} = x_k - \eta H x_k = (I - \eta H)\, x_k .
# $$
#
# $I - \eta H$ has the eigenvectors of $H$, and the eigenvalues $1 - \eta \lambda_i$. None of them
# may leave the interval from $-1$ to $1$. For $\lambda_i \ge 0$ this means $\eta \lambda_i \le 2$,
# and the steepest direction is the first to object:
#
# $$
# \eta_{\max} = \frac{2}{\lambda_{\max}(H)} .
# $$
#
# Near a minimum every smooth loss looks like such a bowl, with its Hessian as $H$. So this number
# is the speed limit of training, and the reason why a learning rate that was fine yesterday
# explodes today. For the small example $\eta_{\max} = 2/3$.

# %% Plot gradient descent below and above the limit tags=["demo"]
H = np.array([[2.0, 1.0], [1.0, 2.0]])
limit = 2 / 3
grid = np.linspace(-2.1, 2.1, 120)
X, Y = np.meshgrid(grid, grid)
height = 0.5 * (H[0, 0] * X**2 + 2 * H[0, 1] * X * Y + H[1, 1] * Y**2)
figure, axes = plt.subplots(1, 3, figsize=(10, 4.3), sharey=True)
panels = [(0.45, "#2e8b57", "calm"), (0.94, "#e09f3e", "zigzag"), (1.03, "#d1495b", "explodes")]
for ax, (share, color, title) in zip(axes, panels, strict=True):
    path = [np.array([1.75, -0.75])]
    for _ in range(14):
        path.append(path[-1] - share * limit * H @ path[-1])
    ax.contour(X, Y, height, levels=np.arange(1, 8) ** 2 / 8, colors="#cccccc", linewidths=1)
    ax.plot(*np.transpose(path), ".-", color=color, linewidth=1.2)
    ax.plot(*path[0], "o", mfc="none", color="#444444", markersize=8)
    ax.set(aspect="equal", xlabel="first coordinate", xlim=(-2.1, 2.1), ylim=(-2.1, 2.1))
    ax.set_title(f"$\\eta$ = {share} $\\cdot$ 2 / $\\lambda_{{\\max}}$: {title}")
axes[0].set_ylabel("second coordinate")
figure.suptitle("Three per cent above the limit, and the steep direction runs away")
show(
    "Paths of gradient descent on an elongated bowl from the same start. With less than half of "
    "the limit the path bends smoothly to the centre; at 94 per cent it zigzags across the valley "
    "and comes closer; at 103 per cent it zigzags ever farther out."
)

# %% [markdown]
# Look along the flat direction, from top left to bottom right: there all three make good progress.
# It is the steep direction, along $(1, 1)$, that decides. In the middle panel its factor is
# $1 - 0.94 \cdot 2 = -0.88$, in the right one $1 - 1.03 \cdot 2 = -1.06$: it changes sides and
# grows by 6 % each time.
#
# ### Exercise: `largest_stable_step`
#
# The Hessian of a model with more parameters than data has eigenvalues of 0. Along them nothing
# moves, which does no harm. Computed, they may come out as $-10^{-17}$, which does no harm
# either. A truly negative eigenvalue does: the bowl is a saddle, and *every* step size runs away
# from it. Refuse that. And if $H$ is zero, nothing moves, and there is no largest step.


# %% nbgrader={"grade_id": "largest_stable_step", "solution": true}
def largest_stable_step(H):
    """Largest step size with which gradient descent on 1/2 x^T H x does not run away.

    Parameters
    ----------
    H : array, shape (n, n)
        A real symmetric matrix of floats or integers. It is not changed.

    Returns
    -------
    float
        2 / lam_max, where lam_max is the largest eigenvalue of H.

    Raises
    ------
    ValueError
        If H has a negative eigenvalue, so that no step is stable: one below -1e-12 times the
        largest magnitude of an eigenvalue (what is closer to zero is rounding, and does no harm).
        Also if H is zero, since then every step is stable and none is the largest.
    """
    ### BEGIN SOLUTION
    lam = np.linalg.eigvalsh(H)
    if lam[0] <= -1e-12 * lam[-1]:
        raise ValueError(f"H has eigenvalues from {lam[0]} to {lam[-1]}")
    return 2 / lam[-1]
    ### END SOLUTION


# %% Small matrices nbgrader={"grade_id": "largest_stable_step-worked", "grade": true, "points": 1}
for rows, expected, reason in [
    ([[2.0, 1.0], [1.0, 2.0]], 2 / 3, "The eigenvalues are 3 and 1: two over three."),
    ([[10.0, 0.0], [0.0, 1.0]], 0.2, "The steepest direction decides: 2 / 10."),
    ([[1.0, 1.0], [1.0, 1.0]], 1.0, "The eigenvalues are 2 and 0, and 0 does no harm."),
]:
    name = f"largest_stable_step({rows})"
    try:
        found = largest_stable_step(np.array(rows))
    except ValueError as error:
        raise AssertionError(f"{name} raised {error!r}. {reason}") from error
    assert_scalar(found, expected, name=name, hint=reason)
saddle = "Its eigenvalues are 3 and -1: downhill for ever along (1, -1)."
assert_raises(ValueError, largest_stable_step, np.array([[1.0, 2.0], [2.0, 1.0]]), hint=saddle)

# %% Hessians nbgrader={"grade_id": "largest_stable_step-hessians", "grade": true, "points": 1}
# Hessians of least squares with many and with few data, large and small units. H must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(481)
steepest = "Two over the largest eigenvalue. Those that should be 0 may come out as -1e-17."
for shape, unit in [
    ((20, 4), 1.0),
    ((5, 1), 1.0),
    ((1, 6), 1.0),
    ((4, 9), 1.0),
    ((3, 8), 2.0**-70),
    ((4, 7), 2.0**70),
]:
    X = rng.standard_normal(shape)
    largest = np.linalg.svd(X, compute_uv=False)[0] ** 2
    H = unit * (X.T @ X)
    before = H.copy()
    name = f"largest_stable_step(X.T @ X) with X of shape {shape}, times {unit:.0e}"
    try:
        found = largest_stable_step(H)
    except ValueError as error:
        raise AssertionError(f"{name} raised {error!r}. {steepest}") from error
    assert_unchanged(H, before, name="H after largest_stable_step(H)")
    assert_scalar(found, 2 / (unit * largest), name=name, hint=steepest)
found = largest_stable_step(np.array([[2, 0, 0], [0, 7, 0], [0, 0, 4]]))
assert_scalar(found, 2 / 7, name="largest_stable_step(diag(2, 7, 4)), integers")
### END HIDDEN TESTS

# %% Saddles nbgrader={"grade_id": "largest_stable_step-saddles", "grade": true, "points": 1}
# Saddles and hills of any size, a plain, and eigenvalues that are negative by rounding only.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(482)
down = "An eigenvalue is negative: along it the bowl falls for ever, with every step size."
for unit, spectrum in [
    (1.0, [3.0, -1.0, -2.0]),
    (1.0, [-1.0, -2.0, -3.0]),
    (1.0, [1.0, 1.0, -1e-6]),
    (2.0**-70, [3.0, 1.0, -0.5]),
    (2.0**70, [1.0, 0.5, -4.0]),
]:
    H = unit * matrices.symmetric_with_eigenvalues(spectrum, seed=rng)
    name = f"largest_stable_step(H), eigenvalues {unit:.0e} times {spectrum}"
    assert_raises(ValueError, largest_stable_step, H, name=name, hint=down)
bar = "The bar is -1e-12 times the largest eigenvalue."
for unit in (1.0, 2.0**-70, 2.0**70):
    name = f"largest_stable_step(H), eigenvalues {unit:.0e} times (4, 1, -0.5e-12 * 4)"
    found = largest_stable_step(unit * np.diag([1.0, 4.0, -2e-12]))
    assert_scalar(found, 0.5 / unit, name=name, hint=bar)
    name = f"largest_stable_step(H), eigenvalues {unit:.0e} times (4, 1, -2e-12 * 4)"
    H = unit * np.diag([1.0, 4.0, -8e-12])
    assert_raises(ValueError, largest_stable_step, H, name=name, hint=bar)
assert_raises(ValueError, largest_stable_step, np.diag([-2.0, 0.0]), hint=down)
flat = "For H = 0 every step is stable, so none is the largest; and 2 / 0 is no answer."
assert_raises(ValueError, largest_stable_step, np.zeros((3, 3)), hint=flat)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.7 · Application: how a building sways
#
# In the laboratory of the University of British Columbia stood a steel frame of four storeys,
# 3.6 m high, a building at a quarter of its size. It became the common test piece of a whole
# research field: how to find hidden damage from the way in which a structure vibrates. Johnson,
# Lam, Katafygiotis and Beck published a model of it (*Phase I IASC-ASCE structural health monitoring
# benchmark problem using simulated data*, Journal of Engineering Mechanics 130, 2004). Seen from
# the side it is a chain of masses and springs: each floor is a mass, and the columns and braces
# of each storey are the spring between two floors.
#
# | floor | mass in kg | storey below it, in MN/m | the same without braces |
# |---|---|---|---|
# | 4 | 1809.9 | 67.90 | 19.67 |
# | 3 | 2652.4 | 67.90 | 19.67 |
# | 2 | 2652.4 | 67.90 | 19.67 |
# | 1 | 3452.4 | 67.90 | 19.67 |
#
# Newton's law for floor $i$, pulled by the storey below and the storey above:
#
# $$
# m_i \ddot x_i = -k_i (x_i - x_{i-1}) + k_{i+1} (x_{i+1} - x_i),
# \qquad \text{all together:} \quad M \ddot x = -K x .
# $$
#
# With $y_i = \sqrt{m_i}\, x_i$ this becomes $\ddot y = -A y$, where $A = M^{-1/2} K M^{-1/2}$ is
# symmetric. Try a swaying motion, $y = v \cos(\omega t)$, and you get $A v = \omega^2 v$. So
# every eigenvector is a **mode**, a shape that sways as a whole at its own pace, with the
# frequency $f = \sqrt\lambda / 2\pi$ in hertz.

# %% The building
MASSES = np.array([3452.4, 2652.4, 2652.4, 1809.9])  # kg, floors 1 to 4
BRACED, BARE = 67.90e6, 19.67e6  # N/m, stiffness of a storey with its braces and without


def stiffness_per_mass(masses, springs):
    """The matrix A = M^(-1/2) K M^(-1/2) of a chain; springs[i] holds mass i from below."""
    K = np.diag(springs + np.append(springs[1:], 0.0))
    K -= np.diag(springs[1:], 1) + np.diag(springs[1:], -1)
    return K / np.sqrt(np.outer(masses, masses))


# %% Plot the four modes tags=["demo"]
A = stiffness_per_mass(MASSES, np.full(4, BRACED))
Q, lam = spectral_decomposition(A)
published = [9.41, 25.54, 38.66, 48.01]  # Hz, from the same paper
figure, axes = plt.subplots(1, 4, figsize=(10, 3.9), sharey=True)
for mode, ax in enumerate(axes):
    shape = Q[:, 3 - mode] / np.sqrt(MASSES)
    shape = np.append(0.0, shape / shape[np.argmax(np.abs(shape))])
    for side, color in ((-1, "#d8d8d8"), (1, "#1b6ca8")):
        sway = 0.45 * side * shape
        for floor in range(5):
            x = np.array([-0.6, 0.6]) + sway[floor]
            ax.plot(x, [0.9 * floor] * 2, color=color, linewidth=3 if floor else 1)
        for wall in (-0.6, 0.6):
            ax.plot(wall + sway, 0.9 * np.arange(5), color=color, linewidth=1.5)
    frequency = np.sqrt(lam[3 - mode]) / (2 * np.pi)
    ax.set_title(f"{frequency:.2f} Hz\n(published: {published[mode]:.2f})")
    ax.set(xticks=[], xlabel=f"mode {mode + 1}", xlim=(-1.25, 1.25))
axes[0].set_ylabel("height in m")
figure.suptitle("Four masses, four modes: the faster, the more often it bends")
show(
    "Four drawings of a frame of four storeys in its two extreme positions. In mode 1, at 9.41 "
    "hertz, all floors lean the same way; mode 2 has one bend, mode 3 two, and in mode 4, at "
    "48.01 hertz, neighbouring floors move in opposite directions."
)

# %% [markdown]
# Blue is one extreme position, grey the other half a period later (drawn far too large; a real
# sway is a few millimetres). Your decomposition gives the published frequencies to the last digit.
# In mode 1 the whole frame leans to one side. In mode 4 each floor moves against its neighbours.
# Any motion of the building, however wild, is a mixture of these four.

# %% Find single modes tags=["demo"]
A = stiffness_per_mass(MASSES, np.full(4, BRACED))
to_hertz = 1 / (2 * np.pi)
lam, v, steps = power_iteration(A, np.array([1.0, 0.0, 0.0, 0.0]), 1e-8, 1000)
print(f"power iteration:       {np.sqrt(lam) * to_hertz:.4f} Hz after {steps} steps (the fastest)")
guess = np.sqrt(MASSES) * np.arange(1, 5)  # Rayleigh: let it lean in a straight line
quotient = guess @ A @ guess / (guess @ guess)
print(f"Rayleigh's guess:      {np.sqrt(quotient) * to_hertz:.4f} Hz with no step at all")
lam, v, steps = rayleigh_quotient_iteration(A, guess, 1e-12, 20)
print(f"refined:               {np.sqrt(lam) * to_hertz:.4f} Hz after {steps} steps (the slowest)")
lam, V = top_eigenpairs(np.linalg.inv(A), 2)
found = np.sqrt(1 / lam) * to_hertz
print(f"top two of inverse(A): {found[0]:.4f} Hz and {found[1]:.4f} Hz")

# %% [markdown]
# Power iteration finds the *fastest* mode, since that has the largest eigenvalue. Engineers want
# the slowest: that is where storms and earthquakes have their energy. Lord Rayleigh's trick, from
# 1877, needs no iteration: guess a plausible shape and take its quotient. A straight line is a poor
# guess, and still the frequency is off by 8 % only, because an error of $\epsilon$ in the shape
# makes one of about $\epsilon^2$ in the quotient. Three steps of the iteration named after him give
# all digits. And the slowest modes of $A$ are the dominant ones of $A^{-1}$.
#
# ### Shake it
#
# Push the ground back and forth at a frequency of your choice, and watch the top floor. The next
# picture computes the answer of the building (with a damping of 1 %, as steel has) for each
# frequency: once intact, and once after the braces of the first storey have been cut.

# %% Plot the resonances of two buildings tags=["demo"]
hertz = np.linspace(2.0, 56.0, 1500)
figure, ax = plt.subplots(figsize=(9, 3.9))
for first, color in ((BRACED, "#1b6ca8"), (BARE, "#d1495b")):
    A = stiffness_per_mass(MASSES, np.array([first, BRACED, BRACED, BRACED]))
    Q, lam = spectral_decomposition(A)
    omega = 2 * np.pi * hertz[:, None]
    answer = 1 / (lam - omega**2 + 2j * 0.01 * np.sqrt(lam) * omega)  # each mode by itself
    share = Q[3] * (Q.T @ np.sqrt(MASSES))
    top = np.abs(1 + (omega**2 * answer) @ share / np.sqrt(MASSES[3]))
    ax.semilogy(hertz, top, color=color)
    for frequency in np.sqrt(lam) / (2 * np.pi):
        ax.axvline(frequency, color=color, linestyle=":", linewidth=1)
ax.text(33, 1.25, "intact", color="#1b6ca8", ha="center")
ax.text(31, 0.12, "damaged", color="#d1495b", ha="center")
ax.set(xlabel="frequency of the ground in Hz", ylabel="sway of floor 4 / sway of ground")
ax.set(xlim=(2, 56), title="A building answers loudest at its own frequencies")
show(
    "How much the top floor moves, per movement of the ground, against frequency. Each curve has "
    "four peaks, at dotted lines that mark the frequencies of the four modes. For the "
    "damaged building the first peak has moved from 9.4 to 6.2 hertz, the last one hardly at all."
)

# %% [markdown]
# Each curve has its peaks on the dotted lines, the frequencies $\sqrt\lambda / 2\pi$ of the modes:
# that is **resonance**. At 9.4 Hz the top of the intact building moves more than sixty times as far
# as the ground. Cutting the braces of one storey moves the first peak to 6.2 Hz, and hardly touches
# the last one.
#
# ### Which storey is it?
#
# This is how damage is found without opening a wall. Every storey plays another part in every
# mode, so each damage leaves its own fingerprint on the four frequencies. Suppose that the sensors
# tell you, some morning: 6.24, 21.53, 37.37 and 47.83 Hz.

# %% Plot the fingerprints of damage tags=["demo"]
measured = np.array([6.24, 21.53, 37.37, 47.83])  # Hz, damage pattern 1 of the same paper
intact = np.sqrt(spectral_decomposition(stiffness_per_mass(MASSES, np.full(4, BRACED)))[1][::-1])
figure, axes = plt.subplots(1, 4, figsize=(10, 3.2), sharey=True)
for storey, ax in enumerate(axes):
    springs = np.full(4, BRACED)
    springs[storey] = BARE
    lam = spectral_decomposition(stiffness_per_mass(MASSES, springs))[1][::-1]
    change = 100 * (np.sqrt(lam) / intact - 1)
    fits = np.allclose(np.sqrt(lam) / (2 * np.pi), measured, atol=0.01)
    ax.bar([1, 2, 3, 4], change, color="#d1495b" if fits else "#b5b5b5")
    ax.plot([1, 2, 3, 4], 100 * (2 * np.pi * measured / intact - 1), "o", color="#444444")
    ax.axhline(0, color="#444444", linewidth=1)
    ax.set(xlabel="mode", xticks=[1, 2, 3, 4], title=f"storey {storey + 1} without braces")
axes[0].set_ylabel("change of frequency in %")
figure.suptitle("Four suspects, and one of them fits what was measured (dots)")
show(
    "Four bar charts of the change of the four frequencies, one for each storey that may have "
    "lost its braces, with the measured changes as dots. Only for storey 1 do bars and dots "
    "agree: minus 34, minus 16, minus 3 and almost 0 per cent."
)

# %% [markdown]
# Storey 1 it is. Losing the braces at the bottom slows down the leaning of the whole frame by a
# third. Higher up it hurts mode 1 less and some of the faster modes more. (In reality sensors are
# noisy, and several storeys may suffer at once. That turns this into a least squares problem.)
#
# ### When the simulation explodes, and the building does not
#
# Last, the building in motion. The simplest simulation keeps $y$ and the velocity $u$, and
# repeats $u \leftarrow u - h\,(A y + c\,u)$, $y \leftarrow y + h\,u$ with a small time step $h$.
# That is linear, so it is again a matrix applied over and over, and `is_stable` knows how it ends.
# Theory says that without damping the limit is $h = 2 / \omega_{\max}$. Since
# $\omega_{\max}^2 = \lambda_{\max}$, your `largest_stable_step` gives it as well.

# %% Plot two simulations of one building tags=["demo"]
A = stiffness_per_mass(MASSES, np.full(4, BRACED))
damping, identity = 1.0, np.eye(4)
limit = np.sqrt(2 * largest_stable_step(A))  # 2 / omega_max, in seconds
figure, axes = plt.subplots(1, 2, figsize=(10, 3.3), sharey=True)
for ax, share, color in zip(axes, (0.95, 1.003), ("#1b6ca8", "#d1495b"), strict=True):
    h = share * limit
    kick = np.hstack([-h * A, (1 - h * damping) * identity])  # the new velocity
    step = np.vstack([np.hstack([identity, np.zeros((4, 4))]) + h * kick, kick])
    shape = spectral_decomposition(A)[0][:, 3]  # mode 1 and nothing else
    state, top = np.append(shape / shape[3], np.zeros(4)), [10.0]
    while len(top) * h < 1.5 and abs(top[-1]) < 100:
        state = step @ state
        top.append(10 * state[3])
    ax.plot(h * np.arange(len(top)), top, ".-", color=color, linewidth=1, markersize=4)
    ax.set(xlabel="time in s", ylim=(-33, 33), xlim=(-0.03, 1.53))
    ax.set_title(f"h = {1000 * h:.2f} ms, is_stable(step): {is_stable(step)}")
axes[0].set_ylabel("sway of floor 4 in mm")
figure.suptitle(f"The same building, simulated below and above the limit of {1000 * limit:.2f} ms")
show(
    "The sway of the top floor, let go at 10 millimetres. With a step of 95 per cent of the limit "
    "it swings evenly and fades. With a step slightly above the limit it swings like that for "
    "more than a second, until a zigzag grows out of nothing and leaves the picture."
)

# %% [markdown]
# Both start in mode 1 and in nothing else. On the left it sways and fades, as it should. On the
# right the step is less than 6 % longer. For more than a second all is well. Then a zigzag
# breaks out that no building has ever danced: mode 4, far too coarsely sampled, has an eigenvalue
# outside the unit circle, and after some two hundred steps even a rounding error of $10^{-16}$ has
# become large. The *fastest* mode sets the limit even if you only care about the slowest. In
# training it is the same: the steepest direction of the loss caps the learning rate, and the flat
# ones, where the progress is made, have to wait.

# %% [markdown]
# ## 4.8 · In your own words
#
# Look again at the picture at the end of 4.2: a symmetric matrix with the eigenvalues
# $1, \dots, 20$, and the roots of its characteristic polynomial.
#
# **Why does no library compute eigenvalues as the roots of the characteristic polynomial?** Explain
# it in five to ten lines. Say what is lost on the way from the matrix to the coefficients, and
# compare how far the eigenvalues move if the *matrix* is changed in its sixteenth digit with how
# far they move if a *coefficient* is. Say what is done in its place, and when the polynomial is all
# right. These numbers may help you: for a symmetric matrix, no eigenvalue moves by more than the
# 2-norm of the change; and near $\lambda = 16$, changing the coefficient of $\lambda^{19}$ by
# $\delta$ moves the root by about $2 \cdot 10^{9}\, \delta$, while the coefficient itself is
# $-210$ and others are as large as $10^{19}$.

# %% [markdown] nbgrader={"grade_id": "no-polynomials", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point each; the words may differ.
#
# 1. **The eigenvalues are well-conditioned as functions of the matrix.** Changing $A$ in its
#    sixteenth digit is a change of norm about $20 \cdot 10^{-16}$, and no eigenvalue moves by more
#    than that (symmetric $A$; Weyl). A method that works on $A$ with orthogonal transformations
#    makes errors of that size only, which is what `eigvalsh` shows.
# 2. **The roots are ill-conditioned as functions of the coefficients.** The coefficients have to be
#    rounded to sixteen digits, so that of $\lambda^{19}$ is uncertain by about
#    $210 \cdot 10^{-16} \approx 2 \cdot 10^{-14}$, and the root near 16 by
#    $2 \cdot 10^9 \cdot 2 \cdot 10^{-14} \approx 4 \cdot 10^{-5}$; the other coefficients add more
#    (up to 0.07 in the picture). No root finder, however exact, can repair this: what is lost
#    was lost when the coefficients were stored. The detour is worse than the problem.
# 3. **What is done, and when it is all right.** Iteration on the matrix itself: power iteration,
#    inverse and Rayleigh quotient iteration, the QR algorithm inside `eigh` and `eig`. There is no
#    formula for roots beyond degree 4 anyway, so the polynomial would not save the iteration; in
#    fact `np.roots` computes eigenvalues (of the companion matrix). The polynomial is fine for
#    $2 \times 2$ matrices with careful formulas, on paper, and in proofs.
#
# Wrong, and common: "`np.roots` is a bad algorithm" (its roots are those of a polynomial with
# nearly the same coefficients); "it takes too long" (it does not, for $n = 20$); "the determinant
# is too expensive".
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have a test for eigenpairs that works in any unit, a formula for two by two that keeps its
# digits, two iterations (one that needs nothing but products, one that triples its digits), a
# decomposition of every symmetric matrix into independent stretchings, and two functions that
# tell growth from decay before it happens.
#
# Where it leads:
#
# - **Section 5** finds such directions for matrices that are not even square: the SVD.
# - **Section 12** solves linear systems in fewer steps the closer the eigenvalues lie together.
# - **Section 17** uses eigenvectors as coordinates, for powers, exponentials and Markov chains.
# - **Section 21** takes the top eigenpairs of a covariance and calls them principal components.
# - **Section 24** ranks web pages by power iteration and cuts graphs by an eigenvector.
#
# In the libraries: `np.linalg.eigh` for symmetric matrices, `np.linalg.eig` for all others,
# `scipy.sparse.linalg.eigsh` for a few eigenpairs of a large sparse matrix, and
# `scipy.linalg.eigh(K, M)` for masses and springs without taking roots of masses first.
