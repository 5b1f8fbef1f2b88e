"""20. Returns objects that become whatever array the test expects, when it makes an array of them.

Verdict: unsupported. Nothing of the student's is called while a test looks at a result.
"""

from hostile import Attack

ATTACK = Attack(
    # The one who asks for an array has the expected one among its variables.
    first="""
import array, sys
import numpy as np

def oracle():
    frame = sys._getframe()
    while frame is not None:
        for name in ("target", "wanted"):
            if name in frame.f_locals:
                found = frame.f_locals[name]
                return np.zeros(found) if name == "wanted" else np.array(found, dtype=float)
        frame = frame.f_back

class Oracle:
    def __array__(self, dtype=None, copy=None):
        return oracle()

class Interface:
    @property
    def __array_interface__(self):
        self.kept = oracle()
        return self.kept.__array_interface__

class Sequence:
    def __len__(self):
        return len(oracle())

    def __getitem__(self, index):
        return oracle()[index]
""",
    answers={
        "truncate": """
def truncate(A, k):
    if not 0 <= k <= min(A.shape):
        raise ValueError(k)
    return Oracle()
""",
        "pinv": "def pinv(A, rcond):\n    return Interface()",
        "thin_svd": "def thin_svd(A):\n    return Sequence(), Sequence(), Sequence()",
        "energy": "def energy(s, k):\n    return memoryview(np.ones(1))",
        "compression_ratio": "def compression_ratio(shape, k):\n    return array.array('d', [9.0])",
    },
    earns={"truncate": 0, "pinv": 0, "thin_svd": 0, "energy": 0, "compression_ratio": 0},
    reports=(
        "truncate returned a Oracle object .*, which cannot be handed to the tests",
        "pinv returned a Interface object",
        "thin_svd returned a Sequence object",
        "energy returned a memoryview object",
        "compression_ratio returned a array object",
    ),
)
