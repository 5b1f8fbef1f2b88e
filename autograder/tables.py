"""What people read in a terminal: tables and the progress of a batch."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.batch import Batch
from autograder.changes import ScoreChange
from autograder.class_report import ClassReport, advice
from autograder.collect import shown
from autograder.database import Score
from autograder.doctor import Diagnosis, Status
from autograder.feedback import SectionFeedback
from autograder.results import CellResult, Outcome, SubmissionResult
from autograder.verify import SectionReport

_MARKS = {
    Status.GOOD: ("✓", "green"),
    Status.NOTE: ("·", "yellow"),
    Status.FINDING: ("✗", "red"),
}
_STYLE = {Outcome.PASSED: "green", Outcome.PARTIAL: "yellow"}
_IDLE = "does not earn its place: each wrong answer or mutant that it rejects, another cell rejects"
_console = Console()


def print_result(result: SubmissionResult) -> None:
    """One graded notebook: its exercises, and why points were lost."""
    title = f"{shown(result.notebook)}: {result.score:g} of {result.max_score:g} points"
    table = _table(title, "exercise", "points", "what was found")
    for exercise, cells in by_exercise(result.cells):
        table.add_row(exercise, _points(cells), _why(cells))
    _console.print(table)
    _footnotes(result)


def print_check(result: SubmissionResult, hidden: Iterable[str]) -> None:
    """A student's own notebook: which visible tests pass, and what to look at."""
    table = _table(
        f"{result.assignment}: visible tests", "exercise", "tests passed", "what was found"
    )
    for exercise, cells in by_exercise(result.cells):
        passed = sum(cell.outcome is Outcome.PASSED for cell in cells)
        style = "green" if passed == len(cells) else "red"
        table.add_row(exercise, Text(f"{passed} of {len(cells)}", style), _why(cells))
    _console.print(table)
    for notice in result.notices:
        _console.print(Text(f"note: {notice}"), soft_wrap=True)
    _console.print(f"sandbox: {result.rung}", style="dim")
    if count := len(list(hidden)):
        they = "cell is hidden; it is" if count == 1 else "cells are hidden; they are"
        _console.print(f"{count} more test {they} run when your notebook is graded.")


def print_reports(reports: Sequence[SectionReport]) -> None:
    """The gate's findings."""
    columns = ("exercises", "points", "right accepted", "wrong rejected", "mutants", "problems")
    table = _table("", "section", *columns)
    for report in reports:
        table.add_row(
            report.section,
            str(report.exercises),
            f"{report.points:g}",
            f"{report.right_accepted} of {report.right}",
            f"{report.wrong_rejected} of {report.wrong}",
            f"{report.mutants_killed} of {report.mutants}",
            Text(str(len(report.problems)), "red" if report.problems else "green"),
        )
    _console.print(table)
    _console.print(_mutants(reports))
    wrong, recognised = (sum(r.wrong for r in reports), sum(r.recognised for r in reports))
    _console.print(f"recognised in another style: {recognised} of {wrong} wrong answers")
    rungs = {report.rung for report in reports}
    _console.print(f"sandbox: {' and '.join(sorted(rungs))}", style="dim")
    for report in reports:
        for problem in report.problems:
            _console.print(Text(f"{report.section}: {problem}"), soft_wrap=True)
    for report in reports:
        for warning in (*report.warnings, *(f"{cell} {_IDLE}" for cell in report.idle_cells)):
            _console.print(Text(f"warning: {report.section}: {warning}"), soft_wrap=True)


def _mutants(reports: Sequence[SectionReport]) -> str:
    made = sum(report.mutants for report in reports)
    killed = sum(report.mutants_killed for report in reports)
    excused = sum(report.mutants_excused for report in reports)
    share = f" ({killed / made:.1%})" if made else ""
    return f"mutants: {made}, killed {killed}, excused {excused}{share}"


def print_batch(batch: Batch, seconds: float) -> None:
    """A section's class: everybody's score, and what was found in this run."""
    graded = len(batch.graded)
    table = _table(f"{batch.section}", "student", "score", "by hand", "remarks")
    for score in batch.scores:
        result = batch.graded.get(score.student)
        full = score.auto_score == score.max_auto_score
        table.add_row(
            score.student,
            Text(f"{score.auto_score:g} of {score.max_auto_score:g}", "green" if full else ""),
            _by_hand(score),
            Text("; ".join((*_late(score), *_remarks(result))), "" if result else "dim"),
        )
    _console.print(table)
    for problem in batch.problems:
        _console.print(Text(f"not graded: {problem}", "red"), soft_wrap=True)
    for line in _strangers(batch):
        _console.print(Text(f"note: {line}", "yellow"), soft_wrap=True)
    rungs = " and ".join(sorted({result.rung for result in batch.graded.values()})) or "not needed"
    _console.print(
        f"{graded} graded in {seconds:.1f} s, {batch.current} had not changed, "
        f"{len(batch.problems)} could not be graded; sandbox: {rungs}"
    )
    _print_changes(batch)


def _strangers(batch: Batch) -> Iterator[str]:
    """Whom the gradebook did not know before, which may be a slip in the name of a folder."""
    new = [who for who, guess in batch.strangers.items() if not guess]
    if new:
        yield f"new in the gradebook: {', '.join(new)}"
    for who, guess in batch.strangers.items():
        if guess:
            yield (
                f"new in the gradebook: {who}. Is it {guess}, who has handed in nothing? Then "
                f"rename the folder {who} in submitted/, remove it in autograded/, run `nbgrader "
                f"db student remove {who} --force`, and grade again."
            )


def _print_changes(batch: Batch) -> None:
    """Whose points are no longer what they were; first of all, who loses some."""
    if losing := len({change.student for change in batch.changes if change.costs}):
        who = "1 student loses" if losing == 1 else f"{losing} students lose"
        warning = f"{who} points in a test, listed first. Look why before you publish scores."
        _console.print(Text(warning, "bold red"), soft_wrap=True)
    if batch.changes:
        columns = ("student", "score", "test", "points", "why")
        table = _table(f"{batch.section}: points that changed", *columns)
        for _, changes in itertools.groupby(batch.changes, key=lambda each: each.student):
            for number, change in enumerate(changes):
                table.add_row(*(("", "") if number else _whose(change)), *_which(change))
        _console.print(table)
        _console.print(Text(f"with all earlier changes: {batch.changes_path}"), soft_wrap=True)
    if batch.again:
        scores = {each.student for each in batch.changes if each.score_before != each.score_after}
        changed = f"{len(scores)} score{'' if len(scores) == 1 else 's'}" if scores else "no score"
        _console.print(f"{batch.again} graded again, {changed} changed")


def _whose(change: ScoreChange) -> tuple[str, str]:
    return change.student, _arrow(change.score_before, change.score_after)


def _which(change: ScoreChange) -> tuple[str, Text, str]:
    style = "" if change.by_hand else "red" if change.costs else "green"
    stays = "; the score given by hand stays" if change.by_hand else ""
    return change.test, Text(_arrow(change.before, change.after), style), f"{change.why}{stays}"


def _arrow(before: float | None, after: float | None) -> str:
    told = ["none" if points is None else f"{points:g}" for points in (before, after)]
    return " → ".join(dict.fromkeys(told))


def print_feedback(feedback: SectionFeedback) -> None:
    """Who of a section's class has feedback, and who has none, and why."""
    table = _table(f"{feedback.section}: feedback", "student", "score", "by hand", "remarks")
    for given in feedback.given:
        remarks = (*([] if given.written else ["not changed"]), *filter(None, [given.remark]))
        table.add_row(
            given.student,
            f"{given.score:g} of {given.max_score:g}",
            f"{given.waiting:g} to give" if given.waiting else "",
            Text("; ".join(remarks), "" if given.remark else "dim"),
        )
    _console.print(table)
    for missing in feedback.missing:
        _console.print(Text(f"none for {missing.student}: {missing.reason}"), soft_wrap=True)
    for problem in feedback.problems:
        _console.print(Text(f"none for {problem.student}: {problem.reason}", "red"), soft_wrap=True)
    if any(given.remark for given in feedback.given):
        _console.print(f"autograder grade {feedback.section} brings these up to date.")
    written = sum(given.written for given in feedback.given)
    _console.print(
        f"{written} written, {len(feedback.given) - written} had not changed, "
        f"{len(feedback.missing) + len(feedback.problems)} have none"
    )


def print_class_report(report: ClassReport) -> None:
    """A section's class in brief; the page says more."""
    found, scores = report.analysis, report.analysis.scores
    title = (
        f"{report.section}: {scores.count} students, median {scores.median:g} of "
        f"{found.max_score:g} points"
    )
    columns = ("exercise", "mean", "all points", "some", "none", "most frequent mistake")
    table = _table(title, *columns)
    for each in found.exercises:
        mistake = next(iter(each.misconceptions), None)
        table.add_row(
            each.name,
            f"{each.success.share:.0%}",
            *map(str, (each.success.full, each.success.partial, each.success.zero)),
            Text(f"{mistake.mistake} ({mistake.students})" if mistake else ""),
        )
    _console.print(table)
    for text in advice(report):
        _console.print(Text(text.replace("`", "")), soft_wrap=True)
    _console.print(Text(f"{report.files[0]}{'' if report.written else ' had not changed'}"))


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """One line of the doctor's."""
    mark, style = _MARKS[diagnosis.status]
    line = Text(f"{mark} {diagnosis.check:<14}", style)
    line.append(diagnosis.found, "default" if diagnosis.status is not Status.FINDING else style)
    line.append(f" {diagnosis.advice}".rstrip(), "dim")
    _console.print(line, soft_wrap=True, highlight=False)


def _by_hand(score: Score) -> str:
    if score.to_review:
        return f"{score.to_review} to review"
    by_hand = score.score - score.auto_score
    return f"{by_hand:+g}" if by_hand else ""


def _late(score: Score) -> Iterator[str]:
    if score.late_penalty:
        yield f"late: {score.late_penalty:g} point{'s' * (score.late_penalty != 1)} off"


def _remarks(result: SubmissionResult | None) -> Iterator[str]:
    """What an instructor wants to see at a glance: what went wrong beside wrong answers."""
    if result is None:
        yield "not changed"
        return
    for outcome in (Outcome.TIMEOUT, Outcome.CRASHED):
        hit = {cell.exercise for cell in result.cells if cell.outcome is outcome}
        if hit:
            yield f"{outcome}: {', '.join(sorted(hit))}"
    yield from (_shortened(notice) for notice in result.notices)


def _shortened(text: str, width: int = 120) -> str:
    return text if len(text) <= width else f"{text[:width].rpartition(',')[0] or text[:width]}, ..."


def by_exercise(cells: Iterable[CellResult]) -> list[tuple[str, list[CellResult]]]:
    """The cells of each exercise, in order."""
    groups: dict[str, list[CellResult]] = {}
    for cell in cells:
        groups.setdefault(cell.exercise, []).append(cell)
    return list(groups.items())


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[[int], Callable[[], None]]]:
    """A bar with rate and time left on standard error, where that is a terminal.

    The yielded function takes the number of steps and gives what to call after each.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(title, total=None)

        def start(total: int) -> Callable[[], None]:
            bar.update(task, total=total)
            return lambda: bar.advance(task)

        yield start


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _points(cells: list[CellResult]) -> Text:
    points, most = sum(cell.points for cell in cells), sum(cell.max_points for cell in cells)
    return Text(f"{points:g} of {most:g}", "green" if points == most else "red")


def _why(cells: list[CellResult]) -> Text:
    """Each message once: several cells often fail for one reason."""
    said: dict[str, list[str]] = {}
    for cell in cells:
        if cell.message:
            said.setdefault(cell.message, []).append(cell.grade_id)
    for cell in cells:
        if cell.diagnosis:
            said[f"Hint: {cell.diagnosis.hint}"] = []
    return Text("\n".join(said))


def _footnotes(result: SubmissionResult) -> None:
    for written in result.written:
        state = "to be graded by hand" if written.answered else "left blank"
        _console.print(f"{written.grade_id}: {written.max_points:g} points, {state}")
    for notice in result.notices:
        _console.print(Text(f"note: {notice}"), soft_wrap=True)
    _console.print(f"sandbox: {result.rung}; {result.seconds:.2f} s", style="dim")
