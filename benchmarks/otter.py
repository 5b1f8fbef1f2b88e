"""A section as an assignment of Otter-Grader's that asks for the same as ours.

Each test cell becomes a test file in otter's exception format: it runs the cell's code in the
globals of the student's notebook. `otter generate` packs them. What is handed in is our notebook
without its test cells, for otter runs the tests itself, at the end of the notebook.

Otter gives a test all of its points or none: a number at the end of a cell, which is partial credit
with us, is not looked at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder import markers, notebook
from autograder.assignment import Assignment
from autograder.notebook import Cell
from benchmarks import commands

ZIP = "autograder.zip"
TEST_FILE = """\
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
cell = {source!r}


@test_case(points={points!r}, hidden={hidden!r})
def passes(env):
    exec(compile(cell, name, "exec"), dict(env))
"""


class OtterAssignment:
    """An assignment in a folder of its own, packed by `otter generate`."""

    def __init__(self, assignment: Assignment, folder: Path) -> None:
        self._assignment, self._folder = assignment, folder
        tests = {f"tests/{cell.grade_id}.py": _test_file(cell) for cell in assignment.tests}
        for name, data in (tests | assignment.files).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        nothing_else = ("--no-config", "--no-requirements", "--no-environment")
        self._otter("generate", *nothing_else, "--output-path", ZIP, *assignment.files)

    def run(self, handed_in: bytes) -> dict[str, float]:
        """The points of each test cell that `otter run` gives to a submission to us."""
        submitted = self._folder / f"{self._assignment.name}.ipynb"
        submitted.write_bytes(self._without_tests(handed_in))
        self._otter("run", "--no-logo", "--autograder", ZIP, submitted.name)
        results = json.loads((self._folder / "results.json").read_bytes())
        return {test["name"]: test["score"] for test in results["tests"] if "score" in test}

    def _without_tests(self, handed_in: bytes) -> bytes:
        tests = {cell.grade_id for cell in self._assignment.tests}
        read = json.loads(handed_in)
        kept = [cell for cell in read["cells"] if _grade_id(cell) not in tests]
        return notebook.write(kept, read["metadata"])

    def _otter(self, *arguments: str) -> None:
        commands.run("otter", *arguments, cwd=self._folder)


def _test_file(cell: Cell) -> bytes:
    hidden = bool(markers.regions(cell.source, markers.HIDDEN_TESTS))
    text = TEST_FILE.format(
        name=cell.grade_id, source=cell.source, points=cell.points, hidden=hidden
    )
    return text.encode()


def _grade_id(cell: dict[str, Any]) -> str | None:
    grade_id: str | None = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return grade_id
