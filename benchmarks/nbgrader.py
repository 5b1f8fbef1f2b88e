"""`nbgrader autograde`: what one more submission costs it."""

from __future__ import annotations

from autograder.course import Course
from autograder.gradebook import Gradebook
from benchmarks import commands
from benchmarks.courses import Class

BATCH = 2


def prepare(course: Course) -> None:
    """Put the sections into the gradebook, without which nbgrader grades nothing."""
    with Gradebook(course) as book:
        for section in course.sections():
            book.prepare(course.assignment(section))


def marginal(students: Class) -> float:
    """Seconds from one graded notebook of a batch to the next, as the files tell it."""
    students.hand_in(BATCH)
    commands.run("nbgrader", "autograde", students.section, cwd=students.course.root)
    graded = students.course.autograded_dir.glob(f"*/{students.section}/{students.section}.ipynb")
    written = [path.stat().st_mtime for path in graded]
    if len(written) != BATCH:
        raise RuntimeError(f"nbgrader has graded {len(written)} of {BATCH} submissions")
    return (max(written) - min(written)) / (BATCH - 1)
