"""Python values as trees plus byte buffers, and back; what cannot be rebuilt is refused.

What a tree may be, `trees` says. A receiver builds exact builtin types, plain arrays, scipy.sparse
arrays, random generators and `LinearOperator`s; never a class of the sender's. Mutable things are
numbered in the order in which they are met, so that aliases stay aliases, a result can *be* an
argument (or a view of one), and changes made in place can be carried back (`changes`,
`apply_changes`). Functions stay where they are: the receiver gets a number to call them by.

A small message may not make much of itself: what aliases, views and ranges come to when they are
written out is counted, a list that holds itself is refused, and so are keys whose hashes collide.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograder.checks.without import Guarded
from autograder.errors import ProtocolError
from autograder.sandbox import trees
from autograder.sandbox.trees import Tree
from autograder.sandbox.wire import MAX_BUFFER_BYTES, Buffer

MAX_DEPTH = 100
MAX_WRITTEN_OUT_BYTES = 1 << 29  # if aliases were copies: x = [x, x] sixty times has 2**60 items
ITEM_BYTES = 64  # what an item of a list takes, about
MAX_KEYS = 50_000  # of dicts and sets in one message, text apart
MAX_SAME_HASH = 64  # powers of two have every 61st hash in common
MAX_ROWS = 1 << 19  # of sparse matrices in one message whose rows are lists
_DTYPE = re.compile(r"[<>|=]?([biufc]\d{1,2}|[US]\d{1,6})")
_PLAIN = frozenset({type(None), bool, float, str})
_SALTED = frozenset({str, bytes})  # whose hashes a sender cannot choose
_SPARSE = ("csr", "csc", "coo", "bsr", "dia")
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_TYPES: dict[str, type] = {
    t.__name__: t for t in (bool, int, float, complex, str, list, tuple, dict)
}
_SCALAR_TYPES: dict[str, type] = {
    f"numpy.{name}": getattr(np, name)
    for name in ("float64", "float32", "float16", "complex128", "complex64", "bool_", "uint8",
                 "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
}  # fmt: skip
_TYPES |= _SCALAR_TYPES
_TYPE_NAMES = {t: name for name, t in _TYPES.items()}


class Unsupported(TypeError):
    """A value that does not travel."""


class Functions(Protocol):
    """How functions are numbered on the way out and made callable on the way in."""

    def export(self, function: Callable[..., Any]) -> trees.Theirs | trees.Yours:
        """A tree that names a function."""

    def resolve(self, tree: trees.Theirs | trees.Yours) -> Callable[..., Any]:
        """The function that such a tree names."""


class Packer:
    """Turns values into trees; `known` are the objects that the receiver has already."""

    def __init__(self, functions: Functions, known: Iterable[Any] = ()) -> None:
        self.buffers: list[Buffer] = []
        self._functions = functions
        self.objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._owners: dict[int, int] = {}
        self._open: set[int] = set()
        for value in known:
            self.register(value)

    def pack(self, value: Any) -> Tree:
        """A tree for the value. Raises Unsupported, and then nothing was packed."""
        return self.pack_all((value,))[0]

    def pack_all(self, values: Iterable[Any]) -> list[Tree]:
        """A tree for each of several values. Raises Unsupported, and then nothing was packed."""
        objects, buffers = len(self.objects), len(self.buffers)
        try:
            return self.all(values, 0)
        except Exception as error:
            self._forget(objects, buffers)
            if isinstance(error, Unsupported):
                raise
            # of the value's own methods, such as a property `__class__`
            raise Unsupported(f"an object that raises {type(error).__name__}") from error

    def tree(self, value: Any, depth: int) -> Any:
        """A tree for a value within another. Raises Unsupported."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if -(1 << 63) <= value < 1 << 63 else _pack_big_int(value)
        if depth > MAX_DEPTH:
            raise Unsupported(f"nested deeper than {MAX_DEPTH} levels")
        number = self._numbers.get(id(value))
        if number is not None:
            if number in self._open:
                raise Unsupported(f"a {kind.__name__} that holds itself")
            return trees.Seen(number)
        pack = _PACKERS.get(kind)
        if pack is None:
            pack = _packer_for(value)
        return pack(self, value, depth + 1)

    def number(self, value: Any, items: Iterable[Any], depth: int) -> list[Any]:
        """Give a container the next number; a tree for each of its items."""
        number = len(self.objects)
        self.register(value)
        self._open.add(number)
        found = self.all(items, depth)
        self._open.discard(number)
        return found

    def register(self, value: Any) -> None:
        """Give the value the next number."""
        self._numbers[id(value)] = len(self.objects)
        if type(value) is np.ndarray and _contiguous(value):
            self._owners.setdefault(id(_owner(value)), len(self.objects))
        self.objects.append(value)

    def base(self, view: np.ndarray[Any, Any]) -> int | None:
        """The number of an array that was met before and holds all of the view's memory."""
        number = self._owners.get(id(_owner(view)))
        if (
            number is None
            or not view.size
            or not _may_share(self.objects[number].dtype, view.dtype)
        ):
            return None
        (low, high), (start, end) = map(byte_bounds, (self.objects[number], view))
        return number if low <= start and end <= high else None

    def buffer(self, array: np.ndarray[Any, Any]) -> int:
        """Append the bytes of a C-contiguous array; returns the buffer's index."""
        self.buffers.append(
            array.reshape(-1).view(np.uint8) if array.size else np.empty(0, np.uint8)
        )
        return len(self.buffers) - 1

    def all(self, values: Iterable[Any], depth: int) -> list[Any]:
        """A tree for each of several values."""
        return [self.tree(value, depth) for value in values]

    def function(self, function: Callable[..., Any]) -> Any:
        """A tree that names a function."""
        return self._functions.export(function)

    def _forget(self, objects: int, buffers: int) -> None:
        """Go back to so many objects and buffers: the receiver never hears of the others."""
        for value in self.objects[objects:]:
            del self._numbers[id(value)]
        self._owners = {owner: n for owner, n in self._owners.items() if n < objects}
        del self.objects[objects:], self.buffers[buffers:]
        self._open.clear()


def _pack_big_int(value: int) -> Any:
    if value.bit_length() > 4 * trees.MAX_INT_DIGITS:
        raise Unsupported(f"an integer of {value.bit_length()} bits")
    return trees.Int(f"{value:x}")


def _pack_list(packer: Packer, value: list[Any], depth: int) -> Any:
    if set(map(type, value)) <= _PLAIN:
        packer.register(value)
        return trees.Plain(value)
    return trees.List(packer.number(value, value, depth))


def _pack_dict(packer: Packer, value: dict[Any, Any], depth: int) -> Any:
    _check_size(value)
    flat = packer.number(value, (part for pair in value.items() for part in pair), depth)
    return trees.Dict(list(zip(flat[::2], flat[1::2], strict=True)))


def _pack_set(packer: Packer, value: set[Any], depth: int) -> Any:
    _check_size(value)
    return trees.Set(packer.number(value, value, depth))


def _pack_frozenset(packer: Packer, value: frozenset[Any], depth: int) -> Any:
    _check_size(value)
    return trees.FrozenSet(packer.all(value, depth))


def _check_size(value: Any) -> None:
    if len(value) > MAX_KEYS and not set(map(type, value)) <= _SALTED:
        raise Unsupported(f"a {type(value).__name__} of {len(value)} numbers (an array can)")


def _pack_array(packer: Packer, value: np.ndarray[Any, Any], depth: int) -> Any:
    dtype = value.dtype.str
    if not _DTYPE.fullmatch(dtype):
        raise Unsupported(_refused_dtype(value.dtype))
    base = packer.base(value)
    packer.register(value)
    shape, writeable = list(value.shape), bool(value.flags.writeable)
    if base is not None:
        offset = _address(value) - _address(packer.objects[base])
        return trees.View(base, dtype, shape, list(value.strides), offset, writeable)
    order = _order(value)
    data = value.T if order == "F" else np.ascontiguousarray(value)
    return trees.Array(dtype, shape, order, writeable, packer.buffer(data))


def _pack_scalar(packer: Packer, value: np.generic, depth: int) -> Any:
    array = np.asarray(value)
    if not _DTYPE.fullmatch(array.dtype.str):
        raise Unsupported(f"a {type(value).__name__}")
    return trees.Scalar(array.dtype.str, array.tobytes())


def _pack_sparse(packer: Packer, value: Any, depth: int) -> Any:
    rows, keys = _rows_and_keys(value.format, value.shape, value.nnz)
    if rows > MAX_ROWS or keys > MAX_KEYS:
        raise Unsupported(f"a {value.format} matrix of that size (its tocsr() can)")
    packer.register(value)
    kind: Any = value.format if value.format in _SPARSE else "coo"
    plain = value.asformat(kind)
    parts = [plain.data, *_index_arrays(plain)]
    is_array = type(value).__name__.endswith("_array")
    return trees.Sparse(value.format, kind, is_array, list(value.shape), packer.all(parts, depth))


def _pack_generator(packer: Packer, value: np.random.Generator, depth: int) -> Any:
    packer.register(value)
    return trees.Generator(packer.tree(value.bit_generator.state, depth))


def _pack_operator(packer: Packer, value: Any, depth: int) -> Any:
    packer.register(value)
    dtype = _pack_dtype(packer, np.dtype(value.dtype or float), depth)
    calls = packer.function(value.matvec), packer.function(value.rmatvec)
    return trees.Operator(tuple(value.shape), dtype.name, *calls)


def _pack_dtype(packer: Packer, value: np.dtype[Any], depth: int) -> trees.DType:
    if not _DTYPE.fullmatch(value.str):
        raise Unsupported(f"the dtype {value}")
    return trees.DType(value.str)


def _pack_type(packer: Packer, value: type, depth: int) -> Any:
    if value not in _TYPE_NAMES:
        raise Unsupported(f"the class {value.__name__}")
    return trees.Type(_TYPE_NAMES[value])


def _pack_tuple(packer: Packer, value: tuple[Any, ...], depth: int) -> Any:
    return trees.Tuple(packer.all(value, depth))


def _pack_parts(packer: Packer, value: slice | range, depth: int) -> Any:
    parts = tuple(packer.all((value.start, value.stop, value.step), depth))
    return trees.Slice(parts) if type(value) is slice else trees.Range(parts)


_PACKERS: dict[type, Callable[[Packer, Any, int], Any]] = {
    complex: lambda packer, value, depth: trees.Complex(value.real, value.imag),
    bytes: lambda packer, value, depth: trees.Bytes(value),
    tuple: _pack_tuple,
    list: _pack_list,
    dict: _pack_dict,
    set: _pack_set,
    frozenset: _pack_frozenset,
    slice: _pack_parts,
    range: _pack_parts,
    type(...): lambda packer, value, depth: trees.Dots(),
    np.ndarray: _pack_array,
    np.random.Generator: _pack_generator,
    type: _pack_type,
}


def _packer_for(value: Any) -> Callable[[Packer, Any, int], Any]:
    kind = type(value)
    module = getattr(kind, "__module__", "")
    if isinstance(value, np.generic):
        return _pack_scalar
    if isinstance(value, np.dtype):
        return _pack_dtype
    if isinstance(value, tuple) and hasattr(kind, "_fields"):  # the SVDResult of np.linalg.svd
        return _pack_tuple
    if module.startswith("scipy.sparse"):
        if hasattr(value, "matvec"):
            return _pack_operator
        if hasattr(value, "asformat"):
            return _pack_sparse
    if kind.__name__.endswith("_LinearOperator") and hasattr(value, "matvec"):
        return _pack_operator
    if callable(value) and not isinstance(value, type):
        return lambda packer, value, depth: packer.function(value)
    if isinstance(value, Guarded):
        return lambda packer, value, depth: packer.tree(value.view(np.ndarray), depth)
    if isinstance(value, np.ndarray):
        raise Unsupported(f"a {kind.__name__} (np.asarray makes a plain array of it)")
    if issubclass(kind, (int, float, complex, str, bytes, list, dict, set)):
        plain = next(t for t in kind.__mro__ if t in _PLAIN or t in _PACKERS or t is int)
        raise Unsupported(f"a {kind.__name__} ({plain.__name__}(...) makes a plain one of it)")
    what = f"the class {value.__name__}" if isinstance(value, type) else f"a {kind.__name__} object"
    raise Unsupported(f"{what} (numbers, strings, lists, dicts, arrays and functions can)")


def _refused_dtype(dtype: np.dtype[Any]) -> str:
    if dtype.hasobject and dtype.names is None:
        return "an array of dtype object (are its rows equally long, its entries plain numbers?)"
    return f"an array of dtype {dtype} (use one of numbers, bool or str)"


class Unpacker:
    """Rebuilds values from trees; `objects` collects the numbered ones in order."""

    def __init__(
        self,
        functions: Functions,
        buffers: list[Buffer],
        known: Iterable[Any] = (),
        *,
        keep_originals: bool = False,
    ) -> None:
        self._functions = functions
        self._buffers: list[Buffer | None] = list(buffers)
        self._flat: dict[int, np.ndarray[Any, Any]] = {}
        self._keys = 0
        self._rows = 0
        self._is_more_than_sent = False
        self._keep_originals = keep_originals
        self.objects: list[Any] = list(known)
        self.originals: list[Any] = [None] * len(self.objects)
        self._known = len(self.objects)
        self._indices = {id(a) for value in self.objects for a in _index_arrays(value)}

    def unpack(self, tree: Tree) -> Any:
        """The value of a tree. Raises ProtocolError on anything that Packer does not write."""
        return self.unpack_all((tree,))[0]

    def unpack_all(self, items: Iterable[Tree]) -> list[Any]:
        """The values of several trees. Raises ProtocolError as `unpack` does."""
        try:
            values = self._all(items, 0)
            if self._is_more_than_sent:
                check_written_out(*values)
        except ProtocolError:
            raise
        except Exception as error:  # whatever NumPy and SciPy say to parts that do not fit
            raise ProtocolError(f"a malformed value: {error!s:.200}") from error
        return values

    def _value(self, tree: Tree, depth: int) -> Any:
        kind = type(tree)
        if kind in _PLAIN or kind is int:
            return tree
        if depth > MAX_DEPTH + 2:
            raise ProtocolError("a value that is nested too deep")
        return _UNPACKERS[kind](self, tree, depth + 1)

    def _all(self, items: Iterable[Tree], depth: int) -> list[Any]:
        return [self._value(item, depth) for item in items]

    def _complex(self, tree: trees.Complex, depth: int) -> complex:
        return complex(tree.real, tree.imag)

    def _tuple(self, tree: trees.Tuple, depth: int) -> tuple[Any, ...]:
        return tuple(self._all(tree.items, depth))

    def _plain(self, tree: trees.Plain, depth: int) -> list[Any]:
        self._keep(self._place(tree.items), tree.items)
        return tree.items

    def _list(self, tree: trees.List, depth: int) -> list[Any]:
        value: list[Any] = []
        number = self._place(value)
        value += self._all(tree.items, depth)
        self._keep(number, value)
        return value

    def _dict(self, tree: trees.Dict, depth: int) -> dict[Any, Any]:
        value: dict[Any, Any] = {}
        number = self._place(value)
        pairs = [(self._value(k, depth), self._value(v, depth)) for k, v in tree.pairs]
        self._check_keys([key for key, _ in pairs])
        value.update(pairs)
        self._keep(number, value)
        return value

    def _set(self, tree: trees.Set, depth: int) -> set[Any]:
        value: set[Any] = set()
        number = self._place(value)
        value |= self._frozenset(tree, depth)
        self._keep(number, value)
        return value

    def _frozenset(self, tree: trees.FrozenSet | trees.Set, depth: int) -> frozenset[Any]:
        items = self._all(tree.items, depth)
        self._check_keys(items)
        return frozenset(items)

    def _check_keys(self, keys: list[Any]) -> None:
        """Hashes of numbers can be chosen to collide, and then a dict takes quadratic time."""
        chosen = [key for key in keys if type(key) not in _SALTED]
        self._count(keys=len(chosen))
        if max(Counter(map(hash, chosen)).values(), default=0) > MAX_SAME_HASH:
            raise ProtocolError(f"more than {MAX_SAME_HASH} keys with the same hash")

    def _count(self, *, rows: int = 0, keys: int = 0) -> None:
        self._rows += rows
        self._keys += keys
        if self._rows > MAX_ROWS or self._keys > MAX_KEYS:
            raise ProtocolError(f"more than {MAX_KEYS} keys that are not text, or {MAX_ROWS} rows")

    def _slice(self, tree: trees.Slice, depth: int) -> slice:
        return slice(*self._all(tree.parts, depth))

    def _range(self, tree: trees.Range, depth: int) -> range:
        self._is_more_than_sent = True
        return range(*self._all(tree.parts, depth))

    def _scalar(self, tree: trees.Scalar, depth: int) -> Any:
        return np.frombuffer(tree.data, _dtype(tree.dtype), count=1)[0]

    def _array(self, tree: trees.Array, depth: int) -> Any:
        data, self._buffers[tree.buffer] = self._buffers[tree.buffer], None
        if data is None:
            raise ProtocolError("two arrays in the same bytes")
        kind = _dtype(tree.dtype)
        _check_shape(tree.shape, kind)
        if math.prod(tree.shape) * kind.itemsize != len(data):
            raise ProtocolError(f"{len(data)} bytes for an array of shape {tree.shape}")
        if not _holds_values(kind, data):
            raise ProtocolError(f"bytes that are no {kind}")
        memory = data.copy() if self._keep_originals else data
        array = np.ndarray(tree.shape, kind, memory, order=tree.order)
        array.flags.writeable = tree.writeable
        self._keep(self._place(array), data)
        return array

    def _view(self, tree: trees.View, depth: int) -> Any:
        owner, kind = self.objects[tree.base], _dtype(tree.dtype)
        if type(owner) is not np.ndarray or not _may_share(owner.dtype, kind):
            raise ProtocolError("a view of something that is not such an array")
        memory = self._memory(tree.base, owner)
        _check_shape(tree.shape, kind)
        _check_view(tree, kind, memory.nbytes)
        view: Any = np.ndarray(tree.shape, kind, memory, tree.offset, tree.strides)
        view.flags.writeable = tree.writeable and bool(owner.flags.writeable)
        self._is_more_than_sent = True
        self._place(view)
        return view

    def _memory(self, number: int, owner: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The bytes of an array as the sender has them; a copy where ours lie otherwise."""
        if number not in self._flat:
            if number >= self._known and not _contiguous(owner):  # copies of a view of one byte
                raise ProtocolError("a view of a view")
            self._flat[number] = self._own(owner).ravel(order=_order(owner))
        return self._flat[number]

    def _sparse(self, tree: trees.Sparse, depth: int) -> Any:
        from scipy import sparse

        number = self._place(None)
        parts = zip(self._all(tree.parts, depth), tree.parts, strict=True)
        data, *where = (a if type(part) is trees.Array else a.copy() for a, part in parts)
        _check_sparse(tree, data, where)
        rows, keys = _rows_and_keys(tree.format, tree.shape, data.size)
        self._count(rows=rows, keys=keys)
        self._indices |= set(map(id, where))
        make = getattr(sparse, f"{tree.stored}_{'array' if tree.is_array else 'matrix'}")
        indices = (tuple(where),) if tree.stored == "coo" else where
        value = make((data, *indices), shape=tuple(tree.shape))
        check_indices(value)
        if (value.data.shape, value.data.dtype) == (data.shape, data.dtype):
            value.data = data  # and no copy of scipy's, so that changes of entries are seen
        self.objects[number] = value.asformat(tree.format)
        return self.objects[number]

    def _generator(self, tree: trees.Generator, depth: int) -> np.random.Generator:
        number = self._place(None)
        generator = np.random.Generator(_bit_generator(self._value(tree.state, depth)))
        self.objects[number] = generator
        self._keep(number, generator.bit_generator.state)
        return generator

    def _operator(self, tree: trees.Operator, depth: int) -> Any:
        from scipy.sparse.linalg import LinearOperator

        number = self._place(None)
        self.objects[number] = LinearOperator(
            tree.shape,
            matvec=self._function(tree.matvec, depth),
            rmatvec=self._function(tree.rmatvec, depth),
            dtype=_dtype(tree.dtype),
        )
        return self.objects[number]

    def _function(self, tree: trees.Theirs | trees.Yours, depth: int) -> Callable[..., Any]:
        return self._functions.resolve(tree)

    def _seen(self, tree: trees.Seen, depth: int) -> Any:
        self._is_more_than_sent = True
        return self._own(self.objects[tree.number])

    def _own(self, value: Any) -> Any:
        """The value, or a copy of it where a sparse matrix trusts what it holds."""
        return value.copy() if id(value) in self._indices else value

    def _place(self, value: Any) -> int:
        """Give the value the next number."""
        self.objects.append(value)
        self.originals.append(None)
        return len(self.objects) - 1

    def _keep(self, number: int, content: Any) -> None:
        """Keep what a numbered value is before a call may change it."""
        if self._keep_originals:
            self.originals[number] = content.copy() if type(content) in _CONTENT else content


_UNPACKERS: dict[type, Callable[[Unpacker, Any, int], Any]] = {
    trees.Int: lambda unpacker, tree, depth: int(tree.digits, 16),
    trees.Complex: Unpacker._complex,
    trees.Bytes: lambda unpacker, tree, depth: tree.data,
    trees.Tuple: Unpacker._tuple,
    trees.Plain: Unpacker._plain,
    trees.List: Unpacker._list,
    trees.Dict: Unpacker._dict,
    trees.Set: Unpacker._set,
    trees.FrozenSet: Unpacker._frozenset,
    trees.Slice: Unpacker._slice,
    trees.Range: Unpacker._range,
    trees.Dots: lambda unpacker, tree, depth: ...,
    trees.Scalar: Unpacker._scalar,
    trees.DType: lambda unpacker, tree, depth: _dtype(tree.name),
    trees.Type: lambda unpacker, tree, depth: _TYPES[tree.name],
    trees.Array: Unpacker._array,
    trees.View: Unpacker._view,
    trees.Seen: Unpacker._seen,
    trees.Sparse: Unpacker._sparse,
    trees.Generator: Unpacker._generator,
    trees.Operator: Unpacker._operator,
    trees.Theirs: Unpacker._function,
    trees.Yours: Unpacker._function,
}
_CONTENT = (list, dict, set)


def check_written_out(*values: Any) -> None:
    """Raise ProtocolError on what is endless to read, though small: `x = [x, x]` sixty times.

    Everything that holds a value and everything that is one array, range or view counts as often
    as it would be met by `repr` or `np.asarray`.
    """
    sizes: dict[int, float] = {}

    def size(value: Any) -> float:
        kind = type(value)
        if kind is np.ndarray:
            return int(value.nbytes)
        if kind is range:
            return int(ITEM_BYTES * max(0, (value.stop - value.start) // value.step))
        known = sizes.get(id(value))
        if known is None:
            sizes[id(value)] = math.inf  # until it is known: what holds itself is endless
            items = [*value.keys(), *value.values()] if kind is dict else value
            held = sum(size(item) for item in items if type(item) in _WITH_CONTENT)
            known = sizes[id(value)] = ITEM_BYTES * len(value) + held
        if known > MAX_WRITTEN_OUT_BYTES:
            raise ProtocolError("a value that holds itself, or the same things over and over")
        return known

    try:
        size(values)
    except RecursionError:
        raise ProtocolError("a value that is nested too deep") from None


_WITH_CONTENT = frozenset({list, dict, set, tuple, frozenset, range, np.ndarray})


def changes(packer: Packer, unpacker: Unpacker) -> list[tuple[int, Tree]]:
    """The numbered arguments that a call has changed in place, each with its new content."""
    changed = []
    for number, (value, original) in enumerate(
        zip(unpacker.objects, unpacker.originals, strict=True)
    ):
        if original is not None:
            content = _changed_content(value, original)
            if content is not None:
                changed.append((number, packer.pack(content)))
    return changed


def apply_changes(changed: list[tuple[int, Tree]], objects: list[Any], unpacker: Unpacker) -> None:
    """Carry changes back into the caller's own objects. Raises ProtocolError."""
    last = -1
    for number, tree in changed:
        if not last < number < len(objects):
            raise ProtocolError("a change of something that was not sent")
        _assign(objects[number], unpacker.unpack(tree))
        last = number
    check_written_out(*(objects[number] for number, _ in changed))
    for value in objects if changed else ():
        if _index_arrays(value):
            check_indices(value)


def _changed_content(value: Any, original: Any) -> Any:
    if isinstance(value, np.ndarray):
        now = value.ravel(order=_order(value)).view(np.uint8) if value.size else original
        return None if np.array_equal(now, original) else value.copy()
    if isinstance(value, np.random.Generator):
        state = value.bit_generator.state
        return None if repr(state) == repr(original) else state
    if isinstance(value, list):
        same = len(value) == len(original) and all(map(_same, value, original))
    elif isinstance(value, dict):
        same = len(value) == len(original) and all(
            key in original and _same(item, original[key]) for key, item in value.items()
        )
    else:
        same = value == original
    return None if same else value.copy()


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and type(a) in _PLAIN | {int} and a == b)


def _assign(value: Any, content: Any) -> None:
    kind: Any = type(value)
    given: Any = content
    if type(content) is not (dict if kind is np.random.Generator else kind):
        raise ProtocolError(f"a {type(content).__name__} as the content of a {kind.__name__}")
    try:
        if kind is np.ndarray:
            if given.shape != value.shape or given.dtype != value.dtype:
                raise ProtocolError("a change of an array's shape or dtype")
            value[...] = content
        elif kind is np.random.Generator:
            value.bit_generator.state = _bit_generator(content).state
        elif kind is list:
            value[:] = content
        elif kind is dict or kind is set:
            value.clear()
            value.update(content)
        else:
            raise ProtocolError(f"a change of a {kind.__name__}")
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise ProtocolError(f"a change that does not fit: {error!s:.200}") from error


def _owner(array: np.ndarray[Any, Any]) -> Any:
    owner: Any = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner


def _contiguous(array: np.ndarray[Any, Any]) -> bool:
    return bool(array.flags.c_contiguous or array.flags.f_contiguous)


def _order(array: np.ndarray[Any, Any]) -> Literal["C", "F"]:
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def _address(array: np.ndarray[Any, Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _dtype(name: str) -> np.dtype[Any]:
    if not _DTYPE.fullmatch(name):
        raise ProtocolError(f"an array of dtype {name!r:.40}")
    return np.dtype(name)


def _check_shape(shape: list[int], dtype: np.dtype[Any]) -> None:
    """Empty arrays, too: a sum along their axis 0 is not empty."""
    if math.prod(max(extent, 1) for extent in shape) * max(dtype.itemsize, 1) > MAX_BUFFER_BYTES:
        raise ProtocolError(f"an array of shape {shape}")


def _may_share(one: np.dtype[Any], other: np.dtype[Any]) -> bool:
    """Whether the same bytes may be seen as both: any bytes are a number, few are a bool or str."""
    return one.kind == other.kind == "b" or not {one.kind, other.kind} & {"b", "U"}


def _holds_values(dtype: np.dtype[Any], data: Buffer) -> bool:
    """NumPy's C code trusts that a bool is 0 or 1 and that a character exists."""
    if dtype.kind not in "bU" or not len(data):
        return True
    if dtype.kind == "b":
        return bool(data.max() <= 1)
    return bool(data.view(f"{dtype.byteorder}u4".replace("=", "<")).max() <= sys.maxunicode)


def _check_view(view: trees.View, dtype: np.dtype[Any], available: int) -> None:
    """NumPy checks this too, but in C integers that overflow."""
    if len(view.shape) != len(view.strides) or 0 in view.shape:
        raise ProtocolError("a view that no packer writes")
    steps = [(extent - 1) * step for extent, step in zip(view.shape, view.strides, strict=True)]
    low = view.offset + sum(step for step in steps if step < 0)
    high = view.offset + sum(step for step in steps if step > 0) + dtype.itemsize
    if low < 0 or high > available:
        raise ProtocolError(f"a view of shape {view.shape} beyond its array")


def _check_sparse(tree: trees.Sparse, data: Any, where: list[Any]) -> None:
    """What scipy's constructors are not to be asked with."""
    if any(type(part) is not np.ndarray for part in (data, *where)):
        raise ProtocolError("a sparse matrix of what are no arrays")
    kinds = data.dtype.kind in "biufc" and all(part.dtype.kind == "i" for part in where)
    if not kinds or not all(part.dtype.isnative for part in (data, *where)):
        raise ProtocolError("a sparse matrix of odd dtypes")
    if tree.format not in (tree.stored, "lil", "dok"):
        raise ProtocolError(f"a {tree.format} matrix that was stored as {tree.stored}")


def _index_arrays(value: Any) -> list[np.ndarray[Any, Any]]:
    """The arrays of a sparse matrix that its C code takes for indices."""
    if not type(value).__module__.startswith("scipy.sparse"):
        return []
    if getattr(value, "format", "") == "coo":
        return list(value.coords)  # as many as it has dimensions
    return [
        getattr(value, name) for name in ("offsets", "indices", "indptr") if name in vars(value)
    ]


def check_indices(matrix: Any) -> None:
    """Raise ProtocolError where the indices of a sparse matrix are none."""
    try:
        if matrix.format in ("csr", "csc", "bsr"):
            matrix.check_format(full_check=True)
            _check_starts(matrix.indptr)
        elif matrix.format == "coo":
            for index, extent in zip(matrix.coords, matrix.shape, strict=True):
                _check_within(index, 0, extent)
        elif matrix.format == "dia":
            _check_within(matrix.offsets, -max(matrix.shape), max(matrix.shape) + 1)
    except ValueError as error:
        raise ProtocolError(f"a sparse matrix with wrong indices: {error!s:.200}") from error


def _check_starts(indptr: np.ndarray[Any, Any]) -> None:
    """scipy does not look where the last one says that there are no entries."""
    if indptr.min() < 0 or (np.diff(indptr) < 0).any():
        raise ProtocolError("a sparse matrix with rows that end before they start")


def _check_within(index: np.ndarray[Any, Any], low: int, high: int) -> None:
    if len(index) and not low <= int(index.min()) <= int(index.max()) < high:
        raise ProtocolError("a sparse matrix with entries outside of it")


def _rows_and_keys(kind: str, shape: Iterable[int], entries: int) -> tuple[int, int]:
    """How many lists and dict keys a sparse matrix is made of."""
    return max(shape) if kind == "lil" else 0, entries if kind == "dok" else 0


def _bit_generator(state: Any) -> Any:
    name = state["bit_generator"]
    if name not in _BIT_GENERATORS:
        raise ProtocolError(f"a random generator {name!r:.40}")
    _check_state(state)
    generator = getattr(np.random, name)()
    generator.state = state
    return generator


def _check_state(state: Any) -> None:
    """NumPy's C code trusts the positions in a state."""
    name = state["bit_generator"]
    if name == "MT19937":
        position, last, parts = state["state"]["pos"], 624, {"key": 624}
    elif name == "Philox":
        position, last, parts = state["buffer_pos"], 4, {"counter": 4, "key": 2}
    else:
        position, last, parts = 0, 0, {"state": 4} if name == "SFC64" else {}
    arrays = [(state["state"][part], length) for part, length in parts.items()]
    arrays += [(state["buffer"], 4)] if name == "Philox" else []
    if type(position) is not int or not 0 <= position <= last:
        raise ProtocolError("a random generator with an impossible state")
    if any(
        type(a) is not np.ndarray or a.shape != (length,) or a.dtype.kind != "u"
        for a, length in arrays
    ):
        raise ProtocolError("a random generator with an impossible state")
