"""Scores as tables that Canvas and Moodle import: plugins for `nbgrader export`.

    nbgrader export --exporter autograder.exporters.CanvasExporter --to canvas.csv

A table has a row for each student and a column for each section. It is new, or it is one that the
platform has exported (`template`), in which nothing changes but the cells of scores that we have.
An empty cell means "not graded" to both platforms, and so it does here; what the table cannot hold
is reported with its score.

The formats are those that Canvas's gradebook_importer.rb, and Moodle's gradeimport_csv and
assignfeedback_offline, read.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from nbgrader.plugins import ExportPlugin  # type: ignore[import-untyped]  # no py.typed
from traitlets import Dict, Enum, Unicode

from autograder.spreadsheet import harmless

BOM = b"\xef\xbb\xbf"

Row = list[str]


@dataclass(frozen=True)
class Section:
    """An assignment of which there are submissions."""

    name: str
    max_score: float


@dataclass(frozen=True)
class Person:
    """A student, and the score of every section that he or she has submitted."""

    id: str
    first_name: str
    last_name: str
    key: str  # by which the platform knows the student; empty if nobody has told
    scores: dict[str, float]

    def __str__(self) -> str:
        told = ", ".join(f"{name} {written(score)}" for name, score in self.scores.items())
        return f"{self.id} ({told})"


class PlatformExporter(ExportPlugin):  # type: ignore[misc]  # whose base is Any, too
    """What the exporters for all platforms share."""

    template = Unicode(
        "", help="A CSV file that the platform has exported, to be filled in; empty: a new table."
    ).tag(config=True)
    identifier = Enum(
        ("id", "lms_user_id", "email"),
        default_value="id",
        help="What the gradebook has of a student by which the platform knows the student, too.",
    ).tag(config=True)
    column = Unicode(
        "", help="The title of the platform's column that has the identifier; empty: the usual one."
    ).tag(config=True)
    columns = Dict(
        help="For each assignment the title of the platform's column, where the column has not the "
        "assignment's name in its title."
    ).tag(config=True)

    file: ClassVar[str]  # where to, unless told
    usual: ClassVar[dict[str, str]]  # the platform's columns, by identifier
    kept: ClassVar[tuple[str, ...]] = ()  # what a cell may say instead of a grade
    only: ClassVar[str] = ""  # the title that a column may have if it is the only one
    cuts: ClassVar[bool] = False  # whether the platform cuts what is above the maximum

    def export(self, gradebook: Any) -> None:
        """Write the scores of everybody, or of the students and assignments that were chosen."""
        sections, people = self._scores(gradebook)
        target = Path(self.to or self.file)
        try:
            data = self._filled(sections, people) if self.template else self._new(sections, people)
            target.write_bytes(data)
        except OSError as error:
            self._fail(f"{error.filename}: {error.strerror}. Mend that, then repeat.")
        self.log.info("Scores of %s in %s", ", ".join(each.name for each in sections), target)

    def new_table(self, sections: list[Section], people: list[Person]) -> list[Row]:
        """A table with its titles, as the platform has it."""
        raise NotImplementedError

    def maximum(self, header: Row, rows: list[Row], row: Row, index: int) -> str:
        """What a template says of the points of a row's cell at most; empty if nothing."""
        raise NotImplementedError

    def title(self, section: Section) -> str:
        """The title of a section's column in a new table."""
        return str(self.columns.get(section.name, section.name))

    @property
    def key_column(self) -> str:
        """The title of the column that has the identifier."""
        return str(self.column or self.usual[self.identifier])

    # --- What the gradebook has --------------------------------------------------------------

    def _scores(self, gradebook: Any) -> tuple[list[Section], list[Person]]:
        students = {each.id: each for each in gradebook.students}
        assignments = {each.name: each for each in gradebook.assignments}
        sections: list[Section] = []
        scores: dict[str, dict[str, float]] = {each: {} for each in students}
        for name in self._chosen("assignment", self.assignment, assignments):
            submissions = assignments[name].submissions
            waiting = sum(submission.needs_manual_grade for submission in submissions)
            if waiting:
                self.log.warning(
                    "%s: a person has yet to grade %d of %d", name, waiting, len(submissions)
                )
            if submissions:
                sections.append(Section(name, assignments[name].max_score))
            for each in submissions:  # as nbgrader's own exporter has it
                score = max(0.0, each.score - each.late_submission_penalty)
                scores[each.student_id][name] = score
        people = [
            Person(
                id=each,
                first_name=students[each].first_name or "",
                last_name=students[each].last_name or "",
                key=str(getattr(students[each], self.identifier) or ""),
                scores=scores[each],
            )
            for each in self._chosen("student", self.student, students)
        ]
        self._check(people)
        return sections, people

    def _chosen(self, kind: str, chosen: list[Any], known: dict[str, Any]) -> list[str]:
        wanted = [str(each) for each in chosen] or list(known)
        if unknown := [each for each in wanted if each not in known]:
            there = ", ".join(known) or "none"
            self._fail(f"the gradebook has no {kind} {', '.join(unknown)}. There are: {there}.")
        return wanted

    def _check(self, people: list[Person]) -> None:
        times = Counter(folded(person.key) for person in people if person.key)
        twice = [person.id for person in people if times[folded(person.key)] > 1]
        if twice:
            self._fail(
                f"several students have the same {self.identifier}: {', '.join(twice)}. Correct it "
                "with `nbgrader db student add`, then repeat."
            )

    # --- A new table ---------------------------------------------------------------------------

    def _new(self, sections: list[Section], people: list[Person]) -> bytes:
        known = [person for person in people if person.key]
        for person in people:
            if person.scores and not person.key:
                self.log.warning("%s has no %s and is not in the file", person, self.identifier)
        for section in sections:
            for person in known:
                self._check_maximum(person, section, section.max_score)
        return encoded(self.new_table(sections, known))

    def cells(self, sections: list[Section], person: Person) -> Row:
        """A person's scores in a new table."""
        return [
            written(person.scores[each.name]) if each.name in person.scores else ""
            for each in sections
        ]

    # --- The platform's own table ------------------------------------------------------------

    def _filled(self, sections: list[Section], people: list[Person]) -> bytes:
        data = Path(self.template).read_bytes()
        delimiter, rows = self._decoded(data)
        header = rows[0]
        key = self._index(header, self.key_column, "column")
        by_key = {folded(person.key): person for person in people if person.key}
        found = {id(row): by_key.get(folded(row[key])) for row in rows[1:]}
        for section in sections:
            index = self._column(header, section, len(sections))
            if index is not None:
                self._fill(section, header, rows, index, found)
        there = {person.id for person in found.values() if person}
        for person in people:
            if person.scores and person.id not in there:
                self.log.warning("%s is not in %s", person, self.template)
        newline = "\r\n" if b"\r\n" in data else "\n"
        bom = BOM if data.startswith(BOM) else b""
        return bom + encoded(rows, delimiter=delimiter, lineterminator=newline)

    def _decoded(self, data: bytes) -> tuple[str, list[Row]]:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self._fail(f"{self.template} is not UTF-8. Export it as that, then repeat.")
        header = text.partition("\n")[0]
        delimiter = max(",;\t", key=header.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        if not rows:
            self._fail(f"{self.template} is empty. Export it again, then repeat.")
        width = max(len(row) for row in rows)
        return delimiter, [row + [""] * (width - len(row)) for row in rows]

    def _index(self, header: Row, title: str, setting: str) -> int:
        titles = [each.strip() for each in header]
        if title not in titles:
            self._fail(
                f"{self.template} has no column {title!r}. It has {', '.join(titles)}. Set "
                f"c.{type(self).__name__}.{setting} to the right one, then repeat."
            )
        return titles.index(title)

    def _column(self, header: Row, section: Section, count: int) -> int | None:
        """Where a section's scores go; None if the template has no column for them."""
        if section.name in self.columns:
            return self._index(header, self.columns[section.name], "columns")
        name = re.compile(rf"(?<!\w){re.escape(section.name)}(?!\w)")
        fitting = [index for index, title in enumerate(header) if name.search(title)]
        if not fitting and count == 1 and self.only in header:
            return header.index(self.only)
        if len(fitting) > 1:
            titles = ", ".join(header[index] for index in fitting)
            self._fail(
                f"{self.template} has several columns for {section.name}: {titles}. Set "
                f"c.{type(self).__name__}.columns to the right one, then repeat."
            )
        if not fitting:
            self.log.warning("%s has no column for %s", self.template, section.name)
            return None
        return fitting[0]

    def _fill(
        self,
        section: Section,
        header: Row,
        rows: list[Row],
        index: int,
        found: dict[int, Person | None],
    ) -> None:
        others = set()
        for row in rows[1:]:
            person = found[id(row)]
            if person is None or section.name not in person.scores:
                continue
            if row[index].strip() in self.kept:
                self.log.warning("%s has %s in %s, which stays", person, row[index], self.template)
                continue
            maximum = number(self.maximum(header, rows, row, index))
            if maximum is not None and maximum != section.max_score:
                others.add(maximum)
            self._check_maximum(person, section, section.max_score if maximum is None else maximum)
            row[index] = written(person.scores[section.name])
        for other in others:
            self.log.warning(
                "%s has %s points, but %s in %s: the scores are not converted",
                section.name,
                written(section.max_score),
                written(other),
                self.template,
            )

    def _check_maximum(self, person: Person, section: Section, maximum: float) -> None:
        if self.cuts and person.scores.get(section.name, 0.0) > maximum:
            self.log.warning(
                "%s has more than the %s points of %s, which the platform may not take",
                person,
                written(maximum),
                section.name,
            )

    def _fail(self, message: str) -> NoReturn:
        """End as nbgrader's commands do."""
        self.log.error(message)
        raise SystemExit(1)


class CanvasExporter(PlatformExporter):
    """A table for Canvas: Grades, Import."""

    file = "canvas.csv"
    usual: ClassVar = {"id": "SIS Login ID", "lms_user_id": "ID", "email": "SIS Login ID"}
    kept = ("EX", "N/A")

    def new_table(self, sections: list[Section], people: list[Person]) -> list[Row]:
        """Canvas looks at these columns for students, one after the other, then at the name."""
        titles = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        if self.key_column not in titles[1:4]:
            self._fail(f"Canvas knows students by {', '.join(titles[1:4])}; `column` is another.")
        at = titles.index(self.key_column)
        rows = [[*titles, *map(self.title, sections)]]
        rows += [["    Points Possible", "", "", "", "", *(written(s.max_score) for s in sections)]]
        for person in people:
            name = ", ".join(filter(None, (person.last_name, person.first_name))) or person.id
            row = [harmless(name), "", "", "", "", *self.cells(sections, person)]
            row[at] = person.key
            rows.append(row)
        return rows

    def maximum(self, header: Row, rows: list[Row], row: Row, index: int) -> str:
        """Of the row that has the points of all assignments."""
        return next((each[index] for each in rows if "Points Possible" in each[0]), "")


class MoodleExporter(PlatformExporter):
    """A table for Moodle: Grades, Import; or an assignment's offline grading worksheet."""

    file = "moodle.csv"
    usual: ClassVar = {"id": "Username", "lms_user_id": "ID number", "email": "Email address"}
    only = "Grade"
    cuts = True

    def new_table(self, sections: list[Section], people: list[Person]) -> list[Row]:
        """Moodle asks which column is what; the titles are its own words, so that it is plain."""
        rows = [[self.key_column, "First name", "Last name", *map(self.title, sections)]]
        for person in people:
            names = harmless(person.first_name), harmless(person.last_name)
            rows.append([person.key, *names, *self.cells(sections, person)])
        return rows

    def maximum(self, header: Row, rows: list[Row], row: Row, index: int) -> str:
        """Of the worksheet's column; Moodle's other tables have none."""
        titles = [title.casefold() for title in header]
        return row[titles.index("maximum grade")] if "maximum grade" in titles else ""


def encoded(rows: list[Row], **dialect: Any) -> bytes:
    """The table as a file."""
    text = io.StringIO(newline="")
    csv.writer(text, **({"lineterminator": "\n"} | dialect)).writerows(rows)
    return text.getvalue().encode()


def written(score: float) -> str:
    """A score as both platforms read it, with the digits that Moodle keeps."""
    return f"{score:.5f}".rstrip("0").rstrip(".")


def number(text: str) -> float | None:
    """What a cell says, with a decimal comma or point; None if that is no number."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def folded(key: str) -> str:
    """An identifier as it is compared: people write an address in capitals or not."""
    return key.strip().casefold()
