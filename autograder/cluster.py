"""Grading on a Dask cluster: connects to its scheduler, checks its workers, explains what fails.

Submissions go to the workers as bytes and come back as records. Nothing else is asked of a worker
than this package, so the course, the gradebook and whoever writes into it stay where they are.

An assignment is the same for thousands of submissions. It goes over once, as the result of a task
of its own, which workers hand to each other and which Dask makes anew when it is lost. A worker
that dies costs nothing but time: Dask gives its work to another one, and a result arrives once.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.assignment import Assignment
from autograder.errors import ClusterError, NoSandboxError, SandboxError
from autograder.workers import JOBS_AHEAD

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0
ALONE_SECONDS = 60.0  # without a worker: time enough for one that starts again
WATCH_SECONDS = 2.0  # between two looks at the workers, and for each
AHEAD_OF_EACH = 2  # submissions that a worker's thread has or will have next
PACKAGE = "linear-algebra-for-machine-learning"
AGREEING = (PACKAGE, "msgspec", "numpy", "scipy")  # what results or messages may depend on
INSTALL = "pip install --constraint constraints.txt '.[cluster]'"
KEPT = "What was graded is kept; run it again to go on."


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor whose calls are made by the workers of a Dask scheduler.

    Raises
    ------
    ClusterError
        If there is none at the address, if it has no workers, or if one of them has not what this
        process has. The futures of the executor raise it when the scheduler or all workers go.
    """
    client = _connected(address)
    try:
        _check(client, address)
        with _Cluster(client, address) as executor:
            yield executor
    finally:
        client.close()


def fingerprint() -> str:
    """A checksum of this package's code."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


class _Cluster(Executor):
    """Dask's executor, which sends assignments once and says why it cannot go on."""

    def __init__(self, client: Client, address: str) -> None:
        self.jobs_ahead = JOBS_AHEAD
        self._client = client
        self._address = address
        self._dask = client.get_executor(pure=False)
        self._sent: dict[tuple[str, bytes], Any] = {}  # assignments, as Dask's futures
        self._underway: set[Future[Any]] = set()
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._watch_workers, daemon=True)
        self._watch.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A call on one of the workers. Raises ClusterError if the scheduler is gone."""
        if self._client.status != "running":
            raise self._gone()
        given = [self._once(each) if isinstance(each, Assignment) else each for each in args]
        future: Future[Any] = Future()
        self._underway.add(future)
        asked = self._dask.submit(_on_worker, fn, *given, **kwargs)
        asked.add_done_callback(functools.partial(self._settle, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; those underway are forgotten when the client is closed."""
        self._ended.set()
        self._watch.join()

    def _once(self, assignment: Assignment) -> Any:
        key = (assignment.sha256, assignment.bank)
        if key not in self._sent:
            self._sent[key] = self._client.submit(_itself, assignment, pure=False)
        return self._sent[key]

    def _settle(self, future: Future[Any], asked: Future[Any]) -> None:
        try:
            self._underway.remove(future)
        except KeyError:  # given up
            return
        error = self._gone() if asked.cancelled() else asked.exception()
        if error is None:
            future.set_result(asked.result())
        else:
            future.set_exception(_explained(error))

    def _gone(self) -> ClusterError:
        return ClusterError(
            f"the scheduler at {self._address} is gone. {KEPT} Start it and its workers first."
        )

    def _watch_workers(self) -> None:
        """Hand in as many jobs as there are workers for, and give up when there are none."""
        seen = time.monotonic()
        while not self._ended.is_set():
            with contextlib.suppress(OSError, TimeoutError):  # gone: the futures say so
                if threads := self._threads():
                    self.jobs_ahead = max(JOBS_AHEAD, AHEAD_OF_EACH * threads)
                    seen = time.monotonic()
            if time.monotonic() - seen > ALONE_SECONDS:
                self._give_up()
            self._ended.wait(WATCH_SECONDS)

    def _threads(self) -> int:
        """How many the workers have in all. Raises OSError if nobody tells it in time."""
        asked = self._client.scheduler.ncores
        found: dict[str, int] = self._client.sync(asked, callback_timeout=WATCH_SECONDS)
        return sum(found.values())

    def _give_up(self) -> None:
        while self._underway:
            self._underway.pop().set_exception(
                ClusterError(
                    f"the scheduler at {self._address} has had no worker for {ALONE_SECONDS:g} "
                    f"seconds. {KEPT} Start workers first: `dask worker {self._address}`."
                )
            )


def _connected(address: str) -> Client:
    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise ClusterError(
            f"--scheduler needs Dask, which is not here ({error}). Install it in the course's "
            f"folder: {INSTALL}"
        ) from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said here
    answer: Future[Client] = Future()

    def ask() -> None:
        try:
            answer.set_result(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except Exception as error:
            answer.set_exception(error)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # `_check` names the worker
            # Dask waits for ever for the first words of what is no scheduler; a thread can be left.
            threading.Thread(target=ask, daemon=True).start()
            return answer.result(2 * CONNECT_SECONDS)
    except Exception as error:  # which one depends on the kind of address
        reason = str(error) or "it is silent"
        raise ClusterError(
            f"no Dask scheduler answers at {address} ({reason}). Start one with `dask scheduler`, "
            "and pass the address that it prints."
        ) from error


def _check(client: Client, address: str) -> None:
    """Whether the scheduler and each worker have what this process has. Raises ClusterError."""
    found = client.get_versions(packages=AGREEING)
    ours = found["client"]["packages"]
    _refuse(f"the scheduler at {address}", _differences(ours, found["scheduler"]["packages"]))
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise ClusterError(
            f"the scheduler at {address} has no workers. Start some: `dask worker {address}`."
        ) from error
    workers = client.get_versions(packages=AGREEING)["workers"]
    for worker, versions in sorted(workers.items()):
        _refuse(f"worker {worker}", _differences(ours, versions["packages"]))
    for worker, code in sorted(client.run(fingerprint, on_error="return").items()):
        if code != fingerprint():
            _refuse(f"worker {worker}", [f"another state of {PACKAGE} {ours[PACKAGE]} than here"])


def _refuse(place: str, wrong: Iterable[str]) -> None:
    if found := ", ".join(wrong):
        raise ClusterError(
            f"{place} has {found}. Install there what is here, with `{INSTALL}` in a copy of this "
            "repository, and start it again. Nothing has been graded."
        )


def _differences(ours: dict[str, str | None], theirs: dict[str, str | None]) -> Iterator[str]:
    """What is there in another version."""
    expected, python = (_minor(packages["python"]) for packages in (ours, theirs))
    if python != expected:
        yield f"Python {python}, should be {expected}"
    for name in AGREEING:
        if theirs[name] is None:
            yield f"no {name}, should be {ours[name]}"
        elif theirs[name] != ours[name]:
            yield f"{name} {theirs[name]}, should be {ours[name]}"


def _minor(version: str | None) -> str:
    return ".".join((version or "").split(".")[:2])


def _explained(error: BaseException) -> BaseException:
    """The error of a call, as ours where Dask or a worker is what failed."""
    from distributed import KilledWorker

    if not isinstance(error, KilledWorker):
        return error
    died = error.allowed_failures + 1
    return SandboxError(
        f"{died} workers died one after the other while they graded it, and it was given up. Look "
        "into their logs; score it alone with `autograder score`."
    )


def _on_worker(function: Callable[..., Any], *arguments: Any) -> Any:
    """A call whose failures name the worker where it is the worker that lacks something."""
    from distributed import get_worker

    try:
        return function(*arguments)
    except NoSandboxError as error:
        raise NoSandboxError(f"worker {get_worker().address}: {error}") from error


def _itself(assignment: Assignment) -> Assignment:
    """A task whose result is what it was given, so that Dask can make it anew."""
    return assignment
