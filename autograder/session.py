"""A student's notebook as it runs, cell by cell, in a process that may die.

For as long as all goes well, one process runs the cells and serves the tests. What goes wrong
counts only where no test was before it: another process, which no test ever calls, runs the cells
so far, and from then on forks of it serve the tests.

When a cell kills the process or has to be killed, a new process runs the earlier cells again
without it, so a crash or an endless loop costs what depends on that cell and nothing else.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self

from autograder.errors import SandboxError
from autograder.notebook import Cell
from autograder.outputs import error_output
from autograder.sandbox.box import Process, Sandbox
from autograder.sandbox.wire import Failure, Gone


class Ran(NamedTuple):
    """What running a cell has given: its outputs as JSON, and how it failed if it failed."""

    outputs: bytes
    failure: Failure | None


class Session:
    """Runs the cells of one notebook; a context manager that leaves nothing running."""

    def __init__(self, sandbox: Sandbox, files: dict[str, bytes], *, rich: bool) -> None:
        self._sandbox = sandbox
        self._files = files
        self._rich = rich
        self._done: list[Cell] = []  # what the untested process has run
        self._ahead: list[Cell] = []  # what only the one that serves tests has run
        self._is_well = True
        self._used = 0.0  # CPU seconds in processes that are gone
        self._deadline = time.monotonic() + sandbox.limits.total_wall_seconds
        self._over: Gone | None = None
        self._serving: Process | None = None
        self._untested: Process | None = self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: TracebackType | None) -> None:
        self._retire()
        self._end_untested()
        self.cpu_seconds = self._used
        self.finished = self._sandbox.finish()

    def run(self, cell: Cell) -> Ran:
        """Run a cell.

        The process that has served tests goes on with the notebook, as a kernel would, for as long
        as nothing goes wrong.
        """
        if self._serving:
            with contextlib.suppress(Gone):
                ran = Ran(*self._serving.run(cell.source, _name(cell), rich=self._rich))
                if not ran.failure:
                    self._ahead.append(cell)
                    return ran
            self._retire()
        self._catch_up()
        return self._run(cell)

    def _run(self, cell: Cell) -> Ran:
        try:
            ran = Ran(*self._clean().run(cell.source, _name(cell), rich=self._rich))
        except Gone as gone:
            self._replay()
            kind = "TimeoutError" if gone.kind == "timeout" else "Crash"
            told = error_output(kind, f"this cell {gone.reason}")
            return Ran(told, Failure(kind, gone.reason))
        self._done.append(cell)
        return ran

    def processes(self) -> Iterator[Process]:
        """Processes in the state as it is, for one test cell: take the next only if one won't do.

        The first serves test cells for as long as it will do for them, so it may have served others
        before; the second is fresh. Raises Gone where there can be none.
        """
        if self._is_well and not self._serving:
            self._serving, self._untested = self._untested, None
            self._ahead, self._done = self._done, []
        if self._serving:
            yield self._serving
            self._retire()
        self._catch_up()
        self._serving = self._fork()
        yield self._serving
        self._retire()

    @contextlib.contextmanager
    def aside(self) -> Iterator[Process]:
        """A fork of the state as it is, for something that earns no points.

        What it uses is not counted. Raises Gone where there can be none.
        """
        self._catch_up()
        with self._fork() as fork:
            yield fork

    def restart(self) -> None:
        """The same state again, in a process that shares nothing with any that served a test."""
        self._retire()
        self._replay()
        self._catch_up()

    def _catch_up(self) -> None:
        """Run what only the process that serves tests has run so far."""
        ahead, self._ahead = self._ahead, []
        for cell in ahead:
            self._run(cell)

    def _fork(self) -> Process:
        try:
            return self._greeted_fork()
        except Gone:  # something that a cell left behind has ended the process since
            self._replay()
        return self._greeted_fork()

    def _greeted_fork(self) -> Process:
        untested = self._clean()
        fork = untested.fork(self._used + untested.cpu_seconds())
        try:
            return fork.greet()
        except Gone:
            fork.kill()
            raise

    def _clean(self) -> Process:
        """The process that no test calls; a new one, without any cell, if there is none.

        Raises Gone if the submission has used up what it may.
        """
        if self._over:
            raise self._over
        if self._untested is None:
            self._retire()  # there is one of the sandbox's own at a time
            self._untested = self._begin()
        return self._untested

    def _retire(self) -> None:
        """End the process that has served test cells."""
        if self._serving:
            self._is_well = False
            self._serving.kill()
            self._used += self._serving.cpu_seconds()
            self._serving = None

    def _end_untested(self) -> None:
        if self._untested:
            self._untested.kill()
            self._used += self._untested.cpu_seconds()
            self._untested = None

    def _begin(self) -> Process:
        process = self._sandbox.spawn(self._used)
        try:
            process.start(self._files)
        except Gone as gone:  # before any student code: not the student's doing
            process.kill()
            raise SandboxError(f"a new student process {gone.reason}") from gone
        process.deadline = self._deadline
        return process

    def _replay(self) -> None:
        """A new process in the state before the cell that ended the last one."""
        if self._over:
            return
        earlier, self._done = self._done, []
        self._end_untested()
        if told := self._sandbox.limits.used_up(self._used, self._deadline):
            self._over = Gone(told, "timeout")
            return
        for cell in earlier:
            try:
                self._clean().run(cell.source, _name(cell), rich=False)
            except Gone:
                self._replay()
                return
            self._done.append(cell)


def _name(cell: Cell) -> str:
    return cell.grade_id or "of your own"
