"""28. Walks up the stack, to read the expected value in the frame of the test that calls.

Verdict: the frames above are the sandbox's own, and none of them knows a test.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "truncate": """
import inspect, sys
def truncate(A, k):
    frame, frames = sys._getframe(), [each.frame for each in inspect.stack(context=0)]
    while frame := frame.f_back:
        frames.append(frame)
    for frame in frames[1:]:
        for names in (frame.f_locals, frame.f_globals):
            for name in ("best", "expected", "desired"):
                if name in names:
                    return names[name]
        if frame.f_code.co_filename.startswith("<test"):
            raise LookupError("a test calls: " + str(frame.f_locals))
    raise LookupError(f"none of {len(frames)} frames has the answer")
"""
    },
    earns={"truncate": 0},
    reports=(r"LookupError: none of \d\d frames has the answer",),
)
