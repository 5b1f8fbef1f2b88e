"""What a class gets back: `feedback/STUDENT/SECTION/`, a page and a notebook for every student.

The page has the name and the place that `nbgrader release_feedback` looks for, and beside it lie
the two files that it needs to know whose it is. A file is written only when it changes. Scores and
comments are the gradebook's, everything else comes from the graded notebook.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from autograder import autograded
from autograder.assignment import Assignment
from autograder.autograded import changed_since, marked
from autograder.collect import TIMESTAMP, Submitted, collect, shown
from autograder.course import Course
from autograder.database import GradeSheet
from autograder.errors import GradebookError, SubmissionError
from autograder.gradebook import Gradebook
from autograder.page import page
from autograder.report import report_on
from autograder.returned import returned
from autograder.visible import visible_cells

PERMISSIONS = 0o644  # nbgrader's, for what students fetch over what they have fetched before
SECRET = "submission_secret.txt"  # the exchange's: who has it may fetch the page


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One student's feedback: where it is, and what it says in brief."""

    student: str
    path: str  # of the page
    score: float
    max_score: float
    waiting: float
    written: bool  # false where nothing had changed
    remark: str = ""


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A student without feedback, and why."""

    student: str
    reason: str


class SectionFeedback(msgspec.Struct, kw_only=True):
    """What one run has done with one section."""

    section: str
    given: list[Given] = []
    missing: list[Missing] = []
    problems: list[Missing] = []  # those whose graded notebook cannot be used

    def records(self) -> Iterator[dict[str, object]]:
        """For machines: one record a student."""
        for one in (*self.given, *self.missing, *self.problems):
            yield {"section": self.section} | msgspec.to_builtins(one)


def give_feedback(
    course: Course,
    section: str,
    student: str | None = None,
    start: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> SectionFeedback:
    """Write the feedback of everybody whose notebook has been graded, or of one student.

    `start` is told how many there are and gives what to call after each.

    Raises
    ------
    GradebookError
        If nothing of the section has been graded, or nothing of the student, or if the gradebook
        or `feedback/` cannot be read or written.
    """
    graded = autograded.notebooks(course, section)
    if not graded:
        raise autograded.nothing_graded(course, section)
    with Gradebook(course, create=False) as book:
        sheets, known = book.grade_sheets(section), book.students()
    submitted = {each.student: each for each in collect(course, section).submissions}
    everybody = sorted({*graded, *known, *submitted})
    run = _Run(course, course.assignment(section), sheets, submitted)
    wanted = everybody if student is None else [_known(student, everybody)]
    step = start(len(wanted))
    for each in wanted:
        run.take(each)
        step()
    return run.feedback


class _Run:
    """The students of a section on their way from `autograded/` to `feedback/`."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        sheets: dict[str, GradeSheet],
        submitted: dict[str, Submitted],
    ) -> None:
        self.feedback = SectionFeedback(section=assignment.name)
        self._course = course
        self._assignment = assignment
        self._sheets = sheets
        self._submitted = submitted

    def take(self, student: str) -> None:
        """Write one student's feedback, or say why there is none."""
        section = self._assignment.name
        path = self._course.autograded_dir / student / section / f"{section}.ipynb"
        if not path.is_file():
            self.feedback.missing.append(Missing(student=student, reason=self._why(student)))
            return
        try:
            self.feedback.given.append(self._give(student, path))
        except SubmissionError as error:
            self.feedback.problems.append(Missing(student=student, reason=str(error)))

    def _give(self, student: str, path: Path) -> Given:
        name, sheet = str(path.relative_to(self._course.root)), self._sheets.get(student)
        mark, sheet = marked(path, name, sheet)
        cells = visible_cells(path.read_bytes(), name)
        report = report_on(self._assignment, student, cells, sheet)
        folder = self._course.feedback_dir / student / self._assignment.name
        for beside in (TIMESTAMP, SECRET):
            _copy(path.with_name(beside), folder / beside)
        found = {"html": page(report), "ipynb": returned(report, cells)}
        written = [
            autograded.put(folder / f"{self._assignment.name}.{kind}", data, PERMISSIONS)
            for kind, data in found.items()
        ]
        return Given(
            student=student,
            path=str(folder / f"{self._assignment.name}.html"),
            score=report.score,
            max_score=report.max_score,
            waiting=report.waiting,
            written=any(written),
            remark=changed_since(mark, self._assignment, self._submitted.get(student)),
        )

    def _why(self, student: str) -> str:
        if student in self._submitted:
            return f"handed in, but not graded: run `autograder grade {self._assignment.name}`"
        if student in self._sheets:
            return "graded, but neither its notebook nor the graded one is there any more"
        return "handed nothing in"


def _known(student: str, everybody: list[str]) -> str:
    if student in everybody:
        return student
    close = difflib.get_close_matches(student, everybody, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    raise GradebookError(f"nobody is called {shown(student)!r}.{guess}")


def _copy(path: Path, to: Path) -> None:
    """Make the one file what the other is, be it that there is none."""
    if path.is_file():
        autograded.put(to, path.read_bytes(), PERMISSIONS)
    else:
        to.unlink(missing_ok=True)
