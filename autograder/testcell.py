"""One test cell, run by the trusted side with the student's names as callables and copies.

The cell is ordinary Python. Names that the notebook imports anywhere are imported here; every
other name that the cell reads and the notebook's solution defines is fetched from the student's
process. A cell passes only if it runs to its end; if it ends with a number, that is its points.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import dis
import functools
import io
import random
import re
import resource
import signal
import textwrap
import traceback
import types
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from autograder.errors import CourseError
from autograder.inputs import kind_of_input
from autograder.notebook import Cell, Role
from autograder.results import Outcome
from autograder.sandbox.box import Process
from autograder.sandbox.peer import StudentError
from autograder.sandbox.wire import Gone

TRUSTED_CPU_SECONDS = 30.0
TRUSTED_MEMORY_BYTES = 4 << 30
MAX_DISCREET = 200  # characters of an exception's text, where it comes from a hidden test
_NUMBER = re.compile(r"\d+(\.\d+)?")
_QUOTED = re.compile(r"'[^']*'")
_LIST = re.compile(r"\[(?:[^][]|\[[^][]*\])*\]")
_MANY = 3  # numbers in a list that is a test's input, and not a place
_PLACE = re.compile(  # what peer.location gives
    r"((?P<function>\w+), )?line (?P<line>\d{1,5})(: `(?P<text>.*)`)?", re.DOTALL
)
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of a test cell gave."""

    outcome: Outcome
    points: float
    message: str = ""
    error_name: str = ""
    seen_on: str = ""  # the kind of input that a hidden test failed with


class TestCell:
    """A compiled test cell of a notebook."""

    __test__ = False  # not one of pytest's

    def __init__(self, cell: Cell, imports: dict[str, str], defined: frozenset[str]) -> None:
        self.grade_id = cell.grade_id
        self.points = cell.points
        self._filename = f"<test {cell.grade_id}>"
        self._lines = cell.source.splitlines()
        self._hidden = _hidden_lines(self._lines)
        tree = ast.parse(cell.source, self._filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        self._body = compile(tree, self._filename, "exec")
        self._last = (
            compile(ast.Expression(last.value), self._filename, "eval") if last else None  # type: ignore[attr-defined]
        )
        read = names_read(self._body) | (names_read(self._last) if self._last else set())
        self._imports = [text for name, text in imports.items() if name in read or name == "*"]
        self.names = sorted(name for name in read - imports.keys() if name in defined)
        self._seed = zlib.crc32(cell.grade_id.encode())
        self.student_seed = zlib.crc32(cell.source.encode())  # tells students nothing

    def run(self, student: Process, *, submitted: str = "", variant: int = 0) -> Verdict:
        """Run it against a fork of the student's state.

        Of what was `submitted`, a message may show a line. Another `variant` gives the student's
        code other random numbers; those of the test itself are always the same. It also looks
        closer at what arguments are before a call.
        """
        missing: dict[str, str] = {}
        seed = self.student_seed + variant
        try:
            with _clock(), _memory(), silence(), student.close_by():
                values, missing = student.fetch(self.names, seed, copied=variant > 0)
                given = self._run({**self._imported, **values})
        except Gone as gone:
            verdict = self.lost(gone)
            return msgspec.structs.replace(verdict, seen_on=self._seen_on(gone, student))
        except Exception as error:
            verdict = self._failed(error, missing, submitted)
            return msgspec.structs.replace(verdict, seen_on=self._seen_on(error, student))
        if given is None:
            return Verdict(outcome=Outcome.PASSED, points=self.points)
        return self._partial(given)

    def lost(self, gone: Gone) -> Verdict:
        """The verdict where the student's process was lost."""
        if gone.kind == "timeout":
            text = f"Your code {gone.reason}. Does a loop not end, or is there far too much work?"
            return Verdict(
                outcome=Outcome.TIMEOUT, points=0, message=text, error_name="TimeoutError"
            )
        text = f"Your code {gone.reason}; only this test is lost."
        return Verdict(outcome=Outcome.CRASHED, points=0, message=text, error_name="Crash")

    def go_through(self, names: dict[str, Any]) -> None:
        """Run it with these names, to its end or until something is raised; nobody is judged."""
        with _clock(), _memory(), silence(), contextlib.suppress(Exception):
            self._run({**self._imported, **names})

    def _seen_on(self, error: BaseException, student: Process) -> str:
        """The kind of input; what a visible test calls with can be read there."""
        unwritten = isinstance(error, NotImplementedError)
        hidden = not unwritten and self._is_hidden(error)
        return kind_of_input(student.arguments) if hidden else ""

    @functools.cached_property
    def _imported(self) -> dict[str, Any]:
        namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        for statement in self._imports:
            exec(statement, namespace)
        return namespace

    def _run(self, namespace: dict[str, Any]) -> float | None:
        random.seed(self._seed)
        np.random.seed(self._seed)
        exec(self._body, namespace)
        value = eval(self._last, namespace) if self._last else None
        if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
            return float(value)
        return None

    def _partial(self, points: float) -> Verdict:
        if not 0 <= points <= self.points:
            raise CourseError(
                f"test cell {self.grade_id}: it ends with {points:g}, but gives 0 to "
                f"{self.points:g} points. Mend the cell's last expression."
            )
        outcome = Outcome.PASSED if points == self.points else Outcome.PARTIAL
        message = "" if outcome is Outcome.PASSED else f"{points:g} of {self.points:g} points"
        return Verdict(outcome=outcome, points=points, message=message)

    def _failed(self, error: Exception, missing: dict[str, str], submitted: str) -> Verdict:
        name, outcome = type(error).__name__, Outcome.ERROR
        hidden = self._is_hidden(error)
        text = _discreetly(error) if hidden else str(error)
        if getattr(error, "from_student", False):
            place = str(getattr(error, "raised_at", ""))
            message = _of_student(
                name, text, self._discreet_place(place, submitted) if hidden else place
            )
        elif isinstance(error, NameError) and error.name in missing:
            message = f"`{error.name}` {missing[error.name]}."
        elif isinstance(error, AssertionError):
            outcome, message = Outcome.FAILED, text or self._statement(error)
        else:
            message = f"{name}: {text} (while looking at what your code returned)"
        return Verdict(outcome=outcome, points=0, message=message, error_name=name)

    def _is_hidden(self, error: BaseException) -> bool:
        frames = traceback.extract_tb(error.__traceback__)
        return any(f.filename == self._filename and f.lineno in self._hidden for f in frames)

    def _discreet_place(self, place: str, submitted: str) -> str:
        """Where in the student's cell it was raised; all of it is the student's to choose."""
        found = _PLACE.match(place)
        if not found:
            return ""
        known = [found["function"]] if found["function"] in self.names else []
        line = f"line {found['line']}"
        shown = found["text"] and found["text"] in map(str.strip, submitted.splitlines())
        return ", ".join([*known, f"{line}: `{found['text']}`" if shown else line])

    def _statement(self, error: Exception) -> str:
        """The visible statement that did not hold; a hidden one stays hidden."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename == self._filename and frame.lineno:
                if frame.lineno in self._hidden:
                    break
                return f"This does not hold: `{self._lines[frame.lineno - 1].strip()}`"
        return "A hidden test of this cell does not hold."


def compile_tests(cells: tuple[Cell, ...]) -> dict[str, TestCell]:
    """The test cells of an assignment by grade_id.

    Raises
    ------
    CourseError
        If a test cell is not Python.
    """
    imports: dict[str, str] = {}
    defined: set[str] = set()
    for cell in cells:
        if cell.cell_type == "code" and cell.role is not Role.DEMO:
            imports |= imported_names(cell.source)
            if cell.role is not Role.TEST:
                defined |= _names_bound(cell.source)
    tests = {}
    for cell in cells:
        if cell.role is Role.TEST and cell.cell_type == "code":
            try:
                tests[cell.grade_id] = TestCell(cell, imports, frozenset(defined))
            except SyntaxError as error:
                raise CourseError(
                    f"test cell {cell.grade_id}, line {error.lineno}: {error.msg}"
                ) from error
    return tests


def imported_names(source: str) -> dict[str, str]:
    """Each name that the cell imports, with a statement that imports it ("*" for star imports)."""
    names = {}
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = _one(ast.Import, alias)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = _one(
                    ast.ImportFrom, alias, module=node.module, level=node.level
                )
    return names


def modules_imported(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """The modules that an assignment's cells import, for the template to warm."""
    found: set[str] = set()
    for cell in cells:
        if cell.cell_type == "code":
            for node in ast.walk(parsed(cell.source)):
                if isinstance(node, ast.Import):
                    found.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    # `from skimage import data` may name a module; where it does not, no harm
                    found.add(node.module)
                    found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(sorted(found))


def names_read(code: types.CodeType) -> set[str]:
    """Global names that code reads, functions within it included."""
    found = {
        str(step.argval)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_NAME", "LOAD_GLOBAL")
    }
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= names_read(constant)
    return found


def _names_bound(source: str) -> set[str]:
    tree = parsed(source)
    imported = imported_names(source)
    code = compile(tree, "<source>", "exec")
    bound = {str(s.argval) for s in dis.get_instructions(code) if s.opname == "STORE_NAME"}
    return bound - imported.keys()


def parsed(source: str) -> ast.Module:
    """Python as it stands; notebook syntax (`%magic`, `!cmd`) is left out."""
    plain = "\n".join(
        "" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()
    )
    try:
        return ast.parse(plain)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _one(kind: type, alias: ast.alias, **fields: Any) -> str:
    return ast.unparse(ast.fix_missing_locations(kind(names=[alias], **fields)))


def _hidden_lines(lines: list[str]) -> set[int]:
    hidden, inside = set(), False
    for number, line in enumerate(lines, start=1):
        inside = (inside or BEGIN_HIDDEN in line) and END_HIDDEN not in line
        if inside:
            hidden.add(number)
    return hidden


def _discreetly(error: Exception) -> str:
    """What may be told of an error in a hidden test, which must not show its input.

    Where a check says it without values, that, without lists of numbers in what the test calls it;
    or else the text without its numbers.
    """
    discreet = getattr(error, "discreet", None)
    if discreet is None:
        return textwrap.shorten(_NUMBER.sub("#", str(error)), MAX_DISCREET, placeholder=" …")
    text = _QUOTED.sub(lambda quoted: _NUMBER.sub("#", quoted[0]), discreet)
    return _LIST.sub(lambda found: "[...]" if _is_input(found[0]) else found[0], text)


def _is_input(numbers: str) -> bool:
    return len(_NUMBER.findall(numbers)) >= _MANY or (numbers[1] == "[" and "]" in numbers[:-1])


def _of_student(name: str, text: str, raised_at: str) -> str:
    if name == "NotImplementedError":
        return f"Not written yet: your code raises NotImplementedError ({raised_at})."
    place = f" (in {raised_at})" if raised_at else ""
    if name == StudentError.__name__:  # of a type that only the student's process knows
        return f"Your code raised {text}{place}"
    return f"Your code raised {name}: {text}{place}" if text else f"Your code raised {name}{place}"


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """What a test prints or warns of is no verdict, and nothing for the grader's terminal."""
    nowhere = io.StringIO()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _memory() -> Iterator[None]:
    """A wide limit on the memory that a test takes for what a student's code asks of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + TRUSTED_MEMORY_BYTES
    if soft != resource.RLIM_INFINITY:
        limit = min(limit, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _clock() -> contextlib.AbstractContextManager[None]:
    """A wide limit on the trusted side's own CPU time."""
    reason = f"made the test work for {TRUSTED_CPU_SECONDS:g} seconds"
    return cpu_limit(TRUSTED_CPU_SECONDS, reason, signal.ITIMER_PROF, signal.SIGPROF)


@contextlib.contextmanager
def cpu_limit(seconds: float, reason: str, timer: int, expiry: signal.Signals) -> Iterator[None]:
    """Raise Gone in the midst of what takes longer, where signals can be used.

    `timer` and `expiry`, the signal that it sends, are not to be in use already.
    """

    def expire(*_: object) -> None:
        raise Gone(reason, "timeout")

    try:
        previous = signal.signal(expiry, expire)
    except ValueError:  # not the main thread
        yield
        return
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(expiry, previous)
