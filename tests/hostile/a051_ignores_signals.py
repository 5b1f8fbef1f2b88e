"""51. Ignores, catches and blocks every signal that it can, and then loops.

Verdict: ended at the limit of CPU time, by the signal that nobody can ignore; in a cell it costs
that cell, in a function the exercise.
"""

from hostile import Attack

DEAF = """
import signal, threading
def loop():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
def deaf():
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGXCPU, signal.SIGPROF):
        signal.signal(number, lambda *_: loop())
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    threading.Thread(target=loop).start()
    loop()
"""

ATTACK = Attack(
    first=DEAF + "deaf()",
    answers={"compression_ratio": DEAF + "def compression_ratio(shape, k):\n    deaf()"},
    earns={"compression_ratio": 0},
    reports=(
        "Your code ran for more than 0.5 seconds of CPU time",
        "cell added by the student ended with TimeoutError: ran for more than 0.5 seconds",
    ),
)
