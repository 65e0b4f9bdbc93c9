"""Calls to `nn.vmap`: their arguments, and the runs of what they returned."""

from __future__ import annotations

import functools
import inspect
import sys
import types
import weakref
from collections.abc import Callable
from types import FrameType

import msgspec
from flax import linen as nn

from grader.model.observation import Axes, LiftedCall, Span
from grader.worker import axes
from grader.worker.foreign import Foreign, clean, defined_in, describe, module_bases, name_of, names
from grader.worker.places import Places
from grader.worker.recording import Recording, Session, harmless
from grader.worker.runs import Runs

_MOST_REMEMBERED = 2000


class _Remembered:
    """A lifted call, and a reference to what it returned, to tell whether that still exists."""

    def __init__(self, call: LiftedCall, result: Foreign) -> None:
        self.call = call
        self._result = weakref.ref(_function_or_class(result))

    @property
    def alive(self) -> bool:
        return self._result() is not None


class LiftedCalls:
    """Observes every call to `nn.vmap` by the submission, and marks what it returns."""

    def __init__(self, session: Session, places: Places, runs: Runs) -> None:
        self._session = session
        self._places = places
        self._runs = runs
        self._remembered: dict[int, _Remembered] = {}
        self._next = 0

    def observed(self, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap `nn.vmap`: the same arguments, results and errors."""
        signature = inspect.signature(original)

        @functools.wraps(original)
        def vmap(*args: Foreign, **kwargs: Foreign) -> Foreign:
            call = self._describe(signature, args, kwargs, sys._getframe(1))  # noqa: SLF001
            try:
                result = original(*args, **kwargs)
            except BaseException:
                self._note_failure(call)
                raise
            return result if call is None else self._marked(result, call)

        return vmap

    def earlier(self, recording: Recording) -> tuple[LiftedCall, ...]:
        """Return calls outside of `recording` with results that it uses or may use."""
        own = {call.id for call in recording.lifted.entries()}
        ran = {run.lifted for run in recording.modules.entries()}
        return tuple(
            each.call
            for number, each in self._remembered.items()
            if number not in own and (number in ran or (each.call.while_loading and each.alive))
        )

    @harmless
    def _describe(
        self,
        signature: inspect.Signature,
        args: Foreign,
        kwargs: Foreign,
        frame: FrameType,
    ) -> LiftedCall | None:
        span = self._places.nearest(frame)  # Flax calls nn.vmap only on behalf of others
        if span is None and self._session.recording is None:
            return None
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # nn.vmap is about to raise for it
            return None
        given = tuple(bound.arguments)
        bound.apply_defaults()
        self._next += 1
        return _lifted_call(self._next, bound.arguments, given, span, loading=self._loading())

    def _loading(self) -> bool:
        recording = self._session.recording
        return recording is not None and recording.loading

    @harmless
    def _note_failure(self, call: LiftedCall | None) -> None:
        if call is not None and self._session.recording is not None:
            self._session.recording.lifted.add(msgspec.structs.replace(call, raised=True))

    def _marked(self, result: Foreign, call: LiftedCall) -> Foreign:
        """Make the result of `nn.vmap` observe its runs; a class remains the same class."""
        marked = self._mark(result, call)
        if marked is None:
            return result
        self._remember(call, marked)
        return marked

    @harmless
    def _mark(self, result: Foreign, call: LiftedCall) -> Foreign:
        target = _function_or_class(result)
        if type(target) is types.FunctionType:
            return self._runs.lifted(target, call.id)
        for method in call.methods:
            function = vars(target).get(method)
            if type(function) is types.FunctionType:
                type.__setattr__(target, method, self._runs.lifted(function, call.id))
        return result

    @harmless
    def _remember(self, call: LiftedCall, result: Foreign) -> None:
        if len(self._remembered) >= _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[call.id] = _Remembered(call, result)
        if self._session.recording is not None:
            self._session.recording.lifted.add(call)


def _function_or_class(result: Foreign) -> Foreign:
    return result.func if type(result) is functools.partial else result


def _lifted_call(
    number: int,
    arguments: dict[str, Foreign],
    given: tuple[str, ...],
    span: Span | None,
    *,
    loading: bool,
) -> LiftedCall:
    target, methods = arguments["target"], arguments["methods"]
    main = _main_method(methods)
    arguments |= _of_method(methods, main)
    cls = _function_or_class(target)
    is_class = issubclass(type(cls), type) and issubclass(cls, nn.Module)
    call = LiftedCall(
        id=number,
        transform="vmap",
        target=name_of(target),
        defined_in=defined_in(target),
        bases=module_bases(cls) if is_class else (),
        is_class=is_class,
        span=span,
        given=given,
        in_axes=axes.axes(arguments["in_axes"]),
        out_axes=axes.axes(arguments["out_axes"]),
        variable_axes=axes.variable_axes(arguments["variable_axes"]),
        split_rngs=axes.split_rngs(arguments["split_rngs"]),
        axis_size=_size(arguments["axis_size"]),
        axis_name=_axis_name(arguments["axis_name"]),
        methods=_methods(arguments["methods"]) if is_class else (),
        while_loading=loading,
    )
    others = [each for each in call.methods if each != main] if main is not None else []
    return msgspec.structs.replace(
        call, others=tuple(_with_knobs(call, each, _of_method(methods, each)) for each in others)
    )


def _with_knobs(call: LiftedCall, method: str, given: dict[str, Foreign]) -> LiftedCall:
    """Return a call with the arguments that it gives a method."""
    return msgspec.structs.replace(
        call,
        methods=(method,),
        in_axes=axes.axes(given["in_axes"]),
        out_axes=axes.axes(given["out_axes"]),
        variable_axes=axes.variable_axes(given["variable_axes"]),
        split_rngs=axes.split_rngs(given["split_rngs"]),
        axis_size=_size(given.get("axis_size")),
        axis_name=_axis_name(given.get("axis_name")),
    )


def _main_method(methods: Foreign) -> str | None:
    """Return the method whose arguments count if `methods` gives each its own."""
    if type(methods) is not dict or not methods:
        return None
    return "__call__" if "__call__" in methods else names(methods)[0]


def _of_method(methods: Foreign, method: str | None) -> dict[str, Foreign]:
    """Return the arguments that `methods={"__call__": {…}}` gives instead of the call's own."""
    if method is None:
        return {}
    knobs = methods.get(method)
    own = dict(knobs) if type(knobs) is dict else {}
    return {"variable_axes": {}, "split_rngs": {}, "in_axes": 0, "out_axes": 0} | {
        name: value for name, value in own.items() if type(name) is str
    }


def _methods(given: Foreign) -> tuple[str, ...]:
    if type(given) in (list, tuple, dict):
        return names(given)
    return ("__call__",)


def _size(given: Foreign) -> int | None:
    normal: Axes = axes.axes(given)
    return getattr(normal, "value", None)


def _axis_name(given: Foreign) -> str | None:
    if given is None:
        return None
    return clean(given, 80) if type(given) is str else describe(given, 80)
