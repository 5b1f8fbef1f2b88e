"""An answer in another style does what it did before."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from autograder.restyle import restyled

LOCALS = """
def f(x):
    total = 0
    for i in range(x):
        total += i
    return total
"""
RECURSION = """
def f(x):
    if x < 2:
        return 1
    return x * f(x=x - 1)
"""
CLOSURE = """
def f(x):
    count = 0

    def step(by, scale=1):
        nonlocal count
        count += by * scale
        return count

    step(x)
    return step(by=1, scale=x), count
"""
LAMBDAS = """
def f(x):
    steps = [lambda v, k=k: v + k * x for k in range(3)]
    k = 10
    return [step(k) for step in steps], [k for k in range(2)], k
"""
DEFAULTS = """
import math

FACTOR = math.pi


def scaled(value, factor=FACTOR):
    return value * factor


def f(x, scale=FACTOR, *more, key=lambda x: x + 1, **named):
    return key(scaled(x)) + scale + sum(more) + sum(named.values())
"""
IMPORTS = """
import math
import statistics as st
from fractions import Fraction


def half(value):
    return Fraction(value, 2)


def f(x):
    import math as m

    return math.sqrt(x), st.mean([x, 1]), half(x), m.pi
"""
BRANCHES = """
def f(x):
    if not x > 1:
        sign = -1
    else:
        sign = 1
    if x == 2:
        name = "two"
    elif x == 3:
        name = "three"
    else:
        name = "many" if x else "none"
    return sign if x else 0, name
"""
BOUND = """
def f(x):
    try:
        (y := x + 1) and 1 / x
    except ZeroDivisionError as error:
        return str(error), y
    with open("/dev/null") as file:
        text = file.read()
    match [x, y]:
        case [first, *rest]:
            return f"{first}{rest!r}{text}{y=}"
"""
GLOBALS = """
calls = 0
table = {"x": 1}


def size(x):
    return len([x])


def f(x):
    global calls
    calls += 1
    x, len = x + table["x"], max
    return len(x, 0), calls, size(x)
"""
SEES_NAMES = """
def f(x):
    y = x
    return sorted(locals())
"""
CLASS = """
class Pair:
    size = 2

    def __init__(self, x):
        self.x = x


def f(x):
    size = 5
    pair = Pair(x=x)
    return pair.x, pair.size, size
"""
GENERATOR = """
def f(x):
    def parts(n):
        while n:
            yield n
            n -= 1

    return list(parts(x))
"""
FUTURE = '''
from __future__ import annotations


def f(x: Missing) -> Missing:
    """Nothing much."""
    y: Missing = x
    return y
'''
CASES = {
    name.lower(): source
    for name, source in vars().copy().items()
    if name.isupper() and isinstance(source, str)
}


def results(source: str) -> list[Any]:
    """What `f` gives, called a few times."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return [namespace["f"](x) for x in (0, 1, 2, 3)] + [namespace["f"](x=4)]


def names(source: str) -> set[str]:
    """The variables of a text."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES.keys())
def test_results_are_what_they_were(source: str) -> None:
    other = restyled(source, "f")
    assert ast.dump(ast.parse(other)) != ast.dump(ast.parse(source))
    assert results(other) == results(source)


def test_variables_loop_indices_and_parameters_get_other_names() -> None:
    assert not {"total", "i"} & names(restyled(LOCALS, "f"))
    assert "def f(x):" in restyled(LOCALS, "f")
    assert restyled(LOCALS, "f").count("my_x") == 2


def test_helpers_and_constants_get_other_names() -> None:
    other = restyled(DEFAULTS, "f")
    assert "def my_scaled(" in other and "my_FACTOR = math.pi" in other
    assert "scale=my_FACTOR" in other


def test_imports_stand_where_they_are_used() -> None:
    tree = ast.parse(restyled(IMPORTS, "f"))
    assert not [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    half, f = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    imported = {
        function.name: {name for node in function.body for name in bound(node)}
        for function in (half, f)
    }
    assert imported == {"my_half": {"Fraction"}, "f": {"math", "st", "m"}}


def bound(node: ast.stmt) -> set[str]:
    """What an import binds."""
    aliases = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
    return {alias.asname or alias.name for alias in aliases}


def test_imports_that_the_head_of_a_function_needs_stay() -> None:
    assert restyled(DEFAULTS, "f").splitlines()[1] == "import math"
    assert "from __future__ import annotations" in restyled(FUTURE, "f").splitlines()[1]


def test_branches_change_places_and_results_have_names() -> None:
    other = restyled(BRANCHES, "f")
    assert "if x > 1:" in other.replace("my_x", "x")
    assert "return result" in other


def test_who_asks_for_names_keeps_them() -> None:
    assert names(SEES_NAMES) <= names(restyled(SEES_NAMES, "f"))


def test_what_would_clash_is_avoided() -> None:
    source = "def f(x):\n    my_x, result = 2, 3\n    return x + my_x + result\n"
    assert results(restyled(source, "f")) == results(source)
