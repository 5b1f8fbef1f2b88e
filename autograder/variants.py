"""What the gate hands in beside mutants, and what each of these notebooks deserves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from autograder.answers import Answer, Bank, blank, reference, solutions, submission, substitute
from autograder.assignment import Assignment
from autograder.results import Outcome, SubmissionResult

_PROMISE = re.compile(r"\b(not|neither|none)\b[^.]*\bchanged\b", re.IGNORECASE)
_TOLD = "was changed"  # in a message of assert_unchanged
_WRAPPED = "{1}\n\nfrom autograder.spoil import {2}\n\n{0} = {2}({0})"


class Spoiler(msgspec.Struct, frozen=True, kw_only=True):
    """The reference solution of one exercise, made to spoil the arrays that it is given."""

    exercise: str
    solution: str


Variant = Answer | Spoiler | Literal["release", "reference", "stored otherwise"]


def variants(assignment: Assignment, bank: Bank) -> Iterator[tuple[str, Variant]]:
    """Everything to hand in, with what to call it."""
    yield "release", "release"
    yield "reference", "reference"
    yield "reference, results stored otherwise", "stored otherwise"
    for exercise, solution in solutions(assignment).items():
        yield f"{exercise}, spoiling arrays", Spoiler(exercise=exercise, solution=solution)
    for answer in bank.answers:
        if answer.exercise in assignment.exercises:  # else it is among the bank's findings
            yield f"{answer.exercise}, {answer.kind}: {answer.name}", answer


def as_submitted(assignment: Assignment, variant: Variant) -> bytes:
    """The notebook that somebody hands in."""
    if variant == "release":
        return blank(assignment)
    if variant == "reference":
        return reference(assignment)
    written = solutions(assignment)
    if variant == "stored otherwise":
        stored = {name: _wrapped(name, each, "storing_otherwise") for name, each in written.items()}
        return submission(assignment, stored)
    if isinstance(variant, Spoiler):
        source = _wrapped(variant.exercise, variant.solution, "spoiling")
        return submission(assignment, written | {variant.exercise: source})
    return substitute(assignment, variant)


def judge(variant: Variant, result: SubmissionResult) -> Iterator[str]:
    """In what the result is not what the variant deserves."""
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


def _wrapped(exercise: str, solution: str, wrapper: str) -> str:
    """The solution's function in one of the wrappers of `spoil`."""
    return _WRAPPED.format(exercise, solution, wrapper)


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
