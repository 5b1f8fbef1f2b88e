"""A test cell is ordinary Python on the trusted side: nothing that a student does changes it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from conftest import Cell, Student, assignment_of, given, graded, solution

from autograder.errors import CourseError
from autograder.results import Outcome
from autograder.testcell import (
    TestCell,
    Verdict,
    compile_tests,
    imported_names,
    modules_imported,
    names_read,
)

SETUP = """import math as m
import random
import numpy as np
from autograder.checks import assert_close, assert_in, assert_integer, assert_raises
"""
REFERENCE = "def f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION"


def compiled(
    test: str, *, points: float = 2, setup: str = SETUP, more: tuple[Cell, ...] = ()
) -> TestCell:
    """One test cell of an assignment whose one exercise is `f`."""
    cells = (
        given("setup", setup),
        solution("f", REFERENCE),
        *more,
        graded("f-basics", points, test),
    )
    return compile_tests(assignment_of(*cells).cells)["f-basics"]


def verdict(student: Student, test: str, *cells: str, **how: Any) -> Verdict:
    """What a test says of a student who ran such cells."""
    for source in cells:
        student.process.run(source, "f", rich=False)
    return compiled(test, **how).run(student.process, submitted="\n".join(cells))


RIGHT = "def f(x):\n    return x + 1"
WRONG = "def f(x):\n    return x"
TEST = "assert_close(f(np.ones(2)), np.full(2, 2.0), name='f(x)')"


def test_a_right_answer_passes_with_all_points(student: Student) -> None:
    assert verdict(student, TEST, RIGHT) == Verdict(outcome=Outcome.PASSED, points=2)


def test_a_wrong_answer_fails_with_the_tests_own_message(student: Student) -> None:
    found = verdict(student, TEST, WRONG)
    assert (found.outcome, found.points) == (Outcome.FAILED, 0)
    assert "f(x)" in found.message


# --- Names --------------------------------------------------------------------------------------


def test_names_of_locked_and_solution_cells_are_fetched(student: Student) -> None:
    more = (given("data", "table = {'a': [1, 2]}"),)
    test = "assert f(table['a'][0]) == 2"
    cell = compiled(test, more=more)
    assert cell.names == ["f", "table"]
    student.run(RIGHT)
    student.run("table = {'a': [1, 2]}")
    assert cell.run(student.process).outcome is Outcome.PASSED


def test_names_that_a_test_defines_or_imports_are_not_fetched() -> None:
    test = "import math\ny = 3\ndef helper(z):\n    return f(z) + y\nassert helper(m.pi) and np"
    assert compiled(test).names == ["f"]


def test_names_in_inner_functions_and_comprehensions_are_found() -> None:
    code = compile("a = [b(c) for c in d]\ndef e():\n    return lambda: g", "<test>", "exec")
    assert {"b", "d", "g"} <= names_read(code)
    assert not {"a", "c", "e"} & names_read(code)


def test_names_that_only_another_test_defines_are_not_asked_of_the_student(
    student: Student,
) -> None:
    more = (graded("f-more", 1, "helper = 3\nassert f"),)
    found = verdict(student, "assert helper == 3", "helper = 3", RIGHT, more=more)
    assert found.outcome is Outcome.ERROR
    assert "helper" in found.message


def test_every_form_of_import_is_made_again() -> None:
    source = "import a.b, c as d\nfrom e.f import g as h, i\nif True:\n    from j import *"
    assert imported_names(source) == {
        "a": "import a.b",
        "d": "import c as d",
        "h": "from e.f import g as h",
        "i": "from e.f import i",
        "*": "from j import *",
    }


def test_imports_beside_magics_are_seen() -> None:
    assert set(imported_names("%matplotlib inline\nimport numpy as np\n!ls")) == {"np"}


def test_the_template_is_told_which_modules_to_warm() -> None:
    cells = assignment_of(
        given("setup", "import numpy.linalg\nfrom scipy import sparse"), solution("f", REFERENCE)
    )
    assert modules_imported(cells.cells) == ("numpy.linalg", "scipy", "scipy.sparse")


def test_a_missing_name_is_explained(student: Student) -> None:
    found = verdict(student, TEST)
    assert found.outcome is Outcome.ERROR
    assert found.message == "`f` is not defined."


def test_a_name_that_cannot_travel_is_explained(student: Student) -> None:
    found = verdict(student, "assert f is not None", "class f:\n    pass")
    assert found.points == 0
    assert found.message.startswith("`f` is the class f")
    assert "cannot be handed to the tests" in found.message


# --- Nothing to be gained -----------------------------------------------------------------------

ATTACKS = {
    "rebinds np": "class np:\n    testing = float64 = ones = full = lambda *a, **k: None",
    "rebinds the assertion": "def assert_close(*args, **kwargs): pass",
    "patches np.testing": "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None",
    "patches np.allclose": "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True",
    "patches the checks": "import autograder.checks, autograder.checks.asserts as a\n"
    "for name in dir(a):\n    if name.startswith(('assert_', '_fail')):\n"
    "        setattr(a, name, lambda *x, **k: None)\n"
    "        setattr(autograder.checks, name, lambda *x, **k: None)",
    "patches builtins": "import builtins\nbuiltins.AssertionError = ZeroDivisionError\n"
    "builtins.all = lambda x: True\nbuiltins.isinstance = lambda a, b: True",
    "empties sys.modules": "import sys\nfor name in list(sys.modules):\n"
    "    if name.startswith(('numpy', 'autograder')):\n        sys.modules[name] = None",
    "transforms later input": "ip = get_ipython()\n"
    "ip.input_transformers_post.append(lambda lines: ['pass\\n'])",
    "transforms the syntax tree": "import ast\nclass Skip(ast.NodeTransformer):\n"
    "    def visit_Assert(self, node): return ast.Pass()\n"
    "get_ipython().ast_transformers.append(Skip())",
    "returns what equals everything": "class Yes:\n    __eq__ = __le__ = __lt__ = lambda *a: True\n"
    "    __array__ = lambda *a, **k: __import__('numpy').full(2, 2.0)\n    shape = (2,)\n"
    "def f(x): return Yes()",
    "returns a sly array": "import numpy as np\nclass Sly(np.ndarray):\n"
    "    __array_ufunc__ = lambda *a, **k: True\ndef f(x): return np.ones(2).view(Sly)",
    "returns a sly float": "class Sly(float):\n    __eq__ = lambda *a: True\n    __hash__ = None\n"
    "def f(x): return Sly(1)",
    "raises what looks like a pass": "class Passed(BaseException): pass\ndef f(x): raise Passed",
    "exits": "import sys\ndef f(x): sys.exit(0)",
    "exits hard": "import os\ndef f(x): os._exit(0)",
    "exits a cell": "import sys\nsys.exit(0)",
    "looks up the stack": "import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame:\n"
    "        if 'assert_close' in frame.f_globals:\n"
    "            frame.f_globals['assert_close'] = lambda *a, **k: None\n"
    "        frame = frame.f_back\n    return x",
    "looks through memory": "import gc\ndef f(x):\n    for o in gc.get_objects():\n"
    "        if isinstance(o, dict) and 'assert_close' in o:\n"
    "            o['assert_close'] = lambda *a, **k: None\n    return x",
}  # fmt: skip
TESTS = {
    "our checks": TEST,
    "NumPy's": "np.testing.assert_allclose(f(np.ones(2)), np.full(2, 2.0))",
    "bare": "assert np.allclose(f(np.ones(2)), 2) and all(f(np.ones(2)) == 2)",
    "isinstance": "assert isinstance(f(1.0), float) and f(1.0) == 2.0",
}


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_attacks_gain_nothing(test: str, student: Student) -> None:
    for attack in ATTACKS.values():
        with student.fork() as fork:
            fork.process.run(WRONG, "f", rich=False)
            found = verdict(fork, test, attack)
        assert found.points == 0, attack
        assert found.message


def test_right_answers_pass_beside_patches_of_the_students_own_process(student: Student) -> None:
    assert verdict(student, TESTS["NumPy's"], RIGHT, ATTACKS["patches np.testing"]).points == 2


# --- Outcomes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "points", "outcome"),
    [
        ("2", 2, Outcome.PASSED),
        ("0.5", 0.5, Outcome.PARTIAL),
        ("np.float64(1)", 1, Outcome.PARTIAL),
        ("0", 0, Outcome.PARTIAL),
        ("True", 2, Outcome.PASSED),
        ("None", 2, Outcome.PASSED),
        ("'1'", 2, Outcome.PASSED),
        ("np.bool_(False)", 2, Outcome.PASSED),
        ("y = 1", 2, Outcome.PASSED),
    ],
)
def test_a_cell_that_ends_with_a_number_gives_that_many_points(
    last: str, points: float, outcome: Outcome, student: Student
) -> None:
    found = verdict(student, f"assert f(1) == 2\n{last}", RIGHT)
    assert (found.points, found.outcome) == (points, outcome)


@pytest.mark.parametrize("last", ["3", "-1", "float('nan')", "float('inf')"])
def test_more_or_fewer_points_than_there_are_is_the_courses_error(
    last: str, student: Student
) -> None:
    with pytest.raises(
        CourseError, match=r"test cell f-basics: it ends with .* gives 0 to 2 points"
    ):
        verdict(student, f"assert f(1) == 2\n{last}", RIGHT)


def test_a_bare_assert_in_a_visible_part_shows_its_text(student: Student) -> None:
    found = verdict(student, "y = f(1)\nassert y == 2", WRONG)
    assert found.outcome is Outcome.FAILED
    assert found.message == "This does not hold: `assert y == 2`"


HIDDEN = """# Fresh numbers.
### BEGIN HIDDEN TESTS
secret = 987654
assert f(secret) == 987655
### END HIDDEN TESTS
"""


def test_a_bare_assert_in_a_hidden_part_stays_hidden(student: Student) -> None:
    found = verdict(student, HIDDEN, WRONG)
    assert found.outcome is Outcome.FAILED
    assert found.message == "A hidden test of this cell does not hold."


def test_a_hidden_test_that_calls_a_hidden_helper_stays_hidden(student: Student) -> None:
    test = HIDDEN.replace(
        "assert f(secret) == 987655", "def g(y):\n    assert y == 987655\ng(f(secret))"
    )
    assert "987" not in verdict(student, test, WRONG).message


def test_an_error_of_the_students_in_a_hidden_test_shows_only_the_students_line(
    student: Student,
) -> None:
    found = verdict(student, HIDDEN, "def f(x):\n    return x + 'a'")
    assert found.outcome is Outcome.ERROR
    assert "TypeError" in found.message
    assert "f, line 2: `return x + 'a'`" in found.message
    assert "987654" not in found.message


LOUD = {
    "by a message": "raise ValueError(f'it was {x}')",
    "by a name": "text = f'def seen_{x}(): raise ValueError'\n"
    "    exec(compile(text, '<cell f>', 'exec'), globals())\n"
    "    globals()[f'seen_{x}']()",
    "by a class": "raise type(f'Seen{x}', (Exception,), {})('no')",
    "by what is returned": "return f'it was {x}'",
    "by a number that is returned": "return x",
    "by the line of a cell": "import linecache\n"
    "    linecache.cache['<cell g>'] = (1, None, [f'seen({x})'], '<cell g>')\n"
    "    exec(compile('1 / 0', '<cell g>', 'exec'))",
}


@pytest.mark.parametrize("body", LOUD.values(), ids=LOUD)
@pytest.mark.parametrize(
    "test",
    [
        "assert_close(f(secret), 123456.5, name='f(x)')",
        "assert_integer(f(secret), 123456, name='f(x)')",
        "assert_in(f(secret), [123456], name='f(x)')",
        "assert_raises(KeyError, f, secret)",
        "assert f(secret) == 123456, 'f(x) is wrong'",
    ],
)
def test_hidden_input_and_expected_values_are_not_told(
    body: str, test: str, student: Student
) -> None:
    hidden = f"### BEGIN HIDDEN TESTS\nsecret = 987654\n{test}\n### END HIDDEN TESTS"
    found = verdict(student, hidden, f"def f(x):\n    {body}")
    assert found.outcome in (Outcome.FAILED, Outcome.ERROR)
    assert found.message
    assert not re.search("9876|1234", found.message)
    assert verdict(student, f"secret = 987654\n{test}").message  # open tests tell what helps


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("f([[2.0, 1.0], [0.5, 7.25]])", "f([...])"),
        ("f([[3]])", "f([...])"),
        ("f([2, -5000, 1e4], axis=[0])", "f([...], axis=[0])"),
        ("f(A) for A of shape (3, 4)", "f(A) for A of shape (3, 4)"),
        ("A[0, 1] after f(A)", "A[0, 1] after f(A)"),
    ],
)
def test_lists_in_what_a_hidden_test_calls_it_are_not_told(
    name: str, told: str, student: Student
) -> None:
    asked = "assert_close(f(np.ones(2)), np.full(2, 2.0)"
    test = f"{asked}, name={name!r}, hint='[1.0] is no [2.0].')"
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    message = verdict(student, hidden, WRONG).message
    assert f"{told} and the expected value" in message
    assert message.endswith("[1.0] is no [2.0].")
    assert f"{name} and the expected value" in verdict(student, test, WRONG).message


def test_an_unsolved_exercise_is_told_as_not_written_yet(student: Student) -> None:
    found = verdict(
        student, TEST, "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert found.outcome is Outcome.ERROR
    assert found.message.startswith("Not written yet")


def test_an_error_in_looking_at_an_odd_result_says_so(student: Student) -> None:
    found = verdict(student, "assert f(1).shape == (2,)", WRONG)
    assert found.outcome is Outcome.ERROR
    assert "while looking at what your code returned" in found.message


def test_an_assertion_of_the_students_own_is_an_error_not_a_verdict(student: Student) -> None:
    found = verdict(student, TEST, "def f(x):\n    assert False, 'not yet'")
    assert found.outcome is Outcome.ERROR
    assert "Your code raised AssertionError: not yet" in found.message


def test_an_endless_call_is_a_timeout_with_advice(student: Student) -> None:
    student.limit(cpu_seconds=0.2)
    found = verdict(student, TEST, "def f(x):\n    while True:\n        pass")
    assert (found.outcome, found.points) == (Outcome.TIMEOUT, 0)
    assert "0.2 seconds" in found.message
    assert "loop" in found.message


def test_a_crash_is_told_as_one(student: Student) -> None:
    found = verdict(student, TEST, "def f(x):\n    import os\n    os.abort()")
    assert (found.outcome, found.points) == (Outcome.CRASHED, 0)
    assert "only this test is lost" in found.message


def test_a_test_that_catches_every_exception_does_not_catch_a_crash(student: Student) -> None:
    test = "try:\n    f(1)\nexcept Exception:\n    pass"
    assert (
        verdict(student, test, "def f(x):\n    import os\n    os._exit(0)").outcome
        is Outcome.CRASHED
    )


def test_a_test_may_expect_an_exception(student: Student) -> None:
    test = "try:\n    f(-1)\nexcept ValueError as error:\n    assert 'negative' in str(error)\n"
    test += "else:\n    assert False"
    right = "def f(x):\n    raise ValueError('negative')"
    assert verdict(student, test, right).points == 2


def test_what_a_test_prints_or_warns_goes_nowhere(
    student: Student, capfd: pytest.CaptureFixture[str]
) -> None:
    test = "print('secret')\nnp.log(np.zeros(1) * f(1))\nassert f(1) == 2"
    assert verdict(student, test, RIGHT).points == 2
    assert capfd.readouterr() == ("", "")


# --- The same every time ------------------------------------------------------------------------


def test_every_run_of_a_test_has_the_same_random_numbers(student: Student) -> None:
    test = "assert f(0) == (random.random(), np.random.rand()), (random.random(), np.random.rand())"
    student.run(
        "import random, numpy as np\ndef f(x):\n    return random.random(), np.random.rand()"
    )
    messages = set()
    for _ in range(2):
        with student.fork() as fork:
            found = compiled(test).run(fork.process)
            messages.add((found.outcome, found.message))
    assert len(messages) == 1


def test_a_global_that_one_test_changes_is_as_before_for_the_next(student: Student) -> None:
    student.run("count = 0\ndef f(x):\n    global count\n    count += 1\n    return count")
    for _ in range(2):
        with student.fork() as fork:
            assert compiled("assert f(0) == 1\nassert f(0) == 2").run(fork.process).points == 2


def test_what_one_test_defines_is_gone_for_the_next(student: Student) -> None:
    student.run(RIGHT)
    cell = compiled("assert 'left' not in globals()\nleft = f(1)")
    for _ in range(2):
        with student.fork() as fork:
            assert cell.run(fork.process).points == 2


def test_a_test_cell_that_is_not_python_is_the_courses_error() -> None:
    with pytest.raises(CourseError, match="test cell f-basics, line 2"):
        compiled("y = 1\nassert y ==")


def test_a_test_takes_no_more_memory_than_a_limit_for_a_students_number(student: Student) -> None:
    found = verdict(student, "np.ones(f(1))", "def f(x):\n    return 10**10")
    assert found.outcome is Outcome.ERROR
    assert "MemoryError" in found.message
    assert np.ones(1 << 20).all()  # and the limit is gone
