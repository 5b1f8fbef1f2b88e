"""33. Looks for other students' notebooks, beside the course and beside its own folder.

Verdict: no folder of the course can be listed and no file read; in its own folder a submission is
alone. Without namespaces it can guess a path and learn that it exists.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, glob, itertools, json, os, sys, tempfile
from pathlib import Path
libc = ctypes.CDLL(None)
libc.opendir.restype = ctypes.c_void_p
HONEST = "/honest/05_svd_compression/05_svd_compression.ipynb"

def notebooks():
    for place in (OUTSIDE, "/tmp", "/var/tmp", "/home", "/root", "/dev/shm", "/proc", "/", "..",
                  os.path.expanduser("~"), tempfile.gettempdir()):
        yield from glob.glob(place + "/**/*.ipynb", recursive=True)
        yield from (str(path) for path in Path(place).glob("**/submitted/*/*/*"))
        for folder, _, files in os.walk(place, followlinks=True):
            yield from (f"{folder}/{file}" for file in files if file.endswith((".ipynb", ".txt")))
        if libc.opendir(place.encode() + b"/submitted"):
            yield place
    for folder in ("/submitted", "/autograded"):
        try:
            yield os.listdir(OUTSIDE + folder)[0]
        except OSError:
            pass
        try:
            yield str(len(Path(OUTSIDE + folder + HONEST).read_bytes()))
        except OSError:
            pass

theirs = (path for path in notebooks() if not path.startswith((sys.prefix, sys.base_prefix)))
FOUND = list(itertools.islice(theirs, 3))
print("notebooks:", FOUND)
print("alone in", os.listdir(".."), os.listdir("."))
""",
    answers={
        "truncate": """
def truncate(A, k):
    for path in FOUND:
        for cell in json.load(open(path))["cells"]:
            if "def truncate" in "".join(cell["source"]):
                names = {"np": np}
                exec("".join(cell["source"]), names)
                return names["truncate"](A, k)
    raise FileNotFoundError("nobody to copy from")
"""
    },
    earns={"truncate": 0},
    reports=("FileNotFoundError: nobody to copy from",),
    outputs=(r"notebooks: \[\]", r"alone in \[\W+notebook-\d+\W+\] \[\]"),
)
