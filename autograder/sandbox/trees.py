"""The grammar of values on the wire: what `values` writes, and all that a receiver decodes.

    None, bool, int, float, str     as MessagePack has them
    [tag, part, ...]                everything else: one class below for each tag

Headers are decoded into these records by their types, in C, so a tree of any other form, and a map
or an extension type anywhere, ends the decoding before anything is made of it. What the types
cannot say, `values` checks.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

MAX_INT_DIGITS: Final = 8192  # hexadecimal
MAX_DIMENSIONS: Final = 64
MAX_OPERATOR_EXTENT: Final = 1 << 24  # of sparse matrices, too: a vector of 128 MB

Count = Annotated[int, Meta(ge=0, lt=1 << 62)]
Shape = Annotated[list[Count], Meta(max_length=MAX_DIMENSIONS)]
Extent = Annotated[int, Meta(ge=0, le=MAX_OPERATOR_EXTENT)]
Name = Annotated[str, Meta(max_length=100)]


class Node(msgspec.Struct, array_like=True, tag=str.lower, forbid_unknown_fields=True, gc=False):
    """The base of all nodes; a tag is the class's name in small letters."""


class Int(Node):
    """An integer beyond 64 bits, in hexadecimal."""

    digits: Annotated[str, Meta(max_length=MAX_INT_DIGITS + 1, pattern="^-?[0-9a-f]+$")]


class Complex(Node):
    """A complex number."""

    real: float
    imag: float


class Bytes(Node):
    """Bytes; in MessagePack's own form they could not be told from text by type alone."""

    data: bytes


class Tuple(Node):
    """A tuple."""

    items: list[Tree]


class Plain(Node):
    """A list of nothing but plain items."""

    items: list[Atom]


class List(Node):
    """Any other list."""

    items: list[Tree]


class Dict(Node):
    """A dict, in its order."""

    pairs: list[tuple[Tree, Tree]]


class Set(Node):
    """A set."""

    items: list[Tree]


class FrozenSet(Node):
    """A frozenset."""

    items: list[Tree]


class Slice(Node):
    """A slice."""

    parts: tuple[Tree, Tree, Tree]


class Range(Node):
    """A range."""

    parts: tuple[int | Int, int | Int, int | Int]


class Dots(Node, tag="ellipsis"):
    """The one Ellipsis."""


class Scalar(Node):
    """A NumPy scalar."""

    dtype: Name
    data: bytes


class DType(Node):
    """A NumPy dtype."""

    name: Name


class Type(Node):
    """One of a few classes that everybody has."""

    name: Name


class Array(Node):
    """An array whose bytes are one of the buffers."""

    dtype: Name
    shape: Shape
    order: Literal["C", "F"]
    writeable: bool
    buffer: Count


class View(Node):
    """An array in the memory of one that has a number."""

    base: Count
    dtype: Name
    shape: Shape
    strides: Annotated[list[int], Meta(max_length=MAX_DIMENSIONS)]
    offset: Count
    writeable: bool


class Seen(Node):
    """What was met before and got this number."""

    number: Count


class Sparse(Node):
    """A matrix or array of scipy.sparse: its data, then its indices."""

    format: Literal["csr", "csc", "coo", "bsr", "dia", "lil", "dok"]
    stored: Literal["csr", "csc", "coo", "bsr", "dia"]
    is_array: bool
    shape: Annotated[list[Extent], Meta(min_length=1, max_length=MAX_DIMENSIONS)]
    parts: list[Array | View | Seen]


class Generator(Node):
    """A random generator by the state of its bit generator."""

    state: Dict


class Theirs(Node):
    """A function of the sender's, by number."""

    handle: Count
    name: str


class Yours(Node):
    """A function of the receiver's, by number."""

    handle: Count
    name: str


class Operator(Node):
    """A LinearOperator: its products are calls."""

    shape: tuple[Extent, Extent]
    dtype: Name
    matvec: Theirs | Yours
    rmatvec: Theirs | Yours


Atom = None | bool | int | float | str
Tree = (
    Atom | Int | Complex | Bytes | Tuple | Plain | List | Dict | Set | FrozenSet | Slice | Range
    | Dots | Scalar | DType | Type | Array | View | Seen | Sparse | Generator | Operator | Theirs
    | Yours
)  # fmt: skip
