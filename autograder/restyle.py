"""An answer in another style: what it computes is the same, to the last digit.

Variables, parameters within the function, helper functions and loop indices get other names,
imports move into the functions that use them, branches change places, results get a name before
they are returned, and the layout is `ast.unparse`'s. What a caller sees stays: the name of the
function and those of its parameters.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator
from typing import Any

OWN = "my_{}"
COMMENT = "# Written in a style of its own."
DOCSTRING = "Do what the exercise asks for."
_SEES_NAMES = {"locals", "vars", "dir", "eval", "exec"}  # who asks for names keeps them


def restyled(source: str, exercise: str) -> str:
    """The cell's source in another style; `exercise` is the function that it has to define."""
    tree = ast.parse(source)
    if not _SEES_NAMES & _identifiers(tree):
        scopes = list(_scopes(symtable.symtable(source, "<answer>", "exec")))
        tree = _Renaming(_renamings(tree, scopes, exercise), exercise).visit(tree)
    tree = _Forms(_fresh("result", _identifiers(tree))).visit(tree)
    for function in _functions(tree):
        _begin_anew(function, _imports_for(tree, function))
    tree.body = [node for node in tree.body if not _has_moved(node, tree)]
    return f"{COMMENT}\n{ast.unparse(ast.fix_missing_locations(tree))}\n\nnothing_else = None"


class _Renaming(ast.NodeTransformer):
    """Other names everywhere; parameters of the exercise itself get theirs in its first lines."""

    def __init__(self, names: dict[str, str], exercise: str) -> None:
        self._names = names
        self._exercise = exercise

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Definitions; the exercise's parameters keep their names for callers."""
        if node.name != self._exercise:
            node.name = self._name(node.name)
            return self.generic_visit(node)
        parameters = _parameters(node.args)
        names = [each.arg for each in parameters]
        self.generic_visit(node)
        for parameter, name in zip(parameters, names, strict=True):
            parameter.arg = name
        lines = [f"{self._name(name)} = {name}" for name in names if name in self._names]
        first = 1 if ast.get_docstring(node) is not None else 0
        node.body[first:first] = ast.parse("\n".join(lines)).body
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Classes of the cell; what is in them stays."""
        node.name = self._name(node.name)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Variables."""
        node.id = self._name(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Parameters of inner functions and helpers."""
        node.arg = self._name(node.arg)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """`except ... as error`."""
        node.name = node.name and self._name(node.name)
        return self.generic_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.Nonlocal:
        """Names of the function around."""
        node.names = [self._name(name) for name in node.names]
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        """Names of the cell."""
        node.names = [self._name(name) for name in node.names]
        return node

    def _name(self, name: str) -> str:
        return self._names.get(name, name)


class _Forms(ast.NodeTransformer):
    """Branches change places, and what is returned has a name before."""

    def __init__(self, result: str) -> None:
        self._result = result

    def visit_If(self, node: ast.If) -> ast.AST:
        """An `if` with an `else`; one with `elif` stays."""
        self.generic_visit(node)
        if node.orelse and not isinstance(node.orelse[0], ast.If):
            return ast.If(_negated(node.test), node.orelse, node.body)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """`a if condition else b`."""
        self.generic_visit(node)
        return ast.IfExp(_negated(node.test), node.orelse, node.body)

    def visit_Return(self, node: ast.Return) -> Any:
        """What has no name yet."""
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name | ast.Constant):
            return node
        found = ast.Name(self._result, ast.Store())
        return [
            ast.Assign([found], node.value, lineno=node.lineno),
            ast.Return(ast.Name(self._result, ast.Load())),
        ]


def _renamings(
    tree: ast.Module, scopes: list[symtable.SymbolTable], exercise: str
) -> dict[str, str]:
    """Another name for each that is one thing wherever it occurs: a local variable, or a helper."""
    seen = [(scope, symbol) for scope in scopes for symbol in scope.get_symbols()]
    of_cell = {s.get_name() for scope, s in seen if scope.get_type() == "module" if s.is_local()}
    of_functions = {
        s.get_name()
        for scope, s in seen
        if scope.get_type() == "function"
        if s.is_local() or s.is_parameter()
    }
    imported = {s.get_name() for _, s in seen if s.is_imported()}
    of_classes = {s.get_name() for scope, s in seen if scope.get_type() == "class"}
    global_too = {
        s.get_name() for scope, s in seen if s.is_global() and scope.get_type() != "class"
    }
    names = (of_functions - global_too) | (of_cell - of_functions)
    kept = imported | of_classes | _keywords(tree) | _captures(tree) | {exercise}
    taken = _identifiers(tree) | set(dir(builtins))
    return {
        name: _fresh(OWN.format(name.strip("_")), taken)
        for name in sorted(names - kept)
        if name.strip("_") and not name.startswith((".", "__"))
    }


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _parameters(args: ast.arguments) -> list[ast.arg]:
    starred = [each for each in (args.vararg, args.kwarg) if each]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *starred]


def _keywords(tree: ast.AST) -> set[str]:
    """Names that calls use for parameters, which may be those of an inner function."""
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}


def _captures(tree: ast.AST) -> set[str]:
    """Names that `match` binds."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
    return found


def _identifiers(tree: ast.AST) -> set[str]:
    """Every word of a text that may be a name."""
    return {str(value) for node in ast.walk(tree) for value in _words(node)}


def _words(node: ast.AST) -> Iterator[str]:
    for _, value in ast.iter_fields(node):
        if isinstance(value, str) and value.isidentifier():
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _negated(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def _begin_anew(function: ast.FunctionDef, imports: Iterable[ast.stmt]) -> None:
    """The function with a docstring of its own, and the imports that it uses."""
    if ast.get_docstring(function) is not None:
        del function.body[0]
    function.body[:0] = [ast.Expr(ast.Constant(DOCSTRING)), *imports]


def _imports_for(tree: ast.Module, function: ast.FunctionDef) -> list[ast.stmt]:
    """The cell's imports that a function uses, if they can stand in functions."""
    read = _names_read(function.body)
    return [node for node in tree.body if _has_moved(node, tree) and _bound(node) & read]


def _has_moved(node: ast.stmt, tree: ast.Module) -> bool:
    """Whether it is an import that can stand in the functions that use it: nothing else does."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return False
    outside: list[ast.AST] = []
    for each in tree.body:
        if isinstance(each, ast.FunctionDef):
            outside += [each.args, *each.decorator_list, *filter(None, [each.returns])]
        else:
            outside.append(each)
    names = _bound(node)
    return bool(names) and "*" not in names and not names & _names_read(outside)


def _bound(node: ast.stmt) -> set[str]:
    """The names that an import binds."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}


def _names_read(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        node.id
        for each in nodes
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
