"""A file that is no notebook is refused with advice; a notebook's cells mean what they say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import CELLS, Cell, code, given, graded, solution, submission, text, written
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st
from nbgrader.utils import compute_checksum

from autograder import notebook
from autograder.errors import SubmissionError
from autograder.notebook import Role, read

GOOD = submission(*CELLS)


def changed(**fields: Any) -> bytes:
    """A good notebook with other top-level fields."""
    return json.dumps(json.loads(GOOD) | fields).encode()


def with_cell(**fields: Any) -> bytes:
    """A notebook whose one cell has such fields."""
    return changed(cells=[code("x = 1") | fields])


NO_NOTEBOOKS = {
    "an empty file": b"",
    "text": b"my homework",
    "truncated": GOOD[: len(GOOD) // 2],
    "cut by one byte": GOOD.strip()[:-1],
    "two in one": GOOD + GOOD,
    "a list": b"[]",
    "a number": b"4",
    "an empty object": b"{}",
    "not UTF-8": GOOD.replace(b"Tiny", b"\xff\xfe"),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a zip file": b"PK\x03\x04" + bytes(100),
    "nested without end": b'{"cells": ' + b"[" * 1_000_000,
    "nested deep in metadata": changed(metadata={}).replace(
        b'"metadata": {}', b'"metadata": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 1
    ),
    "cells that are an object": changed(cells={}),
    "cells that are text": changed(cells="abc"),
    "cells of numbers": changed(cells=[1, 2]),
    "a source that is a number": with_cell(source=5),
    "a source of numbers": with_cell(source=[1, 2]),
    "no source": changed(cells=[{"cell_type": "code", "metadata": {}}]),
    "an unknown type of cell": with_cell(cell_type="heading"),
    "metadata that are a list": with_cell(metadata=[]),
    "an id that is a number": with_cell(id=5),
    "a format that is text": changed(nbformat="4"),
    "NaN": GOOD.replace(b'"nbformat": 4', b'"nbformat": NaN'),
    "format 3": changed(nbformat=3),
    "format 5": changed(nbformat=5),
    "format 3 as it was": json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_what_is_no_notebook_is_refused_by_name_and_with_advice(data: bytes) -> None:
    with pytest.raises(SubmissionError) as caught:
        read(data, "ann/hw1.ipynb")
    assert str(caught.value).startswith("ann/hw1.ipynb: ")
    assert "JupyterLab" in str(caught.value)


def test_a_huge_file_is_refused_by_its_size_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "MAX_NOTEBOOK_BYTES", 1_000_000)
    with pytest.raises(
        SubmissionError, match=r"hw1: 2 MB is more than .* \(1 MB\)\. Clear its outp"
    ):
        read(b"{" * 2_000_000, "hw1")


def test_more_code_than_fits_into_a_message_is_refused() -> None:
    assert read(with_cell(source="#" * notebook.MAX_CODE), "hw1")
    with pytest.raises(SubmissionError, match=r"hw1: 1,000,001 characters of code in one cell"):
        read(with_cell(source="#" * (notebook.MAX_CODE + 1)), "hw1")
    assert read(with_cell(source="#" * (notebook.MAX_CODE + 1), cell_type="markdown"), "hw1")


@settings(max_examples=300, deadline=None, database=None)
@hypothesis_given(st.data())
def test_a_damaged_notebook_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(damaged), "hw1")
    except SubmissionError:
        return
    for cell in found.cells:
        notebook.write([{"cell_type": cell.cell_type, "source": cell.source}], {})


def test_half_a_character_does_not_break_a_notebook() -> None:
    data = with_cell(source="x = 'a'").replace(b"'a'", b"'\\ud800'")
    try:
        source = read(data, "hw1").cells[0].source
    except SubmissionError:
        return
    source.encode()


def test_stored_outputs_and_unknown_fields_are_dropped() -> None:
    cell = with_cell(outputs=[{"output_type": "display_data", "data": {}}], points=100)
    assert read(cell, "hw1") == read(with_cell(), "hw1")


def test_a_source_in_lines_is_one_text() -> None:
    assert read(with_cell(source=["a = 1\n", "b = 2"]), "hw1").cells[0].source == "a = 1\nb = 2"


def test_a_notebook_without_cell_ids_is_fine() -> None:
    cells = [{key: value for key, value in cell.items() if key != "id"} for cell in CELLS]
    found = read(changed(cells=cells, nbformat_minor=2), "hw1")
    assert [cell.role for cell in found.cells] == [c.role for c in read(GOOD, "hw1").cells]


ROLES = {
    "lesson": (text("# Title", "a"), Role.LESSON),
    "given": (given("setup", "x = 1"), Role.GIVEN),
    "demo": (given("plot", "x", demo=True), Role.DEMO),
    "solution": (solution("f", "def f(): ..."), Role.SOLUTION),
    "test": (graded("f-a", 1, "assert f()"), Role.TEST),
    "written": (written("why", 2, "Why?"), Role.WRITTEN),
    "free": (code("x = 1"), Role.FREE),
    "locked text": (given("note", "") | {"cell_type": "markdown"}, Role.LESSON),
    "a graded markdown cell": (graded("f-a", 1, "x") | {"cell_type": "markdown"}, Role.LESSON),
}


@pytest.mark.parametrize(("cell", "role"), ROLES.values(), ids=ROLES)
def test_each_cell_has_its_role(cell: Cell, role: Role) -> None:
    assert read(submission(cell), "hw1").cells[0].role is role


ODD_METADATA = {
    "a grade_id that is a list": {"grade_id": ["f"]},
    "a grade_id that is a path": {"grade_id": "../f"},
    "points that are text": {"points": "many"},
    "points that are negative": {"points": -5},
    "points that are true": {"points": True},
    "a billion points": {"points": 1e9},
    "flags that are numbers": {"grade": 1, "solution": 1},
    "no metadata but a list": None,
}


@pytest.mark.parametrize("meta", ODD_METADATA.values(), ids=ODD_METADATA)
def test_odd_metadata_give_no_points_and_no_error(meta: dict[str, Any] | None) -> None:
    cell = graded("f-a", 0, "assert f()")
    old = cell["metadata"]["nbgrader"]
    cell = cell | {"metadata": {"nbgrader": [] if meta is None else old | meta}}
    found = read(submission(cell), "hw1").cells[0]
    assert found.points == 0
    assert found.grade_id in ("", "f-a")


def test_the_checksum_is_nbgraders() -> None:
    from nbformat import from_dict

    for cell in CELLS:
        if "nbgrader" in cell["metadata"]:
            theirs = compute_checksum(from_dict(cell))
            assert notebook.checksum(read(submission(cell), "hw1").cells[0]) == theirs


@pytest.mark.parametrize(
    ("grade_id", "exercise"),
    [
        ("truncate-basics", "truncate"),
        ("truncate", "truncate"),
        ("truncate_rows-basics", "truncate_rows"),
        ("truncate-rows-basics", "truncate-rows"),
        ("other-basics", "other-basics"),
    ],
)
def test_a_test_cell_belongs_to_the_exercise_that_it_is_named_after(
    grade_id: str, exercise: str
) -> None:
    names = ["truncate", "truncate_rows", "truncate-rows"]
    assert notebook.exercise_of(grade_id, names) == exercise
