"""43. Overwrites modules and their compiled files: NumPy's, the checks', the grader's own.

Verdict: refused. What is installed can be read inside and not written, whoever runs the grader.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import autograder.checks.asserts, autograder.sandbox.wire, importlib.util, os
import numpy.testing, shutil, sys

def own_again(path):  # what it would write is what stands there: the attempt harms nobody
    with open(path, "r+b") as file:
        data = file.read()
        file.seek(0)
        file.write(data)

def anew(path):
    with open(path + ".hostile", "wb") as file:
        os.remove(file.name)

def swapped(path):
    os.rename(path, path + ".hostile")
    os.rename(path + ".hostile", path)

def linked(path):
    here = f"linked-{os.urandom(4).hex()}"
    os.link(path, here)
    own_again(here)

def touched(path):
    before = os.stat(path)
    os.chmod(path, 0o777)
    os.utime(path)
    after = os.stat(path)
    if (after.st_mode, after.st_mtime) == (before.st_mode, before.st_mtime):
        raise PermissionError(path)

tried = 0
for module in (numpy, numpy.testing, autograder.checks.asserts, autograder.sandbox.wire, os):
    source = os.path.realpath(module.__file__)
    compiled = importlib.util.cache_from_source(source)
    for path in (source, compiled, os.path.dirname(source) + "/hostile-package/__init__.py"):
        for attempt in (own_again, anew, swapped, linked, touched):
            try:
                attempt(path)
                print("DONE", path, attempt)
            except OSError:
                tried += 1
print("refused", tried)
numpy.testing.assert_allclose = autograder.checks.asserts.assert_close = lambda *a, **k: None
""",
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    earns={"truncate": 0},
    reports=("truncate",),
    outputs=("^((?!DONE).)*refused 75((?!DONE).)*$",),
)
