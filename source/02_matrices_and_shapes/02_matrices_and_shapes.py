# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2 · Matrices and shapes
#
# A matrix is two things at once. It is a **table**: a thousand houses, one to a row, with five
# measurements each. And it is a **machine**: a vector goes in, another one comes out, and space is
# turned, stretched or tilted on the way. Machine learning uses both at the same time. The data
# are a table, every layer of a network is a machine, and the product of the two is where nearly
# all of the computing time goes.
#
# The commonest mistake there has nothing to do with learning. Two arrays have shapes that do not
# fit. That is the harmless case, because Python complains. In the other case the shapes fit by
# accident, nobody complains, and the answer is wrong. This notebook is about knowing what comes
# out before you compute it.
#
# After this notebook you can
#
# - tell the shape of any product, or the place where it breaks, without computing it;
# - write the product of two matrices yourself, and read it in two ways: entry by entry and
#   column by column;
# - send a whole batch of data through a layer, with the transpose and the bias in the right place;
# - build the matrices that rotate, tilt and mirror the plane, and chain them in the right order;
# - recognize six kinds of matrices that are worth recognizing;
# - turn a map in degrees into a map in kilometres.
#
# Allow about 80 minutes. Every function stands on its own: none of them needs another one that
# you wrote, so a slip in one exercise costs you that exercise only.

# %% Setup
import matplotlib.pyplot as plt
import numpy as np

from autograder.checks import (
    assert_close,
    assert_dtype,
    assert_in,
    assert_orthonormal,
    assert_raises,
    assert_shape,
    assert_unchanged,
    assert_without,
    matrices,
)
from autograder.pictures import show

# %% The look of the pictures tags=["demo"]
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

plt.style.use("autograder.course")

# %% [markdown]
# ## 2.1 · Shapes before numbers
#
# A matrix with $m$ rows and $n$ columns is an $m \times n$ matrix, and its array has the shape
# `(m, n)`: rows first, always. In a table of data each row is one example and each column one
# feature, so a thousand houses with five measurements are a matrix $X$ of shape `(1000, 5)`.
#
# The product $AB$ exists if the **inner** numbers agree, and the **outer** ones are what remains:
#
# $$
# (m \times k)\,(k \times n) = (m \times n) .
# $$
#
# Write the two shapes side by side, cancel the middle, read off the rest.

# %% Plot the shapes of a product tags=["demo"]
blocks = [
    ("$X$", 6, 4, 0.0, "examples", "features"),
    ("$M$", 4, 3, 6.2, "features", "outputs"),
    ("$XM$", 6, 3, 12.2, "examples", "outputs"),
]
edge = {"examples": "#1b6ca8", "features": "#d1495b", "outputs": "#2e8b57"}
figure, ax = plt.subplots(figsize=(8, 3.6))
for name, rows, columns, left, down, across in blocks:
    ax.add_patch(Rectangle((left, -rows), columns, rows, facecolor="#eeeeee"))
    for i in range(1, rows):
        ax.plot([left, left + columns], [-i, -i], color="white", linewidth=1)
    for j in range(1, columns):
        ax.plot([left + j, left + j], [-rows, 0], color="white", linewidth=1)
    ax.plot([left, left], [-rows, 0], color=edge[down], linewidth=4)
    ax.plot([left, left + columns], [0, 0], color=edge[across], linewidth=4)
    ax.text(left - 0.2, -rows / 2, f"{rows}\n{down}", color=edge[down], ha="right", va="center")
    ax.text(left + columns / 2, 0.25, f"{columns} {across}", color=edge[across], ha="center")
    ax.text(left + columns / 2, -rows / 2, name, ha="center", va="center", fontsize=15)
ax.text(10.0, -3, "=", fontsize=18, ha="center", va="center")
ax.set(xlim=(-2.2, 15.6), ylim=(-6.3, 1.0), aspect="equal")
ax.set_axis_off()
ax.set_title("The inner numbers agree and vanish; the outer ones are the shape of the product")
show(
    "Three blocks of cells. X has 6 rows for examples and 4 columns for features. M has 4 rows for "
    "features and 3 columns for outputs. Their product has 6 rows for examples and 3 columns for "
    "outputs: the 4 features, in red on both factors, do not appear in it."
)

# %% [markdown]
# The two red edges have to be of the same length, and they do not appear in the result.
#
# **NumPy has a third kind of thing.** A 1-D array, of shape `(n,)`, is neither a row nor a column:
# it has no second axis at all. In a product it plays whichever part fits, and the axis that it
# does not have does not appear in the result:
#
# | left | right | `left @ right` | what it is |
# |---|---|---|---|
# | `(m, k)` | `(k, n)` | `(m, n)` | matrix times matrix |
# | `(m, k)` | `(k,)` | `(m,)` | matrix times vector |
# | `(k,)` | `(k, n)` | `(n,)` | vector times matrix |
# | `(k,)` | `(k,)` | `()` | dot product, a number |
#
# One sentence says it all: *the last axis on the left and the first axis on the right must be
# equal; both vanish, and what is left over is joined.* A size of 1 gets no special treatment:
# nothing is stretched. And once the result is a number, of shape `()`, there is no axis left, and
# `@` refuses to multiply it any further.
#
# ### Exercise: `result_shape`
#
# Given the shapes of several arrays, find the shape of their product. Python works from left to
# right: `A @ B @ C` is `(A @ B) @ C`. So what has to fit to `C` is the shape of `A @ B`.
#
# You get shapes, not arrays, and you need no arrays either. That is the point: you can check a
# product that would fill the memory of every computer in the building before you start it.
#
# <details><summary>Hint 1</summary>
#
# Keep the shape of the product so far in a variable. Start with the first shape and take in the
# others one by one.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Slices of tuples do the rest. `(3, 4)[:-1]` is `(3,)` and `(4,)[1:]` is `()`, and tuples are
# joined by `+`.
#
# </details>


# %% nbgrader={"grade_id": "result_shape", "solution": true}
def result_shape(*shapes):
    """Shape of the product of several arrays, multiplied by @ from left to right.

    Parameters
    ----------
    *shapes : one or more tuples of one or two ints
        The shapes of the arrays, (n,) or (m, n); sizes may be 0. They may belong to arrays that
        are far too large for memory.

    Returns
    -------
    tuple of ints
        The shape of A @ B @ C @ ... by NumPy's rules, () if the product is a number. With one
        shape alone, that shape.

    Raises
    ------
    ValueError
        If the product does not exist. The message contains the two shapes of the first product
        that fails, as Python writes tuples: that of everything before it, multiplied, and the
        next one. For (2, 3), (3, 4), (5, 6) these are (2, 4) and (5, 6). A product so far of
        shape () fits to nothing.
    """
    ### BEGIN SOLUTION
    result = shapes[0]
    for shape in shapes[1:]:
        if result == () or result[-1] != shape[0]:
            raise ValueError(f"{result} @ {shape}: the inner sizes do not fit")
        result = result[:-1] + shape[1:]
    return result
    ### END SOLUTION


# %% A batch of pictures nbgrader={"grade_id": "result_shape-worked", "grade": true, "points": 1}
cancel = "The inner numbers agree and vanish. What is left over is joined."
for shapes, expected in [
    (((32, 784), (784, 128)), (32, 128)),
    (((32, 784), (784, 128), (128, 10)), (32, 10)),
    (((2, 3), (3,)), (2,)),
    (((3,), (3, 2)), (2,)),
]:
    name = f"result_shape{shapes}"
    assert_in(result_shape(*shapes), [expected], name=name, hint=cancel)
misfit = "The inner sizes are 784 and 32: raise ValueError."
assert_raises(ValueError, result_shape, (32, 784), (32, 128), hint=misfit)

# %% Vectors in between nbgrader={"grade_id": "result_shape-vectors", "grade": true, "points": 2}
# 1-D shapes in every place, numbers, sizes 0 and 1, a single shape, and shapes of giants.
### BEGIN HIDDEN TESTS
joined = "A 1-D shape has one axis only: once that has vanished, it leaves nothing behind."
for shapes, expected in [
    (((5,), (5,)), ()),
    (((4,), (4, 3), (3,)), ()),
    (((2, 3), (3,), (2,)), ()),
    (((2, 3), (3,), (2, 7)), (7,)),
    (((6,), (6, 2), (2, 5), (5, 3)), (3,)),
    (((3, 1), (1, 4)), (3, 4)),
    (((1, 3), (3, 1)), (1, 1)),
    (((1,), (1,)), ()),
]:
    name = f"result_shape{shapes}"
    assert_in(result_shape(*shapes), [expected], name=name, hint=joined)
alone = "With nothing to multiply it by, the shape stays as it is."
for shape in [(4,), (2, 3)]:
    assert_in(result_shape(shape), [shape], name=f"result_shape({shape})", hint=alone)
empty = "A size of 0 is a size like any other: inner sizes vanish, outer ones stay."
assert_in(result_shape((2, 0), (0, 3)), [(2, 3)], name="result_shape((2, 0), (0, 3))", hint=empty)
assert_in(result_shape((0, 2), (2, 3)), [(0, 3)], name="result_shape((0, 2), (2, 3))", hint=empty)
giants = "Work with the shapes alone. Arrays of these shapes fit into no memory."
for shapes, expected in [
    (((10**7, 10**6), (10**6, 10**8)), (10**7, 10**8)),
    (((10**9,), (10**9, 10**9), (10**9,)), ()),
]:
    name = f"result_shape{shapes}"
    assert_in(result_shape(*shapes), [expected], name=name, hint=giants)
### END HIDDEN TESTS

# %% What does not fit nbgrader={"grade_id": "result_shape-misfits", "grade": true, "points": 1}
# Products that do not exist, and whether the message names the two shapes that do not fit.
### BEGIN HIDDEN TESTS
for shapes, first in [
    (((2, 3), (4, 5)), ((2, 3), (4, 5))),
    (((2, 3), (2, 3)), ((2, 3), (2, 3))),
    (((2, 3), (3, 4), (5, 6)), ((2, 4), (5, 6))),
    (((2, 3), (4, 5), (6, 7)), ((2, 3), (4, 5))),
    (((5, 2), (3,)), ((5, 2), (3,))),
    (((4,), (5, 4)), ((4,), (5, 4))),
    (((4,), (5,)), ((4,), (5,))),
    (((2, 3), (3,), (3, 4)), ((2,), (3, 4))),
    (((3, 1), (4, 5)), ((3, 1), (4, 5))),
    (((3, 4), (1, 5)), ((3, 4), (1, 5))),
    (((3,), (3,), (3,)), ((), (3,))),
    (((3,), (3,), (1, 3)), ((), (1, 3))),
]:
    name = f"result_shape{shapes}"
    asked = (
        "The last axis of the product so far and the first axis of the next shape must be equal. "
        "Sizes of 1 are not stretched, and a number fits to nothing."
    )
    assert_raises(ValueError, result_shape, *shapes, name=name, hint=asked)
    told = ""
    try:
        result_shape(*shapes)
    except ValueError as error:
        told = str(error).replace(" ", "")
    named = [shape for shape in first if str(shape).replace(" ", "") in told]
    both = f"It should contain {first[0]}, the product so far, and {first[1]}, the next one."
    assert_in(named, [[*first]], name=f"The message of {name}", hint=both)
### END HIDDEN TESTS

# %% [markdown]
# ## 2.2 · Entry by entry
#
# Now the numbers. Entry $(i, j)$ of the product is the dot product of **row $i$ on the left** and
# **column $j$ on the right**:
#
# $$
# c_{ij} = \sum_{l=1}^{k} a_{il}\, b_{lj} .
# $$
#
# This is why the inner sizes must agree: the row and the column have to be of the same length.

# %% Plot where one entry comes from tags=["demo"]
A = np.array([[2, 0, 1], [1, 3, 2], [0, 1, 4], [2, 2, 0]])
B = np.array([[1, 2], [3, 1], [2, 4]])
i, j = 1, 1
figure, ax = plt.subplots(figsize=(8, 3.4))
for name, M, left, top in (("A", A, 0.0, 0.0), ("B", B, 4.6, 0.5), ("AB", A @ B, 8.2, 0.0)):
    for row, column in np.ndindex(M.shape):
        in_row, in_column = name == "A" and row == i, name == "B" and column == j
        color = "#cfe2f1" if in_row else "#f6d5d9" if in_column else "#f3f3f3"
        if name == "AB" and (row, column) == (i, j):
            color = "#d9c7e8"
        corner = (left + column, -top - row - 1)
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=color, edgecolor="white", linewidth=2))
        ax.text(corner[0] + 0.5, corner[1] + 0.5, M[row, column], ha="center", va="center")
    ax.text(left + M.shape[1] / 2, -top + 0.25, f"${name}$", ha="center", fontsize=12)
ax.text(3.8, -2, "times", ha="center", va="center")
ax.text(7.4, -2, "=", ha="center", va="center", fontsize=16)
ax.text(10.5, -1.5, r"$1 \cdot 2 + 3 \cdot 1 + 2 \cdot 4 = 13$", va="center", fontsize=11)
ax.set(xlim=(-0.2, 15.2), ylim=(-4.2, 0.8), aspect="equal")
ax.set_axis_off()
ax.set_title("One entry of the product: a row on the left meets a column on the right")
show(
    "A has 4 rows and 3 columns, B has 3 rows and 2 columns. The second row of A, which is 1, 3, "
    "2, and the second column of B, which is 2, 1, 4, are coloured. They give the entry in the "
    "second row and second column of AB: 1 times 2 plus 3 times 1 plus 2 times 4 is 13."
)

# %% [markdown]
# The blue row and the red column meet in the violet entry. Every other entry comes about in the
# same way, so an $m \times k$ matrix times a $k \times n$ matrix costs $m\,k\,n$ multiplications.
#
# **A small example to keep.** You will meet these two matrices again:
#
# $$
# S = \begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}, \qquad
# Q = \begin{pmatrix} 0 & -1 \\ 1 & 0 \end{pmatrix}, \qquad
# SQ = \begin{pmatrix} 2 & -1 \\ 1 & 0 \end{pmatrix}, \qquad
# QS = \begin{pmatrix} 0 & -1 \\ 1 & 2 \end{pmatrix}.
# $$
#
# $SQ$ and $QS$ are different. For numbers the order of factors does not matter, for matrices it
# does. What stays true is $A(BC) = (AB)C$, and that is worth money: if $x$ is a vector with 1000
# entries and $A$, $B$ are $1000 \times 1000$, then $(AB)x$ takes a billion multiplications, and
# $A(Bx)$ two million.
#
# ### Exercise: `matmul`
#
# Write the product yourself, from the formula. Do without what does it for you: `@`, `np.matmul`,
# `np.dot`, `np.inner`, `np.vdot`, `np.einsum`, `np.tensordot` and their relatives. Loops are
# welcome, so are `*` and `np.sum`. Three things need care:
#
# 1. If the inner sizes differ, raise `ValueError` yourself. `*` will not always do it for you:
#    it stretches arrays of length 1 without a word, and `zip` stops at the shorter one.
# 2. The inner size may be 0. Each entry is then a sum of nothing, and that is 0. The outer sizes
#    may be 0 as well: a matrix of shape `(0, 3)` has no entries, but it has a shape.
# 3. Integers times floats are floats. An array that you fill has to be able to hold them.
#
# <details><summary>Hint</summary>
#
# Make an array of shape $(m, n)$, loop over `i` and `j`, and sum up `A[i] * B[:, j]`.
#
# </details>


# %% nbgrader={"grade_id": "matmul", "solution": true}
def matmul(A, B):
    """Product of two matrices, without @ or any function that multiplies matrices.

    Parameters
    ----------
    A : array, shape (m, k)
    B : array, shape (k, n)
        Real matrices of floats or integers, also one of each; m, k and n may be 0. Neither is
        changed.

    Returns
    -------
    array, shape (m, n)
        Entry (i, j) is the sum of A[i, l] * B[l, j] over l; zero if k = 0.

    Raises
    ------
    ValueError
        If A has not as many columns as B has rows.

    Notes
    -----
    Not to be used: @, matmul, dot, vdot, inner, einsum, tensordot, vecdot, multi_dot.
    """
    ### BEGIN SOLUTION
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"shapes {A.shape} and {B.shape} do not fit")
    product = np.empty((A.shape[0], B.shape[1]))
    for i, j in np.ndindex(product.shape):
        product[i, j] = np.sum(A[i] * B[:, j])
    return product
    ### END SOLUTION


# %% The small example nbgrader={"grade_id": "matmul-worked", "grade": true, "points": 1}
S, Q = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, -1.0], [1.0, 0.0]])
rows = "Entry (i, j) is row i of the left matrix times column j of the right one, summed up."
SQ, QS = np.array([[2.0, -1.0], [1.0, 0.0]]), np.array([[0.0, -1.0], [1.0, 2.0]])
assert_close(matmul(S.copy(), Q.copy()), SQ, name="matmul(S, Q)", hint=rows)
assert_close(matmul(Q.copy(), S.copy()), QS, name="matmul(Q, S)", hint=rows)
products = ("@", "matmul", "dot", "vdot", "inner", "einsum", "tensordot", "vecdot", "multi_dot")
by_hand = "Multiply entries with * and add them up."
assert_without(matmul, products, S.copy(), Q.copy(), hint=by_hand)

# %% Rectangles nbgrader={"grade_id": "matmul-rectangles", "grade": true, "points": 2}
# Tall, wide and square matrices, rows and columns, integers and floats. They must not change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(201)
for m, k, n in [(3, 4, 2), (2, 5, 6), (6, 1, 3), (1, 7, 1), (4, 4, 4), (1, 3, 5), (5, 2, 1)]:
    A, B = rng.uniform(1, 2, (m, k)), rng.standard_normal((k, n))
    expected, before = A @ B, (A.copy(), B.copy())
    found = matmul(A, B)
    name = f"matmul(A, B) with A of shape {(m, k)} and B of shape {(k, n)}"
    assert_unchanged(A, before[0], name="A after matmul(A, B)")
    assert_unchanged(B, before[1], name="B after matmul(A, B)")
    assert_close(found, expected, name=name, hint="Rows on the left, columns on the right.")
whole = np.array([[2, -1, 3], [0, 4, 1]])
halves = np.array([[0.5, 1.25], [1.5, -0.75], [2.5, 0.25]])
mixed = "The product of integers and floats is not an integer: make an array of floats."
for left, right, what in [
    (whole, halves, "integers times floats"),
    (halves, whole, "floats times integers"),
    (whole.T, whole, "integers times integers"),
]:
    expected = left @ right
    found = matmul(left.copy(), right.copy())
    assert_close(found, expected, name=f"matmul of {what}", hint=mixed)
products = ("@", "matmul", "dot", "vdot", "inner", "einsum", "tensordot", "vecdot", "multi_dot")
assert_without(matmul, products, halves.copy(), whole.astype(float), hint="Use * and sums.")
### END HIDDEN TESTS

# %% Empty and unfit nbgrader={"grade_id": "matmul-edges", "grade": true, "points": 1}
# Sizes of 0, and inner sizes that differ.
### BEGIN HIDDEN TESTS
for m, k, n in [(2, 0, 3), (0, 2, 3), (2, 3, 0), (0, 0, 0), (0, 4, 0)]:
    name = f"matmul(np.ones({(m, k)}), np.ones({(k, n)}))"
    found = matmul(np.ones((m, k)), np.ones((k, n)))
    nothing = "A sum of nothing is 0, and an empty product has a shape, too."
    assert_close(found, np.zeros((m, n)), name=name, hint=nothing)
stretch = "* stretches sizes of 1 and zip stops at the shorter one: compare the inner sizes first."
for left, right in [
    ((2, 3), (2, 3)),
    ((2, 1), (3, 2)),
    ((2, 3), (1, 4)),
    ((3, 4), (3, 5)),
    ((2, 0), (1, 2)),
    ((2, 4), (5, 2)),
]:
    name = f"matmul(np.ones({left}), np.ones({right}))"
    assert_raises(ValueError, matmul, np.ones(left), np.ones(right), name=name, hint=stretch)
### END HIDDEN TESTS

# %% [markdown]
# ## 2.3 · Column by column
#
# The same sum can be read in another way, and this reading is the one to think with. Take a
# matrix times a vector and sort by the entries of the vector:
#
# $$
# A x = x_1 a_1 + x_2 a_2 + \dots + x_n a_n , \qquad a_j \text{ the columns of } A .
# $$
#
# The result is a **combination of the columns**, and $x$ says how much of each. With the shear
# $S$ of the small example, by rows and by columns:
#
# $$
# \begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix} \begin{pmatrix} 3 \\ 4 \end{pmatrix}
# = \begin{pmatrix} 1 \cdot 3 + 2 \cdot 4 \\ 0 \cdot 3 + 1 \cdot 4 \end{pmatrix}
# = 3 \begin{pmatrix} 1 \\ 0 \end{pmatrix} + 4 \begin{pmatrix} 2 \\ 1 \end{pmatrix}
# = \begin{pmatrix} 11 \\ 4 \end{pmatrix}.
# $$

# %% Plot a combination of columns tags=["demo"]
A = np.array([[2.0, -1.0], [0.5, 1.5]])
x = np.array([1.5, 2.0])
first, second = x[0] * A[:, 0], x[1] * A[:, 1]
figure, ax = plt.subplots(figsize=(6.4, 4.2))
arrows = [
    ((0, 0), A[:, 0], "#1b6ca8", 3, "-"),
    ((0, 0), A[:, 1], "#d1495b", 3, "-"),
    ((0, 0), first, "#1b6ca8", 1.2, "--"),
    (first, first + second, "#d1495b", 1.2, "--"),
    ((0, 0), first + second, "#444444", 2.4, "-"),
]
for tail, tip, color, width, style in arrows:
    shape = {"arrowstyle": "-|>", "color": color, "lw": width, "ls": style}
    ax.annotate("", tip, tail, arrowprops=shape | {"shrinkA": 0, "shrinkB": 0})
ax.text(1.35, 0.02, "$a_1$", color="#1b6ca8", fontsize=12)
ax.text(-1.15, 0.95, "$a_2$", color="#d1495b", fontsize=12)
ax.text(2.75, 0.38, "$1.5\\, a_1$", color="#1b6ca8", fontsize=12)
ax.text(2.3, 2.2, "$2\\, a_2$", color="#d1495b", fontsize=12)
ax.text(-1.6, 2.6, "$Ax = 1.5\\, a_1 + 2\\, a_2$", color="#444444", fontsize=12)
ax.plot(0, 0, "o", color="#444444")
ax.set(xlim=(-1.7, 4.2), ylim=(-0.4, 4.2), aspect="equal")
ax.set(xlabel="first coordinate", ylabel="second coordinate")
ax.set_title("A matrix times a vector: so much of each column")
show(
    "Arrows in the plane. The columns a1 = (2, 0.5) and a2 = (-1, 1.5) start at the origin. One and "
    "a half times a1, followed by two times a2, leads to the point (1, 3.75), which is A times x "
    "for x = (1.5, 2)."
)

# %% [markdown]
# Go one and a half times along the blue column, then twice along the red one: that is where $Ax$
# is. Two things follow at once. What a matrix can reach is what its columns can reach. And if $x$
# is the first unit vector $e_1$, the combination is just $a_1$: **column $j$ is the place where
# the matrix sends $e_j$.** In 2.5 you will build matrices from that sentence alone.
#
# ### Exercise: `matvec_by_columns`
#
# Compute $Ax$ as a combination of the columns, again without `@` and its relatives. The result is
# a 1-D array. Think of a matrix without columns: the combination of nothing is a vector of zeros,
# and it has $m$ entries nonetheless. And if `x` is too long, do not ignore what is left over.
#
# <details><summary>Hint</summary>
#
# Begin with `np.zeros(m)`, and add `x[j] * A[:, j]` for each `j`. If you begin with a column of
# `A` instead and add to it in place, you change `A`: a slice is a window into the matrix, not a
# copy.
#
# </details>


# %% nbgrader={"grade_id": "matvec_by_columns", "solution": true}
def matvec_by_columns(A, x):
    """Product of a matrix and a vector, as a combination of the matrix's columns.

    Parameters
    ----------
    A : array, shape (m, n)
    x : array, shape (n,)
        Floats or integers, also one of each; m and n may be 0. Neither is changed.

    Returns
    -------
    array, shape (m,)
        x[0] times the first column plus x[1] times the second, and so on; zeros if n = 0.

    Raises
    ------
    ValueError
        If x has not as many entries as A has columns.

    Notes
    -----
    Not to be used: @, matmul, dot, vdot, inner, einsum, tensordot, vecdot, multi_dot.
    """
    ### BEGIN SOLUTION
    if len(x) != A.shape[1]:
        raise ValueError(f"x has {len(x)} entries for the {A.shape[1]} columns of A")
    combination = np.zeros(A.shape[0])
    for j in range(len(x)):
        combination += x[j] * A[:, j]
    return combination
    ### END SOLUTION


# %% The point (3, 4) nbgrader={"grade_id": "matvec_by_columns-worked", "grade": true, "points": 1}
S, x = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([3.0, 4.0])
columns = "3 times the first column plus 4 times the second: 3 (1, 0) + 4 (2, 1) = (11, 4)."
found = matvec_by_columns(S.copy(), x.copy())
assert_close(found, [11.0, 4.0], name="matvec_by_columns(S, x)", hint=columns)
products = ("@", "matmul", "dot", "vdot", "inner", "einsum", "tensordot", "vecdot", "multi_dot")
by_hand = "Multiply each column by its number and add the columns up."
assert_without(matvec_by_columns, products, S.copy(), x.copy(), hint=by_hand)

# %% Any columns nbgrader={"grade_id": "matvec_by_columns-columns", "grade": true, "points": 1}
# Tall and wide matrices, one column, one row, integers and floats. Nothing must change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(202)
for m, n in [(4, 2), (2, 5), (3, 3), (5, 1), (1, 4)]:
    A, x = rng.standard_normal((m, n)), rng.uniform(1, 2, n)
    expected, before = A @ x, (A.copy(), x.copy())
    found = matvec_by_columns(A, x)
    name = f"matvec_by_columns(A, x) with A of shape {(m, n)}"
    view = "A slice of A is a window into A: start from zeros, or from a copy."
    assert_unchanged(A, before[0], name="A after matvec_by_columns(A, x)", hint=view)
    assert_unchanged(x, before[1], name="x after matvec_by_columns(A, x)", hint=view)
    assert_close(found, expected, name=name, hint="So much of each column, n columns in all.")
whole, halves = np.array([[1, 2], [3, 4], [5, 6]]), np.array([0.5, 0.25])
mixed = "Halves of integers are floats: start from an array of floats."
name = "matvec_by_columns(A, x) with integers in A and floats in x"
assert_close(matvec_by_columns(whole.copy(), halves.copy()), [1.0, 2.5, 4.0], name=name, hint=mixed)
products = ("@", "matmul", "dot", "vdot", "inner", "einsum", "tensordot", "vecdot", "multi_dot")
assert_without(matvec_by_columns, products, whole.astype(float), halves, hint="Use * and sums.")
### END HIDDEN TESTS

# %% None at all nbgrader={"grade_id": "matvec_by_columns-edges", "grade": true, "points": 1}
# A matrix without columns, one without rows, and vectors that are too long or too short.
### BEGIN HIDDEN TESTS
for m, n in [(3, 0), (0, 2), (0, 0)]:
    found = matvec_by_columns(np.ones((m, n)), np.ones(n))
    name = f"matvec_by_columns(np.ones({(m, n)}), np.ones({n}))"
    nothing = "No columns make a vector of m zeros; columns without entries make an empty one."
    assert_close(found, np.zeros(m), name=name, hint=nothing)
for (m, n), size in [((2, 3), 2), ((2, 3), 4), ((3, 2), 3), ((2, 3), 1), ((3, 1), 3), ((2, 0), 1)]:
    name = f"matvec_by_columns(np.ones({(m, n)}), np.ones({size}))"
    one_each = "One number for each column: compare the length of x with the number of columns."
    assert_raises(
        ValueError, matvec_by_columns, np.ones((m, n)), np.ones(size), name=name, hint=one_each
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2.4 · A layer of a network
#
# A linear layer takes $d$ numbers and gives $k$ numbers. Its weights stand in a matrix $W$ of
# shape $(k, d)$, **one row for each output**, and a bias $b$ with $k$ entries is added. For one
# example $x$ with $d$ entries, the output is $Wx + b$.
#
# Data come in batches. The examples are the rows of $X$, of shape $(n, d)$, and the outputs
# should be the rows of $Y$, of shape $(n, k)$. Row $i$ of $Y$ is $W x_i + b$, lying down. The
# shapes alone tell you what to write:
#
# $$
# \underset{(n, k)}{Y} = \underset{(n, d)}{X}\; \underset{(d, k)}{W^\top} + b .
# $$
#
# The transpose is there because the examples lie in rows and the weights do, too. You would
# notice a missing transpose at once, were it not for one case: if $k = d$, then $XW$ has the right
# shape as well, and the wrong numbers. So test a layer with sizes that are all different.
#
# **A bias that fits by accident.** NumPy adds $b$ to *every row*, which is what you want, provided
# that it has the shape `(k,)`. With other shapes NumPy **broadcasts**, which means that it
# stretches axes of length 1 until things fit. A bias of shape `(1,)` gives all outputs the same
# number. A bias of shape `(n, 1)` goes to the examples instead of the outputs. With $k = 1$, a
# bias of shape `(5,)` even turns one output into five. In none of these cases does Python complain.
# Your layer is going to.
#
# ### Exercise: `linear_layer`
#
# From here on `@` is yours. It raises `ValueError` by itself if $X$ and $W$ do not fit. For the
# bias you have to look.


# %% nbgrader={"grade_id": "linear_layer", "solution": true}
def linear_layer(X, W, b):
    """Outputs of a linear layer for a batch of examples.

    Parameters
    ----------
    X : array, shape (n, d)
        One example in each row.
    W : array, shape (k, d)
        The weights, one row for each output.
    b : array, shape (k,)
        The bias, one number for each output. All three hold floats or integers; none of them is
        changed.

    Returns
    -------
    array, shape (n, k)
        Row i is W @ X[i] + b.

    Raises
    ------
    ValueError
        If W has not as many columns as X, or if the shape of b is not exactly (k,), even where
        NumPy would stretch it.
    """
    ### BEGIN SOLUTION
    if b.shape != W.shape[:1]:
        raise ValueError(f"the bias has shape {b.shape}, expected {W.shape[:1]}")
    return X @ W.T + b
    ### END SOLUTION


# %% Two examples nbgrader={"grade_id": "linear_layer-worked", "grade": true, "points": 1}
X = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])  # two examples with three features
W = np.array([[1.0, 0.0, 1.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]])  # four outputs
b = np.array([10.0, 20.0, 30.0, 40.0])
found = linear_layer(X.copy(), W.copy(), b.copy())
assert_shape(found, (2, 4), name="linear_layer(X, W, b)", hint="Two examples, four outputs.")
rows = "The first example is (1, 2, 3). Its first output is 1 + 3 + 10, its second 2 + 2 + 20."
expected = np.array([[14.0, 24.0, 33.0, 46.0], [10.0, 21.0, 30.0, 41.0]])
assert_close(found, expected, name="linear_layer(X, W, b)", hint=rows)

# %% Batches nbgrader={"grade_id": "linear_layer-batches", "grade": true, "points": 2}
# Many sizes, equal ones and an empty batch among them, and integers. Nothing must change.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(203)
for n, d, k in [(5, 3, 2), (1, 4, 3), (4, 4, 4), (3, 3, 5), (6, 2, 6), (4, 1, 1), (0, 3, 2)]:
    X, W = rng.standard_normal((n, d)), rng.standard_normal((k, d))
    b = rng.uniform(2, 3, k)
    expected = np.array([[W[j] @ x + b[j] for j in range(k)] for x in X]).reshape(n, k)
    before = X.copy(), W.copy(), b.copy()
    found = linear_layer(X, W, b)
    for argument, old, letter in zip((X, W, b), before, "XWb", strict=True):
        assert_unchanged(argument, old, name=f"{letter} after linear_layer(X, W, b)")
    name = f"linear_layer(X, W, b) with X of shape {(n, d)} and W of shape {(k, d)}"
    assert_close(found, expected, name=name, hint="Output j of x is row j of W times x, plus b[j].")
X, W, b = np.array([[1, 2], [3, 4]]), np.array([[1, 0], [1, 1]]), np.array([0.5, 0.25])
name = "linear_layer of integers with a bias of floats"
mixed = "Adding floats in place to integers does not work: use +, not +=."
assert_close(linear_layer(X, W, b), [[1.5, 3.25], [3.5, 7.25]], name=name, hint=mixed)
### END HIDDEN TESTS

# %% Shapes that do not fit nbgrader={"grade_id": "linear_layer-misfits", "grade": true, "points": 1}
# Biases that NumPy would stretch without a word, and weights for other features.
### BEGIN HIDDEN TESTS
for x, w, bias in [
    ((4, 3), (2, 3), (1,)),
    ((4, 3), (2, 3), (4,)),
    ((4, 3), (2, 3), (4, 1)),
    ((2, 3), (2, 3), (2, 1)),
    ((4, 3), (2, 3), (1, 2)),
    ((4, 3), (2, 3), ()),
    ((4, 3), (1, 3), (5,)),
    ((4, 3), (1, 3), (3,)),
]:
    name = f"linear_layer(X, W, b) with shapes {x}, {w} and {bias}"
    stretch = f"b should have the shape {w[:1]}, whatever NumPy is willing to stretch."
    arrays = np.ones(x), np.ones(w), np.ones(bias)
    assert_raises(ValueError, linear_layer, *arrays, name=name, hint=stretch)
for x, w in [((4, 3), (2, 4)), ((3, 2), (3, 3)), ((4, 1), (2, 3)), ((4, 3), (2, 1))]:
    name = f"linear_layer(X, W, b) with shapes {x}, {w} and {w[:1]}"
    features = "X and W should have the same number of columns, the features."
    arrays = np.ones(x), np.ones(w), np.ones(w[:1])
    assert_raises(ValueError, linear_layer, *arrays, name=name, hint=features)
### END HIDDEN TESTS

# %% [markdown]
# ## 2.5 · Matrices that move the plane
#
# Now the matrix as a machine. Feed it all points of the plane and look at what happens to them.
# You know from 2.3 how to build such a machine: decide where $e_1 = (1, 0)$ and $e_2 = (0, 1)$
# should go, and **write these two places into the columns**. Everything else follows, because
# every point is a combination of $e_1$ and $e_2$.

# %% Plot where the unit vectors go tags=["demo"]
theta = np.deg2rad(35)
figure, axes = plt.subplots(1, 3, figsize=(10, 3.7), sharex=True, sharey=True)
turns = np.linspace(0, 2 * np.pi, 200)
goals = [
    (r"rotation by $\theta$", (theta, theta + np.pi / 2)),
    (r"shear by $k$", None),
    (r"reflection across the line at $\theta$", (2 * theta, 2 * theta - np.pi / 2)),
]
for ax, (title, angles) in zip(axes, goals, strict=True):
    if angles is None:
        ends = [(1, 0), (0.7, 1)]
        ax.axhline(1, color="#888888", linestyle=":", linewidth=1)
        ax.text(0.35, 1.08, "$k$", ha="center")
    else:
        ends = [(np.cos(a), np.sin(a)) for a in angles]
        ax.plot(np.cos(turns), np.sin(turns), color="#cccccc", linewidth=1)
    for start, end, color in zip(((1, 0), (0, 1)), ends, ("#1b6ca8", "#d1495b"), strict=True):
        ax.plot([0, start[0]], [0, start[1]], color=color, linewidth=1.2, linestyle="--")
        way = {"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", end, (0, 0), arrowprops=way)
    ax.set(title=title, aspect="equal", xlim=(-1.25, 1.4), ylim=(-1.15, 1.35))
    ax.set_xlabel("first coordinate")
axes[0].plot(0.4 * np.cos(turns[:20]), 0.4 * np.sin(turns[:20]), color="#444444", linewidth=1)
axes[0].text(0.45, 0.12, r"$\theta$")
line = np.outer([-1.3, 1.6], [np.cos(theta), np.sin(theta)])
axes[2].plot(*line.T, color="#444444", linestyle=":", linewidth=1.4)
axes[2].plot(0.4 * np.cos(turns[:20]), 0.4 * np.sin(turns[:20]), color="#444444", linewidth=1)
axes[2].text(0.45, 0.12, r"$\theta$")
axes[0].set_ylabel("second coordinate")
figure.suptitle("Where the unit vectors go: blue is the first column, red is the second")
show(
    "Three pictures of the unit vectors, dashed before and as arrows after. A rotation by theta "
    "turns both counter-clockwise by theta. A shear by k leaves the first where it is and slides "
    "the tip of the second to the right by k. A reflection across the line at the angle theta sends "
    "the first to the angle 2 theta and the second to the angle 2 theta minus 90 degrees."
)

# %% [markdown]
# Dashed is before, solid is after. A point of the unit circle at the angle $\varphi$ is
# $(\cos\varphi, \sin\varphi)$; $e_1$ is at $0$ and $e_2$ at $\pi/2$. All angles are in radians
# and count counter-clockwise.
#
# ### Exercise: `rotation`
#
# Rotating by $\theta$ takes the angle $\varphi$ to $\varphi + \theta$. So $e_1$ goes to
# $(\cos\theta, \sin\theta)$. Where does $e_2$ go? (The signs are easy to get wrong and easy to
# check: the quarter turn is the matrix $Q$ of the small example.)
#
# <details><summary>Hint</summary>
#
# $\cos(\theta + \pi/2) = -\sin\theta$ and $\sin(\theta + \pi/2) = \cos\theta$. These two are the
# second **column**. `np.array([[...], [...]])` takes rows.
#
# </details>


# %% nbgrader={"grade_id": "rotation", "solution": true}
def rotation(theta):
    """Matrix that rotates the plane about the origin.

    Parameters
    ----------
    theta : float
        The angle in radians, counter-clockwise; it may be negative.

    Returns
    -------
    array, shape (2, 2)
        R, such that R @ v is v, rotated by theta.
    """
    ### BEGIN SOLUTION
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, -s], [s, c]])
    ### END SOLUTION


# %% The quarter turn nbgrader={"grade_id": "rotation-worked", "grade": true, "points": 1}
quarter = "A quarter turn takes (1, 0) to (0, 1) and (0, 1) to (-1, 0). These are the columns."
expected = np.array([[0.0, -1.0], [1.0, 0.0]])
assert_close(rotation(np.pi / 2), expected, name="rotation(np.pi / 2)", hint=quarter)
still = "A rotation by 0 leaves everything where it is."
assert_close(rotation(0.0), np.eye(2), name="rotation(0.0)", hint=still)

# %% Any angle nbgrader={"grade_id": "rotation-angles", "grade": true, "points": 1}
# Angles of both signs, small and large: lengths, right angles, and where points go.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(204)
for theta in (1e-3, 0.3, -0.3, np.pi / 6, np.pi, -2.5, 7.0, 40.0, 1):
    name = f"rotation({theta:.4g})"
    found = rotation(theta)
    assert_shape(found, (2, 2), name=name)
    assert_dtype(found, np.number, name=name, hint="np.array(...) makes a matrix of a list.")
    keeps = "Rotating changes no length and no angle."
    assert_orthonormal(found, name=name, threshold=1e4, hint=keeps)
    angles = rng.uniform(0, 2 * np.pi, 3)
    points = np.vstack([np.cos(angles), np.sin(angles)])
    rotated = np.vstack([np.cos(angles + theta), np.sin(angles + theta)])
    turned = "The point at the angle phi goes to phi + theta, in radians, counter-clockwise."
    assert_close(found @ points, rotated, name=f"{name} @ points", hint=turned)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `shear`
#
# A shear slides every point sideways, in proportion to its height: $(x, y)$ goes to
# $(x + k y,\; y)$. Points on the horizontal axis stay where they are. The matrix $S$ of the small
# example is the shear by 2.


# %% nbgrader={"grade_id": "shear", "solution": true}
def shear(k):
    """Matrix that slides the plane sideways.

    Parameters
    ----------
    k : float or int
        How far a point at height 1 slides to the right; negative means to the left.

    Returns
    -------
    array, shape (2, 2)
        S, such that S @ (x, y) is (x + k y, y).
    """
    ### BEGIN SOLUTION
    return np.array([[1, k], [0, 1]])
    ### END SOLUTION


# %% The point (3, 4) again nbgrader={"grade_id": "shear-worked", "grade": true, "points": 1}
slide = "(3, 4) is at height 4, so a shear by 2 slides it by 8 to the right, to (11, 4)."
found = shear(2.0)
assert_shape(found, (2, 2), name="shear(2.0)")
assert_close(np.asarray(found) @ [3.0, 4.0], [11.0, 4.0], name="shear(2.0) @ [3, 4]", hint=slide)
ground = "Points on the horizontal axis have height 0 and stay where they are."
assert_close(np.asarray(found) @ [5.0, 0.0], [5.0, 0.0], name="shear(2.0) @ [5, 0]", hint=ground)

# %% Any slope nbgrader={"grade_id": "shear-slopes", "grade": true, "points": 1}
# Shears to both sides, by fractions and by integers, by 0 and by much.
### BEGIN HIDDEN TESTS
points = np.random.default_rng(205).uniform(1, 2, (2, 4))
for k in (0.25, -0.5, 0.0, 3, -2, 10.5):
    slid = np.vstack([points[0] + k * points[1], points[1]])
    found = shear(k)
    assert_shape(found, (2, 2), name=f"shear({k})")
    array = "np.array(...) makes a matrix of a list."
    assert_dtype(found, np.number, name=f"shear({k})", hint=array)
    away = "(x, y) goes to (x + k y, y): heights stay, and k may be a fraction."
    assert_close(found @ points, slid, name=f"shear({k}) @ points", hint=away)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `reflection`
#
# Reflect across the line through the origin that makes the angle $\theta$ with the horizontal
# axis. A point **on** the line stays. What is on one side of it goes as far to the other side: the
# angle $\varphi$ becomes $\theta - (\varphi - \theta) = 2\theta - \varphi$. Send $e_1$ and $e_2$
# there, as in the third picture.
#
# <details><summary>Hint</summary>
#
# $e_1$ goes to the angle $2\theta$, and $e_2$ to $2\theta - \pi/2$, which is the point
# $(\sin 2\theta, -\cos 2\theta)$.
#
# </details>


# %% nbgrader={"grade_id": "reflection", "solution": true}
def reflection(theta):
    """Matrix that reflects the plane across a line through the origin.

    Parameters
    ----------
    theta : float
        The angle between the horizontal axis and the line, in radians, counter-clockwise.

    Returns
    -------
    array, shape (2, 2)
        F, such that F @ v is the mirror image of v.
    """
    ### BEGIN SOLUTION
    c, s = np.cos(2 * theta), np.sin(2 * theta)
    return np.array([[c, s], [s, -c]])
    ### END SOLUTION


# %% The diagonal nbgrader={"grade_id": "reflection-worked", "grade": true, "points": 1}
swap = "Across the diagonal, at 45 degrees, (1, 0) and (0, 1) change places."
expected = np.array([[0.0, 1.0], [1.0, 0.0]])
assert_close(reflection(np.pi / 4), expected, name="reflection(np.pi / 4)", hint=swap)
level = "Across the horizontal axis (x, y) goes to (x, -y)."
assert_close(reflection(0.0), np.diag([1.0, -1.0]), name="reflection(0.0)", hint=level)

# %% Any line nbgrader={"grade_id": "reflection-lines", "grade": true, "points": 1}
# Lines at many angles: what lies on the line stays, what is at right angles to it turns round.
### BEGIN HIDDEN TESTS
for theta in (1e-3, 0.4, np.pi / 3, np.pi / 2, 2.0, -0.7, 5.5, 1):
    name = f"reflection({theta:.4g})"
    on, across = np.array([np.cos(theta), np.sin(theta)]), np.array([-np.sin(theta), np.cos(theta)])
    found = reflection(theta)
    assert_shape(found, (2, 2), name=name)
    assert_dtype(found, np.number, name=name, hint="np.array(...) makes a matrix of a list.")
    stays = "The point (cos theta, sin theta) lies on the line: it should stay where it is."
    assert_close(found @ on, on, name=f"{name} @ (a point on the line)", hint=stays)
    turns = "A vector at right angles to the line should be turned round, to its negative."
    name = f"{name} @ (a vector at right angles to the line)"
    assert_close(found @ across, -across, name=name, hint=turns)
### END HIDDEN TESTS

# %% Plot what your matrices do to a grid tags=["demo"]
ticks = np.linspace(-2, 2, 9)
along = np.linspace(-2, 2, 2)
flag = np.array([[0, 0, 1, 0.7, 1, 0], [0, 1.6, 1.6, 1.25, 0.9, 0.9]])
cases = [
    ("before", np.eye(2)),
    ("rotation(0.5)", rotation(0.5)),
    ("shear(0.6)", shear(0.6)),
    ("reflection(0.3)", reflection(0.3)),
]
figure, axes = plt.subplots(1, 4, figsize=(10.5, 3.3), sharex=True, sharey=True)
for ax, (title, M) in zip(axes, cases, strict=True):
    for t in ticks:
        upright, level = np.vstack([0 * along + t, along]), np.vstack([along, 0 * along + t])
        ax.plot(*(M @ upright), color="#c9d9e6", linewidth=0.9)
        ax.plot(*(M @ level), color="#ecd3d6", linewidth=0.9)
    ax.fill(*(M @ flag), facecolor="#e09f3e", edgecolor="#444444", linewidth=1, zorder=3)
    for column, color in zip(M.T, ("#1b6ca8", "#d1495b"), strict=True):
        way = {"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", column, (0, 0), arrowprops=way)
    ax.set(title=title, aspect="equal", xlim=(-3.3, 3.3), ylim=(-2.9, 2.9))
    ax.set_xlabel("first coordinate")
axes[3].plot(*np.outer([np.cos(0.3), np.sin(0.3)], [-3.2, 3.2]), ":", color="#444444")
axes[0].set_ylabel("second coordinate")
figure.suptitle("Straight lines stay straight, parallel ones stay parallel, the origin stays")
show(
    "A grid with a pennant on a pole, before and after three matrices. The rotation turns grid and "
    "pennant as a whole. The shear slants the upright lines to the right. The reflection turns the "
    "pennant over, so that it flies to the other side of the dotted mirror line."
)

# %% [markdown]
# Whatever the matrix, straight lines stay straight, parallel lines stay parallel, and the origin
# stays where it is. (At worst a line shrinks to a point: section 3 is about such matrices.) The
# rotation and the reflection keep all lengths. To tell them apart, look at the arrows: after a
# rotation you still get from blue to red counter-clockwise, after a reflection you get there
# clockwise (the short way, by a quarter turn).
#
# ## 2.6 · First this, then that
#
# If $A$ acts first and $B$ second, then $x$ becomes $Ax$ and that becomes $B(Ax) = (BA)x$. So the
# matrix of both steps is $BA$. **What happens first stands on the right**, next to the vector that
# it acts on. With the small example: the quarter turn first and the shear second is $SQ$, the
# other way round it is $QS$. (The picture shears by 1.2 and not by 2, to save space.)

# %% Plot the two orders tags=["demo"]
S, Q = np.array([[1.0, 1.2], [0.0, 1.0]]), np.array([[0.0, -1.0], [1.0, 0.0]])
flag = np.array([[0, 0, 1, 0.7, 1, 0], [0, 1.6, 1.6, 1.25, 0.9, 0.9]])
rows = [
    ("first $Q$, then $S$", [("", np.eye(2)), ("$Q$", Q), ("$SQ$", S @ Q)]),
    ("first $S$, then $Q$", [("", np.eye(2)), ("$S$", S), ("$QS$", Q @ S)]),
]
figure, axes = plt.subplots(2, 3, figsize=(8.5, 4.9), sharex=True, sharey=True)
for row, (label, stages) in zip(axes, rows, strict=True):
    for ax, (name, M) in zip(row, stages, strict=True):
        ax.plot(0, 0, "o", color="#888888", markersize=4)
        ax.fill(*(M @ flag), facecolor="#e09f3e", edgecolor="#444444", linewidth=1.5)
        ax.set(title=name or "before", aspect="equal", xlim=(-2.6, 3.2), ylim=(-0.6, 3.1))
    row[0].set_ylabel(f"{label}\nsecond coordinate")
for ax in axes[1]:
    ax.set_xlabel("first coordinate")
figure.suptitle("The same two steps, and the order decides where you end")
show(
    "A pennant in two rows of pictures. Above, it is turned by 90 degrees and then sheared: the "
    "pole lies level and points to the left. Below, it is sheared and then turned: the pole is "
    "slanted and points to the upper left. The results differ."
)

# %% [markdown]
# ### Exercise: `compose`
#
# Chain any number of matrices, written in the order in which they **act**: `compose(A, B, C)` does
# `A` first, then `B`, then `C`. The steps need not be square: an encoder from 5 numbers to 3,
# followed by one from 3 to 2, is a matrix from 5 to 2.
#
# <details><summary>Hint</summary>
#
# Keep the matrix of everything so far. The next step goes to its left.
#
# </details>


# %% nbgrader={"grade_id": "compose", "solution": true}
def compose(*transforms):
    """Matrix that does several transformations, one after the other.

    Parameters
    ----------
    *transforms : one or more arrays, each of shape (p, q)
        In the order in which they act. Each has as many columns as the one before it has rows.
        They are not changed.

    Returns
    -------
    array
        M, such that compose(A, B, C) @ x is C @ (B @ (A @ x)). With one matrix alone, M equals it.
    """
    ### BEGIN SOLUTION
    composed = transforms[0]
    for transform in transforms[1:]:
        composed = transform @ composed
    return composed
    ### END SOLUTION


# %% Both orders nbgrader={"grade_id": "compose-worked", "grade": true, "points": 1}
S, Q = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, -1.0], [1.0, 0.0]])
SQ, QS = np.array([[2.0, -1.0], [1.0, 0.0]]), np.array([[0.0, -1.0], [1.0, 2.0]])
turn_first = "Q acts first, so it stands on the right: the product is S @ Q."
assert_close(compose(Q.copy(), S.copy()), SQ, name="compose(Q, S)", hint=turn_first)
slide_first = "S acts first, so it stands on the right: the product is Q @ S."
assert_close(compose(S.copy(), Q.copy()), QS, name="compose(S, Q)", hint=slide_first)

# %% Long chains nbgrader={"grade_id": "compose-chains", "grade": true, "points": 1}
# Three and more steps, square and not: is the result what you get step by step?
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(206)
for sizes in [(5, 3, 2), (2, 4, 3, 5), (3, 3, 3, 3, 3), (1, 4, 1, 6), (4, 4, 2)]:
    steps = [rng.standard_normal((sizes[i + 1], sizes[i])) for i in range(len(sizes) - 1)]
    reached = np.eye(sizes[0])
    for step in steps:
        reached = step @ reached
    name = f"compose of {len(steps)} matrices that take {' to '.join(map(str, sizes))} numbers"
    each = "Go through the steps one by one. Each new one goes to the left of all before it."
    assert_close(compose(*(step.copy() for step in steps)), reached, name=name, hint=each)
### END HIDDEN TESTS

# %% One step, and untouched nbgrader={"grade_id": "compose-edges", "grade": true, "points": 1}
# A single matrix, matrices of integers, and whether the steps are left as they were.
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(207)
alone = rng.standard_normal((3, 3))
one = "One step is a chain, too: the result equals that matrix."
assert_close(compose(alone.copy()), alone, name="compose(A)", hint=one)
A, B = rng.integers(-3, 4, (3, 3)), rng.integers(-3, 4, (3, 3))
expected, before = B @ A, (A.copy(), B.copy())
found = compose(A, B)
for letter, step, old in zip("AB", (A, B), before, strict=True):
    copy = "Make a new matrix in each step; do not write into one of those that you are given."
    assert_unchanged(step, old, name=f"{letter} after compose(A, B)", hint=copy)
assert_close(found, expected, name="compose(A, B) with integers", hint="B @ A.")
### END HIDDEN TESTS

# %% [markdown]
# ## 2.7 · Six kinds of matrices
#
# Some matrices have a pattern that saves work or promises something. These six you will meet all
# the time:
#
# | kind | pattern | what it promises |
# |---|---|---|
# | identity | $1$ on the diagonal, $0$ elsewhere | $Ix = x$: the machine that does nothing |
# | diagonal | $a_{ij} = 0$ for $i \neq j$ | every coordinate is stretched by itself |
# | symmetric | $A = A^\top$ | real eigenvalues, axes at right angles (section 4) |
# | orthogonal | $A^\top A = I$, square | lengths and angles stay; $A^\top$ undoes it |
# | upper triangular | $a_{ij} = 0$ for $i > j$: zero below the diagonal | solved from the bottom up |
# | lower triangular | $a_{ij} = 0$ for $i < j$: zero above the diagonal | solved from the top down |
#
# They overlap. A diagonal matrix is triangular both ways, and the identity is all six.

# %% Plot the six kinds tags=["demo"]
rng = np.random.default_rng(2)
full = rng.uniform(-1, 1, (8, 8))
gallery = [
    ("identity", np.eye(8)),
    ("diagonal", np.diag(np.diag(full))),
    ("symmetric", (full + full.T) / 2),
    ("orthogonal", matrices.random_orthogonal(8, seed=3)),
    ("upper triangular", np.triu(full)),
    ("lower triangular", np.tril(full)),
]
figure, axes = plt.subplots(2, 3, figsize=(7.6, 5.2))
for ax, (name, M) in zip(axes.flat, gallery, strict=True):
    shown = ax.imshow(M, cmap="RdBu", vmin=-1, vmax=1)
    ax.plot([-0.5, 7.5], [-0.5, 7.5], color="#888888", linewidth=0.8, linestyle=":")
    ax.set(title=name, xticks=[], yticks=[])
figure.supxlabel("column", fontsize=10)
figure.supylabel("row", fontsize=10)
figure.colorbar(shown, ax=axes, label="entry", shrink=0.7)
figure.suptitle("Five of the six can be seen; the orthogonal one has to be computed")
show(
    "Six coloured squares of 8 by 8 entries. The identity has equal dark cells on the diagonal and "
    "white elsewhere, the diagonal matrix has various colours on the diagonal. The symmetric one is "
    "its own mirror image across the diagonal. The triangular ones are white on one side of it. The "
    "orthogonal one shows no pattern."
)

# %% [markdown]
# White is zero, blue is positive, red is negative. The eye finds five of the patterns. An
# orthogonal matrix looks like any other; you have to multiply $A^\top A$ to know.
#
# **Zero, up to rounding.** `rotation(np.pi)` ought to be diagonal, but $\sin\pi$ comes out as
# $1.2 \cdot 10^{-16}$. So exact comparisons are useless, and "small" needs something to be compared
# with. For an entry that ought to be zero, that is the **largest entry of the matrix**: $10^{-16}$
# is nothing next to 1, but in a matrix of entries near $10^{-16}$ it is as good as any other entry.
# The identity and $A^\top A = I$ bring a scale of their own, the 1 that stands on the diagonal.
# With the limit $10^{-12}$ the rules are:
#
# - diagonal and triangular: where the pattern has a zero, $|a_{ij}| \le 10^{-12} \max |a|$;
# - symmetric: $|a_{ij} - a_{ji}| \le 10^{-12} \max |a|$;
# - identity: no entry of $A - I$ is larger than $10^{-12}$ in absolute value;
# - orthogonal: no entry of $A^\top A - I$ is larger than $10^{-12}$ in absolute value.
#
# ### Exercise: `classify`
#
# Return the set of all kinds that hold. A matrix that is not square can be diagonal or triangular,
# as the table says, but it is never symmetric, orthogonal or the identity: not even if its
# columns are orthonormal. If no kind holds, the result is the empty set. (`{}` is an empty *dict*
# in Python; the empty set is `set()`.)
#
# <details><summary>Hint 1</summary>
#
# `np.tril(A, -1)` keeps what is below the diagonal, `np.triu(A, 1)` what is above it. Both work
# for matrices of any shape.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.all(np.abs(entries) <= limit)` is the question that you ask again and again. Write a small
# function for it, inside of yours. If you prefer `np.allclose`, set both of its tolerances.
#
# </details>


# %% nbgrader={"grade_id": "classify", "solution": true}
def classify(A):
    """Which of six kinds of matrices this one belongs to, up to rounding.

    Parameters
    ----------
    A : array, shape (m, n), with m, n >= 1
        A real matrix of floats or integers, with entries of any size, all of them finite. It is
        not changed.

    Returns
    -------
    set of str
        All that hold of

        - "diagonal": entries off the diagonal are zero,
        - "upper triangular": entries below the diagonal are zero,
        - "lower triangular": entries above the diagonal are zero,
        - "symmetric": A is square and equals its transpose,
        - "orthogonal": A is square and A.T @ A is the identity,
        - "identity": A is square and is the identity.

        For the first four, numbers count as equal (or zero) if they differ by at most 1e-12 times
        the largest absolute value of an entry of A. For the last two they do if they differ by at
        most 1e-12.
    """

    ### BEGIN SOLUTION
    def vanish(entries, scale):
        return np.all(np.abs(entries) <= 1e-12 * scale)

    m, n = A.shape
    largest = np.max(np.abs(A))
    kinds = set()
    if vanish(np.tril(A, -1), largest):
        kinds.add("upper triangular")
    if vanish(np.triu(A, 1), largest):
        kinds.add("lower triangular")
    if len(kinds) == 2:
        kinds.add("diagonal")
    if m == n:
        if vanish(A - A.T, largest):
            kinds.add("symmetric")
        if vanish(A.T @ A - np.eye(n), 1):
            kinds.add("orthogonal")
        if vanish(A - np.eye(n), 1):
            kinds.add("identity")
    return kinds
    ### END SOLUTION


# %% Small matrices nbgrader={"grade_id": "classify-worked", "grade": true, "points": 1}
both = {"upper triangular", "lower triangular"}
for A, expected in [
    ([[1, 0], [0, 1]], {"identity", "diagonal", "symmetric", "orthogonal"} | both),
    ([[2, 0], [0, 3]], {"diagonal", "symmetric"} | both),
    ([[0, 1], [1, 0]], {"symmetric", "orthogonal"}),
    ([[1, 2], [0, 1]], {"upper triangular"}),
    ([[1, 2], [3, 4]], set()),
]:
    found = classify(np.array(A, dtype=float))
    assert isinstance(found, (set, frozenset)), (
        f"classify({A}) should return a set, but gave {type(found).__name__}. "
        "The empty set is written set()."
    )
    extra, missing = sorted(found - expected), sorted(expected - found)
    assert found == expected, (
        f"classify({A}) should be {sorted(expected) or 'the empty set'}. "
        f"Missing are {missing or 'none'}, wrong are {extra or 'none'}. "
        "List every kind that holds, not just the most special one."
    )

# %% The six kinds nbgrader={"grade_id": "classify-kinds", "grade": true, "points": 2}
# Matrices of each kind, larger ones and some that come close, of floats and integers.
### BEGIN HIDDEN TESTS
both = {"upper triangular", "lower triangular"}
square = {"diagonal", "symmetric"} | both
every = {"identity", "orthogonal"} | square
full = np.random.default_rng(208).uniform(1, 2, (5, 5))
orthogonal = matrices.random_orthogonal(5, seed=209)
turn = np.array([[0.6, -0.8], [0.8, 0.6]])
cases = [
    ("a full matrix", full, set()),
    ("a full matrix plus its transpose", full + full.T, {"symmetric"}),
    ("a matrix minus its transpose", full - full.T, set()),
    ("a matrix with zeros below the diagonal", np.triu(full), {"upper triangular"}),
    ("a matrix with zeros above the diagonal", np.tril(full), {"lower triangular"}),
    ("zeros below and on the diagonal", np.triu(full, 1), {"upper triangular"}),
    ("a matrix with zeros further below the diagonal only", np.triu(full, -1), set()),
    ("a matrix with zeros further above the diagonal only", np.tril(full, 1), set()),
    ("a diagonal matrix", np.diag([3.0, -1.0, 0.0, 2.0]), square),
    ("a matrix of integers, diagonal", np.diag([3, 1, 2]), square),
    ("twice the identity", 2 * np.eye(4), square),
    ("the identity of integers", np.eye(3, dtype=int), every),
    ("the matrix [[1]]", np.ones((1, 1)), every),
    ("the matrix [[-1]]", -np.ones((1, 1)), {"orthogonal"} | square),
    ("signs on the diagonal", np.diag([1.0, -1.0, 1.0]), {"orthogonal"} | square),
    ("zeros", np.zeros((3, 3)), square),
    ("ones", np.ones((3, 3)), {"symmetric"}),
    ("an orthogonal matrix", orthogonal, {"orthogonal"}),
    ("three times an orthogonal matrix", 3 * orthogonal, set()),
    ("an orthogonal matrix with columns of other lengths", orthogonal * [2, 1, 1, 1, 0.5], set()),
    ("a shear, whose determinant is 1", np.array([[1.0, 0.0], [0.5, 1.0]]), {"lower triangular"}),
    ("ones on the diagonal, and more", full - np.diag(np.diag(full)) + np.eye(5), set()),
    ("a rotation", turn, {"orthogonal"}),
]
for what, A, expected in cases:
    before = A.copy()
    found = classify(A)
    assert_unchanged(A, before, name="A after classify(A)")
    assert isinstance(found, (set, frozenset)), f"classify of {what} should be a set of names."
    extra, missing = ", ".join(sorted(found - expected)), ", ".join(sorted(expected - found))
    names = f"Missing: {missing or 'none'}. Wrong: {extra or 'none'}."
    assert_in(found, [expected], name=f"classify of {what}", hint=names)
### END HIDDEN TESTS

# %% Not square nbgrader={"grade_id": "classify-shapes", "grade": true, "points": 1}
# Tall and wide matrices, one with orthonormal columns among them.
### BEGIN HIDDEN TESTS
both = {"upper triangular", "lower triangular"}
full = np.random.default_rng(210).uniform(1, 2, (3, 5))
cases = [
    ("a wide matrix", full, set()),
    ("a tall matrix", full.T, set()),
    ("a wide matrix with zeros below the diagonal", np.triu(full), {"upper triangular"}),
    ("a tall matrix with zeros below the diagonal", np.triu(full.T), {"upper triangular"}),
    ("a wide matrix with zeros above the diagonal", np.tril(full), {"lower triangular"}),
    ("a wide matrix, diagonal", np.eye(2, 4), {"diagonal"} | both),
    ("a tall matrix, diagonal", 3 * np.eye(5, 2), {"diagonal"} | both),
    ("a tall matrix with orthonormal columns", matrices.random_orthogonal(6, 3, seed=211), set()),
    ("a single row", np.ones((1, 3)), {"upper triangular"}),
    ("a single column", np.ones((3, 1)), {"lower triangular"}),
]
for what, A, expected in cases:
    found = classify(A.copy())
    assert isinstance(found, (set, frozenset)), f"classify of {what} should be a set of names."
    extra, missing = ", ".join(sorted(found - expected)), ", ".join(sorted(expected - found))
    names = f"Missing: {missing or 'none'}. Wrong: {extra or 'none'}."
    hint = f"{names} Symmetric, orthogonal and identity are for square matrices only."
    assert_in(found, [expected], name=f"classify of {what}", hint=hint)
### END HIDDEN TESTS

# %% Small, and small beside what nbgrader={"grade_id": "classify-scale", "grade": true, "points": 1}
# Rounding errors that must be forgiven and others that must not, at every scale of A.
### BEGIN HIDDEN TESTS
both = {"upper triangular", "lower triangular"}
square = {"diagonal", "symmetric"} | both
every = {"identity", "orthogonal"} | square
speck = np.zeros((3, 3))
speck[0, 2] = 1e-12
half_turn = np.array([[np.cos(np.pi), -np.sin(np.pi)], [np.sin(np.pi), np.cos(np.pi)]])
product = matrices.random_orthogonal(6, seed=212) @ matrices.random_orthogonal(6, seed=213)
block = np.array([[0.0, 0.3, 1.0], [0.3 + 1e-15, 0.0, 1e-17], [1.0, 0.0, 0.0]])
cases = [
    ("the identity with a speck below the limit", np.eye(3) + 0.7 * speck, every),
    ("the identity with a speck above it", np.eye(3) + 1.4 * speck, {"upper triangular"}),
    ("the same, transposed", np.eye(3) + 1.4 * speck.T, {"lower triangular"}),
    ("the identity with a diagonal slightly off", np.diag([1.0, 1 + 1e-9]), square),
    ("half a turn, computed", half_turn, {"orthogonal"} | square),
    ("the product of two orthogonal matrices", product, {"orthogonal"}),
    ("a matrix that is symmetric but for rounding", block, {"symmetric"}),
]
for scale in (1e-20, 1e-9, 1e6, 1e30):
    corner = scale * (np.eye(3) + 0.7 * speck)
    cases += [
        (
            f"a shear times {scale:g}",
            scale * np.array([[1.0, 2.0], [0.0, 1.0]]),
            {"upper triangular"},
        ),
        (f"the identity times {scale:g}", scale * np.eye(3), square),
        (f"ones times {scale:g}", scale * np.ones((2, 2)), {"symmetric"}),
        (f"a full matrix times {scale:g}", scale * np.array([[1.0, 2.0], [3.0, 4.0]]), set()),
        (f"the identity with a speck below the limit, times {scale:g}", corner, square),
    ]
for what, A, expected in cases:
    found = classify(A.copy())
    assert isinstance(found, (set, frozenset)), f"classify of {what} should be a set of names."
    extra, missing = ", ".join(sorted(found - expected)), ", ".join(sorted(expected - found))
    names = f"Missing: {missing or 'none'}. Wrong: {extra or 'none'}."
    limit = (
        "Zero is what is small beside the largest entry; identity and orthogonal compare with 1."
    )
    assert_in(found, [expected], name=f"classify of {what}", hint=f"{names} {limit}")
### END HIDDEN TESTS

# %% [markdown]
# ## 2.8 · Application: a letter and an island
#
# ### The letter
#
# A letter on your screen is not a picture. It is a list of points, the corners and control points
# of its outline, and the list is a matrix of shape $(n, 2)$, one point in each row. To slant,
# turn or mirror the letter, your computer multiplies this matrix by a $2 \times 2$ matrix and adds
# a shift. You know that operation: it is `linear_layer`, with $d = k = 2$. The points are the
# batch, the transformation is $W$, and the shift is $b$.
#
# The letter below is the R of DejaVu Serif Bold, a free font that comes with Matplotlib. Its
# outline has 45 points.


# %% The outline of a letter tags=["demo"]
def letter(text="R"):
    """The outline of a letter, with the middle of its box at the origin."""
    font = FontProperties(family="DejaVu Serif", weight="bold")
    outline = TextPath((0, 0), text, size=1, prop=font)
    box = outline.get_extents()
    return Path(outline.vertices - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2], outline.codes)


def draw(ax, outline, M, b=(0.0, 0.0), **style):
    """Send the points of an outline through a linear layer, and fill what is inside."""
    points = linear_layer(outline.vertices, M, np.array(b))
    ax.add_patch(PathPatch(Path(points, outline.codes), **({"linewidth": 0} | style)))


# %% Plot one letter in six ways tags=["demo"]
R = letter()
lean, turn = shear(0.35), rotation(np.pi / 5)
ways = [
    ("the outline and its points", np.eye(2)),
    ("shear(0.35): italics", lean),
    (r"rotation($\pi/5$)", turn),
    (r"reflection($\pi/2$): mirror writing", reflection(np.pi / 2)),
    ("compose(lean, turn)", compose(lean, turn)),
    ("compose(turn, lean)", compose(turn, lean)),
]
figure, axes = plt.subplots(2, 3, figsize=(9, 6.2), sharex=True, sharey=True)
for ax, (title, M) in zip(axes.flat, ways, strict=True):
    draw(ax, R, np.eye(2), facecolor="#e9e9e9")
    draw(ax, R, M, facecolor="#1b6ca8", alpha=0.85)
    ax.set(title=title, aspect="equal", xlim=(-0.62, 0.62), ylim=(-0.6, 0.6))
drawn = R.vertices[R.codes != Path.CLOSEPOLY]
axes[0, 0].plot(*drawn.T, ".", color="#d1495b", markersize=6)
for ax in axes[1]:
    ax.set_xlabel("first coordinate")
for ax in axes[:, 0]:
    ax.set_ylabel("second coordinate")
figure.suptitle("One letter, five matrices: the last two differ in their order only")
show(
    "The letter R six times. First upright, with the points of its outline marked, then slanted "
    "like italics, turned to the left by 36 degrees, and in mirror writing. The last two are both "
    "slanted and turned, in different order, and they differ: the one that is turned first comes "
    "out wider and lower."
)

# %% [markdown]
# The grey letter behind is where it came from. Slanting is all that a word processor does when a
# font has no italics of its own. The last two pictures use the same two matrices. In one the
# letter leans and is then turned; in the other it is turned and then slides sideways by its height
# in the new position. Note what you did *not* need: between its points the outline is curved, and
# matrices move the points only. The curves follow, because they are combinations of the points.

# %% Plot a rosette tags=["demo"]
R = letter()
up = np.array([0.0, 1.85])
figure, ax = plt.subplots(figsize=(5.6, 5.6))
for j in range(6):
    turned = rotation(j * np.pi / 3 - np.pi / 12)
    mirrored = compose(turned, reflection(np.pi / 2))
    draw(ax, R, turned, matvec_by_columns(turned, up), facecolor="#1b6ca8")
    draw(ax, R, mirrored, matvec_by_columns(mirrored, up), facecolor="#d1495b")
ax.set(xlim=(-2.4, 2.4), ylim=(-2.4, 2.4), aspect="equal")
ax.set(xlabel="first coordinate", ylabel="second coordinate")
ax.set_title("Six rotations (blue) and their mirror images (red)")
show(
    "Twelve copies of the letter R stand in a ring, their feet towards the centre. Six blue ones "
    "are turned by 60 degrees from one to the next. Between them stand six red ones, in mirror "
    "writing."
)

# %% [markdown]
# The red letters are the blue ones after one `reflection`. All twelve come from a single R by
# turning through sixths of a circle and by mirroring, again and again. What do you get if you
# compose two reflections? And six sixths of a turn? Ask `classify`.

# %% Ask what kinds they are tags=["demo"]
sixth = rotation(np.pi / 3)
for name, M in [
    ("rotation(0.5)", rotation(0.5)),
    ("shear(0.35)", shear(0.35)),
    ("reflection(0.5)", reflection(0.5)),
    ("compose of two different reflections", compose(reflection(0.2), reflection(0.9))),
    ("compose of one reflection with itself", compose(reflection(0.2), reflection(0.2))),
    ("compose of six sixths of a turn", compose(*[sixth] * 6)),
]:
    print(f"{name:38} {', '.join(sorted(classify(M)))}")

# %% [markdown]
# Reflections are symmetric, rotations in general are not. Two different reflections make a
# **rotation**, by twice the angle between the lines (here by 1.4): orthogonal, but as a rule no
# longer symmetric. The same reflection twice, or six sixths of a turn, are the identity up to
# rounding: all six names at once.
#
# ### The island
#
# Here is the coast of Iceland in nineteen points, in degrees of longitude and latitude (from
# Natural Earth, 1:110 million, public domain). If you draw these numbers as they are, the island is
# far too wide. A degree of latitude is about 111.2 km everywhere, but the meridians run together
# towards the pole: at 65° north, a degree of longitude is only $111.2 \cos 65° = 47.0$ km.
#
# Both coordinates have to be stretched, each by itself. That is a diagonal matrix:
#
# $$
# D = \begin{pmatrix} 111.2 \cos 65° & 0 \\ 0 & 111.2 \end{pmatrix}.
# $$
#
# And the origin should be in the middle of the island, at $c = (-19, 65)$. A point $x$ goes to
# $D(x - c) = Dx - Dc$. This is a linear layer again, with the bias $b = -Dc$.

# %% The coast of Iceland tags=["demo"]
# Longitude (negative: west) and latitude in degrees. Natural Earth, public domain.
coast = """
    -14.51 66.46   -14.74 65.81   -13.61 65.13   -14.91 64.36   -17.79 63.68
    -18.66 63.50   -19.97 63.64   -22.76 63.96   -21.78 64.40   -23.96 64.89
    -22.18 65.08   -22.23 65.38   -24.33 65.61   -23.65 66.26   -22.13 66.41
    -20.58 65.73   -19.06 66.28   -17.80 65.99   -16.17 66.53
"""
coast = np.array(coast.split(), dtype=float).reshape(19, 2)
towns = {"Reykjavík": [-21.94, 64.15], "Akureyri": [-18.09, 65.68]}
D = np.diag([111.2 * np.cos(np.deg2rad(65)), 111.2])
b = -matvec_by_columns(D, np.array([-19.0, 65.0]))

# %% Plot the island in degrees and in kilometres tags=["demo"]
places = np.array(list(towns.values()))
figure, axes = plt.subplots(1, 2, figsize=(10, 3.9), width_ratios=[1.55, 1])
maps = [(coast, places), (linear_layer(coast, D, b), linear_layer(places, D, b))]
for ax, (shore, dots) in zip(axes, maps, strict=True):
    ax.fill(*shore.T, facecolor="#dcebdf", edgecolor="#2e8b57", linewidth=1.5)
    ax.plot(*dots.T, "--o", color="#d1495b", linewidth=1)
    for name, dot in zip(towns, dots, strict=True):
        ax.annotate(name, dot, xytext=(7, -9), textcoords="offset points")
    ax.set_aspect("equal")
axes[0].set(xlabel="longitude in degrees", ylabel="latitude in degrees")
axes[0].set_title("The numbers as they are: too wide")
axes[1].set(xlabel="to the east in km", ylabel="to the north in km")
axes[1].set_title("After the layer $Dx + b$: the true shape")
show(
    "The outline of Iceland twice. Drawn by longitude and latitude it is more than three times as "
    "wide as it is high. In kilometres, after the diagonal matrix, it is about one and a half times "
    "as wide as it is high, as on a map. Reykjavík in the southwest and Akureyri in the north are "
    "joined by a dashed line."
)

# %% Measure a distance tags=["demo"]
east, north = linear_layer(places, D, b)[1] - linear_layer(places, D, b)[0]
print(f"Akureyri is {east:.0f} km to the east and {north:.0f} km to the north of Reykjavík,")
print(f"which makes {np.hypot(east, north):.0f} km as the crow flies.")
naive = 111.2 * np.linalg.norm(places[1] - places[0])
print(f"With every degree taken for 111.2 km it would be {naive:.0f} km.")

# %% [markdown]
# Now you can measure. The flight from Reykjavík to Akureyri is about 250 km; without the matrix
# you would have put it at 460. One matrix is right for one latitude only: for a map of all of
# Europe no matrix will do, because a matrix does the same thing everywhere. Maps of the world are
# not linear.
#
# You will meet this diagonal matrix again whenever features come in different units. Dividing
# each column of a data table by its own scale is exactly this.

# %% [markdown]
# ## 2.9 · In your own words
#
# A colleague trains a model. The three true values are in `y`, the predictions are computed from
# the data, and the mean of the squared errors is to be minimized. The predictions happen to be
# perfect:
#
# ```python
# y = np.array([[1.0], [2.0], [3.0]])  # read from a file with one column
# y_hat = X @ w                        # array([1., 2., 3.])
# loss = np.mean((y - y_hat) ** 2)     # 1.3333333333333333
# ```
#
# **The loss ought to be 0, and it is 4/3. Why?** Explain it in five to ten lines. Give the shapes
# of `y`, `y_hat` and `y - y_hat`, say which numbers are being averaged and why Python does not
# complain, and why such a mistake may go unnoticed for a long time. Then give two ways to protect
# yourself: one that mends these three lines, and one that would have caught the mistake.

# %% [markdown] nbgrader={"grade_id": "fits-by-accident", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# One point each; the words may differ.
#
# 1. **The shapes.** `y` is `(3, 1)`, a matrix with one column. `y_hat` is `(3,)`, a 1-D array.
#    NumPy treats it as a row, `(1, 3)`, and stretches both to `(3, 3)`. This is broadcasting, a
#    feature and no error, so nothing is reported.
# 2. **The numbers.** The mean is taken over all nine differences $y_i - \hat y_j$, each true value
#    against each prediction, instead of over the three with $i = j$. These are 0 three times,
#    $\pm 1$ four times, $\pm 2$ twice: $(4 \cdot 1 + 2 \cdot 4) / 9 = 4/3$. It goes unnoticed
#    because the result is a plausible number, because it even falls while the model learns
#    something (the best it can do is to predict the mean for every example), and because with one
#    example it is right.
# 3. **Protection.** Mending it: `y = y.ravel()`, `y[:, 0]` or `y.reshape(-1)` where it is read; or
#    both as columns. Catching it: compare the shapes before subtracting
#    (`assert y.shape == y_hat.shape`), or test the loss on a case whose answer is known, such as
#    perfect predictions.
#
# Wrong, and common: "`y` has to be transposed" (`(1, 3)` minus `(3,)` has the shape `(1, 3)` and
# happens to give 0, but it hides the mistake instead of mending it: accept it only with that
# remark); "rounding errors".
# ### END MARK SCHEME

# %% [markdown]
# ## What you have built
#
# You have a checker that knows the shape of a product before there is one, the product itself in
# two readings, a layer that refuses to fit by accident, three machines that move the plane and a
# way to chain them, and a function that recognizes the six kinds. With these you have set a letter
# in italics and drawn a map to scale.
#
# Where it leads:
#
# - **Section 3** asks when a machine can be run backwards, and by how much it changes areas.
# - **Section 4** looks for the directions that a matrix only stretches.
# - **Section 5** takes every matrix apart into rotate, stretch, rotate.
# - **Section 10** goes beyond two axes, and makes broadcasting a tool instead of a trap.
# - **Section 20** turns `linear_layer` round and finds the gradients that train it.
#
# In the libraries: `A @ B` for every product, `X @ W.T + b` is `torch.nn.Linear`, and when you are
# not sure, `print(A.shape)` is the best debugger there is.
