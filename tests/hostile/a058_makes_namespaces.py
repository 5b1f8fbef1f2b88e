"""58. Makes user namespaces of its own, where it would be root, and enters those of others.

Verdict: refused, each way. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
text = ctypes.create_string_buffer(b"/", 4096)
place = ctypes.addressof(text)
worked = []
def attempt(name, *call):
    result = libc.syscall(*(ctypes.c_long(part) for part in call))
    if result == 0 and name.startswith("clone"):
        os._exit(0)
    if result >= 0:
        worked.append(name)
KINDS = {"user": 1 << 28, "files": 1 << 17, "network": 1 << 30, "processes": 1 << 29,
         "time": 1 << 7, "groups": 1 << 25, "names": 1 << 26, "messages": 1 << 27}
for kind, flag in KINDS.items():
    for flags in (flag, flag | 1 << 28):
        attempt(f"unshare {kind}", 272, flags)
        attempt(f"clone {kind}", 56, flags | 17, 0, 0, 0, 0)
        attempt(f"clone as fork does, {kind}", 56, flags | 0x1200011, 0, 0, 0, 0)
        ctypes.memmove(place, flags.to_bytes(8, "little") + bytes(24) + bytes([17]) + bytes(55), 88)
        attempt(f"clone3 {kind}", 435, place, 88)
        for descriptor in range(16):
            attempt(f"setns {kind}", 308, descriptor, flag)
ctypes.memmove(place, b"/\\0", 2)
attempt("chroot", 161, place)
attempt("pivot_root", 155, place, place)
attempt("mount", 165, place, place, place, 0, 0)
attempt("umount2", 166, place, 2)
attempt("fsopen", 430, place, 0)
attempt("open_tree", 428, -100, place, 1)
attempt("move_mount", 429, -100, place, -100, place, 0)
attempt("mount_setattr", 442, -100, place, 0, place, 32)
attempt("open_by_handle_at", 304, -100, place, 0)
attempt("setuid", 105, 1)
attempt("capset", 126, place, place)
attempt("personality", 135, 0x40000)
print("worked:", worked)
try:
    os.unshare(os.CLONE_NEWUSER) if hasattr(os, "unshare") else os.setgroups([])
except OSError as error:
    print("refused:", error)
""",
    answers={"compression_ratio": "def compression_ratio(shape, k):\n    return 1.0"},
    earns={"compression_ratio": 0},
    outputs=(r"worked: \[\]", "refused: "),
)
