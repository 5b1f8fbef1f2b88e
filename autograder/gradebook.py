"""Results -> nbgrader's database and `autograded/`, where formgrader and feedback look for them.

One process at a time writes a section, in batches: one transaction for the database, then each
student's files, the notebook last. The notebook carries a mark of what it was graded from, so it
says that the whole submission has been recorded. A run that is cut off anywhere is repeated from
what has no mark, and gives the same; a second run finds marks everywhere and writes nothing.

What a person has entered is never changed: manual scores, extra credit and comments stay as they
are, and a submission that changed under a manual score is put up for review again.
"""

from __future__ import annotations

import errno
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from autograder import autograded, database
from autograder.assignment import Assignment
from autograder.autograded import Mark
from autograder.collect import Submitted
from autograder.course import Course
from autograder.database import GradeSheet, Prepared, Score
from autograder.errors import GradebookError
from autograder.results import GradedSubmission

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

__all__ = ["Gradebook", "Mark", "Score"]

BUSY_SECONDS = 30.0
BATCH = 64  # submissions in one transaction,
BATCH_BYTES = 50_000_000  # of notebooks together,
BATCH_SECONDS = 5.0  # and no longer than this since the last one


class Gradebook:
    """The course's gradebook, open for one writer.

    >>> with Gradebook(course) as book:  # doctest: +SKIP
    ...     book.prepare(assignment)
    ...     if not book.is_current(submitted, sha256):
    ...         book.record(submitted, graded, sha256)

    Every method raises GradebookError if the database or `autograded/` cannot be read or written.
    Then nothing is half done that a repeated run would not complete.
    """

    def __init__(self, course: Course, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._course = course
        self._busy_seconds = busy_seconds
        self._prepared: dict[str, Prepared] = {}
        self._waiting: dict[tuple[str, str], _Record] = {}
        self._flushed_at = time.monotonic()
        self._locks = ExitStack()

    def __enter__(self) -> Self:
        settings = self._course.settings()
        self._url = _locate(settings.db_url, self._course.root, self._busy_seconds)
        with _explained(self._url):
            from nbgrader import api  # type: ignore[import-untyped]  # 2.5 s, and no py.typed

            database.create_or_check(api, self._url, settings.course_id)
            url = self._url.render_as_string(hide_password=False)
            self._api: Any = api
            self._book: Any = api.Gradebook(url, settings.course_id)
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
            self._locks.close()
            self._book.close()

    def prepare(self, assignment: Assignment) -> None:
        """Make the database describe the assignment as `nbgrader generate_assignment` does.

        Nothing is written if it does so already. Cells may come and go after submissions have been
        graded, which nbgrader refuses, as long as no manual score or comment is lost.

        From here on nobody else can grade the assignment until this gradebook is closed.
        """
        folder = self._course.autograded_dir
        with _explained(self._url):
            _check_folder(folder)
            if assignment.name not in self._prepared:
                self._locks.enter_context(autograded.alone(folder, assignment.name))
            with self._transaction() as connection:
                self._prepared[assignment.name] = database.describe(
                    self._api, connection, assignment, self._book.course_id
                )

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

    def record(
        self, submitted: Submitted, graded: GradedSubmission, submission_sha256: str
    ) -> None:
        """Put a result into the gradebook, now or with the next batch.

        The section must be prepared. `submission_sha256` is of the bytes that were graded.
        """
        key = (submitted.section, submitted.student)
        self._waiting[key] = _Record(submitted, graded, submission_sha256)
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
            with _explained(self._url):
                self._save(self._prepared[section], records)
                for record in records:
                    self._write(self._prepared[section], record)
        self._flushed_at = time.monotonic()

    def scores(self, section: str) -> list[Score]:
        """The section's scores, sorted by student; empty if nothing has been graded."""
        self.flush()
        with _explained(self._url), self._book.engine.connect() as connection:
            return database.scores(self._api, connection, section)

    def grade_sheets(self, section: str) -> dict[str, GradeSheet]:
        """What the gradebook has of everybody who submitted the section, by student."""
        self.flush()
        with _explained(self._url), self._book.engine.connect() as connection:
            return database.grade_sheets(self._api, connection, section)

    def students(self) -> list[str]:
        """Everybody whom the gradebook knows, sorted."""
        with _explained(self._url), self._book.engine.connect() as connection:
            return database.students(self._api, connection)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._book.engine.begin() as connection:
            database.lock(connection)
            yield connection

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
        prepared.timestamps.update(timestamps)

    def _is_other(self, record: _Record) -> bool:
        """Whether the submission is another one than that which was graded before."""
        mark = autograded.read_mark(self._notebook(record.submitted))
        return mark is None or mark.submission_sha256 != record.submission_sha256

    def _write(self, prepared: Prepared, record: _Record) -> None:
        mark = Mark(
            submission_sha256=record.submission_sha256,
            assignment_sha256=prepared.assignment.sha256,
            rung=record.graded.result.rung,
        )
        folder = self._notebook(record.submitted).parent
        given = prepared.assignment.files
        autograded.write(folder, record.submitted, record.graded, mark, given)

    def _notebook(self, submitted: Submitted) -> Path:
        folder = self._course.autograded_dir / submitted.student / submitted.section
        return folder / f"{submitted.section}.ipynb"


@dataclass(frozen=True)
class _Record:
    submitted: Submitted
    graded: GradedSubmission
    submission_sha256: str


_LOCKED = "is in use. Close formgrader and any other grader that has it open, then repeat."
_READ_ONLY = "cannot be written. Give yourself permission to write it and its folder, then repeat."
_FULL = "cannot be written: the disk is full. Free some space, then repeat."
_DAMAGED = (
    "is damaged or not a database. Restore your last copy of it; or move it away and repeat: then "
    "everything is graded again, but manual scores are gone."
)
_OTHER_VERSION = (
    "was made by another version of nbgrader. Make a copy of it, run `nbgrader db upgrade`, and "
    "repeat."
)
_DATABASE_ADVICE = {  # by what the database says
    "locked": _LOCKED,
    "readonly": _READ_ONLY,
    "read-only": _READ_ONLY,
    "unable to open": _READ_ONLY,
    "is full": _FULL,
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
    "no such table": _OTHER_VERSION,
    "no such column": _OTHER_VERSION,
    "has no column": _OTHER_VERSION,
}
_FILE_ADVICE = {
    errno.EACCES: "cannot be written. Give yourself permission, then repeat.",
    errno.EPERM: "cannot be written. Give yourself permission, then repeat.",
    errno.EROFS: "cannot be written. Give yourself permission, then repeat.",
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EEXIST: "is in the way of a folder. Move it away, then repeat.",
    errno.ENOTDIR: "is in the way of a folder. Move it away, then repeat.",
    errno.EISDIR: "is a folder in the way of a file. Move it away, then repeat.",
}


def _locate(db_url: str, root: Path, busy_seconds: float) -> URL:
    from sqlalchemy.exc import ArgumentError

    try:
        return database.locate(db_url, root, busy_seconds)
    except ArgumentError as error:
        raise GradebookError(
            "c.CourseDirectory.db_url in nbgrader_config.py is not the URL of a database: it looks "
            "like sqlite:////home/me/course/gradebook.db"
        ) from error


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Turns what a database or a file system says into what to do about it."""
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError

    name = database.name_of(url)
    try:
        yield
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise GradebookError(
            f"{name}: nothing is installed that speaks to such a database ({error})"
        ) from error
    except DBAPIError as error:
        text = str(error.orig)
        found = (advice for words, advice in _DATABASE_ADVICE.items() if words in text)
        raise GradebookError(f"{name} {next(found, f'has a problem: {text}')}") from error
    except OSError as error:
        advice = _FILE_ADVICE.get(error.errno or 0, f"cannot be written: {error.strerror}")
        raise GradebookError(f"{error.filename or name} {advice}") from error


def _check_folder(folder: Path) -> None:
    """Finds out whether it can be written now, not after an hour of grading."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "", str(folder))
