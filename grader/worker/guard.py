"""Watches what a program asks of the stand-ins that it is traced with.

A symbolic size answers `==` and `hash` although other sizes would answer otherwise, and a stand-in
has another type and another text than what it stands for. jax and Flax know that; a program does
not. While one is traced, every question of this kind that its own code asks is noted, also through
code that was made for it (dataclasses, named tuples) and through the standard library and NumPy.
A question doesn't count if it has the same answer for every size above 1.
"""

from __future__ import annotations

import dis
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, Final

import flax
import jax
import jaxlib
import numpy as np
from jax._src import errors
from jax._src.lax.control_flow import loops

from grader.model.observation import Span
from grader.model.trace import Asked, Decision
from grader.worker import kinds
from grader.worker.collectives import counting
from grader.worker.kinds import SAMPLE
from grader.worker.lengths import inferring
from grader.worker.numpy_answers import NumpyAnswers
from grader.worker.without_effect import seeding, showing, waiting

_MOST = 40
_NOWHERE: Final = Span(line=0, column=0, end_line=0, end_column=0)
"""Of code that isn't in the program's text. No piece of a text is there, so it counts."""
_TOO_MANY: Final = Decision(asked=Asked.COMPARISON, span=_NOWHERE)
"""Stands for all further ones."""


def _folders(*files: object) -> tuple[str, ...]:
    """Return the folders of files, by their own names and by those without links.

    Code has the name that its file was found by, and a Python environment may be a link.
    """
    paths = [Path(str(each)) for each in files]
    return tuple(f"{each.parent.as_posix()}/" for path in paths for each in (path, path.resolve()))


_TRUSTED: Final = _folders(jax.__file__, jaxlib.__file__, flax.__file__, Path(__file__).parent)
_LIFTING: Final = "/core/lift.py"
_FLAX: Final = _folders(flax.__file__)
_OURS: Final = (__file__, kinds.__file__)
_CALLING: Final = ("/tree.py", "/tree_util.py", "/traverse_util.py", "/frozen_dict.py")
"""Files of jax and Flax that ask for whoever calls them, of what they are given."""
_STANDARD: Final = _folders(f"{sysconfig.get_path('stdlib')}/os.py")
_NUMPY: Final = _folders(np.__file__)
_INSTALLED: Final = _folders(*(Path(str(each.__file__)).parent for each in (jax, flax, np)))
"""Where other libraries are, too."""
_COMPARING: Final = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
_SHOWING: Final = ("__str__", "__repr__", "__format__", "__bool__", "__array__")
_LOOKING_UP: Final = ("__contains__", "__getitem__", "get", "index", "count")
_PASSING: Final = ("wrapped", "wrapped_module_method", "_call_wrapped_method")
_OPERATORS: Final = frozenset((*_COMPARING, *_SHOWING, *_LOOKING_UP, *_PASSING))
"""Functions that ask for whoever uses an operator."""

_NUMBERS: Final = (int, np.integer)
_NO_NUMBERS: Final = (str, bytes, tuple, list, dict, type, type(None))


_STREAMS: Final = "flax.nnx.rnglib"
_FAILURE: Final = next(each for each in errors.JAXTypeError.__mro__ if "__init__" in vars(each))


def _lent(namespace: dict[str, Any], questions: Mapping[str, Any]) -> Callable[[], None]:
    """Add names to a namespace that doesn't have them; return what removes them."""
    lent = {name: each for name, each in questions.items() if name not in namespace}
    namespace.update(lent)

    def undo() -> None:
        for name, each in lent.items():
            if namespace.get(name) is each:
                del namespace[name]

    return undo


class Guard:
    """Collects the decisions of one trace. `namespace` holds the program's globals."""

    def __init__(self, namespace: dict[str, Any] | None) -> None:
        self._namespace = {} if namespace is None else namespace
        self._found: dict[Decision, None] = {}
        self._kinds = kinds.Kinds((), (), self.ask)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What the program decided by, each once, in its order."""
        return tuple(self._found)

    @contextmanager
    def watching(
        self,
        sizes: Mapping[str, Any],
        arrays: tuple[Any, ...],
        seeds: tuple[Any, ...],
        answers: NumpyAnswers,
    ) -> Iterator[None]:
        """Watch the stand-ins while the block runs."""
        self._kinds = kinds.Kinds(seeds, arrays, self.ask)
        undo = [self._lend(self._kinds.questions())]
        undo += [_patched(module, functions) for module, functions in seeding()]
        symbolic = [each for each in sizes.values() if not isinstance(each, int)]
        if symbolic:
            undo.append(_patched(type(symbolic[0]), self._of_sizes(type(symbolic[0]))))
            undo.append(_patched(jax.lax, counting()))
            undo.append(_patched(loops, inferring()))
        undo.append(_patched(_FAILURE, {"__init__": self._failing(vars(_FAILURE)["__init__"])}))
        if arrays:
            base = next(each for each in type(arrays[0]).__mro__ if "__repr__" in vars(each))
            undo.append(_patched(base, {"__repr__": self._text(vars(base)["__repr__"])}))
            undo.append(_patched(jax.core.Tracer, {"__format__": self._number_formatted}))
            base = next(each for each in type(arrays[0]).__mro__ if "__array__" in vars(each))
            converting = answers.converting(vars(base)["__array__"])
            undo.append(_patched(base, {"__array__": converting}))
            undo.append(_patched(jax.core.Tracer, waiting(arrays)))
            undo.append(_patched(jax.debug, showing()))
        try:
            yield
        finally:
            for each in reversed(undo):
                each()

    def _failing(self, original: Callable[..., None]) -> Callable[..., None]:
        """Note each error that jax makes where a stand-in has no value: something may drop it."""

        def failing(error: Any, *arguments: Any, **options: Any) -> None:
            frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # only there
            while frame is not None and _file_of(frame.f_code).startswith((*_TRUSTED, *_INSTALLED)):
                frame = frame.f_back
            if frame is not None:
                self._note(Asked.VALUE, frame)
            original(error, *arguments, **options)

        return failing

    def ask(self, asked: Asked) -> None:
        """Note a question, unless jax, Flax or the grader asks it."""
        frame = _asker(sys._getframe(1), text=asked is Asked.TEXT)  # noqa: SLF001  # only there
        if frame is not None:
            self._note(asked, frame)

    def _note(self, asked: Asked, frame: FrameType) -> None:
        if len(self._found) < _MOST:
            installed = _file_of(frame.f_code).startswith((*_INSTALLED, *_STANDARD))
            span = _NOWHERE if installed else _place(frame.f_code, frame.f_lasti)
            self._found[Decision(asked=asked, span=span)] = None
        else:
            self._found[_TOO_MANY] = None

    def _lend(self, questions: Mapping[str, Any]) -> Callable[[], None]:
        """Give the program its own `isinstance` and similar, for names that it left alone.

        NNX's streams get them, too: they take a seed only if it is an `int`.
        """
        streams = sys.modules.get(_STREAMS)
        borrowers = [self._namespace, *([vars(streams)] if streams is not None else [])]
        undo = [_lent(each, questions) for each in borrowers]

        def all_undone() -> None:
            for each in undo:
                each()

        return all_undone

    # ------------------------------------------------------------------------------ symbolic sizes

    def _of_sizes(self, kind: type) -> dict[str, Any]:
        """Return methods for symbolic sizes that note what depends on the size."""
        methods = vars(kind)
        found: dict[str, Any] = {
            "__eq__": self._equal(methods["__eq__"]),
            "__hash__": self._hash(methods["__hash__"]),
            "__bool__": self._truth,
            "__array__": self._array,
            "__deepcopy__": _itself,
            "__format__": self._formatted,
            "__int__": self._number(methods["__int__"]),
            "__str__": self._text(methods["__str__"]),
            "__repr__": self._text(methods["__repr__"]),
        }
        for name in ("floordiv", "truediv", "mod", "divmod"):
            for method, turned in ((f"__{name}__", False), (f"__r{name}__", True)):
                found[method] = self._division(methods[method], turned=turned)
        return found

    def _equal(self, original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def equal(size: Any, other: Any) -> Any:
            found = original(size, other)
            if not found and _asker(sys._getframe(1)) and _may_equal(size, other):  # noqa: SLF001
                self.ask(Asked.COMPARISON)
            return found

        return equal

    def _hash(self, original: Callable[[Any], int]) -> Callable[[Any], int]:
        def hashed(size: Any) -> int:
            self.ask(Asked.KEY)
            return original(size)

        return hashed

    @property
    def _truth(self) -> Callable[[Any], bool]:
        def truth(size: Any) -> bool:
            if _asker(sys._getframe(1)) and _may_equal(size, 0):  # noqa: SLF001
                self.ask(Asked.COMPARISON)
            return True

        return truth

    @property
    def _array(self) -> Callable[..., Any]:
        def array(size: Any, *_: object, **__: object) -> Any:
            if _is_product(sys._getframe(1)):  # noqa: SLF001
                self._kinds.multiplied = True
            else:
                self.ask(Asked.KIND)
            found = np.empty((), object)
            found[()] = size
            return found

        return array

    @property
    def _formatted(self) -> Callable[[Any, str], str]:
        def formatted(size: Any, how: str) -> str:
            self.ask(Asked.TEXT)
            return format(SAMPLE, how) if how else str(size)

        return formatted

    @property
    def _number_formatted(self) -> Callable[[Any, str], str]:
        def formatted(stand_in: Any, how: str) -> str:
            if not how or stand_in.ndim:  # an array with axes can't be formatted like a number
                return object.__format__(stand_in, how)
            self.ask(Asked.TEXT)
            return format(np.ones((), stand_in.dtype).item(), how)

        return formatted

    def _number(self, original: Callable[[Any], int]) -> Callable[[Any], int]:
        def number(size: Any) -> int:
            if _asker(sys._getframe(1)) is None:  # noqa: SLF001
                return original(size)
            self.ask(Asked.NUMBER)
            return SAMPLE

        return number

    def _text(self, original: Callable[[Any], str]) -> Callable[[Any], str]:
        def text(stand_in: Any) -> str:
            self.ask(Asked.TEXT)
            return original(stand_in)

        return text

    def _division(
        self, original: Callable[[Any, Any], Any], *, turned: bool
    ) -> Callable[[Any, Any], Any]:
        def division(size: Any, other: Any) -> Any:
            divisor = size if turned else other
            if _asker(sys._getframe(1)) and _may_equal(divisor, 0):  # noqa: SLF001
                self.ask(Asked.DIVISION)
            return original(size, other)

        return division


def _itself(size: Any, _: object) -> Any:
    """Copy a size like the int that it stands for."""
    return size


def _patched(kind: type | ModuleType, methods: Mapping[str, Any]) -> Callable[[], None]:
    """Replace methods of a class, or functions of a module; what comes back undoes it."""
    before = {name: vars(kind)[name] for name in methods if name in vars(kind)}
    for name, method in methods.items():
        setattr(kind, name, method)

    def undo() -> None:
        for name in methods:
            if name in before:
                setattr(kind, name, before[name])
            else:
                delattr(kind, name)

    return undo


def _asker(frame: FrameType | None, *, text: bool = False) -> FrameType | None:
    """Return the frame of the program that asks, None if a library decides for itself.

    A library makes `text` for itself as well, for the errors that it may raise: what counts is
    whether the program has called it for text.
    """
    name = "__repr__"
    while frame is not None and frame.f_code.co_filename in _OURS:
        frame = frame.f_back
    passed = frame is not None and _passed_on(frame)
    while frame is not None:
        code = frame.f_code
        file = _file_of(code)
        if file.endswith(_CALLING):
            pass
        elif file.startswith(_TRUSTED):
            name = code.co_name
            if name not in _OPERATORS and not text and not passed:
                return None
        elif not _asks_for_another(code):
            return frame if not text or passed or name in _SHOWING else None
        frame = frame.f_back
    return None


def _passed_on(frame: FrameType) -> bool:
    """Say whether Flax calls something without a frame here, that the program may have passed on.

    That may be `[7].count` or `bool`. jax has caches without frames, which ask for themselves, and
    one of them is called where Flax lifts.
    """
    code = frame.f_code
    calls = dis.opname[code.co_code[frame.f_lasti]].startswith("CALL")
    file = _file_of(code)
    return calls and file.startswith(_FLAX) and not file.endswith(_LIFTING)


def _is_product(frame: FrameType) -> bool:
    """Say whether this is `np.prod`, which multiplies sizes like ints."""
    codes = [each.f_code for each in (frame, frame.f_back) if each is not None]
    names = [each.co_name for each in codes if _file_of(each).startswith(_NUMPY)]
    return names == ["_wrapreduction", "prod"]


def _file_of(code: CodeType) -> str:
    """Return the name of a file of code, with slashes on any system."""
    return code.co_filename.replace(os.sep, "/")


def _asks_for_another(code: CodeType) -> bool:
    file = _file_of(code)
    if file.startswith("<"):
        return file.startswith("<frozen ") or code.co_name in _OPERATORS
    return ("site-packages" not in file and file.startswith(_STANDARD)) or file.startswith(_NUMPY)


def _may_equal(size: Any, other: Any) -> bool:
    """Say whether the two are equal for some sizes of the arguments, or may be."""
    if isinstance(other, _NO_NUMBERS):
        return False
    if isinstance(size, int | float):
        return bool(size == other)
    if not isinstance(other, _NUMBERS) and type(other) is not type(size):
        return True
    difference = size - other
    for above in (True, False):
        try:
            if difference >= 1 if above else difference <= -1:
                return False
        except Exception:  # noqa: BLE001, S112  # jax can't say
            continue
    return True


def _place(code: CodeType, instruction: int) -> Span:
    """Return where in its file an instruction of the program stands."""
    positions = list(code.co_positions())[instruction // 2]
    line, end_line, column, end_column = (each or 0 for each in positions)
    return Span(line=line, column=column + 1, end_line=end_line, end_column=end_column + 1)
