"""`autograded/STUDENT/SECTION/`: the graded notebook and the files beside it, as nbgrader has them.

The notebook is written last and carries a `Mark` of what it was graded from, so a folder that was
cut off half-way has no mark or the mark of what was there before. Every file appears whole or not
at all. While a section is being graded, `autograded/.SECTION.lock` says by whom.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook
from autograder.assignment import Assignment
from autograder.collect import Submitted
from autograder.course import Course, walk
from autograder.database import GradeSheet
from autograder.errors import GradebookError, SubmissionError
from autograder.results import GradedSubmission
from autograder.sandbox.box import Limits

VERSION = version("linear-algebra-for-machine-learning")
PERMISSIONS = 0o444  # nbgrader's
DRAFT = ".autograder.part"


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """What one test cell gave, and which test that was."""

    points: float
    max_points: float
    sha256: str  # of the cell's text


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Other points of one test cell than the grading before gave, and why."""

    graded: datetime
    test: str  # its grade_id
    before: float | None  # None where there was no such test
    after: float | None
    why: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a notebook was graded from, and what the run was like.

    The notebook's metadata have it as `autograder`. None stands for what an earlier version of the
    autograder did not keep.
    """

    submission_sha256: str
    assignment_sha256: str
    rung: str
    version: str = VERSION
    cpu_seconds: float | None = None  # of the student's processes
    notices: tuple[str, ...] | None = None  # what the instructor should know
    limits: Limits | None = None
    tests: dict[str, Earned] | None = None  # by grade_id
    changes: tuple[Change, ...] = ()  # since the first grading, the latest last


class _Metadata(msgspec.Struct):
    autograder: Mark | None = None


class _Marked(msgspec.Struct):
    metadata: _Metadata


@contextmanager
def alone(folder: Path, section: str) -> Iterator[None]:
    """No other process grades the section meanwhile; `folder` is that of all students.

    The lock is the kernel's, which takes it back however the process ends.

    Raises
    ------
    GradebookError
        If somebody else is grading it.
    """
    path = folder / f".{section}.lock"
    descriptor = _locked(path, section)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {platform.node()}".encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def being_graded(section: str, holder: str) -> GradebookError:
    """What to tell whoever wants to grade a section meanwhile."""
    return GradebookError(
        f"{section} is being graded by {holder}. Let that finish or end it, then repeat."
    )


def notebooks(course: Course, section: str) -> dict[str, Path]:
    """The graded notebooks of a section by student, sorted."""
    found = course.autograded_dir.glob(f"*/{section}/{section}.ipynb")
    return {path.parent.parent.name: path for path in sorted(found)}


def nothing_graded(course: Course, section: str) -> GradebookError:
    """What to tell whoever wants something made of graded notebooks where there are none."""
    return GradebookError(
        f"{course.autograded_dir} has nothing of {section}: run `autograder grade {section}` "
        "first, then repeat."
    )


def graded_sections(course: Course) -> list[str]:
    """The sections of which something has been graded, sorted."""
    return [name for name in course.sections() if notebooks(course, name)]


def marked(path: Path, name: str, sheet: GradeSheet | None) -> tuple[Mark, GradeSheet]:
    """The mark of a graded notebook with what the gradebook has of it.

    Raises
    ------
    SubmissionError
        If grading has not written the notebook, or not recorded it; `name` is what it is called.
    """
    mark = read_mark(path)
    if mark and sheet:
        return mark, sheet
    what = "was not written by `autograder grade`" if sheet else "is not in the gradebook"
    again = f"run `autograder grade {path.stem} --again`, then repeat."
    raise SubmissionError(f"{name} {what}: {again}")


def changed_since(mark: Mark, assignment: Assignment, submitted: Submitted | None) -> str:
    """What has changed since a notebook was graded, in words; empty if nothing has.

    Raises SubmissionError if what was submitted cannot be read.
    """
    if submitted and hashlib.sha256(submitted.read()).hexdigest() != mark.submission_sha256:
        return "handed in again since it was graded"
    if mark.assignment_sha256 != assignment.sha256:
        return "graded before the section was changed"
    return ""


def read_mark(path: Path) -> Mark | None:
    """The mark of a graded notebook; None if there is none, or no notebook."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=_Marked).metadata.autograder
    return None


def settled(mark: Mark, earlier: Mark | None) -> Mark:
    """The earlier mark if all but the time is the same: nothing is written anew for that."""
    same = earlier and msgspec.structs.replace(earlier, cpu_seconds=mark.cpu_seconds) == mark
    return earlier if earlier and same else mark


def write(
    folder: Path,
    submitted: Submitted,
    graded: GradedSubmission,
    mark: Mark,
    given: dict[str, bytes],
) -> None:
    """Make a student's folder what nbgrader would make it, with `given` as the course's files.

    Where a student's file has the name of a given one, the given one is written. Raises OSError.
    """
    own = [name for name in submitted.files if not _collides(name, given)]
    _remove_others(folder, {*own, *given})
    for name in own:
        with suppress(SubmissionError):  # gone since it was collected
            put(folder / name, submitted.read_file(name))
    for name, data in given.items():
        put(folder / name, data)
    executed = msgspec.json.decode(graded.executed)
    metadata = executed["metadata"] | {"autograder": msgspec.to_builtins(mark)}
    put(folder / f"{submitted.section}.ipynb", notebook.write(executed["cells"], metadata))


def put(path: Path, data: bytes, permissions: int = PERMISSIONS, draft_name: str = DRAFT) -> bool:
    """Make a file hold this; it is left alone, which gives False, if it does already.

    Nobody else may be using the name of the draft in that folder meanwhile.
    """
    with suppress(OSError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # One name for all: another one could be too long, and what an earlier run left is replaced.
    draft = path.parent / draft_name
    draft.unlink(missing_ok=True)
    try:
        draft.write_bytes(data)
        draft.chmod(permissions)
        draft.replace(path)
        return True
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def _locked(path: Path, section: str) -> int:
    """A descriptor of the file, which nobody else has locked."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            with os.fdopen(descriptor, errors="replace") as file:
                holder = file.read() or "another process"
            raise being_graded(section, holder) from error
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # of a file that its last holder has just removed


def _collides(name: str, given: dict[str, Any]) -> bool:
    """Whether a file of this name and the given ones cannot all exist."""
    above = {str(parent) for parent in Path(name).parents}
    return name in given or any(other in above or other.startswith(f"{name}/") for other in given)


def _remove_others(folder: Path, wanted: set[str]) -> None:
    """Remove what an earlier submission or run left; notebooks and hidden files stay."""
    if not folder.is_dir():
        return
    for draft in folder.rglob(DRAFT):
        draft.unlink()
    for path in list(walk(folder, (".*", "*.ipynb"))):
        if str(path.relative_to(folder)) in wanted:
            continue
        path.unlink()
        with suppress(OSError):  # it has other files in it
            path.parent.rmdir()
