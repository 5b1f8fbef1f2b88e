"""An instructor's whole cycle, with nbgrader's own exchange: from students' names to their grades.

One term is played from its beginning to its end, by the commands of docs/teaching.md; each test
looks at what was there at some moment of it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shlex
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from courses import CONFIG, HALF, REPOSITORY, RIGHT, SUMS, answered, grades, hand_in, make_course
from nbgrader_commands import nbgrader

from autograder import answers
from autograder.cli import main
from autograder.collect import collect as submissions
from autograder.course import Course
from autograder.grade import close_sandbox

SVD = "05_svd_compression"
COURSE_ID = "linear-algebra-for-machine-learning"
PAGE = REPOSITORY / "docs" / "teaching.md"
QUESTION, EXTRA = "lost-digits", "truncate-best"
MOMENT = "%Y-%m-%d %H:%M:%S.%f UTC"
LATE_POLICY = re.search(r"```python\n# late_policy.py\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
EXTENSION = re.search(r"```python\n(from nbgrader.api .*?)```", PAGE.read_text(), re.DOTALL)[1]
STUDENTS = """\
id,first_name,last_name,email,lms_user_id
bob,Bob,Bauer,bob@example.org,4712
eve,Eve,Ellis,eve@example.org,4713
mustermax,Max,Muster,max@example.org,4714
"""
FROM_CANVAS = f"""\
Student,ID,SIS Login ID,Section,{SVD} (815),Final Score
    Points Possible,,,,34.00,(read only)
"Lovelace, Ada",4711,ada,LA,,0.0
"Bauer, Bob",4712,bob,LA,7.00,20.6
"""
WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Last modified (grade)"
"Participant 11","Ada Lovelace",ada@example.org,"Submitted for grading",,34.00,-
"Participant 12","Bob Bauer",Bob@example.org,"Submitted for grading",7.00,34.00,-
"""


class Term:
    """A course, its exchange, and everybody's home."""

    def __init__(self, above: Path) -> None:
        self.above = above
        self.root = above / "course"
        self.ran: set[str] = set()  # the commands, as the page has them
        root, shared = self.root, f"c.Exchange.root = {str(above / 'exchange')!r}\n"
        self._student_config = f"c = get_config()\nc.CourseDirectory.course_id = {COURSE_ID!r}\n"
        self._student_config += shared
        for folder in ("source", "solutions"):
            ignored = shutil.ignore_patterns("*.ipynb", ".*")
            shutil.copytree(REPOSITORY / folder / SVD, root / folder / SVD, ignore=ignored)
        (root / "late_policy.py").write_text(LATE_POLICY)
        (root / "students.csv").write_text(STUDENTS)
        (root / "nbgrader_config.py").write_text(
            (REPOSITORY / "nbgrader_config.py").read_text()
            + f'{shared}c.AssignLatePenalties.plugin_class = "late_policy.PointADay"\n'
            # One account plays everybody, so files' owners say nothing.
            + "c.ExchangeCollect.check_owner = False\nc.Autograder.workers = 1\n"
        )
        self.course = Course(root)
        self.found = SimpleNamespace()  # what there was at each moment

    def instructor(self, line: str) -> str:
        """What a command says that the instructor runs in the course; it has to succeed."""
        return self._run(line, self.root, "instructor")

    def student(self, name: str, line: str) -> str:
        """The same of a student, at home."""
        home = self.home(name)
        config = home / ".jupyter" / "nbgrader_config.py"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(self._student_config)
        return self._run(line, home, name)

    def home(self, name: str) -> Path:
        return self.above / "home" / name

    def work(self, name: str, written: dict[str, str]) -> None:
        """A student types into the notebook that was fetched."""
        path = self.home(name) / SVD / f"{SVD}.ipynb"
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in written:
                cell["source"] = written[grade_id]
        path.write_text(json.dumps(notebook))

    def due(self, moment: datetime) -> None:
        """The instructor sets the due date."""
        said = self.instructor(f'nbgrader db assignment add {SVD} --duedate="{moment:{MOMENT}}"')
        assert "Creating/updating" in said

    def _run(self, line: str, cwd: Path, user: str) -> str:
        self.ran.add(plain(line))
        program, *words = shlex.split(line)
        if program == "autograder":
            said = io.StringIO()
            with contextlib.chdir(cwd), contextlib.redirect_stdout(said):
                assert main(words) == 0, said.getvalue()
            return said.getvalue()
        home = self.home(user)
        home.mkdir(parents=True, exist_ok=True)
        done = nbgrader(*words, cwd=cwd, user=user, HOME=str(home))
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


def plain(line: str) -> str:
    """A command without what differs from one day to the next."""
    line = re.sub(r"\d{4}-\d\d-\d\d [\d:.]+", "DATE", line)
    return " ".join(shlex.split(line, comments=True))


def table(path: Path, key: str) -> dict[str, dict[str, str]]:
    """A CSV file's rows, by one of its columns."""
    with path.open(newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def penalties(course: Course, section: str = SVD) -> dict[str, float | None]:
    """What nbgrader's database takes off, by student."""
    query = """
        SELECT student_id, late_submission_penalty FROM submitted_notebook
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        JOIN assignment ON assignment.id = submitted_assignment.assignment_id
        WHERE assignment.name = ?
    """
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        return dict(database.execute(query, (section,)).fetchall())


def of(student: str, found: dict[tuple[str, str, str], Any]) -> dict[str, Any]:
    """A student's grades, by cell."""
    return {cell: rest for (_, name, cell), rest in found.items() if name == student}


def auto(student: str, found: dict[tuple[str, str, str], Any]) -> float:
    return sum(auto_score or 0.0 for auto_score, *_ in of(student, found).values())


@contextlib.contextmanager
def by_hand(course: Course, section: str = SVD) -> Iterator[Callable[..., None]]:
    """What formgrader does when a person grades a cell."""
    from nbgrader.api import Gradebook

    url, course_id = f"sqlite:///{course.root}/gradebook.db", course.settings().course_id
    with Gradebook(url, course_id) as book:

        def give(student: str, cell: str, **given: Any) -> None:
            grade = book.find_grade(cell, section, section, student)
            for what, value in given.items():
                setattr(grade, what, value)
            grade.needs_manual_grade = False
            book.db.commit()

        yield give


# --- One term -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Term]:
    """A term, from students' names to exported grades."""
    term = Term(tmp_path_factory.mktemp("term"))
    before_the_term(term)
    release(term)
    students_work(term)
    collect(term)
    grade(term)
    again(term)
    feedback(term)
    export(term)
    yield term
    close_sandbox()


def before_the_term(term: Term) -> None:
    term.instructor("nbgrader db student import students.csv")
    who = "--first-name=Ada --last-name=Lovelace --email=ada@example.org"
    term.instructor(f"nbgrader db student add ada {who}")
    term.found.students = term.instructor("nbgrader db student list")


def release(term: Term) -> None:
    term.instructor("autograder build 05")
    path = term.root / "release" / SVD / f"{SVD}.ipynb"
    term.found.built = path.read_bytes()
    term.instructor(f"nbgrader generate_assignment {SVD} --force")
    term.found.generated = path.read_bytes()
    term.due(datetime.now(UTC) + timedelta(days=7))
    term.instructor(f"nbgrader release_assignment {SVD}")


def students_work(term: Term) -> None:
    """Ada is right; Eve is at her second try, but for one exercise; Bob is right, but late."""
    assignment = term.course.assignment(SVD)
    right = answers.solutions(assignment)
    bank = answers.load(term.course.section(SVD).answers)
    wrong = {each.exercise: each.source for each in bank.answers if each.kind == "wrong"}
    term.found.wrong = right | {"truncate": wrong["truncate"]}
    term.found.listed = term.student("ada", "nbgrader list")
    for name in ("ada", "eve", "bob"):
        term.student(name, f"nbgrader fetch_assignment {SVD}")
    term.work("ada", right | {QUESTION: "Squares."})
    term.student("ada", f"nbgrader submit {SVD}")
    term.student("eve", f"nbgrader submit {SVD}")
    term.work("eve", term.found.wrong)
    term.student("eve", f"nbgrader submit {SVD}")
    term.due(datetime.now(UTC))
    term.work("bob", right | {QUESTION: "Sixteen digits, and half are gone."})
    term.student("bob", f"nbgrader submit {SVD}")
    term.found.own = term.student("eve", "nbgrader list --cached")
    with zipfile.ZipFile(term.root / "submissions.zip", "w") as archive:
        data = answers.submission(assignment, right)
        archive.writestr(f"mustermax_4714_815_{SVD}-1.ipynb", data)


def collect(term: Term) -> None:
    term.found.inbound = term.instructor("nbgrader list --inbound")
    term.instructor(f"nbgrader collect {SVD}")
    term.instructor("autograder collect 05 submissions.zip")


def grade(term: Term) -> None:
    term.found.first = term.instructor("autograder grade 05")
    term.found.graded = grades(term.course)
    term.found.penalties = penalties(term.course)
    with by_hand(term.course) as give:
        give("ada", QUESTION, manual_score=3.0)
        give("bob", QUESTION, manual_score=2.0)
        give("ada", EXTRA, extra_credit=0.5)


def again(term: Term) -> None:
    """Bob submits again, and now something is wrong; Kim comes late, and gets an extension."""
    who = "--first-name=Kim --last-name=Keller --email=kim@example.org"
    term.instructor(f"nbgrader db student add kim {who}")
    term.student("kim", f"nbgrader fetch_assignment {SVD}")
    term.work("kim", term.found.wrong)
    term.student("kim", f"nbgrader submit {SVD}")
    term.work("bob", term.found.wrong)
    term.student("bob", f"nbgrader submit {SVD}")
    term.instructor(f"nbgrader collect {SVD} --update")
    term.found.second = term.instructor("autograder grade 05")
    term.found.graded_again = grades(term.course)
    term.found.before_extension = penalties(term.course)
    with contextlib.chdir(term.root):
        exec(EXTENSION)
    term.found.third = term.instructor("autograder grade 05")
    term.found.after_extension = penalties(term.course)


def feedback(term: Term) -> None:
    term.instructor("autograder feedback 05")
    excluded = "--CourseDirectory.student_id_exclude=mustermax"
    term.instructor(f"nbgrader release_feedback {SVD} {excluded}")
    for name in ("ada", "eve", "bob", "kim"):
        term.student(name, f"nbgrader fetch_feedback {SVD}")
    term.found.stolen = term.student("eve", f"nbgrader fetch_feedback {SVD} --student=ada")


def export(term: Term) -> None:
    term.instructor("nbgrader export --to grades.csv")
    term.found.exported = table(term.root / "grades.csv", "student_id")
    exporters = "nbgrader export --exporter autograder.exporters"
    canvas, moodle = f"{exporters}.CanvasExporter", f"{exporters}.MoodleExporter"
    term.instructor(f"{canvas} --to canvas.csv")
    term.instructor(f"{moodle} --to moodle.csv")
    term.found.canvas = table(term.root / "canvas.csv", "SIS Login ID")
    term.found.moodle = table(term.root / "moodle.csv", "Username")
    (term.root / "from_canvas.csv").write_text(FROM_CANVAS)
    (term.root / "worksheet.csv").write_text(WORKSHEET)
    filled = "--CanvasExporter.template=from_canvas.csv"
    term.instructor(f"{canvas} {filled} --to canvas.csv")
    filled = "--MoodleExporter.template=worksheet.csv --MoodleExporter.identifier=email"
    one = """--assignment='["05_svd_compression"]'"""
    term.instructor(f"{moodle} {filled} {one} --to moodle.csv")
    term.found.filled_canvas = (term.root / "canvas.csv").read_text()
    term.found.filled_worksheet = (term.root / "moodle.csv").read_text()


def test_students_come_from_a_file_or_one_by_one(term: Term) -> None:
    assert "There are 4 students" in term.found.students
    assert "mustermax (Muster, Max) -- max@example.org, 4714" in term.found.students
    assert "ada (Lovelace, Ada) -- ada@example.org, None" in term.found.students


def test_build_and_generate_assignment_write_what_is_committed(term: Term) -> None:
    committed = (REPOSITORY / "release" / SVD / f"{SVD}.ipynb").read_bytes()
    assert term.found.built == committed
    assert term.found.generated == committed


def test_students_see_what_was_released_and_what_they_have_submitted(term: Term) -> None:
    assert f"{COURSE_ID} {SVD}" in term.found.listed
    assert term.found.own.count(f"eve {SVD}") == 2
    assert "ada" not in term.found.own
    assert [term.found.inbound.count(f"{name} {SVD}") for name in ("ada", "eve", "bob")] == [
        1,
        2,
        1,
    ]


def test_the_second_of_two_submissions_counts(term: Term) -> None:
    times = re.findall(rf"eve {SVD} (\S+ \S+ UTC)", term.found.own)
    collected = term.course.submitted_dir / "eve" / SVD / "timestamp.txt"
    assert collected.read_text() == max(times)
    assert auto("eve", term.found.graded) == 29


def test_everybody_is_graded_wherever_the_notebook_came_from(term: Term) -> None:
    found = {name: auto(name, term.found.graded) for _, name, _ in term.found.graded}
    assert found == {"ada": 31, "bob": 31, "eve": 29, "mustermax": 31}
    assert "4 graded" in term.found.first


def test_a_written_answer_waits_for_a_person_and_a_blank_one_does_not(term: Term) -> None:
    waiting = {name: of(name, term.found.graded)[QUESTION] for name in ("ada", "bob", "eve")}
    assert waiting["ada"] == waiting["bob"] == (None, None, 1, None)
    assert waiting["eve"] == (0.0, None, 0, None)


def test_being_late_costs_what_the_courses_plugin_says(term: Term) -> None:
    assert term.found.penalties == {"ada": None, "bob": 1.0, "eve": None, "mustermax": None}
    assert re.search(r"bob .*late: 1 point off", term.found.first)


def test_only_new_submissions_are_graded_the_next_time(term: Term) -> None:
    assert "2 graded" in term.found.second
    assert "3 had not changed" in term.found.second
    assert "0 graded" in term.found.third


def test_a_resubmission_replaces_automatic_scores_and_keeps_what_a_person_gave(term: Term) -> None:
    assert auto("bob", term.found.graded_again) == 29
    # The notebook is another one than that which was read.
    assert of("bob", term.found.graded_again)[QUESTION] == (None, 2.0, 1, None)
    assert re.search(r"bob +29 of 31 +1 to review", term.found.second)
    assert re.search(r"bob +33 → 31", term.found.second)


def test_extra_credit_and_manual_scores_stay(term: Term) -> None:
    ada = of("ada", term.found.graded_again)
    assert ada[QUESTION] == (None, 3.0, 0, None)
    assert ada[EXTRA] == (2.0, None, 0, 0.5)


def test_a_student_who_comes_late_is_graded_and_an_extension_takes_the_penalty_away(
    term: Term,
) -> None:
    assert auto("kim", term.found.graded_again) == 29
    assert term.found.before_extension["kim"] == 1.0
    assert term.found.after_extension["kim"] is None
    assert term.found.after_extension["bob"] == 1.0


def test_each_student_fetches_the_own_page(term: Term) -> None:
    for name, score in (("ada", "34.5"), ("eve", "29"), ("bob", "30"), ("kim", "29")):
        (fetched,) = fetched_by(term, name)
        given = term.course.feedback_dir / name / SVD / f"{SVD}.html"
        assert fetched.read_bytes() == given.read_bytes()
        assert fetched.parent.name == (given.parent / "timestamp.txt").read_text()
        assert f"{name}" in fetched.read_text()
        assert f"{score} of 34" in text_of(fetched)


def test_nobody_fetches_the_page_of_somebody_else(term: Term) -> None:
    assert "Fetched feedback" in term.found.stolen  # her own, once more
    (page,) = fetched_by(term, "eve")
    assert page.read_bytes() == (term.course.feedback_dir / "eve" / SVD / page.name).read_bytes()


def test_the_page_of_who_handed_in_elsewhere_is_not_in_the_exchange(term: Term) -> None:
    page = term.course.feedback_dir / "mustermax" / SVD / f"{SVD}.html"
    released = (term.above / "exchange" / COURSE_ID / "feedback").iterdir()
    texts = [path.read_bytes() for path in released]
    assert len(texts) == 4
    assert page.read_bytes() not in texts


def test_export_has_extra_credit_manual_scores_and_penalties(term: Term) -> None:
    columns = ("raw_score", "late_submission_penalty", "score", "max_score")
    found = {name: tuple(row[c] for c in columns) for name, row in term.found.exported.items()}
    assert found == {
        "ada": ("34.5", "0.0", "34.5", "34.0"),
        "bob": ("31.0", "1.0", "30.0", "34.0"),
        "eve": ("29.0", "0.0", "29.0", "34.0"),
        "kim": ("29.0", "0.0", "29.0", "34.0"),
        "mustermax": ("31.0", "0.0", "31.0", "34.0"),
    }


def test_the_tables_for_the_platforms_have_the_same_scores(term: Term) -> None:
    expected = {name: float(row["score"]) for name, row in term.found.exported.items()}
    for found in (term.found.canvas, term.found.moodle):
        scores = {name: float(row[SVD]) for name, row in found.items() if name}
        assert scores == expected
    assert term.found.canvas[""][SVD] == "34"  # Points Possible


def test_the_platforms_own_files_are_filled_in(term: Term) -> None:
    assert term.found.filled_canvas == FROM_CANVAS.replace("LA,,", "LA,34.5,").replace(
        "LA,7.00,", "LA,30,"
    )
    rows = list(csv.reader(io.StringIO(term.found.filled_worksheet)))
    assert [row[4] for row in rows] == ["Grade", "34.5", "30"]
    assert [row[:4] + row[5:] for row in rows] == [
        row[:4] + row[5:] for row in csv.reader(io.StringIO(WORKSHEET))
    ]


def test_every_command_of_the_page_was_run_in_this_term(term: Term) -> None:
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = [plain(line) for block in blocks for line in block.splitlines() if line]
    assert len(lines) > 20
    assert not [line for line in lines if line not in term.ran]


def test_every_setting_of_the_page_is_one() -> None:
    from nbgrader import coursedir, plugins, preprocessors
    from nbgrader.exchange import default as exchange

    from autograder import exporters

    places = (coursedir, plugins, preprocessors, exchange, exporters)
    settings = re.findall(r"^c\.(\w+)\.(\w+) = ", PAGE.read_text(), re.MULTILINE)
    assert len(settings) > 5
    for name, setting in settings:
        (owner,) = {getattr(place, name) for place in places if hasattr(place, name)}
        assert setting in owner.class_trait_names(config=True)


def fetched_by(term: Term, name: str) -> list[Path]:
    return list((term.home(name) / SVD / "feedback").rglob("*.html"))


def text_of(page: Path) -> str:
    """What a browser shows of a page, without line breaks."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.read_text()).split())


# --- Being late costs what it costs in nbgrader ---------------------------------------------------

BY_STUDENT = """
from nbgrader.plugins import LateSubmissionPlugin

class ByStudent(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {
            "lenient": None,
            "odd": -3,
            "greedy": 100,
            "exact": score / 3 + total_seconds_late / 1e6,
        }[student_id]

class Broken(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        raise RuntimeError(f"no idea of {student_id}")
"""
DUE = "2026-03-01 12:00:00 UTC"
LATE = "2026-03-02 13:00:00.250000 UTC"
PLUGIN = """
c.AssignLatePenalties.plugin_class = "by_student.ByStudent"
"""
BROKEN = PLUGIN.replace("ByStudent", "Broken")
ZERO = """
c.LateSubmissionPlugin.penalty_method = "zero"
"""
WITHOUT_KERNEL = """
c.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.AssignLatePenalties"]
"""


@pytest.fixture(scope="module")
def late_class(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tiny course, graded, in which everybody is late but one, and one has no time at all."""
    course = make_course(tmp_path_factory.mktemp("late") / "course")
    (course.root / "by_student.py").write_text(BY_STUDENT)
    words = ("db", "assignment", "add", SUMS, f"--duedate={DUE}")
    assert nbgrader(*words, cwd=course.root).returncode == 0
    times = dict.fromkeys(("lenient", "odd", "greedy", "exact"), LATE) | {"early": DUE}
    for student in (*times, "timeless"):
        folder = hand_in(course, student, HALF).parent
        if student in times:
            (folder / "timestamp.txt").write_text(times[student])
    run("--course", str(course.root), "grade", "--workers", "1")
    yield course.root
    close_sandbox()


def copied(late_class: Path, folder: Path, more: str = "") -> Course:
    """The course in a folder of its own, with more in its configuration."""
    root = folder / "course"
    shutil.copytree(late_class, root)
    (root / "nbgrader_config.py").write_text(
        f"{CONFIG}\nc.CourseDirectory.root = {str(root)!r}\n{more}"
    )
    return Course(root)


def run(*words: str) -> str:
    """What an autograder command prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(words) == 0, said.getvalue()
    return said.getvalue()


def by_nbgrader(course: Course, *words: str) -> dict[str, float | None]:
    done = nbgrader("autograde", SUMS, "--force", *words, cwd=course.root)
    assert done.returncode == 0, done.stderr
    return penalties(course, SUMS)


def by_us(course: Course) -> dict[str, float | None]:
    assert "0 graded" in run("--course", str(course.root), "grade", "--workers", "1")
    return penalties(course, SUMS)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", {}),
        (ZERO, dict.fromkeys(("lenient", "odd", "greedy", "exact"), 3.0)),
        (PLUGIN, {"odd": 0.0, "greedy": 3.0, "exact": 1.0 + 0.09000025}),
    ],
    ids=["none", "zero", "plugin"],
)
def test_penalties_are_those_of_nbgrader(
    policy: str, expected: dict[str, float], late_class: Path, tmp_path: Path
) -> None:
    ours = copied(late_class, tmp_path / "ours", policy)
    theirs = copied(late_class, tmp_path / "theirs", policy + WITHOUT_KERNEL)
    nobody = dict.fromkeys(("lenient", "odd", "greedy", "exact", "early", "timeless"))
    assert by_us(ours) == by_nbgrader(theirs) == nobody | expected


def test_a_late_submission_gets_the_same_grades_and_penalty_by_nbgraders_autograde(
    late_class: Path, tmp_path: Path
) -> None:
    ours = copied(late_class, tmp_path / "ours", PLUGIN)
    theirs = copied(late_class, tmp_path / "theirs", PLUGIN)
    found = by_us(ours)
    assert by_nbgrader(theirs, "--student=exact")["exact"] == found["exact"]
    assert of("exact", grades(theirs)) == of("exact", grades(ours))


def test_a_penalty_follows_what_a_person_gives_later(late_class: Path, tmp_path: Path) -> None:
    course = copied(late_class, tmp_path, ZERO)
    assert by_us(course)["exact"] == 3.0
    with by_hand(course, SUMS) as give:
        give("exact", "why", manual_score=2.0)
    assert by_us(course)["exact"] == 5.0


def test_a_penalty_goes_when_the_due_date_moves(late_class: Path, tmp_path: Path) -> None:
    course = copied(late_class, tmp_path, ZERO)
    assert any(by_us(course).values())
    words = ("db", "assignment", "add", SUMS, "--duedate=2026-03-03 12:00 UTC")
    assert nbgrader(*words, cwd=course.root).returncode == 0
    assert not any(by_us(course).values())


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (PLUGIN.replace("by_student", "no_such_module"), "no_such_module"),
        (BROKEN, "RuntimeError: no idea of "),
    ],
    ids=["no such plugin", "a plugin that fails"],
)
def test_a_plugin_that_does_not_work_ends_grading_before_anything_is_written(
    policy: str,
    words: str,
    late_class: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    course = copied(late_class, tmp_path, policy)
    hand_in(course, "timeless", RIGHT)
    before = grades(course), penalties(course, SUMS)
    assert main(["--course", str(course.root), "grade", "--workers", "1"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "c.AssignLatePenalties.plugin_class in nbgrader_config.py" in said
    assert (grades(course), penalties(course, SUMS)) == before


# --- What a learning platform calls a notebook ----------------------------------------------------

NAMED = r"""
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[a-z]+)_(?:LATE_)?\d+_(?P<timestamp>[\d\-]+)_(?P<file_id>01_sums)"
)
"""


def test_our_collect_and_nbgraders_zip_collect_put_the_same_into_submitted(
    late_class: Path, tmp_path: Path
) -> None:
    courses = [copied(late_class, tmp_path / whose, NAMED) for whose in ("ours", "theirs")]
    for course in courses:
        shutil.rmtree(course.submitted_dir)
        folder = course.archives_dir(SUMS)
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "class.zip", "w") as archive:
            for number, (name, written) in enumerate({"lovelaceada": RIGHT, "eve": HALF}.items()):
                late = "LATE_" * number
                archive.writestr(
                    f"{name}_{late}{number}_2026-03-0{number + 1}-12-00-00_{SUMS}.ipynb",
                    answered(course, SUMS, written),
                )
            archive.writestr("readme.txt", b"what the platform adds")
    ours, theirs = courses
    run("--course", str(ours.root), "collect", "01")
    run("--course", str(theirs.root), "build")
    done = nbgrader("zip_collect", SUMS, cwd=theirs.root)
    assert done.returncode == 0, done.stderr
    found = [submitted_to(course) for course in courses]
    assert found[0] == found[1]
    assert sorted(name for name, _, _ in found[0]) == ["eve", "lovelaceada"]


def submitted_to(course: Course) -> list[tuple[str, datetime | None, bytes]]:
    """Whose notebooks are there, of when, and what they are."""
    found = submissions(course, SUMS)
    assert not found.problems
    return [(each.student, each.timestamp, each.read()) for each in found.submissions]
