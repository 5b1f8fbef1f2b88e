"""86. Changes points, tags, flags and the notebook's metadata.

Verdict: the instructor's metadata count, and changes that claim something are reported. The wrong
answer earns nothing, however many points its tests are said to give.
"""

from typing import Any

from hostile import Attack

CLAIMS: dict[str, dict[str, Any]] = {
    "truncate": {"grade": True, "points": 1e9, "locked": False},
    "truncate-worked": {"points": 1e9},
    "truncate-best": {"points": -1, "grade": False, "solution": True, "locked": False},
    "truncate-edges": {"points": "NaN", "task": True},
    "psnr-edges": {"points": None},
    "pinv-cut": {"points": [1], "schema_version": 99},
    "energy-worked": {"points": 1.7e308},
    "thin_svd-rank": {"points": 0},
    "setup": {"locked": False, "solution": True},
    "lost-digits": {"points": 10**18, "score": 3},
}


def change(notebook: dict[str, Any]) -> None:
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "language": "bash", "display_name": "\x1b[2J"},
        "autograder": {"submission_sha256": "", "rung": "full", "score": 100},
    }
    for cell in notebook["cells"]:
        meta = cell["metadata"]
        meta["tags"] = ["demo", "skip-execution", "raises-exception", "remove-cell"]
        meta |= {"editable": True, "deletable": True, "points": 100}
        if "nbgrader" in meta:
            meta["nbgrader"] |= CLAIMS.get(meta["nbgrader"]["grade_id"], {})
        else:
            meta["nbgrader"] = "truncate-worked"


ATTACK = Attack(
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    change=change,
    earns={"truncate": 0},
    reports=(
        "11 cells: each had other metadata, so the instructor's were used: "
        "setup, the-photograph, thin_svd-rank, truncate, "
        "truncate-worked, truncate-best, truncate-edges, "
        "energy-worked, psnr-edges, pinv-cut, lost-digits",
    ),
    drops=("skip-execution", "raises-exception", "deletable", "bash"),
)
