"""The command line: what each verb says, prints for machines, and returns."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from courses import (
    ENVIRONMENT,
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    answered,
    autograder,
    hand_in,
    make_course,
    records,
    state,
)

from autograder import cli
from autograder.course import Course
from autograder.grade import close_sandbox

VERBS = (
    "build",
    "check",
    "score",
    "collect",
    "grade",
    "feedback",
    "report",
    "export",
    "verify",
    "doctor",
    "sample",
)
SCORE_KEYS = {"notebook", "assignment", "score", "max_score", "rung", "seconds", "cells"}
CELL_KEYS = {"grade_id", "points", "max_points", "outcome", "message"}
VERIFY_KEYS = {
    "section", "exercises", "points", "right", "right_accepted", "wrong", "wrong_rejected",
    "problems",
}  # fmt: skip
BANK = """
from autograder.answers import right, wrong


@right("product", "a loop")
def product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


@right("product", "recursion")
def product(numbers):
    return numbers[0] * product(numbers[1:]) if len(numbers) else 1


@wrong("product", "adds", hint="Multiply.")
def product(numbers):
    return sum(numbers)


@wrong("product", "nothing", hint="Return the result.")
def product(numbers):
    math.prod(numbers)


@wrong("product", "the first", hint="Take all numbers.")
def product(numbers):
    return numbers[0]


@wrong("product", "negative", hint="Look at the sign.")
def product(numbers):
    return -math.prod(numbers)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two tiny sections, one with a bank, and two students who have handed in the first."""
    course = make_course(tmp_path_factory.mktemp("course"))
    bank = course.section(PRODUCTS).answers
    bank.parent.mkdir(parents=True)
    bank.write_text(BANK)
    hand_in(course, "alice", RIGHT)
    hand_in(course, "bob", HALF)
    return course


@pytest.fixture(scope="module", autouse=True)
def sandbox_of_the_course(course: Course) -> Any:
    """Ends the sandbox that commands have started in this process."""
    yield
    close_sandbox()


def run(course: Course, *arguments: str) -> int:
    """The exit status of a command in this process."""
    return cli.main(["--course", str(course.root), *arguments])


# --- Help -----------------------------------------------------------------------------------------


def test_every_verb_is_tried_here() -> None:
    (listed,) = [a for a in cli._parser()._actions if a.dest != "help" and a.choices]
    assert tuple(listed.choices or ()) == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_that_says_what_it_does(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([verb, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    described = getattr(cli, verb).__doc__
    assert described in text
    assert f"usage: autograder {verb}" in text
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert described in " ".join(capsys.readouterr().out.split())


def test_help_imports_neither_numpy_nor_nbgrader() -> None:
    script = (
        "import sys\n"
        "from autograder.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    print(sorted({'numpy', 'nbgrader', 'rich', 'nbformat'} & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "--help"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == autograder("--help").stdout.replace("__main__.py", "autograder")
    assert "usage: autograder" in done.stdout


# --- Misuse: 2 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "VERB"),
        (["greade"], "invalid choice"),
        (["score"], "NOTEBOOK"),
        (["grade", "--workers", "0"], "must be 1 or more"),
        (["grade", "--workers", "many"], "--workers"),
        (["check", "a.ipynb", "b.ipynb"], "b.ipynb"),
    ],
    ids=["no verb", "unknown verb", "no notebook", "no workers", "not a number", "two notebooks"],
)
def test_misuse_is_told_and_exits_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == cli.MISUSE == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["build"],
        ["grade"],
        ["verify"],
        ["sample"],
        ["score", "x.ipynb", "--assignment"],
        ["export", "otter"],
        ["export", "gradescope"],
    ],
    ids=["build", "grade", "verify", "sample", "score", "export otter", "export gradescope"],
)
def test_an_unknown_section_is_answered_with_the_known_ones(
    arguments: list[str], course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    (course.root / "x.ipynb").write_bytes(answered(course, SUMS, {}))
    arguments = [str(course.root / a) if a == "x.ipynb" else a for a in arguments]
    assert run(course, *arguments, "01_sum") == 2
    told = capsys.readouterr().err
    assert told.startswith("autograder: no section '01_sum'. Did you mean 01_sums?")
    assert f"{SUMS}, {PRODUCTS}" in told


def test_outside_of_a_course_it_says_where_it_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--course", str(tmp_path), "grade"]) == 2
    told = capsys.readouterr().err
    assert str(tmp_path) in told
    assert "nbgrader_config.py" in told


# --- build ----------------------------------------------------------------------------------------


def test_build_check_says_what_is_stale_and_build_mends_it(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    release = course.section(SUMS).release
    expected = [
        f"{folder}/{name}/{name}.ipynb"
        for name in (SUMS, PRODUCTS)
        for folder in ("release", "solutions")
    ]
    assert run(course, "build", "--check") == 1
    assert capsys.readouterr().out.splitlines() == [f"{path} is missing" for path in expected]
    assert not release.exists()

    assert run(course, "build") == 0
    assert capsys.readouterr().out.splitlines() == [f"{path} is new" for path in expected]
    built = state(course.root / "release")
    assert run(course, "build", "--check") == 0
    assert capsys.readouterr().out == "release/ and solutions/ are up to date\n"

    release.write_text("edited by hand")
    assert run(course, "build", "--check", "1") == 1
    assert capsys.readouterr().out == f"release/{SUMS}/{SUMS}.ipynb is out of date\n"
    assert release.read_text() == "edited by hand"
    assert run(course, "build", SUMS) == 0
    capsys.readouterr()
    assert {k: data for k, (_, data) in state(course.root / "release").items()} == {
        k: data for k, (_, data) in built.items()
    }


# --- score ----------------------------------------------------------------------------------------


@pytest.fixture
def two(course: Course) -> list[str]:
    """Alice's notebook and Bob's."""
    return [str(course.submitted_dir / who / SUMS / f"{SUMS}.ipynb") for who in ("alice", "bob")]


def test_score_prints_one_object_a_notebook(
    course: Course, two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(course, "score", "--json", *two) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    alice, bob = records(printed.out)
    for record in (alice, bob):
        assert record.keys() >= SCORE_KEYS
        assert record["assignment"] == SUMS
        assert record["rung"]
        assert record["seconds"] > 0
        assert [cell["grade_id"] for cell in record["cells"]] == [
            "total-basics",
            "total-edges",
            "mean-basics",
        ]
        assert all(cell.keys() >= CELL_KEYS for cell in record["cells"])
    assert [alice["notebook"], bob["notebook"]] == two
    assert (alice["score"], alice["max_score"]) == (5.0, 5.0)
    assert {cell["outcome"] for cell in alice["cells"]} == {"passed"}
    assert {cell["message"] for cell in alice["cells"]} == {""}
    assert (bob["score"], bob["max_score"]) == (3.0, 5.0)
    lost = bob["cells"][2]
    assert (lost["points"], lost["max_points"], lost["outcome"]) == (0.0, 2.0, "failed")
    assert "mean([1, 2]) should be 1.5" in lost["message"]


def test_a_files_name_commands_no_terminal(
    course: Course, two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in (("whole", Path(two[0]).read_bytes()), ("broken", b"{")):
        path = tmp_path / f"\x1b[2J\u202e[bold]{name}.ipynb"
        path.write_bytes(data)
        run(course, "score", "--assignment", SUMS, str(path))
    printed = capsys.readouterr()
    assert not re.search("[\x1b\u202e]", printed.out + printed.err)
    assert "x1b[2J" in printed.out
    assert "[bold]broken" in printed.err


def test_score_prints_a_table_for_people(
    course: Course, two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(course, "score", two[1]) == 0  # low points are no finding
    text = " ".join(capsys.readouterr().out.split())
    assert "3 of 5 points" in text
    assert "mean([1, 2]) should be 1.5" in text
    assert "why: 3 points, to be graded by hand" in text


def test_the_folder_of_the_course_may_be_another_one(
    course: Course,
    two: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(course, "score", "--json", two[0]) == 0
    assert records(capsys.readouterr().out)[0]["score"] == 5.0
    assert cli.main(["score", "--json", two[0]]) == 2
    assert "is in no course" in capsys.readouterr().err
    monkeypatch.chdir(course.root / "source" / SUMS)
    assert cli.main(["score", "--json", two[0]]) == 0
    assert records(capsys.readouterr().out)[0]["score"] == 5.0
    assert not list(tmp_path.iterdir())


# --- check ----------------------------------------------------------------------------------------


def test_check_exits_1_until_the_visible_tests_pass(
    two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", two[1]]) == 1
    assert "mean([1, 2]) should be 1.5" in " ".join(capsys.readouterr().out.split())
    assert cli.main(["check", "--json", two[0]]) == 0
    (record,) = records(capsys.readouterr().out)
    assert record.keys() >= SCORE_KEYS
    assert cli.main(["check", two[0] + "x"]) == 2
    assert f"{two[0]}x does not exist" in capsys.readouterr().err


# --- grade ----------------------------------------------------------------------------------------


def test_grade_prints_an_object_for_each_submission_and_each_problem(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = hand_in(course, "carol", b"nonsense")
    assert run(course, "grade", SUMS, "--workers", "1", "--json") == 1
    alice, bob, carol = records(capsys.readouterr().out)
    assert alice.keys() >= SCORE_KEYS | {"student"}
    assert [(each["student"], each["score"]) for each in (alice, bob)] == [
        ("alice", 5.0),
        ("bob", 3.0),
    ]
    assert carol.keys() == {"section", "path", "error"}
    assert carol["section"] == SUMS
    assert carol["path"].endswith(f"submitted/carol/{SUMS}/{SUMS}.ipynb")

    broken.unlink()
    broken.parent.rmdir()
    assert run(course, "grade", SUMS, "--workers", "1", "--json") == 0
    assert capsys.readouterr().out == ""
    assert run(course, "grade", "--workers", "1") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "alice 5 of 5 1 to review not changed" in text
    assert "0 graded" in text
    assert "2 had not changed" in text


# --- verify ---------------------------------------------------------------------------------------


def test_verify_prints_one_object_a_section(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(course, "verify", PRODUCTS, "--workers", "1", "--json") == 0
    (record,) = records(capsys.readouterr().out)
    assert record.keys() >= VERIFY_KEYS
    assert {key: record[key] for key in VERIFY_KEYS} == {
        "section": PRODUCTS,
        "exercises": 1,
        "points": 4.0,
        "right": 2,
        "right_accepted": 2,
        "wrong": 4,
        "wrong_rejected": 4,
        "problems": [],
    }


def test_verify_exits_1_with_findings(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = course.section(PRODUCTS).answers
    bank.write_text(BANK.replace("-math.prod", "math.prod"))
    assert run(course, "verify", PRODUCTS, "--workers", "1") == 1
    text = " ".join(capsys.readouterr().out.split())
    assert f"{PRODUCTS}: product, wrong: negative: no test of its exercise rejects it" in text
    assert "3 of 4" in text
    bank.write_text(BANK)


# --- Ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["grade", "verify"])
def test_an_interrupt_promises_what_is_true(
    verb: str,
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Course, "options", interrupt)
    assert run(course, verb) == 1
    kept = "; what was graded is kept, run it again to go on" if verb == "grade" else ""
    assert capsys.readouterr().err == f"autograder: stopped{kept}\n"


def test_a_reader_that_goes_away_is_no_error(course: Course, two: list[str]) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "autograder", "--course", course.root, "score", "--json", *two],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.close()
    assert command.stderr.read() == ""
    assert command.wait() == 0
    command.stderr.close()
