"""15. Replaces IPython's `showtraceback`, so that a cell that fails shows no error.

Verdict: no effect. A test's verdict is not read from outputs.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
shell = get_ipython()

def show_nothing(*args, **kwargs):
    return None

for name in ("showtraceback", "_showtraceback", "showsyntaxerror", "showindentationerror"):
    setattr(shell, name, show_nothing)
    setattr(type(shell), name, show_nothing)
shell.set_custom_exc((BaseException,), show_nothing)
shell.InteractiveTB = shell.SyntaxTB = show_nothing
""",
    answers={
        "truncate": """
def truncate(A, k):
    return 0 * A

raise NotImplementedError
"""
    },
    last="raise RuntimeError('not shown')",
    earns={"truncate": 0},
    reports=(
        r"The cell of truncate ended with NotImplementedError.* truncate\(A, 1\)",
        "cell added by the student ended with RuntimeError: not shown",
    ),
)
