"""What is found in submitted/, and what is said of everything else that lies there."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.collect import (
    MAX_DEPTH,
    MAX_FILES,
    MAX_FILES_BYTES,
    Collected,
    collect,
    parse_timestamp,
    shown,
)
from autograder.course import Course
from autograder.errors import CourseError, SubmissionError
from autograder.notebook import MAX_NOTEBOOK_BYTES

SECTION = "01_sums"
NOTEBOOK = f"{SECTION}.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with two sections, and with alice's submission of the first."""
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.ignore = ["*.py", ".*", "feedback"]\n'
    )
    for name in (SECTION, "02_products"):
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / name / f"{name}.py").write_text("")
    write(tmp_path / "submitted" / "alice" / SECTION / NOTEBOOK, "alice's")
    return Course(tmp_path)


def write(path: Path, text: str = "{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def students(collected: Collected) -> list[str]:
    return [submitted.student for submitted in collected.submissions]


def problem(course: Course) -> str:
    """The one problem there is, when alice's submission has none."""
    collected = collect(course, SECTION)
    assert students(collected) == ["alice"]
    (found,) = collected.problems
    return str(found)


# --- What is collected --------------------------------------------------------------------------


def test_submissions_are_sorted_by_student(course: Course) -> None:
    for student in ("carol", "bob@example.org", "Zoé-7_x.y"):
        write(course.submitted_dir / student / SECTION / NOTEBOOK)
    write(course.submitted_dir / "dave" / "02_products" / "02_products.ipynb")
    (course.submitted_dir / "eve").mkdir()
    collected = collect(course, SECTION)
    assert students(collected) == ["Zoé-7_x.y", "alice", "bob@example.org", "carol"]
    assert not collected.problems


def test_a_notebook_is_read_when_it_is_asked_for(course: Course) -> None:
    (alice,) = collect(course, SECTION).submissions
    assert alice.path == course.submitted_dir / "alice" / SECTION / NOTEBOOK
    assert alice.read() == b"alice's"
    alice.path.write_text("another")
    assert alice.read() == b"another"
    assert (alice.section, alice.timestamp, alice.files) == (SECTION, None, ())


def test_no_folder_is_no_submission(course: Course) -> None:
    (course.root / "submitted").rename(course.root / "elsewhere")
    assert collect(course, SECTION) == Collected(submissions=[], problems=[])


def test_a_file_in_place_of_the_folder_is_an_error(course: Course) -> None:
    (course.root / "submitted").rename(course.root / "elsewhere")
    write(course.root / "submitted")
    with pytest.raises(CourseError, match="submitted"):
        collect(course, SECTION)


def test_files_beside_the_notebook_come_along_as_nbgrader_copies_them(course: Course) -> None:
    folder = course.submitted_dir / "alice" / SECTION
    for name in ("b.csv", "data/a.npy", "x.py", ".hidden", "feedback/x", "timestamp.txt"):
        write(folder / name, "2026-03-01 12:00:00 UTC")
    (alice,) = collect(course, SECTION).submissions
    assert alice.files == ("b.csv", "data/a.npy", "timestamp.txt")
    assert alice.read_file("data/a.npy") == b"2026-03-01 12:00:00 UTC"
    assert alice.timestamp == datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2015-02-02 15:58:23.948203 UTC",
        "2015-02-02 15:58:23.948203 America/Los_Angeles",
        "2015-02-02 15:58:23 -0800",
        "2015-02-02 15:58:23 +0000",
        "2015-02-02 15:58:23",
        "2015-02-02T15:58:23+02:00",
        "2015-02-02 15:58:23 PST8PDT\n",
        "2015-02-02",
    ],
)
def test_timestamps_are_read_as_nbgrader_reads_them(text: str) -> None:
    from nbgrader.utils import parse_utc

    assert parse_timestamp(text) == parse_utc(text.strip())


def test_an_empty_timestamp_says_nothing() -> None:
    assert parse_timestamp(" \n") is None


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2015-02-02 15:58:23 /etc/passwd", "2015-02-02 12:00 ../../x", "9" * 60, "\x00"],
)
def test_what_is_not_a_time_is_no_timestamp(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_timestamp(text)


# --- What is not, and what is said of it --------------------------------------------------------


def link_to_student(root: Path) -> None:
    (root / "bob").symlink_to("alice")


def link_to_section(root: Path) -> None:
    (root / "bob").mkdir()
    (root / "bob" / SECTION).symlink_to(root / "alice" / SECTION)


def link_to_notebook(root: Path) -> None:
    (root / "bob" / SECTION).mkdir(parents=True)
    (root / "bob" / SECTION / NOTEBOOK).symlink_to("/etc/passwd")


def dangling_link(root: Path) -> None:
    (root / "bob" / SECTION).mkdir(parents=True)
    (root / "bob" / SECTION / NOTEBOOK).symlink_to("nowhere")


def pipe(root: Path) -> None:
    (root / "bob" / SECTION).mkdir(parents=True)
    os.mkfifo(root / "bob" / SECTION / NOTEBOOK)


def pipe_in_place_of_a_student(root: Path) -> None:
    os.mkfifo(root / "bob")


def unix_socket(root: Path) -> None:
    (root / "bob" / SECTION).mkdir(parents=True)
    with contextlib.chdir(root / "bob" / SECTION), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(NOTEBOOK)


def device(root: Path) -> None:
    (root / "bob" / SECTION).mkdir(parents=True)
    try:
        os.mknod(root / "bob" / SECTION / NOTEBOOK, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices, and not everywhere")


def folder_in_place_of_the_notebook(root: Path) -> None:
    (root / "bob" / SECTION / NOTEBOOK).mkdir(parents=True)


def huge_notebook(root: Path) -> None:
    os.truncate(write(root / "bob" / SECTION / NOTEBOOK), MAX_NOTEBOOK_BYTES + 1)


def empty_folder(root: Path) -> None:
    (root / "bob" / SECTION).mkdir(parents=True)


def another_name(root: Path) -> None:
    write(root / "bob" / SECTION / "sums (1).ipynb")


def other_names(root: Path) -> None:
    write(root / "bob" / SECTION / "b.ipynb")
    write(root / "bob" / SECTION / "a.ipynb")


def file_in_place_of_a_section(root: Path) -> None:
    write(root / "bob" / SECTION)


def no_student(root: Path) -> None:
    write(root / NOTEBOOK)


def no_section(root: Path) -> None:
    write(root / "bob" / NOTEBOOK)


def student_in_section(root: Path) -> None:
    write(root / SECTION / "bob" / NOTEBOOK)


def misspelt_section(root: Path) -> None:
    write(root / "bob" / "1_sum" / NOTEBOOK)


def unknown_section(root: Path) -> None:
    write(root / "bob" / "holiday" / NOTEBOOK)


def bad_time(root: Path) -> None:
    write(root / "bob" / SECTION / NOTEBOOK)
    write(root / "bob" / SECTION / "timestamp.txt", "yes\x1b[2J")


def huge_time(root: Path) -> None:
    write(root / "bob" / SECTION / NOTEBOOK)
    write(root / "bob" / SECTION / "timestamp.txt", "2026-01-01" + " " * 1000)


def student(name: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        write(root / name / SECTION / NOTEBOOK)

    make.__name__ = ascii(name)
    return make


EXPECTED = f"submitted/bob/{SECTION}/{NOTEBOOK}"
LINK = "is a symbolic link, and links are not followed"
SPECIAL = "is a pipe, a socket or a device, not a file"

BAD = [
    (link_to_student, f"submitted/bob: {LINK}"),
    (link_to_section, f"submitted/bob/{SECTION}: {LINK}. Expected is {EXPECTED}"),
    (link_to_notebook, f"{EXPECTED}: {LINK}. Ask for the notebook itself."),
    (dangling_link, f"{EXPECTED}: {LINK}. Ask for the notebook itself."),
    (pipe, f"{EXPECTED}: {SPECIAL}. Ask for the notebook itself."),
    (pipe_in_place_of_a_student, f"submitted/bob: {SPECIAL}"),
    (unix_socket, f"{EXPECTED}: {SPECIAL}. Ask for the notebook itself."),
    (device, f"{EXPECTED}: {SPECIAL}. Ask for the notebook itself."),
    (folder_in_place_of_the_notebook, f"{EXPECTED}: is a folder. Ask for the notebook itself."),
    (huge_notebook, f"{EXPECTED}: has 20 MB, more than the 20 MB that it may have. Clear its"),
    (empty_folder, f"submitted/bob/{SECTION}: holds no notebook. Expected is {NOTEBOOK}"),
    (another_name, f"submitted/bob/{SECTION}: holds sums (1).ipynb, expected is {NOTEBOOK}."),
    (other_names, f"holds a.ipynb, b.ipynb, expected is {NOTEBOOK}. Rename the right one"),
    (file_in_place_of_a_section, f"submitted/bob/{SECTION}: is a file. Expected is {EXPECTED}"),
    (no_student, f"submitted/{NOTEBOOK}: lies in no student's folder. Move it to submitted/STU"),
    (no_section, f"submitted/bob/{NOTEBOOK}: lies in no section's folder. Move it to {EXPECTED}"),
    (student_in_section, f"submitted/{SECTION}: has a section's name where a student's is expec"),
    (misspelt_section, "submitted/bob/1_sum: is not the name of a section. If it is 01_sums, re"),
    (unknown_section, "submitted/bob/holiday: is not the name of a section."),
    (bad_time, "timestamp.txt: says 'yes\\\\x1b[2J', which is not a time. Write a time as in"),
    (huge_time, "timestamp.txt: is not a short text file. Write a time as in"),
    (student("a+b"), "submitted/a+b: has one of * ? [ ] + in it, which mean something else to"),
    (student("bob "), "submitted/bob : has white space at an end. Rename the folder"),
    (student(".bob"), "submitted/.bob: starts with a dot, so nbgrader overlooks it"),
    (student("b\x1b[1mb"), "submitted/b\\x1b[1mb: has one of * ? [ ]"),
    (student("b\nb"), "submitted/b\\nb: has characters in it that cannot be printed"),
    (student("b\udcffb"), "submitted/b\\xffb: has characters in it that cannot be printed"),
    (student("b" * 129), ": has more than 128 characters"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[make.__name__ for make, _ in BAD])
def test_the_bad_one_is_named_and_the_others_go_on(
    course: Course, make: Callable[[Path], None], message: str
) -> None:
    make(course.submitted_dir)
    found = problem(course)
    assert message in found
    assert found.isprintable()
    found.encode()


def test_another_notebook_beside_the_right_one_is_mentioned(course: Course) -> None:
    write(course.submitted_dir / "alice" / SECTION / "01_sums-Copy1.ipynb")
    assert "01_sums-Copy1.ipynb: is not graded: 01_sums.ipynb beside it is." in problem(course)


def test_what_is_no_submission_is_overlooked(course: Course) -> None:
    write(course.submitted_dir / "README.md")
    write(course.submitted_dir / ".git" / "HEAD")
    write(course.submitted_dir / "alice" / ".ipynb_checkpoints" / NOTEBOOK)
    write(course.submitted_dir / "alice" / "notes.txt")
    collected = collect(course, SECTION)
    assert (students(collected), collected.problems) == (["alice"], [])


def test_links_and_pipes_beside_the_notebook_do_not_come_along(course: Course) -> None:
    folder = course.submitted_dir / "alice" / SECTION
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "etc").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    collected = collect(course, SECTION)
    assert [submitted.files for submitted in collected.submissions] == [()]
    assert [str(found).split(": ")[0] for found in collected.problems] == [
        f"submitted/alice/{SECTION}/{name}" for name in ("etc", "passwd", "pipe")
    ]


def too_many(folder: Path) -> None:
    for i in range(MAX_FILES + 1):
        write(folder / f"{i}.txt")


def too_large(folder: Path) -> None:
    os.truncate(write(folder / "large"), MAX_FILES_BYTES + 1)


def too_deep(folder: Path) -> None:
    write(folder.joinpath(*"x" * MAX_DEPTH, "file"))


@pytest.mark.parametrize("make", [too_many, too_large, too_deep])
def test_too_much_beside_the_notebook_does_not_come_along(
    course: Course, make: Callable[[Path], None]
) -> None:
    make(course.submitted_dir / "alice" / SECTION)
    assert "not copied to autograded/" in problem(course)


@contextlib.contextmanager
def without_permission(path: Path) -> Iterator[None]:
    """As a user whom permissions apply to, which they do not to root."""
    mode = path.stat().st_mode
    path.chmod(0)
    user = os.geteuid()
    opened = [folder for folder in path.parents if not folder.stat().st_mode & 0o001]
    for folder in opened:
        folder.chmod(folder.stat().st_mode | 0o055)
    try:
        if user == 0:
            os.seteuid(65534)
        yield
    finally:
        os.seteuid(user)
        for folder in opened:
            folder.chmod(0o700)
        path.chmod(mode)


@pytest.mark.parametrize("part", ["bob", f"bob/{SECTION}", f"bob/{SECTION}/{NOTEBOOK}"])
def test_what_may_not_be_read_is_named(course: Course, part: str) -> None:
    write(course.submitted_dir / "bob" / SECTION / NOTEBOOK)
    collect(course, SECTION)  # imports what it needs while it may
    with without_permission(course.submitted_dir / part):
        collected = collect(course, SECTION)
    assert students(collected) == ["alice"]
    (found,) = collected.problems
    assert found.path.startswith(f"submitted/{part}")
    assert "Give yourself permission" in found.message


def test_a_folder_beside_the_notebook_that_may_not_be_read_costs_itself_only(
    course: Course,
) -> None:
    data = course.submitted_dir / "alice" / SECTION / "data"
    data.mkdir()
    collect(course, SECTION)
    with without_permission(data):
        message = problem(course)
    assert f"alice/{SECTION}/data: may not be read" in message


# --- What has changed since it was collected ----------------------------------------------------


def become_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def become_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: path.unlink(), "is gone"),
        (lambda path: os.truncate(path, MAX_NOTEBOOK_BYTES + 1), "has 20 MB, more than"),
        (become_link, "is a symbolic link"),
        (become_pipe, "is not a regular file"),
        (become_folder, "is not a regular file"),
    ],
    ids=["removed", "grown", "link", "pipe", "folder"],
)
def test_a_notebook_that_became_unreadable_is_named(
    course: Course, change: Callable[[Path], None], message: str
) -> None:
    (alice,) = collect(course, SECTION).submissions
    change(alice.path)
    with pytest.raises(SubmissionError, match=message) as raised:
        alice.read()
    assert f"submitted/alice/{SECTION}/{NOTEBOOK}" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [(become_link, "is a symbolic link"), (become_pipe, "is not a regular file")],
)
def test_a_notebook_that_is_swapped_between_the_look_and_the_read(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    message: str,
) -> None:
    (alice,) = collect(course, SECTION).submissions
    look = os.stat

    def swapped(name: str, **where: Any) -> os.stat_result:
        status = look(name, **where)
        if name == NOTEBOOK:
            change(alice.path)
        return status

    monkeypatch.setattr(os, "stat", swapped)
    with pytest.raises(SubmissionError, match=message):
        alice.read()


def test_a_folder_that_became_a_link_is_not_followed(course: Course) -> None:
    (alice,) = collect(course, SECTION).submissions
    folder = alice.path.parent
    folder.rename(course.root / "elsewhere")
    folder.symlink_to(course.root / "elsewhere")
    with pytest.raises(SubmissionError, match="symbolic link"):
        alice.read()


def test_names_are_shown_without_what_could_deceive() -> None:
    assert shown("Zoé") == "Zoé"
    assert shown("a\x1b[31mb\u202ec\udce9") == "a\\x1b[31mb\\u202ec\\xe9"
