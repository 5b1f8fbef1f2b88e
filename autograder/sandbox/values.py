"""Python values as plain trees plus byte buffers, and back; what cannot be rebuilt is refused.

    None, bool, int, float, str, bytes      as MessagePack has them
    [tag, ...]                              everything else, by the `_unpack_<tag>` methods below

A receiver builds exact builtin types, plain arrays, scipy.sparse arrays, random generators and
`LinearOperator`s; never a class of the sender's. Mutable things are numbered in the order in which
they are met, so that aliases stay aliases, a result can *be* an argument (or a view of one), and
changes made in place can be carried back (`changes`, `apply_changes`). Functions stay where they
are: the receiver gets a number to call them by.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograder.errors import ProtocolError
from autograder.sandbox.wire import MAX_BUFFER_BYTES, Buffer, Tree

MAX_DEPTH = 100
MAX_INT_BYTES = 4096
MAX_WRITTEN_OUT = 10_000_000  # items, if aliases were copies: x = [x, x] sixty times has 2**60
MAX_SPARSE_EXTENT = 1 << 27
_DTYPE = re.compile(r"[<>|=]?([biufc]\d{1,2}|[US]\d{1,6})")
_PLAIN = frozenset({type(None), bool, float, str, bytes})
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

    def export(self, function: Callable[..., Any]) -> Tree:
        """A tree that names a function."""

    def resolve(self, tag: str, handle: int, name: str) -> Callable[..., Any]:
        """The function that such a tree names."""


class Packer:
    """Turns values into one tree; `known` are the objects that the receiver has already."""

    def __init__(self, functions: Functions, known: Iterable[Any] = ()) -> None:
        self.buffers: list[Buffer] = []
        self._functions = functions
        self.objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._owners: dict[int, int] = {}
        for value in known:
            self.register(value)

    def pack(self, value: Any, depth: int = 0) -> Tree:
        """A tree for the value. Raises Unsupported."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if -(1 << 63) <= value < 1 << 63 else _pack_big_int(value)
        if depth > MAX_DEPTH:
            raise Unsupported(f"nested deeper than {MAX_DEPTH} levels")
        number = self._numbers.get(id(value))
        if number is not None:
            return ["seen", number]
        pack = _PACKERS.get(kind)
        if pack is None:
            pack = _packer_for(value)
        return pack(self, value, depth + 1)

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

    def all(self, values: Iterable[Any], depth: int) -> list[Tree]:
        """A tree for each of several values."""
        return [self.pack(value, depth) for value in values]

    def function(self, function: Callable[..., Any]) -> Tree:
        """A tree that names a function."""
        return self._functions.export(function)


def _pack_big_int(value: int) -> Tree:
    if value.bit_length() > 8 * MAX_INT_BYTES:
        raise Unsupported(f"an integer of {value.bit_length()} bits")
    return ["int", f"{value:x}"]


def _pack_list(packer: Packer, value: list[Any], depth: int) -> Tree:
    packer.register(value)
    if set(map(type, value)) <= _PLAIN:
        return ["plain", value]
    return ["list", packer.all(value, depth)]


def _pack_dict(packer: Packer, value: dict[Any, Any], depth: int) -> Tree:
    packer.register(value)
    return ["dict", [packer.all(pair, depth) for pair in value.items()]]


def _pack_set(packer: Packer, value: set[Any], depth: int) -> Tree:
    packer.register(value)
    return ["set", packer.all(value, depth)]


def _pack_array(packer: Packer, value: np.ndarray[Any, Any], depth: int) -> Tree:
    dtype = value.dtype.str
    if not _DTYPE.fullmatch(dtype):
        raise Unsupported(_refused_dtype(value.dtype))
    base = packer.base(value)
    packer.register(value)
    writeable = bool(value.flags.writeable)
    if base is not None:
        offset = _address(value) - _address(packer.objects[base])
        return ["view", base, dtype, value.shape, value.strides, offset, writeable]
    order = _order(value)
    data = value.T if order == "F" else np.ascontiguousarray(value)
    return ["array", dtype, value.shape, order, writeable, packer.buffer(data)]


def _pack_scalar(packer: Packer, value: np.generic, depth: int) -> Tree:
    array = np.asarray(value)
    if not _DTYPE.fullmatch(array.dtype.str):
        raise Unsupported(f"a {type(value).__name__}")
    return ["scalar", array.dtype.str, array.tobytes()]


def _pack_sparse(packer: Packer, value: Any, depth: int) -> Tree:
    packer.register(value)
    kind = value.format if value.format in _SPARSE else "coo"
    plain = value.asformat(kind)
    names = {"coo": (), "dia": ("offsets",)}.get(kind, ("indices", "indptr"))
    parts = [getattr(plain, name) for name in ("data", *names)]
    parts += plain.coords if kind == "coo" else ()  # as many as it has dimensions
    is_array = type(value).__name__.endswith("_array")
    return ["sparse", value.format, kind, is_array, list(value.shape), packer.all(parts, depth)]


def _pack_generator(packer: Packer, value: np.random.Generator, depth: int) -> Tree:
    packer.register(value)
    return ["generator", packer.pack(value.bit_generator.state, depth)]


def _pack_operator(packer: Packer, value: Any, depth: int) -> Tree:
    packer.register(value)
    dtype = np.dtype(float if value.dtype is None else value.dtype)
    return ["operator", list(value.shape), _pack_dtype(packer, dtype, depth)[1],
            packer.function(value.matvec), packer.function(value.rmatvec)]  # fmt: skip


def _pack_dtype(packer: Packer, value: np.dtype[Any], depth: int) -> Tree:
    if not _DTYPE.fullmatch(value.str):
        raise Unsupported(f"the dtype {value}")
    return ["dtype", value.str]


def _pack_type(packer: Packer, value: type, depth: int) -> Tree:
    if value not in _TYPE_NAMES:
        raise Unsupported(f"the class {value.__name__}")
    return ["type", _TYPE_NAMES[value]]


_PACKERS: dict[type, Callable[[Packer, Any, int], Tree]] = {
    complex: lambda packer, value, depth: ["complex", value.real, value.imag],
    tuple: lambda packer, value, depth: ["tuple", packer.all(value, depth)],
    list: _pack_list,
    dict: _pack_dict,
    set: _pack_set,
    frozenset: lambda packer, value, depth: ["frozenset", packer.all(value, depth)],
    slice: lambda packer, value, depth: [
        "slice", packer.all((value.start, value.stop, value.step), depth)
    ],
    range: lambda packer, value, depth: [
        "range", packer.all((value.start, value.stop, value.step), depth)
    ],
    type(...): lambda packer, value, depth: ["ellipsis"],
    np.ndarray: _pack_array,
    np.random.Generator: _pack_generator,
    type: _pack_type,
}  # fmt: skip


def _packer_for(value: Any) -> Callable[[Packer, Any, int], Tree]:
    kind = type(value)
    module = getattr(kind, "__module__", "")
    if isinstance(value, np.generic):
        return _pack_scalar
    if isinstance(value, np.dtype):
        return _pack_dtype
    if isinstance(value, tuple) and hasattr(kind, "_fields"):  # the SVDResult of np.linalg.svd
        return lambda packer, value, depth: ["tuple", packer.all(value, depth)]
    if module.startswith("scipy.sparse"):
        if hasattr(value, "matvec"):
            return _pack_operator
        if hasattr(value, "asformat"):
            return _pack_sparse
    if kind.__name__.endswith("_LinearOperator") and hasattr(value, "matvec"):
        return _pack_operator
    if callable(value) and not isinstance(value, type):
        return lambda packer, value, depth: packer.function(value)
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
    """Rebuilds values from a tree; `objects` collects the numbered ones in order."""

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
        self._sizes: dict[int, int] = {}  # of finished containers, aliases written out
        self._written_out = 0
        self._loops = 0
        self._keep_originals = keep_originals
        self.objects: list[Any] = list(known)
        self.originals: list[Any] = [None] * len(self.objects)
        self._known = len(self.objects)

    def unpack(self, tree: Tree, depth: int = 0) -> Any:
        """The value of a tree. Raises ProtocolError on anything that Packer does not write."""
        if type(tree) is not list:
            if type(tree) in _PLAIN or type(tree) is int:
                return tree
            raise ProtocolError(f"a {type(tree).__name__} in a value")
        if depth > MAX_DEPTH + 2 or not tree or type(tree[0]) is not str:
            raise ProtocolError("a value that no packer writes")
        unpack = getattr(self, f"_unpack_{tree[0]}", None)
        if unpack is None:
            raise ProtocolError(f"unknown kind of value {tree[0]!r}")
        try:
            return unpack(depth + 1, *tree[1:])
        except ProtocolError:
            raise
        except Exception as error:  # whatever NumPy and SciPy say to parts that do not fit
            raise ProtocolError(f"malformed {tree[0]:.20}: {error!s:.200}") from error

    def _all(self, trees: list[Tree], depth: int) -> list[Any]:
        if type(trees) is not list:
            raise ProtocolError("items that are not a list")
        self._written_out += len(trees)
        return [self.unpack(tree, depth) for tree in trees]

    def _unpack_int(self, depth: int, digits: str) -> int:
        if type(digits) is not str or len(digits) > 2 * MAX_INT_BYTES + 1:
            raise ProtocolError("an integer that is too long")
        return int(digits, 16)

    def _unpack_complex(self, depth: int, real: float, imag: float) -> complex:
        return complex(float(real), float(imag))

    def _unpack_tuple(self, depth: int, items: list[Tree]) -> tuple[Any, ...]:
        return tuple(self._all(items, depth))

    def _unpack_plain(self, depth: int, items: list[Any]) -> list[Any]:
        if type(items) is not list or not set(map(type, items)) <= _PLAIN | {int}:
            raise ProtocolError("a plain list with items that are not plain")
        self._sizes[len(self.objects)] = len(items)
        self._written_out += len(items)
        self._remember(items, list(items) if self._keep_originals else None)
        return items

    def _unpack_list(self, depth: int, items: list[Tree]) -> list[Any]:
        value: list[Any] = []
        number, before = self._place(value), self._written_out
        value.extend(self._all(items, depth))
        self.originals[number] = list(value)
        self._sizes[number] = self._written_out - before
        return value

    def _unpack_dict(self, depth: int, items: list[list[Tree]]) -> dict[Any, Any]:
        value: dict[Any, Any] = {}
        number, before = self._place(value), self._written_out
        for pair in items:
            key, item = self._all(pair, depth)
            value[key] = item
        self.originals[number] = dict(value)
        self._sizes[number] = self._written_out - before
        return value

    def _unpack_set(self, depth: int, items: list[Tree]) -> set[Any]:
        value: set[Any] = set()
        number = self._place(value)
        value.update(self._all(items, depth))
        self.originals[number] = set(value)
        return value

    def _unpack_frozenset(self, depth: int, items: list[Tree]) -> frozenset[Any]:
        return frozenset(self._all(items, depth))

    def _unpack_slice(self, depth: int, parts: list[Tree]) -> slice:
        return slice(*self._all(parts, depth))

    def _unpack_range(self, depth: int, parts: list[int]) -> range:
        return range(*self._all(parts, depth))

    def _unpack_ellipsis(self, depth: int) -> Any:
        return ...

    def _unpack_scalar(self, depth: int, dtype: str, data: bytes) -> Any:
        return np.frombuffer(data, _dtype(dtype), count=1)[0]

    def _unpack_dtype(self, depth: int, name: str) -> Any:
        return _dtype(name)

    def _unpack_type(self, depth: int, name: str) -> type:
        return _TYPES[name]

    def _unpack_array(
        self, depth: int, dtype: str, shape: list[int], order: str, writeable: bool, buffer: int
    ) -> Any:
        data, self._buffers[buffer] = self._buffers[_count(buffer)], None
        if data is None:
            raise ProtocolError("two arrays in the same bytes")
        kind = _dtype(dtype)
        shape = [_count(extent) for extent in shape]
        if math.prod(shape) * kind.itemsize != len(data) or order not in ("C", "F"):
            raise ProtocolError(f"{len(data)} bytes for an array of shape {tuple(shape)}")
        if not _holds_values(kind, data):
            raise ProtocolError(f"bytes that are no {kind}")
        memory = data.copy() if self._keep_originals else data
        array = np.ndarray(shape, kind, memory, order="F" if order == "F" else "C")
        array.flags.writeable = writeable is True
        return self._remember(array, data)

    def _unpack_view(
        self, depth: int, base: int, dtype: str, shape: list[int], strides: list[int],
        offset: int, writeable: bool,
    ) -> Any:  # fmt: skip
        owner = self.objects[_count(base)]
        kind = _dtype(dtype)
        if type(owner) is not np.ndarray or not _may_share(owner.dtype, kind):
            raise ProtocolError("a view of something that is not such an array")
        if base not in self._flat:
            self._flat[base] = owner.ravel(order=_order(owner))
        memory = self._flat[base]
        shape, strides = [_count(extent) for extent in shape], [int(step) for step in strides]
        _check_view(kind, shape, strides, _count(offset), memory.nbytes)
        view = np.ndarray(shape, kind, memory, offset, strides)
        view.flags.writeable = writeable is True and bool(owner.flags.writeable)
        return self._remember(view, None)

    def _unpack_sparse(
        self,
        depth: int,
        kind: str,
        stored: str,
        is_array: bool,
        shape: list[int],
        parts: list[Tree],
    ) -> Any:
        from scipy import sparse

        number = self._place(None)
        if stored not in _SPARSE or kind not in (*_SPARSE, "lil", "dok"):
            raise ProtocolError(f"a sparse matrix of format {kind!r}")
        make = getattr(sparse, f"{stored}_{'array' if is_array else 'matrix'}")
        data, *where = self._all(parts, depth)
        shape = [_count(extent) for extent in shape]
        if max(shape) > MAX_SPARSE_EXTENT:
            raise ProtocolError(f"a sparse matrix of shape {tuple(shape)}")
        if stored == "coo":
            value = make((data, tuple(where)), shape=shape)
        elif stored == "dia":
            value = make((data, *where), shape=shape)
        else:
            value = make((data, *where), shape=shape)
            value.check_format(full_check=True)  # scipy's C code trusts the indices
        self.objects[number] = value.asformat(kind)
        return self.objects[number]

    def _unpack_generator(self, depth: int, state: Tree) -> np.random.Generator:
        number = self._place(None)
        state = self.unpack(state, depth)
        self.objects[number] = generator = np.random.Generator(_bit_generator(state))
        self.originals[number] = state
        return generator

    def _unpack_operator(
        self, depth: int, shape: list[int], dtype: str, matvec: Tree, rmatvec: Tree
    ) -> Any:
        from scipy.sparse.linalg import LinearOperator

        number = self._place(None)
        self.objects[number] = LinearOperator(
            tuple(_count(extent) for extent in shape),
            matvec=self.unpack(matvec, depth),
            rmatvec=self.unpack(rmatvec, depth),
            dtype=_dtype(dtype),
        )
        return self.objects[number]

    def _unpack_seen(self, depth: int, number: int) -> Any:
        value = self.objects[_count(number)]
        if isinstance(value, (list, dict, set)):
            self._count_again(number, value)
        return value

    def _count_again(self, number: int, value: Any) -> None:
        """Keep what is written once from being endless to read."""
        if number in self._sizes:
            self._written_out += self._sizes[number]
        elif number < self._known:
            self._written_out += len(value)
        else:  # it holds itself
            self._loops += 1
        if self._written_out > MAX_WRITTEN_OUT or self._loops > 1:
            raise ProtocolError("a list that holds the same lists over and over")

    def _unpack_theirs(self, depth: int, handle: int, name: str) -> Any:
        return self._functions.resolve("theirs", _count(handle), str(name))

    def _unpack_yours(self, depth: int, handle: int, name: str) -> Any:
        return self._functions.resolve("yours", _count(handle), str(name))

    def _place(self, value: Any) -> int:
        self._remember(value, None)
        return len(self.objects) - 1

    def _remember(self, value: Any, original: Any) -> Any:
        self.objects.append(value)
        self.originals.append(original)
        return value


def changes(packer: Packer, unpacker: Unpacker) -> Tree:
    """The numbered arguments that a call has changed in place, as `[number, new content]` pairs."""
    changed = []
    for number, (value, original) in enumerate(
        zip(unpacker.objects, unpacker.originals, strict=True)
    ):
        if original is None:
            continue
        content = _changed_content(value, original)
        if content is not None:
            changed.append([number, packer.pack(content)])
    return changed


def apply_changes(changed: Tree, objects: list[Any], unpacker: Unpacker) -> None:
    """Carry changes back into the caller's own objects."""
    if type(changed) is not list:
        raise ProtocolError("changes that are not a list")
    for entry in changed:
        if type(entry) is not list or len(entry) != 2 or not 0 <= _count(entry[0]) < len(objects):
            raise ProtocolError("a change of something that was not sent")
        _assign(objects[entry[0]], unpacker.unpack(entry[1]))


def _changed_content(value: Any, original: Any) -> Any:
    if isinstance(value, np.ndarray):
        return None if value.tobytes(_order(value)) == original.tobytes() else value.copy()
    if isinstance(value, np.random.Generator):
        state = value.bit_generator.state
        return None if _same_state(state, original) else (state,)
    if isinstance(value, list):
        same = len(value) == len(original) and all(map(_same, value, original))
        return None if same else tuple(value)
    if isinstance(value, dict):
        same = len(value) == len(original) and all(
            key in original and _same(item, original[key]) for key, item in value.items()
        )
        return None if same else tuple(value.items())
    return None if value == original else tuple(value)


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and type(a) in _PLAIN | {int} and a == b)


def _same_state(a: Any, b: Any) -> bool:
    return repr(a) == repr(b)


def _assign(value: Any, content: Any) -> None:
    kind = type(value)
    if kind is np.ndarray:
        if (
            type(content) is not kind
            or content.shape != value.shape
            or content.dtype != value.dtype
        ):
            raise ProtocolError("a change of an array's shape or dtype")
    elif type(content) is not tuple:
        raise ProtocolError("a change that is no content")
    try:
        if kind is np.ndarray:
            value[...] = content
        elif kind is np.random.Generator:
            _check_state(content[0])
            value.bit_generator.state = content[0]
        elif kind is list:
            value[:] = content
        elif kind is dict or kind is set:
            content = kind(content)
            value.clear()
            value.update(content)
        else:
            raise ProtocolError(f"a change of a {kind.__name__}")
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise ProtocolError(f"a change that does not fit: {error}") from error


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
    if type(name) is not str or not _DTYPE.fullmatch(name):
        raise ProtocolError(f"an array of dtype {name!r:.40}")
    return np.dtype(name)


def _count(number: int) -> int:
    if type(number) is not int or not 0 <= number < 1 << 62:
        raise ProtocolError("a count that is not a count")
    return number


def _may_share(one: np.dtype[Any], other: np.dtype[Any]) -> bool:
    """Whether the same bytes may be seen as both: any bytes are a number, few are a bool or str."""
    return one.kind == other.kind or not {one.kind, other.kind} & {"b", "U"}


def _holds_values(dtype: np.dtype[Any], data: Buffer) -> bool:
    """NumPy's C code trusts that a bool is 0 or 1 and that a character exists."""
    if dtype.kind not in "bU" or not len(data):
        return True
    if dtype.kind == "b":
        return bool(data.max() <= 1)
    return bool(data.view(f"{dtype.byteorder}u4".replace("=", "<")).max() <= sys.maxunicode)


def _check_view(
    dtype: np.dtype[Any], shape: list[int], strides: list[int], offset: int, available: int
) -> None:
    """NumPy checks this too, but in C integers that overflow."""
    if len(shape) != len(strides) or 0 in shape:
        raise ProtocolError("a view that no packer writes")
    steps = [(extent - 1) * step for extent, step in zip(shape, strides, strict=True)]
    low = offset + sum(step for step in steps if step < 0)
    high = offset + sum(step for step in steps if step > 0) + dtype.itemsize
    if low < 0 or high > available or math.prod(shape) * dtype.itemsize > MAX_BUFFER_BYTES:
        raise ProtocolError(f"a view of shape {tuple(shape)} beyond its array")


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
