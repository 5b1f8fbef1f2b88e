"""Lays a submission over its assignment: whose text counts for which cell.

Cells are matched by grade_id. The student's text counts in solution cells and written answers, the
instructor's in all others, whatever the submission says of them. The order is the assignment's;
cells that the student added follow the cell that they stood behind.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from autograder import notebook
from autograder.assignment import Assignment
from autograder.errors import SubmissionError
from autograder.notebook import Cell, Notebook, Role

MAX_NAMES = 20  # in one notice
_STUDENTS = frozenset({Role.SOLUTION, Role.WRITTEN})
_START = ""


class _Notices:
    """What was found, each with the cells that it was found of."""

    def __init__(self) -> None:
        self._found: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, what: str, cell: Cell) -> None:
        """Note something of a cell."""
        self._found[what].append(cell.grade_id)

    def told(self) -> tuple[str, ...]:
        """One sentence each."""
        return tuple(
            f"cell {which[0]} {what}"
            if len(which) == 1
            else f"{len(which)} cells: each {what}: {_listed(which)}"
            for what, which in self._found.items()
        )


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
    notices = _Notices()
    cells: list[Cell] = []
    added = _added_cells(submission, assignment, notices)
    texts = {c.id: c.source for c in submission.cells if c.role is Role.LESSON and c.id}
    cells += added[_START]
    for cell in assignment.cells:
        if cell.grade_id:
            cells.append(_known_cell(cell, given.get(cell.grade_id), assignment, notices))
        else:
            cells.append(_with_source(cell, texts.get(cell.id, cell.source)))
        cells += added[cell.grade_id or cell.id]
    return Overlay(cells=tuple(cells), notices=notices.told())


def _known_cell(cell: Cell, theirs: Cell | None, assignment: Assignment, notices: _Notices) -> Cell:
    released = assignment.release_sources.get(cell.grade_id, cell.source)
    if theirs is None:
        notices.add("was missing and was put back", cell)
        return _with_source(cell, released) if cell.role in _STUDENTS else cell
    if cell.role not in _STUDENTS and _is_as_released(theirs):
        if (theirs.source, theirs.points) != (released, cell.points):
            notices.add("is of an earlier release, so the present one was used", cell)
        return cell
    if theirs.cell_type != cell.cell_type:
        notices.add("was of another type", cell)
    elif theirs.role is not cell.role or theirs.points != cell.points:
        notices.add("had other metadata, so the instructor's were used", cell)
    if cell.role in _STUDENTS:
        return msgspec.structs.replace(cell, source=theirs.source, attachments=theirs.attachments)
    if theirs.source != released:
        notices.add("was edited, so the instructor's text was used", cell)
    return cell


def _is_as_released(cell: Cell) -> bool:
    """Whether it is what some release had, by the checksum that nbgrader puts into each."""
    return bool(cell.metadata["nbgrader"].get("checksum") == notebook.checksum(cell))


def _added_cells(
    submission: Notebook, assignment: Assignment, notices: _Notices
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
            notices.add("was there more than once", cell)
            if known[cell.grade_id].role not in _STUDENTS:
                continue
        elif cell.role is Role.LESSON and cell.id in lessons and cell.id not in seen:
            seen.add(cell.id)
            behind = cell.id
            continue
        elif cell.grade_id:
            notices.add("is not one of this assignment", cell)
        added[behind].append(_own(cell))
    return added


def _listed(names: list[str]) -> str:
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _own(cell: Cell) -> Cell:
    """A cell without any claim on points."""
    role = Role.FREE if cell.cell_type == "code" else Role.LESSON
    return Cell(
        id="",
        role=role,
        cell_type=cell.cell_type,
        source=cell.source,
        attachments=cell.attachments,
    )


def _with_source(cell: Cell, source: str) -> Cell:
    return msgspec.structs.replace(cell, source=source)
