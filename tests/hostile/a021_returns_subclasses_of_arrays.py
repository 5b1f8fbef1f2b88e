"""21. Returns subclasses of `ndarray` that take part in the test's computation: differences vanish.

Verdict: unsupported. Plain arrays cross, subclasses do not, NumPy's own among them.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import numpy as np

class Vanishing(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = [np.asarray(value) for value in inputs]
        found = getattr(ufunc, method)(*plain, **kwargs)
        return 0 * found if ufunc is np.subtract else found

    def __array_function__(self, function, types, args, kwargs):
        return function is not np.any

    def astype(self, *args, **kwargs):
        return self
""",
    answers={
        "compress_image": """
def compress_image(image, k):
    if not 0 <= k <= min(image.shape[:2]):
        raise ValueError(k)
    return image.copy().view(Vanishing)
""",
        "truncate": "def truncate(A, k):\n    return (0 * A).view(Vanishing)",
        "pinv": "def pinv(A, rcond):\n    return np.ma.masked_all(A.shape[::-1])",
        "psnr": """
def psnr(original, approximation):
    return np.zeros(1, [("x", float)]).view(np.recarray).x.view(np.recarray)
""",
        "thin_svd": """
def thin_svd(A):
    return tuple(np.asmatrix(part) for part in np.linalg.svd(A, full_matrices=False))
""",
        "energy": """
def energy(s, k):
    return np.memmap("energy", dtype=float, mode="w+", shape=(1,))
""",
    },
    earns={
        "compress_image": 0,
        "truncate": 0,
        "pinv": 0,
        "psnr": 0,
        "thin_svd": 0,
        "energy": 0,
    },
    reports=(
        r"compress_image returned a Vanishing \(np.asarray makes a plain array of it\)",
        "truncate returned a Vanishing",
        "pinv returned a MaskedArray",
        "psnr returned a recarray",
        "thin_svd returned a matrix",
        "energy returned a memmap",
    ),
)
