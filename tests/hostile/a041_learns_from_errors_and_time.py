"""41. Takes the hidden input out by whatever it says: errors, names of errors, and its own outputs.

Verdict: results are known only after the run, and say what went wrong without the hidden input.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    first="""
import mmap, os, time
shared = mmap.mmap(-1, 1 << 20)  # the same memory in all forks
began = time.perf_counter()

def keep(*found):
    text = repr([time.perf_counter() - began, *found]).encode()
    shared.write(text[:4000])
    with open("kept.txt", "ab") as file:
        file.write(text)
""",
    answers={
        "conjugate_gradient": """
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    keep(b.tolist(), x0.tolist(), matvec(x0).tolist())
    raise ValueError(b.tolist())
""",
        "steepest_descent": """
def steepest_descent(matvec, b, x0, tol, max_iter):
    keep(b.tolist(), x0.tolist())
    raise type(f"Seen {b[0]!r}", (BaseException,), {})(f"{b[1]!r}")
""",
        "quadratic": """
def quadratic(A, b, x):
    keep(A.tolist())
    return f"{b[0]!r}"
""",
        "gradient": """
def gradient(A, b, x):
    scope, named = {}, f"def seen_{b[0].hex()[4:17]}(): raise ValueError"
    exec(compile(named, "<cell of mine>", "exec"), scope)
    [value() for name, value in scope.items() if name.startswith("seen")]
""",
    },
    last="""
print("kept:", len(open("kept.txt").read()) > 100, shared[:4000].rstrip(bytes(1)))
print(open("kept.txt").read())
""",
    earns={"conjugate_gradient": 0, "steepest_descent": 0, "quadratic": 0, "gradient": 0},
    reports=("Your code raised ValueError",),
    drops=(r"-?\d\.\d{9}", r"seen_(?!0{9})\w{9}"),  # the round numbers of open tests may be seen
)
