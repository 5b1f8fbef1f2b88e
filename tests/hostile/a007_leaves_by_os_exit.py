"""7. Ends the process with exit code 0 before the test can fail.

Verdict: a crash, never a pass. The exercise earns nothing, the others all of their points.
"""

from hostile import Attack

ATTACK = Attack(
    answers={"truncate": "import os\ndef truncate(A, k):\n    os._exit(0)"},
    earns={"truncate": 0},
    reports=("Your code ended its process; only this test is lost",),
)
