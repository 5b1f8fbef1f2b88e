"""Lays a submission over its assignment: whose text counts for which cell.

Cells are matched by grade_id. The student's text counts in solution cells and written answers, the
instructor's in all others, whatever the submission says of them. The order is the assignment's;
cells that the student added follow the cell that they stood behind.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from autograder.assignment import Assignment
from autograder.errors import SubmissionError
from autograder.notebook import Cell, Notebook, Role

_STUDENTS = frozenset({Role.SOLUTION, Role.WRITTEN})
_START = ""


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """The cells to run, in order, and what the instructor should know about the submission."""

    cells: tuple[Cell, ...]
    notices: tuple[str, ...]


def lay_over(submission: Notebook, assignment: Assignment, name: str) -> Overlay:
    """The submission's answers in the assignment's notebook.

    Raises
    ------
    SubmissionError
        If nothing in the submission belongs to the assignment.
    """
    known = {cell.grade_id: cell for cell in assignment.cells if cell.grade_id}
    given = submission.by_grade_id()
    if not any(known[grade_id].role in _STUDENTS for grade_id in given.keys() & known.keys()):
        raise SubmissionError(
            f"{name}: none of the answer cells of {assignment.name} is in it. Is it a notebook of "
            "another assignment? Submit the notebook that was released for this one."
        )
    notices: list[str] = []
    cells: list[Cell] = []
    added = _added_cells(submission, assignment, notices)
    texts = {cell.id: cell for cell in submission.cells if cell.role is Role.LESSON and cell.id}
    cells += added[_START]
    for cell in assignment.cells:
        if cell.grade_id:
            cells.append(_known_cell(cell, given.get(cell.grade_id), assignment, notices))
        else:
            cells.append(texts.get(cell.id, cell))
        cells += added[cell.grade_id or cell.id]
    return Overlay(cells=tuple(cells), notices=tuple(notices))


def _known_cell(
    cell: Cell, theirs: Cell | None, assignment: Assignment, notices: list[str]
) -> Cell:
    released = assignment.release_sources.get(cell.grade_id, cell.source)
    if theirs is None:
        notices.append(f"cell {cell.grade_id} was missing and was put back")
        return _with_source(cell, released) if cell.role in _STUDENTS else cell
    if cell.role in _STUDENTS:
        if theirs.cell_type != cell.cell_type:
            notices.append(f"cell {cell.grade_id} was a {theirs.cell_type} cell")
        return _with_source(cell, theirs.source)
    if theirs.source != released:
        notices.append(f"cell {cell.grade_id} was edited; the instructor's text was used")
    return cell


def _added_cells(
    submission: Notebook, assignment: Assignment, notices: list[str]
) -> defaultdict[str, list[Cell]]:
    """The student's own cells, by the known cell that they stand behind."""
    known = {cell.grade_id: cell for cell in assignment.cells if cell.grade_id}
    lessons = {cell.id for cell in assignment.cells if not cell.grade_id}
    added: defaultdict[str, list[Cell]] = defaultdict(list)
    seen: set[str] = set()
    behind = _START
    for cell in submission.cells:
        if cell.grade_id in known:
            if cell.grade_id not in seen:
                seen.add(cell.grade_id)
                behind = cell.grade_id
                continue
            notices.append(f"cell {cell.grade_id} was there more than once")
            if known[cell.grade_id].role not in _STUDENTS:
                continue
        elif cell.role is Role.LESSON and cell.id in lessons and cell.id not in seen:
            seen.add(cell.id)
            behind = cell.id
            continue
        elif cell.grade_id:
            notices.append(f"cell {cell.grade_id} is not one of this assignment")
        added[behind].append(_own(cell))
    return added


def _own(cell: Cell) -> Cell:
    """A cell without any claim on points."""
    role = Role.FREE if cell.cell_type == "code" else Role.LESSON
    return Cell(id="", role=role, cell_type=cell.cell_type, source=cell.source)


def _with_source(cell: Cell, source: str) -> Cell:
    return msgspec.structs.replace(cell, source=source)
