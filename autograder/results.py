"""What grading gives: frozen records, one for a test cell and one for a submission.

They hold plain data only, so they travel between processes and turn into JSON as they are.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What became of one test cell."""

    PASSED = "passed"
    PARTIAL = "partial"  # the cell ended with a number of points below its maximum
    FAILED = "failed"  # an assertion of the test did not hold
    ERROR = "error"  # the student's code, or the test on what it returned, raised something else
    TIMEOUT = "timeout"  # the CPU or wall time of a call or of the whole submission was used up
    CRASHED = "crashed"  # the student's process died


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong answer of the bank that does what the student's code does, and the hint it earns."""

    answer: str
    hint: str


class CellResult(msgspec.Struct, frozen=True, kw_only=True):
    """One graded test cell: its points and, unless it passed, a message for the student."""

    grade_id: str
    exercise: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""
    diagnosis: Diagnosis | None = None


class WrittenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One cell that a person grades; `answered` is false where the release was left as it is."""

    grade_id: str
    max_points: float
    answered: bool


class SubmissionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One graded notebook. `score` and `max_score` count test cells only, not written answers."""

    notebook: str
    assignment: str
    score: float
    max_score: float
    rung: str
    seconds: float  # on the clock, with everything that grading adds
    cpu_seconds: float = 0.0  # of the student's processes, as the limit counts them
    cells: tuple[CellResult, ...]
    written: tuple[WrittenAnswer, ...] = ()
    notices: tuple[str, ...] = ()  # what the instructor should know: replaced cells, killed cells


class GradedSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """A result with the notebook as it was graded: cells laid over the source, with outputs."""

    result: SubmissionResult
    executed: bytes  # nbformat 4 JSON
