"""Whether a course is ready for its class: one check a function, from the machine to the exchange.

A check looks at the real thing, writes nothing, and says what it found and what to do about it.
`note` is for what is well in most courses; a `finding` will stop somebody.
"""

from __future__ import annotations

import contextlib
import enum
import os
import platform
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from autograder import autograded, database, release, source
from autograder.course import Course
from autograder.errors import AutograderError, GradebookError
from autograder.gradebook import Gradebook, locate, strangers
from autograder.sandbox.box import FULL, RLIMITS_ONLY, Sandbox

PACKAGE = "linear-algebra-for-machine-learning"
PORT = 8888  # JupyterLab's
FREE_BYTES = 1_000_000_000  # for a class's notebooks, graded and returned
BUSY_SECONDS = 1.0
FOR_ALL = 0o777  # nbgrader's rule for the exchange,
FOR_STUDENTS = stat.S_IWOTH | stat.S_IXOTH  # and for the folder that they hand in to


class Status(enum.StrEnum):
    """How well it is."""

    GOOD = "good"
    NOTE = "note"
    FINDING = "finding"


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What one check has found."""

    check: str = ""
    status: Status
    found: str
    advice: str = ""  # what to do about it


@dataclass(frozen=True)
class Patient:
    """A course, and what nbgrader makes of all configuration files that it reads."""

    course: Course

    @cached_property
    def nbgrader(self) -> Any:
        """nbgrader's application, configured as in the course's folder."""
        from nbgrader.apps import NbGrader  # type: ignore[import-untyped]  # no py.typed
        from nbgrader.coursedir import CourseDirectory  # type: ignore[import-untyped]

        with contextlib.chdir(self.course.root), source.paused():
            application = NbGrader()
            application.coursedir = CourseDirectory(parent=application)
            application.load_config_file()
        return application

    @cached_property
    def exchange(self) -> Any:
        """nbgrader's exchange: where it is, and where students' own copies are."""
        from nbgrader.exchange.default import Exchange  # type: ignore[import-untyped]

        return Exchange(coursedir=self.nbgrader.coursedir, parent=self.nbgrader)

    @cached_property
    def students(self) -> list[str]:
        """Everybody whom the gradebook knows; nobody if there is none yet."""
        if is_new(self.course):
            return []
        with Gradebook(self.course, busy_seconds=BUSY_SECONDS, create=False) as book:
            return book.students()


def examine(course: Course) -> Iterator[Diagnosis]:
    """What every check finds, one after the other."""
    patient = Patient(course)
    for check in CHECKS:
        try:
            found = check(patient)
        except AutograderError as error:
            found = finding(str(error))
        except OSError as error:
            found = finding(f"{error.filename}: {error.strerror}.", "Give yourself permission.")
        yield msgspec.structs.replace(found, check=check.__name__)


def good(found: str) -> Diagnosis:
    """All is well."""
    return Diagnosis(status=Status.GOOD, found=found)


def note(found: str, advice: str) -> Diagnosis:
    """Nothing to do in most courses."""
    return Diagnosis(status=Status.NOTE, found=found, advice=advice)


def finding(found: str, advice: str = "") -> Diagnosis:
    """Something to mend."""
    return Diagnosis(status=Status.FINDING, found=found, advice=advice)


def is_new(course: Course) -> bool:
    """Whether nothing has been graded and so no gradebook has to be there."""
    missing = database.is_missing(locate(course, BUSY_SECONDS))
    return missing and not autograded.graded_sections(course)


# --- The machine ----------------------------------------------------------------------------------


def packages(_: Patient) -> Diagnosis:
    """Python and what is installed in it."""
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in metadata.requires(PACKAGE) or ()]
    wrong = [
        f"{each.name} {_version(each.name)} (wanted: {each.specifier or 'any'})"
        for each in wanted
        if (each.marker is None or each.marker.evaluate({"extra": ""}))
        and not each.specifier.contains(_version(each.name) or "0.dev0", prereleases=True)
    ]
    if wrong:
        return finding(f"{', '.join(wrong)}.", "Set the environment up again with `make setup`.")
    return good(f"Python {platform.python_version()}, nbgrader {_version('nbgrader')}")


def sandbox(patient: Patient) -> Diagnosis:
    """Which rung the sandbox's self-test gives."""
    settings = patient.course.options(())
    with Sandbox(modules=(), limits=settings.limits, secret=settings.secret) as box:
        rung = box.rung
    if rung == RLIMITS_ONLY:
        return finding(
            f"{rung}: student code cannot be confined, so nothing is graded.",
            "It takes Linux with Landlock (5.13 or newer) and libseccomp, better with bubblewrap "
            "and user namespaces.",
        )
    if rung != FULL:
        return note(
            f"{rung}: user namespaces are forbidden here.",
            "Student code is confined all the same; with them it would not even see that the "
            "course's files exist.",
        )
    return good(rung)


def disk(patient: Patient) -> Diagnosis:
    """Room for a class."""
    for folder in (patient.course.root, Path(tempfile.gettempdir())):
        free = shutil.disk_usage(folder).free
        if free < FREE_BYTES:
            return finding(
                f"{free / 1e9:.1f} GB are left on the disk of {folder}.",
                f"Make room: {FREE_BYTES / 1e9:g} GB should be free before a class is graded.",
            )
    return good(f"{shutil.disk_usage(patient.course.root).free / 1e9:.0f} GB are free")


def port(_: Patient) -> Diagnosis:
    """Where `jupyter lab` would listen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return note(
                f"port {PORT} is taken.",
                "JupyterLab takes the next one and says which. If it is an old JupyterLab of "
                f"yours, `jupyter server stop {PORT}` ends it.",
            )
    return good(f"{PORT} is free")


# --- The course -----------------------------------------------------------------------------------


def configuration(patient: Patient) -> Diagnosis:
    """Whether nbgrader's commands and we take the same course and gradebook for granted."""
    settings, theirs = patient.course.settings(), patient.nbgrader.coursedir
    if not settings.course_id:
        return finding(
            "c.CourseDirectory.course_id is not set in nbgrader_config.py.",
            "Give the course a name there, before something is released or graded.",
        )
    ours = locate(patient.course, BUSY_SECONDS)
    try:
        same = ours == database.locate(theirs.db_url, patient.course.root, BUSY_SECONDS)
    except ValueError:
        same = False
    if settings.course_id != theirs.course_id or not same:
        which = "db_url" if settings.course_id == theirs.course_id else "course_id"
        return finding(
            f"nbgrader gets another c.CourseDirectory.{which} from a configuration file elsewhere.",
            f"Write {which} into the course's nbgrader_config.py; `jupyter --paths` tells where "
            "others are.",
        )
    return good(f"the course is {settings.course_id}")


def sections(patient: Patient) -> Diagnosis:
    """Whether each section can be read, and students would get what stands in source/."""
    names = patient.course.sections()
    if not names:
        return finding(
            f"{patient.course.source_dir} holds no NAME/NAME.py.",
            "Write a section; docs/authoring.md says how.",
        )
    if stale := release.build(patient.course, check=True):
        more = f" and {len(stale) - 1} more" if stale[1:] else ""
        return finding(f"{stale[0]}{more}.", "Run `autograder build`.")
    return good(f"{len(names)}, and what students get is up to date")


def folders(patient: Patient) -> Diagnosis:
    """What grading reads and writes."""
    course = patient.course
    for folder in (course.root, course.submitted_dir, course.autograded_dir, course.feedback_dir):
        if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return finding(f"{folder} may not be written.", f"`chmod u+rwx {folder}`, or ask.")
    if not course.submitted_dir.exists():
        return note(
            f"{course.submitted_dir} does not exist: nobody has handed in.",
            "`nbgrader collect` or `autograder collect` makes it.",
        )
    return good("can be written")


# --- The gradebook --------------------------------------------------------------------------------


def gradebook(patient: Patient) -> Diagnosis:
    """Whether it can be reached, and is this nbgrader's and this course's."""
    url = locate(patient.course, BUSY_SECONDS)
    name = database.name_of(url)
    if is_new(patient.course):
        return note(f"{name} does not exist yet.", "The first run of `autograder grade` makes it.")
    count = len(patient.students)
    if database.is_a_file(url) and not os.access(name, os.W_OK):
        return finding(f"{name} cannot be written.", "Give yourself permission.")
    return good(f"{name}, {count} student{'' if count == 1 else 's'}")


def students(patient: Patient) -> Diagnosis:
    """Whether the gradebook knows those who have handed in."""
    folder = patient.course.submitted_dir
    names = [path.name for path in folder.glob("[!.]*") if path.is_dir()] if folder.exists() else []
    try:
        known = patient.students
    except GradebookError:
        return note("cannot be told: see above.", "")
    if not known:
        return note(
            "the gradebook knows nobody yet.",
            "`nbgrader db student import students.csv` tells it the class; else whoever hands in "
            "becomes known.",
        )
    unknown = strangers(names, known)
    if alike := {who: guess for who, guess in unknown.items() if guess}:
        told = ", ".join(f"{who} (is it {guess}?)" for who, guess in alike.items())
        return finding(
            f"{folder.name}/ has students whom the gradebook does not know: {told}.",
            "Where it is, rename the folder; else `nbgrader db student add` makes them known.",
        )
    if unknown:
        return note(
            f"{folder.name}/ has students whom the gradebook does not know: {', '.join(unknown)}.",
            "They become known when they are graded.",
        )
    return good(f"all {len(names)} who have handed in are known")


# --- The exchange ---------------------------------------------------------------------------------


def exchange(patient: Patient) -> Diagnosis:
    """The folder through which notebooks go to students and back."""
    root, shared = Path(patient.exchange.root), patient.nbgrader.coursedir.groupshared
    if not root.is_dir():
        advice = (
            f"If your students use nbgrader's exchange: `sudo install -d -m 777 {root}`, or name "
            "another folder as c.Exchange.root."
        )
        is_wanted = "root" in patient.nbgrader.config.Exchange
        return (finding if is_wanted else note)(f"{root} does not exist.", advice)
    permissions = stat.S_IMODE(root.stat().st_mode) & FOR_ALL
    if permissions != FOR_ALL and not shared:
        return finding(
            f"{root} has the permissions {permissions:o}, and students need 777.",
            f"`chmod 777 {root}`, as whoever owns it.",
        )
    if not os.access(root, os.W_OK | os.X_OK):
        return finding(f"{root} may not be written.", f"`chmod 777 {root}`, as whoever owns it.")
    return good(f"{root}")


def released(patient: Patient) -> Diagnosis:
    """The course's own part of the exchange."""
    root, name = Path(patient.exchange.root), patient.course.settings().course_id
    inbound, outbound = root / name / "inbound", root / name / "outbound"
    if not name or not inbound.is_dir() or not outbound.is_dir():
        others = _released_elsewhere(root, patient.course)
        if others:
            return finding(
                f"sections of this course are released as {', '.join(others)}, and not as {name}.",
                "Students fetch and hand in by that name: set c.CourseDirectory.course_id to it, "
                "or release again.",
            )
        return note("nothing yet.", "`nbgrader release_assignment SECTION` does it.")
    for folder in (inbound, outbound):
        if folder.stat().st_uid != os.getuid() and not patient.nbgrader.coursedir.groupshared:
            return finding(
                f"{folder} belongs to {folder.owner()}.",
                "Release and collect as that user, or set c.CourseDirectory.groupshared.",
            )
    if ~inbound.stat().st_mode & FOR_STUDENTS:
        return finding(f"students may not write {inbound}.", f"`chmod 2733 {inbound}`.")
    count = sum(1 for _ in outbound.iterdir())
    return good(f"{count} in {outbound}, {sum(1 for _ in inbound.iterdir())} handed in")


def cache(patient: Patient) -> Diagnosis:
    """Where `nbgrader submit` keeps a copy of what it has handed in."""
    folder = Path(patient.exchange.cache)
    above = next(each for each in (folder, *folder.parents) if os.access(each, os.F_OK))
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        return finding(
            f"{above} may not be written, and {folder} is to be there.",
            "Give yourself permission, or name another folder as c.Exchange.cache.",
        )
    return good(f"{folder}")


CHECKS: tuple[Callable[[Patient], Diagnosis], ...] = (
    packages,
    sandbox,
    disk,
    port,
    configuration,
    sections,
    folders,
    gradebook,
    students,
    exchange,
    released,
    cache,
)


def _version(name: str) -> str:
    """Of an installed package; empty if it is not there."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return ""


def _released_elsewhere(root: Path, course: Course) -> list[str]:
    """The courses as which this user has released sections of that name."""
    own = set(course.sections())
    return sorted(
        outbound.parent.name
        for outbound in root.glob("*/outbound")
        if outbound.stat().st_uid == os.getuid()
        and own & {each.name for each in outbound.iterdir()}
    )
