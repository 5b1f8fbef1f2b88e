"""A class graded into its gradebook, again and again: what is left alone and what is not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any

import pytest
from courses import (
    ENVIRONMENT,
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    answered,
    auto_scores,
    autograder,
    copied,
    dump,
    edited,
    grades,
    hand_in,
    make_course,
    own_cell,
    state,
    timeless,
)

from autograder import grade
from autograder.batch import Batch, grade_section
from autograder.course import Course
from autograder.errors import GradebookError, SandboxError
from autograder.grade import Options
from autograder.gradebook import Gradebook
from autograder.sandbox.box import Sandbox
from autograder.workers import InThisProcess

CLASS = {"alice": RIGHT, "bob": HALF, "carol": {}}
SCORES = {"alice": 5.0, "bob": 3.0, "carol": 0.0}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which three students have handed in the first section."""
    course = make_course(tmp_path_factory.mktemp("template"))
    for student, written in CLASS.items():
        hand_in(course, student, written)
    return course.root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    return copied(template, tmp_path / "course")


Run = Callable[..., Batch]


@pytest.fixture
def run(course: Course, options: Options, sandbox: Sandbox) -> Run:
    """Grades the first section in this process."""

    def grade_sums(**how: bool) -> Batch:
        return grade_section(course, SUMS, options, InThisProcess(), **how)

    return grade_sums


def everything(course: Course) -> tuple[list[str], dict[str, tuple[int, bytes]]]:
    """The gradebook, and every file of the course with its time."""
    return dump(course), state(course.root)


# --- What is graded, and what is left alone -------------------------------------------------------


def test_a_class_is_graded_into_gradebook_and_autograded(course: Course, run: Run) -> None:
    batch = run()
    assert {student: result.score for student, result in batch.graded.items()} == SCORES
    assert (batch.section, batch.current, batch.problems) == (SUMS, 0, [])
    assert auto_scores(course) == SCORES
    assert [(s.student, s.auto_score, s.max_auto_score) for s in batch.scores] == [
        (student, points, 5.0) for student, points in SCORES.items()
    ]
    for student in CLASS:
        assert (course.autograded_dir / student / SUMS / f"{SUMS}.ipynb").is_file()


def test_a_second_run_changes_nothing_at_all(course: Course, run: Run) -> None:
    run()
    before = everything(course)
    batch = run()
    assert (batch.graded, batch.current, batch.problems) == ({}, 3, [])
    assert {score.student: score.auto_score for score in batch.scores} == SCORES
    assert everything(course) == before


def test_a_changed_submission_alone_is_graded_again(course: Course, run: Run) -> None:
    run()
    before = state(course.autograded_dir)
    hand_in(course, "bob", RIGHT)
    batch = run()
    assert list(batch.graded) == ["bob"]
    assert batch.current == 2
    assert auto_scores(course) == SCORES | {"bob": 5.0}
    after = state(course.autograded_dir)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {f"bob/{SUMS}/{SUMS}.ipynb", f"{SUMS}-changes.csv"}


def test_a_submission_that_comes_later_is_graded_alone(course: Course, run: Run) -> None:
    run()
    hand_in(course, "dave", HALF)
    batch = run()
    assert list(batch.graded) == ["dave"]
    assert auto_scores(course) == SCORES | {"dave": 3.0}


def test_a_changed_source_regrades_all(course: Course, run: Run) -> None:
    run()
    text = course.section(SUMS).text
    text.write_text(SUMS_TEXT.replace("assert mean([1, 2]) == 1.5", "assert mean([2, 2]) == 2"))
    batch = run()
    assert sorted(batch.graded) == sorted(CLASS)
    assert auto_scores(course) == SCORES | {"bob": 5.0}


def test_a_change_of_another_section_regrades_nothing(course: Course, run: Run) -> None:
    run()
    text = course.section(PRODUCTS).text
    text.write_text(text.read_text().replace("== 6", "== 7"))
    before = dump(course)
    assert run().graded == {}
    assert dump(course) == before


def test_again_grades_all_and_finds_the_same(course: Course, run: Run) -> None:
    run()
    before = everything(course)
    assert sorted(run(again=True).graded) == sorted(CLASS)
    assert everything(course) == before


def test_a_manual_score_survives_every_kind_of_run(course: Course, run: Run) -> None:
    run()
    with Gradebook(course) as book:
        found = book._book.find_grade("why", SUMS, SUMS, "alice")
        found.manual_score, found.extra_credit, found.needs_manual_grade = 2.5, 0.5, False
        test = book._book.find_grade("mean-basics", SUMS, SUMS, "bob")
        test.manual_score = 1.0
        book._book.db.commit()
    run()
    run(again=True)
    assert grades(course)[SUMS, "alice", "why"] == (None, 2.5, 0, 0.5)
    hand_in(course, "alice", RIGHT | {"why": "Because of something else."})
    hand_in(course, "bob", RIGHT)
    batch = run()
    assert grades(course)[SUMS, "alice", "why"] == (None, 2.5, 1, 0.5)
    assert grades(course)[SUMS, "bob", "mean-basics"] == (2.0, 1.0, 1, None)
    (alice,) = [score for score in batch.scores if score.student == "alice"]
    assert (alice.score, alice.auto_score, alice.to_review) == (8.0, 5.0, 1)


def test_every_submission_is_a_step_of_the_progress_bar(
    course: Course, options: Options, sandbox: Sandbox
) -> None:
    hand_in(course, "eve", b"nonsense")
    steps: list[int] = []

    def start(total: int) -> Callable[[], None]:
        return lambda: steps.append(total)

    for _ in range(2):
        hand_in(course, "bob", RIGHT)  # the first time all are new, the second time only bob's
        steps.clear()
        grade_section(course, SUMS, options, InThisProcess(), start=start)
        assert steps == [4, 4, 4, 4]


# --- One that goes wrong --------------------------------------------------------------------------


def test_an_internal_error_is_reported_and_not_a_zero(
    course: Course, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laid_over = grade.lay_over

    def broken(submission: object, assignment: object, name: str) -> object:
        if name == "bob":
            raise RuntimeError("a bug")
        return laid_over(submission, assignment, name)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(grade, "lay_over", broken)
        batch = run()
    (problem,) = batch.problems
    assert problem.path.endswith(f"submitted/bob/{SUMS}/{SUMS}.ipynb")
    assert "internal error: RuntimeError: a bug" in problem.message
    assert "in broken" in capsys.readouterr().err  # where, for whoever mends it
    assert "bob" not in auto_scores(course)
    assert auto_scores(course) == {who: SCORES[who] for who in ("alice", "carol")}
    assert list(run().graded) == ["bob"]
    assert auto_scores(course) == SCORES


def test_a_failure_of_the_sandbox_is_reported_and_not_a_zero(
    course: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    hand_in(course, "bob", RIGHT)

    def fail(*_: object) -> None:
        raise SandboxError("the template is gone")

    with monkeypatch.context() as patch:
        patch.setattr(grade, "_Run", fail)
        batch = run()
    assert [problem.message for problem in batch.problems] == ["the template is gone"]
    assert auto_scores(course) == SCORES  # the last grade stands until there is a new one
    assert list(run().graded) == ["bob"]


def test_a_worker_that_dies_ends_the_run_and_what_was_graded_is_kept(
    course: Course, options: Options, sandbox: Sandbox, run: Run
) -> None:
    class Dying(InThisProcess):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if "bob" not in args:
                return super().submit(fn, *args, **kwargs)
            died: Future[Any] = Future()
            died.set_exception(BrokenExecutor("killed"))
            return died

    with pytest.raises(SandboxError, match=r"a worker died: killed\. Run it again to go on"):
        grade_section(course, SUMS, options, Dying())
    assert auto_scores(course) == {"alice": SCORES["alice"]}
    batch = run()
    assert (sorted(batch.graded), batch.current) == (["bob", "carol"], 1)
    assert auto_scores(course) == SCORES


def test_what_was_graded_before_the_gradebook_failed_is_not_lost(
    course: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    hand_in(course, "alice", {})
    (course.autograded_dir / "bob" / SUMS / f"{SUMS}.ipynb").unlink()
    (course.autograded_dir / "bob" / SUMS).rmdir()
    (course.autograded_dir / "bob" / SUMS).write_text("in the way")
    with pytest.raises(GradebookError, match=f"bob/{SUMS} is in the way of a folder"):
        run()
    (course.autograded_dir / "bob" / SUMS).unlink()
    assert "bob" in run().graded
    assert auto_scores(course) == SCORES | {"alice": 0.0}


# --- Real processes -------------------------------------------------------------------------------

ANNOUNCED = """
import contextlib, sys
from autograder import cli, tables

@contextlib.contextmanager
def announced(title):
    yield lambda total: lambda: print("step", flush=True)

tables.progress = announced
if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_keeps_what_was_graded_and_the_next_one_completes(
    workers: str, course: Course, run: Run, tmp_path: Path
) -> None:
    waits = own_cell("import time\nwhile True:\n    time.sleep(1)")
    data = answered(course, SUMS, RIGHT)
    hand_in(course, "zoe", edited(data, lambda cells: [waits, *cells]))
    script = tmp_path / "announced.py"
    script.write_text(ANNOUNCED)
    command = subprocess.Popen(
        [sys.executable, script, "--course", course.root, "grade", SUMS, "--workers", workers],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with command:
        assert command.stdout is not None
        assert command.stderr is not None
        for _ in CLASS:
            assert command.stdout.readline() == "step\n"
        os.killpg(command.pid, signal.SIGINT)  # as a terminal does
        told = command.stderr.read()
    assert told == "autograder: stopped; what was graded is kept, run it again to go on\n"
    assert command.returncode == 1
    assert auto_scores(course) == SCORES

    hand_in(course, "zoe", HALF)
    batch = run()
    assert (list(batch.graded), batch.current) == (["zoe"], 3)
    assert auto_scores(course) == SCORES | {"zoe": 3.0}


def test_two_workers_write_what_one_does(course: Course, tmp_path: Path) -> None:
    for number in range(4):
        hand_in(course, f"dave{number}", RIGHT if number % 2 else HALF)
    other = Course(tmp_path / "other")
    shutil.copytree(course.root, other.root)
    for each, workers in ((course, "1"), (other, "2")):
        done = autograder("--course", each.root, "grade", SUMS, "--workers", workers)
        assert done.returncode == 0, done.stderr
    assert grades(course) == grades(other)
    assert len(auto_scores(course)) == 7
    assert notebooks(course) == notebooks(other)


def notebooks(course: Course) -> dict[str, bytes]:
    return {path: timeless(data) for path, (_, data) in state(course.autograded_dir).items()}


@pytest.fixture(autouse=True)
def nothing_left_over(course: Course) -> Iterator[None]:
    """A run leaves no draft behind."""
    yield
    assert not list(course.root.rglob("*.part"))
