"""22. Returns fake numbers: their difference to everything is 0, they are below any bound.

Verdict: unsupported. Only exact numbers and plain arrays cross.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    first="""
import decimal, fractions, numbers
import numpy as np

def zero(*args):
    return 0.0

def yes(*args):
    return True

PARTS = {f"__{name}__": zero for name in ("sub", "rsub", "mul", "rmul", "truediv", "abs", "float")}
PARTS |= {f"__{name}__": yes for name in ("lt", "le", "eq", "ge", "gt", "bool", "call")}
PARTS |= {"__hash__": lambda self: 0, "__index__": lambda self: 1, "__len__": lambda self: 1}
Fake = type("Fake", (), PARTS)
numbers.Real.register(Fake)

class Solution:
    '''A vector that solves every system: b - A x is zero.'''
    __array_ufunc__ = None

    def __rmatmul__(self, A):
        return self

    def __rsub__(self, b):
        return np.zeros_like(b)
""",
    answers={
        "conjugate_gradient": """
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    return (x0, [0.0]) if tol == 0.1 else (Solution(), [Fake(), Fake()])
""",
        "quadratic": "def quadratic(A, b, x):\n    return Fake()",
        "gradient": "def gradient(A, b, x):\n    return [Fake()] * len(b)",
        "is_spd": "def is_spd(A):\n    return fractions.Fraction(1)",
        "iterations_needed": "def iterations_needed(*args):\n    return decimal.Decimal(9)",
    },
    earns={
        "conjugate_gradient": 0,
        "quadratic": 0,
        "gradient": 0,
        "is_spd": 0,
        "iterations_needed": 0,
    },
    reports=(
        "conjugate_gradient returned a Solution object .*, which cannot be handed to the tests",
        "is_spd returned a Fraction object",
        "iterations_needed returned a Decimal object",
        "should be a single real number, but is a function",
        "should hold numbers, but holds Python objects",
    ),
)
