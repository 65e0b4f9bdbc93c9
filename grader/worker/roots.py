"""Entries into Flax: which of init, apply and bind the submission called, and with what.

All of them go through `flax.core.init`, `apply` and `bind`, so those are wrapped; the frames in
between show which method the submission called.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from types import FrameType

import flax.linen.module

from grader.model.observation import Configured, Root, Span, StreamKey, Variable
from grader.worker.foreign import Foreign
from grader.worker.keys import stream_keys
from grader.worker.places import Places
from grader.worker.recording import Session, harmless
from grader.worker.variables import variables_of

_MODULE_FILE = inspect.getsourcefile(flax.linen.module)
_KINDS = {
    "lazy_init": "lazy_init",
    "init": "init",
    "init_wrapper": "init",  # what `nn.init(f, module)` returns
    "init_with_output": "init_with_output",
    "apply": "apply",
    "bind": "bind",
}
_THROWS_OUTPUT_AWAY = frozenset({"init", "lazy_init"})


class _Open:
    """A root that has started."""

    def __init__(self, *, place: int | None, kind: str, span: Span | None) -> None:
        self.place = place
        self.kind = kind
        self.span = span
        self.given: tuple[Variable, ...] = ()
        self.keys: tuple[StreamKey, ...] = ()
        self.configured: tuple[Configured, ...] = ()


class Roots:
    """Observes every entry into Flax, also by libraries."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places

    def init(self, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap `flax.core.init`: its functions take `(rngs, …)` and return `(y, variables)`."""

        @functools.wraps(original)
        def init(*args: Foreign, **kwargs: Foreign) -> Foreign:
            function = original(*args, **kwargs)

            @functools.wraps(function)
            def run(*args: Foreign, **kwargs: Foreign) -> Foreign:
                rngs = args[0] if args else kwargs.get("rngs")
                opened = self._open("init_with_output", None, rngs, sys._getframe(1))  # noqa: SLF001
                return self._run(opened, function, args, kwargs, returns_variables=True)

            return run

        return init

    def apply(self, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap `flax.core.apply`: its functions take `(variables, …, rngs=None)`."""

        @functools.wraps(original)
        def apply(*args: Foreign, **kwargs: Foreign) -> Foreign:
            function = original(*args, **kwargs)
            mutable = args[1] if len(args) > 1 else kwargs.get("mutable", False)

            @functools.wraps(function)
            def run(*args: Foreign, **kwargs: Foreign) -> Foreign:
                variables = args[0] if args else kwargs.get("variables")
                rngs = kwargs.get("rngs")
                opened = self._open("apply", variables, rngs, sys._getframe(1))  # noqa: SLF001
                returns = mutable is not False
                return self._run(opened, function, args, kwargs, returns_variables=returns)

            return run

        return apply

    def bind(self, original: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap `flax.core.bind`; later runs in the scope that it returns belong to it."""

        @functools.wraps(original)
        def bind(*args: Foreign, **kwargs: Foreign) -> Foreign:
            variables = args[0] if args else kwargs.get("variables")
            rngs = args[1] if len(args) > 1 else kwargs.get("rngs")
            opened = self._open("bind", variables, rngs, sys._getframe(1))  # noqa: SLF001
            try:
                scope = original(*args, **kwargs)
            except BaseException:
                self._close(opened, None, raised=True)
                raise
            self._bound(opened, scope)
            self._close(opened, None, raised=False)
            return scope

        return bind

    def _run(
        self,
        opened: _Open | None,
        function: Foreign,
        args: Foreign,
        kwargs: Foreign,
        *,
        returns_variables: bool,
    ) -> Foreign:
        try:
            result = function(*args, **kwargs)
        except BaseException:
            self._close(opened, None, raised=True)
            raise
        self._close(opened, result[1] if returns_variables else None, raised=False)
        return result

    @harmless
    def _open(self, kind: str, variables: object, rngs: object, frame: FrameType) -> _Open | None:
        recording = self._session.recording
        if recording is None:
            return None
        opened = _Open(
            place=recording.roots.open(),
            kind=self._kind(kind, frame),
            span=self._places.nearest(frame),
        )
        recording.nesting.roots.append(opened.place)
        opened.configured = self._session.configuration.note()
        if opened.place is not None:
            opened.given = variables_of(variables)
            opened.keys = stream_keys(rngs, self._session.origins)
        return opened

    @harmless
    def _bound(self, opened: _Open | None, scope: Foreign) -> None:
        recording = self._session.recording
        if recording is not None and opened is not None:
            # The scope is kept alive, so that its address isn't reused.
            recording.bound[id(scope.root)] = (scope, opened.place)

    @harmless
    def _close(self, opened: _Open | None, made: object, *, raised: bool) -> None:
        recording = self._session.recording
        if recording is None or opened is None:
            return
        recording.nesting.roots.pop()
        if opened.place is not None:
            recording.roots.close(opened.place, _root(opened, made, raised=raised))

    def _kind(self, kind: str, frame: FrameType | None) -> str:
        """Name the outermost Flax method between the submission and `frame`."""
        while frame is not None and not self._places.covers(frame):
            code = frame.f_code
            if code.co_filename == _MODULE_FILE:
                kind = _KINDS.get(code.co_name, kind)
            elif code.co_filename == __file__:
                break
            frame = frame.f_back
        return kind


def _root(opened: _Open, made: object, *, raised: bool) -> Root:
    assert opened.place is not None
    return Root(
        number=opened.place,
        kind=opened.kind,
        forward=opened.kind not in _THROWS_OUTPUT_AWAY,
        given=opened.given,
        made=variables_of(made),
        keys=opened.keys,
        configured=opened.configured,
        span=opened.span,
        raised=raised,
    )
