"""23. Returns subclasses of numbers and text whose methods lie, also as the text of an exception.

Verdict: unsupported; the message says how to make a plain value of it. A NumPy number crosses with
the value that it has, whatever its class says.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import enum, sys
import numpy as np

def expected_by_the_test(*args):
    frame = sys._getframe()
    while frame is not None and "hint" not in frame.f_locals:
        frame = frame.f_back
    while frame is not None and "expected" not in frame.f_locals:
        frame = frame.f_back
    return 0.0 if frame is None else float(frame.f_locals["expected"])

def yes(*args):
    return True

LIES = dict.fromkeys(("__sub__", "__rsub__", "__float__"), expected_by_the_test)
LIES |= dict.fromkeys(("__eq__", "__lt__", "__le__", "__bool__"), yes)
LIES |= {"__ne__": lambda *args: False, "__hash__": lambda self: 0}
Float = type("Float", (float,), LIES)
Whole = type("Whole", (int,), LIES)
Double = type("Double", (np.float64,), LIES)
Text = type("Text", (str,), LIES | {"__str__": lambda self: self, "__format__": lambda *a: "right"})
One = enum.IntEnum("One", {"ONE": 1}).ONE
""",
    answers={
        "energy": """
def energy(s, k):
    if not 0 <= k <= len(s):
        raise ValueError(k)
    return Float(7)
""",
        "rank_for_energy": "def rank_for_energy(s, fraction):\n    return One",
        "compression_ratio": """
def compression_ratio(shape, k):
    if not 1 <= k <= min(shape):
        raise ValueError(k)
    return Double(7)
""",
        "psnr": "def psnr(original, approximation):\n    return Text('inf')",
        "truncate": """
def truncate(A, k):
    raise ValueError(Text("truncate(A, 1) is right"))

truncate.__name__ = truncate.__qualname__ = Text("truncate")
truncate.__doc__ = Text("right")
""",
        "pinv": "def pinv(A, rcond):\n    return {Text('pinv'): Whole(1)}",
        "thin_svd": "def thin_svd(A):\n    return [[Float(1.0)]], (Float(1.0),), [[Whole(1)]]",
    },
    earns={
        "energy": 0,
        "rank_for_energy": 0,
        "compression_ratio": 0,
        "psnr": 0,
        "truncate": 0,
        "pinv": 0,
        "thin_svd": 0,
    },
    reports=(
        r"energy returned a Float \(float\(\.\.\.\) makes a plain one of it\)",
        r"rank_for_energy returned a One \(int\(\.\.\.\) makes a plain one of it\)",
        r"compression_ratio\(\(300, 451\), 20\) and the expected value .* Found 7, expected 8.996",
        r"psnr returned a Text \(str\(\.\.\.\) makes a plain one of it\)",
        r"Your code raised ValueError: truncate\(A, 1\) is right",
        r"pinv returned a Text \(str",
        r"thin_svd returned a Float \(float",
    ),
)
