"""Whatever a submission says, the instructor's cells are run and the student's answers are kept."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from conftest import Cell, code, graded, solution, submission, text

from autograder.assignment import Assignment
from autograder.errors import SubmissionError
from autograder.notebook import Role, checksum, read
from autograder.overlay import Overlay, lay_over


def laid(assignment: Assignment, cells: list[Cell]) -> Overlay:
    return lay_over(read(submission(*cells), "hw1"), assignment, "hw1")


def at(cells: list[Cell], name: str) -> int:
    return next(i for i, cell in enumerate(cells) if cell["id"] == name)


def sources(overlay: Overlay) -> dict[str, str]:
    return {cell.grade_id: cell.source for cell in overlay.cells if cell.grade_id}


def names(overlay: Overlay) -> list[str]:
    return [cell.grade_id or cell.id for cell in overlay.cells]


def added(overlay: Overlay) -> list[str]:
    return [cell.source for cell in overlay.cells if cell.role is Role.FREE]


def instructors(assignment: Assignment) -> dict[str, str]:
    """What must be run, whatever is handed in."""
    own = (Role.SOLUTION, Role.WRITTEN)
    return {c.grade_id: c.source for c in assignment.cells if c.grade_id and c.role not in own}


def test_an_honest_submission_gives_no_notices(tiny: Assignment, answered: list[Cell]) -> None:
    overlay = laid(tiny, answered)
    assert overlay.notices == ()
    assert names(overlay) == [cell.grade_id or cell.id for cell in tiny.cells]
    assert sources(overlay)["double"] == answered[at(answered, "double")]["source"]
    assert sources(overlay)["why"] == "Because I say so."


def test_hidden_tests_are_back_in_their_cell(tiny: Assignment, answered: list[Cell]) -> None:
    assert "assert" not in answered[at(answered, "double-edges")]["source"]
    assert "assert double(21) == 42" in sources(laid(tiny, answered))["double-edges"]


@pytest.mark.parametrize("what", ["source", "points"])
def test_a_test_of_an_earlier_release_is_no_edited_one(
    what: str, tiny: Assignment, answered: list[Cell]
) -> None:
    cell = answered[at(answered, "double-basics")]
    if what == "source":
        cell["source"] = "assert double(1) == 2"
    else:
        cell["metadata"]["nbgrader"]["points"] = 7
    given = read(submission(cell), "release").cells[0]
    cell["metadata"]["nbgrader"]["checksum"] = checksum(given)
    earlier = "cell double-basics is of an earlier release, so the present one was used"
    assert laid(tiny, answered).notices == (earlier,)
    cell["source"] += "\n"
    notices = laid(tiny, answered).notices
    assert earlier not in notices
    assert any("was edited, so" in notice for notice in notices)
    assert sources(laid(tiny, answered))["double-basics"] == instructors(tiny)["double-basics"]


@pytest.mark.parametrize("points", ["many", None, [1], 10**400, -1], ids=list("abcde"))
def test_odd_points_are_other_metadata(points: Any, tiny: Assignment, answered: list[Cell]) -> None:
    answered[at(answered, "double-basics")]["metadata"]["nbgrader"]["points"] = points
    notices = ("cell double-basics had other metadata, so the instructor's were used",)
    assert laid(tiny, answered).notices == notices


@pytest.mark.parametrize("name", ["setup", "double-basics", "double-edges", "length-parts", "plot"])
@pytest.mark.parametrize("how", ["missing", "edited", "doubled", "retyped", "moved", "renamed"])
def test_the_instructors_cells_are_run_as_they_are(
    name: str, how: str, tiny: Assignment, answered: list[Cell]
) -> None:
    place = at(answered, name)
    cell: Cell = copy.deepcopy(answered[place])
    if how == "missing":
        del answered[place]
    elif how == "edited":
        answered[place]["source"] = "assert True"
    elif how == "doubled":
        answered.append(cell | {"source": "assert True"})
    elif how == "retyped":
        answered[place]["cell_type"] = "markdown"
    elif how == "moved":
        answered.insert(0, answered.pop(place))
    else:
        answered[place]["metadata"]["nbgrader"]["grade_id"] = "something-else"
    overlay = laid(tiny, answered)
    found = sources(overlay)
    assert {key: found[key] for key in instructors(tiny)} == instructors(tiny)
    assert [n for n in names(overlay) if n] == [c.grade_id or c.id for c in tiny.cells]
    assert how == "renamed" or not added(overlay)
    assert how == "moved" or any(name in notice for notice in overlay.notices)


@pytest.mark.parametrize(
    "changes",
    [
        {"points": 100},
        {"grade": False},
        {"solution": True},
        {"grade": False, "solution": True, "locked": False},
        {"task": True},
    ],
    ids=str,
)
def test_changed_points_and_metadata_of_a_test_have_no_effect(
    changes: dict[str, Any], tiny: Assignment, answered: list[Cell]
) -> None:
    answered[at(answered, "double-basics")]["metadata"]["nbgrader"] |= changes
    answered[at(answered, "double-basics")]["source"] = "assert True"
    overlay = laid(tiny, answered)
    cell = next(cell for cell in overlay.cells if cell.grade_id == "double-basics")
    assert cell == next(cell for cell in tiny.cells if cell.grade_id == "double-basics")
    assert "cell double-basics had other metadata" in overlay.notices[0]


def test_a_tag_does_not_turn_a_test_into_a_demonstration(
    tiny: Assignment, answered: list[Cell]
) -> None:
    answered[at(answered, "double-basics")]["metadata"]["tags"] = ["demo"]
    roles = {cell.grade_id: cell.role for cell in laid(tiny, answered).cells}
    assert roles["double-basics"] is Role.TEST


def test_a_missing_answer_is_as_it_was_released(tiny: Assignment, answered: list[Cell]) -> None:
    del answered[at(answered, "double")]
    overlay = laid(tiny, answered)
    assert "NotImplementedError" in sources(overlay)["double"]
    assert "return 2" not in sources(overlay)["double"]
    assert overlay.notices == ("cell double was missing and was put back",)


def test_an_answer_counts_once_and_its_copies_are_the_students_own_cells(
    tiny: Assignment, answered: list[Cell]
) -> None:
    answered.append(solution("double", "def double(x):\n    return 3 * x"))
    overlay = laid(tiny, answered)
    assert sources(overlay)["double"] == answered[at(answered, "double")]["source"]
    assert added(overlay) == ["def double(x):\n    return 3 * x"]
    assert overlay.notices == ("cell double was there more than once",)


def test_an_answer_that_became_text_is_code_again(tiny: Assignment, answered: list[Cell]) -> None:
    answered[at(answered, "double")]["cell_type"] = "raw"
    cells = {cell.grade_id: cell for cell in laid(tiny, answered).cells}
    assert cells["double"].cell_type == "code"
    assert cells["double"].role is Role.SOLUTION
    assert "2 * x" in cells["double"].source


def test_cells_of_the_students_own_stay_where_they_were(
    tiny: Assignment, answered: list[Cell]
) -> None:
    answered.insert(0, code("first = 1"))
    answered.insert(at(answered, "double") + 1, code("after_double = 1"))
    answered.append(code("last = 1"))
    overlay = laid(tiny, answered)
    order = [cell.source for cell in overlay.cells]
    assert order[0] == "first = 1"
    assert order[order.index(sources(overlay)["double"]) + 1] == "after_double = 1"
    assert order[-1] == "last = 1"


@pytest.mark.parametrize(
    "injected",
    [
        graded("double-extra", 100, "assert True"),
        graded("length", 100, "assert True"),
        graded("bonus", 5, "5.0"),
        code("x = 1"),
    ],
    ids=["a new test", "the id of an exercise", "points of its own", "plain code"],
)
def test_injected_cells_have_no_claim_on_points(
    injected: Cell, tiny: Assignment, answered: list[Cell]
) -> None:
    overlay = laid(tiny, [*answered, injected])
    assert overlay.cells[-1].source == injected["source"]
    assert overlay.cells[-1].role is Role.FREE
    assert overlay.cells[-1].metadata == {}
    assert overlay.cells[-1].grade_id == ""
    assert overlay.cells[-1].points == 0
    tests = [cell for cell in overlay.cells if cell.role is Role.TEST]
    assert tests == tiny.tests


def test_the_students_notes_in_the_lesson_are_kept_but_not_their_metadata(
    tiny: Assignment, answered: list[Cell]
) -> None:
    evil = graded("double-basics", 100, "My notes.") | {"cell_type": "markdown", "id": "title"}
    evil["metadata"]["nbgrader"]["grade_id"] = "bonus"
    answered[at(answered, "title")] = evil
    overlay = laid(tiny, answered)
    title = next(cell for cell in overlay.cells if cell.id == "title")
    assert title.source == "My notes."
    assert title.metadata == {}
    assert title.cell_type == "markdown"


def test_a_notebook_without_cell_ids_is_laid_over_all_the_same(
    tiny: Assignment, answered: list[Cell]
) -> None:
    stripped = [{key: value for key, value in cell.items() if key != "id"} for cell in answered]
    found = sources(laid(tiny, stripped))
    assert found == sources(laid(tiny, answered))


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [code("x = 1")],
        [solution("invert", "def invert(): ..."), graded("invert-a", 1, "assert invert()")],
        [graded("double-basics", 1, "assert True")],
        [text("# Tiny", "title")],
    ],
    ids=["empty", "code only", "other exercises", "tests without answers", "lesson only"],
)
def test_a_notebook_of_another_assignment_is_refused(cells: list[Cell], tiny: Assignment) -> None:
    with pytest.raises(SubmissionError, match="hw1: none of the answer cells of tiny is in it"):
        laid(tiny, cells)


def test_of_many_cells_a_notice_names_the_first(tiny: Assignment, answered: list[Cell]) -> None:
    strangers = [graded(f"stranger-{i}", 1, "1") for i in range(25)]
    (notice,) = laid(tiny, [*answered, *strangers]).notices
    assert notice.startswith("25 cells: each is not one of this assignment: stranger-0, stranger-1")
    assert notice.endswith("stranger-19 and 5 more")


def test_an_id_that_nbgrader_has_no_room_for_is_none(
    tiny: Assignment, answered: list[Cell]
) -> None:
    assert laid(tiny, [*answered, graded("x" * 129, 1, "1")]).notices == ()
    assert "x" * 128 in laid(tiny, [*answered, graded("x" * 128, 1, "1")]).notices[0]
