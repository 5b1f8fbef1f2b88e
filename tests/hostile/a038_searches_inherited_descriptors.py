"""38. Searches the descriptors that the process has inherited for files, folders and sockets.

Verdict: there are three to `/dev/null` and sockets whose other end only listens; no file, no
folder, and nothing that the grader or the template reads from elsewhere.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import array, os, socket, stat, struct

def inherited():
    for descriptor in range(4096):
        try:
            yield descriptor, os.fstat(descriptor)
        except OSError:
            pass

def tries(descriptor, kept):
    if stat.S_ISCHR(kept.st_mode):
        yield "/dev/null" if kept.st_rdev == os.makedev(1, 3) else "DEVICE"
    elif not stat.S_ISSOCK(kept.st_mode):
        yield "FILE " + repr(os.pread(descriptor, 100, 0))
    else:
        yield "socket"
        ours = socket.socket(fileno=os.dup(descriptor))
        try:
            data, rights, *_ = ours.recvmsg(4096, 4096, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            yield f"READ {data!r} {rights}" if data or rights else "closed"
        except OSError:
            pass
        if ours.getsockname():
            yield "NAMED"
        ours.close()
    for name in ("secret.txt", "gradebook.db", "..", OUTSIDE + "/secret.txt"):
        try:
            os.close(os.open(name, os.O_RDONLY, dir_fd=descriptor))
            yield "OPENED"
        except OSError:
            pass
print(sorted({said for each in inherited() for said in tries(*each)}))
""",
    answers={
        "truncate": """
def truncate(A, k):
    found = {said for each in inherited() for said in tries(*each)}
    raise LookupError(f"no file: {sorted(found)}" if not any(map(str.isupper, found)) else found)
"""
    },
    earns={"truncate": 0},
    reports=(r"LookupError: no file: \['/dev/null', ('closed', )?'socket'\]",),
    outputs=(r"\[\W+/dev/null\W+(closed\W+)?socket\W+\]",),
)
