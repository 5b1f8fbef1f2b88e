"""`autograder report`: the numbers of a class, the page that is projected, and the tables."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
import shutil
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from courses import (
    CONFIG,
    HALF,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    answered,
    edited,
    hand_in,
    make_course,
    own_cell,
    records,
    spoken,
    state,
)
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright
from scipy import stats
from test_browser import CHROMIUM, DESK, NAMES, PHONE, STANDARDS
from test_feedback import ALIVE, edit, enter, of_cell

from autograder import cli
from autograder.anonymous import MAX_CODE, anonymous
from autograder.autograded import read_mark
from autograder.class_report import CELLS, MISCONCEPTIONS, report_on, table
from autograder.course import Course
from autograder.grade import close_sandbox
from autograder.item_analysis import (
    ClassAnalysis,
    Success,
    chance,
    discrimination,
    distribution,
    histogram,
    success,
)
from autograder.sandbox.box import RLIMITS_ONLY

LIVE = "</script><script>alert(1)</script>"
HINT = "The mean is a `float`: divide by / and not by //."
BANK = f'''
from autograder.answers import wrong


@wrong("mean", "whole division", hint="{HINT}")
def mean(numbers):
    return sum(numbers) // len(numbers)


@wrong("total", "stops at nothing", hint="Nothing has a sum, too.")
def total(numbers):
    return numbers[0] + sum(numbers[1:])
'''
SIGNED = '''# by estelle
def helper(numbers):
    """Estelle's sum."""
    return sum(numbers)

def mean(numbers):
    """Written by Estelle."""
    "estelle was here"
    note = "call me: estelle"  # or write to me
    return helper(numbers) // len(numbers)

print("estelle")
'''
HOSTILE = f'''def mean(numbers):
    said = "{LIVE}\\u202e"  # {LIVE}
    longer, longest, name, names, more = 1, 2, 3, 4, 5
    return sum(numbers) // len(numbers)
'''
LONG = """def total(numbers):
    return numbers[0] + sum(number for number in numbers[1:] if number is not None and number)
"""
CLASS = {
    "anouk": RIGHT,
    "beatrix": RIGHT,
    "cosimo": RIGHT,
    "dorothea": HALF,
    "estelle": HALF | {"mean": SIGNED},
    "ludovic": HALF | {"mean": HOSTILE},
    "gustav": {},
    "hedwig": RIGHT | {"total": LONG},
    "ignatius": RIGHT | {"mean": "def mean(numbers):\n    while True:\n        pass"},
    "jacinta": RIGHT | {"mean": "def mean(numbers):\n    import os\n    os.abort()"},
    "kasimir": RIGHT,  # who has changed a test
    "mathilda": HALF | {"mean": "def mean(numbers):\n    return -(-sum(numbers) // len(numbers))"},
}
# Points of total-basics, total-edges and mean-basics, by hand: 1, 2 and 2 is what they have.
POINTS = {
    "anouk": (1, 2, 2),
    "beatrix": (1, 2, 2),
    "cosimo": (1, 2, 2),
    "dorothea": (1, 2, 0),
    "estelle": (1, 2, 0),
    "ludovic": (1, 2, 0),
    "gustav": (0, 0, 0),
    "hedwig": (1, 0, 2),
    "ignatius": (1, 2, 0),
    "jacinta": (1, 2, 0),
    "kasimir": (1, 2, 2),
    "mathilda": (1, 2, 0),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A tiny section and a class of twelve."""
    config = CONFIG.replace("cpu_seconds = 1.0", "cpu_seconds = 0.3")
    course = make_course(tmp_path_factory.mktemp("graded"), {SUMS: SUMS_TEXT}, config)
    bank = course.section(SUMS).answers
    bank.parent.mkdir(parents=True)
    bank.write_text(BANK)
    for student, written in CLASS.items():
        path = hand_in(course, student, written)
        path.with_name("timestamp.txt").write_text("2026-03-02 18:00:00 UTC")
    hand_in(course, "kasimir", edited(answered(course, SUMS, RIGHT), _spoil_a_test))
    hand_in(course, "ludovic", edited(answered(course, SUMS, CLASS["ludovic"]), _fail_loudly))
    assert run(course, "grade", "--unsafe", SUMS) == 0
    close_sandbox()
    return course


def _spoil_a_test(cells: list[dict[str, Any]]) -> None:
    next(cell for cell in cells if cell["id"] == "mean-basics")["source"] = "assert True"


def _fail_loudly(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*cells, own_cell(f"raise ValueError('{LIVE}')")]


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    """A copy of it, to spoil."""
    shutil.copytree(graded.root, tmp_path / "course")
    config = (graded.root / "nbgrader_config.py").read_text()
    config = config.replace(repr(str(graded.root)), repr(str(tmp_path / "course")))
    (tmp_path / "course/nbgrader_config.py").write_text(config)
    return Course(tmp_path / "course")


def run(course: Course, *arguments: str) -> int:
    """The exit status of a command in this process."""
    return cli.main(["--course", str(course.root), *arguments])


def analysis(course: Course) -> ClassAnalysis:
    """The numbers of the section."""
    return report_on(course, SUMS).analysis


def page(course: Course) -> BeautifulSoup:
    """The page, written anew."""
    assert run(course, "report", SUMS) == 0
    return BeautifulSoup((course.reports_dir / f"{SUMS}.html").read_text(), "html.parser")


def section(page: BeautifulSoup, name: str) -> str:
    """What a page says below a heading, without line breaks."""
    return spoken(page.find(id=name).parent.get_text(" "))


def rows(course: Course, name: str = f"{SUMS}.csv") -> list[dict[str, str]]:
    """A table, written anew."""
    assert run(course, "report", SUMS) == 0
    with (course.reports_dir / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- Numbers --------------------------------------------------------------------------------------


def test_discrimination_is_the_point_biserial_correlation_with_the_rest() -> None:
    passed = [0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0]
    rest = [3.0, 1, 7, 4, 9, 2, 0, 8, 8.5, 6, 5, 5]
    found = discrimination(passed, rest)
    assert found == pytest.approx(stats.pointbiserialr(passed, rest).statistic, abs=1e-14)
    mean = {each: np.mean([r for p, r in zip(passed, rest, strict=True) if p == each])
            for each in (0, 1)}  # fmt: skip
    share = 7 / 12
    by_hand = (mean[1] - mean[0]) / np.std(rest) * math.sqrt(share * (1 - share))
    assert found == pytest.approx(by_hand, abs=1e-14)


def test_discrimination_of_partial_points_is_pearsons() -> None:
    points = [0.0, 0.5, 2, 1, 1.5, 2, 0, 0.25, 1, 2]
    rest = [1.0, 3, 9, 2, 7, 7, 2, 1, 4, 6]
    assert discrimination(points, rest) == pytest.approx(np.corrcoef(points, rest)[0, 1], abs=1e-14)


@pytest.mark.parametrize(
    ("item", "rest"),
    [
        ([1.0] * 12, list(range(12))),
        (list(range(12)), [3.0] * 12),
        (list(range(12)), [0.1 + 0.2, 0.3] * 6),
        ([0, 1] * 4 + [1], list(range(9))),
    ],
    ids=["all have the same", "the rest is the same", "the same but for rounding", "nine students"],
)
def test_there_is_no_discrimination_where_it_would_say_nothing(
    item: list[float], rest: list[float]
) -> None:
    assert discrimination(item, rest) is None


@pytest.mark.parametrize("count", [10, 20, 100])
def test_chance_exceeds_what_is_said_in_about_one_case_of_twenty(count: int) -> None:
    rng = np.random.default_rng(count)
    found = [
        discrimination(rng.integers(0, 2, count).tolist(), rng.normal(size=count).tolist())
        for _ in range(2000)
    ]
    limit = chance(count)
    assert limit is not None
    assert 0.03 < np.mean([abs(each or 0) > limit for each in found]) < 0.07
    assert chance(9) is None


def test_quartiles_are_interpolated() -> None:
    found = distribution([8, 0, 3, 2, 3, 4])
    assert (found.lower_quartile, found.median, found.upper_quartile) == (2.25, 3.0, 3.75)
    assert (found.count, found.mean, found.lowest, found.highest) == (6, 20 / 6, 0, 8)
    assert found.values == (0, 2, 3, 3, 4, 8)


@pytest.mark.parametrize(
    ("scores", "most", "bins"),
    [
        ([0, 4.9, 5, 33, 34], 34, "0-5:2 5-10:1 10-15:0 15-20:0 20-25:0 25-30:0 30-34:2"),
        ([0, 1, 1, 3], 3, "0-0.5:1 0.5-1:0 1-1.5:2 1.5-2:0 2-2.5:0 2.5-3:1"),
        ([0.3, 0.9], 1, "0-0.1:0 0.1-0.2:0 0.2-0.3:0 0.3-0.4:1 0.4-0.5:0 0.5-0.6:0 0.6-0.7:0 "
                        "0.7-0.8:0 0.8-0.9:0 0.9-1:1"),
        ([100, 120], 100, "0-10:0 10-20:0 20-30:0 30-40:0 40-50:0 50-60:0 60-70:0 70-80:0 80-90:0 "
                          "90-100:0 100-110:1 110-120:1"),
        ([0, 0], 0, "0-0:2"),
    ],
    ids=["a narrower last", "few points", "tenths", "extra credit", "no points"],
)  # fmt: skip
def test_bins_have_round_edges(scores: list[float], most: float, bins: str) -> None:
    found = histogram(scores, most)
    assert " ".join(f"{each.low:g}-{each.high:g}:{each.count}" for each in found) == bins


def test_success_counts_full_some_and_no_points() -> None:
    assert success([0, 1, 2, 2, 2.5], 2) == Success(share=0.75, full=3, partial=1, zero=1)
    assert success([0.1 + 0.2], 0.3).full == 1
    assert success([], 2) == Success(share=None, full=0, partial=0, zero=0)


def test_a_class_has_the_numbers_that_one_works_out_by_hand(graded: Course) -> None:
    found = analysis(graded)
    scores = [sum(points) for points in POINTS.values()]
    assert found.scores == distribution(scores)
    assert (found.scores.mean, found.scores.median) == (41 / 12, 3)
    assert (found.scores.lower_quartile, found.scores.upper_quartile) == (3, 5)
    assert found.max_score == 8
    total, mean = found.exercises
    assert total.success == Success(share=31 / 36, full=10, partial=1, zero=1)
    assert mean.success == Success(share=10 / 24, full=5, partial=0, zero=7)
    assert (mean.failed, mean.diagnosed) == (7, 3)
    assert (total.failed, total.diagnosed) == (2, 1)
    assert mean.cells[0].outcomes == {
        "passed": 5, "partial": 0, "failed": 4, "error": 1, "timeout": 1, "crashed": 1
    }  # fmt: skip
    points = np.array(list(POINTS.values()))
    for number, cell in enumerate([*total.cells, *mean.cells]):
        item, rest = points[:, number], np.delete(points, number, axis=1).sum(axis=1)
        assert cell.discrimination == pytest.approx(np.corrcoef(item, rest)[0, 1], abs=1e-14)
        assert cell.success.share == pytest.approx(item.mean() / cell.max_points)
    deviation = math.sqrt(91 / 12 - (31 / 12) ** 2)  # ten have 3 points elsewhere, one 1, one 0
    by_hand = (13 / 5 - 18 / 7) / deviation * math.sqrt(5 / 12 * 7 / 12)
    assert mean.cells[0].discrimination == pytest.approx(by_hand)


def test_a_question_that_waits_has_no_numbers_yet(course: Course) -> None:
    (why,) = analysis(course).written
    assert why.to_review == 11
    assert why.success == Success(share=0.0, full=0, partial=0, zero=1)  # gustav left it blank
    assert (why.discrimination, why.separates_nobody) == (None, "")
    enter(course, "UPDATE grade SET manual_score = 3, needs_manual_grade = 0 WHERE auto_score IS "
                  "NULL")  # fmt: skip
    (why,) = analysis(course).written
    assert why.success == Success(share=11 / 12, full=11, partial=0, zero=1)
    assert why.discrimination == pytest.approx(
        stats.pointbiserialr(
            [who != "gustav" for who in POINTS], [sum(points) for points in POINTS.values()]
        ).statistic
    )


def test_a_manual_score_moves_the_numbers(course: Course) -> None:
    before = analysis(course)
    enter(course, f"UPDATE grade SET manual_score = 1 WHERE {of_cell('estelle', 'mean-basics')}")
    after = analysis(course)
    assert after.scores.mean == pytest.approx(before.scores.mean + 1 / 12)
    (cell,) = after.exercises[1].cells
    assert cell.success == Success(share=11 / 24, full=5, partial=1, zero=6)
    assert cell.by_hand == 1
    assert cell.outcomes == before.exercises[1].cells[0].outcomes
    assert cell.discrimination != before.exercises[1].cells[0].discrimination


def test_who_is_late_is_told_with_what_it_cost(course: Course) -> None:
    assert "The gradebook has no due date." in section(page(course), "late")
    enter(course, "UPDATE assignment SET duedate = '2026-03-02 12:00:00.000000'")
    enter(course, "UPDATE submitted_assignment SET extension = '1970-01-02 00:00:00.000000' WHERE "
                  "student_id != 'hedwig'")  # fmt: skip
    enter(
        course,
        f"UPDATE submitted_notebook SET late_submission_penalty = 1.5 WHERE id IN (SELECT "
        f"notebook_id FROM grade WHERE {of_cell('hedwig', 'mean-basics')})",
    )
    (late,) = analysis(course).late
    assert (late.student, late.seconds, late.penalty) == ("hedwig", 6 * 3600, 1.5)
    assert analysis(course).scores.values[1] == 1.5
    told = section(page(course), "late")
    assert "1 of 12." in told
    assert "hedwig: 6 hours late, 1.5 points taken off" in told


def test_time_is_that_of_the_students_processes(graded: Course) -> None:
    time = analysis(graded).time
    assert time.seconds is not None
    assert (time.seconds.count, time.unknown, time.limit) == (12, 0, 20.0)
    assert time.seconds.lowest > 0
    assert time.slowest[0][0] == "ignatius"
    assert time.slowest[0][1] >= 0.3


def test_what_happened_is_told_by_kind(graded: Course) -> None:
    kinds = {each.kind: each for each in analysis(graded).incidents}
    assert {kind: each.students for kind, each in kinds.items()} == {
        "ran out of time": ["ignatius"],
        "crashed": ["jacinta"],
        "edited tests": ["kasimir"],
        "own cell fails": ["ludovic"],
    }
    assert "more than 0.3 seconds of CPU time" in kinds["ran out of time"].remarks[0].text


def test_what_the_sandbox_refuses_is_told(course: Course) -> None:
    sources = ["import socket\nsocket.socket()", "%run x.py", "import os\nos.abort()"]
    cells = [own_cell(source) | {"id": f"own-{n}"} for n, source in enumerate(sources)]
    data = answered(course, SUMS, RIGHT)
    hand_in(course, "paula", edited(data, lambda given: [*given, *cells]))
    assert run(course, "grade", "--unsafe", SUMS) == 0
    kinds = {each.kind: each.remarks for each in analysis(course).incidents}
    mark = read_mark(course.autograded_dir / "paula" / SUMS / f"{SUMS}.ipynb")
    if mark and mark.rung == RLIMITS_ONLY:
        pytest.skip("no sandbox on this machine that refuses system calls")
    told = [remark.text for remark in kinds["tried what is forbidden"]]
    assert len(told) == 2
    assert "PermissionError" in told[0]
    assert "%run is not available while grading" in told[1]
    assert [remark.student for remark in kinds["crashed"]] == ["jacinta", "paula"]


def test_notebooks_of_an_earlier_version_are_reported_without_time(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in course.autograded_dir.glob("*/*/*.ipynb"):
        text = re.sub(r'   "cpu_seconds": .*,\n', "", path.read_text())
        path.unlink()
        path.write_text(re.sub(r'   "notices": (\[\]|\[[^\]]*\]),\n', "", text))
    found = analysis(course)
    assert (found.time.seconds, found.time.unknown, found.untold) == (None, 12, 12)
    assert "Not kept with these notebooks." in section(page(course), "time")
    assert "`autograder grade 01 --again`".replace("`", "") in spoken(capsys.readouterr().out)


# --- Misconceptions, and code that is nobody's ----------------------------------------------------


def test_misconceptions_are_counted_with_hint_and_code(graded: Course) -> None:
    shared, single = analysis(graded).misconceptions
    assert (shared.exercise, shared.mistake, shared.students) == ("mean", "whole division", 3)
    assert shared.hint == HINT
    assert shared.sample == "def mean(numbers):\n    return sum(numbers) // len(numbers)"
    assert (single.exercise, single.students) == ("total", 1)


def test_whose_code_it_is_cannot_be_seen(course: Course) -> None:
    for student in ("dorothea", "ludovic"):
        shutil.rmtree(course.autograded_dir / student)
    (found,) = (each for each in analysis(course).misconceptions if each.exercise == "mean")
    assert found.sample == (
        "def helper(numbers):\n    return sum(numbers)\n\n"
        "def mean(numbers):\n    note = '…'\n    return helper(numbers) // len(numbers)"
    )


def test_code_that_has_an_id_in_it_is_nobodys_sample(course: Course) -> None:
    signed = "def mean(numbers):\n    of_{0} = sum(numbers) // len(numbers)\n    return of_{0}"
    for student, name in {"dorothea": "anouk", "estelle": "estelle", "ludovic": "gustav"}.items():
        path = course.autograded_dir / student / SUMS / f"{SUMS}.ipynb"
        data = edited(path.read_bytes(), partial(_sign, signed.format(name)))
        path.unlink()
        path.write_bytes(data)
    (found,) = (each for each in analysis(course).misconceptions if each.exercise == "mean")
    assert (found.students, found.sample) == (3, "")


def _sign(source: str, cells: list[dict[str, Any]]) -> None:
    next(cell for cell in cells if cell["id"] == "mean")["source"] = source


def test_names_are_folded_away_and_the_tables_have_none(course: Course) -> None:
    enter(course, "UPDATE assignment SET duedate = '2026-03-02 12:00:00.000000'")
    enter(course, "INSERT INTO student (id) VALUES ('ottilie')")
    found = page(course)
    assert len(found.find_all("details")) == 9
    for folded in found.find_all("details"):
        assert not folded.has_attr("open")
        folded.decompose()
    texts = [found.get_text(), *(path.read_text() for path in course.reports_dir.glob("*.csv"))]
    assert len(texts) == 3
    for text in texts:
        assert not [student for student in (*CLASS, "ottilie") if student in text.lower()]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("def f(x):\n    return x  # ann", "def f(x):\n    return x"),
        ('def f(x):\n    """ann"""', "def f(x):\n    pass"),
        ('def f(x):\n    def g():\n        "ann"\n    "ann"\n    return g',
         "def f(x):\n\n    def g():\n        pass\n    return g"),
        ("def f(x, who='ann'):\n    return 'fro'", "def f(x, who='…'):\n    return 'fro'"),
        ("def f(x):\n    return f'ann {x}', b'ann'", "def f(x):\n    return (f'…{x}', b'...')"),
        ("import ann\nann = 1\ndef f(x):\n    return x", "def f(x):\n    return x"),
        ("def ann_f(x):\n    return x", ""),
        ("def f(x):\n    max_ann = x\n    return max_ann", ""),
        ("def f(x):\n    return annual(x)", "def f(x):\n    return annual(x)"),
        ("def f(x):\n    return gram(x)", "def f(x):\n    return gram(x)"),
        ("%time f(1)\ndef f(x):\n    return x", ""),
        ("f = lambda x: x", ""),
        ("def f(x):\n    return " + "-" * 3_000 + "x", ""),
        ("def f(x):\n    return 0x" + "f" * 3_900, ""),
        ("def f(x):\n    return x\n" + "#" * MAX_CODE, ""),
        ("def f(x):\n    return '\ud800'", ""),
    ],
    ids=["comment", "docstring", "inner text", "texts", "more texts", "other code", "function",
         "variable", "part of a word", "word of the course", "magic", "no function", "deep",
         "long number", "long", "no Unicode"],
)  # fmt: skip
def test_a_function_is_shown_without_its_author(source: str, shown: str) -> None:
    assert anonymous(source, "np.linalg.norm(gram(A), 'fro')", ["gram", "ann"]) == shown


# --- The page -------------------------------------------------------------------------------------


def test_the_page_says_it_in_words(graded: Course, course: Course) -> None:
    found = page(course)
    assert "Class report · 12 students" in spoken(found.header.get_text())
    told = section(found, "scores")
    assert "Half of the class has 3 of 8 points or more." in told
    assert "The middle half lies between 3 and 5." in told
    assert "mean A tiny section" in section(found, "exercises")
    assert "42 % 5 · 7 3 of 7" in section(found, "exercises").replace("\xa0", " ")
    assert f"3 students whole division in mean {HINT.replace('`', '')}" in re.sub(
        r" (?=:)", "", section(found, "mistakes")
    )
    assert "11 answers wait for a person" in section(found, "look")


def test_cells_that_tell_nothing_are_told_with_what_to_do(course: Course) -> None:
    where = "cell_id IN (SELECT id FROM base_cell WHERE name = '{}')"
    enter(course, f"UPDATE grade SET manual_score = 0 WHERE {where.format('mean-basics')}")
    enter(course, f"UPDATE grade SET manual_score = 1 WHERE {where.format('total-basics')}")
    found = page(course)
    told = section(found, "look")
    assert "Nobody has all points of mean-basics : too hard, or a broken test." in told
    assert "autograder verify 01" in told
    assert "Everybody has all points of total-basics : no information" in told
    assert {row["cell"]: row["all_points_for"] for row in rows(course)} == {
        "total-basics": "everybody", "total-edges": "", "mean-basics": "nobody", "why": ""
    }  # fmt: skip
    table = section(found, "tests")
    assert "everybody has all points" in table
    assert "nobody has all points" in table


def test_a_test_that_the_strong_fail_is_told(course: Course) -> None:
    passed, failed = ("gustav", "dorothea", "estelle"), ("anouk", "beatrix", "cosimo", "hedwig")
    for students, score in ((passed, 2), (failed, 0)):
        for student in students:
            grade = of_cell(student, "mean-basics")
            enter(course, f"UPDATE grade SET manual_score = {score} WHERE {grade}")
    (cell,) = analysis(course).exercises[1].cells
    assert (cell.discrimination or 0) < 0
    found = page(course)
    assert "Those who pass mean-basics have fewer points elsewhere." in section(found, "look")
    assert f"−{abs(cell.discrimination or 0):.2f}" in section(found, "tests")


def test_a_class_of_one_has_a_page(course: Course) -> None:
    for folder in course.autograded_dir.iterdir():
        if folder.name != "estelle" and folder.is_dir():
            shutil.rmtree(folder)
    found = page(course)
    assert "1 student" in found.header.get_text()
    assert "One notebook, 3 of 8 points." in section(found, "scores")
    assert "Of fewer than ten students it would be chance" in section(found, "tests")
    assert {row["discrimination"] for row in rows(course)} == {""}
    assert "Nobody has all points of mean-basics" in section(found, "look")


def test_a_hostile_text_is_text(course: Course) -> None:
    told = {"outcome": "crashed", "message": f"\x1b[31m{LIVE}\x00\u202e" * 50, "diagnosis": None}
    diagnosed = {"outcome": "failed", "message": LIVE, "diagnosis": {"answer": LIVE, "hint": LIVE}}

    def attack(cells: dict[str, dict[str, Any]]) -> None:
        cells["total-basics"]["metadata"]["autograder"] = told
        cells["mean-basics"]["metadata"]["autograder"] = diagnosed
        cells["mean"]["source"] = f"def mean(x):\n    return x + {LIVE!r}"

    edit(course, "ludovic", attack)
    found = page(course)
    assert not found.select(ALIVE)
    for tag in found.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert tag.get("href", "#").startswith("#")
    policy = found.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert found.get_text().count(LIVE) > 3
    text = (course.reports_dir / f"{SUMS}.html").read_text()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", text)
    assert "url(" not in found.style.get_text()
    assert len(text) < 100_000


# --- Tables and files -----------------------------------------------------------------------------


def test_the_tables_read_back(course: Course) -> None:
    found = analysis(course)
    read = rows(course)
    assert tuple(read[0]) == CELLS
    for row, cell in zip(read, found.cells, strict=True):
        assert row["cell"] == cell.grade_id
        assert float(row["mean_share"]) == cell.success.share
        assert row["discrimination"] == ("" if cell.discrimination is None else
                                         repr(cell.discrimination))  # fmt: skip
        assert row["crashed"] == str(cell.outcomes.get("crashed", ""))  # type: ignore[call-overload]
    mistakes = rows(course, f"{SUMS}-misconceptions.csv")
    assert tuple(mistakes[0]) == MISCONCEPTIONS
    assert [(row["misconception"], row["students"]) for row in mistakes] == [
        ("whole division", "3"), ("stops at nothing", "1")
    ]  # fmt: skip
    assert mistakes[0]["sample"] == found.misconceptions[0].sample


def test_no_cell_of_a_table_is_a_formula() -> None:
    texts = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "1-1", '"=1', ""]
    read = list(csv.reader(io.StringIO(table(("a",), [(text,) for text in texts]).decode(), "")))
    assert [row[0] if row else "" for row in read[1:]] == [
        "'=1+1", "'+1", "'-1", "'@A1", "'\t=1", "'\r=1", "'\n=1", "1-1", '"=1', ""
    ]  # fmt: skip
    assert table(("a", "b"), [(-0.5, None)]) == b"a,b\r\n-0.5,\r\n"


def test_json_has_one_object_a_section(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(course, "report", "--json") == 0
    (found,) = records(capsys.readouterr().out)
    assert found["section"] == SUMS
    assert found["analysis"]["scores"]["median"] == 3
    assert [Path(each).name for each in found["files"]] == [
        f"{SUMS}.html", f"{SUMS}.csv", f"{SUMS}-misconceptions.csv"
    ]  # fmt: skip
    assert found["analysis"]["exercises"][1]["misconceptions"][0]["students"] == 3


def test_the_terminal_has_a_line_for_each_exercise(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(course, "report") == 0
    said = spoken(capsys.readouterr().out)
    assert f"{SUMS}: 12 students, median 3 of 8 points" in said
    assert "mean 42% 5 0 7 whole division (3)" in said
    assert str(course.reports_dir / f"{SUMS}.html") in said.replace(" ", "")


def test_files_are_written_where_one_says_and_only_when_they_change(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there"
    assert run(course, "report", "--to", str(there), SUMS) == 0
    assert not course.reports_dir.exists()
    before = state(there)
    assert set(before) == {f"{SUMS}.html", f"{SUMS}.csv", f"{SUMS}-misconceptions.csv"}
    assert {stat.S_IMODE((there / name).stat().st_mode) for name in before} == {0o640}
    capsys.readouterr()
    assert run(course, "report", "--to", str(there), SUMS) == 0
    assert state(there) == before
    assert "had not changed" in capsys.readouterr().out
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.Autograder.reports_directory = 'for/us'\n")
    assert run(course, "report") == 0
    assert set(state(course.root / "for/us")) == set(before)


def test_a_file_in_the_way_is_named(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        assert run(course, "report", "--to", str(tmp_path / place)) == 2
        assert "is in the way of a folder. Move it away" in capsys.readouterr().err


# --- Who is not in it -----------------------------------------------------------------------------


def test_without_grades_the_next_step_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = make_course(tmp_path / "new")
    assert run(course, "report", SUMS) == 2
    assert f"run `autograder grade {SUMS}` first, then repeat" in capsys.readouterr().err
    assert not (course.root / "gradebook.db").exists()
    assert not course.reports_dir.exists()


def test_whom_the_numbers_leave_out_is_told(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "nepomuk", RIGHT)
    hand_in(course, "anouk", HALF)
    enter(course, "INSERT INTO student (id) VALUES ('ottilie')")
    path = course.autograded_dir / "beatrix" / SUMS / f"{SUMS}.ipynb"
    path.unlink()
    path.write_text("{")
    shutil.rmtree(course.autograded_dir / "cosimo")
    assert run(course, "report", "--json", SUMS) == 1
    (found,) = records(capsys.readouterr().out)
    assert found["ungraded"] == ["cosimo", "nepomuk"]
    assert (found["outdated"], found["absent"]) == (["anouk"], ["ottilie"])
    (problem,) = found["problems"]
    assert problem.startswith(f"autograded/beatrix/{SUMS}/{SUMS}.ipynb was not written by")
    assert found["analysis"]["scores"]["count"] == 10
    assert run(course, "report", SUMS) == 1
    said = spoken(capsys.readouterr().out)
    assert "2 students have handed in and no graded notebook" in said
    assert "Since grading, 1 notebook or the section changed: run autograder grade 01" in said
    assert problem.replace("`", "") in said


def test_if_no_graded_notebook_can_be_used_there_is_no_report(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in course.autograded_dir.glob("*/*/*.ipynb"):
        path.unlink()
        path.write_text("{")
    assert run(course, "report", SUMS) == 2
    assert capsys.readouterr().err.count("was not written by `autograder grade`") == 12
    assert not course.reports_dir.exists()


# --- In a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(graded: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on disk."""
    folder = tmp_path_factory.mktemp("reports")
    assert run(graded, "report", "--to", str(folder), SUMS) == 0
    return folder / f"{SUMS}.html"


PLACES = {
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
    "desk-dark": (DESK, "dark"),
    "hall-light": ({"width": 1920, "height": 1080}, "light"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    if CHROMIUM is None:
        pytest.skip(f"needs a browser: none of {', '.join(NAMES)} is installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=PLACES)
def tab(request: pytest.FixtureRequest, browser: Any, shown: Path) -> Iterator[Tab]:
    """The page with everything unfolded; what it asks for and says is in `tab.noise`."""
    viewport, scheme = PLACES[request.param]
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:
        tab = context.new_page()
        tab.noise = []
        tab.on("request", lambda request: tab.noise.append(request.url))
        tab.on("console", lambda message: tab.noise.append(message.text))
        tab.on("dialog", lambda dialog: tab.noise.append(dialog.message))
        tab.goto(shown.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        yield tab


def test_it_fits_asks_for_nothing_and_everybody_can_read_it(tab: Tab, shown: Path) -> None:
    width = tab.viewport_size["width"]  # type: ignore[index]
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    wide = "e => [...document.querySelectorAll('body *')].filter(e => !e.closest('pre') && "
    wide += f"e.getBoundingClientRect().right > {width}).map(e => e.outerHTML.slice(0, 80))"
    assert tab.evaluate(wide) == []
    assert tab.noise == [shown.as_uri()]  # type: ignore[attr-defined]
    assert tab.locator("script").count() == 0
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": STANDARDS}})
    assert found.violations_count == 0, found.generate_report()


def test_the_picture_has_the_numbers(browser: Any, shown: Path, graded: Course) -> None:
    """Columns are as high, and dots stand as far right, as the numbers say."""
    found = analysis(graded)
    with browser.new_context(viewport=DESK) as context:
        tab = context.new_page()
        tab.goto(shown.as_uri())
        box = "e => e.getBoundingClientRect()"
        columns = [each.evaluate(box)["height"] for each in tab.locator(".column").all()]
        tallest = max(each.count for each in found.bins)
        for height, each in zip(columns, found.bins, strict=True):
            assert height / max(columns) == pytest.approx(each.count / tallest, abs=0.01)
        strips = tab.locator(".exercises .strip").all()
        full = strips[1].locator(".full").evaluate(box)["width"]
        assert full / strips[1].evaluate(box)["width"] == pytest.approx(5 / 12, abs=0.01)
        axis, dot = (tab.locator(name).first.evaluate(box) for name in (".axis", ".quartiles .dot"))
        middle = dot["x"] + dot["width"] / 2
        assert (middle - axis["x"]) / axis["width"] == pytest.approx(3 / 8, abs=0.01)


def test_printed_it_is_black_on_white_without_what_is_folded(browser: Any, shown: Path) -> None:
    with browser.new_context(color_scheme="dark") as context:
        tab = context.new_page()
        tab.goto(shown.as_uri())
        tab.emulate_media(media="print")
        paper = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        assert not any(each.is_visible() for each in tab.locator("details").all())
        full = tab.locator(".strip .full").first
        assert full.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"
