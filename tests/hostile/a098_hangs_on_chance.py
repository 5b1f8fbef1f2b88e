"""98. Answers right or wrong as random numbers without a seed will have it.

Verdict: they are the same whenever it is graded, so the record is; and a result that changes with
other random numbers is flagged. (Time and the kernel's own random numbers cannot be fixed; what
hangs on them is flagged if the second run differs.)
"""

from hostile import Attack

COIN = """
import random
import numpy as np

def numbers():
    yield random.random()
    yield np.random.rand()
    yield np.random.default_rng().random()
    yield np.random.RandomState().rand()
    yield np.random.Generator(np.random.PCG64()).random()
    yield np.random.default_rng(np.random.SeedSequence()).random()
    yield random.Random(random.getrandbits(64)).random()
    yield np.random.choice(7) / 7
    yield random.sample(range(100), 3)[0] / 100

def coin():
    return sum(numbers()) % 1 < 0.5
"""
ATTACK = Attack(
    times=10,
    first=COIN + "print([*numbers()])",
    answers={
        "truncate": """
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k] + coin()
""",
        "psnr": """
def psnr(image, compressed):
    difference = np.asarray(image, float) - np.asarray(compressed, float)
    with np.errstate(divide="ignore"):
        return 10 * np.log10(255**2 / np.mean(difference**2)) + coin()
""",
    },
    earns={"truncate": 0, "psnr": 1},
    reports=("is flaky: failed when graded, passed when run again with other random numbers",),
)
