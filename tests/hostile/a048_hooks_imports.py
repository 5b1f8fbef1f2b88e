"""48. Hooks every import, so that NumPy's and the course's assertions become empty functions.

Verdict: the hooks work in the student's own process. The tests are imported and run in another.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import builtins, importlib.abc, importlib.machinery, sys, types

class Everything(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None

class Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("numpy.testing", "autograder.")):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Everything(spec.name)

    def exec_module(self, module):
        hooked.append(module.__name__)

hooked, real = [], builtins.__import__
sys.meta_path.insert(0, Hook())
sys.path_hooks.insert(0, lambda path: Hook())
sys.path_importer_cache.clear()

def imported(name, *args, **kwargs):
    if name.startswith("autograder"):
        return Everything(name)
    return real(name, *args, **kwargs)
builtins.__import__ = imported

for name in list(sys.modules):
    if name.startswith(("numpy.testing", "autograder.checks")):
        del sys.modules[name]
import numpy.testing.hostile
from autograder.checks import assert_close
print("hooked:", assert_close(1, 2), hooked)
""",
    answers={
        "truncate": """
from autograder.checks import assert_close
def truncate(A, k):
    return assert_close
"""
    },
    earns={"truncate": 0},
    reports=("truncate",),
    outputs=("hooked: None .*numpy.testing",),
)
