"""Finds submissions: `submitted/STUDENT/SECTION/SECTION.ipynb`, nbgrader's layout.

Everything below `submitted/` is hostile: names, links, pipes, sizes. Nothing here follows a
symbolic link, opens what is not a regular file, or reads a file before its size is known. What is
not as it should be becomes a `Problem`, and the other submissions go on.
"""

from __future__ import annotations

import difflib
import errno
import fnmatch
import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from autograder.archive import too_large
from autograder.course import Course
from autograder.errors import CourseError, SubmissionError
from autograder.notebook import MAX_NOTEBOOK_BYTES

TIMESTAMP = "timestamp.txt"
MAX_STUDENT_ID = 128  # the width of nbgrader's column
MAX_FILES = 500  # beside one notebook
MAX_FILES_BYTES = 100_000_000  # of one submission together: what nbgrader's exchange accepts
MAX_DEPTH = 10

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*")  # never a path on this machine

_Parts = tuple[str, ...]  # a path below `submitted/`
_Visit = Callable[[os.DirEntry[str], _Parts], None]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something in `submitted/` that is not graded: where it is, and what to do about it.

    Both texts are safe to print, whatever the file's name is.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """One student's notebook. Its bytes are read when they are asked for."""

    root: Path  # the folder of all submissions
    student: str
    section: str
    timestamp: datetime | None = None  # UTC, without a time zone, as nbgrader stores it
    files: tuple[str, ...] = ()  # what lies beside the notebook, relative to its folder

    @property
    def path(self) -> Path:
        """Where the notebook is."""
        return self.root / self.student / self.section / f"{self.section}.ipynb"

    def read(self) -> bytes:
        """The notebook as it is now.

        Raises
        ------
        SubmissionError
            If it has become unreadable, too large, or something else than a regular file.
        """
        return self.read_file(f"{self.section}.ipynb", limit=MAX_NOTEBOOK_BYTES)

    def read_file(self, name: str, *, limit: int = MAX_FILES_BYTES) -> bytes:
        """One of `files`, as it is now. Raises SubmissionError as `read` does."""
        parts = (self.student, self.section, *Path(name).parts)
        where = shown("/".join((self.root.name, *parts)))
        try:
            data, size = read_regular(self.root, parts, limit)
        except OSError as error:
            raise SubmissionError(f"{where} {advice(error)}") from error
        if size > limit:
            raise SubmissionError(f"{where} {too_large(size, limit)}")
        return data


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """All submissions of a section, sorted by student, and what was left aside."""

    submissions: list[Submitted]
    problems: list[Problem]


def collect(course: Course, section: str) -> Collected:
    """The submissions of the section of this name.

    Problems that belong to no section in particular (a notebook outside of every folder, a folder
    that no section has the name of) are among the problems of each.

    Raises
    ------
    CourseError
        If the folder of all submissions cannot be read. That there is none is no problem.
    """
    return _Search(course, section).run()


def read_notebook(path: Path) -> bytes:
    """The bytes of a notebook that somebody named.

    Raises
    ------
    SubmissionError
        If it is a link, not a regular file, too large or unreadable.
    """
    try:
        data, size = read_regular(path.parent, (path.name,), MAX_NOTEBOOK_BYTES)
    except FileNotFoundError as error:
        raise SubmissionError(f"{path} does not exist. Is the name right?") from error
    except OSError as error:
        raise SubmissionError(f"{path} {advice(error)}") from error
    if size > MAX_NOTEBOOK_BYTES:
        raise SubmissionError(f"{path} {too_large(size, MAX_NOTEBOOK_BYTES)}")
    return data


def parse_timestamp(text: str) -> datetime | None:
    """What `timestamp.txt` says, as UTC without a time zone; None if it says nothing.

    Reads what `nbgrader.utils.parse_utc` reads, as the same time: formgrader compares the two.

    Raises
    ------
    ValueError
        If it is not a date and time.
    """
    from dateutil import parser, tz  # type: ignore[import-untyped]  # it ships no types

    words = text.strip().split(" ")
    if words == [""]:
        return None
    zones: dict[str, Any] = {}
    if len(words) == 3:
        zones = {"TZ": _zone(words[2], tz.gettz)}
        words[2] = "TZ"
    try:
        found: datetime = parser.parse(" ".join(words), tzinfos=zones)
        offset = found.utcoffset()
        return found if offset is None else (found - offset).replace(tzinfo=None)
    except (OverflowError, TypeError) as error:
        raise ValueError(str(error)) from error


def shown(name: str) -> str:
    """A file name without the characters that could deceive a reader or a terminal."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def brief(name: str) -> str:
    """The same of a name that may be of any length."""
    return shown(name if len(name) <= 200 else f"{name[:200]}...")


class _Search:
    """One walk through `submitted/`."""

    def __init__(self, course: Course, section: str) -> None:
        settings = course.settings()
        self._root = course.submitted_dir
        self._section = section
        self._notebook = f"{section}.ipynb"
        self._sections = {*course.sections(), section}
        self._ignored = settings.ignore
        self._submissions: list[Submitted] = []
        self._problems: list[Problem] = []

    def run(self) -> Collected:
        try:
            entries = _entries(self._root)
        except FileNotFoundError:
            entries = []
        except OSError as error:
            raise CourseError(f"{self._root} {advice(error)}") from error
        for entry in entries:
            self._visit(self._top, entry, (entry.name,))
        return Collected(submissions=self._submissions, problems=self._problems)

    def _visit(self, visit: _Visit, entry: os.DirEntry[str], parts: _Parts) -> None:
        try:
            visit(entry, parts)
        except OSError as error:
            self._problem(parts, advice(error))

    def _problem(self, parts: _Parts, message: str) -> None:
        path = shown("/".join((self._root.name, *parts)))
        self._problems.append(Problem(path=path, message=message))

    def _top(self, entry: os.DirEntry[str], parts: _Parts) -> None:
        """What lies directly in `submitted/`: students' folders, if all is well."""
        if entry.name in self._sections:
            what = "has a section's name where a student's is expected"
            self._problem(parts, f"{what}. Move what is in it to {self._expected()}.")
        elif entry.is_dir(follow_symlinks=False):
            self._student(entry, parts)
        elif not entry.is_file(follow_symlinks=False):
            self._problem(parts, f"{_what(entry)}.")
        elif entry.name.endswith(".ipynb"):
            self._problem(parts, f"lies in no student's folder. Move it to {self._expected()}.")

    def _student(self, entry: os.DirEntry[str], parts: _Parts) -> None:
        inner = [inner for inner in _entries(entry.path) if not self._is_ignored(inner.name)]
        if entry.name.startswith(".") and not self._sections & {each.name for each in inner}:
            return
        if inner and (what := complaint(entry.name)):
            self._problem(parts, f"{what}. Rename the folder to the student's id.")
            return
        for each in inner:
            self._visit(self._in_student, each, (*parts, each.name))

    def _in_student(self, entry: os.DirEntry[str], parts: _Parts) -> None:
        if entry.name == self._section:
            self._submission(entry, parts)
        elif entry.name in self._sections:
            return
        elif entry.is_dir(follow_symlinks=False):
            close = difflib.get_close_matches(entry.name, self._sections, n=1, cutoff=0.4)
            guess = f" If it is {close[0]}, rename the folder to that." if close else ""
            self._problem(parts, f"is not the name of a section.{guess}")
        elif not entry.is_file(follow_symlinks=False):
            self._problem(parts, f"{_what(entry)}.")
        elif entry.name.endswith(".ipynb"):
            where = self._expected(parts[0])
            self._problem(parts, f"lies in no section's folder. Move it to {where}.")

    def _submission(self, entry: os.DirEntry[str], parts: _Parts) -> None:
        if not entry.is_dir(follow_symlinks=False):
            where = self._expected(parts[0])
            self._problem(parts, f"{_what(entry)}. Expected is {where} in a folder.")
            return
        entries = _entries(entry.path)
        notebooks = {each.name: each for each in entries if each.name.endswith(".ipynb")}
        found = notebooks.pop(self._notebook, None)
        if not found:
            self._problem(parts, _missing(self._notebook, list(notebooks)))
        elif self._is_readable(found, (*parts, found.name)):
            self._add(entries, parts)
            for name in notebooks:
                self._problem((*parts, name), f"is not graded: {self._notebook} beside it is.")

    def _is_readable(self, entry: os.DirEntry[str], parts: _Parts) -> bool:
        size = entry.stat(follow_symlinks=False).st_size
        if not entry.is_file(follow_symlinks=False):
            self._problem(parts, f"{_what(entry)}. Ask for the notebook itself.")
        elif size > MAX_NOTEBOOK_BYTES:
            large = too_large(size, MAX_NOTEBOOK_BYTES)
            self._problem(parts, f"{large} Clear its outputs in JupyterLab and save it again.")
        else:
            try:
                os.close(open_regular(self._root, parts))
            except OSError as error:
                self._problem(parts, advice(error))
            else:
                return True
        return False

    def _add(self, entries: list[os.DirEntry[str]], parts: _Parts) -> None:
        submitted = Submitted(
            root=self._root,
            student=parts[0],
            section=self._section,
            files=tuple(self._files(entries, parts)),
        )
        try:
            timestamp = _timestamp(submitted) if TIMESTAMP in submitted.files else None
        except ValueError as error:
            advice = "Write a time as in 2026-03-01 12:00:00 UTC, or remove the file"
            self._problem((*parts, TIMESTAMP), f"{error}. {advice}: then it counts as in time.")
            return
        self._submissions.append(msgspec.structs.replace(submitted, timestamp=timestamp))

    def _files(self, entries: list[os.DirEntry[str]], parts: _Parts) -> Iterator[str]:
        """The files to copy along, as long as they are few and small enough."""
        total = 0
        for count, (entry, inner) in enumerate(self._walk(entries, parts)):
            total += entry.stat(follow_symlinks=False).st_size
            if count >= MAX_FILES or total > MAX_FILES_BYTES:
                limit = f"{MAX_FILES} files or {MAX_FILES_BYTES // 10**6} MB"
                what = f"has more than {limit} beside the notebook"
                self._problem(parts, f"{what}. The rest is not copied to autograded/.")
                return
            yield "/".join(inner[len(parts) :])

    def _walk(
        self, entries: list[os.DirEntry[str]], parts: _Parts
    ) -> Iterator[tuple[os.DirEntry[str], _Parts]]:
        for entry in entries:
            inner = (*parts, entry.name)
            if self._is_ignored(entry.name):
                continue
            if entry.is_file(follow_symlinks=False):
                if not entry.name.endswith(".ipynb"):
                    yield entry, inner
            elif entry.is_dir(follow_symlinks=False) and len(inner) < MAX_DEPTH:
                try:
                    below = _entries(entry.path)
                except OSError as error:
                    self._problem(inner, advice(error))
                else:
                    yield from self._walk(below, inner)
            else:
                self._problem(inner, f"{_what(entry)}. It is not copied to autograded/.")

    def _is_ignored(self, name: str) -> bool:
        """As nbgrader's glob has it: a leading dot is matched by a leading dot only."""
        return any(
            fnmatch.fnmatchcase(name, pattern)
            and (not name.startswith(".") or pattern.startswith("."))
            for pattern in self._ignored
        )

    def _expected(self, student: str = "STUDENT") -> str:
        return shown(f"{self._root.name}/{student}/{self._section}/{self._notebook}")


def _missing(wanted: str, others: list[str]) -> str:
    names = ", ".join(shown(name) for name in sorted(others))
    match len(others):
        case 0:
            return f"holds no notebook. Expected is {wanted}: ask the student for it."
        case 1:
            return f"holds {names}, expected is {wanted}. Rename the notebook to that."
        case _:
            return f"holds {names}, expected is {wanted}. Rename the right one to that."


def complaint(student: str) -> str:
    """Why nbgrader would not work with a student of this id; empty if it would."""
    if not student or "/" in student:
        return "is no name for a folder"
    if student.strip() != student:
        return "has white space at an end"
    if any(char in "*?[]+" for char in student):
        return "has one of * ? [ ] + in it, which mean something else to nbgrader"
    if student.startswith("."):
        return "starts with a dot, so nbgrader overlooks it"
    if not student.isprintable() or shown(student) != student:
        return "has characters in it that cannot be printed"
    if len(student) > MAX_STUDENT_ID:
        return f"has more than {MAX_STUDENT_ID} characters"
    return ""


def _timestamp(submitted: Submitted) -> datetime | None:
    try:
        text = submitted.read_file(TIMESTAMP, limit=200).decode()
    except (SubmissionError, UnicodeDecodeError) as error:
        raise ValueError("is not a short text file") from error
    try:
        return parse_timestamp(text)
    except ValueError as error:
        raise ValueError(f"says {shown(text.strip())!r}, which is not a time") from error


def _zone(name: str, named: Callable[[str], Any]) -> Any:
    try:
        return int(name)  # nbgrader takes it for seconds
    except ValueError:
        if _ZONE.fullmatch(name):
            return named(name)
        raise


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def open_regular(root: Path, parts: _Parts) -> int:
    """A file descriptor of a regular file below `root`; no part of the way may be a link."""
    folder = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Before opening: to open a device can already do something.
        mode = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.ELOOP if stat.S_ISLNK(mode) else errno.EINVAL, "")
        return os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def read_regular(root: Path, parts: _Parts, limit: int) -> tuple[bytes, int]:
    """What a file holds, and how much that is; if it is more than `limit`, nothing is read."""
    with open(open_regular(root, parts), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "")
        data = file.read(limit + 1) if status.st_size <= limit else b""
        return data, max(len(data), status.st_size)


def _what(entry: os.DirEntry[str]) -> str:
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return "is a symbolic link, and links are not followed"
    if stat.S_ISDIR(mode):
        return "is a folder"
    return "is a file" if stat.S_ISREG(mode) else "is a pipe, a socket or a device, not a file"


def advice(error: OSError) -> str:
    """What is wrong with a file, and what to do about it."""
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return "may not be read. Give yourself permission (chmod -R u+rwX) and repeat."
        case errno.ENOENT:
            return "is gone. Collect the submissions again."
        case errno.ELOOP | errno.ENOTDIR:
            return "is a symbolic link or lies behind one, and links are not followed."
        case errno.EINVAL:
            return "is not a regular file."
        case _:
            return f"cannot be read ({error.strerror})."
