"""36. Copies memory from and to the grader and the template by `process_vm_readv` and `writev`.

Verdict: refused by the system call filter, for every process, the caller's own included.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)

class Part(ctypes.Structure):
    _fields_ = (("address", ctypes.c_void_p), ("length", ctypes.c_size_t))

def refusals():
    ours = ctypes.create_string_buffer(64)
    here = Part(ctypes.addressof(ours), 64)
    there = Part(ctypes.addressof(ours), 64)  # a fork has all where its parent has it
    for process in (PID, os.getppid(), 1, 2, os.getpid()):
        for number in (310, 311):
            for call in (libc.process_vm_readv if number == 310 else libc.process_vm_writev,
                         lambda *arguments: libc.syscall(number, *arguments)):
                copied = call(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
                yield errno.errorcode[ctypes.get_errno()] if copied < 0 else f"COPIED {copied}"
print("refused:", {*refusals()})
""",
    answers={
        "truncate": """
def truncate(A, k):
    raise PermissionError(f"copying gives {set(refusals())}")
"""
    },
    earns={"truncate": 0},
    reports=("PermissionError: copying gives {'EPERM'}",),
    outputs=(r"refused: {\W*EPERM\W*}",),
)
