"""Grades what a class has submitted into its gradebook; what has not changed is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import msgspec

from autograder import changes
from autograder.assignment import Assignment
from autograder.changes import ScoreChange
from autograder.collect import Collected, Problem, Submitted, collect, shown
from autograder.course import Course
from autograder.database import Score
from autograder.errors import AutograderError, SubmissionError
from autograder.grade import Job, Options, grade_all
from autograder.gradebook import Gradebook, strangers
from autograder.results import GradedSubmission, SubmissionResult
from autograder.sandbox.box import Limits


class Batch(msgspec.Struct, kw_only=True):
    """What one run has done with one section."""

    section: str
    graded: dict[str, SubmissionResult] = {}  # by student
    again: int = 0  # how many of them had been graded before
    current: int = 0  # submissions that had not changed
    problems: list[Problem] = []
    scores: list[Score] = []
    strangers: dict[str, str] = {}  # new to the gradebook, each with whom it may be or ""
    changes: list[ScoreChange] = []  # of points, those of a run that was cut off among them
    changes_path: str = ""  # where they stand, with all earlier ones

    def records(self) -> Iterator[dict[str, object]]:
        """For machines: one record a submission graded now, one a problem, one a changed score."""
        for student, result in sorted(self.graded.items()):
            yield {"student": student} | msgspec.to_builtins(result)
        for problem in self.problems:
            yield {"section": self.section, "path": problem.path, "error": problem.message}
        for stranger, known in self.strangers.items():
            yield {"section": self.section, "new_student": stranger, "may_be": known}
        for change in self.changes:
            yield msgspec.to_builtins(change)


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
    step = start(len(collected.submissions))
    with Gradebook(course) as book:
        book.prepare(assignment)
        known = book.students()
        run = _SectionRun(assignment, collected, book, options.limits, again=again)
        for job, graded in grade_all(run.jobs(step), options, executor):
            run.take(job, graded)
            step()
        run.batch.scores = book.scores(section)
        if known:  # else this is the first section of the term
            new = strangers((one.student for one in collected.submissions), known)
            run.batch.strangers = {who: new[who] for who in new if who in run.batch.graded}
        run.batch.changes = book.tell_changes(section)
        run.batch.changes_path = str(changes.table(course.autograded_dir, section))
    return run.batch


class _SectionRun:
    """The submissions of a section on their way from `submitted/` to the gradebook."""

    def __init__(
        self,
        assignment: Assignment,
        collected: Collected,
        book: Gradebook,
        limits: Limits,
        *,
        again: bool,
    ) -> None:
        self.batch = Batch(section=assignment.name, problems=list(collected.problems))
        self._assignment = assignment
        self._submissions = collected.submissions
        self._book = book
        self._limits = limits
        self._again = again
        self._underway: dict[str, tuple[Submitted, str]] = {}  # with the sha256 of what was read

    def jobs(self, skip: Callable[[], None]) -> Iterator[Job]:
        """Those that need grading, read one by one; `skip` is called for each that does not."""
        for submitted in self._submissions:
            job = self._job(submitted)
            if job:
                yield job
            else:
                skip()

    def take(self, job: Job, graded: GradedSubmission | AutograderError) -> None:
        """Record what came of one."""
        submitted, sha256 = self._underway.pop(job.key)
        if isinstance(graded, AutograderError):
            self._report(submitted, graded)
        else:
            self.batch.again += self._book.was_graded(submitted)
            self._book.record(submitted, graded, sha256, self._limits)
            self.batch.graded[submitted.student] = graded.result

    def _job(self, submitted: Submitted) -> Job | None:
        try:
            data = submitted.read()
        except SubmissionError as error:
            self._report(submitted, error)
            return None
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._again and self._book.is_current(submitted, sha256):
            self.batch.current += 1
            return None
        self._underway[submitted.student] = (submitted, sha256)
        return Job(key=submitted.student, submission=data, assignment=self._assignment)

    def _report(self, submitted: Submitted, error: AutograderError) -> None:
        """As `collect` tells it: the path once, and below the folder of all submissions."""
        path = shown(str(submitted.path.relative_to(submitted.root.parent)))
        message = str(error).removeprefix(f"{submitted.student}: ").removeprefix(f"{path} ")
        self.batch.problems.append(Problem(path=path, message=message))
