"""45. Renames, closes, links and removes the results of others, and folders with them.

Verdict: refused, by path and by descriptor; nothing outside has changed.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, os, shutil
libc = ctypes.CDLL(None, use_errno=True)
NAME = "/05_svd_compression"
RESULT = OUTSIDE + "/autograded/honest" + NAME + NAME + ".ipynb"
FOLDER = os.path.dirname(RESULT)

def by_descriptor(change):
    folder = os.open(FOLDER, os.O_PATH | os.O_DIRECTORY)
    change(os.path.basename(RESULT), folder)

def system_call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

def unless_kept(change):
    before = os.stat(RESULT)
    change()
    if os.stat(RESULT)[:5] == before[:5] and os.stat(RESULT).st_mtime == before.st_mtime:
        raise PermissionError("kept as it was, whatever was said")

PATH = RESULT.encode()
WAYS = {
    "rename": lambda: os.rename(RESULT, RESULT + ".hostile"),
    "rename here": lambda: os.rename(RESULT, "mine.ipynb"),
    "rename the folder": lambda: os.rename(OUTSIDE + "/autograded", OUTSIDE + "/hostile"),
    "exchange": lambda: system_call(316, -100, PATH, -100, os.getcwd().encode(), 2),
    "move": lambda: shutil.move(FOLDER, "mine"),
    "remove": lambda: os.remove(RESULT),
    "remove all": lambda: shutil.rmtree(OUTSIDE + "/autograded"),
    "chmod": lambda: unless_kept(lambda: os.chmod(RESULT, 0)),
    "chmod of the folder": lambda: unless_kept(lambda: os.chmod(FOLDER, 0)),
    "fchmodat2": lambda: unless_kept(lambda: system_call(452, -100, PATH, 0, 0)),
    "chown": lambda: unless_kept(lambda: os.chown(RESULT, 65534, 65534)),
    "utime": lambda: unless_kept(lambda: os.utime(RESULT, (0, 0))),
    "attribute": lambda: os.setxattr(RESULT, "user.hostile", b"1"),
    "truncate": lambda: os.truncate(RESULT, 0),
    "link": lambda: os.link(RESULT, RESULT + ".hostile"),
    "link here": lambda: os.link(RESULT, "linked.ipynb"),
    "symbolic link": lambda: os.symlink("nowhere", FOLDER + "/hostile-link"),
    "folder": lambda: os.mkdir(FOLDER + "/hostile-folder"),
    "pipe": lambda: os.mkfifo(FOLDER + "/hostile-pipe"),
    "by descriptor": lambda: by_descriptor(lambda name, at: os.unlink(name, dir_fd=at)),
    "renamed by descriptor": lambda: by_descriptor(
        lambda name, at: os.rename(name, "hostile", src_dir_fd=at, dst_dir_fd=at)),
    "chmod by descriptor": lambda: unless_kept(
        lambda: by_descriptor(lambda name, at: os.chmod(name, 0, dir_fd=at))),
    "mount": lambda: system_call(165, b"none", FOLDER.encode(), b"tmpfs", 0, 0),
    "change of root": lambda: os.chroot(OUTSIDE),
}
for way, attempt in WAYS.items():
    try:
        attempt()
        print("DONE", way)
    except OSError as error:
        print("refused", way)
""",
    answers={
        "truncate": """
def truncate(A, k):
    os.rename(RESULT, RESULT + ".hostile")
    return A
"""
    },
    earns={"truncate": 0},
    reports=("PermissionError|FileNotFoundError",),
    outputs=("^((?!DONE).)*refused rename((?!DONE).)*change of root((?!DONE).)*$",),
)
