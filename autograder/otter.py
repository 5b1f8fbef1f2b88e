"""A section as an autograder of Otter-Grader's, packed by `otter generate`.

Each test cell becomes a test file in Otter's exception format: the cell's code runs in the globals
of the student's notebook, in the student's kernel, at the notebook's end. What is handed in is our
release as it is. The zip brings along what notebooks import of this package, and the data.

Otter gives a test case all of its points or none. So a cell that ends with a number, which is
partial credit, becomes a row of cases worth a twelfth of a point each, and passes as many of them
as its number says.
"""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from autograder import markers
from autograder.assignment import Assignment
from autograder.errors import AutograderError
from autograder.notebook import Cell
from autograder.testcell import modules_imported

ZIP = "autograder.zip"
PARTS = 12  # of a point: halves, thirds and quarters are whole numbers of them
OURS = ("__init__.py", "pictures.py", "course.mplstyle", "checks/*.py")  # what students import
TEST_FILE = """\
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
cell = {source!r}


@test_case(points={points!r}, hidden={hidden!r})
def passes(env):
    exec(compile(cell, name, "exec"), dict(env))
"""
PARTIAL_TEST_FILE = """\
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
cell = {source!r}
last = {last!r}
count = {count!r}
given = None


def passed(env):  # how many parts; the cell runs once
    global given
    if given is None:
        namespace = dict(env)
        given = 0
        exec(compile(cell, name, "exec"), namespace)
        value = eval(last, namespace)
        is_number = hasattr(value, "__float__") and not isinstance(value, bool)
        given = int(float(value) * {parts} + 1e-6) if is_number else count
    return given


def part(number):
    def passes(env):
        assert passed(env) >= number, f"The cell gives {{given}} of {{count}} parts."

    title = f"{{name}}, part {{number}} of {{count}}"
    return test_case(title, {points!r} / count, {hidden!r})(passes)


for number in range(1, count + 1):
    globals()[f"part_{{number}}"] = part(number)
"""


def export(assignment: Assignment, folder: Path) -> Path:
    """The zip that `otter run`, `otter grade` and Gradescope take, in this folder.

    Raises
    ------
    AutograderError
        If Otter-Grader is not installed, or its generator fails.
    """
    if importlib.util.find_spec("otter") is None:
        raise AutograderError(
            "Otter-Grader, whose generator packs the zip, is not installed here: "
            f"`{sys.executable} -m pip install otter-grader`, then repeat."
        )
    packed = folder.resolve() / f"{assignment.name}-otter.zip"
    packed.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="autograder-otter-") as made:
        files = assignment.files | _package()
        for name, data in (_tests(assignment) | files).items():
            path = Path(made, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        Path(made, "requirements.txt").write_text(_requirements(assignment))
        _generate(Path(made), packed, sorted({Path(name).parts[0] for name in files}))
    return packed


def _generate(folder: Path, packed: Path, files: list[str]) -> None:
    python = ".".join(map(str, sys.version_info[:2]))
    options = ["--no-config", "--no-environment", "--python-version", python]
    done = subprocess.run(
        [sys.executable, "-m", "otter", "generate", *options, "--output-path", packed, *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip()
        raise AutograderError(f"`otter generate` failed, so there is no {packed.name}:\n{said}")


def _tests(assignment: Assignment) -> dict[str, bytes]:
    """The test files, whose names sort as the cells stand in the notebook."""
    return {
        f"tests/{number:03}-{cell.grade_id}.py": _test_file(cell).encode()
        for number, cell in enumerate(assignment.tests, start=1)
    }


def _test_file(cell: Cell) -> str:
    hidden = bool(markers.regions(cell.source, markers.HIDDEN_TESTS))
    given = {"name": cell.grade_id, "points": cell.points, "hidden": hidden}
    body, last = _split(cell)
    if not last:
        return TEST_FILE.format(source=cell.source, **given)
    count = max(1, round(cell.points * PARTS))
    return PARTIAL_TEST_FILE.format(source=body, last=last, count=count, parts=PARTS, **given)


def _split(cell: Cell) -> tuple[str, str]:
    """A cell without its last expression, and that expression; empty if it can be no number."""
    tree = ast.parse(cell.source, f"<test {cell.grade_id}>")
    match tree.body:
        case [*_, ast.Expr(value=ast.Call(func=ast.Name(id=name)))] if name.startswith("assert_"):
            return cell.source, ""
        case [*before, ast.Expr(value=value)]:
            return ast.unparse(ast.Module(before, [])), ast.unparse(value)
        case _:
            return cell.source, ""


def _package() -> dict[str, bytes]:
    """What notebooks import of this package, with where it is to lie beside them."""
    here = Path(__file__).parent
    return {
        f"{here.name}/{path.relative_to(here)}": path.read_bytes()
        for pattern in OURS
        for path in sorted(here.glob(pattern))
    }


def _requirements(assignment: Assignment) -> str:
    """The packages that the notebook and the checks import, in the versions that are here."""
    imported = {module.partition(".")[0] for module in modules_imported(assignment.cells)}
    known = metadata.packages_distributions()
    names = {known[module][0] for module in (imported | {"scipy"}) - {"autograder"} & known.keys()}
    return "".join(f"{name}=={metadata.version(name)}\n" for name in sorted(names))
