"""Whose points another grading has changed, and why: found, kept and told.

A graded notebook carries what each test gave and which test that was, so a new result is compared
with the one that it replaces. What differs is kept in the new notebook, which appears whole or not
at all: however a run ends, no change is lost and none is found twice.

At the end of a run everything is told that `autograded/SECTION-changes.csv` does not have yet, be
it from a run that was cut off, and is put into that file.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder import autograded
from autograder.assignment import Assignment
from autograder.autograded import Change, Earned, Mark
from autograder.database import GradeSheet
from autograder.results import SubmissionResult

WHICH = ("graded", "student", "test", "before", "after")  # columns that tell changes apart,
MORE = ("why", "by_hand", "score_before", "score_after")  # and what else there is to say
PERMISSIONS = 0o644


class ScoreChange(Change, frozen=True, kw_only=True):
    """A change with what it means for the student's score.

    Scores are the notebook's: manual ones replace automatic ones, extra credit comes on top, and a
    penalty for being late has not been taken off.
    """

    section: str
    student: str
    by_hand: bool  # a person has given the points that count, so the score stays
    score_before: float  # before all changes that are told together
    score_after: float

    @property
    def costs(self) -> bool:
        """Whether the student loses points by it."""
        return not self.by_hand and _gain(self) < 0


def earned(assignment: Assignment, result: SubmissionResult) -> dict[str, Earned]:
    """What each test gave, by grade_id."""
    texts = {cell.grade_id: cell.source for cell in assignment.tests}
    return {
        cell.grade_id: Earned(
            points=float(cell.points),  # may be an int, which a file gives back as a float
            max_points=cell.max_points,
            sha256=hashlib.sha256(texts[cell.grade_id].encode()).hexdigest(),
        )
        for cell in result.cells
    }


def compared(mark: Mark, earlier: Mark | None) -> Mark:
    """A mark with all changes since the first grading; `earlier` is of the notebook it replaces."""
    if earlier is None or earlier.tests is None:
        return mark
    changes = (*earlier.changes, *_differences(earlier, mark))
    return msgspec.structs.replace(mark, changes=changes)


def table(folder: Path, section: str) -> Path:
    """The file of all changes that were told; `folder` is that of all students."""
    return folder / f"{section}-changes.csv"


def untold(folder: Path, section: str, students: Iterable[str]) -> dict[str, list[Change]]:
    """The changes that the graded notebooks have and the table has not, by student."""
    known, found = _known(table(folder, section)), {}
    for student in students:
        mark = autograded.read_mark(folder / student / section / f"{section}.ipynb")
        changes = mark.changes if mark else ()
        if new := [change for change in changes if _which(student, change) not in known]:
            found[student] = new
    return found


def with_scores(
    section: str, found: dict[str, list[Change]], sheets: dict[str, GradeSheet]
) -> list[ScoreChange]:
    """What changes mean for scores; students who lose points come first, each by name."""
    changes = [
        change
        for student, theirs in found.items()
        for change in _of_student(section, student, theirs, sheets[student])
    ]
    losing = {change.student for change in changes if change.costs}
    return sorted(changes, key=lambda change: (change.student not in losing, change.student))


def put(folder: Path, section: str, changes: Sequence[ScoreChange]) -> None:
    """Add changes to the table. Raises OSError."""
    path = table(folder, section)
    there = path.read_bytes() if path.exists() else _lines([(*WHICH, *MORE)])
    rows = _lines((*_which(change.student, change), *_more(change)) for change in changes)
    ending = b"" if there.endswith(b"\n") else b"\n"  # a person may have edited it
    # Other sections may be written at the same time, so the draft has a name of its own.
    autograded.put(path, there + ending + rows, PERMISSIONS, draft_name=f".{section}-changes.part")


def _differences(earlier: Mark, mark: Mark) -> Iterator[Change]:
    now = datetime.now(UTC).replace(microsecond=0)
    was, became = earlier.tests or {}, mark.tests or {}
    for name in became | was:
        before, after = was.get(name), became.get(name)
        change = Change(
            graded=now,
            test=name,
            before=before.points if before else None,
            after=after.points if after else None,
            why=_why(before, after, earlier, mark),
        )
        if _gain(change):
            yield change


def _why(before: Earned | None, after: Earned | None, earlier: Mark, mark: Mark) -> str:
    """Everything that was not as it was at the last grading."""
    reasons = list(_of_test(before, after))
    is_same_test = not reasons
    if earlier.submission_sha256 != mark.submission_sha256:
        reasons.append("another submission")
    if is_same_test and earlier.assignment_sha256 != mark.assignment_sha256:
        reasons.append("the section was changed elsewhere")
    if earlier.limits != mark.limits:
        reasons.append("other limits")
    if earlier.version != mark.version:
        reasons.append(f"autograder {mark.version} instead of {earlier.version}")
    return ", ".join(reasons) or "graded again"


def _of_test(before: Earned | None, after: Earned | None) -> Iterator[str]:
    if before is None:
        yield "the test is new"
    elif after is None:
        yield "the test was removed"
    else:
        if before.sha256 != after.sha256:
            yield "the test was mended"
        if before.max_points != after.max_points:
            yield f"the test gives {after.max_points:g} instead of {before.max_points:g} points"


def _of_student(
    section: str, student: str, changes: list[Change], sheet: GradeSheet
) -> Iterator[ScoreChange]:
    by_hand = {name for name, grade in sheet.grades.items() if grade.by_hand}
    score = sum(grade.score for grade in sheet.grades.values())
    gained = sum(_gain(change) for change in changes if change.test not in by_hand)
    for change in changes:
        yield ScoreChange(
            **msgspec.structs.asdict(change),
            section=section,
            student=student,
            by_hand=change.test in by_hand,
            score_before=score - gained,
            score_after=score,
        )


def _gain(change: Change) -> float:
    return (change.after or 0.0) - (change.before or 0.0)


def _known(path: Path) -> set[tuple[str, ...]]:
    """Which changes a table has; a spreadsheet may have saved it in a way of its own."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return {tuple(row[: len(WHICH)]) for row in csv.reader(io.StringIO(text, newline=""))}


def _which(student: str, change: Change) -> tuple[str, ...]:
    points = ["" if value is None else f"{value:g}" for value in (change.before, change.after)]
    return (f"{change.graded:%Y-%m-%d %H:%M:%S} UTC", student, change.test, *points)


def _more(change: ScoreChange) -> tuple[str, ...]:
    scores = (f"{score:g}" for score in (change.score_before, change.score_after))
    return (change.why, "yes" if change.by_hand else "no", *scores)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
