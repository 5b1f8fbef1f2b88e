"""52. Stops the grader, and itself, so that it would wait for ever without using any CPU time.

Verdict: it cannot stop others. Itself it can, by a timer; the limit on the wall time ends it then,
and this test cell earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "compression_ratio": """
import ctypes, os, signal, time

def compression_ratio(shape, k):
    m, n = shape
    if (m, n) != (300, 451):
        if not 1 <= k <= min(m, n):
            raise ValueError(k)
        return m * n / (k * (m + n + 1))
    for process in (PID, os.getppid(), 1, -1, 0, os.getpid()):
        for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN):
            try:
                os.kill(process, number)
            except PermissionError:
                pass
            else:
                return 135300 / 15040
    libc = ctypes.CDLL(None)
    event = (ctypes.c_int * 16)(0, 0, signal.SIGSTOP, 0)
    timer = ctypes.c_void_p()
    libc.timer_create(time.CLOCK_MONOTONIC, event, ctypes.byref(timer))
    soon = (ctypes.c_long * 4)(0, 0, 0, 1000)
    libc.timer_settime(timer, 0, soon, None)
    time.sleep(0.01)
    return 135300 / 15040
"""
    },
    earns={"compression_ratio": 1},
    reports=("Your code did not answer within 3 seconds",),
)
