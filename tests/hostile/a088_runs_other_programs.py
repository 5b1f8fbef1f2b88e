"""88. Runs other programs: by `!` and `%%bash`, by `%run` and `%pip`, by IPython's own functions.

Verdict: not available while grading, said where it was tried; nothing has run. Magics that only
measure and format work as ever, so the exercises that use them earn all of their points.
"""

from typing import Any

from hostile import Attack

WAYS = """
import os, subprocess
from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils import process
shell = get_ipython()
TOUCH = "touch " + OUTSIDE + "/hostile-88 /tmp/hostile-88 && echo it ran"
with open("other.py", "w") as file:
    file.write(f"import os; os.system({TOUCH!r})")
ways = ["!", "!!", "x = !", "%sx ", "%system ", "x = %sx ", "%%bash\\n", "%%sh\\n", "%%!\\n",
        "%%script bash\\n", "%%bash --bg\\n", "%alias way bash -c '%l'\\n%way ", "%pip && "]
ways = [way + TOUCH for way in ways] + ["%run other.py", "%%perl\\nsystem(1)", "%edit other.py"]
for way in ways:
    done = shell.run_cell(way)
    if done.success:
        print("DONE", way)
    elif "not available while grading" in str(done.error_in_exec):
        print("refused", way.split("/")[0])
"""
OTHERS = """
shell.system = shell.getoutput = os.system  # as if nobody had replaced them
others = [lambda: InteractiveShell.system_raw(shell, TOUCH), lambda: shell.system(TOUCH),
          lambda: process.system(TOUCH), lambda: process.getoutput(TOUCH), lambda: os.system(TOUCH),
          lambda: subprocess.run(["bash", "-c", TOUCH], check=True), lambda: os.popen(TOUCH).read(),
          lambda: shell.run_line_magic("timeit", "-n1 -r1 __import__('os').system(TOUCH)")]
for number, way in enumerate(others):
    try:
        result = way()
    except BaseException as error:
        result = type(error).__name__
    print(f"way {number}:", result)
"""

HONEST = {
    "thin_svd": "%load_ext autoreload\n%autoreload 2\n%config IPCompleter.greedy = True\n",
    "energy": "%timeit -n 2 -r 1 sum([1, 2])\n%time one = 1\n",
    "psnr": "%%time\n",
    "pinv": "%precision 4\n%env TITLE=pinv\n%pwd\n%who\n",
    "rank_for_energy": "%%capture printed\n",
    "truncation_error": "np.linalg.norm?\n",
}


def change(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = HONEST.get(grade_id, "") + cell["source"]


ATTACK = Attack(
    first=WAYS,
    answers={"truncate": "!touch /tmp/hostile-88\ndef truncate(A, k):\n    return A"},
    last=OTHERS + "get_ipython().run_cell_magic('bash', '', TOUCH)",
    change=change,
    earns={"truncate": 0},
    reports=(
        "The cell of truncate ended with UsageError: running other programs is not available while"
        " grading; the rest of the notebook is graded as usual. `truncate` is not defined",
        "cell added by the student ended with UsageError: %%bash is not available while grading",
    ),
    outputs=(
        r"(?s)\A(?!.*(DONE|it ran\\n)).*refused !touch",
        "refused %%bash",
        "refused %run",
        "way 0: ",
        "way 7: ",
    ),
)
