"""What one more submission costs us, and what its cells cost alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from autograder.assignment import Assignment
from autograder.batch import grade_section
from autograder.grade import Options, grade_one
from autograder.markers import SOLUTION, unwrapped
from autograder.notebook import Role
from autograder.results import GradedSubmission
from autograder.workers import InThisProcess
from benchmarks.courses import Class

FEW, MORE = 4, 28  # submissions in a batch
BARE_RUNS = 10


def marginal(students: Class, options: Options, executor: Executor) -> float:
    """A large batch minus a small one, by the submission, when everything is warm."""
    _, few = (_batch(students, FEW, options, executor) for _ in range(2))
    return (_batch(students, MORE, options, executor) - few) / (MORE - FEW)


def keeping(students: Class, options: Options) -> float:
    """The part of it that gradebook and files take: what grading gives is there beforehand."""
    students.hand_in(1)
    (path,) = students.course.submitted_dir.glob("*/*/*.ipynb")
    assignment = students.course.assignment(students.section)
    return marginal(students, options, _Given(grade_one(path.read_bytes(), assignment, options)))


def bare(assignment: Assignment) -> float:
    """The cells that grading needs, run by `exec`; what they import is there already."""
    cells = [
        compile(unwrapped(cell.source, SOLUTION), cell.grade_id, "exec")
        for cell in assignment.cells
        if cell.cell_type == "code" and cell.role not in (Role.WRITTEN, Role.DEMO)
    ]

    def run() -> float:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        started = time.perf_counter()
        for cell in cells:
            exec(cell, namespace)
        return time.perf_counter() - started

    run()
    return statistics.median(run() for _ in range(BARE_RUNS))


class _Given(InThisProcess):
    """Has one result for every submission, before anything is graded."""

    def __init__(self, graded: GradedSubmission) -> None:
        self._graded = graded

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The result."""
        return super().submit(lambda: self._graded)


def _batch(students: Class, count: int, options: Options, executor: Executor) -> float:
    students.hand_in(count)
    started = time.perf_counter()
    batch = grade_section(students.course, students.section, options, executor)
    taken = time.perf_counter() - started
    results = batch.graded.values()
    right = [r for r in results if r.score == r.max_score and r.rung == options.strongest]
    if len(right) != count:
        raise RuntimeError(
            f"{students.section}: {len(right)} of {count} reference solutions have full points on "
            f"the rung {options.strongest}; see what `autograder verify` says"
        )
    return taken
