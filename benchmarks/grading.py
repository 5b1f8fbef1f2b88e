"""What grading costs, side by side in one run: ours, the peers', and the cells bare.

The submissions are the reference solutions. For each section:

    bare             the cells that grading needs, by `exec` in one warm process
    ours             `autograder grade`'s own code on one worker: sandbox, tests, gradebook, files
    no namespaces    the same on the second rung
    two workers      the same as ours on two workers
    loops            a loop in one process, and in two: no two workers can gain more than these
    keeping          the same without the grading: gradebook and files
    untested         ours for the section without its test cells; and so for `bare untested`
    nbgrader         `nbgrader autograde`
    otter            `otter run` on an equivalent assignment: one process a submission
    check, help      `autograder check` on one notebook, and `autograder --help`: whole processes

What is no whole process is what one more submission costs in a batch; starting up is measured
apart. A round measures all of this once, so that the machine's moods meet all of it; the peers,
whose seconds are many, are in the first round only. Figures are medians of the rounds, then means
of the sections. They compare within one run, and with no other.

`overhead_times_smaller` is (nbgrader - bare)/(ours - bare): what grading adds. Our part of it again
has two parts: `overhead_ms_a_submission` is untested - bare untested, what it costs to grade the
section if it had no test cell; the rest, divided by their number, is `overhead_ms_a_test_cell`.

nbgrader runs every cell, and ours leaves out those that only draw. Hence a second figure: nbgrader
on the course without its drawing cells, where all run the same cells. Otter is run on that alone.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import msgspec

from autograder.answers import blank, reference
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.grade import close_sandbox, warm_sandbox, warm_up
from autograder.sandbox.box import FULL, NO_NAMESPACES
from autograder.workers import InThisProcess, workers
from benchmarks import commands, courses, nbgrader, ours
from benchmarks.courses import Class
from benchmarks.otter import OtterAssignment

ROUNDS = 3
PEERS = ("nbgrader", "nbgrader_without_drawing", "otter")
RUNGS = {"ours": FULL, "ours_no_namespaces": NO_NAMESPACES}
LABELS = {
    "bare": "the cells alone",
    "ours": "autograder grade",
    "ours_no_namespaces": "  without namespaces",
    "two_workers": "  on two workers",
    "untested": "  without the test cells",
    "keeping": "  gradebook and files of it",
    "nbgrader": "nbgrader autograde",
    "nbgrader_without_drawing": "  without drawing cells",
    "otter": "otter run, without drawing cells",
    "check": "autograder check",
    "help": "autograder --help",
}
WANTED = {
    "overhead_times_smaller": "40 or more",
    "overhead_ms_a_test_cell": "below 4",
    "overhead_ms_a_submission": "below 15",
    "two_worker_speedup": "1.8 or more",
    "two_loop_speedup": "(the machine's)",
    "gradebook_and_files_share": "below 0.15",
    "check_seconds": "below 2.5",
    "help_seconds": "below 0.5",
}


def main() -> int:
    """Measure all sections; two tables, and one JSON line."""
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder, workers(2) as two:
        found = Course.find()
        copies = _Copies(found, Path(folder))
        rows = {name: _measured(copies, name, two) for name in found.sections()}
        close_sandbox()
    figures = _figures(list(rows.values()))
    _print_seconds(rows)
    _print_wanted(figures)
    print(json.dumps({name: float(f"{figure:.4g}") for name, figure in figures.items()}))
    return 0


class _Copies:
    """The courses that are graded."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.ours = courses.copy(course, folder / "ours")
        self.untested = courses.without(courses.is_test, course, folder / "untested")
        self.nbgrader = courses.copy(course, folder / "nbgrader")
        self.plain = courses.without(courses.only_draws, course, folder / "plain")
        self.otter = folder / "otter"
        nbgrader.prepare(self.nbgrader)
        nbgrader.prepare(self.plain)


def _measured(copies: _Copies, name: str, two: Executor) -> dict[str, float]:
    """Medians in seconds of all that is measured of a section, and how many test cells it has."""
    assignment = copies.ours.assignment(name)
    startup = _seconds(lambda: warm_sandbox(copies.ours.options([name])))
    measures = _measures(copies, name, two)
    times: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(ROUNDS):
        for figure, measure in measures.items():
            if not number or figure not in PEERS:
                times[figure].append(measure())
        latest = {figure: float(f"{taken[-1]:.3g}") for figure, taken in times.items()}
        print(name, latest, file=sys.stderr)
    medians = {figure: statistics.median(taken) for figure, taken in times.items()}
    return medians | {"startup": startup, "test_cells": len(assignment.tests)}


def _measures(copies: _Copies, name: str, two: Executor) -> dict[str, Callable[[], float]]:
    """All that is measured of a section, ready to be done again and again."""
    options = copies.ours.options([name])
    of_rung = {
        column: msgspec.structs.replace(options, strongest=rung) for column, rung in RUNGS.items()
    }
    for _ in range(2):
        two.submit(warm_up, options)
    students, untested = Class(copies.ours, name), Class(copies.untested, name)
    one = InThisProcess()
    assignment = copies.ours.assignment(name)
    finished = copies.ours.root / f"{name}.ipynb"
    finished.write_bytes(reference(assignment))
    return {
        "bare": partial(ours.bare, assignment),
        **{rung: partial(ours.marginal, students, each, one) for rung, each in of_rung.items()},
        "two_workers": partial(ours.marginal, students, options, two),
        "loop": partial(_loops, two, 1),
        "two_loops": partial(_loops, two, 2),
        "keeping": partial(ours.keeping, students, options),
        "untested": partial(ours.marginal, untested, options, one),
        "bare_untested": partial(ours.bare, copies.untested.assignment(name)),
        "check": partial(_autograder, "check", str(finished)),
        "help": partial(_autograder, "--help"),
        "nbgrader": partial(nbgrader.marginal, Class(copies.nbgrader, name)),
        "nbgrader_without_drawing": partial(nbgrader.marginal, Class(copies.plain, name)),
        "otter": _otter(copies.plain.assignment(name), copies.otter / name),
    }


def _otter(assignment: Assignment, folder: Path) -> Callable[[], float]:
    """What times `otter run`, once it has given nothing for the release; full points each time."""
    otter = OtterAssignment(assignment, folder)

    def run(handed_in: bytes, wanted: float) -> None:
        given = sum(otter.run(handed_in).values())
        if given != wanted:
            raise RuntimeError(f"otter gives {given:g} points, not {wanted:g}: {assignment.name}")

    run(blank(assignment), 0)
    return partial(_seconds, partial(run, reference(assignment), assignment.max_score))


def _figures(rows: list[dict[str, float]]) -> dict[str, float]:
    """What the closing line says."""
    mean = {name: statistics.fmean(row[name] for row in rows) for name in rows[0]}
    overhead = mean["ours"] - mean["bare"]
    once = mean["untested"] - mean["bare_untested"]
    without_drawing = mean["nbgrader_without_drawing"]
    seconds = {f"{name}_seconds": mean[name] for name in (*LABELS, "startup")}
    return seconds | {
        "times_faster_than_nbgrader": mean["nbgrader"] / mean["ours"],
        "times_faster_than_otter": mean["otter"] / mean["ours"],
        "overhead_times_smaller": (mean["nbgrader"] - mean["bare"]) / overhead,
        "overhead_times_smaller_without_drawing": (without_drawing - mean["bare"]) / overhead,
        "overhead_ms_per_test_cell": 1e3 * overhead / mean["test_cells"],
        "overhead_ms_a_test_cell": 1e3 * (overhead - once) / mean["test_cells"],
        "overhead_ms_a_submission": 1e3 * once,
        "two_worker_speedup": mean["ours"] / mean["two_workers"],
        "two_loop_speedup": 2 * mean["loop"] / mean["two_loops"],
        "gradebook_and_files_share": mean["keeping"] / mean["ours"],
    }


def _loops(two: Executor, count: int) -> float:
    """Loops that share nothing, side by side: what a second processor can give on this machine."""
    loops = [two.submit(_loop) for _ in range(count)]
    return _seconds(lambda: [loop.result() for loop in loops])


def _loop() -> int:
    return sum(number & 3 for number in range(10_000_000))


def _autograder(*arguments: str) -> float:
    return _seconds(lambda: commands.run("autograder", *arguments))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print_seconds(rows: dict[str, dict[str, float]]) -> None:
    print(f"{'seconds':36}" + "".join(f"{name.partition('_')[0]:>9}" for name in rows))
    for figure, label in LABELS.items():
        print(f"{label:36}" + "".join(f"{row[figure]:>9.3f}" for row in rows.values()))


def _print_wanted(figures: dict[str, float]) -> None:
    print(f"\n{'':36}{'here':>24}{'wanted':>24}")
    for name, wanted in WANTED.items():
        print(f"{name:36}{figures[name]:>24.3g}{wanted:>24}")


if __name__ == "__main__":
    raise SystemExit(main())
