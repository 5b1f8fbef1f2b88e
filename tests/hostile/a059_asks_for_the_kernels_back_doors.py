"""59. Asks for io_uring, userfaultfd, bpf and others that have opened kernels to attackers.

Verdict: for a student's process these system calls do not exist. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
place = ctypes.addressof(ctypes.create_string_buffer(4096))
CALLS = {
    "io_uring_setup": (425, 8, place), "io_uring_enter": (426, 3, 1, 0, 0, 0, 0),
    "io_uring_register": (427, 3, 0, place, 1), "userfaultfd": (323, 0),
    "userfaultfd of one's own": (323, 1), "bpf": (321, 0, place, 72),
    "bpf to load a program": (321, 5, place, 72), "perf_event_open": (298, place, 0, -1, -1, 0),
    "keyctl": (250, 0, -3, 1), "add_key": (248, place, place, place, 1, -3),
    "request_key": (249, place, place, place, -3), "seccomp": (317, 2, 0, place),
    "prctl for seccomp": (157, 22, 2, place, 0, 0), "landlock": (444, 0, 0, 1),
    "modify_ldt": (154, 0, place, 64), "iopl": (172, 3), "ioperm": (173, 0, 1, 1),
    "memfd_create": (319, place, 0), "memfd_secret": (447, 0), "vmsplice": (278, 1, place, 1, 0),
    "splice": (275, 0, 0, 1, 0, 1, 0), "tee": (276, 0, 1, 1, 0), "pidfd_getfd": (438, 3, 0, 0),
    "kcmp": (312, os.getppid(), os.getpid(), 0, 0, 0), "init_module": (175, place, 0, place),
    "finit_module": (313, 3, place, 0), "kexec_load": (246, 0, 0, 0, 0), "reboot": (169, 0, 0, 0),
    "syslog": (103, 3, place, 100), "quotactl": (179, 0, place, 0, place), "acct": (163, 0),
    "swapon": (167, place, 0), "fanotify_init": (300, 0, 0), "inotify_init": (253,),
    "signalfd": (282, -1, place, 8), "mq_open": (240, place, 66, 384, 0),
    "shmget": (29, 0, 4096, 896), "semget": (64, 0, 1, 896), "msgget": (68, 0, 896),
    "mbind": (237, 0, 0, 0, 0, 0, 0), "move_pages": (279, os.getppid(), 0, 0, 0, 0, 0),
    "openat2": (437, -100, place, place, 24), "a file handle": (303, -100, place, place, place, 0),
    "what is not there yet": (999, 0),
}
def worked():
    return [
        name for name, call in CALLS.items()
        if libc.syscall(*(ctypes.c_long(part) for part in call)) >= 0
    ]
print("worked:", worked())
""",
    answers={
        "compression_ratio": """
def compression_ratio(shape, k):
    raise RuntimeError(f"worked: {worked()}")
"""
    },
    earns={"compression_ratio": 0},
    reports=(r"RuntimeError: worked: \[\]",),
    outputs=(r"worked: \[\]",),
)
