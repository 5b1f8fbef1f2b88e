"""The bank: for every exercise, other right answers and the wrong ones that students really give.

`solutions/NN_name/answers.py` holds ordinary functions with a decorator each:

    @right("truncate", "sum of outer products")
    def truncate(A, k): ...

    @wrong("truncate", "keeps the smallest singular values", hint="The first k are the large ones.")
    def truncate(A, k): ...

The file is read and never run: a function is pasted into the notebook in place of the reference
solution, together with those imports, constants and helper functions of the file that it uses.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from autograder import markers, notebook
from autograder.assignment import Assignment
from autograder.errors import CourseError
from autograder.notebook import Cell, Role

F = TypeVar("F", bound=Callable[..., object])

MIN_RIGHT = 2
MIN_WRONG = 4
HERE = "autograder.answers"


def right(exercise: str, approach: str) -> Callable[[F], F]:
    """Mark a function as another right answer to an exercise, got by another approach."""
    return lambda function: function


def wrong(exercise: str, mistake: str, *, hint: str) -> Callable[[F], F]:
    """Mark a function as a wrong answer that students give, with the hint that it earns."""
    return lambda function: function


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to one exercise; `source` is what a student would have in the cell."""

    exercise: str
    name: str
    kind: Literal["right", "wrong"]
    source: str
    hint: str = ""
    line: int = 0


class Bank(msgspec.Struct, frozen=True, kw_only=True):
    """All answers of a section, in the order of the file."""

    path: str
    answers: tuple[Answer, ...]

    def of(self, exercise: str, kind: str | None = None) -> list[Answer]:
        """The answers to one exercise, of one kind or of both."""
        return [a for a in self.answers if a.exercise == exercise and kind in (None, a.kind)]


def load(path: Path) -> Bank:
    """The bank that a file holds.

    Raises
    ------
    CourseError
        If the file cannot be read as a bank: every problem with its line.
    """
    try:
        return parse(path.read_bytes(), path)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from error


def parse(data: bytes, path: Path) -> Bank:
    """The bank that the contents of such a file hold; `path` is for messages.

    Raises
    ------
    CourseError
        As `load` does.
    """
    try:
        text = data.decode()
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{path}:{getattr(error, 'lineno', 1)}: not Python: {error}") from error
    return _Reader(path, text, tree).bank()


def findings(bank: Bank, exercises: list[str]) -> list[str]:
    """What a bank lacks for a list of exercises, and what it has too much."""
    found = []
    for answer in bank.answers:
        if answer.exercise not in exercises:
            close = difflib.get_close_matches(answer.exercise, exercises, n=1)
            guess = f": did you mean {close[0]}?" if close else ""
            found.append(f"{bank.path}:{answer.line}: no exercise {answer.exercise!r}{guess}")
    for exercise in exercises:
        for kind, least in (("right", MIN_RIGHT), ("wrong", MIN_WRONG)):
            have = len(bank.of(exercise, kind))
            if have < least:
                asked = f"should have {least} or more"
                found.append(f"{bank.path}: {exercise} has {have} {kind} answers, {asked}")
    return found


def reference(assignment: Assignment) -> bytes:
    """The submission of somebody who hands in the reference solutions."""
    return submission(assignment, solutions(assignment))


def blank(assignment: Assignment) -> bytes:
    """The submission of somebody who hands in the release as it is."""
    return submission(assignment, {})


def substitute(assignment: Assignment, answer: Answer) -> bytes:
    """The reference submission with one exercise answered in another way."""
    if answer.exercise not in assignment.exercises:
        raise CourseError(f"{assignment.name} has no exercise {answer.exercise!r}")
    return submission(assignment, solutions(assignment) | {answer.exercise: answer.source})


def solutions(assignment: Assignment) -> dict[str, str]:
    """The reference solution of each exercise, as a student would have it in the cell."""
    return {
        cell.grade_id: markers.unwrapped(cell.source, markers.SOLUTION)
        for cell in assignment.cells
        if cell.role is Role.SOLUTION
    }


def submission(assignment: Assignment, written: dict[str, str]) -> bytes:
    """What somebody hands in who has written these exercises and left the others as released."""
    released = assignment.release_sources
    return notebook.write(
        [
            _as_submitted(cell, written.get(cell.grade_id, released.get(cell.grade_id)))
            for cell in assignment.cells
        ],
        assignment.metadata,
    )


def _as_submitted(cell: Cell, source: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell.id,
        "metadata": cell.metadata,
        "source": cell.source if source is None else source,
    }
    if cell.cell_type == "code":
        found |= {"execution_count": None, "outputs": []}
    return found


class _Reader:
    """Reads a bank's syntax tree; collects problems so that all are told at once."""

    def __init__(self, path: Path, text: str, tree: ast.Module) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.problems: list[str] = []
        self.preamble: list[ast.stmt] = []
        self.marked: list[tuple[ast.FunctionDef, ast.Call]] = []
        for node in tree.body:
            self._sort(node)

    def bank(self) -> Bank:
        answers = [self._answer(function, call) for function, call in self.marked]
        self._check_names(answers)
        if self.problems:
            raise CourseError("\n".join(self.problems))
        return Bank(path=str(self.path), answers=tuple(answers))

    def _sort(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef():
                self._sort_function(node)
            case ast.ImportFrom(module=module) if module == HERE:
                pass
            case ast.Import() | ast.ImportFrom() | ast.ClassDef():
                self.preamble.append(node)
            case ast.Assign() | ast.AnnAssign():
                self.preamble.append(node)
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case _:
                self._problem(node, "only imports, constants and functions belong in a bank")

    def _sort_function(self, node: ast.FunctionDef) -> None:
        marks = [mark for mark in node.decorator_list if _kind(mark)]
        calls = [mark for mark in marks if isinstance(mark, ast.Call)]
        if len(marks) > 1:
            self._problem(node, f"{node.name} has more than one of @right and @wrong")
        elif len(calls) < len(marks):
            self._problem(node, f"write @{_kind(marks[0])}(...) with the exercise and a name")
        elif calls:
            self.marked.append((node, calls[0]))
        else:
            self.preamble.append(node)

    def _answer(self, function: ast.FunctionDef, call: ast.Call) -> Answer:
        kind: Literal["right", "wrong"] = "right" if _kind(call) == "right" else "wrong"
        names = ("exercise", "approach") if kind == "right" else ("exercise", "mistake", "hint")
        values = self._arguments(call, names)
        exercise = values.get("exercise", function.name)
        if exercise != function.name:
            self._problem(function, f"{function.name} is marked as an answer to {exercise!r}")
        return Answer(
            exercise=exercise,
            name=values.get(names[1], ""),
            kind=kind,
            hint=values.get("hint", ""),
            source=self._source(function, call),
            line=function.lineno,
        )

    def _arguments(self, call: ast.Call, names: tuple[str, ...]) -> dict[str, str]:
        pairs = list(zip(names[:2], call.args, strict=False))
        pairs += [(keyword.arg or "**", keyword.value) for keyword in call.keywords]
        values: dict[str, str] = {}
        for name, node in pairs:
            if name not in names or name in values:
                self._problem(call, f"@{_kind(call)} takes {', '.join(names)}, once each")
            elif not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                self._problem(node, f"{name} should be a literal string, since a bank is never run")
                values[name] = ast.unparse(node)
            else:
                values[name] = node.value
        if len(call.args) > 2:
            self._problem(call, f"@{_kind(call)} takes two arguments without a name")
        for name in names:
            if not values.get(name, "").strip():
                self._problem(call, f"@{_kind(call)} needs {_article(name)} that is not empty")
        return values

    def _source(self, function: ast.FunctionDef, mark: ast.Call) -> str:
        """The function as a student would have it, after what it uses of the file."""
        needed = _needed(function, self.preamble)
        before = [self._text(node) for node in self.preamble if node in needed]
        return "\n\n".join([*before, self._text(function, without=mark)])

    def _text(self, node: ast.stmt, without: ast.expr | None = None) -> str:
        decorators = getattr(node, "decorator_list", [])
        kept = [self._lines(mark) for mark in decorators if mark is not without]
        return "\n".join([*kept, self._lines(node)])

    def _lines(self, node: ast.stmt | ast.expr) -> str:
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])

    def _check_names(self, answers: list[Answer]) -> None:
        counts = Counter((answer.exercise, answer.name) for answer in answers)
        for (function, _), answer in zip(self.marked, answers, strict=True):
            if counts[answer.exercise, answer.name] > 1:
                what = f"{answer.exercise} has more than one answer named {answer.name!r}"
                self._problem(function, what)
        exercises = {answer.exercise for answer in answers}
        for node in self.preamble:
            for name in sorted(_defined(node) & exercises):
                self._problem(node, f"{name} is an exercise: mark the function @right or @wrong")

    def _problem(self, node: ast.stmt | ast.expr, message: str) -> None:
        self.problems.append(f"{self.path}:{node.lineno}: {message}")


def _kind(mark: ast.expr) -> str:
    """`right` or `wrong` for the bank's decorators, empty for others."""
    name = mark.func if isinstance(mark, ast.Call) else mark
    return name.id if isinstance(name, ast.Name) and name.id in ("right", "wrong") else ""


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _needed(function: ast.FunctionDef, preamble: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of the preamble that a function uses, directly or by way of others."""
    needed: list[ast.stmt] = []
    pending: list[ast.stmt] = [function]
    while pending:
        used = {node.id for node in ast.walk(pending.pop()) if isinstance(node, ast.Name)}
        for node in preamble:
            if node not in needed and (_defined(node) & used or _is_future(node)):
                needed.append(node)
                pending.append(node)
    return needed


def _defined(node: ast.stmt) -> set[str]:
    """The names that a top-level statement defines."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {
        child.id
        for child in ast.walk(node)
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
    }


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
