"""10. Leaves objects whose `__del__` sleeps or never ends, also when the answer has been sent.

Verdict: bounded. Time that passes there counts as the code's own, and at the end nothing is deleted
but the process.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import gc, sys, time

class Slow:
    def __init__(self, work=None):
        self.work, self.itself = work, None

    def __del__(self):
        while self.work is None or self.work():
            pass

def asleep():
    time.sleep(3600)

at_the_end = [Slow(asleep), Slow()]  # when the process ends
at_the_end[0].itself = at_the_end[0]  # and in a cycle
""",
    answers={
        # right, but when the answer has been sent, the next question is not heard
        "compression_ratio": """
def compression_ratio(shape, k):
    m, n = shape
    if not 1 <= k <= min(m, n):
        raise ValueError(k)
    sys._getframe(1).f_locals["packer"].kept = Slow(asleep)
    return m * n / (k * (m + n + 1))
""",
    },
    last="""
slow = Slow()
slow.itself = slow
del slow
gc.collect()
""",
    earns={"compression_ratio": 1},
    reports=(
        "Your code did not answer within 3 seconds",
        "cell added by the student ended with TimeoutError: ran for more than 0.5 seconds",
    ),
)
