"""34. Reads the environment and the arguments: Python's, the C library's and the kernel's.

Verdict: both are made anew for the sandbox, and say nothing of the course or the grader's own.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.getauxval.restype = ctypes.c_void_p
libc.secure_getenv.restype = ctypes.c_char_p
texts = [*os.environ, *os.environ.values(), *sys.argv, *sys.orig_argv]
texts += [repr(sys.flags), repr(sys._xoptions), repr(vars(sys.modules["__main__"]))]
entries = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
position = 0
while entries[position]:
    texts.append(entries[position].decode())
    position += 1
executed = libc.getauxval(31)  # AT_EXECFN: the last text of what the kernel hands to a program
first = ctypes.cast(entries, ctypes.POINTER(ctypes.c_void_p))[0]
texts.append(ctypes.string_at(first - 512, 512).decode("latin-1"))
texts.append(ctypes.string_at(executed).decode())
for process in ("self", "thread-self", 1, PID, os.getppid(), os.getpid()):
    for name in ("environ", "cmdline", "comm", "cwd", "exe", "root/proc/self/environ"):
        try:
            texts.append(open(f"/proc/{process}/{name}", "rb").read().decode("latin-1"))
        except OSError:
            pass
    for name in ("cwd", "exe"):
        try:
            texts.append(os.readlink(f"/proc/{process}/{name}"))
        except OSError:
            pass
print("secret:", [text for text in texts if CANARY in text or OUTSIDE in text])
print("own variable:", libc.secure_getenv(b"AUTOGRADER_SECRET"), "of", len(texts), "texts")
""",
    answers={
        "truncate": """
def truncate(A, k):
    raise KeyError(os.environ["AUTOGRADER_" + "SECRET"])
"""
    },
    earns={"truncate": 0},
    reports=("KeyError: 'AUTOGRADER_SECRET'",),
    outputs=(r"secret: \[\]", r"own variable: None of \d\d+ texts"),
)
