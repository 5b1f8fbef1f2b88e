"""What an instructor sees when something is wrong, said by the real commands.

Each message is in docs/troubleshooting.md, and what was there before is there afterwards.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import courses
import pytest
from courses import (
    HALF,
    REPOSITORY,
    RIGHT,
    SUMS,
    dump,
    hand_in,
    make_course,
    spoken,
    state,
)
from nbgrader_commands import nbgrader

from autograder import cli, release, source
from autograder.course import Course
from autograder.grade import close_sandbox

PAGE = (REPOSITORY / "docs" / "troubleshooting.md").read_text()
PATH = f"{courses.BIN}{os.pathsep}{os.environ['PATH']}"
CONFIG = courses.CONFIG.replace("?timeout=0.2", "")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course that has been graded, with scores that a person gave, and released."""
    course = make_course(tmp_path_factory.mktemp("trouble") / "course", config=CONFIG)
    source.refresh(course.root)
    release.build(course)
    for student, written in (("alice", RIGHT), ("bob", HALF)):
        hand_in(course, student, written)
    assert cli.main(["--course", str(course.root), "grade", SUMS, "--workers", "1"]) == 0
    close_sandbox()
    change(course, "UPDATE grade SET manual_score = 2.5 WHERE auto_score IS NULL")
    return course


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(template.root, root)
    config = root / "nbgrader_config.py"
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    database = f"c.CourseDirectory.db_url = 'sqlite:///{root}/gradebook.db'"
    config.write_text(
        f"{config.read_text().replace(str(template.root), str(root))}{database}\n"
        f"c.Exchange.root = {str(exchange)!r}\n"
    )
    return Course(root)


def configure(course: Course, line: str) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"{line}\n")


def change(course: Course, *statements: str) -> None:
    """Does to the gradebook what SQL says, in one go."""
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.executescript(";".join(("PRAGMA legacy_alter_table = on", *statements)))


def in_the_page(words: str) -> str:
    """The words, which people find in the documentation."""
    assert words in PAGE, f"docs/troubleshooting.md does not tell of: {words}"
    return words


# --- What we say ----------------------------------------------------------------------------------

BEFORE_COURSES = (  # what nbgrader's revision e43177bfe90b brought
    "CREATE TABLE former (id VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(128) NOT NULL UNIQUE, "
    "duedate DATETIME)",
    "INSERT INTO former SELECT id, name, duedate FROM assignment",
    "DROP TABLE assignment",
    "ALTER TABLE former RENAME TO assignment",
    "DROP TABLE course",
    "UPDATE alembic_version SET version_num = '282d30a0218e'",
)
BEFORE_LMS_IDS = (  # 282d30a0218e
    "ALTER TABLE student DROP COLUMN lms_user_id",
    "UPDATE alembic_version SET version_num = '167914646830'",
)
BEFORE_TASKS = (  # 167914646830 and 724cde206c17
    "CREATE TABLE grade_cell (id VARCHAR(32) PRIMARY KEY, name VARCHAR(128) NOT NULL, "
    "max_score FLOAT NOT NULL, cell_type VARCHAR(8) NOT NULL, notebook_id VARCHAR(32))",
    "CREATE TABLE solution_cell (id VARCHAR(32) PRIMARY KEY, name VARCHAR(128) NOT NULL, "
    "notebook_id VARCHAR(32))",
    "INSERT INTO grade_cell SELECT id, name, max_score, cell_type, notebook_id FROM grade_cells "
    "JOIN base_cell USING (id)",
    "INSERT INTO solution_cell SELECT id, name, notebook_id FROM solution_cells "
    "JOIN base_cell USING (id)",
    *(
        f"DROP TABLE {name}"
        for name in ("grade_cells", "solution_cells", "task_cells", "base_cell")
    ),
    "ALTER TABLE grade DROP COLUMN extra_credit",
    "UPDATE alembic_version SET version_num = '50a4d84c131a'",
)
OLD = {
    "nbgrader 0.6": BEFORE_COURSES,
    "nbgrader 0.5": (*BEFORE_COURSES, *BEFORE_LMS_IDS, *BEFORE_TASKS),
}

SITUATIONS: dict[str, tuple[Callable[[Course], object], str]] = {
    "gone": (
        lambda course: (course.root / "gradebook.db").unlink(),
        "is missing or empty, although notebooks have been graded into it",
    ),
    "empty": (
        lambda course: (course.root / "gradebook.db").write_bytes(b""),
        "is missing or empty, although notebooks have been graded into it",
    ),
    "older": (lambda course: change(course, *BEFORE_COURSES), "another version of nbgrader"),
    "newer": (
        lambda course: change(course, "UPDATE alembic_version SET version_num = 'fedcba987654'"),
        "was made by a newer nbgrader",
    ),
    "damaged": (
        lambda course: (course.root / "gradebook.db").write_bytes(b"nonsense" * 1000),
        "is damaged or not a database",
    ),
    "another course": (
        lambda course: configure(course, "c.CourseDirectory.course_id = 'other'"),
        "is the gradebook of",
    ),
    "no course": (
        lambda course: configure(course, "c.CourseDirectory.course_id = ''"),
        "is the gradebook of",
    ),
    "another program": (
        lambda course: configure(
            course, f"c.CourseDirectory.db_url = 'sqlite:///{bookmarks(course)}'"
        ),
        "belongs to another program",
    ),
    "no URL": (
        lambda course: configure(course, "c.CourseDirectory.db_url = 'gradebook.db'"),
        "is not the URL of a database",
    ),
}


def bookmarks(course: Course) -> Path:
    path = course.root.parent / "bookmarks.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (address TEXT)")
    return path


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_gradebook_that_cannot_be_used_is_named_and_nothing_changes(
    situation: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, words = SITUATIONS[situation]
    spoil(course)
    before = state(course.root)
    verbs = ["feedback"] if situation in ("gone", "empty") else ["grade", "feedback"]
    for verb in verbs:
        assert cli.main(["--course", str(course.root), verb, SUMS]) == 2
        said = capsys.readouterr()
        assert in_the_page(words) in said.err
        assert said.err.count("\n") == 1
        assert said.out == ""
    assert cli.main(["--course", str(course.root), "doctor"]) == 1
    assert words in capsys.readouterr().out
    assert state(course.root) == before


@pytest.mark.parametrize("old", OLD)
def test_a_gradebook_of_an_older_nbgrader_comes_back_with_db_upgrade(
    old: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    def scores() -> list[tuple[str, float]]:
        query = "SELECT cell_id, auto_score, manual_score FROM grade ORDER BY id"
        with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
            return connection.execute(query).fetchall()

    before = scores()
    change(course, *OLD[old])
    assert cli.main(["--course", str(course.root), "grade", SUMS, "--workers", "1"]) == 2
    assert "run `nbgrader db upgrade`" in capsys.readouterr().err
    assert nbgrader("db", "upgrade", cwd=course.root, PATH=PATH).returncode == 0
    assert cli.main(["--course", str(course.root), "grade", SUMS, "--workers", "1"]) == 0
    assert "0 graded" in capsys.readouterr().out
    assert scores() == before
    assert any(score == 2.5 for *_, score in scores())
    assert cli.main(["--course", str(course.root), "doctor"]) == 0


def test_a_course_with_a_new_name_is_made_known_as_advised(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(course, "c.CourseDirectory.course_id = 'renamed'")
    assert cli.main(["--course", str(course.root), "grade", SUMS]) == 2
    assert in_the_page("nbgrader db assignment list") in capsys.readouterr().err
    assert nbgrader("db", "assignment", "list", cwd=course.root).returncode == 0
    assert cli.main(["--course", str(course.root), "grade", SUMS, "--workers", "1"]) == 0


def test_a_slip_in_a_students_name_is_remarked_and_mended_as_advised(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dump(course)
    shutil.rmtree(course.submitted_dir / "bob")
    (course.submitted_dir / "alice").rename(course.submitted_dir / "alcie")
    run = ["--course", str(course.root), "grade", SUMS, "--workers", "1"]
    assert cli.main(run) == 0
    said = spoken(capsys.readouterr().out)
    assert in_the_page("new in the gradebook: alcie. Is it alice") in said
    assert "alcie 5 of 5" in said

    (course.submitted_dir / "alcie").rename(course.submitted_dir / "alice")
    shutil.rmtree(course.autograded_dir / "alcie")
    assert in_the_page("nbgrader db student remove alcie --force") in said
    removed = nbgrader("db", "student", "remove", "alcie", "--force", cwd=course.root)
    assert removed.returncode == 0, removed.stderr
    assert cli.main(run) == 0
    assert "new in the gradebook" not in capsys.readouterr().out
    assert sorted(dump(course)) == sorted(before)
    close_sandbox()


def test_students_of_the_first_section_are_no_strangers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = make_course(tmp_path / "course")
    hand_in(course, "alice", RIGHT)
    run = ["--course", str(course.root), "grade", SUMS, "--workers", "1"]
    assert cli.main([*run, "--json"]) == 0
    assert "new_student" not in capsys.readouterr().out
    hand_in(course, "zoe", RIGHT)
    hand_in(course, "alise", RIGHT)
    assert cli.main(run) == 0
    said = capsys.readouterr().out
    assert "note: new in the gradebook: alise, zoe\n" in said  # alice has handed in, too
    close_sandbox()


def test_an_empty_class_is_no_error(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(course.submitted_dir)
    before = state(course.autograded_dir)
    assert cli.main(["--course", str(course.root), "grade", SUMS, "--workers", "1"]) == 0
    assert in_the_page("could not be graded; sandbox: not needed") in capsys.readouterr().out
    assert state(course.autograded_dir) == before


# --- What nbgrader says ---------------------------------------------------------------------------

SAID: dict[str, tuple[Callable[[Course], object], tuple[str, ...], int, str]] = {
    "no exchange": (
        lambda course: configure(course, "c.Exchange.root = '/nowhere/exchange'"),
        ("collect", SUMS),
        1,
        "Unwritable directory, please contact your instructor",
    ),
    "no course_id": (
        lambda course: configure(course, "c.CourseDirectory.course_id = ''"),
        ("release_assignment", SUMS),
        1,
        "No course id specified. Re-run with --course flag.",
    ),
    "collected from another course": (
        lambda course: configure(course, "c.CourseDirectory.course_id = 'other'"),
        ("collect", SUMS),
        1,
        "Course not found: ",
    ),
    "fetched from another course": (
        lambda course: configure(course, "c.CourseDirectory.course_id = 'other'"),
        ("fetch_assignment", SUMS),
        1,
        "Assignment not found at",
    ),
    "handed in to another course": (
        lambda course: configure(course, "c.CourseDirectory.course_id = 'other'"),
        ("submit", f"source/{SUMS}"),
        1,
        "Inbound directory doesn't exist",
    ),
    "not built": (
        lambda course: shutil.rmtree(course.release_dir),
        ("release_assignment", SUMS),
        1,
        "run `nbgrader generate_assignment` first",
    ),
    "nothing submitted": (
        lambda course: shutil.rmtree(course.submitted_dir),
        ("autograde", SUMS),
        1,
        "No notebooks were matched by",
    ),
    "older gradebook": (
        lambda course: change(course, *BEFORE_COURSES, *BEFORE_LMS_IDS),
        ("export",),
        1,
        "no such column",
    ),
    "older gradebook, graded": (
        lambda course: change(course, *BEFORE_COURSES, *BEFORE_LMS_IDS),
        ("autograde", SUMS, "--force"),
        1,
        "This may occur if you recently upgraded nbgrader",
    ),
    "no gradebook": (
        lambda course: (course.root / "gradebook.db").unlink(),
        ("generate_feedback", SUMS),
        1,
        "No such taskcomment",
    ),
    "damaged gradebook": (
        lambda course: (course.root / "gradebook.db").write_bytes(b"nonsense" * 1000),
        ("export",),
        1,
        "file is not a database",
    ),
}


@pytest.mark.parametrize("situation", SAID)
def test_what_nbgrader_says_is_explained(situation: str, course: Course) -> None:
    spoil, command, status, words = SAID[situation]
    spoil(course)
    done = nbgrader(*command, cwd=course.root, PATH=PATH)
    assert done.returncode == status
    assert in_the_page(words) in done.stdout + done.stderr


def test_a_second_release_is_refused_unless_forced(course: Course) -> None:
    owner = course.root.owner()
    released = [
        nbgrader("release_assignment", SUMS, cwd=course.root, user=user)
        for user in (owner, owner, "somebody")
    ]
    assert [done.returncode for done in released] == [0, 1, 1]
    assert in_the_page("Destination already exists, add --force to overwrite") in released[1].stderr
    assert in_the_page("You don't own the directory") in released[2].stderr
