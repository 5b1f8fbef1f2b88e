"""The gate finds what is wrong with tests and banks, and nothing where all is well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from courses import PRODUCTS, SUMS, SUMS_TEXT, make_course, records, spoken

from autograder import grade
from autograder.cli import main
from autograder.errors import CourseError
from autograder.grade import Options
from autograder.proof import Proof, _jobs, mutants_of, prove
from autograder.sandbox.box import Sandbox
from autograder.spoil import spoiling, storing_otherwise
from autograder.tables import print_reports
from autograder.testcell import TestCell, Verdict
from autograder.verify import SectionReport, verify
from autograder.workers import InThisProcess

BANK = """
from autograder.answers import right, wrong


@right("total", "library call")
def total(numbers):
    return sum(numbers)


@right("total", "a loop")
def total(numbers):
    result = 0
    for number in numbers:
        result += number
    return result


@wrong("total", "the last one", hint="All numbers count.")
def total(numbers):
    return numbers[-1]


@wrong("total", "starts with the first", hint="What if there is none?")
def total(numbers):
    result = numbers[0]
    for number in numbers[1:]:
        result += number
    return result


@wrong("total", "one too many", hint="Start with 0.")
def total(numbers):
    return 1 + sum(numbers)


@wrong("total", "prints", hint="Return it.")
def total(numbers):
    print(sum(numbers))


@right("mean", "library call")
def mean(numbers):
    import statistics

    return statistics.mean(numbers)


@right("mean", "running mean")
def mean(numbers):
    result = 0
    for count, number in enumerate(numbers, 1):
        result += (number - result) / count
    return result


@wrong("mean", "whole division", hint="// rounds down.")
def mean(numbers):
    return sum(numbers) // len(numbers)


@wrong("mean", "forgets to divide", hint="By how many?")
def mean(numbers):
    return sum(numbers)


@wrong("mean", "one too few", hint="len is right.")
def mean(numbers):
    return sum(numbers) / (len(numbers) - 1)


@wrong("mean", "median", hint="That is another one.")
def mean(numbers):
    return sorted(numbers)[len(numbers) // 2]
"""

Verified = Callable[..., SectionReport]


@pytest.fixture
def verified(tmp_path: Path, options: Options, sandbox: Sandbox) -> Verified:
    """The gate's report on a section with this bank, this source and this list of mutants."""

    def run(bank: str = BANK, text: str = SUMS_TEXT, mutants: str | None = None) -> SectionReport:
        course = make_course(tmp_path, {SUMS: text})
        path = course.section(SUMS).answers
        path.parent.mkdir(parents=True)
        path.write_text(bank)
        path.with_name("mutants.toml").write_text(mutants or "")
        return verify(course, SUMS, options, InThisProcess(), with_mutants=mutants is not None)

    return run


def as_written(report: SectionReport) -> list[str]:
    """The problems of answers as the bank has them; in another style they have the same again."""
    return [problem for problem in report.problems if "in another style" not in problem]


def test_where_all_is_well_there_is_nothing_to_say(verified: Verified) -> None:
    report = verified(mutants="")
    assert report == SectionReport(
        section=SUMS,
        exercises=2,
        points=5.0,
        right=4,
        right_accepted=4,
        wrong=8,
        wrong_rejected=8,
        mutants=5,
        mutants_killed=5,
        mutants_excused=0,
        recognised=8,
        problems=[],
        idle_cells=[],
        rung=report.rung,
    )


def test_a_wrong_answer_that_no_test_rejects_is_found(verified: Verified) -> None:
    report = verified(BANK.replace("return 1 + sum(numbers)", "return 1 * sum(numbers)"))
    assert report.problems == ["total, wrong: one too many: no test of its exercise rejects it"]
    assert (report.wrong, report.wrong_rejected) == (8, 7)
    assert (report.right, report.right_accepted) == (4, 4)


def test_a_wrong_answer_that_loses_points_elsewhere_is_found(verified: Verified) -> None:
    bank = BANK.replace("return numbers[-1]", "return numbers[-1] if math is None else 0")
    report = verified(bank + "\n\nmath = None\n")  # the reference of mean uses it
    (problem,) = report.problems
    assert problem.startswith("total, wrong: the last one: mean-basics of another exercise fails: ")
    assert report.wrong_rejected == 7


def test_a_right_answer_that_is_rejected_is_found(verified: Verified) -> None:
    report = verified(
        BANK.replace("result = 0\n    for number in", "result = 0.5\n    for number in")
    )
    first, second = as_written(report)
    assert first.startswith("total, right: a loop: total-basics rejects it (failed): ")
    assert "total([1, 2]) should be 3" in first
    assert second.startswith("total, right: a loop: total-edges rejects it (failed): ")
    assert (report.right, report.right_accepted) == (4, 3)
    assert (report.wrong, report.wrong_rejected) == (8, 8)


def test_a_release_that_earns_points_is_found(verified: Verified) -> None:
    easy = '\n# %% nbgrader={"grade_id": "mean-name", "grade": true, "points": 1}\n'
    text = SUMS_TEXT.replace("\n# %% Show", f"{easy}assert callable(mean)\n\n# %% Show")
    report = verified(text=text)
    assert report.problems == ["release: mean-name gives 1 points to the untouched release"]
    assert report.points == 6.0


def test_a_test_that_everything_passes_is_found_twice(verified: Verified) -> None:
    text = SUMS_TEXT.replace('assert total([]) == 0, "the sum of nothing is 0"', "assert total")
    assert verified(text=text).problems == [
        "release: total-edges gives 2 points to the untouched release",
        "total, wrong: starts with the first: no test of its exercise rejects it",
    ]


def test_a_reference_that_its_own_tests_reject_is_found(verified: Verified) -> None:
    report = verified(text=SUMS_TEXT.replace("return math.fsum(numbers)\n", "return None\n"))
    assert [problem.partition(" rejects")[0] for problem in as_written(report)] == [
        "reference: total-basics",
        "reference: total-edges",
        "reference, results stored otherwise: total-basics",
        "reference, results stored otherwise: total-edges",
        *["total, spoiling arrays: total-basics", "total, spoiling arrays: total-edges"],
        *["mean, right: library call: total-basics", "mean, right: library call: total-edges"],
        *["mean, right: running mean: total-basics", "mean, right: running mean: total-edges"],
    ] + [  # an exercise that is never right says nothing of the others
        problem.partition(" rejects")[0] for problem in as_written(report) if ", wrong: " in problem
    ]
    assert report.right_accepted == 2


ARRAY = """\
import numpy as np

from autograder.checks import assert_close, assert_unchanged

x = np.array([1.0, 2.0])
before = x.copy()
"""
AFTER = "assert_close(total(x), sum(x), name='total(x)')"
TWICE = "assert_close([total(x), total(x)], [3.0, 3.0], name='total(x), twice')"
COPY = "assert_close(total(x.copy()), sum(x), name='total(x)')"
TOLD = f"found = total(x)\nassert_unchanged(x, before, name='x')\n{AFTER}"
PROMISE = "The sum of the numbers, none of which is changed."


def with_arrays(test: str) -> str:
    """The section with this as a test of `total`."""
    return SUMS_TEXT.replace('assert total([1, 2]) == 3, "total([1, 2]) should be 3"', ARRAY + test)


def promised(text: str) -> str:
    """The section whose `total` should not change anything, in so many words."""
    return text.replace("The sum of the numbers.", PROMISE)


def test_a_test_that_reads_an_argument_after_the_call_is_found(verified: Verified) -> None:
    report = verified(text=with_arrays(AFTER))
    (problem,) = report.problems
    assert problem.startswith("total, spoiling arrays: total-basics rejects it and does not say ")
    assert "The message was: The difference between total(x) and" in problem
    assert (report.right_accepted, report.wrong_rejected) == (4, 8)


@pytest.mark.parametrize(
    "text",
    [with_arrays(COPY), with_arrays(TWICE), with_arrays(TOLD), promised(with_arrays(TOLD))],
    ids=["copy", "expected known before", "told", "promised and told"],
)
def test_a_test_that_does_not_is_left_alone(verified: Verified, text: str) -> None:
    assert verified(text=text).problems == []


def test_a_promise_of_the_docstring_that_no_test_looks_at_is_found(verified: Verified) -> None:
    assert verified(text=promised(with_arrays(COPY))).problems == [
        "total, spoiling arrays: no test asserts that arguments are unchanged, "
        "as its docstring says they are"
    ]


def test_a_spoilt_array_is_noise_and_the_results_stay_right() -> None:
    x = np.array([[1, 2], [3, 4]], dtype=np.uint8)
    total = spoiling(np.sum)
    for _ in range(3):
        assert total(x) == total(a=x, axis=None) == 10
        assert x.sum() != 10


def test_what_a_function_changes_itself_is_not_spoilt() -> None:
    x = np.array([3.0, 1.0, 2.0])
    for expected in ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]):
        spoiling(np.copyto)(x, np.array(expected))
        assert x.tolist() == expected


def test_what_is_read_only_is_not_spoilt() -> None:
    x = np.array([3.0, 1.0])
    x.setflags(write=False)
    assert spoiling(np.sum)(x) == x.sum() == 4


def test_results_stored_otherwise_are_the_same() -> None:
    A, x, n = storing_otherwise(lambda: (np.arange(6.0).reshape(2, 3), [np.arange(3)], 7))()
    assert np.array_equal(A, [[0, 1, 2], [3, 4, 5]])
    assert not A.flags.writeable and not A.flags.c_contiguous
    assert np.array_equal(x[0], [0, 1, 2])
    assert not x[0].flags.writeable and not x[0].flags.contiguous
    assert n == 7


def test_too_few_answers_are_found(verified: Verified) -> None:
    report = verified(BANK[: BANK.index('@right("mean", "running mean")')])
    path = report.problems[0].partition(":")[0]
    assert path.endswith(f"solutions/{SUMS}/answers.py")
    assert report.problems == [
        f"{path}: mean has 1 right answers, should have 2 or more",
        f"{path}: mean has 0 wrong answers, should have 4 or more",
    ]
    assert (report.right, report.right_accepted, report.wrong_rejected) == (3, 3, 4)


def test_answers_to_no_exercise_are_found(verified: Verified) -> None:
    misspelt = '\n\n@right("totall", "sorts")\ndef totall(numbers):\n    return 0\n'
    bank = BANK + misspelt
    line = bank[: bank.index("def totall")].count("\n") + 1
    report = verified(bank)
    (problem,) = report.problems
    assert problem.endswith(f"answers.py:{line}: no exercise 'totall': did you mean total?")
    assert (report.right, report.right_accepted, report.wrong_rejected) == (4, 4, 8)


def test_what_cannot_be_graded_is_a_problem_and_no_acceptance(
    verified: Verified, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laid_over = grade.lay_over

    def broken(submission: object, assignment: object, name: str) -> object:
        if name.endswith(("library call", "median")):
            raise RuntimeError("a bug")
        return laid_over(submission, assignment, name)  # type: ignore[arg-type]

    monkeypatch.setattr(grade, "lay_over", broken)
    report = verified()
    assert len(as_written(report)) == 3
    assert all("cannot be graded" in problem for problem in report.problems)
    assert (report.right_accepted, report.wrong_rejected) == (2, 7)
    assert capsys.readouterr().err.count("RuntimeError: a bug") == len(report.problems)


def test_a_missing_bank_is_told(tmp_path: Path, options: Options) -> None:
    course = make_course(tmp_path)
    with pytest.raises(CourseError, match=f"{PRODUCTS}/answers.py: cannot be read"):
        verify(course, PRODUCTS, options, InThisProcess())


# --- Mutants --------------------------------------------------------------------------------------

GUARDED = "if numbers is None:\n        return 0\n    return math.fsum(numbers)\n    ###"
GUARD = """
[[equivalent]]
exercise = "total"
before = "if numbers is None:"
after = ["if numbers is not None:"]
reason = "Just so."
"""


def guarded() -> str:
    """The section with a guard in `total` that no test looks at."""
    return SUMS_TEXT.replace("return math.fsum(numbers)\n    ###", GUARDED)


@pytest.mark.parametrize("flags", [[], ["--no-mutants"]], ids=["with", "without"])
def test_mutants_are_made_unless_they_are_declined(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = make_course(tmp_path, {SUMS: SUMS_TEXT})
    path = course.section(SUMS).answers
    path.parent.mkdir(parents=True)
    path.write_text(BANK)
    assert main(["--course", str(tmp_path), "verify", "--workers", "1", "--json", *flags]) == 0
    (record,) = records(capsys.readouterr().out)
    made = 0 if flags else 5
    assert (record["mutants"], record["mutants_killed"], record["mutants_excused"]) == (
        made,
        made,
        0,
    )


def test_what_is_printed_says_how_many_died_and_which_cells_are_idle(
    capsys: pytest.CaptureFixture[str],
) -> None:
    more: Any = {"exercises": 2, "points": 5.0, "rung": "full"}
    first = SectionReport(
        section="01_sums", mutants=300, mutants_killed=293, mutants_excused=7, **more
    )
    second = SectionReport(
        section="02_products", mutants=100, mutants_killed=99, idle_cells=["product-odd"], **more
    )
    print_reports([first, second])
    text = spoken(capsys.readouterr().out)
    assert "293 of" in text
    assert "mutants: 400, killed 392, excused 7 (98.0%)" in text
    assert text.endswith(
        "warning: 02_products: product-odd does not earn its place: each wrong answer or mutant "
        "that it rejects, another cell rejects"
    )


def test_a_mutant_that_no_test_rejects_is_found(verified: Verified) -> None:
    report = verified(text=guarded(), mutants="")
    assert (report.mutants, report.mutants_killed, report.mutants_excused) == (9, 6, 0)
    *survivors, share = report.problems
    assert [text.split("\n")[4].strip() for text in survivors] == [
        "+        pass",
        "+        return 1",
        "+        return -1",
    ]
    assert share == (
        "6 of 9 mutants are rejected, should be 97% or more, those on the list included"
    )


def test_an_excused_mutant_is_counted_and_is_no_problem(
    verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.survivors.MIN_KILLED", 0.6)
    text = """
[[equivalent]]
exercise = "total"
before = "return 0"
after = ["pass", "return 1", "return -1"]
reason = "Nobody hands over None."
"""
    report = verified(text=guarded(), mutants=text)
    assert (report.mutants, report.mutants_killed, report.mutants_excused) == (9, 6, 3)
    assert report.problems == []


def test_an_excused_mutant_that_dies_is_found(verified: Verified) -> None:
    report = verified(text=guarded(), mutants=GUARD)
    assert report.problems[-2] == (
        "total, mutant: if numbers is None: -> if numbers is not None:: mutants.toml says that it "
        "is no mistake, but a test rejects it. Take it away."
    )
    assert report.mutants_excused == 0


@pytest.fixture
def proven(tmp_path: Path, options: Options, sandbox: Sandbox) -> Callable[[str], Proof]:
    """What becomes of the mutants of the section with this body of `total`."""

    def run(body: str) -> Proof:
        text = SUMS_TEXT.replace("return math.fsum(numbers)\n    ###", f"{body}\n    ###")
        assignment = make_course(tmp_path, {SUMS: text}).assignment(SUMS)
        found = [mutant for mutant in mutants_of(assignment) if mutant.exercise == "total"]
        return prove(assignment, found, options, InThisProcess(), lambda: None)

    return run


def test_a_mutant_is_named_with_every_cell_that_rejects_it(
    proven: Callable[[str], Proof],
) -> None:
    proof = proven("return 0 + math.fsum(numbers)")
    assert proof.rejected_by == {
        "total, mutant: return 0 + math.fsum(numbers) -> return 0 - math.fsum(numbers)": [
            "total-basics"
        ],
        "total, mutant: return 0 + math.fsum(numbers) -> return 1 + math.fsum(numbers)": [
            *["total-basics", "total-edges"]
        ],
        "total, mutant: return 0 + math.fsum(numbers) -> return -1 + math.fsum(numbers)": [
            *["total-basics", "total-edges"]
        ],
        "total, mutant: return 0 + math.fsum(numbers) -> return 0 + numbers": [
            *["total-basics", "total-edges"]
        ],
    }
    assert proof.problems == []


def test_a_mutant_that_loops_without_end_is_rejected(proven: Callable[[str], Proof]) -> None:
    proof = proven("while numbers:\n        break\n    return math.fsum(numbers)")
    assert proof.problems == []
    assert proof.rejected_by["total, mutant: break -> pass"] == ["total-basics"]


def test_each_test_cell_runs_once_on_a_mutant(
    proven: Callable[[str], Proof], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    run = TestCell.run

    def counted(test: TestCell, *arguments: Any, **named: Any) -> Verdict:
        ran.append(test.grade_id)
        return run(test, *arguments, **named)

    monkeypatch.setattr(TestCell, "run", counted)
    proof = proven("return math.fsum(numbers) - 0")
    assert len(proof.rejected_by) == 5 and any(map(len, proof.rejected_by.values()))
    graded = ["total-basics", "total-edges"] * (1 + len(proof.rejected_by))  # the reference, too
    assert ran == ["total-basics", "total-edges", "mean-basics", *graded[2:]]


def test_a_reference_too_slow_for_its_mutants_is_found(proven: Callable[[str], Proof]) -> None:
    proof = proven("while numbers:\n        pass\n    return math.fsum(numbers)")
    (problem,) = [problem for problem in proof.problems if "total-basics" in problem]
    assert problem.startswith(
        "total, the reference, graded as mutants are: total-basics rejects it (timeout): "
    )
    assert "Your code ran for more than 0.5 seconds of CPU time." in problem
    assert problem.endswith("in 0.5 seconds of CPU time a call and 1 in all.")


def test_a_hidden_cell_that_rejects_nothing_of_its_own_is_named(verified: Verified) -> None:
    again = """
# %% nbgrader={"grade_id": "mean-again", "grade": true, "points": 1}
# The same.
### BEGIN HIDDEN TESTS
assert mean([1, 2]) == 1.5
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "mean-basics\""""
    text = SUMS_TEXT.replace('\n# %% nbgrader={"grade_id": "mean-basics"', again)
    report = verified(text=text, mutants="")
    assert report.idle_cells == ["mean-again"]
    assert report.problems == []


def test_a_mutant_is_graded_with_the_tests_of_its_exercise_alone(tmp_path: Path) -> None:
    assignment = make_course(tmp_path).assignment(SUMS)
    jobs = list(_jobs(assignment, mutants_of(assignment)))
    tests = {tuple(cell.grade_id for cell in job.assignment.tests) for job in jobs}
    assert tests == {("total-basics", "total-edges"), ("mean-basics",)}


def test_every_step_is_counted(tmp_path: Path, options: Options, sandbox: Sandbox) -> None:
    course = make_course(tmp_path, {SUMS: SUMS_TEXT})
    path = course.section(SUMS).answers
    path.parent.mkdir(parents=True)
    path.write_text(BANK)
    counts: list[int] = []

    def start(total: int) -> Callable[[], None]:
        counts.append(total)
        return lambda: counts.append(1)

    verify(course, SUMS, options, InThisProcess(), start=start)
    assert counts[0] == sum(counts[1:]) >= 2 + 2 + 12 + 5
