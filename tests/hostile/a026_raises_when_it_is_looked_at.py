"""26. Returns, raises and shows objects whose `__len__`, `__repr__`, `__str__` raise or never end.

Verdict: an error, a timeout or at worst a crash of that test or cell. Such methods run in the
sandbox if at all.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
def fails(*args):
    raise ValueError("do not look")

def never_ends(*args):
    while True:
        pass

METHODS = ("len", "repr", "str", "iter", "hash", "eq", "bool", "float", "array", "getattr")
Fails = type("Fails", (), {f"__{name}__": fails for name in METHODS} | {"_repr_html_": fails})
Slow = type("Slow", (), {f"__{name}__": never_ends for name in METHODS})
FailsToSay = type("FailsToSay", (ValueError,), {"__str__": fails, "__repr__": fails})
SlowToSay = type("SlowToSay", (ValueError,), {"__str__": never_ends})
NoArguments = type("NoArguments", (ValueError,), {"args": property(fails)})
Endless = type("Endless", (tuple,), {"_fields": (), "__iter__": lambda self: iter(int, 1)})
Nameless = type("Nameless", (type,), {"__name__": property(fails), "__mro__": property(fails)})
Unnamed = type("Unnamed", (), {"__name__": property(fails), "__call__": fails})
FailsToShow = type("FailsToShow", (), {"__repr__": fails, "_repr_html_": fails})
display(FailsToShow())
FailsToShow()
""",
    answers={
        "truncate": "def truncate(A, k):\n    return Fails()",
        "compression_ratio": "def compression_ratio(shape, k):\n    return Slow()",
        "energy": "def energy(s, k):\n    raise FailsToSay",
        "psnr": """
def psnr(original, approximation):
    raise SlowToSay if original.shape == (4, 5, 3) else NoArguments
""",
        "pinv": "def pinv(A, rcond):\n    return Nameless('Thing', (), {})()",
        "truncation_error": "truncation_error = Unnamed()",
        "rank_for_energy": """
def rank_for_energy(s, fraction):
    return Endless() if len(s) == 4 and s[0] == 4 else [Fails(), {1: Slow()}]
""",
        "thin_svd": """
def thin_svd(A, other=Fails(), more=Slow()):
    raise Nameless("Thing", (Exception,), {})
""",
    },
    last="print(Slow())",
    earns={
        "truncate": 0,
        "compression_ratio": 0,
        "energy": 0,
        "psnr": 0,
        "pinv": 0,
        "truncation_error": 0,
        "rank_for_energy": 0,
        "thin_svd": 0,
    },
    reports=(
        "truncate returned a Fails object",
        "compression_ratio returned a Slow object",
        r"Your code raised ValueError \(in energy, line 2: `raise FailsToSay`\)",
        "Your code ran for more than 0.5 seconds of CPU time",
        "`truncation_error` is an object that raises ValueError",
        "rank_for_energy returned a Fails object",
        "cell added by the student ended with TimeoutError",
    ),
    outputs=("do not look",),
)
