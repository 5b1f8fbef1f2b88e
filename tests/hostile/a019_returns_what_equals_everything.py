"""19. Returns objects that are equal to everything: bare, in lists and dicts, called as functions.

Verdict: unsupported. Only exact built-in types, plain arrays and functions reach a test, and a
function equals nothing.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
def yes(*args):
    return True

def no(*args):
    return False

SAYS = dict(__eq__=yes, __ge__=yes, __le__=yes, __bool__=yes, __contains__=yes, __ne__=no,
            __lt__=yes, __gt__=no, __hash__=lambda self: 0)
Anything = type("Anything", (), SAYS)
AnyInteger = type("AnyInteger", (int,), SAYS)
AnyFunction = type("AnyFunction", (), SAYS | {"__call__": lambda self, *args: self})
AnyList = type("AnyList", (list,), SAYS)
AnyClass = type("AnyClass", (type,), SAYS)("AnyClass", (), {})
""",
    answers={
        "truncate": "def truncate(A, k):\n    return Anything()",
        "rank_for_energy": """
def rank_for_energy(s, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError(fraction)
    return AnyInteger(1)
""",
        "psnr": "psnr = AnyFunction()",
        "energy": "def energy(s, k):\n    return AnyList([1.0])",
        "compression_ratio": "compression_ratio = Anything()",
        "thin_svd": "def thin_svd(A):\n    return [Anything(), {1: Anything()}, Anything()]",
        "pinv": "def pinv(A, rcond):\n    return AnyClass",
    },
    earns={
        "truncate": 0,
        "rank_for_energy": 0,
        "psnr": 0,
        "energy": 0,
        "compression_ratio": 0,
        "thin_svd": 0,
        "pinv": 0,
    },
    reports=(
        "truncate returned a Anything object .*, which cannot be handed to the tests",
        r"rank_for_energy returned a AnyInteger \(int\(\.\.\.\) makes a plain one of it\)",
        r"psnr\(brighter, original\) should be a single real number, but is a function",
        r"energy returned a AnyList \(list\(\.\.\.\) makes a plain one of it\)",
        "`compression_ratio` is a Anything object .*, which cannot be handed to the tests",
        "thin_svd returned a Anything object",
        "pinv returned the class AnyClass",
    ),
)
