"""Which wrong answer of the bank a student has given, told by what it does.

When an exercise has failed, its test cells run once more with the reference in the student's place,
so that they go on to their end. Each call that they make is also made of the student's function, in
its sandbox, and of the bank's wrong answers, here: all with copies of the same arguments, while
what those refer to is as the test has it. A wrong answer that gives what the student's function
gives on every call, where the reference does not, names the misconception.

The reference and the bank are the course's own code. They run in this process, bounded in time.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import random
import signal
import tempfile
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder import answers, markers
from autograder.answers import Answer, Bank
from autograder.assignment import Assignment
from autograder.errors import CourseError
from autograder.likeness import Likeness, likeness
from autograder.notebook import Role, exercise_of
from autograder.results import Diagnosis
from autograder.sandbox.box import Process
from autograder.sandbox.loopback import Near, copies
from autograder.sandbox.proxy import StudentFunction, Tapped, TestCall
from autograder.sandbox.wire import Gone
from autograder.testcell import (
    TestCell,
    compile_tests,
    cpu_limit,
    imported_names,
    names_read,
    parsed,
    silence,
)

CPU_SECONDS = 0.5  # of one call
BANK = "answers.py"
_known: dict[tuple[str, bytes], KnownAnswers] = {}  # by what they were made of


class KnownAnswers:
    """The reference solutions of an assignment and its bank's wrong answers, as functions.

    Raises
    ------
    CourseError
        If the bank cannot be read, or the notebook's own cells do not run here.
    """

    def __init__(self, assignment: Assignment, bank: Bank) -> None:
        self._bank = bank
        self._wrong: dict[str, list[tuple[Answer, Callable[..., Any]]]] = {}
        with silence(), _beside(assignment.files):
            self.names = _namespace(assignment, bank)

    def wrong(self, exercise: str) -> list[tuple[Answer, Callable[..., Any]]]:
        """The wrong answers to an exercise, each with its function."""
        if exercise not in self._wrong:
            with silence():
                found = [(a, self._function(a)) for a in self._bank.of(exercise, "wrong")]
            self._wrong[exercise] = found
        return self._wrong[exercise]

    def _function(self, answer: Answer) -> Callable[..., Any]:
        namespace = dict(self.names)
        _execute(ast.parse(answer.source), namespace, f"{self._bank.path}:{answer.line}")
        function: Callable[..., Any] = namespace[answer.exercise]
        return function


def known_answers(assignment: Assignment) -> KnownAnswers | None:
    """What is known of an assignment, made once in a process; None where it has no bank."""
    if not assignment.bank:
        return None
    key = (assignment.sha256, assignment.bank)
    if key not in _known:
        path = Path("solutions", assignment.name, BANK)
        _known[key] = KnownAnswers(assignment, answers.parse(assignment.bank, path))
    return _known[key]


def diagnose(
    known: KnownAnswers, exercise: str, tests: Iterable[TestCell], student: Process
) -> Diagnosis | None:
    """The wrong answer that does what the student's function does in these tests of an exercise.

    `student` is a fork of the student's process that nothing else needs.
    """
    lineup = _Lineup(known, exercise)
    with contextlib.suppress(Gone, _Settled), student.close_by():
        for test in tests:
            values, _ = student.fetch([exercise], test.student_seed)
            function = values.get(exercise)
            if not isinstance(function, StudentFunction):
                return None
            lineup.ask(test, function)
    return lineup.diagnosis()


def agree(known: KnownAnswers, assignment: Assignment, one: Answer, other: str) -> bool:
    """Whether two wrong answers to an exercise give the same on every call of its tests."""
    functions = {a.name: function for a, function in known.wrong(one.exercise)}
    lineup = _Lineup(known, one.exercise)
    with contextlib.suppress(Gone, _Settled):
        for test in compile_tests(assignment.cells).values():
            if exercise_of(test.grade_id, assignment.exercises) == one.exercise:
                lineup.ask(test, Near(functions[one.name]))
    return lineup.alike(other) is Likeness.SAME


class _Settled(BaseException):
    """Nobody is left; not an Exception, so that no test's `except Exception` takes it."""


class _Lineup:
    """The reference and the wrong answers of an exercise, asked what a student's function is."""

    def __init__(self, known: KnownAnswers, exercise: str) -> None:
        self._exercise = exercise
        self._names = known.names
        self._reference = _Function(known.names[exercise])
        self._wrong = [_Function(function, answer) for answer, function in known.wrong(exercise)]

    def ask(self, test: TestCell, student: StudentFunction) -> None:
        """Go through a test cell. Raises Gone, and _Settled once nobody is like the student's."""
        self._student = student
        for each in (self._reference, *self._wrong):
            each.dice = _Dice(test.student_seed)
        given = {name: self._names[name] for name in test.names if name in self._names}
        in_its_place = Tapped(self._reference.near, self._asked)
        test.go_through(copy.deepcopy(given) | {self._exercise: in_its_place})

    def alike(self, answer: str) -> Likeness:
        """How alike a wrong answer was to the student's function on all calls."""
        found = (each for each in self._wrong if each.answer and each.answer.name == answer)
        return next(found).likeness

    def diagnosis(self) -> Diagnosis | None:
        """The first of those most like the student's function, if more so than the reference."""
        best = max(self._wrong, key=lambda each: each.likeness, default=self._reference)
        if best.answer is None or best.likeness <= self._reference.likeness:
            return None
        return Diagnosis(answer=best.answer.name, hint=best.answer.hint)

    def _asked(self, call: TestCall) -> Any:
        with _as_it_was(call):
            theirs = _outcome(self._student, call)
            for each in (self._reference, *self._wrong):
                each.compare(theirs, call)
        if not any(each.likeness for each in self._wrong):
            raise _Settled
        return call.to(self._reference.near)


class _Function:
    """The reference or a wrong answer, and how alike its results were so far to the student's."""

    def __init__(self, function: Callable[..., Any], answer: Answer | None = None) -> None:
        self.near = Near(function)
        self.answer = answer
        self.likeness = Likeness.SAME
        self.dice = _Dice(0)

    def compare(self, theirs: list[Any], call: TestCall) -> None:
        """Make a call of it, unless it is out already."""
        if not self.likeness:
            return
        try:
            with self.dice.thrown(), _clock():
                ours = _outcome(self.near, call)
        except Gone:
            self.likeness = Likeness.DIFFERENT
        else:
            self.likeness = min(self.likeness, _alike(theirs, ours))


class _Raised(str):
    """The name of an exception's type, where there is no value."""


def _outcome(function: StudentFunction, call: TestCall) -> list[Any]:
    """What a call gives, how often it calls back, and what its arguments are afterwards."""
    calls = 0

    def counting(callback: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            return callback(*args, **kwargs)

        return counted

    given = copies([*call.args, *call.kwargs.values()], counting)
    args = tuple(given[: len(call.args)])
    kwargs = dict(zip(call.kwargs, given[len(call.args) :], strict=True))
    try:
        value = TestCall(args, kwargs, call.forbidden).to(function)
    except Exception as error:
        value = _Raised(type(error).__name__)
    return [value, calls, *given]


def _alike(theirs: list[Any], ours: list[Any]) -> Likeness:
    """How alike two outcomes are; how often they call back is not a matter of right and wrong."""
    calls = Likeness.SAME if theirs[1] == ours[1] else Likeness.EQUAL
    return min(calls, likeness(theirs[0], ours[0]), *map(likeness, theirs[2:], ours[2:]))


class _Dice:
    """Global random numbers of one function, as the student's process has them at a test cell."""

    def __init__(self, seed: int) -> None:
        self._states = random.Random(seed).getstate(), np.random.RandomState(seed).get_state()

    @contextlib.contextmanager
    def thrown(self) -> Iterator[None]:
        """Meanwhile, they are in force; a test's own are as they were afterwards."""
        others = random.getstate(), np.random.get_state()
        _set_chance(*self._states)
        try:
            yield
        finally:
            self._states = random.getstate(), np.random.get_state()
            _set_chance(*others)


def _set_chance(python: Any, numpy: Any) -> None:
    random.setstate(python)
    np.random.set_state(numpy)


@contextlib.contextmanager
def _as_it_was(call: TestCall) -> Iterator[None]:
    """Functions among the arguments that count their calls have counted none of these."""
    given = (*call.args, *call.kwargs.values())
    functions = [value for value in given if isinstance(value, types.FunctionType)]
    before = [dict(vars(function)) for function in functions]
    try:
        yield
    finally:
        for function, attributes in zip(functions, before, strict=True):
            vars(function).update(attributes)


def _clock() -> contextlib.AbstractContextManager[None]:
    """A limit within the test cell's own."""
    reason = f"ran for more than {CPU_SECONDS:g} seconds"
    return cpu_limit(CPU_SECONDS, reason, signal.ITIMER_VIRTUAL, signal.SIGVTALRM)


def _namespace(assignment: Assignment, bank: Bank) -> dict[str, Any]:
    """What the notebook's given cells and reference solutions define.

    Of what they import, only what somebody reads: modules that draw take a second.
    """
    cells = [
        cell
        for cell in assignment.cells
        if cell.cell_type == "code" and cell.role in (Role.GIVEN, Role.SOLUTION)
    ]
    sources = [markers.unwrapped(cell.source, markers.SOLUTION) for cell in cells]
    bodies = [_without_imports(parsed(source)) for source in sources]
    read = {name for body in bodies for name in _names_read(body)}
    read |= {name for a in bank.answers for name in _names_read(ast.parse(a.source))}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for source in sources:
        for name, statement in imported_names(source).items():
            if name in read or name == "*":
                _execute(ast.parse(statement), namespace, assignment.name)
    for cell, body in zip(cells, bodies, strict=True):
        _execute(body, namespace, f"{assignment.name}, cell {cell.grade_id}")
    return namespace


@contextlib.contextmanager
def _beside(files: dict[str, bytes]) -> Iterator[None]:
    """In a folder with the files that stand beside the notebook."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, content in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield


def _without_imports(tree: ast.Module) -> ast.Module:
    kept = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return ast.Module(body=kept, type_ignores=[])


def _names_read(tree: ast.Module) -> set[str]:
    return names_read(compile(tree, "<source>", "exec"))


def _execute(tree: ast.Module, namespace: dict[str, Any], where: str) -> None:
    try:
        exec(compile(tree, f"<{where}>", "exec"), namespace)
    except Exception as error:
        raise CourseError(
            f"{where}: does not run in the grader, so that wrong answers cannot be told: "
            f"{type(error).__name__}: {error}"
        ) from error
