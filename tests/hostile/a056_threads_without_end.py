"""56. A thread bomb; each thread starts others, all at the same moment.

Verdict: a process has as many threads as numerical libraries need, and no more. The wrong answer
earns nothing.
"""

from hostile import Attack

BOMB = """
import threading, time
started, stop = [], threading.Event()
def work():
    try:
        while not stop.is_set():
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        stop.wait(5)
def bomb():
    try:
        work_at_once = [threading.Thread(target=work, daemon=True) for _ in range(1000)]
        for thread in work_at_once:
            thread.start()
            started.append(thread)
    except RuntimeError as error:
        refused = str(error)
    time.sleep(0.2)
    stop.set()
    return f"{refused}: {'few' if len(started) < 100 else len(started)}"
"""

ATTACK = Attack(
    first=BOMB + "print(bomb())",
    answers={
        "compression_ratio": BOMB
        + "def compression_ratio(shape, k):\n    raise RuntimeError(bomb())"
    },
    earns={"compression_ratio": 0},
    reports=("RuntimeError: can't start new thread: few",),
    outputs=("can't start new thread: few",),
)
