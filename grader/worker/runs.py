"""Runs of modules: which methods ran, with which shapes, inside which lifted ones."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from flax import linen as nn
from flax.linen.module import TestScope

from grader.model.observation import ArrayType, ModuleRun, Span, digest
from grader.worker.altered import altered
from grader.worker.arrays import array_type, digest_of
from grader.worker.foreign import Foreign, class_name, clean, defined_in, module_bases
from grader.worker.places import Places
from grader.worker.recording import Recording, Session, harmless
from grader.worker.settings import passed_to, settings_of

_MOST_ARRAYS = 20
_MOST_INSTANCES = 4000
_LONGEST_NAME = 80


class _Open:
    """A run that has started: what is known about it before its result."""

    def __init__(self, *, module: Foreign, method: str, lifted: int | None) -> None:
        self.module = module
        self.method = method
        self.lifted = lifted
        self.path: tuple[str, ...] = ()
        self.span: Span | None = None
        self.inside: int | None = None
        self.root: int | None = None
        self.depth = 0
        self.place: int | None = None
        self.inputs: tuple[ArrayType, ...] = ()
        self.taken: str | None = None
        self.passed: dict[str, Foreign] = {}

    @property
    def within(self) -> int | None:
        """Id of the lifted call that contains the runs nested in this one."""
        return self.inside if self.lifted is None else self.lifted


class Runs:
    """Observes every run of a module, as an interceptor and inside lifted functions."""

    def __init__(self, session: Session, places: Places, *, alters: bool = False) -> None:
        self._session = session
        self._alters = alters
        self._places = places
        self._made_at: dict[object, Span] = {}

    # ------------------------------------------------------------------------- the hooks themselves

    def intercept(
        self,
        method: Callable[..., Foreign],
        args: Foreign,
        kwargs: Foreign,
        context: Foreign,
    ) -> Foreign:
        """Observe one method call; the interceptor for `nn.intercept_methods`."""
        opened = self._enter(context.module, context.method_name, None, args, kwargs)
        return self._run(opened, method, args, kwargs)

    def lifted(self, function: Callable[..., Foreign], call: int) -> Callable[..., Foreign]:
        """Return a lifted method or function that observes its runs; `call` is its nn.vmap's id."""
        name = clean(getattr(function, "__name__", "function"), _LONGEST_NAME)

        @functools.wraps(function)
        def observed(*args: Foreign, **kwargs: Foreign) -> Foreign:
            module = args[0] if args else None
            opened = self._enter(module, name, call, args[1:], kwargs)
            result = self._run(opened, function, args, kwargs)
            if not self._alters or (opened is not None and opened.inside is not None):
                return result  # what runs within another lifted module changes with that
            return self._altered(result)

        return observed

    def made(self, post_init: Callable[..., None]) -> Callable[..., None]:
        """Wrap `Module.__post_init__` to note where the submission made each module."""

        @functools.wraps(post_init)
        def observed(module: Foreign) -> None:
            post_init(module)
            self._note_maker(module, sys._getframe(1))  # noqa: SLF001

        return observed

    def cloned(self, clone: Callable[..., Foreign]) -> Callable[..., Foreign]:
        """Wrap `Module.clone`: a clone's place is its original's, or where fields were changed."""

        @functools.wraps(clone)
        def observed(module: Foreign, *args: Foreign, **kwargs: Foreign) -> Foreign:
            copy = clone(module, *args, **kwargs)
            changed = kwargs.keys() & vars(copy).keys() - {"parent", "name"}
            self._note_clone(module, copy, sys._getframe(1) if changed else None)  # noqa: SLF001
            return copy

        return observed

    # ------------------------------------------------------------------------------- what they note

    def _run(
        self, opened: _Open | None, function: Foreign, args: Foreign, kwargs: Foreign
    ) -> Foreign:
        try:
            result = function(*args, **kwargs)
        except BaseException:
            self._leave(opened, None, raised=True)
            raise
        self._leave(opened, result, raised=False)
        return result

    def _altered(self, result: Foreign) -> Foreign:
        changed = self._alter(result)
        return result if changed is None else changed

    @harmless
    def _alter(self, result: Foreign) -> Foreign:
        """Return what was returned with other numbers, and count that; None if it has none."""
        recording = self._session.recording
        changed, count = altered(result)
        if recording is None:
            return changed
        recording.altered += count
        recording.incomplete |= not count  # nothing follows from an answer that stays the same
        return changed

    @harmless
    def _note_maker(self, module: Foreign, frame: FrameType) -> None:
        span = self._places.maker(frame)
        if span is not None:
            self._remember(module, span)

    @harmless
    def _note_clone(self, module: Foreign, copy: Foreign, frame: FrameType | None) -> None:
        while frame is not None and _copies(frame):
            frame = frame.f_back
        span = self._places.caller(frame) or self._made_at.get(_identity(module))
        if span is not None:
            self._remember(copy, span)

    def _remember(self, module: Foreign, span: Span) -> None:
        if len(self._made_at) >= _MOST_INSTANCES:
            del self._made_at[next(iter(self._made_at))]
        self._made_at[_identity(module)] = span

    @harmless
    def _enter(
        self,
        module: Foreign,
        method: str,
        lifted: int | None,
        args: Foreign,
        kwargs: Foreign,
    ) -> _Open | None:
        recording = self._session.recording
        if recording is None or not issubclass(type(module), nn.Module):
            return None
        scope = vars(module).get("scope")
        if type(scope) is TestScope or method == "setup":
            return None  # Flax tries `setup` before it runs anything
        opened = _Open(module=module, method=clean(method, _LONGEST_NAME), lifted=lifted)
        opened.path = tuple(clean(str(part), _LONGEST_NAME) for part in getattr(scope, "path", ()))
        outer = recording.nesting.runs[-1] if recording.nesting.runs else None
        opened.span = self._made_at.get(_identity(module))
        opened.root = _root_of(recording, scope, outer)
        if outer is not None:
            opened.inside, opened.depth = outer.within, outer.depth + 1
            if opened.span is None and opened.path == outer.path:
                opened.span = outer.span  # the module that a lifted class makes from itself
        if opened.span is None:
            opened.span = self._around(recording, opened.path)
        opened.inputs = arrays_in((args, tuple(kwargs.values())))
        opened.taken = _digest_in((args, kwargs), opened.inputs)
        opened.passed = passed_to(module, method, args, kwargs)
        opened.place = recording.modules.open()
        recording.nesting.runs.append(opened)
        return opened

    def _around(self, recording: Recording, path: tuple[str, ...]) -> Span | None:
        """Return where the module was made of which this is a step: Flax makes one for a loop."""
        stack = recording.nesting.transforms
        module = stack[-1].stepped if stack else None
        own = getattr(vars(module).get("scope"), "path", None) if module is not None else None
        return self._made_at.get(_identity(module)) if own == path else None

    @harmless
    def _leave(self, opened: _Open | None, result: Foreign, *, raised: bool) -> None:
        recording = self._session.recording
        if recording is None or opened is None:
            return
        runs = recording.nesting.runs
        while runs and runs.pop() is not opened:
            pass
        if opened.place is None:
            return
        cls = type(opened.module)
        recording.modules.close(
            opened.place,
            ModuleRun(
                class_name=class_name(cls),
                defined_in=defined_in(cls),
                bases=module_bases(cls),
                method=opened.method,
                path=opened.path,
                lifted=opened.lifted,
                inside=opened.inside,
                root=opened.root,
                depth=opened.depth,
                inputs=opened.inputs,
                outputs=arrays_in(result),
                digest=digest_of(result),
                settings=settings_of(opened.module, opened.passed),
                span=opened.span,
                raised=raised,
                taken=opened.taken,
                given=_digest_in(result, arrays_in(result)),
            ),
        )


def arrays_in(value: Foreign, depth: int = 0) -> tuple[ArrayType, ...]:
    """Types of the arrays in a value and in its nested tuples, lists and dicts."""
    cls = type(value)
    found: list[ArrayType] = []
    own = array_type(value)
    if own is not None:
        return (own,)
    if depth > 4:
        return ()
    if cls in (tuple, list, dict):
        for item in _items(value):
            found.extend(arrays_in(item, depth + 1))
    return tuple(found[:_MOST_ARRAYS])


def _items(value: Foreign) -> list[Foreign]:
    """Return what a container holds in jax's order: a dict's values are sorted by their names."""
    if type(value) is not dict:
        return list(value)[:_MOST_ARRAYS]
    names: Foreign = list(value)
    ordered = sorted(names) if all(type(each) is str for each in names) else names
    return [value[each] for each in ordered[:_MOST_ARRAYS]]


def _digest_in(value: Foreign, arrays: tuple[ArrayType, ...]) -> str | None:
    """Digest of the arrays in a value, given their types `arrays`; None unless all are known.

    Only nested tuples, lists and dicts are searched, as in `arrays_in`.
    """
    digests = [digest_of(leaf) for leaf in _leaves(value)]
    known = [each for each in digests if each is not None]
    return digest("".join(known).encode()) if known and len(known) == len(arrays) else None


def _leaves(value: Foreign, depth: int = 0) -> Iterator[Foreign]:
    cls = type(value)
    if cls in (tuple, list, dict) and depth <= 4:
        for item in _items(value):
            yield from _leaves(item, depth + 1)
    else:
        yield value


def _copies(frame: FrameType) -> bool:
    """Whether a frame is Flax's own `Module.copy`, which clones."""
    return (
        frame.f_code.co_name == "copy" and frame.f_globals.get("__name__") == nn.Module.__module__
    )


def root_of(recording: Recording, module: Foreign) -> int | None:
    """Return the number of the entry that a run of a module, which starts now, belongs to."""
    outer = recording.nesting.runs[-1] if recording.nesting.runs else None
    return _root_of(recording, vars(module).get("scope"), outer)


def _identity(module: Foreign) -> object:
    """Return the id that Flax gives each instance; unlike an address, it's never reused."""
    return vars(module).get("_id")


def _root_of(recording: Recording, scope: Foreign, outer: _Open | None) -> int | None:
    known = recording.bound.get(id(getattr(scope, "root", None)))
    if known is not None:
        return known[1]
    if outer is not None:
        return outer.root
    return recording.nesting.roots[-1] if recording.nesting.roots else None
