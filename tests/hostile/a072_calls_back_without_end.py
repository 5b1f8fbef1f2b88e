"""72. Calls the test's function back without end: in a loop, with all that fits, before an answer.

Verdict: CPU time is counted, on both sides. The tests that are called back so are lost.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    answers={
        "conjugate_gradient": """
import gc, socket
import msgspec
import numpy as np
from autograder.sandbox import wire

calls = 0
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    if len(b) == 2 and 0 < max_iter <= 2:
        storm(matvec, b)
    x = np.array(x0, dtype=float)
    if not np.any(b):
        return np.zeros_like(x), [0.0]
    r = b - matvec(x)
    p, rr = r, r @ r
    norms = [np.sqrt(rr)]
    while norms[-1] > tol * np.linalg.norm(b) and len(norms) <= max_iter:
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError
        x = x + rr / (p @ Ap) * p
        r = r - rr / (p @ Ap) * Ap
        p, rr = r + r @ r / rr * p, r @ r
        norms.append(np.sqrt(rr))
    return x, norms

def storm(matvec, b):
    def again(v):
        return storm(matvec, b)
    while True:
        try:
            matvec(again)
            matvec(np.ones((2, 2_000_000)))
            matvec([[1.0]] * 300_000)
        except Exception:
            pass
"""
    },
    earns={"conjugate_gradient": 7},
    reports=("Your code (ran for|used up|did not answer|made the test work|broke the protocol)",),
)
