"""`autograder feedback`: what every student gets, and what nobody does."""

from __future__ import annotations

import base64
import importlib
import random
import re
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import pytest
from bs4 import BeautifulSoup
from courses import (
    BIN,
    CONFIG,
    ENVIRONMENT,
    HALF,
    REPOSITORY,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    answered,
    hand_in,
    make_course,
    records,
    spoken,
    state,
)
from test_hostile import LIMITS, hostile_notebook

from autograder import answers, cli, sample, visible
from autograder.assignment import Assignment
from autograder.batch import grade_section
from autograder.course import Course
from autograder.grade import close_sandbox
from autograder.markers import KINDS, regions
from autograder.workers import InThisProcess

SVD = "05_svd_compression"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff" + bytes(100)).decode()
HINT = "The mean is a `float`: divide by / and not by //."
ALIVE = "script, iframe, object, embed, form, link, base, svg, math, video, audio, input, button"
Cells = list[dict[str, Any]]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A tiny section: Alice has everything right, Bob a mistake, and Carol has done nothing."""
    course = make_course(tmp_path_factory.mktemp("graded"), {SUMS: SUMS_TEXT})
    for student, written in {"alice": RIGHT, "bob": HALF, "carol": {}}.items():
        path = hand_in(course, student, written)
        path.with_name("timestamp.txt").write_text("2026-03-02 18:00:00 UTC")
    assert run(course, "grade", "--unsafe", SUMS) == 0
    close_sandbox()
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    """A copy of it, to spoil."""
    shutil.copytree(graded.root, tmp_path / "course")
    (tmp_path / "course/nbgrader_config.py").write_text(
        f"{CONFIG}\nc.CourseDirectory.root = {str(tmp_path / 'course')!r}\n"
    )
    return Course(tmp_path / "course")


def run(course: Course, *arguments: str) -> int:
    """The exit status of a command in this process."""
    return cli.main(["--course", str(course.root), *arguments])


def folder(course: Course, student: str, section: str = SUMS) -> Path:
    """Where a student's feedback is."""
    return course.feedback_dir / student / section


def page(course: Course, student: str) -> BeautifulSoup:
    """A student's page, written anew."""
    assert run(course, "feedback", "--student", student, SUMS) == 0
    return BeautifulSoup((folder(course, student) / f"{SUMS}.html").read_text(), "html.parser")


def returned(course: Course, student: str, section: str = SUMS) -> dict[str, dict[str, Any]]:
    """The cells of a student's notebook, by id."""
    path = folder(course, student, section) / f"{section}.ipynb"
    return {cell["id"]: cell for cell in msgspec.json.decode(path.read_bytes())["cells"]}


def part(page: BeautifulSoup, name: str) -> str:
    """What a page says below the heading of that name, without line breaks."""
    (heading,) = (h for h in page.find_all("h2") if name in h.get_text())
    return spoken(heading.parent.get_text(" "))


def rows(page: BeautifulSoup) -> dict[str, tuple[str, str]]:
    """The table of scores: points and result by exercise."""
    found = [
        [cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.find_all("tr")
    ]
    return {name: (points, result[2:]) for name, points, result in found[1:]}


def enter(course: Course, statement: str) -> None:
    """Change the gradebook, as formgrader does."""
    with sqlite3.connect(course.root / "gradebook.db") as database:
        assert database.execute(statement).rowcount
    database.close()


def of_cell(student: str, cell: str) -> str:
    """The condition for a student's grade or comment of one cell."""
    return (
        f"cell_id IN (SELECT id FROM base_cell WHERE name = '{cell}') AND notebook_id IN (SELECT "
        "submitted_notebook.id FROM submitted_notebook JOIN submitted_assignment ON "
        "submitted_assignment.id = submitted_notebook.assignment_id WHERE "
        f"student_id = '{student}')"
    )


def edit(course: Course, student: str, change: Callable[[dict[str, dict[str, Any]]], None]) -> None:
    """Change the cells of a graded notebook, by their ids."""
    path = course.autograded_dir / student / SUMS / f"{SUMS}.ipynb"
    content = msgspec.json.decode(path.read_bytes())
    change({cell["id"]: cell for cell in content["cells"]})
    path.unlink()
    path.write_bytes(msgspec.json.encode(content))


def shown(data: dict[str, str]) -> dict[str, Any]:
    """An output that a cell displays."""
    return {"output_type": "display_data", "data": data, "metadata": {}}


# --- What it says ---------------------------------------------------------------------------------


def test_a_page_says_the_score_of_every_exercise(course: Course) -> None:
    found = page(course, "bob")
    assert rows(found) == {
        "total": ("3 of 3", "all tests passed"),
        "mean": ("0 of 2", "0 of 1 tests passed"),
        "A tiny section: why": ("0 of 3", "waits for a person"),
    }
    header = spoken(found.header.get_text(" "))
    assert "bob , handed in 2 March 2026, 18:00 UTC A tiny section 3 of 8 points" in header
    assert "3 of these points still wait for a person" in header


def test_a_failed_test_says_why_beside_the_code_that_failed(course: Course) -> None:
    found = part(page(course, "bob"), "mean")
    assert "basics : ✗ not passed , 0 of 2 points mean([1, 2]) should be 1.5" in found
    assert "return sum ( numbers ) // len ( numbers )".replace(" ", "") in found.replace(" ", "")
    assert 'assert mean([1, 2]) == 1.5, "mean([1, 2]) should be 1.5"' in found
    assert "known mistake" not in found


def test_a_hidden_test_is_told_by_what_it_looks_at(course: Course) -> None:
    found = part(page(course, "alice"), "total")
    assert "edges : ✓ passed , 2 of 2 points Hidden test: The sum of nothing." in found
    cell = returned(course, "alice")["total-edges"]
    assert cell["source"] == "# Hidden tests: The sum of nothing."
    assert cell["outputs"][0]["text"] == "Passed, 2 of 2 points.\n"


def test_a_diagnosis_stands_out_and_is_given_once(course: Course) -> None:
    told = {"outcome": "failed", "message": "It is 1.", "diagnosis": {"answer": "//", "hint": HINT}}

    def diagnose(cells: dict[str, dict[str, Any]]) -> None:
        cells["mean-basics"]["metadata"]["autograder"] = told
        cells["total-basics"]["metadata"]["autograder"] = told
        cells["total-edges"]["metadata"]["autograder"] = told

    edit(course, "bob", diagnose)
    found = page(course, "bob")
    (first, second) = found.select(".hint")
    assert spoken(first.get_text(" ")) == spoken(second.get_text(" "))
    assert spoken(first.get_text()) == f"This looks like a known mistake {HINT.replace('`', '')}"
    assert first.find("code").get_text() == "float"
    assert "not passed , 0 of 2 points It is 1." in part(found, "mean")
    assert (
        "edges : ✗ not passed , 2 of 2 points Hidden test: The sum of nothing. The same as for "
        in (part(found, "total"))
    )
    cells = msgspec.json.decode((folder(course, "bob") / f"{SUMS}.ipynb").read_bytes())["cells"]
    assert sum(HINT in cell["source"] for cell in cells) == 2


def test_without_metadata_the_score_tells_the_outcome_and_the_output_the_reason(
    course: Course,
) -> None:
    edit(course, "bob", lambda cells: cells["mean-basics"]["metadata"].pop("autograder", None))
    found = part(page(course, "bob"), "mean")
    assert "basics : ✗ not passed , 0 of 2 points" in found
    assert found.count("mean([1, 2]) should be 1.5") == 2  # the message, and the test itself


def test_the_traceback_of_a_kernel_is_not_told(course: Course) -> None:
    """It has hidden tests in it where `nbgrader autograde` has made it."""
    lines = ["AssertionError", "----> 1 assert total([]) == 0", "AssertionError: SECRET"]
    error = {"output_type": "error", "ename": "AssertionError", "evalue": "SECRET"}

    def fail(cells: dict[str, dict[str, Any]]) -> None:
        cells["total-edges"]["metadata"].pop("autograder", None)
        cells["total-edges"]["outputs"] = [error | {"traceback": lines}]

    edit(course, "bob", fail)
    assert "SECRET" not in str(page(course, "bob"))
    assert "SECRET" not in str(returned(course, "bob"))


def test_what_a_person_has_entered_counts(course: Course) -> None:
    grade = f"WHERE {of_cell('bob', 'mean-basics')}"
    enter(course, f"UPDATE grade SET manual_score = 1.5, extra_credit = 0.25 {grade}")
    why = of_cell("bob", "why")
    enter(course, f"UPDATE grade SET manual_score = 2, needs_manual_grade = 0 WHERE {why}")
    enter(
        course, f"UPDATE comment SET manual_comment = 'Say <em>which</em>.\nAnd why.' WHERE {why}"
    )
    found = page(course, "bob")
    assert rows(found)["mean"] == ("1.75 of 2", "0 of 1 tests passed")
    assert rows(found)["A tiny section: why"] == ("2 of 3", "graded by a person")
    assert "6.75 of 8 points" in spoken(found.header.get_text(" "))
    assert "1.75 of 2 points, set by a person" in part(found, "mean").replace(" ,", ",")
    assert "+0.25 of them extra credit" in part(found, "mean")
    (comment,) = found.select(".comment")
    assert "Say <em>which</em>.\nAnd why." in comment.get_text()
    assert "wait for a person" not in found.header.get_text()
    told = next(c["source"] for c in returned(course, "bob").values() if "Say < em" in c["source"])
    assert "**Feedback on `why`:** graded by a person, 2 of 3 points." in told


def test_being_late_costs_what_the_gradebook_says_and_never_more_than_everything(
    course: Course,
) -> None:
    enter(course, "UPDATE submitted_notebook SET late_submission_penalty = 4")
    assert "1 of 8 points" in spoken(page(course, "alice").header.get_text(" "))
    found = spoken(page(course, "bob").header.get_text(" "))
    assert "0 of 8 points" in found
    assert "4 points were taken off because the notebook was late." in found


def test_an_answer_in_words_is_shown_as_it_was_written(course: Course) -> None:
    text = "Because <b>numbers</b> are\n\n* rounded & cut\n"
    edit(course, "alice", lambda cells: cells["why"].update(source=text))
    (answer,) = page(course, "alice").select(".answer")
    assert answer.get_text() == text
    assert rows(page(course, "carol"))["A tiny section: why"] == ("0 of 3", "left blank")
    assert not page(course, "carol").select(".answer")


# --- What the student's code has shown ------------------------------------------------------------


def test_pictures_have_alternative_texts(course: Course) -> None:
    drawn = [
        shown({"image/png": PNG, "text/plain": 'A "line" & a point'}),
        shown({"image/jpeg": JPEG, "text/plain": "<Figure size 640x480 with 1 Axes>"}),
    ]
    edit(course, "bob", lambda cells: cells["mean"].update(outputs=drawn))
    pictures = page(course, "bob").find_all("img")
    assert [picture["alt"] for picture in pictures] == [
        'A "line" & a point', "Output picture of cell mean"
    ]  # fmt: skip
    assert [picture["src"] for picture in pictures] == [
        f"data:image/png;base64,{PNG}", f"data:image/jpeg;base64,{JPEG}"
    ]  # fmt: skip
    assert [set(each["data"]) for each in returned(course, "bob")["mean"]["outputs"]] == [
        {"image/png", "text/plain"}, {"image/jpeg", "text/plain"}
    ]  # fmt: skip


def test_a_lessons_picture_is_there_if_it_shows_the_students_functions(course: Course) -> None:
    picture = [shown({"image/png": PNG, "text/plain": "A mean"})]

    def draw(cells: dict[str, dict[str, Any]]) -> None:
        cells["show-the-mean"]["outputs"] = picture
        cells["setup"]["outputs"] = picture

    edit(course, "bob", draw)
    found = page(course, "bob")
    assert [each["alt"] for each in found.find_all("img")] == ["A mean"]
    assert "Show the mean" in part(found, "The lesson's cells with your functions")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(600_000)).decode(), "600 kB are too many"),
        (base64.b64encode(b"<svg onload=alert(1)>").decode(), "it is no image/png"),
        ("iVBOR", "it is damaged"),
    ],
    ids=["large", "of another kind", "damaged"],
)
def test_a_picture_that_is_left_out_is_said_so(course: Course, data: str, reason: str) -> None:
    drawn = [shown({"image/png": data, "text/plain": "A line"})]
    edit(course, "bob", lambda cells: cells["mean"].update(outputs=drawn))
    found = page(course, "bob")
    assert not found.find_all("img")
    assert re.search(rf"A line \(A picture was left out: .*{reason}", part(found, "mean"))
    assert "image/png" not in returned(course, "bob")["mean"]["outputs"][0]["data"]


def test_all_pictures_together_are_small_enough_to_mail(course: Course) -> None:
    large = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(450_000)).decode()
    drawn = [shown({"image/png": large, "text/plain": "A line"})] * 6
    edit(course, "bob", lambda cells: cells["mean"].update(outputs=drawn))
    assert len(page(course, "bob").find_all("img")) == visible.MAX_PICTURES // 450_000
    assert (folder(course, "bob") / f"{SUMS}.html").stat().st_size < 3_000_000
    assert (folder(course, "bob") / f"{SUMS}.ipynb").stat().st_size < 3_000_000


def test_long_texts_are_cut(course: Course) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}

    def talk(cells: dict[str, dict[str, Any]]) -> None:
        cells["mean"]["outputs"] = [printed] * 3
        cells["mean"]["source"] = "# " + "y" * 900_000

    edit(course, "bob", talk)
    assert part(page(course, "bob"), "mean").count("(980,000 more characters)") == 3
    assert (folder(course, "bob") / f"{SUMS}.html").stat().st_size < 150_000
    assert (folder(course, "bob") / f"{SUMS}.ipynb").stat().st_size < 150_000


def test_whatever_a_student_shows_is_text(course: Course) -> None:
    live = "<script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt; \"' {{ 7 * 7 }}"
    outputs = [
        shown({"text/plain": live, "text/html": live, "application/javascript": live}),
        shown({"image/png": PNG, "text/plain": live}),
        {"output_type": "stream", "name": "stderr", "text": f"\x1b[31m{live}\x1b[0m\r"},
        {"output_type": "error", "ename": live, "evalue": live, "traceback": [live]},
    ]
    told = {"outcome": "error", "message": f"{live} `{live}`", "diagnosis": None}

    def attack(cells: dict[str, dict[str, Any]]) -> None:
        cells["mean"] |= {"outputs": outputs, "source": f"{live}\n'''{live}"}
        cells["why"]["source"] = live
        cells["title"] = {}
        cells["mean-basics"]["metadata"]["autograder"] = told

    edit(course, "bob", attack)
    found = page(course, "bob")
    assert_dead(found)
    assert found.find("img")["alt"] == live
    assert found.get_text().count("<script>alert(1)</script>") == 8
    kinds = [set(o["data"]) for o in returned(course, "bob")["mean"]["outputs"] if "data" in o]
    assert kinds == [{"text/plain"}, {"text/plain", "image/png"}]


def assert_dead(page: BeautifulSoup) -> None:
    """Nothing in a page runs, loads something, or leads elsewhere."""
    assert not page.select(ALIVE)
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"] == policy
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert tag.get("href", "#").startswith("#")
        assert tag.get("src", "data:image/").startswith("data:image/")
        assert tag.get("alt") != ""
    assert "url(" not in page.style.get_text()
    assert "@import" not in page.style.get_text()


# --- Hidden tests ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (
            "# Edges, and\n# zero.\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS\n",
            "# Hidden tests: Edges, and zero.",
        ),
        (
            "### BEGIN HIDDEN TESTS\n# secret\n### END HIDDEN TESTS",
            "# Hidden tests",
        ),
        (
            "assert f(1)\nfor x in 1, 2:\n    # Two more.\n    ### BEGIN HIDDEN TESTS\n"
            "    secret\n    ### END HIDDEN TESTS\n    assert x\n### BEGIN HIDDEN TESTS\nsecret\n"
            "### END HIDDEN TESTS",
            "assert f(1)\nfor x in 1, 2:\n    # Hidden tests: Two more.\n    assert x\n"
            "# Hidden tests",
        ),
        ("# Only\nassert visible", "# Only\nassert visible"),
        ("# Open\n### BEGIN HIDDEN TESTS\nsecret", "# Hidden tests: Open"),
    ],
    ids=["all hidden", "without a comment", "mixed", "none", "without an end"],
)
def test_a_hidden_region_becomes_one_line(source: str, seen: str) -> None:
    assert visible.without_hidden_tests(source) == seen


@pytest.fixture(scope="module")
def class_of_sample_and_attacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """Some of the sample class, and attacks that are after tests or after readers, all graded."""
    course = Course(tmp_path_factory.mktemp("class"))
    for name in ("source", "solutions"):
        shutil.copytree(REPOSITORY / name / SVD, course.root / name / SVD)
    shutil.copy(REPOSITORY / "nbgrader_config.py", course.root)
    assignment = course.assignment(SVD)
    bank = answers.load(course.section(SVD).answers)
    for name in ATTACKS:
        attack = importlib.import_module(f"hostile.{name}").ATTACK
        hand_in(course, name, hostile_notebook(attack, assignment, course.root, 9), SVD)
        if attack.rich:
            grade(course, outputs=True)  # which takes its time, so nobody else has rich outputs
    for student, habit in sample.STUDENTS.items():
        if habit not in (sample.endless_loop, sample.endless_cell):
            data = habit(random.Random(f"{student} {SVD}"), assignment, bank)
            hand_in(course, student, data, SVD)
    grade(course, outputs=False)
    assert run(course, "feedback", SVD) == 0
    return course


def grade(course: Course, *, outputs: bool) -> None:
    """Grade what is new in the real section."""
    options = course.options([SVD], outputs=outputs, unsafe=True)
    options = msgspec.structs.replace(options, limits=LIMITS)
    assert not grade_section(course, SVD, options, InThisProcess()).problems
    close_sandbox()


ATTACKS = [
    "a091_scripts_in_text_and_outputs", "a028_walks_up_the_stack",
    "a030_reads_loaded_modules_and_cached_lines",
    "a031_follows_the_traceback_of_a_callback", "a032_opens_the_tests_and_the_source",
    "a041_learns_from_errors_and_time", "a084_edits_test_cells",
    "a086_changes_points_tags_and_metadata",
    "a090_brings_outputs_along", "a093_controls_a_terminal",
    "a099_questions_its_callbacks",
]  # fmt: skip


def secrets(assignment: Assignment) -> list[str]:
    """Every line of hidden tests, mark schemes and solutions that the release does not have."""
    released = {
        line.strip() for text in assignment.release_sources.values() for line in text.splitlines()
    }
    texts = [cell.source for cell in assignment.cells]
    parts = [part for kind in KINDS for text in texts for part in regions(text, kind)]
    lines = {line.strip() for part in parts for line in part.splitlines()}
    return sorted(line for line in lines - released if len(line) > 12)


def test_nothing_that_students_get_has_a_line_of_a_hidden_test_in_it(
    class_of_sample_and_attacks: Course,
) -> None:
    course = class_of_sample_and_attacks
    assignment = course.assignment(SVD)
    lines = secrets(assignment)
    assert len(lines) > 150
    students = sorted(path.name for path in course.feedback_dir.iterdir())
    assert len(students) == len(sample.STUDENTS) - 2 + len(ATTACKS)
    for student in students:
        own = (course.submitted_dir / student / SVD / f"{SVD}.ipynb").read_text()
        own = "\n".join(texts(msgspec.json.decode(own)))
        for path in folder(course, student, SVD).iterdir():
            if path.suffix == ".html":
                got = BeautifulSoup(path.read_text(), "html.parser").get_text()
            elif path.suffix == ".ipynb":
                got = "\n".join(texts(msgspec.json.decode(path.read_bytes())))
            else:
                got = path.read_text()
            assert [line for line in lines if line in got and line not in own] == []
            for place in (course.root, REPOSITORY):
                assert str(place) not in got or str(place) in own


def test_no_page_of_a_hostile_student_runs_or_loads_something(
    class_of_sample_and_attacks: Course,
) -> None:
    for path in class_of_sample_and_attacks.feedback_dir.glob(f"*/{SVD}/{SVD}.html"):
        assert_dead(BeautifulSoup(path.read_text(), "html.parser"))


def test_pages_are_light_and_notebooks_are_notebooks(class_of_sample_and_attacks: Course) -> None:
    for path in class_of_sample_and_attacks.feedback_dir.glob(f"*/{SVD}/{SVD}.html"):
        source = re.sub(r"base64,[A-Za-z0-9+/=]+", "", path.read_text())
        assert len(source) < 100_000
        nbformat.validate(nbformat.read(path.with_suffix(".ipynb"), as_version=4))


def texts(value: Any) -> Iterator[str]:
    """All the text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts(inner)
    elif isinstance(value, list):
        if all(isinstance(inner, str) for inner in value):
            yield "".join(value)
        for inner in value:
            yield from texts(inner)


# --- Files ----------------------------------------------------------------------------------------


def test_a_page_is_written_again_only_when_it_changes(course: Course, capsys: Any) -> None:
    assert run(course, "feedback", SUMS) == 0
    before = state(course.feedback_dir)
    capsys.readouterr()
    assert run(course, "feedback", SUMS) == 0
    assert state(course.feedback_dir) == before
    assert "0 written, 3 had not changed, 0 have none" in capsys.readouterr().out
    why = of_cell("bob", "why")
    enter(course, f"UPDATE grade SET manual_score = 2, needs_manual_grade = 0 WHERE {why}")
    assert run(course, "feedback", SUMS) == 0
    after = state(course.feedback_dir)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {f"bob/{SUMS}/{SUMS}.html", f"bob/{SUMS}/{SUMS}.ipynb"}
    assert "1 written, 2 had not changed, 0 have none" in capsys.readouterr().out


def test_one_student_can_be_named(course: Course, capsys: Any) -> None:
    assert run(course, "feedback", "--student", "bob", SUMS) == 0
    assert [path.name for path in course.feedback_dir.iterdir()] == ["bob"]
    assert run(course, "feedback", "--student", "bop", SUMS) == 2
    assert "nobody is called 'bop'. Did you mean bob?" in capsys.readouterr().err


def test_feedback_lies_where_nbgrader_is_told_to_look(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.CourseDirectory.feedback_directory = "back"\n')
    assert run(course, "feedback", SUMS) == 0
    for kind in ("html", "ipynb"):
        path = course.root / "back" / "bob" / SUMS / f"{SUMS}.{kind}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_the_exchange_needs_is_beside_the_page(course: Course) -> None:
    graded = course.autograded_dir / "bob" / SUMS
    (graded / "submission_secret.txt").write_text("hush")
    assert run(course, "feedback", SUMS) == 0
    assert sorted(path.name for path in folder(course, "bob").iterdir()) == [
        f"{SUMS}.html", f"{SUMS}.ipynb", "submission_secret.txt", "timestamp.txt"
    ]  # fmt: skip
    assert (folder(course, "bob") / "submission_secret.txt").read_text() == "hush"
    (graded / "submission_secret.txt").unlink()
    assert run(course, "feedback", SUMS) == 0
    assert not (folder(course, "bob") / "submission_secret.txt").exists()


def test_nbgrader_releases_the_pages(course: Course, tmp_path: Path) -> None:
    for student in ("alice", "bob", "carol"):
        graded = course.autograded_dir / student / SUMS
        (graded / "submission_secret.txt").write_text(f"secret of {student}")
    assert run(course, "feedback", SUMS) == 0
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    options = [f"--Exchange.root={exchange}", f"--assignment={SUMS}"]
    for _ in range(2):  # and again over what is there
        done = subprocess.run(
            [BIN / "nbgrader", "release_feedback", *options],
            cwd=course.root, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    released = {path.read_bytes() for path in exchange.glob("tiny/feedback/*.html")}
    assert released == {path.read_bytes() for path in course.feedback_dir.glob("*/*/*.html")}
    assert len(released) == 3


# --- Who has none, and why ------------------------------------------------------------------------


def test_who_has_no_feedback_is_told_with_the_reason(course: Course, capsys: Any) -> None:
    hand_in(course, "dave", RIGHT)
    enter(course, "INSERT INTO student (id) VALUES ('erin')")
    shutil.rmtree(course.autograded_dir / "carol")
    shutil.rmtree(course.submitted_dir / "carol")
    assert run(course, "feedback", "--json", SUMS) == 0
    found = {record["student"]: record for record in records(capsys.readouterr().out)}
    assert "run `autograder grade 01_sums`" in found["dave"]["reason"]
    assert found["erin"]["reason"] == "handed nothing in"
    assert "neither its notebook nor the graded one is there" in found["carol"]["reason"]
    assert (found["bob"]["score"], found["bob"]["max_score"], found["bob"]["waiting"]) == (3, 8, 3)
    assert sorted(path.name for path in course.feedback_dir.iterdir()) == ["alice", "bob"]
    assert run(course, "feedback", SUMS) == 0
    assert "2 had not changed, 3 have none" in spoken(capsys.readouterr().out)


def test_a_graded_notebook_that_grading_has_not_written_is_a_finding(
    course: Course, capsys: Any
) -> None:
    for student, data in {"bob": b"{", "alice": answered(course, SUMS, RIGHT)}.items():
        path = course.autograded_dir / student / SUMS / f"{SUMS}.ipynb"
        path.unlink()
        path.write_bytes(data)
    assert run(course, "feedback", SUMS) == 1
    said = spoken(capsys.readouterr().out)
    for student in ("alice", "bob"):
        where = f"none for {student}: autograded/{student}/{SUMS}/{SUMS}.ipynb was not written by"
        assert f"{where} `autograder grade`: run `autograder grade {SUMS} --again`" in said
    assert [path.name for path in course.feedback_dir.iterdir()] == ["carol"]


def test_what_has_changed_since_grading_is_remarked(course: Course, capsys: Any) -> None:
    hand_in(course, "bob", RIGHT)
    assert run(course, "feedback", SUMS) == 0
    said = capsys.readouterr().out
    assert said.count("handed in again since it was graded") == 1
    assert f"autograder grade {SUMS} brings these up to date" in said
    text = course.section(SUMS).text
    text.write_text(text.read_text().replace("# A tiny section", "# A small section"))
    assert run(course, "feedback", SUMS) == 0
    assert "graded before the section was changed" not in capsys.readouterr().out
    text.write_text(text.read_text().replace("import math", "import math  # numbers"))
    assert run(course, "feedback", SUMS) == 0
    said = spoken(capsys.readouterr().out)
    assert said.count("graded before the section was changed") == 2


def test_without_grades_the_next_step_is_told(tmp_path: Path, capsys: Any) -> None:
    course = make_course(tmp_path / "new")
    assert run(course, "feedback", SUMS) == 2
    assert f"run `autograder grade {SUMS}` first, then repeat" in capsys.readouterr().err
    assert not (course.root / "gradebook.db").exists()


def test_all_graded_sections_are_taken_if_none_is_named(course: Course, capsys: Any) -> None:
    assert run(course, "feedback", "--json") == 0
    assert {record["section"] for record in records(capsys.readouterr().out)} == {SUMS}


def test_a_gradebook_that_is_gone_is_not_a_class_without_points(
    course: Course, capsys: Any
) -> None:
    (course.root / "gradebook.db").unlink()
    assert run(course, "feedback", SUMS) == 2
    said = spoken(capsys.readouterr().err)
    assert "gradebook.db is missing or empty, although notebooks have been graded into it" in said
    assert not (course.root / "gradebook.db").exists()
    assert not course.feedback_dir.exists()
