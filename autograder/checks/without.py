"""Exercises that forbid something: the function's code is looked at, and its calls are watched.

Neither look is proof against somebody who wants to get round it (`getattr(np, "do" + "t")` on plain
copies); each catches what the other one cannot see in honest code: a product in a helper function,
and one of arrays that the function has made itself.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograder.checks.asserts import fail

__all__ = ["Guarded", "assert_without", "guarded"]

_OPERATORS: dict[str, tuple[type[ast.operator], frozenset[str]]] = {
    "@": (ast.MatMult, frozenset({"matmul", "matvec", "vecmat"})),
    "**": (ast.Pow, frozenset({"power", "float_power", "square"})),
}


def assert_without(
    function: Callable[..., object], forbidden: Iterable[str], *args: object, hint: str = ""
) -> None:
    """Fail if a function uses something that its exercise forbids.

    Parameters
    ----------
    function : callable
    forbidden : strings
        Operators ("@", "**") and functions or methods by the last part of their name ("dot",
        "inv"). The function's own code must not have them, and a call must not apply NumPy's to the
        arrays that it is given or to what it makes of them.
    *args
        What to call the function with; arrays are watched. What it gives is not looked at.
    """
    name, banned = getattr(function, "__name__", "the function"), tuple(forbidden)
    for use, line in _uses(_source(function), banned):
        due = f"{name} uses `{use}`, which this exercise does without"
        fail(f"{due}: `{line}`.", hint, discreet=f"{due}.")
    watch = getattr(function, "watched", None)  # of a function in another process
    try:
        if watch is not None:
            watch(banned, *args)
        else:
            function(*(guarded(each, banned) for each in args))
    except AssertionError as failure:
        fail(f"{name} {failure}", hint)


def guarded(value: object, forbidden: Iterable[str]) -> Any:
    """An array that raises AssertionError in operations of these names; other things as they are.

    The memory is the array's own.
    """
    if type(value) is not np.ndarray:
        return value
    found = value.view(Guarded)
    found.banned = frozenset(
        each for name in forbidden for each in (name, *_OPERATORS.get(name, (None, ()))[1])
    )
    return found


class Guarded(np.ndarray[Any, Any]):
    """An array that refuses some operations, as do the results of the others."""

    banned: frozenset[str] = frozenset()

    def __array_finalize__(self, made_of: Any) -> None:
        """NumPy's hook for views and results."""
        self.banned = getattr(made_of, "banned", frozenset())

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's hook for operators and universal functions."""
        self._refuse(ufunc.__name__)
        if "out" in options:
            options["out"] = tuple(map(_plain, options["out"]))
        result = getattr(ufunc, method)(*map(_plain, inputs), **options)
        if isinstance(result, tuple):
            return tuple(self._guard(each) for each in result)
        return self._guard(result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """NumPy's hook for its other functions."""
        self._refuse(function.__name__)
        return super().__array_function__(function, types, args, kwargs)

    def dot(self, *args: Any, **kwargs: Any) -> Any:
        """As for arrays; a method has no hook."""
        self._refuse("dot")
        return super().dot(*args, **kwargs)

    def _refuse(self, name: str) -> None:
        if name in self.banned:
            raise AssertionError(f"calls NumPy's {name}, which this exercise does without.")

    def _guard(self, result: Any) -> Any:
        return guarded(result, self.banned)


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Guarded) else value


def _source(function: Callable[..., object]) -> str:
    """The function's text; empty if it has none."""
    if hasattr(function, "source"):  # of a function in another process
        return str(function.source or "")
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def _uses(source: str, banned: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What of the banned a text uses, and the line.

    A plain name says too little: `dot` may be a sum of the student's own. If it is NumPy's, the
    arrays tell.
    """
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = textwrap.dedent(source).splitlines()
    operators = {_OPERATORS[name][0]: name for name in banned if name in _OPERATORS}
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in operators:
                yield operators[type(op)], lines[node.lineno - 1].strip()
            case ast.Attribute(attr=name) if name in banned:
                yield name, lines[node.lineno - 1].strip()
            case ast.ImportFrom(names=aliases):
                for alias in aliases:
                    if alias.name in banned:
                        yield alias.name, lines[node.lineno - 1].strip()
