"""What Gradescope runs for each submission: `python -m autograder.on_gradescope /autograder`.

    /autograder/source/        what `gradescope.export` has packed, `section.json` among it
    /autograder/submission/    what the student has uploaded
    /autograder/results/       where results.json is expected

Student code runs on the rung `no-namespaces`, which is what containers with Docker's default
profile allow. It can read Python and this package; not `section.json`, which has the hidden tests
and the reference. An upload that holds no notebook of the section scores nothing and says what to
do. A failure of ours leaves no results.json and ends with status 1, which Gradescope reports as a
failure of the autograder.

Late work and written answers are Gradescope's: it knows the deadline, and people grade there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder import markers
from autograder.assignment import Assignment
from autograder.collect import read_notebook, shown
from autograder.errors import AutograderError, SubmissionError
from autograder.grade import Options, close_sandbox, grade_one
from autograder.results import CellResult, SubmissionResult
from autograder.sandbox.box import NO_NAMESPACES, Limits

SECTION = "section.json"
Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """A section as it travels to Gradescope."""

    assignment: Assignment
    limits: Limits
    modules: tuple[str, ...]
    hidden_tests: Visibility


def main(root: Path) -> int:
    """Grade what lies in `root`, an /autograder; the exit status."""
    packed = msgspec.json.decode((root / "source" / SECTION).read_bytes(), type=Packed)
    try:
        results = _graded(packed, root)
    except SubmissionError as error:
        results = {"score": 0, "output": str(error)}
    except AutograderError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    finally:
        close_sandbox()
    told = results | {"output_format": "text", "stdout_visibility": "hidden"}
    (root / "results" / "results.json").write_bytes(msgspec.json.encode(told))
    return 0


def _graded(packed: Packed, root: Path) -> dict[str, Any]:
    """Gradescope's results of the one notebook that was uploaded."""
    path = _notebook(root / "submission")
    options = Options(
        limits=packed.limits,
        modules=packed.modules,
        secret=root / "source" / SECTION,
        strongest=NO_NAMESPACES,
        diagnose=True,
    )
    result = grade_one(read_notebook(path), packed.assignment, options, shown(path.name)).result
    print(f"rung: {result.rung}", *result.notices, sep="\n")  # for instructors only
    return _results(result, packed)


def _notebook(folder: Path) -> Path:
    """The notebook, whatever its name. Raises SubmissionError if there is none, or several."""
    found = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(shown(str(path.relative_to(folder))) for path in found[:10])
    what = f"{len(found)} notebooks ({names})" if found else "no notebook"
    raise SubmissionError(
        f"Your upload holds {what}, so nothing was graded. Upload the one .ipynb file of this "
        "assignment; it may have any name."
    )


def _results(result: SubmissionResult, packed: Packed) -> dict[str, Any]:
    hidden = {
        cell.grade_id
        for cell in packed.assignment.tests
        if markers.regions(cell.source, markers.HIDDEN_TESTS)
    }
    return {
        "execution_time": round(result.seconds),
        "output": _by_hand(result),
        "tests": [
            {
                "name": cell.grade_id,
                "score": cell.points,
                "max_score": cell.max_points,
                "output": _told(cell),
                "output_format": "text",
                "visibility": packed.hidden_tests if cell.grade_id in hidden else "visible",
            }
            for cell in result.cells
        ],
    }


def _told(cell: CellResult) -> str:
    known = cell.diagnosis
    told = [cell.message, f"Known mistake: {known.answer}. {known.hint}" if known else ""]
    return "\n\n".join(filter(None, told))


def _by_hand(result: SubmissionResult) -> str:
    written = ", ".join(f"{each.grade_id} ({each.max_points:g})" for each in result.written)
    return f"Graded by a person, points in brackets: {written}." if written else ""


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
