"""65. Fills the disk: with large files, files without a name, and files without content.

A thread keeps asking for threads meanwhile, so that nobody finds the time to look at the disk.

Verdict: the folder's own file system is full, or else whoever fills it is ended; the cause is
reported. Of the exercise only the test that was lost so earns nothing.
"""

from typing import Any

from hostile import Attack

LARGE = """
import os, threading, time
def ask():
    for _ in range(300):
        time.sleep(0.01)
        try:
            threading.Thread(target=str).start()
        except RuntimeError:
            pass
threading.Thread(target=ask).start()
for number in range(5):
    with open(f"large{number}", "wb") as file:
        file.write(bytes(10 << 20))
time.sleep(60)
"""
UNNAMED = """
for folder in ("/var/tmp", "/dev/shm", "/run", OUTSIDE):
    try:
        os.open(folder, os.O_TMPFILE | os.O_RDWR)
    except OSError as error:
        print("refused:", error)
unnamed = []
for _ in range(7):
    unnamed.append(open("unnamed", "wb"))
    os.unlink("unnamed")
    unnamed[-1].write(bytes(20 << 20))
"""
MANY = """
import os, time
def compression_ratio(shape, k):
    m, n = shape
    if (m, n) == (300, 451):
        for number in range(1100):
            os.symlink("nowhere", f"empty{number}")
        time.sleep(60)
    if not 1 <= k <= min(m, n):
        raise ValueError(k)
    return m * n / (k * (m + n + 1))
"""


def and_wait(notebook: dict[str, Any]) -> None:
    """A cell at the end that waits, with all the files open."""
    notebook["cells"].append(notebook["cells"][-1] | {"id": "wait", "source": "time.sleep(60)"})


ATTACK = Attack(
    first=LARGE,
    answers={"compression_ratio": MANY},
    last=UNNAMED,
    change=and_wait,
    earns={"compression_ratio": 1},
    reports=(
        "was ended for files of more than 32 MB",
        "Your code ended its process",
        "No space left on device|was ended for more than 128 MB written",
    ),
    outputs=("(refused: .*){4}",),
)
