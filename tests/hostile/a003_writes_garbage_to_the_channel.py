"""3. Writes what is no message to the channel's descriptor: noise, huge lengths, half a message.

Verdict: a protocol error. The process is killed, and each of these costs the test it was sent in.
"""

from hostile import Attack

CHANNEL = """
import contextlib, os, stat, struct

def channels():
    for descriptor in range(256):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                yield descriptor

def send(data):
    for descriptor in channels():
        with contextlib.suppress(OSError):
            os.write(descriptor, data)

def framed(header):
    send(struct.pack("<II", len(header), 0) + header)

print("channels:", *channels())
"""

ATTACK = Attack(
    first=CHANNEL,
    last="send(b'not a message at all')",
    answers={
        "truncate": """
def truncate(A, k):
    framed(b"\\xc1" * 50) if A.shape == (2, 3) else send(os.urandom(4096))
    return A
""",
        # a header of 4 GB; a million arrays; an array of 2**63 bytes
        "truncation_error": """
def truncation_error(s, k, norm):
    if len(s) == 3:
        send(struct.pack("<II", 0xFFFF_FFFF, 0))
    elif s[2] < 1e-8:
        send(struct.pack("<II", 1, 1_000_000))
    else:
        send(struct.pack("<IIQ", 1, 1, 1 << 63))
    return 1.0
""",
        # lists in lists 100,000 deep; a list that says that it has four billion items
        "energy": """
def energy(s, k):
    framed(b"\\x91" * 100_000 if len(s) == 2 else b"\\xdd\\xff\\xff\\xff\\xff")
    return 1.0
""",
        # half a message and then silence; a message of a hundred megabytes, byte by byte
        "compression_ratio": """
def compression_ratio(shape, k):
    if shape == (300, 451):
        send(struct.pack("<II", 1000, 0) + b"\\x94" * 500)
        while True:
            pass
    send(struct.pack("<IIQ", 7, 1, 1 << 27) + b"\\x91\\xa5Hello")
    descriptor = min(channels())
    while True:
        os.write(descriptor, b"\\x00")
""",
    },
    earns={"truncate": 0, "truncation_error": 0, "energy": 0, "compression_ratio": 0},
    reports=(
        "Your code broke the protocol: not a message",
        "Your code broke the protocol: a message of 4294967295 bytes",
        "Your code broke the protocol: a message of 1 bytes with 1000000 arrays",
        "Your code broke the protocol: arrays of 9223372036.9 GB",
        "Your code (ran for more than 0.5 seconds of CPU time|did not answer)",
        "cell added by the student ended with Crash: broke the protocol",
    ),
    outputs=(r"channels: \d+",),
)
