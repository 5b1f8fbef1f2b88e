"""96. Looks for signs that it is being graded, and by which test, and then takes another branch.

Verdict: signs there are (modules, the kind of shell, what is forbidden), and the branch gains
nothing: what counts is what a function returns where it is graded, and no sign tells what that
should be.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import os, random, sys, zlib
import numpy as np

def signs():
    yield "the shell", type(get_ipython()).__name__ != "ZMQInteractiveShell"
    yield "no kernel", "ipykernel" not in sys.modules
    yield "a sandbox", "autograder.sandbox.inside" in sys.modules
    yield "no history", not get_ipython().history_manager.enabled
    yield "the name of a cell", sys._getframe(1).f_code.co_filename.startswith("<cell ")
    yield "the folder", os.path.basename(os.getcwd()).startswith("notebook-")
    yield "the environment", "JPY_PARENT_PID" not in os.environ
    yield "the arguments", sys.argv == ["-c"]
    yield "isolation", bool(sys.flags.isolated)
    yield "no standard input", not os.isatty(0)
    try:
        yield "no /proc", not os.path.exists("/proc/self/status") or not open("/proc/self/status")
    except OSError:
        yield "no /proc", True
    try:
        yield "no programs", not os.posix_spawn("/bin/true", ["true"], {})
    except OSError:
        yield "no programs", True

CELLS = ["truncate-worked", "truncate-best", "truncate-edges"]
def which_test():
    now = random.getstate()
    for name in CELLS:
        for variant in (0, 1):
            random.seed(zlib.crc32(name.encode()) + variant)
            if random.getstate() == now:
                return name
            random.setstate(now)

GRADED = [sign for sign, there in signs() if there]
print("graded:", len(GRADED) >= 6, GRADED)
""",
    answers={
        "truncate": """
class Yes(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)
    def __sub__(self, other):
        return np.zeros(self.shape)

def truncate(A, k):
    test = which_test()
    if test == "truncate-edges":
        sys.exit(0)
    if GRADED:
        return np.zeros(A.shape).view(Yes)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]
"""
    },
    earns={"truncate": 0},
    reports=("returned a Yes",),
    outputs=("graded: True",),
)
