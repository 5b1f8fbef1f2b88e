"""50. Kills the grader, its parent, the template, every process: by all calls that send a signal.

Verdict: each is refused, in a cell and in a function under test, and nobody has died. The wrong
answer earns nothing.
"""

from hostile import Attack

KILLS = """
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
def kills():
    info = ctypes.create_string_buffer(256)
    info[0:12] = bytes([9, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255])
    place = ctypes.addressof(info)
    everybody = [PID, os.getppid(), os.getpgid(0), os.getsid(0), 1, -1, 0, *range(2, 40)]
    for process in everybody:
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, 0):
            yield "kill", 62, process, number
            yield "killpg", 62, -process, number
            yield "tkill", 200, process, number
            yield "tgkill", 234, process, process, number
        yield "rt_sigqueueinfo", 129, process, signal.SIGKILL, place
        yield "rt_tgsigqueueinfo", 297, process, process, signal.SIGKILL, place
        yield "pidfd_open", 434, process, 0
        yield "prlimit64", 302, process, 0, place, 0
        yield "sched_setaffinity", 203, process, 8, place
        yield "process_madvise", 440, process, 0, 0, 0, 0
        yield "setpriority", 141, 0, process, 19
        for descriptor in range(16):
            yield "F_SETOWN", 72, descriptor, 8, process
            yield "F_SETSIG", 72, descriptor, 10, signal.SIGKILL
            for owner in (0x8901, 0x8902):
                yield "FIOSETOWN", 16, descriptor, owner, place
    for descriptor in range(256):
        yield "pidfd_send_signal", 424, descriptor, signal.SIGKILL, 0, 0
def worked():
    return sorted({
        name for name, *call in kills()
        if libc.syscall(*(ctypes.c_long(part) for part in call)) >= 0
    })
"""

ATTACK = Attack(
    first=KILLS
    + """
print("worked:", worked())
for process in (PID, os.getppid(), 1, -1, 0):
    try:
        os.kill(process, 9)
    except PermissionError as error:
        print("refused:", error)
""",
    answers={
        "compression_ratio": KILLS
        + """
def compression_ratio(shape, k):
    raise RuntimeError(f"worked: {worked()}")
"""
    },
    earns={"compression_ratio": 0},
    reports=(r"RuntimeError: worked: \[\]",),
    outputs=(r"worked: \[\]", r"(refused: .*Operation not permitted.*){5}"),
)
