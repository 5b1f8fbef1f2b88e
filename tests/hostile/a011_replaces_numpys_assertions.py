"""11. Replaces the assertions of `numpy.testing` and of this course by some that accept everything.

Verdict: no effect, since tests run in another process. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import numpy as np
from autograder import checks
from autograder.checks import asserts

def accept(*args, **kwargs):
    return None

for module in (np.testing, np.testing._private.utils, checks, asserts):
    for name in dir(module):
        if name.startswith("assert_"):
            setattr(module, name, accept)
            globals()[name] = accept
""",
    answers={"truncate": "def truncate(A, k):\n    return 0 * A\n\nassert_close = accept"},
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\)",),
)
