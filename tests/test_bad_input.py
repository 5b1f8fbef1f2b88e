"""Everything that students hand in by mistake, through the command line, in one class.

Each gets a message that names the file and says what to do, and costs nobody else anything.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from courses import (
    BIN,
    ENVIRONMENT,
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    answered,
    auto_scores,
    autograder,
    copied,
    dump,
    edited,
    hand_in,
    make_course,
    own_cell,
    records,
    spoken,
    state,
)

from autograder import cli
from autograder.course import Course
from autograder.grade import close_sandbox
from autograder.notebook import MAX_NOTEBOOK_BYTES

NOTEBOOK = f"{SUMS}.ipynb"
OPEN_AND_SAVE = "Open it in JupyterLab, save it and submit the .ipynb file again."

# What is wrong, by where it lies below submitted/, with the words that its message must have.
REFUSED = {
    f"bea/{SUMS}/{NOTEBOOK}": ("not a Jupyter notebook", OPEN_AND_SAVE),
    f"cal/{SUMS}/{NOTEBOOK}": ("not a Jupyter notebook", OPEN_AND_SAVE),
    f"dan/{SUMS}/{NOTEBOOK}": (
        f"none of the answer cells of {SUMS} is in it",
        "Submit the notebook that was released for this one.",
    ),
    f"eve/{SUMS}/{NOTEBOOK}": ("none of the answer cells", "that was released for this one."),
    f"gus/{SUMS}/{NOTEBOOK}": ("has 30 MB, more than the 20 MB", "Clear its outputs in JupyterLab"),
    f"hal/{SUMS}/{NOTEBOOK}": ("links are not followed", "Ask for the notebook itself."),
    f"ida/{SUMS}": (f"holds no notebook. Expected is {NOTEBOOK}", "ask the student for it."),
    "jon/01_sum": ("is not the name of a section", f"If it is {SUMS}, rename the folder to that."),
    "kim.ipynb": ("lies in no student's folder", f"Move it to submitted/STUDENT/{SUMS}/{NOTEBOOK}"),
    f"lou/{NOTEBOOK}": ("lies in no section's folder", f"Move it to submitted/lou/{SUMS}/"),
    f"max/{SUMS}": (f"holds homework.ipynb, expected is {NOTEBOOK}", "Rename the notebook"),
    PRODUCTS: ("has a section's name where a student's is expected", "Move what is in it to"),
    f"nan/{SUMS}/{NOTEBOOK}": ("notebook format 3, expected 4", "Open it in JupyterLab"),
}
# Who gets a score all the same; of eve's two kinds of missing grade ids this one keeps some cells.
SCORES = {"ada": 5.0, "fay": 5.0, "pia": 5.0, "quinn": 2.0, "zoe": 3.0}


def make_class(course: Course) -> None:
    """One of each mistake between the first and the last student, who did all right."""
    submitted = course.submitted_dir
    right = answered(course, SUMS, RIGHT)
    for student in ("ada", "zoe"):
        hand_in(course, student, RIGHT if student == "ada" else HALF)
    hand_in(course, "bea", b"My laptop ate it.")
    hand_in(course, "cal", right[: len(right) // 2])
    hand_in(course, "dan", answered(course, PRODUCTS, RIGHT))
    hand_in(course, "eve", edited(right, without_ids))
    hand_in(course, "fay", edited(right, lambda cells: cells + cells))
    hand_in(course, "pia", edited(right, lambda cells: cells[:-2]))
    hand_in(course, "quinn", edited(right, lambda cells: [c for c in cells if c["id"] != "total"]))
    with hand_in(course, "gus", right).open("ab") as file:
        file.truncate(MAX_NOTEBOOK_BYTES * 3 // 2)
    link = submitted / "hal" / SUMS / NOTEBOOK
    link.parent.mkdir(parents=True)
    link.symlink_to(submitted / "ada" / SUMS / NOTEBOOK)
    (submitted / "ida" / SUMS).mkdir(parents=True)
    for place in ("jon/01_sum", "lou", f"max/{SUMS}", f"{PRODUCTS}/olga"):
        name = "homework.ipynb" if place.startswith("max") else NOTEBOOK
        (submitted / place).mkdir(parents=True, exist_ok=True)
        (submitted / place / name).write_bytes(right)
    (submitted / "kim.ipynb").write_bytes(right)
    hand_in(course, "nan", right.replace(b'"nbformat": 4', b'"nbformat": 3'))


def without_ids(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"].pop("nbgrader", None)


class Graded(NamedTuple):
    """The course, what three commands said, and what lay there before and after the second."""

    course: Course
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    scored: subprocess.CompletedProcess[str]
    unchanged: bool


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    course = make_course(tmp_path_factory.mktemp("course"))
    make_class(course)
    command = ("--course", course.root, "grade", SUMS, "--workers", "1", "--json")
    first = autograder(*command)
    before = (dump(course), state(course.root))
    second = autograder(*command)
    unchanged = (dump(course), state(course.root)) == before
    named = [course.submitted_dir / path for path in REFUSED if path.endswith(f"{SUMS}/{NOTEBOOK}")]
    named.append(course.submitted_dir / "nobody.ipynb")
    named.append(course.submitted_dir / "ada" / SUMS / NOTEBOOK)
    command = ("--course", course.root, "score", "--assignment", SUMS, "--json")
    return Graded(course, first, second, autograder(*command, *named), unchanged)


def problems(done: subprocess.CompletedProcess[str], key: str) -> dict[str, str]:
    """What a command says of each file below submitted/."""
    return {
        str(record[key]).partition("submitted/")[2]: record["error"]
        for record in records(done.stdout)
        if "error" in record
    }


@pytest.mark.parametrize("path", REFUSED)
def test_grade_names_the_file_and_says_what_to_do(path: str, graded: Graded) -> None:
    message = problems(graded.first, "path")[path]
    for words in REFUSED[path]:
        assert words in message
    assert path not in message  # it stands before the message, once
    assert not message.startswith(f"{path.partition('/')[0]}:")


def test_grade_has_nothing_else_to_complain_of(graded: Graded) -> None:
    assert problems(graded.first, "path").keys() == REFUSED.keys()
    assert graded.first.returncode == 1
    assert graded.first.stderr == ""


def test_all_others_are_graded(graded: Graded) -> None:
    assert auto_scores(graded.course) == SCORES
    found = {r["student"]: r["score"] for r in records(graded.first.stdout) if "student" in r}
    assert found == SCORES


def test_missing_and_doubled_cells_are_remarked(graded: Graded) -> None:
    notices = {r["student"]: r["notices"] for r in records(graded.first.stdout) if "student" in r}
    (doubled,) = notices["fay"]
    assert "more than once" in doubled
    assert all(name in doubled for name in ("total", "total-basics", "why"))
    for student, cells in {"pia": ("show-the-mean", "why"), "quinn": ("total",)}.items():
        said = " ".join(notices[student])
        assert "missing and" in said
        assert "put back" in said
        assert all(name in said for name in cells)
    assert notices["ada"] == notices["zoe"] == []


def test_a_second_run_says_the_same_and_changes_nothing(graded: Graded) -> None:
    assert problems(graded.second, "path") == problems(graded.first, "path")
    assert graded.second.returncode == 1
    assert not [record for record in records(graded.second.stdout) if "student" in record]
    assert graded.unchanged


def test_score_names_the_file_and_scores_the_others(graded: Graded) -> None:
    said = problems(graded.scored, "notebook")
    notebooks = [path for path in REFUSED if path.endswith(f"{SUMS}/{NOTEBOOK}")]
    assert said.keys() == {*notebooks, "nobody.ipynb"}
    for path, message in said.items():
        assert str(graded.course.submitted_dir / path) in message
        assert message in graded.scored.stderr
    assert "does not exist" in said["nobody.ipynb"]
    for student, words in {
        "bea": "not a Jupyter notebook",
        "cal": "not a Jupyter notebook",
        "dan": "Is it a notebook of another assignment?",
        "eve": "none of the answer cells",
        "gus": "more than the 20 MB",
        "hal": "links are not followed",
        "nan": "notebook format 3",
    }.items():
        assert words in said[f"{student}/{SUMS}/{NOTEBOOK}"]
    assert records(graded.scored.stdout)[-1]["score"] == SCORES["ada"]
    assert graded.scored.returncode == 1
    assert "Traceback" not in graded.scored.stderr


def test_people_read_the_same_below_the_table(
    graded: Graded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(graded.course, "grade", SUMS, "--workers", "1") == 1
    text = capsys.readouterr().out
    for path, message in problems(graded.first, "path").items():
        # One line each, however narrow the terminal, so that the path can be copied.
        assert f"not graded: submitted/{path}: {message}" in text.splitlines()
    assert f"{len(SCORES)} had not changed, {len(REFUSED)} could not be graded" in spoken(text)


# --- What is made to hurt -------------------------------------------------------------------------

TERMINAL = "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://x\x1b\\\\\x9b8m\u202e\u2066"
LIVE = "<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)>"
FAKE = {
    "output_type": "display_data",
    "data": {"text/html": "<script>alert('FAKED')</script>", "image/svg+xml": "<svg>FAKED</svg>"},
    "metadata": {},
}


def raw(cells: str = "[]", metadata: str = "{}") -> bytes:
    """A notebook as text, in which there may be what no encoder writes."""
    head = f'{{"cells": {cells}, "metadata": {metadata}, '
    return f'{head}"nbformat": 4, "nbformat_minor": 5}}'.encode()


def cell(source: str, **more: str) -> str:
    rest = "".join(f', "{key}": {value}' for key, value in more.items())
    return f'{{"cell_type": "code", "source": {source}{rest}}}'


MANY = 400_000
NO_ANSWERS, NO_NOTEBOOK = "none of the answer cells", "not a Jupyter notebook"
# Notebooks of which nothing is graded, with the words that are said of them.
HOSTILE = {
    "deep": (raw(metadata='{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"), NO_NOTEBOOK),
    "deep_unread": (raw(cell("1", x="[" * 100_000 + "]" * 100_000)), NO_NOTEBOOK),
    "deep_source": (raw("[" + cell("[" * 100_000) + "]"), NO_NOTEBOOK),
    "integer": (raw(metadata='{"a": ' + "9" * 10_000_000 + "}"), NO_NOTEBOOK),
    "float": (raw(metadata='{"a": 1e99999}'), NO_NOTEBOOK),
    "format": (raw().replace(b'"nbformat": 4', b'"nbformat": 1e400'), NO_NOTEBOOK),
    "keys": (raw(metadata="{" + ",".join(f'"{i}":1' for i in range(MANY)) + "}"), NO_ANSWERS),
    "cells": (raw("[" + ",".join([cell('""')] * MANY) + "]"), "400,000 cells are more than a"),
    "lines": (
        raw("[" + cell('["a=1",' + ",".join(['"\\n"'] * 10**6) + "]") + "]"),
        "1,000,003 characters of code",
    ),
    "utf8": (raw(metadata='{"a": "~"}').replace(b"~", b"\xff\xfe"), NO_NOTEBOOK),
    "surrogate": (raw("[" + cell('"\\ud800"') + "]"), NO_NOTEBOOK),
    "worksheets": (b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}', ""),
    "zeros": (bytes(1_000_000), NO_NOTEBOOK),
}


def doubled_keys(data: bytes) -> bytes:
    """Keys that stand twice: the last one counts, for us as for Jupyter."""
    return data.replace(b'"nbformat": 4', b'"nbformat": 3,\n "nbformat": 4')


def with_fakes(cells: list[dict[str, Any]]) -> None:
    """Stored outputs, attachments, ids that collide, and claims in the metadata."""
    for each in cells:
        each["id"] = "same"
        each["attachments"] = {"x.svg": {"image/svg+xml": "<svg>FAKED</svg>"}}
        each["metadata"]["FAKED"] = {"points": 10**300}
        if each["cell_type"] == "code":
            each["outputs"] = [FAKE]
            each["execution_count"] = 99


def with_live_text(cells: list[dict[str, Any]]) -> None:
    for each in cells:
        if each["cell_type"] == "markdown":
            each["source"] = LIVE + TERMINAL
    added = own_cell(LIVE + TERMINAL)
    cells += [added | {"cell_type": kind, "id": kind} for kind in ("markdown", "raw")]


class Hurt(NamedTuple):
    """The course, and what was printed for machines, for people, and of one notebook."""

    course: Course
    records: list[dict[str, Any]]
    printed: str


@pytest.fixture(scope="module")
def hurt(tmp_path_factory: pytest.TempPathFactory) -> Hurt:
    course = make_course(tmp_path_factory.mktemp("hurt"))
    right = answered(course, SUMS, RIGHT)
    for student in ("anna", "zoe"):
        hand_in(course, student, right)
    for student, (data, _) in HOSTILE.items():
        hand_in(course, student, data)
    hand_in(course, "doubled", doubled_keys(right))
    hand_in(course, "fakes", edited(right, with_fakes))
    hand_in(course, "live", edited(right, with_live_text))
    hand_in(course, "null", edited(right, lambda cells: [*cells, own_cell("x = 1\0")]))
    raising = f"raise type({TERMINAL!r}, (Exception,), {{}})({TERMINAL + LIVE!r})"
    hand_in(course, "terminal", edited(right, lambda cells: [*cells, own_cell(raising)]))
    hand_in(course, "terminal2", RIGHT | {"mean": f"def mean(numbers):\n    {raising}"})
    os.truncate(hand_in(course, "vast", b"{"), 100_000_000)
    command = ("--course", course.root, "grade", SUMS, "--workers", "1")
    graded = autograder(*command, "--json")
    shown = autograder(*command, "--again")
    scored = autograder(
        "--course", course.root, "score", course.submitted_dir / "terminal2" / SUMS / NOTEBOOK
    )
    assert graded.stderr == shown.stderr == scored.stderr == ""
    return Hurt(course, records(graded.stdout), graded.stdout + shown.stdout + scored.stdout)


@pytest.mark.parametrize("student", [*HOSTILE, "vast"])
def test_a_hostile_notebook_is_refused_with_the_reason(student: str, hurt: Hurt) -> None:
    said = {r["path"].split("/")[1]: r["error"] for r in hurt.records if "error" in r}
    words = HOSTILE[student][1] if student in HOSTILE else "has 100 MB, more than the 20 MB"
    assert words in said[student]
    assert len(said[student]) < 400
    assert said.keys() == {*HOSTILE, "vast"}


def test_beside_hostile_notebooks_all_others_get_their_points(hurt: Hurt) -> None:
    full = dict.fromkeys(("anna", "zoe", "doubled", "fakes", "live", "null", "terminal"), 5.0)
    assert auto_scores(hurt.course) == full | {"terminal2": 3.0}


def test_stored_outputs_and_claims_are_not_in_what_was_graded(hurt: Hurt) -> None:
    graded = hurt.course.autograded_dir
    fakes = (graded / "fakes" / SUMS / NOTEBOOK).read_text()
    assert "FAKED" not in fakes
    assert "same" not in fakes


def test_what_is_printed_leaves_the_terminal_alone(hurt: Hurt) -> None:
    assert "ended with" in hurt.printed
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", hurt.printed)


def test_what_was_graded_has_no_controls_and_nothing_live(hurt: Hurt) -> None:
    for student in ("live", "null", "terminal", "terminal2"):
        data = (hurt.course.autograded_dir / student / SUMS / NOTEBOOK).read_text()
        for each in msgspec.json.decode(data)["cells"]:
            text = each["source"] + str(each.get("outputs", ""))
            assert not re.search("[\x00-\x08\x0e-\x1a\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
            if each["cell_type"] != "code":
                assert "<script" not in text
                assert "javascript:" not in text


def test_feedback_of_a_hostile_notebook_runs_nothing(hurt: Hurt) -> None:
    """What a browser gets from nbgrader's own pages."""
    done = subprocess.run(
        [BIN / "nbgrader", "generate_feedback", SUMS, "--student=live"],
        cwd=hurt.course.root,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    page = (hurt.course.feedback_dir / "live" / SUMS / f"{SUMS}.html").read_text()
    assert done.returncode == 0, done.stderr
    assert "alert(1)" in page  # as text
    assert "<script>alert" not in page
    assert not re.search(r"<[^>]*onerror", page)
    assert not re.search(r"href=.javascript:", page)


# --- What stands in the way of everybody ----------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def no_sandbox_left() -> Iterator[None]:
    """Ends the sandbox that commands have started in this process."""
    yield
    close_sandbox()


@pytest.fixture
def settled(graded: Graded, tmp_path: Path) -> Course:
    """A copy of the course in which everybody who can be graded has been."""
    return copied(graded.course.root, tmp_path / "course")


def run(course: Course, *arguments: str | Path) -> int:
    return cli.main(["--course", str(course.root), *map(str, arguments)])


def test_a_locked_database_is_named_and_the_next_run_completes(
    settled: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(settled, "zoe", RIGHT)
    path = settled.root / "gradebook.db"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert run(settled, "grade", SUMS, "--workers", "1", "--json") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    advice = "Close formgrader and any other grader that has it open, then repeat."
    assert printed.err == f"autograder: {path} is in use. {advice}\n"
    assert auto_scores(settled) == SCORES
    assert run(settled, "grade", SUMS, "--workers", "1", "--json") == 1
    assert auto_scores(settled) == SCORES | {"zoe": 5.0}


CANNOT = "cannot be read or written. Give yourself permission, then repeat."


def as_nobody(course: Course, *arguments: str | Path) -> tuple[int, str]:
    """Exit status and words of a command run by somebody who is not root, whom all is open to."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status, said = 99, io.StringIO()
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                status = run(course, *arguments)
        except BaseException as error:
            said.write(f"{type(error).__name__}: {error}")
        finally:
            os.write(writing, said.getvalue().encode())
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


@pytest.fixture
def closed(settled: Course) -> Iterator[Callable[[str], Path]]:
    """Takes the permission to write a file or folder of a course that is open to all else."""
    above = {path: path.stat().st_mode for path in settled.root.parents}
    for path, mode in above.items():
        if not mode & 0o001:
            path.chmod(mode | 0o011)
    assert run(settled, "grade", SUMS, "--workers", "1", "--json") == 1  # imports all that it needs
    assert run(settled, "build") == 0
    for path in (settled.root, *settled.root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)

    def close(name: str) -> Path:
        path = settled.root / name
        path.chmod(0o555 if path.is_dir() else 0o444)
        return path

    yield close
    for path, mode in above.items():
        path.chmod(mode)


@pytest.mark.parametrize("name", ["gradebook.db", "autograded"])
def test_what_grade_may_not_write_is_named(
    name: str, settled: Course, closed: Callable[[str], Path]
) -> None:
    path = closed(name)
    status, said = as_nobody(settled, "grade", SUMS, "--workers", "1")
    assert spoken(said).startswith(
        f"autograder: {path} cannot be written. Give yourself permission"
    )
    assert status == 2


def test_what_build_may_not_write_is_named(settled: Course, closed: Callable[[str], Path]) -> None:
    path = closed(f"release/{SUMS}/{NOTEBOOK}")
    text = settled.section(SUMS).text
    text.write_text(text.read_text().replace("should be 3", "should be three"))
    run(settled, "build", "--check")  # makes the notebook in source/
    status, said = as_nobody(settled, "build")
    assert spoken(said) == f"autograder: {path} {CANNOT}"
    assert status == 2


def test_what_sample_may_not_write_is_named(settled: Course, closed: Callable[[str], Path]) -> None:
    (settled.root / "solutions" / SUMS / "answers.py").write_text(
        "from autograder.answers import right, wrong\n"
        "@wrong('total', 'zero', hint='Add.')\ndef total(numbers):\n    return 0\n"
        "@wrong('mean', 'zero', hint='Divide.')\ndef mean(numbers):\n    return 0\n"
    )
    path = closed("submitted")
    status, said = as_nobody(settled, "sample", SUMS)
    assert spoken(said) == f"autograder: {path}/abel {CANNOT}"
    assert status == 2


def test_a_submission_that_may_not_be_read_is_named_and_costs_nobody_else_anything(
    settled: Course, closed: Callable[[str], Path]
) -> None:
    path = settled.submitted_dir / "zoe" / SUMS / NOTEBOOK
    path.chmod(0)
    status, said = as_nobody(settled, "grade", SUMS, "--workers", "1", "--json")
    expected = "may not be read. Give yourself permission (chmod -R u+rwX) and repeat."
    found = {record["path"]: record["error"] for record in records(said)}
    assert found[f"submitted/zoe/{SUMS}/{NOTEBOOK}"] == expected
    assert len(found) == len(REFUSED) + 1
    assert status == 1
    status, said = as_nobody(settled, "score", path)
    assert spoken(said) == f"autograder: {path} {expected}"
    assert status == 1
    assert auto_scores(settled) == SCORES


def test_an_unknown_section_is_answered_with_the_known_ones(
    settled: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("grade", "build", "verify", "sample"):
        assert run(settled, verb, "07_pca") == 2
        assert "no section '07_pca'." in (said := capsys.readouterr().err)
        assert f"The sections are: {SUMS}, {PRODUCTS}" in said
