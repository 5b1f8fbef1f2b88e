"""71. Returns an infinite generator, and functions and operators that give ever more.

Verdict: iterators do not travel, and the message says so. The exercise earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "compression_ratio": """
import itertools

def compression_ratio(shape, k):
    if shape == (300, 451):
        return (9.0 for _ in itertools.count())
    class Endless(list):
        def __iter__(self):
            return itertools.count()
        def __len__(self):
            return 1
    return Endless([1.0])
""",
        "psnr": """
def psnr(original, approximation):
    def more(*args):
        return more
    return more
""",
    },
    earns={"compression_ratio": 0, "psnr": 0},
    reports=("returned a generator object", "returned a Endless"),
)
