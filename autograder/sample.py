"""A sample class made out of the banks of answers: honest work, mistakes and mischief.

Everybody hands in every section, in nbgrader's layout, so that a newcomer can see a whole class
graded. The class is the same every time.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook
from autograder.answers import Bank, load, solutions, submission
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.notebook import exercise_of

TIMESTAMP = "2026-03-02 18:00:00 UTC"

IN_WORDS = (
    "Squaring squares the condition number, so half of the sixteen digits are gone.",
    "Rounding errors are relative to the largest number, and the small ones drown in them.",
    "I would look at the residual first, and then at the condition number.",
)

Cells = list[dict[str, Any]]
Habit = Callable[[random.Random, Assignment, Bank], bytes]


def hand_in(course: Course, sections: list[str]) -> int:
    """Write everybody's submissions; how many there are."""
    for section in sections:
        assignment = course.assignment(section)
        bank = load(course.section(section).answers)
        for student, habit in STUDENTS.items():
            handed_in = habit(random.Random(f"{student} {section}"), assignment, bank)
            _write(course.submitted_dir / student / section, section, handed_in)
    return len(STUDENTS) * len(sections)


def diligent(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """Right everywhere, each exercise in some way."""
    written = {name: _right(rng, assignment, bank, name) for name in assignment.exercises}
    return submission(assignment, written | _in_words(rng, assignment))


def one_mistake(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """One exercise wrong, as students get it wrong."""
    mistaken = rng.choice(assignment.exercises)
    written = solutions(assignment) | {mistaken: _wrong(rng, bank, mistaken)}
    return submission(assignment, written | _in_words(rng, assignment))


def mixed(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """Some exercises right, some wrong, some not tried."""
    written = {}
    for name in assignment.exercises:
        mood = rng.random()
        if mood < 0.55:
            written[name] = _right(rng, assignment, bank, name)
        elif mood < 0.85:
            written[name] = _wrong(rng, bank, name)
    return submission(assignment, written)


def blank(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """The release, handed in as it is."""
    return submission(assignment, {})


def syntax_error(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """One cell that is not Python."""
    return _with_one(rng, assignment, lambda name, text: text.replace("):", ")", 1))


def endless_loop(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """One function that never returns; one that is not called by many tests, to save your time."""
    tests = Counter(exercise_of(cell.grade_id, assignment.exercises) for cell in assignment.tests)
    name = min(assignment.exercises, key=lambda name: tests[name])
    loop = _body(name, "while True:\n        pass")
    return submission(assignment, solutions(assignment) | {name: loop})


def crash(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """One function that ends its process."""
    return _with_one(rng, assignment, lambda name, text: _body(name, "import os\n    os.abort()"))


def endless_cell(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """Right answers, and a cell of one's own that never ends."""
    cells = _cells(diligent(rng, assignment, bank))
    return _notebook(assignment, [*cells, _code("while True:\n    pass")])


def edited_tests(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """Nothing solved, and test cells that test nothing any more."""
    cells = _cells(blank(rng, assignment, bank))
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade") and cell["cell_type"] == "code":
            cell["source"] = "assert True"
    return _notebook(assignment, cells)


def patched_tests(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """Nothing solved, and assertions replaced by ones that always hold."""
    patch = (
        "import numpy as np\n"
        "import autograder.checks.asserts as asserts\n"
        "np.testing.assert_allclose = lambda *args, **kwargs: None\n"
        "for name in asserts.__all__:\n"
        "    setattr(asserts, name, lambda *args, **kwargs: None)\n"
        "    globals()[name] = getattr(asserts, name)\n"
    )
    return _notebook(assignment, [_code(patch), *_cells(blank(rng, assignment, bank))])


def missing_cells(rng: random.Random, assignment: Assignment, bank: Bank) -> bytes:
    """Right answers, but some cells were deleted and one is there twice."""
    cells = _cells(diligent(rng, assignment, bank))
    for _ in range(3):
        cells.pop(rng.randrange(len(cells)))
    return _notebook(assignment, [*cells, rng.choice(cells)])


STUDENTS: dict[str, Habit] = {  # those that take longest first, so that nobody waits for them
    "abel": endless_loop, "aitken": endless_cell,
    "arnoldi": diligent, "banach": one_mistake, "cauchy": mixed, "cholesky": mixed,
    "frobenius": diligent, "gauss": diligent, "givens": one_mistake, "gram": mixed,
    "householder": one_mistake, "jacobi": syntax_error, "jordan": edited_tests, "krylov": mixed,
    "lanczos": diligent, "penrose": one_mistake, "poisson": missing_cells, "schur": patched_tests,
    "stiefel": crash, "toeplitz": blank,
}  # fmt: skip


def _right(rng: random.Random, assignment: Assignment, bank: Bank, exercise: str) -> str:
    others = [answer.source for answer in bank.of(exercise, "right")]
    return rng.choice([solutions(assignment)[exercise], *others])


def _wrong(rng: random.Random, bank: Bank, exercise: str) -> str:
    return rng.choice(bank.of(exercise, "wrong")).source


def _in_words(rng: random.Random, assignment: Assignment) -> dict[str, str]:
    """An answer to each question that a person grades."""
    return {cell.grade_id: rng.choice(IN_WORDS) for cell in assignment.written}


def _with_one(
    rng: random.Random, assignment: Assignment, change: Callable[[str, str], str]
) -> bytes:
    written = solutions(assignment)
    name = rng.choice(assignment.exercises)
    return submission(assignment, written | {name: change(name, written[name])})


def _body(name: str, body: str) -> str:
    return f"def {name}(*args, **kwargs):\n    {body}\n"


def _cells(data: bytes) -> Cells:
    cells: Cells = msgspec.json.decode(data)["cells"]
    return cells


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": "mine", "metadata": {}, "source": source,
            "outputs": [], "execution_count": None}  # fmt: skip


def _notebook(assignment: Assignment, cells: Cells) -> bytes:
    return notebook.write(cells, assignment.metadata)


def _write(folder: Path, section: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{section}.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text(TIMESTAMP, encoding="utf-8")
