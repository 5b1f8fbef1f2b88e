"""What the tests share: one warm sandbox, and a tiny assignment to grade in it."""

from __future__ import annotations

import contextlib
import copy
import signal
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from autograder import notebook
from autograder.assignment import Assignment, Stubs, assemble
from autograder.grade import Options, close_sandbox, warm_sandbox
from autograder.sandbox.box import FULL, NO_NAMESPACES, Limits, Process, Rung, Sandbox

LONGEST_TEST_SECONDS = 300
OPTIONS = Options(
    limits=Limits(cpu_seconds=2.0, total_cpu_seconds=20.0, wall_seconds=30.0, disk_bytes=64 << 20),
    modules=("numpy", "numpy.linalg", "scipy.sparse", "scipy.sparse.linalg"),
    unsafe=True,  # what the confinement holds has tests of its own
)

RUNGS: tuple[Rung, ...] = (FULL, NO_NAMESPACES)

Cell = dict[str, Any]

# A shell starts what runs in the background with interrupts ignored, and its children inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """A test that hangs fails."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"the test took more than {LONGEST_TEST_SECONDS} seconds")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST_TEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


@pytest.fixture(scope="session")
def options() -> Options:
    """How the tests grade: with the one sandbox of this process."""
    return OPTIONS


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """Ends this process's sandbox after the last test."""
    yield
    close_sandbox()


@pytest.fixture
def sandbox(warm: None) -> Sandbox:
    """The sandbox of this process, started again if a test has ended it."""
    return warm_sandbox(OPTIONS)


@pytest.fixture(scope="module", params=RUNGS)
def rung(request: pytest.FixtureRequest) -> Rung:
    """Both rungs that confine, one after the other."""
    rung: Rung = request.param
    return rung


@pytest.fixture
def confined(warm: None, rung: Rung) -> Sandbox:
    """A sandbox on that rung, where this machine gives it."""
    sandbox = warm_sandbox(msgspec.structs.replace(OPTIONS, strongest=rung))
    if sandbox.rung != rung:
        failed = [attempt for attempt, stopped in sandbox.held.items() if not stopped]
        pytest.skip(f"no sandbox of rung {rung} on this machine: student code {', '.join(failed)}")
    return sandbox


class Student:
    """A student's process, driven in few words."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def limit(self, **limits: float) -> None:
        """Other limits from now on."""
        self.process.limits = msgspec.structs.replace(self.process.limits, **limits)

    @contextlib.contextmanager
    def fork(self) -> Iterator[Student]:
        """A fork of its state, killed at the end."""
        with self.process.fork() as process:
            yield Student(process.greet())

    def run(self, source: str, name: str = "cell", *, rich: bool = False) -> Any:
        """Run a cell that should work; its outputs, undecoded by the grader."""
        data, failure = self.process.run(source, name, rich=rich)
        assert failure is None, failure
        return msgspec.json.decode(data)

    def get(self, name: str, source: str = "") -> Any:
        """One of its names, after running a cell."""
        if source:
            self.run(source)
        values, missing = self.process.fetch([name], seed=0)
        assert not missing, missing
        return values[name]


@pytest.fixture
def student(sandbox: Sandbox) -> Iterator[Student]:
    """A fresh student's process."""
    with spawned(sandbox) as started:
        yield started


@pytest.fixture
def prisoner(confined: Sandbox) -> Iterator[Student]:
    """A fresh student's process, confined for certain."""
    with spawned(confined) as started:
        yield started


@contextlib.contextmanager
def spawned(sandbox: Sandbox, *, memory_bytes: int | None = None) -> Iterator[Student]:
    """A fresh student's process, of which nothing is left at the end."""
    with sandbox.spawn() as process:
        if memory_bytes:
            process.limits = msgspec.structs.replace(process.limits, memory_bytes=memory_bytes)
        process.start({})
        yield Student(process)
    sandbox.finish()


def code(source: str, cell_id: str = "added") -> Cell:
    """A code cell without nbgrader's metadata."""
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def text(source: str, cell_id: str) -> Cell:
    """A markdown cell."""
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def given(grade_id: str, source: str, *, demo: bool = False) -> Cell:
    """A locked cell."""
    return _tracked(code(source), grade_id, locked=True) | (
        {"metadata": _meta(grade_id, locked=True) | {"tags": ["demo"]}} if demo else {}
    )


def solution(name: str, source: str) -> Cell:
    """A cell that the student writes."""
    return _tracked(code(source), name, solution=True)


def graded(grade_id: str, points: float, source: str) -> Cell:
    """A test cell."""
    return _tracked(code(source), grade_id, grade=True, locked=True, points=points)


def written(grade_id: str, points: float, source: str) -> Cell:
    """A question to answer in words."""
    return _tracked(text(source, grade_id), grade_id, grade=True, solution=True, points=points)


def assignment_of(*cells: Cell, name: str = "tiny") -> Assignment:
    """The assignment that such cells make."""
    return assemble(name, notebook.read(submission(*cells), name), {}, Stubs())


def submission(*cells: Cell) -> bytes:
    """A notebook file of such cells."""
    return notebook.write(list(cells), {"language_info": {"name": "python"}})


def _tracked(cell: Cell, grade_id: str, **meta: Any) -> Cell:
    return cell | {"id": grade_id, "metadata": _meta(grade_id, **meta)}


def _meta(grade_id: str, **meta: Any) -> dict[str, Any]:
    defaults = {"schema_version": 3, "grade": False, "solution": False, "locked": False}
    return {"nbgrader": defaults | {"task": False, "grade_id": grade_id} | meta}


SETUP = """import numpy as np
from autograder.checks import assert_close
"""
DOUBLE = """def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
LENGTH = """def length(v):
    ### BEGIN SOLUTION
    return np.sqrt(np.sum(v**2))
    ### END SOLUTION
"""
DOUBLE_EDGES = """# Whole numbers and an empty array.
### BEGIN HIDDEN TESTS
assert double(21) == 42
assert double(np.zeros(0)).shape == (0,)
### END HIDDEN TESTS
"""
LENGTH_PARTS = """# One point for each vector that is right.
vectors = [np.array([3.0, 4.0]), np.zeros(3), np.array([-2.0])]
sum(abs(length(v) - np.linalg.norm(v)) < 1e-12 for v in vectors)
"""
CELLS = (
    text("# Tiny", "title"),
    given("setup", SETUP),
    solution("double", DOUBLE),
    graded(
        "double-basics", 1, 'assert_close(double(np.ones(3)), np.full(3, 2.0), name="double(x)")'
    ),
    graded("double-edges", 2, DOUBLE_EDGES),
    text("## Length", "length-lesson"),
    solution("length", LENGTH),
    graded("length-parts", 3, LENGTH_PARTS),
    given("plot", "double_of_pi = double(np.pi)\nprint(double_of_pi)", demo=True),
    written("why", 2, "Why?\n\n### BEGIN MARK SCHEME\nBecause.\n### END MARK SCHEME"),
)


@pytest.fixture(scope="session")
def tiny() -> Assignment:
    """Two exercises, three test cells, a demonstration and a question in words."""
    return assignment_of(*CELLS)


@pytest.fixture
def answered(tiny: Assignment) -> list[Cell]:
    """The cells of a submission to `tiny` in which everything is right."""
    solved = {"double": _unmarked(DOUBLE), "length": _unmarked(LENGTH), "why": "Because I say so."}
    return [
        copy.deepcopy(cell)
        | {"source": (tiny.release_sources | solved).get(cell["id"], cell["source"])}
        for cell in CELLS
    ]


def _unmarked(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if "### " not in line)
