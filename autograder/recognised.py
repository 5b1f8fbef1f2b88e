"""Whether an answer's style matters: each of the bank is handed in as somebody else would write it.

Right answers are still accepted, among cells of the student's own. Wrong ones are diagnosed as
themselves, or as one that gives the same on every call of every test. An answer is graded with the
tests of its own exercise alone; what it does to others, the bank as it is written shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import msgspec

from autograder import notebook
from autograder.answers import Answer, Bank, substitute
from autograder.assignment import Assignment
from autograder.diagnose import agree, known_answers
from autograder.errors import AutograderError
from autograder.grade import Job, Options, grade_all
from autograder.notebook import RawCell, RawNotebook
from autograder.proof import reduced
from autograder.restyle import restyled
from autograder.results import CellResult, Diagnosis, Outcome, SubmissionResult

MIN_RECOGNISED = 0.95  # of the wrong answers of a section that tests reject
_CELLS = (
    RawCell(cell_type="markdown", source="My notes"),
    RawCell(cell_type="code", source="import math\n\nspare = [math.pi]\nspare"),
)


class Recognition(msgspec.Struct, kw_only=True):
    """How many wrong answers were diagnosed as what they are, and what else is to be said."""

    recognised: int = 0
    problems: list[str] = []
    warnings: list[str] = []


def restyled_answers(assignment: Assignment, bank: Bank) -> dict[str, Answer]:
    """The answers to hand in in another style, by what to call them."""
    return {
        f"{answer.exercise}, {answer.kind}, in another style: {answer.name}": answer
        for answer in bank.answers
        if answer.exercise in assignment.exercises
    }


def recognise(
    assignment: Assignment,
    answers: dict[str, Answer],
    options: Options,
    executor: Executor,
    step: Callable[[], None],
) -> Recognition:
    """Grade answers in another style; `step` is called after each."""
    report = Recognition()
    options = msgspec.structs.replace(options, diagnose=True, once=True)
    results: dict[str, SubmissionResult] = {}
    for job, graded in grade_all(_jobs(assignment, answers), options, executor):
        if isinstance(graded, AutograderError):
            report.problems.append(f"{job.key}: cannot be graded: {graded}")
        else:
            results[job.key] = graded.result
        step()
    wrong: dict[str, Diagnosis | None] = {}
    for key in filter(results.__contains__, answers):
        lost = [cell for cell in results[key].cells if cell.outcome is not Outcome.PASSED]
        if answers[key].kind == "right":
            report.problems += [
                f"{key}: {cell.grade_id} rejects it: {cell.message}" for cell in lost
            ]
        elif lost:
            wrong[key] = _diagnosis(lost)
    _judge(report, assignment, answers, wrong)
    return report


def _jobs(assignment: Assignment, answers: dict[str, Answer]) -> Iterator[Job]:
    for key, answer in answers.items():
        alone = reduced(assignment, answer.exercise)
        source = restyled(answer.source, answer.exercise)
        submission = substitute(alone, msgspec.structs.replace(answer, source=source))
        yield Job(key=key, submission=_with_own_cells(submission), assignment=alone)


def _with_own_cells(submission: bytes) -> bytes:
    """The notebook with cells of the student's own behind all others."""
    read = msgspec.json.decode(submission, type=RawNotebook)
    cells = [each for cell in read.cells for each in (cell, *_CELLS)]
    return notebook.write([msgspec.to_builtins(cell) for cell in cells], read.metadata)


def _diagnosis(cells: list[CellResult]) -> Diagnosis | None:
    return next((cell.diagnosis for cell in cells if cell.diagnosis), None)


def _judge(
    report: Recognition,
    assignment: Assignment,
    answers: dict[str, Answer],
    diagnoses: dict[str, Diagnosis | None],
) -> None:
    """Whether enough wrong answers were diagnosed as what they are."""
    known = known_answers(assignment)
    missed = []
    for key, diagnosis in diagnoses.items():
        if diagnosis is None:
            missed.append(f"{key}: diagnosed as nothing, should be as itself")
        elif diagnosis.answer == answers[key].name:
            report.recognised += 1
        elif known and agree(known, assignment, answers[key], diagnosis.answer):
            report.recognised += 1
            report.warnings.append(f"{key}: no test tells it from {diagnosis.answer!r}")
        else:
            missed.append(f"{key}: diagnosed as {diagnosis.answer!r}, should be as itself")
    if report.recognised >= MIN_RECOGNISED * len(diagnoses):
        report.warnings += missed
        return
    report.problems += [
        *missed,
        f"{report.recognised} of {len(diagnoses)} wrong answers are recognised in another style, "
        f"should be {MIN_RECOGNISED:.0%} or more",
    ]
