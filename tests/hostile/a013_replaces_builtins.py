"""13. Replaces `AssertionError`, `all`, `isinstance` and more in `builtins`.

Verdict: no effect, since tests run in another process. The wrong answer earns nothing.
"""

from hostile import Attack

ATTACK = Attack(
    # An exception of this kind ends a cell in IPython without a word.
    first="""
import bdb, builtins, sys

really, really_all, really_any = isinstance, all, any

def from_a_test():
    name = sys._getframe(2).f_code.co_filename
    return "autograder/checks" in name or name.startswith("<cell")

builtins.AssertionError = bdb.BdbQuit
builtins.all = lambda values: from_a_test() or really_all(values)
builtins.any = lambda values: not from_a_test() and really_any(values)
builtins.isinstance = lambda value, kind: from_a_test() or really(value, kind)
""",
    answers={
        "truncate": """
def truncate(A, k):
    return 0 * A
"""
    },
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\)",),
)
