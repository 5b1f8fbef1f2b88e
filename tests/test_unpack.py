"""What was downloaded from a platform is put where it is graded, whatever else is in there."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from courses import (
    CONFIG,
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    answered,
    auto_scores,
    autograder,
    hand_in,
    make_course,
    records,
)

from autograder.course import Course
from autograder.errors import CourseError
from autograder.notebook import MAX_NOTEBOOK_BYTES
from autograder.unpack import MAX_ARCHIVES, Unpacked, unpack

NOTEBOOK = f"{SUMS}.ipynb"
MB = 1_000_000


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course")


def zipped(files: Mapping[str, bytes], *, date: tuple[int, ...] = (2026, 3, 1, 12, 0, 0)) -> bytes:
    """A zip of files; a name may carry its own date behind a bar."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            name, _, day = name.partition("|")
            when = (*date[:2], int(day), *date[3:]) if day else date
            info = zipfile.ZipInfo(name, when)  # type: ignore[arg-type]
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as made:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def taken(
    course: Course, files: Mapping[str, bytes] | bytes, name: str = "class.zip", **how: bool
) -> Unpacked:
    """What is done with one archive."""
    path = course.root / name
    path.write_bytes(files if isinstance(files, bytes) else zipped(files))
    return unpack(course, SUMS, [path], **how)


def there(course: Course) -> dict[str, bytes]:
    """Every notebook in submitted/, by student, if nothing else is there."""
    found = {}
    for path in course.submitted_dir.rglob("*"):
        if path.is_file() and path.name != "timestamp.txt":
            student, section, name = path.relative_to(course.submitted_dir).parts
            assert (section, name) == (SUMS, NOTEBOOK)
            found[student] = path.read_bytes()
    return found


def time(course: Course, student: str) -> str:
    return (course.submitted_dir / student / SUMS / "timestamp.txt").read_text()


def problem(done: Unpacked) -> str:
    (found,) = done.problems
    assert str(found).isprintable()
    return str(found)


def note(done: Unpacked) -> str:
    assert not done.problems
    (found,) = done.notes
    return str(found)


# --- Whose it is ----------------------------------------------------------------------------------

MOODLE = "Ada Lovelace_4711_assignsubmission_file_"
BLACKBOARD = "gradebook_la_hw1_ada_attempt_2026-03-01-12-00-00_"


@pytest.mark.parametrize(
    ("name", "student"),
    [
        (f"{MOODLE}/{NOTEBOOK}", "Ada Lovelace"),
        (f"{MOODLE}/work/{NOTEBOOK}", "Ada Lovelace"),
        (f"{MOODLE}{NOTEBOOK}", "Ada Lovelace"),
        (f"{MOODLE[:-1]}/{NOTEBOOK}", "Ada Lovelace"),
        (f"lovelaceada_4711_815_{NOTEBOOK}", "lovelaceada"),
        (f"lovelaceada_LATE_4711_815_{SUMS}-1.ipynb", "lovelaceada"),
        (f"{BLACKBOARD}{NOTEBOOK}", "ada"),
        (f"ada/{NOTEBOOK}", "ada"),
        (f"ada/{SUMS}/{NOTEBOOK}", "ada"),
        (f"ada@example.org/a/b/{NOTEBOOK}", "ada@example.org"),
        (f"submitted/ada/{SUMS}/{NOTEBOOK}", "ada"),
        (f"./Zoe\u0301/{NOTEBOOK}", "Zoé"),
        (f"ada\\{NOTEBOOK}", "ada"),
    ],
)
def test_the_platforms_and_nbgraders_names_are_understood(
    name: str, student: str, course: Course
) -> None:
    done = taken(course, {name: b"{}"})
    assert there(course) == {student: b"{}"}
    assert not done.problems
    assert not done.notes


@pytest.mark.parametrize("inner", [NOTEBOOK, f"{SUMS}/{NOTEBOOK}", f"bob/{NOTEBOOK}"])
@pytest.mark.parametrize(
    ("name", "student"),
    [
        (f"{MOODLE}/hw.zip", "Ada Lovelace"),
        ("lovelaceada_4711_815_hw.tar.gz", "lovelaceada"),
        (f"{BLACKBOARD}hw.zip", "ada"),
        ("ada.zip", "ada"),
        ("ada.tgz", "ada"),
        ("ada/hw.zip", "ada"),
    ],
)
def test_an_archive_in_the_archive_belongs_to_whoever_handed_it_in(
    name: str, student: str, inner: str, course: Course
) -> None:
    packed = tarred({inner: b"{}"}) if "gz" in name else zipped({inner: b"{}"})
    done = taken(course, {name: packed})
    assert there(course) == {student: b"{}"}
    assert not done.problems


@pytest.mark.parametrize(
    "name",
    [
        f"{MOODLE}/Bob_1_assignsubmission_file_/{NOTEBOOK}",
        f"{MOODLE}/bob_1_2_{NOTEBOOK}",
        f"{MOODLE}Bob_1_assignsubmission_file_{NOTEBOOK}",
        f"{MOODLE}/x_bob_attempt_2026-03-02-12-00-00_{NOTEBOOK}",
    ],
)
def test_no_file_name_of_a_students_makes_it_somebody_elses(name: str, course: Course) -> None:
    taken(course, {name: b"{}"})
    assert set(there(course)) == {"Ada Lovelace"}


def test_with_each_an_archive_is_called_after_its_student(course: Course) -> None:
    files = {f"bob/{NOTEBOOK}": b"{}", "hw.txt": b""}
    assert not taken(course, files, "ada.zip", each=True).problems
    assert not taken(course, tarred(files), "cyd.tar.gz", each=True).problems
    assert there(course) == {"ada": b"{}", "cyd": b"{}"}


def test_what_tells_no_student_is_named(course: Course) -> None:
    said = problem(taken(course, {NOTEBOOK: b"{}", f"{SUMS}/x.ipynb": b"{}"}))
    assert said.startswith(f"class.zip > {NOTEBOOK}: does not tell whose it is. Set")
    assert said.endswith("So it is with 1 more.")
    assert "pass --each" in said
    assert not there(course)


def test_nbgraders_regular_expression_is_honoured(tmp_path: Path) -> None:
    regexp = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
    setting = f"c.FileNameCollectorPlugin.named_regexp = r'{regexp}'\n"
    course = make_course(tmp_path / "course", config=CONFIG + setting)
    name = f"ps1_bitdiddle_attempt_2016-01-30-15-00-00_{SUMS}.ipynb"
    done = taken(course, {name: b"{}", f"ada/{NOTEBOOK}": b"{}"})
    assert "does not tell whose it is" in problem(done)
    assert there(course) == {"bitdiddle": b"{}"}
    assert time(course, "bitdiddle") == "2016-01-30 15:00:00 UTC\n"


@pytest.mark.parametrize("regexp", ["(", r"(?P<student>\w+)"])
def test_a_regular_expression_that_is_none_is_the_courses_mistake(
    regexp: str, tmp_path: Path
) -> None:
    setting = f"c.FileNameCollectorPlugin.named_regexp = {regexp!r}\n"
    course = make_course(tmp_path / "course", config=CONFIG + setting)
    with pytest.raises(CourseError, match=r"named_regexp in nbgrader_config\.py"):
        taken(course, {})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (f"a*b/{NOTEBOOK}", "a*b: has one of * ? [ ] + in it"),
        (f" ada/{NOTEBOOK}", " ada: has white space at an end"),
        (f"{'a' * 129}/{NOTEBOOK}", "has more than 128 characters"),
        (f"{PRODUCTS}_1_assignsubmission_file_/{NOTEBOOK}", "is the name of a section"),
    ],
)
def test_what_is_no_students_id_is_named(name: str, message: str, course: Course) -> None:
    said = problem(taken(course, {name: b"{}", f"zoe/{NOTEBOOK}": b"{}"}))
    assert message in said
    assert "named_regexp" in said
    assert set(there(course)) == {"zoe"}


def test_a_regular_expression_cannot_lead_out_of_submitted(tmp_path: Path) -> None:
    setting = "c.FileNameCollectorPlugin.named_regexp = r'.*~(?P<student_id>.*)~'\n"
    course = make_course(tmp_path / "course", config=CONFIG + setting)
    done = taken(course, {"x~a/b~.ipynb": b"{}", "x~~.ipynb": b"{}", "x~.a~.ipynb": b"{}"})
    assert len(done.problems) == 3
    assert not there(course)


def test_students_who_differ_in_capitals_only_are_not_mixed_up(course: Course) -> None:
    done = taken(course, {f"Ada/{NOTEBOOK}": b"1", "ada/hw.ipynb": b"2", f"bob/{NOTEBOOK}": b"3"})
    assert there(course) == {"bob": b"3"}
    assert sorted(str(found).split(". ")[0] for found in done.problems) == [
        "class.zip > Ada: differs from ada in its capitals only",
        "class.zip > ada: differs from Ada in its capitals only",
    ]
    said = problem(taken(course, {f"Bob/{NOTEBOOK}": b"4"}))
    assert "differs from bob in its capitals only" in said
    assert there(course) == {"bob": b"3"}


def test_two_students_of_one_name_are_not_mixed_up(course: Course) -> None:
    other = MOODLE.replace("4711", "4712")
    said = problem(taken(course, {f"{MOODLE}/{NOTEBOOK}": b"1", f"{other}/{NOTEBOOK}": b"2"}))
    assert "Ada Lovelace: is the name of several students" in said
    assert not there(course)


# --- Which notebook -------------------------------------------------------------------------------


@pytest.mark.parametrize("archived", [False, True])
def test_the_newest_is_taken_and_that_is_said(archived: bool, course: Course) -> None:
    files = {f"{SUMS}.ipynb|2": b"2", f"{SUMS} (1).ipynb|3": b"3", f"{SUMS}-9.ipynb|1": b"1"}
    packed = (
        {"ada.zip": zipped(files)}
        if archived
        else {f"ada/{name}": data for name, data in files.items()}
    )
    assert f"{SUMS} (1).ipynb: was taken: it is the newest of 3." in note(taken(course, packed))
    assert there(course) == {"ada": b"3"}


def test_of_attempts_of_one_date_the_last_is_taken(course: Course) -> None:
    files = {
        f"ada_1_{i}_{SUMS}{end}.ipynb": end.encode() for i, end in enumerate(("-2", "-10", ""))
    }
    assert f"{SUMS}-10.ipynb: was taken" in note(taken(course, files))
    assert there(course) == {"ada": b"-10"}


def test_a_platforms_time_counts_more_than_a_students_clock(course: Course) -> None:
    later = BLACKBOARD.replace("-03-01-", "-03-02-")
    files = {f"{later}{NOTEBOOK}|1": b"later", f"{BLACKBOARD}{NOTEBOOK}|28": b"earlier"}
    taken(course, files)
    assert there(course) == {"ada": b"later"}
    assert time(course, "ada") == "2026-03-02 12:00:00 UTC\n"


def test_the_only_notebook_may_have_any_name(course: Course) -> None:
    said = note(taken(course, {"ada/hw final.ipynb": b"{}"}))
    assert said == f"class.zip > ada/hw final.ipynb: was taken for {NOTEBOOK}."
    assert there(course) == {"ada": b"{}"}


def test_of_several_that_may_be_it_none_is_taken(course: Course) -> None:
    done = taken(course, {"ada/a.ipynb": b"1", "ada/b.ipynb": b"2"})
    assert problem(done) == (
        f"class.zip > ada/a.ipynb: may be {NOTEBOOK}, and so may others. "
        "Give the right one that name. So it is with 1 more."
    )
    assert not there(course)


def test_another_one_beside_it_is_mentioned(course: Course) -> None:
    said = note(taken(course, {f"ada/{NOTEBOOK}": b"1", "ada/scratch.ipynb": b"2"}))
    assert said == f"class.zip > ada/scratch.ipynb: is not collected: {NOTEBOOK} beside it is."
    assert there(course) == {"ada": b"1"}


def test_a_notebook_of_another_section_is_not_taken(course: Course) -> None:
    said = problem(taken(course, {f"ada/{PRODUCTS}.ipynb": b"1"}))
    assert said == (
        f"class.zip > ada/{PRODUCTS}.ipynb: is a notebook of {PRODUCTS}. "
        f"Collect it with `autograder collect {PRODUCTS}`."
    )
    assert not there(course)


def test_what_systems_and_editors_leave_behind_is_overlooked(course: Course) -> None:
    files = {
        f"__MACOSX/ada/._{NOTEBOOK}": b"1",
        f"ada/.ipynb_checkpoints/{SUMS}-checkpoint.ipynb": b"2",
        "ada/.DS_Store": b"3",
        "ada/data.csv": b"4",
        f"ada/{NOTEBOOK}": b"5",
    }
    done = taken(course, files)
    assert not done.problems + done.notes
    assert there(course) == {"ada": b"5"}


def test_nbgraders_time_comes_along_in_its_own_layout_only(course: Course) -> None:
    stamp = b"2026-03-01 12:00:00 UTC"
    taken(
        course,
        {
            f"ada/{SUMS}/{NOTEBOOK}": b"{}",
            f"ada/{SUMS}/timestamp.txt": stamp,
            f"{MOODLE.replace('Ada', 'Bob')}/{NOTEBOOK}": b"{}",
            f"{MOODLE.replace('Ada', 'Bob')}/timestamp.txt": stamp,
            "cyd.zip": zipped(
                {f"cyd/{SUMS}/{NOTEBOOK}": b"{}", f"cyd/{SUMS}/timestamp.txt": stamp}
            ),
        },
    )
    assert set(there(course)) == {"ada", "Bob Lovelace", "cyd"}
    assert time(course, "ada") == "2026-03-01 12:00:00 UTC\n"
    assert len(list(course.submitted_dir.rglob("timestamp.txt"))) == 1


@pytest.mark.parametrize("stamp", [b"yesterday", b"\x1b[2J", b"2" * 201, b"\xff\xfe"])
def test_what_is_no_time_is_named(stamp: bytes, course: Course) -> None:
    done = taken(course, {f"ada/{SUMS}/{NOTEBOOK}": b"{}", f"ada/{SUMS}/timestamp.txt": stamp})
    assert f"class.zip > ada/{SUMS}/{NOTEBOOK}: " in problem(done)
    assert not there(course)


# --- What is there already ------------------------------------------------------------------------


def test_a_second_run_changes_nothing(course: Course) -> None:
    files = {f"ada/{NOTEBOOK}": b"1", f"{BLACKBOARD.replace('ada', 'bob')}{NOTEBOOK}": b"2"}
    assert len(taken(course, files).taken) == 2
    before = {path: path.stat() for path in course.submitted_dir.rglob("*")}
    done = taken(course, files)
    assert (done.taken, done.current, done.problems) == ({}, 2, [])
    assert {path: path.stat() for path in course.submitted_dir.rglob("*")} == before


def test_another_submission_is_replaced_when_that_is_asked_for(course: Course) -> None:
    hand_in(course, "ada", b"old")
    files = {f"ada/{NOTEBOOK}": b"new", f"bob/{NOTEBOOK}": b"{}"}
    said = problem(taken(course, files))
    assert said == (
        f"class.zip > ada/{NOTEBOOK}: is another one than in submitted/ada/{SUMS}. "
        "Pass --update to replace that."
    )
    assert there(course) == {"ada": b"old", "bob": b"{}"}
    assert not taken(course, files, update=True).problems
    assert there(course) == {"ada": b"new", "bob": b"{}"}


def test_a_newer_submission_is_not_replaced_by_an_older_one(course: Course) -> None:
    path = hand_in(course, "ada", b"newer")
    path.with_name("timestamp.txt").write_text("2026-03-01 12:00:01 UTC")
    said = note(taken(course, {f"{BLACKBOARD}{NOTEBOOK}": b"older"}, update=True))
    assert f"is older than what is in submitted/ada/{SUMS}, which stays." in said
    assert there(course) == {"ada": b"newer"}


def test_of_several_archives_the_newest_counts_in_any_order(course: Course) -> None:
    for i, day in enumerate(("02", "03", "01")):
        name = BLACKBOARD.replace("-03-01-", f"-03-{day}-") + NOTEBOOK
        (course.root / f"{i}.zip").write_bytes(zipped({name: day.encode()}))
    done = unpack(course, SUMS, [course.root / f"{i}.zip" for i in range(3)])
    assert there(course) == {"ada": b"03"}
    assert time(course, "ada") == "2026-03-03 12:00:00 UTC\n"
    assert "2.zip" in note(done)
    assert done.taken["ada"].timestamp == datetime(2026, 3, 3, 12)


@pytest.mark.parametrize("part", ["ada", f"ada/{SUMS}", f"ada/{SUMS}/{NOTEBOOK}"])
def test_no_link_in_submitted_leads_elsewhere(part: str, course: Course) -> None:
    elsewhere = course.root / "elsewhere"
    elsewhere.mkdir()
    link = course.submitted_dir / part
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere if part != f"ada/{SUMS}/{NOTEBOOK}" else elsewhere / "file")
    said = problem(taken(course, {f"ada/{NOTEBOOK}": b"{}"}, update=True))
    assert "links are not followed" in said
    assert not list(elsewhere.iterdir())


def test_something_else_in_its_place_is_left_alone(course: Course) -> None:
    (course.submitted_dir / "ada" / SUMS / NOTEBOOK).mkdir(parents=True)
    (course.submitted_dir / "bob").mkdir()
    os.mkfifo(course.submitted_dir / "bob" / SUMS)
    done = taken(
        course, {f"{name}/{NOTEBOOK}": b"{}" for name in ("ada", "bob", "cyd")}, update=True
    )
    assert len(done.problems) == 2
    assert there(course) == {"cyd": b"{}"}


# --- Attacks, through the command, with honest students beside them -------------------------------


def bomb(size: int = 1_000_000_000) -> bytes:
    """A zip of a few kilobytes that would be gigabytes: many names for one piece of zeros."""
    data = zipped({NOTEBOOK: bytes(10 * MB)})
    at = data.index(b"PK\x01\x02")
    entry, count = data[at : at + 46 + len(NOTEBOOK)], size // (10 * MB)
    central = b"".join(entry.replace(NOTEBOOK.encode(), b"%07d.ipynb" % i) for i in range(count))
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), at, 0)
    return data[:at] + central + end


def linked(kind: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        info = tarfile.TarInfo(NOTEBOOK)
        info.type, info.linkname = kind, "/etc/passwd"
        made.addfile(info)
    return buffer.getvalue()


def encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


HUGE = bytes(MAX_NOTEBOOK_BYTES + 1)
ONE = zipped({NOTEBOOK: b"{}"})
# By the name in the class's archive: what an attacker has handed in, and what is said of it.
ATTACKS: dict[str, tuple[bytes, str]] = {
    "bomb.zip": (bomb(), "bomb.zip: has members that overlap, as only bombs have"),
    "nested.zip": (zipped({"a.zip": ONE}), "is an archive in an archive in an archive"),
    "zeros.zip": (zipped({NOTEBOOK: bytes(90 * MB)}), "has 90 MB, more than the 20 MB"),
    "squeezed.tar.gz": (tarred({NOTEBOOK: bytes(90 * MB)}), "100 times its size"),
    "up.zip": (zipped({f"../../{NOTEBOOK}": b"{}"}), "has .. in its name"),
    "root.zip": (zipped({f"/{NOTEBOOK}": b"{}"}), "has an absolute path for a name"),
    "drive.zip": (zipped({f"C:\\{NOTEBOOK}": b"{}"}), "has an absolute path for a name"),
    "back.zip": (zipped({f"..\\{NOTEBOOK}": b"{}"}), "has .. in its name"),
    "symbolic.tgz": (linked(tarfile.SYMTYPE), "is a symbolic link"),
    "hard.tgz": (linked(tarfile.LNKTYPE), "is a hard link"),
    "device.tgz": (linked(tarfile.CHRTYPE), "is a pipe, a socket or a device"),
    "pipe.tgz": (linked(tarfile.FIFOTYPE), "is a pipe, a socket or a device"),
    "capitals.zip": (zipped({NOTEBOOK: b"1", NOTEBOOK.upper(): b"2"}), "is there more than once"),
    "surrogate.tgz": (tarred({"a\udcff.ipynb": b"{}"}), "has a name that is not Unicode"),
    "escape.zip": (zipped({"\x1b[2J.ipynb": b"{}"}), "cannot be printed"),
    "turned.zip": (zipped({"\u202e.ipynb": b"{}"}), "cannot be printed"),
    "long.zip": (zipped({"x" * 65_000 + ".ipynb": b"{}"}), "more than 1,000 characters"),
    "secret.zip": (encrypted(ONE), "is encrypted"),
    "cut.zip": (ONE[:-30], "is damaged or cut off"),
    "other.rar": (b"Rar!\x1a\x07\x01\0", "is a RAR archive. Ask for a zip."),
    "empty.zip": (zipped({}), "holds no notebook"),
    f"{MOODLE}/{NOTEBOOK}": (HUGE, "has 20 MB, more than the 20 MB that it may have"),
    f"gus/../hal/{NOTEBOOK}": (b"{}", "has .. in its name"),
    f"b\x1b[1mb/{NOTEBOOK}": (b"{}", "cannot be printed"),
}  # fmt: skip


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, list[dict[str, str]], str]:
    """A class's archive of all attacks between two honest students, collected and graded."""
    course = make_course(tmp_path_factory.mktemp("course"))
    files = {f"anna/{NOTEBOOK}": answered(course, SUMS, RIGHT)}
    files |= {name: data for name, (data, _) in ATTACKS.items()}
    files |= {"zoe.tar.gz": tarred({f"work/{NOTEBOOK}": answered(course, SUMS, HALF)})}
    folder = course.archives_dir(SUMS)
    folder.mkdir(parents=True)
    (folder / "class.zip").write_bytes(zipped(files))
    (folder / "cut.zip").write_bytes(zipped(files)[:-100])
    (folder / "pipe.zip").symlink_to("/dev/zero")
    collected = autograder("--course", course.root, "collect", SUMS, "--json")
    graded = autograder("--course", course.root, "grade", SUMS, "--workers", "1", "--json")
    assert collected.returncode == 1
    assert collected.stderr == graded.stderr == ""
    assert graded.returncode == 0
    return course, records(collected.stdout), graded.stdout


@pytest.mark.parametrize("name", ATTACKS, ids=ascii)
def test_an_attack_is_named_with_archive_member_and_advice(
    name: str, attacked: tuple[Course, list[dict[str, str]], str]
) -> None:
    _, found, _ = attacked
    said = [f"{each['path']}: {each['error']}" for each in found if "error" in each]
    fitting = [line for line in said if ATTACKS[name][1] in line]
    assert any(line.startswith("class.zip > ") for line in fitting)
    if name.isprintable():
        assert any(name.partition(".")[0] in line for line in fitting)
    for line in said:
        assert line.isprintable()
        assert len(line) < 500


def test_nothing_else_is_said_and_nothing_else_is_written(
    attacked: tuple[Course, list[dict[str, str]], str],
) -> None:
    course, found, _ = attacked
    said = [each["path"] for each in found if "error" in each]
    assert len([path for path in said if path.startswith("class.zip")]) == len(ATTACKS)
    assert [path for path in said if not path.startswith("class.zip")] == ["cut.zip", "pipe.zip"]
    assert set(there(course)) == {"anna", "zoe"}


def test_honest_students_are_graded_as_if_nothing_had_been(
    attacked: tuple[Course, list[dict[str, str]], str],
) -> None:
    course, _, graded = attacked
    assert auto_scores(course) == {"anna": 5.0, "zoe": 3.0}
    assert {each["student"]: each["score"] for each in records(graded)} == auto_scores(course)


def test_many_archives_of_one_student_are_not_all_opened(course: Course) -> None:
    packed = {f"ada/{i}.zip": zipped({"x.txt": b""}) for i in range(MAX_ARCHIVES + 2)}
    done = taken(course, packed | {f"bob/{NOTEBOOK}": b"{}"})
    assert f"ada/{MAX_ARCHIVES}.zip: is not opened: the first {MAX_ARCHIVES}" in problem(done)
    assert "So it is with 1 more." in problem(done)
    assert there(course) == {"bob": b"{}"}


@pytest.mark.parametrize("name", ["{}/hw.ipynb", f"{PRODUCTS} ({{}}).ipynb", "{}.zip"])
def test_thousands_of_files_are_one_line(name: str, course: Course) -> None:
    files = {name.format(i): b"" for i in range(3000)}
    assert "So it is with 2,999 more." in problem(taken(course, {"ada.zip": zipped(files)}))
    files[NOTEBOOK] = b"{}"
    done = taken(course, {"bob.zip": zipped(files)})
    assert len(done.problems + done.notes) == 1
    assert there(course) == {"bob": b"{}"}


def test_thousands_of_links_are_one_line(course: Course) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        for i in range(3000):
            info = tarfile.TarInfo(f"{i}/link")
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            made.addfile(info)
    said = problem(taken(course, {"ada.tgz": buffer.getvalue()}))
    assert "So it is with 2,999 more." in said


def test_people_read_notes_problems_and_numbers(course: Course) -> None:
    path = course.root / "class.zip"
    path.write_bytes(zipped({"ada/hw.ipynb": b"{}", NOTEBOOK: b"{}"}))
    done = autograder("--course", course.root, "collect", SUMS, path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"note: class.zip > ada/hw.ipynb: was taken for {NOTEBOOK}.",
        f"not collected: class.zip > {NOTEBOOK}: does not tell whose it is. Set "
        "c.FileNameCollectorPlugin.named_regexp in nbgrader_config.py; or, where each archive is "
        "called after one student, pass --each.",
        "1 collected, 0 were there already, 1 could not be collected",
    ]


def test_without_an_archive_it_says_where_it_looked(course: Course) -> None:
    done = autograder("--course", course.root, "collect", SUMS)
    assert done.returncode == 2
    assert f"{course.root}/downloaded/{SUMS}/archive holds no archive" in done.stderr
    missing = autograder("--course", course.root, "collect", SUMS, "nothing.zip")
    assert missing.stdout.startswith("not collected: nothing.zip: does not exist. Is the name")
