"""42. Raises all scores in the gradebook, and replaces the hidden tests.

Verdict: refused, in the gradebook as in the course's files; nothing outside has changed.
"""

from hostile import Attack

ATTACK = Attack(
    last="""
import os, sqlite3
print(os.listdir(OUTSIDE))
""",
    first="""
import sqlite3
with sqlite3.connect(OUTSIDE + "/gradebook.db") as gradebook:
    gradebook.execute("UPDATE grade SET auto_score = 100")
""",
    answers={
        "truncate": """
def truncate(A, k):
    with open(OUTSIDE + "/source/05_svd_compression/05_svd_compression.py", "w") as tests:
        tests.write("")
    return A
"""
    },
    earns={"truncate": 0},
    reports=("unable to open database file", "PermissionError|FileNotFoundError|No such file"),
)
