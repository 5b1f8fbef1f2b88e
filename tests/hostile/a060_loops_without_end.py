"""60. Loops without end: in a cell, in a function, and in one that catches whatever would end it.

Verdict: ended at the limit of CPU time. Only what was asked of the loop is lost.
"""

from hostile import Attack

ATTACK = Attack(
    first="while True:\n    pass",
    answers={
        "compression_ratio": """
def compression_ratio(shape, k):
    while True:
        try:
            compression_ratio(shape, k)
        except BaseException:
            continue
"""
    },
    earns={"compression_ratio": 0},
    reports=(
        "Your code ran for more than 0.5 seconds of CPU time",
        "cell added by the student ended with TimeoutError",
    ),
)
