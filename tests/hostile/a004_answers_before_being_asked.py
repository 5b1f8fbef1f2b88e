"""4. Answers questions before they are asked, answers one twice, or answers another one.

Verdict: a protocol error. An answer carries the number of its question, which nobody can know
before it is asked, so nothing that is said ahead is taken for an answer.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import gc, sys
from autograder.sandbox import inside, values, wire

peer = next(thing for thing in gc.get_objects() if isinstance(thing, inside.Student))

def asked():
    '''The number of the call that is being answered.'''
    frame = sys._getframe()
    while not isinstance(frame.f_locals.get("call"), wire.Call):
        frame = frame.f_back
    return frame.f_locals["call"].number

def answer(number, value):
    packer = values.Packer(peer)
    peer.channel.send(wire.Returned(number, ([], packer.pack(value))), packer.buffers)
""",
    answers={
        # the right answer twice: the second is there when the next question is asked
        "truncate": """
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError(k)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    best = (U[:, :k] * s[:k]) @ Vt[:k]
    answer(asked(), best)
    return best
""",
        # right answers to all questions of a test that are still to come, known by heart
        "compression_ratio": """
def compression_ratio(shape, k):
    if shape == (300, 451):
        return 1.0
    number, inputs = asked(), [(10, 40, 3), (40, 10, 10), (1000, 1000, 500), (2, 3, 1), (1, 1, 1)]
    for ahead, (m, n, k) in enumerate(inputs):
        answer(number + ahead, m * n / (k * (m + n + 1)))
    for ahead in range(len(inputs), len(inputs) + 3):
        peer.channel.send(wire.Raised(number + ahead, wire.Failure("ValueError", "k")))
    while True:
        peer.channel.receive()
""",
        # that the cell has run, before it has
        "pinv": """
peer.channel.send(wire.Ran(0, b"[]"))

def pinv(A, rcond):
    return np.linalg.pinv(A, rcond)
""",
        # something else than what was asked
        "energy": """
def energy(s, k):
    peer.channel.send(wire.Fetched(asked(), [("energy", 1.0)], {}))
    return 1.0
""",
    },
    earns={"truncate": 0, "compression_ratio": 0, "energy": 0, "pinv": 0},
    reports=("pinv ended with Crash: broke the protocol: Ran to another question",
             "Your code broke the protocol: an unexpected Returned",
             "Your code broke the protocol: an unexpected Fetched"),
)  # fmt: skip
