"""Seconds a submission, side by side in one run: ours, nbgrader's, and the cells bare.

The submissions are the reference solutions. All figures are what one more submission costs in a
batch, on one worker; starting up is measured apart.

    ours      `autograder grade`'s own code: sandbox, tests, gradebook, files
    nbgrader  `nbgrader autograde`: a batch of two minus a batch of one
    bare      the cells that grading needs, run by `exec` in one warm process

What grading adds is all but the last; `overhead_times_smaller` is (nbgrader - bare)/(ours - bare).

nbgrader runs every cell; ours leaves out those that only draw. Hence a fourth figure: nbgrader on
the same course without its drawing cells, where all three run the same cells.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.answers import reference
from autograder.assignment import Assignment
from autograder.batch import grade_section
from autograder.cli import options_for
from autograder.course import CONFIG, Course
from autograder.grade import close_sandbox, warm_sandbox
from autograder.markers import SOLUTION, unwrapped
from autograder.notebook import DEMO_TAG, Role
from autograder.workers import InThisProcess

ROUNDS = 3
BARE_RUNS = 10


def main() -> int:
    """Measure all sections; a table, and one JSON line."""
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder:
        whole = _copy(Course.find(), Path(folder, "whole"))
        plain = _without_drawing(whole, Path(folder, "plain"))
        rows = [_measure(whole, plain, section) for section in whole.sections()]
    _print(rows)
    return 0


def _measure(whole: Course, plain: Course, section: str) -> dict[str, Any]:
    """One section, in rounds of all four, so that the machine's moods meet all of them."""
    assignment = whole.assignment(section)
    ours, theirs, theirs_plain = (_Batches(course, section) for course in (whole, whole, plain))
    startup = _seconds(lambda: warm_sandbox(options_for(whole, [section])))
    ours.marginal(_grade, 1, 2)  # imports, first pages: what only the first submission costs
    times: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        times["bare_seconds"].append(_bare(assignment))
        times["ours_seconds"].append(ours.marginal(_grade, 2, 12))
        times["nbgrader_seconds"].append(theirs.marginal(_autograde, 1, 2))
        times["nbgrader_without_drawing_seconds"].append(theirs_plain.marginal(_autograde, 1, 2))
        print(
            section, {name: round(taken[-1], 3) for name, taken in times.items()}, file=sys.stderr
        )
    close_sandbox()
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    counts = {"section": section, "test_cells": len(assignment.tests)}
    return counts | {"startup_seconds": startup} | medians


class _Batches:
    """Batches of one submission under ever new names, graded in one course."""

    def __init__(self, course: Course, section: str) -> None:
        self._course, self._section = course, section
        self._notebook = reference(course.assignment(section))
        self._count = 0

    def marginal(self, grade: Callable[[Course, str], object], few: int, more: int) -> float:
        """What one more submission costs: the larger batch minus the smaller."""
        return (-self._timed(grade, few) + self._timed(grade, more)) / (more - few)

    def _timed(self, grade: Callable[[Course, str], object], count: int) -> float:
        shutil.rmtree(self._course.submitted_dir, ignore_errors=True)
        for _ in range(count):
            self._count += 1
            folder = self._course.submitted_dir / f"student{self._count}" / self._section
            folder.mkdir(parents=True)
            (folder / f"{self._section}.ipynb").write_bytes(self._notebook)
        return _seconds(lambda: grade(self._course, self._section))


def _grade(course: Course, section: str) -> None:
    grade_section(course, section, options_for(course, [section]), InThisProcess())


def _autograde(course: Course, section: str) -> None:
    _nbgrader(course, "autograde", section)


def _bare(assignment: Assignment) -> float:
    cells = [
        compile(unwrapped(cell.source, SOLUTION), cell.grade_id, "exec")
        for cell in assignment.cells
        if cell.cell_type == "code" and cell.role not in (Role.WRITTEN, Role.DEMO)
    ]

    def run() -> None:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for cell in cells:
            exec(cell, namespace)

    run()  # imports
    return statistics.median(_seconds(run) for _ in range(BARE_RUNS))


def _copy(course: Course, folder: Path) -> Course:
    """The course in a folder of its own, ready for nbgrader."""
    for name in (course.source_dir.name, course.solutions_dir.name):
        shutil.copytree(course.root / name, folder / name)
    shutil.copy(course.root / CONFIG, folder)
    copied = Course(folder)
    for section in copied.sections():
        _nbgrader(copied, "generate_assignment", section)
    return copied


def _without_drawing(course: Course, folder: Path) -> Course:
    """A copy of the course whose notebooks have no cells that only draw."""
    import jupytext

    shutil.copytree(course.root, folder)
    for text in folder.glob("source/*/*.py"):
        notebook = jupytext.read(text)
        notebook.cells = [
            cell for cell in notebook.cells if DEMO_TAG not in cell.metadata.get("tags", [])
        ]
        jupytext.write(notebook, text, fmt="py:percent")
        _nbgrader(Course(folder), "generate_assignment", text.stem)
    return Course(folder)


def _nbgrader(course: Course, verb: str, section: str) -> None:
    command = [sys.executable, "-m", "nbgrader", verb, section, "--force"]
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=course.root, check=True, stdout=quiet, stderr=quiet)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print(rows: list[dict[str, Any]]) -> None:
    columns = ("ours", "nbgrader", "nbgrader_without_drawing", "bare")
    print(
        "{:24}{:>10}{:>12}{:>18}{:>10}".format(
            "seconds a submission", *columns[:2], "w/o drawing", "bare"
        )
    )
    for row in rows:
        ours, nbgrader, plain, bare = (row[f"{column}_seconds"] for column in columns)
        print(f"{row['section']:24}{ours:>10.3f}{nbgrader:>12.2f}{plain:>18.2f}{bare:>10.3f}")
    mean = {
        name: statistics.mean(row[name] for row in rows) for name in rows[0] if name != "section"
    }
    ours, nbgrader, plain, bare = (mean[f"{column}_seconds"] for column in columns)
    closing = {f"{column}_seconds": round(mean[f"{column}_seconds"], 4) for column in columns} | {
        "times_faster_than_nbgrader": round(nbgrader / ours, 1),
        "overhead_times_smaller": round((nbgrader - bare) / (ours - bare), 1),
        "overhead_times_smaller_without_drawing": round((plain - bare) / (ours - bare), 1),
        "overhead_ms_per_test_cell": round(1e3 * (ours - bare) / mean["test_cells"], 2),
        "startup_seconds": round(mean["startup_seconds"], 2),
    }
    print(json.dumps(closing))


if __name__ == "__main__":
    raise SystemExit(main())
