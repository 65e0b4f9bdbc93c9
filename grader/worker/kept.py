"""What a program keeps between calls: everything that its globals lead to, and what it borrows.

Two pictures that differ show that something in between wrote to what outlives a call. None of
the program's code runs while one is taken.
"""

from __future__ import annotations

import functools
import gc
import inspect
import logging
import re
import sys
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from flax import linen as nn

from grader.worker.arrays import base_view

_ATOMS: Final = (int, float, complex, bool, str, bytes, type(None))
_MOST: Final = 50_000
_LIBRARIES: Final = frozenset({"jax", "jaxlib", "flax", "numpy", "ml_dtypes", "grader"})
_BORROWED: Final = ("flax.linen", "jax.numpy", "jax", "jax.random", "jax.lax", "jax.nn")


class Kept:
    """A picture of what a program keeps. It holds all that it shows: no id is used twice."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._name = namespace.get("__name__")
        self._namespace = namespace
        self._seen: dict[int, Any] = {}
        self._shown: list[object] = []
        self.running = False
        waiting: list[Any] = [namespace, logging.root, logging.root.manager.loggerDict]
        waiting += [sys.modules.get(each) for each in _BORROWED]
        while waiting and len(self._seen) < _MOST:
            waiting.extend(self._visit(waiting.pop()))
        self.whole = not waiting

    def same(self, other: Kept) -> bool:
        """Say whether nothing that lasts was written between the two."""
        return self.whole and other.whole and self._shown == other._shown

    def _visit(self, value: Any) -> Iterable[Any]:
        kind = type(value)
        if kind in _ATOMS:
            self._shown.append((kind.__name__, repr(value)))
            return ()
        if id(value) in self._seen:
            self._shown.append(id(value))
            return ()
        self._seen[id(value)] = value
        self._shown.append(id(value))
        return [*self._makers(value, kind), *self._parts(value, kind)]

    def _makers(self, value: Any, kind: type) -> Iterable[type]:
        """Return the program's own classes that a value, or one of its classes, is made by."""
        if not issubclass(kind, type):
            return (kind,) if kind.__module__ == self._name else ()
        if value.__module__ != self._name:
            return ()
        return [each for each in (kind, *type.mro(value)[1:]) if each.__module__ == self._name]

    def _parts(self, value: Any, kind: type) -> Iterable[Any]:  # one for each kind
        base = next((each for each in _CONTAINERS if issubclass(kind, each)), None)
        if base is not None:
            own = () if kind is base else self._fields(value, kind)
            return [*_elements(value, base), *own]
        if issubclass(kind, np.ndarray):
            return [*self._of_array(value), *self._fields(value, kind)]
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, types.ModuleType):
            lent = value.__name__ in _BORROWED or self._is_global(value)
            return self._borrowed(dict(vars(value))) if lent else ()
        if issubclass(kind, type):
            return self._of_class(value)
        return self._of_object(value, kind)

    def _of_array(self, value: np.ndarray) -> Iterable[Any]:
        own = base_view(value)
        assert own is not None
        self._shown.append((own.shape, own.strides, own.dtype.str, own.flags.writeable))
        if own.dtype.hasobject:
            return own.tolist() if own.dtype.kind == "O" and own.ndim else gc.get_referents(own)
        self._shown.append(blake2b(own.tobytes()).digest())
        return [own.dtype.metadata]

    def _of_function(self, value: types.FunctionType) -> Iterable[Any]:
        # `functools.wraps` gives a function of the program the name of another's module.
        if value.__globals__ is not self._namespace and _root(value.__module__) in _LIBRARIES:
            return self._written(value)
        cells = [each for cell in value.__closure__ or () for each in _content(cell)]
        return [*cells, value.__defaults__, value.__kwdefaults__, value.__dict__]

    def _of_class(self, value: type) -> Iterable[Any]:
        members = dict(vars(value))
        if value.__module__ != self._name:
            return self._borrowed(members)
        return [each for pair in members.items() if not _is_made(pair[0]) for each in pair]

    def _borrowed(self, members: Any) -> Iterable[Any]:
        """Show which members a library's class or module has, but not what is in them."""
        own = {
            name: each
            for name, each in members.items()
            if not _is_made(name) and not isinstance(each, types.ModuleType)
        }
        self._shown += [(*own,), (*map(id, own.values()),)]
        written = [part for each in own.values() for part in self._written(each)]
        held = [each for name, each in own.items() if type(each) in _WRITTEN and _is_public(name)]
        return [*written, *held, *(each for each in own.values() if issubclass(type(each), type))]

    def _written(self, value: Any) -> list[Any]:
        """Show which attributes something has that isn't the program's, such as a function.

        Return what it holds of the program's: it may be called through it.
        """
        own = getattr(value, "__dict__", None)
        if type(own) is not dict or not own:
            return []
        self._shown.append((id(value), *own, *map(id, own.values())))
        return [each for each in own.values() if self._is_own(each)]

    def _is_global(self, value: types.ModuleType) -> bool:
        """Say whether a module is the program's to use. Not `sys`: it rules a proof out."""
        return value is not sys and any(each is value for each in self._namespace.values())

    def _is_own(self, value: Any) -> bool:
        if type(value) is types.FunctionType:
            return value.__globals__ is self._namespace
        return type(value).__module__ == self._name

    def _of_object(self, value: Any, kind: type) -> Iterable[Any]:
        match value:
            case functools.partial():
                return [value.func, value.args, value.keywords, vars(value)]
            case types.MethodType():
                return [value.__self__, value.__func__]
            case staticmethod() | classmethod() | property():
                return [getattr(value, "__func__", None) or getattr(value, "fget", None)]
            case logging.Logger():
                self._shown.append((*map(id, value.handlers),))
                fields = vars(value).items()
                return [each for name, each in fields if name not in _OF_ALL_LOGGERS]
            case _ if hasattr(kind, "cache_info"):
                return self._of_cache(value)
            case _:
                return self._of_instance(value, kind)

    def _of_instance(self, value: Any, kind: type) -> Iterable[Any]:
        bound = isinstance(value, nn.Module) and vars(value).get("scope") is not None
        self.running = self.running or bound or hasattr(kind, "__next__")
        foreign = _root(kind.__module__) in _LIBRARIES and not isinstance(value, nn.Module)
        if foreign or kind.__module__ == "typing":
            return self._of_foreign(value) if _root(kind.__module__) != "grader" else ()
        self.running = self.running or kind is _SCANNER
        return self._fields(value, kind) or gc.get_referents(value)

    def _of_foreign(self, value: Any) -> Iterable[Any]:
        """Return what a library's object holds of the program's, and in what it may be written."""
        if isinstance(value, np.dtype):
            return [value.metadata]
        own = getattr(value, "__dict__", None)
        held = own.values() if type(own) is dict else gc.get_referents(value)
        return [*self._written(value), *(each for each in held if type(each) in _WRITTEN)]

    def _of_cache(self, value: Any) -> Iterable[Any]:
        size = value.cache_info().currsize
        self._shown.append(size)
        wrapped = value.__wrapped__
        plain = isinstance(wrapped, types.FunctionType) and not _parameters(wrapped.__code__)
        self.running = self.running or (size > 0 and not plain)
        return [wrapped, value()] if plain and size == 1 else [wrapped]

    def _fields(self, value: Any, kind: type) -> Iterable[Any]:
        own = getattr(value, "__dict__", None)
        found: list[Any] = [own] if type(own) is dict else []
        for base in kind.__mro__:
            if base.__module__ == self._name:
                slots = [each for each in vars(base).values() if type(each) is _SLOT]
                found += [each for slot in slots for each in _filled(slot, value)]
        return found


class Pictures:
    """The pictures of a program, taken one after another; the first and the last one are kept."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._first: Kept | None = None
        self._last: Kept | None = None

    def take(self) -> Kept:
        """Take another one."""
        self._last = Kept(self.namespace)
        self._first = self._first or self._last
        return self._last

    @property
    def changed(self) -> bool:
        """Whether something that lasts was written between the first and the last one."""
        return self._first is None or self._last is None or not self._first.same(self._last)


_OF_ALL_LOGGERS: Final = ("manager", "parent", "root", "handlers", "_cache")


def _is_made(name: str) -> bool:
    """Say whether Python, or Flax each time that it lifts a class, makes a class's attribute."""
    return name.startswith("__") and name not in ("__call__", "__all__")


_CONTAINERS: Final = (dict, list, tuple, set, frozenset, deque, bytearray)
_WRITTEN: Final = (dict, list, set, deque, bytearray, np.ndarray)
_SCANNER: Final = type(re.compile("").scanner(""))  # type: ignore[attr-defined]  # it isn't documented
"""It remembers where it is in a text, and shows that to nobody."""


def _is_public(name: str) -> bool:
    return name == "__all__" or not name.startswith("_")


_SLOT: Final = types.MemberDescriptorType


def _elements(value: Any, base: Any) -> Iterable[Any]:
    """Return what a container holds, in its order, by its base's methods."""
    if base is bytearray:
        return [bytes(memoryview(value))]
    if base is not dict:
        return [*base.__iter__(value)]
    pairs = OrderedDict.items(value) if issubclass(type(value), OrderedDict) else dict.items(value)
    made = [value.default_factory] if issubclass(type(value), defaultdict) else []
    return [*made, *(each for pair in pairs for each in pair)]


def _filled(slot: types.MemberDescriptorType, value: object) -> Iterator[Any]:
    try:
        yield slot.__get__(value)
    except AttributeError:  # nothing is in it
        return


def _parameters(code: types.CodeType) -> int:
    starred = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + starred


def _content(cell: types.CellType) -> Iterator[Any]:
    try:
        yield cell.cell_contents
    except ValueError:  # it is empty
        return


def _root(name: object) -> str:
    return str(name).partition(".")[0]
