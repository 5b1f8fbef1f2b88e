"""A report as a notebook: the student's own, with the findings in it and without hidden tests.

Text that is not the notebook's own stands in outputs, where it is text, or is made harmless.
"""

from __future__ import annotations

from typing import Any

from autograder import notebook, outputs
from autograder.notebook import Role
from autograder.report import Part, Report, Test
from autograder.source import KERNEL, LANGUAGE
from autograder.visible import VisibleCell


def returned(report: Report, cells: list[VisibleCell]) -> bytes:
    """The notebook; the same report always gives the same bytes."""
    parts = {part.name: part for part in report.parts}
    tests = {test.grade_id: test for part in report.parts for test in part.tests}
    written = [_text("feedback", _summary(report))]
    for visible in cells:
        cell = visible.cell
        kept = _text(cell.id, cell.source) | {"cell_type": cell.cell_type}
        if cell.attachments:
            kept["attachments"] = cell.attachments
        if cell.cell_type == "code":
            shown = [_printed(tests[cell.grade_id])] if cell.role is Role.TEST else visible.outputs
            kept |= {"outputs": shown, "execution_count": None}
        written.append(kept)
        if cell.role in (Role.SOLUTION, Role.WRITTEN):
            written.append(_text(f"feedback-{len(written)}", _remarks(parts[cell.grade_id])))
    return notebook.write(written, {"kernelspec": KERNEL, "language_info": LANGUAGE})


def _text(cell_id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def _summary(report: Report) -> str:
    lines = [f"# Feedback: {report.score:g} of {report.max_score:g} points", ""]
    if report.waiting:
        lines += [f"Points that still wait for a person: {report.waiting:g}.", ""]
    if report.late_penalty:
        lines += [f"Points taken off for being late: {report.late_penalty:g}.", ""]
    lines += ["| exercise | points | result |", "|---|---|---|"]
    lines += [f"| `{part.name}` | {_points(part)} | {part.words} |" for part in report.parts]
    return "\n".join(lines)


def _remarks(part: Part) -> str:
    """What is said of an answer below it."""
    lines = [f"**Feedback on `{part.name}`:** {part.words}, {_points(part)} points."]
    lines += [f"This looks like a known mistake. {hint}" for hint in part.hints]
    lines += [f"Comment: {part.comment}"] if part.comment else []
    return "\n\n".join(outputs.harmless_source(line) for line in lines)


def _printed(test: Test) -> dict[str, Any]:
    """What is said of a test, as an output of its cell."""
    by_hand = ", set by a person" if test.by_hand else ""
    lines = [f"{test.words.capitalize()}, {_points(test)} points{by_hand}.", test.message]
    text = "\n".join(line for line in lines if line) + "\n"
    return {"output_type": "stream", "name": "stdout", "text": text}


def _points(of: Part | Test) -> str:
    return f"{of.points:g} of {of.max_points:g}"
