"""A student and an instructor at work: a real section in JupyterLab with nbgrader, in Chromium."""

from __future__ import annotations

import getpass
import shutil
from collections.abc import Iterator
from io import BytesIO

import pytest
from courses import REPOSITORY, answered, hand_in, make_course
from lab_pages import (
    CHROMIUM,
    MISSING,
    Notebook,
    choose,
    chromium,
    enter,
    formgrader,
    graded_cell,
    lab,
    picture,
)
from lab_server import Server, jupyter_server
from nbgrader.api import Gradebook
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, expect
from test_nbgrader import without_demos

from autograder import answers, cli
from autograder.course import Course

SVD = "05_svd_compression"
EXERCISE, WORKED, QUESTION = "truncate", "truncate-worked", "lost-digits"
WRONG, RIGHT = "keeps the smallest singular values", "sum of outer products"
MESSAGE = "found -1, expected 2"  # which stands in no cell
IN_WORDS = {"ada": "Squaring squares the condition number.", "bob": "Small numbers drown."}
WIDE = {"width": 1600, "height": 1000}  # what is narrower hides a link of formgrader's
COMMENT = "And where does it matter?"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason=MISSING),
    pytest.mark.usefixtures("warm"),  # ends the sandbox that `grade` leaves in this process
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A real section without the cells that only draw, with an exchange of its own."""
    text = (REPOSITORY / "source" / SVD / f"{SVD}.py").read_text()
    config = (REPOSITORY / "nbgrader_config.py").read_text()
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    config += f"\nc.Exchange.root = {str(exchange)!r}\n"
    course = make_course(tmp_path_factory.mktemp("course"), {SVD: without_demos(text)}, config)
    shutil.copytree(REPOSITORY / "solutions" / SVD, course.solutions_dir / SVD)
    return course


@pytest.fixture(scope="module")
def server(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with jupyter_server(course.root, tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def of_bank(course: Course, name: str) -> str:
    """An answer to the exercise."""
    (found,) = (
        answer.source
        for answer in answers.load(course.section(SVD).answers).of(EXERCISE)
        if answer.name == name
    )
    return found


def solved(course: Course) -> dict[str, str]:
    """The reference solution of every other exercise."""
    reference = answers.solutions(course.assignment(SVD))
    return {name: source for name, source in reference.items() if name != EXERCISE}


def test_a_student_learns_from_a_test_and_from_validate(
    course: Course, server: Server, browser: Browser
) -> None:
    path = course.root / "home" / f"{SVD}.ipynb"
    path.parent.mkdir()
    path.write_bytes(answered(course, SVD, solved(course)))
    with lab(browser, server, f"lab/tree/{path.parent.name}/{path.name}") as tab:
        notebook = Notebook(tab, path)
        lesson = tab.get_by_role("heading", name=f"Exercise: {EXERCISE}", exact=True)
        expect(lesson).to_be_visible()

        notebook.run_above(EXERCISE)
        notebook.write(EXERCISE, of_bank(course, WRONG))
        notebook.run(EXERCISE)
        notebook.run(WORKED)
        expect(notebook.output(WORKED)).to_contain_text(MESSAGE)
        dialog = notebook.validate()
        expect(dialog).to_contain_text("The following cell failed:")
        expect(dialog).to_contain_text(MESSAGE)
        assert Image.open(BytesIO(picture(tab, dialog))).format == "PNG"
        dialog.get_by_role("button", name="Ok").click()

        notebook.write(EXERCISE, of_bank(course, RIGHT))
        notebook.run(EXERCISE)
        notebook.run(WORKED)
        expect(notebook.output(WORKED)).to_have_count(0)
        expect(notebook.validate()).to_contain_text("Success! Your notebook passes all the tests.")


def test_an_instructor_grades_by_hand_in_formgrader(
    course: Course, server: Server, browser: Browser
) -> None:
    for student, words in IN_WORDS.items():
        written = solved(course) | {EXERCISE: of_bank(course, WRONG), QUESTION: words}
        hand_in(course, student, answered(course, SVD, written), SVD)
    assert run(course, "grade", "--workers", "1", SVD) == 0

    with lab(browser, server, viewport=WIDE) as tab:
        frame = formgrader(tab)
        row = frame.get_by_role("row").filter(has_text=SVD)
        row.locator(".num-submissions").get_by_role("link", name="2", exact=True).click()
        row = frame.get_by_role("row").filter(has_text="ada")
        expect(row).to_contain_text("needs manual grading")
        frame.get_by_role("link", name="Manual Grading").click()
        frame.get_by_role("link", name=SVD).click()
        frame.locator("#main-table").get_by_role("link", name=SVD).click()
        frame.get_by_role("link", name="Submission #1").click()

        failed = graded_cell(frame, WORKED)
        expect(failed).to_contain_text(MESSAGE)
        expect(failed).to_contain_text(f"Known mistake: {WRONG}.")
        expect(failed.locator(".score")).to_have_attribute("placeholder", "0")
        student = frame.locator(".live-notebook a.name-shown").text_content().strip()
        question = graded_cell(frame, QUESTION)
        expect(question).to_contain_text(IN_WORDS[student])
        enter(tab, question.locator(".score"), "2.5")
        enter(tab, question.locator(".comment"), COMMENT)
        frame.get_by_role("link", name="Next").click()
        expect(question).not_to_contain_text(IN_WORDS[student])
        expect(question.locator(".score")).to_have_value("")
        frame.get_by_role("link", name="Prev").click()
        expect(question.locator(".score")).to_have_value("2.5")
        expect(question.locator(".comment")).to_have_value(COMMENT)

    assert run(course, "grade", "--workers", "1", "--again", SVD) == 0
    with Gradebook(course.settings().db_url) as gradebook:
        grade = gradebook.find_grade(QUESTION, SVD, SVD, student)
        assert (grade.manual_score, grade.needs_manual_grade) == (2.5, False)
        assert gradebook.find_comment(QUESTION, SVD, SVD, student).manual_comment == COMMENT
    assert run(course, "feedback", SVD) == 0
    with browser.new_page() as page:
        page.goto((course.feedback_dir / student / SVD / f"{SVD}.html").as_uri())
        expect(page.get_by_text(COMMENT)).to_be_visible()


def test_a_section_goes_out_and_comes_back_by_the_assignment_list(
    course: Course, server: Server, browser: Browser
) -> None:
    """One account plays both parts, so the student's name is that of whoever runs the test."""
    released = course.release_dir / SVD
    shutil.copytree(REPOSITORY / "release" / SVD, released)
    fetched = course.root / SVD / f"{SVD}.ipynb"
    work = answered(course, SVD, solved(course))
    with lab(browser, server, viewport=WIDE) as tab:
        frame = formgrader(tab)
        press(frame, "release", "Successfully released")
        choose(tab, "Nbgrader", "Assignment List")
        offered = tab.locator("#released_assignments_list .list_item")
        offered.get_by_role("button", name="Fetch").click()
        mine = tab.locator("#fetched_assignments_list .list_item")
        submit = mine.get_by_role("button", name="Submit")
        submit.wait_for()
        fetched.write_bytes(work)
        submit.click()
        tab.locator("#submitted_assignments_list .list_item").filter(has_text=SVD).first.wait_for()
        choose(tab, "Nbgrader", "Formgrader")
        press(frame, "collect", "Successfully collected")
    collected = course.submitted_dir / getpass.getuser() / SVD / f"{SVD}.ipynb"
    assert collected.read_bytes() == work


def press(frame: FrameLocator, what: str, answer: str) -> None:
    """Press one of formgrader's buttons for the section, and see what that gives."""
    frame.get_by_role("row").filter(has_text=SVD).locator(f".{what} a").click()
    frame.locator(".modal.in").get_by_text(answer).wait_for()
    frame.locator(".modal.in").get_by_role("button", name="OK").click()


def run(course: Course, *arguments: str) -> int:
    """The exit status of a command in this process."""
    return cli.main(["--course", str(course.root), *arguments])
