"""64. Takes memory that is not the process's own: sparse files, memfd, shared memory, the kernel's.

Verdict: memory without a file is refused; files, open or mapped, count among the folder's bytes,
and pipes and sockets end with the descriptors. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, mmap, os, socket
from multiprocessing import shared_memory
libc = ctypes.CDLL(None, use_errno=True)
def refused(name, attempt):
    try:
        attempt()
    except OSError as error:
        print("refused:", name, error)
    else:
        print("worked:", name)
def sparse(size):
    with open("sparse", "wb") as file:
        os.truncate(file.fileno(), size)
def raw(*call):
    if libc.syscall(*(ctypes.c_long(part) for part in call)) < 0:
        raise OSError(ctypes.get_errno(), "refused")
refused("memfd", lambda: os.memfd_create("x"))
refused("memfd_secret", lambda: raw(447, 0))
refused("shared memory", lambda: shared_memory.SharedMemory(create=True, size=1 << 30))
refused("old shared memory", lambda: raw(29, 0, 1 << 30, 0o1600))
refused("messages", lambda: raw(68, 0, 0o1600))
refused("locked memory", lambda: raw(149, ctypes.addressof(ctypes.create_string_buffer(1)), 1))
refused("a file of a terabyte", lambda: sparse(1 << 40))
refused("a map of a terabyte", lambda: mmap.mmap(-1, 1 << 40))
refused("a longer pipe", lambda: raw(72, os.pipe()[0], 1031, 1 << 24))
held, files = 0, 0
try:
    while files < 100:
        ours, theirs = socket.socketpair()
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33):  # the last two by force
            try:
                ours.setsockopt(socket.SOL_SOCKET, option, 1 << 30)
            except PermissionError:
                pass
        ours.setblocking(False)
        sent = ours.send(bytes(1 << 20))
        files, held = files + 1, held + sent
        globals().setdefault("kept", []).append((ours, theirs))
except OSError as error:
    print("refused:", error)
print("in sockets", "little" if held < 200 << 20 else held)
del kept
""",
    answers={
        "compression_ratio": """
import mmap, os

def compression_ratio(shape, k):
    maps = []
    while True:  # pages of files that have no name, of which one page is mapped
        with open("x", "wb+") as file:
            os.unlink("x")
            file.truncate(64 << 20)
            whole = mmap.mmap(file.fileno(), 64 << 20)
            for start in range(0, 64 << 20, 4096):
                whole[start] = 1
            whole.close()
            maps.append(mmap.mmap(file.fileno(), 4096))
"""
    },
    earns={"compression_ratio": 0},
    outputs=("(refused: .*){8}", "in sockets little"),
)
