"""Submissions go in as bytes and come out as records: right ones, wrong ones and hostile ones."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from conftest import CELLS, OPTIONS, Cell, code, solution, submission

from autograder.assignment import Assignment
from autograder.errors import AutograderError, SandboxError, SubmissionError
from autograder.grade import Job, close_sandbox, grade_all, grade_one, warm_sandbox
from autograder.results import GradedSubmission, Outcome
from autograder.sandbox.box import Sandbox
from autograder.workers import workers

WRONG = "def double(x):\n    return x"
RIGHT = "def double(x):\n    return x + x"
ENDLESS = "def double(x):\n    while True:\n        pass"


def grade(assignment: Assignment, cells: list[Cell], **options: Any) -> GradedSubmission:
    how = msgspec.structs.replace(OPTIONS, **options)
    return grade_one(submission(*cells), assignment, how, "ann/tiny")


def answering(cells: list[Cell], source: str, name: str = "double") -> list[Cell]:
    """The submission with another answer to one exercise."""
    cells = copy.deepcopy(cells)
    next(cell for cell in cells if cell["id"] == name)["source"] = source
    return cells


def points(graded: GradedSubmission) -> dict[str, float]:
    return {cell.grade_id: cell.points for cell in graded.result.cells}


def executed(graded: GradedSubmission) -> dict[str, Cell]:
    return {cell["id"]: cell for cell in msgspec.json.decode(graded.executed)["cells"]}


def same_but_for_time(graded: GradedSubmission | AutograderError) -> Any:
    if isinstance(graded, AutograderError):
        return type(graded), str(graded)
    return msgspec.structs.replace(graded.result, seconds=0, cpu_seconds=0), graded.executed


# --- One submission -----------------------------------------------------------------------------


def test_a_right_submission_scores_full(tiny: Assignment, answered: list[Cell]) -> None:
    result = grade(tiny, answered).result
    assert (result.score, result.max_score) == (6, 6)
    assert (result.notebook, result.assignment) == ("ann/tiny", "tiny")
    assert result.rung == warm_sandbox(OPTIONS).rung
    assert result.seconds > 0
    assert result.notices == ()
    assert [(c.grade_id, c.exercise, c.outcome, c.message) for c in result.cells] == [
        ("double-basics", "double", Outcome.PASSED, ""),
        ("double-edges", "double", Outcome.PASSED, ""),
        ("length-parts", "length", Outcome.PASSED, ""),
    ]


def test_the_blank_release_scores_nothing_and_says_what_to_do(tiny: Assignment) -> None:
    blank = [c | {"source": tiny.release_sources.get(c["id"], c["source"])} for c in CELLS]
    result = grade(tiny, blank).result
    assert result.score == 0
    assert all(cell.message.startswith("Not written yet") for cell in result.cells)
    assert [written.answered for written in result.written] == [False]
    assert result.notices == ()


def test_a_wrong_answer_loses_its_own_points_only(tiny: Assignment, answered: list[Cell]) -> None:
    graded = grade(tiny, answering(answered, WRONG))
    assert points(graded) == {"double-basics": 0, "double-edges": 0, "length-parts": 3}
    basics, edges, _ = graded.result.cells
    assert "double(x)" in basics.message
    assert edges.message == "A hidden test of this cell does not hold."


def test_a_partly_right_answer_earns_a_part_of_the_points(
    tiny: Assignment, answered: list[Cell]
) -> None:
    graded = grade(tiny, answering(answered, "def length(v):\n    return np.max(v)", "length"))
    assert points(graded)["length-parts"] == 1
    assert graded.result.cells[2].outcome is Outcome.PARTIAL
    (output,) = executed(graded)["length-parts"]["outputs"]
    assert output["data"] == {"text/plain": "1.0"}


def test_a_picture_in_a_written_answer_is_in_the_graded_notebook(
    tiny: Assignment, answered: list[Cell]
) -> None:
    (question,) = (cell for cell in answered if cell["id"] == "why")
    question["source"] = "![sketch](attachment:sketch.png)"
    question["attachments"] = {"sketch.png": {"image/png": "iVBO", "text/html": "<script>"}}
    cells = executed(grade(tiny, answered))
    assert cells["why"]["source"] == question["source"]
    assert cells["why"]["attachments"] == {"sketch.png": {"image/png": "iVBO"}}
    assert [name for name, cell in cells.items() if "attachments" in cell] == ["why"]


def test_a_written_answer_is_told_from_the_untouched_question(
    tiny: Assignment, answered: list[Cell]
) -> None:
    (written,) = grade(tiny, answered).result.written
    assert (written.grade_id, written.max_points, written.answered) == ("why", 2, True)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (ENDLESS, Outcome.TIMEOUT),
        ("import os\ndef double(x):\n    os.abort()", Outcome.CRASHED),
        ("def double(x):\n    import ctypes\n    ctypes.string_at(0)", Outcome.CRASHED),
        ("def double(x):\n    raise ValueError('no')", Outcome.ERROR),
        ("def double(x)\n    return", Outcome.ERROR),
        ("double = 5", Outcome.ERROR),
        ("", Outcome.ERROR),
    ],
    ids=["endless loop", "abort", "segmentation fault", "raises", "no Python", "a number", "empty"],
)
def test_trouble_in_one_exercise_costs_its_points_only(
    answer: str, outcome: Outcome, tiny: Assignment, answered: list[Cell]
) -> None:
    limits = msgspec.structs.replace(OPTIONS.limits, cpu_seconds=0.3)
    sandbox = warm_sandbox(OPTIONS)
    before, sandbox.limits = sandbox.limits, limits
    try:
        graded = grade(tiny, answering(answered, answer))
    finally:
        sandbox.limits = before
    assert points(graded) == {"double-basics": 0, "double-edges": 0, "length-parts": 3}
    assert graded.result.cells[0].outcome is outcome
    assert graded.result.cells[0].message


def test_a_broken_cell_is_named_in_the_messages_of_its_tests(
    tiny: Assignment, answered: list[Cell]
) -> None:
    graded = grade(tiny, answering(answered, "def double(x)\n    return 2 * x"))
    message = graded.result.cells[0].message
    assert message.startswith("The cell of double ended with SyntaxError: ")
    assert "`double` is not defined" in message


def test_a_cell_of_the_students_own_that_dies_costs_nothing_and_is_noticed(
    tiny: Assignment, answered: list[Cell]
) -> None:
    graded = grade(tiny, [code("import os\nos._exit(3)"), *answered, code("1 / 0")])
    assert graded.result.score == 6
    assert any("ended with Crash" in notice for notice in graded.result.notices)
    assert any("ZeroDivisionError" in notice for notice in graded.result.notices)


def test_processes_and_signals_are_refused_and_cost_nothing(
    tiny: Assignment, answered: list[Cell]
) -> None:
    mischief = ["import os\nos.fork()", "import os\nos.kill(os.getppid(), 9)"]
    graded = grade(tiny, [*map(code, mischief), *answered])
    assert graded.result.score == 6
    assert sum("Operation not permitted" in notice for notice in graded.result.notices) == 2


# --- The executed notebook ----------------------------------------------------------------------


def test_the_executed_notebook_is_the_submission_with_its_outputs(
    tiny: Assignment, answered: list[Cell]
) -> None:
    graded = grade(tiny, [*answered, code("print('mine')\n1 + 1", "own")])
    cells = msgspec.json.decode(graded.executed)["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    of_code = {"outputs", "execution_count"}
    for cell in cells:
        more = of_code if cell["cell_type"] == "code" else set()
        assert cell.keys() == {"id", "cell_type", "metadata", "source"} | more
    assert [cell["source"] for cell in cells[:-1]] == [
        tiny_cell.source if tiny_cell.role.value not in ("solution", "written") else own["source"]
        for tiny_cell, own in zip(tiny.cells, answered, strict=True)
    ]
    assert [o["output_type"] for o in cells[-1]["outputs"]] == ["stream", "execute_result"]
    assert cells[-1]["outputs"][1]["execution_count"] == cells[-1]["execution_count"]


def test_a_failed_test_stands_in_the_executed_notebook_as_an_error(
    tiny: Assignment, answered: list[Cell]
) -> None:
    graded = grade(tiny, answering(answered, WRONG))
    (output,) = executed(graded)["double-basics"]["outputs"]
    assert output["output_type"] == "error"
    assert output["ename"] == "AssertionError"
    assert output["evalue"] == graded.result.cells[0].message
    assert executed(graded)["length-parts"]["outputs"] == []


def test_nbgrader_reads_the_same_scores_from_the_executed_notebook(
    tiny: Assignment, answered: list[Cell]
) -> None:
    from nbformat import from_dict
    from nbgrader.utils import determine_grade

    half = answering(answering(answered, WRONG), "def length(v):\n    return np.max(v)", "length")
    for cells in (answered, half):
        graded = grade(tiny, cells)
        found = executed(graded)
        for result in graded.result.cells:
            score, _ = determine_grade(from_dict(found[result.grade_id]))
            assert score == result.points


def test_demonstrations_run_only_if_outputs_are_asked_for(
    tiny: Assignment, answered: list[Cell]
) -> None:
    quiet, shown = grade(tiny, answered), grade(tiny, answered, outputs=True)
    assert executed(quiet)["plot"]["outputs"] == []
    assert executed(quiet)["plot"]["execution_count"] is None
    assert "6.28" in executed(shown)["plot"]["outputs"][0]["text"]
    assert points(quiet) == points(shown)


def test_stored_outputs_are_not_believed(tiny: Assignment, answered: list[Cell]) -> None:
    cells = answering(answered, WRONG)
    forged = {"output_type": "execute_result", "data": {"text/plain": "1.0"}, "metadata": {}}
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = [forged | {"execution_count": 1}]
    graded = grade(tiny, cells)
    assert points(graded)["double-basics"] == 0
    assert executed(graded)["double"]["outputs"] == []


def test_no_control_characters_reach_messages_notices_or_outputs(
    tiny: Assignment, answered: list[Cell]
) -> None:
    evil = "raise ValueError('\\u202e\\x07\\x1b]0;owned\\x07')"
    cells = answering(answered, evil + "\ndef double(x):\n    " + evil)
    graded = grade(tiny, [*cells, code(evil)])
    told = [cell.message for cell in graded.result.cells] + list(graded.result.notices)
    for cell in executed(graded).values():
        for output in cell.get("outputs", []):
            told += [output["ename"], output["evalue"], *output["traceback"]]
    assert len(told) > 8
    assert not any(bad in text for text in told for bad in ("\u202e", "\x07"))


def test_results_travel_and_turn_into_json(tiny: Assignment, answered: list[Cell]) -> None:
    graded = grade(tiny, answered)
    assert pickle.loads(pickle.dumps(graded)) == graded
    found = msgspec.json.decode(msgspec.json.encode(graded.result))
    assert found["cells"][0]["outcome"] == "passed"
    assert pickle.loads(pickle.dumps((tiny, OPTIONS))) == (tiny, OPTIONS)


# --- Tampering ----------------------------------------------------------------------------------


def test_edited_tests_earn_nothing(tiny: Assignment, answered: list[Cell]) -> None:
    cells = answering(answered, WRONG)
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade") and cell["cell_type"] == "code":
            cell["source"] = "assert True"
            cell["metadata"]["nbgrader"]["points"] = 100
    graded = grade(tiny, cells)
    assert (graded.result.score, graded.result.max_score) == (3, 6)
    assert any("double-basics" in notice for notice in graded.result.notices)


def test_injected_cells_run_as_student_code_and_earn_nothing(
    tiny: Assignment, answered: list[Cell]
) -> None:
    extra = solution("double-more", "print('ran')\n100.0")
    extra["metadata"]["nbgrader"] |= {"grade": True, "points": 100, "solution": False}
    graded = grade(tiny, [*answering(answered, WRONG), extra])
    assert (graded.result.score, graded.result.max_score) == (3, 6)
    last = list(executed(graded).values())[-1]
    assert last["outputs"][0]["text"] == "ran\n"
    assert last["metadata"] == {}


def test_patched_assertions_earn_nothing(tiny: Assignment, answered: list[Cell]) -> None:
    patch = "import numpy as np, autograder.checks\nnp.allclose = lambda *a, **k: True\n"
    patch += "autograder.checks.assert_close = assert_close = lambda *a, **k: None"
    cells = [code(patch), *answering(answered, WRONG), code(patch)]
    assert points(grade(tiny, cells))["double-basics"] == 0


def test_a_helper_cell_of_the_students_own_may_be_used(
    tiny: Assignment, answered: list[Cell]
) -> None:
    cells = [code("def twice(x):\n    return 2 * x"), *answered]
    assert grade(tiny, answering(cells, "double = twice")).result.score == 6


# --- Many ---------------------------------------------------------------------------------------


def jobs(assignment: Assignment, cells: list[Cell]) -> Iterable[Job]:
    submissions = {
        "right": submission(*cells),
        "wrong": submission(*answering(cells, WRONG)),
        "another way": submission(*answering(cells, RIGHT)),
        "no notebook": b"my homework",
        "truncated": submission(*cells)[:200],
        "of another assignment": submission(code("x = 1")),
        "crash": submission(code("import os\nos._exit(1)"), *cells),
        "last": submission(*cells),
    }
    for key, data in submissions.items():
        yield Job(key=key, submission=data, assignment=assignment)


def test_submissions_that_cannot_be_read_do_not_stop_the_others(
    tiny: Assignment, answered: list[Cell]
) -> None:
    with workers(1) as executor:
        found = {
            job.key: graded for job, graded in grade_all(jobs(tiny, answered), OPTIONS, executor)
        }
    scores = {k: g.result.score for k, g in found.items() if isinstance(g, GradedSubmission)}
    assert scores == {"right": 6, "wrong": 3, "another way": 6, "crash": 6, "last": 6}
    for key in ("no notebook", "truncated", "of another assignment"):
        assert isinstance(found[key], SubmissionError)
        assert str(found[key]).startswith(f"{key}: ")


def test_two_workers_give_the_same_records_as_one(tiny: Assignment, answered: list[Cell]) -> None:
    def records(count: int) -> dict[str, Any]:
        with workers(count) as executor:
            graded = grade_all(jobs(tiny, answered), OPTIONS, executor)
            return {job.key: same_but_for_time(result) for job, result in graded}

    assert records(2) == records(1)


def test_few_submissions_are_in_memory_at_a_time(tiny: Assignment, answered: list[Cell]) -> None:
    taken = []

    def counted() -> Iterable[Job]:
        for job in jobs(tiny, answered):
            taken.append(job.key)
            yield job

    with workers(1) as executor:
        graded = grade_all(counted(), OPTIONS, executor)
        next(iter(graded))
        assert len(taken) <= 3
        graded.close()  # type: ignore[attr-defined]


def test_grading_twice_gives_the_same(tiny: Assignment, answered: list[Cell]) -> None:
    first, second = (same_but_for_time(grade(tiny, answered)) for _ in range(2))
    assert first == second


# --- Where nothing confines -----------------------------------------------------------------------


def test_nothing_is_graded_where_nothing_confines_unless_it_is_wanted(
    tiny: Assignment, answered: list[Cell], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {"reads the course": False, "reaches the network": True}
    never = property(lambda self: held, lambda self, found: None)
    monkeypatch.setattr(Sandbox, "held", never, raising=False)
    with pytest.raises(
        SandboxError, match=r"in the self-test it reads the course\. That takes Linux"
    ):
        grade(tiny, answered, unsafe=False)
    assert grade(tiny, answered, unsafe=True).result.rung == "rlimits-only"
    close_sandbox()  # it does not know what holds


def test_a_sandbox_that_died_is_started_again(tiny: Assignment, answered: list[Cell]) -> None:
    first = warm_sandbox(OPTIONS)
    first._template.kill()
    assert grade(tiny, answered).result.score == 6
    assert warm_sandbox(OPTIONS) is not first


def test_one_process_has_one_sandbox() -> None:
    assert warm_sandbox(OPTIONS) is warm_sandbox(OPTIONS)
    assert warm_sandbox(msgspec.structs.replace(OPTIONS, outputs=True)) is warm_sandbox(OPTIONS)
