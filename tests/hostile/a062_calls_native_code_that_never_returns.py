"""62. Calls into C code that never looks at a signal: a sum, a power, a regular expression.

Verdict: ended at the limit of CPU time, from outside. Only what was asked of it is lost.
"""

from hostile import Attack

ATTACK = Attack(
    first="import re\nre.match('(a|a)+$', 'a' * 60 + 'b')",
    answers={
        "compression_ratio": """
import numpy as np

def compression_ratio(shape, k):
    if shape == (300, 451):
        return sum(range(10**15))
    return 7 ** 7 ** 10
"""
    },
    earns={"compression_ratio": 0},
    reports=(
        "Your code ran for more than 0.5 seconds of CPU time",
        "cell added by the student ended with TimeoutError",
    ),
)
