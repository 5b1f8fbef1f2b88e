"""A course on disk: finding it, naming its sections, reading its configuration."""

import pickle
from pathlib import Path

import pytest

from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import CourseError

REPOSITORY = Path(__file__).parent.parent

TEXT = """# %% [markdown]
# # Doubling

# %% Setup
import math

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-basics", "grade": true, "points": 1}
assert double(2) == 4

# %% nbgrader={"grade_id": "double-edges", "grade": true, "points": 2}
# Zero.
### BEGIN HIDDEN TESTS
assert double(0) == 0
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# Because.
# ### END MARK SCHEME
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of three sections with an empty configuration."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    for name in ("03_doubling", "05_svd_compression", "12_conjugate_gradient"):
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / name / f"{name}.py").write_text(TEXT)
    (tmp_path / "source" / "notes").mkdir()
    return Course(tmp_path)


def configure(course: Course, *lines: str) -> Course:
    """The course with other lines in its configuration."""
    (course.root / "nbgrader_config.py").write_text("\n".join(["c = get_config()", *lines]))
    return Course(course.root)


def test_the_course_is_found_from_any_folder_below_it(course: Course) -> None:
    assert Course.find(course.root / "source" / "03_doubling").root == course.root.resolve()


def test_no_course_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"holds nbgrader_config\.py\. Change to"):
        Course.find(tmp_path)


def test_sections_are_the_folders_with_a_text_of_their_name(course: Course) -> None:
    assert course.sections() == ["03_doubling", "05_svd_compression", "12_conjugate_gradient"]


@pytest.mark.parametrize(
    "name",
    [
        "5",
        "05",
        "05_svd_compression",
        "source/05_svd_compression/",
        "source/05_svd_compression/05_svd_compression.py",
        "release/05_svd_compression/05_svd_compression.ipynb",
    ],
)
def test_a_section_goes_by_name_number_or_path(course: Course, name: str) -> None:
    section = course.section(name)
    assert section.name == "05_svd_compression"
    assert section.text.is_file()
    assert section.answers == course.root / "solutions/05_svd_compression/answers.py"


@pytest.mark.parametrize("name", ["svd_compresion", "05_svd_compresion", "compression"])
def test_an_unknown_section_is_answered_with_the_closest(course: Course, name: str) -> None:
    with pytest.raises(CourseError, match=r"Did you mean 05_svd_compression\? .*: 03_doubling, 05"):
        course.section(name)


def test_an_empty_course_says_so(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").touch()
    with pytest.raises(CourseError, match=r"holds no NAME/NAME\.py yet"):
        Course(tmp_path).section("05")


def test_settings_have_defaults(course: Course) -> None:
    settings = course.settings()
    assert settings.db_url == f"sqlite:///{course.root}/gradebook.db"
    assert settings.source_directory == "source"
    assert settings.workers >= 1


def test_settings_of_ours_and_of_nbgrader_are_read(course: Course) -> None:
    course = configure(
        course,
        "c.Autograder.cpu_seconds = 7",
        "c.CourseDirectory.db_url = 'sqlite:///elsewhere.db'",
        "c.CourseDirectory.submitted_directory = 'handed_in'",
        "c.CourseDirectory.ignore.append('*.log')",
        "c.ClearSolutions.text_stub = 'Write here.'",
    )
    settings = course.settings()
    assert settings.cpu_seconds == 7
    assert settings.db_url == "sqlite:///elsewhere.db"
    assert course.submitted_dir == course.root / "handed_in"
    assert settings.ignore == (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.log")
    assert settings.stubs.text == "Write here."
    assert settings.stubs.code.endswith("raise NotImplementedError()")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("c.Autograder.cpu_seconds = 'three'", r":2: Expected `float`"),
        ("c.Autograder.cpu_seconds = -1", r":2: Expected `float` > 0"),
        ("c.Autograder.cpu_second = 1", r":2: .*did you mean cpu_seconds\?"),
        ("c.Autograder.cpu_seconds = = 1", r":2: invalid syntax"),
        ("c.Autograder.cpu_seconds = 1 / 0", r":2: ZeroDivisionError"),
        ("def limit():\n    return 1 / 0\nlimit()", r":3: ZeroDivisionError"),
    ],
    ids=["wrong type", "out of range", "misspelt", "syntax", "exception", "inner exception"],
)
def test_a_bad_configuration_is_told_with_its_line(course: Course, line: str, told: str) -> None:
    with pytest.raises(CourseError, match=rf"nbgrader_config\.py{told}"):
        configure(course, line).settings()


def test_reading_the_settings_makes_no_notebooks(course: Course) -> None:
    course = configure(
        course,
        "from autograder.source import refresh",
        "from pathlib import Path",
        "refresh(Path(__file__).parent)",
    )
    course.settings()
    assert list(course.root.rglob("*.ipynb")) == []


def test_the_configuration_of_this_course_is_good() -> None:
    settings = Course(REPOSITORY).settings()
    assert settings.stubs.text == "Your answer here."
    assert "*.py" in settings.ignore


def test_options_have_the_limits_of_the_configuration_and_a_file_to_protect(
    course: Course,
) -> None:
    configure(course, "c.Autograder.cpu_seconds = 3.0", "c.Autograder.memory_bytes = 10**9")
    options = course.options(["03_doubling"])
    assert options.limits.cpu_seconds == 3.0 and options.limits.memory_bytes == 10**9
    assert options.limits.wall_seconds == 60.0
    assert options.secret == course.root / "nbgrader_config.py"
    assert not options.outputs and not options.unsafe


def test_options_name_what_all_sections_import_and_matplotlib_for_pictures_only(
    course: Course,
) -> None:
    source = course.section("05_svd_compression").text
    source.write_text(TEXT.replace("import math", "import numpy\nimport matplotlib.pyplot as plt"))
    both = ["03_doubling", "05_svd_compression"]
    assert course.options(both).modules == ("math", "numpy")
    assert course.options(both, outputs=True).modules == ("math", "matplotlib.pyplot", "numpy")


def test_an_assignment_knows_exercises_tests_and_points(course: Course) -> None:
    assignment = course.assignment("03")
    assert assignment.exercises == ["double"]
    assert [cell.grade_id for cell in assignment.tests] == ["double-basics", "double-edges"]
    assert [cell.grade_id for cell in assignment.written] == ["why"]
    assert assignment.max_score == 3


def test_an_assignment_knows_what_students_were_given(course: Course) -> None:
    released = course.assignment("03").release_sources
    assert released["setup"] == "import math"
    assert released["double"].endswith("    # YOUR CODE HERE\n    raise NotImplementedError()")
    assert released["double-edges"] == "# Zero."
    assert released["why"] == "YOUR ANSWER HERE"


def test_an_assignment_brings_the_data_files_that_nbgrader_copies(course: Course) -> None:
    folder = course.root / "source" / "03_doubling"
    for name in ("data/table.csv", "__pycache__/x.pyc", "old.ipynb", ".ipynb_checkpoints/a.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(name.encode())
    course = configure(course, "c.CourseDirectory.ignore = ['*.py', '__pycache__', '.*']")
    assert course.assignment("03").files == {"data/table.csv": b"data/table.csv"}


def test_a_pattern_without_a_dot_spares_hidden_files_as_with_nbgrader(course: Course) -> None:
    for name in (".kept.csv", "dropped.csv"):
        (course.root / "source" / "03_doubling" / name).touch()
    course = configure(course, "c.CourseDirectory.ignore = ['*.py', '*.csv']")
    assert course.assignment("03").files == {".kept.csv": b""}


def test_an_assignment_travels_between_processes(course: Course) -> None:
    assignment = course.assignment("03")
    assert pickle.loads(pickle.dumps(assignment)) == assignment


def changed(course: Course, change: str) -> Assignment:
    """Assignment 03 after a change to the course."""
    folder = course.root / "source" / "03_doubling"
    if change == "text":
        (folder / "03_doubling.py").write_text(TEXT.replace("2 * x", "x + x"))
    elif change == "data":
        (folder / "table.csv").touch()
    elif change == "stub":
        course = configure(course, "c.ClearSolutions.text_stub = 'Write here.'")
    return course.assignment("03")


@pytest.mark.parametrize("change", ["text", "data", "stub"])
def test_every_change_of_an_assignment_changes_its_hash(course: Course, change: str) -> None:
    before = course.assignment("03").sha256
    assert changed(course, "nothing").sha256 == before
    assert changed(course, change).sha256 != before
