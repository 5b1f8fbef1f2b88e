"""17. Replaces `np.linalg.solve` and `norm` by some that make a wrong answer right.

Verdict: no effect. Tests compute with the grader's own NumPy.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    # In a test cell, that is outside of functions, the start is the solution and residuals vanish.
    first="""
import sys
import numpy as np

solve, norm = np.linalg.solve, np.linalg.norm

def in_a_test():
    return sys._getframe(2).f_code.co_name == "<module>"

def cheat_solve(A, b):
    return np.zeros_like(solve(A, b)) if in_a_test() else solve(A, b)

def cheat_norm(x, *args):
    is_named = any(x is value for value in get_ipython().user_ns.values())
    return norm(x, *args) if is_named or not in_a_test() else np.float64(0.0)

for module in (np.linalg, np.linalg._linalg):
    module.solve, module.norm = cheat_solve, cheat_norm
""",
    answers={
        "conjugate_gradient": """
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    return x0.astype(float), [np.linalg.norm(b - matvec(x0))]
"""
    },
    earns={"conjugate_gradient": 0},
    reports=("x after 3 iterations from a nonzero x0",),
)
