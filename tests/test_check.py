"""What students see of their own notebook before they hand it in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from courses import (
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    answered,
    edited,
    make_course,
    own_cell,
    spoken,
)

from autograder import release, tables
from autograder.check import check_notebook
from autograder.course import Course
from autograder.errors import SubmissionError
from autograder.grade import Options
from autograder.results import Outcome

BANK = """
from autograder.answers import wrong


@wrong("mean", "rounds down", hint="Divide with /.")
def mean(numbers):
    return sum(numbers) // len(numbers)
"""
VISIBLE = ["total-basics", "mean-basics"]
HIDDEN = ["total-edges"]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with its release made."""
    course = make_course(tmp_path_factory.mktemp("course"))
    (course.source_dir / SUMS / "numbers.csv").write_text("1,2")
    release.build(course)
    return course


@pytest.fixture
def released(course: Course) -> bytes:
    """The notebook that students are given."""
    return course.section(SUMS).release.read_bytes()


@pytest.fixture
def mine(course: Course) -> Path:
    """Where a student works, with the course around."""
    path = course.root / "work" / f"{SUMS}.ipynb"
    path.parent.mkdir(exist_ok=True)
    return path


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """Where a student works who has nothing but the notebook."""
    return tmp_path / "homework.ipynb"


def outcomes(
    path: Path, data: bytes, options: Options, hidden: list[str] = HIDDEN
) -> dict[str, Outcome]:
    path.write_bytes(data)
    result, hidden_cells = check_notebook(path, options)
    assert hidden_cells == hidden
    assert path.read_bytes() == data  # a check changes nothing
    return {cell.grade_id: cell.outcome for cell in result.cells}


PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


@pytest.mark.usefixtures("sandbox")
class TestCheck:
    """The visible tests, in a course and elsewhere."""

    def test_the_release_itself_has_everything_to_do(
        self, mine: Path, released: bytes, options: Options
    ) -> None:
        found = outcomes(mine, released, options)
        assert list(found) == VISIBLE
        assert PASSED not in found.values()

    @pytest.mark.parametrize("place", ["mine", "away"])
    def test_right_answers_pass_all_visible_tests(
        self, place: str, course: Course, options: Options, request: pytest.FixtureRequest
    ) -> None:
        path = request.getfixturevalue(place)
        data = solved(course, RIGHT)
        assert outcomes(path, data, options) == dict.fromkeys(VISIBLE, PASSED)

    @pytest.mark.parametrize("place", ["mine", "away"])
    def test_a_mistake_is_told_with_the_tests_message(
        self, place: str, course: Course, options: Options, request: pytest.FixtureRequest
    ) -> None:
        path = request.getfixturevalue(place)
        found = outcomes(path, solved(course, HALF), options)
        assert found == {"total-basics": PASSED, "mean-basics": FAILED}
        result, _ = check_notebook(path, options)
        assert "mean([1, 2]) should be 1.5" in result.cells[1].message
        assert (result.notebook, result.assignment) == (str(path), path.stem)

    @pytest.mark.parametrize(
        ("otherwise", "named"), [("2", "rounds down"), ("7", None)], ids=["rounds down", "another"]
    )
    def test_a_mistake_that_the_bank_knows_is_diagnosed_where_there_is_one(
        self, otherwise: str, named: str | None, tmp_path: Path, options: Options
    ) -> None:
        """The reference is known, too: with it the test gets to its second line."""
        first = "assert mean([1, 2]) == 1.5\n"
        text = SUMS_TEXT.replace("assert mean([1, 2]) == 1.5,", f"{first}assert mean([2]) == 2,")
        course = make_course(tmp_path / "course", {SUMS: text})
        release.build(course)
        course.section(SUMS).answers.write_text(BANK)
        mean = f"def mean(n):\n    return sum(n) // len(n) if len(n) > 1 else {otherwise}"
        data = solved(course, RIGHT | {"mean": mean})
        for path, found in ((course.root / f"{SUMS}.ipynb", named), (tmp_path / "x.ipynb", None)):
            path.write_bytes(data)
            result, _ = check_notebook(path, options)
            diagnosis = result.cells[1].diagnosis
            assert (diagnosis and diagnosis.answer) == found

    def test_an_edited_test_is_replaced_by_the_released_one(
        self, mine: Path, released: bytes, options: Options
    ) -> None:
        def soften(cells: list[dict[str, Any]]) -> None:
            for cell in cells:
                if cell["id"] in VISIBLE:
                    cell["source"] = "assert True"

        found = outcomes(mine, edited(released, soften), options)
        assert PASSED not in found.values()
        result, _ = check_notebook(mine, options)
        (notice,) = result.notices
        assert "edited" in notice
        assert all(name in notice for name in VISIBLE)

    def test_without_a_course_the_notebooks_own_tests_count(
        self, away: Path, released: bytes, options: Options
    ) -> None:
        found = outcomes(away, released, options)
        assert list(found) == VISIBLE
        assert PASSED not in found.values()

    def test_a_renamed_notebook_in_the_course_is_checked_by_its_own_tests(
        self, mine: Path, course: Course, options: Options
    ) -> None:
        path = mine.with_name("my first try.ipynb")
        assert outcomes(path, solved(course, RIGHT), options) == dict.fromkeys(VISIBLE, PASSED)

    @pytest.mark.parametrize("place", ["mine", "away"])
    def test_a_test_that_the_student_broke(
        self, place: str, course: Course, options: Options, request: pytest.FixtureRequest
    ) -> None:
        def break_it(cells: list[dict[str, Any]]) -> None:
            for cell in cells:
                if cell["id"] == "total-basics":
                    cell["source"] = "assert total([1, 2] == 3"

        path = request.getfixturevalue(place)
        data = edited(solved(course, RIGHT), break_it)
        if place == "mine":  # the release has it whole
            assert outcomes(path, data, options) == dict.fromkeys(VISIBLE, PASSED)
            return
        with pytest.raises(SubmissionError) as raised:
            outcomes(path, data, options)
        said = str(raised.value)
        assert said.startswith(f"{path}: test cell total-basics, line 1: '(' was never closed. ")
        assert "copy it from the notebook that you were given" in said

    def test_nothing_is_remarked_where_nothing_was_changed(
        self, mine: Path, course: Course, options: Options
    ) -> None:
        mine.write_bytes(solved(course, RIGHT))
        assert check_notebook(mine, options)[0].notices == ()

    def test_the_files_of_the_release_are_there(
        self, mine: Path, course: Course, options: Options
    ) -> None:
        def read_it(cells: list[dict[str, Any]]) -> None:
            for cell in cells:
                if cell["id"] == "total":
                    cell["source"] += "\nopen('numbers.csv').close()"

        data = edited(solved(course, RIGHT), read_it)
        assert outcomes(mine, data, options) == dict.fromkeys(VISIBLE, PASSED)
        assert check_notebook(mine, options)[0].notices == ()

    def test_a_cell_of_ones_own_that_fails_is_noted(
        self,
        away: Path,
        course: Course,
        options: Options,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        own = own_cell("import a_module_that_nobody_has")
        away.write_bytes(edited(solved(course, RIGHT), lambda cells: [*cells, own]))
        tables.print_check(*check_notebook(away, options))
        said = capsys.readouterr().out
        assert "note: " in said
        assert "No module named 'a_module_that_nobody_has'" in said

    def test_cells_of_ones_own_are_run_and_never_graded(
        self, mine: Path, course: Course, options: Options
    ) -> None:
        own = own_cell("total = lambda numbers: 0")
        data = edited(solved(course, RIGHT), lambda cells: [own, *cells, own])
        assert outcomes(mine, data, options) == dict.fromkeys(VISIBLE, PASSED)

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "not a Jupyter notebook"),
            (b"[1, 2]", "not a Jupyter notebook"),
            (b'{"cells": [], "nbformat": 4}', "none of the answer cells"),
        ],
        ids=["empty", "a list", "no cells"],
    )
    @pytest.mark.parametrize("place", ["mine", "away"])
    def test_what_is_no_notebook_with_exercises_is_named(
        self,
        place: str,
        data: bytes,
        told: str,
        options: Options,
        request: pytest.FixtureRequest,
    ) -> None:
        path = request.getfixturevalue(place)
        path.write_bytes(data)
        with pytest.raises(SubmissionError, match=told) as raised:
            check_notebook(path, options)
        assert str(path) in str(raised.value)

    def test_a_notebook_of_another_section_under_this_name_is_refused(
        self, mine: Path, course: Course, options: Options
    ) -> None:
        mine.write_bytes(answered(course, PRODUCTS, RIGHT))
        with pytest.raises(SubmissionError, match="Is it a notebook of another assignment"):
            check_notebook(mine, options)

    def test_a_link_is_refused(
        self, away: Path, mine: Path, released: bytes, options: Options
    ) -> None:
        mine.write_bytes(released)
        away.symlink_to(mine)
        with pytest.raises(SubmissionError, match="links are not followed"):
            check_notebook(away, options)

    def test_the_table_has_a_row_an_exercise_and_counts_what_is_hidden(
        self,
        mine: Path,
        course: Course,
        options: Options,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        mine.write_bytes(solved(course, HALF))
        tables.print_check(*check_notebook(mine, options))
        text = spoken(capsys.readouterr().out)
        assert "total 1 of 1 mean 0 of 1" in text
        assert "mean([1, 2]) should be 1.5" in text
        assert "1 more test cell is hidden; it is run when your notebook is graded." in text


def solved(course: Course, written: dict[str, str]) -> bytes:
    """The release, in which a student has written these cells."""

    def write(cells: list[dict[str, Any]]) -> None:
        for cell in cells:
            cell["source"] = written.get(cell["id"], cell["source"])

    return edited(course.section(SUMS).release.read_bytes(), write)
