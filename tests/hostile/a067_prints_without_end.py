"""67. Giant outputs: of one cell, of a hundred, on both streams, as a result, as an error.

Verdict: cut, and the output says so; what a notebook holds in all is limited, too. An error's text
is cut as well. Nothing else is lost.
"""

from typing import Any

from hostile import Attack


def hundred_cells(notebook: dict[str, Any]) -> None:
    """A cell that prints a megabyte, a hundred times."""
    cell = notebook["cells"][-1]
    source = "print('x' * 1_000_000)"
    notebook["cells"] += [cell | {"id": f"last{n}", "source": source} for n in range(100)]


ATTACK = Attack(
    first="""
import sys
from IPython.display import HTML, display
print("x" * 10**8)
while len(repr(sys)) and sys.stdout.write("y" * 10**5) and not globals().get("done"):
    sys.stderr.write("z" * 10**5)
    count = globals().get("count", 0) + 1
    done = count > 50
display(HTML("h" * 10**8))
""",
    last="class Giant:\n    def __repr__(self):\n        return 'r' * 10**8\nGiant()",
    change=hundred_cells,
    answers={
        "compression_ratio": """
def compression_ratio(shape, k):
    print("x" * 10**8)
    raise ValueError("e" * 10**7)
"""
    },
    earns={"compression_ratio": 0},
    reports=(r"Your code raised ValueError: e{3000,4100}\b", "outputs of more than 20 MB in all"),
    outputs=("the rest of this output was cut", "outputs of more than 20 MB in all"),
)
