"""What a class's grades say of its students, and of the tests: plain records and pure functions.

Points are the gradebook's, so what a person has entered counts; outcomes, diagnoses and remarks are
those of the graded notebooks.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
import numpy as np

from autograder import outputs
from autograder.anonymous import anonymous
from autograder.assignment import Assignment
from autograder.autograded import Mark
from autograder.database import CellGrade, GradeSheet
from autograder.notebook import Cell, Role, exercise_of
from autograder.report import outcome_of, title_of, titles
from autograder.results import Outcome
from autograder.visible import Told

MEANINGFUL = 10  # students: of fewer, chance alone gives correlations of 0.65 and more
MAX_BINS = 12
MAX_TEXT = 300  # characters of one remark
_EXACT = 1e-9  # points that differ by less are the same: sums of decimal fractions
_NICE = (1.0, 2.0, 5.0, 10.0)


class GradedNotebook(msgspec.Struct, frozen=True, kw_only=True):
    """One student's: what the gradebook has of it, how it was graded, and what stands in it."""

    student: str
    sheet: GradeSheet
    mark: Mark
    told: dict[str, Told]  # by test cell
    codes: dict[str, str]  # by exercise


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """How many students have `low` points or more and fewer than `high`; the last has `high`."""

    low: float
    high: float
    count: int


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that lie somewhere: scores, or seconds. Quartiles are interpolated (R's type 7)."""

    count: int
    mean: float
    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float
    values: tuple[float, ...]  # sorted


class Success(msgspec.Struct, frozen=True, kw_only=True):
    """How many have all the points of something, some of them, or none; mean share of the points.

    Without anybody there is no share.
    """

    share: float | None
    full: int
    partial: int
    zero: int

    @property
    def count(self) -> int:
        """Of how many students."""
        return self.full + self.partial + self.zero


class CellItem(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that gives points: a test cell, or a question that is answered in words.

    Of a question, those who wait for a person count nowhere else, and there are no outcomes.
    """

    grade_id: str
    exercise: str
    max_points: float
    success: Success
    outcomes: dict[Outcome, int]
    by_hand: int
    to_review: int
    discrimination: float | None

    @property
    def separates_nobody(self) -> str:
        """`everybody` or `nobody` where that is who has all its points, else nothing."""
        full, count = self.success.full, self.success.count
        if not count or self.to_review or 0 < full < count:
            return ""
        return "everybody" if full else "nobody"


class Misconception(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong answer of the bank, how many have given it, and one of their functions, nameless."""

    exercise: str
    mistake: str
    hint: str
    students: int
    sample: str


class ExerciseItem(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise with its test cells; `failed` have a test that does not pass."""

    name: str
    title: str
    max_points: float
    success: Success
    failed: int
    diagnosed: int
    cells: tuple[CellItem, ...]
    misconceptions: tuple[Misconception, ...]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened while a student's notebook was graded, in the grader's words."""

    student: str
    text: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of what happened."""

    kind: str
    meaning: str
    remarks: tuple[Remark, ...]

    @property
    def students(self) -> list[str]:
        """To whom, each once."""
        return list(dict.fromkeys(remark.student for remark in self.remarks))


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A submission after its due date, and the points that this has cost."""

    student: str
    seconds: float
    penalty: float


class TimeUsed(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of the students' processes, of those notebooks that tell."""

    limit: float
    seconds: Distribution | None
    slowest: tuple[tuple[str, float], ...]  # students and seconds
    unknown: int


class ClassAnalysis(msgspec.Struct, frozen=True, kw_only=True):
    """A section's class."""

    section: str
    title: str
    max_score: float
    scores: Distribution
    bins: tuple[Bin, ...]
    exercises: tuple[ExerciseItem, ...]
    written: tuple[CellItem, ...]
    chance: float | None  # discrimination that chance gives to one cell in twenty, or more
    time: TimeUsed
    due: datetime | None  # the first of them, where students have others
    late: tuple[Late, ...]
    incidents: tuple[Incident, ...]
    untold: int  # notebooks that were graded before remarks were kept

    @property
    def cells(self) -> list[CellItem]:
        """All test cells, then the questions."""
        return [*(cell for each in self.exercises for cell in each.cells), *self.written]

    @property
    def misconceptions(self) -> list[Misconception]:
        """Of all exercises, those that most students share first."""
        found = [each for exercise in self.exercises for each in exercise.misconceptions]
        return sorted(found, key=lambda each: -each.students)

    @property
    def to_review(self) -> int:
        """How many answers wait for a person."""
        return sum(cell.to_review for cell in self.written)


def analyse(
    assignment: Assignment,
    graded: Sequence[GradedNotebook],
    *,
    total_cpu_seconds: float,
) -> ClassAnalysis:
    """The analysis of a class of at least one student.

    `total_cpu_seconds` is the limit for a notebook.
    """
    room = _Class(assignment, graded)
    scores = [score_of(each.sheet) for each in graded]
    most = sum(cell.points for cell in room.cells)
    return ClassAnalysis(
        section=assignment.name,
        title=title_of(assignment),
        max_score=most,
        scores=distribution(scores),
        bins=histogram(scores, most),
        exercises=tuple(room.exercises()),
        written=tuple(room.item(cell) for cell in room.cells if cell.role is Role.WRITTEN),
        chance=chance(len(graded)),
        time=_time_used(graded, total_cpu_seconds),
        due=min((each.sheet.due for each in graded if each.sheet.due), default=None),
        late=tuple(_late(graded)),
        incidents=tuple(_incidents(graded)),
        untold=sum(each.mark.notices is None for each in graded),
    )


def score_of(sheet: GradeSheet) -> float:
    """What counts, as nbgrader exports it."""
    return max(0.0, math.fsum(grade.score for grade in sheet.grades.values()) - sheet.late_penalty)


def distribution(values: Sequence[float]) -> Distribution:
    """Where the values lie, of which there is at least one."""
    lower, median, upper = np.percentile(values, (25, 50, 75)).tolist()
    return Distribution(
        count=len(values),
        mean=statistics.fmean(values),
        lowest=min(values),
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        highest=max(values),
        values=tuple(sorted(values)),
    )


def histogram(scores: Sequence[float], most: float) -> tuple[Bin, ...]:
    """At most 12 bins of one round width from 0 to the most points that there are.

    A width is 1, 2 or 5 times a power of ten, and as small as it may be. The last bin ends with the
    points, or with the highest score where extra credit goes beyond them, so it may be narrower.
    """
    top = max(most, *scores)
    if top <= 0:
        return (Bin(low=0, high=0, count=len(scores)),)
    power = 10.0 ** math.floor(math.log10(top / MAX_BINS))
    width = next(n * power for n in _NICE if top / (n * power) <= MAX_BINS + _EXACT)
    edges = [number * width for number in range(math.ceil(top / width - _EXACT))]
    # Counted by number, since 3 * 0.1 is more than 0.3.
    numbers = Counter(min(int(score / width + _EXACT), len(edges) - 1) for score in scores)
    return tuple(
        Bin(low=low, high=high, count=numbers[number])
        for number, (low, high) in enumerate(zip(edges, [*edges[1:], top], strict=True))
    )


def success(points: Sequence[float], most: float) -> Success:
    """How a class does where each can get that many points."""
    full = sum(each >= most - _EXACT for each in points)
    zero = sum(each <= _EXACT for each in points)
    share = math.fsum(points) / (len(points) * most) if points else None
    return Success(share=share, full=full, partial=len(points) - full - zero, zero=zero)


def discrimination(item: Sequence[float], rest: Sequence[float]) -> float | None:
    """The correlation of a cell's points with all other points, each sequence in students' order.

    For a cell that is passed or not, this is the point-biserial correlation

        r = (M_1 - M_0) / s * sqrt(p * (1 - p))

    where M_1 and M_0 are the mean of the rest among those who pass and those who do not, s its
    standard deviation and p the share of those who pass (Lord & Novick, Statistical Theories of
    Mental Test Scores, 1968, ch. 15). With partial points it is Pearson's r, of which the former is
    a case. The rest is the total without the cell, or the cell would be correlated with itself:
    corrected as Henrysson does (Psychometrika 28, 1963, 211-218; Crocker & Algina, Introduction to
    Classical and Modern Test Theory, 1986, ch. 14).

    None where either is the same for all students, since then there is no correlation, and for
    fewer than 10 students, of whom it would tell nothing.
    """
    if len(item) < MEANINGFUL or any(max(each) - min(each) <= _EXACT for each in (item, rest)):
        return None
    return statistics.correlation(item, rest)


def chance(count: int) -> float | None:
    """What a discrimination has to exceed lest it be chance, of so many students.

    Of cells that have nothing to do with the rest, one in twenty lies farther from 0 than
    2 / sqrt(n). None for fewer than 10 students.
    """
    return 2 / math.sqrt(count) if count >= MEANINGFUL else None


class _Class:
    """The students' points and what was found, cell by cell."""

    def __init__(self, assignment: Assignment, graded: Sequence[GradedNotebook]) -> None:
        self.cells = [cell for cell in (*assignment.tests, *assignment.written) if cell.points > 0]
        self._graded = graded
        self._names = assignment.exercises
        self._titles = titles(assignment)
        # The course's own words, the bank's among them, may stand in samples of code.
        course = (assignment.bank.decode(), *(cell.source for cell in assignment.cells))
        self._known = "\n".join(course)
        self._decided = [
            cell
            for cell in self.cells
            if not any(_waits(each.sheet.grade(cell.grade_id), cell) for each in graded)
        ]

    def exercises(self) -> Iterator[ExerciseItem]:
        """In the order of their tests."""
        tests: defaultdict[str, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            if cell.role is Role.TEST:
                tests[exercise_of(cell.grade_id, self._names)].append(cell)
        for name, cells in tests.items():
            yield self._exercise(name, cells)

    def item(self, cell: Cell) -> CellItem:
        """A cell's numbers."""
        grades = [each.sheet.grade(cell.grade_id) for each in self._graded]
        decided = [grade.score for grade in grades if not _waits(grade, cell)]
        return CellItem(
            grade_id=cell.grade_id,
            exercise=exercise_of(cell.grade_id, self._names),
            max_points=cell.points,
            success=success(decided, cell.points),
            outcomes=self._outcomes(cell),
            by_hand=sum(grade.by_hand for grade in grades),
            to_review=sum(grade.to_review for grade in grades),
            discrimination=self._discrimination(cell),
        )

    def _exercise(self, name: str, cells: list[Cell]) -> ExerciseItem:
        points = [
            math.fsum(each.sheet.grade(cell.grade_id).score for cell in cells)
            for each in self._graded
        ]
        most = math.fsum(cell.points for cell in cells)
        told = [
            [each.told[cell.grade_id] for cell in cells if cell.grade_id in each.told]
            for each in self._graded
        ]
        return ExerciseItem(
            name=name,
            title=self._titles.get(name, ""),
            max_points=most,
            success=success(points, most),
            failed=sum(any(t.outcome is not Outcome.PASSED for t in tests) for tests in told),
            diagnosed=sum(any(test.diagnosis for test in tests) for tests in told),
            cells=tuple(self.item(cell) for cell in cells),
            misconceptions=tuple(self._misconceptions(name, told)),
        )

    def _outcomes(self, cell: Cell) -> dict[Outcome, int]:
        if cell.role is Role.WRITTEN:
            return {}
        outcomes: Counter[Outcome] = Counter()
        for each in self._graded:
            points = each.sheet.grade(cell.grade_id).score
            outcomes[outcome_of(each.told.get(cell.grade_id), points, cell.points)] += 1
        return {outcome: outcomes[outcome] for outcome in Outcome}

    def _discrimination(self, cell: Cell) -> float | None:
        """Against all others but the questions that still wait for a person."""
        if cell not in self._decided:
            return None
        others = [other for other in self._decided if other is not cell]
        rest = [
            math.fsum(each.sheet.grade(other.grade_id).score for other in others)
            for each in self._graded
        ]
        return discrimination(
            [each.sheet.grade(cell.grade_id).score for each in self._graded], rest
        )

    def _misconceptions(self, exercise: str, told: list[list[Told]]) -> list[Misconception]:
        """Those that most students share first; `told` is by student."""
        shared: defaultdict[tuple[str, str], list[GradedNotebook]] = defaultdict(list)
        for each, tests in zip(self._graded, told, strict=True):
            for diagnosis in {test.diagnosis for test in tests if test.diagnosis}:
                shared[diagnosis.answer, diagnosis.hint].append(each)
        found = [
            Misconception(
                exercise=exercise,
                mistake=mistake,
                hint=hint,
                students=len(those),
                sample=self._sample(exercise, those),
            )
            for (mistake, hint), those in shared.items()
        ]
        return sorted(found, key=lambda each: (-each.students, each.mistake))

    def _sample(self, exercise: str, those: list[GradedNotebook]) -> str:
        """The shortest of their functions that may be shown; empty if none may."""
        ids = [each.student for each in self._graded]
        sources = sorted({each.codes.get(exercise, "") for each in those})
        samples = [anonymous(source, self._known, ids) for source in sources]
        return min(filter(None, samples), key=len, default="")


def _waits(grade: CellGrade, cell: Cell) -> bool:
    """Whether a question's points are not known yet."""
    return cell.role is Role.WRITTEN and grade.to_review


def _time_used(graded: Sequence[GradedNotebook], limit: float) -> TimeUsed:
    known = [(n.student, n.mark.cpu_seconds) for n in graded if n.mark.cpu_seconds is not None]
    slowest = sorted(known, key=lambda each: -each[1])[:5]
    return TimeUsed(
        limit=limit,
        seconds=distribution([seconds for _, seconds in known]) if known else None,
        slowest=tuple(slowest),
        unknown=len(graded) - len(known),
    )


def _late(graded: Sequence[GradedNotebook]) -> Iterator[Late]:
    for each in graded:
        sheet = each.sheet
        seconds = 0.0
        if sheet.timestamp and sheet.due:
            seconds = (sheet.timestamp - sheet.due).total_seconds()
        if seconds > 0 or sheet.late_penalty:
            yield Late(student=each.student, seconds=max(0.0, seconds), penalty=sheet.late_penalty)


# --- What happened ------------------------------------------------------------------------------

# A kind, what it means, and what the grader's remarks of this kind have in them: the first counts.
_KINDS = (
    (
        "broke the protocol",
        "Its process sent something that no honest process sends. Look at the notebook.",
        r"broke the protocol|MB of outputs|outputs that no notebook has",
    ),
    ("left processes", "Processes still ran at the end and were ended.", r"processes running"),
    ("wrote too much", "Files or output beyond the limit.", r"was ended for|outputs of more than"),
    (
        "ran out of time",
        "A cell, a test or the whole notebook used up its time.",
        r"seconds of CPU time|did not answer within|used up the notebook",
    ),
    (
        "crashed",
        "The process ended in the middle of a cell or a test.",
        r"ended its process|ended with Crash",
    ),
    (
        "tried what is forbidden",
        "A call that the sandbox refuses: files, other programs, the network.",
        r"ended with PermissionError|Read-only file system|is not available while grading",
    ),
    (
        "depends on chance",
        "A test gives another verdict with other random numbers. Look at both.",
        r"is flaky",
    ),
    (
        "edited tests",
        "A test or a given cell was changed. The instructor's text was used.",
        r"was edited, so",
    ),
    (
        "has an earlier release",
        "A test or a given cell has been mended since. The present text was used.",
        r"is of an earlier release",
    ),
    ("lacks cells", "Cells were missing and were put back.", r"was missing and was put back"),
    (
        "has other cells",
        "Cells that are there twice, changed in type or points, or from elsewhere.",
        r"more than once|other metadata|of another type|not one of this assignment",
    ),
    ("not diagnosed", "The bank of answers has a problem.", r"was not diagnosed"),
    ("own cell fails", "A cell outside the exercises ended with an error.", r"^cell .* ended with"),
    ("other", "", r""),
)


def _incidents(graded: Sequence[GradedNotebook]) -> Iterator[Incident]:
    """By kind, in the order of the table."""
    found: defaultdict[str, list[Remark]] = defaultdict(list)
    for each in graded:
        for text in _remarks(each):
            kind = next(kind for kind, _, pattern in _KINDS if re.search(pattern, text))
            found[kind].append(Remark(student=each.student, text=_short(text)))
    for kind, meaning, _ in _KINDS:
        if found[kind]:
            yield Incident(kind=kind, meaning=meaning, remarks=tuple(found[kind]))


def _remarks(graded: GradedNotebook) -> Iterator[str]:
    """The grader's notices, and what it says of tests that have no verdict."""
    yield from graded.mark.notices or ()
    for grade_id, told in graded.told.items():
        if told.outcome in (Outcome.TIMEOUT, Outcome.CRASHED):
            yield f"test {grade_id}: {told.message}"


def _short(text: str) -> str:
    """A line of it that can be read."""
    line = " ".join(outputs.plain(text).split())
    return line if len(line) <= MAX_TEXT else f"{line[:MAX_TEXT]}..."
