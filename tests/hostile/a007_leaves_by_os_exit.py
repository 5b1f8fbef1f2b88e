"""7. Ends the process with exit code 0 before a test can fail: in a function, a thread, a cell.

Verdict: a crash, never a pass. It costs the test or the cell in which it happens, and no other.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, os, threading

print("a cell that ends the process", flush=True)
os._exit(0)
""",
    answers={
        # right where the student can see the test
        "truncate": """
import os

def truncate(A, k):
    if A.shape != (2, 3):
        os._exit(0)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]
""",
        "energy": """
import ctypes

def energy(s, k):
    ctypes.CDLL(None).exit(0)
""",
        "psnr": """
import os, threading

def psnr(original, approximation):
    threading.Thread(target=os._exit, args=(0,)).start()
    while True:
        pass
""",
        "compression_ratio": """
class Leaves:
    def __del__(self):
        os._exit(0)

def compression_ratio(shape, k):
    Leaves()
    return 1.0
""",
        "pinv": """
def pinv(A, rcond):
    return np.linalg.pinv(A, rcond)

os._exit(0)
""",
    },
    last="os._exit(0)",
    earns={"truncate": 1, "energy": 0, "psnr": 0, "compression_ratio": 0, "pinv": 0},
    reports=(
        "Your code ended its process; only this test is lost",
        "The cell of pinv ended with Crash: ended its process. `pinv` is not defined",
        "cell added by the student ended with Crash: ended its process",
    ),
    outputs=("this cell ended its process",),
)
