"""`otter run` on the zip that `autograder export otter` makes: one process a submission.

What is handed in is our notebook without its test cells: otter runs the tests itself, at the end of
the notebook, and nobody else runs them twice.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder import notebook, otter
from autograder.assignment import Assignment
from benchmarks import commands


class OtterAssignment:
    """An assignment in a folder of its own, packed by `otter generate`."""

    def __init__(self, assignment: Assignment, folder: Path) -> None:
        self._assignment, self._folder = assignment, folder
        self._packed = otter.export(assignment, folder)

    def run(self, handed_in: bytes) -> dict[str, float]:
        """The points of each test cell that `otter run` gives to a submission to us."""
        submitted = self._folder / f"{self._assignment.name}.ipynb"
        submitted.write_bytes(self._without_tests(handed_in))
        arguments = ("run", "--no-logo", "--autograder", str(self._packed), submitted.name)
        commands.run("otter", *arguments, cwd=self._folder)
        results = json.loads((self._folder / "results.json").read_bytes())
        return {test["name"]: test["score"] for test in results["tests"] if "score" in test}

    def _without_tests(self, handed_in: bytes) -> bytes:
        tests = {cell.grade_id for cell in self._assignment.tests}
        read = json.loads(handed_in)
        kept = [cell for cell in read["cells"] if _grade_id(cell) not in tests]
        return notebook.write(kept, read["metadata"])


def _grade_id(cell: dict[str, Any]) -> str | None:
    grade_id: str | None = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return grade_id
