"""The class at a glance, for whoever teaches it: `reports/SECTION.html` and two tables beside it.

The page is one file without scripts, which loads nothing. Students' names stand where something
happened to them and are folded away there, so that the page can be projected; code on it is
nameless. The tables have no names in them at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec
from jinja2 import Template

from autograder import autograded
from autograder.autograded import Mark, changed_since, marked
from autograder.collect import collect
from autograder.course import Course
from autograder.database import GradeSheet
from autograder.errors import GradebookError, SubmissionError
from autograder.gradebook import Gradebook
from autograder.item_analysis import Bin, CellItem, ClassAnalysis, GradedNotebook, analyse
from autograder.notebook import Role
from autograder.page import style, template
from autograder.results import Outcome
from autograder.spreadsheet import harmless
from autograder.visible import VisibleCell, visible_cells

WORDS = {  # short enough for a column
    Outcome.PASSED: "passed",
    Outcome.PARTIAL: "partly",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "error",
    Outcome.TIMEOUT: "too long",
    Outcome.CRASHED: "crashed",
}
PERMISSIONS = 0o640  # names are in it

CELLS = (
    "section", "exercise", "cell", "max_points", "students", "mean_share", "all_points",
    "some_points", "no_points", *Outcome, "set_by_hand", "to_review", "discrimination",
    "all_points_for",
)  # fmt: skip
MISCONCEPTIONS = ("section", "exercise", "misconception", "students", "hint", "sample")

Row = tuple[str | float | None, ...]


class ClassReport(msgspec.Struct, frozen=True, kw_only=True):
    """One section's report: where it is, what it says, and of whom it says nothing."""

    section: str
    analysis: ClassAnalysis
    ungraded: tuple[str, ...]  # handed in, but there is no graded notebook
    outdated: tuple[str, ...]  # handed in again since, or the section was changed
    absent: tuple[str, ...]  # handed nothing in
    problems: tuple[str, ...]  # why a graded notebook cannot be used
    files: tuple[str, ...] = ()  # the page, then the tables
    written: bool = False  # false where nothing had changed


def write_report(course: Course, section: str, folder: Path) -> ClassReport:
    """Write a section's report into a folder.

    Raises
    ------
    GradebookError
        If nothing of the section has been graded, or nothing that can be used, or if the gradebook
        cannot be read.
    """
    report = report_on(course, section)
    files = {
        folder / f"{section}.html": page(report),
        folder / f"{section}.csv": table(CELLS, cell_rows(report.analysis)),
        folder / f"{section}-misconceptions.csv": table(
            MISCONCEPTIONS, misconception_rows(report.analysis)
        ),
    }
    written = [autograded.put(path, data, PERMISSIONS) for path, data in files.items()]
    return msgspec.structs.replace(report, files=tuple(map(str, files)), written=any(written))


def report_on(course: Course, section: str) -> ClassReport:
    """What a section's report says. Raises as `write_report` does."""
    notebooks = autograded.notebooks(course, section)
    if not notebooks:
        raise autograded.nothing_graded(course, section)
    with Gradebook(course, create=False) as book:
        sheets, everybody = book.grade_sheets(section), book.students()
    assignment = course.assignment(section)
    submitted = {each.student: each for each in collect(course, section).submissions}
    graded, outdated, problems = [], [], []
    for student, path in notebooks.items():
        name = str(path.relative_to(course.root))
        try:
            mark, sheet = marked(path, name, sheets.get(student))
            cells = visible_cells(path.read_bytes(), name)
            graded.append(_graded(student, sheet, mark, cells))
            if changed_since(mark, assignment, submitted.get(student)):
                outdated.append(student)
        except SubmissionError as error:
            problems.append(str(error))
    if not graded:
        raise GradebookError("\n".join(problems))
    handed_in = submitted.keys() | sheets.keys() | notebooks.keys()
    return ClassReport(
        section=section,
        analysis=analyse(assignment, graded, total_cpu_seconds=course.settings().total_cpu_seconds),
        ungraded=tuple(sorted(handed_in - notebooks.keys())),
        outdated=tuple(outdated),
        absent=tuple(sorted({*everybody} - handed_in)),
        problems=tuple(problems),
    )


def _graded(
    student: str, sheet: GradeSheet, mark: Mark, cells: list[VisibleCell]
) -> GradedNotebook:
    """What is needed of a notebook; its pictures are not."""
    return GradedNotebook(
        student=student,
        sheet=sheet,
        mark=mark,
        told={visible.cell.grade_id: visible.told for visible in cells if visible.told},
        codes={v.cell.grade_id: v.cell.source for v in cells if v.cell.role is Role.SOLUTION},
    )


# --- In words -----------------------------------------------------------------------------------


def advice(report: ClassReport) -> Iterator[str]:
    """What an instructor should look at, in a sentence or two each; names of cells in backticks."""
    cells, number = report.analysis.cells, report.section.partition("_")[0]
    if nobodys := [cell for cell in cells if cell.separates_nobody == "nobody"]:
        yield (
            f"Nobody has all points of {_listed(nobodys)}: too hard, or a broken test. Read some "
            f"answers beside the test's message, and let `autograder verify {number}` say whether "
            "right answers pass. If they do, the lesson has something to add."
        )
    if everybodys := [cell for cell in cells if cell.separates_nobody == "everybody"]:
        yield (
            f"Everybody has all points of {_listed(everybodys)}: no information on who can do "
            "what. Good as a first step; a test may ask for more."
        )
    if against := [cell for cell in cells if (cell.discrimination or 0) < 0]:
        yield (
            f"Those who pass {_listed(against)} have fewer points elsewhere. That may be chance, "
            "or the test rewards a wrong idea: read answers that pass it."
        )
    yield from _undone(report, number)


def _undone(report: ClassReport, number: str) -> Iterator[str]:
    """What has to be done before these numbers are those of the class."""
    if waiting := report.analysis.to_review:
        yield (
            f"{_many(waiting, 'answer waits', 'answers wait')} for a person, in formgrader. Until "
            "then the points are missing from the scores."
        )
    if count := len(report.ungraded):
        yield (
            f"{_many(count, 'student has', 'students have')} handed in and no graded notebook: run "
            f"`autograder grade {number}`, then repeat."
        )
    if count := len(report.outdated):
        yield (
            f"Since grading, {_many(count, 'notebook', 'notebooks')} or the section changed: run "
            f"`autograder grade {number}`, then repeat."
        )
    if count := report.analysis.untold:
        yield (
            f"{_many(count, 'notebook was', 'notebooks were')} graded before time and remarks were "
            f"kept: `autograder grade {number} --again` brings them."
        )
    yield from report.problems


def _listed(cells: list[CellItem]) -> str:
    names = [f"`{cell.grade_id}`" for cell in cells]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


# --- The page -----------------------------------------------------------------------------------


def page(report: ClassReport) -> bytes:
    """The page; the same report always gives the same bytes."""
    found = report.analysis
    happened = {outcome for cell in found.cells for outcome, n in cell.outcomes.items() if n}
    text = _template().render(
        report=report,
        found=found,
        advice=list(advice(report)),
        outcomes=[outcome for outcome in Outcome if outcome in happened],
        words=WORDS,
        count=found.scores.count,
        tallest=max(each.count for each in found.bins),
        top=max(found.bins[-1].high, 1e-9),
        edges=_edges(found.bins),
        style=style("class_report.css"),
    )
    return text.encode("utf-8", "replace")


def _edges(bins: Sequence[Bin]) -> list[float]:
    """What the axis is labelled with: every edge, as long as there is room before the last."""
    width, last = bins[0].high - bins[0].low, bins[-1]
    narrow = len(bins) > 1 and last.high - last.low < width / 2
    return [*(each.low for each in (bins[:-1] if narrow else bins)), last.high]


@cache
def _template() -> Template:
    filters: dict[str, Callable[..., str]] = {
        "duration": _duration, "many": _many, "percent": _percent, "points": _points,
        "seconds": _seconds, "signed": _signed,
    }  # fmt: skip
    return template("class_report.html", filters)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def _points(points: float) -> str:
    return f"{round(points, 2):g}"


def _signed(value: float | None) -> str:
    """With a real minus sign, and none for what rounds to zero."""
    return "–" if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"


def _duration(seconds: float) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return _many(int(seconds // length), unit, f"{unit}s")
    return _many(int(seconds), "second", "seconds")


# --- The tables ---------------------------------------------------------------------------------


def cell_rows(found: ClassAnalysis) -> Iterator[Row]:
    """A row for each cell that gives points; shares and discrimination with all their digits."""
    for cell in found.cells:
        yield (
            found.section,
            cell.exercise,
            cell.grade_id,
            cell.max_points,
            cell.success.count,
            cell.success.share,
            cell.success.full,
            cell.success.partial,
            cell.success.zero,
            *(cell.outcomes.get(outcome) for outcome in Outcome),
            cell.by_hand,
            cell.to_review,
            cell.discrimination,
            cell.separates_nobody,
        )


def misconception_rows(found: ClassAnalysis) -> Iterator[Row]:
    """A row for each misconception, those that most students share first."""
    for each in found.misconceptions:
        yield (
            found.section, each.exercise, each.mistake, each.students, each.hint, each.sample
        )  # fmt: skip


def table(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The CSV of some rows, in which no text is a formula to a spreadsheet.

    A text that begins as one has an apostrophe before it, which spreadsheets take for the sign of
    a text. Numbers stay as they are, and so does what has none, as an empty cell.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_as_text(each) for each in row] for row in rows)
    return file.getvalue().encode("utf-8", "replace")


def _as_text(cell: str | float | None) -> str | float | None:
    return harmless(cell) if isinstance(cell, str) else cell
