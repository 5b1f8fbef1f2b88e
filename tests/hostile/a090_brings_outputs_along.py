"""90. Brings outputs along: passed tests, points as results, forged verdicts, stored scripts.

Verdict: discarded, wherever they stand. Cells that were not run have none, and the wrong answer
earns nothing.
"""

from typing import Any

from hostile import Attack

FORGED = [
    {"output_type": "execute_result", "data": {"text/plain": "31.0"}, "metadata": {"FORGED": 1},
     "execution_count": 1},
    {"output_type": "stream", "name": "stdout", "text": "FORGED: 31 of 31 points"},
    {"output_type": "display_data", "metadata": {},
     "data": {"text/html": "<script>alert('FORGED')</script>", "application/javascript": "FORGED"}},
    {"output_type": "error", "ename": "FORGED", "evalue": "", "traceback": ["\x1b[2JFORGED"]},
    {"output_type": "FORGED", "comm": {"of": "no kind"}},
    "FORGED",
]  # fmt: skip


def change(notebook: dict[str, Any]) -> None:
    notebook["metadata"]["widgets"] = {"state": "FORGED"}
    notebook["FORGED"] = notebook["outputs"] = FORGED
    for cell in notebook["cells"]:
        cell |= {"outputs": FORGED, "execution_count": 31, "attachments": {"FORGED.svg": {}}}
        cell["metadata"]["execution"] = {"status": "FORGED"}
    for grade_id in ("truncate-worked", "truncate-best", "truncate-edges"):  # as if they had passed
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
                cell["outputs"] = []


ATTACK = Attack(
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    change=change,
    last="pass",
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\) and the expected values",),
    drops=("FORGED",),
)
