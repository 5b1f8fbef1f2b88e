"""Mutants: the reference solution with one small thing wrong, which a good test notices.

What is changed is what goes wrong in the code of this course: operators, comparisons and constants,
bounds that are off by one, statements and terms left out, arguments and factors in the wrong order,
the wrong axis, a missing transpose.

They are written out here, not taken from a library: cosmic-ray knows neither axes nor transposes,
and brings a web client, a database and a Git library along; mutmut works on files and runs pytest
on them; mutatest wants a coverage of the year 2021.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from autograder import markers

N = TypeVar("N", bound=ast.AST)

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPPOSITES = ("max min", "maximum minimum", "argmax argmin", "any all", "ceil floor", "triu tril")
_OPPOSITE = {a: b for pair in _OPPOSITES for a, b in (pair.split(), reversed(pair.split()))}
_SYMMETRIC = {"allclose", "array_equal", "hypot", "isclose", "max", "maximum", "min", "minimum"}
_CONVERSIONS = {"bool", "dict", "float", "int", "len", "list", "set", "str", "tuple"}
_FORMS = {"astype": 1, "conj": 0, "copy": 0, "transpose": 0}  # methods, with their arguments


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A solution with one change: the `nth` statement that reads `before` reads `after`.

    Of a statement with a block, that is its first line. Both are `spelled` as `ast.unparse` does,
    so that neither comments nor line breaks matter, nor anything outside of the statement.
    """

    exercise: str
    before: str
    after: str
    nth: int
    original: str
    source: str

    @property
    def name(self) -> str:
        """What to call it; no other mutant of its section has this name."""
        return name_of(self.exercise, self.before, self.after, self.nth)


def name_of(exercise: str, before: str, after: str, nth: int) -> str:
    """What a mutant is called."""
    which = f" (number {nth})" if nth > 1 else ""
    return f"{exercise}, mutant: {before}{which} -> {after}"


def spelled(line: str) -> str:
    """The first line of a statement, as it stands in `before` and `after`.

    Raises
    ------
    SyntaxError
        If it is no such line.
    """
    return _head(ast.parse(f"{line} pass" if line.endswith(":") else line).body[0])


def mutants(exercise: str, cell: str) -> Iterator[Mutant]:
    """The mutants of a solution cell that has its markers; no two are the same program."""
    tree = ast.parse(cell)
    original = ast.unparse(tree)
    seen = {original}
    count: Counter[str] = Counter()
    for block, i in _places(tree, markers.line_numbers(cell, markers.SOLUTION)):
        statement = block[i]
        before = _head(statement)
        count[before] += 1
        for changed in _changed_statement(statement, tree):
            block[i] = changed
            source = ast.unparse(tree)
            if source not in seen:
                seen.add(source)
                yield Mutant(
                    exercise=exercise,
                    before=before,
                    after=_head(changed),
                    nth=count[before],
                    original=original,
                    source=source,
                )
        block[i] = statement


def _places(node: ast.AST, lines: set[int]) -> Iterator[tuple[list[ast.stmt], int]]:
    """Where the statements of these lines stand, in the order of the text: block and number."""
    for _, block in ast.iter_fields(node):
        for i, each in enumerate(block if isinstance(block, list) else ()):
            if isinstance(each, ast.stmt) and each.lineno in lines:
                yield block, i
            if isinstance(each, ast.AST):
                yield from _places(each, lines)


def _head(statement: ast.stmt) -> str:
    return ast.unparse(statement).split("\n")[0]


def _changed_statement(statement: ast.stmt, tree: ast.Module) -> Iterator[ast.stmt]:
    if _can_go(statement, tree):
        yield ast.Pass()
    match statement:
        case ast.Raise() | ast.Expr(value=ast.Constant()):  # messages and docstrings
            return
        case ast.FunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return
        case ast.Expr():  # without the call it does nothing, as if left out
            yield from (e for e in _changed(statement) if isinstance(e.value, ast.Call))
            return
    yield from _changed(statement)


def _can_go(statement: ast.stmt, tree: ast.Module) -> bool:
    """Whether what is left without it is more than an error."""
    match statement:
        case ast.AugAssign() | ast.Raise() | ast.Break() | ast.Continue() | ast.Delete():
            return True
        case ast.Expr():
            return not isinstance(statement.value, ast.Constant)
        case ast.Assign():  # of names that have a value without it
            earlier = {name for node in ast.walk(tree) for name in _bound_before(node, statement)}
            return all(
                node.id in earlier
                for target in statement.targets
                for node in ast.walk(target)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            )
        case ast.Return():  # of several
            functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
            return all(function.body[-1] is not statement for function in functions)
    return False


def _bound_before(node: ast.AST, statement: ast.stmt) -> list[str]:
    match node:
        case ast.arg(arg=name):
            return [name]
        case ast.Name(id=name, ctx=ast.Store()) if node.lineno < statement.lineno:
            return [name]
    return []


def _changed(node: N) -> Iterator[N]:
    """The node with one thing changed, in itself or below; blocks of statements stay."""
    yield from _varied(node)  # type: ignore[misc]  # an expression for an expression
    if isinstance(node, ast.JoinedStr) or _is_axis(node):
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "step"):
            continue
        if isinstance(value, ast.AST):
            for other in _changed(value):
                yield _with(node, **{field: other})
        elif isinstance(value, list):
            for i, each in enumerate(value):
                if isinstance(each, ast.AST) and not isinstance(each, ast.stmt):
                    for other in _changed(each):
                        yield _with(node, **{field: _put(value, i, other)})


def _varied(node: ast.AST) -> Iterator[ast.AST]:
    """The node with one thing changed in itself."""
    match node:
        case ast.BinOp():
            yield from _varied_operation(node)
        case ast.AugAssign():
            for operator in _OPERATORS.get(type(node.op), ()):
                yield _with(node, op=operator())
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for comparison in _COMPARISONS[type(op)]:
                    yield _with(node, ops=_put(node.ops, i, comparison()))
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            yield from _shortened(node)
        case ast.UnaryOp():
            yield node.operand
        case ast.If() | ast.While() | ast.IfExp():
            if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
                yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Constant():
            yield from map(_constant, _other_values(node.value))
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Slice():
            yield from _off_by_one(node, "lower", "upper")
            if isinstance(node.step, ast.UnaryOp):
                yield _with(node, step=None)
        case ast.Subscript(slice=ast.Name(id=name)) if len(name) == 1:  # longer ones are masks
            yield from _off_by_one(node, "slice")
        case ast.Tuple(ctx=ast.Load()):
            yield from (_with(node, elts=elements) for elements in _swapped(node.elts))
        case ast.keyword(value=ast.Constant(value=0 | 1 as axis)) if _is_axis(node):
            yield _with(node, value=ast.Constant(1 - axis))
        case ast.Call():
            yield from _varied_call(node)


def _shortened(node: ast.BoolOp) -> Iterator[ast.expr]:
    """The condition without one of its parts."""
    for i in range(len(node.values)):
        rest = [*node.values[:i], *node.values[i + 1 :]]
        yield _with(node, values=rest) if len(rest) > 1 else rest[0]


def _varied_operation(node: ast.BinOp) -> Iterator[ast.expr]:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield _with(node, op=operator())
    match node.op:
        case ast.Sub() | ast.Div():
            yield _with(node, left=node.right, right=node.left)
        case ast.MatMult() if not _is_vector(node.left) and not _is_vector(node.right):
            yield _with(node, left=node.right, right=node.left)


def _is_vector(node: ast.expr) -> bool:
    """By the course's notation: small letters are vectors, and x @ y is y @ x."""
    return isinstance(node, ast.Name) and node.id[0].islower()


def _varied_call(node: ast.Call) -> Iterator[ast.expr]:
    name = _last_name(node.func)
    if name in _OPPOSITE:
        yield _with(node, func=_renamed(node.func, _OPPOSITE[name]))
    if name not in _SYMMETRIC:
        yield from (_with(node, args=arguments) for arguments in _swapped(node.args))
    for i, keyword in enumerate(node.keywords):
        if not _is_flag(keyword.value):  # which changes by itself
            yield _with(node, keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])
    if name == "range":
        for i in range(len(node.args)):
            for other in _one_more_one_less(node.args[i]):
                yield _with(node, args=_put(node.args, i, other))
    else:
        yield from _unwrapped(node, name)


def _unwrapped(node: ast.Call, name: str) -> Iterator[ast.expr]:
    """What is called upon, in place of what it gives."""
    if isinstance(node.func, ast.Attribute) and _FORMS.get(name) == len(node.args):
        yield node.func.value
    elif name not in _CONVERSIONS and not node.keywords:
        match node.args:
            case [ast.Constant() | ast.UnaryOp()]:  # a size, more often than not
                return
            case [argument]:
                yield argument


def _is_axis(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "axis"


def _is_flag(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _swapped(nodes: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
    """Each pair of neighbours in the other order."""
    for i in range(len(nodes) - 1):
        pair = nodes[i : i + 2]
        if not any(isinstance(each, ast.Starred) for each in pair):
            yield [*nodes[:i], *reversed(pair), *nodes[i + 2 :]]


def _off_by_one(node: N, *fields: str) -> Iterator[N]:
    for field in fields:
        for other in _one_more_one_less(getattr(node, field)):
            yield _with(node, **{field: other})


def _one_more_one_less(node: ast.expr | None) -> Iterator[ast.expr]:
    """A bound one too far either way; constants change by themselves."""
    if node and not isinstance(node, ast.Constant | ast.UnaryOp):
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _other_values(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [float(f"{10 * value:.15g}"), float(f"{value / 10:.15g}")] if value else [1.0]
    return []


def _constant(value: bool | float) -> ast.expr:
    """As it is parsed, so that -1 to the power of 2 has its parentheses."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _last_name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return _with(function, attr=name)
    return ast.Name(name, ast.Load())


def _with(node: N, **changes: Any) -> N:
    """A copy with other fields; what stays is shared."""
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changes}), node)


def _put(nodes: Sequence[Any], i: int, other: Any) -> list[Any]:
    return [*nodes[:i], other, *nodes[i + 1 :]]
