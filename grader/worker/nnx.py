"""NNX's modules, calls and streams of random numbers, as they are made and used.

This file imports `flax.nnx`, so only exercises that ask for one of its transforms import it.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable
from types import FrameType
from typing import Final

import jax
from flax import nnx

from grader.model.nnx import Held, NnxCall, NnxDraw, NnxLayer, NnxStream
from grader.model.observation import Setting
from grader.worker.arrays import digest_of, is_tracer, on_host
from grader.worker.foreign import Foreign, class_name, clean, defined_in
from grader.worker.keys import key_hex
from grader.worker.nodes import value_of, values_in, variables_in
from grader.worker.patches import Patches
from grader.worker.places import Places
from grader.worker.recording import Recording, Session, harmless
from grader.worker.runs import arrays_in
from grader.worker.settings import setting

_MOST_SETTINGS: Final = 30
_CONSTRUCTS: Final = "_pytree_meta_construct"
_META: Final = type(nnx.Pytree)
_NOT_SETTINGS: Final = frozenset({"self", "rngs", "args", "kwargs"})
_OF_A_MAP: Final = "BatchTracer"
_MAP: Final = "BatchTrace"
"""jax's classes of what a map has several of, and of the map; they have no public names."""
_EMPTY: Final = inspect.Parameter.empty


class Nnx:
    """Observes what NNX does for a submission."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places
        self._wrapped: set[type] = set()

    def plan(self, patches: Patches) -> None:
        """Plan to patch how objects are made, how streams draw, and the library's layers."""
        construct = getattr(_META, _CONSTRUCTS, None)
        if construct is None:  # another version of Flax
            return
        patches.add(_META, _CONSTRUCTS, self._constructing(construct))
        patches.add(nnx.RngStream, "__call__", self._drawing(nnx.RngStream.__call__))
        for cls in _layers():
            self._wrapped.add(cls)
            patches.add(cls, "__call__", self._calling(vars(cls)["__call__"]))

    # ------------------------------------------------------------------------- the hooks themselves

    def _constructing(self, construct: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(construct)
        def observed(cls: type, node: Foreign, *args: Foreign, **kwargs: Foreign) -> None:
            recording = self._session.recording
            if recording is None:
                return construct(cls, node, *args, **kwargs)
            place = recording.nnx_layers.open() if issubclass(cls, nnx.Module) else None
            recording.nesting.makers += [place] if place is not None else []
            try:
                construct(cls, node, *args, **kwargs)
            finally:
                if place is not None:
                    recording.nesting.makers.pop()
            self._note_made(place, node, args, kwargs, sys._getframe(1))  # noqa: SLF001
            return None

        return observed

    def _drawing(self, draw: Callable[..., Foreign]) -> Callable[..., Foreign]:
        @functools.wraps(draw)
        def observed(stream: Foreign, *args: Foreign, **kwargs: Foreign) -> Foreign:
            self._note_draw(stream, sys._getframe(1))  # noqa: SLF001
            return draw(stream, *args, **kwargs)

        return observed

    def _calling(self, call: Callable[..., Foreign]) -> Callable[..., Foreign]:
        @functools.wraps(call)
        def observed(module: Foreign, *args: Foreign, **kwargs: Foreign) -> Foreign:
            place = self._open_call()
            try:
                result = call(module, *args, **kwargs)
            except BaseException:
                self._note_call(place, module, (args, kwargs), None, sys._getframe(1))  # noqa: SLF001
                raise
            self._note_call(place, module, (args, kwargs), (result,), sys._getframe(1))  # noqa: SLF001
            return result

        return observed

    # ------------------------------------------------------------------------------- what they note

    @harmless
    def _note_made(
        self, place: int | None, node: Foreign, args: Foreign, kwargs: Foreign, frame: FrameType
    ) -> None:
        recording, cls = self._session.recording, type(node)
        if recording is None:
            return
        if place is not None:
            self._wrap_own(cls)
            recording.nnx_layers.close(
                place,
                NnxLayer(
                    number=place,
                    class_name=class_name(cls),
                    defined_in=defined_in(cls),
                    settings=_settings(cls, args, kwargs),
                    variables=variables_in(node),
                    span=self._places.nearest(_caller(frame)),
                    inside=_inside(recording),
                ),
            )
        elif cls is nnx.RngStream:
            self._note_stream(recording, node, frame)

    def _wrap_own(self, cls: type) -> None:
        """Observe the calls of a class of the program, too."""
        call = vars(cls).get("__call__")
        if cls not in self._wrapped and type(call) is types.FunctionType:
            self._wrapped.add(cls)
            type.__setattr__(cls, "__call__", self._calling(call))

    def _note_stream(self, recording: Recording, node: Foreign, frame: FrameType) -> None:
        key = value_of(node.key)
        data = key_hex(key)
        recording.nnx_streams.add(
            NnxStream(
                stream=clean(str(node.tag), 80),
                data=data[0] if data else None,
                span=self._places.nearest(_caller(frame)),
                inside=_inside(recording),
                made_by=self._session.origins.of(key),
            )
        )

    @harmless
    def _note_draw(self, stream: Foreign, frame: FrameType) -> None:
        recording = self._session.recording
        if recording is None:
            return
        data = key_hex(value_of(stream.key))
        count = on_host(value_of(stream.count))
        known = len(data) == 1 and count is not None and count.size == 1
        makers = recording.nesting.makers
        recording.nnx_draws.add(
            NnxDraw(
                stream=clean(str(stream.tag), 80),
                data=data[0] if known else None,
                count=int(count.item()) if known and count is not None else -1,
                layer=makers[-1] if makers else None,
                span=self._places.nearest(_caller(frame)),
                inside=_inside(recording),
            )
        )

    @harmless
    def _open_call(self) -> int | None:
        recording = self._session.recording
        return None if recording is None else recording.nnx_calls.open()

    @harmless
    def _note_call(
        self,
        place: int | None,
        module: Foreign,
        given: tuple[tuple[Foreign, ...], dict[str, Foreign]],
        result: Foreign,
        frame: FrameType,
    ) -> None:
        recording = self._session.recording
        if recording is None or place is None:
            return
        cls = type(module)
        recording.nnx_calls.close(
            place,
            NnxCall(
                class_name=class_name(cls),
                defined_in=defined_in(cls),
                variables=variables_in(module),
                held=tuple(_held(value) for _, _, value in values_in(module)),
                inputs=arrays_in(given),
                outputs=arrays_in(result),
                digest=digest_of(result[0]) if result is not None else None,
                span=self._places.nearest(_caller(frame)),
                inside=_inside(recording),
                raised=result is None,
                given=_first_digest(*given),
            ),
        )


def _first_digest(args: tuple[Foreign, ...], kwargs: dict[str, Foreign]) -> str | None:
    """Return the digest of the first input, None if there is none."""
    given = (*args, *kwargs.values())
    return digest_of(given[0]) if given else None


def _layers() -> list[type]:
    """Return the library's own modules that can be called."""
    found = {
        id(each): each
        for each in vars(nnx).values()
        if isinstance(each, type) and issubclass(each, nnx.Module)
    }
    return [
        each for each in found.values() if type(vars(each).get("__call__")) is types.FunctionType
    ]


def _caller(frame: FrameType | None) -> FrameType | None:
    """Return the frame outside of this file."""
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame


def _inside(recording: Recording) -> int | None:
    """Return the number of the innermost transform that runs."""
    opened = recording.nesting.transforms
    return opened[-1].run.number if opened else None


def _settings(cls: type, args: Foreign, kwargs: Foreign) -> tuple[Setting, ...]:
    """Return the arguments of a constructor as texts, those that it didn't get as well."""
    function: Foreign = vars(cls).get("__init__")
    if type(function) is not types.FunctionType:
        return ()
    signature = inspect.signature(function)
    try:
        bound = signature.bind(None, *args, **kwargs)
    except TypeError:
        return ()
    bound.apply_defaults()
    return tuple(
        setting(each.name, bound.arguments[each.name], each.default, missing=each.default is _EMPTY)
        for each in list(signature.parameters.values())[:_MOST_SETTINGS]
        if each.name in bound.arguments and each.name not in _NOT_SETTINGS
    )


def _held(value: Foreign) -> Held:
    """Say whether a map has one array for all indices here, or one for each."""
    if not is_tracer(value):
        return Held.ONE
    if class_name(type(value)) == _OF_A_MAP:
        return Held.EACH
    return Held.ONE if _maps() else Held.UNKNOWN


def _maps() -> bool:
    """Whether a map is the innermost transform: then all that it maps has a tracer of its own."""
    context: Foreign = getattr(jax._src.core, "trace_ctx", None)  # noqa: SLF001
    return class_name(type(getattr(context, "trace", None))) == _MAP
