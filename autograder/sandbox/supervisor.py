"""Decides about the processes and threads that a submission asks the kernel for.

The filter of `syscalls` lets such a request wait until it is answered here. A process may be made
by the student process alone, when the grader wants a fork and has sent a permit for it; threads by
all, up to a number.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import math
import os
import select
import struct
import time

MAX_THREADS = 32  # of one process
CLONE_THREAD = 0x10000
_NOTIF = struct.Struct("=QII iIQ 6Q")  # struct seccomp_notif: id, pid, flags; the system call
_RESPONSE = struct.Struct("=QqiI")  # struct seccomp_notif_resp: id, value, -error, flags
_RECEIVE, _SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND
_CONTINUE = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE: let the call go on as it was made


class Supervisor:
    """Answers the requests of one submission at a time.

    Parameters
    ----------
    permits
        A socket from which one byte is taken for every process that is allowed.
    """

    def __init__(self, permits: int) -> None:
        self._permits = permits
        os.set_blocking(permits, False)
        self._student = 0
        self._listeners: list[int] = []

    def supervise(self, student: int, listeners: list[int]) -> None:
        """Listen to the requests of a student process and its forks from now on."""
        self._student = student
        self._listeners += listeners

    @property
    def is_active(self) -> bool:
        """Whether a submission is running."""
        return bool(self._student)

    def forget(self) -> None:
        """The submission is over: what it was permitted and did not use is void."""
        self._close_listeners()
        self._student = 0
        with contextlib.suppress(BlockingIOError):
            os.read(self._permits, 1 << 16)

    def close(self) -> None:
        """In a fork: leave the supervision to the template."""
        self._close_listeners()
        os.close(self._permits)

    def _close_listeners(self) -> None:
        while self._listeners:
            os.close(self._listeners.pop())

    def answer_until_readable(self, descriptor: int, seconds: float | None) -> bool:
        """Answer requests until something can be read there; false if that takes too long."""
        end = math.inf if seconds is None else time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            poll = select.poll()
            for each in (descriptor, *self._listeners):
                poll.register(each, select.POLLIN)
            events = dict(poll.poll(None if seconds is None else 1000 * left))
            if descriptor in events:
                return True
            for listener, event in events.items():
                if event & select.POLLIN:
                    self._answer(listener)
                else:  # all who could ask have ended
                    self._listeners.remove(listener)
                    os.close(listener)
        return False

    def _answer(self, listener: int) -> None:
        request = bytearray(_NOTIF.size)
        with contextlib.suppress(OSError):  # the one who asked has been killed meanwhile
            fcntl.ioctl(listener, _RECEIVE, request)
            number, pid, _, _, _, _, flags, *_ = _NOTIF.unpack(request)
            error = self._refusal(pid, flags)
            answer = _RESPONSE.pack(number, 0, -error, 0 if error else _CONTINUE)
            fcntl.ioctl(listener, _SEND, answer)

    def _refusal(self, pid: int, flags: int) -> int:
        """The error number with which to refuse, or 0."""
        if flags & CLONE_THREAD:
            return errno.EAGAIN if _threads(pid) >= MAX_THREADS else 0
        return 0 if pid == self._student and self._take_permit() else errno.EPERM

    def _take_permit(self) -> bool:
        try:
            return bool(os.read(self._permits, 1))
        except BlockingIOError:
            return False


def _threads(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0
