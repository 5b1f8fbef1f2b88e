"""55. A function that is tested leaves threads that spoil whatever is tested after it.

They replace all functions of the notebook, NumPy's too, and write to the channel.

Verdict: what does not pass is tested again in a process of its own, which has no such threads. The
wrong answer earns nothing, the others all of their points.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "rank_for_energy": """
import gc, socket, threading, time
import numpy as np

def spoil(names):
    while True:
        time.sleep(0.001)
        for name in ("truncate", "truncation_error", "compress_image", "psnr", "pinv"):
            names[name] = lambda *args: 0
        np.linalg.svd = None
        for found in gc.get_objects():
            if isinstance(found, socket.socket) and names["count"] > 3:
                found.send(b"from a thread")

count = 0
def rank_for_energy(s, fraction):
    global count
    count += 1
    threading.Thread(target=spoil, args=(globals(),), daemon=True).start()
    return 1
"""
    },
    earns={"rank_for_energy": 0},
)
