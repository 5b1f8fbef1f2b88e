"""What a notebook and its cells mean to a grader: roles, ids and points.

Notebooks are read as hostile data: a size cap, strict decoding into typed records, and nothing
of nbformat's (its validation takes longer to import than a submission takes to grade).
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from typing import Any, Literal

import msgspec

from autograder.errors import SubmissionError

MAX_NOTEBOOK_BYTES = 20_000_000
MAX_CELLS = 2_000  # each costs time in the sandbox, even an empty one
MAX_CODE = 1_000_000  # characters of one cell
DEMO_TAG = "demo"
GRADE_ID = re.compile(r"[a-zA-Z0-9_\-]{1,128}")  # the width of nbgrader's column


class Role(StrEnum):
    """Why a cell is there."""

    LESSON = "lesson"  # text, the instructor's or the student's
    GIVEN = "given"  # locked code that later cells need
    DEMO = "demo"  # locked code that only draws or demonstrates
    SOLUTION = "solution"  # the student writes it, tests grade it
    TEST = "test"  # the instructor's; gives the points
    WRITTEN = "written"  # the student writes it, a person grades it
    FREE = "free"  # code that the student added


class RawCell(msgspec.Struct, omit_defaults=True):
    """A cell as the file has it."""

    cell_type: Literal["code", "markdown", "raw"]
    source: str | list[str]
    metadata: dict[str, Any] = {}
    id: str | None = None
    attachments: dict[str, Any] | None = None


class RawNotebook(msgspec.Struct):
    """A notebook as the file has it; unknown keys are dropped, stored outputs among them."""

    cells: list[RawCell]
    nbformat: int
    nbformat_minor: int = 0
    metadata: dict[str, Any] = {}


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell with its meaning. `grade_id` is empty for cells that nbgrader does not track."""

    id: str
    role: Role
    cell_type: str
    source: str
    metadata: dict[str, Any] = {}
    attachments: dict[str, Any] = {}  # pictures that were pasted into text
    grade_id: str = ""
    points: float = 0.0


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded notebook: cells in order, and the metadata of the whole."""

    cells: tuple[Cell, ...]
    metadata: dict[str, Any]

    def by_grade_id(self) -> dict[str, Cell]:
        """The first cell with each grade_id."""
        found: dict[str, Cell] = {}
        for cell in self.cells:
            if cell.grade_id:
                found.setdefault(cell.grade_id, cell)
        return found


def read(data: bytes, name: str) -> Notebook:
    """Decode a notebook file; `name` is what messages call it.

    Raises
    ------
    SubmissionError
        If the bytes are too many, not JSON, or not a notebook of format 4.
    """
    if len(data) > MAX_NOTEBOOK_BYTES:
        raise SubmissionError(
            f"{name}: {len(data) / 1e6:.0f} MB is more than a notebook may have "
            f"({MAX_NOTEBOOK_BYTES / 1e6:.0f} MB). Clear its outputs and submit it again."
        )
    try:
        raw = msgspec.json.decode(data, type=RawNotebook)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise SubmissionError(
            f"{name}: not a Jupyter notebook ({error}). Open it in JupyterLab, save it and submit "
            "the .ipynb file again."
        ) from error
    if raw.nbformat != 4:
        raise SubmissionError(
            f"{name}: notebook format {raw.nbformat}, expected 4. Open it in JupyterLab and save "
            "it again."
        )
    if len(raw.cells) > MAX_CELLS:
        raise SubmissionError(
            f"{name}: {len(raw.cells):,} cells are more than a notebook may have ({MAX_CELLS:,}). "
            "Delete those that are not yours in JupyterLab, save it and submit it again."
        )
    cells = tuple(_meaning(cell) for cell in raw.cells)
    longest = max((len(cell.source) for cell in cells if cell.cell_type == "code"), default=0)
    if longest > MAX_CODE:
        raise SubmissionError(
            f"{name}: {longest:,} characters of code in one cell are more than a cell may have "
            f"({MAX_CODE:,}). Move data into a file, save the notebook and submit it again."
        )
    return Notebook(cells=cells, metadata=raw.metadata)


def write(cells: list[dict[str, Any]], metadata: dict[str, Any]) -> bytes:
    """Encode cells (as nbformat has them) the way Jupyter writes a file: indented by one space."""
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return msgspec.json.format(msgspec.json.encode(notebook, order="sorted"), indent=1) + b"\n"


def checksum(cell: Cell) -> str:
    """nbgrader's checksum of a cell (`nbgrader.utils.compute_checksum`): changed or not?"""
    meta = cell.metadata.get("nbgrader", {})
    digest = hashlib.md5(usedforsecurity=False)
    fields = [cell.source, cell.cell_type, str(_flag(meta, "grade")), str(_flag(meta, "solution"))]
    fields += [str(is_locked(meta)), cell.grade_id]
    if _flag(meta, "grade"):
        fields.append(str(cell.points))
    for field in fields:
        digest.update(field.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def is_locked(meta: dict[str, Any]) -> bool:
    """Whether nbgrader restores the cell's text when grading."""
    if _flag(meta, "solution"):
        return False
    return _flag(meta, "grade") or _flag(meta, "locked")


def exercise_of(grade_id: str, exercises: list[str]) -> str:
    """The exercise that a test cell belongs to: `truncate-edges` belongs to `truncate`."""
    owners = [name for name in exercises if grade_id == name or grade_id.startswith(f"{name}-")]
    return max(owners, key=len, default=grade_id)


def _meaning(raw: RawCell) -> Cell:
    source = raw.source if isinstance(raw.source, str) else "".join(raw.source)
    source = source.encode("utf-8", "replace").decode()
    meta = raw.metadata.get("nbgrader")
    meta = meta if isinstance(meta, dict) else {}
    grade_id = meta.get("grade_id")
    return Cell(
        id=raw.id or "",
        role=_role(raw, meta),
        cell_type=raw.cell_type,
        source=source,
        metadata=raw.metadata,
        attachments=raw.attachments or {},
        grade_id=grade_id if isinstance(grade_id, str) and GRADE_ID.fullmatch(grade_id) else "",
        points=_points(meta),
    )


def _role(raw: RawCell, meta: dict[str, Any]) -> Role:
    grade, solution = _flag(meta, "grade"), _flag(meta, "solution")
    if (grade and solution) or _flag(meta, "task"):
        return Role.WRITTEN
    if raw.cell_type != "code":
        return Role.LESSON
    if grade:
        return Role.TEST
    if solution:
        return Role.SOLUTION
    if not meta:
        return Role.FREE
    tags = raw.metadata.get("tags")
    return Role.DEMO if isinstance(tags, list) and DEMO_TAG in tags else Role.GIVEN


def _flag(meta: dict[str, Any], key: str) -> bool:
    return meta.get(key) is True


def _points(meta: dict[str, Any]) -> float:
    points = meta.get("points", 0)
    return float(points) if type(points) in (int, float) and 0 <= points < 1e6 else 0.0
