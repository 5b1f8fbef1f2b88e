"""89. Resets the namespace, ends the kernel, and rewires IPython: magics, events, handlers.

Verdict: no effect on any score. What the cells above have defined stays, cells behind still run,
and the wrong answer earns nothing.
"""

from typing import Any

from hostile import Attack

REWIRE = """
import sys
from IPython import get_ipython
shell = get_ipython()
with open("cheat.py", "w") as file:
    file.write('''
def load_ipython_extension(shell):
    print("the extension is loaded")
    shell.register_magic_function(lambda *a: 4.0, "line_cell", "time")
    shell.set_custom_exc((BaseException,), lambda *a: [])
    shell.events.register("pre_execute", lambda: shell.user_ns.update(score=4.0))
    shell.events.register("post_execute", lambda: 1 / 0)
''')
sys.path.insert(0, ".")
shell.run_line_magic("load_ext", "cheat")
shell.run_line_magic("env", "PYTHONPATH=.")
shell.run_line_magic("alias_magic", "score time")
shell.run_line_magic("config", "InteractiveShell.ast_node_interactivity = 'none'")
shell.run_line_magic("autocall", "2")
shell.showtraceback = shell.safe_execfile = shell.showsyntaxerror = lambda *args, **kwargs: None
shell.run_cell = shell.run_cell_async = lambda *args, **kwargs: None
shell.execution_count = -(10**9)
shell.user_ns["__name__"], shell.user_ns["_"], shell.user_ns["In"] = "autograder", 4.0, None
"""
RESETS = """
%reset -f
get_ipython().reset()
get_ipython().reset(new_session=True, aggressive=True)
%reset -s -f
exit()
quit()
exit
%pdb on
%debug
print("still", "here", {"np", "photograph", "thin_svd"} <= set(globals()))
"""
RESTARTS = """
shell = get_ipython()
for way in ("shell.kernel.do_shutdown(True)", "shell.ask_exit()",
            "__import__('IPython').Application.instance().exit(0)",
            "__import__('IPython').core.interactiveshell.InteractiveShell.clear_instance()",
            "shell.atexit_operations()", "shell.restore_sys_module_state()", "shell.init_user_ns()",
            "shell.builtin_trap.deactivate()", "shell.display_trap.unset()"):
    try:
        exec(way)
    except BaseException as error:
        print(way, repr(error))
"""


def change(notebook: dict[str, Any]) -> None:
    cells = notebook["cells"]
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    for behind, source in (("truncate", RESTARTS), ("truncate", REWIRE), ("thin_svd", RESETS)):
        cells.insert(ids.index(behind) + 1, own | {"id": f"own-{len(cells)}", "source": source})


ATTACK = Attack(
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    first="%reset -f\nget_ipython().reset()",
    change=change,
    last="print('the last cell runs')",
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\) and the expected values",),
    outputs=(
        "still here True",
        "%reset is not available while grading",
        "the extension is loaded",
        "the last cell runs",
    ),
)
