"""The student's functions as the tests see them: ordinary callables."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograder.errors import ProtocolError
from autograder.sandbox.peer import Peer, Remote
from autograder.sandbox.wire import Described, Gone

_KINDS = tuple(inspect._ParameterKind)


class StudentFunction(Remote):
    """A function in the student's process; a call runs there, on copies of the arguments.

    What the call changes in its arguments is changed in the caller's own, exceptions come back by
    type and text, and `inspect.signature` and `__doc__` are those of the student's code. `source`
    is its text, or None.
    """

    def watched(self, forbidden: tuple[str, ...], *args: Any) -> Any:
        """A call whose arrays refuse what is forbidden (`checks.without`)."""
        peer, handle = self._autograder_remote
        return peer.call(handle, args, {}, forbidden)

    @functools.cached_property
    def _described(self) -> Described:
        peer, handle = self._autograder_remote
        try:
            return peer.describe(handle)
        except ProtocolError as error:
            raise Gone(f"broke the protocol: {error}") from error

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self._described.doc

    @property
    def source(self) -> str | None:
        """The function's own text, if it has one."""
        return self._described.source

    @property
    def __signature__(self) -> inspect.Signature:
        if self._described.parameters is None:
            raise ValueError(f"no signature for {self.__name__}")
        parameters = [_parameter(*parameter) for parameter in self._described.parameters]
        return inspect.Signature(parameters, __validate_parameters__=False)


class TestCall(NamedTuple):
    """A call that a test makes; `forbidden` is what a watched one is to refuse."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    forbidden: tuple[str, ...] | None = None

    def to(self, function: StudentFunction) -> Any:
        """The same call of another function."""
        if self.forbidden is None:
            return function(*self.args, **self.kwargs)
        return function.watched(self.forbidden, *self.args)


class Tapped(StudentFunction):
    """A function whose calls go to a tap, which says what comes of each."""

    def __init__(self, function: StudentFunction, tap: Callable[[TestCall], Any]) -> None:
        super().__init__(*function._autograder_remote, function.__name__)
        self._function = function
        self._tap = tap

    @property
    def _described(self) -> Described:
        return self._function._described

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Whatever the tap makes of it."""
        return self._tap(TestCall(args, kwargs))

    def watched(self, forbidden: tuple[str, ...], *args: Any) -> Any:
        """Whatever the tap makes of it."""
        return self._tap(TestCall(args, {}, forbidden))


class StudentNames(Peer):
    """The tests' end of the channel to one fork.

    `arguments` are those of the last call; where they are to be `copied`, as they were before it.
    """

    arguments: tuple[Any, ...] = ()
    copied = False

    def call(
        self,
        handle: int,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        forbidden: tuple[str, ...] = (),
    ) -> Any:
        """Call a student's function."""
        given = (*args, *kwargs.values())
        self.arguments = tuple(map(_copy, given)) if self.copied else given
        return super().call(handle, args, kwargs, forbidden)

    def public_name(self, function: Any) -> str:
        """Nothing: a callback carries data only."""
        return ""


class _Default:
    """A default value, known by its text only."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return repr(other) == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def _parameter(name: str, kind: int, default: str | None) -> inspect.Parameter:
    given: Any = inspect.Parameter.empty if default is None else _Default(default)
    try:
        return inspect.Parameter(name, _KINDS[kind], default=given)
    except ValueError as error:  # names and defaults that no function has
        raise Gone(f"broke the protocol: {error!s:.200}") from error


def _copy(value: Any) -> Any:
    """A copy of an array, be it sparse; other things as they are."""
    if isinstance(value, np.ndarray):
        copy = value.copy(order="K")
        copy.flags.writeable = value.flags.writeable
        return copy
    sparse = sys.modules.get("scipy.sparse")
    return value.copy() if sparse is not None and sparse.issparse(value) else value
