"""Right answers by other methods, and wrong ones that students give, for 02_matrices_and_shapes."""

import functools
import math

import numpy as np

from autograder.answers import right, wrong

# ---------------------------------------------------------- result_shape


@right("result_shape", "case by case, a number of axes at a time")
def result_shape(*shapes):
    left = tuple(shapes[0])
    for right_shape in shapes[1:]:
        fits = len(left) > 0 and left[-1] == right_shape[0]
        if not fits:
            raise ValueError(f"cannot multiply {left} by {right_shape}")
        if len(left) == 2 and len(right_shape) == 2:
            left = (left[0], right_shape[1])
        elif len(left) == 2:
            left = (left[0],)
        elif len(right_shape) == 2:
            left = (right_shape[1],)
        else:
            left = ()
    return left


@right("result_shape", "recursion over everything but the last")
def result_shape(*shapes):
    *before, last = shapes
    if not before:
        return last
    so_far = result_shape(*before)
    if so_far[-1:] != last[:1]:
        raise ValueError(f"shapes {so_far} and {last} are not aligned")
    return (*so_far[:-1], *last[1:])


@right("result_shape", "reduce")
def result_shape(*shapes):
    return functools.reduce(_pair, shapes)


def _pair(a, b):
    try:
        *outer, inner = a
    except ValueError:
        raise ValueError(f"{a} times {b}: a number has no axes") from None
    if inner != b[0]:
        raise ValueError(f"{a} times {b}: {inner} is not {b[0]}")
    return tuple(outer) + b[1:]


@right("result_shape", "shapes as lists, a tuple at the end")
def result_shape(*shapes):
    axes = list(shapes[0])
    for shape in shapes[1:]:
        if not axes or axes[-1] != shape[0]:
            raise ValueError("shapes " + str(tuple(axes)) + " and " + str(shape) + " do not match")
        axes.pop()
        axes.extend(shape[1:])
    return tuple(axes)


@wrong(
    "result_shape",
    "never checks",
    hint="(32, 784) times (32, 128) does not exist: 784 and 32 are not equal. Compare the inner "
    "sizes and raise ValueError.",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        result = result[:-1] + shape[1:]
    return result


@wrong(
    "result_shape",
    "a vector is a column",
    hint="A 1-D array has one axis. (2, 3) times (3,) has the shape (2,), and not (2, 1).",
)
def result_shape(*shapes):
    result = shapes[0] if len(shapes[0]) == 2 else (shapes[0][0], 1)
    for shape in shapes[1:]:
        full = shape if len(shape) == 2 else (shape[0], 1)
        if result[1] != full[0]:
            raise ValueError(f"{result} @ {full}")
        result = (result[0], full[1])
    return result


@wrong(
    "result_shape",
    "a dot product has shape (1,)",
    hint="Both axes of (3,) times (3,) vanish. What is left is a number, and its shape is the "
    "empty tuple (), not (1,).",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        if result[-1] != shape[0]:
            raise ValueError(f"{result} @ {shape}")
        result = result[:-1] + shape[1:] or (1,)
    return result


@wrong(
    "result_shape",
    "goes on with a number",
    hint="(3,) times (3,) is a number. @ refuses to multiply a number, so (3,), (3,), (3,) is an "
    "error, while your function raises none or another one.",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        if result and result[-1] != shape[0]:
            raise ValueError(f"{result} @ {shape}")
        result = result[:-1] + shape[1:] if result else shape
    return result


@wrong(
    "result_shape",
    "IndexError for a number",
    hint="A number has the shape (), and ()[-1] raises IndexError. Look for () first and raise "
    "ValueError.",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        if result[-1] != shape[0]:
            raise ValueError(f"{result} @ {shape}")
        result = result[:-1] + shape[1:]
    return result


@wrong(
    "result_shape",
    "stretches sizes of 1",
    hint="@ does not broadcast its inner sizes: (3, 1) times (4, 5) is an error although 1 could "
    "be stretched to 4.",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        if result == () or (result[-1] != shape[0] and 1 not in (result[-1], shape[0])):
            raise ValueError(f"{result} @ {shape}")
        result = result[:-1] + shape[1:]
    return result


@wrong(
    "result_shape",
    "compares neighbours instead of the product so far",
    hint="(2, 3), (3,), (2,): the first two make a vector of shape (2,), and that fits to (2,). "
    "Compare with the product so far, not with the shape in front.",
)
def result_shape(*shapes):
    for a, b in zip(shapes[:-1], shapes[1:], strict=True):
        if a[-1] != b[0]:
            raise ValueError(f"{a} @ {b}")
    result = shapes[0]
    for shape in shapes[1:]:
        result = result[:-1] + shape[1:]
    return result


@wrong(
    "result_shape",
    "multiplies from right to left",
    hint="Python works from left to right. For (2, 3), (3,), (2,) the product A @ x is a vector "
    "with 2 entries, which fits to the next one; x @ y would not exist.",
)
def result_shape(*shapes):
    result = shapes[-1]
    for shape in shapes[-2::-1]:
        if result == () or shape[-1] != result[0]:
            raise ValueError(f"{shape} @ {result}")
        result = shape[:-1] + result[1:]
    return result


@wrong(
    "result_shape",
    "does not name the shapes",
    hint="An error message should say which shapes do not fit. Put both of them into its text.",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        if result == () or result[-1] != shape[0]:
            raise ValueError("the shapes do not fit")
        result = result[:-1] + shape[1:]
    return result


@wrong(
    "result_shape",
    "names the factor instead of the product so far",
    hint="For (2, 3), (3, 4), (5, 6) what fails is (2, 4) times (5, 6): the product so far has "
    "the shape (2, 4). Your message says (3, 4).",
)
def result_shape(*shapes):
    result = shapes[0]
    for i in range(1, len(shapes)):
        if result == () or result[-1] != shapes[i][0]:
            raise ValueError(f"factor {i} does not fit: {shapes[i - 1]} @ {shapes[i]}")
        result = result[:-1] + shapes[i][1:]
    return result


@wrong(
    "result_shape",
    "returns None where it should raise",
    hint="Returning None passes the mistake on to somebody else. raise ValueError(...) stops it "
    "where it happens.",
)
def result_shape(*shapes):
    result = shapes[0]
    for shape in shapes[1:]:
        if result == () or result[-1] != shape[0]:
            return None
        result = result[:-1] + shape[1:]
    return result


@wrong(
    "result_shape",
    "multiplies arrays of zeros",
    hint="Two arrays of shapes (10**7, 10**6) and (10**6, 10**8) fit into no memory. Work with the "
    "tuples alone.",
)
def result_shape(*shapes):
    result = np.zeros(shapes[0])
    for shape in shapes[1:]:
        try:
            result = result @ np.zeros(shape)
        except ValueError:
            raise ValueError(f"{result.shape} @ {shape}") from None
    return result.shape


@wrong(
    "result_shape",
    "broadcasts, as for *",
    hint="That is the rule for A * B, entry by entry. For A @ B the inner sizes vanish.",
)
def result_shape(*shapes):
    return np.broadcast_shapes(*shapes)


@wrong(
    "result_shape",
    "outermost sizes only",
    hint="The sizes in between have to fit as well. (2, 3), (4, 5), (5, 6) has outer sizes 2 and 6, "
    "but 3 and 4 do not agree.",
)
def result_shape(*shapes):
    if len(shapes) == 2 and shapes[0][-1] != shapes[1][0]:
        raise ValueError(f"{shapes[0]} @ {shapes[1]}")
    return shapes[0] if len(shapes) == 1 else shapes[0][:-1] + shapes[-1][1:]


@wrong(
    "result_shape",
    "two shapes only",
    hint="Your function looks at the first two shapes and forgets the others. Take them in one by "
    "one.",
)
def result_shape(*shapes):
    if len(shapes) == 1:
        return shapes[0]
    a, b = shapes[:2]
    if a[-1] != b[0]:
        raise ValueError(f"{a} @ {b}")
    return a[:-1] + b[1:]


@wrong(
    "result_shape",
    "a list instead of a tuple",
    hint="A shape is a tuple: (2, 3) and not [2, 3]. Return tuple(...).",
)
def result_shape(*shapes):
    result = list(shapes[0])
    for shape in shapes[1:]:
        if not result or result[-1] != shape[0]:
            raise ValueError(f"{tuple(result)} @ {shape}")
        result = result[:-1] + list(shape[1:])
    return result


# ---------------------------------------------------------------- matmul


@right("matmul", "three loops")
def matmul(A, B):
    m, k = A.shape
    rows, n = B.shape
    if k != rows:
        raise ValueError("inner sizes differ")
    C = np.zeros((m, n))
    for i in range(m):
        for j in range(n):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C


@right("matmul", "one array of all the products, summed over the middle axis")
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"{A.shape} and {B.shape}")
    return (A[:, :, None] * B[None, :, :]).sum(axis=1)


@right("matmul", "sum of columns times rows")
def matmul(A, B):
    if len(A.T) != len(B):
        raise ValueError("A needs as many columns as B has rows")
    return sum(
        (np.outer(a, b) for a, b in zip(A.T, B, strict=True)), np.zeros((len(A), B.shape[1]))
    )


@right("matmul", "plain Python with lists, the shape put right at the end")
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    columns = [B[:, j].tolist() for j in range(B.shape[1])]
    rows = [
        [math.fsum(a * b for a, b in zip(row, column, strict=True)) for column in columns]
        for row in A.tolist()
    ]
    return np.array(rows, dtype=float).reshape(A.shape[0], B.shape[1])


@right("matmul", "row by row: a combination of the rows of B")
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    C = np.empty((A.shape[0], B.shape[1]), dtype=np.result_type(A, B))
    for i, weights in enumerate(A):
        C[i] = (weights[:, np.newaxis] * B).sum(axis=0)
    return C


@wrong(
    "matmul",
    "entry times entry",
    hint="A * B multiplies entries in the same place. An entry of the product is a whole row times "
    "a whole column, summed up.",
)
def matmul(A, B):
    return A * B


@wrong(
    "matmul",
    "uses the operator",
    hint="The product is right, but @ has done the work. Build it from * and sums.",
)
def matmul(A, B):
    return A @ B


@wrong(
    "matmul",
    "lets dot do the entries",
    hint="np.dot does what you are asked to write. Use A[i] * B[:, j] and sum it up.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    return np.array([[np.dot(A[i], B[:, j]) for j in range(B.shape[1])] for i in range(len(A))])


@wrong(
    "matmul",
    "einsum in a helper function",
    hint="np.einsum does what you are asked to write. Use * and sums.",
)
def matmul(A, B):
    return _contract(A, B)


def _contract(A, B):
    return np.einsum("ik,kj->ij", A, B)


@wrong(
    "matmul",
    "the other order",
    hint="You have computed BA. The rows come from the left matrix A, the columns from the right "
    "matrix B.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    return (B[:, :, None] * A[None, :, :]).sum(axis=1)


@wrong(
    "matmul",
    "rows times rows",
    hint="B[j] is row j of B. Its column j is B[:, j].",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = np.sum(A[i] * B[j])
    return C


@wrong(
    "matmul",
    "does not compare the inner sizes",
    hint="* stretches sizes of 1: with shapes (2, 1) and (3, 2) your function gives numbers where "
    "there is no product. Compare A.shape[1] and B.shape[0] first.",
)
def matmul(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = np.sum(A[i] * B[:, j])
    return C


@wrong(
    "matmul",
    "stops at the shorter one",
    hint="zip stops without a word at the shorter of the two. Compare the inner sizes first.",
)
def matmul(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i, row in enumerate(A):
        for j, column in enumerate(B.T):
            C[i, j] = sum(a * b for a, b in zip(row, column, strict=False))
    return C


@wrong(
    "matmul",
    "an array of integers",
    hint="An array made like A holds integers if A does, and cuts the decimals off: 2 * 0.5 + "
    "3 * 2.5 = 8.5 is stored as 8. Make an array of floats.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    C = np.zeros((A.shape[0], B.shape[1]), dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = np.sum(A[i] * B[:, j])
    return C


@wrong(
    "matmul",
    "keeps the last term only",
    hint="Each round overwrites the entry, so only the last term of the sum is left: use += "
    "instead of =.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] = A[i, p] * B[p, j]
    return C


@wrong(
    "matmul",
    "square matrices only",
    hint="len(A) is the number of rows of A. Columns of the product are counted by B.shape[1], and "
    "the terms of a sum by A.shape[1].",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    n = len(A)
    C = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            C[i, j] = sum(A[i, p] * B[p, j] for p in range(n))
    return C


@wrong(
    "matmul",
    "transposed result",
    hint="The outer loop goes over the columns of B, so your rows are columns: you have computed "
    "the transpose. Entry (i, j) belongs in row i.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    return np.array([[np.sum(row * column) for row in A] for column in B.T])


@wrong(
    "matmul",
    "loses the shape of an empty product",
    hint="np.array([]) has the shape (0,), whatever the columns of B. Make an array of shape "
    "(m, n) first and fill it.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    return np.array([[float(np.sum(row * column)) for column in B.T] for row in A])


@wrong(
    "matmul",
    "begins with the first term",
    hint="If the inner size is 0 there is no first term: A[i, 0] raises IndexError. Begin with 0.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    C = np.empty((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            total = A[i, 0] * B[0, j]
            for p in range(1, A.shape[1]):
                total += A[i, p] * B[p, j]
            C[i, j] = total
    return C


@wrong(
    "matmul",
    "writes into A",
    hint="A[i] is a window into A, and *= writes into it. The caller's matrix is gone: multiply "
    "with *, which makes a new array.",
)
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes")
    C = np.empty((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in reversed(range(B.shape[1])):
            row = A[i] if j == 0 else A[i] * 1.0
            row *= B[:, j]
            C[i, j] = np.sum(row)
    return C


# ----------------------------------------------------- matvec_by_columns


@right("matvec_by_columns", "the generator of columns, summed up")
def matvec_by_columns(A, x):
    m, n = A.shape
    if x.shape != (n,):
        raise ValueError(f"x has shape {x.shape}, expected ({n},)")
    return sum((x[j] * A[:, j] for j in range(n)), np.zeros(m))


@right("matvec_by_columns", "scales all columns at once and adds them up")
def matvec_by_columns(A, x):
    if x.size != A.shape[1]:
        raise ValueError("one number for each column")
    return (A * x).sum(axis=1)


@right("matvec_by_columns", "reduce over the rows of the transpose")
def matvec_by_columns(A, x):
    if len(A.T) != len(x):
        raise ValueError("sizes differ")
    return functools.reduce(np.add, map(np.multiply, x, A.T), np.zeros(len(A)))


@right("matvec_by_columns", "plain Python, entry by entry within each column")
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes differ")
    y = [0.0] * A.shape[0]
    for j, weight in enumerate(x.tolist()):
        for i, entry in enumerate(A[:, j].tolist()):
            y[i] += weight * entry
    return np.array(y)


@wrong(
    "matvec_by_columns",
    "combines the rows",
    hint="A[j] is row j. With rows you compute the transpose of A times x: for S and (3, 4) that "
    "is (3, 10) instead of (11, 4). The columns are A[:, j].",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    y = np.zeros(A.shape[1])
    for weight, row in zip(x, A, strict=False):
        y += weight * row
    return y


@wrong(
    "matvec_by_columns",
    "scaled columns, not added up",
    hint="You have scaled the columns, and they still stand side by side in a matrix. Add them up: "
    "axis=1.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    return A * x


@wrong(
    "matvec_by_columns",
    "sums down the columns",
    hint="axis=0 adds up the entries of each column. To add column to column, sum along the rows: "
    "axis=1.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    return (A * x).sum(axis=0)


@wrong(
    "matvec_by_columns",
    "uses the operator",
    hint="The result is right, but @ has done the work. Add up x[j] * A[:, j].",
)
def matvec_by_columns(A, x):
    return A @ x


@wrong(
    "matvec_by_columns",
    "a column instead of a vector",
    hint="A[:, [j]] keeps the second axis and gives a matrix with one column. A[:, j] is 1-D.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    y = np.zeros((A.shape[0], 1))
    for j in range(len(x)):
        y += x[j] * A[:, [j]]
    return y


@wrong(
    "matvec_by_columns",
    "adds into a column of A",
    hint="A[:, 0] is a window into A. *= and += write through it into the caller's matrix. Start "
    "from zeros.",
)
def matvec_by_columns(A, x):
    m, n = A.shape
    if len(x) != n:
        raise ValueError("sizes")
    if n == 0:
        return np.zeros(m)
    if A.dtype.kind == "i":
        A = A.astype(float)
    y = A[:, 0]
    y *= x[0]
    for j in range(1, n):
        y += x[j] * A[:, j]
    return y


@wrong(
    "matvec_by_columns",
    "the first column twice",
    hint="You begin with the first column and then add it again with the others: start from zeros, "
    "or go on with the second.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    y = x[0] * A[:, 0] if len(x) else np.zeros(len(A))
    for j in range(len(x)):
        y = y + x[j] * A[:, j]
    return y


@wrong(
    "matvec_by_columns",
    "adds floats into integers",
    hint="np.zeros_like of a column of integers holds integers, and NumPy refuses to add floats "
    "into it. np.zeros(m) holds floats.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    y = np.zeros(A.shape[0], dtype=A.dtype)
    for j in range(len(x)):
        y += x[j] * A[:, j]
    return y


@wrong(
    "matvec_by_columns",
    "stops at the shorter one",
    hint="zip stops without a word at the shorter of the two. Three numbers for two columns are a "
    "mistake: raise ValueError.",
)
def matvec_by_columns(A, x):
    y = np.zeros(A.shape[0])
    for weight, column in zip(x, A.T, strict=False):
        y += weight * column
    return y


@wrong(
    "matvec_by_columns",
    "ignores what is left over",
    hint="If x has more entries than A has columns, the rest is ignored without a word. Compare "
    "the sizes and raise ValueError.",
)
def matvec_by_columns(A, x):
    if len(x) < A.shape[1]:
        raise ValueError("x is too short")
    y = np.zeros(A.shape[0])
    for j in range(A.shape[1]):
        y += x[j] * A[:, j]
    return y


@wrong(
    "matvec_by_columns",
    "a bare 0 without columns",
    hint="sum() of nothing is the number 0. Without columns the result still has m entries: give "
    "sum() a vector of zeros to start from.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    return sum(weight * column for weight, column in zip(x, A.T, strict=True))


@wrong(
    "matvec_by_columns",
    "as many columns as rows",
    hint="len(A) is the number of rows. The columns are counted by A.shape[1].",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    y = np.zeros(len(A))
    for j in range(min(len(A), len(x))):
        y += x[j] * A[:, j]
    return y


@wrong(
    "matvec_by_columns",
    "the length of a column as weight",
    hint="x says how much of each column there is. You divide the columns by their lengths first, "
    "which changes them.",
)
def matvec_by_columns(A, x):
    if len(x) != A.shape[1]:
        raise ValueError("sizes")
    y = np.zeros(len(A))
    for j in range(len(x)):
        y += x[j] * A[:, j] / max(np.linalg.norm(A[:, j]), 1e-300)
    return y


# ---------------------------------------------------------- linear_layer


@right("linear_layer", "transposed twice, the bias as a column")
def linear_layer(X, W, b):
    if b.ndim != 1 or len(b) != len(W):
        raise ValueError("the bias has one number for each output")
    return (W @ X.T + b[:, np.newaxis]).T


@right("linear_layer", "einsum, with both shapes compared")
def linear_layer(X, W, b):
    (_, d), (k, features) = X.shape, W.shape
    if d != features or b.shape != (k,):
        raise ValueError("shapes do not fit")
    return np.einsum("ij,kj->ik", X, W) + b


@right("linear_layer", "example by example")
def linear_layer(X, W, b):
    k, d = W.shape
    if X.shape[1] != d or b.shape != (k,):
        raise ValueError("shapes do not fit")
    Y = np.zeros((len(X), k))
    for i, x in enumerate(X):
        Y[i] = W.dot(x) + b
    return Y


@right("linear_layer", "the bias as one more feature that is always 1")
def linear_layer(X, W, b):
    if np.shape(b) != (W.shape[0],):
        raise ValueError("bias")
    ones = np.ones((X.shape[0], 1))
    return np.matmul(np.hstack([X, ones]), np.hstack([W, b.reshape(-1, 1)]).T)


@right("linear_layer", "inner products of rows")
def linear_layer(X, W, b):
    if b.shape != (W.shape[0],):
        raise ValueError("bias")
    return np.add(np.inner(X, W), b)


@wrong(
    "linear_layer",
    "forgets the transpose",
    hint="X @ W fits only if W is square, and then its numbers are wrong. The weights of an output "
    "are a row of W: X @ W.T.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1] or X.shape[1] != W.shape[1]:
        raise ValueError("shapes")
    return X @ W + b


@wrong(
    "linear_layer",
    "transposes only when it does not fit",
    hint="Your layer tries X @ W first and takes W.T only if that fails. If W is square it never "
    "fails, and the numbers are wrong.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1] or X.shape[1] != W.shape[1]:
        raise ValueError("shapes")
    return X @ (W if W.shape[0] == W.shape[1] else W.T) + b


@wrong(
    "linear_layer",
    "reshape instead of transpose",
    hint="reshape keeps the order of the entries and cuts them into other rows. A transpose turns "
    "rows into columns: W.T.",
)
def linear_layer(X, W, b):
    k, d = W.shape
    if b.shape != (k,):
        raise ValueError("bias")
    return X @ W.reshape(d, k) + b


@wrong(
    "linear_layer",
    "examples in columns",
    hint="W @ X.T has one example in each column. The outputs should lie in rows, like the "
    "examples: shape (n, k).",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    return W @ X.T + b[:, None]


@wrong(
    "linear_layer",
    "no bias",
    hint="The bias is missing: add b to every row.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    return X @ W.T


@wrong(
    "linear_layer",
    "the bias to the examples",
    hint="b[:, None] is a column, so b[i] goes to example i. Every output has its own bias: b[j] "
    "belongs to column j.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    return X @ W.T + (b[:, None] if len(X) == len(b) else b)


@wrong(
    "linear_layer",
    "does not look at the bias",
    hint="NumPy stretches a bias of shape (1,), (n, 1) or () without a word. Compare b.shape with "
    "(k,) and raise ValueError.",
)
def linear_layer(X, W, b):
    return X @ W.T + b


@wrong(
    "linear_layer",
    "compares the result's shape only",
    hint="A bias of shape (1,) or (1, k) leaves the result's shape as it should be and is still "
    "stretched. Compare b.shape with (k,).",
)
def linear_layer(X, W, b):
    Y = X @ W.T + b
    if Y.shape != (len(X), len(W)):
        raise ValueError("bias")
    return Y


@wrong(
    "linear_layer",
    "counts the entries of the bias",
    hint="b.size does not tell (k,) from (k, 1) or (1, k). Compare the whole shape.",
)
def linear_layer(X, W, b):
    if b.size != len(W):
        raise ValueError("bias")
    return X @ W.T + b.ravel()


@wrong(
    "linear_layer",
    "einsum stretches the features",
    hint="np.einsum stretches sizes of 1: one feature in X and three in W go through without a "
    "word. Compare X.shape[1] with W.shape[1].",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    return np.einsum("ij,kj->ik", X, W) + b


@wrong(
    "linear_layer",
    "adds the bias in place",
    hint="If X and W hold integers, so does their product, and += cannot put floats into it. Use +.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    Y = X @ W.T
    Y += b
    return Y


@wrong(
    "linear_layer",
    "negative outputs set to 0",
    hint="Setting negative outputs to 0 is the next step in a network, not part of the linear layer.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    return np.maximum(X @ W.T + b, 0)


@wrong(
    "linear_layer",
    "squeezes a single example",
    hint="A batch of one example is a batch: the result has the shape (1, k), not (k,).",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    return np.squeeze(X @ W.T + b)


@wrong(
    "linear_layer",
    "a bias for each feature",
    hint="The bias has one number for each output, and it is added after W. You have added it to "
    "the features before.",
)
def linear_layer(X, W, b):
    if b.shape != W.shape[:1]:
        raise ValueError("bias")
    if len(b) != X.shape[1]:
        return X @ W.T + b
    return (X + b) @ W.T


# -------------------------------------------------------------- rotation


@right("rotation", "images of the unit vectors as columns")
def rotation(theta):
    first = [math.cos(theta), math.sin(theta)]
    second = [math.cos(theta + math.pi / 2), math.sin(theta + math.pi / 2)]
    return np.column_stack([first, second])


@right("rotation", "multiplication by a complex number of length 1")
def rotation(theta):
    z = np.exp(1j * theta)
    return np.array([[z.real, -z.imag], [z.imag, z.real]])


@right("rotation", "cosine times the identity plus sine times the quarter turn")
def rotation(theta):
    return np.cos(theta) * np.eye(2) + np.sin(theta) * np.array([[0, -1], [1, 0]])


@wrong(
    "rotation",
    "clockwise",
    hint="Your matrix turns clockwise. Counter-clockwise, a quarter turn takes (1, 0) to (0, 1): the "
    "minus sign stands in the upper right corner.",
)
def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, s], [-s, c]])


@wrong(
    "rotation",
    "degrees",
    hint="The angle is in radians already. np.deg2rad would be right for degrees.",
)
def rotation(theta):
    c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
    return np.array([[c, -s], [s, c]])


@wrong(
    "rotation",
    "no minus sign",
    hint="Without a minus sign e_1 and e_2 are both turned towards the first quadrant, and the right "
    "angle between them is lost. e_2 goes to (-sin, cos).",
)
def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, s], [s, c]])


@wrong(
    "rotation",
    "sine and cosine exchanged",
    hint="Rotating by 0 should change nothing, but your matrix for 0 is a quarter turn. The cosines "
    "stand on the diagonal.",
)
def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[s, -c], [c, s]])


@wrong(
    "rotation",
    "a reflection",
    hint="With the minus sign on the diagonal you get a reflection: rotating by 0 would turn (0, 1) "
    "into (0, -1).",
)
def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, s], [s, -c]])


@wrong(
    "rotation",
    "by twice the angle",
    hint="2 theta belongs to the reflection. A rotation turns by theta.",
)
def rotation(theta):
    c, s = np.cos(2 * theta), np.sin(2 * theta)
    return np.array([[c, -s], [s, c]])


@wrong(
    "rotation",
    "for small angles only",
    hint="cos(theta) = 1 and sin(theta) = theta hold for tiny angles only. Your matrix makes vectors "
    "longer.",
)
def rotation(theta):
    return np.array([[1.0, -theta], [theta, 1.0]])


@wrong(
    "rotation",
    "only angles up to a half turn",
    hint="arccos and sqrt give back one sign only. Compute the sine with np.sin, so that negative "
    "angles turn the other way.",
)
def rotation(theta):
    c = np.cos(theta)
    s = np.sqrt(1 - c**2)
    return np.array([[c, -s], [s, c]])


@wrong(
    "rotation",
    "a list of lists",
    hint="A list of lists is not a matrix: two of them cannot be multiplied by @. Wrap it into "
    "np.array(...).",
)
def rotation(theta):
    return [[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]]


@wrong(
    "rotation",
    "rounded",
    hint="Rounding makes the quarter turn look clean and every other angle wrong. Leave the 6e-17 "
    "where it is.",
)
def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.round(np.array([[c, -s], [s, c]]), 3)


# ----------------------------------------------------------------- shear


@right("shear", "the identity plus k in the corner")
def shear(k):
    S = np.eye(2)
    S[0, 1] = k
    return S


@right("shear", "images of the unit vectors as columns")
def shear(k):
    return np.column_stack([(1.0, 0.0), (k, 1.0)])


@right("shear", "the identity plus an outer product")
def shear(k):
    return np.eye(2) + k * np.outer([1, 0], [0, 1])


@wrong(
    "shear",
    "slides upwards",
    hint="Your shear takes (x, y) to (x, k x + y): it slides upwards. Sideways, k stands in the "
    "upper right corner.",
)
def shear(k):
    return np.array([[1.0, 0.0], [k, 1.0]])


@wrong(
    "shear",
    "to the left",
    hint="The sign is wrong: a positive k slides points above the axis to the right.",
)
def shear(k):
    return np.array([[1.0, -k], [0.0, 1.0]])


@wrong(
    "shear",
    "in an array of integers",
    hint="An array of integers cuts k = 0.25 down to 0. Use floats.",
)
def shear(k):
    S = np.eye(2, dtype=int)
    S[0, 1] = k
    return S


@wrong(
    "shear",
    "stretches",
    hint="k on the diagonal stretches. A shear leaves the diagonal at 1 and puts k beside it.",
)
def shear(k):
    return np.array([[k, 0.0], [0.0, 1.0]])


@wrong(
    "shear",
    "both ways at once",
    hint="With k in both corners points on the horizontal axis move, too. They should stay.",
)
def shear(k):
    return np.array([[1.0, k], [k, 1.0]])


@wrong(
    "shear",
    "k as an angle",
    hint="k is the distance that a point at height 1 slides, not an angle: no tangent is needed.",
)
def shear(k):
    return np.array([[1.0, np.tan(k)], [0.0, 1.0]])


@wrong(
    "shear",
    "forgets the identity",
    hint="Without ones on the diagonal (x, y) goes to (k y, 0): only the slide is left of the point.",
)
def shear(k):
    return np.array([[0.0, k], [0.0, 0.0]])


@wrong(
    "shear",
    "a list of lists",
    hint="A list of lists is not a matrix: two of them cannot be multiplied by @. Wrap it into "
    "np.array(...).",
)
def shear(k):
    return [[1, k], [0, 1]]


@wrong(
    "shear",
    "k times the whole matrix",
    hint="Only the slide is k times something. Points on the horizontal axis should stay.",
)
def shear(k):
    return k * np.array([[1.0, 1.0], [0.0, 1.0]])


# ------------------------------------------------------------ reflection


@right("reflection", "twice the projection onto the line minus the identity")
def reflection(theta):
    u = np.array([np.cos(theta), np.sin(theta)])
    return 2 * np.outer(u, u) - np.eye(2)


@right("reflection", "turn the line level, flip, turn back")
def reflection(theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ np.diag([1.0, -1.0]) @ R.T


@right("reflection", "minus twice the part at right angles to the line")
def reflection(theta):
    normal = np.array([-math.sin(theta), math.cos(theta)])
    return np.eye(2) - 2 * normal[:, None] * normal[None, :]


@right("reflection", "from the slope of the line")
def reflection(theta):
    m = np.tan(theta)
    return np.array([[1 - m**2, 2 * m], [2 * m, m**2 - 1]]) / (1 + m**2)


@wrong(
    "reflection",
    "by the angle instead of twice the angle",
    hint="e_1 goes as far to the other side of the line: from 0 to 2 theta, not to theta. Across the "
    "diagonal it lands on (0, 1).",
)
def reflection(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, s], [s, -c]])


@wrong(
    "reflection",
    "a rotation by twice the angle",
    hint="Your matrix rotates by 2 theta. A reflection leaves points on the line where they are.",
)
def reflection(theta):
    c, s = np.cos(2 * theta), np.sin(2 * theta)
    return np.array([[c, -s], [s, c]])


@wrong(
    "reflection",
    "across the line at right angles",
    hint="You turn round what lies on the line and keep what is at right angles to it: all signs are "
    "the other way. For theta = 0, (x, y) should go to (x, -y).",
)
def reflection(theta):
    u = np.array([np.cos(theta), np.sin(theta)])
    return np.eye(2) - 2 * np.outer(u, u)


@wrong(
    "reflection",
    "a projection",
    hint="Your matrix drops points onto the line and leaves them there. A mirror image is as far on "
    "the other side: go twice as far.",
)
def reflection(theta):
    u = np.array([np.cos(theta), np.sin(theta)])
    return np.outer(u, u)


@wrong(
    "reflection",
    "degrees",
    hint="The angle is in radians already.",
)
def reflection(theta):
    angle = 2 * np.deg2rad(theta)
    return np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])


@wrong(
    "reflection",
    "always across the horizontal axis",
    hint="Your matrix does not depend on theta: it always reflects across the horizontal axis.",
)
def reflection(theta):
    return np.array([[1.0, 0.0], [0.0, -1.0]])


@wrong(
    "reflection",
    "through the origin",
    hint="Turning all signs is a half turn about the origin. Points on the line should stay.",
)
def reflection(theta):
    return -np.eye(2)


@wrong(
    "reflection",
    "line at minus the angle",
    hint="Your line slopes the other way. Angles count counter-clockwise: the line contains the "
    "point (cos theta, sin theta).",
)
def reflection(theta):
    c, s = np.cos(2 * theta), np.sin(2 * theta)
    return np.array([[c, -s], [-s, -c]])


@wrong(
    "reflection",
    "a list of lists",
    hint="A list of lists is not a matrix: two of them cannot be multiplied by @. Wrap it into "
    "np.array(...).",
)
def reflection(theta):
    c, s = math.cos(2 * theta), math.sin(2 * theta)
    return [[c, s], [s, -c]]


@wrong(
    "reflection",
    "rounded",
    hint="Rounding makes the diagonal look clean and every other line wrong. Leave the 6e-17 where "
    "it is.",
)
def reflection(theta):
    c, s = np.cos(2 * theta), np.sin(2 * theta)
    return np.round(np.array([[c, s], [s, -c]]), 3)


@wrong(
    "reflection",
    "rising lines only",
    hint="A square root is never negative, but sin(2 theta) is if the line falls. Compute it with "
    "np.sin.",
)
def reflection(theta):
    c = np.cos(2 * theta)
    s = np.sqrt(1 - c**2)
    return np.array([[c, s], [s, -c]])


# --------------------------------------------------------------- compose


@right("compose", "reduce")
def compose(*transforms):
    return functools.reduce(lambda done, step: step @ done, transforms)


@right("compose", "recursion")
def compose(*transforms):
    if len(transforms) == 1:
        return transforms[0]
    return compose(*transforms[1:]) @ transforms[0]


@right("compose", "from the last to the first, starting with the identity")
def compose(*transforms):
    M = np.eye(transforms[-1].shape[0])
    for step in reversed(transforms):
        M = M @ step
    return M


@right("compose", "applied to each unit vector")
def compose(*transforms):
    columns = []
    for e in np.eye(transforms[0].shape[1]):
        for step in transforms:
            e = step @ e
        columns.append(e)
    return np.column_stack(columns)


@right("compose", "multi_dot of the reversed chain")
def compose(*transforms):
    if len(transforms) < 2:
        return transforms[0].copy()
    return np.linalg.multi_dot(transforms[::-1])


@wrong(
    "compose",
    "left to right",
    hint="A @ B @ x does B first. What acts first stands on the right: compose(A, B) is B @ A.",
)
def compose(*transforms):
    result = transforms[0]
    for step in transforms[1:]:
        result = result @ step
    return result


@wrong(
    "compose",
    "left to right where it fits",
    hint="For square matrices both orders exist and are different. What acts first stands on the "
    "right, always.",
)
def compose(*transforms):
    result = transforms[0]
    for step in transforms[1:]:
        result = result @ step if result.shape == step.shape else step @ result
    return result


@wrong(
    "compose",
    "entry times entry",
    hint="* multiplies entries in the same place. To do one step after the other, multiply the "
    "matrices: @.",
)
def compose(*transforms):
    result = transforms[0]
    for step in transforms[1:]:
        result = step * result
    return result


@wrong(
    "compose",
    "the first two only",
    hint="There may be any number of steps, and you do the first two.",
)
def compose(*transforms):
    if len(transforms) == 1:
        return transforms[0]
    return transforms[1] @ transforms[0]


@wrong(
    "compose",
    "starts with the identity of the plane",
    hint="The steps need not be 2 x 2. np.eye(2) fits to nothing else: start with the first matrix.",
)
def compose(*transforms):
    result = np.eye(2)
    for step in transforms:
        result = step @ result
    return result


@wrong(
    "compose",
    "starts with an identity of the wrong size",
    hint="The first step takes as many numbers as it has columns: np.eye(A.shape[1]), not "
    "A.shape[0].",
)
def compose(*transforms):
    result = np.eye(transforms[0].shape[0])
    for step in transforms:
        result = step @ result
    return result


@wrong(
    "compose",
    "a single step fails",
    hint="np.linalg.multi_dot wants at least two matrices. One step is a chain, too: return it.",
)
def compose(*transforms):
    return np.linalg.multi_dot(transforms[::-1])


@wrong(
    "compose",
    "new steps on the wrong side",
    hint="Two steps come out right and three do not: each new step has to go to the left of "
    "everything so far.",
)
def compose(*transforms):
    result = transforms[0]
    for i, step in enumerate(transforms[1:]):
        result = step @ result if i % 2 == 0 else result @ step
    return result


@wrong(
    "compose",
    "writes into the first matrix",
    hint="result is the caller's first matrix, and result[...] = writes into it. Let each step make "
    "a new matrix.",
)
def compose(*transforms):
    result = transforms[0]
    for step in transforms[1:]:
        if step.shape[0] == step.shape[1] == result.shape[0]:
            result[...] = step @ result
        else:
            result = step @ result
    return result


@wrong(
    "compose",
    "adds",
    hint="Adding matrices adds what they do to the same x. One after the other means multiplying.",
)
def compose(*transforms):
    return sum(transforms)


@wrong(
    "compose",
    "the transpose",
    hint="The transpose of a product is the product of the transposes in the other order. You have "
    "transposed the factors and left them so.",
)
def compose(*transforms):
    result = transforms[0].T
    for step in transforms[1:]:
        result = result @ step.T
    return result


# -------------------------------------------------------------- classify


@right("classify", "allclose with both tolerances set")
def classify(A):
    m, n = A.shape
    limit = 1e-12 * abs(A).max()
    checks = {
        "upper triangular": np.allclose(A, np.triu(A), rtol=0, atol=limit),
        "lower triangular": np.allclose(A, np.tril(A), rtol=0, atol=limit),
    }
    checks["diagonal"] = all(checks.values())
    if m == n:
        checks["symmetric"] = np.allclose(A, A.T, rtol=0, atol=limit)
        checks["orthogonal"] = np.allclose(A.T @ A, np.eye(n), rtol=0, atol=1e-12)
        checks["identity"] = np.allclose(A, np.eye(n), rtol=0, atol=1e-12)
    return {kind for kind, holds in checks.items() if holds}


@right("classify", "loops over the entries")
def classify(A):
    rows = A.tolist()
    m, n = len(rows), len(rows[0])
    limit = 1e-12 * max(abs(a) for row in rows for a in row)
    kinds = {"diagonal", "upper triangular", "lower triangular"}
    if m == n:
        kinds |= {"identity", "symmetric", "orthogonal"}
    for i in range(m):
        for j in range(n):
            if i != j and abs(rows[i][j]) > limit:
                kinds.discard("diagonal")
                kinds.discard("upper triangular" if i > j else "lower triangular")
            if m != n:
                continue
            unit = 1.0 if i == j else 0.0
            if abs(rows[i][j] - rows[j][i]) > limit:
                kinds.discard("symmetric")
            if abs(rows[i][j] - unit) > 1e-12:
                kinds.discard("identity")
            inner = math.fsum(rows[p][i] * rows[p][j] for p in range(m))
            if abs(inner - unit) > 1e-12:
                kinds.discard("orthogonal")
    return kinds


@right("classify", "positions by index arrays; rows orthonormal instead of columns")
def classify(A):
    i, j = np.indices(A.shape)
    beyond = np.abs(A) > 1e-12 * np.abs(A).max()
    kinds = []
    if not beyond[i > j].any():
        kinds.append("upper triangular")
    if not beyond[i < j].any():
        kinds.append("lower triangular")
    if not beyond[i != j].any():
        kinds.append("diagonal")
    if A.shape[0] == A.shape[1]:
        identity = np.identity(len(A))
        if np.abs(A - A.transpose()).max() <= 1e-12 * np.abs(A).max():
            kinds.append("symmetric")
        if np.abs(np.dot(A, A.T) - identity).max() <= 1e-12:
            kinds.append("orthogonal")
        if np.abs(A - identity).max() <= 1e-12:
            kinds.append("identity")
    return frozenset(kinds)


@wrong(
    "classify",
    "exact comparison",
    hint="np.sin(np.pi) is 1.2e-16 and not 0, so half a turn does not count as diagonal. Allow "
    "1e-12 times the largest entry.",
)
def classify(A):
    m, n = A.shape
    kinds = set()
    if np.array_equal(A, np.triu(A)):
        kinds.add("upper triangular")
    if np.array_equal(A, np.tril(A)):
        kinds.add("lower triangular")
    if len(kinds) == 2:
        kinds.add("diagonal")
    if m == n:
        if np.array_equal(A, A.T):
            kinds.add("symmetric")
        if np.abs(A.T @ A - np.eye(n)).max() <= 1e-12:
            kinds.add("orthogonal")
        if np.array_equal(A, np.eye(n)):
            kinds.add("identity")
    return kinds


@wrong(
    "classify",
    "absolute limit",
    hint="Entries of 1e-20 are not small if all entries are of that size: 1e-20 times a shear is "
    "not diagonal. Compare with the largest entry.",
)
def classify(A):
    m, n = A.shape
    kinds = set()
    if np.abs(np.tril(A, -1)).max() <= 1e-12:
        kinds.add("upper triangular")
    if np.abs(np.triu(A, 1)).max() <= 1e-12:
        kinds.add("lower triangular")
    if len(kinds) == 2:
        kinds.add("diagonal")
    if m == n:
        if np.abs(A - A.T).max() <= 1e-12:
            kinds.add("symmetric")
        if np.abs(A.T @ A - np.eye(n)).max() <= 1e-12:
            kinds.add("orthogonal")
        if np.abs(A - np.eye(n)).max() <= 1e-12:
            kinds.add("identity")
    return kinds


@wrong(
    "classify",
    "the tolerances of allclose",
    hint="np.allclose forgives 1e-8 unless you say otherwise: much more than rounding, and everything "
    "in a matrix of tiny entries. Set rtol=0 and atol.",
)
def classify(A):
    m, n = A.shape
    kinds = set()
    if np.allclose(A, np.triu(A)):
        kinds.add("upper triangular")
    if np.allclose(A, np.tril(A)):
        kinds.add("lower triangular")
    if len(kinds) == 2:
        kinds.add("diagonal")
    if m == n:
        if np.allclose(A, A.T):
            kinds.add("symmetric")
        if np.allclose(A.T @ A, np.eye(n)):
            kinds.add("orthogonal")
        if np.allclose(A, np.eye(n)):
            kinds.add("identity")
    return kinds


@wrong(
    "classify",
    "symmetric entry by entry",
    hint="0 and 1e-17 differ by 100 % of the larger one, and still by nothing next to an entry of 1. "
    "Compare the difference with the largest entry of the whole matrix.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    kinds = set()
    if np.abs(np.tril(A, -1)).max() <= limit:
        kinds.add("upper triangular")
    if np.abs(np.triu(A, 1)).max() <= limit:
        kinds.add("lower triangular")
    if len(kinds) == 2:
        kinds.add("diagonal")
    if m == n:
        if np.allclose(A, A.T, rtol=1e-12, atol=0):
            kinds.add("symmetric")
        if np.abs(A.T @ A - np.eye(n)).max() <= 1e-12:
            kinds.add("orthogonal")
        if np.abs(A - np.eye(n)).max() <= 1e-12:
            kinds.add("identity")
    return kinds


@wrong(
    "classify",
    "upper and lower exchanged",
    hint="An upper triangular matrix has its entries on and above the diagonal: the zeros are below. "
    "You look for zeros on the other side.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    kinds = set()
    if np.abs(np.triu(A, 1)).max() <= limit:
        kinds.add("upper triangular")
    if np.abs(np.tril(A, -1)).max() <= limit:
        kinds.add("lower triangular")
    if len(kinds) == 2:
        kinds.add("diagonal")
    if m == n:
        if np.abs(A - A.T).max() <= limit:
            kinds.add("symmetric")
        if np.abs(A.T @ A - np.eye(n)).max() <= 1e-12:
            kinds.add("orthogonal")
        if np.abs(A - np.eye(n)).max() <= 1e-12:
            kinds.add("identity")
    return kinds


@wrong(
    "classify",
    "only the most special kind",
    hint="A matrix has several kinds at once: the identity is all six. With elif you stop at the "
    "first.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    if m == n and np.abs(A - np.eye(n)).max() <= 1e-12:
        return {"identity"}
    if upper and lower:
        return {"diagonal"}
    if m == n and np.abs(A.T @ A - np.eye(n)).max() <= 1e-12:
        return {"orthogonal"}
    if m == n and np.abs(A - A.T).max() <= limit:
        return {"symmetric"}
    if upper:
        return {"upper triangular"}
    return {"lower triangular"} if lower else set()


@wrong(
    "classify",
    "a list",
    hint="The result should be a set: the order of the names means nothing. set(...) makes one of a "
    "list.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["orthogonal"] = np.abs(A.T @ A - np.eye(n)).max() <= 1e-12
        checks["identity"] = np.abs(A - np.eye(n)).max() <= 1e-12
    return [kind for kind, holds in checks.items() if holds]


@wrong(
    "classify",
    "square matrices only",
    hint="A - A.T does not exist if A is not square. Look at the shape first: the triangular kinds "
    "and diagonal can hold all the same.",
)
def classify(A):
    n = len(A)
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {
        "diagonal": upper and lower,
        "upper triangular": upper,
        "lower triangular": lower,
        "symmetric": np.abs(A - A.T).max() <= limit,
        "orthogonal": np.abs(A.T @ A - np.eye(n)).max() <= 1e-12,
        "identity": np.abs(A - np.eye(n)).max() <= 1e-12,
    }
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "nothing for matrices that are not square",
    hint="Diagonal and triangular only ask where the zeros are. A tall matrix with zeros below the "
    "diagonal is upper triangular.",
)
def classify(A):
    m, n = A.shape
    if m != n:
        return set()
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {
        "diagonal": upper and lower,
        "upper triangular": upper,
        "lower triangular": lower,
        "symmetric": np.abs(A - A.T).max() <= limit,
        "orthogonal": np.abs(A.T @ A - np.eye(n)).max() <= 1e-12,
        "identity": np.abs(A - np.eye(n)).max() <= 1e-12,
    }
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "orthonormal columns are enough",
    hint="A tall matrix can have orthonormal columns, but its transpose does not undo it: A @ A.T is "
    "not the identity. Orthogonal matrices are square.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {
        "diagonal": upper and lower,
        "upper triangular": upper,
        "lower triangular": lower,
        "orthogonal": np.abs(A.T @ A - np.eye(n)).max() <= 1e-12,
    }
    if m == n:
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["identity"] = np.abs(A - np.eye(n)).max() <= 1e-12
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "orthogonal by right angles only",
    hint="Right angles between the columns are not enough: each column must have length 1 as well. "
    "Twice the identity is not orthogonal.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        gram = A.T @ A
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["orthogonal"] = np.abs(gram - np.diag(np.diag(gram))).max() <= limit**2 + 1e-12
        checks["identity"] = np.abs(A - np.eye(n)).max() <= 1e-12
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "orthogonal by the determinant",
    hint="Every orthogonal matrix has determinant 1 or -1, but so has a shear, which is not "
    "orthogonal. Look at A.T @ A.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["orthogonal"] = abs(abs(np.linalg.det(A)) - 1) <= 1e-12
        checks["identity"] = np.abs(A - np.eye(n)).max() <= 1e-12
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "a multiple of the identity counts as the identity",
    hint="The identity has ones on its diagonal. Twice the identity is diagonal, but it doubles "
    "every vector.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["orthogonal"] = np.abs(A.T @ A - np.eye(n)).max() <= 1e-12
        checks["identity"] = np.abs(A - A[0, 0] * np.eye(n)).max() <= limit
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "the identity by its diagonal only",
    hint="Ones on the diagonal are not enough: everything else has to be zero. A shear has ones on "
    "its diagonal, too.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["orthogonal"] = np.abs(A.T @ A - np.eye(n)).max() <= 1e-12
        checks["identity"] = np.abs(np.diag(A) - 1).max() <= 1e-12
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "minus the transpose counts as symmetric",
    hint="A = -A.T is called skew-symmetric, and that is another kind. Compare the entries with "
    "their signs, not their sizes.",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        checks["symmetric"] = np.abs(np.abs(A) - np.abs(A.T)).max() <= limit
        checks["orthogonal"] = np.abs(A.T @ A - np.eye(n)).max() <= 1e-12
        checks["identity"] = np.abs(A - np.eye(n)).max() <= 1e-12
    return {kind for kind, holds in checks.items() if holds}


@wrong(
    "classify",
    "an empty dict",
    hint="{} is an empty dict in Python. The empty set is written set().",
)
def classify(A):
    m, n = A.shape
    limit = 1e-12 * np.abs(A).max()
    upper = np.abs(np.tril(A, -1)).max() <= limit
    lower = np.abs(np.triu(A, 1)).max() <= limit
    checks = {"diagonal": upper and lower, "upper triangular": upper, "lower triangular": lower}
    if m == n:
        checks["symmetric"] = np.abs(A - A.T).max() <= limit
        checks["orthogonal"] = np.abs(A.T @ A - np.eye(n)).max() <= 1e-12
        checks["identity"] = np.abs(A - np.eye(n)).max() <= 1e-12
    if not any(checks.values()):
        return {}
    return {kind for kind, holds in checks.items() if holds}
