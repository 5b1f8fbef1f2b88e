"""`autograded/STUDENT/SECTION/`: the graded notebook and the files beside it, as nbgrader has them.

The notebook is written last and carries a `Mark` of what it was graded from, so a folder that was
cut off half-way has no mark or the mark of what was there before. Every file appears whole or not
at all. While a section is being graded, `autograded/.SECTION.lock` says by whom.
"""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook
from autograder.collect import Submitted
from autograder.course import walk
from autograder.errors import GradebookError, SubmissionError
from autograder.results import GradedSubmission

VERSION = version("linear-algebra-for-machine-learning")
PERMISSIONS = 0o444  # nbgrader's
DRAFT = ".autograder.part"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a notebook was graded from; its metadata have it as `autograder`."""

    submission_sha256: str
    assignment_sha256: str
    rung: str
    version: str = VERSION


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


def read_mark(path: Path) -> Mark | None:
    """The mark of a graded notebook; None if there is none, or no notebook."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=_Marked).metadata.autograder
    return None


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


def put(path: Path, data: bytes, permissions: int = PERMISSIONS) -> bool:
    """Make a file hold this; it is left alone, which gives False, if it does already."""
    with suppress(OSError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # One name for all: another one could be too long, and what an earlier run left is replaced.
    draft = path.parent / DRAFT
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
            raise GradebookError(
                f"{section} is being graded by {holder}. Let that finish or end it, then repeat."
            ) from error
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
