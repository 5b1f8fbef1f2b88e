"""42. Raises all scores in the gradebook, and replaces the hidden tests.

Verdict: refused, in the gradebook as in the course's files, by every way to open, link or move a
file; nothing outside has changed.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import os, shutil, sqlite3
GRADEBOOK = OUTSIDE + "/gradebook.db"
SOURCE = OUTSIDE + "/source/05_svd_compression/05_svd_compression.py"
UPDATE = "UPDATE grade SET auto_score = 100, needs_manual_grade = 0"

def by_sqlite(uri):
    with sqlite3.connect(uri, uri=True, timeout=0) as gradebook:
        gradebook.execute(UPDATE)

def by_attaching():
    with sqlite3.connect("own.db") as own:
        own.execute("ATTACH ? AS theirs", (GRADEBOOK,))
        own.execute(UPDATE.replace("grade SET", "theirs.grade SET"))

def by_link(make, path):
    here = f"link-{os.urandom(4).hex()}"
    make(path, here)
    by_sqlite("file:" + here) if path == GRADEBOOK else open(here, "w").close()

def by_replacing(path):
    open("mine", "w").close()
    os.replace("mine", path)

def by_descriptor(path):
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    os.write(os.open(os.path.basename(path), os.O_WRONLY, dir_fd=folder), b"mine")

WAYS = {
    "update": lambda path: by_sqlite(GRADEBOOK),
    "update without locks": lambda path: by_sqlite(f"file:{GRADEBOOK}?nolock=1"),
    "update of a copy": lambda path: shutil.copy(GRADEBOOK, "copy.db"),
    "attach": lambda path: by_attaching(),
    "through the grader": lambda path: by_sqlite(f"file:/proc/{PID}/root{GRADEBOOK}"),
    "a journal": lambda path: open(path + "-journal", "wb").write(b"mine"),
    "open to write": lambda path: open(path, "r+b").write(b"mine"),
    "open to append": lambda path: open(path, "ab").write(b"mine"),
    "empty": lambda path: os.truncate(path, 0),
    "open and empty": lambda path: os.open(path, os.O_RDONLY | os.O_TRUNC),
    "link": lambda path: by_link(os.link, path),
    "symbolic link": lambda path: by_link(os.symlink, path),
    "take away": lambda path: by_link(os.rename, path),
    "replace": by_replacing,
    "remove": os.remove,
    "descriptor": by_descriptor,
}
for way, attempt in WAYS.items():
    for path in (GRADEBOOK, SOURCE):
        try:
            attempt(path)
            print("DONE", way, path == GRADEBOOK)
        except (OSError, sqlite3.Error) as error:
            print("refused", way, type(error).__name__)
""",
    answers={
        "truncate": """
def truncate(A, k):
    with open(SOURCE, "w") as tests:
        tests.write("")
    return A
"""
    },
    earns={"truncate": 0},
    reports=("PermissionError|FileNotFoundError|No such file",),
    outputs=("^((?!DONE).)*refused update OperationalError((?!DONE).)*descriptor((?!DONE).)*$",),
)
