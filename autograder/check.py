"""For students: the visible tests of their own notebook, before they hand it in."""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec

from autograder import collect, notebook
from autograder.assignment import Assignment, Stubs, assemble
from autograder.course import Course, Section, walk
from autograder.errors import CourseError, SubmissionError
from autograder.grade import Options, grade_one
from autograder.notebook import Notebook, RawNotebook, Role
from autograder.results import SubmissionResult


def check_notebook(path: Path, options: Options) -> tuple[SubmissionResult, list[str]]:
    """Grade a notebook by its visible tests.

    Returns the result of the cells that test something, and the grade_ids of those whose tests
    are all hidden.

    Raises
    ------
    SubmissionError
        If the file cannot be read as a notebook with exercises.
    """
    data = collect.read_notebook(path)
    submission = notebook.read(data, str(path))
    section = _section(path)
    released, files = _released(section) if section else (submission, {})
    assignment, hidden = _visible(released, files, path.stem)
    if section and section.solution.is_file():
        assignment = _with_solutions(assignment, section)
        options = msgspec.structs.replace(options, diagnose=True)
    try:
        graded = grade_one(_without(hidden, data, submission), assignment, options, str(path))
    except CourseError as error:
        if section:
            raise
        advice = "Test cells stay as they were: copy it from the notebook that you were given."
        raise SubmissionError(f"{path}: {error}. {advice}") from error
    return graded.result, hidden


def _section(path: Path) -> Section | None:
    """The section that a notebook belongs to, if it lies in a course that has its release."""
    try:
        section = Course.find(path.parent).section(path.stem)
    except CourseError:
        return None
    return section if section.release.is_file() else None


def _released(section: Section) -> tuple[Notebook, dict[str, bytes]]:
    """The released notebook, and the files that students are given beside it."""
    read = notebook.read(section.release.read_bytes(), str(section.release))
    beside = walk(section.release_dir, (".*", "*.ipynb"))
    return read, {str(p.relative_to(section.release_dir)): p.read_bytes() for p in beside}


def _with_solutions(assignment: Assignment, section: Section) -> Assignment:
    """The assignment with the reference solutions, which tell wrong answers from right ones."""
    known = notebook.read(section.solution.read_bytes(), str(section.solution)).by_grade_id()
    cells = tuple(
        known.get(cell.grade_id, cell) if cell.role is Role.SOLUTION else cell
        for cell in assignment.cells
    )
    return msgspec.structs.replace(assignment, cells=cells, bank=section.bank())


def _visible(
    released: Notebook, files: dict[str, bytes], name: str
) -> tuple[Assignment, list[str]]:
    """The released notebook as an assignment of the test cells that say something."""
    hidden = [
        cell.grade_id
        for cell in released.cells
        if cell.role is Role.TEST and not _says_something(cell.source)
    ]
    cells = tuple(
        cell for cell in released.cells if cell.grade_id not in hidden or not cell.grade_id
    )
    visible = Notebook(cells=cells, metadata=released.metadata)
    return assemble(name, visible, files, Stubs()), hidden


def _without(hidden: list[str], data: bytes, submission: Notebook) -> bytes:
    """The student's file without the test cells of which only a comment is left."""
    raw = msgspec.json.decode(data, type=RawNotebook)
    pairs = zip(raw.cells, submission.cells, strict=True)
    raw.cells = [theirs for theirs, cell in pairs if cell.grade_id not in hidden]
    return msgspec.json.encode(raw)


def _says_something(source: str) -> bool:
    try:
        return bool(ast.parse(source).body)
    except SyntaxError:
        return True
