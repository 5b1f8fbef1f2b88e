"""What a student is told of one notebook: plain records, which `page` and `returned` write down.

Points are the gradebook's, so what a person has entered counts. Titles are the instructor's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from autograder.assignment import Assignment
from autograder.database import CellGrade, GradeSheet
from autograder.notebook import Cell, Role, exercise_of
from autograder.results import Outcome
from autograder.visible import (
    MAX_NAME,
    Told,
    VisibleCell,
    is_all_hidden,
    looks_at,
    picture_of,
    text_of,
)

WORDS = {
    Outcome.PASSED: "passed",
    Outcome.PARTIAL: "partly passed",
    Outcome.FAILED: "not passed",
    Outcome.ERROR: "ended with an error",
    Outcome.TIMEOUT: "took too long",
    Outcome.CRASHED: "crashed",
}
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
_REPR = re.compile(r"<[^<>]*>")  # what an object says of itself, of a figure for one


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An output: text, or a picture with `text` as its alternative."""

    text: str
    media: str = ""
    picture: str = ""  # base64


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A code cell and what it gave; `source` is empty where the lesson's is meant."""

    title: str
    source: str
    shown: tuple[Shown, ...]


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """A test cell. `source` is what may be seen of it: empty where all is hidden."""

    grade_id: str
    name: str
    looks_at: tuple[str, ...]
    source: str
    outcome: Outcome
    points: float
    max_points: float
    by_hand: bool
    message: str
    hint: str

    @property
    def words(self) -> str:
        """The outcome in words."""
        return WORDS[self.outcome]


class Part(msgspec.Struct, kw_only=True):
    """An exercise, or a question that is answered in words."""

    name: str
    title: str  # of the lesson that it belongs to
    points: float = 0.0
    max_points: float = 0.0
    extra_credit: float = 0.0
    by_hand: bool = False
    to_review: bool = False
    tests: list[Test] = []
    codes: list[Code] = []
    answer: str | None = None  # in words
    pictures: tuple[Shown, ...] = ()  # of the answer
    comment: str = ""

    @property
    def hints(self) -> list[str]:
        """What its wrong answers look like, each once."""
        return list(dict.fromkeys(test.hint for test in self.tests if test.hint))

    @property
    def words(self) -> str:
        """What became of it."""
        if self.to_review:
            return "waits for a person"
        if not self.tests:
            return "graded by a person" if self.by_hand else "left blank"
        passed = sum(test.outcome is Outcome.PASSED for test in self.tests)
        if passed == len(self.tests):
            return "all tests passed"
        return f"{passed} of {len(self.tests)} tests passed"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A student's feedback on a section."""

    section: str
    title: str
    student: str
    timestamp: datetime | None
    late_penalty: float
    parts: tuple[Part, ...]
    added: tuple[Code, ...]  # the student's own cells that stand before the first exercise
    demos: tuple[Code, ...]  # the lesson's cells that show something with the student's functions

    @property
    def score(self) -> float:
        """What counts, as nbgrader exports it."""
        return max(0.0, sum(part.points for part in self.parts) - self.late_penalty)

    @property
    def max_score(self) -> float:
        """Of all parts, those that wait for a person among them."""
        return sum(part.max_points for part in self.parts)

    @property
    def waiting(self) -> float:
        """The points that a person has yet to decide on."""
        return sum(part.max_points for part in self.parts if part.to_review)


def report_on(
    assignment: Assignment, student: str, cells: list[VisibleCell], sheet: GradeSheet
) -> Report:
    """The report on a graded notebook."""
    writing = _Writing(assignment, sheet)
    for visible in cells:
        writing.add(visible)
    return Report(
        section=assignment.name,
        title=title_of(assignment),
        student=student,
        timestamp=sheet.timestamp,
        late_penalty=sheet.late_penalty,
        parts=tuple(writing.parts.values()),
        added=tuple(writing.added),
        demos=tuple(writing.demos),
    )


def title_of(assignment: Assignment) -> str:
    """The first heading of a section."""
    return next(_headings(assignment.cells[0]), assignment.name)


def titles(assignment: Assignment) -> dict[str, str]:
    """The heading that each exercise and each question stands below; a question's is its own."""
    found, heading = {}, ""
    for cell in assignment.cells:
        if cell.role is Role.SOLUTION:
            found[cell.grade_id] = heading
        elif cell.role is Role.WRITTEN:
            is_known = heading in found.values()
            found[cell.grade_id] = f"{heading}: {cell.grade_id}" if is_known else heading
        others = [title for title in _headings(cell) if not title.startswith("Exercise")]
        heading = others[-1] if others else heading
    return found


def outcome_of(told: Told | None, points: float, most: float) -> Outcome:
    """What became of a test cell; where the notebook does not tell, its points do."""
    if told:
        return told.outcome
    if points >= most:
        return Outcome.PASSED
    return Outcome.PARTIAL if points else Outcome.FAILED


class _Writing:
    """A report while cell after cell is added to it."""

    def __init__(self, assignment: Assignment, sheet: GradeSheet) -> None:
        self.parts: dict[str, Part] = {}
        self.added: list[Code] = []
        self.demos: list[Code] = []
        self._exercises = assignment.exercises
        self._titles = titles(assignment)
        self._sheet = sheet
        self._codes = self.added  # where cells go that belong to nothing in particular

    def add(self, visible: VisibleCell) -> None:
        """The next cell of the notebook."""
        cell = visible.cell
        match cell.role:
            case Role.SOLUTION:
                self._part(cell).codes.append(_code("Your code", visible))
            case Role.TEST:
                self._test(visible)
            case Role.WRITTEN:
                part = self._part(cell)
                part.answer = cell.source
                part.pictures = tuple(_attached(cell))
                self._grade(cell)
            case Role.FREE:
                self._codes.append(_code("A cell that you added", visible))
            case Role.DEMO if visible.outputs and self._calls(cell):
                title = cell.grade_id.replace("-", " ").capitalize()
                self.demos.append(_code(title, visible, source=""))

    def _part(self, cell: Cell) -> Part:
        name = exercise_of(cell.grade_id, self._exercises)
        if name not in self.parts:
            title = self._titles.get(name, "")
            comment = self._sheet.comments.get(name, "")
            self.parts[name] = Part(name=name, title=title, comment=comment)
        self._codes = self.parts[name].codes
        return self.parts[name]

    def _grade(self, cell: Cell) -> CellGrade:
        """Count what the gradebook has of a cell."""
        part, grade = self._part(cell), self._sheet.grade(cell.grade_id)
        part.points += grade.score
        part.max_points += cell.points
        part.extra_credit += grade.extra_credit
        part.by_hand |= grade.by_hand
        part.to_review |= grade.to_review
        return grade

    def _test(self, visible: VisibleCell) -> None:
        cell, told = visible.cell, visible.told
        grade = self._grade(cell)
        part = self._part(cell)
        part.tests.append(
            Test(
                grade_id=cell.grade_id,
                name=cell.grade_id.removeprefix(part.name).strip("-_ ") or cell.grade_id,
                looks_at=tuple(looks_at(cell.source)),
                source="" if is_all_hidden(cell.source) else cell.source,
                outcome=outcome_of(told, grade.score, cell.points),
                points=grade.score,
                max_points=cell.points,
                by_hand=grade.by_hand,
                message=told.message if told else "",
                hint=told.diagnosis.hint if told and told.diagnosis else "",
            )
        )

    def _calls(self, cell: Cell) -> bool:
        """Whether an exercise's function is named in a cell."""
        return not set(self._exercises).isdisjoint(re.findall(r"\w+", cell.source))


def _code(title: str, visible: VisibleCell, source: str | None = None) -> Code:
    source = visible.cell.source if source is None else source
    shown = tuple(_shown(output, visible.cell) for output in visible.outputs)
    return Code(title=title, source=source, shown=shown)


def _shown(output: dict[str, Any], cell: Cell) -> Shown:
    text = text_of(output)
    picture = picture_of(output)
    if not picture:
        return Shown(text=text)
    if not text or _REPR.fullmatch(text):
        text = f"Output picture of cell {cell.grade_id or cell.id}"
    media, data = picture
    return Shown(text=text[:MAX_NAME], media=media, picture=data)


def _attached(cell: Cell) -> Iterator[Shown]:
    for name, kinds in cell.attachments.items():
        for media, data in kinds.items():
            yield Shown(text=f"Your picture {name[:MAX_NAME]}", media=media, picture=data)


def _headings(cell: Cell) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield from _HEADING.findall(cell.source)
