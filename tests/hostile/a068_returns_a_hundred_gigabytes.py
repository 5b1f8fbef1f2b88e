"""68. Returns an array of 100 GB: as a view of one number, in a range, and by a forged header.

Verdict: refused before any memory is taken, and the reason is named. The exercise earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "compression_ratio": """
import gc, socket, struct
import numpy as np

def compression_ratio(shape, k):
    if shape == (300, 451):
        return np.broadcast_to(np.float64(9.0), (10**5, 10**5))
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() >= 0:
            found.send(struct.pack("<IIQ", 100, 1, 10**11) + bytes(100))
    return range(10**11)
""",
        "psnr": """
import numpy as np

def psnr(original, approximation):
    wide = np.lib.stride_tricks.as_strided(original, (10**5, 10**5), (0, 0))
    return wide if original.size % 2 else range(10**11)
""",
    },
    earns={"compression_ratio": 0, "psnr": 0},
    reports=(
        "compression_ratio returned an object that raises MemoryError",
        "broke the protocol: .*100.0 GB",
    ),
)
