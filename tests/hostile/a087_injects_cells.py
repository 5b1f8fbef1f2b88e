"""87. Injects cells: tests of its own with points, and code between the cells that are tested.

Verdict: injected cells run as the student's own code, where they stand and without any points.
The wrong answer earns nothing.
"""

from typing import Any

from hostile import Attack

CHEAT = """
import builtins, numpy as np
from autograder import checks
print("injected cells run")
builtins.AssertionError = builtins.isinstance
for module in (checks, np.testing, np):
    for name in dir(module):
        if name.startswith("assert") or name in ("allclose", "isclose", "array_equal"):
            setattr(module, name, lambda *args, **kwargs: True)
"""


def injected(grade_id: str, source: str, **meta: Any) -> dict[str, Any]:
    flags = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3}
    metadata = {"nbgrader": flags | {"grade_id": grade_id, "points": 100} | meta}
    return {"cell_type": "code", "id": grade_id, "metadata": metadata, "source": source}


def change(notebook: dict[str, Any]) -> None:
    made = []
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("truncate-"):
            cheat = {"cell_type": "code", "id": cell["id"], "metadata": {}, "source": CHEAT}
            made += [cheat, cell, dict(cheat)]
        else:
            made.append(cell)
    made.append(injected("truncate-bonus", "100.0"))
    made.insert(0, injected("truncate-first", "assert True"))
    made.append(injected("bonus", "def bonus():\n    pass", grade=False, solution=True))
    made.append(injected("essay", "Full marks, please.", solution=True) | {"cell_type": "markdown"})
    notebook["cells"] = made


ATTACK = Attack(
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    change=change,
    earns={"truncate": 0},
    reports=(
        "4 cells: each is not one of this assignment: truncate-first, truncate-bonus, bonus, essay",
    ),
    outputs=(r"(?s)(injected cells run.*){6}",),
)
