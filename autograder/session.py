"""A student's notebook as it runs, cell by cell, in a process that may die.

When a cell kills the process or has to be killed, a new process runs the earlier cells again
without it, so a crash or an endless loop costs what depends on that cell and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

from autograder.notebook import Cell, Role
from autograder.outputs import error_output
from autograder.sandbox.box import Process, Sandbox
from autograder.sandbox.wire import Failure, Gone


class Ran(NamedTuple):
    """What running a cell has given: its outputs as JSON, and how it failed if it failed."""

    outputs: bytes
    failure: Failure | None


Step = Ran | Process | Gone


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

        While the caller looks at one step, the process is already at the next.
        """
        asked = self._ask(cells[0]) if cells else None
        for number, cell in enumerate(cells, start=1):
            step = self._forked(asked) if cell.role is Role.TEST else self._ran(cell, asked)
            asked = self._ask(cells[number]) if number < len(cells) else None
            yield step

    def count(self, process: Process) -> None:
        """Add what a fork has used to what the notebook has used."""
        self._used += process.cpu_seconds()

    def _ask(self, cell: Cell) -> Process | Gone | None:
        """Let the process begin with a cell: the fork of a test cell, or why there is none."""
        if self._over:
            return self._over
        try:
            if cell.role is Role.TEST:
                return self._process.fork(self._used + self._process.cpu_seconds())
            self._process.ask_to_run(cell.source, _name(cell), rich=self._rich)
        except Gone as gone:
            return gone
        return None

    def _ran(self, cell: Cell, asked: Process | Gone | None) -> Ran:
        try:
            if isinstance(asked, Gone):
                raise asked
            outputs, failure = self._process.ran()
        except Gone as gone:
            self._replay()
            kind = "TimeoutError" if gone.kind == "timeout" else "Crash"
            told = error_output(kind, f"this cell {gone.reason}")
            return Ran(told, Failure(kind, gone.reason))
        self._done.append(cell)
        return Ran(outputs, failure)

    def _forked(self, asked: Process | Gone | None) -> Process | Gone:
        if isinstance(asked, Process):
            try:
                return asked.greet()
            except Gone:  # something that a cell left behind has ended it since
                asked.kill()
        if not self._over:
            self._replay()
        if self._over:
            return self._over
        try:
            return self._process.fork(self._used + self._process.cpu_seconds()).greet()
        except Gone as gone:
            return gone

    def _begin(self) -> Process:
        process = self._sandbox.spawn(self._used)
        process.start(self._files)
        return process

    def _replay(self) -> None:
        """A new process in the state before the cell that ended the last one."""
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


def _name(cell: Cell) -> str:
    return cell.grade_id or "of your own"
