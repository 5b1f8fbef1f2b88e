"""29. Searches every object in memory, frozen ones too, for the array that the test expects.

Verdict: the test's objects are in another process; what is found here is the student's own.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "truncate": """
import gc
import numpy as np
def truncate(A, k):
    gc.unfreeze()
    objects = gc.get_objects()
    arrays, codes = {}, []
    for found in [objects, *objects]:
        for each in gc.get_referents(found):
            if type(each) is np.ndarray and each.shape == A.shape:
                arrays[id(each)] = each
            elif type(each) is type(truncate.__code__) and each.co_filename.startswith("<test"):
                codes.append(each.co_consts)
    arrays.pop(id(A))
    rank = np.linalg.matrix_rank
    answers = [each for each in arrays.values() if 0 < rank(each) == min(k, rank(A))]
    for best in sorted(answers, key=lambda each: np.linalg.norm(A - each)):
        return best
    raise LookupError(f"no answer and {len(codes)} tests among {len(objects)} objects")
"""
    },
    earns={"truncate": 0},
    reports=(r"LookupError: no answer and 0 tests among \d{5,} objects",),
)
