"""Where grading runs: in this process, or in several of them.

A limit on processor time takes a signal, and signals come to the main thread of a process. Some
executors call in other threads: Dask's workers, `ThreadPoolExecutor`. There each thread has a
process of its own, in whose main thread the work is done.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from autograder.errors import SandboxError

JOBS_AHEAD = 16  # of the workers; the rest wait as files, not in memory
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
ENDING_SECONDS = 5.0  # for a process that has nothing to do any more
_own = threading.local()  # each thread's process


def jobs_ahead(executor: Executor) -> int:
    """How many jobs to hand in before the first is finished.

    Where nothing runs beside this there is one, so that each is recorded before the next begins;
    an executor that knows how many workers it has says so itself, as `jobs_ahead`.
    """
    ahead: int = 1 if isinstance(executor, InThisProcess) else JOBS_AHEAD
    return getattr(executor, "jobs_ahead", ahead)


class InThisProcess(Executor):
    """Runs each call at once, where it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextlib.contextmanager
def workers(count: int) -> Iterator[Executor]:
    """An executor of so many processes; one worker is this process itself."""
    if count == 1:
        yield InThisProcess()
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, initializer=_follow_the_main_process)
    try:
        yield pool
    except BaseException:  # do not wait for what is running
        for worker in multiprocessing.active_children():
            worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _follow_the_main_process() -> None:
    """Leave interrupts to it, and end when it does, be it killed: nobody else would tell us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_after_the_main_process, daemon=True).start()


def _end_after_the_main_process() -> None:
    main = multiprocessing.parent_process()
    assert main is not None
    main.join()
    os._exit(1)


def in_main_thread(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """What a call gives that is made in a main thread: this one, or that of a process beside it.

    Raises
    ------
    SandboxError
        If the process beside this thread dies of it, twice.
    """
    if threading.current_thread() is threading.main_thread():
        return function(*arguments)
    try:
        return _beside_this_thread(function, *arguments)
    except _DiedError:
        with contextlib.suppress(_DiedError):  # of something else, it may be
            return _beside_this_thread(function, *arguments)
    raise SandboxError("the process that graded it died, twice. Is there enough memory?")


def _beside_this_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    if not hasattr(_own, "process"):
        _own.process = _Beside()
    try:
        return _own.process.call(function, *arguments)
    except _DiedError:
        del _own.process
        raise


class _DiedError(Exception):
    """A process that worked for a thread is gone."""


class _Beside:
    """A process that works for one thread. It ends when the thread or its process does.

    Not a `multiprocessing.Process`, which Dask's workers may not have.
    """

    def __init__(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE.format(theirs.fileno())],
                env=os.environ | ONE_THREAD,
                pass_fds=(theirs.fileno(),),
            )
        weakref.finalize(self, _end, self._pipe, self._process)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            self._pipe.send((function, arguments))
            returned, raised = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.wait()
            raise _DiedError from error
        if raised is not None:
            raise raised
        return returned


def _end(pipe: Connection, process: subprocess.Popen[bytes]) -> None:
    pipe.close()
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


_SERVE = "from autograder.workers import serve; serve({})"


def serve(descriptor: int) -> None:
    """Make the calls that come through a pipe, until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(descriptor) as pipe, contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            function, arguments = pipe.recv()
            returned, raised = None, None
            try:
                returned = function(*arguments)
            except Exception as error:
                raised = error
            pipe.send((returned, raised))
