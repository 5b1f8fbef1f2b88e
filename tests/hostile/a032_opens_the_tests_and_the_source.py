"""32. Opens the course's source, by every way to open a file, and beside the installed package.

Verdict: refused each time. Without namespaces a file of the course can be seen to exist; its
content cannot be read.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import autograder, ctypes, mmap, os, sqlite3
from pathlib import Path
import numpy as np
NAME = "/source/05_svd_compression/05_svd_compression"
PLACES = [OUTSIDE, str(Path(autograder.__file__).parents[1]), "/work", os.path.expanduser("~"),
          "/proc/self/root" + OUTSIDE, "/proc/1/root" + OUTSIDE, "../../../../../.." + OUTSIDE]
libc = ctypes.CDLL(None, use_errno=True)
libc.fopen.restype = ctypes.c_void_p

def by_link(path, make):
    here = f"link-{os.urandom(4).hex()}"
    make(path, here)
    return Path(here).read_text()

def by_fopen(path):
    if not libc.fopen(path.encode(), b"r"):
        raise OSError(ctypes.get_errno(), path)

def by_openat2(path):  # and by handle: what a filter might have forgotten
    how = (ctypes.c_uint64 * 3)(0, 0, 0)
    for number, arguments in ((437, (-100, path.encode(), how, 24)),
                              (303, (-100, path.encode(), how, how, 0))):
        if libc.syscall(number, *arguments) >= 0:
            return
    raise OSError(ctypes.get_errno(), path)

def by_descriptor(path):
    folder = os.open(os.path.dirname(path), os.O_PATH)
    return os.fdopen(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=folder)).read()

WAYS = {
    "open": lambda path: open(path).read(),
    "write": lambda path: open(path, "r+").read(),
    "bytes": lambda path: np.fromfile(path, np.uint8).tobytes().decode(),
    "memmap": lambda path: np.memmap(path, np.uint8, "r").tobytes().decode(),
    "symlink": lambda path: by_link(path, os.symlink),
    "hard link": lambda path: by_link(path, os.link),
    "rename": lambda path: by_link(path, os.rename),
    "fopen": by_fopen,
    "openat2": by_openat2,
    "O_PATH": by_descriptor,
    "sqlite": lambda path: sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT 1")
        .connection.execute("SELECT * FROM sqlite_master").fetchall(),
    "descriptor": lambda path: os.read(os.open(path, os.O_RDONLY), 10**7).decode(),
}

def source():
    for way, read in WAYS.items():
        for place in PLACES:
            for suffix in (".py", ".ipynb"):
                try:
                    found = read(place + NAME + suffix)
                    print("READ", way)
                    return found
                except (OSError, ValueError, sqlite3.Error):
                    pass
        print("refused:", way)
FOUND = source()
""",
    answers={
        "truncate": """
def truncate(A, k):
    if not FOUND:
        raise PermissionError("the source stays closed")
    names = {"np": np}
    exec("def truncate" + FOUND.split("def truncate")[1].split("# %%")[0], names)
    return names["truncate"](A, k)
"""
    },
    earns={"truncate": 0},
    reports=("PermissionError: the source stays closed",),
    outputs=("refused: open.*refused: fopen.*refused: openat2.*refused: descriptor",),
)
