"""Tells whose a downloaded file is, from what a learning platform has called it.

Only the outermost name is looked at, which the platform wrote: a member of the class's archive; or
the archive, where each is one student's. What stands behind the student's part of it, and in an
archive that a student has packed, is the student's choice and says nothing about students.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from autograder.archive import Archive, Member
from autograder.collect import TIMESTAMP, brief, parse_timestamp
from autograder.course import Course
from autograder.errors import CourseError, SubmissionError

_ARCHIVE = re.compile(r"(\.tar)?\.(zip|tar|tgz|tbz2?|txz|gz|bz2|xz|7z|rar)$", re.IGNORECASE)
# The first that fits counts. `number` tells students of one name apart.
_PLATFORMS = [
    re.compile(pattern)
    for pattern in (
        # Moodle: Ada Lovelace_4711_assignsubmission_file_/01_sums.ipynb
        r"(?P<student_id>[^/]+?)_(?P<number>\d+)_assignsubmission_file_?/?(?P<file_id>.*)",
        # Canvas: lovelaceada_LATE_4711_815_01_sums-1.ipynb
        r"(?P<student_id>[^/_]+)_(?:LATE_)?(?P<number>\d+)_\d+_(?P<file_id>.*)",
        # Blackboard: gradebook_la_hw1_ada_attempt_2026-03-01-12-00-00_01_sums.ipynb
        r"(?P<number>[^/]*?)_(?P<student_id>[^/_]+)_attempt_(?P<timestamp>\d{4}(?:-\d\d){5})"
        r"_(?P<file_id>.*)",
    )
]


class Told(NamedTuple):
    """What a name says."""

    student: str
    file: str  # the student's own name for it
    number: str = ""
    timestamp: datetime | None = None


class Whose:
    """The names of one course's platform: its own regular expression, or those that we know.

    With `each` every archive is one student's. Raises CourseError if
    `c.FileNameCollectorPlugin.named_regexp` cannot be used.
    """

    def __init__(self, course: Course, section: str, *, each: bool) -> None:
        self._submitted = f"{course.submitted_dir.name}/"
        self._extracted = course.archives_dir(section).parent / "extracted"
        self._pattern = _compiled(course.settings().named_regexp)
        self._section = section
        self._sections = {*course.sections(), section}
        self._each = each

    def told(self, found: Archive, path: Path, member: Member) -> Told | None:
        """What is told about a member of the archive at this path; None if not whose it is.

        Raises
        ------
        SubmissionError
            If it tells a time that is none.
        """
        name = unicodedata.normalize("NFC", path.name) if self._each else member.name
        file = PurePosixPath(member.name).name
        if self._pattern:
            # nbgrader matches the whole path that it has extracted a file to.
            folder = self._extracted if self._each else self._extracted / _stem(path.name)
            match = self._pattern.match(str(folder / name))
        else:
            match = next(filter(None, (each.match(name) for each in _PLATFORMS)), None)
        if not match:
            return None if self._pattern else self._plainly_told(found, name, file)
        groups = match.groupdict(default="")
        stem = PurePosixPath(groups.get("file_id", "")).stem
        if stem and not self._each:
            file = stem + PurePosixPath(file).suffix
        timestamp = _time(groups.get("timestamp", ""))
        return Told(groups["student_id"], file, groups.get("number", ""), timestamp)

    def _plainly_told(self, found: Archive, name: str, file: str) -> Told | None:
        """What STUDENT/... or STUDENT.zip tells; nbgrader's own layout has the time, too."""
        student, *inner = name.removeprefix(self._submitted).split("/")
        if student in self._sections:
            return None
        if not inner:
            return Told(_stem(student), file) if is_archive(student) else None
        if inner != [self._section, file]:
            return Told(student, file)
        beside = str(PurePosixPath(name).with_name(TIMESTAMP))
        times = (each for each in found.members if each.name == beside)
        try:
            texts = [found.read(each, 200).decode("utf-8", "replace") for each in times]
        except SubmissionError as error:
            raise SubmissionError(f"is not collected: {TIMESTAMP} beside it {error}") from error
        return Told(student, file, timestamp=_time(texts[0]) if texts else None)


def is_notebook(name: str) -> bool:
    """Whether a file of this name should be a notebook."""
    return name.lower().endswith(".ipynb")


def is_archive(name: str) -> bool:
    """Whether a file of this name should be an archive."""
    return bool(_ARCHIVE.search(name))


def _stem(name: str) -> str:
    return _ARCHIVE.sub("", name)


def _compiled(text: str) -> re.Pattern[str] | None:
    setting = "c.FileNameCollectorPlugin.named_regexp in nbgrader_config.py"
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise CourseError(f"{setting} is not a regular expression: {error}") from error
    if text and "student_id" not in pattern.groupindex:
        raise CourseError(f"{setting} has no group (?P<student_id>...)")
    return pattern if text else None


def _time(text: str) -> datetime | None:
    try:
        return parse_timestamp(text)
    except ValueError as error:
        what = f"is told to be of {brief(text.strip())!r}, which is not a time"
        raise SubmissionError(f"{what}. Write one as in 2026-03-01 12:00:00 UTC.") from error
