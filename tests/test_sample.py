"""The sample class: everybody hands in every section, and somebody makes each kind of trouble."""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from courses import REPOSITORY, state

from autograder import answers, cli, notebook
from autograder.answers import Bank
from autograder.collect import collect
from autograder.course import Course
from autograder.grade import close_sandbox
from autograder.notebook import Notebook, Role
from autograder.sample import STUDENTS, hand_in

SECTIONS = ("05_svd_compression", "12_conjugate_gradient")


def make_course(root: Path) -> Course:
    """What `make demo` copies of this course."""
    root.mkdir()
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    for folder in ("source", "solutions"):
        for section in SECTIONS:
            shutil.copytree(REPOSITORY / folder / section, root / folder / section)
    return Course(root)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with the sample class's submissions."""
    course = make_course(tmp_path_factory.mktemp("sample") / "course")
    assert hand_in(course, list(SECTIONS)) == 2 * len(STUDENTS)
    return course


@pytest.fixture(scope="module", params=SECTIONS)
def section(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def bank(section: str, course: Course) -> Bank:
    return answers.load(course.section(section).answers)


def who(habit: str) -> list[str]:
    """The students of one habit."""
    return [student for student, each in STUDENTS.items() if each.__name__ == habit]


Submission = Callable[[str], Notebook]


@pytest.fixture(scope="module")
def submission(section: str, course: Course) -> Submission:
    """What a student has handed in."""

    def read(student: str) -> Notebook:
        path = course.submitted_dir / student / section / f"{section}.ipynb"
        return notebook.read(path.read_bytes(), student)

    return read


def kinds(submitted: Notebook, course: Course, section: str, bank: Bank) -> dict[str, str]:
    """For each exercise what kind of answer it has: right, wrong, blank or other."""
    assignment = course.assignment(section)
    known = {(a.exercise, a.source): a.kind for a in bank.answers}
    known |= dict.fromkeys(answers.solutions(assignment).items(), "right")
    known |= {(name, assignment.release_sources[name]): "blank" for name in assignment.exercises}
    given = submitted.by_grade_id()
    return {name: known.get((name, given[name].source), "other") for name in assignment.exercises}


# --- The whole class ------------------------------------------------------------------------------


def test_two_sections_make_more_than_forty_submissions(course: Course) -> None:
    assert 2 * len(STUDENTS) >= 40
    for name in SECTIONS:
        collected = collect(course, name)
        assert [each.student for each in collected.submissions] == sorted(STUDENTS)
        assert not collected.problems
        assert all(each.timestamp for each in collected.submissions)


def test_every_habit_is_somebodys(course: Course) -> None:
    habits = Counter(habit.__name__ for habit in STUDENTS.values())
    assert habits.keys() == {
        "diligent", "one_mistake", "mixed", "blank", "syntax_error", "endless_loop", "crash",
        "endless_cell", "edited_tests", "patched_tests", "missing_cells",
    }  # fmt: skip
    assert all(habits[name] > 3 for name in ("diligent", "one_mistake", "mixed"))


def test_the_class_is_the_same_every_time(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_course(tmp_path / "course")
    assert cli.main(["--course", str(other.root), "sample"]) == 0
    assert capsys.readouterr().out == f"{2 * len(STUDENTS)} submissions in {other.submitted_dir}\n"
    assert {path: data for path, (_, data) in state(other.submitted_dir).items()} == {
        path: data for path, (_, data) in state(course.submitted_dir).items()
    }
    before = {path: data for path, (_, data) in state(other.submitted_dir).items()}
    hand_in(other, ["12_conjugate_gradient"])
    assert {path: data for path, (_, data) in state(other.submitted_dir).items()} == before


# --- One of each kind -----------------------------------------------------------------------------


def test_the_diligent_are_right_everywhere_and_not_all_the_same(
    course: Course, section: str, bank: Bank, submission: Submission
) -> None:
    notebooks = [submission(student) for student in who("diligent")]
    for each in notebooks:
        assert set(kinds(each, course, section, bank).values()) == {"right"}
    sources = [tuple(cell.source for cell in each.cells) for each in notebooks]
    assert len(set(sources)) == len(sources)


def test_one_mistake_is_one_mistake(
    course: Course, section: str, bank: Bank, submission: Submission
) -> None:
    for student in who("one_mistake"):
        found = Counter(kinds(submission(student), course, section, bank).values())
        assert found["wrong"] == 1
        assert found["right"] == found.total() - 1


def test_the_mixed_have_right_wrong_and_untried_exercises(
    course: Course, section: str, bank: Bank, submission: Submission
) -> None:
    found: Counter[str] = Counter()
    for student in who("mixed"):
        found += Counter(kinds(submission(student), course, section, bank).values())
    assert found.keys() == {"right", "wrong", "blank"}


def test_the_blank_one_is_the_release(
    course: Course, section: str, bank: Bank, submission: Submission
) -> None:
    (student,) = who("blank")
    assert set(kinds(submission(student), course, section, bank).values()) == {"blank"}


def test_the_syntax_error_is_in_one_answer(section: str, submission: Submission) -> None:
    (student,) = who("syntax_error")
    broken = []
    for cell in submission(student).cells:
        if cell.role is Role.SOLUTION:
            try:
                ast.parse(cell.source)
            except SyntaxError:
                broken.append(cell.grade_id)
    assert len(broken) == 1


@pytest.mark.parametrize(
    ("habit", "words"), [("endless_loop", "while True:"), ("crash", "os.abort()")]
)
def test_one_function_never_comes_back(
    habit: str,
    words: str,
    course: Course,
    section: str,
    bank: Bank,
    submission: Submission,
) -> None:
    (student,) = who(habit)
    found = kinds(submission(student), course, section, bank)
    (name,) = [name for name, kind in found.items() if kind == "other"]
    assert words in submission(student).by_grade_id()[name].source
    assert Counter(found.values())["right"] == len(found) - 1


def test_the_endless_cell_stands_behind_right_answers(
    course: Course, section: str, bank: Bank, submission: Submission
) -> None:
    (student,) = who("endless_cell")
    submitted = submission(student)
    assert set(kinds(submitted, course, section, bank).values()) == {"right"}
    assert submitted.cells[-1].role is Role.FREE
    assert "while True:" in submitted.cells[-1].source


def test_the_edited_tests_test_nothing(
    course: Course, section: str, bank: Bank, submission: Submission
) -> None:
    (student,) = who("edited_tests")
    submitted = submission(student)
    assert {cell.source for cell in submitted.cells if cell.role is Role.TEST} == {"assert True"}
    assert set(kinds(submitted, course, section, bank).values()) == {"blank"}


def test_the_patch_stands_before_everything(submission: Submission) -> None:
    (student,) = who("patched_tests")
    first = submission(student).cells[0]
    assert first.role is Role.FREE
    assert "np.testing.assert_allclose = " in first.source


def test_cells_are_missing_and_doubled(
    course: Course, section: str, submission: Submission
) -> None:
    (student,) = who("missing_cells")
    ids = [cell.id for cell in submission(student).cells]
    assert len({cell.id for cell in course.assignment(section).cells} - set(ids)) == 3
    assert max(Counter(ids).values()) == 2


def test_mischief_earns_nothing_and_honest_work_everything(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = {"arnoldi": 1.0, "jordan": 0.0, "schur": 0.0, "toeplitz": 0.0, "aitken": 1.0}
    name = SECTIONS[1]
    paths = [course.submitted_dir / who / name / f"{name}.ipynb" for who in expected]
    try:
        status = cli.main(["--course", str(course.root), "score", "--json", *map(str, paths)])
    finally:
        close_sandbox()
    assert status == 0
    found = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    shares = [each["score"] / each["max_score"] for each in found]
    assert shares == list(expected.values())
