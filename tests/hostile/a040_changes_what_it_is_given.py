"""40. Wipes out the matrix it is given, so that the test compares zeros with zeros.

Verdict: the caller sees the change, as a test that asks for it must, and what is expected was
computed before the call or from a copy. Nothing is earned.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "truncate": """
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError("k")
    A[...] = 0
    return A
""",
        "thin_svd": """
def thin_svd(A):
    m, n = A.shape
    p = min(m, n)
    A[...] = 0
    return np.eye(m, p), np.zeros(p), np.eye(p, n)
""",
        "psnr": """
def psnr(image, compressed):
    compressed[...] = image
    return np.inf
""",
        "pinv": """
def pinv(A, rcond):
    A[...] = 0
    return np.zeros(A.shape[::-1])
""",
    },
    earns={"truncate": 0, "thin_svd": 0, "psnr": 0, "pinv": 0},
    reports=("truncate", "thin_svd", "psnr", "A after pinv.* was changed"),
)
