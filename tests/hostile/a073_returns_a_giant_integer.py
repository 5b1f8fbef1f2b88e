"""73. Returns an integer of a billion digits, and one that takes for ever to print.

Verdict: refused by its number of bits; one that may travel is never written out in full. The
exercise earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="import sys\nsys.set_int_max_str_digits(0)",
    answers={
        "compression_ratio": """
def compression_ratio(shape, k):
    return 1 << 3_321_928_095 if shape == (300, 451) else 10**9000
""",
        "psnr": """
import gc, socket, struct

def psnr(original, approximation):
    digits = b"f" * 3_000_000
    integer = b"\\x92\\xa3int\\xdb" + struct.pack(">I", len(digits)) + digits
    header = b"\\x93\\xa8Returned\\x01\\x92\\x90" + integer
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() >= 0:
            found.sendall(struct.pack("<II", len(header), 0) + header)
    return -(10**9000)
""",
    },
    earns={"compression_ratio": 0, "psnr": 0},
    reports=(r"an integer of \d+ bits|MemoryError", "broke the protocol"),
)
