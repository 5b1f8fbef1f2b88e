"""Makes the pictures of the README and of docs/: `make pictures`. Needs Chromium (or Chrome).

table.svg        what `autograder grade` prints for the sample class
notebook.png     a few cells of section 5 as a student sees them in JupyterLab
validate.png     what nbgrader's button Validate says of them
formgrader.png   what an instructor sees of a submission with the same mistake

The steps in the browser are those of tests/test_jupyterlab.py.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import nbformat
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from courses import answered, autograder, hand_in  # noqa: E402
from lab_pages import (  # noqa: E402
    CHROMIUM,
    MISSING,
    Notebook,
    choose,
    chromium,
    enter,
    graded_cell,
    lab,
    picture,
)
from lab_server import jupyter_server  # noqa: E402

from autograder import answers  # noqa: E402
from autograder.course import Course  # noqa: E402

SECTION, EXERCISE, WORKED, QUESTION = (
    "05_svd_compression", "truncate", "truncate-worked", "lost-digits"
)  # fmt: skip
NEEDED = ("setup", "the-look-of-the-pictures", "the-photograph")
FIRST = "plot-the-layers-of-a-photograph"
COLUMNS = 100
LAB = {"viewport": {"width": 990, "height": 2600}, "device_scale_factor": 1.15}
FORMGRADER = {"viewport": {"width": 1010, "height": 1300}, "device_scale_factor": 1.15}

STUDENT = """    if not 0 <= k <= min(A.shape):
        raise ValueError(f"k is {k}, but A has {min(A.shape)} layers")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    first = s.size - k
    return (U[:, first:] * s[first:]) @ Vt[first:]"""
IN_WORDS = "Squaring squares the condition number, so half of the sixteen digits are gone."
COMMENT = "Right. Now name a case in which it matters, and one in which it does not."


def main():
    if CHROMIUM is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        course = sample(Path(folder, "course"))
        write("table.svg", table(course))
        page = excerpt(course)
        written = answers.solutions(course.assignment(SECTION))
        written |= {EXERCISE: f"def {EXERCISE}(A, k):\n{STUDENT}", QUESTION: IN_WORDS}
        hand_in(course, "noether", answered(course, SECTION, written), SECTION)
        run(course, "grade", "05")
        with jupyter_server(course.root, Path(folder, "home")) as server, chromium() as browser:
            with lab(browser, server, f"doc/tree/{page.name}", **LAB) as tab:
                student(tab, page)
            with lab(browser, server, "api/status", **FORMGRADER) as tab:
                instructor(tab, server)


def sample(root):
    """A course of one section with its sample class."""
    for name in ("source", "solutions"):
        shutil.copytree(ROOT / name / SECTION, root / name / SECTION)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = Course(root)
    run(course, "build")
    run(course, "sample")
    return course


def table(course):
    """What the command prints, in colour."""
    colours = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    grade = [sys.executable, "-m", "autograder", "--course", course.root, "grade", "05"]
    printed = subprocess.run(grade, env=colours, capture_output=True, text=True).stdout
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(printed))
    svg = console.export_svg(title="autograder grade 05")
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).encode()  # nothing from outside


def excerpt(course):
    """The notebook from the layers of the photograph to the first test, and what these need."""
    released = nbformat.read(course.section(SECTION).release, as_version=4)
    cells = {cell.id: cell for cell in released.cells}
    names = list(cells)
    kept = names[names.index(FIRST) : names.index(WORKED) + 1]
    cells[FIRST].metadata.jupyter = {"source_hidden": True}
    stub, _, _ = cells[EXERCISE].source.partition("    # YOUR CODE HERE")
    cells[EXERCISE].source = stub + STUDENT
    released.cells = [cells[name] for name in (*NEEDED, *kept)]
    path = course.root / "lesson.ipynb"
    nbformat.write(released, path)
    return path


def student(tab, page):
    """The cells as a student has run them, and what Validate says."""
    notebook = Notebook(tab, page)
    choose(tab, "Run", "Run All Cells")
    notebook.output(FIRST).locator("img").wait_for()
    notebook.output(WORKED).wait_for()
    notebook.cell(NEEDED[0]).locator(".cm-content").click()  # so that it is marked, not the last
    write("notebook.png", picture(tab, notebook.cell(FIRST), notebook.cell(WORKED)))
    dialog = notebook.validate()
    write("validate.png", picture(tab, dialog.locator(".jp-Dialog-content")))


def instructor(tab, server):
    """The exercise and the written answer of a submission, graded by hand."""
    tab.goto(f"{server.url}/formgrader/gradebook/{SECTION}/{SECTION}")
    tab.get_by_role("link", name="Submission #1", exact=True).wait_for()
    tab.get_by_role("button", name="Show All Names").click()
    tab.get_by_role("link", name="noether").click()
    question = graded_cell(tab, QUESTION)
    enter(tab, question.locator(".score"), "2")
    enter(tab, question.locator(".comment"), COMMENT)
    test = graded_cell(tab, WORKED)
    for cell in (test.locator("xpath=preceding-sibling::*[1]"), test, question):
        cell.evaluate("cell => { cell.dataset.shown = true }")
    tab.add_style_tag(content=_ONLY_SHOWN)
    tab.evaluate("scrollTo(0, 0)")
    write("formgrader.png", picture(tab, tab.locator("nav"), tab.locator(".panel").first))


def run(course, *arguments):
    """A command of the autograder, which has to succeed."""
    done = autograder("--course", course.root, *arguments)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def write(name, data):
    """Write a picture and say how large it is."""
    path = HERE / name
    path.write_bytes(data)
    print(f"{path.relative_to(ROOT)}: {len(data) / 1000:.0f} kB")


_ONLY_SHOWN = """
  .cell:not([data-shown]) { display: none }
  .cell[data-shown] ~ .text_cell { border-top: thin dashed; margin-top: 2em; padding-top: 2em }
  .help, .save-icon { display: none !important }
"""


if __name__ == "__main__":
    main()
