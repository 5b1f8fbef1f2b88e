"""Puts what was downloaded from a learning platform where `grade` finds it.

An archive holds a whole class, or one student's work; each student's notebook of one section goes
to `submitted/STUDENT/SECTION/SECTION.ipynb`. Names in an archive are compared with names that we
know, and never used as paths.

What is not as it should be becomes a `Problem`, and the others go on. Nothing is overwritten
unasked.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec

from autograder import archive, collect
from autograder.archive import Archive, Member
from autograder.collect import MAX_FILES_BYTES, TIMESTAMP, Problem, brief, shown
from autograder.course import Course
from autograder.errors import SubmissionError
from autograder.notebook import MAX_NOTEBOOK_BYTES
from autograder.whose import Told, Whose, is_archive, is_notebook

MAX_ARCHIVES = 5  # of one student's in one archive
_DRAFT = ".collect.part"

_UNTOLD = (
    "does not tell whose it is. Set c.FileNameCollectorPlugin.named_regexp in nbgrader_config.py; "
    "or, where each archive is called after one student, pass --each."
)
_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/)")
_NEVER = datetime.min
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A notebook that was put into `submitted/`."""

    student: str
    origin: str  # archive and member
    timestamp: datetime | None


class Unpacked(msgspec.Struct, kw_only=True):
    """What one run has done."""

    section: str
    taken: dict[str, Taken] = {}  # by student
    current: int = 0  # notebooks that were there already
    notes: list[Problem] = []  # worth knowing; nothing to be done
    problems: list[Problem] = []

    def records(self) -> Iterator[dict[str, object]]:
        """For machines: one record a notebook that was taken, one a note, one a problem."""
        for _, taken in sorted(self.taken.items()):
            yield {"section": self.section} | msgspec.to_builtins(taken)
        for key, remarks in (("note", self.notes), ("error", self.problems)):
            for remark in remarks:
                yield {"section": self.section, "path": remark.path, key: remark.message}


def unpack(
    course: Course, section: str, archives: list[Path], *, each: bool = False, update: bool = False
) -> Unpacked:
    """Put the notebooks in these archives into `submitted/`.

    With `each` every archive is one student's, and is called after the student. With `update` a
    submission that is there already is replaced, unless it is known to be newer.

    Raises
    ------
    CourseError
        If `c.FileNameCollectorPlugin.named_regexp` cannot be used.
    """
    unpacking = _Unpacking(course, section, each=each, update=update)
    for path in archives:
        unpacking.add(path)
    return unpacking.done


class _Parcel(NamedTuple):
    """A member that belongs to one student."""

    told: Told
    member: Member


class _Found(NamedTuple):
    """A notebook that may be a student's submission."""

    origin: str
    file: str
    timestamp: datetime | None  # that was told by the platform
    modified: datetime | None
    read: Callable[[], bytes]

    def age(self) -> tuple[datetime, datetime, int]:
        """The larger, the newer."""
        attempt = re.search(r"-(\d{1,9})\.ipynb$", self.file)
        number = int(attempt[1]) if attempt else 0
        return self.timestamp or _NEVER, self.modified or _NEVER, number


class _Unpacking:
    """One run."""

    def __init__(self, course: Course, section: str, *, each: bool, update: bool) -> None:
        self.done = Unpacked(section=section)
        self._root = course.submitted_dir
        self._whose = Whose(course, section, each=each)
        self._section = section
        self._sections = {*course.sections(), section}
        self._each = each
        self._update = update
        self._ages: dict[str, tuple[datetime, datetime, int]] = {}  # of what was taken

    def add(self, path: Path) -> None:
        """Take what one archive holds."""
        where = shown(path.name)
        try:
            descriptor = collect.open_regular(path.parent, (path.name,))
            with archive.opened(io.FileIO(descriptor)) as found:
                self._oddities(found, where, of_one=self._each)
                for student, parcels in self._by_student(found, path, where).items():
                    self._student(student, parcels, found, where)
        except SubmissionError as error:
            self._problem(where, str(error))
        except FileNotFoundError:
            self._problem(where, "does not exist. Is the name right?")
        except OSError as error:
            self._problem(where, collect.advice(error))

    def _oddities(self, found: Archive, where: str, *, of_one: bool) -> None:
        """Report what must not be read."""
        of_owner: defaultdict[str, list[Problem]] = defaultdict(list)
        for member in found.members:
            if member.oddity and not _is_hidden(member.name):
                owner = "" if of_one else re.split(r"[/\\]", member.name, maxsplit=1)[0]
                problem = Problem(path=_inside(where, member), message=member.oddity)
                of_owner[owner].append(problem)
        for problems in of_owner.values():
            self.done.problems += _grouped(problems)

    def _by_student(self, found: Archive, path: Path, where: str) -> dict[str, list[_Parcel]]:
        """What may hold a notebook, by the student that it belongs to."""
        parcels: defaultdict[str, list[_Parcel]] = defaultdict(list)
        untold: list[Member] = []
        for member in found.members:
            if (
                member.oddity
                or _is_hidden(member.name)
                or not (is_notebook(member.name) or is_archive(member.name))
            ):
                continue
            try:
                told = self._whose.told(found, path, member)
            except SubmissionError as error:
                self._problem(_inside(where, member), str(error))
                continue
            if told:
                parcels[told.student].append(_Parcel(told, member))
            else:
                untold.append(member)
        self.done.problems += _grouped(
            [Problem(path=_inside(where, member), message=_UNTOLD) for member in untold]
        )
        spellings: defaultdict[str, set[str]] = defaultdict(set)
        there = self._students_there()
        for student in {*parcels, *there}:
            spellings[_folded(student)].add(student)
        sound = {}
        for student, theirs in parcels.items():
            others = set() if student in there else spellings[_folded(student)] - {student}
            if what := self._complaint(student, theirs, others):
                advice = "Set c.FileNameCollectorPlugin.named_regexp so that it finds another id."
                self._problem(f"{where} > {brief(student)}", f"{what}. {advice}")
            else:
                sound[student] = theirs
        return sound

    def _complaint(self, student: str, parcels: list[_Parcel], others: set[str]) -> str:
        """Why this cannot be the id of one student; empty if it can."""
        if student in self._sections:
            return "is the name of a section, not of a student"
        if len({parcel.told.number for parcel in parcels}) > 1:
            return "is the name of several students"
        if others:
            return f"differs from {shown(min(others))} in its capitals only"
        return collect.complaint(student)

    def _students_there(self) -> set[str]:
        try:
            return set(os.listdir(self._root))
        except FileNotFoundError:
            return set()

    def _student(self, student: str, parcels: list[_Parcel], found: Archive, where: str) -> None:
        """Take one student's notebook."""
        problems, notes = len(self.done.problems), len(self.done.notes)
        with ExitStack() as stack:
            try:
                chosen = self._chosen(self._notebooks(parcels, found, where, stack))
                if chosen:
                    self._put(student, chosen)
                elif len(self.done.problems) == problems:
                    self._problem(f"{where} > {brief(student)}", "holds no notebook.")
            except OSError as error:
                self._problem(f"{where} > {brief(student)}", _unwritten(error))
        self.done.problems[problems:] = _grouped(self.done.problems[problems:])
        self.done.notes[notes:] = _grouped(self.done.notes[notes:])

    def _notebooks(
        self, parcels: list[_Parcel], found: Archive, where: str, stack: ExitStack
    ) -> list[_Found]:
        """The student's notebooks, from archives too, which stay open as long as the stack."""
        notebooks = []
        packed = 0
        for told, member in parcels:
            origin = _inside(where, member)
            if is_notebook(member.name):
                notebooks.append(_found(origin, told, told.file, found, member))
                continue
            packed += 1
            if packed > MAX_ARCHIVES:
                self._problem(origin, f"is not opened: the first {MAX_ARCHIVES} archives are.")
                continue
            try:
                inner = archive.opened(found.unpack(member, MAX_FILES_BYTES))
            except SubmissionError as error:
                self._problem(origin, str(error))
                continue
            stack.enter_context(inner)
            self._oddities(inner, origin, of_one=True)
            for each in inner.members:
                if each.oddity or _is_hidden(each.name):
                    continue
                if is_notebook(each.name):
                    file = PurePosixPath(each.name).name
                    notebooks.append(_found(_inside(origin, each), told, file, inner, each))
                elif is_archive(each.name):
                    what = "is an archive in an archive in an archive"
                    self._problem(_inside(origin, each), f"{what}. Ask for the notebook itself.")
        return notebooks

    def _chosen(self, notebooks: list[_Found]) -> _Found | None:
        """The newest of those that have the section's name, or the only one that has none."""
        fitting, others = [], []
        for each in notebooks:
            section = self._section_of(each.file)
            if section == self._section:
                fitting.append(each)
            elif section:
                how = f"Collect it with `autograder collect {section}`."
                self._problem(each.origin, f"is a notebook of {section}. {how}")
            else:
                others.append(each)
        if not fitting and len(others) == 1:
            self._note(others[0].origin, f"was taken for {self._section}.ipynb.")
            return others[0]
        for each in others:
            if fitting:
                self._note(each.origin, f"is not collected: {self._section}.ipynb beside it is.")
            else:
                what = f"may be {self._section}.ipynb, and so may others"
                self._problem(each.origin, f"{what}. Give the right one that name.")
        if not fitting:
            return None
        _, _, newest = max((each.age(), i, each) for i, each in enumerate(fitting))
        if len(fitting) > 1:
            self._note(newest.origin, f"was taken: it is the newest of {len(fitting)}.")
        return newest

    def _section_of(self, file: str) -> str:
        """The section whose name a file has; empty if none."""
        # As Canvas, browsers and JupyterLab call a second one.
        stem = re.sub(r"(-\d+| ?\(\d+\)|-Copy\d+)?\.ipynb$", "", file, flags=re.IGNORECASE)
        return stem if stem in self._sections else ""

    def _put(self, student: str, chosen: _Found) -> None:
        """Write a student's submission, unless another one is there."""
        try:
            data = chosen.read()
        except SubmissionError as error:
            self._problem(chosen.origin, str(error))
            return
        place = shown(f"{self._root.name}/{student}/{self._section}")
        there, timestamp = self._there(student)
        earlier = self._ages.get(student)
        if there == data and chosen.timestamp in (None, timestamp):
            self.done.current += student not in self._ages
        elif earlier and chosen.age() < earlier:
            self._note(chosen.origin, "is older than what another archive holds.")
            return
        elif there is not None and not earlier and not self._update:
            self._problem(
                chosen.origin, f"is another one than in {place}. Pass --update to replace that."
            )
            return
        elif there is not None and timestamp and (chosen.timestamp or timestamp) < timestamp:
            self._note(chosen.origin, f"is older than what is in {place}, which stays.")
            return
        else:
            self._write(student, data, chosen.timestamp)
            self.done.taken[student] = Taken(
                student=student, origin=chosen.origin, timestamp=chosen.timestamp
            )
        self._ages[student] = chosen.age()

    def _there(self, student: str) -> tuple[bytes | None, datetime | None]:
        """The notebook that is there already, and its time."""
        folder = (student, self._section)
        try:
            data, _ = collect.read_regular(
                self._root, (*folder, f"{self._section}.ipynb"), MAX_NOTEBOOK_BYTES
            )
        except FileNotFoundError:
            return None, None
        with contextlib.suppress(OSError, ValueError):
            text, _ = collect.read_regular(self._root, (*folder, TIMESTAMP), 200)
            return data, collect.parse_timestamp(text.decode())
        return data, None

    def _write(self, student: str, data: bytes, timestamp: datetime | None) -> None:
        """Each file appears whole or not at all, the notebook last; no link is followed."""
        self._root.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._root, _FOLDER)
        try:
            for part in (student, self._section):
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
                inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
                os.close(folder)
                folder = inner
            if timestamp:
                _replace(folder, TIMESTAMP, f"{timestamp.isoformat(' ')} UTC\n".encode())
            else:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(TIMESTAMP, dir_fd=folder)
            _replace(folder, f"{self._section}.ipynb", data)
        finally:
            os.close(folder)

    def _problem(self, path: str, message: str) -> None:
        self.done.problems.append(Problem(path=path, message=message))

    def _note(self, path: str, message: str) -> None:
        self.done.notes.append(Problem(path=path, message=message))


def _grouped(remarks: list[Problem]) -> list[Problem]:
    """The first of those that say the same, with the number of the others: nobody floods a page."""
    same: defaultdict[str, list[Problem]] = defaultdict(list)
    for remark in remarks:
        same[remark.message].append(remark)
    return [
        Problem(path=first.path, message=f"{message} So it is with {len(others):,} more.")
        if others
        else first
        for message, (first, *others) in same.items()
    ]


def _replace(folder: int, name: str, data: bytes) -> None:
    """Make a file in an open folder hold this."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_DRAFT, dir_fd=folder)
    descriptor = os.open(_DRAFT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(_DRAFT, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(_DRAFT, dir_fd=folder)
        raise


def _found(origin: str, told: Told, file: str, found: Archive, member: Member) -> _Found:
    def read() -> bytes:
        return found.read(member, MAX_NOTEBOOK_BYTES)

    return _Found(origin, file, told.timestamp, member.modified, read)


def _unwritten(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL):
        return f"is not collected: its place {collect.advice(error)}"
    return f"is not collected: {error.strerror}. Mend that and repeat."


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _is_hidden(name: str) -> bool:
    """What operating systems and editors leave behind."""
    return bool(_HIDDEN.search(name)) and ".." not in name


def _inside(where: str, member: Member) -> str:
    return f"{where} > {brief(member.name)}"
