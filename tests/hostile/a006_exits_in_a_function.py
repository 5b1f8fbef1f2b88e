"""6. Raises `SystemExit`, or what else is no `Exception` or ends a loop, in a function under test.

Verdict: an error of that test; neither the test nor the grader ends, and no loop of the test does.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "truncate": "import sys\ndef truncate(A, k):\n    sys.exit(0)",
        "energy": "def energy(s, k):\n    raise KeyboardInterrupt",
        "psnr": "def psnr(original, approximation):\n    raise GeneratorExit",
        "compression_ratio": "def compression_ratio(shape, k):\n    raise StopIteration(1.0)",
        "rank_for_energy": """
class Over(StopIteration, AssertionError):
    pass

def rank_for_energy(s, fraction):
    raise Over("done")
""",
        "pinv": """
from autograder.sandbox.wire import Gone

def pinv(A, rcond):
    raise Gone("used up the notebook's time", "timeout")
""",
    },
    earns={
        "truncate": 0,
        "energy": 0,
        "psnr": 0,
        "compression_ratio": 0,
        "rank_for_energy": 0,
        "pinv": 0,
    },
    reports=(
        r"Your code raised SystemExit: 0 \(in truncate, line 3: `sys.exit\(0\)`\)",
        "Your code raised KeyboardInterrupt",
        "Your code raised GeneratorExit",
        "Your code raised StopIteration: 1.0",
        "Your code raised AssertionError: done",
        "Your code ended its process",
    ),
)
