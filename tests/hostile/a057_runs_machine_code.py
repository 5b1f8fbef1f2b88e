"""57. Runs machine code that asks the kernel through its other gates: 32 bits, and x32.

The numbers of system calls mean something else there, and a filter that does not look at the gate
lets them pass: 37 is `alarm` in 64 bits and `kill` in 32.

Verdict: the first such call ends the process. Both tests are lost, and nothing else.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "compression_ratio": """
import ctypes, mmap

def run(code):
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()

def number(value):
    return value.to_bytes(4, "little")

KILL_BY_32_BITS = b"".join([  # push rbx; mov eax, 37; mov ebx, PID; mov ecx, 9; int 0x80; pop rbx
    b"\\x53\\xb8", number(37), b"\\xbb", number(PID), b"\\xb9", number(9), b"\\xcd\\x80\\x5b\\xc3"
])
KILL_BY_X32 = b"".join([  # mov eax, 0x4000003e; mov edi, PID; mov esi, 9; syscall; ret
    b"\\xb8", number(0x4000003E), b"\\xbf", number(PID), b"\\xbe", number(9), b"\\x0f\\x05\\xc3"
])

def compression_ratio(shape, k):
    run(KILL_BY_32_BITS if shape == (300, 451) else KILL_BY_X32)
    return 135300 / 15040
"""
    },
    earns={"compression_ratio": 0},
    reports=("Your code ended its process; only this test is lost",),
)
