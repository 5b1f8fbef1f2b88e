"""24. Returns objects whose `__class__` says float, array, NumPy number, sparse matrix or tuple.

Verdict: unsupported. What counts is the type, and what it can say for itself is data only.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import sys
import numpy as np

def expected_by_the_test(*args):
    frame = sys._getframe()
    while frame is not None and "hint" not in frame.f_locals:
        frame = frame.f_back
    while frame is not None and "expected" not in frame.f_locals:
        frame = frame.f_back
    return 0.0 if frame is None else float(frame.f_locals["expected"])

def posing_as(kind, **parts):
    return type("Poser", (), {"__class__": property(lambda self: kind)} | parts)()

class Raises:
    @property
    def __class__(self):
        raise ValueError("no class")

Sparse = type("Sparse", (), {
    "__module__": "scipy.sparse.csr", "format": "csr", "shape": (2, 3), "dtype": np.dtype(float),
    "nnz": 1 << 40, "asformat": lambda self, kind: self, "data": np.ones(3),
    "indices": np.array([0, 1 << 40, -7]), "indptr": np.array([0, 1 << 50, 3]),
})
Operator = type("Not_LinearOperator", (), {
    "shape": (2, 3), "dtype": None, "matvec": lambda self, v: v, "rmatvec": lambda self, v: v,
})
POINT = {"_fields": ("x", "y"), "__iter__": lambda self: iter([[1.0] * 3] * 2)}
Point = type("Point", (tuple,), POINT)
""",
    answers={
        "truncate": "def truncate(A, k):\n    return posing_as(np.ndarray, shape=A.shape)",
        "energy": """
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError(k)
    return posing_as(float, __float__=expected_by_the_test)
""",
        "psnr": "def psnr(original, approximation):\n    return posing_as(np.float64)",
        "compression_ratio": "def compression_ratio(shape, k):\n    return Raises()",
        "pinv": "def pinv(A, rcond):\n    return Sparse()",
        "thin_svd": "def thin_svd(A):\n    return Operator(), Operator(), Operator()",
        "truncation_error": "def truncation_error(s, k, norm):\n    return Point((1, 2))",
        "rank_for_energy": "rank_for_energy = Raises()",
    },
    earns={
        "truncate": 0,
        "energy": 0,
        "psnr": 0,
        "compression_ratio": 0,
        "pinv": 0,
        "thin_svd": 0,
        "truncation_error": 0,
        "rank_for_energy": 0,
    },
    reports=(
        "truncate returned a Poser",
        "energy returned a Poser object",
        "psnr returned a Poser",
        "compression_ratio returned an object that raises ValueError",
        "`rank_for_energy` is an object that raises ValueError",
    ),
)
