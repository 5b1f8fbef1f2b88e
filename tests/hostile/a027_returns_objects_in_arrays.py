"""27. Returns arrays of objects that lie, and arrays of records, dates and raw bytes.

Verdict: refused; the message names the dtype.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    first="""
import numpy as np

def zero(*args):
    return 0.0

def itself(self, *args):
    return self

PARTS = {f"__{name}__": zero for name in ("sub", "rsub", "abs", "float")}
PARTS |= {f"__{name}__": itself for name in ("mul", "rmul", "add", "radd")}
PARTS |= {f"__{name}__": lambda *args: True for name in ("lt", "le", "eq", "ge", "gt", "bool")}
Lie = type("Lie", (), PARTS | {"__hash__": lambda self: 0})

def lies(count):
    return np.array([Lie() for _ in range(count)], dtype=object)
""",
    answers={
        "conjugate_gradient": """
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    return (x0, [0.0]) if tol == 0.1 else (lies(len(b)), lies(2))
""",
        "gradient": """
def gradient(A, b, x):
    return (A @ x - b).view([("slope", np.result_type(A @ x - b))])
""",
        "quadratic": "def quadratic(A, b, x):\n    return np.array(1.0, dtype=object)",
        "is_spd": "def is_spd(A):\n    return np.datetime64('2024-01-01')",
        "iterations_needed": "def iterations_needed(*args):\n    return np.void(b'\\x00' * 8)",
        "pixel_laplacian": """
def pixel_laplacian(image):
    return [np.zeros(image.shape), np.zeros(image.shape, "V8"), image.astype("M8[s]")]
""",
    },
    earns={
        "conjugate_gradient": 0,
        "gradient": 0,
        "quadratic": 0,
        "is_spd": 0,
        "iterations_needed": 0,
        "pixel_laplacian": 0,
    },
    reports=(
        "conjugate_gradient returned an array of dtype object",
        r"gradient returned an array of dtype \[\('slope', '<f8'\)\]",
        "quadratic returned an array of dtype object",
        "is_spd returned a datetime64",
        "iterations_needed returned a void",
        r"pixel_laplacian returned an array of dtype \|V8",
    ),
)
