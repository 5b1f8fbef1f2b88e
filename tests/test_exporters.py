"""Tables that Canvas and Moodle import, written by the real `nbgrader export`."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path

import pytest
from courses import PRODUCTS, SUMS, make_course
from nbgrader_commands import nbgrader

from autograder.course import Course
from autograder.exporters import number, written
from autograder.gradebook import Gradebook
from autograder.spreadsheet import harmless

PEOPLE = {
    "ada": ("Ada", "Lovelace", "ada@example.org", "4711"),
    "bob": ("Bob", None, "Bob@Example.org", "4712"),
    "eve": ('=HYPERLINK("http://example.org")', "@Ellis", "eve@example.org", None),
    "kim": ("Kim", "Keller", None, "4714"),
}
SCORES = {  # of tests and of the written question, where it was graded
    SUMS: {"ada": (4.5, 3.0), "bob": (5.0, None), "kim": (1 / 3, 1.0)},
    PRODUCTS: {"ada": (4.0, None)},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A gradebook of two sections: Ada has extra credit, Bob was late, Eve did nothing."""
    from nbgrader import api

    course = make_course(tmp_path_factory.mktemp("exports") / "course")
    with Gradebook(course) as book:
        for section in (SUMS, PRODUCTS):
            book.prepare(course.assignment(section))
    with api.Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny") as gradebook:
        columns = ("first_name", "last_name", "email", "lms_user_id")
        for name, told in PEOPLE.items():
            gradebook.add_student(name, **dict(zip(columns, told, strict=True)))
        for section, of_students in SCORES.items():
            for name, (points, words) in of_students.items():
                with gradebook.db.no_autoflush:  # else SQLAlchemy has a remark on nbgrader's code
                    gradebook.add_submission(section, name)
                submitted = gradebook.find_submission_notebook(section, section, name)
                for grade in submitted.grades:
                    grade.auto_score, grade.needs_manual_grade = 0.0, False
                submitted.grades[0].auto_score = points
                if section == SUMS:
                    question = gradebook.find_grade("why", section, section, name)
                    question.auto_score, question.manual_score = None, words
                    question.needs_manual_grade = words is None
        gradebook.find_grade("product-basics", PRODUCTS, PRODUCTS, "ada").extra_credit = 0.25
        late = gradebook.find_submission_notebook(SUMS, SUMS, "bob")
        late.late_submission_penalty = 1.5
        gradebook.db.commit()
    return course


def export(
    course: Course, folder: Path, platform: str, *words: str, to: str = "out.csv", **settings: str
) -> subprocess.CompletedProcess[str]:
    """What `nbgrader export` does, with these settings of the exporter."""
    given = [f"--{platform}Exporter.{name}={value}" for name, value in settings.items()]
    exporter = f"autograder.exporters.{platform}Exporter"
    return nbgrader(
        *("export", "--exporter", exporter, "--to", folder / to, *given, *words),
        cwd=course.root,
        HOME=str(folder),
    )


def exported(course: Course, folder: Path, platform: str, *words: str, **settings: str) -> str:
    """The table."""
    done = export(course, folder, platform, *words, **settings)
    assert done.returncode == 0, done.stderr
    return (folder / "out.csv").read_bytes().decode()


def filled(
    course: Course, folder: Path, platform: str, template: str | bytes, *words: str, **settings: str
) -> tuple[str, list[str]]:
    """The platform's table, and what was reported."""
    path = folder / "template.csv"
    path.write_bytes(template if isinstance(template, bytes) else template.encode())
    done = export(course, folder, platform, *words, template=str(path), **settings)
    assert done.returncode == 0, done.stderr
    return (folder / "out.csv").read_bytes().decode(), reported(done)


def reported(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Warnings and errors, without the folder of the template."""
    lines = (line.partition("] ") for line in done.stderr.splitlines())
    said = [text for head, _, text in lines if not head.endswith("INFO")]
    return [re.sub(r"\S*/template.csv", "template.csv", text) for text in said]


def cells(text: str, **dialect: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), **dialect))


# --- New tables -----------------------------------------------------------------------------------


def test_canvas_gets_the_columns_that_its_importer_looks_for(
    course: Course, tmp_path: Path
) -> None:
    assert exported(course, tmp_path, "Canvas") == (
        "Student,ID,SIS User ID,SIS Login ID,Section,01_sums,02_products\n"
        "    Points Possible,,,,,8,4\n"
        "Bob,,,bob,,3.5,\n"
        '"\'@Ellis, =HYPERLINK(""http://example.org"")",,,eve,,,\n'
        '"Keller, Kim",,,kim,,1.33333,\n'
        '"Lovelace, Ada",,,ada,,7.5,4.25\n'
    )


def test_moodle_gets_a_column_that_it_can_map_and_the_names(course: Course, tmp_path: Path) -> None:
    assert exported(course, tmp_path, "Moodle") == (
        "Username,First name,Last name,01_sums,02_products\n"
        "bob,Bob,,3.5,\n"
        'eve,"\'=HYPERLINK(""http://example.org"")",\'@Ellis,,\n'
        "kim,Kim,Keller,1.33333,\n"
        "ada,Ada,Lovelace,7.5,4.25\n"
    )


@pytest.mark.parametrize(
    ("platform", "identifier", "title", "keys", "lacking"),
    [
        ("Canvas", "lms_user_id", "ID", ["4711", "4712", "4714"], ""),
        ("Canvas", "email", "SIS Login ID", ["Bob@Example.org", "ada@", "eve@"], "kim"),
        ("Moodle", "lms_user_id", "ID number", ["4711", "4712", "4714"], ""),
        ("Moodle", "email", "Email address", ["Bob@Example.org", "ada@", "eve@"], "kim"),
    ],
)
def test_students_are_known_by_what_the_setting_says(
    platform: str,
    identifier: str,
    title: str,
    keys: list[str],
    lacking: str,
    course: Course,
    tmp_path: Path,
) -> None:
    done = export(course, tmp_path, platform, identifier=identifier)
    header, *rows = cells((tmp_path / "out.csv").read_text())
    found = sorted(row[header.index(title)] for row in rows)
    found = [key for key in found if key]  # Canvas's row of points has none
    assert [key.startswith(start) for key, start in zip(found, keys, strict=True)] == [True] * 3
    missing = [line for line in reported(done) if "is not in the file" in line]
    assert (
        missing
        == [f"{lacking} (01_sums 1.33333) has no {identifier} and is not in the file"][
            : bool(lacking)
        ]
    )


def test_another_column_can_have_the_identifier(course: Course, tmp_path: Path) -> None:
    header, _, *rows = cells(exported(course, tmp_path, "Canvas", column="SIS User ID"))
    assert [row[header.index("SIS User ID")] for row in rows] == ["bob", "eve", "kim", "ada"]
    header, *rows = cells(exported(course, tmp_path, "Moodle", column="ID number"))
    assert header[0] == "ID number"


def test_a_column_can_have_the_platforms_title(course: Course, tmp_path: Path) -> None:
    columns = "{'01_sums': 'Homework 1 (815)'}"
    header, *_ = cells(exported(course, tmp_path, "Canvas", columns=columns))
    assert header[5:] == ["Homework 1 (815)", "02_products"]


def test_one_section_or_some_students_can_be_chosen(course: Course, tmp_path: Path) -> None:
    header, *rows = cells(exported(course, tmp_path, "Moodle", f'--assignment=["{PRODUCTS}"]'))
    assert header[3:] == [PRODUCTS]
    assert len(rows) == len(PEOPLE)
    _, *rows = cells(exported(course, tmp_path, "Moodle", '--student=["bob"]'))
    assert [row[0] for row in rows] == ["bob"]


def test_who_waits_for_a_person_and_who_has_more_than_the_maximum_is_reported(
    course: Course, tmp_path: Path
) -> None:
    assert reported(export(course, tmp_path, "Canvas")) == [
        "01_sums: a person has yet to grade 1 of 3"
    ]
    assert reported(export(course, tmp_path, "Moodle")) == [
        "01_sums: a person has yet to grade 1 of 3",
        "ada (01_sums 7.5, 02_products 4.25) has more than the 4 points of 02_products, which the "
        "platform may not take",
    ]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("Ada", "Ada"),
        ("", ""),
        ("a=b", "a=b"),
    ],
)
def test_no_cell_begins_as_a_formula_does(text: str, safe: str) -> None:
    assert harmless(text) == safe


@pytest.mark.parametrize(
    ("score", "text"), [(0.0, "0"), (10.0, "10"), (2.5, "2.5"), (2 / 3, "0.66667"), (1e5, "100000")]
)
def test_scores_are_written_with_a_point_and_no_more_digits_than_needed(
    score: float, text: str
) -> None:
    assert written(score) == text


@pytest.mark.parametrize(
    ("text", "value"), [("10", 10.0), ("10,50", 10.5), ("(read only)", None), ("", None)]
)
def test_points_are_read_as_platforms_write_them(text: str, value: float | None) -> None:
    assert number(text) == value


# --- The platform's own tables --------------------------------------------------------------------

# As Canvas exports it: a row for manual posting, one for points, read-only totals, a test student.
CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,01_sums (815),Essay (816),\
02_products (817),Final Score
,,,,,,Manual Posting,,,
    Points Possible,,,,,,8.00,10.00,4.00,(read only)
"Lovelace, Ada",101,s-4711,ada,LA 1,"late, ill",,9.00,3.00,71.2
"=""=1+1""",102,s-4712,bob,LA 1,,1.00,,,0.0
"Ellis, Eve",103,s-4713,EVE ,LA 2,,2.00,5.00,EX,20.0
"Other, Olga",104,s-4719,olga,LA 2,,6.00,N/A,,40.0
"Student, Test",105,,3f2a,LA 1,,,,,
'''
WAITING = "01_sums: a person has yet to grade 1 of 3"
# As an assignment of Moodle's has it.
WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 11","Ada Lovelace",ADA@example.org,"Submitted for grading",,4.00,Yes,\
"Monday, 2 March 2026, 6:00 PM",-,
"Participant 12","Bob Bauer",bob@example.org,"No submission",3.00,4.00,Yes,-,\
"Tuesday, 3 March 2026, 9:00 AM","<p>From the essay</p>"
"""
MOODLE = """\
"First name","Last name","ID number",Institution,Department,"Email address",\
"Assignment: 01_sums (Real)","Assignment: Essay (Real)","Course total (Real)",\
"Last downloaded from this course"
Ada,Lovelace,4711,,,ada@example.org,-,9.00,9.00,1772474400
Olga,Other,4719,,,olga@example.org,2.00,-,2.00,1772474400
"""


def test_of_canvass_table_only_the_cells_change_of_which_we_know(
    course: Course, tmp_path: Path
) -> None:
    text, said = filled(course, tmp_path, "Canvas", CANVAS)
    before, after = cells(CANVAS), cells(text)
    changed = {
        (i, before[0][j]): new
        for i, row in enumerate(after)
        for j, new in enumerate(row)
        if new != before[i][j]
    }
    assert changed == {
        (3, "01_sums (815)"): "7.5",
        (3, "02_products (817)"): "4.25",
        (4, "01_sums (815)"): "3.5",
    }
    assert [len(row) for row in after] == [len(row) for row in before]
    assert said == [WAITING, "kim (01_sums 1.33333) is not in template.csv"]


def test_who_is_excused_in_canvas_stays_so(course: Course, tmp_path: Path) -> None:
    excused = CANVAS.replace("LA 1,,1.00", "LA 1,,EX")
    text, said = filled(course, tmp_path, "Canvas", excused)
    assert cells(text)[4][6] == "EX"
    assert "bob (01_sums 3.5) has EX in template.csv, which stays" in said


def test_other_points_on_the_platform_are_reported_and_stay(course: Course, tmp_path: Path) -> None:
    text, said = filled(course, tmp_path, "Canvas", CANVAS.replace("8.00,10.00", "100,10.00"))
    assert cells(text)[2][6] == "100"
    assert "01_sums has 8 points, but 100 in template.csv: the scores are not converted" in said


def test_bom_semicolons_and_line_ends_stay(course: Course, tmp_path: Path) -> None:
    rows = cells(CANVAS)
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=";", lineterminator="\r\n").writerows(rows)
    template = b"\xef\xbb\xbf" + table.getvalue().encode()
    text, _ = filled(course, tmp_path, "Canvas", template)
    expected, _ = filled(course, tmp_path, "Canvas", CANVAS)
    assert text.startswith("\ufeffStudent;ID;")
    assert text.count("\r\n") == text.count("\n") == len(rows)
    assert cells(text.removeprefix("\ufeff"), delimiter=";") == cells(expected)


def test_a_section_without_a_column_is_reported(course: Course, tmp_path: Path) -> None:
    text, said = filled(course, tmp_path, "Canvas", CANVAS.replace("02_products", "Products"))
    assert cells(text)[3][8] == "3.00"
    assert "template.csv has no column for 02_products" in said


def test_a_section_whose_name_is_within_another_name_is_not_taken_for_it(
    course: Course, tmp_path: Path
) -> None:
    text, said = filled(course, tmp_path, "Canvas", CANVAS.replace("02_products", "102_products"))
    assert cells(text)[3][8] == "3.00"
    assert "template.csv has no column for 02_products" in said


def test_a_column_of_another_title_is_filled_in_when_the_setting_names_it(
    course: Course, tmp_path: Path
) -> None:
    template = CANVAS.replace("02_products", "Products")
    columns = "{'02_products': 'Products (817)'}"
    text, said = filled(course, tmp_path, "Canvas", template, columns=columns)
    assert cells(text)[3][8] == "4.25"
    assert not [line for line in said if "no column" in line]


def test_moodles_worksheet_is_filled_in_by_address(course: Course, tmp_path: Path) -> None:
    one = f'--assignment=["{SUMS}"]'
    text, said = filled(course, tmp_path, "Moodle", WORKSHEET, one, identifier="email")
    assert [row[4] for row in cells(text)] == ["Grade", "7.5", "3.5"]
    assert [row[:4] + row[5:] for row in cells(text)] == [
        row[:4] + row[5:] for row in cells(WORKSHEET)
    ]
    assert said == [
        WAITING,
        "ada (01_sums 7.5) has more than the 4 points of 01_sums, which the platform may not take",
        "01_sums has 8 points, but 4 in template.csv: the scores are not converted",
        "kim (01_sums 1.33333) is not in template.csv",
    ]


def test_moodles_worksheet_is_of_one_section(course: Course, tmp_path: Path) -> None:
    text, said = filled(course, tmp_path, "Moodle", WORKSHEET, identifier="email")
    assert cells(text) == cells(WORKSHEET)
    assert "template.csv has no column for 01_sums" in said


def test_moodles_table_of_grades_is_filled_in_by_number(course: Course, tmp_path: Path) -> None:
    text, said = filled(course, tmp_path, "Moodle", MOODLE, identifier="lms_user_id")
    assert [row[6] for row in cells(text)] == ["Assignment: 01_sums (Real)", "7.5", "2.00"]
    assert [row[7:] for row in cells(text)] == [row[7:] for row in cells(MOODLE)]
    assert [line for line in said if "is not in" in line] == [
        "bob (01_sums 3.5) is not in template.csv",
        "kim (01_sums 1.33333) is not in template.csv",
    ]


def test_who_is_called_by_the_full_name_is_found_by_it(course: Course, tmp_path: Path) -> None:
    one = f'--assignment=["{SUMS}"]'
    named = WORKSHEET.replace("Ada Lovelace", "ada")
    text, _ = filled(course, tmp_path, "Moodle", named, one, column="Full name")
    assert [row[4] for row in cells(text)] == ["Grade", "7.5", "3.00"]


# --- What cannot be done ends with a message and no file ------------------------------------------


@pytest.mark.parametrize(
    ("template", "settings", "words"),
    [
        (CANVAS.replace("SIS Login ID", "Login"), {}, "has no column 'SIS Login ID'. It has St"),
        (CANVAS.replace("Essay", "01_sums"), {}, "several columns for 01_sums: 01_sums (815), "),
        (CANVAS, {"columns": "{'01_sums': 'Sums'}"}, "CanvasExporter.columns to the right one"),
        (CANVAS.encode("utf-16"), {}, "is not UTF-8. Export it as that"),
        ("", {}, "is empty. Export it again"),
        (None, {}, "template.csv: No such file or directory. Mend that"),
    ],
    ids=["no identifier", "two columns", "no such column", "encoding", "empty", "missing"],
)
def test_a_template_that_does_not_fit_is_refused(
    template: str | bytes | None,
    settings: dict[str, str],
    words: str,
    course: Course,
    tmp_path: Path,
) -> None:
    path = tmp_path / "template.csv"
    if template is not None:
        path.write_bytes(template if isinstance(template, bytes) else template.encode())
    done = export(course, tmp_path, "Canvas", template=str(path), **settings)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("words", "settings", "message"),
    [
        (['--assignment=["sums"]'], {}, "no assignment sums. There are: 01_sums, 02_products."),
        (['--student=["zoe"]'], {}, "no student zoe. There are: bob, eve, kim, ada."),
        ([], {"column": "Email"}, "Canvas knows students by ID, SIS User ID, SIS Login ID"),
        ([], {"to": "no/folder/out.csv"}, "no/folder/out.csv: No such file or directory"),
    ],
    ids=["assignment", "student", "column", "folder"],
)
def test_what_was_asked_for_and_is_not_there_is_refused(
    words: list[str], settings: dict[str, str], message: str, course: Course, tmp_path: Path
) -> None:
    done = export(course, tmp_path, "Canvas", *words, **settings)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_two_students_with_one_address_are_refused(course: Course, tmp_path: Path) -> None:
    name = f"sqlite:///{tmp_path}/gradebook.db"
    (tmp_path / "gradebook.db").write_bytes((course.root / "gradebook.db").read_bytes())
    words = ("db", "student", "add", "kim", "--email=ADA@example.org", f"--db={name}")
    assert nbgrader(*words, cwd=course.root).returncode == 0
    done = export(course, tmp_path, "Moodle", f"--db={name}", identifier="email")
    assert done.returncode == 1
    assert "several students have the same email: kim, ada." in done.stderr
    assert not (tmp_path / "out.csv").exists()
