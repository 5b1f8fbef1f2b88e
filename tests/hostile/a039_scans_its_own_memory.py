"""39. Scans the memory of its process, which is a copy of the template's, for secrets and tests.

Verdict: it may read all of it, and nothing is there to be read. The template was started without
secrets, and a test's text stays in the grader, also while the test runs.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ctypes, gc, os, re
import numpy as np
PAGE, CHUNK, BLOCK = 4096, 1 << 16, 1 << 20
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
reader, writer = os.pipe()
buffer = bytearray(64 + CHUNK)
copy = (ctypes.c_char * CHUNK).from_buffer(buffer, 64)
first_bytes = (ctypes.c_size_t * (2 * CHUNK // PAGE))(*[1] * (2 * CHUNK // PAGE))
HEAP = libc.sbrk(0)
WANTED = {CANARY.encode(): rb"[0-9a-f]{32}", b"default_rng(511": rb"[)]\\nfor shape"}

def copies(low, high):
    \"\"\"Piece by piece; where nothing can be read, the kernel says so and we live.\"\"\"
    while low < high:
        first_bytes[::2] = range(low, low + CHUNK, PAGE)
        pages = libc.writev(writer, first_bytes, CHUNK // PAGE)
        if pages > 0:
            os.read(reader, pages)
            buffer[:64] = buffer[-64:]
            ctypes.memmove(copy, ctypes.c_void_p(low), pages * PAGE)
            yield 64 + pages * PAGE
        low += PAGE * max(1, pages)

def search(spans):
    looked, found = 0, []
    for low, high in spans:
        for length in copies(low, high):
            looked += length - 64
            for word, more in WANTED.items():
                at = -1
                while (at := buffer.find(word, at + 1, length)) >= 0:
                    found += re.findall(re.escape(word) + more, buffer[at : at + 64])
    return looked >> 20, found

objects = [id(each) for each in gc.get_objects()] + [id(np), id(None), id(copies)]
mapped = [address for address in objects if address > HEAP]
low, high = min(mapped) // BLOCK * BLOCK - 96 * BLOCK, max(mapped) // BLOCK * BLOCK + 16 * BLOCK
gc.collect()
looked, found = search([(HEAP // BLOCK * BLOCK - 32 * BLOCK, HEAP), (low, high)])
print("found", found, "in", looked, "MB")
""",
    answers={
        "truncate": """
def truncate(A, k):
    blocks = {id(each) // BLOCK * BLOCK for each in [A, *gc.get_objects()]}
    blocks |= {A.ctypes.data // BLOCK * BLOCK, HEAP // BLOCK * BLOCK}
    looked, found = search((block, block + BLOCK) for block in sorted(blocks))
    raise LookupError(f"found {found} in {looked} MB")
"""
    },
    earns={"truncate": 0},
    reports=(r"LookupError: found \[\] in \d+ MB",),
    outputs=(r"found \[\] in \d{2,} MB",),
)
