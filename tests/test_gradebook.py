"""Results in nbgrader's database and in autograded/, read back with nbgrader itself."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import hashlib
import json
import os
import platform
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from courses import as_nobody

from autograder import notebook
from autograder.assignment import Assignment
from autograder.autograded import DRAFT, alone
from autograder.collect import Submitted, collect
from autograder.course import Course
from autograder.errors import GradebookError
from autograder.gradebook import Gradebook
from autograder.results import (
    CellResult,
    GradedSubmission,
    Outcome,
    SubmissionResult,
    WrittenAnswer,
)

SECTION = "01_sums"
TIME = "2026-03-01 12:00:00.500000 UTC"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "sums"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.ignore = ["*.py", ".*", "feedback"]
c.ClearMarkScheme.enforce_metadata = False
"""
SOURCE = '''\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Sums

# %% Setup
import math

# %% nbgrader={"grade_id": "total", "solution": true}
def total(numbers):
    """The sum of the numbers."""
    ### BEGIN SOLUTION
    return math.fsum(numbers)
    ### END SOLUTION

# %% nbgrader={"grade_id": "total-basics", "grade": true, "points": 1}
assert total([1, 2]) == 3

# %% nbgrader={"grade_id": "total-edges", "grade": true, "points": 2}
# The sum of nothing.
### BEGIN HIDDEN TESTS
assert total([]) == 0
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# Rounding.
# ### END MARK SCHEME
'''
MORE_TESTS = """
# %% nbgrader={"grade_id": "total-large", "grade": true, "points": 4}
assert total([1e16, 1, -1e16]) == 1
"""
ANSWER = "def total(numbers):\n    return sum(numbers)"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with its tables made and two submissions handed in, to be copied by each test."""
    root = tmp_path_factory.mktemp("template")
    folder = root / "source" / SECTION
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
    (folder / f"{SECTION}.py").write_text(SOURCE)
    (folder / "numbers.csv").write_text("1,2,3\n")
    course = Course(root)
    assignment = course.assignment(SECTION)
    submit(course, assignment, "alice", ANSWER, "Rounding errors.", timestamp=TIME)
    submit(course, assignment, "bob")
    with Gradebook(course) as book:
        book.prepare(assignment)
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(template, root)
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
    return Course(root)


def submit(
    course: Course,
    assignment: Assignment,
    student: str,
    solution: str | None = None,
    answer: str | None = None,
    *,
    timestamp: str | None = None,
    files: dict[str, str] | None = None,
) -> None:
    folder = course.submitted_dir / student / SECTION
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts = {"total": solution, "why": answer}
    cells: list[dict[str, Any]] = [
        {"cell_type": c.cell_type, "id": c.id, "metadata": c.metadata}
        | {"source": texts.get(c.grade_id) or assignment.release_sources.get(c.grade_id, c.source)}
        | ({"outputs": [], "execution_count": None} if c.cell_type == "code" else {})
        for c in assignment.cells
    ]
    (folder / f"{SECTION}.ipynb").write_bytes(notebook.write(cells, assignment.metadata))
    if timestamp is not None:
        (folder / "timestamp.txt").write_text(timestamp)
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def graded(data: bytes, assignment: Assignment, points: dict[str, float]) -> GradedSubmission:
    """What grading would give; tests that are not named in `points` failed."""
    theirs = notebook.read(data, "submission").by_grade_id()
    cells: list[dict[str, Any]] = []
    for cell in assignment.cells:
        is_theirs = cell.role in (notebook.Role.SOLUTION, notebook.Role.WRITTEN)
        source = theirs[cell.grade_id].source if is_theirs else cell.source
        cells.append(
            {"cell_type": cell.cell_type, "id": cell.id, "metadata": cell.metadata}
            | {"source": source}
            | ({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})
        )
    results = tuple(
        CellResult(
            grade_id=cell.grade_id,
            exercise="total",
            points=points.get(cell.grade_id, 0.0),
            max_points=cell.points,
            outcome=Outcome.PASSED if cell.grade_id in points else Outcome.FAILED,
        )
        for cell in assignment.tests
    )
    written = tuple(
        WrittenAnswer(
            grade_id=cell.grade_id,
            max_points=cell.points,
            answered=theirs[cell.grade_id].source != assignment.release_sources[cell.grade_id],
        )
        for cell in assignment.written
    )
    result = SubmissionResult(
        notebook="submission",
        assignment=assignment.name,
        score=sum(each.points for each in results),
        max_score=assignment.max_score,
        rung="full",
        seconds=0.1,
        cells=results,
        written=written,
    )
    return GradedSubmission(result=result, executed=notebook.write(cells, assignment.metadata))


POINTS = {"alice": {"total-basics": 1.0, "total-edges": 0.5}}


def grade(course: Course, points: dict[str, dict[str, float]] = POINTS, **options: Any) -> set[str]:
    """Grade what is not current, and say whose that was."""
    assignment = course.assignment(SECTION)
    done = set()
    with Gradebook(course, **options) as book:
        book.prepare(assignment)
        for submitted in collect(course, SECTION).submissions:
            data = submitted.read()
            sha256 = hashlib.sha256(data).hexdigest()
            if not book.is_current(submitted, sha256):
                result = graded(data, assignment, points.get(submitted.student, {}))
                book.record(submitted, result, sha256)
                done.add(submitted.student)
    return done


def dump(course: Course) -> list[str]:
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        return list(connection.iterdump())


def rows(course: Course, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        found = connection.execute(query, values).fetchall()
        connection.commit()
        return found


def grades(course: Course, student: str) -> dict[str, tuple[Any, ...]]:
    """Automatic score, manual score, and whether a person should look, by cell."""
    found = rows(
        course,
        "SELECT base_cell.name, auto_score, manual_score, grade.needs_manual_grade FROM grade "
        "JOIN base_cell ON base_cell.id = grade.cell_id "
        "JOIN submitted_notebook n ON n.id = grade.notebook_id "
        "JOIN submitted_assignment a ON a.id = n.assignment_id WHERE a.student_id = ?",
        student,
    )
    return {name: (auto, manual, bool(review)) for name, auto, manual, review in found}


def set_manual(course: Course, student: str, cell: str, score: float) -> None:
    """What formgrader does when a person enters a score."""
    rows(
        course,
        "UPDATE grade SET manual_score = ?, needs_manual_grade = 0 WHERE id IN (SELECT grade.id "
        "FROM grade JOIN base_cell ON base_cell.id = grade.cell_id "
        "JOIN submitted_notebook n ON n.id = grade.notebook_id "
        "JOIN submitted_assignment a ON a.id = n.assignment_id "
        "WHERE a.student_id = ? AND base_cell.name = ?)",
        score,
        student,
        cell,
    )


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def change_source(course: Course, old: str, new: str) -> None:
    text = course.section(SECTION).text
    text.write_text(text.read_text().replace(old, new))


# --- What is recorded ---------------------------------------------------------------------------


def test_scores_follow_nbgraders_rules(course: Course) -> None:
    assert grade(course) == {"alice", "bob"}
    assert grades(course, "alice") == {
        "total-basics": (1.0, None, False),
        "total-edges": (0.5, None, False),
        "why": (None, None, True),
    }
    assert grades(course, "bob") == {
        "total-basics": (0.0, None, False),
        "total-edges": (0.0, None, False),
        "why": (0.0, None, False),
    }


def test_an_answer_left_as_released_gets_nbgraders_comment(course: Course) -> None:
    grade(course)
    found = rows(
        course,
        "SELECT a.student_id, base_cell.name, auto_comment FROM comment "
        "JOIN base_cell ON base_cell.id = comment.cell_id "
        "JOIN submitted_notebook n ON n.id = comment.notebook_id "
        "JOIN submitted_assignment a ON a.id = n.assignment_id ORDER BY 1, 2",
    )
    assert found == [
        ("alice", "total", None),
        ("alice", "why", None),
        ("bob", "total", "No response."),
        ("bob", "why", "No response."),
    ]


def test_scores_lists_every_student_who_submitted(course: Course) -> None:
    grade(course)
    set_manual(course, "alice", "why", 2.5)
    with Gradebook(course) as book:
        alice, bob = book.scores(SECTION)
        assert book.scores("02_unknown") == []
    assert (alice.student, alice.auto_score, alice.max_auto_score) == ("alice", 1.5, 3.0)
    assert (alice.score, alice.max_score, alice.to_review) == (4.0, 6.0, 0)
    assert alice.timestamp == datetime(2026, 3, 1, 12, 0, 0, 500000)
    assert (bob.student, bob.auto_score, bob.to_review, bob.timestamp) == ("bob", 0.0, 0, None)


def test_scores_says_what_waits_for_a_person(course: Course) -> None:
    grade(course)
    with Gradebook(course) as book:
        assert [score.to_review for score in book.scores(SECTION)] == [1, 0]


def test_students_without_a_submission_are_not_touched(course: Course) -> None:
    rows(course, "INSERT INTO student (id, first_name) VALUES ('carol', 'Carol')")
    grade(course)
    assert grades(course, "carol") == {}
    found = rows(course, "SELECT id, first_name FROM student ORDER BY id")
    assert found == [("alice", None), ("bob", None), ("carol", "Carol")]


def test_the_graded_notebook_says_what_it_was_graded_from(course: Course) -> None:
    grade(course)
    path = course.autograded_dir / "alice" / SECTION / f"{SECTION}.ipynb"
    assert path.stat().st_mode & 0o777 == 0o444
    mark = json.loads(path.read_bytes())["metadata"]["autograder"]
    submission = course.submitted_dir / "alice" / SECTION / f"{SECTION}.ipynb"
    assert mark["submission_sha256"] == hashlib.sha256(submission.read_bytes()).hexdigest()
    assert mark["assignment_sha256"] == course.assignment(SECTION).sha256
    assert mark["rung"] == "full"
    assert mark["version"]


def test_data_files_are_the_courses_and_the_students_own(course: Course) -> None:
    submit(
        course,
        course.assignment(SECTION),
        "alice",
        ANSWER,
        timestamp=TIME,
        files={"numbers.csv": "forged", "own/notes.txt": "mine", "own/tool.py": "x"},
    )
    grade(course)
    folder = course.autograded_dir / "alice" / SECTION
    assert set(files(folder)) == {
        f"{SECTION}.ipynb",
        "numbers.csv",
        "own/notes.txt",
        "timestamp.txt",
    }
    assert (folder / "numbers.csv").read_text() == "1,2,3\n"
    assert (folder / "timestamp.txt").read_text() == TIME


def test_a_students_file_in_the_way_of_the_courses_is_left_out(course: Course) -> None:
    assignment = course.assignment(SECTION)
    submit(course, assignment, "alice", files={"numbers.csv/deep/file.txt": "x"})
    submit(course, assignment, "bob", files={"x" * 255: "a name as long as names may be"})
    grade(course)
    assert (course.autograded_dir / "alice" / SECTION / "numbers.csv").read_text() == "1,2,3\n"
    assert (course.autograded_dir / "bob" / SECTION / ("x" * 255)).is_file()


def test_files_of_an_earlier_submission_go(course: Course) -> None:
    assignment = course.assignment(SECTION)
    submit(course, assignment, "alice", ANSWER, timestamp=TIME, files={"a": "old", "b/c": "old"})
    grade(course)
    submit(course, assignment, "alice", ANSWER, files={"a/d": "new", "b": "new"})
    grade(course)
    folder = course.autograded_dir / "alice" / SECTION
    assert set(files(folder)) == {f"{SECTION}.ipynb", "numbers.csv", "a/d", "b"}


# --- Runs after the first -----------------------------------------------------------------------


def test_a_second_run_grades_nothing_and_changes_nothing(course: Course) -> None:
    grade(course)
    database = course.root / "gradebook.db"
    before = dump(course), database.read_bytes(), files(course.autograded_dir)
    modified = database.stat().st_mtime_ns
    assert grade(course) == set()
    assert (dump(course), database.read_bytes(), files(course.autograded_dir)) == before
    assert database.stat().st_mtime_ns == modified


def test_recording_the_same_again_changes_nothing(course: Course) -> None:
    grade(course)
    before = dump(course), files(course.autograded_dir)
    assignment = course.assignment(SECTION)
    with Gradebook(course) as book:
        book.prepare(assignment)
        for submitted in collect(course, SECTION).submissions:
            data = submitted.read()
            result = graded(data, assignment, POINTS.get(submitted.student, {}))
            book.record(submitted, result, hashlib.sha256(data).hexdigest())
    assert (dump(course), files(course.autograded_dir)) == before


def test_only_the_changed_submission_is_graded_again(course: Course) -> None:
    grade(course)
    before = files(course.autograded_dir / "alice")
    submit(course, course.assignment(SECTION), "bob", ANSWER)
    assert grade(course, {"bob": {"total-basics": 1.0}}) == {"bob"}
    assert grades(course, "bob")["total-basics"] == (1.0, None, False)
    assert files(course.autograded_dir / "alice") == before


def test_a_submission_handed_in_again_at_another_time_is_recorded(course: Course) -> None:
    grade(course)
    timestamp = course.submitted_dir / "alice" / SECTION / "timestamp.txt"
    timestamp.write_text("2026-03-02 12:00:00 UTC")
    assert grade(course) == {"alice"}
    timestamp.unlink()
    assert grade(course) == {"alice"}
    assert rows(course, "SELECT DISTINCT timestamp FROM submitted_assignment") == [(None,)]
    assert not (course.autograded_dir / "alice" / SECTION / "timestamp.txt").exists()


def test_a_changed_source_is_graded_again(course: Course) -> None:
    grade(course)
    change_source(course, '"points": 1}', '"points": 5}')
    assert grade(course) == {"alice", "bob"}
    with Gradebook(course) as book:
        assert book.scores(SECTION)[0].max_auto_score == 7.0


def test_a_gradebook_that_lost_a_submission_gets_it_again(course: Course) -> None:
    empty = (course.root / "gradebook.db").read_bytes()
    grade(course)
    before = grades(course, "alice")
    (course.root / "gradebook.db").write_bytes(empty)
    assert grade(course) == {"alice", "bob"}
    assert grades(course, "alice") == before


def test_a_run_cut_off_between_database_and_files_is_repeated(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            grade(course)
    assert grades(course, "alice")["total-basics"] == (1.0, None, False)
    assert not files(course.autograded_dir)
    before = dump(course)
    assert grade(course) == {"alice", "bob"}
    assert dump(course) == before


def test_what_was_graded_before_an_interrupt_is_recorded(course: Course) -> None:
    assignment = course.assignment(SECTION)
    alice = collect(course, SECTION).submissions[0]
    data = alice.read()

    def interrupted() -> None:
        with Gradebook(course) as book:
            book.prepare(assignment)
            book.record(alice, graded(data, assignment, {}), hashlib.sha256(data).hexdigest())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert grade(course) == {"bob"}


# --- What a person has entered ------------------------------------------------------------------


def test_a_manual_score_survives_and_is_reviewed_if_the_submission_changed(course: Course) -> None:
    grade(course)
    set_manual(course, "alice", "why", 2.0)
    set_manual(course, "alice", "total-edges", 2.0)
    change_source(course, '"points": 1}', '"points": 5}')
    grade(course)
    assert grades(course, "alice")["why"] == (None, 2.0, False)
    assert grades(course, "alice")["total-edges"] == (0.5, 2.0, False)
    submit(course, course.assignment(SECTION), "alice", ANSWER + "  # better", "Better.")
    assert grade(course) == {"alice"}
    assert grades(course, "alice")["why"] == (None, 2.0, True)
    assert grades(course, "alice")["total-edges"] == (0.5, 2.0, True)
    assert grades(course, "alice")["total-basics"] == (1.0, None, False)


def test_manual_comments_and_extra_credit_survive(course: Course) -> None:
    grade(course)
    rows(course, "UPDATE comment SET manual_comment = 'Well done.'")
    rows(course, "UPDATE grade SET extra_credit = 0.25")
    submit(course, course.assignment(SECTION), "bob", ANSWER)
    grade(course)
    assert rows(course, "SELECT DISTINCT manual_comment FROM comment") == [("Well done.",)]
    assert rows(course, "SELECT DISTINCT extra_credit FROM grade") == [(0.25,)]


# --- The assignment in the database -------------------------------------------------------------


def described(course: Course) -> list[list[tuple[Any, ...]]]:
    """Everything that describes assignments, but for random ids."""
    return [
        rows(course, query)
        for query in (
            "SELECT name, duedate FROM assignment",
            "SELECT name, kernelspec FROM notebook",
            "SELECT name, type FROM base_cell ORDER BY rowid",
            "SELECT name, max_score, cell_type FROM grade_cells JOIN base_cell USING (id)",
            "SELECT name FROM solution_cells JOIN base_cell USING (id)",
            "SELECT name, max_score FROM task_cells JOIN base_cell USING (id)",
            "SELECT name, cell_type, locked, source, checksum FROM source_cell ORDER BY rowid",
            "SELECT version_num FROM alembic_version",
        )
    ]


def sorted_cells(tables: list[list[tuple[Any, ...]]]) -> list[list[tuple[Any, ...]]]:
    return [sorted(table) for table in tables]


@contextlib.contextmanager
def nbgrader_course(course: Course) -> Iterator[Any]:
    from nbgrader.coursedir import CourseDirectory

    config = course.config()
    config.CourseDirectory.assignment_id = SECTION
    with contextlib.chdir(course.root):
        yield CourseDirectory(config=config), config


def generate_assignment(course: Course) -> None:
    from nbgrader.converters import GenerateAssignment

    with nbgrader_course(course) as (directory, config):
        GenerateAssignment(coursedir=directory, config=config).start()


def test_the_database_describes_what_generate_assignment_would(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = described(course)
    (course.root / "gradebook.db").unlink()
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    generate_assignment(course)
    assert sorted_cells(described(course)) == sorted_cells(ours)
    assert [name for name, *_ in described(course)[6]] == [name for name, *_ in ours[6]]


def test_prepare_after_generate_assignment_writes_nothing(course: Course) -> None:
    generate_assignment(course)
    before = dump(course)
    with Gradebook(course) as book:
        book.prepare(course.assignment(SECTION))
    assert dump(course) == before


def test_cells_that_come_get_rows_in_every_submission(course: Course) -> None:
    grade(course)
    shutil.rmtree(course.submitted_dir / "bob")
    text = course.section(SECTION).text
    text.write_text(text.read_text() + MORE_TESTS)
    assert grade(course, {"alice": {"total-large": 4.0}}) == {"alice"}
    assert grades(course, "alice")["total-large"] == (4.0, None, False)
    assert grades(course, "bob")["total-large"] == (None, None, True)


def test_cells_that_go_take_their_rows_along(course: Course) -> None:
    text = course.section(SECTION).text
    text.write_text(text.read_text() + MORE_TESTS)
    grade(course)
    text.write_text(text.read_text().replace(MORE_TESTS, ""))
    grade(course)
    assert set(grades(course, "alice")) == {"total-basics", "total-edges", "why"}
    assert "total-large" not in {name for name, *_ in described(course)[6]}


def test_cells_with_manual_scores_do_not_go(course: Course) -> None:
    grade(course)
    set_manual(course, "alice", "total-edges", 2.0)
    before = dump(course)
    change_source(course, "total-edges", "total-corners")
    with pytest.raises(GradebookError, match=r"total-edges.*old grade_id") as raised:
        grade(course)
    assert "total-basics" not in str(raised.value)
    assert dump(course) == before


# --- nbgrader reads it --------------------------------------------------------------------------


def test_nbgrader_makes_feedback_and_exports_grades(course: Course, tmp_path: Path) -> None:
    from nbgrader.api import Gradebook as Nbgrader
    from nbgrader.converters import GenerateFeedback
    from nbgrader.plugins import CsvExportPlugin

    grade(course)
    set_manual(course, "alice", "why", 3.0)
    with nbgrader_course(course) as (directory, config):
        GenerateFeedback(coursedir=directory, config=config).start()
        html = (course.feedback_dir / "alice" / SECTION / f"{SECTION}.html").read_text()
        assert "(Score: 4.5 / 6.0)" in html
        assert (
            "No response."
            in (course.feedback_dir / "bob" / SECTION / f"{SECTION}.html").read_text()
        )
        exporter = CsvExportPlugin()
        exporter.to = str(tmp_path / "grades.csv")
        with Nbgrader(directory.db_url, directory.course_id) as gradebook:
            exporter.export(gradebook)
    table = list(csv.DictReader((tmp_path / "grades.csv").read_text().splitlines()))
    assert [(row["student_id"], row["score"], row["max_score"]) for row in table] == [
        ("alice", "4.5", "6.0"),
        ("bob", "0.0", "6.0"),
    ]
    assert table[0]["timestamp"] == "2026-03-01 12:00:00.500000"


def test_formgrader_takes_the_submissions_for_autograded(course: Course) -> None:
    from nbgrader.apps import NbGraderAPI

    grade(course)
    with nbgrader_course(course) as (directory, config):
        api = NbGraderAPI(directory, config=config)
        assert api.get_autograded_students(SECTION) == {"alice", "bob"}
        submission = api.get_submission(SECTION, "alice")
        assert (submission["score"], submission["needs_manual_grade"]) == (1.5, True)
        indices = api.get_notebook_submission_indices(SECTION, SECTION)
        assert len(indices) == 2
        assert len(api.get_notebook_submissions(SECTION, SECTION)) == 2


# --- When something is in the way ---------------------------------------------------------------


def problem(course: Course, **options: Any) -> str:
    with pytest.raises(GradebookError) as raised:
        grade(course, **options)
    return str(raised.value)


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_locked_database_says_what_to_close(course: Course, mode: str) -> None:
    with contextlib.closing(
        sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    ) as other:
        other.execute(f"BEGIN {mode}")
        message = problem(course, busy_seconds=0.05)
        assert "gradebook.db is in use. Close formgrader" in message
        other.execute("ROLLBACK")
    assert grade(course) == {"alice", "bob"}


def test_a_database_that_gets_locked_later_loses_nothing(course: Course) -> None:
    assignment = course.assignment(SECTION)
    before = dump(course)

    def run(other: sqlite3.Connection) -> None:
        with Gradebook(course, busy_seconds=0.05) as book:
            book.prepare(assignment)
            other.execute("BEGIN IMMEDIATE")
            for submitted in collect(course, SECTION).submissions:
                book.record(submitted, graded(submitted.read(), assignment, {}), "0" * 64)

    with contextlib.closing(
        sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    ) as other:
        with pytest.raises(GradebookError, match="in use"):
            run(other)
        other.execute("ROLLBACK")
    assert dump(course) == before
    assert not course.autograded_dir.exists() or not files(course.autograded_dir)
    assert grade(course) == {"alice", "bob"}


def test_a_damaged_database_is_named(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"This is no database, whatever its name." * 100)
    assert "gradebook.db is damaged or not a database. Restore" in problem(course)


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE grade DROP COLUMN extra_credit", "DROP TABLE course"],
    ids=["column", "table"],
)
def test_a_database_of_another_nbgrader_says_how_to_upgrade(course: Course, change: str) -> None:
    rows(course, change)
    before = dump(course)
    message = problem(course)
    assert "another version of nbgrader" in message
    assert "nbgrader db upgrade" in message
    assert dump(course) == before


def test_a_database_of_another_program_is_left_alone(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    rows(course, "CREATE TABLE bookmarks (address TEXT)")
    before = dump(course)
    message = problem(course)
    assert "gradebook.db belongs to another program: it has the tables bookmarks." in message
    assert "Name the gradebook as c.CourseDirectory.db_url" in message
    assert dump(course) == before


def test_a_database_of_a_newer_nbgrader_is_left_alone(course: Course) -> None:
    rows(course, "UPDATE alembic_version SET version_num = 'fedcba987654'")
    rows(course, "ALTER TABLE grade ADD COLUMN certainty FLOAT NOT NULL DEFAULT 1")
    before = dump(course)
    message = problem(course)
    assert "was made by a newer nbgrader" in message
    assert "does not know its revision fedcba987654. Install the version that made it" in message
    assert dump(course) == before


def test_an_empty_database_file_is_filled(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"")
    assert grade(course) == {"alice", "bob"}


def test_a_full_disk_under_the_database_loses_nothing(course: Course) -> None:
    assignment = course.assignment(SECTION)
    before = dump(course)
    alice = collect(course, SECTION).submissions[0]
    result = graded(alice.read(), assignment, {})

    def run() -> None:
        with Gradebook(course) as book:
            book.prepare(assignment)
            with book._connection.begin():
                pages = book._connection.exec_driver_sql("PRAGMA page_count").scalar()
                book._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for i in range(100):
                submitted = Submitted(root=alice.root, student=f"{i:0100d}", section=SECTION)
                book.record(submitted, result, "0" * 64)

    with pytest.raises(GradebookError, match=r"gradebook.db cannot be written: the disk is full"):
        run()
    assert dump(course) == before


def test_a_full_disk_under_the_files_is_named(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        message = problem(course)
    assert "autograded/alice/01_sums/" in message
    assert "the disk is full" in message
    assert not files(course.autograded_dir)
    assert grade(course) == {"alice", "bob"}


def test_a_file_in_place_of_the_folder_is_named(course: Course) -> None:
    course.autograded_dir.rmdir()
    course.autograded_dir.write_text("")
    assert "autograded is in the way of a folder. Move it away" in problem(course)


def test_a_folder_in_place_of_the_notebook_is_named(course: Course) -> None:
    (course.autograded_dir / "alice" / SECTION / f"{SECTION}.ipynb" / "x").mkdir(parents=True)
    message = problem(course)
    assert f"alice/{SECTION}/{SECTION}.ipynb is a folder in the way of a file" in message


def test_a_draft_that_a_killed_run_has_left_goes(course: Course) -> None:
    folder = course.autograded_dir / "alice" / SECTION
    for draft in (folder / DRAFT, folder / "own" / DRAFT):
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text("half of a")
    grade(course)
    assert set(files(folder)) == {f"{SECTION}.ipynb", "numbers.csv", "timestamp.txt"}


# --- When somebody else is there ----------------------------------------------------------------


def test_a_section_is_graded_by_one_at_a_time(course: Course) -> None:
    with Gradebook(course) as book:
        book.prepare(course.assignment(SECTION))
        holder = f"process {os.getpid()} on {platform.node()}"
        assert problem(course) == (
            f"{SECTION} is being graded by {holder}. Let that finish or end it, then repeat."
        )
        assert not files(course.autograded_dir / "alice")
    assert not files(course.autograded_dir)
    assert grade(course) == {"alice", "bob"}


def test_the_lock_of_a_killed_run_is_no_obstacle(course: Course) -> None:
    def killed() -> None:
        book = Gradebook(course)
        book.__enter__()
        book.prepare(course.assignment(SECTION))
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_forks(killed) == [-signal.SIGKILL]
    assert set(files(course.autograded_dir)) == {f".{SECTION}.lock"}
    assert grade(course) == {"alice", "bob"}
    assert {path.name for path in course.autograded_dir.iterdir()} == {"alice", "bob"}


def test_a_lock_that_its_holder_removes_meanwhile_is_not_taken_for_ours(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course.autograded_dir
    flock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        monkeypatch.undo()
        (folder / f".{SECTION}.lock").unlink()  # by its holder, between our two calls
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with alone(folder, SECTION), pytest.raises(GradebookError), alone(folder, SECTION):
        pass


def test_many_who_make_the_database_at_once_make_one(course: Course) -> None:
    for _ in range(5):
        (course.root / "gradebook.db").unlink()
        assert in_forks(*[lambda: Gradebook(course).__enter__()] * 4) == [0, 0, 0, 0]
        for table in ("alembic_version", "course"):
            assert rows(course, f"SELECT COUNT(*) FROM {table}") == [(1,)]


def in_forks(*functions: Callable[[], object]) -> list[int]:
    """The exit statuses of processes that call one function each, all at the same time."""
    children = []
    for function in functions:
        children.append(os.fork())
        if children[-1] == 0:
            try:
                function()
                os._exit(0)
            finally:
                os._exit(1)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


# --- When something may not be written ----------------------------------------------------------


@pytest.mark.parametrize("name", ["gradebook.db", "autograded"])
def test_missing_permission_is_named_before_anything_is_graded(course: Course, name: str) -> None:
    def prepare() -> str:
        assignment = course.assignment(SECTION)
        try:
            with Gradebook(course) as book:
                book.prepare(assignment)
        except GradebookError as error:
            return str(error)
        return "it worked"

    path = course.root / name
    with opened_to_all(course.root):
        path.chmod(0o555 if path.is_dir() else 0o444)
        message = as_nobody(prepare)
    assert f"{name} cannot be written. Give yourself permission" in message


@contextlib.contextmanager
def opened_to_all(root: Path) -> Iterator[None]:
    """Everybody may read and write below `root`, and pass through the folders above it."""
    changed = {path: path.stat().st_mode for path in (root, *root.parents, *root.rglob("*"))}
    for path, mode in changed.items():
        if path == root or root in path.parents:
            path.chmod(mode | 0o666 | (0o111 if path.is_dir() else 0))
        elif not mode & 0o001:
            path.chmod(mode | 0o011)
    try:
        yield
    finally:
        for path, mode in changed.items():
            if path.exists():
                path.chmod(mode)


@pytest.mark.parametrize(
    ("db_url", "message"),
    [
        ("gradebook.db", "db_url in nbgrader_config.py is not the URL of a database"),
        ("nonsense://me:secret@host/db", "nothing is installed that speaks to such a database"),
        ("sqlite:///missing/gradebook.db", "missing/gradebook.db cannot be written"),
    ],
)
def test_a_db_url_that_leads_nowhere_is_explained(
    course: Course, db_url: str, message: str
) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.CourseDirectory.db_url = {db_url!r}\n")
    found = problem(course)
    assert message in found
    assert "secret" not in found


def test_a_relative_sqlite_url_is_relative_to_the_course(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.CourseDirectory.db_url = 'sqlite:///other.db'\n")
    assert grade(course) == {"alice", "bob"}
    assert (course.root / "other.db").is_file()
