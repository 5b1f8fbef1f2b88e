"""A student's notebook as it runs, cell by cell, in a process that may die.

When a cell kills the process or has to be killed, a new process runs the earlier cells again
without it, so a crash or an endless loop costs what depends on that cell and nothing else.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from autograder.notebook import Cell
from autograder.outputs import error_output
from autograder.sandbox.box import Process, Sandbox
from autograder.sandbox.wire import Failure, Gone


class Session:
    """Runs the cells of one notebook; a context manager that leaves nothing running."""

    def __init__(self, sandbox: Sandbox, files: dict[str, bytes], *, rich: bool) -> None:
        self._sandbox = sandbox
        self._files = files
        self._rich = rich
        self._done: list[tuple[Cell, str]] = []
        self._used = 0.0  # CPU seconds in processes that are gone
        self._over: Gone | None = None
        self._process = self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: TracebackType | None) -> None:
        self._process.kill()
        self.survivors = self._sandbox.finish()

    def run(self, cell: Cell, name: str) -> tuple[bytes, Failure | None]:
        """Run a cell: its outputs as JSON, and how it failed if it failed."""
        if self._over:
            return _nothing(self._over)
        try:
            outputs, failure = self._process.run(cell.source, name, rich=self._rich)
        except Gone as gone:
            self._replay()
            return _nothing(gone)
        self._done.append((cell, name))
        return outputs, failure

    def fork(self) -> Process:
        """A fork of the state as it is now. Raises Gone."""
        if self._over:
            raise self._over
        try:
            return self._process.fork(self._used + self._process.cpu_seconds())
        except Gone:  # something that a cell left behind has ended it since
            self._replay()
            return self._process.fork(self._used + self._process.cpu_seconds())

    def count(self, process: Process) -> None:
        """Add what a fork has used to what the notebook has used."""
        self._used += process.cpu_seconds()

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
        for cell, name in earlier:
            try:
                self._process.run(cell.source, name, rich=False)
            except Gone:
                self._replay()
                return
            self._done.append((cell, name))


def _nothing(gone: Gone) -> tuple[bytes, Failure]:
    name = "TimeoutError" if gone.kind == "timeout" else "Crash"
    return error_output(name, f"this cell {gone.reason}"), Failure(name, gone.reason)
