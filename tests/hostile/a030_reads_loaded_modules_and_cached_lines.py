"""30. Looks for the tests and the reference in loaded modules, cached lines and IPython's history.

Verdict: they were never loaded here. The modules that grade are not in the process either, and
importing them brings code without the course.
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
    trace = sys.last_traceback
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
def truncate(A, k):
    for name, module in list(sys.modules.items()):
        theirs = getattr(module, "truncate", None)
        if type(theirs) is type(truncate) and theirs is not truncate:
            return theirs(A, k)
    course = importlib.import_module("autograder.course").Course.find()
    cells = course.assignment("05_svd_compression").cells
    names = {}
    exec(next(cell.source for cell in cells if cell.grade_id == "truncate"), names)
    return names["truncate"](A, k)
"""
    },
    earns={"truncate": 0},
    reports=("truncate, line",),
    outputs=(r"texts: 0 0 0 \d{4,}", r"grader's modules: \[\]"),
)
