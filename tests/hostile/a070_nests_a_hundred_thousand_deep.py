"""70. Returns a list that is nested 100,000 deep, one that holds itself, and a forged one.

Verdict: refused, with the depth that is allowed. The exercise earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "compression_ratio": """
import gc, socket, struct

def compression_ratio(shape, k):
    tree = []
    if shape == (300, 451):
        for _ in range(100_000):
            tree = [tree]
        return tree
    tree.append(tree)
    return tree
""",
        "psnr": """
import gc, socket, struct

def psnr(original, approximation):
    deep = b"\\x92\\xa4list\\x91" * 100_000 + b"\\x92\\xa4list\\x90"
    header = b"\\x93\\xa8Returned\\x01\\x92\\x90" + deep
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() >= 0:
            found.sendall(struct.pack("<II", len(header), 0) + header)
    return 1.0
""",
    },
    earns={"compression_ratio": 0, "psnr": 0},
    reports=("nested deeper than 100 levels", "broke the protocol: "),
)
