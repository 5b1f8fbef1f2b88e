"""85. Deletes, retypes, doubles, exchanges and misspells the grade ids of cells.

Verdict: each of the instructor's cells is run once, in its place; what was done is reported. The
wrong answer earns nothing, whatever stands in its copies.
"""

import copy
from typing import Any

from hostile import Attack

EASY = "assert True\n1.0"
NO_IDS: tuple[Any, ...] = (None, 5, ["truncate-best"], {}, "truncate-best ", "truncate-best\n",
                           "../truncate", "", "truncate-" + "x" * 1_000_000)  # fmt: skip


def change(notebook: dict[str, Any]) -> None:
    cells = notebook["cells"]
    known = {cell["metadata"]["nbgrader"]["grade_id"]: cell
             for cell in cells if "nbgrader" in cell["metadata"]}  # fmt: skip
    answer, worked = known["truncate"], known["truncate-worked"]
    copies = [copy.deepcopy(worked) | {"source": EASY} for _ in NO_IDS]
    for made, grade_id in zip(copies, NO_IDS, strict=True):
        made["metadata"]["nbgrader"] |= {"grade_id": grade_id, "points": 100}
    doubled = [copy.deepcopy(worked) | {"source": EASY}, copy.deepcopy(known["psnr-edges"])]
    doubled[1]["source"] = EASY
    strangers = [copy.deepcopy(worked) | {"source": EASY} for _ in range(100)]
    for i, made in enumerate(strangers):
        made["metadata"]["nbgrader"]["grade_id"] = f"truncate-{i}"
    cells.remove(known["truncate-best"])  # deleted
    cells.remove(known["setup"])
    known["truncate-edges"] |= {"cell_type": "markdown", "source": EASY}  # retyped
    answer["cell_type"] = "raw"
    for one, other in (
        ("energy-worked", "psnr-worked"),
        ("thin_svd-rank", "pinv-cut"),
    ):  # exchanged
        meta = known[one]["metadata"], known[other]["metadata"]
        known[one]["metadata"], known[other]["metadata"] = reversed(meta)
    again = copy.deepcopy(answer) | {"cell_type": "code"}
    cells[:0] = doubled
    cells += [again, *copies, *strangers]


ATTACK = Attack(
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    change=change,
    earns={"truncate": 0},
    reports=(
        r"2 cells: each was missing and was put back: setup, truncate-best",
        r"2 cells: each was of another type: truncate, truncate-edges",
        r"3 cells: each was there more than once: .*truncate",
        r"100 cells: each is not one of this assignment: truncate-0, .* and 80 more",
        r"was edited, so the instructor's text was used: .*energy-worked.*psnr-worked",
    ),
)
