"""The real nbgrader in a copy of the course: its commands work, and it gives the scores we give.

So does `otter run` on what `autograder export otter` makes of the same sections.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nbgrader_commands
import pytest
from courses import BIN, ENVIRONMENT, REPOSITORY, autograder, grades, hand_in

from autograder import answers, otter, release
from autograder.course import Course

SVD, CG = "05_svd_compression", "12_conjugate_gradient"
SECTIONS = (SVD, CG)

# What students hand in beside the reference and the blank release: for some exercises an answer
# of the bank, by its name; for the others the reference. Several answers share a submission, since
# nbgrader takes seconds for each. None of them prints a warning, which is a zero in nbgrader.
CLASSES: dict[str, dict[str, dict[str, str]]] = {
    SVD: {
        "right": {
            "thin_svd": "one-sided Jacobi rotations, lengths of the columns as singular values",
            "truncate": "sum of outer products",
            "truncation_error": "loop and math, an int 0 at the end",
            "rank_for_energy": "binary search, a NumPy integer",
            "compress_image": "a stack of three matrices at once",
            "pinv": "library call",
        },
        "wrong": {
            "truncate": "keeps the smallest singular values",
            "energy": "values instead of squares",
            "compression_ratio": "upside down",
            "pinv": "through eigh of A.T A",
        },
        "mixed": {
            "thin_svd": "keeps the ascending order of eigh",
            "truncate": "subtracts the dropped layers",
            "rank_for_energy": "no allowance for rounding",
            "compress_image": "cuts the decimals off",
            "psnr": "plain Python",
        },
    },
    CG: {
        "right": {
            "quadratic": "loops over the entries",
            "gradient": "a list of slopes",
            "is_spd": "Cholesky of the matrix lowered by the tolerance",
            "steepest_descent": "carries A x along and returns an array of norms",
            "conjugate_gradient": "Hestenes and Stiefel: beta from conjugacy, alpha from p^T r",
            "iterations_needed": "fifty decimal digits",
            "preconditioned_cg": "gamma and delta, one exit in the middle",
        },
        "wrong": {
            "quadratic": "forgets the half",
            "is_spd": "Cholesky alone decides",
            "conjugate_gradient": "changes x0",
            "pixel_laplacian": "black pixels outside the image",
        },
        "mixed": {
            "gradient": "a column vector",
            "steepest_descent": "two products an iteration",
            "iterations_needed": "rounds down",
            "preconditioned_cg": "Polak-Ribiere beta, in place",
            "pixel_laplacian": "a border of repeated pixels",
        },
    },
}


# Those whom `otter run` grades, too, in seconds for each; tests/test_otter.py has all the others.
BY_OTTER = {SVD: ("wrong", "mixed"), CG: ("reference", "blank", "mixed")}


@pytest.fixture(autouse=True)
def alarm() -> None:
    """No limit here: nbgrader takes as long as it takes."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Course]:
    """Makes courses with what git has of this one: the texts of the sections, no notebooks.

    Cells that only draw are taken out: they would take most of the kernels' time, and nothing is
    graded by them.
    """

    above = tmp_path_factory.mktemp("clones")

    def make(name: str) -> Course:
        root = above / name
        root.mkdir()
        shutil.copy(REPOSITORY / "nbgrader_config.py", root)
        for section in SECTIONS:
            folder = REPOSITORY / "source" / section
            ignored = shutil.ignore_patterns("*.ipynb", ".*")
            shutil.copytree(folder, root / "source" / section, ignore=ignored)
            text = root / "source" / section / f"{section}.py"
            text.write_text(without_demos(text.read_text()))
        return Course(root)

    return make


def without_demos(text: str) -> str:
    """The text of a section without the cells that have the tag."""
    cells = re.split(r"^(?=# %%)", text, flags=re.MULTILINE)
    return "".join(cell for cell in cells if '"demo"' not in cell.partition("\n")[0])


def nbgrader(course: Course, *arguments: str) -> str:
    """What an nbgrader command says; it has to succeed."""
    done = nbgrader_commands.nbgrader(*arguments, cwd=course.root)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout + done.stderr


def both(action: Callable[[str], Any]) -> dict[str, Any]:
    """The same for both sections at once, on two processors."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(SECTIONS, pool.map(action, SECTIONS), strict=True))


def submissions(course: Course, section: str) -> dict[str, bytes]:
    """Everybody's notebook, by student."""
    assignment = course.assignment(section)
    bank = answers.load(REPOSITORY / "solutions" / section / "answers.py")
    chosen = {(a.exercise, a.name): a.source for a in bank.answers}
    solved = answers.solutions(assignment)
    found = {"reference": answers.reference(assignment), "blank": answers.blank(assignment)}
    for student, names in CLASSES[section].items():
        own = {exercise: chosen[exercise, name] for exercise, name in names.items()}
        found[student] = answers.submission(assignment, solved | own)
    return found


def hand_in_all(course: Course, section: str) -> None:
    for student, data in submissions(course, section).items():
        hand_in(course, student, data, section)


@pytest.fixture(scope="module")
def theirs(clone: Callable[[str], Course]) -> dict[str, Course]:
    """For each section a course in which plain nbgrader did everything."""

    def run(section: str) -> Course:
        course = clone(f"theirs_{section}")
        nbgrader(course, "generate_assignment", section)
        hand_in_all(course, section)
        nbgrader(course, "autograde", section)
        return course

    return both(run)


@pytest.fixture(scope="module")
def ours(clone: Callable[[str], Course]) -> Course:
    """A course in which `autograder grade` did everything."""
    course = clone("ours")
    for section in SECTIONS:
        hand_in_all(course, section)
    done = autograder("--course", course.root, "grade", "--workers", "1")
    assert done.returncode == 0, done.stderr
    return course


def scored(course: Course, section: str) -> dict[tuple[str, str], tuple[Any, bool]]:
    """Automatic score and whether a person has to look, by student and cell."""
    return {
        (student, cell): (auto_score, bool(needs_manual_grade))
        for (name, student, cell), (auto_score, _, needs_manual_grade, _) in grades(course).items()
        if name == section
    }


@pytest.mark.parametrize("section", SECTIONS)
def test_nbgrader_gives_every_cell_the_score_we_give(
    section: str, theirs: dict[str, Course], ours: Course
) -> None:
    found, expected = scored(ours, section), scored(theirs[section], section)
    differing = {
        key: (found.get(key), expected[key]) for key in expected if found.get(key) != expected[key]
    }
    assert not differing
    assert found.keys() == expected.keys()


@pytest.fixture(scope="module")
def otters(
    theirs: dict[str, Course], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, float]]:
    """What `otter run` gives to the notebooks as they were handed in, by section and student."""
    folder = tmp_path_factory.mktemp("otter")
    packed = {
        section: otter.export(course.assignment(section), folder)
        for section, course in theirs.items()
    }

    def run(who: tuple[str, str]) -> dict[str, float]:
        section, student = who
        place = folder / section / student
        place.mkdir(parents=True)
        submitted = theirs[section].submitted_dir / student / section / f"{section}.ipynb"
        arguments = ["--no-logo", "--autograder", packed[section], "--output-dir", place, submitted]
        done = subprocess.run(
            [BIN / "otter", "run", *arguments],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        results = json.loads((place / "results.json").read_bytes())
        return {test["name"]: test["score"] for test in results["tests"] if "score" in test}

    everybody = [(section, who) for section, names in BY_OTTER.items() for who in names]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(everybody, pool.map(run, everybody), strict=True))


@pytest.mark.parametrize("section", SECTIONS)
def test_otter_gives_every_cell_the_score_that_nbgrader_and_we_give(
    section: str,
    otters: dict[tuple[str, str], dict[str, float]],
    theirs: dict[str, Course],
    ours: Course,
) -> None:
    tests = {cell.grade_id for cell in ours.assignment(section).tests}
    for student in BY_OTTER[section]:
        for course in (ours, theirs[section]):
            expected = {
                cell: score
                for (who, cell), (score, _) in scored(course, section).items()
                if who == student and cell in tests
            }
            assert otters[section, student] == expected, student


@pytest.mark.parametrize("section", SECTIONS)
def test_the_class_tells_right_from_wrong(section: str, ours: Course) -> None:
    assignment = ours.assignment(section)
    found = scored(ours, section)
    for student, names in (("reference", {}), ("blank", {}), *CLASSES[section].items()):
        failed = {
            cell.grade_id
            for cell in assignment.tests
            if found[student, cell.grade_id][0] != cell.points
        }
        if student == "blank":
            assert failed == {cell.grade_id for cell in assignment.tests}
            continue
        bank = answers.load(REPOSITORY / "solutions" / section / "answers.py")
        kinds = {(a.exercise, a.name): a.kind for a in bank.answers}
        wrong = {exercise for exercise, name in names.items() if kinds[exercise, name] == "wrong"}
        assert {cell.partition("-")[0] for cell in failed} == wrong, student


@pytest.mark.parametrize("section", SECTIONS)
def test_the_written_question_waits_for_a_person_unless_it_is_blank(
    section: str, theirs: dict[str, Course], ours: Course
) -> None:
    (question,) = ours.assignment(section).written
    for course in (ours, theirs[section]):
        assert scored(course, section)["blank", question.grade_id] == (0.0, False)


@pytest.fixture(scope="module")
def validated(theirs: dict[str, Course]) -> dict[str, dict[str, str]]:
    """What `nbgrader validate` says of each section's release and solutions."""

    for section, course in theirs.items():
        release.build(course, [section])

    def run(section: str) -> dict[str, str]:
        names = [f"{folder}/{section}/{section}.ipynb" for folder in ("release", "solutions")]
        said = nbgrader(theirs[section], "validate", *names)
        return dict(zip(("release", "solutions"), re.split("(?=Success!)", said), strict=True))

    return both(run)


@pytest.mark.parametrize("section", SECTIONS)
def test_validate_fails_for_the_release(section: str, validated: dict[str, dict[str, str]]) -> None:
    assert "VALIDATION FAILED" in validated[section]["release"]
    assert "NotImplementedError" in validated[section]["release"]


@pytest.mark.parametrize("section", SECTIONS)
def test_validate_succeeds_for_the_solutions(
    section: str, validated: dict[str, dict[str, str]]
) -> None:
    said = validated[section]["solutions"]
    assert said.startswith("Success! Your notebook passes all the tests.")
    assert "FAILED" not in said


def test_generate_solution_runs_the_whole_notebook(theirs: dict[str, Course]) -> None:
    both(lambda section: nbgrader(theirs[section], "generate_solution", section))
    for section, course in theirs.items():
        path = course.root / "solution" / section / f"{section}.ipynb"
        cells = json.loads(path.read_text())["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert len(code) > 20
        assert all(cell["execution_count"] for cell in code)
        assert not [output for cell in code for output in cell["outputs"]
                    if output["output_type"] == "error"]  # fmt: skip


# --- After `autograder grade`, everything of nbgrader's goes on -----------------------------------


@contextlib.contextmanager
def formgrader(course: Course, section: str) -> Iterator[Any]:
    """What formgrader asks."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    config = course.config()
    config.CourseDirectory.assignment_id = section
    with contextlib.chdir(course.root):
        yield NbGraderAPI(CourseDirectory(config=config), config=config)


@pytest.mark.parametrize("section", SECTIONS)
def test_formgrader_lists_the_submissions(section: str, ours: Course) -> None:
    points = dict.fromkeys(("reference", "blank", *CLASSES[section]), 0.0)
    for (student, _), (auto_score, _) in scored(ours, section).items():
        points[student] += auto_score or 0.0
    with formgrader(ours, section) as api:
        listed = api.get_submissions(section)
        assert {each["student"]: each["score"] for each in listed} == points
        assert all(each["autograded"] for each in listed)
        assert len(api.get_notebook_submissions(section, section)) == len(points)


def test_generate_feedback_shows_what_we_found(ours: Course) -> None:
    nbgrader(ours, "generate_feedback", SVD, "--student=wrong")
    page = ours.feedback_dir / "wrong" / SVD / f"{SVD}.html"
    assert "keeps the smallest" not in page.read_text()
    assert "AssertionError" in page.read_text()


def test_export_lists_every_score(ours: Course) -> None:
    nbgrader(ours, "export", "--to=grades.csv")
    lines = (ours.root / "grades.csv").read_text().splitlines()
    names = {"reference", "blank", "right", "wrong", "mixed"}
    assert {(line.split(",")[0], name) for line in lines[1:] for name in names if name in line} >= {
        (section, name) for section in SECTIONS for name in names
    }


def test_nbgraders_autograde_goes_on_in_our_course_with_the_same_scores(ours: Course) -> None:
    before = grades(ours)
    nbgrader(ours, "autograde", SVD, "--student=mixed", "--force")
    assert grades(ours) == before
    with contextlib.closing(sqlite3.connect(ours.root / "gradebook.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    done = autograder("--course", ours.root, "grade", SVD, "--workers", "1", "--json")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["student"] for line in done.stdout.splitlines()] == ["mixed"]
    assert grades(ours) == before
