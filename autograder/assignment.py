"""What grading needs to know of a section: plain data that travels to any process."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from autograder import markers, notebook
from autograder.notebook import Cell, Notebook, Role


class Stubs(msgspec.Struct, frozen=True, kw_only=True):
    """What students find in place of a solution; the defaults are nbgrader's."""

    code: str = "# YOUR CODE HERE\nraise NotImplementedError()"
    text: str = "YOUR ANSWER HERE"


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """A section as the instructor wrote it, with what students were given of it.

    `cells` have solutions and hidden tests. `release_sources` and `release_checksums` have, for
    every cell with a grade_id, the text that students get and nbgrader's checksum of it. `sha256`
    changes whenever anything here does that points may depend on: anything but the lesson's text
    and `bank`, the section's `answers.py`, which a wrong answer is diagnosed with.
    """

    name: str
    cells: tuple[Cell, ...]
    metadata: dict[str, Any]
    release_sources: dict[str, str]
    release_checksums: dict[str, str]
    files: dict[str, bytes]
    sha256: str
    bank: bytes = b""

    @property
    def exercises(self) -> list[str]:
        """The grade_ids of the solution cells, in order: the functions that students write."""
        return [cell.grade_id for cell in self.cells if cell.role is Role.SOLUTION]

    @property
    def tests(self) -> list[Cell]:
        """The test cells, in order."""
        return [cell for cell in self.cells if cell.role is Role.TEST]

    @property
    def written(self) -> list[Cell]:
        """The cells that a person grades, in order."""
        return [cell for cell in self.cells if cell.role is Role.WRITTEN]

    @property
    def max_score(self) -> float:
        """The points of all test cells; written answers come on top."""
        return sum(cell.points for cell in self.tests)


def assemble(
    name: str, source: Notebook, files: dict[str, bytes], stubs: Stubs, bank: bytes = b""
) -> Assignment:
    """The assignment that a source notebook, its data files and its bank of answers make."""
    tracked = [cell for cell in source.cells if cell.grade_id]
    released = {cell.grade_id: release_text(cell, stubs) for cell in tracked}
    checksums = {
        cell.grade_id: notebook.checksum(
            msgspec.structs.replace(cell, source=released[cell.grade_id])
        )
        for cell in tracked
    }
    graded = [cell for cell in source.cells if cell.role is not Role.LESSON]
    content = (name, graded, source.metadata, released, files)
    return Assignment(
        name=name,
        cells=source.cells,
        metadata=source.metadata,
        release_sources=released,
        release_checksums=checksums,
        files=files,
        sha256=hashlib.sha256(msgspec.msgpack.encode(content, order="sorted")).hexdigest(),
        bank=bank,
    )


def release_text(cell: Cell, stubs: Stubs) -> str:
    """What students get of a cell: nbgrader's ClearSolutions, -HiddenTests and -MarkScheme."""
    stub = stubs.code if cell.cell_type == "code" else stubs.text
    text = markers.replaced(cell.source, markers.SOLUTION, stub)
    is_solution = cell.metadata.get("nbgrader", {}).get("solution") is True
    if is_solution and not markers.regions(cell.source, markers.SOLUTION):
        text = stub
    return markers.replaced(markers.replaced(text, markers.HIDDEN_TESTS), markers.MARK_SCHEME)
