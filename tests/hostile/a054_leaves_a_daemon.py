"""54. Makes a daemon out of the process that the grader has asked for to serve a test.

The daemon has ignored all signals, closed its channel and taken memory; the student's process goes
on in its place.

Verdict: that test is lost, and the daemon is ended: at the latest with the submission, before that
whenever a new process takes the student's place. How many there were is reported.
"""

from hostile import Attack

ATTACK = Attack(
    answers={
        "pinv": """
import os, signal, time
from autograder.sandbox import inside

fork = os.fork
def daemon():
    if fork():
        raise PermissionError  # and there is no second fork for the grader
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, 256)
    memory = bytearray(b"x" * (50 << 20))
    while True:
        time.sleep(1)
inside.os.fork = daemon

def pinv(A, rcond):
    return A.T
"""
    },
    earns={"pinv": 0},
    reports=("Your code ended its process; only this test is lost", r"left \d+ processes running"),
)
