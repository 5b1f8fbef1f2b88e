"""Which test cells reject which mutant: all of a section's through the real grader.

A mutant is graded with the test cells of its own exercise alone, each of which runs once, within
limits that soon end a loop without end. So is the reference, to see that it is not they that fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor

import msgspec

from autograder import markers, notebook
from autograder.answers import solutions, submission
from autograder.assignment import Assignment
from autograder.errors import AutograderError
from autograder.grade import Job, Options, grade_all
from autograder.mutants import Mutant, mutants
from autograder.notebook import Role
from autograder.results import Outcome, SubmissionResult

CPU_SECONDS, TOTAL_CPU_SECONDS = 0.5, 1.0  # all tests of a section take 0.3 s bare


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """For each mutant, by name, the test cells that reject it; and what went wrong."""

    rejected_by: dict[str, list[str]]
    problems: list[str]


def mutants_of(assignment: Assignment) -> list[Mutant]:
    """The mutants of all reference solutions of a section."""
    cells = [cell for cell in assignment.cells if cell.role is Role.SOLUTION]
    return [mutant for cell in cells for mutant in mutants(cell.grade_id, cell.source)]


def prove(
    assignment: Assignment,
    found: Iterable[Mutant],
    options: Options,
    executor: Executor,
    step: Callable[[], None],
) -> Proof:
    """Grade mutants of a section; `step` is called after each."""
    known = {mutant.name: mutant.exercise for mutant in found}
    proof = Proof(rejected_by={}, problems=[])
    for job, graded in grade_all(_jobs(assignment, found), _quick(options), executor):
        if isinstance(graded, AutograderError):
            proof.problems.append(f"{job.key}: cannot be graded: {graded}")
        elif job.key in known:
            proof.rejected_by[job.key] = rejecting(graded.result, known[job.key])
        else:
            proof.problems.extend(_reference_problems(job.key, graded.result))
        if job.key in known:
            step()
    return proof


def rejecting(result: SubmissionResult, exercise: str) -> list[str]:
    """The test cells of an exercise that do not give full points."""
    return [
        cell.grade_id
        for cell in result.cells
        if cell.exercise == exercise and cell.outcome is not Outcome.PASSED
    ]


def idle_cells(assignment: Assignment, rejected_by: Iterable[list[str]]) -> list[str]:
    """The hidden test cells that reject nothing which no other one rejects."""
    alone = {cells[0] for cells in rejected_by if len(cells) == 1}
    return [
        cell.grade_id
        for cell in assignment.tests
        if markers.regions(cell.source, markers.HIDDEN_TESTS) and cell.grade_id not in alone
    ]


def _quick(options: Options) -> Options:
    limits = msgspec.structs.replace(
        options.limits, cpu_seconds=CPU_SECONDS, total_cpu_seconds=TOTAL_CPU_SECONDS
    )
    return msgspec.structs.replace(options, limits=limits, once=True)


def _jobs(assignment: Assignment, found: Iterable[Mutant]) -> Iterator[Job]:
    references = solutions(assignment)
    alone = {exercise: reduced(assignment, exercise) for exercise in references}
    for exercise, part in alone.items():
        name = f"{exercise}, the reference, graded as mutants are"
        yield Job(key=name, submission=submission(part, references), assignment=part)
    for mutant in found:
        part = alone[mutant.exercise]
        written = references | {mutant.exercise: mutant.source}
        yield Job(key=mutant.name, submission=submission(part, written), assignment=part)


def reduced(assignment: Assignment, exercise: str) -> Assignment:
    """The assignment with the tests of this exercise alone, and the cells that they need."""
    cells = tuple(
        cell
        for cell in assignment.cells
        if cell.role in (Role.GIVEN, Role.SOLUTION)
        or (
            cell.role is Role.TEST
            and notebook.exercise_of(cell.grade_id, assignment.exercises) == exercise
        )
    )
    return msgspec.structs.replace(
        assignment, cells=cells, sha256=f"{assignment.sha256}, {exercise}"
    )


def _reference_problems(name: str, result: SubmissionResult) -> Iterator[str]:
    """What makes a mutant's death mean nothing."""
    for cell in result.cells:
        if cell.outcome is not Outcome.PASSED:
            yield (
                f"{name}: {cell.grade_id} rejects it ({cell.outcome}): {cell.message} It runs "
                f"after no test of another exercise, and in {CPU_SECONDS:g} seconds of CPU time "
                f"a call and {TOTAL_CPU_SECONDS:g} in all."
            )
