"""Notebooks scored one by one: whose assignment they are, and what one bad one costs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from courses import HALF, PRODUCTS, RIGHT, SUMS, answered, edited, make_course

from autograder.course import Course
from autograder.errors import AutograderError, CourseError, SubmissionError
from autograder.grade import Options
from autograder.results import SubmissionResult
from autograder.sandbox.box import Sandbox
from autograder.score import assignment_of, score
from autograder.workers import InThisProcess


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def right(course: Course) -> bytes:
    """A notebook of the first section."""
    return answered(course, SUMS, RIGHT)


Scored = dict[Path, SubmissionResult | AutograderError]


@pytest.fixture
def scored(course: Course, options: Options, sandbox: Sandbox) -> Callable[..., Scored]:
    """What there is to say of each notebook."""

    def run(*paths: Path, named: str | None = None) -> Scored:
        return dict(score(course, list(paths), named, options, InThisProcess()))

    return run


# --- Which assignment it is -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [f"{SUMS}.ipynb", "01.ipynb", "1.ipynb", f"{SUMS}/homework.ipynb", "1/x.ipynb", "mine.ipynb"],
    ids=["name", "number", "short number", "folder", "folder's number", "cells"],
)
def test_the_assignment_is_told_by_name_folder_or_cells(
    name: str, course: Course, right: bytes, tmp_path: Path
) -> None:
    assert assignment_of(course, tmp_path / name, right).name == SUMS


def test_the_name_counts_before_the_folder_and_the_folder_before_the_cells(
    course: Course, right: bytes, tmp_path: Path
) -> None:
    assert assignment_of(course, tmp_path / SUMS / f"{PRODUCTS}.ipynb", right).name == PRODUCTS
    assert assignment_of(course, tmp_path / PRODUCTS / "mine.ipynb", right).name == PRODUCTS


def test_half_of_the_answer_cells_do_not_tell_the_assignment(
    course: Course, right: bytes, tmp_path: Path
) -> None:
    two_of_three = edited(right, lambda cells: [c for c in cells if c["id"] != "mean"])
    assert assignment_of(course, tmp_path / "mine.ipynb", two_of_three).name == SUMS
    one = edited(two_of_three, lambda cells: [c for c in cells if c["id"] != "why"])
    with pytest.raises(SubmissionError, match="does not say which assignment"):
        assignment_of(course, tmp_path / "mine.ipynb", one)


@pytest.mark.parametrize("both", [False, True], ids=["no section's", "both sections'"])
def test_cells_that_do_not_tell_are_answered_with_the_sections(
    both: bool, course: Course, right: bytes, tmp_path: Path
) -> None:
    products = msgspec.json.decode(answered(course, PRODUCTS, RIGHT))["cells"]
    data = edited(right, lambda cells: cells + products if both else cells[:1])
    with pytest.raises(SubmissionError) as raised:
        assignment_of(course, tmp_path / "mine.ipynb", data)
    assert str(tmp_path / "mine.ipynb") in str(raised.value)
    assert f"Pass --assignment NAME with one of {SUMS}, {PRODUCTS}." in str(raised.value)


def test_a_named_assignment_counts_before_everything(
    scored: Callable[..., Scored], right: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"{PRODUCTS}.ipynb"
    path.write_bytes(right)
    result = scored(path, named="1")[path]
    assert isinstance(result, SubmissionResult)
    assert (result.assignment, result.score, result.max_score) == (SUMS, 5.0, 5.0)
    refused = scored(path)[path]
    assert isinstance(refused, SubmissionError)
    assert "another assignment" in str(refused)


def test_an_unknown_assignment_is_misuse(
    scored: Callable[..., Scored], right: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "mine.ipynb"
    path.write_bytes(right)
    with pytest.raises(CourseError, match="Did you mean 01_sums"):
        scored(path, named="01_sum")


# --- What is scored -------------------------------------------------------------------------------


def test_one_bad_notebook_among_several_costs_itself_only(
    course: Course, scored: Callable[..., Scored], right: bytes, tmp_path: Path
) -> None:
    names = ("first", "broken", "folder", "link", "missing", "last")
    paths = {name: tmp_path / f"{name}.ipynb" for name in names}
    paths["first"].write_bytes(right)
    paths["broken"].write_bytes(right[:-100])
    paths["folder"].mkdir()
    paths["link"].symlink_to(paths["first"])
    paths["last"].write_bytes(answered(course, SUMS, HALF))
    found = scored(*paths.values())
    assert list(found) == list(paths.values())  # in the order in which they were named
    points = {p.stem: r.score for p, r in found.items() if isinstance(r, SubmissionResult)}
    assert points == {"first": 5.0, "last": 3.0}
    told = {p.stem: str(r) for p, r in found.items() if isinstance(r, SubmissionError)}
    assert told.keys() == {"broken", "folder", "link", "missing"}
    for name, message in told.items():
        assert str(paths[name]) in message
    assert "not a Jupyter notebook" in told["broken"]
    assert "is not a regular file" in told["folder"]
    assert "links are not followed" in told["link"]
    assert "does not exist" in told["missing"]


def test_the_same_notebook_may_be_named_twice(
    scored: Callable[..., Scored], right: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "mine.ipynb"
    path.write_bytes(right)
    assert list(scored(path, path)) == [path]


def test_scoring_writes_nothing(
    course: Course, scored: Callable[..., Scored], right: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "mine.ipynb"
    path.write_bytes(right)
    before = {each: each.stat().st_mtime_ns for each in course.root.rglob("*")}
    scored(path)
    assert {each: each.stat().st_mtime_ns for each in course.root.rglob("*")} == before
    assert [each.name for each in tmp_path.iterdir()] == ["mine.ipynb"]
