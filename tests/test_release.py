"""source/ -> release/ and solutions/, measured against the real nbgrader."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import notebook, release, source
from autograder.course import Course
from autograder.errors import CourseError

REPOSITORY = Path(__file__).parent.parent
SPECIAL = "00_special"

TEXT = """# %% [markdown]
# # Doubling, naïvely · with $\\\\sigma$

# %% Setup
import math

# %%
untitled = "a\\tb"

# %% Plot tags=["demo"]
print(untitled)

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    total = 0
    for _ in range(2):
        ### BEGIN SOLUTION
        total += x
        ### END SOLUTION
    ### BEGIN SOLUTION
    return total
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-basics", "grade": true, "points": 1.5}
assert double(2) == 4

### BEGIN HIDDEN TESTS
assert double(0) == 0
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# Because of the secret reason.
# ### END MARK SCHEME

# %% [markdown] nbgrader={"grade_id": "draw", "task": true, "points": 2}
# Draw it.
#
# ### BEGIN MARK SCHEME
# A secret drawing.
# ### END MARK SCHEME
"""


def make_course(root: Path, *sections: Path) -> Course:
    """A course with this repository's configuration, a special section and copies of others."""
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    folder = root / "source" / SPECIAL
    folder.mkdir(parents=True)
    (folder / f"{SPECIAL}.py").write_text(TEXT)
    for name in ("data/table.csv", ".hidden", "__pycache__/x.pyc", "data/answers.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    for section in sections:
        shutil.copytree(section, root / "source" / section.name)
    return Course(root)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of one section."""
    return make_course(tmp_path)


def test_the_release_is_what_nbgrader_writes(tmp_path: Path) -> None:
    real = [REPOSITORY / "source" / name for name in Course(REPOSITORY).sections()]
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    theirs = make_course(tmp_path / "theirs", *real)
    ours = make_course(tmp_path / "ours", *real)
    subprocess.run(
        [Path(sys.executable).with_name("nbgrader"), "generate_assignment", "--assignment=*"],
        cwd=theirs.root,
        check=True,
        capture_output=True,
    )
    release.build(ours)
    assert files(ours.release_dir) == files(theirs.release_dir)
    assert len(files(ours.release_dir)) == len(real) + 2


def test_the_assignment_knows_what_was_released(course: Course) -> None:
    release.build(course)
    assignment = course.assignment(SPECIAL)
    released = notebook.read(course.section(SPECIAL).release.read_bytes(), SPECIAL).by_grade_id()
    assert assignment.release_sources == {name: cell.source for name, cell in released.items()}
    graded = {
        name: cell.metadata["nbgrader"]["checksum"]
        for name, cell in released.items()
        if "checksum" in cell.metadata["nbgrader"]
    }
    assert graded.keys() == assignment.release_checksums.keys() - {"draw"}
    assert graded.items() <= assignment.release_checksums.items()


def test_the_release_has_no_text_solutions_hidden_tests_or_mark_schemes(course: Course) -> None:
    release.build(course)
    released = files(course.release_dir / SPECIAL)
    assert sorted(released) == [f"{SPECIAL}.ipynb", "data/table.csv"]
    for secret in (b"total += x", b"double(0)", b"secret", b"BEGIN", b"END"):
        assert secret not in released[f"{SPECIAL}.ipynb"]


def test_the_solutions_are_worked_and_keep_the_other_secrets(course: Course) -> None:
    release.build(course)
    data = course.section(SPECIAL).solution.read_bytes()
    for kept in (b"        total += x", b"    return total", "naïvely".encode()):
        assert kept in data
    for secret in (b"double(0)", b"secret", b"BEGIN", b"END"):
        assert secret not in data


def test_a_written_question_has_no_answer_in_the_solutions(course: Course) -> None:
    release.build(course)
    data = course.section(SPECIAL).solution.read_bytes()
    assert notebook.read(data, SPECIAL).by_grade_id()["why"].source == "Your answer here."


def test_the_solutions_pass_the_visible_tests(course: Course) -> None:
    release.build(course)
    found = json.loads(course.section(SPECIAL).solution.read_bytes())["cells"]
    code = ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]
    exec("\n".join(code), {})


def test_the_solutions_stay_the_same(course: Course) -> None:
    read = source.read(course.section(SPECIAL).text)
    assert release.solution_notebook(read) == release.solution_notebook(read)


def test_what_is_up_to_date_is_left_alone(course: Course) -> None:
    assert len(release.build(course)) == 3
    assert release.build(course) == []
    assert release.build(course, check=True) == []


def test_check_tells_what_is_stale_and_writes_nothing(course: Course) -> None:
    told = release.build(course, check=True)
    assert told == [
        f"release/{SPECIAL}/{SPECIAL}.ipynb is missing",
        f"release/{SPECIAL}/data/table.csv is missing",
        f"solutions/{SPECIAL}/{SPECIAL}.ipynb is missing",
    ]
    assert not course.release_dir.exists()
    assert not course.solutions_dir.exists()


def test_a_changed_source_makes_release_and_solutions_stale(course: Course) -> None:
    release.build(course)
    text = course.section(SPECIAL).text
    text.write_text(TEXT.replace("total = 0", "total = 0.0"))
    assert release.build(course, check=True) == [
        f"release/{SPECIAL}/{SPECIAL}.ipynb is out of date",
        f"solutions/{SPECIAL}/{SPECIAL}.ipynb is out of date",
    ]
    assert len(release.build(course)) == 2
    assert release.build(course, check=True) == []


def test_a_data_file_that_left_the_source_leaves_the_release(course: Course) -> None:
    release.build(course)
    (course.section(SPECIAL).source_dir / "data" / "table.csv").unlink()
    stale = f"release/{SPECIAL}/data/table.csv"
    assert release.build(course, check=True) == [f"{stale} comes from nothing"]
    assert release.build(course) == [f"{stale} is removed"]
    assert not (course.root / stale).exists()


def test_a_release_without_a_section_is_told_and_kept(course: Course) -> None:
    release.build(course)
    (course.release_dir / "99_old").mkdir()
    assert release.build(course) == ["release/99_old has no section in source/: remove it"]
    assert (course.release_dir / "99_old").is_dir()


def test_the_bank_beside_the_solutions_is_kept(course: Course) -> None:
    bank = course.section(SPECIAL).answers
    bank.parent.mkdir(parents=True)
    bank.write_text("# by hand")
    release.build(course)
    assert bank.read_text() == "# by hand"


def test_only_the_named_sections_are_built(course: Course) -> None:
    other = course.source_dir / "01_other" / "01_other.py"
    other.parent.mkdir()
    other.write_text(TEXT)
    release.build(course, ["01"])
    assert [folder.name for folder in course.release_dir.iterdir()] == ["01_other"]


def test_what_nbgrader_refuses_is_told_with_the_section(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.cellrules.problems", lambda cells: [])
    course.section(SPECIAL).text.write_text(TEXT.replace("END SOLUTION", "END", 2))
    with pytest.raises(CourseError, match=f"source/{SPECIAL}/{SPECIAL}.py: nbgrader makes no"):
        release.build(course)
