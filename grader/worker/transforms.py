"""Runs of the table's transforms: with which knobs, on which arrays, one inside another."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from types import FrameType

import msgspec

from grader.model.nnx import NodeState
from grader.model.observation import ArrayType, BodyRun, KnobValue, Span, TransformRun
from grader.model.transforms import Does, Kind, Transform
from grader.worker import axes
from grader.worker.altered import altered
from grader.worker.arrays import array_type, digest_of
from grader.worker.foreign import Foreign, name_of, names
from grader.worker.nodes import is_node, leaves_of, states_in, states_of
from grader.worker.places import Places
from grader.worker.recording import Session, harmless
from grader.worker.runs import root_of
from grader.worker.steps import (
    class_of,
    collections_of,
    is_function,
    is_lifted_loop,
    is_module,
    methods_of,
    with_methods,
)

_MOST_ARRAYS = 40
_MOST_BODIES = 20
_MOST_FUNCTIONS = 200
_KEPT = ("lower", "eval_shape", "trace", "clear_cache")
"""What a jitted function can do beside being called."""


class _Call:
    """A call of a transform: what all of its runs have in common."""

    def __init__(self, number: int, row: Transform, arguments: dict[str, Foreign]) -> None:
        self.number = number
        self.row = row
        self.arguments = arguments
        self.given: tuple[str, ...] = ()
        self.span: Span | None = None
        self.loading = False

    def of(self, function: Foreign) -> _Call:
        """Return the same call, with the function that its decorator got."""
        own = _Call(self.number, self.row, self.arguments | {self.row.target: function})
        own.given, own.span, own.loading = self.given, self.span, self.loading
        return own


class _Open:
    """A run that has started; `stepped` is the module whose steps a lifted loop runs."""

    def __init__(
        self,
        call: _Call,
        run: TransformRun,
        place: int | None,
        operands: Sequence[Foreign],
        module: Foreign,
    ) -> None:
        self.run = run
        self.place = place
        self.operands = operands
        self.call = call
        self.stepped = module if is_lifted_loop(call.row) else None
        self.bodies: list[BodyRun] = []


class Transforms:
    """Observes the submission's calls to transforms, and the runs of what they give.

    `alters` are the transforms whose results get other numbers; None if none do.
    """

    def __init__(
        self, session: Session, places: Places, *, alters: frozenset[str] | None = None
    ) -> None:
        self._session = session
        self._places = places
        self._alters = alters or frozenset()
        self._next = 0
        self._bodies: dict[Foreign, Foreign] = {}

    def observed(self, row: Transform, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap a transform: the same arguments, results and errors."""
        signature = inspect.signature(original)

        @functools.wraps(original)
        def transform(*args: Foreign, **kwargs: Foreign) -> Foreign:
            call = self._describe(row, signature, args, kwargs, sys._getframe(1))  # noqa: SLF001
            if call is None:
                return original(*args, **kwargs)
            if row.kind is Kind.RUNS:
                return self._loop(call, signature, original)
            if row.kind is Kind.CHANGES and row.target in call.given:
                changed = (call.arguments[row.target],)
                return self._run(call, changed, functools.partial(original, *args, **kwargs))
            if row.target not in call.given:
                return self._decorator(original(*args, **kwargs), call)
            if row.gives_loops:
                args, kwargs = self._with_body(call, args, kwargs) or (args, kwargs)
            result = self._made(call, functools.partial(original, *args, **kwargs))
            marked = self._marked(result, call)
            return result if marked is None else marked

        return transform

    def _decorator(
        self, decorate: Callable[..., Foreign], call: _Call
    ) -> Callable[[Foreign], Foreign]:
        """Return what a transform gives that got no function yet, so that it observes its runs."""

        def decorated(function: Foreign) -> Foreign:
            own = call.of(function)
            body = self._body(function) if call.row.gives_loops else None
            result = self._made(
                own, functools.partial(decorate, function if body is None else body)
            )
            marked = self._marked(result, own)
            return result if marked is None else marked

        return decorated

    # ------------------------------------------------------------------------------ what is called

    @harmless
    def _describe(
        self,
        row: Transform,
        signature: inspect.Signature,
        args: Foreign,
        kwargs: Foreign,
        frame: FrameType,
    ) -> _Call | None:
        recording = self._session.recording
        span = self._own(frame)
        if recording is None or span is None:
            return None
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # the transform is about to raise for it
            return None
        given = names(bound.arguments)
        bound.apply_defaults()
        self._next += 1
        call = _Call(self._next, row, with_methods(signature, bound.arguments))
        call.given, call.span, call.loading = given, span, recording.loading
        return call

    def _own(self, frame: FrameType | None) -> Span | None:
        """Place of the submission's call; None if Flax called it for its own transform."""
        while frame is not None and not self._places.covers(frame):
            if str(frame.f_globals.get("__name__", "")).startswith("flax."):
                return None
            frame = frame.f_back
        return self._places.nearest(frame)

    def _made(self, call: _Call, make: Callable[[], Foreign]) -> Foreign:
        """Return what a transform gives, and note the call, also one that it refuses."""
        try:
            result = make()
        except Exception:
            self._note_call(call, raised=True)
            raise
        self._note_call(call, raised=False)
        return result

    @harmless
    def _note_call(self, call: _Call, *, raised: bool) -> None:
        recording = self._session.recording
        if recording is not None:
            place = recording.transforms.open()
            unused = msgspec.structs.replace(_run_of(call, place, ()), ran=False, raised=raised)
            recording.transforms.close(place, unused)

    @harmless
    def _marked(self, result: Foreign, call: _Call) -> Foreign:
        """Make what a transform gave observe its runs; a class remains the same class."""
        cls = class_of(result)
        if cls is not None:
            for method in methods_of(call.arguments):
                function: Foreign = vars(cls).get(method)
                if is_function(function):
                    type.__setattr__(cls, method, self._running(function, call))
            return result
        return self._running(result, call) if callable(result) else None

    def _running(self, function: Callable[..., Foreign], call: _Call) -> Callable[..., Foreign]:
        """Return a function that observes its runs; a lifted one takes a module first."""
        lifts = call.row.kind is Kind.LIFTS

        @functools.wraps(function)
        def run(*args: Foreign, **kwargs: Foreign) -> Foreign:
            module = args[0] if lifts and args and is_module(args[0]) else None
            given = (
                _in_order(function, args, kwargs) if call.row.of_nnx else (*args, *kwargs.values())
            )
            operands = given[0 if module is None else 1 :]
            ran = functools.partial(function, *args, **kwargs)
            return self._run(call, operands, ran, module)

        for name in _KEPT:
            if hasattr(function, name):
                setattr(run, name, getattr(function, name))
        return run

    def _loop(
        self, call: _Call, signature: inspect.Signature, original: Callable[..., Foreign]
    ) -> Foreign:
        bound = inspect.BoundArguments(signature, call.arguments)
        operands = tuple(call.arguments[name] for name in call.row.operands)
        body = self._body(call.arguments[call.row.target])
        if body is not None:
            bound.arguments[call.row.target] = body
        return self._run(call, operands, functools.partial(original, *bound.args, **bound.kwargs))

    @harmless
    def _body(self, function: Foreign) -> Foreign:
        """Return a loop's function that observes its calls.

        It's the same one each time for a function that isn't created for each call: jax caches
        what it traced by the function's identity.
        """
        if not is_function(function):
            return None
        if function.__closure__ is not None or len(self._bodies) >= _MOST_FUNCTIONS:
            return self._observed_body(function)
        if function not in self._bodies:
            self._bodies[function] = self._observed_body(function)
        return self._bodies[function]

    def _observed_body(self, function: Callable[..., Foreign]) -> Callable[..., Foreign]:
        @functools.wraps(function)
        def body(*args: Foreign, **kwargs: Foreign) -> Foreign:
            result = function(*args, **kwargs)
            self._note_body((args[1:] if args and is_module(args[0]) else args, kwargs), result)
            return result

        return body

    @harmless
    def _with_body(
        self, call: _Call, args: tuple[Foreign, ...], kwargs: dict[str, Foreign]
    ) -> tuple[tuple[Foreign, ...], dict[str, Foreign]]:
        """Return the arguments with a function that observes its calls, if a function is lifted."""
        body = self._body(call.arguments[call.row.target])
        if body is None:
            return args, kwargs
        if call.row.target in kwargs:
            return args, kwargs | {call.row.target: body}
        return (body, *args[1:]), kwargs

    def intercept(
        self,
        method: Callable[..., Foreign],
        args: Foreign,
        kwargs: Foreign,
        context: Foreign,
    ) -> Foreign:
        """Observe the steps of a lifted class; an interceptor for `nn.intercept_methods`."""
        result = method(*args, **kwargs)
        self._note_step(context.module, context.method_name, (args, kwargs), result)
        return result

    @harmless
    def _note_step(self, module: Foreign, method: str, given: Foreign, result: Foreign) -> None:
        recording = self._session.recording
        stack = recording.nesting.transforms if recording is not None else []
        call = stack[-1].call if stack else None
        if call is None or not is_lifted_loop(call.row):
            return
        own = class_of(call.arguments[call.row.target])
        if type(module) is own and method in methods_of(call.arguments):
            self._note_body(given, result)

    # -------------------------------------------------------------------------------- what happens

    def _run(
        self,
        call: _Call,
        operands: Sequence[Foreign],
        function: Callable[[], Foreign],
        module: Foreign = None,
    ) -> Foreign:
        opened = self._enter(call, operands, module)
        try:
            result = function()
        except BaseException:
            self._leave(opened, None, raised=True)
            raise
        self._leave(opened, result, raised=False)
        if opened is None or call.row.title not in self._alters or self._within_altered():
            return result  # what runs within another one changes with that
        changed = self._alter(result, call.row)
        return result if changed is None else changed

    def _within_altered(self) -> bool:
        recording = self._session.recording
        outer = recording.nesting.transforms if recording is not None else ()
        return any(each.run.transform in self._alters for each in outer)

    @harmless
    def _enter(self, call: _Call, operands: Sequence[Foreign], module: Foreign) -> _Open | None:
        recording = self._session.recording
        if recording is None:
            return None
        place = recording.transforms.open()
        inside = next((each.run.number for each in recording.nesting.transforms[::-1]), None)
        root = root_of(recording, module) if module is not None else None
        run = msgspec.structs.replace(_run_of(call, place, operands), inside=inside, root=root)
        opened = _Open(call, run, place, operands, module)
        recording.nesting.transforms.append(opened)
        return opened

    @harmless
    def _leave(self, opened: _Open | None, result: Foreign, *, raised: bool) -> None:
        recording = self._session.recording
        if recording is None or opened is None:
            return
        stack = recording.nesting.transforms
        while stack and stack.pop() is not opened:
            pass
        if opened.place is None:
            return
        leaves = [leaf for leaf in leaves_of(result) if _is_array(leaf)]
        states = _changed(opened.run.states, states_of(opened.operands))
        ended = msgspec.structs.replace(
            opened.run,
            states=(*states, *states_in(result)),
            outputs=_types(leaves),
            given_back=_digests(leaves),
            bodies=tuple(opened.bodies),
            raised=raised,
        )
        recording.transforms.close(opened.place, ended)

    @harmless
    def _note_body(self, given: Foreign, result: Foreign) -> None:
        recording = self._session.recording
        stack = recording.nesting.transforms if recording is not None else []
        if not stack or len(stack[-1].bodies) >= _MOST_BODIES:
            return
        taken, made = (
            [leaf for leaf in leaves_of(each) if not is_node(leaf)] for each in (given, result)
        )
        identities = [id(each) for each in taken]
        kept = [identities.index(id(each)) if id(each) in identities else -1 for each in made]
        body = BodyRun(inputs=_types(taken), outputs=_types(made), kept=tuple(kept[:_MOST_ARRAYS]))
        stack[-1].bodies.append(body)

    @harmless
    def _alter(self, result: Foreign, row: Transform) -> Foreign:
        """Return the result with other numbers, and count them."""
        recording = self._session.recording
        changed, count = altered(result, objects=row.does is Does.DIFFERENTIATES)
        if recording is not None:
            recording.altered += count
            # Nothing follows from an answer that stays the same. A module that comes back is used
            # by a later run, which is altered.
            recording.incomplete |= not count and not states_in(result)
        return changed


def _in_order(
    function: Callable[..., Foreign], args: tuple[Foreign, ...], kwargs: dict[str, Foreign]
) -> tuple[Foreign, ...]:
    """Return arguments as NNX counts them: those by name stand where the function takes them."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):  # the function is about to raise for it, or can't be read
        return (*args, *kwargs.values())
    return (*bound.args, *bound.kwargs.values())


def _changed(before: tuple[NodeState, ...], after: tuple[NodeState, ...]) -> tuple[NodeState, ...]:
    """Return the states of the arguments, each with what it was after the run if that differs."""
    if len(before) != len(after):
        return before
    return tuple(
        msgspec.structs.replace(old, after=new.variables if new != old else ())
        for old, new in zip(before, after, strict=True)
    )


def _run_of(call: _Call, place: int | None, operands: Sequence[Foreign]) -> TransformRun:
    leaves = [[leaf for leaf in leaves_of(each) if _is_array(leaf)] for each in operands]
    flat = [leaf for each in leaves for leaf in each]
    return TransformRun(
        number=-1 if place is None else place,
        transform=call.row.title,
        call=call.number,
        target=name_of(call.arguments[call.row.target]),
        span=call.span,
        given=call.given,
        knobs=tuple(
            KnobValue(name=name, value=axes.axes(call.arguments[name]))
            for name in call.row.knobs
            if name in call.arguments
        ),
        parts=tuple(len(each) for each in leaves),
        inputs=_types(flat),
        digests=_digests(flat),
        states=states_of(operands),
        while_loading=call.loading,
        collections=collections_of(call.arguments),
    )


def _is_array(leaf: Foreign) -> bool:
    return array_type(leaf) is not None


def _types(leaves: Sequence[Foreign]) -> tuple[ArrayType, ...]:
    found = (array_type(leaf) for leaf in leaves[:_MOST_ARRAYS])
    return tuple(each or ArrayType(dtype="", shape=()) for each in found)


def _digests(leaves: Sequence[Foreign]) -> tuple[str, ...]:
    return tuple(digest_of(leaf) or "" for leaf in leaves[:_MOST_ARRAYS])
