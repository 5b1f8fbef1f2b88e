"""The gate: the release scores nothing, right answers score full, wrong ones lose their own points.

Every variant of the reference notebook goes through the real grader, in the real sandbox.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Literal

import msgspec

from autograder.answers import (
    Answer,
    Bank,
    blank,
    findings,
    load,
    reference,
    solutions,
    submission,
    substitute,
)
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grade import Job, Options, grade_all
from autograder.results import GradedSubmission, Outcome, SubmissionResult

Kind = Literal["release", "reference", "right", "wrong"]

_PROMISE = re.compile(r"\b(not|neither|none)\b[^.]*\bchanged\b", re.IGNORECASE)
_TOLD = "was changed"  # in a message of assert_unchanged
_SPOILING = "\n\nfrom autograder.spoil import spoiling\n\n{0} = spoiling({0})"


class SectionReport(msgspec.Struct, kw_only=True):
    """What the gate found in one section."""

    section: str
    exercises: int
    points: float
    right: int = 0
    right_accepted: int = 0
    wrong: int = 0
    wrong_rejected: int = 0
    problems: list[str] = []
    rung: str = ""


def verify(
    course: Course, sections: list[str], options: Options, executor: Executor
) -> Iterator[SectionReport]:
    """A report for each section, in order."""
    for section in sections:
        assignment = course.assignment(section)
        bank = load(course.solutions_dir / section / "answers.py")
        yield verify_section(assignment, bank, options, executor)


def verify_section(
    assignment: Assignment, bank: Bank, options: Options, executor: Executor
) -> SectionReport:
    """Grade every variant of one section's reference and compare with what it deserves."""
    report = SectionReport(
        section=assignment.name,
        exercises=len(assignment.exercises),
        points=assignment.max_score,
        problems=list(findings(bank, assignment.exercises)),
    )
    variants = dict(_variants(assignment, bank))
    jobs = (
        Job(key=key, submission=_notebook(assignment, variant), assignment=assignment)
        for key, variant in variants.items()
    )
    problems: defaultdict[str, list[str]] = defaultdict(list)
    for job, graded in grade_all(jobs, options, executor):
        variant = variants[job.key]
        found = list(_judge(variant, graded))
        if isinstance(graded, GradedSubmission):
            report.rung = graded.result.rung
        _count(report, variant, accepted=not found)
        problems[job.key] = [f"{job.key}: {problem}" for problem in found]
    report.problems += [problem for key in variants for problem in problems[key]]
    return report


class Spoiler(msgspec.Struct, frozen=True, kw_only=True):
    """The reference solution of one exercise, made to spoil the arrays that it is given."""

    exercise: str
    solution: str


Variant = Answer | Spoiler | Literal["release", "reference"]


def _variants(assignment: Assignment, bank: Bank) -> Iterator[tuple[str, Variant]]:
    yield "release", "release"
    yield "reference", "reference"
    for exercise, solution in solutions(assignment).items():
        yield f"{exercise}, spoiling arrays", Spoiler(exercise=exercise, solution=solution)
    for answer in bank.answers:
        if answer.exercise in assignment.exercises:  # else it is among the bank's findings
            yield f"{answer.exercise}, {answer.kind}: {answer.name}", answer


def _notebook(assignment: Assignment, variant: Variant) -> bytes:
    if variant == "release":
        return blank(assignment)
    if variant == "reference":
        return reference(assignment)
    if isinstance(variant, Spoiler):
        source = variant.solution + _SPOILING.format(variant.exercise)
        return submission(assignment, solutions(assignment) | {variant.exercise: source})
    return substitute(assignment, variant)


def _judge(variant: Variant, graded: GradedSubmission | AutograderError) -> Iterator[str]:
    if isinstance(graded, AutograderError):
        yield f"cannot be graded: {graded}"
        return
    result = graded.result
    if variant == "release":
        yield from (
            f"{cell.grade_id} gives {cell.points:g} points to the untouched release"
            for cell in result.cells
            if cell.points
        )
    elif isinstance(variant, Spoiler):
        yield from _judge_spoiler(variant, result)
    elif isinstance(variant, Answer) and variant.kind == "wrong":
        yield from _judge_wrong(variant, result)
    else:
        yield from _judge_right(result)


def _judge_right(result: SubmissionResult) -> Iterator[str]:
    for cell in result.cells:
        if cell.outcome is not Outcome.PASSED:
            yield f"{cell.grade_id} rejects it ({cell.outcome}): {cell.message}"


def _judge_wrong(answer: Answer, result: SubmissionResult) -> Iterator[str]:
    lost = [cell for cell in result.cells if cell.outcome is not Outcome.PASSED]
    if not any(cell.exercise == answer.exercise for cell in lost):
        yield "no test of its exercise rejects it"
    for cell in lost:
        if cell.exercise != answer.exercise:
            yield f"{cell.grade_id} of another exercise fails: {cell.message}"


def _judge_spoiler(spoiler: Spoiler, result: SubmissionResult) -> Iterator[str]:
    own = [cell for cell in result.cells if cell.exercise == spoiler.exercise]
    for cell in own:
        if cell.outcome is not Outcome.PASSED and _TOLD not in cell.message:
            yield (
                f"{cell.grade_id} rejects it and does not say that an argument was changed. After "
                "a call, arguments hold whatever the function likes: compute what is expected "
                "before it, hand over copies, or start with assert_unchanged. The message was: "
                f"{cell.message}"
            )
    if _PROMISE.search(spoiler.solution) and not any(_TOLD in cell.message for cell in own):
        yield "no test asserts that arguments are unchanged, as its docstring says they are"


def _count(report: SectionReport, variant: Variant, *, accepted: bool) -> None:
    if not isinstance(variant, Answer):
        return
    if variant.kind == "right":
        report.right += 1
        report.right_accepted += accepted
    else:
        report.wrong += 1
        report.wrong_rejected += accepted
