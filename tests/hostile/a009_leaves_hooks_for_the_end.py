"""9. Registers hooks for the end of the process, which answer the tests, leave files and never end.

Verdict: no hook runs; processes are killed. The wrong answer earns nothing, and grading goes on at
once.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import atexit, ctypes, os, signal, tempfile, threading, time, weakref

def leave(name):
    with open(os.path.join(tempfile.gettempdir(), "hostile-" + name), "w") as file:
        file.write("{}")

def hook(name):
    def run(*args):
        leave(name)
        time.sleep(3600)
    return run

@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p)
def native(status, argument):
    leave("native")
    time.sleep(3600)

class Hooked:
    pass

kept = []

def register():
    atexit.register(hook("atexit"))
    threading._register_atexit(hook("threading"))
    ctypes.CDLL(None).on_exit(native, None)
    kept.append(Hooked())
    weakref.finalize(kept[-1], hook("finalize"))
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGXCPU):
        signal.signal(number, hook(f"signal {number}"))

register()
leave("can write")
""",
    answers={
        "truncate": """
def truncate(A, k):
    register()
    return 0 * A
""",
    },
    last="print('left behind:', sorted(os.listdir(tempfile.gettempdir())))",
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\)",),
    outputs=(r"left behind: \['hostile-can write', 'notebook-\d+'\]",),
)
