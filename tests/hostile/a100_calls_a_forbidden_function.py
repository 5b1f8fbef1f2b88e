"""100. Calls the function that the exercise asks to write, under another name and behind `eval`.

Verdict: nothing looks at it yet. The result is right and earns its points, as it would if a person
had not read the code; what a function calls is to be advice for that person, never a score.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "pinv": """
def pinv(A, rcond):
    hidden = getattr(np.linalg, "".join(reversed("vnip")))
    return eval("h(A, rcond=r)", {"h": hidden, "A": A, "r": rcond})
""",
        "thin_svd": """
import importlib
def thin_svd(A):
    svd = vars(importlib.import_module("numpy." + "linalg"))["s" + "vd"]
    return svd(np.asarray(A, dtype=float), full_matrices=False)
""",
    },
)
