"""The gate: the release scores nothing, right answers score full, wrong ones lose their own points.

Every variant of the reference notebook goes through the real grader, in the real sandbox. So does
the bank in another style, in which right answers are still right and wrong ones are diagnosed, and
every mutant of a reference solution, which has to fail a test of its own exercise.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import msgspec

from autograder import survivors
from autograder.answers import Answer, findings, load
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grade import Job, Options, grade_all
from autograder.mutants import Mutant
from autograder.proof import idle_cells, mutants_of, prove, rejecting
from autograder.recognised import recognise, restyled_answers
from autograder.survivors import Equivalent
from autograder.variants import Variant, as_submitted, judge, variants


class SectionReport(msgspec.Struct, kw_only=True):
    """What the gate found in one section."""

    section: str
    exercises: int
    points: float
    right: int = 0
    right_accepted: int = 0
    wrong: int = 0
    wrong_rejected: int = 0
    mutants: int = 0
    mutants_killed: int = 0
    mutants_excused: int = 0  # survivors that are listed as no mistakes
    recognised: int = 0  # wrong answers that were diagnosed as themselves in another style
    problems: list[str] = []
    warnings: list[str] = []  # what may stay as it is
    idle_cells: list[str] = []  # hidden test cells that reject nothing which no other one rejects
    rung: str = ""


def verify(
    course: Course,
    section: str,
    options: Options,
    executor: Executor,
    *,
    with_mutants: bool = True,
    start: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> SectionReport:
    """Grade every variant of one section's reference and compare with what it deserves.

    `start` is told how many there are and gives what to call after each.
    """
    assignment = course.assignment(section)
    folder = course.solutions_dir / section
    bank, listed = load(folder / "answers.py"), survivors.load(folder / survivors.NAME)
    handed_in = dict(variants(assignment, bank))
    found = mutants_of(assignment) if with_mutants else []
    report = SectionReport(
        section=assignment.name,
        exercises=len(assignment.exercises),
        points=assignment.max_score,
        problems=list(findings(bank, assignment.exercises)),
    )
    restyled = restyled_answers(assignment, bank)
    step = start(len(handed_in) + len(restyled) + len(found))
    options = msgspec.structs.replace(options, diagnose=False)  # a hint is for students
    rejected_by = _hand_in(assignment, handed_in, report, options, executor, step)
    recognition = recognise(assignment, restyled, options, executor, step)
    report.recognised = recognition.recognised
    report.problems += recognition.problems
    report.warnings += recognition.warnings
    if with_mutants:
        proof = prove(assignment, found, options, executor, step)
        rejected_by |= proof.rejected_by
        report.problems += proof.problems
        _report_mutants(report, found, proof.rejected_by, listed)
        report.idle_cells = idle_cells(assignment, rejected_by.values())
    return report


def _hand_in(
    assignment: Assignment,
    handed_in: dict[str, Variant],
    report: SectionReport,
    options: Options,
    executor: Executor,
    step: Callable[[], None],
) -> dict[str, list[str]]:
    """Grade the release, the reference and the bank; which cells reject which wrong answer."""
    rejected_by = {}
    problems = {}
    jobs = (
        Job(key=key, submission=as_submitted(assignment, variant), assignment=assignment)
        for key, variant in handed_in.items()
    )
    for job, graded in grade_all(jobs, options, executor):
        variant = handed_in[job.key]
        if isinstance(graded, AutograderError):
            problems[job.key] = [f"cannot be graded: {graded}"]
        else:
            problems[job.key] = list(judge(variant, graded.result))
            report.rung = graded.result.rung
            if isinstance(variant, Answer) and variant.kind == "wrong":
                rejected_by[job.key] = rejecting(graded.result, variant.exercise)
        _count(report, variant, accepted=not problems[job.key])
        step()
    report.problems += [f"{key}: {problem}" for key in handed_in for problem in problems[key]]
    return rejected_by


def _count(report: SectionReport, variant: Variant, *, accepted: bool) -> None:
    if not isinstance(variant, Answer):
        return
    if variant.kind == "right":
        report.right += 1
        report.right_accepted += accepted
    else:
        report.wrong += 1
        report.wrong_rejected += accepted


def _report_mutants(
    report: SectionReport,
    found: list[Mutant],
    rejected_by: dict[str, list[str]],
    listed: list[Equivalent],
) -> None:
    survived = {name for name, cells in rejected_by.items() if not cells}
    excused = {name for entry in listed for name in entry.names()}
    report.mutants = len(found)
    report.mutants_killed = len(rejected_by) - len(survived)
    report.mutants_excused = len(survived & excused)
    report.problems += survivors.problems(found, survived, listed)
    if report.mutants_killed < survivors.MIN_KILLED * report.mutants:
        report.problems.append(
            f"{report.mutants_killed} of {report.mutants} mutants are rejected, should be "
            f"{survivors.MIN_KILLED:.0%} or more, those on the list included"
        )
