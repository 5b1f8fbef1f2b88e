"""16. Installs input and AST transformers that turn every cell with a test into `pass`.

Verdict: no effect. Test cells are compiled and run in the grader.
"""

from hostile import Attack

ATTACK = Attack(
    first="""
import ast, builtins

shell = get_ipython()

def without_tests(lines):
    return ["pass\\n"] if any("assert" in line or "HIDDEN" in line for line in lines) else lines

class WithoutTests(ast.NodeTransformer):
    def visit_Module(self, tree):
        text = ast.unparse(tree)
        return ast.Module([ast.Pass()], []) if "assert_" in text and "def " not in text else tree

class Compiles:
    def __init__(self, really):
        self.really = really

    def __call__(self, source, name, mode, *args, **kwargs):
        if isinstance(source, ast.Module):
            source = ast.fix_missing_locations(WithoutTests().visit(source))
        return self.really(source, name, mode, *args, **kwargs)

shell.input_transformers_cleanup.insert(0, without_tests)
shell.input_transformers_post.append(without_tests)
shell.ast_transformers.append(WithoutTests())
builtins.compile = Compiles(builtins.compile)
""",
    answers={"truncate": "def truncate(A, k):\n    return 0 * A"},
    # Where the tests ran in this process, this would be their verdict.
    last="assert False, 'assert_close'\n!true",
    earns={"truncate": 0},
    reports=(r"truncate\(A, 1\)",),
)
