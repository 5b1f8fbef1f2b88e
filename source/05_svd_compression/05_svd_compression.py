# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5 · Compressing images with the SVD
#
# A photograph is a matrix of numbers, and most of those numbers are predictable from the
# others. The singular value decomposition finds that redundancy. It writes any matrix as a
# sum of simple layers, ordered from the one that matters most to the one that matters least, and
# it tells you exactly how much you lose when you stop early. The same idea drives principal
# components, recommender systems, latent semantic analysis, the compression of trained networks,
# and least squares for data that are redundant. If you learn one factorization well, let it be
# this one.
#
# After this notebook you can
#
# - build the thin SVD of any matrix from a symmetric eigenvalue problem, and say what that costs;
# - cut a matrix down to rank $k$, and know the error before you compute the result;
# - choose $k$ from the singular values alone;
# - compress a photograph and put numbers on what was saved and what was lost;
# - compute a pseudoinverse that stays calm when a matrix has no inverse.
#
# Allow about 80 minutes. Every function stands on its own: none of them needs another one that
# you wrote, so a slip in one exercise costs you that exercise only.

# %% Setup
import matplotlib.pyplot as plt
import numpy as np
from skimage import data

from autograder.checks import (
    assert_at_most,
    assert_close,
    assert_dtype,
    assert_finite,
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
    scalar,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
plt.style.use("autograder.course")


# %% The photograph
def photograph():
    """The picture of this notebook, shape (300, 451, 3), dtype uint8."""
    return data.cat()


# %% [markdown]
# ## 5.1 · Rotate, stretch, rotate
#
# Eigenvectors need a square matrix. The SVD does not: **every** real $m \times n$ matrix $A$ can
# be written as
#
# $$
# A = U \Sigma V^\top .
# $$
#
# With $p = \min(m, n)$, the *thin* SVD keeps just what is needed:
#
# | factor | shape | what it is |
# |---|---|---|
# | $U$ | $m \times p$ | orthonormal columns $u_1, \dots, u_p$: directions in the output |
# | $\Sigma$ | $p \times p$ | diagonal, $\sigma_1 \ge \dots \ge \sigma_p \ge 0$: the stretching |
# | $V^\top$ | $p \times n$ | orthonormal **rows** $v_1^\top, \dots$: directions in the input |
#
# Read it from right to left, the way it acts on a vector $x$: $V^\top$ rotates (or reflects),
# $\Sigma$ stretches along the axes, $U$ rotates again. A matrix cannot do anything else.

# %% Plot how a circle becomes an ellipse tags=["demo"]
T = np.array([[1.6, 0.9], [0.3, 1.1]])
U, s, Vt = np.linalg.svd(T)
angle = np.linspace(0, 2 * np.pi, 200)
circle = np.vstack([np.cos(angle), np.sin(angle)])
stages = [
    ("the unit circle", np.eye(2)),
    (r"after $V^{\mathsf{T}}$: turned", Vt),
    (r"after $\Sigma$: stretched", np.diag(s) @ Vt),
    (r"after $U$: turned again", T),
]
figure, axes = plt.subplots(1, 4, figsize=(10, 2.9), sharex=True, sharey=True)
for ax, (title, stage) in zip(axes, stages, strict=True):
    ax.plot(*(stage @ circle), color="#444444", linewidth=1.2)
    for v, color, label in zip(Vt, ("#1b6ca8", "#d1495b"), ("1", "2"), strict=True):
        tip = stage @ v
        ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2})
        ax.text(*(tip * (1 + 0.3 / np.hypot(*tip))), label, color=color, ha="center", va="center")
    ax.set(title=title, aspect="equal", xlim=(-2.4, 2.4), ylim=(-2.1, 2.1))
    ax.set_xlabel("first coordinate")
axes[0].set_ylabel("second coordinate")
figure.suptitle("Any matrix turns, stretches along the axes, and turns again")
show(
    "Four pictures of the unit circle with two arrows at right angles: as it is, turned, "
    "stretched into an ellipse along the axes, and the ellipse turned again. At the end the "
    "arrows are its semi-axes, still at right angles."
)

# %% [markdown]
# The arrows start as $v_1$ (blue) and $v_2$ (red), at right angles on the unit circle. They end
# as $\sigma_1 u_1$ and $\sigma_2 u_2$, still at right angles: the semi-axes of an ellipse. That
# is the whole content of the decomposition in one line, $A v_i = \sigma_i u_i$. (Where the arrows
# change their order round the circle, that step is a reflection.)
#
# **A small example to keep.** You will meet this matrix again and again below:
#
# $$
# A = \begin{pmatrix} 3 & 1 & 1 \\ 1 & 3 & 1 \end{pmatrix}, \qquad
# A A^\top = \begin{pmatrix} 11 & 7 \\ 7 & 11 \end{pmatrix}.
# $$
#
# The eigenvalues of $A A^\top$ are $11 \pm 7$, so $\sigma_1 = \sqrt{18}$ and
# $\sigma_2 = \sqrt{4} = 2$. The directions are $u_1 = \tfrac{1}{\sqrt 2}(1, 1)$ with
# $v_1 = \tfrac13 (2, 2, 1)$, and $u_2 = \tfrac{1}{\sqrt 2}(1, -1)$ with
# $v_2 = \tfrac{1}{\sqrt 2}(1, -1, 0)$.
#
# You could flip the sign of $u_1$ **and** $v_1$ together and nothing would change. Singular
# vectors are never unique, so the checks never look at signs. They look at what defines an SVD:
# orthonormal factors, the right singular values, and a product that gives $A$ back.

# %% [markdown]
# ## 5.2 · An SVD from a symmetric eigenvalue problem
#
# Put $A = U \Sigma V^\top$ into $A^\top A$ and the left factor cancels:
#
# $$
# A^\top A = V \Sigma U^\top U \Sigma V^\top = V \Sigma^2 V^\top .
# $$
#
# So the eigenvectors of the symmetric matrix $A^\top A$ are the $v_i$, and its eigenvalues are
# the **squares** $\sigma_i^2$. You know a function that does symmetric matrices:
# `np.linalg.eigh`. What is left is $U$, and $A v_i = \sigma_i u_i$ hands it to you, one column at
# a time.
#
# ### Exercise: `thin_svd`
#
# Build the thin SVD from `np.linalg.eigh`. Five things need care:
#
# 1. `eigh` sorts in **ascending** order. Singular values are listed in descending order.
# 2. An eigenvalue that should be $0$ may come out as $-10^{-17}$, and its square root as `nan`.
# 3. Where $\sigma_i = 0$, dividing by $\sigma_i$ tells you nothing about $u_i$. Any unit vector
#    orthogonal to the other columns will do, but it has to be one. What counts as zero depends on
#    the size of $A$: judge $\sigma_i$ by its ratio to $\sigma_1$.
# 4. If $A$ is wide, $A^\top A$ is larger than it needs to be. What is the SVD of $A^\top$?
# 5. A photograph comes as bytes, and NumPy multiplies bytes modulo 256. Convert to `float` first.
#
# (`np.linalg.svd` would pass the checks as well, and from 5.3 on it is yours to use. Here it
# would teach you nothing.)
#
# <details><summary>Hint 1: wide matrices</summary>
#
# If $A^\top = U \Sigma V^\top$, then $A = V \Sigma U^\top$. Solve the tall problem and swap the
# factors.
#
# </details>
#
# <details><summary>Hint 2: columns of U that division cannot give</summary>
#
# The columns of $AV$ are already orthogonal, and `np.linalg.qr` returns orthonormal columns
# whatever you feed it. The QR factorization of $AV$ gives $U$ up to signs. The diagonal of $R$
# tells you which ones to flip.
#
# </details>


# %% nbgrader={"grade_id": "thin_svd", "solution": true}
def thin_svd(A):
    """Thin singular value decomposition, A = U @ np.diag(s) @ Vt.

    Parameters
    ----------
    A : array, shape (m, n)
        A real matrix of floats or integers, bytes (uint8) included: tall, wide or square, of any
        rank, with large or tiny entries (1e-12, say). It is not changed.

    Returns
    -------
    U : array, shape (m, p), where p = min(m, n)
        Orthonormal columns, even where singular values are zero.
    s : array, shape (p,)
        Singular values, nonnegative, in descending order.
    Vt : array, shape (p, n)
        Orthonormal rows.

    Notes
    -----
    On a matrix whose rank is below p, half of the 16 digits are enough: a singular value that
    should be 0 may come out as 1e-8 times the largest.
    """
    ### BEGIN SOLUTION
    A = np.asarray(A, dtype=float)
    if A.shape[0] < A.shape[1]:
        V, s, Ut = thin_svd(A.T)
        return Ut.T, s, V.T
    eigenvalues, V = np.linalg.eigh(A.T @ A)
    eigenvalues, V = eigenvalues[::-1], V[:, ::-1]
    s = np.sqrt(np.maximum(eigenvalues, 0.0))
    U, R = np.linalg.qr(A @ V)
    return U * np.where(np.diag(R) < 0, -1.0, 1.0), s, V.T
    ### END SOLUTION


# %% The worked example nbgrader={"grade_id": "thin_svd-worked", "grade": true, "points": 1}
A = np.array([[3.0, 1.0, 1.0], [1.0, 3.0, 1.0]])
factors = thin_svd(A.copy())
assert isinstance(factors, (tuple, list)) and len(factors) == 3, (
    f"thin_svd(A) should return three arrays, U, s and Vt, but gave {type(factors).__name__}."
)
U, s, Vt = factors
assert_shape(U, (2, 2), name="U from thin_svd(A)")
assert_shape(s, (2,), name="s from thin_svd(A)", hint="1-D, with min(m, n) entries.")
assert_shape(Vt, (2, 3), name="Vt from thin_svd(A)", hint="Thin: min(m, n) rows.")
assert_close(
    s,
    [np.sqrt(18.0), 2.0],
    name="s from thin_svd(A)",
    hint="A @ A.T has the eigenvalues 18 and 4. Take their roots, the largest first.",
)
assert_orthonormal(U, name="U", threshold=1e4)
assert_orthonormal(
    np.transpose(Vt),
    name="the transpose of Vt",
    threshold=1e4,
    hint="The v_i are the rows of Vt. eigh gives them as columns.",
)
assert_reconstructs(
    (U * s) @ Vt,
    A,
    name="U @ np.diag(s) @ Vt",
    threshold=1e4,
    hint="u_i and v_i belong together: A v_i = sigma_i u_i fixes the sign of one by the other.",
)

# %% Shapes nbgrader={"grade_id": "thin_svd-shapes", "grade": true, "points": 2}
# Tall, wide and square matrices, down to one row, column or entry; repeated singular values.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(501)
cases = [
    ((7, 4), [9.0, 5.0, 3.0, 1.5]),
    ((4, 7), [8.0, 6.0, 2.0, 1.0]),
    ((5, 5), [3.0, 2.0, 2.0, 2.0, 1.0]),
    ((6, 1), [2.5]),
    ((1, 6), [0.4]),
    ((1, 1), [7.0]),
]
for shape, expected in cases:
    A = matrices.with_singular_values(expected, shape, seed=rng)
    before = A.copy()
    U, s, Vt = thin_svd(A)
    assert_unchanged(A, before, name="A after thin_svd(A)")
    p = min(shape)
    where = f"from thin_svd of a matrix of shape {shape}"
    assert_shape(U, (shape[0], p), name=f"U {where}", hint="p = min(m, n) columns.")
    assert_shape(s, (p,), name=f"s {where}", hint="p = min(m, n) of them.")
    assert_shape(Vt, (p, shape[1]), name=f"Vt {where}", hint="p = min(m, n) rows.")
    assert_close(s, expected, name=f"s {where}", hint="Descending roots of the eigenvalues.")
    assert_orthonormal(U, name=f"U {where}", threshold=1e4)
    assert_orthonormal(np.transpose(Vt), name=f"the transpose of Vt {where}", threshold=1e4)
    assert_reconstructs(
        (U * s) @ Vt,
        A,
        name=f"U @ np.diag(s) @ Vt {where}",
        threshold=1e4,
        hint="Take U and V from one eigenvalue problem, not from two.",
    )
### END HIDDEN TESTS

# %% Rank-deficient matrices nbgrader={"grade_id": "thin_svd-rank", "grade": true, "points": 2}
# Matrices whose rank is below min(m, n), at ordinary and large scale, and a matrix of zeros.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(502)
deficient = [
    matrices.with_singular_values([4.0, 2.5], (6, 4), seed=rng),
    matrices.with_singular_values([3.0, 2.0, 1.0], (4, 6), seed=rng),
    1e5 * matrices.with_singular_values([4.0, 3.0, 2.5], (9, 8), seed=rng),
    np.outer([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 0.0]),
    np.zeros((4, 3)),
]
for A in deficient:
    before = A.copy()
    U, s, Vt = thin_svd(A)
    assert_unchanged(A, before, name="A after thin_svd(A)")
    p, rank = min(A.shape), np.linalg.matrix_rank(A)
    where = f"from thin_svd of a matrix of shape {A.shape} and rank {rank}"
    assert_shape(U, (A.shape[0], p), name=f"U {where}")
    assert_shape(s, (p,), name=f"s {where}")
    assert_shape(Vt, (p, A.shape[1]), name=f"Vt {where}")
    assert_finite(s, name=f"s {where}", hint="eigh may give -1e-17 where 0 is meant.")
    assert_finite(U, name=f"U {where}", hint="Dividing by a singular value of 0 gives nan.")
    assert_orthonormal(
        U,
        name=f"U {where}",
        threshold=1e4,
        hint="Where sigma_i is 0, or only rounding error, A v_i / sigma_i is no unit vector: "
        "complete U with any orthonormal columns.",
    )
    assert_orthonormal(np.transpose(Vt), name=f"the transpose of Vt {where}", threshold=1e4)
    half = "Half of the digits is all that is asked here, and even they are missing."
    expected = np.linalg.svd(A, compute_uv=False)
    assert_close(s, expected, name=f"s {where}", threshold=1e10, hint=half)
    assert_reconstructs((U * s) @ Vt, A, name=f"U diag(s) Vt {where}", threshold=1e10, hint=half)
### END HIDDEN TESTS

# %% Integers and tiny numbers nbgrader={"grade_id": "thin_svd-inputs", "grade": true, "points": 1}
# Matrices of integers and of bytes, a matrix of tiny numbers, and whether A is left as it was.
### BEGIN HIDDEN TESTS
A = np.array([[2, 0, 1], [1, 3, 0], [0, 1, 4], [1, 1, 1]])
for dtype, factor in ((np.int64, 1), (np.uint8, 60)):
    B = (A * factor).astype(dtype)
    before = B.copy()
    U, s, Vt = thin_svd(B)
    assert_unchanged(B, before, name="A after thin_svd(A)")
    where = f"of a matrix of dtype {B.dtype}"
    hint = "Products of bytes are bytes: convert A to float first." if factor > 1 else ""
    expected = np.linalg.svd(B.astype(float), compute_uv=False)
    assert_shape(s, (3,), name=f"s from thin_svd {where}")
    assert_close(s, expected, name=f"s from thin_svd {where}", hint=hint)
    assert_shape(U, (4, 3), name=f"U from thin_svd {where}")
    assert_reconstructs((U * s) @ Vt, B, name=f"U diag(s) Vt {where}", threshold=1e4, hint=hint)

expected = np.array([5e-12, 3e-12, 1e-12])
A = matrices.with_singular_values(expected, (5, 3), seed=503)
U, s, Vt = thin_svd(A.copy())
scale = "Multiplying A by 1e-12 multiplies s by 1e-12 and changes nothing else: compare with s[0]."
assert_close(s, expected, name="s from thin_svd of a matrix with entries near 1e-12", hint=scale)
assert_orthonormal(U, name="U of a matrix with entries near 1e-12", threshold=1e4, hint=scale)
assert_reconstructs(
    (U * s) @ Vt, A, name="U diag(s) Vt of a matrix near 1e-12", threshold=1e4, hint=scale
)
### END HIDDEN TESTS

# %% [markdown]
# ### What this route costs
#
# The next picture takes a matrix whose singular values you know, because it was built from them:
# $1, 10^{-0.5}, 10^{-1}, \dots, 10^{-16}$. It computes them back in two ways: as the roots of the
# eigenvalues of $A^\top A$, and with `np.linalg.svd`, which never forms $A^\top A$.

# %% Plot how far down each route can see tags=["demo"]
true = np.logspace(0, -16, 33)
A = matrices.with_singular_values(true, (60, 33), seed=7)
by_eigh = np.sqrt(np.maximum(np.linalg.eigvalsh(A.T @ A)[::-1], 0.0))
by_svd = np.linalg.svd(A, compute_uv=False)
index = np.arange(1, 34)
figure, ax = plt.subplots(figsize=(7, 3.8))
ax.semilogy(index, true, color="#444444", linewidth=1, label="true")
ax.semilogy(index, np.where(by_eigh > 0, by_eigh, np.nan), "o", mfc="none", color="#d1495b")
ax.semilogy(index, by_svd, ".", color="#1b6ca8")
ax.axhline(np.sqrt(np.finfo(float).eps), color="#888888", linestyle=":", linewidth=1)
ax.text(1, 5e-9, r"$\sqrt{\varepsilon} \approx 1.5 \cdot 10^{-8}$", color="#666666", va="top")
ax.text(26, 1e-7, "by eigh of $A^\\top A$", color="#d1495b")
ax.text(21.5, 1e-13, "by np.linalg.svd", color="#1b6ca8", ha="right")
ax.text(8, 3e-3, "true values", color="#444444")
ax.set(xlabel="index i", ylabel=r"singular value $\sigma_i$")
ax.set_title(r"Squaring the matrix hides everything below $\sqrt{\varepsilon}\,\sigma_1$")
show(
    "Singular values over their index on a logarithmic scale. The true ones fall on a line from 1 "
    "to 1e-16. Dots from np.linalg.svd follow it to the end; circles from the eigenvalues of A "
    "transposed times A leave it near 1e-8, sink little further, and the last are missing."
)

# %% [markdown]
# Both agree for the first half. Then the red circles leave the line: they stay between $10^{-9}$
# and $10^{-8}$, whatever the true value is, and the last ones are missing because their eigenvalues
# came out negative. The blue dots follow the line to the end. Section 5.8 asks you why. For the
# pictures below it does not matter: a photograph has values from 0 to 255, and nobody sees its
# eighth digit. For a matrix that is nearly rank-deficient it decides whether the answer means
# anything.

# %% [markdown]
# ## 5.3 · The best matrix of rank k
#
# Multiply the three factors out and the SVD becomes a **sum of layers**, each one a column times
# a row, each one of rank 1:
#
# $$
# A = \sigma_1 u_1 v_1^\top + \sigma_2 u_2 v_2^\top + \dots + \sigma_p u_p v_p^\top .
# $$
#
# For the small example the two layers can be written down exactly:
#
# $$
# \begin{pmatrix} 3 & 1 & 1 \\ 1 & 3 & 1 \end{pmatrix}
# = \begin{pmatrix} 2 & 2 & 1 \\ 2 & 2 & 1 \end{pmatrix}
# + \begin{pmatrix} 1 & -1 & 0 \\ -1 & 1 & 0 \end{pmatrix}.
# $$
#
# Keep the first $k$ layers and drop the rest. The result, $A_k$, is not just a good matrix of
# rank $k$. It is the best one there is (Eckart and Young, 1936; for the 2-norm Mirsky, 1960). No
# other matrix of rank at most $k$ is closer to $A$, neither in the 2-norm nor in the Frobenius
# norm.

# %% Plot the layers of a photograph tags=["demo"]
grey = photograph().mean(axis=2)
U, s, Vt = np.linalg.svd(grey, full_matrices=False)
figure, axes = plt.subplots(2, 4, figsize=(10, 4.1))
for column, k in enumerate([1, 2, 3, 30]):
    layer = s[k - 1] * np.outer(U[:, k - 1], Vt[k - 1])
    axes[0, column].imshow(layer, vmin=-abs(layer).max(), vmax=abs(layer).max(), cmap="RdBu")
    axes[0, column].set_title(f"layer {k}, $\\sigma$ = {s[k - 1]:,.0f}")
    axes[1, column].imshow((U[:, :k] * s[:k]) @ Vt[:k], vmin=0, vmax=255)
    axes[1, column].set_title(f"layers 1 to {k}" if k > 1 else "layer 1 alone")
for ax in axes.flat:
    ax.set_axis_off()
figure.suptitle("Each layer is a plaid; thirty of them are a cat")
show(
    "Above, layers 1, 2, 3 and 30 of a photograph of a cat: plaid patterns, the first all blue, "
    "the others red and blue. Below, the sums of the layers so far: the first is a plaid of greys, "
    "and the sum of thirty is clearly a cat."
)

# %% [markdown]
# Top row: single layers, with red for negative, blue for positive and white for zero (each on its
# own scale). Every row of a layer is a multiple of one and the same row, hence the plaid. The first
# layer is blue throughout, because brightness is never negative. Bottom row: the sum so far. The
# first layer alone is little more than the average brightness. Thirty layers out of 300 are a cat.
#
# ### Exercise: `truncate`
#
# Compute $A_k$. From here on `np.linalg.svd` is yours. Two of its habits to know: it returns
# $V^\top$, not $V$, and it returns square $U$ and $V^\top$ unless you say `full_matrices=False`.
# One habit of Python as well: `U[:, :-1]` is no error, it quietly drops the last column. So check
# `k` yourself.
#
# <details><summary>Hint</summary>
#
# The first $k$ columns of $U$, the first $k$ singular values, the first $k$ **rows** of $V^\top$.
# `U[:, :k] * s[:k]` scales the columns without building a diagonal matrix.
#
# </details>


# %% nbgrader={"grade_id": "truncate", "solution": true}
def truncate(A, k):
    """Best approximation of A among the matrices of rank at most k.

    Parameters
    ----------
    A : array, shape (m, n)
        A real matrix. It is not changed.
    k : int
        How many layers to keep, 0 <= k <= min(m, n). It may be larger than the rank of A, and
        then the result is A itself, up to rounding. For k = 0 it is a matrix of zeros.

    Returns
    -------
    array, shape (m, n)
        The sum of the k layers with the largest singular values.

    Raises
    ------
    ValueError
        If k is negative or larger than min(m, n).
    """
    ### BEGIN SOLUTION
    if not 0 <= k <= min(A.shape):
        raise ValueError(f"k = {k} is outside 0..{min(A.shape)}")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]
    ### END SOLUTION


# %% The first layer nbgrader={"grade_id": "truncate-worked", "grade": true, "points": 1}
A = np.array([[3.0, 1.0, 1.0], [1.0, 3.0, 1.0]])
assert_close(
    truncate(A.copy(), 1),
    [[2.0, 2.0, 1.0], [2.0, 2.0, 1.0]],
    name="truncate(A, 1)",
    hint="The layer of the largest singular value: sqrt(18) (1, 1)/sqrt(2) times (2, 2, 1)/3.",
)
assert_close(truncate(A.copy(), 2), A, name="truncate(A, 2)", hint="Both layers together are A.")

# %% Best of its rank nbgrader={"grade_id": "truncate-best", "grade": true, "points": 2}
# Tall, wide and square matrices, several k: is it the best matrix of that rank? A must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(511)
for shape in [(8, 5), (5, 8), (6, 6)]:
    spectrum = [10.0, 7.0, 4.0, 2.0, 1.0, 0.5][: min(shape)]
    A = matrices.with_singular_values(spectrum, shape, seed=rng)
    before = A.copy()
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    for k in (1, 2, 4):
        best = sum(s[i] * np.outer(U[:, i], Vt[i]) for i in range(k))
        name = f"truncate(A, {k}) with A of shape {shape}"
        found = truncate(A, k)
        assert_unchanged(A, before, name="A after truncate(A, k)")
        assert_shape(found, shape, name=name)
        distance = f"The best one is at a distance of {s[k]:.4g} from A in the 2-norm."
        assert_close(found, best, name=name, hint=distance)
### END HIDDEN TESTS

# %% The ends of the range nbgrader={"grade_id": "truncate-edges", "grade": true, "points": 1}
# k = 0, k above the rank of A, k = min(m, n), and k outside the range. A must not change.
### BEGIN HIDDEN TESTS
A = matrices.with_singular_values([6.0, 3.0], (4, 5), seed=512)
before = A.copy()
found = truncate(A, 0)
assert_shape(found, (4, 5), name="truncate(A, 0)", hint="No layers: zeros, shaped like A.")
largest = np.max(np.abs(found))
assert_at_most(largest, 1e-12, what="The largest entry of truncate(A, 0)", hint="No layers: zeros.")
for k in (2, 3, 4):
    name = f"truncate(A, {k}) with A of shape (4, 5) and rank 2"
    found = truncate(A, k)
    assert_unchanged(A, before, name="A after truncate(A, k)")
    assert_close(found, A, name=name, hint="k may be larger than the rank.")
outside = "k must be in 0..min(m, n): slicing alone never complains."
for k in (-1, -4, 5, 6):
    assert_raises(ValueError, truncate, A, k, hint=outside)
assert_raises(ValueError, truncate, A.T, 5, hint=outside)
### END HIDDEN TESTS

# %% [markdown]
# ### The error before the result
#
# What is left over is the sum of the layers that you dropped. That sum is itself an SVD, so its
# norms can be read off the singular values. You do not need to compute $A_k$ to know how far off
# it is:
#
# $$
# \|A - A_k\|_2 = \sigma_{k+1}, \qquad
# \|A - A_k\|_F = \sqrt{\sigma_{k+1}^2 + \sigma_{k+2}^2 + \dots + \sigma_p^2} .
# $$
#
# The 2-norm is the worst case over all directions, so only the largest dropped value counts. The
# Frobenius norm adds up the squares of all entries, so all of them count.
#
# ### Exercise: `truncation_error`
#
# Mathematics counts from 1 and Python from 0: find out where $\sigma_{k+1}$ sits in the array
# `s`. Nothing is dropped when `k` is the length of `s`, and the error is then 0.
#
# <details><summary>Hint</summary>
#
# Work with `s[k:]`, the dropped values. Do not subtract the kept squares from the sum of all
# squares: when the tail is small, that difference is nothing but rounding error.
#
# </details>


# %% nbgrader={"grade_id": "truncation_error", "solution": true}
def truncation_error(s, k, norm):
    """Distance from a matrix to its best approximation of rank k, from its singular values.

    Parameters
    ----------
    s : array, shape (p,)
        All singular values of the matrix, in descending order.
    k : int
        How many are kept, 0 <= k <= p.
    norm : str
        "2" for the 2-norm (spectral norm), "fro" for the Frobenius norm.

    Returns
    -------
    float
        The norm of the difference; 0 if k = p. It is accurate to rounding even if it is tiny
        beside s[0].

    Raises
    ------
    ValueError
        If norm is neither "2" nor "fro", or if k is outside 0..p.
    """
    ### BEGIN SOLUTION
    if not 0 <= k <= len(s):
        raise ValueError(f"k = {k} is outside 0..{len(s)}")
    dropped = s[k:]
    if norm == "2":
        return float(np.max(dropped, initial=0.0))
    if norm == "fro":
        return float(np.sqrt(np.sum(dropped**2)))
    raise ValueError(f'norm must be "2" or "fro", not {norm!r}')
    ### END SOLUTION


# %% Drop two values nbgrader={"grade_id": "truncation_error-worked", "grade": true, "points": 1}
s = np.array([12.0, 4.0, 3.0])
first_dropped = "Dropping 4 and 3, the 2-norm is the larger of them."
assert_scalar(
    truncation_error(s, 1, "2"), 4.0, name='truncation_error(s, 1, "2")', hint=first_dropped
)
assert_scalar(
    truncation_error(s, 1, "fro"),
    5.0,
    name='truncation_error(s, 1, "fro")',
    hint="Dropping 4 and 3: sqrt(16 + 9) = 5.",
)
assert_scalar(
    truncation_error(s, 3, "2"), 0.0, name='truncation_error(s, 3, "2")', hint="Nothing is dropped."
)

# %% Every k nbgrader={"grade_id": "truncation_error-values", "grade": true, "points": 1}
# Random matrices, compared with the norm of the difference itself.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(521)
for shape in [(6, 4), (5, 7)]:
    U, s, Vt = np.linalg.svd(rng.standard_normal(shape), full_matrices=False)
    for k in range(len(s)):
        difference = (U[:, k:] * s[k:]) @ Vt[k:]
        for norm in ("2", "fro"):
            expected = np.linalg.norm(difference, 2 if norm == "2" else "fro")
            name = f'truncation_error(s, {k}, "{norm}") with {len(s)} singular values'
            assert_scalar(truncation_error(s.copy(), k, norm), expected, name=name)
### END HIDDEN TESTS

# %% Edges nbgrader={"grade_id": "truncation_error-edges", "grade": true, "points": 1}
# Nothing dropped, a tail that is tiny beside the head, and arguments that must be refused.
### BEGIN HIDDEN TESTS
s = np.array([5.0, 4.0, 3e-9, 4e-9 / 3])
expected = np.hypot(s[2], s[3])
for norm in ("2", "fro"):
    nothing = truncation_error(s, 4, norm)
    assert_scalar(nothing, 0.0, name=f'truncation_error(s, 4, "{norm}") with 4 singular values')
tiny = "Add up the squares that are dropped. Total minus kept leaves only rounding error."
name = 'truncation_error(s, 2, "fro") with a tail near 1e-9'
assert_scalar(truncation_error(s, 2, "fro"), expected, name=name, hint=tiny)
for norm in ("nuc", "1", "frobenius", ""):
    assert_raises(ValueError, truncation_error, s, 1, norm, hint='Only "2" and "fro" are known.')
for k in (-1, 5):
    assert_raises(ValueError, truncation_error, s, k, "2", hint="k must be in 0..len(s).")
    assert_raises(ValueError, truncation_error, s, k, "fro", hint="k must be in 0..len(s).")
### END HIDDEN TESTS

# %% [markdown]
# ## 5.4 · How many layers?
#
# The squared Frobenius norm of $A$, the sum of all its squared entries, is called its **energy**.
# It equals $\sigma_1^2 + \dots + \sigma_p^2$, so each layer contributes its own share. The share
# kept by the first $k$ layers is
#
# $$
# E_k = \frac{\sigma_1^2 + \dots + \sigma_k^2}{\sigma_1^2 + \dots + \sigma_p^2} .
# $$
#
# For the small example, $E_1 = 18 / 22 \approx 0.82$. Squares, not values: with plain values you
# would get $0.68$, which says nothing about the entries.

# %% Plot singular values and energy tags=["demo"]
grey = photograph().mean(axis=2)
shuffled = np.random.default_rng(0).permutation(grey.ravel()).reshape(grey.shape)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5))
for picture, label, color in (
    (grey, "cat", "#1b6ca8"),
    (shuffled, "same pixels, shuffled", "#e09f3e"),
):
    s = np.linalg.svd(picture, compute_uv=False)
    left.semilogy(np.arange(1, len(s) + 1), s, color=color, label=label)
    share = np.cumsum(s**2) / np.sum(s**2)
    right.plot(np.arange(1, len(s) + 1), 100 * share, color=color, label=label)
left.set(xlabel="index i", ylabel=r"singular value $\sigma_i$", title="Structure makes them decay")
left.legend()
right.axhline(99, color="#888888", linestyle=":", linewidth=1)
right.text(298, 98.75, "99 %", color="#666666", ha="right", va="top")
right.set(xlabel="layers kept k", ylabel="energy kept $E_k$ in %", title="The energy arrives early")
show(
    "Two curves each for the photograph and for its pixels in random order. Left, singular "
    "values: those of the cat fall by orders of magnitude, those of the shuffled pixels only "
    "tenfold after the first. Right, the energy kept: the cat has 99 percent after 13 layers, the "
    "shuffled pixels after 165."
)

# %% [markdown]
# Blue is the photograph. Its first singular value is more than seven times the second, and after
# thirteen layers 99 % of the energy is there. Amber has the very same pixels in random order: it
# needs 165 layers for the same share. Compression does not live on the values of the pixels. It
# lives on the fact that rows resemble each other. (Whether they are neighbours does not matter:
# shuffle whole rows, and no singular value changes.)
#
# ### Exercise: `energy`
#
# Compute $E_k$. Two cases to think of: a `k` outside the range, which a slice would accept without
# a word, and a matrix of zeros, for which the quotient is $0 / 0$.


# %% nbgrader={"grade_id": "energy", "solution": true}
def energy(s, k):
    """Share of the energy that the first k layers keep.

    Parameters
    ----------
    s : array, shape (p,)
        All singular values, in descending order.
    k : int
        How many are kept, 0 <= k <= p.

    Returns
    -------
    float
        Sum of the first k squares over the sum of all squares, between 0 and 1. If all singular
        values are 0 there is nothing to lose, and the share is 1.0 for every k.

    Raises
    ------
    ValueError
        If k is outside 0..p.
    """
    ### BEGIN SOLUTION
    if not 0 <= k <= len(s):
        raise ValueError(f"k = {k} is outside 0..{len(s)}")
    squares = s**2
    total = np.sum(squares)
    if total == 0:
        return 1.0
    return float(np.sum(squares[:k]) / total)
    ### END SOLUTION


# %% The share of one layer nbgrader={"grade_id": "energy-worked", "grade": true, "points": 1}
s = np.array([np.sqrt(18.0), 2.0])  # of the matrix [[3, 1, 1], [1, 3, 1]]
assert_scalar(
    energy(s, 1), 18 / 22, name="energy(s, 1)", hint="18 of 18 + 4: squares, not plain values."
)
nothing = scalar(energy(s, 0), name="energy(s, 0)")
assert_at_most(abs(nothing), 1e-12, what="The size of energy(s, 0)", hint="No layers, no energy.")
assert_scalar(energy(s, 2), 1.0, name="energy(s, 2)", hint="All layers, all of the energy.")

# %% Energy of random matrices nbgrader={"grade_id": "energy-values", "grade": true, "points": 1}
# Every k for a random matrix, compared with the entries of the matrix; zeros; k outside the range.
### BEGIN HIDDEN TESTS
A = np.random.default_rng(531).standard_normal((5, 8))
U, s, Vt = np.linalg.svd(A, full_matrices=False)
for k in range(1, 6):
    kept = (U[:, :k] * s[:k]) @ Vt[:k]
    name = f"energy(s, {k}) with 5 singular values"
    assert_scalar(energy(s.copy(), k), np.sum(kept**2) / np.sum(A**2), name=name)
for k in (0, 2, 3):
    name = f"energy(np.zeros(3), {k})"
    assert_scalar(
        energy(np.zeros(3), k), 1.0, name=name, hint="0 / 0 is nan. Nothing is lost: 1.0."
    )
for k in (-1, 6):
    assert_raises(ValueError, energy, s, k, hint="k must be in 0..len(s).")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `rank_for_energy`
#
# Now the other way round: the smallest $k$ whose energy $E_k$ reaches a given fraction.
#
# Computed energies carry rounding errors, so a bare `>=` is a coin toss whenever the fraction is
# hit exactly. With singular values $\sqrt{3}$ and $\sqrt{2}$ the energy $E_1$ is $0.6$, but a
# computer gets $0.5999999999999999$ and goes on to $k = 2$. With `fraction=1.0` a sum that ends
# at $1 - 10^{-16}$ never arrives at all. So this function is to forgive $10^{-12}$: an energy of
# at least `fraction - 1e-12` counts as having reached it.
#
# <details><summary>Hint</summary>
#
# `np.cumsum` gives all energies at once; put $E_0 = 0$ in front. Then look for the first entry
# that is large enough. Its position, counted from 0, is $k$.
#
# </details>


# %% nbgrader={"grade_id": "rank_for_energy", "solution": true}
def rank_for_energy(s, fraction):
    """Smallest number of layers that keeps the given share of the energy.

    Parameters
    ----------
    s : array, shape (p,)
        All singular values, in descending order; at least one is positive.
    fraction : float
        The share to keep, 0 <= fraction <= 1.

    Returns
    -------
    int
        The smallest k in 0..p with E_k >= fraction - 1e-12, where E_k is the share of the sum of
        squares that the first k values have. The 1e-12 forgives rounding: without it an exact
        hit, or fraction = 1.0, would be a matter of luck.

    Raises
    ------
    ValueError
        If fraction is outside [0, 1].
    """
    ### BEGIN SOLUTION
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction = {fraction} is outside [0, 1]")
    kept = np.concatenate([[0.0], np.cumsum(s**2)])
    return int(np.argmax(kept / kept[-1] >= fraction - 1e-12))
    ### END SOLUTION


# %% Four layers nbgrader={"grade_id": "rank_for_energy-worked", "grade": true, "points": 1}
s = np.array([4.0, 2.0, 2.0, 1.0])  # squares 16, 4, 4, 1: energies 0.64, 0.80, 0.96, 1
squares = "The squares are 16, 4, 4, 1, so the energies are 0.64, 0.80, 0.96 and 1."
assert_integer(rank_for_energy(s, 0.5), 1, name="rank_for_energy(s, 0.5)", hint=squares)
assert_integer(rank_for_energy(s, 0.7), 2, name="rank_for_energy(s, 0.7)", hint=squares)
assert_integer(rank_for_energy(s, 0.9), 3, name="rank_for_energy(s, 0.9)", hint=squares)
assert_integer(rank_for_energy(s, 0.97), 4, name="rank_for_energy(s, 0.97)", hint=squares)

# %% The smallest k nbgrader={"grade_id": "rank_for_energy-smallest", "grade": true, "points": 1}
# Fractions between any two energies of random spectra, fraction = 0, and fractions outside [0, 1].
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(541)
for size in (1, 3, 8):
    s = np.sort(rng.uniform(0.2, 3.0, size))[::-1]
    shares = np.array([np.sum(s[:k] ** 2) for k in range(size + 1)]) / np.sum(s**2)
    for k in range(1, size + 1):
        fraction = (shares[k - 1] + shares[k]) / 2
        name = f"rank_for_energy(s, {fraction:.4f}) with {size} singular values"
        between = (
            f"The energies of {k - 1} and {k} layers are {shares[k - 1]:.4f} and {shares[k]:.4f}."
        )
        assert_integer(rank_for_energy(s, fraction), k, name=name, hint=between)
    none = "No layers at all keep a share of 0, and nothing more than that."
    assert_integer(rank_for_energy(s, 0.0), 0, name="rank_for_energy(s, 0.0)", hint=none)
    assert_integer(rank_for_energy(s, 1e-6), 1, name="rank_for_energy(s, 1e-6)", hint=none)
for fraction in (-0.1, 1.5):
    assert_raises(ValueError, rank_for_energy, s, fraction, hint="A share lies in [0, 1].")
### END HIDDEN TESTS

# %% Exact hits nbgrader={"grade_id": "rank_for_energy-rounding", "grade": true, "points": 1}
# Fractions that an energy hits exactly, and fraction = 1.0, also when singular values are 0.
### BEGIN HIDDEN TESTS
forgive = (
    "Rounding may put the computed energy just below the fraction: compare with fraction - 1e-12."
)
for numbers in ([3, 2], [6, 2, 1], [13, 3, 1], [12, 4, 1], [13, 11, 7, 6, 3]):
    s = np.sqrt(np.array(numbers, dtype=float))
    for k in range(len(numbers) + 1):
        fraction = sum(numbers[:k]) / sum(numbers)
        name = f"rank_for_energy(np.sqrt({numbers}), {fraction})"
        assert_integer(rank_for_energy(s, fraction), k, name=name, hint=forgive)
for size in (12, 17, 32, 40, 57):
    s = np.sqrt(np.linspace(1.0, 0.05, size))
    name = f"rank_for_energy(s, 1.0) with {size} positive singular values"
    assert_integer(rank_for_energy(s, 1.0), size, name=name, hint=forgive)
bar = "Layers are enough from fraction - 1e-12 on: 5e-13 short is close enough, 5e-12 is not."
s = np.array([4.0, 2.0, 2.0, 1.0])  # one layer has 0.64 of the energy
for excess, expected in ((5e-13, 1), (5e-12, 2)):
    name = f"rank_for_energy([4, 2, 2, 1], 0.64 + {excess:g})"
    assert_integer(rank_for_energy(s, 0.64 + excess), expected, name=name, hint=bar)
found = rank_for_energy(np.array([3.0, 1.0, 0.0, 0.0]), 1.0)
zeros = "Two layers have all of the energy, and the smallest k is asked."
assert_integer(found, 2, name="rank_for_energy([3, 1, 0, 0], 1.0)", hint=zeros)
### END HIDDEN TESTS

# %% [markdown]
# ## 5.5 · From matrices to pictures
#
# A colour picture is an array of shape $(H, W, 3)$: a red, a green and a blue matrix, each entry
# a whole number from 0 to 255 in one byte (`uint8`). Compress the three matrices one by one and
# stack them again.
#
# Only the way back to bytes is treacherous. $A_k$ holds real numbers, and some of them overshoot:
# next to a sharp edge, $A_k$ dips below 0 and rises above 255. A byte cannot hold $-3$ or $258$.
# It **wraps around**, to 253 and 2, so a black pixel turns white and a white one black. (NumPy
# leaves it to the computer what becomes of a float that does not fit. On most it is this.)

# %% Plot what wrapping does tags=["demo"]
blue = data.coffee()[0:340, 90:600, 2].astype(float)
U, s, Vt = np.linalg.svd(blue, full_matrices=False)
low_rank = (U[:, :25] * s[:25]) @ Vt[:25]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
left.imshow(low_rank, vmin=0, vmax=255)
left.set_title("overshoot set to 0 or 255")
right.imshow(low_rank.astype(np.int64) % 256, vmin=0, vmax=255)
right.set_title("overshoot wrapped around by uint8")
for ax in (left, right):
    ax.set_axis_off()
figure.suptitle("The same matrix of rank 25, turned into bytes in two ways")
show(
    "A cup of coffee, twice the same matrix of rank 25. Left it looks natural. Right, where "
    "values beyond 0 and 255 wrap around, there are white specks in the dark and black specks in "
    "the light."
)

# %% [markdown]
# White specks in the dark and black specks in the light: that is what wrapping looks like. When
# you see it, somebody forgot to clip. (The picture is the blue channel of scikit-image's
# `coffee`, photographed by Rachel Michetti, CC0.)
#
# ### Exercise: `compress_image`
#
# For each channel: best approximation of rank $k$, **round** to the nearest whole number, then
# **clip** to the range 0 to 255, and only then turn it into bytes. Rounding matters too:
# `astype(np.uint8)` cuts the decimals off, and $99.9999999$ becomes $99$.
#
# <details><summary>Hint 1</summary>
#
# `image[:, :, c]` is one channel. `np.rint` rounds and `np.clip` clips. Both work on floats,
# before `astype`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.linalg.svd` accepts a stack of matrices, but it takes the **last two** axes as rows and
# columns. For an array of shape $(H, W, 3)$ these are the wrong ones: loop over the channels, or
# move their axis to the front.
#
# </details>


# %% nbgrader={"grade_id": "compress_image", "solution": true}
def compress_image(image, k):
    """Colour picture with each channel replaced by its best approximation of rank k.

    Parameters
    ----------
    image : array, shape (H, W, 3), dtype uint8
        The picture. It is not changed.
    k : int
        How many layers to keep in each channel, 0 <= k <= min(H, W).

    Returns
    -------
    array, shape (H, W, 3), dtype uint8
        The approximation, rounded to the nearest integer (a value half way may go either way),
        with everything below 0 set to 0 and everything above 255 set to 255.

    Raises
    ------
    ValueError
        If k is outside 0..min(H, W).
    """
    ### BEGIN SOLUTION
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError(f"k = {k} is outside 0..{min(image.shape[:2])}")
    compressed = np.empty_like(image)
    for channel in range(3):
        U, s, Vt = np.linalg.svd(image[:, :, channel], full_matrices=False)
        approximation = (U[:, :k] * s[:k]) @ Vt[:k]
        compressed[:, :, channel] = np.clip(np.rint(approximation), 0, 255)
    return compressed
    ### END SOLUTION


# %% Rank one nbgrader={"grade_id": "compress_image-worked", "grade": true, "points": 1}
# Each channel is a column times a row, so one layer says it all and k = 1 gives the picture back.
columns = np.array([[10, 20, 30, 40], [60, 50, 40, 30], [5, 50, 5, 50]])
rows = np.array([[1, 2, 3, 4, 5, 6], [4, 3, 2, 1, 0, 1], [5, 4, 3, 2, 1, 0]])
image = np.stack([np.outer(c, r) for c, r in zip(columns, rows, strict=True)], axis=2)
image = image.astype(np.uint8)
found = compress_image(image.copy(), 1)
assert_shape(found, (4, 6, 3), name="compress_image(image, 1)")
assert_dtype(found, np.uint8, name="compress_image(image, 1)")
wrong = np.abs(found.astype(int) - image).max(axis=(0, 1))
assert np.all(wrong == 0), (
    "compress_image(image, 1) should give the picture back. "
    f"Red is off by up to {wrong[0]}, green by up to {wrong[1]}, blue by up to {wrong[2]}. "
    "Off by 1: round before you convert, because astype cuts the decimals off. "
    "More than that: take the SVD of each channel by itself."
)

# %% Sharp edges nbgrader={"grade_id": "compress_image-picture", "grade": true, "points": 2}
# Black and white next to each other and different channels; the result must be rounded and clipped.
### BEGIN HIDDEN TESTS
y, x = np.mgrid[0:18, 0:24]
disc = (y - 8) ** 2 + (x - 12) ** 2 < 36
image = np.empty((18, 24, 3), dtype=np.uint8)
image[:, :, 0] = np.where(disc, 255, 0)
image[:, :, 1] = np.where(disc, 0, 255)
image[:, :, 2] = np.random.default_rng(551).integers(0, 256, (18, 24))
for picture in (image, image.transpose(1, 0, 2).copy()):
    before = picture.copy()
    for k in (2, 5):
        found = compress_image(picture, k)
        assert_unchanged(picture, before, name="image")
        name = f"compress_image(image, {k}) with image of shape {picture.shape}"
        assert_shape(found, picture.shape, name=name)
        assert_dtype(found, np.uint8, name=name, hint="Bytes in, bytes out.")
        U, s, V = np.linalg.svd(picture.transpose(2, 0, 1).astype(float), full_matrices=False)
        exact = ((U[:, :, :k] * s[:, None, :k]) @ V[:, :k]).transpose(1, 2, 0)
        off = np.abs(found - np.clip(exact, 0, 255))
        bad = off >= 1
        wrapped = bad & (np.abs(found - exact % 256) < 1.01)
        reason = (
            "Bytes wrap around: clip to 0..255 before you convert."
            if np.sum(wrapped) > np.sum(bad) / 2
            else "Each channel is a matrix of its own, and it keeps its k largest singular values."
        )
        assert not np.any(bad), (
            f"{name}: {np.mean(bad):.0%} of the bytes are not those of the best approximation of "
            f"rank {k}, the worst is off by {np.max(off):.0f}. {reason}"
        )
        assert np.max(off) < 0.51, (
            f"{name}: {np.mean(off > 0.51):.0%} of the bytes are not the nearest integer. "
            "astype cuts the decimals off; round first."
        )
### END HIDDEN TESTS

# %% The ends of the range nbgrader={"grade_id": "compress_image-edges", "grade": true, "points": 1}
# All layers, no layers, and k outside the range. The picture must not change.
### BEGIN HIDDEN TESTS
image = np.random.default_rng(552).integers(0, 256, (7, 9, 3)).astype(np.uint8)
before = image.copy()
found = compress_image(image, 7)
assert_unchanged(image, before, name="image")
assert_shape(found, (7, 9, 3), name="compress_image(image, 7)")
assert np.array_equal(found, image), (
    "compress_image(image, 7) with image of shape (7, 9, 3) keeps every layer and should give the "
    "picture back exactly. Do you round before you convert?"
)
found = compress_image(image, 0)
assert_shape(found, (7, 9, 3), name="compress_image(image, 0)")
assert not np.any(found), "compress_image(image, 0) keeps nothing, so the picture should be black."
for k in (-1, 8, 10):
    assert_raises(ValueError, compress_image, image, k, hint="k must be in 0..min(H, W).")
upright = image.transpose(1, 0, 2).copy()
assert_raises(ValueError, compress_image, upright, 8, hint="k must be in 0..min(H, W).")
### END HIDDEN TESTS

# %% [markdown]
# ### What you save
#
# You never store $A_k$ itself. You store what is needed to rebuild it: $k$ columns of $U$, $k$
# singular values, $k$ rows of $V^\top$. That makes $k (m + n + 1)$ numbers instead of $m n$, and
#
# $$
# \text{compression ratio} = \frac{m n}{k (m + n + 1)} .
# $$
#
# A ratio of 9 means nine times smaller. A ratio below 1 means that your "compressed" version is
# larger than the original. (Three channels multiply both counts by three and change nothing.)
#
# ### Exercise: `compression_ratio`
#
# Do not forget the singular values themselves, and refuse a `k` that makes no sense.


# %% nbgrader={"grade_id": "compression_ratio", "solution": true}
def compression_ratio(shape, k):
    """How many times fewer numbers k layers need than the matrix itself.

    Parameters
    ----------
    shape : tuple of two ints
        The shape (m, n) of the matrix.
    k : int
        How many layers are stored, 1 <= k <= min(m, n). A layer is one column, one row and one
        singular value.

    Returns
    -------
    float
        Numbers in the matrix over numbers in the k layers; below 1 if the layers need more.

    Raises
    ------
    ValueError
        If k is outside 1..min(m, n).
    """
    ### BEGIN SOLUTION
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError(f"k = {k} is outside 1..{min(m, n)}")
    return m * n / (k * (m + n + 1))
    ### END SOLUTION


# %% One ninth nbgrader={"grade_id": "compression_ratio-worked", "grade": true, "points": 1}
count = "20 columns of 300 numbers, 20 rows of 451 and 20 singular values, instead of 300 * 451."
found = compression_ratio((300, 451), 20)
assert_scalar(found, 135300 / 15040, name="compression_ratio((300, 451), 20)", hint=count)

# %% Other shapes nbgrader={"grade_id": "compression_ratio-shapes", "grade": true, "points": 1}
# Tall, wide and tiny matrices, ratios below 1, and k outside the range.
### BEGIN HIDDEN TESTS
for (m, n), k in [((10, 40), 3), ((40, 10), 10), ((1000, 1000), 500), ((2, 3), 1), ((1, 1), 1)]:
    stored = sum(m + n + 1 for _ in range(k))
    name = f"compression_ratio(({m}, {n}), {k})"
    count = f"{m * n} numbers in the matrix, {stored} in the layers."
    assert_scalar(compression_ratio((m, n), k), m * n / stored, name=name, hint=count)
for k in (-2, 0, 11):
    assert_raises(ValueError, compression_ratio, (10, 40), k, hint="k must be in 1..min(m, n).")
### END HIDDEN TESTS

# %% [markdown]
# ### What you lose
#
# For pictures, errors are usually quoted on a logarithmic scale, as the **peak signal-to-noise
# ratio** in decibels:
#
# $$
# \text{PSNR} = 10 \log_{10} \frac{255^2}{\text{MSE}}, \qquad
# \text{MSE} = \text{mean of the squared differences of all bytes} .
# $$
#
# Higher is better. If every byte is off by 255, which is as wrong as it gets, you have 0 dB.
# Every byte off by 10 makes 28 dB. Around 40 dB most people see no difference, and identical
# pictures have infinitely many.
#
# ### Exercise: `psnr`
#
# The difference of two bytes is again a byte: `np.uint8(10) - np.uint8(12)` is 254. Convert
# before you subtract, to a type in which the square of 255 fits.


# %% nbgrader={"grade_id": "psnr", "solution": true}
def psnr(original, approximation):
    """Peak signal-to-noise ratio of two pictures, in decibels.

    Parameters
    ----------
    original, approximation : arrays of the same shape, (H, W) or (H, W, 3), dtype uint8
        The two pictures. They are not changed.

    Returns
    -------
    float
        10 log10(255**2 / MSE), where MSE is the mean of the squared differences over all entries;
        inf if the pictures are identical.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    ### BEGIN SOLUTION
    if original.shape != approximation.shape:
        raise ValueError(f"shapes {original.shape} and {approximation.shape} differ")
    mse = float(np.mean((original.astype(float) - approximation) ** 2))
    if mse == 0:
        return np.inf
    return float(10 * np.log10(255**2 / mse))
    ### END SOLUTION


# %% Off by ten nbgrader={"grade_id": "psnr-worked", "grade": true, "points": 1}
original = np.full((4, 5, 3), 100, dtype=np.uint8)
brighter = np.full((4, 5, 3), 110, dtype=np.uint8)
decibels = "Every squared difference is 100, so this is 10 * log10(255**2 / 100)."
expected = 10 * np.log10(650.25)
found = psnr(brighter, original)
assert_scalar(found, expected, name="psnr(brighter, original)", threshold=1e10, hint=decibels)
wraps = decibels + " In uint8, 100 - 110 is 246: convert before you subtract."
found = psnr(original, brighter)
assert_scalar(found, expected, name="psnr(original, brighter)", threshold=1e10, hint=wraps)

# %% Bytes of every size nbgrader={"grade_id": "psnr-values", "grade": true, "points": 1}
# Random grey and colour pictures with small and large differences. They must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(571)
for shape, low, high in [((6, 8), 0, 256), ((8, 6, 3), 0, 256), ((5, 5, 3), 90, 110)]:
    original = rng.integers(low, high, shape).astype(np.uint8)
    approximation = rng.integers(low, high, shape).astype(np.uint8)
    if len(shape) == 3:
        approximation[:, :, 0] = original[:, :, 0]
        approximation[0, 0, 0] ^= 1
    differences = [int(a) - int(b) for a, b in zip(original.flat, approximation.flat, strict=True)]
    mse = sum(d * d for d in differences) / len(differences)
    name = f"psnr of two pictures of shape {shape} with bytes from {low} to {high - 1}"
    hint = f"The mean of all squared differences is {mse:.2f}, and the peak is always 255."
    expected = 10 * np.log10(255**2 / mse)
    before = original.copy(), approximation.copy()
    found = psnr(original, approximation)
    assert_unchanged(original, before[0], name="original")
    assert_unchanged(approximation, before[1], name="approximation")
    assert_scalar(found, expected, name=name, threshold=1e10, hint=hint)
### END HIDDEN TESTS

# %% Edges nbgrader={"grade_id": "psnr-edges", "grade": true, "points": 1}
# Identical pictures, bytes that are off by one or by 255, and pictures of different shapes.
### BEGIN HIDDEN TESTS
black, white = np.zeros((3, 4, 3), dtype=np.uint8), np.full((3, 4, 3), 255, dtype=np.uint8)
for picture in (black, white):
    found = psnr(picture, picture.copy())
    assert_scalar(found, np.inf, name="psnr of identical pictures", hint="Nothing is lost: inf.")
darker = np.full((3, 4, 3), 254, dtype=np.uint8)
one = "Every byte is off by one: 20 * log10(255), which is 48.13 dB."
found, expected = psnr(white, darker), 20 * np.log10(255)
assert_scalar(found, expected, name="psnr of a difference of 1", threshold=1e10, hint=one)
for pair in ((black, white), (white, black)):
    name = "psnr of a black and a white picture"
    hint = "Every byte is off by 255: 0 dB. Does 255**2 = 65025 fit the type you compute in?"
    found = scalar(psnr(*pair), name=name, hint=hint)
    assert_at_most(abs(found), 1e-5, what=f"The size of {name}", hint=hint)
differ = "NumPy stretches one shape to the other and says nothing. Compare the shapes first."
assert_raises(ValueError, psnr, black, black[:1], hint=differ)
assert_raises(ValueError, psnr, black[:1], black, hint=differ)
assert_raises(ValueError, psnr, black[:, :, 0], black[:1, :, 0], hint=differ)
### END HIDDEN TESTS

# %% [markdown]
# ## 5.6 · The inverse that always exists
#
# If you know how a matrix stretches, you know how to undo it: stretch by $1/\sigma_i$ the other
# way. Where $\sigma_i = 0$ the matrix has flattened a direction, and nothing brings it back. The
# sensible thing is to leave it at zero. That is the **Moore-Penrose pseudoinverse**,
#
# $$
# A^+ = \sum_{\sigma_i > 0} \frac{1}{\sigma_i}\, v_i u_i^\top
# \qquad (n \times m \text{ for an } m \times n \text{ matrix } A) .
# $$
#
# It is the only matrix that satisfies the four **Penrose conditions**:
#
# $$
# A A^+ A = A, \qquad A^+ A A^+ = A^+, \qquad (A A^+)^\top = A A^+, \qquad (A^+ A)^\top = A^+ A .
# $$
#
# For an invertible matrix it is the inverse. For a tall one, $x = A^+ b$ solves the least squares
# problem; for a wide one it picks the shortest solution. For the small example
#
# $$
# A^+ = \frac{1}{36} \begin{pmatrix} 13 & -5 \\ -5 & 13 \\ 2 & 2 \end{pmatrix}.
# $$
#
# On a computer, "$\sigma_i > 0$" is not good enough. A singular value that should be 0 comes out
# as $10^{-16}$, and $1/\sigma_i = 10^{16}$ swamps the rest. So there is a cut, and it has to be
# **relative**: whether you measure in metres or in millimetres must not change which directions
# count. Treat $\sigma_i$ as zero if $\sigma_i \le \texttt{rcond} \cdot \sigma_1$.
#
# ### Exercise: `pinv`
#
# Build it from `np.linalg.svd`. (Your `thin_svd` would not do: its errors are as large as
# $10^{-8} \sigma_1$, and that can be far above the cut.)
#
# <details><summary>Hint</summary>
#
# Keep only the part with `s > rcond * s[0]`. What remains is `Vt[keep].T`, then the division by
# `s[keep]`, then `U[:, keep].T`.
#
# </details>


# %% nbgrader={"grade_id": "pinv", "solution": true}
def pinv(A, rcond):
    """Moore-Penrose pseudoinverse.

    Parameters
    ----------
    A : array, shape (m, n)
        A real matrix of any rank, zero included. It is not changed.
    rcond : float
        Where to cut, 0 < rcond < 1: singular values up to rcond times the largest one count as
        zero, all others are inverted.

    Returns
    -------
    array, shape (n, m)
        The pseudoinverse; zeros if A is zero. It is as accurate as the SVD of A allows, also if
        rcond is far below 1e-8.
    """
    ### BEGIN SOLUTION
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    keep = s > rcond * s[0]
    return (Vt[keep].T / s[keep]) @ U[:, keep].T
    ### END SOLUTION


# %% The worked example nbgrader={"grade_id": "pinv-worked", "grade": true, "points": 1}
A = np.array([[3.0, 1.0, 1.0], [1.0, 3.0, 1.0]])
X = pinv(A, 1e-10)
assert_shape(X, (3, 2), name="pinv(A, 1e-10)", hint="It goes the other way: from 2 numbers to 3.")
expected = np.array([[13.0, -5.0], [-5.0, 13.0], [2.0, 2.0]]) / 36
assert_close(X, expected, name="pinv(A, 1e-10)", hint="Invert the singular values, swap U and V.")

# %% The four conditions nbgrader={"grade_id": "pinv-penrose", "grade": true, "points": 2}
# The four Penrose conditions for tall, wide, square and rank-deficient matrices, and for zeros.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(581)
conditions = ("A X A = A", "X A X = X", "A X is symmetric", "X A is symmetric")
for spectrum, shape in [
    ([5.0, 3.0, 2.0], (7, 3)),
    ([4.0, 2.0, 1.0], (3, 6)),
    ([5.0, 4.0, 3.0, 0.5], (4, 4)),
    ([5.0, 3.0], (6, 4)),
    ([6.0, 2.0, 1.0], (4, 7)),
    ([2.0], (1, 5)),
]:
    A = matrices.with_singular_values(spectrum, shape, seed=rng)
    before = A.copy()
    X = pinv(A, 1e-12)
    assert_unchanged(A, before, name="A after pinv(A, rcond)")
    name = f"pinv(A, 1e-12) with A of shape {shape} and rank {len(spectrum)}"
    assert_shape(X, shape[::-1], name=name)
    assert_finite(X, name=name)
    for condition, ratio in zip(conditions, ratios.penrose(A, X), strict=True):
        assert_ratio(ratio, 1e4, f"{name}: the error of the condition {condition}")
    bound = 1.001 / min(spectrum)
    hint = "One over the smallest singular value that is kept. Was rounding error inverted?"
    assert_at_most(np.linalg.norm(X, 2), bound, what=f"The 2-norm of {name}", hint=hint)
zero = "The pseudoinverse of zeros is zeros: s > rcond * s[0] keeps none, while >= keeps all."
assert_close(pinv(np.zeros((3, 4)), 1e-12), np.zeros((4, 3)), name="pinv(zeros)", hint=zero)
### END HIDDEN TESTS

# %% Where the cut falls nbgrader={"grade_id": "pinv-cut", "grade": true, "points": 1}
# The same small singular value kept and cut, at different scales of A.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(582)
spectrum = np.array([1.0, 1e-3, 1e-6])
for m, n in [(6, 4), (4, 6)]:
    U, V = matrices.random_orthogonal(m, 3, seed=rng), matrices.random_orthogonal(n, 3, seed=rng)
    for scale in (1.0, 1e5, 1e-5):
        A = (U * (scale * spectrum)) @ V.T
        for rcond, kept, threshold in [(1e-4, 2, 1e7), (1e-2, 1, 1e5), (1e-10, 3, 1e9)]:
            expected = (V[:, :kept] / (scale * spectrum[:kept])) @ U[:, :kept].T
            name = f"pinv(A, {rcond:g}) with singular values {scale:g} * (1, 1e-3, 1e-6)"
            hint = f"{kept} of the singular values are larger than rcond times the largest."
            assert_close(pinv(A, rcond), expected, name=name, threshold=threshold, hint=hint)
### END HIDDEN TESTS

# %% [markdown]
# ### A cut you can see
#
# The pseudoinverse can take the blur out of a picture. Smear every column of the photograph with
# a matrix $B$ (a weighted average of neighbouring rows), and round the result to bytes, as a
# camera would. Then apply $B^+$. The singular values of $B$ fall from 1 to below $10^{-16}$.
# Dividing by one of $10^{-6}$ makes the rounding errors a million times larger.

# %% Plot a photograph that is blurred and restored tags=["demo"]
grey = photograph().mean(axis=2)
rows = np.arange(grey.shape[0])
B = np.exp(-(((rows[:, None] - rows) / 3.0) ** 2) / 2)
B /= B.sum(axis=1, keepdims=True)
blurred = np.rint(B @ grey)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.5))
panels = [("blurred, then rounded", blurred)]
for rcond, verdict in ((1e-6, "noise wins"), (0.03, "sharper"), (0.5, "overcautious")):
    panels.append((f"rcond = {rcond:g}: {verdict}", pinv(B, rcond) @ blurred))
for ax, (title, picture) in zip(axes, panels, strict=True):
    ax.imshow(picture[60:200, 110:320], vmin=0, vmax=255)
    ax.set_axis_off()
    ax.set_title(title)
figure.suptitle("The right cut inverts what the picture still knows, and nothing else")
show(
    "Four close-ups of a cat's face: blurred; restored with rcond 1e-6, which is nothing but "
    "noise; with 0.03, where eye and fur are sharper; and with 0.5, which is hardly better than "
    "the blurred one."
)

# %% [markdown]
# With a tiny `rcond` only noise is left. With 0.03 the eye and the fur are sharper than in the
# blurred picture. With 0.5 you gain next to nothing: what could have been restored was thrown
# away as well. Choosing where to cut is a form of *regularization*, and you will meet it wherever
# models are fitted to noisy data.

# %% [markdown]
# ## 5.7 · Application: how small can a cat get?
#
# Now everything together. The photograph is `cat` from scikit-image: Chelsea, photographed by
# Stéfan van der Walt and given to the public domain (CC0). It has 300 × 451 pixels. The next cell
# compresses it with your `compress_image`, and puts the pictures beside the curves.

# %% Plot the pictures and their errors tags=["demo"]
image = photograph()
m, n, _ = image.shape
chosen = {5: "#d1495b", 20: "#e09f3e", 60: "#2e8b57"}
figure, axes = plt.subplot_mosaic(
    [
        ["k5", "k5", "k20", "k20"],
        ["k60", "k60", "original", "original"],
        ["error"] * 2 + ["psnr"] * 2,
    ],
    figsize=(10, 9.6),
    height_ratios=[1, 1, 1.05],
)
quality = {}
for k in (1, 2, 5, 10, 20, 40, 60, 100, 150, 200):
    compressed = compress_image(image, k)
    quality[k] = psnr(image, compressed)
    if k in chosen:
        ratio = compression_ratio((m, n), k)
        axes[f"k{k}"].imshow(compressed)
        axes[f"k{k}"].set_title(f"k = {k}: {ratio:.0f} times smaller, {quality[k]:.1f} dB")
axes["original"].imshow(image)
axes["original"].set_title("the original, k = 300")
for key in ("k5", "k20", "k60", "original"):
    color = chosen.get(int(key[1:]) if key != "original" else 0, "#444444")
    axes[key].set(xticks=[], yticks=[])
    for spine in axes[key].spines.values():
        spine.set(visible=True, edgecolor=color, linewidth=3)

s = np.linalg.svd(image.mean(axis=2), compute_uv=False)
layers = np.arange(len(s))
for norm, style, label in (("fro", "-", "Frobenius norm"), ("2", "--", "2-norm")):
    whole = truncation_error(s, 0, norm)
    error = [100 * truncation_error(s, int(k), norm) / whole for k in layers]
    axes["error"].semilogy(layers, error, style, color="#1b6ca8", label=label)
    for k, color in chosen.items():
        axes["error"].plot(k, error[k], "o", color=color, markersize=7)
axes["error"].set(
    xlabel="layers kept k", ylabel="relative error in %", title="The error is known in advance"
)
axes["error"].legend()

axes["psnr"].plot(list(quality), list(quality.values()), color="#1b6ca8")
for k, color in chosen.items():
    axes["psnr"].plot(k, quality[k], "o", color=color, markersize=7)
axes["psnr"].axvline(m * n / (m + n + 1), color="#888888", linestyle=":", linewidth=1)
axes["psnr"].text(176, 20, "break-even:\nas large as\nthe original", color="#666666", ha="right")
axes["psnr"].set(
    xlabel="layers kept k", ylabel="PSNR in dB", title="Quality grows, and so does the size"
)
show(
    "Above, the cat with 5 layers, a ghost behind frosted glass; with 20, recognizable; with 60, "
    "nearly like the original beside it. Below, two curves over the number of layers: the "
    "relative error falls, in the 2-norm faster than in the Frobenius norm, and the PSNR rises "
    "steadily to the break-even at 180 layers and beyond."
)

# %% [markdown]
# Each frame has the colour of its dots in the curves. Five layers are a ghost behind frosted
# glass, with the streaks along rows and columns that betray a low rank. At $k = 20$ the cat is
# there, and it needs a ninth of the numbers. At $k = 60$ you have to look for differences (try
# the whiskers). From $k = 180$ on the "compressed" version is larger than the original, though its
# error still falls.
#
# The error curves on the left come from the singular values of the grey picture alone, before
# anything was compressed. This is the practical gift of Eckart and Young: you choose $k$ first
# and compute later.

# %% Choose k by energy tags=["demo"]
image = photograph()
s = np.linalg.svd(image.mean(axis=2), compute_uv=False)
print("share of energy    k    times smaller    PSNR of the picture")
for fraction in (0.9, 0.95, 0.99, 0.999, 0.9999):
    k = rank_for_energy(s, fraction)
    ratio = compression_ratio(image.shape[:2], k)
    quality = psnr(image, compress_image(image, k))
    print(f"{fraction:15.2%} {k:4d} {ratio:16.1f} {quality:19.1f} dB")

# %% [markdown]
# A warning is hidden in this table. "90 % of the energy" sounds like a good picture and is a
# single plaid layer. The reason is that the average brightness is part of the matrix, and the
# first layer holds nearly all of it. For photographs, ask for 99.9 %. For data in general,
# subtract the mean of each column first: that is principal component analysis.

# %% Plot what was lost tags=["demo"]
image = photograph()
figure, axes = plt.subplots(1, 3, figsize=(10, 2.7))
for ax, k in zip(axes, (5, 20, 60), strict=True):
    lost = image.astype(float) - compress_image(image, k)
    shown = ax.imshow(lost.mean(axis=2), cmap="RdBu", vmin=-40, vmax=40)
    ax.set_axis_off()
    ax.set_title(f"k = {k}")
figure.colorbar(shown, ax=axes, label="original minus compressed", shrink=0.9)
figure.suptitle("First the shapes are missing, then the edges, in the end only the fur")
show(
    "What was lost with 5, 20 and 60 layers, blue where the original is brighter and red where it "
    "is darker: first the cat's shape, then its edges, in the end a faint texture like noise."
)

# %% [markdown]
# Blue is where the original is brighter, red where it is darker. At $k = 5$ you still recognize
# the cat in what is missing: the error has structure, so more layers pay. At $k = 60$ what is
# missing looks almost like noise, and noise does not compress.
#
# To be fair: JPEG does better than this. It looks at small blocks, uses patterns that need no
# storing, and spends its bits where the eye looks. The SVD has to store its patterns along with
# the picture. Its strength is that it knows nothing of pictures: it works just as well for
# ratings, word counts, sensor data and the weights of a neural network.

# %% [markdown]
# ## 5.8 · In your own words
#
# Look again at the picture in 5.2. The singular values that come from `eigh` of $A^\top A$ can be
# trusted as long as they are above about $10^{-8} \sigma_1$, and are useless below. Those that come
# from `np.linalg.svd` can be trusted as long as they are above about $10^{-16} \sigma_1$.
#
# **Why does the route over $A^\top A$ lose half of the digits?** Explain it in five to ten lines.
# Say what happens to the singular values and to the condition number when $A^\top A$ is formed,
# why even a perfect `eigh` could not repair it, and name one situation in which it matters and
# one in which it does not. This matrix may help you, with $\delta = 10^{-9}$ (what does
# $1 + \delta^2$ give in floating point?):
#
# $$
# A = \begin{pmatrix} 1 & 1 \\ \delta & 0 \\ 0 & \delta \end{pmatrix}
# $$

# %% [markdown] nbgrader={"grade_id": "lost-digits", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point each; the words may differ.
#
# 1. **Squares.** The eigenvalues of $A^\top A$ are $\sigma_i^2$, so the range of sizes doubles in
#    orders of magnitude: $\kappa(A^\top A) = \kappa(A)^2$. Forming the product and `eigh` both
#    make errors of about $\varepsilon \sigma_1^2$. An eigenvalue below that is noise, which means
#    that $\sigma_i < \sqrt{\varepsilon}\, \sigma_1 \approx 10^{-8} \sigma_1$ is noise. (Also
#    good: the relative error of $\sigma_i$ is about $\varepsilon (\sigma_1 / \sigma_i)^2$ instead
#    of $\varepsilon\, \sigma_1 / \sigma_i$.)
# 2. **Lost before `eigh` starts.** In the example $A^\top A$ has $1 + \delta^2$ on its diagonal.
#    Since $10^{-18} < \varepsilon$ that rounds to 1, and the stored matrix is exactly singular:
#    $\sigma_2 = \delta$ has left no trace in it. No eigenvalue solver, however exact, can recover
#    what rounding has removed. `np.linalg.svd` works on $A$ itself with orthogonal
#    transformations, which leave the size of errors at $\varepsilon \sigma_1$.
# 3. **When it matters.** It does where small singular values are used: rank decisions,
#    pseudoinverses with a small `rcond`, ill-conditioned least squares. It does not where only
#    the large ones count: compressing pictures with 8-bit values, a few leading principal
#    components of well-scaled data.
#
# Wrong, and common: "`eigh` is an inaccurate algorithm" (it is as accurate as can be for the
# matrix it is given); "half of the digits of every singular value" (the large ones are fine).
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have an SVD made by hand, the best approximation of any rank, its error without computing
# it, a way to choose the rank, a lossy image format with its price list, and an inverse for
# matrices that have none.
#
# Where it leads:
#
# - **Section 7** fills in the missing entries of a table of ratings with matrices of low rank.
# - **Section 8** uses singular values for norms and for deciding on a rank.
# - **Section 9** solves least squares, where $A^+ b$ is the answer and $A^\top A$ is the trap
#   again.
# - **Section 16** follows the digits: condition numbers, and what no algorithm can repair.
# - **Section 21** subtracts the mean first and calls the result principal component analysis.
#
# In the libraries: `np.linalg.svd` for everything dense, `scipy.sparse.linalg.svds` for a few
# singular values of a large sparse matrix, `np.linalg.pinv` and `np.linalg.lstsq` instead of an
# inverse.
