"""The grader's own functions are called as a student's are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.sandbox.loopback import Near, copies
from autograder.sandbox.wire import Gone


def test_it_gets_copies_and_what_it_changes_is_changed_for_the_caller() -> None:
    given: list[Any] = []

    def double(x: Any) -> Any:
        given.append(x)
        x *= 2
        return x

    x = np.ones(3)
    found = Near(double)(x)
    assert not np.shares_memory(given[0], x)
    assert found.tolist() == x.tolist() == [2.0, 2.0, 2.0]
    assert np.shares_memory(found, x)


def test_what_it_has_returned_is_the_caller_s() -> None:
    kept = np.zeros(2)

    def count() -> Any:
        kept[0] += 1
        return kept

    near = Near(count)
    first, second = near(), near()
    assert (first[0], second[0]) == (1.0, 2.0)


def test_what_must_not_be_written_to_cannot_be() -> None:
    x = np.ones(3)
    x.flags.writeable = False

    def spoil(x: Any) -> None:
        x[0] = 5

    with pytest.raises(ValueError, match="read-only"):
        Near(spoil)(x)


def test_it_calls_back() -> None:
    asked = []

    def matvec(v: Any) -> Any:
        asked.append(v.copy())
        return 2 * v

    found = Near(lambda matvec, v, times=1: matvec(matvec(v)) * times)(matvec, np.ones(2), times=3)
    assert found.tolist() == [12.0, 12.0]
    assert [v.tolist() for v in asked] == [[1.0, 1.0], [2.0, 2.0]]


def test_exceptions_come_back_by_type_and_text() -> None:
    def refuse(k: int) -> None:
        raise ValueError(f"not {k}")

    with pytest.raises(ValueError, match="not 3"):
        Near(refuse)(3)


def test_what_cannot_be_handed_over_is_refused() -> None:
    with pytest.raises(TypeError, match="returned a map object"):
        Near(lambda x: map(abs, x))([1])


def test_who_takes_too_long_is_gone() -> None:
    def endless(x: int) -> None:
        raise Gone("ran on", "timeout")

    with pytest.raises(Gone):
        Near(endless)(1)


def test_arrays_refuse_what_is_forbidden() -> None:
    with pytest.raises(AssertionError, match="matmul"):
        Near(lambda A: A @ A).watched(("matmul",), np.eye(2))


def test_copies_are_aliases_of_each_other_where_the_values_are() -> None:
    x = np.arange(4.0)
    values = [x, [x, x[1:]], {"k": len}]
    first, (second, view), table = copies(values)
    assert first is second and first is not x
    first[1] = 9
    assert view[0] == 9 and x[1] == 1
    assert table == {"k": len}
    for plain in ([1, 2], [1.0, 2.0]):
        (copy,) = copies([plain])
        copy.append(3)
        assert plain == [1, 2]


def test_copies_may_have_other_functions() -> None:
    (function,) = copies([len], lambda function: lambda value: -function(value))
    assert function([1, 2]) == -2
