"""The same submission gives the same result, however and wherever it is graded."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest
from conftest import RUNGS
from courses import REPOSITORY

from autograder.answers import blank, load, reference, solutions, submission, substitute
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.grade import Job, Options, close_sandbox, grade_all, grade_one
from autograder.results import GradedSubmission
from autograder.workers import workers

MANY_OF = ("05_svd_compression", "12_conjugate_gradient")
WRONG_ANSWERS = 2  # of each of these
BUSY_LOOPS = 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def course() -> Iterator[Course]:
    yield Course(REPOSITORY)
    close_sandbox()


@pytest.fixture(scope="module")
def jobs(course: Course) -> list[Job]:
    """The reference of every section; of two, the blank release and some wrong answers, too."""
    chosen: list[Job] = []
    for section in course.sections():
        assignment = course.assignment(section)
        submissions = [reference(assignment)]
        if section in MANY_OF:
            submissions += [blank(assignment), *wrong_answers(course, assignment)]
        chosen += [
            Job(key=f"{section}-{number}", submission=data, assignment=assignment)
            for number, data in enumerate(submissions)
        ]
    return chosen


def wrong_answers(course: Course, assignment: Assignment) -> list[bytes]:
    """Some of the bank, from its beginning to its end."""
    answers = load(course.solutions_dir / assignment.name / "answers.py").answers
    wrong = [answer for answer in answers if answer.kind == "wrong"]
    return [substitute(assignment, a) for a in wrong[:: len(wrong) // WRONG_ANSWERS]]


def records(jobs: list[Job], options: Options, count: int) -> dict[str, bytes]:
    """What grading gives for each, but for times, names and where it ran."""
    with workers(count) as executor:
        graded = {job.key: result for job, result in grade_all(jobs, options, executor)}
    return {key: msgspec.json.encode(lasting(result)) for key, result in graded.items()}


def lasting(graded: object) -> list[object]:
    """The part of a graded submission that does not depend on the run."""
    assert isinstance(graded, GradedSubmission), graded
    result = msgspec.structs.replace(graded.result, seconds=0.0, cpu_seconds=0.0, rung="")
    return [result, graded.executed]


def test_ten_times_in_any_order_on_both_rungs_with_one_and_two_workers(
    course: Course, jobs: list[Job]
) -> None:
    options = course.options(course.sections())
    order = random.Random(0)
    first = records(jobs, options, 1)
    assert len(first) == len(jobs)
    for strongest in RUNGS:
        for count, times in ((1, 3), (2, 2)):
            for _ in range(times):
                shuffled = order.sample(jobs, len(jobs))
                again = records(
                    shuffled, msgspec.structs.replace(options, strongest=strongest), count
                )
                assert again == first


def test_busy_loops_beside_it_cost_no_honest_submission_a_point(
    course: Course, jobs: list[Job]
) -> None:
    options = course.options(course.sections())
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY_LOOPS)
    ]
    try:
        for job in jobs:
            if job.submission == reference(job.assignment):
                result = grade_one(job.submission, job.assignment, options).result
                assert (result.score, result.notices) == (result.max_score, ())
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


UNSEEDED = """
import numpy as np, random
def truncate(A, k):
    noise = np.random.default_rng().normal() + random.random() + np.random.rand()
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k] * (1 + {scale} * noise)
"""


SOMETIMES = """
import numpy as np, random
def truncate(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    if not 0 <= k <= len(s):
        raise ValueError("k")
    if random.random() < {chance}:
        s = -s
    return (U[:, :k] * s[:k]) @ Vt[:k]
"""


def test_numbers_without_a_seed_are_the_same_in_every_run(course: Course) -> None:
    assignment = course.assignment("05_svd_compression")
    answer = answered(assignment, UNSEEDED.format(scale=1))
    runs = []
    for _ in range(2):
        runs.append(lasting(grade_one(answer, assignment, course.options([assignment.name]))))
        close_sandbox()
    assert runs[0] == runs[1]


def test_a_result_that_hangs_on_chance_is_flagged(course: Course) -> None:
    assignment = course.assignment("05_svd_compression")
    options = course.options([assignment.name])
    flagged: list[tuple[str, ...]] = []
    for chance in (0.05, 0.1, 0.2, 0.3):  # which of them are lucky at first, nobody can tell
        answer = answered(assignment, SOMETIMES.replace("{chance}", str(chance)))
        first, second = (grade_one(answer, assignment, options).result.notices for _ in range(2))
        assert first == second
        flagged += [first]
    told = [notice for notices in flagged for notice in notices]
    assert any("is flaky: failed when graded, passed when run again" in notice for notice in told)


def answered(assignment: Assignment, source: str) -> bytes:
    """The reference, with other code for one exercise."""
    return submission(assignment, solutions(assignment) | {"truncate": source})
