"""nbgrader's database: what its rows say of assignments and submissions, one step a function.

The tables are `nbgrader.api`'s. Every function works inside its caller's transaction, compares
before it writes, and writes many rows with one statement: `nbgrader autograde` commits once for
every cell, which takes longer than grading it.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from autograder import notebook
from autograder.assignment import Assignment
from autograder.errors import GradebookError
from autograder.notebook import Cell
from autograder.results import GradedSubmission

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

NO_RESPONSE = "No response."  # nbgrader's comment on an answer that was left as released
GRADED = ("GradeCell", "TaskCell")  # nbgrader's kinds of cell that have a grade,
COMMENTED = ("SolutionCell", "TaskCell")  # and a comment, in every submission
UNNAMED = "default_course"  # what `nbgrader db upgrade` calls the course of an old gradebook
FORGOTTEN = "task_cells"  # by `nbgrader db upgrade` from 0.5; nbgrader makes it when it opens it
_GONE = (
    "is missing or empty, although notebooks have been graded into it. Restore your last copy of "
    "it, or mend c.CourseDirectory.db_url in nbgrader_config.py, then repeat. `autograder grade` "
    "makes a new one, but without the scores and comments that people have given."
)
_KEY = "hashtextextended('autograder ' || %s, 0)"  # of a lock that PostgreSQL keeps for us


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What the gradebook has of one student's notebook."""

    student: str
    score: float  # nbgrader's: manual scores replace automatic ones, extra credit on top
    late_penalty: float  # which goes off it
    max_score: float
    auto_score: float  # of the test cells
    max_auto_score: float
    to_review: int  # cells that wait for a person
    timestamp: datetime | None


class CellGrade(msgspec.Struct, frozen=True, kw_only=True):
    """What the gradebook has of one graded cell."""

    score: float  # nbgrader's, as above
    by_hand: bool  # a person has given it
    extra_credit: float
    to_review: bool  # it waits for a person


class GradeSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What the gradebook has of one student's notebook; cells by grade_id."""

    timestamp: datetime | None
    late_penalty: float
    due: datetime | None = None  # with the student's extension
    grades: dict[str, CellGrade] = {}
    comments: dict[str, str] = {}  # a person's

    def grade(self, grade_id: str) -> CellGrade:
        """The grade of a cell; no points where the gradebook has none."""
        return self.grades.get(grade_id, _NO_POINTS)


_NO_POINTS = CellGrade(score=0.0, by_hand=False, extra_credit=0.0, to_review=False)


@dataclass(frozen=True)
class Row:
    """A cell that may have rows of its own in every submission."""

    id: str
    kind: str  # the name of nbgrader's class
    name: str


@dataclass(frozen=True)
class Prepared:
    """An assignment and where its rows are."""

    assignment: Assignment
    id: str
    notebook_id: str
    rows: dict[str, list[Row]]  # of every notebook of the assignment, by its id
    timestamps: dict[str, datetime | None]  # of the students who have a submission


# --- The database itself ------------------------------------------------------------------------


def locate(db_url: str, root: Path, busy_seconds: float) -> URL:
    """The setting as a URL: SQLite files are relative to the course, and who is busy is waited for.

    Raises
    ------
    ValueError
        If it is no URL. Its text has no password in it.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(db_url)
    except (ArgumentError, ValueError) as error:  # whose texts quote what is wrong
        raise ValueError("not a URL") from error
    if "@" in (url.host or ""):
        raise ValueError("an @ that is part of the password, which has to be written as %40")
    if url.get_backend_name() == "postgresql":
        return _located_on_a_server(url, busy_seconds)
    if url.get_backend_name() != "sqlite":
        return url
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        url = url.set(database=str(root / url.database))
    return url if "timeout" in url.query else url.update_query_dict({"timeout": str(busy_seconds)})


def _located_on_a_server(url: URL, busy_seconds: float) -> URL:
    ours = {
        "application_name": f"process {os.getpid()} on {platform.node()}",
        "client_encoding": "utf8",
        "options": f"-c lock_timeout={round(busy_seconds * 1000)}",
    }
    return url.update_query_dict(ours | dict(url.query))


def name_of(url: URL) -> str:
    """What messages call the database; never with its password, be it in the query."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)


def create_or_check(api: Any, url: URL, course_id: str, *, create: bool = True) -> None:
    """Make nbgrader's tables where there are none at all, else see that they are nbgrader's.

    nbgrader itself would add the tables that are missing to whatever it finds, and starts a process
    for the version number after having written the tables.

    Raises
    ------
    GradebookError
        If the database is another program's, another course's, or of another version of nbgrader;
        or if there are no tables and none are to be made.
    """
    from sqlalchemy import create_engine, inspect

    if not create and is_missing(url):
        raise GradebookError(f"{name_of(url)} {_GONE}")
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            lock(connection)  # the second of two that come at once finds what the first has made
            _check_encoding(connection, name_of(url))
            if not inspect(connection).get_table_names():
                if not create:
                    raise GradebookError(f"{name_of(url)} {_GONE}")
                _create(api, connection)
            check(api, connection, name_of(url))
            _enrol(api, connection, course_id, name_of(url), add=create)
    finally:
        engine.dispose()


def _check_encoding(connection: Connection, name: str) -> None:
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise GradebookError(
            f"{name} has the encoding {encoding}, which nbgrader cannot work with. Create another "
            "database with `createdb --encoding UTF8 --template template0`, name it as "
            "c.CourseDirectory.db_url, and repeat."
        )


def is_a_file(url: URL) -> bool:
    """Whether it is one; the others are a server's, where to look is to connect."""
    return url.get_backend_name() == "sqlite"


def is_missing(url: URL) -> bool:
    """Whether it is a file that does not exist."""
    return is_a_file(url) and not Path(url.database or "").exists()


def _enrol(api: Any, connection: Connection, course_id: str, name: str, *, add: bool) -> None:
    """See that the gradebook is the course's, and make the course known to it.

    nbgrader would add any course to any gradebook, and then the one's sections would be taken for
    the other's that have the same names.
    """
    from sqlalchemy import select

    courses = api.Course.__table__
    known = set(connection.scalars(select(courses.c.id)))
    if course_id in known:
        return
    if others := sorted(known - {UNNAMED}):
        raise GradebookError(
            f"{name} is the gradebook of {' and '.join(others)}, and nbgrader_config.py says "
            f"c.CourseDirectory.course_id = {course_id!r}. Mend that, or name this course's own "
            "gradebook as c.CourseDirectory.db_url; then repeat. (If the course has a new name, "
            "`nbgrader db assignment list` makes it known to the gradebook.)"
        )
    if course_id and add:
        connection.execute(courses.insert(), {"id": course_id})


def lock(connection: Connection) -> None:
    """Start a transaction that writes; among those of ours there is one at a time."""
    if connection.dialect.name == "sqlite":  # which would find out at the first change only
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEY})", ("",))


def claim(connection: Connection, section: str) -> str:
    """Who grades the section, on whatever machine; empty if from now on it is this connection.

    It is, until it ends. The server takes the claim back however that happens, and with a claim
    that was lost so is the connection. SQLite knows of no other machines.
    """
    if connection.dialect.name != "postgresql":
        return ""
    claimed = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_KEY})", (section,))
    if claimed.scalar():
        return ""
    holders = connection.exec_driver_sql(
        "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
        "WHERE locktype = 'advisory' AND granted AND datname = current_database() "
        f"AND ((classid::bigint << 32) | objid::bigint) = {_KEY}",
        (section,),
    )
    return holders.scalar() or "another process"


def _create(api: Any, connection: Connection) -> None:
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR  # type: ignore[import-untyped]  # no py.typed
    from sqlalchemy import Column, MetaData, String, Table

    api.Base.metadata.create_all(connection)
    version = Table(
        "alembic_version", MetaData(), Column("version_num", String(32), nullable=False)
    )
    version.create(connection)
    head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    connection.execute(version.insert(), {"version_num": head})


def check(api: Any, connection: Connection, name: str) -> None:
    """Raises GradebookError if the tables are not those of the installed nbgrader."""
    from sqlalchemy import inspect, text

    tables = api.Base.metadata.tables
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    if not existing & tables.keys():
        raise GradebookError(
            f"{name} belongs to another program: it has the tables {', '.join(sorted(existing))}. "
            "Name the gradebook as c.CourseDirectory.db_url in nbgrader_config.py, and repeat."
        )
    for table in tables.values():
        if table.name == FORGOTTEN and FORGOTTEN not in existing:
            continue
        has = set()
        if table.name in existing:
            has = {column["name"] for column in inspector.get_columns(table.name)}
        lacking = [column.name for column in table.columns if column.name not in has]
        if lacking:
            raise GradebookError(
                f"{name} was made by another version of nbgrader: its table {table.name} has no "
                f"{', '.join(lacking)}. Make a copy of it, run `nbgrader db upgrade`, and repeat."
            )
    if "alembic_version" in existing:
        for revision in connection.scalars(text("SELECT version_num FROM alembic_version")):
            _check_revision(revision, name)


def _check_revision(revision: str, name: str) -> None:
    """Whether the installed nbgrader knows it, by the names of its scripts: alembic takes 0.2 s."""
    from nbgrader import __version__  # type: ignore[import-untyped]  # no py.typed
    from nbgrader.dbutil import ALEMBIC_DIR

    if not list(Path(ALEMBIC_DIR, "versions").glob(f"{revision}_*.py")):
        raise GradebookError(
            f"{name} was made by a newer nbgrader: {__version__} does not know its revision "
            f"{revision}. Install the version that made it, and repeat."
        )


# --- What it says of an assignment -------------------------------------------------------------


def describe(api: Any, connection: Connection, assignment: Assignment, course_id: str) -> Prepared:
    """Bring an assignment's rows up to date, as nbgrader's SaveCells does.

    SaveCells refuses when cells come or go and there are submissions; here they get or lose their
    rows in every submission.

    Raises
    ------
    GradebookError
        If manual scores or comments would be lost.
    """
    from sqlalchemy.orm import Session

    with Session(connection) as session:
        section, book = _find_or_add(api, session, assignment, course_id)
        has_new = _describe_cells(api, session, assignment, book)
        session.flush()
        session.expire_all()
        prepared = Prepared(
            assignment=assignment,
            id=section.id,
            notebook_id=book.id,
            rows={
                each.id: [Row(c.id, type(c).__name__, c.name) for c in each._base_cells]
                for each in section.notebooks
            },
            timestamps={each.student_id: each.timestamp for each in section.submissions},
        )
        if has_new:
            complete(api, connection, prepared, [each.id for each in section.submissions])
    return prepared


def _find_or_add(api: Any, session: Any, assignment: Assignment, course_id: str) -> tuple[Any, Any]:
    name = assignment.name
    section = session.query(api.Assignment).filter_by(name=name).one_or_none()
    if section is None:
        section = api.Assignment(name=name, course_id=course_id)
        session.add(section)
    book = next((book for book in section.notebooks if book.name == name), None)
    if book is None:
        book = api.Notebook(name=name, assignment=section)
        session.add(book)
    book.kernelspec = json.dumps(assignment.metadata.get("kernelspec", {}))
    session.flush()
    return section, book


def _describe_cells(api: Any, session: Any, assignment: Assignment, book: Any) -> bool:
    """Whether there are new ones."""
    wanted = _rows_of(assignment)
    existing = {(type(cell).__name__, cell.name): cell for cell in book._base_cells}
    existing |= {("SourceCell", cell.name): cell for cell in book.source_cells}
    if existing.keys() != wanted.keys():
        # The rows keep the order of the notebook for as long as nothing hangs on them.
        kept = wanted.keys() if book.submissions else ()
        gone = [existing.pop(key) for key in list(existing) if key not in kept]
        _remove(api, session, gone, assignment.name)
    for (kind, name), values in wanted.items():
        cell = existing.get((kind, name))
        if cell is None:
            cell = getattr(api, kind)(name=name, notebook_id=book.id)
            session.add(cell)
        for column, value in values.items():
            setattr(cell, column, value)
    return len(existing) < len(wanted)


def _remove(api: Any, session: Any, cells: list[Any], section: str) -> None:
    ids = [cell.id for cell in cells]
    grades, comments = (  # locked, lest a person enters something between this and the end
        session.query(table).filter(table.cell_id.in_(ids)).with_for_update().all()
        for table in (api.Grade, api.Comment)
    )
    manual = {g.name for g in grades if g.manual_score is not None or g.extra_credit}
    manual |= {comment.name for comment in comments if comment.manual_comment}
    if manual:
        raise GradebookError(
            f"{section}: the source no longer has {', '.join(sorted(manual))}, for which the "
            "gradebook has manual scores or comments. Give the cell its old grade_id again, or "
            "remove those scores and comments in formgrader; then repeat."
        )
    for rows in ((*grades, *comments), cells):
        for row in rows:
            session.delete(row)
        session.flush()


def _rows_of(assignment: Assignment) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows that nbgrader has of an assignment's cells, by kind and name."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in assignment.cells:
        meta = cell.metadata.get("nbgrader", {}) if cell.grade_id else {}
        flags = {flag for flag in ("grade", "solution", "task") if meta.get(flag) is True}
        points = {"max_score": cell.points, "cell_type": cell.cell_type}
        if "grade" in flags:
            rows["GradeCell", cell.grade_id] = points
        if "solution" in flags:
            rows["SolutionCell", cell.grade_id] = {}
        if "task" in flags:
            rows["TaskCell", cell.grade_id] = points
        if flags or notebook.is_locked(meta):
            rows["SourceCell", cell.grade_id] = _source_row(cell, assignment, "solution" in flags)
    return rows


def _source_row(cell: Cell, assignment: Assignment, is_solution: bool) -> dict[str, Any]:
    """A cell with its hidden tests but without its solution."""
    text = assignment.release_sources[cell.grade_id] if is_solution else cell.source
    return {
        "cell_type": cell.cell_type,
        "locked": notebook.is_locked(cell.metadata["nbgrader"]),
        "source": text,
        "checksum": notebook.checksum(msgspec.structs.replace(cell, source=text)),
    }


# --- What it says of submissions ---------------------------------------------------------------


class Finding:
    """What one result says of each cell."""

    def __init__(self, assignment: Assignment, graded: GradedSubmission) -> None:
        self._points = {cell.grade_id: cell.points for cell in graded.result.cells}
        self._answered = {cell.grade_id: cell.answered for cell in graded.result.written}
        self._released = assignment.release_sources
        self._sources = _sources(graded.executed)

    def auto_score(self, row: Row) -> float | None:
        """The points of a test; 0 for a question without an answer; None where a person decides."""
        if row.kind == "GradeCell" and self._answered.get(row.name) is False:
            return 0.0
        return self._points.get(row.name)

    def auto_comment(self, row: Row) -> str | None:
        """The comment that nbgrader makes on an answer that was left as released."""
        if row.kind == "TaskCell":
            return None
        changed = self._sources.get(row.name) != self._released.get(row.name)
        return None if self._answered.get(row.name, changed) else NO_RESPONSE


def submit(
    api: Any, connection: Connection, prepared: Prepared, timestamps: dict[str, datetime | None]
) -> dict[str, str]:
    """The submissions of these students, with these times: students by submission id.

    Students and submissions that are not in the database come into being.
    """
    students, submissions = api.Student.__table__, api.SubmittedAssignment.__table__
    rows = connection.execute(students.select().where(students.c.id.in_(timestamps)))
    new = timestamps.keys() - {row.id for row in rows}
    _insert(connection, students, [{"id": student} for student in sorted(new)])
    rows = connection.execute(
        submissions.select()
        .where(submissions.c.assignment_id == prepared.id)
        .where(submissions.c.student_id.in_(timestamps))
    )
    found = {row.student_id: row for row in rows}
    moved = [row for row in found.values() if row.timestamp != timestamps[row.student_id]]
    times = [{"key": row.id, "timestamp": timestamps[row.student_id]} for row in moved]
    _update(connection, submissions, times)
    added = {student: api.new_uuid() for student in timestamps if student not in found}
    values = [
        {"id": key, "assignment_id": prepared.id, "student_id": who, "timestamp": timestamps[who]}
        for who, key in added.items()
    ]
    _insert(connection, submissions, values)
    return {row.id: who for who, row in found.items()} | {key: who for who, key in added.items()}


def complete(
    api: Any, connection: Connection, prepared: Prepared, submissions: Collection[str]
) -> dict[str, str]:
    """Give submissions the rows that they lack. Returns submission ids by submitted notebook."""
    table = api.SubmittedNotebook.__table__
    rows = connection.execute(table.select().where(table.c.assignment_id.in_(submissions)))
    books = {(row.assignment_id, row.notebook_id): row.id for row in rows}
    wanted = [(owner, book) for owner in submissions for book in prepared.rows]
    lacking = {pair: api.new_uuid() for pair in wanted if pair not in books}
    values = [
        {"id": key, "assignment_id": owner, "notebook_id": book}
        for (owner, book), key in lacking.items()
    ]
    _insert(connection, table, values)
    books |= lacking
    for cells, kinds in ((api.Grade.__table__, GRADED), (api.Comment.__table__, COMMENTED)):
        pairs = [
            (key, row.id)
            for (_, book), key in books.items()
            for row in prepared.rows.get(book, ())
            if row.kind in kinds
        ]
        _complete_cells(connection, cells, pairs)
    return {key: owner for (owner, book), key in books.items() if book == prepared.notebook_id}


def _complete_cells(connection: Connection, table: Any, pairs: list[tuple[str, str]]) -> None:
    """Add the rows that are missing of these pairs of submitted notebook and cell."""
    books = {book for book, _ in pairs}
    rows = connection.execute(table.select().where(table.c.notebook_id.in_(books)))
    existing = {(row.notebook_id, row.cell_id) for row in rows}
    lacking = [
        {"notebook_id": book, "cell_id": cell}
        for book, cell in pairs
        if (book, cell) not in existing
    ]
    _insert(connection, table, lacking)


def save_grades(
    api: Any,
    connection: Connection,
    prepared: Prepared,
    findings: dict[str, Finding],
    changed: Collection[str],
) -> None:
    """Write automatic scores by nbgrader's rules; `findings` are by submitted notebook.

    A manual score stays. It is put up for review where the submission is among the `changed`.
    """
    table = api.Grade.__table__
    cells = {row.id: row for row in prepared.rows[prepared.notebook_id]}
    updates = []
    rows = table.select().where(table.c.notebook_id.in_(findings))
    for row in connection.execute(rows.with_for_update()):  # a person may be at one of them
        auto = findings[row.notebook_id].auto_score(cells[row.cell_id])
        if row.manual_score is None:
            review = auto is None
        else:
            review = row.needs_manual_grade or row.notebook_id in changed
        if (auto, review) != (row.auto_score, row.needs_manual_grade):
            updates.append({"key": row.id, "auto_score": auto, "needs_manual_grade": review})
    _update(connection, table, updates)


def save_comments(
    api: Any, connection: Connection, prepared: Prepared, findings: dict[str, Finding]
) -> None:
    """Write automatic comments; `findings` are by submitted notebook."""
    table = api.Comment.__table__
    cells = {row.id: row for row in prepared.rows[prepared.notebook_id]}
    updates = []
    for row in connection.execute(table.select().where(table.c.notebook_id.in_(findings))):
        comment = findings[row.notebook_id].auto_comment(cells[row.cell_id])
        if comment != row.auto_comment:
            updates.append({"key": row.id, "auto_comment": comment})
    _update(connection, table, updates)


def save_penalties(
    api: Any,
    connection: Connection,
    prepared: Prepared,
    penalty: Callable[[str, float, float], float | None],
) -> None:
    """Write what being late costs; `penalty` is told the student, the score and the seconds.

    Of everybody, since what it depends on may have changed after a notebook was graded: the due
    date, an extension, a manual score.
    """
    from sqlalchemy import func, select

    book, submission = api.SubmittedNotebook, api.SubmittedAssignment
    rows = connection.execute(
        select(
            book.id,
            book.late_submission_penalty.label("penalty"),
            submission.student_id,
            submission.timestamp,
            submission.extension,
            api.Assignment.duedate,
            func.sum(api.Grade.score).label("score"),
        )
        .join_from(api.Grade, book)
        .join(submission)
        .join(api.Assignment)
        .where(book.notebook_id == prepared.notebook_id)
        .group_by(book.id, submission.id, api.Assignment.id)
    )
    updates = []
    for row in rows:
        due = _due(row.duedate, row.extension)
        late = (row.timestamp - due).total_seconds() if row.timestamp and due else 0.0
        found = penalty(row.student_id, row.score, late) if late > 0 else None
        if found != row.penalty:
            updates.append({"key": row.id, "late_submission_penalty": found})
    _update(connection, book.__table__, updates)


def scores(api: Any, connection: Connection, section: str) -> list[Score]:
    """What every student has who submitted the section, sorted by student."""
    from sqlalchemy import case, func, select

    book = connection.execute(
        select(api.Notebook.id, api.Notebook.max_score.label("max_score"))
        .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
        .where(api.Assignment.name == section, api.Notebook.name == section)
    ).one_or_none()
    if book is None:
        return []
    tests = _tests(api, connection, book.id)
    auto_score = case((api.Grade.cell_id.in_(tests), api.Grade.auto_score), else_=0.0)
    penalty = api.SubmittedNotebook.late_submission_penalty
    rows = connection.execute(
        select(
            api.SubmittedAssignment.student_id.label("student"),
            api.SubmittedAssignment.timestamp,
            func.sum(api.Grade.score).label("score"),
            func.coalesce(func.max(penalty), 0.0).label("late_penalty"),
            func.coalesce(func.sum(auto_score), 0.0).label("auto_score"),
            func.sum(case((api.Grade.needs_manual_grade, 1), else_=0)).label("to_review"),
        )
        .join_from(api.Grade, api.SubmittedNotebook)
        .join(api.SubmittedAssignment)
        .where(api.SubmittedNotebook.notebook_id == book.id)
        .group_by(api.SubmittedAssignment.id)
        .order_by(api.SubmittedAssignment.student_id)
    )
    totals = {"max_score": book.max_score, "max_auto_score": sum(tests.values())}
    return [Score(**row._mapping, **totals) for row in rows]


def students(api: Any, connection: Connection) -> list[str]:
    """Everybody whom the gradebook knows, sorted."""
    from sqlalchemy import select

    return sorted(connection.scalars(select(api.Student.id)))


def grade_sheets(api: Any, connection: Connection, section: str) -> dict[str, GradeSheet]:
    """The sheet of each student who has submitted the section."""
    from sqlalchemy import select

    book, submission, cell = api.SubmittedNotebook, api.SubmittedAssignment, api.BaseCell.__table__
    rows = connection.execute(
        select(
            book.id,
            submission.student_id,
            submission.timestamp,
            submission.extension,
            api.Assignment.duedate,
            book.late_submission_penalty,
        )
        .join_from(book, submission)
        .join(api.Notebook, api.Notebook.id == book.notebook_id)
        .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
        .where(api.Assignment.name == section, api.Notebook.name == section)
    ).all()
    sheets = {
        row.id: GradeSheet(
            timestamp=row.timestamp,
            late_penalty=row.late_submission_penalty or 0.0,
            due=_due(row.duedate, row.extension),
        )
        for row in rows
    }

    def of_cells(table: Any, *columns: Any) -> Any:
        return connection.execute(
            select(table.notebook_id, cell.c.name, *columns)
            .join(cell, cell.c.id == table.cell_id)
            .where(table.notebook_id.in_(sheets))
        )

    grade = api.Grade
    columns = (grade.manual_score, grade.extra_credit, grade.needs_manual_grade)
    for row in of_cells(grade, grade.score.label("score"), *columns):
        sheets[row.notebook_id].grades[row.name] = CellGrade(
            score=row.score,
            by_hand=row.manual_score is not None,
            extra_credit=row.extra_credit or 0.0,
            to_review=row.needs_manual_grade,
        )
    for row in of_cells(api.Comment, api.Comment.manual_comment):
        sheets[row.notebook_id].comments[row.name] = row.manual_comment or ""
    return {row.student_id: sheets[row.id] for row in rows}


def _due(date: datetime | None, extension: timedelta | None) -> datetime | None:
    return date and date + (extension or timedelta())


def _tests(api: Any, connection: Connection, notebook_id: str) -> dict[str, float]:
    """The points of the cells that are graded and not answered by students, by id."""
    cells = api.BaseCell.__table__
    rows = connection.execute(cells.select().where(cells.c.notebook_id == notebook_id)).all()
    written = {row.name for row in rows if row.type == "SolutionCell"}
    ids = [row.id for row in rows if row.type == "GradeCell" and row.name not in written]
    points = api.GradeCell.__table__
    return {
        row.id: row.max_score
        for row in connection.execute(points.select().where(points.c.id.in_(ids)))
    }


def _sources(executed: bytes) -> dict[str, str]:
    sources = {}
    for cell in msgspec.json.decode(executed)["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id:
            sources[grade_id] = "".join(cell["source"])
    return sources


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)


def _update(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Each row's `key` is its id; the other entries are what to set."""
    from sqlalchemy import bindparam

    if rows:
        connection.execute(table.update().where(table.c.id == bindparam("key")), rows)
