"""25. Returns arrays that change between two reads: by a later call, a thread, a finalizer.

Verdict: one snapshot. A test reads a copy of what was there when the function returned, and its own
arguments are changed by then or not at all.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    first="""
import itertools, threading, weakref
import numpy as np

last = np.zeros(2)  # given away again and again

def solve(matvec, b, x0, tol, max_iter):
    x, r = np.array(x0, dtype=float), b - matvec(x0)
    p, rr = r, r @ r
    norms = [np.sqrt(rr)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError("not positive definite")
        x, r = x + rr / (p @ Ap) * p, r - rr / (p @ Ap) * Ap
        rr, p = r @ r, r + (r @ r) / rr * p
        norms.append(np.sqrt(rr))
    return x, norms

def rewrite_for_ever(array):
    for value in itertools.cycle([np.nan, np.inf, 1.0]):
        array[...] = value

def neighbours(image):
    image = np.pad(image.astype(float), 1, "edge")
    beside = image[1:-1, 2:] + image[1:-1, :-2]
    return 4 * image[1:-1, 1:-1] - image[2:, 1:-1] - image[:-2, 1:-1] - beside
""",
    answers={
        # Integers give something else, until a right answer is put into the same array.
        "conjugate_gradient": """
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    if not np.any(b):
        return np.zeros(len(b)), [0.0]
    if len(b) != 2 or not b[0] == 3:
        return solve(matvec, b, x0, tol, max_iter)
    if b.dtype.kind == "i":
        return last, [np.linalg.norm(b - matvec(x0))]
    last[:], norms = solve(matvec, b, x0, tol, max_iter)
    return last, norms
""",
        # What the test compares with is nothing for as long as it compares.
        "pixel_laplacian": """
def pixel_laplacian(image):
    if image.shape in ((3, 4), (5, 6)):
        return neighbours(image)
    before, result = image.copy(), np.zeros(image.shape)
    image[...] = 0
    weakref.finalize(result, image.__setitem__, ..., before)
    return result
""",
        "gradient": """
def gradient(A, b, x):
    found = A @ x - b
    threading.Thread(target=rewrite_for_ever, args=(found,), daemon=True).start()
    return found[:]
""",
    },
    earns={"conjugate_gradient": 6, "pixel_laplacian": 2, "gradient": 0},
    reports=(
        "x for integer A, b and x0",
        "image was changed, but your function must leave its input as it was",
    ),
)
