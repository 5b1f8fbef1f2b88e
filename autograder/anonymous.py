"""A student's function as it may be shown to a class: without what tells whose it is.

Comments go because the code is written anew from its syntax tree, docstrings are dropped, and a
text that the course does not have itself is shown as an ellipsis. What a student calls variables
stays, since that is how the code reads; with somebody's id among them nothing is shown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

MAX_CODE = 4_000  # characters: what fits on a slide, and never too deep for Python's parser
GONE = "…"


def anonymous(source: str, known: str, ids: Iterable[str]) -> str:
    """The functions that a cell defines; empty if there are none that may be shown.

    `known` is the course's own text, whose words tell nothing of a student. `ids` are those of the
    class, and none of them stands in what is returned unless it is a word of the course.
    """
    if len(source) > MAX_CODE:
        return ""
    try:
        functions = [
            node
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        texts = [ast.unparse(_Nameless(known).visit(node)) for node in functions]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    code = "\n\n".join(texts)
    words, course = _words(code), _words(known)
    named = any(_words(one) in words and _words(one) not in course for one in ids)
    return "" if named else code


class _Nameless(ast.NodeTransformer):
    """Leaves nothing in a tree that a student has written for people."""

    def __init__(self, known: str) -> None:
        self._known = known

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Docstrings, and other text that is a statement, are comments."""
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return None
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        match node.value:
            case str() if node.value not in self._known:
                return ast.Constant(GONE)
            case bytes():
                return ast.Constant(b"...")
        return node


def _words(text: str) -> str:
    """A text as words between spaces: `ann-marie's_sum` has the words ann, marie, s and sum."""
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "
