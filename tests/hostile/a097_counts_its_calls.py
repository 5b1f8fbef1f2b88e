"""97. Counts calls beyond the end of its process, to see what was not accepted, and answers
otherwise the next time.

Verdict: a test that has failed is not given another chance to guess. It earns what its first
answers are worth.
"""

from hostile import CG, Attack

# Its tolerance is absolute, which costs a point for matrices of another scale; all else is right.
ATTACK = Attack(
    section=CG,
    first="""
import mmap
notes = mmap.mmap(-1, 1 << 20)  # the same memory in the student's process and all of its forks
""",
    answers={
        "is_spd": """
import hashlib, os
import numpy as np
calls = []  # of this process

def is_spd(A):
    name = hashlib.sha256(repr((A.shape, A.tolist())).encode()).hexdigest()
    earlier = notes[:].rstrip(bytes(1)).decode().split()
    runs = [run.split(",") for run in earlier]
    wrong = {run[-1] for run in runs if name in run}  # where an earlier run came to its end
    calls.append(name)
    notes.seek(0)
    kept = [run for run in runs if run[0] != str(os.getpid())] + [[str(os.getpid()), *calls]]
    notes.write(" ".join(map(",".join, kept)).encode())
    answer = guess(A)
    return not answer if name in wrong else answer

def guess(A):
    if A.shape[0] != A.shape[1] or not np.all(np.isfinite(A)):
        return False
    if np.max(np.abs(A - A.T)) > 1e-12 * np.max(np.abs(A)):
        return False
    eigenvalues = np.linalg.eigvalsh(A)
    return bool(eigenvalues[0] > 1e-12)
"""
    },
    earns={"is_spd": 3},
    reports=("is_spd of an SPD matrix",),
)
