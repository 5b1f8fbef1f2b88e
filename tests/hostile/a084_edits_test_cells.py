"""84. Edits the test cells: other assertions, points as a result, assertions replaced beside them.

Verdict: the instructor's text is run in every test cell and in every locked cell, and the edits
are reported. The wrong answer earns nothing.
"""

from typing import Any

from hostile import Attack

EASY = {
    "truncate-worked": "assert True",
    "truncate-best": "### BEGIN HIDDEN TESTS\n1_000_000.0\n### END HIDDEN TESTS\n2.0",
    "truncate-edges": "try:\n    assert False\nexcept AssertionError:\n    pass",
    "setup": """
import numpy as np
from autograder import checks
for name in dir(checks):
    if name.startswith("assert_"):
        setattr(checks, name, lambda *args, **kwargs: None)
        globals()[name] = getattr(checks, name)
""",
}


def change(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = EASY.get(grade_id, cell["source"])


ATTACK = Attack(
    answers={
        "truncate": """
### BEGIN HIDDEN TESTS
def truncate(A, k):
    return 0 * A
### END HIDDEN TESTS
"""
    },
    change=change,
    earns={"truncate": 0},
    reports=(
        "4 cells: each was edited, so the instructor's text was used: "
        "setup, truncate-worked, truncate-best, truncate-edges",
    ),
)
