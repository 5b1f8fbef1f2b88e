"""5. Ends cells by `sys.exit(0)` and its relatives, before the tests come.

Verdict: an error of that cell. The notebook goes on with the next one.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import sys
print("before")
sys.exit(0)
""",
    answers={
        "truncate": """
import threading

def truncate(A, k):
    return 0 * A

threading.Thread(target=sys.exit).start()
get_ipython().ask_exit = lambda: None
exit()
raise SystemExit(0)
""",
        "energy": "raise KeyboardInterrupt",
        "psnr": "raise GeneratorExit",
    },
    last="quit()\nprint('not the end')\nraise SystemExit",
    earns={"truncate": 0, "energy": 0, "psnr": 0},
    reports=(
        "cell added by the student ended with SystemExit: 0",
        "The cell of truncate ended with SystemExit: 0. .*truncate",
        "The cell of energy ended with KeyboardInterrupt",
        "`energy` is not defined",
        "The cell of psnr ended with GeneratorExit",
    ),
    outputs=("before", "SystemExit"),
)
