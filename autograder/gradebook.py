"""Results -> nbgrader's database and `autograded/`, where formgrader and feedback look for them.

One process at a time writes a section, in batches: one transaction for the database, then each
student's files, the notebook last. The notebook carries a mark of what it was graded from, so it
says that the whole submission has been recorded. A run that is cut off anywhere is repeated from
what has no mark, and gives the same; a second run finds marks everywhere and writes nothing.

What a person has entered is never changed: manual scores, extra credit and comments stay as they
are, and a submission that changed under a manual score is put up for review again.
"""

from __future__ import annotations

import difflib
import errno
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from autograder import autograded, changes, database
from autograder.assignment import Assignment
from autograder.autograded import Mark
from autograder.changes import ScoreChange
from autograder.collect import Submitted
from autograder.course import Course
from autograder.database import GradeSheet, Prepared, Score
from autograder.errors import GradebookError
from autograder.explained import explained
from autograder.lateness import LatePolicy
from autograder.results import GradedSubmission
from autograder.sandbox.box import Limits

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

__all__ = ["Gradebook", "Mark", "Score"]

BUSY_SECONDS = 30.0
BATCH = 64  # submissions in one transaction,
BATCH_BYTES = 50_000_000  # of notebooks together,
BATCH_SECONDS = 5.0  # and no longer than this since the last one
LIKENESS = 0.75  # of two names of which one may be a slip of the other


class Gradebook:
    """The course's gradebook, open for one writer.

    >>> with Gradebook(course) as book:  # doctest: +SKIP
    ...     book.prepare(assignment)
    ...     if not book.is_current(submitted, sha256):
    ...         book.record(submitted, graded, sha256)

    Every method raises GradebookError if the database or `autograded/` cannot be read or written.
    Then nothing is half done that a repeated run would not complete.
    """

    def __init__(
        self, course: Course, *, busy_seconds: float = BUSY_SECONDS, create: bool = True
    ) -> None:
        self._course = course
        self._create = create  # where there is no gradebook yet; else that is an error
        self._busy_seconds = busy_seconds
        self._prepared: dict[str, Prepared] = {}
        self._waiting: dict[tuple[str, str], _Record] = {}
        self._flushed_at = time.monotonic()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        settings = self._course.settings()
        self._url = locate(self._course, self._busy_seconds)
        self._name = database.name_of(self._url)
        from nbgrader import api  # type: ignore[import-untyped]  # 2.5 s, and no py.typed

        with explained(self._name):
            database.create_or_check(api, self._url, settings.course_id, create=self._create)
            url = self._url.render_as_string(hide_password=False)
            self._api: Any = api
            self._book: Any = api.Gradebook(url, settings.course_id)
            # One for everything: a claim lasts as long as the connection that may write.
            self._connection = self._open.enter_context(self._book.engine.connect())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what waits, after an interrupt too, and close the database."""
        try:
            if not isinstance(error, GradebookError):
                self.flush()
        finally:
            self._open.close()
            self._book.close()

    def prepare(self, assignment: Assignment) -> None:
        """Make the database describe the assignment as `nbgrader generate_assignment` does.

        Nothing is written if it does so already. Cells may come and go after submissions have been
        graded, which nbgrader refuses, as long as no manual score or comment is lost.

        From here on nobody else can grade the assignment until this gradebook is closed; on
        another machine neither, if the database is a server's.
        """
        folder = self._course.autograded_dir
        with explained(self._name):
            _check_folder(folder)
            if assignment.name not in self._prepared:
                self._open.enter_context(autograded.alone(folder, assignment.name))
                with self._connection.begin():
                    holder = database.claim(self._connection, assignment.name)
                if holder:
                    raise autograded.being_graded(assignment.name, holder)
            self._policy = LatePolicy(self._course)
            with self._transaction() as connection:
                self._prepared[assignment.name] = database.describe(
                    self._api, connection, assignment, self._book.course_id
                )
                self._penalise(connection, assignment.name)

    def is_current(self, submitted: Submitted, submission_sha256: str) -> bool:
        """Whether the gradebook has this submission, graded by the assignment as prepared."""
        prepared = self._prepared[submitted.section]
        if submitted.student not in prepared.timestamps:
            return False
        mark = autograded.read_mark(self._notebook(submitted))
        return (
            mark is not None
            and mark.submission_sha256 == submission_sha256
            and mark.assignment_sha256 == prepared.assignment.sha256
            and prepared.timestamps[submitted.student] == submitted.timestamp
        )

    def was_graded(self, submitted: Submitted) -> bool:
        """Whether there is an earlier result, with which a new one will be compared."""
        mark = autograded.read_mark(self._notebook(submitted))
        return mark is not None and mark.tests is not None

    def record(
        self,
        submitted: Submitted,
        graded: GradedSubmission,
        submission_sha256: str,
        limits: Limits | None = None,
    ) -> None:
        """Put a result into the gradebook, now or with the next batch.

        The section must be prepared. `submission_sha256` is of the bytes that were graded, with
        these limits.
        """
        key = (submitted.section, submitted.student)
        self._waiting[key] = _Record(submitted, graded, submission_sha256, limits)
        size = sum(len(record.graded.executed) for record in self._waiting.values())
        age = time.monotonic() - self._flushed_at
        if len(self._waiting) >= BATCH or size > BATCH_BYTES or age > BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        batches: defaultdict[str, list[_Record]] = defaultdict(list)
        for (section, _), record in self._waiting.items():
            batches[section].append(record)
        self._waiting = {}
        for section, records in batches.items():
            with explained(self._name):
                self._save(self._prepared[section], records)
                for record in records:
                    self._write(self._prepared[section], record)
        self._flushed_at = time.monotonic()

    def scores(self, section: str) -> list[Score]:
        """The section's scores, sorted by student; empty if nothing has been graded."""
        self.flush()
        with explained(self._name), self._connection.begin():
            return database.scores(self._api, self._connection, section)

    def grade_sheets(self, section: str) -> dict[str, GradeSheet]:
        """What the gradebook has of everybody who submitted the section, by student."""
        self.flush()
        with explained(self._name), self._connection.begin():
            return database.grade_sheets(self._api, self._connection, section)

    def tell_changes(self, section: str) -> list[ScoreChange]:
        """The changes of points that have not been told yet; from here on they have.

        The section must be prepared.
        """
        self.flush()
        folder, students = self._course.autograded_dir, self._prepared[section].timestamps
        with explained(self._name):
            if not (found := changes.untold(folder, section, students)):
                return []
            told = changes.with_scores(section, found, self.grade_sheets(section))
            changes.put(folder, section, told)
        return told

    def students(self) -> list[str]:
        """Everybody whom the gradebook knows, sorted."""
        with explained(self._name), self._connection.begin():
            return database.students(self._api, self._connection)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connection.begin():
            database.lock(self._connection)
            yield self._connection

    def _save(self, prepared: Prepared, records: list[_Record]) -> None:
        api = self._api
        by_student = {record.submitted.student: record for record in records}
        timestamps = {student: each.submitted.timestamp for student, each in by_student.items()}
        with self._transaction() as connection:
            students = database.submit(api, connection, prepared, timestamps)
            owners = database.complete(api, connection, prepared, students)
            of_notebook = {key: by_student[students[owner]] for key, owner in owners.items()}
            findings = {
                key: database.Finding(prepared.assignment, record.graded)
                for key, record in of_notebook.items()
            }
            changed = {key for key, record in of_notebook.items() if self._is_other(record)}
            database.save_grades(api, connection, prepared, findings, changed)
            database.save_comments(api, connection, prepared, findings)
            self._penalise(connection, prepared.assignment.name)
        prepared.timestamps.update(timestamps)

    def _penalise(self, connection: Connection, section: str) -> None:
        prepared = self._prepared[section]
        database.save_penalties(self._api, connection, prepared, self._policy.penalty)

    def _is_other(self, record: _Record) -> bool:
        """Whether the submission is another one than that which was graded before."""
        mark = autograded.read_mark(self._notebook(record.submitted))
        return mark is None or mark.submission_sha256 != record.submission_sha256

    def _write(self, prepared: Prepared, record: _Record) -> None:
        mark = Mark(
            submission_sha256=record.submission_sha256,
            assignment_sha256=prepared.assignment.sha256,
            rung=record.graded.result.rung,
            cpu_seconds=record.graded.result.cpu_seconds,
            notices=record.graded.result.notices,
            limits=record.limits,
            tests=changes.earned(prepared.assignment, record.graded.result),
        )
        path = self._notebook(record.submitted)
        earlier = autograded.read_mark(path)
        mark = autograded.settled(changes.compared(mark, earlier), earlier)
        given = prepared.assignment.files
        autograded.write(path.parent, record.submitted, record.graded, mark, given)

    def _notebook(self, submitted: Submitted) -> Path:
        folder = self._course.autograded_dir / submitted.student / submitted.section
        return folder / f"{submitted.section}.ipynb"


@dataclass(frozen=True)
class _Record:
    submitted: Submitted
    graded: GradedSubmission
    submission_sha256: str
    limits: Limits | None


def locate(course: Course, busy_seconds: float) -> URL:
    """Where the gradebook is. Raises GradebookError if the configuration does not say so."""
    try:
        return database.locate(course.settings().db_url, course.root, busy_seconds)
    except ValueError as error:
        raise GradebookError(
            f"c.CourseDirectory.db_url in nbgrader_config.py is not the URL of a database ({error})"
            ": it looks like sqlite:////home/me/course/gradebook.db or postgresql+psycopg://me@host"
            "/gradebook, with the password in ~/.pgpass"
        ) from error


def strangers(students: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Those who are not known, each with the known one of a like name who is not there, or ''."""
    here, known = set(students), set(known)
    absent = sorted(known - here)
    return {
        who: next(iter(difflib.get_close_matches(who, absent, n=1, cutoff=LIKENESS)), "")
        for who in sorted(here - known)
    }


def _check_folder(folder: Path) -> None:
    """Finds out whether it can be written now, not after an hour of grading."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "", str(folder))
