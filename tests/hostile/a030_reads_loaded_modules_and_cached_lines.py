"""30. Looks for the tests and the reference in loaded modules, cached lines and IPython's history.

Verdict: they were never loaded here, and neither were the modules that grade. The course's own
folders, beside the package, cannot be imported from.
"""

from hostile import Attack

ATTACK = Attack(
    last="""
import linecache, sys

def texts():
    shell = get_ipython()
    yield from ("".join(entry[2]) for entry in linecache.cache.values() if len(entry) > 1)
    yield from (str(shell.user_ns[name]) for name in ("In", "_ih", "_oh"))
    yield from map(str, (vars(shell.history_manager), vars(shell), vars(shell.compile)))
    trace = getattr(sys, "last_traceback", None)
    while trace:
        yield str(trace.tb_frame.f_locals)
        trace = trace.tb_next
    for module in list(sys.modules.values()):
        for value in list(getattr(module, "__dict__", {}).values()):
            if isinstance(value, (str, dict, list, tuple)) and len(value) < 1000:
                yield str(value)

def search():
    kept = list(texts())
    for mark in ("BEGIN HIDDEN" + " TESTS", "default_rng" + "(511)", "END " + "SOLUTION"):
        yield sum(mark in text for text in kept)
    yield len(kept)
print("tests, tests, solutions, texts:", *search())
print("grader's modules:", [name for name in ("testcell", "grade", "course", "answers")
                            if "autograder." + name in sys.modules])
""",
    answers={
        "truncate": """
import importlib, sys
NAMES = ("solutions.05_svd_compression.answers", "source.05_svd_compression.05_svd_compression",
         "autograder.reference", "reference", "answers")

def truncate(A, k):
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    for module in list(sys.modules.values()):
        theirs = getattr(module, "__dict__", {}).get("truncate")
        if type(theirs) is type(truncate) and theirs.__code__.co_varnames[:2] == ("A", "k"):
            if theirs is not truncate:
                return theirs(A, k)
    raise LookupError("no module has it")
"""
    },
    earns={"truncate": 0},
    reports=("LookupError: no module has it",),
    outputs=(r"texts: 0 0 0 \d{4,}", r"grader's modules: \[\]"),
)
