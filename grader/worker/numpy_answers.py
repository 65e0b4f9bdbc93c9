"""NumPy arrays that a traced program makes of its answer, as the last thing that it does.

A stand-in has no numbers for NumPy, so such a program could not be traced. But what it computes is
what it hands to NumPy, at most flattened. NumPy gets something in its place that can be returned,
and nothing else can be done with it.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from types import CodeType, FrameType
from typing import Final

import jax
import numpy as np

from grader.worker.foreign import Foreign

_FLATTENING: Final = ("ravel", "flatten")
_RESHAPING: Final = "reshape"
_LOADING: Final = ("LOAD_METHOD", "LOAD_ATTR")
_SILENT: Final = frozenset({"CACHE", "NOP", "PRECALL", "EXTENDED_ARG"})
_SCALAR: Final = ()

_BUILDING: Final[dict[str, Callable[[int], int]]] = {
    "BUILD_TUPLE": lambda count: count,
    "BUILD_LIST": lambda count: count,
    "BUILD_MAP": lambda count: 2 * count,
    "BUILD_CONST_KEY_MAP": lambda count: count + 1,
}
"""What makes a container, and of how many values on the stack."""
_USING: Final[dict[str, Callable[[int], int]]] = {
    **dict.fromkeys(("LOAD_CONST", "LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF"), lambda _: 0),
    **dict.fromkeys(("LOAD_FAST_LOAD_FAST", "PUSH_NULL", "KW_NAMES"), lambda _: 0),
    **dict.fromkeys(_LOADING, lambda _: 1),
    **dict.fromkeys(("BINARY_SUBSCR", "BINARY_OP"), lambda _: 2),
    "CALL": lambda count: count + 2,
    "CALL_KW": lambda count: count + 3,
}
"""Other instructions of an expression, and how many values on the stack each uses at most."""
_CALLING: Final = ("CALL", "CALL_KW")
"""Python 3.11 counts what they use at an instruction before."""


class _Answer:
    """Stands for the numbers of a stand-in; `flat` if they are returned as a vector."""

    __slots__ = ("flat", "stand_in")

    def __init__(self, stand_in: Foreign, *, flat: bool) -> None:
        self.stand_in = stand_in
        self.flat = flat


class NumpyAnswers:
    """The answers that a program makes NumPy arrays of; `caller` is the code that calls it."""

    def __init__(self, caller: CodeType) -> None:
        self._caller = caller
        self._made: list[Foreign] = []

    def converting(self, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Return an `__array__` for stand-ins, in the place of jax's, which raises."""

        def array(stand_in: Foreign, *settings: Foreign, **named: Foreign) -> Foreign:
            flat = _returned(sys._getframe(1), self._caller)  # noqa: SLF001  # only there
            if flat is None:
                return original(stand_in, *settings, **named)
            self._made.append(stand_in)
            found = np.empty(_SCALAR, object)
            found[_SCALAR] = _Answer(stand_in, flat=flat)
            return found

        return array

    def taken_back(self, result: Foreign) -> Foreign:
        """Return a program's result with the stand-ins that it made NumPy arrays of."""
        if type(result) in (tuple, list):
            return type(result)(map(_without_numpy, result))
        if type(result) is dict:
            return {key: _without_numpy(each) for key, each in result.items()}
        return _without_numpy(result)

    def cause(self, error: BaseException) -> BaseException:
        """Return why a trace failed: the error, unless it may come from what NumPy got."""
        return jax.errors.TracerArrayConversionError(self._made[-1]) if self._made else error


def _without_numpy(result: Foreign) -> Foreign:
    if type(result) is not np.ndarray or result.dtype != object or result.size != 1:
        return result
    answer = result.item()
    if type(answer) is not _Answer or result.ndim != int(answer.flat):
        return result
    return answer.stand_in.reshape(-1) if answer.flat else answer.stand_in


def _returned(frame: FrameType, caller: CodeType) -> bool | None:
    """Say whether the array that this frame asks for is flattened before it is returned.

    None if anything else happens to it, or if it isn't returned to `caller`.
    """
    if frame.f_back is None or frame.f_back.f_code is not caller:
        return None
    ahead = _ahead(frame)
    if not next(ahead).opname.startswith("CALL"):
        return None
    flat = named = False
    for each in ahead:
        if each.opname in _LOADING and _flattens(each.argval, ahead):
            flat = True
        elif each.opname == "STORE_FAST" and _loads(next(ahead), each.argval):
            named = True
        elif each.opname == "RETURN_VALUE":
            return flat
        else:
            # What has a name could be used a second time.
            return flat if not named and _is_in_container(chain([each], ahead)) else None
    return None


def _is_in_container(ahead: Iterator[dis.Instruction]) -> bool:
    """Say whether what is on top of the stack gets into a tuple, list or dict that is returned.

    What is put on top of it meanwhile must not use it.
    """
    above = 0
    for each in ahead:
        arg = each.arg or 0
        if each.opname in _BUILDING:
            used = _BUILDING[each.opname](arg)
            if used > above:
                return next(ahead).opname == "RETURN_VALUE"
        elif each.opname in _USING:
            used = _USING[each.opname](arg)
        else:
            return False
        if used > above:
            return False
        above += 1 - used if each.opname in _CALLING else dis.stack_effect(each.opcode, each.arg)
    return False


def _loads(instruction: dis.Instruction, name: object) -> bool:
    return instruction.opname.startswith("LOAD_FAST") and instruction.argval == name


def _ahead(frame: FrameType) -> Iterator[dis.Instruction]:
    """Yield the instruction that runs and those after it, as they stand in the code."""
    for each in dis.get_instructions(frame.f_code):
        if each.offset >= frame.f_lasti and each.opname not in _SILENT:
            yield each


def _flattens(method: object, ahead: Iterator[dis.Instruction]) -> bool:
    """Say whether a method, called as the next instructions call it, makes a vector."""
    if method not in (*_FLATTENING, _RESHAPING):
        return False
    following = next(ahead)
    if method == _RESHAPING:
        if following.opname != "LOAD_CONST" or following.argval not in (-1, (-1,)):
            return False
        return _calls(next(ahead), 1)
    return _calls(following, 0)


def _calls(instruction: dis.Instruction, count: int) -> bool:
    return instruction.opname == "CALL" and instruction.arg == count
