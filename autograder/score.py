"""Scores notebooks one by one, without a gradebook."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

from autograder import collect, notebook
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import AutograderError, CourseError, SubmissionError
from autograder.grade import Job, Options, grade_all
from autograder.notebook import Role
from autograder.results import SubmissionResult


def score(
    course: Course, paths: list[Path], named: str | None, options: Options, executor: Executor
) -> Iterator[tuple[Path, SubmissionResult | AutograderError]]:
    """The result for each notebook, or why there is none, in the order of the paths.

    `named` is the assignment of all of them; without it each is told by its name, its folder or
    the cells in it.
    """
    found: dict[Path, SubmissionResult | AutograderError] = {}

    def jobs() -> Iterator[Job]:
        for path in paths:
            try:
                data = collect.read_notebook(path)
                fitting = course.assignment(named) if named else assignment_of(course, path, data)
                yield Job(key=str(path), submission=data, assignment=fitting)
            except SubmissionError as error:
                found[path] = error

    for job, graded in grade_all(jobs(), options, executor):
        found[Path(job.key)] = graded if isinstance(graded, AutograderError) else graded.result
    for path in paths:
        yield path, found[path]


def assignment_of(course: Course, path: Path, data: bytes) -> Assignment:
    """The assignment that a notebook belongs to.

    Raises
    ------
    SubmissionError
        If neither its name nor its folder nor its cells tell.
    """
    for name in (path.stem, path.resolve().parent.name):
        try:
            return course.assignment(course.section(name).name)
        except CourseError:
            continue
    cells = notebook.read(data, str(path)).by_grade_id().keys()
    fitting = []
    for section in course.sections():
        assignment = course.assignment(section)
        tracked = {c.grade_id for c in assignment.cells if c.role in (Role.SOLUTION, Role.WRITTEN)}
        if tracked and len(tracked & cells) * 2 > len(tracked):
            fitting.append(assignment)
    if len(fitting) == 1:
        return fitting[0]
    raise SubmissionError(
        f"{path}: it does not say which assignment it belongs to. Pass --assignment NAME with one "
        f"of {', '.join(course.sections())}."
    )
