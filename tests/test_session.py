"""A notebook runs to its end whatever its cells do; a cell that kills the process costs itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from autograder import outputs
from autograder.notebook import Cell, Role
from autograder.sandbox.box import Process, Sandbox
from autograder.sandbox.wire import Gone
from autograder.session import Session

ENDLESS = "while True:\n    pass"
DEADLY = "import os\nos._exit(1)"


def cell(source: str, role: Role = Role.FREE) -> Cell:
    return Cell(id="", role=role, cell_type="code", source=source)


def steps(sandbox: Sandbox, *sources: str) -> list[Any]:
    """What each cell gave; a cell `?x` is a test cell that asks for x."""
    found: list[Any] = []
    with Session(sandbox, {}, rich=False) as session:
        cells = [cell(s[1:], Role.TEST) if s[0] == "?" else cell(s) for s in sources]
        for each in cells:
            if each.role is Role.TEST:
                found.append(asked(session, each.source))
            else:
                found.append(session.run(each))
    return found


def asked(session: Session, name: str) -> Any:
    """The value of a name in a process that no test has called, or why there is none."""
    try:
        for process in session.processes():
            values, missing = process.fetch([name], 0)
        return values.get(name, missing.get(name))
    except Gone as gone:
        return gone


@contextmanager
def limited(sandbox: Sandbox, **limits: float) -> Iterator[Sandbox]:
    """The sandbox with other limits."""
    before = sandbox.limits
    sandbox.limits = msgspec.structs.replace(before, **limits)
    try:
        yield sandbox
    finally:
        sandbox.limits = before


def failures(found: list[Any]) -> list[str | None]:
    """How each cell failed, by name; None where it did not."""
    return [step.failure.type_name if step.failure else None for step in found]


def test_cells_share_one_namespace(sandbox: Sandbox) -> None:
    assert steps(sandbox, "x = 1", "y = x + 1", "?y")[2] == 2


def test_a_test_sees_the_state_at_its_place(sandbox: Sandbox) -> None:
    found = steps(sandbox, "x = 1", "?x", "x = 2", "?x", "del x", "?x")
    assert (found[1], found[3], found[5]) == (1, 2, "is not defined")


def test_a_cell_that_fails_leaves_the_others_running(sandbox: Sandbox) -> None:
    found = steps(sandbox, "x = 1", "1 / 0", "def broken(:", "y = x + 1", "?y")
    assert failures(found[:4]) == [None, "ZeroDivisionError", "SyntaxError", None]
    assert found[4] == 2


@pytest.mark.parametrize("deadly", [DEADLY, "import ctypes\nctypes.string_at(0)", "quit()", "exit"])
def test_a_cell_that_kills_the_process_costs_only_itself(deadly: str, sandbox: Sandbox) -> None:
    found = steps(sandbox, "x = [1]", "x.append(2)", deadly, "x.append(3)", "?x")
    assert found[4] == [1, 2, 3]
    assert failures([found[0], found[1], found[3]]) == [None, None, None]


def test_a_cell_that_kills_the_process_says_so_in_its_output(sandbox: Sandbox) -> None:
    (died,) = steps(sandbox, DEADLY)
    (error,) = outputs.decode(died.outputs, 1)
    assert error["evalue"].startswith("this cell ")
    assert "process" in error["evalue"]
    assert died.failure.type_name == "Crash"


def test_an_endless_cell_is_stopped_and_costs_only_itself(sandbox: Sandbox) -> None:
    with limited(sandbox, cpu_seconds=0.2):
        found = steps(sandbox, "x = 1", ENDLESS, "x += 1", "?x")
    assert found[3] == 2
    assert found[1].failure.type_name == "TimeoutError"
    assert "more than 0.2 seconds of CPU time" in found[1].failure.text


def test_a_cell_that_sleeps_is_stopped(sandbox: Sandbox) -> None:
    with limited(sandbox, wall_seconds=0.3):
        found = steps(sandbox, "x = 1", "import time\ntime.sleep(1000)", "?x")
    assert found[1].failure.type_name == "TimeoutError"
    assert found[2] == 1


def test_all_cells_together_have_a_budget(sandbox: Sandbox) -> None:
    with limited(sandbox, cpu_seconds=0.2, total_cpu_seconds=0.5):
        found = steps(sandbox, "x = 1", *[ENDLESS] * 6, "y = 1", "?x")
    assert "more than 0.2 seconds" in found[1].failure.text
    assert "used up the notebook's 0.5 seconds" in found[6].failure.text
    assert found[7].failure.type_name == "TimeoutError"
    assert isinstance(found[8], Gone)
    assert found[8].kind == "timeout"


@pytest.mark.parametrize(
    "sleepy",
    [
        "import time\ntime.sleep(1000)",
        "import signal, time\nsignal.signal(signal.SIGCHLD, lambda *_: time.sleep(1000))",
    ],
    ids=["in cells", "between cells"],
)
def test_sleeping_again_and_again_has_an_end(sleepy: str, sandbox: Sandbox) -> None:
    with limited(sandbox, wall_seconds=0.3, total_wall_seconds=0.5):
        found = steps(sandbox, "x = 1", *[sleepy, "?x"] * 6)
    assert found[2] == 1
    assert isinstance(found[-1], Gone)
    assert found[-1].reason == "used up the notebook's 0.5 seconds"


def test_what_tests_use_counts_too(sandbox: Sandbox) -> None:
    work = "import time\ndef f():\n    end = time.process_time() + 0.15\n"
    work += "    while time.process_time() < end:\n        pass"
    outcomes = []
    with (
        limited(sandbox, cpu_seconds=1, total_cpu_seconds=0.5),
        Session(sandbox, {}, rich=False) as session,
    ):
        session.run(cell(work))
        with pytest.raises(Gone) as over:
            for _ in range(8):
                outcomes.extend(called(process) for process in session.processes())
    assert (outcomes[0], outcomes[-1], over.value.kind) == ("done", "timeout", "timeout")


def called(fork: Process) -> str:
    """How a call of the student's `f` ends."""
    try:
        fork.fetch(["f"], 0)[0]["f"]()
    except Gone as gone:
        return gone.kind
    return "done"


def test_a_notebook_whose_every_cell_dies_comes_to_its_end(sandbox: Sandbox) -> None:
    found = steps(sandbox, *[DEADLY] * 4, "?x", DEADLY, "?x")
    assert failures(found[:4]) == ["Crash"] * 4
    assert found[4] == found[6] == "is not defined"


def test_a_cell_that_dies_only_when_it_is_replayed_is_left_out(sandbox: Sandbox) -> None:
    """Whatever it does, grading ends; a file tells the cell that it has run before."""
    trap = "import os\nopen('../ran', 'a').write('x')\nif os.path.getsize('../ran') > 1:\n"
    trap += "    os._exit(1)"
    found = steps(sandbox, "x = 1", trap, DEADLY, "y = x", "?y")
    assert found[4] == 1


def test_a_process_that_dies_between_cells_is_replaced(sandbox: Sandbox) -> None:
    later = "import threading, os\nthreading.Timer(0.05, os._exit, [1]).start()"
    wait = "import time\ntime.sleep(0.3)"
    found = steps(sandbox, "x = 1", later, wait, "?x")
    assert found[3] == 1


def test_nothing_is_left_running_after_a_session(sandbox: Sandbox) -> None:
    with Session(sandbox, {}, rich=False) as session:
        session.run(cell("x = 1"))
        fork = next(session.processes())
        fork.fetch(["x"], 0)
    assert session.finished.survivors == 0
    assert sandbox.finish().survivors == 0
    with pytest.raises(Gone):
        fork.fetch(["x"], 0)


def test_a_process_serves_until_it_will_not_do_and_goes_on_with_the_notebook(
    sandbox: Sandbox,
) -> None:
    with Session(sandbox, {}, rich=False) as session:
        session.run(cell("x = 1"))
        first = next(session.processes())
        second, third = session.processes()
        assert second is first
        assert third is not first
        fourth = next(session.processes())  # the third would not do either
        assert fourth is not third
        session.run(cell("x += 1"))
        forks = session.processes()
        assert next(forks) is fourth
        assert next(forks).fetch(["x"], 0)[0] == {"x": 2}


@pytest.mark.parametrize("trouble", ["raise ValueError", DEADLY, ENDLESS])
def test_what_goes_wrong_only_after_a_test_goes_right(sandbox: Sandbox, trouble: str) -> None:
    """The result that counts is that of a process that no test has called."""
    called = "calls = []\ndef f():\n    calls.append(1)"
    spoilt = f"if calls:\n    {trouble.replace(chr(10), chr(10) + '    ')}\ny = 2"
    with limited(sandbox, cpu_seconds=0.3), Session(sandbox, {}, rich=False) as session:
        session.run(cell(called))
        fork = next(session.processes())
        fork.fetch(["f"], 0)[0]["f"]()
        found = [session.run(cell("z = len(calls)")), session.run(cell(spoilt))]
        assert failures(found) == [None, None]
        fresh = next(session.processes())
        assert fresh is not fork
        assert fresh.fetch(["y", "z"], 0)[0] == {"y": 2, "z": 0}


def test_what_goes_wrong_without_a_test_goes_wrong_after_one(sandbox: Sandbox) -> None:
    with Session(sandbox, {}, rich=False) as session:
        session.run(cell("x = 1"))
        next(session.processes()).fetch(["x"], 0)
        found = [session.run(cell("raise ValueError")), session.run(cell("x += 1"))]
        assert failures(found) == ["ValueError", None]
        assert next(session.processes()).fetch(["x"], 0)[0] == {"x": 2}


def test_after_a_restart_nothing_is_shared_but_the_cells(sandbox: Sandbox) -> None:
    shared = "import mmap\nmemory = mmap.mmap(-1, 16)\ndef f():\n    memory[0] += 1\n"
    shared += "    open('../left', 'a').write('x')\n"
    shared += "    return memory[0], len(open('../left').read())"
    with Session(sandbox, {}, rich=False) as session:
        session.run(cell(shared))
        counts = [each.fetch(["f"], 0)[0]["f"]() for each in session.processes()]
        counts += [each.fetch(["f"], 0)[0]["f"]() for each in session.processes()]
        session.restart()
        counts += [each.fetch(["f"], 0)[0]["f"]() for each in session.processes()]
    assert counts == [(1, 1), (1, 1), (2, 2), (1, 1)]


def test_an_empty_notebook_gives_no_steps(sandbox: Sandbox) -> None:
    assert steps(sandbox) == []


def test_the_files_of_the_assignment_are_there_after_a_crash_too(sandbox: Sandbox) -> None:
    with Session(sandbox, {"a.txt": b"abc"}, rich=False) as session:
        cells = [cell("open('a.txt', 'w').write('spoilt')"), cell(DEADLY)]
        cells += [cell("text = open('a.txt').read()")]
        found = [session.run(each) for each in cells]
    assert failures(found) == [None, "Crash", None]
