"""35. Opens memory, environment and descriptors of the grader, the template and others in /proc.

Verdict: refused. Nothing of /proc can be opened, not even of the process itself, but for its own
descriptors of `/dev/null`.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import glob, itertools, os
NULL = os.stat("/dev/null").st_rdev  # where its own descriptors 0, 1 and 2 lead
NAMES = ("mem", "environ", "maps", "fd/0", "fd/3", "fd/5", "fdinfo/3", "map_files", "root/etc",
         "cwd/secret.txt", "cmdline", "stack", "syscall", "auxv", "task", "pagemap", "status")
FOUND = [path.split("/")[2] for path in glob.glob("/proc/[0-9]*")]
PROCESSES = [PID, os.getppid(), os.getpid(), 1, 2, 3, "self", "thread-self", *FOUND]

def opened():
    for process in PROCESSES:
        for name in NAMES:
            for mode in (os.O_RDONLY, os.O_RDWR, os.O_RDONLY | os.O_DIRECTORY):
                try:
                    descriptor = os.open(f"/proc/{process}/{name}", mode)
                    if os.fstat(descriptor).st_rdev != NULL:
                        yield descriptor, f"{process}/{name}"
                except OSError:
                    pass
            try:
                os.symlink(f"/proc/{process}/{name}", f"{process}-{os.urandom(4).hex()}")
                os.link(f"/proc/{process}/{name}", f"{process}-{os.urandom(4).hex()}")
                yield -1, f"{process}/{name} by link"
            except OSError:
                pass
for name in os.listdir("."):
    try:
        print("READ", open(name, "rb").read(100))
    except OSError:
        pass
print("opened:", [name for _, name in itertools.islice(opened(), 9)], "processes seen:", FOUND)
""",
    answers={
        "truncate": """
def truncate(A, k):
    for descriptor, name in opened():
        if name.endswith("mem"):
            os.pwrite(descriptor, b"passed", id(A))
    raise PermissionError("nothing opens")
"""
    },
    earns={"truncate": 0},
    reports=("PermissionError: nothing opens",),
    outputs=(r"opened: \[\] processes seen: \[\]",),
)
