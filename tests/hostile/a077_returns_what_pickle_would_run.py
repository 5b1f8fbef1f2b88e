"""77. Returns objects, bytes and arrays that run code when they are unpickled, leaves pickled files
where a grader may look, and sends pickles and `npy` files to the grader.

Verdict: never loaded. Objects are refused, bytes stay bytes, and what is sent is no message.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import io, os, pickle, stat, struct, sys
import numpy as np

COMMAND = f"touch {OUTSIDE}/hostile-77 /tmp/hostile-77"

class Payload:
    def __reduce__(self):
        return os.system, (COMMAND,)
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __copy__ = __deepcopy__ = __reduce__

PICKLED = pickle.dumps(Payload())
NPY = io.BytesIO()
np.save(NPY, np.array([Payload()], dtype=object), allow_pickle=True)
NPY = NPY.getvalue()

class Error(ValueError):
    __reduce__ = Payload.__reduce__

def send(data):
    for descriptor in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.write(descriptor, data)
        except OSError:
            pass

for folder in (".", "/tmp", os.path.expanduser("~"), OUTSIDE):
    for name in ("results.pkl", "data.npy", "results.pickle", ".otter", "cat.joblib", "model.dill"):
        try:
            with open(os.path.join(folder, f"hostile-{name}"), "wb") as file:
                file.write(NPY if name.endswith("npy") else PICKLED)
        except OSError:
            pass

print("pickled", PICKLED[:2], "saved", NPY[:6])
""",
    answers={
        "truncate": "def truncate(A, k):\n    return Payload()",
        "thin_svd": "def thin_svd(A):\n    return tuple(np.array([Payload()]) for _ in range(3))",
        "energy": "def energy(s, k):\n    return PICKLED",
        "pinv": "def pinv(A, rtol=None):\n    return np.frombuffer(NPY, np.uint8)",
        "psnr": "def psnr(original, approximation):\n    raise Error(Payload(), PICKLED)",
        "truncation_error": "def truncation_error(s, k, norm):\n    return np.void(PICKLED)",
        "rank_for_energy": """
def rank_for_energy(s, share):
    send(struct.pack("<II", len(PICKLED), 0) + PICKLED)
    return 1
""",
        "compression_ratio": """
def compression_ratio(shape, k):  # an array of objects, as an honest packer would announce floats
    wire = sys.modules["autograder.sandbox.wire"]
    encode = wire._encoder.encode
    class Encoder:
        encode = staticmethod(lambda message: encode(message).replace(b"\\xa3<f8", b"\\xa3|O8"))
    wire._encoder = Encoder
    return np.frombuffer(PICKLED[:8], "<f8")
""",
    },
    earns={
        "truncate": 0,
        "thin_svd": 0,
        "energy": 0,
        "pinv": 0,
        "psnr": 0,
        "truncation_error": 0,
        "rank_for_energy": 0,
        "compression_ratio": 0,
    },
    reports=(
        "truncate returned a Payload object .*cannot be handed to the tests",
        "thin_svd returned an array of dtype object",
        r"energy\(s, 1\).* bytes",
        "truncation_error returned a void",
        "Your code broke the protocol: not a message",
        r"Your code broke the protocol: .*\|O8",
    ),
    outputs=(r"pickled b.*saved",),
)
