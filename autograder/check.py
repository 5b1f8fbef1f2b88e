"""For students: the visible tests of their own notebook, before they hand it in."""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec

from autograder import collect, notebook
from autograder.assignment import Assignment, Stubs, assemble
from autograder.course import Course
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
    released = _released(path)
    assignment, hidden = _visible(released or submission, path)
    try:
        graded = grade_one(_without(hidden, data, submission), assignment, options, str(path))
    except CourseError as error:
        if released:
            raise
        advice = "Test cells stay as they were: copy it from the notebook that you were given."
        raise SubmissionError(f"{path}: {error}. {advice}") from error
    return graded.result, hidden


def _released(path: Path) -> Notebook | None:
    """The release that this notebook was made from, if it lies in a course that has it."""
    try:
        course = Course.find(path.parent)
        release = course.section(path.stem).release
        return notebook.read(release.read_bytes(), str(release))
    except (CourseError, OSError):
        return None


def _visible(released: Notebook, path: Path) -> tuple[Assignment, list[str]]:
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
    return assemble(path.stem, visible, {}, Stubs()), hidden


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
