"""Small courses and submissions for the tests that go through whole commands."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from autograder import notebook
from autograder.answers import submission
from autograder.course import Course

REPOSITORY = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
ENVIRONMENT = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
SUMS, PRODUCTS = "01_sums", "02_products"

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "tiny"
c.CourseDirectory.ignore = ["*.py", ".*", "feedback"]
c.CourseDirectory.db_url = "sqlite:///gradebook.db?timeout=0.2"
c.ClearMarkScheme.enforce_metadata = False
c.Autograder.cpu_seconds = 1.0
"""
HEADER = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tiny section

# %% Setup
import math

"""
SUMS_TEXT = (
    HEADER
    + '''\
# %% nbgrader={"grade_id": "total", "solution": true}
def total(numbers):
    """The sum of the numbers."""
    ### BEGIN SOLUTION
    return math.fsum(numbers)
    ### END SOLUTION

# %% nbgrader={"grade_id": "total-basics", "grade": true, "points": 1}
assert total([1, 2]) == 3, "total([1, 2]) should be 3"

# %% nbgrader={"grade_id": "total-edges", "grade": true, "points": 2}
# The sum of nothing.
### BEGIN HIDDEN TESTS
assert total([]) == 0, "the sum of nothing is 0"
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "mean", "solution": true}
def mean(numbers):
    """The mean of the numbers."""
    ### BEGIN SOLUTION
    return math.fsum(numbers) / len(numbers)
    ### END SOLUTION

# %% nbgrader={"grade_id": "mean-basics", "grade": true, "points": 2}
assert mean([1, 2]) == 1.5, "mean([1, 2]) should be 1.5"

# %% Show the mean tags=["demo"]
print(mean([1, 2]))

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# Rounding.
# ### END MARK SCHEME
'''
)
PRODUCTS_TEXT = (
    HEADER
    + '''\
# %% nbgrader={"grade_id": "product", "solution": true}
def product(numbers):
    """The product of the numbers."""
    ### BEGIN SOLUTION
    return math.prod(numbers)
    ### END SOLUTION

# %% nbgrader={"grade_id": "product-basics", "grade": true, "points": 4}
assert product([2, 3]) == 6
'''
)
TEXTS = {SUMS: SUMS_TEXT, PRODUCTS: PRODUCTS_TEXT}
RIGHT = {
    "total": "def total(numbers):\n    return sum(numbers)",
    "mean": "def mean(numbers):\n    return sum(numbers) / len(numbers)",
    "product": "def product(numbers):\n    return math.prod(numbers)",
    "why": "Because numbers are rounded.",
}
HALF = RIGHT | {"mean": "def mean(numbers):\n    return sum(numbers) // len(numbers)"}


def make_course(root: Path, texts: Mapping[str, str] = TEXTS, config: str = CONFIG) -> Course:
    """A course of tiny sections."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(f"{config}\nc.CourseDirectory.root = {str(root)!r}\n")
    for name, text in texts.items():
        folder = root / "source" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.py").write_text(text)
    return Course(root)


def copied(folder: Path, root: Path) -> Course:
    """A course of its own that has the same files as the one in a folder."""
    shutil.copytree(folder, root, symlinks=True)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(folder), str(root)))
    return Course(root)


def answered(course: Course, section: str, written: Mapping[str, str]) -> bytes:
    """A notebook in which these cells are written and the others are as released."""
    assignment = course.assignment(section)
    known = {name: text for name, text in written.items() if name in assignment.release_sources}
    return submission(assignment, known)


def hand_in(
    course: Course, student: str, written: Mapping[str, str] | bytes, section: str = SUMS
) -> Path:
    """Put a student's notebook where it is graded, and say where that is."""
    path = course.submitted_dir / student / section / f"{section}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = written if isinstance(written, bytes) else answered(course, section, written)
    path.write_bytes(data)
    return path


def edited(data: bytes, change: Any) -> bytes:
    """A notebook whose list of cells was changed, in place or by a new list."""
    read = msgspec.json.decode(data)
    cells = change(read["cells"])
    return notebook.write(read["cells"] if cells is None else cells, read["metadata"])


def own_cell(source: str) -> dict[str, Any]:
    """A code cell that a student adds."""
    return {
        "cell_type": "code",
        "id": "mine",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def grades(course: Course) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """What the gradebook has for each section, student and graded cell."""
    with sqlite3.connect(course.root / "gradebook.db") as database:
        rows = database.execute(
            """
            SELECT assignment.name, student_id, base_cell.name, auto_score, manual_score,
                   needs_manual_grade, extra_credit
            FROM grade
            JOIN base_cell ON base_cell.id = grade.cell_id
            JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
            JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
            JOIN assignment ON assignment.id = submitted_assignment.assignment_id
            """
        ).fetchall()
    database.close()
    return {(section, student, cell): tuple(rest) for section, student, cell, *rest in rows}


def auto_scores(course: Course, section: str = SUMS) -> dict[str, float]:
    """Each student's automatic points in a section."""
    totals: dict[str, float] = {}
    for (name, student, _), (auto_score, *_) in grades(course).items():
        if name == section:
            totals[student] = totals.get(student, 0.0) + (auto_score or 0.0)
    return totals


def dump(course: Course) -> list[str]:
    """Everything in the gradebook."""
    with sqlite3.connect(course.root / "gradebook.db") as database:
        lines = list(database.iterdump())
    database.close()
    return lines


def timeless(data: bytes) -> bytes:
    """What a file holds, but for the time that grading has taken."""
    return re.sub(rb'"cpu_seconds": [\d.e-]+', b"", data)


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """When each file below a folder was last changed, and what it holds."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def autograder(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What the command does in a process of its own."""
    return subprocess.run(
        [BIN / "autograder", *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


def records(output: str) -> list[dict[str, Any]]:
    """The JSON objects that a command has printed, one a line."""
    return [msgspec.json.decode(line) for line in output.splitlines()]


def spoken(output: str) -> str:
    """What was printed, without the line breaks of a narrow terminal."""
    return " ".join(output.split())


def paths(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """The paths of those records that are problems, in order."""
    return [record["path"] for record in found if "path" in record]


def as_nobody(function: Callable[[], str]) -> str:
    """What a function returns in a process that permissions apply to, as they do not to root."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            try:
                text = function()
            except BaseException as error:
                text = repr(error)
            os.write(writing, text.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    os.waitpid(child, 0)
    return text
