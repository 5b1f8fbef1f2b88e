"""A wrong answer of the bank is told by what it does, in whatever words it is written."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from conftest import (
    OPTIONS,
    Cell,
    assignment_of,
    code,
    given,
    graded,
    solution,
    submission,
)
from courses import SUMS, make_course

from autograder import grade
from autograder.answers import load
from autograder.assignment import Assignment
from autograder.diagnose import KnownAnswers, _Dice, agree, known_answers
from autograder.errors import CourseError
from autograder.grade import grade_one
from autograder.results import CellResult, Diagnosis, GradedSubmission, Outcome
from autograder.session import Session

SETUP = """import numpy as np
from autograder.checks import assert_close, counted
"""
DOT = """def dot(v, w):
    ### BEGIN SOLUTION
    return sum(v * w)
    ### END SOLUTION
"""
DOT_WITHOUT = """from autograder.checks import assert_without

### BEGIN HIDDEN TESTS
assert_without(dot, ("@",), np.ones(2), np.ones(2))
assert "the sum" not in str(dot.__doc__)
assert_close(dot(np.ones(2), np.ones(2)), 2.0, name="dot(v, w)")
### END HIDDEN TESTS
"""
NORM = """def norm(v):
    ### BEGIN SOLUTION
    return np.sqrt(np.sum(v**2))
    ### END SOLUTION
"""
NORM_BASICS = 'assert_close(norm(np.array([3.0, 4.0])), 5.0, name="norm(v)")'
NORM_HIDDEN = """# Longer ones.
### BEGIN HIDDEN TESTS
for scale in (1.0, 0.5):
    v = scale * np.array([1.25, -7.0, 0.5])
    assert_close(norm(v.copy()), np.linalg.norm(v), name="norm(v)")
assert_close(norm(np.zeros(2)), 0.0, name="norm(v)")
### END HIDDEN TESTS
"""
STEP = """def step(matvec, x):
    ### BEGIN SOLUTION
    y = matvec(x)
    return x + y, y
    ### END SOLUTION
"""
STEP_HIDDEN = """### BEGIN HIDDEN TESTS
for n in (3, 4):
    A = np.diag(np.arange(1.0, n + 1))
    product = counted(lambda v: A @ v)
    x = np.ones(n)
    before = x.copy()
    found = step(product, x)
    assert_close(x, before, name="x")
    assert_close(found[0], before + A @ before, name="step(matvec, x)[0]")
    assert product.calls == 1, "one product will do"
A = None
### END HIDDEN TESTS
"""
CELLS = (
    given("setup", SETUP),
    solution("norm", NORM),
    graded("norm-basics", 1, NORM_BASICS),
    graded("norm-hidden", 2, NORM_HIDDEN),
    solution("step", STEP),
    graded("step-hidden", 3, STEP_HIDDEN),
    solution("dot", DOT),
    graded("dot-without", 1, DOT_WITHOUT),
)
RIGHT = {"norm": NORM, "step": STEP, "dot": DOT}
BANK = """
import random

import numpy as np

from autograder.answers import right, wrong


@right("norm", "library call")
def norm(v):
    return np.linalg.norm(v)


@wrong("norm", "never ends", hint="It should.")
def norm(v):
    while True:
        pass


@wrong("norm", "never ends either", hint="It should, too.")
def norm(v):
    while v is not None:
        pass


@wrong("norm", "sum of absolute values", hint="Square before you add.")
def norm(v):
    return np.sum(np.abs(v))


@wrong("norm", "forgets the root", hint="Take the root.")
def norm(v):
    return v @ v


@wrong("norm", "largest entry", hint="All entries count.")
def norm(v):
    return np.max(v)


@wrong("norm", "largest entry by size", hint="All entries count, not one alone.")
def norm(v):
    return np.max(np.abs(v))


@wrong("norm", "refuses zero", hint="Zero has the length zero.")
def norm(v):
    if not v.any():
        raise ValueError("zero")
    return np.linalg.norm(v)


@wrong("norm", "a guess", hint="Do not guess.")
def norm(v):
    return random.random() + np.random.rand()


@wrong("norm", "an array", hint="It is one number.")
def norm(v):
    return [np.linalg.norm(v)]


@wrong("dot", "uses the operator", hint="Without it.")
def dot(v, w):
    return v @ w


@wrong("step", "two products", hint="Keep the product.")
def step(matvec, x):
    return x + matvec(x), matvec(x)


@wrong("step", "in place", hint="x is the caller's.")
def step(matvec, x):
    y = matvec(x)
    x += y
    return x, y


@wrong("step", "minus", hint="Add it.")
def step(matvec, x):
    y = matvec(x)
    return x - y, y
"""


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first wrong answers of the bank never end."""
    monkeypatch.setattr("autograder.diagnose.CPU_SECONDS", 0.05)


@pytest.fixture
def solutions(tmp_path: Path) -> Path:
    """The folder with the bank of the assignment."""
    folder = tmp_path / "solutions" / "tiny"
    folder.mkdir(parents=True)
    (folder / "answers.py").write_text(BANK)
    return folder.parent


ASSIGNMENT = assignment_of(*CELLS)


def answered(more: tuple[Cell, ...] = (), **written: str) -> list[Cell]:
    """The cells of a submission with these answers, the others being right."""
    texts = ASSIGNMENT.release_sources | RIGHT | written
    return [*(cell | {"source": texts[cell["id"]]} for cell in CELLS), *more]


def graded_with(solutions: Path | None, cells: list[Cell], **options: Any) -> GradedSubmission:
    how = msgspec.structs.replace(OPTIONS, diagnose=solutions is not None, **options)
    return grade_one(submission(*cells), with_bank(ASSIGNMENT, solutions), how)


def with_bank(assignment: Assignment, solutions: Path | None) -> Assignment:
    path = solutions / "tiny" / "answers.py" if solutions else None
    bank = path.read_bytes() if path and path.is_file() else b""
    return msgspec.structs.replace(assignment, bank=bank)


def lost(graded: GradedSubmission) -> dict[str, CellResult]:
    """The cells that were not passed."""
    return {c.grade_id: c for c in graded.result.cells if c.outcome is not Outcome.PASSED}


def diagnosed(solutions: Path | None, **written: str) -> dict[str, str | None]:
    """The name of the wrong answer that each failed cell was diagnosed as."""
    cells = lost(graded_with(solutions, answered(**written)))
    return {name: c.diagnosis.answer if c.diagnosis else None for name, c in cells.items()}


def norm(body: str) -> str:
    return f"def norm(vector):\n    {body}\n"


MISTAKES = {
    "a loop": ("return sum(abs(float(x)) for x in vector)", "sum of absolute values"),
    "einsum": ("return np.einsum('i,i', vector, vector)", "forgets the root"),
    "another order": ("return sum(x * x for x in vector[::-1])", "forgets the root"),
    "at one call only": ("return sorted(vector)[-1]", "largest entry"),
    "the other one": ("return max(-min(vector), max(vector))", "largest entry by size"),
    "another text": (
        "if max(abs(vector)) == 0: raise ValueError('what?')\n    return np.hypot.reduce(vector)",
        "refuses zero",
    ),
    "at random": (
        "import random\n    x = random.random()\n    return np.random.rand() + x",
        "a guess",
    ),
    "a matter of kind": ("return [float(np.linalg.norm(vector))]", "an array"),
}


@pytest.mark.parametrize(("body", "mistake"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_in_whatever_words(solutions: Path, body: str, mistake: str) -> None:
    found = diagnosed(solutions, norm=norm(body))
    assert found and set(found.values()) == {mistake}
    assert set(found) <= {"norm-basics", "norm-hidden"}


STEPS = {
    "two products": "def step(A, x):\n    first = A(x)\n    return A(x) + x, first",
    "in place": "def step(A, x):\n    y = A(x)\n    x[:] = x + y\n    return x, y",
    "minus": "def step(A, x):\n    return x - (y := A(x)), y",
}


@pytest.mark.parametrize(("mistake", "source"), STEPS.items(), ids=STEPS.keys())
def test_what_it_does_to_its_arguments_counts(solutions: Path, mistake: str, source: str) -> None:
    """The test binds `A` anew after the calls, and counts them."""
    assert diagnosed(solutions, step=source) == {"step-hidden": mistake}


def test_what_is_forbidden_is_named(solutions: Path) -> None:
    source = "def dot(x, y):\n    total = x @ y\n    return total"
    assert diagnosed(solutions, dot=source) == {"dot-without": "uses the operator"}


def test_the_hint_stands_in_the_result_and_in_the_graded_notebook(solutions: Path) -> None:
    graded = graded_with(solutions, answered(norm=norm("return vector @ vector")))
    hint = Diagnosis(answer="forgets the root", hint="Take the root.")
    assert {name: cell.diagnosis for name, cell in lost(graded).items()} == {
        "norm-basics": hint,
        "norm-hidden": hint,
    }
    told = {
        cell["id"]: cell["metadata"]["autograder"]
        for cell in msgspec.json.decode(graded.executed)["cells"]
        if "autograder" in cell["metadata"]
    }
    assert told == {
        cell.grade_id: {
            "outcome": str(cell.outcome),
            "message": cell.message,
            "diagnosis": msgspec.to_builtins(cell.diagnosis),
        }
        for cell in graded.result.cells
    }
    assert told["norm-hidden"]["diagnosis"] == msgspec.to_builtins(hint)
    assert told["step-hidden"] == {"outcome": "passed", "message": "", "diagnosis": None}


def test_a_student_cannot_bring_a_diagnosis_along(solutions: Path) -> None:
    forged = {"outcome": "passed", "message": "", "diagnosis": {"answer": "x", "hint": "y"}}
    cells = answered((code("1", "mine"),), norm=norm("return 0"))
    for cell in cells:
        cell["metadata"] = cell["metadata"] | {"autograder": forged}
    graded = graded_with(solutions, cells)
    told = [c["metadata"].get("autograder") for c in msgspec.json.decode(graded.executed)["cells"]]
    assert len([each for each in told if each]) == len(ASSIGNMENT.tests)
    assert forged not in told


@pytest.mark.parametrize(
    "body",
    ["return 2 * np.linalg.norm(vector)", "return None", "raise KeyError", "vector[:] = 0"],
)
def test_what_no_wrong_answer_does_is_not_named(solutions: Path, body: str) -> None:
    assert set(diagnosed(solutions, norm=norm(body)).values()) == {None}


def test_what_differs_behind_the_failure_is_not_named(solutions: Path) -> None:
    """It fails at the first call, as "forgets the root" does; at the third it is another."""
    body = "return vector @ vector if vector.any() else 1.0"
    assert diagnosed(solutions, norm=norm(body)) == {"norm-basics": None, "norm-hidden": None}


def test_what_passes_where_the_wrong_answer_fails_is_not_named(solutions: Path) -> None:
    """All of norm-hidden is as "forgets the root" has it."""
    body = "return 5.0 if len(vector) == 2 and vector.any() else vector @ vector"
    assert diagnosed(solutions, norm=norm(body)) == {"norm-hidden": None}


def test_calls_are_made_to_the_end_of_a_test_that_counts_them(solutions: Path) -> None:
    """Only the last call tells it from "minus"."""
    source = "def step(A, x):\n    y = A(x)\n    return x - y * (1 if len(x) == 3 else 2), y"
    assert diagnosed(solutions, step=source) == {"step-hidden": None}


def test_right_answers_are_not_diagnosed(solutions: Path) -> None:
    assert all(cell.diagnosis is None for cell in graded_with(solutions, answered()).result.cells)


def test_a_submission_that_passes_is_asked_nothing_more(
    solutions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(grade, "known_answers", lambda *given: asked.append(given))
    assert lost(graded_with(solutions, answered())) == {}
    assert lost(graded_with(solutions, answered(norm=norm("raise NotImplementedError"))))
    assert lost(graded_with(None, answered(norm=norm("return 0"))))
    assert asked == []
    graded_with(solutions, answered(norm=norm("return 0")))
    assert len(asked) == 1


def test_without_a_bank_nothing_is_named(tmp_path: Path) -> None:
    for solutions in (None, tmp_path):
        found = diagnosed(solutions, norm=norm("return vector @ vector"))
        assert found == {"norm-basics": None, "norm-hidden": None}


def test_a_function_of_another_name_than_its_exercise_is_not_looked_for(solutions: Path) -> None:
    """The bank is read, and has nothing to say."""
    cells = [cell | ({"source": cell["source"].replace("norm(", "length(")}) for cell in CELLS]
    assignment = assignment_of(*cells)
    wrong = "def length(v):\n    return v @ v"
    cells = [
        cell | {"source": wrong if cell["id"] == "norm" else assignment.release_sources[cell["id"]]}
        for cell in cells
    ]
    how = msgspec.structs.replace(OPTIONS, diagnose=True)
    result = grade_one(submission(*cells), with_bank(assignment, solutions), how).result
    assert [(c.points, c.diagnosis) for c in result.cells[:3]] == [(0, None)] * 3
    assert result.notices == ()


def test_a_bank_that_cannot_be_read_costs_nobody_a_grade(solutions: Path) -> None:
    (solutions / "tiny" / "answers.py").write_text("import\n")
    result = graded_with(solutions, answered(norm=norm("return 0"))).result
    assert result.score == 4
    (notice,) = result.notices
    assert notice.startswith("norm was not diagnosed: ")
    assert "answers.py:1: not Python" in notice


def test_a_changed_bank_is_read_again(solutions: Path) -> None:
    path = solutions / "tiny" / "answers.py"
    assert diagnosed(solutions, norm=norm("return 0")) == {"norm-basics": None, "norm-hidden": None}
    path.write_text(BANK + '\n\n@wrong("norm", "zero", hint="No.")\ndef norm(v):\n    return 0\n')
    found = diagnosed(solutions, norm=norm("return 0"))
    assert found == {"norm-basics": "zero", "norm-hidden": "zero"}


def test_the_kind_of_input_is_told_where_nothing_is_named(solutions: Path) -> None:
    body = "return 3 * np.linalg.norm(vector) if len(vector) == 3 else np.linalg.norm(vector)"
    cells = lost(graded_with(solutions, answered(norm=norm(body))))
    assert list(cells) == ["norm-hidden"]
    assert cells["norm-hidden"].message.endswith(" Seen on a vector of length 3.")
    assert "7" not in cells["norm-hidden"].message.replace("1e", "")[-40:]


def test_the_kind_is_that_from_before_the_call(solutions: Path) -> None:
    body = "length = 3 * np.linalg.norm(vector)\n    vector[:] = 0\n    return length"
    message = lost(graded_with(solutions, answered(norm=norm(body))))["norm-hidden"].message
    assert message.endswith("Seen on a vector of length 3.")


def test_the_kind_is_told_of_what_never_ends(solutions: Path) -> None:
    body = "while len(vector) == 3: pass\n    return np.linalg.norm(vector)"
    (cell,) = lost(graded_with(solutions, answered(norm=norm(body)))).values()
    assert cell.outcome is Outcome.TIMEOUT
    assert cell.message.endswith("Seen on a vector of length 3.")


def test_visible_tests_and_unwritten_answers_speak_for_themselves(solutions: Path) -> None:
    cells = lost(graded_with(solutions, answered(norm=norm("return 3 * vector"))))
    assert "Seen on" not in cells["norm-basics"].message
    assert "Seen on" in cells["norm-hidden"].message
    cells = lost(graded_with(solutions, answered(norm=norm("raise NotImplementedError"))))
    assert not any("Seen on" in cell.message for cell in cells.values())


def test_a_wrong_answer_of_the_bank_that_never_ends_is_left_behind(solutions: Path) -> None:
    assert BANK.index('"never ends"') < BANK.index('"sum of absolute values"')
    found = diagnosed(solutions, norm=norm("return abs(vector).sum()"))
    assert set(found.values()) == {"sum of absolute values"}


def test_the_grader_s_own_random_numbers_are_left_as_they_are() -> None:
    random.seed(1), np.random.seed(1)
    expected = random.random(), np.random.rand()
    random.seed(1), np.random.seed(1)
    dice = _Dice(5)
    thrown = []
    for _ in range(2):
        with dice.thrown():
            thrown.append((random.random(), np.random.rand()))
    assert (random.random(), np.random.rand()) == expected
    random.seed(5), np.random.seed(5)
    assert thrown == [(random.random(), np.random.rand()) for _ in range(2)]


def test_two_wrong_answers_agree_if_no_test_tells_them_apart(solutions: Path) -> None:
    path = solutions / "tiny" / "answers.py"
    twin = '\n\n@wrong("norm", "squares", hint="No.")\ndef norm(v):\n    return sum(v**2)\n'
    path.write_text(BANK + twin)
    known = known_answers(with_bank(ASSIGNMENT, solutions))
    assert known
    squares = known.wrong("norm")[-1][0]
    assert agree(known, ASSIGNMENT, squares, "forgets the root")
    assert not agree(known, ASSIGNMENT, squares, "largest entry")


def test_only_what_somebody_reads_is_imported(solutions: Path) -> None:
    cells = (given("drawing", "import no_such_module\nimport math"), *CELLS)
    known = KnownAnswers(assignment_of(*cells), load(solutions / "tiny" / "answers.py"))
    assert "np" in known.names and "math" not in known.names


def test_given_cells_find_the_files_beside_the_notebook(solutions: Path) -> None:
    cells = (*CELLS, given("table", "table = open('data/table.csv').read()"))
    assignment = msgspec.structs.replace(assignment_of(*cells), files={"data/table.csv": b"1,2"})
    known = KnownAnswers(assignment, load(solutions / "tiny" / "answers.py"))
    assert known.names["table"] == "1,2"


def test_given_cells_that_do_not_run_here_are_told(solutions: Path) -> None:
    cells = (*CELLS, given("table", "table = open('no such file')"))
    with pytest.raises(CourseError, match="cell table: does not run in the grader"):
        KnownAnswers(assignment_of(*cells), load(solutions / "tiny" / "answers.py"))


PEEK = """
from pathlib import Path

def norm(v):
    try:
        found = Path({path!r}).read_text()
    except OSError:
        return v @ v
    raise RuntimeError("I can read the bank")
"""


def test_students_cannot_read_the_bank(solutions: Path) -> None:
    source = PEEK.format(path=str(solutions / "tiny" / "answers.py"))
    graded = graded_with(solutions, answered(norm=source))
    if graded.result.rung == "rlimits-only":
        pytest.skip("nothing confines students here")
    assert {c.diagnosis and c.diagnosis.answer for c in lost(graded).values()} == {
        "forgets the root"
    }


def test_being_asked_aside_uses_nothing_up(sandbox: Any) -> None:
    cells = [c for c in ASSIGNMENT.cells if c.grade_id in ("setup", "norm")]
    with Session(sandbox, {}, rich=False) as session:
        for cell in cells:
            session.run(cell)
        used = session._used
        with session.aside() as fork:
            fork.run("x = sum(range(3_000_000))", "busy", rich=False)
        assert session._used == used
        assert next(session.processes()).fetch(["x"], 0)[1] == {"x": "is not defined"}


def test_a_course_s_own_bank_is_asked(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    assert course.options([SUMS]).diagnose
    assert course.assignment(SUMS).bank == b""
    path = course.section(SUMS).answers
    path.parent.mkdir(parents=True)
    path.write_text(BANK)
    assert course.assignment(SUMS).bank == BANK.encode()


def test_the_record_of_a_cell_has_its_diagnosis(solutions: Path) -> None:
    result = graded_with(solutions, answered(norm=norm("return vector @ vector"))).result
    basics, *_, dot = msgspec.json.decode(msgspec.json.encode(result))["cells"]
    assert basics["diagnosis"] == {"answer": "forgets the root", "hint": "Take the root."}
    assert dot["diagnosis"] is None
