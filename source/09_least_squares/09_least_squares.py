# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 9 · Least squares: the best answer when there is none
#
# Measure a thing a hundred times, describe it with three numbers, and you have a hundred
# equations in three unknowns. They contradict each other, so there is no solution. There is a
# best one, though, and finding it is a question of geometry: drop a perpendicular. Linear
# regression is this and nothing else. So are the last layer of many networks, the calibration of
# sensors, the alignment of two point clouds, and every step of the methods that fit nonlinear
# models.
#
# The same best answer can be computed in several ways. On paper they are equal. On a computer one
# of them keeps half as many digits as the others, and one returns an answer where the others give
# up. At the end you put your functions to the test that statistical software has to pass.
#
# After this notebook you can
#
# - project onto the column space of any matrix, and say why the residual is perpendicular to it;
# - fit by the normal equations and by QR, and predict how many digits each of them keeps;
# - find the shortest solution when columns depend on each other, and recognize a pseudoinverse
#   by its four conditions;
# - fit lines and polynomials, measure a fit by $R^2$, and say what $R^2$ does not tell;
# - use a ridge penalty that leaves the intercept alone.
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
    assert_raises,
    assert_ratio,
    assert_scalar,
    assert_shape,
    assert_unchanged,
    assert_without,
    matrices,
    ratios,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
plt.style.use("autograder.course")

# %% [markdown]
# ## 9.1 · The closest point that you can reach
#
# Let $A$ be an $m \times n$ matrix with columns $a_1, \dots, a_n$, and let $b$ be a vector of $m$
# measurements. Whatever $x$ you choose, $Ax = x_1 a_1 + \dots + x_n a_n$ lies in the **column
# space** of $A$. If $b$ does not lie there, no $x$ gives $Ax = b$. The best you can do is to reach
# the point $p = A x$ of the column space that is closest to $b$:
#
# $$
# \text{minimize} \quad \|b - A x\|^2 = \sum_{i=1}^{m} \big( b_i - (A x)_i \big)^2 .
# $$
#
# **A small example to keep.** Three measurements $2, 1, 6$ at the times $0, 1, 2$, to be
# described by a line $x_1 + x_2 t$:
#
# $$
# A = \begin{pmatrix} 1 & 0 \\ 1 & 1 \\ 1 & 2 \end{pmatrix}, \quad
# b = \begin{pmatrix} 2 \\ 1 \\ 6 \end{pmatrix}, \quad
# x = \begin{pmatrix} 1 \\ 2 \end{pmatrix}, \quad
# p = A x = \begin{pmatrix} 1 \\ 3 \\ 5 \end{pmatrix}, \quad
# r = b - p = \begin{pmatrix} 1 \\ -2 \\ 1 \end{pmatrix}.
# $$
#
# The next picture shows it twice.

# %% Plot one fit in two pictures tags=["demo"]
A = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
b, p = np.array([2.0, 1.0, 6.0]), np.array([1.0, 3.0, 5.0])
turned = np.column_stack([[1, 1, 1] / np.sqrt(3), [-1, 0, 1] / np.sqrt(2), [1, -2, 1] / np.sqrt(6)])
figure = plt.figure(figsize=(10, 4.4))
space = figure.add_subplot(1, 2, 1, projection="3d")
along, across = np.meshgrid([-0.5, 6.5], [-0.8, 4.0])
space.plot_surface(along, across, 0 * along, color="#1b6ca8", alpha=0.16, linewidth=0)
for tip, label, color, shift in [
    (b, "b", "#d1495b", (-0.1, 0, 0.25)),
    (p, "p", "#1b6ca8", (0.25, 0.1, -0.3)),
    (A[:, 0], "$a_1$", "#444444", (0.1, -0.9, -0.1)),
    (A[:, 1], "$a_2$", "#444444", (-0.7, 0.4, 0.0)),
]:
    tip = tip @ turned
    space.quiver(0, 0, 0, *tip, color=color, arrow_length_ratio=0.08, linewidth=1.8)
    space.text(*(tip + shift), label, color=color, fontsize=12)
space.plot(*(np.array([p, b]) @ turned).T, color="#e09f3e", linewidth=2.5)
space.text(*((p + b) / 2 @ turned + [0.2, 0.1, 0]), "r", color="#b9770e", fontsize=12)
space.view_init(elev=20, azim=-68)
space.set(xlabel="in the plane", ylabel="in the plane", zlabel="perpendicular to it")
space.set(xticks=range(7), yticks=range(5), zticks=range(4), zlim=(0, 3))
space.set_box_aspect((7, 4.8, 3.4), zoom=1.0)
space.set_title("b is not in the plane of the columns")

line = figure.add_subplot(1, 2, 2)
t = np.arange(3)
line.plot([-0.3, 2.3], [0.4, 5.6], color="#1b6ca8", label="the fitted line, 1 + 2 t")
line.vlines(t, p, b, color="#e09f3e", linewidth=2.5, label="residuals 1, -2, 1")
line.plot(t, b, "o", color="#d1495b", markersize=8, label="measurements b")
line.plot(t, p, "s", color="#1b6ca8", markersize=6, label="fitted values p")
line.set(xlabel="time t", ylabel="value", title="The same three numbers as a line", xticks=t)
line.legend()
figure.suptitle("Fitting a line to three points is dropping a perpendicular onto a plane")
show(
    "Left: in three dimensions a vector b rises above the flat plane of the two columns; its foot "
    "p lies in the plane and the residual r stands upright between them. Right: three "
    "measurements, the line 1 + 2t, and the vertical residuals 1, -2 and 1."
)

# %% [markdown]
# Left: three measurements are one point in three dimensions. The plane is all that the two
# columns can reach (the picture is turned so that it lies flat). The foot $p$ of the perpendicular
# is the closest point of the plane. Right: the same numbers as you usually see them. The
# perpendicular $r$ on the left is the three amber sticks on the right.
#
# Going from $b$ to $p$ is a linear map, the **orthogonal projector** $P$ onto the column space. If
# the columns of $Q$ are an orthonormal basis of that space, then
#
# $$
# P = Q Q^\top, \qquad p = P b = \sum_i (q_i^\top b)\, q_i .
# $$
#
# Two properties say that $P$ is an orthogonal projector, and one more that it reaches the columns:
#
# $$
# P^2 = P \;\text{ (once there, you stay)}, \qquad
# P^\top = P \;\text{ (perpendicular, not slanted)}, \qquad
# P A = A \;\text{ (the columns are there)} .
# $$
#
# The identity has all three, and it is still the wrong answer if $b$ is out of reach. So you need a
# fourth one: the trace of $P$ is the **rank** of $A$. For the small example
#
# $$
# P = \frac16 \begin{pmatrix} 5 & 2 & -1 \\ 2 & 2 & 2 \\ -1 & 2 & 5 \end{pmatrix},
# \qquad \text{trace } \frac{5 + 2 + 5}{6} = 2 .
# $$
#
# ### Exercise: `projection_matrix`
#
# You may know $P = A (A^\top A)^{-1} A^\top$. It is right if the columns are independent, and it
# breaks down if they are not: then $A^\top A$ has no inverse. The column space is there all the
# same. So find an orthonormal basis of it. As in 5.6, whether a singular value counts as zero has
# to depend on its size beside the largest one.
#
# <details><summary>Hint 1</summary>
#
# In $A = U \Sigma V^\top$, those $u_i$ that belong to nonzero singular values are an orthonormal
# basis of the column space. `np.linalg.svd(A, full_matrices=False)` gives them as columns.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `U[:, keep]` with an array `keep` of truth values selects columns. For a matrix of zeros it
# should select none, and the product of an $m \times 0$ and a $0 \times m$ matrix is zero.
#
# </details>


# %% nbgrader={"grade_id": "projection_matrix", "solution": true}
def projection_matrix(A):
    """Orthogonal projector onto the column space of a matrix.

    Parameters
    ----------
    A : array, shape (m, n)
        A real matrix of floats or integers: tall, wide or square, of any rank, zero included.
        Singular values of at most 1e-10 times the largest one count as zero. It is not changed.

    Returns
    -------
    array, shape (m, m)
        The symmetric matrix P with P @ P = P whose column space is that of A; zeros if A is zero.
    """
    ### BEGIN SOLUTION
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    Q = U[:, s > 1e-10 * s[0]]
    return Q @ Q.T
    ### END SOLUTION


# %% A plane in space nbgrader={"grade_id": "projection_matrix-worked", "grade": true, "points": 1}
A = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
P = projection_matrix(A.copy())
assert_shape(P, (3, 3), name="projection_matrix(A)", hint="It maps b, with 3 entries, to p.")
stay = "The columns are in the plane already, and what is there stays."
assert_close(P @ A, A, name="projection_matrix(A) @ A", hint=stay)
expected = np.array([[5.0, 2.0, -1.0], [2.0, 2.0, 2.0], [-1.0, 2.0, 5.0]]) / 6
assert_close(P, expected, name="projection_matrix(A)", hint="P = Q Q^T with orthonormal columns.")

# %% Column spaces nbgrader={"grade_id": "projection_matrix-spaces", "grade": true, "points": 1}
# Tall, wide and square matrices of full rank, a single column, whole numbers. A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(901)
cases = [rng.standard_normal(shape) for shape in [(6, 3), (3, 5), (4, 4), (5, 1)]]
cases.append(np.array([[1, 2], [0, 1], [3, -1], [1, 1]]))
for A in cases:
    m, n = A.shape
    basis = np.linalg.qr(A)[0]
    expected = basis @ basis.T
    before = A.copy()
    P = projection_matrix(A)
    assert_unchanged(A, before, name="A after projection_matrix(A)")
    name = f"projection_matrix(A) with A of shape {(m, n)} and rank {min(m, n)}"
    assert_shape(P, (m, m), name=name, hint="P acts on vectors with m entries.")
    assert_ratio(
        ratios.symmetry(P), 1e4, f"The asymmetry of {name}", hint="P is perpendicular: P.T = P."
    )
    assert_close(P @ before, before, name=f"P @ A, P = {name}", hint="Columns of A stay in place.")
    rank = f"The trace of P is the rank of A, {min(m, n)}."
    assert_close(P, expected, name=name, hint=rank)
### END HIDDEN TESTS

# %% Dependent columns nbgrader={"grade_id": "projection_matrix-rank", "grade": true, "points": 1}
# Matrices whose columns depend on each other, large and tiny ones, and zeros.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(902)
spectra = [
    ((7, 4), [3.0, 1.0, 0.5]),
    ((4, 6), [2.0, 1.0]),
    ((5, 5), [1.0]),
    ((8, 4), [1.0, 1e-2, 3e-10]),
    ((6, 3), [1.0, 0.5, 3e-11]),
]
for shape, spectrum in spectra:
    U = matrices.random_orthogonal(shape[0], len(spectrum), seed=rng)
    V = matrices.random_orthogonal(shape[1], len(spectrum), seed=rng)
    rank = sum(s > 1e-10 for s in spectrum)
    expected = U[:, :rank] @ U[:, :rank].T
    for scale in (1.0, 1e-12, 1e9):
        A = (U * (scale * np.array(spectrum))) @ V.T
        name = f"projection_matrix(A) with A of shape {shape}, rank {rank}, entries near {scale:g}"
        P = projection_matrix(A)
        assert_shape(P, (shape[0], shape[0]), name=name)
        hint = (
            f"{rank} of the singular values are larger than 1e-10 times the largest. Only their "
            "u_i belong to the column space."
        )
        assert_close(P, expected, name=name, threshold=1e11, hint=hint)
nothing = "The column space of zeros is the origin, so everything is projected to 0."
assert_close(projection_matrix(np.zeros((4, 3))), np.zeros((4, 4)), name="P of zeros", hint=nothing)
### END HIDDEN TESTS

# %% [markdown]
# ## 9.2 · The normal equations
#
# The residual $r = b - A x$ of the best $x$ is perpendicular to the plane, hence to every column
# of $A$. That is $n$ equations, $a_j^\top r = 0$, and together they are $A^\top (b - A x) = 0$, or
#
# $$
# A^\top A \, x = A^\top b .
# $$
#
# These are the **normal equations** ("normal" as in "perpendicular"). The matrix $A^\top A$ is
# square, $n \times n$, symmetric, and invertible if the columns of $A$ are independent. For the
# small example
#
# $$
# \begin{pmatrix} 3 & 3 \\ 3 & 5 \end{pmatrix} x = \begin{pmatrix} 9 \\ 13 \end{pmatrix}
# \quad\Longrightarrow\quad x = \begin{pmatrix} 1 \\ 2 \end{pmatrix}.
# $$
#
# You often see the solution written as $x = (A^\top A)^{-1} A^\top b$. That is a formula to read,
# not a recipe. To invert and then multiply costs more work and more digits than to solve.
#
# ### Exercise: `fit_normal_equations`
#
# Form $A^\top A$ and $A^\top b$, and solve. `np.linalg.lstsq` and `np.linalg.pinv` are not allowed
# here, and the test notices what an inverse does to the last digits.
#
# <details><summary>Hint</summary>
#
# `np.linalg.solve(M, c)` solves $M x = c$. (Or, as $M$ is symmetric positive definite, factorize
# it by `np.linalg.cholesky` and solve twice.)
#
# </details>


# %% nbgrader={"grade_id": "fit_normal_equations", "solution": true}
def fit_normal_equations(A, b):
    """Least squares solution by the normal equations, without lstsq or pinv.

    Parameters
    ----------
    A : array, shape (m, n), m >= n
        Floats or integers, with independent columns; its condition number is at most 1e5. It is
        not changed.
    b : array, shape (m,)
        Floats or integers. It is not changed.

    Returns
    -------
    array, shape (n,)
        The x that minimizes the norm of b - A @ x. The normal equations hold up to rounding:
        A.T @ (b - A @ x) is not larger than a backward stable solver makes it. (The explicit
        inverse of A.T @ A is not good enough for that.)
    """
    ### BEGIN SOLUTION
    return np.linalg.solve(A.T @ A, A.T @ b)
    ### END SOLUTION


# %% Three points nbgrader={"grade_id": "fit_normal_equations-worked", "grade": true, "points": 1}
A = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
b = np.array([2.0, 1.0, 6.0])
x = fit_normal_equations(A.copy(), b.copy())
assert_shape(x, (2,), name="fit_normal_equations(A, b)", hint="One coefficient for each column.")
normal = "A.T @ A is [[3, 3], [3, 5]] and A.T @ b is [9, 13]."
assert_close(x, [1.0, 2.0], name="fit_normal_equations(A, b)", hint=normal)
solve = "Form A.T @ A and A.T @ b, and solve: np.linalg.solve."
assert_without(fit_normal_equations, ("lstsq", "pinv"), A.copy(), b.copy(), hint=solve)

# %% Other shapes nbgrader={"grade_id": "fit_normal_equations-shapes", "grade": true, "points": 1}
# Tall and square matrices, one column, whole numbers, all scales; A and b must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(911)
cases = [
    (scale * matrices.with_singular_values(np.linspace(3, 1, n), (m, n), seed=rng), scale)
    for m, n, scale in [(7, 3, 1.0), (4, 4, 1.0), (9, 1, 1.0), (8, 2, 1e-7), (6, 3, 1e6)]
]
cases.append((np.array([[2, 1], [1, 0], [0, 3], [1, 1]]), 1))
for A, scale in cases:
    m, n = A.shape
    b = rng.integers(-9, 10, m) if A.dtype.kind == "i" else rng.standard_normal(m)
    expected = np.linalg.lstsq(A, b)[0]
    before = A.copy(), b.copy()
    x = fit_normal_equations(A, b)
    assert_unchanged(A, before[0], name="A after fit_normal_equations(A, b)")
    assert_unchanged(b, before[1], name="b after fit_normal_equations(A, b)")
    name = f"fit_normal_equations(A, b) with A of shape {(m, n)} and entries near {scale:g}"
    assert_shape(x, (n,), name=name, hint="One coefficient for each column of A.")
    perpendicular = "The residual b - A @ x must be perpendicular to every column of A."
    assert_close(x, expected, name=name, hint=perpendicular)
### END HIDDEN TESTS

# %% Last digits nbgrader={"grade_id": "fit_normal_equations-solve", "grade": true, "points": 1}
# Matrices of condition 1e5: do the normal equations hold as well as rounding allows?
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(912)
for m, n in [(20, 6), (12, 5), (30, 8)]:
    A = matrices.with_singular_values(np.geomspace(1.0, 1e-5, n), (m, n), seed=rng)
    b = A @ rng.standard_normal(n)
    x = fit_normal_equations(A.copy(), b.copy())
    name = "fit_normal_equations(A, b) for a matrix of condition 1e5"
    assert_shape(x, (n,), name=name)
    size = np.linalg.norm(b) + np.linalg.norm(x)  # the 2-norm of A is 1
    left = np.linalg.norm(A.T @ (b - A @ x)) / (size * m * np.finfo(float).eps)
    hint = (
        "An explicit inverse makes errors that grow with its own size. np.linalg.solve does not, "
        "and a term added to A.T @ A for safety changes the problem."
    )
    assert_ratio(left, 30, f"What is left of the normal equations by {name}", hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# ## 9.3 · QR: the same answer with all its digits
#
# The normal equations have a weakness. Forming $A^\top A$ **squares the condition number**:
# $\kappa(A^\top A) = \kappa(A)^2$. A matrix with $\kappa(A) = 10^8$ is difficult but manageable in
# double precision. Its $A^\top A$ has condition $10^{16}$ and is singular for all practical
# purposes.
#
# The way out is never to form $A^\top A$. Write $A = Q R$, with orthonormal columns in $Q$ and an
# upper triangular $R$. Then $p = Q Q^\top b$, and $A x = p$ becomes $Q R x = Q Q^\top b$, or
#
# $$
# R x = Q^\top b ,
# $$
#
# a small triangular system with $\kappa(R) = \kappa(A)$: nothing has been squared. For the small
# example
#
# $$
# R = \begin{pmatrix} \sqrt 3 & \sqrt 3 \\ 0 & \sqrt 2 \end{pmatrix}, \quad
# Q^\top b = \begin{pmatrix} 3 \sqrt 3 \\ 2 \sqrt 2 \end{pmatrix}
# \quad\Longrightarrow\quad x_2 = 2, \;\; x_1 = 3 - 2 = 1 .
# $$
#
# (Some of the signs may be turned round in what your computer gives. $x$ does not notice.)
#
# ### Exercise: `fit_qr`
#
# `np.linalg.qr` gives the thin factors. If you would rather write your own orthogonalization, do:
# but then the test will tell you whether your $Q$ is orthonormal to the last digit.
# `np.linalg.lstsq` and `np.linalg.pinv` are not allowed.
#
# <details><summary>Hint</summary>
#
# `np.linalg.solve` will do for the triangular system. (`scipy.linalg.solve_triangular` does it
# faster.)
#
# </details>


# %% nbgrader={"grade_id": "fit_qr", "solution": true}
def fit_qr(A, b):
    """Least squares solution by orthogonalization, without lstsq or pinv.

    Parameters
    ----------
    A : array, shape (m, n), m >= n
        Floats or integers, with independent columns; its condition number may be as large as
        1e10. It is not changed.
    b : array, shape (m,)
        Floats or integers. It is not changed.

    Returns
    -------
    array, shape (n,)
        The x that minimizes the norm of b - A @ x, as accurate as a stable method makes it: if
        b = A @ z for some z, then A @ x equals b up to rounding, whatever the condition number.
    """
    ### BEGIN SOLUTION
    Q, R = np.linalg.qr(A)
    return np.linalg.solve(R, Q.T @ b)
    ### END SOLUTION


# %% Three points again nbgrader={"grade_id": "fit_qr-worked", "grade": true, "points": 1}
A = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
b = np.array([2.0, 1.0, 6.0])
x = fit_qr(A.copy(), b.copy())
assert_shape(x, (2,), name="fit_qr(A, b)", hint="One coefficient for each column of A.")
triangular = "R x = Q^T b: from below, x_2 = 2, and then x_1 = 3 - x_2."
assert_close(x, [1.0, 2.0], name="fit_qr(A, b)", hint=triangular)
factorize = "Factorize by np.linalg.qr, and solve R x = Q.T @ b."
assert_without(fit_qr, ("lstsq", "pinv"), A.copy(), b.copy(), hint=factorize)

# %% Other shapes nbgrader={"grade_id": "fit_qr-shapes", "grade": true, "points": 1}
# Tall and square matrices, one column, whole numbers, b out of reach; A and b must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(921)
cases = [
    scale * matrices.with_singular_values(np.linspace(3, 1, n), (m, n), seed=rng)
    for m, n, scale in [(7, 3, 1.0), (4, 4, 1.0), (9, 1, 1.0), (6, 3, 1e-9), (6, 2, 1e6)]
]
cases.append(np.array([[2, 1], [1, 0], [0, 3], [1, 1]]))
for A in cases:
    m, n = A.shape
    b = rng.integers(-9, 10, m) if A.dtype.kind == "i" else rng.standard_normal(m)
    expected = np.linalg.lstsq(A, b)[0]
    before = A.copy(), b.copy()
    x = fit_qr(A, b)
    assert_unchanged(A, before[0], name="A after fit_qr(A, b)")
    assert_unchanged(b, before[1], name="b after fit_qr(A, b)")
    name = f"fit_qr(A, b) with A of shape {(m, n)} and dtype {A.dtype}"
    assert_shape(x, (n,), name=name, hint="One coefficient for each column of A.")
    hint = "Q.T @ b holds the coordinates of the foot p in the basis Q; R x must equal it."
    assert_close(x, expected, name=name, hint=hint)
### END HIDDEN TESTS

# %% Nearly dependent columns nbgrader={"grade_id": "fit_qr-stable", "grade": true, "points": 1}
# Columns that are nearly parallel and measurements without noise: A @ x should be b to rounding.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(922)
cases = [
    ("condition 1e7", matrices.with_singular_values(np.geomspace(1, 1e-7, n), (m, n), seed=rng))
    for m, n in [(20, 6), (8, 5)]
]
cases.append(("columns that differ in the ninth digit only", matrices.laeuchli(4, 1e-9)))
for what, A in cases:
    z = rng.standard_normal(A.shape[1])
    b = A @ z
    name = f"fit_qr(A, b) for a matrix with {what}"
    hint = "Where b is in reach, A @ x = b to the last digit, if A.T @ A is not formed on the way."
    try:
        x = fit_qr(A.copy(), b.copy())
    except np.linalg.LinAlgError as error:
        raise AssertionError(
            f"{name} gave up ({error}), but its columns are independent. {hint}"
        ) from None
    assert_shape(x, z.shape, name=name)
    assert_ratio(ratios.solve_residual(A, x, b), 1e3, f"The residual of {name}", hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# ### How many digits each way keeps
#
# Now your two functions run against each other. The matrices are built with known condition
# numbers $\kappa$. The measurements are free of noise, so the true $x$ is known, too.


# %% Plot the error against the condition number tags=["demo"]
def attempt(fit, A, b):
    """The coefficients, or NaN if the solver gives up on a singular matrix."""
    try:
        return fit(A, b)
    except np.linalg.LinAlgError:
        return np.full(A.shape[1], np.nan)


rng = np.random.default_rng(93)
conditions = np.logspace(0, 14, 57)
errors = {"normal equations": [], "QR": []}
for condition in conditions:
    A = matrices.with_singular_values(np.geomspace(1, 1 / condition, 6), (40, 6), seed=rng)
    true = rng.standard_normal(6)
    for name, fit in (("normal equations", fit_normal_equations), ("QR", fit_qr)):
        error = np.linalg.norm(attempt(fit, A, A @ true) - true) / np.linalg.norm(true)
        errors[name].append(error)
figure, ax = plt.subplots(figsize=(7.5, 4.2))
eps = np.finfo(float).eps
ax.loglog(conditions, errors["normal equations"], "o", mfc="none", color="#d1495b")
ax.loglog(conditions, errors["QR"], "o", markersize=4, color="#1b6ca8")
for power, color in ((2, "#d1495b"), (1, "#1b6ca8")):
    ax.loglog(conditions, eps * conditions**power, color=color, linewidth=1, linestyle="--")
ax.text(3e3, 2e-6, r"normal equations: $\varepsilon\,\kappa^2$", color="#d1495b", ha="right")
ax.text(3e9, 2e-11, r"QR: $\varepsilon\,\kappa$", color="#1b6ca8")
ax.axhline(1, color="#888888", linestyle=":", linewidth=1)
ax.text(1.5, 1.6, "no digit is right", color="#666666", va="bottom")
ax.set(xlabel=r"condition number $\kappa$ of A", ylabel="relative error of x", ylim=(1e-17, 1e3))
ax.set_title("QR loses digits with the condition number, the normal equations twice as fast")
show(
    "Relative error against condition number, both on logarithmic scales. The errors of the "
    "normal equations rise along the square of the condition number and reach 1 soon after 1e8; "
    "those of QR rise along the condition number itself and are still below 0.01 at 1e14."
)

# %% [markdown]
# Count the digits as the exponent of the error. QR starts with 16 and loses one for every power
# of ten in $\kappa$. The normal equations lose two, and beyond $\kappa = 10^8$ nothing is left
# (the red circles around the dotted line are pure noise, and where one is missing the solver found
# a matrix that is exactly singular).
#
# To be fair: for $\kappa = 100$ and data with three digits, nobody will see a difference, the
# normal equations are faster, and $A^\top A$ is small enough to keep when there are millions of
# rows. And where the residual is large, QR cannot keep all of its lead. You will see it in 9.7.

# %% [markdown]
# ## 9.4 · Lines, polynomials, and how good they are
#
# "Linear" least squares is linear in the **coefficients**. The columns may be anything: powers of
# a variable, sines, outputs of a network. A polynomial of degree $d$ that is fitted to the points
# $(t_i, b_i)$ has the **design matrix**
#
# $$
# A = \begin{pmatrix}
# 1 & t_1 & t_1^2 & \cdots & t_1^d \\
# \vdots & \vdots & \vdots & & \vdots \\
# 1 & t_m & t_m^2 & \cdots & t_m^d
# \end{pmatrix} .
# $$
#
# The column of ones belongs to the **intercept**, the value at $t = 0$. Without it, the curve is
# forced through the origin. (In formulas $x$ stays the vector of coefficients. The functions of
# this part take data, and call them `x` and `y` as most libraries do.)
#
# ### Exercise: `design_matrix`
#
# One trap: whole numbers. NumPy's 64-bit integers end at $9.2 \cdot 10^{18}$ and then silently go
# on at $-9.2 \cdot 10^{18}$. The sixth power of the year 2000 is $6.4 \cdot 10^{19}$. Convert to
# float before you raise.
#
# <details><summary>Hint</summary>
#
# `x[:, None]` is a column, and a column raised to a row of exponents is a matrix. (`np.vander`
# has the powers in descending order, unless told otherwise.)
#
# </details>


# %% nbgrader={"grade_id": "design_matrix", "solution": true}
def design_matrix(x, degree):
    """Powers of a variable, a column for each, as least squares needs them.

    Parameters
    ----------
    x : array, shape (m,)
        Floats or integers. It is not changed.
    degree : int
        The highest power, 0 or more.

    Returns
    -------
    array of floats, shape (m, degree + 1)
        Column j holds x to the power j: ones first, then x, then its square. Powers that are too
        large for an integer are right, too.

    Raises
    ------
    ValueError
        If degree is negative.
    """
    ### BEGIN SOLUTION
    if degree < 0:
        raise ValueError(f"degree = {degree} is negative")
    return np.asarray(x, dtype=float)[:, None] ** np.arange(degree + 1)
    ### END SOLUTION


# %% Up to the cube nbgrader={"grade_id": "design_matrix-worked", "grade": true, "points": 1}
A = design_matrix(np.array([0.0, 2.0, -1.0, 0.5]), 3)
assert_shape(A, (4, 4), name="design_matrix(x, 3)", hint="The powers 0, 1, 2, 3: four columns.")
expected = np.array([[1, 0, 0, 0], [1, 2, 4, 8], [1, -1, 1, -1], [1, 0.5, 0.25, 0.125]])
order = "Ones first, the highest power last."
assert_close(A, expected, name="design_matrix(x, 3) for x = [0, 2, -1, 0.5]", hint=order)

# %% Any degree nbgrader={"grade_id": "design_matrix-degrees", "grade": true, "points": 1}
# Degrees from 0 upwards, other lengths of x, and negative degrees. x must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(931)
for m, degree in [(5, 0), (5, 1), (3, 4), (8, 6), (1, 2)]:
    x = rng.uniform(-2, 2, m)
    expected = np.array([[t**j for j in range(degree + 1)] for t in x])
    before = x.copy()
    A = design_matrix(x, degree)
    assert_unchanged(x, before, name="x after design_matrix(x, degree)")
    name = f"design_matrix(x, {degree}) with {m} numbers in x"
    assert_shape(A, expected.shape, name=name, hint="A row for each number, degree + 1 columns.")
    assert_close(A, expected, name=name, hint="Column j is x to the power j.")
for degree in (-1, -3):
    assert_raises(ValueError, design_matrix, np.ones(3), degree, hint="Check degree yourself.")
### END HIDDEN TESTS

# %% Whole numbers nbgrader={"grade_id": "design_matrix-integers", "grade": true, "points": 1}
# Integers whose powers are too large for integers.
### BEGIN HIDDEN TESTS
for numbers, degree in [([1990, 2000, 2024], 6), ([-7, 0, 300], 8), ([1, 2, 3], 2)]:
    expected = np.array([[float(t**j) for j in range(degree + 1)] for t in numbers])
    A = design_matrix(np.array(numbers), degree)
    name = f"design_matrix(x, {degree}) for integers as large as {max(numbers)}"
    assert_shape(A, expected.shape, name=name)
    floats = "Integers wrap around without a word: convert x to float before you raise it."
    assert_dtype(A, np.floating, name=name, hint=floats)
    for j in range(degree + 1):
        assert_close(A[:, j], expected[:, j], name=f"Column {j} of {name}", hint=floats)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `fit_line`
#
# With one variable $t$ and an intercept, the normal equations can be solved by hand. Measure both
# quantities from their means, $\bar t$ and $\bar b$, and the column of ones is perpendicular to
# the other one:
#
# $$
# \text{slope} = \frac{\sum_i (t_i - \bar t)(b_i - \bar b)}{\sum_i (t_i - \bar t)^2}, \qquad
# \text{intercept} = \bar b - \text{slope} \cdot \bar t .
# $$
#
# So the fitted line passes through the point of means. For the small example $\bar t = 1$,
# $\bar b = 3$, the slope is $4/2 = 2$ and the intercept is $3 - 2 = 1$.
#
# You may also know the formula $(m \sum t b - \sum t \sum b) / (m \sum t^2 - (\sum t)^2)$. It is
# equal on paper, and it loses digits as soon as $t$ is far from 0: about five for years, twelve for
# the time stamps of one hour. It subtracts two huge numbers that agree in that many digits.
#
# <details><summary>Hint</summary>
#
# `np.ptp(x)` is the largest minus the smallest entry. For equal numbers it is exactly 0, and a sum
# of squares around their mean may not be.
#
# </details>


# %% nbgrader={"grade_id": "fit_line", "solution": true}
def fit_line(x, y):
    """Intercept and slope of the least squares line.

    Parameters
    ----------
    x, y : arrays, shape (m,)
        Floats or integers. Several points may have the same x. x may lie far from 0, such as time
        stamps near 1.7e9 that span an hour; the slope keeps at least six digits then. Neither is
        changed.

    Returns
    -------
    intercept, slope : floats
        Of the line intercept + slope * x for which the sum of the squares of the vertical
        distances is smallest.

    Raises
    ------
    ValueError
        If all x are equal (also if there is only one point), since no slope is best then.
    """
    ### BEGIN SOLUTION
    if np.ptp(x) == 0:
        raise ValueError("all x are equal")
    distance = x - np.mean(x)
    slope = distance @ y / (distance @ distance)  # the mean of y drops out
    return np.mean(y) - slope * np.mean(x), slope
    ### END SOLUTION


# %% One line nbgrader={"grade_id": "fit_line-worked", "grade": true, "points": 1}
found = fit_line(np.array([0.0, 1.0, 2.0]), np.array([2.0, 1.0, 6.0]))
assert_shape(found, (2,), name="fit_line(x, y)", hint="Two numbers: return intercept, slope.")
means = "The means are 1 and 3: slope ((-1)(-1) + 0 (-2) + 1 * 3) / 2 = 2, intercept 3 - 2 * 1."
assert_close(found, [1.0, 2.0], name="fit_line([0, 1, 2], [2, 1, 6])", hint=means)

# %% Scattered points nbgrader={"grade_id": "fit_line-points", "grade": true, "points": 1}
# Random points, repeated x, whole numbers, two points; all x equal. x and y must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(941)
clouds = [(rng.uniform(-3, 5, m), rng.standard_normal(m) + 2) for m in (2, 3, 9, 40)]
clouds.append((np.array([1, 1, 2, 2, 2, 7]), np.array([3, 4, 4, 6, 5, 9])))
clouds.append((np.array([1e-9, 2e-9, 4e-9]), np.array([1.0, 3.0, 2.0])))
for x, y in clouds:
    expected = np.polynomial.Polynomial.fit(x, y, 1, domain=[np.min(x), np.max(x)]).convert().coef
    before = x.copy(), y.copy()
    found = fit_line(x, y)
    assert_unchanged(x, before[0], name="x after fit_line(x, y)")
    assert_unchanged(y, before[1], name="y after fit_line(x, y)")
    name = f"fit_line(x, y) with {len(y)} points of dtype {x.dtype}"
    assert_shape(found, (2,), name=name, hint="Two numbers: return intercept, slope.")
    for k, part in enumerate(("intercept", "slope")):
        hint = "The sum of the squared vertical distances is to be smallest, over all lines."
        assert_scalar(found[k], expected[k], name=f"The {part} of {name}", hint=hint)
equal = "If all x are equal, the denominator is 0 (or rounding error): look at x first."
for x in (np.array([2.0, 2.0, 2.0]), np.array([5]), np.full(7, 0.1)):
    assert_raises(
        ValueError, fit_line, x, np.arange(len(x)), name="fit_line(x, y) with equal x", hint=equal
    )
### END HIDDEN TESTS

# %% Far from zero nbgrader={"grade_id": "fit_line-far", "grade": true, "points": 1}
# Time stamps: x that lie close together and far from 0.
### BEGIN HIDDEN TESTS
for start, step, slope in [(1.7e9, 60.0, 0.25), (-3e8, 30.0, -2.0), (2.0e6, 0.125, 5.0)]:
    x = start + step * np.arange(50)
    wiggle = np.tile([1.0, -1.0, -1.0, 1.0], 13)[:50]
    wiggle[48:] = 0.0  # perpendicular to ones and to x
    y = 7.0 + slope * (x - start) + wiggle
    found = fit_line(x.copy(), y)
    name = f"fit_line(x, y) with x near {start:g} and steps of {step:g}"
    assert_shape(found, (2,), name=name)
    hint = "Subtract the mean of x before you multiply: sums of squares of huge numbers cancel."
    assert_scalar(found[1], slope, name=f"The slope of {name}", threshold=1e9, hint=hint)
    middle = found[0] + found[1] * np.mean(x)
    expected = 7.0 + slope * step * 24.5
    about = f"The value in the middle by {name}"
    assert_scalar(middle, expected, name=about, threshold=1e11, hint="It is the mean of y.")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `r_squared`
#
# How good is a fit? Compare its squared error with that of the laziest model, which always
# predicts the mean:
#
# $$
# R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2} .
# $$
#
# 1 is perfect, 0 is no better than the mean, and predictions can be worse than that: $R^2$ is
# negative then, and no square of anything. For the small example the errors are $1, -2, 1$ and
# the distances from the mean $-1, -2, 3$, so $R^2 = 1 - 6/14 = 4/7$.
#
# Two things to refuse. If all $y_i$ are equal there is nothing to explain, and the quotient is
# meaningless. And if $y$ has the shape $(m, 1)$ and $\hat y$ has $(m,)$, NumPy subtracts every one
# from every other and says nothing.
#
# <details><summary>Hint</summary>
#
# `np.var(y)` is the mean of the squared distances from the mean. With a mean above the fraction
# line as well, the two divisions by $m$ cancel.
#
# </details>


# %% nbgrader={"grade_id": "r_squared", "solution": true}
def r_squared(y, y_hat):
    """Coefficient of determination: which share of the variation of y the predictions explain.

    Parameters
    ----------
    y : array, shape (m,)
        What was measured; floats or integers, possibly far from 0 (1e8, say). It is not changed.
    y_hat : array, shape (m,)
        What was predicted, by whatever model. It is not changed.

    Returns
    -------
    float
        One minus the sum of the squared errors over the sum of the squared distances of y from
        its mean. At most 1; negative if the mean would have been the better prediction.

    Raises
    ------
    ValueError
        If the shapes differ, or if all y are equal.
    """
    ### BEGIN SOLUTION
    if y.shape != y_hat.shape:
        raise ValueError(f"shapes {y.shape} and {y_hat.shape} differ")
    if np.ptp(y) == 0:
        raise ValueError("all y are equal")
    return 1 - np.mean((y - y_hat) ** 2) / np.var(y)
    ### END SOLUTION


# %% Four sevenths nbgrader={"grade_id": "r_squared-worked", "grade": true, "points": 1}
y = np.array([2.0, 1.0, 6.0])
sums = "Squared errors 1 + 4 + 1, squared distances from the mean 1 + 4 + 9."
found = r_squared(y.copy(), np.array([1.0, 3.0, 5.0]))
assert_scalar(found, 4 / 7, name="r_squared([2, 1, 6], [1, 3, 5])", hint=sums)
assert_scalar(r_squared(y.copy(), y.copy()), 1.0, name="r_squared(y, y)", hint="A perfect fit.")
worse = "Squared errors 16 + 1 + 16: worse than the mean, so the value is negative."
found = r_squared(y.copy(), np.array([6.0, 2.0, 2.0]))
assert_scalar(found, 1 - 33 / 14, name="r_squared([2, 1, 6], [6, 2, 2])", hint=worse)

# %% Any predictions nbgrader={"grade_id": "r_squared-values", "grade": true, "points": 1}
# Predictions that no least squares fit would make; y far from 0; whole numbers; nothing changed.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(951)
cases = []
for m, offset, bias in [(6, 0.0, 0.0), (30, 5.0, 1.5), (12, 1e8, 0.0)]:
    y = np.round(8 * rng.standard_normal(m)) / 8 + offset
    cases.append((y, y + bias + np.round(8 * rng.standard_normal(m)) / 16))
cases.append((np.array([3, 9, 4, 4, 7]), np.array([2, 8, 5, 5, 9])))
for y, y_hat in cases:
    shift = np.round(np.mean(y))
    near, guess = (y - shift).tolist(), (y_hat - shift).tolist()
    mean = sum(near) / len(near)
    error = sum((a - b) ** 2 for a, b in zip(near, guess, strict=True))
    expected = 1 - error / sum((a - mean) ** 2 for a in near)
    before = y.copy(), y_hat.copy()
    found = r_squared(y, y_hat)
    assert_unchanged(y, before[0], name="y after r_squared(y, y_hat)")
    assert_unchanged(y_hat, before[1], name="y_hat after r_squared(y, y_hat)")
    name = f"r_squared(y, y_hat) with {len(near)} values around {shift:g}"
    hint = "Errors against y_hat above, distances from the mean of y below, both squared first."
    assert_scalar(found, expected, name=name, threshold=1e8, hint=hint)
### END HIDDEN TESTS

# %% What to refuse nbgrader={"grade_id": "r_squared-refused", "grade": true, "points": 1}
# y that are all equal, and shapes that differ.
### BEGIN HIDDEN TESTS
constant = "All y are equal, so there is nothing to explain: raise ValueError, not nan or inf."
for y in (np.full(4, 3.0), np.full(7, 0.1), np.array([2, 2])):
    name = f"r_squared(y, y_hat) with {len(y)} equal y"
    assert_raises(ValueError, r_squared, y, np.arange(len(y)), name=name, hint=constant)
shapes = "NumPy broadcasts (4, 1) and (4,) to (4, 4). Compare the shapes first."
y = np.array([1.0, 2.0, 4.0, 3.0])
for left, right in ((y, y[:, None]), (y[:, None], y), (y, y[:1]), (y, np.array(2.0))):
    name = f"r_squared with shapes {left.shape} and {right.shape}"
    assert_raises(ValueError, r_squared, left, right, name=name, hint=shapes)
### END HIDDEN TESTS

# %% [markdown]
# ### What $R^2$ does not tell
#
# Take one line. Add any vector that is **perpendicular to the columns** of its design matrix. The
# projection does not see it, so the fitted line stays the same. Give it a fixed length, and $R^2$
# stays the same as well. The next cell does this with four vectors of very different character,
# and your functions fit the results.

# %% Plot four data sets with the same line and the same R squared tags=["demo"]
t = np.linspace(0, 10, 21)
keep_away = np.eye(21) - projection_matrix(design_matrix(t, 1))
shapes = {
    "noise": np.random.default_rng(4).standard_normal(21),
    "a curve": (t - 5) ** 2,
    "one outlier": np.where(np.arange(21) == 16, 1.0, 0.0),
    "a jump": np.where(t > 5, 1.0, 0.0) + 0.06 * np.random.default_rng(5).standard_normal(21),
}
figure, axes = plt.subplots(1, 4, figsize=(11, 3.1), sharex=True, sharey=True)
for ax, (title, shape) in zip(axes, shapes.items(), strict=True):
    r = keep_away @ shape
    y = 2 + 0.5 * t + 5 * r / np.linalg.norm(r)
    intercept, slope = fit_line(t, y)
    ax.vlines(t, intercept + slope * t, y, color="#e09f3e", linewidth=1.2)
    ax.plot(t, y, "o", color="#d1495b", markersize=4)
    ax.plot(t, intercept + slope * t, color="#1b6ca8")
    ax.set(title=title, xlabel="t")
    quality = r_squared(y, intercept + slope * t)
    label = f"{intercept:.2f} + {slope:.2f} t\n$R^2$ = {quality:.2f}"
    ax.text(0.04, 0.96, label, transform=ax.transAxes, va="top", color="#444444")
axes[0].set_ylabel("y")
figure.suptitle("Four data sets, one line, one $R^2$: always look at the residuals")
show(
    "Four panels with 21 points each and the same fitted line, 2 + 0.5 t, with the same R squared: "
    "random noise, a smooth curve, a line with one outlier, and a jump in the middle."
)

# %% [markdown]
# The same line and the same $R^2$, four times. It is a good description in the first panel only.
# The others have structure in what is left (the amber sticks): bend the model, look at the
# outlier, or split the data. $R^2$ measures how long the residual is. Its shape you have to look
# at.

# %% [markdown]
# ## 9.5 · When there are too many answers
#
# Suppose that one column is a combination of others: the same length in metres and in feet, or
# more columns than measurements. The foot $p$ is as unique as ever, but many $x$ lead there. If
# $A z = 0$, then $x$ and $x + z$ fit equally well. Which one should you take?
#
# Take the small example's $b$ and two columns that are multiples of each other:
#
# $$
# A = \begin{pmatrix} 1 & 2 \\ 1 & 2 \\ 1 & 2 \end{pmatrix}, \qquad
# b = \begin{pmatrix} 2 \\ 1 \\ 6 \end{pmatrix}, \qquad
# \text{best: all } x \text{ with } x_1 + 2 x_2 = 3 .
# $$

# %% Plot the valley of solutions tags=["demo"]
first, second = np.meshgrid(np.linspace(-1.6, 3.8, 200), np.linspace(-1.5, 2.6, 200))
error = sum((value - first - 2 * second) ** 2 for value in (2, 1, 6))
figure, ax = plt.subplots(figsize=(7.5, 5.2))
levels = 14 + np.array([1, 8, 25, 55, 100, 160, 240])
ax.contour(first, second, error, levels=levels, colors="#9bb8cc", linewidths=0.9)
ax.plot([-1.6, 3.8], [2.3, -0.4], color="#1b6ca8", label="all of these fit best")
angle = np.linspace(0, 2 * np.pi, 200)
ax.plot(np.sqrt(1.8) * np.cos(angle), np.sqrt(1.8) * np.sin(angle), color="#e09f3e", linestyle="--")
ax.annotate("", (0.6, 1.2), (0, 0), arrowprops={"arrowstyle": "-|>", "color": "#d1495b", "lw": 2})
ax.plot(3, 0, "o", color="#444444")
ax.text(3.06, 0.07, "(3, 0)")
ax.text(0.66, 1.27, "(0.6, 1.2), the shortest", color="#d1495b")
ax.plot(0, 0, "+", color="#444444", markersize=9)
ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.6, 3.8), ylim=(-1.5, 2.6), aspect="equal")
ax.set_title("The whole floor of the valley fits best; one of its points is nearest to the origin")
ax.legend(loc="upper right")
show(
    "Contours of the squared error over the two coefficients are parallel straight lines, a "
    "valley. Its floor is the line x1 + 2 x2 = 3. A circle around the origin touches it at the "
    "shortest solution, (0.6, 1.2); the point (3, 0) is on the floor as well, but farther out."
)

# %% [markdown]
# The error is the same all along the floor of the valley. The usual choice is the **shortest**
# $x$, where the dashed circle touches: $x = (0.6, 1.2)$. Another order of the columns changes
# nothing but the order of its entries, no noise in $b$ can move it along the floor, and it comes
# straight out of the SVD:
#
# $$
# x = A^+ b = \sum_{\sigma_i > 0} \frac{u_i^\top b}{\sigma_i}\, v_i .
# $$
#
# The directions $v_i$ with $\sigma_i = 0$ are those along the floor, and the formula just does not
# walk there. As always on a computer, "$\sigma_i > 0$" means "$\sigma_i$ above
# $\texttt{rcond} \cdot \sigma_1$".
#
# ### Exercise: `fit_min_norm`
#
# Build it from `np.linalg.svd`. This is what `np.linalg.lstsq` does inside, so that one and
# `np.linalg.pinv` are not allowed.
#
# <details><summary>Hint</summary>
#
# From right to left: $u_i^\top b$ for all $i$ that are kept is one product, `U[:, keep].T @ b`.
# Divide by `s[keep]`. Then combine the **rows** `Vt[keep]`.
#
# </details>


# %% nbgrader={"grade_id": "fit_min_norm", "solution": true}
def fit_min_norm(A, b, rcond):
    """Shortest of all least squares solutions, without lstsq or pinv.

    Parameters
    ----------
    A : array, shape (m, n)
        Floats or integers, of any shape and rank, zero included. It is not changed.
    b : array, shape (m,)
        Floats or integers. It is not changed.
    rcond : float
        Where to cut, 0 < rcond < 1: singular values up to rcond times the largest one count as
        zero, all others are used.

    Returns
    -------
    array, shape (n,)
        Among all x that minimize the norm of b - A @ x the one with the smallest norm; zeros if A
        is zero. It is as accurate as the SVD of A allows, also if rcond is far below 1e-8.
    """
    ### BEGIN SOLUTION
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond * s[0]
    return Vt[keep].T @ (U[:, keep].T @ b / s[keep])
    ### END SOLUTION


# %% The shortest of many nbgrader={"grade_id": "fit_min_norm-worked", "grade": true, "points": 1}
A = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
b = np.array([2.0, 1.0, 6.0])
x = fit_min_norm(A.copy(), b.copy(), 1e-10)
assert_shape(x, (2,), name="fit_min_norm(A, b, 1e-10)", hint="One coefficient for each column.")
best = "All x with x_1 + 2 x_2 = 3, the mean of b, fit best. [3, 0] is one of them."
assert_close(A @ x, [3.0, 3.0, 3.0], name="A @ fit_min_norm(A, b, 1e-10)", hint=best)
shortest = "Of all x with x_1 + 2 x_2 = 3 the shortest is a multiple of [1, 2]."
assert_close(x, [0.6, 1.2], name="fit_min_norm(A, b, 1e-10)", hint=shortest)
build = "Build it from np.linalg.svd."
assert_without(fit_min_norm, ("lstsq", "pinv"), A.copy(), b.copy(), 1e-10, hint=build)

# %% Any rank nbgrader={"grade_id": "fit_min_norm-rank", "grade": true, "points": 1}
# Tall, wide and square, of full and lower rank, whole numbers, zeros; A and b must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(961)
for shape, rank in [((7, 3), 3), ((3, 6), 3), ((6, 5), 2), ((4, 8), 2), ((4, 4), 3), ((1, 5), 1)]:
    s = np.linspace(3.0, 1.0, rank)
    U = matrices.random_orthogonal(shape[0], rank, seed=rng)
    V = matrices.random_orthogonal(shape[1], rank, seed=rng)
    A, b = (U * s) @ V.T, rng.standard_normal(shape[0])
    expected = V @ ((U.T @ b) / s)
    foot = U @ (U.T @ b)
    before = A.copy(), b.copy()
    x = fit_min_norm(A, b, 1e-10)
    assert_unchanged(A, before[0], name="A after fit_min_norm(A, b, rcond)")
    assert_unchanged(b, before[1], name="b after fit_min_norm(A, b, rcond)")
    name = f"fit_min_norm(A, b, 1e-10) with A of shape {shape} and rank {rank}"
    assert_shape(x, (shape[1],), name=name)
    nearest = "A @ x must be the point of the column space that is closest to b."
    assert_close(before[0] @ x, foot, name=f"A @ {name}", hint=nearest)
    short = "It fits, but there is a shorter one: x must have no part z with A z = 0."
    assert_close(x, expected, name=name, hint=short)
A = np.array([[2, 4, 6], [1, 2, 3]])
found = fit_min_norm(A, np.array([4, 2]), 1e-10)
assert_close(found, np.array([1, 2, 3]) / 7, name="fit_min_norm of integers, rank 1")
zero = "For a matrix of zeros every x fits equally well, and 0 is the shortest. Keep none: use >."
found = fit_min_norm(np.zeros((3, 4)), np.ones(3), 1e-10)
assert_close(found, np.zeros(4), name="fit_min_norm(zeros, b, 1e-10)", hint=zero)
### END HIDDEN TESTS

# %% Where the cut falls nbgrader={"grade_id": "fit_min_norm-cut", "grade": true, "points": 1}
# The same small singular values kept and cut, in matrices of all scales.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(962)
spectrum = np.array([1.0, 1e-3, 1e-9])
for m, n in [(6, 4), (4, 6)]:
    U, V = matrices.random_orthogonal(m, 3, seed=rng), matrices.random_orthogonal(n, 3, seed=rng)
    b = U @ np.array([1.0, -2.0, 0.5])
    for scale in (1.0, 1e6, 1e-7):
        A = (U * (scale * spectrum)) @ V.T
        for rcond, kept, threshold in [(1e-6, 2, 1e7), (1e-2, 1, 1e5), (1e-12, 3, 1e12)]:
            expected = V[:, :kept] @ ((U[:, :kept].T @ b) / (scale * spectrum[:kept]))
            x = fit_min_norm(A.copy(), b.copy(), rcond)
            name = f"fit_min_norm(A, b, {rcond:g}) with singular values {scale:g} * (1, 1e-3, 1e-9)"
            hint = f"{kept} of the singular values are larger than rcond times the largest."
            assert_close(x, expected, name=name, threshold=threshold, hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# ### How to recognize a pseudoinverse
#
# The matrix $A^+$ that takes every $b$ to its shortest best $x$ is the only matrix $X$ with these
# four properties, found by Penrose in 1955:
#
# $$
# (1)\; A X A = A, \qquad (2)\; X A X = X, \qquad
# (3)\; (A X)^\top = A X, \qquad (4)\; (X A)^\top = X A .
# $$
#
# Each of them does its own job. (1) and (3) together say that $A X$ is the projector of 9.1, so
# $x = X b$ **fits best**. (1) and (4) say that $X A$ is the projector onto the row space, so $x$
# is **shortest** whenever $b$ is in reach. (2) keeps the rank of $X$ from being larger than that
# of $A$.
#
# For $A$ as above, $A^+ = \tfrac{1}{15} A^\top$. Another matrix that fits best is
#
# $$
# X = \frac13 \begin{pmatrix} 1 & 1 & 1 \\ 0 & 0 & 0 \end{pmatrix}, \qquad
# A X = \frac13 \begin{pmatrix} 1 & 1 & 1 \\ 1 & 1 & 1 \\ 1 & 1 & 1 \end{pmatrix}, \qquad
# X A = \begin{pmatrix} 1 & 2 \\ 0 & 0 \end{pmatrix} .
# $$
#
# It meets (1), (2) and (3), but not (4): $X b = (3, 0)$ lies on the floor of the valley, and it is
# not the shortest.
#
# ### Exercise: `penrose_conditions`
#
# Rounding keeps the two sides from being exactly equal, so you need a tolerance, and a fixed
# number is never right: if $A$ is in metres, $X$ is in one over metres, and changing the unit to
# nanometres must change no answer. The rounding errors of a product grow with the norms of its
# **factors**, so this is what to measure with. Two sides are equal if the Frobenius norm of their
# difference is at most $10^{-8}$ times
#
# $$
# (1)\; \|A\| \|X\| \|A\|, \qquad (2)\; \|X\| \|A\| \|X\|, \qquad
# (3)\; \|A\| \|X\|, \qquad (4)\; \|X\| \|A\| .
# $$
#
# <details><summary>Hint</summary>
#
# (2) is (1) with $A$ and $X$ exchanged, and (4) is (3) with them exchanged. A small function inside
# yours saves you from writing everything twice. Note "at most": for matrices of zeros, 0 is at
# most 0.
#
# </details>


# %% nbgrader={"grade_id": "penrose_conditions", "solution": true}
def penrose_conditions(A, X):
    """Which of Penrose's four conditions hold, up to rounding.

    Parameters
    ----------
    A : array, shape (m, n)
        Floats or integers of any scale. It is not changed.
    X : array, shape (n, m)
        A candidate for the pseudoinverse of A. It is not changed.

    Returns
    -------
    tuple of four bools
        Whether A X A = A, X A X = X, A X is symmetric, and X A is symmetric, in this order. Two
        sides count as equal if the Frobenius norm of their difference is at most 1e-8 times the
        product of the Frobenius norms of the factors: of A, X, A for the first, X, A, X for the
        second, A and X for the others.
    """

    ### BEGIN SOLUTION
    def first_and_third(A, X):
        AX, size = A @ X, 1e-8 * np.linalg.norm(A) * np.linalg.norm(X)
        fits = np.linalg.norm(AX @ A - A) <= size * np.linalg.norm(A)
        return fits, np.linalg.norm(AX - AX.T) <= size

    first, third = first_and_third(A, X)
    second, fourth = first_and_third(X, A)
    return first, second, third, fourth
    ### END SOLUTION


# %% Three of four nbgrader={"grade_id": "penrose_conditions-worked", "grade": true, "points": 1}
A = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
candidates = {
    "A.T / 15": (A.T / 15, [True, True, True, True]),
    "[[1, 1, 1], [0, 0, 0]] / 3": (np.array([[1, 1, 1], [0, 0, 0]]) / 3, [True, True, True, False]),
    "[[1, 0, 0], [0, 0, 0]]": (np.array([[1.0, 0, 0], [0, 0, 0]]), [True, True, False, False]),
    "A.T": (A.T, [False, False, True, True]),
}
for text, (X, expected) in candidates.items():
    found = penrose_conditions(A.copy(), X.copy())
    assert_shape(found, (4,), name="penrose_conditions(A, X)", hint="Four answers: a tuple.")
    for k, condition in enumerate(("A X A = A", "X A X = X", "A X symmetric", "X A symmetric")):
        assert bool(found[k]) == expected[k], (
            f"penrose_conditions(A, X) says {bool(found[k])} to {condition} for X = {text}. "
            "Multiply it out by hand: the matrices are small."
        )

# %% One at a time nbgrader={"grade_id": "penrose_conditions-each", "grade": true, "points": 1}
# Matrices that meet some of the four conditions and not others. A and X must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(971)
conditions = ("A X A = A", "X A X = X", "A X is symmetric", "X A is symmetric")
s, none = np.array([2.0, 0.5]), np.zeros((2, 2))
K, L, M = rng.standard_normal((3, 2, 2))
# In the bases of the SVD, A is [[S, 0], [0, 0]] and X is [[G, K], [L, M]].
blocks = [
    (np.diag(1 / s), none, none, none, (1, 1, 1, 1)),
    (np.diag(1 / s), none, none, M, (1, 0, 1, 1)),
    (np.diag(1 / s), K, none, none, (1, 1, 0, 1)),
    (np.diag(1 / s), none, L, none, (1, 1, 1, 0)),
    (np.diag(1 / s), K, L, L @ np.diag(s) @ K, (1, 1, 0, 0)),
    (np.diag(1 / s), K, L, M, (1, 0, 0, 0)),
    (np.diag([0.5, 0.0]), none, none, none, (0, 1, 1, 1)),
    (np.diag([0.5, 1.999]), none, none, none, (0, 0, 1, 1)),
    (np.array([[0.5, 0.0], [1.0, 2.0]]), none, none, none, (0, 0, 0, 0)),
]
cases = []
for m, n in [(4, 4), (6, 4), (4, 7)]:
    U, V = matrices.random_orthogonal(m, 4, seed=rng), matrices.random_orthogonal(n, 4, seed=rng)
    A = (U[:, :2] * s) @ V[:, :2].T
    for G, K_, L_, M_, expected in blocks:
        cases.append((A.copy(), V @ np.block([[G, K_], [L_, M_]]) @ U.T, expected))
cases.append((np.array([[2, 0], [0, 1]]), np.array([[0, 0], [0, 1]]), (0, 1, 1, 1)))
for A, X, expected in cases:
    before = A.copy(), X.copy()
    found = penrose_conditions(A, X)
    assert_unchanged(A, before[0], name="A after penrose_conditions(A, X)")
    assert_unchanged(X, before[1], name="X after penrose_conditions(A, X)")
    assert_shape(found, (4,), name="penrose_conditions(A, X)", hint="Four answers: a tuple.")
    for k, condition in enumerate(conditions):
        why = (
            "Rounding keeps the two sides from being exactly equal: allow for it."
            if expected[k]
            else "Each condition is to be judged by itself, by comparing its two sides."
        )
        assert bool(found[k]) == bool(expected[k]), (
            f"penrose_conditions(A, X) says {bool(found[k])} to {condition}, where it is "
            f"{bool(expected[k])}, for an A of shape {A.shape}. {why}"
        )
### END HIDDEN TESTS

# %% Units nbgrader={"grade_id": "penrose_conditions-scale", "grade": true, "points": 1}
# Other units for A and X, products that vanish but for rounding, and zeros.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(972)
conditions = ("A X A = A", "X A X = X", "A X is symmetric", "X A is symmetric")
cases = []
U, V = matrices.random_orthogonal(5, seed=rng), matrices.random_orthogonal(3, seed=rng)
A = (U[:, :3] * [3.0, 1.0, 0.2]) @ V.T
right = (V / [3.0, 1.0, 0.2]) @ U[:, :3].T
for unit in (1e-12, 1e-4, 1e5, 1e12):
    cases.append(
        (f"A in units of {unit:g}, its pseudoinverse", unit * A, right / unit, (1, 1, 1, 1))
    )
    cases.append((f"A in units of {unit:g}, half of A^+", unit * A, right / 2 / unit, (0, 0, 1, 1)))
    slanted = (right + V[:, :1] @ U[:, 4:].T) / unit
    cases.append((f"A in units of {unit:g}, A^+ + v u^T", unit * A, slanted, (1, 1, 0, 1)))
u, v = U[:, :1], V[:, :1]
cases.append(
    ("X with A X = 0 = X A but for rounding", u @ v.T, V[:, 1:2] @ U[:, 1:2].T, (0, 0, 1, 1))
)
cases.append(("zeros and zeros", np.zeros((5, 3)), np.zeros((3, 5)), (1, 1, 1, 1)))
cases.append(("zeros for A only", np.zeros((5, 3)), right, (1, 0, 1, 1)))
cases.append(("zeros for X only", A, np.zeros((3, 5)), (0, 1, 1, 1)))
E = np.array([[0.0, 1.0], [0.0, 0.0]])
cases.append(("errors of 7e-9 and less", np.eye(2), np.eye(2) + 1e-8 * E, (1, 1, 1, 1)))
cases.append(("errors of 2e-8 and more", np.eye(2), np.eye(2) + 6e-8 * E, (0, 0, 0, 0)))
for what, first, second, expected in cases:
    found = penrose_conditions(first.copy(), second.copy())
    assert_shape(found, (4,), name="penrose_conditions(A, X)", hint="Four answers: a tuple.")
    for k, condition in enumerate(conditions):
        assert bool(found[k]) == bool(expected[k]), (
            f"penrose_conditions(A, X) says {bool(found[k])} to {condition} ({what}). The size of "
            "the difference means something only beside the norms of the factors, and 0 is at "
            "most 0."
        )
### END HIDDEN TESTS

# %% [markdown]
# ## 9.6 · Ridge: a price on long coefficients
#
# In practice, columns are rarely dependent. They are **nearly** dependent, and then the valley has
# a floor that is almost level. The best $x$ is unique, but the slightest noise sends it far along
# the floor. **Ridge regression** puts a price on length:
#
# $$
# \text{minimize} \quad \|b - x_0 \mathbf 1 - A x\|^2 + \lambda \|x\|^2 .
# $$
#
# $\lambda = 0$ is ordinary least squares. As $\lambda$ grows, $\|x\|$ shrinks, though a single
# coefficient may grow for a while. Mind what stands in the penalty: $x$, and **not the intercept**
# $x_0$. If temperatures are given in kelvin instead of degrees Celsius, all $b_i$ grow by 273.15,
# and the intercept must be free to follow.
#
# Here is a way to get rid of $x_0$. Whatever $x$ is, the best intercept is
# $x_0 = \bar b - \bar a^\top x$, where $\bar a$ holds the means of the columns. Put it in, and what
# is left has **centred** columns $A_c$ (each minus its mean) and no intercept. And that is a plain
# least squares problem again, with $n$ more rows:
#
# $$
# \text{minimize} \quad \left\| \begin{pmatrix} b - \bar b \mathbf 1 \\ 0 \end{pmatrix}
#  - \begin{pmatrix} A_c \\ \sqrt\lambda\, I \end{pmatrix} x \right\|^2
# \qquad \text{or} \qquad (A_c^\top A_c + \lambda I)\, x = A_c^\top b .
# $$
#
# For the times and measurements of the small example, one centred column $(-1, 0, 1)$: the slope
# is $4 / (2 + \lambda)$. With $\lambda = 2$ it is 1 instead of 2, and the intercept
# $3 - 1 \cdot 1 = 2$.
#
# ### Exercise: `ridge`
#
# $A$ comes **without** a column of ones. The penalty is $\lambda$ times the sum of squares as
# above; some libraries multiply it by $m$ or by $\tfrac12$.
#
# <details><summary>Hint</summary>
#
# `A - np.mean(A, axis=0)` centres the columns. Then use either of the two forms. In the first
# one, it is the square **root** of $\lambda$ that stands below.
#
# </details>


# %% nbgrader={"grade_id": "ridge", "solution": true}
def ridge(A, b, lam):
    """Ridge regression with an intercept that is not penalized.

    Parameters
    ----------
    A : array, shape (m, n)
        A column for each variable, none for the intercept; floats or integers. If lam > 0 it may
        have any shape and rank; if lam = 0 its columns and a column of ones are independent. It
        is not changed.
    b : array, shape (m,)
        Floats or integers. It is not changed.
    lam : float
        The penalty, 0 or more.

    Returns
    -------
    intercept : float
    x : array, shape (n,)
        Together they minimize the sum of the squares of b - intercept - A @ x plus lam times the
        sum of the squares of x.

    Raises
    ------
    ValueError
        If lam is negative.
    """
    ### BEGIN SOLUTION
    if lam < 0:
        raise ValueError(f"lam = {lam} is negative")
    n = A.shape[1]
    means = np.mean(A, axis=0)
    Q, R = np.linalg.qr(np.vstack([A - means, np.sqrt(lam) * np.eye(n)]))
    x = np.linalg.solve(R, Q.T @ np.concatenate([b, np.zeros(n)]))  # the mean of b drops out
    return np.mean(b) - means @ x, x
    ### END SOLUTION


# %% Half the slope nbgrader={"grade_id": "ridge-worked", "grade": true, "points": 1}
A, b = np.array([[0.0], [1.0], [2.0]]), np.array([2.0, 1.0, 6.0])
for lam, slope in ((0.0, 2.0), (2.0, 1.0), (6.0, 0.5)):
    found = ridge(A.copy(), b.copy(), lam)
    assert isinstance(found, (tuple, list)) and len(found) == 2, (
        "ridge(A, b, lam) should return two things, the intercept and x."
    )
    intercept, x = found
    assert_shape(x, (1,), name=f"x from ridge(A, b, {lam:g})", hint="One for each column of A.")
    hint = f"The centred column is (-1, 0, 1), so the slope is 4 / (2 + {lam:g})."
    assert_close(x, [slope], name=f"x from ridge(A, b, {lam:g})", hint=hint)
    through = f"The line passes through the point of means, (1, 3): 3 - {slope:g} * 1."
    assert_scalar(intercept, 3 - slope, name=f"The intercept of ridge(A, b, {lam:g})", hint=through)

# %% Several columns nbgrader={"grade_id": "ridge-columns", "grade": true, "points": 1}
# Tall and wide matrices, equal columns, whole numbers, small and large penalties; nothing changed.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(981)
twin = rng.standard_normal((6, 1))
for A, lam in [
    (rng.standard_normal((8, 3)), 0.7),
    (rng.standard_normal((8, 3)) + np.array([4.0, -2.0, 1.0]), 5.0),
    (rng.standard_normal((8, 3)) * [1.0, 9.0, 0.2], 1e-3),
    (rng.standard_normal((3, 5)), 0.25),
    (np.hstack([twin, twin]), 1.5),
    (rng.integers(-5, 6, (6, 2)), 4),
    (rng.standard_normal((7, 2)), 0.0),
]:
    m, n = A.shape
    b = rng.integers(0, 9, m) if A.dtype.kind == "i" else rng.standard_normal(m) + 3
    bordered = np.hstack([np.ones((m, 1)), A])
    penalty = lam * np.diag([0.0] + [1.0] * n)
    expected = np.linalg.solve(bordered.T @ bordered + penalty, bordered.T @ b)
    before = A.copy(), b.copy()
    intercept, x = ridge(A, b, lam)
    assert_unchanged(A, before[0], name="A after ridge(A, b, lam)")
    assert_unchanged(b, before[1], name="b after ridge(A, b, lam)")
    name = f"ridge(A, b, {lam:g}) with A of shape {(m, n)}"
    hint = "The sum of squares counts, not the mean; the penalty is lam times the squares of x."
    assert_shape(x, (n,), name=f"x from {name}", hint="One coefficient for each column of A.")
    assert_close(x, expected[1:], name=f"x from {name}", threshold=1e6, hint=hint)
    means = "It is the mean of b minus the means of the columns times x."
    assert_scalar(
        intercept, expected[0], name=f"The intercept of {name}", threshold=1e6, hint=means
    )
### END HIDDEN TESTS

# %% A free intercept nbgrader={"grade_id": "ridge-intercept", "grade": true, "points": 1}
# Another zero for b or for the columns moves only the intercept; huge and negative penalties.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(982)
A, b = rng.standard_normal((9, 3)), rng.standard_normal(9)
centred = A - A.mean(axis=0)
expected = np.linalg.solve(centred.T @ centred + 2 * np.eye(3), centred.T @ b)
for up, across in [(273.15, np.zeros(3)), (0.0, np.array([500.0, -80.0, 3.0]))]:
    intercept, x = ridge(A + across, b + up, 2.0)
    shift = "b grew by 273.15" if up else "a constant was added to each column"
    free = f"If {shift}, x stays as it was: the intercept follows, free of charge."
    assert_shape(x, (3,), name="x from ridge(A, b, 2)")
    assert_close(x, expected, name="x from ridge(A, b, 2), shifted", threshold=1e8, hint=free)
    due = np.mean(b) + up - np.mean(A + across, axis=0) @ expected
    name = "The intercept of ridge(A, b, 2), shifted"
    assert_scalar(intercept, due, name=name, threshold=1e8, hint=free)
intercept, x = ridge(A, b + 10, 1e12)
huge = "With a huge penalty x goes to 0, and the best constant is the mean of b."
assert_at_most(np.max(np.abs(x)), 1e-9, what="The largest entry of x for lam = 1e12", hint=huge)
mean = float(np.mean(b + 10))
assert_scalar(intercept, mean, name="The intercept for lam = 1e12", threshold=1e6, hint=huge)
for lam in (-1.0, -1e-6):
    assert_raises(ValueError, ridge, np.eye(3), np.ones(3), lam, hint="A price is not negative.")
### END HIDDEN TESTS

# %% [markdown]
# ## 9.7 · Application: the test for statistical software
#
# In 1967 James Longley took a small table of the American economy, fitted it by hand and on the
# computers of his time, and found that some programs had hardly a digit right. Since the
# 1990s the US National Institute of Standards and Technology (NIST) has published data like his
# with **certified** answers, computed with hundreds of digits: the Statistical Reference Datasets
# (StRD, public domain). Whoever writes software for regression checks it there. So do you, now.


# %% Three of NIST's problems
def longley():
    """Longley's data: the design matrix, total employment in thousands, certified coefficients.

    Columns: ones, price index, gross national product, unemployed, armed forces, population, year.
    """
    table = """
        60323  83.0 234289 2356 1590 107608 1947    61122  88.5 259426 2325 1456 108632 1948
        60171  88.2 258054 3682 1616 109773 1949    61187  89.5 284599 3351 1650 110929 1950
        63221  96.2 328975 2099 3099 112075 1951    63639  98.1 346999 1932 3594 113270 1952
        64989  99.0 365385 1870 3547 115094 1953    63761 100.0 363112 3578 3350 116219 1954
        66019 101.2 397469 2904 3048 117388 1955    67857 104.6 419180 2822 2857 118734 1956
        68169 108.4 442769 2936 2798 120445 1957    66513 110.8 444546 4681 2637 121950 1958
        68655 112.6 482704 3813 2552 123366 1959    69564 114.2 502601 3931 2514 125368 1960
        69331 115.7 518173 4806 2572 127852 1961    70551 116.9 554894 4007 2827 130081 1962
    """
    certified = """
        -3482258.63459582 15.0618722713733 -0.0358191792925910 -2.02022980381683
        -1.03322686717359 -0.0511041056535807 1829.15146461355
    """
    numbers = np.array(table.split(), dtype=float).reshape(16, 7)
    A = np.column_stack([np.ones(16), numbers[:, 1:]])
    return A, numbers[:, 0], np.array(certified.split(), dtype=float)


def filip():
    """Filippelli's data, x and y, and the certified coefficients of the polynomial of degree 10."""
    x = """
        -6.860120914 -4.324130045 -4.358625055 -4.358426747 -6.955852379 -6.661145254 -6.355462942
        -6.118102026 -7.115148017 -6.815308569 -6.519993057 -6.204119983 -5.853871964 -6.109523091
        -5.79832982 -5.482672118 -5.171791386 -4.851705903 -4.517126416 -4.143573228 -3.709075441
        -3.499489089 -6.300769497 -5.953504836 -5.642065153 -5.031376979 -4.680685696 -4.329846955
        -3.928486195 -8.56735134 -8.363211311 -8.107682739 -7.823908741 -7.522878745 -7.218819279
        -6.920818754 -6.628932138 -6.323946875 -5.991399828 -8.781464495 -8.663140179 -8.473531488
        -8.247337057 -7.971428747 -7.676129393 -7.352812702 -7.072065318 -6.774174009 -6.478861916
        -6.159517513 -6.835647144 -6.53165267 -6.224098421 -5.910094889 -5.598599459 -5.290645224
        -4.974284616 -4.64454848 -4.290560426 -3.885055584 -3.408378962 -3.13200249 -8.726767166
        -8.66695597 -8.511026475 -8.165388579 -7.886056648 -7.588043762 -7.283412422 -6.995678626
        -6.691862621 -6.392544977 -6.067374056 -6.684029655 -6.378719832 -6.065855188 -5.752272167
        -5.132414673 -4.811352704 -4.098269308 -3.66174277 -3.2644011
    """
    y = """
        0.8116 0.9072 0.9052 0.9039 0.8053 0.8377 0.8667 0.8809 0.7975 0.8162 0.8515 0.8766 0.8885
        0.8859 0.8959 0.8913 0.8959 0.8971 0.9021 0.909 0.9139 0.9199 0.8692 0.8872 0.89 0.891
        0.8977 0.9035 0.9078 0.7675 0.7705 0.7713 0.7736 0.7775 0.7841 0.7971 0.8329 0.8641 0.8804
        0.7668 0.7633 0.7678 0.7697 0.77 0.7749 0.7796 0.7897 0.8131 0.8498 0.8741 0.8061 0.846
        0.8751 0.8856 0.8919 0.8934 0.894 0.8957 0.9047 0.9129 0.9209 0.9219 0.7739 0.7681 0.7665
        0.7703 0.7702 0.7761 0.7809 0.7961 0.8253 0.8602 0.8809 0.8301 0.8664 0.8834 0.8898 0.8964
        0.8963 0.9074 0.9119 0.9228
    """
    certified = """
        -1467.48961422980 -2772.17959193342 -2316.37108160893 -1127.97394098372 -354.478233703349
        -75.1242017393757 -10.8753180355343 -1.06221498588947 -0.0670191154593408
        -0.00246781078275479 -0.0000402962525080404
    """
    return (np.array(numbers.split(), dtype=float) for numbers in (x, y, certified))


def wampler(noise):
    """Wampler's values at 0, 1, ..., 20: all powers up to the fifth, plus noise times a vector.

    The vector is perpendicular to all these powers, so the certified coefficients are all 1. NIST
    has noise = 0 (Wampler1), 1 (Wampler3), 100 (Wampler4) and 10000 (Wampler5).
    """
    half = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048]
    vector = np.array([*half, 2048, *half[::-1]], dtype=float)
    return sum(np.arange(21.0) ** k for k in range(6)) + noise * vector


# %% [markdown]
# Three characters:
#
# - **Wampler** (1970) invented his: a polynomial of degree 5 whose coefficients are all exactly 1,
#   with four levels of "noise". The noise is perpendicular to the columns, so the right answer
#   never changes. Only the residual grows.
# - **Longley**: employment, explained by six columns that mostly grow together with the years.
# - **Filip**: 82 measurements by A. Filippelli of NIST, and a polynomial of degree 10. The
#   condition number of the design matrix is $1.8 \cdot 10^{15}$.
#
# How many digits do you get right? The next cell counts those of the worst coefficient, for the
# normal equations, for QR, and for `np.linalg.lstsq` as it comes, with its usual cut.


# %% Plot how many digits are right tags=["demo"]
def digits(found, certified):
    """Correct digits of the worst coefficient, between 0 and 15."""
    error = np.max(np.abs(found - certified) / np.abs(certified))
    return float(np.clip(-np.log10(max(error, 1e-15)), 0, 15)) if error < 1 else 0.0


x, y, certified = filip()
problems = {"Filip": (design_matrix(x, 10), y, certified), "Longley": longley()}
for name, noise in (("Wampler5", 1e4), ("Wampler4", 100), ("Wampler3", 1), ("Wampler1", 0)):
    problems[name] = design_matrix(np.arange(21), 5), wampler(noise), np.ones(6)
methods = {
    "normal equations": (fit_normal_equations, "#d1495b", "o", 0.17),
    "np.linalg.lstsq": (lambda A, b: np.linalg.lstsq(A, b)[0], "#e09f3e", "s", 0.0),
    "QR": (fit_qr, "#1b6ca8", "D", -0.17),
}
figure, ax = plt.subplots(figsize=(8.5, 4.4))
for label, (fit, color, marker, shift) in methods.items():
    counts = [digits(attempt(fit, A, b), certified) for A, b, certified in problems.values()]
    rows = np.arange(len(counts)) + shift
    ax.hlines(rows, 0, counts, color=color, linewidth=1.5, alpha=0.6)
    ax.plot(counts, rows, marker, color=color, label=label, clip_on=False)
names = [f"{name}\n$\\kappa$ = {np.linalg.cond(A):.1e}" for name, (A, _, _) in problems.items()]
ax.set_yticks(np.arange(len(names)), names)
ax.set(xlim=(0, 12), xlabel="correct digits of the worst coefficient")
ax.set_title("NIST's verdict: how many digits each method gets right")
ax.legend(loc="lower right")
show(
    "Correct digits for six problems and three methods. Wampler 1 and 3: six for the normal "
    "equations, nine or more for the others. Wampler 4: six and eight. Wampler 5: six for all. "
    "Longley: seven and eleven. Filip: none for the normal equations and for lstsq, about eight "
    "for QR."
)

# %% [markdown]
# Read it from top to bottom.
#
# **Wampler.** Without noise QR has three digits more. As the residual grows, the advantage melts:
# with a large residual even a stable method may have errors as large as
# $\varepsilon \kappa^2 \|r\| / (\|A\| \|x\|)$, because rounding the entries of $A$ can move the
# best $x$ that far. For Wampler5 all methods are alike. Squaring the condition number hurts when
# the model fits well. When it fits badly, you have other worries.
#
# **Longley.** Seven digits or eleven. The data have five, so both are plenty. (In 1967
# computers often worked with eight digits, and the normal equations left next to nothing of them.)
# By the rule of 9.3 you expect none and six. But most of this $\kappa$ comes from the units: scale
# each column to length 1, and $\kappa$ is only $4.3 \cdot 10^4$. Elimination and QR hardly notice
# such a scaling, so it is this number that tells you the digits.
#
# **Filip.** The normal equations have no digit right, and neither has `lstsq`! It found a singular
# value that is $6 \cdot 10^{-16}$ of the largest, took it for zero, and returned the shortest
# solution of a problem of lower rank. That is a sensible thing to do, and it is not the certified
# answer. QR asks no questions and gets seven or eight digits.
#
# Now look at the curves that belong to these coefficients.

# %% Plot Filippelli's data and three fits tags=["demo"]
x, y, certified = filip()
A = design_matrix(x, 10)
fits = {
    "certified": (certified, "#444444", "-", 3.2, 0.35),
    "QR": (fit_qr(A, y), "#1b6ca8", "-", 1.2, 1.0),
    "shortest, cut at 1e-14": (fit_min_norm(A, y, 1e-14), "#2e8b57", "--", 1.5, 1.0),
    "shortest, cut at 1e-10": (fit_min_norm(A, y, 1e-10), "#e09f3e", ":", 1.8, 1.0),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.2), width_ratios=[3, 2])
left.plot(x, y, ".", color="#d1495b", markersize=5, label="measured")
grid = np.linspace(np.min(x), np.max(x), 400)
for name, (coefficients, color, style, width, alpha) in fits.items():
    quality = r_squared(y, A @ coefficients)
    curve = design_matrix(grid, 10) @ coefficients
    look = {"color": color, "linestyle": style, "linewidth": width, "alpha": alpha}
    left.plot(grid, curve, label=f"{name}, $R^2$ = {quality:.4f}", **look)
    right.semilogy(np.abs(coefficients), marker="o", markersize=3.5, label=name, **look)
left.set(xlabel="x", ylabel="y", title="The curves are close")
left.legend(loc="lower right")
right.set(xlabel="power j", ylabel="size of coefficient j", xticks=range(11))
right.set_title("The coefficients are not")
figure.suptitle("Filip: very different coefficients, nearly the same predictions")
show(
    "Left: 82 points that rise in a smooth step, and four fitted curves that run through them, "
    "hard to tell apart. Right: the sizes of the eleven coefficients on a logarithmic scale; "
    "certified and QR lie on top of each other, the two shortest solutions lie one to five "
    "powers of ten below."
)

# %% [markdown]
# The green curve, which is also that of `lstsq`, explains 99.56 % of the variation instead of
# 99.67 %, and its coefficients are wrong in every digit. Along the almost level floor of the valley
# you can walk far and change the fit by a hair. If you want to **predict**, between the measured
# points, any of these will do. If you want to say what a **coefficient** is, you need a method that
# keeps all the digits, and data that determine it.
#
# Or you choose better columns. The powers $x^9$ and $x^{10}$ on the interval from $-8.8$ to $-3.1$
# are nearly parallel, and this is nobody's fault but the basis's. Measure $x$ from the middle of
# the interval, in units of half its width, and take Chebyshev polynomials instead of powers. They
# span the same space, so the projection $p$ is the same:

# %% Compare three bases for the same polynomials tags=["demo"]
x, y, certified = filip()
z = (2 * x - np.min(x) - np.max(x)) / np.ptp(x)
bases = {
    "powers of x": design_matrix(x, 10),
    "powers of z in [-1, 1]": design_matrix(z, 10),
    "Chebyshev polynomials of z": np.polynomial.chebyshev.chebvander(z, 10),
}
best = bases["Chebyshev polynomials of z"]
p = best @ fit_qr(best, y)
print("columns                        condition   error of p: normal equations         QR")
for name, A in bases.items():
    errors = [np.max(np.abs(A @ attempt(fit, A, y) - p)) for fit in (fit_normal_equations, fit_qr)]
    print(f"{name:30s} {np.linalg.cond(A):9.1e} {errors[0]:29.1e} {errors[1]:10.1e}")

# %% [markdown]
# In the Chebyshev basis the condition number is below 4, and the normal equations are right to
# the last digit. Before you reach for a better solver, look at your columns: centre them, scale
# them, or change the basis.
#
# ### Longley's coefficients, and a price on them
#
# Back to the economy. Seen from its mean and measured in standard deviations, each column has the
# same length. Your `ridge` now shows what Longley's coefficients are worth.

# %% Plot the ridge path tags=["demo"]
A, b, _ = longley()
columns = A[:, 1:]
Z = (columns - columns.mean(axis=0)) / columns.std(axis=0)
penalties = np.logspace(-4, 2, 61)
path = np.array([ridge(Z, b, lam)[1] for lam in penalties])
left_out = []
for lam in penalties:
    missed = []
    for year in range(16):
        others = np.arange(16) != year
        intercept, x = ridge(Z[others], b[others], lam)
        missed.append(b[year] - intercept - Z[year] @ x)
    left_out.append(np.sqrt(np.mean(np.square(missed))))
figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4), width_ratios=[3, 2])
names = ["prices", "gross product", "unemployed", "armed forces", "population", "year"]
colors = ["#e09f3e", "#d1495b", "#444444", "#888888", "#2e8b57", "#1b6ca8"]
for name, color, coefficients in zip(names, colors, path.T, strict=True):
    left.semilogx(penalties, coefficients, color=color, label=name)
left.axhline(0, color="#888888", linewidth=0.8)
left.set(xlabel=r"penalty $\lambda$", ylabel="coefficient (thousand jobs)")
left.set_title("Three coefficients cannot make up their minds")
left.legend(ncols=2)
right.semilogx(penalties, left_out, color="#1b6ca8")
right.set(xlabel=r"penalty $\lambda$", ylabel="error for a year left out", ylim=(0, None))
right.set_title("The predictions hardly notice")
show(
    "Left: six ridge coefficients against the penalty. At almost no penalty the year has 8,000 and "
    "the gross product -3,000; as the penalty grows to 1 the year falls to 1,000 and the gross "
    "product changes its sign and rises to 1,000, like prices and population. Right: the error of "
    "predicting a year that was left out stays between 400 and 550 up to a penalty of 1, and then "
    "rises steeply."
)

# %% [markdown]
# The left end is close to the certified answer: with everything else fixed, a larger gross
# product goes with **fewer** jobs. A penalty too small to matter for the predictions turns that
# sign round. Prices, product, population and the year all grow together (their correlations are
# above 0.97), and sixteen rows cannot say which of them deserves the credit. At $\lambda = 1$ the
# four share it about equally. That is no discovery, it is what a penalty on squares does: it
# prefers even shares. To know which one it was, you would need other data.

# %% [markdown]
# ## 9.8 · In your own words
#
# A colleague has fitted Longley's data and writes in a report: "$R^2 = 0.995$, and the
# coefficients agree with NIST to eleven digits. So the coefficients are reliable. The one of the
# gross product is negative: economic growth destroys jobs."
#
# **What is wrong with this reasoning?** Answer in five to ten lines. Say what $R^2$ measures and
# what it does not. Say how nearly dependent columns show in the singular values of $A$, and what
# a small noise in $b$ does to $x$ and to $A x$ then. And say what the shortest solution or ridge
# does about it, and at what price. It may help to write $x = \sum_i (u_i^\top b / \sigma_i)\, v_i$.

# %% [markdown] nbgrader={"grade_id": "reliable", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point each; the words may differ.
#
# 1. **$R^2$ is about the fit, not about the coefficients.** It compares the length of the residual
#    with the spread of $b$: it depends on $A x$ only. Any other $x$ with nearly the same $A x$ has
#    the same $R^2$. (Also good: it never falls if columns are added; four data sets with one $R^2$;
#    eleven digits say that the *computation* is right, not that the data determine the answer; a
#    coefficient is no cause.)
# 2. **Small singular values.** Nearly dependent columns mean that some $\sigma_n$ is tiny beside
#    $\sigma_1$: there is a unit vector $v_n$ with $\|A v_n\| = \sigma_n$ close to 0. Noise $\delta$
#    in $b$ along $u_n$ moves $x$ by $\delta / \sigma_n$ along $v_n$, but $A x$ only by $\delta$. So
#    coefficients, even their signs, may change a lot where predictions hardly do. No solver can
#    repair that: it is a property of the data.
# 3. **Cutting and shrinking.** The shortest solution drops the terms with small $\sigma_i$, and
#    ridge damps them by $\sigma_i^2 / (\sigma_i^2 + \lambda)$: small, stable coefficients. The
#    price is bias (a worse fit to the data at hand, coefficients drawn towards 0 or to even
#    shares), and a choice of $\lambda$ or rcond that somebody has to make. It does not create
#    information: the shares remain undetermined by the data.
#
# Wrong, and common: "the normal equations have lost the digits" (here they have not, and eleven
# digits are right); "$R^2$ is high because of overfitting only"; "QR or the SVD would give the
# true coefficients".
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have a projector onto any column space, three solvers and the knowledge when to use which,
# a test for pseudoinverses, fits by lines and polynomials with their $R^2$, and ridge regression
# with a free intercept. Your `fit_qr` passes a test that well-known programs have failed.
#
# Where it leads:
#
# - **Section 14** looks inside `qr`: Gram-Schmidt in its good and bad versions, and Householder.
# - **Section 15** fits models that are not linear in their coefficients, by solving one least
#   squares problem after another.
# - **Section 16** follows the digits through other computations.
# - **Section 18** replaces columns by kernels, and ridge stays ridge.
# - **Section 23** trains linear models by gradients, where no factorization fits into memory.
#
# In the libraries: `np.linalg.lstsq` (the shortest solution; mind its `rcond`),
# `scipy.linalg.lstsq` and `scipy.linalg.qr`, `np.polynomial.Polynomial.fit` (which moves $x$ to
# $[-1, 1]$ for you), `scipy.sparse.linalg.lsqr` for large sparse matrices, and
# `sklearn.linear_model.Ridge`, whose intercept is free as well.
