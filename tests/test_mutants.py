"""What a mutant changes, what stays as it is, and the list of those that may survive."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from autograder import survivors
from autograder.errors import CourseError
from autograder.mutants import Mutant, mutants, spelled
from autograder.survivors import Equivalent


def cell(body: str, arguments: str = "A, b, k") -> str:
    """A solution cell with this body between its markers."""
    lines = ["### BEGIN SOLUTION", *textwrap.dedent(body).strip().splitlines(), "### END SOLUTION"]
    inside = textwrap.indent("\n".join(lines), "    ")
    return f'def f({arguments}):\n    """The number 1 is 2 + 3."""\n{inside}\n'


def made(body: str, arguments: str = "A, b, k") -> list[Mutant]:
    return list(mutants("f", cell(body, arguments)))


def changed(statement: str) -> set[str]:
    """What becomes of one statement."""
    return {mutant.after for mutant in made(statement)}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("return A + b", {"return A - b"}),
        ("return A - b", {"return A + b", "return b - A"}),
        ("return A * b", {"return A / b"}),
        ("return A / b", {"return A * b", "return A // b", "return b / A"}),
        ("return A @ B", {"return A * B", "return B @ A"}),
        ("return A @ b", {"return A * b"}),
        ("return b @ x", {"return b * x"}),
        ("return A ** b", {"return A * b"}),
        ("return -A", {"return A"}),
        ("return not A", {"return A"}),
        ("return A < b", {"return A <= b", "return A >= b"}),
        ("return A == b", {"return A != b"}),
        ("return A < b <= k", {"return A <= b <= k", "return A >= b <= k"}
            | {"return A < b < k", "return A < b > k"}),
        ("return A is None", {"return A is not None"}),
        ("return A and b", {"return A or b", "return A", "return b"}),
        ("return A or b or k", {"return A and b and k", "return b or k", "return A or k"}
            | {"return A or b"}),
        ("return True", {"return False"}),
        ("return 0", {"return 1", "return -1"}),
        ("return 7", {"return 8", "return 6"}),
        ("return 1e-12", {"return 1e-11", "return 1e-13"}),
        ("return 0.0", {"return 1.0"}),
        ("return 0 ** A", {"return 1 ** A", "return (-1) ** A", "return 0 * A"}),
        ("return A.T", {"return A"}),
        ("return A.copy()", {"return A"}),
        ("return A.astype(float)", {"return A"}),
        ("return np.sqrt(A)", {"return A"}),
        ("return np.zeros(3)", {"return np.zeros(4)", "return np.zeros(2)"}),
        ("return np.transpose(A)", {"return A"}),
        ("return np.max(A)", {"return np.min(A)", "return A"}),
        ("return any(A)", {"return all(A)", "return A"}),
        ("return float(A)", set()),
        ("return A.sum(axis=0)", {"return A.sum(axis=1)", "return A.sum()"}),
        ("return A.sum(axis=1)", {"return A.sum(axis=0)", "return A.sum()"}),
        ("return g(A, b)", {"return g(b, A)"}),
        ("return g(A, b, k)", {"return g(b, A, k)", "return g(A, k, b)"}),
        ("return g(A, *b)", set()),
        ("return np.maximum(A, b)", {"return np.minimum(A, b)"}),
        ("return g(A, out=b)", {"return g(A)"}),
        ("return g(A, full=False)", {"return g(A, full=True)"}),
        ("return A[:k]", {"return A[:k + 1]", "return A[:k - 1]"}),
        ("return A[k:]", {"return A[k + 1:]", "return A[k - 1:]"}),
        ("return A[k]", {"return A[k + 1]", "return A[k - 1]"}),
        ("return A[keep]", set()),
        ("return A[::-1]", {"return A[:]"}),
        ("return A[-1]", {"return A[1]", "return A[-2]", "return A[-0]"}),
        ("return range(k)", {"return range(k + 1)", "return range(k - 1)"}),
        ("return A, b", {"return (b, A)"}),
        ("return A if b else k", {"return A if not b else k"}),
        ("return f'{1 + 2}'", set()),
        ("A += b", {"pass", "A -= b"}),
        ("A = b", {"pass"}),
        ("x = b", set()),
        ("A, x = b", set()),
        ("A[0] = b", {"pass", "A[1] = b", "A[-1] = b"}),
        ("g(A)", {"pass"}),
        ("g(A, b)", {"pass", "g(b, A)"}),
        ("raise ValueError(f'{1 + 2}', 3)", {"pass"}),
        ("x: A[1] = 2", {"x: A[1] = 3", "x: A[1] = 1"}),
    ],
)  # fmt: skip
def test_a_statement_has_these_mutants(statement: str, expected: set[str]) -> None:
    assert changed(statement) == expected
    assert {mutant.before for mutant in made(statement)} <= {ast.unparse(ast.parse(statement))}


def test_only_the_first_line_of_a_statement_with_a_block_is_its_own() -> None:
    found = made("while A < k:\n    A = A + 1\n    if b:\n        break\nreturn A")
    assert [(mutant.before, mutant.after) for mutant in found] == [
        ("while A < k:", "while A <= k:"),
        ("while A < k:", "while A >= k:"),
        ("A = A + 1", "pass"),
        ("A = A + 1", "A = A - 1"),
        ("A = A + 1", "A = A + 2"),
        ("A = A + 1", "A = A + 0"),
        ("if b:", "if not b:"),
        ("break", "pass"),
    ]


def test_a_mutant_is_the_solution_with_that_one_change() -> None:
    (minus,) = (mutant for mutant in made("x = A + b\nreturn x[k:]") if mutant.after == "x = A - b")
    assert minus.source == minus.original.replace("A + b", "A - b") != minus.original
    assert minus.original == ast.unparse(ast.parse(cell("x = A + b\nreturn x[k:]")))


def test_what_stands_outside_the_markers_stays() -> None:
    given = "import math\nlimit = 10 - 3\n\n" + cell("return A + 1", "A=2 + 3") + "\nf(1 - 1)\n"
    assert {mutant.after for mutant in mutants("f", given)} == {
        *["return A - 1", "return A + 2", "return A + 0"]
    }


def test_a_function_inside_changes_in_its_body_alone() -> None:
    body = 'def g(x=1):\n    """One."""\n    import math\n    return x - 1\nreturn g'
    assert {mutant.before for mutant in made(body)} == {"return x - 1"}


def test_a_return_is_left_out_where_there_is_another_one() -> None:
    assert "pass" not in changed("return A")
    afters = [(m.before, m.after) for m in made("if A:\n    return b\nreturn k")]
    assert afters == [("if A:", "if not A:"), ("return b", "pass")]


def test_no_two_mutants_are_the_same_program_or_have_the_same_name() -> None:
    found = made("if A:\n    return 1\nif b:\n    return 1\nreturn A[1:1] - A[1:1]")
    assert len({mutant.source for mutant in found}) == len(found)
    assert len({mutant.name for mutant in found}) == len(found)
    assert found[0].original not in {mutant.source for mutant in found}


def test_the_same_statement_twice_is_told_apart_by_its_number() -> None:
    names = [m.name for m in made("if A:\n    return 1\nif b:\n    return 1\nreturn k")]
    assert "f, mutant: return 1 -> return 2" in names
    assert "f, mutant: return 1 (number 2) -> return 2" in names


def test_names_do_not_change_with_what_stands_around_or_how_it_is_written() -> None:
    before = {mutant.name for mutant in made("return A[:k] - b")}
    after = {m.name for m in made("# New.\nx = b.T\n\nreturn (A[: k]  # why\n    - b)")}
    assert before < after


# --- The list of those that may survive -----------------------------------------------------------

MUTANTS = made("if A < b:\n    return 1\nif b:\n    return 1\nreturn k")
NAMES = {mutant.name for mutant in MUTANTS}
LESS, NUMBER_2 = "f, mutant: if A < b: -> if A <= b:", "f, mutant: return 1 (number 2) -> return 0"


def entry(before: str = "if A < b:", after: str = "if A <= b:", nth: int = 1) -> Equivalent:
    return Equivalent(exercise="f", before=before, after=[after], reason="Why.", nth=nth)


def test_a_survivor_on_the_list_is_no_problem() -> None:
    second = entry("return 1", "return 0", nth=2)
    assert survivors.problems(MUTANTS, {LESS, NUMBER_2}, [entry(), second]) == []


def test_a_new_survivor_is_shown_with_what_to_write_into_the_list(tmp_path: Path) -> None:
    (problem,) = survivors.problems(MUTANTS, {LESS, NUMBER_2}, [entry()])
    lines = problem.splitlines()
    assert lines[0] == "f: no test rejects this mutant of its solution:"
    assert lines[3:5] == ["    -        return 1", "    +        return 0"]
    written = textwrap.dedent(problem[problem.index("    [[equivalent]]") :])
    path = tmp_path / survivors.NAME
    path.write_text(written.replace('reason = ""', 'reason = "Why."'))
    assert survivors.load(path) == [entry("return 1", "return 0", nth=2)]


def test_an_entry_whose_mutant_dies_is_found() -> None:
    assert survivors.problems(MUTANTS, set(), [entry()]) == [
        f"{LESS}: mutants.toml says that it is no mistake, but a test rejects it. Take it away."
    ]


def test_an_entry_of_no_mutant_is_found_with_the_closest_one() -> None:
    (problem,) = survivors.problems(MUTANTS, set(), [entry(after="if A  <= b:")])
    assert "lists it, but there is no such mutant. Mend the entry." in problem
    assert problem.endswith(f"The closest is {LESS}.")


def test_one_reason_may_stand_for_several_mutants_of_a_statement(tmp_path: Path) -> None:
    path = tmp_path / survivors.NAME
    path.write_text(
        '[[equivalent]]\nexercise = "f"\nbefore = "if A < b:"\n'
        'after = ["if A <= b:", "if A >= b:"]\nreason = "It does not matter."\n'
    )
    (read,) = survivors.load(path)
    assert list(read.names()) == [LESS, "f, mutant: if A < b: -> if A >= b:"]


def test_a_list_may_be_written_as_the_source_is(tmp_path: Path) -> None:
    path = tmp_path / survivors.NAME
    path.write_text(
        '[[equivalent]]\nexercise = "f"\nbefore = "if (A<b):"\n'
        'after = ["if A <= b :", "x, y = y, x"]\nreason = "So be it."\n'
    )
    (read,) = survivors.load(path)
    assert (read.before, *read.after) == ("if A < b:", "if A <= b:", spelled("x, y = (y, x)"))


@pytest.mark.parametrize("line", ["if A <", "# nothing"])
def test_what_is_no_line_of_python_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / survivors.NAME
    path.write_text(
        f'[[equivalent]]\nexercise = "f"\nbefore = "pass"\nafter = ["{line}"]\nreason = "No."\n'
    )
    with pytest.raises(CourseError, match="f: each of `before` and `after` should be the first"):
        survivors.load(path)


def test_no_list_excuses_nothing(tmp_path: Path) -> None:
    assert survivors.load(tmp_path / survivors.NAME) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[equivalent]", "Expected"),
        ('[[equivalent]]\nexercise = "f"', "missing required field `before`"),
        ('[[equivalents]]\nexercise = "f"', "unknown field `equivalents`"),
        (
            '[[equivalent]]\nexercise = "f"\nbefore = "x"\nafter = ["y"]\nreason = ""',
            "Expected `str` of length >= 1 - at `$.equivalent[0].reason`",
        ),
        (
            '[[equivalent]]\nexercise = "f"\nbefore = "x"\nafter = "y"\nreason = "z"',
            "Expected `array`, got `str` - at `$.equivalent[0].after`",
        ),
    ],
)
def test_a_list_that_cannot_be_read_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / survivors.NAME
    path.write_text(text)
    with pytest.raises(CourseError) as caught:
        survivors.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)
    assert "docs/authoring.md" in str(caught.value)
