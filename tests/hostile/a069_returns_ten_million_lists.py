"""69. Returns a list of ten million lists: written out, and one list ten million times.

Verdict: refused, and the reason is named; or ended at the limit of CPU time. The exercise earns
nothing, and the grader's memory is not what pays.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "compression_ratio": """
def compression_ratio(shape, k):
    if shape == (300, 451):
        return [[0.0]] * 10_000_000
    tree = [1.0]
    for _ in range(60):
        tree = [tree, tree]
    return tree
""",
        "psnr": "def psnr(original, approximation):\n    return [0.0] * 10_000_000",
    },
    earns={"compression_ratio": 0, "psnr": 0},
    reports=(
        "more than 0.5 seconds of CPU time|too large|returned .* which cannot be handed",
        "over and over|broke the protocol",
    ),
)
