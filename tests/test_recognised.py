"""Whose style it is matters neither to right answers nor to the diagnosis of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from courses import SUMS, make_course

from autograder import recognised
from autograder.answers import load
from autograder.grade import Options
from autograder.recognised import Recognition, recognise, restyled_answers
from autograder.sandbox.box import Sandbox
from autograder.workers import InThisProcess

BANK = """
from autograder.answers import right, wrong


@right("total", "library call")
def total(numbers):
    return sum(numbers)


@wrong("total", "the last one", hint="All numbers count.")
def total(numbers):
    return numbers[-1]


@wrong("total", "one too many", hint="Start with 0.")
def total(numbers):
    return 1 + sum(numbers)
"""
ENDLESS = """

@wrong("total", "never ends", hint="It should.")
def total(numbers):
    while True:
        pass
"""
TWIN = """

@wrong("total", "starts with one", hint="Start with 0.")
def total(numbers):
    result = 1
    for number in numbers:
        result += number
    return result
"""
SHY = """

@right("total", "does not like company")
def total(numbers):
    return 0 if "spare" in globals() else sum(numbers)
"""

Judged = Callable[[str], Recognition]


@pytest.fixture
def judged(tmp_path: Path, options: Options, sandbox: Sandbox) -> Judged:
    """What is to be said of a bank in another style; steps are counted."""

    def run(bank: str) -> Recognition:
        course = make_course(tmp_path)
        path = course.section(SUMS).answers
        path.parent.mkdir(parents=True)
        path.write_text(bank)
        assignment, steps = course.assignment(SUMS), []
        answers = restyled_answers(assignment, load(path))
        quick = msgspec.structs.replace(options.limits, cpu_seconds=0.3)
        report = recognise(
            assignment,
            answers,
            msgspec.structs.replace(options, limits=quick),
            InThisProcess(),
            lambda: steps.append(1),
        )
        assert len(steps) == len(answers) == bank.count("\n@")
        return report

    return run


def test_wrong_answers_are_diagnosed_as_themselves(judged: Judged) -> None:
    assert judged(BANK) == Recognition(recognised=2)


def test_one_that_is_diagnosed_as_nothing_is_found(judged: Judged) -> None:
    assert judged(BANK + ENDLESS) == Recognition(
        recognised=2,
        problems=[
            "total, wrong, in another style: never ends: diagnosed as nothing, should be as itself",
            "2 of 3 wrong answers are recognised in another style, should be 95% or more",
        ],
    )


def test_a_few_of_many_may_be_missed(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognised, "MIN_RECOGNISED", 2 / 3)
    report = judged(BANK + ENDLESS)
    assert report.problems == []
    (warning,) = report.warnings
    assert "never ends: diagnosed as nothing" in warning


def test_two_that_no_test_tells_apart_stand_for_each_other(judged: Judged) -> None:
    assert judged(BANK + TWIN) == Recognition(
        recognised=3,
        warnings=[
            "total, wrong, in another style: starts with one: no test tells it from 'one too many'"
        ],
    )


def test_one_that_is_diagnosed_as_another_is_found(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another style would be another function."""
    monkeypatch.setattr(
        recognised, "restyled", lambda source, exercise: source.replace("1 +", "numbers[-1] or")
    )
    assert judged(BANK).problems == [
        "total, wrong, in another style: one too many: diagnosed as 'the last one', "
        "should be as itself",
        "1 of 2 wrong answers are recognised in another style, should be 95% or more",
    ]


def test_a_right_answer_that_is_rejected_among_cells_of_the_student_s_own_is_found(
    judged: Judged,
) -> None:
    report = judged(BANK + SHY)
    assert [problem.partition(" rejects it: ")[0] for problem in report.problems] == [
        "total, right, in another style: does not like company: total-basics"
    ]
    assert report.recognised == 2


def test_a_wrong_answer_that_is_accepted_is_none_of_these(judged: Judged) -> None:
    assert judged(BANK.replace("1 + sum", "0 + sum")) == Recognition(recognised=1)
