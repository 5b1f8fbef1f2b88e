"""93. Brings characters that command a terminal or turn the reading direction: in source, names,
outputs, messages and ids.

Verdict: neutralised. What is printed of the result can be printed, and the graded notebook has
colours at most. The wrong answer earns nothing.
"""

from typing import Any

from hostile import Attack

CLEAR, TITLE, LINK = (
    "\x1b[2J\x1b[H",
    "\x1b]0;31 of 31\x07",
    "\x1b]8;;http://x\x1b\\31\x1b]8;;\x1b\\",
)
ANSWER, KEYS = "\x1b[6n\x1b[c", "\x1bP$q\x1b\\\x1b_x\x1b\\\x1b]52;c;cm0=\x07"
EIGHT_BIT = "\x9b2J\x9d0;31\x9c\x90\x85\x84"
BIDI = "\u202e\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
PLAIN = "\0\a\b\v\f\r\x0e\x7f\x1b"
HIDDEN = "\x1b[8m\x1b[31;42m\x1b[38;5;1mhidden\x1b[0m"
ALL = CLEAR + TITLE + LINK + ANSWER + KEYS + EIGHT_BIT + BIDI + PLAIN + HIDDEN

SHOW = f"""
ALL = {ALL!r}
import sys, warnings
from IPython.display import HTML, Markdown, Latex, display
print(ALL), print(ALL, file=sys.stderr), warnings.warn(ALL)
display(HTML(ALL)), display(Markdown(ALL)), display(Latex(ALL))
display({{"text/plain": ALL, ALL: ALL}}, raw=True)
Named = type("E" + ALL.replace(chr(0), ""), (Exception,), {{}})
raise Named(ALL)
"""

RAISES = f"""
def truncate(A, k):
    # {BIDI} the reader sees this in another order {CLEAR}
    def named(): raise ValueError({ALL!r})
    name = {ALL!r}.replace(chr(0), "")
    named.__name__ = named.__qualname__ = name
    named.__code__ = named.__code__.replace(co_name=name, co_filename="<cell " + name)
    named()
"""


def change(notebook: dict[str, Any]) -> None:
    notebook["metadata"]["kernelspec"]["display_name"] = notebook["metadata"]["title"] = ALL
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = ALL
    own = {"cell_type": "code", "id": ALL, "outputs": [], "execution_count": None}
    ids = {"nbgrader": {"grade_id": ALL, "grade": True, "points": 1}, ALL: ALL, "name": ALL}
    notebook["cells"].append(own | {"metadata": ids, "source": f"1 / 0 # {ALL!r}"})


ATTACK = Attack(
    first=SHOW,
    answers={"truncate": RAISES},
    change=change,
    earns={"truncate": 0},
    reports=("Your code raised ValueError: ", "cell added by the student ended with E"),
    outputs=("hidden",),
)
