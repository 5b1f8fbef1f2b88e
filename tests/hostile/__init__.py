"""What an attack is: a file in this folder, whose docstring names the attack and the verdict.

The file defines `ATTACK`, an `Attack` (a notebook) or an `Upload` (files among the submissions).
`tests/test_hostile.py` runs each on both rungs that confine and asserts what holds for all of them.

In the code of an attack these words are replaced before it is submitted:

    OUTSIDE   a folder outside the sandbox, as text: a course with its tests, gradebook, submissions
    PORT      a port on loopback that the grader listens on, and on the abstract socket hostile-PORT
    PID       the grader's process
    CANARY    how a secret begins that stands in the grader's memory, environment and files

Files that an attack leaves somewhere have names that begin with `hostile-`.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

SVD, CG = "05_svd_compression", "12_conjugate_gradient"


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """A hostile notebook: the reference solutions, but for what is said here."""

    section: str = SVD
    answers: dict[str, str] = {}  # other code in the answer cells of these exercises
    first: str = ""  # a cell of the student's own, in front of all others
    last: str = ""  # one behind all others
    change: Callable[[dict[str, Any]], object] | None = None  # edits the notebook's JSON in place
    rich: bool = False  # graded with pictures and other rich output
    times: int = 1  # graded so often, and each time with the same result and the same outputs
    earns: dict[str, float] = {}  # points of the exercises that do not earn all of theirs
    reports: tuple[str, ...] = ()  # patterns found in the messages and notices of the result
    outputs: tuple[str, ...] = ()  # patterns found in the outputs of the student's own cells
    drops: tuple[str, ...] = ()  # patterns found nowhere in the graded notebook


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """Hostile files among the submissions of a section, beside an honest student's."""

    section: str = SVD
    put: Callable[[Path, bytes], object]  # into the folder of submissions; has an honest notebook
    packed: bool = False  # put into the folder of downloaded archives, which are collected first
    reports: tuple[str, ...] = ()  # patterns found in the problems that the batch reports
    scores: dict[str, float] = {}  # of other students than the honest one, who earns everything


def zipped(files: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip of these members, in order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(files: Iterable[tuple[str | tarfile.TarInfo, bytes]]) -> bytes:
    """A compressed tar of these members, in order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", errors="surrogateescape") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()
