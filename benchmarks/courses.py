"""What is graded: copies of the course, whole or without some of its cells, and their classes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.answers import reference
from autograder.course import CONFIG, Course
from autograder.notebook import DEMO_TAG


def copy(course: Course, folder: Path) -> Course:
    """The course in a folder of its own."""
    for name in (course.source_dir.name, course.release_dir.name):
        shutil.copytree(course.root / name, folder / name)
    shutil.copy(course.root / CONFIG, folder)
    return Course(folder)


def without(leave_out: Callable[[Any], bool], course: Course, folder: Path) -> Course:
    """A copy of the course whose source lacks some cells."""
    import jupytext

    copied = copy(course, folder)
    for section in map(copied.section, copied.sections()):
        notebook = jupytext.read(section.text)
        notebook.cells = [cell for cell in notebook.cells if not leave_out(cell)]
        jupytext.write(notebook, section.text, fmt="py:percent")
    return copied


def only_draws(cell: Any) -> bool:
    """Whether ours leaves the cell out when grading."""
    return DEMO_TAG in cell.metadata.get("tags", [])


def is_test(cell: Any) -> bool:
    """Whether it is a test cell."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("grade") and not meta.get("solution"))


class Class:
    """Students who hand in the reference solutions, others each time."""

    def __init__(self, course: Course, section: str) -> None:
        self.course, self.section = course, section
        self._notebook = reference(course.assignment(section))
        self._count = 0

    def hand_in(self, count: int) -> None:
        """Put so many submissions where they are graded, in place of those that are there."""
        for folder in (self.course.submitted_dir, self.course.autograded_dir):
            shutil.rmtree(folder, ignore_errors=True)
        for _ in range(count):
            self._count += 1
            folder = self.course.submitted_dir / f"student{self._count}" / self.section
            folder.mkdir(parents=True)
            (folder / f"{self.section}.ipynb").write_bytes(self._notebook)
