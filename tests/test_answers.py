"""The bank of answers: what is read from it, what is refused, and what it makes submissions of."""

from pathlib import Path

import pytest

from autograder import answers, notebook, source
from autograder.answers import Bank
from autograder.assignment import Assignment, Stubs, assemble
from autograder.errors import CourseError

SECTION = """# %% Setup
import math

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "triple", "solution": true}
def triple(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "triple-basics", "grade": true, "points": 1}
# Ones.
### BEGIN HIDDEN TESTS
assert triple(1) == 3
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 3}
# ### BEGIN MARK SCHEME
# Because.
# ### END MARK SCHEME
"""

BANK = '''"""Answers to 03."""

import functools
from math import fsum

import numpy as np
from autograder.answers import right, wrong

TWO = 2


def twice(x):
    return TWO * x


@right("double", "by a helper")
def double(x):
    # The helper knows how.
    return twice(x)


@right("double", "by a sum")
@functools.cache
def double(x):
    return fsum([x, x])


@wrong("double", "squares", hint="Twice x " "is not x times x.")
def double(x):
    return x * x
'''


def load(tmp_path: Path, text: str) -> Bank:
    """The bank that a text holds."""
    path = tmp_path / "answers.py"
    path.write_text(text)
    return answers.load(path)


def answer(tmp_path: Path, call: str, name: str = "double") -> Bank:
    """The bank of one function decorated with a call."""
    return load(tmp_path, f"@{call}\ndef {name}(x):\n    return x\n")


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """A section of two exercises."""
    data = source.to_notebook(SECTION, name="03")
    return assemble("03_doubling", notebook.read(data, "03"), {}, Stubs())


def test_the_decorators_leave_functions_alone() -> None:
    assert answers.right("len", "builtin")(len) is len
    assert answers.wrong("len", "builtin", hint="Look.")(len) is len


def test_answers_are_read_in_order(tmp_path: Path) -> None:
    found = [(a.exercise, a.kind, a.name, a.hint) for a in load(tmp_path, BANK).answers]
    assert found == [
        ("double", "right", "by a helper", ""),
        ("double", "right", "by a sum", ""),
        ("double", "wrong", "squares", "Twice x is not x times x."),
    ]


def test_an_answer_brings_what_it_uses_and_no_more(tmp_path: Path) -> None:
    helper, cached, squares = (a.source for a in load(tmp_path, BANK).answers)
    assert helper == (
        "TWO = 2\n\ndef twice(x):\n    return TWO * x\n\n"
        "def double(x):\n    # The helper knows how.\n    return twice(x)"
    )
    assert cached == (
        "import functools\n\nfrom math import fsum\n\n"
        "@functools.cache\ndef double(x):\n    return fsum([x, x])"
    )
    assert squares == "def double(x):\n    return x * x"


def test_a_bank_is_never_run(tmp_path: Path) -> None:
    load(tmp_path, "import no_such_module\nfrom autograder.answers import right\n" + BANK)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("right('triple', 'a')", r"answers\.py:2: double is marked as an answer to 'triple'"),
        ("right('double', '')", r"answers\.py:1: @right needs an approach that is not empty"),
        ("right('double')", "needs an approach"),
        ("right", r"write @right\(\.\.\.\)"),
        ("wrong('double', 'a')", "@wrong needs a hint"),
        ("wrong('double', 'a', hint=' ')", "@wrong needs a hint"),
        ("wrong('double', 'a', 'b')", "two arguments without a name"),
        ("wrong('double', 'a', hints='b')", "takes exercise, mistake, hint, once each"),
        ("wrong('double', 'a', hint=f'{b}')", "hint should be a literal string"),
        ("right('double', NAME)", "approach should be a literal string"),
        ("right('double', 'a')\n@wrong('double', 'a', hint='b')", "more than one of @right"),
    ],
)
def test_a_bad_mark_is_told(tmp_path: Path, call: str, told: str) -> None:
    with pytest.raises(CourseError, match=told):
        answer(tmp_path, call)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BANK + BANK, r"answers\.py:17: double has more than one answer named 'by a helper'"),
        (BANK + "\n\ndef double(x):\n    return x\n", "double is an exercise: mark"),
        (BANK + "\nprint(1)\n", "only imports, constants and functions"),
        ("def double(:\n", r"answers\.py:1: not Python"),
    ],
    ids=["duplicate", "mark forgotten", "statement", "syntax"],
)
def test_a_bad_bank_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CourseError, match=told):
        load(tmp_path, text)


def test_a_missing_bank_is_told(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"answers\.py: cannot be read"):
        answers.load(tmp_path / "answers.py")


def test_findings_name_what_is_missing_and_what_is_unknown(tmp_path: Path) -> None:
    found = answers.findings(load(tmp_path, BANK), ["doubles", "triple"])
    assert [finding.partition("answers.py")[2] for finding in found] == [
        *(f":{line}: no exercise 'double': did you mean doubles?" for line in (17, 24, 29)),
        ": doubles has 0 right answers, should have 2 or more",
        ": doubles has 0 wrong answers, should have 4 or more",
        ": triple has 0 right answers, should have 2 or more",
        ": triple has 0 wrong answers, should have 4 or more",
    ]


def test_a_full_bank_has_no_findings(tmp_path: Path) -> None:
    more = "".join(
        f"@wrong('double', 'is {i}', hint='No.')\ndef double(x):\n    return {i}\n"
        for i in range(3)
    )
    assert answers.findings(load(tmp_path, BANK + more), ["double"]) == []


def test_the_reference_has_the_solutions_and_no_hidden_tests(assignment: Assignment) -> None:
    found = notebook.read(answers.reference(assignment), "03").by_grade_id()
    assert found["double"].source == "def double(x):\n    return 2 * x"
    assert found["triple-basics"].source == "# Ones."
    assert found["why"].source == "YOUR ANSWER HERE"
    assert found["setup"].source == "import math"


def test_the_blank_submission_is_the_release(assignment: Assignment) -> None:
    found = notebook.read(answers.blank(assignment), "03").by_grade_id()
    assert {name: cell.source for name, cell in found.items()} == assignment.release_sources


def test_a_substitute_changes_one_exercise(assignment: Assignment, tmp_path: Path) -> None:
    squares = load(tmp_path, BANK).of("double", "wrong")[0]
    found = notebook.read(answers.substitute(assignment, squares), "03").by_grade_id()
    expected = notebook.read(answers.reference(assignment), "03").by_grade_id()
    assert found.pop("double").source == squares.source
    expected.pop("double")
    assert found == expected


def test_a_substitute_for_no_exercise_is_refused(assignment: Assignment, tmp_path: Path) -> None:
    stray = answer(tmp_path, "right('half', 'a')", name="half").answers[0]
    with pytest.raises(CourseError, match="03_doubling has no exercise 'half'"):
        answers.substitute(assignment, stray)
