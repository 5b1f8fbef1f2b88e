"""99. Questions the test's own function, which it is handed, about the test that handed it over.

Verdict: a callback is a number. It has no code, no closure and no name, takes and gives data, and
what is not a call ends the process.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    answers={
        "conjugate_gradient": """
import gc, inspect, sys
import numpy as np
from scipy.sparse.linalg import LinearOperator

def conjugate_gradient(matvec, b, x0, tol, max_iter):
    told = {matvec.__name__, matvec.__qualname__, repr(matvec)}
    told -= {"function", "<function function>"}
    for name in ("__code__", "__closure__", "__globals__", "__defaults__", "__kwdefaults__",
                 "__wrapped__", "__self__", "func", "calls", "source"):
        if getattr(matvec, name, None):
            told.add(name)
    for look in (inspect.getsource, inspect.getfile, inspect.getclosurevars):
        try:
            told.add(look(matvec))
        except (TypeError, OSError):
            pass
    told |= set(inspect.signature(matvec).parameters) - {"args", "kwargs"}
    seen, known = [matvec], {id(matvec)}
    for each in seen[:5000]:
        seen += [found for found in gc.get_referents(each)
                 if id(found) not in known and not known.add(id(found))
                 and not isinstance(found, type(sys)) and len(seen) < 5000]
    told |= {"A" for each in seen if isinstance(each, np.ndarray) and each.shape == 2 * b.shape}

    def called_by_the_test(v):
        frames = {frame.filename.rsplit("/", 1)[-1] for frame in inspect.stack(0)}
        told.update(frames & {"testcell.py", "session.py", "grade.py", "asserts.py"})
        return v
    n = len(b)
    for argument in (LinearOperator((n, n), called_by_the_test), called_by_the_test):
        try:
            found = matvec(argument)
            found(b) if callable(found) else found @ b
        except Exception as error:
            told.update(word for word in ("lambda", "test", "hidden") if word in str(error))
    try:
        matvec(b, v=b, matrix=np.eye(n))
    except TypeError:
        pass
    raise LookupError(f"it tells {sorted(map(str, told))}")
""",
        "steepest_descent": """
def steepest_descent(matvec, b, x0, tol, max_iter):
    peer, handle = matvec._autograder_remote
    told = peer.describe(handle)
    return x0, [told.source]
""",
        "preconditioned_cg": """
def preconditioned_cg(matvec, b, precondition, x0, tol, max_iter):
    peer, handle = matvec._autograder_remote
    for other in range(handle + 2, handle + 100):
        peer.call(other, (b,), {})
    return x0, [0.0]
""",
    },
    earns={"conjugate_gradient": 0, "steepest_descent": 0, "preconditioned_cg": 0},
    reports=(
        r"LookupError: it tells \[\]",
        "Your code broke the protocol: an unexpected Describe",
        r"Your code broke the protocol: no function has number \d",
    ),
)
