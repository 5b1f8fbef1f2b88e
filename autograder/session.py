"""A student's notebook as it runs, cell by cell, in a process that may die.

When a cell kills the process or has to be killed, a new process runs the earlier cells again
without it, so a crash or an endless loop costs what depends on that cell and nothing else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple, Self

from autograder.errors import SandboxError
from autograder.notebook import Cell, Role
from autograder.outputs import error_output
from autograder.sandbox.box import Process, Sandbox
from autograder.sandbox.wire import Failure, Gone


class Ran(NamedTuple):
    """What running a cell has given: its outputs as JSON, and how it failed if it failed."""

    outputs: bytes
    failure: Failure | None


Step = Ran | Process | Gone
AHEAD = 2  # steps that the process is asked for before the caller gets to them


class _Asked(NamedTuple):
    """A step that the process was asked for, and what came of the asking."""

    cell: Cell
    process: Process
    fork: Process | None
    refused: Gone | None

    def give_up(self) -> None:
        """Have no more of it."""
        if self.fork:
            self.fork.kill()


class Session:
    """Runs the cells of one notebook; a context manager that leaves nothing running."""

    def __init__(self, sandbox: Sandbox, files: dict[str, bytes], *, rich: bool) -> None:
        self._sandbox = sandbox
        self._files = files
        self._rich = rich
        self._done: list[Cell] = []
        self._used = 0.0  # CPU seconds in processes that are gone
        self._over: Gone | None = None
        self._process = self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: TracebackType | None) -> None:
        self._process.kill()
        self.survivors = self._sandbox.finish()

    def steps(self, cells: Sequence[Cell]) -> Iterator[Step]:
        """Run the cells; a test cell gives a fork of the state that it is to test.

        While the caller looks at one step, the process is already at the next ones.
        """
        rest = iter(cells)
        asked = deque(self._ask(cell) for cell in islice(rest, AHEAD))
        try:
            while asked:
                first = asked.popleft()
                step = self._forked(first) if first.cell.role is Role.TEST else self._ran(first)
                asked = deque(map(self._still_asked, asked))
                asked += (self._ask(cell) for cell in islice(rest, 1))
                yield step
        finally:
            for each in asked:
                each.give_up()

    def count(self, process: Process) -> None:
        """Add what a fork has used to what the notebook has used."""
        self._used += process.cpu_seconds()

    def _ask(self, cell: Cell) -> _Asked:
        """Let the process run a cell, or fork for a test cell, when it gets there."""
        fork: Process | None = None
        refused = self._over
        if not refused:
            try:
                if cell.role is Role.TEST:
                    fork = self._process.fork(self._used + self._process.cpu_seconds())
                else:
                    self._process.ask_to_run(cell.source, _name(cell), rich=self._rich)
            except Gone as gone:
                refused = gone
        return _Asked(cell, self._process, fork, refused)

    def _still_asked(self, asked: _Asked) -> _Asked:
        """The same; or, where another process has taken the place of the one asked, anew."""
        if asked.process is self._process and not self._over:
            return asked
        asked.give_up()
        return self._ask(asked.cell)

    def _ran(self, asked: _Asked) -> Ran:
        try:
            if asked.refused:
                raise asked.refused
            outputs, failure = self._process.ran()
        except Gone as gone:
            self._replay()
            kind = "TimeoutError" if gone.kind == "timeout" else "Crash"
            told = error_output(kind, f"this cell {gone.reason}")
            return Ran(told, Failure(kind, gone.reason))
        self._done.append(asked.cell)
        return Ran(outputs, failure)

    def _forked(self, asked: _Asked) -> Process | Gone:
        try:
            return _greeted(asked)
        except Gone:  # something that a cell left behind has ended the process since
            self._replay()
        try:
            return _greeted(self._ask(asked.cell))
        except Gone as gone:
            return gone

    def _begin(self) -> Process:
        process = self._sandbox.spawn(self._used)
        try:
            process.start(self._files)
        except Gone as gone:  # before any student code: not the student's doing
            process.kill()
            raise SandboxError(f"a new student process {gone.reason}") from gone
        return process

    def _replay(self) -> None:
        """A new process in the state before the cell that ended the last one."""
        if self._over:
            return
        earlier, self._done = self._done, []
        self._used += self._process.cpu_seconds()
        self._process.kill()
        if self._used > self._sandbox.limits.total_cpu_seconds:
            limit = f"{self._sandbox.limits.total_cpu_seconds:g} seconds of CPU time"
            self._over = Gone(f"used up the notebook's {limit}", "timeout")
            return
        self._process = self._begin()
        for cell in earlier:
            try:
                self._process.run(cell.source, _name(cell), rich=False)
            except Gone:
                self._replay()
                return
            self._done.append(cell)


def _greeted(asked: _Asked) -> Process:
    if asked.fork is None:
        raise asked.refused or Gone("ended its process")
    try:
        return asked.fork.greet()
    except Gone:
        asked.fork.kill()
        raise


def _name(cell: Cell) -> str:
    return cell.grade_id or "of your own"
