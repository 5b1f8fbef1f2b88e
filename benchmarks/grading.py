"""Seconds a submission, side by side in one run: ours, nbgrader's, and the cells bare.

All three run the same cells: those that only draw are taken out of the course that nbgrader grades,
because our grader does not run them. The submissions are the reference solutions. All figures are
what one more submission costs in a batch, on one worker; starting up is measured apart.

    ours      `autograder grade`'s own code: sandbox, tests, gradebook, files
    nbgrader  `nbgrader autograde`: the longer of two batches minus the shorter
    bare      the cells run by `exec` in one warm process, without isolation, outputs or records

What grading adds is all but the last; `overhead_times_smaller` is (nbgrader - bare)/(ours - bare).
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
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
from autograder.release import build
from autograder.workers import InThisProcess

ROUNDS = 3
OURS_IN_A_BATCH = 10
BARE_RUNS = 10
NBGRADER_BATCHES = (1, 3)


def main() -> int:
    """Measure all sections; a table, and one JSON line."""
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder:
        course = _course_without_drawing(Course.find(), Path(folder))
        build(course)
        rows = [_measure(course, section) for section in course.sections()]
    _print(rows)
    return 0


def _measure(course: Course, section: str) -> dict[str, Any]:
    """One section: rounds of the three in turn, so that the machine's moods meet all of them."""
    assignment = course.assignment(section)
    submissions = _Submissions(course, assignment)
    startup = _seconds(lambda: warm_sandbox(options_for(course, [section])))
    subprocess.run(_nbgrader(course, "generate_assignment", section), check=True, **_QUIET)
    ours, nbgrader, bare = [], [], []
    for _ in range(ROUNDS):
        bare.append(_bare(assignment))
        ours.append(_ours(course, section, submissions))
        nbgrader.append(_by_nbgrader(course, section, submissions))
        print(f"{section}: bare {bare[-1]:.3f} s, ours {ours[-1]:.3f} s, nbgrader {nbgrader[-1]:.2f} s",
              file=sys.stderr)  # fmt: skip
    close_sandbox()
    return {
        "section": section,
        "test_cells": len(assignment.tests),
        "ours_seconds": statistics.median(ours),
        "nbgrader_seconds": statistics.median(nbgrader),
        "bare_seconds": statistics.median(bare),
        "startup_seconds": startup,
    }


class _Submissions:
    """Hands in the reference under ever new names, and takes it back."""

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self._course, self._section = course, assignment.name
        self._notebook = reference(assignment)
        self._count = 0

    def hand_in(self, count: int) -> None:
        """So many more students submit; those before are gone."""
        shutil.rmtree(self._course.submitted_dir, ignore_errors=True)
        for _ in range(count):
            self._count += 1
            folder = self._course.submitted_dir / f"student{self._count}" / self._section
            folder.mkdir(parents=True)
            (folder / f"{self._section}.ipynb").write_bytes(self._notebook)


def _ours(course: Course, section: str, submissions: _Submissions) -> float:
    def batch(count: int) -> float:
        submissions.hand_in(count)
        options = options_for(course, [section])
        return _seconds(lambda: grade_section(course, section, options, InThisProcess()))

    few = 2
    return (-batch(few) + batch(few + OURS_IN_A_BATCH)) / OURS_IN_A_BATCH


def _by_nbgrader(course: Course, section: str, submissions: _Submissions) -> float:
    def batch(count: int) -> float:
        submissions.hand_in(count)
        command = _nbgrader(course, "autograde", section)
        return _seconds(lambda: subprocess.run(command, check=True, **_QUIET))

    few, more = NBGRADER_BATCHES
    return (-batch(few) + batch(more)) / (more - few)


def _bare(assignment: Assignment) -> float:
    cells = [
        compile(unwrapped(cell.source, SOLUTION), cell.grade_id, "exec")
        for cell in assignment.cells
        if cell.cell_type == "code" and cell.role is not Role.WRITTEN
    ]

    def run() -> None:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for cell in cells:
            exec(cell, namespace)

    run()  # imports
    return statistics.median(_seconds(run) for _ in range(BARE_RUNS))


def _course_without_drawing(course: Course, folder: Path) -> Course:
    """A copy of the course whose notebooks have no cells that only draw."""
    import jupytext

    shutil.copy(course.root / CONFIG, folder)
    shutil.copytree(course.solutions_dir, folder / "solutions")
    for section in course.sections():
        notebook = jupytext.read(course.section(section).text)
        notebook.cells = [
            cell for cell in notebook.cells if DEMO_TAG not in cell.metadata.get("tags", [])
        ]
        text = folder / "source" / section / f"{section}.py"
        text.parent.mkdir(parents=True)
        jupytext.write(notebook, text, fmt="py:percent")
    return Course(folder)


def _nbgrader(course: Course, verb: str, section: str) -> list[str]:
    return [sys.executable, "-m", "nbgrader", verb, section, f"--course-dir={course.root}", "--force"]


_QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print(rows: list[dict[str, Any]]) -> None:
    header = ("section", "ours", "nbgrader", "bare", "times faster", "overhead smaller")
    print(("{:24}" + "{:>18}" * 5).format(*header))
    for row in rows:
        ours, nbgrader, bare = (row[f"{name}_seconds"] for name in ("ours", "nbgrader", "bare"))
        print(f"{row['section']:24}{ours:>16.3f} s{nbgrader:>16.2f} s{bare:>16.3f} s"
              f"{nbgrader / ours:>18.1f}{(nbgrader - bare) / (ours - bare):>18.1f}")  # fmt: skip
    total = {name: sum(row[name] for row in rows) for name in rows[0] if name != "section"}
    ours, nbgrader, bare = (total[f"{name}_seconds"] for name in ("ours", "nbgrader", "bare"))
    closing = {
        "ours_seconds": round(ours / len(rows), 4),
        "nbgrader_seconds": round(nbgrader / len(rows), 4),
        "bare_seconds": round(bare / len(rows), 4),
        "times_faster_than_nbgrader": round(nbgrader / ours, 1),
        "overhead_times_smaller": round((nbgrader - bare) / (ours - bare), 1),
        "overhead_ms_per_test_cell": round(1e3 * (ours - bare) / total["test_cells"], 2),
        "startup_seconds": round(total["startup_seconds"] / len(rows), 2),
    }
    print(json.dumps(closing))


if __name__ == "__main__":
    raise SystemExit(main())
