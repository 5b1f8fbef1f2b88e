"""2. Writes results files where graders are known to look for them, here and outside.

Verdict: no effect. Outside the private folder nothing is written, and what is inside is not read.
"""

from hostile import Attack

FORGED = """
import json, os, tempfile

def forge():
    results = json.dumps({"score": 100, "points": 4, "tests": [{"score": 4, "max_score": 4}]})
    section = "05_svd_compression"
    names = ["results.json", "hostile-results.json", "results/results.json", section + ".ipynb",
             f"autograded/hostile/{section}/{section}.ipynb", "gradebook.db", "report.xml"]
    folders = [".", os.path.expanduser("~"), tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm",
               "/autograder", OUTSIDE, f"{OUTSIDE}/submitted/honest/{section}"]
    written = refused = 0
    for folder in folders:
        for name in names:
            path = os.path.join(folder, name)
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write(results)
                written += 1
            except OSError:
                refused += 1
    return written, refused
"""

ATTACK = Attack(
    first=FORGED + "print('written and refused:', forge())",
    last="print('written and refused:', forge())",
    answers={"truncate": "def truncate(A, k):\n    forge()\n    return 0 * A"},
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\)",),
    outputs=(r"written and refused: \(\d+, [1-9]\d*\)",),
)
