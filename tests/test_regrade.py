"""A test is mended and a class graded again: who is graded, what is kept, what is told of whom."""

from __future__ import annotations

import csv
import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from courses import (
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    auto_scores,
    copied,
    dump,
    grades,
    hand_in,
    make_course,
    records,
    spoken,
    state,
)

from autograder import autograded, changes, cli, gradebook
from autograder.autograded import Change, Earned, Mark
from autograder.batch import Batch, grade_section
from autograder.changes import ScoreChange, compared
from autograder.course import Course
from autograder.grade import Options, close_sandbox
from autograder.gradebook import Gradebook
from autograder.sandbox.box import Limits, Sandbox
from autograder.workers import InThisProcess

STRICT = "assert mean([1, 2]) == 1.5"  # which bob fails,
MILD = "assert mean([2, 2]) == 2"  # and this one not
WRONG = "assert mean([1, 2]) == 1"  # an instructor's mistake
NOTHING = RIGHT | {"total": "def total(numbers):\n    return sum(numbers) or None"}
CLASS = {"alice": RIGHT, "bob": HALF, "carol": {}, "dave": HALF, "erin": NOTHING}
SCORES = {"alice": 5.0, "bob": 3.0, "carol": 0.0, "dave": 3.0, "erin": 3.0}
MENDED = "the test was mended"
ELSEWHERE = "the section was changed elsewhere"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, options: Options) -> Path:
    """A course in which the class of the first section is graded."""
    course = make_course(tmp_path_factory.mktemp("template"))
    for student, written in CLASS.items():
        hand_in(course, student, written)
    assert grade_section(course, SUMS, options, InThisProcess()).changes == []
    assert auto_scores(course) == SCORES
    return course.root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    return copied(template, tmp_path / "course")


Run = Callable[..., Batch]


@pytest.fixture
def run(course: Course, options: Options, sandbox: Sandbox) -> Run:
    """Grades the first section in this process."""

    def grade_sums(**how: Any) -> Batch:
        return grade_section(course, SUMS, how.pop("options", options), InThisProcess(), **how)

    return grade_sums


def mend(course: Course, *replacements: tuple[str, str]) -> None:
    """Change the first section's source as it was at first."""
    text = SUMS_TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    course.section(SUMS).text.write_text(text)


def told(batch: Batch) -> list[tuple[Any, ...]]:
    return [(c.student, c.test, c.before, c.after, c.why) for c in batch.changes]


def table(course: Course) -> list[dict[str, str]]:
    """What stands in the table of all changes."""
    with (course.autograded_dir / f"{SUMS}-changes.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def everything(course: Course) -> tuple[list[str], dict[str, tuple[int, bytes]]]:
    """The gradebook, and every file of the course with its time."""
    return dump(course), state(course.root)


# --- A mended test --------------------------------------------------------------------------------


def test_exactly_those_are_told_whose_points_a_mended_test_changed(
    course: Course, run: Run
) -> None:
    mend(course, (STRICT, MILD))
    batch = run()
    assert (sorted(batch.graded), batch.again) == (sorted(CLASS), 5)
    assert told(batch) == [
        ("bob", "mean-basics", 0, 2, MENDED),
        ("dave", "mean-basics", 0, 2, MENDED),
    ]
    assert [(c.score_before, c.score_after, c.by_hand) for c in batch.changes] == [
        (3.0, 5.0, False)
    ] * 2
    assert auto_scores(course) == SCORES | {"bob": 5.0, "dave": 5.0}


def test_a_table_of_all_changes_is_kept(course: Course, run: Run) -> None:
    mend(course, (STRICT, MILD))
    batch = run()
    mend(course, ("assert total([]) == 0", "assert total([]) in (0, None)"), (STRICT, MILD))
    assert told(run()) == [("erin", "total-edges", 0, 2, MENDED)]
    bob, dave, erin = table(course)
    assert Path(batch.changes_path) == course.autograded_dir / f"{SUMS}-changes.csv"
    assert [row["student"] for row in (bob, dave, erin)] == ["bob", "dave", "erin"]
    graded = datetime.strptime(erin.pop("graded"), "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - graded).days) <= 1
    assert erin == {
        "student": "erin",
        "test": "total-edges",
        "before": "0",
        "after": "2",
        "why": MENDED,
        "by_hand": "no",
        "score_before": "3",
        "score_after": "5",
    }


def test_what_was_told_is_not_told_again_and_nothing_is_written(course: Course, run: Run) -> None:
    mend(course, (STRICT, MILD))
    run()
    before = everything(course)
    batch = run()
    assert (batch.graded, batch.again, batch.changes) == ({}, 0, [])
    assert everything(course) == before


def test_a_mended_test_that_changes_no_points_is_no_change(course: Course, run: Run) -> None:
    mend(course, (STRICT, f"{STRICT} and mean([3, 4]) == 3.5"))
    batch = run()
    assert (batch.again, batch.changes) == (5, [])
    assert not list(course.autograded_dir.glob("*.csv"))


def test_who_loses_points_comes_first(course: Course, run: Run) -> None:
    mend(course, (STRICT, WRONG), ("assert total([]) == 0", "assert total([]) in (0, None)"))
    batch = run()
    assert told(batch) == [
        ("alice", "mean-basics", 2, 0, MENDED),
        ("erin", "total-edges", 0, 2, MENDED),
        ("erin", "mean-basics", 2, 0, MENDED),
        ("bob", "mean-basics", 0, 2, MENDED),
        ("dave", "mean-basics", 0, 2, MENDED),
    ]
    assert [change.costs for change in batch.changes] == [True, False, True, False, False]
    scores = {c.student: (c.score_before, c.score_after) for c in batch.changes}
    assert scores == {"alice": (5, 3), "erin": (3, 3), "bob": (3, 5), "dave": (3, 5)}


def test_a_mended_test_of_another_section_concerns_nobody(
    course: Course, run: Run, options: Options
) -> None:
    hand_in(course, "alice", RIGHT, PRODUCTS)
    grade_section(course, PRODUCTS, options, InThisProcess())
    mend(course, (STRICT, MILD))
    run()
    other = grade_section(course, PRODUCTS, options, InThisProcess())
    assert (other.graded, other.current, other.changes) == ({}, 1, [])
    assert not list(course.autograded_dir.glob(f"{PRODUCTS}*"))


# --- What counts as a change of the section -------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "is_graded"),
    [
        ("# # A tiny section", "# # A small section\n#\n# About sums.", False),
        ("# # A tiny section\n\n", "# # One\n\n# %% [markdown]\n# Two.\n\n", False),
        ("# Rounding.", "# Rounding errors.", True),
        ("print(mean([1, 2]))", "print(mean([1, 3]))", True),
        ("import math", "import math\nimport cmath", True),
    ],
    ids=["text", "more text", "mark scheme", "a cell that draws", "a given cell"],
)
def test_all_but_the_lessons_text_is_graded_again(
    old: str, new: str, is_graded: bool, course: Course, run: Run
) -> None:
    before = everything(course)
    mend(course, (old, new))
    batch = run()
    assert (len(batch.graded), batch.changes) == (5 * is_graded, [])
    if not is_graded:
        assert dump(course) == before[0]
        assert (
            state(course.autograded_dir).items()
            <= {
                path.removeprefix("autograded/"): found for path, found in before[1].items()
            }.items()
        )


# --- What a person has given ----------------------------------------------------------------------


def test_what_a_person_has_given_stays_and_waits_for_no_review(course: Course, run: Run) -> None:
    with Gradebook(course) as book:
        test = book._book.find_grade("mean-basics", SUMS, SUMS, "bob")
        test.manual_score, test.extra_credit, test.needs_manual_grade = 1.5, 0.25, False
        written = book._book.find_grade("why", SUMS, SUMS, "dave")
        written.manual_score, written.extra_credit, written.needs_manual_grade = 3.0, 1.0, False
        comment = book._book.find_comment("why", SUMS, SUMS, "dave")
        comment.manual_comment = "Well said."
        book._book.db.commit()
    mend(course, (STRICT, MILD))
    batch = run()
    assert grades(course)[SUMS, "bob", "mean-basics"] == (2.0, 1.5, 0, 0.25)
    assert grades(course)[SUMS, "dave", "why"] == (None, 3.0, 0, 1.0)
    with Gradebook(course) as book:
        sheets = book.grade_sheets(SUMS)
    assert sheets["dave"].comments["why"] == "Well said."
    bob, dave = batch.changes
    assert (bob.by_hand, bob.score_before, bob.score_after) == (True, 4.75, 4.75)
    assert (dave.by_hand, dave.score_before, dave.score_after) == (False, 7.0, 9.0)
    assert [row["by_hand"] for row in table(course)] == ["yes", "no"]


def test_a_loss_under_a_manual_score_costs_nothing(course: Course, run: Run) -> None:
    with Gradebook(course) as book:
        book._book.find_grade("mean-basics", SUMS, SUMS, "alice").manual_score = 2.0
        book._book.db.commit()
    mend(course, (STRICT, WRONG))
    batch = run()
    assert [(c.student, c.costs) for c in batch.changes] == [
        ("erin", True),
        ("alice", False),
        ("bob", False),
        ("dave", False),
    ]


# --- Why ------------------------------------------------------------------------------------------


def test_a_resubmission_and_a_newcomer_among_them_are_told_apart(course: Course, run: Run) -> None:
    mend(course, (STRICT, MILD))
    hand_in(course, "bob", RIGHT)
    hand_in(course, "carol", {"total": RIGHT["total"]})
    hand_in(course, "zoe", RIGHT)
    batch = run()
    assert (len(batch.graded), batch.again) == (6, 5)
    assert told(batch) == [
        ("bob", "mean-basics", 0, 2, f"{MENDED}, another submission"),
        ("carol", "total-basics", 0, 1, f"another submission, {ELSEWHERE}"),
        ("carol", "total-edges", 0, 2, f"another submission, {ELSEWHERE}"),
        ("dave", "mean-basics", 0, 2, MENDED),
    ]
    hand_in(course, "erin", {})
    assert [(*each[:2], each[-1]) for each in told(run())] == [
        ("erin", "total-basics", "another submission"),
        ("erin", "mean-basics", "another submission"),
    ]


def test_other_points_are_told(course: Course, run: Run) -> None:
    points = '"mean-basics", "grade": true, "points": '
    mend(course, (f"{points}2", f"{points}5"))
    batch = run()
    why = "the test gives 5 instead of 2 points"
    assert told(batch) == [(who, "mean-basics", 2, 5, why) for who in ("alice", "erin")]
    assert [(c.score_before, c.score_after) for c in batch.changes] == [(5, 8), (3, 6)]


LARGE = """\
# %% nbgrader={"grade_id": "mean-large", "grade": true, "points": 4}
assert mean([1e6, 2e6]) == 1.5e6

# %% Show the mean"""


def test_a_test_that_comes_or_goes_is_told_to_those_to_whom_it_gives_points(
    course: Course, run: Run
) -> None:
    mend(course, ("# %% Show the mean", LARGE))
    passed = ("alice", "bob", "dave", "erin")
    assert told(run()) == [(who, "mean-large", None, 4, "the test is new") for who in passed]
    mend(course)
    batch = run()
    assert told(batch) == [(who, "mean-large", 4, None, "the test was removed") for who in passed]
    assert [(c.costs, c.score_before, c.score_after) for c in batch.changes[:2]] == [
        (True, 9, 5),
        (True, 7, 3),
    ]
    assert [(row["before"], row["after"]) for row in table(course)[3:5]] == [("", "4"), ("4", "")]


def test_other_limits_are_told(course: Course, run: Run, options: Options) -> None:
    slow = "def total(numbers):\n    for _ in range(10**9):\n        pass\n    return sum(numbers)"
    hand_in(course, "alice", RIGHT | {"total": "import time\n" + slow.replace("10**9", "10**7")})
    run()
    little = msgspec.structs.replace(options, limits=Limits(cpu_seconds=0.05))
    assert run(options=little).graded == {}
    found = [each for each in told(run(options=little, again=True)) if each[0] == "alice"]
    assert [each[1:] for each in found] == [
        ("total-basics", 1, 0, "other limits"),
        ("total-edges", 2, 0, "other limits"),
    ]


def mark(**other: Any) -> Mark:
    """That of a submission which passes a test of two points."""
    before = Mark(
        submission_sha256="s",
        assignment_sha256="a",
        rung="full",
        version="0.1",
        limits=Limits(),
        tests={"x": Earned(points=2.0, max_points=2.0, sha256="x")},
    )
    return msgspec.structs.replace(before, **other)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({}, "graded again"),
        ({"assignment_sha256": "b"}, ELSEWHERE),
        ({"submission_sha256": "t"}, "another submission"),
        ({"limits": Limits(cpu_seconds=9.0)}, "other limits"),
        ({"version": "0.2"}, "autograder 0.2 instead of 0.1"),
        ({"submission_sha256": "t", "version": "0.2"},
         "another submission, autograder 0.2 instead of 0.1"),
    ],
)  # fmt: skip
def test_everything_is_named_that_was_different(other: dict[str, Any], why: str) -> None:
    failed = {"x": Earned(points=0.0, max_points=2.0, sha256="x")}
    (change,) = compared(mark(tests=failed, **other), mark()).changes
    assert (change.test, change.before, change.after, change.why) == ("x", 2.0, 0.0, why)


def test_a_mended_test_with_other_points_has_two_reasons() -> None:
    other = {"x": Earned(points=1.0, max_points=1.0, sha256="y")}
    (change,) = compared(mark(tests=other, assignment_sha256="b"), mark()).changes
    assert change.why == f"{MENDED}, the test gives 1 instead of 2 points"


def test_what_has_no_earlier_result_has_not_changed(course: Course, run: Run) -> None:
    assert compared(mark(), None) == mark()
    assert compared(mark(), mark(tests=None)) == mark()  # of an earlier version of the autograder
    shutil.rmtree(course.autograded_dir / "bob")
    mend(course, (STRICT, MILD))
    batch = run()
    assert (len(batch.graded), batch.again) == (5, 4)
    assert [each[0] for each in told(batch)] == ["dave"]


# --- Cut off --------------------------------------------------------------------------------------


def killed(course: Course, options: Options, module: Any, name: str, after: int = 0) -> None:
    """Grade in a process that is killed before it calls a function once more than so often."""
    close_sandbox()
    child = os.fork()
    if child == 0:
        function, left = getattr(module, name), iter(range(after))

        def deadly(*arguments: Any, **keywords: Any) -> Any:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **keywords)

        try:
            setattr(module, name, deadly)
            grade_section(course, SUMS, options, InThisProcess())
        finally:
            os._exit(99)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_regrade_killed_again_and_again_tells_all_in_the_end_and_once(
    course: Course, options: Options, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook, "BATCH", 3)
    mend(course, (STRICT, MILD), ("assert total([]) == 0", "assert total([]) in (0, None)"))
    killed(course, options, autograded, "write")  # the database has three of them, no file has
    killed(course, options, autograded, "write", after=2)  # two have a file, of which bob changed
    killed(course, options, changes, "put")  # all are
    assert auto_scores(course) == SCORES | {"bob": 5, "dave": 5, "erin": 5}
    batch = run()
    assert (batch.graded, batch.current) == ({}, 5)
    expected = [("bob", "mean-basics"), ("dave", "mean-basics"), ("erin", "total-edges")]
    assert told(batch) == [(*each, 0, 2, MENDED) for each in expected]
    assert [(c.score_before, c.score_after) for c in batch.changes] == [(3, 5)] * 3
    assert [(row["student"], row["test"]) for row in table(course)] == expected
    assert run().changes == []


def test_what_changed_before_and_after_a_kill_is_all_told(
    course: Course, options: Options, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook, "BATCH", 3)
    mend(course, (STRICT, MILD))
    killed(course, options, autograded, "write", after=2)
    mend(course, (STRICT, f"{STRICT} and True"))
    hand_in(course, "carol", RIGHT)
    batch = run()
    assert [each[:4] for each in told(batch)] == [
        ("bob", "mean-basics", 0, 2),
        ("bob", "mean-basics", 2, 0),
        ("carol", "total-basics", 0, 1),
        ("carol", "total-edges", 0, 2),
        ("carol", "mean-basics", 0, 2),
    ]
    assert {c.student: (c.score_before, c.score_after) for c in batch.changes} == {
        "bob": (3, 3),
        "carol": (0, 5),
    }


# --- What an instructor reads ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "save",
    [
        lambda data: data.removesuffix(b"\n"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b",", b";"),
        lambda data: data.decode().encode("utf-16"),
        lambda data: b"",
    ],
    ids=["an editor", "Windows", "semicolons", "UTF-16", "emptied"],
)
def test_a_table_that_a_person_has_saved_loses_nothing(
    save: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    change = {"graded": datetime(2026, 3, 1, tzinfo=UTC), "test": "x", "why": "", "by_hand": False}
    change |= {"section": SUMS, "score_before": 0.0, "score_after": 1.0, "before": 0.0, "after": 1}
    path = changes.table(tmp_path, SUMS)
    changes.put(tmp_path, SUMS, [ScoreChange(student="alice", **change)])
    saved = save(path.read_bytes())
    path.write_bytes(saved)
    changes.put(tmp_path, SUMS, [ScoreChange(student="bob", **change)])
    assert path.read_bytes().startswith(saved)
    for student in ("bob", "alice", "carol"):
        notebook = tmp_path / student / SUMS / f"{SUMS}.ipynb"
        notebook.parent.mkdir(parents=True)
        kept = {name: change[name] for name in Change.__struct_fields__}
        found = {"autograder": mark(changes=(Change(**kept),))}
        notebook.write_bytes(msgspec.json.encode({"metadata": found}))
    told_again = changes.untold(tmp_path, SUMS, ["alice", "bob", "carol"]).keys()
    assert "carol" in told_again
    assert "bob" not in told_again


def test_the_command_prints_who_loses_first_and_then_the_table(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--course", str(course.root), "grade", SUMS, "--workers", "1"]
    assert cli.main([*command, "--again"]) == 0  # with the course's limits
    assert spoken(capsys.readouterr().out).endswith("5 graded again, no score changed")

    mend(course, (STRICT, WRONG))
    assert cli.main(command) == 0
    text = spoken(capsys.readouterr().out)
    assert "2 students lose points in a test, listed first. Look why before you publish" in text
    rows = f"alice 5 → 3 mean-basics 2 → 0 {MENDED} erin 3 → 1 mean-basics 2 → 0 {MENDED} bob 3 → 5"
    assert rows in text
    assert text.endswith("5 graded again, 4 scores changed")

    mend(course, (STRICT, MILD))
    assert cli.main([*command, "--json"]) == 0
    found = [each for each in records(capsys.readouterr().out) if "test" in each]
    assert [each.pop("student") for each in found] == ["alice", "erin"]
    assert found[0].pop("graded").endswith("Z")
    assert found[0] == {
        "section": SUMS,
        "test": "mean-basics",
        "before": 0.0,
        "after": 2.0,
        "why": MENDED,
        "by_hand": False,
        "score_before": 3.0,
        "score_after": 5.0,
    }
