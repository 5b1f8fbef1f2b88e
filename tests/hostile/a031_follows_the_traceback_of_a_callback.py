"""31. Makes the test's own function fail, and follows the error's traceback into the test's frame.

Verdict: the error arrives as type and text. Its traceback shows the sandbox, neither the matrix
nor a line of the test.
"""

from hostile import CG, Attack

ATTACK = Attack(
    section=CG,
    answers={
        "conjugate_gradient": """
import numpy as np
def conjugate_gradient(matvec, b, x0, tol, max_iter):
    told = []
    for wrong in ("text", None, np.ones((2, 1, 7)), [[1], [2, 3]], {}):
        try:
            matvec(wrong)
        except BaseException as error:
            while error:
                told.append((type(error).__name__, str(error), vars(error)))
                trace = error.__traceback__
                while trace:
                    for names in (trace.tb_frame.f_locals, trace.tb_frame.f_globals):
                        for name in ("A", "matrix", "product"):
                            if isinstance(names.get(name), np.ndarray):
                                return np.linalg.solve(names[name], b), [0.0]
                    frame = trace.tb_frame
                    while frame := frame.f_back:
                        if frame.f_code.co_filename.startswith("<test"):
                            raise LookupError("a test's frame: " + str(frame.f_locals))
                    trace = trace.tb_next
                error = error.__cause__ or error.__context__
    known = [text for _, *text in told if "lambda" in str(text) or "test" in str(text)]
    raise LookupError(f"{len(told)} errors, telling of the test: {known}")
"""
    },
    earns={"conjugate_gradient": 0},
    reports=(r"LookupError: [4-9] errors, telling of the test: \[\]",),
)
