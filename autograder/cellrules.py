"""The rules that make the cells of a section gradable, each with the message it earns.

A rule is one that somebody's published course has broken: points for an untouched release, hidden
tests that leak, tests that test nothing.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from typing import Any

from autograder import markers
from autograder.notebook import GRADE_ID, exercise_of

FLAGS = ("grade", "solution", "locked", "task")
KEYS = frozenset(("schema_version", *FLAGS, "grade_id", "points"))
KNOWN = ("nbgrader", "tags")
TITLES = "Rename one of the two cells (one that has no grade_id gets it from its title)"
UNREADABLE = "incorrectly_encoded_metadata"  # where jupytext puts what it cannot read
STUB = "raise NotImplementedError()"


def problems(cells: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Every broken rule, as the cell's position and a message; `cells` are as nbformat has them."""
    found: list[tuple[int, str]] = []
    first: dict[str, int] = {}
    exercises = [_meta(cell)["grade_id"] for cell in cells if _is_code(cell, "solution")]
    for i, cell in enumerate(cells):
        grade_id = _meta(cell)["grade_id"]
        if grade_id and first.setdefault(grade_id, i) != i:
            found.append((i, f"grade_id {grade_id!r} is used twice. {TITLES}"))
        what = f"cell {grade_id!r}" if grade_id else f"the {cell['cell_type']} cell"
        found += [(i, f"{what}: {problem}") for problem in _cell_problems(cell, exercises)]
    return found


def _cell_problems(cell: dict[str, Any], exercises: list[str]) -> Iterator[str]:
    yield from _metadata_problems(cell)
    broken = markers.problems(cell["source"])
    yield from broken
    yield from _misplaced(cell)
    if broken:
        return
    if _is_code(cell, "solution"):
        yield from _solution_problems(cell)
    elif _is_code(cell, "grade"):
        yield from _test_problems(cell, exercises)


def _metadata_problems(cell: dict[str, Any]) -> Iterator[str]:
    for key, value in cell["metadata"].items():
        if key == UNREADABLE:
            yield f"{value} is not key=value with a JSON value"
        elif key not in KNOWN and difflib.get_close_matches(key, KNOWN):
            yield f"{key!r} looks like a misspelt {difflib.get_close_matches(key, KNOWN)[0]!r}"
    if "nbgrader" in cell["metadata"]:
        yield from _nbgrader_problems(cell, cell["metadata"]["nbgrader"])


def _nbgrader_problems(cell: dict[str, Any], meta: Any) -> Iterator[str]:
    if not isinstance(meta, dict):
        yield "nbgrader=... should be a JSON object in braces"
        return
    if unknown := sorted(meta.keys() - KEYS):
        yield f"nbgrader has no key {', '.join(map(repr, unknown))}: use {', '.join(sorted(KEYS))}"
    if flags := [key for key in FLAGS if type(meta[key]) is not bool]:
        yield f"{', '.join(map(repr, flags))} should be true or false"
    if meta["schema_version"] != 3:
        yield f"schema_version is {meta['schema_version']!r}, should be 3 (or left out)"
    if not isinstance(meta.get("grade_id"), str) or not GRADE_ID.fullmatch(meta["grade_id"]):
        yield f"grade_id {meta.get('grade_id')!r} should be 1 to 128 letters, digits, - and _"
    if meta["grade"] is True or meta["task"] is True:
        yield from _points_problems(meta)
    elif "points" in meta:
        yield 'it has points but is not graded: add "grade": true, or take the points away'
    yield from _kind_problems(cell["cell_type"], meta)


def _kind_problems(cell_type: str, meta: dict[str, Any]) -> Iterator[str]:
    if cell_type == "markdown" and meta["grade"] is not meta["solution"]:
        yield 'a written question needs both "grade": true and "solution": true'
    if cell_type == "code" and meta["grade"] is True and meta["solution"] is True:
        yield "it is a solution and a test at once: make two cells of it"
    if cell_type == "code" and meta["task"] is True:
        yield "a task is graded by hand, so it should be a markdown cell"


def _points_problems(meta: dict[str, Any]) -> Iterator[str]:
    points = meta.get("points")
    if points is None:
        yield 'it is graded but has no points: add "points": 1'
    elif type(points) not in (int, float) or not 0 < points < 1e6:
        yield f"points is {points!r}, should be a number above 0"


def _misplaced(cell: dict[str, Any]) -> Iterator[str]:
    text, meta = cell["source"], _meta(cell)
    if markers.regions(text, markers.SOLUTION) and meta["solution"] is not True:
        yield "a solution region stands in a cell that is not a solution cell"
    if markers.regions(text, markers.HIDDEN_TESTS) and not _is_code(cell, "grade"):
        yield "a hidden test stands in a cell that is not a test cell"
    written = meta["grade"] is True or meta["task"] is True
    if markers.regions(text, markers.MARK_SCHEME) and not (written and not _is_code(cell)):
        yield "a mark scheme stands in a cell that is not a written question"


def _solution_problems(cell: dict[str, Any]) -> Iterator[str]:
    text, name = cell["source"], _meta(cell)["grade_id"]
    found = markers.regions(text, markers.SOLUTION)
    if not found:
        yield "it has no '### BEGIN SOLUTION' ... '### END SOLUTION', so students get it solved"
        return
    if any(_is_empty(region) for region in found):
        yield "its solution region is empty"
    released = markers.replaced(text, markers.SOLUTION, STUB)
    for label, source in (("the solution", text), ("the release", released)):
        tree = _parse(source)
        if isinstance(tree, str):
            yield f"{label} is not Python: {tree}"
        elif not any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body):
            yield f"{label} defines no function {name}: the grade_id is the function's name"


def _test_problems(cell: dict[str, Any], exercises: list[str]) -> Iterator[str]:
    text, name = cell["source"], _meta(cell)["grade_id"]
    if exercise_of(name, exercises) not in exercises:
        known = ", ".join(exercises) or "none"
        yield f"its grade_id begins with no exercise of this notebook and '-' (exercises: {known})"
    if not markers.replaced(text, markers.HIDDEN_TESTS).strip():
        yield "students see an empty cell: begin with a comment that says what it looks at"
    yield from _assertion_problems("it", text)
    for region in markers.regions(text, markers.HIDDEN_TESTS):
        yield from _assertion_problems("its hidden part", region)
    visible = _parse(markers.replaced(text, markers.HIDDEN_TESTS))
    if isinstance(visible, str):
        yield f"what students see of it is not Python: {visible}"


def _assertion_problems(what: str, text: str) -> Iterator[str]:
    tree = _parse(text)
    if isinstance(tree, str):
        yield f"{what} is not Python: {tree}"
    elif not tree.body:
        yield f"{what} is only a comment, so every answer passes"
    elif not _asserts(tree):
        yield f"{what} asserts nothing, so every answer that runs passes"


def _asserts(tree: ast.Module) -> bool:
    """Whether an assertion can be reached; one in a function counts if the function is named."""
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _judges(node)):
            return True
        if not isinstance(node, ast.FunctionDef) or node.name in named:
            pending += ast.iter_child_nodes(node)
    return False


def _judges(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.lstrip("_").startswith("assert") or name == "raises"


def _is_empty(region: str) -> bool:
    lines = [line.strip() for line in region.split("\n")]
    return all(not line or line.startswith("#") or line in ("pass", "...") for line in lines)


def _parse(text: str) -> ast.Module | str:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return f"{getattr(error, 'msg', error)}" + (f" (line {line} of the cell)" if line else "")


def _is_code(cell: dict[str, Any], flag: str | None = None) -> bool:
    return cell["cell_type"] == "code" and (flag is None or _meta(cell)[flag] is True)


def _meta(cell: dict[str, Any]) -> dict[str, Any]:
    """nbgrader's metadata of a cell, whatever stands there: flags and a grade_id that is a str."""
    meta = cell["metadata"].get("nbgrader")
    known = meta if isinstance(meta, dict) else {}
    grade_id = known.get("grade_id")
    return dict.fromkeys(FLAGS) | known | {"grade_id": grade_id if type(grade_id) is str else ""}
