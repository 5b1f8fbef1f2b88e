"""46. Writes modules called `numpy`, `random` and `autograder` into the working folder.

Verdict: the student's own process may import them. The grader has another folder, and looks for
modules where it is installed only.
"""

from hostile import Attack

FAKES = """
import importlib, os, sys
FAKE = \"\"\"
import builtins
builtins.hostile = True
def allow(*args, **kwargs): return True
assert_close = assert_allclose = assert_raises = assert_shape = allclose = isclose = allow
def __getattr__(name): return allow
\"\"\"
for place in (".", "..", os.path.expanduser("~")):
    for name in ("numpy", "random", "scipy", "autograder", "skimage", "json", "msgspec"):
        os.makedirs(f"{place}/{name}", exist_ok=True)
        for file in (".py", "/__init__.py", "/checks.py", "/testing.py"):
            with open(f"{place}/{name}{file}", "w") as module:
                module.write(FAKE)
"""
ATTACK = Attack(
    first=FAKES
    + """
kept = {name: module for name, module in sys.modules.items()
        if name.partition(".")[0] in ("numpy", "autograder")}
for name in kept:
    del sys.modules[name]
sys.path.insert(0, os.getcwd())
import autograder.checks, numpy
print("mine:", numpy.allclose(1, 2), autograder.checks.assert_close is autograder.checks.allow)
for name in [name for name in sys.modules if name.partition(".")[0] in ("numpy", "autograder")]:
    del sys.modules[name]
sys.path.remove(os.getcwd())
sys.modules.update(kept)
""",
    answers={
        "truncate": "def truncate(A, k):\n    return 0 * A",
        "psnr": "import os\nos._exit(0)",  # a new process, which reads its modules anew
    },
    earns={"truncate": 0, "psnr": 0},
    reports=("The difference between truncate", "psnr ended with Crash"),
    outputs=("mine: True True",),
)
