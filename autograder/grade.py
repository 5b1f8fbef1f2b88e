"""Grades submissions: bytes in, records out.

`grade_one` is a top-level function of picklable things, so any `concurrent.futures.Executor` can
run it; each process that does keeps one warm sandbox.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import textwrap
import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook, outputs
from autograder.assignment import Assignment
from autograder.diagnose import diagnose, known_answers
from autograder.errors import (
    AutograderError,
    ClusterError,
    CourseError,
    NoSandboxError,
    ProtocolError,
    SandboxError,
)
from autograder.notebook import Cell, Role
from autograder.overlay import Overlay, lay_over
from autograder.results import (
    CellResult,
    Diagnosis,
    GradedSubmission,
    Outcome,
    SubmissionResult,
    WrittenAnswer,
)
from autograder.sandbox.box import FULL, RLIMITS_ONLY, Limits, Rung, Sandbox
from autograder.sandbox.wire import Failure, Gone
from autograder.session import Ran, Session
from autograder.testcell import TestCell, Verdict, compile_tests
from autograder.workers import in_main_thread, jobs_ahead

NOTHING = b"[]"  # the outputs of a cell that has none
SHOWN_WIDTH = 100  # characters in a line of a message
TOLD = "autograder"  # in the metadata of a graded test cell: outcome, message and diagnosis
UNWRITTEN = "NotImplementedError"
_REPEATABLE = (Outcome.FAILED, Outcome.ERROR, Outcome.PARTIAL)
MAX_OUTPUT_BYTES = 20_000_000  # of all cells of a notebook
_CUT = f"outputs of more than {MAX_OUTPUT_BYTES / 1e6:.0f} MB in all: the rest was cut"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to grade."""

    limits: Limits = Limits()
    outputs: bool = False  # run cells that only draw, and keep pictures
    modules: tuple[str, ...] = ("numpy",)  # what the template imports before the first fork
    secret: Path | None = None  # a file of the course, which the sandbox must not be able to read
    strongest: Rung = FULL  # the confinement to try first
    unsafe: bool = False  # grade even where nothing confines the student's code
    once: bool = False  # believe a test cell's first verdict: nobody's points hang on it
    diagnose: bool = False  # look for wrong answers in the assignment's bank


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to grade; `key` is whatever the caller knows it by."""

    key: str
    submission: bytes
    assignment: Assignment


def grade_one(
    submission: bytes,
    assignment: Assignment,
    options: Options = Options(),
    name: str = "submission",
) -> GradedSubmission:
    """Grade one notebook.

    Raises
    ------
    SubmissionError
        If it is not a notebook of this assignment.
    NoSandboxError
        If there is no sandbox.
    SandboxError
        If the sandbox fails, twice.
    """
    started = time.perf_counter()
    overlay = lay_over(notebook.read(submission, name), assignment, name)
    try:
        run = _run(overlay, assignment, options)
    except NoSandboxError:
        raise
    except SandboxError:
        run = _run(overlay, assignment, options)
    record = _Record(overlay, assignment, run)
    cells = tuple(record.results)
    result = SubmissionResult(
        notebook=name,
        assignment=assignment.name,
        score=sum(cell.points for cell in cells),
        max_score=sum(cell.max_points for cell in cells),
        rung=warm_sandbox(options).rung,
        seconds=time.perf_counter() - started,
        cpu_seconds=round(run.cpu_seconds, 3),
        cells=cells,
        written=_written(overlay, assignment),
        notices=(*overlay.notices, *record.notices),
    )
    executed = notebook.write(record.executed, assignment.metadata)
    return GradedSubmission(result=result, executed=executed)


def grade_all(
    jobs: Iterable[Job], options: Options, executor: Executor
) -> Iterator[tuple[Job, GradedSubmission | AutograderError]]:
    """Grade many, in whatever order they finish; a problem with one is handed on in its place.

    Raises
    ------
    NoSandboxError
        If there is no sandbox.
    ClusterError
        If the executor is a cluster that cannot go on.
    SandboxError
        If a worker dies.
    """
    waiting: dict[Future[GradedSubmission], Job] = {}
    for job in jobs:
        if len(waiting) >= jobs_ahead(executor):
            yield from _finished(waiting)
        try:
            future = executor.submit(
                in_main_thread, grade_one, job.submission, job.assignment, options, job.key
            )
        except BrokenExecutor as error:
            raise _broken(error) from error
        waiting[future] = job
    while waiting:
        yield from _finished(waiting)


def warm_sandbox(options: Options) -> Sandbox:
    """This process's sandbox, started at the first call.

    Raises
    ------
    NoSandboxError
        If none starts, or if it cannot confine and `options.unsafe` is false.
    """
    wanted = msgspec.structs.replace(  # what it depends on
        options, outputs=False, unsafe=False, once=False, diagnose=False
    )
    if wanted not in _warm:
        close_sandbox()
        _warm[wanted] = Sandbox(
            modules=options.modules,
            limits=options.limits,
            secret=options.secret,
            strongest=options.strongest,
        )
    sandbox = _warm[wanted]
    if sandbox.rung == RLIMITS_ONLY and not options.unsafe:
        failed = ", ".join(attempt for attempt, stopped in sandbox.held.items() if not stopped)
        raise NoSandboxError(
            f"student code cannot be confined here: in the self-test it {failed}. That takes Linux "
            "with Landlock (5.13 or newer) and libseccomp, better with bubblewrap and user "
            "namespaces; pass --unsafe to grade people you trust without."
        )
    return sandbox


def warm_up(options: Options) -> None:
    """Start this process's sandbox ahead of the first submission; what fails there fails then."""
    with contextlib.suppress(SandboxError):
        warm_sandbox(options)


def close_sandbox() -> None:
    """End this process's sandbox."""
    while _warm:
        _warm.popitem()[1].close()


_warm: dict[Options, Sandbox] = {}
_compiled: dict[str, dict[str, TestCell]] = {}
atexit.register(close_sandbox)


def _tests_of(assignment: Assignment) -> dict[str, TestCell]:
    if assignment.sha256 not in _compiled:
        _compiled[assignment.sha256] = compile_tests(assignment.cells)
    return _compiled[assignment.sha256]


def _finished(
    waiting: dict[Future[GradedSubmission], Job],
) -> Iterator[tuple[Job, GradedSubmission | AutograderError]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        job = waiting.pop(future)
        try:
            yield job, future.result()
        except (ClusterError, NoSandboxError):
            raise
        except AutograderError as error:
            yield job, error
        except BrokenExecutor as error:
            raise _broken(error) from error
        except Exception as error:  # a bug of ours with one submission; the others go on
            traceback.print_exception(error)
            yield job, SandboxError(f"{job.key}: internal error: {type(error).__name__}: {error}")


def _broken(error: BrokenExecutor) -> SandboxError:
    return SandboxError(f"a worker died: {error}. Run it again to go on.")


def _run(overlay: Overlay, assignment: Assignment, options: Options) -> _Run:
    try:
        return _Run(overlay, assignment, options)
    except SandboxError:
        close_sandbox()  # it may have died of this submission; a new one may be in order
        raise


class _Run:
    """One pass through the notebook: what each cell that runs has given, by its number."""

    def __init__(self, overlay: Overlay, assignment: Assignment, options: Options) -> None:
        self.ran: dict[int, Ran] = {}
        self.verdicts: dict[int, Verdict] = {}
        self.diagnoses: dict[str, Diagnosis | None] = {}  # by exercise
        self.notices: list[str] = []
        self._tests = _tests_of(assignment)
        self._assignment = assignment
        self._diagnosing = options.diagnose
        self._once = options.once
        self._submitted = "\n".join(cell.source for cell in overlay.cells)
        self._runs = [
            (number, cell)
            for number, cell in enumerate(overlay.cells)
            if cell.cell_type == "code"
            and cell.role is not Role.WRITTEN
            and (cell.role is not Role.DEMO or options.outputs)
        ]
        self._exercise = {
            number: notebook.exercise_of(cell.grade_id, assignment.exercises)
            for number, cell in self._runs
            if cell.role is Role.TEST
        }
        sandbox = warm_sandbox(options)
        with Session(sandbox, assignment.files, rich=options.outputs) as session:
            self._go_through(session)
        self.cpu_seconds = session.cpu_seconds
        self.notices += [f"was ended for {excess}" for excess in session.finished.excesses]
        if survivors := session.finished.survivors:
            self.notices.append(f"left {survivors} processes running, which were ended")
        if late := self._late():
            with Session(sandbox, assignment.files, rich=options.outputs) as untested:
                self._take_outputs(late, untested)

    def _go_through(self, session: Session) -> None:
        for number, cell in self._runs:
            if cell.role is Role.TEST:
                self.verdicts[number] = self._verdict(self._tests[cell.grade_id], session)
                self._diagnose(number, session)
            else:
                self.ran[number] = session.run(cell)

    def _late(self) -> set[int]:
        """The cells with outputs that ran after a test."""
        first = min(self.verdicts, default=math.inf)
        return {n for n, ran in self.ran.items() if n > first and ran.outputs != NOTHING}

    def _take_outputs(self, late: set[int], untested: Session) -> None:
        """What tests have shown to the code must not be in outputs: take those of another run."""
        for number, cell in self._runs:
            if number <= max(late) and cell.role is not Role.TEST:
                ran = untested.run(cell)
                if number in late:
                    self.ran[number] = ran

    def _verdict(self, test: TestCell, session: Session) -> Verdict:
        """What counts is a pass, or else what a fork gives that has served no other test."""
        verdicts: list[Verdict] = []
        try:
            for process in session.processes():
                verdicts.append(test.run(process, submitted=self._submitted))
                if verdicts[-1].outcome is Outcome.PASSED:
                    break
                if self._once and verdicts[-1].outcome is not Outcome.CRASHED:
                    return verdicts[-1]
            if verdicts[-1].points > verdicts[0].points:
                session.restart()  # code may have told itself what had failed
                verdicts += [test.run(p, submitted=self._submitted) for p in session.processes()]
            if verdicts[-1].outcome in _REPEATABLE:
                verdicts.append(self._run_again(test, session, verdicts[-1]))
        except Gone as gone:
            return test.lost(gone)
        return verdicts[-1]

    def _run_again(self, test: TestCell, session: Session, verdict: Verdict) -> Verdict:
        """The verdict, with a closer look at the input; notice whose result hangs on chance."""
        (again,) = (test.run(each, variant=1) for each in session.processes())
        if again.outcome is not verdict.outcome:
            self.notices.append(
                f"test cell {test.grade_id} is flaky: {verdict.outcome} when graded, "
                f"{again.outcome} when run again with other random numbers"
            )
        return msgspec.structs.replace(verdict, seen_on=again.seen_on)

    def _diagnose(self, last: int, session: Session) -> None:
        """After the last test of an exercise: if some have failed, which misconception is it?"""
        exercise = self._exercise[last]
        own = [number for number, each in self._exercise.items() if each == exercise]
        if not self._diagnosing or last != own[-1] or not self._has_failed(own):
            return
        tests = [
            self._tests[cell.grade_id]
            for number, cell in self._runs
            if number in own and self.verdicts[number].outcome in (Outcome.PASSED, *_REPEATABLE)
        ]
        try:
            known = known_answers(self._assignment)
            if known and exercise in known.names:
                with session.aside() as fork:
                    self.diagnoses[exercise] = diagnose(known, exercise, tests, fork)
        except CourseError as error:  # no reason not to grade
            self.notices.append(f"{exercise} was not diagnosed: {error}")
        except Gone:  # and nobody left to ask
            pass

    def _has_failed(self, tests: list[int]) -> bool:
        """Whether somebody has written something, and it is wrong."""
        verdicts = [self.verdicts[number] for number in tests]
        unwritten = any(verdict.error_name == UNWRITTEN for verdict in verdicts)
        return not unwritten and any(verdict.outcome in _REPEATABLE for verdict in verdicts)


class _Record:
    """What is told of a run: the executed notebook, a result for each test cell, and notices."""

    def __init__(self, overlay: Overlay, assignment: Assignment, run: _Run) -> None:
        self.executed: list[dict[str, Any]] = []
        self.results: list[CellResult] = []
        self.notices = list(run.notices)
        self._exercises = assignment.exercises
        self._given = {c.source for c in assignment.cells} | {*assignment.release_sources.values()}
        self._output_bytes = 0
        self._broken: dict[str, str] = {}  # cells that failed, and how
        self._diagnoses = run.diagnoses
        for number, cell in enumerate(overlay.cells):
            if number in run.ran:
                self._code(cell, run.ran[number])
            elif number in run.verdicts:
                self._test(cell, run.verdicts[number])
            else:
                self._keep(cell)
        if self._output_bytes > MAX_OUTPUT_BYTES:
            self.notices.append(_CUT)

    def _code(self, cell: Cell, ran: Ran) -> None:
        name = cell.grade_id or "added by the student"
        self._output_bytes += len(ran.outputs)
        if self._output_bytes > MAX_OUTPUT_BYTES:
            ran = Ran(outputs.error_output("OutputLimit", _CUT), ran.failure)
        try:
            shown = outputs.decode(ran.outputs, len(self.executed) + 1)
        except ProtocolError as error:
            shown = [outputs.error_dict("ProtocolError", str(error))]
            self.notices.append(f"cell {name}: {error}")
        self._keep(cell, shown)
        if ran.failure:
            self._note_failure(cell, name, ran.failure)

    def _note_failure(self, cell: Cell, name: str, failure: Failure) -> None:
        how = ": ".join(filter(None, (failure.type_name, failure.text)))
        self._broken[name] = outputs.plain(" ".join(how.split())[:300]) if how else "an error"
        if cell.role is not Role.SOLUTION:
            self.notices.append(f"cell {name} ended with {self._broken[name]}")

    def _test(self, cell: Cell, verdict: Verdict) -> None:
        exercise = notebook.exercise_of(cell.grade_id, self._exercises)
        diagnosis = self._diagnoses.get(exercise) if verdict.outcome in _REPEATABLE else None
        message = outputs.plain(verdict.message)
        if verdict.seen_on and not diagnosis:
            message = f"{message} Seen on {verdict.seen_on}."
        if exercise in self._broken and verdict.outcome is not Outcome.PASSED:
            message = f"The cell of {exercise} ended with {self._broken[exercise]}. {message}"
        result = CellResult(
            grade_id=cell.grade_id,
            exercise=exercise,
            points=verdict.points,
            max_points=cell.points,
            outcome=verdict.outcome,
            message=message,
            diagnosis=diagnosis,
        )
        self.results.append(result)
        told = {"outcome": verdict.outcome, "message": message, "diagnosis": diagnosis}
        self._keep(cell, _shown(verdict, message, diagnosis), {TOLD: told})

    def _keep(
        self,
        cell: Cell,
        shown: list[dict[str, Any]] | None = None,
        told: dict[str, Any] | None = None,
    ) -> None:
        source = cell.source
        if source not in self._given:
            source = outputs.harmless_source(source, cell.cell_type)
        kept: dict[str, Any] = {
            "cell_type": cell.cell_type,
            "id": cell.id or f"added-{len(self.executed)}",
            "metadata": cell.metadata | (told or {}),
            "source": source,
        }
        if attached := outputs.pictures(cell.attachments):
            kept["attachments"] = attached
        if cell.cell_type == "code":
            kept["outputs"] = shown or []
            kept["execution_count"] = None if shown is None else len(self.executed) + 1
        self.executed.append(kept)


def _shown(verdict: Verdict, message: str, diagnosis: Diagnosis | None) -> list[dict[str, Any]]:
    """A verdict as cell output, read by nbgrader as the same score."""
    match verdict.outcome:
        case Outcome.PASSED:
            return []
        case Outcome.PARTIAL:
            data = {"text/plain": repr(verdict.points)}
            return [
                {
                    "output_type": "execute_result",
                    "data": data,
                    "metadata": {},
                    "execution_count": None,
                }
            ]
        case _:
            error = outputs.error_dict(verdict.error_name, message)
            said = error["traceback"]
            if diagnosis:
                said.append(f"Known mistake: {diagnosis.answer}. {diagnosis.hint}")
            return [error | {"traceback": _short_lines("\n".join(said))}]


def _short_lines(text: str) -> list[str]:
    """The lines of a text, broken where formgrader would not show their ends."""
    return [line for long in text.splitlines() for line in textwrap.wrap(long, SHOWN_WIDTH)]


def _written(overlay: Overlay, assignment: Assignment) -> tuple[WrittenAnswer, ...]:
    return tuple(
        WrittenAnswer(
            grade_id=cell.grade_id,
            max_points=cell.points,
            answered=cell.source.strip() != assignment.release_sources[cell.grade_id].strip(),
        )
        for cell in overlay.cells
        if cell.role is Role.WRITTEN
    )
