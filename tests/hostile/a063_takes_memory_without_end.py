"""63. Takes memory without end: in one piece, in many, past Python, and in threads.

Verdict: no memory beyond the limit, which the student's code hears of as a `MemoryError`. The
exercise earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes
import numpy as np
try:
    np.ones((1 << 18, 1 << 18))
except MemoryError:
    print("refused: an array")
libc = ctypes.CDLL(None)
libc.mmap.restype, libc.munmap.argtypes = ctypes.c_long, [ctypes.c_long, ctypes.c_long]
SIZE = 64 << 20
for kind in (0x21, 0x22, 0x4022, 0x122):  # shared, private, not reserved, growing downwards
    places = []
    while len(places) < 100 and (place := libc.mmap(None, SIZE, 3, kind, -1, 0)) != -1:
        places.append(place)
    print("refused: a map after", "few" if len(places) < 30 else len(places))
    for place in places:
        libc.munmap(place, SIZE)
""",
    answers={
        "compression_ratio": """
import threading

hoard = []
def hoarding():
    while True:
        hoard.append(bytearray(b"x") * (1 << 24))

def compression_ratio(shape, k):
    for _ in range(4):
        threading.Thread(target=hoarding, daemon=True).start()
    hoarding()
"""
    },
    earns={"compression_ratio": 0},
    reports=("Your code raised MemoryError",),
    outputs=("refused: an array", "(refused: a map after few.*){4}"),
)
