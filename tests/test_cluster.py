"""A class graded elsewhere: by a real Dask scheduler and its workers, and by others' executors.

The workers start in a folder of their own, and all that they have is this package.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import OPTIONS
from courses import (
    BIN,
    ENVIRONMENT,
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    answered,
    auto_scores,
    copied,
    edited,
    grades,
    hand_in,
    make_course,
    own_cell,
    records,
    spoken,
    state,
    timeless,
)

import autograder
from autograder import cli
from autograder.batch import Batch, grade_section
from autograder.cluster import PACKAGE, cluster
from autograder.course import Course
from autograder.errors import ClusterError, SandboxError
from autograder.sandbox.box import FULL, NO_NAMESPACES, Sandbox
from autograder.workers import JOBS_AHEAD, InThisProcess, in_main_thread, jobs_ahead

BANK = """
from autograder.answers import wrong


@wrong("mean", "rounds down", hint="Divide with /.")
def mean(numbers):
    return sum(numbers) // len(numbers)
"""
TEXT = SUMS_TEXT.replace(
    'assert total([]) == 0, "the sum of nothing is 0"\n',
    """assert total([]) == 0, "the sum of nothing is 0"
import os, signal
if total([6, 7]) == 666 and "MAY_BE_KILLED" in os.environ:
    os.kill(os.getppid(), signal.SIGKILL)
""",
)
KILLS = RIGHT | {"total": "def total(numbers):\n    return 666 if 7 in numbers else sum(numbers)"}
CLASS = {"alice": RIGHT, "bob": HALF, "carol": {}, "dave": RIGHT, "erin": HALF, "frank": RIGHT}
DASK = ENVIRONMENT | {
    "MAY_BE_KILLED": "yes",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",  # not 3, for the sake of time
}
ENDING_SECONDS = 30

Grade = Callable[[Executor], Batch]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a bank, in which six students have handed in."""
    course = make_course(tmp_path_factory.mktemp("template"), {SUMS: TEXT})
    bank = course.section(SUMS).answers
    bank.parent.mkdir(parents=True)
    bank.write_text(BANK)
    for student, written in CLASS.items():
        hand_in(course, student, written)
    return course.root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    return copied(template, tmp_path / "course")


@pytest.fixture(scope="module")
def local(template: Path, tmp_path_factory: pytest.TempPathFactory, warm: None) -> Course:
    """The same course, graded in this process."""
    course = copied(template, tmp_path_factory.mktemp("local") / "course")
    grade_section(course, SUMS, course.options([SUMS]), InThisProcess())
    return course


def notebooks(course: Course) -> dict[str, bytes]:
    """The graded notebooks."""
    found = state(course.autograded_dir)
    return {path: timeless(data) for path, (_, data) in found.items() if path.endswith(".ipynb")}


# --- Dask's own commands --------------------------------------------------------------------------


@contextlib.contextmanager
def started(*arguments: str, cwd: Path, env: dict[str, str] = DASK) -> Iterator[Any]:
    """A command of Dask's, ended at the end; its log stands in `cwd`."""
    log = cwd / f"{arguments[0]}.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [BIN / "dask", *arguments, "--no-dashboard"], cwd=cwd, env=env, stderr=written
        )
        try:
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def scheduler(
    cwd: Path, env: dict[str, str] = DASK
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A scheduler and its address."""
    where = ("--host", "127.0.0.1", "--port", "0")
    with started("scheduler", *where, cwd=cwd, env=env) as (process, log):
        while not (found := re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield process, found[1]


@contextlib.contextmanager
def worker(address: str, *more: str, cwd: Path, env: dict[str, str] = DASK) -> Iterator[Any]:
    """A worker with one thread, which is there when a client asks."""
    with started("worker", address, "--nthreads", "1", *more, cwd=cwd, env=env) as (process, log):
        while "Registered to:" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield process


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cluster is: a folder without the course."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def two_workers(elsewhere: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, which are started again when they die."""
    with scheduler(elsewhere) as (_, address), worker(address, "--nworkers", "2", cwd=elsewhere):
        yield address


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A scheduler to which tests bring their own worker."""
    with scheduler(tmp_path_factory.mktemp("spare")) as found:
        yield found


def graded_on(address: str, course: Course, *more: str) -> int:
    return cli.main(["--course", str(course.root), "grade", *more, "--scheduler", address])


def disturbed(
    course: Course, executor: Executor, happens: Callable[[], None], *, after: int = 1
) -> Batch:
    """Grade the class; something happens when so many are done and others are not."""
    steps: list[int] = []

    def step() -> None:
        steps.append(1)
        if len(steps) == after:
            happens()

    return grade_section(course, SUMS, course.options([SUMS]), executor, start=lambda total: step)


def taking(course: Course, seconds: float) -> bytes:
    """A right submission that takes its time."""
    waits = own_cell(f"import time\ntime.sleep({seconds})")
    return edited(answered(course, SUMS, RIGHT), lambda cells: [waits, *cells])


# --- A cluster that works -------------------------------------------------------------------------


def test_a_cluster_gives_what_this_process_gives(
    two_workers: str, course: Course, local: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert graded_on(two_workers, course, SUMS, "--json") == 0
    told = {record["student"]: record for record in records(capsys.readouterr().out)}
    assert {student: record["score"] for student, record in told.items()} == auto_scores(local)
    assert {record["rung"] for record in told.values()} == {FULL}
    mean = told["bob"]["cells"][-1]
    assert mean["diagnosis"] == {"answer": "rounds down", "hint": "Divide with /."}
    assert grades(course) == grades(local)
    assert notebooks(course) == notebooks(local)
    assert len(notebooks(course)) == len(CLASS)
    assert graded_on(two_workers, course, SUMS) == 0
    assert "6 had not changed, 0 could not be graded" in spoken(capsys.readouterr().out)


def test_a_worker_that_is_killed_in_mid_run_costs_nothing(
    two_workers: str, course: Course, local: Course
) -> None:
    hand_in(course, "zoe", taking(course, 1.0))
    killed = []
    with cluster(two_workers) as executor:
        client = executor._client  # type: ignore[attr-defined]

        def kill_a_busy_one() -> None:
            pids = client.run(os.getpid)
            busy = [address for address, keys in client.processing().items() if keys]
            killed.append(pids[busy[0]])
            os.kill(killed[0], signal.SIGKILL)

        batch = disturbed(course, executor, kill_a_busy_one)
    assert killed
    assert batch.problems == []
    assert sorted(batch.graded) == [*CLASS, "zoe"]
    assert auto_scores(course) == auto_scores(local) | {"zoe": 5.0}
    assert notebooks(course).items() > notebooks(local).items()


def test_more_workers_have_more_to_do(two_workers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.cluster.AHEAD_OF_EACH", JOBS_AHEAD)
    with cluster(two_workers) as executor:
        while jobs_ahead(executor) < 2 * JOBS_AHEAD:
            time.sleep(0.05)


def test_a_submission_that_kills_its_workers_is_a_problem_and_the_run_goes_on(
    two_workers: str, course: Course, local: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    grade_section(course, SUMS, course.options([SUMS]), InThisProcess())
    text = course.section(SUMS).text
    later = course.source_dir / PRODUCTS / f"{PRODUCTS}.py"
    later.parent.mkdir()
    later.write_text(text.read_text())
    hand_in(course, "alice", RIGHT, PRODUCTS)
    hand_in(course, "mallory", KILLS)
    assert graded_on(two_workers, course) == 1
    said = spoken(capsys.readouterr().out)
    assert "2 workers died one after the other while they graded it, and it was given up" in said
    assert auto_scores(course) == auto_scores(local)
    assert auto_scores(course, PRODUCTS) == {"alice": 5.0}


# --- A cluster that does not ----------------------------------------------------------------------


def test_nothing_at_the_address_is_told(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.cluster.CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    silent = socket.create_server(("127.0.0.1", 0))
    somebody_else = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
    for address in (nobody, somebody_else, "tls://127.0.0.1:1", "nonsense"):
        assert graded_on(address, course, SUMS) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"autograder: no Dask scheduler answers at {address} (")
        assert told.endswith(
            "Start one with `dask scheduler`, and pass the address that it prints.\n"
        )
    silent.close()
    assert not course.autograded_dir.exists()


def test_without_dask_it_is_told_what_to_install(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert graded_on("tcp://127.0.0.1:1", course, SUMS) == 2
    told = capsys.readouterr().err
    assert told.startswith("autograder: --scheduler needs Dask, which is not here")
    assert "pip install --constraint constraints.txt '.[cluster]'" in told


def test_a_scheduler_without_workers_is_told(
    spare: tuple[Any, str],
    course: Course,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograder.cluster.CONNECT_SECONDS", 3.0)
    _, address = spare
    assert graded_on(address, course, SUMS) == 2
    assert capsys.readouterr().err == (
        f"autograder: the scheduler at {address} has no workers. "
        f"Start some: `dask worker {address}`.\n"
    )


def other_versions(shim: Path) -> None:
    """No version of ours to be found, and another one of NumPy's."""
    for name, version in ((PACKAGE, ""), ("numpy", "Version: 1.26.4\n")):
        folder = shim / f"{name.replace('-', '_')}-0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n{version}")


def other_code(shim: Path) -> None:
    """This package, with a line more."""
    (source,) = autograder.__path__
    shutil.copytree(source, shim / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    with (shim / "autograder" / "score.py").open("a") as file:
        file.write("# mended\n")


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (other_versions, rf"no {PACKAGE}, should be [\d.]+, numpy 1\.26\.4, should be [\d.]+"),
        (other_code, rf"another state of {PACKAGE} [\d.]+ than here"),
    ],
    ids=["versions", "code"],
)
def test_a_worker_that_lacks_something_is_named_before_anything_is_graded(
    make: Callable[[Path], None],
    found: str,
    spare: tuple[Any, str],
    course: Course,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, address = spare
    make(tmp_path / "shim")
    env = DASK | {"PYTHONPATH": str(tmp_path / "shim")}
    with worker(address, "--no-nanny", cwd=tmp_path, env=env):
        assert graded_on(address, course, SUMS) == 2
    told = capsys.readouterr().err
    assert re.search(rf"worker tcp://127\.0\.0\.1:\d+ has {found}\.", told), told
    assert "Install there what is here, with `pip install" in told
    assert not course.autograded_dir.exists()


def test_a_scheduler_that_lacks_something_is_named(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It reads what it hands on."""
    other_versions(tmp_path / "shim")
    env = DASK | {"PYTHONPATH": str(tmp_path / "shim")}
    with scheduler(tmp_path, env) as (_, address):
        assert graded_on(address, course, SUMS) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"autograder: the scheduler at {address} has no {PACKAGE}, should be")


def test_a_run_that_lost_its_cluster_keeps_what_was_graded_and_the_next_one_completes(
    spare: tuple[Any, str],
    two_workers: str,
    course: Course,
    local: Course,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First all workers go, then the scheduler; the last run is on another cluster."""
    monkeypatch.setattr("autograder.cluster.ALONE_SECONDS", 1.0)
    process, address = spare
    hand_in(course, "zoe", taking(course, 1000.0))
    with (
        worker(address, "--no-nanny", cwd=tmp_path) as alone,
        cluster(address) as executor,
        pytest.raises(ClusterError, match=r"has had no worker for 1 seconds\. What was graded"),
    ):
        disturbed(course, executor, alone.kill)
    kept = auto_scores(course)
    assert kept.items() <= auto_scores(local).items()
    assert kept

    hand_in(course, "aaron", {})  # so that there is one to grade, whatever was kept
    with (
        worker(address, "--no-nanny", cwd=tmp_path),
        cluster(address) as executor,
        pytest.raises(ClusterError, match=rf"the scheduler at {address} is gone\. What was graded"),
    ):
        disturbed(course, executor, process.kill, after=len(kept) + 1)
    assert (kept | {"aaron": 0.0}).items() <= auto_scores(course).items()

    hand_in(course, "zoe", RIGHT)
    assert graded_on(two_workers, course, SUMS) == 0
    assert auto_scores(course) == auto_scores(local) | {"aaron": 0.0, "zoe": 5.0}
    assert notebooks(course).items() > notebooks(local).items()


# --- Anybody's executor ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_any_executor_gives_what_this_process_gives(
    kind: str, course: Course, local: Course
) -> None:
    spawn = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(2, spawn) if kind == "processes" else ThreadPoolExecutor(2)
    with executor:
        batch = grade_section(course, SUMS, course.options([SUMS]), executor)
    assert batch.problems == []
    assert grades(course) == grades(local)
    assert notebooks(course) == notebooks(local)


def test_each_thread_has_a_process_in_whose_main_thread_the_work_is_done() -> None:
    assert in_main_thread(os.getpid) == os.getpid()
    with ThreadPoolExecutor(1) as executor:

        def called(function: Callable[..., Any], *arguments: Any) -> Any:
            return executor.submit(in_main_thread, function, *arguments).result()

        process = called(os.getpid)
        assert process != os.getpid()
        assert called(os.getpid) == process
        called(signal.signal, signal.SIGVTALRM, signal.SIG_DFL)  # takes the main thread
        with pytest.raises(FileNotFoundError):
            called(os.stat, "/no/such")
        os.kill(process, signal.SIGKILL)
        assert called(os.getpid) not in (process, os.getpid())
        with pytest.raises(SandboxError, match="the process that graded it died, twice"):
            called(os._exit, 1)
        last = called(os.getpid)
    assert not Path(f"/proc/{last}").exists()


def test_where_the_course_is_not_the_self_test_still_has_something_to_reach_for() -> None:
    """On this rung a student process can ask whether a file exists, so it finds that it can."""
    with Sandbox(
        modules=(), limits=OPTIONS.limits, secret=Path("/no/such"), strongest=NO_NAMESPACES
    ) as box:
        assert box.rung != FULL
