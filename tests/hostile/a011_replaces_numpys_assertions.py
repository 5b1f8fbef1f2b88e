"""11. Replaces the assertions of `numpy.testing` by functions that accept everything.

Verdict: no effect, since tests run in another process. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import numpy as np
for name in np.testing.__all__:
    if name.startswith("assert_"):
        setattr(np.testing, name, lambda *args, **kwargs: None)
""",
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    earns={"truncate": 0},
    reports=("truncate",),
)
