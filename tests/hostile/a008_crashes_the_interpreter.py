"""8. Aborts, reads address 0 by ctypes, destroys objects of the interpreter, overflows its stack.

Verdict: a crash of that test or cell, never a pass; the grader goes on.
"""

from hostile import Attack

ATTACK = Attack(
    first="import ctypes\nctypes.string_at(0)",
    answers={
        "truncate": """
import os

def truncate(A, k):
    os.abort()
""",
        "energy": """
import ctypes

def energy(s, k):
    ctypes.string_at(0)
""",
        # an answer that is right, in an interpreter that falls to pieces
        "psnr": """
import ctypes

def psnr(original, approximation):
    for value in (None, 10.0, (), int, float):
        ctypes.memset(id(value), 0x41, 16)
    return float(10 * np.log10(255**2 / np.mean((original.astype(float) - approximation) ** 2)))
""",
        "compression_ratio": """
import faulthandler

def compression_ratio(shape, k):
    faulthandler._stack_overflow()
""",
    },
    last="import os\nos.abort()",
    earns={"truncate": 0, "energy": 0, "psnr": 0, "compression_ratio": 0},
    reports=(
        "Your code ended its process; only this test is lost",
        "cell added by the student ended with Crash: ended its process",
    ),
)
