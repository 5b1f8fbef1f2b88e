"""A course on disk: where things are, what stands in its configuration, and its sections.

A course is the folder that holds `nbgrader_config.py`. nbgrader's own settings keep their meaning;
ours stand beside them as `c.Autograder.*`.
"""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from autograder import source
from autograder.assignment import Assignment, Stubs, assemble
from autograder.errors import CourseError
from autograder.grade import Options
from autograder.sandbox.box import Limits
from autograder.testcell import modules_imported

if TYPE_CHECKING:
    from traitlets.config import Config

CONFIG = "nbgrader_config.py"
NBGRADER_IGNORES = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")

Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `nbgrader_config.py` says, with our defaults for what it does not."""

    cpu_seconds: Positive = 2.0
    total_cpu_seconds: Positive = 20.0
    wall_seconds: Positive = 60.0
    total_wall_seconds: Positive = 300.0
    memory_bytes: Annotated[int, msgspec.Meta(gt=0)] = 2 << 30
    workers: Annotated[int, msgspec.Meta(ge=1)] = max(1, os.cpu_count() or 1)

    course_id: str = ""
    db_url: str = ""
    source_directory: str = "source"
    release_directory: str = "release"
    submitted_directory: str = "submitted"
    autograded_directory: str = "autograded"
    feedback_directory: str = "feedback"
    reports_directory: str = "reports"
    downloaded_directory: str = "downloaded"
    archive_directory: str = "archive"
    named_regexp: str = ""
    ignore: tuple[str, ...] = NBGRADER_IGNORES
    stubs: Stubs = Stubs()


@dataclass(frozen=True, kw_only=True)
class Section:
    """The places of one section; nothing says that they exist."""

    name: str
    source_dir: Path
    release_dir: Path
    solutions_dir: Path

    @property
    def text(self) -> Path:
        """What people edit."""
        return self.source_dir / f"{self.name}.py"

    @property
    def notebook(self) -> Path:
        """What is made of the text."""
        return self.source_dir / f"{self.name}.ipynb"

    @property
    def release(self) -> Path:
        """What students get."""
        return self.release_dir / f"{self.name}.ipynb"

    @property
    def solution(self) -> Path:
        """What students get after the deadline."""
        return self.solutions_dir / f"{self.name}.ipynb"

    @property
    def answers(self) -> Path:
        """The bank of right and wrong answers."""
        return self.solutions_dir / "answers.py"

    def bank(self) -> bytes:
        """What the bank holds; nothing where there is none."""
        return self.answers.read_bytes() if self.answers.is_file() else b""


@dataclass(frozen=True)
class Course:
    """A course by its root folder."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course that `start` (or the working directory) lies in."""
        here = Path(start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / CONFIG).is_file():
                return cls(folder)
        raise CourseError(
            f"{here} is in no course: neither it nor a folder above it holds {CONFIG}. "
            "Change to the course's folder and try again."
        )

    def settings(self) -> Settings:
        """What the course's configuration says; read again when the file changes."""
        path = self.root / CONFIG
        try:
            changed = path.stat().st_mtime_ns
        except OSError as error:
            raise CourseError(f"{path}: cannot be read ({error.strerror})") from error
        return _settings(path, changed)

    def config(self) -> Config:
        """The configuration as nbgrader's classes take it, a fresh copy."""
        return _load(self.root / CONFIG)

    @property
    def source_dir(self) -> Path:
        """What people edit."""
        return self.root / self.settings().source_directory

    @property
    def release_dir(self) -> Path:
        """What students get."""
        return self.root / self.settings().release_directory

    @property
    def solutions_dir(self) -> Path:
        """Reference solutions and banks of answers."""
        return self.root / "solutions"

    @property
    def submitted_dir(self) -> Path:
        """What students handed in."""
        return self.root / self.settings().submitted_directory

    def archives_dir(self, section: str) -> Path:
        """Where archives lie that were downloaded from a learning platform."""
        settings = self.settings()
        return self.root / settings.downloaded_directory / section / settings.archive_directory

    def archives(self, section: str) -> list[Path]:
        """The archives that were downloaded. Raises CourseError if there are none."""
        folder = self.archives_dir(section)
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        if not found:
            raise CourseError(f"{folder} holds no archive: put one there, or name it.")
        return found

    @property
    def autograded_dir(self) -> Path:
        """What grading made of it."""
        return self.root / self.settings().autograded_directory

    @property
    def feedback_dir(self) -> Path:
        """What students get back."""
        return self.root / self.settings().feedback_directory

    @property
    def reports_dir(self) -> Path:
        """What instructors read of the class."""
        return self.root / self.settings().reports_directory

    def sections(self) -> list[str]:
        """The names of all sections, sorted."""
        return sorted(
            text.stem for text in self.source_dir.glob("*/*.py") if text.stem == text.parent.name
        )

    def section(self, name: str) -> Section:
        """A section by its name, its number, or a path that ends in its name.

        Raises
        ------
        CourseError
            If there is no such section; it lists those that there are.
        """
        known = self.sections()
        wanted = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
        number = wanted.zfill(2)
        fits = [k for k in known if k == wanted or k.split("_")[0] in (wanted, number)]
        if len(fits) != 1:
            raise CourseError(self._unknown(name, wanted, known))
        return Section(
            name=fits[0],
            source_dir=self.source_dir / fits[0],
            release_dir=self.release_dir / fits[0],
            solutions_dir=self.solutions_dir / fits[0],
        )

    def assignment(self, name: str) -> Assignment:
        """Everything that grading needs to know of a section."""
        section = self.section(name)
        read = source.read(section.text)
        files, stubs = self.data_files(section), self.settings().stubs
        return assemble(section.name, read, files, stubs, section.bank())

    def options(
        self, names: Iterable[str], *, outputs: bool = False, unsafe: bool = False
    ) -> Options:
        """How these sections are to be graded: all with the same options, in one sandbox."""
        settings = self.settings()
        imported = {m for name in names for m in modules_imported(self.assignment(name).cells)}
        if not outputs:  # without it a fork costs half as much
            imported = {module for module in imported if not module.startswith("matplotlib")}
        return Options(
            limits=Limits(
                cpu_seconds=settings.cpu_seconds,
                total_cpu_seconds=settings.total_cpu_seconds,
                wall_seconds=settings.wall_seconds,
                total_wall_seconds=settings.total_wall_seconds,
                memory_bytes=settings.memory_bytes,
            ),
            outputs=outputs,
            modules=tuple(sorted(imported)),
            secret=self.root / CONFIG,
            unsafe=unsafe,
            diagnose=True,
        )

    def data_files(self, section: Section) -> dict[str, bytes]:
        """The files that students get beside the notebook: those that nbgrader copies."""
        ignored = (*self.settings().ignore, "*.ipynb")
        return {
            str(path.relative_to(section.source_dir)): path.read_bytes()
            for path in walk(section.source_dir, ignored)
        }

    def _unknown(self, name: str, wanted: str, known: list[str]) -> str:
        if not known:
            return f"no section {name!r}: {self.source_dir} holds no NAME/NAME.py yet"
        titles = {k.partition("_")[2]: k for k in known} | {k: k for k in known}
        close = difflib.get_close_matches(wanted, titles, n=1, cutoff=0.4)
        guess = f" Did you mean {titles[close[0]]}?" if close else ""
        return f"no section {name!r}.{guess} The sections are: {', '.join(known)}"


def walk(folder: Path, ignored: tuple[str, ...]) -> Iterator[Path]:
    """The files below a folder that no pattern matches, by nbgrader's rules (`find_all_files`)."""
    for entry in sorted(folder.iterdir()):
        # A leading dot is matched by a leading dot only, as nbgrader's glob has it.
        if any(
            fnmatch.fnmatchcase(entry.name, pattern)
            and (not entry.name.startswith(".") or pattern.startswith("."))
            for pattern in ignored
        ):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from walk(entry, ignored)
        elif entry.is_file():
            yield entry


@lru_cache
def _settings(path: Path, _changed: int) -> Settings:
    config = _load(path)
    stubs = config.get("ClearSolutions", {})
    code = stubs.get("code_stub", {})
    found = {
        "autograder": dict(config.get("Autograder", {})),
        "directories": {
            key: _plain(value, NBGRADER_IGNORES)
            for application in ("CourseDirectory", "ZipCollectApp", "FileNameCollectorPlugin")
            for key, value in config.get(application, {}).items()
            if key in Settings.__struct_fields__
        },
        "stubs": {"code": code.get("python") if isinstance(code, dict) else code}
        | {"text": stubs.get("text_stub")},
    }
    default_db = f"sqlite:///{path.parent / 'gradebook.db'}"
    values = {"db_url": default_db} | found["directories"] | found["autograder"]
    values["stubs"] = {key: stub for key, stub in found["stubs"].items() if stub is not None}
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise CourseError(_bad_setting(path, str(error))) from error


def _load(path: Path) -> Config:
    from traitlets.config.loader import PyFileConfigLoader

    try:
        with source.paused():
            return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(path)]
        where = f"{path}:{lines[-1]}" if lines else str(path)
        raise CourseError(f"{where}: {type(error).__name__}: {error}") from error


def _plain(value: Any, default: tuple[str, ...]) -> Any:
    from traitlets.config.loader import LazyConfigValue

    return value.get_value(list(default)) if isinstance(value, LazyConfigValue) else value


def _bad_setting(path: Path, message: str) -> str:
    """msgspec's complaint with the line of the setting and, for a typing error, the right name."""
    match = re.search(r"unknown field `(\w+)`|at `\$\.(\w+)`", message)
    name = (match[1] or match[2]) if match else ""
    guess = difflib.get_close_matches(name, Settings.__struct_fields__, n=1)
    if match and match[1]:
        message = f"there is no setting c.Autograder.{name}" + (
            f": did you mean {guess[0]}?" if guess else ""
        )
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if name and re.search(rf"\.{name}\s*=", line):
            return f"{path}:{number}: {message}"
    return f"{path}: {message}"
