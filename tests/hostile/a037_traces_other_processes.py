"""37. Attaches to the grader, the template and itself as a debugger does.

Verdict: refused by the system call filter. Neither `ptrace` nor a descriptor of a process, with
which to take descriptors or send signals, can be had.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, errno, os, signal
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
TRACEME, PEEK, ATTACH, SEIZE, INTERRUPT = 0, 1, 16, 0x4206, 0x4207

def attempts():
    yield "trace me", libc.ptrace(TRACEME, 0, 0, 0)
    for process in (PID, os.getppid(), 1, 2, os.getpid()):
        for request in (ATTACH, SEIZE, PEEK, INTERRUPT):
            yield f"ptrace {process}", libc.ptrace(request, process, 0, 0)
            yield f"ptrace {process}", libc.syscall(101, request, process, 0, 0)
        process_fd = libc.syscall(434, process, 0)  # pidfd_open, pidfd_getfd, pidfd_send_signal
        yield f"pidfd_open {process}", process_fd
        yield "pidfd_getfd", libc.syscall(438, process_fd if process_fd >= 0 else 4, 3, 0)
        yield "pidfd_send_signal", libc.syscall(424, max(process_fd, 4), 0, 0, 0)
    yield "kcmp", libc.syscall(312, os.getpid(), os.getppid(), 0, 4, 4)
    yield "personality", libc.syscall(135, 0x0040000)  # without random addresses

def told():
    for what, result in attempts():
        yield f"DONE {what}" if result >= 0 else errno.errorcode[ctypes.get_errno()]
print("refused:", *sorted({*told()}))
""",
    answers={
        "truncate": """
def truncate(A, k):
    raise PermissionError(f"tracing gives {sorted({*told()})}")
"""
    },
    earns={"truncate": 0},
    reports=(r"PermissionError: tracing gives \['ENOSYS', 'EPERM'\]",),
    outputs=(r"refused: ENOSYS EPERM\W",),
)
