"""44. Leaves files, shared memory and semaphores behind, and looks for those of another run.

Verdict: each submission begins in an empty folder of its own, and finds nothing outside of it
that it could write to.
"""

from hostile import Attack

ATTACK = Attack(
    times=3,
    first="""
import ctypes, glob, os, tempfile
from multiprocessing import shared_memory
libc = ctypes.CDLL(None, use_errno=True)
PLACES = ("/dev/shm", "/tmp", "/var/tmp", "/dev/mqueue", "/run", "/dev", "/", "..", "../..",
          os.path.expanduser("~"), tempfile.gettempdir(), OUTSIDE, OUTSIDE + "/submitted/honest")
KEY = 0x5EC

def left():
    for place in PLACES:
        yield from glob.glob(place + "/hostile-*") + glob.glob(place + "/.hostile-*")
    yield from os.listdir(".")
    if libc.syscall(29, KEY, 4096, 0o666) >= 0:
        yield "shmget"
    if libc.syscall(250, 10, -3, 0, 0) > 0:  # keyctl: a key of the session
        yield "keyctl"

def leave():
    for place in PLACES:
        for name in ("hostile-note", ".hostile-note", "hostile-folder/note"):
            try:
                os.makedirs(os.path.dirname(f"{place}/{name}"), exist_ok=True)
                with open(f"{place}/{name}", "w") as file:
                    file.write("def truncate(A, k): ...")
                yield place
            except OSError:
                pass
    for make in (lambda: shared_memory.SharedMemory("hostile-memory", create=True, size=10),
                 lambda: libc.sem_open(b"hostile-semaphore", os.O_CREAT, 0o666, 1) or 1 / 0):
        try:
            make()
            yield "shared memory"
        except (OSError, ZeroDivisionError):
            pass
    for number, *arguments in ((29, KEY, 4096, 0o1666), (64, KEY, 1, 0o1666), (68, KEY, 0o1666),
                               (240, b"hostile-queue", 0o102, 0o666, 0),
                               (248, b"user", b"hostile-key", b"note", 4, -3)):
        if libc.syscall(number, *arguments) >= 0:
            yield f"system call {number}"

print("before:", sorted(left()))
OWN = os.path.realpath(os.path.expanduser("~"))
print("outside:", {place for place in leave() if not os.path.realpath(place).startswith(OWN)})
os.chmod("..", 0)
""",
    answers={
        "truncate": """
def truncate(A, k):
    for _ in leave():
        pass
    raise FileNotFoundError("nothing was left for me")
"""
    },
    earns={"truncate": 0},
    reports=("FileNotFoundError: nothing was left for me",),
    outputs=(r"before: \[\]", r"outside: set\(\)"),
)
