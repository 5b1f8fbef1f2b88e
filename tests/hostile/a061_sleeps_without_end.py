"""61. Waits without end, which takes no CPU time: asleep, or for a lock that it holds itself.

Verdict: ended by the limit on the wall time. Only the test that waited is lost.
"""

from hostile import Attack

ATTACK = Attack(
    first="import time\ntime.sleep(10**6)",
    answers={
        "compression_ratio": """
import threading

def compression_ratio(shape, k):
    m, n = shape
    if (m, n) == (300, 451):
        lock = threading.Lock()
        while True:
            lock.acquire()
    if not 1 <= k <= min(m, n):
        raise ValueError(k)
    return m * n / (k * (m + n + 1))
"""
    },
    earns={"compression_ratio": 1},
    reports=(
        "Your code did not answer within 3 seconds",
        "cell added by the student ended with TimeoutError: did not answer within 3 seconds",
    ),
)
