"""Grades what a class has submitted into its gradebook; what has not changed is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import msgspec

from autograder.assignment import Assignment
from autograder.collect import Collected, Problem, Submitted, collect, shown
from autograder.course import Course
from autograder.database import Score
from autograder.errors import AutograderError, SubmissionError
from autograder.grade import JOBS_AHEAD, Job, Options, grade_all
from autograder.gradebook import Gradebook
from autograder.results import GradedSubmission, SubmissionResult
from autograder.workers import InThisProcess


class Batch(msgspec.Struct, kw_only=True):
    """What one run has done with one section."""

    section: str
    graded: dict[str, SubmissionResult] = {}  # by student
    current: int = 0  # submissions that had not changed
    problems: list[Problem] = []
    scores: list[Score] = []

    def records(self) -> Iterator[dict[str, object]]:
        """For machines: one record a submission graded now, one a problem."""
        for student, result in sorted(self.graded.items()):
            yield {"student": student} | msgspec.to_builtins(result)
        for problem in self.problems:
            yield {"section": self.section, "path": problem.path, "error": problem.message}


def grade_section(
    course: Course,
    section: str,
    options: Options,
    executor: Executor,
    *,
    again: bool = False,
    start: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> Batch:
    """Grade a section's submissions and write them into the gradebook.

    `start` is told how many there are to look at and gives what to call after each.

    Raises
    ------
    GradebookError
        If the gradebook cannot be written; what was graded before is kept.
    """
    assignment = course.assignment(section)
    collected = collect(course, section)
    batch = Batch(section=section, problems=list(collected.problems))
    step = start(len(collected.submissions))
    with Gradebook(course) as book:
        book.prepare(assignment)
        shas: dict[str, str] = {}
        by_student = {submitted.student: submitted for submitted in collected.submissions}
        jobs = _jobs(collected, assignment, book, batch, shas, step, again=again)
        # Where nothing runs beside this, each is recorded before the next begins.
        ahead = 1 if isinstance(executor, InThisProcess) else JOBS_AHEAD
        for job, graded in grade_all(jobs, options, executor, ahead=ahead):
            submitted = by_student[job.key]
            if isinstance(graded, GradedSubmission):
                book.record(submitted, graded, shas.pop(job.key))
                batch.graded[submitted.student] = graded.result
            else:
                batch.problems.append(_problem(submitted, graded))
            step()
        batch.scores = book.scores(section)
    return batch


def _jobs(
    collected: Collected,
    assignment: Assignment,
    book: Gradebook,
    batch: Batch,
    shas: dict[str, str],
    step: Callable[[], None],
    *,
    again: bool,
) -> Iterator[Job]:
    """The submissions that need grading, read one by one."""
    for submitted in collected.submissions:
        try:
            data = submitted.read()
        except SubmissionError as error:
            batch.problems.append(_problem(submitted, error))
            step()
            continue
        sha256 = hashlib.sha256(data).hexdigest()
        if not again and book.is_current(submitted, sha256):
            batch.current += 1
            step()
            continue
        shas[submitted.student] = sha256
        yield Job(key=submitted.student, submission=data, assignment=assignment)


def _problem(submitted: Submitted, error: AutograderError) -> Problem:
    """As `collect` tells it: the path once, and below the folder of all submissions."""
    path = shown(str(submitted.path.relative_to(submitted.root.parent)))
    message = str(error).removeprefix(f"{submitted.student}: ").removeprefix(f"{path} ")
    return Problem(path=path, message=message)
