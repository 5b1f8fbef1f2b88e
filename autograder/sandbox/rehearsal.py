"""What the template does once so that its forks need not: a dress rehearsal of serving a test.

A fork pays for every page that it is the first to write to, and Python and the numerical libraries
write when they do something for the first time: bytecode is specialized, symbols are resolved,
work space is set up. After the rehearsal all that is done, and shared.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading

import numpy as np

from autograder.sandbox.inside import Student
from autograder.sandbox.peer import Peer, Remote
from autograder.sandbox.shell import CellShell
from autograder.sandbox.values import Unpacker
from autograder.sandbox.wire import Channel, Fetch, Fetched, Gone, Run

ROUNDS = 20  # Python specializes what it has run a few times
_CELL = """\
import numpy as np
def rehearsal(function, A):
    '''Calls back, computes, returns.'''
    return function(A @ A), [float(A[0, 0])], A.T
"""


def rehearse(shell: CellShell) -> None:
    """Serve an imaginary test in this process, over a real channel."""
    ours, theirs = socket.socketpair()
    tests = threading.Thread(target=_test, args=(ours,))
    tests.start()
    with theirs, contextlib.suppress(Gone):
        Student(theirs, shell).serve_until_gone()
    tests.join()
    shell.user_ns.pop("rehearsal")
    shell.execution_count = 1
    for name in ("last_type", "last_value", "last_traceback"):  # what %tb and %debug would show
        vars(sys).pop(name, None)
    _compute()


def _test(sock: socket.socket) -> None:
    tests = Peer(Channel(sock), Remote)
    channel = tests.channel
    A = np.eye(3)
    for _ in range(ROUNDS):
        channel.send(Run(0, _CELL, "rehearsal"))
        channel.receive()
        channel.send(Fetch(0, ["rehearsal", "missing"], 0))
        fetched, buffers = channel.receive()
        assert isinstance(fetched, Fetched)
        rehearsal = Unpacker(tests, buffers).unpack(fetched.values[0][1])
        rehearsal(lambda x: x + 1, A)
    channel.send(Run(0, "rehearsal(1, 2)", "rehearsal"))  # the first traceback takes a second
    channel.receive()
    channel.close()


def _compute() -> None:
    A = np.array([[2.0, 1.0], [1.0, 3.0]])
    for _ in range(ROUNDS):
        np.linalg.svd(A), np.linalg.eigh(A), np.linalg.eig(A), np.linalg.qr(A)
        np.linalg.solve(A, A), np.linalg.cholesky(A), np.linalg.norm(A), np.linalg.inv(A)
        np.einsum("ij,jk", A, A), np.sort(A), np.random.default_rng(0).normal(size=3)
        np.sqrt(np.abs(A - A.mean(axis=0))).sum(), np.clip(A, 0, 1).astype(np.uint8), repr(A)
